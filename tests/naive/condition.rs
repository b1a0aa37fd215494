//! Condition blocks: what is legal and what they compute (section 6).

use super::json::Json;
use super::matching::{self, Piece};
use super::variables::{self, Context};
use super::{Reach, Truth, reach, record, syntax, values};

use std::net::IpAddr;

type Fault = &'static str;

/// The base operators (R-COND-3, section 6.3).
pub const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// The set qualifiers; the empty text stands for none.
pub const QUALIFIERS: [&str; 3] = ["", "ForAllValues", "ForAnyValue"];

/// One key of one operator.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Base operator in the specification's spelling.
    pub operator: &'static str,
    /// One of [`QUALIFIERS`].
    pub qualifier: &'static str,
    /// Whether the operator ended in `IfExists`.
    pub if_exists: bool,
    /// The key as written.
    pub key: String,
    /// The values as text; true marks a JSON number.
    pub values: Vec<(String, bool)>,
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { Some(&text[prefix.len()..]) } else { None }
}

/// R-COND-3, R-COND-4: qualifier, base and IfExists of an operator name.
pub fn operator(name: &str) -> Option<(&'static str, &'static str, bool)> {
    let mut qualifier = "";
    let mut rest = name;
    if let Some((front, back)) = name.split_once(':') {
        qualifier = QUALIFIERS[1..].iter().find(|known| known.eq_ignore_ascii_case(front))?;
        rest = back;
    }
    for base in OPERATORS {
        let Some(suffix) = strip_prefix_ignoring_case(rest, base) else { continue };
        let if_exists = suffix.eq_ignore_ascii_case("IfExists");
        if if_exists || suffix.is_empty() {
            let bare = qualifier.is_empty() && !if_exists;
            return if base == "Null" && !bare { None } else { Some((qualifier, base, if_exists)) };
        }
    }
    None
}

/// Whether a Condition block is legal, and its parts.
pub fn check(kind: &str, block: &Json, modern: bool) -> Result<Vec<Condition>, Fault> {
    // R-COND-1
    let Json::Object(operators) = block else { return Err("WRONG_TYPE") };
    // R-DOC-7: an empty block is no condition.
    if operators.is_empty() {
        reach("R-DOC-7", "empty Condition");
    }
    let mut conditions = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (name, map) in operators {
        let Some((qualifier, base, if_exists)) = operator(name) else { return Err("BAD_OPERATOR") };
        // R-COND-3: two spellings of one operator are a duplicate member.
        if seen.contains(&name.to_ascii_lowercase()) {
            return Err("JSON_DUPLICATE_KEY");
        }
        seen.push(name.to_ascii_lowercase());
        let Json::Object(keys) = map else { return Err("WRONG_TYPE") };
        if keys.is_empty() {
            return Err("EMPTY");
        }
        let mut seen_keys: Vec<String> = Vec::new();
        for (key, value) in keys {
            syntax::condition_key(key)?;
            // R-COND-7
            if seen_keys.contains(&key.to_ascii_lowercase()) {
                return Err("DUP_CONDITION_KEY");
            }
            seen_keys.push(key.to_ascii_lowercase());
            let values = value_list(value)?;
            for (text, is_number) in &values {
                check_value(base, text, *is_number, modern)?;
                if kind == "vpce" {
                    endpoint_value(base, key, text, modern)?;
                }
            }
            conditions.push(Condition { operator: base, qualifier, if_exists, key: key.clone(), values });
        }
    }
    Ok(conditions)
}

/// R-DOC-5, R-DOC-7, R-COND-10, R-COND-11
fn value_list(json: &Json) -> Result<Vec<(String, bool)>, Fault> {
    let items = match json {
        Json::List(items) if items.is_empty() => return Err("EMPTY"),
        Json::List(items) => items.clone(),
        other => vec![other.clone()],
    };
    let mut values = Vec::new();
    let mut types = Vec::new();
    for item in &items {
        match item {
            Json::Text(text) => values.push((text.clone(), false)),
            Json::Number(text) => values.push((text.clone(), true)),
            Json::Bool(value) => values.push((value.to_string(), false)),
            _ => return Err("WRONG_TYPE"),
        }
        types.push(std::mem::discriminant(item));
    }
    if types.iter().any(|kind| *kind != types[0]) {
        return Err("BAD_CONDITION_VALUE");
    }
    Ok(values)
}

