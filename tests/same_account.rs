//! Principals and resources of one account: what identity-based policies and the resource's policy say together.

mod support;

use iamlet::Layer;
use iamlet::Reason::{
    self, BothAllow, BoundarySilent, ExplicitDeny, IdentityAllows, IdentitySilent, ResourceAllows,
    ResourceSilent, RootUser, SessionSilent,
};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, APP_SESSION, FEDERATED, Given, OTHER_ACCOUNT, ROOT, allow, app_session, deny,
    federated_user, given, grant, with,
};

/// What a silent policy says: something about another action.
fn silent() -> Value {
    allow("x:Nothing", "*")
}

/// A policy that allows, or that is silent.
fn policy(allows: bool) -> Value {
    if allows { allow("*", "*") } else { silent() }
}

/// A request with identity, boundary and session policies that allow or are silent, and a grant to `principal`; with
/// none, the resource policy is silent.
fn situation(base: &Given, principal: Option<&Value>, [identity, boundary, session]: [bool; 3]) -> Given {
    let mut grants = grant(principal.cloned().unwrap_or(json!("*")));
    if principal.is_none() {
        grants = with(grants, "Action", "sts:TagSession");
    }
    let trusted = base.0["policies"]["resource_kind"] == "trust";
    if trusted {
        // A trust policy has no Resource and no string `*`, and names actions of STS.
        let star = grants["Principal"] == "*";
        grants = support::without(grants, "Resource");
        grants =
            with(grants, "Action", if principal.is_none() { "sts:TagSession" } else { "sts:AssumeRole" });
        if star {
            grants = with(grants, "Principal", json!({"AWS": "*"}));
        }
    }
    let given = base.clone().identity(policy(identity)).boundary(policy(boundary)).session(policy(session));
    given.resource_policy(grants)
}

const BITS: [bool; 2] = [false, true];

/// Every combination of identity, boundary and session.
fn all() -> impl Iterator<Item = [bool; 3]> {
    BITS.into_iter()
        .flat_map(|i| BITS.into_iter().flat_map(move |b| BITS.into_iter().map(move |s| [i, b, s])))
}

/// Checks a caller against every combination of the other policies.
#[track_caller]
fn check(base: &Given, principal: Option<&Value>, expected: impl Fn([bool; 3]) -> (bool, Reason)) {
    for others in all() {
        let details = situation(base, principal, others).details();
        let (allows, reason) = expected(others);
        let effect = if allows { "allow" } else { "implicit_deny" };
        assert_eq!((details.effect.name(), details.reason), (effect, reason), "{principal:?} {others:?}");
    }
}

/// Why the identity side does not allow, in the order in which it is asked.
fn identity_side([identity, boundary, session]: [bool; 3], on_success: Reason) -> (bool, Reason) {
    match (identity, boundary, session) {
        (false, _, _) => (false, IdentitySilent),
        (_, false, _) => (false, BoundarySilent),
        (_, _, false) => (false, SessionSilent),
        (true, true, true) => (true, on_success),
    }
}

/// Why a grant to the role or the parent user does not suffice.
fn limited([_, boundary, session]: [bool; 3]) -> (bool, Reason) {
    match (boundary, session) {
        (false, _) => (false, BoundarySilent),
        (_, false) => (false, SessionSilent),
        (true, true) => (true, ResourceAllows),
    }
}

/// A caller with its grants: those that are direct or wild, those to its role or parent, those to its account.
fn callers() -> [(Value, Vec<Value>, Vec<Value>); 3] {
    [
        (json!(ALICE), vec![json!({"AWS": ALICE}), json!("*"), json!({"AWS": "*"})], vec![]),
        (
            app_session(),
            vec![json!({"AWS": APP_SESSION}), json!("*"), json!({"AWS": "*"})],
            vec![json!({"AWS": APP_ROLE})],
        ),
        (
            federated_user(),
            vec![json!({"AWS": FEDERATED}), json!("*"), json!({"AWS": "*"})],
            vec![json!({"AWS": ALICE})],
        ),
    ]
}

// R-EVAL-10, rows 1 to 4 of the truth table
#[test]
fn without_a_grant_identity_boundary_and_session_must_all_allow() {
    for (caller, _, _) in callers() {
        check(&given().by(caller), None, |others| identity_side(others, IdentityAllows));
    }
}

