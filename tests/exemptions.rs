//! What no Deny reaches: the owner's root user who repairs a bucket policy, `sts:GetCallerIdentity`, and the role that a
//! service takes for itself.

mod support;

use iamlet::Reason::{self, ExplicitDeny};
use iamlet::{Layer, Layers};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, APP_SESSION, Beyond, FEDERATED, Given, OBJECT, OTHER_ACCOUNT, ROOT, Told,
    allow, app_session, deny, federated_user, given, grant, linked_session, service, with,
};

const BUCKET: &str = "arn:aws:s3:::b";
const REPAIRS: [&str; 3] = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

fn root() -> Value {
    json!({"type": "root", "arn": ROOT})
}

/// The root user of the bucket's account, whom the bucket policy denies everything.
fn locked_out(action: &str) -> Given {
    let policy = with(deny("s3:*", "*"), "Principal", "*");
    given().by(root()).action(action).on(BUCKET).owner(ACCOUNT).resource_policy(policy)
}

// R-EVAL-23
#[test]
fn no_bucket_policy_locks_the_owners_root_user_out() {
    for action in REPAIRS {
        for action in [action.to_owned(), action.to_lowercase(), action.to_uppercase()] {
            let details = locked_out(&action).details();
            assert_eq!((details.effect.name(), details.reason), ("allow", Reason::RootUser), "{action}");
            // However the policy denies.
            let but = with(deny("s3:*", "arn:aws:s3:::b"), "NotPrincipal", json!({"AWS": ALICE}));
            locked_out(&action).resource_policy(json!([grant("*"), but])).allows();
            locked_out(&action).resource_policy(with(grant("*"), "Effect", "Deny")).allows();
        }
    }
    for other in [
        "s3:GetBucketPolicyStatus",
        "s3:PutBucketAcl",
        "s3:GetObject",
        "s3:DeleteBucket",
        "s3:PutAccessPointPolicy",
        "s3-outposts:PutBucketPolicy",
        "sqs:PutBucketPolicy",
    ] {
        let policy = with(deny("*:*", "*"), "Principal", "*");
        locked_out(other).resource_policy(policy).denies_explicitly();
    }
}

// R-EVAL-23
#[test]
fn it_is_about_the_bucket_itself() {
    for action in REPAIRS {
        let on = |resource: &str| locked_out(action).on(resource);
        for bucket in [BUCKET, "arn:aws:s3:::bucket.with-dots", "arn:aws:s3:::B"] {
            on(bucket).allows();
        }
        for other in [
            "*",
            OBJECT,
            "arn:aws:s3:::b/",
            "arn:aws:s3:::*",
            "arn:aws:s3:::b*",
            "arn:aws:s3:::b?",
            "arn:aws:s3:::",
            "arn:aws:s3:us-east-1::b",
            "arn:aws:s3::111122223333:b",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/a",
            "arn:aws:s3-outposts:us-east-1:111122223333:outpost/o/bucket/b",
        ] {
            on(other).denies_explicitly();
        }
        let china = locked_out(action).by(json!(ROOT.replace("aws", "aws-cn"))).on("arn:aws-cn:s3:::b");
        china.allows();
    }
}

// R-EVAL-23
#[test]
fn it_is_the_owners_root_user_and_nobody_else() {
    for action in REPAIRS {
        locked_out(action).owner(OTHER_ACCOUNT).denies_explicitly();
        for other in [
            json!(ALICE),
            app_session(),
            federated_user(),
            with(federated_user(), "user_arn", ROOT),
            linked_session(),
            service("s3.amazonaws.com"),
            json!("anonymous"),
            json!("arn:aws:iam::444455556666:root"),
        ] {
            locked_out(action).by(other).identity(allow("*", "*")).denies_explicitly();
        }
    }
}

// R-EVAL-23: every other policy still denies, and still has to allow.
#[test]
fn every_other_policy_still_denies_the_owners_root_user() {
    for action in REPAIRS {
        let asked = || locked_out(action);
        let about_all = || with(deny("s3:*", "*"), "Principal", "*");
        for (denied, layer) in [
            (asked().scp([json!([allow("*", "*"), deny("s3:*", "*")])]), Layer::Scp),
            (asked().rcp([about_all()]), Layer::Rcp),
            (asked().identity(deny("s3:*", "*")), Layer::Identity),
            (asked().boundary(deny("s3:*", "*")), Layer::Boundary),
            (asked().session(deny("s3:*", "*")), Layer::Session),
            (asked().endpoint(json!([grant("*"), about_all()])), Layer::Endpoint),
        ] {
            let details = denied.details();
            assert_eq!((details.reason, details.layer), (ExplicitDeny, Some(layer)), "{action}");
        }
        for silent in [
            asked().scp([allow("ec2:*", "*")]),
            asked().endpoint(with(grant("*"), "Action", "ec2:*")),
            asked().session(allow("ec2:*", "*")),
            asked().boundary(allow("ec2:*", "*")),
        ] {
            silent.denies();
        }
        asked().scp([allow("*", "*")]).endpoint(grant("*")).session(allow("s3:*", "*")).allows();
        // A policy that is looked at no more must still be good.
        asked().resource_policy(grant("bad")).is_refused("BAD_PRINCIPAL");
    }
}

