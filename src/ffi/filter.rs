//! One question about many resources.

use core::ffi::c_void;

use super::args::{self, Checked, Outputs, attempt, range, status_of};
use super::decide::{
    Decided, iamlet_batch_entry, iamlet_decision, outcome_status, put_answer, read_item, with_sets,
};
use super::request::read_request;
use super::set::iamlet_set;
use super::status::iamlet_status;
use crate::evaluate::filter::Sharing;
use crate::image::set::PolicySet;

/// Decides one request about many resources, each by itself, as
/// iamlet_decide_batch would: for a list that shows only what its reader may see.
/// What the sets have of the request's action is looked up once.
///
/// The stack used is below 8 KiB.
///
/// @param sets        as in iamlet_decide.
/// @param set_count   how many.
/// @param request     the prepared request, whose own resource is not used.
/// @param request_len its bytes.
/// @param items       the resources: entries whose `request` is not used.
/// @param count       how many.
/// @param allowed     `count / 8` bytes, rounded up: bit `i % 8` of byte `i / 8` is 1
///                    where item `i` is allowed. All bits are 0 after an error of
///                    the call; NULL if only `decisions` are wanted.
/// @param decisions   `count` answers, as of iamlet_decide_batch; NULL if only
///                    `allowed` is wanted. `item` is the number of the item.
/// @return IAMLET_OK if every answer is a decision; else the status of the first
///         that is not, whose bit is 0, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_filter(
    sets: *const iamlet_set,
    set_count: usize,
    request: *const c_void,
    request_len: usize,
    items: *const iamlet_batch_entry,
    count: usize,
    allowed: *mut u8,
    decisions: *mut iamlet_decision,
) -> iamlet_status {
    status_of(|| {
        // No list has so many items, and no output so many places.
        if count > isize::MAX.unsigned_abs() / size_of::<iamlet_batch_entry>() {
            return Err(iamlet_status::IAMLET_BAD_LENGTH);
        }
        let bytes = if allowed.is_null() { 0 } else { count.div_ceil(8) };
        let answers = if decisions.is_null() { 0 } else { count };
        let outputs = Outputs::new([range(allowed, bytes)?, range(decisions, answers)?])?;
        // SAFETY: the caller promises that outputs are writable, and nothing is read that overlaps them.
        let bits = unsafe { args::slice_mut(allowed, bytes)? };
        bits.fill(0);
        let mut first = Ok(());
        let mut answer = |at: usize, outcome: &Checked<Decided<'_>>| {
            if matches!(outcome, Ok(Ok(decision)) if decision.is_allowed())
                && let Some(byte) = bits.get_mut(at / 8)
            {
                *byte |= 1 << (at % 8);
            }
            let status = if answers == 0 {
                outcome_status(outcome)
            } else {
                // SAFETY: one of the `count` places that the caller promises to be writable.
                unsafe { put_answer(decisions.wrapping_add(at), at, outcome) }
            };
            first = first.and(status);
        };
        let done = attempt(|| {
            // SAFETY: the caller promises that inputs are readable.
            let request = unsafe { read_request(request, request_len, &outputs)? };
            // SAFETY: as above.
            let list = unsafe { outputs.slice(items, count)? };
            let answer_all = |sets: &[PolicySet<'_>]| {
                let sharing = Sharing::new(sets, request);
                for (at, entry) in list.iter().enumerate() {
                    // SAFETY: as above.
                    let item = unsafe { read_item(entry, &outputs) };
                    answer(at, &item.map(|item| sharing.decide(&item)));
                }
            };
            // SAFETY: as above.
            unsafe { with_sets(sets, set_count, &outputs, answer_all) }
        });
        if let Err(status) = done {
            // The bits are 0 still. Without places for answers, `count` may be any number.
            (0..answers).for_each(|at| answer(at, &Err(status)));
            return Err(status);
        }
        first
    })
}