/// R-COND-12, R-VAR-4, R-VAR-5: the value parses for the operator's family.
pub fn check_value(base: &str, text: &str, is_number: bool, modern: bool) -> Result<(), Fault> {
    let family = family(base);
    if modern && text.contains("${") && family != "String" && family != "Arn" {
        return Err("BAD_VARIABLE");
    }
    let parses = match family {
        "String" => {
            variables::parse(text, modern)?;
            true
        }
        // R-ARN-1
        "Arn" => {
            let fields = variables::fields(&variables::parse(text, modern)?);
            fields.len() == 6 && (text.starts_with("arn:") || text.starts_with("*:"))
        }
        "Numeric" => values::decimal(text).is_some(),
        "Date" => values::instant(text, is_number).is_some(),
        "Binary" => values::base64(text).is_some(),
        "Ip" => values::network(text).is_some(),
        _ => values::boolean(text).is_some(),
    };
    if parses { Ok(()) } else { Err("BAD_CONDITION_VALUE") }
}

/// R-VPCE-3, R-VPCE-4
pub fn endpoint_value(base: &str, key: &str, text: &str, modern: bool) -> Result<(), Fault> {
    let text = if modern { without_variables(text) } else { text.to_string() };
    let identifiers = [
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
    ];
    let is_like = base.ends_with("Like");
    if identifiers.contains(&key.to_ascii_lowercase().as_str())
        && (family(base) == "Numeric" || (is_like && text.contains(['*', '?'])))
    {
        return Err("BAD_CONDITION_VALUE");
    }
    if is_like && family(base) == "String" {
        let chars: Vec<char> = text.chars().collect();
        let wild = |c: &&char| **c == '*' || **c == '?';
        for (position, c) in chars.iter().enumerate() {
            if wild(&c) {
                let before = chars[..position].iter().rev().take_while(|c| !wild(c)).count();
                let after = chars[position + 1..].iter().take_while(|c| !wild(c)).count();
                if before < 6 && after < 6 {
                    return Err("BAD_CONDITION_VALUE");
                }
            }
        }
    }
    Ok(())
}

/// The text with every variable as letters, as many as it is written with: none of its characters is a wildcard
/// (R-VAR-3, R-VAR-7).
fn without_variables(text: &str) -> String {
    let mut in_variable = false;
    let mut letters = String::new();
    for (at, c) in text.char_indices() {
        in_variable |= text[at..].starts_with("${");
        letters.push(if in_variable { 'x' } else { c });
        in_variable &= c != '}';
    }
    letters
}

/// The family of a base operator (section 6.3).
pub fn family(base: &str) -> &'static str {
    ["String", "Numeric", "Date", "Binary", "Arn", "Bool", "Null"]
        .into_iter()
        .find(|family| base.starts_with(family))
        .unwrap_or("Ip")
}

/// Whether the operator is a negated form.
pub fn is_negated(base: &str) -> bool {
    base.contains("Not")
}

/// R-COND-1: all operators and keys AND together.
pub fn all(conditions: &[Condition], modern: bool, context: &Context) -> Truth {
    let mut all = Truth::True;
    for condition in conditions {
        all = all.min(evaluate(condition, modern, context));
    }
    all
}

/// One key of one operator, without taking note of it.
pub fn truth(condition: &Condition, modern: bool, context: &Context) -> Truth {
    // R-CTX-3, R-CTX-7: AWS sends a value that nobody knows; no operator, `Null` and IfExists included, can tell.
    if context.is_unknown(&condition.key) {
        note_unknown(condition);
        return Truth::Indet;
    }
    note_known(condition, context);
    if context.get(&condition.key).is_empty() {
        when_absent(condition)
    } else {
        when_present(condition, modern, context)
    }
}

fn evaluate(condition: &Condition, modern: bool, context: &Context) -> Truth {
    let truth = truth(condition, modern, context);
    let outcome = match truth {
        _ if context.get(&condition.key).is_empty() && !context.is_unknown(&condition.key) => "absent",
        Truth::True => "TRUE",
        Truth::False => "FALSE",
        Truth::Indet => "INDET",
    };
    record(Reach {
        operator: condition.operator,
        qualifier: condition.qualifier,
        if_exists: condition.if_exists,
        outcome,
    });
    truth
}

fn is_time(key: &str) -> bool {
    matches!(key, "aws:currenttime" | "aws:epochtime")
}

