//! The division of an action against a twin that reads the rules byte by byte.
#![allow(clippy::indexing_slicing)]

use std::vec::Vec;

use super::{divide, past_prefix, unfit};
use crate::image::kind::PolicyKind;
use crate::parse::json::gate::samples::{Random, rounds};

fn is_prefix(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'
}

fn is_fit(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b':' && byte != b'$'
}

/// Whether `action` is `*` or `prefix:name` as `kind` wants it.
fn is_action(action: &[u8], kind: PolicyKind) -> bool {
    if action == b"*" {
        return kind != PolicyKind::Trust;
    }
    let parts: Vec<&[u8]> = action.split(|byte| *byte == b':').collect();
    let &[prefix, name] = parts.as_slice() else { return false };
    if name.is_empty() || !name.iter().all(|byte| is_fit(*byte)) {
        return false;
    }
    let named = !prefix.is_empty() && prefix.iter().all(|byte| is_prefix(*byte));
    let lower = prefix.to_ascii_lowercase() == prefix;
    match kind {
        PolicyKind::ScpClassic => {
            let body = name.strip_suffix(b"*").unwrap_or(name);
            named && lower && !body.contains(&b'*') && !body.contains(&b'?')
        }
        PolicyKind::ScpFull => (named && lower) || prefix == b"*",
        PolicyKind::Rcp => named,
        PolicyKind::Trust => prefix.eq_ignore_ascii_case(b"sts"),
        _ => named || prefix == b"*",
    }
}

#[test]
fn an_action_is_divided_as_its_twin_says() {
    let pieces: [&[u8]; 24] = [
        b"s3",
        b"sts",
        b"STS",
        b"ec2",
        b"EC2",
        b"a.b-c",
        b"execute-api",
        b"aws-marketplace",
        b":",
        b":",
        b":",
        b"*",
        b"*",
        b"?",
        b"Get",
        b"DescribeInstances",
        b"x",
        b"_",
        b"/",
        b"$",
        b" ",
        b"\x7f",
        "é".as_bytes(),
        b"~",
    ];
    let mut random = Random(17);
    let mut accepted = [0; PolicyKind::ALL.len()];
    for _ in 0..rounds(200_000) {
        let action: Vec<u8> = (0..random.below(6)).flat_map(|_| random.pick(&pieces).to_vec()).collect();
        let wildcard = action.iter().position(|byte| b"*?".contains(byte)).unwrap_or(action.len());
        for (kind, accepted) in PolicyKind::ALL.into_iter().zip(&mut accepted) {
            let expected = is_action(&action, kind).then(|| action.split_at(wildcard));
            *accepted += usize::from(expected.is_some());
            assert_eq!(divide(&action, kind), expected, "{kind:?} {}", action.escape_ascii());
        }
    }
    assert!(accepted.iter().all(|accepted| *accepted > 10), "{accepted:?}");
}

#[test]
fn every_byte_is_judged_by_itself_in_every_lane() {
    for byte in 0..=u8::MAX {
        for lane in 0..8 {
            let mut word = [b'a'; 8];
            word[lane] = byte;
            let word = u64::from_le_bytes(word);
            let mark = 0x80 << (8 * lane);
            assert_eq!(past_prefix(word), if is_prefix(byte) { 0 } else { mark }, "{byte} in {lane}");
            let lowest = unfit(word) & unfit(word).wrapping_neg();
            assert_eq!(lowest, if is_fit(byte) { 0 } else { mark }, "{byte} in {lane}");
        }
    }
}
