//! `iamlet check` of what the AWS command line and its API print around documents.

mod common;

use common::{ALLOW, Folder, REFUSED};
use serde_json::{Value, json};

/// A line of `check` about one file.
fn checked(kind: &str, text: &str) -> (i32, Vec<String>) {
    let folder = Folder::with(&[("p", text.as_bytes())]);
    let run = folder.run(&format!("check --kind {kind} p"));
    assert_eq!(run.err, "", "{text}");
    (run.status, run.out.lines().map(str::to_owned).collect())
}

/// A text as the IAM API writes it.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// What the command line prints around `document`, and what `check` says of it.
fn wrapped(document: &Value) -> Vec<(&'static str, Value)> {
    let text = Value::from(document.to_string());
    vec![
        (
            "PolicyVersion.Document",
            json!({"PolicyVersion": {"VersionId": "v1", "Document": document, "IsDefaultVersion": true}}),
        ),
        (
            "Role.AssumeRolePolicyDocument",
            json!({"Role": {"Path": "/", "AssumeRolePolicyDocument": document}}),
        ),
        ("AssumeRolePolicyDocument", json!({"AssumeRolePolicyDocument": document})),
        ("PolicyDocument", json!({"RoleName": "r", "PolicyName": "p", "PolicyDocument": document})),
        ("Policy.Content", json!({"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": text}})),
        ("Policy", json!({"Policy": text})),
        ("Policy", json!({"Policy": text, "RevisionId": "1"})),
        ("Attributes.Policy", json!({"Attributes": {"Policy": text}})),
        ("ResourcePolicy", json!({"ARN": "arn", "Name": "n", "ResourcePolicy": text})),
        ("policyText", json!({"registryId": "1", "repositoryName": "r", "policyText": text})),
        ("PolicyVersion.Document", json!({"PolicyVersion": {"Document": text}})),
        ("a JSON string", text),
    ]
}

#[test]
fn a_good_document_is_good_in_whatever_is_printed_around_it() {
    for (name, around) in wrapped(&serde_json::from_str(ALLOW).expect("JSON")) {
        for text in [around.to_string(), format!("{around:#}\r\n")] {
            assert_eq!(checked("identity", &text), (0, vec![format!("p: unwrapped {name}")]), "{text}");
        }
    }
    assert_eq!(checked("identity", ALLOW), (0, vec![]));
}

#[test]
fn a_refused_document_is_refused_where_it_is_in_the_file() {
    for (name, around) in wrapped(&serde_json::from_str(REFUSED).expect("JSON")) {
        for text in [around.to_string(), format!("\n {around:#}\n")] {
            let (status, lines) = checked("identity", &text);
            let at = text.find("\\\"allow").or(text.find("\"allow")).expect("the effect");
            let line = text[..at].matches('\n').count() + 1;
            let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
            assert_eq!((status, &*lines[0]), (1, &*format!("p: unwrapped {name}")), "{text}");
            assert!(lines[1].starts_with(&format!("p:{line}:{column}: BAD_EFFECT ")), "{text}\n{}", lines[1]);
            assert!(lines[1].ends_with(" (/Statement/0/Effect)"), "{}", lines[1]);
            assert_eq!(lines.len(), 2);
        }
    }
}

#[test]
fn percent_encoded_documents_are_decoded_and_places_are_those_of_the_file() {
    let good = percent_encoded(ALLOW);
    let around = json!({"Role": {"AssumeRolePolicyDocument": good}}).to_string();
    let unwrapped = "p: unwrapped Role.AssumeRolePolicyDocument, percent-encoded".to_owned();
    assert_eq!(checked("identity", &around), (0, vec![unwrapped]));
    assert_eq!(
        checked("identity", &format!("{good}\n")),
        (0, vec!["p: unwrapped a percent-encoded text".to_owned()])
    );
    let bad = percent_encoded(REFUSED);
    for text in [bad.clone(), json!({"PolicyDocument": bad}).to_string(), json!(bad).to_string()] {
        let (status, lines) = checked("identity", &text);
        let column = text.find("%22allow").expect("the effect") + 1;
        assert_eq!(status, 1);
        assert!(lines[1].starts_with(&format!("p:1:{column}: BAD_EFFECT ")), "{}", lines[1]);
    }
    // An escape that is none is refused as what it is.
    for text in ["%7B%zz", "%7B%2", "%7B%"] {
        let (status, lines) = checked("identity", text);
        assert_eq!((status, lines.len()), (1, 1));
        assert!(lines[0].starts_with("p:1:1: JSON_SYNTAX"), "{}", lines[0]);
    }
}

