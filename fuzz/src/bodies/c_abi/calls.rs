//! What the calls have in common, and those that compile, open, build and say texts. Each checks its outputs.

use arbitrary::{Result, Unstructured};
use iamlet::ffi::details::iamlet_detail_code;
use iamlet::ffi::error::{iamlet_error, iamlet_error_explain, iamlet_error_format, iamlet_error_pointer};
use iamlet::ffi::names::{
    iamlet_effect_text, iamlet_fault_code, iamlet_fault_text, iamlet_kind_text, iamlet_layer_text,
    iamlet_pool_text, iamlet_reason_text,
};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_SMALL, iamlet_compile_options, iamlet_policy_compile,
    iamlet_policy_compile_mapped, iamlet_policy_context_key, iamlet_policy_info, iamlet_policy_open,
    iamlet_policy_position, iamlet_position,
};
use iamlet::ffi::request::{iamlet_principal_type_of_arn, iamlet_resource_kind_of};
use iamlet::ffi::set::{iamlet_set, iamlet_set_build, iamlet_set_open, iamlet_set_policy, iamlet_set_size};
use iamlet::ffi::status::{iamlet_status, iamlet_status_text};
use iamlet::ffi::text::iamlet_text;
use iamlet::ffi::version::{iamlet_version, iamlet_version_text};

use super::memory::{ARENA, Bytes, Memory, What};

/// What the calls of a sequence share.
pub(super) struct Calls {
    pub(super) memory: Memory,
    /// What `iamlet_set_open` gave.
    pub(super) sets: Vec<iamlet_set>,
}

/// Calls a function of the ABI, and looks at the arena before and after.
macro_rules! call {
    ($calls:ident, [$($output:expr),*], $function:ident($($argument:expr),* $(,)?)) => {{
        $calls.memory.before_call();
        // SAFETY: a pointer is to memory of the sequence that is as long as it says, or one that the function reports
        // and does not follow: NULL, misaligned, of an impossible length. That it does so is what is tested.
        let result = unsafe { $function($($argument),*) };
        let overlap = $calls.memory.after_call(&[$($output),*]);
        assert!(!overlap || result != iamlet_status::IAMLET_OK, "outputs over each other");
        result
    }};
}

pub(super) use call;

/// The bytes of an output that is one value.
pub(super) fn one<T>(pointer: *mut T) -> Bytes {
    Bytes { data: pointer.cast(), len: size_of::<T>() }
}

/// A value that a call has written, where the pointer is one that it can have written to.
pub(super) fn read<T: Copy>(pointer: *mut T) -> Option<T> {
    // SAFETY: places are in the arena, or NULL; each type read is made of integers and pointers.
    (!pointer.is_null() && pointer.is_aligned()).then(|| unsafe { pointer.read() })
}

/// A number that may be one of so many.
pub(super) fn number(input: &mut Unstructured<'_>, most: u32) -> Result<u32> {
    if input.ratio(1, 64)? { input.arbitrary() } else { input.int_in_range(0..=most) }
}

/// The ABI has these 48 bytes.
const _: () = assert!(size_of::<iamlet_error>() == 48);

/// A text that was written is UTF-8 and no longer than the header says; one for which there is no room is longer than
/// the room.
fn check_text(status: iamlet_status, out: Bytes, used: *mut usize, most: usize) {
    match status {
        iamlet_status::IAMLET_OK => {
            let len = read(used).expect("a text has a size");
            assert!(len <= out.len && len <= most);
            // SAFETY: the call has written that many bytes there.
            let text = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(out.data, len) } };
            assert!(std::str::from_utf8(text).is_ok(), "{}", text.escape_ascii());
        }
        iamlet_status::IAMLET_BUFFER_TOO_SMALL => {
            assert!(read(used).is_some_and(|needed| needed > out.len && needed <= most));
        }
        _ => {}
    }
}

/// What the memory of a source map has before a call.
const UNWRITTEN: u8 = 0xA5;

