//! `Principal` and `NotPrincipal`: who makes a request, whom a statement is about, and what the match is worth.

mod support;

use iamlet::{CompileOptions, PolicyKind, RequestError};
use iamlet_cases::compile_document;
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, APP_SESSION, FEDERATED, Given, KEY, OTHER_ACCOUNT, ROOT, accepts, allow,
    app_session, compile, deny, document, federated_user, given, grant, refuses, service, with, without,
};

/// What a grant is worth, as far as decisions tell: `wild` and `direct` do the same, and so do `role` and `parent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    None,
    /// It needs an identity policy besides.
    Account,
    /// It needs nothing, and a boundary limits it.
    Limited,
    /// It needs nothing, and nothing limits it.
    Immune,
}

/// The class of the grant that a key policy makes to a caller by this `Principal` (R-EVAL-12).
fn class(caller: &Value, principal: &Value) -> Class {
    class_to(KEY, caller, principal)
}

/// As [`class`], of the policy of this key.
fn class_to(key: &str, caller: &Value, principal: &Value) -> Class {
    let key = given().kms().on(key).by(caller.clone()).resource_policy(grant(principal.clone()));
    let key = key.session(allow("*", "*"));
    let allowed = |given: &Given| given.details().effect.name() == "allow";
    if allowed(&key.clone().boundary(allow("x:Nothing", "*"))) {
        Class::Immune
    } else if allowed(&key) {
        Class::Limited
    } else if allowed(&key.identity(allow("*", "*"))) {
        Class::Account
    } else {
        Class::None
    }
}

// R-PRIN-1
#[test]
fn the_type_of_a_principal_goes_with_its_texts() {
    let everyone = given().owner(ACCOUNT).resource_policy(grant("*"));
    let user = |arn: &str| json!({"type": "user", "arn": arn});
    everyone.clone().by(user(ALICE)).allows();
    everyone.clone().by(user("arn:aws:iam::111122223333:user/path/alice")).allows();
    everyone.clone().by(json!({"type": "root", "arn": ROOT})).allows();
    everyone.clone().by(federated_user()).allows();
    everyone.clone().by(service("s3.amazonaws.com")).allows();
    everyone.clone().by(json!({"type": "anonymous"})).allows();
    let (lacks, other_type) = (RequestError::Principal, RequestError::PrincipalType);
    for (wrong, error) in [
        (user(ROOT), other_type),
        (user(APP_ROLE), RequestError::RoleAsPrincipal),
        (user(APP_SESSION), other_type),
        (user("arn:aws:iam::111122223333:group/admins"), lacks),
        (user("arn:aws:iam::111122223333:user/"), lacks),
        (user("arn:aws:iam::1111:user/alice"), lacks),
        (user("alice"), lacks),
        (user(""), lacks),
        (json!({"type": "root", "arn": ALICE}), other_type),
        (json!({"type": "federated_user", "arn": ALICE}), other_type),
        (json!({"type": "service"}), RequestError::Service),
        (json!({"type": "service", "service": "s3.amazonaws.com", "arn": ALICE}), other_type),
        (json!({"type": "anonymous", "arn": ALICE}), other_type),
    ] {
        everyone.clone().by(wrong).contradicts(error);
    }
    everyone.clone().by(APP_ROLE).contradicts(RequestError::RoleAsPrincipal);
    everyone.by(json!({"type": "role", "arn": APP_ROLE})).is_malformed("`type` cannot be `role`");
}

// R-PRIN-2, R-PRIN-3
#[test]
fn a_role_session_brings_the_arn_of_its_role_and_agrees_with_it() {
    let everyone = given().owner(ACCOUNT).resource_policy(grant("*"));
    let session = |role: &str| with(app_session(), "role_arn", role);
    everyone.clone().by(session(APP_ROLE)).allows();
    everyone.clone().by(session("arn:aws:iam::111122223333:role/team/path/App")).allows();
    everyone.clone().by(without(app_session(), "role_arn")).contradicts(RequestError::RoleArn);
    for other in [
        "arn:aws:iam::111122223333:role/Other",
        "arn:aws:iam::111122223333:role/App/Other",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws:iam::444455556666:role/App",
        // R-RES-16
        "arn:aws-cn:iam::111122223333:role/App",
    ] {
        everyone.clone().by(session(other)).contradicts(RequestError::SessionRole);
    }
    for no_role in ["arn:aws:iam::111122223333:user/App", APP_SESSION, "App"] {
        everyone.clone().by(session(no_role)).contradicts(RequestError::RoleArn);
    }
}

