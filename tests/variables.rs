//! Policy variables: where they may stand, what they stand for, and what they do without a value.

mod support;

use iamlet::ground::truth::Truth::{self, False, Indet, True};
use serde_json::{Value, json};
use support::{
    ACCOUNT, Given, accepts, allow, app_session, condition, deny, given, refuses, renamed, truth, truth_in,
    with,
};

/// Whether the pattern matches the object, in a policy of 2012-10-17.
#[track_caller]
fn matches(given: &Given, pattern: &str, object: &str) -> Truth {
    truth(&given.clone().on(object), &allow("*", pattern))
}

fn tagged(value: &str) -> Given {
    given().key("aws:PrincipalTag/t", &[value])
}

// R-VAR-1
#[test]
fn a_variable_stands_for_the_value_of_its_key() {
    for (pattern, object, is) in [
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/alice/k", True),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/k", False),
        ("arn:aws:s3:::b/${AWS:UserName}/*", "arn:aws:s3:::b/alice/k", True),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/Alice", False),
        ("arn:aws:s3:::b/${aws:username}${aws:username}", "arn:aws:s3:::b/alicealice", True),
        ("arn:aws:s3:::b/*${aws:username}?", "arn:aws:s3:::b/x-alice!", True),
    ] {
        assert_eq!(matches(&given(), pattern, object), is, "{pattern} {object}");
    }
}

// R-VAR-2, R-VAR-8
#[test]
fn a_default_stands_in_for_a_missing_or_empty_value() {
    let pattern = "arn:aws:s3:::b/${aws:PrincipalTag/t, 'all of it'}";
    assert_eq!(matches(&tagged("k"), pattern, "arn:aws:s3:::b/k"), True);
    assert_eq!(matches(&tagged("k"), pattern, "arn:aws:s3:::b/all of it"), False);
    assert_eq!(matches(&given(), pattern, "arn:aws:s3:::b/all of it"), True);
    assert_eq!(matches(&tagged(""), pattern, "arn:aws:s3:::b/all of it"), True);
    assert_eq!(matches(&given().key("aws:PrincipalTag/t", &[]), pattern, "arn:aws:s3:::b/all of it"), True);
    let two = given().key("aws:PrincipalTag/t", &["k", "l"]);
    for object in ["arn:aws:s3:::b/k", "arn:aws:s3:::b/l", "arn:aws:s3:::b/all of it", "arn:aws:s3:::b/"] {
        assert_eq!(matches(&two, pattern, object), False, "{object}");
    }
}

// R-VAR-3
#[test]
fn three_variables_are_the_character_itself() {
    for (pattern, object, is) in [
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", True),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/k", False),
        ("arn:aws:s3:::b/${?}", "arn:aws:s3:::b/?", True),
        ("arn:aws:s3:::b/${?}", "arn:aws:s3:::b/k", False),
        ("arn:aws:s3:::b/${$}{x}", "arn:aws:s3:::b/${x}", True),
    ] {
        assert_eq!(matches(&given(), pattern, object), is, "{pattern} {object}");
    }
    let k = given().key("x:k", &["a*"]);
    assert_eq!(condition(&k, json!({"StringLike": {"x:k": "a${*}"}})), True);
    assert_eq!(condition(&k, json!({"StringEquals": {"x:k": "a${*}"}})), True);
}

// R-VAR-4
#[test]
fn a_malformed_variable_is_refused_and_a_plain_dollar_is_not() {
    for bad in [
        "${aws:username",
        "${}",
        "${ aws:username}",
        "${aws:user name}",
        "${username}",
        "${aws:username,'x'}",
        "${aws:username,  'x'}",
        "${aws:username, x}",
        "${aws:username, 'x}",
        "${aws:username, 'a{b'}",
        "${aws:username, 'a}b'}",
        "${aws:PrincipalTag/${aws:username}}",
        "${\taws:username}",
        "${aws:username\u{a0}}",
    ] {
        let object = format!("arn:aws:s3:::b/{bad}");
        refuses("identity", allow("*", object), "BAD_VARIABLE", "/Statement/Resource");
        let of = with(allow("*", "*"), "Condition", json!({"StringEquals": {"x:k": bad}}));
        refuses("identity", of, "BAD_VARIABLE", "/Statement/Condition/StringEquals/x:k");
    }
    for good in [
        "${acme.eu.auth0.com/:sub}",
        "$",
        "$x",
        "a$",
        "$$",
        "{x}",
        "${aws:username, ''}",
        "${aws:username, 'a b'}",
    ] {
        accepts("identity", allow("*", format!("arn:aws:s3:::b/{good}")));
    }
    assert_eq!(matches(&given(), "arn:aws:s3:::b/$x$", "arn:aws:s3:::b/$x$"), True);
}

