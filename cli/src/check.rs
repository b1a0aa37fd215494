//! `iamlet check`: is each document a valid policy of its kind?

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use iamlet_cases::compile_document;

use crate::input::read_document;
use crate::output::{Status, complain, plain};
use crate::policy::{PolicyArguments, refusal};

/// Check policy documents and print what is wrong with them
///
/// Each refused document gets a line `file:line:column: CODE message (pointer)`; good documents get none.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 if all documents are good, 1 if one is refused, 2 if a file cannot be read.

Examples:
  iamlet check --kind identity --enforce-quotas policies/*.json
  aws iam get-policy-version ... | iamlet check --kind identity -"
)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    policy: PolicyArguments,
    /// Print `file: ok` for good documents
    #[arg(short, long)]
    verbose: bool,
    /// The documents; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<Status> {
    let mut out = io::stdout().lock();
    let mut status = Status::Good;
    for path in &arguments.files {
        let text = match read_document(path) {
            Ok(text) => text,
            Err(error) => {
                complain(&error);
                status = Status::Error;
                continue;
            }
        };
        match compile_document(&text, arguments.policy.kind, arguments.policy.options()) {
            Ok(_) if arguments.verbose => writeln!(out, "{}: ok", plain(&path.display().to_string()))?,
            Ok(_) => {}
            Err(refused) => {
                writeln!(out, "{}", refusal(path, &refused))?;
                status = status.max(Status::Bad);
            }
        }
    }
    Ok(status)
}
