//! Which statements of an indexed set could apply to a request: the request's side of `image::index`.

use super::request::Subject;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash::prefix::{self, Prefixes};
use crate::image::index::{ANY_ACTION, ActionItems, Index, ItemRange, ResourcePart, Shape, WHOLE, key_hash};

/// Steps that are charged for looking up a key of the index.
const LOOK_UP: usize = 64;

/// Lists that one decision looks at.
pub(super) type Lists = heapless::Vec<List, 32>;

/// A list of statements, of the set with this number. It is kept as numbers, which take half the stack of a slice.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) set: u8,
    pub(super) range: ItemRange,
}

/// The hashes of a request that keys are made of, each worked out when a shape first asks for it.
pub(super) struct Candidates<'s, 'a> {
    subject: &'s Subject<'a>,
    text: Option<Prefixes<'a>>,
}

impl<'s, 'a> Candidates<'s, 'a> {
    pub(super) fn new(subject: &'s Subject<'a>) -> Self {
        Self { subject, text: None }
    }

    /// Adds every list of statements that could apply; a statement may be in several. False, and nothing is added,
    /// where there are more lists than fit.
    pub(super) fn look_up(
        &mut self,
        set: u8,
        index: &Index<'a>,
        lists: &mut Lists,
        budget: &mut Budget,
    ) -> Result<bool, BudgetExhausted> {
        let before = lists.len();
        let header = self.subject.request.header;
        let mut fits = true;
        let mut add = |range| fits &= lists.push(List { set, range }).is_ok();
        for action in [header.action_part.get(), header.service_part.get(), ANY_ACTION] {
            match index.action(action) {
                None => {}
                Some(ActionItems::Statements(range)) => add(range),
                Some(ActionItems::Shapes(shapes)) => {
                    budget.spend(shapes.len() * LOOK_UP)?;
                    for shape in shapes {
                        self.for_shape(index, action, shape, &mut add);
                    }
                }
            }
        }
        if !fits {
            lists.truncate(before);
        }
        Ok(fits)
    }

    /// The lists of one shape: more than one only where several context keys share a hash.
    #[inline]
    fn for_shape(&mut self, index: &Index<'a>, action: u32, shape: &Shape, add: &mut impl FnMut(ItemRange)) {
        let resource = match shape.resource_part() {
            None => 0,
            Some((part, len)) => match self.resource_hash(part, len) {
                Some(hash) => hash,
                None => return,
            },
        };
        let condition = shape.condition.get();
        let Some(known) = (condition >> 8).checked_sub(1) else {
            return index.key(key_hash(action, shape, resource, 0)).for_each(add);
        };
        // A statement that is filed by its condition allows, and only where the key has one value: no value is FALSE,
        // several are INDET (R-MULTI-1).
        self.subject.single_values(shape.condition_key.get(), known, &mut |value| {
            let head = match condition & WHOLE {
                WHOLE => Some(value),
                len => value.get(..usize::from(len)),
            };
            if let Some(head) = head {
                index.key(key_hash(action, shape, resource, prefix::hash(head))).for_each(&mut *add);
            }
        });
    }

    /// The hash of a part of the resource; `None` where the resource has no such part, being too short or no ARN
    /// (R-RES-3).
    #[inline]
    fn resource_hash(&mut self, part: ResourcePart, len: usize) -> Option<u64> {
        let subject = self.subject;
        let text = subject.resource_text();
        let [.., last_colon] = subject.resource.colons;
        let last_colon = last_colon.get() as usize;
        if last_colon == 0 {
            return None;
        }
        let whole = || Prefixes::new(text);
        match part {
            ResourcePart::Head => self.text.get_or_insert_with(whole).of(len),
            ResourcePart::Whole => self.text.get_or_insert_with(whole).of(text.len().min(prefix::LONGEST)),
            ResourcePart::FieldHead => {
                // Short enough that its words are not worth keeping.
                text.get(last_colon + 1..)?.get(..len).map(prefix::hash)
            }
        }
    }
}
