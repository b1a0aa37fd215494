//! Hashes of all prefixes of a text: the words are hashed once, and each prefix ends where it likes.

use super::{FINISH, LENGTH, last_word, step};

/// The longest prefix that has a hash, in bytes.
pub const LONGEST: usize = 128;

const WORDS: usize = LONGEST / 8;

/// The state after the words of a prefix, its last bytes and its length, made into a hash.
#[inline]
fn finish(state: u64, prefix: &[u8]) -> u64 {
    let state = step(state, last_word(prefix)) ^ (prefix.len() as u64).wrapping_mul(LENGTH);
    let state = (state ^ state >> 29).wrapping_mul(FINISH);
    state ^ state >> 32
}

/// The hash of a text as a prefix of another, or of its first [`LONGEST`] bytes. Time linear in it.
#[must_use]
pub fn hash(text: &[u8]) -> u64 {
    let prefix = text.get(..LONGEST).unwrap_or(text);
    let (words, _) = prefix.as_chunks::<8>();
    finish(words.iter().fold(0, |state, word| step(state, u64::from_le_bytes(*word))), prefix)
}

/// A text whose prefixes can be hashed in constant time each.
#[derive(Clone, Debug)]
pub struct Prefixes<'t> {
    text: &'t [u8],
    /// The state before each word.
    states: [u64; WORDS + 1],
}

impl<'t> Prefixes<'t> {
    /// Hashes the words of `text`. Time linear in it.
    #[must_use]
    #[inline]
    pub fn new(text: &'t [u8]) -> Self {
        let mut states = [0; WORDS + 1];
        let (words, _) = text.as_chunks::<8>();
        let mut state = 0;
        let (_, after) = states.split_at_mut(1);
        for (slot, word) in after.iter_mut().zip(words) {
            state = step(state, u64::from_le_bytes(*word));
            *slot = state;
        }
        Self { text, states }
    }

    /// The [`hash`] of the first `len` bytes; `None` where the text is shorter. Constant time.
    #[must_use]
    #[inline]
    pub fn of(&self, len: usize) -> Option<u64> {
        let prefix = self.text.get(..len)?;
        Some(finish(*self.states.get(len / 8)?, prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Prefixes, hash};

    #[test]
    fn each_prefix_hashes_as_the_same_text_alone() {
        let text: Vec<u8> = (0..200_u8).map(|byte| byte.wrapping_mul(37)).collect();
        let prefixes = Prefixes::new(&text);
        let mut seen = std::collections::BTreeSet::new();
        for len in 0..=LONGEST {
            assert_eq!(prefixes.of(len), Some(hash(&text[..len])), "{len}");
            assert!(seen.insert(hash(&text[..len])));
        }
        assert_eq!(hash(&text), hash(&text[..LONGEST]));
        assert_eq!(Prefixes::new(b"abc").of(4), None);
        assert_eq!(Prefixes::new(b"abc").of(3), Some(hash(b"abc")));
    }
}
