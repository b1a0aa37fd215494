//! The context of a prepared request: keys and their values, found by hash.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::records::{ContextHeader, ContextRecord, Text};
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::lanes;
use crate::image::context_table::{Name, PROBES};
use crate::image::records::{record, records};
use crate::image::set_records::NO_SLOT;

/// The values of a context key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a> {
    texts: &'a [Text],
    bytes: &'a [u8],
    /// Declared multivalued, so that one value counts as many (R-MULTI-6).
    declared: bool,
    /// 0; or [`UNKNOWN`]; or the number of a key that is not fetched yet.
    open: u8,
}

/// AWS always sends the key, and what it sends is not known here (R-CTX-3, R-CTX-7).
const UNKNOWN: u8 = u8::MAX;

impl<'a> Values<'a> {
    pub(crate) fn none(declared: bool) -> Self {
        Self { texts: &[], bytes: &[], declared, open: 0 }
    }

    pub(crate) fn one(text: &'a Text, bytes: &'a [u8], declared: bool) -> Self {
        Self { texts: core::slice::from_ref(text), bytes, declared, open: 0 }
    }

    /// These values, of a key that AWS always sends: without any, what it sends is not known.
    pub(crate) fn always_sent(self) -> Self {
        if self.texts.is_empty() && self.open == 0 { Self { open: UNKNOWN, ..self } } else { self }
    }

    /// These values, of a key whose arity another entry may declare.
    pub(crate) fn declared_as(self, other: Option<Self>) -> Self {
        Self { declared: self.declared || other.is_some_and(|other| other.declared), ..self }
    }

    /// Whether the caller declared the key multivalued.
    pub(crate) fn is_declared(&self) -> bool {
        self.declared
    }

    /// Whether the key may have values that are not here, so that every test on it is open: nobody told what AWS sends
    /// (R-CTX-3, R-CTX-7), or it is not fetched yet.
    pub(crate) fn is_open(&self) -> bool {
        self.open != 0
    }

    /// The number of a key that is not fetched yet.
    pub(crate) fn not_fetched(&self) -> Option<u8> {
        (self.open != 0 && self.open != UNKNOWN).then_some(self.open)
    }

    /// Whether the key is absent: a key without values is (R-MISS-2).
    pub(crate) fn is_absent(&self) -> bool {
        self.texts.is_empty()
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

    /// The value of a key that has one, and was not declared multivalued: an operator without set qualifier looks at no
    /// other (R-MULTI-1, R-MULTI-6).
    #[inline]
    pub(crate) fn only(&self) -> Option<&'a [u8]> {
        match self.texts {
            [text] if !self.declared => Some(text.of(self.bytes)),
            _ => None,
        }
    }

    /// What a policy variable stands for: the one value that is not empty (R-VAR-8).
    pub(crate) fn single(&self) -> Option<&'a [u8]> {
        self.only().filter(|value| !value.is_empty())
    }

    /// Whether the default of a policy variable applies: no value at all, or the empty one (R-VAR-8). Of an unknown or a
    /// multivalued key not even the default does.
    pub(crate) fn is_void(&self) -> bool {
        match self.texts {
            [] => self.open == 0 && !self.declared,
            [text] => !self.declared && text.of(self.bytes).is_empty(),
            _ => false,
        }
    }
}

/// The tables of a context, looked at in place. Where they are is worked out when something is looked for: many a
/// decision asks for nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextView<'a> {
    header: &'a ContextHeader,
    pub(crate) bytes: &'a [u8],
}

/// What is behind so many records from `start`. Only the tables of a request that was changed leave its bytes.
fn behind(start: usize, records: U32, size: usize) -> usize {
    start.wrapping_add((records.get() as usize).wrapping_mul(size))
}

impl<'a> ContextView<'a> {
    /// The context of a prepared request or item. `None` where its tables do not fit the bytes.
    pub(crate) fn new(bytes: &'a [u8], header: &'a ContextHeader) -> Option<Self> {
        let table = |count: U32, record: usize| u64::from(count.get()) * record as u64;
        let records_end = u64::from(header.start.get())
            + table(header.slots, size_of::<U16>())
            + table(header.records, size_of::<ContextRecord>());
        let values_end = u64::from(header.values_start.get()) + table(header.values, size_of::<Text>());
        (records_end.max(values_end) <= bytes.len() as u64).then_some(Self { header, bytes })
    }

