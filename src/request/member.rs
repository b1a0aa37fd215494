//! Which member of a request has a text that cannot be. It is asked for after preparing refused the request, so that who
//! asks rightly does not pay for it.

use super::caller::Principal;
use super::context_input::{Context, value_count};
use super::input::{ItemInput, RequestInput, Resource};
use crate::ground::limits::MAX_REQUEST_TEXT;
use crate::ground::name::by_name;

/// A member of a request that has texts.
///
/// ```
/// use iamlet::{Member, Principal, RequestError, RequestInput, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let endless = "x".repeat(1 << 16);
/// let error = RequestInput::new(alice.unique_id(&endless), "s3:GetObject", plan).prepare().unwrap_err();
/// assert_eq!(error, RequestError::TooLarge(Some(Member::UniqueId)));
/// assert!(error.to_string().starts_with("principal.unique_id: a text is too long"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Member {
    /// The principal's ARN.
    PrincipalArn,
    /// The ARN of a session's role.
    RoleArn,
    /// The ARN of a federated user's parent.
    UserArn,
    /// The name of a service.
    Service,
    /// The identity provider.
    Provider,
    /// The canonical user id.
    CanonicalUser,
    /// The unique id of a user or role.
    UniqueId,
    /// The action.
    Action,
    /// The resource's ARN.
    ResourceArn,
    /// The account that owns the resource.
    ResourceAccount,
    /// The keys and values of the context.
    Context,
}

impl Member {
    /// Every member, in the order in which they are looked at.
    pub const ALL: [Self; 11] = [
        Self::PrincipalArn,
        Self::RoleArn,
        Self::UserArn,
        Self::Service,
        Self::Provider,
        Self::CanonicalUser,
        Self::UniqueId,
        Self::Action,
        Self::ResourceArn,
        Self::ResourceAccount,
        Self::Context,
    ];

    /// The member's name: `principal.role_arn` for example. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrincipalArn => "principal.arn",
            Self::RoleArn => "principal.role_arn",
            Self::UserArn => "principal.user_arn",
            Self::Service => "principal.service",
            Self::Provider => "principal.provider",
            Self::CanonicalUser => "principal.canonical_user",
            Self::UniqueId => "principal.unique_id",
            Self::Action => "action",
            Self::ResourceArn => "resource.arn",
            Self::ResourceAccount => "resource.account",
            Self::Context => "context",
        }
    }
}

by_name!(Member, name);

/// Whether a text is one that no request has: too long, or not UTF-8.
pub(super) fn is_wrong(text: &[u8]) -> bool {
    text.len() > MAX_REQUEST_TEXT || core::str::from_utf8(text).is_err()
}

pub(super) fn of_resource(resource: &Resource<'_>) -> Option<Member> {
    let texts = [(Member::ResourceArn, resource.arn), (Member::ResourceAccount, resource.account)];
    texts.into_iter().find(|(_, text)| is_wrong(text)).map(|(member, _)| member)
}

fn of_context(context: &(impl Context + ?Sized)) -> Option<Member> {
    let is_wrong = value_count(context).is_none()
        || (0..context.len()).any(|entry| {
            is_wrong(context.key(entry).name)
                || (0..context.value_count(entry)).any(|value| is_wrong(context.value(entry, value)))
        });
    is_wrong.then_some(Member::Context)
}

impl Principal<'_> {
    /// The first of its texts that is too long or not UTF-8.
    #[cold]
    #[inline(never)]
    pub(super) fn wrong_member(&self) -> Option<Member> {
        let texts = [
            (Member::PrincipalArn, self.arn),
            (Member::RoleArn, self.role_arn),
            (Member::UserArn, self.user_arn),
            (Member::Service, self.service),
            (Member::Provider, self.provider),
            (Member::CanonicalUser, self.canonical_user),
            (Member::UniqueId, self.unique_id),
        ];
        texts.into_iter().find(|(_, text)| is_wrong(text)).map(|(member, _)| member)
    }
}

impl<C: Context + ?Sized> RequestInput<'_, C> {
    /// The first member with a text that is too long or not UTF-8, or with too many. Time linear in the texts.
    #[cold]
    #[inline(never)]
    pub(crate) fn wrong_member(&self) -> Option<Member> {
        let of_principal = self.principal.wrong_member();
        of_principal
            .or_else(|| is_wrong(self.action).then_some(Member::Action))
            .or_else(|| of_resource(self.resource.as_ref()?))
            .or_else(|| of_context(self.context))
    }
}

impl<C: Context + ?Sized> ItemInput<'_, C> {
    /// As of a request.
    #[cold]
    #[inline(never)]
    pub(crate) fn wrong_member(&self) -> Option<Member> {
        of_resource(&self.resource).or_else(|| of_context(self.context))
    }
}
