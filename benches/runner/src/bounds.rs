//! The bound on the work of a decision, measured: steps as the smallest budget that suffices, instructions by callgrind.

use std::fmt::Write;
use std::path::PathBuf;

use iamlet_workloads::{Expected, Layer, Policy, Request, Workload};
use serde_json::{Value, json};

use crate::document::{grouped, put};
use crate::engine::{self, Engine, Input, MOST};
use crate::{blobs, guard, hostile};

/// The part of `docs/limits.md` that is written here.
const BEGIN: &str = "<!-- measured: make limits -->\n";
const END: &str = "<!-- end -->\n";

/// Measures every case and writes the table into `docs/limits.md`.
///
/// # Errors
/// Why it cannot be counted or written.
pub fn write() -> Result<(), String> {
    if !guard::has_valgrind() {
        return Err("instructions are counted by valgrind, and there is none".to_owned());
    }
    let folder = guard::folder();
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut table =
        "| request and policies | steps | instructions | a step |\n|---|---:|---:|---:|\n".to_owned();
    for (name, workload) in cases() {
        let engine = Engine::with_budget(&workload, MOST);
        let steps = steps(&workload, &engine);
        let file = folder.join("bounds.blobs");
        blobs::write(&file, [engine.set.as_slice(), engine.prepared[0].as_slice()]);
        let instructions = guard::callgrind("decide", &file)?;
        let a_step = instructions as f64 / steps as f64;
        println!("{name:60} {steps:>12} steps {instructions:>14} instructions {a_step:6.1} a step");
        let _ = writeln!(table, "| {name} | {} | {} | {a_step:.1} |", grouped(steps), grouped(instructions));
    }
    let _ = std::fs::remove_dir_all(&folder);
    put(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits.md")), (BEGIN, END), &table)
}

/// The request, with a budget of steps.
fn with_budget(workload: &Workload, engine: &Engine, budget: u64) -> Vec<u8> {
    let mut memory = vec![0; engine.prepared[0].len() + 64];
    let input = Input::new(&workload.requests[0], engine::absent(workload)).with_budget(budget);
    let used = input.prepare(&mut memory);
    memory.truncate(used);
    memory
}

/// The smallest budget with which the request is decided.
fn steps(workload: &Workload, engine: &Engine) -> u64 {
    let set = engine.open();
    let mut decision = engine::no_decision();
    // Some cases are there to take more than the default.
    let (mut too_few, mut enough) = (0, MOST);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        engine::decide(&set, &with_budget(workload, engine, middle), &mut decision);
        if decision.status == 0 { enough = middle } else { too_few = middle }
    }
    enough
}