#[test]
fn escapes_in_front_of_a_fault_do_not_move_it() {
    let document = REFUSED.replace("\"Version\"", "\"Version\" ").replace('*', "\u{1f600}é");
    let text = json!({"Policy": document})
        .to_string()
        .replace('\u{1f600}', "\\ud83d\\ude00")
        .replace(' ', "\\u0020");
    let (_, lines) = checked("identity", &text);
    let column = text.find("\\\"allow").expect("the effect") + 1;
    assert!(lines[1].starts_with(&format!("p:1:{column}: BAD_EFFECT ")), "{}", lines[1]);
    // The document ends too early, inside the string.
    let text = json!({"Policy": &REFUSED[..40]}).to_string();
    let (_, lines) = checked("identity", &text);
    let column = text.len() - 1;
    assert!(lines[1].starts_with(&format!("p:1:{column}: JSON_SYNTAX ")), "{text} {}", lines[1]);
}

#[test]
fn what_is_no_wrapping_is_refused_as_the_document_that_it_should_be() {
    let document: Value = serde_json::from_str(ALLOW).expect("JSON");
    let text = document.to_string();
    for (around, line) in [
        // A document, with a member too many.
        (json!({"Version": "2012-10-17", "PolicyDocument": document}), "p:1:25: UNKNOWN_ELEMENT "),
        // Not a document, but what describes one.
        (json!({"Policy": {"PolicyName": "p", "Arn": "arn"}}), "p:1:2: UNKNOWN_ELEMENT "),
        (json!({"Policy": document}), "p:1:2: UNKNOWN_ELEMENT "),
        // Two documents.
        (json!({"Policy": text, "PolicyDocument": document}), "p:1:2: UNKNOWN_ELEMENT "),
        (json!([document]), "p:1:1: WRONG_TYPE "),
    ] {
        let (status, lines) = checked("identity", &around.to_string());
        assert_eq!((status, lines.len()), (1, 1), "{around}");
        assert!(lines[0].starts_with(line), "{around} {}", lines[0]);
    }
    // Which of two members of one name is meant?
    let twice = format!("{{\"PolicyDocument\":{text},\"PolicyDocument\":{text}}}");
    assert!(checked("identity", &twice).1[0].contains(": JSON_DUPLICATE_KEY "));
    // No JSON at all: the place is that of the fault.
    let broken = format!("{{\"PolicyDocument\":{text},}}");
    let place = format!("p:1:{}: JSON_SYNTAX ", broken.len());
    let lines = checked("identity", &broken).1;
    assert!(lines[0].starts_with(&place), "{}", lines[0]);
}

#[test]
fn a_wrapped_document_has_its_kind_from_the_command_line() {
    let text =
        json!({"Role": {"AssumeRolePolicyDocument": serde_json::from_str::<Value>(ALLOW).expect("JSON")}});
    let (status, lines) = checked("trust", &text.to_string());
    assert_eq!(status, 1);
    assert!(
        lines[1].contains(" BAD_ACTION ") && lines[1].ends_with(" (/Statement/0/Action)"),
        "{}",
        lines[1]
    );
}

#[test]
fn the_line_shows_the_part_at_fault_and_a_byte_order_mark_is_named() {
    let text = ALLOW.replace("arn:aws:s3:::b/*", "arn:aws:s3::1111:b");
    let line = "BAD_RESOURCE the account field `1111` has 4 digits, not 12 (/Statement/0/Resource)";
    let (_, lines) = checked("identity", &text);
    assert!(lines[0].ends_with(line), "{}", lines[0]);
    let (_, lines) = checked("identity", &json!({"Policy": text}).to_string());
    assert!(lines[1].ends_with(line), "{}", lines[1]);
    let (_, lines) = checked("identity", &format!("\u{feff}{ALLOW}"));
    assert_eq!(lines, ["p:1:1: ENCODING the document begins with a byte order mark: save it without one"]);
}
