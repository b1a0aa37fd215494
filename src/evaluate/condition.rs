//! Whether the conditions of a statement hold (R-COND-1).

use super::compare::{self, RequestValue};
use super::decision::{CHANGED, DecideError};
use super::judge::Judge;
use super::pattern::{self, Head};
use super::shared::{Shared, depends_on_resource};
use crate::ground::truth::Truth;
use crate::ground::wildcard;
use crate::image::operator::{ConditionOperator, Family, SetQualifier};
use crate::image::records::{IF_EXISTS, Span};
use crate::image::set_records::{ConditionRow, NO_SLOT};
use crate::request::context::Values;

/// All conditions of a statement together: a conjunction (R-COND-1). What holds for another of several resources is taken
/// from there.
#[inline(never)]
pub(super) fn matches(judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
    if let Some(truth) = judge.shared.and_then(|shared| noted(judge, shared)) {
        return Ok(truth);
    }
    let by_slot = judge.statement.has_slots_of(judge.context.request.header.dictionary);
    let mut truth = Truth::True;
    for condition in judge.statement.conditions().ok_or(CHANGED)? {
        truth = truth.and(matches_one(judge, condition, by_slot)?);
        if truth == Truth::False {
            break;
        }
    }
    if let Some(shared) = judge.shared {
        note(judge, shared, truth);
    }
    Ok(truth)
}

/// Whether nothing of a statement's conditions is the item's own: neither the set nor a context.
fn is_shared<'a>(judge: &Judge<'_, 'a>, shared: &Shared<'a>) -> bool {
    shared.actions(judge.order.set()).is_some() && !judge.context.has_own_context()
}

/// What was noted of the conditions.
#[inline(never)]
fn noted<'a>(judge: &Judge<'_, 'a>, shared: &Shared<'a>) -> Option<Truth> {
    shared.conditions(judge.order).filter(|_| is_shared(judge, shared))
}

/// Notes whether the conditions hold, for other resources.
#[inline(never)]
fn note<'a>(judge: &Judge<'_, 'a>, shared: &Shared<'a>, truth: Truth) {
    if is_shared(judge, shared) && depends_on_resource(&judge.statement) == Some(false) {
        shared.note(judge.order, truth);
    }
}

/// Steps that are charged for a condition, beside the look-up of its key.
const CONDITION: usize = 3;

/// One key of one operator.
#[inline(always)]
pub(super) fn matches_one(
    judge: &mut Judge<'_, '_>,
    condition: &ConditionRow,
    by_slot: bool,
) -> Result<Truth, DecideError> {
    let Judge { statement, context, ref mut budget, .. } = *judge;
    let name = statement.piece(condition.key.start, condition.key.len).ok_or(CHANGED)?;
    let operator = ConditionOperator::from_number(condition.operator).ok_or(CHANGED)?;
    let test = Test { operator, expected: statement.values(condition).ok_or(CHANGED)? };
    let slot = if by_slot { condition.slot } else { NO_SLOT };
    let values = context.values(&condition.key, name, slot);
    budget.spend(CONDITION + context.look_up_steps(name.len()) + values.count())?;
    // Most conditions are about the one value of a key.
    match values.only() {
        Some(value) if condition.modifiers & !IF_EXISTS == 0 && operator.family() != Family::Null => {
            test.value(value, judge)
        }
        _ => several(judge, condition.modifiers, &test, values),
    }
}

/// As [`matches_one`], where the values are not all here.
#[cold]
fn open(judge: &Judge<'_, '_>, values: &Values<'_>) -> Truth {
    match (values.not_fetched(), judge.context.not_fetched) {
        (Some(number), Some(not_fetched)) => not_fetched.truth(number, judge.statement.row.is_deny()),
        // R-CTX-3, R-CTX-7: AWS sends the key, and what it sends is not known here.
        _ => Truth::Indet,
    }
}

/// As [`matches_one`], where a key has no value or several, or an operator has a qualifier.
#[inline(never)]
fn several(
    judge: &mut Judge<'_, '_>,
    modifiers: u8,
    test: &Test<'_>,
    values: Values<'_>,
) -> Result<Truth, DecideError> {
    if values.is_open() {
        return Ok(open(judge, &values));
    }
    let operator = test.operator;
    let qualifier = SetQualifier::from_number(modifiers & !IF_EXISTS).ok_or(CHANGED)?;
    // R-MULTI-3: whether a set of nothing but empty strings is empty is left open.
    let all_empty = || !values.is_absent() && values.iter().all(<[u8]>::is_empty);
    if operator.family() == Family::Null {
        return if all_empty() { Ok(Truth::Indet) } else { test.has(values.is_absent(), judge) };
    }
    if values.is_absent() {
        return Ok(Truth::from(holds_when_absent(operator, qualifier, modifiers & IF_EXISTS != 0)));
    }
    match qualifier {
        // R-MULTI-1, R-MULTI-6: one value was looked at before.
        SetQualifier::None => Ok(Truth::Indet),
        SetQualifier::ForAllValues => {
            let mut all = Truth::True;
            for value in values.iter() {
                all = all.and(test.each_value(value, judge)?);
            }
            Ok(if all_empty() { all.or(Truth::Indet) } else { all })
        }
        SetQualifier::ForAnyValue => {
            let mut any = Truth::False;
            for value in values.iter() {
                any = any.or(test.each_value(value, judge)?);
            }
            Ok(if all_empty() { any.and(Truth::Indet) } else { any })
        }
    }
}