/// What a direct or wild grant comes to: a boundary and a session policy do not limit it, but for a session policy of a
/// caller whose type has none (R-EVAL-5).
fn immune_to(caller: &Value, [_, _, session]: [bool; 3]) -> (bool, Reason) {
    let has_sessions = caller["type"] == "role_session" || caller["type"] == "federated_user";
    if has_sessions || session { (true, ResourceAllows) } else { (false, SessionSilent) }
}

// R-EVAL-10, R-EVAL-5, row 5
#[test]
fn a_direct_or_wild_grant_suffices_whatever_else_is_silent() {
    for (caller, immune, _) in callers() {
        for principal in immune {
            let base = given().by(caller.clone());
            check(&base, Some(&principal), |others| immune_to(&caller, others));
        }
    }
    // A user has no session policy of its own.
    given().boundary(silent()).resource_policy(grant(json!({"AWS": ALICE}))).allows();
}

// R-EVAL-10, rows 6 to 8
#[test]
fn a_grant_to_the_role_or_parent_is_limited_by_boundary_and_session() {
    for (caller, _, limited_to) in callers() {
        for principal in limited_to {
            check(&given().by(caller.clone()), Some(&principal), limited);
        }
    }
}

// R-EVAL-10, rows 9 and 10
#[test]
fn a_grant_to_the_account_adds_nothing_to_identity() {
    for (caller, _, _) in callers() {
        for account in [json!({"AWS": ACCOUNT}), json!({"AWS": ROOT})] {
            check(&given().by(caller.clone()), Some(&account), |others| {
                identity_side(others, IdentityAllows)
            });
        }
    }
}

// R-EVAL-12, R-KIND-8, row 11
#[test]
fn no_identity_policy_opens_a_key_or_a_role_by_itself() {
    for (caller, _, _) in callers() {
        for gateway in [given().kms(), given().trust()] {
            check(&gateway.by(caller.clone()), None, |_| (false, ResourceSilent));
        }
    }
}

// R-EVAL-12, rows 12 and 13
#[test]
fn a_key_or_role_that_trusts_the_account_leaves_it_to_identity() {
    for (caller, _, _) in callers() {
        for gateway in [given().kms(), given().trust()] {
            for account in [json!({"AWS": ACCOUNT}), json!({"AWS": ROOT})] {
                let base = gateway.clone().by(caller.clone());
                check(&base, Some(&account), |others| identity_side(others, BothAllow));
            }
        }
    }
}

// R-EVAL-12, R-EVAL-5, row 14
#[test]
fn a_key_or_role_that_names_the_caller_asks_nobody_else() {
    for (caller, immune, _) in callers() {
        for gateway in [given().kms(), given().trust()] {
            for principal in &immune {
                let base = gateway.clone().by(caller.clone());
                check(&base, Some(principal), |others| immune_to(&caller, others));
            }
        }
    }
}

// R-EVAL-12, row 15
#[test]
fn a_key_or_role_that_names_the_callers_role_is_limited_by_boundary_and_session() {
    for (caller, _, limited_to) in callers() {
        for gateway in [given().kms(), given().trust()] {
            for principal in &limited_to {
                check(&gateway.clone().by(caller.clone()), Some(principal), limited);
            }
        }
    }
}

// R-EVAL-13, rows 23 and 24
#[test]
fn the_root_user_needs_no_allow_but_for_keys_and_never_assumes_roles() {
    let root = json!({"type": "root", "arn": ROOT});
    let bucket = given().by(root.clone());
    assert_eq!(bucket.details().reason, RootUser);
    assert_eq!(bucket.details().decisive, None);
    bucket.clone().resource_policy(with(grant("*"), "Action", "x:Nothing")).allows();
    bucket.resource_policy(json!([grant("*"), with(deny("*", "*"), "Principal", "*")])).denies_explicitly();
    let key = given().kms().by(root.clone());
    assert_eq!(key.details().reason, ResourceSilent);
    for principal in [json!({"AWS": ACCOUNT}), json!({"AWS": ROOT}), json!("*")] {
        let granted = key.clone().resource_policy(grant(principal)).details();
        assert_eq!((granted.effect.name(), granted.reason), ("allow", ResourceAllows));
    }
    key.resource_policy(grant(json!({"AWS": ALICE}))).denies();
    let trust =
        json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [ACCOUNT, ROOT, "*"]}}]);
    let role = given().trust().by(root).resource_policy(trust);
    assert_eq!((role.details().effect.name(), role.details().reason), ("implicit_deny", Reason::Impossible));
}