/// With a source map a call says what it says without, but for a map that is too small; and each statement stands at a `{`,
/// behind the one before.
fn check_map(json: Bytes, map: &[u8], used: usize, without: iamlet_status, status: iamlet_status) {
    if status != iamlet_status::IAMLET_OK {
        assert!(map.iter().all(|byte| *byte == UNWRITTEN), "written without success");
        let too_small = status == iamlet_status::IAMLET_BUFFER_TOO_SMALL;
        assert!(status == without || too_small && without == iamlet_status::IAMLET_OK && used > map.len());
        // Where another output is wrong, there is no place for the answers.
        assert!(too_small || used == 0 || used == usize::MAX, "{used} bytes of no map");
        return;
    }
    assert_eq!(without, iamlet_status::IAMLET_OK);
    assert!(used > 0 && used.is_multiple_of(8) && used <= map.len() && used <= json.len / 4, "{used} bytes");
    assert!(map[used..].iter().all(|byte| *byte == UNWRITTEN), "written behind the end");
    // SAFETY: the call has read it, and no output lies over it.
    let text = unsafe { std::slice::from_raw_parts(json.data, json.len) };
    let lines: Vec<&str> = std::str::from_utf8(text).expect("what compiles is UTF-8").split('\n').collect();
    let mut last = (0, 0);
    for statement in 0..=used / 8 {
        let mut at = iamlet_position::default();
        let number = u32::try_from(statement).expect("few statements");
        // SAFETY: both are variables.
        let status = unsafe { iamlet_policy_position(map.as_ptr(), used, number, &raw mut at) };
        if statement == used / 8 {
            assert_eq!((status, at.line, at.column), (iamlet_status::IAMLET_UNKNOWN_VALUE, 0, 0));
            return;
        }
        assert_eq!(status, iamlet_status::IAMLET_OK);
        assert!((at.line, at.column) > last, "{at:?} is not behind {last:?}");
        last = (at.line, at.column);
        let line = lines.get(at.line as usize - 1);
        assert_eq!(line.and_then(|line| line.chars().nth(at.column as usize - 1)), Some('{'), "{at:?}");
    }
}

impl Calls {
    /// Makes the next call.
    pub(super) fn next(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        match input.int_in_range(0..=20_u8)? {
            0 => self.compile(input),
            1 => self.policy_open(input),
            2 => self.set_build(input),
            3 | 4 => self.set_open(input),
            5 => self.key_prepare(input),
            6 | 7 => self.request_prepare(input),
            8 => self.item_prepare(input),
            9..=11 => self.decide(input),
            12 | 13 => self.batch(input),
            14 => self.resources(input),
            15 => self.filter(input),
            16 => self.error_texts(input),
            17 => self.texts(input),
            18 => self.two_steps(input),
            19 => self.explain(input),
            _ => self.spoil(input),
        }
    }

    /// The caller changes memory, as callers do between calls: also that of an image, a request or an opened set.
    fn spoil(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let what = *input.choose(&[
            What::Image,
            What::Set,
            What::Request,
            What::Item,
            What::Document,
            What::Dictionary,
            What::Prepared,
            What::PreparedAction,
        ])?;
        let (from, to) = (self.memory.region(input)?, self.memory.input(input, what)?);
        let base = self.memory.at(0).addr();
        let at = |bytes: Bytes| bytes.data.addr().wrapping_sub(base);
        let (from, to, len) = (at(from), at(to), from.len.min(to.len).min(64));
        let bytes = self.memory.bytes();
        if to < bytes.len() && len > 0 && to + len <= bytes.len() {
            if input.arbitrary()? {
                bytes.copy_within(from..from + len, to);
            } else {
                bytes[to + input.choose_index(len)?] ^= 1 << input.int_in_range(0..=7)?;
            }
        }
        Ok(())
    }

    pub(super) fn text(&mut self, input: &mut Unstructured<'_>, what: What) -> Result<iamlet_text> {
        let Bytes { data, len } = self.memory.input(input, what)?;
        Ok(iamlet_text { data: data.cast(), len })
    }

    /// A text, or in most cases none.
    pub(super) fn text_or_none(&mut self, input: &mut Unstructured<'_>) -> Result<iamlet_text> {
        if input.ratio(1, 8)? {
            self.text(input, What::Text)
        } else {
            Ok(iamlet_text { data: std::ptr::null(), len: 0 })
        }
    }

