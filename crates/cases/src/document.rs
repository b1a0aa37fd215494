//! Cases that are one document, to be accepted or refused.

use iamlet::{CompileOptions, PolicyKind};
use serde_json::Value;

use crate::compile::{DOCUMENT_OPTIONS, Refused, compile_document, options_of};
use crate::members::Members;
use crate::not_a_case::{NotACase, not_a_case};

/// A document case.
#[derive(Clone, Debug)]
pub struct DocumentCase {
    /// Its name.
    pub id: Value,
    /// The kind as which the document is compiled.
    pub kind: PolicyKind,
    /// The document.
    pub text: Vec<u8>,
    /// The options.
    pub options: CompileOptions,
    /// Whether the document is valid.
    pub valid: bool,
    /// The fault that refuses it.
    pub code: Option<String>,
    /// The JSON Pointer of the element at fault.
    pub at: Option<String>,
    /// The byte at which the fault was seen.
    pub offset: Option<u64>,
}

const MEMBERS: [&str; 11] =
    ["id", "rule", "kind", "policy", "policy_hex", "expect", "code", "at", "offset", "options", "why"];

impl DocumentCase {
    /// Whether a line is a document case and not a decision case.
    #[must_use]
    pub fn is_one(case: &Value) -> bool {
        ["policy", "policy_hex", "kind"].iter().any(|name| case.get(name).is_some())
    }

    /// Reads a case from its JSON.
    ///
    /// # Errors
    /// [`NotACase`].
    pub fn read(case: &Value) -> Result<Self, NotACase> {
        let case = Members::of(case, "", &MEMBERS)?;
        let text = |name: &str| case.text(name);
        let Some(kind) = case.word("kind", &PolicyKind::ALL.map(|kind| (kind.name(), kind)))? else {
            return not_a_case("`kind` is missing");
        };
        let options = case.get("options");
        if let Some(options) = options {
            Members::of(options, "options", &DOCUMENT_OPTIONS)?;
        }
        let document = match (text("policy")?, text("policy_hex")?) {
            (Some(text), None) => text.as_bytes().to_vec(),
            (None, Some(hex)) => match bytes(hex) {
                Some(bytes) => bytes,
                None => return not_a_case("`policy_hex` is not hexadecimal"),
            },
            _ => return not_a_case("a document case has `policy` or `policy_hex`"),
        };
        Ok(Self {
            id: case.get("id").cloned().unwrap_or_default(),
            kind,
            text: document,
            options: options_of(options)?,
            valid: match case.word("expect", &[("valid", true), ("invalid_policy", false)])? {
                Some(valid) => valid,
                None => return not_a_case("`expect` is missing"),
            },
            code: text("code")?.map(str::to_owned),
            at: text("at")?.map(str::to_owned),
            offset: case.bytes("offset")?,
        })
    }

    /// Compiles the document, and says how the result differs from what is expected.
    #[must_use]
    pub fn difference(&self) -> Option<String> {
        self.difference_from(compile_document(&self.text, self.kind, self.options).map(|_| ()))
    }

    /// How a result differs from what is expected.
    #[must_use]
    pub fn difference_from(&self, result: Result<(), Refused>) -> Option<String> {
        let refused = match (result, self.valid) {
            (Ok(()), true) => return None,
            (Ok(()), false) => return Some("accepted, not refused".to_owned()),
            (Err(refused), true) => return Some(format!("refused: {refused}")),
            (Err(refused), false) => refused,
        };
        let Refused { error, pointer } = &refused;
        let code_differs = self.code.as_ref().is_some_and(|code| code != error.fault.code());
        let pointer_differs = self.at.as_ref().is_some_and(|at| at != pointer);
        let offset_differs = self.offset.is_some_and(|offset| offset != u64::from(error.offset));
        (code_differs || pointer_differs || offset_differs)
            .then(|| format!("{} at `{pointer}`, byte {}, not as expected", error.fault.code(), error.offset))
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
