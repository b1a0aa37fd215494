//! Service control policies: levels, and the two grammars.

mod support;

use iamlet::{Layer, Reason};
use serde_json::{Value, json};
use support::{
    ALICE, Given, OTHER_ACCOUNT, ROOT, accepts, allow, app_session, deny, document, given, grant,
    linked_session, refuses, renamed, service, with, without,
};

/// An administrator of a member account.
fn administrator() -> Given {
    given().identity(allow("*", "*"))
}

fn full() -> Value {
    allow("*", "*")
}

/// As [`administrator`], with policies of the classic grammar.
fn classic() -> Given {
    administrator().option("scp_dialect", "classic")
}

// R-SCPC-8, R-EVAL-9
#[test]
fn an_scp_grants_nothing() {
    given().scp([full()]).denies();
    administrator().scp([full()]).allows();
}

// R-EVAL-3, R-EVAL-7, R-SCPC-9
#[test]
fn every_level_must_allow_and_the_first_that_does_not_is_named() {
    let s3 = || allow("s3:*", "*");
    let ec2 = || allow("ec2:*", "*");
    administrator().scp([full()]).scp([s3()]).scp([full()]).allows();
    for (levels, level) in
        [([ec2(), full(), ec2()], 0), ([full(), ec2(), ec2()], 1), ([full(), s3(), ec2()], 2)]
    {
        let [root, unit, account] = levels;
        let details = administrator().scp([root]).scp([unit]).scp([account]).details();
        assert_eq!(details.effect.name(), "implicit_deny");
        assert_eq!(
            (details.reason, details.layer, details.level),
            (Reason::ScpSilent, Some(Layer::Scp), level)
        );
        assert_eq!(details.decisive, None);
    }
}

// R-EVAL-3, R-SCPC-10
#[test]
fn the_policies_of_a_level_unite() {
    administrator().scp([allow("ec2:*", "*"), allow("s3:*", "*")]).allows();
    administrator().scp([allow("ec2:*", "*"), allow("sqs:*", "*")]).denies();
    administrator().scp([allow("ec2:*", "*"), full()]).allows();
    // Across levels they do not.
    administrator().scp([allow("ec2:*", "*")]).scp([allow("s3:*", "*")]).denies();
}

// R-EVAL-3, R-EVAL-5, R-EVAL-22
#[test]
fn a_deny_on_any_level_denies_and_the_one_nearest_to_the_root_is_named() {
    let no_s3 = |sid: &str| json!([full(), with(deny("s3:*", "*"), "Sid", sid)]);
    for levels in [[true, false, false], [false, true, false], [false, false, true], [false, true, true]] {
        let mut given = administrator();
        for (level, denies) in levels.iter().enumerate() {
            let policy = if *denies { no_s3(&format!("Level{level}")) } else { full() };
            given = given.scp([policy]);
        }
        let details = given.details();
        let first = levels.iter().position(|denies| *denies).expect("a Deny");
        assert_eq!(usize::from(details.level), first);
        assert_eq!((details.reason, details.layer), (Reason::ExplicitDeny, Some(Layer::Scp)));
        let decisive = details.decisive.expect("a statement");
        assert_eq!((decisive.statement, decisive.sid), (1, format!("Level{first}")));
    }
}

// R-EVAL-4
#[test]
fn a_level_without_policies_allows_nothing_and_no_levels_are_an_error() {
    administrator().scp([full()]).scp([]).denies();
    administrator().scp([]).scp([full()]).denies();
    let mut none = administrator();
    none.0["policies"]["scp"] = json!([]);
    assert_eq!(none.case().outcome().name(), "invalid_policy");
    administrator().allows();
}

// R-EVAL-1, R-EVAL-18
#[test]
fn scps_are_those_of_the_principal_whoever_owns_the_resource() {
    let foreign = administrator().owner(OTHER_ACCOUNT).resource_policy(grant("*"));
    foreign.clone().scp([full()]).allows();
    foreign.clone().scp([allow("ec2:*", "*")]).denies();
    foreign.scp([json!([full(), deny("s3:*", "*")])]).denies_explicitly();
}

// R-EVAL-2
#[test]
fn scps_touch_members_and_nobody_else() {
    let nothing = || json!([allow("x:Nothing", "*"), deny("s3:*", "*")]);
    let asked = |principal: Value| {
        given()
            .owner("111122223333")
            .by(principal)
            .identity(allow("*", "*"))
            .resource_policy(grant("*"))
            .scp([nothing()])
    };
    let user = json!({"type": "user", "arn": ALICE});
    let root = json!({"type": "root", "arn": ROOT});
    for member in [user, root, app_session()] {
        asked(member.clone()).denies_explicitly();
        asked(with(member, "management_account", true)).allows();
    }
    asked(linked_session()).allows();
    asked(service("s3.amazonaws.com")).allows();
    asked(json!("anonymous")).allows();
}

