//! Both readers accept the same texts wherever a policy has a text with a grammar of its own.
//!
//! Texts are put together from pieces that mean something there, and then changed by a character or two: a rule that one
//! of the readers has and the other has not shows in one of the places. The fuzz target `compile` looks for the same, and
//! needs luck for it.

mod naive;

use std::collections::BTreeMap;

use iamlet::image::kind::PolicyKind;
use iamlet::parse::CompileOptions;
use iamlet_cases::compile_document;
use naive::generate::Rng;
use serde_json::{Value, json};

/// Texts that are tried in each place of each kind; `IAMLET_TEXTS` asks for more.
const TEXTS: usize = 2_000;

fn texts() -> usize {
    std::env::var("IAMLET_TEXTS").ok().and_then(|text| text.parse().ok()).unwrap_or(TEXTS)
}

/// A place of a document, and the pieces of the texts that stand there.
struct Place {
    name: &'static str,
    document: fn(&str) -> Value,
    pieces: &'static [&'static str],
}

/// What the statement is about where that is not what is tried.
const ACTION: &str = "s3:GetObject";

fn statement(changes: Value) -> Value {
    let mut statement = json!({"Effect": "Deny", "Action": ACTION, "Resource": "*"});
    for (name, value) in changes.as_object().expect("an object") {
        statement[name.as_str()] = value.clone();
    }
    let without_nulls = statement.as_object_mut().expect("an object");
    without_nulls.retain(|_, value| !value.is_null());
    statement
}

