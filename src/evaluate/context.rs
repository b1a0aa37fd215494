//! The context of a request: keys and their values, found by hash.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::request::Text;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash;
use crate::image::known_key::{self, KnownKey};

/// A context key, hashed once: for names that a program uses again and again.
#[derive(Clone, Copy, Debug)]
pub struct ContextKey<'a> {
    pub(super) name: &'a [u8],
    pub(super) hash: u32,
    pub(super) known: u8,
}

/// In the place of a known key's number: the key is multivalued by AWS's list (R-MULTI-6).
const MULTIVALUED: u8 = 0x80;

impl<'a> ContextKey<'a> {
    /// Hashes the name of a key, which may be written in any case (R-COND-6). Time linear in the name.
    #[must_use]
    pub fn new(name: &'a [u8]) -> Self {
        let known = match KnownKey::from_name(name) {
            Some(known) => known as u8,
            None if known_key::is_multivalued(name) => MULTIVALUED,
            None => 0,
        };
        Self { name, hash: hash::short_folded(name), known }
    }

    /// A key from the numbers of an earlier [`numbers`](Self::numbers), without hashing it again.
    /// `None` where `known` is no number that `numbers` gives.
    #[must_use]
    pub fn from_numbers(name: &'a [u8], hash: u32, known: u8) -> Option<Self> {
        (usize::from(known) < KnownKey::TABLE || known == MULTIVALUED).then_some(Self { name, hash, known })
    }

    /// The hash, and the number among known keys: what [`from_numbers`](Self::from_numbers) takes.
    #[must_use]
    pub fn numbers(&self) -> (u32, u8) {
        (self.hash, self.known)
    }

    /// Whether the key is multivalued whatever the caller says (R-MULTI-6).
    pub(super) fn is_multivalued(&self) -> bool {
        self.known == MULTIVALUED
    }

    /// The known key that this is.
    pub(super) fn known(&self) -> Option<KnownKey> {
        KnownKey::ALL.get(usize::from(self.known).checked_sub(1)?).copied()
    }
}

/// Where a request's context comes from: a list of entries, each a key with values.
///
/// The same key in several entries, in any case, is one key with all the values (R-MULTI-5). A key without values is
/// absent, and in the context of an item it takes the request's values of that key away (R-MISS-2); it may still be
/// declared multivalued (R-MULTI-6).
pub trait Context {
    /// How many entries there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of an entry.
    fn key(&self, entry: usize) -> ContextKey<'_>;

    /// Whether the caller declares the key multivalued (R-MULTI-6).
    fn is_multivalued(&self, entry: usize) -> bool;

    /// How many values the entry has.
    fn value_count(&self, entry: usize) -> usize;

    /// A value of an entry, UTF-8.
    fn value(&self, entry: usize, value: usize) -> &[u8];
}

/// An entry of a context that is a slice.
#[derive(Clone, Copy, Debug)]
pub struct ContextEntry<'a> {
    /// The key.
    pub key: ContextKey<'a>,
    /// Its values.
    pub values: &'a [&'a str],
    /// Whether the key is multivalued however many values came (R-MULTI-6).
    pub multivalued: bool,
}

impl Context for [ContextEntry<'_>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        self.get(entry).map_or(ContextKey { name: &[], hash: 0, known: 0 }, |entry| entry.key)
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.get(entry).is_some_and(|entry| entry.multivalued)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.get(entry).map_or(0, |entry| entry.values.len())
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        self.get(entry).and_then(|entry| entry.values.get(value)).map_or(&[], |value| value.as_bytes())
    }
}

/// Where the tables of a context lie in a prepared request.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct ContextHeader {
    /// The first slot; the others, the records and the values follow it.
    pub(super) start: U32,
    /// Slots of the table that finds keys: a power of two, or 0 for an empty context. A slot holds the number of a
    /// record plus 1, or 0.
    pub(super) slots: U32,
    pub(super) records: U32,
    pub(super) values: U32,
    /// The records that the table does not find: the first of them and how many, ordered as [`Name`] is.
    pub(super) crowded_first: U32,
    pub(super) crowded: U32,
}

/// One key of a context.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct ContextRecord {
    pub(super) hash: U32,
    /// The name in lower case.
    pub(super) name: Text,
    pub(super) first_value: U32,
    pub(super) values: U32,
    /// 1 where the caller declared the key multivalued, or AWS's list does.
    pub(super) multivalued: u8,
    pub(super) reserved: [u8; 3],
}

impl ContextRecord {
    /// What orders it among crowded keys, its name being in `bytes`.
    pub(super) fn ordered_by<'a>(&self, bytes: &'a [u8]) -> Name<'a> {
        Name::new(self.hash.get(), self.name.of(bytes))
    }
}

