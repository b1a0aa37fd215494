//! Rows of decisions, of preparing, and of building sets.

use std::collections::BTreeMap;
use std::time::Duration;

use iamlet_workloads::{Bench, Expected, Record, Request, Workload, interleave, load, w3};

use crate::engine::{self, Engine, Input, SetInput};
use crate::heap::allocations;

/// The workloads whose decisions are measured.
pub const WORKLOADS: [&str; 6] = ["w1", "w2", "w4", "w3-1k", "w3-10k", "w3-100k"];

/// Those that are measured in batches as well.
const BATCHES: [&str; 3] = ["w1", "w2", "w3-10k"];

/// Requests of a batch.
const BATCH: usize = 64;

/// Different requests of a row that is to leave the caches.
const MANY: usize = 20_000;

/// A request with ten context keys, which each have one value.
#[must_use]
pub fn ten_keys() -> Request {
    let request = load("w3-1k").requests.swap_remove(0);
    let context = request.context.into_iter().take(10).collect();
    Request { context, expected: Expected::ImplicitDeny, ..request }
}

/// All rows of one run.
pub fn measure(record: &mut Record, samples: usize) {
    let engines: BTreeMap<&str, Engine> =
        WORKLOADS.iter().map(|name| (*name, Engine::new(&load(name)))).collect();
    let sets: BTreeMap<&str, _> = engines.iter().map(|(name, engine)| (*name, engine.open())).collect();
    let batches: BTreeMap<&str, _> = BATCHES.iter().map(|name| (*name, engines[name].batch(BATCH))).collect();
    let ten = ten_keys();
    let input = Input::new(&ten, 0);

    let mut benches = Vec::new();
    for (name, engine) in &engines {
        let set = &sets[name];
        let mut decision = engine::no_decision();
        benches.push(Bench::new(*name, engine.prepared.len(), move || {
            for request in &engine.prepared {
                engine::decide(set, request, &mut decision);
            }
        }));
    }
    for (name, entries) in &batches {
        let set = &sets[name];
        let mut decisions = vec![engine::no_decision(); BATCH];
        benches.push(Bench::new(format!("{name} batch"), BATCH, move || {
            engine::decide_batch(set, entries, &mut decisions);
        }));
        // The same requests one by one, to compare with.
        let mut decisions = vec![engine::no_decision(); BATCH];
        let requests: Vec<&Vec<u8>> = engines[name].prepared.iter().cycle().take(BATCH).collect();
        benches.push(Bench::new(format!("{name} single"), BATCH, move || {
            for (request, decision) in requests.iter().zip(&mut decisions) {
                engine::decide(set, request, decision);
            }
        }));
    }
    let mut memory = vec![0; 4096];
    benches.push(Bench::new("prepare", 1, move || {
        input.prepare(&mut memory);
    }));
    interleave(&mut benches, samples, Duration::from_millis(2));
    record.take(benches);

    let mut decision = engine::no_decision();
    let counted = allocations(|| {
        for (name, engine) in &engines {
            for request in &engine.prepared {
                engine::decide(&sets[name], request, &mut decision);
            }
        }
    });
    record.add("allocations decide", counted as f64);
    for (name, engine) in &engines {
        let bytes: usize = engine.prepared.iter().map(Vec::len).sum();
        record.fact(format!("request bytes {name}"), bytes as f64 / engine.prepared.len() as f64);
        record.fact(format!("set bytes {name}"), engine.set.len() as f64);
    }
}

/// Rows of requests that are all different: prepare and decide, and prepare alone. The difference is a decision whose
/// set is not in the caches.
pub fn measure_many(record: &mut Record, samples: usize) {
    for (name, statements) in [("w3-1k", 1_000), ("w3-10k", 10_000), ("w3-100k", 100_000)] {
        let workload = w3::workload(name, statements, MANY, 5);
        let engine = Engine::new(&workload);
        let set = engine.open();
        let absent = engine::absent(&workload);
        let inputs: Vec<Input> =
            workload.requests.iter().map(|request| Input::new(request, absent)).collect();
        let inputs = &inputs;
        let (mut memory, mut again) = (vec![0; 4096], vec![0; 4096]);
        let mut decision = engine::no_decision();
        let mut benches = [
            Bench::new(format!("{name} prepare and decide"), MANY, move || {
                for input in inputs {
                    let used = input.prepare(&mut memory);
                    engine::decide(&set, &memory[..used], &mut decision);
                }
            }),
            Bench::new(format!("{name} prepare"), MANY, move || {
                for input in inputs {
                    input.prepare(&mut again);
                }
            }),
        ];
        interleave(&mut benches, samples, Duration::from_millis(2));
        record.take(benches.into());
    }
}

/// Rows of building sets: nanoseconds of one statement.
pub fn measure_building(record: &mut Record, samples: usize) {
    for name in ["w2", "w3-1k", "w3-10k", "w3-100k"] {
        let workload: Workload = load(name);
        let images = engine::images(&workload);
        let input = SetInput::new(&images);
        let mut out = vec![0; input.size()];
        let counted = allocations(|| {
            input.build(&mut out);
        });
        record.add("allocations set", counted as f64);
        let mut benches = [Bench::new(format!("build {name}"), workload.statements, move || {
            input.build(&mut out);
        })];
        interleave(&mut benches, samples.min(5), Duration::from_millis(2));
        record.take(benches.into());
    }
}
