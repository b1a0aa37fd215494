//! The check of a set's index: that it is one that the engine could have written, so that a request finds in it what it
//! has to find, in the time that is promised.

use super::index::{ALLOWS, ActionPart, ConditionEntry, Index, Posting, part_hash};
use super::index_keys::{FIELD, Key, Member, WHOLE};
use super::index_tree::{Forest, HashEntry, LONGEST_NAME, Node, Tree, TreeEntry, find, span_of};
use super::policy::ImageError;
use super::records::slice;

impl Index<'_> {
    /// Checks every record: `allows` tells of a posting whether its statement allows, or nothing where there is no such
    /// statement. Time: linear in the records and their texts, and a logarithm for each.
    pub(super) fn check(&self, allows: impl Fn(&Posting) -> Option<bool>) -> Result<(), ImageError> {
        let holds = self.are_ranges()
            && self.are_hashes()
            && self.are_actions()
            && self.are_conditions()
            && (0..self.forest.trees.len() - 1)
                .all(|tree| self.forest.tree(tree).is_none_or(|tree| tree.is_whole()))
            && self.are_postings(allows);
        if holds { Ok(()) } else { Err(ImageError::Corrupt) }
    }

    /// Whether the records of each kind lead to those of the next, one after the other: to all of them, and to none
    /// twice.
    fn are_ranges(&self) -> bool {
        let Forest { trees, nodes, .. } = &self.forest;
        let firsts = trees.iter().map(|tree| tree.first.get() as usize);
        // Of the two trees of an action, one may be empty.
        let (actions, values) = (firsts.clone().step_by(2), firsts.clone().skip(2 * self.actions.len()));
        let is_empty = |tree: &TreeEntry| tree.kinds == TreeEntry::default().kinds;
        firsts.clone().is_sorted()
            && trees.windows(2).all(|trees| {
                let [tree, next] = trees else { return false };
                is_empty(tree) == (tree.first == next.first)
            })
            && rises(actions.take(self.actions.len() + 1))
            && rises(values)
            && firsts.clone().next() == Some(0)
            && firsts.clone().next_back() == Some(nodes.len() - 1)
            && trees.last().is_some_and(is_empty)
            && nodes.is_sorted_by_key(|node| node.first.get())
            && nodes.is_sorted_by_key(|node| node.conditions.get())
            && rises(nodes.iter().map(|node| u64::from(node.first.get()) + u64::from(node.conditions.get())))
            && nodes.first().is_some_and(|node| (node.first.get(), node.conditions.get()) == (0, 0))
            && nodes.last().is_some_and(|node| {
                let ends = (node.first.get() as usize, node.conditions.get() as usize);
                ends == (self.postings.len(), self.conditions.len())
                    && *node == Node { first: node.first, conditions: node.conditions, ..Node::default() }
            })
    }

    /// Whether there is an entry for each node, in order, and the spans are those of the entries. That the hashes are the
    /// nodes' own is found when the trees are checked.
    fn are_hashes(&self) -> bool {
        let Forest { spans, hashes, .. } = &self.forest;
        let mut before = 0;
        hashes.is_sorted_by_key(|entry| (entry.hash.get(), entry.node.get()))
            && spans.iter().enumerate().all(|(span, first)| {
                let rest = hashes.get(before..).unwrap_or_default();
                let lower = |entry: &&HashEntry| span_of(entry.hash.get(), hashes.len()) < span;
                before += rest.iter().take_while(lower).count();
                first.get() as usize == before
            })
    }

    /// Whether the action parts are in order, each with its hash.
    fn are_actions(&self) -> bool {
        let bytes = self.forest.bytes;
        self.actions.iter().all(|entry| {
            slice(bytes, entry.start, entry.len).is_some_and(|text| {
                text.len() <= LONGEST_NAME && part_hash(text) == entry.hash.get() && entry.reserved == 0
            })
        }) && self.actions.is_sorted_by(|one, next| {
            one.order(&ActionPart { hash: next.hash.get(), text: next.text(bytes) }, bytes).is_lt()
        })
    }

    /// Whether the context keys of each resource are in order. Those of a value are none.
    fn are_conditions(&self) -> bool {
        let bytes = self.forest.bytes;
        let values =
            self.forest.trees.get(2 * self.actions.len()).map_or(0, |tree| tree.first.get() as usize);
        let fits = |entry: &ConditionEntry| {
            slice(bytes, entry.start, entry.len).is_some_and(|name| name.len() <= LONGEST_NAME)
        };
        self.conditions.iter().all(fits)
            && self.forest.nodes.windows(2).enumerate().all(|(at, nodes)| {
                let [node, next] = nodes else { return false };
                let keys =
                    self.conditions.get(node.conditions.get() as usize..next.conditions.get() as usize);
                keys.is_some_and(|keys| {
                    (at < values || keys.is_empty())
                        && keys.is_sorted_by(|one, next| one.rank(bytes) < next.rank(bytes))
                })
            })
    }

    /// Whether each posting is that of a statement, and each list of them in order.
    fn are_postings(&self, allows: impl Fn(&Posting) -> Option<bool>) -> bool {
        let right = |posting: &Posting| allows(posting) == Some(posting.entry.get() & ALLOWS != 0);
        self.postings.iter().all(right)
            && self.forest.nodes.windows(2).all(|nodes| {
                let [node, next] = nodes else { return false };
                let list = self.postings(node.first.get() as usize..next.first.get() as usize);
                list.is_sorted_by(|one, next| one.rank() < next.rank())
            })
    }

    /// Checks that each statement of a policy is found under each of its keys. Time: the logarithm of the records for
    /// each key.
    pub(super) fn check_keys(&self, member: &Member<'_>) -> Result<(), ImageError> {
        let mut found = true;
        member.for_each_key(&mut |key, posting| found &= self.has(&key, &posting).unwrap_or(false));
        if found { Ok(()) } else { Err(ImageError::Corrupt) }
    }

    fn has(&self, key: &Key, posting: &Posting) -> Option<bool> {
        let bytes = self.forest.bytes;
        let part = ActionPart { hash: key.action_hash.get(), text: key.action.of(bytes) };
        let action = self.action(&part)?;
        let form = key.resource.form.get();
        let tree = if form == FIELD { self.fields(action)? } else { self.heads(action)? };
        let mut found = tree.exact(key.resource.of(bytes), form == WHOLE)?;
        if let Some(known) = key.condition.form.get().checked_sub(1) {
            let values = self.values_of(found.conditions, key, known)?;
            found = values.exact(key.value.of(bytes), key.value.form.get() == WHOLE)?;
        }
        let list = self.postings(found.postings);
        let at = find(list.len(), |at| list.get(at).map(|other| other.rank().cmp(&posting.rank())));
        Some(at.is_some())
    }

    /// The values of a key's context key, among the context keys with these numbers.
    fn values_of(&self, numbers: core::ops::Range<usize>, key: &Key, known: u16) -> Option<Tree<'_, '_>> {
        let entries: &[ConditionEntry] = self.conditions.get(numbers.clone())?;
        let rank = (key.condition_hash.get(), key.condition.of(self.forest.bytes));
        let at =
            find(entries.len(), |at| entries.get(at).map(|entry| entry.rank(self.forest.bytes).cmp(&rank)))?;
        let (entry, values) = self.condition(numbers.start + at)?;
        (entry.known.get() == known).then_some(values)
    }
}

/// Whether each number is greater than the one before it.
fn rises<T: PartialOrd>(numbers: impl Iterator<Item = T>) -> bool {
    numbers.is_sorted_by(|one, next| one < next)
}
