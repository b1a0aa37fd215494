//! Policies of VPC endpoints.

mod support;

use iamlet::evaluate::decision::Reason;
use iamlet::image::kind::Layer;
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, Given, ROOT, accepts, allow, app_session, deny, given, grant, refuses, service,
    with, without,
};

/// A request that all other policies allow.
fn allowed(principal: impl Into<Value>) -> Given {
    given().owner(ACCOUNT).by(principal).identity(allow("*", "*")).resource_policy(grant("*"))
}

fn when(operator: &str, key: &str, value: &str) -> Value {
    with(grant("*"), "Condition", json!({operator: {key: value}}))
}

// R-VPCE-1
#[test]
fn an_endpoint_policy_is_written_like_a_resource_policy() {
    accepts("vpce", grant("*"));
    accepts("vpce", grant(json!({"AWS": [ACCOUNT, ALICE]})));
    accepts("vpce", with(deny("*", "*"), "NotPrincipal", json!({"AWS": ALICE})));
    accepts("vpce", json!({"Id": "any text", "Statement": with(grant("*"), "Sid", "with spaces")}));
    refuses("vpce", allow("*", "*"), "MISSING_ELEMENT", "/Statement/Principal");
    refuses("vpce", without(grant("*"), "Resource"), "MISSING_ELEMENT", "/Statement/Resource");
}

// R-VPCE-2, R-EVAL-8
#[test]
fn an_endpoint_must_allow_and_must_not_deny_and_grants_nothing() {
    allowed(ALICE).allows();
    allowed(ALICE).endpoint(grant("*")).allows();
    let silent = allowed(ALICE).endpoint(with(grant("*"), "Action", "ec2:*")).details();
    assert_eq!((silent.effect.name(), silent.reason), ("implicit_deny", Reason::EndpointSilent));
    assert_eq!((silent.layer, silent.decisive), (Some(Layer::Endpoint), None));
    let both = json!([grant("*"), with(with(deny("s3:*", "*"), "Principal", "*"), "Sid", "No S3")]);
    let denied = allowed(ALICE).endpoint(both).details();
    assert_eq!((denied.reason, denied.layer), (Reason::ExplicitDeny, Some(Layer::Endpoint)));
    assert_eq!(denied.decisive.expect("a statement").sid, "No S3");
    given().endpoint(grant("*")).denies();
}

// R-EVAL-8: the endpoint limits all types of principals, also where nothing else is asked.
#[test]
fn an_endpoint_limits_every_caller() {
    let s3_only = || with(grant("*"), "Action", "s3:*");
    let ec2_only = || with(grant("*"), "Action", "ec2:*");
    for caller in [
        json!(ALICE),
        app_session(),
        json!({"type": "root", "arn": ROOT}),
        service("s3.amazonaws.com"),
        json!("anonymous"),
    ] {
        allowed(caller.clone()).endpoint(s3_only()).allows();
        allowed(caller).endpoint(ec2_only()).denies();
    }
}

// R-EVAL-8, R-EVAL-7: of an SCP and an endpoint that are both silent, the SCP is named.
#[test]
fn an_scp_is_asked_before_the_endpoint() {
    let ec2_only = with(grant("*"), "Action", "ec2:*");
    let both = allowed(ALICE).endpoint(ec2_only.clone()).scp([allow("ec2:*", "*")]);
    assert_eq!(both.details().reason, Reason::ScpSilent);
    let endpoint = allowed(ALICE).endpoint(ec2_only).scp([allow("*", "*")]);
    assert_eq!(endpoint.details().reason, Reason::EndpointSilent);
}

