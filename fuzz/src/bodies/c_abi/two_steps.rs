//! Calls that build dictionaries, prepare principals and actions, and assemble requests.

use arbitrary::{Result, Unstructured};
use iamlet::ffi::assembly::{
    iamlet_action_prepare, iamlet_action_size, iamlet_assembly, iamlet_assembly_member, iamlet_assembly_size,
    iamlet_principal_input, iamlet_principal_member, iamlet_principal_prepare, iamlet_principal_size,
    iamlet_request_assemble, iamlet_slot_entry,
};
use iamlet::ffi::dictionary::{
    iamlet_dictionary, iamlet_dictionary_build, iamlet_dictionary_describe, iamlet_dictionary_info,
    iamlet_dictionary_key, iamlet_dictionary_open, iamlet_dictionary_size, iamlet_dictionary_slot,
};
use iamlet::ffi::set::{iamlet_set, iamlet_set_assign_slots, iamlet_set_open};
use iamlet::ffi::status::iamlet_status;
use iamlet::ffi::text::iamlet_text;

use super::calls::{Calls, call, number, one, read};
use super::memory::{ARENA, What};

impl Calls {
    pub(super) fn two_steps(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        match input.int_in_range(0..=8_u8)? {
            0 => self.dictionary_build(input),
            1 => self.dictionary_open(input),
            2 => self.principal_prepare(input),
            3 => self.action_prepare(input),
            4 => self.set_assign_slots(input),
            _ => self.request_assemble(input),
        }
    }

    fn dictionary_build(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let mut names = Vec::new();
        for _ in 0..input.int_in_range(0..=6)? {
            names.push(self.text(input, What::Text)?);
        }
        let (names, count) = self.memory.structs(input, names)?;
        let (used, at_fault) = (self.memory.place::<usize>(input)?, self.memory.place::<usize>(input)?);
        let sized =
            call!(self, [one(used), one(at_fault)], iamlet_dictionary_size(names, count, used, at_fault));
        let size = read(used).filter(|_| sized == iamlet_status::IAMLET_OK);
        let out = self.memory.output(input, size.unwrap_or(512).min(16 * 1024))?;
        let status = call!(
            self,
            [one(used), one(at_fault), out],
            iamlet_dictionary_build(names, count, out.data, out.len, used, at_fault)
        );
        if status == iamlet_status::IAMLET_OK {
            let len = read(used).expect("a dictionary has a size");
            assert!(len <= out.len);
            self.memory.remember(What::Dictionary, out.data, len);
            let mut opened = iamlet_dictionary { data: std::ptr::null(), len: 0 };
            let status = call!(self, [], iamlet_dictionary_open(out.data, len, &raw mut opened));
            assert_eq!(status, iamlet_status::IAMLET_OK);
        }
        Ok(())
    }

    /// A dictionary that was opened before, or is said to be.
    fn dictionary(&mut self, input: &mut Unstructured<'_>) -> Result<iamlet_dictionary> {
        let bytes = self.memory.input(input, What::Dictionary)?;
        Ok(iamlet_dictionary { data: bytes.data, len: bytes.len })
    }

    fn dictionary_open(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let bytes = self.memory.input(input, What::Dictionary)?;
        let place = self.memory.place::<iamlet_dictionary>(input)?;
        let status = call!(self, [one(place)], iamlet_dictionary_open(bytes.data, bytes.len, place));
        if let Some(opened) = read(place) {
            assert_eq!(status == iamlet_status::IAMLET_OK, !opened.data.is_null());
        }
        let is_open = status == iamlet_status::IAMLET_OK;
        let words = iamlet_dictionary { data: bytes.data, len: bytes.len };
        let words = self.memory.structs(input, vec![words])?.0;
        let info = self.memory.place::<iamlet_dictionary_info>(input)?;
        let status = call!(self, [one(info)], iamlet_dictionary_describe(words, info));
        let keys = read(info).map_or(0, |info| info.keys);
        assert!(status == iamlet_status::IAMLET_OK || keys == 0);
        let (which, name) = (number(input, 6)?, self.memory.place::<iamlet_text>(input)?);
        let status = call!(self, [one(name)], iamlet_dictionary_key(words, which, name));
        if let Some(name) = read(name).filter(|_| status == iamlet_status::IAMLET_OK) {
            let start = name.data.addr().checked_sub(bytes.data.addr());
            assert!(
                start.is_some_and(|start| start + name.len <= bytes.len),
                "a name outside its dictionary"
            );
            let mut slot = 0;
            let status = call!(self, [], iamlet_dictionary_slot(words, name.data, name.len, &raw mut slot));
            assert!(!is_open || (status == iamlet_status::IAMLET_OK && slot == which));
        }
        let text = self.text(input, What::Text)?;
        let slot = self.memory.place::<u32>(input)?;
        let status = call!(self, [one(slot)], iamlet_dictionary_slot(words, text.data, text.len, slot));
        if let Some(slot) = read(slot).filter(|_| is_open && status == iamlet_status::IAMLET_OK) {
            assert!(slot == u32::MAX || slot < keys || keys == 0);
        }
        Ok(())
    }

