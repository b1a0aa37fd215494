//! From C's pointers to slices, and back: the checks that every function makes first.

use core::marker::PhantomData;

use super::status::iamlet_status;
use super::text::iamlet_text;

/// What a check returns.
pub(super) type Checked<T> = Result<T, iamlet_status>;

/// A range of the caller's memory, to tell whether two overlap.
#[derive(Clone, Copy)]
pub(super) struct Range {
    start: usize,
    end: usize,
}

impl Range {
    /// No memory at all.
    const EMPTY: Self = Self { start: 0, end: 0 };

    /// Whether the ranges have a byte in common.
    #[inline]
    fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The range of `count` values behind a pointer, if it can be one: not null unless empty, aligned, and neither longer
/// than half the address space nor wrapping around its end.
#[inline]
pub(super) fn range<T>(pointer: *const T, count: usize) -> Checked<Range> {
    if count == 0 {
        return Ok(Range::EMPTY);
    }
    if pointer.is_null() {
        return Err(iamlet_status::IAMLET_NULL_ARGUMENT);
    }
    if !pointer.is_aligned() {
        return Err(iamlet_status::IAMLET_MISALIGNED);
    }
    let start = pointer.addr();
    if count <= isize::MAX.unsigned_abs() / size_of::<T>()
        && let Some(end) = start.checked_add(count * size_of::<T>())
    {
        return Ok(Range { start, end });
    }
    Err(iamlet_status::IAMLET_BAD_LENGTH)
}

/// The range of a value behind a pointer that may be null.
pub(super) fn range_if_given<T>(pointer: *const T) -> Checked<Range> {
    range(pointer, usize::from(!pointer.is_null()))
}

/// Ranges of values that are looked at together, which takes fewer instructions than each by itself: their hull, and the
/// bits that pointers and counts have. It may doubt what is right, and then [`range`] is asked of each.
#[derive(Clone, Copy)]
pub(super) struct Hull<T> {
    range: Range,
    pointers: usize,
    counts: usize,
    values: PhantomData<*const T>,
}

impl<T> Hull<T> {
    /// That of no ranges.
    pub(super) const NONE: Self =
        Self { range: Range { start: usize::MAX, end: 0 }, pointers: 0, counts: 0, values: PhantomData };

    /// Adds the range of `count` values behind a pointer.
    #[inline(always)]
    pub(super) fn add(&mut self, pointer: *const T, count: usize) {
        self.counts |= count;
        if count != 0 {
            let (start, len) = (pointer.addr(), count.wrapping_mul(size_of::<T>()));
            self.pointers |= start;
            self.range.start = self.range.start.min(start);
            self.range.end = self.range.end.max(start.wrapping_add(len));
        }
    }

    /// Whether [`range`] refuses none of them for sure.
    #[inline]
    fn is_sound(&self) -> bool {
        const MAX: usize = isize::MAX.unsigned_abs();
        // No pointer or length has the top bit, so that no sum of the two wraps around.
        self.range.start != 0
            && self.pointers & (align_of::<T>() - 1) == 0
            && self.pointers <= MAX
            && self.counts <= MAX / size_of::<T>()
    }
}

/// All the memory that a call writes. What the call reads, it reads through this, and so never what overlaps an output:
/// each pointer is held against the outputs before it is followed, and outputs are written when all was read.
#[derive(Clone, Copy)]
pub(super) struct Outputs<const N: usize>([Range; N]);

impl Outputs<0> {
    /// Those of a call that writes nothing.
    pub(super) const NONE: Self = Self([]);
}

impl<const N: usize> Outputs<N> {
    /// Refuses outputs that overlap each other.
    pub(super) fn new(outputs: [Range; N]) -> Checked<Self> {
        for (at, output) in outputs.iter().enumerate() {
            if outputs.iter().skip(at + 1).any(|other| output.overlaps(*other)) {
                return Err(iamlet_status::IAMLET_OVERLAP);
            }
        }
        Ok(Self(outputs))
    }

    /// Refuses values to read that overlap an output, or that cannot be by [`range`].
    pub(super) fn apart<T>(&self, pointer: *const T, count: usize) -> Checked<()> {
        let input = range(pointer, count)?;
        if self.0.iter().any(|output| output.overlaps(input)) {
            return Err(iamlet_status::IAMLET_OVERLAP);
        }
        Ok(())
    }

    /// Whether all ranges of a hull are right by [`apart`](Self::apart) for sure; they may be, even if not.
    #[inline]
    pub(super) fn are_apart<T>(&self, hull: &Hull<T>) -> bool {
        hull.is_sound() && !self.0.iter().any(|output| output.overlaps(hull.range))
    }

    /// The values behind a pointer.
    ///
    /// # Safety
    /// Where the checks of [`range`] hold, the memory must be readable for `'a`, and nobody else may write to it.
    pub(super) unsafe fn slice<'a, T>(&self, pointer: *const T, count: usize) -> Checked<&'a [T]> {
        self.apart(pointer, count)?;
        // SAFETY: checked by the line above, and the call itself does not write there; the rest is the caller's promise.
        Ok(unsafe { checked_slice(pointer, count) })
    }

