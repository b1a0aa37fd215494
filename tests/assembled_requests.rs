//! A request that is assembled by slots is the request that one call prepares: refused alike, decided alike.

mod naive;

use std::collections::BTreeSet;

use iamlet::{
    ActionBuf, AssemblyInput, DecideError, DictionaryBuf, ItemInput, Policy, PolicySet, PrincipalInput,
    RequestBuf, RequestError, SlotEntry,
};
use iamlet_cases::Prepared;
use iamlet_cases::{Case, OwnedRequest};
use naive::generate::{self, Rng};

/// Which keys the dictionary has.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Keys {
    /// Those of the request and of its policies.
    All,
    /// Those of the policies: entries with others are left out, as callers do.
    OfPolicies,
}

/// The keys that a set's policies name.
fn named(set: &PolicySet<'_>) -> BTreeSet<String> {
    let policies = (0..set.policy_count()).filter_map(|number| set.policy_at(number));
    let keys_of = |policy: Policy<'_>| {
        (0..policy.context_key_count())
            .map(|number| policy.context_key(number).expect("a key").to_owned())
            .collect::<Vec<_>>()
    };
    policies.flat_map(keys_of).collect()
}

/// A dictionary in some order, some of whose names come twice, in other cases.
fn dictionary(request: &OwnedRequest, set: &PolicySet<'_>, keys: Keys, rng: &mut Rng) -> DictionaryBuf {
    let mut names: Vec<String> = named(set).into_iter().collect();
    if keys == Keys::All {
        names.extend(request.context.0.iter().map(|entry| entry.key.clone()));
        // And some that nobody gives.
        names
            .extend(["aws:Nowhere", "aws:CurrentTime", "aws:TagKeys", "aws:PrincipalArn"].map(str::to_owned));
    }
    for at in (1..names.len()).rev() {
        names.swap(at, rng.below(at + 1));
    }
    if let Some(name) = names.first() {
        names.push(name.to_ascii_uppercase());
    }
    DictionaryBuf::new(names.iter().map(String::as_str)).expect("names of keys")
}

/// The request in two steps.
fn assembled(request: &OwnedRequest, words: &DictionaryBuf) -> Result<RequestBuf, RequestError> {
    let words = words.dictionary().expect("a dictionary");
    let action = ActionBuf::new(&request.action)?;
    let principal = PrincipalInput::new(request.principal.borrow().expect("a principal"))
        .absent(request.absent)
        .gateway_endpoint(request.gateway_endpoint)
        .dictionary(words)
        .prepare()?;
    let values: Vec<Vec<&str>> =
        request.context.0.iter().map(|entry| entry.values.iter().map(String::as_str).collect()).collect();
    let entries = request.context.0.iter().zip(&values).filter_map(|(entry, values)| {
        Some(SlotEntry::new(words.slot(&entry.key)?, values).multivalued(entry.multivalued))
    });
    let entries: Vec<_> = entries.collect();
    let resource = request.resource.as_deref().map(|arn| request.resource_at(arn));
    AssemblyInput::new(resource)
        .resource_kind(request.resource_kind)
        .clock(request.clock)
        .entries(&entries)
        .assemble(&principal, &action)
}

/// The request and its items, which are given by name.
fn with_items(
    request: &OwnedRequest,
    prepared: Result<RequestBuf, RequestError>,
) -> Result<Prepared, RequestError> {
    let prepared = prepared?;
    let item = |item: &iamlet_cases::OwnedItem| {
        let input = ItemInput::new(request.resource_at(&item.arn)).context(&item.context);
        Ok(input.prepare(&prepared)?.into_bytes())
    };
    let items = request.items.as_ref().map(|items| items.iter().map(item).collect()).transpose()?;
    Ok(Prepared { request: prepared.into_bytes(), items })
}

/// What a case comes to.
fn told(prepared: Result<Prepared, RequestError>, set: &PolicySet<'_>) -> String {
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return format!("{error:?}"),
    };
    let decided: Result<_, DecideError> = prepared.decide(&[*set]);
    format!("{decided:?}")
}

/// How the two ways differ.
fn difference(case: &Case, keys: Keys, rng: &mut Rng) -> Option<String> {
    let compiled = case.compile().ok()?;
    let set = PolicySet::open(&compiled.set).expect("a set that was built opens");
    let request = &case.request;
    let by_name = request.input().ok()?.prepare();
    // A key without a name has no slot.
    if by_name.as_ref().err() == Some(&RequestError::ContextKey) {
        return None;
    }
    // What is left out is not compared with the principal.
    if keys == Keys::OfPolicies
        && matches!(by_name, Err(RequestError::DerivedKey(_) | RequestError::TooLarge(_)))
    {
        return None;
    }
    let words = dictionary(request, &set, keys, rng);
    let by_slot = told(with_items(request, assembled(request, &words)), &set);
    let by_name = told(with_items(request, by_name), &set);
    (by_slot != by_name).then(|| format!("{keys:?}: by slot {by_slot}, by name {by_name}"))
}

#[test]
fn assembled_requests_of_generated_cases_are_refused_and_decided_as_those_of_one_call() {
    let mut rng = Rng::new(11);
    let mut refused = 0;
    for number in 0..20_000 {
        let case = generate::case(&mut rng);
        let Ok(read) = Case::read(&case) else { continue };
        refused += usize::from(read.request.prepare().is_err());
        for keys in [Keys::All, Keys::OfPolicies] {
            let difference = difference(&read, keys, &mut rng);
            assert_eq!(difference, None, "case {number}: {case}");
        }
    }
    assert!(refused > 200, "some requests are malformed: {refused}");
}

#[test]
fn assembled_requests_of_all_vectors_are_refused_and_decided_as_those_of_one_call() {
    let mut rng = Rng::new(12);
    for line in include_str!("data/vectors.jsonl").lines() {
        let case = Case::read(&serde_json::from_str(line).expect("JSON")).expect("a case");
        for keys in [Keys::All, Keys::OfPolicies] {
            assert_eq!(difference(&case, keys, &mut rng), None, "{}", case.id);
        }
    }
}