/// The left column of the table of missing keys (R-MISS-1).
pub(super) fn holds_when_absent(
    operator: ConditionOperator,
    qualifier: SetQualifier,
    if_exists: bool,
) -> bool {
    if_exists
        || match qualifier {
            SetQualifier::None => operator.negated(),
            SetQualifier::ForAllValues => true,
            SetQualifier::ForAnyValue => false,
        }
}

/// An operator with the values that the policy expects.
pub(super) struct Test<'a> {
    pub(super) operator: ConditionOperator,
    pub(super) expected: &'a [Span],
}

impl Test<'_> {
    /// Whether one of the policy's truth values is this one. Of several, any says what is the case (R-MISS-4).
    #[inline]
    fn has(&self, truth: bool, judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
        judge.budget.spend(2 + self.expected.len() / 2)?;
        let text = judge.statement.text;
        Ok(Truth::from(self.expected.iter().any(|span| span.get(text) == Some(&[u8::from(truth)]))))
    }

    /// Whether one value of the request passes: it matches one of the policy's, or, negated, none of them.
    #[inline(always)]
    pub(super) fn value(&self, value: &[u8], judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
        let any = match self.operator.family() {
            Family::Text | Family::Pattern => self.any_text(value, judge)?,
            // R-MULTI-4: negated or not, a value of another family leaves it open.
            Family::Bool => match compare::truth(value) {
                Some(truth) => self.has(truth, judge)?,
                None => Truth::Indet,
            },
            family => self.any_of(family, value, judge)?,
        };
        Ok(if self.operator.negated() { !any } else { any })
    }

    /// As [`value`](Self::value), for one of several.
    #[inline(never)]
    pub(super) fn each_value(&self, value: &[u8], judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
        self.value(value, judge)
    }

    /// Whether any of the policy's values is the request's, or matches it.
    #[inline(never)]
    fn any_of(&self, family: Family, value: &[u8], judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
        // R-MULTI-4
        let Some(value) = RequestValue::read(family, value, judge.budget)? else { return Ok(Truth::Indet) };
        let mut any = Truth::False;
        for span in self.expected {
            any = any.or(self.one(&value, span, judge)?);
            if any == Truth::True {
                break;
            }
        }
        Ok(any)
    }

    #[inline]
    fn one(
        &self,
        value: &RequestValue<'_>,
        span: &Span,
        judge: &mut Judge<'_, '_>,
    ) -> Result<Truth, DecideError> {
        let Some(expected) = span.get(judge.statement.text) else { return Ok(Truth::Indet) };
        if let Some(record) = compare::record(self.operator.relation(), value, expected, judge.budget)? {
            return Ok(record);
        }
        let resolved = judge.variables();
        if let Some(one) = compare::text(self.operator, value, span, &resolved, judge.budget)? {
            return Ok(one);
        }
        let text = match (self.operator.family(), value) {
            (Family::Text | Family::Pattern, RequestValue::Text(text)) | (_, RequestValue::Arn(text)) => {
                Some(*text)
            }
            _ => None,
        };
        self.unresolved(expected, text, judge)
    }

    /// What a pattern with an unresolved variable comes to, for a text that is told where letters count as they are.
    #[cold]
    #[inline(never)]
    fn unresolved(
        &self,
        pattern: &[u8],
        text: Option<&[u8]>,
        judge: &mut Judge<'_, '_>,
    ) -> Result<Truth, DecideError> {
        let negated = self.operator.negated();
        if let Some(truth) = judge.waiting(pattern, text, negated)? {
            return Ok(truth);
        }
        // R-VAR-10: a value with an unresolved variable matches nothing, and refutes nothing either.
        Ok(if negated { Truth::Indet } else { Truth::False })
    }

    /// As [`any_of`](Self::any_of), of text: most values are told by their heads.
    #[inline(never)]
    fn any_text(&self, value: &[u8], judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
        judge.budget.spend(2 + value.len() / 16)?;
        let mut any = Truth::False;
        for span in self.expected {
            // Whether a variable is resolved matters to a negated operator, even where the head differs.
            if self.operator.negated() && span.head != span.len {
                any = any.or(self.text(value, span, judge)?);
                continue;
            }
            judge.budget.spend(compare::TEXT)?;
            match pattern::head(span, judge.statement.text, value, judge.budget)? {
                Head::Differs => {}
                Head::Matches => return Ok(Truth::True),
                Head::Open => any = any.or(self.behind_head(value, span, judge)?),
            }
        }
        Ok(any)
    }

    /// Whether a pattern matches a text.
    #[inline(never)]
    fn text(&self, value: &[u8], span: &Span, judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
        self.one(&RequestValue::Text(value), span, judge)
    }

    /// Whether a pattern matches a text that has its head.
    #[inline(never)]
    fn behind_head(
        &self,
        value: &[u8],
        span: &Span,
        judge: &mut Judge<'_, '_>,
    ) -> Result<Truth, DecideError> {
        let resolved = judge.variables();
        let pool = judge.statement.text;
        let pattern = span.get(pool).unwrap_or_default();
        if wildcard::unresolved(pattern, &resolved, judge.budget)? {
            return self.unresolved(pattern, Some(value), judge);
        }
        Ok(Truth::from(pattern::matches_behind_head(span, pool, value, &resolved, judge.budget)?))
    }
}
