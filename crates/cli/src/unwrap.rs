//! Policy documents in what the AWS command line and its API print around them: where the document begins, and from a byte
//! of the document to the byte of the file.

use std::borrow::Cow;

use serde_json::Value;

/// Where a document may stand in an object.
struct Wrapping {
    path: &'static [&'static str],
    /// It may be an object. Elsewhere only a string is a document: other calls answer with an object of that name.
    object: bool,
}

const WRAPPINGS: [Wrapping; 9] = [
    // iam get-policy-version
    Wrapping { path: &["PolicyVersion", "Document"], object: true },
    // iam get-role, and its trust policy alone
    Wrapping { path: &["Role", "AssumeRolePolicyDocument"], object: true },
    Wrapping { path: &["AssumeRolePolicyDocument"], object: true },
    // iam get-role-policy, get-user-policy, get-group-policy
    Wrapping { path: &["PolicyDocument"], object: true },
    // organizations describe-policy
    Wrapping { path: &["Policy", "Content"], object: false },
    // s3api get-bucket-policy, kms get-key-policy, lambda get-policy
    Wrapping { path: &["Policy"], object: false },
    // sqs get-queue-attributes, sns get-topic-attributes
    Wrapping { path: &["Attributes", "Policy"], object: false },
    // secretsmanager get-resource-policy
    Wrapping { path: &["ResourcePolicy"], object: false },
    // ecr get-repository-policy
    Wrapping { path: &["policyText"], object: false },
];

/// A document, and where it stands in the file.
pub(crate) struct Found<'f> {
    /// The text of the document.
    pub(crate) document: Cow<'f, [u8]>,
    /// What it was unwrapped of; nothing, where the document is the whole file.
    pub(crate) wrapping: Option<String>,
    places: Places,
}

/// From the bytes of a document to those of the file.
enum Places {
    /// The document is a piece of the file that begins here.
    From(usize),
    /// It was decoded: where each of its bytes is written, and where its end is.
    Each(Vec<usize>),
}

impl Found<'_> {
    /// Where in the file the byte of the document at `offset` is written.
    pub(crate) fn place(&self, offset: usize) -> usize {
        match &self.places {
            Places::From(begin) => begin + offset,
            Places::Each(places) => places.get(offset).or(places.last()).copied().unwrap_or_default(),
        }
    }
}

/// The document in a file. A file that is none of what this knows is the document itself, to be refused as it is.
pub(crate) fn unwrap(file: &[u8]) -> Found<'_> {
    wrapped(file).unwrap_or(Found { document: file.into(), wrapping: None, places: Places::From(0) })
}

fn wrapped(file: &[u8]) -> Option<Found<'_>> {
    let trimmed = file.trim_ascii();
    let begin = file.len() - file.trim_ascii_start().len();
    if is_percent_encoded(trimmed) {
        let decoded = decode_percents(trimmed, |at| begin + at)?;
        return Some(decoded.found("a percent-encoded text".to_owned()));
    }
    // What is no JSON is refused where it is none.
    match serde_json::from_slice(file).ok()? {
        Value::String(_) => unwrap_string(file, begin, begin + trimmed.len(), "a JSON string"),
        Value::Object(object) => {
            // A document with a member that it must not have is still a document.
            if ["Version", "Id", "Statement"].iter().any(|name| object.contains_key(*name)) {
                return None;
            }
            let mut found = WRAPPINGS.iter().filter_map(|wrapping| in_object(file, begin, wrapping));
            // Where there are two, nobody can tell which is meant.
            found.next().filter(|_| found.next().is_none())
        }
        _ => None,
    }
}

/// The document at the end of a path.
fn in_object<'f>(file: &'f [u8], begin: usize, wrapping: &Wrapping) -> Option<Found<'f>> {
    let mut value = begin..file.len();
    for name in wrapping.path {
        value = member(file, value.start, name)?;
    }
    let name = wrapping.path.join(".");
    match file.get(value.start)? {
        b'{' if wrapping.object => Some(Found {
            document: file.get(value.clone())?.into(),
            wrapping: Some(name),
            places: Places::From(value.start),
        }),
        b'"' => unwrap_string(file, value.start, value.end, &name),
        _ => None,
    }
}

