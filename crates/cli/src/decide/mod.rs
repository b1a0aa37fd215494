//! `iamlet decide`: what becomes of a request. From a case file ([`run`]), from policy files ([`parts`]), or of cases
//! one after the other ([`stream`]).

mod answer;
mod parts;
mod stream;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use iamlet_cases::{Case, NotACase};

pub(crate) use self::answer::{Answer, name_of};
use self::parts::Parts;
use crate::input::{read_cases, time};
use crate::output::{Status, complain};

/// Decide requests against policies
///
/// The policies and the request come from a case file (docs/semantics.md, "Case files"), or from policy files and
/// options, or, with `--jsonl`, as a stream of cases.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 if all requests are allowed, 1 if one is denied, 2 if one cannot be decided: a policy is
refused, the request is malformed, a file cannot be read. With --jsonl: 0 unless reading or writing fails.

Examples:
  iamlet decide case.json
  iamlet decide --jsonl < cases.jsonl > decisions.jsonl
  iamlet decide --identity alice.json --scp 0=root.json --scp 1=account.json \\
    --principal arn:aws:iam::111122223333:user/alice --action s3:GetObject \\
    --resource-arn arn:aws:s3:::bucket/key --context aws:SourceIp=192.0.2.1"
)]
pub(crate) struct DecideArguments {
    /// A file with a case, or with one on each line; `-` for standard input
    #[arg(value_name = "CASEFILE")]
    casefile: Option<PathBuf>,
    /// Read cases from standard input, one a line, and write `{"id":...,"decision":...}` for each, in the same order
    ///
    /// `decision` is `allow`, `implicit_deny` or `explicit_deny`; `invalid_policy` where a policy is refused;
    /// `invalid_request` for a line that is no case. `error` then says why, as it does for a malformed request, which
    /// is denied.
    #[arg(long, conflicts_with = "casefile")]
    jsonl: bool,
    /// The time of requests that give none: 2026-01-15T10:00:00Z, or seconds since 1970 [default: now for a request of
    /// options; cases have no time then, so that they always come out alike]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    time: Option<i64>,
    #[command(flatten)]
    parts: Parts,
}

/// Runs the command.
pub(crate) fn run(arguments: &DecideArguments) -> anyhow::Result<Status> {
    match &arguments.casefile {
        Some(path) => decide_file(path, arguments.time),
        None if arguments.jsonl => stream::run(io::stdin(), &mut io::stdout().lock(), arguments.time),
        None => parts::run(&arguments.parts, arguments.time),
    }
}

/// Decides every case of a file.
fn decide_file(path: &Path, time: Option<i64>) -> anyhow::Result<Status> {
    let mut out = io::stdout().lock();
    let mut status = Status::Good;
    for line in read_cases(path)? {
        match line.case.and_then(|case| Case::read(&case)) {
            Ok(case) => {
                let answer = Answer::of(case, time);
                answer.print(&mut out)?;
                status = status.max(answer.status());
            }
            Err(NotACase(why)) => {
                complain(&format!("{}:{}: no case: {why}", path.display(), line.number));
                status = Status::Error;
            }
        }
    }
    Ok(status)
}