// R-VPCE-3
#[test]
fn system_identifiers_are_compared_whole() {
    for name in [
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "AWS:sourcevpc",
    ] {
        accepts("vpce", when("StringEquals", name, "111122223333"));
        accepts("vpce", when("StringLike", name, "111122223333"));
        for (operator, value) in [
            ("StringLike", "11112222*"),
            ("StringLike", "1111222233?3"),
            ("StringNotLike", "11112222*"),
            ("ForAnyValue:StringLikeIfExists", "11112222*"),
            ("NumericEquals", "111122223333"),
            ("NumericLessThanIfExists", "5"),
        ] {
            let pointer = format!("/Statement/Condition/{operator}/{name}");
            refuses("vpce", when(operator, name, value), "BAD_CONDITION_VALUE", &pointer);
            // In other kinds of policies they are values like any other.
            accepts("resource", when(operator, name, value));
        }
    }
    // A key that is not on the list, under the same operators.
    accepts("vpce", when("StringLike", "aws:SourceIdentity", "11112222*"));
    accepts("vpce", when("NumericEquals", "s3:max-keys", "5"));
}

// R-VPCE-4
#[test]
fn a_wildcard_of_a_string_has_six_characters_beside_it() {
    for good in
        ["abcdef*", "*abcdef", "abc*defghi", "abcdef*x", "abcdef?", "äöüäöü*", "abcdef*ghijkl*", "*abcdef*"]
    {
        accepts("vpce", when("StringLike", "s3:prefix", good));
    }
    // R-VAR-3, R-VAR-7: a variable is no wildcard, however it is written.
    accepts("vpce", when("StringLike", "s3:prefix", "${*}${aws:username, '?'}"));
    accepts("vpce", when("StringLike", "aws:SourceVpc", "vpc-${*}"));
    // Under an operator without wildcards they are characters.
    accepts("vpce", when("StringEquals", "s3:prefix", "a*"));
    for bad in
        ["abcde*", "*abcde", "*", "abc*def", "abcdef*x*", "abcdef**", "abcdef*?", "äöü*", "?abcdef*ghijk?"]
    {
        refuses(
            "vpce",
            when("StringLike", "s3:prefix", bad),
            "BAD_CONDITION_VALUE",
            "/Statement/Condition/StringLike/s3:prefix",
        );
        accepts("resource", when("StringLike", "s3:prefix", bad));
    }
}

// R-VPCE-5
#[test]
fn an_account_is_an_id_or_a_wildcard() {
    let on = |account: &str| with(grant("*"), "Resource", format!("arn:aws:sqs:us-east-1:{account}:q"));
    for good in ["111122223333", "*", "????????????", ""] {
        accepts("vpce", on(good));
    }
    for mixed in ["1111*", "11112222333?", "*3333"] {
        refuses("vpce", on(mixed), "BAD_RESOURCE", "/Statement/Resource");
        accepts("resource", on(mixed));
    }
}

// R-VPCE-6
#[test]
fn at_a_gateway_an_account_reaches_its_root_user_alone() {
    let root = || json!({"type": "root", "arn": ROOT});
    for account in [json!({"AWS": ACCOUNT}), json!({"AWS": ROOT})] {
        for (caller, at_gateway) in [(json!(ALICE), false), (app_session(), false), (root(), true)] {
            allowed(caller.clone()).endpoint(grant(account.clone())).allows();
            let gateway = allowed(caller).endpoint(grant(account.clone())).gateway();
            if at_gateway { gateway.allows() } else { gateway.denies() }
        }
    }
    // The star, and the entity itself, are no match by account.
    for whoever in [json!("*"), json!({"AWS": "*"}), json!({"AWS": ALICE})] {
        allowed(ALICE).endpoint(grant(whoever)).gateway().allows();
    }
    allowed(app_session()).endpoint(grant(json!({"AWS": APP_ROLE}))).gateway().allows();
}

// R-VPCE-6: it is about endpoint policies; a bucket policy behind the gateway keeps its meaning.
#[test]
fn a_gateway_changes_nothing_about_the_resource_policy() {
    let foreign = given()
        .owner("444455556666")
        .identity(allow("*", "*"))
        .resource_policy(grant(json!({"AWS": ACCOUNT})));
    foreign.clone().endpoint(grant("*")).gateway().allows();
    foreign.endpoint(grant("*")).allows();
}
