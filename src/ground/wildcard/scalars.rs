//! Characters of UTF-8, which a `?` matches.

use super::tokens::VARIABLE;

/// `text` before its last so many `scalars`, and those.
pub(super) fn split_before_last_scalars(text: &[u8], scalars: usize) -> Option<(&[u8], &[u8])> {
    let start = match scalars.checked_sub(1) {
        None => text.len(),
        Some(before) => {
            let mut starts = text.iter().enumerate().rev().filter(|(_, byte)| begins_scalar(**byte));
            starts.nth(before)?.0
        }
    };
    text.split_at_checked(start)
}

/// Whether `byte` is the first of a scalar: the others are `10xxxxxx`.
#[inline]
pub(super) const fn begins_scalar(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// The bytes of the scalar that begins with `first`; a token `?` has one.
#[inline]
pub(super) const fn scalar_width(first: u8) -> usize {
    match first {
        0x00..=0xBF | VARIABLE..=0xFF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..VARIABLE => 4,
    }
}

/// `text` without its first scalar.
#[inline]
pub(super) fn after_scalar(text: &[u8]) -> Option<&[u8]> {
    text.get(scalar_width(*text.first()?)..)
}
