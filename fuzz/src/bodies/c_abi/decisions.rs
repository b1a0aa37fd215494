//! Calls that decide.

use arbitrary::{Result, Unstructured};
use iamlet::ffi::decide::{
    iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decide_resources, iamlet_decision,
};
use iamlet::ffi::filter::iamlet_filter;
use iamlet::ffi::names::iamlet_effect;
use iamlet::ffi::set::iamlet_set;
use iamlet::ffi::status::iamlet_status;

use super::calls::{Calls, call, one, read};
use super::memory::{Bytes, What};

impl Calls {
    pub(super) fn decide_with(
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

    pub(super) fn set_list(&mut self, input: &mut Unstructured<'_>) -> Result<(*const iamlet_set, usize)> {
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

    pub(super) fn decide(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
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

    pub(super) fn entries(&mut self, input: &mut Unstructured<'_>) -> Result<Vec<iamlet_batch_entry>> {
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

    pub(super) fn batch(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (sets, set_count) = self.set_list(input)?;
        let entries = self.entries(input)?;
        let length = entries.len();
        let (entries, count) = self.memory.structs(input, entries)?;
        // `count` answers are written: where it is a number of this size, there is room for them.
        let decisions = self.memory.place::<[iamlet_decision; 4]>(input)?.cast::<iamlet_decision>();
        let written = if count == length { count } else { 0 };
        let output = Bytes { data: decisions.cast(), len: written * size_of::<iamlet_decision>() };
        let status = call!(self, [output], iamlet_decide_batch(sets, set_count, entries, count, decisions));
        check_answers(status, decisions, written);
        Ok(())
    }

    pub(super) fn filter(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (sets, set_count) = self.set_list(input)?;
        let request = self.memory.input(input, What::Request)?;
        let entries = self.entries(input)?;
        let length = entries.len();
        let (entries, count) = self.memory.structs(input, entries)?;
        let allowed = self.memory.place::<[u8; 4]>(input)?.cast::<u8>();
        let decisions = self.memory.place::<[iamlet_decision; 4]>(input)?.cast::<iamlet_decision>();
        let written = if count == length { count } else { 0 };
        let bits = Bytes { data: allowed.cast(), len: written.div_ceil(8) };
        let output = Bytes { data: decisions.cast(), len: written * size_of::<iamlet_decision>() };
        let status = call!(
            self,
            [bits, output],
            iamlet_filter(
                sets,
                set_count,
                request.data.cast(),
                request.len,
                entries,
                count,
                allowed,
                decisions
            )
        );
        check_answers(status, decisions, written);
        Ok(())
    }

    pub(super) fn resources(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
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
}

const ALLOW: u32 = iamlet_effect::IAMLET_ALLOW as u32;

/// Without `IAMLET_OK` the answer denies, and says why.
fn check(status: iamlet_status, decision: &iamlet_decision) {
    assert_eq!(decision.status, status as u32, "{decision:?}");
    assert!(decision.effect != ALLOW || status == iamlet_status::IAMLET_OK, "{decision:?}");
    assert!(decision.effect <= ALLOW, "{decision:?}");
}

/// Each of several answers allows only where it has no error of its own, and none has one after `IAMLET_OK`.
fn check_answers(status: iamlet_status, decisions: *mut iamlet_decision, count: usize) {
    let count = if decisions.is_null() { 0 } else { count };
    for decision in (0..count).filter_map(|at| read(decisions.wrapping_add(at))) {
        assert!(decision.effect != ALLOW || decision.status == 0, "{decision:?}");
        assert!(status != iamlet_status::IAMLET_OK || decision.status == 0, "{decision:?}");
    }
}
