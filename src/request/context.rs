//! The context of a prepared request: keys and their values, found by hash.

use zerocopy::FromBytes;
use zerocopy::little_endian::U16;

use super::records::{ContextHeader, ContextRecord, Text};
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::image::context_table::{Name, PROBES};

/// The values of a context key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a> {
    texts: &'a [Text],
    bytes: &'a [u8],
    /// Declared multivalued, so that one value counts as many (R-MULTI-6).
    declared: bool,
    /// AWS always sends the key, and what it sends is not known here (R-CTX-3, R-CTX-7).
    unknown: bool,
}

impl<'a> Values<'a> {
    pub(crate) fn none(declared: bool) -> Self {
        Self { texts: &[], bytes: &[], declared, unknown: false }
    }

    pub(crate) fn one(text: &'a Text, bytes: &'a [u8], declared: bool) -> Self {
        Self { texts: core::slice::from_ref(text), bytes, declared, unknown: false }
    }

    /// These values, of a key that AWS always sends: without any, what it sends is not known.
    pub(crate) fn always_sent(self) -> Self {
        Self { unknown: self.texts.is_empty(), ..self }
    }

    /// These values, of a key whose arity another entry may declare.
    pub(crate) fn declared_as(self, other: Option<Self>) -> Self {
        Self { declared: self.declared || other.is_some_and(|other| other.declared), ..self }
    }

    /// Whether the caller declared the key multivalued.
    pub(crate) fn is_declared(&self) -> bool {
        self.declared
    }

    /// Whether the key has values that nobody told (R-CTX-3, R-CTX-7): every test on it is INDET.
    pub(crate) fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// Whether the key is absent: a key without values is (R-MISS-2).
    pub(crate) fn is_absent(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether an operator without set qualifier must not look at it (R-MULTI-1, R-MULTI-6).
    pub(crate) fn is_multivalued(&self) -> bool {
        self.declared || self.texts.len() > 1
    }

    /// How many values there are.
    pub(crate) fn count(&self) -> usize {
        self.texts.len()
    }

    /// The values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        self.texts.iter().map(move |text| text.of(bytes))
    }

    /// What a policy variable stands for: the one value that is not empty (R-VAR-8).
    pub(crate) fn single(&self) -> Option<&'a [u8]> {
        match self.texts {
            [text] if !self.declared => Some(text.of(self.bytes)).filter(|value| !value.is_empty()),
            _ => None,
        }
    }

    /// Whether the default of a policy variable applies: no value at all, or the empty one (R-VAR-8). Of an unknown or a
    /// multivalued key not even the default does.
    pub(crate) fn is_void(&self) -> bool {
        match self.texts {
            [] => !self.unknown && !self.declared,
            [text] => !self.declared && text.of(self.bytes).is_empty(),
            _ => false,
        }
    }
}

/// The tables of a context, looked at in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextView<'a> {
    slots: &'a [U16],
    records: &'a [ContextRecord],
    /// The first of the crowded keys' records, and how many.
    crowded_first: u32,
    crowded: u32,
    values: &'a [Text],
    pub(crate) bytes: &'a [u8],
}

impl<'a> ContextView<'a> {
    pub(crate) fn new(bytes: &'a [u8], header: &ContextHeader) -> Option<Self> {
        let rest = bytes.get(header.start.get() as usize..)?;
        let (slots, rest) = <[U16]>::ref_from_prefix_with_elems(rest, header.slots.get() as usize).ok()?;
        let (records, _) =
            <[ContextRecord]>::ref_from_prefix_with_elems(rest, header.records.get() as usize).ok()?;
        let rest = bytes.get(header.values_start.get() as usize..)?;
        let (values, _) = <[Text]>::ref_from_prefix_with_elems(rest, header.values.get() as usize).ok()?;
        let (crowded_first, crowded) = (header.crowded_first.get(), header.crowded.get());
        Some(Self { slots, records, crowded_first, crowded, values, bytes })
    }

    pub(crate) fn is_crowded(&self) -> bool {
        self.crowded != 0
    }

    /// The comparisons of names that [`find`](Self::find) makes at most, beside one.
    pub(crate) fn comparisons(&self) -> usize {
        (u32::BITS - self.crowded.leading_zeros()) as usize
    }

    /// The values of the key with this name in lower case. Time: [`PROBES`] places, and the names that are compared:
    /// one, and among crowded keys as many as [`comparisons`](Self::comparisons) says.
    pub(crate) fn find(&self, hash: u32, name: &[u8]) -> Option<Values<'a>> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize;
        for _ in 0..PROBES {
            let number = self.slots.get(at & mask)?.get();
            let record = self.records.get(usize::from(number).checked_sub(1)?)?;
            if record.hash.get() == hash {
                if record.name.of(self.bytes) == name {
                    return self.values_of(record);
                }
                // The table has one key of a hash.
                break;
            }
            at = at.wrapping_add(1);
        }
        if self.crowded == 0 { None } else { self.find_crowded(hash, name) }
    }

    #[cold]
    fn find_crowded(&self, hash: u32, name: &[u8]) -> Option<Values<'a>> {
        let wanted = Name::new(hash, name);
        let crowded = self.crowded();
        let found = crowded.binary_search_by(|record| record.ordered_by(self.bytes).cmp(&wanted));
        self.values_of(crowded.get(found.ok()?)?)
    }

    /// The records of crowded keys, in order.
    fn crowded(&self) -> &'a [ContextRecord] {
        let rest = self.records.get(self.crowded_first as usize..).unwrap_or_default();
        rest.get(..self.crowded as usize).unwrap_or_default()
    }

    fn values_of(&self, record: &ContextRecord) -> Option<Values<'a>> {
        let first = record.first_value.get() as usize;
        let texts = self.values.get(first..)?.get(..record.values.get() as usize)?;
        let declared = record.multivalued != 0;
        Some(Values { texts, bytes: self.bytes, declared, unknown: false })
    }

    /// Hands the value of every key with this hash that has one value to `each`. Each key that is looked at is a step.
    pub(crate) fn single_values<E: From<BudgetExhausted>>(
        &self,
        hash: u32,
        budget: &mut Budget,
        each: &mut impl FnMut(&'a [u8], &mut Budget) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(mask) = self.slots.len().checked_sub(1) else { return Ok(()) };
        let mut at = hash as usize;
        for _ in 0..PROBES {
            let number = self.slots.get(at & mask).map_or(0, |slot| usize::from(slot.get()));
            let Some(record) = number.checked_sub(1).and_then(|number| self.records.get(number)) else {
                // Where a place is free, no key of this hash is crowded.
                return Ok(());
            };
            if record.hash.get() == hash {
                self.single_value(record, budget, each)?;
                break;
            }
            at = at.wrapping_add(1);
        }
        let crowded = self.crowded();
        let first = crowded.partition_point(|record| record.hash.get() < hash);
        for record in crowded.get(first..).unwrap_or_default() {
            if record.hash.get() != hash {
                break;
            }
            budget.spend(1)?;
            self.single_value(record, budget, each)?;
        }
        Ok(())
    }

    fn single_value<E>(
        &self,
        record: &ContextRecord,
        budget: &mut Budget,
        each: &mut impl FnMut(&'a [u8], &mut Budget) -> Result<(), E>,
    ) -> Result<(), E> {
        if record.values.get() != 1 {
            return Ok(());
        }
        let value = self.values.get(record.first_value.get() as usize);
        each(value.map_or(&[], |text| text.of(self.bytes)), budget)
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
