//! Keys that AWS always sends and nobody told: the time without a clock, ids, and the account and type of callers whose
//! ARN does not say them. Every test on one is open.

mod support;

use iamlet::ground::truth::Truth::{self, False, Indet, True};
use iamlet::{KnownKey, RequestError};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, Beyond, FEDERATED, Given, OTHER_ACCOUNT, ROOT, Told, allow, app_session, condition, deny,
    federated_user, given, grant, service, truth_in, with,
};

const SAML: &str = "arn:aws:iam::111122223333:saml-provider/idp";
const ORIGIN: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE";

/// The truth value of a condition for a caller, by what the policy of a bucket or role says.
#[track_caller]
fn holds(caller: &Value, keys: &[(&str, &str)], of: &Value) -> Truth {
    let effect = |statements: [Option<&str>; 2]| {
        let federated = caller["type"] == "saml";
        let principal = if federated { json!({"Federated": SAML}) } else { json!("*") };
        let statement = |effect: &str| match federated {
            true => json!({"Effect": effect, "Action": "sts:*", "Principal": principal}),
            false => with(with(grant(principal.clone()), "Effect", effect), "Sid", effect),
        };
        let list: Vec<_> = statements
            .into_iter()
            .flatten()
            .map(|effect| match effect {
                "Everything" => statement("Allow"),
                effect => with(statement(effect), "Condition", of.clone()),
            })
            .collect();
        // A root user of the owning account needs no Allow, so another account owns the bucket.
        let base = given().by(caller.clone()).owner(OTHER_ACCOUNT).identity(allow("*", "*"));
        let base = match federated {
            true => base.trust().owner(ACCOUNT).action("sts:AssumeRoleWithSAML"),
            false => base.session(allow("*", "*")),
        };
        let base = base.resource_policy(json!(list));
        keys.iter().fold(base, |given, (key, value)| given.key(key, &[value])).details().effect.name()
    };
    match (effect([Some("Allow"), None]), effect([Some("Everything"), Some("Deny")])) {
        ("allow", "explicit_deny") => True,
        ("implicit_deny", "explicit_deny") => Indet,
        ("implicit_deny", "allow") => False,
        other => panic!("{other:?}: {of} for {caller}"),
    }
}

/// Conditions on a key, each with what it is where the key is absent. One per form of the table of 6.4.
fn forms(key: &str) -> Vec<(Value, Truth)> {
    vec![
        (json!({"StringEquals": {key: "v"}}), False),
        (json!({"StringLike": {key: "*"}}), False),
        (json!({"StringNotEquals": {key: "v"}}), True),
        (json!({"StringEqualsIfExists": {key: "v"}}), True),
        (json!({"StringNotLikeIfExists": {key: "v"}}), True),
        (json!({"ForAllValues:StringEquals": {key: "v"}}), True),
        (json!({"ForAnyValue:StringEquals": {key: "v"}}), False),
        (json!({"ForAnyValue:StringNotEqualsIfExists": {key: "v"}}), True),
        (json!({"ForAllValues:StringLikeIfExists": {key: "v"}}), True),
        (json!({"Null": {key: "true"}}), True),
        (json!({"Null": {key: "false"}}), False),
    ]
}

