//! The policy sets and how they combine (section 8).

use super::document::{Policy, Statement, check};
use super::principal::{self, Class, Principal};
use super::request::{self, Request};
use super::{Outcome, Truth, condition, matching, reach, syntax};
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
    // R-RES-15, section 10: the kind gives the grammar.
    let resource_kind = request::policy_kind(case);
    if !matches!(resource_kind, "resource" | "kms" | "trust") {
        return Err("WRONG_TYPE");
    }
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
pub struct Say {
    /// Some Deny statement is TRUE or INDET (R-GEN-6).
    pub denies: bool,
    /// Some Allow statement is TRUE (R-GEN-6).
    pub allows: bool,
    /// Classes of the TRUE Allow statements (section 8.3).
    pub classes: Vec<Class>,
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
        truth = truth.min(matching::resources(list, statement.not_resource, policy.modern, request));
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
    // R-EVAL-23: nothing stops GetCallerIdentity.
    if request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") {
        if caller.kind != "anonymous" {
            reach("R-EVAL-23", "GetCallerIdentity");
            return Outcome::Allow;
        }
        reach("R-EVAL-23", "GetCallerIdentity, anonymous");
    }
    let has_boundary = policies.boundary.is_some();
    let hear = |list: &[Policy]| say(list, request, has_boundary, false);

    // R-EVAL-5: identity, boundary and session policies are heard whoever calls.
    let identity = hear(&policies.identity);
    let boundary = policies.boundary.as_ref().map(|policy| hear(std::slice::from_ref(policy)));
    let session = if policies.session.is_empty() { None } else { Some(hear(&policies.session)) };
    // Section 8.1: SCPs and RCPs are heard where they apply.
    let scp_applies = caller.has_account() && !caller.management_account && !caller.service_linked_role;
    let scp: Vec<Say> = match &policies.scp {
        Some(levels) if scp_applies => levels.iter().map(|level| hear(level)).collect(),
        _ => Vec::new(),
    };
    let rcp: Vec<Say> = match &policies.rcp {
        Some(levels) if rcp_applies(request) => levels.iter().map(|level| hear(level)).collect(),
        _ => Vec::new(),
    };
    let mut resource = hear(policies.resource.as_slice());
    let endpoint =
        policies.vpce.as_ref().map(|policy| say([policy], request, has_boundary, policies.gateway));

    // R-EVAL-23: whatever the bucket policy denies; every other policy still denies.
    let rescued = resource.denies && is_bucket_policy_of_root(request);
    if rescued {
        resource.denies = false;
    }
    // R-EVAL-5
    let mut everyone = vec![&identity, &resource];
    everyone.extend(&boundary);
    everyone.extend(&session);
    everyone.extend(&scp);
    everyone.extend(&rcp);
    everyone.extend(&endpoint);
    if everyone.iter().any(|said| said.denies) {
        let lacks_session = !caller.has_session() && session.as_ref().is_some_and(|said| said.denies);
        let lacks_others =
            !caller.has_identity() && (identity.denies || boundary.as_ref().is_some_and(|said| said.denies));
        if lacks_session || lacks_others {
            reach("R-EVAL-5", "Deny of a set that the type has not");
        }
        if rescued {
            reach("R-EVAL-23", "bucket policy, another policy denies");
        }
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
        identity: match &session {
            // R-EVAL-14: the root user has no identity policy, so S stands in place of ID.
            Some(said) if caller.is_of_root() => said.allows,
            _ => caller.has_identity() && !caller.is_of_root() && identity.allows,
        },
        boundary: boundary.as_ref().is_none_or(|said| said.allows),
        // R-EVAL-14
        session: match &session {
            Some(said) => said.allows,
            None => caller.kind != "federated_user",
        },
    };
    let allowed = passed_sets_allow(caller, boundary.as_ref(), session.as_ref())
        && granted(&resource.classes, &limits, request);
    if rescued && allowed {
        reach("R-EVAL-23", "bucket policy");
    }
    if caller.is_of_root() {
        let way =
            if allowed { "user of the root user, allowed" } else { "user of the root user, not allowed" };
        reach("R-EVAL-14", way);
    }
    // R-EVAL-9
    if allowed { Outcome::Allow } else { Outcome::ImplicitDeny }
}

/// Section 8.1 and R-RCP-5.
pub fn rcp_applies(request: &Request) -> bool {
    let caller = &request.principal;
    let is = |action: &str| request.action.eq_ignore_ascii_case(action);
    let role_for_service =
        caller.kind == "service" && is("sts:AssumeRole") && syntax::is_role_arn(&request.resource);
    if role_for_service {
        let linked = syntax::is_service_linked(&request.resource);
        reach("R-RCP-5", if linked { "service-linked role assumed" } else { "role assumed by a service" });
        if linked {
            return false;
        }
    }
    !request.in_management_account && !caller.service_linked_role && !is("kms:RetireGrant")
}

/// R-EVAL-23: the owner's root user and the bucket policy's own actions, on `arn:P:s3:::NAME`.
pub fn is_bucket_policy_of_root(request: &Request) -> bool {
    let caller = &request.principal;
    let actions = ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"];
    let fields: Vec<&str> = request.resource.splitn(6, ':').collect();
    caller.kind == "root"
        && caller.account == request.owner
        && actions.contains(&request.action.to_ascii_lowercase().as_str())
        && fields.len() == 6
        && fields[2..5] == ["s3", "", ""]
        && !fields[5].is_empty()
        && !fields[5].contains(['/', '*', '?', ':'])
}

/// R-EVAL-5, R-EVAL-13: a boundary or session policy that was passed for a type that has none must allow as well;
/// no grant is immune to it.
pub fn passed_sets_allow(caller: &Principal, boundary: Option<&Say>, session: Option<&Say>) -> bool {
    let silent = |said: Option<&Say>| said.is_some_and(|said| !said.allows);
    // R-EVAL-14: the root user has no boundary, so its federated users have none.
    let has_boundary = caller.has_identity() && !caller.is_of_root();
    if caller.kind == "root" && session.is_some() {
        let way = if silent(session) { "session policy is silent" } else { "session policy allows" };
        reach("R-EVAL-13", way);
    }
    let mut allow = true;
    for (said, has) in [(boundary, has_boundary), (session, caller.has_session())] {
        if has || said.is_none() {
            continue;
        }
        let way = if silent(said) {
            "no Allow of a set that the type has not"
        } else {
            "Allow of a set that the type has not"
        };
        reach("R-EVAL-5", way);
        allow = allow && !silent(said);
    }
    allow
}

/// ID, B and S of section 8.3.
pub struct Limits {
    /// ID.
    pub identity: bool,
    /// B.
    pub boundary: bool,
    /// S.
    pub session: bool,
}

/// Sections 8.3 to 8.5; `grants` is G.
pub fn granted(grants: &[Class], limits: &Limits, request: &Request) -> bool {
    let has = |class: Class| grants.contains(&class);
    let kind = request.kind;
    let ordinary = kind == "resource";
    let immune = has(Class::Direct) || has(Class::Wild);
    let through = has(Class::Role) || has(Class::Parent);
    let all = limits.identity && limits.boundary && limits.session;
    let same_account = request.principal.account == request.owner;
    match request.principal.kind.as_str() {
        // R-EVAL-19
        "service" => immune,
        // R-PRIN-5
        "user" if request.principal.is_origin() => immune,
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
