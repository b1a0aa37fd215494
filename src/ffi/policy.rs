//! Compiling and opening policies.

use core::ffi::{c_char, c_void};
use core::fmt::Write;
use core::ptr;

use super::args::{self, Checked, range, status_of};
use super::names::{fault_of, missing_of, pool_of};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::ground::error::CompileError;
use crate::image::kind::PolicyKind;
use crate::image::policy::Policy;
use crate::parse::scratch::{LargeScratch, MediumScratch, ScratchMemory, SmallScratch};
use crate::parse::{self, CompileFailure, CompileOptions};

/// Scratch memory, in bytes, for what a customer writes: up to about 6 KB of
/// policy. With less, nothing compiles.
pub const IAMLET_SCRATCH_SMALL: usize = 16384;
/// Scratch memory for the largest documents that AWS takes from customers.
pub const IAMLET_SCRATCH_MEDIUM: usize = 98304;
/// Scratch memory for every AWS managed policy (152 KB, 4,587 patterns).
pub const IAMLET_SCRATCH_LARGE: usize = 1048576;
/// The alignment, in bytes, of scratch memory.
pub const IAMLET_SCRATCH_ALIGN: usize = 8;

/// Option of iamlet_compile_options: hold the document to AWS's upload limits,
/// its size and its characters.
pub const IAMLET_ENFORCE_QUOTAS: u32 = 1;
/// Option of iamlet_compile_options: take a service control policy without
/// `Version` as one of 2012-10-17.
pub const IAMLET_SCP_ASSUME_2012: u32 = 2;

const _: () = {
    assert!(
        size_of::<SmallScratch>() <= IAMLET_SCRATCH_SMALL
            && align_of::<SmallScratch>() <= IAMLET_SCRATCH_ALIGN
    );
    assert!(
        size_of::<MediumScratch>() <= IAMLET_SCRATCH_MEDIUM
            && align_of::<MediumScratch>() <= IAMLET_SCRATCH_ALIGN
    );
    assert!(
        size_of::<LargeScratch>() <= IAMLET_SCRATCH_LARGE
            && align_of::<LargeScratch>() <= IAMLET_SCRATCH_ALIGN
    );
};

/// What may be asked of the compiler. Set it to zero but for `struct_size`, and
/// nothing is asked.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_compile_options {
    /// sizeof(iamlet_compile_options).
    pub struct_size: usize,
    /// IAMLET_ENFORCE_QUOTAS, IAMLET_SCP_ASSUME_2012, or both.
    pub flags: u32,
    /// With IAMLET_ENFORCE_QUOTAS: the limit in bytes in place of AWS's own for
    /// the kind; 0 for that. Without, it is not looked at.
    pub quota_bytes: u32,
}

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
    /// 0.
    pub reserved: u32,
}

impl From<&CompileError> for iamlet_error {
    fn from(error: &CompileError) -> Self {
        Self {
            fault: error.fault as u32,
            offset: error.offset,
            line: error.line,
            column: error.column,
            pool: error.pool.map_or(0, |pool| pool as u32),
            missing: error.missing.map_or(0, |missing| missing as u32),
            located: u32::from(error.located),
            reserved: 0,
        }
    }
}

impl iamlet_error {
    fn read(&self) -> Checked<CompileError> {
        Ok(CompileError {
            fault: fault_of(self.fault).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?,
            offset: self.offset,
            line: self.line,
            column: self.column,
            located: self.located != 0,
            missing: missing_of(self.missing),
            pool: pool_of(self.pool),
        })
    }
}

