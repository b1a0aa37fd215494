//! Counts of instructions, by callgrind, and the guard that holds them against `benches/instructions.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use iamlet_workloads::{benches, load};
use serde_json::{Value, json};

use crate::blobs;
use crate::engine::Engine;
use crate::filtering::RESOURCES;

/// How often the probe prepares its request.
pub const PREPARED: usize = 100;

/// What the guard counts. `w3-100k` is counted by the benchmark only.
pub const GUARDED: [&str; 14] = [
    "w1",
    "w2",
    "w3-1k",
    "w3-10k",
    "w4",
    "prepare",
    "assemble",
    "assemble-bare",
    "compile w2",
    "build w3-10k",
    "open w3-10k",
    "filter w3-10k",
    "alone w3-10k",
    "explain w2",
];

/// A count may rise by this many per cent.
const TOLERANCE: f64 = 3.0;

/// Instructions of one operation: a decision, a preparation, a document, a statement of a set that is built or opened.
///
/// # Errors
/// Why it cannot be counted.
pub fn count(name: &str, folder: &Path) -> Result<f64, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let file = folder.join(format!("{}.blobs", name.replace(' ', "-")));
    let (what, operations) = match name.split_once(' ').unwrap_or((name, "")) {
        ("compile", workload) => {
            let policies = load(workload).policies;
            blobs::write(&file, policies.iter().map(|policy| policy.text.as_bytes()));
            ("compile", policies.len())
        }
        (what @ ("build" | "open"), workload) => {
            blobs::write(&file, [workload.as_bytes()]);
            (what, Engine::new(&load(workload)).statements())
        }
        // Each resource of a filter, and a decision for each of them.
        (what @ ("filter" | "alone"), workload) => {
            blobs::write(&file, [workload.as_bytes()]);
            (what, RESOURCES)
        }
        ("explain", workload) => {
            let engine = Engine::new(&load(workload));
            blobs::write(&file, engine.blobs());
            ("explain", engine.prepared.len())
        }
        (what @ ("prepare" | "assemble" | "assemble-bare"), _) => {
            blobs::write(&file, []);
            (what, PREPARED)
        }
        (workload, _) => {
            let engine = Engine::new(&load(workload));
            blobs::write(&file, engine.blobs());
            ("decide", engine.prepared.len())
        }
    };
    let counted = callgrind(what, &file)?;
    Ok(counted as f64 / operations as f64)
}

/// Runs the probe under callgrind, and returns the instructions.
///
/// # Errors
/// Why it cannot be counted.
pub fn callgrind(what: &str, file: &Path) -> Result<u64, String> {
    callgrind_each(what, file)?.first().copied().ok_or_else(|| "callgrind counted nothing".to_owned())
}

/// The same for a probe that counts several things: starting it takes longer than counting most of them.
///
/// # Errors
/// Why they cannot be counted.
pub fn callgrind_each(what: &str, file: &Path) -> Result<Vec<u64>, String> {
    let probe = std::env::current_exe().map_err(|error| error.to_string())?.with_file_name("iamlet-probe");
    let out = file.with_extension("callgrind");
    let _ = std::fs::remove_file(&out);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=iamlet_bench_probe", "--dump-instr=no"])
        .args(["--dump-after=iamlet_bench_probe", "--combine-dumps=yes"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(probe)
        .arg(what)
        .arg(file)
        .output()
        .map_err(|error| format!("valgrind does not run: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let profile = std::fs::read_to_string(&out).map_err(|error| error.to_string())?;
    let totals = profile.lines().filter_map(|line| line.strip_prefix("totals: "));
    let counts: Result<Vec<u64>, _> = totals.map(|count| count.trim().parse()).collect();
    let mut counts = counts.map_err(|error| error.to_string())?;
    // The last dump is that of the end, after which nothing was counted.
    counts.pop();
    Ok(counts)
}

/// Whether there is a valgrind.
#[must_use]
pub fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// The compiler's own words on its version.
#[must_use]
pub fn rustc() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(rustc).arg("-V").output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn file() -> PathBuf {
    benches().join("instructions.json")
}

/// Where the probes' files go.
#[must_use]
pub fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("iamlet-bench-{}", std::process::id()))
}

fn count_all() -> Result<BTreeMap<String, f64>, String> {
    let folder = folder();
    let counts = GUARDED.iter().map(|name| Ok(((*name).to_owned(), count(name, &folder)?))).collect();
    let _ = std::fs::remove_dir_all(&folder);
    counts
}

/// Counts, and writes the counts down as those to hold.
///
/// # Errors
/// Why that cannot be done.
pub fn accept() -> Result<(), String> {
    if !has_valgrind() {
        return Err("there is no valgrind".to_owned());
    }
    let before = std::fs::read_to_string(file()).ok().and_then(|text| serde_json::from_str(&text).ok());
    let before: Value = before.unwrap_or_default();
    let counts = count_all()?;
    for (name, count) in &counts {
        let old = before["counts"][name].as_f64();
        println!("{}", line(name, old, *count));
    }
    let rounded: BTreeMap<&String, f64> = counts.iter().map(|(name, count)| (name, round(*count))).collect();
    let json = json!({
        "what": "instructions of one decision, one preparation, one document; `make accept-instructions` writes them",
        "rustc": rustc(),
        "counts": rounded,
    });
    let text = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    std::fs::write(file(), text + "\n").map_err(|error| error.to_string())
}

fn round(count: f64) -> f64 {
    (count * 10.0).round() / 10.0
}

fn line(name: &str, old: Option<f64>, new: f64) -> String {
    match old {
        Some(old) => {
            format!("{name:<12} {:>10.1} was {old:>10.1}  {:+.2} %", round(new), (new / old - 1.0) * 100.0)
        }
        None => format!("{name:<12} {:>10.1}", round(new)),
    }
}

/// Counts, and compares with what is written down.
///
/// # Errors
/// Which count rose by more than [`TOLERANCE`].
pub fn check() -> Result<(), String> {
    let text = std::fs::read_to_string(file()).map_err(|error| format!("{}: {error}", file().display()))?;
    let held: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let recorded = held["rustc"].as_str().unwrap_or("unknown");
    println!("instructions, recorded with {recorded}");
    if !has_valgrind() {
        println!("skipped: there is no valgrind");
        return Ok(());
    }
    if rustc() != recorded {
        println!("skipped: this is {}", rustc());
        return Ok(());
    }
    let mut rose = Vec::new();
    for (name, count) in count_all()? {
        let old = held["counts"][&name].as_f64();
        println!("{}", line(&name, old, count));
        match old {
            Some(old) if count <= old * (1.0 + TOLERANCE / 100.0) => {}
            Some(_) => rose.push(name),
            None => return Err(format!("{name} is not written down: `make accept-instructions` does it")),
        }
    }
    if rose.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} rose by more than {TOLERANCE} %; if that is meant, accept it: make accept-instructions",
        rose.join(", ")
    ))
}
