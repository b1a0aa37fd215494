//! The strings of a JSON text: where they end, what they say once unescaped, and whether two say the same.
//!
//! Everything here expects what the gate has accepted, and stays harmless on any other bytes: no panic, no loop without
//! an end, at worst a meaningless answer.

use heapless::Vec;

use crate::ground::lanes::{before, below, equal, first, lanes, reaching};

/// What a malformed escape decodes to. The gate lets none pass (R-JSON-3, R-JSON-7).
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// A mark on the lowest lane that holds a quote, a backslash or a control character; lanes above it may be
/// marked wrongly.
///
/// `^ 0x02` swaps the space with the quote, so that "below 0x21" means the quote and the controls together.
const fn special(word: u64) -> u64 {
    below(word ^ lanes(0x02), 0x21) | equal(word, b'\\')
}

/// Skips string content that stands for itself: what is left starts with a quote, a backslash or a control
/// character, or is empty. Eight bytes a step.
#[inline]
#[must_use]
pub(crate) fn past_plain(mut rest: &[u8]) -> &[u8] {
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let marks = special(u64::from_le_bytes(*chunk));
        if marks != 0 {
            return rest.get(first(marks)..).unwrap_or_default();
        }
        rest = tail;
    }
    while let Some((byte, tail)) = rest.split_first()
        && !matches!(byte, b'"' | b'\\' | 0..0x20)
    {
        rest = tail;
    }
    rest
}

/// Skips JSON whitespace (RFC 8259, section 2). Runs of spaces, which is what indentation is, go eight bytes
/// a step; the other three characters one by one.
#[inline]
#[must_use]
pub(crate) fn past_whitespace(mut rest: &[u8]) -> &[u8] {
    while let Some((b' ' | b'\n' | b'\r' | b'\t', tail)) = rest.split_first() {
        rest = tail;
        while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
            let others = u64::from_le_bytes(*chunk) ^ lanes(b' ');
            if others != 0 {
                rest = rest.get(first(others)..).unwrap_or_default();
                break;
            }
            rest = tail;
        }
    }
    rest
}

/// What follows the closing quote of a string whose opening quote has been read; empty when it never closes.
#[must_use]
pub(crate) fn past_string(mut rest: &[u8]) -> &[u8] {
    loop {
        rest = match past_plain(rest) {
            [b'"', tail @ ..] => return tail,
            [b'\\', _, tail @ ..] | [_, tail @ ..] => tail,
            [] => return &[],
        };
    }
}

/// What stands between the quotes of a string whose opening quote has been read, and behind which is `rest`.
#[inline]
pub(crate) fn string_inside<'a>(opened: &'a [u8], rest: &[u8]) -> &'a [u8] {
    let string = opened.get(..opened.len().saturating_sub(rest.len())).unwrap_or_default();
    string.strip_suffix(b"\"").unwrap_or(string)
}

/// What the first string of a text says between its quotes, if the text begins with one.
pub(crate) fn first_string(text: &[u8]) -> Option<&[u8]> {
    let opened = text.strip_prefix(b"\"")?;
    Some(string_inside(opened, past_string(opened)))
}

/// Whether the inside of a string holds an escape, so that it says something else than its bytes.
#[must_use]
pub fn has_escape(raw: &[u8]) -> bool {
    raw.contains(&b'\\')
}

/// Gives `out` the text of a string in pieces of UTF-8, from `raw`, the inside of its quotes.
///
/// Surrogate pairs become one character (R-JSON-7). `out` stops the work by returning false, and the answer
/// is whether it never did. Linear in `raw`; a string without an escape is one piece, an empty one is none.
pub fn unescape(raw: &[u8], out: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    let mut rest = raw;
    while !rest.is_empty() {
        let plain = rest.iter().position(|byte| *byte == b'\\').unwrap_or(rest.len());
        let (Some(piece), Some(tail)) = (rest.get(..plain), rest.get(plain..)) else {
            break;
        };
        if !piece.is_empty() && !out(piece) {
            return false;
        }
        let Some((_, escape)) = tail.split_first() else {
            break;
        };
        let (character, tail) = unescape_one(escape);
        if !out(character.encode_utf8(&mut [0; 4]).as_bytes()) {
            return false;
        }
        rest = tail;
    }
    true
}

/// The bytes of a string after unescaping, one at a time: for comparing and hashing without a buffer.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    rest: &'a [u8],
    character: core::iter::Take<core::array::IntoIter<u8, 4>>,
}

impl<'a> Decoded<'a> {
    /// The text of `raw`, which is the inside of a string's quotes.
    #[must_use]
    pub fn new(raw: &'a [u8]) -> Self {
        Self { rest: raw, character: [0; 4].into_iter().take(0) }
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if let Some(byte) = self.character.next() {
            return Some(byte);
        }
        let (&byte, tail) = self.rest.split_first()?;
        if byte != b'\\' {
            self.rest = tail;
            return Some(byte);
        }
        let (character, tail) = unescape_one(tail);
        self.rest = tail;
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        self.character = bytes.into_iter().take(length);
        self.character.next()
    }
}

/// The most bytes of a [`short_text`].
pub(crate) const SHORT: usize = 16;

