//! Sorted texts, and which of them a text begins with: what the index of a set is made of.
//!
//! A tree whose texts have few lengths is asked for each of these by hash. The hash finds a text quickly and decides
//! nothing: what shares a hash is in order, and told apart by its text. A tree of many lengths, be it that somebody made
//! them up, is searched. Either way takes as many comparisons as there are binary digits in the number of texts, whoever
//! wrote them.

use core::cmp::Ordering;
use core::ops::Range;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::records::slice;
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash::prefix;
use crate::ground::lanes;

/// The longest text of a tree, in bytes. What is longer is cut, and stands for all that begin with it.
pub const LONGEST: usize = prefix::LONGEST;

/// The longest name of an action or a context key that the index has. By a longer one, no statement is filed.
pub const LONGEST_NAME: usize = 255;

/// A text of a tree: the whole of what a request must have, or its beginning.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct Node {
    /// Where in the set the text is.
    pub start: U32,
    /// Its bytes, at most [`LONGEST`].
    pub len: U16,
    /// 1 for a whole text, 0 for a beginning.
    pub whole: u8,
    /// How many ancestors it has.
    pub depth: u8,
    /// The number of its parent in the tree plus 1, or 0: the longest beginning that it begins with itself.
    pub parent: U32,
    /// The number of an ancestor farther up, or its own: so that far ancestors are found in few steps.
    pub jump: U32,
    /// The first of its statements. The next node has their end.
    pub first: U32,
    /// The first of the context keys by whose values more statements are filed. The next node has their end.
    pub conditions: U32,
}

impl Node {
    #[inline]
    fn parent(&self) -> Option<usize> {
        (self.parent.get() as usize).checked_sub(1)
    }

    /// What sorts the nodes of a tree.
    pub(super) fn rank<'a>(&self, bytes: &'a [u8]) -> (&'a [u8], u8) {
        (self.text(bytes), self.whole)
    }

    #[inline]
    fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        slice(bytes, self.start, self.len).unwrap_or_default()
    }

    /// The kind of text in a [`TreeEntry`]: its length, or that it is whole.
    pub(super) fn kind(&self) -> u8 {
        kind_of(self.len.get().into(), self.whole != 0)
    }

    /// What a node of the tree that begins at node `tree` is found by.
    pub(super) fn hash(&self, tree: usize, bytes: &[u8]) -> u32 {
        node_hash(tree, self.kind(), prefix::hash(self.text(bytes)))
    }
}

/// A tree of a set's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct TreeEntry {
    /// Its first node.
    pub first: U32,
    /// How many it has.
    pub count: U32,
    /// The kinds of its texts: first [`WHOLE`] where there is one, then the lengths of the beginnings from the longest to
    /// the shortest, then [`NO_KIND`]. [`MANY`] alone where there are more than fit.
    pub kinds: [u8; KINDS],
}

/// A tree of so many nodes is looked through.
const FEW: usize = 3;

/// So many entries of one span are looked through.
pub(super) const FEW_ENTRIES: usize = 4;

/// Steps that are charged for asking a tree for one kind, beside the halvings of a span with more entries.
const KIND: usize = 2;

/// How many kinds of texts a tree has that is asked for each.
pub const KINDS: usize = 8;
/// Of [`TreeEntry::kinds`]: a whole text.
pub const WHOLE: u8 = 0xFE;
/// Of [`TreeEntry::kinds`]: no more.
pub const NO_KIND: u8 = 0xFF;
/// Of [`TreeEntry::kinds`]: more than fit.
pub const MANY: u8 = 0xFD;

impl Default for TreeEntry {
    fn default() -> Self {
        Self { first: U32::ZERO, count: U32::ZERO, kinds: [NO_KIND; KINDS] }
    }
}

