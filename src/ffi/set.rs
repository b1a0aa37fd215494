//! Policy sets.

use super::args::{self, Checked, Range, range, status_of};
use super::status::iamlet_status;
use crate::image::kind::Layer;
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
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(size, 0)? };
        // SAFETY: as above.
        unsafe { args::put_if_given(at_fault, usize::MAX)? };
        // SAFETY: the caller promises that inputs are readable.
        let list = unsafe { read_policies(policies, count, at_fault)? };
        let levels = read_levels(scp_levels, rcp_levels)?;
        outputs_apart(&list, range(policies, count)?, &[range(size, 1)?, optional(at_fault)?])?;
        match set_writer::size(list, levels) {
            // SAFETY: `size` was written above.
            Ok(bytes) => unsafe { args::put(size, bytes) },
            // SAFETY: `at_fault` is null or was written above.
            Err(error) => Err(unsafe { fault(error, at_fault) }),
        }
    })())
}

/// Builds a policy set: policies that apply together, each at its layer.
///
/// The images are copied, so that the set stands alone: it may be stored, mapped
/// and sent like a policy image. Put what changes together into one set (the
/// organization, a user with its groups, a session, a bucket): a decision takes a
/// list of sets. The layers of several sets unite, level by level.
///
/// @param policies   the policies, in any order; their numbers in this list are
///                   returned in decisions.
/// @param count      how many; 0 is allowed.
/// @param scp_levels the levels of service control policies that the
///                   organization has above and at the account, 0 where this set
///                   has no part in them. Of several sets the largest number
///                   counts. A level without policies in any set allows nothing.
/// @param rcp_levels the same for resource control policies.
/// @param out        where the set goes; may be NULL where out_len is 0, to ask
///                   for the size. Must not overlap other arguments.
/// @param out_len    its bytes.
/// @param out_used   after IAMLET_OK the bytes that the set takes; after
///                   IAMLET_BUFFER_TOO_SMALL those that building it takes, which
///                   may be more; else 0.
/// @param at_fault   the number of the policy at fault, or SIZE_MAX; may be NULL.
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
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(out_used, 0)? };
        // SAFETY: as above.
        unsafe { args::put_if_given(at_fault, usize::MAX)? };
        // SAFETY: the caller promises that inputs are readable.
        let list = unsafe { read_policies(policies, count, at_fault)? };
        let levels = read_levels(scp_levels, rcp_levels)?;
        let output = range(out, out_len)?;
        outputs_apart(&list, range(policies, count)?, &[output, range(out_used, 1)?, optional(at_fault)?])?;
        // SAFETY: writable by the caller's promise, apart from everything else by the checks above.
        let bytes = unsafe { args::slice_mut(out, out_len)? };
        match set_writer::build(list, levels, bytes) {
            // SAFETY: `out_used` was written above.
            Ok(size) => unsafe { args::put(out_used, size) },
            Err(SetError::OutputTooSmall(size)) => {
                // SAFETY: as above.
                unsafe { args::put(out_used, size)? };
                Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL)
            }
            // SAFETY: `at_fault` is null or was written above.
            Err(error) => Err(unsafe { fault(error, at_fault) }),
        }
    })())
}

/// The range of an output that may be null.
fn optional(output: *const usize) -> Checked<Range> {
    range(output, usize::from(!output.is_null()))
}

/// Outputs must lie apart from each other, from the list, and from the images in it.
fn outputs_apart<'a>(
    list: &(impl Iterator<Item = SetPolicy<'a>> + Clone),
    policies: Range,
    outputs: &[Range],
) -> Checked<()> {
    for (at, output) in outputs.iter().enumerate() {
        output.apart(&[policies])?;
        output.apart(outputs.get(at + 1..).unwrap_or_default())?;
        for policy in list.clone() {
            output.apart(&[range(policy.image.as_ptr(), policy.image.len())?])?;
        }
    }
    Ok(())
}

fn read_levels(scp: u32, rcp: u32) -> Checked<Levels> {
    let level = |levels: u32| u8::try_from(levels).map_err(|_| iamlet_status::IAMLET_BAD_LEVEL);
    Ok(Levels { scp: level(scp)?, rcp: level(rcp)? })
}

/// The policies of a list, each of which was checked.
///
/// # Safety
/// The list and its images must be readable for `'a`; `at_fault` must be null or writable.
unsafe fn read_policies<'a>(
    policies: *const iamlet_set_policy,
    count: usize,
    at_fault: *mut usize,
) -> Checked<impl Iterator<Item = SetPolicy<'a>> + Clone> {
    // SAFETY: the caller's promise is ours.
    let list = unsafe { args::slice(policies, count)? };
    for (at, policy) in list.iter().enumerate() {
        // SAFETY: as above.
        if let Err(status) = unsafe { read_policy(policy) } {
            // SAFETY: null or writable by the caller's promise.
            unsafe { args::put_if_given(at_fault, at)? };
            return Err(status);
        }
    }
    // SAFETY: as above; what was read once is read again.
    Ok(list.iter().filter_map(|policy| unsafe { read_policy(policy) }.ok()))
}

/// # Safety
/// The image must be readable for `'a`.
unsafe fn read_policy<'a>(policy: &iamlet_set_policy) -> Checked<SetPolicy<'a>> {
    Ok(SetPolicy {
        // SAFETY: the caller's promise is ours.
        image: unsafe { args::slice(policy.image, policy.image_len)? },
        layer: Layer::from_number(policy.layer).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?,
        level: u8::try_from(policy.level).map_err(|_| iamlet_status::IAMLET_BAD_LEVEL)?,
        tag: policy.tag,
    })
}

/// The status of an error, after the number of the policy was stored.
///
/// # Safety
/// `at_fault` must be null or writable.
unsafe fn fault(error: SetError, at_fault: *mut usize) -> iamlet_status {
    let at = match error {
        SetError::Policy(at, _) | SetError::WrongLayer(at) | SetError::Level(at) | SetError::Repeated(at) => {
            Some(at)
        }
        SetError::TooManyPolicies | SetError::OutputTooSmall(_) => None,
    };
    if let Some(at) = at {
        // SAFETY: null or writable by the caller's promise. A pointer that cannot be one was refused before.
        let _ = unsafe { args::put_if_given(at_fault, at) };
    }
    error.into()
}

/// Opens a policy set: checks all of it, in time linear in its size.
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
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(set, iamlet_set { data: core::ptr::null(), len: 0 })? };
        range(set, 1)?.apart(&[range(data, len)?])?;
        // SAFETY: the caller promises that inputs are readable.
        PolicySet::open(unsafe { args::slice(data, len)? })?;
        // SAFETY: `set` was written above.
        unsafe { args::put(set, iamlet_set { data, len }) }
    })())
}

/// The set behind a C value.
///
/// # Safety
/// Its bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn read_set<'a>(set: &iamlet_set) -> Checked<PolicySet<'a>> {
    // SAFETY: the caller's promise is ours.
    Ok(PolicySet::view(unsafe { args::slice(set.data, set.len)? })?)
}
