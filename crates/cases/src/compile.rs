//! Compiling with as much memory as it takes.

use std::fmt;

use iamlet::{CompileOptions, PolicyBuf, PolicyKind, Refusal};
use serde_json::Value;

use crate::members::Members;
use crate::not_a_case::NotACase;

/// A refused document: the error, and the JSON Pointer of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The error.
    pub error: Refusal,
    /// The JSON Pointer.
    pub pointer: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        if self.pointer.is_empty() { Ok(()) } else { write!(f, " at {}", self.pointer) }
    }
}

/// Compiles a document in the smallest capacity class that takes it.
///
/// # Errors
/// [`Refused`].
pub fn compile_document(text: &[u8], kind: PolicyKind, options: CompileOptions) -> Result<Vec<u8>, Refused> {
    PolicyBuf::compile_with(kind, text, options)
        .map(PolicyBuf::into_bytes)
        .map_err(|error| Refused { error, pointer: error.pointer(text).to_string() })
}

/// As [`compile_document`], with the source map beside the image.
///
/// # Errors
/// Why the document is refused, and where.
pub fn compile_mapped(
    text: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
) -> Result<(Vec<u8>, Vec<u8>), Refused> {
    PolicyBuf::compile_mapped(kind, text, options)
        .map(|(policy, map)| (policy.into_bytes(), map))
        .map_err(|error| Refused { error, pointer: error.pointer(text).to_string() })
}

/// The options of a document case.
pub(crate) const DOCUMENT_OPTIONS: [&str; 3] = ["enforce_quotas", "quota_bytes", "scp_missing_version"];

/// The options of a decision case.
const OPTIONS: [&str; 4] = ["enforce_quotas", "quota_bytes", "scp_missing_version", "scp_dialect"];

/// The options of a case.
///
/// # Errors
/// [`NotACase`]: an option that was misread would change what is refused.
pub fn options_of(options: Option<&Value>) -> Result<CompileOptions, NotACase> {
    let Some(options) = options else { return Ok(CompileOptions::default()) };
    let options = Members::of(options, "options", &OPTIONS)?;
    Ok(CompileOptions {
        enforce_quotas: options.flag("enforce_quotas")?.unwrap_or(false),
        quota_bytes: options.bytes("quota_bytes")?.map(|bytes| u32::try_from(bytes).unwrap_or(u32::MAX)),
        scp_assume_2012: options
            .word("scp_missing_version", &[("reject", false), ("assume_2012", true)])?
            .unwrap_or(false),
    })
}

/// The kind of the service control policies of a case.
pub(crate) fn scp_kind_of(options: Option<&Value>) -> Result<PolicyKind, NotACase> {
    let dialect = match options {
        Some(options) => Members::of(options, "options", &OPTIONS)?
            .word("scp_dialect", &[("classic", PolicyKind::ScpClassic), ("full", PolicyKind::ScpFull)])?,
        None => None,
    };
    Ok(dialect.unwrap_or(PolicyKind::ScpFull))
}
