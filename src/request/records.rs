//! The records of a prepared request, as they lie in the caller's memory.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::ground::hash::prefix::Prefixes;
pub(crate) use crate::image::context_table::{ContextRecord, Text};
use crate::image::known_key::KnownKey;

impl Text {
    /// A derived key that this principal does not have.
    pub(crate) const ABSENT: Self = Self { start: U32::ZERO, len: U32::MAX_VALUE };
    /// A key that the engine does not derive here; the caller's value counts.
    pub(crate) const CALLERS: Self = Self { start: U32::MAX_VALUE, len: U32::MAX_VALUE };
    /// As [`CALLERS`](Self::CALLERS), of a key that AWS always sends: without a value of the caller's it is unknown.
    pub(crate) const CALLERS_OR_UNKNOWN: Self = Self { start: U32::new(1), len: U32::MAX_VALUE };

    /// Whether the engine says nothing of this key, so that the caller's value counts.
    pub(crate) fn is_callers(self) -> bool {
        self == Self::CALLERS || self == Self::CALLERS_OR_UNKNOWN
    }
}

/// A resource, split once.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct ResourceRecord {
    pub(crate) text: Text,
    /// Where the states of the text's prefixes are: `prefix::words`, of eight bytes each.
    pub(crate) prefixes: U32,
    /// Where its five first colons are, if it has them; else all 0 (R-RES-3).
    pub(crate) colons: [U32; 5],
    /// The account that owns it (R-RES-13).
    pub(crate) owner: Text,
    /// `aws:ResourceAccount`, if it is derived (R-CTX-6).
    pub(crate) account_key: Text,
    /// 1 for a resource, 0 for none: then each item brings its own.
    pub(crate) given: u8,
    /// 1 where the resource belongs to the management account (R-RCP-5).
    pub(crate) in_management_account: u8,
    /// The number of a [`ResourceForm`].
    pub(crate) form: u8,
    pub(crate) reserved: u8,
    /// Layers that are declared absent for this resource only.
    pub(crate) absent: U32,
}

impl ResourceRecord {
    /// That of a request whose items have a resource each.
    pub(crate) fn none() -> Self {
        Self { account_key: Text::CALLERS, ..Self::new_zeroed() }
    }

    /// The text, with the states of its prefixes.
    pub(crate) fn prefixes<'a>(&self, bytes: &'a [u8]) -> Prefixes<'a> {
        let text = self.text.of(bytes);
        let states = bytes.get(self.prefixes.get() as usize..).unwrap_or_default().as_chunks::<8>().0;
        Prefixes { text, states }
    }
}

pub(crate) const REQUEST_MAGIC: [u8; 4] = *b"IAMr";
pub(crate) const ITEM_MAGIC: [u8; 4] = *b"IAMi";
pub(crate) const PRINCIPAL_MAGIC: [u8; 4] = *b"IAMp";
pub(crate) const ACTION_MAGIC: [u8; 4] = *b"IAMa";
/// Changes whenever the records do: a prepared request is for the build that prepared it.
pub(crate) const REQUEST_FORMAT: u16 = 6;

/// Flag of a request: the VPC endpoint is a gateway (R-VPCE-6).
pub(crate) const GATEWAY_ENDPOINT: u32 = 1;
/// Flag of a request: `aws:ResourceAccount` is derived (R-CTX-6).
pub(crate) const DERIVE_RESOURCE_ACCOUNT: u32 = 2;
/// Flag of a request: the action assumes a role, or belongs to the calls that do (R-RES-15).
pub(crate) const ASSUMES_ROLE: u32 = 4;
/// Flag of a request: a service calls sts:AssumeRole (R-RCP-5).
pub(crate) const SERVICE_ASSUMES_ROLE: u32 = 8;
/// Flag of a request: the action needs no permission, and no Deny stops it (R-EVAL-23).
pub(crate) const NEEDS_NO_PERMISSION: u32 = 16;
/// Flag of a request: a root user reads, writes or deletes a bucket policy (R-EVAL-23).
pub(crate) const ROOT_AND_BUCKET_POLICY: u32 = 32;
/// Flag of a request: the principal's account owns the request's own resource.
pub(crate) const OWNS_RESOURCE: u32 = 64;
/// Flag of a request: a context key is not fetched yet.
pub(crate) const HAS_NOT_FETCHED: u32 = 128;

