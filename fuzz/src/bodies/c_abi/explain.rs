//! Calls that explain.

use std::ffi::c_char;

use arbitrary::{Result, Unstructured};
use iamlet::PolicySet;
use iamlet::ffi::decide::{iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decision};
use iamlet::ffi::explain::{
    iamlet_explain, iamlet_explain_client_text, iamlet_explain_json, iamlet_explain_record_texts,
    iamlet_explain_sentence, iamlet_explain_simulation, iamlet_explain_text, iamlet_explanation,
    iamlet_record_texts, iamlet_source,
};
use iamlet::ffi::record::iamlet_record;
use iamlet::ffi::set::iamlet_set;
use iamlet::ffi::status::iamlet_status;

use super::calls::{Calls, call, one, read};
use super::memory::{Bytes, What};

/// Records that are written into the calls' own memory.
const ROOM: usize = 8;

type TextOf =
    unsafe extern "C" fn(*const iamlet_explanation, *mut c_char, usize, *mut usize) -> iamlet_status;

/// The texts, and whether each is JSON.
const TEXTS: [(TextOf, bool); 5] = [
    (iamlet_explain_text, false),
    (iamlet_explain_json, true),
    (iamlet_explain_simulation, true),
    (iamlet_explain_sentence, false),
    (iamlet_explain_client_text, false),
];

impl Calls {
    /// Explains what it also decides, and writes the texts of records as they are and as they never would be.
    pub(super) fn explain(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (sets, set_count) = self.set_list(input)?;
        let request = self.memory.input(input, What::Request)?;
        let item = self.entries(input)?.pop();
        let item = match item {
            Some(entry) if input.arbitrary()? => self.memory.structs(input, vec![entry])?.0,
            _ => std::ptr::null(),
        };
        let decision = self.memory.place::<iamlet_decision>(input)?;
        let records = self.memory.place::<[iamlet_record; ROOM]>(input)?.cast::<iamlet_record>();
        let used = self.memory.place::<usize>(input)?;
        let room = input.int_in_range(0..=ROOM)?;
        let output = Bytes { data: records.cast(), len: room * size_of::<iamlet_record>() };
        let (bytes, len) = (request.data.cast_const().cast(), request.len);
        let status = call!(
            self,
            [one(decision), output, one(used)],
            iamlet_explain(sets, set_count, bytes, len, item, decision, records, room, used)
        );
        let (Some(answer), Some(count)) = (read(decision), read(used)) else { return Ok(()) };
        assert_eq!(answer.status, status as u32, "{answer:?}");
        assert!(status != iamlet_status::IAMLET_OK || count <= room, "{count} of {room}");
        assert!(status == iamlet_status::IAMLET_BUFFER_TOO_SMALL || count <= room, "{count} of {room}");
        if status == iamlet_status::IAMLET_OK {
            agrees((sets, set_count), request, item, &answer);
        }
        let is_apart = matches!(status, iamlet_status::IAMLET_OK | iamlet_status::IAMLET_BUFFER_TOO_SMALL);
        if !is_apart || records.is_null() {
            return Ok(());
        }
        // Records as no call writes them.
        for _ in 0..input.int_in_range(0..=4)? {
            let at = input.int_in_range(0..=ROOM * size_of::<iamlet_record>() - 1)?;
            if at < room * size_of::<iamlet_record>() {
                // SAFETY: within the records that the call wrote, which lie apart from all that it read.
                unsafe { *records.cast::<u8>().wrapping_add(at) ^= input.arbitrary::<u8>()? };
            }
        }
        self.tell(input, records, room)
    }

    /// Writes the texts of records, mostly of other sets and requests than theirs.
    fn tell(
        &mut self,
        input: &mut Unstructured<'_>,
        records: *mut iamlet_record,
        count: usize,
    ) -> Result<()> {
        // The structs of the call before are gone.
        let (sets, set_count) = self.set_list(input)?;
        let request = self.memory.input(input, What::Request)?;
        let item = match self.entries(input)?.pop() {
            Some(entry) if input.arbitrary()? => self.memory.structs(input, vec![entry])?.0,
            _ => std::ptr::null(),
        };
        let name = self.text(input, What::Text)?;
        let map = self.memory.input(input, What::Text)?;
        let (tag, map, map_len) = (input.int_in_range(0..=3)?, map.data.cast_const().cast(), map.len);
        let (sources, source_count) =
            self.memory.structs(input, vec![iamlet_source { tag, name, map, map_len }])?;
        let given = iamlet_explanation {
            sets,
            set_count,
            request: request.data.cast_const().cast(),
            request_len: request.len,
            item,
            records,
            count,
            sources,
            source_count,
        };
        let (given, _) = self.memory.structs(input, vec![given])?;
        for (text, is_json) in TEXTS {
            let (mut out, mut used) = (vec![0_u8; 8192], 0);
            // SAFETY: as `call!`; the outputs are this function's own.
            let status = unsafe { text(given, out.as_mut_ptr().cast(), out.len(), &raw mut used) };
            if status == iamlet_status::IAMLET_OK {
                out.truncate(used);
                let text = String::from_utf8(out).expect("a text is UTF-8");
                let is_fit = |character: char| !character.is_control() || character == '\n';
                assert!(text.chars().all(is_fit), "{text:?}");
                assert!(!is_json || serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            }
        }
        let texts = self.memory.place::<iamlet_record_texts>(input)?;
        let number = input.int_in_range(0..=ROOM)?;
        call!(self, [one(texts)], iamlet_explain_record_texts(given, number, texts));
        Ok(())
    }
}

/// A request that is decided and explained comes to the same.
fn agrees(
    sets: (*const iamlet_set, usize),
    request: Bytes,
    item: *const iamlet_batch_entry,
    explained: &iamlet_decision,
) {
    // Of a set that was changed after it was opened, the index may say another thing than the statements.
    let is_whole = |set: &iamlet_set| {
        // SAFETY: the call has read it, and its list lies apart from what was written.
        let bytes = unsafe { std::slice::from_raw_parts(set.data, set.len) };
        PolicySet::open(bytes).is_ok()
    };
    for at in 0..sets.1 {
        // SAFETY: as above.
        if !is_whole(unsafe { &*sets.0.wrapping_add(at) }) {
            return;
        }
    }
    // SAFETY: as above; an item may have no set of its own.
    if !item.is_null() && !unsafe { (*item).set.as_ref() }.is_none_or(is_whole) {
        return;
    }
    // SAFETY: integers, and pointers that may be null.
    let mut decided: iamlet_decision = unsafe { std::mem::zeroed() };
    let (bytes, len) = (request.data.cast_const().cast(), request.len);
    // SAFETY: what was explained is readable.
    unsafe {
        if item.is_null() {
            iamlet_decide(sets.0, sets.1, bytes, len, &raw mut decided);
        } else {
            let entry = iamlet_batch_entry { request: bytes, request_len: len, ..item.read_unaligned() };
            iamlet_decide_batch(sets.0, sets.1, &raw const entry, 1, &raw mut decided);
        }
    }
    let of = |decision: &iamlet_decision| {
        let iamlet_decision { effect, reason, layer, level, set, policy, statement, tag, .. } = *decision;
        (effect, reason, layer, level, set, policy, statement, tag)
    };
    assert_eq!(of(explained), of(&decided), "{explained:?} {decided:?}");
}
