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

/// Judges one statement, and hands what it says to `note`. The cheapest and most selective parts come first; the first FALSE ends it.
#[inline(always)]
pub(super) fn judge(
    judge: &mut Judge<'_, '_>,
    has_boundary: bool,
    note: impl FnOnce(Verdict),
) -> Result<(), DecideError> {
    let row = judge.statement.row;
    judge.budget.spend(STATEMENT + usize::from(row.actions.get()) + 2 * usize::from(row.resources.get()))?;
    // Whether a part is left open.
    let mut open = false;
    let mut grants = Grants::NONE;
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
    // A policy that names no principal is about everyone.
    if row.principals.get() != 0 {
        let principals = judge.statement.principals().ok_or(CHANGED)?;
        judge.budget.spend(principal::steps(principals))?;
        let (about, granted) = principal::matches(judge, principals, has_boundary);
        grants = granted;
        match about {
            Truth::False => return Ok(()),
            Truth::Indet => open = true,
            Truth::True => {}
        }
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
