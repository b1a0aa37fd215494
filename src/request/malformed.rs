//! Why a request is malformed.

use core::fmt;

use super::member::Member;
use crate::image::known_key::KnownKey;

/// Why a request is malformed (R-GEN-3): it is denied before any policy is looked at.
///
/// Most say that a request contradicts itself: which member, and what it contradicts. Numbers of the C ABI stand for
/// them in `ffi`.
///
/// ```
/// use iamlet::{ContextEntry, KnownKey, Principal, RequestError, RequestInput, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// // Nobody is someone else.
/// let context = [ContextEntry::new("aws:username", &["bob"])];
/// let error = RequestInput::new(alice, "s3:GetObject", plan).context(&context).prepare().unwrap_err();
/// assert_eq!(error, RequestError::DerivedKey(KnownKey::UserName));
/// assert_eq!(
///     error.to_string(),
///     "context: a value contradicts what the request says of its principal, resource or time: `aws:username`",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The action is not one concrete `prefix:Name` (R-ACT-9).
    Action,
    /// The principal's ARN is missing, or none that its type has (R-PRIN-1, R-PRIN-2).
    Principal,
    /// The principal's type is not stated, and its ARN does not tell it (R-PRIN-1).
    UnknownType,
    /// The ARN of a session's role is missing, or none of a role (R-PRIN-3).
    RoleArn,
    /// The ARN of a federated user's parent is none of a user or root user (R-PRIN-18).
    UserArn,
    /// The name of the service is missing (R-PRIN-1).
    Service,
    /// The identity provider is missing (R-PRIN-17).
    NoProvider,
    /// The principal's ARN is a role's (R-PRIN-1).
    RoleAsPrincipal,
    /// The principal's type contradicts its ARN (R-PRIN-1).
    PrincipalType,
    /// The provider is none of the principal's type: an ARN of a SAML provider, or an ARN or name of an OIDC provider.
    Provider,
    /// The role's ARN contradicts the session's in partition, account or name (R-PRIN-3, R-RES-16).
    SessionRole,
    /// The user's ARN contradicts the federated user's in partition or account (R-PRIN-18).
    ParentUser,
    /// The action is none with which an identity of this provider comes (R-PRIN-17).
    FederatedAction,
    /// The resource of a SAML or OIDC identity is no role that is to be assumed (R-PRIN-17).
    FederatedResource,
    /// The provider is of another account than the role (R-PRIN-17).
    ProviderAccount,
    /// The resource is neither `*` nor an ARN (R-RES-3).
    Resource,
    /// The owner of the resource is neither in its ARN nor stated, or what is stated is no account (R-RES-13).
    ResourceAccount,
    /// The stated owner of the resource contradicts its ARN (R-RES-13).
    ResourceOwner,
    /// The stated kind of the resource contradicts its ARN and the action (R-RES-15).
    ResourceKind,
    /// The resource is of another partition than the principal (R-RES-16).
    Partition,
    /// A context value contradicts what the request says of its principal, resource or time, or states a key that such
    /// a principal does not have (R-CTX-1).
    DerivedKey(KnownKey),
    /// A context key without a name.
    ContextKey,
    /// The slot of a context entry is none of the principal's dictionary.
    Slot,
    /// More than [`MAX_NOT_FETCHED`](crate::limits::MAX_NOT_FETCHED) context keys are declared not fetched yet, or one of an
    /// item: an item brings what was fetched.
    NotFetched,
    /// A text is not UTF-8. It is one of this member.
    Encoding(Option<Member>),
    /// A text is too long, or there are too many context keys or values. It is this member's.
    TooLarge(Option<Member>),
    /// The clock is outside the years 0 to 9999.
    Clock,
    /// The bytes are no prepared request or item of this build of the library.
    NotPrepared,
    /// The bytes are no prepared principal of this build of the library.
    NoPreparedPrincipal,
    /// The bytes are no prepared action of this build of the library.
    NoPreparedAction,
}

impl RequestError {
    /// The same, of the member that `find` finds, which is asked only where a text is at fault.
    #[cold]
    #[inline(never)]
    pub(crate) fn naming(self, find: impl FnOnce() -> Option<Member>) -> Self {
        match self {
            Self::Encoding(_) => Self::Encoding(find()),
            Self::TooLarge(_) => Self::TooLarge(find()),
            other => other,
        }
    }

    /// The member of the request that is wrong, and what is wrong with it, in the words of the IAM guide.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Action => "action: it is not one concrete `prefix:Name`",
            Self::Principal => "principal.arn: it is missing, or no ARN that a principal of this type has",
            Self::UnknownType => "principal.type: it is 0, and no ARN tells the type",
            Self::RoleArn => "principal.role_arn: a role session needs the ARN of its role",
            Self::UserArn => "principal.user_arn: it is no ARN of a user or root user",
            Self::Service => "principal.service: a service needs it",
            Self::NoProvider => "principal.provider: a SAML or OIDC identity needs it",
            Self::RoleAsPrincipal => {
                "principal.arn: it is a role's; roles make no requests, their sessions do"
            }
            Self::PrincipalType => "principal.type: it contradicts the principal's ARN",
            Self::Provider => "principal.provider: it contradicts the principal's type",
            Self::SessionRole => {
                "principal.role_arn: it contradicts the session's ARN in partition, account or name"
            }
            Self::ParentUser => {
                "principal.user_arn: it contradicts the federated user's ARN in partition or account"
            }
            Self::FederatedAction => {
                "action: it contradicts the principal's type; SAML and OIDC identities only assume roles"
            }
            Self::FederatedResource => {
                "resource: it contradicts the principal's type; SAML and OIDC identities only assume roles"
            }
            Self::ProviderAccount => "principal.provider: it is of another account than the role",
            Self::Resource => "resource.arn: it is neither `*` nor an ARN",
            Self::ResourceAccount => "resource.account: no ARN tells it, and it is missing or no account",
            Self::ResourceOwner => "resource.account: it contradicts the resource's ARN",
            Self::ResourceKind => "resource_kind: it contradicts the resource's ARN and the action",
            Self::Partition => "resource.arn: it is of another partition than the principal",
            Self::DerivedKey(_) => {
                "context: a value contradicts what the request says of its principal, resource or time"
            }
            Self::ContextKey => "context: a key has no name",
            Self::Slot => "context: a slot is none of the principal's dictionary",
            Self::NotFetched => {
                "context: there are more keys that are not fetched yet than 64, or one of an item"
            }
            Self::Encoding(_) => "a text is not UTF-8",
            Self::TooLarge(_) => "a text is too long, or there are too many context keys or values",
            Self::Clock => "clock: it is outside the years 0 to 9999",
            Self::NotPrepared => "these bytes are no prepared request or item",
            Self::NoPreparedPrincipal => "these bytes are no prepared principal",
            Self::NoPreparedAction => "these bytes are no prepared action",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Encoding(Some(member)) | Self::TooLarge(Some(member)) = self {
            write!(f, "{member}: ")?;
        }
        f.write_str(self.message())?;
        match self {
            Self::DerivedKey(key) => write!(f, ": `{}`", key.folded_name()),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for RequestError {}
