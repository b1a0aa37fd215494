//! The keys under which a statement is filed.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::index::{Posting, part_hash};
use super::index_tree::{LONGEST, LONGEST_NAME};
use super::operator::{ConditionOperator, Family};
use super::policy::{Policy, StatementSpans};
use super::records::{ConditionRecord, KeyRecord, Span, StatementRecord, slice};
use super::set_records::SetEntry;
use crate::ground::{arn, wildcard};

/// The text of one part of a key: where in the set it is, and what it stands for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(super) struct Part {
    pub(super) start: U32,
    pub(super) len: U16,
    /// Of a resource [`HEAD`], [`WHOLE`] or [`FIELD`], of a value one of the first two; of a context key the number of the
    /// known key plus 1, or 0 for no condition.
    pub(super) form: U16,
}

/// What the text begins with.
pub(super) const HEAD: u16 = 0;
/// The whole text.
pub(super) const WHOLE: u16 = 1;
/// What the sixth field begins with.
pub(super) const FIELD: u16 = 2;

impl Part {
    #[inline]
    pub(super) fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        slice(bytes, self.start, self.len).unwrap_or_default()
    }
}

/// One key of a statement.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(super) struct Key {
    pub(super) resource: Part,
    pub(super) action: Part,
    pub(super) action_hash: U32,
    pub(super) condition: Part,
    pub(super) condition_hash: U32,
    pub(super) value: Part,
}

/// A policy of a set.
pub(super) struct Member<'a> {
    policy: Policy<'a>,
    /// The number of the row of its first statement.
    first_row: u32,
    /// Where in the set its text begins.
    text_start: usize,
}

impl<'a> Member<'a> {
    /// The policy of an entry.
    pub(super) fn new(policy: Policy<'a>, entry: &SetEntry) -> Option<Self> {
        let text_start = (entry.start.get() as usize)
            .checked_add((entry.size.get() as usize).checked_sub(policy.text().len())?)?;
        Some(Self { policy, first_row: entry.first_row.get(), text_start })
    }

    /// Hands the keys of each statement to `file`, with what is filed. Equal keys may come more than once.
    pub(super) fn for_each_key(&self, file: &mut impl FnMut(Key, Posting)) {
        for (row, statement) in (self.first_row..).zip(self.policy.statements()) {
            let posting = Posting::new(row, !statement.is_deny());
            for_each(&self.policy, statement, self.text_start, &mut |key| file(key, posting));
        }
    }
}

/// How many keys the statements of a policy have, and how many of them with a condition.
pub(super) fn count(policy: &Policy<'_>) -> (usize, usize) {
    let (mut keys, mut with_condition) = (0, 0);
    for statement in policy.statements() {
        let spans = policy.statement_spans(statement).unwrap_or_default();
        let plan = Plan::from_statement(policy, statement, &spans);
        let (resources, values) = plan.lists(policy, &spans);
        let mut actions = 0;
        for_each_action(policy, statement, spans.actions, plan.scope, &mut |_, _| actions += 1);
        let own = actions * resources.len().max(1) * values.len().max(1);
        keys += own;
        with_condition += if plan.condition.is_some() { own } else { 0 };
    }
    (keys, with_condition)
}

/// Hands the keys of a statement to `file`. Equal keys may come more than once.
///
/// A statement with several actions, resources and values is filed under each combination, as long as these are no
/// more than its spans; with more, a part is left out, which only makes its keys less selective.
fn for_each(policy: &Policy<'_>, statement: &StatementRecord, text_start: usize, file: &mut impl FnMut(Key)) {
    let spans = policy.statement_spans(statement).unwrap_or_default();
    let plan = Plan::from_statement(policy, statement, &spans);
    let (resources, values) = plan.lists(policy, &spans);
    let place = |start: u32, text: &[u8], form: u16| Part {
        start: U32::new(u32::try_from(text_start).unwrap_or(u32::MAX).saturating_add(start)),
        len: U16::new(u16::try_from(text.len()).unwrap_or(u16::MAX)),
        form: U16::new(form),
    };
    let key = plan.condition.and_then(|condition| key_of(policy, condition));
    let (condition, condition_hash) = key.map_or((Part::default(), U32::ZERO), |(key, name)| {
        (place(key.start.get(), name, u16::from(key.known) + 1), key.hash)
    });
    // The part of a resource takes the longest to find.
    for_each_or_none(resources, |span| resource_part(policy, statement, span), &mut |resource| {
        let resource = resource.map_or(Part::default(), |part| place(part.start, part.text, part.form));
        for_each_action(policy, statement, spans.actions, plan.scope, &mut |start, text| {
            let (action_hash, action) = (U32::new(part_hash(text)), place(start, text, HEAD));
            for_each_or_none(values, |span| value_part(policy, span), &mut |value| {
                let value = value.map_or(Part::default(), |part| place(part.start, part.text, part.form));
                file(Key { resource, action, action_hash, condition, condition_hash, value });
            });
        });
    });
}

