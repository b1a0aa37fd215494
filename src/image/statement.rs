//! A statement of a set, looked at in place.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::kind::PolicyKind;
use super::records::{
    KeyRecord, NOT_ACTION, NOT_PRINCIPAL, NOT_RESOURCE, Span, VariableRecord, record, records, slice,
};
use super::set_records::{ConditionRow, EVERY_ACTION, EVERY_RESOURCE, Row, SetHeader};

/// A statement of a set, looked at in place. `None` is what a set no longer has that was changed after it was opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'a> {
    pub(crate) row: &'a Row,
    /// The set.
    bytes: &'a [u8],
    /// What spans count from.
    pub(crate) text: &'a [u8],
}

impl<'a> Statement<'a> {
    #[inline]
    pub(super) fn new(row: &'a Row, bytes: &'a [u8]) -> Option<Self> {
        Some(Self { row, bytes, text: bytes.get(row.text.get() as usize..)? })
    }

    /// Makes it the statement of another row of its set.
    #[inline]
    pub(crate) fn go_to(&mut self, row: &'a Row) -> Option<()> {
        (self.row, self.text) = (row, self.bytes.get(row.text.get() as usize..)?);
        Some(())
    }

    /// Whether its actions are those of `NotAction`.
    #[inline]
    pub(crate) fn negates_action(&self) -> bool {
        self.row.flags & NOT_ACTION != 0
    }

    /// Whether its resources are those of `NotResource`.
    #[inline]
    pub(crate) fn negates_resource(&self) -> bool {
        self.row.flags & NOT_RESOURCE != 0
    }

    /// Whether its principals are those of `NotPrincipal`.
    #[inline]
    pub(crate) fn negates_principal(&self) -> bool {
        self.row.flags & NOT_PRINCIPAL != 0
    }

    /// Whether one of its actions is `*`.
    #[inline]
    pub(crate) fn lists_every_action(&self) -> bool {
        self.row.flags & EVERY_ACTION != 0
    }

    /// Whether one of its resources is `*`, or it names none.
    #[inline]
    pub(crate) fn lists_every_resource(&self) -> bool {
        self.row.flags & EVERY_RESOURCE != 0
    }

    /// Whether its policy is of this kind.
    #[inline]
    pub(crate) fn is_of(&self, kind: PolicyKind) -> bool {
        self.row.kind == kind as u8
    }

    /// Its principals.
    #[inline]
    pub(crate) fn principals(&self) -> Option<&'a [Span]> {
        let before = usize::from(self.row.principals.get()) * size_of::<Span>();
        self.records((self.row.actions_start.get() as usize).checked_sub(before)?, self.row.principals)
    }

    /// Its actions.
    #[inline]
    pub(crate) fn actions(&self) -> Option<&'a [Span]> {
        self.records(self.row.actions_start.get() as usize, self.row.actions)
    }

    /// Its resources.
    #[inline]
    pub(crate) fn resources(&self) -> Option<&'a [Span]> {
        let before = usize::from(self.row.actions.get()) * size_of::<Span>();
        self.records((self.row.actions_start.get() as usize).checked_add(before)?, self.row.resources)
    }

    /// Its conditions, a key of an operator each.
    #[inline]
    pub(crate) fn conditions(&self) -> Option<&'a [ConditionRow]> {
        self.records(self.row.first_condition.get() as usize, self.row.conditions)
    }

    /// The values of a condition.
    #[inline]
    pub(crate) fn values(&self, condition: &ConditionRow) -> Option<&'a [Span]> {
        self.records(condition.first_value.get() as usize, condition.values)
    }

    /// Whether its conditions have the slots of the dictionary with this fingerprint, as far as they have any.
    #[inline]
    pub(crate) fn has_slots_of(&self, dictionary: U64) -> bool {
        dictionary != U64::ZERO
            && SetHeader::ref_from_prefix(self.bytes).is_ok_and(|(set, _)| set.dictionary == dictionary)
    }

    /// A context key of its policy.
    #[inline]
    pub(crate) fn key(&self, number: U16) -> Option<&'a KeyRecord> {
        self.record(self.row.keys, number)
    }

    /// A policy variable of its policy.
    #[inline]
    pub(crate) fn variable(&self, number: u16) -> Option<&'a VariableRecord> {
        self.record(self.row.variables, U16::new(number))
    }

    /// A piece of its policy's text.
    #[inline]
    pub(crate) fn piece(&self, start: U32, len: U16) -> Option<&'a [u8]> {
        slice(self.text, start, len)
    }

    /// Its `Sid`; empty for none.
    #[inline]
    pub(crate) fn sid(&self) -> &'a str {
        let sid = self.piece(self.row.sid_start, self.row.sid_len).unwrap_or_default();
        core::str::from_utf8(sid).unwrap_or_default()
    }

    #[inline]
    fn records<T>(&self, start: usize, count: U16) -> Option<&'a [T]>
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        records(self.bytes, start, usize::from(count.get()))
    }

    #[inline]
    fn record<T>(&self, start: U32, number: U16) -> Option<&'a T>
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        record(self.bytes, start.get() as usize, usize::from(number.get()))
    }
}
