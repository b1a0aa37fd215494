//! `iamlet decide --jsonl`: a case in, a decision out, line by line.

use std::io::{self, BufWriter, Read, Write};

use anyhow::Context as _;
use iamlet_cases::{Case, NotACase};
use serde_json::{Value, json};

use super::answer::Answer;
use super::told::Tells;
use crate::input::Lines;
use crate::output::Status;

/// Decides the cases of `input` in their order, until it ends. Those that give no time have this one.
pub(crate) fn run(
    input: impl Read,
    out: &mut dyn Write,
    time: Option<i64>,
    tells: Tells,
) -> anyhow::Result<Status> {
    let mut lines = Lines::new(input);
    let mut out = BufWriter::new(out);
    while let Some(line) = lines.next_case().context("cannot read standard input")? {
        write_line(&mut out, &decision_of(line, time, tells))?;
        // Who asks one case at a time waits for its answer; who sends a file wants few writes.
        if !lines.has_next_at_hand() {
            out.flush()?;
        }
    }
    out.flush()?;
    Ok(Status::Good)
}

/// Writes a line of JSON.
pub(crate) fn write_line(out: &mut impl Write, line: &Value) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// The line that answers a line.
fn decision_of(line: Result<Value, NotACase>, time: Option<i64>, tells: Tells) -> Value {
    let (id, case) = match line {
        Ok(line) => (line.get("id").cloned().unwrap_or_default(), Case::read(&line)),
        Err(error) => (Value::Null, Err(error)),
    };
    match case {
        Ok(case) => Answer::of_case(case, time, tells).json(),
        Err(NotACase(why)) => json!({"id": id, "decision": "invalid_request", "error": why}),
    }
}
