//! The numbers of the policy language: faults, kinds, layers, effects, reasons, and their texts.

use super::args;
use super::text::{iamlet_text, text_of};
use crate::evaluate::decision::{Effect, Reason};
use crate::ground::error::{Fault, Missing, Pool};
use crate::image::kind::PolicyKind;
use crate::image::layer::Layer;

/// Why a policy document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_fault {
    /// The engine's own capacity is exceeded; `pool` of the error names it. Larger
    /// scratch memory helps but for the first three pools.
    IAMLET_FAULT_CAPACITY = 1,
    /// The document exceeds AWS's upload limit for its kind.
    IAMLET_FAULT_TOO_LARGE = 2,
    /// Invalid UTF-8, or a byte order mark.
    IAMLET_FAULT_ENCODING = 3,
    /// Not strict JSON (RFC 8259).
    IAMLET_FAULT_JSON_SYNTAX = 4,
    /// Something follows the document.
    IAMLET_FAULT_JSON_TRAILING = 5,
    /// The same member twice in one object.
    IAMLET_FAULT_JSON_DUPLICATE_KEY = 6,
    /// Arrays and objects nested deeper than 8.
    IAMLET_FAULT_JSON_DEPTH = 7,
    /// A character that IAM's API refuses.
    IAMLET_FAULT_BAD_CHARACTER = 8,
    /// A JSON value of the wrong type.
    IAMLET_FAULT_WRONG_TYPE = 9,
    /// A member that the policy grammar does not have.
    IAMLET_FAULT_UNKNOWN_ELEMENT = 10,
    /// A required element is missing; `missing` of the error names it.
    IAMLET_FAULT_MISSING_ELEMENT = 11,
    /// An element that this kind of policy must not have.
    IAMLET_FAULT_FORBIDDEN_ELEMENT = 12,
    /// An element beside its `Not` form.
    IAMLET_FAULT_EXCLUSIVE_ELEMENTS = 13,
    /// Elements that must not stand together.
    IAMLET_FAULT_FORBIDDEN_COMBINATION = 14,
    /// An empty array or object.
    IAMLET_FAULT_EMPTY = 15,
    /// A `Version` that this kind of policy does not take.
    IAMLET_FAULT_BAD_VERSION = 16,
    /// An `Effect` that this kind of policy does not take.
    IAMLET_FAULT_BAD_EFFECT = 17,
    /// A `Sid` with characters that this kind does not take.
    IAMLET_FAULT_BAD_SID = 18,
    /// Two statements with one `Sid`.
    IAMLET_FAULT_DUP_SID = 19,
    /// An action that this kind of policy does not take.
    IAMLET_FAULT_BAD_ACTION = 20,
    /// A resource that this kind of policy does not take.
    IAMLET_FAULT_BAD_RESOURCE = 21,
    /// A principal that this kind of policy does not take.
    IAMLET_FAULT_BAD_PRINCIPAL = 22,
    /// No such condition operator.
    IAMLET_FAULT_BAD_OPERATOR = 23,
    /// A context key that cannot be one.
    IAMLET_FAULT_BAD_CONDITION_KEY = 24,
    /// One operator has the key twice, in two spellings.
    IAMLET_FAULT_DUP_CONDITION_KEY = 25,
    /// A value that the operator cannot take.
    IAMLET_FAULT_BAD_CONDITION_VALUE = 26,
    /// A policy variable that is malformed or out of place.
    IAMLET_FAULT_BAD_VARIABLE = 27,
}

/// The code of a fault, "JSON_SYNTAX" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_fault_code(fault: u32) -> iamlet_text {
    text_of!(fault, Fault::ALL, |fault| (fault as u32, fault.code()))
}

/// What a fault means, in a sentence's half; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_fault_text(fault: u32) -> iamlet_text {
    text_of!(fault, Fault::ALL, |fault| (fault as u32, fault.message()))
}

pub(super) fn fault_of(number: u32) -> Option<Fault> {
    Fault::ALL.into_iter().find(|fault| *fault as u32 == number)
}

