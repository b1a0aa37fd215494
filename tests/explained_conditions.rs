//! What an explanation says of a condition: each fact, and each change, word by word.

use iamlet::{Change, Fact, JudgedCondition, PolicySet, Role};
use iamlet_cases::{Case, OwnedEntry, read_line};
use serde_json::{Value, json};

/// What is said of the only condition of a statement, in one line: why it holds or not, and which change would turn it.
fn told_of(effect: &str, condition: &Value, context: &Value) -> String {
    let case = json!({
        "policies": {"identity": [{"Version": "2012-10-17", "Statement": {
            "Effect": effect, "Action": "s3:*", "Resource": "*", "Condition": condition}}]},
        "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k", "context": context}});
    let case = Case::read(&case).expect("a case");
    let compiled = case.compile().expect("policies");
    let set = PolicySet::open(&compiled.set).expect("a set");
    let prepared = case.request.prepare().expect("a request");
    let text = prepared.explain(&[set], |_, _, why| why.to_string()).expect("a decision");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let begins =
        |line: &&str| ["holds: ", "does not hold: ", "may "].iter().any(|word| line.starts_with(word));
    let lines = text.lines().map(str::trim_start).skip_while(|line| !begins(line));
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with("Without this Deny")).collect();
    lines.join(" ")
}

