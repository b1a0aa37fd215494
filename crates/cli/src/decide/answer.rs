//! What a case comes to, in words.

use std::io::{self, Write};

use iamlet::{Decision, Effect, Reason};
use iamlet_cases::{Case, Outcome};
use serde_json::{Value, json};

use super::told::{PolicySource, Tells, Told};
use crate::output::{Status, plain, print_rows};

/// A decision, or why there is none, with all that is known about it.
pub(crate) struct Answer {
    id: Value,
    /// How the principal was understood, where it says something else.
    principal: Option<String>,
    outcome: Outcome,
    reason: Reason,
    layer: Option<String>,
    /// The name of the policy in the case.
    policy: Option<String>,
    statement: Option<u32>,
    sid: Option<String>,
    /// Why, where that is asked, or why that cannot be told.
    told: Option<Result<Told, String>>,
}

impl Answer {
    /// The answer to a case of a file. If its request gives no time, it has this one.
    pub(crate) fn of_case(case: Case, time: Option<i64>, tells: Tells) -> Self {
        let sources = (tells != Tells::Decision).then(|| PolicySource::of_case(&case));
        Self::of(case, time, sources.as_deref())
    }

    /// The answer to a case, and why, if its policies have sources. If its request gives no time, it has this one.
    pub(crate) fn of(mut case: Case, time: Option<i64>, sources: Option<&[PolicySource]>) -> Self {
        if let Some(time) = time {
            case.request.set_clock_if_none(time);
        }
        let none = |outcome| Self {
            id: case.id.clone(),
            principal: None,
            outcome,
            reason: Reason::Error,
            layer: None,
            policy: None,
            statement: None,
            sid: None,
            told: None,
        };
        let compiled = match case.compile() {
            Ok(compiled) => compiled,
            Err(error) => return none(Outcome::InvalidPolicy(error)),
        };
        let answer = compiled.decide(&case.request, |decision| match decision {
            Ok(decision) => Self::decided(&case, &decision),
            Err(error) => none(Outcome::Malformed(error)),
        });
        let told = sources.filter(|_| answer.error().is_none());
        Self { told: told.map(|sources| Told::of(&case, &compiled, sources)), ..answer }
    }

    fn decided(case: &Case, decision: &Decision<'_>) -> Self {
        let decisive = decision.decisive;
        let policy = decisive.and_then(|decisive| case.policies.get(usize::try_from(decisive.tag).ok()?));
        let layer = decision.layer.map(|layer| match layer.has_levels() {
            true => format!("{}, level {}", layer.name(), decision.level),
            false => layer.name().to_owned(),
        });
        Self {
            id: case.id.clone(),
            principal: None,
            outcome: Outcome::Decided(decision.effect),
            reason: decision.reason,
            layer,
            policy: policy.map(|policy| policy.name.clone()),
            statement: decisive.map(|decisive| decisive.statement),
            sid: decisive.map(|decisive| decisive.sid.to_owned()).filter(|sid| !sid.is_empty()),
            told: None,
        }
    }

    /// The answer, which also tells how the principal was understood.
    pub(crate) fn with_principal(self, principal: Option<String>) -> Self {
        Self { principal, ..self }
    }

    /// The decision as case files spell it.
    pub(crate) fn decision(&self) -> &'static str {
        self.outcome.name()
    }

    /// Why nothing could be decided.
    fn error(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Decided(_) => None,
            Outcome::InvalidPolicy(error) | Outcome::Malformed(error) => Some(error),
        }
    }

    /// The decision and why it came to be, in a line.
    pub(crate) fn summary(&self) -> String {
        format!("{} ({})", self.decision(), self.error().unwrap_or(self.reason.message()))
    }

    /// What the exit status tells of it.
    pub(crate) fn status(&self) -> Status {
        match self.outcome {
            Outcome::Decided(Effect::Allow) => Status::Good,
            Outcome::Decided(Effect::ImplicitDeny | Effect::ExplicitDeny) => Status::Bad,
            Outcome::InvalidPolicy(_) | Outcome::Malformed(_) => Status::Error,
        }
    }

    /// Prints it as a table.
    pub(crate) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let statement = self.statement.map(|number| number.to_string());
        let first = [("id", name_of(&self.id)), ("decision", self.decision().to_owned())];
        let principal = self.principal.as_ref().map(|principal| ("principal", principal.clone()));
        let rows = [
            ("reason", self.reason.message().to_owned()),
            ("layer", or_dash(self.layer.as_deref())),
            ("policy", or_dash(self.policy.as_deref())),
            ("statement", or_dash(statement.as_deref())),
            ("Sid", or_dash(self.sid.as_deref())),
        ];
        let error = self.error().map(|error| ("error", error.to_owned()));
        print_rows(out, first.into_iter().chain(principal).chain(rows).chain(error))?;
        match &self.told {
            None => Ok(()),
            Some(Ok(told)) => writeln!(out, "{}\n", told.text),
            Some(Err(error)) => writeln!(out, "no explanation: {}\n", plain(error)),
        }
    }

    /// Prints the explanation, or why there is none.
    pub(crate) fn print_why(&self, out: &mut dyn Write) -> io::Result<()> {
        if !self.id.is_null() {
            writeln!(out, "{}:", plain(&name_of(&self.id)))?;
        }
        if let Some(principal) = &self.principal {
            writeln!(out, "The principal is {}.", plain(principal))?;
        }
        match (&self.told, self.error()) {
            (Some(Ok(told)), _) => writeln!(out, "{}", told.text),
            (Some(Err(error)), _) => {
                writeln!(out, "{}: {}", self.decision(), self.reason.message())?;
                writeln!(out, "no explanation: {}", plain(error))
            }
            (None, error) => writeln!(out, "{}: {}", self.decision(), plain(error.unwrap_or_default())),
        }
    }

    /// It as a line of a stream.
    pub(crate) fn json(&self) -> Value {
        let mut line = json!({"id": self.id, "decision": self.decision()});
        if let Some(error) = self.error() {
            line["error"] = error.into();
        }
        match &self.told {
            None => {}
            Some(Ok(told)) => line["explanation"] = told.json.clone(),
            Some(Err(error)) => line["error"] = format!("no explanation: {error}").into(),
        }
        line
    }
}

/// The name of a case for people: without quotes, and a dash where it has none.
pub(crate) fn name_of(id: &Value) -> String {
    match id {
        Value::Null => "-".to_owned(),
        Value::String(name) => name.clone(),
        other => other.to_string(),
    }
}
