//! The request: principal, action, resources, context (R-GEN-1), and when it is malformed (R-GEN-3).

use super::principal::{self, Principal};
use super::reach;
use super::syntax::{self, is_account, is_action_name, is_prefix};
use super::variables::Context;
use serde_json::Value;
use std::collections::BTreeMap;

/// The request as one of its resources sees it (R-RES-12).
#[derive(Clone, Debug)]
pub struct Request {
    /// The caller.
    pub principal: Principal,
    /// The concrete action.
    pub action: String,
    /// One resource.
    pub resource: String,
    /// `resource`, `kms` or `trust` (R-RES-15).
    pub kind: &'static str,
    /// The account that owns the resource.
    pub owner: String,
    /// Whether the resource is in the management account (R-RCP-5).
    pub in_management_account: bool,
    /// The context, the resource's own overlay and the derived keys included.
    pub context: Context,
}

/// Lower-case keys and their values.
pub type Values = BTreeMap<String, Vec<String>>;

/// One request per resource; `None` if the request is malformed (R-GEN-3).
pub fn read(case: &Value) -> Option<Vec<Request>> {
    let request = case.get("request")?;
    let principal = principal::read(request.get("principal")?)?;
    let action = request.get("action")?.as_str()?;
    if !is_concrete(action) {
        return None;
    }
    let base = context(request.get("context"))?;
    let declared = declared(request.get("multivalued"))?;
    let in_management_account = match request.get("resource_in_management_account") {
        None => false,
        Some(flag) => flag.as_bool()?,
    };
    // R-CTX-1: a contradiction in the request's own context stays one where an item replaces the key.
    seen(base.clone(), declared.clone(), &principal)?;
    let mut requests = Vec::new();
    for (resource, overlay) in resources(request)? {
        is_resource(&resource)?;
        same_partition(&principal, &resource)?;
        let owner = owner(&resource, request.get("resource_account"), &principal)?;
        federated(&principal, action, &resource, &owner)?;
        // R-RES-12: the resource's own keys replace those of the request.
        let mut values = base.clone();
        for (key, list) in overlay {
            // R-MISS-2: an empty list takes the request's values away.
            if list.is_empty() && values.contains_key(&key) {
                reach("R-MISS-2", "an item takes a value away");
            }
            values.insert(key, list);
        }
        requests.push(Request {
            principal: principal.clone(),
            action: action.to_string(),
            kind: kind(action, &resource),
            owner,
            resource,
            in_management_account,
            context: seen(values, declared.clone(), &principal)?,
        });
    }
    kinds_agree(case, &requests)?;
    if requests.is_empty() { None } else { Some(requests) }
}

/// The kind of a resource (R-RES-15).
pub fn kind(action: &str, resource: &str) -> &'static str {
    let fields: Vec<&str> = resource.splitn(6, ':').collect();
    if syntax::is_request_arn(resource) && fields[2] == "kms" && fields[5].starts_with("key/") {
        return "kms";
    }
    let assumes = [
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
    ];
    let is_assumed = assumes.contains(&action.to_ascii_lowercase().as_str());
    if is_assumed && syntax::is_role_arn(resource) { "trust" } else { "resource" }
}

/// The kind of the resource policy: the stated one, else that of the first resource (section 10).
pub fn policy_kind(case: &Value) -> &str {
    let stated =
        case.get("policies").and_then(|policies| policies.get("resource_kind")).and_then(Value::as_str);
    if let Some(stated) = stated {
        return stated;
    }
    let text = |place: &str| case.pointer(place).and_then(Value::as_str);
    let resource = text("/request/resource").or(text("/request/resources/0/arn")).unwrap_or_default();
    kind(text("/request/action").unwrap_or_default(), resource)
}

/// R-RES-15: a stated kind is that of every item, and the items under one resource policy are of one kind.
fn kinds_agree(case: &Value, requests: &[Request]) -> Option<()> {
    let policies = case.get("policies").unwrap_or(&Value::Null);
    let first = requests.first()?.kind;
    reach("R-RES-15", if first == "resource" { "ordinary" } else { first });
    if let Some(stated) = policies.get("resource_kind") {
        if requests.iter().any(|request| stated.as_str() != Some(request.kind)) {
            reach("R-RES-15", "contradicts");
            return None;
        }
        reach("R-RES-15", "stated");
    }
    if requests.iter().any(|request| request.kind != first) {
        if policies.get("resource").is_some() {
            reach("R-RES-15", "several kinds");
            return None;
        }
        reach("R-RES-15", "several kinds, no resource policy");
    }
    Some(())
}

/// R-RES-3: an ARN or `*`.
fn is_resource(text: &str) -> Option<()> {
    let legal = text == "*" || syntax::is_request_arn(text);
    let way = match text {
        "*" => "*",
        _ if legal => "ARN",
        _ => "malformed",
    };
    reach("R-RES-3", way);
    if legal { Some(()) } else { None }
}

/// R-RES-16: access never crosses partitions.
fn same_partition(principal: &Principal, resource: &str) -> Option<()> {
    let of_resource = if resource == "*" { None } else { resource.split(':').nth(1) };
    let (Some(own), Some(other)) = (principal.partition(), of_resource) else {
        reach("R-RES-16", "none");
        return Some(());
    };
    reach("R-RES-16", if own == other { "equal" } else { "different" });
    if own == other { Some(()) } else { None }
}

