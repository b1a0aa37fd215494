//! What a refused document is told of the part that is at fault: each detail's text, word by word, and where the part is.

mod support;

use std::collections::BTreeSet;

use iamlet::{CompileOptions, Detail, Fault, PolicyKind, Refusal};
use iamlet_cases::{DocumentCase, compile_document};
use serde_json::{Value, json};
use support::{allow, deny, document, grant, with};

/// Why a document is refused.
#[track_caller]
fn refused(kind: &str, text: &[u8]) -> Refusal {
    let kind = kind.parse::<PolicyKind>().expect("a kind");
    compile_document(text, kind, CompileOptions::default()).expect_err("a refused document").error
}

/// A document in which `text` stands in a place of this kind, and the kind of policy.
fn placed(place: &str, text: &str) -> (&'static str, Value) {
    let trust = |principal: Value| json!({"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": principal});
    let conditional = |of: Value| with(allow("*", "*"), "Condition", of);
    match place {
        "Principal" => ("resource", grant(text)),
        "trust Principal" => ("trust", trust(text.into())),
        "RCP Principal" => ("rcp", with(deny("s3:*", "*"), "Principal", text)),
        "NotPrincipal" => ("resource", with(deny("*", "*"), "NotPrincipal", json!({"AWS": text}))),
        "member" => ("resource", grant(json!({text: "x"}))),
        "AWS" => ("resource", grant(json!({"AWS": [text]}))),
        "Service" => ("resource", grant(json!({"Service": text}))),
        "Federated" => ("trust", trust(json!({"Federated": text}))),
        "CanonicalUser" => ("resource", grant(json!({"CanonicalUser": text}))),
        "Resource" => ("identity", allow("*", text)),
        "SCP Resource" => ("scp_full", allow("*", text)),
        "endpoint Resource" => ("vpce", with(allow("*", text), "Principal", "*")),
        "key" => ("identity", conditional(json!({"StringEquals": {text: "x"}}))),
        "value" => ("identity", conditional(json!({"StringEquals": {"x:k": text}}))),
        "Bool value" => ("identity", conditional(json!({"Bool": {"x:k": text}}))),
        "Action" => ("identity", allow(text, "*")),
        "trust Action" => {
            ("trust", json!({"Effect": "Allow", "Action": text, "Principal": {"AWS": "111122223333"}}))
        }
        "SCP Action" => ("scp_full", allow(text, "*")),
        "classic Action" => ("scp_classic", allow(text, "*")),
        "RCP Action" => ("rcp", with(deny(text, "*"), "Principal", "*")),
        other => panic!("no such place: {other}"),
    }
}

/// A text that cannot stand in a place, what is wrong with it, in words, and the part that is at fault.
struct Line {
    place: String,
    text: String,
    detail: String,
    message: String,
    part: String,
}

fn lines() -> Vec<Line> {
    let read = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let member = |name: &str| line[name].as_str().expect("a string").to_owned();
        Line {
            place: member("place"),
            text: member("text"),
            detail: member("detail"),
            message: member("message"),
            part: member("part"),
        }
    };
    include_str!("data/error_details.jsonl").lines().map(read).collect()
}

#[test]
fn every_detail_says_in_words_what_is_wrong_and_shows_the_part() {
    let mut seen = BTreeSet::new();
    for Line { place, text, detail, message, part } in lines() {
        let (kind, statement) = placed(&place, &text);
        let json = document(statement).to_string();
        let error = refused(kind, json.as_bytes());
        let found = error.part.unwrap_or_else(|| panic!("{place} {text}: {error}"));
        assert_eq!(error.explained(json.as_bytes()).to_string(), message, "{place} {text}");
        assert_eq!(found.detail.code(), detail, "{place} {text}");
        let written = &json[found.offset as usize..][..found.len as usize];
        let written: String = serde_json::from_str(&format!("\"{written}\"")).expect("a piece of a string");
        assert_eq!(written, part, "{place} {text}");
        seen.insert(detail);
    }
    // What no string of a statement can show.
    seen.extend([Detail::AccountNumber, Detail::ByteOrderMark].map(|detail| detail.code().to_owned()));
    let all: BTreeSet<_> = Detail::ALL.iter().map(|detail| detail.code().to_owned()).collect();
    assert_eq!(
        (seen, all.len()),
        (all.clone(), Detail::ALL.len()),
        "each is shown, and no two have one code"
    );
}

#[test]
fn without_the_document_the_words_are_the_same_and_the_part_is_left_out() {
    let json = document(grant(json!({"AWS": "arn:aws:iam::11112222333:root"}))).to_string();
    let error = refused("resource", json.as_bytes());
    assert_eq!(error.to_string(), "1:102: BAD_PRINCIPAL the account field has 11 digits, not 12");
}