// R-VAR-5
#[test]
fn variables_stand_in_three_fields_and_under_string_and_arn_operators() {
    for good in [
        "arn:aws:s3:${aws:RequestedRegion}:111122223333:b",
        "arn:aws:s3::${aws:PrincipalAccount}:b",
        "arn:aws:s3:::${aws:username}",
    ] {
        accepts("identity", allow("*", good));
    }
    for bad in ["arn:${x:p}:s3:::b", "arn:aws:${x:s}:::b", "arn:aws-${x:p}:s3:::b"] {
        refuses("identity", allow("*", bad), "BAD_VARIABLE", "/Statement/Resource");
    }
    let with_variable =
        |operator: &str, value: &str| with(allow("*", "*"), "Condition", json!({operator: {"x:k": value}}));
    for operator in
        ["StringEquals", "StringNotEqualsIgnoreCase", "StringLike", "ForAnyValue:StringNotLikeIfExists"]
    {
        accepts("identity", with_variable(operator, "${aws:username}"));
    }
    for operator in ["ArnEquals", "ArnNotLike"] {
        accepts("identity", with_variable(operator, "arn:aws:iam::111122223333:user/${aws:username}"));
    }
    for operator in
        ["NumericEquals", "DateEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"]
    {
        let pointer = format!("/Statement/Condition/{operator}/x:k");
        refuses("identity", with_variable(operator, "${aws:username}"), "BAD_VARIABLE", &pointer);
    }
}

// R-VAR-5
#[test]
fn a_variable_may_be_the_region_or_the_account() {
    let queue = given().on("arn:aws:sqs:us-east-1:111122223333:q").key("aws:RequestedRegion", &["us-east-1"]);
    let region = allow("*", "arn:aws:sqs:${aws:RequestedRegion}:111122223333:q");
    let account = allow("*", "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q");
    assert_eq!(truth(&queue, &region), True);
    assert_eq!(truth(&queue, &account), True);
    let elsewhere = queue.key("aws:RequestedRegion", &["eu-west-1"]);
    assert_eq!(truth(&elsewhere, &region), False);
    let foreign = json!("arn:aws:iam::444455556666:user/bob");
    let granted = elsewhere.by(foreign).resource_policy(support::grant("*"));
    granted.clone().identity(account).denies();
    granted.identity(allow("*", "arn:aws:sqs:us-east-1:111122223333:q")).allows();
}

// R-VAR-6, R-DOC-12, R-DOC-13
#[test]
fn only_version_2012_has_variables() {
    let statement = allow("*", "arn:aws:s3:::b/${aws:username}");
    let new = json!({"Version": "2012-10-17", "Statement": statement.clone()});
    let old = json!({"Version": "2008-10-17", "Statement": statement.clone()});
    let none = json!({"Statement": statement});
    let (expanded, literal) =
        (given().on("arn:aws:s3:::b/alice"), given().on("arn:aws:s3:::b/${aws:username}"));
    assert_eq!([&new, &old, &none].map(|policy| truth_in(&expanded, policy)), [True, False, False]);
    assert_eq!([&new, &old, &none].map(|policy| truth_in(&literal, policy)), [False, True, True]);
    // What is a malformed variable, or one in the wrong place, is text to an old version.
    let text = json!({"Statement": with(
        allow("*", "arn:aws:s3:::b/${"),
        "Condition",
        json!({"StringEquals": {"x:k": "${}"}}),
    )});
    accepts("identity", text.clone());
    assert_eq!(truth_in(&given().on("arn:aws:s3:::b/${").key("x:k", &["${}"]), &text), True);
}

// R-DOC-13: the star inside `${*}` is a wildcard of version 2008-10-17.
#[test]
fn in_an_old_version_wildcards_inside_braces_are_wildcards() {
    let policy = json!({"Version": "2008-10-17", "Statement": allow("*", "arn:aws:s3:::b/${*}")});
    assert_eq!(truth_in(&given().on("arn:aws:s3:::b/${xyz}"), &policy), True);
    assert_eq!(truth_in(&given().on("arn:aws:s3:::b/*"), &policy), False);
}

// R-VAR-7, R-VAR-11
#[test]
fn what_a_variable_inserts_is_literal_text() {
    let pattern = "arn:aws:s3:::b/${aws:PrincipalTag/t}";
    for value in ["*", "?", "k*", "${aws:username}", "${*}"] {
        let own = format!("arn:aws:s3:::b/{value}");
        assert_eq!(matches(&tagged(value), pattern, &own), True, "{value}");
        for object in ["arn:aws:s3:::b/k", "arn:aws:s3:::b/kk", "arn:aws:s3:::b/alice", "arn:aws:s3:::b/*k"] {
            assert_eq!(matches(&tagged(value), pattern, object), False, "{value} {object}");
        }
    }
    // Defaults as well.
    let default = "arn:aws:s3:::b/${aws:PrincipalTag/t, '*'}";
    assert_eq!(matches(&given(), default, "arn:aws:s3:::b/*"), True);
    assert_eq!(matches(&given(), default, "arn:aws:s3:::b/k"), False);
    let like = json!({"StringLike": {"x:k": "${aws:PrincipalTag/t}"}});
    assert_eq!(condition(&tagged("*").key("x:k", &["*"]), like.clone()), True);
    assert_eq!(condition(&tagged("*").key("x:k", &["k"]), like), False);
}

