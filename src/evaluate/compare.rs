//! One value of a request against one of a policy, a family of operators each (R-COND-3).

use core::cmp::Ordering;

use super::pattern;
use super::variables::Resolved;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::cidr::{self, Address, Prefix};
use crate::ground::date::Instant;
use crate::ground::decimal::Decimal;
use crate::ground::truth::Truth;
use crate::ground::{arn, base64, lanes, wildcard};
use crate::image::operator::{ConditionOperator, Family, Relation};
use crate::image::records::Span;

/// A value of the request, read as its operator's family reads it.
pub(super) enum RequestValue<'v> {
    Text(&'v [u8]),
    Number(Decimal),
    Date(Instant),
    /// Text that is base64.
    Binary(&'v [u8]),
    Ip(Address),
    /// Text with six fields, the first of which is `arn`.
    Arn(&'v [u8]),
}

impl<'v> RequestValue<'v> {
    /// Reads a value; `None` where it is none of its family (R-MULTI-4).
    pub(super) fn read(
        family: Family,
        text: &'v [u8],
        budget: &mut Budget,
    ) -> Result<Option<Self>, BudgetExhausted> {
        budget.spend(2 + text.len() / 16)?;
        Ok(match family {
            Family::Text | Family::TextIgnoreCase | Family::Pattern => Some(Self::Text(text)),
            // Of numbers, dates and addresses no more than some dozens of bytes are read.
            Family::Number => {
                budget.spend(6)?;
                Decimal::parse(text).map(Self::Number)
            }
            Family::Date => {
                budget.spend(6)?;
                Instant::parse(text).map(Self::Date)
            }
            Family::Ip => {
                budget.spend(8)?;
                Address::parse(text).map(Self::Ip)
            }
            // What these compare is no value of the request, or is read by `truth`.
            Family::Bool | Family::Null => None,
            // Each byte is looked at.
            Family::Binary => {
                budget.spend(text.len() / 4)?;
                base64::decoded_len(text).map(|_| Self::Binary(text))
            }
            // R-ARN-1: an IPv6 address has as many colons.
            Family::Arn => {
                budget.spend(2 + text.len() / 8)?;
                arn::split(text).filter(|[scheme, ..]| *scheme == b"arn").map(|_| Self::Arn(text))
            }
        })
    }
}

/// Whether a text is a word of less than eight letters, in any case: no other byte than the two forms of a letter is that
/// letter once its bit for lower case is set.
#[inline]
fn is_word(text: &[u8], word: &[u8]) -> bool {
    let lower = |text: &[u8]| lanes::few(text) | lanes::lanes(0x20);
    text.len() == word.len() && lower(text) == lower(word)
}

/// A truth value of the request; `None` where it is none (R-BOOL-1).
#[inline]
pub(super) fn truth(text: &[u8]) -> Option<bool> {
    if is_word(text, b"true") {
        return Some(true);
    }
    is_word(text, b"false").then_some(false)
}

/// Steps that are charged for comparing with a number, date or address of a policy.
const RECORD: usize = 4;

/// Steps that are charged for comparing with a text of a policy, beside what its pattern takes.
pub(super) const TEXT: usize = 2;

/// Compares a number, date or address with a policy's, without regard to negation. `None` for texts. A record
/// that does not read is none of an opened image: it holds for a Deny only.
#[inline]
pub(super) fn record(
    relation: Relation,
    value: &RequestValue<'_>,
    expected: &[u8],
    budget: &mut Budget,
) -> Result<Option<Truth>, BudgetExhausted> {
    let known =
        match value {
            RequestValue::Text(_) | RequestValue::Arn(_) => return Ok(None),
            RequestValue::Number(number) => Decimal::from_bytes(expected)
                .map_or(Truth::Indet, |bound| holds(number.cmp(&bound), relation)),
            RequestValue::Date(instant) => Instant::from_bytes(expected)
                .map_or(Truth::Indet, |bound| holds(instant.cmp(&bound), relation)),
            RequestValue::Binary(text) => {
                budget.spend(text.len())?;
                base64::decodes_to(text, expected).map_or(Truth::Indet, Truth::from)
            }
            RequestValue::Ip(address) => {
                Prefix::from_bytes(expected).map_or(Truth::Indet, |prefix| cidr::contains(&prefix, address))
            }
        };
    budget.spend(RECORD)?;
    Ok(Some(known))
}

/// Compares a text with a policy's, without regard to negation. `None` where the policy's has a variable that the request
/// does not resolve, and for what is no text.
pub(super) fn text(
    operator: ConditionOperator,
    value: &RequestValue<'_>,
    span: &Span,
    resolved: &Resolved<'_, '_>,
    budget: &mut Budget,
) -> Result<Option<Truth>, BudgetExhausted> {
    let pool = resolved.statement.text;
    let Some(expected) = span.get(pool) else { return Ok(Some(Truth::Indet)) };
    budget.spend(TEXT)?;
    if span.head != span.len && wildcard::unresolved(expected, resolved, budget)? {
        return Ok(None);
    }
    Ok(match value {
        RequestValue::Text(text) if operator.family() == Family::TextIgnoreCase => {
            Some(wildcard::equals_ignore_ascii_case(expected, text, resolved, budget)?)
        }
        // A value of StringEquals has no wildcard tokens, so one function serves both.
        RequestValue::Text(text) => Some(Truth::from(pattern::matches(span, pool, text, resolved, budget)?)),
        RequestValue::Arn(text) => {
            Some(Truth::from(pattern::matches_fields(expected, text, resolved, budget)?))
        }
        _ => None,
    })
}

/// Whether the order of the request's value and the policy's is the one that the operator asks for.
fn holds(order: Ordering, relation: Relation) -> Truth {
    Truth::from(match relation {
        Relation::Matches => order.is_eq(),
        Relation::Less => order.is_lt(),
        Relation::LessOrEqual => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::GreaterOrEqual => order.is_ge(),
    })
}
