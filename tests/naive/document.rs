//! Which documents are legal, and what they say (sections 1 and 2).

use super::condition::{self, Condition};
use super::json::{self, Json};
use super::principal::Entry;
use super::reach;
use super::reached::recording;
use super::syntax;
use serde_json::Value;

type Fault = &'static str;

/// A legal document.
#[derive(Clone, Debug)]
pub struct Policy {
    /// One of the kinds that [`check`] takes.
    pub kind: String,
    /// Version 2012-10-17 (R-DOC-13).
    pub modern: bool,
    /// The statements in document order.
    pub statements: Vec<Statement>,
}

/// A legal statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Effect Allow; else Deny.
    pub allow: bool,
    /// Action or NotAction.
    pub actions: Vec<String>,
    /// Whether `actions` is NotAction.
    pub not_action: bool,
    /// Resource or NotResource; absent where the kind implies it.
    pub resources: Option<Vec<String>>,
    /// Whether `resources` is NotResource.
    pub not_resource: bool,
    /// Principal or NotPrincipal; absent where the kind implies it.
    pub principals: Option<Vec<Entry>>,
    /// Whether `principals` is NotPrincipal.
    pub not_principal: bool,
    /// The Condition block, operator by operator and key by key.
    pub conditions: Vec<Condition>,
}

fn option_is(options: &Value, name: &str, wanted: &str) -> bool {
    options.get(name).and_then(Value::as_str) == Some(wanted)
}

/// Checks one document; the error is a code of R-ERR-2. The layers come in the order of R-ERR-3.
pub fn check(kind: &str, text: &[u8], options: &Value) -> Result<Policy, Fault> {
    recording(|| checked(kind, text, options))
}

fn checked(kind: &str, text: &[u8], options: &Value) -> Result<Policy, Fault> {
    let quotas = options.get("enforce_quotas").and_then(Value::as_bool) == Some(true);
    if quotas && size(kind, text) > limit(kind, options) {
        return Err("TOO_LARGE");
    }
    // R-JSON-8
    let latin_only = quotas && (is_iam(kind) || kind == "session");
    document(kind, &json::read(text, latin_only)?, options)
}

fn is_iam(kind: &str) -> bool {
    matches!(kind, "identity" | "inline_user" | "inline_group" | "inline_role" | "boundary" | "trust")
}

fn is_scp(kind: &str) -> bool {
    matches!(kind, "scp_classic" | "scp_full")
}

/// R-SIZE-1, R-SIZE-2: IAM kinds do not count whitespace outside strings.
fn size(kind: &str, text: &[u8]) -> u64 {
    if !is_iam(kind) {
        return text.len() as u64;
    }
    let mut count = 0;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text {
        if in_string || !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            count += 1;
        }
        if in_string && escaped {
            escaped = false;
        } else if in_string && *byte == b'\\' {
            escaped = true;
        } else if *byte == b'"' {
            in_string = !in_string;
        }
    }
    count
}

/// R-SIZE-3
fn limit(kind: &str, options: &Value) -> u64 {
    if let Some(bytes) = options.get("quota_bytes").and_then(Value::as_u64) {
        return bytes;
    }
    match kind {
        "identity" | "boundary" => 6144,
        "inline_user" | "session" | "trust" => 2048,
        "inline_group" | "scp_classic" | "rcp" => 5120,
        "inline_role" | "scp_full" => 10240,
        "resource" | "vpce" => 20480,
        "kms" => 32768,
        _ => panic!("no such kind: {kind}"),
    }
}

fn document(kind: &str, json: &Json, options: &Value) -> Result<Policy, Fault> {
    // R-JSON-2
    let Json::Object(members) = json else { return Err("WRONG_TYPE") };
    // R-DOC-1, R-DOC-2
    for (name, _) in members {
        if !["Version", "Id", "Statement"].contains(&name.as_str()) {
            return Err("UNKNOWN_ELEMENT");
        }
    }
    let modern = version(kind, json.get("Version"), options)?;
    // R-DOC-15
    match json.get("Id") {
        None => {}
        Some(_) if is_scp(kind) || kind == "rcp" => return Err("FORBIDDEN_ELEMENT"),
        Some(Json::Text(_)) => {}
        Some(_) => return Err("WRONG_TYPE"),
    }
    // R-DOC-3
    let list = match json.get("Statement") {
        None => return Err("MISSING_ELEMENT"),
        Some(Json::Object(members)) => vec![Json::Object(members.clone())],
        Some(Json::List(items)) if items.is_empty() => return Err("EMPTY"),
        Some(Json::List(items)) => items.clone(),
        Some(_) => return Err("WRONG_TYPE"),
    };
    let mut statements = Vec::new();
    let mut sids: Vec<String> = Vec::new();
    for item in &list {
        statements.push(statement(kind, item, modern)?);
        // R-DOC-17
        if let Some(Json::Text(sid)) = item.get("Sid") {
            if strict_sid(kind) && !sid.is_empty() && sids.contains(sid) {
                return Err("DUP_SID");
            }
            sids.push(sid.clone());
        }
    }
    Ok(Policy { kind: kind.to_string(), modern, statements })
}

