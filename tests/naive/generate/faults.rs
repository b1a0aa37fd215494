//! One fault in a legal document.

use super::Rng;
use super::condition_faults::condition;
use serde_json::{Map, Value, json};

/// The document with one fault; most of the results are illegal for the kind. Text where JSON itself is broken.
pub fn spoil(rng: &mut Rng, kind: &str, doc: &Value) -> Value {
    for _ in 0..5 {
        let spoiled = match rng.below(100) {
            0..=17 => Value::String(broken_text(rng, doc)),
            18..=29 => top_level(rng, doc),
            30..=99 => {
                let mut copy = doc.clone();
                let statement = match &mut copy["Statement"] {
                    Value::Array(list) => {
                        let at = rng.below(list.len().max(1));
                        list.get_mut(at).and_then(Value::as_object_mut)
                    }
                    other => other.as_object_mut(),
                };
                if let Some(statement) = statement {
                    match rng.below(10) {
                        0..=2 => shape(rng, kind, statement),
                        3 | 4 => action(rng, statement),
                        5 | 6 => resource(rng, kind, statement),
                        7 => principal(rng, kind, statement),
                        _ => condition(rng, kind, statement),
                    }
                }
                copy
            }
            _ => continue,
        };
        if spoiled != *doc {
            return spoiled;
        }
    }
    Value::String(format!("{doc},"))
}

/// Faults of the JSON layer.
fn broken_text(rng: &mut Rng, doc: &Value) -> String {
    let text = doc.to_string();
    let last = text.len() - 1;
    match rng.below(20) {
        0 => format!("{},}}", &text[..last]),
        1 => text[..last].to_string(),
        2 => format!("{text}}}"),
        3 => format!("{text} {text}"),
        4 => format!("{text}x"),
        5 => format!("/* policy */{text}"),
        6 => text.replacen('"', "'", 2),
        7 => text.replacen("\"Effect\":", "\"Effect\":\"Deny\",\"Effect\":", 1),
        8 => text.replacen("\"Effect\":", "\"\\u0045ffect\":\"Deny\",\"Effect\":", 1),
        9 => text.replacen("\"Statement\":", "\"Statement\":{},\"Statement\":", 1),
        10 => text.replacen("\"Effect\":", "\"Sid\":\"\\ud800\",\"Effect\":", 1),
        11 => text.replacen("\"Effect\":", "\"Sid\":\"a\tb\",\"Effect\":", 1),
        12 => text.replacen("\"Effect\":", "Effect:", 1),
        13 => format!("\u{feff}{text}"),
        14 => rng.text(&["", " ", "null", "[]", "\"x\"", "{}", "{\"Statement\":[[[[[[[[[[]]]]]]]]]]}"]),
        15 => format!("[{text}]"),
        16 => text.replacen("\"Effect\":", "\"Sid\":01,\"Effect\":", 1),
        17 => text.replacen("\"Effect\":", "\"Sid\":\"\\x\",\"Effect\":", 1),
        18 => text.replacen("\"Effect\":", "\"Sid\":NaN,\"Effect\":", 1),
        _ => {
            // Cut anywhere at a character's edge.
            let at = (0..=rng.below(text.len())).rev().find(|at| text.is_char_boundary(*at));
            text[..at.unwrap_or(0)].to_string()
        }
    }
}

