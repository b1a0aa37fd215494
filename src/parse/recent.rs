//! The short values of a list that were read last: what each became.
//!
//! Texts of up to four bytes are short. A list of numbers of one digit has no more than two bytes for each, which is
//! little for a value that takes sixteen in the image and is looked for among the texts.

use crate::image::records::Span;

const ENTRIES: usize = 16;

/// Texts of one list and where the image has what they say. Two of one entry replace each other.
#[derive(Clone, Copy)]
pub(super) struct Recent([Entry; ENTRIES]);

#[derive(Clone, Copy, Default)]
struct Entry {
    /// The text with its length, which tells it from no text.
    text: u64,
    span: Span,
}

impl Recent {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self([Entry::default(); ENTRIES])
    }

    /// What a text became, as it is written in the document.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<Span> {
        let text = packed(text)?;
        self.0.get(place(text)).filter(|entry| entry.text == text).map(|entry| entry.span)
    }

    /// Remembers what a text became, if it is short.
    #[inline]
    pub(super) fn put(&mut self, text: &[u8], span: Span) {
        if let Some(text) = packed(text)
            && let Some(entry) = self.0.get_mut(place(text))
        {
            *entry = Entry { text, span };
        }
    }
}

/// A short text and its length in one number, which is not 0.
#[inline]
fn packed(text: &[u8]) -> Option<u64> {
    let bytes = match *text {
        [] => [0, 0, 0, 0, 1],
        [a] => [0, 0, 0, 2, a],
        [a, b] => [0, 0, 3, a, b],
        [a, b, c] => [0, 4, a, b, c],
        [a, b, c, d] => [5, a, b, c, d],
        _ => return None,
    };
    let [a, b, c, d, e] = bytes;
    Some(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
}

/// Digits, and letters of one row of ASCII, have an entry each.
fn place(text: u64) -> usize {
    let [last, before, ..] = text.to_le_bytes();
    usize::from(last ^ before.rotate_left(2)) % ENTRIES
}

#[cfg(test)]
mod tests {
    use zerocopy::little_endian::U32;

    use super::Recent;
    use crate::image::records::Span;
    use crate::parse::gate::samples::{Random, rounds};

    #[test]
    fn what_is_found_is_what_was_put_last() {
        let mut random = Random(31);
        for _ in 0..rounds(200) {
            let mut recent = Recent::new();
            let mut twin = std::collections::HashMap::new();
            let mut found = 0;
            for number in 0..200 {
                let text: Vec<u8> = (0..random.below(6)).map(|_| random.pick(b"01\0a")).collect();
                if let Some(span) = recent.find(&text) {
                    assert_eq!(Some(&span.start.get()), twin.get(&text), "{text:?}");
                    found += 1;
                }
                recent.put(&text, Span { start: U32::new(number), ..Span::default() });
                assert_eq!(recent.find(&text).is_some(), text.len() <= 4);
                twin.insert(text, number);
            }
            assert!(found > 10, "{found}");
        }
    }

    #[test]
    fn digits_do_not_replace_each_other() {
        let mut recent = Recent::new();
        for digit in b"0123456789" {
            recent.put(&[*digit], Span::default());
        }
        assert!(b"0123456789".iter().all(|digit| recent.find(&[*digit]).is_some()));
    }
}