/// The values of a context key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    texts: &'a [Text],
    bytes: &'a [u8],
    /// Declared multivalued, so that one value counts as many (R-MULTI-6).
    declared: bool,
    /// AWS always sends the key, and what it sends is not known here (R-CTX-3, R-CTX-7).
    unknown: bool,
}

impl<'a> Values<'a> {
    pub(super) fn none(declared: bool) -> Self {
        Self { texts: &[], bytes: &[], declared, unknown: false }
    }

    pub(super) fn one(text: &'a Text, bytes: &'a [u8], declared: bool) -> Self {
        Self { texts: core::slice::from_ref(text), bytes, declared, unknown: false }
    }

    /// These values, of a key that AWS always sends: without any, what it sends is not known.
    pub(super) fn always_sent(self) -> Self {
        Self { unknown: self.texts.is_empty(), ..self }
    }

    /// These values, of a key whose arity another entry may declare.
    pub(super) fn declared_as(self, other: Option<Self>) -> Self {
        Self { declared: self.declared || other.is_some_and(|other| other.declared), ..self }
    }

    /// Whether the caller declared the key multivalued.
    pub(super) fn is_declared(&self) -> bool {
        self.declared
    }

    /// Whether the key has values that nobody told (R-CTX-3, R-CTX-7): every test on it is INDET.
    pub(super) fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// Whether the key is absent: a key without values is (R-MISS-2).
    pub(super) fn is_absent(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether an operator without set qualifier must not look at it (R-MULTI-1, R-MULTI-6).
    pub(super) fn is_multivalued(&self) -> bool {
        self.declared || self.texts.len() > 1
    }

    /// How many values there are.
    pub(super) fn count(&self) -> usize {
        self.texts.len()
    }

    /// The values.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let bytes = self.bytes;
        self.texts.iter().map(move |text| text.of(bytes))
    }

    /// What a policy variable stands for: the one value that is not empty (R-VAR-8).
    pub(super) fn single(&self) -> Option<&'a [u8]> {
        match self.texts {
            [text] if !self.declared => Some(text.of(self.bytes)).filter(|value| !value.is_empty()),
            _ => None,
        }
    }

    /// Whether the default of a policy variable applies: no value at all, or the empty one (R-VAR-8). Of an unknown or a
    /// multivalued key not even the default does.
    pub(super) fn is_void(&self) -> bool {
        match self.texts {
            [] => !self.unknown && !self.declared,
            [text] => !self.declared && text.of(self.bytes).is_empty(),
            _ => false,
        }
    }
}

/// Places of the table that are tried for a key. A key that finds none of them free, or one of its hash there, is
/// *crowded*: it is found by halving the ordered list of such keys. So keys whose hashes were made to collide cost a
/// look-up no more than the comparisons of that search, and no request is refused for them.
pub(super) const PROBES: usize = 8;

/// What orders crowded keys. The name comes last, so that only names of one hash and one length are ever compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name<'a> {
    pub(super) hash: u32,
    pub(super) len: usize,
    /// In lower case.
    pub(super) name: &'a [u8],
}

impl<'a> Name<'a> {
    pub(super) fn new(hash: u32, name: &'a [u8]) -> Self {
        Self { hash, len: name.len(), name }
    }
}

/// The tables of a context, looked at in place.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContextView<'a> {
    slots: &'a [U16],
    records: &'a [ContextRecord],
    /// The first of the crowded keys' records, and how many.
    crowded_first: u32,
    crowded: u32,
    values: &'a [Text],
    pub(super) bytes: &'a [u8],
}

impl<'a> ContextView<'a> {
    pub(super) fn new(bytes: &'a [u8], header: &ContextHeader) -> Option<Self> {
        let rest = bytes.get(header.start.get() as usize..)?;
        let (slots, rest) = <[U16]>::ref_from_prefix_with_elems(rest, header.slots.get() as usize).ok()?;
        let (records, rest) =
            <[ContextRecord]>::ref_from_prefix_with_elems(rest, header.records.get() as usize).ok()?;
        let (values, _) = <[Text]>::ref_from_prefix_with_elems(rest, header.values.get() as usize).ok()?;
        let (crowded_first, crowded) = (header.crowded_first.get(), header.crowded.get());
        Some(Self { slots, records, crowded_first, crowded, values, bytes })
    }

    pub(super) fn is_crowded(&self) -> bool {
        self.crowded != 0
    }

    /// The comparisons of names that [`find`](Self::find) makes at most, beside one.
    pub(super) fn comparisons(&self) -> usize {
        (u32::BITS - self.crowded.leading_zeros()) as usize
    }

    /// The values of the key with this name in lower case. Time: [`PROBES`] places, and the names that are compared:
    /// one, and among crowded keys as many as [`comparisons`](Self::comparisons) says.
    pub(super) fn find(&self, hash: u32, name: &[u8]) -> Option<Values<'a>> {
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
    pub(super) fn single_values<E: From<BudgetExhausted>>(
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
