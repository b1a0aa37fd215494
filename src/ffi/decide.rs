//! Decisions.

use core::ffi::c_void;

use super::args::{self, Checked, Outputs, attempt, range, status_of};
use super::request::read_request;
use super::set::{iamlet_set, read_set};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::evaluate::decision::{DecideError, Decision, Effect, Reason};
use crate::evaluate::{Item, decide, decide_item, decide_resources};
use crate::ground::limits::MAX_SETS;
use crate::image::layer::Layers;
use crate::image::set::PolicySet;
use crate::request::RequestItem;

/// Stands for "none" where a decision has a number.
pub const IAMLET_NONE: u32 = 4_294_967_295;

/// The answer to a request. All zero, it denies.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_decision {
    /// The iamlet_effect. Let the request proceed for IAMLET_ALLOW only.
    pub effect: u32,
    /// The iamlet_reason.
    pub reason: u32,
    /// The iamlet_status: IAMLET_OK, or why no decision was computed.
    pub status: u32,
    /// The iamlet_layer that decided, or the first that `status` is about; 0 for none,
    /// as for a root user. For a Deny or an Allow, that of the statement; for a layer that
    /// is silent, that layer; with IAMLET_REASON_BOTH_ALLOW, IDENTITY.
    pub layer: u32,
    /// The level of that layer, for SCPs and RCPs.
    pub level: u32,
    /// The number of the item, for iamlet_decide_resources; else 0.
    pub item: u32,
    /// The number of the policy set with the statement that decided, in the list
    /// of the call; an item's own set has the number `set_count`. Of several
    /// statements it is the first by layer, level, set, policy and statement.
    /// IAMLET_NONE where no single statement decided, here and below.
    pub set: u32,
    /// The number of the policy in the list that its set was built from.
    pub policy: u32,
    /// The number of the statement in the policy.
    pub statement: u32,
    /// All layers that `status` is about, for each the bit of its IAMLET_ABSENT_
    /// constant: with IAMLET_MISSING_LAYER, all that are missing. Else 0.
    pub layers: u32,
    /// Your tag of the policy.
    pub tag: u64,
    /// The Sid of the statement; empty for none. It lies in the set's own bytes:
    /// copy it before they go.
    pub sid: iamlet_text,
    /// With IAMLET_REASON_NEEDS_CONTEXT, the context keys on which the decision could depend, a bit
    /// each; iamlet_request_needed_key names them. Else 0.
    pub needs: u64,
}

impl iamlet_decision {
    /// What denies.
    const DENY: Self = Self {
        effect: Effect::ImplicitDeny as u32,
        reason: Reason::Error as u32,
        status: iamlet_status::IAMLET_OK as u32,
        layer: 0,
        level: 0,
        item: 0,
        set: IAMLET_NONE,
        policy: IAMLET_NONE,
        statement: IAMLET_NONE,
        layers: 0,
        tag: 0,
        sid: iamlet_text::EMPTY,
        needs: 0,
    };

    fn from_decision(decision: &Decision<'_>) -> Self {
        let mut out = Self {
            effect: decision.effect as u32,
            reason: decision.reason as u32,
            layer: decision.layer.map_or(0, |layer| layer as u32),
            level: u32::from(decision.level),
            needs: decision.needs,
            ..Self::DENY
        };
        if let Some(decisive) = &decision.decisive {
            out.set = u32::try_from(decisive.set).unwrap_or(IAMLET_NONE);
            out.policy = decisive.policy;
            out.statement = decisive.statement;
            out.tag = decisive.tag;
            out.sid = iamlet_text::from_text(decisive.sid);
        }
        out
    }

    fn failed(status: iamlet_status, error: Option<&DecideError>) -> Self {
        let layers = error.map_or(Layers::NONE, DecideError::layers);
        let layer = layers.first().map_or(0, |layer| layer as u32);
        Self { status: status as u32, layer, layers: layers.bits().into(), ..Self::DENY }
    }
}

/// One decision of a batch: a request, and the item of it that the decision is
/// about, if any. Set it to zero first.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_batch_entry {
    /// The prepared request.
    pub request: *const c_void,
    /// Its bytes.
    pub request_len: usize,
    /// The prepared item, whose resource and context are used; NULL for none, and
    /// then `item_len` is 0 and `set` NULL.
    pub item: *const c_void,
    /// Its bytes.
    pub item_len: usize,
    /// The set of the resource's side, beside the sets of the call; NULL for
    /// none.
    pub set: *const iamlet_set,
}

