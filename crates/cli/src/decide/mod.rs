//! `iamlet decide` and `iamlet why`: what becomes of a request, and why. From a case file ([`run`]), from policy files
//! ([`parts`]), or of cases one after the other ([`stream`]).

mod answer;
mod parts;
mod stream;
mod told;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use clap::{Args, ValueEnum};
use iamlet_cases::{Case, NotACase};
use serde_json::Value;

pub(crate) use self::answer::{Answer, name_of};
use self::parts::Parts;
use self::told::Tells;
use crate::input::{read_cases, time};
use crate::output::{Status, complain};

/// The exit statuses of both commands.
const STATUS: &str =
    "Exit status: 0 if all requests are allowed, 1 if one is denied, 2 if one cannot be decided: a policy is
refused, the request is malformed, a file cannot be read. With --jsonl: 0 unless reading or writing fails.";

/// Decide requests against policies
///
/// The policies and the request come from a case file (docs/semantics.md, "Case files"), or from policy files and
/// options, or, with `--jsonl`, as a stream of cases.
#[derive(Args)]
#[command(
    after_help = format!("{STATUS}

Examples:
  iamlet decide case.json
  iamlet decide --jsonl < cases.jsonl > decisions.jsonl
  iamlet decide --identity alice.json --scp 0=root.json --scp 1=account.json \\
    --principal arn:aws:iam::111122223333:user/alice --action s3:GetObject \\
    --resource-arn arn:aws:s3:::bucket/key --context aws:SourceIp=192.0.2.1")
)]
pub(crate) struct DecideArguments {
    /// Tell why as well, after the decision; in JSON as the member `explanation`
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    question: Question,
}

/// Decide requests, and tell why
///
/// Of a denied request each statement that denies is told, or the Allow that is missing with the statements that nearly
/// allow. Of an allowed request the statements that allow are told, and those that nearly deny. Policies are named by
/// their files. Of several resources the one that decides is told of.
#[derive(Args)]
#[command(
    after_help = format!("{STATUS}

Examples:
  iamlet why --identity alice.json --scp 0=root.json \\
    --principal arn:aws:iam::111122223333:user/alice --action s3:GetObject \\
    --resource-arn arn:aws:s3:::bucket/key
  iamlet why cases.jsonl --id C-17
  iamlet why --jsonl < cases.jsonl > explanations.jsonl")
)]
pub(crate) struct WhyArguments {
    #[command(flatten)]
    question: Question,
}

/// What is asked, and in which form it is answered.
#[derive(Args)]
struct Question {
    /// A file with a case, or with one on each line; `-` for standard input
    #[arg(value_name = "CASEFILE")]
    casefile: Option<PathBuf>,
    /// The case of the file with this id alone
    #[arg(long, value_name = "ID", requires = "casefile")]
    id: Option<String>,
    /// Read cases from standard input, one a line, and write `{"id":...,"decision":...}` for each, in the same order
    ///
    /// `decision` is `allow`, `implicit_deny` or `explicit_deny`; `invalid_policy` where a policy is refused;
    /// `invalid_request` for a line that is no case. `error` then says why, as it does for a malformed request, which
    /// is denied.
    #[arg(long, conflicts_with = "casefile")]
    jsonl: bool,
    /// Words for people, or for each request a line of JSON, as --jsonl writes it [default: text]
    #[arg(long, value_name = "FORMAT", conflicts_with = "jsonl")]
    format: Option<Format>,
    /// The time of requests that give none: 2026-01-15T10:00:00Z, or seconds since 1970 [default: now for a request of
    /// options; cases have no time then, so that they always come out alike]
    #[arg(long, value_name = "TIME", value_parser = time, allow_negative_numbers = true)]
    time: Option<i64>,
    #[command(flatten)]
    parts: Parts,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs `iamlet decide`.
pub(crate) fn run(arguments: &DecideArguments) -> anyhow::Result<Status> {
    arguments.question.answer(if arguments.explain { Tells::Both } else { Tells::Decision })
}

/// Runs `iamlet why`.
pub(crate) fn run_why(arguments: &WhyArguments) -> anyhow::Result<Status> {
    arguments.question.answer(Tells::Why)
}

impl Question {
    fn answer(&self, tells: Tells) -> anyhow::Result<Status> {
        match &self.casefile {
            Some(path) => self.answer_file(path, tells),
            None if self.jsonl => stream::run(io::stdin(), &mut io::stdout().lock(), self.time, tells),
            None => {
                let Some(answer) = parts::answer(&self.parts, self.time, tells)? else {
                    return Ok(Status::Error);
                };
                self.write(&answer, tells)?;
                Ok(answer.status())
            }
        }
    }

    /// Decides every case of a file, or the one that is asked for.
    fn answer_file(&self, path: &Path, tells: Tells) -> anyhow::Result<Status> {
        let mut status = Status::Good;
        let mut answers = 0;
        for line in read_cases(path)? {
            if let (Some(id), Ok(case)) = (&self.id, &line.case)
                && name_of(case.get("id").unwrap_or(&Value::Null)) != *id
            {
                continue;
            }
            match line.case.and_then(|case| Case::read(&case)) {
                Ok(case) => {
                    if answers > 0 && tells == Tells::Why && self.format != Some(Format::Json) {
                        writeln!(io::stdout())?;
                    }
                    answers += 1;
                    let answer = Answer::of_case(case, self.time, tells);
                    self.write(&answer, tells)?;
                    status = status.max(answer.status());
                }
                Err(NotACase(why)) => {
                    complain(&format!("{}:{}: no case: {why}", path.display(), line.number));
                    status = Status::Error;
                }
            }
        }
        if let Some(id) = &self.id {
            ensure!(answers > 0, "`{}` has no case with the id `{id}`", path.display());
        }
        Ok(status)
    }

    fn write(&self, answer: &Answer, tells: Tells) -> io::Result<()> {
        let out = &mut io::stdout().lock();
        match (self.format, tells) {
            (Some(Format::Json), _) => stream::write_line(out, &answer.json()),
            (_, Tells::Why) => answer.print_why(out),
            _ => answer.print(out),
        }
    }
}
