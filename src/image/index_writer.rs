//! Building the index of a policy set, in the memory of the set itself.

use core::cmp::Ordering;

use zerocopy::little_endian::U32;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::index::{ALLOWS, Item, KIND_SHIFT, PROBES, Posting, Shape, Slot, SlotKind, home};
use super::index_keys;
use super::policy::Policy;
use super::records::DENY;

/// A key of a statement, while the index is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Filed {
    action: U32,
    shape: Shape,
    hash: U32,
    posting: Posting,
}

impl Filed {
    /// What sorts keys: by action, shape, hash, and then as postings stand in a list.
    fn rank(&self) -> (u32, u64, u32, u32, u32) {
        (
            self.action.get(),
            self.shape.rank(),
            self.hash.get(),
            self.posting.entry.get(),
            self.posting.statement.get(),
        )
    }

    fn order(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// The bytes that an index of `keys` keys takes at most, and what building it needs besides.
pub(super) fn size(keys: usize) -> usize {
    // Each key may need a place of its own for its action and for itself, a shape and a posting.
    places(keys * 2) * size_of::<Slot>() + keys * 2 * size_of::<Item>() + keys * size_of::<Filed>()
}

/// The places of a hash table for `keys` keys: half of them stay free, for most look-ups find nothing.
fn places(keys: usize) -> usize {
    keys * 2 + 1
}

/// How many keys a policy's statements have.
pub(super) fn count_keys(policy: &Policy<'_>) -> usize {
    let mut keys = 0;
    for statement in policy.statements() {
        index_keys::for_each(policy, statement, &mut |_| keys += 1);
    }
    keys
}

/// An index that was written.
pub(super) struct Written {
    /// Places of its hash table.
    pub(super) slots: usize,
    /// Its bytes.
    pub(super) size: usize,
}

/// Writes the index of `policies`, which have `keys` keys, to the front of `out`. `None` where `out` is too small, or
/// where keys collide so often that the index would be slow.
///
/// Cost: the keys are sorted in place.
pub(super) fn write<'a>(
    policies: impl Iterator<Item = Policy<'a>>,
    keys: usize,
    out: &mut [u8],
) -> Option<Written> {
    let behind = size(keys).checked_sub(keys * size_of::<Filed>())?;
    let (index, filed) = out.get_mut(..size(keys))?.split_at_mut_checked(behind)?;
    let filed = <[Filed]>::mut_from_bytes(filed).ok()?;
    file(policies, filed)?;
    filed.sort_unstable_by(Filed::order);

    // What is needed: places for action parts and whole keys, items for shapes and statements.
    let mut needed = Needed::default();
    for_each_action(filed, &mut |action| needed.count(action));
    let (slots, rest) = <[Slot]>::mut_from_prefix_with_elems(index, places(needed.slots)).ok()?;
    slots.fill(Slot::default());
    let (items, _) = <[Item]>::mut_from_prefix_with_elems(rest, needed.items).ok()?;
    let mut table = Table { slots, items, used: 0 };
    let mut whole = true;
    for_each_action(filed, &mut |action| whole &= table.action(action).is_some());
    let written =
        Written { slots: table.slots.len(), size: size_of_val(&*table.slots) + size_of_val(&*table.items) };
    (whole && table.used == needed.items).then_some(written)
}

/// Collects the keys of all statements.
fn file<'a>(policies: impl Iterator<Item = Policy<'a>>, filed: &mut [Filed]) -> Option<()> {
    let mut free = filed.iter_mut();
    let mut missed = false;
    for (entry, policy) in policies.enumerate() {
        let entry = u32::try_from(entry).ok()?;
        for (number, statement) in policy.statements().iter().enumerate() {
            let flag = if statement.flags & DENY == 0 { ALLOWS } else { 0 };
            let posting =
                Posting { entry: U32::new(entry | flag), statement: U32::new(u32::try_from(number).ok()?) };
            index_keys::for_each(&policy, statement, &mut |key| match free.next() {
                Some(slot) => {
                    let (action, hash) = (U32::new(key.action), U32::new(key.hash));
                    *slot = Filed { action, shape: key.shape, hash, posting };
                }
                None => missed = true,
            });
        }
    }
    (!missed && free.next().is_none()).then_some(())
}

/// Hands the keys of each action part to `each`.
fn for_each_action(filed: &[Filed], each: &mut impl FnMut(&[Filed])) {
    filed.chunk_by(|a, b| a.action == b.action).for_each(each);
}

/// Whether an action part has no shape but the empty one, so that its statements need no key.
fn is_plain(action: &[Filed]) -> bool {
    action.iter().all(|filed| filed.shape == Shape::default())
}

fn same_key(a: &Filed, b: &Filed) -> bool {
    (a.shape, a.hash) == (b.shape, b.hash)
}

/// What a table needs.
#[derive(Default)]
struct Needed {
    slots: usize,
    items: usize,
}

impl Needed {
    fn count(&mut self, action: &[Filed]) {
        self.slots += 1;
        if !is_plain(action) {
            self.items += action.chunk_by(|a, b| a.shape == b.shape).count();
            self.slots += action.chunk_by(same_key).count();
        }
        // Keys that come more than once are the same statement's.
        self.items += action.chunk_by(|a, b| a == b).count();
    }
}

/// The index while it is written.
struct Table<'o> {
    slots: &'o mut [Slot],
    items: &'o mut [Item],
    used: usize,
}

impl Table<'_> {
    /// Writes what is filed under one action part.
    fn action(&mut self, action: &[Filed]) -> Option<()> {
        let part = action.first()?.action.get();
        let first = self.used;
        if is_plain(action) {
            self.postings(action)?;
            return self.slot(SlotKind::Action, part, first);
        }
        for shape in action.chunk_by(|a, b| a.shape == b.shape) {
            self.item(shape.first()?.shape.as_bytes())?;
        }
        self.slot(SlotKind::Shapes, part, first)?;
        for key in action.chunk_by(same_key) {
            let first = self.used;
            self.postings(key)?;
            self.slot(SlotKind::Key, key.first()?.hash.get(), first)?;
        }
        Some(())
    }

    fn postings(&mut self, filed: &[Filed]) -> Option<()> {
        filed.chunk_by(|a, b| a == b).try_for_each(|same| self.item(same.first()?.posting.as_bytes()))
    }

    fn item(&mut self, bytes: &[u8]) -> Option<()> {
        *self.items.get_mut(self.used)? = bytes.try_into().ok()?;
        self.used += 1;
        Some(())
    }

    /// Takes a place for the items since `first`.
    fn slot(&mut self, kind: SlotKind, hash: u32, first: usize) -> Option<()> {
        let count = u32::try_from(self.used - first).ok().filter(|count| count >> KIND_SHIFT == 0)?;
        let mut at = home(hash, self.slots.len());
        for _ in 0..PROBES.min(self.slots.len()) {
            let len = self.slots.len();
            let slot = self.slots.get_mut(at)?;
            if slot.count.get() == 0 {
                *slot = Slot {
                    hash: U32::new(hash),
                    first: U32::new(u32::try_from(first).ok()?),
                    count: U32::new((kind as u32) << KIND_SHIFT | count),
                };
                return Some(());
            }
            at = if at + 1 == len { 0 } else { at + 1 };
        }
        None
    }
}
