//! The keys under which a statement is filed.

use zerocopy::little_endian::{U16, U32};

use super::index::{
    ALLOWS, ANY_ACTION, ActionItems, Index, LONGEST_VALUE, Posting, ResourcePart, Shape, WHOLE, action_part,
    key_hash, service_part,
};
use super::operator::{ConditionOperator, Family};
use super::policy::{ImageError, Policy, StatementSpans};
use super::records::{ConditionRecord, DENY, NOT_ACTION, NOT_RESOURCE, Span, StatementRecord};
use crate::ground::hash::prefix;
use crate::ground::{arn, wildcard};

/// One key: its action part, its shape, and the hash of all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) action: u32,
    pub(super) shape: Shape,
    pub(super) hash: u32,
}

/// What a part of a statement contributes to a key: bits of the shape, and the hash of the text.
type Part = (u16, u64);

/// Hands the keys of a statement to `file`. Equal keys may come more than once.
///
/// A statement with several actions, resources and values is filed under each combination, as long as these are no
/// more than its spans; with more, a part is left out, which only makes its keys less selective.
pub(super) fn for_each(policy: &Policy<'_>, statement: &StatementRecord, file: &mut impl FnMut(Key)) {
    let spans = policy.statement_spans(statement).unwrap_or_default();
    let plan = Plan::of(policy, statement, &spans);
    let resources: &[Span] = if plan.by_resource { spans.resources } else { &[] };
    let values: &[Span] = plan.condition.map_or(&[], |condition| policy.values(condition));
    let mut emit = |action: u32, resource: Part, value: Part| {
        let condition_key =
            match plan.condition.and_then(|condition| policy.keys().get(usize::from(condition.key.get()))) {
                Some(key) => (u16::from(key.known) + 1, key.hash),
                None => (0, U32::ZERO),
            };
        let shape = Shape {
            resource: U16::new(resource.0),
            condition: U16::new(condition_key.0 << 8 | value.0),
            condition_key: condition_key.1,
        };
        file(Key { action, shape, hash: key_hash(action, &shape, resource.1, value.1) });
    };
    for_each_action(policy, statement, spans.actions, plan.by_service, &mut |action| {
        for_each_or_none(resources, |span| resource_key(policy, statement, span), &mut |resource| {
            for_each_or_none(values, |span| value_key(policy, span), &mut |value| {
                emit(action, resource, value)
            });
        });
    });
}

/// Checks that each statement of a policy is found in the index under each of its keys.
pub(super) fn check(index: &Index<'_>, entry: u32, policy: &Policy<'_>) -> Result<(), ImageError> {
    let mut found = true;
    for (number, statement) in policy.statements().iter().enumerate() {
        let flag = if statement.flags & DENY == 0 { ALLOWS } else { 0 };
        let rank = (entry | flag, u32::try_from(number).map_err(|_| ImageError::Corrupt)?);
        for_each(policy, statement, &mut |key| {
            let holds = |list: &[Posting]| list.binary_search_by_key(&rank, Posting::rank).is_ok();
            found &= match index.action(key.action) {
                Some(ActionItems::Statements(list)) => key.shape == Shape::default() && holds(list),
                Some(ActionItems::Shapes(shapes)) => {
                    let listed = shapes.binary_search_by_key(&key.shape.rank(), Shape::rank).is_ok();
                    listed && index.key(key.hash).any(holds)
                }
                None => false,
            };
        });
    }
    if found { Ok(()) } else { Err(ImageError::Corrupt) }
}

fn for_each_or_none(spans: &[Span], part: impl Fn(&Span) -> Option<Part>, each: &mut impl FnMut(Part)) {
    if spans.is_empty() {
        return each((0, 0));
    }
    for span in spans {
        each(part(span).unwrap_or((0, 0)));
    }
}

/// Which parts the keys of a statement have.
struct Plan<'a> {
    /// All actions of a service share a key.
    by_service: bool,
    by_resource: bool,
    condition: Option<&'a ConditionRecord>,
}

