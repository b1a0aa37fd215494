//! What the parts of a statement are judged with.

use super::decision::DecideError;
use super::order::Order;
use super::shared::Shared;
use super::variables::Resolved;
use crate::ground::budget::Budget;
use crate::ground::truth::Truth;
use crate::ground::wildcard::{Piece, Variables, pieces};
use crate::image::statement::Statement;
use crate::request::request_context::RequestContext;

/// What is judged: a statement, what the decision is about, and how much work is left.
pub(super) struct Judge<'j, 'a> {
    pub(super) statement: Statement<'a>,
    pub(super) context: &'j RequestContext<'a>,
    pub(super) budget: &'j mut Budget,
    /// Where the statement stands, and what the decision has in common with others.
    pub(super) order: Order,
    pub(super) shared: Option<&'j Shared<'a>>,
}

impl<'j, 'a> Judge<'j, 'a> {
    /// What the test of a text by a pattern comes to that waits for keys which are not fetched yet, and for nothing else;
    /// `negated` where an element or operator turns the test around. `None` for what waits for nothing, and for a pattern
    /// that such a text does not match whatever is fetched.
    #[cold]
    #[inline(never)]
    pub(super) fn waiting(
        &mut self,
        pattern: &[u8],
        text: Option<&[u8]>,
        negated: bool,
    ) -> Result<Option<Truth>, DecideError> {
        let Some(not_fetched) = self.context.not_fetched else { return Ok(None) };
        let resolved = self.variables();
        // Each place of the text may be looked at for each byte of the pattern, several at a step.
        self.budget.spend(1 + pattern.len() * (1 + text.map_or(0, <[u8]>::len)) / 32)?;
        // What a variable without a value would have matched is open where the test is turned around (R-VAR-9, R-VAR-10).
        if !negated && text.is_some_and(|text| !may_match(pattern, text, &resolved)) {
            return Ok(None);
        }
        let mut truth = None;
        for piece in pieces(pattern) {
            let Piece::Variable(index) = piece else { continue };
            self.budget.spend(2 * resolved.steps(index))?;
            match resolved.not_fetched(index) {
                Some(number) => {
                    truth = Some(not_fetched.truth(number, self.statement.row.is_deny() != negated))
                }
                None if resolved.value(index).is_none() => return Ok(None),
                None => {}
            }
        }
        Ok(truth)
    }

    /// The policy's variables, with the values that the request gives them.
    #[inline]
    pub(super) fn variables(&self) -> Resolved<'j, 'a> {
        Resolved { statement: self.statement, context: self.context }
    }
}

/// Whether a text can match a pattern at all, if a variable without a value, and `?`, may stand for anything.
fn may_match(pattern: &[u8], text: &[u8], resolved: &Resolved<'_, '_>) -> bool {
    let mut rest = text;
    // Whether what follows may stand anywhere.
    let mut anywhere = false;
    for piece in pieces(pattern) {
        let literal = match piece {
            Piece::Literal(literal) => Some(literal),
            Piece::Star | Piece::One => None,
            Piece::Variable(index) => resolved.value(index),
        };
        let Some(literal) = literal else {
            anywhere = true;
            continue;
        };
        let at = if anywhere { find(rest, literal) } else { Some(0).filter(|_| rest.starts_with(literal)) };
        let Some(behind) = at.and_then(|at| rest.get(at + literal.len()..)) else { return false };
        (rest, anywhere) = (behind, false);
    }
    // What stood anywhere may stand at the end as well.
    anywhere || rest.is_empty() || text.ends_with(last(pattern))
}

/// The literal that ends a pattern; empty where a token does.
fn last(pattern: &[u8]) -> &[u8] {
    match pieces(pattern).last() {
        Some(Piece::Literal(literal)) => literal,
        _ => &[],
    }
}

/// Where a text has another first.
fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    text.windows(wanted.len()).position(|part| part == wanted)
}
