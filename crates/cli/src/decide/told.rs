//! Why a case is decided as it is: the library's explanation, with the names that the policies have here.

use iamlet::{Effect, Source};
use iamlet_cases::{Case, Compiled};
use serde_json::Value;

/// What is told of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tells {
    /// What is decided.
    Decision,
    /// That, and why.
    Both,
    /// Why alone, which says what.
    Why,
}

/// What an explanation calls a policy of a case.
pub(crate) struct PolicySource {
    /// Its file, or where it stands in the case.
    pub(crate) name: String,
    /// Where its statements stand in the file: a source map; empty where there is no file.
    pub(crate) map: Vec<u8>,
}

impl PolicySource {
    /// The policies of a case file, which are named by where they stand in the case.
    pub(crate) fn of_case(case: &Case) -> Vec<Self> {
        case.policies.iter().map(|policy| Self { name: policy.name.clone(), map: Vec::new() }).collect()
    }
}

/// An explanation, in words and as JSON.
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Told {
    /// The explanation of a compiled case. A policy's tag is its number, and so is that of its source.
    pub(crate) fn of(case: &Case, compiled: &Compiled, policies: &[PolicySource]) -> Result<Self, String> {
        let sources: Vec<_> = (0..)
            .zip(policies)
            .map(|(tag, policy)| Source { tag, name: &policy.name, map: &policy.map })
            .collect();
        let sources = sources.as_slice();
        let resources = case.request.items.as_ref().map_or(1, Vec::len);
        compiled.explain(&case.request, |why| {
            let why = why.with_sources(&sources);
            let is_allowed = why.verdict().is_some_and(|verdict| verdict.effect == Effect::Allow);
            let about = match (resources, is_allowed) {
                (0 | 1, _) => String::new(),
                (count, true) => format!("All {count} resources are allowed. This is about the first:\n"),
                (count, false) => format!("Of {count} resources this one decides:\n"),
            };
            let json = serde_json::from_str(&why.json().to_string()).map_err(|error| error.to_string())?;
            Ok(Self { text: format!("{about}{why}"), json })
        })?
    }
}
