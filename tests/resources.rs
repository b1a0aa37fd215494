//! `Resource` and `NotResource`: which resources a statement is about, and whose they are.

mod support;

use iamlet::RequestError;
use iamlet::ground::truth::Truth::{False, Indet, True};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, Given, OBJECT, OTHER_ACCOUNT, accepts, allow, deny, given, refuses, renamed, truth, with,
};

/// The statement about all resources but those that it lists.
fn not_resource(statement: Value) -> Value {
    renamed(statement, "Resource", "NotResource")
}

/// A request of alice's on a resource of her own account.
fn on(resource: &str) -> Given {
    given().action("x:Do").on(resource).owner(ACCOUNT)
}

// R-RES-1, R-RES-6
#[test]
fn an_arn_is_cut_at_its_first_five_colons() {
    let log = "arn:aws:logs:us-east-1:111122223333:log-group:a:b:log-stream:x";
    for (pattern, holds) in [
        ("arn:aws:logs:us-east-1:111122223333:log-group:a:b:log-stream:x", True),
        ("arn:aws:logs:us-east-1:111122223333:log-group:*:log-stream:x", True),
        ("arn:aws:logs:us-east-1:111122223333:log-group:*", True),
        ("arn:aws:logs:us-east-1:111122223333:*:x", True),
        ("arn:aws:logs:us-east-1:111122223333:log-group", False),
        ("arn:aws:logs:us-east-1:111122223333:log-group:?:log-stream:x", False),
    ] {
        assert_eq!(truth(&on(log), &allow("*", pattern)), holds, "{pattern}");
    }
}

// R-RES-1, R-VAR-12: the colons of a variable and of its default cut nothing.
#[test]
fn colons_inside_a_variable_cut_nothing() {
    let pattern = "arn:aws:sqs:us-east-1:111122223333:q-${aws:PrincipalTag/t, 'a:b'}";
    assert_eq!(truth(&on("arn:aws:sqs:us-east-1:111122223333:q-a:b"), &allow("*", pattern)), True);
    assert_eq!(truth(&on("arn:aws:sqs:us-east-1:111122223333:q-a"), &allow("*", pattern)), False);
}

// R-RES-2
#[test]
fn each_field_of_an_arn_has_its_syntax() {
    for good in [
        "*",
        "arn:aws:s3:::b",
        "arn:aws-cn:s3:::b",
        "arn:*:s3:::b",
        "arn:aws:s3:eu-*:111122223333:b",
        "arn:aws:s3:us-east-?::b",
        "arn:aws:iam::aws:policy/x",
        "arn:aws:iam::amazon:x",
        "arn:aws:iam::cloudfront:user/x",
        "arn:aws:s3::*:b",
        "arn:aws:s3::1111*:b",
        "arn:aws:s3::????????????:b",
        "arn:aws:organizations::*:",
        "arn:aws:kms:${aws:RequestedRegion}:${aws:PrincipalAccount}:key/*",
    ] {
        accepts("identity", allow("*", good));
    }
    for bad in [
        "",
        "**",
        "b",
        "ARN:aws:s3:::b",
        "arn:gcp:s3:::b",
        "arn:aws*:s3:::b",
        "arn::s3:::b",
        "arn:aws::::b",
        "arn:aws:S3:::b",
        "arn:aws:s*:::b",
        "arn:aws:*:::b",
        "arn:aws:s3:EU:111122223333:b",
        "arn:aws:s3::11112222333:b",
        "arn:aws:s3::1111222233334:b",
        "arn:aws:s3::111122223333*:b",
        "arn:aws:s3::b:b",
    ] {
        refuses("identity", allow("*", bad), "BAD_RESOURCE", "/Statement/Resource");
    }
    // An empty sixth field matches an empty one only.
    let empty = allow("*", "arn:aws:organizations::*:");
    assert_eq!(truth(&on("arn:aws:organizations::111122223333:"), &empty), True);
    assert_eq!(truth(&on("arn:aws:organizations::111122223333:o"), &empty), False);
}

#[test]
fn a_literal_wildcard_is_no_region_and_no_account() {
    for escape in ["${*}", "${?}", "${$}"] {
        for bad in [format!("arn:aws:s3:us{escape}:*:b"), format!("arn:aws:s3::{escape}:b")] {
            refuses("identity", allow("*", bad.as_str()), "BAD_RESOURCE", "/Statement/Resource");
        }
        accepts("identity", allow("*", format!("arn:aws:s3:::b{escape}")));
    }
}

