//! What decisions about the resources of one request have in common.

use core::cell::Cell;

use heapless::Vec;

use super::candidates::{self, Actions};
use super::order::Order;
use crate::ground::limits::MAX_SETS;
use crate::ground::truth::Truth;
use crate::ground::wildcard::VARIABLE;
use crate::image::known_key::KnownKey;
use crate::image::set::PolicySet;
use crate::image::statement::Statement;
use crate::request::Request;

/// Statements that are remembered at most. Another one takes the place of the one before.
const PLACES: usize = 64;

/// What decisions about the resources of one request have in common: where its action is in the indexes, and whether the
/// conditions of statements hold.
pub(super) struct Shared<'p> {
    /// More sets than fit are an error of each decision.
    actions: Vec<Actions<'p>, MAX_SETS>,
    places: [Cell<Option<(Order, Truth)>>; PLACES],
}

impl<'p> Shared<'p> {
    /// Looks up the request's action in the sets.
    pub(super) fn new(sets: &[PolicySet<'p>], request: &Request<'_>) -> Self {
        let of = |set: &PolicySet<'p>| set.index().map(|index| candidates::actions(request, &index));
        let actions = sets.iter().take(MAX_SETS).map(|set| of(set).unwrap_or_default()).collect();
        Self { actions, places: [const { Cell::new(None) }; PLACES] }
    }

    /// What the index of the set with this number has of the action. An item's own set has none.
    pub(super) fn actions(&self, set: u8) -> Option<Actions<'p>> {
        self.actions.get(usize::from(set)).copied()
    }

    fn place(&self, order: Order) -> Option<&Cell<Option<(Order, Truth)>>> {
        self.places.get(order.row() % PLACES)
    }

    /// What was noted of the conditions of a statement.
    pub(super) fn conditions(&self, order: Order) -> Option<Truth> {
        self.place(order)?.get().filter(|(of, _)| *of == order).map(|(_, truth)| truth)
    }

    /// Notes whether the conditions of a statement hold.
    pub(super) fn note(&self, order: Order, truth: Truth) {
        if let Some(place) = self.place(order) {
            place.set(Some((order, truth)));
        }
    }
}

/// Whether the conditions of a statement may say another thing of another resource: they name its owner, or have a
/// variable, which may stand for it.
pub(super) fn depends_on_resource(statement: &Statement<'_>) -> Option<bool> {
    for condition in statement.conditions()? {
        if condition.key.known == KnownKey::ResourceAccount as u8 {
            return Some(true);
        }
        for span in statement.values(condition)? {
            let value = span.get(statement.text)?;
            if value.get(usize::from(span.head.get())..)?.contains(&VARIABLE) {
                return Some(true);
            }
        }
    }
    Some(false)
}
