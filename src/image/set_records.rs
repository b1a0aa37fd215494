//! The records of a policy set, byte for byte: little-endian, alignment 1, no padding.
//!
//! A set holds its images as they were compiled, and from a statement to its texts an image has five tables. A *row* has
//! gone that way: it says where in the set each of them is, and at which layer and level the statement applies. Rows
//! stand in the order of layer, level, policy and statement, so that a row's number is the order in which it is reported
//! (R-EVAL-22).

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::records::{DENY, KeyRecord};

/// The first four bytes of a policy set.
pub const SET_MAGIC: [u8; 4] = *b"IAMs";

/// The version of the set format.
pub const SET_FORMAT: u16 = 2;

/// The head of a policy set. The entries follow, ordered by layer, level and the caller's order; then a row for each
/// statement and one for each condition, in the order of the entries; then the images, then the index.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SetHeader {
    /// [`SET_MAGIC`].
    pub magic: [u8; 4],
    /// [`SET_FORMAT`].
    pub format: U16,
    /// SCP levels of the organization, 0 where this set has no part in them (R-EVAL-3).
    pub scp_levels: u8,
    /// RCP levels.
    pub rcp_levels: u8,
    /// Bytes of the whole set.
    pub size: U32,
    /// The layers that the set has: those with a policy, and SCPs and RCPs where there are levels.
    pub layers: u8,
    /// The number of the [`PolicyKind`] of the resource's policy, of which there is one at most; 0 for none.
    pub resource_kind: u8,
    /// 1 where the set has an index, 0 where it is too small for one.
    pub has_index: u8,
    /// 0.
    pub reserved: u8,
    /// Records of [`SetEntry`].
    pub policies: U32,
    /// Records of [`Row`].
    pub statements: U32,
    /// Records of [`ConditionRow`].
    pub conditions: U32,
    /// Where the index begins, which ends the set.
    pub index_start: U32,
    /// The fingerprint of the dictionary whose slots the conditions have; 0 where they have none.
    pub dictionary: U64,
}

/// One policy of a set.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SetEntry {
    /// The caller's 64-bit tag, returned in decisions.
    pub tag: U64,
    /// The [`hash`](crate::ground::hash::hash) of the image: two sets hold the same policy where it is the same.
    pub hash: U64,
    /// Where the image begins in the set.
    pub start: U32,
    /// Bytes of the image.
    pub size: U32,
    /// The caller's number of the policy: its place in the list that the set was built from.
    pub index: U32,
    /// The number of the row of its first statement.
    pub first_row: U32,
    /// Its statements.
    pub statements: U32,
    /// The number of the [`Layer`].
    pub layer: u8,
    /// The level, from 0 at the root.
    pub level: u8,
    /// The number of the [`PolicyKind`].
    pub kind: u8,
    /// 0.
    pub reserved: u8,
}

/// Flag of a row, beside those of a statement: it is about every resource, by `*` or because it names none.
pub const EVERY_RESOURCE: u8 = 16;
/// Flag of a row: one of its actions is `*`.
pub const EVERY_ACTION: u8 = 32;

/// A statement of a set. What is counted lies where its policy's image has it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct Row {
    /// Those of the [`StatementRecord`], [`EVERY_RESOURCE`] and [`EVERY_ACTION`].
    pub flags: u8,
    /// The number of the [`PolicyKind`].
    pub kind: u8,
    /// The level, from 0 at the root. With the layer behind it, it is one number, by which statements are in order.
    pub level: u8,
    /// The number of the [`Layer`](super::layer::Layer).
    pub layer: u8,
    /// Spans of `Principal` or `NotPrincipal`.
    pub principals: U16,
    /// Spans of `Action` or `NotAction`.
    pub actions: U16,
    /// Spans of `Resource` or `NotResource`.
    pub resources: U16,
    /// Records of [`ConditionRow`].
    pub conditions: U16,
    /// Where in the set the spans of its actions are: those of its principals end there, and those of its resources follow.
    pub actions_start: U32,
    /// Where its first condition is.
    pub first_condition: U32,
    /// Where the first context key of its policy is.
    pub keys: U32,
    /// Where the first variable of its policy is.
    pub variables: U32,
    /// Where the text of its policy begins, from which spans count.
    pub text: U32,
    /// Where in that text `Sid` begins.
    pub sid_start: U32,
    /// Bytes of `Sid`; 0 for none.
    pub sid_len: U16,
    /// 0.
    pub reserved: U16,
    /// The number of the set's entry.
    pub entry: U32,
}

impl Row {
    /// Whether `Effect` is `Deny`.
    #[inline]
    pub(crate) const fn is_deny(&self) -> bool {
        self.flags & DENY != 0
    }

    /// Layer and level as one number, by which statements are in order.
    #[inline]
    pub(crate) const fn place(&self) -> u16 {
        u16::from_le_bytes([self.level, self.layer])
    }
}

/// A condition of a statement: a key of an operator, and its values.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct ConditionRow {
    /// The number of the [`ConditionOperator`](super::operator::ConditionOperator).
    pub operator: u8,
    /// The number of the [`SetQualifier`](super::operator::SetQualifier), plus
    /// [`IF_EXISTS`](super::records::IF_EXISTS).
    pub modifiers: u8,
    /// Spans of its values.
    pub values: U16,
    /// Where in the set the first of them is.
    pub first_value: U32,
    /// The key, as its policy has it.
    pub key: KeyRecord,
    /// The slot of the key in the set's dictionary, or [`NO_SLOT`]. It tells where to look first, and no more: opening
    /// does not ask whether it is right.
    pub slot: U16,
    /// 0.
    pub reserved: U16,
}

/// The slot of a condition whose key the set's dictionary lacks, or whose set has no dictionary.
pub const NO_SLOT: U16 = U16::new(u16::MAX);

const _: () = {
    assert!(size_of::<SetHeader>() == 40);
    assert!(size_of::<SetEntry>() == 40);
    assert!(size_of::<Row>() == 44);
    assert!(size_of::<ConditionRow>() == 24);
};