// R-EVAL-7, R-EVAL-10
#[test]
fn scps_limit_a_direct_grant_of_the_resource_too() {
    let granted = given().resource_policy(grant(json!({"AWS": ALICE})));
    granted.clone().scp([full()]).allows();
    granted.scp([allow("ec2:*", "*")]).denies();
}

// R-SCPC-1, R-SCPC-23, R-DOC-15
#[test]
fn a_classic_scp_has_the_classic_elements_and_no_others() {
    accepts("scp_classic", with(full(), "Sid", "A1"));
    accepts(
        "scp_classic",
        with(deny("s3:*", "arn:aws:s3:::b/*"), "Condition", json!({"Null": {"x:k": true}})),
    );
    for (statement, element) in [
        (with(deny("*", "*"), "Principal", "*"), "Principal"),
        (with(deny("*", "*"), "NotPrincipal", "*"), "NotPrincipal"),
        (renamed(deny("*", "*"), "Resource", "NotResource"), "NotResource"),
    ] {
        refuses("scp_classic", statement, "FORBIDDEN_ELEMENT", &format!("/Statement/{element}"));
    }
    refuses("scp_classic", with(document(full()), "Id", "x"), "FORBIDDEN_ELEMENT", "/Id");
}

// R-SCPC-3, R-SCPF-1
#[test]
fn an_scp_says_its_version() {
    for kind in ["scp_classic", "scp_full"] {
        accepts(kind, document(full()));
        refuses(kind, json!({"Statement": full()}), "MISSING_ELEMENT", "/Version");
        refuses(kind, json!({"Version": "2008-10-17", "Statement": full()}), "BAD_VERSION", "/Version");
    }
    for dialect in ["classic", "full"] {
        let unversioned = administrator().option("scp_dialect", dialect).scp([json!({"Statement": full()})]);
        unversioned.clone().is_refused("MISSING_ELEMENT");
        unversioned.option("scp_missing_version", "assume_2012").allows();
    }
}

// R-SCPC-4, R-SCPC-5, R-SCPC-7, R-SCPC-13
#[test]
fn statements_stand_alone_or_in_a_list_and_each_governs_its_own_actions() {
    classic().scp([json!({"Version": "2012-10-17", "Statement": full()})]).allows();
    classic().scp([json!({"Version": "2012-10-17", "Statement": [full()]})]).allows();
    let all_but_ec2 = json!([full(), deny(json!(["ec2:*"]), "*")]);
    classic().scp([all_but_ec2.clone()]).allows();
    classic().action("ec2:RunInstances").on("*").scp([all_but_ec2]).denies_explicitly();
    refuses("scp_classic", json!({"Version": "2012-10-17", "Statement": []}), "EMPTY", "/Statement");
    refuses("scp_classic", json!([without(full(), "Effect")]), "MISSING_ELEMENT", "/Statement/0/Effect");
}

// R-SCPC-6, R-DOC-16, R-DOC-17
#[test]
fn a_sid_is_optional_plain_and_unique() {
    let sid = |sid: &str| with(full(), "Sid", sid);
    for kind in ["scp_classic", "scp_full"] {
        accepts(kind, json!([sid("A"), sid("a"), full(), full()]));
        accepts(kind, json!([sid(""), sid("")]));
        refuses(kind, json!([sid("A"), sid("A")]), "DUP_SID", "/Statement/1/Sid");
        refuses(kind, json!([sid("Allow all")]), "BAD_SID", "/Statement/0/Sid");
    }
}

// R-SCPC-11, R-SCPC-12, R-SCPC-18, R-SCPC-19, R-SCPC-20, R-SCPC-21, R-SCPC-22
#[test]
fn the_classic_grammar_narrows_denies_alone() {
    let combination = "FORBIDDEN_COMBINATION";
    let with_condition = |statement| with(statement, "Condition", json!({"Null": {"x:k": true}}));
    for good in [
        full(),
        allow("*", json!(["*"])),
        without(full(), "Resource"),
        deny("s3:*", "arn:aws:s3:::b/*"),
        deny("s3:*", json!(["*", "arn:aws:iam::*:role/role-to-deny"])),
        renamed(deny("iam:*", "*"), "Action", "NotAction"),
        with_condition(deny("s3:*", "*")),
    ] {
        accepts("scp_classic", good);
    }
    refuses("scp_classic", renamed(full(), "Action", "NotAction"), combination, "/Statement/NotAction");
    refuses("scp_classic", allow("*", "arn:aws:s3:::b"), combination, "/Statement/Resource");
    refuses("scp_classic", allow("*", json!(["*", "arn:aws:s3:::b"])), combination, "/Statement/Resource");
    refuses("scp_classic", with_condition(full()), combination, "/Statement/Condition");
    let open = without(deny("s3:*", "*"), "Resource");
    refuses("scp_classic", open, "MISSING_ELEMENT", "/Statement/Resource");
    // Without Resource an Allow is about everything.
    classic().scp([without(allow("s3:*", "*"), "Resource")]).allows();
    classic().on("*").scp([without(allow("s3:*", "*"), "Resource")]).allows();
}

