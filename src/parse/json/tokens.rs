//! A text as a row of tokens, for the slow paths that come after a fault. What is said in `text` holds here, too: the text
//! is not checked.

use super::text::{past_string, past_whitespace};

/// A token, as bytes: a string with its quotes, one of `{}[]:,`, or a run of anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonToken<'a> {
    /// The offset of its first byte.
    pub(crate) start: usize,
    /// Its bytes; never empty.
    pub(crate) text: &'a [u8],
}

impl<'a> JsonToken<'a> {
    /// The first byte, which tells the kind.
    pub(crate) fn first(&self) -> u8 {
        self.text.first().copied().unwrap_or_default()
    }

    /// The offset of the byte after it.
    pub(crate) fn end(&self) -> usize {
        self.start.saturating_add(self.text.len())
    }

    /// What stands between the quotes of a string.
    pub(crate) fn inner(&self) -> &'a [u8] {
        let opened = self.text.strip_prefix(b"\"").unwrap_or(self.text);
        opened.strip_suffix(b"\"").unwrap_or(opened)
    }
}

/// The tokens of a text, read without checking it. The whole text takes time linear in its length.
#[derive(Clone, Debug)]
pub(crate) struct JsonTokens<'a> {
    length: usize,
    rest: &'a [u8],
}

impl<'a> JsonTokens<'a> {
    /// The tokens of `json`.
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Self { length: json.len(), rest: json }
    }
}

impl<'a> Iterator for JsonTokens<'a> {
    type Item = JsonToken<'a>;

    #[inline]
    fn next(&mut self) -> Option<JsonToken<'a>> {
        let from = match self.rest {
            [b' ' | b'\n' | b'\r' | b'\t', ..] => past_whitespace(self.rest),
            rest => rest,
        };
        let (first, tail) = from.split_first()?;
        self.rest = match first {
            b'"' => past_string(tail),
            b'{' | b'}' | b'[' | b']' | b':' | b',' => tail,
            _ => past_word(tail),
        };
        let text = from.get(..from.len().saturating_sub(self.rest.len())).unwrap_or_default();
        Some(JsonToken { start: self.length.saturating_sub(from.len()), text })
    }
}

/// What follows a run of bytes that are no punctuation, quote or whitespace.
fn past_word(mut rest: &[u8]) -> &[u8] {
    let ends = |byte: &u8| {
        matches!(byte, b'{' | b'}' | b'[' | b']' | b':' | b',' | b'"' | b' ' | b'\n' | b'\r' | b'\t')
    };
    while let Some((byte, tail)) = rest.split_first()
        && !ends(byte)
    {
        rest = tail;
    }
    rest
}
