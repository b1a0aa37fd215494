//! Why a case is decided as it is: every statement that is heard, every condition of it, and the fact that each
//! condition rests on.
//!
//! Nothing is left out because the outcome is known without it: a statement whose action does not match has its
//! conditions computed all the same.
//!
//! # Choices
//!
//! - The action sts:GetCallerIdentity of a signed caller asks no policy (R-EVAL-23): no statement is heard, and no
//!   layer is silent.
//! - SCPs and RCPs that do not apply to the request (R-EVAL-2, R-RCP-5) are not heard. Identity, boundary and session
//!   policies are heard whoever calls (R-EVAL-5).
//! - A set of identity or session policies without a document is no layer. A level of SCPs without one is (R-EVAL-4).
//! - RCP levels are never silent: RCPFullAWSAccess is assumed at each (R-RCP-4, R-EVAL-6).
//! - An RCP's own Allow (R-RCP-3) is a statement like any other, with its truth.

use super::condition::{self, Condition};
use super::document::{Policy, Statement};
use super::layers::{self, Limits, Policies, Say};
use super::principal::{self, Class};
use super::request::{self, Request};
use super::variables::{self, Context};
use super::{Outcome, Truth, matching, together, values};
use serde_json::Value;

/// What there is to say of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Explained {
    /// Some supplied document is refused, with this code (R-GEN-2).
    InvalidPolicy(&'static str),
    /// The request is malformed (R-GEN-3).
    Malformed,
    /// One item for each resource, in the order of the request (R-RES-12).
    Decided(Vec<OfResource>),
}

impl Explained {
    /// The outcome of the case.
    pub fn outcome(&self) -> Outcome {
        match self {
            Explained::InvalidPolicy(_) => Outcome::InvalidPolicy,
            // R-GEN-3
            Explained::Malformed => Outcome::ImplicitDeny,
            Explained::Decided(resources) => {
                together(&resources.iter().map(|resource| resource.outcome).collect::<Vec<_>>())
            }
        }
    }
}

/// What there is to say of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct OfResource {
    /// The resource as the request names it.
    pub resource: String,
    /// The outcome for it, recombined from the statements below.
    pub outcome: Outcome,
    /// Whether nothing is asked because of the action (sts:GetCallerIdentity, R-EVAL-23).
    pub nothing_asked: bool,
    /// Whether the resource policy denies and that does not count: the root user and the bucket's policy (R-EVAL-23).
    pub set_aside: bool,
    /// Every statement that is heard: by layer in the order of [`Layer`], then level, policy, statement.
    pub statements: Vec<OfStatement>,
    /// The layers, with their level, that are heard and present and of which no Allow is TRUE.
    pub silent: Vec<(Layer, usize)>,
}

/// The layers of policies (R-GEN-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The identity policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policies.
    Session,
    /// The SCPs, a list for each level.
    Scp,
    /// The RCPs, a list for each level.
    Rcp,
    /// The resource policy.
    Resource,
    /// The VPC endpoint policy.
    Vpce,
}

impl Layer {
    /// The name that the vectors use.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Identity => "identity",
            Layer::Boundary => "boundary",
            Layer::Session => "session",
            Layer::Scp => "scp",
            Layer::Rcp => "rcp",
            Layer::Resource => "resource",
            Layer::Vpce => "vpce",
        }
    }
}

/// What there is to say of one statement.
#[derive(Clone, Debug, PartialEq)]
pub struct OfStatement {
    /// The layer that it is of.
    pub layer: Layer,
    /// The level of an SCP or RCP, root first; else 0.
    pub level: usize,
    /// Number of the policy in the layer's or level's list.
    pub policy: usize,
    /// Number of the statement in the policy.
    pub statement: usize,
    /// Effect Allow; else Deny.
    pub allow: bool,
    /// Action or NotAction.
    pub action: Truth,
    /// Resource or NotResource; TRUE where the statement has neither.
    pub resource: Truth,
    /// Principal or NotPrincipal; TRUE where the statement has neither.
    pub principal: Truth,
    /// All conditions together; TRUE where there is none.
    pub conditions: Truth,
    /// The statement's match: all four (R-GEN-8).
    pub truth: Truth,
    /// The classes of the Principal values that match (section 5.3); they count if the statement is a TRUE Allow.
    pub classes: Vec<Class>,
    /// Each condition: operators in the document's order, and keys in the document's order.
    pub each: Vec<OfCondition>,
}

