//! `Action` and `NotAction`: what an action may be (R-ACT-1 to R-ACT-3, and the narrower rules of some kinds).

use super::builder::{Builder, Cause, length};
use super::pattern::Syntax;
use super::plain_action::{self, PlainAction, past_prefix};
use super::reader::Reader;
use crate::ground::error::{Fault, Pool};
use crate::ground::lanes::{before, below, equal, lanes};
use crate::image::kind::PolicyKind;
use crate::image::records::Span;

/// Adds an action to the spans; notes where a lone `*` stands.
pub(super) fn add(
    reader: &mut Reader<'_, '_>,
    raw: &[u8],
    lone_star: &mut Option<usize>,
) -> Result<(), Cause> {
    let kind = reader.kind;
    let offset = reader.last_string();
    // R-ACT-4: case does not count, except in the classic grammar (R-SCPC-15).
    let fold = kind != PolicyKind::ScpClassic;
    reader.with_text(raw, |builder, action| {
        let mut out = [0; plain_action::LONGEST];
        let plain = if fold { PlainAction::read(action, &mut out) } else { None };
        match plain {
            Some(plain) if takes(kind, plain.prefix(action)) => {
                let span = builder.hashed_text(plain.text, plain.hash)?;
                builder.add(Span { head: length(plain.head, Pool::String)?, ..span })
            }
            _ => {
                if action == b"*" {
                    lone_star.get_or_insert(offset);
                }
                let span = pattern(builder, action, kind, fold)?;
                builder.add(span)
            }
        }
    })
}

/// Stores an action that need not be plain. Not inlined: it is rare.
#[inline(never)]
fn pattern(builder: &mut Builder<'_>, action: &[u8], kind: PolicyKind, fold: bool) -> Result<Span, Cause> {
    let (literal, rest) = divide(action, kind).ok_or(Fault::BadAction)?;
    builder.divided_pattern(literal, rest, &[], Syntax { wildcards: true, variables: false, fold })
}

/// Divides an action before its first wildcard, if it is `*` or `prefix:name` as `kind` wants it.
fn divide(action: &[u8], kind: PolicyKind) -> Option<(&[u8], &[u8])> {
    if action == b"*" {
        // R-KIND-6: a trust policy names actions of STS.
        return (kind != PolicyKind::Trust).then_some((&[], action));
    }
    // R-ACT-2
    let end = before(action, past_prefix);
    let (prefix, name) = match action.split_at_checked(end)? {
        ([], [b'*', b':', name @ ..]) => (&b"*"[..], name),
        ([], _) => return None,
        (prefix, [b':', name @ ..]) => (prefix, name),
        _ => return None,
    };
    // R-ACT-3
    let wild = |word| equal(word, b'*') | equal(word, b'?');
    let (literal, rest) = name.split_at_checked(before(name, |word| wild(word) | unfit(word)))?;
    if name.is_empty() || before(rest, unfit) < rest.len() {
        return None;
    }
    // R-SCPC-16: a star only at the end.
    let fits = takes(kind, prefix) && (kind != PolicyKind::ScpClassic || matches!(rest, b"" | b"*"));
    let at = if prefix == b"*" { 0 } else { end + 1 + literal.len() };
    if fits { action.split_at_checked(at) } else { None }
}

/// Whether actions of a policy of this kind may have this prefix.
#[inline(always)]
fn takes(kind: PolicyKind, prefix: &[u8]) -> bool {
    let any = prefix == b"*";
    let lower = || !prefix.iter().any(u8::is_ascii_uppercase);
    match kind {
        // R-SCPC-14, R-SCPC-17
        PolicyKind::ScpClassic => !any && lower(),
        // R-SCPF-2
        PolicyKind::ScpFull => any || lower(),
        // R-RCP-2
        PolicyKind::Rcp => !any,
        PolicyKind::Trust => prefix.eq_ignore_ascii_case(b"sts"),
        PolicyKind::Identity
        | PolicyKind::InlineUser
        | PolicyKind::InlineGroup
        | PolicyKind::InlineRole
        | PolicyKind::Boundary
        | PolicyKind::Session
        | PolicyKind::Resource
        | PolicyKind::Kms
        | PolicyKind::Vpce => true,
    }
}

/// A mark on the lowest lane of `word` that cannot stand in the name of an action: printable ASCII may, but for the
/// colon and the dollar; lanes above it may be marked wrongly.
const fn unfit(word: u64) -> u64 {
    // 0x7F is marked, too.
    let not_ascii = (word | word.wrapping_add(lanes(1))) & lanes(0x80);
    not_ascii | below(word, 0x21) | equal(word, b':') | equal(word, b'$')
}

#[cfg(test)]
#[path = "action_tests.rs"]
mod tests;
