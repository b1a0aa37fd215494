//! The memory that the calls of a sequence work in, and the pointers into it, good and bad.
//!
//! Most inputs are copies of their own size on the heap, where AddressSanitizer sees a byte too many being read.
//! Outputs, and some inputs, are in one arena, where they overlap as they happen to.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::any::Any;

use arbitrary::{Result, Unstructured};

/// Bytes of the arena; enough for the scratch memory of the second class.
pub(super) const ARENA: usize = 160 * 1024;

/// The last part of the arena, in which structs are placed: nothing that a call reads pointers from may be anything
/// else, or those pointers would dangle, which is the caller's promise.
const STRUCTS: usize = ARENA - 8 * 1024;

/// What a piece of the arena holds, as far as anybody remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Document,
    Principal,
    Action,
    Resource,
    /// Any text of a request.
    Text,
    Image,
    Set,
    Request,
    Item,
    Dictionary,
    /// A prepared principal.
    Prepared,
    PreparedAction,
}

/// A piece of the arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) at: usize,
    pub(super) len: usize,
    what: What,
}

/// A pointer to bytes, with their number: as good as a caller makes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes {
    pub(super) data: *mut u8,
    pub(super) len: usize,
}

/// The arena, and whatever else lives as long as the sequence.
pub(super) struct Memory {
    base: *mut u8,
    kept: Vec<Box<dyn Any>>,
    pieces: Vec<Piece>,
    structs: usize,
    before: Vec<u8>,
}

const LAYOUT: Layout = match Layout::from_size_align(ARENA, 16) {
    Ok(layout) => layout,
    Err(_) => panic!("a size"),
};

impl Memory {
    pub(super) fn new() -> Self {
        // SAFETY: the size is not zero.
        let base = unsafe { alloc_zeroed(LAYOUT) };
        assert!(!base.is_null(), "memory");
        Self { base, kept: Vec::new(), pieces: Vec::new(), structs: STRUCTS, before: Vec::new() }
    }

    /// A pointer to a byte of the arena.
    pub(super) fn at(&self, offset: usize) -> *mut u8 {
        assert!(offset <= ARENA);
        self.base.wrapping_add(offset)
    }

