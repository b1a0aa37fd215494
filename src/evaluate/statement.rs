//! Whether a statement applies: action, resource, principal and conditions together (R-GEN-8).

use super::decision::DecideError;
use super::principal::{self, Grants};
use super::{action, condition, resource};
use crate::ground::budget::Budget;
use crate::ground::truth::Truth;
use crate::image::policy::{ImageError, Policy, StatementSpans};
use crate::image::records::{DENY, StatementRecord};
use crate::request::request_context::RequestContext;

/// What a statement says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    None,
    /// It allows, and grants to these classes of principals.
    Allow(Grants),
    /// It denies.
    Deny,
}

/// Steps that are charged for a statement, beside its lists.
const STATEMENT: usize = 3;

/// Judges one statement. The cheapest and most selective parts come first; the first FALSE ends it.
#[inline]
pub(super) fn judge(
    policy: &Policy<'_>,
    statement: &StatementRecord,
    context: &RequestContext<'_>,
    has_boundary: bool,
    budget: &mut Budget,
) -> Result<Verdict, DecideError> {
    let Some(StatementSpans { principals, actions, resources }) = policy.statement_spans(statement) else {
        return Err(ImageError::Corrupt.into());
    };
    budget.spend(STATEMENT + actions.len() + 2 * resources.len())?;
    let mut truth = action::matches(policy, statement, actions, context, budget)?;
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    truth = truth.and(resource::matches(policy, statement, resources, context, budget)?);
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    let mut grants = Grants::NONE;
    // A policy that names no principal is about everyone.
    if !principals.is_empty() {
        budget.spend(principal::steps(principals))?;
        let (about, granted) =
            principal::matches(policy, statement, principals, &context.request, has_boundary);
        grants = granted;
        truth = truth.and(about);
        if truth == Truth::False {
            return Ok(Verdict::None);
        }
    }
    truth = truth.and(condition::matches(policy, statement, context, budget)?);
    // R-GEN-6: a Deny takes what is left open, an Allow does not.
    Ok(match (statement.flags & DENY != 0, truth) {
        (_, Truth::False) | (false, Truth::Indet) => Verdict::None,
        (true, Truth::Indet | Truth::True) => Verdict::Deny,
        (false, Truth::True) => Verdict::Allow(grants),
    })
}
