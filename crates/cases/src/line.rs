//! A line of a case file as JSON, in which the documents keep the text that they were written as.
//!
//! A document may stand in a case as an object. A JSON value of it would have lost what the engine has to see: a member
//! that stands twice, nesting without end, the digits of a number. So each such document becomes a string of its text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::not_a_case::{NotACase, not_a_case};

/// Arrays and objects open at once in a case, documents aside. The format itself needs 6.
const MAX_CASE_DEPTH: usize = 16;

/// Reads the JSON of a line, or of a whole file with one case. A member that stands twice is refused: which of the two
/// counts would be a guess.
///
/// # Errors
/// [`NotACase`].
pub fn read_line(line: &[u8]) -> Result<Value, NotACase> {
    let text = match str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => return not_a_case(format!("not UTF-8 at byte {}", error.valid_up_to())),
    };
    if text.starts_with('\u{feff}') {
        return not_a_case("it begins with a byte order mark");
    }
    value(parsed(text)?, Place::Case, 0)
}

/// What a value of a case is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The case itself.
    Case,
    /// Its member `policies`.
    Policies,
    /// A document, or lists of them.
    Documents,
    /// Anything else.
    Plain,
}

fn value(raw: &RawValue, place: Place, depth: usize) -> Result<Value, NotACase> {
    let text = raw.get();
    let is_container = text.starts_with(['{', '[']);
    if text.starts_with('{') && place == Place::Documents {
        return Ok(Value::String(text.to_owned()));
    }
    if is_container && depth == MAX_CASE_DEPTH {
        return not_a_case("arrays and objects are nested too deeply");
    }
    if text.starts_with('{') {
        let mut object = Map::new();
        for (name, member) in parsed::<Members<'_>>(text)?.0 {
            let inner = match place {
                Place::Case if name == "policies" => Place::Policies,
                Place::Policies => Place::Documents,
                Place::Case | Place::Documents | Place::Plain => Place::Plain,
            };
            object.insert(name, value(member, inner, depth + 1)?);
        }
        Ok(Value::Object(object))
    } else if is_container {
        let inner = if place == Place::Documents { place } else { Place::Plain };
        let members = parsed::<Vec<&RawValue>>(text)?;
        members.into_iter().map(|member| value(member, inner, depth + 1)).collect()
    } else {
        parsed(text)
    }
}

/// Parses JSON. The position that the JSON reader would add counts from where it was started, and misleads.
fn parsed<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, NotACase> {
    serde_json::from_str(text).or_else(|error| {
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or_default();
        not_a_case(if error.is_data() { what.to_owned() } else { format!("not JSON: {what}") })
    })
}

/// The members of an object, each with its text.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = std::collections::HashSet::new();
        let mut members = Vec::new();
        while let Some((name, member)) = map.next_entry::<String, &RawValue>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("`{name}` stands twice")));
            }
            members.push((name, member));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read_line;

    #[test]
    fn documents_keep_their_text_and_all_else_is_json() {
        let line = br#" {"id":12345678901234567890123, "policies":{"identity":[{"a":1.0, "a":2}],"scp":[["x",{}]]}} "#;
        let case = read_line(line).expect("JSON");
        assert_eq!(case["id"].to_string(), "12345678901234567890123");
        assert_eq!(case["policies"], json!({"identity": [r#"{"a":1.0, "a":2}"#], "scp": [["x", "{}"]]}));
    }

    #[test]
    fn a_document_may_nest_without_end_and_a_case_may_not() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let document = format!(r#"{{"policies":{{"boundary":{{"a":{deep}}}}}}}"#);
        assert!(read_line(document.as_bytes()).is_ok());
        let case = format!(r#"{{"request":{deep}}}"#);
        assert_eq!(
            read_line(case.as_bytes()).expect_err("too deep").0,
            "arrays and objects are nested too deeply"
        );
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_by_name() {
        let error = read_line(br#"{"request":{"action":"a:B","action":"a:C"}}"#).expect_err("twice");
        assert_eq!(error.0, "`action` stands twice");
    }

    #[test]
    fn what_is_no_json_text_is_refused_with_a_word_on_why() {
        for (line, why) in [
            (&b"{\"id\":"[..], "not JSON: EOF while parsing a value"),
            (b"\xef\xbb\xbf{}", "it begins with a byte order mark"),
            (b"{}\xff", "not UTF-8 at byte 2"),
            (b"{} {}", "not JSON: trailing characters"),
        ] {
            assert_eq!(read_line(line).expect_err("no JSON").0, why);
        }
    }
}
