//! Which statements of an indexed set could apply to a request: the request's side of `image::index`.

use super::decision::DecideError;
use super::request::Subject;
use crate::ground::budget::Budget;
use crate::ground::hash::prefix;
use crate::image::index::{ANY_ACTION, ActionItems, Index, Posting, ResourcePart, Shape, WHOLE, key_hash};

/// Steps that are charged for looking up a key of the index.
const LOOK_UP: usize = 32;

/// Hands every list of statements that could apply to `look_at`; a statement may be in several.
#[inline]
pub(super) fn look_up<'a>(
    subject: &Subject<'a>,
    index: &Index<'a>,
    budget: &mut Budget,
    look_at: &mut impl FnMut(&'a [Posting], &mut Budget) -> Result<(), DecideError>,
) -> Result<(), DecideError> {
    let header = subject.request.header;
    budget.spend(3 * LOOK_UP)?;
    for action in [header.action_part.get(), header.service_part.get(), ANY_ACTION] {
        match index.action(action) {
            None => {}
            Some(ActionItems::Statements(postings)) => look_at(postings, budget)?,
            Some(ActionItems::Shapes(shapes)) => {
                for shape in shapes {
                    for_shape(subject, index, action, shape, budget, look_at)?;
                }
            }
        }
    }
    Ok(())
}

/// The lists of one shape: more than one only where several keys share a hash.
#[inline]
fn for_shape<'a>(
    subject: &Subject<'a>,
    index: &Index<'a>,
    action: u32,
    shape: &Shape,
    budget: &mut Budget,
    look_at: &mut impl FnMut(&'a [Posting], &mut Budget) -> Result<(), DecideError>,
) -> Result<(), DecideError> {
    budget.spend(LOOK_UP)?;
    let resource = match shape.resource_part() {
        None => 0,
        Some((part, len)) => match resource_hash(subject, part, len) {
            Some(hash) => hash,
            None => return Ok(()),
        },
    };
    let condition = shape.condition.get();
    let Some(known) = (condition >> 8).checked_sub(1) else {
        let mut lists = index.key(key_hash(action, shape, resource, 0));
        return lists.try_for_each(|list| look_at(list, budget));
    };
    // A statement that is filed by its condition allows, and only where the key has one value: no value is FALSE,
    // several are INDET (R-MULTI-1).
    subject.single_values(shape.condition_key.get(), known, budget, &mut |value, budget| {
        let head = match condition & WHOLE {
            WHOLE => Some(value),
            len => value.get(..usize::from(len)),
        };
        let Some(head) = head else { return Ok(()) };
        budget.spend(LOOK_UP)?;
        let mut lists = index.key(key_hash(action, shape, resource, prefix::hash(head)));
        lists.try_for_each(|list| look_at(list, budget))
    })
}

/// The hash of a part of the resource; `None` where the resource has no such part, being too short or no ARN
/// (R-RES-3).
#[inline]
fn resource_hash(subject: &Subject<'_>, part: ResourcePart, len: usize) -> Option<u64> {
    let (resource, last_colon) = (subject.resource_prefixes, subject.last_colon);
    if last_colon == 0 {
        return None;
    }
    match part {
        ResourcePart::Head => resource.of(len),
        ResourcePart::Whole => resource.of(resource.text.len().min(prefix::LONGEST)),
        ResourcePart::FieldHead => {
            // Short enough that its words are not worth keeping.
            resource.text.get(last_colon + 1..)?.get(..len).map(prefix::hash)
        }
    }
}
