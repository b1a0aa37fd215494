//! Words for what the elements of a statement and the facts of its conditions are.

use core::fmt;

use super::explanation::{ConditionText, Explanation};
use super::plain::{OrQuotes, Plain, Shown};
use super::value::ExpectedValue;
use super::wrap::Lines;
use crate::evaluate::explanation::{Change, Fact, JudgedCondition, JudgedStatement, Role, is_enough};
use crate::ground::truth::Truth;
use crate::image::layer::Layer;
use crate::image::operator::{Family, Relation};
use crate::image::statement::Statement;

/// Values that are listed at most, before the rest is counted.
const MOST_VALUES: usize = 12;

/// Where a statement stands: file and line where they are known, else numbers; then its Sid.
pub(super) struct Place<'e>(pub(super) &'e Explanation<'e>, pub(super) &'e JudgedStatement);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(explanation, statement) = *self;
        match explanation.source(statement) {
            None => {
                let JudgedStatement { set, policy, statement, .. } = *statement;
                write!(f, "set {set}, policy {policy}, statement {statement}")?;
            }
            Some(source) => match source.position(statement.statement) {
                Some([line, _]) => write!(f, "{}:{line}", Plain(source.name.as_bytes()))?,
                None => write!(f, "{} statement {}", Plain(source.name.as_bytes()), statement.statement)?,
            },
        }
        match explanation.sid(statement) {
            "" => Ok(()),
            sid => write!(f, " {}", Plain(sid.as_bytes())),
        }
    }
}

/// The layer, and the level of those that have levels.
pub(super) fn layer(lines: &mut Lines<'_>, layer: Layer, level: u8) -> fmt::Result {
    lines.say(layer.name())?;
    if layer.has_levels() {
        lines.say("of level")?;
        lines.word(level)?;
    }
    Ok(())
}

/// The elements of a statement that keep it from applying, or are only enough for a Deny, but for its conditions.
pub(super) fn lacking(
    lines: &mut Lines<'_>,
    indent: usize,
    explanation: &Explanation<'_>,
    judged: &JudgedStatement,
) -> fmt::Result {
    let Some(statement) = explanation.find(judged) else { return Ok(()) };
    let elements = [
        (judged.action, Element::Action, explanation.request.action()),
        (judged.resource, Element::Resource, explanation.resource()),
        (judged.principal, Element::Principal, explanation.request.who()),
    ];
    for (truth, element, text) in elements.into_iter().filter(|(truth, ..)| *truth != Truth::True) {
        let negated = element.write(lines, indent, statement)?;
        let is_open = truth == Truth::Indet;
        lines.say(match (is_open, negated == judged.denies) {
            (false, _) if negated => "matches",
            (false, _) => "does not match",
            (true, false) => "may match",
            (true, true) => "may not match",
        })?;
        let enough = is_enough(truth, judged.denies);
        lines.word(format_args!("{}{}", Plain(text), if enough { "," } else { "" }))?;
        if enough {
            lines.say("which is enough to deny")?;
        }
    }
    if judged.lacks() == 0 && judged.role != Role::Decides {
        Element::Principal.write(lines, indent, statement)?;
        lines.say("matches, but does not grant to the principal itself")?;
    }
    Ok(())
}

/// An element of a statement that lists what it is about.
#[derive(Clone, Copy)]
enum Element {
    Action,
    Resource,
    Principal,
}

impl Element {
    /// Writes what the statement lists, and begins the line below. Returns whether it lists what it is not about.
    fn write(
        self,
        lines: &mut Lines<'_>,
        indent: usize,
        statement: Statement<'_>,
    ) -> Result<bool, fmt::Error> {
        let negated = self.is_negated(statement);
        lines.line(indent)?;
        lines.word(format_args!("{}{}:", if negated { "Not" } else { "" }, self.name()))?;
        values(lines, self.values(statement))?;
        lines.line(indent + 2)?;
        Ok(negated)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Action => "Action",
            Self::Resource => "Resource",
            Self::Principal => "Principal",
        }
    }

    /// Whether the statement lists what it is not about.
    fn is_negated(self, statement: Statement<'_>) -> bool {
        match self {
            Self::Action => statement.negates_action(),
            Self::Resource => statement.negates_resource(),
            Self::Principal => statement.negates_principal(),
        }
    }

    /// What the statement lists. `*` among resources is no value of its own in an image.
    fn values<'a>(self, statement: Statement<'a>) -> impl Iterator<Item = Listed<'a>> + Clone {
        let spans = match self {
            Self::Action => statement.actions(),
            Self::Resource => statement.resources(),
            Self::Principal => statement.principals(),
        };
        let every = matches!(self, Self::Resource) && statement.lists_every_resource();
        let listed = spans.unwrap_or_default().iter().map(move |span| match self {
            Self::Action | Self::Resource => {
                Listed::Pattern(ExpectedValue { statement, span, family: Family::Pattern })
            }
            Self::Principal => match span.get(statement.text).unwrap_or_default() {
                [] => Listed::Every,
                text => Listed::Principal(Plain(text)),
            },
        });
        every.then_some(Listed::Every).into_iter().chain(listed)
    }
}

