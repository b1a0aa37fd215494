//! The engine and the naive evaluator agree on generated cases, which reach every outcome and every condition.

mod naive;

use std::thread;

use iamlet::{PolicyKind, PolicySet};
use iamlet_cases::{Case, compile_document, options_of};
use naive::condition::{OPERATORS, QUALIFIERS};
use naive::generate::{self, Rng};
use naive::{Outcome, Reach, Reached, Rules, WAYS};

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
    reached: Reached,
    rules: Rules,
    differences: Vec<String>,
}

/// Decides a chunk of cases both ways.
fn compare(seed: u64, tally: &mut Tally) {
    let mut rng = Rng::new(seed);
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
                tally.reached = naive::take_reached();
                tally.rules = naive::take_rules();
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
        total.rules.extend(tally.rules);
        total.differences.extend(tally.differences);
    }
    total
}

#[test]
fn engine_and_naive_evaluator_agree_on_generated_cases() {
    let tally = run(1);
    let total: u64 = tally.outcomes.iter().sum();
    for (name, count) in
        ["allow", "implicit_deny", "explicit_deny", "invalid_policy"].iter().zip(tally.outcomes)
    {
        println!("{name}: {count} of {total}");
        assert!(count * 100 >= total * 15, "{name} is rare: {count} of {total}");
    }
    let missing = unreached(&tally.reached);
    println!("operator x qualifier x IfExists x outcome: {} reached", tally.reached.len());
    assert!(missing.is_empty(), "conditions that no case reached: {missing:?}");
    let missing: Vec<_> = WAYS.iter().filter(|way| !tally.rules.contains(*way)).collect();
    println!("rules x ways: {} reached", tally.rules.len());
    assert!(missing.is_empty(), "ways of rules that no case took: {missing:?}");
    let differences = tally.differences.len();
    assert!(
        differences == 0,
        "{differences} differences, the first:\n{}",
        tally.differences[..differences.min(5)].join("\n\n")
    );
}

/// The ways of computing a condition that are possible and that no case took.
fn unreached(reached: &Reached) -> Vec<Reach> {
    let mut missing = Vec::new();
    for operator in OPERATORS {
        for qualifier in QUALIFIERS {
            for if_exists in [false, true] {
                for outcome in ["TRUE", "FALSE", "INDET", "absent"] {
                    let reach = Reach { operator, qualifier, if_exists, outcome };
                    let possible = !generate::impossible(operator, qualifier, if_exists);
                    if possible && !reached.contains(&reach) {
                        missing.push(reach);
                    }
                }
            }
        }
    }
    missing
}

#[test]
fn engine_and_naive_evaluator_accept_and_refuse_the_same_documents() {
    let mut rng = Rng::new(7);
    let mut accepted = 0;
    let documents = 40_000;
    for number in 0..documents {
        let (kind, text, options) = generate::document(&mut rng);
        let expected = naive::check(&kind, &text, &options);
        let kind = kind.parse::<PolicyKind>().expect("a kind");
        let options = options_of(Some(&options)).expect("options");
        let got = compile_document(&text, kind, options);
        let text = text.escape_ascii();
        match (&got, &expected) {
            (Ok(_), Ok(_)) => accepted += 1,
            // Of several faults in one layer any may be reported (R-ERR-3), so the codes need not be equal.
            (Err(_), Err(_)) => {}
            _ => panic!("document {number}, {kind:?}: engine {got:?}, naive {:?}\n{text}", expected.err()),
        }
    }
    println!("{accepted} of {documents} documents accepted");
    assert!(accepted * 100 > documents * 15 && accepted * 100 < documents * 85);
}