/// Faults of the three top-level members.
fn top_level(rng: &mut Rng, doc: &Value) -> Value {
    let mut copy = doc.clone();
    let Some(members) = copy.as_object_mut() else { return copy };
    match rng.below(14) {
        0 => drop(
            members.insert("Version".into(), json!(rng.text(&["2013-10-17", "2012-10-17 ", "", "latest"]))),
        ),
        1 => drop(members.insert("Version".into(), json!(20121017))),
        2 => drop(members.insert("Version".into(), json!(null))),
        3 => drop(members.insert("Version".into(), json!("2008-10-17"))),
        4 => drop(members.remove("Version")),
        5 => drop(members.insert("Id".into(), json!(["x"]))),
        6 => drop(members.insert("Id".into(), json!("x"))),
        7 => drop(members.insert(rng.text(&["Extra", "version", "ID", "statement", ""]), json!("x"))),
        8 => drop(members.remove("Statement")),
        9 => drop(members.insert("Statement".into(), json!([]))),
        10 => drop(members.insert("Statement".into(), json!(rng.text(&["x", "*"])))),
        11 => drop(members.insert("Statement".into(), json!(null))),
        12 => drop(members.insert("Statement".into(), json!({}))),
        _ => {
            if let Some(Value::Array(list)) = members.get_mut("Statement") {
                list.push(match rng.below(3) {
                    0 => json!("afd"),
                    1 => json!({"Sid": "A", "Effect": "Allow"}),
                    _ => list.first().cloned().unwrap_or_default(),
                });
            }
        }
    }
    // A repeated statement is a fault only if its Sid repeats.
    if let Some(Value::Array(list)) = members.get_mut("Statement")
        && list.len() > 1
        && rng.chance(50)
    {
        for statement in list.iter_mut().filter_map(Value::as_object_mut) {
            statement.insert("Sid".into(), json!("Same"));
        }
    }
    copy
}

fn rename(statement: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = statement.remove(from) {
        statement.insert(to.to_string(), value);
    }
}

/// Faults in which elements a statement has, and of what type.
fn shape(rng: &mut Rng, kind: &str, statement: &mut Map<String, Value>) {
    let user = json!({"AWS": "arn:aws:iam::111122223333:user/alice"});
    match rng.below(26) {
        0 => drop(statement.remove("Effect")),
        1 => drop(
            statement.insert("Effect".into(), json!(rng.text(&["allow", "DENY", "Audit", "", "Allow "]))),
        ),
        2 => drop(statement.insert("Effect".into(), json!(true))),
        3 => drop(statement.remove("Action")),
        4 => drop(statement.remove("Resource")),
        5 => drop(statement.remove("Principal")),
        6 => rename(statement, "Effect", "effect"),
        7 => rename(statement, "Action", "Actions"),
        8 => drop(statement.insert(rng.text(&["Comment", "Version", "SID", "Conditions", "Id"]), json!("x"))),
        9 => {
            let list = if rng.chance(30) { json!([]) } else { json!("iam:*") };
            let name = if statement.contains_key("Action") { "NotAction" } else { "Action" };
            statement.insert(name.into(), list);
        }
        10 => {
            let name = if statement.contains_key("Resource") { "NotResource" } else { "Resource" };
            statement.insert(name.into(), json!("*"));
        }
        11 => {
            let name = if statement.contains_key("Principal") { "NotPrincipal" } else { "Principal" };
            statement.insert(name.into(), user);
        }
        12 => rename(statement, "Action", "NotAction"),
        13 => rename(statement, "Resource", "NotResource"),
        14 => rename(statement, "Principal", "NotPrincipal"),
        15 => drop(statement.insert("Sid".into(), json!(rng.text(&["my sid", "a-b", "é", "a_b", " "])))),
        16 => drop(statement.insert("Sid".into(), json!(1))),
        17 => drop(statement.insert("Sid".into(), json!(null))),
        18 => {
            let other = if statement.get("Effect") == Some(&json!("Allow")) { "Deny" } else { "Allow" };
            statement.insert("Effect".into(), json!(other));
        }
        19 => drop(statement.insert("Condition".into(), json!({"Bool": {"aws:SecureTransport": "true"}}))),
        20 if kind == "trust" => drop(statement.insert("Resource".into(), json!("*"))),
        20 | 21 => {
            let name = *rng.pick(&["Action", "Resource", "NotAction", "NotResource"]);
            if statement.contains_key(name) {
                let value = match rng.below(5) {
                    0 => json!([]),
                    1 => json!(null),
                    2 => json!([["*"]]),
                    3 => json!(["*", 1]),
                    _ => json!({"a": "b"}),
                };
                statement.insert(name.into(), value);
            }
        }
        22 => drop(statement.insert("Principal".into(), json!("*"))),
        23 => drop(statement.insert("NotPrincipal".into(), user)),
        24 => drop(statement.insert("Resource".into(), json!("arn:aws:s3:::b/k"))),
        _ => drop(statement.insert("Action".into(), json!("*"))),
    }
}

