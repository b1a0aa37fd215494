//! Condition blocks that compute what a statement is made for.

use super::super::condition::{self, Condition, OPERATORS, QUALIFIERS};
use super::Rng;
use super::patterns::{other_case, wild};
use super::pools::{self, KEYS};
use super::statements::Aim;
use super::world::World;
use serde_json::{Map, Value, json};

/// A Condition block; about the aim, as far as a few tries reach it.
pub fn block(rng: &mut Rng, world: &World, kind: &str, aim: Aim, modern: bool) -> Value {
    let mut operators: Map<String, Value> = Map::new();
    let count = 1 + rng.below(3);
    // One condition decides; the others are true.
    let deciding = rng.below(count);
    for i in 0..count {
        let one_aim = if i == deciding { aim } else { Aim::True };
        let (name, key, value) = one(rng, world, kind, one_aim, modern);
        let spelled = operators.keys().find(|other| other.eq_ignore_ascii_case(&name)).cloned();
        let map = operators.entry(spelled.unwrap_or(name)).or_insert_with(|| json!({}));
        let keys = map.as_object_mut().expect("an object");
        if !keys.keys().any(|other| other.eq_ignore_ascii_case(&key)) {
            keys.insert(key, value);
        }
    }
    Value::Object(operators)
}

fn one(rng: &mut Rng, world: &World, kind: &str, aim: Aim, modern: bool) -> (String, String, Value) {
    let mut made = None;
    let mut hit = false;
    for _ in 0..5 {
        let base = *rng.pick(&OPERATORS);
        let (qualifier, if_exists) =
            if base == "Null" { ("", false) } else { (*rng.pick(&QUALIFIERS), rng.chance(50)) };
        for _ in 0..5 {
            let key = key(rng, world, condition::family(base));
            let (texts, value) = values(rng, world, kind, base, &key, modern);
            let condition = Condition { operator: base, qualifier, if_exists, key, values: texts };
            let truth = condition::truth(&condition, modern, &world.context);
            hit = Aim::of(truth) == aim;
            made = Some((condition, value));
            if hit {
                break;
            }
        }
        if hit {
            break;
        }
    }
    let (condition, value) = made.expect("made above");
    let colon = if condition.qualifier.is_empty() { "" } else { ":" };
    let suffix = if condition.if_exists { "IfExists" } else { "" };
    let mut name = format!("{}{colon}{}{suffix}", condition.qualifier, condition.operator);
    let mut key = condition.key;
    if rng.chance(8) {
        name = other_case(rng, &name);
    }
    if rng.chance(8) {
        key = other_case(rng, &key);
    }
    (name, key, value)
}

/// A key of the family, mostly one that the request has.
fn key(rng: &mut Rng, world: &World, family: &str) -> String {
    let list = match family {
        "Null" => rng.pick(&KEYS).1,
        _ => KEYS.iter().find(|(name, _)| *name == family).expect("a family").1,
    };
    let present: Vec<&str> = list.iter().copied().filter(|key| !world.context.get(key).is_empty()).collect();
    if present.is_empty() || rng.chance(15) { rng.text(list) } else { rng.text(&present) }
}

/// Policy values for the operator: as the evaluator sees them, and as JSON.
fn values(
    rng: &mut Rng,
    world: &World,
    kind: &str,
    base: &str,
    key: &str,
    modern: bool,
) -> (Vec<(String, bool)>, Value) {
    let family = condition::family(base);
    let request = world.context.get(key);
    let count = if rng.chance(70) { 1 } else { 2 + rng.below(2) };
    let mut texts = Vec::new();
    for _ in 0..count {
        let mut text = fallback(family);
        for _ in 0..8 {
            let tried = candidate(rng, family, base, request, modern);
            let legal = condition::check_value(base, &tried, false, modern).is_ok()
                && (kind != "vpce" || condition::endpoint_value(base, key, &tried, modern).is_ok());
            if legal {
                text = tried;
                break;
            }
        }
        texts.push(text);
    }
    let mut list: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    let mut typed: Vec<(String, bool)> = texts.iter().map(|text| (text.clone(), false)).collect();
    if rng.chance(30) {
        let parsed: Vec<Value> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        let written: Vec<String> = parsed.iter().map(Value::to_string).collect();
        let same_text = written == texts;
        if same_text && parsed.iter().all(Value::is_number) {
            let numbers: Vec<(String, bool)> = texts.iter().map(|text| (text.clone(), true)).collect();
            if numbers.iter().all(|(text, _)| condition::check_value(base, text, true, modern).is_ok()) {
                typed = numbers;
                list = parsed;
            }
        } else if same_text && parsed.iter().all(Value::is_boolean) {
            list = parsed;
        }
    }
    let lone = list.len() == 1 && rng.chance(65);
    (typed, if lone { list[0].clone() } else { Value::Array(list) })
}

