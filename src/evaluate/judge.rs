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
    /// What the test of a pattern comes to that waits for keys which are not fetched yet, and for nothing else; `negated`
    /// where an element or operator turns the test around.
    #[cold]
    #[inline(never)]
    pub(super) fn waiting(&mut self, pattern: &[u8], negated: bool) -> Result<Option<Truth>, DecideError> {
        let Some(not_fetched) = self.context.not_fetched else { return Ok(None) };
        let resolved = self.variables();
        let mut truth = None;
        for piece in pieces(pattern) {
            let Piece::Variable(index) = piece else { continue };
            self.budget.spend(2 * resolved.steps(index))?;
            match resolved.not_fetched(index) {
                Some(number) => truth = Some(not_fetched.truth(number, self.statement.is_deny() != negated)),
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
