//! Origin access identities: what CloudFront reads an origin with. They are written as users and have no account.

mod support;

use iamlet::Reason::{BoundarySilent, Impossible, ResourceAllows, ResourceSilent};
use iamlet::{Layers, PrincipalType, RequestError};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, Beyond, Given, OBJECT, OTHER_ACCOUNT, ROOT, Told, allow, deny, given, grant,
    with,
};

const ORIGIN: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE23456";

/// The identity reads an object of a bucket of this account.
fn reads(owner: &str) -> Given {
    given().by(ORIGIN).owner(owner)
}

// R-PRIN-5
#[test]
fn its_arn_tells_its_type() {
    assert_eq!(PrincipalType::from_arn(ORIGIN), Some(PrincipalType::OriginAccessIdentity));
    let everyone = |caller: Value| given().by(caller).owner(ACCOUNT).resource_policy(grant("*"));
    everyone(json!(ORIGIN)).allows();
    // The guides write it as a user.
    everyone(json!({"type": "user", "arn": ORIGIN})).allows();
    for other in ["root", "federated_user", "anonymous"] {
        everyone(json!({"type": other, "arn": ORIGIN})).contradicts(RequestError::PrincipalType);
    }
    for wrong in [
        "arn:aws:iam::cloudfront:user/alice",
        "arn:aws:iam::cloudfront:root",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity e1",
        "arn:aws:iam::cloudfront:user/path/CloudFront Origin Access Identity E1",
        "arn:aws:sts::cloudfront:user/CloudFront Origin Access Identity E1",
    ] {
        everyone(json!(wrong)).contradicts(RequestError::UnknownType);
    }
    let role = "arn:aws:iam::cloudfront:role/CloudFront Origin Access Identity E1";
    everyone(json!(role)).contradicts(RequestError::UnknownType);
}

// R-PRIN-5: a direct or a wild grant suffices, in any account.
#[test]
fn a_direct_or_wild_grant_is_all_that_it_needs() {
    for owner in [ACCOUNT, OTHER_ACCOUNT] {
        for good in [json!({"AWS": ORIGIN}), json!("*"), json!({"AWS": "*"}), json!({"AWS": [ALICE, ORIGIN]})]
        {
            let details = reads(owner).resource_policy(grant(good)).details();
            assert_eq!((details.effect.name(), details.reason), ("allow", ResourceAllows));
        }
        for other in [
            json!({"AWS": ACCOUNT}),
            json!({"AWS": ROOT}),
            json!({"AWS": ALICE}),
            json!({"AWS": APP_ROLE}),
            json!({"AWS": format!("{ORIGIN}7")}),
            json!({"AWS": ORIGIN.replace("arn:aws:", "arn:aws-cn:")}),
            json!({"Service": "cloudfront.amazonaws.com"}),
        ] {
            let details = reads(owner).resource_policy(grant(other)).details();
            assert_eq!((details.effect.name(), details.reason), ("implicit_deny", ResourceSilent));
        }
        reads(owner).denies();
        // It has no identity policies.
        reads(owner).identity(allow("*", "*")).denies();
    }
    // Nobody else is meant by its ARN.
    for caller in [json!(ALICE), json!("anonymous"), json!(format!("{ORIGIN}7"))] {
        given().by(caller).owner(ACCOUNT).resource_policy(grant(json!({"AWS": ORIGIN}))).denies();
    }
}

// R-PRIN-5, R-EVAL-5: a Deny reaches it, from whichever layer it was passed.
#[test]
fn a_deny_reaches_it() {
    let asked = reads(ACCOUNT).resource_policy(grant(json!({"AWS": ORIGIN})));
    let no = || with(deny("s3:*", "*"), "Principal", "*");
    asked.clone().allows();
    for denied in [
        asked.clone().identity(deny("*", "*")),
        asked.clone().boundary(deny("*", "*")),
        asked.clone().session(deny("*", "*")),
        asked.clone().rcp([no()]),
        asked.clone().endpoint(json!([grant("*"), no()])),
        asked.clone().resource_policy(json!([grant("*"), no()])),
        asked.clone().resource_policy(json!([grant("*"), with(no(), "Principal", json!({"AWS": ORIGIN}))])),
    ] {
        denied.denies_explicitly();
    }
    // It is of no account, so that no SCP applies (R-EVAL-2).
    asked.clone().scp([deny("*", "*")]).allows();
    let silent = asked.clone().boundary(allow("x:Nothing", "*")).details();
    assert_eq!((silent.effect.name(), silent.reason), ("implicit_deny", BoundarySilent));
    asked.boundary(allow("*", "*")).allows();
}

