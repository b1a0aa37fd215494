//! Measures what else decides such requests, on the same workloads and with the same clock.
//!
//!     iamlet-bench-peers FILE     one run, into FILE

mod cedar;
mod iam;
mod peer;
mod rego;
mod statements;

use std::path::Path;
use std::time::Duration;

use iamlet_workloads::{Bench, Expected, Record, Workload, interleave, load};

use peer::Peer;

/// Which workloads a peer takes part in, and in how many samples of all requests.
// regorus takes no program as long as that of w3-10k: 1 MiB is its limit.
const RUNS: [(&str, &[(&str, usize)]); 3] = [
    ("iam-rs", &[("w1", 7), ("w2", 7), ("w4", 7), ("w3-1k", 3), ("w3-10k", 1)]),
    ("regorus", &[("w1", 7), ("w3-1k", 3)]),
    ("Cedar", &[("w1", 7), ("w3-1k", 1), ("w3-10k", 1)]),
];

fn peer(name: &str, workload: &Workload) -> Box<dyn Peer> {
    match name {
        "iam-rs" => Box::new(iam::IamRs::new(workload)),
        "regorus" => Box::new(rego::Regorus::new(workload)),
        _ => Box::new(cedar::Cedar::new(workload)),
    }
}

fn main() {
    let file = std::env::args().nth(1).expect("a file to write to");
    let begin = std::time::Instant::now();
    let mut record = Record::default();
    for (name, version) in [("iam-rs", "0.8.0"), ("regorus", "0.14.1"), ("Cedar", "4.14.1")] {
        record.note(format!("version {name}"), version);
    }
    for (name, runs) in RUNS {
        for (workload_name, samples) in runs {
            let workload = load(workload_name);
            let peer = peer(name, &workload);
            let row = format!("{name} {workload_name}");
            // The slowest decide a part of the requests: every so many, so that the mix stays.
            let step = if name == "Cedar" && workload.statements >= 10_000 { 8 } else { 1 };
            let numbers: Vec<usize> = (0..workload.requests.len()).step_by(step).collect();
            let differ = numbers
                .iter()
                .filter(|number| {
                    let expected = workload.requests[**number].expected;
                    let got = peer.decide(**number);
                    got != expected
                        && (peer.tells_denies_apart()
                            || (got == Expected::Allow) != (expected == Expected::Allow))
                })
                .count();
            record.fact(format!("{row} differs"), differ as f64);
            let mut benches = [Bench::new(&row, numbers.len(), || {
                for number in &numbers {
                    std::hint::black_box(peer.decide(*number));
                }
            })];
            interleave(&mut benches, *samples, Duration::from_millis(2));
            record.take(benches.into());
            eprintln!("  {row} at {:.0} s", begin.elapsed().as_secs_f64());
        }
    }
    record.write(Path::new(&file));
}
