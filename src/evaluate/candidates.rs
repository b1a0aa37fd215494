//! Which statements of an indexed set could apply to a request: the request's side of `image::index`.

use super::request::Subject;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash::prefix::{self, Prefixes};
use crate::image::index::{ANY_ACTION, ActionItems, Index, Posting, ResourcePart, Shape, WHOLE, key_hash};

/// The hashes of a request that keys are made of, each worked out when a shape first asks for it.
pub(super) struct Candidates<'s, 'a> {
    subject: &'s Subject<'a>,
    text: Option<Prefixes<'a>>,
    field: Option<Prefixes<'a>>,
}

impl<'s, 'a> Candidates<'s, 'a> {
    pub(super) fn new(subject: &'s Subject<'a>) -> Self {
        Self { subject, text: None, field: None }
    }

    /// Hands every list of statements that could apply to `each`. A statement may be in several.
    pub(super) fn for_each(
        &mut self,
        index: &Index<'a>,
        budget: &mut Budget,
        each: &mut impl FnMut(&'a [Posting], &mut Budget) -> Result<(), BudgetExhausted>,
    ) -> Result<(), BudgetExhausted> {
        let header = self.subject.request.header;
        for action in [header.action_part.get(), header.service_part.get(), ANY_ACTION] {
            match index.action(action) {
                None => {}
                Some(ActionItems::Statements(list)) => each(list, budget)?,
                Some(ActionItems::Shapes(shapes)) => {
                    budget.spend(shapes.len())?;
                    for shape in shapes {
                        self.for_shape(index, action, shape, &mut |list| each(list, budget))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The lists of one shape: more than one only where several context keys share a hash.
    #[inline]
    fn for_shape(
        &mut self,
        index: &Index<'a>,
        action: u32,
        shape: &Shape,
        each: &mut impl FnMut(&'a [Posting]) -> Result<(), BudgetExhausted>,
    ) -> Result<(), BudgetExhausted> {
        let resource = match shape.resource_part() {
            None => 0,
            Some((part, len)) => match self.resource_hash(part, len) {
                Some(hash) => hash,
                None => return Ok(()),
            },
        };
        let condition = shape.condition.get();
        let Some(known) = (condition >> 8).checked_sub(1) else {
            return index.key(key_hash(action, shape, resource, 0)).try_for_each(each);
        };
        // A statement that is filed by its condition allows, and only where the key has one value: no value is FALSE,
        // several are INDET (R-MULTI-1).
        let mut result = Ok(());
        self.subject.single_values(shape.condition_key.get(), known, &mut |value| {
            let head = match condition & WHOLE {
                WHOLE => Some(value),
                len => value.get(..usize::from(len)),
            };
            if let Some(head) = head
                && result.is_ok()
            {
                let hash = key_hash(action, shape, resource, prefix::hash(head));
                result = index.key(hash).try_for_each(&mut *each);
            }
        });
        result
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
                let field = text.get(last_colon + 1..)?;
                self.field.get_or_insert_with(|| Prefixes::new(field)).of(len)
            }
        }
    }
}
