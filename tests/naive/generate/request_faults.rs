//! One fault in a well-formed request.

use super::Rng;
use super::pools::{A1, A9};
use super::world::World;
use serde_json::{Map, Value, json};

/// Breaks one rule of a well-formed request.
pub fn malform(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    match rng.below(19) {
        10 | 11 => no_arn(rng, world, request),
        12 => other_partition(rng, world, request),
        13 => flag(rng, world, request),
        14 | 15 => federated(rng, world, request),
        16 => {
            let user = rng.text(&[
                "arn:aws:iam::444455556666:user/alice",
                "arn:aws-cn:iam::111122223333:user/alice",
                "arn:aws:iam::999988887777:root",
                "arn:aws:iam::111122223333:role/App",
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            ]);
            let arn = "arn:aws:sts::111122223333:federated-user/fay";
            let principal = json!({"type": "federated_user", "arn": arn, "user_arn": user});
            request.insert("principal".into(), principal);
        }
        0 | 1 => {
            let action = rng.text(&[
                "s3:Get*",
                "s3:Get?bject",
                "GetObject",
                "s3:Get:Object",
                "s3:",
                ":GetObject",
                "",
                "*",
            ]);
            request.insert("action".into(), json!(action));
        }
        2 | 3 => {
            request.insert("principal".into(), bad_principal(rng));
        }
        4 | 5 => contradict(rng, world, request),
        6 => {
            // An owner other than the account in the ARN.
            let other = if world.owner == A1 { A9 } else { A1 };
            request.remove("resources");
            request.insert("resource".into(), json!(format!("arn:aws:sqs:us-east-1:{}:q", world.owner)));
            request.insert("resource_account".into(), json!(other));
        }
        7 => {
            // One of several resources contradicts the stated owner.
            let other = if world.owner == A1 { A9 } else { A1 };
            request.remove("resource");
            let list = json!([
                {"arn": world.resources[0]},
                {"arn": format!("arn:aws:sqs:us-east-1:{other}:q")}
            ]);
            request.insert("resources".into(), list);
            request.insert("resource_account".into(), json!(world.owner));
        }
        8 => {
            request.remove("resource");
            request.insert("resources".into(), json!([]));
        }
        _ => {
            // A principal without an account leaves the owner of a bucket unknown.
            request.insert("principal".into(), json!({"type": "service", "service": "logs.amazonaws.com"}));
            request.remove("resources");
            request.remove("resource_account");
            request.insert("resource".into(), json!("arn:aws:s3:::b/k"));
        }
    }
}

fn bad_principal(rng: &mut Rng) -> Value {
    let list = [
        json!("alice"),
        json!("arn:aws:iam::12345:user/alice"),
        json!("arn:aws:iam:us-east-1:111122223333:user/alice"),
        json!("arn:aws:iam::111122223333:user/"),
        json!("arn:aws:iam::111122223333:group/g"),
        json!("arn:aws:iam::111122223333:role/App"),
        json!("arn:error:iam::111122223333:user/alice"),
        json!("arn:aws:sts::111122223333:assumed-role/App/s1"),
        json!("Anonymous"),
        json!({"type": "role_session", "arn": "arn:aws:sts::111122223333:assumed-role/App/s1"}),
        json!({"type": "role_session", "arn": "arn:aws:sts::111122223333:assumed-role/App/s1",
            "role_arn": "arn:aws:iam::111122223333:role/Other"}),
        json!({"type": "role_session", "arn": "arn:aws:sts::111122223333:assumed-role/App/s1",
            "role_arn": "arn:aws:iam::111122223333:role/App/team"}),
        json!({"type": "role_session", "arn": "arn:aws:sts::111122223333:assumed-role/App/s1",
            "role_arn": "arn:aws:iam::999988887777:role/App"}),
        json!({"type": "user", "arn": "arn:aws:iam::111122223333:root"}),
        json!({"type": "user", "arn": "arn:aws:iam::111122223333:user/alice", "account": "999988887777"}),
        json!({"type": "role", "arn": "arn:aws:iam::111122223333:role/App"}),
        json!({"type": "user"}),
        json!({"type": "service"}),
        json!({"type": "saml"}),
    ];
    rng.pick(&list).clone()
}

