//! `*`, `?` and policy variables against a text (R-STR-3, R-ACT-5, R-RES-4, R-VAR-7), without recursion or
//! storage.
//!
//! A pattern is *encoded* when it is compiled: UTF-8 text in which three bytes that UTF-8 never has are
//! tokens.
//!
//! ```text
//! s3:Get*                  s 3 : G e t FF
//! team-?/${aws:username}   t e a m - FE / FD 80 80      (the document's variable 0)
//! a${*}b                   a * b                        (a plain star is a star, R-VAR-3)
//! ```
//!
//! So a text of the request and a pattern are compared byte by byte, and the first byte that differs says
//! whether it is over: it is, unless the pattern's byte is a token. Texts and values must be valid UTF-8.
//! With others nothing panics or loops, but the answer is worthless.
//!
//! What it costs, and charges to the budget, for a pattern of `p` bytes and a text of `t`:
//!
//! * no star, or one at the end: `min(p, t)`;
//! * stars and literals that are found easily: five for each, one for 32 bytes of the text that are passed over;
//! * what is not found easily, with `?`, variables or none: for each 128 places of the text and 64 bytes of a segment
//!   some 20 to 150 steps, the bytes of the values counted in `p`. So it is a product, but of small numbers: in place
//!   of 8,192 comparisons. Beyond ASCII it is five times that. `places` has it.

mod ignore_case;
mod places;
mod search;

use super::budget::{Budget, BudgetExhausted};
pub use ignore_case::equals_ignore_ascii_case;
use places::{PLACES, Places, after_scalars};
use search::{Found, common_prefix, find, find_byte, find_last_byte};

/// The token of `*`: zero or more characters. Two never stand in a row.
pub const STAR: u8 = 0xFF;
/// The token of `?`: exactly one Unicode scalar (R-STR-3).
pub const ONE: u8 = 0xFE;
/// The token of a policy variable; two bytes follow that say which ([`variable_token`]).
pub const VARIABLE: u8 = 0xFD;

/// The two bytes after [`VARIABLE`] are the digits of the index to this base, each plus [`DIGIT`].
///
/// They are below every token and above every ASCII byte, so that a byte that looks like a token or a colon
/// is one.
const BASE: u16 = 125;
const DIGIT: u8 = 0x80;

/// Steps that are charged for finding the value of a variable where [`Variables::steps`] does not say how many.
pub const LOOK_UP: usize = 4;

/// The values of the policy variables, by the index that is in the pattern.
pub trait Variables {
    /// The value as UTF-8, or `None` when the variable has none (R-VAR-8).
    fn value(&self, index: u16) -> Option<&[u8]>;

    /// The steps that are charged for finding it.
    fn steps(&self, _index: u16) -> usize {
        LOOK_UP
    }
}

/// No variable has a value.
#[derive(Clone, Copy, Debug)]
pub struct NoVariables;

impl Variables for NoVariables {
    #[inline]
    fn value(&self, _index: u16) -> Option<&[u8]> {
        None
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'p> {
    /// Text that stands for itself; never empty.
    Literal(&'p [u8]),
    /// `*`
    Star,
    /// `?`
    One,
    /// `${…}`, by its index.
    Variable(u16),
}

/// The pieces of a pattern; see [`pieces`].
#[derive(Clone, Debug)]
pub struct Pieces<'p> {
    rest: &'p [u8],
}

impl<'p> Iterator for Pieces<'p> {
    type Item = Piece<'p>;

    fn next(&mut self) -> Option<Piece<'p>> {
        let (piece, rest) = match self.rest {
            [] => return None,
            [STAR, rest @ ..] => (Piece::Star, rest),
            [ONE, rest @ ..] => (Piece::One, rest),
            [VARIABLE, rest @ ..] => match variable_index(rest) {
                Some((index, rest)) => (Piece::Variable(index), rest),
                None => {
                    self.rest = &[];
                    return None;
                }
            },
            literal => {
                let end = literal.iter().position(|byte| is_token(*byte)).unwrap_or(literal.len());
                let (literal, rest) = literal.split_at_checked(end)?;
                (Piece::Literal(literal), rest)
            }
        };
        self.rest = rest;
        Some(piece)
    }
}

/// The pieces of `pattern`, in order. They end at a malformed token. Time linear in the pattern.
#[must_use]
pub const fn pieces(pattern: &[u8]) -> Pieces<'_> {
    Pieces { rest: pattern }
}

/// Whether `byte` begins a token: such bytes are in no text.
#[inline]
#[must_use]
pub const fn is_token(byte: u8) -> bool {
    byte >= VARIABLE
}

/// The token of the variable `index`; `None` from 15,625 on, which two digits to the base 125 cannot say.
#[must_use]
pub fn variable_token(index: u16) -> Option<[u8; 3]> {
    let high = index / BASE;
    if high >= BASE {
        return None;
    }
    Some([VARIABLE, DIGIT + u8::try_from(high).ok()?, DIGIT + u8::try_from(index % BASE).ok()?])
}

