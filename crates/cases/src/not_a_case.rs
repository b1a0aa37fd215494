//! What is wrong with a line that is no case.

use serde_json::Value;

/// A line that is no case: what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotACase(pub String);

impl std::fmt::Display for NotACase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotACase {}

pub(crate) fn not_a_case<T>(what: impl Into<String>) -> Result<T, NotACase> {
    Err(NotACase(what.into()))
}

/// The members of an array.
pub(crate) fn list<'v>(value: &'v Value, what: &str) -> Result<&'v [Value], NotACase> {
    match value.as_array() {
        Some(list) => Ok(list),
        None => not_a_case(format!("`{what}` is not an array")),
    }
}