#[test]
fn what_is_no_string_is_told_as_well() {
    for (number, len) in [("1111", 4), ("1111222233334", 13), ("1.5e3", 5)] {
        let json = document(grant(json!({"AWS": ["@"]}))).to_string().replace("\"@\"", number);
        let error = refused("resource", json.as_bytes());
        let part = error.part.expect("a detail");
        assert_eq!((error.fault, part.detail, part.len), (Fault::WrongType, Detail::AccountNumber, len));
        let message = format!("the number `{number}` is no account: an account has 12 digits");
        assert_eq!(error.explained(json.as_bytes()).to_string(), message);
    }
    let json = document(with(deny("s3:*", "*"), "Principal", json!({"AWS": "*"}))).to_string();
    let error = refused("rcp", json.as_bytes());
    let message = "the principal of a resource control policy is the string `*`";
    assert_eq!(error.explained(json.as_bytes()).to_string(), message);
    assert_eq!(error.part.map(|part| part.detail), Some(Detail::RcpPrincipal));
}

// R-JSON-1
#[test]
fn a_byte_order_mark_has_words_of_its_own() {
    let json = format!("\u{feff}{}", document(allow("*", "*")));
    let error = refused("identity", json.as_bytes());
    assert_eq!((error.fault, error.offset, error.located), (Fault::Encoding, 0, false));
    let message = "the document begins with a byte order mark: save it without one";
    assert_eq!(error.explained(json.as_bytes()).to_string(), message);
    assert_eq!(error.to_string(), format!("1:1: ENCODING {message}"));
    assert_eq!(refused("identity", b"\xEF\xBBx").part, None);
}

#[test]
fn a_part_is_found_behind_escapes_and_shown_as_it_is_written() {
    let json = document(grant(json!({"AWS": "arn:aws:iam::@:root"})));
    let json = json.to_string().replace("arn:aws", "a\\u0072n:\\u0061ws").replace('@', "1111\\u003222");
    let error = refused("resource", json.as_bytes());
    let part = error.part.expect("a detail");
    assert_eq!((part.detail, part.count), (Detail::AccountLength, 7));
    assert_eq!(part.offset as usize, json.find("1111").expect("the account"));
    assert_eq!(
        error.explained(json.as_bytes()).to_string(),
        "the account field `1111\\u003222` has 7 digits, not 12"
    );
}

#[test]
fn a_long_part_is_cut() {
    let long = "é".repeat(1000);
    let json = document(allow("*", long.as_str())).to_string();
    let message = refused("identity", json.as_bytes()).explained(json.as_bytes()).to_string();
    assert_eq!(message, format!("the resource `{}…` is neither `*` nor an ARN", "é".repeat(48)));
}

/// The faults of texts with a grammar of their own.
const EXPLAINED: [Fault; 5] =
    [Fault::BadPrincipal, Fault::BadResource, Fault::BadConditionKey, Fault::BadVariable, Fault::BadAction];

#[test]
fn every_refused_text_of_the_cases_is_explained() {
    let mut count = 0;
    for line in include_str!("data/invalid.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let case = DocumentCase::read(&line).expect("a case");
        let (Some(kind), Some(text)) = (line["kind"].as_str(), line["policy"].as_str()) else { continue };
        let kind = kind.parse::<PolicyKind>().expect("a kind");
        let Err(refused) = compile_document(text.as_bytes(), kind, CompileOptions::default()) else {
            continue;
        };
        if EXPLAINED.contains(&refused.error.fault) {
            assert!(refused.error.part.is_some(), "{}: {refused}", case.id);
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// Pieces that texts are made of.
const PIECES: &[&str] = &[
    "arn",
    "aws",
    ":",
    "::",
    ":",
    "iam",
    "sts",
    "s3",
    "*",
    "?",
    "$",
    "${",
    "}",
    "aws:username",
    "${aws:username}",
    "111122223333",
    "1",
    "root",
    "user/",
    "role/x",
    "group/",
    "assumed-role/",
    "/",
    "federated-user/",
    "cloudfront",
    "AIDA",
    "AROA",
    ".amazonaws.com",
    ".",
    "-",
    "amazonaws.com",
    "saml-provider/",
    "cognito-identity",
    " ",
    "\t",
    "é",
    "\u{a0}",
    "aws:RequestTag",
    "aws:PrincipalTag/",
    "Get",
    "sts:",
    "A",
    "'",
    ", '",
    "\\",
    "\"",
    "user/CloudFront Origin Access Identity ",
    "arn:aws:iam::111122223333:",
    "arn:aws:sts::111122223333:",
    "arn:aws:s3:::",
];

#[test]
fn whatever_is_refused_for_its_text_is_explained() {
    let places: BTreeSet<String> = lines().into_iter().map(|line| line.place).collect();
    let mut state = 7_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % limit
    };
    let mut explained = 0;
    for place in places {
        for _ in 0..1_500 {
            let text: String = (0..below(8)).map(|_| PIECES[below(PIECES.len())]).collect();
            let (kind, statement) = placed(&place, &text);
            let json = document(statement).to_string();
            let kind = kind.parse::<PolicyKind>().expect("a kind");
            let Err(refused) = compile_document(json.as_bytes(), kind, CompileOptions::default()) else {
                continue;
            };
            let error = refused.error;
            if !EXPLAINED.contains(&error.fault) {
                continue;
            }
            let part = error.part.unwrap_or_else(|| panic!("{place} {text:?}: {error}"));
            let (begin, end) = (part.offset as usize, (part.offset + part.len) as usize);
            assert!(
                begin >= error.offset as usize && json.is_char_boundary(begin) && json.is_char_boundary(end)
            );
            explained += 1;
        }
    }
    assert!(explained > 5_000, "{explained}");
}