// R-PRIN-4
#[test]
fn principal_is_a_star_or_an_object_of_lists() {
    for good in [
        json!("*"),
        json!({"AWS": "*"}),
        json!({"AWS": [ACCOUNT, ALICE]}),
        json!({"AWS": ALICE, "Service": "s3.amazonaws.com"}),
    ] {
        accepts("resource", grant(good));
    }
    for bad in [json!(ACCOUNT), json!(ALICE), json!(""), json!("**")] {
        refuses("resource", grant(bad), "BAD_PRINCIPAL", "/Statement/Principal");
    }
    refuses("resource", grant(json!({"aws": ALICE})), "BAD_PRINCIPAL", "/Statement/Principal/aws");
    refuses("resource", grant(json!({"Everyone": ALICE})), "BAD_PRINCIPAL", "/Statement/Principal/Everyone");
    refuses("resource", grant(json!({})), "EMPTY", "/Statement/Principal");
    refuses("resource", grant(json!({"AWS": []})), "EMPTY", "/Statement/Principal/AWS");
}

// R-PRIN-5, R-PRIN-6
#[test]
fn an_aws_principal_is_an_account_or_an_entity_that_can_call() {
    for good in [
        "*",
        ACCOUNT,
        ROOT,
        ALICE,
        "arn:aws:iam::111122223333:user/a/b/alice",
        APP_ROLE,
        "arn:aws:iam::111122223333:role/a/b/App",
        APP_SESSION,
        FEDERATED,
        "arn:aws-us-gov:iam::111122223333:user/alice",
        "AIDACKCEVSQ6C2EXAMPLE",
        "AROACKCEVSQ6C2EXAMPLE",
    ] {
        accepts("resource", grant(json!({"AWS": good})));
    }
    for bad in [
        "",
        "1111",
        "1111222233334",
        "arn:aws:iam::111122223333:group/admins",
        "arn:aws:iam::111122223333:assumed-role/App/s1",
        "arn:aws:sts::111122223333:assumed-role/App",
        "arn:aws:sts::111122223333:assumed-role/a/App/s1",
        "arn:aws:sts::111122223333:role/App",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::111122223333:*",
        "arn:aws:iam::*:root",
        "arn:aws:iam::11112222333?:root",
        "arn:aws:sts::111122223333:assumed-role/App/*",
        "AKIAIOSFODNN7EXAMPLE",
        "alice",
    ] {
        refuses("resource", grant(json!({"AWS": bad})), "BAD_PRINCIPAL", "/Statement/Principal/AWS");
    }
}

// R-PRIN-5
#[test]
fn an_account_may_be_a_number_of_twelve_digits_under_aws_alone() {
    let number = 111_122_223_333_u64;
    let image = |principal: Value| {
        let text = document(grant(principal)).to_string();
        compile_document(text.as_bytes(), PolicyKind::Resource, CompileOptions::default()).expect("good")
    };
    assert_eq!(image(json!({"AWS": number})), image(json!({"AWS": ACCOUNT})));
    assert_eq!(image(json!({"AWS": [ALICE, number, ROOT]})), image(json!({"AWS": [ALICE, ACCOUNT, ROOT]})));
    assert_eq!(
        image(json!({"AWS": [number], "Service": "s3.amazonaws.com"})),
        image(json!({"AWS": [ACCOUNT], "Service": "s3.amazonaws.com"}))
    );
    given().owner(ACCOUNT).resource_policy(grant(json!({"AWS": number}))).identity(allow("*", "*")).allows();
    let raw = |numbers: &str| {
        let text = document(grant(json!({"AWS": ["@"]}))).to_string().replace("\"@\"", numbers);
        compile("resource", &text, CompileOptions::default())
    };
    assert_eq!(raw("111122223333 ,\n111122223333"), Ok(()));
    for bad in
        ["11112222333", "1111222233334", "-11112222333", "1.1122223333", "111122223e11", "true", "null"]
    {
        let refused = |at: u32| Err(("WRONG_TYPE", format!("/Statement/Principal/AWS/{at}")));
        assert_eq!(raw(bad), refused(0), "{bad}");
        assert_eq!(raw(&format!("111122223333,{bad}")), refused(1), "{bad}");
    }
    for member in ["Service", "CanonicalUser"] {
        let pointer = format!("/Statement/Principal/{member}");
        refuses("resource", grant(json!({member: number})), "WRONG_TYPE", &pointer);
        refuses("resource", grant(json!({member: [number]})), "WRONG_TYPE", &format!("{pointer}/0"));
    }
    refuses("resource", grant(json!(number)), "WRONG_TYPE", "/Statement/Principal");
}

