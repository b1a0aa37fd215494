//! Where a segment is in a text: 128 places at a time, each byte of the segment at all of them.
//!
//! The set of the places where the segment may still begin has a bit for each. For each *letter*, which is a byte that
//! the segment has, the set of the places where the text has it is made once; wherever the segment has the letter, that
//! set, moved by where it is, is intersected with the other. Bit `b` of byte `x` is the place `16 * b + x`, so to move
//! a set is to read it from another byte on, and a machine with vectors of 16 bytes intersects all places at once.
//! After eight letters few places are left, as no two letters are at one; those are compared byte by byte.

use super::scalars::{after_scalar, begins_scalar, scalar_width};
use super::tokens::ONE;
use crate::ground::budget::{Budget, BudgetExhausted};

/// Places that are looked at together.
pub(super) const PLACES: usize = 8 * WIDTH;
/// Bytes of a set of places. Twice as many would do with two thirds of the steps, and take 150 bytes of stack more.
const WIDTH: usize = 16;
/// Scalars of a segment that are looked at together.
const PART: usize = 64;
/// Scalars of a text that those can be at.
const WINDOW: usize = PLACES + PART;
/// Letters for which sets are made. What is left then is at most `WINDOW / LETTERS` places.
const LETTERS: usize = 8;

/// Some of [`PLACES`].
pub(super) struct Places([u8; WIDTH]);

impl Places {
    pub(super) const ALL: Self = Self([0xFF; WIDTH]);

    /// The first of them.
    pub(super) fn first(&self) -> Option<usize> {
        if self.none() {
            return None;
        }
        let open = self.0.iter().enumerate().filter(|(_, bits)| **bits != 0);
        open.map(|(at, bits)| WIDTH * bits.trailing_zeros() as usize + at).min()
    }

    /// Whether it is empty.
    pub(super) fn none(&self) -> bool {
        self.0.iter().fold(0, |any, bits| any | bits) == 0
    }

    /// Keeps those from which on `text` has the front of `part`, and takes that front; says how many scalars it has.
    ///
    /// A place is a scalar of `text`. The part has no token but `?`.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when the budget does not suffice.
    #[inline(never)]
    pub(super) fn keep(
        &mut self,
        part: &mut &[u8],
        text: &[u8],
        budget: &mut Budget,
    ) -> Result<usize, BudgetExhausted> {
        let ends = (1..=PART.min(part.len())).rev();
        let end = ends.take(4).find(|end| part.get(*end).is_none_or(|byte| begins_scalar(*byte)));
        let (front, rest) = part.split_at_checked(end.unwrap_or(PART)).unwrap_or((part, &[]));
        *part = rest;
        let mut letters = [ONE; PART];
        let mut window = [0; WINDOW];
        let near = text.get(..WINDOW).unwrap_or(text);
        budget.spend(12 + front.len() / 6)?;
        if near.is_ascii() {
            letters.iter_mut().zip(front).for_each(|(letter, byte)| *letter = *byte);
            window.iter_mut().zip(near).for_each(|(letter, byte)| *letter = *byte);
            self.keep_letters(&mut letters, front.len(), &window, budget)?;
            return Ok(front.len());
        }
        // Scalars of several bytes are compared byte by byte: the first of all, then the second, and so on.
        let mut scalars = 0;
        for at in 0..4 {
            scalars = column(front, at, ONE, &mut letters);
            if at > 0 && letters == [ONE; PART] {
                break;
            }
            budget.spend(near.len() * 3 / 4)?;
            column(text, at, 0, &mut window);
            self.keep_letters(&mut letters, scalars, &window, budget)?;
        }
        Ok(scalars)
    }

    /// Keeps those from which on `window` has the `letters`, but for [`ONE`]s. The others are [`ONE`]s after it.
    fn keep_letters(
        &mut self,
        letters: &mut [u8; PART],
        count: usize,
        window: &[u8; WINDOW],
        budget: &mut Budget,
    ) -> Result<(), BudgetExhausted> {
        let mut at = 0;
        // A copy stays in registers.
        let Self(mut places) = *self;
        let mut set = [0; WIDTH + PART];
        for _ in 0..LETTERS {
            let Some(open) = letters.get_mut(at..count) else { return Ok(()) };
            let Some(next) = open.iter().position(|letter| *letter != ONE) else { return Ok(()) };
            at += next;
            let Some(open) = open.get_mut(next..) else { return Ok(()) };
            let Some(letter) = open.first().copied() else { return Ok(()) };
            budget.spend(5 + count / 10)?;
            mark(&mut set, letter, window, count);
            for (own, moved) in open.iter_mut().zip(set.windows(WIDTH).skip(at)) {
                if *own == letter {
                    *own = ONE;
                    places.iter_mut().zip(moved).for_each(|(places, these)| *places &= these);
                }
            }
            self.0 = places;
            if self.none() {
                return Ok(());
            }
        }
        self.keep_equal(letters, window, budget)
    }

    /// [`Places::keep_letters`], one place after the other.
    fn keep_equal(
        &mut self,
        letters: &[u8; PART],
        window: &[u8; WINDOW],
        budget: &mut Budget,
    ) -> Result<(), BudgetExhausted> {
        budget.spend(2)?;
        for (at, places) in self.0.iter_mut().enumerate() {
            let mut open = *places;
            while open != 0 {
                let bit = open.trailing_zeros();
                open &= open - 1;
                budget.spend(1)?;
                let here = window.get(WIDTH * bit as usize + at..).and_then(<[u8]>::first_chunk::<PART>);
                // Without an early end, so that it is done many bytes at a time.
                let equal = here.is_some_and(|here| {
                    letters
                        .iter()
                        .zip(here)
                        .fold(true, |equal, (own, other)| equal & ((own == other) | (*own == ONE)))
                });
                *places &= !(u8::from(!equal) << bit);
            }
        }
        Ok(())
    }
}

/// Makes `set` the places of `letter` in `window`, as far as `count` beyond [`PLACES`].
fn mark(set: &mut [u8; WIDTH + PART], letter: u8, window: &[u8; WINDOW], count: usize) {
    let (lanes, _) = window.as_chunks::<WIDTH>();
    let (parts, _) = set.as_chunks_mut::<WIDTH>();
    for (part, lanes) in parts.iter_mut().zip(lanes.windows(8)).take(1 + count.div_ceil(WIDTH)) {
        let Some(lanes) = lanes.first_chunk::<8>() else { return };
        // What was there is moved out.
        for lane in lanes.iter().rev() {
            for (bits, byte) in part.iter_mut().zip(lane) {
                *bits = *bits << 1 | u8::from(*byte == letter);
            }
        }
    }
}

/// The byte `at` of each scalar in turn, as many as there is room for: how many. `absent` where a scalar is shorter.
fn column(mut text: &[u8], at: usize, absent: u8, bytes: &mut [u8]) -> usize {
    let mut scalars = 0;
    for byte in bytes {
        *byte = absent;
        let Some(first) = text.first() else { continue };
        let width = scalar_width(*first);
        if *first == ONE {
            *byte = ONE;
        } else if at < width {
            *byte = text.get(at).copied().unwrap_or(absent);
        }
        text = text.get(width..).unwrap_or_default();
        scalars += 1;
    }
    scalars
}

/// `text` after so many `scalars`.
pub(super) fn after_scalars(text: &[u8], scalars: usize) -> Option<&[u8]> {
    let (front, rest) = text.split_at_checked(scalars)?;
    if front.is_ascii() { Some(rest) } else { (0..scalars).try_fold(text, |text, _| after_scalar(text)) }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