/// Hands the sets of a call to `use_sets`.
///
/// # Safety
/// The list and the sets' bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn with_sets<'a, T, const N: usize>(
    sets: *const iamlet_set,
    count: usize,
    outputs: &Outputs<N>,
    use_sets: impl FnOnce(&[PolicySet<'a>]) -> T,
) -> Checked<T> {
    if count > MAX_SETS {
        return Err(iamlet_status::IAMLET_TOO_MANY_SETS);
    }
    // SAFETY: the caller's promise is ours.
    let given = unsafe { outputs.slice(sets, count)? };
    let Some((first, others)) = given.split_first() else { return Ok(use_sets(&[])) };
    // SAFETY: as above.
    let first = unsafe { read_set(first, outputs)? };
    // To fill the list takes longer than many a decision.
    if others.is_empty() {
        return Ok(use_sets(&[first]));
    }
    let mut list = [first; MAX_SETS];
    for (slot, set) in list.iter_mut().skip(1).zip(others) {
        // SAFETY: as above.
        *slot = unsafe { read_set(set, outputs)? };
    }
    Ok(use_sets(list.get(..count).unwrap_or_default()))
}

/// The item of an entry, with its set.
///
/// # Safety
/// The item, the set and its bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn read_item<'a, const N: usize>(
    entry: &iamlet_batch_entry,
    outputs: &Outputs<N>,
) -> Checked<Item<'a>> {
    // SAFETY: the caller's promise is ours.
    let bytes = unsafe { outputs.slice(entry.item.cast::<u8>(), entry.item_len)? };
    let item = RequestItem::open(bytes)?;
    if entry.set.is_null() {
        return Ok(Item { item, set: None });
    }
    // SAFETY: as above.
    let set = unsafe { outputs.value(entry.set)? };
    // SAFETY: as above.
    Ok(Item { item, set: Some(unsafe { read_set(set, outputs)? }) })
}

/// The decision of one entry of a batch.
///
/// # Safety
/// All that the entry points to must be readable and unchanged for `'a`.
unsafe fn decide_entry<'a>(
    sets: &[PolicySet<'a>],
    entry: &iamlet_batch_entry,
    outputs: &Outputs<1>,
) -> Checked<Decided<'a>> {
    // SAFETY: the caller's promise is ours.
    let request = unsafe { read_request(entry.request, entry.request_len, outputs)? };
    let item = if entry.item.is_null() {
        if !entry.set.is_null() || entry.item_len != 0 {
            return Err(iamlet_status::IAMLET_NULL_ARGUMENT);
        }
        None
    } else {
        // SAFETY: as above.
        Some(unsafe { read_item(entry, outputs)? })
    };
    Ok(decide_item(sets, request, item))
}

pub(super) type Decided<'a> = Result<Decision<'a>, DecideError>;

/// The status of an outcome.
pub(super) fn outcome_status(outcome: &Checked<Decided<'_>>) -> Checked<()> {
    match outcome {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(iamlet_status::from(*error)),
        Err(status) => Err(*status),
    }
}

/// Writes the C form of an outcome, and returns its status.
///
/// # Safety
/// `answer` must be writable.
pub(super) unsafe fn put_answer(
    answer: *mut iamlet_decision,
    item: usize,
    outcome: &Checked<Decided<'_>>,
) -> Checked<()> {
    let decision = match outcome {
        Ok(Ok(decision)) => {
            let item = u32::try_from(item).unwrap_or(IAMLET_NONE);
            iamlet_decision { item, ..iamlet_decision::from_decision(decision) }
        }
        Ok(Err(error)) => iamlet_decision::failed(iamlet_status::from(*error), Some(error)),
        Err(status) => iamlet_decision::failed(*status, None),
    };
    // SAFETY: the caller's promise is ours.
    unsafe { args::put(answer, decision)? };
    outcome_status(outcome)
}