/// What a text of a statement contributes to a key.
struct TextPart<'a> {
    /// Where in the policy's text it begins.
    start: u32,
    text: &'a [u8],
    form: u16,
}

impl<'a> TextPart<'a> {
    /// A whole text; one that is too long for that stands for what begins with it.
    fn whole(start: u32, text: &'a [u8]) -> Self {
        if text.len() <= LONGEST { Self { start, text, form: WHOLE } } else { Self::head(start, text) }
    }

    fn head(start: u32, text: &'a [u8]) -> Self {
        Self { start, text: text.get(..LONGEST).unwrap_or(text), form: HEAD }
    }
}

fn for_each_or_none<'a>(
    spans: &[Span],
    part: impl Fn(&Span) -> Option<TextPart<'a>>,
    each: &mut impl FnMut(Option<TextPart<'a>>),
) {
    if spans.is_empty() {
        return each(None);
    }
    for span in spans {
        each(part(span));
    }
}

/// What the keys of a statement have of its actions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Each action.
    Action,
    /// Each service, so that its actions share keys.
    Service,
    /// Nothing.
    Any,
}

/// Which parts the keys of a statement have.
struct Plan<'a> {
    scope: Scope,
    by_resource: bool,
    condition: Option<&'a ConditionRecord>,
}

impl<'a> Plan<'a> {
    /// The resources and the values of the condition that the keys have.
    fn lists<'p>(&self, policy: &Policy<'p>, spans: &StatementSpans<'p>) -> (&'p [Span], &'p [Span]) {
        let resources = if self.by_resource { spans.resources } else { &[] };
        (resources, self.condition.map_or(&[], |condition| policy.values(condition)))
    }

    fn from_statement(policy: &Policy<'a>, statement: &StatementRecord, spans: &StatementSpans<'a>) -> Self {
        let actions = spans.actions.len();
        let mut resources = spans.resources.len().max(1);
        let all = spans.principals.len() + actions + resources;
        // Of a statement that allows, a pattern with a head has a part.
        let has_part = |span: &Span| {
            !statement.is_deny() && span.head.get() > 0 || resource_part(policy, statement, span).is_some()
        };
        let by_resource = !statement.negates_resource() && spans.resources.iter().any(has_part);
        if !by_resource {
            resources = 1;
        }
        let condition = policy
            .statement_conditions(statement)
            .iter()
            .find(|condition| !statement.is_deny() && is_selective(policy, condition));
        let values = condition.map_or(1, |condition| usize::from(condition.values.get()));
        let mut services = 0;
        for_each_action(policy, statement, spans.actions, Scope::Service, &mut |_, _| services += 1);
        // Three counts of 16 bits exceed a word of 32.
        let product = |counts: [usize; 3]| counts.into_iter().fold(1, usize::saturating_mul);
        // From the most selective keys to the least. Resources are never left out: else decisions about all others would
        // look at the statement.
        for (scope, condition, keys) in [
            (Scope::Action, condition, product([actions, resources, values])),
            (Scope::Service, condition, product([services, resources, values])),
            (Scope::Action, None, product([actions, resources, 1])),
            (Scope::Service, None, product([services, resources, 1])),
        ] {
            if keys <= all + values {
                return Self { scope, by_resource, condition };
            }
        }
        Self { scope: Scope::Any, by_resource, condition: None }
    }
}