// R-PRIN-5
#[test]
fn an_origin_access_identity_is_the_one_principal_of_its_account() {
    let of = |name: &str| grant(json!({"AWS": format!("arn:aws:iam::cloudfront:{name}")}));
    accepts("resource", of("user/CloudFront Origin Access Identity E1EXAMPLE23456"));
    for bad in [
        "root",
        "user/alice",
        "role/CloudFront Origin Access Identity E1",
        "user/CloudFront Origin Access Identity ",
        "user/CloudFront Origin Access Identity e1",
        "user/CloudFront Origin Access Identity *",
        "user/CloudFront Origin Access Identity E1 ",
        "user/CloudFront  Origin Access Identity E1",
    ] {
        refuses("resource", of(bad), "BAD_PRINCIPAL", "/Statement/Principal/AWS");
    }
    let elsewhere = "arn:aws:iam::111122223333:user/CloudFront Origin Access Identity E1";
    refuses("resource", grant(json!({"AWS": elsewhere})), "BAD_PRINCIPAL", "/Statement/Principal/AWS");
}

// R-PRIN-7, R-PRIN-15, R-PRIN-16
#[test]
fn a_service_principal_is_one_name_and_calls_for_itself() {
    for good in [
        "s3.amazonaws.com",
        "s3.ap-east-1.amazonaws.com",
        "member.org.stacksets.cloudformation.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "alexa-connectedhome.amazon.com",
        "lambda.c2s.ic.gov",
        "lambda.sc2s.sgov.gov",
        "lambda.adc-e.uk",
        "lambda.csp.hci.ic.gov",
        "lambda.eusc-de-east-1.amazonaws.eu",
    ] {
        accepts("resource", grant(json!({"Service": good})));
    }
    for bad in [
        "*",
        "s3",
        "S3.amazonaws.com",
        "s3.example.com",
        "s3.*.amazonaws.com",
        "amazonaws.com",
        ".amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.eu",
        "s3..amazonaws.com",
        "s3.amazonaws.com.",
        "s3.amazonaws.com.de",
        "s3_x.amazonaws.com",
        "s3amazonaws.com",
        "s3.ic.gov",
    ] {
        refuses("resource", grant(json!({"Service": bad})), "BAD_PRINCIPAL", "/Statement/Principal/Service");
    }
    let lambda = given().owner(ACCOUNT).resource_policy(grant(json!({"Service": "lambda.amazonaws.com"})));
    lambda.clone().by(service("lambda.amazonaws.com")).allows();
    lambda.clone().by(service("lambda.us-east-1.amazonaws.com")).denies();
    // A service that uses a role calls as the role's session.
    lambda.by(app_session()).denies();
}

// R-PRIN-8, R-KIND-5
#[test]
fn a_federated_principal_is_a_provider() {
    let trust = |member: &str, value: &str| {
        json!({
            "Effect": "Allow", "Action": "sts:AssumeRoleWithSAML", "Principal": {member: value}
        })
    };
    for good in [
        "arn:aws:iam::111122223333:saml-provider/idp",
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
        // The URL of an issuer may end with a slash.
        "arn:aws:iam::111122223333:oidc-provider/tenant.example.com/",
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "cognito-identity-us-gov.amazonaws.com",
        "cognito-identity.us-gov-west-1.amazonaws.com",
        "cognito-identity.cn-north-1.amazonaws.com.cn",
        "graph.facebook.com",
        "www.amazon.com",
    ] {
        accepts("trust", trust("Federated", good));
    }
    for bad in [
        "*",
        "example.com",
        "cognito-identity-eu.amazonaws.com",
        "cognito-identity..amazonaws.com",
        "cognito-identity.a.b.amazonaws.com",
        "cognito-identity.us-east-1.amazonaws.eu",
        "cognito-identity.US.amazonaws.com",
        "arn:aws:iam::111122223333:saml-provider/",
        "arn:aws:iam::111122223333:saml-provider/*",
        "arn:aws:iam::111122223333:user/alice",
    ] {
        refuses("trust", trust("Federated", bad), "BAD_PRINCIPAL", "/Statement/Principal/Federated");
    }
}

