//! The table that finds context keys by their names, as a prepared request and a dictionary have it.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::ground::hash;
use crate::ground::sort::heapsort;

/// A piece of the bytes in which a table lies.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct Text {
    /// Where it begins.
    pub start: U32,
    /// Its bytes.
    pub len: U32,
}

impl Text {
    /// No bytes.
    pub(crate) const EMPTY: Self = Self { start: U32::ZERO, len: U32::ZERO };

    /// The text of `part`, a part of `whole`, whose copy this is; empty where it is no part of it.
    pub(crate) fn part(self, whole: &[u8], part: &[u8]) -> Self {
        let offset = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        let (Ok(offset), Ok(len)) = (u32::try_from(offset), u32::try_from(part.len())) else {
            return Self::EMPTY;
        };
        match offset.checked_add(len) {
            Some(end) if end <= self.len.get() => {
                Self { start: self.start + U32::new(offset), len: U32::new(len) }
            }
            _ => Self::EMPTY,
        }
    }

    /// The bytes, or none where what holds them was changed.
    #[inline]
    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        let start = self.start.get() as usize;
        // A sum that wraps around is less than `start`, and no range.
        bytes.get(start..start.wrapping_add(self.len.get() as usize)).unwrap_or_default()
    }
}

/// One context key.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub(crate) struct ContextRecord {
    pub(crate) hash: U32,
    /// The name in lower case.
    pub(crate) name: Text,
    pub(crate) first_value: U32,
    pub(crate) values: U32,
    /// 1 where the key is in the request, and the caller declared it multivalued, or AWS's list does.
    pub(crate) multivalued: u8,
    /// What [`number`](crate::image::known_key::number) says of the name.
    pub(crate) known: u8,
    /// Of a key that is not fetched yet, which has no values here, its number among those from 1; else 0.
    pub(crate) not_fetched: u8,
    pub(crate) reserved: u8,
}

/// Gives each key its place among the values, which stand in the order of the keys: `values` told how many each has, and
/// then counts again from 0.
pub(crate) fn place_values<'r>(records: impl Iterator<Item = &'r mut ContextRecord>) {
    let mut first = 0;
    for record in records {
        record.first_value = U32::new(first);
        first = first.saturating_add(record.values.get());
        record.values = U32::ZERO;
    }
}

/// Places of the table that are tried for a key. A key that finds none of them free, or one of its hash there, is
/// *crowded*: it is found by halving the ordered list of such keys. So keys whose hashes were made to collide cost a
/// look-up no more than the comparisons of that search, and no request is refused for them.
pub(crate) const PROBES: usize = 8;

/// The slots for `keys` keys: at least twice as many, so that looking for a key that is not there ends soon.
pub(crate) fn slots_for(keys: usize) -> usize {
    if keys == 0 { 0 } else { (keys * 2).next_power_of_two() }
}

/// What orders crowded keys. The name comes last, so that only names of one hash and one length are ever compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name<'a> {
    pub(crate) hash: u32,
    pub(crate) len: usize,
    /// In lower case.
    pub(crate) name: &'a [u8],
}

impl<'a> Name<'a> {
    pub(crate) fn new(hash: u32, name: &'a [u8]) -> Self {
        Self { hash, len: name.len(), name }
    }
}

impl ContextRecord {
    /// What orders it among crowded keys, its name being in `bytes`.
    pub(crate) fn ordered_by<'a>(&self, bytes: &'a [u8]) -> Name<'a> {
        Name::new(self.hash.get(), self.name.of(bytes))
    }
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

/// Where the table has a key whose name, in any case, has this hash; or room for it. The table has one key of a hash.
#[inline]
fn place<'r>(
    slots: &[U16],
    records: &[ContextRecord],
    hash: u32,
    name: &[u8],
    read: impl Fn(Text) -> &'r [u8],
) -> Place {
    let mask = slots.len().wrapping_sub(1);
    let mut at = hash as usize;
    for _ in 0..PROBES {
        let Some(slot) = slots.get(at & mask) else { return Place::None };
        let Some(number) = usize::from(slot.get()).checked_sub(1) else { return Place::Free(at & mask) };
        let Some(record) = records.get(number) else { return Place::None };
        if record.hash.get() == hash {
            let same = hash::eq_folded(read(record.name), name);
            return if same { Place::Found(number) } else { Place::None };
        }
        at = at.wrapping_add(1);
    }
    Place::None
}

