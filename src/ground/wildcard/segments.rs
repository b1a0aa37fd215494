//! What stands after a `*`: segments, and where a text has them.

use super::places::{PLACES, Places, after_scalars};
use super::scalars::{after_scalar, begins_scalar, split_before_last_scalars};
use super::search::{Found, common_prefix, find, find_byte, find_last_byte};
use super::tokens::{ONE, STAR, VARIABLE, Variables, is_token, resolve};
use crate::ground::budget::{Budget, BudgetExhausted};

/// What is left of a pattern and a text after their fronts matched; `None` when those do not.
pub(super) type Rest<'p, 't> = Option<(&'p [u8], &'t [u8])>;

/// Matches `pattern` up to its first star against the front of `text`.
///
/// Time linear in the text that is matched.
#[inline(never)]
pub(super) fn match_front<'p, 't>(
    mut pattern: &'p [u8],
    mut text: &'t [u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<Rest<'p, 't>, BudgetExhausted> {
    loop {
        let common = common_prefix(pattern, text);
        budget.spend(common + 1)?;
        let (Some(pattern_left), Some(text_left)) = (pattern.get(common..), text.get(common..)) else {
            return Ok(None);
        };
        match pattern_left {
            [] | [STAR, ..] => return Ok(Some((pattern_left, text_left))),
            [ONE, after @ ..] => {
                let Some(text_after) = after_scalar(text_left) else {
                    return Ok(None);
                };
                (pattern, text) = (after, text_after);
            }
            [VARIABLE, after_token @ ..] => {
                let Some((value, after)) = resolve(after_token, variables, budget)? else {
                    return Ok(None);
                };
                budget.spend(value.len().min(text_left.len()))?;
                let Some(text_after) = text_left.strip_prefix(value) else {
                    return Ok(None);
                };
                (pattern, text) = (after, text_after);
            }
            _ => return Ok(None),
        }
    }
}