/// Puts a bad text into the list of one of two elements, alone or behind what is there.
fn put(rng: &mut Rng, statement: &mut Map<String, Value>, names: [&str; 2], bad: &str) {
    let name = if statement.contains_key(names[0]) { names[0] } else { names[1] };
    let value = match statement.get(name) {
        Some(Value::Array(list)) => {
            let mut list = list.clone();
            list.push(json!(bad));
            Value::Array(list)
        }
        Some(Value::String(text)) if rng.chance(50) => json!([text, bad]),
        _ => json!(bad),
    };
    statement.insert(name.into(), value);
}

fn action(rng: &mut Rng, statement: &mut Map<String, Value>) {
    let bad = rng.text(&[
        "GetObject",
        "",
        "s3:",
        ":GetObject",
        "s3:Get:Object",
        "a a:ListBucket",
        "s3*:GetObject",
        "s?:GetObject",
        "**",
        "s3:Get Object",
        "s3:${aws:username}",
        "s3:Gét",
        "s3:Get\u{7f}",
        "S3:GetObject",
        "s3:Get*Object",
        "s3:?et",
        "*:Get*",
        "s3_x:Get",
        "STS:AssumeRole",
        "sts:Assume*",
        "*",
        "*:*",
    ]);
    put(rng, statement, ["Action", "NotAction"], &bad);
}

fn resource(rng: &mut Rng, kind: &str, statement: &mut Map<String, Value>) {
    let bad = rng.text(&[
        "invalid",
        "",
        "**",
        "arn:aws",
        "arn:aws:",
        "arn:aws:sqs",
        "arn:aws:sqs:us-east-1",
        "arn:aws:s3::b",
        "aws:s3:::b",
        "arn:error:s3:::b",
        "arn:aws*:s3:::b",
        "arn:aws-:s3:::b",
        "ARN:aws:s3:::b",
        "arn:aws::us-east-1:111122223333:x",
        "arn:aws:S3:::b",
        "arn:aws:*:::b",
        "arn:aws:s?:::b",
        "arn:aws:s3:US:111122223333:b",
        "arn:aws:iam::12345:user/x",
        "arn:aws:iam::1111222233334:user/x",
        "arn:aws:iam::1111*:user/x",
        "arn:aws:iam::*************:user/x",
        "arn:aws:iam::aws:policy/x",
        "arn:aws:s3:::",
        "arn:aws:s3:::b/${aws:username",
        "arn:aws:s3:::b/${}",
        "arn:aws:s3:::b/${username}",
        "arn:aws:s3:::b/${aws:user name}",
        "arn:aws:s3:::b/${aws:username, x}",
        "arn:aws:s3:::b/${aws:username,'x'}",
        "arn:aws:s3:::b/${aws:username,  'x'}",
        "arn:aws:s3:::b/${aws:username, 'x}",
        "arn:aws:s3:::b/${aws:username, 'x'y'}",
        "arn:aws:s3:::b/${aws:${x:y}}",
        "arn:aws:${aws:PrincipalAccount}:us-east-1:111122223333:q",
        "arn:${aws:PrincipalAccount}:s3:::q",
        "arn:aws:sqs:us-east-1:1${aws:PrincipalAccount}:q",
        "arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q",
    ]);
    if kind == "trust" && rng.chance(70) {
        return;
    }
    put(rng, statement, ["Resource", "NotResource"], &bad);
}

