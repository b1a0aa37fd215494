//! Building the index of a policy set, in the memory of the set itself.
//!
//! Nobody else may write to that memory meanwhile. Whoever does gets an error, or a set that does not open: whatever is
//! read here ends within its bounds, and nothing relies on reading the same twice.

use core::cmp::Ordering;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::index::{ActionEntry, ConditionEntry, IndexHeader, Posting};
use super::index_keys::{FIELD, Key, Member, Part, WHOLE};
use super::index_tree::{self, HashEntry, Node, TreeEntry};
use crate::ground::{hash, merge};

/// A key of a statement, while the index is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Filed {
    key: Key,
    posting: Posting,
}

/// The first thing in which a key differs from the one before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Action,
    Resource,
    Condition,
    Value,
    Posting,
    /// Keys that come more than once are the same statement's.
    Nothing,
}

impl Filed {
    /// In which part two keys differ, and which comes first.
    fn compare(&self, other: &Self, bytes: &[u8]) -> (Level, Ordering) {
        let (one, two) = (&self.key, &other.key);
        let text = |one: &Part, two: &Part| match (one.start, one.len) == (two.start, two.len) {
            true => Ordering::Equal,
            false => one.of(bytes).cmp(two.of(bytes)),
        };
        let order = one.action_hash.get().cmp(&two.action_hash.get());
        let order = order.then_with(|| hash::cmp_folded(one.action.of(bytes), two.action.of(bytes)));
        if order.is_ne() {
            return (Level::Action, order);
        }
        let order = is_field(one)
            .cmp(&is_field(two))
            .then_with(|| text(&one.resource, &two.resource))
            .then_with(|| one.resource.form.get().cmp(&two.resource.form.get()));
        if order.is_ne() {
            return (Level::Resource, order);
        }
        // Without a condition first: its hash and its name are the least of all.
        let order = one.condition_hash.get().cmp(&two.condition_hash.get());
        let order = order.then_with(|| text(&one.condition, &two.condition));
        if order.is_ne() {
            return (Level::Condition, order);
        }
        let order = text(&one.value, &two.value);
        let order = order.then_with(|| one.value.form.get().cmp(&two.value.form.get()));
        if order.is_ne() {
            return (Level::Value, order);
        }
        match self.posting.rank().cmp(&other.posting.rank()) {
            Ordering::Equal => (Level::Nothing, Ordering::Equal),
            order => (Level::Posting, order),
        }
    }

    /// In which part a key differs from the one before it.
    fn level(&self, before: Option<&Self>, bytes: &[u8]) -> Level {
        before.map_or(Level::Action, |before| before.compare(self, bytes).0)
    }

    fn has_condition(&self) -> bool {
        self.key.condition.form.get() != 0
    }
}

/// Whether a key has a beginning of the sixth field.
fn is_field(key: &Key) -> bool {
    key.resource.form.get() == FIELD
}

/// How many keys a set's statements have.
#[derive(Clone, Copy, Default)]
pub(super) struct Keys {
    /// All.
    pub(super) all: usize,
    /// Those with a condition.
    pub(super) with_condition: usize,
}

impl Keys {
    /// The bytes of an index of these keys at most.
    fn index_size(&self) -> usize {
        // Each key may have an action, a resource and a posting of its own, and a condition with a value.
        let fixed = size_of::<IndexHeader>() + NODE + size_of::<TreeEntry>();
        let action = size_of::<ActionEntry>() + 2 * size_of::<TreeEntry>();
        let condition = size_of::<ConditionEntry>() + size_of::<TreeEntry>();
        fixed
            .saturating_add(self.all.saturating_mul(action + NODE + size_of::<Posting>()))
            .saturating_add(self.with_condition.saturating_mul(condition + NODE))
    }

    /// The bytes that an index of these keys takes at most, with what building it needs besides.
    pub(super) fn size(&self) -> usize {
        self.index_size().saturating_add(self.all.saturating_mul(size_of::<Filed>()))
    }
}

