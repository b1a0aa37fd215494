//! The naive evaluator's explanation of a case agrees with its decision, on generated cases and on every vector, and
//! within itself.

mod naive;

use naive::generate::{self, Rng};
use naive::trace::{Explained, Fact, Layer, OfCondition, OfResource, OfStatement, explain};
use naive::{Outcome, Truth};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CASES: u64 = 20_000;

/// Explains the case and holds the parts of the explanation to one another and to the decision.
fn check(case: &Value) -> Explained {
    let explained = explain(case);
    assert_eq!(explained.outcome(), naive::decide(case), "{case}");
    if let Explained::Decided(resources) = &explained {
        for resource in resources {
            check_resource(resource, case);
        }
    }
    explained
}

/// R-GEN-6, R-GEN-8 and section 8.2, as far as they need nothing but the statements.
fn check_resource(of: &OfResource, case: &Value) {
    let places = |of: &OfStatement| (of.layer, of.level, of.policy, of.statement);
    assert!(of.statements.is_sorted_by(|one, next| places(one) < places(next)), "{case}");
    for statement in &of.statements {
        check_statement(statement, case);
    }
    // R-EVAL-5
    let denied = of.statements.iter().any(|statement| {
        let counts = !(of.set_aside && statement.layer == Layer::Resource);
        counts && !statement.allow && statement.truth != Truth::False
    });
    assert_eq!(denied, of.outcome == Outcome::ExplicitDeny, "{case}");
    // R-EVAL-7, R-EVAL-8, R-EVAL-16: what must allow.
    let needed = |(layer, _): &(Layer, usize)| matches!(layer, Layer::Scp | Layer::Vpce);
    if of.silent.iter().any(needed) {
        assert_ne!(of.outcome, Outcome::Allow, "{case}");
    }
    for (layer, level) in &of.silent {
        let mut allows =
            of.statements.iter().filter(|of| of.layer == *layer && of.level == *level && of.allow);
        assert!(allows.all(|of| of.truth != Truth::True), "{case}");
    }
}

fn check_statement(of: &OfStatement, case: &Value) {
    // R-COND-1
    let conditions = of.each.iter().map(|of| of.truth).min().unwrap_or(Truth::True);
    assert_eq!(of.conditions, conditions, "{case}");
    assert_eq!(of.truth, of.action.min(of.resource).min(of.principal).min(conditions), "{case}");
    for condition in &of.each {
        let possible = possible(condition);
        assert!(possible.contains(&condition.truth), "{condition:?}, not of {possible:?}: {case}");
    }
}

/// The truths that a condition can have with this fact.
fn possible(of: &OfCondition) -> Vec<Truth> {
    let negated = of.name.contains("Not");
    let value = |fact: &Fact| match fact {
        Fact::Matches { .. } => vec![Truth::of(!negated)],
        Fact::NoMatch => vec![Truth::of(negated)],
        // R-VAR-10; a comparison with another policy value may be INDET beside it.
        Fact::VariableWithoutValue if !negated => vec![Truth::False, Truth::Indet],
        _ => vec![Truth::Indet],
    };
    match of.fact {
        Fact::Unknown | Fact::SeveralValues | Fact::EmptySet => vec![Truth::Indet],
        // R-MISS-4: the values of a `Null` tell.
        Fact::Absent | Fact::Present if of.name == "Null" => vec![Truth::False, Truth::True],
        // R-MISS-1
        Fact::Absent if of.name.ends_with("IfExists") => vec![Truth::True],
        Fact::Absent if of.name.starts_with("ForAllValues") => vec![Truth::True],
        Fact::Absent if of.name.starts_with("ForAnyValue") => vec![Truth::False],
        Fact::Absent => vec![Truth::of(negated)],
        _ => {
            assert!(of.of_values.contains(&of.fact), "{of:?}");
            let low = of.of_values.iter().map(|fact| value(fact)[0]);
            let high = of.of_values.iter().map(|fact| *value(fact).last().expect("one or two"));
            // R-MISS-1, R-MISS-3
            match of.name.split_once(':') {
                Some(("ForAllValues", _)) => vec![low.min().expect("present"), high.min().expect("present")],
                Some(_) => vec![low.max().expect("present"), high.max().expect("present")],
                None => value(&of.fact),
            }
        }
    }
}

