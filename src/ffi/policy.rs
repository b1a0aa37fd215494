//! Compiling and opening policies.

use core::ffi::{c_char, c_void};
use core::hint::black_box;

use heapless::Vec;

use super::args::{self, Checked, Outputs, attempt, range, range_if_given, status_of};
use super::error::iamlet_error;
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::image::kind::PolicyKind;
use crate::image::policy::Policy;
use crate::image::source_map::{Position, SourceMap};
use crate::parse::scratch::{LargeScratch, MediumScratch, Scratch, ScratchMemory, SmallScratch};
use crate::parse::{self, CompileError, CompileOptions, MappedSize};

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

/// Compiles one policy document into a policy image.
///
/// The image has no pointers and no alignment: it may be copied, stored, mapped and sent. The same
/// document, options and class of scratch memory give the same image. Time is linear in the document,
/// whatever it says. With 256 bytes more than the document, hardly any call has to be repeated for its
/// size; with IAMLET_IMAGE_ROOM, none.
///
/// @param json        the document, UTF-8, at most 1 MiB.
/// @param json_len    its bytes.
/// @param kind        an iamlet_kind.
/// @param options     NULL for none.
/// @param scratch     memory for one call at a time, aligned to IAMLET_SCRATCH_ALIGN.
/// @param scratch_len its bytes: IAMLET_SCRATCH_SMALL, _MEDIUM or _LARGE; any
///                    other number counts as the largest of them that fits.
/// @param image       where the image goes; may be NULL where image_len is 0,
///                    to ask for the size. Must not overlap other arguments.
/// @param image_len   its bytes.
/// @param image_used  the bytes that the image takes; 0 after another error than
///                    IAMLET_BUFFER_TOO_SMALL.
/// @param error       why and where the document is refused; may be NULL.
/// @return IAMLET_OK; IAMLET_DOCUMENT_REFUSED, with `error`; IAMLET_BUFFER_TOO_SMALL,
///         IAMLET_SCRATCH_TOO_SMALL; or what is wrong with the call. `image` is written after
///         IAMLET_OK only.
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
    status_of(|| {
        let compiled = attempt(|| {
            let outputs = Outputs::new([
                range(image_used, 1)?,
                range_if_given(error)?,
                range(scratch.cast::<u8>(), scratch_len)?,
                range(image, image_len)?,
            ])?;
            // SAFETY: the caller promises that inputs are readable.
            let document = unsafe { Document::read(json, json_len, kind, options, &outputs)? };
            // SAFETY: the caller promises that outputs are writable; this one overlaps nothing by `outputs`.
            let out = unsafe { args::slice_mut(image, image_len)? };
            // SAFETY: the same for `scratch`.
            unsafe { document.compile(scratch, scratch_len, Rooms { image: out, map: None }) }
        });
        let Outcome { size, refusal, status } = Outcome::of(compiled);
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(image_used, size.image)? };
        // SAFETY: as above.
        unsafe { args::put_if_given(error, refusal)? };
        status
    })
}

/// Compiles as iamlet_policy_compile does, and writes a source map beside the image: line and column of
/// each statement's `{`, from 1, as in iamlet_error. Explanations that are given it, as `map` of
/// iamlet_source, tell `scp/guardrails.json:10`.
///
/// It has 8 bytes for each statement and no alignment. Time is that of one pass more over the document.
///
/// @param json        as in iamlet_policy_compile.
/// @param json_len    its bytes.
/// @param kind        an iamlet_kind.
/// @param options     NULL for none.
/// @param scratch     as in iamlet_policy_compile.
/// @param scratch_len its bytes.
/// @param image       as in iamlet_policy_compile.
/// @param image_len   its bytes.
/// @param image_used  the bytes that the image takes; 0 as `map_used` is.
/// @param map         where the map goes; may be NULL where map_len is 0. Must not overlap.
/// @param map_len     its bytes; IAMLET_MAP_ROOM is enough.
/// @param map_used    those that it takes; 0 after another error than IAMLET_BUFFER_TOO_SMALL.
/// @param error       why and where the document is refused; may be NULL.
/// @return as iamlet_policy_compile; IAMLET_BUFFER_TOO_SMALL where one of the two does not fit, with what
///         both need. They are written after IAMLET_OK only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_policy_compile_mapped(
    json: *const c_char,
    json_len: usize,
    kind: u32,
    options: *const iamlet_compile_options,
    scratch: *mut c_void,
    scratch_len: usize,
    image: *mut u8,
    image_len: usize,
    image_used: *mut usize,
    map: *mut u8,
    map_len: usize,
    map_used: *mut usize,
    error: *mut iamlet_error,
) -> iamlet_status {
    status_of(|| {
        let compiled = attempt(|| {
            let outputs = Outputs::new([
                range(image_used, 1)?,
                range(map_used, 1)?,
                range_if_given(error)?,
                range(scratch.cast::<u8>(), scratch_len)?,
                range(image, image_len)?,
                range(map, map_len)?,
            ])?;
            // SAFETY: the caller promises that inputs are readable.
            let document = unsafe { Document::read(json, json_len, kind, options, &outputs)? };
            // SAFETY: the caller promises that outputs are writable; this one overlaps nothing by `outputs`.
            let image = unsafe { args::slice_mut(image, image_len)? };
            // SAFETY: as above.
            let map = unsafe { args::slice_mut(map, map_len)? };
            // SAFETY: the same for `scratch`.
            unsafe { document.compile(scratch, scratch_len, Rooms { image, map: Some(map) }) }
        });
        let Outcome { size, refusal, status } = Outcome::of(compiled);
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(image_used, size.image)? };
        // SAFETY: as above.
        unsafe { args::put(map_used, size.map)? };
        // SAFETY: as above.
        unsafe { args::put_if_given(error, refusal)? };
        status
    })
}

