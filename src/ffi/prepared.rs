//! What the functions have in common that prepare something in the caller's memory, or tell how much that takes.

use core::ffi::c_void;

use super::args::{self, Checked, Outputs, attempt, range, status_of};
use super::status::iamlet_status;
use crate::request::PrepareError;

/// The bytes by which what was prepared is known.
const FIRST_BYTES: usize = 4;

/// Writes the size that `read` tells, whose arguments lie apart from where it goes; 0 after an error.
///
/// # Safety
/// `size` must be writable.
#[inline]
pub(super) unsafe fn put_size_of(
    size: *mut usize,
    read: impl FnOnce(&Outputs<1>) -> Checked<usize>,
) -> iamlet_status {
    status_of(|| {
        let bytes = attempt(|| read(&Outputs::new([range(size, 1)?])?));
        // SAFETY: the caller's promise is ours.
        unsafe { args::put_result(size, bytes, 0) }
    })
}

/// Lets `write` prepare something in the memory, with arguments that lie apart from it, and writes the size that was used
/// or is needed to `used`. After an error the first bytes of the memory are zeroed, so that nothing is left there of an
/// earlier call. Then `read` reads the arguments apart from these bytes: where they are an argument's own, they stay, for
/// the caller still has that argument.
///
/// # Safety
/// `memory` and `used` must be writable.
#[inline]
pub(super) unsafe fn prepare(
    memory: *mut c_void,
    len: usize,
    used: *mut usize,
    write: impl FnOnce(&Outputs<2>, &mut [u8]) -> Checked<Result<usize, PrepareError>>,
    read: impl FnOnce(&Outputs<1>) -> Checked<()>,
) -> iamlet_status {
    status_of(|| {
        let memory = memory.cast::<u8>();
        let prepared = attempt(|| {
            let outputs = Outputs::new([range(used, 1)?, range(memory, len)?])?;
            // SAFETY: writable by the caller's promise; it overlaps nothing that is read by `outputs`.
            write(&outputs, unsafe { args::slice_mut(memory, len)? })
        });
        if prepared.is_err() {
            // SAFETY: the caller's promise is ours.
            unsafe { clear(memory, len, read) };
        }
        let (size, status) = match prepared {
            Ok(Ok(size)) => (size, Ok(())),
            Ok(Err(PrepareError::TooSmall(size))) => (size, Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL)),
            Ok(Err(PrepareError::Malformed(error))) => (0, Err(error.into())),
            Err(status) => (0, Err(status)),
        };
        // SAFETY: as above.
        unsafe { args::put(used, size)? };
        status
    })
}

/// Zeroes the first bytes of memory, unless they are an argument's own.
///
/// # Safety
/// `memory` must be writable.
unsafe fn clear(memory: *mut u8, len: usize, read: impl FnOnce(&Outputs<1>) -> Checked<()>) {
    let first = range(memory, len).and_then(|_| range(memory, len.min(FIRST_BYTES)));
    let Ok(first) = first.and_then(|first| Outputs::new([first])) else { return };
    if read(&first) != Err(iamlet_status::IAMLET_OVERLAP) {
        // SAFETY: not null unless empty, and so long, by `range`; writable by the caller's promise.
        unsafe { memory.write_bytes(0, len.min(FIRST_BYTES)) };
    }
}
