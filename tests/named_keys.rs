//! The context keys that a policy names: those are told, and no others matter.

use std::collections::BTreeSet;

use iamlet::Policy;
use iamlet_cases::{Case, CasePolicy, Outcome, OwnedEntry, compile_document};
use serde_json::Value;

fn cases() -> impl Iterator<Item = Case> {
    let lines = include_str!("data/vectors.jsonl").lines();
    lines.map(|line| Case::read(&serde_json::from_str(line).expect("JSON")).expect("a case"))
}

/// The policies of a case that are not refused, with their images.
fn images(case: &Case) -> Vec<(&CasePolicy, Vec<u8>)> {
    let image = |policy: &CasePolicy| compile_document(&policy.text, policy.kind, case.options).ok();
    case.policies.iter().filter_map(|policy| Some((policy, image(policy)?))).collect()
}

/// What an image tells.
fn told(policy: &Policy<'_>) -> Vec<String> {
    let count = policy.context_key_count();
    assert_eq!(policy.context_key(count), None);
    (0..count).map(|number| policy.context_key(number).expect("a key").to_owned()).collect()
}

/// The same, read off the document: members of condition operators, and names of variables.
fn read(policy: &CasePolicy, is_2012: bool) -> BTreeSet<String> {
    let document: Value = serde_json::from_slice(&policy.text).expect("JSON");
    let mut names = BTreeSet::new();
    let statements = &document["Statement"];
    for statement in statements.as_array().map_or(std::slice::from_ref(statements), Vec::as_slice) {
        for operator in statement["Condition"].as_object().into_iter().flat_map(|block| block.values()) {
            names.extend(operator.as_object().expect("keys").keys().map(|key| key.to_ascii_lowercase()));
        }
    }
    let text = String::from_utf8_lossy(&policy.text);
    for piece in text.split("${").skip(1).filter(|_| is_2012) {
        let end = piece.find(['}', ',']).expect("the end of a variable");
        if piece[..end].contains(':') {
            names.insert(piece[..end].to_ascii_lowercase());
        }
    }
    names
}

#[test]
fn an_image_tells_each_key_that_its_document_names_once() {
    let mut some = 0;
    for case in cases() {
        for (document, image) in images(&case) {
            let policy = Policy::open(&image).expect("an image");
            let told = told(&policy);
            let expected = read(document, policy.is_version_2012());
            assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), expected, "{}", case.id);
            assert_eq!(told.len(), expected.len(), "{}: a key is there twice", case.id);
            some += usize::from(!told.is_empty());
        }
    }
    println!("{some} policies name context keys");
    assert!(some > 200);
}

#[test]
fn keys_that_no_policy_names_do_not_matter() {
    const OTHERS: [&str; 4] = ["aws:SourceIp", "aws:RequestTag/team", "s3:prefix", "x:unnamed"];
    let mut added = 0;
    for mut case in cases() {
        let expected = case.outcome();
        // The policies of the other cases are not all there to be asked.
        if !matches!(expected, Outcome::Decided(_)) {
            continue;
        }
        let named: BTreeSet<String> = images(&case)
            .iter()
            .flat_map(|(_, image)| told(&Policy::open(image).expect("an image")))
            .collect();
        for key in OTHERS.into_iter().filter(|key| !named.contains(&key.to_ascii_lowercase())) {
            let values = ["*", "10.0.0.1"].map(str::to_owned).to_vec();
            case.request.context.0.push(OwnedEntry {
                key: key.to_owned(),
                values,
                multivalued: true,
                not_fetched: false,
            });
            added += 1;
        }
        assert_eq!(case.outcome(), expected, "{}", case.id);
    }
    println!("{added} keys were added");
    assert!(added > 1_000);
}
