//! What the benchmarks decide, and how they take the time: shared by iamlet's runner, its peers and the index check.
//!
//! A [`Workload`] is read from `benches/data` or made by [`w3`], which keeps the shape of `w3-1k.json` at any size.

mod clock;
pub mod colliding;
pub mod hostile;
pub mod hostile_documents;
pub mod hostile_images;
mod record;
pub mod rng;
pub mod w3;
mod workload;

use std::path::PathBuf;

use serde_json::Value;

pub use clock::{Bench, interleave, median, thread_time};
pub use record::Record;
pub use workload::{Expected, Layer, Policy, Request, Workload};

/// Where the files of `benches/` are.
#[must_use]
pub fn benches() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A workload by its name: `w1`, `w2`, `w4`, `w3-1k` from a file, `w3-10k`, `w3-100k`, `w3-1m` and so on generated.
///
/// # Panics
/// Where there is no such workload, or its file does not have the form that `benches/README.md` tells.
#[must_use]
pub fn load(name: &str) -> Workload {
    let path = benches().join("data").join(format!("{name}.json"));
    if let Ok(text) = std::fs::read_to_string(&path) {
        return parse(&text);
    }
    let size = name.strip_prefix("w3-").expect("a workload that is there");
    let statements = match (size.strip_suffix('k'), size.strip_suffix('m')) {
        (Some(thousands), _) => thousands.parse::<usize>().expect("a number") * 1_000,
        (_, Some(millions)) => millions.parse::<usize>().expect("a number") * 1_000_000,
        _ => size.parse().expect("a number"),
    };
    w3::workload(name, statements, 200, 3)
}

/// Reads a workload file.
///
/// # Panics
/// Where it does not have the form that `benches/README.md` tells.
#[must_use]
pub fn parse(text: &str) -> Workload {
    let file: Value = serde_json::from_str(text).expect("JSON");
    let list = |name: &str| file[name].as_array().cloned().expect("a list");
    let policies = list("policies");
    let texts = documents(text);
    assert_eq!(policies.len(), texts.len(), "a document for each policy");
    Workload {
        name: string(&file["name"]),
        statements: file["statements"].as_u64().expect("a number") as usize,
        policies: policies.iter().zip(texts).map(|(value, text)| policy(value, text)).collect(),
        requests: list("requests").iter().map(request).collect(),
    }
}

/// The texts of the documents in a file, as they stand there: a [`Value`] forgets the order of members.
fn documents(text: &str) -> Vec<&str> {
    text.split(r#""document":"#)
        .skip(1)
        .map(|rest| {
            let (mut depth, mut in_string, mut escaped) = (0, false, false);
            let end = rest.bytes().position(|byte| {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_string = !in_string,
                    b'{' if !in_string => depth += 1,
                    b'}' if !in_string => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            &rest[..=end.expect("an object that ends")]
        })
        .collect()
}

fn string(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

fn policy(value: &Value, text: &str) -> Policy {
    let level = value["level"].as_u64().unwrap_or(0) as u8;
    let layer = match value["layer"].as_str() {
        Some("identity") => Layer::Identity,
        Some("scp") => Layer::Scp(level),
        Some("boundary") => Layer::Boundary,
        Some("session") => Layer::Session,
        other => panic!("there is no layer {other:?}"),
    };
    Policy { id: string(&value["id"]), layer, text: text.to_owned() }
}

fn request(value: &Value) -> Request {
    let context = value["context"].as_object().expect("an object");
    let values = |values: &Value| values.as_array().expect("a list").iter().map(string).collect();
    Request {
        principal: string(&value["principal"]),
        action: string(&value["action"]),
        resource: string(&value["resource"]),
        resource_account: string(&value["resource_account"]),
        context: context.iter().map(|(key, list)| (key.clone(), values(list))).collect(),
        expected: match value["expected"].as_str() {
            Some("allow") => Expected::Allow,
            Some("implicit_deny") => Expected::ImplicitDeny,
            Some("explicit_deny") => Expected::ExplicitDeny,
            other => panic!("there is no decision {other:?}"),
        },
    }
}
