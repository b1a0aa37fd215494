//! What a caller says: who asks for what, about which resource, in which context.

use crate::ground::hash;
use crate::image::kind::Layers;
use crate::image::known_key::{self, KnownKey};
use crate::image::principal_form::PrincipalForm;

/// Who makes the request. Texts that do not belong to the type stay empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Principal<'a> {
    /// The type; [`PrincipalType`] says what each is. `None` takes it from the ARN; one that contradicts the ARN makes
    /// the request malformed.
    pub kind: Option<PrincipalType>,
    /// The ARN of the user, role session, federated user, root user or origin access identity.
    pub arn: &'a [u8],
    /// The ARN of the role, for a role session: its path is not in the session's ARN (R-PRIN-2). A path that begins with
    /// `/aws-service-role/` makes the role service-linked, to which neither SCPs nor RCPs apply (R-PRIN-17).
    pub role_arn: &'a [u8],
    /// The ARN of the user whose session a federated user has, if it is known.
    pub user_arn: &'a [u8],
    /// The service principal, for a service.
    pub service: &'a [u8],
    /// The provider, for a SAML or OIDC identity: an ARN, or a name that IAM knows.
    pub provider: &'a [u8],
    /// The canonical user id of the principal's account, if it is known.
    pub canonical_user: &'a [u8],
    /// The unique id of the user or role, if it is known.
    pub unique_id: &'a [u8],
    /// The account belongs to the organization's management account: no SCP applies (R-EVAL-2).
    pub management_account: bool,
}

impl<'a> Principal<'a> {
    /// A principal of this type, with no texts.
    #[must_use]
    pub fn new(kind: PrincipalType) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// The user with this ARN.
    #[must_use]
    pub fn user(arn: &'a str) -> Self {
        Self { arn: arn.as_bytes(), ..Self::new(PrincipalType::User) }
    }

    /// The session with this ARN, of the role with that one.
    #[must_use]
    pub fn role_session(arn: &'a str, role_arn: &'a str) -> Self {
        Self { arn: arn.as_bytes(), role_arn: role_arn.as_bytes(), ..Self::new(PrincipalType::RoleSession) }
    }
}

/// One resource, and whose it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resource<'a> {
    /// The ARN, or `*` for actions without resource-level permissions (R-RES-3, R-NACT-5).
    pub arn: &'a [u8],
    /// The account that owns it: required where the ARN has none (R-RES-13).
    pub account: &'a [u8],
    /// It belongs to the organization's management account: no RCP applies (R-RCP-5).
    pub in_management_account: bool,
}

impl<'a> Resource<'a> {
    /// The resource with this ARN, of this account.
    #[must_use]
    pub fn owned_by(arn: &'a str, account: &'a str) -> Self {
        Self { arn: arn.as_bytes(), account: account.as_bytes(), in_management_account: false }
    }
}

/// A request, before it is prepared.
#[derive(Clone, Copy, Debug)]
pub struct RequestInput<'a, C: Context + ?Sized> {
    /// Who makes it.
    pub principal: Principal<'a>,
    /// The action, `s3:GetObject` for one.
    pub action: &'a [u8],
    /// The resource; none where each item of the request has its own.
    pub resource: Option<Resource<'a>>,
    /// What kind of thing the resource is. `None` takes it from the resource's ARN and the action; a kind that
    /// contradicts them makes the request malformed (R-RES-15).
    pub resource_kind: Option<ResourceKind>,
    /// The layers that do not exist (R-EVAL-4).
    pub absent: AbsentLayers,
    /// The VPC endpoint on the way is a gateway endpoint (R-VPCE-6).
    pub gateway_endpoint: bool,
    /// Derive `aws:ResourceAccount` from the owner (R-CTX-6).
    pub derive_resource_account: bool,
    /// The time as seconds since 1970, for `aws:CurrentTime` and `aws:EpochTime` (R-CTX-3).
    pub clock: Option<i64>,
    /// The steps that one decision may take; 0 for [`DEFAULT_BUDGET`](crate::ground::limits::DEFAULT_BUDGET).
    pub budget: u64,
    /// All other context keys (R-CTX-2).
    pub context: &'a C,
}

impl<'a> RequestInput<'a, [ContextEntry<'a>]> {
    /// A request without context keys, clock or absent layers, with the default budget: set what it has besides.
    #[must_use]
    pub fn new(principal: Principal<'a>, action: &'a str, resource: Resource<'a>) -> Self {
        Self {
            principal,
            action: action.as_bytes(),
            resource: Some(resource),
            resource_kind: None,
            absent: AbsentLayers::default(),
            gateway_endpoint: false,
            derive_resource_account: false,
            clock: None,
            budget: 0,
            context: &[],
        }
    }
}

