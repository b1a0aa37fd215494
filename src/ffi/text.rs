//! Text.

use core::ffi::{CStr, c_char};

/// A piece of UTF-8 text: a pointer and a length in bytes. No text needs a NUL at its end.
///
/// The pointer may be NULL where the length is 0. Texts that the library returns are constants, and
/// then a NUL follows them, which `len` does not count; or they point into memory that you gave it,
/// as the Sid of a decision and the name of a context key do, and then none follows.
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

    /// A constant, whose NUL is not counted.
    pub(super) const fn constant(text: &'static CStr) -> Self {
        Self { data: text.as_ptr(), len: text.count_bytes() }
    }

    pub(super) fn from_text(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }
}

/// Texts of numbers, each with a NUL behind it.
pub(super) struct Texts<const COUNT: usize, const BYTES: usize> {
    bytes: [u8; BYTES],
    rows: [Row; COUNT],
}

/// A number, and where its text stands.
#[derive(Clone, Copy)]
struct Row {
    number: u32,
    start: usize,
    len: usize,
}

impl<const COUNT: usize, const BYTES: usize> Texts<COUNT, BYTES> {
    /// Puts texts one behind the other; `BYTES` is their [`size`].
    #[expect(clippy::indexing_slicing, reason = "of constants, while compiling")]
    pub(super) const fn new(texts: &[(u32, &str); COUNT]) -> Self {
        let (mut bytes, mut rows) = ([0; BYTES], [Row { number: 0, start: 0, len: 0 }; COUNT]);
        let (mut at, mut end) = (0, 0);
        while at < COUNT {
            let (number, text) = texts[at];
            rows[at] = Row { number, start: end, len: text.len() };
            let mut byte = 0;
            while byte < text.len() {
                bytes[end + byte] = text.as_bytes()[byte];
                byte += 1;
            }
            end += text.len() + 1;
            at += 1;
        }
        Self { bytes, rows }
    }

    /// The text of a number, empty for a number that has none.
    pub(super) fn find(&'static self, number: u32) -> iamlet_text {
        let row = self.rows.iter().find(|row| row.number == number);
        let found = row.and_then(|row| Some((self.bytes.get(row.start..)?, row.len)));
        found
            .map_or(iamlet_text::constant(c""), |(text, len)| iamlet_text { data: text.as_ptr().cast(), len })
    }
}

/// The bytes that texts take, each with a NUL.
#[expect(clippy::indexing_slicing, reason = "of constants, while compiling")]
pub(super) const fn size(texts: &[(u32, &str)]) -> usize {
    let (mut at, mut bytes) = (0, 0);
    while at < texts.len() {
        bytes += texts[at].1.len() + 1;
        at += 1;
    }
    bytes
}

/// The text of a number, out of all the numbers that have one: `text_of!(number, ALL, |item| (number, text))`, the
/// table of which is a constant.
macro_rules! text_of {
    ($number:expr, $all:expr, |$item:ident| $row:expr) => {{
        const COUNT: usize = $all.len();
        #[expect(clippy::indexing_slicing, reason = "of constants, while compiling")]
        const ROWS: [(u32, &str); COUNT] = {
            let mut rows = [(0, ""); COUNT];
            let mut at = 0;
            while at < COUNT {
                let $item = $all[at];
                rows[at] = $row;
                at += 1;
            }
            rows
        };
        static TEXTS: crate::ffi::text::Texts<COUNT, { crate::ffi::text::size(&ROWS) }> =
            crate::ffi::text::Texts::new(&ROWS);
        TEXTS.find($number)
    }};
}
pub(super) use text_of;
