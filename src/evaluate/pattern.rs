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
    let literal = head == len;
    if head > text.len() || (literal && len != text.len()) {
        return Ok(false);
    }
    // Patterns of one list begin alike: the last byte tells most of them from the text before a comparison starts.
    let pattern = span.of(pool).unwrap_or_default();
    let last = head.wrapping_sub(1);
    if pattern.get(last) != text.get(last) && head > 0 {
        return Ok(false);
    }
    // Machines compare some 16 bytes at a step.
    budget.spend(1 + head / 16)?;
    let Some((head, tokens)) = pattern.split_at_checked(head) else {
        return Ok(false);
    };
    match text.strip_prefix(head) {
        None => Ok(false),
        Some(_) if literal || tokens == [STAR] => Ok(true),
        Some(rest) => wildcard::matches(tokens, rest, variables, budget),
    }
}
