//! Words for the conditions of a statement: what is so about their keys, and which change would turn them.

use core::fmt;

use super::element::values;
use super::explanation::{ConditionText, Explanation};
use super::plain::{OrQuotes, Plain, Shown};
use super::wrap::Lines;
use crate::evaluate::explanation::{Change, Fact, JudgedCondition};
use crate::ground::truth::Truth;
use crate::image::operator::{Family, Relation, SetQualifier};

/// Whether a change of one condition's key is all that its statement takes to turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// It is: any of a Deny's conditions, or the only one that keeps an Allow.
    Yes,
    /// Other elements or conditions keep the Allow as well, or could.
    No,
}

/// A condition with what is so about its key, and by which change it would turn.
pub(super) fn condition(
    lines: &mut Lines<'_>,
    indent: usize,
    explanation: &Explanation<'_>,
    (denies, alone): (bool, Alone),
    record: &JudgedCondition,
) -> fmt::Result {
    let Some(text) = explanation.condition(record) else { return Ok(()) };
    lines.line(indent)?;
    lines.word(text.operator())?;
    lines.word(format_args!("{}:", text.key()))?;
    values(lines, text.values().count(), text.values())?;
    lines.line(indent + 2)?;
    lines.say(match (record.truth, denies) {
        _ if record.fact == Fact::NotFetched => "cannot be told yet:",
        (Truth::True, _) => "holds:",
        (Truth::False, _) => "does not hold:",
        (Truth::Indet, true) => "may hold, which is enough to deny:",
        (Truth::Indet, false) => "may not hold, which is too little to allow:",
    })?;
    fact(lines, explanation, &text, record)?;
    if let Some(change) = record.change.filter(|change| is_enough_for(*change, record.fact, &text)) {
        lines.line(indent + 2)?;
        lines.say(match (denies, alone) {
            (true, _) => "would not deny",
            (false, Alone::Yes) => "would allow",
            (false, Alone::No) => "would hold",
        })?;
        self::change(lines, &text, change)?;
    }
    Ok(())
}

/// Whether a change of the key's value can make up for what is so about it: not where the operator does not fit the key, nor
/// where the policy's value has a variable without a value.
fn is_enough_for(change: Change, fact: Fact, text: &ConditionText<'_>) -> bool {
    match fact {
        Fact::SeveralValues => false,
        Fact::VariableWithoutValue { .. } => change == Change::OneOf && text.values().count() > 1,
        _ => true,
    }
}

/// What is so about the key of a condition.
fn fact(
    lines: &mut Lines<'_>,
    explanation: &Explanation<'_>,
    text: &ConditionText<'_>,
    record: &JudgedCondition,
) -> fmt::Result {
    let key = text.key();
    if let Some(number) = record.fact.sent() {
        return sent(lines, explanation, text, record, number);
    }
    match record.fact {
        Fact::Absent => {
            let holds_without = record.truth == Truth::True && text.comparison().0 != Family::Null;
            lines.say("the request does not have")?;
            lines.word(format_args!("{key}{}", if holds_without { "," } else { "" }))?;
            if holds_without {
                // Of a negated operator, IfExists and ForAllValues few expect it.
                lines.say("and without it")?;
                lines.word(text.operator())?;
                lines.say("holds")?;
            }
            Ok(())
        }
        Fact::Unknown => {
            lines.say("AWS always sends")?;
            lines.word(key)?;
            lines.say("and nobody told its value")
        }
        Fact::SeveralValues => {
            lines.word(key)?;
            match explanation.sent(text).count() {
                1 => lines.say("is a key that may have several values,")?,
                count => {
                    lines.say("has")?;
                    lines.word(count)?;
                    lines.say("values,")?;
                }
            }
            lines.say("and the operator has no ForAllValues or ForAnyValue")
        }
        Fact::NotFetched => {
            lines.word(key)?;
            lines.say("is not fetched yet")
        }
        Fact::NothingButEmpty => {
            lines.say("nothing but empty values are sent for")?;
            lines.word(key)
        }
        _ => {
            lines.say("the request has")?;
            lines.word(key)
        }
    }
}

/// What is so about the values that the request has: about all of them where all are alike, else about the one that counts.
fn sent(
    lines: &mut Lines<'_>,
    explanation: &Explanation<'_>,
    text: &ConditionText<'_>,
    record: &JudgedCondition,
    number: u16,
) -> fmt::Result {
    let (key, fact, count) = (text.key(), record.fact, explanation.sent(text).count());
    let all_are_alike = match text.qualifier() {
        SetQualifier::ForAllValues => record.truth == Truth::True,
        SetQualifier::ForAnyValue => record.truth == Truth::False,
        SetQualifier::None => false,
    };
    if count > 1 {
        lines.say(if all_are_alike { "the" } else { "one of the" })?;
        lines.word(count)?;
        lines.say("values of")?;
    }
    lines.word(key)?;
    if count > 1 && all_are_alike {
        lines.say("are")?;
        return values(lines, count, explanation.sent(text).map(Plain));
    }
    lines.say("is")?;
    let value = explanation.sent(text).nth(number.into()).unwrap_or_default();
    let is_all = matches!(fact, Fact::NoMatch { .. }) || says_all(fact, text);
    lines.word(format_args!("{}{}", OrQuotes(Plain(value)), if is_all { "" } else { "," }))?;
    let expected = fact.expected().and_then(|number| text.values().nth(number.into()));
    match (fact, expected.map(|expected| OrQuotes(Shown(expected)))) {
        (Fact::Matches { .. }, Some(expected)) => matching(lines, text.comparison(), expected),
        (Fact::DoesNotParse { .. }, _) => lines.say(unread(text.comparison().0)),
        (Fact::VariableWithoutValue { .. }, Some(expected)) => {
            lines.say("and a variable has no value in")?;
            lines.word(expected)
        }
        (Fact::Open { .. }, Some(expected)) => {
            lines.say("and AWS does not say whether that matches")?;
            lines.word(expected)
        }
        _ => Ok(()),
    }
}

