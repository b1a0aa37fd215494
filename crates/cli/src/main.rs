//! `iamlet`: checks, compiles and decides with AWS IAM policies from the command line.
//!
//! One file per command, and one folder for the two that decide; what they share is [`input`] (files, lines, cases), [`policy`] (the options of a document and
//! how a refused one is reported) and [`output`] (exit statuses, tables). The work itself is the library's.
#![forbid(unsafe_code)]

mod check;
mod compile;
mod decide;
mod input;
mod output;
mod policy;
mod test;
mod unwrap;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::output::Status;

/// Checks, compiles and decides with AWS IAM JSON policies and service control policies
#[derive(Parser)]
#[command(name = "iamlet", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  iamlet check --kind identity policy.json
  iamlet compile --kind scp_full deny-regions.json -o deny-regions.iam
  iamlet decide case.json
  iamlet why case.json
  iamlet test cases.jsonl

`iamlet COMMAND --help` says more about each command.";

#[derive(Subcommand)]
enum Command {
    Check(check::CheckArguments),
    Compile(compile::CompileArguments),
    Decide(Box<decide::DecideArguments>),
    Why(Box<decide::WhyArguments>),
    Test(test::TestArguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Decide(arguments) => decide::run(&arguments),
        Command::Why(arguments) => decide::run_why(&arguments),
        Command::Test(arguments) => test::run(&arguments),
    };
    let status = result.unwrap_or_else(|error| {
        // A reader that has enough (`| head`) closes the pipe; that needs no words.
        let pipe = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if pipe != Some(io::ErrorKind::BrokenPipe) {
            output::complain(&error);
        }
        Status::Error
    });
    // Nothing is left to do about a standard output that cannot be flushed, but to say so in the status.
    let flushed = io::stdout().flush();
    ExitCode::from(if flushed.is_ok() { status } else { Status::Error } as u8)
}
