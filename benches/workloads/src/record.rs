//! What a program measured, as a file between it and the report.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::Bench;

/// Rows of samples, and single facts.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Samples, in nanoseconds of one operation.
    pub rows: BTreeMap<String, Vec<f64>>,
    /// Numbers that are the same each time: sizes, counts, wrong decisions.
    pub facts: BTreeMap<String, f64>,
    /// Texts: versions, and why something was not measured.
    pub notes: BTreeMap<String, String>,
}

impl Record {
    /// Takes the samples of rows.
    pub fn take(&mut self, benches: Vec<Bench<'_>>) {
        for bench in benches {
            self.rows.entry(bench.name).or_default().extend(bench.samples);
        }
    }

    /// Notes a number.
    pub fn fact(&mut self, name: impl Into<String>, value: f64) {
        self.facts.insert(name.into(), value);
    }

    /// Adds to a number.
    pub fn add(&mut self, name: impl Into<String>, value: f64) {
        *self.facts.entry(name.into()).or_default() += value;
    }

    /// Notes a text.
    pub fn note(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.notes.insert(name.into(), text.into());
    }

    /// Adds what another run of the same program, or another program, measured.
    pub fn join(&mut self, other: Self) {
        for (name, samples) in other.rows {
            self.rows.entry(name).or_default().extend(samples);
        }
        self.facts.extend(other.facts);
        self.notes.extend(other.notes);
    }

    /// Writes the file.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write(&self, path: &Path) {
        let text = json!({"rows": self.rows, "facts": self.facts, "notes": self.notes}).to_string();
        std::fs::write(path, text).expect("a file that can be written");
    }

    /// Reads a file.
    ///
    /// # Panics
    /// Where it is none of [`Record::write`].
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a file that can be read");
        let file: Value = serde_json::from_str(&text).expect("JSON");
        let members = |name: &str| file[name].as_object().cloned().expect("an object");
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let samples = |list: &Value| list.as_array().expect("a list").iter().map(number).collect();
        Self {
            rows: members("rows").iter().map(|(name, list)| (name.clone(), samples(list))).collect(),
            facts: members("facts").iter().map(|(name, value)| (name.clone(), number(value))).collect(),
            notes: members("notes")
                .iter()
                .map(|(name, text)| (name.clone(), text.as_str().unwrap_or_default().to_owned()))
                .collect(),
        }
    }
}