/// The capacity that a document exceeds. The first three are fixed; the others
/// grow with the scratch memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_pool {
    /// Bytes of the document.
    IAMLET_POOL_DOCUMENT = 1,
    /// Bytes of one string.
    IAMLET_POOL_STRING = 2,
    /// Members of one list.
    IAMLET_POOL_LIST = 3,
    /// Statements.
    IAMLET_POOL_STATEMENTS = 4,
    /// Conditions: a key of an operator each.
    IAMLET_POOL_CONDITIONS = 5,
    /// Patterns and values.
    IAMLET_POOL_PATTERNS = 6,
    /// Distinct context keys.
    IAMLET_POOL_KEYS = 7,
    /// Distinct policy variables.
    IAMLET_POOL_VARIABLES = 8,
    /// Bytes of distinct text.
    IAMLET_POOL_TEXT = 9,
}

/// The name of a pool, "text" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_pool_text(pool: u32) -> iamlet_text {
    text_of!(pool, Pool::ALL, |pool| (pool as u32, pool.name()))
}

pub(super) fn pool_of(number: u32) -> Option<Pool> {
    Pool::ALL.into_iter().find(|pool| *pool as u32 == number)
}

pub(super) fn missing_of(number: u32) -> Option<Missing> {
    Missing::ALL.into_iter().find(|missing| *missing as u32 == number)
}

/// The kind of a policy document: which elements it may have, and how its
/// names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_kind {
    /// A managed policy attached to a user, group or role.
    IAMLET_KIND_IDENTITY = 1,
    /// An inline policy of a user.
    IAMLET_KIND_INLINE_USER = 2,
    /// An inline policy of a group.
    IAMLET_KIND_INLINE_GROUP = 3,
    /// An inline policy of a role.
    IAMLET_KIND_INLINE_ROLE = 4,
    /// A permissions boundary.
    IAMLET_KIND_BOUNDARY = 5,
    /// A session policy.
    IAMLET_KIND_SESSION = 6,
    /// A resource-based policy, a bucket policy for one.
    IAMLET_KIND_RESOURCE = 7,
    /// A KMS key policy.
    IAMLET_KIND_KMS = 8,
    /// A role trust policy.
    IAMLET_KIND_TRUST = 9,
    /// A service control policy in the grammar before September 2025.
    IAMLET_KIND_SCP_CLASSIC = 10,
    /// A service control policy in the full IAM language.
    IAMLET_KIND_SCP_FULL = 11,
    /// A resource control policy.
    IAMLET_KIND_RCP = 12,
    /// A VPC endpoint policy.
    IAMLET_KIND_VPCE = 13,
}

/// The name of a kind, "scp_full" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_kind_text(kind: u32) -> iamlet_text {
    text_of!(kind, PolicyKind::ALL, |kind| (kind as u32, kind.name()))
}

/// The kind with this name, IAMLET_KIND_SCP_FULL for "scp_full"; 0 for a text that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_kind_from_text(name: iamlet_text) -> u32 {
    // SAFETY: the caller promises that inputs are readable.
    unsafe { read_name(name) }.and_then(|name| name.parse().ok()).map_or(0, |kind: PolicyKind| kind as u32)
}

/// The layer at which policies of a kind apply; 0 for a number that is no kind.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_layer_of_kind(kind: u32) -> u32 {
    let kind = PolicyKind::from_number(kind);
    kind.and_then(|kind| Layer::ALL.into_iter().find(|layer| layer.takes(kind)))
        .map_or(0, |layer| layer as u32)
}

/// A name that the caller gives; `None` where it cannot be read, and then it is none.
///
/// # Safety
/// The text must be readable for `'a`.
unsafe fn read_name<'a>(name: iamlet_text) -> Option<&'a str> {
    // SAFETY: the caller's promise is ours.
    let bytes = unsafe { args::slice(name.data.cast::<u8>(), name.len) };
    core::str::from_utf8(bytes.ok()?).ok()
}

