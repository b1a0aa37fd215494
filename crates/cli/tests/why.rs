//! `iamlet why`, and `iamlet decide --explain`.

mod common;

use common::{ALLOW, Folder, REFUSED};
use serde_json::{Value, json};

const DENY: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [\n  \
    {\"Sid\": \"Tls\", \"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\",\n   \
    \"Condition\": {\"BoolIfExists\": {\"aws:SecureTransport\": \"false\"}}},\n  \
    {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}\n";

const REQUEST: &str =
    "--principal arn:aws:iam::111122223333:user/a --action s3:GetObject --resource-arn arn:aws:s3:::b/k";

/// What is told of [`REQUEST`] with [`DENY`] beside [`ALLOW`].
const DENIED: &str = "\
explicit_deny: a statement denies
  arn:aws:iam::111122223333:user/a
  s3:GetObject
  arn:aws:s3:::b/k
Denied by deny.json:2 Tls, identity-based policy
  BoolIfExists aws:SecureTransport: false
    holds: the request does not have aws:SecureTransport, and without it
      BoolIfExists holds
    would not deny with aws:SecureTransport = true
Without this Deny: an identity-based policy allows
";

fn case(id: &str, policies: &str) -> String {
    format!(
        r#"{{"id":"{id}","policies":{policies},"request":{{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}}}}"#
    )
}

fn files() -> Folder {
    Folder::with(&[("allow.json", ALLOW.as_bytes()), ("deny.json", DENY.as_bytes())])
}

#[test]
fn policies_are_named_by_file_line_and_sid() {
    let run = files().run(&format!("why --identity allow.json --identity deny.json {REQUEST}"));
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (1, DENIED, ""));
}

#[test]
fn an_allowed_request_ends_with_zero_and_tells_what_nearly_denies() {
    let run = files().run(&format!(
        "why --identity allow.json --identity deny.json {REQUEST} --context aws:SecureTransport=true"
    ));
    let expected = "\
allow: an identity-based policy allows
  arn:aws:iam::111122223333:user/a
  s3:GetObject
  arn:aws:s3:::b/k
Allowed by allow.json:1 Read, identity-based policy
Allowed by deny.json:4, identity-based policy
Nearly denied by deny.json:2 Tls, identity-based policy
  BoolIfExists aws:SecureTransport: false
    does not hold: aws:SecureTransport is true
";
    assert_eq!((run.status, run.out.as_str()), (0, expected));
}

#[test]
fn decide_tells_the_decision_first() {
    let arguments = format!("decide --identity allow.json --identity deny.json {REQUEST}");
    let plain = files().run(&arguments);
    let run = files().run(&format!("{arguments} --explain"));
    assert_eq!((run.status, run.out), (1, format!("{}{DENIED}\n", plain.out)));
}

#[test]
fn in_json_a_line_has_the_library_s_explanation() {
    let arguments = format!("--identity allow.json --identity deny.json {REQUEST} --format json");
    let run = files().run(&format!("decide {arguments}"));
    assert_eq!((run.status, run.out.as_str()), (1, "{\"id\":null,\"decision\":\"explicit_deny\"}\n"));
    let run = files().run(&format!("why {arguments}"));
    let expected = concat!(
        r#"{"id":null,"decision":"explicit_deny","explanation":{"effect":"explicit_deny","reason":"a statement denies","#,
        r#""reason_code":1,"layer":"identity","level":0,"without_denies":"an identity-based policy allows","denies":1,"needs":[],"#,
        r#""principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","#,
        r#""silent_layers":[],"statements":[{"role":"decides","effect":"Deny","layer":"identity","level":0,"set":0,"#,
        r#""policy":1,"statement":0,"tag":1,"sid":"Tls","source":"deny.json","line":2,"column":3,"action":"TRUE","#,
        r#""resource":"TRUE","principal":"TRUE","conditions_hold":"TRUE","conditions":[{"operator":"BoolIfExists","#,
        r#""key":"aws:SecureTransport","values":["false"],"sent":[],"truth":"TRUE","fact":"absent","change":"none_of"}]}]}}"#,
        "\n"
    );
    assert_eq!((run.status, run.out.as_str()), (1, expected));
    assert_eq!(files().run(&format!("decide --explain {arguments}")).out, expected);
}

#[test]
fn a_stream_has_an_explanation_in_each_line_that_has_a_decision() {
    let lines = [
        case("allowed", &format!(r#"{{"identity":[{ALLOW}]}}"#)),
        case("refused", &format!(r#"{{"identity":[{REFUSED}]}}"#)),
        "{}".to_owned(),
    ];
    let input = lines.join("\n");
    let run = files().run_with(["decide", "--jsonl", "--explain"], input.as_bytes());
    let answers: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [allowed, refused, no_case] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!(allowed["explanation"]["statements"][0]["source"], "identity/0");
    assert_eq!((&refused["decision"], refused.get("explanation")), (&json!("invalid_policy"), None));
    assert_eq!((&no_case["decision"], no_case.get("explanation")), (&json!("invalid_request"), None));
    assert_eq!(files().run_with(["why", "--jsonl"], input.as_bytes()).out, run.out);
}

#[test]
fn every_vector_is_explained_as_it_is_decided() {
    let vectors = include_str!("../../../tests/data/vectors.jsonl");
    let run = files().run_with(["why", "--jsonl"], vectors.as_bytes());
    assert_eq!(run.out.lines().count(), vectors.lines().count());
    let answers = run.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let decided: Vec<_> = answers.filter(|answer| answer.get("error").is_none()).collect();
    assert!(decided.len() > 500, "{}", decided.len());
    for answer in decided {
        assert_eq!(answer["decision"], answer["explanation"]["effect"], "{answer}");
    }
}

#[test]
fn of_a_case_file_one_case_or_each_is_told() {
    let missing = case("C-1", "{}");
    let allowed = case("C-2", &format!(r#"{{"identity":[{ALLOW}]}}"#));
    let refused = case("C-3", &format!(r#"{{"identity":[{REFUSED}]}}"#));
    let text = format!("{missing}\n{allowed}\n{refused}\n");
    let folder = Folder::with(&[("cases.jsonl", text.as_bytes())]);
    let one = "\
C-2:
allow: an identity-based policy allows
  arn:aws:iam::111122223333:user/a
  s3:GetObject
  arn:aws:s3:::b/k
Allowed by identity/0 statement 0 Read, identity-based policy
";
    let run = folder.run("why cases.jsonl --id C-2");
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, one, ""));
    let first = "\
C-1:
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/a
  s3:GetObject
  arn:aws:s3:::b/k
There is no identity-based policy here. One could allow this.
";
    let last = "C-3:\ninvalid_policy: identity/0: 1:48: BAD_EFFECT `Effect` must be `Allow` or `Deny`, \
        written so, and one that this kind of policy takes at /Statement/0/Effect\n";
    let run = folder.run("why cases.jsonl");
    assert_eq!((run.status, run.out), (2, format!("{first}\n{one}\n{last}")));
    let run = folder.run("why cases.jsonl --id C-9");
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert_eq!(run.err, "iamlet: `cases.jsonl` has no case with the id `C-9`\n");
    let run = folder.run("decide cases.jsonl --id C-1 --format json");
    assert_eq!((run.status, run.out.as_str()), (1, "{\"id\":\"C-1\",\"decision\":\"implicit_deny\"}\n"));
}

#[test]
fn of_several_resources_the_one_that_decides_is_told() {
    let folder = files();
    let arguments = format!("why --identity allow.json {REQUEST} --resource-arn arn:aws:s3");
    let run = folder.run(&format!("{arguments}:::c/k"));
    let expected = "\
Of 2 resources this one decides:
implicit_deny: no identity-based policy allows
  arn:aws:iam::111122223333:user/a
  s3:GetObject
  arn:aws:s3:::c/k
No identity-based policy allows this. One could.
  nearly allowed by allow.json:1 Read:
    Resource: arn:aws:s3:::b/*
      does not match arn:aws:s3:::c/k
";
    assert_eq!((run.status, run.out.as_str()), (1, expected));
    let run = folder.run(&format!("{arguments}:::b/l"));
    let expected = "\
All 2 resources are allowed. This is about the first:
allow: an identity-based policy allows
  arn:aws:iam::111122223333:user/a
  s3:GetObject
  arn:aws:s3:::b/k
Allowed by allow.json:1 Read, identity-based policy
";
    assert_eq!((run.status, run.out.as_str()), (0, expected));
}

#[test]
fn the_session_that_stands_for_a_role_is_named() {
    let request = "--principal arn:aws:iam::111122223333:role/dev --action s3:GetObject";
    let run = files().run(&format!("why --identity allow.json {request} --resource-arn arn:aws:s3:::b/k"));
    let expected = "\
The principal is session `iamlet` of arn:aws:iam::111122223333:role/dev.
allow: an identity-based policy allows
  arn:aws:sts::111122223333:assumed-role/dev/iamlet
  s3:GetObject
  arn:aws:s3:::b/k
Allowed by allow.json:1 Read, identity-based policy
";
    assert_eq!((run.status, run.out.as_str()), (0, expected));
}

#[test]
fn what_cannot_be_decided_says_why_and_ends_with_two() {
    let folder = Folder::with(&[("bad.json", REFUSED.as_bytes()), ("allow.json", ALLOW.as_bytes())]);
    let run = folder.run(&format!("why --identity bad.json {REQUEST}"));
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.starts_with("bad.json:1:48: BAD_EFFECT "), "{}", run.err);
    let run =
        folder.run("why --identity allow.json --principal nobody --action s3:GetObject --resource-arn *");
    assert_eq!(run.status, 2);
    assert!(run.out.starts_with("implicit_deny: principal"), "{}", run.out);
    for (arguments, why) in [
        ("why --format xml", "text, json"),
        ("why --jsonl --format json", "cannot be used with"),
        ("why --id C-1", "CASEFILE"),
        ("why", "--principal"),
    ] {
        let run = folder.run(arguments);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{arguments}");
        assert!(run.err.contains(why), "{arguments}: {}", run.err);
    }
}

#[test]
fn names_of_files_and_ids_cannot_steer_the_terminal() {
    let folder = Folder::with(&[("a\u{1b}[2J\u{200f}.json", ALLOW.as_bytes())]);
    let arguments = format!("why --identity a\u{1b}[2J\u{200f}.json {REQUEST}");
    let run = folder.run(&arguments);
    assert!(run.out.contains("Allowed by a\\u{1b}[2J\\u{200f}.json:1 Read, "), "{}", run.out);
    let line = case("\\u001b[2J", "{}");
    let folder = Folder::with(&[("case.json", line.as_bytes())]);
    assert!(folder.run("why case.json").out.starts_with("\\u{1b}[2J:\n"));
}