impl TreeEntry {
    /// The tree that begins at node `first` and has these nodes.
    pub(super) fn from_nodes(first: U32, nodes: &[Node]) -> Self {
        let count = U32::new(u32::try_from(nodes.len()).unwrap_or(u32::MAX));
        let mut entry = Self { first, count, ..Self::default() };
        // From the greatest to the least, each once.
        let mut kinds = entry.kinds.iter_mut();
        let mut below = NO_KIND;
        while let Some(kind) = nodes.iter().map(Node::kind).filter(|kind| *kind < below).max() {
            let Some(place) = kinds.next() else {
                entry.kinds = [NO_KIND; KINDS];
                entry.kinds[0] = MANY;
                break;
            };
            *place = kind;
            below = kind;
        }
        entry
    }

    #[inline]
    fn has_many(&self) -> bool {
        self.kinds[0] == MANY
    }
}

/// An entry of the table that finds nodes and action parts by hash: sorted by hash, then by number.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct HashEntry {
    /// The hash.
    pub hash: U32,
    /// The number of the node, or that of the action part plus the number of nodes.
    pub number: U32,
}

/// The kind of a text.
fn kind_of(len: usize, whole: bool) -> u8 {
    if whole { WHOLE } else { u8::try_from(len).unwrap_or(u8::MAX) }
}

#[inline]
fn node_hash(tree: usize, kind: u8, text: u64) -> u32 {
    let state = (text ^ (tree as u64) << 8 ^ u64::from(kind)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    let [.., a, b, c, d] = (state ^ state << 32).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// All trees of a set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forest<'a> {
    /// The set.
    pub(super) bytes: &'a [u8],
    /// The nodes, and the one behind them.
    pub(super) nodes: &'a [Node],
    /// For each of as many spans of hashes as there are entries its first one, and the end of the last.
    pub(super) spans: &'a [U32],
    pub(super) entries: &'a [HashEntry],
}

impl<'a> Forest<'a> {
    /// A tree, if it has nodes.
    #[inline]
    pub(super) fn tree(&self, entry: &'a TreeEntry) -> Option<Tree<'_, 'a>> {
        if entry.count.get() == 0 {
            return None;
        }
        let first = entry.first.get() as usize;
        let nodes = self.nodes.get(first..)?.get(..entry.count.get() as usize)?;
        Some(Tree { forest: self, entry, first, nodes })
    }

    /// The few entries of a span among which the one with this hash is, if it is there.
    /// `order` tells of another number with the same hash how it stands to that.
    #[inline(always)]
    pub(super) fn halved(
        mut span: &[HashEntry],
        hash: u32,
        order: impl Fn(usize) -> Ordering,
    ) -> Option<&[HashEntry]> {
        while span.len() > FEW_ENTRIES {
            let (low, high) = span.split_at_checked(span.len() / 2)?;
            let middle = high.first()?;
            let is_greater = match middle.hash.get().cmp(&hash) {
                Ordering::Equal => order(middle.number.get() as usize).is_gt(),
                other => other.is_gt(),
            };
            span = if is_greater { low } else { high };
        }
        Some(span)
    }

    /// The entries of the span that a hash is in.
    #[inline]
    pub(super) fn span(&self, hash: u32) -> Option<&'a [HashEntry]> {
        let (first, end) = pair(self.spans, span_of(hash, self.entries.len()))?;
        self.entries.get(first.get() as usize..end.get() as usize)
    }

    /// What a node leads to: statements, and context keys.
    #[inline]
    fn node(&self, number: usize) -> Option<Found> {
        let (node, next) = pair(self.nodes, number)?;
        Some(Found {
            postings: node.first.get() as usize..next.first.get() as usize,
            conditions: node.conditions.get() as usize..next.conditions.get() as usize,
        })
    }
}

/// A record and the next.
#[inline]
fn pair<T>(records: &[T], number: usize) -> Option<(&T, &T)> {
    let [one, next] = records.get(number..)?.first_chunk()?;
    Some((one, next))
}