/// What there is to say of one key of one operator.
#[derive(Clone, Debug, PartialEq)]
pub struct OfCondition {
    /// Number of the operator in the Condition block.
    pub operator: usize,
    /// The operator in the specification's spelling, qualifier and `IfExists` included.
    pub name: String,
    /// Number of the key among the operator's.
    pub key_number: usize,
    /// The key as written.
    pub key: String,
    /// What it computes.
    pub truth: Truth,
    /// What that rests on.
    pub fact: Fact,
    /// The fact of each value of the request by itself; empty where the values are not compared.
    pub of_values: Vec<Fact>,
}

/// What the truth of a condition rests on.
///
/// The first of these that holds is the fact; negation is disregarded in all of them.
///
/// 1. `Unknown`, `Absent`: the key has no value.
/// 2. `EmptySet`, `Present`: of `Null`, where the key has one.
/// 3. `SeveralValues`: no value is compared.
/// 4. `EmptySet`: where R-MULTI-3 made INDET of what the comparison computed, and only there. Empty texts under
///    `ForAllValues` that compute TRUE, or do not parse, have the facts that follow.
/// 5. `Matches`, `DoesNotParse`, `VariableWithoutValue`, `Ambiguous`, `NoMatch`, in this order.
///
/// Under a set qualifier the fifth goes over all values of the request together: `Matches` where any of them matches,
/// else `DoesNotParse` where any does not parse, and so on. So `ForAllValues` may be FALSE with the fact `Matches`:
/// one value matches and another does not. [`OfCondition::of_values`] tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The first value of the request, from zero, that matches some policy value TRUE, and the first policy value in
    /// the document's order that it matches.
    Matches {
        /// Number of the request's value.
        request_value: usize,
        /// Number of the policy's value.
        policy_value: usize,
    },
    /// None matches, and some value of the request does not parse for the operator's family (R-MULTI-4).
    DoesNotParse,
    /// None matches, and some policy value has a variable without a value (R-VAR-8, R-VAR-10).
    VariableWithoutValue,
    /// None matches, and some comparison is INDET by this rule (R-STR-2 or R-IP-3).
    Ambiguous(&'static str),
    /// All values parse, and none matches.
    NoMatch,
    /// The key is absent, and that decides (R-MISS-1).
    Absent,
    /// AWS sends a value that nobody told (R-CTX-3, R-CTX-7).
    Unknown,
    /// Several values, or a multivalued key, and no qualifier (R-MULTI-1, R-MULTI-6).
    SeveralValues,
    /// Nothing but empty texts, where that makes INDET (R-MULTI-3).
    EmptySet,
    /// The key of a `Null` is there (R-MISS-1).
    Present,
}

/// Explains one case of the vector format (section 10); `expect` is not looked at.
pub fn explain(case: &Value) -> Explained {
    let policies = match layers::load(case) {
        Ok(policies) => policies,
        Err(code) => return Explained::InvalidPolicy(code),
    };
    let Some(requests) = request::read(case) else { return Explained::Malformed };
    Explained::Decided(requests.iter().map(|request| of_resource(&policies, request)).collect())
}

fn of_resource(policies: &Policies, request: &Request) -> OfResource {
    let heard = heard(policies, request);
    let mut statements = Vec::new();
    for (layer, level, list) in &heard {
        for (number, policy) in list.iter().enumerate() {
            for (at, statement) in policy.statements.iter().enumerate() {
                let mut of = of_statement(policies, *layer, policy, statement, request);
                (of.level, of.policy, of.statement) = (*level, number, at);
                statements.push(of);
            }
        }
    }
    let mut silent = Vec::new();
    for (layer, level, _) in &heard {
        // R-RCP-4
        if *layer != Layer::Rcp && !said(&statements, *layer, *level).allows {
            silent.push((*layer, *level));
        }
    }
    let set_aside = layers::is_bucket_policy_of_root(request) && said(&statements, Layer::Resource, 0).denies;
    let nothing_asked = asks_nothing(request);
    let outcome = if nothing_asked {
        Outcome::Allow
    } else {
        combined(policies, request, &heard, &statements, set_aside)
    };
    OfResource { resource: request.resource.clone(), outcome, nothing_asked, set_aside, statements, silent }
}

/// R-EVAL-23: nothing stops GetCallerIdentity but an anonymous caller.
fn asks_nothing(request: &Request) -> bool {
    request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && request.principal.kind != "anonymous"
}

/// A layer, a level of it, and the policies of that level.
type Heard<'a> = (Layer, usize, &'a [Policy]);