/// A fact without its numbers.
fn name(fact: &Fact) -> String {
    let text = format!("{fact:?}");
    text.split(" {").next().unwrap_or_default().to_string()
}

#[test]
fn generated_cases_are_explained_as_they_are_decided() {
    let mut rng = Rng::new(2026);
    let mut outcomes = BTreeMap::new();
    let mut facts = BTreeMap::new();
    for _ in 0..CASES {
        let case = generate::case(&mut rng);
        let explained = check(&case);
        *outcomes.entry(explained.outcome()).or_insert(0) += 1;
        let Explained::Decided(resources) = explained else { continue };
        for condition in resources.iter().flat_map(|of| &of.statements).flat_map(|of| &of.each) {
            *facts.entry(name(&condition.fact)).or_insert(0) += 1;
        }
    }
    println!("{outcomes:?}\n{facts:?}");
    assert_eq!(outcomes.len(), 4);
    // Ten facts, one of them by two rules.
    assert_eq!(facts.len(), 11, "{facts:?}");
}

#[test]
fn every_vector_is_explained_as_it_is_decided() {
    for line in include_str!("data/vectors.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).expect("JSON");
        let explained = check(&vector);
        assert_eq!(Some(explained.outcome().as_str()), vector["expect"].as_str(), "{vector}");
    }
}

/// One Allow of one condition about `x:k`, and the values of the request.
fn of_condition(operator: &str, policy: Value, context: Value, declared: Value) -> OfCondition {
    let case = json!({"policies": {"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Action": "*", "Resource": "*", "Condition": {operator: policy}}}]},
        "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k", "context": context, "multivalued": declared}});
    let Explained::Decided(resources) = check(&case) else { panic!("{case}") };
    resources[0].statements[0].each[0].clone()
}

