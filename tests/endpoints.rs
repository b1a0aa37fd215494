//! Policies of VPC endpoints.

mod support;

use iamlet::ground::truth::Truth::{self, False, Indet, True};
use iamlet::{Layer, Reason};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, APP_SESSION, FEDERATED, Given, OTHER_ACCOUNT, ROOT, accepts, allow,
    app_session, deny, federated_user, given, grant, refuses, service, with, without,
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

/// Whether an endpoint policy that allows only this principal lets the caller pass, and whether a Deny of the principal
/// stops it.
#[track_caller]
fn endpoint_truth(caller: &Value, principal: &Value, gateway: bool) -> Truth {
    let denies = with(deny("*", "*"), "Principal", principal.clone());
    let effect = |policy: Value| {
        let asked = allowed(caller.clone()).endpoint(policy);
        let asked = if gateway { asked.gateway() } else { asked };
        asked.details().effect.name()
    };
    match (effect(grant(principal.clone())), effect(json!([grant("*"), denies]))) {
        ("allow", "explicit_deny") => Truth::True,
        ("implicit_deny", "explicit_deny") => Truth::Indet,
        ("implicit_deny", "allow") => Truth::False,
        other => panic!("{other:?}"),
    }
}

// R-VPCE-6
#[test]
fn at_a_gateway_only_the_star_and_a_root_user_by_its_account_are_sure() {
    let root = json!({"type": "root", "arn": ROOT});
    let alice = json!({"type": "user", "arn": ALICE, "unique_id": "AIDAALICE"});
    let session = with(app_session(), "unique_id", "AROAAPP");
    let fred = federated_user();
    for (caller, principal, at_gateway) in [
        (&root, json!({"AWS": ACCOUNT}), True),
        (&root, json!({"AWS": ROOT}), True),
        (&alice, json!({"AWS": ACCOUNT}), Indet),
        (&alice, json!({"AWS": ROOT}), Indet),
        (&alice, json!({"AWS": ALICE}), Indet),
        (&alice, json!({"AWS": "AIDAALICE"}), Indet),
        (&session, json!({"AWS": ACCOUNT}), Indet),
        (&session, json!({"AWS": APP_ROLE}), Indet),
        (&session, json!({"AWS": APP_SESSION}), Indet),
        (&session, json!({"AWS": "AROAAPP"}), Indet),
        (&fred, json!({"AWS": ACCOUNT}), Indet),
        (&fred, json!({"AWS": FEDERATED}), Indet),
        // Its parent.
        (&fred, json!({"AWS": ALICE}), Indet),
        (&alice, json!("*"), True),
        (&alice, json!({"AWS": "*"}), True),
        (&session, json!({"AWS": "*"}), True),
    ] {
        assert_eq!(endpoint_truth(caller, &principal, false), True, "{caller} {principal}");
        assert_eq!(endpoint_truth(caller, &principal, true), at_gateway, "{caller} {principal}");
    }
    // What matches at no endpoint does not match at a gateway.
    for (caller, principal) in [
        (&alice, json!({"AWS": OTHER_ACCOUNT})),
        (&alice, json!({"AWS": APP_ROLE})),
        (&root, json!({"AWS": ALICE})),
        (&session, json!({"AWS": ALICE})),
    ] {
        for gateway in [false, true] {
            assert_eq!(endpoint_truth(caller, &principal, gateway), False, "{caller} {principal}");
        }
    }
}

// R-VPCE-6, R-NPRIN-3
#[test]
fn at_a_gateway_no_exemption_is_sure() {
    let others = |listed: Value| json!([grant("*"), with(deny("*", "*"), "NotPrincipal", listed)]);
    for (caller, listed) in [
        (json!(ALICE), json!({"AWS": [ACCOUNT, ALICE]})),
        (app_session(), json!({"AWS": [ACCOUNT, APP_ROLE, APP_SESSION]})),
        (json!({"type": "root", "arn": ROOT}), json!({"AWS": ACCOUNT})),
        (service("s3.amazonaws.com"), json!({"Service": "s3.amazonaws.com"})),
    ] {
        let asked = allowed(caller).endpoint(others(listed));
        asked.clone().allows();
        asked.gateway().denies_explicitly();
    }
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
