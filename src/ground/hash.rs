//! A fast hash of short byte strings, as written or with ASCII case folded.
//!
//! The value is part of the image format: it is the same on every platform, and a change of it is a new
//! format. It is no defence: texts with equal hashes are easy to make, so whoever finds by hash compares the
//! bytes, and bounds how far it looks.

pub mod prefix;

use core::cmp::Ordering;

use super::lanes;

/// Multipliers: odd, with about half of their bits set and no pattern in them (taken from the digits of e).
const STEP: u64 = 0xADF8_5458_A2BB_4A9B;
const LENGTH: u64 = 0xAFDC_5620_273D_3CF1;
const FINISH: u64 = 0xD8B9_C583_CE2D_3695;

/// The hash of `bytes`. Time linear in them, eight at a time.
#[inline]
#[must_use]
pub fn hash(bytes: &[u8], seed: u64) -> u64 {
    mix::<false>(bytes, seed)
}

/// The [`hash`] of `bytes` with `A`–`Z` folded to `a`–`z`, which nobody has to store (R-STR-2).
///
/// Time linear in them, eight at a time.
#[inline]
#[must_use]
pub fn hash_folded(bytes: &[u8], seed: u64) -> u64 {
    mix::<true>(bytes, seed)
}

/// The low half of [`hash`] without a seed: what records of 32 bits keep.
#[inline]
#[must_use]
pub fn short(bytes: &[u8]) -> u32 {
    low(hash(bytes, 0))
}

/// The [`short`] hash of `bytes` with ASCII case folded.
#[inline]
#[must_use]
pub fn short_folded(bytes: &[u8]) -> u32 {
    low(hash_folded(bytes, 0))
}

#[inline]
fn low(hash: u64) -> u32 {
    let [a, b, c, d, ..] = hash.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// A hash whose text comes a word at a time: first each whole word of the text, then its last eight bytes, unless they
/// were the last of the words. Every step is a bijection of the state, so one word that differs always ends in another
/// value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByWords(u64);

impl ByWords {
    /// Of a text of `len` bytes.
    #[inline]
    pub(crate) const fn new(len: usize, seed: u64) -> Self {
        // The length sets apart texts whose overlapping last words are alike.
        Self(seed ^ (len as u64).wrapping_mul(LENGTH))
    }

    #[inline]
    pub(crate) const fn add(self, word: u64) -> Self {
        Self(step(self.0, word))
    }

    #[inline]
    const fn finish(self) -> u64 {
        let state = (self.0 ^ self.0 >> 29).wrapping_mul(FINISH);
        state ^ state >> 32
    }

    /// The [`short`] hash, where there was no seed.
    #[inline]
    pub(crate) fn short(self) -> u32 {
        low(self.finish())
    }
}

#[inline]
fn mix<const FOLD: bool>(bytes: &[u8], seed: u64) -> u64 {
    let fold = |word| if FOLD { lanes::fold(word) } else { word };
    let mut state = ByWords::new(bytes.len(), seed);
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        state = state.add(fold(u64::from_le_bytes(*word)));
    }
    if !tail.is_empty() || words.is_empty() {
        state = state.add(fold(last_word(bytes)));
    }
    state.finish()
}

#[inline]
const fn step(state: u64, word: u64) -> u64 {
    let product = (state ^ word).wrapping_mul(STEP);
    // A multiplication moves bits up only: bring the best ones down.
    product ^ product >> 32
}

/// The last eight bytes, or all of fewer: among texts of one length, different bytes give different words.
///
/// The bytes may overlap those of the word before, which is cheaper than to gather what is left over.
#[inline]
fn last_word(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.last_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    if let (Some(front), Some(back)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*front)) | u64::from(u32::from_le_bytes(*back)) << 32;
    }
    lanes::few(bytes)
}

/// Whether `a` and `b` differ at most in the case of ASCII letters (R-STR-2). Time linear in them, eight at a
/// time.
#[inline]
#[must_use]
pub fn eq_folded(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (a_words, _) = a.as_chunks::<8>();
    let (b_words, _) = b.as_chunks::<8>();
    a_words.iter().zip(b_words).all(|(a, b)| {
        let (a, b) = (u64::from_le_bytes(*a), u64::from_le_bytes(*b));
        a == b || lanes::fold(a) == lanes::fold(b)
    }) && lanes::fold(last_word(a)) == lanes::fold(last_word(b))
}

