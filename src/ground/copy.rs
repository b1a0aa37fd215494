//! Copying a text while looking at it: eight bytes at a time, in one pass.

use super::lanes::{fold, lanes};

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
    use super::{copy, copy_folded};

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
}
