//! The rows of a policy in a set: what building writes, and opening asks for again.

use zerocopy::little_endian::{U16, U32};

use super::policy::{Places, Policy};
use super::records::{Span, number};
use super::set_records::{ConditionRow, EVERY_ACTION, EVERY_RESOURCE, NO_SLOT, Row, SetEntry};
use crate::ground::wildcard::STAR;

/// A policy of a set, with what its rows need to know.
pub(super) struct Rows<'p, 'a> {
    policy: &'p Policy<'a>,
    entry: &'p SetEntry,
    /// The number of the entry.
    at: usize,
    /// Where in the image its tables are.
    places: Places,
}

impl<'p, 'a> Rows<'p, 'a> {
    /// Those of the policy of `entry`, which has the number `at`.
    pub(super) fn new(policy: &'p Policy<'a>, entry: &'p SetEntry, at: usize) -> Self {
        Self { policy, entry, at, places: policy.places() }
    }

    /// The place in the set of one in the image.
    fn place(&self, offset: usize) -> Option<U32> {
        number((self.entry.start.get() as usize).checked_add(offset)?)
    }

    /// The place in the set of the span with this number.
    fn span(&self, at: U32) -> Option<U32> {
        self.place(self.places.spans.checked_add((at.get() as usize).checked_mul(size_of::<Span>())?)?)
    }

    /// Hands a row for each statement to `each`, in order. The rows of their conditions begin at `first_condition` in the
    /// set. `None` where a number does not fit.
    pub(super) fn for_each_statement(
        &self,
        first_condition: usize,
        each: &mut impl FnMut(Row) -> Option<()>,
    ) -> Option<()> {
        let common = Row {
            layer: self.entry.layer,
            level: self.entry.level,
            kind: self.entry.kind,
            keys: self.place(self.places.keys)?,
            variables: self.place(self.places.variables)?,
            text: self.place(self.places.text)?,
            entry: number(self.at)?,
            ..Row::default()
        };
        for statement in self.policy.statements() {
            let spans = self.policy.statement_spans(statement)?;
            let is_star = |span: &Span| span.get(self.policy.text()) == Some(&[STAR]);
            let mut flags = statement.flags;
            // R-SCPC-19, R-KIND-6: a statement that names no resource is about every one.
            if spans.resources.is_empty() || spans.resources.iter().any(is_star) {
                flags |= EVERY_RESOURCE;
            }
            if spans.actions.iter().any(is_star) {
                flags |= EVERY_ACTION;
            }
            let first_action = statement.first_span.get().checked_add(statement.principals.get().into())?;
            let before = (statement.first_condition.get() as usize).checked_mul(size_of::<ConditionRow>())?;
            each(Row {
                flags,
                principals: statement.principals,
                actions: statement.actions,
                resources: statement.resources,
                conditions: statement.conditions,
                actions_start: self.span(U32::new(first_action))?,
                first_condition: number(first_condition.checked_add(before)?)?,
                sid_start: statement.sid_start,
                sid_len: statement.sid_len,
                ..common
            })?;
        }
        Some(())
    }

    /// Hands a row for each condition of each statement to `each`, in order and without a slot. `None` where a number does
    /// not fit.
    pub(super) fn for_each_condition(&self, each: &mut impl FnMut(ConditionRow) -> Option<()>) -> Option<()> {
        for condition in self.policy.conditions() {
            each(ConditionRow {
                operator: condition.operator,
                modifiers: condition.modifiers,
                values: condition.values,
                first_value: self.span(condition.first_value)?,
                key: *self.policy.keys().get(usize::from(condition.key.get()))?,
                slot: NO_SLOT,
                reserved: U16::ZERO,
            })?;
        }
        Some(())
    }
}
