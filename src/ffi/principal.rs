//! Principals and resources.

use core::ffi::c_char;

use super::args::{self, Checked, Outputs};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::request::{Principal, PrincipalType, Resource, ResourceKind};

/// The type of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_principal_type {
    /// What `arn` tells: a user, a role session, a federated user, a root user or an
    /// origin access identity.
    IAMLET_PRINCIPAL_DERIVED = 0,
    /// An IAM user: `arn`.
    IAMLET_PRINCIPAL_USER = 1,
    /// A session of a role: `arn`, and `role_arn`, whose path the session's ARN
    /// does not have. Where the path begins with /aws-service-role/, the role is
    /// service-linked, and neither SCPs nor RCPs apply.
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
    /// The identity with which CloudFront reads from an origin: `arn`. It has no
    /// account and no policies of its own.
    IAMLET_PRINCIPAL_ORIGIN_ACCESS_IDENTITY = 9,
}

/// What kind of thing the resource is. A kind that contradicts the resource's ARN
/// and the action makes the request malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_resource_kind {
    /// What follows from the resource's ARN and the action.
    IAMLET_RESOURCE_DERIVED = 0,
    /// Any resource but the two below.
    IAMLET_RESOURCE_ORDINARY = 1,
    /// A KMS key: an identity-based policy alone never suffices. Its ARN is that of
    /// a key, not of an alias.
    IAMLET_RESOURCE_KMS_KEY = 2,
    /// A role that is to be assumed: the same. The action is sts:AssumeRole,
    /// sts:AssumeRoleWithSAML, sts:AssumeRoleWithWebIdentity, sts:TagSession or
    /// sts:SetSourceIdentity.
    IAMLET_RESOURCE_ROLE = 3,
}

/// Flag of iamlet_principal: the account is the organization's management
/// account, to which no SCP applies.
pub const IAMLET_MANAGEMENT_ACCOUNT: u32 = 1;

const _: () = {
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
    assert!(
        iamlet_principal_type::IAMLET_PRINCIPAL_ORIGIN_ACCESS_IDENTITY as u32
            == PrincipalType::OriginAccessIdentity as u32
    );
    assert!(iamlet_resource_kind::IAMLET_RESOURCE_ORDINARY as u32 == ResourceKind::Ordinary as u32);
    assert!(iamlet_resource_kind::IAMLET_RESOURCE_KMS_KEY as u32 == ResourceKind::KmsKey as u32);
    assert!(iamlet_resource_kind::IAMLET_RESOURCE_ROLE as u32 == ResourceKind::Role as u32);
};

/// Who makes a request. Leave the texts that do not belong to the type empty.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_principal {
    /// An iamlet_principal_type, which says what texts it needs.
    pub r#type: u32,
    /// IAMLET_MANAGEMENT_ACCOUNT.
    pub flags: u32,
    /// The ARN of the user, session, root user or origin access identity.
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

/// What a number stands for; 0 says that it follows from the rest of the request.
pub(super) fn derived_or<T>(number: u32, from_number: impl Fn(u32) -> Option<T>) -> Checked<Option<T>> {
    match number {
        0 => Ok(None),
        _ => from_number(number).map(Some).ok_or(iamlet_status::IAMLET_UNKNOWN_VALUE),
    }
}

/// # Safety
/// The texts must be readable for `'a`.
pub(super) unsafe fn read_principal<'a, const N: usize>(
    principal: &iamlet_principal,
    outputs: &Outputs<N>,
) -> Checked<Principal<'a>> {
    if principal.flags & !IAMLET_MANAGEMENT_ACCOUNT != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    // SAFETY: the caller's promise is ours, for each of the texts.
    let read = |text: iamlet_text| unsafe { outputs.text(text) };
    Ok(Principal {
        kind: derived_or(principal.r#type, PrincipalType::from_number)?,
        arn: read(principal.arn)?,
        role_arn: read(principal.role_arn)?,
        user_arn: read(principal.user_arn)?,
        service: read(principal.service)?,
        provider: read(principal.provider)?,
        canonical_user: read(principal.canonical_user)?,
        unique_id: read(principal.unique_id)?,
        management_account: principal.flags & IAMLET_MANAGEMENT_ACCOUNT != 0,
    })
}

/// # Safety
/// The texts must be readable for `'a`.
pub(super) unsafe fn read_resource<'a, const N: usize>(
    resource: &iamlet_resource,
    outputs: &Outputs<N>,
) -> Checked<Resource<'a>> {
    if resource.in_management_account > 1 || resource.reserved != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    Ok(Resource {
        // SAFETY: the caller's promise is ours.
        arn: unsafe { outputs.text(resource.arn)? },
        // SAFETY: as above.
        account: unsafe { outputs.text(resource.account)? },
        in_management_account: resource.in_management_account != 0,
    })
}

/// The kind of resource that follows from an action and an ARN, as preparing a
/// request finds it: it says of which kind the resource's policy has to be. 0 where
/// a pointer or length is wrong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_resource_kind_of(
    action: *const c_char,
    action_len: usize,
    arn: *const c_char,
    arn_len: usize,
) -> u32 {
    // SAFETY: the caller promises that inputs are readable.
    let action = unsafe { args::slice(action.cast::<u8>(), action_len) };
    // SAFETY: as above.
    let arn = unsafe { args::slice(arn.cast::<u8>(), arn_len) };
    // What cannot be read tells nothing.
    let (Ok(action), Ok(arn)) = (action, arn) else { return 0 };
    ResourceKind::from_request(action, arn) as u32
}

/// The type of principal that an ARN tells: of a user, an assumed-role session, a
/// federated user, a root user or an origin access identity. 0 for any other text,
/// a role's ARN among them, for roles make no requests: their sessions do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_principal_type_of_arn(arn: *const c_char, len: usize) -> u32 {
    // SAFETY: the caller promises that inputs are readable.
    let Ok(arn) = (unsafe { args::slice(arn.cast::<u8>(), len) }) else { return 0 };
    PrincipalType::from_arn(arn).map_or(0, |kind| kind as u32)
}
