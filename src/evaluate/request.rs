//! A prepared request: the records that `prepare` writes into the caller's memory, and views of them.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::context::{ContextHeader, ContextView, Values};
use super::derived::WORDS;
use super::principal::PrincipalTexts;
use crate::ground::hash::prefix::Prefixes;
use crate::ground::{arn, hash};
use crate::image::kind::Layers;
use crate::image::known_key::KnownKey;
use crate::image::principal_form::PrincipalForm;

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
        Self::of_form(PrincipalForm::of_arn(arn)?)
    }

    /// The type of principals whose ARNs have this form.
    pub(super) fn of_form(form: PrincipalForm) -> Option<Self> {
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

    /// The kind that follows from the action and the resource (R-RES-15), as preparing a request finds it.
    #[must_use]
    pub fn of_request(action: &[u8], resource: &[u8]) -> Self {
        let form = arn::split(resource).map_or(ResourceForm::Other, ResourceForm::of_fields);
        form.kind(assumes_role(action))
    }
}

/// Whether an action makes a role a resource that is to be assumed (R-RES-15).
pub(super) fn assumes_role(action: &[u8]) -> bool {
    const ACTIONS: [&[u8]; 5] = [
        b"sts:AssumeRole",
        b"sts:AssumeRoleWithSAML",
        b"sts:AssumeRoleWithWebIdentity",
        b"sts:TagSession",
        b"sts:SetSourceIdentity",
    ];
    ACTIONS.iter().any(|name| action.eq_ignore_ascii_case(name))
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

    /// The layers of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The layers; the flags stand in their order.
    #[must_use]
    pub(super) fn layers(self) -> Layers {
        Layers(u8::try_from(self.0 & Self::ALL.0).unwrap_or_default())
    }
}

/// What the ARN of a resource says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum ResourceForm {
    /// Nothing that matters here.
    Other = 0,
    /// A key of KMS; an alias is none.
    KmsKey = 1,
    /// A role.
    Role = 2,
    /// A role whose path begins with `/aws-service-role/` (R-PRIN-17).
    ServiceLinkedRole = 3,
    /// A bucket, not what lies in it.
    Bucket = 4,
}

impl ResourceForm {
    /// The form of a resource with these fields.
    pub(super) fn of_fields([_, _, service, region, account, name]: [&[u8]; 6]) -> Self {
        match service {
            b"kms" if name.starts_with(b"key/") => Self::KmsKey,
            b"iam" if name.starts_with(SERVICE_LINKED) => Self::ServiceLinkedRole,
            b"iam" if name.starts_with(b"role/") => Self::Role,
            b"s3" if region.is_empty() && account.is_empty() && is_bucket_name(name) => Self::Bucket,
            _ => Self::Other,
        }
    }

    pub(super) fn from_number(number: u8) -> Self {
        match number {
            1 => Self::KmsKey,
            2 => Self::Role,
            3 => Self::ServiceLinkedRole,
            4 => Self::Bucket,
            _ => Self::Other,
        }
    }

    /// The kind of the resource, for an action that assumes roles or one that does not (R-RES-15).
    pub(super) fn kind(self, assumes_role: bool) -> ResourceKind {
        match self {
            Self::KmsKey => ResourceKind::KmsKey,
            Self::Role | Self::ServiceLinkedRole if assumes_role => ResourceKind::Role,
            _ => ResourceKind::Ordinary,
        }
    }
}

/// How the last field of a service-linked role's ARN begins (R-PRIN-17).
pub(super) const SERVICE_LINKED: &[u8] = b"role/aws-service-role/";

/// A name without slash, colon and wildcard, so that the ARN is a bucket's.
fn is_bucket_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.iter().any(|byte| matches!(byte, b'/' | b':' | b'*' | b'?'))
}

/// A piece of a prepared request's bytes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct Text {
    /// Where it begins.
    pub start: U32,
    /// Its bytes.
    pub len: U32,
}

impl Text {
    /// A derived key that this principal does not have.
    pub(super) const ABSENT: Self = Self { start: U32::ZERO, len: U32::MAX_VALUE };
    /// A key that the engine does not derive here; the caller's value counts.
    pub(super) const CALLERS: Self = Self { start: U32::MAX_VALUE, len: U32::MAX_VALUE };
    /// As [`CALLERS`](Self::CALLERS), of a key that AWS always sends: without a value of the caller's it is unknown.
    pub(super) const CALLERS_OR_UNKNOWN: Self = Self { start: U32::new(1), len: U32::MAX_VALUE };

