//! Context keys and policy variables: each has one number, and is found again in few comparisons (`order.rs`).

use core::cmp::Ordering;

use zerocopy::little_endian::{U16, U32};

use super::builder::{Builder, Cause, length};
use super::order;
use super::scratch::KeyNote;
use crate::ground::error::Pool;
use crate::ground::hash;
use crate::ground::limits::{MAX_KEY_NAME, MAX_KEYS, MAX_VARIABLES};
use crate::image::known_key::KnownKey;
use crate::image::records::{KeyRecord, Span, VariableRecord, slice};

/// The keys and variables that the pattern which is being written has brought. A pattern lies in one piece, so their
/// texts are stored behind it; until then their records name pieces of `source`.
#[derive(Clone, Copy)]
pub(super) struct Pending<'s> {
    source: &'s [u8],
    /// The first key that is pending, and the first variable.
    keys: usize,
    variables: usize,
}

impl Pending<'_> {
    /// Nothing is pending.
    const NONE: Pending<'static> = Pending { source: &[], keys: usize::MAX, variables: usize::MAX };

    /// Where `part` begins, which is a piece of the source.
    fn offset(&self, part: &[u8]) -> U32 {
        let offset = part.as_ptr().addr().wrapping_sub(self.source.as_ptr().addr());
        U32::new(u32::try_from(offset).unwrap_or(u32::MAX))
    }
}

