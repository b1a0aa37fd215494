//! Which statements of an indexed set could apply to a request: the request's side of `image::index`.

use super::decision::DecideError;
use crate::ground::budget::Budget;
use crate::ground::hash::prefix::{self, Prefixes};
use crate::image::index::{ActionEntry, ActionPart, Index, Posting};
use crate::image::index_tree::Found;
use crate::request::Request;
use crate::request::request_context::RequestContext;

/// What an index has of a request's action: of the action, of its service, and of any action.
pub(super) type Actions<'a> = [Option<&'a ActionEntry>; 3];

/// Finds the request's action in an index.
#[inline]
pub(super) fn actions<'a>(request: &Request<'_>, index: &Index<'a>) -> Actions<'a> {
    let action = request.text(request.header.folded_action);
    let service = action.iter().position(|byte| *byte == b':').and_then(|colon| action.get(..=colon));
    let [action_part, service_part] = [request.header.action_part, request.header.service_part];
    [
        index.action(&ActionPart { hash: action_part.get(), text: action }),
        index.action(&ActionPart { hash: service_part.get(), text: service.unwrap_or_default() }),
        index.any_action(),
    ]
}

/// Hands every list of statements that could apply to `look_at`; a statement may be in several.
#[inline]
pub(super) fn look_up<'a>(
    context: &RequestContext<'a>,
    index: &Index<'a>,
    actions: &Actions<'a>,
    budget: &mut Budget,
    look_at: &mut impl FnMut(&'a [Posting], &mut Budget) -> Result<(), DecideError>,
) -> Result<(), DecideError> {
    // A resource that is no ARN has no part that a key could have (R-RES-3).
    let (resource, field) = match context.last_colon {
        0 => (&Prefixes { text: &[], states: &[] }, &[][..]),
        colon => {
            (&context.resource_prefixes, context.resource_prefixes.text.get(colon + 1..).unwrap_or_default())
        }
    };
    budget.spend(3 * index.action_steps())?;
    for action in actions.iter().flatten() {
        if let Some(heads) = index.tree(&action.heads) {
            heads.look_up(resource.text, |len| resource.get(len), budget, &mut |found, budget| {
                for_resource(context, index, found, budget, look_at)
            })?;
        }
        if let Some(fields) = index.tree(&action.fields) {
            fields.look_up(
                field,
                |len| field.get(..len).map(prefix::hash),
                budget,
                &mut |found, budget| for_resource(context, index, found, budget, look_at),
            )?;
        }
    }
    Ok(())
}

/// The lists of one resource of an action.
#[inline(always)]
fn for_resource<'a>(
    context: &RequestContext<'a>,
    index: &Index<'a>,
    found: Found,
    budget: &mut Budget,
    look_at: &mut impl FnMut(&'a [Posting], &mut Budget) -> Result<(), DecideError>,
) -> Result<(), DecideError> {
    let list = index.postings(found.postings);
    if !list.is_empty() {
        look_at(list, budget)?;
    }
    // Most nodes have none.
    if found.conditions.is_empty() {
        return Ok(());
    }
    for key in index.conditions(found.conditions) {
        budget.spend(3)?;
        let Some(values) = index.tree(&key.values) else { continue };
        if context.not_fetched.is_some() && context.may_be_fetched(key.hash.get()) {
            look_at(index.postings(values.all()), budget)?;
        }
        // A statement that is filed by its condition allows, and only where the key has one value: no value is FALSE,
        // several are INDET (R-MULTI-1).
        context.single_values(key.hash.get(), key.known.get(), budget, &mut |value, budget| {
            let hash = |len: usize| value.get(..len).map(prefix::hash);
            values.look_up(value, hash, budget, &mut |found, budget| {
                look_at(index.postings(found.postings), budget)
            })
        })?;
    }
    Ok(())
}
