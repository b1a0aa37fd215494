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
//! * stars and literals: `p + t`, however hostile both are, for `search` finds the pieces;
//! * `?` or a variable after a star: `p * t` at worst, the bytes of the values counted in `p`.

mod ignore_case;
mod search;

use super::budget::{Budget, BudgetExhausted};
pub use ignore_case::equals_ignore_ascii_case;
use search::{common_prefix, find, find_byte, find_last_byte};

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
#[inline]
pub fn matches<V: Variables + ?Sized>(
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
fn matches_from_token<V: Variables + ?Sized>(
    pattern: &[u8],
    text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    let (pattern, text) = match match_front(pattern, text, variables, budget)? {
        Some(([STAR, pattern @ ..], text)) => (pattern, text),
        Some((_, text)) => return Ok(text.is_empty()),
        None => return Ok(false),
    };
    budget.spend(pattern.len() + 1)?;
    // Without an early end, so that it is done many bytes at a time.
    let only_stars = pattern.iter().fold(true, |only, byte| only & !matches!(*byte, ONE | VARIABLE));
    if only_stars {
        stars_and_literals(pattern, text, budget)
    } else {
        stars_and_all(pattern, text, variables, budget)
    }
}

/// What is left of a pattern and a text after their fronts matched; `None` when those do not.
type Rest<'p, 't> = Option<(&'p [u8], &'t [u8])>;

/// Matches `pattern` up to its first star against the front of `text`.
///
/// Time linear in the text that is matched.
fn match_front<'p, 't, V: Variables + ?Sized>(
    mut pattern: &'p [u8],
    mut text: &'t [u8],
    variables: &V,
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

/// Whether `*` and then `pattern`, of stars and literals, matches `text`. Time linear in both.
///
/// The last literal is where the text ends. Each of the others may be taken where it is found first, as
/// that leaves the most text to those after it, so nothing is ever tried again.
fn stars_and_literals(pattern: &[u8], text: &[u8], budget: &mut Budget) -> Result<bool, BudgetExhausted> {
    let (mut middle, last) = split_at_last_star(pattern);
    let Some(mut text) = text.strip_suffix(last) else {
        return Ok(false);
    };
    if middle.is_empty() {
        return Ok(true);
    }
    budget.spend(text.len())?;
    while !middle.is_empty() {
        let literal = take_segment(&mut middle);
        match find(literal, text).and_then(|at| text.get(at + literal.len()..)) {
            Some(rest) => text = rest,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether `*` and then `pattern`, of anything, matches `text`. Time at worst the product of both.
///
/// A segment, which is what stands between two stars, matches as many scalars wherever it matches. So the
/// last one can only be at the end of the text; and each of the others may be taken where it is found first.
fn stars_and_all<V: Variables + ?Sized>(
    pattern: &[u8],
    text: &[u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<bool, BudgetExhausted> {
    let (mut middle, last) = split_at_last_star(pattern);
    let Some(scalars) = scalars_matched(last, variables, budget)? else {
        return Ok(false);
    };
    let Some((mut text, end)) = split_before_last_scalars(text, scalars) else {
        return Ok(false);
    };
    budget.spend(end.len())?;
    let Some(([], [])) = match_front(last, end, variables, budget)? else {
        return Ok(false);
    };
    while !middle.is_empty() {
        let segment = take_segment(&mut middle);
        match find_segment(segment, text, variables, budget)? {
            Some(rest) => text = rest,
            None => return Ok(false),
        }
    }
    Ok(true)
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
fn scalars_matched<V: Variables + ?Sized>(
    segment: &[u8],
    variables: &V,
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

/// The text after the first place where `segment` matches, which has no star.
///
/// Time at worst the product of both; linear when the segment is one literal or one variable.
fn find_segment<'t, V: Variables + ?Sized>(
    segment: &[u8],
    mut text: &'t [u8],
    variables: &V,
    budget: &mut Budget,
) -> Result<Option<&'t [u8]>, BudgetExhausted> {
    let mut parts = pieces(segment);
    let first = match parts.next() {
        None if segment.is_empty() => return Ok(Some(text)),
        None => return Ok(None),
        Some(Piece::Literal(literal)) => literal,
        Some(Piece::Variable(index)) => {
            budget.spend(variables.steps(index))?;
            match variables.value(index) {
                Some(value) => value,
                None => return Ok(None),
            }
        }
        Some(Piece::One | Piece::Star) => &[],
    };
    if parts.rest.is_empty() && !first.is_empty() {
        let found = find(first, text).and_then(|at| text.get(at + first.len()..));
        let read = text.len() - found.map_or(0, <[u8]>::len);
        budget.spend(first.len() + read)?;
        return Ok(found);
    }
    loop {
        // A place must begin as the segment does. UTF-8 is found only where a scalar begins.
        if let Some(byte) = first.first() {
            let skipped = find_byte(*byte, text);
            budget.spend(skipped.unwrap_or(text.len()))?;
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

/// Whether `byte` is the first of a scalar: the others are `10xxxxxx`.
#[inline]
const fn begins_scalar(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// `text` without its first scalar.
#[inline]
fn after_scalar(text: &[u8]) -> Option<&[u8]> {
    let width = match text.first()? {
        0x00..=0xBF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
    };
    text.get(width..)
}

#[cfg(test)]
#[path = "wildcard_tests.rs"]
mod tests;

#[cfg(test)]
mod charge_tests;
