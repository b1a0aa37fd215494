//! No object of a case has a member that nobody reads, and none has a value of the wrong type.

use iamlet_cases::{Case, DocumentCase, NotACase};
use serde_json::{Value, json};

/// A decision case with every member of every object, as far as they go together, in two halves: one resource or two.
fn cases() -> [Value; 2] {
    let document = || json!({"Version": "2012-10-17", "Statement": []}).to_string();
    let case = json!({
        "id": "x", "rule": "R-GEN-1", "expect": "allow", "why": "because",
        "policies": {
            "identity": [document()], "boundary": document(), "session": [document()], "scp": [[document()]],
            "rcp": [[document()]], "resource": document(), "resource_kind": "resource", "vpce": document(),
            "vpce_type": "interface",
        },
        "request": {
            "principal": {
                "type": "role_session", "arn": "arn:aws:sts::111122223333:assumed-role/r/s",
                "account": "111122223333", "role_arn": "arn:aws:iam::111122223333:role/r", "user_arn": "",
                "service": "", "provider": "", "canonical": "c", "unique_id": "AROA", "management_account": false,
                "service_linked_role": false,
            },
            "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resource_account": "111122223333",
            "resource_in_management_account": false, "multivalued": ["a:b"], "context": {"a:b": ["c"]},
            "time": "2026-01-15T10:00:00Z",
        },
        "options": {
            "scp_dialect": "full", "scp_missing_version": "reject", "enforce_quotas": false, "quota_bytes": 5000,
        },
    });
    let mut several = case.clone();
    let request = several["request"].as_object_mut().expect("an object");
    request.remove("resource");
    let item = json!({"arn": "arn:aws:s3:::b/k", "context": {"a:b": []}});
    request.insert("resources".to_owned(), json!([item, item]));
    [case, several]
}

fn document_cases() -> [Value; 2] {
    let case = json!({
        "id": "x", "rule": "R-DOC-1", "kind": "identity", "policy": "{}", "expect": "invalid_policy",
        "code": "MISSING_ELEMENT", "at": "/Statement", "offset": 0, "why": "because",
        "options": {"enforce_quotas": true, "quota_bytes": 10, "scp_missing_version": "assume_2012"},
    });
    let mut bytes = case.clone();
    let members = bytes.as_object_mut().expect("an object");
    members.remove("policy");
    members.insert("policy_hex".to_owned(), "7b7d".into());
    [case, bytes]
}

fn read(case: &Value) -> Result<(), NotACase> {
    if DocumentCase::is_one(case) { DocumentCase::read(case).map(drop) } else { Case::read(case).map(drop) }
}

fn error_of(case: &Value) -> String {
    read(case).expect_err(&case.to_string()).0
}

/// Every object of every case: the case, where the object stands in it, and how messages name it.
fn objects() -> Vec<(Value, &'static str, &'static str)> {
    let mut objects = Vec::new();
    for case in cases() {
        let all = [
            ("", ""),
            ("/policies", "policies: "),
            ("/request", "request: "),
            ("/request/principal", "principal: "),
            ("/request/resources/0", "resources/0: "),
            ("/request/resources/1", "resources/1: "),
            ("/options", "options: "),
        ];
        objects.extend(all.into_iter().filter_map(|(place, name)| {
            case.pointer(place)?;
            Some((case.clone(), place, name))
        }));
    }
    for case in document_cases() {
        objects.extend([(case.clone(), "", ""), (case, "/options", "options: ")]);
    }
    objects
}

/// A case in which an object has a member more.
fn with(case: &Value, place: &str, name: &str, value: Value) -> Value {
    let mut case = case.clone();
    case.pointer_mut(place).and_then(Value::as_object_mut).expect(place).insert(name.to_owned(), value);
    case
}

#[test]
fn all_members_that_there_are_may_be_there() {
    for case in cases().iter().chain(&document_cases()) {
        assert_eq!(read(case), Ok(()), "{case}");
    }
}

