//! Every document of `tests/data/invalid.jsonl`, refused or accepted exactly as it says.

use iamlet_cases::DocumentCase;

#[test]
fn every_document_is_refused_or_accepted_as_its_case_says() {
    let lines: Vec<_> = include_str!("data/invalid.jsonl").lines().collect();
    assert_eq!(lines.len(), 320);
    let mut failures = Vec::new();
    for line in lines {
        let case = DocumentCase::read(&serde_json::from_str(line).expect("JSON")).expect("a case");
        if let Some(difference) = case.difference() {
            failures.push(format!("{}: {difference}", case.id));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
