//! The tokens of an encoded pattern: `*`, `?` and policy variables.

use super::search::find_byte;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::lanes::{first, lanes, reaching};

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
pub(super) const BASE: u16 = 125;
pub(super) const DIGIT: u8 = 0x80;

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
pub(super) fn variable_index(after_token: &[u8]) -> Option<(u16, &[u8])> {
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
    let (words, tail) = pattern.as_chunks::<8>();
    let mut base = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // Of a token the top bit is set, and the other seven have reached those of the least one.
        let tokens = word & reaching(word & lanes(0x7F), VARIABLE & 0x7F);
        if tokens != 0 {
            return base + first(tokens);
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
pub(super) type Resolved<'p, 'v> = Option<(&'v [u8], &'p [u8])>;

/// The value of the variable whose [`VARIABLE`] byte was just read, and the pattern after it.
#[inline]
pub(super) fn resolve<'p, 'v, V: Variables + ?Sized>(
    after_token: &'p [u8],
    variables: &'v V,
    budget: &mut Budget,
) -> Result<Resolved<'p, 'v>, BudgetExhausted> {
    let Some((index, rest)) = variable_index(after_token) else { return Ok(None) };
    budget.spend(variables.steps(index))?;
    Ok(variables.value(index).map(|value| (value, rest)))
}
