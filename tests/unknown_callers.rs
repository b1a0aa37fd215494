//! What is not known of a caller: whose session a federated user has, and the canonical id of an account. A Deny that may
//! mean the caller denies, and an Allow that may mean it does not allow.

mod support;

use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, FEDERATED, Given, OTHER_ACCOUNT, ROOT, allow, app_session, federated_user, given, grant,
    service, with, without,
};

const BOB: &str = "arn:aws:iam::111122223333:user/bob";

/// What an Allow and a Deny of a principal come to for a caller that everything else allows.
#[track_caller]
fn effects(base: &Given, principal: &Value) -> [&'static str; 2] {
    let of = |policy: Value| base.clone().resource_policy(policy).details().effect.name();
    let denies = with(grant(principal.clone()), "Effect", "Deny");
    [of(grant(principal.clone())), of(json!([grant("*"), denies]))]
}

const TRUE: [&str; 2] = ["allow", "explicit_deny"];
const INDET: [&str; 2] = ["implicit_deny", "explicit_deny"];
const FALSE: [&str; 2] = ["implicit_deny", "allow"];

/// A federated user whose session policy allows everything asks for an object of its account.
fn federated(caller: Value) -> Given {
    given().owner(ACCOUNT).by(caller).session(allow("*", "*"))
}

// R-PRIN-13, 5.3 of the rules: an unknown parent could be any user of the account.
#[test]
fn a_federated_user_of_an_unknown_user_may_be_any_users_of_its_account() {
    let known = federated(federated_user());
    let unknown = federated(without(federated_user(), "user_arn"));
    for (principal, of_known, of_unknown) in [
        (json!({"AWS": ALICE}), TRUE, INDET),
        (json!({"AWS": BOB}), FALSE, INDET),
        (json!({"AWS": "arn:aws:iam::111122223333:user/a/path/alice"}), FALSE, INDET),
        (json!({"AWS": [BOB, FEDERATED]}), TRUE, TRUE),
        (json!({"AWS": FEDERATED}), TRUE, TRUE),
        // Of another account or partition it is no user's.
        (json!({"AWS": "arn:aws:iam::444455556666:user/alice"}), FALSE, FALSE),
        (json!({"AWS": "arn:aws-cn:iam::111122223333:user/alice"}), FALSE, FALSE),
        (json!({"AWS": "arn:aws:iam::111122223333:role/alice"}), FALSE, FALSE),
        (json!({"AWS": "arn:aws:sts::111122223333:federated-user/bob"}), FALSE, FALSE),
    ] {
        assert_eq!(effects(&known, &principal), of_known, "{principal}");
        assert_eq!(effects(&unknown, &principal), of_unknown, "{principal}");
    }
    // The root user is no user. (Of an ordinary resource its session policy alone would allow, R-EVAL-14.)
    let of_root = given().kms().by(with(federated_user(), "user_arn", ROOT)).session(allow("*", "*"));
    assert_eq!(effects(&of_root, &json!({"AWS": ALICE})), FALSE);
}

// R-NPRIN-3: an unknown user counts as not listed.
#[test]
fn not_principal_covers_a_federated_user_of_an_unknown_user() {
    let others = with(
        with(allow("*", "*"), "Effect", "Deny"),
        "NotPrincipal",
        json!({"AWS": [ACCOUNT, ALICE, BOB, FEDERATED]}),
    );
    let policy = json!([grant("*"), others]);
    federated(federated_user()).resource_policy(policy.clone()).allows();
    federated(without(federated_user(), "user_arn")).resource_policy(policy).denies_explicitly();
}

// R-PRIN-9, R-KIND-5, 5.3 of the rules
#[test]
fn a_canonical_id_that_is_not_known_may_be_the_one() {
    let id = "0123456789abcdef".repeat(4);
    let other = id.replace('0', "1");
    let principal = json!({"CanonicalUser": id});
    let session = with(federated_user(), "canonical", json!(null));
    let session = without(session, "canonical");
    for caller in [json!({"type": "user", "arn": ALICE}), app_session(), session] {
        // The id stands for the account (it needs an identity policy besides), which here is another than the owner's.
        let base = |caller: Value| {
            given().owner(OTHER_ACCOUNT).by(caller).identity(allow("*", "*")).session(allow("*", "*"))
        };
        assert_eq!(effects(&base(caller.clone()), &principal), INDET, "{caller}");
        assert_eq!(
            effects(&base(with(caller.clone(), "canonical", id.as_str())), &principal),
            TRUE,
            "{caller}"
        );
        assert_eq!(
            effects(&base(with(caller.clone(), "canonical", other.as_str())), &principal),
            FALSE,
            "{caller}"
        );
    }
    let root = |canonical: Option<&str>| {
        let caller = json!({"type": "root", "arn": ROOT});
        given().owner(OTHER_ACCOUNT).by(match canonical {
            Some(canonical) => with(caller, "canonical", canonical),
            None => caller,
        })
    };
    assert_eq!(effects(&root(None), &principal), INDET);
    assert_eq!(effects(&root(Some(&id)), &principal), TRUE);
    assert_eq!(effects(&root(Some(&other)), &principal), FALSE);
    // A caller that is of no account has none.
    for caller in [service("s3.amazonaws.com"), json!("anonymous")] {
        assert_eq!(effects(&given().owner(ACCOUNT).by(caller.clone()), &principal), FALSE, "{caller}");
    }
}
