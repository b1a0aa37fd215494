//! Wildcards, actions and resources (sections 3 and 4).

use super::Truth;
use super::reach;
use super::request::Request;
use super::variables::{self, Part};

/// One element of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// This character.
    Exactly(char),
    /// One character, whichever (`?`).
    One,
    /// Zero or more characters (`*`).
    Many,
}

/// R-STR-3, R-RES-4: whether the pattern matches the whole text.
pub fn matches(pattern: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // reach[i]: the pattern so far can match the first i characters.
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    let mut next = vec![false; text.len() + 1];
    for piece in pattern {
        for i in 0..=text.len() {
            next[i] = match piece {
                Piece::Exactly(c) => i > 0 && reach[i - 1] && text[i - 1] == *c,
                Piece::One => i > 0 && reach[i - 1],
                Piece::Many => reach[i] || (i > 0 && next[i - 1]),
            };
        }
        std::mem::swap(&mut reach, &mut next);
    }
    reach[text.len()]
}

/// A pattern without variables.
pub fn pattern(text: &str) -> Vec<Piece> {
    text.chars()
        .map(|c| match c {
            '*' => Piece::Many,
            '?' => Piece::One,
            _ => Piece::Exactly(c),
        })
        .collect()
}

/// R-ACT-4 to R-ACT-6, R-SCPC-15: one policy action against the concrete action of the request.
pub fn action(policy: &str, request: &str, classic: bool) -> Truth {
    if policy == "*" {
        return Truth::True;
    }
    let ignoring_case = plain_action(&policy.to_ascii_lowercase(), &request.to_ascii_lowercase());
    if !classic {
        return Truth::of(ignoring_case);
    }
    if plain_action(policy, request) {
        Truth::True
    } else if ignoring_case {
        Truth::Indet
    } else {
        Truth::False
    }
}

fn plain_action(policy: &str, request: &str) -> bool {
    let Some((policy_prefix, policy_name)) = policy.split_once(':') else { return false };
    let Some((request_prefix, request_name)) = request.split_once(':') else { return false };
    (policy_prefix == "*" || policy_prefix == request_prefix) && matches(&pattern(policy_name), request_name)
}

/// R-ACT-7, R-ACT-8: the Action or NotAction list.
pub fn actions(list: &[String], negated: bool, request: &str, classic: bool) -> Truth {
    let mut any = Truth::False;
    for policy in list {
        any = any.max(action(policy, request, classic));
    }
    if negated { any.reversed() } else { any }
}

/// R-RES-9, R-RES-10: the Resource or NotResource list.
pub fn resources(list: &[String], negated: bool, modern: bool, request: &Request) -> Truth {
    let mut any = Truth::False;
    for policy in list {
        any = any.max(resource(policy, negated, modern, request));
    }
    if negated { any.reversed() } else { any }
}

/// R-RES-3 to R-RES-8, R-RES-14, R-VAR-9: one policy resource against the resource of the request.
fn resource(policy: &str, negated: bool, modern: bool, request: &Request) -> Truth {
    if policy == "*" {
        return Truth::True;
    }
    let parts = variables::parse(policy, modern).expect("checked at load");
    let mut fields = variables::fields(&parts);
    // R-RES-8: an incomplete ARN is completed.
    while fields.len() < 6 {
        fields.push(vec![Part::Plain('*')]);
    }
    let mut patterns = Vec::new();
    for field in &fields {
        match variables::expand(field, &request.context, true) {
            Some(pieces) => patterns.push(pieces),
            // R-VAR-9
            None => return if negated { Truth::Indet } else { Truth::False },
        }
    }
    if request.resource == "*" {
        return everything(&patterns, negated, &request.action);
    }
    let texts: Vec<&str> = request.resource.splitn(6, ':').collect();
    // R-RES-5
    if patterns.iter().zip(&texts).all(|(pattern, text)| matches(pattern, text)) {
        return Truth::True;
    }
    let whole = patterns.join(&Piece::Exactly(':'));
    if matches(&whole, &request.resource) { Truth::Indet } else { Truth::False }
}

/// R-RES-14: a pattern of the action's own service that is open in its last three fields, against a request about
/// `*`. Any other pattern does not reach it (R-RES-3).
fn everything(fields: &[Vec<Piece>], negated: bool, action: &str) -> Truth {
    let own: Vec<Piece> = action
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .chars()
        .map(Piece::Exactly)
        .collect();
    let is_open = |field: &Vec<Piece>| field.iter().all(|piece| *piece == Piece::Many);
    if fields[2] == own && fields[3..].iter().all(is_open) {
        reach("R-RES-14", if negated { "INDET in NotResource" } else { "INDET" });
        Truth::Indet
    } else {
        reach("R-RES-14", "FALSE");
        Truth::False
    }
}
