//! A pattern of an image against a text: most are decided by the literal text before their first token.

use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::wildcard::{self, STAR, Variables};
use crate::ground::{arn, lanes};
use crate::image::records::Span;

/// What the literal text before a pattern's first token says of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// They do not match.
    Differs,
    /// They match: there is no token, or a star that ends the pattern.
    Matches,
    /// What is left of both decides.
    Open,
}

/// Compares the head of the pattern of `span` with `text`. Most patterns of a list are told from it by their lengths or by
/// the last byte of the head, and those are not charged.
#[inline(always)]
pub(super) fn head(
    span: &Span,
    pool: &[u8],
    text: &[u8],
    budget: &mut Budget,
) -> Result<Head, BudgetExhausted> {
    let (head, len) = (usize::from(span.head.get()), usize::from(span.len.get()));
    if head == len && len != text.len() {
        return Ok(Head::Differs);
    }
    let (Some(front), Some((literal, tokens))) =
        (text.get(..head), span.get(pool).and_then(|pattern| pattern.split_at_checked(head)))
    else {
        return Ok(Head::Differs);
    };
    if literal.last() != front.last() {
        return Ok(Head::Differs);
    }
    // Machines compare some 16 bytes at a step.
    budget.spend(1 + head / 16)?;
    Ok(match tokens {
        _ if !lanes::same(literal, front) => Head::Differs,
        // The lengths were compared before.
        [] | [STAR] => Head::Matches,
        _ => Head::Open,
    })
}

/// Whether the pattern of `span` matches the whole of `text`.
///
/// Cost: a comparison with the pattern's head; beyond that, what [`wildcard::matches`] says.
#[inline(never)]
pub(super) fn matches(
    span: &Span,
    pool: &[u8],
    text: &[u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    match head(span, pool, text, budget)? {
        Head::Differs => Ok(false),
        Head::Matches => Ok(true),
        Head::Open => matches_behind_head(span, pool, text, variables, budget),
    }
}

/// Whether what stands behind the head of a pattern matches the rest of a text.
#[inline(never)]
pub(super) fn matches_behind_head(
    span: &Span,
    pool: &[u8],
    text: &[u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    budget.spend(1)?;
    let head = usize::from(span.head.get());
    let (tokens, rest) = (span.get(pool).and_then(|pattern| pattern.get(head..)), text.get(head..));
    wildcard::matches_from_token(tokens.unwrap_or_default(), rest.unwrap_or_default(), variables, budget)
}

/// Whether each of the six fields of `text` matches its field of `pattern`.
pub(super) fn matches_fields<V: Variables>(
    pattern: &[u8],
    text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    budget.spend(1 + (pattern.len() + text.len()) / 16)?;
    let (Some(patterns), Some(texts)) = (arn::split(pattern), arn::split(text)) else { return Ok(false) };
    for (pattern, text) in patterns.iter().zip(texts) {
        if !wildcard::matches(pattern, text, variables, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use zerocopy::little_endian::{U16, U32};

    use super::{Budget, STAR, Span, matches};
    use crate::ground::wildcard::NoVariables;

    #[test]
    fn a_head_is_charged_by_its_length_and_what_it_decides_costs_no_more() {
        let literal = [b'x'; 40];
        let star = [&literal[..], &[STAR]].concat();
        for (pattern, text_len, matched, steps) in [
            (&literal[..], 40, true, 3),
            (&literal[..], 39, false, 0),
            (&literal[..8], 8, true, 1),
            (&star[..], 40, true, 3),
            (&star[..], 50, true, 3),
            (&star[..], 39, false, 0),
        ] {
            let head = pattern.len().min(literal.len());
            let [head, len] = [head, pattern.len()].map(|len| U16::new(u16::try_from(len).unwrap_or(0)));
            let (span, text) = (Span { start: U32::ZERO, len, head }, vec![b'x'; text_len]);
            let mut budget = Budget::new(100);
            let answer = matches(&span, pattern, &text, &NoVariables, &mut budget);
            assert_eq!((answer, 100 - budget.left()), (Ok(matched), steps), "{pattern:?} {text_len}");
        }
    }
}
