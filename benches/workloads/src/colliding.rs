//! Names of context keys whose hashes are equal, as anyone makes them who has read the hash.
//!
//! Each step of the engine's hash (`src/ground/hash.rs`) is a bijection: from the state at the end and the words before,
//! the last word follows. It is kept where it is text.

const STEP: u64 = 0xADF8_5458_A2BB_4A9B;
const LENGTH: u64 = 0xAFDC_5620_273D_3CF1;
const FINISH: u64 = 0xD8B9_C583_CE2D_3695;

/// What the last eight bytes of a name may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// What a tag's name may have, in lower case: some million tries a name.
    OfTags,
    /// ASCII but capitals: some thousand tries a name.
    Any,
}

impl Letters {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::OfTags => byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-=._:/@".contains(&byte),
            Self::Any => byte.is_ascii() && !byte.is_ascii_uppercase(),
        }
    }
}

/// So many names of this 32-bit hash: `front`, whose length is a multiple of eight and which is in lower case, and eight
/// bytes more.
///
/// # Panics
/// Where the front has another length.
#[must_use]
pub fn names(front: &str, hash: u32, letters: Letters, count: usize) -> Vec<String> {
    let (words, rest) = front.as_bytes().as_chunks::<8>();
    assert!(rest.is_empty(), "whole words");
    let mut state = (front.len() as u64 + 8).wrapping_mul(LENGTH);
    for word in words {
        let product = (state ^ u64::from_le_bytes(*word)).wrapping_mul(STEP);
        state = product ^ product >> 32;
    }
    let (step, finish) = (inverse(STEP), inverse(FINISH));
    (0..=u32::MAX)
        .filter_map(|high| {
            let end = u64::from(high) << 32 | u64::from(hash ^ high);
            // `end` is what the last shift is undone to: its halves give the hash.
            let product = end.wrapping_mul(finish);
            let last = product ^ product >> 29 ^ product >> 58;
            let word = ((last ^ last >> 32).wrapping_mul(step) ^ state).to_le_bytes();
            let text = word.iter().all(|byte| letters.has(*byte));
            text.then(|| format!("{front}{}", word.map(char::from).iter().collect::<String>()))
        })
        .take(count)
        .collect()
}

/// The inverse of an odd number modulo 2^64, by Newton's iteration: each round doubles the bits that are right.
fn inverse(number: u64) -> u64 {
    let mut inverse = number;
    for _ in 0..5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(number.wrapping_mul(inverse)));
    }
    inverse
}
