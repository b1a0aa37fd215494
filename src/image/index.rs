//! The index of a policy set: from a request to the statements that could apply to it.
//!
//! Each statement is filed under *keys*: what a request must have for the statement to have any effect. A key is made
//! of an action part, a part of the resource, and perhaps a value of a condition. Under each action part there is a tree
//! of beginnings of resources and one of beginnings of sixth fields (`index_tree`); under each of these its statements,
//! and the context keys by whose values others are filed, which are trees again. A request is led to what it has itself
//! and to nothing else: a policy about other actions, resources or values costs it no more than the logarithm of all.
//!
//! The index leaves out only what is certain to have no effect. A statement that denies has one where it matches as
//! INDET (R-GEN-6): its resource part is the whole text before the first token, which the whole-text match of R-RES-5
//! needs as well, and it is not filed by a condition. A statement that allows has none where it is INDET, so that its
//! fields and its condition may be used.

use core::cmp::Ordering;
use core::ops::Range;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::index_tree::{FEW_ENTRIES, Forest, HashEntry, Node, Tree, TreeEntry, halvings};
use super::records::slice;
use crate::ground::{hash, lanes};

/// A set with fewer statements has no index: to look at each is faster.
pub const FEWEST_STATEMENTS: usize = 12;

/// The head of an index: how many records of each kind follow it.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct IndexHeader {
    /// [`ActionEntry`]s.
    pub actions: U32,
    /// [`ConditionEntry`]s.
    pub conditions: U32,
    /// [`Node`]s of all trees.
    pub nodes: U32,
}

/// An action part.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ActionEntry {
    /// The hash of its text, by which entries are sorted, then by the text without regard to case.
    pub hash: U32,
    /// Where in the set its text is: empty for any action, a service with its colon, or an action.
    pub start: U32,
    /// Its bytes.
    pub len: U16,
    /// 0.
    pub reserved: U16,
    /// Beginnings of resources.
    pub heads: TreeEntry,
    /// Beginnings of their sixth fields.
    pub fields: TreeEntry,
}

/// A context key under a resource of an action.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ConditionEntry {
    /// The hash of its name, by which entries are sorted, then by name.
    pub hash: U32,
    /// Where in the set its name is.
    pub start: U32,
    /// Its bytes.
    pub len: U16,
    /// The number of the known key, or 0.
    pub known: U16,
    /// Its values.
    pub values: TreeEntry,
}

/// A statement that is filed under a key: the number of its row, plus [`ALLOWS`]. So those that deny come first, then
/// those that allow, each in the order of the set.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    FromBytes,
    IntoBytes,
    Immutable,
    KnownLayout,
    Unaligned,
)]
#[repr(transparent)]
pub struct Posting(U32);

const _: () = {
    assert!(size_of::<IndexHeader>() == 12);
    assert!(size_of::<Node>() == 24);
    assert!(size_of::<TreeEntry>() == 16);
    assert!(size_of::<HashEntry>() == 8);
    assert!(size_of::<ActionEntry>() == 44);
    assert!(size_of::<ConditionEntry>() == 28);
    assert!(size_of::<Posting>() == 4);
};

/// Flag of a [`Posting`]: the statement allows.
const ALLOWS: u32 = 1 << 31;

impl Posting {
    /// That of the statement of a row.
    pub(super) fn new(row: u32, allows: bool) -> Self {
        Self(U32::new(if allows { row | ALLOWS } else { row }))
    }

    /// The number of the statement's row.
    #[inline]
    pub(crate) fn row(self) -> u32 {
        self.0.get() & !ALLOWS
    }

    /// Whether the statement allows.
    #[inline]
    pub(crate) fn allows(self) -> bool {
        self.0.get() & ALLOWS != 0
    }
}

/// An action part of a request, or of a key: its text and that text's hash.
#[derive(Clone, Copy, Debug)]
pub struct ActionPart<'a> {
    /// The hash.
    pub hash: u32,
    /// The text, in any case: a policy of the classic grammar keeps its own (R-SCPC-15).
    pub text: &'a [u8],
}

/// The hash of an action in any case.
#[must_use]
pub fn action_part(action: &[u8]) -> u32 {
    hash::short_folded(action)
}

/// The hash of all actions of a service, whose prefix is given with its colon, in any case.
#[must_use]
pub fn service_part(prefix: &[u8]) -> u32 {
    !hash::short_folded(prefix)
}

/// The hash of an action part from its text.
pub(super) fn part_hash(text: &[u8]) -> u32 {
    match text {
        // Any action comes before all others.
        [] => 0,
        [.., b':'] => service_part(text),
        _ => action_part(text),
    }
}