/// Hands the texts of a statement's action parts to `each`, one for each run of equal ones, with where in the policy's text
/// they begin.
fn for_each_action<'a>(
    policy: &Policy<'a>,
    statement: &StatementRecord,
    actions: &[Span],
    scope: Scope,
    each: &mut impl FnMut(u32, &'a [u8]),
) {
    if statement.negates_action() || scope == Scope::Any {
        return each(0, &[]);
    }
    let mut last = None;
    for span in actions {
        let text = action_text(policy, span, scope);
        if last.replace(text) != Some(text) {
            // The text of any action is empty: its place says nothing.
            let start = if text.is_empty() { 0 } else { span.start.get() };
            each(start, text);
        }
    }
}

/// The text of an action's part: of all of it, of its service with the colon, or none.
fn action_text<'a>(policy: &Policy<'a>, span: &Span, scope: Scope) -> &'a [u8] {
    let text = span.get(policy.text()).unwrap_or_default();
    let head = text.get(..usize::from(span.head.get())).unwrap_or_default();
    let is_one = scope == Scope::Action && head.len() == text.len() && text.len() <= LONGEST_NAME;
    match head.iter().position(|byte| *byte == b':') {
        None => &[],
        Some(_) if is_one => text,
        Some(colon) => text.get(..=colon).filter(|service| service.len() <= LONGEST_NAME).unwrap_or_default(),
    }
}

/// The context key of a condition, and its name.
fn key_of<'a>(policy: &Policy<'a>, condition: &ConditionRecord) -> Option<(&'a KeyRecord, &'a [u8])> {
    let key = policy.keys().get(usize::from(condition.key.get()))?;
    Some((key, slice(policy.text(), key.start, key.len)?))
}

/// The resource part of a pattern, unless it has none: then the statement may be about any resource.
fn resource_part<'a>(policy: &Policy<'a>, statement: &StatementRecord, span: &Span) -> Option<TextPart<'a>> {
    let pattern = span.get(policy.text())?;
    let start = span.start.get();
    let head = pattern.get(..usize::from(span.head.get()))?;
    // R-RES-14: a Deny of all that a service has may deny a request about `*` as well.
    if statement.is_deny() && arn::whole_service(pattern, |_| true).is_some() {
        return None;
    }
    if head.len() == pattern.len() {
        return Some(TextPart::whole(start, head));
    }
    // R-RES-5: with a token in the first five fields, only a statement that allows may go by its sixth field.
    if !statement.is_deny() && arn::split(head).is_none() {
        let [.., field] = arn::split(pattern)?;
        let literal = field.iter().position(|byte| wildcard::is_token(*byte)).unwrap_or(field.len());
        let literal = field.get(..literal)?;
        if !literal.is_empty() {
            let start = start + u32::try_from(pattern.len() - field.len()).ok()?;
            return Some(TextPart { form: FIELD, ..TextPart::head(start, literal) });
        }
    }
    (!head.is_empty()).then(|| TextPart::head(start, head))
}

/// Whether statements may be filed by a condition: it is certain not to be TRUE unless the request's one value of its key
/// begins as one of the policy's: a positive `StringEquals` or `StringLike` without qualifier and `IfExists`, each value with a literal head.
fn is_selective(policy: &Policy<'_>, condition: &ConditionRecord) -> bool {
    let operator = ConditionOperator::from_number(condition.operator);
    condition.modifiers == 0
        && operator.is_some_and(|operator| {
            !operator.negated() && matches!(operator.family(), Family::Text | Family::Pattern)
        })
        && key_of(policy, condition).is_some_and(|(_, name)| name.len() <= LONGEST_NAME)
        && policy.values(condition).iter().all(|span| value_part(policy, span).is_some())
}

/// The condition part of a value.
fn value_part<'a>(policy: &Policy<'a>, span: &Span) -> Option<TextPart<'a>> {
    let value = span.get(policy.text())?;
    let head = value.get(..usize::from(span.head.get()))?;
    if head.is_empty() {
        return None;
    }
    let start = span.start.get();
    Some(if head.len() == value.len() { TextPart::whole(start, head) } else { TextPart::head(start, head) })
}