fn principal(rng: &mut Rng, kind: &str, statement: &mut Map<String, Value>) {
    let list = [
        json!("123456789012"),
        json!("**"),
        json!({}),
        json!([]),
        json!(["*"]),
        json!(null),
        json!({"AWS": []}),
        json!({"aws": "*"}),
        json!({"Group": "x"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/*"}),
        json!({"AWS": "arn:aws:iam::111122223333:role/App?"}),
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/App/*"}),
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/App"}),
        json!({"AWS": "arn:aws:iam::111122223333:group/g"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/"}),
        json!({"AWS": "arn:aws:iam::12345:root"}),
        json!({"AWS": "arn:aws:iam:us-east-1:111122223333:root"}),
        json!({"AWS": "arn:aws:iam::111122223333:assumed-role/App/s"}),
        json!({"AWS": "arn:aws:sts::111122223333:role/App"}),
        json!({"AWS": "12345"}),
        json!({"AWS": ["arn:aws:iam::111122223333:user/alice", {}]}),
        json!({"AWS": ["*", "12345"]}),
        json!({"AWS": "ASIAEXAMPLEEXAMPLE12"}),
        json!({"AWS": "AIDAexample"}),
        json!({"AWS": 111122223333u64}),
        json!({"AWS": [111122223333u64, "444455556666"]}),
        json!({"AWS": 11112222333u64}),
        json!({"AWS": 1111222233334u64}),
        json!({"AWS": 111122223333.5}),
        json!({"AWS": -11112222333i64}),
        json!({"AWS": ["111122223333", 5]}),
        json!({"CanonicalUser": 111122223333u64}),
        json!({"Service": ["ec2.amazonaws.com", 111122223333u64]}),
        json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE23456"}),
        json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity e1"}),
        json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "}),
        json!({"AWS": "arn:aws:iam::cloudfront:user/alice"}),
        json!({"AWS": "arn:aws:iam::cloudfront:root"}),
        json!({"AWS": "arn:aws:iam::111122223333:user/CloudFront Origin Access Identity E1"}),
        json!({"Service": "amazonaws.com"}),
        json!({"Service": ".amazonaws.com"}),
        json!({"Service": "lambda..amazonaws.com"}),
        json!({"Service": "lambda.amazonaws.com."}),
        json!({"Service": "lambda.amazonaws.com.de"}),
        json!({"Service": "exampleamazonaws.com"}),
        json!({"Service": "a.b.c.d.csp.hci.ic.gov"}),
        json!({"Service": "ec2.adc-e.uk"}),
        json!({"Federated": "cognito-identity-us-gov.amazonaws.com"}),
        json!({"Federated": "cognito-identity-eu.amazonaws.com"}),
        json!({"Federated": "cognito-identity.eu-west-1.amazonaws.com"}),
        json!({"Federated": "cognito-identity.a.b.amazonaws.com"}),
        json!({"Federated": "cognito-identity.cn-north-1.amazonaws.com.cn"}),
        json!({"Federated": "cognito-identity.amazonaws.com.cn"}),
        json!({"Service": "*"}),
        json!({"Service": "s3"}),
        json!({"Service": "S3.amazonaws.com"}),
        json!({"Service": "*.amazonaws.com"}),
        json!({"Federated": "login.example.com"}),
        json!({"Federated": "*"}),
        json!({"Federated": "arn:aws:iam::111122223333:saml-provider/Corp"}),
        json!({"CanonicalUser": "xyz"}),
        json!({"CanonicalUser": "7777777777777777777777777777777777777777777777777777777777777777"}),
        json!({"AWS": "*"}),
        json!("*"),
    ];
    let name = if statement.contains_key("NotPrincipal") { "NotPrincipal" } else { "Principal" };
    if statement.contains_key(name) || (kind == "identity" && rng.chance(30)) {
        let value = rng.pick(&list).clone();
        statement.insert(name.into(), value);
    }
}