/// One item of a batch or of a multi-resource request, before it is prepared.
#[derive(Clone, Copy, Debug)]
pub struct ItemInput<'a, C: Context + ?Sized> {
    /// The item's resource.
    pub resource: Resource<'a>,
    /// Its context, whose keys replace those of the request (R-RES-12); a key without values takes the request's away
    /// (R-MISS-2).
    pub context: &'a C,
    /// The layers that do not exist for this resource, beside those that the request declares: another resource of the
    /// same request may have them.
    pub absent: AbsentLayers,
}

/// The types of principals (R-PRIN-1). The numbers are part of the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PrincipalType {
    /// An IAM user.
    User = 1,
    /// A session of a role.
    RoleSession = 2,
    /// A session that `GetFederationToken` made for a user.
    FederatedUser = 3,
    /// The root user of an account.
    Root = 4,
    /// An AWS service that calls directly.
    Service = 5,
    /// A SAML identity, while it assumes a role.
    Saml = 6,
    /// An OIDC identity, while it assumes a role.
    Oidc = 7,
    /// Nobody: an unsigned request.
    Anonymous = 8,
    /// The identity with which CloudFront reads from an origin. It has no account and no policies of its own (R-PRIN-5).
    OriginAccessIdentity = 9,
}

impl PrincipalType {
    /// Every type, in the order of the numbers.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::RoleSession,
        Self::FederatedUser,
        Self::Root,
        Self::Service,
        Self::Saml,
        Self::Oidc,
        Self::Anonymous,
        Self::OriginAccessIdentity,
    ];

    /// The type with this number.
    #[must_use]
    #[inline]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::User),
            2 => Some(Self::RoleSession),
            3 => Some(Self::FederatedUser),
            4 => Some(Self::Root),
            5 => Some(Self::Service),
            6 => Some(Self::Saml),
            7 => Some(Self::Oidc),
            8 => Some(Self::Anonymous),
            9 => Some(Self::OriginAccessIdentity),
            _ => None,
        }
    }

    /// The type that the ARN of a principal tells.
    #[must_use]
    pub fn of_arn(arn: &[u8]) -> Option<Self> {
        Self::of_form(PrincipalForm::from_arn(arn)?)
    }

    /// The type of principals whose ARNs have this form.
    pub(crate) fn of_form(form: PrincipalForm) -> Option<Self> {
        match form {
            PrincipalForm::User => Some(Self::User),
            PrincipalForm::RoleSession => Some(Self::RoleSession),
            PrincipalForm::FederatedUser => Some(Self::FederatedUser),
            PrincipalForm::AccountRoot => Some(Self::Root),
            PrincipalForm::OriginAccessIdentity => Some(Self::OriginAccessIdentity),
            _ => None,
        }
    }

    /// Whether identity policies, a permissions boundary and session policies apply (R-EVAL-4).
    #[must_use]
    pub const fn has_identity(self) -> bool {
        matches!(self, Self::User | Self::RoleSession | Self::FederatedUser)
    }

    /// Whether an ARN names the principal.
    #[must_use]
    pub const fn has_arn(self) -> bool {
        self.has_account() || matches!(self, Self::OriginAccessIdentity)
    }

    /// Whether the principal belongs to an account.
    #[must_use]
    pub const fn has_account(self) -> bool {
        matches!(self, Self::User | Self::RoleSession | Self::FederatedUser | Self::Root)
    }
}

/// What kind of thing the resource is: of keys and roles the policy must grant, for identity policies do not suffice
/// (R-EVAL-12). It follows from the request (R-RES-15). The numbers are part of the C ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ResourceKind {
    /// Any resource but the two below.
    Ordinary = 1,
    /// A KMS key.
    KmsKey = 2,
    /// A role that is to be assumed.
    Role = 3,
}

impl ResourceKind {
    /// The kind with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Ordinary),
            2 => Some(Self::KmsKey),
            3 => Some(Self::Role),
            _ => None,
        }
    }
}

/// Layers that the caller declares not to exist (R-EVAL-4): a set of flags. The numbers are part of the C ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AbsentLayers(pub u32);

