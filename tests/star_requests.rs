//! Requests about `*`: a pattern that covers all that the action's service has may or may not mean them.

mod support;

use iamlet::ground::truth::Truth::{self, False, Indet, True};
use serde_json::{Value, json};
use support::{
    ACCOUNT, Given, OBJECT, OTHER_ACCOUNT, allow, deny, given, grant, renamed, truth, truth_in, with,
};

/// A request of alice's about `*`.
fn star(action: &str) -> Given {
    given().action(action).on("*").owner(ACCOUNT)
}

#[track_caller]
fn both(action: &str, patterns: impl Into<Value>) -> (Truth, Truth) {
    let statement = allow("*", patterns);
    let but = renamed(statement.clone(), "Resource", "NotResource");
    (truth(&star(action), &statement), truth(&star(action), &but))
}

const LIST: &str = "s3:ListAllMyBuckets";

// R-RES-14
#[test]
fn all_of_the_actions_service_may_mean_the_star() {
    for pattern in [
        "arn:aws:s3:::*",
        "arn:aws:s3:*:*:*",
        "arn:aws:s3::*:*",
        "arn:aws:s3:*::*",
        "arn:aws:s3:**:***:**",
        "arn:aws:s3:::",
        "arn:aws:s3:*:*:",
        // Whatever the partition: the request names none.
        "arn:*:s3:::*",
        "arn:aws-cn:s3:::*",
        // Incomplete ARNs are completed with stars (R-RES-8).
        "arn:aws:s3",
        "arn:aws:s3:",
        "arn:aws:s3:*",
        "arn:aws:s3::",
        "arn:aws:s3:*:*",
    ] {
        assert_eq!(both(LIST, pattern), (Indet, Indet), "{pattern}");
        // Beside a pattern that means it, the doubt does not matter.
        assert_eq!(both(LIST, json!([pattern, "*"])), (True, False), "{pattern}");
        assert_eq!(both(LIST, json!(["arn:aws:sqs:::q", pattern])), (Indet, Indet), "{pattern}");
    }
}

// R-RES-14, R-RES-3, R-RES-10
#[test]
fn a_part_of_the_service_does_not_mean_the_star() {
    for pattern in [
        "arn:aws:s3:::b",
        "arn:aws:s3:::b*",
        "arn:aws:s3:::*b",
        "arn:aws:s3:::*/*",
        "arn:aws:s3:::?*",
        "arn:aws:s3:::?",
        // A region or an account is named.
        "arn:aws:s3:us-east-1::*",
        "arn:aws:s3:us-*::*",
        "arn:aws:s3::111122223333:*",
        "arn:aws:s3::1*:*",
        "arn:aws:s3:?*:*:*",
        "arn:aws:s3::????????????:*",
        // A variable is no star, and neither is an escaped one.
        "arn:aws:s3:::${aws:username}",
        "arn:aws:s3:::${*}",
        "arn:aws:s3:::*${*}",
        "arn:aws:s3:${aws:username}:*:*",
        // Another service's.
        "arn:aws:s3-object-lambda:::*",
        "arn:aws:sqs:*:*:*",
        "arn:aws:s3express:*:*:*",
        "arn:aws:s:::*",
    ] {
        assert_eq!(both(LIST, pattern), (False, True), "{pattern}");
    }
    assert_eq!(both(LIST, "*"), (True, False));
}

// R-RES-14, R-ACT-4
#[test]
fn the_service_is_the_one_of_the_action_in_any_case() {
    for action in ["s3:ListAllMyBuckets", "S3:ListAllMyBuckets", "S3:LISTALLMYBUCKETS"] {
        assert_eq!(both(action, "arn:aws:s3:::*"), (Indet, Indet), "{action}");
    }
    for action in ["s3-object-lambda:List", "s3express:List", "s:List", "ec2:DescribeInstances", "s33:List"] {
        assert_eq!(both(action, "arn:aws:s3:::*"), (False, True), "{action}");
    }
    assert_eq!(both("ec2:DescribeInstances", "arn:aws:ec2:*:*:*"), (Indet, Indet));
    assert_eq!(both("s3-object-lambda:List", "arn:aws:s3-object-lambda:*:*:*"), (Indet, Indet));
}

