//! A request that is assembled by slots is the request that one call prepares: refused alike, decided alike.

mod naive;

use std::collections::BTreeSet;

use iamlet::image::set_records::{ConditionRow, NO_SLOT, Row, SetEntry, SetHeader};
use iamlet::{
    ActionBuf, AssemblyInput, DecideError, DictionaryBuf, ImageError, ItemInput, Layer, Layers, Policy,
    PolicyBuf, PolicyKind, PolicySet, PolicySetBuf, Principal, PrincipalInput, RequestBuf, RequestError,
    Resource, SlotEntry,
};
use iamlet_cases::Prepared;
use iamlet_cases::{Case, OwnedRequest};
use naive::generate::{self, Rng};
use zerocopy::FromBytes;

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
fn told(prepared: &Result<Prepared, RequestError>, set: &PolicySet<'_>) -> String {
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
    let by_slot = with_items(request, assembled(request, &words));
    let by_name = with_items(request, by_name);
    let expected = told(&by_name, &set);
    // By the names of keys, by the slots of the request's dictionary, by those of another one, and by wrong ones.
    let other = dictionary(request, &set, keys, rng);
    let mut slots = compiled.set.clone();
    let mut with_slots = Vec::new();
    for words in [&words, &other] {
        PolicySet::assign_slots(&mut slots, &words.dictionary().expect("a dictionary")).expect("a set");
        with_slots.push(slots.clone());
    }
    with_slots.push(with_wrong_slots(&with_slots[0], words.dictionary().expect("a dictionary").count(), rng));
    for prepared in [by_slot, by_name] {
        for bytes in [&compiled.set].into_iter().chain(&with_slots) {
            let found = told(&prepared, &PolicySet::open(bytes).expect("a set with slots opens"));
            if found != expected {
                return Some(format!("{keys:?}: {found}, by name {expected}"));
            }
        }
    }
    None
}

/// A set with slots, each changed to some other.
fn with_wrong_slots(set: &[u8], keys: usize, rng: &mut Rng) -> Vec<u8> {
    let mut wrong = set.to_vec();
    for row in condition_rows(&mut wrong) {
        row.slot.set(u16::try_from(rng.below(keys + 2)).expect("a slot"));
    }
    wrong
}

/// The rows of a set's conditions.
fn condition_rows(set: &mut [u8]) -> &mut [ConditionRow] {
    let (header, rest) = SetHeader::mut_from_prefix(set).expect("a header");
    let (policies, statements) = (header.policies.get() as usize, header.statements.get() as usize);
    let (_, rest) = <[SetEntry]>::mut_from_prefix_with_elems(rest, policies).expect("entries");
    let (_, rest) = <[Row]>::mut_from_prefix_with_elems(rest, statements).expect("rows");
    <[ConditionRow]>::mut_from_prefix_with_elems(rest, header.conditions.get() as usize).expect("rows").0
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

/// Three conditions whose keys have slots 0 to 2, and a fourth whose key the dictionary lacks.
const CONDITIONS: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
    "Condition": {"StringEquals": {"a:one": "1", "a:two": "2", "a:three": "3"}, "Null": {"a:four": "true"}}}}"#;

