//! Services, federated identities and anonymous callers: for them the resource's policy alone decides.

mod support;

use iamlet::Reason::{BoundarySilent, Impossible, ResourceAllows, ResourceSilent, SessionSilent};
use iamlet::{Layer, RequestError};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, Given, OTHER_ACCOUNT, accepts, allow, deny, given, grant, refuses, service, with,
};

const SNS: &str = "sns.amazonaws.com";
const IDP: &str = "arn:aws:iam::111122223333:saml-provider/idp";
const GITHUB: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

/// A trust statement of an action for a principal.
fn trusts(action: &str, principal: Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Principal": principal})
}

fn saml(provider: &str) -> Value {
    json!({"type": "saml", "provider": provider})
}

fn oidc(provider: &str) -> Value {
    json!({"type": "oidc", "provider": provider})
}

fn bucket() -> Given {
    given().owner(ACCOUNT)
}

// R-EVAL-19, row 20 of the truth table
#[test]
fn a_service_is_allowed_by_a_direct_or_wild_grant_and_by_nothing_else() {
    for base in [bucket(), bucket().owner(OTHER_ACCOUNT), given().kms()] {
        let asked = |principal: Value| base.clone().by(service(SNS)).resource_policy(grant(principal));
        for good in [
            json!({"Service": SNS}),
            json!("*"),
            json!({"AWS": ACCOUNT, "Service": ["s3.amazonaws.com", SNS]}),
        ] {
            let details = asked(good).details();
            assert_eq!((details.effect.name(), details.reason), ("allow", ResourceAllows));
            assert_eq!(details.layer, Some(Layer::Resource));
        }
        for other in [json!({"Service": "s3.amazonaws.com"}), json!({"AWS": "*"}), json!({"AWS": ACCOUNT})] {
            let details = asked(other).details();
            assert_eq!((details.effect.name(), details.reason), ("implicit_deny", ResourceSilent));
        }
    }
}

// R-EVAL-19: in a trust policy a Service principal is enough.
#[test]
fn a_service_assumes_a_role_that_trusts_it() {
    let role = |principal: Value| {
        given().trust().by(service(SNS)).resource_policy(trusts("sts:AssumeRole", principal))
    };
    role(json!({"Service": SNS})).allows();
    role(json!({"Service": "s3.amazonaws.com"})).denies();
}

// R-EVAL-19, R-EVAL-2: SCPs are not a service's, and an identity policy's Allow helps it not.
#[test]
fn scps_and_allows_of_identities_do_not_touch_a_service() {
    let asked = bucket().by(service(SNS)).identity(allow("*", "*"));
    asked.clone().scp([deny("*", "*")]).resource_policy(grant("*")).allows();
    asked.clone().resource_policy(grant(json!({"AWS": ACCOUNT}))).denies();
    asked.denies();
}

// R-EVAL-5: what was passed as a restriction restricts, whoever calls.
#[test]
fn a_restriction_that_was_passed_for_a_caller_without_identity_is_not_ignored() {
    let role = |caller: Value, action: &str, principal: Value| {
        given().trust().action(action).by(caller).resource_policy(trusts(action, principal))
    };
    for asked in [
        bucket().by(service(SNS)).resource_policy(grant("*")),
        bucket().by("anonymous").resource_policy(grant("*")),
        role(saml(IDP), "sts:AssumeRoleWithSAML", json!({"Federated": IDP})),
        role(oidc(GITHUB), "sts:AssumeRoleWithWebIdentity", json!({"Federated": GITHUB})),
    ] {
        asked.clone().allows();
        for (denied, layer) in [
            (asked.clone().identity(deny("*", "*")), Layer::Identity),
            (asked.clone().boundary(deny("*", "*")), Layer::Boundary),
            (asked.clone().session(deny("*", "*")), Layer::Session),
        ] {
            denied.denies_explicitly();
            assert_eq!(denied.details().layer, Some(layer));
        }
        // A Deny of what is not asked for denies nothing, but such a boundary or session policy does not allow either.
        asked.clone().identity(deny("x:Nothing", "*")).allows();
        for (reason, of) in [(BoundarySilent, false), (SessionSilent, true)] {
            let limited = |policy: Value| {
                if of { asked.clone().session(policy) } else { asked.clone().boundary(policy) }
            };
            limited(allow("*", "*")).allows();
            let silent = limited(allow("x:Nothing", "*")).details();
            assert_eq!((silent.effect.name(), silent.reason), ("implicit_deny", reason));
            limited(deny("x:Nothing", "*")).denies();
        }
    }
}

// R-EVAL-20
#[test]
fn a_federated_identity_assumes_a_role_that_names_its_provider() {
    for (caller, action, own, other) in [
        (saml(IDP), "sts:AssumeRoleWithSAML", IDP, "arn:aws:iam::111122223333:saml-provider/other"),
        (oidc(GITHUB), "sts:AssumeRoleWithWebIdentity", GITHUB, "accounts.google.com"),
        (
            oidc("accounts.google.com"),
            "sts:AssumeRoleWithWebIdentity",
            "accounts.google.com",
            "www.amazon.com",
        ),
    ] {
        let role = |principal: Value| {
            given().trust().action(action).by(caller.clone()).resource_policy(trusts(action, principal))
        };
        assert_eq!(role(json!({"Federated": own})).details().reason, ResourceAllows);
        role(json!({"Federated": [other, own]})).allows();
        assert_eq!(role(json!({"Federated": other})).details().reason, ResourceSilent);
        role(json!({"AWS": "*"})).denies();
        role(json!({"AWS": ACCOUNT})).denies();
        let denied = json!([
            trusts(action, json!({"Federated": own})),
            with(trusts(action, json!({"Federated": own})), "Effect", "Deny"),
        ]);
        given().trust().action(action).by(caller).resource_policy(denied).denies_explicitly();
    }
}