// R-PRIN-9
#[test]
fn a_canonical_user_is_64_digits_and_stands_for_its_account() {
    let id = "0123456789abcdef".repeat(4);
    for bad in [&id[1..], &id.to_uppercase(), &id.replace('f', "g")] {
        let principal = grant(json!({"CanonicalUser": bad}));
        refuses("resource", principal, "BAD_PRINCIPAL", "/Statement/Principal/CanonicalUser");
    }
    let bucket = given().owner(OTHER_ACCOUNT).resource_policy(grant(json!({"CanonicalUser": id})));
    let caller = |id: &str| json!({"type": "user", "arn": ALICE, "canonical": id});
    bucket.clone().by(caller(&id)).denies();
    bucket.clone().by(caller(&id)).identity(allow("*", "*")).allows();
    bucket.clone().by(caller(&id.replace('0', "1"))).identity(allow("*", "*")).denies();
    bucket.by(ALICE).identity(allow("*", "*")).denies();
}

// R-PRIN-10
#[test]
fn several_values_are_alternatives_and_none_has_a_variable() {
    let either = json!({"AWS": ["arn:aws:iam::111122223333:user/bob", ALICE], "Service": "s3.amazonaws.com"});
    let bucket = given().owner(ACCOUNT).resource_policy(grant(either));
    bucket.clone().allows();
    bucket.clone().by("arn:aws:iam::111122223333:user/bob").allows();
    bucket.clone().by("arn:aws:iam::111122223333:user/carol").denies();
    bucket.by(service("s3.amazonaws.com")).allows();
    let variable = grant(json!({"AWS": "arn:aws:iam::111122223333:user/${aws:username}"}));
    refuses("resource", variable, "BAD_PRINCIPAL", "/Statement/Principal/AWS");
}

// R-PRIN-11, R-PRIN-12, R-PRIN-13, R-PRIN-14
#[test]
fn each_value_matches_exactly_and_in_its_class() {
    let alice = &json!({"type": "user", "arn": ALICE, "unique_id": "AIDAALICE"});
    let session = &with(app_session(), "unique_id", "AROAAPP");
    let fred = &federated_user();
    for (caller, principal, expected) in [
        (alice, json!("*"), Class::Immune),
        (alice, json!({"AWS": "*"}), Class::Immune),
        (session, json!("*"), Class::Immune),
        (session, json!({"AWS": "*"}), Class::Immune),
        (alice, json!({"AWS": ACCOUNT}), Class::Account),
        (alice, json!({"AWS": ROOT}), Class::Account),
        (session, json!({"AWS": ACCOUNT}), Class::Account),
        (session, json!({"AWS": ROOT}), Class::Account),
        (fred, json!({"AWS": ROOT}), Class::Account),
        (alice, json!({"AWS": OTHER_ACCOUNT}), Class::None),
        (alice, json!({"AWS": "arn:aws-cn:iam::111122223333:root"}), Class::None),
        (alice, json!({"AWS": ALICE}), Class::Immune),
        (alice, json!({"AWS": "arn:aws:iam::111122223333:user/Alice"}), Class::None),
        (alice, json!({"AWS": "arn:aws:iam::111122223333:user/a/alice"}), Class::None),
        (alice, json!({"AWS": "arn:aws-cn:iam::111122223333:user/alice"}), Class::None),
        (alice, json!({"AWS": "arn:aws:iam::111122223333:role/alice"}), Class::None),
        (alice, json!({"AWS": "AIDAALICE"}), Class::Immune),
        (alice, json!({"AWS": "AIDAALICE2"}), Class::None),
        (session, json!({"AWS": APP_ROLE}), Class::Limited),
        (session, json!({"AWS": "arn:aws:iam::111122223333:role/path/App"}), Class::None),
        (session, json!({"AWS": APP_SESSION}), Class::Immune),
        (session, json!({"AWS": "arn:aws:sts::111122223333:assumed-role/App/s2"}), Class::None),
        (session, json!({"AWS": "arn:aws:iam::111122223333:user/App"}), Class::None),
        (session, json!({"AWS": "AROAAPP"}), Class::Limited),
        (session, json!({"AWS": "AIDAALICE"}), Class::None),
        (fred, json!({"AWS": FEDERATED}), Class::Immune),
        (fred, json!({"AWS": "arn:aws:sts::111122223333:federated-user/bob"}), Class::None),
        (fred, json!({"AWS": ALICE}), Class::Limited),
        (fred, json!({"AWS": "arn:aws:iam::111122223333:user/bob"}), Class::None),
        (alice, json!({"Service": "s3.amazonaws.com"}), Class::None),
    ] {
        assert_eq!(class(caller, &principal), expected, "{caller} {principal}");
    }
}