/// In which of `count` equal spans of all hashes a hash is.
#[inline]
pub(super) fn span_of(hash: u32, count: usize) -> usize {
    let at = (u64::from(hash) * count as u64) >> 32;
    at as usize
}

/// What a node leads to.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The statements that are filed without a condition, or under a value of one.
    pub(crate) postings: Range<usize>,
    /// The context keys of the others.
    pub(crate) conditions: Range<usize>,
}

/// A tree, looked at in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tree<'f, 'a> {
    forest: &'f Forest<'a>,
    entry: &'a TreeEntry,
    first: usize,
    nodes: &'a [Node],
}

/// The nodes of a tree that a text has, from the longest to the shortest: what they lead to.
pub(crate) struct Path<'t, 'f, 'a> {
    tree: &'t Tree<'f, 'a>,
    /// The bytes of the text.
    len: usize,
    next: Option<usize>,
}

impl Iterator for Path<'_, '_, '_> {
    type Item = Found;

    #[inline]
    fn next(&mut self) -> Option<Found> {
        loop {
            let at = self.next?;
            let node = self.tree.nodes.get(at)?;
            // Numbers fall towards a root, whatever is written there.
            self.next = node.parent().filter(|parent| *parent < at);
            if node.whole == 0 || usize::from(node.len.get()) == self.len {
                return self.tree.forest.node(self.tree.first + at);
            }
        }
    }
}

