//! Why nothing was built of a list, and which of it is at fault.

use super::args::{self, Checked};
use super::status::iamlet_status;

/// Why there is no set of some policies, or no dictionary of some names.
pub(super) struct Failure {
    pub(super) status: iamlet_status,
    /// The number of the one at fault, or the largest number there is.
    pub(super) at: usize,
    /// The bytes that are needed, if that is why.
    pub(super) needed: usize,
}

impl From<iamlet_status> for Failure {
    fn from(status: iamlet_status) -> Self {
        Self { status, at: usize::MAX, needed: 0 }
    }
}

/// Writes the outputs of a call, and returns its status.
///
/// # Safety
/// `size` must be writable, and `at_fault` null or writable.
pub(super) unsafe fn put_size(
    bytes: Result<usize, Failure>,
    size: *mut usize,
    at_fault: *mut usize,
) -> Checked<()> {
    let (bytes, at, status) = match bytes {
        Ok(bytes) => (bytes, usize::MAX, Ok(())),
        Err(Failure { status, at, needed }) => (needed, at, Err(status)),
    };
    // SAFETY: the caller's promise is ours.
    unsafe { args::put(size, bytes)? };
    // SAFETY: as above.
    unsafe { args::put_if_given(at_fault, at)? };
    status
}