/// What takes longest, each way that we know.
fn cases() -> Vec<(&'static str, Workload)> {
    let near = |last: char, number: usize| format!("arn:aws:s3:::b/{}{number:06}{last}", "n".repeat(200));
    let near_misses: Vec<String> = (0..1_000).map(|number| near('x', number)).collect();
    let long = "a".repeat(2_000);
    let variables: Vec<String> =
        (0..40).map(|number| format!("arn:aws:s3:::*{}{number}", "${aws:userid}".repeat(60))).collect();
    let many = |count: usize, condition: &dyn Fn(usize) -> Value| -> Vec<Value> {
        (0..count)
            .map(|at| json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition(at)}))
            .collect()
    };
    let keys = |count: usize| -> Vec<(String, Vec<String>)> {
        (0..count).map(|at| (format!("x:key{at}"), vec![format!("value {at}")])).collect()
    };
    // Each of so many values of the request against each of the policy's.
    let product = |operator: &str, expected: &dyn Fn(usize) -> String, values: &dyn Fn(usize) -> String| {
        let expected: Vec<String> = (0..100).map(expected).collect();
        let condition = json!({ format!("ForAnyValue:{operator}"): {"x:many": expected} });
        let values = (0..1_000).map(values).collect();
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
        workload(&[statement], "arn:aws:s3:::b/k", vec![("x:many".to_owned(), values)])
    };
    let seconds = |at: usize| format!("2026-01-01T00:{:02}:{:02}Z", at / 60 % 60, at % 60);
    let address = |at: usize| format!("2001:db8::{:x}:{:x}", at / 256, at % 256);
    let base64 = |at: usize| format!("{}{:04}", "QUJD".repeat(64), 1000 + at);
    vec![
        ("one statement, `*`", {
            let mut one = workload(&[allow("*", json!("*"))], "arn:aws:s3:::b/k", Vec::new());
            one.requests[0].expected = Expected::Allow;
            one
        }),
        ("a 2 KB pattern of `*` and literals, a 2 KB resource", hostile::worst(false)),
        ("a 2 KB pattern with `?`, a 2 KB resource", hostile::worst(true)),
        ("1,000 resources that differ in the last bytes but one", {
            workload(&[allow("s3:*", json!(near_misses))], &near('x', 5_001), Vec::new())
        }),
        ("40 resources of 60 policy variables, a value of 2 KB", {
            let context = vec![("aws:userid".to_owned(), vec![long.clone()])];
            workload(&[allow("s3:*", json!(variables))], &format!("arn:aws:s3:::{long}"), context)
        }),
        ("1,000 statements that differ by an absent key", {
            let statements = many(
                1_000,
                &|at| json!({"StringNotEquals": {"x:v": "v"}, "StringEquals": {format!("x:key{at}"): "v"}}),
            );
            workload(&statements, "arn:aws:s3:::b/k", vec![("x:v".to_owned(), vec!["v".to_owned()])])
        }),
        ("900 statements that deny by an absent key", {
            let statement = json!({"Effect": "Deny", "Action": "*", "Resource": "*",
                "Condition": {"StringEquals": {"aws:requesttag/x": "y"}}});
            workload(&vec![statement; 900], "arn:aws:s3:::b/k", Vec::new())
        }),
        ("1,000 statements, each about a key of a context of 4,000", {
            let statements = many(1_000, &|at| json!({"StringNotLike": {format!("x:key{at}"): "v*"}}));
            workload(&statements, "arn:aws:s3:::b/k", keys(4_000))
        }),
        ("1,000 values against 100, `StringLike`", {
            product("StringLike", &|at| format!("a*b*c{at:04}*d"), &|at| {
                format!("a{}bc{at:06}", "x".repeat(100))
            })
        }),
        ("1,000 values against 100, `StringEqualsIgnoreCase`", {
            product("StringEqualsIgnoreCase", &|at| format!("{}{at:04}", "x".repeat(100)), &|at| {
                format!("{}{:04}", "X".repeat(100), 1000 + at)
            })
        }),
        ("1,000 values against 100, `NumericEquals`", {
            product("NumericEquals", &|at| format!("{at}.125"), &|at| format!("{at}.25"))
        }),
        (
            "1,000 values against 100, `DateEquals`",
            product("DateEquals", &seconds, &|at| seconds(at + 1_000)),
        ),
        ("1,000 values against 100, `IpAddress`", {
            product("IpAddress", &|at| format!("2001:db8:1::{at:x}/128"), &address)
        }),
        ("1,000 values against 100, `ArnLike`", {
            product("ArnLike", &|at| format!("arn:aws:s3:*:*:b*{at:04}"), &|at| {
                format!("arn:aws:s3:eu-west-1:111122223333:b{}", 5_000 + at)
            })
        }),
        (
            "1,000 values against 100, `BinaryEquals`",
            product("BinaryEquals", &base64, &|at| base64(at + 1_000)),
        ),
    ]
}

fn allow(action: &str, resources: Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resources})
}

fn workload(statements: &[Value], resource: &str, context: Vec<(String, Vec<String>)>) -> Workload {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let request = Request {
        principal: "arn:aws:iam::111122223333:user/alice".to_owned(),
        action: "s3:GetObject".to_owned(),
        resource: resource.to_owned(),
        resource_account: "111122223333".to_owned(),
        context,
        expected: Expected::ImplicitDeny,
    };
    let policy = Policy { id: "bound".to_owned(), layer: Layer::Identity, text };
    Workload {
        name: "bound".to_owned(),
        statements: statements.len(),
        policies: vec![policy],
        requests: vec![request],
    }
}
