//! The report: tables on the terminal, `docs/benchmarks.md` and `docs/benchmarks.svg`.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use iamlet_workloads::{Record, benches};

use crate::columns::{PEERS, TABLE};
use crate::goals::{Goal, Measured, goals, nanoseconds, thousands};
use crate::{guard, plot};

/// Joins the files of `measure`, `count` and the peers, prints the tables, and writes the documents.
///
/// # Errors
/// Where a document cannot be written.
pub fn write(files: &[&str]) -> Result<(), String> {
    let mut record = Record::default();
    for file in files {
        record.join(Record::read(Path::new(file)));
    }
    let table = table(&record);
    let rows = goals(&record);
    let list = goal_table(&rows);
    println!("{table}\n{list}");
    let missed = rows.iter().filter(|row| row.met == Some(false)).count();
    println!("{missed} of {} goals not met", rows.iter().filter(|row| row.met.is_some()).count());

    let docs = benches().join("../docs");
    let text = document(&record, &table, &list);
    std::fs::write(docs.join("benchmarks.md"), text).map_err(|error| error.to_string())?;
    plot::write(&record, &docs.join("benchmarks.svg"))
}

/// The table of the issue: a decision by workload and engine.
fn table(record: &Record) -> String {
    let m = Measured(record);
    let mut rows = vec![vec![
        "workload".to_owned(),
        "statements".to_owned(),
        "iamlet".to_owned(),
        "instructions".to_owned(),
        "hash-and-probes".to_owned(),
    ]];
    rows[0].extend(PEERS.map(str::to_owned));
    rows[0].push("iam-rs / iamlet".to_owned());
    for (name, statements) in TABLE {
        let time = m.time(name);
        let mut row = vec![
            name.to_owned(),
            thousands(f64::from(statements)),
            nanoseconds(time),
            thousands(m.fact(&format!("instructions {name}"))),
            format!("{:.1}", time / m.time("hash and probe")),
        ];
        for peer in PEERS {
            let wrong = m.fact(&format!("{peer} {name} differs"));
            let mark = if wrong > 0.0 { format!(" ({wrong:.0} differ)") } else { String::new() };
            row.push(nanoseconds(m.time(&format!("{peer} {name}"))) + &mark);
        }
        row.push(thousands(m.times(name)));
        rows.push(row);
    }
    markdown(&rows)
}

fn goal_table(goals: &[Goal]) -> String {
    let mut rows = vec![["what", "measured", "goal", "met"].map(str::to_owned).to_vec()];
    for row in goals {
        let met = match row.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None if row.goal.is_empty() => "",
            None => "not measured",
        };
        rows.push(vec![row.what.clone(), row.measured.clone(), row.goal.clone(), met.to_owned()]);
    }
    markdown(&rows)
}

/// A table, its columns as wide as they need.
fn markdown(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(out, "| {cell:<width$} ");
        }
        out.push_str("|\n");
        if number == 0 {
            for width in &widths {
                let _ = write!(out, "|{}", "-".repeat(width + 2));
            }
            out.push_str("|\n");
        }
    }
    out
}

fn document(record: &Record, table: &str, goals: &str) -> String {
    let m = Measured(record);
    let samples = record.rows.get("w1").map_or(0, Vec::len);
    let mut yardsticks = String::new();
    for row in [
        "hash and probe",
        "hash and probe, each after the other",
        "compare 64 bytes",
        "empty call",
        "malloc and free",
    ] {
        let _ = writeln!(yardsticks, "- {row}: {}", nanoseconds(m.time(row)));
    }
    let mut versions = format!("- {}\n", guard::rustc());
    for (name, text) in record.notes.iter().filter(|(name, _)| name.starts_with("version ")) {
        let _ = writeln!(versions, "- {} {text}", name.trim_start_matches("version "));
    }
    let left_out = match record.notes.get("no corpus").or_else(|| record.notes.get("no instructions")) {
        Some(reason) => format!("\nNot measured in this run: {reason}.\n"),
        None => String::new(),
    };
    let notes = std::fs::read_to_string(benches().join("notes.md")).unwrap_or_default();
    format!(
        "# Benchmarks\n\n\
         Written by `make bench`; the text is in `benches/`, the method in `benches/README.md`.\n\n\
         - Machine: {machine}\n- Date: {date}\n{versions}{left_out}\n\
         Times are CPU time of the thread, medians of {samples} samples that are taken in turn with all other rows, in \
         rounds that alternate between iamlet and its peers. The machine is shared: nanoseconds vary, ratios within a \
         run and instructions (callgrind) do not. Each decision of iamlet is checked against the expected one before \
         its time is taken; where a peer decides otherwise, the table counts it.\n\n\
         ## A decision\n\n{table}\n\
         ![Cost of a decision against statements](benchmarks.svg)\n\n\
         ## Goals\n\n{goals}\n\
         ## What this machine does in the time\n\n{yardsticks}\n{notes}",
        machine = machine(),
        date = date(),
    )
}

fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value.trim())
    };
    let threads = text.lines().filter(|line| line.starts_with("processor")).count();
    format!(
        "{}, family {} model {}, {} MHz, {} of cache, {threads} threads",
        field("model name"),
        field("cpu family"),
        field("model\t"),
        field("cpu MHz"),
        field("cache size"),
    )
}

fn date() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
