//! The three truth values: where each comes from, how they combine, and what they do to an Allow and to a Deny.

mod support;

use iamlet::ground::truth::Truth::{self, False, Indet, True};
use serde_json::{Value, json};
use support::{
    Given, Told, allow, app_session, condition, deny, given, grant, renamed, service, truth, with,
};

/// A request of an action and on a resource that [`Part`]s can be TRUE, INDET or FALSE of.
fn asked() -> Given {
    given()
        .action("ec2:StopInstances")
        .on("arn:aws:ec2:us-east-1:111122223333:store/abc:111122223333:instance/x")
        .key("x:n", &["abc"])
        .key("x:t", &["v"])
}

/// A resource of this truth value.
fn resource(value: Truth) -> Value {
    json!(match value {
        True => "arn:aws:ec2:*:111122223333:store/*",
        Indet => "arn:aws:ec2:*:111122223333:instance/*",
        False => "arn:aws:ec2:*:111122223333:volume/*",
    })
}

/// A test on a context key of its own, of this truth value.
fn test(value: Truth) -> (&'static str, Value) {
    match value {
        True => ("StringEquals", json!({"x:t": "v"})),
        Indet => ("NumericLessThan", json!({"x:n": "5"})),
        False => ("StringEqualsIgnoreCase", json!({"x:t": "w"})),
    }
}

const ALL: [Truth; 3] = [False, Indet, True];

// R-GEN-5, R-GEN-8
#[test]
fn a_statement_is_the_least_of_its_parts() {
    for action in [False, True] {
        for on in ALL {
            for when in ALL {
                let pattern = if action == True { "ec2:Stop*" } else { "ec2:Start*" };
                let (operator, of) = test(when);
                let statement = with(allow(pattern, resource(on)), "Condition", json!({operator: of}));
                let least = action.min(on).min(when);
                assert_eq!(truth(&asked(), &statement), least, "{statement}");
            }
        }
    }
}

// R-GEN-5
#[test]
fn conditions_are_the_least_of_their_tests() {
    for a in ALL {
        for b in ALL {
            if a == b {
                continue;
            }
            let ((first, of_a), (second, of_b)) = (test(a), test(b));
            assert_eq!(condition(&asked(), json!({first: of_a, second: of_b})), a.min(b), "{a:?} {b:?}");
        }
    }
}

// R-GEN-5
#[test]
fn lists_are_the_greatest_of_their_entries_and_their_negation_turns_that_round() {
    for a in ALL {
        for b in ALL {
            let either = allow("*", json!([resource(a), resource(b)]));
            assert_eq!(truth(&asked(), &either), a.max(b), "{a:?} {b:?}");
            let neither = renamed(either, "Resource", "NotResource");
            let turned = match a.max(b) {
                True => False,
                Indet => Indet,
                False => True,
            };
            assert_eq!(truth(&asked(), &neither), turned, "{a:?} {b:?}");
        }
    }
}

// R-GEN-6
#[test]
fn an_allow_needs_true_and_a_deny_needs_less() {
    let numeric = |effect: Value| with(effect, "Condition", json!({"NumericLessThan": {"x:n": "5"}}));
    for (value, allowed, denied) in [("4", true, true), ("abc", false, true), ("6", false, false)] {
        let asked = given().key("x:n", &[value]);
        let allow_it = asked.clone().identity(numeric(allow("*", "*")));
        if allowed {
            allow_it.allows()
        } else {
            allow_it.denies()
        }
        let deny_it = asked.identity(allow("*", "*")).identity(numeric(deny("*", "*")));
        if denied { deny_it.denies_explicitly() } else { deny_it.allows() }
    }
}

// R-GEN-6: in every layer.
#[test]
fn a_deny_that_is_left_open_denies_in_every_layer() {
    let open = |statement: Value| with(statement, "Condition", json!({"NumericLessThan": {"x:n": "5"}}));
    let asked = given().key("x:n", &["abc"]).by(app_session()).identity(allow("*", "*"));
    let both = json!([allow("*", "*"), open(deny("*", "*"))]);
    let for_all = json!([grant("*"), with(open(deny("*", "*")), "Principal", "*")]);
    asked.clone().identity(open(deny("*", "*"))).denies_explicitly();
    asked.clone().boundary(both.clone()).denies_explicitly();
    asked.clone().session(both.clone()).denies_explicitly();
    asked.clone().scp([both]).denies_explicitly();
    let rcp = with(open(deny("s3:*", "*")), "Principal", "*");
    asked.clone().rcp([rcp]).denies_explicitly();
    asked.clone().resource_policy(for_all.clone()).denies_explicitly();
    asked.clone().endpoint(for_all).denies_explicitly();
    asked.allows();
}