    /// Gives a set in the arena slots, which keep it one; after an error it is as it was.
    fn set_assign_slots(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (set, dictionary) = (self.memory.input(input, What::Set)?, self.dictionary(input)?);
        let words = self.memory.structs(input, vec![dictionary])?.0;
        let Some(at) = set.data.addr().checked_sub(self.memory.at(0).addr()).filter(|at| *at < ARENA) else {
            return Ok(());
        };
        let mut opened = iamlet_set { data: std::ptr::null(), len: 0 };
        let before = call!(self, [], iamlet_set_open(set.data, set.len, &raw mut opened));
        let bytes = self.memory.bytes().get(at..).and_then(|rest| rest.get(..set.len)).map(<[u8]>::to_vec);
        let status = call!(self, [set], iamlet_set_assign_slots(set.data.cast(), set.len, words));
        if status == iamlet_status::IAMLET_OK {
            let after = call!(self, [], iamlet_set_open(set.data, set.len, &raw mut opened));
            assert!(before != iamlet_status::IAMLET_OK || after == iamlet_status::IAMLET_OK);
        } else if let Some(bytes) = bytes {
            assert!(self.memory.bytes()[at..].starts_with(&bytes), "half done");
        }
        Ok(())
    }

    fn principal_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let dictionary = self.dictionary(input)?;
        let dictionary = if input.ratio(1, 8)? {
            std::ptr::null()
        } else {
            self.memory.structs(input, vec![dictionary])?.0
        };
        let given = iamlet_principal_input {
            struct_size: Self::struct_size::<iamlet_principal_input>(input)?,
            principal: self.principal(input)?,
            dictionary,
            budget: if input.arbitrary()? { input.arbitrary()? } else { 0 },
            absent: number(input, 127)?,
            flags: number(input, 3)?,
        };
        let given = self.memory.structs(input, vec![given])?.0;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_principal_size(given, size));
        let (out, used) = self.place_prepared(input, sized, size)?;
        let status =
            call!(self, [out, one(used)], iamlet_principal_prepare(given, out.data.cast(), out.len, used));
        self.prepared(What::Prepared, status, out, used);
        self.memory.before_call();
        // SAFETY: as in `call`.
        let _ = unsafe { iamlet_principal_member(given) };
        self.memory.after_call(&[]);
        Ok(())
    }

    fn action_prepare(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let text = self.text(input, What::Action)?;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_action_size(text.data, text.len, size));
        let (out, used) = self.place_prepared(input, sized, size)?;
        let status = call!(
            self,
            [out, one(used)],
            iamlet_action_prepare(text.data, text.len, out.data.cast(), out.len, used)
        );
        self.prepared(What::PreparedAction, status, out, used);
        Ok(())
    }

    fn request_assemble(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let mut entries = Vec::new();
        for _ in 0..input.int_in_range(0..=4)? {
            let mut values = Vec::new();
            for _ in 0..input.int_in_range(0..=3)? {
                values.push(self.text(input, What::Text)?);
            }
            let (values, value_count) = self.memory.structs(input, values)?;
            let (slot, multivalued) = (number(input, 6)?, number(input, 1)?);
            let (not_fetched, reserved) = (u32::from(input.ratio(1, 8)?), u32::from(input.ratio(1, 128)?));
            entries.push(iamlet_slot_entry { values, value_count, slot, multivalued, not_fetched, reserved });
        }
        let (entries, entry_count) = self.memory.structs(input, entries)?;
        let resource = self.resource(input)?;
        let resource =
            if input.ratio(1, 4)? { std::ptr::null() } else { self.memory.structs(input, vec![resource])?.0 };
        let principal = self.memory.input(input, What::Prepared)?;
        let action = self.memory.input(input, What::PreparedAction)?;
        let assembly = iamlet_assembly {
            struct_size: Self::struct_size::<iamlet_assembly>(input)?,
            principal: principal.data.cast(),
            principal_len: principal.len,
            action: action.data.cast(),
            action_len: action.len,
            resource,
            resource_kind: if input.arbitrary()? { 0 } else { number(input, 3)? },
            flags: if input.arbitrary()? { 4 } else { number(input, 7)? },
            clock: input.arbitrary()?,
            entries,
            entry_count,
        };
        let assembly = self.memory.structs(input, vec![assembly])?.0;
        let size = self.memory.place::<usize>(input)?;
        let sized = call!(self, [one(size)], iamlet_assembly_size(assembly, size));
        let (out, used) = self.place_prepared(input, sized, size)?;
        let status =
            call!(self, [out, one(used)], iamlet_request_assemble(assembly, out.data.cast(), out.len, used));
        self.prepared(What::Request, status, out, used);
        self.memory.before_call();
        // SAFETY: as in `call`.
        let _ = unsafe { iamlet_assembly_member(assembly) };
        self.memory.after_call(&[]);
        Ok(())
    }
}
