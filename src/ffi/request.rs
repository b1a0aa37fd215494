//! Requests and their items.

use core::ffi::c_void;

use super::args::{self, Checked, Outputs, attempt, range, status_of};
use super::context::Entries;
pub use super::context::{iamlet_context_entry, iamlet_key, iamlet_key_prepare};
use super::prepared::{prepare, put_size_of};
pub use super::principal::{
    IAMLET_MANAGEMENT_ACCOUNT, iamlet_principal, iamlet_principal_type, iamlet_principal_type_of_arn,
    iamlet_resource, iamlet_resource_kind, iamlet_resource_kind_of,
};
use super::principal::{derived_or, read_principal, read_resource};
use super::status::iamlet_status;
use super::text::{iamlet_text, text_of};
use crate::ground::limits::DEFAULT_BUDGET;
use crate::image::layer::Layers;
use crate::request::{
    ItemInput, Member, Request, RequestInput, Resource, ResourceKind, prepare_item, prepare_request,
};

/// The steps that one decision may take where the request says 0: at most some 200
/// million instructions, or 60 ms of one processor.
pub const IAMLET_DEFAULT_BUDGET: u32 = 3_000_000;

const _: () = assert!(IAMLET_DEFAULT_BUDGET as u64 == DEFAULT_BUDGET);

/// Absent layer: no service control policies.
pub const IAMLET_ABSENT_SCP: u32 = 1;
/// Absent layer: no resource control policies.
pub const IAMLET_ABSENT_RCP: u32 = 2;
/// Absent layers: no organization, so neither SCPs nor RCPs.
pub const IAMLET_ABSENT_ORGANIZATION: u32 = 3;
/// Absent layer: the resource has no policy.
pub const IAMLET_ABSENT_RESOURCE: u32 = 4;
/// Absent layer: no identity-based policy.
pub const IAMLET_ABSENT_IDENTITY: u32 = 8;
/// Absent layer: no permissions boundary.
pub const IAMLET_ABSENT_BOUNDARY: u32 = 16;
/// Absent layer: no session policy.
pub const IAMLET_ABSENT_SESSION: u32 = 32;
/// Absent layer: no VPC endpoint on the way.
pub const IAMLET_ABSENT_ENDPOINT: u32 = 64;
/// Absent layers: all of them, from which those that exist are taken. All that one
/// set does not have is IAMLET_ABSENT_ALL & ~layers, with `layers` of its
/// iamlet_set_info.
pub const IAMLET_ABSENT_ALL: u32 = 127;

/// Flag of iamlet_request: the VPC endpoint on the way is a gateway endpoint, as
/// S3 and DynamoDB have. In its policy an account stands for its root user only.
pub const IAMLET_GATEWAY_ENDPOINT: u32 = 1;
/// Flag of iamlet_request: derive aws:ResourceAccount from the resource's owner.
pub const IAMLET_DERIVE_RESOURCE_ACCOUNT: u32 = 2;
/// Flag of iamlet_request: `clock` is the time.
pub const IAMLET_HAS_CLOCK: u32 = 4;

const _: () = {
    assert!(IAMLET_ABSENT_SCP == Layers::SCP.bits() as u32 && IAMLET_ABSENT_RCP == Layers::RCP.bits() as u32);
    assert!(IAMLET_ABSENT_ORGANIZATION == Layers::ORGANIZATION.bits() as u32);
    assert!(IAMLET_ABSENT_RESOURCE == Layers::RESOURCE.bits() as u32);
    assert!(IAMLET_ABSENT_IDENTITY == Layers::IDENTITY.bits() as u32);
    assert!(IAMLET_ABSENT_BOUNDARY == Layers::BOUNDARY.bits() as u32);
    assert!(IAMLET_ABSENT_SESSION == Layers::SESSION.bits() as u32);
    assert!(IAMLET_ABSENT_ENDPOINT == Layers::ENDPOINT.bits() as u32);
    assert!(IAMLET_ABSENT_ALL == Layers::ALL.bits() as u32);
};