/// The bytes of a node, with what finds it by hash.
const NODE: usize = size_of::<Node>() + size_of::<HashEntry>() + size_of::<U32>();

// The keys are sorted with the memory for the index, and hashes with that of the keys, which have two nodes each at most.
const _: () = assert!(
    size_of::<ActionEntry>() + 2 * size_of::<TreeEntry>() + NODE + size_of::<Posting>() >= size_of::<Filed>()
        && size_of::<Filed>() >= 2 * size_of::<HashEntry>()
);

/// Writes the index of `members`, which have `keys`, to the front of `out`, and returns its bytes. `bytes` is the set
/// before it. `None` where `out` is too small, or changes meanwhile.
///
/// Cost: keys and hashes are sorted in place, `n log n` comparisons.
pub(super) fn write<'a>(
    bytes: &[u8],
    members: impl Iterator<Item = Member<'a>>,
    keys: Keys,
    out: &mut [u8],
) -> Option<usize> {
    let (index, rest) = out.get_mut(..keys.size())?.split_at_mut_checked(keys.index_size())?;
    let filed = <[Filed]>::mut_from_bytes(rest).ok()?;
    file(members, filed)?;
    let (spare, _) = <[Filed]>::mut_from_prefix_with_elems(index, filed.len()).ok()?;
    merge::sort(filed, spare, |one, other| one.compare(other, bytes).1.is_gt());

    let count = Count::of(filed, bytes);
    let mut table = Table::new(index, &count, bytes)?;
    let mut before = None;
    for filed in &*filed {
        table.add(filed, filed.level(before, bytes))?;
        before = Some(filed);
    }
    table.end(&count)?;
    let (spare, _) = <[HashEntry]>::mut_from_prefix_with_elems(rest, count.nodes()).ok()?;
    table.hash_nodes(spare)?;
    Some(count.size())
}

/// Collects the keys of all statements.
fn file<'a>(members: impl Iterator<Item = Member<'a>>, filed: &mut [Filed]) -> Option<()> {
    let mut free = filed.iter_mut();
    let mut missed = false;
    for member in members {
        member.for_each_key(&mut |key, posting| match free.next() {
            Some(place) => *place = Filed { key, posting },
            None => missed = true,
        });
    }
    (!missed && free.next().is_none()).then_some(())
}

/// How many records the keys need.
#[derive(Default)]
struct Count {
    actions: usize,
    conditions: usize,
    /// Nodes of resources.
    resources: usize,
    /// Nodes of values.
    values: usize,
    /// Postings of keys without a condition.
    plain: usize,
    /// All postings.
    postings: usize,
}

impl Count {
    fn of(filed: &[Filed], bytes: &[u8]) -> Self {
        let mut count = Self::default();
        let mut before = None;
        for filed in filed {
            let level = filed.level(before, bytes);
            before = Some(filed);
            let has_condition = filed.has_condition();
            count.actions += usize::from(level <= Level::Action);
            count.resources += usize::from(level <= Level::Resource);
            count.conditions += usize::from(level <= Level::Condition && has_condition);
            count.values += usize::from(level <= Level::Value && has_condition);
            count.plain += usize::from(level <= Level::Posting && !has_condition);
            count.postings += usize::from(level <= Level::Posting);
        }
        count
    }

    fn nodes(&self) -> usize {
        self.resources + self.values
    }

    fn trees(&self) -> usize {
        2 * self.actions + self.conditions
    }

    fn header(&self) -> Option<IndexHeader> {
        Some(IndexHeader {
            actions: number(self.actions)?,
            conditions: number(self.conditions)?,
            nodes: number(self.nodes())?,
        })
    }

    fn size(&self) -> usize {
        size_of::<IndexHeader>()
            + self.actions * size_of::<ActionEntry>()
            + self.conditions * size_of::<ConditionEntry>()
            + (self.trees() + 1) * size_of::<TreeEntry>()
            + (self.nodes() + 1) * (size_of::<Node>() + size_of::<U32>())
            + self.nodes() * size_of::<HashEntry>()
            + self.postings * size_of::<Posting>()
    }
}