/// Whether `*` and then `pattern` matches `text`.
///
/// A segment, which is what stands between two stars, matches as many scalars wherever it matches. So the
/// last one can only be at the end of the text; and each of the others may be taken where it is found first, as that
/// leaves the most text to those after it.
pub(super) fn after_star(
    pattern: &[u8],
    text: &[u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    budget.spend(2 + pattern.len() / 16)?;
    let (mut middle, last) = split_at_last_star(pattern);
    let before = if is_literal(last) {
        budget.spend(last.len() / 16)?;
        text.strip_suffix(last)
    } else {
        before_end(last, text, variables, budget)?
    };
    let Some(mut text) = before else { return Ok(false) };
    while !middle.is_empty() {
        let segment = take_segment(&mut middle);
        let found = match find_easily(segment, text, variables, budget)? {
            Easily::Found(found) => found,
            Easily::NotBefore(text) => find_together(segment, text, variables, budget)?,
        };
        match found {
            Some(rest) => text = rest,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// `text` before the end that `last` matches, a segment.
#[inline(never)]
pub(super) fn before_end<'t>(
    last: &[u8],
    text: &'t [u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<Option<&'t [u8]>, BudgetExhausted> {
    let Some(scalars) = scalars_matched(last, variables, budget)? else {
        return Ok(None);
    };
    let Some((before, end)) = split_before_last_scalars(text, scalars) else {
        return Ok(None);
    };
    budget.spend(end.len())?;
    let matched = matches!(match_front(last, end, variables, budget)?, Some(([], [])));
    Ok(matched.then_some(before))
}

/// Whether `segment` has no token.
pub(super) fn is_literal(segment: &[u8]) -> bool {
    // Without an early end, so that it is done many bytes at a time.
    segment.iter().fold(true, |literal, byte| literal & !is_token(*byte))
}

/// `pattern` before its last star, and after it; all of it is after when there is none.
pub(super) fn split_at_last_star(pattern: &[u8]) -> (&[u8], &[u8]) {
    match find_last_byte(STAR, pattern).and_then(|at| pattern.split_at_checked(at)) {
        Some((before, [_, after @ ..])) => (before, after),
        _ => (&[], pattern),
    }
}

/// Takes what comes before the next star, and that star.
pub(super) fn take_segment<'p>(pattern: &mut &'p [u8]) -> &'p [u8] {
    match find_byte(STAR, pattern).and_then(|at| pattern.split_at_checked(at)) {
        Some((segment, [_, after @ ..])) => {
            *pattern = after;
            segment
        }
        _ => core::mem::take(pattern),
    }
}

/// What is easily seen of where a segment matches.
pub(super) enum Easily<'t> {
    /// The text after the first place; none where there is no place.
    Found(Option<&'t [u8]>),
    /// No place before this text, which is left to [`find_together`].
    NotBefore(&'t [u8]),
}

/// Looks for `segment`, which has no star, as long as that takes little: most are found, or seen to be nowhere.
#[inline(never)]
pub(super) fn find_easily<'t>(
    segment: &[u8],
    text: &'t [u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<Easily<'t>, BudgetExhausted> {
    budget.spend(3 + segment.len() / 16)?;
    let mut rest = segment;
    let Some(first) = take_part(&mut rest, variables, budget)? else { return Ok(Easily::Found(None)) };
    if rest.is_empty() && is_literal(first) {
        return Ok(match find(first, text, budget)? {
            Found::At(at) => Easily::Found(text.get(at + first.len()..)),
            Found::Nowhere => Easily::Found(None),
            Found::NotBefore(at) => Easily::NotBefore(text.get(at..).unwrap_or_default()),
        });
    }
    let mut few = Budget::new(budget.left().min(FEW));
    let given = few.left();
    let found = find_one_by_one(segment, text, variables, &mut few);
    budget.spend(usize::try_from(given - few.left()).unwrap_or(usize::MAX))?;
    Ok(found.map_or(Easily::NotBefore(text), Easily::Found))
}

/// Steps after which places are looked at together.
pub(super) const FEW: u64 = 16;

/// The text after the first place where `segment` matches, one place after the other.
#[inline(never)]
pub(super) fn find_one_by_one<'t>(
    segment: &[u8],
    mut text: &'t [u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<Option<&'t [u8]>, BudgetExhausted> {
    let first = segment.first().filter(|byte| !is_token(**byte));
    loop {
        // A place must begin as the segment does. UTF-8 is found only where a scalar begins.
        if let Some(byte) = first {
            let skipped = find_byte(*byte, text);
            budget.spend(skipped.unwrap_or(text.len()) / 32)?;
            match skipped.and_then(|at| text.get(at..)) {
                Some(rest) => text = rest,
                None => return Ok(None),
            }
        }
        if let Some((_, rest)) = match_front(segment, text, variables, budget)? {
            return Ok(Some(rest));
        }
        match after_scalar(text) {
            Some(rest) => text = rest,
            None => return Ok(None),
        }
    }
}

/// The text after the first place where `segment` matches, many places at a time.
#[inline(never)]
pub(super) fn find_together<'t>(
    segment: &[u8],
    mut text: &'t [u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<Option<&'t [u8]>, BudgetExhausted> {
    loop {
        let mut places = Places::ALL;
        let (mut rest, mut ahead, mut scalars) = (segment, text, 0);
        while !rest.is_empty() {
            let Some(mut part) = take_part(&mut rest, variables, budget)? else { return Ok(None) };
            while !part.is_empty() {
                let kept = places.keep(&mut part, ahead, budget)?;
                scalars += kept;
                // A text that ends before the first place has all ends before the others.
                match after_scalars(ahead, kept) {
                    Some(rest) => ahead = rest,
                    None => return Ok(None),
                }
            }
            if places.none() {
                break;
            }
        }
        if let Some(place) = places.first() {
            budget.spend(6 + (place + scalars) / 4)?;
            return Ok(after_scalars(text, place + scalars));
        }
        match after_scalars(text, PLACES) {
            Some(rest) => text = rest,
            None => return Ok(None),
        }
    }
}

/// Takes what comes before the next variable, or the value of one; `None` when it has none.
pub(super) fn take_part<'s>(
    segment: &mut &'s [u8],
    variables: &'s dyn Variables,
    budget: &mut Budget,
) -> Result<Option<&'s [u8]>, BudgetExhausted> {
    if let [VARIABLE, after_token @ ..] = *segment {
        let resolved = resolve(after_token, variables, budget)?;
        return Ok(resolved.map(|(value, after)| {
            *segment = after;
            value
        }));
    }
    let end = find_byte(VARIABLE, segment).unwrap_or(segment.len());
    let (part, after) = segment.split_at_checked(end).unwrap_or((*segment, &[]));
    *segment = after;
    Ok(Some(part))
}

/// How many scalars a segment matches; `None` when a variable in it has no value.
pub(super) fn scalars_matched(
    segment: &[u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<Option<usize>, BudgetExhausted> {
    let mut scalars = 0;
    let mut rest = segment;
    while !rest.is_empty() {
        let literal_len = rest.iter().position(|byte| is_token(*byte)).unwrap_or(rest.len());
        budget.spend(literal_len + 1)?;
        let Some((literal, after)) = rest.split_at_checked(literal_len) else {
            return Ok(None);
        };
        scalars += literal.iter().filter(|byte| begins_scalar(**byte)).count();
        rest = match after {
            [VARIABLE, after_token @ ..] => {
                let Some((value, after)) = resolve(after_token, variables, budget)? else {
                    return Ok(None);
                };
                budget.spend(value.len())?;
                scalars += value.iter().filter(|byte| begins_scalar(**byte)).count();
                after
            }
            [_, after @ ..] => {
                scalars += 1;
                after
            }
            [] => after,
        };
    }
    Ok(Some(scalars))
}
