//! Texts for a pending key: those that policies name, those near them, and those that make a variable match.

use super::super::Truth;
use super::super::condition::{self, Condition};
use super::super::document::{Policy, Statement};
use super::super::layers::Policies;
use super::super::matching;
use super::super::request::Request;
use super::super::values;
use super::super::variables::{self, Context, Part};

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A text that no policy names and that is no number, date, truth value or address.
pub const UNNAMED: &str = "unnamed-0";
/// Another one.
pub const UNNAMED_TOO: &str = "unnamed-1";

/// Texts that are kept of one key, and of one variable.
const MOST_TEXTS: usize = 40;
const MOST_OF_VARIABLE: usize = 3;
const MOST_TRIES: usize = 300;

const NANOS: i128 = 1_000_000_000;

/// All policies of a case.
fn all(policies: &Policies) -> Vec<&Policy> {
    let mut all: Vec<&Policy> = Vec::new();
    all.extend(&policies.identity);
    all.extend(&policies.boundary);
    all.extend(&policies.session);
    for levels in [&policies.scp, &policies.rcp].into_iter().flatten() {
        all.extend(levels.iter().flatten());
    }
    all.extend(&policies.resource);
    all.extend(&policies.vpce);
    all
}

fn statements(policies: &Policies) -> impl Iterator<Item = (&Statement, bool)> {
    all(policies)
        .into_iter()
        .flat_map(|policy| policy.statements.iter().map(|statement| (statement, policy.modern)))
}

/// Whether values of the operator are texts with variables and, in places, wildcards (R-VAR-5).
fn is_text(condition: &Condition) -> bool {
    matches!(condition::family(condition.operator), "String" | "Arn")
}

/// The texts in which a statement may have variables: Resource, and values of texts.
fn sources(statement: &Statement) -> Vec<&String> {
    let values = statement.conditions.iter().filter(|condition| is_text(condition));
    let values = values.flat_map(|condition| condition.values.iter().map(|(text, _)| text));
    statement.resources.iter().flatten().chain(values).collect()
}

/// The keys of conditions and variables, with repetitions.
pub fn keys(policies: &Policies) -> Vec<String> {
    let mut keys = Vec::new();
    for (statement, modern) in statements(policies) {
        keys.extend(statement.conditions.iter().map(|condition| condition.key.clone()));
        for source in sources(statement) {
            for part in variables::parse(source, modern).expect("checked at load") {
                if let Part::Variable(key, _) = part {
                    keys.push(key);
                }
            }
        }
    }
    keys
}

