//! Every document of `tests/data/invalid.jsonl`, refused or accepted exactly as it says.

use iamlet::ground::error::Fault;
use iamlet::image::kind::PolicyKind;
use iamlet::image::policy::Policy;
use iamlet::parse::scratch::MediumScratch;
use iamlet::parse::{CompileFailure, CompileOptions, compile, write_pointer};
use serde_json::Value;

fn options(case: &Value) -> CompileOptions {
    let given = &case["options"];
    CompileOptions {
        enforce_quotas: given["enforce_quotas"].as_bool().unwrap_or(false),
        quota_bytes: given["quota_bytes"].as_u64().map(|bytes| u32::try_from(bytes).expect("a quota")),
        scp_assume_2012: given["scp_missing_version"] == "assume_2012",
    }
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

#[test]
fn every_document_is_refused_or_accepted_as_its_case_says() {
    let mut scratch = Box::new(MediumScratch::new());
    let mut out = vec![0; 1 << 17];
    let mut failures = Vec::new();
    for line in include_str!("data/invalid.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("a case");
        let id = case["id"].as_str().expect("an id");
        let kind = PolicyKind::from_name(case["kind"].as_str().expect("a kind")).expect("a known kind");
        let text = match case["policy"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => hex(case["policy_hex"].as_str().expect("a policy")),
        };
        let result = compile(&text, kind, options(&case), &mut *scratch, &mut out);
        let expected = case["code"].as_str();
        match (result, expected) {
            (Ok(size), None) => {
                Policy::open(&out[..size]).expect("what the compiler writes opens");
            }
            (Err(CompileFailure::Refused(error)), Some(code)) => {
                let mut pointer = String::new();
                write_pointer(&text, &error, &mut |piece| pointer.push_str(piece));
                let offset = case["offset"].as_u64().map_or(error.offset, |offset| offset as u32);
                let at = case["at"].as_str().unwrap_or(&pointer);
                if (error.fault.code(), pointer.as_str(), error.offset) != (code, at, offset) {
                    failures.push(format!("{id}: {error:?} at {pointer}, not {code} at {at} {offset}"));
                }
                if error.fault == Fault::Capacity {
                    failures.push(format!("{id}: {error}"));
                }
            }
            (result, expected) => failures.push(format!("{id}: {result:?}, not {expected:?}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
