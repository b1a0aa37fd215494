//! Policy sets.

use core::ffi::c_void;

use super::args::{self, Checked, Outputs, attempt, range, range_if_given, status_of};
use super::dictionary::{iamlet_dictionary, read_dictionary};
use super::failure::{Failure, put_size};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::image::layer::Layer;
use crate::image::set::{PolicySet, SetError};
use crate::image::set_writer::{self, Levels, SetPolicy};

/// A policy for a set.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_set_policy {
    /// The policy image.
    pub image: *const u8,
    /// Its bytes.
    pub image_len: usize,
    /// Your own number for the policy, returned in the decisions that it makes.
    pub tag: u64,
    /// The iamlet_layer at which it applies, which must be one for its kind.
    pub layer: u32,
    /// For IAMLET_LAYER_SCP and IAMLET_LAYER_RCP the level, from 0 at the root of
    /// the organization to the account's, below the set's number of levels; for
    /// other layers 0.
    pub level: u32,
}

/// A policy set that was opened. Copy it as you like: it owns nothing. Its bytes
/// must stay where they are, unchanged, as long as it is used, and as long as the
/// Sid of a decision is. For bytes that were opened before, you may fill it by
/// hand.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_set {
    /// The set's bytes.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

/// Tells how many bytes are enough to build a set; the set itself may take fewer,
/// since its index is sorted in the same memory. Arguments and errors are those of
/// iamlet_set_build.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_set_size(
    policies: *const iamlet_set_policy,
    count: usize,
    scp_levels: u32,
    rcp_levels: u32,
    size: *mut usize,
    at_fault: *mut usize,
) -> iamlet_status {
    status_of(|| {
        let bytes = (|| {
            let outputs = Outputs::new([range(size, 1)?, range_if_given(at_fault)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let list = unsafe { read_policies(policies, count, outputs)? };
            Ok(set_writer::size(list, read_levels(scp_levels, rcp_levels)?)?)
        })();
        // SAFETY: the caller promises that outputs are writable.
        unsafe { put_size(bytes, size, at_fault) }
    })
}

/// Builds a policy set: policies that apply together, each at its layer.
///
/// The images are copied: the set stands alone, and may be stored, mapped and sent. Put what changes
/// together into one set (the organization, a user with its groups, a session, a bucket): a decision
/// takes a list of sets. The layers of several sets unite, level by level. Time is n log n in the
/// statements.
///
/// @param policies   the policies, in any order; their numbers in this list are
///                   returned in decisions.
/// @param count      how many; 0 is allowed.
/// @param scp_levels the levels of service control policies that the organization has above and at the
///                   account, 0 where this set has no part in them. Of several sets the largest number
///                   counts. A level without policies in any set allows nothing.
/// @param rcp_levels the same for resource control policies.
/// @param out        where the set goes; may be NULL where out_len is 0, to ask
///                   for the size. Must not overlap other arguments.
/// @param out_len    its bytes.
/// @param out_used   after IAMLET_OK the bytes that the set takes; after
///                   IAMLET_BUFFER_TOO_SMALL those that building it takes, which
///                   may be more; else 0.
/// @param at_fault   the number of the policy at fault, or SIZE_MAX; may be NULL.
///
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL, and nothing is written; for one of
///         the policies IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT,
///         IAMLET_WRONG_SIZE, IAMLET_CORRUPT, IAMLET_WRONG_LAYER,
///         IAMLET_BAD_LEVEL, IAMLET_LAYER_REPEATED, IAMLET_UNKNOWN_VALUE;
///         IAMLET_TOO_MANY_POLICIES; or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_set_build(
    policies: *const iamlet_set_policy,
    count: usize,
    scp_levels: u32,
    rcp_levels: u32,
    out: *mut u8,
    out_len: usize,
    out_used: *mut usize,
    at_fault: *mut usize,
) -> iamlet_status {
    status_of(|| {
        let bytes = (|| {
            let outputs =
                Outputs::new([range(out_used, 1)?, range_if_given(at_fault)?, range(out, out_len)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let list = unsafe { read_policies(policies, count, outputs)? };
            let levels = read_levels(scp_levels, rcp_levels)?;
            // SAFETY: the caller promises that outputs are writable; this one overlaps nothing by `outputs`.
            let bytes = unsafe { args::slice_mut(out, out_len)? };
            Ok(set_writer::build(list, levels, bytes)?)
        })();
        // SAFETY: the caller promises that outputs are writable.
        unsafe { put_size(bytes, out_used, at_fault) }
    })
}

impl From<SetError> for Failure {
    fn from(error: SetError) -> Self {
        let failure = Self::from(iamlet_status::from(error));
        match error {
            SetError::Policy(at, _)
            | SetError::WrongLayer(at)
            | SetError::Level(at)
            | SetError::Repeated(at) => Self { at, ..failure },
            SetError::OutputTooSmall(needed) => Self { needed, ..failure },
            SetError::TooManyPolicies | SetError::TooManyLevels => failure,
        }
    }
}

fn read_levels(scp: u32, rcp: u32) -> Checked<Levels> {
    let level = |levels: u32| u8::try_from(levels).map_err(|_| iamlet_status::IAMLET_BAD_LEVEL);
    Ok(Levels { scp: level(scp)?, rcp: level(rcp)? })
}

/// The policies of a list, each of which was checked.
///
/// # Safety
/// The list and its images must be readable for `'a`.
unsafe fn read_policies<'a, const N: usize>(
    policies: *const iamlet_set_policy,
    count: usize,
    outputs: Outputs<N>,
) -> Result<impl Iterator<Item = SetPolicy<'a>> + Clone, Failure> {
    // SAFETY: the caller's promise is ours.
    let list = unsafe { outputs.slice(policies, count)? };
    for (at, policy) in list.iter().enumerate() {
        // SAFETY: as above.
        unsafe { read_policy(policy, &outputs) }.map_err(|status| Failure { at, ..status.into() })?;
    }
    // SAFETY: as above; what was read once is read again.
    Ok(list.iter().filter_map(move |policy| unsafe { read_policy(policy, &outputs) }.ok()))
}

/// # Safety
/// The image must be readable for `'a`.
unsafe fn read_policy<'a, const N: usize>(
    policy: &iamlet_set_policy,
    outputs: &Outputs<N>,
) -> Checked<SetPolicy<'a>> {
    Ok(SetPolicy {
        // SAFETY: the caller's promise is ours.
        image: unsafe { outputs.slice(policy.image, policy.image_len)? },
        layer: Layer::from_number(policy.layer).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?,
        level: u8::try_from(policy.level).map_err(|_| iamlet_status::IAMLET_BAD_LEVEL)?,
        tag: policy.tag,
    })
}