// R-RES-3
#[test]
fn a_request_about_the_star_is_matched_by_the_star_alone() {
    assert_eq!(truth(&on("*"), &allow("*", "*")), True);
    assert_eq!(truth(&on("*"), &allow("*", "arn:*:s3:*:*:*")), False);
    assert_eq!(truth(&on("*"), &not_resource(allow("*", "arn:*:s3:*:*:*"))), True);
    assert_eq!(truth(&given(), &allow("*", "arn:*:s3:*:*:*")), True);
}

// R-RES-3: it would walk past each Deny that names ARNs.
#[test]
fn a_text_that_is_neither_the_star_nor_an_arn_makes_the_request_malformed() {
    for no_arn in [
        "",
        "**",
        "* ",
        "?",
        "bucket",
        "secret/key",
        "::::",
        ":::::",
        "arn:aws:s3:b",
        "arn:aws:s3::b",
        " arn:aws:s3:::b/k",
        "ARN:aws:s3:::b/k",
        "Arn:aws:s3:::b/k",
        "urn:aws:s3:::b/k",
        "arn::s3:::b/k",
        "arn:*:s3:::b/k",
        "arn:AWS:s3:::b/k",
        "arn:aws-:s3:::b/k",
        "arn:awscn:s3:::b/k",
        "arn:gcp:s3:::b/k",
        "arn:aws::::b/k",
        "arn:aws:S3:::b/k",
        "arn:aws:s*:::b/k",
        "arn:aws:s3 :::b/k",
    ] {
        let asked = on(no_arn).identity(allow("*", "*"));
        asked.contradicts(RequestError::Resource);
        asked.identity(deny("*", "arn:aws:s3:::*")).contradicts(RequestError::Resource);
        // One malformed resource makes the whole request so (R-GEN-3).
        let several = on(OBJECT).on_all(&[(OBJECT, json!({})), (no_arn, json!({}))]);
        several.identity(allow("*", "*")).is_malformed("neither `*` nor an ARN");
    }
    for good in ["*", OBJECT, "arn:aws-us-gov:s3:::b", "arn:aws:s3:::", "arn:aws:s3-object-lambda:::x:y"] {
        let partition = if good.contains("gov") { "aws-us-gov" } else { "aws" };
        let user = ALICE.replace("aws", partition);
        on(good).by(user).identity(allow("*", "*")).allows();
    }
}

// R-RES-4, R-RES-7
#[test]
fn wildcards_cross_slashes_and_case_counts() {
    for (pattern, resource, holds) in [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", True),
        ("arn:aws:s3:::b?k", OBJECT, True),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/", False),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/ü", True),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/kk", False),
        ("arn:aws:s3:::B/k", OBJECT, False),
        ("arn:aws:iam::111122223333:user/Alice", ALICE, False),
    ] {
        assert_eq!(truth(&on(resource), &allow("*", pattern)), holds, "{pattern} {resource}");
    }
}

// R-RES-5
#[test]
fn a_star_that_leaves_its_field_is_left_open() {
    let resource = "arn:aws:ec2:us-east-1:111122223333:store/abc:111122223333:instance/x";
    let within = "arn:aws:ec2:*:111122223333:store/*";
    let across = "arn:aws:ec2:*:111122223333:instance/*";
    let beside = "arn:aws:ec2:*:111122223333:volume/*";
    assert_eq!(truth(&on(resource), &allow("*", within)), True);
    assert_eq!(truth(&on(resource), &allow("*", across)), Indet);
    assert_eq!(truth(&on(resource), &allow("*", beside)), False);
    assert_eq!(truth(&on(resource), &not_resource(allow("*", within))), False);
    assert_eq!(truth(&on(resource), &not_resource(allow("*", across))), Indet);
    assert_eq!(truth(&on(resource), &not_resource(allow("*", beside))), True);
}