/// An order of texts in which those that [`eq_folded`] calls equal are: the shorter first, then by their bytes with
/// `A`–`Z` folded to `a`–`z`. Time linear in the shorter text, eight bytes at a time.
#[must_use]
pub fn cmp_folded(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| {
        let ((a_words, a_tail), (b_words, b_tail)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
        for (a, b) in a_words.iter().zip(b_words) {
            let [a, b] = [a, b].map(|word| lanes::fold(u64::from_le_bytes(*word)));
            if a != b {
                // The first byte weighs most.
                return a.swap_bytes().cmp(&b.swap_bytes());
            }
        }
        // The first byte weighs most here, too, and both tails are as long.
        let [a, b] = [a_tail, b_tail].map(|tail| lanes::fold(lanes::few(tail)).swap_bytes());
        a.cmp(&b)
    })
}

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Texts of all lengths to 40 over bytes around the letters, and their twins in other cases.
    fn samples() -> impl Iterator<Item = Vec<u8>> {
        let alphabet = b"@AZ[`az{mM\0\x7F\xC1\xE1\xDA\xFF09:/";
        let mut state = 3_u64;
        (0..20_000).map(move |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let length = state >> 33 & 0xFF;
            (0..length % 41)
                .map(|i| alphabet[(state.rotate_left((i * 7 % 64) as u32) % alphabet.len() as u64) as usize])
                .collect()
        })
    }

    #[test]
    fn the_folded_hash_is_the_hash_of_the_folded_text() {
        for text in samples() {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(hash_folded(&text, seed), hash(&text.to_ascii_lowercase(), seed), "{text:?}");
            }
        }
    }

    #[test]
    fn folded_equality_agrees_with_the_standard_library() {
        for text in samples() {
            let mut other = text.to_ascii_uppercase();
            assert!(eq_folded(&text, &other));
            for index in 0..other.len() {
                for bit in [0x20, 0x80, 1] {
                    other[index] ^= bit;
                    assert_eq!(
                        eq_folded(&text, &other),
                        text.eq_ignore_ascii_case(&other),
                        "{text:?} {other:?}"
                    );
                    let lower = text.to_ascii_lowercase();
                    assert_eq!(cmp_folded(&lower, &other), lower.cmp(&other.to_ascii_lowercase()));
                    other[index] ^= bit;
                }
            }
            other.push(b'a');
            assert!(!eq_folded(&text, &other));
        }
    }

    #[test]
    fn the_folded_order_is_an_order_of_the_folded_texts() {
        let mut texts: Vec<Vec<u8>> = samples().take(2_000).collect();
        for text in &texts {
            assert_eq!(cmp_folded(text, &text.to_ascii_uppercase()), Ordering::Equal);
        }
        texts.sort_by(|a, b| cmp_folded(a, b));
        for (a, b) in texts.iter().zip(texts.iter().skip(1)) {
            assert_eq!(cmp_folded(a, b) == Ordering::Equal, eq_folded(a, b));
            assert_eq!(cmp_folded(b, a), cmp_folded(a, b).reverse());
        }
        for (at, text) in texts.iter().enumerate().step_by(7) {
            assert!(texts[..at].iter().all(|before| cmp_folded(before, text).is_le()));
        }
    }

    #[test]
    fn the_hash_is_pinned_because_images_hold_it() {
        // Changing any of these is a new format of the image.
        let text = b"aws:PrincipalOrgID";
        let values = [0, 1, 3, 4, 7, 8, 9, 16, 18].map(|length| hash(&text[..length], 0));
        assert_eq!(values, PINNED);
        assert_ne!(hash(text, 1), hash(text, 0));
    }

    /// Computed by another program (Python) from the description of the hash.
    const PINNED: [u64; 9] = [
        0x0000_0000_0000_0000,
        0x6242_17C1_EC8A_DA15,
        0x6D11_7824_60E2_B41C,
        0xE1E8_C231_4451_F964,
        0x814C_63ED_766E_4447,
        0xE33F_80BE_A8BE_693E,
        0xA6C0_1D08_8B22_BFD8,
        0xE595_86EF_F934_6CFD,
        0x634D_7428_D433_CB69,
    ];

    #[test]
    fn different_short_texts_have_different_hashes() {
        let mut seen = HashSet::new();
        assert!(seen.insert(hash(b"", 0)));
        for a in 0..=u8::MAX {
            assert!(seen.insert(hash(&[a], 0)));
            for b in 0..=u8::MAX {
                assert!(seen.insert(hash(&[a, b], 0)));
            }
        }
        for length in 3..80 {
            assert!(seen.insert(hash(&vec![0; length], 0)), "{length} zeros");
        }
    }

    #[test]
    fn flipping_a_bit_of_the_text_flips_about_half_of_the_hash() {
        for length in [1_usize, 3, 4, 7, 8, 13, 16, 31, 64] {
            let mut flips = [0_u32; 64];
            let mut trials = 0;
            for sample in 0..64_u8 {
                let mut text: Vec<u8> =
                    (0..length).map(|i| (i as u8).wrapping_mul(29) ^ sample.wrapping_mul(3)).collect();
                let before = hash(&text, 0);
                for bit in 0..length * 8 {
                    text[bit / 8] ^= 1 << (bit % 8);
                    let changed = before ^ hash(&text, 0);
                    for (index, count) in flips.iter_mut().enumerate() {
                        *count += (changed >> index & 1) as u32;
                    }
                    trials += 1;
                    text[bit / 8] ^= 1 << (bit % 8);
                }
            }
            for (index, count) in flips.iter().enumerate() {
                let share = f64::from(*count) / f64::from(trials);
                assert!((0.4..0.6).contains(&share), "{length} bytes: bit {index} flips {share}");
            }
        }
    }

    #[test]
    fn names_that_differ_in_a_number_fill_a_table_evenly() {
        // The low bits, the high bits: whichever a table takes.
        for shift in [0, 54] {
            let mut buckets = [0_u32; 1024];
            for number in 0..10_240 {
                let name = format!("arn:aws:s3:::bucket-{number}/home");
                buckets[(hash(name.as_bytes(), 0) >> shift & 1023) as usize] += 1;
            }
            let square: f64 = buckets.iter().map(|count| (f64::from(*count) - 10.0).powi(2) / 10.0).sum();
            // Chi-square of 1023 degrees of freedom: mean 1023, deviation 45.
            assert!((800.0..1250.0).contains(&square), "{square}");
        }
    }
}
