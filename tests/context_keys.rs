//! Context keys: those that the engine derives, those that are the caller's, and what absence means.

mod support;

use iamlet::ground::truth::Truth::{False, True};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, Beyond, FEDERATED, Given, OTHER_ACCOUNT, ROOT, Told, allow, app_session,
    condition, deny, federated_user, given, grant, service, with,
};

/// A request that a resource policy allows under a condition, for principals without identity policies.
fn under(principal: &Value, of: Value) -> Given {
    let base = given().owner(ACCOUNT).by(principal.clone());
    let caller = principal["type"].as_str().unwrap_or_default();
    if matches!(caller, "saml" | "oidc") {
        let statement = json!({
            "Effect": "Allow", "Action": "sts:*", "Condition": of,
            "Principal": {"Federated": principal["provider"]},
        });
        let action =
            if caller == "saml" { "sts:AssumeRoleWithSAML" } else { "sts:AssumeRoleWithWebIdentity" };
        return base.trust().owner(ACCOUNT).action(action).resource_policy(statement);
    }
    base.resource_policy(with(grant("*"), "Condition", of))
}

/// What the engine derives for a principal: keys with their values, or with none where the key is absent. A key that is
/// not listed is the caller's.
type Derived = Vec<(&'static str, Option<&'static str>)>;

/// The types of principals, and what the engine derives for each.
fn derived() -> Vec<(Value, Derived)> {
    let arn = "aws:PrincipalArn";
    let account = "aws:PrincipalAccount";
    let kind = "aws:PrincipalType";
    let id = "aws:userid";
    let name = "aws:username";
    let is_service = "aws:PrincipalIsAWSService";
    let service_name = "aws:PrincipalServiceName";
    let none = None;
    let user = vec![
        (arn, Some(ALICE)),
        (account, Some(ACCOUNT)),
        (kind, Some("User")),
        (name, Some("alice")),
        (is_service, Some("false")),
        (service_name, none),
    ];
    let session = vec![
        (arn, Some(APP_ROLE)),
        (account, Some(ACCOUNT)),
        (kind, Some("AssumedRole")),
        (name, none),
        (is_service, Some("false")),
        (service_name, none),
    ];
    let federated = vec![
        (arn, Some(FEDERATED)),
        (account, Some(ACCOUNT)),
        (kind, Some("FederatedUser")),
        (id, Some("111122223333:fred")),
        (name, none),
        (is_service, Some("false")),
        (service_name, none),
    ];
    let root = vec![
        (arn, Some(ROOT)),
        (account, Some(ACCOUNT)),
        (kind, Some("Account")),
        (id, Some(ACCOUNT)),
        (name, none),
        (is_service, Some("false")),
        (service_name, none),
    ];
    let anonymous = vec![
        (arn, none),
        (account, Some("anonymous")),
        (kind, Some("Anonymous")),
        (id, Some("anonymous")),
        (name, none),
        (is_service, none),
        (service_name, none),
    ];
    // The account and the type of these are the caller's (R-CTX-7).
    let without_account = |is: Option<&'static str>, service: Option<&'static str>| {
        vec![(arn, none), (name, none), (is_service, is), (service_name, service)]
    };
    // Their unique ids are known.
    let user_with_id = [user.clone(), vec![(id, Some("AIDAALICE"))]].concat();
    let session_with_id = [session.clone(), vec![(id, Some("AROAAPP:s1"))]].concat();
    let saml = json!({"type": "saml", "provider": "arn:aws:iam::111122223333:saml-provider/idp"});
    let oidc = json!({"type": "oidc", "provider": "accounts.google.com"});
    vec![
        (json!({"type": "user", "arn": ALICE}), user),
        (json!({"type": "user", "arn": ALICE, "unique_id": "AIDAALICE"}), user_with_id),
        (app_session(), session),
        (with(app_session(), "unique_id", "AROAAPP"), session_with_id),
        (federated_user(), federated),
        (json!({"type": "root", "arn": ROOT}), root),
        (json!("anonymous"), anonymous),
        (service("s3.amazonaws.com"), without_account(Some("true"), Some("s3.amazonaws.com"))),
        (saml, without_account(none, none)),
        (oidc, without_account(none, none)),
    ]
}

/// Whether a request is allowed, by the condition in its policy.
#[track_caller]
fn allowed(given: &Given) -> bool {
    // A root user of the owning account needs no Allow, so another account owns the resource.
    let root = given.0["request"]["principal"]["type"] == "root";
    let given = if root { given.clone().owner(OTHER_ACCOUNT) } else { given.clone() };
    given.details().effect.name() == "allow"
}

