//! Resource control policies.

mod support;

use iamlet::{Layer, Reason};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, Given, OTHER_ACCOUNT, ROOT, accepts, allow, app_session, deny, document, federated_user,
    given, grant, linked_session, refuses, renamed, service, with, without,
};

/// A statement of an RCP.
fn rcp(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    with(deny(action, resource), "Principal", "*")
}

/// RCPFullAWSAccess.
fn full_access() -> Value {
    grant("*")
}

/// A request that all other policies allow.
fn allowed(principal: impl Into<Value>) -> Given {
    given()
        .owner(ACCOUNT)
        .by(principal)
        .identity(allow("*", "*"))
        .session(allow("*", "*"))
        .resource_policy(grant("*"))
}

// R-RCP-1
#[test]
fn an_rcp_denies_everyone_and_has_few_elements() {
    for good in [
        rcp("s3:*", "*"),
        rcp(json!(["s3:*", "sqs:Send*", "kms:?ecrypt"]), "arn:aws:s3:::b/*"),
        renamed(rcp("s3:*", "arn:aws:s3:::b/*"), "Resource", "NotResource"),
        with(rcp("s3:*", "*"), "Condition", json!({"Bool": {"aws:SecureTransport": false}})),
    ] {
        accepts("rcp", good);
    }
    for (bad, code, pointer) in [
        (with(rcp("s3:*", "*"), "Effect", "Allow"), "BAD_EFFECT", "/Statement/Effect"),
        (with(rcp("s3:*", "*"), "Principal", json!({"AWS": "*"})), "BAD_PRINCIPAL", "/Statement/Principal"),
        (with(rcp("s3:*", "*"), "Principal", ACCOUNT), "BAD_PRINCIPAL", "/Statement/Principal"),
        (without(rcp("s3:*", "*"), "Principal"), "MISSING_ELEMENT", "/Statement/Principal"),
        (
            renamed(rcp("s3:*", "*"), "Principal", "NotPrincipal"),
            "FORBIDDEN_ELEMENT",
            "/Statement/NotPrincipal",
        ),
        (without(rcp("s3:*", "*"), "Action"), "MISSING_ELEMENT", "/Statement/Action"),
        (renamed(rcp("s3:*", "*"), "Action", "NotAction"), "FORBIDDEN_ELEMENT", "/Statement/NotAction"),
        (without(rcp("s3:*", "*"), "Resource"), "MISSING_ELEMENT", "/Statement/Resource"),
    ] {
        refuses("rcp", bad, code, pointer);
    }
    refuses(
        "rcp",
        json!({"Version": "2008-10-17", "Statement": rcp("s3:*", "*")}),
        "BAD_VERSION",
        "/Version",
    );
    refuses("rcp", with(document(rcp("s3:*", "*")), "Id", "x"), "FORBIDDEN_ELEMENT", "/Id");
}

// R-RCP-2
#[test]
fn a_customers_rcp_names_its_services() {
    accepts("rcp", rcp("s3:*", "*"));
    refuses("rcp", rcp("*", "*"), "BAD_ACTION", "/Statement/Action");
    refuses("rcp", rcp("*:Get", "*"), "BAD_ACTION", "/Statement/Action");
    refuses("rcp", rcp(json!(["s3:*", "*"]), "*"), "BAD_ACTION", "/Statement/Action/1");
}

// R-RCP-3
#[test]
fn the_one_allow_is_full_access() {
    accepts("rcp", full_access());
    for bad in [
        with(full_access(), "Action", "s3:*"),
        with(full_access(), "Action", json!(["*", "s3:*"])),
        with(full_access(), "Resource", "arn:aws:s3:::*"),
        with(full_access(), "Condition", json!({"Null": {"x:k": true}})),
        renamed(full_access(), "Resource", "NotResource"),
    ] {
        refuses("rcp", bad, "BAD_EFFECT", "/Statement/Effect");
    }
}