#[test]
fn a_slot_is_a_hint_and_never_changes_a_decision() {
    let policy = PolicyBuf::compile(PolicyKind::Identity, CONDITIONS).expect("a policy");
    let without = PolicySetBuf::new([policy.at(Layer::Identity)]).expect("a set");
    let words = DictionaryBuf::new(["a:three", "a:two", "a:one"]).expect("names");
    let words = words.dictionary().expect("a dictionary");
    let mut with = without.clone();
    with.assign_slots(&words).expect("a set");
    assert_eq!(with.set().expect("a set").dictionary(), words.fingerprint());
    let mut bytes = with.as_bytes().to_vec();
    let slots: BTreeSet<u16> = condition_rows(&mut bytes).iter().map(|row| row.slot.get()).collect();
    assert_eq!(slots, [0, 1, 2, NO_SLOT.get()].into());

    let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
    let principal = PrincipalInput::new(alice).absent(!Layers::IDENTITY).dictionary(words);
    let principal = principal.prepare().expect("a principal");
    let action = ActionBuf::new("s3:GetObject").expect("an action");
    let request = |values: [&[&str]; 3]| {
        let names = ["a:one", "a:two", "a:three"];
        let slot = |name: &str| words.slot(name).expect("a slot");
        let entries: Vec<_> =
            names.iter().zip(values).map(|(name, values)| SlotEntry::new(slot(name), values)).collect();
        let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
        AssemblyInput::new(plan).entries(&entries).assemble(&principal, &action).expect("a request")
    };
    let allowed = [
        (request([&["1"], &["2"], &["3"]]), true),
        (request([&["3"], &["2"], &["1"]]), false),
        (request([&["1"], &[], &["3"]]), false),
        (request([&["1"], &["2", "2"], &["3"]]), false),
    ];
    let decides_alike = |bytes: &[u8]| {
        let set = PolicySetBuf::open(bytes.to_vec()).expect("any slot will do");
        for (request, is_allowed) in &allowed {
            assert_eq!(set.allows(request), *is_allowed);
            let (found, expected) = (set.decide(request), without.decide(request));
            assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        }
    };
    decides_alike(&bytes);
    // Each slot as each other, and as some that no key has.
    for at in 0..4 {
        let honest = condition_rows(&mut bytes)[at].slot;
        for slot in [0, 1, 2, 3, 4, 0x3FFF, 0x7FFF, 0xFFFE, 0xFFFF] {
            condition_rows(&mut bytes)[at].slot.set(slot);
            decides_alike(&bytes);
        }
        condition_rows(&mut bytes)[at].slot = honest;
    }
    // Other fingerprints: any number but 0, which says that there are no slots.
    let mut rng = Rng::new(13);
    for _ in 0..100 {
        SetHeader::mut_from_prefix(&mut bytes)
            .expect("a header")
            .0
            .dictionary
            .set(rng.below(1 << 40) as u64 + 1);
        decides_alike(&bytes);
    }
    SetHeader::mut_from_prefix(&mut bytes).expect("a header").0.dictionary.set(0);
    assert_eq!(PolicySet::open(&bytes).map(|_| ()), Err(ImageError::Corrupt));
    // Slots of another dictionary take their place, and those of one without these keys are none.
    let other = DictionaryBuf::new(["a:other"]).expect("names");
    with.assign_slots(&other.dictionary().expect("a dictionary")).expect("a set");
    let mut bytes = with.into_bytes();
    decides_alike(&bytes);
    assert!(condition_rows(&mut bytes).iter().all(|row| row.slot == NO_SLOT));
}

#[test]
fn slots_are_assigned_to_all_of_a_set_or_to_nothing() {
    let policy = PolicyBuf::compile(PolicyKind::Identity, CONDITIONS).expect("a policy");
    let honest = PolicySetBuf::new([policy.at(Layer::Identity)]).expect("a set").into_bytes();
    let words = DictionaryBuf::new(["a:one", "a:two", "a:three"]).expect("names");
    let words = words.dictionary().expect("a dictionary");
    let (mut refused, mut assigned) = (0, 0);
    for at in 0..honest.len() {
        for bit in 0..8 {
            let mut set = honest.clone();
            set[at] ^= 1 << bit;
            let before = set.clone();
            let is_set = PolicySet::open(&set).is_ok();
            match PolicySet::assign_slots(&mut set, &words) {
                Ok(()) => assert!(PolicySet::open(&set).is_ok() || !is_set),
                Err(_) => assert_eq!((is_set, &set), (false, &before)),
            }
            if is_set { assigned += 1 } else { refused += 1 }
        }
    }
    assert!(assigned > 100 && refused > 1_000, "{assigned} {refused}");
    for cut in 0..honest.len() {
        let mut set = honest[..cut].to_vec();
        assert!(PolicySet::assign_slots(&mut set, &words).is_err());
        assert_eq!(set, honest[..cut]);
    }
}
