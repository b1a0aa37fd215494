//! Policy documents on the command line: their options, and how a refused one is reported.

use std::path::Path;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use iamlet::image::kind::PolicyKind;
use iamlet::parse::CompileOptions;
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
        .try_map(|name| PolicyKind::from_name(&name).ok_or("there is no such kind of policy"))
}

/// The line that reports a refused document: `file:line:column: CODE message (pointer)`.
pub(crate) fn refusal(path: &Path, refused: &Refused) -> String {
    let Refused { error, pointer } = refused;
    let mut line = format!(
        "{}:{}:{}: {} {}",
        path.display(),
        error.line,
        error.column,
        error.fault.code(),
        error.fault.message()
    );
    if let Some(missing) = error.missing {
        line += &format!(": `{}`", missing.name());
    }
    if let Some(pool) = error.pool {
        line += &format!(": `{}`", pool.name());
    }
    if !pointer.is_empty() {
        line += &format!(" ({pointer})");
    }
    plain(&line)
}
