//! Copying a text while looking at it: eight bytes at a time, in one pass.

use super::hash::prefix;
use super::lanes::{self, fold, lanes};

/// Copies `from` to `to`, which is as long, and tells whether all of it is ASCII. Time linear in the text.
#[inline]
#[must_use]
pub fn copy(from: &[u8], to: &mut [u8]) -> bool {
    each_word(from, to, |word| word)
}

/// As [`copy`], with `A`–`Z` folded to `a`–`z` (R-STR-2).
#[inline]
#[must_use]
pub fn copy_folded(from: &[u8], to: &mut [u8]) -> bool {
    each_word(from, to, fold)
}

/// What [`copy_arn`] finds in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// All of it is ASCII.
    pub is_ascii: bool,
    /// The offsets of its first five colons, as `arn::colons` has them.
    pub colons: Option<[u32; 5]>,
}

/// [`copy`], the states of `hash::prefix` and `arn::colons` in one pass, for `to` is as long as `text` and `states` has as many
/// as `prefix::words` says. Time linear in the text.
#[inline]
#[must_use]
pub fn copy_arn(text: &[u8], to: &mut [u8], states: &mut [[u8; 8]]) -> Found {
    let mut colons = Colons { found: [0; 5], count: 0 };
    let Some(last) = text.last_chunk::<8>() else {
        colons.add(0, lanes::each_equal(lanes::few(text), b':'));
        return Found { is_ascii: copy(text, to), colons: colons.all() };
    };
    let (mut seen, mut state, mut at) = (0, 0, 0);
    let mut states = states.iter_mut();
    for (word, slot) in text.as_chunks::<8>().0.iter().zip(to.as_chunks_mut::<8>().0) {
        *slot = *word;
        let word = u64::from_le_bytes(*word);
        seen |= word;
        if let Some(slot) = states.next() {
            state = prefix::next(state, word);
            *slot = state.to_le_bytes();
        }
        colons.add(at, lanes::each_equal(word, b':'));
        at += 8;
    }
    // What is left over is looked at as the last eight bytes, of which the front ones were looked at before.
    if let (Some(slot), Ok(len)) = (to.last_chunk_mut::<8>(), u32::try_from(text.len())) {
        *slot = *last;
        let word = u64::from_le_bytes(*last);
        seen |= word;
        let unseen = u64::MAX.checked_shl(8 * (8 - len % 8)).unwrap_or(0);
        colons.add(len - 8, lanes::each_equal(word, b':') & unseen);
    }
    Found { is_ascii: seen & lanes(0x80) == 0, colons: colons.all() }
}

/// The first five colons of a text, as far as they were found.
struct Colons {
    found: [u32; 5],
    count: usize,
}

impl Colons {
    /// Adds those that are marked in the word at `offset`.
    #[inline(always)]
    fn add(&mut self, offset: u32, mut marks: u64) {
        while marks != 0 {
            let Some(slot) = self.found.get_mut(self.count) else { return };
            *slot = offset + marks.trailing_zeros() / 8;
            self.count += 1;
            marks &= marks - 1;
        }
    }

    #[inline(always)]
    fn all(&self) -> Option<[u32; 5]> {
        (self.count == self.found.len()).then_some(self.found)
    }
}

#[inline]
fn each_word(from: &[u8], to: &mut [u8], change: impl Fn(u64) -> u64) -> bool {
    let mut seen = 0;
    // What is left over is copied as the last eight bytes, some of which are there already; most texts of a request
    // are two such words.
    if let (Some(word), Some(last)) = (from.first_chunk::<8>(), from.last_chunk::<8>()) {
        if from.len() > 16 {
            for (slot, word) in to.as_chunks_mut::<8>().0.iter_mut().zip(from.as_chunks::<8>().0) {
                let word = u64::from_le_bytes(*word);
                seen |= word;
                *slot = change(word).to_le_bytes();
            }
        } else if let Some(slot) = to.first_chunk_mut::<8>() {
            let word = u64::from_le_bytes(*word);
            seen |= word;
            *slot = change(word).to_le_bytes();
        }
        if let Some(slot) = to.last_chunk_mut::<8>() {
            let word = u64::from_le_bytes(*last);
            seen |= word;
            *slot = change(word).to_le_bytes();
        }
    } else if let (Some(front), Some(back)) = (from.first_chunk::<4>(), from.last_chunk::<4>()) {
        let word = u64::from(u32::from_le_bytes(*front)) | u64::from(u32::from_le_bytes(*back)) << 32;
        seen |= word;
        let [a, b, c, d, e, f, g, h] = change(word).to_le_bytes();
        if let Some(slot) = to.first_chunk_mut::<4>() {
            *slot = [a, b, c, d];
        }
        if let Some(slot) = to.last_chunk_mut::<4>() {
            *slot = [e, f, g, h];
        }
    } else {
        for (slot, byte) in to.iter_mut().zip(from) {
            seen |= u64::from(*byte);
            let [changed, ..] = change(u64::from(*byte)).to_le_bytes();
            *slot = changed;
        }
    }
    seen & lanes(0x80) == 0
}

#[cfg(test)]
mod tests {
    use super::{Found, copy, copy_arn, copy_folded};
    use crate::ground::arn;
    use crate::ground::hash::prefix;

    #[test]
    fn a_copy_is_the_text_and_a_folded_one_its_lower_case_at_every_length() {
        for len in 0..40_u8 {
            for at in 0..len {
                for byte in [b'A', b'Z', b'@', b'[', 0, 0x7F, 0x80, 0xC1, 0xFF] {
                    let mut text: Vec<u8> = (0..len).map(|at| b'F' + at).collect();
                    if let Some(slot) = text.get_mut(usize::from(at)) {
                        *slot = byte;
                    }
                    let mut out = vec![b'.'; text.len()];
                    assert_eq!(copy(&text, &mut out), text.is_ascii(), "{text:?}");
                    assert_eq!(out, text);
                    assert_eq!(copy_folded(&text, &mut out), text.is_ascii(), "{text:?}");
                    assert_eq!(out, text.to_ascii_lowercase());
                }
            }
        }
    }
    #[test]
    fn one_pass_finds_what_three_do_at_every_length() {
        let alphabet = [b':', b';', b'a', 0xBA];
        let mut random = 1_u64;
        for round in 0..20_000_usize {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let byte = |at: usize| match round % 3 {
                // Few colons, so that the last of them stand anywhere.
                0 if !(random >> (at % 23)).is_multiple_of(16) => b'x',
                _ => alphabet.get((random >> (at * 5 % 62) & 3) as usize).copied().unwrap_or(b':'),
            };
            let text: Vec<u8> = (0..round % 150).map(byte).collect();
            let (mut one, mut three) = (vec![b'.'; text.len()], vec![b'.'; text.len()]);
            let mut one_states = vec![[0; 8]; prefix::words(&text)];
            let mut three_states = one_states.clone();
            let found = copy_arn(&text, &mut one, &mut one_states);
            let is_ascii = copy(&text, &mut three);
            prefix::write_states(&text, &mut three_states);
            let shown = text.escape_ascii();
            assert_eq!(found, Found { is_ascii, colons: arn::colons(&text) }, "{shown}");
            assert_eq!((one, one_states), (three, three_states), "{shown}");
        }
    }
}
