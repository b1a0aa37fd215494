//! Rows of `make hostile`.

use crate::document::grouped;

/// A row of the table: what was measured, and what is the most that is wanted.
pub struct Row {
    /// What it is.
    pub what: String,
    /// The number.
    pub measured: f64,
    /// The most that is promised.
    pub wanted: f64,
    /// The most that is let pass: more than is promised where the promise is not met yet.
    pub held: f64,
    /// What it counts.
    pub unit: &'static str,
}

impl Row {
    /// A row.
    #[must_use]
    pub fn new(what: impl Into<String>, measured: f64, wanted: f64, unit: &'static str) -> Self {
        Self { what: what.into(), measured, wanted, held: wanted, unit }
    }

    /// This row, whose promise is not met yet: no worse than so much.
    #[must_use]
    pub fn held_at(self, held: f64) -> Self {
        Self { held, ..self }
    }

    fn is_met(&self) -> bool {
        self.measured <= self.wanted
    }

    /// Whether it is no worse than what is let pass.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.measured <= self.held
    }

    /// Its line of the table.
    #[must_use]
    pub fn line(&self) -> String {
        let number = |number: f64| match number {
            1_000.0.. => grouped(number.round() as u64),
            _ if self.unit == "times" => format!("{number:.2}"),
            _ => format!("{number:.1}"),
        };
        let met = match (self.is_met(), self.is_held()) {
            (true, _) => "yes".to_owned(),
            (false, true) => format!("**no**, held at {}", number(self.held)),
            (false, false) => "**no**".to_owned(),
        };
        format!(
            "| {} | {} | {} {} | {met} |",
            self.what,
            number(self.measured),
            number(self.wanted),
            self.unit
        )
    }
}

/// What is measured of one kind.
#[derive(Default)]
pub struct Part {
    /// What is held against what is promised.
    pub rows: Vec<Row>,
    /// A heading and a table of cases; may be empty.
    pub table: String,
}
