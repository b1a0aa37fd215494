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
use super::records::number;
use crate::ground::{hash, lanes, merge};

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
            false => one.text(bytes).cmp(two.text(bytes)),
        };
        let order = one.action_hash.get().cmp(&two.action_hash.get());
        let order = order.then_with(|| match (one.action.text(bytes), two.action.text(bytes)) {
            // Comparing for equality is quicker, and many are equal.
            (one, two) if lanes::same(one, two) => Ordering::Equal,
            (one, two) => hash::cmp_folded(one, two),
        });
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
        match self.posting.cmp(&other.posting) {
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
        let fixed = size_of::<IndexHeader>() + size_of::<Node>() + size_of::<U32>();
        fixed
            .saturating_add(self.all.saturating_mul(ACTION + NODE + size_of::<Posting>()))
            .saturating_add(self.with_condition.saturating_mul(size_of::<ConditionEntry>() + NODE))
    }

    /// The bytes that an index of these keys takes at most, with what building it needs besides.
    pub(super) fn size(&self) -> usize {
        self.index_size().saturating_add(self.all.saturating_mul(size_of::<Filed>()))
    }
}

/// The bytes of what finds a record by hash.
const BY_HASH: usize = size_of::<HashEntry>() + size_of::<U32>();
/// The bytes of a node, and of an action, with that.
const NODE: usize = size_of::<Node>() + BY_HASH;
const ACTION: usize = size_of::<ActionEntry>() + BY_HASH;

