//! The index of a policy set: from a request to the statements that could apply to it.
//!
//! Each statement is filed under *keys*: what a request must have for the statement to have any effect. A key is made
//! of an action part, a resource part and a condition part ([`Shape`] says which of the two last are used). For each
//! action part the index lists the shapes that occur under it, so that a request makes one look-up for each shape of
//! its action, of its service, and of the statements about all actions.
//!
//! The index leaves out only what is certain to have no effect. A statement that denies has one where it matches as
//! INDET (R-GEN-6): its resource part is the whole text before the first token, which the whole-text match of R-RES-5
//! needs as well, and it has no condition part. A statement that allows has none where it is INDET, so that its fields
//! and its condition may be used.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::policy::ImageError;
use crate::ground::hash;

/// A set with fewer statements has no index: to look at each is faster.
pub const FEWEST_STATEMENTS: usize = 12;

/// Places that are tried for a key. Half of all places are free, so that keys stay well below; with keys that were
/// made to collide, the set is built without an index.
pub(super) const PROBES: usize = 256;

/// A place of the hash table.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Slot {
    /// The hash of the key.
    pub hash: U32,
    /// The first of its items.
    pub first: U32,
    /// How many items, and above [`KIND_SHIFT`] what they are; 0 in an empty place.
    pub count: U32,
}

/// Where in [`Slot::count`] the kind stands.
pub const KIND_SHIFT: u32 = 30;

/// What the items of a slot are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum SlotKind {
    /// Statements, of an action part which has no shape but the empty one.
    Action = 1,
    /// Shapes, of any other action part.
    Shapes = 2,
    /// Statements, of a whole key.
    Key = 3,
}

/// An item: a [`Shape`] or a [`Posting`].
pub type Item = [u8; 8];

/// What parts a key has beside its action, and where a request finds them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct Shape {
    /// 0, or a [`ResourcePart`] and a length.
    pub resource: U16,
    /// 0, or the number of the known key plus 1 above bit 8, and a length or [`WHOLE`].
    pub condition: U16,
    /// The hash of the condition's key.
    pub condition_key: U32,
}

/// The part of the request's resource that a key has: in the upper bits of [`Shape::resource`], above the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum ResourcePart {
    /// The first bytes of the text.
    Head = 0x4000,
    /// The first bytes of the sixth field.
    FieldHead = 0x8000,
    /// The whole text.
    Whole = 0xC000,
}

/// The bits of [`Shape::resource`] that hold a length.
pub const LENGTH_BITS: u16 = 0x3FFF;

/// In place of a length in [`Shape::condition`]: the whole value.
pub const WHOLE: u16 = 0xFF;

/// The longest head of a condition's value that a key has.
pub const LONGEST_VALUE: usize = 64;

impl Shape {
    /// The part of the resource, and its length.
    #[must_use]
    #[inline]
    pub fn resource_part(&self) -> Option<(ResourcePart, usize)> {
        let bits = self.resource.get();
        let part = match bits & !LENGTH_BITS {
            0x4000 => ResourcePart::Head,
            0x8000 => ResourcePart::FieldHead,
            0xC000 => ResourcePart::Whole,
            _ => return None,
        };
        Some((part, usize::from(bits & LENGTH_BITS)))
    }

    /// What sorts shapes.
    #[inline]
    pub(super) fn rank(&self) -> u64 {
        u64::from_le_bytes(zerocopy::transmute!(*self))
    }
}

/// A statement that is filed under a key. Statements that deny come first, then those that allow, each in the order of
/// the set.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct Posting {
    /// The number of the set's entry, plus [`ALLOWS`].
    pub entry: U32,
    /// The number of the statement in its policy.
    pub statement: U32,
}

/// Flag of [`Posting::entry`]: the statement allows.
pub const ALLOWS: u32 = 1 << 31;

/// The hash of the action part of statements about any action.
pub const ANY_ACTION: u32 = 0x9E37_79B9;

/// The action part of a whole action, in any case.
#[must_use]
pub fn action_part(action: &[u8]) -> u32 {
    hash::short_folded(action)
}

/// The action part of all actions of a service, whose prefix is given with its colon, in any case.
#[must_use]
pub fn service_part(prefix: &[u8]) -> u32 {
    !hash::short_folded(prefix)
}

/// The hash of a key from its parts; those that the shape does not have are 0.
#[must_use]
#[inline]
pub fn key_hash(action: u32, shape: &Shape, resource: u64, condition: u64) -> u32 {
    let mut state = (u64::from(action) ^ shape.rank()).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    state = (state ^ state >> 32 ^ resource).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    state = (state ^ state >> 32 ^ condition).wrapping_mul(0xA3B1_9535_4A39_B70D);
    let [a, b, c, d, ..] = (state ^ state >> 32).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// An index, looked at in place.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    slots: &'a [Slot],
    items: &'a [Item],
}

impl<'a> Index<'a> {
    /// The index in the last bytes of a set: `slots` places, then items. `None` where they do not fit.
    pub(super) fn new(bytes: &'a [u8], slots: usize) -> Option<Self> {
        let (slots, rest) = <[Slot]>::ref_from_prefix_with_elems(bytes, slots).ok()?;
        let items = <[Item]>::ref_from_bytes(rest).ok()?;
        (!slots.is_empty()).then_some(Self { slots, items })
    }