    /// No bytes.
    pub(super) const EMPTY: Self = Self { start: U32::ZERO, len: U32::ZERO };

    /// Whether the engine says nothing of this key, so that the caller's value counts.
    pub(super) fn is_callers(self) -> bool {
        self == Self::CALLERS || self == Self::CALLERS_OR_UNKNOWN
    }

    /// The text of `part`, a part of `whole`, whose copy this is; empty where it is no part of it.
    pub(super) fn part(self, whole: &[u8], part: &[u8]) -> Self {
        let offset = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        let (Ok(offset), Ok(len)) = (u32::try_from(offset), u32::try_from(part.len())) else {
            return Self::EMPTY;
        };
        match offset.checked_add(len) {
            Some(end) if end <= self.len.get() => {
                Self { start: self.start + U32::new(offset), len: U32::new(len) }
            }
            _ => Self::EMPTY,
        }
    }

    /// The bytes, or none where the prepared request was changed.
    #[inline]
    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        let rest = bytes.get(self.start.get() as usize..).unwrap_or_default();
        rest.get(..self.len.get() as usize).unwrap_or_default()
    }
}

/// A resource, split once.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct ResourceRecord {
    pub(super) text: Text,
    /// Where the states of the text's prefixes are: `prefix::words`, of eight bytes each.
    pub(super) prefixes: U32,
    /// Where its five first colons are, if it has them; else all 0 (R-RES-3).
    pub(super) colons: [U32; 5],
    /// The account that owns it (R-RES-13).
    pub(super) owner: Text,
    /// `aws:ResourceAccount`, if it is derived (R-CTX-6).
    pub(super) account_key: Text,
    /// 1 for a resource, 0 for none: then each item brings its own.
    pub(super) given: u8,
    /// 1 where the resource belongs to the management account (R-RCP-5).
    pub(super) in_management_account: u8,
    /// The number of a [`ResourceForm`].
    pub(super) form: u8,
    pub(super) reserved: u8,
    /// Layers that are declared absent for this resource only.
    pub(super) absent: U32,
}

impl ResourceRecord {
    /// The text, with the states of its prefixes.
    pub(super) fn prefixes<'a>(&self, bytes: &'a [u8]) -> Prefixes<'a> {
        let text = self.text.of(bytes);
        let states = bytes.get(self.prefixes.get() as usize..).unwrap_or_default().as_chunks::<8>().0;
        Prefixes { text, states }
    }
}

pub(super) const REQUEST_MAGIC: [u8; 4] = *b"IAMr";
pub(super) const ITEM_MAGIC: [u8; 4] = *b"IAMi";
/// Changes whenever the records do: a prepared request is for the build that prepared it.
pub(super) const REQUEST_FORMAT: u16 = 3;

/// Flag of a request: the VPC endpoint is a gateway (R-VPCE-6).
pub(super) const GATEWAY_ENDPOINT: u32 = 1;
/// Flag of a request: `aws:ResourceAccount` is derived (R-CTX-6).
pub(super) const DERIVE_RESOURCE_ACCOUNT: u32 = 2;
/// Flag of a request: the action assumes a role, or belongs to the calls that do (R-RES-15).
pub(super) const ASSUMES_ROLE: u32 = 4;
/// Flag of a request: a service calls sts:AssumeRole (R-RCP-5).
pub(super) const SERVICE_ASSUMES_ROLE: u32 = 8;
/// Flag of a request: the action needs no permission, and no Deny stops it (R-EVAL-23).
pub(super) const NEEDS_NO_PERMISSION: u32 = 16;
/// Flag of a request: a root user reads, writes or deletes a bucket policy (R-EVAL-23).
pub(super) const ROOT_AND_BUCKET_POLICY: u32 = 32;

/// The head of a prepared request; context tables and texts follow.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct RequestHeader {
    pub(super) magic: [u8; 4],
    pub(super) format: U16,
    pub(super) principal_type: u8,
    /// The number of the [`ResourceKind`] that the caller states, or 0.
    pub(super) stated_kind: u8,
    pub(super) size: U32,
    pub(super) flags: U32,
    pub(super) absent: U32,
    /// The layers that apply to the principal and the action.
    pub(super) layers: u8,
    pub(super) budget: U64,
    /// The action as the caller wrote it, for the classic grammar (R-SCPC-15).
    pub(super) action: Text,
    /// The action in lower case (R-ACT-4).
    pub(super) folded_action: Text,
    /// The index's part for the action, and for its service.
    pub(super) action_part: U32,
    pub(super) service_part: U32,
    pub(super) principal: PrincipalTexts,
    /// [`WORDS`].
    pub(super) words: [u8; WORDS.len()],
    /// The values of known keys, by number.
    pub(super) derived: [Text; KnownKey::TABLE],
    /// Known keys that the caller declared multivalued, a bit each (R-MULTI-6).
    pub(super) derived_multivalued: U16,
    pub(super) resource: ResourceRecord,
    pub(super) context: ContextHeader,
}