/// Opens a policy set: checks all of it, in time linear in its size but for a
/// logarithm of its statements.
///
/// Any bytes may be offered. Do this once, when the set is loaded; decisions then
/// trust it.
///
/// @param data the set's bytes.
/// @param len  how many.
/// @param set  the opened set; after a failure one that decisions refuse.
/// @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT,
///         IAMLET_WRONG_SIZE, IAMLET_CORRUPT, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_set_open(data: *const u8, len: usize, set: *mut iamlet_set) -> iamlet_status {
    status_of(|| {
        let opened = attempt(|| {
            let outputs = Outputs::new([range(set, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            PolicySet::open(unsafe { outputs.slice(data, len)? })?;
            Ok(iamlet_set { data, len })
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(set, opened, iamlet_set { data: core::ptr::null(), len: 0 }) }
    })
}

/// What a policy set holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct iamlet_set_info {
    /// Policies.
    pub policies: u32,
    /// Their statements.
    pub statements: u32,
    /// The levels of service control policies that it was built with.
    pub scp_levels: u32,
    /// The levels of resource control policies.
    pub rcp_levels: u32,
    /// The layers that it has: for each the bit of its IAMLET_ABSENT_ constant.
    /// Those that have levels are among them even without a policy.
    pub layers: u32,
    /// 1 where it has an index, which leads a decision to the statements that could
    /// apply. Every set of 12 statements or more has one. 0 where each decision
    /// looks at each statement.
    pub has_index: u32,
    /// 0.
    pub reserved: u32,
}

/// Tells what an opened set holds. Time is linear in its policies, whose
/// statements are counted; nothing is checked again.
///
/// @param set  an opened set.
/// @param info what it holds; all zero after a failure.
/// @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT,
///         IAMLET_WRONG_SIZE, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_set_describe(
    set: *const iamlet_set,
    info: *mut iamlet_set_info,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(info, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let set = unsafe { read_set(outputs.value(set)?, &outputs)? };
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            Ok(iamlet_set_info {
                policies: number(set.policy_count()),
                statements: number(set.statement_count()),
                scp_levels: set.levels(Layer::Scp).into(),
                rcp_levels: set.levels(Layer::Rcp).into(),
                layers: set.layers().bits().into(),
                has_index: set.has_index().into(),
                reserved: 0,
            })
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(info, found, iamlet_set_info::default()) }
    })
}