    /// The kind and items of every place with this hash. Time: the places that are taken from where it should stand, one
    /// or two on average and at most [`PROBES`].
    #[inline]
    fn find(&self, hash: u32) -> Places<'a> {
        Places { slots: self.slots, at: home(hash, self.slots.len()), left: PROBES, hash }
    }

    /// What is filed under an action part: statements at once, or the shapes of its keys.
    #[inline]
    pub(crate) fn action(&self, action: u32) -> Option<ActionItems<'a>> {
        self.find(action).find_map(|(kind, range)| {
            if kind == SlotKind::Action as u32 {
                Some(ActionItems::Statements(self.postings(range)))
            } else if kind == SlotKind::Shapes as u32 {
                <[Shape]>::ref_from_bytes(self.range(range).as_bytes()).ok().map(ActionItems::Shapes)
            } else {
                None
            }
        })
    }

    /// The statements of a whole key. Keys that share its hash come with it: who asks looks at the statements again.
    #[inline]
    pub(crate) fn key(&self, hash: u32) -> impl Iterator<Item = &'a [Posting]> {
        self.find(hash)
            .filter(|(kind, _)| *kind == SlotKind::Key as u32)
            .map(|(_, range)| self.postings(range))
    }

    fn range(&self, range: ItemRange) -> &'a [Item] {
        let rest = self.items.get(range.first as usize..).unwrap_or_default();
        rest.get(..range.count as usize).unwrap_or_default()
    }

    /// The statements of a list.
    #[inline]
    fn postings(&self, range: ItemRange) -> &'a [Posting] {
        <[Posting]>::ref_from_bytes(self.range(range).as_bytes()).unwrap_or_default()
    }

    /// Checks every place and item: `allows` tells of a posting whether its statement allows, or nothing where there is
    /// no such statement.
    pub(super) fn check(&self, allows: impl Fn(&Posting) -> Option<bool>) -> Result<(), ImageError> {
        let require = |holds: bool| if holds { Ok(()) } else { Err(ImageError::Corrupt) };
        // Places and items belong to each other one to one, so that no item is looked at twice.
        let mut items = 0_usize;
        let mut free = 0_usize;
        for slot in self.slots {
            let kind = slot.count.get() >> KIND_SHIFT;
            let range = ItemRange::of(slot);
            let count = range.count as usize;
            if count == 0 {
                require(*slot.as_bytes() == [0; size_of::<Slot>()])?;
                free += 1;
                continue;
            }
            items = items.saturating_add(count);
            require(items <= self.items.len())?;
            let own = self.range(range);
            require(own.len() == count)?;
            match kind {
                kind if kind == SlotKind::Shapes as u32 => {
                    let shapes =
                        <[Shape]>::ref_from_bytes(own.as_bytes()).map_err(|_| ImageError::Corrupt)?;
                    require(shapes.is_sorted_by(|one, next| one.rank() < next.rank()))?;
                }
                kind if kind == SlotKind::Action as u32 || kind == SlotKind::Key as u32 => {
                    let postings =
                        <[Posting]>::ref_from_bytes(own.as_bytes()).map_err(|_| ImageError::Corrupt)?;
                    for posting in postings {
                        require(allows(posting) == Some(posting.entry.get() & ALLOWS != 0))?;
                    }
                    require(postings.is_sorted_by_key(Posting::rank))?;
                }
                _ => return Err(ImageError::Corrupt),
            }
        }
        require(free > 0 && items == self.items.len())
    }
}

impl Posting {
    /// What sorts postings.
    pub(super) fn rank(&self) -> (u32, u32) {
        (self.entry.get(), self.statement.get())
    }
}

/// The places of a hash, one after the other.
struct Places<'a> {
    slots: &'a [Slot],
    at: usize,
    /// Places that may still be tried.
    left: usize,
    hash: u32,
}

impl Iterator for Places<'_> {
    type Item = (u32, ItemRange);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.left = self.left.checked_sub(1)?;
            let slot = self.slots.get(self.at).filter(|slot| slot.count.get() != 0)?;
            self.at = if self.at + 1 == self.slots.len() { 0 } else { self.at + 1 };
            if slot.hash.get() == self.hash {
                return Some((slot.count.get() >> KIND_SHIFT, ItemRange::of(slot)));
            }
        }
    }
}

/// Items of an index, by number.
#[derive(Clone, Copy, Debug)]
struct ItemRange {
    first: u32,
    count: u32,
}

impl ItemRange {
    fn of(slot: &Slot) -> Self {
        Self { first: slot.first.get(), count: slot.count.get() & !(3 << KIND_SHIFT) }
    }
}

/// What is filed under an action part.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ActionItems<'a> {
    /// Statements.
    Statements(&'a [Posting]),
    /// The shapes of its keys.
    Shapes(&'a [Shape]),
}

/// Where the key with this hash should stand among `slots` places.
#[inline]
pub(super) fn home(hash: u32, slots: usize) -> usize {
    let at = (u64::from(hash) * slots as u64) >> 32;
    at as usize
}
