//! Writing a context into a prepared request: texts behind, tables in front.

use zerocopy::little_endian::{U16, U32};

use super::context_input::{Context, ContextKey, value_count};
use super::derived::{Entry, Known, Said};
use super::malformed::RequestError;
use super::memory::{Output, number};
use super::records::{ContextHeader, ContextRecord, Text};
use crate::image::context_table::{KeyTable, Noted, place_values, slots_for};

/// The tables of a context, while they are filled.
pub(crate) struct Tables<'o> {
    start: usize,
    keys: KeyTable<'o>,
    values_start: usize,
    values: &'o mut [Text],
}

/// A context that was written.
pub(crate) struct Filled {
    pub(crate) header: ContextHeader,
    /// Known keys that were declared multivalued, a bit each.
    pub(crate) derived_multivalued: u16,
    /// Whether a key is not fetched yet.
    pub(crate) has_not_fetched: bool,
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
        let keys = KeyTable::new(slots, output.table(entries)?);
        let values_start = output.used();
        Ok(Self { start, keys, values_start, values: output.table(values)? })
    }

    /// Fills them: keys that the engine derives are compared and left out (R-CTX-1), the others are merged by name
    /// (R-MULTI-5).
    pub(crate) fn fill<C: Context + ?Sized>(
        mut self,
        context: &C,
        output: &mut Output<'o>,
        known: &Known<'_>,
    ) -> Result<Filled, RequestError> {
        let mark = output.mark();
        let mut said = Said::default();
        if !self.fill_in_order(context, output, known, &mut said)? {
            self.keys.clear();
            output.rewind(mark);
            said = Said::default();
            self.fill_joined(context, output, known, &mut said)?;
        }
        let header = ContextHeader {
            start: number(self.start)?,
            slots: number(self.keys.slots.len())?,
            records: number(self.keys.count)?,
            values_start: number(self.values_start)?,
            values: number(self.values.len())?,
            crowded_first: number(self.keys.count - self.keys.crowded)?,
            crowded: number(self.keys.crowded)?,
        };
        Ok(Filled { header, derived_multivalued: said.multivalued, has_not_fetched: said.not_fetched != 0 })
    }

    /// Fills them in one pass; tells whether it could, for a key may come in several entries, or be crowded.
    fn fill_in_order<C: Context + ?Sized>(
        &mut self,
        context: &C,
        output: &mut Output<'o>,
        known: &Known<'_>,
        said: &mut Said,
    ) -> Result<bool, RequestError> {
        let mut next = 0;
        for at in 0..context.len() {
            let (key, entry) = read(context, at)?;
            if known.settles(key.known, entry, || context.value(at, 0), output, said)? {
                continue;
            }
            let noted = self.keys.note(key.hash, key.name, |text| output.read(text));
            let Some(Noted::New(number_of)) = noted else { return Ok(false) };
            let name = output.folded(key.name)?;
            let slots = self.values.get_mut(next..).and_then(|rest| rest.get_mut(..entry.values));
            for (value, slot) in slots.ok_or(RequestError::TooLarge(None))?.iter_mut().enumerate() {
                *slot = output.text(context.value(at, value))?;
            }
            let record = self.keys.records.get_mut(number_of).ok_or(RequestError::TooLarge(None))?;
            *record = ContextRecord {
                first_value: number(next)?,
                values: number(entry.values)?,
                multivalued: u8::from(entry.multivalued || key.is_multivalued()),
                ..new_record(&key, name)
            };
            if entry.not_fetched {
                record.not_fetched = said.number(0)?;
                record.values = U32::ZERO;
            }
            next += entry.values;
        }
        Ok(true)
    }

    /// As [`fill_in_order`](Self::fill_in_order), in two passes: the values of one key stand together.
    #[cold]
    #[inline(never)]
    fn fill_joined<C: Context + ?Sized>(
        &mut self,
        context: &C,
        output: &mut Output<'o>,
        known: &Known<'_>,
        said: &mut Said,
    ) -> Result<(), RequestError> {
        for at in 0..context.len() {
            let (key, entry) = read(context, at)?;
            if known.settles(key.known, entry, || context.value(at, 0), output, said)? {
                continue;
            }
            let record = self.note(&key, output)?;
            record.values = U32::new(record.values.get().saturating_add(number(entry.values)?.get()));
            record.multivalued |= u8::from(entry.multivalued || key.is_multivalued());
            if entry.not_fetched {
                record.not_fetched = said.number(record.not_fetched)?;
            }
        }
        self.keys.order_crowded(|text| output.read(text)).ok_or(RequestError::TooLarge(None))?;
        place_values(self.keys.records.iter_mut().take(self.keys.count));
        for at in 0..context.len() {
            let (key, entry) = read(context, at)?;
            if known.has(key.known) {
                continue;
            }
            let number_of = self.keys.number_of(key.hash, key.name, |text| output.read(text));
            let record = number_of.and_then(|number| self.keys.records.get_mut(number));
            let record = record.ok_or(RequestError::TooLarge(None))?;
            let first = record.first_value.get().saturating_add(record.values.get()) as usize;
            let slots = self.values.get_mut(first..).and_then(|rest| rest.get_mut(..entry.values));
            for (value, slot) in slots.ok_or(RequestError::TooLarge(None))?.iter_mut().enumerate() {
                *slot = output.text(context.value(at, value))?;
            }
            record.values = U32::new(record.values.get().saturating_add(number(entry.values)?.get()));
        }
        // What is told of a key that is not fetched yet is not all of it.
        let not_fetched = self.keys.records.iter_mut().filter(|record| record.not_fetched != 0);
        not_fetched.for_each(|record| record.values = U32::ZERO);
        Ok(())
    }

    /// The record of a key, which is made where the table has none.
    fn note(
        &mut self,
        key: &ContextKey<'_>,
        output: &mut Output<'o>,
    ) -> Result<&mut ContextRecord, RequestError> {
        let noted = self.keys.note(key.hash, key.name, |text| output.read(text));
        let (at, is_new) = match noted.ok_or(RequestError::TooLarge(None))? {
            Noted::Found(at) => (at, false),
            Noted::New(at) | Noted::Crowded(at) => (at, true),
        };
        let record = self.keys.records.get_mut(at).ok_or(RequestError::TooLarge(None))?;
        if is_new {
            *record = new_record(key, output.folded(key.name)?);
        }
        Ok(record)
    }
}

/// An entry of a context, whose key must have a name.
#[inline]
fn read<C: Context + ?Sized>(context: &C, at: usize) -> Result<(ContextKey<'_>, Entry), RequestError> {
    let key = context.key(at);
    if key.name.is_empty() {
        return Err(RequestError::ContextKey);
    }
    let entry = Entry {
        multivalued: context.is_multivalued(at),
        values: context.value_count(at),
        not_fetched: context.is_not_fetched(at),
    };
    Ok((key, entry))
}

fn new_record(key: &ContextKey<'_>, name: Text) -> ContextRecord {
    ContextRecord { hash: U32::new(key.hash), name, known: key.known, ..ContextRecord::default() }
}