#[test]
fn a_misspelt_member_is_an_error_that_names_what_was_meant() {
    let mut tried = 0;
    for (case, place, prefix) in objects() {
        let names: Vec<_> =
            case.pointer(place).and_then(Value::as_object).expect(place).keys().cloned().collect();
        for name in names {
            let last = name.chars().next_back().expect("a name");
            for typo in [format!("{name}{last}"), name.to_uppercase()] {
                // The right member may be there as well, or not.
                let both = with(&case, place, &typo, json!("x"));
                let mut alone = both.clone();
                alone.pointer_mut(place).and_then(Value::as_object_mut).expect(place).remove(&name);
                for wrong in [both, alone] {
                    let expected = format!("{prefix}`{typo}`: did you mean `{name}`?");
                    assert_eq!(error_of(&wrong), expected);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn a_member_that_is_like_no_other_is_an_error_that_names_all() {
    for (case, place, prefix) in objects() {
        for name in ["zzzzzzzz", "", "é", "x_note", "X-why", "comments and more"] {
            let error = error_of(&with(&case, place, name, json!(null)));
            let expected = format!("{prefix}`{name}`: there is no such member; it has: `");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
    let error = error_of(&with(&cases()[1], "/request/resources/0", "resource_account", json!("1")));
    assert_eq!(error, "resources/0: `resource_account`: there is no such member; it has: `arn`, `context`");
}

#[test]
fn remarks_are_free_everywhere() {
    for (case, place, _) in objects() {
        for name in ["why", "comment", "x-", "x-ticket"] {
            for value in [json!(null), json!("text"), json!({"zzz": [1]})] {
                assert_eq!(read(&with(&case, place, name, value)), Ok(()), "{place} {name}");
            }
        }
    }
}

#[test]
fn no_member_may_be_null_or_of_a_wrong_type() {
    // What is expected is the business of who asks, and a name or a remark may be anything.
    let free = ["id", "rule", "why", "expect"];
    for (case, place, _) in objects() {
        let object = case.pointer(place).and_then(Value::as_object).expect(place);
        for (name, value) in object.iter().filter(|(name, _)| !free.contains(&name.as_str())) {
            for wrong in [json!(null), json!(true), json!(-1), json!(1.5), json!(["x", 5]), json!({"x": 5})] {
                let is_right = wrong.is_boolean() && value.is_boolean()
                    // An object is a document in the policies, which line reading makes a text of.
                    || wrong.is_object() && place == "/policies"
                    || name == "time" && wrong.is_i64();
                if !is_right {
                    let case = with(&case, place, name, wrong.clone());
                    assert!(read(&case).is_err(), "{place} {name} {wrong}");
                }
            }
        }
    }
}

#[test]
fn a_word_that_is_none_is_an_error_that_names_what_was_meant() {
    let [case, _] = cases();
    for (place, name, word, what) in [
        ("/policies", "resource_kind", "KMS", "did you mean `kms`?"),
        ("/policies", "resource_kind", "role", "it can be: `resource`, `kms`, `trust`"),
        ("/policies", "vpce_type", "gatway", "did you mean `gateway`?"),
        ("/options", "scp_dialect", "clasic", "did you mean `classic`?"),
        ("/options", "scp_missing_version", "assume-2012", "did you mean `assume_2012`?"),
    ] {
        let object = place.trim_start_matches('/');
        let expected = format!("{object}: `{name}` cannot be `{word}`: {what}");
        assert_eq!(error_of(&with(&case, place, name, json!(word))), expected);
    }
    let [case, _] = document_cases();
    let error = error_of(&with(&case, "", "kind", json!("scp-full")));
    assert_eq!(error, "`kind` cannot be `scp-full`: did you mean `scp_full`?");
    let error = error_of(&with(&case, "/options", "scp_dialect", json!("full")));
    assert!(error.starts_with("options: `scp_dialect`: there is no such member"), "{error}");
}
