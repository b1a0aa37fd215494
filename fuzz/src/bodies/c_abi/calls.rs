//! One call each, with its outputs checked.

use arbitrary::{Result, Unstructured};
use iamlet::ffi::decide::{
    iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decide_resources, iamlet_decision,
};
use iamlet::ffi::error::{iamlet_error, iamlet_error_format, iamlet_error_pointer};
use iamlet::ffi::names::{
    iamlet_effect, iamlet_effect_text, iamlet_fault_code, iamlet_fault_text, iamlet_kind_text,
    iamlet_layer_text, iamlet_pool_text, iamlet_reason_text,
};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_SMALL, iamlet_compile_options, iamlet_policy_compile,
    iamlet_policy_info, iamlet_policy_open,
};
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_item_prepare, iamlet_item_size, iamlet_key, iamlet_key_prepare,
    iamlet_principal, iamlet_principal_type_of_arn, iamlet_request, iamlet_request_item,
    iamlet_request_prepare, iamlet_request_size, iamlet_resource,
};
use iamlet::ffi::set::{iamlet_set, iamlet_set_build, iamlet_set_open, iamlet_set_policy, iamlet_set_size};
use iamlet::ffi::status::{iamlet_status, iamlet_status_text};
use iamlet::ffi::text::iamlet_text;

use super::memory::{Bytes, Memory, What};

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
        $calls.memory.after_call(&[$($output),*]);
        result
    }};
}

/// The bytes of an output that is one value.
fn one<T>(pointer: *mut T) -> Bytes {
    Bytes { data: pointer.cast(), len: size_of::<T>() }
}

/// A value that a call has written, where the pointer is one that it can have written to.
fn read<T: Copy>(pointer: *mut T) -> Option<T> {
    // SAFETY: places are in the arena, or NULL; each type read is made of integers and pointers.
    (!pointer.is_null() && pointer.is_aligned()).then(|| unsafe { pointer.read() })
}

/// A number that may be one of so many.
fn number(input: &mut Unstructured<'_>, most: u32) -> Result<u32> {
    if input.ratio(1, 64)? { input.arbitrary() } else { input.int_in_range(0..=most) }
}

impl Calls {
    /// Makes the next call.
    pub(super) fn next(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        match input.int_in_range(0..=19_u8)? {
            0 => self.compile(input),
            1 => self.policy_open(input),
            2 => self.set_build(input),
            3 | 4 => self.set_open(input),
            5 => self.key_prepare(input),
            6 | 7 => self.request_prepare(input),
            8 => self.item_prepare(input),
            9..=11 => self.decide(input),
            12 | 13 => self.batch(input),
            14 | 15 => self.resources(input),
            16 => self.error_texts(input),
            17 => self.texts(input),
            _ => self.spoil(input),
        }
    }

