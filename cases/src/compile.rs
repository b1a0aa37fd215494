//! Compiling with as much memory as it takes.

use std::fmt;

use iamlet::ground::error::{CompileError, Fault};
use iamlet::image::kind::PolicyKind;
use iamlet::parse::scratch::{LargeScratch, MediumScratch, ScratchMemory, SmallScratch};
use iamlet::parse::{CompileFailure, CompileOptions, compile, write_pointer};
use serde_json::Value;

use crate::{NotACase, flag_member, not_a_case, object, text_member};

/// A refused document: the error, and the JSON Pointer of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The error.
    pub error: CompileError,
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
    let full = |result: &Result<Vec<u8>, CompileError>| matches!(result, Err(error) if error.fault == Fault::Capacity);
    let mut result = attempt(text, kind, options, &mut SmallScratch::new());
    if full(&result) {
        result = attempt(text, kind, options, &mut *Box::new(MediumScratch::new()));
    }
    if full(&result) {
        result = attempt(text, kind, options, &mut *Box::new(LargeScratch::new()));
    }
    result.map_err(|error| {
        let mut pointer = String::new();
        write_pointer(text, &error, &mut |piece| pointer.push_str(piece));
        Refused { error, pointer }
    })
}

fn attempt(
    text: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    scratch: &mut impl ScratchMemory,
) -> Result<Vec<u8>, CompileError> {
    let mut image = vec![0; 4096];
    loop {
        match compile(text, kind, options, scratch, &mut image) {
            Ok(size) => {
                image.truncate(size);
                return Ok(image);
            }
            Err(CompileFailure::OutputTooSmall(size)) => image.resize(size, 0),
            Err(CompileFailure::Refused(error)) => return Err(error),
        }
    }
}

/// The options of a case.
///
/// # Errors
/// [`NotACase`]: an option that was misread would change what is refused.
pub fn options_of(options: Option<&Value>) -> Result<CompileOptions, NotACase> {
    let Some(options) = options.filter(|options| !options.is_null()) else {
        return Ok(CompileOptions::default());
    };
    let options = object(options, "options")?;
    let quota_bytes = match options.get("quota_bytes") {
        None | Some(Value::Null) => None,
        Some(bytes) => match bytes.as_u64() {
            Some(bytes) => Some(u32::try_from(bytes).unwrap_or(u32::MAX)),
            None => return not_a_case("`quota_bytes` is no number of bytes"),
        },
    };
    let scp_assume_2012 = match text_member(options, "scp_missing_version")? {
        None | Some("reject") => false,
        Some("assume_2012") => true,
        Some(other) => return not_a_case(format!("`scp_missing_version` cannot be `{other}`")),
    };
    Ok(CompileOptions {
        enforce_quotas: flag_member(options, "enforce_quotas")?,
        quota_bytes,
        scp_assume_2012,
    })
}