// R-EVAL-13: the root user needs no Allow of an identity policy, and none helps it.
#[test]
fn no_allow_of_an_identity_policy_is_asked_of_the_root_user() {
    let root = given().by(json!({"type": "root", "arn": ROOT}));
    root.clone().identity(silent()).allows();
    root.clone().owner(OTHER_ACCOUNT).identity(allow("*", "*")).denies();
    let key = given().kms().by(json!({"type": "root", "arn": ROOT}));
    key.identity(allow("*", "*")).session(allow("*", "*")).denies();
}

// R-EVAL-5
#[test]
fn a_deny_that_was_passed_for_the_root_user_denies() {
    let root = given().by(json!({"type": "root", "arn": ROOT})).resource_policy(grant("*"));
    for (denied, layer) in [
        (root.clone().identity(deny("s3:*", "*")), Layer::Identity),
        (root.clone().boundary(deny("s3:*", "*")), Layer::Boundary),
        (root.clone().session(deny("s3:*", "*")), Layer::Session),
    ] {
        let details = denied.details();
        assert_eq!((details.reason, details.layer), (ExplicitDeny, Some(layer)));
    }
    root.clone().identity(deny("x:Nothing", "*")).allows();
    root.clone().identity(deny("x:Nothing", "*")).boundary(allow("*", "*")).session(allow("*", "*")).allows();
}

// R-EVAL-13, R-EVAL-17: the task policy of a session that AssumeRoot makes, and a boundary, if one is passed.
#[test]
fn a_session_policy_of_the_root_user_must_allow_as_well() {
    let root = || json!({"type": "root", "arn": ROOT});
    let own = given().by(root());
    let foreign = own.clone().owner(OTHER_ACCOUNT).resource_policy(grant(json!({"AWS": ROOT})));
    let key = given().kms().by(root()).resource_policy(grant(json!({"AWS": ROOT})));
    for asked in [own.clone(), own.resource_policy(grant("*")), foreign, key] {
        asked.clone().allows();
        asked.clone().session(allow("*", "*")).allows();
        // Several session policies unite (R-EVAL-14).
        asked.clone().session(silent()).session(allow("*", "*")).allows();
        let task = asked.clone().session(silent()).details();
        assert_eq!((task.effect.name(), task.reason), ("implicit_deny", SessionSilent));
        assert_eq!((task.layer, task.decisive), (Some(Layer::Session), None));
        asked.clone().boundary(allow("*", "*")).allows();
        let limited = asked.boundary(silent()).details();
        assert_eq!((limited.effect.name(), limited.reason), ("implicit_deny", BoundarySilent));
    }
}

// R-EVAL-14, R-PRIN-18
#[test]
fn a_federated_user_of_the_root_user_needs_the_session_policy_in_place_of_identity() {
    let caller = || with(federated_user(), "user_arn", ROOT);
    let asked = given().by(caller());
    let allowed = asked.clone().session(allow("*", "*")).details();
    assert_eq!((allowed.effect.name(), allowed.reason), ("allow", Reason::SessionAllows));
    asked.clone().session(silent()).denies();
    asked.clone().identity(allow("*", "*")).denies();
    asked.clone().identity(allow("*", "*")).session(silent()).denies();
    asked.clone().identity(deny("*", "*")).session(allow("*", "*")).denies_explicitly();
    // A boundary that was passed must allow, whatever the grant.
    let granted = asked.clone().resource_policy(grant(json!({"AWS": FEDERATED})));
    granted.clone().allows();
    for limited in [asked.session(allow("*", "*")), granted] {
        limited.clone().boundary(allow("*", "*")).allows();
        limited.boundary(silent()).denies();
    }
    // Of keys and across accounts, both sides.
    let key = given().kms().by(caller()).session(allow("*", "*"));
    key.clone().denies();
    key.resource_policy(grant(json!({"AWS": ACCOUNT}))).allows();
    let foreign = given().owner(OTHER_ACCOUNT).by(caller()).resource_policy(grant(json!({"AWS": ROOT})));
    foreign.clone().denies();
    foreign.clone().session(silent()).denies();
    foreign.session(allow("*", "*")).allows();
}

