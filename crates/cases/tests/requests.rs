//! What a case says of its request: the time, the kind of the resource, who asks, and keys that an item lacks.

use iamlet::{Context, Effect, ResourceKind};
use iamlet_cases::{Case, Outcome, OwnedRequest};
use serde_json::{Value, json};

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/r/s";
const ROLE: &str = "arn:aws:iam::111122223333:role/r";
const LINKED: &str = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/r";

fn request() -> Value {
    json!({"principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"})
}

fn with(mut object: Value, name: &str, value: impl Into<Value>) -> Value {
    object[name] = value.into();
    object
}

fn read(request: &Value) -> OwnedRequest {
    OwnedRequest::read(request).expect("a request")
}

fn case(policies: Value, request: Value) -> Case {
    Case::read(&json!({"policies": policies, "request": request})).expect("a case")
}

fn statement(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statement})
}

#[test]
fn the_time_is_the_clock_of_the_request() {
    let policy = |operator: &str, key: &str, value: &str| {
        statement(
            json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: value}}}),
        )
    };
    for time in [json!("2026-01-15T10:00:00Z"), json!(1_768_471_200)] {
        assert_eq!(read(&with(request(), "time", time.clone())).clock, Some(1_768_471_200));
        for (operator, key, value, effect) in [
            ("DateEquals", "aws:CurrentTime", "2026-01-15T10:00:00Z", Effect::Allow),
            ("NumericEquals", "aws:EpochTime", "1768471200", Effect::Allow),
            ("DateLessThan", "aws:CurrentTime", "2026-01-15T10:00:00Z", Effect::ImplicitDeny),
        ] {
            let policies = json!({"identity": [policy(operator, key, value)]});
            let outcome = case(policies, with(request(), "time", time.clone())).outcome();
            assert_eq!(outcome, Outcome::Decided(effect), "{key}");
        }
    }
    assert_eq!(read(&request()).clock, None);
    let error = OwnedRequest::read(&with(request(), "time", "tomorrow")).expect_err("no time");
    assert_eq!(
        error.0,
        "request: `time` is no time: 2026-01-15T10:00:00Z, or seconds since 1970 as a whole number"
    );
}

#[test]
fn a_time_fills_in_where_the_case_gives_none() {
    let clock = |request: &Value| {
        let mut request = read(request);
        request.set_clock_if_none(5);
        request.clock
    };
    assert_eq!(clock(&request()), Some(5));
    assert_eq!(clock(&with(request(), "time", 7)), Some(7));
    assert_eq!(
        clock(&with(request(), "context", json!({"AWS:currenttime": ["2026-01-15T10:00:00Z"]}))),
        None
    );
    assert_eq!(clock(&with(request(), "context", json!({"aws:EpochTime": ["7"]}))), None);
    assert_eq!(clock(&with(request(), "context", json!({"aws:EpochTime": [], "aws:x": ["7"]}))), Some(5));
    assert_eq!(clock(&with(request(), "multivalued", json!(["aws:CurrentTime"]))), Some(5));
    let items = json!([{"arn": "arn:aws:s3:::b/k"}, {"arn": "arn:aws:s3:::b/l", "context": {"aws:EpochTime": ["7"]}}]);
    let mut several = with(request(), "resources", items);
    several.as_object_mut().expect("an object").remove("resource");
    assert_eq!(clock(&several), None);
}

// R-RES-15
#[test]
fn the_kind_of_the_resource_follows_from_action_and_resource() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/k";
    for (action, resource, kind) in [
        ("kms:Decrypt", key, ResourceKind::KmsKey),
        ("s3:GetObject", key, ResourceKind::KmsKey),
        ("sts:AssumeRole", key, ResourceKind::KmsKey),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/key/k", ResourceKind::Ordinary),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:keys", ResourceKind::Ordinary),
        // No ARN, so that the request is malformed whatever its kind (R-RES-3).
        ("kms:Decrypt", "x:aws:kms:eu-west-1:111122223333:key/k", ResourceKind::KmsKey),
        ("kms:ListKeys", "*", ResourceKind::Ordinary),
        ("sts:AssumeRole", ROLE, ResourceKind::Role),
        ("STS:assumerole", ROLE, ResourceKind::Role),
        ("sts:AssumeRoleWithSAML", LINKED, ResourceKind::Role),
        ("sts:AssumeRoleWithWebIdentity", ROLE, ResourceKind::Role),
        ("sts:TagSession", ROLE, ResourceKind::Role),
        ("sts:SetSourceIdentity", ROLE, ResourceKind::Role),
        ("sts:AssumeRoot", ROLE, ResourceKind::Ordinary),
        ("iam:PassRole", ROLE, ResourceKind::Ordinary),
        ("sts:AssumeRole", "*", ResourceKind::Ordinary),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:user/r", ResourceKind::Ordinary),
        ("s3:GetObject", "arn:aws:s3:::b/key/k", ResourceKind::Ordinary),
    ] {
        let one = with(with(request(), "action", action), "resource", resource);
        assert_eq!(read(&one).kind(), kind, "{action} {resource}");
        let mut several = with(one, "resources", json!([{"arn": resource}, {"arn": "arn:aws:s3:::b/k"}]));
        several.as_object_mut().expect("an object").remove("resource");
        assert_eq!(read(&several).kind(), kind, "{action} {resource}");
    }
}

