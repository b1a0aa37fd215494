//! The caller's memory while a request is written into it.

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, IntoBytes, KnownLayout, Unaligned};

use super::malformed::RequestError;
use super::records::Text;
use crate::ground::copy;
use crate::ground::hash::prefix;
use crate::ground::limits::MAX_REQUEST_TEXT;

/// The caller's memory: tables are taken off its front, then texts are written into the rest.
pub(crate) struct Output<'o> {
    text: &'o mut [u8],
    /// Where `text` begins in the caller's memory.
    start: usize,
    /// Bytes of `text` that are written.
    written: usize,
}

impl<'o> Output<'o> {
    pub(crate) fn new(memory: &'o mut [u8], start: usize) -> Self {
        Self { text: memory, start, written: 0 }
    }

    /// Bytes of the caller's memory that are in use.
    pub(crate) fn used(&self) -> usize {
        self.start + self.written
    }

    /// A table of `count` records, from the front of the memory.
    pub(crate) fn table<T>(&mut self, count: usize) -> Result<&'o mut [T], RequestError>
    where
        T: FromBytes + IntoBytes + KnownLayout + Unaligned,
    {
        let memory = core::mem::take(&mut self.text);
        let (table, rest) =
            <[T]>::mut_from_prefix_with_elems(memory, count).map_err(|_| RequestError::TooLarge(None))?;
        self.start += size_of_val(table);
        self.text = rest;
        Ok(table)
    }

    /// The next `len` bytes behind what is written.
    #[inline]
    fn append(&mut self, len: usize) -> Result<(U32, &mut [u8]), RequestError> {
        let begin = number(self.used())?;
        let Some(end) = self.written.checked_add(len) else { return Err(RequestError::TooLarge(None)) };
        let Some(free) = self.text.get_mut(self.written..end) else {
            return Err(RequestError::TooLarge(None));
        };
        self.written = end;
        Ok((begin, free))
    }

    #[inline]
    fn checked_copy(
        &mut self,
        text: &[u8],
        copy: impl Fn(&[u8], &mut [u8]) -> bool,
    ) -> Result<Text, RequestError> {
        if text.is_empty() {
            return Ok(Text::EMPTY);
        }
        if text.len() > MAX_REQUEST_TEXT {
            return Err(RequestError::TooLarge(None));
        }
        let (start, out) = self.append(text.len())?;
        if !copy(text, out) && core::str::from_utf8(text).is_err() {
            return Err(RequestError::Encoding(None));
        }
        Ok(Text { start, len: number(text.len())? })
    }

    /// Copies a text, which must be UTF-8.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) -> Result<Text, RequestError> {
        self.checked_copy(text, copy::copy)
    }

    /// Copies a text, which must be UTF-8, in lower case.
    pub(crate) fn folded(&mut self, text: &[u8]) -> Result<Text, RequestError> {
        self.checked_copy(text, copy::copy_folded)
    }

    /// Copies pieces of texts that were checked before, end to end.
    pub(crate) fn pieces<const N: usize>(&mut self, pieces: [&[u8]; N]) -> Result<Text, RequestError> {
        let start = number(self.used())?;
        for piece in pieces {
            let (_, out) = self.append(piece.len())?;
            out.copy_from_slice(piece);
        }
        Ok(Text { start, len: number(self.used())? - start })
    }

    /// Writes the states of a text's prefixes.
    pub(crate) fn prefixes(&mut self, text: &[u8]) -> Result<U32, RequestError> {
        let (start, out) = self.append(prefix::words(text) * size_of::<u64>())?;
        prefix::write_states(text, out.as_chunks_mut::<8>().0);
        Ok(start)
    }

    /// A text that was written.
    pub(crate) fn read(&self, text: Text) -> &[u8] {
        let begin = (text.start.get() as usize).saturating_sub(self.start);
        let written = self.text.get(begin..self.written).unwrap_or_default();
        written.get(..text.len.get() as usize).unwrap_or_default()
    }
}

pub(crate) fn number(number: usize) -> Result<U32, RequestError> {
    u32::try_from(number).map(U32::new).map_err(|_| RequestError::TooLarge(None))
}