/// What is compiled.
struct Document<'a> {
    text: &'a [u8],
    kind: PolicyKind,
    options: CompileOptions,
}

/// Where the results go.
struct Rooms<'o> {
    image: &'o mut [u8],
    map: Option<&'o mut [u8]>,
}

impl Document<'_> {
    /// # Safety
    /// `json` must be readable, and `options` null or readable.
    unsafe fn read<const N: usize>(
        json: *const c_char,
        json_len: usize,
        kind: u32,
        options: *const iamlet_compile_options,
        outputs: &Outputs<N>,
    ) -> Checked<Self> {
        // SAFETY: the caller's promise is ours.
        let text = unsafe { outputs.slice(json.cast::<u8>(), json_len)? };
        let kind = PolicyKind::from_number(kind).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?;
        // SAFETY: as above.
        let options = unsafe { read_options(options, outputs)? };
        Ok(Self { text, kind, options })
    }

    /// Compiles in the largest capacity class that fits the scratch memory.
    ///
    /// # Safety
    /// `scratch` must be writable, and nobody else may use it.
    unsafe fn compile(
        &self,
        scratch: *mut c_void,
        scratch_len: usize,
        rooms: Rooms<'_>,
    ) -> Checked<Result<MappedSize, CompileError>> {
        if scratch_len < IAMLET_SCRATCH_SMALL {
            return Err(iamlet_status::IAMLET_SCRATCH_TOO_SMALL);
        }
        if !scratch.addr().is_multiple_of(IAMLET_SCRATCH_ALIGN) {
            return Err(iamlet_status::IAMLET_MISALIGNED);
        }
        if scratch_len >= IAMLET_SCRATCH_LARGE {
            // SAFETY: large enough by the line above, aligned, writable by the caller's promise.
            return Ok(self.compile_in(unsafe { empty(scratch.cast::<LargeScratch>()) }, rooms));
        }
        if scratch_len >= IAMLET_SCRATCH_MEDIUM {
            // SAFETY: as above.
            return Ok(self.compile_in(unsafe { empty(scratch.cast::<MediumScratch>()) }, rooms));
        }
        // SAFETY: as above, by the first check.
        Ok(self.compile_in(unsafe { empty(scratch.cast::<SmallScratch>()) }, rooms))
    }

    fn compile_in(
        &self,
        scratch: &mut impl ScratchMemory,
        rooms: Rooms<'_>,
    ) -> Result<MappedSize, CompileError> {
        let Self { text, kind, options } = *self;
        let Rooms { image, map } = rooms;
        match map {
            Some(map) => parse::compile_mapped(text, kind, options, scratch, image, map),
            None => parse::compile(text, kind, options, scratch, image)
                .map(|image| MappedSize { image, ..MappedSize::default() }),
        }
    }
}

/// What a call tells of its results.
struct Outcome {
    size: MappedSize,
    refusal: iamlet_error,
    status: Checked<()>,
}

impl Outcome {
    fn of(compiled: Checked<Result<MappedSize, CompileError>>) -> Self {
        let (size, refused, status) = match compiled {
            Ok(Ok(size)) => (size, None, Ok(())),
            Ok(Err(CompileError::OutputTooSmall(image))) => {
                let size = MappedSize { image, ..MappedSize::default() };
                (size, None, Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL))
            }
            Ok(Err(CompileError::OutputsTooSmall { image, map })) => {
                (MappedSize { image, map }, None, Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL))
            }
            Ok(Err(CompileError::Refused(refused))) => {
                (MappedSize::default(), Some(refused), Err(iamlet_status::IAMLET_DOCUMENT_REFUSED))
            }
            Err(status) => (MappedSize::default(), None, Err(status)),
        };
        let refusal = refused.as_ref().map_or_else(iamlet_error::default, iamlet_error::from);
        Self { size, refusal, status }
    }
}

/// A place in a policy document.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct iamlet_position {
    /// The line, from 1. Lines end with a newline.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
}

