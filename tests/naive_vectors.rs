//! The naive evaluator decides every vector as the vector expects, and accepts and refuses every document of the
//! second file.

mod naive;

use serde_json::{Value, json};

/// The lines of a file as JSON.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn text<'a>(line: &'a Value, name: &str) -> &'a str {
    line.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The bytes that pairs of hexadecimal digits stand for.
fn unhex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(pair).collect()
}

#[test]
fn every_vector_is_decided_as_it_expects() {
    let vectors = lines(include_str!("data/vectors.jsonl"));
    assert_eq!(vectors.len(), 606);
    let mut failures = Vec::new();
    for vector in &vectors {
        let outcome = naive::decide(vector).as_str();
        if outcome != text(vector, "expect") {
            let (id, expect, why) = (text(vector, "id"), text(vector, "expect"), text(vector, "why"));
            failures.push(format!("{id}: {outcome}, not {expect}: {why}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_document_is_refused_or_accepted_as_its_line_says() {
    let documents = lines(include_str!("data/invalid.jsonl"));
    assert_eq!(documents.len(), 320);
    let mut failures = Vec::new();
    for document in &documents {
        let bytes = match document.get("policy_hex").and_then(Value::as_str) {
            Some(hex) => unhex(hex),
            None => text(document, "policy").as_bytes().to_vec(),
        };
        let options = document.get("options").cloned().unwrap_or(json!({}));
        let got = naive::check(text(document, "kind"), &bytes, &options);
        let accepted = text(document, "expect") == "valid";
        // Seed quotes may carry several faults (R-ERR-3).
        let is_seed = text(document, "id").contains("seed");
        let right = match &got {
            Ok(_) => accepted,
            Err(code) => !accepted && (is_seed || *code == text(document, "code")),
        };
        if !right {
            let (id, expect, code) = (text(document, "id"), text(document, "expect"), text(document, "code"));
            failures.push(format!("{id}: {:?}, not {expect} {code}", got.err()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A statement of a policy, in which `who` stands for its principal.
fn policy(effect: &str, who: Option<&Value>, condition: Value) -> Value {
    let mut statement = json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition});
    if let Some(who) = who {
        statement["Principal"] = who.clone();
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn decide(policies: &Value, principal: &Value, context: &Value) -> &'static str {
    let request = json!({"principal": principal, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "resource_account": "111122223333", "context": context});
    naive::decide(&json!({"policies": policies, "request": request})).as_str()
}

/// Cases that no vector has: what was decided where the specification leaves a choice (the list in `naive/mod.rs`).
#[test]
fn choices_of_the_naive_evaluator_hold() {
    let origin = json!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1");
    let other = json!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2");
    let alice = json!("arn:aws:iam::111122223333:user/alice");
    let of_root = json!({"type": "federated_user", "arn": "arn:aws:sts::111122223333:federated-user/f",
        "user_arn": "arn:aws:iam::111122223333:root"});
    let service = json!({"type": "service", "service": "sns.amazonaws.com"});
    let none = json!({});
    let all = policy("Allow", None, none.clone());
    let deny = |condition: Value| json!([all, policy("Deny", None, condition)]);
    let other_action = json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]});
    let not_principal = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": [origin, "111122223333"]}, "Action": "*", "Resource": "*"}]});
    let grant = |who: &Value| policy("Allow", Some(&json!({"AWS": who})), none.clone());
    let account = json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}});
    let unknown_default = json!({"StringEquals": {"x:k": "${aws:userid, 'a'}"}});
    let tags_default = json!({"StringNotEquals": {"x:k": "${aws:TagKeys, 'a'}"}});
    let cases = [
        ("an origin that is named", json!({"resource": grant(&origin)}), &origin, &none, "allow"),
        ("another origin", json!({"resource": grant(&other)}), &origin, &none, "implicit_deny"),
        ("an origin has no identity policy", json!({"identity": [all]}), &origin, &none, "implicit_deny"),
        (
            "an origin's account",
            json!({"resource": grant(&origin), "identity": deny(account.clone())}),
            &origin,
            &none,
            "explicit_deny",
        ),
        (
            "no NotPrincipal exempts an origin",
            json!({"resource": not_principal}),
            &origin,
            &none,
            "explicit_deny",
        ),
        (
            "a boundary limits an origin",
            json!({"resource": grant(&origin), "boundary": other_action}),
            &origin,
            &none,
            "implicit_deny",
        ),
        (
            "a user's session policy limits a direct grant",
            json!({"resource": grant(&alice), "session": other_action}),
            &alice,
            &none,
            "implicit_deny",
        ),
        (
            "a user's boundary does not",
            json!({"resource": grant(&alice), "boundary": other_action}),
            &alice,
            &none,
            "allow",
        ),
        (
            "the boundary of the root user's federated user",
            json!({"session": all, "boundary": other_action}),
            &of_root,
            &none,
            "implicit_deny",
        ),
        ("its identity policy is no help", json!({"identity": [all]}), &of_root, &none, "implicit_deny"),
        (
            "the time under ForAllValues",
            json!({"identity": deny(json!({"ForAllValues:DateEquals": {"aws:EpochTime": "1"}}))}),
            &alice,
            &json!({"aws:CurrentTime": ["2026"]}),
            "explicit_deny",
        ),
        (
            "the type of a service under Null",
            json!({"resource": grant(&json!("*")),
            "identity": deny(json!({"Null": {"aws:PrincipalType": "true"}}))}),
            &service,
            &none,
            "explicit_deny",
        ),
        (
            "aws:userid of a service is absent",
            json!({"resource": policy("Allow", Some(&json!("*")),
            json!({"Null": {"aws:userid": "true"}}))}),
            &service,
            &none,
            "allow",
        ),
        (
            "no default for what is unknown",
            json!({"identity": [policy("Allow", None, unknown_default)]}),
            &alice,
            &json!({"x:k": ["a"]}),
            "implicit_deny",
        ),
        (
            "nor for a multivalued key",
            json!({"identity": deny(tags_default)}),
            &alice,
            &json!({"x:k": ["a"]}),
            "explicit_deny",
        ),
        (
            "a flag that fits no user",
            json!({"identity": [all]}),
            &json!({"type": "user", "arn": alice, "service_linked_role": true}),
            &none,
            "implicit_deny",
        ),
    ];
    for (what, policies, principal, context, expected) in &cases {
        assert_eq!(decide(policies, principal, context), *expected, "{what}");
    }
}