// R-GEN-6: in every layer.
#[test]
fn an_allow_that_is_left_open_does_not_allow_in_any_layer() {
    let open = |statement: Value| with(statement, "Condition", json!({"NumericLessThan": {"x:n": "5"}}));
    let asked = |n: &str| given().key("x:n", &[n]).by(app_session());
    let all = || allow("*", "*");
    for n in ["4", "abc"] {
        for given in [
            asked(n).identity(open(all())),
            asked(n).identity(all()).boundary(open(all())),
            asked(n).identity(all()).session(open(all())),
            asked(n).identity(all()).scp([open(all())]),
            asked(n).resource_policy(open(grant("*"))),
            asked(n).identity(all()).endpoint(open(grant("*"))),
        ] {
            if n == "4" { given.allows() } else { given.denies() }
        }
    }
}

// R-GEN-7
#[test]
fn a_plain_mismatch_is_false() {
    let asked = given().key("x:k", &["v"]).key("x:n", &["6"]);
    for statement in [
        allow("s3:PutObject", "*"),
        allow("*", "arn:aws:s3:::c/*"),
        with(allow("*", "*"), "Condition", json!({"StringEquals": {"x:k": "w"}})),
        with(allow("*", "*"), "Condition", json!({"NumericLessThan": {"x:n": "5"}})),
        with(allow("*", "*"), "Condition", json!({"StringEquals": {"x:absent": "v"}})),
        with(allow("*", "*"), "Condition", json!({"StringNotEquals": {"x:k": "v"}})),
    ] {
        assert_eq!(truth(&asked, &statement), False, "{statement}");
    }
}

// R-GEN-7: the sources of INDET, one each.
#[test]
fn indet_has_its_sources() {
    let asked = asked().key("x:two", &["a", "b"]).key("x:empty", &[""]).key("x:ip", &["::ffff:10.0.0.1"]);
    for of in [
        json!({"NumericEquals": {"x:n": 5}}),
        json!({"StringEquals": {"x:two": "a"}}),
        json!({"ForAnyValue:StringEquals": {"x:empty": ""}}),
        json!({"Null": {"x:empty": "false"}}),
        json!({"IpAddress": {"x:ip": "10.0.0.0/8"}}),
        json!({"StringNotEquals": {"x:t": "${aws:PrincipalTag/none}"}}),
    ] {
        assert_eq!(condition(&asked, of.clone()), Indet, "{of}");
    }
    assert_eq!(truth(&asked, &allow("*", resource(Indet))), Indet);
    let unresolved = renamed(allow("*", "arn:aws:s3:::${aws:PrincipalTag/none}"), "Resource", "NotResource");
    assert_eq!(truth(&asked, &unresolved), Indet);
}

// R-GEN-5, R-GEN-8: the principal is a part like the others, and counts only where the kind has one.
#[test]
fn the_principal_is_a_part_of_the_match() {
    let caller = || asked().by(service("s3.amazonaws.com"));
    let star = |statement: Value| with(statement, "Principal", json!({"AWS": "*"}));
    caller().resource_policy(json!([grant("*"), star(deny("*", "*"))])).denies_explicitly();
    caller().resource_policy(json!([grant("*"), star(deny("*", resource(False)))])).allows();
    caller().resource_policy(star(allow("*", "*"))).denies();
    let bob =
        |statement: Value| with(statement, "Principal", json!({"AWS": "arn:aws:iam::111122223333:user/bob"}));
    asked().resource_policy(json!([grant("*"), bob(deny("*", "*"))])).allows();
    asked().resource_policy(json!([grant("*"), bob(deny("*", resource(Indet)))])).allows();
}

// R-GEN-2, R-GEN-3
#[test]
fn a_bad_policy_or_a_bad_request_is_never_allowed() {
    let everything = given().identity(allow("*", "*"));
    everything.clone().allows();
    // The outcomes have four names, of which one permits.
    let name = |given: &Given| given.case().outcome().name();
    assert_eq!(name(&everything), "allow");
    assert_eq!(name(&given()), "implicit_deny");
    assert_eq!(name(&everything.clone().identity(deny("*", "*"))), "explicit_deny");
    let with_bad_policy = everything.clone().identity(json!({"Statement": []}));
    assert_eq!(name(&with_bad_policy), "invalid_policy");
    assert!(matches!(with_bad_policy.told(), Told::InvalidPolicy(_)));
    let with_bad_request = everything.action("s3:*");
    assert_eq!(name(&with_bad_request), "implicit_deny");
    assert!(matches!(with_bad_request.told(), Told::Malformed(_)));
}