impl<'f, 'a> Tree<'f, 'a> {
    /// The nodes that `text` has: those that it begins with, and the whole one that it is. `hash` is that of the beginning
    /// of `text` with a length, if it is so long.
    ///
    /// Time: the logarithm of the nodes, or for each kind that of the nodes whose hashes are close; and as long as there
    /// are such nodes. The caller charges what each leads to.
    #[inline]
    pub(crate) fn look_up(
        &self,
        text: &[u8],
        hash: impl Fn(usize) -> Option<u64>,
        budget: &mut Budget,
    ) -> Result<Path<'_, 'f, 'a>, BudgetExhausted> {
        let next = if self.entry.kinds[0] == 0 {
            // There is no other than the empty text.
            Some(0)
        } else if self.nodes.len() <= FEW {
            budget.spend(2 * FEW)?;
            self.nodes.iter().rposition(|node| {
                let own = node.text(self.forest.bytes);
                text.get(..own.len()).is_some_and(|front| lanes::same(front, own))
            })
        } else if self.entry.has_many() {
            budget.spend(2 * halvings(self.nodes.len()))?;
            self.longest(text)
        } else {
            self.find(text, hash, budget)?
        };
        Ok(Path { tree: self, len: text.len(), next })
    }

    /// What all its nodes lead to.
    pub(crate) fn all(&self) -> Range<usize> {
        let first_of = |at: usize| self.forest.nodes.get(at).map_or(0, |node| node.first.get() as usize);
        first_of(self.first)..first_of(self.first.wrapping_add(self.nodes.len()))
    }

    /// The longest node that `text` has, by the hash of each kind.
    #[inline(never)]
    fn find(
        &self,
        text: &[u8],
        hash: impl Fn(usize) -> Option<u64>,
        budget: &mut Budget,
    ) -> Result<Option<usize>, BudgetExhausted> {
        for kind in &self.entry.kinds {
            let kind = *kind;
            let len = match kind {
                NO_KIND => break,
                WHOLE if text.len() > LONGEST => continue,
                WHOLE => text.len(),
                // The empty text is the first of all.
                0 => return Ok(Some(0)),
                len => usize::from(len),
            };
            let Some(hash) = hash(len) else { continue };
            let hash = node_hash(self.first, kind, hash);
            let Some(span) = self.forest.span(hash) else { continue };
            budget.spend(KIND + halvings(span.len() / FEW_ENTRIES))?;
            let Some(wanted) = text.get(..len) else { continue };
            if let Some(at) = self.find_text(span, hash, wanted, kind == WHOLE) {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The node with this hash whose text is this one, a whole text or a beginning.
    #[inline(always)]
    fn find_text(&self, mut span: &[HashEntry], hash: u32, wanted: &[u8], whole: bool) -> Option<usize> {
        // Most spans have an entry or two.
        if span.len() > FEW_ENTRIES {
            span = self.halved(span, hash, wanted, whole)?;
        }
        for entry in span {
            let number = entry.number.get() as usize;
            if entry.hash.get() == hash && self.is_text(number, wanted, whole) {
                return number.checked_sub(self.first);
            }
        }
        None
    }

    /// The node with a number among those of all trees, if it is one of this tree.
    #[inline]
    fn node(&self, number: usize) -> Option<&Node> {
        self.nodes.get(number.checked_sub(self.first)?)
    }

    /// Whether a node is that of a text.
    #[inline(never)]
    fn is_text(&self, number: usize, wanted: &[u8], whole: bool) -> bool {
        self.node(number).is_some_and(|node| {
            node.whole == u8::from(whole) && lanes::same(node.text(self.forest.bytes), wanted)
        })
    }

    /// The few entries of a span among which that of a text is, if it is there.
    #[inline(never)]
    fn halved<'s>(
        &self,
        span: &'s [HashEntry],
        hash: u32,
        wanted: &[u8],
        whole: bool,
    ) -> Option<&'s [HashEntry]> {
        Forest::halved(span, hash, |number| {
            let Some(node) = self.node(number) else { return number.cmp(&self.first) };
            let text = node.text(self.forest.bytes);
            let common = common_bytes(text, wanted, 0);
            text.get(common).cmp(&wanted.get(common)).then_with(|| node.whole.cmp(&u8::from(whole)))
        })
    }

    /// The longest node that `text` begins with.
    #[inline(never)]
    fn longest(&self, text: &[u8]) -> Option<usize> {
        let (last, common) = self.last_at_most(text)?;
        // It shares more with the text than any other, so that what is wanted is its ancestor, if not itself.
        let mut at = last;
        for _ in 0..=LONGEST {
            let node = self.nodes.get(at)?;
            if usize::from(node.len.get()) <= common {
                return Some(at);
            }
            let jump = node.jump.get() as usize;
            let is_beyond = usize::from(self.nodes.get(jump)?.len.get()) > common;
            at = if is_beyond && jump < at { jump } else { node.parent()? };
        }
        None
    }

    /// The place of a node by its hash.
    fn finds(&self, node: &Node) -> Option<usize> {
        let text = node.text(self.forest.bytes);
        let hash = node.hash(self.first, self.forest.bytes);
        self.find_text(self.forest.span(hash)?, hash, text, node.whole != 0)
    }

    /// What the node with this text leads to. It is found by its hash, as every node of a tree that is whole.
    pub(super) fn exact(&self, text: &[u8], whole: bool) -> Option<Found> {
        let kind = kind_of(text.len(), whole);
        let hash = node_hash(self.first, kind, prefix::hash(text));
        let at = self.find_text(self.forest.span(hash)?, hash, text, whole)?;
        self.forest.node(self.first + at)
    }

    /// The last node that is not greater than `text`, and how many bytes they share.
    #[inline]
    fn last_at_most(&self, text: &[u8]) -> Option<(usize, usize)> {
        let (mut low, mut high) = (0, self.nodes.len());
        // What the text shares with the nodes at both ends, it shares with all between.
        let (mut low_common, mut high_common) = (0, 0);
        while low < high {
            let middle = low + (high - low) / 2;
            let other = self.nodes.get(middle)?.text(self.forest.bytes);
            let common = common_bytes(other, text, low_common.min(high_common));
            if other.get(common) > text.get(common) {
                (high, high_common) = (middle, common);
            } else {
                (low, low_common) = (middle + 1, common);
            }
        }
        Some((low.checked_sub(1)?, low_common))
    }

    /// Whether the tree is as the engine writes it: in order, each text once, each with its ancestors, and found by its
    /// hash. Time: linear in the texts, and the logarithm of all nodes for each.
    pub(super) fn is_whole(&self) -> bool {
        let bytes = self.forest.bytes;
        let fits = |node: &Node| {
            usize::from(node.len.get()) <= LONGEST
                && node.whole <= 1
                && slice(bytes, node.start, node.len).is_some()
        };
        self.nodes.iter().all(fits)
            && self.nodes.is_sorted_by(|one, next| one.rank(bytes) < next.rank(bytes))
            && TreeEntry::from_nodes(self.entry.first, self.nodes).kinds == self.entry.kinds
            && self.nodes.iter().enumerate().all(|(at, node)| {
                let mut own = *node;
                link(&mut own, self.nodes, at, bytes);
                (own.depth, own.parent, own.jump) == (node.depth, node.parent, node.jump)
                    && self.finds(node) == Some(at)
            })
    }
}