    #[inline]
    fn table<T>(&self, start: usize, count: U32) -> Option<&'a [T]>
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        records(self.bytes, start, count.get() as usize)
    }

    #[inline]
    fn slots(&self) -> Option<&'a [U16]> {
        self.table(self.header.start.get() as usize, self.header.slots)
    }

    #[inline]
    fn records_start(&self) -> usize {
        behind(self.header.start.get() as usize, self.header.slots, size_of::<U16>())
    }

    fn records(&self) -> Option<&'a [ContextRecord]> {
        self.table(self.records_start(), self.header.records)
    }

    /// Whether it has no key.
    pub(crate) fn is_empty(&self) -> bool {
        self.header.slots.get() == 0
    }

    pub(crate) fn is_crowded(&self) -> bool {
        self.header.crowded.get() != 0
    }

    /// The comparisons of names that [`find`](Self::find) makes at most, beside one.
    pub(crate) fn comparisons(&self) -> usize {
        (u32::BITS - self.header.crowded.get().leading_zeros()) as usize
    }

    /// The values of the key with this name in lower case. Time: [`PROBES`] places, and the names that are compared:
    /// one, and among crowded keys as many as [`comparisons`](Self::comparisons) says.
    #[inline]
    pub(crate) fn find(&self, hash: U32, name: &[u8]) -> Option<Values<'a>> {
        self.search(hash, name).map(|record| self.values_of(record))
    }

    /// As [`find`](Self::find), in a request whose dictionary may have the key at this slot: what is there counts if it
    /// is the key, else the key is searched for. A step pays for what was looked at in vain.
    #[inline(always)]
    pub(crate) fn find_from(&self, slot: U16, hash: U32, name: &[u8]) -> Option<Values<'a>> {
        if slot != NO_SLOT
            && let Some(record) = self.record(slot.get().into())
            && self.is_of(record, hash, name)
        {
            return Some(self.values_of(record));
        }
        self.find(hash, name)
    }

    #[inline]
    fn is_of(&self, record: &ContextRecord, hash: U32, name: &[u8]) -> bool {
        record.hash == hash && lanes::same(record.name.of(self.bytes), name)
    }

    /// The record of the key with this name.
    #[inline(never)]
    fn search(&self, hash: U32, name: &[u8]) -> Option<&'a ContextRecord> {
        let slots = self.slots()?;
        let mask = slots.len().checked_sub(1)?;
        let mut at = hash.get() as usize;
        for _ in 0..PROBES {
            let number = slots.get(at & mask)?.get();
            let record = self.record(usize::from(number).checked_sub(1)?)?;
            if record.hash == hash {
                if lanes::same(record.name.of(self.bytes), name) {
                    return Some(record);
                }
                // The table has one key of a hash.
                break;
            }
            at = at.wrapping_add(1);
        }
        if self.is_crowded() { self.search_crowded(hash, name) } else { None }
    }

    /// The record with this number.
    #[inline]
    fn record(&self, number: usize) -> Option<&'a ContextRecord> {
        if number >= self.header.records.get() as usize {
            return None;
        }
        record(self.bytes, self.records_start(), number)
    }

    #[cold]
    fn search_crowded(&self, hash: U32, name: &[u8]) -> Option<&'a ContextRecord> {
        let wanted = Name::new(hash.get(), name);
        let crowded = self.crowded();
        let found = crowded.binary_search_by(|record| record.ordered_by(self.bytes).cmp(&wanted));
        crowded.get(found.ok()?)
    }

    /// The records of crowded keys, in order.
    fn crowded(&self) -> &'a [ContextRecord] {
        let start = behind(self.records_start(), self.header.crowded_first, size_of::<ContextRecord>());
        self.table(start, self.header.crowded).unwrap_or_default()
    }

    #[inline]
    fn values_of(&self, record: &ContextRecord) -> Values<'a> {
        let start = self.header.values_start.get() as usize;
        let texts = self.table(behind(start, record.first_value, size_of::<Text>()), record.values);
        let declared = record.multivalued != 0;
        Values { texts: texts.unwrap_or_default(), bytes: self.bytes, declared, open: record.not_fetched }
    }

    /// The names of the keys that are not fetched yet, with their numbers.
    pub(crate) fn not_fetched(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let bytes = self.bytes;
        let records = self.records().unwrap_or_default().iter().filter(|record| record.not_fetched != 0);
        records.map(move |record| (record.not_fetched, record.name.of(bytes)))
    }

    /// Hands the value of every key with this hash that has one value to `each`. Each key that is looked at is three steps.
    pub(crate) fn single_values<S: AsMut<Budget>, E: From<BudgetExhausted>>(
        &self,
        hash: U32,
        with: &mut S,
        each: &mut impl FnMut(&'a [u8], &mut S) -> Result<(), E>,
    ) -> Result<(), E> {
        let (Some(slots), Some(records)) = (self.slots(), self.records()) else { return Ok(()) };
        let Some(mask) = slots.len().checked_sub(1) else { return Ok(()) };
        let mut at = hash.get() as usize;
        for _ in 0..PROBES {
            let number = slots.get(at & mask).map_or(0, |slot| usize::from(slot.get()));
            let Some(record) = number.checked_sub(1).and_then(|number| records.get(number)) else {
                // Where a place is free, no key of this hash is crowded.
                return Ok(());
            };
            if record.hash == hash {
                self.single_value(record, with, each)?;
                break;
            }
            at = at.wrapping_add(1);
        }
        with.as_mut().spend(self.comparisons())?;
        let crowded = self.crowded();
        let first = crowded.partition_point(|record| record.hash.get() < hash.get());
        for record in crowded.get(first..).unwrap_or_default() {
            if record.hash != hash {
                break;
            }
            with.as_mut().spend(3)?;
            self.single_value(record, with, each)?;
        }
        Ok(())
    }

    fn single_value<S, E>(
        &self,
        record: &ContextRecord,
        with: &mut S,
        each: &mut impl FnMut(&'a [u8], &mut S) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.values_of(record).texts {
            [value] => each(value.of(self.bytes), with),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