/// The head of a prepared request; context tables and texts follow. A prepared principal begins as the requests that are
/// assembled from it do.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct RequestHeader {
    pub(crate) magic: [u8; 4],
    pub(crate) format: U16,
    pub(crate) principal_type: u8,
    /// The number of the [`ResourceKind`] that the caller states, or 0.
    pub(crate) stated_kind: u8,
    pub(crate) size: U32,
    pub(crate) flags: U32,
    pub(crate) absent: U32,
    /// The layers that apply to the principal and the action.
    pub(crate) layers: u8,
    /// Those of them that apply to the request's own resource, too.
    pub(crate) own_layers: u8,
    /// The number of the [`ResourceKind`] of the request's own resource.
    pub(crate) own_kind: u8,
    pub(crate) budget: U64,
    /// The fingerprint of the dictionary whose slots the records' numbers are, or 0 where the caller named the keys.
    pub(crate) dictionary: U64,
    /// The action as the caller wrote it, for the classic grammar (R-SCPC-15).
    pub(crate) action: Text,
    /// The action in lower case (R-ACT-4).
    pub(crate) folded_action: Text,
    /// The index's part for the action, and for its service.
    pub(crate) action_part: U32,
    pub(crate) service_part: U32,
    /// Bytes of the service with its colon.
    pub(crate) service_len: U32,
    pub(crate) principal: PrincipalTexts,
    /// [`WORDS`].
    pub(crate) words: [u8; WORDS.len()],
    /// The values of known keys, by number.
    pub(crate) derived: [Text; KnownKey::TABLE],
    /// Known keys that the caller declared multivalued, a bit each (R-MULTI-6).
    pub(crate) derived_multivalued: U16,
    pub(crate) resource: ResourceRecord,
    pub(crate) context: ContextHeader,
}

impl RequestHeader {
    /// Where `words` begins.
    #[allow(clippy::cast_possible_truncation, reason = "the head has some hundred bytes")]
    pub(crate) const WORDS_START: u32 = core::mem::offset_of!(Self, words) as u32;
}

/// The head of a prepared item.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct ItemHeader {
    pub(crate) magic: [u8; 4],
    pub(crate) format: U16,
    /// Known keys that the item's context declares multivalued, a bit each (R-MULTI-6).
    pub(crate) derived_multivalued: U16,
    pub(crate) size: U32,
    pub(crate) resource: ResourceRecord,
    pub(crate) context: ContextHeader,
}

/// The head of a prepared action; its text follows, as written and in lower case.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct ActionHeader {
    pub(crate) magic: [u8; 4],
    pub(crate) format: U16,
    /// What the rules say of it by its name: flags of `action`.
    pub(crate) names: U16,
    pub(crate) size: U32,
    /// The index's part for the action, and for its service.
    pub(crate) action_part: U32,
    pub(crate) service_part: U32,
    /// Bytes of the service with its colon.
    pub(crate) service_len: U32,
}

/// Where the tables of a context lie in a prepared request.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct ContextHeader {
    /// The first slot; the others and the records follow it.
    pub(crate) start: U32,
    /// Slots of the table that finds keys: a power of two, or 0 for an empty context. A slot holds the number of a
    /// record plus 1, or 0.
    pub(crate) slots: U32,
    pub(crate) records: U32,
    /// The first value, and how many there are.
    pub(crate) values_start: U32,
    pub(crate) values: U32,
    /// The records that the table does not find: the first of them and how many, ordered as [`Name`] is.
    pub(crate) crowded_first: U32,
    pub(crate) crowded: U32,
}

/// The texts of a principal in a prepared request; those that it lacks are empty.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct PrincipalTexts {
    pub(crate) arn: Text,
    pub(crate) account: Text,
    /// The partition of the ARN, or of the provider's.
    pub(crate) partition: Text,
    pub(crate) role_arn: Text,
    pub(crate) user_arn: Text,
    pub(crate) service: Text,
    pub(crate) provider: Text,
    /// The account in the provider's ARN, if it is one.
    pub(crate) provider_account: Text,
    pub(crate) canonical_user: Text,
    pub(crate) unique_id: Text,
}

/// The words that derived keys have for values, end to end. They stand in the head of each prepared request, so that
/// none is written by itself.
pub(crate) const WORDS: [u8; 58] = *b"AssumedRoleFederatedUserAccountanonymousAnonymoustruefalse";
