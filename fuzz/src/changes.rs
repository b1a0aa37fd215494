//! Changes to decision cases, as JSON: parts of several put together, statements added, everything in another order.

use serde_json::{Map, Value};

use crate::naive::generate::{self, Rng};
use crate::real;

/// A case: generated, or put together from real ones.
pub fn case(rng: &mut Rng) -> Value {
    if rng.chance(50) { generate::case(rng) } else { mixed(rng) }
}

/// A real case with parts of others, in which some texts are others.
pub fn mixed(rng: &mut Rng) -> Value {
    let real = real::cases();
    let mut case = rng.pick(real).clone();
    for _ in 0..rng.below(4) {
        let other = rng.pick(real);
        let (part, name) = match rng.below(3) {
            0 => {
                ("policies", rng.text(&["identity", "boundary", "session", "resource", "scp", "rcp", "vpce"]))
            }
            1 => {
                ("request", rng.text(&["principal", "action", "context", "resource_account", "multivalued"]))
            }
            _ => {
                case["request"] = other["request"].clone();
                continue;
            }
        };
        // The grammar of a policy goes with it.
        if part == "policies"
            && (name == "scp" || name == "resource")
            && other.get("options") != case.get("options")
        {
            continue;
        }
        match other[part].get(&name) {
            Some(value) => case[part][&name] = value.clone(),
            None => drop(case[part].as_object_mut().map(|object| object.remove(&name))),
        }
    }
    for _ in 0..rng.below(3) {
        change_text(rng, &mut case);
    }
    case
}

/// The places of all texts below a value.
fn texts(value: &Value, place: &str, found: &mut Vec<String>) {
    let mut inner = |name: &str, value: &Value| {
        texts(value, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), found);
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| inner(&at.to_string(), item)),
        Value::Object(members) => members.iter().for_each(|(name, member)| inner(name, member)),
        Value::String(_) => found.push(place.to_owned()),
        _ => {}
    }
}

/// One text of a case becomes another one.
fn change_text(rng: &mut Rng, case: &mut Value) {
    let (mut places, mut others) = (Vec::new(), Vec::new());
    for part in ["policies", "request"] {
        texts(&case[part], &format!("/{part}"), &mut places);
    }
    // Words of case files, not of policies or requests.
    places.retain(|place| !place.ends_with("/vpce_type") && !place.ends_with("/resource_kind"));
    let donor = rng.pick(real::cases());
    texts(&donor["policies"], "/policies", &mut others);
    let (Some(place), Some(other)) = (pick(rng, &places), pick(rng, &others)) else { return };
    let text = case.pointer(&place).and_then(Value::as_str).unwrap_or_default().to_owned();
    let changed = match rng.below(3) {
        0 => donor.pointer(&other).and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => edited(rng, &text),
    };
    if let Some(slot) = case.pointer_mut(&place) {
        *slot = Value::String(changed);
    }
}

fn pick(rng: &mut Rng, list: &[String]) -> Option<String> {
    if list.is_empty() { None } else { Some(rng.pick(list).clone()) }
}

/// A text with something put in, taken out, or in the other case.
fn edited(rng: &mut Rng, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = rng.below(letters.len() + 1);
    match rng.below(4) {
        0 => drop(letters.splice(
            at..at,
            rng.text(&["*", "?", ":", "/", "${aws:username}", "${*}", "é", "a", "A", "0", ""]).chars(),
        )),
        1 if at < letters.len() => drop(letters.remove(at)),
        2 => letters.truncate(at),
        _ => {
            for letter in letters.iter_mut().skip(at).take(4) {
                let upper = letter.to_ascii_uppercase();
                *letter = if *letter == upper { letter.to_ascii_lowercase() } else { upper };
            }
        }
    }
    letters.into_iter().collect()
}

/// The places of a case's documents that are written as objects.
pub fn documents(case: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Some(policies) = case["policies"].as_object() else { return found };
    for (name, value) in policies {
        nested_documents(value, &format!("/policies/{name}"), &mut found);
    }
    found
}

fn nested_documents(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| nested_documents(item, &format!("{place}/{at}"), found));
        }
        Value::Object(_) => found.push(place.to_owned()),
        _ => {}
    }
}

/// The statements of a document; none where it has no good list of them.
pub fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(items) => items.clone(),
        Value::Object(one) => vec![Value::Object(one.clone())],
        _ => Vec::new(),
    }
}

/// The case with one more statement of this effect in one of its documents. The statement is one of that layer, of
/// this case or of another.
pub fn with_statement(rng: &mut Rng, case: &Value, effect: &str) -> Option<Value> {
    let mut case = case.clone();
    let place = pick(rng, &documents(&case))?;
    let layer = place.split('/').nth(2)?.to_owned();
    let donor = if rng.chance(50) { case.clone() } else { self::case(rng) };
    let mut candidates = Vec::new();
    for document in documents(&donor) {
        if document.split('/').nth(2) == Some(&layer) {
            candidates.extend(statements(donor.pointer(&document)?));
        }
    }
    let statement = if candidates.is_empty() { return None } else { rng.pick(&candidates) };
    let mut statement = statement.as_object()?.clone();
    statement.remove("Sid");
    statement.insert("Effect".to_owned(), Value::String(effect.to_owned()));
    let document = case.pointer_mut(&place)?;
    let mut list = statements(document);
    let at = rng.below(list.len() + 1);
    list.insert(at, Value::Object(statement));
    document.as_object_mut()?.insert("Statement".to_owned(), Value::Array(list));
    Some(case)
}

/// The case without one policy of a level of its service control policies, one that only allows.
pub fn without_scp(rng: &mut Rng, case: &Value) -> Option<Value> {
    let mut case = case.clone();
    let levels = case["policies"].get_mut("scp")?.as_array_mut()?;
    let count = levels.len();
    let level = levels.get_mut(rng.below(count.max(1)))?.as_array_mut()?;
    let at = rng.below(level.len().max(1));
    let list = statements(level.get(at)?);
    let only_allows = !list.is_empty() && list.iter().all(|statement| statement["Effect"] == "Allow");
    if !only_allows {
        return None;
    }
    level.remove(at);
    Some(case)
}

/// The case with statements, policies, lists, members and context in another order. Levels stay where they are.
pub fn shuffled(rng: &mut Rng, case: &Value) -> Value {
    let mut case = case.clone();
    if let Some(policies) = case["policies"].as_object_mut() {
        for (name, value) in policies.iter_mut() {
            match value {
                Value::Array(levels) if name == "scp" || name == "rcp" => {
                    levels.iter_mut().for_each(|level| shuffle(rng, level));
                }
                value => shuffle(rng, value),
            }
        }
    }
    if let Some(request) = case["request"].as_object_mut() {
        for (_, value) in request.iter_mut() {
            shuffle(rng, value);
        }
    }
    case
}

/// All below a value in another order.
fn shuffle(rng: &mut Rng, value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| shuffle(rng, item));
            for at in (1..items.len()).rev() {
                items.swap(at, rng.below(at + 1));
            }
        }
        Value::Object(members) => {
            let mut left: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            let mut other = Map::new();
            while !left.is_empty() {
                let (name, mut member) = left.swap_remove(rng.below(left.len()));
                shuffle(rng, &mut member);
                other.insert(name, member);
            }
            *members = other;
        }
        _ => {}
    }
}
