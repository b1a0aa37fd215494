//! `Action` and `NotAction`: what an action may be (R-ACT-1 to R-ACT-3, and the narrower rules of some kinds).

use super::builder::Refusal;
use super::pattern::Syntax;
use super::reader::Reader;
use crate::ground::error::{Fault, Pool};
use crate::image::kind::PolicyKind;

/// Adds an action to the spans; notes where a lone `*` stands.
pub(super) fn add(
    reader: &mut Reader<'_, '_>,
    raw: &str,
    lone_star: &mut Option<usize>,
) -> Result<(), Refusal> {
    let kind = reader.kind;
    let offset = reader.last_string();
    reader.with_text(raw, |builder, action| {
        if !is_action(action, kind) {
            return Err(Fault::BadAction.into());
        }
        if action == b"*" {
            lone_star.get_or_insert(offset);
        }
        // R-ACT-4: case does not count, except in the classic grammar (R-SCPC-15).
        let fold = kind != PolicyKind::ScpClassic;
        let span = builder.pattern(action, Syntax { wildcards: true, variables: false, fold })?;
        builder.spans.push(span).map_err(|_| Refusal::Full(Pool::Patterns))
    })
}

/// Whether `action` is `*` or `prefix:name` as `kind` wants it.
fn is_action(action: &[u8], kind: PolicyKind) -> bool {
    if action == b"*" {
        // R-KIND-6: a trust policy names actions of STS.
        return kind != PolicyKind::Trust;
    }
    let mut parts = action.split(|byte| *byte == b':');
    let (Some(prefix), Some(name), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    // R-ACT-3
    let printable = |byte: &u8| byte.is_ascii_graphic() && *byte != b'$';
    if name.is_empty() || !name.iter().all(printable) {
        return false;
    }
    // R-ACT-2
    let in_prefix = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let prefix_is_name = !prefix.is_empty() && prefix.iter().all(in_prefix);
    let lower = !prefix.iter().any(u8::is_ascii_uppercase);
    match kind {
        // R-SCPC-14, R-SCPC-16, R-SCPC-17: lower case, and a star only at the end.
        PolicyKind::ScpClassic => {
            let body = name.strip_suffix(b"*").unwrap_or(name);
            prefix_is_name && lower && !body.iter().any(|byte| matches!(byte, b'*' | b'?'))
        }
        // R-SCPF-2
        PolicyKind::ScpFull => (prefix_is_name && lower) || prefix == b"*",
        // R-RCP-2
        PolicyKind::Rcp => prefix_is_name,
        PolicyKind::Trust => prefix.eq_ignore_ascii_case(b"sts"),
        PolicyKind::Identity
        | PolicyKind::InlineUser
        | PolicyKind::InlineGroup
        | PolicyKind::InlineRole
        | PolicyKind::Boundary
        | PolicyKind::Session
        | PolicyKind::Resource
        | PolicyKind::Kms
        | PolicyKind::Vpce => prefix_is_name || prefix == b"*",
    }
}