/// Compiles one policy document into a policy image.
///
/// The image has exactly the size that it needs, no pointers, and no alignment:
/// it may be copied, stored, mapped and sent as the bytes that it is. The same
/// document gives the same image. Time is linear in the document. Most images are
/// smaller than their documents: with 256 bytes more than the document, hardly any
/// call has to be repeated for its size.
///
/// @param json        the document, UTF-8, at most 1 MiB.
/// @param json_len    its bytes.
/// @param kind        an iamlet_kind.
/// @param options     NULL for none.
/// @param scratch     memory that the call may use as it likes, aligned to
///                    IAMLET_SCRATCH_ALIGN. Its contents need no care; one call at
///                    a time may use it.
/// @param scratch_len its bytes: IAMLET_SCRATCH_SMALL, _MEDIUM or _LARGE; any
///                    other number counts as the largest of them that fits.
/// @param image       where the image goes; may be NULL where image_len is 0,
///                    to ask for the size. Must not overlap other arguments.
/// @param image_len   its bytes.
/// @param image_used  the bytes that the image takes: after IAMLET_OK those that
///                    were written, after IAMLET_BUFFER_TOO_SMALL those that are
///                    needed, else 0.
/// @param error       why and where the document is refused; may be NULL.
/// @return IAMLET_OK; IAMLET_DOCUMENT_REFUSED, with `error`; or
///         IAMLET_BUFFER_TOO_SMALL, IAMLET_SCRATCH_TOO_SMALL,
///         IAMLET_UNKNOWN_VALUE, IAMLET_BAD_STRUCT_SIZE, IAMLET_NULL_ARGUMENT,
///         IAMLET_MISALIGNED, IAMLET_BAD_LENGTH, IAMLET_OVERLAP. `image` is
///         written after IAMLET_OK only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_policy_compile(
    json: *const c_char,
    json_len: usize,
    kind: u32,
    options: *const iamlet_compile_options,
    scratch: *mut c_void,
    scratch_len: usize,
    image: *mut u8,
    image_len: usize,
    image_used: *mut usize,
    error: *mut iamlet_error,
) -> iamlet_status {
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(image_used, 0)? };
        // SAFETY: as above.
        unsafe { args::put_if_given(error, iamlet_error::default())? };
        // SAFETY: the caller promises that inputs are readable.
        let text = unsafe { args::slice(json.cast::<u8>(), json_len)? };
        let kind = PolicyKind::from_number(kind).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?;
        // SAFETY: as above.
        let compile_options = unsafe { read_options(options)? };
        let document = range(json, json_len)?;
        let memory = range(scratch.cast::<u8>(), scratch_len)?;
        let used = range(image_used, 1)?;
        let refusal = if error.is_null() { range(error, 0)? } else { range(error, 1)? };
        let chosen = range(options, usize::from(!options.is_null()))?;
        range(image, image_len)?.apart(&[document, memory, used, refusal, chosen])?;
        memory.apart(&[document, used, refusal])?;
        used.apart(&[document, refusal])?;
        refusal.apart(&[document])?;
        // SAFETY: the caller promises that `image` is writable, and it overlaps nothing else by the check above.
        let out = unsafe { args::slice_mut(image, image_len)? };
        // SAFETY: the same for `scratch`.
        let compiled = unsafe { compile_in(scratch, scratch_len, text, kind, compile_options, out)? };
        match compiled {
            // SAFETY: `image_used` was written above.
            Ok(size) => unsafe { args::put(image_used, size) },
            Err(CompileFailure::OutputTooSmall(size)) => {
                // SAFETY: as above.
                unsafe { args::put(image_used, size)? };
                Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL)
            }
            Err(CompileFailure::Refused(refused)) => {
                // SAFETY: as above.
                unsafe { args::put_if_given(error, iamlet_error::from(&refused))? };
                Err(iamlet_status::IAMLET_DOCUMENT_REFUSED)
            }
        }
    })())
}

/// # Safety
/// `options` must be null or readable.
unsafe fn read_options(options: *const iamlet_compile_options) -> Checked<CompileOptions> {
    if options.is_null() {
        return Ok(CompileOptions::default());
    }
    // SAFETY: not null, and readable by the caller's promise.
    let given = unsafe { args::value(options)? };
    if given.struct_size != size_of::<iamlet_compile_options>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    if given.flags & !(IAMLET_ENFORCE_QUOTAS | IAMLET_SCP_ASSUME_2012) != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    Ok(CompileOptions {
        enforce_quotas: given.flags & IAMLET_ENFORCE_QUOTAS != 0,
        quota_bytes: Some(given.quota_bytes).filter(|bytes| *bytes != 0),
        scp_assume_2012: given.flags & IAMLET_SCP_ASSUME_2012 != 0,
    })
}

/// Compiles in the largest capacity class that fits the scratch memory.
///
/// # Safety
/// `scratch` must be writable, and nobody else may use it.
unsafe fn compile_in(
    scratch: *mut c_void,
    scratch_len: usize,
    text: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    out: &mut [u8],
) -> Checked<Result<usize, CompileFailure>> {
    /// # Safety
    /// `scratch` must be writable, of a size and alignment that fits `S`, and nobody else may use it.
    unsafe fn place<'m, S: ScratchMemory>(scratch: *mut c_void, empty: impl FnOnce() -> S) -> &'m mut S {
        let memory = scratch.cast::<S>();
        // SAFETY: large enough and aligned by the caller's checks, writable by the promise; then it holds a value.
        unsafe {
            memory.write(empty());
            &mut *memory
        }
    }
    if scratch_len < IAMLET_SCRATCH_SMALL {
        return Err(iamlet_status::IAMLET_SCRATCH_TOO_SMALL);
    }
    if !scratch.addr().is_multiple_of(IAMLET_SCRATCH_ALIGN) {
        return Err(iamlet_status::IAMLET_MISALIGNED);
    }
    if scratch_len >= IAMLET_SCRATCH_LARGE {
        // SAFETY: large enough by the line above, aligned, writable by the caller's promise.
        let memory = unsafe { place(scratch, LargeScratch::new) };
        return Ok(parse::compile(text, kind, options, memory, out));
    }
    if scratch_len >= IAMLET_SCRATCH_MEDIUM {
        // SAFETY: as above.
        let memory = unsafe { place(scratch, MediumScratch::new) };
        return Ok(parse::compile(text, kind, options, memory, out));
    }
    // SAFETY: as above, by the first check.
    let memory = unsafe { place(scratch, SmallScratch::new) };
    Ok(parse::compile(text, kind, options, memory, out))
}