/// A request. Set it to zero first, then `struct_size`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_request {
    /// sizeof(iamlet_request).
    pub struct_size: usize,
    /// Who makes the request.
    pub principal: iamlet_principal,
    /// The action, "s3:GetObject" for one, without wildcards.
    pub action: iamlet_text,
    /// The resource; NULL where each item has its own.
    pub resource: *const iamlet_resource,
    /// An iamlet_resource_kind; 0, IAMLET_RESOURCE_DERIVED, is right for all but
    /// those who want a kind to be held against the request.
    pub resource_kind: u32,
    /// The layers that do not exist: IAMLET_ABSENT_... together. A layer that
    /// applies to the principal (iamlet_layer says which do) and is neither in a
    /// set nor declared absent is an error, and so is one that is both: a policy
    /// that was forgotten must not open anything. Layers that do not apply may be
    /// declared or not.
    pub absent: u32,
    /// IAMLET_GATEWAY_ENDPOINT, IAMLET_DERIVE_RESOURCE_ACCOUNT, IAMLET_HAS_CLOCK.
    pub flags: u32,
    /// 0.
    pub reserved: u32,
    /// With IAMLET_HAS_CLOCK: the time in seconds since 1970, for aws:CurrentTime
    /// and aws:EpochTime.
    pub clock: i64,
    /// The steps that one decision may take; 0 for IAMLET_DEFAULT_BUDGET. A decision
    /// that needs more is denied, with IAMLET_BUDGET_EXHAUSTED: set more here. A step
    /// is at most 64 instructions, so a million are some 20 ms of one processor at
    /// worst. A statement is 5 to 15 steps, wildcards take the bytes that they are
    /// compared with. docs/limits.md has the table.
    pub budget: u64,
    /// The context. The library derives aws:PrincipalArn, aws:PrincipalAccount,
    /// aws:PrincipalType, aws:userid (of users and roles from `unique_id`),
    /// aws:username, aws:PrincipalIsAWSService and aws:PrincipalServiceName from the
    /// principal; all other keys are yours, and leaving one out has a meaning. These are
    /// unknown where nobody gives them, and every test on them is left open:
    /// aws:CurrentTime and aws:EpochTime without a clock, aws:userid without
    /// `unique_id`, aws:PrincipalAccount and aws:PrincipalType of services and
    /// providers. Any other key that nobody gives is absent, aws:SecureTransport
    /// too, and a Deny that tests it may not deny.
    pub context: *const iamlet_context_entry,
    /// How many entries.
    pub context_count: usize,
}

/// One item of a batch or of a multi-resource request. Set it to zero first, then
/// `struct_size`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_request_item {
    /// sizeof(iamlet_request_item).
    pub struct_size: usize,
    /// Its resource.
    pub resource: iamlet_resource,
    /// Its own context: a key of it replaces the same key of the request, and a key
    /// without values takes the request's away.
    pub context: *const iamlet_context_entry,
    /// How many entries.
    pub context_count: usize,
    /// The layers that do not exist for this resource, beside those that the
    /// request declares: IAMLET_ABSENT_RESOURCE for a bucket without a policy,
    /// where another bucket of the same request has one.
    pub absent: u32,
    /// 0.
    pub reserved: u32,
}

/// The layers that are declared absent.
pub(super) fn read_absent(absent: u32) -> Checked<Layers> {
    Layers::from_bits(absent).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)
}

/// The resource behind a pointer that may be null.
///
/// # Safety
/// It and its texts must be readable for `'a`.
#[inline]
pub(super) unsafe fn read_given_resource<'a, const N: usize>(
    resource: *const iamlet_resource,
    outputs: &Outputs<N>,
) -> Checked<Option<Resource<'a>>> {
    if resource.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise is ours.
    let resource = unsafe { outputs.value(resource)? };
    // SAFETY: as above.
    Ok(Some(unsafe { read_resource(resource, outputs)? }))
}