impl Builder<'_> {
    /// The number of a context key, whatever the case of its spelling (R-COND-6).
    pub(super) fn key(&mut self, name: &[u8]) -> Result<u16, Cause> {
        let (hash, place) = match self.find_key(name, &Pending::NONE)? {
            (_, Ok(number)) => return Ok(number),
            (hash, Err(place)) => (hash, place),
        };
        let Span { start, len, .. } = self.folded_text(name, hash)?;
        self.add_key(place, KeyRecord { hash: U32::new(hash), start, len, known: known(name), reserved: 0 })
    }

    /// Tells that the condition with number `condition` is about a key. Whether an earlier one is that is not below
    /// `first` (R-COND-7).
    pub(super) fn has_sibling(&mut self, key: u16, first: usize, condition: usize) -> bool {
        let Some(note) = self.key_notes.get_mut(usize::from(key)) else { return false };
        let condition = u32::try_from(condition).unwrap_or(KeyNote::NEVER);
        let last = core::mem::replace(&mut note.condition, condition);
        last != KeyNote::NEVER && last as usize >= first
    }

    /// What will be pending in a pattern of this source.
    pub(super) fn pending<'s>(&self, source: &'s [u8]) -> Pending<'s> {
        Pending { source, keys: self.keys.len(), variables: self.variables.len() }
    }

    /// The number of a policy variable: a key, and what stands for it where it has no value (R-VAR-2). Both are pieces
    /// of the source of `pending`.
    pub(super) fn variable(
        &mut self,
        name: &[u8],
        default: Option<&[u8]>,
        pending: &Pending<'_>,
    ) -> Result<u16, Cause> {
        let key = match self.find_key(name, pending)? {
            (_, Ok(number)) => number,
            (hash, Err(place)) => {
                let record = KeyRecord {
                    hash: U32::new(hash),
                    start: pending.offset(name),
                    len: length(name.len(), Pool::String)?,
                    known: known(name),
                    reserved: 0,
                };
                self.add_key(place, record)?
            }
        };
        let Some(default) = default else {
            let plain = self.key_notes.get(usize::from(key)).map_or(KeyNote::NONE, |note| note.variable);
            if plain != KeyNote::NONE {
                return Ok(plain);
            }
            let number =
                self.add_variable(VariableRecord { key: U16::new(key), ..VariableRecord::default() })?;
            if let Some(note) = self.key_notes.get_mut(usize::from(key)) {
                note.variable = number;
            }
            return Ok(number);
        };
        let found = order::find(self.orders.variables, |number| {
            let number = usize::from(number);
            let stored = self.variables.get(number).copied().unwrap_or_default();
            let text = if number < pending.variables { &self.text[..] } else { pending.source };
            let text = slice(text, stored.default_start, stored.default_len).unwrap_or_default();
            stored.key.get().cmp(&key).then_with(|| text.cmp(default))
        });
        let place = match found {
            Ok(number) => return Ok(number),
            Err(place) => place,
        };
        let number = self.add_variable(VariableRecord {
            key: U16::new(key),
            default_len: length(default.len(), Pool::String)?,
            default_start: pending.offset(default),
            has_default: 1,
            reserved: 0,
        })?;
        order::insert(self.orders.variables, place, number).ok_or(Cause::Full(Pool::Variables))?;
        Ok(number)
    }

    /// Stores the texts that are pending.
    pub(super) fn store(&mut self, pending: &Pending<'_>) -> Result<(), Cause> {
        for number in pending.keys..self.keys.len() {
            let Some(KeyRecord { hash, start, len, .. }) = self.keys.get(number).copied() else { break };
            let name = slice(pending.source, start, len).unwrap_or_default();
            let stored = self.folded_text(name, hash.get())?;
            if let Some(record) = self.keys.get_mut(number) {
                record.start = stored.start;
            }
        }
        for number in pending.variables..self.variables.len() {
            let Some(VariableRecord { default_start, default_len, .. }) = self.variables.get(number).copied()
            else {
                break;
            };
            let stored = self.text(slice(pending.source, default_start, default_len).unwrap_or_default())?;
            if let Some(record) = self.variables.get_mut(number) {
                record.default_start = stored.start;
            }
        }
        Ok(())
    }

    /// The hash of a name, and its number or its place in the order of keys.
    fn find_key(&self, name: &[u8], pending: &Pending<'_>) -> Result<(u32, Result<u16, usize>), Cause> {
        if name.len() > MAX_KEY_NAME {
            return Err(Cause::Full(Pool::String));
        }
        let hash = hash::short_folded(name);
        let keys = self.keys.as_slice();
        let found = order::find(self.orders.keys, |number| {
            let number = usize::from(number);
            let Some(stored) = keys.get(number) else { return Ordering::Less };
            let other = stored.hash.get();
            if other != hash {
                return if other < hash { Ordering::Less } else { Ordering::Greater };
            }
            let text = if number < pending.keys { &self.text[..] } else { pending.source };
            let other = slice(text, stored.start, stored.len).unwrap_or_default();
            // Names of one hash are mostly the same name.
            if hash::eq_folded(other, name) { Ordering::Equal } else { hash::cmp_folded(other, name) }
        });
        Ok((hash, found))
    }

    fn add_key(&mut self, place: usize, record: KeyRecord) -> Result<u16, Cause> {
        let full = Cause::Full(Pool::Keys);
        let number = number_below(self.keys.len(), MAX_KEYS).ok_or(full)?;
        let note = KeyNote { variable: KeyNote::NONE, condition: KeyNote::NEVER };
        self.keys.push(record).map_err(|_| full)?;
        self.key_notes.push(note).map_err(|_| full)?;
        order::insert(self.orders.keys, place, number).ok_or(full)?;
        Ok(number)
    }

    fn add_variable(&mut self, record: VariableRecord) -> Result<u16, Cause> {
        let full = Cause::Full(Pool::Variables);
        let number = number_below(self.variables.len(), MAX_VARIABLES).ok_or(full)?;
        self.variables.push(record).map_err(|_| full)?;
        Ok(number)
    }
}

/// The number of the [`KnownKey`] with this name, or 0.
fn known(name: &[u8]) -> u8 {
    KnownKey::from_name(name).map_or(0, |known| known as u8)
}

/// The number of the next record, which stays below `limit`.
fn number_below(next: usize, limit: usize) -> Option<u16> {
    u16::try_from(next).ok().filter(|_| next < limit)
}
