//! Whether a statement is about the request's resource (R-RES-1).

use super::decision::{CHANGED, DecideError};
use super::judge::Judge;
use super::pattern::{self, Head};
use crate::ground::arn;
use crate::ground::truth::Truth;
use crate::ground::wildcard::{self, Variables};
use crate::image::records::Span;

/// Matches `Resource` or `NotResource`.
#[inline]
pub(super) fn matches(judge: &mut Judge<'_, '_>) -> Result<Truth, DecideError> {
    let statement = judge.statement;
    let negated = statement.negates_resource();
    // R-RES-9
    if statement.lists_every_resource() {
        return Ok(Truth::from(!negated));
    }
    let listed = is_listed(judge, negated)?;
    Ok(if negated { !listed } else { listed })
}

/// Whether one of the patterns matches. Apart from [`matches`], for many a statement lists every resource.
#[inline(never)]
fn is_listed(judge: &mut Judge<'_, '_>, negated: bool) -> Result<Truth, DecideError> {
    let mut listed = Truth::False;
    for span in judge.statement.resources().ok_or(CHANGED)? {
        listed = listed.or(matches_one(judge, span, negated)?);
        if listed == Truth::True {
            break;
        }
    }
    Ok(listed)
}

/// Matches one pattern other than `*` with the request's resource.
#[inline]
fn matches_one(judge: &mut Judge<'_, '_>, span: &Span, negated: bool) -> Result<Truth, DecideError> {
    let Judge { statement, context, ref mut budget, .. } = *judge;
    let has_tokens = span.head != span.len;
    // R-RES-3, R-VAR-9
    if context.last_colon == 0 || negated && has_tokens {
        return matches_carefully(judge, span, negated);
    }
    match pattern::head(span, statement.text, context.resource_text, budget)? {
        Head::Differs => Ok(Truth::False),
        // R-RES-5: no token stands before the last of the five colons.
        Head::Matches if usize::from(span.head.get()) > context.last_colon => Ok(Truth::True),
        Head::Matches | Head::Open => matches_carefully(judge, span, negated),
    }
}

/// As [`matches_one`], where more than the pattern's head has to be looked at.
#[inline(never)]
fn matches_carefully(judge: &mut Judge<'_, '_>, span: &Span, negated: bool) -> Result<Truth, DecideError> {
    let resolved = judge.variables();
    let pattern = span.get(judge.statement.text).unwrap_or_default();
    if judge.context.not_fetched.is_some() {
        let text = Some(judge.context.resource_text).filter(|_| judge.context.last_colon != 0);
        if let Some(truth) = judge.waiting(pattern, text, negated)? {
            return Ok(waiting(judge, pattern, negated, truth));
        }
    }
    let Judge { statement, context, ref mut budget, .. } = *judge;
    budget.spend(1)?;
    let (text, last_colon) = (context.resource_text, context.last_colon);
    let head = usize::from(span.head.get());
    let has_tokens = head < pattern.len();
    // R-VAR-9: what an unresolved variable would have matched is unknown. Under `Resource` it matches nothing; as an
    // exemption it must not count as absent.
    if negated && has_tokens && wildcard::unresolved(pattern, &resolved, budget)? {
        return Ok(Truth::Indet);
    }
    // R-RES-3: `*` in a request is matched by `*` alone, but for a pattern of all that the action's service has.
    if last_colon == 0 {
        budget.spend(1 + pattern.len() / 16)?;
        let Some(service) = arn::whole_service(pattern, |_| true) else { return Ok(Truth::False) };
        // R-VAR-9
        if !context.is_action_of(service) || wildcard::unresolved(pattern, &resolved, budget)? {
            return Ok(Truth::False);
        }
        // R-RES-14: AWS contradicts itself here.
        let is_empty = |index| resolved.value(index).is_some_and(<[u8]>::is_empty);
        let whole = arn::whole_service(pattern, is_empty).is_some();
        return Ok(if whole { Truth::Indet } else { Truth::False });
    }
    // R-RES-5: a match of the whole text is one of each field, unless a token before the last of the five colons made
    // the two divide differently.
    if !pattern::matches(span, statement.text, text, &resolved, budget)? {
        return Ok(Truth::False);
    }
    if head > last_colon || pattern::matches_fields(pattern, text, &resolved, budget)? {
        Ok(Truth::True)
    } else {
        Ok(Truth::Indet)
    }
}

/// The truth of a pattern that waits for a key, where all but that key says `truth`.
#[cold]
fn waiting(judge: &Judge<'_, '_>, pattern: &[u8], negated: bool, truth: Truth) -> Truth {
    if judge.context.last_colon != 0 || negated {
        return truth;
    }
    // R-RES-3, R-RES-14: at most it is open, which is enough for a Deny alone.
    let of_service = arn::whole_service(pattern, |_| true);
    match of_service.is_some_and(|service| judge.context.is_action_of(service)) {
        false => Truth::False,
        true if judge.statement.row.is_deny() => truth,
        true => Truth::Indet,
    }
}
