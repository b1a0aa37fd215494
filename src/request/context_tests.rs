//! Looking up context keys against a plain search, with names whose hashes collide and without.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use std::collections::{BTreeMap, HashSet};

use iamlet_workloads::colliding::{Letters, names};
use iamlet_workloads::rng::Rng;
use zerocopy::little_endian::{U16, U32};

use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash;
use crate::ground::limits::MAX_CONTEXT;
use crate::image::layer::Layers;
use crate::image::records::KeyRecord;
use crate::image::set_records::NO_SLOT;
use crate::request::request_context::RequestContext;
use crate::request::{
    ContextEntry, Member, PrepareError, Principal, Request, RequestError, RequestInput, prepare_request,
};

type Entry = (String, Vec<String>, bool);

fn prepared(entries: &[Entry]) -> Result<Vec<u8>, PrepareError> {
    let values: Vec<Vec<&str>> =
        entries.iter().map(|(_, values, _)| values.iter().map(String::as_str).collect()).collect();
    let context: Vec<_> = entries
        .iter()
        .zip(&values)
        .map(|((key, _, multivalued), values)| {
            ContextEntry::new(key.as_str(), values).multivalued(*multivalued)
        })
        .collect();
    let input =
        RequestInput::new(Principal::user("arn:aws:iam::111122223333:user/alice"), "s3:GetObject", None)
            .absent(Layers::ALL)
            .context(&context[..]);
    let mut memory = vec![0x5A; input.size()?];
    let used = prepare_request(&input, &mut memory)?;
    memory.truncate(used);
    Ok(memory)
}

/// What a request says of a key.
fn found(subject: &RequestContext<'_>, name: &str) -> (Vec<String>, bool) {
    let key = KeyRecord {
        start: U32::ZERO,
        len: U16::ZERO,
        hash: U32::new(hash::short(name.as_bytes())),
        known: 0,
        reserved: 0,
    };
    let values = subject.values(&key, name.as_bytes(), NO_SLOT);
    (values.iter().map(|value| String::from_utf8(value.to_vec()).unwrap()).collect(), values.is_declared())
}

/// The name in some mixture of cases.
fn in_any_case(name: &str, rng: &mut Rng) -> String {
    name.chars().map(|c| if rng.below(2) == 0 { c.to_ascii_uppercase() } else { c }).collect()
}

#[test]
fn each_key_is_found_with_all_of_its_values_whatever_collides() {
    let mut rng = Rng(11);
    let mut pool: Vec<String> = (0..60).map(|number| format!("x:key{number}")).collect();
    // Three hashes, two of which want the same places in any table; names of two lengths.
    for (front, hash) in
        [("x:front-", 0x1234_5678), ("x:front-", 0x9ABC_5678), ("x:another-front-", 0x1234_5678)]
    {
        pool.extend(names(front, hash, Letters::Any, 40));
    }
    assert_eq!(pool.len(), 180);
    assert_eq!(pool.iter().map(|name| hash::short(name.as_bytes())).collect::<HashSet<_>>().len(), 62);
    for _ in 0..400 {
        let share = 1 + rng.below(pool.len());
        let mut expected = BTreeMap::<&str, (Vec<String>, bool)>::new();
        let entries: Vec<Entry> = (0..rng.below(200))
            .map(|number| {
                let name = &pool[(rng.below(share) * 7) % pool.len()];
                let values: Vec<String> = (0..rng.below(4)).map(|at| format!("{number}.{at}")).collect();
                let declared = rng.below(8) == 0;
                let (all, any) = expected.entry(name.as_str()).or_default();
                all.extend(values.iter().cloned());
                *any |= declared;
                (in_any_case(name, &mut rng), values, declared)
            })
            .collect();
        let memory = prepared(&entries).unwrap();
        let request = Request::open(&memory).unwrap();
        let subject = RequestContext::new(&request, None);
        for name in &pool {
            assert_eq!(
                found(&subject, name),
                expected.get(name.as_str()).cloned().unwrap_or_default(),
                "{name:?}"
            );
        }
        // The one value of each key of a hash, and of no other.
        for hash in [0x1234_5678, 0x9ABC_5678, hash::short(b"x:key0"), hash::short(b"x:none")] {
            let mut told: Vec<&str> = expected
                .iter()
                .filter(|(name, (values, _))| hash::short(name.as_bytes()) == hash && values.len() == 1)
                .map(|(_, (values, _))| values[0].as_str())
                .collect();
            let mut values = Vec::new();
            let mut budget = Budget::new(1_000);
            let all: Result<(), BudgetExhausted> =
                subject.single_values(U32::new(hash), 0, &mut budget, &mut |value, _| {
                    values.push(str::from_utf8(value).unwrap());
                    Ok(())
                });
            values.sort_unstable();
            told.sort_unstable();
            assert_eq!((all, values), (Ok(()), told));
        }
    }
}

#[test]
fn as_many_colliding_keys_as_a_request_may_have_are_prepared_and_found() {
    let pool = names("x:front-", 0x1234_5678, Letters::Any, MAX_CONTEXT + 1);
    let entry = |name: &String| (name.clone(), vec![name.clone()], false);
    let entries: Vec<Entry> = pool.iter().take(MAX_CONTEXT).map(entry).collect();
    let memory = prepared(&entries).unwrap();
    let request = Request::open(&memory).unwrap();
    let subject = RequestContext::new(&request, None);
    for name in entries.iter().map(|(name, ..)| name) {
        assert_eq!(found(&subject, name), (vec![name.clone()], false));
    }
    assert_eq!(found(&subject, pool.last().unwrap()), (Vec::new(), false));
    let more: Vec<Entry> = pool.iter().map(entry).collect();
    assert_eq!(prepared(&more), Err(RequestError::TooLarge(Some(Member::Context)).into()));
}
