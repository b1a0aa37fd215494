//! Text.

use core::ffi::c_char;

/// A piece of UTF-8 text: a pointer and a length in bytes, no NUL at its end.
///
/// The pointer may be NULL where the length is 0. Texts that the library
/// returns point into memory that you gave it, or are constants.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_text {
    /// The first byte.
    pub data: *const c_char,
    /// Bytes.
    pub len: usize,
}

impl iamlet_text {
    pub(super) const EMPTY: Self = Self { data: core::ptr::null(), len: 0 };

    pub(super) fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }
}