/// Tells where a statement stands in its document, in constant time.
///
/// Any bytes may be offered: those that iamlet_policy_compile_mapped did not write have no positions, or
/// wrong ones.
///
/// @param map       the source map.
/// @param map_len   its bytes.
/// @param statement which statement of the policy, from 0: `statement` of iamlet_decision for one.
/// @param position  where its `{` stands; zero after a failure.
/// @return IAMLET_OK, IAMLET_UNKNOWN_VALUE where the map has no position for it, or what is wrong with the
///         call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_policy_position(
    map: *const u8,
    map_len: usize,
    statement: u32,
    position: *mut iamlet_position,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(position, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let map = SourceMap::new(unsafe { outputs.slice(map, map_len)? });
            let Position { line, column } =
                map.position(statement).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?;
            Ok(iamlet_position { line, column })
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(position, found, iamlet_position::default()) }
    })
}

/// # Safety
/// `options` must be null or readable.
unsafe fn read_options<const N: usize>(
    options: *const iamlet_compile_options,
    outputs: &Outputs<N>,
) -> Checked<CompileOptions> {
    if options.is_null() {
        return Ok(CompileOptions::default());
    }
    // SAFETY: not null, and readable by the caller's promise.
    let given = unsafe { outputs.value(options)? };
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

/// Empty scratch memory at `memory`, pool by pool.
///
/// Written as one value, or without the barriers between the pools, the compiler clears every byte of it, at several
/// times the cost of compiling a policy.
///
/// # Safety
/// `memory` must be writable and aligned, and nobody else may use it.
#[rustfmt::skip]
unsafe fn empty<
    'm, const A: usize, const B: usize, const C: usize, const D: usize,
    const E: usize, const F: usize, const G: usize, const H: usize,
>(memory: *mut Scratch<A, B, C, D, E, F, G, H>) -> &'m mut Scratch<A, B, C, D, E, F, G, H> {
    // SAFETY: every field is written, in memory that may be written.
    unsafe {
        (&raw mut (*memory).statements).write(Vec::new());
        (&raw mut (*black_box(memory)).conditions).write(Vec::new());
        (&raw mut (*black_box(memory)).spans).write(Vec::new());
        (&raw mut (*black_box(memory)).keys).write(Vec::new());
        (&raw mut (*black_box(memory)).variables).write(Vec::new());
        (&raw mut (*black_box(memory)).text).write(Vec::new());
        (&raw mut (*black_box(memory)).string).write(Vec::new());
        (&raw mut (*black_box(memory)).slots).write(Vec::new());
        (&raw mut (*black_box(memory)).key_notes).write(Vec::new());
        (&raw mut (*black_box(memory)).key_order).write(Vec::new());
        (&raw mut (*black_box(memory)).variable_order).write(Vec::new());
        (&raw mut (*black_box(memory)).sid_order).write(Vec::new());
    }
    // SAFETY: it holds a value by the lines above.
    let scratch = unsafe { &mut *memory };
    // A pool that is forgotten above does not compile here.
    let Scratch {
        statements: _, conditions: _, spans: _, keys: _, variables: _, text: _, string: _, slots: _, key_notes: _,
        key_order: _, variable_order: _, sid_order: _,
    } = scratch;
    scratch
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
    /// Context keys that its conditions and policy variables name:
    /// iamlet_policy_context_key tells them.
    pub context_keys: u32,
}

/// Opens a policy image: checks all of it, in time linear in its size, whatever
/// it says.
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
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(info, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let policy = Policy::open(unsafe { outputs.slice(image, image_len)? })?;
            Ok(iamlet_policy_info {
                kind: policy.kind().map_or(0, |kind| kind as u32),
                statements: u32::try_from(policy.statement_count()).unwrap_or(u32::MAX),
                version_2012: u32::from(policy.is_version_2012()),
                context_keys: u32::try_from(policy.context_key_count()).unwrap_or(u32::MAX),
            })
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(info, found, iamlet_policy_info::default()) }
    })
}

/// Tells one of the context keys that a policy's conditions and policy variables
/// name.
///
/// Keys that no policy names need not be in a request: their values change no
/// decision, and each takes time to prepare. Only, what is malformed in a key that
/// is left out, or contradicts the request, is not refused then. A key that a
/// policy names and that your requests never have is worth a warning: a Deny that
/// looks for a value in it may never apply.
///
/// Time is constant: the image is not checked again.
///
/// @param image     an image that was compiled or opened before. Of other bytes
///                  the name may be any piece.
/// @param image_len its bytes.
/// @param number    which key, from 0 to below `context_keys` of the policy's info.
///                  Each key is there once; their order has no meaning.
/// @param name      the key's name in lower case, `aws:sourceip` for one; it points
///                  into the image. Empty after a failure.
/// @return IAMLET_OK, IAMLET_UNKNOWN_VALUE beyond the last key,
///         IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, or what is
///         wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_policy_context_key(
    image: *const u8,
    image_len: usize,
    number: u32,
    name: *mut iamlet_text,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(name, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let policy = Policy::view(unsafe { outputs.slice(image, image_len)? })?;
            let name = usize::try_from(number).ok().and_then(|number| policy.context_key(number));
            name.filter(|name| !name.is_empty())
                .map(iamlet_text::from_text)
                .ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(name, found, iamlet_text::EMPTY) }
    })
}