fn number(count: usize) -> Option<U32> {
    u32::try_from(count).ok().map(U32::new)
}

/// The index while it is written.
struct Table<'o, 'b> {
    bytes: &'b [u8],
    actions: Rows<'o, ActionEntry>,
    conditions: Rows<'o, ConditionEntry>,
    /// Trees of resources.
    trees: Rows<'o, TreeEntry>,
    /// Trees of values, which follow those.
    value_trees: Rows<'o, TreeEntry>,
    nodes: Nodes<'o>,
    /// Nodes of values, which follow those of resources.
    value_nodes: Nodes<'o>,
    spans: &'o mut [U32],
    hashes: &'o mut [HashEntry],
    /// Postings of keys without a condition.
    plain: Rows<'o, Posting>,
    /// The others, whose numbers go on from those.
    filtered: Rows<'o, Posting>,
}

/// Records of one kind, filled from the front.
struct Rows<'o, T> {
    rows: &'o mut [T],
    used: usize,
}

impl<T> Rows<'_, T> {
    fn push(&mut self, row: T) -> Option<()> {
        *self.rows.get_mut(self.used)? = row;
        self.used += 1;
        Some(())
    }
}

impl<'o, 'b> Table<'o, 'b> {
    fn new(out: &'o mut [u8], count: &Count, bytes: &'b [u8]) -> Option<Self> {
        fn rows<T: FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned>(
            rest: &mut [u8],
            count: usize,
        ) -> Option<(Rows<'_, T>, &mut [u8])> {
            let (rows, rest) = <[T]>::mut_from_prefix_with_elems(rest, count).ok()?;
            Some((Rows { rows, used: 0 }, rest))
        }
        let (header, rest) = IndexHeader::mut_from_prefix(out).ok()?;
        *header = count.header()?;
        let (actions, rest) = rows(rest, count.actions)?;
        let (conditions, rest) = rows(rest, count.conditions)?;
        let (trees, rest) = rows(rest, 2 * count.actions)?;
        let (value_trees, rest) = rows(rest, count.conditions + 1)?;
        let (nodes, rest) = rows(rest, count.resources)?;
        let (value_nodes, rest) = rows(rest, count.values + 1)?;
        let (spans, rest) = rows(rest, count.nodes() + 1)?;
        let (hashes, rest) = rows(rest, count.nodes())?;
        let (plain, rest) = rows(rest, count.plain)?;
        let (filtered, _) = rows(rest, count.postings.checked_sub(count.plain)?)?;
        let (spans, hashes) = (spans.rows, hashes.rows);
        let value_nodes = Nodes { rows: value_nodes, tree: 0, numbers_from: count.resources };
        let nodes = Nodes { rows: nodes, tree: 0, numbers_from: 0 };
        Some(Self {
            bytes,
            actions,
            conditions,
            trees,
            value_trees,
            nodes,
            value_nodes,
            spans,
            hashes,
            plain,
            filtered,
        })
    }

    /// Writes what a key adds to the one before it.
    fn add(&mut self, filed: &Filed, level: Level) -> Option<()> {
        let key = &filed.key;
        if level <= Level::Action {
            // The trees of the action before end here.
            self.end_trees(2 * self.actions.used)?;
            self.actions.push(ActionEntry {
                hash: key.action_hash,
                start: key.action.start,
                len: key.action.len,
                reserved: U16::ZERO,
            })?;
        }
        if level <= Level::Resource {
            if is_field(key) {
                self.end_trees(2 * self.actions.used - 1)?;
            }
            let (first, conditions) = (number(self.plain.used)?, number(self.conditions.used)?);
            self.nodes.add(&key.resource, Node { first, conditions, ..Node::default() }, self.bytes)?;
        }
        if !filed.has_condition() {
            return if level <= Level::Posting { self.plain.push(filed.posting) } else { Some(()) };
        }
        if level <= Level::Condition {
            if self.conditions.used > 0 {
                self.value_nodes.end_tree(&mut self.value_trees)?;
            }
            self.conditions.push(ConditionEntry {
                hash: key.condition_hash,
                start: key.condition.start,
                len: key.condition.len,
                known: U16::new(key.condition.form.get().saturating_sub(1)),
            })?;
        }
        if level <= Level::Value {
            let first = number(self.plain.rows.len() + self.filtered.used)?;
            // No value leads to context keys: the end of those of the last resource.
            let conditions = number(self.conditions.rows.len())?;
            self.value_nodes.add(&key.value, Node { first, conditions, ..Node::default() }, self.bytes)?;
        }
        if level <= Level::Posting { self.filtered.push(filed.posting) } else { Some(()) }
    }

