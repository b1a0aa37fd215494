//! The strict gate: whether a text is JSON exactly as RFC 8259 has it, in UTF-8 and not nested too deep.
//!
//! The reader behind it takes `[,"x" "y"]` and raw newlines, and skips what it does not know by recursion.
//! So nothing is read before this one pass, without recursion, has accepted the text; after `Ok` all that is
//! left to find are faults of structure. A fault carries the first byte that cannot continue a valid text.

use super::text::{first_string, is_text, past_plain, past_string, past_whitespace};
use crate::ground::detail::{Detail, Part};
use crate::ground::error::{Fault, Refusal};

/// What one pass over an accepted text has seen by the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Whether a string or member name has an escape. If not, each says its own bytes.
    pub escapes: bool,
    /// Whether every byte is ASCII.
    pub ascii: bool,
    /// How many bytes are whitespace between tokens (R-JSON-9).
    pub whitespace: usize,
    /// The offset of the first string at the top level that is the value of a member `Version` (R-DOC-4).
    pub version: Option<usize>,
}

/// The deepest nesting that the gate can be asked to allow: one bit of a word for each open container.
pub const DEEPEST: usize = 64;

/// Refuses a text that is not strict JSON, or nests containers deeper than `max_depth` (R-JSON-5).
///
/// `max_depth` above [`DEEPEST`] counts as [`DEEPEST`]. With `latin1_only`, raw characters beyond U+00FF are
/// refused too (R-JSON-8); the other characters that rule forbids are no JSON anyway, and what escapes write
/// is for `text::is_latin1` to judge. Any value may stand at the top: a policy that is no object is a fault
/// of structure.
///
/// Linear in the text, in constant memory: one pass, before it a test for ASCII that runs at memory speed,
/// and for a text that fails it a UTF-8 check.
///
/// # Errors
/// A [`Refusal`] for the first fault: encoding before syntax before characters (R-ERR-3). Its offset is the first byte at
/// fault, or the length of a text that ends too early; it has no line and column yet.
pub fn check(json: &[u8], max_depth: usize, latin1_only: bool) -> Result<Shape, Refusal> {
    let ascii = json.is_ascii();
    if !ascii {
        check_encoding(json)?;
    }
    let mut shape = Shape { escapes: false, ascii, whitespace: 0, version: None };
    check_value(json, max_depth, &mut shape)
        .map_err(|(fault, at)| refuse(fault, json.len().saturating_sub(at.len())))?;
    // In UTF-8 the characters from U+0100 on, and they alone, start with a byte from 0xC4 on.
    if latin1_only
        && !ascii
        && let Some(offset) = json.iter().position(|byte| *byte >= 0xC4)
    {
        return Err(refuse(Fault::BadCharacter, offset));
    }
    Ok(shape)
}

/// The length of a text without the whitespace between its tokens, which IAM's quotas do not count
/// (R-SIZE-1).
///
/// The size check comes before any parsing (R-SIZE-5), so the text may be anything: from a quote to the next
/// one that no backslash escapes, or to the end, all bytes count. Linear in the text.
#[must_use]
pub fn size_without_whitespace(json: &[u8]) -> usize {
    let mut whitespace = 0;
    let mut rest = json;
    loop {
        let token = past_whitespace(rest);
        whitespace += rest.len().saturating_sub(token.len());
        rest = match token {
            [b'"', tail @ ..] => past_string(tail),
            [_, tail @ ..] => tail,
            [] => return json.len().saturating_sub(whitespace),
        };
    }
}

/// What is left of the text after something was read, or the text from the first byte that does not fit.
type Rest<'a> = Result<&'a [u8], &'a [u8]>;

/// The containers that are open around a place: which are objects, the innermost in the lowest bit.
struct Containers {
    objects: u64,
    depth: usize,
}