/// The texts for one pending key: first those that match something.
pub fn of_key(policies: &Policies, requests: &[Request], pending: &[String], key: &str) -> Vec<String> {
    let mut hits: Vec<String> = Vec::new();
    let mut near: Vec<String> = Vec::new();
    for (statement, modern) in statements(policies) {
        for request in requests {
            for source in statement.resources.iter().flatten() {
                let (solved, tried) = of_resource(source, modern, request, pending, key);
                hits.extend(solved);
                near.extend(tried);
            }
            for condition in &statement.conditions {
                if condition.key.eq_ignore_ascii_case(key) {
                    for (text, is_number) in &condition.values {
                        of_value(condition, text, *is_number, modern, &request.context, &mut hits, &mut near);
                    }
                }
                if is_text(condition) {
                    let (solved, tried) = of_variables(condition, modern, &request.context, pending, key);
                    hits.extend(solved);
                    near.extend(tried);
                }
            }
        }
    }
    let mut texts: Vec<String> = Vec::new();
    for text in hits.into_iter().chain(near) {
        if texts.len() < MOST_TEXTS && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Texts about one value of a condition on the key.
fn of_value(
    condition: &Condition,
    text: &str,
    is_number: bool,
    modern: bool,
    context: &Context,
    hits: &mut Vec<String>,
    near: &mut Vec<String>,
) {
    match condition::family(condition.operator) {
        "String" | "Arn" => {
            let like = condition.operator.ends_with("Like") || condition::family(condition.operator) == "Arn";
            hits.push(written_out(text, modern, context, like, "x"));
            if like {
                hits.push(written_out(text, modern, context, like, ""));
                // R-ARN-1, R-RES-5: a colon under a wildcard.
                near.push(written_out(text, modern, context, like, "a:b"));
            }
            near.push(other_case(&hits[hits.len() - 1]));
            near.push(text.to_string());
            near.push(format!("{}z", hits[hits.len() - 1]));
        }
        "Numeric" => {
            hits.push(text.to_string());
            let number = values::decimal(text).expect("checked at load");
            let steps = [number + NANOS, number - NANOS, number + 1, number - 1].map(decimal);
            near.extend(steps.into_iter().filter(|text| values::decimal(text).is_some()));
        }
        "Date" => {
            hits.push(text.to_string());
            let second = values::instant(text, is_number).expect("checked at load").div_euclid(NANOS);
            let steps = [second, second - 1, second + 1].map(epoch);
            near.extend(steps.into_iter().filter(|text| values::instant(text, false).is_some()));
        }
        "Bool" => {
            hits.push(text.to_string());
            near.extend(["true", "false", "TRUE"].map(str::to_string));
        }
        "Binary" => {
            hits.push(text.to_string());
            near.push("AAAA".to_string());
        }
        "Ip" => of_prefix(text, hits, near),
        // `Null` names no value.
        _ => {}
    }
}

/// A policy value as a text of the request: wildcards as `wildcard`, variables as their values. A variable without a
/// value is the text that no policy names, which its key is filled with as well.
fn written_out(text: &str, modern: bool, context: &Context, like: bool, wildcard: &str) -> String {
    let mut written = String::new();
    for part in variables::parse(text, modern).expect("checked at load") {
        match &part {
            Part::Plain('*') if like => written.push_str(wildcard),
            Part::Plain('?') if like => written.push('x'),
            Part::Plain(c) | Part::Literal(c) => written.push(*c),
            Part::Variable(..) => match variables::expand(std::slice::from_ref(&part), context, false) {
                None => written.push_str(UNNAMED),
                Some(pieces) => written.extend(pieces.iter().filter_map(|piece| match piece {
                    matching::Piece::Exactly(c) => Some(*c),
                    _ => None,
                })),
            },
        }
    }
    written
}

/// R-STR-2: every letter in its other case, beyond ASCII as well.
fn other_case(text: &str) -> String {
    let swapped = |c: char| -> String {
        if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
    };
    text.chars().map(swapped).collect()
}

/// R-NUM-1: a number that was scaled by 10^9.
fn decimal(scaled: i128) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, part) =
        (scaled.unsigned_abs() / NANOS.unsigned_abs(), scaled.unsigned_abs() % NANOS.unsigned_abs());
    if part == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:09}") }
}

/// R-DATE-2: epoch seconds that are no year.
fn epoch(second: i128) -> String {
    if second < 0 { second.to_string() } else { format!("{second:05}") }
}

/// R-IP-1 to R-IP-3: inside, outside, mapped, and of the other family.
fn of_prefix(text: &str, hits: &mut Vec<String>, near: &mut Vec<String>) {
    let (base, length) = values::network(text).expect("checked at load");
    hits.push(base.to_string());
    match base {
        IpAddr::V4(four) => {
            let bits = u32::from(four);
            // Behind the prefix: the last address that is inside.
            let host = u32::MAX.checked_shr(length).unwrap_or(0);
            near.push(Ipv4Addr::from(bits | host).to_string());
            near.push(Ipv4Addr::from(bits ^ (1 << 31)).to_string());
            if length > 0 {
                near.push(Ipv4Addr::from(bits ^ (1 << (32 - length))).to_string());
            }
            near.push(format!("::ffff:{four}"));
            near.push("2001:db8::1".to_string());
        }
        IpAddr::V6(six) => {
            let bits = u128::from(six);
            let host = u128::MAX.checked_shr(length).unwrap_or(0);
            near.push(Ipv6Addr::from(bits | host).to_string());
            near.push(Ipv6Addr::from(bits ^ (1 << 127)).to_string());
            if length > 0 {
                near.push(Ipv6Addr::from(bits ^ (1 << (128 - length))).to_string());
            }
            // An IPv4 address, and the same one mapped.
            let four = six.to_ipv4_mapped().unwrap_or(Ipv4Addr::new(203, 0, 113, 1));
            near.push(four.to_string());
            near.push(format!("::ffff:{four}"));
        }
    }
}

/// A source text in which only one key's variables are left without a value: those of the other pending keys are
/// wildcards, so that two pending keys of one pattern find each other. `None` if the key is not in it.
fn about(source: &str, modern: bool, pending: &[String], key: &str) -> Option<(Vec<Part>, String)> {
    let mut parts = variables::parse(source, modern).expect("checked at load");
    let is_key = |part: &Part| matches!(part, Part::Variable(name, _) if name.eq_ignore_ascii_case(key));
    if !parts.iter().any(is_key) {
        return None;
    }
    for part in &mut parts {
        let Part::Variable(name, _) = &*part else { continue };
        let is_pending = pending.iter().any(|other| other.eq_ignore_ascii_case(name));
        if is_pending && !name.eq_ignore_ascii_case(key) {
            *part = Part::Plain('*');
        }
    }
    let text = parts.iter().map(source_of).collect();
    Some((parts, text))
}

