//! `iamlet test`: do the cases of a file come out as they expect?

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use iamlet::Effect;
use iamlet_cases::{Case, DocumentCase, NotACase};
use serde_json::Value;

use crate::decide::{Answer, name_of};
use crate::input::{read_cases, time};
use crate::output::{Status, complain, print_rows};

/// Run case files and print the cases that come out otherwise than they expect
///
/// A line is a decision case or a document case (docs/semantics.md, "Case files"). A line that is neither has failed.
#[derive(Args)]
#[command(
    after_help = "The last line is `N passed, N failed`. Exit status: 0 if all cases pass, 1 if one fails, 2 if a file cannot be
read or has no case.

Example:
  iamlet test decisions.jsonl documents.jsonl"
)]
pub(crate) struct TestArguments {
    /// The case files; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The time of requests that give none: 2026-01-15T10:00:00Z, or seconds since 1970 [default: they have no time]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    time: Option<i64>,
}

/// Runs the command.
pub(crate) fn run(arguments: &TestArguments) -> anyhow::Result<Status> {
    let mut out = io::stdout().lock();
    let mut status = Status::Good;
    let (mut passed, mut failed) = (0, 0);
    for path in &arguments.files {
        let cases = match read_cases(path) {
            Ok(cases) => cases,
            Err(error) => {
                complain(&error);
                status = Status::Error;
                continue;
            }
        };
        for line in cases {
            match line.case.and_then(|case| Ok((difference(&case, arguments.time)?, case))) {
                Ok((None, _)) => passed += 1,
                Ok((Some(difference), case)) => {
                    failed += 1;
                    difference.print(&mut out, path, line.number, &case)?;
                }
                Err(NotACase(why)) => {
                    failed += 1;
                    let rows = [("case", place(path, line.number)), ("got", format!("no case: {why}"))];
                    print_rows(&mut out, rows)?;
                }
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    Ok(if failed > 0 { status.max(Status::Bad) } else { status })
}

fn place(path: &Path, number: usize) -> String {
    format!("{}:{number}", path.display())
}

/// How a case comes out otherwise than it expects.
struct Difference {
    expected: String,
    got: String,
}

impl Difference {
    fn print(&self, out: &mut dyn Write, path: &Path, number: usize, case: &Value) -> io::Result<()> {
        let member = |name: &str| name_of(case.get(name).unwrap_or(&Value::Null));
        let rows = [
            ("case", place(path, number)),
            ("id", member("id")),
            ("rule", member("rule")),
            ("expected", self.expected.clone()),
            ("got", self.got.clone()),
            ("why", member("why")),
        ];
        print_rows(out, rows)
    }
}

fn difference(case: &Value, time: Option<i64>) -> Result<Option<Difference>, NotACase> {
    if DocumentCase::is_one(case) { document_difference(case) } else { decision_difference(case, time) }
}

fn document_difference(case: &Value) -> Result<Option<Difference>, NotACase> {
    let case = DocumentCase::read(case)?;
    Ok(case.difference().map(|got| Difference { expected: expectation(&case), got }))
}

/// What a document case expects, in a line.
fn expectation(case: &DocumentCase) -> String {
    let mut text = if case.valid { "valid" } else { "invalid_policy" }.to_owned();
    if let Some(code) = &case.code {
        text = format!("{text}: {code}");
    }
    // Writing to a string does not fail.
    if let Some(at) = &case.at {
        let _ = write!(text, " at `{at}`");
    }
    if let Some(offset) = case.offset {
        let _ = write!(text, ", byte {offset}");
    }
    text
}

fn decision_difference(case: &Value, time: Option<i64>) -> Result<Option<Difference>, NotACase> {
    let case = Case::read(case)?;
    let Some(expected) = case.expect.clone() else {
        return Err(NotACase("`expect` is missing".to_owned()));
    };
    let effects = [Effect::Allow, Effect::ImplicitDeny, Effect::ExplicitDeny].map(Effect::name);
    if expected != "invalid_policy" && !effects.contains(&expected.as_str()) {
        return Err(NotACase(format!("`expect` cannot be `{expected}`")));
    }
    let answer = Answer::of(case, time, None);
    let differs = answer.decision() != expected;
    Ok(differs.then(|| Difference { expected, got: answer.summary() }))
}