// R-RCP-4, R-EVAL-6
#[test]
fn full_access_is_assumed_at_every_level() {
    for levels in [vec![vec![]], vec![vec![full_access()]], vec![vec![], vec![rcp("sqs:*", "*")], vec![]]] {
        let given = levels.iter().fold(allowed(ALICE), |given, level| given.rcp(level.clone()));
        given.allows();
    }
    // It allows nothing by itself.
    given().rcp([full_access()]).denies();
}

// R-RCP-6, R-RCP-1
#[test]
fn an_rcp_without_version_is_refused_with_no_way_round() {
    let unversioned = allowed(ALICE).rcp([json!({"Statement": rcp("sqs:*", "*")})]);
    unversioned.clone().is_refused("MISSING_ELEMENT");
    unversioned.option("scp_missing_version", "assume_2012").is_refused("MISSING_ELEMENT");
    allowed(ALICE).rcp([rcp("sqs:*", "*")]).allows();
}

// R-RCP-5, R-EVAL-1, R-EVAL-18
#[test]
fn an_rcp_reaches_every_caller() {
    for caller in [
        json!(ALICE),
        json!("arn:aws:iam::444455556666:user/bob"),
        app_session(),
        federated_user(),
        json!({"type": "root", "arn": ROOT}),
        service("s3.amazonaws.com"),
        json!("anonymous"),
    ] {
        allowed(caller.clone()).rcp([rcp("sqs:*", "*")]).allows();
        let denied = allowed(caller).rcp([]).rcp([with(rcp("s3:*", "*"), "Sid", "NoS3")]).details();
        assert_eq!((denied.reason, denied.layer, denied.level), (Reason::ExplicitDeny, Some(Layer::Rcp), 1));
        assert_eq!(denied.decisive.expect("a statement").sid, "NoS3");
    }
}

// R-RCP-5
#[test]
fn an_rcp_leaves_management_resources_and_service_linked_roles_alone() {
    let deny_all = || rcp(json!(["s3:*", "kms:*"]), "*");
    allowed(ALICE).rcp([deny_all()]).denies_explicitly();
    allowed(ALICE).request("resource_in_management_account", true).rcp([deny_all()]).allows();
    allowed(app_session()).rcp([deny_all()]).denies_explicitly();
    allowed(linked_session()).rcp([deny_all()]).allows();
    // That the caller is in the management account changes nothing.
    allowed(with(app_session(), "management_account", true)).rcp([deny_all()]).denies_explicitly();
    // In the management account of the resource's side only.
    allowed(ALICE).owner(OTHER_ACCOUNT).rcp([deny_all()]).denies_explicitly();
}

// R-RCP-5
#[test]
fn an_rcp_leaves_retire_grant_alone_in_any_spelling() {
    for (action, spared) in [
        ("kms:RetireGrant", true),
        ("KMS:retiregrant", true),
        ("kms:RetireGrants", false),
        ("kms:RevokeGrant", false),
    ] {
        let key = given().kms().action(action).resource_policy(grant("*")).rcp([rcp("kms:*", "*")]);
        if spared { key.allows() } else { key.denies_explicitly() }
    }
}

// R-RCP-1, R-RCP-5: an RCP with a condition spares what the condition does not cover.
#[test]
fn the_identity_perimeter_spares_the_own_organization_and_services() {
    let perimeter = with(
        rcp("s3:*", "*"),
        "Condition",
        json!({
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        }),
    );
    let asked = |principal: Value| allowed(principal).rcp([perimeter.clone()]);
    asked(json!(ALICE)).key("aws:PrincipalOrgID", &["o-1"]).allows();
    asked(json!(ALICE)).key("aws:PrincipalOrgID", &["o-2"]).denies_explicitly();
    asked(json!(ALICE)).denies_explicitly();
    asked(json!("anonymous")).denies_explicitly();
    asked(service("s3.amazonaws.com")).allows();
}