fn fallback(family: &str) -> String {
    match family {
        "Numeric" => "5",
        "Date" => "2026-01-01",
        "Bool" | "Null" => "true",
        "Binary" => "QQ==",
        "Ip" => "203.0.113.0/24",
        "Arn" => "arn:aws:sns:*:111122223333:t-1",
        _ => "v",
    }
    .to_string()
}

/// A text that may be a legal value: taken from the request, from the pool, or made of either.
fn candidate(rng: &mut Rng, family: &str, base: &str, request: &[String], modern: bool) -> String {
    let pool = pools::values(family);
    let text = match request {
        [] => rng.text(pool),
        _ if rng.chance(55) => rng.pick(request).clone(),
        _ => rng.text(pool),
    };
    match family {
        "Null" => rng.text(&["true", "false", "TRUE", "False"]),
        "Bool" => rng.text(&["true", "false", "True", "FALSE"]),
        "Numeric" => match rng.below(8) {
            0 => format!("{text}.0"),
            1 => rng.text(&["-3.000000001", "4.999999999", "6", "-99999999999999999999", "0"]),
            _ => text,
        },
        "Date" => match rng.below(8) {
            0 => rng.text(&["2025", "2027", "2026-01-01T00:00:00.000000001Z", "0", "1767225601", "-2"]),
            _ => text,
        },
        "Ip" => match rng.below(6) {
            0 => rng.text(&["203.0.113.0/24", "203.0.113.128/25", "0.0.0.0/0", "::/0", "2001:db8::/32"]),
            1 => {
                rng.text(&["::ffff:203.0.113.0/120", "198.51.100.9/32", "203.0.113.7/31", "2001:db8::1/127"])
            }
            3 if rng.chance(60) => rng.text(&[
                "::ffff:203.0.113.7",
                "::ffff:0.0.0.0/96",
                "::ffff:10.0.0.0/104",
                "::/80",
                "::ffff:0:0/90",
                "::ffff:198.51.100.0/120",
            ]),
            2 => format!("{text}/{}", rng.pick(&["0", "8", "24", "25", "32", "64", "128"])),
            _ => text,
        },
        "Arn" => arn(rng, &text, modern),
        "String" => string(rng, base, &text, modern),
        _ => text,
    }
}

fn arn(rng: &mut Rng, text: &str, modern: bool) -> String {
    let mut fields: Vec<String> = text.splitn(6, ':').map(str::to_string).collect();
    if fields.len() < 6 {
        return text.to_string();
    }
    for _ in 0..rng.below(3) {
        let at = rng.below(6);
        fields[at] = match rng.below(5) {
            0 if modern && at > 2 => {
                rng.text(&["${aws:PrincipalAccount}", "${x:nokey}", "${x:nokey, 't-1'}", "${x:k}", "${*}"])
            }
            1 => "*".to_string(),
            _ => wild(rng, &fields[at]),
        };
    }
    fields.join(":")
}

fn string(rng: &mut Rng, base: &str, text: &str, modern: bool) -> String {
    if modern && rng.chance(22) {
        return rng.text(&[
            "${aws:username}",
            "${x:k}",
            "${x:j, 'v'}",
            "${x:nokey}",
            "${x:nokey, 'v'}",
            "${aws:PrincipalTag/team, 'red'}",
            "${aws:TagKeys}",
            "${aws:CalledVia}",
            "${aws:CurrentTime}",
            "${aws:userid, 'alice'}",
            "${aws:PrincipalAccount}",
            "a${*}c",
            "a${?}c",
            "${$}{aws:username}",
            "reports/${aws:username}",
            "$x",
            "reports/${X:K}*",
        ]);
    }
    match rng.below(8) {
        0 if base.ends_with("IgnoreCase") || rng.chance(25) => other_case(rng, text),
        1..=4 if base.ends_with("Like") => wild(rng, text),
        5 if base.ends_with("Like") => rng.text(&["a*c", "?", "*", "abcdef*", "*bcdefgh", "reports/*", "é*"]),
        _ => text.to_string(),
    }
}
