//! Requests.

use core::ffi::{c_char, c_void};

use super::args::{self, Checked, Range, range, status_of};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::evaluate::context::{Context, ContextKey};
use crate::evaluate::prepare::{self, ItemInput, PrepareError, Principal, RequestInput, Resource};
use crate::evaluate::request::{AbsentLayers, PrincipalType, Request, ResourceKind};
use crate::image::known_key::KnownKey;

/// The type of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_principal_type {
    /// An IAM user: `arn`.
    IAMLET_PRINCIPAL_USER = 1,
    /// A session of a role: `arn`, and `role_arn`, whose path the session's ARN
    /// does not have.
    IAMLET_PRINCIPAL_ROLE_SESSION = 2,
    /// A session that GetFederationToken made for a user: `arn`, and `user_arn`
    /// if it is known.
    IAMLET_PRINCIPAL_FEDERATED_USER = 3,
    /// The root user of an account: `arn`.
    IAMLET_PRINCIPAL_ROOT = 4,
    /// An AWS service that calls directly: `service`.
    IAMLET_PRINCIPAL_SERVICE = 5,
    /// A SAML identity, while it assumes a role: `provider`.
    IAMLET_PRINCIPAL_SAML = 6,
    /// An OIDC identity, while it assumes a role: `provider`.
    IAMLET_PRINCIPAL_OIDC = 7,
    /// Nobody: an unsigned request.
    IAMLET_PRINCIPAL_ANONYMOUS = 8,
}

/// What kind of thing the resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_resource_kind {
    /// Any resource but the two below.
    IAMLET_RESOURCE_ORDINARY = 1,
    /// A KMS key: an identity-based policy alone never suffices.
    IAMLET_RESOURCE_KMS_KEY = 2,
    /// A role that is to be assumed: the same.
    IAMLET_RESOURCE_ROLE = 3,
}

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

/// Flag of iamlet_request: the VPC endpoint on the way is a gateway endpoint, as
/// S3 and DynamoDB have. In its policy an account stands for its root user only.
pub const IAMLET_GATEWAY_ENDPOINT: u32 = 1;
/// Flag of iamlet_request: derive aws:ResourceAccount from the resource's owner.
pub const IAMLET_DERIVE_RESOURCE_ACCOUNT: u32 = 2;
/// Flag of iamlet_request: `clock` is the time.
pub const IAMLET_HAS_CLOCK: u32 = 4;

/// Flag of iamlet_principal: the account is the organization's management
/// account, to which no SCP applies.
pub const IAMLET_MANAGEMENT_ACCOUNT: u32 = 1;
/// Flag of iamlet_principal: the role is service-linked; neither SCPs nor RCPs
/// apply.
pub const IAMLET_SERVICE_LINKED_ROLE: u32 = 2;

const _: () = {
    assert!(IAMLET_ABSENT_SCP == AbsentLayers::SCP.0 && IAMLET_ABSENT_RCP == AbsentLayers::RCP.0);
    assert!(IAMLET_ABSENT_ORGANIZATION == AbsentLayers::ORGANIZATION.0);
    assert!(IAMLET_ABSENT_RESOURCE == AbsentLayers::RESOURCE.0);
    assert!(IAMLET_ABSENT_IDENTITY == AbsentLayers::IDENTITY.0);
    assert!(IAMLET_ABSENT_BOUNDARY == AbsentLayers::BOUNDARY.0);
    assert!(IAMLET_ABSENT_SESSION == AbsentLayers::SESSION.0);
    assert!(IAMLET_ABSENT_ENDPOINT == AbsentLayers::ENDPOINT.0);
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_USER as u32 == PrincipalType::User as u32);
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_ROLE_SESSION as u32 == PrincipalType::RoleSession as u32);
    assert!(
        iamlet_principal_type::IAMLET_PRINCIPAL_FEDERATED_USER as u32 == PrincipalType::FederatedUser as u32
    );
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_ROOT as u32 == PrincipalType::Root as u32);
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_SERVICE as u32 == PrincipalType::Service as u32);
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_SAML as u32 == PrincipalType::Saml as u32);
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_OIDC as u32 == PrincipalType::Oidc as u32);
    assert!(iamlet_principal_type::IAMLET_PRINCIPAL_ANONYMOUS as u32 == PrincipalType::Anonymous as u32);
    assert!(iamlet_resource_kind::IAMLET_RESOURCE_ORDINARY as u32 == ResourceKind::Ordinary as u32);
    assert!(iamlet_resource_kind::IAMLET_RESOURCE_KMS_KEY as u32 == ResourceKind::KmsKey as u32);
    assert!(iamlet_resource_kind::IAMLET_RESOURCE_ROLE as u32 == ResourceKind::Role as u32);
};