// R-EVAL-11
#[test]
fn a_star_that_a_condition_narrows_stays_a_star() {
    let narrowed = |arn: &str| with(grant("*"), "Condition", json!({"ArnEquals": {"aws:PrincipalArn": arn}}));
    let session = given().by(app_session()).boundary(silent()).session(silent());
    session.clone().resource_policy(narrowed(APP_ROLE)).allows();
    session.clone().resource_policy(narrowed(ALICE)).denies();
    session.resource_policy(grant(json!({"AWS": APP_ROLE}))).denies();
}

// R-EVAL-14
#[test]
fn without_a_session_policy_a_role_session_is_unlimited_and_a_federated_user_has_nothing() {
    for (caller, allowed) in [(app_session(), true), (federated_user(), false)] {
        let asked = given().by(caller).identity(allow("*", "*"));
        if allowed {
            asked.clone().allows()
        } else {
            asked.clone().denies()
        }
        asked.clone().session(allow("*", "*")).allows();
        asked.clone().session(silent()).denies();
        asked.session(silent()).session(allow("s3:*", "*")).allows();
    }
    let federated = given().by(federated_user()).identity(allow("*", "*"));
    assert_eq!(federated.details().reason, SessionSilent);
    assert_eq!(federated.details().layer, Some(Layer::Session));
    federated.clone().resource_policy(grant(json!({"AWS": FEDERATED}))).allows();
    federated.clone().resource_policy(grant("*")).allows();
    federated.resource_policy(grant(json!({"AWS": ALICE}))).denies();
}

// R-EVAL-15, R-KIND-2
#[test]
fn a_boundary_and_a_session_policy_grant_nothing() {
    given().by(app_session()).session(allow("*", "*")).denies();
    given().by(app_session()).session(allow("*", "*")).identity(allow("*", "*")).allows();
    given().boundary(allow("*", "*")).denies();
    given().boundary(allow("*", "*")).identity(allow("*", "*")).allows();
    given().boundary(silent()).identity(allow("*", "*")).denies();
}

// R-EVAL-5: a session policy that is passed for a plain user, which has none, limits it.
#[test]
fn a_session_policy_limits_a_plain_user_too() {
    given().identity(allow("*", "*")).allows();
    given().identity(allow("*", "*")).session(silent()).denies();
    given().identity(allow("*", "*")).session(allow("*", "*")).allows();
}

// R-EVAL-5: no grant is immune to a Deny.
#[test]
fn an_explicit_deny_beats_every_grant_from_every_layer() {
    let no = || deny("s3:*", "*");
    let granted = given().by(app_session()).resource_policy(grant(json!({"AWS": APP_SESSION})));
    granted.clone().allows();
    for (denied, layer) in [
        (granted.clone().identity(no()), Layer::Identity),
        (granted.clone().boundary(no()), Layer::Boundary),
        (granted.clone().session(no()), Layer::Session),
        (granted.clone().scp([json!([allow("*", "*"), no()])]), Layer::Scp),
        (granted.clone().rcp([with(no(), "Principal", "*")]), Layer::Rcp),
        (granted.clone().endpoint(json!([grant("*"), with(no(), "Principal", "*")])), Layer::Endpoint),
        (granted.resource_policy(json!([grant("*"), with(no(), "Principal", "*")])), Layer::Resource),
    ] {
        let details = denied.details();
        assert_eq!((details.reason, details.layer), (ExplicitDeny, Some(layer)));
    }
}

// R-EVAL-5
#[test]
fn explicit_deny_beats_allow_in_another_policy() {
    given().identity(allow("*", "*")).identity(deny("s3:*", "*")).denies_explicitly();
    given().identity(deny("s3:*", "*")).identity(allow("*", "*")).denies_explicitly();
    given().identity(allow("*", "*")).identity(deny("s3:Put*", "*")).allows();
}

// R-EVAL-9
#[test]
fn what_nothing_allows_is_denied() {
    let nothing = given().details();
    assert_eq!((nothing.effect.name(), nothing.reason), ("implicit_deny", IdentitySilent));
    assert_eq!((nothing.layer, nothing.decisive), (Some(Layer::Identity), None));
    given().identity(allow("s3:PutObject", "*")).denies();
    given().identity(allow("s3:GetObject", "*")).allows();
}

// R-KIND-1: what a group's policies say belongs to the identity policies of its users.
#[test]
fn the_policies_of_groups_are_among_the_identity_policies() {
    let (own, group) = (allow("ec2:*", "*"), allow("s3:*", "*"));
    given().identity(own.clone()).denies();
    given().identity(own).identity(group).allows();
}