/// Reads a request, and hands it to `use_request`.
///
/// # Safety
/// The request and all that it points to must be readable.
unsafe fn with_request<T, const N: usize>(
    request: *const iamlet_request,
    outputs: &Outputs<N>,
    use_request: impl FnOnce(&RequestInput<'_, Entries<'_>>) -> T,
) -> Checked<T> {
    // SAFETY: the caller's promise is ours, here and in what follows.
    let given = unsafe { outputs.value(request)? };
    if given.struct_size != size_of::<iamlet_request>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    let known_flags = IAMLET_GATEWAY_ENDPOINT | IAMLET_DERIVE_RESOURCE_ACCOUNT | IAMLET_HAS_CLOCK;
    if given.flags & !known_flags != 0 || given.reserved != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    let input = RequestInput {
        // SAFETY: as above.
        principal: unsafe { read_principal(&given.principal, outputs)? },
        // SAFETY: as above.
        action: unsafe { outputs.text(given.action)? },
        // SAFETY: as above.
        resource: unsafe { read_given_resource(given.resource, outputs)? },
        resource_kind: derived_or(given.resource_kind, ResourceKind::from_number)?,
        absent: read_absent(given.absent)?,
        gateway_endpoint: given.flags & IAMLET_GATEWAY_ENDPOINT != 0,
        derive_resource_account: given.flags & IAMLET_DERIVE_RESOURCE_ACCOUNT != 0,
        clock: Some(given.clock).filter(|_| given.flags & IAMLET_HAS_CLOCK != 0),
        budget: given.budget,
        // SAFETY: as above.
        context: &unsafe { Entries::read(given.context, given.context_count, outputs)? },
    };
    Ok(use_request(&input))
}

/// As [`with_request`], for an item.
///
/// # Safety
/// As [`with_request`].
unsafe fn with_item<T, const N: usize>(
    item: *const iamlet_request_item,
    outputs: &Outputs<N>,
    use_item: impl FnOnce(&ItemInput<'_, Entries<'_>>) -> T,
) -> Checked<T> {
    // SAFETY: the caller's promise is ours, here and in what follows.
    let given = unsafe { outputs.value(item)? };
    if given.struct_size != size_of::<iamlet_request_item>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    if given.reserved != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    let input = ItemInput {
        // SAFETY: as above.
        resource: unsafe { read_resource(&given.resource, outputs)? },
        // SAFETY: as above.
        context: &unsafe { Entries::read(given.context, given.context_count, outputs)? },
        absent: read_absent(given.absent)?,
    };
    Ok(use_item(&input))
}

/// Tells how many bytes a prepared request takes at most. It checks pointers,
/// lengths, flags and numbers; whether the request is malformed shows when it is
/// prepared.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_size(
    request: *const iamlet_request,
    size: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe { put_size_of(size, |outputs| with_request(request, outputs, |input| Ok(input.size()?))?) }
}

/// After IAMLET_NOT_UTF8 or IAMLET_REQUEST_TOO_LARGE: the member with such a text,
/// "principal.role_arn" or "context" for example; else empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_member(request: *const iamlet_request) -> iamlet_text {
    // SAFETY: the caller promises that inputs are readable.
    member_text(unsafe { with_request(request, &Outputs::NONE, |input| input.wrong_member()) })
}

/// Prepares a request: everything that does not depend on a policy is worked out
/// once.
///
/// Everything is copied: neither the request nor what it points to needs to live
/// on. The prepared request serves any number of decisions over any sets, from
/// any number of threads, for this build of the library. It has no alignment and
/// no pointers. There is nothing to free.
///
/// @param request    the request.
/// @param memory     where the prepared request goes. Must not overlap the request
///                   or anything that it points to.
/// @param memory_len its bytes; iamlet_request_size tells how many are enough.
/// @param used       the bytes that were written, after IAMLET_OK; after
///                   IAMLET_BUFFER_TOO_SMALL those that are enough; else 0.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL; for a malformed request, which is to
///         be denied, IAMLET_MALFORMED_ACTION, IAMLET_MALFORMED_PRINCIPAL,
///         IAMLET_MALFORMED_RESOURCE_ACCOUNT, IAMLET_CONTRADICTED_KEY,
///         IAMLET_MALFORMED_CONTEXT_KEY, IAMLET_NOT_UTF8,
///         IAMLET_REQUEST_TOO_LARGE, IAMLET_BAD_CLOCK, IAMLET_UNKNOWN_VALUE,
///         IAMLET_MALFORMED_RESOURCE, IAMLET_ROLE_AS_PRINCIPAL; IAMLET_CONTRADICTED_...
///         where two members contradict each other, which it names; or what is
///         wrong with the call. After any error the memory holds no
///         request, and decisions refuse it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_prepare(
    request: *const iamlet_request,
    memory: *mut c_void,
    memory_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        let write = |outputs: &Outputs<2>, out: &mut [u8]| {
            with_request(request, outputs, |input| prepare_request(input, out))
        };
        prepare(memory, memory_len, used, write, |first| with_request(request, first, |_| ()))
    }
}

