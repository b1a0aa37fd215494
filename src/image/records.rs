//! The records of a policy image, byte for byte: little-endian, alignment 1, no padding.
//!
//! `zerocopy` gives views of them over any bytes; the numbers in them are only trusted after `Policy::open`.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// The first four bytes of a policy image.
pub const POLICY_MAGIC: [u8; 4] = *b"IAMp";

/// The version of the image format. An image of another version is refused by name.
pub const POLICY_FORMAT: u16 = 1;

/// The head of a policy image. The tables follow in this order, end to end: statements, conditions, spans, keys,
/// variables, text.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct PolicyHeader {
    /// [`POLICY_MAGIC`].
    pub magic: [u8; 4],
    /// [`POLICY_FORMAT`].
    pub format: U16,
    /// The number of the [`PolicyKind`](super::kind::PolicyKind).
    pub kind: u8,
    /// [`VERSION_2012`], or 0.
    pub flags: u8,
    /// Bytes of the whole image.
    pub size: U32,
    /// Records of [`StatementRecord`].
    pub statements: U32,
    /// Records of [`ConditionRecord`].
    pub conditions: U32,
    /// Records of [`Span`].
    pub spans: U32,
    /// Records of [`KeyRecord`].
    pub keys: U16,
    /// Records of [`VariableRecord`].
    pub variables: U16,
    /// Bytes of text.
    pub text: U32,
}

/// Flag of a policy: its `Version` is 2012-10-17 (R-DOC-13).
pub const VERSION_2012: u8 = 1;

/// Flag of a statement: `Effect` is `Deny`.
pub const DENY: u8 = 1;
/// Flag of a statement: its actions are those of `NotAction`.
pub const NOT_ACTION: u8 = 2;
/// Flag of a statement: its resources are those of `NotResource`.
pub const NOT_RESOURCE: u8 = 4;
/// Flag of a statement: its principals are those of `NotPrincipal`.
pub const NOT_PRINCIPAL: u8 = 8;

/// One statement. Its spans lie together: principals, then actions, then resources, then the values of its
/// conditions in order. A statement without resources (a trust policy, a classic SCP) is about every resource.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct StatementRecord {
    /// [`DENY`], [`NOT_ACTION`], [`NOT_RESOURCE`], [`NOT_PRINCIPAL`].
    pub flags: u8,
    /// 0.
    pub reserved: u8,
    /// Spans of `Principal` or `NotPrincipal`.
    pub principals: U16,
    /// Spans of `Action` or `NotAction`.
    pub actions: U16,
    /// Spans of `Resource` or `NotResource`.
    pub resources: U16,
    /// Records of `Condition`, a key of an operator each.
    pub conditions: U16,
    /// The first of its spans.
    pub first_span: U32,
    /// The first of its conditions.
    pub first_condition: U32,
    /// Where `Sid` begins in the text.
    pub sid_start: U32,
    /// Bytes of `Sid`; 0 for none.
    pub sid_len: U16,
}

/// One key of one condition operator, and its values.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ConditionRecord {
    /// The number of the [`ConditionOperator`](super::operator::ConditionOperator).
    pub operator: u8,
    /// The number of the [`SetQualifier`](super::operator::SetQualifier), plus [`IF_EXISTS`].
    pub modifiers: u8,
    /// The number of the key in the key table.
    pub key: U16,
    /// Spans of its values.
    pub values: U16,
    /// The first of them.
    pub first_value: U32,
}

/// Modifier of a condition: `IfExists` follows the operator.
pub const IF_EXISTS: u8 = 4;

/// A piece of the text: a pattern, a value, or a principal.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Span {
    /// Where it begins in the text.
    pub start: U32,
    /// Its bytes.
    pub len: U16,
    /// Of a pattern: bytes before its first token (all of them, if it has none). Of a principal: the number of its
    /// [`PrincipalForm`](super::principal_form::PrincipalForm). Of any other value: 0.
    pub head: U16,
}

/// A context key.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct KeyRecord {
    /// The low 32 bits of the hash of its name in lower case.
    pub hash: U32,
    /// Where its name, in lower case, begins in the text.
    pub start: U32,
    /// Bytes of the name.
    pub len: U16,
    /// The number of the [`KnownKey`](super::known_key::KnownKey), or 0.
    pub known: u8,
    /// 0.
    pub reserved: u8,
}

/// A policy variable: `${key}` or `${key, 'default'}`.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct VariableRecord {
    /// The number of the key in the key table.
    pub key: U16,
    /// Bytes of the default text.
    pub default_len: U16,
    /// Where the default text begins.
    pub default_start: U32,
    /// 1 where there is a default, which may be empty.
    pub has_default: u8,
    /// 0.
    pub reserved: u8,
}

impl StatementRecord {
    /// Whether `Effect` is `Deny`.
    #[must_use]
    #[inline]
    pub const fn is_deny(&self) -> bool {
        self.flags & DENY != 0
    }

    /// Whether its actions are those of `NotAction`.
    #[must_use]
    #[inline]
    pub const fn negates_action(&self) -> bool {
        self.flags & NOT_ACTION != 0
    }

    /// Whether its resources are those of `NotResource`.
    #[must_use]
    #[inline]
    pub const fn negates_resource(&self) -> bool {
        self.flags & NOT_RESOURCE != 0
    }

    /// Whether its principals are those of `NotPrincipal`.
    #[must_use]
    #[inline]
    pub const fn negates_principal(&self) -> bool {
        self.flags & NOT_PRINCIPAL != 0
    }
}

impl Span {
    /// The span of `text` that this record names, or nothing where it leaves the text.
    #[must_use]
    #[inline]
    pub fn get<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        slice(text, self.start, self.len)
    }
}

/// `len` bytes of `text` from `start`, or nothing where they leave the text.
#[must_use]
#[inline]
pub fn slice(text: &[u8], start: U32, len: U16) -> Option<&[u8]> {
    let start = start.get() as usize;
    // A sum that wraps around is less than `start`, and no range.
    text.get(start..start.wrapping_add(usize::from(len.get())))
}

/// `count` records of `bytes` from `start`, or nothing where they leave the bytes.
#[inline]
pub(crate) fn records<T>(bytes: &[u8], start: usize, count: usize) -> Option<&[T]>
where
    T: FromBytes + Immutable + KnownLayout + Unaligned,
{
    let bytes = bytes.get(start..start.checked_add(count.checked_mul(size_of::<T>())?)?)?;
    <[T]>::ref_from_bytes_with_elems(bytes, count).ok()
}

/// The record with this number of those that begin at `start`, or nothing where it leaves the bytes.
#[inline]
pub(crate) fn record<T>(bytes: &[u8], start: usize, number: usize) -> Option<&T>
where
    T: FromBytes + Immutable + KnownLayout + Unaligned,
{
    let at = start.checked_add(number.checked_mul(size_of::<T>())?)?;
    Some(T::ref_from_prefix(bytes.get(at..)?).ok()?.0)
}

/// A number as a record has it.
pub(crate) fn number(number: usize) -> Option<U32> {
    u32::try_from(number).ok().map(U32::new)
}

const _: () = {
    assert!(size_of::<PolicyHeader>() == 32);
    assert!(size_of::<StatementRecord>() == 24);
    assert!(size_of::<ConditionRecord>() == 10);
    assert!(size_of::<Span>() == 8);
    assert!(size_of::<KeyRecord>() == 12);
    assert!(size_of::<VariableRecord>() == 10);
};
