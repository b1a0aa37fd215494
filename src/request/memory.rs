//! The caller's memory while a request is written into it.

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, IntoBytes, KnownLayout, Unaligned};

use super::malformed::RequestError;
use super::records::{REQUEST_MAGIC, ResourceRecord, Text};
use crate::ground::copy;
use crate::ground::hash::prefix;
use crate::ground::limits::MAX_REQUEST_TEXT;

/// Why nothing was prepared.
///
/// ```
/// use iamlet::{PrepareError, Principal, Request, RequestError, RequestInput, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let input = RequestInput::new(alice, "s3:GetObject", plan);
/// assert!(matches!(Request::prepare(&input, &mut [0; 16]), Err(PrepareError::TooSmall(_))));
/// let every = RequestInput::new(alice, "s3:*", plan);
/// assert_eq!(
///     Request::prepare(&every, &mut [0; 1024]).unwrap_err(),
///     PrepareError::Malformed(RequestError::Action),
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareError {
    /// The request is malformed: deny it (R-GEN-3).
    Malformed(RequestError),
    /// The memory has fewer bytes than this.
    TooSmall(usize),
}

impl From<RequestError> for PrepareError {
    fn from(error: RequestError) -> Self {
        Self::Malformed(error)
    }
}

impl core::fmt::Display for PrepareError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::TooSmall(size) => write!(f, "the prepared request needs {size} bytes"),
        }
    }
}

impl core::error::Error for PrepareError {}

/// The caller's memory: tables are taken off its front, then texts are written into the rest.
pub(crate) struct Output<'o> {
    text: &'o mut [u8],
    /// What stands in front of `text` and was copied there, for reading; of a request that is assembled.
    front: &'o [u8],
    /// Where `text` begins in the caller's memory.
    start: usize,
    /// Bytes of `text` that are written.
    written: usize,
}

impl<'o> Output<'o> {
    pub(crate) fn new(memory: &'o mut [u8], start: usize) -> Self {
        Self { text: memory, front: &[], start, written: 0 }
    }

    /// The memory behind a copy of `front`.
    pub(crate) fn behind(front: &'o [u8], memory: &'o mut [u8]) -> Self {
        Self { text: memory, front, start: front.len(), written: 0 }
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
        let (Ok(len), Ok(start)) = (u16::try_from(text.len()), u32::try_from(self.used())) else {
            return Err(RequestError::TooLarge(None));
        };
        if len == 0 {
            return Ok(Text::EMPTY);
        }
        let free = self.text.get_mut(self.written..).and_then(|free| free.get_mut(..text.len()));
        let out = free.ok_or(RequestError::TooLarge(None))?;
        self.written += text.len();
        if !copy(text, out) && core::str::from_utf8(text).is_err() {
            return Err(RequestError::Encoding(None));
        }
        Ok(Text { start: U32::new(start), len: U32::from(u32::from(len)) })
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

    /// Copies bytes as they are.
    #[inline]
    pub(crate) fn copied(&mut self, bytes: &[u8]) -> Result<U32, RequestError> {
        let (start, out) = self.append(bytes.len())?;
        out.copy_from_slice(bytes);
        Ok(start)
    }

    /// What is written so far, for [`rewind`](Self::rewind).
    pub(crate) fn mark(&self) -> usize {
        self.written
    }

    /// Forgets what was written since `mark`.
    pub(crate) fn rewind(&mut self, mark: usize) {
        self.written = mark;
    }

    /// Copies the ARN of a resource, which must be UTF-8, and the states of its prefixes behind it. Returns where its first
    /// five colons are.
    // A function of its own has the registers for itself.
    #[inline(never)]
    pub(crate) fn arn(
        &mut self,
        arn: &[u8],
        record: &mut ResourceRecord,
    ) -> Result<Option<[u32; 5]>, RequestError> {
        let len = u16::try_from(arn.len()).map_err(|_| RequestError::TooLarge(None))?;
        let (start, out) = self.append(arn.len() + prefix::words(arn) * size_of::<u64>())?;
        record.text = Text { start, len: U32::new(len.into()) };
        record.prefixes = start + record.text.len;
        let (text, states) = out.split_at_mut_checked(arn.len()).unwrap_or_default();
        let found = copy::copy_arn(arn, text, states.as_chunks_mut::<8>().0);
        if !found.is_ascii && core::str::from_utf8(arn).is_err() {
            return Err(RequestError::Encoding(None));
        }
        Ok(found.colons)
    }

    /// A text that was written.
    #[inline]
    pub(crate) fn read(&self, text: Text) -> &[u8] {
        let Some(begin) = (text.start.get() as usize).checked_sub(self.start) else {
            return text.of(self.front);
        };
        let written = self.text.get(begin..self.written).unwrap_or_default();
        written.get(..text.len.get() as usize).unwrap_or_default()
    }
}

const _: () = assert!(MAX_REQUEST_TEXT == u16::MAX as usize, "the length of a text has 16 bits");

pub(crate) fn number(number: usize) -> Result<U32, RequestError> {
    u32::try_from(number).map(U32::new).map_err(|_| RequestError::TooLarge(None))
}

/// The text, if it is not too long.
pub(crate) fn bounded(text: &[u8]) -> Result<&[u8], RequestError> {
    if text.len() > MAX_REQUEST_TEXT { Err(RequestError::TooLarge(None)) } else { Ok(text) }
}

/// What to say of an error: more memory than there is may have been all that was missing.
pub(crate) fn explain(error: RequestError, needed: Result<usize, RequestError>, len: usize) -> PrepareError {
    match needed {
        Ok(needed) if len < needed => PrepareError::TooSmall(needed),
        Ok(_) => error.into(),
        Err(too_large) => too_large.into(),
    }
}

/// Leaves nothing in `memory` that could be taken for what an earlier call prepared.
pub(crate) fn clear(memory: &mut [u8]) {
    if let Some(magic) = memory.get_mut(..REQUEST_MAGIC.len()) {
        magic.fill(0);
    }
}