/// The text of a string, given as the inside of its quotes, if it is short.
pub(crate) fn short_text(raw: &[u8]) -> Option<Vec<u8, SHORT>> {
    let mut text = Vec::new();
    Decoded::new(raw).try_for_each(|byte| text.push(byte)).ok()?;
    Some(text)
}

/// Whether two strings, given as the inside of their quotes, say the same. Linear in the shorter one.
#[must_use]
pub fn same_text(a_raw: &[u8], b_raw: &[u8]) -> bool {
    if has_escape(a_raw) || has_escape(b_raw) {
        Decoded::new(a_raw).eq(Decoded::new(b_raw))
    } else {
        a_raw == b_raw
    }
}

/// Whether a string, given as the inside of its quotes, says `text`. Linear in the shorter one.
#[must_use]
pub fn is_text(raw: &[u8], text: &[u8]) -> bool {
    // Few names are written with escapes, and each escape is longer than what it says.
    raw == text || (raw.len() > text.len() && has_escape(raw) && Decoded::new(raw).eq(text.iter().copied()))
}

/// Whether a string, given as the inside of its quotes, says only what IAM's API takes: U+0009, U+000A,
/// U+000D and U+0020 to U+00FF (R-JSON-8). Linear in `raw`.
#[must_use]
pub fn is_latin1(raw: &[u8]) -> bool {
    from_beyond_latin1(raw).is_empty()
}

/// What is left of a text from the first character on that IAM's API does not take (R-JSON-8), be it written with an
/// escape or not. Linear in the text.
fn from_beyond_latin1(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        rest = match byte {
            b'\\' => match unescape_one(tail) {
                ('\t' | '\n' | '\r' | ' '..='\u{FF}', tail) => tail,
                _ => return rest,
            },
            b'\t' | b'\n' | b'\r' => tail,
            // In UTF-8 the characters from U+0100 on, and they alone, start with a byte from 0xC4 on.
            0x20..0xC4 => tail.get(before(tail, beside_latin1)..).unwrap_or_default(),
            _ => return rest,
        };
    }
    rest
}

/// A mark on the lowest lane of `word` that holds a backslash, a control character, or 0xC4 or more; lanes above it may
/// be marked wrongly.
const fn beside_latin1(word: u64) -> u64 {
    let high = reaching(word & lanes(0x7F), 0xC4 - 0x80) & word;
    high | below(word, 0x20) | equal(word, b'\\')
}

/// Where the first string of a document begins that has a character which IAM's API does not take (R-JSON-8). Time
/// linear in the document.
pub(crate) fn find_beyond_latin1(json: &[u8]) -> Option<usize> {
    let fits = json.len().checked_sub(from_beyond_latin1(json).len())?;
    // The gate lets such a character pass in an escape only, and an escape stands in a string.
    opening_quote(json.get(..fits).filter(|_| fits < json.len())?)
}

/// The last quote of a text that is not escaped, where the text ends inside a string. Linear in that string.
fn opening_quote(text: &[u8]) -> Option<usize> {
    let mut end = text.len();
    loop {
        end = text.get(..end)?.iter().rposition(|byte| *byte == b'"')?;
        let backslashes = text.get(..end)?.iter().rev().take_while(|byte| **byte == b'\\').count();
        if backslashes % 2 == 0 {
            return Some(end);
        }
    }
}

/// Where in `raw`, the inside of a string's quotes, the byte `at` of its text is written. Linear in `raw`.
pub(crate) fn written_at(raw: &[u8], at: usize) -> usize {
    let mut rest = raw;
    let mut left = at;
    while left > 0
        && let Some((first, tail)) = rest.split_first()
    {
        let (bytes, tail) = match first {
            b'\\' => {
                let (character, tail) = unescape_one(tail);
                (character.len_utf8(), tail)
            }
            _ => (1, tail),
        };
        left = left.saturating_sub(bytes);
        rest = tail;
    }
    raw.len().saturating_sub(rest.len())
}

/// The character of the escape whose backslash has been read, and what follows it.
fn unescape_one(rest: &[u8]) -> (char, &[u8]) {
    let Some((first, tail)) = rest.split_first() else {
        return (REPLACEMENT, rest);
    };
    let character = match first {
        b'"' | b'\\' | b'/' => char::from(*first),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(tail),
        _ => return (REPLACEMENT, rest),
    };
    (character, tail)
}

/// The character of a `\u` escape, or of two that make a surrogate pair (RFC 8259, section 7).
fn unescape_unicode(rest: &[u8]) -> (char, &[u8]) {
    let Some((high, tail)) = four_digits(rest) else {
        return (REPLACEMENT, rest);
    };
    if matches!(high, 0xD800..0xDC00)
        && let Some((low @ 0xDC00..0xE000, tail)) = tail.strip_prefix(b"\\u").and_then(four_digits)
    {
        let pair = 0x1_0000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
        return (char::from_u32(pair).unwrap_or(REPLACEMENT), tail);
    }
    (char::from_u32(high).unwrap_or(REPLACEMENT), tail)
}

/// The number that four hexadecimal digits write, and what follows them.
fn four_digits(rest: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, tail) = rest.split_first_chunk::<4>()?;
    let mut number = 0;
    for digit in digits {
        number = number << 4 | char::from(*digit).to_digit(16)?;
    }
    Some((number, tail))
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
