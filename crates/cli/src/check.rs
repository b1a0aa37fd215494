//! `iamlet check`: is each document a valid policy of its kind?

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use iamlet::parse::json::pointer::line_column;
use iamlet_cases::compile_document;

use crate::input::read_wrapped;
use crate::output::{Status, complain, plain};
use crate::policy::{PolicyArguments, refusal_in};
use crate::unwrap::unwrap;

/// Check policy documents and print what is wrong with them
///
/// Each refused document gets a line `file:line:column: CODE message (pointer)`; good documents get none. What the AWS
/// command line prints around a document is unwrapped, and a line says so: `file: unwrapped PolicyVersion.Document`.
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
        let file = match read_wrapped(path) {
            Ok(text) => text,
            Err(error) => {
                complain(&error);
                status = Status::Error;
                continue;
            }
        };
        let found = unwrap(&file);
        let name = plain(&path.display().to_string());
        if let Some(wrapping) = &found.wrapping {
            writeln!(out, "{name}: unwrapped {wrapping}")?;
        }
        match compile_document(&found.document, arguments.policy.kind, arguments.policy.options()) {
            Ok(_) if arguments.verbose => writeln!(out, "{name}: ok")?,
            Ok(_) => {}
            Err(refused) => {
                let place = line_column(&file, found.place(refused.error.offset as usize));
                writeln!(out, "{}", refusal_in(path, &refused, &found.document, place))?;
                status = status.max(Status::Bad);
            }
        }
    }
    Ok(status)
}