    /// The value behind a pointer.
    ///
    /// # Safety
    /// As [`Outputs::slice`].
    pub(super) unsafe fn value<'a, T>(&self, pointer: *const T) -> Checked<&'a T> {
        self.apart(pointer, 1)?;
        // SAFETY: not null and aligned by the line above; readable and unchanged by the caller's promise.
        Ok(unsafe { &*pointer })
    }

    /// The bytes of a text.
    ///
    /// # Safety
    /// As [`Outputs::slice`].
    pub(super) unsafe fn text<'a>(&self, text: iamlet_text) -> Checked<&'a [u8]> {
        // SAFETY: the caller's promise is ours.
        unsafe { self.slice(text.data.cast::<u8>(), text.len) }
    }
}

/// The values behind a pointer, in a call without outputs or where [`Outputs::apart`] was asked before.
///
/// # Safety
/// Where the checks of [`range`] hold, the memory must be readable for `'a`, and nobody may write to it.
pub(super) unsafe fn slice<'a, T>(pointer: *const T, count: usize) -> Checked<&'a [T]> {
    range(pointer, count)?;
    // SAFETY: checked by the line above; the rest is the caller's promise.
    Ok(unsafe { checked_slice(pointer, count) })
}

/// The values behind a pointer that [`range`] did not refuse.
///
/// # Safety
/// The memory must be readable for `'a`, and nobody may write to it.
pub(super) unsafe fn checked_slice<'a, T>(pointer: *const T, count: usize) -> &'a [T] {
    if count == 0 {
        return &[];
    }
    // SAFETY: not null, aligned, of a possible length by `range`; readable and unchanged by the caller's promise.
    unsafe { core::slice::from_raw_parts(pointer, count) }
}

/// Memory to write to, of values that any bytes are.
///
/// # Safety
/// Where the checks of [`range`] hold, the memory must be writable for `'a`, with nobody else using it.
pub(super) unsafe fn slice_mut<'a, T>(pointer: *mut T, len: usize) -> Checked<&'a mut [T]> {
    range(pointer, len)?;
    if len == 0 {
        return Ok(&mut []);
    }
    // SAFETY: not null, aligned, of a possible length by `range`; writable and ours alone by the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts_mut(pointer, len) })
}

/// An output: writes are refused where the pointer cannot be one.
///
/// # Safety
/// Where the checks of [`range`] hold, the memory must be writable, with nobody else using it.
pub(super) unsafe fn put<T>(pointer: *mut T, value: T) -> Checked<()> {
    range(pointer, 1)?;
    // SAFETY: not null and aligned by `range`; writable by the caller's promise.
    unsafe { pointer.write(value) };
    Ok(())
}

/// As [`put`], for an output that may be null.
///
/// # Safety
/// As [`put`].
pub(super) unsafe fn put_if_given<T>(pointer: *mut T, value: T) -> Checked<()> {
    if pointer.is_null() {
        return Ok(());
    }
    // SAFETY: the caller's promise is ours.
    unsafe { put(pointer, value) }
}

/// As [`put`], for a result: after an error, which is returned, the output is what denies.
///
/// # Safety
/// As [`put`].
pub(super) unsafe fn put_result<T>(pointer: *mut T, result: Checked<T>, denying: T) -> Checked<()> {
    let (value, status) = match result {
        Ok(value) => (value, Ok(())),
        Err(status) => (denying, Err(status)),
    };
    // SAFETY: the caller's promise is ours.
    unsafe { put(pointer, value)? };
    status
}

/// What a body returns, early or not.
pub(super) fn attempt<T>(body: impl FnOnce() -> Checked<T>) -> Checked<T> {
    body()
}

/// The status of a body that returns early.
pub(super) fn status_of(body: impl FnOnce() -> Checked<()>) -> iamlet_status {
    match body() {
        Ok(()) => iamlet_status::IAMLET_OK,
        Err(status) => status,
    }
}

#[cfg(test)]
mod tests {
    use core::ptr::without_provenance;

    use super::{Hull, Outputs, range};

    /// The stupid twin asks of each range by itself.
    #[test]
    fn a_hull_accepts_nothing_that_is_refused_by_itself() {
        let outputs = Outputs([100, 1000].map(|start| super::Range { start, end: start + 50 }));
        let starts =
            [0, 1, 8, 40, 92, 96, 100, 104, 148, 152, 960, 1048, 1056, isize::MAX as usize, usize::MAX - 7];
        let counts = [0, 1, 2, 7, usize::MAX / 8, isize::MAX as usize / 8, usize::MAX];
        let ranges =
            || starts.iter().flat_map(|start| counts.map(|count| (without_provenance::<u64>(*start), count)));
        let mut accepted = 0;
        for one in ranges() {
            for other in ranges() {
                let mut hull = Hull::NONE;
                hull.add(one.0, one.1);
                hull.add(other.0, other.1);
                if outputs.are_apart(&hull) {
                    accepted += 1;
                    for (pointer, count) in [one, other] {
                        assert!(range(pointer, count).is_ok() && outputs.apart(pointer, count).is_ok());
                    }
                }
            }
        }
        assert!(accepted > 0, "some are far from the outputs");
    }
}
