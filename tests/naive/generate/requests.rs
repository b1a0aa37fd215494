//! The request of a case, as stated; now and then malformed.

use super::Rng;
use super::patterns::other_case;
use super::pools::{A1, A9, KEYS};
use super::world::World;
use serde_json::{Map, Value, json};

/// The request member of a case.
pub fn request(rng: &mut Rng, world: &World) -> Value {
    let mut request = Map::new();
    request.insert("principal".into(), world.principal.clone());
    let action = if rng.chance(5) { other_case(rng, &world.action) } else { world.action.clone() };
    request.insert("action".into(), json!(action));
    if world.resources.len() == 1 && rng.chance(96) {
        request.insert("resource".into(), json!(world.resources[0]));
    } else {
        let list: Vec<Value> = world.resources.iter().map(|arn| overlaid(rng, world, arn)).collect();
        request.insert("resources".into(), Value::Array(list));
    }
    let needed = world.account.is_empty() || world.is_cross();
    if rng.chance(if needed { 95 } else { 45 }) {
        request.insert("resource_account".into(), json!(world.owner));
    }
    if rng.chance(4) {
        request.insert("resource_in_management_account".into(), json!(rng.chance(80)));
    }
    if !world.stated.is_empty() || rng.chance(30) {
        request.insert("context".into(), context(rng, world));
    }
    if !world.declared.is_empty() {
        let keys: Vec<String> = world
            .declared
            .iter()
            .map(|key| if rng.chance(20) { other_case(rng, key) } else { key.clone() })
            .collect();
        request.insert("multivalued".into(), json!(keys));
    }
    if rng.chance(6) {
        malform(rng, world, &mut request);
    }
    Value::Object(request)
}

/// The context; spellings vary, and several values may stand under two spellings of one key.
fn context(rng: &mut Rng, world: &World) -> Value {
    let mut members: Map<String, Value> = Map::new();
    for (key, list) in &world.stated {
        let mut list = list.clone();
        if key.eq_ignore_ascii_case("aws:PrincipalIsAWSService") && rng.chance(30) {
            list = list.iter().map(|text| text.to_ascii_uppercase()).collect();
        }
        let spelled = if rng.chance(12) { other_case(rng, key) } else { key.clone() };
        if list.len() > 1 && rng.chance(20) {
            let second = key.to_ascii_uppercase();
            if second != spelled {
                members.insert(second, json!([list.remove(0)]));
            }
        }
        members.insert(spelled, json!(list));
    }
    Value::Object(members)
}

fn overlaid(rng: &mut Rng, world: &World, arn: &str) -> Value {
    let mut item = json!({"arn": arn});
    if rng.chance(50) {
        let mut members = Map::new();
        for _ in 0..1 + rng.below(2) {
            let (family, keys) = *rng.pick(&KEYS);
            let key = match world.stated.keys().next() {
                Some(key) if rng.chance(30) => key.clone(),
                _ => rng.text(keys),
            };
            let derived = ["principal", "username", "userid"];
            let lower = key.to_ascii_lowercase();
            // Derived keys stay with the base context.
            if derived.iter().any(|word| lower.starts_with(&format!("aws:{word}")))
                && lower != "aws:principaltag/team"
            {
                continue;
            }
            let list = World::value_list(rng, family);
            let key = if rng.chance(20) { other_case(rng, &key) } else { key };
            members.retain(|other: &String, _| !other.eq_ignore_ascii_case(&key));
            members.insert(key, json!(list));
        }
        item["context"] = Value::Object(members);
    }
    item
}

/// Breaks one rule of a well-formed request.
fn malform(rng: &mut Rng, world: &World, request: &mut Map<String, Value>) {
    match rng.below(10) {
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