/// One of the things that an element lists.
#[derive(Clone, Copy)]
enum Listed<'a> {
    Every,
    Pattern(ExpectedValue<'a>),
    Principal(Plain<'a>),
}

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every => f.write_str("*"),
            Self::Pattern(pattern) => pattern.fmt(f),
            Self::Principal(text) => text.fmt(f),
        }
    }
}

/// Whether a change of one condition's key is all that its statement takes to turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// It is: any of a Deny's conditions, or the only one that keeps an Allow.
    Yes,
    /// Other elements or conditions keep the Allow as well.
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
    values(lines, text.values())?;
    lines.line(indent + 2)?;
    lines.say(match (record.truth, denies) {
        (Truth::True, _) => "holds:",
        (Truth::False, _) => "does not hold:",
        (Truth::Indet, true) => "may hold, which is enough to deny:",
        (Truth::Indet, false) => "may not hold, which is too little to allow:",
    })?;
    fact(lines, explanation, &text, record)?;
    if let Some(change) = record.change {
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

/// The values that a condition expects, or that an element lists.
fn values(lines: &mut Lines<'_>, values: impl Iterator<Item = impl fmt::Display> + Clone) -> fmt::Result {
    let count = values.clone().count();
    for (number, value) in values.take(MOST_VALUES).enumerate() {
        let comma = if number + 1 < count { "," } else { "" };
        lines.word(format_args!("{}{comma}", OrQuotes(Shown(value))))?;
    }
    if count > MOST_VALUES {
        lines.say("and")?;
        lines.word(count - MOST_VALUES)?;
        lines.say("more")?;
    }
    Ok(())
}

fn fact(
    lines: &mut Lines<'_>,
    explanation: &Explanation<'_>,
    text: &ConditionText<'_>,
    record: &JudgedCondition,
) -> fmt::Result {
    let key = text.key();
    let expected = record.fact.expected().and_then(|number| text.values().nth(number.into()));
    if let Some(number) = record.fact.sent() {
        lines.word(key)?;
        lines.say("is")?;
        let sent = explanation.sent(text).nth(number.into()).unwrap_or_default();
        let comma =
            if matches!(record.fact, Fact::NoMatch { .. }) || says_all(record.fact, text) { "" } else { "," };
        lines.word(format_args!("{}{comma}", OrQuotes(Plain(sent))))?;
        match (record.fact, expected) {
            (Fact::Matches { .. }, Some(expected)) => {
                matching(lines, text.comparison(), OrQuotes(Shown(expected)))?
            }
            (Fact::DoesNotParse { .. }, _) => lines.say(unread(text.comparison().0))?,
            (Fact::VariableWithoutValue { .. }, Some(expected)) => {
                lines.say("and a variable has no value in")?;
                lines.word(OrQuotes(Shown(expected)))?;
            }
            (Fact::Open { .. }, Some(expected)) => {
                lines.say("and AWS does not say whether that matches")?;
                lines.word(OrQuotes(Shown(expected)))?;
            }
            _ => {}
        }
        return Ok(());
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
        (Change::OneOf, (_, Relation::Less), _) => "less than",
        (Change::OneOf, (_, Relation::LessOrEqual), _) => "at most",
        (Change::OneOf, (_, Relation::Greater), _) => "greater than",
        (Change::OneOf, (_, Relation::GreaterOrEqual), _) => "at least",
        (Change::NoneOf, (_, Relation::Less), _) => "at least",
        (Change::NoneOf, (_, Relation::LessOrEqual), _) => "greater than",
        (Change::NoneOf, (_, Relation::Greater), _) => "at most",
        (Change::NoneOf, (_, Relation::GreaterOrEqual), _) => "less than",
    })?;
    values(lines, text.values())
}