/// The layer at which a policy applies, and the kinds of policies that it takes.
/// An explicit deny is reported for the first layer in this order that has one.
///
/// A decision has one policy at most at the layers RESOURCE, BOUNDARY and
/// ENDPOINT, over all of its sets together; the others unite any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_layer {
    /// Service control policies, by level: kinds SCP_CLASSIC and SCP_FULL. Applies
    /// to users, role sessions, federated users and root users.
    IAMLET_LAYER_SCP = 1,
    /// Resource control policies, by level: kind RCP. Applies to everyone.
    IAMLET_LAYER_RCP = 2,
    /// The policy of the resource: kind RESOURCE, KMS or TRUST, as `resource_kind`
    /// of the request says. Applies to everyone.
    IAMLET_LAYER_RESOURCE = 3,
    /// The policies of the user, its groups, or the role: kinds IDENTITY,
    /// INLINE_USER, INLINE_GROUP, INLINE_ROLE. Applies to users, role sessions and
    /// federated users, here and in the next two.
    IAMLET_LAYER_IDENTITY = 4,
    /// The permissions boundary: kind BOUNDARY.
    IAMLET_LAYER_BOUNDARY = 5,
    /// The session policies: kind SESSION.
    IAMLET_LAYER_SESSION = 6,
    /// The policy of the VPC endpoint: kind VPCE. Applies to everyone.
    IAMLET_LAYER_ENDPOINT = 7,
}

/// The name of a layer, "permissions boundary" for one; empty for a number that
/// is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_layer_text(layer: u32) -> iamlet_text {
    text_of!(layer, Layer::ALL, |layer| (layer as u32, layer.name()))
}

/// The name of a layer in a configuration, "scp" for one: its constant without IAMLET_LAYER_, in lower
/// case. Empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_layer_code(layer: u32) -> iamlet_text {
    text_of!(layer, Layer::ALL, |layer| (layer as u32, layer.code()))
}

/// The layer with this code, IAMLET_LAYER_SCP for "scp"; 0 for a text that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_layer_from_text(code: iamlet_text) -> u32 {
    // SAFETY: the caller promises that inputs are readable.
    unsafe { read_name(code) }.and_then(|code| code.parse().ok()).map_or(0, |layer: Layer| layer as u32)
}

/// What becomes of a request. Only IAMLET_ALLOW permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_effect {
    /// Nothing allows it, or no decision was computed.
    IAMLET_IMPLICIT_DENY = 0,
    /// A statement denies it.
    IAMLET_EXPLICIT_DENY = 1,
    /// It is allowed.
    IAMLET_ALLOW = 2,
}

/// The name of an effect, "implicit_deny" for one; empty for a number that is
/// none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_effect_text(effect: u32) -> iamlet_text {
    text_of!(effect, Effect::ALL, |effect| (effect as u32, effect.name()))
}

/// Why a decision is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_reason {
    /// No decision was computed; `status` says why.
    IAMLET_REASON_ERROR = 0,
    /// A statement denies.
    IAMLET_REASON_EXPLICIT_DENY = 1,
    /// The identity-based policies allow.
    IAMLET_REASON_IDENTITY_ALLOWS = 2,
    /// The resource-based policy allows by itself.
    IAMLET_REASON_RESOURCE_ALLOWS = 3,
    /// Both the identity-based policies and the resource-based policy allow.
    IAMLET_REASON_BOTH_ALLOW = 4,
    /// The root user of the owning account needs no Allow.
    IAMLET_REASON_ROOT_USER = 5,
    /// No service control policy of `level` allows.
    IAMLET_REASON_SCP_SILENT = 6,
    /// The VPC endpoint policy does not allow.
    IAMLET_REASON_ENDPOINT_SILENT = 7,
    /// No identity-based policy allows.
    IAMLET_REASON_IDENTITY_SILENT = 8,
    /// The permissions boundary does not allow.
    IAMLET_REASON_BOUNDARY_SILENT = 9,
    /// No session policy allows, or a federated user has none.
    IAMLET_REASON_SESSION_SILENT = 10,
    /// The resource-based policy does not allow, and its word is needed.
    IAMLET_REASON_RESOURCE_SILENT = 11,
    /// This type of principal cannot do this to such a resource.
    IAMLET_REASON_IMPOSSIBLE = 12,
    /// The action needs no permission: sts:GetCallerIdentity.
    IAMLET_REASON_NO_PERMISSION_NEEDED = 13,
    /// The session policy of a federated session of the root user allows.
    IAMLET_REASON_SESSION_ALLOWS = 14,
    /// The decision could depend on context keys that are not fetched yet: fetch those in `needs`, and
    /// decide again.
    IAMLET_REASON_NEEDS_CONTEXT = 15,
}

/// What a reason means, in a sentence's half; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_reason_text(reason: u32) -> iamlet_text {
    text_of!(reason, Reason::ALL, |reason| (reason as u32, reason.message()))
}