/// Tells how many bytes a prepared item takes at most. It checks what
/// iamlet_request_size checks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_item_size(
    item: *const iamlet_request_item,
    size: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe { put_size_of(size, |outputs| with_item(item, outputs, |input| Ok(input.size()?))?) }
}

/// Prepares an item of a request: a resource of its own, and the context keys
/// that go with it.
///
/// The rules are those of iamlet_request_prepare. One malformed item makes the
/// whole multi-resource request malformed: deny it.
///
/// @param request     the prepared request that the item belongs to.
/// @param request_len its bytes.
/// @param item        the item.
/// @param memory      where the prepared item goes.
/// @param memory_len  its bytes; iamlet_item_size tells how many are enough.
/// @param used        as in iamlet_request_prepare.
/// @return as iamlet_request_prepare, and IAMLET_NOT_A_REQUEST.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_item_prepare(
    request: *const c_void,
    request_len: usize,
    item: *const iamlet_request_item,
    memory: *mut c_void,
    memory_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        let write = |outputs: &Outputs<2>, out: &mut [u8]| {
            let base = read_request(request, request_len, outputs)?;
            with_item(item, outputs, |input| prepare_item(&base, input, out))
        };
        let read = |first: &Outputs<1>| {
            first.apart(request.cast::<u8>(), request_len)?;
            with_item(item, first, |_| ())
        };
        prepare(memory, memory_len, used, write, read)
    }
}

/// The name of a context key that a decision needs, in lower case. It lies in the request's own bytes.
///
/// @param request     the prepared request of the decision.
/// @param request_len its bytes.
/// @param needs       `needs` of the decision.
/// @param number      which of them, from 0.
/// @param name        the name; empty after an error.
/// @return IAMLET_OK; IAMLET_UNKNOWN_VALUE after the last; or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_needed_key(
    request: *const c_void,
    request_len: usize,
    needs: u64,
    number: u32,
    name: *mut iamlet_text,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(name, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let request = unsafe { read_request(request, request_len, &outputs)? };
            let key = request.needed_keys(needs).nth(number as usize);
            key.map(iamlet_text::from_text).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(name, found, iamlet_text::EMPTY) }
    })
}

/// The prepared request behind a pointer.
///
/// # Safety
/// Its bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn read_request<'a, const N: usize>(
    request: *const c_void,
    len: usize,
    outputs: &Outputs<N>,
) -> Checked<Request<'a>> {
    // SAFETY: the caller's promise is ours.
    let bytes = unsafe { outputs.slice(request.cast::<u8>(), len)? };
    Ok(Request::open(bytes)?)
}

/// As iamlet_request_member, for an item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_item_member(item: *const iamlet_request_item) -> iamlet_text {
    // SAFETY: the caller promises that inputs are readable.
    member_text(unsafe { with_item(item, &Outputs::NONE, |input| input.wrong_member()) })
}

/// The name of a member, or no text.
pub(super) fn member_text(member: Checked<Option<Member>>) -> iamlet_text {
    let number = member.ok().flatten().map_or(u32::MAX, |member| member as u32);
    text_of!(number, Member::ALL, |member| (member as u32, member.name()))
}
