//! Real material: the cases and documents of `tests/data`.

use std::sync::OnceLock;

use iamlet::PolicyKind;
use iamlet_cases::{Case, DocumentCase};
use serde_json::Value;

const DECISIONS: &str = include_str!("../../tests/data/vectors.jsonl");
const DOCUMENTS: &str = include_str!("../../tests/data/invalid.jsonl");

fn values(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// The decision cases, as JSON.
pub fn cases() -> &'static [Value] {
    static CASES: OnceLock<Vec<Value>> = OnceLock::new();
    CASES.get_or_init(|| values(DECISIONS))
}

/// The policy documents of all cases, good and bad, with their kinds.
pub fn documents() -> Vec<(PolicyKind, Vec<u8>)> {
    let mut documents = Vec::new();
    for case in cases().iter().filter_map(|case| Case::read(case).ok()) {
        documents.extend(case.policies.into_iter().map(|policy| (policy.kind, policy.text)));
    }
    for case in values(DOCUMENTS).iter().filter_map(|case| DocumentCase::read(case).ok()) {
        documents.push((case.kind, case.text));
    }
    documents
}

/// A decision case that is all good, with its policy set.
pub struct Built {
    /// The case.
    pub case: Case,
    /// Its set, without an index.
    pub set: Vec<u8>,
    /// Its set, with an index.
    pub indexed: Vec<u8>,
}

/// The decision cases whose policies and requests are good, built.
pub fn built() -> &'static [Built] {
    static BUILT: OnceLock<Vec<Built>> = OnceLock::new();
    BUILT.get_or_init(|| {
        let build = |case: &Value| {
            let case = Case::read(case).ok()?;
            case.request.prepare().ok()?;
            let (set, indexed) = (case.compile().ok()?.set, case.compile_indexed().ok()?.set);
            Some(Built { case, set, indexed })
        };
        cases().iter().filter_map(build).collect()
    })
}
