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

mod encode;
mod equals;
mod places;
mod scalars;
mod search;
mod segments;
mod tokens;

use search::common_prefix;
use segments::{after_star, match_front};

use super::budget::{Budget, BudgetExhausted};
pub use encode::encode;
pub use equals::equals_ignore_ascii_case;
pub use tokens::{
    LOOK_UP, NoVariables, ONE, Piece, Pieces, STAR, VARIABLE, Variables, head, is_token, pieces, unresolved,
    variable_token, well_formed,
};

/// Whether `pattern` matches the whole of `text`.
///
/// The value of a variable is literal text (R-VAR-7); with a variable that has none, nothing matches
/// (R-VAR-9). The cost is at the top of this file.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
#[inline(never)]
pub fn matches(
    pattern: &[u8],
    text: &[u8],
    variables: &dyn Variables,
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

/// [`matches`] for a pattern that begins with a token.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
pub(crate) fn matches_from_token(
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

#[cfg(test)]
#[path = "wildcard_tests.rs"]
mod tests;

#[cfg(test)]
mod charge_tests;
