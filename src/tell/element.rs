//! Words for where a statement stands, and for the elements that list what it is about.

use core::fmt;

use super::explanation::Explanation;
use super::plain::{OrQuotes, Plain, Shown};
use super::value::ExpectedValue;
use super::wrap::Lines;
use crate::evaluate::explanation::{JudgedStatement, Role, is_enough};
use crate::ground::truth::Truth;
use crate::image::layer::Layer;
use crate::image::operator::Family;
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
        values(lines, self.values(statement).count(), self.values(statement))?;
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
    fn values<'a>(self, statement: Statement<'a>) -> impl Iterator<Item = Listed<'a>> {
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

/// So many values, which a condition expects, or an element lists, or a request has.
pub(super) fn values(
    lines: &mut Lines<'_>,
    count: usize,
    values: impl Iterator<Item = impl fmt::Display>,
) -> fmt::Result {
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