fn note_unknown(condition: &Condition) {
    match condition.key.to_ascii_lowercase().as_str() {
        "aws:userid" => reach("R-CTX-7", "INDET aws:userid"),
        "aws:principalaccount" => reach("R-CTX-7", "INDET aws:principalaccount"),
        "aws:principaltype" => reach("R-CTX-7", "INDET aws:principaltype"),
        key if !is_time(key) => {}
        _ if condition.operator == "Null" => reach("R-CTX-3", "INDET under Null"),
        _ if condition.if_exists => reach("R-CTX-3", "INDET under IfExists"),
        _ => reach("R-CTX-3", "INDET"),
    }
}

fn note_known(condition: &Condition, context: &Context) {
    let key = condition.key.to_ascii_lowercase();
    let values = context.get(&key);
    if values.is_empty() {
        if key == "aws:principalisawsservice" {
            reach("R-CTX-7", "absent aws:principalisawsservice");
        }
        return;
    }
    if is_time(&key) {
        reach("R-CTX-3", "a value of the caller's");
    }
    if values.len() == 1 && variables::MULTIVALUED.contains(&key.as_str()) && condition.operator != "Null" {
        reach("R-MULTI-6", if condition.qualifier.is_empty() { "INDET" } else { "with a qualifier" });
    }
}

/// R-MISS-1, the column "key absent".
fn when_absent(condition: &Condition) -> Truth {
    if condition.operator == "Null" {
        return null(condition, "true");
    }
    if condition.if_exists {
        return Truth::True;
    }
    match condition.qualifier {
        "ForAllValues" => Truth::True,
        "ForAnyValue" => Truth::False,
        _ => Truth::of(is_negated(condition.operator)),
    }
}

/// R-MISS-4: the values of `Null` OR together.
fn null(condition: &Condition, state: &str) -> Truth {
    Truth::of(condition.values.iter().any(|(text, _)| text.eq_ignore_ascii_case(state)))
}

/// R-MISS-1, the column "key present", with section 6.5.
fn when_present(condition: &Condition, modern: bool, context: &Context) -> Truth {
    let request = context.get(&condition.key);
    let all_empty = request.iter().all(String::is_empty);
    if condition.operator == "Null" {
        // R-MULTI-3
        return if all_empty { Truth::Indet } else { null(condition, "false") };
    }
    let truths: Vec<Truth> = request.iter().map(|value| one(condition, value, modern, context)).collect();
    match condition.qualifier {
        "ForAllValues" => {
            let every = truths.into_iter().min().expect("present");
            // R-MULTI-3
            if every == Truth::False && all_empty { Truth::Indet } else { every }
        }
        "ForAnyValue" => {
            let some = truths.into_iter().max().expect("present");
            // R-MULTI-3
            if some == Truth::True && all_empty { Truth::Indet } else { some }
        }
        // R-MULTI-1, R-MULTI-6
        _ if context.is_multivalued(&condition.key) => Truth::Indet,
        _ => truths[0],
    }
}

/// R-COND-1, R-MISS-3: one request value against all policy values, OR or NOR.
pub fn one(condition: &Condition, request: &str, modern: bool, context: &Context) -> Truth {
    let negated = is_negated(condition.operator);
    let mut any = Truth::False;
    for (text, is_number) in &condition.values {
        any = any.max(compare(condition.operator, text, *is_number, request, modern, context));
    }
    if negated { any.reversed() } else { any }
}

/// Whether one request value matches one policy value, for negated operators in their positive form.
pub fn compare(
    base: &str,
    policy: &str,
    number: bool,
    request: &str,
    modern: bool,
    context: &Context,
) -> Truth {
    match family(base) {
        "String" => text(base, policy, request, modern, context),
        "Arn" => arn(base, policy, request, modern, context),
        "Numeric" => ordered(base, values::decimal(policy), values::decimal(request)),
        "Date" => ordered(base, values::instant(policy, number), values::instant(request, false)),
        "Bool" => ordered("Equals", values::boolean(policy), values::boolean(request)),
        "Binary" => ordered("Equals", values::base64(policy), values::base64(request)),
        _ => address(policy, request),
    }
}

/// R-VAR-10
fn unresolved(base: &str) -> Truth {
    if is_negated(base) { Truth::Indet } else { Truth::False }
}