// R-CTX-1, R-CTX-7
#[test]
fn the_engine_derives_what_the_principal_is() {
    for (principal, keys) in derived() {
        for (key, value) in keys {
            let is_absent = allowed(&under(&principal, json!({"Null": {key: true}})));
            assert_eq!(is_absent, value.is_none(), "{key} of {principal}");
            if let Some(value) = value {
                assert!(
                    allowed(&under(&principal, json!({"StringEquals": {key: value}}))),
                    "{key} of {principal}"
                );
                let other = json!({"StringEquals": {key: format!("{value}x")}});
                assert!(!allowed(&under(&principal, other)), "{key} of {principal}");
            }
        }
    }
}

// R-CTX-1: and what is absent by the derivation is not the caller's to add.
#[test]
fn a_caller_may_repeat_what_is_derived_and_not_contradict_it() {
    for (principal, keys) in derived() {
        let anything = || under(&principal, json!({"StringNotEquals": {"x:k": "v"}}));
        assert!(allowed(&anything()));
        for (key, value) in keys {
            let spelled = key.to_uppercase();
            assert!(allowed(&anything().key(&spelled, &[])), "{key} of {principal}");
            match value {
                Some(value) => {
                    assert!(allowed(&anything().key(&spelled, &[value])), "{key} of {principal}");
                    anything().key(key, &["other"]).is_malformed("contradicts");
                    anything().key(key, &[value, value]).is_malformed("contradicts");
                    // R-MULTI-5: two spellings are one key with both values.
                    assert!(
                        allowed(&anything().key(key, &[value]).key(&spelled, &[])),
                        "{key} of {principal}"
                    );
                    anything().key(key, &[value]).key(&spelled, &[value]).is_malformed("contradicts");
                }
                None => anything().key(key, &["other"]).is_malformed("contradicts"),
            }
        }
    }
}

// R-CTX-1, R-BOOL-1
#[test]
fn a_derived_boolean_may_be_repeated_in_any_case() {
    let asked = given().identity(allow("*", "*"));
    asked.clone().key("aws:PrincipalIsAWSService", &["FALSE"]).allows();
    asked.clone().key("aws:PrincipalIsAWSService", &["TRUE"]).is_malformed("contradicts");
    asked.key("aws:PrincipalType", &["USER"]).is_malformed("contradicts");
}

// R-CTX-2
#[test]
fn all_other_keys_and_their_absence_are_the_callers() {
    for key in ["aws:PrincipalOrgID", "aws:SourceIp", "aws:PrincipalTag/team", "aws:ResourceAccount"] {
        assert_eq!(condition(&given(), json!({"Null": {key: true}})), True, "{key}");
        let present = given().key(key, &["v"]);
        assert_eq!(condition(&present, json!({"Null": {key: true}})), False, "{key}");
        assert_eq!(condition(&present, json!({"StringEquals": {key: "v"}})), True, "{key}");
        // A key that AWS would omit changes decisions.
        let deny_others = json!({"StringNotEqualsIfExists": {key: "v"}});
        assert_eq!(condition(&given(), deny_others.clone()), True, "{key}");
        assert_eq!(condition(&present, deny_others), False, "{key}");
    }
}

/// The time as the caller's clock has it: 2026-01-01T00:00:05Z.
const CLOCK: i64 = 1_767_225_605;

fn clock(seconds: i64) -> Beyond {
    Beyond { clock: Some(seconds), ..Beyond::default() }
}

fn derive(derive_resource_account: bool) -> Beyond {
    Beyond { derive_resource_account, ..Beyond::default() }
}