// R-RES-14: it is about the star alone.
#[test]
fn an_arn_in_the_request_is_matched_as_ever() {
    for (resource, pattern, is) in [
        (OBJECT, "arn:aws:s3:::*", True),
        (OBJECT, "arn:aws:s3:*:*:*", True),
        ("arn:aws:s3:us-east-1:111122223333:accesspoint/a", "arn:aws:s3:::*", False),
        ("arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:s3:::*", False),
    ] {
        let asked = given().action("s3:GetObject").on(resource).owner(ACCOUNT);
        assert_eq!(truth(&asked, &allow("*", pattern)), is, "{resource} {pattern}");
    }
}

// R-RES-14, R-DOC-13: a variable of the older version is text, of which `*` is a wildcard.
#[test]
fn in_the_older_version_an_escape_is_no_star_alone() {
    let policy = json!({"Version": "2008-10-17", "Statement": allow("*", "arn:aws:s3:::${*}")});
    assert_eq!(truth_in(&star(LIST), &policy), False);
}

// R-RES-14, R-GEN-6: the Deny counts at every layer, and the Allow at none.
#[test]
fn the_doubt_denies_and_does_not_allow_at_every_layer() {
    let all = "arn:aws:s3:::*";
    let asked = || star(LIST).identity(allow("*", "*"));
    asked().allows();
    star(LIST).identity(allow("*", all)).denies();
    asked().identity(deny("s3:*", all)).denies_explicitly();
    asked().identity(deny(LIST, all)).denies_explicitly();
    asked().identity(renamed(deny("s3:*", all), "Resource", "NotResource")).denies_explicitly();
    asked().identity(renamed(deny("ec2:*", all), "Action", "NotAction")).denies_explicitly();
    asked().boundary(allow("*", all)).denies();
    asked().boundary(json!([allow("*", "*"), deny("*", all)])).denies_explicitly();
    asked().session(allow("*", all)).denies();
    asked().session(json!([allow("*", "*"), deny("*", all)])).denies_explicitly();
    asked().scp([allow("*", all)]).denies();
    asked().scp([json!([allow("*", "*"), deny("*", all)])]).denies_explicitly();
    asked().rcp([with(deny("s3:*", all), "Principal", "*")]).denies_explicitly();
    asked().endpoint(with(grant("*"), "Resource", all)).denies();
    asked().endpoint(json!([grant("*"), with(deny("*", all), "Principal", "*")])).denies_explicitly();
    let foreign = asked().owner(OTHER_ACCOUNT);
    foreign.clone().resource_policy(grant("*")).allows();
    foreign.clone().resource_policy(with(grant("*"), "Resource", all)).denies();
    let denied = json!([grant("*"), with(deny("*", all), "Principal", "*")]);
    foreign.resource_policy(denied).denies_explicitly();
    // In the classic grammar as well.
    let classic = asked().option("scp_dialect", "classic");
    classic.clone().scp([json!([allow("*", "*"), deny("sqs:*", all)])]).allows();
    classic.scp([json!([allow("*", "*"), deny("s3:*", all)])]).denies_explicitly();
}

// R-RES-14: among the items of a request as well.
#[test]
fn an_item_about_the_star_is_one_too() {
    let asked = given().action(LIST).owner(ACCOUNT).on_all(&[(OBJECT, json!({})), ("*", json!({}))]);
    asked.clone().identity(allow("*", "*")).allows();
    asked.clone().identity(allow("*", "arn:aws:s3:::*")).denies();
    asked.identity(allow("*", "*")).identity(deny("*", "arn:aws:s3:::z*")).allows();
    let star = given().action(LIST).owner(ACCOUNT).on_all(&[("*", json!({}))]);
    star.identity(json!([allow("*", "*"), deny("*", "arn:aws:s3:::*")])).denies_explicitly();
}
