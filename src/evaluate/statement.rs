//! Whether a statement applies: action, resource, principal and conditions together (R-GEN-8).

use super::decision::{CHANGED, DecideError};
use super::judge::Judge;
use super::principal::{self, Grants};
use super::{action, condition, resource};
use crate::ground::truth::Truth;

/// What a statement that applies says about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It allows, and grants to these classes of principals.
    Allow(Grants),
    /// It denies.
    Deny,
}

/// Steps that are charged for a statement, beside its lists.
const STATEMENT: usize = 3;

/// Judges one statement, and hands what it says to `note`. The cheapest and most selective parts come first; the first FALSE
/// ends it.
#[inline(always)]
pub(super) fn judge(
    judge: &mut Judge<'_, '_>,
    has_boundary: bool,
    note: impl FnOnce(Verdict),
) -> Result<(), DecideError> {
    charge(judge)?;
    let row = judge.statement.row;
    // Whether a part is left open.
    let mut open = false;
    match action::matches(judge)? {
        Truth::False => return Ok(()),
        Truth::Indet => open = true,
        Truth::True => {}
    }
    match resource::matches(judge)? {
        Truth::False => return Ok(()),
        Truth::Indet => open = true,
        Truth::True => {}
    }
    let (about, grants) = principal(judge, has_boundary)?;
    match about {
        Truth::False => return Ok(()),
        Truth::Indet => open = true,
        Truth::True => {}
    }
    if row.conditions.get() != 0 {
        match condition::matches(judge)? {
            Truth::False => return Ok(()),
            Truth::Indet => open = true,
            Truth::True => {}
        }
    }
    // R-GEN-6: a Deny takes what is left open, an Allow does not.
    if row.is_deny() {
        note(Verdict::Deny);
    } else if !open {
        note(Verdict::Allow(grants));
    }
    Ok(())
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
