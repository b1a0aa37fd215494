//! `iamlet decide --jsonl`.

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use common::{ALLOW, Folder};
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../../tests/data/vectors.jsonl");

fn decide(input: &[u8]) -> Vec<Value> {
    let run = Folder::with(&[]).run_with(["decide", "--jsonl"], input);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    run.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn decide_one(line: &[u8]) -> Value {
    let mut answers = decide(line);
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers.remove(0)
}

fn case(policies: &str, request: &str) -> String {
    format!(r#"{{"id":"x","policies":{policies},"request":{request}}}"#)
}

const REQUEST: &str = r#"{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}"#;

#[test]
fn every_vector_is_answered_in_order() {
    let answers = decide(VECTORS.as_bytes());
    assert_eq!(answers.len(), 606);
    for (line, answer) in VECTORS.lines().zip(&answers) {
        let case: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((&answer["id"], &answer["decision"]), (&case["id"], &case["expect"]));
    }
}

#[test]
fn the_answer_s_form_is_exact() {
    let line = case(&format!(r#"{{"identity":[{ALLOW}]}}"#), REQUEST);
    let run = Folder::with(&[]).run_with(["decide", "--jsonl"], line.as_bytes());
    assert_eq!(run.out, "{\"id\":\"x\",\"decision\":\"allow\"}\n");
}

#[test]
fn what_is_expected_is_not_looked_at() {
    for expect in [r#""nonsense""#, "17", r#""explicit_deny""#] {
        let line = case(&format!(r#"{{"identity":[{ALLOW}]}}"#), REQUEST);
        let line = format!(r#"{{"expect":{expect},{}"#, &line[1..]);
        assert_eq!(decide_one(line.as_bytes()), json!({"id": "x", "decision": "allow"}));
    }
}

#[test]
fn a_refused_policy_and_a_malformed_request_say_why() {
    let refused = decide_one(case(r#"{"identity":[{}]}"#, REQUEST).as_bytes());
    assert_eq!((&refused["id"], &refused["decision"]), (&json!("x"), &json!("invalid_policy")));
    assert!(refused["error"].as_str().is_some_and(|error| error.starts_with("identity/0: 1:1: MISSING")));

    let good = format!(r#"{{"identity":[{ALLOW}]}}"#);
    for request in [
        REQUEST.replace("s3:GetObject", "s3:Get*"),
        REQUEST.replace("arn:aws:iam::111122223333:user/a", "nobody"),
        REQUEST.replace(r#""resource":"arn:aws:s3:::b/k""#, r#""resources":[]"#),
        REQUEST.replace(r#""arn:aws:iam::111122223333:user/a""#, r#"{"type":"martian"}"#),
    ] {
        let answer = decide_one(case(&good, &request).as_bytes());
        assert_eq!((&answer["id"], &answer["decision"]), (&json!("x"), &json!("implicit_deny")), "{request}");
        assert!(answer["error"].is_string(), "{request}");
    }
}

#[test]
fn a_line_of_the_wrong_form_is_an_invalid_request_with_its_id() {
    for line in [
        r#"{"id":"x"}"#.to_owned(),
        case("[]", REQUEST),
        case(r#"{"identity":[5]}"#, REQUEST),
        case(r#"{"scp":{}}"#, REQUEST),
        case(r#"{"nonsense":[]}"#, REQUEST),
        case(r#"{"resource_kind":5}"#, REQUEST),
        case("{}", "5"),
        case("{}", &REQUEST.replace(r#""s3:GetObject""#, "5")),
        case("{}", &REQUEST.replace(r#""arn:aws:s3:::b/k""#, r#""*","context":{"a:b":"c"}"#)),
        case("{}", &REQUEST.replace(r#""arn:aws:iam::111122223333:user/a""#, r#"{"type":5}"#)),
        case(
            "{}",
            &REQUEST.replace(r#""arn:aws:iam::111122223333:user/a""#, r#"{"service_linked_role":"no"}"#),
        ),
        format!(r#"{{"options":{{"enforce_quotas":"yes"}},{}"#, &case("{}", REQUEST)[1..]),
        format!(r#"{{"options":{{"scp_dialect":5}},{}"#, &case("{}", REQUEST)[1..]),
    ] {
        let answer = decide_one(line.as_bytes());
        assert_eq!((&answer["id"], &answer["decision"]), (&json!("x"), &json!("invalid_request")), "{line}");
        assert!(answer["error"].is_string(), "{line}");
    }
}

#[test]
fn a_misspelt_member_is_an_invalid_request() {
    let good = case(&format!(r#"{{"identity":[{ALLOW}]}}"#), REQUEST);
    for (line, error) in [
        (
            good.replace(r#""action""#, r#""resource_acount":"444455556666","action""#),
            "request: `resource_acount`: did you mean `resource_account`?",
        ),
        (good.replace("identity", "identities"), "policies: `identities`: did you mean `identity`?"),
        (good.replace(r#""id""#, r#""option":{},"id""#), "`option`: did you mean `options`?"),
    ] {
        let answer = decide_one(line.as_bytes());
        assert_eq!((&answer["decision"], &answer["error"]), (&json!("invalid_request"), &json!(error)));
    }
}

#[test]
fn cases_have_no_time_but_their_own_and_that_of_the_option() {
    let day = ALLOW.replace(
        r#""Resource""#,
        r#""Condition":{"DateEquals":{"aws:CurrentTime":"2026-01-15T10:00:00Z"}},"Resource""#,
    );
    let without = case(&format!(r#"{{"identity":[{day}]}}"#), REQUEST);
    let other = without.replace(r#""action""#, r#""time":0,"action""#);
    let own = without.replace(r#""action""#, r#""time":1768471200,"action""#);
    let input = format!("{without}\n{other}\n{own}\n");
    for (arguments, expected) in [
        (vec!["decide", "--jsonl"], ["implicit_deny", "implicit_deny", "allow"]),
        (vec!["decide", "--jsonl", "--time", "2026-01-15T10:00:00Z"], ["allow", "implicit_deny", "allow"]),
    ] {
        let run = Folder::with(&[]).run_with(arguments, input.as_bytes());
        let answers = run.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let decisions: Vec<_> = answers.map(|answer| answer["decision"].clone()).collect();
        assert_eq!(decisions, expected);
    }
}

#[test]
fn a_line_that_is_no_json_object_is_an_invalid_request_and_the_next_line_is_answered() {
    let good = case(&format!(r#"{{"identity":[{ALLOW}]}}"#), REQUEST);
    let nested = format!(r#"{{"id":{}"#, "[".repeat(200_000));
    let closed = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let mut input = Vec::new();
    for line in [
        &good.as_bytes()[..40],
        b"\xff\xfe",
        b"{\"id\":\"\xfc\"}",
        "\u{feff}{}".as_bytes(),
        b"[]",
        b"null",
        b"{} {}",
        b"{\"id\":1,\"id\":2}",
        b"{\"id\":\"\0\"}",
        nested.as_bytes(),
        closed.as_bytes(),
    ] {
        input.extend_from_slice(line);
        input.push(b'\n');
        input.extend_from_slice(good.as_bytes());
        input.extend_from_slice(b"\r\n");
    }
    let answers = decide(&input);
    assert_eq!(answers.len(), 22);
    for pair in answers.chunks(2) {
        assert_eq!((&pair[0]["id"], &pair[0]["decision"]), (&Value::Null, &json!("invalid_request")));
        assert!(pair[0]["error"].is_string());
        assert_eq!(pair[1], json!({"id": "x", "decision": "allow"}));
    }
}

#[test]
fn blank_lines_are_skipped_and_the_last_line_needs_no_end() {
    let good = case(&format!(r#"{{"identity":[{ALLOW}]}}"#), REQUEST);
    let answers = decide(format!("\r\n\n  \t\r\n{good}\r\n\n{good}").as_bytes());
    assert_eq!(answers.len(), 2);
    assert!(decide(b"").is_empty());
}

#[test]
fn documents_that_are_objects_are_judged_by_the_text_they_stand_in() {
    let twice = ALLOW.replace(r#""Effect":"Allow""#, r#""Effect":"Deny","Effect":"Allow""#);
    let deep = format!(r#"{{"Id":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    for (document, code) in [(twice.as_str(), "JSON_DUPLICATE_KEY"), (&deep, "JSON_DEPTH")] {
        let answer = decide_one(case(&format!(r#"{{"identity":[{document}]}}"#), REQUEST).as_bytes());
        assert_eq!(answer["decision"], "invalid_policy");
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(code)), "{answer}");
    }
}

#[test]
fn ids_come_back_as_they_were() {
    for id in ["null", "17", "123456789012345678901234567890", "1.50", r#"["a",{"b":null}]"#, r#""\u0000é""#]
    {
        let line = format!(r#"{{"id":{id}}}"#);
        let run = Folder::with(&[]).run_with(["decide", "--jsonl"], line.as_bytes());
        let expected = format!(r#"{{"id":{id},"decision":"#);
        assert!(run.out.starts_with(&expected), "{} {expected}", run.out);
    }
}

#[test]
fn who_asks_one_case_at_a_time_gets_each_answer_at_once() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamlet"))
        .args(["decide", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("iamlet starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    for id in 0..3 {
        writeln!(input, "{}", case("{}", REQUEST).replace("\"x\"", &id.to_string())).expect("a reader");
        let mut answer = String::new();
        output.read_line(&mut answer).expect("an answer");
        assert_eq!(answer, format!("{{\"id\":{id},\"decision\":\"implicit_deny\"}}\n"));
    }
    drop(input);
    assert!(child.wait().expect("iamlet ends").success());
}

#[test]
fn a_reader_that_closes_early_ends_the_run_without_a_word() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_iamlet"))
        .args(["decide", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("iamlet starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("a pipe");
    // The pipe may break while we write: that is what the test is about.
    let _ = input.write_all(VECTORS.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("iamlet ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(2), &b""[..]));
}
