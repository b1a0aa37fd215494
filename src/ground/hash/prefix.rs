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

/// How many words of a text [`Prefixes`] needs the states of.
#[must_use]
pub const fn words(text: &[u8]) -> usize {
    let words = text.len() / 8;
    if words < WORDS { words } else { WORDS }
}

/// The state after another word of a text; before the first word it is 0.
#[inline]
pub(crate) const fn next(state: u64, word: u64) -> u64 {
    step(state, word)
}

/// Writes the state after each word of `text`, of which there are [`words`]: the twin of what `copy::copy_arn` writes.
#[cfg(test)]
pub(crate) fn write_states(text: &[u8], states: &mut [[u8; 8]]) {
    let mut state = 0;
    for (slot, word) in states.iter_mut().zip(text.as_chunks::<8>().0) {
        state = step(state, u64::from_le_bytes(*word));
        *slot = state.to_le_bytes();
    }
}

/// A text whose prefixes can be hashed in constant time each.
#[derive(Clone, Copy, Debug)]
pub struct Prefixes<'t> {
    /// The text.
    pub text: &'t [u8],
    /// The state after each of its words, as `copy::copy_arn` writes them.
    pub states: &'t [[u8; 8]],
}

impl Prefixes<'_> {
    /// The [`hash`] of the first `len` bytes, at most [`LONGEST`]; `None` where the text is shorter. Constant time.
    #[must_use]
    #[inline]
    pub fn get(&self, len: usize) -> Option<u64> {
        let prefix = self.text.get(..len)?;
        let state = match (len / 8).checked_sub(1) {
            None => 0,
            Some(last) => u64::from_le_bytes(*self.states.get(last)?),
        };
        Some(finish(state, prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Prefixes, hash, words, write_states};

    #[test]
    fn each_prefix_hashes_as_the_same_text_alone() {
        let text: Vec<u8> = (0..200_u8).map(|byte| byte.wrapping_mul(37)).collect();
        let mut states = vec![[0; 8]; words(&text)];
        write_states(&text, &mut states);
        let prefixes = Prefixes { text: &text, states: &states };
        let mut seen = std::collections::BTreeSet::new();
        for len in 0..=LONGEST {
            assert_eq!(prefixes.get(len), Some(hash(&text[..len])), "{len}");
            assert!(seen.insert(hash(&text[..len])));
        }
        assert_eq!(hash(&text), hash(&text[..LONGEST]));
        let short = Prefixes { text: b"abc", states: &[] };
        assert_eq!((words(b"abc"), short.get(4), short.get(3)), (0, None, Some(hash(b"abc"))));
    }
}
