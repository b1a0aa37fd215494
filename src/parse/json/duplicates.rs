//! Which member name an object repeats (R-JSON-4).
//!
//! For the slow path only: a text that the gate accepted and that was then refused for its structure may hold
//! a duplicate name, too, and that fault comes first (R-ERR-3).

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::marks::{Mark, Marks};
use super::text::{Decoded, first_string, same_text};

/// How many slots of the table are tried for one name.
const PROBES: usize = 16;

/// The deepest container whose names are compared: more than the 8 of R-JSON-5.
const DEEPEST: usize = 9;

/// The offset of a member name, of its opening quote, that its object has already had.
///
/// Names are compared after unescaping and case-sensitively. Of several duplicates, the one in the outermost
/// object that starts first is found first, not the first in the text.
///
/// `table` is working memory, of which the largest power of two is used, and its content on entry does not
/// matter. It holds the names of the objects that are open. They fit if there are twice as many slots. Of more,
/// only the names that find a free slot are remembered, so that a duplicate may go unnoticed; and so may one among
/// names that were made to have equal hashes, of which no more is compared than the text is long. Such a text is
/// refused with or without its duplicate.
///
/// One pass over the text and `PROBES` slots for a name, whatever the text; without recursion.
#[must_use]
pub fn find(json: &[u8], table: &mut [Slot]) -> Option<usize> {
    let slots = usable(json, table);
    slots.fill(Slot::default());
    find_with_empty(json, slots)
}

/// The slots that a text can use.
fn usable<'t>(json: &[u8], table: &'t mut [Slot]) -> &'t mut [Slot] {
    let largest = table.len().checked_ilog2().map_or(0, |log| 1_usize << log);
    table.get_mut(..largest.min(slots_for(json.len()))).unwrap_or_default()
}

/// As [`find`], with a table of empty slots.
pub(crate) fn find_with_empty(json: &[u8], table: &mut [Slot]) -> Option<usize> {
    let slots = usable(json, table);
    let mut names = Names { json, slots, newest: NONE, budget: json.len() };
    let mut open = [Container { start: 0, newest: NONE }; DEEPEST];
    let mut depth = 0_usize;
    let mut found: Option<Duplicate> = None;
    for mark in Marks::new(json) {
        match mark.byte {
            b'{' | b'[' => {
                if let Some(container) = open.get_mut(depth) {
                    *container = Container { start: mark.start, newest: names.newest };
                }
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                let Some(container) = open.get(depth) else { continue };
                names.forget(container.newest);
                // Only an object that is open and starts earlier could have one that comes first.
                if let Some(found) = found.as_ref().filter(|_| depth == 0) {
                    return Some(found.name);
                }
            }
            _ => {
                let Some(object) = depth.checked_sub(1).and_then(|at| open.get(at)) else { continue };
                let comes_first = found.as_ref().is_none_or(|found| object.start < found.object);
                if comes_first && !names.remember(mark, object.start) {
                    found = Some(Duplicate { object: object.start, name: mark.start });
                }
            }
        }
    }
    found.map(|found| found.name)
}

/// How many slots a text of this length can use, and has to clear: a power of two.
#[must_use]
pub fn slots_for(len: usize) -> usize {
    // A name takes two quotes, a colon, a value of one byte and a comma.
    (len / 5 + 1).saturating_mul(2).next_power_of_two()
}

/// A slot of the table of names.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Slot {
    /// The offset of a name, which is never 0, for there stands the brace; or 0.
    name: U32,
    /// The hash of the name.
    hash: U32,
    /// The slot that was filled before this one, or [`NONE`].
    before: U32,
}

/// No slot.
const NONE: U32 = U32::from_bytes([0xFF; 4]);

/// A container that is open.
#[derive(Clone, Copy)]
struct Container {
    start: usize,
    /// The slot that was filled last when it began.
    newest: U32,
}

/// A duplicate: where its object starts, and the name.
struct Duplicate {
    object: usize,
    name: usize,
}

/// The names of the objects that are open.
struct Names<'a, 't> {
    json: &'a [u8],
    slots: &'t mut [Slot],
    /// The slot that was filled last.
    newest: U32,
    /// Bytes of names that may still be compared.
    budget: usize,
}

impl Names<'_, '_> {
    /// Puts a name of the object at `object` into the table, unless it is there; then it answers false.
    fn remember(&mut self, name: Mark<'_>, object: usize) -> bool {
        let Ok(offset) = u32::try_from(name.start) else {
            return true;
        };
        let mask = self.slots.len().wrapping_sub(1);
        let hash = hash(name.name);
        let start = (hash ^ hash >> 16) as usize;
        for probe in 0..PROBES {
            let at = start.wrapping_add(probe) & mask;
            let Some(slot) = self.slots.get_mut(at) else { return true };
            if slot.name.get() == 0 {
                *slot = Slot { name: U32::new(offset), hash: U32::new(hash), before: self.newest };
                self.newest = u32::try_from(at).map_or(NONE, U32::new);
                return true;
            }
            // The names of the objects inside this one are forgotten, so that what stands behind its start is its own.
            let earlier = slot.name.get() as usize;
            if slot.hash.get() == hash && earlier > object && self.is_same(earlier, name) {
                return false;
            }
        }
        true
    }

    /// Whether the name at `earlier` says the same as `name`.
    fn is_same(&mut self, earlier: usize, name: Mark<'_>) -> bool {
        // A byte of text takes six to write at most, `\u0041`, and an equal name ends before that many: so
        // the work does not depend on the length of the earlier name, which many short ones may meet.
        let name = name.name;
        let longest = (name.len() + 1).saturating_mul(6);
        let Some(left) = self.budget.checked_sub(name.len()) else { return false };
        self.budget = left;
        let earlier = self.json.get(earlier..).unwrap_or_default();
        let earlier = earlier.get(..longest).unwrap_or(earlier);
        first_string(earlier).is_some_and(|earlier| same_text(earlier, name))
    }

    /// Empties the slots that were filled after `newest`. The latest goes first, so that no name is left behind a slot
    /// that was filled when the name passed it.
    fn forget(&mut self, newest: U32) {
        while self.newest != newest {
            let Some(slot) = self.slots.get_mut(self.newest.get() as usize) else { return };
            self.newest = slot.before;
            *slot = Slot::default();
        }
    }
}

/// FNV-1a over the text of a name, so that spellings of one name meet.
fn hash(raw: &[u8]) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let mut hash = 0x811C_9DC5;
    for byte in raw {
        if *byte == b'\\' {
            return Decoded::new(raw).fold(0x811C_9DC5, step);
        }
        hash = step(hash, *byte);
    }
    hash
}

#[cfg(test)]
#[path = "duplicates_tests.rs"]
mod tests;
