//! What the index may leave out: for statements and requests of every kind of key, it leads to the decision that looking
//! at every statement leads to. Each statement is alone in its set, so that nothing else decides in its place.

#[path = "support/indexed.rs"]
mod indexed;

use iamlet::evaluate::decide_by_scan;
use iamlet::{PolicySet, Request, decide};
use indexed::{indexed_set, prepared};
use serde_json::{Value, json};

const ACTIONS: [&str; 5] = ["sqs:SendMessage", "SQS:sendmessage", "sqs:Send*", "sqs:*", "*"];

/// Literals, heads, wildcards and variables in early and in late fields. A wildcard may match a colon, so that
/// `arn:*:sqs:*:*:q` matches texts whose sixth field is another (R-RES-5).
const RESOURCES: [&str; 9] = [
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:sqs:eu-west-1:111122223333:q*",
    "arn:aws:sqs:*:111122223333:q",
    "arn:*:sqs:*:*:q",
    "arn:*:sqs:*:*:q*",
    "arn:*:sqs:*:*:*",
    "arn:aws:sqs:eu-west-1:111122223333:${aws:username}",
    "arn:*:sqs:*:*:${aws:username}",
    "*",
];

fn conditions() -> Vec<Value> {
    let operators = [
        "StringEquals",
        "StringLike",
        "StringEqualsIfExists",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringLike",
        "Null",
    ];
    let mut all = vec![json!({})];
    for operator in operators {
        for values in [json!(["v", "w*"]), json!("${aws:username}"), json!(["v", "*"])] {
            let values = if operator == "Null" { json!("true") } else { values };
            all.push(json!({operator: {"a:k": values}}));
        }
    }
    all
}

fn document(effect: &str, action: &str, resource: &str, condition: &Value, is_not: bool) -> String {
    let [action_element, resource_element] =
        if is_not { ["NotAction", "NotResource"] } else { ["Action", "Resource"] };
    let mut statement = json!({"Effect": effect, action_element: action, resource_element: resource});
    if condition != &json!({}) {
        statement["Condition"] = condition.clone();
    }
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn requests() -> Vec<Vec<u8>> {
    let mut requests = Vec::new();
    for (action, name) in [("sqs:SendMessage", "q"), ("sqs:SendMessage", "x:q"), ("sqs:Receive", "alice")] {
        let arn = format!("arn:aws:sqs:eu-west-1:111122223333:{name}");
        for values in [&[][..], &["v"], &["why"], &["x"], &["V"], &["v", "x"], &["alice"]] {
            requests.push(prepared(action, &arn, "", values));
        }
    }
    requests
}

#[test]
fn the_index_leaves_out_no_statement_that_has_an_effect() {
    let (requests, conditions) = (requests(), conditions());
    let mut effects = [0; 3];
    for effect in ["Allow", "Deny"] {
        for action in ACTIONS {
            for resource in RESOURCES {
                for condition in &conditions {
                    for is_not in [false, true] {
                        let set = indexed_set(&document(effect, action, resource, condition, is_not), 1);
                        let set = PolicySet::open(&set).expect("a set");
                        for request in &requests {
                            let request = Request::open(request).expect("a request");
                            let decision = decide(&[set], request);
                            assert_eq!(
                                decision,
                                decide_by_scan(&[set], request),
                                "{effect} {action} {resource} {condition}, Not: {is_not}"
                            );
                            effects[decision.expect("a decision").effect as usize] += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(effects.iter().all(|count| *count > 2_000), "{effects:?}");
}