// R-PRIN-5, R-NPRIN-3
#[test]
fn not_principal_never_exempts_it() {
    for listed in [json!([ORIGIN]), json!([ORIGIN, ACCOUNT, ROOT]), json!([ALICE])] {
        let but = with(deny("*", "*"), "NotPrincipal", json!({"AWS": listed}));
        reads(ACCOUNT).resource_policy(json!([grant("*"), but])).denies_explicitly();
    }
}

// R-PRIN-5, 5.3: it has a canonical id of its own, which may not be known.
#[test]
fn its_canonical_id_is_open_where_it_is_not_known() {
    let id = "0123456789abcdef".repeat(4);
    let of = |effect: &str| with(grant(json!({"CanonicalUser": id})), "Effect", effect);
    let asked = |known: Option<&str>| {
        let caller = json!({"type": "user", "arn": ORIGIN});
        given().owner(ACCOUNT).by(match known {
            Some(known) => with(caller, "canonical", known),
            None => caller,
        })
    };
    asked(None).resource_policy(of("Allow")).denies();
    asked(None).resource_policy(json!([grant("*"), of("Deny")])).denies_explicitly();
    asked(Some(&id)).resource_policy(json!([grant("*"), of("Deny")])).denies_explicitly();
    let other = id.replace('0', "1");
    asked(Some(&other)).resource_policy(json!([grant("*"), of("Deny")])).allows();
}

// R-PRIN-5, R-EVAL-12: of keys and roles, and by actions that read no origin.
#[test]
fn it_is_held_to_partition_and_kind_like_any_caller() {
    let asked = reads(ACCOUNT).on("arn:aws-cn:s3:::b/k").resource_policy(grant("*"));
    asked.contradicts(RequestError::Partition);
    let key = given().kms().by(ORIGIN);
    key.clone().identity(allow("*", "*")).denies();
    key.clone().resource_policy(grant(json!({"AWS": ACCOUNT}))).denies();
    assert_ne!(key.details().reason, Impossible);
}

// R-PRIN-5, R-CTX-7: its account is not known, so that a test on it is open.
#[test]
fn the_key_of_its_account_is_unknown() {
    let own = json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}});
    let other = json!({"StringNotEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}});
    reads(ACCOUNT).resource_policy(with(grant("*"), "Condition", own.clone())).denies();
    for of in [own, other] {
        let denied = with(with(deny("*", "*"), "Principal", "*"), "Condition", of);
        reads(ACCOUNT).resource_policy(json!([grant("*"), denied])).denies_explicitly();
    }
    let named = json!({"ArnEquals": {"aws:PrincipalArn": ORIGIN}});
    reads(ACCOUNT).resource_policy(with(grant("*"), "Condition", named)).allows();
}

// R-PRIN-5, R-EVAL-4: what it does not have need not be declared absent.
#[test]
fn it_needs_no_declaration_of_what_it_does_not_have() {
    let asked = reads(ACCOUNT).on(OBJECT).resource_policy(grant("*"));
    let needed = Layers::RCP.union(Layers::ENDPOINT);
    let told = asked.told_with(&Beyond { absent: Some(needed), ..Beyond::default() });
    assert!(matches!(told, Told::Decided(details) if details.effect.name() == "allow"));
    for missing in [Layers::RCP, Layers::ENDPOINT] {
        let told = asked.told_with(&Beyond { absent: Some(missing), ..Beyond::default() });
        assert!(matches!(told, Told::Malformed(_)));
    }
}
