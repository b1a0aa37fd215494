//! Plain actions, which most actions are: checked, folded and hashed in one pass, eight bytes at a time.

use crate::ground::hash::ByWords;
use crate::ground::lanes::{first, lanes};
use crate::ground::wildcard::STAR;

/// The longest action that is read so.
pub(super) const LONGEST: usize = 64;

/// An action of eight bytes or more that has nothing but letters, digits, dots and hyphens around its colon, and at most a
/// star at its end, as patterns are stored: in lower case, with a token for the star.
pub(super) struct PlainAction<'b> {
    /// The pattern.
    pub(super) text: &'b [u8],
    colon: usize,
    /// How much of it stands in front of the star.
    pub(super) head: usize,
    /// The `hash::short` of its text.
    pub(super) hash: u32,
}

impl<'b> PlainAction<'b> {
    /// Reads an action, if it is plain; `out` is for its pattern. Time linear in it.
    #[inline(always)]
    pub(super) fn read(action: &[u8], out: &'b mut [u8; LONGEST]) -> Option<Self> {
        let last = u64::from_le_bytes(*action.last_chunk()?);
        let len = action.len();
        let text = out.get_mut(..len)?;
        // Whole words, then the last eight bytes, of which one or more are new.
        let (words, rest) = action.get(..len - 1)?.as_chunks::<8>();
        let mut hash = ByWords::new(len, 0);
        let mut colon = None;
        let mut at = 0;
        for (slot, word) in text.as_chunks_mut().0.iter_mut().zip(words) {
            let word = u64::from_le_bytes(*word);
            note(past_prefix(word), at, &mut colon)?;
            let word = lower(word);
            hash = hash.add(word);
            *slot = word.to_le_bytes();
            at += 8;
        }
        let star = last >> 56 == u64::from(b'*');
        let (marks, last) = (past_prefix(last), lower(last));
        let [marks, last] =
            if star { [marks & !(0x80 << 56), last | u64::from(STAR) << 56] } else { [marks, last] };
        note(marks >> (8 * (7 - rest.len())), at, &mut colon)?;
        *text.last_chunk_mut()? = last.to_le_bytes();
        let colon = colon.filter(|colon| *colon > 0 && action.get(*colon) == Some(&b':'))?;
        let head = if star { len - 1 } else { len };
        (colon < len - 1).then_some(Self { text, colon, head, hash: hash.add(last).short() })
    }

    /// What stands before the colon.
    pub(super) fn prefix<'a>(&self, action: &'a [u8]) -> &'a [u8] {
        action.get(..self.colon).unwrap_or_default()
    }
}

/// Notes where the one byte stands that `marks` may mark, of a word whose first byte is the one at `at`. `None` where there
/// is another.
#[inline(always)]
fn note(marks: u64, at: usize, noted: &mut Option<usize>) -> Option<()> {
    if marks != 0 {
        if noted.is_some() || !marks.is_power_of_two() {
            return None;
        }
        *noted = Some(at + first(marks));
    }
    Some(())
}

/// A mark on the lowest lane of `word` that cannot stand in the prefix of an action: ASCII letters, digits, dots and
/// hyphens may. Lanes above it may be marked wrongly, or not.
pub(super) const fn past_prefix(word: u64) -> u64 {
    let lower = lower(word);
    let letter = reaching(lower, b'a') ^ reaching(lower, b'z' + 1);
    // Between hyphen, dot and digits stands the slash.
    let others =
        reaching(word, b'-') ^ reaching(word, b'/') ^ reaching(word, b'0') ^ reaching(word, b'9' + 1);
    (!(letter | others) | word) & lanes(0x80)
}

/// A word of a plain action in lower case: all that may stand there but capitals has this bit.
const fn lower(word: u64) -> u64 {
    word | lanes(0x20)
}

/// In the top bit of each lane of `word`, whether it holds `byte` or more. What is not ASCII spoils the lanes above it.
const fn reaching(word: u64, byte: u8) -> u64 {
    word.wrapping_add(lanes(0x80 - byte))
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::{LONGEST, PlainAction};
    use crate::ground::hash;
    use crate::ground::wildcard::STAR;
    use crate::parse::json::gate::samples::{Random, rounds};

    /// The pattern of a plain action, and the number of bytes in front of its colon and its star.
    fn twin(action: &[u8]) -> Option<(Vec<u8>, usize, usize)> {
        let (body, star) = match action.strip_suffix(b"*") {
            Some(body) => (body, &[STAR][..]),
            None => (action, &[][..]),
        };
        let colon = body.iter().position(|byte| *byte == b':')?;
        let (prefix, name) = (body.get(..colon)?, body.get(colon + 1..)?);
        let plain =
            |text: &[u8]| text.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte));
        let fits = (8..=LONGEST).contains(&action.len())
            && !prefix.is_empty()
            && action.len() > colon + 1
            && plain(prefix)
            && plain(name);
        fits.then(|| ([body.to_ascii_lowercase().as_slice(), star].concat(), colon, body.len()))
    }

    #[test]
    fn a_plain_action_is_read_as_its_twin_says() {
        let mut random = Random(23);
        let (mut read, mut refused) = (0, 0);
        for _ in 0..rounds(200_000) {
            let len = random.below(12) * random.below(12);
            let mut action: Vec<u8> = (0..len).map(|_| random.pick(b"abzAZ09.-gS")).collect();
            for _ in 0..1 + random.below(5) / 4 {
                action.insert(random.below(action.len() + 1), random.pick(b":::::::*?/_@[`{\x80\xBA\xFF$ "));
            }
            if random.below(3) == 0 {
                action.push(b'*');
            }
            let mut out = [0; LONGEST];
            let found = PlainAction::read(&action, &mut out);
            let seen = found.as_ref().map(|plain| (plain.text.to_vec(), plain.colon, plain.head));
            assert_eq!(seen, twin(&action), "{}", action.escape_ascii());
            let Some(plain) = found else {
                refused += 1;
                continue;
            };
            read += 1;
            assert_eq!(plain.hash, hash::short(plain.text));
            assert_eq!(plain.prefix(&action), action.split(|byte| *byte == b':').next().unwrap_or_default());
        }
        assert!(read > 1_000 && refused > 1_000, "{read} {refused}");
    }
}
