//! From the wildcards of a text to the tokens of a pattern, eight bytes at a time.

use super::tokens::{ONE, STAR};
use crate::ground::lanes::{each_equal, first};

/// Writes `source` to `out`, which is as long, with tokens in place of `*` and `?`. Returns how many bytes stand in front of
/// the first token: all, if there is none. Nothing where two stars stand in a row, of which a pattern keeps one, or
/// where there are less than eight bytes. Time linear in the text.
#[inline]
#[must_use]
pub fn encode(source: &[u8], out: &mut [u8]) -> Option<usize> {
    let last = source.last_chunk::<8>()?;
    // Whole words, then the last eight bytes, of which one or more are new.
    let (words, _) = source.get(..source.len() - 1)?.as_chunks::<8>();
    let mut head = source.len();
    let mut stars_before = 0;
    let mut at = 0;
    for (slot, word) in out.as_chunks_mut().0.iter_mut().zip(words) {
        *slot = word_of_tokens(*word, at, &mut stars_before, &mut head)?;
        at += 8;
    }
    // Which has the end of the word before, unless all of it is new.
    if !source.len().is_multiple_of(8) {
        stars_before = 0;
    }
    *out.last_chunk_mut()? = word_of_tokens(*last, source.len() - 8, &mut stars_before, &mut head)?;
    Some(head)
}

/// Eight bytes, of which the first stands at `at`, with tokens in place of wildcards.
#[inline(always)]
fn word_of_tokens(word: [u8; 8], at: usize, stars_before: &mut u64, head: &mut usize) -> Option<[u8; 8]> {
    let text = u64::from_le_bytes(word);
    let (stars, ones) = (each_equal(text, b'*'), each_equal(text, b'?'));
    if stars | ones == 0 {
        *stars_before = 0;
        return Some(word);
    }
    if stars & (stars << 8 | *stars_before >> 56) != 0 {
        return None;
    }
    *stars_before = stars;
    *head = (*head).min(at + first(stars | ones));
    // A mark is the top bit of its lane: with the lowest one in its place, a product fills the lane.
    let [stars, ones] =
        [(stars, b'*' ^ STAR), (ones, b'?' ^ ONE)].map(|(marks, change)| (marks >> 7) * u64::from(change));
    Some((text ^ stars ^ ones).to_le_bytes())
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::encode;
    use crate::ground::wildcard::{ONE, STAR};

    #[test]
    fn tokens_are_written_as_byte_by_byte() {
        let mut state = 11_u64;
        let mut below = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) % limit) as usize
        };
        let (mut written, mut left) = (0, 0);
        for _ in 0..50_000 {
            let len = below(40);
            let text: Vec<u8> = (0..len).map(|_| b"abcdefgh+)>@\xAA\xBF\x80\xFF:/+*?"[below(21)]).collect();
            let twin: Vec<u8> = text
                .iter()
                .map(|byte| match byte {
                    b'*' => STAR,
                    b'?' => ONE,
                    other => *other,
                })
                .collect();
            let mut out = vec![0; len];
            let head = text.iter().position(|byte| b"*?".contains(byte)).unwrap_or(len);
            let fits = len >= 8 && !text.windows(2).any(|pair| pair == b"**");
            match encode(&text, &mut out) {
                Some(found) => {
                    assert_eq!((found, &out, true), (head, &twin, fits), "{}", text.escape_ascii());
                    written += 1;
                }
                None => {
                    assert!(!fits, "{}", text.escape_ascii());
                    left += 1;
                }
            }
        }
        assert!(written > 10_000 && left > 10_000, "{written} {left}");
    }
}