/// Text that is written into the caller's memory, and counted beyond its end.
struct Writer {
    out: *mut u8,
    len: usize,
    written: usize,
    /// First everything is counted, then it is written.
    counting: bool,
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        if !self.counting {
            let room = self.len.checked_sub(self.written).filter(|room| *room >= text.len());
            room.ok_or(core::fmt::Error)?;
            // SAFETY: `out` has `len` writable bytes by the checks of `write_text`, of which `written` are taken; the
            // text is not in them, for they overlap no argument.
            unsafe { ptr::copy_nonoverlapping(text.as_ptr(), self.out.add(self.written), text.len()) };
        }
        self.written += text.len();
        Ok(())
    }
}

/// Writes what `text` writes to `out`, or tells how many bytes it takes.
///
/// # Safety
/// `out` and `used` must be writable, and overlap nothing that `text` reads.
unsafe fn write_text(
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
    text: impl Fn(&mut Writer) -> core::fmt::Result,
) -> Checked<()> {
    let out = out.cast::<u8>();
    range(out, out_len)?.apart(&[range(used, 1)?])?;
    let mut writer = Writer { out, len: out_len, written: 0, counting: true };
    let _ = text(&mut writer);
    let needed = writer.written;
    // SAFETY: writable by the caller's promise.
    unsafe { args::put(used, needed)? };
    if needed > out_len {
        return Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL);
    }
    let mut writer = Writer { out, len: out_len, written: 0, counting: false };
    text(&mut writer).map_err(|_| iamlet_status::IAMLET_BUFFER_TOO_SMALL)
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
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(used, 0)? };
        // SAFETY: the caller promises that inputs are readable.
        let text = unsafe { args::slice(json.cast::<u8>(), json_len)? };
        // SAFETY: as above.
        let error_value = unsafe { args::value(error)? }.read()?;
        for output in [range(out, out_len)?, range(used, 1)?] {
            output.apart(&[range(json, json_len)?, range(error, 1)?])?;
        }
        // SAFETY: writable by the caller's promise, apart from the inputs by the line above.
        unsafe {
            write_text(out, out_len, used, |writer| {
                let mut result = Ok(());
                parse::write_pointer(text, &error_value, &mut |piece| {
                    result = result.and_then(|()| writer.write_str(piece));
                });
                result
            })
        }
    })())
}

/// Writes an error as `file:line:column: CODE message`.
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
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(used, 0)? };
        // SAFETY: the caller promises that inputs are readable.
        let name = unsafe { args::text(file)? };
        let name = core::str::from_utf8(name).map_err(|_| iamlet_status::IAMLET_NOT_UTF8)?;
        // SAFETY: as above.
        let error_value = unsafe { args::value(error)? }.read()?;
        for output in [range(out, out_len)?, range(used, 1)?] {
            output.apart(&[range(file.data, file.len)?, range(error, 1)?])?;
        }
        // SAFETY: writable by the caller's promise, apart from the inputs by the line above.
        unsafe { write_text(out, out_len, used, |writer| write!(writer, "{name}:{error_value}")) }
    })())
}

/// What a policy image holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct iamlet_policy_info {
    /// The iamlet_kind.
    pub kind: u32,
    /// Statements.
    pub statements: u32,
    /// 1 where `Version` is 2012-10-17, and policy variables are expanded.
    pub version_2012: u32,
    /// 0.
    pub reserved: u32,
}

/// Opens a policy image: checks all of it, in time linear in its size.
///
/// Any bytes may be offered. iamlet_set_build does the same by itself.
///
/// @param image     the image.
/// @param image_len its bytes.
/// @param info      what it holds; all zero after a failure.
/// @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT,
///         IAMLET_WRONG_SIZE, IAMLET_CORRUPT, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_policy_open(
    image: *const u8,
    image_len: usize,
    info: *mut iamlet_policy_info,
) -> iamlet_status {
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(info, iamlet_policy_info::default())? };
        range(info, 1)?.apart(&[range(image, image_len)?])?;
        // SAFETY: the caller promises that inputs are readable.
        let policy = Policy::open(unsafe { args::slice(image, image_len)? })?;
        let found = iamlet_policy_info {
            kind: policy.kind().map_or(0, |kind| kind as u32),
            statements: u32::try_from(policy.statement_count()).unwrap_or(u32::MAX),
            version_2012: u32::from(policy.is_version_2012()),
            reserved: 0,
        };
        // SAFETY: `info` was written above.
        unsafe { args::put(info, found) }
    })())
}