/// A context key: a name, which may be written in any case, and its hash.
///
/// With `prepared` 0 the library hashes the name each time. For a name that you
/// use again and again, call iamlet_key_prepare once and keep the result, as long
/// as the name stays where it is, for this build of the library. A prepared key is
/// trusted: with a hash of another name, policies do not find it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_key {
    /// The name, "aws:SourceIp" for one.
    pub name: iamlet_text,
    /// 1 after iamlet_key_prepare.
    pub prepared: u32,
    /// The hash.
    pub hash: u32,
    /// The number among keys that the library knows.
    pub known: u32,
    /// 0.
    pub reserved: u32,
}

/// Hashes the name of a context key.
///
/// @param name the name; it must stay where it is as long as `key` is used.
/// @param key  the prepared key.
/// @return IAMLET_OK, IAMLET_MALFORMED_CONTEXT_KEY for an empty name, or what is
///         wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_key_prepare(name: iamlet_text, key: *mut iamlet_key) -> iamlet_status {
    status_of((|| {
        let empty = iamlet_key { name: iamlet_text::EMPTY, prepared: 0, hash: 0, known: 0, reserved: 0 };
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(key, empty)? };
        text_apart(name, range(key, 1)?)?;
        // SAFETY: the caller promises that inputs are readable.
        let text = unsafe { args::text(name)? };
        if text.is_empty() {
            return Err(iamlet_status::IAMLET_MALFORMED_CONTEXT_KEY);
        }
        let (hash, known) = ContextKey::new(text).numbers();
        // SAFETY: `key` was written above.
        unsafe {
            args::put(key, iamlet_key { name, prepared: 1, hash, known: u32::from(known), reserved: 0 })
        }
    })())
}

/// A context key of a request with its values.
///
/// The same key in several entries, in any case, is one key with all the values.
/// A key without values is absent; in an item it leaves the request's key as it is.
/// Declared multivalued once, in a request or an item, a key is so for both.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_context_entry {
    /// The key.
    pub key: iamlet_key,
    /// Its values, UTF-8.
    pub values: *const iamlet_text,
    /// How many.
    pub value_count: usize,
    /// 1 to declare the key multivalued: then even one value needs a set
    /// qualifier (ForAllValues, ForAnyValue) to be tested.
    pub multivalued: u32,
    /// 0.
    pub reserved: u32,
}

/// Who makes a request. Leave the texts that do not belong to the type empty.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_principal {
    /// An iamlet_principal_type, which says what texts it needs.
    pub r#type: u32,
    /// IAMLET_MANAGEMENT_ACCOUNT, IAMLET_SERVICE_LINKED_ROLE.
    pub flags: u32,
    /// The ARN of the user, session or root user.
    pub arn: iamlet_text,
    /// The ARN of the role.
    pub role_arn: iamlet_text,
    /// The ARN of the user whose session it is.
    pub user_arn: iamlet_text,
    /// The service principal, "logs.amazonaws.com" for one.
    pub service: iamlet_text,
    /// The identity provider: its ARN, or a name that IAM knows.
    pub provider: iamlet_text,
    /// The canonical user id of the account, if it is known.
    pub canonical_user: iamlet_text,
    /// The unique id of the user or role (AIDA..., AROA...), if it is known.
    pub unique_id: iamlet_text,
}

