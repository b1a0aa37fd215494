//! Writing a context into a prepared request: texts behind, tables in front.

use zerocopy::little_endian::{U16, U32};

use super::context::{Name, PROBES};
use super::context_input::{Context, ContextKey, value_count};
use super::derived::Known;
use super::malformed::RequestError;
use super::memory::{Output, number};
use super::records::{ContextHeader, ContextRecord, Text};
use crate::ground::hash;
use crate::ground::sort::heapsort;

/// The slots for a context of `entries` keys: at least twice as many, so that looking for a key that is not there
/// ends soon.
pub(crate) fn slots_for(entries: usize) -> usize {
    if entries == 0 { 0 } else { (entries * 2).next_power_of_two() }
}

/// The tables of a context, while they are filled.
pub(crate) struct Tables<'o> {
    start: usize,
    slots: &'o mut [U16],
    records: &'o mut [ContextRecord],
    values: &'o mut [Text],
    /// Records in use: those that the table finds stand first.
    count: usize,
    /// Records of crowded keys: first at the end of `records`, one an entry; once they are ordered behind the others,
    /// one a key.
    crowded: usize,
}

/// What the table says of a key.
enum Place {
    /// Its record.
    Found(usize),
    /// The place that is free for it.
    Free(usize),
    /// No place: the key is crowded.
    None,
}

/// A context that was written.
pub(crate) struct Filled {
    pub(crate) header: ContextHeader,
    /// Known keys that were declared multivalued, a bit each.
    pub(crate) derived_multivalued: u16,
}

impl<'o> Tables<'o> {
    /// Takes the tables' memory off the front of what is free.
    pub(crate) fn reserve<C: Context + ?Sized>(
        output: &mut Output<'o>,
        context: &C,
    ) -> Result<Self, RequestError> {
        let start = output.used();
        let entries = context.len();
        let values = value_count(context).ok_or(RequestError::TooLarge(None))?;
        let slots = output.table::<U16>(slots_for(entries))?;
        slots.fill(U16::ZERO);
        let records = output.table(entries)?;
        let values = output.table(values)?;
        Ok(Self { start, slots, records, values, count: 0, crowded: 0 })
    }

    /// Fills them: keys that the engine derives are compared and left out (R-CTX-1), the others are merged by name
    /// (R-MULTI-5).
    pub(crate) fn fill<C: Context + ?Sized>(
        mut self,
        context: &C,
        output: &mut Output<'o>,
        known: &Known<'_>,
    ) -> Result<Filled, RequestError> {
        let mut derived_multivalued = 0_u16;
        // Derived keys that have a value here, a bit each.
        let mut stated = 0_u16;
        let mut kept = 0;
        for entry in 0..context.len() {
            let key = context.key(entry);
            if key.name.is_empty() {
                return Err(RequestError::ContextKey);
            }
            if known.settles(&key, context, entry, output)? {
                let bit = 1_u16.wrapping_shl(u32::from(key.known));
                if context.is_multivalued(entry) {
                    derived_multivalued |= bit;
                }
                if context.value_count(entry) > 0 {
                    // R-MULTI-5: a second entry would make it several values, and the engine's is one.
                    if stated & bit != 0
                        && let Some(known) = key.known()
                    {
                        return Err(RequestError::DerivedKey(known));
                    }
                    stated |= bit;
                }
                continue;
            }
            kept += 1;
            let at = self.note(&key, output)?;
            let record = self.records.get_mut(at).ok_or(RequestError::TooLarge(None))?;
            let count = number(context.value_count(entry))?.get();
            record.values = U32::new(record.values.get().saturating_add(count));
            record.multivalued |= u8::from(context.is_multivalued(entry) || key.is_multivalued());
        }
        let in_table = self.count;
        self.order_crowded(output)?;
        // Now that each key's values are counted, each gets its place; then `values` counts again.
        let mut first = 0;
        for record in self.records.iter_mut().take(self.count) {
            record.first_value = U32::new(first);
            first = first.saturating_add(record.values.get());
            record.values = U32::ZERO;
        }
        // Without a key that came twice or is crowded, the records stand in the order of the entries.
        let in_order = kept == in_table;
        let mut next = 0;
        for entry in 0..context.len() {
            let key = context.key(entry);
            if known.has(&key) {
                continue;
            }
            let at = if in_order { next } else { self.number_of(&key, in_table, output)? };
            next += 1;
            let record = self.records.get_mut(at).ok_or(RequestError::TooLarge(None))?;
            let count = context.value_count(entry);
            let first = record.first_value.get().saturating_add(record.values.get()) as usize;
            let slots = self.values.get_mut(first..).and_then(|rest| rest.get_mut(..count));
            for (value, slot) in slots.ok_or(RequestError::TooLarge(None))?.iter_mut().enumerate() {
                *slot = output.text(context.value(entry, value))?;
            }
            record.values = U32::new(record.values.get().saturating_add(number(count)?.get()));
        }
        let header = ContextHeader {
            start: number(self.start)?,
            slots: number(self.slots.len())?,
            records: number(self.records.len())?,
            values: number(self.values.len())?,
            crowded_first: number(in_table)?,
            crowded: number(self.crowded)?,
        };
        Ok(Filled { header, derived_multivalued })
    }

