//! The request of a case, as stated; now and then malformed.

use super::Rng;
use super::patterns::other_case;
use super::pools::KEYS;
use super::request_faults::malform;
use super::world::World;
use serde_json::{Map, Value, json};

/// The request member of a case, and whether it was made malformed.
pub fn request(rng: &mut Rng, world: &World) -> (Value, bool) {
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
    let is_malformed = rng.chance(8);
    if is_malformed {
        malform(rng, world, &mut request);
    }
    (Value::Object(request), is_malformed)
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
            // R-MISS-2: an empty list takes a value away.
            let list = if rng.chance(15) { Vec::new() } else { World::value_list(rng, family) };
            let key = if rng.chance(20) { other_case(rng, &key) } else { key };
            members.retain(|other: &String, _| !other.eq_ignore_ascii_case(&key));
            members.insert(key, json!(list));
        }
        item["context"] = Value::Object(members);
    }
    item
}
