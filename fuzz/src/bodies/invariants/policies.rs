//! Policies may only ever take away: a Deny more, or an Allow fewer, never makes an Allow of a denial.
//!
//! Why a Deny more never allows. It is seen at one place, R-EVAL-5, where one that applies denies. Where it does not
//! apply, a statement that denies allows nothing (R-GEN-6), so that it is of no class of grants and no layer's Allow. A
//! new policy can do more: the layer was declared absent, and now is there. A layer that is there without an Allow never
//! helps: SCPs and endpoint policies then deny (R-EVAL-7, R-EVAL-8), boundary and session policies become a limit that
//! does not allow where none was (R-EVAL-10 to R-EVAL-16; for a federated user S was FALSE before and is FALSE still,
//! R-EVAL-14), identity and resource policies grant nothing. RCPs only deny (R-EVAL-6). A boundary that is there also
//! undoes exemptions by NotPrincipal (R-NPRIN-4), which denies more. R-EVAL-23 overrides some Denies, the new one too.
//!
//! Why an Allow fewer never allows. All that counts Allows counts more of them as better: the SCP levels that have one,
//! the endpoint's, ID, B, S and the classes of G, none of which occurs negated in section 8. Where the last policy of a
//! level goes, the level stays, and allows nothing (R-EVAL-4). Where the last policy of a layer goes, what is declared
//! absent stays: the request does not say that the layer is absent, so that it is malformed (R-EVAL-4).
//!
//! Three things are no exceptions, but other changes, and not made here:
//! - The caller also declares the layer absent that lost its policy, or a layer that was neither passed nor declared is
//!   passed now. That mends a malformed request.
//! - A boundary or session policy of a principal whose type has none (R-EVAL-5, R-EVAL-13) is a limit because it was
//!   passed; no rule asks that its absence be declared. Taking its last policy away takes a limit away; taking
//!   statements from it does not.
//! - A second policy where there is room for one is an error, and the first one alone is none.

use iamlet::{Layer, Layers, PolicyKind, PrincipalType, ResourceKind};
use iamlet_cases::{Case, CasePolicy};
use serde_json::{Value, json};

use super::reached::count;
use super::ways::{Answer, every_way};
use crate::changes;
use crate::naive::generate::Rng;

/// A Deny more never allows.
pub(super) fn a_deny_more(rng: &mut Rng, case: &Case, before: Answer) {
    let mut changed = case.clone();
    let layer = *rng.pick(&Layer::ALL);
    let how = add_deny(rng, &mut changed, layer);
    let Some(after) = every_way(rng, &changed) else { return count("deny more: refused") };
    assert!(
        before.allows() || !after.allows(),
        "{how}: allowed now: {changed:#?}\nwithout the Deny: {case:#?}"
    );
    count(match (before.allows(), after.allows()) {
        (false, _) => "deny more: denied before",
        (true, true) => "deny more: allowed before and after",
        (true, false) => "deny more: denied by it",
    });
    if !before.allows() {
        count(how);
    }
}

/// An Allow fewer never allows.
pub(super) fn an_allow_fewer(rng: &mut Rng, case: &Case, before: Answer) {
    let mut changed = case.clone();
    let Some(how) = remove_allow(rng, &mut changed) else { return count("allow fewer: there is none") };
    let Some(after) = every_way(rng, &changed) else { return count("allow fewer: refused") };
    assert!(
        before.allows() || !after.allows(),
        "{how}: allowed now: {changed:#?}\nwith the Allow: {case:#?}"
    );
    count(match (before.allows(), after.allows()) {
        (false, _) => "allow fewer: denied before",
        (true, true) => "allow fewer: allowed before and after",
        (true, false) => "allow fewer: denied without it",
    });
    if !before.allows() {
        count(how);
    }
}