/// Gives a node its ancestors, from those of the nodes before it: all of `nodes` before number `at`.
///
/// Time: all nodes of a tree together, linear in their texts. Who is no ancestor of a node is none of those behind it.
pub(super) fn link(node: &mut Node, nodes: &[Node], at: usize, bytes: &[u8]) {
    let text = node.text(bytes);
    let mut next = at.checked_sub(1);
    let parent = loop {
        let Some((number, other)) = next.and_then(|number| Some((number, nodes.get(number)?))) else {
            break None;
        };
        if other.whole == 0 && text.starts_with(other.text(bytes)) {
            break Some((number, other));
        }
        next = other.parent().filter(|parent| *parent < number);
    };
    let number = |at: usize| U32::new(u32::try_from(at).unwrap_or(u32::MAX));
    let Some((parent, other)) = parent else {
        (node.depth, node.parent, node.jump) = (0, U32::ZERO, number(at));
        return;
    };
    node.depth = other.depth.saturating_add(1);
    node.parent = number(parent + 1);
    // Two jumps of one length are followed by one over both, so that no ancestor is farther than the logarithm of the
    // depth.
    let depth_at = |at: U32| nodes.get(at.get() as usize).map_or((0, at), |node| (node.depth, node.jump));
    let (first, beyond) = depth_at(other.jump);
    let (second, _) = depth_at(beyond);
    let is_twice = other.depth.wrapping_sub(first) == first.wrapping_sub(second);
    node.jump = if is_twice { beyond } else { number(parent) };
}

/// The comparisons that finding one of `count` takes.
#[inline]
pub(super) fn halvings(count: usize) -> usize {
    (usize::BITS - count.leading_zeros()) as usize
}

/// How many bytes `one` and `other` begin with alike, who are known to share the first `known`.
#[inline]
fn common_bytes(one: &[u8], other: &[u8], known: usize) -> usize {
    let shorter = one.len().min(other.len());
    let word = |text: &[u8], at: usize| {
        text.get(at..).and_then(<[u8]>::first_chunk::<8>).map_or(0, |word| u64::from_le_bytes(*word))
    };
    let Some(last) = shorter.checked_sub(8) else {
        return one.iter().zip(other).take_while(|(one, other)| one == other).count();
    };
    // The last word overlaps the one before: among equal bytes that does no harm.
    let mut at = known.min(last);
    loop {
        let different = word(one, at) ^ word(other, at);
        if different != 0 {
            return at + different.trailing_zeros() as usize / 8;
        }
        if at >= last {
            return shorter;
        }
        at = (at + 8).min(last);
    }
}

/// The place of a record among `count` others in order, by binary search.
#[inline]
pub(super) fn find(count: usize, order: impl Fn(usize) -> Option<Ordering>) -> Option<usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match order(middle)? {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => high = middle,
        }
    }
    None
}
