//! The names and brackets of a text, for what looks at a document once more after it was refused.
//!
//! All else is passed over, most of it eight bytes a step: a list of short items costs little more than a long string.
//! What is said in `text` holds here, too: the text is not checked.

use super::text::{past_plain, past_string, past_whitespace, string_inside};
use crate::ground::lanes::{before, equal, lanes};

/// The name of a member, or one of `{}[]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark<'a> {
    /// The offset of its first byte.
    pub(crate) start: usize,
    /// Its first byte.
    pub(crate) byte: u8,
    /// What stands between the quotes of a name.
    pub(crate) name: &'a [u8],
}

/// The marks of a text, read without checking it. The whole text takes time linear in its length.
#[derive(Clone, Debug)]
pub(crate) struct Marks<'a> {
    length: usize,
    rest: &'a [u8],
}

impl<'a> Marks<'a> {
    /// The marks of `json`.
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Self { length: json.len(), rest: json }
    }
}

impl<'a> Iterator for Marks<'a> {
    type Item = Mark<'a>;

    #[inline]
    fn next(&mut self) -> Option<Mark<'a>> {
        let mut rest = self.rest;
        loop {
            let Some((byte, behind)) = rest.split_first() else {
                self.rest = rest;
                return None;
            };
            let start = self.length.saturating_sub(rest.len());
            rest = match byte {
                b'"' => {
                    let after = past_string(behind);
                    if is_colon_next(after) {
                        self.rest = after.strip_prefix(b":").unwrap_or(after);
                        let name = string_inside(behind, after);
                        return Some(Mark { start, byte: b'"', name });
                    }
                    after
                }
                b'{' | b'}' | b'[' | b']' => {
                    self.rest = if *byte == b'[' { past_values(behind) } else { behind };
                    return Some(Mark { start, byte: *byte, name: &[] });
                }
                // Mostly a string or a bracket is next.
                b',' | b':' => behind,
                _ => behind.get(before(behind, begins_mark)..).unwrap_or_default(),
            };
        }
    }
}

/// Skips strings with a comma right behind them, which are no names.
fn past_values(mut rest: &[u8]) -> &[u8] {
    while let [b'"', string @ ..] = rest
        && let [b'"', b',', tail @ ..] = past_plain(string)
    {
        rest = tail;
    }
    rest
}

/// Whether a colon comes next, so that the string in front of it is a name.
#[inline]
fn is_colon_next(rest: &[u8]) -> bool {
    match rest {
        [b':', ..] => true,
        [b' ' | b'\n' | b'\r' | b'\t', ..] => past_whitespace(rest).starts_with(b":"),
        _ => false,
    }
}

/// A mark on the lowest lane of `word` that begins a string or is a bracket; lanes above it may be marked wrongly.
const fn begins_mark(word: u64) -> u64 {
    // This bit tells `[` from `{` and `]` from `}`, and no more of ASCII from any of them.
    let braces = word | lanes(0x20);
    equal(word, b'"') | equal(braces, b'{') | equal(braces, b'}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::vec::Vec;

    use super::Marks;
    use crate::parse::json::gate::samples::{Random, Sample, damage, rounds};
    use crate::parse::json::tokens::{JsonToken, JsonTokens};

    #[test]
    fn marks_are_the_tokens_that_are_names_or_brackets() {
        let mut random = Random(41);
        for _ in 0..rounds(20_000) {
            let mut text = Sample::new(&mut random).text;
            if random.below(2) == 0 {
                damage(&mut text, &mut random);
            }
            let tokens: Vec<JsonToken<'_>> = JsonTokens::new(&text).collect();
            let mut marks = Marks::new(&text);
            for (at, token) in tokens.iter().enumerate() {
                let named = tokens.get(at + 1).is_some_and(|next| next.first() == b':');
                if b"{}[]".contains(&token.first()) || (token.first() == b'"' && named) {
                    let mark = marks.next().unwrap();
                    let twin = if token.first() == b'"' { token.inner() } else { &[] };
                    let found = (mark.start, mark.byte, mark.name);
                    assert_eq!(found, (token.start, token.first(), twin), "{}", text.escape_ascii());
                }
            }
            assert!(marks.next().is_none());
        }
    }
}