/// Adds a statement that denies to a policy of the layer, or a policy with one, or a level with such a policy. Returns
/// which of them.
fn add_deny(rng: &mut Rng, case: &mut Case, layer: Layer) -> &'static str {
    let there: Vec<usize> = (0..case.policies.len()).filter(|at| case.policies[*at].layer == layer).collect();
    let is_single = !layer.is_repeatable();
    if !there.is_empty() && (is_single || rng.chance(60)) {
        let at = *rng.pick(&there);
        let kind = case.policies[at].kind;
        let statement = deny(rng, case, kind);
        let policy = &mut case.policies[at];
        let Ok(mut document) = serde_json::from_slice::<Value>(&policy.text) else {
            return "deny more, denied before: to no document";
        };
        let mut list = changes::statements(&document);
        list.insert(rng.below(list.len() + 1), statement);
        document["Statement"] = Value::Array(list);
        policy.text = document.to_string().into_bytes();
        return "deny more, denied before: in a policy";
    }
    let kind = match layer {
        Layer::Scp => match there.first() {
            Some(at) => case.policies[*at].kind,
            None => *rng.pick(&[PolicyKind::ScpFull, PolicyKind::ScpClassic]),
        },
        Layer::Rcp => PolicyKind::Rcp,
        Layer::Resource => match case.request.kind() {
            ResourceKind::Ordinary => PolicyKind::Resource,
            ResourceKind::KmsKey => PolicyKind::Kms,
            ResourceKind::Role => PolicyKind::Trust,
        },
        Layer::Identity => PolicyKind::Identity,
        Layer::Boundary => PolicyKind::Boundary,
        Layer::Session => PolicyKind::Session,
        Layer::Endpoint => PolicyKind::Vpce,
    };
    let statement = deny(rng, case, kind);
    let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string().into_bytes();
    let levels = match layer {
        Layer::Scp => Some(&mut case.levels.scp),
        Layer::Rcp => Some(&mut case.levels.rcp),
        _ => None,
    };
    let (mut level, mut how) = (0, "deny more, denied before: in a new policy");
    if let Some(levels) = levels {
        level = u8::try_from(rng.below(usize::from(*levels) + 1)).unwrap_or(0);
        if level == *levels {
            (*levels, how) = (level + 1, "deny more, denied before: in a new level");
        }
    }
    case.policies.push(CasePolicy { name: "new".to_owned(), text, kind, layer, level });
    if case.request.absent.has(layer) {
        // Now and then the declaration is forgotten: it contradicts the policy, which is an error.
        if rng.chance(10) {
            return "deny more, denied before: in a layer that is declared absent";
        }
        case.request.absent = case.request.absent & !Layers::from(layer);
        how = "deny more, denied before: in a new layer";
    }
    how
}

/// A statement that denies, of a policy of this kind: made for the request, or out of another statement. It may be
/// illegal.
fn deny(rng: &mut Rng, case: &Case, kind: PolicyKind) -> Value {
    let mut statement = if rng.chance(40) { another_statement(rng, case) } else { json!({}) };
    let action = case.request.action.clone();
    let service = action.split(':').next().unwrap_or_default();
    let actions = match kind {
        PolicyKind::Trust => {
            [action.clone(), "sts:*".into(), "sts:AssumeRole".into(), "sts:TagSession".into()]
        }
        PolicyKind::Rcp => [action.clone(), format!("{service}:*"), "s3:*".into(), "kms:Decrypt".into()],
        _ => [action.clone(), format!("{service}:*"), "*".into(), "ec2:RunInstances".into()],
    };
    let of_items = case.request.items.iter().flatten().map(|item| item.arn.clone());
    let mut resources: Vec<String> = case.request.resource.iter().cloned().chain(of_items).collect();
    resources.extend(["*".into(), "*".into(), "arn:aws:s3:::other/*".into()]);
    let is_made = statement.as_object().is_none_or(serde_json::Map::is_empty);
    if is_made {
        statement = json!({"Action": rng.pick(&actions), "Resource": rng.pick(&resources)});
        if rng.chance(40) {
            statement["Condition"] = rng
                .pick(&[
                    json!({"Null": {"aws:SourceVpce": "true"}}),
                    json!({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}),
                    json!({"Bool": {"aws:SecureTransport": "false"}}),
                    json!({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}),
                    json!({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}),
                    json!({}),
                ])
                .clone();
        }
    }
    let Some(members) = statement.as_object_mut() else { return statement };
    members.remove("Sid");
    members.insert("Effect".into(), json!("Deny"));
    let names_principals = matches!(
        kind,
        PolicyKind::Resource | PolicyKind::Kms | PolicyKind::Trust | PolicyKind::Vpce | PolicyKind::Rcp
    );
    let has_principal = members.contains_key("Principal") || members.contains_key("NotPrincipal");
    if !names_principals || kind == PolicyKind::Rcp {
        members.remove("Principal");
        members.remove("NotPrincipal");
    }
    if kind == PolicyKind::Rcp {
        members.insert("Principal".into(), json!("*"));
    } else if names_principals && (is_made || !has_principal) {
        let account = case.request.principal.arn.split(':').nth(4).unwrap_or("111122223333");
        let root = format!("arn:aws:iam::{account}:root");
        match rng.below(6) {
            0 | 1 => members.insert("Principal".into(), json!("*")),
            2 => members.insert("Principal".into(), json!({"AWS": "*"})),
            3 => members.insert("Principal".into(), json!({"AWS": root})),
            4 => members.insert("NotPrincipal".into(), json!({"AWS": [root, case.request.principal.arn]})),
            _ => members.insert("Principal".into(), json!({"Service": "logs.amazonaws.com"})),
        };
    }
    if kind == PolicyKind::Trust {
        members.remove("Resource");
        members.remove("NotResource");
    } else if !members.contains_key("Resource") && !members.contains_key("NotResource") {
        members.insert("Resource".into(), json!("*"));
    }
    statement
}