impl Containers {
    fn push(&mut self, object: bool) {
        self.objects = self.objects << 1 | u64::from(object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.objects >>= 1;
        self.depth = self.depth.saturating_sub(1);
    }

    fn in_object(&self) -> bool {
        self.objects & 1 == 1
    }
}

/// UTF-8 throughout and no byte order mark (R-JSON-1).
fn check_encoding(json: &[u8]) -> Result<(), Refusal> {
    if json.starts_with(b"\xEF\xBB\xBF") {
        // Of all that is not UTF-8 as a policy has it, one thing is well meant.
        let part = Some(Part { detail: Detail::ByteOrderMark, offset: 0, len: 0, count: 0 });
        return Err(Refusal { part, ..refuse(Fault::Encoding, 0) });
    }
    core::str::from_utf8(json).map(|_| ()).map_err(|error| refuse(Fault::Encoding, error.valid_up_to()))
}

/// A container that stands too deep is an element with a JSON Pointer; all other faults are of the text as a whole.
fn refuse(fault: Fault, offset: usize) -> Refusal {
    Refusal { located: fault == Fault::JsonDepth, ..Refusal::at(fault, offset) }
}

/// One value with whitespace around it, and no more; else a fault, and the text from the byte at fault on.
fn check_value<'a>(json: &'a [u8], max_depth: usize, shape: &mut Shape) -> Result<(), (Fault, &'a [u8])> {
    let syntax = |at| (Fault::JsonSyntax, at);
    let max_depth = max_depth.min(DEEPEST);
    let mut open = Containers { objects: 0, depth: 0 };
    let mut rest = blank(json, shape);
    loop {
        // `rest` is where a value must start.
        rest = match rest {
            [b'"', tail @ ..] => string(tail, shape).map_err(syntax)?,
            [bracket @ (b'{' | b'['), tail @ ..] => {
                if open.depth >= max_depth {
                    return Err((Fault::JsonDepth, rest));
                }
                let object = *bracket == b'{';
                open.push(object);
                let inside = blank(tail, shape);
                match inside {
                    [b'}', tail @ ..] if object => {
                        open.pop();
                        tail
                    }
                    [b']', tail @ ..] if !object => {
                        open.pop();
                        tail
                    }
                    _ => {
                        rest =
                            if object { member(inside, json, &open, shape).map_err(syntax)? } else { inside };
                        continue;
                    }
                }
            }
            [b'-' | b'0'..=b'9', ..] => number(rest).map_err(syntax)?,
            [b't', tail @ ..] => word(tail, b"rue").map_err(syntax)?,
            [b'f', tail @ ..] => word(tail, b"alse").map_err(syntax)?,
            [b'n', tail @ ..] => word(tail, b"ull").map_err(syntax)?,
            _ => return Err(syntax(rest)),
        };
        // `rest` follows a value: close what ends here, up to a comma or the end of the text.
        if rest.starts_with(b",") && open.depth > 0 {
            // At the top level `Version` is looked for.
            rest = match open.in_object() {
                false => past_plain_items(rest),
                true if open.depth > 1 => past_plain_members(rest),
                true => rest,
            }
        }
        loop {
            // Mostly a comma is next.
            if let [b',', tail @ ..] = rest
                && open.depth > 0
            {
                rest = blank(tail, shape);
                if open.in_object() {
                    rest = member(rest, json, &open, shape).map_err(syntax)?;
                }
                break;
            }
            rest = blank(rest, shape);
            if open.depth == 0 {
                return if rest.is_empty() { Ok(()) } else { Err((Fault::JsonTrailing, rest)) };
            }
            let object = open.in_object();
            match rest {
                [b',', ..] => continue,
                [b'}', tail @ ..] if object => rest = tail,
                [b']', tail @ ..] if !object => rest = tail,
                _ => return Err(syntax(rest)),
            }
            open.pop();
        }
    }
}

/// Skips whitespace, and counts it. Documents that programs write have none.
#[inline]
fn blank<'a>(rest: &'a [u8], shape: &mut Shape) -> &'a [u8] {
    match rest {
        [b' ' | b'\n' | b'\r' | b'\t', ..] => skip_blank(rest, shape),
        _ => rest,
    }
}

fn skip_blank<'a>(rest: &'a [u8], shape: &mut Shape) -> &'a [u8] {
    let token = past_whitespace(rest);
    shape.whitespace += rest.len().saturating_sub(token.len());
    token
}

/// A member of the innermost container, up to its value.
#[inline]
fn member<'a>(rest: &'a [u8], json: &[u8], open: &Containers, shape: &mut Shape) -> Rest<'a> {
    let value = name(rest, shape)?;
    if open.depth == 1 && shape.version.is_none() && value.starts_with(b"\"") && is_version(rest) {
        shape.version = Some(json.len().saturating_sub(value.len()));
    }
    Ok(value)
}

/// Whether a member that was read is called `Version`.
fn is_version(member: &[u8]) -> bool {
    first_string(member).is_some_and(|name| is_text(name, b"Version"))
}

/// A member's name and colon, up to its value.
#[inline]
fn name<'a>(rest: &'a [u8], shape: &mut Shape) -> Rest<'a> {
    let [b'"', tail @ ..] = rest else { return Err(rest) };
    match blank(string(tail, shape)?, shape) {
        [b':', tail @ ..] => Ok(blank(tail, shape)),
        other => Err(other),
    }
}

/// The rest of a string whose opening quote has been read.
#[inline(always)]
fn string<'a>(rest: &'a [u8], shape: &mut Shape) -> Rest<'a> {
    match past_plain(rest) {
        [b'"', tail @ ..] => Ok(tail),
        other => string_with_escapes(other, shape),
    }
}

