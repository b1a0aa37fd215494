//! A pattern of an image against a text: most are decided by the literal text before their first token.

use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::wildcard::{self, STAR, Variables};
use crate::image::records::Span;

/// Whether the pattern of `span` matches the whole of `text`.
///
/// Cost: a comparison with the pattern's head; beyond that, what [`wildcard::matches`] says.
#[inline]
pub(super) fn matches<V: Variables>(
    span: &Span,
    pool: &[u8],
    text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    let (head, len) = (usize::from(span.head.get()), usize::from(span.len.get()));
    // Most patterns of a list are told from the text by their lengths.
    if head > text.len() || (head == len && len != text.len()) {
        return Ok(false);
    }
    let Some((head, tokens)) = span.of(pool).and_then(|pattern| pattern.split_at_checked(head)) else {
        return Ok(false);
    };
    let Some((front, rest)) = text.split_at_checked(head.len()) else { return Ok(false) };
    // Patterns of one list begin alike: the last byte tells most others before a comparison starts.
    if head.last() != front.last() {
        return Ok(false);
    }
    // Machines compare some 16 bytes at a step.
    budget.spend(1 + head.len() / 16)?;
    match tokens {
        _ if head != front => Ok(false),
        // The lengths were compared above.
        [] | [STAR] => Ok(true),
        _ => wildcard::matches(tokens, rest, variables, budget),
    }
}
