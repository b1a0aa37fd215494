//! What a stranger can cause, measured and held against what is promised: `make hostile`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use iamlet::evaluate::decide_by_scan;
use iamlet::limits::DEFAULT_BUDGET;
use iamlet::{DecideError, Item, PolicySet, Request, RequestItem, decide_item};

use crate::document::{grouped, put};
use crate::hostile_decisions::{self, Case};
use crate::hostile_row::{Part, Row};
use crate::{blobs, guard, hostile_compiling, hostile_index, hostile_opening, hostile_ratios};

/// What docs/limits.md promises of a decision: no more instructions than `FIXED + A_STEP * steps`.
const FIXED: f64 = 2_000.0;
const A_STEP: f64 = 64.0;

/// With the default budget no decision takes more instructions.
const DEFAULT_DECISION: f64 = 200e6;

/// The part of `docs/limits.md` that is written here.
const BEGIN: &str = "<!-- measured: make hostile -->\n";
const END: &str = "<!-- end of make hostile -->\n";

/// Decides as a case says; what is decided is of no interest here.
///
/// # Errors
/// Why there is no decision.
///
/// # Panics
/// Where the bytes are no request.
pub fn decide(
    set: PolicySet<'_>,
    request: &[u8],
    item: Option<&[u8]>,
    scan: bool,
) -> Result<(), DecideError> {
    let request = Request::open(request).expect("a request");
    if scan {
        return decide_by_scan(&[set], request).map(|_| ());
    }
    let item = item.map(|item| Item { item: RequestItem::open(item).expect("an item"), set: None });
    decide_item(&[set], request, item).map(|_| ())
}

/// The steps that a decision takes, no more than the default budget.
fn steps(case: &Case) -> u64 {
    let set = PolicySet::open(&case.set).expect("a set");
    let (mut too_few, mut enough) = (0, DEFAULT_BUDGET);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        let (request, item) = case.prepared(middle);
        match decide(set, &request, item.as_deref(), case.scan) {
            Err(DecideError::BudgetExhausted) => too_few = middle,
            Ok(()) => enough = middle,
            Err(error) => panic!("{}: {error}", case.name),
        }
    }
    enough
}

/// Instructions of a decision with the default budget, for each case.
///
/// # Errors
/// Why they cannot be counted.
fn instructions(cases: &[Case], folder: &Path) -> Result<Vec<u64>, String> {
    let file = folder.join("hostile.blobs");
    let mut blobs = Vec::new();
    for case in cases {
        let (request, item) = case.prepared(0);
        blobs.extend([vec![u8::from(case.scan)], case.set.clone(), request, item.unwrap_or_default()]);
    }
    blobs::write(&file, blobs.iter().map(Vec::as_slice));
    guard::callgrind_each("hostile", &file)
}

/// The rows of decisions, and the ten cases that take the most instructions a step.
fn decisions(folder: &Path) -> Result<Part, String> {
    let (mut a_step, mut whole) = ((0.0, ""), (0.0, ""));
    let all = hostile_decisions::cases();
    let mut cases = BTreeMap::new();
    for (case, counted) in all.iter().zip(instructions(&all, folder)?) {
        let steps = steps(case);
        // What remains of a step once the fixed part is taken off.
        let each = (counted as f64 - FIXED).max(0.0) / steps as f64;
        let text = format!("| {} | {} | {} | {each:.1} |", case.name, grouped(steps), grouped(counted));
        println!("{text}");
        cases.insert(u64::MAX - (each * 1e6) as u64, text);
        a_step = if each > a_step.0 { (each, case.name) } else { a_step };
        whole = if counted as f64 > whole.0 { (counted as f64, case.name) } else { whole };
    }
    let rows = vec![
        Row::new(
            format!("a step of a decision: the worst of {} is \"{}\"", all.len(), a_step.1),
            a_step.0,
            A_STEP,
            "instructions",
        ),
        Row::new(
            format!("a decision with the default budget: the worst is \"{}\"", whole.1),
            whole.0,
            DEFAULT_DECISION,
            "instructions",
        ),
    ];
    let mut table = "The ten cases with the most instructions a step:\n\n\
        | request and policies | steps | instructions | a step |\n|---|---:|---:|---:|\n"
        .to_owned();
    for case in cases.values().take(10) {
        let _ = writeln!(table, "{case}");
    }
    Ok(Part { rows, table })
}

/// Measures everything; writes the table into `docs/limits.md` where that is asked for.
///
/// # Errors
/// What is not met, or why it cannot be counted or written.
pub fn run(write: bool) -> Result<(), String> {
    if !guard::has_valgrind() {
        println!("skipped: instructions are counted by valgrind, and there is none");
        return Ok(());
    }
    let folder = guard::folder();
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let parts = [
        decisions(&folder)?,
        hostile_ratios::part(&folder)?,
        hostile_index::part(&folder, !write)?,
        hostile_compiling::part(&folder, !write)?,
        hostile_opening::part(&folder, !write)?,
    ];
    let _ = std::fs::remove_dir_all(&folder);

    let rows: Vec<&Row> = parts.iter().flat_map(|part| &part.rows).collect();
    let mut text = "| what | measured | at most | met |\n|---|---:|---:|---|\n".to_owned();
    for row in &rows {
        let _ = writeln!(text, "{}", row.line());
    }
    print!("{text}");
    for table in parts.iter().map(|part| &part.table).filter(|table| !table.is_empty()) {
        let _ = write!(text, "\n{table}");
    }
    if write {
        let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits.md"));
        put(&path, (BEGIN, END), &text)?;
    }
    let unmet: Vec<&str> = rows.iter().filter(|row| !row.is_held()).map(|row| row.what.as_str()).collect();
    if unmet.is_empty() { Ok(()) } else { Err(format!("not met: {}", unmet.join("; "))) }
}