/// Tells one of the context keys that a policy of a set names, as iamlet_policy_context_key does. Several
/// policies may name one key. Time is linear in the policies; nothing is checked again.
///
/// @param set    an opened set.
/// @param policy the number of the policy in the list that the set was built from.
/// @param number which of its keys, from 0.
/// @param name   the key's name in lower case; it points into the set. Empty after a failure.
/// @return IAMLET_OK, IAMLET_UNKNOWN_VALUE beyond the last policy or key, IAMLET_NOT_AN_IMAGE,
///         IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_set_context_key(
    set: *const iamlet_set,
    policy: u32,
    number: u32,
    name: *mut iamlet_text,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(name, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let set = unsafe { read_set(outputs.value(set)?, &outputs)? };
            let policy = usize::try_from(policy).ok().and_then(|policy| set.policy_at(policy));
            let number = usize::try_from(number).ok();
            let name = policy.and_then(|policy| policy.context_key(number?));
            name.filter(|name| !name.is_empty())
                .map(iamlet_text::from_text)
                .ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(name, found, iamlet_text::EMPTY) }
    })
}

/// Gives the conditions of a policy set the slots of a dictionary, in place. Of requests
/// that are assembled with the same dictionary, a decision then finds the values of a
/// condition's key without a search.
///
/// No decision changes by it: requests of another dictionary or of none are decided by
/// the names of keys, as they are by a set without slots. Slots of another dictionary
/// are replaced. Nobody may decide with the set meanwhile; an opened iamlet_set of these
/// bytes stays good. Time is linear in the set.
///
/// @param set        the bytes of a set that was built or opened; they stay one. Must
///                   not overlap other arguments.
/// @param len        how many.
/// @param dictionary an opened dictionary.
/// @return IAMLET_OK; for the set or the dictionary IAMLET_NOT_AN_IMAGE,
///         IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE, IAMLET_CORRUPT; or what is wrong with
///         the call. After a failure nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_set_assign_slots(
    set: *mut c_void,
    len: usize,
    dictionary: *const iamlet_dictionary,
) -> iamlet_status {
    status_of(|| {
        let set = set.cast::<u8>();
        let outputs = Outputs::new([range(set, len)?])?;
        // SAFETY: the caller promises that inputs are readable.
        let dictionary = unsafe { read_dictionary(dictionary, &outputs)? };
        // SAFETY: the caller promises that outputs are writable; this one overlaps nothing by `outputs`.
        Ok(PolicySet::assign_slots(unsafe { args::slice_mut(set, len)? }, &dictionary)?)
    })
}

/// The set behind a C value.
///
/// # Safety
/// Its bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn read_set<'a, const N: usize>(
    set: &iamlet_set,
    outputs: &Outputs<N>,
) -> Checked<PolicySet<'a>> {
    // SAFETY: the caller's promise is ours.
    Ok(PolicySet::view(unsafe { outputs.slice(set.data, set.len)? })?)
}
