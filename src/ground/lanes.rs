//! Eight bytes at a time: a word as eight lanes, the first byte of a text in the lowest one.
//!
//! A function that marks lanes sets the top bit of each, and no other bit.

/// The same byte in each lane of a word.
#[inline]
pub(crate) const fn lanes(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// A mark on the lowest lane of `word` that is below `limit`, which is at most 0x80; lanes above it may be marked
/// wrongly, since a subtraction borrows upwards.
#[inline]
pub(crate) const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(lanes(limit)) & !word & lanes(0x80)
}

/// A mark on the lowest lane of `word` that holds `byte`; lanes above it may be marked wrongly.
#[inline]
pub(crate) const fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ lanes(byte), 1)
}

/// A mark on each lane of `word` that holds `byte`.
#[inline]
pub(crate) const fn each_equal(word: u64, byte: u8) -> u64 {
    let other = word ^ lanes(byte);
    // Seven bits a lane leave room for a carry into the eighth, which is set unless all of them are 0.
    !((other & lanes(0x7F)).wrapping_add(lanes(0x7F)) | other | lanes(0x7F))
}

/// A mark on each lane of `word` that holds `byte` or more; `byte` is ASCII, as is every lane.
#[inline]
pub(crate) const fn reaching(word: u64, byte: u8) -> u64 {
    // Seven bits a lane leave room for a carry into the eighth.
    (word + lanes(0x80 - byte)) & lanes(0x80)
}

/// Whether each lane of `word` holds a digit, `0` to `9`.
#[inline]
pub(crate) const fn are_digits(word: u64) -> bool {
    // The upper halves are 3, and are so still where 6 is added: no lane carries into the next then.
    let upper = lanes(0xF0);
    word & upper == lanes(0x30) && word.wrapping_add(lanes(6)) & upper == lanes(0x30)
}

/// How many lanes stand below the lowest one that is marked: all eight, if none is.
#[inline]
pub(crate) const fn first(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// How many bytes stand in front of the first one that `marks` marks; all of them, if it marks none.
///
/// `marks` is asked about eight bytes at a time. The lowest mark that it sets must be right, those above need not be.
#[inline]
pub(crate) fn before(bytes: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let Some(last) = bytes.last_chunk::<8>() else { return first(marks(few(bytes))).min(bytes.len()) };
    let (words, _) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let found = marks(u64::from_le_bytes(*word));
        if found != 0 {
            return at + first(found);
        }
        at += 8;
    }
    // What is left over is looked at as the last eight bytes, of which the front ones are known to be unmarked.
    bytes.len() - 8 + first(marks(u64::from_le_bytes(*last)))
}

/// Whether two texts are the same. For short ones that is quicker than a call of what compares long ones.
#[inline]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (Some(one_end), Some(other_end)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) else {
        return few(one) == few(other);
    };
    // Names of one kind begin alike.
    if one_end != other_end {
        return false;
    }
    if one.len() > 64 {
        return one == other;
    }
    one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0).all(|(one, other)| one == other)
}

/// Less than eight bytes as a word, the first in the lowest lane.
#[inline]
pub(crate) fn few(bytes: &[u8]) -> u64 {
    if let (Some(front), Some(back)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // Where the halves overlap they hold the same bytes.
        let [front, back] = [front, back].map(|half| u64::from(u32::from_le_bytes(*half)));
        return front | back << (8 * (bytes.len() - 4));
    }
    match *bytes {
        [a] => u64::from(a),
        [a, b] => u64::from(u16::from_le_bytes([a, b])),
        [a, b, c] => u64::from(u32::from_le_bytes([a, b, c, 0])),
        _ => 0,
    }
}

/// `word` with each lane that holds one of `A`–`Z` folded to `a`–`z`.
#[inline]
pub(crate) const fn fold(word: u64) -> u64 {
    let low = word & lanes(0x7F);
    let upper = (reaching(low, b'A') ^ reaching(low, b'Z' + 1)) & !word;
    // 0x80 >> 2 is 0x20, the bit that tells `a` from `A`.
    word | upper >> 2
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::indexing_slicing)]
mod tests {
    use super::{before, below, each_equal, equal, fold, reaching};

    /// A text of up to 39 bytes, and two numbers.
    fn samples() -> impl Iterator<Item = (Vec<u8>, usize, usize)> {
        let mut state = 9_u64;
        (0..20_000).map(move |_| {
            let mut below = |limit: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) % limit) as usize
            };
            let text = (0..below(40)).map(|_| b"abcdxyz \0\x7f\x80\xff:*"[below(14)]).collect();
            (text, below(8), below(4))
        })
    }

    #[test]
    fn the_first_marked_byte_is_found_as_byte_by_byte() {
        for (text, byte, limit) in samples() {
            let (byte, limit) = (b"abxz:*\0\xff"[byte], b"\x01\x21b\x80"[limit]);
            let found =
                |fits: &dyn Fn(u8) -> bool| text.iter().position(|byte| fits(*byte)).unwrap_or(text.len());
            let shown = text.escape_ascii();
            assert_eq!(before(&text, |word| equal(word, byte)), found(&|other| other == byte), "{shown}");
            assert_eq!(
                before(&text, |word| each_equal(word, byte)),
                found(&|other| other == byte),
                "{shown}"
            );
            for word in text.as_chunks::<8>().0 {
                let marks = word.map(|other| if other == byte { 0x80 } else { 0 });
                assert_eq!(each_equal(u64::from_le_bytes(*word), byte).to_le_bytes(), marks, "{shown}");
            }
            assert_eq!(before(&text, |word| below(word, limit)), found(&|other| other < limit), "{shown}");
            let either = |word| equal(word, byte) | below(word, limit);
            assert_eq!(before(&text, either), found(&|other| other == byte || other < limit), "{shown}");
        }
    }

    #[test]
    fn every_lane_that_reaches_a_byte_is_marked() {
        for byte in 0..0x80 {
            for (low, high) in (0..0x80).map(|low| (low, 0x7F - low)) {
                let word = u64::from_le_bytes([low, high, low, low, high, high, low, high]);
                let expected = word.to_le_bytes().map(|lane| if lane >= byte { 0x80 } else { 0 });
                assert_eq!(reaching(word, byte).to_le_bytes(), expected, "{word:x} {byte}");
            }
        }
    }

    #[test]
    fn folding_a_word_folds_each_of_its_bytes() {
        for byte in 0..=u8::MAX {
            for position in 0..8 {
                for other in [0, b'Z', 0xFF] {
                    let mut bytes = [other; 8];
                    bytes[position] = byte;
                    let folded = fold(u64::from_le_bytes(bytes)).to_le_bytes();
                    assert_eq!(folded, bytes.map(|byte| byte.to_ascii_lowercase()));
                }
            }
        }
    }
}
