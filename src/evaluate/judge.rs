//! What the parts of a statement are judged with.

use super::order::Order;
use super::shared::Shared;
use super::variables::Resolved;
use crate::ground::budget::Budget;
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
    /// The policy's variables, with the values that the request gives them.
    #[inline]
    pub(super) fn variables(&self) -> Resolved<'j, 'a> {
        Resolved { statement: self.statement, context: self.context }
    }
}