fn source_of(part: &Part) -> String {
    match part {
        Part::Plain(c) => c.to_string(),
        Part::Literal(c) => format!("${{{c}}}"),
        Part::Variable(key, None) => format!("${{{key}}}"),
        Part::Variable(key, Some(default)) => format!("${{{key}, '{default}'}}"),
    }
}

/// The context with one more value.
fn with(context: &Context, key: &str, value: &str) -> Context {
    let mut context = context.clone();
    let key = key.to_ascii_lowercase();
    context.unknown.retain(|other| *other != key);
    context.values.insert(key, vec![value.to_string()]);
    context
}

/// Values of the key with which a Resource pattern matches the request's resource, and values that only seem to.
fn of_resource(
    source: &str,
    modern: bool,
    request: &Request,
    pending: &[String],
    key: &str,
) -> (Vec<String>, Vec<String>) {
    let Some((parts, text)) = about(source, modern, pending, key) else { return Default::default() };
    solve(&parts, key, &request.resource, |value| {
        let mut request = request.clone();
        request.context = with(&request.context, key, value);
        matching::resources(std::slice::from_ref(&text), false, modern, &request)
    })
}

/// Values of the key with which the values of a condition on another key match what the request has of that.
fn of_variables(
    condition: &Condition,
    modern: bool,
    context: &Context,
    pending: &[String],
    key: &str,
) -> (Vec<String>, Vec<String>) {
    let mut found = (Vec::new(), Vec::new());
    for (source, _) in &condition.values {
        let Some((parts, text)) = about(source, modern, pending, key) else { continue };
        for target in context.get(&condition.key) {
            let (solved, tried) = solve(&parts, key, target, |value| {
                let context = with(context, key, value);
                condition::compare(condition.operator, &text, false, target, modern, &context)
            });
            found.0.extend(solved);
            found.1.extend(tried);
        }
    }
    found
}

/// Pieces of the target that make the pattern match: TRUE ones, and near them INDET ones and a star, which is no
/// wildcard (R-VAR-7).
fn solve(
    parts: &[Part],
    key: &str,
    target: &str,
    test: impl Fn(&str) -> Truth,
) -> (Vec<String>, Vec<String>) {
    let (mut solved, mut near) = (Vec::new(), vec!["*".to_string()]);
    let mut tries = 0;
    for (at, part) in parts.iter().enumerate() {
        if !matches!(part, Part::Variable(name, _) if name.eq_ignore_ascii_case(key)) {
            continue;
        }
        let before = if at == 0 { Some(None) } else { plain(&parts[at - 1]).map(Some) };
        let after = parts.get(at + 1).map_or(Some(None), |part| plain(part).map(Some));
        for start in places(target, before, true) {
            for end in places(target, after, false).into_iter().filter(|end| *end > start) {
                tries += 1;
                if tries > MOST_TRIES || solved.len() >= MOST_OF_VARIABLE {
                    return (solved, near);
                }
                let value = target[start..end].to_string();
                match test(&value) {
                    Truth::True => solved.push(value),
                    Truth::Indet if near.len() < MOST_OF_VARIABLE => near.push(value),
                    _ => {}
                }
            }
        }
    }
    (solved, near)
}

/// A character that stands for itself.
fn plain(part: &Part) -> Option<char> {
    match part {
        Part::Plain('*' | '?') | Part::Variable(..) => None,
        Part::Plain(c) | Part::Literal(c) => Some(*c),
    }
}

/// Where a variable may begin or end in the target: beside the character that stands beside it in the pattern, at the
/// target's end where nothing does, and anywhere where that is open.
fn places(target: &str, beside: Option<Option<char>>, is_start: bool) -> Vec<usize> {
    let edge = if is_start { 0 } else { target.len() };
    match beside {
        Some(None) => vec![edge],
        Some(Some(c)) => target
            .char_indices()
            .filter(|(_, other)| other.eq_ignore_ascii_case(&c))
            .map(|(at, other)| if is_start { at + other.len_utf8() } else { at })
            .collect(),
        None => target.char_indices().map(|(at, _)| at).chain([target.len()]).collect(),
    }
}