/// The caller states a derived key otherwise than the engine.
fn contradict(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    let (key, value) = match rng.below(7) {
        0 => ("aws:username", "mallory"),
        1 => ("aws:PrincipalAccount", "444455556666"),
        2 => ("aws:PrincipalType", "Role"),
        3 => ("aws:PrincipalArn", "arn:aws:sts::111122223333:assumed-role/App/s1"),
        4 if world.kind != "service" => ("aws:PrincipalServiceName", "logs.amazonaws.com"),
        5 if world.kind != "service" => ("aws:PrincipalIsAWSService", "true"),
        5 => ("aws:PrincipalIsAWSService", "false"),
        _ => ("AWS:UserName", "mallory"),
    };
    if world.arn == value {
        return;
    }
    let context = request.entry("context").or_insert_with(|| json!({}));
    if let Some(members) = context.as_object_mut() {
        members.retain(|other, _| !other.eq_ignore_ascii_case(key));
        members.insert(key.to_string(), json!([value]));
    }
}

/// A resource that is neither an ARN nor `*` (R-RES-3), alone or beside another.
fn no_arn(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    let first = &world.resources[0];
    let text = match rng.below(6) {
        0 => first.replacen("arn", "ARN", 1),
        1 => format!(" {first}"),
        2 => "arn:aws:S3:::b/k".to_string(),
        _ => rng.text(&[
            "secret/key",
            "",
            "**",
            "* ",
            "arn:aws:s3",
            "arn:aws:s3::b",
            "arn::s3:::b/k",
            "arn:aws::::b/k",
            "arn:aws-:s3:::b/k",
            "arn:*:s3:::b/k",
            "arn:aws:s*:::b/k",
            "arn:awsx:s3:::b/k",
        ]),
    };
    request.remove("resources");
    if rng.chance(70) {
        request.insert("resource".into(), json!(text));
    } else {
        request.remove("resource");
        request.insert("resources".into(), json!([{"arn": first}, {"arn": text}]));
    }
}

/// A resource of another partition than the principal's (R-RES-16).
fn other_partition(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    let first = &world.resources[0];
    if first == "*" {
        return;
    }
    let other = if world.partition == "aws" { "aws-cn" } else { "aws" };
    let text = first.replacen(&format!("arn:{}:", world.partition), &format!("arn:{other}:"), 1);
    request.remove("resources");
    if rng.chance(70) {
        request.insert("resource".into(), json!(text));
    } else {
        request.remove("resource");
        request.insert("resources".into(), json!([{"arn": first}, {"arn": text}]));
    }
}

/// A flag that says otherwise than the role's path (R-PRIN-17), or a role of another partition (R-RES-16).
fn flag(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    let Some(principal) = request.get_mut("principal") else { return };
    if principal.is_string() {
        *principal = json!({"type": world.kind, "arn": world.arn});
    }
    if world.kind == "role_session" && rng.chance(30) {
        let other = if world.partition == "aws" { "arn:aws-us-gov:" } else { "arn:aws:" };
        let own = format!("arn:{}:", world.partition);
        principal["role_arn"] = json!(world.role_arn.replacen(&own, other, 1));
    } else {
        principal["service_linked_role"] = json!(!world.role_arn.contains("/aws-service-role/"));
    }
}

/// A federated identity with an action, a resource or an account that is not its own (R-PRIN-17).
fn federated(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    let (kind, own, other) = if rng.chance(50) {
        ("saml", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
    } else {
        ("oidc", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
    };
    let provider = format!("arn:aws:iam::111122223333:{kind}-provider/Corp");
    request.insert("principal".into(), json!({"type": kind, "provider": provider}));
    request.remove("resources");
    request.remove("resource_account");
    let (action, resource) = match rng.below(6) {
        0 => (other, "arn:aws:iam::111122223333:role/App"),
        1 => (
            *rng.pick(&["sts:AssumeRole", "s3:GetObject", "sts:GetCallerIdentity"]),
            "arn:aws:iam::111122223333:role/App",
        ),
        2 => (own, "arn:aws:iam::999988887777:role/App"),
        3 => (
            own,
            *rng.pick(&["arn:aws:iam::111122223333:user/App", "arn:aws:kms:us-east-1:111122223333:key/k1"]),
        ),
        4 if world.owner == A1 => (own, "*"),
        _ => ("sts:TagSession", "arn:aws:sts::111122223333:assumed-role/App/s1"),
    };
    if resource == "*" {
        request.insert("resource_account".into(), json!(A1));
    }
    request.insert("action".into(), json!(action));
    request.insert("resource".into(), json!(resource));
}
