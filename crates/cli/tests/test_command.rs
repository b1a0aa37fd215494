//! `iamlet test`.

mod common;

use common::{ALLOW, Folder};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data");

fn case(id: &str, expect: &str) -> String {
    format!(
        r#"{{"id":"{id}","rule":"R-ACT-1","policies":{{"identity":[{ALLOW}]}},"request":{{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}},"expect":"{expect}","why":"Get* matches"}}"#
    )
}

fn last_line(text: &str) -> &str {
    text.lines().last().expect("a line")
}

#[test]
fn all_cases_of_the_project_pass() {
    let run = Folder::with(&[]).run(&format!("test {DATA}/vectors.jsonl {DATA}/invalid.jsonl"));
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, "926 passed, 0 failed\n", ""));
}

#[test]
fn a_case_that_differs_is_told_in_full() {
    let text = format!("{}\r\n\r\n{}\r\n", case("good", "allow"), case("differs", "explicit_deny"));
    let folder = Folder::with(&[("c.jsonl", text.as_bytes())]);
    let run = folder.run("test c.jsonl");
    let expected = "\
case      c.jsonl:3
id        differs
rule      R-ACT-1
expected  explicit_deny
got       allow (an identity-based policy allows)
why       Get* matches

1 passed, 1 failed
";
    assert_eq!((run.status, run.out.as_str()), (1, expected));
}

#[test]
fn document_cases_stand_beside_decision_cases() {
    let text = format!(
        "{}\n{}\n{}\n{}\n",
        r#"{"id":"d1","kind":"identity","policy":"","expect":"invalid_policy","code":"JSON_SYNTAX","at":"","offset":0}"#,
        case("a", "allow"),
        r#"{"id":"d2","kind":"identity","policy_hex":"7b7D","expect":"valid"}"#,
        r#"{"id":"d3","kind":"identity","policy":"{}","expect":"invalid_policy","code":"EMPTY","at":"/Version"}"#,
    );
    let run = Folder::with(&[("c.jsonl", text.as_bytes())]).run("test c.jsonl");
    assert_eq!((run.status, last_line(&run.out)), (1, "2 passed, 2 failed"));
    assert!(run.out.contains("got       refused: 1:1: MISSING_ELEMENT"), "{}", run.out);
    assert!(run.out.contains("expected  invalid_policy: EMPTY at `/Version`"), "{}", run.out);
}

#[test]
fn a_line_that_is_no_case_has_failed_and_is_numbered() {
    let nested = "[".repeat(100_000);
    let mut text = Vec::new();
    let unexpected = case("x", "maybe");
    let without = case("x", "allow").replace(r#""expect":"allow","#, "");
    let good = case("good", "allow");
    for line in [
        good.as_bytes(),
        &good.as_bytes()[..50],
        b"\xff",
        b"{}",
        nested.as_bytes(),
        b"{\"policy\":5,\"kind\":\"identity\",\"expect\":\"valid\"}",
        b"{\"policy\":\"\",\"kind\":\"identity\",\"expect\":\"invalid_policy\",\"code\":5}",
        b"{\"policy\":\"\",\"kind\":\"other\",\"expect\":\"valid\"}",
        unexpected.as_bytes(),
        without.as_bytes(),
    ] {
        text.extend_from_slice(line);
        text.extend_from_slice(b"\r\n");
    }
    let run = Folder::with(&[("c.jsonl", &text)]).run("test c.jsonl");
    assert_eq!((run.status, last_line(&run.out)), (1, "1 passed, 9 failed"));
    for number in 2..=10 {
        assert!(
            run.out.contains(&format!("case  c.jsonl:{number}\ngot   no case: ")),
            "{number}: {}",
            run.out
        );
    }
}

#[test]
fn a_file_that_begins_with_a_byte_order_mark_says_so() {
    let text = format!("\u{feff}{0}\n{0}", case("a", "allow"));
    let run = Folder::with(&[("c.jsonl", text.as_bytes())]).run("test c.jsonl");
    assert_eq!((run.status, last_line(&run.out)), (1, "1 passed, 1 failed"));
    assert!(run.out.contains("byte order mark"), "{}", run.out);
}

#[test]
fn a_file_without_cases_is_an_error_and_the_others_are_still_run() {
    let good = case("good", "allow");
    let folder = Folder::with(&[("empty.jsonl", b"\n \r\n"), ("good.jsonl", good.as_bytes())]);
    let run = folder.run("test empty.jsonl missing.jsonl . good.jsonl");
    assert_eq!((run.status, run.out.as_str()), (2, "1 passed, 0 failed\n"));
    for why in ["`empty.jsonl` has no case", "cannot read `missing.jsonl`", "cannot read `.`: Is a directory"]
    {
        assert!(run.err.contains(why), "{}", run.err);
    }
}

#[test]
fn a_dash_is_standard_input() {
    let run = Folder::with(&[]).run_with(["test", "-"], case("a", "allow").as_bytes());
    assert_eq!((run.status, run.out.as_str()), (0, "1 passed, 0 failed\n"));
}

#[test]
fn a_misspelt_member_has_failed() {
    let document = r#"{"id":"d","kind":"identity","policy":"{}","expect":"invalid_policy","ofset":3}"#;
    let text = format!("{}\n{document}\n", case("a", "allow").replace("expect", "expct"));
    let run = Folder::with(&[("c.jsonl", text.as_bytes())]).run("test c.jsonl");
    assert_eq!((run.status, last_line(&run.out)), (1, "0 passed, 2 failed"));
    for (number, what) in [(1, "`expct`: did you mean `expect`?"), (2, "`ofset`: did you mean `offset`?")] {
        let failed = format!("case  c.jsonl:{number}\ngot   no case: {what}\n");
        assert!(run.out.contains(&failed), "{}", run.out);
    }
}

#[test]
fn cases_have_no_time_but_their_own_and_that_of_the_option() {
    let dated = |expect: &str| {
        case("t", expect).replace(
            r#""Resource""#,
            r#""Condition":{"DateEquals":{"aws:CurrentTime":"2026-01-15T10:00:00Z"}},"Resource""#,
        )
    };
    let own = dated("allow").replace(r#""action""#, r#""time":"2026-01-15T10:00:00Z","action""#);
    let text = format!("{own}\n{}\n", dated("implicit_deny"));
    let folder = Folder::with(&[("c.jsonl", text.as_bytes())]);
    assert_eq!(last_line(&folder.run("test c.jsonl").out), "2 passed, 0 failed");
    let run = folder.run("test c.jsonl --time 2026-01-15T10:00:00Z");
    assert_eq!((run.status, last_line(&run.out)), (1, "1 passed, 1 failed"));
}
