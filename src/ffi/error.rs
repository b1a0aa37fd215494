//! Why a document is refused, and the texts of it.

use core::ffi::c_char;
use core::fmt::Write;

use super::args::{Checked, Outputs};
use super::details::detail_of;
use super::names::{fault_of, missing_of, pool_of};
use super::status::iamlet_status;
use super::text::iamlet_text;
use super::writer::{Writer, put_text};
use crate::ground::detail::Part;
use crate::ground::error::Refusal;
use crate::parse;

/// The bytes that iamlet_error_explain takes at most, and iamlet_error_format beside the file's name.
pub const IAMLET_ERROR_ROOM: usize = 256;

/// Why and where a document is refused. All zero after a success.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct iamlet_error {
    /// The iamlet_fault.
    pub fault: u32,
    /// The byte, from 0, where the element at fault begins.
    pub offset: u32,
    /// The line of that byte, from 1.
    pub line: u32,
    /// The column of that byte, from 1, in code points; a tab is one.
    pub column: u32,
    /// With IAMLET_FAULT_CAPACITY, the iamlet_pool that is full; else 0.
    pub pool: u32,
    /// With IAMLET_FAULT_MISSING_ELEMENT, the element that the object at
    /// `offset` lacks, for iamlet_error_pointer and iamlet_error_format; else 0.
    pub missing: u32,
    /// 1 where the fault belongs to an element, which has a JSON Pointer; 0
    /// where it belongs to the document as a whole.
    pub located: u32,
    /// The iamlet_detail: what exactly is wrong with the element, or with the part
    /// of it that the next two tell; 0 where nothing more is known than the fault.
    pub detail: u32,
    /// The byte of the document, from 0, where that part begins.
    pub part_offset: u32,
    /// Its bytes, as the document has them; 0 where the detail is about no part.
    pub part_len: u32,
    /// How many characters, fields or colons there are, where the text of
    /// iamlet_error_explain tells it; else 0.
    pub count: u32,
    /// 0.
    pub reserved: u32,
}

impl From<&Refusal> for iamlet_error {
    fn from(refusal: &Refusal) -> Self {
        Self {
            fault: refusal.fault as u32,
            offset: refusal.offset,
            line: refusal.line,
            column: refusal.column,
            pool: refusal.pool.map_or(0, |pool| pool as u32),
            missing: refusal.missing.map_or(0, |missing| missing as u32),
            located: u32::from(refusal.located),
            detail: refusal.part.map_or(0, |part| part.detail as u32),
            part_offset: refusal.part.map_or(0, |part| part.offset),
            part_len: refusal.part.map_or(0, |part| part.len),
            count: refusal.part.map_or(0, |part| part.count),
            reserved: 0,
        }
    }
}

impl iamlet_error {
    fn read(&self) -> Checked<Refusal> {
        Ok(Refusal {
            fault: fault_of(self.fault).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?,
            offset: self.offset,
            line: self.line,
            column: self.column,
            located: self.located != 0,
            missing: missing_of(self.missing),
            pool: pool_of(self.pool),
            part: detail_of(self.detail).map(|detail| Part {
                detail,
                offset: self.part_offset,
                len: self.part_len,
                count: self.count,
            }),
        })
    }
}

/// Writes what `write` says of an error and its document.
///
/// # Safety
/// The document and the error must be readable, `out` and `used` writable.
unsafe fn write_about(
    json: *const c_char,
    json_len: usize,
    error: *const iamlet_error,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
    write: impl Fn(&[u8], &Refusal, &mut Writer<'_>),
) -> iamlet_status {
    let read = |outputs: &Outputs<2>| {
        // SAFETY: the caller promises that inputs are readable.
        let text = unsafe { outputs.slice(json.cast::<u8>(), json_len)? };
        // SAFETY: as above.
        let refusal = unsafe { outputs.value(error)? }.read()?;
        Ok(move |writer: &mut Writer<'_>| write(text, &refusal, writer))
    };
    // SAFETY: the caller promises that outputs are writable.
    unsafe { put_text(out, out_len, used, read) }
}

/// Writes the JSON Pointer (RFC 6901, with ~0 and ~1 in names) of the element that
/// an error is about. It has no bytes where the error is about the document as a
/// whole; else it is as long as the names and numbers on the way to the element.
///
/// @param json     the document that was refused, unchanged.
/// @param json_len its bytes.
/// @param error    the error.
/// @param out      where the pointer goes, without a NUL; may be NULL where
///                 out_len is 0, to ask for the size.
/// @param out_len  its bytes.
/// @param used     the bytes that the pointer takes.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what
///         is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_error_pointer(
    json: *const c_char,
    json_len: usize,
    error: *const iamlet_error,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    let write = |text: &[u8], refusal: &Refusal, writer: &mut Writer<'_>| {
        parse::write_pointer(text, refusal, &mut |piece| {
            let _ = writer.write_str(piece);
        });
    };
    // SAFETY: the caller's promise is ours.
    unsafe { write_about(json, json_len, error, out, out_len, used, write) }
}

/// Writes what is wrong, with the part of the document that is at fault: "the
/// account field `11112222333` has 11 digits, not 12". The part is shown as the
/// document has it, and cut where it is long.
///
/// @param json     the document that was refused, unchanged.
/// @param json_len its bytes.
/// @param error    the error.
/// @param out      where the text goes, without a NUL; may be NULL where out_len
///                 is 0, to ask for the size. 256 bytes suffice.
/// @param out_len  its bytes.
/// @param used     the bytes that the text takes.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what
///         is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_error_explain(
    json: *const c_char,
    json_len: usize,
    error: *const iamlet_error,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    let write = |text: &[u8], refusal: &Refusal, writer: &mut Writer<'_>| {
        let _ = write!(writer, "{}", refusal.explained(text));
    };
    // SAFETY: the caller's promise is ours.
    unsafe { write_about(json, json_len, error, out, out_len, used, write) }
}

/// Writes an error as `file:line:column: CODE message`, without the part of the
/// document that is at fault; iamlet_error_explain shows it.
///
/// @param file    the name of the document; may be empty.
/// @param error   the error.
/// @param out     where the text goes, without a NUL; may be NULL where out_len
///                is 0, to ask for the size. 256 bytes and the name suffice.
/// @param out_len its bytes.
/// @param used    the bytes that the text takes.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; or what
///         is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_error_format(
    file: iamlet_text,
    error: *const iamlet_error,
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
) -> iamlet_status {
    let read = |outputs: &Outputs<2>| {
        // SAFETY: the caller promises that inputs are readable.
        let name = unsafe { outputs.text(file)? };
        let name = core::str::from_utf8(name).map_err(|_| iamlet_status::IAMLET_NOT_UTF8)?;
        // SAFETY: as above.
        let refusal = unsafe { outputs.value(error)? }.read()?;
        Ok(move |writer: &mut Writer<'_>| {
            let _ = write!(writer, "{name}:{refusal}");
        })
    };
    // SAFETY: the caller promises that outputs are writable.
    unsafe { put_text(out, out_len, used, read) }
}
