//! What is so about the key of a condition: why it holds, or does not. The truth itself is `condition`'s.

use super::compare::{self, RequestValue};
use super::condition::{Test, holds_when_absent};
use super::decision::{CHANGED, DecideError};
use super::explanation::{Change, Fact};
use super::judge::Judge;
use crate::ground::truth::Truth;
use crate::image::operator::{ConditionOperator, Family, SetQualifier};
use crate::image::records::{IF_EXISTS, Span};
use crate::image::set_records::{ConditionRow, NO_SLOT};
use crate::request::context::Values;

/// What is so about the key of a condition that has this truth.
pub(super) fn fact(
    judge: &mut Judge<'_, '_>,
    condition: &ConditionRow,
    truth: Truth,
) -> Result<Fact, DecideError> {
    let statement = judge.statement;
    let operator = ConditionOperator::from_number(condition.operator).ok_or(CHANGED)?;
    let qualifier = SetQualifier::from_number(condition.modifiers & !IF_EXISTS).ok_or(CHANGED)?;
    let test = Test { operator, expected: statement.values(condition).ok_or(CHANGED)? };
    let values = values_of(judge, condition)?;
    if values.not_fetched().is_some() {
        return Ok(Fact::NotFetched);
    }
    if values.is_open() {
        return Ok(Fact::Unknown);
    }
    if values.is_absent() {
        return Ok(Fact::Absent);
    }
    let all_empty = || values.iter().all(<[u8]>::is_empty);
    if operator.family() == Family::Null {
        // R-MULTI-3
        return Ok(if all_empty() { Fact::NothingButEmpty } else { Fact::Present });
    }
    if qualifier == SetQualifier::None {
        return if values.only().is_some() {
            about(judge, &test, &values, 0)
        } else {
            Ok(Fact::SeveralValues)
        };
    }
    // The value that makes the answer: the first that is as all are, or as any is.
    let mut decisive = (0, test.each_value(values.iter().next().ok_or(CHANGED)?, judge)?);
    for (number, value) in values.iter().enumerate().skip(1) {
        let one = test.each_value(value, judge)?;
        let counts =
            if qualifier == SetQualifier::ForAllValues { one < decisive.1 } else { one > decisive.1 };
        if counts {
            decisive = (number, one);
        }
    }
    // R-MULTI-3: then it is that rule which makes the answer.
    if decisive.1 != truth && all_empty() {
        return Ok(Fact::NothingButEmpty);
    }
    about(judge, &test, &values, decisive.0)
}

/// The values of a condition's key, paid for.
fn values_of<'a>(judge: &mut Judge<'_, 'a>, condition: &ConditionRow) -> Result<Values<'a>, DecideError> {
    let name = judge.statement.piece(condition.key.start, condition.key.len).ok_or(CHANGED)?;
    judge.budget.spend(judge.context.look_up_steps(name.len()))?;
    let values = judge.context.values(&condition.key, name, NO_SLOT);
    judge.budget.spend(values.count())?;
    Ok(values)
}

/// What is so about the request's value with this number: that it matches one of the policy's, else the first thing that
/// leaves it open, else that it matches none.
fn about(
    judge: &mut Judge<'_, '_>,
    test: &Test<'_>,
    values: &Values<'_>,
    number: usize,
) -> Result<Fact, DecideError> {
    let sent = short(number);
    let text = values.iter().nth(number).ok_or(CHANGED)?;
    if test.operator.family() == Family::Bool {
        return Ok(about_truth(judge, test, text, sent));
    }
    let Some(value) = RequestValue::read(test.operator.family(), text, judge.budget)? else {
        return Ok(Fact::DoesNotParse { sent });
    };
    let resolved = judge.variables();
    let mut fact = Fact::NoMatch { sent };
    for (expected, span) in test.expected.iter().enumerate() {
        let bytes = span.get(judge.statement.text).ok_or(CHANGED)?;
        let expected = short(expected);
        let matches = match compare::record(test.operator.relation(), &value, bytes, judge.budget)? {
            Some(truth) => Some(truth),
            None => compare::text(test.operator, &value, span, &resolved, judge.budget)?,
        };
        match matches {
            Some(Truth::True) => return Ok(Fact::Matches { sent, expected }),
            Some(Truth::False) => {}
            // A variable without a value is told before what is open for another reason.
            None if !matches!(fact, Fact::VariableWithoutValue { .. }) => {
                fact = Fact::VariableWithoutValue { sent, expected };
            }
            Some(Truth::Indet) if matches!(fact, Fact::NoMatch { .. }) => {
                fact = Fact::Open { sent, expected };
            }
            None | Some(Truth::Indet) => {}
        }
    }
    Ok(fact)
}

/// As [`about`], of a truth value.
fn about_truth(judge: &Judge<'_, '_>, test: &Test<'_>, text: &[u8], sent: u16) -> Fact {
    let Some(truth) = compare::truth(text) else { return Fact::DoesNotParse { sent } };
    let is_it = |span: &Span| span.get(judge.statement.text) == Some(&[u8::from(truth)]);
    match test.expected.iter().position(is_it) {
        Some(expected) => Fact::Matches { sent, expected: short(expected) },
        None => Fact::NoMatch { sent },
    }
}

/// The change of a key by which its condition comes to hold, or not to. `None` where no value does.
pub(super) fn change(
    judge: &mut Judge<'_, '_>,
    condition: &ConditionRow,
    holds: bool,
) -> Result<Option<Change>, DecideError> {
    let operator = ConditionOperator::from_number(condition.operator).ok_or(CHANGED)?;
    let qualifier = SetQualifier::from_number(condition.modifiers & !IF_EXISTS).ok_or(CHANGED)?;
    if operator.family() != Family::Null {
        // R-MULTI-6: then no value is the only one.
        if qualifier == SetQualifier::None && values_of(judge, condition)?.is_declared() {
            let if_exists = condition.modifiers & IF_EXISTS != 0;
            let by_absence = holds_when_absent(operator, qualifier, if_exists) == holds;
            return Ok(by_absence.then_some(Change::Absent));
        }
        return Ok(Some(if operator.negated() == holds { Change::NoneOf } else { Change::OneOf }));
    }
    let spans = judge.statement.values(condition).ok_or(CHANGED)?;
    let has = |absent: u8| spans.iter().any(|span| span.get(judge.statement.text) == Some(&[absent]));
    // R-MISS-4: the value says whether the key is absent.
    Ok(match [has(0), has(1)].map(|listed| listed == holds) {
        [true, false] => Some(Change::Present),
        [false, true] => Some(Change::Absent),
        _ => None,
    })
}

/// The number of a value, of which there are fewer than 65,536.
fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