    /// Where the table has a key, or room for it. The table has one key of a hash.
    fn place(&self, key: &ContextKey<'_>, output: &Output<'o>) -> Result<Place, RequestError> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = key.hash as usize;
        for _ in 0..PROBES {
            let slot = self.slots.get(at & mask).ok_or(RequestError::TooLarge(None))?;
            let Some(number) = usize::from(slot.get()).checked_sub(1) else {
                return Ok(Place::Free(at & mask));
            };
            let record = self.records.get(number).ok_or(RequestError::TooLarge(None))?;
            if record.hash.get() == key.hash {
                let same = hash::eq_folded(output.read(record.name), key.name);
                return Ok(if same { Place::Found(number) } else { Place::None });
            }
            at = at.wrapping_add(1);
        }
        Ok(Place::None)
    }

    /// The number of the record of a key, which is made where the table has none.
    fn note(&mut self, key: &ContextKey<'_>, output: &mut Output<'o>) -> Result<usize, RequestError> {
        let at = match self.place(key, output)? {
            Place::Found(number) => return Ok(number),
            Place::Free(at) => {
                let number = self.count;
                self.count += 1;
                let slot = self.slots.get_mut(at).ok_or(RequestError::TooLarge(None))?;
                *slot = U16::new(u16::try_from(self.count).map_err(|_| RequestError::TooLarge(None))?);
                number
            }
            Place::None => {
                self.crowded += 1;
                self.records.len().checked_sub(self.crowded).ok_or(RequestError::TooLarge(None))?
            }
        };
        let name = output.folded(key.name)?;
        let record = self.records.get_mut(at).ok_or(RequestError::TooLarge(None))?;
        *record = ContextRecord { hash: U32::new(key.hash), name, ..ContextRecord::default() };
        Ok(at)
    }

    /// Orders the records of crowded keys, merges those of one name (R-MULTI-5), and moves them behind the others.
    fn order_crowded(&mut self, output: &Output<'o>) -> Result<(), RequestError> {
        if self.crowded == 0 {
            return Ok(());
        }
        let name_of = |record: &ContextRecord| Name::new(record.hash.get(), output.read(record.name));
        let start = self.records.len().checked_sub(self.crowded).ok_or(RequestError::TooLarge(None))?;
        let crowded = self.records.get_mut(start..).ok_or(RequestError::TooLarge(None))?;
        heapsort(crowded, |one, other| name_of(one) < name_of(other));
        let in_table = self.count;
        for from in start..self.records.len() {
            let next = *self.records.get(from).ok_or(RequestError::TooLarge(None))?;
            let last = if self.count > in_table { self.records.get_mut(self.count - 1) } else { None };
            match last {
                Some(last) if name_of(last) == name_of(&next) => {
                    last.values = U32::new(last.values.get().saturating_add(next.values.get()));
                    last.multivalued |= next.multivalued;
                }
                _ => {
                    *self.records.get_mut(self.count).ok_or(RequestError::TooLarge(None))? = next;
                    self.count += 1;
                }
            }
        }
        self.crowded = self.count - in_table;
        Ok(())
    }

    /// The number of the record of a key that was noted.
    fn number_of(
        &self,
        key: &ContextKey<'_>,
        in_table: usize,
        output: &Output<'o>,
    ) -> Result<usize, RequestError> {
        if let Place::Found(number) = self.place(key, output)? {
            return Ok(number);
        }
        let crowded = self.records.get(in_table..self.count).unwrap_or_default();
        let order = |record: &ContextRecord| {
            let name = output.read(record.name);
            (record.hash.get(), name.len())
                .cmp(&(key.hash, key.name.len()))
                .then_with(|| hash::cmp_folded(name, key.name))
        };
        let found = crowded.binary_search_by(order).map_err(|_| RequestError::TooLarge(None))?;
        Ok(in_table + found)
    }
}
