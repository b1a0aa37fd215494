//! The faults of R-JSON-1 to R-JSON-5, found by recursion and byte by byte: the gate's stupid twin.
#![allow(clippy::indexing_slicing)]

use crate::ground::error::Fault::{self, Encoding, JsonDepth, JsonSyntax, JsonTrailing};

type Step = Result<usize, (Fault, usize)>;

pub(super) fn fault(json: &[u8], max_depth: usize) -> Option<(Fault, usize)> {
    if json.starts_with(b"\xef\xbb\xbf") {
        return Some((Encoding, 0));
    }
    if let Err(error) = core::str::from_utf8(json) {
        return Some((Encoding, error.valid_up_to()));
    }
    match value(json, blank(json, 0), max_depth) {
        Err(fault) => Some(fault),
        Ok(at) => Some(blank(json, at)).filter(|end| *end < json.len()).map(|end| (JsonTrailing, end)),
    }
}

fn byte(json: &[u8], at: usize) -> char {
    // Nothing asks for U+FFFF, so it can stand for the end.
    json.get(at).map_or('\u{ffff}', |byte| char::from(*byte))
}

fn want(json: &[u8], at: usize, set: &str) -> Step {
    if set.contains(byte(json, at)) { Ok(at + 1) } else { Err((JsonSyntax, at)) }
}

fn blank(json: &[u8], mut at: usize) -> usize {
    while " \t\r\n".contains(byte(json, at)) {
        at += 1;
    }
    at
}

fn value(json: &[u8], at: usize, depth: usize) -> Step {
    match byte(json, at) {
        '"' => string(json, at),
        '{' | '[' if depth == 0 => Err((JsonDepth, at)),
        '{' => list(json, at, "}", |at| {
            let at = blank(json, string(json, at)?);
            value(json, blank(json, want(json, at, ":")?), depth - 1)
        }),
        '[' => list(json, at, "]", |at| value(json, at, depth - 1)),
        '-' | '0'..='9' => number(json, at),
        _ => {
            let words = ["true", "false", "null"];
            let Some(word) = words.iter().find(|word| word.starts_with(byte(json, at))) else {
                return Err((JsonSyntax, at));
            };
            word.chars().try_fold(at, |at, letter| want(json, at, letter.encode_utf8(&mut [0; 4])))
        }
    }
}

fn list(json: &[u8], at: usize, close: &str, item: impl Fn(usize) -> Step) -> Step {
    let mut at = blank(json, at + 1);
    if let Ok(end) = want(json, at, close) {
        return Ok(end);
    }
    loop {
        at = blank(json, item(at)?);
        if let Ok(end) = want(json, at, close) {
            return Ok(end);
        }
        at = blank(json, want(json, at, ",")?);
    }
}

fn string(json: &[u8], at: usize) -> Step {
    let mut at = want(json, at, "\"")?;
    loop {
        at = match byte(json, at) {
            '"' => return Ok(at + 1),
            '\u{ffff}' | '\0'..'\u{20}' => return Err((JsonSyntax, at)),
            '\\' if byte(json, at + 1) == 'u' => {
                let high = unit(json, at + 2, |low, high| low < 0xDC00 || high > 0xDFFF)?;
                let end = at + 6;
                if (0xD800..0xDC00).contains(&high) {
                    let pair = want(json, want(json, end, "\\")?, "u")?;
                    unit(json, pair, |low, high| low <= 0xDFFF && high >= 0xDC00)?;
                    end + 6
                } else {
                    end
                }
            }
            '\\' => want(json, at + 1, "\"\\/bfnrt")?,
            _ => at + 1,
        }
    }
}

/// Four digits, of which each leaves a range of numbers that `may` still hold a legal one.
fn unit(json: &[u8], at: usize, may: impl Fn(u32, u32) -> bool) -> Result<u32, (Fault, usize)> {
    let mut number = 0;
    for (place, left) in [12, 8, 4, 0].into_iter().enumerate() {
        let digit = byte(json, at + place).to_digit(16).ok_or((JsonSyntax, at + place))?;
        number = number * 16 + digit;
        if !may(number << left, (number << left) + (1 << left) - 1) {
            return Err((JsonSyntax, at + place));
        }
    }
    Ok(number)
}

fn number(json: &[u8], at: usize) -> Step {
    // Each state: what may come, and the state it leads to; the last member is whether a number may end.
    const ALL: &str = "0123456789";
    let states: [(&[(&str, usize)], bool); 9] = [
        (&[("-", 1), ("0", 2), ("123456789", 3)], false),
        (&[("0", 2), ("123456789", 3)], false),
        (&[(".", 4), ("eE", 6)], true),
        (&[(ALL, 3), (".", 4), ("eE", 6)], true),
        (&[(ALL, 5)], false),
        (&[(ALL, 5), ("eE", 6)], true),
        (&[("+-", 7), (ALL, 8)], false),
        (&[(ALL, 8)], false),
        (&[(ALL, 8)], true),
    ];
    let (mut at, mut state) = (at, 0);
    while let Some((_, next)) = states[state].0.iter().find(|(set, _)| set.contains(byte(json, at))) {
        (at, state) = (at + 1, *next);
    }
    if states[state].1 { Ok(at) } else { Err((JsonSyntax, at)) }
}