/// One resource, and whose it is.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_resource {
    /// The ARN; "*" for actions without resource-level permissions.
    pub arn: iamlet_text,
    /// The 12-digit account that owns it. Required where the ARN names none, as
    /// in S3, and with "*": there the account in which the action takes effect.
    /// Where the ARN names one, this must be the same or empty.
    pub account: iamlet_text,
    /// 1 where it belongs to the organization's management account: no RCP
    /// applies.
    pub in_management_account: u32,
    /// 0.
    pub reserved: u32,
}

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
    /// An iamlet_resource_kind.
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
    /// The steps that one decision may take; 0 for the default, 2^31, which
    /// suffices for any sets of the documented size. A step is a statement, a
    /// condition, or some 16 bytes compared.
    pub budget: u64,
    /// The context. The library derives aws:PrincipalArn, aws:PrincipalAccount,
    /// aws:PrincipalType, aws:userid (but of users and roles), aws:username,
    /// aws:PrincipalIsAWSService and aws:PrincipalServiceName from the principal;
    /// all other keys are yours, and leaving one out has a meaning.
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
    /// Its own context: a key of it replaces the same key of the request.
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

/// The context entries of a call, whose pointers were all checked.
struct Entries<'a> {
    list: &'a [iamlet_context_entry],
}

impl<'a> Entries<'a> {
    /// # Safety
    /// Entries, names and values must be readable for `'a`.
    unsafe fn read(entries: *const iamlet_context_entry, count: usize, memory: Range) -> Checked<Self> {
        memory.apart(&[range(entries, count)?])?;
        // SAFETY: the caller's promise is ours.
        let list = unsafe { args::slice(entries, count)? };
        for entry in list {
            let key = &entry.key;
            let known = usize::try_from(key.known).is_ok_and(|known| known < KnownKey::TABLE);
            if key.prepared > 1 || !known || key.reserved != 0 || entry.multivalued > 1 || entry.reserved != 0
            {
                return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
            }
            text_apart(entry.key.name, memory)?;
            memory.apart(&[range(entry.values, entry.value_count)?])?;
            // SAFETY: as above.
            for value in unsafe { args::slice(entry.values, entry.value_count)? } {
                text_apart(*value, memory)?;
            }
        }
        Ok(Self { list })
    }
}

/// A text must lie apart from the memory that the call writes to.
fn text_apart(text: iamlet_text, memory: Range) -> Checked<()> {
    memory.apart(&[range(text.data, text.len)?])
}

impl Context for Entries<'_> {
    fn len(&self) -> usize {
        self.list.len()
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        let Some(entry) = self.list.get(entry) else { return ContextKey::new(&[]) };
        // SAFETY: readable by the promise of `Entries::read`, which also checked it.
        let name = unsafe { args::text(entry.key.name) }.unwrap_or_default();
        match (entry.key.prepared, u8::try_from(entry.key.known)) {
            (1, Ok(known)) => ContextKey::from_numbers(name, entry.key.hash, known),
            _ => ContextKey::new(name),
        }
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.list.get(entry).is_some_and(|entry| entry.multivalued != 0)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.list.get(entry).map_or(0, |entry| entry.value_count)
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        let Some(entry) = self.list.get(entry) else { return &[] };
        // SAFETY: readable by the promise of `Entries::read`, which also checked it.
        let values = unsafe { args::slice(entry.values, entry.value_count) }.unwrap_or_default();
        // SAFETY: as above.
        values.get(value).and_then(|text| unsafe { args::text(*text) }.ok()).unwrap_or_default()
    }
}

