//! A prepared request: the records that `prepare` writes into the caller's memory, and views of them.

use core::fmt;

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::context::{ContextHeader, ContextView, Values};
use super::derived::WORDS;
use super::principal::PrincipalTexts;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash;
use crate::ground::hash::prefix::Prefixes;
use crate::image::kind::{Layer, Layers};
use crate::image::known_key::KnownKey;
use crate::image::principal_form::PrincipalForm;
use crate::image::records::KeyRecord;

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
}

impl PrincipalType {
    /// Every type, in the order of the numbers.
    pub const ALL: [Self; 8] = [
        Self::User,
        Self::RoleSession,
        Self::FederatedUser,
        Self::Root,
        Self::Service,
        Self::Saml,
        Self::Oidc,
        Self::Anonymous,
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
            _ => None,
        }
    }

    /// The type that the ARN of a principal tells.
    #[must_use]
    pub fn of_arn(arn: &[u8]) -> Option<Self> {
        match PrincipalForm::of_arn(arn)? {
            PrincipalForm::User => Some(Self::User),
            PrincipalForm::RoleSession => Some(Self::RoleSession),
            PrincipalForm::FederatedUser => Some(Self::FederatedUser),
            PrincipalForm::AccountRoot => Some(Self::Root),
            _ => None,
        }
    }

    /// Whether identity policies, a permissions boundary and session policies apply (section 8.1 of the rules).
    #[must_use]
    pub const fn has_identity(self) -> bool {
        matches!(self, Self::User | Self::RoleSession | Self::FederatedUser)
    }

    /// Whether the principal belongs to an account.
    #[must_use]
    pub const fn has_account(self) -> bool {
        matches!(self, Self::User | Self::RoleSession | Self::FederatedUser | Self::Root)
    }
}

/// What kind of thing the resource is: where its policy alone decides, identity policies do not suffice (R-EVAL-12).
/// The numbers are part of the C ABI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum ResourceKind {
    /// Any resource but the two below.
    #[default]
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

    /// Both sets of flags.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The layers; the flags stand in their order.
    #[must_use]
    pub(super) fn layers(self) -> Layers {
        Layers(u8::try_from(self.0 & Self::ALL.0).unwrap_or_default())
    }
}

/// Why a request is malformed (R-GEN-3): it is denied before any policy is looked at. The numbers are part of the C
/// ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RequestError {
    /// The action is not one concrete `prefix:Name` (R-ACT-9).
    Action = 1,
    /// The principal lacks a text that its type needs, or has one that contradicts it (R-PRIN-1 to R-PRIN-3).
    Principal = 2,
    /// The owner of the resource is neither in its ARN nor stated, or is no account, or contradicts the ARN (R-RES-13).
    ResourceAccount = 3,
    /// A context value contradicts what the engine derives (R-CTX-1).
    DerivedKey = 4,
    /// A context key without a name.
    ContextKey = 5,
    /// A text is not UTF-8.
    Encoding = 6,
    /// A text is too long, or there are too many context keys or values.
    TooLarge = 7,
    /// The clock is outside the years 0 to 9999.
    Clock = 8,
    /// A flag or number that has no meaning.
    Unknown = 9,
}

impl RequestError {
    /// What is wrong, in the words of the IAM guide.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Action => "the action is not one concrete `prefix:Name`",
            Self::Principal => "the principal lacks a text that its type needs, or contradicts itself",
            Self::ResourceAccount => "the account that owns the resource is unknown or contradicts its ARN",
            Self::DerivedKey => {
                "a context value contradicts what the request says of its principal, resource or time"
            }
            Self::ContextKey => "a context key has no name",
            Self::Encoding => "a text is not UTF-8",
            Self::TooLarge => "a text is too long, or there are too many context keys or values",
            Self::Clock => "the clock is outside the years 0 to 9999",
            Self::Unknown => "a flag or number has no meaning",
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for RequestError {}

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

    /// No bytes.
    pub(super) const EMPTY: Self = Self { start: U32::ZERO, len: U32::ZERO };

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
    pub(super) reserved: [u8; 2],
    /// Layers that are declared absent for this resource only.
    pub(super) absent: U32,
}

impl ResourceRecord {
    /// The text, with the states of its prefixes.
    fn prefixes<'a>(&self, bytes: &'a [u8]) -> Prefixes<'a> {
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

/// The head of a prepared request; context tables and texts follow.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct RequestHeader {
    pub(super) magic: [u8; 4],
    pub(super) format: U16,
    pub(super) principal_type: u8,
    pub(super) resource_kind: u8,
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
    pub(super) resource_kind: ResourceKind,
    /// What it has of the bytes is all of them.
    context: ContextView<'a>,
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
            resource_kind: ResourceKind::from_number(u32::from(header.resource_kind))?,
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

    /// The action as the caller wrote it, for the classic grammar (R-SCPC-15).
    pub(super) fn action(&self) -> &'a [u8] {
        self.text(self.header.action)
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
    context: ContextView<'a>,
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
}

/// Steps that are charged for the places of one table where a context key could be.
const TABLE: usize = 2;

