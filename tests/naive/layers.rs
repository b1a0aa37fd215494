//! The policy sets and how they combine (section 8).

use super::document::{Policy, Statement, check};
use super::principal::{self, Class};
use super::request::Request;
use super::{Outcome, Truth, condition, matching};
use serde_json::Value;

/// All policies of one decision.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Identity policies.
    pub identity: Vec<Policy>,
    /// The permissions boundary.
    pub boundary: Option<Policy>,
    /// Session policies.
    pub session: Vec<Policy>,
    /// SCP levels, root first; absent where SCPs do not apply.
    pub scp: Option<Vec<Vec<Policy>>>,
    /// RCP levels.
    pub rcp: Option<Vec<Vec<Policy>>>,
    /// The resource policy.
    pub resource: Option<Policy>,
    /// `resource`, `kms` or `trust`.
    pub resource_kind: String,
    /// The VPC endpoint policy.
    pub vpce: Option<Policy>,
    /// Whether the endpoint is a gateway endpoint.
    pub gateway: bool,
}

type Fault = &'static str;

/// Loads every document of the case; one bad document spoils all (R-GEN-2).
pub fn load(case: &Value) -> Result<Policies, Fault> {
    let none = Value::Null;
    let sets = case.get("policies").unwrap_or(&none);
    let options = case.get("options").unwrap_or(&none);
    let classic = options.get("scp_dialect").and_then(Value::as_str) == Some("classic");
    // R-SCPF-6: the caller chooses the dialect; the default is full.
    let scp_kind = if classic { "scp_classic" } else { "scp_full" };
    let resource_kind = sets.get("resource_kind").and_then(Value::as_str).unwrap_or("resource");
    let one = |name: &str, kind: &str| match sets.get(name) {
        Some(doc) => document(kind, doc, options).map(Some),
        None => Ok(None),
    };
    let list = |name: &str, kind: &str| match sets.get(name) {
        Some(docs) => documents(kind, docs, options),
        None => Ok(Vec::new()),
    };
    let levels = |name: &str, kind: &str| match sets.get(name) {
        Some(Value::Array(levels)) => {
            // R-EVAL-4: zero levels is a configuration error.
            if levels.is_empty() {
                return Err("EMPTY");
            }
            levels
                .iter()
                .map(|level| documents(kind, level, options))
                .collect::<Result<Vec<_>, Fault>>()
                .map(Some)
        }
        Some(_) => Err("WRONG_TYPE"),
        None => Ok(None),
    };
    Ok(Policies {
        identity: list("identity", "identity")?,
        boundary: one("boundary", "boundary")?,
        session: list("session", "session")?,
        scp: levels("scp", scp_kind)?,
        rcp: levels("rcp", "rcp")?,
        resource: one("resource", resource_kind)?,
        resource_kind: resource_kind.to_string(),
        vpce: one("vpce", "vpce")?,
        gateway: sets.get("vpce_type").and_then(Value::as_str) == Some("gateway"),
    })
}

/// A document of the vector format: an object, or a string that holds raw text.
fn document(kind: &str, doc: &Value, options: &Value) -> Result<Policy, Fault> {
    match doc {
        Value::String(text) => check(kind, text.as_bytes(), options),
        other => check(kind, other.to_string().as_bytes(), options),
    }
}

/// A list of documents, or one document alone.
fn documents(kind: &str, docs: &Value, options: &Value) -> Result<Vec<Policy>, Fault> {
    match docs {
        Value::Array(docs) => docs.iter().map(|doc| document(kind, doc, options)).collect(),
        doc => Ok(vec![document(kind, doc, options)?]),
    }
}

/// What one policy says of one request.
#[derive(Clone, Debug, Default)]
struct Say {
    /// Some Deny statement is TRUE or INDET (R-GEN-6).
    denies: bool,
    /// Some Allow statement is TRUE (R-GEN-6).
    allows: bool,
    /// Classes of the TRUE Allow statements (section 8.3).
    classes: Vec<Class>,
}

/// R-GEN-6, R-GEN-9: all statements of some policies together.
fn say<'a>(
    policies: impl IntoIterator<Item = &'a Policy>,
    request: &Request,
    has_boundary: bool,
    gateway: bool,
) -> Say {
    let mut said = Say::default();
    for policy in policies {
        for statement in &policy.statements {
            let (truth, classes) = statement_truth(policy, statement, request, has_boundary, gateway);
            if statement.allow && truth == Truth::True {
                said.allows = true;
                said.classes.extend(classes);
            }
            if !statement.allow && truth != Truth::False {
                said.denies = true;
            }
        }
    }
    said
}