// R-RES-8, R-KIND-3
#[test]
fn a_short_arn_is_completed_in_the_iam_kinds_alone() {
    let queue = on("arn:aws:sqs:us-east-1:111122223333:q");
    for (short, holds) in [
        ("arn:aws:sqs", True),
        ("arn:aws:sqs:us-east-1", True),
        ("arn:aws:sqs:us-east-1:111122223333", True),
        ("arn:aws:sqs:eu-west-1", False),
        ("arn:aws:sns", False),
    ] {
        assert_eq!(truth(&queue, &allow("*", short)), holds, "{short}");
        for kind in ["identity", "inline_user", "inline_group", "inline_role", "boundary"] {
            accepts(kind, allow("*", short));
        }
        for kind in ["session", "scp_full"] {
            refuses(kind, allow("*", short), "BAD_RESOURCE", "/Statement/Resource");
        }
        for kind in ["resource", "kms", "vpce"] {
            refuses(kind, with(allow("*", short), "Principal", "*"), "BAD_RESOURCE", "/Statement/Resource");
        }
    }
    for bad in ["arn:aws", "arn", "arn:aws:", "arn:aws::us-east-1", "arn:aws:s3::bucket"] {
        refuses("identity", allow("*", bad), "BAD_RESOURCE", "/Statement/Resource");
    }
}

// R-RES-9
#[test]
fn entries_of_resource_are_alternatives_and_not_resource_is_none_of_them() {
    let two = json!(["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]);
    assert_eq!(truth(&on("arn:aws:s3:::a/k"), &allow("*", two.clone())), True);
    assert_eq!(truth(&on("arn:aws:s3:::b/k"), &allow("*", two.clone())), True);
    assert_eq!(truth(&on("arn:aws:s3:::c/k"), &allow("*", two.clone())), False);
    assert_eq!(truth(&on("arn:aws:s3:::b/k"), &not_resource(allow("*", two.clone()))), False);
    assert_eq!(truth(&on("arn:aws:s3:::c/k"), &not_resource(allow("*", two))), True);
}

// R-RES-10
#[test]
fn not_resource_reaches_the_star_unless_it_lists_the_star() {
    assert_eq!(truth(&on("*"), &not_resource(allow("*", "arn:aws:s3:::HRBucket"))), True);
    assert_eq!(truth(&on("*"), &not_resource(allow("*", json!(["arn:aws:s3:::HRBucket", "*"])))), False);
    let iam_write = on("*").action("iam:CreateUser");
    iam_write.identity(not_resource(allow("*", "arn:aws:s3:::HRBucket"))).allows();
}

// R-RES-11
#[test]
fn deny_with_not_resource_denies_the_other_services_of_its_actions_too() {
    let statement = not_resource(deny(json!(["s3:*", "ec2:*"]), "arn:aws:s3:::HRBucket/*"));
    let asked = |action, resource| {
        given().action(action).on(resource).identity(allow("*", "*")).identity(statement.clone())
    };
    asked("s3:GetObject", "arn:aws:s3:::HRBucket/k").allows();
    asked("s3:GetObject", OBJECT).denies_explicitly();
    asked("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i").denies_explicitly();
    asked("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q").allows();
}

// R-RES-13
#[test]
fn the_owner_is_the_account_of_the_arn_or_else_the_stated_one() {
    let own = "arn:aws:sqs:us-east-1:111122223333:q";
    let foreign = "arn:aws:sqs:us-east-1:444455556666:q";
    let everything = given().identity(allow("*", "*"));
    // Identity alone suffices within one account only (R-EVAL-10, R-EVAL-16).
    everything.clone().on(own).allows();
    everything.clone().on(foreign).denies();
    everything.clone().on(OBJECT).owner(ACCOUNT).allows();
    everything.clone().on(OBJECT).owner(OTHER_ACCOUNT).denies();
    everything.clone().on(own).owner(ACCOUNT).allows();
    everything.clone().on(own).owner(OTHER_ACCOUNT).is_malformed("contradicts the resource's ARN");
    everything.clone().on(OBJECT).owner("bucket-owner").is_malformed("resource.account: no ARN tells it");
    // `aws` is no 12 digits, so the owner is stated.
    everything.on("arn:aws:iam::aws:policy/x").owner(OTHER_ACCOUNT).denies();
}

// R-RES-13: the reader of case files states the principal's account by default; the engine states none.
#[test]
fn the_engine_takes_no_owner_for_granted() {
    use iamlet::request::prepare_request;
    use iamlet::{PrepareError, Resource};

    let case = given().identity(allow("*", "*")).case();
    let prepared = |account: &str| {
        let input = case.request.input().expect("a principal");
        let input = input.resource(Resource::owned_by(OBJECT, account));
        prepare_request(&input, &mut [0; 4096]).map(|_| ())
    };
    assert_eq!(prepared(ACCOUNT), Ok(()));
    assert_eq!(prepared(""), Err(PrepareError::Malformed(RequestError::ResourceAccount)));
}