// The numbers of the ABI are those of the floors below. Of those whose names follow from the codes, a test says so.
const _: () = {
    assert!(iamlet_reason::IAMLET_REASON_ERROR as u32 == Reason::Error as u32);
    assert!(iamlet_reason::IAMLET_REASON_EXPLICIT_DENY as u32 == Reason::ExplicitDeny as u32);
    assert!(iamlet_reason::IAMLET_REASON_IDENTITY_ALLOWS as u32 == Reason::IdentityAllows as u32);
    assert!(iamlet_reason::IAMLET_REASON_RESOURCE_ALLOWS as u32 == Reason::ResourceAllows as u32);
    assert!(iamlet_reason::IAMLET_REASON_BOTH_ALLOW as u32 == Reason::BothAllow as u32);
    assert!(iamlet_reason::IAMLET_REASON_ROOT_USER as u32 == Reason::RootUser as u32);
    assert!(iamlet_reason::IAMLET_REASON_SCP_SILENT as u32 == Reason::ScpSilent as u32);
    assert!(iamlet_reason::IAMLET_REASON_ENDPOINT_SILENT as u32 == Reason::EndpointSilent as u32);
    assert!(iamlet_reason::IAMLET_REASON_IDENTITY_SILENT as u32 == Reason::IdentitySilent as u32);
    assert!(iamlet_reason::IAMLET_REASON_BOUNDARY_SILENT as u32 == Reason::BoundarySilent as u32);
    assert!(iamlet_reason::IAMLET_REASON_SESSION_SILENT as u32 == Reason::SessionSilent as u32);
    assert!(iamlet_reason::IAMLET_REASON_RESOURCE_SILENT as u32 == Reason::ResourceSilent as u32);
    assert!(iamlet_reason::IAMLET_REASON_IMPOSSIBLE as u32 == Reason::Impossible as u32);
    assert!(iamlet_reason::IAMLET_REASON_NO_PERMISSION_NEEDED as u32 == Reason::NoPermissionNeeded as u32);
    assert!(iamlet_reason::IAMLET_REASON_SESSION_ALLOWS as u32 == Reason::SessionAllows as u32);
    assert!(iamlet_effect::IAMLET_IMPLICIT_DENY as u32 == Effect::ImplicitDeny as u32);
    assert!(iamlet_effect::IAMLET_EXPLICIT_DENY as u32 == Effect::ExplicitDeny as u32);
    assert!(iamlet_effect::IAMLET_ALLOW as u32 == Effect::Allow as u32);
};

#[cfg(test)]
mod tests {
    use super::{Fault, Layer, PolicyKind, Pool};
    use crate::ground::detail::Detail;

    /// The constants of C: a name and a number each.
    fn constants() -> impl Iterator<Item = (&'static str, u32)> {
        let lines = include_str!("names.rs").lines().chain(include_str!("details.rs").lines());
        lines.filter_map(|line| {
            let (name, number) = line.trim().strip_suffix(',')?.split_once(" = ")?;
            Some((name.strip_prefix("IAMLET_")?, number.parse().ok()?))
        })
    }

    /// Each name without `prefix`, in any case, is one of `expected`, and has its number; and the other way around.
    #[track_caller]
    fn check(prefix: &str, expected: &[(u32, &str)]) {
        let owned = |(number, name): (u32, &str)| (number, name.to_lowercase());
        let found = constants().filter_map(|(name, number)| Some((number, name.strip_prefix(prefix)?)));
        let found: Vec<_> = found.map(owned).collect();
        let expected: Vec<_> = expected.iter().copied().map(owned).collect();
        assert_eq!(found, expected, "{prefix}");
    }

    #[test]
    fn the_numbers_of_the_abi_are_those_of_the_floors_below() {
        check("FAULT_", &Fault::ALL.map(|fault| (fault as u32, fault.code())));
        check("DETAIL_", &Detail::ALL.map(|detail| (detail as u32, detail.code())));
        check("POOL_", &Pool::ALL.map(|pool| (pool as u32, pool.name())));
        check("KIND_", &PolicyKind::ALL.map(|kind| (kind as u32, kind.name())));
        check("LAYER_", &Layer::ALL.map(|layer| (layer as u32, layer.code())));
    }
}