/// The layers that are heard for a request (section 8.1).
fn heard<'a>(policies: &'a Policies, request: &Request) -> Vec<Heard<'a>> {
    let mut heard: Vec<Heard> = Vec::new();
    if asks_nothing(request) {
        return heard;
    }
    // R-EVAL-5: whoever calls.
    for (layer, list) in [
        (Layer::Identity, policies.identity.as_slice()),
        (Layer::Boundary, policies.boundary.as_slice()),
        (Layer::Session, policies.session.as_slice()),
    ] {
        if !list.is_empty() {
            heard.push((layer, 0, list));
        }
    }
    let caller = &request.principal;
    // R-EVAL-2
    let scp_applies = caller.has_account() && !caller.management_account && !caller.service_linked_role;
    if let Some(levels) = policies.scp.as_ref().filter(|_| scp_applies) {
        heard.extend(levels.iter().enumerate().map(|(level, list)| (Layer::Scp, level, list.as_slice())));
    }
    // R-RCP-5
    if let Some(levels) = policies.rcp.as_ref().filter(|_| layers::rcp_applies(request)) {
        heard.extend(levels.iter().enumerate().map(|(level, list)| (Layer::Rcp, level, list.as_slice())));
    }
    for (layer, policy) in [(Layer::Resource, &policies.resource), (Layer::Vpce, &policies.vpce)] {
        if policy.is_some() {
            heard.push((layer, 0, policy.as_slice()));
        }
    }
    heard
}

/// R-GEN-8: each of the four, whatever the others say. The numbers are filled in by the caller.
fn of_statement(
    policies: &Policies,
    layer: Layer,
    policy: &Policy,
    statement: &Statement,
    request: &Request,
) -> OfStatement {
    let classic = policy.kind == "scp_classic";
    let action = matching::actions(&statement.actions, statement.not_action, &request.action, classic);
    let resource = match &statement.resources {
        // R-KIND-6, R-SCPC-19
        None => Truth::True,
        Some(list) => matching::resources(list, statement.not_resource, policy.modern, request),
    };
    // R-VPCE-6
    let gateway = layer == Layer::Vpce && policies.gateway;
    let has_boundary = policies.boundary.is_some();
    let (principal, classes) = match &statement.principals {
        None => (Truth::True, Vec::new()),
        Some(entries) if statement.not_principal => {
            (principal::not_element(entries, &request.principal, has_boundary, gateway), Vec::new())
        }
        Some(entries) => principal::element(entries, &request.principal, gateway),
    };
    let each = of_conditions(&statement.conditions, policy.modern, &request.context);
    let conditions = each.iter().map(|condition| condition.truth).min().unwrap_or(Truth::True);
    OfStatement {
        layer,
        level: 0,
        policy: 0,
        statement: 0,
        allow: statement.allow,
        action,
        resource,
        principal,
        conditions,
        truth: action.min(resource).min(principal).min(conditions),
        classes,
        each,
    }
}

/// R-COND-1: operator by operator, and key by key.
fn of_conditions(conditions: &[Condition], modern: bool, context: &Context) -> Vec<OfCondition> {
    let mut each: Vec<OfCondition> = Vec::new();
    for condition in conditions {
        let name = operator_name(condition);
        // R-COND-3: no two operators of a block are the same, so another name is the next operator.
        let (operator, key_number) = match each.last() {
            None => (0, 0),
            Some(last) if last.name == name => (last.operator, last.key_number + 1),
            Some(last) => (last.operator + 1, 0),
        };
        let (fact, of_values) = fact(condition, modern, context);
        each.push(OfCondition {
            operator,
            name,
            key_number,
            key: condition.key.clone(),
            truth: condition::truth(condition, modern, context),
            fact,
            of_values,
        });
    }
    each
}

fn operator_name(condition: &Condition) -> String {
    let colon = if condition.qualifier.is_empty() { "" } else { ":" };
    let suffix = if condition.if_exists { "IfExists" } else { "" };
    format!("{}{colon}{}{suffix}", condition.qualifier, condition.operator)
}

/// The fact of a condition, and those of the request's values, by the order that [`Fact`] tells.
fn fact(condition: &Condition, modern: bool, context: &Context) -> (Fact, Vec<Fact>) {
    if context.is_unknown(&condition.key) {
        return (Fact::Unknown, Vec::new());
    }
    let request = context.get(&condition.key);
    if request.is_empty() {
        return (Fact::Absent, Vec::new());
    }
    let all_empty = request.iter().all(String::is_empty);
    if condition.operator == "Null" {
        // R-MULTI-3
        return (if all_empty { Fact::EmptySet } else { Fact::Present }, Vec::new());
    }
    if condition.qualifier.is_empty() && context.is_multivalued(&condition.key) {
        return (Fact::SeveralValues, Vec::new());
    }
    let of_values: Vec<Fact> =
        (0..request.len()).map(|number| fact_of_value(condition, number, request, modern, context)).collect();
    let truths = request.iter().map(|value| condition::one(condition, value, modern, context));
    // R-MULTI-3
    let changed = match condition.qualifier {
        "ForAllValues" => truths.min() == Some(Truth::False),
        "ForAnyValue" => truths.max() == Some(Truth::True),
        _ => false,
    };
    if changed && all_empty {
        return (Fact::EmptySet, of_values);
    }
    // The order of the enum, and the first value of the request where several have the same.
    let first = *of_values.iter().min().expect("present");
    (first, of_values)
}