/// The number of the record of a key with this name, in any case. Crowded keys stand from `crowded_first` on. Time:
/// [`PROBES`] places, one comparison of names, and as many as halving the list of crowded keys takes.
pub(crate) fn find<'r>(
    slots: &[U16],
    records: &[ContextRecord],
    crowded_first: usize,
    hash: u32,
    name: &[u8],
    read: impl Fn(Text) -> &'r [u8],
) -> Option<usize> {
    match place(slots, records, hash, name, &read) {
        Place::Found(number) => return Some(number),
        Place::Free(_) => return None,
        Place::None => {}
    }
    let order = |record: &ContextRecord| {
        let own = read(record.name);
        (record.hash.get(), own.len()).cmp(&(hash, name.len())).then_with(|| hash::cmp_folded(own, name))
    };
    let found = records.get(crowded_first..)?.binary_search_by(order).ok()?;
    Some(crowded_first + found)
}

/// Where a key was noted.
pub(crate) enum Noted {
    /// The table had it.
    Found(usize),
    /// The next record is its own, and has to be written before another key is noted.
    New(usize),
    /// As [`New`](Self::New), of a crowded key: it may have others.
    Crowded(usize),
}

/// The table while it is filled.
pub(crate) struct KeyTable<'o> {
    pub(crate) slots: &'o mut [U16],
    pub(crate) records: &'o mut [ContextRecord],
    /// Records in use: those that the table finds stand first.
    pub(crate) count: usize,
    /// Records of crowded keys: first at the end of `records`, one for each time that a key was noted; once they are
    /// ordered behind the others, one a key.
    pub(crate) crowded: usize,
}

impl<'o> KeyTable<'o> {
    /// A table without keys.
    pub(crate) fn new(slots: &'o mut [U16], records: &'o mut [ContextRecord]) -> Self {
        slots.fill(U16::ZERO);
        Self { slots, records, count: 0, crowded: 0 }
    }

    /// Takes all keys out again.
    pub(crate) fn clear(&mut self) {
        self.slots.fill(U16::ZERO);
        (self.count, self.crowded) = (0, 0);
    }

    /// Where a key is, or is to be; `None` where there is no room for it.
    #[inline]
    pub(crate) fn note<'r>(
        &mut self,
        hash: u32,
        name: &[u8],
        read: impl Fn(Text) -> &'r [u8],
    ) -> Option<Noted> {
        match place(self.slots, self.records, hash, name, read) {
            Place::Found(number) => Some(Noted::Found(number)),
            Place::Free(at) => {
                let number = self.count;
                if number + self.crowded >= self.records.len() {
                    return None;
                }
                self.count += 1;
                *self.slots.get_mut(at)? = U16::new(u16::try_from(self.count).ok()?);
                Some(Noted::New(number))
            }
            Place::None => {
                self.crowded += 1;
                let at = self.records.len().checked_sub(self.crowded)?;
                (at >= self.count).then_some(Noted::Crowded(at))
            }
        }
    }

    /// Orders the records of crowded keys at the end, and merges those of one name (R-MULTI-5).
    pub(crate) fn merge_crowded<'r>(&mut self, read: impl Fn(Text) -> &'r [u8]) -> Option<()> {
        let name_of = |record: &ContextRecord| Name::new(record.hash.get(), read(record.name));
        let end = self.records.len();
        let start = end.checked_sub(self.crowded)?;
        heapsort(self.records.get_mut(start..)?, |one, other| name_of(one) < name_of(other));
        let mut first = end;
        for from in (start..end).rev() {
            let next = *self.records.get(from)?;
            match self.records.get_mut(first) {
                Some(same) if name_of(same) == name_of(&next) => {
                    same.values = U32::new(same.values.get().saturating_add(next.values.get()));
                    same.multivalued |= next.multivalued;
                }
                _ => {
                    first -= 1;
                    *self.records.get_mut(first)? = next;
                }
            }
        }
        self.crowded = end - first;
        Some(())
    }

    /// As [`merge_crowded`](Self::merge_crowded), and moves them behind the others, once all keys are noted.
    pub(crate) fn order_crowded<'r>(&mut self, read: impl Fn(Text) -> &'r [u8]) -> Option<()> {
        if self.crowded == 0 {
            return Some(());
        }
        self.merge_crowded(read)?;
        for from in self.records.len() - self.crowded..self.records.len() {
            let next = *self.records.get(from)?;
            *self.records.get_mut(self.count)? = next;
            self.count += 1;
        }
        Some(())
    }

    /// The number of the record of a key that was noted, once crowded keys are ordered.
    pub(crate) fn number_of<'r>(
        &self,
        hash: u32,
        name: &[u8],
        read: impl Fn(Text) -> &'r [u8],
    ) -> Option<usize> {
        let records = self.records.get(..self.count)?;
        find(self.slots, records, self.count - self.crowded, hash, name, read)
    }
}
