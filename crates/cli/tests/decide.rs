//! `iamlet decide`, of case files and of policy files.

mod common;

use common::{ALLOW, Folder, REFUSED, Run};

const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}"#;

const REQUEST: &str =
    "--principal arn:aws:iam::111122223333:user/a --action s3:GetObject --resource-arn arn:aws:s3:::b/k";

/// The value of a row of the table.
fn row<'r>(run: &'r Run, name: &str) -> &'r str {
    let line = run.out.lines().find(|line| line.split(' ').next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no row `{name}` in {:?}, {:?}", run.out, run.err));
    line[name.len()..].trim()
}

fn case(id: &str, policies: &str) -> String {
    format!(
        r#"{{"id":"{id}","policies":{policies},"request":{{"principal":"arn:aws:iam::111122223333:user/a","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"}}}}"#
    )
}

#[test]
fn a_case_is_told_with_the_statement_that_decides() {
    let policies = format!(r#"{{"identity":[{ALLOW}],"scp":[[{ALLOW}],[{ALLOW},{DENY}]]}}"#);
    let folder = Folder::with(&[("case.json", case("C-1", &policies).as_bytes())]);
    let run = folder.run("decide case.json");
    assert_eq!(run.status, 1);
    let expected = "\
id         C-1
decision   explicit_deny
reason     a statement denies
layer      service control policy, level 1
policy     scp/1/1
statement  0
Sid        -

";
    assert_eq!(run.out, expected);
}

#[test]
fn a_case_over_several_lines_is_one_case() {
    let pretty = case("pretty", &format!(r#"{{"identity":[{ALLOW}]}}"#)).replace(',', ",\r\n");
    let folder = Folder::with(&[("case.json", pretty.as_bytes())]);
    let run = folder.run("decide case.json");
    assert_eq!((run.status, row(&run, "decision"), row(&run, "Sid")), (0, "allow", "Read"));
}

#[test]
fn each_line_is_a_case_and_the_worst_sets_the_status() {
    let allowed = case("allowed", &format!(r#"{{"identity":[{ALLOW}]}}"#));
    let denied = case("denied", &format!(r#"{{"identity":[{DENY}]}}"#));
    let refused = case("refused", &format!(r#"{{"identity":[{REFUSED}]}}"#));
    let malformed = allowed.replace("s3:GetObject\",\"res", "s3:Get*\",\"res");
    let good = format!("{allowed}\r\n\r\n{allowed}\r\n");
    let bad = format!("{allowed}\n{denied}\n");
    let folder = Folder::with(&[
        ("good.jsonl", good.as_bytes()),
        ("bad.jsonl", bad.as_bytes()),
        ("refused.jsonl", format!("{refused}\n{denied}").as_bytes()),
        ("malformed.jsonl", format!("{malformed}\n{allowed}").as_bytes()),
    ]);
    assert_eq!(folder.run("decide good.jsonl").status, 0);
    assert_eq!(folder.run("decide bad.jsonl").status, 1);
    let run = folder.run("decide refused.jsonl");
    assert_eq!((run.status, row(&run, "decision")), (2, "invalid_policy"));
    assert!(row(&run, "error").contains("identity/0: 1:48: BAD_EFFECT"), "{}", run.out);
    let run = folder.run("decide malformed.jsonl");
    assert_eq!((run.status, row(&run, "decision")), (2, "implicit_deny"));
    assert!(row(&run, "error").contains("action"), "{}", run.out);
}

#[test]
fn what_is_no_case_is_named_with_its_line_and_the_rest_is_decided() {
    let text = format!("{}\n{{\"id\":\n", case("first", "{}"));
    let folder = Folder::with(&[("cases.jsonl", text.as_bytes()), ("empty.jsonl", b" \r\n")]);
    let run = folder.run("decide cases.jsonl");
    assert_eq!((run.status, row(&run, "id")), (2, "first"));
    assert!(run.err.contains("cases.jsonl:2: no case: not JSON: EOF"), "{}", run.err);
    for (file, why) in
        [("empty.jsonl", "has no case"), ("missing.jsonl", "No such file"), (".", "Is a directory")]
    {
        let run = folder.run(&format!("decide {file}"));
        assert_eq!((run.status, run.out.as_str()), (2, ""));
        assert!(run.err.contains(&format!("`{file}`")) && run.err.contains(why), "{}", run.err);
    }
}

#[test]
fn policy_files_make_a_case() {
    let folder = Folder::with(&[("allow.json", ALLOW.as_bytes()), ("deny.json", DENY.as_bytes())]);
    let run = folder.run(&format!("decide --identity allow.json {REQUEST}"));
    assert_eq!((run.status, row(&run, "policy"), row(&run, "Sid")), (0, "identity/0 (allow.json)", "Read"));
    let run = folder.run(&format!(
        "decide --identity allow.json --scp 1=deny.json --scp 0=allow.json --scp 1=allow.json {REQUEST}"
    ));
    assert_eq!(
        (run.status, row(&run, "decision"), row(&run, "policy")),
        (1, "explicit_deny", "scp/1/0 (deny.json)")
    );
    let run = folder.run(&format!("decide --identity allow.json --boundary deny.json {REQUEST}"));
    assert_eq!(row(&run, "layer"), "permissions boundary");
    let run = folder.run(&format!("decide {REQUEST}"));
    assert_eq!((run.status, row(&run, "decision")), (1, "implicit_deny"));
}

#[test]
fn every_layer_has_its_option() {
    let any = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
    let rcp = any.replace("Allow", "Deny").replace("\"*\",\"Resource\"", "\"s3:*\",\"Resource\"");
    let folder = Folder::with(&[
        ("a.json", ALLOW.as_bytes()),
        ("any.json", any.as_bytes()),
        ("rcp.json", rcp.as_bytes()),
        ("deny.json", DENY.as_bytes()),
        ("deny-any.json", any.replace("Allow", "Deny").as_bytes()),
    ]);
    for (options, layer) in [
        ("--session deny.json", "session policy"),
        ("--scp 0=deny.json", "service control policy, level 0"),
        ("--rcp 0=rcp.json", "resource control policy, level 0"),
        ("--resource deny-any.json --resource-account 111122223333", "resource-based policy"),
        ("--endpoint deny-any.json --gateway-endpoint", "VPC endpoint policy"),
    ] {
        let run = folder.run(&format!("decide --identity a.json {options} {REQUEST}"));
        assert_eq!((run.status, row(&run, "decision"), row(&run, "layer")), (1, "explicit_deny", layer));
    }
    let run = folder.run(
        "decide --resource any.json --principal anonymous --action s3:GetObject --resource-arn arn:aws:s3:::b/k \
         --resource-account 111122223333",
    );
    assert_eq!((run.status, row(&run, "reason")), (0, "the resource-based policy allows"));
}

#[test]
fn the_request_s_options_reach_the_engine() {
    let conditional = ALLOW.replace(
        r#""Resource""#,
        r#""Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["x","y=z"]},"Null":{"aws:TagKeys":"false"}},"Resource""#,
    );
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let classic = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*","Condition":{"Bool":{"a:b":"true"}}}]}"#;
    let folder = Folder::with(&[
        ("a.json", ALLOW.as_bytes()),
        ("c.json", conditional.as_bytes()),
        ("trust.json", trust.as_bytes()),
        ("scp.json", classic.as_bytes()),
        ("old.json", br#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#),
    ]);
    let context = "--multivalued aws:TagKeys --context aws:TagKeys=x --context aws:TagKeys";
    assert_eq!(folder.run(&format!("decide --identity c.json {REQUEST} {context}=y=z")).status, 0);
    assert_eq!(folder.run(&format!("decide --identity c.json {REQUEST} {context}=other")).status, 1);

    let several = format!("decide --identity a.json {REQUEST} --resource-arn arn:aws:s3:::b/l");
    assert_eq!(folder.run(&several).status, 0);
    assert_eq!(folder.run(&format!("{several} --resource-arn arn:aws:s3:::c/k")).status, 1);

    let service = r#"{"type":"service","service":"ec2.amazonaws.com"}"#;
    let role = "arn:aws:iam::111122223333:role/r";
    let arguments =
        ["decide", "--resource", "trust.json", "--resource-kind", "trust", "--action", "sts:AssumeRole"];
    let run =
        folder.run_with(arguments.into_iter().chain(["--resource-arn", role, "--principal", service]), b"");
    assert_eq!((run.status, row(&run, "decision")), (0, "allow"));

    let with_scp = format!("decide --identity a.json {REQUEST} --scp 0=scp.json --context a:b=true");
    assert_eq!(folder.run(&with_scp).status, 0);
    let run = folder.run(&format!("{with_scp} --scp-dialect classic"));
    assert!(run.status == 2 && run.err.contains("FORBIDDEN_COMBINATION"), "{}", run.err);
    let old = format!("decide --identity a.json {REQUEST} --scp-dialect classic --scp 0=old.json");
    assert_eq!(folder.run(&old).status, 2);
    assert_eq!(folder.run(&format!("{old} --scp-assume-2012")).status, 0);
}

#[test]
fn a_refused_or_unreadable_policy_file_is_named_and_nothing_is_decided() {
    let folder = Folder::with(&[
        ("a.json", ALLOW.as_bytes()),
        ("bad.json", REFUSED.as_bytes()),
        ("latin1.json", b"{\"Version\":\"\xfc\"}"),
    ]);
    let run =
        folder.run(&format!("decide --identity bad.json --identity latin1.json --session no.json {REQUEST}"));
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("bad.json:1:48: BAD_EFFECT"), "{}", run.err);
    assert!(run.err.contains("latin1.json:1:13: ENCODING"), "{}", run.err);
    assert!(run.err.contains("cannot read `no.json`"), "{}", run.err);
}

#[test]
fn a_wrong_command_line_exits_with_two() {
    let folder = Folder::with(&[("a.json", ALLOW.as_bytes())]);
    for (arguments, why) in [
        ("decide".to_owned(), "--principal"),
        ("decide --identity a.json --principal anonymous --action a:B".to_owned(), "--resource-arn"),
        (format!("decide --scp 1=a.json {REQUEST}"), "level 0 has no file"),
        (format!("decide --scp a.json {REQUEST}"), "this is not LEVEL=FILE"),
        (format!("decide --scp x=a.json {REQUEST}"), "`x` is no level"),
        (format!("decide --context key {REQUEST}"), "this is not KEY=VALUE"),
        (format!("decide --scp-dialect other {REQUEST}"), "classic, full"),
        (format!("decide --jsonl {REQUEST}"), "cannot be used with"),
        (format!("decide a.json {REQUEST}"), "cannot be used with"),
        ("decide a.json --jsonl".to_owned(), "cannot be used with"),
        ("decide --principal {x --action a:B --resource-arn *".to_owned(), "`--principal`: not JSON"),
    ] {
        let run = folder.run(&arguments);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{arguments}");
        assert!(run.err.contains(why), "{arguments}: {}", run.err);
    }
}

/// A policy that allows everything on 15 January 2026.
const ONE_DAY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThanEquals":{"aws:CurrentTime":"2026-01-15"},"DateLessThan":{"aws:CurrentTime":"2026-01-16"}}}]}"#;

#[test]
fn a_request_of_options_has_the_time_that_is_given_or_now() {
    // What is from 2020 on for whoever runs this, and is not for a request without a clock.
    let now = ONE_DAY.replace("2026-01-15", "2020-01-01").replace("2026-01-16", "9999-12-31");
    let folder = Folder::with(&[("day.json", ONE_DAY.as_bytes()), ("now.json", now.as_bytes())]);
    assert_eq!(folder.run(&format!("decide --identity now.json {REQUEST}")).status, 0);
    for (time, status) in [
        ("--time 2026-01-15T10:00:00Z", 0),
        ("--time 2026-01-16T00:00:00Z", 1),
        ("--time 1768471200", 0),
        ("--time -1", 1),
        ("--context aws:CurrentTime=2026-01-15T10:00:00Z", 0),
        ("--context aws:EpochTime=1768471200", 1),
        // Two times at once are not one.
        ("--time 1768471200 --context aws:CurrentTime=2026-01-15T11:00:00Z", 2),
    ] {
        let run = folder.run(&format!("decide --identity day.json {REQUEST} {time}"));
        assert_eq!(run.status, status, "{time}: {} {}", run.out, run.err);
    }
    for time in ["yesterday", "2026-01-15", "2026-01-15T10:00:00+01:00", "1.5"] {
        let run = folder.run(&format!("decide --identity day.json {REQUEST} --time {time}"));
        assert!(run.status == 2 && run.err.contains("is no time: 2026-01-15T10:00:00Z, or"), "{}", run.err);
    }
}

#[test]
fn a_case_has_no_time_unless_it_or_an_option_gives_one() {
    let without = case("x", &format!(r#"{{"identity":[{ONE_DAY}]}}"#));
    let with = without.replace(r#""action""#, r#""time":"2026-01-15T10:00:00Z","action""#);
    let files = [("without.json", without.as_bytes()), ("with.json", with.as_bytes())];
    let folder = Folder::with(&files);
    for (arguments, status) in [
        ("without.json", 1),
        ("with.json", 0),
        ("without.json --time 2026-01-15T10:00:00Z", 0),
        ("with.json --time 2000-01-01T00:00:00Z", 0),
    ] {
        assert_eq!(folder.run(&format!("decide {arguments}")).status, status, "{arguments}");
    }
}

#[test]
fn the_arn_of_a_role_stands_for_a_session_of_it_and_the_answer_says_so() {
    let only = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws-cn:iam::111122223333:role/team/Dev"}}}]}"#;
    let grant = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"AWS":"arn:aws-cn:sts::111122223333:assumed-role/Dev/iamlet"}}]}"#;
    let folder = Folder::with(&[("only.json", only.as_bytes()), ("grant.json", grant.as_bytes())]);
    let role = "arn:aws-cn:iam::111122223333:role/team/Dev";
    let asked = "--action s3:GetObject --resource-arn arn:aws-cn:s3:::b/k";
    for policy in ["--identity only.json", "--resource grant.json"] {
        let run = folder.run(&format!("decide {policy} --principal {role} {asked}"));
        assert_eq!((run.status, row(&run, "decision")), (0, "allow"));
        assert_eq!(row(&run, "principal"), format!("session `iamlet` of {role}"));
    }
    let user = folder.run(&format!("decide --identity only.json {REQUEST}"));
    assert!(!user.out.contains("principal  "), "{}", user.out);
    let json = format!(r#"--principal {{"arn":"{role}"}}"#);
    let run = folder.run(&format!("decide {json} {asked}"));
    assert_eq!((run.status, row(&run, "decision")), (2, "implicit_deny"));
    assert!(row(&run, "error").contains("roles make no requests, their sessions do"), "{}", run.out);
}

#[test]
fn a_misspelt_member_is_named_and_nothing_is_decided() {
    let typo = case("x", &format!(r#"{{"identity":[{ALLOW}]}}"#)).replace(r#""action""#, r#""acction""#);
    let folder = Folder::with(&[("case.json", typo.as_bytes())]);
    let run = folder.run("decide case.json");
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert_eq!(run.err, "iamlet: case.json:1: no case: request: `acction`: did you mean `action`?\n");
    let principal = r#"{"type":"service","servce":"s3.amazonaws.com"}"#;
    let arguments = ["decide", "--principal", principal, "--action", "s3:GetObject", "--resource-arn", "*"];
    let run = folder.run_with(arguments, b"");
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert_eq!(run.err, "iamlet: principal: `servce`: did you mean `service`?\n");
}
