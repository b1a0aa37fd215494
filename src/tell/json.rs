//! An explanation as JSON, for audit logs and tools.

use core::fmt::{self, Write};

use super::explanation::{ConditionText, Explanation};
use super::json_writer::{Object, string};
use super::key_name::KeyName;
use super::value::Utf8;
use crate::evaluate::decision::{Effect, Reason};
use crate::evaluate::explanation::{JudgedCondition, JudgedStatement, SilentLayer, Verdict};
use crate::ground::truth::Truth;

/// An explanation as one line of JSON: its `Display` writes it. Texts are whole. `docs/explanations.md` has its members.
#[derive(Clone, Copy, Debug)]
pub struct Json<'e, 'a>(pub(super) &'e Explanation<'a>);

impl<'a> Explanation<'a> {
    /// The explanation as one line of JSON. It tells what policies say: it is not for clients.
    #[must_use]
    pub fn json(&self) -> Json<'_, 'a> {
        Json(self)
    }
}

/// What records without a decision say: they deny.
const NO_DECISION: Verdict = Verdict {
    effect: Effect::ImplicitDeny,
    reason: Reason::Error,
    without_denies: Reason::Error,
    layer: None,
    level: 0,
    denies: 0,
    needs: 0,
};

impl fmt::Display for Json<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explanation = self.0;
        let mut object = Object::begin(f)?;
        let verdict = explanation.verdict().unwrap_or(NO_DECISION);
        self::verdict(&mut object, &verdict)?;
        let needed = explanation.request.needed_keys(verdict.needs);
        object.list("needs", needed, |out, key| string(out, KeyName(key.as_bytes())))?;
        object.text("principal", Utf8(explanation.request.who()))?;
        object.text("action", Utf8(explanation.request.action()))?;
        object.text("resource", Utf8(explanation.resource()))?;
        object.list("silent_layers", explanation.silent_layers(), |out, layer| silent_layer(out, &layer))?;
        object.list("statements", explanation.statements(), |out, (judged, conditions)| {
            statement(out, explanation, &judged, conditions)
        })?;
        object.end()
    }
}

fn verdict(object: &mut Object<'_>, verdict: &Verdict) -> fmt::Result {
    object.text("effect", verdict.effect)?;
    object.text("reason", verdict.reason)?;
    object.number("reason_code", verdict.reason as u64)?;
    if let Some(layer) = verdict.layer {
        object.text("layer", layer)?;
        object.number("level", verdict.level.into())?;
    }
    object.text("without_denies", verdict.without_denies)?;
    object.number("denies", verdict.denies.into())
}

fn silent_layer(out: &mut dyn Write, silent: &SilentLayer) -> fmt::Result {
    let mut object = Object::begin(out)?;
    object.text("layer", silent.layer)?;
    object.number("level", silent.level.into())?;
    object.text("need", silent.need)?;
    object.truth("is_there", silent.is_there)?;
    object.end()
}

fn statement(
    out: &mut dyn Write,
    explanation: &Explanation<'_>,
    judged: &JudgedStatement,
    conditions: impl Iterator<Item = JudgedCondition>,
) -> fmt::Result {
    let mut object = Object::begin(out)?;
    object.text("role", judged.role)?;
    object.text("effect", if judged.denies { "Deny" } else { "Allow" })?;
    object.text("layer", judged.layer)?;
    object.number("level", judged.level.into())?;
    object.number("set", judged.set.into())?;
    object.number("policy", judged.policy.into())?;
    object.number("statement", judged.statement.into())?;
    object.number("tag", judged.tag)?;
    object.text("sid", explanation.sid(judged))?;
    if let Some(source) = explanation.source(judged) {
        object.text("source", source.name)?;
        if let Some([line, column]) = source.position(judged.statement) {
            object.number("line", line.into())?;
            object.number("column", column.into())?;
        }
    }
    object.text("action", truth(judged.action))?;
    object.text("resource", truth(judged.resource))?;
    object.text("principal", truth(judged.principal))?;
    object.text("conditions_hold", truth(judged.conditions))?;
    let conditions = conditions.filter_map(|record| Some((record, explanation.condition(&record)?)));
    object
        .list("conditions", conditions, |out, (record, text)| condition(out, explanation, &record, &text))?;
    object.end()
}

fn condition(
    out: &mut dyn Write,
    explanation: &Explanation<'_>,
    record: &JudgedCondition,
    text: &ConditionText<'_>,
) -> fmt::Result {
    let mut object = Object::begin(out)?;
    object.text("operator", text.operator())?;
    object.text("key", text.key())?;
    object.list("values", text.values(), |out, value| string(out, value))?;
    object.list("sent", explanation.sent(text), |out, value| string(out, Utf8(value)))?;
    object.text("truth", truth(record.truth))?;
    object.text("fact", record.fact.name())?;
    for (name, number) in [("sent_value", record.fact.sent()), ("policy_value", record.fact.expected())] {
        if let Some(number) = number {
            object.number(name, number.into())?;
        }
    }
    if let Some(change) = record.change {
        object.text("change", change)?;
    }
    object.end()
}

const fn truth(truth: Truth) -> &'static str {
    match truth {
        Truth::False => "FALSE",
        Truth::Indet => "INDET",
        Truth::True => "TRUE",
    }
}
