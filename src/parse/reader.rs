//! What all visitors share: where they are in the document, the tables they fill, and the first thing that went wrong.
//!
//! serde-json-core reads without an unescape buffer, so every string comes back as a piece of the document, and the
//! difference of two addresses is its offset. The gate has accepted the document, so the byte at the cursor tells what
//! comes next without asking the reader, which has no way to ask.

use heapless::VecView;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, Visitor};

use super::builder::{Builder, Cause};
use super::json::text;
use super::recent::{Group, Recent, Short};
use super::rules::Rules;
use crate::ground::arn;
use crate::ground::error::{Fault, Missing, Pool, Refusal};
use crate::image::kind::PolicyKind;

/// The type of the next JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Json {
    String,
    Array,
    Object,
    Number,
    Boolean,
    Null,
    /// The end of an array.
    End,
}

/// A document while it is read.
pub(super) struct Reader<'a, 'p> {
    json: &'a [u8],
    /// Behind the last token that was read.
    cursor: usize,
    /// Where the last string begins.
    last_string: usize,
    pub(super) kind: PolicyKind,
    pub(super) rules: Rules,
    /// The document's `Version` is 2012-10-17, so it has policy variables (R-DOC-13).
    pub(super) version_2012: bool,
    /// Some string of the document has an escape.
    pub(super) escapes: bool,
    /// R-JSON-8 is asked for.
    pub(super) latin1: bool,
    pub(super) builder: Builder<'p>,
    pub(super) recent: &'p mut Recent,
    /// One string with its escapes resolved.
    string: &'p mut VecView<u8>,
    /// The first thing that went wrong. The JSON reader's own error cannot hold it.
    pub(super) refusal: Option<Refusal>,
}

impl<'a, 'p> Reader<'a, 'p> {
    pub(super) fn new(
        json: &'a [u8],
        kind: PolicyKind,
        escapes: bool,
        latin1: bool,
        builder: Builder<'p>,
        string: &'p mut VecView<u8>,
        recent: &'p mut Recent,
    ) -> Self {
        let rules = Rules::from_kind(kind);
        let latin1 = latin1 && rules.latin1;
        Self {
            json,
            cursor: 0,
            last_string: 0,
            kind,
            rules,
            version_2012: false,
            escapes,
            latin1,
            builder,
            recent,
            string,
            refusal: None,
        }
    }

    /// Keeps the first refusal, and gives the JSON reader an error to stop with.
    pub(super) fn fail<E: Error>(&mut self, fault: Fault, offset: usize) -> E {
        self.refuse(Cause::Fault(fault), offset)
    }

    /// As [`fail`](Self::fail), for what the builder refuses.
    pub(super) fn refuse<E: Error>(&mut self, cause: Cause, offset: usize) -> E {
        self.refusal.get_or_insert(cause.at(offset));
        E::custom("refused")
    }

    /// The object at `offset` lacks an element.
    pub(super) fn miss<E: Error>(&mut self, missing: Missing, offset: usize) -> E {
        let refusal = Refusal { missing: Some(missing), ..Refusal::at(Fault::MissingElement, offset) };
        self.refusal.get_or_insert(refusal);
        E::custom("refused")
    }

    /// The type and the offset of the value that comes next.
    pub(super) fn peek(&mut self) -> (Json, usize) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') = self.json.get(self.cursor) {
            self.cursor += 1;
        }
        let json = match self.json.get(self.cursor) {
            Some(b'"') => Json::String,
            Some(b'[') => Json::Array,
            Some(b'{') => Json::Object,
            Some(b't' | b'f') => Json::Boolean,
            Some(b'n') => Json::Null,
            Some(b'-' | b'0'..=b'9') => Json::Number,
            _ => Json::End,
        };
        (json, self.cursor)
    }

    /// Steps over the bracket that comes next, into an array or object or out of it.
    pub(super) fn pass_bracket(&mut self) {
        self.peek();
        self.cursor += 1;
    }

    /// Steps over a string that the JSON reader returned, and tells the offset of its opening quote.
    pub(super) fn step_over(&mut self, raw: &str) -> usize {
        // Both are addresses inside the document.
        let inside = raw.as_ptr().addr().wrapping_sub(self.json.as_ptr().addr());
        self.cursor = inside.wrapping_add(raw.len()).wrapping_add(1);
        self.last_string = inside.wrapping_sub(1);
        self.last_string
    }

    /// The offset of the string that was read last.
    pub(super) fn last_string(&self) -> usize {
        self.last_string
    }

    /// Steps over the number or boolean at the cursor and returns its text (R-COND-10).
    #[inline]
    pub(super) fn step_over_scalar(&mut self) -> &'a [u8] {
        let begin = self.cursor;
        // Most have nothing but digits, which pass in the fewest steps.
        while let Some(byte) = self.json.get(self.cursor)
            && (byte.is_ascii_digit() || !matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r'))
        {
            self.cursor += 1;
        }
        self.json.get(begin..self.cursor).unwrap_or_default()
    }

    /// Whether a string says `text`.
    #[inline]
    pub(super) fn says(&self, raw: &str, text: &[u8]) -> bool {
        raw.as_bytes() == text || (self.escapes && text::is_text(raw.as_bytes(), text))
    }

    /// What `of` finds for the text of a name. It finds none of more bytes than [`text::SHORT`].
    #[inline(always)]
    pub(super) fn named<T>(&self, raw: &str, of: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let resolved;
        let mut name = raw.as_bytes();
        if self.escapes && text::has_escape(name) {
            resolved = text::short_text(name)?;
            name = &resolved;
        }
        of(name)
    }

    /// Hands a string's text, escapes resolved, to `use_text` together with the builder.
    #[inline(always)]
    pub(super) fn with_text<T>(
        &mut self,
        raw: &[u8],
        use_text: impl FnOnce(&mut Builder<'p>, &[u8]) -> Result<T, Cause>,
    ) -> Result<T, Cause> {
        let text = if self.escapes && text::has_escape(raw) {
            self.resolve(raw)?;
            &self.string[..]
        } else {
            raw
        };
        use_text(&mut self.builder, text)
    }

    /// Resolves the escapes of a string. Not inlined: few strings have any.
    #[inline(never)]
    fn resolve(&mut self, raw: &[u8]) -> Result<(), Cause> {
        self.string.clear();
        if !text::unescape(raw, &mut |piece| self.string.extend_from_slice(piece).is_ok()) {
            return Err(Cause::Full(Pool::String));
        }
        if self.latin1 && !text::is_latin1(raw) {
            return Err(Cause::Fault(Fault::BadCharacter));
        }
        Ok(())
    }
}

