//! Explanations: texts that are understood by themselves, word by word.

use iamlet::{PolicySet, Source};
use iamlet_cases::Case;
use serde_json::{Value, json};

/// What is said of a case: the text, AWS's sentence, and what clients may see. Policy `n` is `files[n]`, whose statement `m`
/// begins at line `m + 3`.
fn told(case: Value, files: &[&str]) -> [String; 3] {
    let case = Case::read(&case).expect("a case");
    assert_eq!(case.policies.len(), files.len());
    let compiled = case.compile().expect("policies");
    let set = PolicySet::open(&compiled.set).expect("a set");
    let prepared = case.request.prepare().expect("a request");
    let map: Vec<u8> = (3..9_u32).flat_map(|line| [line, 5]).flat_map(u32::to_le_bytes).collect();
    let sources: Vec<_> = (0..).zip(files).map(|(tag, name)| Source { tag, name, map: &map }).collect();
    let sources = sources.as_slice();
    let explained = prepared.explain(&[set], |_, _, why| {
        let why = why.with_sources(&sources);
        [why.to_string(), why.sentence().to_string(), why.for_clients().to_string()]
    });
    explained.expect("a decision")
}

/// A case whose full text is this, within 80 columns, and whose sentence and text for clients end so.
#[track_caller]
fn assert_told(case: Value, files: &[&str], text: &str, sentence_ends: &str, for_clients: &str) {
    let [told_text, sentence, clients] = told(case, files);
    assert_eq!(told_text, text);
    assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    assert!(sentence.ends_with(sentence_ends), "{sentence}");
    assert_eq!(clients, for_clients);
}

