//! Where a denial does become an Allow although only an Allow went, or a Deny came: changes of another sort, which the
//! `invariants` target therefore leaves out. Each stands here so that it is seen when it changes.

use iamlet::{Layer, Layers, PolicyKind};
use iamlet_cases::{Case, CasePolicy, Outcome};
use serde_json::{Value, json};

fn case(policies: Value, principal: &str) -> Case {
    let request = json!({
        "principal": principal, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "resource_account": "111122223333",
    });
    Case::read(&json!({"policies": policies, "request": request})).expect("a case")
}

fn policy(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn is_allowed(case: &Case) -> bool {
    case.outcome() == Outcome::Decided(iamlet::Effect::Allow)
}

/// R-EVAL-5, R-EVAL-13: the session or boundary policy of a root user is a limit because it was passed. No rule asks
/// that its absence be declared (section 8.1), so that without its last policy there is no limit.
#[test]
fn the_last_limit_of_a_root_user_goes_with_its_last_policy() {
    let other = policy(json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}));
    for layer in ["session", "boundary"] {
        let mut limited = case(json!({layer: other}), "arn:aws:iam::111122223333:root");
        assert!(!is_allowed(&limited));
        limited.policies.clear();
        assert!(is_allowed(&limited), "{layer}");
    }
    // A user's must be declared absent (R-EVAL-4), and is not.
    let own = policy(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    for layer in ["session", "boundary"] {
        let mut limited =
            case(json!({layer: other, "identity": [own]}), "arn:aws:iam::111122223333:user/alice");
        assert!(!is_allowed(&limited));
        limited.policies.retain(|policy| policy.layer == Layer::Identity);
        assert!(!is_allowed(&limited), "{layer}");
    }
}

/// R-EVAL-4: a layer that is neither passed nor declared absent makes the request malformed. A policy mends that, even
/// one that only denies.
#[test]
fn a_missing_layer_is_mended_by_a_policy_that_only_denies() {
    let principal = json!({"AWS": "arn:aws:iam::111122223333:user/alice"});
    let grant = policy(
        json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Principal": principal}),
    );
    let mut forgotten = case(json!({"resource": grant}), "arn:aws:iam::111122223333:user/alice");
    forgotten.request.absent = forgotten.request.absent.without(Layers::BOUNDARY);
    assert!(!is_allowed(&forgotten));
    let deny = policy(json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}));
    forgotten.policies.push(CasePolicy {
        name: "boundary".into(),
        text: deny.to_string().into_bytes(),
        kind: PolicyKind::Boundary,
        layer: Layer::Boundary,
        level: 0,
    });
    assert!(is_allowed(&forgotten));
}