impl AbsentLayers {
    /// No service control policies: outside an organization, or SCPs are disabled.
    pub const SCP: Self = Self(1);
    /// No resource control policies.
    pub const RCP: Self = Self(2);
    /// No organization: neither SCPs nor RCPs.
    pub const ORGANIZATION: Self = Self(3);
    /// No policy on the resource.
    pub const RESOURCE: Self = Self(4);
    /// No identity-based policy.
    pub const IDENTITY: Self = Self(8);
    /// No permissions boundary.
    pub const BOUNDARY: Self = Self(16);
    /// No session policy.
    pub const SESSION: Self = Self(32);
    /// No VPC endpoint on the way.
    pub const ENDPOINT: Self = Self(64);
    /// All flags there are.
    pub const ALL: Self = Self(127);

    /// All layers but these: what a set does not have is `AbsentLayers::all_but(set.layers())`.
    #[must_use]
    pub const fn all_but(layers: Layers) -> Self {
        Self(Self::ALL.0 & !(layers.0 as u32))
    }

    /// The layers of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The layers; the flags stand in their order.
    #[must_use]
    pub(crate) fn layers(self) -> Layers {
        Layers(u8::try_from(self.0 & Self::ALL.0).unwrap_or_default())
    }
}

/// A context key, hashed once: for names that a program uses again and again.
#[derive(Clone, Copy, Debug)]
pub struct ContextKey<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) hash: u32,
    pub(crate) known: u8,
}

/// In the place of a known key's number: the key is multivalued by AWS's list (R-MULTI-6).
const MULTIVALUED: u8 = 0x80;

impl<'a> ContextKey<'a> {
    /// Hashes the name of a key, which may be written in any case (R-COND-6). Time linear in the name.
    #[must_use]
    pub fn new(name: &'a [u8]) -> Self {
        let known = match KnownKey::from_name(name) {
            Some(known) => known as u8,
            None if known_key::is_multivalued(name) => MULTIVALUED,
            None => 0,
        };
        Self { name, hash: hash::short_folded(name), known }
    }

    /// A key from the numbers of an earlier [`numbers`](Self::numbers), without hashing it again.
    /// `None` where `known` is no number that `numbers` gives.
    #[must_use]
    pub fn from_numbers(name: &'a [u8], hash: u32, known: u8) -> Option<Self> {
        (usize::from(known) < KnownKey::TABLE || known == MULTIVALUED).then_some(Self { name, hash, known })
    }

    /// The hash, and the number among known keys: what [`from_numbers`](Self::from_numbers) takes.
    #[must_use]
    pub fn numbers(&self) -> (u32, u8) {
        (self.hash, self.known)
    }

    /// Whether the key is multivalued whatever the caller says (R-MULTI-6).
    pub(crate) fn is_multivalued(&self) -> bool {
        self.known == MULTIVALUED
    }

    /// The known key that this is.
    pub(crate) fn known(&self) -> Option<KnownKey> {
        KnownKey::ALL.get(usize::from(self.known).checked_sub(1)?).copied()
    }
}

/// Where a request's context comes from: a list of entries, each a key with values.
///
/// The same key in several entries, in any case, is one key with all the values (R-MULTI-5). A key without values is
/// absent, and in the context of an item it takes the request's values of that key away (R-MISS-2); it may still be
/// declared multivalued (R-MULTI-6).
pub trait Context {
    /// How many entries there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of an entry.
    fn key(&self, entry: usize) -> ContextKey<'_>;

    /// Whether the caller declares the key multivalued (R-MULTI-6).
    fn is_multivalued(&self, entry: usize) -> bool;

    /// How many values the entry has.
    fn value_count(&self, entry: usize) -> usize;

    /// A value of an entry, UTF-8.
    fn value(&self, entry: usize, value: usize) -> &[u8];
}

/// An entry of a context that is a slice.
#[derive(Clone, Copy, Debug)]
pub struct ContextEntry<'a> {
    /// The key.
    pub key: ContextKey<'a>,
    /// Its values.
    pub values: &'a [&'a str],
    /// Whether the key is multivalued however many values came (R-MULTI-6).
    pub multivalued: bool,
}

impl Context for [ContextEntry<'_>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        self.get(entry).map_or(ContextKey { name: &[], hash: 0, known: 0 }, |entry| entry.key)
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.get(entry).is_some_and(|entry| entry.multivalued)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.get(entry).map_or(0, |entry| entry.values.len())
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        self.get(entry).and_then(|entry| entry.values.get(value)).map_or(&[], |value| value.as_bytes())
    }
}