fn case(policies: Value, action: &str, resource: &str, context: Value) -> Value {
    json!({"policies": policies, "request": {
        "principal": {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice"}, "action": action,
        "resource": resource, "resource_account": "111122223333", "context": context}})
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn full() -> Value {
    policy(json!([{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]))
}

const INSTANCE: &str = "arn:aws:ec2:eu-central-1:111122223333:instance/i-1";
const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1";

#[test]
fn a_key_that_the_request_does_not_have_denies_by_a_negated_operator() {
    let lock = policy(json!([{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "RegionLock", "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}}]));
    assert_told(
        case(json!({"identity": [full()], "scp": [[lock]]}), "ec2:RunInstances", INSTANCE, json!({})),
        &["dev.json", "scp/guard.json"],
        "\
explicit_deny: a statement denies
  arn:aws:iam::111122223333:user/alice
  ec2:RunInstances
  arn:aws:ec2:eu-central-1:111122223333:instance/i-1
Denied by scp/guard.json:4 RegionLock, service control policy of level 0
  StringNotEquals aws:RequestedRegion: eu-central-1, eu-west-1
    holds: the request does not have aws:RequestedRegion, and without it
      StringNotEquals holds
    would not deny with aws:RequestedRegion one of eu-central-1, eu-west-1
Without this Deny: an identity-based policy allows",
        " with an explicit deny in a service control policy",
        "explicit deny in a service control policy",
    );
}

#[test]
fn a_value_that_no_allow_takes_is_told_with_what_it_takes() {
    let small =
        policy(json!({"Sid": "Small", "Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*",
        "Condition": {"StringLike": {"ec2:InstanceType": "t3.*"}}}));
    let context = json!({"ec2:InstanceType": ["m5.large"]});
    assert_told(
        case(json!({"identity": [small]}), "ec2:RunInstances", INSTANCE, context),
        &["dev.json"],
        "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  ec2:RunInstances
  arn:aws:ec2:eu-central-1:111122223333:instance/i-1
No identity-based policy allows this. One could.
  nearly allowed by dev.json:3 Small:
    StringLike ec2:InstanceType: t3.*
      does not hold: ec2:InstanceType is m5.large
      would allow with ec2:InstanceType like t3.*",
        " because no identity-based policy allows the ec2:RunInstances action",
        "no identity-based policy allows it",
    );
}

/// Two Denies, of requests without TLS and of those whose MFA is an hour old.
fn two_denies() -> Value {
    policy(json!([
        {"Sid": "Tls", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "Mfa", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
            "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}}]))
}

fn with_tls_and_mfa(tls: &str, age: &str) -> Value {
    let context = json!({"aws:SecureTransport": [tls], "aws:MultiFactorAuthAge": [age]});
    case(json!({"identity": [full(), two_denies()]}), "s3:GetObject", "arn:aws:s3:::b/k", context)
}

#[test]
fn each_statement_that_denies_is_told() {
    assert_told(
        with_tls_and_mfa("false", "7200"),
        &["full.json", "guard.json"],
        "\
explicit_deny: a statement denies
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
Denied by guard.json:3 Tls, identity-based policy
  Bool aws:SecureTransport: false
    holds: aws:SecureTransport is false
    would not deny with aws:SecureTransport = true
Denied by guard.json:4 Mfa, identity-based policy
  NumericGreaterThan aws:MultiFactorAuthAge: 3600
    holds: aws:MultiFactorAuthAge is 7200, which is greater than 3600
    would not deny with aws:MultiFactorAuthAge at most 3600
Without these 2 Denies: an identity-based policy allows",
        " with an explicit deny in an identity-based policy",
        "explicit deny in an identity-based policy",
    );
}

#[test]
fn statements_that_nearly_deny_an_allowed_request_are_told() {
    assert_told(
        with_tls_and_mfa("true", "7"),
        &["full.json", "guard.json"],
        "\
allow: an identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
Allowed by full.json:3 All, identity-based policy
Nearly denied by guard.json:3 Tls, identity-based policy
  Bool aws:SecureTransport: false
    does not hold: aws:SecureTransport is true
Nearly denied by guard.json:4 Mfa, identity-based policy
  NumericGreaterThan aws:MultiFactorAuthAge: 3600
    does not hold: aws:MultiFactorAuthAge is 7",
        " is authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\"",
        "allowed",
    );
}

#[test]
fn the_level_that_is_silent_is_told() {
    let compute = policy(json!({"Sid": "Compute", "Effect": "Allow", "Action": ["ec2:*", "lambda:*"],
        "Resource": "*"}));
    assert_told(
        case(
            json!({"identity": [full()], "scp": [[full()], [compute], [full()]]}),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            json!({}),
        ),
        &["full.json", "root.json", "unit.json", "account.json"],
        "\
implicit_deny: no service control policy of a level allows
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
No service control policy of level 1 allows this. One has to.
  nearly allowed by unit.json:3 Compute:
    Action: ec2:*, lambda:*
      does not match s3:GetObject",
        " because no service control policy allows the s3:GetObject action",
        "no service control policy allows it",
    );
}

#[test]
fn a_key_policy_has_to_name_the_caller() {
    let bob = policy(json!({"Sid": "Bob", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}}));
    assert_told(
        case(json!({"identity": [full()], "resource": bob}), "kms:Decrypt", KEY, json!({})),
        &["full.json", "key.json"],
        "\
implicit_deny: the resource-based policy does not allow
  arn:aws:iam::111122223333:user/alice
  kms:Decrypt
  arn:aws:kms:eu-central-1:111122223333:key/1
No resource-based policy allows this. One has to.
  nearly allowed by key.json:3 Bob:
    Principal: arn:aws:iam::111122223333:user/bob
      does not match arn:aws:iam::111122223333:user/alice",
        " because no resource-based policy allows the kms:Decrypt action",
        "no resource-based policy allows it",
    );
    assert_told(
        case(json!({"identity": [full()]}), "kms:Decrypt", KEY, json!({})),
        &["full.json"],
        "\
implicit_deny: the resource-based policy does not allow
  arn:aws:iam::111122223333:user/alice
  kms:Decrypt
  arn:aws:kms:eu-central-1:111122223333:key/1
There is no resource-based policy here. One has to allow this.",
        " because no resource-based policy allows the kms:Decrypt action",
        "no resource-based policy allows it",
    );
}

#[test]
fn an_account_that_is_allowed_is_not_the_principal_itself() {
    let account = policy(json!({"Sid": "Account", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}));
    assert_told(
        case(json!({"resource": account}), "kms:Decrypt", KEY, json!({})),
        &["key.json"],
        "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  kms:Decrypt
  arn:aws:kms:eu-central-1:111122223333:key/1
No resource-based policy allows this. One could.
  nearly allowed by key.json:3 Account:
    Principal: arn:aws:iam::111122223333:root
      matches, but does not grant to the principal itself
There is no identity-based policy here. One could allow this.",
        " because no identity-based policy allows the kms:Decrypt action",
        "no identity-based policy allows it",
    );
}

#[test]
fn an_element_that_may_match_is_enough_to_deny_and_too_little_to_allow() {
    let buckets = |effect: &str, element: &str| {
        policy(json!({"Effect": effect, "Action": "s3:ListAllMyBuckets", element: "arn:aws:s3:::*"}))
    };
    let denied = |element: &str| {
        case(json!({"identity": [full(), buckets("Deny", element)]}), "s3:ListAllMyBuckets", "*", json!({}))
    };
    for (element, truth) in [("Resource", "may match"), ("NotResource", "may not match")] {
        let text = format!(
            "\
explicit_deny: a statement denies
  arn:aws:iam::111122223333:user/alice
  s3:ListAllMyBuckets
  *
Denied by guard.json:3, identity-based policy
  {element}: arn:aws:s3:::*
    {truth} *, which is enough to deny
Without this Deny: an identity-based policy allows"
        );
        assert_eq!(told(denied(element), &["full.json", "guard.json"])[0], text);
    }
    for (element, truth) in [("Resource", "may not match"), ("NotResource", "may match")] {
        let policies = json!({"identity": [buckets("Allow", element)]});
        let text = format!(
            "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  s3:ListAllMyBuckets
  *
No identity-based policy allows this. One could.
  nearly allowed by dev.json:3:
    {element}: arn:aws:s3:::*
      {truth} *"
        );
        assert_eq!(told(case(policies, "s3:ListAllMyBuckets", "*", json!({})), &["dev.json"])[0], text);
    }
}

#[test]
fn keys_that_are_not_fetched_yet_are_told() {
    let tags = policy(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/a": "x", "aws:ResourceTag/b": "y"}}}));
    let mut case = case(json!({"identity": [tags]}), "s3:GetObject", "arn:aws:s3:::b/k", json!({}));
    case["request"]["not_fetched"] = json!(["aws:ResourceTag/a", "aws:ResourceTag/b"]);
    let expected = "\
implicit_deny: it depends on context keys that are not fetched yet
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
To decide, fetch: aws:ResourceTag/a, aws:ResourceTag/b
No identity-based policy allows this. One could.
  nearly allowed by dev.json:3:
    StringEquals aws:ResourceTag/a: x
      cannot be told yet: aws:ResourceTag/a is not fetched yet
      would hold with aws:ResourceTag/a = x
    StringEquals aws:ResourceTag/b: y
      cannot be told yet: aws:ResourceTag/b is not fetched yet
      would hold with aws:ResourceTag/b = y";
    assert_eq!(told(case, &["dev.json"])[0], expected);
}

#[test]
fn that_no_policy_is_there_at_all_is_told() {
    assert_told(
        case(json!({}), "s3:GetObject", "arn:aws:s3:::b/k", json!({})),
        &[],
        "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
There is no identity-based policy here. One could allow this.",
        " because no identity-based policy allows the s3:GetObject action",
        "no identity-based policy allows it",
    );
}

#[test]
fn of_several_things_that_keep_an_allow_none_is_said_to_be_enough() {
    let home = policy(
        json!({"Effect": "Allow", "NotAction": ["s3:*", "iam:*"], "Resource": "arn:aws:s3:::h/${aws:username}/*",
        "Condition": {"StringEquals": {"a:b": ""}, "Bool": {"aws:SecureTransport": "true"}}}),
    );
    assert_told(
        case(json!({"identity": [home]}), "s3:GetObject", "arn:aws:s3:::b/k", json!({"a:b": ["x"]})),
        &["home.json"],
        "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
No identity-based policy allows this. One could.
  nearest is home.json:3:
    NotAction: s3:*, iam:*
      matches s3:GetObject
    Resource: arn:aws:s3:::h/${aws:username}/*
      does not match arn:aws:s3:::b/k
    StringEquals a:b: \"\"
      does not hold: a:b is x
      would hold with a:b = \"\"
    Bool aws:SecureTransport: true
      does not hold: the request does not have aws:SecureTransport
      would hold with aws:SecureTransport = true",
        " because no identity-based policy allows the s3:GetObject action",
        "no identity-based policy allows it",
    );
    let only = policy(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"a:b": "y"}, "NumericLessThan": {"c:d": "5"}}}));
    assert_told(
        case(
            json!({"identity": [only]}),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            json!({"a:b": [""], "c:d": ["x"]}),
        ),
        &["only.json"],
        "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
No identity-based policy allows this. One could.
  nearly allowed by only.json:3:
    StringEquals a:b: y
      does not hold: a:b is \"\"
      would hold with a:b = y
    NumericLessThan c:d: 5
      may not hold, which is too little to allow: c:d is x, which is no number
      would hold with c:d less than 5",
        " because no identity-based policy allows the s3:GetObject action",
        "no identity-based policy allows it",
    );
}

#[test]
fn what_is_left_open_denies_and_does_not_allow() {
    let unknown = |effect: &str| {
        policy(json!({"Effect": effect, "Action": "s3:*", "Resource": "*",
            "Condition": {"StringEquals": {"a:b": "z"}}}))
    };
    let context = json!({"a:b": ["x", "y"]});
    assert_told(
        case(
            json!({"identity": [full(), unknown("Deny")]}),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            context.clone(),
        ),
        &["full.json", "guard.json"],
        "\
explicit_deny: a statement denies
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
Denied by guard.json:3, identity-based policy
  StringEquals a:b: z
    may hold, which is enough to deny: a:b has 2 values, and the operator has no
      ForAllValues or ForAnyValue
Without this Deny: an identity-based policy allows",
        " with an explicit deny in an identity-based policy",
        "explicit deny in an identity-based policy",
    );
    assert_told(
        case(json!({"identity": [unknown("Allow")]}), "s3:GetObject", "arn:aws:s3:::b/k", context),
        &["guard.json"],
        "\
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/alice
  s3:GetObject
  arn:aws:s3:::b/k
No identity-based policy allows this. One could.
  nearly allowed by guard.json:3:
    StringEquals a:b: z
      may not hold, which is too little to allow: a:b has 2 values, and the
        operator has no ForAllValues or ForAnyValue",
        " because no identity-based policy allows the s3:GetObject action",
        "no identity-based policy allows it",
    );
}
