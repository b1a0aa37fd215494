//! `Action` and `NotAction`: which actions a statement is about.

mod support;

use iamlet::ground::truth::Truth::{False, True};
use serde_json::{Value, json};
use support::{Given, accepts, allow, deny, given, refuses, renamed, truth, with};

/// The statement about all actions but those that it lists.
fn not_action(statement: Value) -> Value {
    renamed(statement, "Action", "NotAction")
}

/// A request for the action.
fn asked(action: &str) -> Given {
    given().action(action)
}

// R-ACT-1, R-ACT-5, R-ACT-6
#[test]
fn wildcards_of_the_name_are_wildcards() {
    for (pattern, action, holds) in [
        ("*", "s3:GetObject", true),
        ("s3:*", "s3:GetObject", true),
        ("s3:*", "s3-object-lambda:GetObject", false),
        ("s3:Get*", "s3:GetObject", true),
        ("s3:Get*", "s3:PutObject", false),
        ("s3:*Object", "s3:GetObject", true),
        ("s3:*Object", "s3:GetObjectAcl", false),
        ("s3:GetObject*", "s3:GetObject", true),
        ("s3:GetObject?", "s3:GetObject", false),
        ("s3:GetObjec?", "s3:GetObject", true),
        ("*:GetObject", "s3:GetObject", true),
        ("*:GetObject", "s3:PutObject", false),
        ("*:*", "s3:GetObject", true),
    ] {
        let expected = if holds { True } else { False };
        assert_eq!(truth(&asked(action), &allow(pattern, "*")), expected, "{pattern} {action}");
    }
}

// R-ACT-4
#[test]
fn case_counts_neither_in_the_policy_nor_in_the_request() {
    for (pattern, action) in [
        ("IAM:listaccesskeys", "iam:ListAccessKeys"),
        ("iam:ListAccessKeys", "IAM:LISTACCESSKEYS"),
        ("IAM:List*Keys", "iam:listaccesskeys"),
    ] {
        assert_eq!(truth(&asked(action), &allow(pattern, "*")), True, "{pattern} {action}");
    }
    assert_eq!(truth(&asked("iam:ListAccessKeys"), &allow("iam:ListAccessKey", "*")), False);
}

// R-ACT-7, R-DOC-5
#[test]
fn the_entries_of_action_are_alternatives() {
    let either = allow(json!(["s3:PutObject", "s3:GetObject"]), "*");
    assert_eq!(truth(&asked("s3:GetObject"), &either), True);
    assert_eq!(truth(&asked("s3:PutObject"), &either), True);
    assert_eq!(truth(&asked("s3:DeleteObject"), &either), False);
    assert_eq!(truth(&asked("s3:GetObject"), &allow(json!(["s3:GetObject"]), "*")), True);
    assert_eq!(truth(&asked("s3:GetObject"), &allow("s3:GetObject", "*")), True);
}

// R-ACT-8
#[test]
fn not_action_matches_what_no_entry_matches() {
    let neither = not_action(allow(json!(["s3:Put*", "ec2:*"]), "*"));
    assert_eq!(truth(&asked("s3:GetObject"), &neither), True);
    assert_eq!(truth(&asked("S3:putobject"), &neither), False);
    assert_eq!(truth(&asked("ec2:RunInstances"), &neither), False);
    assert_eq!(truth(&asked("s3:GetObject"), &not_action(allow("*", "*"))), False);
}

// R-ACT-9, R-GEN-3
#[test]
fn a_request_without_one_concrete_action_is_malformed() {
    let everything = given().identity(allow("*", "*"));
    everything.clone().action("s3:GetObject").allows();
    for action in ["s3:Get*", "s3:GetObjec?", "*", "GetObject", "s3:", ":GetObject", "s3:Get:Object", ""] {
        everything.clone().action(action).is_malformed("action: it is not one concrete");
    }
}

// R-ACT-9, R-GEN-3
#[test]
fn a_malformed_action_is_denied_before_a_deny_is_looked_at() {
    let denied = given().identity(deny("*", "*"));
    denied.clone().denies_explicitly();
    denied.action("s3:Get*").is_malformed("action: it is not one concrete");
}