    /// The caller changes memory, as callers do between calls: also that of an image, a request or an opened set.
    fn spoil(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let what = *input.choose(&[What::Image, What::Set, What::Request, What::Item, What::Document])?;
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

    fn text(&mut self, input: &mut Unstructured<'_>, what: What) -> Result<iamlet_text> {
        let Bytes { data, len } = self.memory.input(input, what)?;
        Ok(iamlet_text { data: data.cast(), len })
    }

    /// A text, or in most cases none.
    fn text_or_none(&mut self, input: &mut Unstructured<'_>) -> Result<iamlet_text> {
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
            assert_eq!(written, Some(0));
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

    fn key_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let name = self.text(input, What::Text)?;
        let key = self.memory.place::<iamlet_key>(input)?;
        let status = call!(self, [one(key)], iamlet_key_prepare(name, key));
        if let Some(key) = read(key) {
            assert_eq!(key.prepared, u32::from(status == iamlet_status::IAMLET_OK));
        }
        Ok(())
    }

    /// A context of a few keys.
    fn context(&mut self, input: &mut Unstructured<'_>) -> Result<(*const iamlet_context_entry, usize)> {
        let mut entries = Vec::new();
        for _ in 0..input.int_in_range(0..=4)? {
            let mut values = Vec::new();
            for _ in 0..input.int_in_range(0..=3)? {
                values.push(self.text(input, What::Text)?);
            }
            let (values, value_count) = self.memory.structs(input, values)?;
            let name = self.text(input, What::Text)?;
            let is_prepared = input.ratio(1, 4)?;
            let key = iamlet_key {
                name,
                prepared: if is_prepared { number(input, 2)? } else { 0 },
                hash: if is_prepared { input.arbitrary()? } else { 0 },
                known: if is_prepared { number(input, 20)? } else { 0 },
                reserved: u32::from(input.ratio(1, 128)?),
            };
            let (multivalued, reserved) = (number(input, 1)?, u32::from(input.ratio(1, 128)?));
            entries.push(iamlet_context_entry { key, values, value_count, multivalued, reserved });
        }
        self.memory.structs(input, entries)
    }

    fn resource(&mut self, input: &mut Unstructured<'_>) -> Result<iamlet_resource> {
        Ok(iamlet_resource {
            arn: self.text(input, What::Resource)?,
            account: self.text_or_none(input)?,
            in_management_account: number(input, 1)?,
            reserved: u32::from(input.ratio(1, 128)?),
        })
    }

    /// The size of a struct, or another number.
    fn struct_size<T>(input: &mut Unstructured<'_>) -> Result<usize> {
        if input.ratio(1, 16)? { input.arbitrary() } else { Ok(size_of::<T>()) }
    }

    fn request(&mut self, input: &mut Unstructured<'_>) -> Result<*const iamlet_request> {
        let resource = self.resource(input)?;
        let resource =
            if input.ratio(1, 4)? { std::ptr::null() } else { self.memory.structs(input, vec![resource])?.0 };
        let principal = iamlet_principal {
            r#type: 1 + number(input, 7)?.min(u32::MAX - 1),
            flags: number(input, 3)?,
            arn: self.text(input, What::Principal)?,
            role_arn: self.text_or_none(input)?,
            user_arn: self.text_or_none(input)?,
            service: self.text_or_none(input)?,
            provider: self.text_or_none(input)?,
            canonical_user: self.text_or_none(input)?,
            unique_id: self.text_or_none(input)?,
        };
        let (context, context_count) = self.context(input)?;
        let request = iamlet_request {
            struct_size: Self::struct_size::<iamlet_request>(input)?,
            principal,
            action: self.text(input, What::Action)?,
            resource,
            resource_kind: 1 + number(input, 2)?.min(u32::MAX - 1),
            absent: number(input, 127)?,
            flags: number(input, 7)?,
            reserved: u32::from(input.ratio(1, 128)?),
            clock: input.arbitrary()?,
            budget: if input.arbitrary()? { input.arbitrary()? } else { 0 },
            context,
            context_count,
        };
        Ok(self.memory.structs(input, vec![request])?.0)
    }

    fn request_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let request = self.request(input)?;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_request_size(request, size));
        let enough = read(size).filter(|_| sized == iamlet_status::IAMLET_OK);
        let out = self.memory.output(input, enough.unwrap_or(512).min(16 * 1024))?;
        let used = self.memory.place::<usize>(input)?;
        let status =
            call!(self, [out, one(used)], iamlet_request_prepare(request, out.data.cast(), out.len, used));
        self.prepared(What::Request, status, out, used);
        Ok(())
    }

    fn item_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let request = self.memory.input(input, What::Request)?;
        let (context, context_count) = self.context(input)?;
        let item = iamlet_request_item {
            struct_size: Self::struct_size::<iamlet_request_item>(input)?,
            resource: self.resource(input)?,
            context,
            context_count,
            absent: number(input, 127)?,
            reserved: u32::from(input.ratio(1, 128)?),
        };
        let item = self.memory.structs(input, vec![item])?.0;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_item_size(item, size));
        let enough = read(size).filter(|_| sized == iamlet_status::IAMLET_OK);
        let out = self.memory.output(input, enough.unwrap_or(512).min(16 * 1024))?;
        let used = self.memory.place::<usize>(input)?;
        let status = call!(
            self,
            [out, one(used)],
            iamlet_item_prepare(request.data.cast(), request.len, item, out.data.cast(), out.len, used)
        );
        self.prepared(What::Item, status, out, used);
        Ok(())
    }

    /// What was prepared is remembered; after an error there is no request, except where nothing may be written.
    fn prepared(&mut self, what: What, status: iamlet_status, out: Bytes, used: *mut usize) {
        match status {
            iamlet_status::IAMLET_OK => {
                let len = read(used).expect("a request has a size");
                assert!(len <= out.len);
                self.memory.remember(what, out.data, len);
            }
            iamlet_status::IAMLET_OVERLAP
            | iamlet_status::IAMLET_NULL_ARGUMENT
            | iamlet_status::IAMLET_MISALIGNED
            | iamlet_status::IAMLET_BAD_LENGTH => {}
            _ if what == What::Request => {
                let mut decision = None;
                let (status, _) = self.decide_with(&[], out, &mut decision);
                assert_eq!(status, iamlet_status::IAMLET_NOT_A_REQUEST);
            }
            _ => {}
        }
    }

    fn decide_with(
        &mut self,
        sets: &[iamlet_set],
        request: Bytes,
        answer: &mut Option<iamlet_decision>,
    ) -> (iamlet_status, iamlet_decision) {
        // SAFETY: integers, and pointers that may be null.
        let mut decision: iamlet_decision = unsafe { std::mem::zeroed() };
        let (list, count, bytes) = (sets.as_ptr(), sets.len(), request.data.cast_const().cast());
        let status = call!(self, [], iamlet_decide(list, count, bytes, request.len, &raw mut decision));
        check(status, &decision);
        *answer = Some(decision);
        (status, decision)
    }

    fn set_list(&mut self, input: &mut Unstructured<'_>) -> Result<(*const iamlet_set, usize)> {
        let mut list = Vec::new();
        for _ in 0..input.int_in_range(0..=3)? {
            list.push(if input.ratio(1, 16)? {
                let bytes = self.memory.input(input, What::Set)?;
                iamlet_set { data: bytes.data, len: bytes.len }
            } else {
                *input.choose(&self.sets)?
            });
        }
        self.memory.structs(input, list)
    }

    fn decide(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (sets, count) = self.set_list(input)?;
        let request = self.memory.input(input, What::Request)?;
        let decision = self.memory.place::<iamlet_decision>(input)?;
        let status = call!(
            self,
            [one(decision)],
            iamlet_decide(sets, count, request.data.cast(), request.len, decision)
        );
        if let Some(decision) = read(decision) {
            check(status, &decision);
        }
        Ok(())
    }

    fn entries(&mut self, input: &mut Unstructured<'_>) -> Result<Vec<iamlet_batch_entry>> {
        let mut entries = Vec::new();
        for _ in 0..input.int_in_range(0..=4)? {
            let request = self.memory.input(input, What::Request)?;
            let item = if input.arbitrary()? {
                self.memory.input(input, What::Item)?
            } else {
                Bytes { data: std::ptr::null_mut(), len: usize::from(input.ratio(1, 16)?) }
            };
            let set = if input.ratio(1, 4)? {
                let set = *input.choose(&self.sets)?;
                self.memory.structs(input, vec![set])?.0
            } else {
                std::ptr::null()
            };
            entries.push(iamlet_batch_entry {
                request: request.data.cast(),
                request_len: request.len,
                item: item.data.cast(),
                item_len: item.len,
                set,
            });
        }
        Ok(entries)
    }

    fn batch(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (sets, set_count) = self.set_list(input)?;
        let entries = self.entries(input)?;
        let length = entries.len();
        let (entries, count) = self.memory.structs(input, entries)?;
        // `count` answers are written: where it is a number of this size, there is room for them.
        let decisions = self.memory.place::<[iamlet_decision; 4]>(input)?.cast::<iamlet_decision>();
        let written = if count == length { count } else { 0 };
        let output = Bytes { data: decisions.cast(), len: written * size_of::<iamlet_decision>() };
        let status = call!(self, [output], iamlet_decide_batch(sets, set_count, entries, count, decisions));
        for at in 0..if decisions.is_null() { 0 } else { written } {
            if let Some(decision) = read(decisions.wrapping_add(at)) {
                assert!(decision.effect != ALLOW || decision.status == 0, "{decision:?}");
                assert!(status != iamlet_status::IAMLET_OK || decision.status == 0, "{decision:?}");
            }
        }
        Ok(())
    }

    fn resources(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (sets, set_count) = self.set_list(input)?;
        let request = self.memory.input(input, What::Request)?;
        let entries = self.entries(input)?;
        let (entries, count) = self.memory.structs(input, entries)?;
        let decision = self.memory.place::<iamlet_decision>(input)?;
        let status = call!(
            self,
            [one(decision)],
            iamlet_decide_resources(
                sets,
                set_count,
                request.data.cast(),
                request.len,
                entries,
                count,
                decision
            )
        );
        if let Some(decision) = read(decision) {
            check(status, &decision);
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
            reserved: input.arbitrary()?,
        };
        let error = self.memory.structs(input, vec![error])?.0;
        let least = input.int_in_range(0..=200)?;
        let (out, used) = (self.memory.output(input, least)?, self.memory.place::<usize>(input)?);
        let json = self.memory.input(input, What::Document)?;
        let name = self.text(input, What::Text)?;
        let status = call!(
            self,
            [out, one(used)],
            iamlet_error_pointer(json.data.cast(), json.len, error, out.data.cast(), out.len, used)
        );
        assert!(status != iamlet_status::IAMLET_OK || read(used).is_some_and(|used| used <= out.len));
        let status =
            call!(self, [out, one(used)], iamlet_error_format(name, error, out.data.cast(), out.len, used));
        assert!(status != iamlet_status::IAMLET_OK || read(used).is_some_and(|used| used <= out.len));
        Ok(())
    }

    fn texts(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (number, arn) = (number(input, 150)?, self.memory.input(input, What::Principal)?);
        let texts = [
            iamlet_fault_code,
            iamlet_fault_text,
            iamlet_pool_text,
            iamlet_kind_text,
            iamlet_layer_text,
            iamlet_effect_text,
            iamlet_reason_text,
            iamlet_status_text,
        ];
        for text in texts.map(|text| text(number)) {
            // SAFETY: the texts of the library are constants.
            let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
            assert!(std::str::from_utf8(bytes).is_ok());
        }
        let kind = call!(self, [], iamlet_principal_type_of_arn(arn.data.cast(), arn.len));
        assert!(kind <= 8);
        Ok(())
    }
}

const ALLOW: u32 = iamlet_effect::IAMLET_ALLOW as u32;

/// Without `IAMLET_OK` the answer denies, and says why.
fn check(status: iamlet_status, decision: &iamlet_decision) {
    assert_eq!(decision.status, status as u32, "{decision:?}");
    assert!(decision.effect != ALLOW || status == iamlet_status::IAMLET_OK, "{decision:?}");
    assert!(decision.effect <= ALLOW, "{decision:?}");
}