// R-EVAL-23, R-RES-12: each item of a request by itself.
#[test]
fn of_several_items_only_the_bucket_is_spared() {
    let on = |second: &str| locked_out(REPAIRS[0]).on_all(&[(BUCKET, json!({})), (second, json!({}))]);
    on("arn:aws:s3:::c").allows();
    on(OBJECT).denies_explicitly();
    on("*").denies_explicitly();
}

/// Everything denies the caller.
fn denied_everywhere(caller: Value) -> Given {
    let no = || deny("*", "*");
    let about_all = || with(no(), "Principal", "*");
    given()
        .by(caller)
        .owner(ACCOUNT)
        .action("sts:GetCallerIdentity")
        .on("*")
        .identity(no())
        .boundary(no())
        .session(no())
        .scp([no()])
        .rcp([with(about_all(), "Action", "sts:*")])
        .endpoint(about_all())
}

// R-EVAL-23
#[test]
fn who_one_is_may_be_asked_by_everyone_who_signs() {
    for caller in
        [json!(ALICE), app_session(), federated_user(), linked_session(), root(), service("s3.amazonaws.com")]
    {
        for action in ["sts:GetCallerIdentity", "STS:getcalleridentity"] {
            let details = denied_everywhere(caller.clone()).action(action).details();
            let expected = ("allow", Reason::NoPermissionNeeded);
            assert_eq!((details.effect.name(), details.reason), expected, "{caller}");
            assert_eq!((details.layer, details.decisive), (None, None));
            // Nothing has to allow it either.
            given().by(caller.clone()).owner(ACCOUNT).action(action).on("*").allows();
        }
        for other in ["sts:GetCallerIdentities", "sts:GetSessionToken", "iam:GetCallerIdentity"] {
            denied_everywhere(caller.clone()).action(other).denies_explicitly();
        }
    }
    denied_everywhere(json!("anonymous")).denies_explicitly();
    given().by("anonymous").owner(ACCOUNT).action("sts:GetCallerIdentity").on("*").denies();
}

// R-EVAL-23, R-GEN-3, R-EVAL-4: what is malformed or undeclared comes first.
#[test]
fn who_one_is_is_not_told_to_a_malformed_request() {
    let asked = given().action("sts:GetCallerIdentity").on("*").owner(ACCOUNT);
    asked.allows();
    asked.clone().on("secret").is_malformed("neither `*` nor an ARN");
    asked.clone().key("aws:username", &["bob"]).is_malformed("contradicts");
    let session = with(app_session(), "role_arn", "arn:aws:iam::111122223333:role/Other");
    asked.clone().by(session).is_malformed("contradicts the session's ARN");
    asked.clone().identity(json!({"Statement": []})).is_refused("EMPTY");
    for layer in Layer::ALL {
        let absent = Some(!Layers::from(layer));
        let told = asked.told_with(&Beyond { absent, ..Beyond::default() });
        assert!(matches!(told, Told::Malformed(error) if error.contains("does not declare them absent")));
    }
}

const LINKED_ROLE: &str = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Linked";

// R-RCP-5
#[test]
fn an_rcp_leaves_a_service_alone_that_takes_its_linked_role() {
    let rcp = || with(deny("sts:*", "*"), "Principal", "*");
    let trust = |principal: Value| json!({"Effect": "Allow", "Action": "sts:*", "Principal": principal});
    let asked = |caller: Value, principal: Value, role: &str| {
        given().trust().on(role).by(caller).resource_policy(trust(principal)).rcp([rcp()])
    };
    let x = || service("x.amazonaws.com");
    let by_service = || json!({"Service": "x.amazonaws.com"});
    for action in ["sts:AssumeRole", "STS:assumerole"] {
        asked(x(), by_service(), LINKED_ROLE).action(action).allows();
    }
    // By another action, of another role, or by another caller, it holds.
    for action in ["sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoleWithSAML"] {
        asked(x(), by_service(), LINKED_ROLE).action(action).denies_explicitly();
    }
    for role in [
        APP_ROLE,
        "arn:aws:iam::111122223333:role/a/aws-service-role/x/Linked",
        "arn:aws:iam::111122223333:role/service-role/Linked",
    ] {
        asked(x(), by_service(), role).denies_explicitly();
    }
    for caller in [json!(ALICE), app_session(), federated_user()] {
        asked(caller, json!({"AWS": [ALICE, APP_SESSION, FEDERATED]}), LINKED_ROLE).denies_explicitly();
    }
    // The trust policy still decides, and still denies.
    asked(x(), json!({"Service": "y.amazonaws.com"}), LINKED_ROLE).denies();
    let denied = json!([trust(by_service()), with(trust(by_service()), "Effect", "Deny")]);
    asked(x(), by_service(), LINKED_ROLE).resource_policy(denied).denies_explicitly();
    // Each item by itself.
    let several = asked(x(), by_service(), LINKED_ROLE);
    several.clone().on_all(&[(LINKED_ROLE, json!({})), (LINKED_ROLE, json!({}))]).owner(ACCOUNT).allows();
    several.on_all(&[(LINKED_ROLE, json!({})), (APP_ROLE, json!({}))]).owner(ACCOUNT).denies_explicitly();
}