/// R-GEN-8: action, resource, principal and condition.
fn statement_truth(
    policy: &Policy,
    statement: &Statement,
    request: &Request,
    has_boundary: bool,
    gateway: bool,
) -> (Truth, Vec<Class>) {
    let classic = policy.kind == "scp_classic";
    let mut truth = matching::actions(&statement.actions, statement.not_action, &request.action, classic);
    // A kind that implies the resource matches whatever the request names (R-KIND-6, R-SCPC-19).
    if let Some(list) = &statement.resources {
        let context = &request.context;
        let negated = statement.not_resource;
        truth = truth.min(matching::resources(list, negated, policy.modern, &request.resource, context));
    }
    let mut classes = Vec::new();
    if let Some(entries) = &statement.principals {
        if statement.not_principal {
            truth = truth.min(principal::not_element(entries, &request.principal, has_boundary, gateway));
        } else {
            let (matched, named) = principal::element(entries, &request.principal, gateway);
            truth = truth.min(matched);
            classes = named;
        }
    }
    // FALSE cannot rise any more.
    if truth == Truth::False {
        return (truth, classes);
    }
    (truth.min(condition::all(&statement.conditions, policy.modern, &request.context)), classes)
}

/// The order of section 8.2 for one resource.
pub fn decide(policies: &Policies, request: &Request) -> Outcome {
    let caller = &request.principal;
    let has_boundary = policies.boundary.is_some();
    let hear = |list: &[Policy]| say(list, request, has_boundary, false);

    // Section 8.1: which sets apply to whom.
    let identity_applies = caller.has_identity();
    let service_linked = caller.kind == "role_session" && caller.service_linked_role;
    let scp_applies = caller.has_account() && !caller.management_account && !service_linked;
    let retires_grant = request.action.eq_ignore_ascii_case("kms:RetireGrant");
    let rcp_applies = !request.in_management_account && !service_linked && !retires_grant;

    let identity = if identity_applies { hear(&policies.identity) } else { Say::default() };
    let boundary = match &policies.boundary {
        Some(policy) if identity_applies => Some(hear(std::slice::from_ref(policy))),
        _ => None,
    };
    let session =
        if identity_applies && !policies.session.is_empty() { Some(hear(&policies.session)) } else { None };
    let scp: Vec<Say> = match &policies.scp {
        Some(levels) if scp_applies => levels.iter().map(|level| hear(level)).collect(),
        _ => Vec::new(),
    };
    let rcp: Vec<Say> = match &policies.rcp {
        Some(levels) if rcp_applies => levels.iter().map(|level| hear(level)).collect(),
        _ => Vec::new(),
    };
    let resource = hear(policies.resource.as_slice());
    let endpoint =
        policies.vpce.as_ref().map(|policy| say([policy], request, has_boundary, policies.gateway));

    // R-EVAL-5
    let mut everyone = vec![&identity, &resource];
    everyone.extend(&boundary);
    everyone.extend(&session);
    everyone.extend(&scp);
    everyone.extend(&rcp);
    everyone.extend(&endpoint);
    if everyone.iter().any(|said| said.denies) {
        return Outcome::ExplicitDeny;
    }
    // R-EVAL-3, R-EVAL-7; R-EVAL-6 leaves nothing to check for RCPs.
    if scp.iter().any(|level| !level.allows) {
        return Outcome::ImplicitDeny;
    }
    // R-EVAL-8
    if endpoint.is_some_and(|said| !said.allows) {
        return Outcome::ImplicitDeny;
    }
    let limits = Limits {
        identity: identity.allows,
        boundary: boundary.is_none_or(|said| said.allows),
        // R-EVAL-14
        session: match session {
            Some(said) => said.allows,
            None => caller.kind != "federated_user",
        },
    };
    if granted(&policies.resource_kind, &resource.classes, &limits, request) {
        Outcome::Allow
    } else {
        // R-EVAL-9
        Outcome::ImplicitDeny
    }
}

/// ID, B and S of section 8.3.
struct Limits {
    identity: bool,
    boundary: bool,
    session: bool,
}

/// Sections 8.3 to 8.5; `grants` is G.
fn granted(kind: &str, grants: &[Class], limits: &Limits, request: &Request) -> bool {
    let has = |class: Class| grants.contains(&class);
    let ordinary = kind == "resource";
    let immune = has(Class::Direct) || has(Class::Wild);
    let through = has(Class::Role) || has(Class::Parent);
    let all = limits.identity && limits.boundary && limits.session;
    let same_account = request.principal.account == request.owner;
    match request.principal.kind.as_str() {
        // R-EVAL-19
        "service" => immune,
        // R-EVAL-20
        "saml" | "oidc" => kind == "trust" && has(Class::Direct),
        // R-EVAL-21
        "anonymous" => ordinary && has(Class::Wild),
        // R-EVAL-13, R-EVAL-17
        "root" if kind == "trust" => false,
        "root" if same_account && ordinary => true,
        "root" => !grants.is_empty(),
        // R-EVAL-16
        _ if !same_account => !grants.is_empty() && all,
        // R-EVAL-10
        _ if ordinary => immune || (through && limits.boundary && limits.session) || all,
        // R-EVAL-12
        _ => immune || (through && limits.boundary && limits.session) || (!grants.is_empty() && all),
    }
}
