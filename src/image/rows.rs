//! The rows of a policy in a set: what building writes, and opening asks for again.

use super::policy::Policy;
use super::records::{ConditionRecord, Span, StatementRecord, number};
use super::set_records::{EVERY_RESOURCE, Row, SetEntry};
use crate::ground::wildcard::STAR;

/// Hands the rows of a policy's statements to `each`, in order. `None` where a number does not fit.
pub(super) fn for_each(
    policy: &Policy<'_>,
    at: usize,
    entry: &SetEntry,
    each: &mut impl FnMut(Row) -> Option<()>,
) -> Option<()> {
    let start = entry.start.get() as usize;
    let place = |offset: usize| number(start.checked_add(offset)?);
    let tables = policy.places();
    let common = Row {
        layer: entry.layer,
        level: entry.level,
        kind: entry.kind,
        policy_spans: place(tables.spans)?,
        keys: place(tables.keys)?,
        variables: place(tables.variables)?,
        text: place(tables.text)?,
        entry: number(at)?,
        ..Row::default()
    };
    for statement in policy.statements() {
        let spans = statement.first_span.get() as usize * size_of::<Span>();
        let conditions = statement.first_condition.get() as usize * size_of::<ConditionRecord>();
        let every = if is_about_every_resource(policy, statement) { EVERY_RESOURCE } else { 0 };
        each(Row {
            flags: statement.flags | every,
            principals: statement.principals,
            actions: statement.actions,
            resources: statement.resources,
            conditions: statement.conditions,
            spans: place(tables.spans.checked_add(spans)?)?,
            first_condition: place(tables.conditions.checked_add(conditions)?)?,
            sid_start: statement.sid_start,
            sid_len: statement.sid_len,
            ..common
        })?;
    }
    Some(())
}

/// R-SCPC-19, R-KIND-6: a statement that names no resource is about every one.
fn is_about_every_resource(policy: &Policy<'_>, statement: &StatementRecord) -> bool {
    let resources = policy.statement_spans(statement).unwrap_or_default().resources;
    resources.is_empty() || resources.iter().any(|span| span.get(policy.text()) == Some(&[STAR]))
}
