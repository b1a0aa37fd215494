//! Whether a statement is about the request's action (R-ACT-1).

use super::decision::{CHANGED, DecideError};
use super::judge::Judge;
use super::pattern::{self, Head};
use crate::ground::truth::Truth;
use crate::ground::wildcard::NoVariables;
use crate::image::kind::PolicyKind;
use crate::image::records::Span;

/// Matches `Action` or `NotAction`.
#[inline(always)]
pub(super) fn matches(judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
    let statement = judge.statement;
    if statement.is_of(PolicyKind::ScpClassic) {
        return matches_classic(judge);
    }
    // R-ACT-7, R-ACT-8
    if statement.lists_every_action() {
        return Ok(Truth::from(!statement.negates_action()));
    }
    Ok(Truth::from(is_listed(judge)? != statement.negates_action()))
}

/// Whether one of the patterns matches. Apart from [`matches`], for many a statement lists every action.
#[inline(never)]
fn is_listed(judge: &mut Judge<'_, '_>) -> Result<bool, DecideError> {
    let Judge { statement, context, ref mut budget, .. } = *judge;
    let (text, action) = (statement.text, context.action);
    for span in statement.actions().ok_or(CHANGED)? {
        let matches = match pattern::head(span, text, action, budget)? {
            Head::Differs => false,
            Head::Matches => true,
            Head::Open => pattern::matches_behind_head(span, text, action, &NoVariables, budget)?,
        };
        if matches {
            return Ok(true);
        }
    }
    Ok(false)
}

/// As [`matches`], in the classic grammar.
#[inline(never)]
fn matches_classic(judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
    let Judge { statement, context, ref mut budget, .. } = *judge;
    let mut listed = Truth::False;
    for span in statement.actions().ok_or(CHANGED)? {
        budget.spend(1 + usize::from(span.len.get()) / 16)?;
        let pattern = span.get(statement.text).unwrap_or_default();
        listed = listed.or(classic(span, pattern, context.request.action()));
        if listed == Truth::True {
            break;
        }
    }
    Ok(if statement.negates_action() { !listed } else { listed })
}

/// R-SCPC-15: case counts, and where only case tells the two apart the answer is left open. A classic pattern has at
/// most one wildcard, a star at its end (R-SCPC-16).
fn classic(span: &Span, pattern: &[u8], action: &[u8]) -> Truth {
    let head = usize::from(span.head.get());
    let Some((head, tail)) = pattern.split_at_checked(head) else { return Truth::False };
    let action = if tail.is_empty() { action } else { action.get(..head.len()).unwrap_or(action) };
    if action == head {
        Truth::True
    } else if action.eq_ignore_ascii_case(head) {
        Truth::Indet
    } else {
        Truth::False
    }
}
