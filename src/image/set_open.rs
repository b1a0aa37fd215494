//! Opening a policy set checks it: after that, every number in an entry or in the index may be followed.

use heapless::Vec;

use super::index::{ALLOWS, Index};
use super::index_keys::Member;
use super::layer::{Layer, Layers};
use super::policy::{ImageError, Policy};
use super::set::{PolicySet, SetEntry, SetHeader};
use crate::ground::limits::MAX_LEVELS;

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
        let require = |holds: bool| if holds { Ok(()) } else { Err(ImageError::Corrupt) };
        require(self.header.scp_levels <= MAX_LEVELS && self.header.rcp_levels <= MAX_LEVELS)?;
        require(self.header.reserved == [0; 3] && self.header.layer_end.is_sorted_by_key(|end| end.get()))?;
        let mut layers = Layers::NONE;
        let mut end = size_of::<SetHeader>() + size_of_val(self.entries());
        let mut seen = 0;
        for layer in Layer::ALL {
            let mut level = 0;
            let entries = self.entries_of(layer);
            require(layer.is_repeatable() || entries.len() <= 1)?;
            for entry in entries {
                require(entry.layer == layer as u8 && entry.reserved.get() == 0)?;
                require(entry.level >= level && (entry.level == 0 || entry.level < self.levels(layer)))?;
                level = entry.level;
                // The images lie end to end in the order of the entries: a set has one reading.
                require(entry.start.get() as usize == end)?;
                end = end.checked_add(entry.size.get() as usize).ok_or(ImageError::Corrupt)?;
                let policy = Policy::open(self.image(entry).ok_or(ImageError::Corrupt)?)?;
                require(policy.kind().is_some_and(|kind| layer.takes(kind)))?;
                seen += 1;
            }
            require(!layer.has_levels() || entries.is_empty() || self.levels(layer) > level)?;
            if !entries.is_empty() || self.levels(layer) > 0 {
                layers = layers.with(layer);
            }
        }
        require(layers == self.layers())?;
        require(seen == self.entries().len() && end == self.header.index_start.get() as usize)?;
        self.check_numbers()?;
        require(self.header.has_index.get() <= 1)?;
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
        index.check(|posting| {
            let entry = self.entries().get((posting.entry.get() & !ALLOWS) as usize)?;
            let policy = self.policy(entry).ok()?;
            policy.statements().get(posting.statement.get() as usize).map(|statement| !statement.is_deny())
        })?;
        for (number, entry) in self.entries().iter().enumerate() {
            let member = Member::new(self.policy(entry)?, number, entry).ok_or(ImageError::Corrupt)?;
            index.check_keys(&member)?;
        }
        Ok(())
    }
}