// R-PRIN-11: an account id names no partition, a root ARN does.
#[test]
fn a_bare_account_id_matches_in_every_partition() {
    let alice = json!("arn:aws-cn:iam::111122223333:user/alice");
    let class = |principal: Value| class_to(&KEY.replace("aws", "aws-cn"), &alice, &principal);
    assert_eq!(class(json!({"AWS": ACCOUNT})), Class::Account);
    assert_eq!(class(json!({"AWS": "arn:aws-cn:iam::111122223333:root"})), Class::Account);
    assert_eq!(class(json!({"AWS": ROOT})), Class::None);
}

// R-PRIN-14: the engine maps no ARN to an id, so without the id nothing matches.
#[test]
fn a_unique_id_matches_only_where_the_caller_supplies_it() {
    assert_eq!(class(&json!(ALICE), &json!({"AWS": "AIDAALICE"})), Class::None);
    assert_eq!(class(&app_session(), &json!({"AWS": "AROAAPP"})), Class::None);
}

/// Whether a Deny with this `NotPrincipal` denies the caller what everybody is allowed.
fn covered(caller: impl Into<Value>, listed: Value, boundary: bool) -> bool {
    let statement = with(deny("*", "*"), "NotPrincipal", listed);
    let mut given = given().owner(ACCOUNT).by(caller).resource_policy(json!([grant("*"), statement]));
    if boundary {
        given = given.boundary(allow("*", "*"));
    }
    match given.details().effect.name() {
        "explicit_deny" => true,
        "allow" => false,
        other => panic!("{other}"),
    }
}

// R-NPRIN-1
#[test]
fn not_principal_goes_with_deny_alone() {
    let listed = json!({"AWS": ALICE});
    accepts("resource", with(deny("*", "*"), "NotPrincipal", listed.clone()));
    let bad = with(allow("*", "*"), "NotPrincipal", listed);
    for kind in ["resource", "kms", "vpce"] {
        refuses(kind, bad.clone(), "FORBIDDEN_COMBINATION", "/Statement/NotPrincipal");
    }
}

// R-NPRIN-2
#[test]
fn not_principal_has_no_star() {
    for (listed, pointer) in [
        (json!("*"), "/Statement/NotPrincipal"),
        (json!({"AWS": "*"}), "/Statement/NotPrincipal/AWS"),
        (json!({"AWS": [ALICE, "*"]}), "/Statement/NotPrincipal/AWS/1"),
        (json!({"Service": "*"}), "/Statement/NotPrincipal/Service"),
    ] {
        refuses("resource", with(deny("*", "*"), "NotPrincipal", listed), "BAD_PRINCIPAL", pointer);
    }
}