// R-ACT-10: a variable would have to begin with the `$` that no action has.
#[test]
fn actions_have_no_variables() {
    for action in ["s3:${aws:username}", "s3:Get${*}", "s3:$Get", "${aws:username}"] {
        refuses("identity", json!([allow(action, "*")]), "BAD_ACTION", "/Statement/0/Action");
    }
    accepts("identity", allow("s3:Get{Object}", "*"));
}

// R-ACT-2, R-ACT-3
#[test]
fn a_prefix_is_a_name_or_a_star_and_a_name_is_printable() {
    for action in ["s3:GetObject", "*:Get*", "api.gateway-2:x", "S3:Get", "nobody:Knows", "s3:~!@#%^&()[]"] {
        accepts("identity", allow(action, "*"));
    }
    for action in
        ["s3*:Get", "s?:Get", "s_3:Get", "**:Get", "s3:", ":Get", "s3:Get Object", "s3:Gét", "s3:G\u{7f}"]
    {
        refuses("identity", allow(action, "*"), "BAD_ACTION", "/Statement/Action");
    }
}

// R-NACT-1, R-NACT-6
#[test]
fn allow_with_not_action_allows_every_service_as_far_as_the_resource_reaches() {
    let not_iam = |resource: &str| not_action(allow("iam:*", resource));
    for action in ["s3:GetObject", "ec2:RunInstances", "service-of-the-future:Begin"] {
        asked(action).identity(not_iam("*")).allows();
        asked(action).identity(not_iam("arn:aws:s3:::b/*")).allows();
        asked(action).on("arn:aws:s3:::c/k").identity(not_iam("arn:aws:s3:::b/*")).denies();
    }
    asked("iam:CreateUser").identity(not_iam("*")).denies();
}

// R-NACT-2, R-NACT-3
#[test]
fn deny_with_not_action_denies_what_is_not_listed_and_allows_nothing() {
    let all_but_iam = not_action(deny("iam:*", "*"));
    asked("s3:GetObject").identity(all_but_iam.clone()).identity(allow("*", "*")).denies_explicitly();
    asked("iam:CreateUser").identity(all_but_iam.clone()).identity(allow("*", "*")).allows();
    asked("iam:CreateUser").identity(all_but_iam).denies();
}

// R-NACT-4, R-NACT-5: for an action without resource-level permissions the caller passes `*`.
#[test]
fn an_action_on_no_resource_is_granted_on_the_star_alone() {
    let list = asked("s3:ListAllMyBuckets").on("*");
    list.clone().identity(allow("s3:ListAllMyBuckets", "*")).allows();
    list.clone().identity(allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")).denies();
    let not_delete = not_action(allow("s3:DeleteBucket", "arn:aws:s3:::*"));
    list.identity(not_delete.clone()).denies();
    asked("s3:GetObject").identity(not_delete.clone()).allows();
    asked("s3:DeleteBucket").on("arn:aws:s3:::b").identity(not_delete).denies();
}

// R-NACT-7, R-NACT-8, R-NACT-9
#[test]
fn a_region_deny_spares_the_services_that_it_lists_and_takes_regions_literally() {
    let outside = |regions: serde_json::Value| {
        let deny = not_action(deny(json!(["iam:*", "sts:*"]), "*"));
        with(deny, "Condition", json!({"StringNotEquals": {"aws:RequestedRegion": regions}}))
    };
    let asked = |action, region, regions| {
        let request = asked(action).on("*").key("aws:RequestedRegion", &[region]);
        request.identity(allow("*", "*")).identity(outside(regions))
    };
    let both = json!(["eu-central-1", "eu-west-1"]);
    asked("ec2:RunInstances", "eu-west-1", both.clone()).allows();
    asked("ec2:RunInstances", "us-east-1", both.clone()).denies_explicitly();
    asked("iam:CreateUser", "us-east-1", both).allows();
    asked("ec2:RunInstances", "eu-west-1", json!(["eu-central-1", "eu_west-1"])).denies_explicitly();
}
