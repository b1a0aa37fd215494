//! Sets whose index is not what the engine wrote: refused when opened, or found to lead to the same decisions as looking
//! at every statement.

#[path = "support/indexed.rs"]
mod indexed;

use iamlet::evaluate::decide_by_scan;
use iamlet::image::index::{ActionEntry, ConditionEntry, IndexHeader, Posting};
use iamlet::image::index_tree::{HashEntry, Node};
use iamlet::image::set_records::SetHeader;
use iamlet::{PolicySet, Request, decide};
use indexed::{indexed_set, prepared};
use zerocopy::{FromBytes, IntoBytes};

/// Statements with every kind of record, several of which share an action or a beginning.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
    {"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/secret"},
    {"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/s*"},
    {"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"a:k":["v","w"]}}},
    {"Effect":"Allow","Action":"s3:*","Resource":"arn:*:s3:::c/*"},
    {"Effect":"Allow","Action":"sqs:*","Resource":"*"},
    {"Effect":"Allow","Action":"sns:*","Resource":"*"},
    {"Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:sqs:*:*:q"}]}"#;

fn real_set() -> Vec<u8> {
    indexed_set(POLICY, 2)
}

fn requests() -> Vec<Vec<u8>> {
    let mut requests = Vec::new();
    for (action, arn) in [
        ("s3:GetObject", "arn:aws:s3:::b/k"),
        ("s3:GetObject", "arn:aws:s3:::b/secret"),
        ("s3:GetObject", "arn:aws:s3:::c/k"),
        ("s3:PutObject", "arn:aws:s3:::c/k"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"),
        ("sns:Publish", "arn:aws:sns:eu-west-1:111122223333:t"),
    ] {
        for value in ["w", "x"] {
            let account = if action.starts_with("s3") { "111122223333" } else { "" };
            requests.push(prepared(action, arn, account, &[value]));
        }
    }
    requests
}

/// Whether the set opens; then its index has to lead to what looking at everything leads to.
fn offer(bytes: &[u8], requests: &[Vec<u8>]) -> bool {
    let Ok(set) = PolicySet::open(bytes) else { return false };
    for request in requests {
        let request = Request::open(request).expect("a request");
        assert_eq!(decide(&[set], request), decide_by_scan(&[set], request));
    }
    true
}

/// A table of the index: where it begins, the bytes of a record, and how many there are.
#[derive(Clone, Copy)]
struct Rows {
    start: usize,
    width: usize,
    count: usize,
}

impl Rows {
    fn end(&self) -> usize {
        self.start + self.width * self.count
    }

    fn at(&self, row: usize) -> usize {
        self.start + self.width * row
    }
}

/// Its tables: actions, conditions, nodes, spans, hashes, postings.
fn tables(set: &[u8]) -> [Rows; 6] {
    let (header, _) = SetHeader::ref_from_prefix(set).expect("a header");
    let start = header.index_start.get() as usize;
    let (index, _) = IndexHeader::ref_from_prefix(&set[start..]).expect("an index");
    let [actions, conditions, nodes] =
        [index.actions, index.conditions, index.nodes].map(|count| count.get() as usize);
    let mut start = start + size_of::<IndexHeader>();
    let mut table = |width: usize, count: usize| {
        let table = Rows { start, width, count };
        start = table.end();
        table
    };
    let [actions_table, conditions_table, nodes_table, spans, hashes] = [
        (size_of::<ActionEntry>(), actions),
        (size_of::<ConditionEntry>(), conditions),
        (size_of::<Node>(), nodes + 1),
        (4, nodes + actions + 1),
        (size_of::<HashEntry>(), nodes + actions),
    ]
    .map(|(width, count)| table(width, count));
    let postings = table(size_of::<Posting>(), (set.len() - hashes.end()) / size_of::<Posting>());
    assert_eq!(postings.end(), set.len());
    [actions_table, conditions_table, nodes_table, spans, hashes, postings]
}

#[test]
fn a_changed_index_is_refused_or_leads_to_the_same_decisions() {
    let (real, requests) = (real_set(), requests());
    assert!(offer(&real, &requests));
    let (header, _) = SetHeader::ref_from_prefix(&real).expect("a header");
    let (mut opened, mut refused) = (0, 0);
    for at in header.index_start.get() as usize..real.len() {
        for change in [1, 2, 4, 0x40, 0x80, 0xFF] {
            let mut bytes = real.clone();
            bytes[at] ^= change;
            *if offer(&bytes, &requests) { &mut opened } else { &mut refused } += 1;
        }
    }
    // Records in each other's stead, or twice.
    for table in tables(&real) {
        for one in 0..table.count {
            for other in (0..table.count).filter(|other| *other != one) {
                let (one, other, width) = (table.at(one), table.at(other), table.width);
                let mut bytes = real.clone();
                bytes.copy_within(one..one + width, other);
                *if offer(&bytes, &requests) { &mut opened } else { &mut refused } += 1;
                bytes[one..one + width].copy_from_slice(&real[other..other + width]);
                *if offer(&bytes, &requests) { &mut opened } else { &mut refused } += 1;
            }
        }
    }
    // What opens names a text elsewhere in the set that is the same.
    assert!(refused > 10 * opened && opened > 10, "{opened} opened, {refused} refused");
}

/// Looking for one among others is quick because they are in order.
#[test]
fn a_set_with_records_in_another_order_is_refused() {
    let (real, requests) = (real_set(), requests());
    let [actions, _, nodes, _, hashes, _] = tables(&real);
    let mut seen = 0;
    for table in [actions, nodes, hashes] {
        for row in 1..table.count {
            let mut bytes = real.clone();
            bytes[table.at(row - 1)..table.at(row + 1)].rotate_left(table.width);
            if bytes != real {
                assert!(!offer(&bytes, &requests));
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen} pairs");
}

/// Else many could share a long list, and opening the set would look at it for each of them.
#[test]
fn a_set_in_which_two_records_share_what_they_lead_to_is_refused() {
    let (real, requests) = (real_set(), requests());
    let [.., nodes, _, _, _] = tables(&real);
    let read = |bytes: &[u8], row: usize| {
        Node::read_from_bytes(&bytes[nodes.at(row)..nodes.at(row + 1)]).expect("a node")
    };
    for row in 1..nodes.count {
        let (before, mut node) = (read(&real, row - 1), read(&real, row));
        (node.first, node.conditions) = (before.first, before.conditions);
        let mut bytes = real.clone();
        bytes[nodes.at(row)..nodes.at(row + 1)].copy_from_slice(node.as_bytes());
        assert!(!offer(&bytes, &requests));
    }
}
