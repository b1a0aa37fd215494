//! An explanation in the shape that `simulate-custom-policy` answers with, for emulators.

use core::fmt;

use super::explanation::Explanation;
use super::json_writer::{Object, string};
use super::value::Utf8;
use crate::evaluate::decision::Effect;
use crate::evaluate::explanation::{Fact, JudgedStatement, Record, Role, Verdict};
use crate::image::layer::Layer;

/// One item of `EvaluationResults`: one action, with the resource that it was decided for in `ResourceSpecificResults`.
/// Of several resources, an emulator joins the results of one action. The policy's tag stands for `SourcePolicyId`.
#[derive(Clone, Copy, Debug)]
pub struct Simulation<'e, 'a>(&'e Explanation<'a>);

impl<'a> Explanation<'a> {
    /// The explanation as one item of `EvaluationResults` of the policy simulator, as JSON. It is not for clients.
    #[must_use]
    pub fn simulation(&self) -> Simulation<'_, 'a> {
        Simulation(self)
    }
}

impl fmt::Display for Simulation<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explanation = self.0;
        let verdict = explanation.verdict();
        let decision = match verdict.map(|verdict| verdict.effect) {
            Some(Effect::Allow) => "allowed",
            Some(Effect::ExplicitDeny) => "explicitDeny",
            _ => "implicitDeny",
        };
        let mut result = Object::begin(f)?;
        result.text("EvalActionName", Utf8(explanation.request.action()))?;
        result.text("EvalResourceName", Utf8(explanation.resource()))?;
        result.text("EvalDecision", decision)?;
        self.details(&mut result, verdict.as_ref())?;
        result.list("ResourceSpecificResults", core::iter::once(()), |out, ()| {
            let mut resource = Object::begin(out)?;
            resource.text("EvalResourceName", Utf8(explanation.resource()))?;
            resource.text("EvalResourceDecision", decision)?;
            self.details(&mut resource, verdict.as_ref())?;
            resource.end()
        })?;
        result.end()
    }
}

impl Simulation<'_, '_> {
    fn details(&self, result: &mut Object<'_>, verdict: Option<&Verdict>) -> fmt::Result {
        let explanation = self.0;
        let matched = explanation.statements().map(|(judged, _)| judged);
        let matched = matched.filter(|judged| judged.role == Role::Decides);
        result.list("MatchedStatements", matched, |out, judged| {
            let mut statement = Object::begin(out)?;
            self.matched(&mut statement, &judged)?;
            statement.end()
        })?;
        let absent = || {
            explanation.records().filter_map(|record| match record {
                Record::Condition(condition) if condition.fact == Fact::Absent => {
                    explanation.condition(&condition)
                }
                _ => None,
            })
        };
        // Each key once, where it is met first.
        let is_first = |at: usize, key: &[u8]| !absent().take(at).any(|earlier| earlier.folded_key() == key);
        let missing = absent().enumerate().filter(|(at, text)| is_first(*at, text.folded_key()));
        result.list("MissingContextValues", missing, |out, (_, text)| string(out, text.key()))?;
        let silent = |layer| explanation.silent_layers().any(|silent| silent.layer == layer);
        let denied_by =
            |layer| verdict.is_some_and(|verdict| verdict.layer == Some(layer) && verdict.denies > 0);
        if explanation.has(Layer::Scp) {
            let allowed = !silent(Layer::Scp) && !denied_by(Layer::Scp);
            result.object("OrganizationsDecisionDetail", |detail| {
                detail.truth("AllowedByOrganizations", allowed)
            })?;
        }
        if explanation.has(Layer::Boundary) {
            let allowed = !silent(Layer::Boundary) && !denied_by(Layer::Boundary);
            result.object("PermissionsBoundaryDecisionDetail", |detail| {
                detail.truth("AllowedByPermissionsBoundary", allowed)
            })?;
        }
        Ok(())
    }

    fn matched(&self, object: &mut Object<'_>, judged: &JudgedStatement) -> fmt::Result {
        let source = self.0.source(judged);
        match source {
            Some(source) => object.text("SourcePolicyId", source.name)?,
            None => object.text("SourcePolicyId", judged.tag)?,
        }
        object.text(
            "SourcePolicyType",
            match judged.layer {
                Layer::Resource => "Resource Policy",
                Layer::Boundary => "Permissions Boundary Policy",
                Layer::Scp | Layer::Rcp => "Organizations Policy",
                Layer::Identity | Layer::Session | Layer::Endpoint => "IAM Policy",
            },
        )?;
        let Some([line, column]) = source.and_then(|source| source.position(judged.statement)) else {
            return Ok(());
        };
        object.object("StartPosition", |position| {
            position.number("Line", line.into())?;
            position.number("Column", column.into())
        })
    }
}