/// Callers, and the keys of them that nobody told.
fn unknown() -> Vec<(Value, Vec<&'static str>)> {
    let time = ["aws:CurrentTime", "aws:EpochTime"];
    let of = |keys: &[&'static str]| [&time[..], keys].concat();
    let nameless = ["aws:PrincipalAccount", "aws:PrincipalType"];
    vec![
        (json!({"type": "user", "arn": ALICE}), of(&["aws:userid"])),
        (json!({"type": "user", "arn": ALICE, "unique_id": "AIDAALICE"}), of(&[])),
        (app_session(), of(&["aws:userid"])),
        (with(app_session(), "unique_id", "AROAAPP"), of(&[])),
        (federated_user(), of(&[])),
        (json!({"type": "root", "arn": ROOT}), of(&[])),
        (service("s3.amazonaws.com"), of(&nameless)),
        (json!({"type": "saml", "provider": SAML}), of(&nameless)),
        (json!("anonymous"), of(&[])),
        (
            json!({"type": "user", "arn": ORIGIN}),
            of(&["aws:PrincipalAccount", "aws:PrincipalType", "aws:userid", "aws:username"]),
        ),
    ]
}

// R-CTX-3, R-CTX-7
#[test]
fn every_test_on_an_unknown_key_is_open() {
    for (caller, keys) in unknown() {
        for key in keys {
            for (of, _) in forms(key).into_iter().chain(forms(&key.to_uppercase())) {
                assert_eq!(holds(&caller, &[], &of), Indet, "{of} for {caller}");
            }
        }
        // A key that is the caller's and absent follows the table (R-MISS-1).
        for (of, absent) in forms("aws:PrincipalOrgID") {
            assert_eq!(holds(&caller, &[], &of), absent, "{of} for {caller}");
        }
    }
}

// R-CTX-3, R-CTX-7: the caller may say what it is.
#[test]
fn an_unknown_key_is_the_callers_to_tell() {
    for (caller, keys) in unknown() {
        for key in keys {
            let told = [(key, "v")];
            assert_eq!(holds(&caller, &told, &json!({"StringEquals": {key: "v"}})), True, "{key} {caller}");
            assert_eq!(holds(&caller, &told, &json!({"StringEquals": {key: "w"}})), False, "{key} {caller}");
            assert_eq!(holds(&caller, &told, &json!({"Null": {key: "true"}})), False, "{key} {caller}");
            assert_eq!(holds(&caller, &told, &json!({"Null": {key: "false"}})), True, "{key} {caller}");
        }
    }
}

// R-CTX-3: each of the two keys is told by itself.
#[test]
fn one_key_of_the_time_does_not_tell_the_other() {
    let epoch = given().key("aws:EpochTime", &["1767225605"]);
    assert_eq!(condition(&epoch, json!({"NumericEquals": {"aws:EpochTime": 1_767_225_605}})), True);
    assert_eq!(condition(&epoch, json!({"DateEquals": {"aws:CurrentTime": "2026"}})), Indet);
    assert_eq!(condition(&given(), json!({"DateLessThan": {"aws:CurrentTime": "2026"}})), Indet);
    assert_eq!(condition(&given(), json!({"DateGreaterThanIfExists": {"aws:CurrentTime": "2026"}})), Indet);
    assert_eq!(condition(&given(), json!({"NumericNotEquals": {"aws:EpochTime": 5}})), Indet);
    // A key without values tells nothing (R-MISS-2).
    let empty = given().key("aws:CurrentTime", &[]);
    assert_eq!(condition(&empty, json!({"Null": {"aws:CurrentTime": "true"}})), Indet);
}

// R-CTX-3: a Deny that ends at a date holds on while the time is unknown.
#[test]
fn a_restriction_by_time_holds_without_a_clock() {
    let expired = with(deny("*", "*"), "Condition", json!({"DateLessThan": {"aws:CurrentTime": "2020"}}));
    let asked = given().identity(json!([allow("*", "*"), expired]));
    asked.denies_explicitly();
    let told = asked.told_with(&Beyond { clock: Some(1_767_225_605), ..Beyond::default() });
    assert!(matches!(told, Told::Decided(details) if details.effect.name() == "allow"));
}

/// A policy with a variable in an element about resources.
fn on(element: &str, variable: &str) -> Value {
    let arn = format!("arn:aws:s3:::b/{variable}");
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", element: arn}})
}

// R-CTX-3, R-CTX-7, R-VAR-8, R-VAR-9: not even a default applies.
#[test]
fn an_unknown_key_is_no_variable_and_has_no_default() {
    for key in ["aws:userid", "aws:CurrentTime", "aws:EpochTime", "AWS:UserId"] {
        for variable in [format!("${{{key}}}"), format!("${{{key}, 'k'}}")] {
            assert_eq!(truth_in(&given(), &on("Resource", &variable)), False, "{variable}");
            assert_eq!(truth_in(&given(), &on("NotResource", &variable)), Indet, "{variable}");
            let told = given().key(key, &["k"]);
            assert_eq!(truth_in(&told, &on("Resource", &variable)), True, "{variable}");
            assert_eq!(truth_in(&told, &on("NotResource", &variable)), False, "{variable}");
            // R-VAR-10
            let value = given().key("x:k", &["k"]);
            let equals = json!({"StringEquals": {"x:k": variable}});
            assert_eq!(condition(&value, equals), False, "{variable}");
            let differs = json!({"StringNotEquals": {"x:k": variable}});
            assert_eq!(condition(&value, differs), Indet, "{variable}");
        }
    }
    // A key that is the caller's and absent has its default.
    assert_eq!(truth_in(&given(), &on("Resource", "${aws:PrincipalTag/t, 'k'}")), True);
    assert_eq!(truth_in(&given(), &on("NotResource", "${aws:PrincipalTag/t, 'k'}")), False);
}

// R-CTX-7
#[test]
fn the_user_id_is_derived_where_the_unique_id_is_known() {
    let user = json!({"type": "user", "arn": ALICE, "unique_id": "AIDAALICE"});
    let session = with(app_session(), "unique_id", "AROAAPP");
    let id = |value: &str| json!({"StringEquals": {"aws:userid": value}});
    assert_eq!(holds(&user, &[], &id("AIDAALICE")), True);
    assert_eq!(holds(&session, &[], &id("AROAAPP:s1")), True);
    assert_eq!(holds(&session, &[], &id("AROAAPP")), False);
    assert_eq!(holds(&session, &[], &json!({"StringLike": {"aws:userid": "AROAAPP:*"}})), True);
    assert_eq!(holds(&federated_user(), &[], &id("111122223333:fred")), True);
    assert_eq!(holds(&json!("anonymous"), &[], &id("anonymous")), True);
    let asked = |caller: &Value| given().owner(ACCOUNT).by(caller.clone()).resource_policy(grant("*"));
    let wrong = RequestError::DerivedKey(KnownKey::UserId);
    for (caller, own, other) in [(&user, "AIDAALICE", "AIDABOB"), (&session, "AROAAPP:s1", "AROAAPP:s2")] {
        asked(caller).key("aws:userid", &[own]).allows();
        asked(caller).key("aws:userid", &[other]).contradicts(wrong);
        asked(caller).key("AWS:USERID", &[own, own]).contradicts(wrong);
    }
}

// R-CTX-7
#[test]
fn whether_a_service_calls_is_absent_from_requests_that_are_not_signed_for_aws() {
    let key = "aws:PrincipalIsAWSService";
    for caller in [json!({"type": "saml", "provider": SAML}), json!("anonymous")] {
        for (of, absent) in forms(key) {
            assert_eq!(holds(&caller, &[], &of), absent, "{of} for {caller}");
        }
    }
    assert_eq!(holds(&service("s3.amazonaws.com"), &[], &json!({"Bool": {key: true}})), True);
    assert_eq!(holds(&json!(ALICE), &[], &json!({"Bool": {key: false}})), True);
    assert_eq!(holds(&json!({"type": "user", "arn": ORIGIN}), &[], &json!({"Bool": {key: false}})), True);
}

// R-CTX-1: a value for a key that such a principal cannot have.
#[test]
fn a_value_of_a_key_that_the_principal_does_not_have_is_a_contradiction() {
    let root = json!({"type": "root", "arn": ROOT});
    let (name, arn) = (("aws:username", KnownKey::UserName), ("aws:PrincipalArn", KnownKey::PrincipalArn));
    let service_name = ("aws:PrincipalServiceName", KnownKey::PrincipalServiceName);
    let is_service = ("aws:PrincipalIsAWSService", KnownKey::PrincipalIsAwsService);
    for (caller, keys) in [
        (json!(ALICE), vec![service_name]),
        (app_session(), vec![name, service_name]),
        (federated_user(), vec![name, service_name]),
        (root, vec![name, service_name]),
        (service("s3.amazonaws.com"), vec![name, arn]),
        (json!("anonymous"), vec![name, arn, service_name, is_service]),
    ] {
        let asked = given().owner(ACCOUNT).by(caller).resource_policy(grant("*"));
        for (key, known) in keys {
            asked.clone().key(key, &["alice"]).contradicts(RequestError::DerivedKey(known));
            asked.clone().key(&key.to_lowercase(), &[""]).contradicts(RequestError::DerivedKey(known));
            // An empty list contradicts nothing, and is no value.
            asked.clone().key(key, &[]).allows();
            // An item is held to the same.
            let item = asked.clone().on_all(&[(support::OBJECT, json!({key: ["alice"]}))]);
            item.is_malformed("contradicts what the request says");
            asked.clone().on_all(&[(support::OBJECT, json!({key: []}))]).allows();
        }
    }
    // An empty list does not take a derived value away either.
    let derived = json!({"StringEquals": {"aws:username": "alice"}});
    assert_eq!(condition(&given().key("aws:username", &[]), derived), True);
}

/// A request about one item, whose context this is.
fn item(given: Given, context: Value) -> Given {
    given.on_all(&[(support::OBJECT, context)])
}

// R-MISS-2
#[test]
fn an_empty_list_of_an_item_takes_the_requests_values_away() {
    let asked = |context: Value| item(given().key("x:k", &["v"]), context);
    let (absent, kept, replaced) = (json!({"x:k": []}), json!({}), json!({"x:k": ["w"]}));
    let of = json!({"StringEquals": {"x:k": "v"}});
    assert_eq!(condition(&asked(kept.clone()), of.clone()), True);
    assert_eq!(condition(&asked(replaced), of.clone()), False);
    for away in [absent, json!({"X:K": []})] {
        assert_eq!(condition(&asked(away.clone()), of.clone()), False);
        for (of, absent) in forms("x:k") {
            assert_eq!(condition(&asked(away.clone()), of.clone()), absent, "{of}");
        }
        // As a variable it is unresolved, and its default applies (R-VAR-8).
        let variable = given().key("x:k", &["k"]);
        assert_eq!(truth_in(&item(variable.clone(), kept.clone()), &on("Resource", "${x:k}")), True);
        assert_eq!(truth_in(&item(variable.clone(), away.clone()), &on("Resource", "${x:k}")), False);
        assert_eq!(truth_in(&item(variable.clone(), away.clone()), &on("NotResource", "${x:k}")), Indet);
        assert_eq!(truth_in(&item(variable, away.clone()), &on("Resource", "${x:k, 'k'}")), True);
        // Other keys stay.
        let other = asked(away).key("x:l", &["v"]);
        assert_eq!(condition(&other, json!({"StringEquals": {"x:l": "v"}})), True);
    }
    // Without values in the request either, the key is absent as before.
    assert_eq!(condition(&item(given(), json!({"x:k": []})), json!({"Null": {"x:k": "true"}})), True);
}

// R-MISS-2, R-CTX-3, R-CTX-7: what AWS always sends is not absent without values, but unknown.
#[test]
fn an_item_can_take_the_value_of_an_unknown_key_away_and_not_make_it_absent() {
    let asked = given().key("aws:userid", &["AIDAALICE"]);
    let of = json!({"StringEquals": {"aws:userid": "AIDAALICE"}});
    assert_eq!(condition(&item(asked.clone(), json!({})), of.clone()), True);
    for (of, _) in forms("aws:userid") {
        assert_eq!(condition(&item(asked.clone(), json!({"aws:userid": []})), of.clone()), Indet, "{of}");
    }
    // A derived key is the engine's, whatever the item lists.
    let derived = item(given(), json!({"aws:username": []}));
    assert_eq!(condition(&derived, json!({"StringEquals": {"aws:username": "alice"}})), True);
    let federated = item(given().by(federated_user()), json!({"aws:PrincipalArn": []}));
    let federated = federated.session(allow("*", "*"));
    assert_eq!(condition(&federated, json!({"StringEquals": {"aws:PrincipalArn": FEDERATED}})), True);
}

// R-MISS-2, R-MULTI-6: that the request declares a key multivalued outlives its values.
#[test]
fn an_item_that_takes_values_away_leaves_the_arity() {
    let asked =
        |values: Value| item(given().key("x:k", &["v"]).multivalued(&["x:k"]), json!({"x:k": values}));
    assert_eq!(condition(&asked(json!(["v"])), json!({"StringEquals": {"x:k": "v"}})), Indet);
    assert_eq!(condition(&asked(json!([])), json!({"StringEquals": {"x:k": "v"}})), False);
    assert_eq!(truth_in(&asked(json!([])), &on("Resource", "${x:k, 'k'}")), False);
}
