//! One value of a request against one of a policy, a family of operators each (R-COND-3).

use core::cmp::Ordering;

use super::pattern;
use super::variables::Resolved;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::cidr::{self, Address, Prefix};
use crate::ground::date::Instant;
use crate::ground::decimal::Decimal;
use crate::ground::truth::Truth;
use crate::ground::{arn, base64, wildcard};
use crate::image::operator::{ConditionOperator, Family, Relation};
use crate::image::records::Span;

/// A value of the request, read as its operator's family reads it.
pub(super) enum RequestValue<'v> {
    Text(&'v [u8]),
    Number(Decimal),
    Date(Instant),
    Bool(bool),
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
            // R-BOOL-1
            Family::Bool if text.eq_ignore_ascii_case(b"true") => Some(Self::Bool(true)),
            Family::Bool if text.eq_ignore_ascii_case(b"false") => Some(Self::Bool(false)),
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

/// Steps that are charged for comparing with a number, date, address or truth value of a policy.
const RECORD: usize = 4;

/// Steps that are charged for comparing with a text of a policy, beside what its pattern takes.
pub(super) const TEXT: usize = 2;

/// Compares a request's value with a policy's, without regard to negation. `None` where the policy's value has a
/// variable that the request does not resolve.
pub(super) fn compare(
    operator: ConditionOperator,
    value: &RequestValue<'_>,
    span: &Span,
    resolved: &Resolved<'_, '_>,
    budget: &mut Budget,
) -> Result<Option<Truth>, BudgetExhausted> {
    let relation = operator.relation();
    let pool = resolved.statement.text;
    let Some(expected) = span.get(pool) else { return Ok(Some(Truth::Indet)) };
    // A value of another family has no head.
    let is_pattern = matches!(value, RequestValue::Text(_) | RequestValue::Arn(_));
    let has_tokens = is_pattern && span.head != span.len;
    budget.spend(if is_pattern { TEXT } else { RECORD })?;
    let known = match value {
        _ if has_tokens && wildcard::unresolved(expected, resolved, budget)? => return Ok(None),
        RequestValue::Text(text) if operator.family() == Family::TextIgnoreCase => {
            wildcard::equals_ignore_ascii_case(expected, text, resolved, budget)?
        }
        // A value of StringEquals has no wildcard tokens, so one function serves both.
        RequestValue::Text(text) => Truth::from(pattern::matches(span, pool, text, resolved, budget)?),
        RequestValue::Arn(text) => Truth::from(pattern::matches_fields(expected, text, resolved, budget)?),
        // A record that does not read is none of an opened image: it holds for a Deny only.
        RequestValue::Number(number) => {
            Decimal::from_bytes(expected).map_or(Truth::Indet, |bound| holds(number.cmp(&bound), relation))
        }
        RequestValue::Date(instant) => {
            Instant::from_bytes(expected).map_or(Truth::Indet, |bound| holds(instant.cmp(&bound), relation))
        }
        RequestValue::Bool(truth) => Truth::from(expected == [u8::from(*truth)]),
        RequestValue::Binary(text) => {
            budget.spend(text.len())?;
            base64::decodes_to(text, expected).map_or(Truth::Indet, Truth::from)
        }
        RequestValue::Ip(address) => {
            Prefix::from_bytes(expected).map_or(Truth::Indet, |prefix| cidr::contains(&prefix, address))
        }
    };
    Ok(Some(known))
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
