//! The objects of a case: their members are known by name, and anything else in them is an error. A member that was
//! misspelt and passed over could turn a deny into an allow.

use serde_json::{Map, Value};

use crate::not_a_case::{NotACase, not_a_case};

/// An object whose members all have names that are known, or free.
pub(crate) struct Members<'v> {
    /// What the object is, for messages; empty for the case itself.
    place: String,
    object: &'v Map<String, Value>,
}

impl<'v> Members<'v> {
    /// The members of `value`, which may have these names.
    pub(crate) fn of(value: &'v Value, place: impl Into<String>, known: &[&str]) -> Result<Self, NotACase> {
        let place = place.into();
        let Some(object) = value.as_object() else {
            return not_a_case(if place.is_empty() {
                "not an object".to_owned()
            } else {
                format!("`{place}` is not an object")
            });
        };
        let members = Self { place, object };
        for name in object.keys().filter(|name| !is_free(name)) {
            if !known.contains(&name.as_str()) {
                let what = correction(name, known, "there is no such member; it has");
                return members.wrong(name, format_args!(": {what}"));
            }
        }
        Ok(members)
    }

    /// A member, where it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&'v Value> {
        self.object.get(name)
    }

    /// All members, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.object.iter()
    }

    /// A member that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&'v Value, NotACase> {
        self.get(name).map_or_else(|| self.wrong(name, " is missing"), Ok)
    }

    /// A member that is a text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'v str>, NotACase> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => self.wrong(name, " is not a string"),
        }
    }

    /// A member that is a text; empty where it is not there.
    pub(crate) fn owned_text(&self, name: &str) -> Result<String, NotACase> {
        Ok(self.text(name)?.unwrap_or_default().to_owned())
    }

    /// A member that is true or false.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, NotACase> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => self.wrong(name, " is neither true nor false"),
        }
    }

    /// A member that is a number of bytes.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<u64>, NotACase> {
        match self.get(name).map(Value::as_u64) {
            None => Ok(None),
            Some(Some(bytes)) => Ok(Some(bytes)),
            Some(None) => self.wrong(name, " is no number of bytes"),
        }
    }

    /// A member that is one of these words.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, NotACase> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                let what = correction(text, &known, "it can be");
                self.wrong(name, format_args!(" cannot be `{text}`: {what}"))
            }
        }
    }

    /// An error about a member: `what` follows its name.
    pub(crate) fn wrong<T>(&self, name: &str, what: impl std::fmt::Display) -> Result<T, NotACase> {
        let place = &self.place;
        let separator = if place.is_empty() { "" } else { ": " };
        not_a_case(format!("{place}{separator}`{name}`{what}"))
    }
}

/// Whether a member of this name is for people and other programs: no reader of cases looks at it.
fn is_free(name: &str) -> bool {
    matches!(name, "why" | "comment") || name.starts_with("x-")
}

/// What to say of a word that is not among the known ones: the one that was meant, or all that there are.
pub(crate) fn correction(word: &str, known: &[&str], all_there_are: &str) -> String {
    let folded = word.to_lowercase();
    let distance = |known: &&&str| strsim::damerau_levenshtein(&folded, known);
    // A third of the letters, as rustc has it: with more of them wrong the guess would be as wrong.
    let most = word.chars().count().max(3) / 3;
    match known.iter().min_by_key(distance).filter(|nearest| distance(nearest) <= most) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("{all_there_are}: `{}`", known.join("`, `")),
    }
}
