//! A pattern of an image against a text: most are decided by the literal text before their first token.

use crate::ground::arn;
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
    let Some((head, tokens)) = span.get(pool).and_then(|pattern| pattern.split_at_checked(head)) else {
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