/// Decides a request against policy sets.
///
/// It reads its arguments and nothing else, and writes `decision` and nothing
/// else: no clock, no input or output, no allocation, no lock. Any number of
/// threads may decide at once, over the same sets and requests. The stack used is
/// below 4 KiB.
///
/// @param sets        the opened sets, at most 16: the organization's, the user's
///                    with its groups, the session's, the resource's, in any
///                    order.
/// @param set_count   how many; 0 is allowed. The list itself is not kept.
/// @param request     a prepared request with a resource.
/// @param request_len its bytes.
/// @param decision    the answer; after any error one that denies.
/// @return IAMLET_OK, or why there is no decision: IAMLET_TOO_MANY_SETS,
///         IAMLET_NO_RESOURCE, IAMLET_MISSING_LAYER, IAMLET_CONTRADICTED_LAYER,
///         IAMLET_LAYER_REPEATED, IAMLET_WRONG_RESOURCE_KIND,
///         IAMLET_BUDGET_EXHAUSTED, IAMLET_NOT_A_REQUEST, IAMLET_NOT_AN_IMAGE,
///         IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT; or what is
///         wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_decide(
    sets: *const iamlet_set,
    set_count: usize,
    request: *const c_void,
    request_len: usize,
    decision: *mut iamlet_decision,
) -> iamlet_status {
    status_of(|| {
        let outputs = Outputs::new([range(decision, 1)?])?;
        let outcome = attempt(|| {
            // SAFETY: the caller promises that inputs are readable.
            let request = unsafe { read_request(request, request_len, &outputs)? };
            // SAFETY: as above.
            unsafe { with_sets(sets, set_count, &outputs, |sets| decide(sets, request)) }
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { put_answer(decision, 0, &outcome) }
    })
}

/// Decides many requests at once, each as iamlet_decide would.
///
/// @param sets      the sets that all of them share.
/// @param set_count how many.
/// @param entries   the requests.
/// @param count     how many.
/// @param decisions `count` answers, in the same order, each with its own
///                  `status`; where that is not IAMLET_OK, the answer denies.
/// @return IAMLET_OK if every answer is a decision; else the status of the first
///         that is not, or what is wrong with the call: then every answer denies
///         and has that status.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_decide_batch(
    sets: *const iamlet_set,
    set_count: usize,
    entries: *const iamlet_batch_entry,
    count: usize,
    decisions: *mut iamlet_decision,
) -> iamlet_status {
    status_of(|| {
        let outputs = Outputs::new([range(decisions, count)?])?;
        let mut first = Ok(());
        let done = attempt(|| {
            // SAFETY: the caller promises that inputs are readable.
            let list = unsafe { outputs.slice(entries, count)? };
            let answer_all = |sets: &[PolicySet<'_>]| {
                for (at, entry) in list.iter().enumerate() {
                    // SAFETY: as above.
                    let outcome = unsafe { decide_entry(sets, entry, &outputs) };
                    // SAFETY: one of the `count` places that the caller promises to be writable. What the next entries
                    // point to is not overwritten unnoticed: they are held against all of the places.
                    first = first.and(unsafe { put_answer(decisions.wrapping_add(at), 0, &outcome) });
                }
            };
            // SAFETY: as above.
            unsafe { with_sets(sets, set_count, &outputs, answer_all) }
        });
        if let Err(status) = done {
            for at in 0..count {
                // SAFETY: one of the `count` places that the caller promises to be writable.
                let _ = unsafe { put_answer(decisions.wrapping_add(at), 0, &Err(status)) };
            }
            return Err(status);
        }
        first
    })
}

/// Decides one request about several resources: one explicit deny denies, and all
/// must be allowed.
///
/// @param sets        as in iamlet_decide.
/// @param set_count   how many.
/// @param request     the prepared request, whose own resource is not used.
/// @param request_len its bytes.
/// @param items       the resources: entries whose `request` is not used.
/// @param count       how many; 0 is an error.
/// @param decision    the answer, that of the item which made it: the first that
///                    is explicitly denied, else the first that is denied, else
///                    the first.
/// @return as iamlet_decide. One item without a decision makes all of it an error,
///         which denies.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_decide_resources(
    sets: *const iamlet_set,
    set_count: usize,
    request: *const c_void,
    request_len: usize,
    items: *const iamlet_batch_entry,
    count: usize,
    decision: *mut iamlet_decision,
) -> iamlet_status {
    status_of(|| {
        let outputs = Outputs::new([range(decision, 1)?])?;
        let mut item = 0;
        let outcome = attempt(|| {
            // SAFETY: the caller promises that inputs are readable.
            let request = unsafe { read_request(request, request_len, &outputs)? };
            // SAFETY: as above.
            let items = unsafe { outputs.slice(items, count)? };
            let mut all_read = Ok(());
            let read = |entry: &iamlet_batch_entry| {
                // SAFETY: as above.
                unsafe { read_item(entry, &outputs) }.map_err(|status| all_read = Err(status)).ok()
            };
            // SAFETY: as above.
            let decided = unsafe {
                with_sets(sets, set_count, &outputs, |sets| {
                    decide_resources(sets, request, items.iter().map_while(read))
                })?
            };
            all_read?;
            Ok(decided.map(|(number, decision)| {
                item = number;
                decision
            }))
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { put_answer(decision, item, &outcome) }
    })
}