/// The document that a JSON string holds, which may be percent-encoded.
fn unwrap_string<'f>(file: &'f [u8], begin: usize, end: usize, name: &str) -> Option<Found<'f>> {
    let decoded = decode_string(file.get(begin + 1..end - 1)?, begin + 1)?;
    if is_percent_encoded(&decoded.bytes) {
        let again = decode_percents(&decoded.bytes, |at| decoded.places.get(at).copied().unwrap_or(end))?;
        return Some(again.found(format!("{name}, percent-encoded")));
    }
    Some(decoded.found(name.to_owned()))
}

/// Bytes that were decoded, and where each is written; behind the last one, where they end.
struct Decoded {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Decoded {
    fn found<'f>(self, wrapping: String) -> Found<'f> {
        Found { document: self.bytes.into(), wrapping: Some(wrapping), places: Places::Each(self.places) }
    }

    fn push(&mut self, bytes: &[u8], place: usize) {
        self.bytes.extend_from_slice(bytes);
        self.places.resize(self.bytes.len(), place);
    }
}

/// What a JSON string says, of what stands between its quotes from `begin` on.
fn decode_string(raw: &[u8], begin: usize) -> Option<Decoded> {
    let mut decoded = Decoded { bytes: Vec::with_capacity(raw.len()), places: Vec::new() };
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let place = begin + at;
        if *byte != b'\\' {
            decoded.push(&[*byte], place);
            at += 1;
            continue;
        }
        let length = match raw.get(at + 1)? {
            b'u' if matches!(
                raw.get(at + 2..at + 4)?,
                [b'd' | b'D', b'8'..=b'9' | b'a'..=b'b' | b'A'..=b'B']
            ) =>
            {
                12
            }
            b'u' => 6,
            _ => 2,
        };
        let escape = raw.get(at..at + length)?;
        let quoted = [b"\"", escape, b"\""].concat();
        let character: String = serde_json::from_slice(&quoted).ok()?;
        decoded.push(character.as_bytes(), place);
        at += length;
    }
    decoded.places.push(begin + at);
    Some(decoded)
}

/// Whether a text is a JSON object whose characters are percent-encoded, as the IAM API answers with documents.
fn is_percent_encoded(text: &[u8]) -> bool {
    matches!(text.trim_ascii(), [b'%', b'7', b'B' | b'b', ..])
}

/// The text that percent-encoding stands for (RFC 3986), if all of it is well-formed.
fn decode_percents(text: &[u8], place: impl Fn(usize) -> usize) -> Option<Decoded> {
    let mut decoded = Decoded { bytes: Vec::with_capacity(text.len()), places: Vec::new() };
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if *byte == b'%' {
            let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
            let value = digit(at + 1)? * 16 + digit(at + 2)?;
            decoded.push(&[u8::try_from(value).ok()?], place(at));
            at += 3;
        } else {
            decoded.push(&[*byte], place(at));
            at += 1;
        }
    }
    decoded.places.push(place(at));
    Some(decoded)
}

/// Where the value of a member of the object at `begin` stands, of a text that is JSON. Nothing, where there is no object,
/// no such member, or more than one.
fn member(json: &[u8], begin: usize, name: &str) -> Option<std::ops::Range<usize>> {
    if json.get(begin) != Some(&b'{') {
        return None;
    }
    let mut found = None;
    let mut at = past_white_space(json, begin + 1);
    while json.get(at) == Some(&b'"') {
        let key = at..past_value(json, at);
        at = past_white_space(json, key.end);
        // The colon.
        let value = past_white_space(json, at + 1);
        let end = past_value(json, value);
        if serde_json::from_slice::<String>(json.get(key)?).ok()? == name
            && found.replace(value..end).is_some()
        {
            return None;
        }
        at = past_white_space(json, end);
        if json.get(at) == Some(&b',') {
            at = past_white_space(json, at + 1);
        }
    }
    found
}

fn past_white_space(json: &[u8], begin: usize) -> usize {
    let white = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    begin + json.iter().skip(begin).take_while(white).count()
}

/// The end of the value at `begin`, of a text that is JSON.
fn past_value(json: &[u8], begin: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = begin;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => at = past_string(json, at),
            b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
            b'}' | b']' => (depth, at) = (depth.saturating_sub(1), at + 1),
            _ => {
                at +=
                    json.iter().skip(at).take_while(|byte| !b"\"{}[],: \t\n\r".contains(byte)).count().max(1)
            }
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The end of the string at `begin`.
fn past_string(json: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while let Some(byte) = json.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    json.len()
}
