//! Policy variables (section 7) and the context that they read.

use super::matching::Piece;
use super::reach;
use std::collections::BTreeMap;

/// The request context as one resource sees it: lower-case keys, all values (R-COND-6, R-MULTI-5).
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Lower-case key to values; no list is empty (R-MISS-2).
    pub values: BTreeMap<String, Vec<String>>,
    /// Lower-case keys that the caller declares multivalued (R-MULTI-6).
    pub declared: Vec<String>,
    /// Lower-case keys that AWS always sends and whose value is not known here (R-CTX-3, R-CTX-7).
    pub unknown: Vec<String>,
}

/// The keys that are multivalued by AWS's own list (R-MULTI-6).
pub const MULTIVALUED: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];

impl Context {
    /// The values of a key in any letter case; empty if absent.
    pub fn get(&self, key: &str) -> &[String] {
        self.values.get(&key.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// R-MULTI-1, R-MULTI-6: whether the key holds more than one value, or is one that may.
    pub fn is_multivalued(&self, key: &str) -> bool {
        let key = key.to_ascii_lowercase();
        self.get(&key).len() > 1 || MULTIVALUED.contains(&key.as_str()) || self.declared.contains(&key)
    }

    /// R-CTX-3, R-CTX-7: whether AWS sends a value of the key that is not known here.
    pub fn is_unknown(&self, key: &str) -> bool {
        self.unknown.contains(&key.to_ascii_lowercase())
    }
}

/// A piece of policy text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A character as written; may be a wildcard or a field separator.
    Plain(char),
    /// The character that `${*}`, `${?}` or `${$}` stands for (R-VAR-3).
    Literal(char),
    /// `${key}` or `${key, 'default'}` (R-VAR-1, R-VAR-2).
    Variable(String, Option<String>),
}

/// Cuts policy text into parts. `modern` is version 2012-10-17; before it all text is plain (R-DOC-13, R-VAR-6).
pub fn parse(text: &str, modern: bool) -> Result<Vec<Part>, &'static str> {
    if !modern {
        return Ok(text.chars().map(Part::Plain).collect());
    }
    let mut parts = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("${") {
            // R-VAR-4: no closing brace.
            let Some(end) = after.find('}') else { return Err("BAD_VARIABLE") };
            parts.push(variable(&after[..end])?);
            rest = &after[end + 1..];
        } else {
            parts.push(Part::Plain(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(parts)
}

/// R-VAR-2, R-VAR-3, R-VAR-4: what stands between `${` and `}`.
fn variable(inside: &str) -> Result<Part, &'static str> {
    match inside {
        "*" => return Ok(Part::Literal('*')),
        "?" => return Ok(Part::Literal('?')),
        "$" => return Ok(Part::Literal('$')),
        _ => {}
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, after)) => {
            let quoted = after.strip_prefix(" '").and_then(|after| after.strip_suffix('\''));
            let Some(quoted) = quoted else { return Err("BAD_VARIABLE") };
            if quoted.contains(['\'', '{', '}']) {
                return Err("BAD_VARIABLE");
            }
            (key, Some(quoted.to_string()))
        }
        None => (inside, None),
    };
    if !key.contains(':') || key.contains([' ', '{', '}', '\'', '$']) {
        return Err("BAD_VARIABLE");
    }
    Ok(Part::Variable(key.to_string(), default))
}

/// R-VAR-7, R-VAR-8, R-VAR-11: the text with every variable replaced; `None` if one has no value.
/// `wild` tells whether `*` and `?` as written are wildcards.
pub fn expand(parts: &[Part], context: &Context, wild: bool) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    for part in parts {
        match part {
            Part::Plain('*') if wild => pieces.push(Piece::Many),
            Part::Plain('?') if wild => pieces.push(Piece::One),
            Part::Plain(c) | Part::Literal(c) => pieces.push(Piece::Exactly(*c)),
            Part::Variable(key, default) => {
                for c in value(key, default.as_deref(), context)?.chars() {
                    pieces.push(Piece::Exactly(c));
                }
            }
        }
    }
    Some(pieces)
}

/// R-VAR-8: absent or "" means the default, multivalued means no value at all.
fn value(key: &str, default: Option<&str>, context: &Context) -> Option<String> {
    let values = context.get(key);
    // R-CTX-3, R-CTX-7: AWS has a value, so the default does not apply.
    if context.is_unknown(key) {
        let is_time = ["aws:currenttime", "aws:epochtime"].contains(&key.to_ascii_lowercase().as_str());
        reach(if is_time { "R-CTX-3" } else { "R-CTX-7" }, "unresolved variable");
        return None;
    }
    // R-MULTI-6: that a key is multivalued does not depend on how many values came.
    if context.is_multivalued(key) {
        reach("R-MULTI-6", "unresolved variable");
        return None;
    }
    if values.is_empty() {
        return default.map(str::to_string);
    }
    if values[0].is_empty() {
        return default.map(str::to_string);
    }
    Some(values[0].clone())
}

/// R-RES-1, R-ARN-1, R-VAR-12: splits at the first five plain colons; fewer colons give fewer fields.
pub fn fields(parts: &[Part]) -> Vec<Vec<Part>> {
    let mut fields = vec![Vec::new()];
    for part in parts {
        if *part == Part::Plain(':') && fields.len() < 6 {
            fields.push(Vec::new());
        } else {
            fields.last_mut().expect("never empty").push(part.clone());
        }
    }
    fields
}