/// Whether nothing has to be said of a matching value: it is the policy's.
fn says_all(fact: Fact, text: &ConditionText<'_>) -> bool {
    matches!(fact, Fact::Matches { .. }) && matches!(text.comparison().0, Family::Text | Family::Bool)
}

/// What a matching value is of the policy's: where they are equal, they are the same text.
fn matching(
    lines: &mut Lines<'_>,
    (family, relation): (Family, Relation),
    expected: impl fmt::Display,
) -> fmt::Result {
    lines.say(match (family, relation) {
        (Family::Text | Family::Bool, _) => return Ok(()),
        (Family::Ip, _) => "which is in",
        (_, Relation::Matches) => "which matches",
        (Family::Date, Relation::Less) => "which is before",
        (Family::Date, Relation::LessOrEqual) => "which is not after",
        (Family::Date, Relation::Greater) => "which is after",
        (Family::Date, Relation::GreaterOrEqual) => "which is not before",
        (_, Relation::Less) => "which is less than",
        (_, Relation::LessOrEqual) => "which is at most",
        (_, Relation::Greater) => "which is greater than",
        (_, Relation::GreaterOrEqual) => "which is at least",
    })?;
    lines.word(expected)
}

/// What a text is not that does not read as its operator reads it.
const fn unread(family: Family) -> &'static str {
    match family {
        Family::Number => "which is no number",
        Family::Date => "which is no date",
        Family::Bool => "which is neither true nor false",
        Family::Binary => "which is no base64",
        Family::Ip => "which is no address",
        Family::Arn => "which is no ARN",
        Family::Text | Family::TextIgnoreCase | Family::Pattern | Family::Null => "which cannot be read",
    }
}

/// The change of a key by which a condition would turn.
fn change(lines: &mut Lines<'_>, text: &ConditionText<'_>, change: Change) -> fmt::Result {
    lines.say(match change {
        Change::Absent => "without",
        Change::Present => "with a value of",
        Change::OneOf | Change::NoneOf => "with",
    })?;
    lines.word(text.key())?;
    let several = text.values().count() > 1;
    // What is not true is false.
    if let (Change::NoneOf, Some(value)) = (change, text.only_bool()) {
        lines.say("=")?;
        return lines.word(!value);
    }
    lines.say(match (change, text.comparison(), several) {
        (Change::Present | Change::Absent, ..) => return Ok(()),
        (Change::OneOf, (Family::Pattern | Family::Arn, _), true) => "like one of",
        (Change::NoneOf, (Family::Pattern | Family::Arn, _), true) => "like none of",
        (Change::OneOf, (Family::Pattern | Family::Arn, _), false) => "like",
        (Change::NoneOf, (Family::Pattern | Family::Arn, _), false) => "not like",
        (Change::OneOf, (Family::Ip, _), _) => "in",
        (Change::NoneOf, (Family::Ip, _), _) => "not in",
        (Change::OneOf, (_, Relation::Matches), true) => "one of",
        (Change::NoneOf, (_, Relation::Matches), true) => "none of",
        (Change::OneOf, (_, Relation::Matches), false) => "=",
        (Change::NoneOf, (_, Relation::Matches), false) => "other than",
        (Change::OneOf, (Family::Date, Relation::Less), _) => "before",
        (Change::OneOf, (Family::Date, Relation::LessOrEqual), _) => "not after",
        (Change::OneOf, (Family::Date, Relation::Greater), _) => "after",
        (Change::OneOf, (Family::Date, Relation::GreaterOrEqual), _) => "not before",
        (Change::NoneOf, (Family::Date, Relation::Less), _) => "not before",
        (Change::NoneOf, (Family::Date, Relation::LessOrEqual), _) => "after",
        (Change::NoneOf, (Family::Date, Relation::Greater), _) => "not after",
        (Change::NoneOf, (Family::Date, Relation::GreaterOrEqual), _) => "before",
        (Change::OneOf, (_, Relation::Less), _) => "less than",
        (Change::OneOf, (_, Relation::LessOrEqual), _) => "at most",
        (Change::OneOf, (_, Relation::Greater), _) => "greater than",
        (Change::OneOf, (_, Relation::GreaterOrEqual), _) => "at least",
        (Change::NoneOf, (_, Relation::Less), _) => "at least",
        (Change::NoneOf, (_, Relation::LessOrEqual), _) => "greater than",
        (Change::NoneOf, (_, Relation::Greater), _) => "at most",
        (Change::NoneOf, (_, Relation::GreaterOrEqual), _) => "less than",
    })?;
    values(lines, text.values().count(), text.values())
}
