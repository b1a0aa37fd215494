//! Texts that are equal but for the case of their letters (R-STR-2).

use super::search::find_byte;
use super::tokens::{VARIABLE, Variables, resolve};
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash::cmp_folded;
use crate::ground::truth::Truth;

/// Whether `pattern`, of literals and variables, is `text` once the values are put in, with `A`–`Z` equal to `a`–`z` in all
/// of them (R-STR-2). INDET where the two differ in nothing but characters beyond ASCII, place by place: whether AWS takes
/// `É` for `é` is not documented.
///
/// A token that is not a variable is a byte like any other here, and no text has it. Time linear in the text and in the
/// literals of the pattern.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
pub fn equals_ignore_ascii_case<V: Variables + ?Sized>(
    mut pattern: &[u8],
    mut text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<Truth, BudgetExhausted> {
    let mut differ = false;
    loop {
        let end = find_byte(VARIABLE, pattern).unwrap_or(pattern.len());
        budget.spend(end + 1)?;
        let Some((literal, rest)) = pattern.split_at_checked(end) else {
            return Ok(Truth::False);
        };
        let Some(after_literal) = strip(literal, text, &mut differ) else {
            return Ok(Truth::False);
        };
        let [VARIABLE, after_token @ ..] = rest else {
            return Ok(match (after_literal.is_empty(), differ) {
                (false, _) => Truth::False,
                (true, true) => Truth::Indet,
                (true, false) => Truth::True,
            });
        };
        let Some((value, after)) = resolve(after_token, variables, budget)? else {
            return Ok(Truth::False);
        };
        budget.spend(value.len().min(after_literal.len()))?;
        let Some(after_value) = strip(value, after_literal, &mut differ) else {
            return Ok(Truth::False);
        };
        (pattern, text) = (after, after_value);
    }
}

/// `text` after as many characters as `front` has, if those are equal in whatever case or, where they `differ`, beyond
/// ASCII on both sides.
fn strip<'t>(front: &[u8], text: &'t [u8], differ: &mut bool) -> Option<&'t [u8]> {
    if let Some((begin, rest)) = text.split_at_checked(front.len())
        && cmp_folded(front, begin).is_eq()
    {
        return Some(rest);
    }
    let (mut front, mut text) = (front, text);
    while let Some((own, own_rest)) = split_character(front) {
        let (other, other_rest) = split_character(text)?;
        match (own, other) {
            ([own], [other]) if own.eq_ignore_ascii_case(other) => {}
            ([_, _, ..], [_, _, ..]) => *differ |= own != other,
            _ => return None,
        }
        (front, text) = (own_rest, other_rest);
    }
    Some(text)
}

/// The first character of a UTF-8 text, and the rest.
fn split_character(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_inside = |byte: &&u8| **byte & 0xC0 == 0x80;
    let (_, rest) = text.split_first()?;
    text.split_at_checked(1 + rest.iter().take_while(is_inside).count())
}