// R-SCPC-14, R-SCPC-16, R-SCPC-17
#[test]
fn a_classic_action_is_lower_case_with_at_most_a_star_at_its_end() {
    for good in ["*", "s3:GetObject", "s3:*", "ec2:Describe*", "execute-api:Invoke"] {
        accepts("scp_classic", allow(good, "*"));
        accepts("scp_full", allow(good, "*"));
    }
    for (bad, full_language_takes_it) in [
        ("ec2:*Instances", true),
        ("ec2:Desc*Inst", true),
        ("ec2:Describe**", true),
        ("*:*", true),
        ("*:Get", true),
        ("ec2:Describe?", true),
        ("EC2:Describe", false),
        ("s3*:Get", false),
    ] {
        refuses("scp_classic", allow(bad, "*"), "BAD_ACTION", "/Statement/Action");
        if full_language_takes_it {
            accepts("scp_full", allow(bad, "*"));
        } else {
            refuses("scp_full", allow(bad, "*"), "BAD_ACTION", "/Statement/Action");
        }
    }
}

// R-SCPC-15
#[test]
fn in_the_classic_grammar_a_difference_of_case_is_left_open() {
    let not = |statement: Value| renamed(statement, "Action", "NotAction");
    for (exact, other) in [("s3:GetObject", "s3:getobject"), ("s3:Get*", "s3:GET*")] {
        classic().scp([allow(exact, "*")]).allows();
        classic().scp([allow(other, "*")]).denies();
        classic().scp([json!([full(), deny(exact, "*")])]).denies_explicitly();
        classic().scp([json!([full(), deny(other, "*")])]).denies_explicitly();
        classic().scp([json!([full(), not(deny(exact, "*"))])]).allows();
        classic().scp([json!([full(), not(deny(other, "*"))])]).denies_explicitly();
        // The full language takes both for the same.
        administrator().scp([allow(other, "*")]).allows();
        administrator().scp([json!([full(), not(deny(other, "*"))])]).allows();
    }
    classic().scp([allow(json!(["s3:getobject", "s3:GetObject"]), "*")]).allows();
    classic().scp([json!([full(), deny("s3:putobject", "*")])]).allows();
}

// R-SCPF-1, R-SCPF-2, R-SCPF-3, R-SCPF-4
#[test]
fn the_full_language_takes_every_element_of_identity_policies() {
    let bucket = "arn:aws:s3:::b/*";
    let when = json!({"StringEquals": {"x:k": "v"}});
    administrator().scp([allow("s3:*", bucket)]).allows();
    administrator().on("arn:aws:s3:::c/k").scp([allow("s3:*", bucket)]).denies();
    let others = renamed(full(), "Resource", "NotResource");
    administrator().scp([with(others.clone(), "NotResource", "arn:aws:s3:::c/*")]).allows();
    administrator().scp([with(others, "NotResource", bucket)]).denies();
    let conditional = with(full(), "Condition", when);
    administrator().key("x:k", &["v"]).scp([conditional.clone()]).allows();
    administrator().scp([conditional]).denies();
    let not_iam = renamed(allow("iam:*", "*"), "Action", "NotAction");
    administrator().scp([not_iam.clone()]).allows();
    administrator().action("iam:CreateUser").on("*").scp([not_iam]).denies();
    refuses("scp_full", without(full(), "Resource"), "MISSING_ELEMENT", "/Statement/Resource");
    refuses("scp_full", with(full(), "Principal", "*"), "FORBIDDEN_ELEMENT", "/Statement/Principal");
}

// R-SCPF-5
#[test]
fn a_classic_document_means_the_same_in_the_full_language() {
    for policy in [
        full(),
        allow(json!(["s3:Get*", "ec2:*"]), "*"),
        json!([full(), deny("s3:*", "arn:aws:s3:::b/*")]),
        json!([
            full(),
            with(
                renamed(deny("iam:*", "*"), "Action", "NotAction"),
                "Condition",
                json!({"StringNotEquals": {"aws:RequestedRegion": "us-west-1"}})
            )
        ]),
    ] {
        for (action, on) in [
            ("s3:GetObject", "arn:aws:s3:::b/k"),
            ("s3:PutObject", "arn:aws:s3:::c/k"),
            ("ec2:RunInstances", "*"),
            ("iam:CreateUser", "*"),
        ] {
            let asked = administrator().action(action).on(on).scp([policy.clone()]);
            let (full, classic) = (asked.details(), asked.option("scp_dialect", "classic").details());
            assert_eq!(full, classic, "{action} {policy}");
        }
    }
}

// R-SCPF-6
#[test]
fn the_grammar_is_the_callers_choice_and_the_full_language_the_default() {
    let modern = allow("s3:*Object", "*");
    administrator().scp([modern.clone()]).allows();
    administrator().option("scp_dialect", "full").scp([modern.clone()]).allows();
    classic().scp([modern]).is_refused("BAD_ACTION");
}