/// # Safety
/// The texts must be readable for `'a`.
unsafe fn read_principal<'a>(principal: &iamlet_principal, memory: Range) -> Checked<Principal<'a>> {
    let texts = [
        principal.arn,
        principal.role_arn,
        principal.user_arn,
        principal.service,
        principal.provider,
        principal.canonical_user,
        principal.unique_id,
    ];
    for text in texts {
        text_apart(text, memory)?;
    }
    if principal.flags & !(IAMLET_MANAGEMENT_ACCOUNT | IAMLET_SERVICE_LINKED_ROLE) != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    let kind = PrincipalType::from_number(principal.r#type).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?;
    // SAFETY: the caller's promise is ours, for each of the texts.
    unsafe {
        Ok(Principal {
            kind,
            arn: args::text(principal.arn)?,
            role_arn: args::text(principal.role_arn)?,
            user_arn: args::text(principal.user_arn)?,
            service: args::text(principal.service)?,
            provider: args::text(principal.provider)?,
            canonical_user: args::text(principal.canonical_user)?,
            unique_id: args::text(principal.unique_id)?,
            management_account: principal.flags & IAMLET_MANAGEMENT_ACCOUNT != 0,
            service_linked_role: principal.flags & IAMLET_SERVICE_LINKED_ROLE != 0,
        })
    }
}

/// # Safety
/// The texts must be readable for `'a`.
unsafe fn read_resource<'a>(resource: &iamlet_resource, memory: Range) -> Checked<Resource<'a>> {
    text_apart(resource.arn, memory)?;
    text_apart(resource.account, memory)?;
    if resource.in_management_account > 1 || resource.reserved != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    Ok(Resource {
        // SAFETY: the caller's promise is ours.
        arn: unsafe { args::text(resource.arn)? },
        // SAFETY: as above.
        account: unsafe { args::text(resource.account)? },
        in_management_account: resource.in_management_account != 0,
    })
}

/// Reads a request, and hands it to `use_request`.
///
/// # Safety
/// The request and all that it points to must be readable, and apart from `memory` where that is written.
unsafe fn with_request<T>(
    request: *const iamlet_request,
    memory: Range,
    use_request: impl FnOnce(&RequestInput<'_, Entries<'_>>) -> Checked<T>,
) -> Checked<T> {
    memory.apart(&[range(request, 1)?])?;
    // SAFETY: the caller's promise is ours, here and in what follows.
    let given = unsafe { args::value(request)? };
    if given.struct_size != size_of::<iamlet_request>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    let known_flags = IAMLET_GATEWAY_ENDPOINT | IAMLET_DERIVE_RESOURCE_ACCOUNT | IAMLET_HAS_CLOCK;
    if given.flags & !known_flags != 0 || given.reserved != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    text_apart(given.action, memory)?;
    let resource = if given.resource.is_null() {
        None
    } else {
        memory.apart(&[range(given.resource, 1)?])?;
        // SAFETY: as above.
        Some(unsafe { read_resource(args::value(given.resource)?, memory)? })
    };
    let input = RequestInput {
        // SAFETY: as above.
        principal: unsafe { read_principal(&given.principal, memory)? },
        // SAFETY: as above.
        action: unsafe { args::text(given.action)? },
        resource,
        resource_kind: ResourceKind::from_number(given.resource_kind)
            .ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE)?,
        absent: AbsentLayers(given.absent),
        gateway_endpoint: given.flags & IAMLET_GATEWAY_ENDPOINT != 0,
        derive_resource_account: given.flags & IAMLET_DERIVE_RESOURCE_ACCOUNT != 0,
        clock: Some(given.clock).filter(|_| given.flags & IAMLET_HAS_CLOCK != 0),
        budget: given.budget,
        // SAFETY: as above.
        context: &unsafe { Entries::read(given.context, given.context_count, memory)? },
    };
    use_request(&input)
}

/// As [`with_request`], for an item.
///
/// # Safety
/// As [`with_request`].
unsafe fn with_item<T>(
    item: *const iamlet_request_item,
    memory: Range,
    use_item: impl FnOnce(&ItemInput<'_, Entries<'_>>) -> Checked<T>,
) -> Checked<T> {
    memory.apart(&[range(item, 1)?])?;
    // SAFETY: the caller's promise is ours, here and in what follows.
    let given = unsafe { args::value(item)? };
    if given.struct_size != size_of::<iamlet_request_item>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    if given.reserved != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    let input = ItemInput {
        // SAFETY: as above.
        resource: unsafe { read_resource(&given.resource, memory)? },
        // SAFETY: as above.
        context: &unsafe { Entries::read(given.context, given.context_count, memory)? },
        absent: AbsentLayers(given.absent),
    };
    use_item(&input)
}

const NOWHERE: Range = Range::EMPTY;