// R-RES-15
#[test]
fn the_grammar_of_the_resource_policy_is_that_of_the_kind() {
    let federated = "arn:aws:iam::111122223333:saml-provider/p";
    let trust =
        statement(json!({"Effect": "Allow", "Principal": {"Federated": federated}, "Action": "sts:*"}));
    let assume = with(with(request(), "action", "sts:AssumeRole"), "resource", ROLE);
    let outcome = |policies, request| case(policies, request).outcome();
    assert!(matches!(outcome(json!({"resource": trust}), assume.clone()), Outcome::Decided(_)));
    assert!(matches!(outcome(json!({"resource": trust}), request()), Outcome::InvalidPolicy(_)));
    // A stated kind is passed on, and the grammar is its.
    let stated = case(json!({"resource": trust, "resource_kind": "trust"}), assume.clone());
    assert_eq!(stated.request.resource_kind, Some(ResourceKind::Role));
    let other = case(json!({"resource": trust, "resource_kind": "resource"}), assume);
    assert_eq!(other.request.resource_kind, Some(ResourceKind::Ordinary));
    assert!(matches!(other.outcome(), Outcome::InvalidPolicy(_)));
    assert_eq!(case(json!({}), request()).request.resource_kind, None);
}

fn malformed(principal: Value) -> Option<String> {
    let all = statement(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    match case(json!({"identity": [all]}), with(request(), "principal", principal)).outcome() {
        Outcome::Malformed(why) => Some(why),
        Outcome::Decided(Effect::Allow) => None,
        other => panic!("{other:?}"),
    }
}

// R-PRIN-17
#[test]
fn the_service_linked_flag_is_held_against_the_path() {
    let session = |role: &str| json!({"type": "role_session", "arn": SESSION, "role_arn": role});
    let user = json!({"arn": "arn:aws:iam::111122223333:user/a"});
    let behind = "arn:aws:iam::111122223333:role/team/aws-service-role/r";
    let beside = "arn:aws:iam::111122223333:role/aws-service-roles/r";
    for (principal, linked) in [
        (session(ROLE), false),
        (session(LINKED), true),
        (session(behind), false),
        (session(beside), false),
        (user, false),
    ] {
        assert_eq!(malformed(principal.clone()), None);
        assert_eq!(malformed(with(principal.clone(), "service_linked_role", linked)), None);
        let why = malformed(with(principal, "service_linked_role", !linked)).expect("malformed");
        assert!(why.starts_with("principal: `service_linked_role` contradicts `role_arn`"), "{why}");
    }
    // No service control policy applies to a role that is service-linked, whatever the case says of it.
    let scp = json!([[statement(json!({"Effect": "Deny", "Action": "*", "Resource": "*"}))]]);
    let all = statement(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
    for (role, effect) in [(LINKED, Effect::Allow), (ROLE, Effect::ExplicitDeny)] {
        let policies = json!({"identity": [all], "scp": scp});
        let outcome = case(policies, with(request(), "principal", session(role))).outcome();
        assert_eq!(outcome, Outcome::Decided(effect), "{role}");
    }
}

#[test]
fn a_principal_that_makes_no_requests_says_so() {
    for principal in [json!(ROLE), json!({"arn": ROLE}), json!({"type": "user", "arn": ROLE})] {
        let why = malformed(principal).expect("malformed");
        assert_eq!(why, "principal.arn: it is a role's; roles make no requests, their sessions do");
    }
    let why = malformed(json!({"type": "role", "arn": ROLE})).expect("malformed");
    assert!(why.starts_with("principal: `type` cannot be `role`: "), "{why}");
    let why = malformed(json!({"type": "rol_session", "arn": SESSION})).expect("malformed");
    assert_eq!(why, "principal: `type` cannot be `rol_session`: did you mean `role_session`?");
    let user = json!({"arn": "arn:aws:iam::111122223333:user/a", "account": "444455556666"});
    assert_eq!(malformed(user).as_deref(), Some("principal: `account` is not the account of `arn`"));
    assert!(malformed(json!("alice")).is_some());
}

// R-MISS-2, R-MULTI-6
#[test]
fn a_key_that_is_given_without_values_is_told_from_one_that_is_declared() {
    let asked = json!({
        "principal": "anonymous", "action": "a:B", "multivalued": ["a:list", "a:other"],
        "resources": [{"arn": "*", "context": {"a:list": [], "a:plain": [], "a:other": ["v"]}}, {"arn": "*"}],
    });
    let items = read(&asked).items.expect("items");
    let entries = |context: &iamlet_cases::OwnedContext| {
        let entry = |at: usize| {
            let key = context.0[at].key.clone();
            (key, context.value_count(at), context.is_multivalued(at))
        };
        (0..context.len()).map(entry).collect::<Vec<_>>()
    };
    let (given, declared) =
        (|key: &str, count| (key.to_owned(), count, false), |key: &str| (key.to_owned(), 0, true));
    // What the request declares is so for its items, which have no declarations of their own.
    assert_eq!(entries(&read(&asked).context), [declared("a:list"), declared("a:other")]);
    assert_eq!(entries(&items[0].context), [given("a:list", 0), given("a:plain", 0), given("a:other", 1)]);
    assert_eq!(entries(&items[1].context), []);
}