/// A statement of the case, or of another one; nothing where there is none.
fn another_statement(rng: &mut Rng, case: &Case) -> Value {
    let mut found = Vec::new();
    if rng.chance(60) {
        let documents = case.policies.iter().filter_map(|policy| serde_json::from_slice(&policy.text).ok());
        documents.for_each(|document: Value| found.extend(changes::statements(&document)));
    } else {
        let other = changes::case(rng);
        for place in changes::documents(&other) {
            found.extend(other.pointer(&place).map(changes::statements).unwrap_or_default());
        }
    }
    found.retain(Value::is_object);
    if found.is_empty() { json!({}) } else { rng.pick(&found).clone() }
}

/// Takes away a statement that allows, or a policy that only allows. Returns which of them; `None` where there is none.
fn remove_allow(rng: &mut Rng, case: &mut Case) -> Option<&'static str> {
    let allows = |statement: &Value| statement["Effect"] == "Allow";
    let lists: Vec<Vec<Value>> = case
        .policies
        .iter()
        .map(|policy| {
            serde_json::from_slice(&policy.text).map_or(Vec::new(), |text| changes::statements(&text))
        })
        .collect();
    let with_allow: Vec<usize> = (0..lists.len()).filter(|at| lists[*at].iter().any(allows)).collect();
    if with_allow.is_empty() {
        return None;
    }
    let at = *rng.pick(&with_allow);
    let (layer, level) = (case.policies[at].layer, case.policies[at].level);
    if lists[at].iter().all(allows) && (lists[at].len() == 1 || rng.chance(30)) {
        let others = case.policies.iter().enumerate().filter(|(other, _)| *other != at);
        let (mut last_of_layer, mut last_of_level) = (true, true);
        for (_, other) in others.filter(|(_, other)| other.layer == layer) {
            last_of_layer = false;
            last_of_level &= other.level != level;
        }
        if last_of_layer && matches!(layer, Layer::Boundary | Layer::Session) && has_no_limits(case) {
            return None;
        }
        case.policies.remove(at);
        return Some(match layer {
            Layer::Scp if last_of_level => "allow fewer, denied before: the last policy of a level",
            _ if last_of_layer => "allow fewer, denied before: the last policy of a layer",
            _ => "allow fewer, denied before: a policy",
        });
    }
    let places: Vec<usize> = (0..lists[at].len()).filter(|place| allows(&lists[at][*place])).collect();
    let mut list = lists[at].clone();
    list.remove(*rng.pick(&places));
    let mut document: Value = serde_json::from_slice(&case.policies[at].text).ok()?;
    document["Statement"] = Value::Array(list);
    case.policies[at].text = document.to_string().into_bytes();
    Some("allow fewer, denied before: a statement")
}

/// Whether the principal's type has no boundary and no session policies (section 8.1 of the rules).
fn has_no_limits(case: &Case) -> bool {
    let principal = &case.request.principal;
    let kind = match PrincipalType::from_arn(&principal.arn) {
        Some(kind) => Some(kind),
        None => principal.kind,
    };
    !kind.is_some_and(PrincipalType::has_identity)
}
