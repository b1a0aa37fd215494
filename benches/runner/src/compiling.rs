//! Rows of compiling: every AWS managed policy, beside serde_json making a `Value` of the same text.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use iamlet::PolicyKind;
use iamlet_workloads::{Bench, Layer, Record, benches, interleave, load, median, thread_time};
use serde_json::Value;

use crate::engine::{self, Image, Scratch, SetInput};
use crate::heap::allocations;

/// The managed policies as `make corpus` fetches them.
#[must_use]
pub fn corpus() -> Option<Vec<String>> {
    let path: PathBuf = benches().join("../corpus/aws-managed-policies.jsonl");
    let lines = std::fs::read_to_string(path).ok()?;
    let document = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        line["document"].as_str().expect("a document").to_owned()
    };
    Some(lines.lines().map(document).collect())
}

/// Whether serde_json was built with what changes how a `Value` is made.
fn serde_json_is_plain() -> bool {
    let value: Value = serde_json::from_str(r#"{"b":1.0e5,"a":1}"#).expect("JSON");
    let text = value.to_string();
    text == r#"{"a":1,"b":100000.0}"#
}

/// All rows of one run.
pub fn measure(record: &mut Record, samples: usize) {
    assert!(serde_json_is_plain(), "build with -p iamlet-bench: other packages change serde_json");
    let mut scratch = Scratch::default();
    let mut image = vec![0; 1 << 20];
    let w2 = load("w2");
    let texts: Vec<&str> = w2.policies.iter().map(|policy| policy.text.as_str()).collect();
    rows(record, "w2", &texts, &mut scratch, &mut image, samples);

    let Some(corpus) = corpus() else {
        record.note("no corpus", "corpus/aws-managed-policies.jsonl is not there: `make corpus` fetches it");
        return;
    };
    let texts: Vec<&str> = corpus.iter().map(String::as_str).collect();
    rows(record, "managed", &texts, &mut scratch, &mut image, samples);
    one_by_one(record, &texts, &mut scratch, &mut image);
    sizes(record, &texts, &mut scratch, &mut image);
}

/// The time of all documents of a list, in nanoseconds of one document.
fn rows(
    record: &mut Record,
    name: &str,
    texts: &[&str],
    scratch: &mut Scratch,
    image: &mut [u8],
    samples: usize,
) {
    let counted = allocations(|| {
        for text in texts {
            engine::compile(text, PolicyKind::Identity, scratch, image).expect("a policy that compiles");
        }
    });
    record.add("allocations compile", counted as f64);
    record.fact(format!("policies {name}"), texts.len() as f64);
    record.fact(format!("bytes {name}"), texts.iter().map(|text| text.len()).sum::<usize>() as f64);
    let mut benches = [
        Bench::new(format!("compile {name}"), texts.len(), || {
            for text in texts {
                engine::compile(text, PolicyKind::Identity, scratch, image).expect("an image");
            }
        }),
        Bench::new(format!("Value {name}"), texts.len(), || {
            for text in texts {
                black_box(serde_json::from_str::<Value>(text).expect("JSON"));
            }
        }),
    ];
    interleave(&mut benches, samples, Duration::from_millis(2));
    record.take(benches.into());
}

/// The worst single policy: its time over that of its `Value`.
fn one_by_one(record: &mut Record, texts: &[&str], scratch: &mut Scratch, image: &mut [u8]) {
    let time = |work: &mut dyn FnMut()| {
        let begin = thread_time();
        for _ in 0..16 {
            work();
        }
        (thread_time() - begin).as_nanos() as f64
    };
    let mut ratio = |text: &str, samples: usize| {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..samples {
            ours.push(time(&mut || {
                engine::compile(text, PolicyKind::Identity, scratch, image).expect("an image");
            }));
            theirs.push(time(&mut || {
                black_box(serde_json::from_str::<Value>(text).expect("JSON"));
            }));
        }
        median(&ours) / median(&theirs)
    };
    let mut ratios: Vec<(f64, &str)> = texts.iter().map(|text| (ratio(text, 3), *text)).collect();
    ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
    let slower = ratios.iter().filter(|(ratio, _)| *ratio > 1.0).count();
    // Those that look worst are measured with more care.
    let worst = ratios.iter().rev().take(10).map(|(_, text)| ratio(text, 31)).fold(0.0, f64::max);
    record.fact("worst ratio to Value", worst);
    record.fact("policies slower than Value", slower as f64);
}

/// Sizes of images, and of the set of them all.
fn sizes(record: &mut Record, texts: &[&str], scratch: &mut Scratch, image: &mut [u8]) {
    let images: Vec<Image> = texts
        .iter()
        .map(|text| {
            let used = engine::compile(text, PolicyKind::Identity, scratch, image).expect("an image");
            Image { bytes: image[..used].to_vec(), layer: Layer::Identity }
        })
        .collect();
    let json: usize = texts.iter().map(|text| text.len()).sum();
    record.fact("image ratio", total(&images) as f64 / json as f64);
    set_size(record, "managed", &images, texts);
    let w3 = load("w3-10k");
    let texts: Vec<&str> = w3.policies.iter().map(|policy| policy.text.as_str()).collect();
    let images = engine::images(&w3);
    set_size(record, "w3-10k", &images, &texts);
}

fn total(images: &[Image]) -> usize {
    images.iter().map(|image| image.bytes.len()).sum()
}

/// The bytes that a set has beyond its images, for each pattern of actions and resources.
fn set_size(record: &mut Record, name: &str, images: &[Image], texts: &[&str]) {
    let input = SetInput::new(images);
    let mut out = vec![0; input.size()];
    let size = input.build(&mut out);
    let patterns: usize = texts.iter().map(|text| patterns(text)).sum();
    record.fact(format!("patterns {name}"), patterns as f64);
    record.fact(format!("set bytes a pattern {name}"), (size - total(images)) as f64 / patterns as f64);
}

/// Patterns of actions and resources in a document.
fn patterns(text: &str) -> usize {
    let document: Value = serde_json::from_str(text).expect("JSON");
    let count = |value: &Value| match value {
        Value::Array(list) => list.len(),
        Value::Null => 0,
        _ => 1,
    };
    let of = |statement: &Value| {
        ["Action", "NotAction", "Resource", "NotResource"].map(|name| count(&statement[name])).iter().sum()
    };
    match &document["Statement"] {
        Value::Array(list) => list.iter().map(of).sum::<usize>(),
        one => of(one),
    }
}