/// The outcome of a preparation: the size that was used or is needed goes to `used`.
///
/// # Safety
/// `used` must be writable.
unsafe fn prepared(result: Result<usize, PrepareError>, used: *mut usize) -> Checked<()> {
    match result {
        // SAFETY: the caller's promise is ours.
        Ok(size) => unsafe { args::put(used, size) },
        Err(PrepareError::TooSmall(size)) => {
            // SAFETY: as above.
            unsafe { args::put(used, size)? };
            Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL)
        }
        Err(PrepareError::Malformed(error)) => Err(error.into()),
    }
}

/// Tells how many bytes a prepared request takes at most. It checks pointers,
/// lengths, flags and numbers; whether the request is malformed shows when it is
/// prepared.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_size(
    request: *const iamlet_request,
    size: *mut usize,
) -> iamlet_status {
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(size, 0)? };
        // SAFETY: the caller promises that inputs are readable; nothing is written.
        let bytes = unsafe { with_request(request, NOWHERE, |input| Ok(prepare::request_size(input)?))? };
        // SAFETY: `size` was written above.
        unsafe { args::put(size, bytes) }
    })())
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
///         IAMLET_REQUEST_TOO_LARGE, IAMLET_BAD_CLOCK, IAMLET_UNKNOWN_VALUE; or
///         what is wrong with the call. After any error the memory holds no
///         request, and decisions refuse it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_prepare(
    request: *const iamlet_request,
    memory: *mut c_void,
    memory_len: usize,
    used: *mut usize,
) -> iamlet_status {
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(used, 0)? };
        let memory = memory.cast::<u8>();
        let output = range(memory, memory_len)?;
        output.apart(&[range(used, 1)?])?;
        // SAFETY: the caller promises that inputs are readable; `with_request` finds them apart from the memory.
        unsafe {
            with_request(request, output, |input| {
                prepared(prepare::request(input, args::slice_mut(memory, memory_len)?), used)
            })
        }
    })())
}

/// Tells how many bytes a prepared item takes at most. It checks what
/// iamlet_request_size checks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_item_size(
    item: *const iamlet_request_item,
    size: *mut usize,
) -> iamlet_status {
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(size, 0)? };
        // SAFETY: the caller promises that inputs are readable; nothing is written.
        let bytes = unsafe { with_item(item, NOWHERE, |input| Ok(prepare::item_size(input)?))? };
        // SAFETY: `size` was written above.
        unsafe { args::put(size, bytes) }
    })())
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
    status_of((|| {
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put(used, 0)? };
        let memory = memory.cast::<u8>();
        let output = range(memory, memory_len)?;
        output.apart(&[range(used, 1)?, range(request.cast::<u8>(), request_len)?])?;
        // SAFETY: the caller promises that inputs are readable.
        let base = unsafe { read_request(request, request_len)? };
        // SAFETY: as above; `with_item` finds them apart from the memory.
        unsafe {
            with_item(item, output, |input| {
                prepared(prepare::item(&base, input, args::slice_mut(memory, memory_len)?), used)
            })
        }
    })())
}

/// The prepared request behind a pointer.
///
/// # Safety
/// Its bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn read_request<'a>(request: *const c_void, len: usize) -> Checked<Request<'a>> {
    // SAFETY: the caller's promise is ours.
    let bytes = unsafe { args::slice(request.cast::<u8>(), len)? };
    Request::open(bytes).ok_or(iamlet_status::IAMLET_NOT_A_REQUEST)
}

/// The type of principal that an ARN tells: of a user, an assumed-role session, a
/// federated user or a root user. 0 for any other text, a role's ARN among them,
/// for roles make no requests: their sessions do. As the type of a request, 0 is
/// refused as IAMLET_UNKNOWN_VALUE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_principal_type_of_arn(arn: *const c_char, len: usize) -> u32 {
    // SAFETY: the caller promises that inputs are readable.
    let Ok(arn) = (unsafe { args::slice(arn.cast::<u8>(), len) }) else { return 0 };
    PrincipalType::of_arn(arn).map_or(0, |kind| kind as u32)
}