/// An index, looked at in place.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    pub(super) actions: &'a [ActionEntry],
    pub(super) conditions: &'a [ConditionEntry],
    pub(super) forest: Forest<'a>,
    pub(super) postings: &'a [Posting],
}

impl<'a> Index<'a> {
    /// The index that ends a set and begins at `start`. `None` where it does not fit.
    #[inline]
    pub(super) fn new(bytes: &'a [u8], start: usize) -> Option<Self> {
        fn records<T: FromBytes + Immutable + KnownLayout + Unaligned>(
            rest: &[u8],
            count: usize,
        ) -> Option<(&[T], &[u8])> {
            <[T]>::ref_from_prefix_with_elems(rest, count).ok()
        }
        let (header, rest) = IndexHeader::ref_from_prefix(bytes.get(start..)?).ok()?;
        let nodes = header.nodes.get() as usize;
        let (actions, rest) = records(rest, header.actions.get() as usize)?;
        let (conditions, rest) = records(rest, header.conditions.get() as usize)?;
        let entries = nodes.checked_add(actions.len())?;
        let (nodes, rest) = records(rest, nodes.checked_add(1)?)?;
        let (spans, rest) = records(rest, entries.checked_add(1)?)?;
        let (entries, rest) = records(rest, entries)?;
        let postings = <[Posting]>::ref_from_bytes(rest).ok()?;
        let forest = Forest { bytes, nodes, spans, entries };
        Some(Self { actions, conditions, forest, postings })
    }

    /// What is filed under an action part. Time: the logarithm of all records.
    #[inline(never)]
    pub(crate) fn action(&self, part: ActionPart<'_>) -> Option<&'a ActionEntry> {
        let mut span = self.forest.span(part.hash)?;
        if span.len() > FEW_ENTRIES {
            span = self.halved(span, &part)?;
        }
        let same = span.iter().filter(|entry| entry.hash.get() == part.hash);
        same.filter_map(|entry| self.action_of(entry.number.get() as usize)).find(|entry| {
            let text = entry.text(self.forest.bytes);
            // Comparing for equality first is quicker, and most are.
            lanes::same(text, part.text) || hash::cmp_folded(text, part.text).is_eq()
        })
    }

    /// The action part with a number behind those of the nodes.
    #[inline]
    fn action_of(&self, number: usize) -> Option<&'a ActionEntry> {
        self.actions.get(number.checked_sub(self.forest.nodes.len().checked_sub(1)?)?)
    }

    /// The few entries of a span among which that of an action part is, if it is there.
    #[inline(never)]
    fn halved(&self, span: &'a [HashEntry], part: &ActionPart<'_>) -> Option<&'a [HashEntry]> {
        Forest::halved(span, part.hash, |number| match self.action_of(number) {
            Some(entry) => hash::cmp_folded(entry.text(self.forest.bytes), part.text),
            None => Ordering::Less,
        })
    }

    /// What is filed under any action, which is the first if it is there.
    #[inline]
    pub(crate) fn any_action(&self) -> Option<&'a ActionEntry> {
        self.actions.first().filter(|entry| entry.len.get() == 0)
    }

    /// A tree, if it has nodes.
    #[inline]
    pub(crate) fn tree(&self, entry: &'a TreeEntry) -> Option<Tree<'_, 'a>> {
        self.forest.tree(entry)
    }

    /// Steps to charge for an [`action`](Self::action).
    #[inline]
    pub(crate) fn action_steps(&self) -> usize {
        halvings(self.forest.entries.len())
    }

    /// Statements by their numbers.
    #[inline]
    pub(crate) fn postings(&self, range: Range<usize>) -> &'a [Posting] {
        self.postings.get(range).unwrap_or_default()
    }

    /// Context keys by their numbers.
    #[inline]
    pub(crate) fn conditions(&self, range: Range<usize>) -> &'a [ConditionEntry] {
        self.conditions.get(range).unwrap_or_default()
    }
}

impl ActionEntry {
    /// Most are told apart by their hashes, and all by their texts.
    #[inline]
    pub(super) fn order(&self, part: &ActionPart<'_>, bytes: &[u8]) -> Ordering {
        self.hash.get().cmp(&part.hash).then_with(|| hash::cmp_folded(self.text(bytes), part.text))
    }

    #[inline]
    pub(super) fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        slice(bytes, self.start, self.len).unwrap_or_default()
    }
}

impl ConditionEntry {
    pub(super) fn rank<'a>(&self, bytes: &'a [u8]) -> (u32, &'a [u8]) {
        (self.hash.get(), slice(bytes, self.start, self.len).unwrap_or_default())
    }
}
