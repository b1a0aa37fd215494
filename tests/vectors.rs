//! Every decision of `tests/data/vectors.jsonl`, through the Rust API.

use iamlet_cases::Case;

#[test]
fn every_vector_is_decided_as_it_expects() {
    let lines: Vec<_> = include_str!("data/vectors.jsonl").lines().collect();
    assert_eq!(lines.len(), 606);
    let mut failures = Vec::new();
    for line in lines {
        let case = Case::read(&serde_json::from_str(line).expect("JSON")).expect("a case");
        let outcome = case.outcome();
        if Some(outcome.name()) != case.expect.as_deref() {
            failures.push(format!("{}: {outcome:?}, not {:?}: {:?}", case.id, case.expect, case.why));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
