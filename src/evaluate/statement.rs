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
#[inline(always)]
pub(super) fn judge(judge: &mut Judge<'_, '_>, has_boundary: bool) -> Result<Verdict, DecideError> {
    charge(judge)?;
    let mut truth = action::matches(judge)?;
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    truth = truth.and(resource::matches(judge)?);
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    let (about, grants) = principal(judge, has_boundary)?;
    truth = truth.and(about);
    if truth == Truth::False {
        return Ok(Verdict::None);
    }
    if judge.statement.row.conditions.get() != 0 {
        truth = truth.and(condition::matches(judge)?);
    }
    // R-GEN-6: a Deny takes what is left open, an Allow does not.
    Ok(match (judge.statement.is_deny(), truth) {
        (_, Truth::False) | (false, Truth::Indet) => Verdict::None,
        (true, Truth::Indet | Truth::True) => Verdict::Deny,
        (false, Truth::True) => Verdict::Allow(grants),
    })
}

/// Charges the steps of a statement and its lists.
#[inline(always)]
pub(super) fn charge(judge: &mut Judge<'_, '_>) -> Result<(), DecideError> {
    let row = judge.statement.row;
    judge.budget.spend(STATEMENT + usize::from(row.actions.get()) + 2 * usize::from(row.resources.get()))?;
    Ok(())
}

/// Whether the statement is about the principal, and as what: one of a policy that names none is about everyone.
#[inline(always)]
pub(super) fn principal(
    judge: &mut Judge<'_, '_>,
    has_boundary: bool,
) -> Result<(Truth, Grants), DecideError> {
    if judge.statement.row.principals.get() == 0 {
        return Ok((Truth::True, Grants::NONE));
    }
    let principals = judge.statement.principals().ok_or(CHANGED)?;
    judge.budget.spend(principal::steps(principals))?;
    Ok(principal::matches(judge, principals, has_boundary))
}