/// Skips items of an array, each behind a comma and nothing else: strings without escapes, and whole numbers. Ends at the
/// latest before what only [`check_value`] can judge. Lists of such are most of a policy. Not inlined, so that all
/// constants of the loop are in registers.
#[inline(never)]
fn past_plain_items(mut rest: &[u8]) -> &[u8] {
    loop {
        rest = match rest {
            [b',', b'"', string @ ..] => match past_plain(string) {
                [b'"', tail @ ..] => tail,
                _ => return rest,
            },
            [b',', b'0'..=b'9', b',', ..] => rest.get(2..).unwrap_or_default(),
            [b',', b'1'..=b'9', digits @ ..] => match past_digits(digits) {
                tail @ [b',', ..] => tail,
                _ => return rest,
            },
            _ => return rest,
        }
    }
}

/// As [`past_plain_items`], the members of an object that have strings without escapes.
#[inline(never)]
fn past_plain_members(mut rest: &[u8]) -> &[u8] {
    while let [b',', b'"', name @ ..] = rest
        && let [b'"', b':', b'"', value @ ..] = past_plain(name)
        && let [b'"', tail @ ..] = past_plain(value)
    {
        rest = tail;
    }
    rest
}

/// The rest of a string, from its first escape on.
fn string_with_escapes<'a>(mut rest: &'a [u8], shape: &mut Shape) -> Rest<'a> {
    loop {
        match rest {
            [b'"', tail @ ..] => return Ok(tail),
            [b'\\', tail @ ..] => {
                shape.escapes = true;
                rest = past_plain(escape(tail)?);
            }
            // A raw control character (RFC 8259, section 7), or the end of the text.
            _ => return Err(rest),
        }
    }
}

/// The rest of an escape whose backslash has been read.
fn escape(rest: &[u8]) -> Rest<'_> {
    let tail = match rest {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', tail @ ..] => return Ok(tail),
        [b'u', tail @ ..] => tail,
        _ => return Err(rest),
    };
    let [b'd' | b'D', tail @ ..] = tail else {
        let tail = one(tail, |byte| byte.is_ascii_hexdigit())?;
        return two_digits(one(tail, |byte| byte.is_ascii_hexdigit())?);
    };
    if let [b'0'..=b'7', tail @ ..] = tail {
        return two_digits(tail);
    }
    // A high surrogate, D800 to DBFF, is good only with a low one, DC00 to DFFF, behind it (R-JSON-7).
    let tail = two_digits(one(tail, |byte| matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'))?)?;
    let tail = one(tail, |byte| byte == b'\\')?;
    let tail = one(tail, |byte| byte == b'u')?;
    let tail = one(tail, |byte| matches!(byte, b'd' | b'D'))?;
    two_digits(one(tail, |byte| matches!(byte, b'c'..=b'f' | b'C'..=b'F'))?)
}

/// One byte that `fits`.
fn one(rest: &[u8], fits: impl FnOnce(u8) -> bool) -> Rest<'_> {
    match rest.split_first() {
        Some((byte, tail)) if fits(*byte) => Ok(tail),
        _ => Err(rest),
    }
}

/// Two hexadecimal digits.
fn two_digits(rest: &[u8]) -> Rest<'_> {
    one(one(rest, |byte| byte.is_ascii_hexdigit())?, |byte| byte.is_ascii_hexdigit())
}

/// A number (RFC 8259, section 6). A digit after a leading zero is left for the caller to stumble over.
#[inline]
fn number(rest: &[u8]) -> Rest<'_> {
    let whole = match rest {
        [b'0', tail @ ..] => tail,
        [b'1'..=b'9', tail @ ..] => past_digits(tail),
        // It begins with a minus sign.
        [_, b'0', tail @ ..] => tail,
        [_, tail @ ..] => digits(tail)?,
        [] => return Err(rest),
    };
    match whole {
        [b',', ..] => Ok(whole),
        [b'.' | b'e' | b'E', ..] => fraction(whole),
        _ => Ok(whole),
    }
}

/// What follows the whole digits of a number.
fn fraction(mut rest: &[u8]) -> Rest<'_> {
    if let [b'.', tail @ ..] = rest {
        rest = digits(tail)?;
    }
    match rest {
        [b'e' | b'E', b'+' | b'-', tail @ ..] | [b'e' | b'E', tail @ ..] => digits(tail),
        _ => Ok(rest),
    }
}

/// One decimal digit or more.
fn digits(rest: &[u8]) -> Rest<'_> {
    one(rest, |byte| byte.is_ascii_digit()).map(past_digits)
}

#[inline]
fn past_digits(mut rest: &[u8]) -> &[u8] {
    while let [b'0'..=b'9', tail @ ..] = rest {
        rest = tail;
    }
    rest
}

/// The rest of `true`, `false` or `null`.
fn word<'a>(mut rest: &'a [u8], letters: &[u8]) -> Rest<'a> {
    for letter in letters {
        rest = one(rest, |byte| byte == *letter)?;
    }
    Ok(rest)
}

#[cfg(test)]
#[path = "gate_samples_tests.rs"]
pub(crate) mod samples;

#[cfg(test)]
#[path = "gate_twin_tests.rs"]
mod twin;

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