/// The index that the two bytes after a [`VARIABLE`] say, and what follows them.
#[inline]
fn variable_index(after_token: &[u8]) -> Option<(u16, &[u8])> {
    let [high, low, rest @ ..] = after_token else {
        return None;
    };
    let digit = |byte: u8| (DIGIT..VARIABLE).contains(&byte).then(|| u16::from(byte - DIGIT));
    Some((digit(*high)? * BASE + digit(*low)?, rest))
}

/// The bytes of `pattern` before its first token; all of them, if it has none. Time linear in them, eight at a time.
#[inline]
#[must_use]
pub fn head(pattern: &[u8]) -> usize {
    const TOP: u64 = u64::from_le_bytes([0x80; 8]);
    // Seven bits a byte leave room for a carry into the eighth, which a token of three has with its own.
    const CARRY: u64 = u64::from_le_bytes([0x80 - (VARIABLE & 0x7F); 8]);
    let (words, tail) = pattern.as_chunks::<8>();
    let mut base = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let tokens = word & ((word & !TOP) + CARRY) & TOP;
        if tokens != 0 {
            return base + (tokens.trailing_zeros() / 8) as usize;
        }
        base += 8;
    }
    base + tail.iter().position(|byte| is_token(*byte)).unwrap_or(tail.len())
}

/// Whether each token of `pattern` is whole, names one of so many `variables`, and no star follows a star.
///
/// It does not look whether the literals are UTF-8. Time linear in the pattern.
#[must_use]
pub fn well_formed(pattern: &[u8], variables: usize) -> bool {
    // All pairs, and no early end: the compiler looks at many at a time. Only two stars have every bit of a star in common.
    let pairs = pattern.iter().zip(pattern.get(1..).unwrap_or_default());
    let two_stars = pairs.fold(false, |found, (first, second)| found | (first & second == STAR));
    let mut rest = pattern;
    loop {
        // Variables may follow each other.
        let next = if rest.first() == Some(&VARIABLE) { Some(0) } else { find_byte(VARIABLE, rest) };
        let Some(after_token) = next.and_then(|at| rest.get(at + 1..)) else { return !two_stars };
        match variable_index(after_token) {
            Some((index, after)) if usize::from(index) < variables => rest = after,
            _ => return false,
        }
    }
}

/// Whether a variable in `pattern` has no value (R-VAR-9, R-VAR-10); so has one that is malformed.
///
/// Time linear in the pattern, which is searched for variables some 16 bytes at a step.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
#[inline]
pub fn unresolved<V: Variables + ?Sized>(
    pattern: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    budget.spend(1 + pattern.len() / 16)?;
    let mut rest = pattern;
    while let Some(after_token) = find_byte(VARIABLE, rest).and_then(|at| rest.get(at + 1..)) {
        match resolve(after_token, variables, budget)? {
            Some((_, after)) => rest = after,
            None => return Ok(true),
        }
    }
    Ok(false)
}

/// The value of a variable, and the pattern after it.
type Resolved<'p, 'v> = Option<(&'v [u8], &'p [u8])>;

/// The value of the variable whose [`VARIABLE`] byte was just read, and the pattern after it.
#[inline]
fn resolve<'p, 'v, V: Variables + ?Sized>(
    after_token: &'p [u8],
    variables: &'v V,
    budget: &mut Budget,
) -> Result<Resolved<'p, 'v>, BudgetExhausted> {
    let Some((index, rest)) = variable_index(after_token) else { return Ok(None) };
    budget.spend(variables.steps(index))?;
    Ok(variables.value(index).map(|value| (value, rest)))
}

/// Whether `pattern` matches the whole of `text`.
///
/// The value of a variable is literal text (R-VAR-7); with a variable that has none, nothing matches
/// (R-VAR-9). The cost is at the top of this file.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
#[inline(never)]
pub fn matches<V: Variables>(
    pattern: &[u8],
    text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    // Most patterns are decided here: a policy has many, and all but few differ early.
    let common = common_prefix(pattern, text);
    budget.spend(common + 1)?;
    match (pattern.get(common..), text.get(common..)) {
        (Some([]), Some(text)) => Ok(text.is_empty()),
        (Some([STAR]), Some(_)) => Ok(true),
        (Some(pattern @ [first, ..]), Some(text)) if is_token(*first) => {
            matches_from_token(pattern, text, variables, budget)
        }
        _ => Ok(false),
    }
}

/// Whether `pattern`, of literals and variables, is `text` once the values are put in (R-STR-1).
///
/// A star or `?` token equals no text. Time linear in the text and in the literals of the pattern.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
#[inline]
pub fn equals<V: Variables + ?Sized>(
    pattern: &[u8],
    text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    let common = common_prefix(pattern, text);
    budget.spend(common + 1)?;
    match (pattern.get(common..), text.get(common..)) {
        (Some([]), Some(text)) => Ok(text.is_empty()),
        (Some(pattern @ [VARIABLE, ..]), Some(text)) => {
            equals_by(|front, text| text.strip_prefix(front), pattern, text, variables, budget)
        }
        _ => Ok(false),
    }
}

