//! A decision under way: which statements of a set could apply, and what they say.

use super::candidates::{self, Actions};
use super::combine::Findings;
use super::decision::{CHANGED, DecideError};
use super::judge::Judge;
use super::order::Order;
use super::shared::Shared;
use super::statement::{Verdict, judge};
use crate::ground::budget::Budget;
use crate::ground::hash::prefix::{self, Prefixes};
use crate::image::index::Index;
use crate::image::index_tree::{Found, Tree};
use crate::image::layer::Layer;
use crate::image::set::PolicySet;
use crate::request::request_context::RequestContext;

/// Steps that are charged for passing over a statement of a set.
const ROW: usize = 1;

/// A decision under way, in one of its sets.
pub(super) struct Search<'s, 'a> {
    set: &'s PolicySet<'a>,
    /// The number of the set.
    number: u8,
    findings: &'s mut Findings,
    /// What the next statement is judged with. It stays where it is: to make one takes as long as to judge many a statement.
    judge: Judge<'s, 'a>,
}

impl<'s, 'a> Search<'s, 'a> {
    /// Looks at the statements of a set that could apply; of one without an index, or if `scan` says so, at all.
    #[inline(always)]
    pub(super) fn run(
        (number, set): (u8, &'s PolicySet<'a>),
        scan: bool,
        findings: &'s mut Findings,
        context: &'s RequestContext<'a>,
        budget: &'s mut Budget,
        shared: Option<&'s Shared<'a>>,
    ) -> Result<(), DecideError> {
        // A set without statements says nothing.
        let Some(first) = set.rows().first() else { return Ok(()) };
        let statement = set.statement(first).ok_or(CHANGED)?;
        let judge = Judge { statement, context, budget, order: Order::NONE, shared };
        let mut search = Self { set, number, findings, judge };
        if set.has_index() && !scan { search.look_up() } else { search.scan() }
    }

    /// Looks at every statement of the set, in order. The first that denies is the set's first, and ends it.
    ///
    /// Not inlined, nor is [`look_up`](Self::look_up): either would save and restore what the other keeps in registers.
    #[inline(never)]
    fn scan(&mut self) -> Result<(), DecideError> {
        for (at, _) in (0..).zip(self.set.rows()) {
            self.judge.budget.spend(ROW)?;
            self.consider(at)?;
            if self.findings.denies_in(self.number) {
                break;
            }
        }
        Ok(())
    }

    /// Looks at the statements of the set that its index leads to: those of the request's action, of all of its service and
    /// of any action, each by the resource's beginnings and by those of its sixth field. A statement may be among several.
    #[inline(never)]
    fn look_up(&mut self) -> Result<(), DecideError> {
        let context = self.judge.context;
        let index = self.set.index().ok_or(CHANGED)?;
        let known = self.judge.shared.and_then(|shared| shared.actions(self.number));
        let actions: Actions<'a> = known.unwrap_or_else(|| candidates::actions(context.request, &index));
        // A resource that is no ARN has no part that a key could have (R-RES-3).
        let (resource, field) = match context.last_colon {
            0 => (Prefixes { text: &[], states: &[] }, &[][..]),
            colon => {
                (context.resource_prefixes(), context.resource_text.get(colon + 1..).unwrap_or_default())
            }
        };
        self.judge.budget.spend(3 * index.action_steps())?;
        for action in actions.iter().flatten() {
            if let Some(heads) = index.tree(&action.heads) {
                self.look_in(&index, &heads, resource.text, |len| resource.get(len))?;
            }
            if let Some(fields) = index.tree(&action.fields) {
                self.look_in(&index, &fields, field, hash_of(field))?;
            }
        }
        Ok(())
    }

    /// Looks at the statements that a tree leads to.
    #[inline(always)]
    fn look_in(
        &mut self,
        index: &Index<'a>,
        tree: &Tree<'_, 'a>,
        text: &[u8],
        hash: impl Fn(usize) -> Option<u64>,
    ) -> Result<(), DecideError> {
        for found in tree.look_up(text, hash, self.judge.budget)? {
            self.look_at(index, &found)?;
            // Most nodes have none.
            if !found.conditions.is_empty() {
                self.look_at_values(index, &found)?;
            }
        }
        Ok(())
    }

    /// Looks at the statements of a node, of which those that deny come first.
    #[inline]
    fn look_at(&mut self, index: &Index<'a>, found: &Found) -> Result<(), DecideError> {
        let list = index.postings(found.postings.clone());
        self.judge.budget.spend(2 * list.len())?;
        for posting in list {
            // A Deny anywhere wins.
            if posting.allows() && self.findings.denies() {
                break;
            }
            self.consider(posting.row())?;
        }
        Ok(())
    }

    /// Looks at the statements of a node that are filed by the value of a context key.
    #[inline(never)]
    fn look_at_values(&mut self, index: &Index<'a>, found: &Found) -> Result<(), DecideError> {
        for key in index.conditions(found.conditions.clone()) {
            self.judge.budget.spend(3)?;
            let Some(values) = index.tree(&key.values) else { continue };
            let context = self.judge.context;
            if context.not_fetched.is_some() && context.may_be_fetched(key.hash.get()) {
                self.look_at(index, &Found { postings: values.all(), conditions: 0..0 })?;
            }
            // A statement that is filed by its condition allows, and only where the key has one value: no value is FALSE,
            // several are INDET (R-MULTI-1).
            let mut each = |value: &'a [u8], search: &mut Self| -> Result<(), DecideError> {
                for found in values.look_up(value, hash_of(value), search.judge.budget)? {
                    search.look_at(index, &found)?;
                }
                Ok(())
            };
            self.judge.context.single_values(key.hash, key.known.get(), self, &mut each)?;
        }
        Ok(())
    }

    /// Judges the statement of a row, if it could still change the decision, and notes what it says.
    #[inline(never)]
    fn consider(&mut self, at: u32) -> Result<(), DecideError> {
        let row = self.set.rows().get(at as usize).ok_or(CHANGED)?;
        let order = Order::new(row, self.number, at);
        let findings = &mut *self.findings;
        if !findings.awaits(order, row.is_deny()) {
            return Ok(());
        }
        self.judge.statement.go_to(row).ok_or(CHANGED)?;
        self.judge.order = order;
        let has_boundary = findings.layers.has(Layer::Boundary);
        judge(&mut self.judge, has_boundary, |verdict| match verdict {
            Verdict::Deny => findings.deny(order),
            Verdict::Allow(grants) => findings.allow(grants, order),
        })
    }
}

/// The hash of each beginning of a text.
fn hash_of(text: &[u8]) -> impl Fn(usize) -> Option<u64> {
    |len| text.get(..len).map(prefix::hash)
}

impl AsMut<Budget> for Search<'_, '_> {
    fn as_mut(&mut self) -> &mut Budget {
        self.judge.budget
    }
}