    fn compile(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let json = self.memory.input(input, What::Document)?;
        let kind = number(input, 13)?;
        let options = if input.ratio(1, 4)? {
            let size = size_of::<iamlet_compile_options>();
            let struct_size = if input.ratio(1, 8)? { input.arbitrary()? } else { size };
            let options = iamlet_compile_options {
                struct_size,
                flags: number(input, 3)?,
                quota_bytes: input.arbitrary()?,
            };
            self.memory.structs(input, vec![options])?.0
        } else {
            std::ptr::null()
        };
        let class = *input.choose(&[IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_MEDIUM])?;
        let (scratch, image) = (self.memory.output(input, class)?, self.memory.output(input, 4096)?);
        let (used, error) = (self.memory.place::<usize>(input)?, self.memory.place::<iamlet_error>(input)?);
        let status = call!(
            self,
            [scratch, image, one(used), one(error)],
            iamlet_policy_compile(
                json.data.cast(),
                json.len,
                kind,
                options,
                scratch.data.cast(),
                scratch.len,
                image.data,
                image.len,
                used,
                error
            )
        );
        // The same with a source map. It takes nothing of the input, so that kept inputs mean what they meant.
        let mut map = vec![UNWRITTEN; json.len % 41 * 8].into_boxed_slice();
        let mut map_used = usize::MAX;
        let mapped = call!(
            self,
            [scratch, image, one(used), one(error)],
            iamlet_policy_compile_mapped(
                json.data.cast(),
                json.len,
                kind,
                options,
                scratch.data.cast(),
                scratch.len,
                image.data,
                image.len,
                used,
                map.as_mut_ptr(),
                map.len(),
                &raw mut map_used,
                error
            )
        );
        check_map(json, &map, map_used, status, mapped);
        let written = read(used);
        if status == iamlet_status::IAMLET_OK {
            let len = written.expect("an image has a size");
            assert!(len <= image.len);
            assert!(read(error).is_none_or(|error| error.fault == 0));
            self.memory.remember(What::Image, image.data, len);
            let mut info = iamlet_policy_info::default();
            let opened = call!(self, [], iamlet_policy_open(image.data, len, &raw mut info));
            assert_eq!((opened, info.kind), (iamlet_status::IAMLET_OK, kind));
        } else if status == iamlet_status::IAMLET_DOCUMENT_REFUSED {
            assert!(read(error).is_none_or(|error| error.fault != 0 && error.offset as usize <= json.len));
            assert!(read(error).is_none_or(|error| {
                let end = u64::from(error.part_offset) + u64::from(error.part_len);
                end <= json.len as u64 && error.reserved == 0
            }));
            assert_eq!(written, Some(0));
            if let Some(error) = read(error) {
                self.say_error(input, json, error)?;
            }
        }
        Ok(())
    }

    fn policy_open(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let image = self.memory.input(input, What::Image)?;
        let info = self.memory.place::<iamlet_policy_info>(input)?;
        let status = call!(self, [one(info)], iamlet_policy_open(image.data, image.len, info));
        if let Some(info) = read(info) {
            assert_eq!(status == iamlet_status::IAMLET_OK, info.kind != 0, "{info:?}");
        }
        let key = self.memory.place::<iamlet_text>(input)?;
        let which = number(input, 4)?;
        // Its bytes, taken for a source map.
        let mut at = iamlet_position { line: 7, column: 7 };
        let found = call!(self, [], iamlet_policy_position(image.data, image.len, which, &raw mut at));
        assert_eq!(found == iamlet_status::IAMLET_OK, at.line != 0 && at.column != 0, "{at:?}");
        let status = call!(self, [one(key)], iamlet_policy_context_key(image.data, image.len, which, key));
        if let Some(key) = read(key) {
            assert_eq!(status == iamlet_status::IAMLET_OK, key.len != 0);
            if status == iamlet_status::IAMLET_OK {
                let start = key.data.addr().checked_sub(image.data.addr());
                assert!(start.is_some_and(|start| start + key.len <= image.len), "a name outside its image");
            }
        }
        Ok(())
    }

    fn set_build(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let mut list = Vec::new();
        for _ in 0..input.int_in_range(0..=5)? {
            let image = self.memory.input(input, What::Image)?;
            list.push(iamlet_set_policy {
                image: image.data,
                image_len: image.len,
                tag: input.arbitrary()?,
                layer: number(input, 7)?,
                level: number(input, 1)?,
            });
        }
        let (scp, rcp) = (number(input, 3)?, number(input, 2)?);
        let (list, count) = self.memory.structs(input, list)?;
        let (used, at_fault) = (self.memory.place::<usize>(input)?, self.memory.place::<usize>(input)?);
        let sized =
            call!(self, [one(used), one(at_fault)], iamlet_set_size(list, count, scp, rcp, used, at_fault));
        let size = read(used).filter(|_| sized == iamlet_status::IAMLET_OK);
        let out = self.memory.output(input, size.unwrap_or(2048).min(32 * 1024))?;
        let status = call!(
            self,
            [one(used), one(at_fault), out],
            iamlet_set_build(list, count, scp, rcp, out.data, out.len, used, at_fault)
        );
        if status == iamlet_status::IAMLET_OK {
            let len = read(used).expect("a set has a size");
            assert!(len <= out.len);
            self.memory.remember(What::Set, out.data, len);
            let mut set = iamlet_set { data: std::ptr::null(), len: 0 };
            let opened = call!(self, [], iamlet_set_open(out.data, len, &raw mut set));
            assert_eq!(opened, iamlet_status::IAMLET_OK);
            self.sets.push(set);
        }
        Ok(())
    }

