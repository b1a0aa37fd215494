//! Sets whose index is not what the engine wrote: refused when opened, or found to lead to the same decisions as looking
//! at every statement.

#[path = "support/indexed.rs"]
mod indexed;

use iamlet::evaluate::request::Request;
use iamlet::evaluate::{decide, decide_by_scan};
use iamlet::image::index::Slot;
use iamlet::image::set::{PolicySet, SetHeader};
use indexed::{indexed_set, prepared};
use zerocopy::FromBytes;

/// Statements of every kind of place and of several shapes, some of which share an action.
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

/// Where the index begins, and its places.
fn index_of(set: &[u8]) -> (usize, usize) {
    let (header, _) = SetHeader::ref_from_prefix(set).expect("a header");
    (header.index_start.get() as usize, header.index_slots.get() as usize)
}

#[test]
fn a_changed_index_is_refused_or_leads_to_the_same_decisions() {
    let (real, requests) = (real_set(), requests());
    assert!(offer(&real, &requests));
    let (start, slots) = index_of(&real);
    let (mut opened, mut refused) = (0, 0);
    for at in start..real.len() {
        for change in [1, 2, 4, 0x40, 0x80, 0xFF] {
            let mut bytes = real.clone();
            bytes[at] ^= change;
            *if offer(&bytes, &requests) { &mut opened } else { &mut refused } += 1;
        }
    }
    // Places and items in each other's stead.
    let (items, width) =
        (start + slots * size_of::<Slot>(), |place| if place { size_of::<Slot>() } else { 8 });
    for (from, to, width) in [(start, items, width(true)), (items, real.len(), width(false))] {
        for one in (from..to).step_by(width) {
            for other in (from..to).step_by(width) {
                let mut bytes = real.clone();
                bytes.copy_within(one..one + width, other);
                bytes[one..one + width].copy_from_slice(&real[other..other + width]);
                *if offer(&bytes, &requests) { &mut opened } else { &mut refused } += 1;
            }
        }
    }
    assert!(refused > opened && opened > 100, "{opened} opened, {refused} refused");
}

/// Looking for a shape among others is quick, and a decision asks for each once.
#[test]
fn a_set_with_shapes_in_another_order_or_twice_is_refused() {
    let (real, requests) = (real_set(), requests());
    let (start, slots) = index_of(&real);
    let items = start + slots * size_of::<Slot>();
    let (places, _) = <[Slot]>::ref_from_prefix_with_elems(&real[start..], slots).expect("the places");
    let mut seen = 0;
    for place in places.iter().filter(|place| place.count.get() >> 30 == 2) {
        let first = items + place.first.get() as usize * 8;
        for number in 1..(place.count.get() & 0xFFFF) as usize {
            let (one, other) = (first + (number - 1) * 8, first + number * 8);
            let mut bytes = real.clone();
            bytes[one..one + 16].rotate_left(8);
            assert!(!offer(&bytes, &requests));
            // The same shape twice, and one item more.
            let mut bytes = real.clone();
            bytes.copy_within(one..one + 8, other);
            assert!(!offer(&bytes, &requests));
            seen += 1;
        }
    }
    assert!(seen > 2, "{seen} pairs of shapes");
}

/// Else many places could share a long list, and opening the set would look at it for each of them.
#[test]
fn a_set_in_which_two_places_share_their_items_is_refused() {
    let (real, requests) = (real_set(), requests());
    let (start, slots) = index_of(&real);
    let width = size_of::<Slot>();
    let (places, _) = <[Slot]>::ref_from_prefix_with_elems(&real[start..], slots).expect("the places");
    let free = places.iter().position(|place| place.count.get() == 0).expect("a free place");
    for used in (0..slots).filter(|at| places[*at].count.get() != 0) {
        let mut bytes = real.clone();
        bytes.copy_within(start + used * width..start + (used + 1) * width, start + free * width);
        assert!(!offer(&bytes, &requests));
    }
}