// R-VAR-8, R-VAR-9
#[test]
fn without_a_value_a_resource_pattern_matches_nothing() {
    let pattern = "arn:aws:s3:::b/${aws:PrincipalTag/t}*";
    let two = given().key("aws:PrincipalTag/t", &["k", "k"]);
    for no_value in [given(), tagged(""), two] {
        for object in ["arn:aws:s3:::b/k", "arn:aws:s3:::b/", "arn:aws:s3:::b/${aws:PrincipalTag/t}"] {
            assert_eq!(matches(&no_value, pattern, object), False, "{object}");
        }
    }
    assert_eq!(matches(&tagged("k"), pattern, "arn:aws:s3:::b/kl"), True);
    // A role session has no `aws:username`.
    let session = given().by(app_session());
    assert_eq!(matches(&session, "arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/App"), False);
}

// R-VAR-9
#[test]
fn without_a_value_an_exemption_is_left_open() {
    let not = |list: Value| renamed(allow("*", list), "Resource", "NotResource");
    let unresolved = "arn:aws:s3:::b/${aws:PrincipalTag/t}";
    assert_eq!(truth(&given(), &not(json!(unresolved))), Indet);
    assert_eq!(truth(&given(), &not(json!([unresolved, "arn:aws:s3:::b/*"]))), False);
    assert_eq!(truth(&given(), &not(json!([unresolved, "arn:aws:s3:::c/*"]))), Indet);
    assert_eq!(truth(&tagged("k"), &not(json!(unresolved))), False);
    assert_eq!(truth(&tagged("l"), &not(json!(unresolved))), True);
}

// R-VAR-10
#[test]
fn without_a_value_a_condition_value_matches_nothing_and_refutes_nothing() {
    let v = "${aws:PrincipalTag/t}";
    let arn = "arn:aws:s3:::b/${aws:PrincipalTag/t}";
    let k = given().key("x:k", &["k"]);
    for (of, is) in [
        (json!({"StringEquals": {"x:k": v}}), False),
        (json!({"StringEquals": {"x:k": [v, "k"]}}), True),
        (json!({"StringLike": {"x:k": [v, "l*"]}}), False),
        (json!({"StringNotEquals": {"x:k": v}}), Indet),
        (json!({"StringNotEquals": {"x:k": [v, "k"]}}), False),
        (json!({"StringNotLike": {"x:k": [v, "l*"]}}), Indet),
        (json!({"StringNotEqualsIgnoreCase": {"x:k": [v, "l"]}}), Indet),
        (json!({"ForAllValues:StringNotEquals": {"x:k": v}}), Indet),
        (json!({"ForAnyValue:StringNotEquals": {"x:k": v}}), Indet),
        (json!({"ForAnyValue:StringEquals": {"x:k": v}}), False),
    ] {
        assert_eq!(condition(&k, of.clone()), is, "{of}");
    }
    let bucket = given().key("x:k", &["arn:aws:s3:::b/k"]);
    assert_eq!(condition(&bucket, json!({"ArnLike": {"x:k": arn}})), False);
    assert_eq!(condition(&bucket, json!({"ArnNotLike": {"x:k": arn}})), Indet);
    // The condition key itself is missing: the table of missing keys decides.
    assert_eq!(condition(&given(), json!({"StringNotEquals": {"x:k": v}})), True);
    assert_eq!(condition(&given(), json!({"StringEquals": {"x:k": v}})), False);
    assert_eq!(condition(&given(), json!({"StringEqualsIfExists": {"x:k": v}})), True);
}

// R-VAR-12
#[test]
fn an_inserted_colon_makes_no_field() {
    let of = json!({"ArnLike": {"x:k": "arn:aws:sns:us-east-1:${x:a}:t"}});
    let given = given().key("x:k", &["arn:aws:sns:us-east-1:111122223333:t"]);
    assert_eq!(condition(&given.clone().key("x:a", &[ACCOUNT]), of.clone()), True);
    assert_eq!(condition(&given.key("x:a", &["111122223333:t"]), of), False);
}

// R-VAR-9, R-NACT-2: what AWS documents for a Deny on a resource whose variable has no value.
#[test]
fn a_deny_on_an_unresolved_resource_does_not_apply() {
    let everything = given().identity(allow("*", "*"));
    let own = "arn:aws:s3:::b/${aws:PrincipalTag/t}";
    everything.clone().identity(deny("*", own)).allows();
    let others = renamed(deny("*", own), "Resource", "NotResource");
    everything.identity(others).denies_explicitly();
}
