//! The short texts of a list: what each became.
//!
//! A list of numbers of one digit has no more than two bytes for each, which is little for a value that takes sixteen in
//! the image and is looked for among the texts. So the list remembers the texts of up to four bytes that were read last,
//! and more of up to three bytes which are sure to be found again where they are.

use crate::image::records::Span;

/// How many of those that were read last.
const LAST: usize = 16;

/// How many that are in the table of texts.
const KNOWN: usize = 128;

/// Values of one list and where the image has what they say. Two of one place replace each other.
pub(super) struct Recent {
    last: [(u64, Span); LAST],
    known: Known,
}

impl Recent {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { last: [(0, Span::default()); LAST], known: Known::default() }
    }

    /// What a value became, as it is written in the document, unless it is forgotten. `would_share` is asked as by
    /// [`Known::find`] about a value that is not among the last.
    #[inline]
    pub(super) fn find(&mut self, short: Short, would_share: impl FnOnce(Span) -> bool) -> Option<Span> {
        let last = self.last.get_mut(short.last_place())?;
        if last.0 == short.0 {
            return Some(last.1);
        }
        let span = self.known.find(short, would_share)?;
        *last = (short.0, span);
        Some(span)
    }

    /// Remembers what a value became, and whether the table of texts has that.
    #[inline]
    pub(super) fn put(&mut self, short: Short, span: Span, in_table: bool) {
        if let Some(last) = self.last.get_mut(short.last_place()) {
            *last = (short.0, span);
        }
        self.known.put(short, span, in_table);
    }
}

/// Texts of one list that the table of texts has. Two of one place replace each other.
#[derive(Default)]
pub(super) struct Known {
    /// How many were put here.
    count: usize,
    /// Not there for the first ones: most lists end before there is something to win.
    spans: Option<[(u32, Span); KNOWN]>,
}

impl Known {
    /// What a text became, as it is written in the document, unless it is forgotten. `would_share` tells whether the
    /// table of texts would give the span of a text that it has.
    #[inline]
    pub(super) fn find(&self, short: Short, would_share: impl FnOnce(Span) -> bool) -> Option<Span> {
        let (text, span) = *self.spans.as_ref()?.get(short.known_place())?;
        (u64::from(text) == short.0 && would_share(span)).then_some(span)
    }

    /// Remembers what a text became, if the table of texts has that.
    #[inline]
    pub(super) fn put(&mut self, short: Short, span: Span, in_table: bool) {
        self.count += 1;
        if self.count > LAST
            && in_table
            && let Ok(text) = u32::try_from(short.0)
            && let Some(known) =
                self.spans.get_or_insert([(0, Span::default()); KNOWN]).get_mut(short.known_place())
        {
            *known = (text, span);
        }
    }
}

/// A short text and its length in one number, which is not 0.
#[derive(Clone, Copy)]
pub(super) struct Short(u64);

impl Short {
    /// The text, if it is short.
    #[inline]
    pub(super) fn new(text: &[u8]) -> Option<Self> {
        let few = |bytes: [u8; 4]| u64::from(u32::from_be_bytes(bytes));
        let text = match *text {
            [] => 1,
            [a] => 2 << 8 | u64::from(a),
            [a, b] => 3 << 16 | few([0, 0, a, b]),
            [a, b, c] => 4 << 24 | few([0, a, b, c]),
            [a, b, c, d] => 5 << 32 | few([a, b, c, d]),
            _ => return None,
        };
        Some(Self(text))
    }

    /// Digits, and letters of one row of ASCII, have a place each.
    #[inline]
    fn last_place(self) -> usize {
        let [last, before, ..] = self.0.to_le_bytes();
        usize::from(last ^ before.rotate_left(2)) % LAST
    }

    /// Characters of ASCII have a place each, and so have numbers of two digits.
    #[inline]
    fn known_place(self) -> usize {
        let [last, before, ..] = self.0.to_le_bytes();
        (usize::from(last) + 10 * usize::from(before)) % KNOWN
    }
}

#[cfg(test)]
mod tests {
    use zerocopy::little_endian::U32;

    use super::{LAST, Recent, Short};
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
            let mut found = 0;
            for number in 0..200 {
                let text: Vec<u8> = (0..random.below(6)).map(|_| random.pick(b"01\0a")).collect();
                let Some(short) = Short::new(&text) else {
                    assert!(text.len() > 4);
                    continue;
                };
                if let Some(span) = recent.find(short, |_| true) {
                    assert_eq!(Some(&span.start.get()), twin.get(&text), "{text:?}");
                    found += 1;
                }
                recent.put(short, span(number), true);
                assert!(recent.find(short, |_| false).is_some());
                twin.insert(text, number);
            }
            assert!(found > 10, "{found}");
        }
    }

    #[test]
    fn digits_do_not_replace_each_other() {
        let mut recent = Recent::new();
        let digits: Vec<Short> = b"0123456789".iter().filter_map(|digit| Short::new(&[*digit])).collect();
        for digit in &digits {
            recent.put(*digit, Span::default(), false);
        }
        assert!(digits.len() == 10 && digits.iter().all(|digit| recent.find(*digit, |_| false).is_some()));
    }

    #[test]
    fn what_is_not_among_the_last_is_found_if_it_is_in_the_table_and_would_be_shared() {
        let numbers: Vec<Short> =
            (0..100).filter_map(|number| Short::new(format!("{number:02}").as_bytes())).collect();
        for (in_table, would_share) in [(true, true), (true, false), (false, true)] {
            let mut recent = Recent::new();
            // The first ones are among the last only.
            for (text, number) in numbers.iter().zip(0..).take(LAST).chain(numbers.iter().zip(0..)) {
                recent.put(*text, span(number), in_table);
            }
            let mut find = |text: &Short| recent.find(*text, |_| would_share);
            let found = numbers
                .iter()
                .zip(0..)
                .filter(|(text, number)| find(text).is_some_and(|span| span.start.get() == *number));
            let all = in_table && would_share;
            assert_eq!(found.count() == 100, all, "{in_table} {would_share}");
        }
    }
}