/// R-PRIN-17: the federated types call nothing but the sts actions that are theirs, on a role of the provider's
/// account.
fn federated(principal: &Principal, action: &str, resource: &str, owner: &str) -> Option<()> {
    let action = action.to_ascii_lowercase();
    let own = match principal.kind.as_str() {
        "saml" => "sts:assumerolewithsaml",
        "oidc" => "sts:assumerolewithwebidentity",
        _ => {
            if action.starts_with("sts:assumerolewith") {
                reach("R-PRIN-17", "signed caller");
            }
            return Some(());
        }
    };
    let shared = action == "sts:tagsession" || action == "sts:setsourceidentity";
    if action != own && !shared {
        reach("R-PRIN-17", "wrong action");
        return None;
    }
    if !syntax::is_role_arn(resource) {
        reach("R-PRIN-17", "no role");
        return None;
    }
    if principal.provider.starts_with("arn:") {
        let fields: Vec<&str> = principal.provider.splitn(6, ':').collect();
        if fields.get(4) != Some(&owner) {
            reach("R-PRIN-17", "another account");
            return None;
        }
        // A provider of the other sort is none for this type.
        let sort = format!("{}-provider/", principal.kind);
        if !fields.get(5).is_some_and(|rest| rest.starts_with(&sort)) {
            return None;
        }
    } else if principal.kind == "saml" {
        // Only web identities have providers without an ARN.
        return None;
    }
    let way = match principal.kind.as_str() {
        _ if shared => "TagSession",
        "saml" => "saml",
        _ => "oidc",
    };
    reach("R-PRIN-17", way);
    Some(())
}

/// R-ACT-9
fn is_concrete(action: &str) -> bool {
    if action.matches(':').count() != 1 || action.contains(['*', '?']) {
        return false;
    }
    action.split_once(':').is_some_and(|(prefix, name)| is_prefix(prefix) && is_action_name(name))
}

/// R-COND-6, R-MULTI-5: lower-case keys; spellings merge.
fn context(value: Option<&Value>) -> Option<Values> {
    let mut merged = Values::new();
    let Some(value) = value else { return Some(merged) };
    for (key, list) in value.as_object()? {
        let values = merged.entry(key.to_ascii_lowercase()).or_default();
        for item in list.as_array()? {
            values.push(item.as_str()?.to_string());
        }
    }
    Some(merged)
}

/// R-MULTI-6
fn declared(value: Option<&Value>) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let Some(value) = value else { return Some(keys) };
    for key in value.as_array()? {
        keys.push(key.as_str()?.to_ascii_lowercase());
    }
    Some(keys)
}

/// The resources with their context overlays.
fn resources(request: &Value) -> Option<Vec<(String, Values)>> {
    if let Some(resource) = request.get("resource") {
        return Some(vec![(resource.as_str()?.to_string(), Values::new())]);
    }
    let mut resources = Vec::new();
    for item in request.get("resources")?.as_array()? {
        resources.push((item.get("arn")?.as_str()?.to_string(), context(item.get("context"))?));
    }
    Some(resources)
}

/// R-RES-13
fn owner(resource: &str, stated: Option<&Value>, principal: &Principal) -> Option<String> {
    let stated = match stated {
        None => None,
        Some(value) => Some(value.as_str()?.to_string()),
    };
    if let Some(account) = &stated
        && !is_account(account)
    {
        return None;
    }
    let fields: Vec<&str> = resource.splitn(6, ':').collect();
    if fields.len() == 6 && is_account(fields[4]) {
        return match stated {
            Some(account) if account != fields[4] => None,
            _ => Some(fields[4].to_string()),
        };
    }
    match stated {
        Some(account) => Some(account),
        None if principal.has_account() => Some(principal.account.clone()),
        None => None,
    }
}

/// The context as the policies see it: without empty lists, with the derived keys; `None` for a contradiction.
pub fn seen(mut values: Values, declared: Vec<String>, principal: &Principal) -> Option<Context> {
    // R-MISS-2
    values.retain(|_, list| !list.is_empty());
    derive(&mut values, principal)?;
    // R-CTX-3, R-CTX-7
    let mut unknown = Vec::new();
    for key in principal.told_by_the_caller() {
        if !values.contains_key(key) {
            unknown.push(key.to_string());
        }
    }
    Some(Context { values, declared, unknown })
}

/// R-CTX-1: derived keys win; a contradicting caller value is a malformed request.
fn derive(values: &mut Values, principal: &Principal) -> Option<()> {
    for (key, derived) in principal.derived() {
        if let Some(supplied) = values.get(key) {
            let Some(derived) = &derived else {
                reach("R-CTX-1", "impossible for the type");
                return None;
            };
            let agrees = |text: &String| {
                if key == "aws:principalisawsservice" {
                    text.eq_ignore_ascii_case(derived)
                } else {
                    text == derived
                }
            };
            if supplied.len() != 1 || !supplied.iter().all(agrees) {
                reach("R-CTX-1", "contradicts");
                return None;
            }
            reach("R-CTX-1", "agrees");
        }
        if let Some(derived) = derived {
            if key == "aws:userid" && !principal.unique_id.is_empty() {
                reach("R-CTX-7", "derived aws:userid");
            }
            values.insert(key.to_string(), vec![derived]);
        }
    }
    Some(())
}