// R-NPRIN-3
#[test]
fn not_principal_spares_those_whose_whole_chain_is_listed() {
    let bob = "arn:aws:iam::111122223333:user/bob";
    let other_session = "arn:aws:sts::111122223333:assumed-role/App/s2";
    let root = || json!({"type": "root", "arn": ROOT});
    for (caller, listed, expected) in [
        (root(), json!([ACCOUNT]), false),
        (root(), json!([ROOT]), false),
        (root(), json!([OTHER_ACCOUNT]), true),
        (json!(ALICE), json!([ACCOUNT, ALICE]), false),
        (json!(ALICE), json!([ROOT, ALICE, bob]), false),
        (json!(ALICE), json!([ALICE]), true),
        (json!(ALICE), json!([ACCOUNT]), true),
        (json!(ALICE), json!([ACCOUNT, bob]), true),
        (json!(ALICE), json!([OTHER_ACCOUNT, ALICE]), true),
        (app_session(), json!([ACCOUNT, APP_ROLE]), true),
        (app_session(), json!([ACCOUNT, APP_ROLE, APP_SESSION]), false),
        (app_session(), json!([ROOT, APP_ROLE, APP_SESSION]), false),
        (app_session(), json!([ACCOUNT, APP_ROLE, APP_SESSION, other_session]), false),
        (app_session(), json!([ACCOUNT, APP_ROLE, other_session]), true),
        (app_session(), json!([ACCOUNT, APP_SESSION]), true),
        (app_session(), json!([APP_ROLE, APP_SESSION]), true),
        (app_session(), json!([ACCOUNT]), true),
        (federated_user(), json!([ACCOUNT, ALICE, FEDERATED]), false),
        (federated_user(), json!([ACCOUNT, FEDERATED]), true),
        (federated_user(), json!([ACCOUNT, ALICE]), true),
        (federated_user(), json!([ALICE, FEDERATED]), true),
        // Whose session it is must be known.
        (without(federated_user(), "user_arn"), json!([ACCOUNT, FEDERATED]), true),
        (without(federated_user(), "user_arn"), json!([ACCOUNT, ALICE, FEDERATED]), true),
    ] {
        assert_eq!(covered(caller.clone(), json!({"AWS": listed}), false), expected, "{caller} {listed}");
    }
}

// R-NPRIN-3: only its own ARN lists a session.
#[test]
fn a_listed_session_of_another_role_spares_nobody_else() {
    let elsewhere = "arn:aws:sts::111122223333:assumed-role/Other/s1";
    let foreign = "arn:aws:sts::444455556666:assumed-role/App/s1";
    let listed = |session: &str| json!({"AWS": [ACCOUNT, APP_ROLE, elsewhere, foreign, session]});
    assert!(covered(app_session(), listed(elsewhere), false));
    assert!(!covered(app_session(), listed(APP_SESSION), false));
}

// R-NPRIN-3: an id in the place of an ARN lists nobody.
#[test]
fn not_principal_lists_by_account_and_arn_alone() {
    let alice = || json!({"type": "user", "arn": ALICE, "unique_id": "AIDAALICE"});
    assert!(covered(alice(), json!({"AWS": [ACCOUNT, "AIDAALICE"]}), false));
    assert!(!covered(alice(), json!({"AWS": [ACCOUNT, "AIDAALICE", ALICE]}), false));
    let id = "0123456789abcdef".repeat(4);
    let alice = || json!({"type": "user", "arn": ALICE, "canonical": id});
    assert!(covered(alice(), json!({"AWS": ALICE, "CanonicalUser": id}), false));
    assert!(!covered(alice(), json!({"AWS": [ALICE, ACCOUNT], "CanonicalUser": id}), false));
}

// R-NPRIN-4
#[test]
fn a_boundary_undoes_the_exemption() {
    let listed = json!({"AWS": [ACCOUNT, ALICE, APP_ROLE, APP_SESSION, FEDERATED]});
    for caller in [json!(ALICE), app_session(), federated_user()] {
        assert!(!covered(caller.clone(), listed.clone(), false), "{caller}");
        assert!(covered(caller.clone(), listed.clone(), true), "{caller}");
    }
    // A root user and a service have no boundary, whatever is supplied.
    assert!(!covered(json!({"type": "root", "arn": ROOT}), listed.clone(), true));
    assert!(!covered(service("s3.amazonaws.com"), json!({"Service": "s3.amazonaws.com"}), true));
}

// R-NPRIN-5
#[test]
fn anonymous_callers_are_always_covered_and_services_unless_listed() {
    assert!(covered("anonymous", json!({"AWS": [ACCOUNT, ALICE]}), false));
    let listed = json!({"Service": ["s3.amazonaws.com", "sns.amazonaws.com"]});
    assert!(!covered(service("sns.amazonaws.com"), listed.clone(), false));
    assert!(covered(service("sqs.amazonaws.com"), listed.clone(), false));
    assert!(covered(service("s3.amazonaws.com"), json!({"AWS": ACCOUNT}), false));
    assert!(covered("anonymous", listed, false));
}