#[test]
fn of_a_deny_it_says_why_the_condition_holds_and_what_would_end_that() {
    for (condition, context, expected) in [
        (
            json!({"StringEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["a"]}),
            "holds: k:k is a would not deny with k:k none of a, b",
        ),
        (
            json!({"StringNotEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["c"]}),
            "holds: k:k is c would not deny with k:k one of a, b",
        ),
        (
            json!({"StringEqualsIgnoreCase":{"k:k":"A"}}),
            json!({"k:k":["a"]}),
            "holds: k:k is a, which matches A would not deny with k:k other than A",
        ),
        (
            json!({"StringLike":{"k:k":"a*"}}),
            json!({"k:k":["ab"]}),
            "holds: k:k is ab, which matches a* would not deny with k:k not like a*",
        ),
        (
            json!({"StringLike":{"k:k":["a*","b"]}}),
            json!({"k:k":["ab"]}),
            "holds: k:k is ab, which matches a* would not deny with k:k like none of a*, b",
        ),
        (
            json!({"StringNotLike":{"k:k":["a*","b"]}}),
            json!({"k:k":["c"]}),
            "holds: k:k is c would not deny with k:k like one of a*, b",
        ),
        (
            json!({"StringNotLike":{"k:k":"a*"}}),
            json!({"k:k":["c"]}),
            "holds: k:k is c would not deny with k:k like a*",
        ),
        (
            json!({"NumericEquals":{"k:k":"5"}}),
            json!({"k:k":["5.0"]}),
            "holds: k:k is 5.0, which matches 5 would not deny with k:k other than 5",
        ),
        (
            json!({"NumericLessThan":{"k:k":"5"}}),
            json!({"k:k":["4"]}),
            "holds: k:k is 4, which is less than 5 would not deny with k:k at least 5",
        ),
        (
            json!({"NumericLessThanEquals":{"k:k":"5"}}),
            json!({"k:k":["5"]}),
            "holds: k:k is 5, which is at most 5 would not deny with k:k greater than 5",
        ),
        (
            json!({"NumericGreaterThan":{"k:k":"5"}}),
            json!({"k:k":["6"]}),
            "holds: k:k is 6, which is greater than 5 would not deny with k:k at most 5",
        ),
        (
            json!({"NumericGreaterThanEquals":{"k:k":"5"}}),
            json!({"k:k":["5"]}),
            "holds: k:k is 5, which is at least 5 would not deny with k:k less than 5",
        ),
        (
            json!({"DateLessThan":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-14T10:00:00Z"]}),
            "holds: k:k is 2026-01-14T10:00:00Z, which is before 2026-01-15T00:00:00Z would not deny with k:k not before 2026-01-15T00:00:00Z",
        ),
        (
            json!({"DateLessThanEquals":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-14T10:00:00Z"]}),
            "holds: k:k is 2026-01-14T10:00:00Z, which is not after 2026-01-15T00:00:00Z would not deny with k:k after 2026-01-15T00:00:00Z",
        ),
        (
            json!({"DateGreaterThan":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-16T10:00:00Z"]}),
            "holds: k:k is 2026-01-16T10:00:00Z, which is after 2026-01-15T00:00:00Z would not deny with k:k not after 2026-01-15T00:00:00Z",
        ),
        (
            json!({"DateGreaterThanEquals":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-16T10:00:00Z"]}),
            "holds: k:k is 2026-01-16T10:00:00Z, which is not before 2026-01-15T00:00:00Z would not deny with k:k before 2026-01-15T00:00:00Z",
        ),
        (
            json!({"IpAddress":{"k:k":["192.0.2.0/24","198.51.100.0/24"]}}),
            json!({"k:k":["198.51.100.7"]}),
            "holds: k:k is 198.51.100.7, which is in 198.51.100.0/24 would not deny with k:k not in 192.0.2.0/24, 198.51.100.0/24",
        ),
        (
            json!({"NotIpAddress":{"k:k":["192.0.2.0/24"]}}),
            json!({"k:k":["198.51.100.7"]}),
            "holds: k:k is 198.51.100.7 would not deny with k:k in 192.0.2.0/24",
        ),
        (
            json!({"Bool":{"k:k":"true"}}),
            json!({"k:k":["true"]}),
            "holds: k:k is true would not deny with k:k = false",
        ),
        (
            json!({"BinaryEquals":{"k:k":"YQ=="}}),
            json!({"k:k":["YQ=="]}),
            "holds: k:k is YQ==, which matches YQ== would not deny with k:k other than YQ==",
        ),
        (
            json!({"ArnLike":{"k:k":"arn:aws:s3:::*"}}),
            json!({"k:k":["arn:aws:s3:::b"]}),
            "holds: k:k is arn:aws:s3:::b, which matches arn:aws:s3:::* would not deny with k:k not like arn:aws:s3:::*",
        ),
        (
            json!({"Null":{"k:k":"true"}}),
            json!({}),
            "holds: the request does not have k:k would not deny with a value of k:k",
        ),
        (
            json!({"Null":{"k:k":"false"}}),
            json!({"k:k":["a"]}),
            "holds: the request has k:k would not deny without k:k",
        ),
        (
            json!({"ForAllValues:StringEquals":{"k:k":["a","b"]}}),
            json!({}),
            "holds: the request does not have k:k, and without it ForAllValues:StringEquals holds would not deny with k:k none of a, b",
        ),
        (
            json!({"ForAllValues:StringEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["b","a"]}),
            "holds: the 2 values of k:k are b, a would not deny with k:k none of a, b",
        ),
        (
            json!({"StringEquals":{"k:k":["a","b","c","d","e","f","g","h","i","j","k","l","m","n"]}}),
            json!({"k:k":["n"]}),
            "holds: k:k is n would not deny with k:k none of a, b, c, d, e, f, g, h, i, j, k, l, and 2 more",
        ),
    ] {
        assert_eq!(told_of("Deny", &condition, &context), expected, "{condition}");
    }
}

#[test]
fn of_an_allow_it_says_why_the_condition_does_not_hold_and_what_would_do() {
    for (condition, context, expected) in [
        (
            json!({"StringNotEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["a"]}),
            "does not hold: k:k is a would allow with k:k none of a, b",
        ),
        (
            json!({"StringEqualsIgnoreCase":{"k:k":"A"}}),
            json!({"k:k":["b"]}),
            "does not hold: k:k is b would allow with k:k = A",
        ),
        (
            json!({"NumericLessThan":{"k:k":"5"}}),
            json!({"k:k":["5"]}),
            "does not hold: k:k is 5 would allow with k:k less than 5",
        ),
        (
            json!({"NumericLessThanEquals":{"k:k":"5"}}),
            json!({"k:k":["6"]}),
            "does not hold: k:k is 6 would allow with k:k at most 5",
        ),
        (
            json!({"NumericGreaterThan":{"k:k":"5"}}),
            json!({"k:k":["5"]}),
            "does not hold: k:k is 5 would allow with k:k greater than 5",
        ),
        (
            json!({"NumericGreaterThanEquals":{"k:k":"5"}}),
            json!({"k:k":["4"]}),
            "does not hold: k:k is 4 would allow with k:k at least 5",
        ),
        (
            json!({"DateLessThan":{"k:k":"2026-01-15"}}),
            json!({"k:k":["soon"]}),
            "may not hold, which is too little to allow: k:k is soon, which is no date would allow with k:k before 2026-01-15T00:00:00Z",
        ),
        (
            json!({"DateLessThanEquals":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-16T10:00:00Z"]}),
            "does not hold: k:k is 2026-01-16T10:00:00Z would allow with k:k not after 2026-01-15T00:00:00Z",
        ),
        (
            json!({"DateGreaterThan":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-14T10:00:00Z"]}),
            "does not hold: k:k is 2026-01-14T10:00:00Z would allow with k:k after 2026-01-15T00:00:00Z",
        ),
        (
            json!({"DateGreaterThanEquals":{"k:k":"2026-01-15"}}),
            json!({"k:k":["2026-01-14T10:00:00Z"]}),
            "does not hold: k:k is 2026-01-14T10:00:00Z would allow with k:k not before 2026-01-15T00:00:00Z",
        ),
        (
            json!({"StringEquals":{"k:k":["b","${k:v}"]}}),
            json!({"k:k":["a"]}),
            "does not hold: k:k is a, and a variable has no value in ${k:v} would allow with k:k one of b, ${k:v}",
        ),
        (
            json!({"IpAddress":{"k:k":["192.0.2.0/24"]}}),
            json!({"k:k":["home"]}),
            "may not hold, which is too little to allow: k:k is home, which is no address would allow with k:k in 192.0.2.0/24",
        ),
        (
            json!({"Bool":{"k:k":"true"}}),
            json!({"k:k":["yes"]}),
            "may not hold, which is too little to allow: k:k is yes, which is neither true nor false would allow with k:k = true",
        ),
        (
            json!({"BinaryEquals":{"k:k":"YQ=="}}),
            json!({"k:k":["?"]}),
            "may not hold, which is too little to allow: k:k is ?, which is no base64 would allow with k:k = YQ==",
        ),
        (
            json!({"ArnLike":{"k:k":"arn:aws:s3:::*"}}),
            json!({"k:k":["bucket"]}),
            "may not hold, which is too little to allow: k:k is bucket, which is no ARN would allow with k:k like arn:aws:s3:::*",
        ),
        (
            json!({"Null":{"k:k":"true"}}),
            json!({"k:k":["a"]}),
            "does not hold: the request has k:k would allow without k:k",
        ),
        (
            json!({"Null":{"k:k":"false"}}),
            json!({"k:k":[""]}),
            "may not hold, which is too little to allow: nothing but empty values are sent for k:k would allow with a value of k:k",
        ),
        (
            json!({"Null":{"k:k":["true","false"]}}),
            json!({"k:k":[""]}),
            "may not hold, which is too little to allow: nothing but empty values are sent for k:k",
        ),
        (
            json!({"StringEquals":{"aws:TagKeys":"a"}}),
            json!({"aws:TagKeys":["a"]}),
            "may not hold, which is too little to allow: aws:TagKeys is a key that may have several values, and the operator has no ForAllValues or ForAnyValue",
        ),
        (
            json!({"StringEquals":{"k:k":"a"}}),
            json!({"k:k":["a","b"]}),
            "may not hold, which is too little to allow: k:k has 2 values, and the operator has no ForAllValues or ForAnyValue",
        ),
        (
            json!({"StringEquals":{"k:k":"${k:v}"}}),
            json!({"k:k":["a"]}),
            "does not hold: k:k is a, and a variable has no value in ${k:v}",
        ),
        (
            json!({"StringEqualsIgnoreCase":{"k:k":"É"}}),
            json!({"k:k":["é"]}),
            "may not hold, which is too little to allow: k:k is é, and AWS does not say whether that matches É would allow with k:k = É",
        ),
        (
            json!({"DateLessThan":{"aws:CurrentTime":"2026-01-15"}}),
            json!({}),
            "may not hold, which is too little to allow: AWS always sends aws:CurrentTime and nobody told its value would allow with aws:CurrentTime before 2026-01-15T00:00:00Z",
        ),
        (
            json!({"ForAnyValue:StringEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["c","d"]}),
            "does not hold: the 2 values of k:k are c, d would allow with k:k one of a, b",
        ),
        (
            json!({"ForAllValues:StringEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["b","c"]}),
            "does not hold: one of the 2 values of k:k is c would allow with k:k one of a, b",
        ),
        (
            json!({"ForAllValues:StringEquals":{"k:k":["a","b"]}}),
            json!({"k:k":["",""]}),
            "may not hold, which is too little to allow: nothing but empty values are sent for k:k would allow with k:k one of a, b",
        ),
    ] {
        assert_eq!(told_of("Allow", &condition, &context), expected, "{condition}");
    }
}

/// The numbers of a policy and of its statement.
type Place = (u32, u32);

/// A change that an explanation tells of: the statement, the condition's key, the change, and the policy's values.
struct Told {
    statement: Place,
    key: String,
    change: Change,
    values: Vec<String>,
}

/// The changes that the text of an explanation tells of as enough, and the statements that do not do as they should.
fn changes(case: &Case, set: PolicySet<'_>) -> Option<(Vec<Told>, Vec<Place>)> {
    let prepared = case.request.prepare().ok()?;
    let told = prepared.explain(&[set], |_, _, why| {
        let (mut told, mut blamed) = (Vec::new(), Vec::new());
        for (judged, conditions) in why.statements() {
            let statement = (judged.policy, judged.statement);
            let failing = conditions.clone().filter(|record| record.change.is_some()).count();
            if judged.denies == (judged.role == Role::Decides) {
                blamed.push(statement);
            }
            if !judged.denies && (judged.lacks() > 1 || failing > 1) {
                continue;
            }
            let key = |record: &JudgedCondition| why.condition(record).map(|text| text.folded_key());
            for record in conditions.clone() {
                if !judged.denies && conditions.clone().filter(|other| key(other) == key(&record)).count() > 1
                {
                    continue;
                }
                let (Some(change), Some(text)) = (record.change, why.condition(&record)) else { continue };
                // The text does not tell of these.
                if matches!(record.fact, Fact::SeveralValues | Fact::VariableWithoutValue { .. }) {
                    continue;
                }
                let values: Vec<_> = text.values().map(|value| value.to_string()).collect();
                // What follows from the principal or from other keys takes other changes.
                let key = text.key().to_string();
                if key.starts_with("aws:Principal")
                    || values.iter().any(|value| value.contains(":${") || value.contains("${aws:"))
                {
                    continue;
                }
                told.push(Told { statement, key, change, values });
            }
        }
        (told, blamed)
    });
    told.ok()
}

/// Values to try: one of them makes a condition come out the other way.
fn candidates(values: &[String]) -> Vec<String> {
    let others = [
        "-1",
        "999999",
        "1970-01-02T00:00:00Z",
        "2999-01-01T00:00:00Z",
        "true",
        "false",
        "0.0.0.9",
        "203.0.113.9",
    ];
    let others =
        others.into_iter().chain(["x", "eHl6", "arn:aws:x:y:123456789012:z", "AROAX:y"]).map(str::to_owned);
    let written = values
        .iter()
        .map(|value| value.replace("${*}", "\0").replace('*', "x").replace('\0', "*").replace('?', "x"));
    let addresses = values.iter().map(|value| value.split('/').next().unwrap_or_default().to_owned());
    written.chain(addresses).chain(others).collect()
}

#[test]
fn a_change_that_is_told_turns_its_statement() {
    let (mut tried, mut impossible) = (0, Vec::new());
    for line in include_str!("data/vectors.jsonl").lines() {
        let case = Case::read(&read_line(line.as_bytes()).expect("JSON")).expect("a case");
        let Ok(compiled) = case.compile() else { continue };
        let set = PolicySet::open(&compiled.set).expect("a set");
        let Some((told, _)) = changes(&case, set) else { continue };
        for Told { statement, key, change, values } in told {
            let context = |value: Option<String>| {
                let mut case = case.clone();
                let items = case.request.items.iter_mut().flatten().map(|item| &mut item.context);
                for context in items.chain([&mut case.request.context]) {
                    context.0.retain(|entry| entry.multivalued || !entry.key.eq_ignore_ascii_case(&key));
                }
                let entry =
                    |value| OwnedEntry { key: key.clone(), values: vec![value], ..OwnedEntry::default() };
                case.request.context.0.extend(value.map(entry));
                case
            };
            let turned: Vec<bool> = match change {
                Change::Absent => vec![context(None)],
                _ => candidates(&values).into_iter().map(|value| context(Some(value))).collect(),
            }
            .into_iter()
            .filter_map(|case| changes(&case, set))
            .map(|(_, blamed)| !blamed.contains(&statement))
            .collect();
            // Some requests cannot have the key otherwise: they would contradict themselves.
            tried += usize::from(!turned.is_empty());
            if !turned.is_empty() && !turned.contains(&true) {
                impossible.push(format!("{} {key} {change} {values:?}", case.id));
            }
        }
    }
    assert!(impossible.is_empty(), "{impossible:#?}");
    assert!(tried > 80, "{tried}");
}
