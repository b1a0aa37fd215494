//! Opening a policy set checks it: after that, every number in an entry or in the index may be followed.

use heapless::Vec;
use zerocopy::little_endian::U64;

use super::index::Index;
use super::index_keys::Member;
use super::layer::{Layer, Layers};
use super::policy::{ImageError, Policy};
use super::rows::Rows;
use super::set::PolicySet;
use super::set_records::{ConditionRow, NO_SLOT, SetEntry};
use crate::ground::hash;
use crate::ground::limits::MAX_LEVELS;

fn require(holds: bool) -> Result<(), ImageError> {
    if holds { Ok(()) } else { Err(ImageError::Corrupt) }
}

/// Layers and levels that entries can have: two layers have levels.
const RUNS: usize = 2 * MAX_LEVELS as usize + 5;

impl<'a> PolicySet<'a> {
    /// Opens a set: checks every entry and every policy image in it, once, in time linear in its size.
    ///
    /// # Errors
    /// Any bytes may be offered; what is not a set that this version of the engine could have written is refused.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let set = Self::view(bytes)?;
        set.check()?;
        Ok(set)
    }

    fn check(&self) -> Result<(), ImageError> {
        require(self.header.scp_levels <= MAX_LEVELS && self.header.rcp_levels <= MAX_LEVELS)?;
        require(self.header.reserved == 0 && self.header.has_index <= 1)?;
        let place = |entry: &SetEntry| (entry.layer, entry.level);
        require(self.entries().is_sorted_by_key(place))?;
        let mut layers = Layers::NONE;
        for layer in [Layer::Scp, Layer::Rcp] {
            if self.levels(layer) > 0 {
                layers = layers.with(layer);
            }
        }
        require(self.conditions().len() == self.header.conditions.get() as usize)?;
        let mut end = self.conditions_start() + size_of_val(self.conditions());
        let mut resource_kind = 0;
        let mut rows = self.rows().iter();
        let mut conditions = self.conditions().iter();
        for (at, entry) in self.entries().iter().enumerate() {
            let layer = Layer::from_number(entry.layer.into()).ok_or(ImageError::Corrupt)?;
            require(layer.is_repeatable() || !layers.has(layer))?;
            require(if layer.has_levels() { entry.level < self.levels(layer) } else { entry.level == 0 })?;
            // The images lie end to end in the order of the entries: a set has one reading.
            require(entry.start.get() as usize == end && entry.reserved == 0)?;
            end = end.checked_add(entry.size.get() as usize).ok_or(ImageError::Corrupt)?;
            let image = self.image(entry).ok_or(ImageError::Corrupt)?;
            require(entry.hash.get() == hash::hash(image, 0))?;
            let policy = Policy::open(image)?;
            require(policy.kind().is_some_and(|kind| layer.takes(kind) && entry.kind == kind as u8))?;
            require(entry.statements.get() as usize == policy.statement_count())?;
            require(entry.first_row.get() as usize == self.rows().len() - rows.len())?;
            // Each row is as it follows from the image: so each place in it is inside the set, and the rows are in order.
            let before = (self.conditions().len() - conditions.len()) * size_of::<ConditionRow>();
            let first_condition = self.conditions_start() + before;
            let expected = Rows::new(&policy, entry, at);
            let is_next = |row| (rows.next() == Some(&row)).then_some(());
            expected.for_each_statement(first_condition, &mut { is_next }).ok_or(ImageError::Corrupt)?;
            let has_dictionary = self.header.dictionary != U64::ZERO;
            let is_next = |row| {
                let found = conditions.next()?;
                // Any slot will do, for a decision compares the name that it finds there.
                let slot = if has_dictionary { found.slot } else { NO_SLOT };
                (*found == ConditionRow { slot, ..row }).then_some(())
            };
            expected.for_each_condition(&mut { is_next }).ok_or(ImageError::Corrupt)?;
            if layer == Layer::Resource {
                resource_kind = entry.kind;
            }
            layers = layers.with(layer);
        }
        require(layers == self.layers() && resource_kind == self.header.resource_kind)?;
        require(rows.len() == 0 && conditions.len() == 0)?;
        require(end == self.header.index_start.get() as usize)?;
        self.check_numbers()?;
        match self.index() {
            None => require(!self.has_index() && end == self.bytes.len()),
            Some(index) => self.check_index(&index),
        }
    }

    /// Checks that the entries have the numbers of a list, each once: they rise within a layer and level, so that the
    /// next number is always the first of what is left of one of these.
    fn check_numbers(&self) -> Result<(), ImageError> {
        let mut runs: Vec<&[SetEntry], RUNS> = Vec::new();
        let mut rest = self.entries();
        while let Some(first) = rest.first() {
            let place = (first.layer, first.level);
            let len = rest.iter().take_while(|entry| (entry.layer, entry.level) == place).count();
            let (run, after) = rest.split_at_checked(len).ok_or(ImageError::Corrupt)?;
            runs.push(run).map_err(|_| ImageError::Corrupt)?;
            rest = after;
        }
        for number in 0..self.entries().len() {
            let is_next = |run: &&mut &[SetEntry]| {
                run.first().is_some_and(|entry| entry.index.get() as usize == number)
            };
            let run = runs.iter_mut().find(is_next).ok_or(ImageError::Corrupt)?;
            *run = run.get(1..).unwrap_or_default();
        }
        Ok(())
    }

    /// Checks that the index is whole, and that each statement is found under each of its keys.
    fn check_index(&self, index: &Index<'a>) -> Result<(), ImageError> {
        index.check(|posting| Some(!self.rows().get(posting.row() as usize)?.is_deny()))?;
        for entry in self.entries() {
            let member = Member::new(self.policy(entry)?, entry).ok_or(ImageError::Corrupt)?;
            index.check_keys(&member)?;
        }
        Ok(())
    }
}