/// The name of a member.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = &'de str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'de str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = &'de str;

    fn expecting(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, raw: &'de str) -> Result<&'de str, E> {
        Ok(raw)
    }
}

/// Lets the JSON reader pass a number or boolean, whose text [`Reader::step_over_scalar`] returned.
pub(super) fn pass<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ())
}

/// A number or boolean that the JSON reader passes.
pub(super) struct Passed;

impl<'de> DeserializeSeed<'de> for Passed {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        pass(deserializer)
    }
}

/// Strings: one, or an array of at least one (R-DOC-5 to R-DOC-7). Each is given to `item` with its offset.
pub(super) struct Strings<'r, 'a, 'p, F> {
    pub(super) reader: &'r mut Reader<'a, 'p>,
    /// A number of twelve digits counts as the string of them (R-PRIN-5).
    pub(super) numbers: bool,
    pub(super) item: F,
}

impl<'de, F> DeserializeSeed<'de> for Strings<'_, '_, '_, F>
where
    F: FnMut(&mut Reader<'_, '_>, &[u8]) -> Result<(), Cause>,
{
    /// How many there were.
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        match self.reader.peek() {
            (Json::String, _) => deserializer.deserialize_str(self),
            (Json::Array, _) => deserializer.deserialize_seq(self),
            (Json::Number, offset) if self.numbers => {
                let mut strings = self;
                strings.take_number(offset)?;
                pass(deserializer).map(|()| 1)
            }
            (_, offset) => Err(self.reader.fail(Fault::WrongType, offset)),
        }
    }
}

impl<F> Strings<'_, '_, '_, F>
where
    F: FnMut(&mut Reader<'_, '_>, &[u8]) -> Result<(), Cause>,
{
    fn take<E: Error>(&mut self, raw: &str) -> Result<(), E> {
        let offset = self.reader.step_over(raw);
        (self.item)(self.reader, raw.as_bytes()).map_err(|cause| self.reader.refuse(cause, offset))
    }

    /// As [`take`](Self::take), where the list may have had the string before: of the same string it makes the same span.
    fn take_again<E: Error>(&mut self, raw: &str, list: Group) -> Result<(), E> {
        let Some(short) = Short::new(raw.as_bytes()) else { return self.take(raw) };
        let Reader { recent, builder, .. } = &mut *self.reader;
        if let Some(span) = recent.find(short, list, |span| builder.would_share(span)) {
            let offset = self.reader.step_over(raw);
            return self.reader.builder.again(span).map_err(|cause| self.reader.refuse(cause, offset));
        }
        self.take(raw)?;
        let Reader { recent, builder, .. } = &mut *self.reader;
        if let Some(span) = builder.spans.last() {
            recent.put(short, list, *span, builder.in_table);
        }
        Ok(())
    }

    /// Takes the number at the cursor, which stands at `offset`.
    fn take_number<E: Error>(&mut self, offset: usize) -> Result<(), E> {
        let digits = self.reader.step_over_scalar();
        if !arn::is_account(digits) {
            return Err(self.reader.fail(Fault::WrongType, offset));
        }
        (self.item)(self.reader, digits).map_err(|cause| self.reader.refuse(cause, offset))
    }
}

impl<'de, F> Visitor<'de> for Strings<'_, '_, '_, F>
where
    F: FnMut(&mut Reader<'_, '_>, &[u8]) -> Result<(), Cause>,
{
    type Value = usize;

    fn expecting(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("a string or an array of strings")
    }

    fn visit_borrowed_str<E: Error>(mut self, raw: &'de str) -> Result<usize, E> {
        self.take(raw).map(|()| 1)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(mut self, mut array: A) -> Result<usize, A::Error> {
        let (_, opened) = self.reader.peek();
        self.reader.pass_bracket();
        let mut count = 0;
        let list = self.reader.recent.begin();
        loop {
            if self.numbers
                && let (Json::Number, offset) = self.reader.peek()
            {
                self.take_number(offset)?;
                array.next_element_seed(Passed)?;
            } else {
                match array.next_element_seed(Name) {
                    Ok(Some(raw)) => self.take_again(raw, list)?,
                    Ok(None) => break,
                    // The gate has accepted the value, so that it is one of another type.
                    Err(_) => {
                        let (_, offset) = self.reader.peek();
                        return Err(self.reader.fail(Fault::WrongType, offset));
                    }
                }
            }
            count += 1;
        }
        if count == 0 {
            return Err(self.reader.fail(Fault::Empty, opened));
        }
        self.reader.pass_bracket();
        Ok(count)
    }
}
