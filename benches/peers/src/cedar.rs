//! Cedar: each statement a policy. A pattern of Cedar holds no variables: what `${aws:username}` would compare is an
//! attribute of its own, which the request brings along.

use std::fmt::Write;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression,
};
use iamlet_workloads::{Expected, Workload};

use crate::peer::Peer;
use crate::statements::{self, Statement};

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

impl Cedar {
    pub fn new(workload: &Workload) -> Self {
        let mut program = String::new();
        for statement in statements::read(&workload.policies) {
            policy(&mut program, &statement);
        }
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(&program).expect("policies"),
            entities: Entities::empty(),
            requests: workload.requests.iter().map(request).collect(),
        }
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_str(&format!("{kind}::{id:?}")).expect("an entity")
}

fn request(request: &iamlet_workloads::Request) -> Request {
    let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let mut context: Vec<(String, RestrictedExpression)> = request
        .context
        .iter()
        .map(|(key, values)| (name(key), text(values.first().map_or("", String::as_str))))
        .collect();
    let source = request.value("aws:SourceIp");
    if !source.is_empty() {
        context.push(("source".to_owned(), RestrictedExpression::new_ip(source)));
    }
    let owner = request.resource.split('/').nth(2).unwrap_or_default();
    context.push(("owner".to_owned(), text(owner)));
    context.push(("resource".to_owned(), text(&request.resource)));
    context.push(("action".to_owned(), text(&request.action)));
    let context = Context::from_pairs(context).expect("a context");
    let (principal, action) = (uid("User", &request.principal), uid("Action", &request.action));
    Request::new(principal, action, uid("Resource", "any"), context, None).expect("a request")
}

/// A context key as the name of an attribute.
fn name(key: &str) -> String {
    key.replace([':', '/'], "_")
}

fn policy(out: &mut String, statement: &Statement) {
    let effect = if statement.allows { "permit" } else { "forbid" };
    let literal =
        !statement.not_actions && !statement.actions.iter().any(|action| action.contains(['*', '?']));
    let scope = if literal {
        let list: Vec<String> =
            statement.actions.iter().map(|action| format!("Action::{action:?}")).collect();
        format!("action in [{}]", list.join(", "))
    } else {
        "action".to_owned()
    };
    let _ = write!(out, "{effect}(principal, {scope}, resource) when {{ true");
    if !literal {
        let any: Vec<String> =
            statement.actions.iter().map(|action| format!("context.action like {action:?}")).collect();
        let not = if statement.not_actions { "!" } else { "" };
        let _ = write!(out, " && {not}({})", any.join(" || "));
    }
    if !statement.resources.iter().any(|resource| resource == "*") {
        let any: Vec<String> = statement.resources.iter().map(|resource| resource_test(resource)).collect();
        let _ = write!(out, " && ({})", any.join(" || "));
    }
    for (operator, key, values) in &statement.conditions {
        let attribute = name(key);
        let test = |value: &String| match operator.as_str() {
            "StringEquals" | "Bool" | "StringNotEquals" => format!("context.{attribute} == {value:?}"),
            "StringLike" => format!("context.{attribute} like {value:?}"),
            "IpAddress" => format!("context.source.isInRange(ip({value:?}))"),
            other => panic!("{other} is not translated"),
        };
        let any = values.iter().map(test).collect::<Vec<_>>().join(" || ");
        let not = if operator == "StringNotEquals" { "!" } else { "" };
        let has = if key == "aws:SourceIp" { "source" } else { &attribute };
        let _ = write!(out, " && context has {has} && {not}({any})");
    }
    out.push_str(" };\n");
}

fn resource_test(resource: &str) -> String {
    match resource.split_once("${aws:username}") {
        Some((before, _)) => {
            let owner = "context.owner == context.aws_username";
            format!("(context.resource like {:?} && {owner})", format!("{before}*"))
        }
        None if resource.contains(['*', '?']) => format!("context.resource like {resource:?}"),
        None => format!("context.resource == {resource:?}"),
    }
}

impl Peer for Cedar {
    fn decide(&self, request: usize) -> Expected {
        let response = self.authorizer.is_authorized(&self.requests[request], &self.policies, &self.entities);
        match response.decision() {
            Decision::Allow => Expected::Allow,
            Decision::Deny => Expected::ImplicitDeny,
        }
    }

    fn tells_denies_apart(&self) -> bool {
        false
    }
}
