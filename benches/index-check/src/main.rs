//! Holds the index of policy sets against the scan: the same decision, by the same statement.
//!
//!     iamlet-index-check [DECISIONS [SEED]]     10,000,000 decisions by default
//!
//! Three groups in four put the policies of some of the naive evaluator's generated cases into one set, with requests
//! that are mixed from those of the cases; the fourth is an organization of the shape of w3. What differs is printed
//! with its seed, which finds it again.

mod group;
#[path = "../../../tests/naive/mod.rs"]
mod naive;
mod sets;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use group::{Group, Tally};

/// Decisions of a run.
const DECISIONS: u64 = 10_000_000;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|text| text.replace([',', '_'], "").parse::<u64>());
    let (Ok(decisions), Ok(seed)) =
        (numbers.next().unwrap_or(Ok(DECISIONS)), numbers.next().unwrap_or(Ok(1)))
    else {
        eprintln!("iamlet-index-check [DECISIONS [SEED]]");
        return ExitCode::FAILURE;
    };
    let begin = Instant::now();
    let tally = run(decisions, seed);
    println!("index against scan: {tally} in {:.0} s", begin.elapsed().as_secs_f64());
    for difference in tally.differences.iter().take(5) {
        println!("\n{difference}");
    }
    if tally.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Decides groups, on all threads, until there are enough decisions.
fn run(decisions: u64, seed: u64) -> Tally {
    let (next, made) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let mut tally = Tally::default();
        while made.load(Ordering::Relaxed) < decisions {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let before = tally.decisions();
            // Each group has a seed of its own, so that it is found again alone.
            Group::new(seed.wrapping_mul(0x1_0000_0000).wrapping_add(number)).decide(&mut tally);
            made.fetch_add(tally.decisions() - before, Ordering::Relaxed);
        }
        tally
    };
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut total = Tally::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            total.add(worker.join().expect("a worker that ends"));
        }
    });
    total
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_index_decides_as_the_scan_does() {
        let tally = super::run(30_000, 7);
        assert!(tally.differences.is_empty(), "{}", tally.differences[0]);
        // A check of nothing would pass as well.
        let [allow, implicit, explicit] = tally.effects;
        assert!(allow > 2_000 && implicit > 2_000 && explicit > 2_000, "{tally}");
        assert!(tally.by_statement > 4_000 && tally.errors < tally.decisions() / 4, "{tally}");
    }
}