/// Whether `strip` takes all literals and values from the front of `text` and leaves nothing.
///
/// A token that is not a variable is a byte like any other here, and no text has it.
fn equals_by<V: Variables + ?Sized>(
    mut strip: impl for<'t> FnMut(&[u8], &'t [u8]) -> Option<&'t [u8]>,
    mut pattern: &[u8],
    mut text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    loop {
        let end = find_byte(VARIABLE, pattern).unwrap_or(pattern.len());
        budget.spend(end + 1)?;
        let Some((literal, rest)) = pattern.split_at_checked(end) else {
            return Ok(false);
        };
        let Some(after_literal) = strip(literal, text) else {
            return Ok(false);
        };
        let [VARIABLE, after_token @ ..] = rest else {
            return Ok(after_literal.is_empty());
        };
        let Some((value, after)) = resolve(after_token, variables, budget)? else {
            return Ok(false);
        };
        budget.spend(value.len().min(after_literal.len()))?;
        let Some(after_value) = strip(value, after_literal) else {
            return Ok(false);
        };
        (pattern, text) = (after, after_value);
    }
}

/// [`matches`] for a pattern that begins with a token.
fn matches_from_token(
    pattern: &[u8],
    text: &[u8],
    variables: &dyn Variables,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    match match_front(pattern, text, variables, budget)? {
        Some(([STAR, pattern @ ..], text)) => after_star(pattern, text, variables, budget),
        Some((_, text)) => Ok(text.is_empty()),
        None => Ok(false),
    }
}

/// What is left of a pattern and a text after their fronts matched; `None` when those do not.
type Rest<'p, 't> = Option<(&'p [u8], &'t [u8])>;

/// Matches `pattern` up to its first star against the front of `text`.
///
/// Time linear in the text that is matched.
#[inline(never)]
fn match_front<'p, 't>(
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
fn after_star(
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
fn before_end<'t>(
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
fn is_literal(segment: &[u8]) -> bool {
    // Without an early end, so that it is done many bytes at a time.
    segment.iter().fold(true, |literal, byte| literal & !is_token(*byte))
}

/// `pattern` before its last star, and after it; all of it is after when there is none.
fn split_at_last_star(pattern: &[u8]) -> (&[u8], &[u8]) {
    match find_last_byte(STAR, pattern).and_then(|at| pattern.split_at_checked(at)) {
        Some((before, [_, after @ ..])) => (before, after),
        _ => (&[], pattern),
    }
}

/// Takes what comes before the next star, and that star.
fn take_segment<'p>(pattern: &mut &'p [u8]) -> &'p [u8] {
    match find_byte(STAR, pattern).and_then(|at| pattern.split_at_checked(at)) {
        Some((segment, [_, after @ ..])) => {
            *pattern = after;
            segment
        }
        _ => core::mem::take(pattern),
    }
}

/// How many scalars a segment matches; `None` when a variable in it has no value.
fn scalars_matched(
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

/// `text` before its last so many `scalars`, and those.
fn split_before_last_scalars(text: &[u8], scalars: usize) -> Option<(&[u8], &[u8])> {
    let start = match scalars.checked_sub(1) {
        None => text.len(),
        Some(before) => {
            let mut starts = text.iter().enumerate().rev().filter(|(_, byte)| begins_scalar(**byte));
            starts.nth(before)?.0
        }
    };
    text.split_at_checked(start)
}

/// What is easily seen of where a segment matches.
enum Easily<'t> {
    /// The text after the first place; none where there is no place.
    Found(Option<&'t [u8]>),
    /// No place before this text, which is left to [`find_together`].
    NotBefore(&'t [u8]),
}

/// Looks for `segment`, which has no star, as long as that takes little: most are found, or seen to be nowhere.
#[inline(never)]
fn find_easily<'t>(
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
const FEW: u64 = 16;

/// The text after the first place where `segment` matches, one place after the other.
#[inline(never)]
fn find_one_by_one<'t>(
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
fn find_together<'t>(
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
fn take_part<'s>(
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

/// Whether `byte` is the first of a scalar: the others are `10xxxxxx`.
#[inline]
const fn begins_scalar(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// The bytes of the scalar that begins with `first`; a token `?` has one.
#[inline]
const fn scalar_width(first: u8) -> usize {
    match first {
        0x00..=0xBF | VARIABLE..=0xFF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..VARIABLE => 4,
    }
}

/// `text` without its first scalar.
#[inline]
fn after_scalar(text: &[u8]) -> Option<&[u8]> {
    text.get(scalar_width(*text.first()?)..)
}

#[cfg(test)]
#[path = "wildcard_tests.rs"]
mod tests;

#[cfg(test)]
mod charge_tests;
