//! Whether the conditions of a statement hold (R-COND-1).

use super::compare::{self, RequestValue};
use super::judge::Judge;
use super::variables::Resolved;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::truth::Truth;
use crate::image::operator::{ConditionOperator, Family, SetQualifier};
use crate::image::records::{ConditionRecord, IF_EXISTS, Span};
use crate::request::context::Values;

/// All conditions of a statement together: a conjunction (R-COND-1).
pub(super) fn matches(judge: &mut Judge<'_, '_>) -> Result<Truth, BudgetExhausted> {
    let mut all = Truth::True;
    for condition in judge.statement.conditions() {
        all = all.and(matches_one(judge, condition)?);
        if all == Truth::False {
            break;
        }
    }
    Ok(all)
}

/// Steps that are charged for a condition, beside the look-up of its key.
const CONDITION: usize = 3;

/// One key of one operator.
fn matches_one(judge: &mut Judge<'_, '_>, condition: &ConditionRecord) -> Result<Truth, BudgetExhausted> {
    let resolved = judge.variables();
    let Judge { statement, context, ref mut budget } = *judge;
    // What an opened image cannot have holds for a Deny and not for an Allow.
    let Some(operator) = ConditionOperator::from_number(condition.operator) else { return Ok(Truth::Indet) };
    let Some(key) = statement.key(condition.key) else { return Ok(Truth::Indet) };
    let Some(name) = statement.piece(key.start, key.len) else { return Ok(Truth::Indet) };
    let qualifier = SetQualifier::from_number(condition.modifiers & !IF_EXISTS).unwrap_or(SetQualifier::None);
    budget.spend(CONDITION + context.look_up_steps(name.len()))?;
    let values = context.values(key, name);
    budget.spend(values.count())?;
    let test = Test { resolved, operator, expected: statement.values(condition) };

    // R-CTX-3, R-CTX-7: AWS sends the key, and what it sends is not known here.
    if values.is_unknown() {
        return Ok(Truth::Indet);
    }
    // R-MULTI-3: whether a set of nothing but empty strings is empty is left open.
    let all_empty = || !values.is_absent() && values.iter().all(<[u8]>::is_empty);
    if operator.family() == Family::Null {
        budget.spend(test.expected.len() / 2)?;
        return Ok(if all_empty() { Truth::Indet } else { test.presence(&values) });
    }
    if values.is_absent() {
        return Ok(Truth::from(holds_when_absent(operator, qualifier, condition.modifiers & IF_EXISTS != 0)));
    }
    match qualifier {
        SetQualifier::None if values.is_multivalued() => Ok(Truth::Indet),
        SetQualifier::None => {
            values.iter().try_fold(Truth::False, |any, value| Ok(any.or(test.value(value, budget)?)))
        }
        SetQualifier::ForAllValues => {
            let mut all = Truth::True;
            for value in values.iter() {
                all = all.and(test.value(value, budget)?);
            }
            Ok(if all_empty() { all.or(Truth::Indet) } else { all })
        }
        SetQualifier::ForAnyValue => {
            let mut any = Truth::False;
            for value in values.iter() {
                any = any.or(test.value(value, budget)?);
            }
            Ok(if all_empty() { any.and(Truth::Indet) } else { any })
        }
    }
}

/// The left column of the table of missing keys (R-MISS-1).
fn holds_when_absent(operator: ConditionOperator, qualifier: SetQualifier, if_exists: bool) -> bool {
    if_exists
        || match qualifier {
            SetQualifier::None => operator.negated(),
            SetQualifier::ForAllValues => true,
            SetQualifier::ForAnyValue => false,
        }
}

/// An operator with the values that the policy expects.
struct Test<'p, 'a> {
    resolved: Resolved<'p, 'a>,
    operator: ConditionOperator,
    expected: &'a [Span],
}

impl Test<'_, '_> {
    /// `Null`: any of its values says what is the case (R-MISS-4).
    fn presence(&self, values: &Values<'_>) -> Truth {
        let text = self.resolved.statement.text;
        let absent = u8::from(values.is_absent());
        Truth::from(self.expected.iter().any(|span| span.get(text) == Some(&[absent])))
    }

    /// Whether one value of the request passes: it matches one of the policy's, or, negated, none of them.
    fn value(&self, value: &[u8], budget: &mut Budget) -> Result<Truth, BudgetExhausted> {
        let negated = self.operator.negated();
        // R-MULTI-4
        let Some(value) = RequestValue::read(self.operator.family(), value, budget)? else {
            return Ok(Truth::Indet);
        };
        let mut any = Truth::False;
        for span in self.expected {
            let one = compare::compare(self.operator, &value, span, &self.resolved, budget)?;
            // R-VAR-10: a value with an unresolved variable matches nothing, and refutes nothing either.
            let unresolved = if negated { Truth::Indet } else { Truth::False };
            any = any.or(one.unwrap_or(unresolved));
            if any == Truth::True {
                break;
            }
        }
        Ok(if negated { !any } else { any })
    }
}
