//! What is found wrong with a text, and what is known of where it stands.

use crate::ground::detail::Detail;
use crate::image::kind::PolicyKind;
use crate::parse::json::text::is_text;

/// What is wrong with a text: the part of it, and the number that the message tells.
pub(super) struct Found<'t> {
    pub(super) detail: Detail,
    pub(super) part: &'t [u8],
    pub(super) count: usize,
}

impl<'t> Found<'t> {
    /// Without a number.
    pub(super) const fn new(detail: Detail, part: &'t [u8]) -> Self {
        Self { detail, part, count: 0 }
    }
}

/// Where a text stands.
pub(super) struct Place<'a> {
    /// The names of the two innermost members, the inner one last.
    pub(super) names: [&'a [u8]; 2],
    /// The text is the inner name itself.
    pub(super) is_name: bool,
    pub(super) kind: PolicyKind,
    /// R-RES-8: ARNs of three to five fields are completed.
    pub(super) completes_arns: bool,
    /// R-DOC-13
    pub(super) variables: bool,
}

pub(super) fn has_wildcard(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'*' | b'?'))
}

/// The first character of `text` of which `fits` says no.
pub(super) fn first_unfit(text: &[u8], fits: impl Fn(char) -> bool) -> Option<&[u8]> {
    let whole = core::str::from_utf8(text).ok()?;
    let (at, character) = whole.char_indices().find(|(_, character)| !fits(*character))?;
    text.get(at..at.saturating_add(character.len_utf8()))
}

/// Whether the outer name is that of the principals.
pub(super) fn is_in_principal([outer, _]: [&[u8]; 2]) -> bool {
    is_text(outer, b"Principal") || is_text(outer, b"NotPrincipal")
}
