//! Which statements of an indexed set could apply to a request: the request's side of `image::index`.

use crate::image::index::{ActionEntry, ActionPart, Index};
use crate::request::Request;

/// What an index has of a request's action: of the action, of its service, and of any action.
pub(super) type Actions<'a> = [Option<&'a ActionEntry>; 3];

/// Finds the request's action in an index.
#[inline]
pub(super) fn actions<'a>(request: &Request<'_>, index: &Index<'a>) -> Actions<'a> {
    let action = request.text(request.header.folded_action);
    let service = action.get(..request.header.service_len.get() as usize);
    let [action_part, service_part] = [request.header.action_part, request.header.service_part];
    [
        index.action(ActionPart { hash: action_part.get(), text: action }),
        index.action(ActionPart { hash: service_part.get(), text: service.unwrap_or_default() }),
        index.any_action(),
    ]
}