// The keys are sorted with the memory for the index, and hashes with that of the keys: a key has an action and two nodes
// at most.
const _: () = assert!(
    ACTION + NODE + size_of::<Posting>() >= size_of::<Filed>()
        && size_of::<Filed>() >= 3 * size_of::<HashEntry>()
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
    merge::sort(filed, spare, |one, other| {
        // Most are told apart by their actions.
        match one.key.action_hash.get().cmp(&other.key.action_hash.get()) {
            Ordering::Equal => one.compare(other, bytes).1.is_gt(),
            order => order.is_gt(),
        }
    });

    let count = Count::from_filed(filed, bytes);
    let mut table = Table::new(index, &count, bytes)?;
    let mut before = None;
    for filed in &*filed {
        table.add(filed, filed.level(before, bytes))?;
        before = Some(filed);
    }
    table.end(&count)?;
    let (spare, _) = <[HashEntry]>::mut_from_prefix_with_elems(rest, count.entries()).ok()?;
    table.hash(spare)?;
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
    fn from_filed(filed: &[Filed], bytes: &[u8]) -> Self {
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

    /// Entries of the table of hashes.
    fn entries(&self) -> usize {
        self.nodes() + self.actions
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
            + (self.nodes() + 1) * size_of::<Node>()
            + (self.entries() + 1) * size_of::<U32>()
            + self.entries() * size_of::<HashEntry>()
            + self.postings * size_of::<Posting>()
    }
}

/// The index while it is written.
struct Table<'o, 'b> {
    bytes: &'b [u8],
    actions: Rows<'o, ActionEntry>,
    conditions: Rows<'o, ConditionEntry>,
    nodes: Nodes<'o>,
    /// Nodes of values, which follow those of resources.
    value_nodes: Nodes<'o>,
    spans: &'o mut [U32],
    entries: &'o mut [HashEntry],
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

    fn last(&mut self) -> Option<&mut T> {
        self.rows.get_mut(self.used.checked_sub(1)?)
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
        let (nodes, rest) = rows(rest, count.resources)?;
        let (value_nodes, rest) = rows(rest, count.values + 1)?;
        let (spans, rest) = rows(rest, count.entries() + 1)?;
        let (entries, rest) = rows(rest, count.entries())?;
        let (plain, rest) = rows(rest, count.plain)?;
        let (filtered, _) = rows(rest, count.postings.checked_sub(count.plain)?)?;
        let (spans, entries) = (spans.rows, entries.rows);
        let value_nodes = Nodes { rows: value_nodes, numbers_from: count.resources };
        let nodes = Nodes { rows: nodes, numbers_from: 0 };
        Some(Self { bytes, actions, conditions, nodes, value_nodes, spans, entries, plain, filtered })
    }

    /// Writes what a key adds to the one before it.
    fn add(&mut self, filed: &Filed, level: Level) -> Option<()> {
        let key = &filed.key;
        if level <= Level::Action {
            self.actions.push(ActionEntry {
                hash: key.action_hash,
                start: key.action.start,
                len: key.action.len,
                ..ActionEntry::default()
            })?;
        }
        if level <= Level::Resource {
            let action = self.actions.last()?;
            let tree = if is_field(key) { &mut action.fields } else { &mut action.heads };
            let (first, conditions) = (number(self.plain.used)?, number(self.conditions.used)?);
            let node = Node { first, conditions, ..Node::default() };
            self.nodes.add(tree, &key.resource, node, self.bytes)?;
        }
        if !filed.has_condition() {
            return if level <= Level::Posting { self.plain.push(filed.posting) } else { Some(()) };
        }
        if level <= Level::Condition {
            self.conditions.push(ConditionEntry {
                hash: key.condition_hash,
                start: key.condition.start,
                len: key.condition.len,
                known: U16::new(key.condition.form.get().saturating_sub(1)),
                values: TreeEntry::default(),
            })?;
        }
        if level <= Level::Value {
            let first = number(self.plain.rows.len() + self.filtered.used)?;
            // No value leads to context keys: the end of those of the last resource.
            let conditions = number(self.conditions.rows.len())?;
            let node = Node { first, conditions, ..Node::default() };
            self.value_nodes.add(&mut self.conditions.last()?.values, &key.value, node, self.bytes)?;
        }
        if level <= Level::Posting { self.filtered.push(filed.posting) } else { Some(()) }
    }

    /// Finishes the trees, and writes the node behind the last.
    fn end(&mut self, count: &Count) -> Option<()> {
        for action in &mut *self.actions.rows {
            self.nodes.finish(&mut action.heads)?;
            self.nodes.finish(&mut action.fields)?;
        }
        for condition in &mut *self.conditions.rows {
            self.value_nodes.finish(&mut condition.values)?;
        }
        let (first, conditions) = (number(count.postings)?, number(count.conditions)?);
        self.value_nodes.rows.push(Node { first, conditions, ..Node::default() })
    }

    /// Writes the table that finds nodes and actions by hash.
    fn hash(&mut self, spare: &mut [HashEntry]) -> Option<()> {
        let bytes = self.bytes;
        let mut entries = Rows { rows: &mut *self.entries, used: 0 };
        let resources = self.actions.rows.iter().flat_map(|action| [&action.heads, &action.fields]);
        for tree in resources {
            self.nodes.hash(tree, &mut entries, bytes)?;
        }
        for condition in &*self.conditions.rows {
            self.value_nodes.hash(&condition.values, &mut entries, bytes)?;
        }
        for action in &*self.actions.rows {
            entries.push(HashEntry { hash: action.hash, number: number(entries.used)? })?;
        }
        let rank = |entry: &HashEntry| (entry.hash.get(), entry.number.get());
        merge::sort(self.entries, spare, |one, other| rank(one) > rank(other));
        let count = self.entries.len();
        let mut entries = self.entries.iter().peekable();
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
    /// The number of the first of all.
    numbers_from: usize,
}

impl Nodes<'_> {
    /// Adds a node with this text to a tree, the last that has nodes.
    fn add(&mut self, tree: &mut TreeEntry, part: &Part, node: Node, bytes: &[u8]) -> Option<()> {
        let whole = u8::from(part.form.get() == WHOLE);
        let mut node = Node { start: part.start, len: part.len, whole, ..node };
        if tree.count.get() == 0 {
            tree.first = number(self.numbers_from + self.rows.used)?;
        }
        let start = (tree.first.get() as usize).checked_sub(self.numbers_from)?;
        let before = self.rows.rows.get(start..self.rows.used)?;
        index_tree::link(&mut node, before, before.len(), bytes);
        tree.count = number(before.len() + 1)?;
        self.rows.push(node)
    }

    fn nodes_of(&self, tree: &TreeEntry) -> Option<&[Node]> {
        let start = (tree.first.get() as usize).checked_sub(self.numbers_from)?;
        self.rows.rows.get(start..)?.get(..tree.count.get() as usize)
    }

    /// Writes into a tree what kinds of nodes it has.
    fn finish(&self, tree: &mut TreeEntry) -> Option<()> {
        if tree.count.get() > 0 {
            *tree = TreeEntry::from_nodes(tree.first, self.nodes_of(tree)?);
        }
        Some(())
    }

    /// Adds entries for the nodes of a tree.
    fn hash(&self, tree: &TreeEntry, entries: &mut Rows<'_, HashEntry>, bytes: &[u8]) -> Option<()> {
        if tree.count.get() == 0 {
            return Some(());
        }
        let first = tree.first.get() as usize;
        for node in self.nodes_of(tree)? {
            let hash = U32::new(node.hash(first, bytes));
            entries.push(HashEntry { hash, number: number(entries.used)? })?;
        }
        Some(())
    }
}
