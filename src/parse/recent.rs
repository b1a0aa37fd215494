//! Short texts that were read: what each became.
//!
//! A list of numbers of one digit has no more than two bytes for each, which is little for a value that takes sixteen in
//! the image and is looked for among the texts. So texts of up to eight bytes are remembered which are sure to be found
//! again where they are; and of one list of values the last texts of up to four bytes, too, which may be stored again
//! elsewhere.

use zerocopy::little_endian::{U16, U64};

use crate::ground::lanes::few;
use crate::image::records::Span;

/// How many that are in the table of texts.
const KNOWN: usize = 100;

/// How many of those of one list that were read last.
const LAST: usize = 16;

/// The longest text of a list that is remembered though the table of texts may not have it.
const SHORTEST: usize = 4;

/// What is read in one way, so that equal texts become the same: all values of one kind, or the strings of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group(u16);

impl Group {
    /// The group with a number that no list has.
    pub(super) fn of_values(number: u8) -> Self {
        Self(u16::from(number) + 1)
    }
}

/// Short texts and where the image has what they say, on the stack, so that they are packed. Two of one place replace each
/// other.
pub(super) struct Recent {
    known: [(U64, Span, U16); KNOWN],
    last: [(U64, Span, U16); LAST],
    /// Of the lists that were begun.
    newest: u16,
}

impl Recent {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        let none = |of| (U64::ZERO, Span::default(), of);
        // No list has either number. Two numbers, for to zero all of it takes more steps than half of it: beyond 2,048
        // bytes `memset` has the processor do it byte by byte.
        Self {
            known: [none(U16::ZERO); KNOWN],
            last: [none(U16::new(u16::MAX)); LAST],
            newest: u16::from(u8::MAX) + 1,
        }
    }

    /// A group for the strings of a list that begins.
    pub(super) fn begin(&mut self) -> Group {
        self.newest = self.newest.wrapping_add(1);
        Group(self.newest)
    }

    /// What a text became, as it is written in the document, if the table of texts has that. `would_share` tells whether
    /// the table would give the span of a text that it has.
    #[inline]
    pub(super) fn find(
        &self,
        short: Short,
        group: Group,
        would_share: impl FnOnce(Span) -> bool,
    ) -> Option<Span> {
        let (text, span, of) = self.known.get(short.place() % KNOWN)?;
        (text.get() == short.text && of.get() == group.0 && would_share(*span)).then_some(*span)
    }

    /// Remembers what a text became, if the table of texts has that.
    #[inline]
    pub(super) fn put(&mut self, short: Short, group: Group, span: Span, in_table: bool) {
        if let Some(known) = self.known.get_mut(short.place() % KNOWN) {
            // Of a text that was stored again, what it was before is forgotten.
            *known = (U64::new(short.text), span, U16::new(if in_table { group.0 } else { 0 }));
        }
    }

    /// What a text of this list became that was read last.
    #[inline]
    pub(super) fn find_last(&self, short: Short, list: Group) -> Option<Span> {
        let (text, span, of) = self.last.get(short.last_place())?;
        (text.get() == short.text && of.get() == list.0).then_some(*span)
    }

    /// Remembers a text of this list that was read.
    #[inline]
    pub(super) fn put_last(&mut self, short: Short, list: Group, span: Span) {
        if short.len <= SHORTEST
            && let Some(last) = self.last.get_mut(short.last_place())
        {
            *last = (U64::new(short.text), span, U16::new(list.0));
        }
    }
}

/// A text of up to eight bytes.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// The bytes, the last one uppermost. What a document writes has no zeros.
    text: u64,
    len: usize,
}

impl Short {
    /// The text, if it is short.
    #[inline]
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let len = text.len();
        let text = match len {
            0 => 0,
            1..8 => few(text) << (64 - 8 * len),
            8 => u64::from_le_bytes(*text.first_chunk()?),
            _ => return None,
        };
        Some(Self { text, len })
    }

    /// Digits, and letters of one row of ASCII, have a place each.
    #[inline]
    fn last_place(self) -> usize {
        let [.., before, last] = self.text.to_le_bytes();
        usize::from(last ^ before.rotate_left(2)) % LAST
    }

    /// Characters of ASCII have a place each, and so have numbers of two digits.
    #[inline]
    fn place(self) -> usize {
        let [.., before, last] = self.text.to_le_bytes();
        usize::from(last) + 10 * usize::from(before)
    }
}

#[cfg(test)]
mod tests {
    use zerocopy::little_endian::U32;

    use super::{Group, LAST, Recent, SHORTEST, Short};
    use crate::image::records::Span;
    use crate::parse::json::gate::samples::{Random, rounds};

    fn span(number: u32) -> Span {
        Span { start: U32::new(number), ..Span::default() }
    }

    #[test]
    fn what_is_found_is_what_was_put_last() {
        let mut random = Random(31);
        for _ in 0..rounds(200) {
            let mut recent = Recent::new();
            let mut twin = std::collections::HashMap::new();
            let (mut found, mut list) = (0, recent.begin());
            for number in 0..200 {
                if random.below(50) == 0 {
                    list = recent.begin();
                }
                let group = Group::of_values(u8::from(random.below(3) == 0));
                let text: Vec<u8> = (0..random.below(10)).map(|_| random.pick(b"01a")).collect();
                let Some(short) = Short::new(&text) else {
                    assert_eq!(text.len(), 9);
                    continue;
                };
                if let Some(span) = recent.find(short, group, |_| true) {
                    assert_eq!(Some(&span.start.get()), twin.get(&(group.0, text.clone())), "{text:?}");
                    found += 1;
                }
                if let Some(span) = recent.find_last(short, list) {
                    assert_eq!(Some(&span.start.get()), twin.get(&(list.0, text.clone())), "{text:?}");
                    found += 1;
                }
                let in_table = random.below(4) > 0;
                recent.put(short, group, span(number), in_table);
                assert_eq!(recent.find(short, group, |_| true).is_some(), in_table);
                assert!(recent.find(short, group, |_| false).is_none());
                recent.put_last(short, list, span(number));
                assert_eq!(recent.find_last(short, list).is_some(), text.len() <= SHORTEST);
                twin.insert((group.0, text.clone()), number);
                twin.insert((list.0, text), number);
            }
            assert!(found > 10, "{found}");
        }
    }

    #[test]
    fn digits_do_not_replace_each_other() {
        let mut recent = Recent::new();
        let list = recent.begin();
        let digits: Vec<Short> = b"0123456789".iter().filter_map(|digit| Short::new(&[*digit])).collect();
        for digit in &digits {
            recent.put_last(*digit, list, Span::default());
        }
        assert!(digits.len() <= LAST);
        assert!(digits.len() == 10 && digits.iter().all(|digit| recent.find_last(*digit, list).is_some()));
    }

    #[test]
    fn numbers_of_two_digits_do_not_replace_each_other() {
        let mut recent = Recent::new();
        let group = recent.begin();
        let numbers: Vec<Short> =
            (0..100).filter_map(|number| Short::new(format!("{number:02}").as_bytes())).collect();
        for (text, number) in numbers.iter().zip(0..) {
            recent.put(*text, group, span(number), true);
        }
        let find = |text: &Short| recent.find(*text, group, |_| true);
        let found = numbers.iter().zip(0..);
        assert!(
            found.into_iter().all(|(text, number)| find(text).is_some_and(|at| at.start.get() == number))
        );
    }
}