    /// The arena. No call runs while it is borrowed.
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: allocated with this size, initialized, and borrowed through `self` alone.
        unsafe { std::slice::from_raw_parts_mut(self.base, ARENA) }
    }

    /// Remembers what lies where.
    pub(super) fn remember(&mut self, what: What, data: *const u8, len: usize) {
        let at = data.addr().wrapping_sub(self.base.addr());
        if len > 0 && at < ARENA && len <= ARENA - at {
            self.pieces.push(Piece { at, len, what });
        }
    }

    /// Puts bytes behind what was put there before, as far as there is room.
    pub(super) fn put(&mut self, what: What, bytes: &[u8]) {
        let at = self.pieces.iter().map(|piece| piece.at + piece.len).max().unwrap_or(0).next_multiple_of(8);
        if !bytes.is_empty() && at + bytes.len() <= STRUCTS {
            self.bytes()[at..at + bytes.len()].copy_from_slice(bytes);
            self.pieces.push(Piece { at, len: bytes.len(), what });
        }
    }

    /// A piece of this sort, the last ones first.
    fn piece(&self, input: &mut Unstructured<'_>, what: What) -> Result<Option<Piece>> {
        let of_sort: Vec<Piece> =
            self.pieces.iter().rev().filter(|piece| piece.what == what).copied().collect();
        if of_sort.is_empty() { Ok(None) } else { Ok(Some(*input.choose(&of_sort)?)) }
    }

    /// Bytes to read: mostly a good piece of this sort.
    pub(super) fn input(&mut self, input: &mut Unstructured<'_>, what: What) -> Result<Bytes> {
        let choice = input.int_in_range(0..=127_u8)?;
        if choice >= 126 {
            return self.bad(input);
        }
        let Some(mut piece) = self.piece(input, what)? else { return self.region(input) };
        if choice >= 116 {
            let cut = input.choose_index(piece.len)?;
            let from = if input.arbitrary()? { cut } else { 0 };
            piece = Piece { at: piece.at + from, len: piece.len - cut, what };
        }
        if choice >= 80 {
            return Ok(Bytes { data: self.at(piece.at), len: piece.len });
        }
        let copy: Box<[u8]> = self.bytes()[piece.at..piece.at + piece.len].into();
        let bytes = Bytes { data: copy.as_ptr().cast_mut(), len: copy.len() };
        self.kept.push(Box::new(copy));
        Ok(bytes)
    }

    /// Some part of the arena.
    pub(super) fn region(&self, input: &mut Unstructured<'_>) -> Result<Bytes> {
        let at = input.choose_index(ARENA)?;
        let most = if input.ratio(1, 4)? { ARENA - at } else { (ARENA - at).min(2048) };
        Ok(Bytes { data: self.at(at), len: input.int_in_range(0..=most)? })
    }

    /// What a caller may get wrong and the library has to see: NULL, or a length that no memory has.
    fn bad(&self, input: &mut Unstructured<'_>) -> Result<Bytes> {
        let extra = usize::from(input.arbitrary::<u8>()?);
        Ok(match input.int_in_range(0..=3)? {
            0 => Bytes { data: std::ptr::null_mut(), len: 0 },
            1 => Bytes { data: std::ptr::null_mut(), len: extra },
            2 if extra % 2 == 0 => Bytes { data: self.at(extra), len: usize::MAX - extra },
            2 => Bytes { data: self.at(extra), len: isize::MAX.unsigned_abs() + extra },
            // Past the end of the address space.
            _ => Bytes { data: std::ptr::without_provenance_mut(usize::MAX - extra), len: 2 * extra + 1 },
        })
    }

    /// Bytes to write: mostly a free part of the arena.
    pub(super) fn output(&mut self, input: &mut Unstructured<'_>, least: usize) -> Result<Bytes> {
        match input.int_in_range(0..=15_u8)? {
            0 => self.bad(input),
            1 | 2 => self.region(input),
            _ => {
                // Anywhere, so that sooner or later it is over something.
                let at = input.choose_index(STRUCTS - least)? & !7;
                Ok(Bytes { data: self.at(at), len: least })
            }
        }
    }

    /// A place for a value: mostly an aligned one.
    pub(super) fn place<T>(&self, input: &mut Unstructured<'_>) -> Result<*mut T> {
        let at = input.choose_index(ARENA - size_of::<T>() - 16)?;
        Ok(match input.int_in_range(0..=31_u8)? {
            0 => std::ptr::null_mut(),
            1 => self.at(at).cast(),
            _ => self.at(at & !15).cast(),
        })
    }

    /// Structs for a call to read: mostly of their own size on the heap, else in the arena; now and then misaligned,
    /// missing, or more than there are.
    pub(super) fn structs<T: Copy + 'static>(
        &mut self,
        input: &mut Unstructured<'_>,
        values: Vec<T>,
    ) -> Result<(*const T, usize)> {
        let (count, size) = (values.len(), size_of_val(&values[..]));
        let choice = input.int_in_range(0..=127_u8)?;
        if choice < 40 && self.structs + size <= ARENA {
            let at = self.at(self.structs);
            // SAFETY: both are valid for `size` bytes, and the arena is memory of its own.
            unsafe { std::ptr::copy_nonoverlapping(values.as_ptr().cast::<u8>(), at, size) };
            self.structs = (self.structs + size).next_multiple_of(16).min(ARENA);
            return Ok((at.cast(), count));
        }
        let values = values.into_boxed_slice();
        let data = values.as_ptr();
        self.kept.push(Box::new(values));
        Ok(match choice {
            124 => (std::ptr::null(), count),
            125 => (data.wrapping_byte_add(1), count),
            126 => (data, usize::MAX / size_of::<T>().max(2)),
            127 => (data, usize::MAX - count),
            _ => (data, count),
        })
    }

    /// Takes note of the arena before a call.
    pub(super) fn before_call(&mut self) {
        let mut before = std::mem::take(&mut self.before);
        before.clear();
        before.extend_from_slice(self.bytes());
        self.before = before;
    }

    /// After a call: nothing changed but its outputs. Returns whether two of those overlap.
    pub(super) fn after_call(&mut self, outputs: &[Bytes]) -> bool {
        let base = self.base.addr();
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for output in outputs {
            let start = output.data.addr().wrapping_sub(base);
            if start < ARENA && output.len <= ARENA - start {
                ranges.push((start, start + output.len));
            }
        }
        ranges.retain(|(start, end)| start < end);
        ranges.sort_unstable();
        let overlap = ranges.windows(2).any(|pair| pair[0].1 > pair[1].0);
        ranges.push((ARENA, ARENA));
        let before = std::mem::take(&mut self.before);
        let mut from = 0;
        for (start, end) in ranges {
            if from < start {
                assert!(before[from..start] == self.bytes()[from..start], "written outside of the outputs");
            }
            from = from.max(end);
        }
        self.before = before;
        self.structs = STRUCTS;
        overlap
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout.
        unsafe { dealloc(self.base, LAYOUT) };
    }
}
