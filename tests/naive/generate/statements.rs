//! Policies and statements made from the request.

use super::super::Truth;
use super::Rng;
use super::principals::can_be_unsure;
use super::world::World;
use super::{conditions, patterns, principals};
use serde_json::{Map, Value, json};

/// What a statement, or one part of it, is made to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    True,
    Indet,
    False,
}

impl Aim {
    pub fn of(truth: Truth) -> Aim {
        match truth {
            Truth::True => Aim::True,
            Truth::Indet => Aim::Indet,
            Truth::False => Aim::False,
        }
    }

    fn reversed(self) -> Aim {
        match self {
            Aim::True => Aim::False,
            Aim::Indet => Aim::Indet,
            Aim::False => Aim::True,
        }
    }
}

/// A legal document of the kind with one statement per entry: allow or not, and its aim.
pub fn policy(rng: &mut Rng, world: &World, kind: &str, list: &[(bool, Aim)]) -> Value {
    let needs_version = kind.starts_with("scp") || kind == "rcp";
    let mut doc = Map::new();
    let mut modern = true;
    match rng.below(100) {
        0..=9 if !needs_version => {
            modern = false;
            doc.insert("Version".into(), json!("2008-10-17"));
        }
        10..=21 if !needs_version => modern = false,
        _ => {
            doc.insert("Version".into(), json!("2012-10-17"));
        }
    }
    if !needs_version && rng.chance(6) {
        doc.insert("Id".into(), json!(rng.text(&["", "x", "my id"])));
    }
    let mut statements: Vec<Value> = Vec::new();
    for (index, (allow, aim)) in list.iter().enumerate() {
        let mut members = statement(rng, world, kind, *allow, *aim, modern);
        if rng.chance(20) {
            let loose = matches!(kind, "resource" | "kms" | "vpce");
            let sid = match rng.below(3) {
                0 => String::new(),
                1 if loose => "any text".to_string(),
                _ => format!("Sid{index}"),
            };
            members.insert("Sid".into(), json!(sid));
        }
        statements.push(Value::Object(members));
    }
    let lone = statements.len() == 1 && rng.chance(30);
    doc.insert("Statement".into(), if lone { statements.remove(0) } else { Value::Array(statements) });
    Value::Object(doc)
}

/// Aims of the parts of a statement.
struct Parts {
    action: Aim,
    resource: Aim,
    principal: Aim,
    condition: Option<Aim>,
}

/// One part is made to decide, the others match.
fn split(rng: &mut Rng, world: &World, kind: &str, allow: bool, aim: Aim) -> Parts {
    let has_principal = matches!(kind, "resource" | "kms" | "trust" | "vpce");
    let has_condition = !(kind == "scp_classic" && allow);
    let has_resource = kind != "trust" && !(kind == "scp_classic" && allow);
    let mut parts = Parts { action: Aim::True, resource: Aim::True, principal: Aim::True, condition: None };
    if has_condition && rng.chance(46) {
        parts.condition = Some(Aim::True);
    }
    if aim == Aim::True {
        return parts;
    }
    for _ in 0..20 {
        let unsure = aim == Aim::Indet;
        match rng.below(6) {
            0 if !unsure || kind == "scp_classic" => parts.action = aim,
            1 if has_resource => parts.resource = aim,
            2 if has_principal && !unsure => parts.principal = aim,
            2 if has_principal && (can_be_unsure(world, kind) || world.kind == "role_session") => {
                parts.principal = aim;
            }
            3..=5 if has_condition => parts.condition = Some(aim),
            _ => continue,
        }
        break;
    }
    parts
}

fn statement(
    rng: &mut Rng,
    world: &World,
    kind: &str,
    allow: bool,
    aim: Aim,
    modern: bool,
) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("Effect".into(), json!(if allow { "Allow" } else { "Deny" }));
    if kind == "rcp" && allow {
        members.insert("Principal".into(), json!("*"));
        members.insert("Action".into(), one_or_list(rng, vec!["*".to_string()]));
        members.insert("Resource".into(), one_or_list(rng, vec!["*".to_string()]));
        return members;
    }
    let parts = split(rng, world, kind, allow, aim);
    // Action or NotAction.
    let classic_allow = kind == "scp_classic" && allow;
    let may_negate = !matches!(kind, "trust" | "rcp") && !classic_allow;
    let not_action = may_negate && rng.chance(18);
    let wanted = if not_action { parts.action.reversed() } else { parts.action };
    let mut list = vec![patterns::action(rng, kind, &world.action, wanted)];
    if rng.chance(35) {
        let extra = if wanted == Aim::True && rng.chance(30) { Aim::True } else { Aim::False };
        list.insert(0, patterns::action(rng, kind, &world.action, extra));
    }
    let name = if not_action { "NotAction" } else { "Action" };
    members.insert(name.into(), one_or_list(rng, list));
    // Resource or NotResource.
    if classic_allow {
        if rng.chance(70) {
            members.insert("Resource".into(), one_or_list(rng, vec!["*".to_string()]));
        }
    } else if kind != "trust" {
        let not_resource = kind != "scp_classic" && rng.chance(18);
        let wanted = if not_resource { parts.resource.reversed() } else { parts.resource };
        // An Allow has to match every resource of the request to be of use.
        let mut list = Vec::new();
        for resource in &world.resources {
            if list.is_empty() || allow != not_resource {
                list.push(patterns::resource(rng, kind, world, resource, wanted, modern));
            }
        }
        if rng.chance(30) {
            let extra = if wanted == Aim::True && rng.chance(30) { Aim::True } else { Aim::False };
            list.push(patterns::resource(rng, kind, world, &world.resources[0], extra, modern));
        }
        let name = if not_resource { "NotResource" } else { "Resource" };
        members.insert(name.into(), one_or_list(rng, list));
    }
    // Principal or NotPrincipal.
    if matches!(kind, "resource" | "kms" | "trust" | "vpce" | "rcp") {
        let may_negate = !allow && matches!(kind, "resource" | "kms" | "vpce");
        // Only a session can be listed in part.
        let is_partly = parts.principal == Aim::Indet && !can_be_unsure(world, kind);
        let negated = may_negate && (is_partly || rng.chance(40));
        let name = if negated { "NotPrincipal" } else { "Principal" };
        let value = principals::principal(rng, world, kind, parts.principal, negated);
        members.insert(name.into(), value);
    }
    if let Some(aim) = parts.condition {
        members.insert("Condition".into(), conditions::block(rng, world, kind, aim, modern));
    } else if !classic_allow && rng.chance(3) {
        // R-DOC-7: no condition.
        members.insert("Condition".into(), json!({}));
    }
    members
}

fn one_or_list(rng: &mut Rng, mut list: Vec<String>) -> Value {
    if list.len() == 1 && rng.chance(65) { json!(list.remove(0)) } else { json!(list) }
}

/// The document as text, in one of several layouts.
pub fn text_of(rng: &mut Rng, doc: &Value) -> String {
    match rng.below(5) {
        0 => serde_json::to_string_pretty(doc).expect("plain JSON"),
        1 => format!(" \r\n\t{doc} \n"),
        2 => doc.to_string().replacen("\"Effect\"", "\"\\u0045ffect\"", 1),
        3 => doc.to_string().replacen(',', " ,\n ", 3),
        _ => doc.to_string(),
    }
}
