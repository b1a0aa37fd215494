//! The request: principal, action, resources, context (R-GEN-1), and when it is malformed (R-GEN-3).

use super::principal::{self, Principal};
use super::syntax::{is_account, is_action_name, is_prefix};
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
    /// The account that owns the resource.
    pub owner: String,
    /// Whether the resource is in the management account (R-RCP-5).
    pub in_management_account: bool,
    /// The context, the resource's own overlay and the derived keys included.
    pub context: Context,
}

type Values = BTreeMap<String, Vec<String>>;

/// One request per resource; `None` if the request is malformed.
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
    let mut requests = Vec::new();
    for (resource, overlay) in resources(request)? {
        // R-RES-12: the resource's own keys replace those of the request.
        let mut values = base.clone();
        values.extend(overlay);
        derive(&mut values, &principal)?;
        requests.push(Request {
            principal: principal.clone(),
            action: action.to_string(),
            owner: owner(&resource, request.get("resource_account"), &principal)?,
            resource,
            in_management_account,
            context: Context { values, declared: declared.clone() },
        });
    }
    if requests.is_empty() { None } else { Some(requests) }
}

/// R-ACT-9
fn is_concrete(action: &str) -> bool {
    if action.matches(':').count() != 1 || action.contains(['*', '?']) {
        return false;
    }
    action.split_once(':').is_some_and(|(prefix, name)| is_prefix(prefix) && is_action_name(name))
}

/// R-COND-6, R-MULTI-5, R-MISS-2: lower-case keys; spellings merge; empty lists vanish.
fn context(value: Option<&Value>) -> Option<Values> {
    let mut merged = Values::new();
    let Some(value) = value else { return Some(merged) };
    for (key, list) in value.as_object()? {
        for item in list.as_array()? {
            merged.entry(key.to_ascii_lowercase()).or_default().push(item.as_str()?.to_string());
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

/// R-CTX-1: derived keys win; a contradicting caller value is a malformed request.
fn derive(values: &mut Values, principal: &Principal) -> Option<()> {
    for (key, derived) in principal.derived() {
        if let Some(supplied) = values.get(key) {
            let derived = derived.as_ref()?;
            let agrees = |text: &String| {
                if key == "aws:principalisawsservice" {
                    text.eq_ignore_ascii_case(derived)
                } else {
                    text == derived
                }
            };
            if supplied.len() != 1 || !supplied.iter().all(agrees) {
                return None;
            }
        }
        if let Some(derived) = derived {
            values.insert(key.to_string(), vec![derived]);
        }
    }
    Some(())
}