/// R-DOC-11, R-DOC-12, R-SCPC-3, R-SCPF-1, R-RCP-1, R-RCP-6
fn version(kind: &str, version: Option<&Json>, options: &Value) -> Result<bool, Fault> {
    match version {
        Some(Json::Text(text)) if text == "2012-10-17" => Ok(true),
        Some(Json::Text(text)) if text == "2008-10-17" && !is_scp(kind) && kind != "rcp" => Ok(false),
        Some(Json::Text(_)) => Err("BAD_VERSION"),
        Some(_) => Err("WRONG_TYPE"),
        None if is_scp(kind) && option_is(options, "scp_missing_version", "assume_2012") => Ok(true),
        None if is_scp(kind) || kind == "rcp" => Err("MISSING_ELEMENT"),
        None => Ok(false),
    }
}

/// R-DOC-16, R-DOC-17: the kinds whose Sids are letters and digits, and unique.
fn strict_sid(kind: &str) -> bool {
    !matches!(kind, "resource" | "kms" | "vpce")
}

/// The table of section 2: the elements that a kind never has.
fn is_forbidden(kind: &str, element: &str) -> bool {
    match element {
        "Principal" => !matches!(kind, "resource" | "kms" | "vpce" | "trust" | "rcp"),
        "NotPrincipal" => !matches!(kind, "resource" | "kms" | "vpce"),
        "NotAction" => matches!(kind, "trust" | "rcp"),
        "Resource" => kind == "trust",
        "NotResource" => matches!(kind, "trust" | "scp_classic"),
        _ => false,
    }
}

fn statement(kind: &str, json: &Json, modern: bool) -> Result<Statement, Fault> {
    let Json::Object(members) = json else { return Err("WRONG_TYPE") };
    let known = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    for (name, _) in members {
        // R-DOC-1, R-DOC-2, R-DOC-14
        if !known.contains(&name.as_str()) {
            return Err("UNKNOWN_ELEMENT");
        }
        if is_forbidden(kind, name) {
            return Err("FORBIDDEN_ELEMENT");
        }
    }
    // R-DOC-8
    for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")]
    {
        if json.get(one).is_some() && json.get(other).is_some() {
            return Err("EXCLUSIVE_ELEMENTS");
        }
    }
    let allow = effect(json)?;
    sid(kind, json)?;
    // R-NPRIN-1
    if allow && json.get("NotPrincipal").is_some() {
        return Err("FORBIDDEN_COMBINATION");
    }
    // R-DOC-7: where Condition is forbidden, the empty one is as well.
    if allow
        && matches!(kind, "scp_classic" | "rcp")
        && json.get("Condition") == Some(&Json::Object(Vec::new()))
    {
        reach("R-DOC-7", "empty Condition where there must be none");
    }
    // R-SCPC-11, R-SCPC-22
    if kind == "scp_classic" && allow && (json.get("NotAction").is_some() || json.get("Condition").is_some())
    {
        return Err("FORBIDDEN_COMBINATION");
    }
    let (principals, not_principal) = principals(kind, json)?;
    let (actions, not_action) = actions(kind, json, allow)?;
    let (resources, not_resource) = resources(kind, json, allow, modern)?;
    let conditions = match json.get("Condition") {
        Some(block) => condition::check(kind, block, modern)?,
        None => Vec::new(),
    };
    Ok(Statement {
        allow,
        actions,
        not_action,
        resources,
        not_resource,
        principals,
        not_principal,
        conditions,
    })
}

/// R-DOC-10
fn effect(json: &Json) -> Result<bool, Fault> {
    match json.get("Effect") {
        Some(Json::Text(text)) if text == "Allow" => Ok(true),
        Some(Json::Text(text)) if text == "Deny" => Ok(false),
        Some(Json::Text(_)) => Err("BAD_EFFECT"),
        Some(_) => Err("WRONG_TYPE"),
        None => Err("MISSING_ELEMENT"),
    }
}

/// R-DOC-16
fn sid(kind: &str, json: &Json) -> Result<(), Fault> {
    match json.get("Sid") {
        None => Ok(()),
        Some(Json::Text(text)) if strict_sid(kind) && !text.chars().all(|c| c.is_ascii_alphanumeric()) => {
            Err("BAD_SID")
        }
        Some(Json::Text(_)) => Ok(()),
        Some(_) => Err("WRONG_TYPE"),
    }
}