#[test]
fn each_fact_is_told() {
    let matches = |request_value, policy_value| Fact::Matches { request_value, policy_value };
    let none = json!([]);
    let (t, f, i) = (Truth::True, Truth::False, Truth::Indet);
    let cases = [
        ("StringEquals", json!(["a", "b"]), json!(["b"]), matches(0, 1), t),
        ("StringNotEquals", json!(["a", "b"]), json!(["b"]), matches(0, 1), f),
        ("StringLike", json!(["c", "b*", "*"]), json!(["b"]), matches(0, 1), t),
        ("StringEquals", json!("a"), json!(["b"]), Fact::NoMatch, f),
        ("StringEquals", json!("a"), none.clone(), Fact::Absent, f),
        ("StringNotEqualsIfExists", json!("a"), none.clone(), Fact::Absent, t),
        ("StringEquals", json!("a"), json!(["a", "a"]), Fact::SeveralValues, i),
        ("NumericEquals", json!("1"), json!(["one"]), Fact::DoesNotParse, i),
        ("ArnLike", json!("arn:aws:s3:::${x:nokey}"), json!(["b"]), Fact::DoesNotParse, i),
        ("StringEquals", json!(["${x:nokey}", "a"]), json!(["a"]), matches(0, 1), t),
        ("StringEquals", json!(["${x:nokey}", "a"]), json!(["b"]), Fact::VariableWithoutValue, f),
        ("StringNotEquals", json!(["${x:nokey}", "a"]), json!(["b"]), Fact::VariableWithoutValue, i),
        ("StringEqualsIgnoreCase", json!("équipe"), json!(["Équipe"]), Fact::Ambiguous("R-STR-2"), i),
        ("IpAddress", json!("10.0.0.0/8"), json!(["::ffff:10.0.0.1"]), Fact::Ambiguous("R-IP-3"), i),
        ("Null", json!("false"), json!(["a"]), Fact::Present, t),
        ("Null", json!("false"), none.clone(), Fact::Absent, f),
        ("Null", json!("false"), json!([""]), Fact::EmptySet, i),
        ("ForAnyValue:StringEquals", json!(["", "a"]), json!([""]), Fact::EmptySet, i),
        ("ForAllValues:StringEquals", json!(["", "a"]), json!([""]), matches(0, 0), t),
        ("ForAllValues:NumericEquals", json!("1"), json!([""]), Fact::DoesNotParse, i),
        // The first of the request's values that matches, and not the one that decides.
        ("ForAllValues:StringEquals", json!("a"), json!(["b", "a"]), matches(1, 0), f),
        ("ForAnyValue:StringNotEquals", json!("a"), json!(["b", "a"]), matches(1, 0), t),
        ("ForAnyValue:NumericEquals", json!("1"), json!(["2", "one"]), Fact::DoesNotParse, i),
    ];
    for (operator, policy, request, fact, truth) in cases {
        let of = of_condition(operator, json!({"x:k": policy}), json!({"x:k": request}), json!([]));
        assert_eq!((of.fact, of.truth), (fact, truth), "{operator} {policy} {request}");
    }
    let of = of_condition("StringEquals", json!({"x:k": "a"}), json!({"x:k": ["a"]}), json!(["X:k"]));
    assert_eq!((of.fact, of.truth), (Fact::SeveralValues, i));
    let of = of_condition("Null", json!({"aws:CurrentTime": "true"}), json!({}), json!([]));
    assert_eq!((of.fact, of.truth), (Fact::Unknown, i));
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn statements_and_silent_layers_have_their_places() {
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let ec2 = json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"});
    let narrow = json!({"Effect": "Deny", "NotAction": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {
        "StringEquals": {"x:b": "1", "x:a": "1"}, "ForAnyValue:StringEqualsIfExists": {"x:c": "1"}}});
    let mut case = json!({"policies": {"identity": [policy(ec2.clone()), policy(json!([all, narrow]))],
        "scp": [[policy(all.clone())], [policy(ec2.clone()), policy(ec2.clone())], []],
        "boundary": policy(ec2)},
        "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resources": [{"arn": "arn:aws:s3:::b/k", "context": {"x:a": ["1"]}}, {"arn": "arn:aws:s3:::c/k"}]}});
    let Explained::Decided(resources) = check(&case) else { panic!("{case}") };
    assert_eq!(resources.len(), 2);
    let (one, other) = (&resources[0], &resources[1]);
    let places: Vec<_> =
        one.statements.iter().map(|of| (of.layer, of.level, of.policy, of.statement)).collect();
    let expected = [
        (Layer::Identity, 0, 0, 0),
        (Layer::Identity, 0, 1, 0),
        (Layer::Identity, 0, 1, 1),
        (Layer::Boundary, 0, 0, 0),
        (Layer::Scp, 0, 0, 0),
        (Layer::Scp, 1, 0, 0),
        (Layer::Scp, 1, 1, 0),
    ];
    assert_eq!(places, expected);
    assert_eq!(one.silent, [(Layer::Boundary, 0), (Layer::Scp, 1), (Layer::Scp, 2)]);
    assert_eq!(one.outcome, Outcome::ImplicitDeny);
    // All four are told, whatever the others say.
    let (one, other) = (&one.statements[2], &other.statements[2]);
    assert_eq!((one.action, one.resource, one.truth), (Truth::False, Truth::True, Truth::False));
    assert_eq!(other.resource, Truth::False);
    let conditions: Vec<_> =
        one.each.iter().map(|of| (of.operator, of.key_number, of.key.as_str())).collect();
    assert_eq!(conditions, [(0, 0, "x:b"), (0, 1, "x:a"), (1, 0, "x:c")]);
    assert_eq!(one.each[2].name, "ForAnyValue:StringEqualsIfExists");
    assert_eq!(one.each[1].fact, Fact::Matches { request_value: 0, policy_value: 0 });
    assert_eq!(other.each[1].fact, Fact::Absent);

    // R-EVAL-23: nothing is asked.
    case["request"]["action"] = json!("sts:GetCallerIdentity");
    let Explained::Decided(resources) = check(&case) else { panic!("{case}") };
    assert!(
        resources[0].nothing_asked && resources[0].statements.is_empty() && resources[0].silent.is_empty()
    );
    // R-GEN-3
    case["request"]["action"] = json!("s3:*");
    assert_eq!(check(&case), Explained::Malformed);
    // R-GEN-2: a refused document comes first.
    case["policies"]["boundary"] = json!({});
    assert_eq!(check(&case), Explained::InvalidPolicy("MISSING_ELEMENT"));
}