    fn set_open(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let bytes = self.memory.input(input, What::Set)?;
        let set = self.memory.place::<iamlet_set>(input)?;
        let status = call!(self, [one(set)], iamlet_set_open(bytes.data, bytes.len, set));
        if let Some(set) = read(set) {
            let is_open = status == iamlet_status::IAMLET_OK;
            let expected = if is_open { (bytes.data.cast_const(), bytes.len) } else { (std::ptr::null(), 0) };
            assert_eq!((set.data, set.len), expected);
            if is_open {
                self.sets.push(set);
            }
        }
        Ok(())
    }

    fn error_texts(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let error = iamlet_error {
            fault: number(input, 28)?,
            offset: number(input, 3000)?,
            line: input.arbitrary()?,
            column: input.arbitrary()?,
            pool: number(input, 10)?,
            missing: number(input, 10)?,
            located: number(input, 1)?,
            detail: number(input, 80)?,
            part_offset: number(input, 3000)?,
            part_len: number(input, 3000)?,
            count: input.arbitrary()?,
            reserved: input.arbitrary()?,
        };
        let json = self.memory.input(input, What::Document)?;
        self.say_error(input, json, error)
    }

    /// The texts of an error, which may be one of another document, or none at all.
    fn say_error(&mut self, input: &mut Unstructured<'_>, json: Bytes, error: iamlet_error) -> Result<()> {
        let error = self.memory.structs(input, vec![error])?.0;
        let least = input.int_in_range(0..=300)?;
        let (out, used) = (self.memory.output(input, least)?, self.memory.place::<usize>(input)?);
        let name = self.text(input, What::Text)?;
        let status = call!(
            self,
            [out, one(used)],
            iamlet_error_pointer(json.data.cast(), json.len, error, out.data.cast(), out.len, used)
        );
        check_text(status, out, used, usize::MAX);
        let status = call!(
            self,
            [out, one(used)],
            iamlet_error_explain(json.data.cast(), json.len, error, out.data.cast(), out.len, used)
        );
        // The header says how many bytes suffice.
        check_text(status, out, used, 256);
        let status =
            call!(self, [out, one(used)], iamlet_error_format(name, error, out.data.cast(), out.len, used));
        check_text(status, out, used, name.len.saturating_add(256));
        Ok(())
    }

    fn texts(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let number = number(input, 150)?;
        let texts = [
            iamlet_fault_code,
            iamlet_fault_text,
            iamlet_pool_text,
            iamlet_kind_text,
            iamlet_layer_text,
            iamlet_effect_text,
            iamlet_reason_text,
            iamlet_status_text,
            iamlet_detail_code,
        ];
        for text in texts.map(|text| text(number)).into_iter().chain([iamlet_version_text()]) {
            // SAFETY: the texts of the library are constants.
            let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
            assert!(std::str::from_utf8(bytes).is_ok());
        }
        assert_eq!(iamlet_version() / 1_000_000, 0);
        let (arn, action) =
            (self.memory.input(input, What::Principal)?, self.memory.input(input, What::Action)?);
        let resource = self.memory.input(input, What::Resource)?;
        self.memory.before_call();
        // SAFETY: as in `call`.
        let kind = unsafe { iamlet_principal_type_of_arn(arn.data.cast(), arn.len) };
        assert!(kind == 0 || kind <= 4 || kind == 9, "{kind} has no ARN");
        // SAFETY: as in `call`.
        let kind = unsafe {
            iamlet_resource_kind_of(action.data.cast(), action.len, resource.data.cast(), resource.len)
        };
        let is_readable = |bytes: Bytes| {
            let has_end = bytes.data.addr().checked_add(bytes.len).is_some();
            bytes.len == 0 || (!bytes.data.is_null() && bytes.len <= ARENA && has_end)
        };
        // A kind is said of what can be read, and of nothing else.
        assert_eq!(kind == 0, !is_readable(action) || !is_readable(resource), "{action:?} {resource:?}");
        assert!(kind <= 3);
        self.memory.after_call(&[]);
        Ok(())
    }
}