fn document(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn with_principal(principal: Value) -> Value {
    document(statement(json!({"Principal": principal})))
}

fn with_condition(operator: &str, value: &str) -> Value {
    document(statement(json!({"Condition": {operator: {"aws:username": value}}})))
}

const ARN: &[&str] = &[
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:*:kms:eu-west-1:${aws:PrincipalAccount}:key/*",
    "arn",
    ":",
    ":",
    ":",
    "aws",
    "aws-cn",
    "s3",
    "iam",
    "sts",
    "eu-west-1",
    "111122223333",
    "11112222333",
    "*",
    "?",
    "${",
    "}",
    "${aws:username}",
    "${aws:username, 'x'}",
    "${*}",
    "${$}",
    "bucket",
    "/",
    "arn:aws:s3:::b",
    "arn:aws:iam::111122223333:",
    "arn:aws:sts::111122223333:",
    "user/",
    "role/",
    "assumed-role/",
    "federated-user/",
    "root",
    "amazon",
    "cloudfront",
];
const VARIABLES: &[&str] = &[
    "${",
    "}",
    "$",
    "{",
    ",",
    ", '",
    "'",
    "'}",
    "aws:username",
    ":",
    " ",
    "*",
    "?",
    "x",
    "${*}",
    "${?}",
    "${$}",
    "${aws:PrincipalTag/a}",
    "é",
];
const ACTIONS: &[&str] =
    &["s3", ":", "*", "?", "Get", "object", "-", "_", ".", "1", "iam", "s3:GetObject", "sts:AssumeRole"];
const KEYS: &[&str] = &[
    "aws:username",
    "aws:RequestTag/team",
    "oidc.eks.eu-west-1.amazonaws.com/id/AB12:sub",
    "aws",
    ":",
    "/",
    "username",
    "PrincipalTag",
    "aws:RequestTag/",
    "AWS:ResourceTag",
    "oidc.eks.eu-west-1.amazonaws.com",
    "id",
    ".",
    "-",
    "_",
    " ",
    "$",
    "{",
    "${",
    "}",
    "é",
    "sub",
];
const OPERATORS: &[&str] = &[
    "StringEquals",
    "ForAllValues:StringNotLikeIfExists",
    "NumericLessThanEquals",
    "DateGreaterThanEquals",
    "String",
    "Equals",
    "stringequals",
    "Like",
    "IgnoreCase",
    "Not",
    "Numeric",
    "LessThan",
    "Date",
    "GreaterThan",
    "Bool",
    "Binary",
    "IpAddress",
    "NotIpAddress",
    "Arn",
    "Null",
    "IfExists",
    "ForAllValues",
    "ForAnyValue",
    ":",
    "ForAnyValue:",
];
const NUMBERS: &[&str] =
    &["-12.50e3", "0", "1", "9", "12345678901234567890", "-", "+", ".", "e", "E", " ", "00", "${"];
const DATES: &[&str] = &[
    "2020-02-29T12:00:00Z",
    "2019-12-31T23:59:59.5+01:00",
    "2020",
    "-",
    "02",
    "29",
    "T",
    ":",
    "12",
    "Z",
    "+",
    "00:00",
    ".",
    "5",
    "60",
    "23:59",
    "2019-12-31",
    "T10:11:12",
    "W01",
    "t",
    "z",
];
const ADDRESSES: &[&str] = &[
    "2001:db8::1.2.3.4/64",
    "10.1.2.0/24",
    "10",
    ".",
    "0",
    "255",
    "256",
    "/",
    "8",
    "32",
    "33",
    ":",
    "::",
    "2001:db8",
    "ffff",
    "1.2.3.4",
    "10.0.0.0",
    "128",
    "%",
    "f",
];
const BASE64: &[&str] = &["A", "Q", "=", "==", "aGVsbG8", "+", "/", "-", "_", " ", "QUJD"];
const BOOLEANS: &[&str] = &["true", "false", "True", "TRUE", "1", " ", "t", "rue"];
const PRINCIPALS: &[&str] = &[
    "*",
    "111122223333",
    "1",
    "AIDA",
    "AROA",
    "EXAMPLE",
    "arn:aws:iam::111122223333:",
    "arn:aws-cn:iam::111122223333:",
    "arn:aws:sts::111122223333:",
    "user/",
    "role/",
    "assumed-role/",
    "federated-user/",
    "root",
    "/",
    "a",
    "$",
    "?",
    ":",
    "saml-provider/",
    "oidc-provider/",
    "arn:aws:iam::111122223333:saml-provider/x",
    "arn:aws:iam::111122223333:user/team/alice",
    "arn:aws:sts::111122223333:assumed-role/a/b",
    "AIDAEXAMPLE",
    "é",
    " ",
];
const SERVICES: &[&str] = &[
    "s3.eu-west-1.amazonaws.com",
    "s3",
    ".amazonaws.com",
    ".",
    "eu-west-1",
    "-",
    "amazonaws.com",
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "A",
    "_",
    ".cn",
    "arn:aws:iam::111122223333:saml-provider/",
    "x",
];
const CANONICAL: &[&str] = &[
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef",
    "a",
    "A",
    "g",
    " ",
];
const WORDS: &[&str] =
    &["2012-10-17", "2008-10-17", "Allow", "Deny", "allow", "Sid", "a", "1", "-", "_", " ", ""];

const PLACES: &[Place] = &[
    Place { name: "Action", document: |text| document(statement(json!({"Action": text}))), pieces: ACTIONS },
    Place {
        name: "NotAction",
        document: |text| document(statement(json!({"Action": null, "NotAction": text}))),
        pieces: ACTIONS,
    },
    Place { name: "Resource", document: |text| document(statement(json!({"Resource": text}))), pieces: ARN },
    Place {
        name: "NotResource",
        document: |text| document(statement(json!({"Resource": null, "NotResource": text}))),
        pieces: ARN,
    },
    Place {
        name: "the resource part",
        document: |text| document(statement(json!({"Resource": format!("arn:aws:s3:::{text}")}))),
        pieces: VARIABLES,
    },
    Place {
        name: "the account part",
        document: |text| document(statement(json!({"Resource": format!("arn:aws:s3::{text}:b")}))),
        pieces: &["1", "111122223333", "1111222", "*", "?", "aws", "amazon", "${aws:username}", "${*}", "x"],
    },
    Place {
        name: "Principal.AWS",
        document: |text| with_principal(json!({"AWS": text})),
        pieces: PRINCIPALS,
    },
    Place {
        name: "Principal.Service",
        document: |text| with_principal(json!({"Service": text})),
        pieces: SERVICES,
    },
    Place {
        name: "Principal.Federated",
        document: |text| with_principal(json!({"Federated": text})),
        pieces: SERVICES,
    },
    Place {
        name: "Principal.Federated by ARN",
        document: |text| with_principal(json!({"Federated": text})),
        pieces: PRINCIPALS,
    },
    Place {
        name: "Principal.CanonicalUser",
        document: |text| with_principal(json!({"CanonicalUser": text})),
        pieces: CANONICAL,
    },
    Place {
        name: "NotPrincipal.AWS",
        document: |text| document(statement(json!({"NotPrincipal": {"AWS": text}}))),
        pieces: PRINCIPALS,
    },
    Place {
        name: "a context key",
        document: |text| document(statement(json!({"Condition": {"StringEquals": {text: "x"}}}))),
        pieces: KEYS,
    },
    Place { name: "an operator", document: |text| with_condition(text, "1"), pieces: OPERATORS },
    Place { name: "StringEquals", document: |text| with_condition("StringEquals", text), pieces: VARIABLES },
    Place { name: "StringLike", document: |text| with_condition("StringLike", text), pieces: VARIABLES },
    Place { name: "ArnLike", document: |text| with_condition("ArnLike", text), pieces: ARN },
    Place { name: "ArnEquals", document: |text| with_condition("ArnEquals", text), pieces: ARN },
    Place { name: "NumericEquals", document: |text| with_condition("NumericEquals", text), pieces: NUMBERS },
    Place { name: "DateLessThan", document: |text| with_condition("DateLessThan", text), pieces: DATES },
    Place { name: "IpAddress", document: |text| with_condition("IpAddress", text), pieces: ADDRESSES },
    Place { name: "BinaryEquals", document: |text| with_condition("BinaryEquals", text), pieces: BASE64 },
    Place { name: "Bool", document: |text| with_condition("Bool", text), pieces: BOOLEANS },
    Place { name: "Null", document: |text| with_condition("Null", text), pieces: BOOLEANS },
    Place { name: "Sid", document: |text| document(statement(json!({"Sid": text}))), pieces: WORDS },
    Place { name: "Effect", document: |text| document(statement(json!({"Effect": text}))), pieces: WORDS },
    Place {
        name: "Version",
        document: |text| json!({"Version": text, "Statement": [statement(json!({}))]}),
        pieces: WORDS,
    },
];

/// Some pieces, and up to two changes of a character.
fn text(rng: &mut Rng, pieces: &[&str]) -> String {
    let mut text: Vec<char> = Vec::new();
    // Half of the texts begin as one piece, because some pieces are whole.
    let count = if rng.chance(50) { 1 } else { rng.below(9) };
    for _ in 0..count {
        text.extend(rng.pick(pieces).chars());
    }
    for _ in 0..rng.below(3) {
        let at = rng.below(text.len() + 1);
        let other = rng.pick(pieces).chars().next().unwrap_or(':');
        match rng.below(3) {
            0 => text.insert(at, other),
            1 if at < text.len() => text[at] = other,
            _ if at < text.len() => drop(text.remove(at)),
            _ => {}
        }
    }
    text.into_iter().collect()
}

#[test]
fn both_readers_accept_the_same_texts_in_every_place() {
    let mut rng = Rng::new(11);
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for place in PLACES {
        for kind in PolicyKind::ALL {
            for _ in 0..texts() {
                let text = text(&mut rng, place.pieces);
                let mut document = (place.document)(&text);
                adapt(kind, &mut document);
                let bytes = document.to_string();
                let engine = compile_document(bytes.as_bytes(), kind, CompileOptions::default());
                let naive = naive::check(kind.name(), bytes.as_bytes(), &json!({}));
                if engine.is_ok() {
                    *accepted.entry(place.name).or_default() += 1;
                }
                let engine = engine.map_or_else(|refused| refused.error.fault.code(), |_| "accepted");
                let naive = naive.map_or_else(|fault| fault, |_| "accepted");
                // Of several faults in one text any may be reported (R-ERR-3).
                if (engine == "accepted") != (naive == "accepted") {
                    differences
                        .push(format!("{kind:?}, {}: engine {engine}, naive {naive}: {bytes}", place.name));
                }
            }
        }
    }
    let first = differences[..differences.len().min(20)].join("\n");
    assert!(differences.is_empty(), "{} differences:\n{first}", differences.len());
    for place in PLACES {
        let count = accepted.get(place.name).copied().unwrap_or_default();
        println!("{}: {count} accepted", place.name);
        assert!(count >= 10, "{}: {count} accepted", place.name);
    }
}

/// Gives a statement what its kind asks for, and takes what the kind forbids, so that it is the text that decides.
fn adapt(kind: PolicyKind, document: &mut Value) {
    let statement = document["Statement"][0].as_object_mut().expect("an object");
    if kind.has_principal() && !statement.contains_key("Principal") && !statement.contains_key("NotPrincipal")
    {
        let everyone = if kind == PolicyKind::Trust { json!({"AWS": "*"}) } else { json!("*") };
        statement.insert("Principal".to_string(), everyone);
    }
    if kind == PolicyKind::Trust {
        statement.retain(|name, value| name != "Resource" || value != "*");
        if statement.get("Action") == Some(&json!(ACTION)) {
            statement.insert("Action".to_string(), json!("sts:AssumeRole"));
        }
    }
}