// R-EVAL-20, R-CTX-5
#[test]
fn claims_of_a_provider_are_keys_like_any_other() {
    let action = "sts:AssumeRoleWithWebIdentity";
    let condition = json!({
        "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
        "StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo/*"},
    });
    let statement = with(trusts(action, json!({"Federated": GITHUB})), "Condition", condition);
    let asked = given().trust().action(action).by(oidc(GITHUB)).resource_policy(statement);
    let aud = asked.key("token.actions.githubusercontent.com:aud", &["sts.amazonaws.com"]);
    aud.clone().key("token.actions.githubusercontent.com:sub", &["repo:octo/cat"]).allows();
    aud.clone().key("token.actions.githubusercontent.com:sub", &["repo:other/cat"]).denies();
    aud.denies();
}

// R-EVAL-20, R-PRIN-17: to everything but roles such identities cannot do anything.
#[test]
fn a_federated_identity_reaches_roles_alone() {
    for (caller, action) in
        [(saml(IDP), "sts:AssumeRoleWithSAML"), (oidc(GITHUB), "sts:AssumeRoleWithWebIdentity")]
    {
        for base in [bucket(), given().kms()] {
            let asked = base.by(caller.clone()).resource_policy(grant("*"));
            asked.contradicts(RequestError::FederatedAction);
            asked.action(action).contradicts(RequestError::FederatedResource);
        }
    }
}

// R-EVAL-21, rows 21 and 22
#[test]
fn an_anonymous_caller_is_allowed_by_a_wild_grant_alone() {
    for base in [bucket(), bucket().owner(OTHER_ACCOUNT)] {
        for (principal, allowed) in [
            (json!("*"), true),
            (json!({"AWS": "*"}), true),
            (json!({"AWS": ACCOUNT}), false),
            (json!({"AWS": ALICE}), false),
            (json!({"Service": SNS}), false),
        ] {
            let details = base.clone().by("anonymous").resource_policy(grant(principal.clone())).details();
            let expected =
                if allowed { ("allow", ResourceAllows) } else { ("implicit_deny", ResourceSilent) };
            assert_eq!((details.effect.name(), details.reason), expected, "{principal}");
        }
    }
}

// R-EVAL-21
#[test]
fn keys_and_roles_take_signed_requests_only() {
    let key = given().kms().by("anonymous").resource_policy(grant("*"));
    assert_eq!((key.details().effect.name(), key.details().reason), ("implicit_deny", Impossible));
    let trust = trusts("sts:AssumeRole", json!({"AWS": "*"}));
    let role = given().trust().by("anonymous").resource_policy(trust);
    assert_eq!((role.details().effect.name(), role.details().reason), ("implicit_deny", Impossible));
    given().kms().resource_policy(grant("*")).allows();
}

// R-EVAL-21, R-MISS-1: an anonymous caller has no principal ARN, which makes a negated test on it TRUE.
#[test]
fn keys_of_the_principal_are_absent_for_an_anonymous_caller() {
    let only_alice = with(
        with(deny("*", "*"), "Principal", "*"),
        "Condition",
        json!({"ArnNotEquals": {"aws:PrincipalArn": ALICE}}),
    );
    let policy = json!([grant("*"), only_alice]);
    bucket().by("anonymous").resource_policy(policy.clone()).denies_explicitly();
    bucket().resource_policy(policy).allows();
    let named = with(grant("*"), "Condition", json!({"StringLike": {"aws:PrincipalArn": "*"}}));
    bucket().by("anonymous").resource_policy(named.clone()).denies();
    bucket().resource_policy(named).allows();
}

// R-EVAL-21: nothing that identities have helps an anonymous caller.
#[test]
fn scps_and_allows_of_identities_do_not_touch_an_anonymous_caller() {
    let asked = bucket().by("anonymous").identity(allow("*", "*"));
    asked.clone().denies();
    asked.clone().scp([deny("*", "*")]).resource_policy(grant("*")).allows();
    asked.resource_policy(json!([grant("*"), with(deny("*", "*"), "Principal", "*")])).denies_explicitly();
}

// R-KIND-5
#[test]
fn federated_and_canonical_principals_have_one_kind_each() {
    let canonical = "0123456789abcdef".repeat(4);
    for kind in ["resource", "kms", "trust", "vpce"] {
        for (member, value, home) in
            [("Federated", IDP, "trust"), ("CanonicalUser", canonical.as_str(), "resource")]
        {
            let principal = json!({member: value});
            let of_trust = trusts("sts:AssumeRoleWithSAML", principal.clone());
            let statement = if kind == "trust" { of_trust } else { grant(principal) };
            if kind == home {
                accepts(kind, statement);
            } else {
                refuses(kind, statement, "BAD_PRINCIPAL", &format!("/Statement/Principal/{member}"));
            }
        }
    }
}

// R-KIND-6, R-KIND-7
#[test]
fn a_trust_policy_names_actions_of_sts_and_a_principal_that_is_no_plain_star() {
    let trust = |member: &str, value: Value| with(trusts("sts:*", json!({"AWS": ACCOUNT})), member, value);
    for good in [json!("sts:*"), json!("STS:assumerole"), json!(["sts:AssumeRole", "sts:TagSession"])] {
        accepts("trust", trust("Action", good));
    }
    for bad in ["*", "s3:GetObject", "*:AssumeRole"] {
        refuses("trust", trust("Action", json!(bad)), "BAD_ACTION", "/Statement/Action");
    }
    accepts("trust", trust("Principal", json!({"AWS": "*"})));
    refuses("trust", trust("Principal", json!("*")), "BAD_PRINCIPAL", "/Statement/Principal");
}
