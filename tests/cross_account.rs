//! Principals and resources of two accounts: both sides must agree.

mod support;

use iamlet::Reason::{
    BothAllow, BoundarySilent, IdentitySilent, Impossible, ResourceAllows, ResourceSilent, SessionSilent,
};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, APP_SESSION, FEDERATED, Given, OTHER_ACCOUNT, ROOT, allow, app_session, deny,
    federated_user, given, grant, with, without,
};

const FOREIGN_KEY: &str = "arn:aws:kms:us-east-1:444455556666:key/k1";
const FOREIGN_ROLE: &str = "arn:aws:iam::444455556666:role/App";

/// Requests about a bucket, a key and a role of the other account.
fn resources() -> [Given; 3] {
    [given().owner(OTHER_ACCOUNT), given().kms().on(FOREIGN_KEY), given().trust().on(FOREIGN_ROLE)]
}

/// The same with a resource policy that grants to `principal`.
fn granting(base: &Given, principal: Value) -> Given {
    if base.0["policies"]["resource_kind"] == "trust" {
        let principal = if principal == "*" { json!({"AWS": "*"}) } else { principal };
        let statement = with(without(grant(principal), "Resource"), "Action", "sts:*");
        return base.clone().resource_policy(statement);
    }
    base.clone().resource_policy(grant(principal))
}

/// Each caller with all principals that mean it: by every class of grant.
fn callers() -> [(Value, Vec<Value>); 3] {
    let names = |names: &[&str]| {
        let all = ["*", ACCOUNT, ROOT].iter().chain(names).map(|name| json!({"AWS": name}));
        all.chain([json!("*")]).collect::<Vec<_>>()
    };
    [
        (json!(ALICE), names(&[ALICE])),
        (app_session(), names(&[APP_ROLE, APP_SESSION])),
        (federated_user(), names(&[ALICE, FEDERATED])),
    ]
}

fn silent() -> Value {
    allow("x:Nothing", "*")
}

// R-EVAL-16, row 16 of the truth table
#[test]
fn identity_alone_reaches_nothing_of_another_account() {
    for base in resources() {
        for (caller, _) in callers() {
            let asked = base.clone().by(caller).identity(allow("*", "*")).session(allow("*", "*"));
            let details = asked.details();
            assert_eq!((details.effect.name(), details.reason), ("implicit_deny", ResourceSilent));
        }
    }
}

// R-EVAL-16, rows 17 and 18
#[test]
fn a_grant_of_any_class_needs_identity_and_with_it_suffices() {
    for base in resources() {
        for (caller, principals) in callers() {
            for principal in principals {
                let asked = granting(&base, principal).by(caller.clone()).session(allow("*", "*"));
                assert!(!asked.details().effect.name().contains("allow"), "{}", asked.0);
                let allowed = asked.clone().identity(allow("*", "*")).details();
                assert_eq!((allowed.effect.name(), allowed.reason), ("allow", BothAllow), "{}", asked.0);
            }
        }
    }
}

// R-EVAL-16, row 19
#[test]
fn no_grant_is_immune_to_boundary_or_session_across_accounts() {
    for base in resources() {
        for (caller, principals) in callers() {
            for principal in principals {
                let asked = granting(&base, principal).by(caller.clone()).identity(allow("*", "*"));
                let bounded = asked.clone().session(allow("*", "*")).boundary(silent()).details();
                assert_eq!((bounded.effect.name(), bounded.reason), ("implicit_deny", BoundarySilent));
                let session = asked.clone().boundary(allow("*", "*")).session(silent()).details();
                assert_eq!((session.effect.name(), session.reason), ("implicit_deny", SessionSilent));
                asked.boundary(allow("*", "*")).session(allow("*", "*")).allows();
            }
        }
    }
}

// R-EVAL-16: a grant to somebody else is none.
#[test]
fn a_grant_to_others_is_no_grant() {
    for base in resources() {
        let asked = granting(&base, json!({"AWS": [OTHER_ACCOUNT, "arn:aws:iam::111122223333:user/bob"]}));
        assert_eq!(asked.identity(allow("*", "*")).details().reason, ResourceSilent);
    }
}

// R-EVAL-10, R-EVAL-16: the same policies, by whose the resource is.
#[test]
fn the_owner_makes_the_difference() {
    let granted = given().resource_policy(grant(json!({"AWS": ALICE})));
    granted.clone().owner(ACCOUNT).allows();
    granted.clone().owner(OTHER_ACCOUNT).denies();
    assert_eq!(granted.owner(OTHER_ACCOUNT).details().reason, IdentitySilent);
    let identity = given().identity(allow("*", "*"));
    identity.clone().owner(ACCOUNT).allows();
    identity.owner(OTHER_ACCOUNT).denies();
}

// R-EVAL-17
#[test]
fn a_foreign_root_user_needs_a_grant_and_no_identity_policy() {
    let root = json!({"type": "root", "arn": ROOT});
    let [bucket, key, role] = resources().map(|base| base.by(root.clone()));
    for base in [bucket, key] {
        assert_eq!(base.details().reason, ResourceSilent);
        granting(&base, json!({"AWS": ALICE})).denies();
        for principal in [json!({"AWS": ACCOUNT}), json!({"AWS": ROOT}), json!("*")] {
            let granted = granting(&base, principal).details();
            assert_eq!((granted.effect.name(), granted.reason), ("allow", ResourceAllows));
        }
    }
    let trusted = granting(&role, json!({"AWS": [ACCOUNT, ROOT, "*"]})).details();
    assert_eq!((trusted.effect.name(), trusted.reason), ("implicit_deny", Impossible));
}

// R-EVAL-1, R-EVAL-18
#[test]
fn the_guardrails_of_both_accounts_apply() {
    let asked = given().owner(OTHER_ACCOUNT).identity(allow("*", "*")).resource_policy(grant("*"));
    let rcp = |action: &str| with(deny(action, "*"), "Principal", "*");
    asked.clone().scp([allow("*", "*")]).rcp([rcp("sqs:*")]).allows();
    asked.clone().scp([allow("ec2:*", "*")]).rcp([rcp("sqs:*")]).denies();
    asked.clone().scp([allow("*", "*")]).rcp([rcp("s3:*")]).denies_explicitly();
    // A Deny of the resource's account counts for a foreign caller as well (R-EVAL-5).
    let denied = json!([grant("*"), with(deny("s3:*", "*"), "Principal", json!({"AWS": ACCOUNT}))]);
    asked.resource_policy(denied).denies_explicitly();
}

// R-EVAL-14, R-EVAL-16: a grant that names the federated session does not replace its session policy here.
#[test]
fn a_federated_user_without_session_policy_reaches_nothing_abroad() {
    let asked = given()
        .owner(OTHER_ACCOUNT)
        .by(federated_user())
        .identity(allow("*", "*"))
        .resource_policy(grant(json!({"AWS": FEDERATED})));
    assert_eq!(asked.details().reason, SessionSilent);
    asked.clone().owner(ACCOUNT).allows();
    asked.session(allow("*", "*")).allows();
}