/// R-STR-1 to R-STR-4
fn text(base: &str, policy: &str, request: &str, modern: bool, context: &Context) -> Truth {
    let parts = variables::parse(policy, modern).expect("checked at load");
    let Some(mut pattern) = variables::expand(&parts, context, base.ends_with("Like")) else {
        return unresolved(base);
    };
    let mut request = request.to_string();
    if base.ends_with("IgnoreCase") {
        request = request.to_ascii_lowercase();
        for piece in &mut pattern {
            if let Piece::Exactly(c) = piece {
                *c = c.to_ascii_lowercase();
            }
        }
        let truth = ignoring_case(&pattern, &request);
        reach("R-STR-2", truth.name());
        return truth;
    }
    Truth::of(matching::matches(&pattern, &request))
}

/// R-STR-2: both sides are folded already. Letters beyond ASCII may be two cases of one letter: nobody can tell.
fn ignoring_case(pattern: &[Piece], request: &str) -> Truth {
    let policy: Vec<char> = pattern
        .iter()
        .filter_map(|piece| if let Piece::Exactly(c) = piece { Some(*c) } else { None })
        .collect();
    let request: Vec<char> = request.chars().collect();
    if policy == request {
        return Truth::True;
    }
    if policy.len() != request.len() {
        return Truth::False;
    }
    let maybe = policy.iter().zip(&request).all(|(a, b)| a == b || (!a.is_ascii() && !b.is_ascii()));
    if maybe { Truth::Indet } else { Truth::False }
}

/// R-ARN-1, R-ARN-2: six fields, each a pattern.
fn arn(base: &str, policy: &str, request: &str, modern: bool, context: &Context) -> Truth {
    let texts: Vec<&str> = request.splitn(6, ':').collect();
    // R-MULTI-4
    if texts.len() < 6 || texts[0] != "arn" {
        return Truth::Indet;
    }
    let parts = variables::parse(policy, modern).expect("checked at load");
    let mut all = true;
    for (field, text) in variables::fields(&parts).iter().zip(texts) {
        let Some(pattern) = variables::expand(field, context, true) else { return unresolved(base) };
        all = all && matching::matches(&pattern, text);
    }
    Truth::of(all)
}

/// R-NUM-1, R-DATE-4, R-BOOL-1, R-BIN-1; R-MULTI-4 for a request value that does not parse.
fn ordered<T: Ord>(base: &str, policy: Option<T>, request: Option<T>) -> Truth {
    let policy = policy.expect("checked at load");
    let Some(request) = request else { return Truth::Indet };
    Truth::of(if base.ends_with("LessThan") {
        request < policy
    } else if base.ends_with("LessThanEquals") {
        request <= policy
    } else if base.ends_with("GreaterThan") {
        request > policy
    } else if base.ends_with("GreaterThanEquals") {
        request >= policy
    } else {
        request == policy
    })
}

/// R-IP-1 to R-IP-3
fn address(policy: &str, request: &str) -> Truth {
    let (base, length) = values::network(policy).expect("checked at load");
    // R-MULTI-4
    let Some(address) = values::address(request) else { return Truth::Indet };
    match (base, address) {
        (IpAddr::V4(_), IpAddr::V6(six)) => {
            // R-IP-3: a mapped address against an IPv4 prefix.
            if six.to_ipv4_mapped().is_some() {
                reach("R-IP-3", "mapped address INDET");
                return Truth::Indet;
            }
            Truth::False
        }
        (IpAddr::V6(prefix), IpAddr::V4(four)) => {
            // R-IP-3: a mapped prefix against an IPv4 address that it holds; a shorter prefix holds none.
            if length < 96 || prefix.to_ipv4_mapped().is_none() {
                reach("R-IP-3", "short prefix FALSE");
                return Truth::False;
            }
            if values::same_prefix(base, IpAddr::V6(four.to_ipv6_mapped()), length) {
                reach("R-IP-3", "mapped prefix INDET");
                return Truth::Indet;
            }
            reach("R-IP-3", "mapped prefix FALSE");
            Truth::False
        }
        (IpAddr::V6(_), IpAddr::V6(six)) if six.to_ipv4_mapped().is_some() => {
            let inside = values::same_prefix(base, address, length);
            // R-IP-3: an IPv6 prefix shorter than 96 that holds the mapped range against a mapped address.
            if length < 96 && inside {
                reach("R-IP-3", "short prefix INDET");
                return Truth::Indet;
            }
            let way =
                if inside { "mapped prefix and address TRUE" } else { "mapped prefix and address FALSE" };
            reach("R-IP-3", way);
            Truth::of(inside)
        }
        _ => Truth::of(values::same_prefix(base, address, length)),
    }
}
