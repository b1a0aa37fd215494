//! `iamlet check`, and what all commands share.

mod common;

use common::{ALLOW, Folder, REFUSED};

#[test]
fn a_good_document_is_passed_over_in_silence_unless_asked_otherwise() {
    let folder = Folder::with(&[("good.json", ALLOW.as_bytes())]);
    let run = folder.run("check --kind identity good.json");
    assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, "", ""));
    assert_eq!(folder.run("check --kind identity --verbose good.json").out, "good.json: ok\n");
}

#[test]
fn a_refused_document_gets_a_line_with_place_code_message_and_pointer() {
    let folder = Folder::with(&[("p.json", REFUSED.as_bytes()), ("good.json", ALLOW.as_bytes())]);
    let run = folder.run("check --kind identity p.json good.json");
    assert_eq!(run.status, 1);
    assert!(run.out.starts_with("p.json:1:48: BAD_EFFECT `Effect` must be"), "{}", run.out);
    assert!(run.out.ends_with(" (/Statement/0/Effect)\n"), "{}", run.out);
    assert_eq!(run.err, "");
}

#[test]
fn the_line_names_the_missing_element_and_the_full_pool() {
    let missing = br#"{"Version":"2012-10-17","Statement":[{"Action":"*","Resource":"*"}]}"#;
    let huge = " ".repeat((1 << 20) + 1);
    let folder = Folder::with(&[("missing.json", missing), ("huge.json", huge.as_bytes())]);
    let run = folder.run("check --kind identity missing.json huge.json");
    assert_eq!(run.status, 1);
    let lines: Vec<_> = run.out.lines().collect();
    assert!(
        lines[0].ends_with("MISSING_ELEMENT a required element is missing: `Effect` (/Statement/0/Effect)")
    );
    assert!(lines[1].starts_with("huge.json:1:1: CAPACITY ") && lines[1].ends_with(": `document`"));
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_others_are_still_checked() {
    let folder = Folder::with(&[("p.json", REFUSED.as_bytes())]);
    let run = folder.run("check --kind identity missing.json . p.json");
    assert_eq!(run.status, 2);
    assert!(run.err.contains("cannot read `missing.json`: No such file"), "{}", run.err);
    assert!(run.err.contains("cannot read `.`: Is a directory"), "{}", run.err);
    assert!(run.out.starts_with("p.json:1:48: BAD_EFFECT"), "{}", run.out);
}

#[test]
fn a_dash_is_standard_input() {
    let folder = Folder::with(&[]);
    let run = folder.run_with(["check", "--kind", "identity", "-"], REFUSED.as_bytes());
    assert_eq!(run.status, 1);
    assert!(run.out.starts_with("-:1:48: BAD_EFFECT"), "{}", run.out);
}

#[test]
fn bytes_that_are_no_json_text_are_refused_as_such() {
    let mark = format!("\u{feff}{ALLOW}");
    let nested = "[".repeat(100_000);
    let folder = Folder::with(&[
        ("1-empty", b""),
        ("2-truncated", &ALLOW.as_bytes()[..60]),
        ("3-mark", mark.as_bytes()),
        ("4-latin1", b"\"\xfc\""),
        ("5-nested", nested.as_bytes()),
        ("6-crlf", b"{\r\n\"Version\": 1}\r\n"),
    ]);
    let run = folder.run("check --kind identity 1-empty 2-truncated 3-mark 4-latin1 5-nested 6-crlf");
    assert_eq!(run.status, 1);
    let codes: Vec<_> = run.out.lines().map(|line| line.split(' ').nth(1).expect("a code")).collect();
    assert_eq!(codes, ["JSON_SYNTAX", "JSON_SYNTAX", "ENCODING", "ENCODING", "JSON_DEPTH", "WRONG_TYPE"]);
    assert!(run.out.contains("6-crlf:2:"), "{}", run.out);
}

#[test]
fn the_options_reach_the_compiler() {
    let scp = br#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    let wide = ALLOW.replace("Read", &"R".repeat(6200));
    let folder =
        Folder::with(&[("scp.json", scp), ("wide.json", wide.as_bytes()), ("a.json", ALLOW.as_bytes())]);
    assert_eq!(folder.run("check --kind scp_classic scp.json").status, 1);
    assert_eq!(folder.run("check --kind scp_classic --scp-assume-2012 scp.json").status, 0);
    assert_eq!(folder.run("check --kind identity wide.json").status, 0);
    let run = folder.run("check --kind identity --enforce-quotas wide.json");
    assert!(run.out.starts_with("wide.json:1:1: TOO_LARGE"), "{}", run.out);
    assert_eq!(folder.run("check --kind identity --quota-bytes 50 a.json").status, 1);
}

#[test]
fn names_in_a_document_cannot_steer_the_terminal() {
    let folder = Folder::with(&[("p.json", br#"{"Version":"2012-10-17","Statement":[{"\u001b[2J\n":1}]}"#)]);
    let run = folder.run("check --kind identity p.json");
    assert_eq!((run.status, run.out.lines().count()), (1, 1));
    assert!(!run.out.contains('\u{1b}'), "{}", run.out);
}

#[test]
fn a_wrong_command_line_exits_with_two() {
    let folder = Folder::with(&[("a.json", ALLOW.as_bytes())]);
    for arguments in [
        "",
        "check a.json",
        "check --kind nonsense a.json",
        "check --kind identity",
        "check --kind identity --quota-bytes many a.json",
        "frobnicate",
    ] {
        let run = folder.run(arguments);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{arguments}");
        assert!(!run.err.is_empty(), "{arguments}");
    }
}

#[test]
fn version_and_help_are_told() {
    let folder = Folder::with(&[]);
    assert_eq!(folder.run("--version").out, format!("iamlet {}\n", env!("CARGO_PKG_VERSION")));
    for arguments in ["--help", "check --help", "compile --help", "decide --help", "test --help"] {
        let run = folder.run(arguments);
        assert_eq!(run.status, 0, "{arguments}");
        assert!(run.out.contains("Example"), "{arguments}");
    }
}