/// What one decision is about: a request, with the resource and context of an item where there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) request: Request<'a>,
    pub(super) resource: &'a ResourceRecord,
    /// The action in lower case (R-ACT-4).
    pub(super) action: &'a [u8],
    /// The resource's text, hashed.
    pub(super) resource_prefixes: Prefixes<'a>,
    /// Where the fifth colon of the resource is; 0 where it has fewer (R-RES-3).
    pub(super) last_colon: usize,
    /// What the texts of the resource lie in.
    resource_bytes: &'a [u8],
    /// Known keys that the request or the item declares multivalued, a bit each (R-MULTI-6).
    derived_multivalued: u16,
    overlay: Option<ContextView<'a>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(request: Request<'a>, item: Option<RequestItem<'a>>) -> Self {
        let (resource, resource_bytes) = match &item {
            Some(item) => (&item.header.resource, item.context.bytes),
            None => (&request.header.resource, request.context.bytes),
        };
        let declared = item.map_or(0, |item| item.header.derived_multivalued.get());
        let [.., last_colon] = resource.colons;
        Self {
            request,
            resource,
            action: request.text(request.header.folded_action),
            resource_prefixes: resource.prefixes(resource_bytes),
            last_colon: last_colon.get() as usize,
            resource_bytes,
            derived_multivalued: request.header.derived_multivalued.get() | declared,
            overlay: item.map(|item| item.context),
        }
    }

    /// The layers that apply to the request (section 8.1 of the rules).
    pub(super) fn layers(&self) -> Layers {
        let layers = Layers(self.request.header.layers);
        // R-RCP-5
        if self.resource.in_management_account == 0 {
            layers
        } else {
            layers.without(Layers::NONE.with(Layer::Rcp))
        }
    }

    /// Whether the principal's account owns the resource. Found here, for an item may have been prepared for another
    /// request.
    pub(super) fn is_same_account(&self) -> bool {
        let account = self.request.text(self.request.header.principal.account);
        !account.is_empty() && account == self.resource.owner.of(self.resource_bytes)
    }

    /// The layers that are declared absent (R-EVAL-4): by the request, or by the item for its resource.
    pub(super) fn absent(&self) -> Layers {
        AbsentLayers(self.request.header.absent.get() | self.resource.absent.get()).layers()
    }

    /// Steps that are charged for finding the values of a context key whose name has so many bytes.
    #[inline]
    pub(super) fn look_up_steps(&self, len: usize) -> usize {
        match self.overlay {
            None if !self.request.context.is_crowded() => TABLE + len / 16,
            _ => self.more_look_up_steps(len / 16),
        }
    }

    /// As above, with an item or with crowded keys; a name is compared in so many steps and one.
    #[inline(never)]
    fn more_look_up_steps(&self, name: usize) -> usize {
        let of = |context: &ContextView<'_>| TABLE + name + context.comparisons() * (1 + name);
        of(&self.request.context) + self.overlay.as_ref().map_or(0, of)
    }

    /// The values of a context key: what the engine derives (R-CTX-1), else the item's, else the request's.
    pub(super) fn values(&self, key: &KeyRecord, name: &[u8]) -> Values<'a> {
        let hash = key.hash.get();
        if key.known != 0 {
            let at = usize::from(key.known);
            let multivalued = self.derived_multivalued & 1_u16.wrapping_shl(u32::from(key.known)) != 0;
            if key.known == KnownKey::ResourceAccount as u8 && self.resource.account_key != Text::CALLERS {
                // The request may have declared the key before an item's resource made it a derived one.
                let declared = self.request.context.find(hash, name).is_some_and(|base| base.is_declared());
                return Values::one(&self.resource.account_key, self.resource_bytes, multivalued || declared);
            }
            match self.request.header.derived.get(at) {
                Some(&Text::ABSENT) => return Values::none(multivalued),
                Some(text) if *text != Text::CALLERS => {
                    return Values::one(text, self.request.context.bytes, multivalued);
                }
                _ => {}
            }
        }
        let base = self.request.context.find(hash, name);
        // An item's key replaces the request's; one without values says no more than that the key is multivalued.
        match (self.overlay.and_then(|overlay| overlay.find(hash, name)), base) {
            (None, base) => base.unwrap_or(Values::none(false)),
            (Some(own), Some(base)) if own.is_absent() => base.declared_as(Some(own)),
            (Some(own), base) => own.declared_as(base),
        }
    }

    /// Hands every value to `each` that could be the one value of a context key with this hash. More than are may come:
    /// who asks compares them again.
    pub(super) fn single_values<E: From<BudgetExhausted>>(
        &self,
        hash: u32,
        known: u16,
        budget: &mut Budget,
        each: &mut impl FnMut(&'a [u8], &mut Budget) -> Result<(), E>,
    ) -> Result<(), E> {
        if known != 0 {
            if known == KnownKey::ResourceAccount as u16 && self.resource.account_key != Text::CALLERS {
                return each(self.resource.account_key.of(self.resource_bytes), budget);
            }
            match self.request.header.derived.get(usize::from(known)) {
                Some(&Text::ABSENT) => return Ok(()),
                Some(text) if *text != Text::CALLERS => {
                    return each(text.of(self.request.context.bytes), budget);
                }
                _ => {}
            }
        }
        if let Some(overlay) = &self.overlay {
            overlay.single_values(hash, budget, each)?;
        }
        self.request.context.single_values(hash, budget, each)
    }
}
