//! Policy documents on the command line: their options, and how a refused one is reported.

use std::path::Path;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use iamlet::{CompileOptions, PolicyKind};
use iamlet_cases::Refused;

use crate::output::plain;

/// What a document is, and what is asked of it.
#[derive(Args)]
pub(crate) struct PolicyArguments {
    /// What kind of policy the documents are
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    pub(crate) kind: PolicyKind,
    /// Hold the documents to AWS's upload limits: size, and the characters that IAM takes
    #[arg(long)]
    enforce_quotas: bool,
    /// Hold the documents to this many bytes, in place of the limit of their kind; implies --enforce-quotas
    #[arg(long, value_name = "N")]
    quota_bytes: Option<u32>,
    /// Take a service control policy without `Version` as one of 2012-10-17
    #[arg(long)]
    scp_assume_2012: bool,
}

impl PolicyArguments {
    /// As the library takes them.
    pub(crate) fn options(&self) -> CompileOptions {
        CompileOptions {
            // A limit that is given and not enforced would be a trap.
            enforce_quotas: self.enforce_quotas || self.quota_bytes.is_some(),
            quota_bytes: self.quota_bytes,
            scp_assume_2012: self.scp_assume_2012,
        }
    }
}

fn kind_parser() -> impl TypedValueParser<Value = PolicyKind> {
    PossibleValuesParser::new(PolicyKind::ALL.map(PolicyKind::name))
        .try_map(|name| name.parse::<PolicyKind>().map_err(|_| "there is no such kind of policy"))
}

/// The line that reports a refused document, of which the text is not at hand: `file:line:column: CODE message (pointer)`.
pub(crate) fn refusal(path: &Path, refused: &Refused) -> String {
    line(path, refused, &refused.error.to_string())
}

/// The same, with the part of the document that is at fault. `place` is its line and column in the file.
pub(crate) fn refusal_in(path: &Path, refused: &Refused, document: &[u8], place: (u32, u32)) -> String {
    let (line_number, column) = place;
    let error = &refused.error;
    let message = format!("{line_number}:{column}: {} {}", error.fault.code(), error.explained(document));
    line(path, refused, &message)
}

fn line(path: &Path, refused: &Refused, message: &str) -> String {
    let mut line = format!("{}:{message}", path.display());
    if !refused.pointer.is_empty() {
        line += &format!(" ({})", refused.pointer);
    }
    plain(&line)
}
