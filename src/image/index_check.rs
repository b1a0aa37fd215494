//! The check of a set's index: that it is one that the engine could have written, so that a request finds in it what it
//! has to find, in the time that is promised.

use super::index::{ActionPart, ConditionEntry, Index, Posting, part_hash};
use super::index_keys::{FIELD, Key, Member, WHOLE};
use super::index_tree::{Forest, HashEntry, LONGEST_NAME, Node, Tree, TreeEntry, find, span_of};
use super::policy::ImageError;
use super::records::slice;

impl Index<'_> {
    /// Checks every record: `allows` tells of a posting whether its statement allows, or nothing where there is no such
    /// statement. Time: linear in the records and their texts, and a logarithm for each.
    pub(super) fn check(&self, allows: impl Fn(Posting) -> Option<bool>) -> Result<(), ImageError> {
        let holds = self.are_trees()
            && self.are_leads()
            && self.are_entries()
            && self.are_actions()
            && self.are_conditions()
            && self.are_postings(allows);
        if holds { Ok(()) } else { Err(ImageError::Corrupt) }
    }

    /// Whether the trees have the nodes, one after the other, and each is whole.
    fn are_trees(&self) -> bool {
        let resources = self.actions.iter().flat_map(|action| [&action.heads, &action.fields]);
        let mut trees = resources.chain(self.conditions.iter().map(|condition| &condition.values));
        let mut end = 0;
        trees.all(|entry| {
            if entry.count.get() == 0 {
                return *entry == TreeEntry::default();
            }
            let follows = entry.first.get() as usize == end;
            end = end.saturating_add(entry.count.get() as usize);
            follows && self.tree(entry).is_some_and(|tree| tree.is_whole())
        }) && end + 1 == self.forest.nodes.len()
            && self.actions.iter().all(|entry| entry.heads.count.get() > 0 || entry.fields.count.get() > 0)
            && self.conditions.iter().all(|entry| entry.values.count.get() > 0)
    }

    /// Whether the nodes lead to postings and context keys one after the other: to all of them, and to none twice.
    fn are_leads(&self) -> bool {
        let nodes = self.forest.nodes;
        let ends = |node: &Node| (node.first.get() as usize, node.conditions.get() as usize);
        nodes.is_sorted_by_key(|node| node.first.get())
            && nodes.is_sorted_by_key(|node| node.conditions.get())
            // Each leads to something.
            && nodes.is_sorted_by(|node, next| ends(node) != ends(next))
            && nodes.first().map(ends) == Some((0, 0))
            && nodes.last().is_some_and(|node| {
                ends(node) == (self.postings.len(), self.conditions.len())
                    && *node == Node { first: node.first, conditions: node.conditions, ..Node::default() }
            })
    }

    /// Whether there is an entry for each node and action, in order, and the spans are those of the entries. That each is
    /// found by its own hash is seen when trees and actions are checked.
    fn are_entries(&self) -> bool {
        let Forest { spans, entries, .. } = &self.forest;
        let mut before = 0;
        entries.is_sorted_by(|one, next| {
            (one.hash.get(), one.number.get()) < (next.hash.get(), next.number.get())
        }) && spans.iter().enumerate().all(|(span, first)| {
            let rest = entries.get(before..).unwrap_or_default();
            let lower = |entry: &&HashEntry| span_of(entry.hash.get(), entries.len()) < span;
            before += rest.iter().take_while(lower).count();
            first.get() as usize == before
        })
    }

    /// Whether the action parts are in order, each with its hash.
    fn are_actions(&self) -> bool {
        let bytes = self.forest.bytes;
        self.actions.iter().all(|entry| {
            slice(bytes, entry.start, entry.len).is_some_and(|text| {
                let part = ActionPart { hash: entry.hash.get(), text };
                text.len() <= LONGEST_NAME
                    && part_hash(text) == part.hash
                    && entry.reserved == 0
                    && self.action(part).is_some_and(|found| core::ptr::eq(found, entry))
            })
        }) && self.actions.is_sorted_by(|one, next| {
            one.order(&ActionPart { hash: next.hash.get(), text: next.text(bytes) }, bytes).is_lt()
        })
    }

    /// Whether the context keys of each resource are in order. Those of a value are none.
    fn are_conditions(&self) -> bool {
        let bytes = self.forest.bytes;
        let values = self.conditions.first().map_or(usize::MAX, |entry| entry.values.first.get() as usize);
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
    fn are_postings(&self, allows: impl Fn(Posting) -> Option<bool>) -> bool {
        let right = |posting: &Posting| allows(*posting) == Some(posting.allows());
        self.postings.iter().all(right)
            && self.forest.nodes.windows(2).all(|nodes| {
                let [node, next] = nodes else { return false };
                let list = self.postings(node.first.get() as usize..next.first.get() as usize);
                list.is_sorted_by(|one, next| one < next)
            })
    }

    /// Checks that each statement of a policy is found under each of its keys. Time: the logarithm of the records for
    /// each key.
    pub(super) fn check_keys(&self, member: &Member<'_>) -> Result<(), ImageError> {
        let mut found = true;
        member.for_each_key(&mut |key, posting| found &= self.has(&key, posting).unwrap_or(false));
        if found { Ok(()) } else { Err(ImageError::Corrupt) }
    }

    fn has(&self, key: &Key, posting: Posting) -> Option<bool> {
        let bytes = self.forest.bytes;
        let part = ActionPart { hash: key.action_hash.get(), text: key.action.text(bytes) };
        let action = self.action(part)?;
        let form = key.resource.form.get();
        let tree = self.tree(if form == FIELD { &action.fields } else { &action.heads })?;
        let mut found = tree.exact(key.resource.text(bytes), form == WHOLE)?;
        if let Some(known) = key.condition.form.get().checked_sub(1) {
            let values = self.values_of(found.conditions, key, known)?;
            found = values.exact(key.value.text(bytes), key.value.form.get() == WHOLE)?;
        }
        let list = self.postings(found.postings);
        let at = find(list.len(), |at| list.get(at).map(|other| other.cmp(&posting)));
        Some(at.is_some())
    }

    /// The values of a key's context key, among the context keys with these numbers.
    fn values_of(&self, numbers: core::ops::Range<usize>, key: &Key, known: u16) -> Option<Tree<'_, '_>> {
        let entries = self.conditions(numbers);
        let rank = (key.condition_hash.get(), key.condition.text(self.forest.bytes));
        let at =
            find(entries.len(), |at| entries.get(at).map(|entry| entry.rank(self.forest.bytes).cmp(&rank)))?;
        let entry = entries.get(at).filter(|entry| entry.known.get() == known)?;
        self.tree(&entry.values)
    }
}