    /// Writes trees of resources until there are so many.
    fn end_trees(&mut self, count: usize) -> Option<()> {
        while self.trees.used < count {
            self.nodes.end_tree(&mut self.trees)?;
        }
        Some(())
    }

    /// Writes the last trees, and the records that end the last of each kind.
    fn end(&mut self, count: &Count) -> Option<()> {
        self.end_trees(2 * count.actions)?;
        if count.conditions > 0 {
            self.value_nodes.end_tree(&mut self.value_trees)?;
        }
        self.value_trees.push(TreeEntry { first: number(count.nodes())?, ..TreeEntry::default() })?;
        let (first, conditions) = (number(count.postings)?, number(count.conditions)?);
        self.value_nodes.rows.push(Node { first, conditions, ..Node::default() })
    }

    /// Writes the table that finds nodes by hash.
    fn hash_nodes(&mut self, spare: &mut [HashEntry]) -> Option<()> {
        let mut places = self.hashes.iter_mut();
        let trees =
            self.trees.rows.iter().chain(&*self.value_trees.rows).map(|tree| tree.first.get() as usize);
        let ends = trees.clone().skip(1);
        let mut nodes = (0_u32..).zip(self.nodes.rows.rows.iter().chain(&*self.value_nodes.rows.rows));
        for (tree, end) in trees.zip(ends) {
            for (at, node) in nodes.by_ref().take(end.checked_sub(tree)?) {
                let hash = U32::new(node.hash(tree, self.bytes));
                *places.next()? = HashEntry { hash, node: U32::new(at) };
            }
        }
        let rank = |entry: &HashEntry| (entry.hash.get(), entry.node.get());
        merge::sort(self.hashes, spare, |one, other| rank(one) > rank(other));
        let count = self.hashes.len();
        let mut entries = self.hashes.iter().peekable();
        let mut before = 0;
        for (span, first) in self.spans.iter_mut().enumerate() {
            while entries.next_if(|entry| index_tree::span_of(entry.hash.get(), count) < span).is_some() {
                before += 1;
            }
            *first = number(before)?;
        }
        Some(())
    }
}

/// The nodes of trees while they are written.
struct Nodes<'o> {
    rows: Rows<'o, Node>,
    /// Where the tree begins that is written.
    tree: usize,
    /// The number of the first of all.
    numbers_from: usize,
}

impl Nodes<'_> {
    /// Adds a node with this text to the tree that is written.
    fn add(&mut self, part: &Part, node: Node, bytes: &[u8]) -> Option<()> {
        let whole = u8::from(part.form.get() == WHOLE);
        let mut node = Node { start: part.start, len: part.len, whole, ..node };
        let before = self.rows.rows.get(self.tree..self.rows.used)?;
        index_tree::link(&mut node, before, before.len(), bytes);
        self.rows.push(node)
    }

    /// Writes the tree down, and begins the next.
    fn end_tree(&mut self, trees: &mut Rows<'_, TreeEntry>) -> Option<()> {
        let nodes = self.rows.rows.get(self.tree..self.rows.used)?;
        trees.push(TreeEntry::of(number(self.numbers_from + self.tree)?, nodes))?;
        self.tree = self.rows.used;
        Some(())
    }
}