impl RequestHeader {
    /// Where `words` begins.
    #[allow(clippy::cast_possible_truncation, reason = "the head has some hundred bytes")]
    pub(super) const WORDS_START: u32 = core::mem::offset_of!(Self, words) as u32;
}

/// The head of a prepared item.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct ItemHeader {
    pub(super) magic: [u8; 4],
    pub(super) format: U16,
    /// Known keys that the item's context declares multivalued, a bit each (R-MULTI-6).
    pub(super) derived_multivalued: U16,
    pub(super) size: U32,
    pub(super) resource: ResourceRecord,
    pub(super) context: ContextHeader,
}

/// A prepared request, looked at in place.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub(super) header: &'a RequestHeader,
    pub(super) principal_type: PrincipalType,
    /// What it has of the bytes is all of them.
    pub(super) context: ContextView<'a>,
}

impl<'a> Request<'a> {
    /// Looks at a request that [`prepare`](super::prepare::request) wrote. `None` where the bytes are none.
    #[must_use]
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = RequestHeader::ref_from_prefix(bytes).ok()?;
        if header.magic != REQUEST_MAGIC || header.format.get() != REQUEST_FORMAT {
            return None;
        }
        let bytes = bytes.get(..header.size.get() as usize)?;
        Some(Self {
            header,
            principal_type: PrincipalType::from_number(u32::from(header.principal_type))?,
            context: ContextView::new(bytes, &header.context)?,
        })
    }

    pub(super) fn text(&self, text: Text) -> &'a [u8] {
        text.of(self.context.bytes)
    }

    /// The caller's own values of a known key, if there are any.
    pub(super) fn callers_values(&self, key: KnownKey) -> Option<Values<'a>> {
        let name = key.folded_name().as_bytes();
        self.context.find(hash::short(name), name).filter(|values| !values.is_absent())
    }

    /// Whether the session is one that the root user made for a federated user (R-EVAL-14).
    pub(super) fn is_of_root(&self) -> bool {
        self.principal_type == PrincipalType::FederatedUser
            && PrincipalType::of_arn(self.text(self.header.principal.user_arn)) == Some(PrincipalType::Root)
    }

    /// The action as the caller wrote it, for the classic grammar (R-SCPC-15).
    pub(super) fn action(&self) -> &'a [u8] {
        self.text(self.header.action)
    }

    /// Who makes the request: an ARN, a service or a provider.
    pub(super) fn who(&self) -> &'a [u8] {
        let texts = &self.header.principal;
        let who = [texts.arn, texts.service, texts.provider].map(|text| self.text(text));
        who.into_iter().find(|text| !text.is_empty()).unwrap_or(b"anonymous")
    }

    /// Its own resource, if it has one.
    pub(super) fn resource(&self) -> Option<&'a [u8]> {
        (self.header.resource.given != 0).then(|| self.text(self.header.resource.text))
    }

    pub(super) fn has_flag(&self, flag: u32) -> bool {
        self.header.flags.get() & flag != 0
    }
}

/// A prepared item of a batch or of a multi-resource request.
#[derive(Clone, Copy, Debug)]
pub struct RequestItem<'a> {
    pub(super) header: &'a ItemHeader,
    /// What it has of the bytes is all of them.
    pub(super) context: ContextView<'a>,
}

impl<'a> RequestItem<'a> {
    /// Looks at an item that [`prepare`](super::prepare::item) wrote. `None` where the bytes are none.
    #[must_use]
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = ItemHeader::ref_from_prefix(bytes).ok()?;
        if header.magic != ITEM_MAGIC || header.format.get() != REQUEST_FORMAT {
            return None;
        }
        let bytes = bytes.get(..header.size.get() as usize)?;
        Some(Self { header, context: ContextView::new(bytes, &header.context)? })
    }

    /// Its resource.
    pub(super) fn resource(&self) -> Option<&'a [u8]> {
        Some(self.header.resource.text.of(self.context.bytes))
    }
}
