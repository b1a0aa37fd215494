//! Every body on its seeds, on the kept inputs and on what was found before: with any compiler, without libFuzzer.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use iamlet_fuzz::bodies::{BODIES, Body};
use iamlet_fuzz::seeds;

/// The files of a folder of this package; none where there is no such folder.
fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn body(name: &str) -> Body {
    BODIES.into_iter().find(|(target, _)| *target == name).expect("a target")
}

/// Runs a body on every input, and reports all that fail by name.
#[track_caller]
fn replay(name: &str) {
    let (target, body) = body(name);
    let mut failed = Vec::new();
    let mut run = |input: &[u8], label: String| {
        if catch_unwind(AssertUnwindSafe(|| body(input))).is_err() {
            failed.push(label);
        }
    };
    let (found, kept) = (files("regressions", target), seeds::kept(target));
    for file in &found {
        run(&fs::read(file).expect("a file"), file.display().to_string());
    }
    let seeds = seeds::of(target, &[]);
    assert!(seeds.len() >= 100, "only {} seeds of {target}", seeds.len());
    for input in seeds.iter().chain(&kept) {
        run(input, input.escape_ascii().to_string());
    }
    println!("{target}: {} seeds, {} kept inputs, {} findings", seeds.len(), kept.len(), found.len());
    assert!(failed.is_empty(), "{} inputs fail, the first: {}", failed.len(), failed[0]);
}

macro_rules! replays {
    ($($target:ident),*) => {
        $(#[test] fn $target() { replay(stringify!($target)); })*

        #[test]
        fn every_target_is_replayed_and_has_a_program() {
            let names: Vec<_> = BODIES.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
            for name in names {
                assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz_targets/{name}.rs")).exists());
            }
        }
    };
}

replays!(json_gate, compile, image, wildcard, leaf_formats, decide_vs_naive, invariants, c_abi);