/// The fact of one value of the request.
fn fact_of_value(
    condition: &Condition,
    number: usize,
    request: &[String],
    modern: bool,
    context: &Context,
) -> Fact {
    let family = condition::family(condition.operator);
    let value = &request[number];
    let truths: Vec<Truth> = condition
        .values
        .iter()
        .map(|(text, is_number)| {
            condition::compare(condition.operator, text, *is_number, value, modern, context)
        })
        .collect();
    if let Some(policy_value) = truths.iter().position(|truth| *truth == Truth::True) {
        return Fact::Matches { request_value: number, policy_value };
    }
    if !parses(family, value) {
        return Fact::DoesNotParse;
    }
    if condition.values.iter().any(|(text, _)| has_no_value(family, text, modern, context)) {
        return Fact::VariableWithoutValue;
    }
    if truths.contains(&Truth::Indet) {
        return Fact::Ambiguous(if family == "String" { "R-STR-2" } else { "R-IP-3" });
    }
    Fact::NoMatch
}

/// R-MULTI-4: whether a value of the request is one of the operator's family.
fn parses(family: &str, value: &str) -> bool {
    match family {
        "String" => true,
        // R-ARN-1
        "Arn" => value.splitn(6, ':').count() == 6 && value.starts_with("arn:"),
        "Numeric" => values::decimal(value).is_some(),
        "Date" => values::instant(value, false).is_some(),
        "Bool" => values::boolean(value).is_some(),
        "Binary" => values::base64(value).is_some(),
        _ => values::address(value).is_some(),
    }
}

/// R-VAR-5, R-VAR-8: whether a policy value has a variable without a value.
fn has_no_value(family: &str, text: &str, modern: bool, context: &Context) -> bool {
    if family != "String" && family != "Arn" {
        return false;
    }
    let parts = variables::parse(text, modern).expect("checked at load");
    variables::expand(&parts, context, true).is_none()
}

/// R-GEN-6, R-GEN-9: what the statements of one level of a layer say together.
fn said(statements: &[OfStatement], layer: Layer, level: usize) -> Say {
    let mut said = Say::default();
    for of in statements.iter().filter(|of| of.layer == layer && of.level == level) {
        if of.allow && of.truth == Truth::True {
            said.allows = true;
            said.classes.extend(&of.classes);
        }
        if !of.allow && of.truth != Truth::False {
            said.denies = true;
        }
    }
    said
}

/// The order of section 8.2, from the statements alone.
fn combined(
    policies: &Policies,
    request: &Request,
    heard: &[Heard],
    statements: &[OfStatement],
    set_aside: bool,
) -> Outcome {
    // R-EVAL-5, R-EVAL-23
    for (layer, level, _) in heard {
        let counts = !(set_aside && *layer == Layer::Resource);
        if counts && said(statements, *layer, *level).denies {
            return Outcome::ExplicitDeny;
        }
    }
    // R-EVAL-3, R-EVAL-7, R-EVAL-8
    for (layer, level, _) in heard {
        if matches!(layer, Layer::Scp | Layer::Vpce) && !said(statements, *layer, *level).allows {
            return Outcome::ImplicitDeny;
        }
    }
    let caller = &request.principal;
    let identity = said(statements, Layer::Identity, 0);
    let boundary = policies.boundary.is_some().then(|| said(statements, Layer::Boundary, 0));
    let session = (!policies.session.is_empty()).then(|| said(statements, Layer::Session, 0));
    let limits = Limits {
        // R-EVAL-14: of the root user's federated users S stands in place of ID.
        identity: if caller.is_of_root() {
            session.as_ref().is_some_and(|said| said.allows)
        } else {
            caller.has_identity() && identity.allows
        },
        boundary: boundary.as_ref().is_none_or(|said| said.allows),
        // R-EVAL-14
        session: match &session {
            Some(said) => said.allows,
            None => caller.kind != "federated_user",
        },
    };
    let grants = said(statements, Layer::Resource, 0).classes;
    let allowed = layers::passed_sets_allow(caller, boundary.as_ref(), session.as_ref())
        && layers::granted(&grants, &limits, request);
    // R-EVAL-9
    if allowed { Outcome::Allow } else { Outcome::ImplicitDeny }
}
