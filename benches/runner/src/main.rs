//! Measures iamlet.
//!
//!     iamlet-bench measure FILE [SAMPLES]   one run: rows of time, facts of size, into FILE
//!     iamlet-bench count FILE               counts of instructions, into FILE
//!     iamlet-bench report FILE...           joins the files, prints the tables, writes docs/benchmarks.md and .svg
//!     iamlet-bench guard                    fails when a count of instructions rose
//!     iamlet-bench accept                   writes the counts down
//!     iamlet-bench bounds                   measures the bound on a decision's work, and writes it into docs/limits.md
//!     iamlet-bench hostile [check]          what a stranger can cause: fails where it is more than is promised; without
//!                                           `check` it also writes the table into docs/limits.md
//!     iamlet-bench w3 STATEMENTS            prints a w3 of that size, in the format of benches/data

use std::path::Path;
use std::process::ExitCode;

use iamlet_bench::heap::Counting;
use iamlet_bench::{bounds, compiling, deciding, guard, hostile, hostile_report, report, yardsticks};
use iamlet_workloads::{Record, w3};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["measure", file] => measure(file, 9),
        ["measure", file, samples] => {
            samples.parse().map_err(|_| "no number".to_owned()).and_then(|samples| measure(file, samples))
        }
        ["count", file] => count(file),
        ["report", files @ ..] => report::write(files),
        ["guard"] => guard::check(),
        ["accept"] => guard::accept(),
        ["bounds"] => bounds::write(),
        ["hostile"] => hostile_report::run(true),
        ["hostile", "check"] => hostile_report::run(false),
        ["w3", statements] => statements.parse().map_err(|_| "no number".to_owned()).map(print_w3),
        _ => {
            Err("measure FILE [SAMPLES], count FILE, report FILE..., guard, accept, bounds, hostile [check], or w3 STATEMENTS"
                .to_owned())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("iamlet-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(file: &str, samples: usize) -> Result<(), String> {
    let mut record = Record::default();
    let begin = std::time::Instant::now();
    let done = |what: &str| eprintln!("  iamlet: {what} at {:.0} s", begin.elapsed().as_secs_f64());
    yardsticks::measure(&mut record, samples);
    deciding::measure(&mut record, samples);
    done("decisions");
    deciding::measure_many(&mut record, samples);
    deciding::measure_building(&mut record, samples);
    done("sets");
    compiling::measure(&mut record, samples);
    done("compiling");
    hostile::measure(&mut record, samples);
    done("hostile patterns");
    record.write(Path::new(file));
    Ok(())
}

fn count(file: &str) -> Result<(), String> {
    let mut record = Record::default();
    if guard::has_valgrind() {
        let folder = guard::folder();
        for name in guard::GUARDED.into_iter().chain(["w3-100k"]) {
            record.fact(format!("instructions {name}"), guard::count(name, &folder)?);
        }
        let _ = std::fs::remove_dir_all(folder);
    } else {
        record.note("no instructions", "there is no valgrind");
    }
    record.write(Path::new(file));
    Ok(())
}

/// Prints the policies and requests of a generated workload.
fn print_w3(statements: usize) {
    let workload = w3::workload("w3", statements, 200, 3);
    for policy in &workload.policies {
        println!("{}", policy.text);
    }
}