/// R-DOC-5, R-DOC-6, R-DOC-7: a string or a non-empty array of strings.
fn strings(json: &Json) -> Result<Vec<String>, Fault> {
    match json {
        Json::Text(text) => Ok(vec![text.clone()]),
        Json::List(items) if items.is_empty() => Err("EMPTY"),
        Json::List(items) => {
            let mut texts = Vec::new();
            for item in items {
                let Json::Text(text) = item else { return Err("WRONG_TYPE") };
                texts.push(text.clone());
            }
            Ok(texts)
        }
        _ => Err("WRONG_TYPE"),
    }
}

/// R-DOC-9, section 3, R-RCP-1, R-RCP-3.
fn actions(kind: &str, json: &Json, allow: bool) -> Result<(Vec<String>, bool), Fault> {
    let negated = json.get("NotAction").is_some();
    let Some(value) = json.get("Action").or(json.get("NotAction")) else { return Err("MISSING_ELEMENT") };
    let list = strings(value)?;
    if kind == "rcp" && allow {
        // R-RCP-3: the one legal Allow is RCPFullAWSAccess.
        let everything =
            |value: Option<&Json>| value.is_some_and(|value| strings(value).is_ok_and(|list| list == ["*"]));
        if !everything(json.get("Action"))
            || !everything(json.get("Resource"))
            || json.get("Condition").is_some()
        {
            return Err("BAD_EFFECT");
        }
        return Ok((list, false));
    }
    for text in &list {
        syntax::action(kind, text)?;
    }
    Ok((list, negated))
}

/// R-DOC-9, section 4, R-SCPC-18 to R-SCPC-21, R-KIND-6.
fn resources(
    kind: &str,
    json: &Json,
    allow: bool,
    modern: bool,
) -> Result<(Option<Vec<String>>, bool), Fault> {
    let negated = json.get("NotResource").is_some();
    let Some(value) = json.get("Resource").or(json.get("NotResource")) else {
        // R-KIND-6, R-SCPC-19
        if kind == "trust" || (kind == "scp_classic" && allow) {
            return Ok((None, false));
        }
        return Err("MISSING_ELEMENT");
    };
    let list = strings(value)?;
    // R-SCPC-18
    if kind == "scp_classic" && allow && list != ["*"] {
        return Err("FORBIDDEN_COMBINATION");
    }
    for text in &list {
        syntax::resource(kind, text, modern)?;
    }
    Ok((Some(list), negated))
}

/// R-DOC-6, R-PRIN-5: under `AWS` a JSON number of twelve digits is an account; any other number is no value.
fn accounts_as_text(json: &Json) -> Result<Json, Fault> {
    match json {
        Json::Number(text) if syntax::is_account(text) => {
            reach("R-PRIN-5", "account as a number");
            Ok(Json::Text(text.clone()))
        }
        Json::Number(_) => {
            reach("R-PRIN-5", "another number");
            Err("WRONG_TYPE")
        }
        Json::List(items) => {
            let mut list = Vec::new();
            for item in items {
                list.push(match item {
                    Json::Number(_) => accounts_as_text(item)?,
                    other => other.clone(),
                });
            }
            Ok(Json::List(list))
        }
        other => Ok(other.clone()),
    }
}

/// R-PRIN-4, R-KIND-4, R-RCP-1.
fn principals(kind: &str, json: &Json) -> Result<(Option<Vec<Entry>>, bool), Fault> {
    if is_forbidden(kind, "Principal") {
        return Ok((None, false));
    }
    let negated = json.get("NotPrincipal").is_some();
    let Some(value) = json.get("Principal").or(json.get("NotPrincipal")) else {
        return Err("MISSING_ELEMENT");
    };
    let mut entries = Vec::new();
    match value {
        Json::Text(text) if text == "*" => entries.push(Entry::Everyone),
        Json::Text(_) => return Err("BAD_PRINCIPAL"),
        Json::Object(members) if members.is_empty() => return Err("EMPTY"),
        Json::Object(members) => {
            // R-RCP-1: exactly the string "*".
            if kind == "rcp" {
                return Err("BAD_PRINCIPAL");
            }
            for (name, value) in members {
                let wrap = match name.as_str() {
                    "AWS" => Entry::Aws,
                    "Service" => Entry::Service,
                    "Federated" => Entry::Federated,
                    "CanonicalUser" => Entry::Canonical,
                    _ => return Err("BAD_PRINCIPAL"),
                };
                let list = if name == "AWS" { accounts_as_text(value)? } else { value.clone() };
                entries.extend(strings(&list)?.into_iter().map(wrap));
            }
        }
        _ => return Err("WRONG_TYPE"),
    }
    for entry in &entries {
        syntax::principal(kind, negated, entry)?;
    }
    Ok((Some(entries), negated))
}