// R-CTX-3
#[test]
fn one_clock_feeds_both_keys_of_the_time() {
    let at = |of: Value| {
        let asked = given().identity(with(allow("*", "*"), "Condition", of));
        match asked.told_with(&clock(CLOCK)) {
            Told::Decided(details) => details.effect.name() == "allow",
            other => panic!("{other:?}"),
        }
    };
    assert!(at(json!({"DateEquals": {"aws:CurrentTime": "2026-01-01T00:00:05Z"}})));
    assert!(at(json!({"DateEquals": {"aws:EpochTime": "2026-01-01T00:00:05Z"}})));
    assert!(at(json!({"DateEquals": {"aws:CurrentTime": CLOCK}})));
    assert!(at(json!({"NumericEquals": {"aws:EpochTime": CLOCK}})));
    assert!(at(
        json!({"NumericGreaterThan": {"aws:EpochTime": CLOCK - 1}, "DateLessThan": {"aws:CurrentTime": CLOCK + 1}})
    ));
    assert!(!at(json!({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:05Z"}})));
    assert!(!at(json!({"NumericLessThan": {"aws:EpochTime": CLOCK}})));
}

// R-CTX-3, R-CTX-1
#[test]
fn the_caller_may_repeat_the_clock_and_not_contradict_it() {
    let told = |key: &str, value: &str| {
        given().identity(allow("*", "*")).key(key, &[value]).told_with(&clock(CLOCK))
    };
    for (key, value) in [
        ("aws:CurrentTime", "2026-01-01T00:00:05Z"),
        ("aws:CurrentTime", "1767225605"),
        ("aws:EpochTime", "2026-01-01T01:00:05+01:00"),
        ("AWS:epochtime", "1767225605"),
    ] {
        assert!(matches!(told(key, value), Told::Decided(_)), "{key} {value}");
    }
    for (key, value) in [
        ("aws:CurrentTime", "2026-01-01T00:00:06Z"),
        ("aws:EpochTime", "1767225604"),
        ("aws:EpochTime", "now"),
    ] {
        assert!(matches!(told(key, value), Told::Malformed(_)), "{key} {value}");
    }
    let asked = given().identity(allow("*", "*"));
    assert!(matches!(asked.told_with(&clock(-1)), Told::Decided(_)));
    assert!(matches!(asked.told_with(&clock(i64::MAX)), Told::Malformed(_)));
}

// R-CTX-4
#[test]
fn what_the_usual_mfa_tests_hit() {
    let key = "aws:MultiFactorAuthPresent";
    let long_term = given();
    let without_mfa = given().key(key, &["false"]);
    let with_mfa = given().key(key, &["true"]);
    let callers = [long_term, without_mfa, with_mfa];
    for (of, hits) in [
        (json!({"Bool": {key: false}}), [false, true, false]),
        (json!({"BoolIfExists": {key: false}}), [true, true, false]),
        (json!({"BoolIfExists": {key: true}}), [true, false, true]),
        (json!({"Bool": {key: true}}), [false, false, true]),
        (json!({"Null": {key: false}}), [false, true, true]),
    ] {
        for (caller, hit) in callers.iter().zip(hits) {
            assert_eq!(condition(caller, of.clone()), if hit { True } else { False }, "{of} {}", caller.0);
        }
    }
}

// R-CTX-5
#[test]
fn keys_of_any_other_prefix_are_opaque() {
    for key in ["s3:prefix", "ec2:InstanceType", "SAML:aud", "accounts.google.com:sub", "nobody:Knows"] {
        let of = json!({"StringEquals": {key: "v"}});
        assert_eq!(condition(&given(), of.clone()), False, "{key}");
        assert_eq!(condition(&given().key(key, &["v"]), of.clone()), True, "{key}");
        assert_eq!(condition(&given().key(key, &["w"]), of), False, "{key}");
    }
}

// R-CTX-6
#[test]
fn the_account_of_the_resource_is_derived_where_that_is_asked_for() {
    let own = json!({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}});
    let asked = |owner: &str| {
        let others =
            with(deny("*", "*"), "Condition", json!({"StringNotEquals": {"aws:ResourceAccount": ACCOUNT}}));
        let policy = json!([with(allow("*", "*"), "Condition", own.clone()), others]);
        given().owner(owner).resource_policy(grant("*")).identity(policy)
    };
    let effect = |given: &Given, derived| match given.told_with(&derive(derived)) {
        Told::Decided(details) => details.effect.name(),
        _ => "malformed",
    };
    assert_eq!(effect(&asked(ACCOUNT), true), "allow");
    assert_eq!(effect(&asked(OTHER_ACCOUNT), true), "explicit_deny");
    // Where it is not, the key is the caller's, and here absent.
    assert_eq!(effect(&asked(ACCOUNT), false), "explicit_deny");
    assert_eq!(effect(&asked(ACCOUNT).key("aws:ResourceAccount", &[ACCOUNT]), false), "allow");
    assert_eq!(effect(&asked(OTHER_ACCOUNT).key("aws:ResourceAccount", &[ACCOUNT]), false), "allow");
    // Derived, it may be repeated and not contradicted (R-CTX-1).
    assert_eq!(effect(&asked(ACCOUNT).key("aws:ResourceAccount", &[ACCOUNT]), true), "allow");
    assert_eq!(effect(&asked(OTHER_ACCOUNT).key("aws:ResourceAccount", &[ACCOUNT]), true), "malformed");
}

// R-CTX-6, R-RES-13: the owner that the ARN names serves as well as one that is stated.
#[test]
fn the_derived_account_may_come_from_the_arn() {
    let of = json!({"StringEquals": {"aws:ResourceAccount": ACCOUNT}});
    let asked = given().identity(with(allow("*", "*"), "Condition", of));
    for (resource, expected) in [
        ("arn:aws:sqs:us-east-1:111122223333:q", "allow"),
        ("arn:aws:sqs:us-east-1:444455556666:q", "implicit_deny"),
    ] {
        let told = asked.clone().on(resource).told_with(&derive(true));
        assert!(matches!(told, Told::Decided(details) if details.effect.name() == expected), "{resource}");
    }
}

// R-GEN-3
#[test]
fn a_context_that_cannot_be_read_makes_the_request_malformed() {
    let asked = given().identity(allow("*", "*"));
    asked.clone().key("x:k", &["v"]).allows();
    asked.clone().key("", &["v"]).is_malformed("no name");
    asked.clone().key("x:k", &["x".repeat(0xFFFF).as_str()]).allows();
    asked.key("x:k", &["x".repeat(0x1_0000).as_str()]).is_malformed("too long");
}
