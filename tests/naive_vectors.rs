//! The naive evaluator decides every vector as the vector expects, and accepts and refuses every document of the
//! second file.

mod naive;

use serde_json::{Value, json};

/// The lines of a file as JSON.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The bytes that pairs of hexadecimal digits stand for.
fn unhex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(pair).collect()
}

#[test]
fn every_vector_is_decided_as_it_expects() {
    let vectors = lines(include_str!("data/vectors.jsonl"));
    assert_eq!(vectors.len(), 606);
    let mut failures = Vec::new();
    for vector in &vectors {
        let outcome = naive::decide(vector).as_str();
        if outcome != text(vector, "expect") {
            let (id, expect, why) = (text(vector, "id"), text(vector, "expect"), text(vector, "why"));
            failures.push(format!("{id}: {outcome}, not {expect}: {why}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_document_is_refused_or_accepted_as_its_line_says() {
    let documents = lines(include_str!("data/invalid.jsonl"));
    assert_eq!(documents.len(), 320);
    let mut failures = Vec::new();
    for document in &documents {
        let bytes = match document.get("policy_hex").and_then(Value::as_str) {
            Some(hex) => unhex(hex),
            None => text(document, "policy").as_bytes().to_vec(),
        };
        let options = document.get("options").cloned().unwrap_or(json!({}));
        let got = naive::check(text(document, "kind"), &bytes, &options);
        let accepted = text(document, "expect") == "valid";
        // Seed quotes may carry several faults (R-ERR-3).
        let is_seed = text(document, "id").contains("seed");
        let right = match &got {
            Ok(_) => accepted,
            Err(code) => !accepted && (is_seed || *code == text(document, "code")),
        };
        if !right {
            let (id, expect, code) = (text(document, "id"), text(document, "expect"), text(document, "code"));
            failures.push(format!("{id}: {:?}, not {expect} {code}", got.err()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