impl<'a> Plan<'a> {
    fn of(policy: &Policy<'a>, statement: &StatementRecord, spans: &StatementSpans<'a>) -> Self {
        let actions = spans.actions.len();
        let mut resources = spans.resources.len().max(1);
        let all = spans.principals.len() + actions + resources;
        let by_resource = statement.flags & NOT_RESOURCE == 0
            && spans.resources.iter().any(|span| resource_key(policy, statement, span).is_some());
        if !by_resource {
            resources = 1;
        }
        let condition = policy
            .statement_conditions(statement)
            .iter()
            .find(|condition| statement.flags & DENY == 0 && is_selective(policy, condition));
        let values = condition.map_or(1, |condition| usize::from(condition.values.get()));
        // From the most selective keys to the least.
        let mut services = 0;
        for_each_action(policy, statement, spans.actions, true, &mut |_| services += 1);
        // Three counts of 16 bits exceed a word of 32.
        let product = |counts: [usize; 3]| counts.into_iter().fold(1, usize::saturating_mul);
        for (by_service, by_resource, condition, keys) in [
            (false, by_resource, condition, product([actions, resources, values])),
            (true, by_resource, condition, product([services, resources, values])),
            (false, by_resource, None, product([actions, resources, 1])),
            (true, by_resource, None, product([services, resources, 1])),
            (false, false, condition, product([actions, values, 1])),
        ] {
            if keys <= all + values {
                return Self { by_service, by_resource, condition };
            }
        }
        Self { by_service: false, by_resource: false, condition: None }
    }
}

/// Hands the action parts of a statement to `each`, one for each run of equal ones.
fn for_each_action(
    policy: &Policy<'_>,
    statement: &StatementRecord,
    actions: &[Span],
    by_service: bool,
    each: &mut impl FnMut(u32),
) {
    if statement.flags & NOT_ACTION != 0 {
        return each(ANY_ACTION);
    }
    let mut last = None;
    for span in actions {
        let part = action_key(policy, span, by_service);
        if last.replace(part) != Some(part) {
            each(part);
        }
    }
}

fn action_key(policy: &Policy<'_>, span: &Span, by_service: bool) -> u32 {
    let text = span.of(policy.text()).unwrap_or_default();
    let head = text.get(..usize::from(span.head.get())).unwrap_or_default();
    match head.iter().position(|byte| *byte == b':') {
        None => ANY_ACTION,
        Some(colon) if by_service || head.len() < text.len() => {
            service_part(text.get(..=colon).unwrap_or_default())
        }
        Some(_) => action_part(text),
    }
}

/// The resource part of a pattern, unless it has none: then the statement may be about any resource.
fn resource_key(policy: &Policy<'_>, statement: &StatementRecord, span: &Span) -> Option<Part> {
    let pattern = span.of(policy.text())?;
    let head = pattern.get(..usize::from(span.head.get()))?;
    // R-RES-14: a Deny of all that a service has may deny a request about `*` as well.
    if statement.flags & DENY != 0 && arn::whole_service(pattern, |_| true).is_some() {
        return None;
    }
    if head.len() == pattern.len() {
        return Some((ResourcePart::Whole as u16, prefix::hash(head)));
    }
    // R-RES-5: with a token in the first five fields, only a statement that allows may go by its sixth field.
    if statement.flags & DENY == 0 && arn::split(head).is_none() {
        let [.., field] = arn::split(pattern)?;
        let literal = field.iter().position(|byte| wildcard::is_token(*byte)).unwrap_or(field.len());
        let literal = field.get(..literal.min(prefix::LONGEST))?;
        if !literal.is_empty() {
            return Some((ResourcePart::FieldHead as u16 | length(literal), prefix::hash(literal)));
        }
    }
    let head = head.get(..prefix::LONGEST).unwrap_or(head);
    (!head.is_empty()).then(|| (ResourcePart::Head as u16 | length(head), prefix::hash(head)))
}

fn length(text: &[u8]) -> u16 {
    u16::try_from(text.len()).unwrap_or(u16::MAX)
}

/// Whether a condition is certain not to be TRUE unless the request's one value of its key begins as one of the
/// policy's: a positive `StringEquals` or `StringLike` without qualifier and `IfExists`, each value with a literal head.
fn is_selective(policy: &Policy<'_>, condition: &ConditionRecord) -> bool {
    let operator = ConditionOperator::from_number(condition.operator);
    condition.modifiers == 0
        && operator.is_some_and(|operator| {
            !operator.negated() && matches!(operator.family(), Family::Text | Family::Pattern)
        })
        && policy.values(condition).iter().all(|span| value_key(policy, span).is_some())
}

/// The condition part of a value.
fn value_key(policy: &Policy<'_>, span: &Span) -> Option<Part> {
    let value = span.of(policy.text())?;
    let head = value.get(..usize::from(span.head.get()))?;
    if head.is_empty() {
        return None;
    }
    if head.len() == value.len() {
        return Some((WHOLE, prefix::hash(value)));
    }
    let head = head.get(..LONGEST_VALUE).unwrap_or(head);
    Some((length(head), prefix::hash(head)))
}
