//! Whether a statement applies: action, resource, principal and conditions together (R-GEN-8).

use super::decision::{CHANGED, DecideError};
use super::judge::Judge;
use super::principal::{self, Grants};
use super::{action, condition, resource};
use crate::ground::truth::Truth;

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
pub(super) fn judge(judge: &mut Judge<'_, '_>, has_boundary: bool) -> Result<Verdict, DecideError> {
    let row = judge.statement.row;
    judge.budget.spend(STATEMENT + usize::from(row.actions.get()) + 2 * usize::from(row.resources.get()))?;
    let mut truth = action::matches(judge)?;
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    truth = truth.and(resource::matches(judge)?);
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    let mut grants = Grants::NONE;
    // A policy that names no principal is about everyone.
    if row.principals.get() != 0 {
        let principals = judge.statement.principals().ok_or(CHANGED)?;
        judge.budget.spend(principal::steps(principals))?;
        let (about, granted) = principal::matches(judge, principals, has_boundary);
        grants = granted;
        truth = truth.and(about);
        if truth == Truth::False {
            return Ok(Verdict::None);
        }
    }
    if row.conditions.get() != 0 {
        truth = truth.and(condition::matches(judge)?);
    }
    // R-GEN-6: a Deny takes what is left open, an Allow does not.
    Ok(match (judge.statement.is_deny(), truth) {
        (_, Truth::False) | (false, Truth::Indet) => Verdict::None,
        (true, Truth::Indet | Truth::True) => Verdict::Deny,
        (false, Truth::True) => Verdict::Allow(grants),
    })
}
