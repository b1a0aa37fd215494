//! The engine and the naive evaluator agree on generated cases, which reach every outcome and every condition.

mod naive;

use std::collections::BTreeSet;
use std::thread;

use iamlet::image::set::PolicySet;
use iamlet_cases::Case;
use naive::generate::{self, Rng};
use naive::{Outcome, Reached};

/// Cases of one run; `IAMLET_CASES` asks for more.
const CASES: u64 = 100_000;

/// Cases that share a seed: a case that differs is found again by its seed and its number.
const CHUNK: u64 = 1_000;

fn cases() -> u64 {
    std::env::var("IAMLET_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES)
}

#[derive(Default)]
struct Tally {
    outcomes: [u64; 4],
    reached: BTreeSet<String>,
    differences: Vec<String>,
}

/// Decides a chunk of cases both ways.
fn compare(seed: u64, tally: &mut Tally) {
    let mut rng = Rng(seed);
    for number in 0..CHUNK {
        let case = generate::case(&mut rng);
        let expected = naive::decide(&case);
        let read = Case::read(&case);
        let got = read.as_ref().map_or("no case", |case| case.outcome().name());
        if let Ok(read) = &read
            && let Some(difference) = index_differs(read)
        {
            tally.differences.push(format!("seed {seed}, case {number}: {difference}\n{case}"));
        }
        if got != expected.as_str() {
            let expected = expected.as_str();
            tally
                .differences
                .push(format!("seed {seed}, case {number}: engine {got}, naive {expected}\n{case}"));
        }
        let at = match expected {
            Outcome::Allow => 0,
            Outcome::ImplicitDeny => 1,
            Outcome::ExplicitDeny => 2,
            Outcome::InvalidPolicy => 3,
        };
        tally.outcomes[at] += 1;
    }
}

/// How the decision of an indexed set differs from that of looking at every statement.
fn index_differs(case: &Case) -> Option<String> {
    let compiled = case.compile_indexed().ok()?;
    let prepared = case.request.prepare().ok()?;
    let set = PolicySet::open(&compiled.set).expect("a set that was built opens");
    let indexed = prepared.decide(&[set]);
    let scanned = prepared.decide_by_scan(&[set]);
    (indexed != scanned).then(|| format!("index {indexed:?}, scan {scanned:?}"))
}

fn run(first_seed: u64) -> Tally {
    let chunks = cases().div_ceil(CHUNK);
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let workers: Vec<_> = (0..threads)
        .map(|worker| {
            thread::spawn(move || {
                let mut tally = Tally::default();
                for chunk in (worker..chunks).step_by(threads as usize) {
                    compare(first_seed + chunk, &mut tally);
                }
                let reached: Reached = naive::take_reached();
                tally.reached = reached.iter().map(|reach| format!("{reach:?}")).collect();
                tally
            })
        })
        .collect();
    let mut total = Tally::default();
    for worker in workers {
        let tally = worker.join().expect("a worker that ends");
        for (sum, part) in total.outcomes.iter_mut().zip(tally.outcomes) {
            *sum += part;
        }
        total.reached.extend(tally.reached);
        total.differences.extend(tally.differences);
    }
    total
}

#[test]
fn engine_and_naive_evaluator_agree_on_generated_cases() {
    let tally = run(1);
    let differences = tally.differences.len();
    assert!(
        differences == 0,
        "{differences} differences, the first:\n{}",
        tally.differences[..differences.min(5)].join("\n\n")
    );
    let total: u64 = tally.outcomes.iter().sum();
    for (name, count) in
        ["allow", "implicit_deny", "explicit_deny", "invalid_policy"].iter().zip(tally.outcomes)
    {
        println!("{name}: {count} of {total}");
        assert!(count * 100 >= total * 15, "{name} is rare: {count} of {total}");
    }
    println!("conditions reached: {}", tally.reached.len());
}
