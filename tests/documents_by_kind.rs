//! Documents: JSON, elements, the two tables of which kind takes which element, and how faults are reported.

mod support;

use std::collections::BTreeSet;

use iamlet::{CompileOptions, Fault, PolicyKind, Refusal};
use iamlet_cases::compile_document;
use serde_json::{Value, json};
use support::{ACCOUNT, accepts, compile, document, given, refuses, renamed, with, without};

const KINDS: [&str; 13] = [
    "identity",
    "inline_user",
    "inline_group",
    "inline_role",
    "boundary",
    "session",
    "resource",
    "kms",
    "trust",
    "scp_classic",
    "scp_full",
    "rcp",
    "vpce",
];

/// A statement that has what its kind requires, and nothing more.
fn statement(kind: &str, effect: &str) -> Value {
    let action = match kind {
        "trust" => "sts:AssumeRole",
        "rcp" if effect == "Allow" => "*",
        _ => "s3:GetObject",
    };
    let mut statement = json!({"Effect": effect, "Action": action});
    match kind {
        "rcp" => statement = with(statement, "Principal", "*"),
        "resource" | "kms" | "vpce" | "trust" => {
            statement = with(statement, "Principal", json!({"AWS": ACCOUNT}));
        }
        _ => {}
    }
    if kind == "trust" { statement } else { with(statement, "Resource", "*") }
}

/// What the table says of an element: under Allow and under Deny, a code or nothing.
type Cell = [Option<&'static str>; 2];

const YES: Cell = [None, None];
const NO: Cell = [Some("FORBIDDEN_ELEMENT"), Some("FORBIDDEN_ELEMENT")];
const DENY_ONLY: Cell = [Some("FORBIDDEN_COMBINATION"), None];
const MISSING: Cell = [Some("MISSING_ELEMENT"), Some("MISSING_ELEMENT")];

/// Checks one element of a kind, in a statement that `change` made of the least one.
#[track_caller]
fn cell(kind: &str, element: &str, cell: Cell, change: impl Fn(Value) -> Value) {
    for (effect, expected) in ["Allow", "Deny"].into_iter().zip(cell) {
        let changed = change(statement(kind, effect));
        match expected {
            None => accepts(kind, changed),
            Some(code) => refuses(kind, json!([changed]), code, &format!("/Statement/0/{element}")),
        }
    }
}

#[test]
fn the_least_statement_of_each_kind_is_accepted() {
    assert_eq!(KINDS, PolicyKind::ALL.map(PolicyKind::name));
    for kind in KINDS {
        cell(kind, "", YES, |statement| statement);
    }
}

// R-KIND-1, R-KIND-2, R-KIND-3, R-KIND-4, R-KIND-6, R-KIND-8
#[test]
fn principal_stands_where_the_kind_has_one_and_must() {
    for kind in KINDS {
        if matches!(kind, "resource" | "kms" | "vpce" | "trust" | "rcp") {
            cell(kind, "Principal", MISSING, |statement| without(statement, "Principal"));
        } else {
            cell(kind, "Principal", NO, |statement| with(statement, "Principal", "*"));
        }
    }
}

// R-KIND-1, R-KIND-6, R-NPRIN-1, R-RCP-1
#[test]
fn not_principal_stands_in_a_deny_of_three_kinds() {
    for kind in KINDS {
        let here = if matches!(kind, "resource" | "kms" | "vpce") { DENY_ONLY } else { NO };
        cell(kind, "NotPrincipal", here, |mut statement| {
            statement.as_object_mut().expect("an object").remove("Principal");
            with(statement, "NotPrincipal", json!({"AWS": ACCOUNT}))
        });
    }
}

// R-DOC-9, R-KIND-6, R-SCPC-11, R-SCPC-12, R-RCP-1
#[test]
fn not_action_takes_the_place_of_action_but_for_three_kinds() {
    for kind in KINDS {
        cell(kind, "Action", MISSING, |statement| without(statement, "Action"));
        let here = match kind {
            "trust" | "rcp" => NO,
            "scp_classic" => DENY_ONLY,
            _ => YES,
        };
        cell(kind, "NotAction", here, |statement| renamed(statement, "Action", "NotAction"));
    }
}

// R-DOC-9, R-KIND-4, R-KIND-6, R-SCPC-19, R-SCPC-21, R-SCPC-23
#[test]
fn not_resource_takes_the_place_of_resource_but_for_two_kinds() {
    for kind in KINDS {
        match kind {
            "trust" => {
                cell(kind, "Resource", NO, |statement| with(statement, "Resource", "*"));
                cell(kind, "NotResource", NO, |statement| with(statement, "NotResource", "*"));
                continue;
            }
            "scp_classic" => {
                cell(kind, "Resource", [None, Some("MISSING_ELEMENT")], |statement| {
                    without(statement, "Resource")
                });
            }
            _ => cell(kind, "Resource", MISSING, |statement| without(statement, "Resource")),
        }
        let here = match kind {
            "scp_classic" => NO,
            "rcp" => continue,
            _ => YES,
        };
        cell(kind, "NotResource", here, |statement| renamed(statement, "Resource", "NotResource"));
    }
    // The one Allow of an RCP has Resource (R-RCP-3).
    accepts("rcp", renamed(statement("rcp", "Deny"), "Resource", "NotResource"));
}

// R-SCPC-22, R-RCP-1
#[test]
fn condition_stands_everywhere_but_in_a_classic_allow() {
    for kind in KINDS {
        let conditional = |statement| with(statement, "Condition", json!({"Null": {"x:k": "true"}}));
        match kind {
            "scp_classic" => cell(kind, "Condition", DENY_ONLY, conditional),
            "rcp" => accepts(kind, conditional(statement(kind, "Deny"))),
            _ => cell(kind, "Condition", YES, conditional),
        }
    }
}

// R-DOC-11, R-DOC-12, R-SCPC-3, R-SCPF-1, R-RCP-1
#[test]
fn version_is_required_of_organization_policies_alone() {
    for kind in KINDS {
        let document = document(statement(kind, "Deny"));
        let old = with(document.clone(), "Version", "2008-10-17");
        let none = without(document.clone(), "Version");
        if matches!(kind, "scp_classic" | "scp_full" | "rcp") {
            refuses(kind, none, "MISSING_ELEMENT", "/Version");
            refuses(kind, old, "BAD_VERSION", "/Version");
        } else {
            accepts(kind, none);
            accepts(kind, old);
        }
        refuses(kind, with(document.clone(), "Version", "2012-10-18"), "BAD_VERSION", "/Version");
        refuses(kind, with(document, "Version", 2012), "WRONG_TYPE", "/Version");
    }
}

// R-DOC-15, R-DOC-18
#[test]
fn id_is_forbidden_to_organization_policies_alone() {
    for kind in KINDS {
        let document = with(document(statement(kind, "Deny")), "Id", "any text: é");
        if matches!(kind, "scp_classic" | "scp_full" | "rcp") {
            refuses(kind, document, "FORBIDDEN_ELEMENT", "/Id");
        } else {
            accepts(kind, document.clone());
            refuses(kind, with(document, "Id", 1), "WRONG_TYPE", "/Id");
        }
    }
    let policy = |id: &str, sid: &str| {
        let statement = with(support::allow("*", "*"), "Sid", sid);
        json!({"Version": "2012-10-17", "Id": id, "Statement": statement})
    };
    assert_eq!(
        given().identity(policy("Deny", "Deny")).details().effect,
        given().identity(policy("", "A")).details().effect
    );
}

// R-DOC-16, R-DOC-17
#[test]
fn sids_are_plain_and_unique_but_for_three_kinds() {
    for kind in KINDS {
        let sid = |sid: &str| with(statement(kind, "Deny"), "Sid", sid);
        accepts(kind, json!([sid("A1"), sid("a1"), sid(""), sid("")]));
        if matches!(kind, "resource" | "kms" | "vpce") {
            accepts(kind, json!([sid("Enable IAM User Permissions"), sid("é-_ "), sid("A1"), sid("A1")]));
        } else {
            refuses(kind, json!([sid("A1"), sid("A1")]), "DUP_SID", "/Statement/1/Sid");
            for bad in ["with space", "hy-phen", "under_score", "é"] {
                refuses(kind, json!([sid(bad)]), "BAD_SID", "/Statement/0/Sid");
            }
        }
    }
}

// R-DOC-10, R-RCP-1
#[test]
fn effect_is_one_of_two_words() {
    for kind in KINDS {
        cell(kind, "Effect", MISSING, |statement| without(statement, "Effect"));
        for bad in ["allow", "DENY", "Permit", ""] {
            let statement = with(statement(kind, "Deny"), "Effect", bad);
            refuses(kind, json!([statement]), "BAD_EFFECT", "/Statement/0/Effect");
        }
    }
}

/// The text of a document whose one statement has these members in this order.
fn text_of(members: &[(&str, Value)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{\"Statement\":[{{{}}}]}}", members.join(","))
}

// R-DOC-8
#[test]
fn an_element_and_its_not_form_exclude_each_other_at_the_second() {
    let pairs = [
        ("Action", "NotAction", json!("*")),
        ("Resource", "NotResource", json!("*")),
        ("Principal", "NotPrincipal", json!({"AWS": ACCOUNT})),
    ];
    for (one, other, value) in &pairs {
        for (first, second) in [(one, other), (other, one)] {
            for second_value in [value.clone(), json!([])] {
                let mut members = vec![("Effect", json!("Deny"))];
                members.extend(
                    pairs.iter().filter(|pair| pair.0 != *one).map(|(name, _, value)| (*name, value.clone())),
                );
                members.extend([(*first, value.clone()), (*second, second_value)]);
                let refused = compile("resource", &text_of(&members), CompileOptions::default());
                assert_eq!(
                    refused,
                    Err(("EXCLUSIVE_ELEMENTS", format!("/Statement/0/{second}"))),
                    "{members:?}"
                );
                members.pop();
                assert_eq!(compile("resource", &text_of(&members), CompileOptions::default()), Ok(()));
            }
        }
    }
}

// R-DOC-1, R-DOC-2, R-DOC-14
#[test]
fn elements_have_their_names_and_their_places() {
    for name in ["version", "STATEMENT", "Comment", "Action", ""] {
        let unknown = with(document(statement("identity", "Allow")), name, "x");
        refuses("identity", unknown, "UNKNOWN_ELEMENT", &format!("/{name}"));
    }
    for name in ["effect", "SID", "Id", "Version", "Statement", "NotEffect", "Comment"] {
        let unknown = with(statement("identity", "Allow"), name, "x");
        refuses("identity", json!([unknown]), "UNKNOWN_ELEMENT", &format!("/Statement/0/{name}"));
    }
}

// R-DOC-3, R-DOC-4, R-DOC-5, R-SCPC-4
#[test]
fn members_stand_in_any_order_and_one_statement_needs_no_list() {
    let members = [("Effect", json!("Allow")), ("Action", json!("*")), ("Resource", json!(["*"]))];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let text = text_of(&order.map(|at: usize| members[at].clone()));
        let open = text.strip_suffix('}').expect("an object");
        let version_last = format!(r#"{open},"Version":"2012-10-17"}}"#);
        for text in [text, version_last] {
            given().identity(Value::from(text)).allows();
        }
    }
    let one = statement("identity", "Allow");
    given().identity(json!({"Statement": one})).allows();
    given().identity(json!({"Statement": [one]})).allows();
    refuses("identity", json!({"Statement": []}), "EMPTY", "/Statement");
    refuses("identity", json!({"Statement": "x"}), "WRONG_TYPE", "/Statement");
    refuses("identity", json!({"Statement": [[one]]}), "WRONG_TYPE", "/Statement/0");
    refuses("identity", json!({"Version": "2012-10-17"}), "MISSING_ELEMENT", "/Statement");
}

// R-DOC-6, R-DOC-7, R-JSON-6
#[test]
fn lists_hold_strings_and_are_not_empty() {
    let kind = "identity";
    for element in ["Action", "NotAction", "Resource", "NotResource"] {
        let base = statement(kind, "Allow");
        let of = |value: Value| {
            let base = without(base.clone(), element.trim_start_matches("Not"));
            json!([with(base, element, value)])
        };
        let pointer = format!("/Statement/0/{element}");
        accepts(kind, of(json!(["*", "*"])));
        refuses(kind, of(json!([])), "EMPTY", &pointer);
        for bad in [json!(1), json!(true), json!(null), json!({})] {
            refuses(kind, of(bad.clone()), "WRONG_TYPE", &pointer);
            refuses(kind, of(json!(["*", bad])), "WRONG_TYPE", &format!("{pointer}/1"));
        }
        refuses(kind, of(json!([["*"]])), "WRONG_TYPE", &format!("{pointer}/0"));
    }
    let conditional = |of: Value| json!([with(statement("identity", "Allow"), "Condition", of)]);
    let pointer = "/Statement/0/Condition";
    refuses("identity", conditional(json!([])), "WRONG_TYPE", pointer);
    refuses("identity", conditional(json!({"Null": {}})), "EMPTY", &format!("{pointer}/Null"));
    refuses("identity", conditional(json!({"Null": {"x:k": []}})), "EMPTY", &format!("{pointer}/Null/x:k"));
    refuses("identity", conditional(json!(null)), "WRONG_TYPE", pointer);
    refuses("identity", json!(null), "WRONG_TYPE", "");
}

// R-DOC-7, R-RCP-3
#[test]
fn an_empty_condition_is_no_condition_and_stands_where_a_condition_may() {
    for kind in KINDS {
        let plain = statement(kind, "Deny");
        let empty = |of: &Value| with(of.clone(), "Condition", json!({}));
        let image = |of: Value| {
            let kind = kind.parse::<PolicyKind>().expect("a kind");
            let text = document(of).to_string();
            compile_document(text.as_bytes(), kind, CompileOptions::default()).expect("a good document")
        };
        let plain = if kind == "scp_classic" { with(plain, "Resource", "*") } else { plain };
        assert_eq!(image(empty(&plain)), image(plain), "{kind}");
        let allowed = empty(&statement(kind, "Allow"));
        match kind {
            "scp_classic" => refuses(kind, allowed, "FORBIDDEN_COMBINATION", "/Statement/Condition"),
            // RCPFullAWSAccess has none.
            "rcp" => refuses(kind, allowed, "BAD_EFFECT", "/Statement/Effect"),
            _ => accepts(kind, allowed),
        }
    }
}

/// The error of compiling a text as an identity policy.
#[track_caller]
fn error(text: impl AsRef<[u8]>, options: CompileOptions) -> Refusal {
    compile_document(text.as_ref(), PolicyKind::Identity, options).expect_err("a fault").error
}

const GOOD: &str = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

// R-JSON-1, R-JSON-2, R-JSON-3, R-JSON-7, R-SCPC-25, R-ERR-1
#[test]
fn faults_of_the_text_carry_the_byte_where_it_breaks() {
    let quotas = CompileOptions { enforce_quotas: true, ..CompileOptions::default() };
    for (text, fault, offset) in [
        (format!("\u{feff}{GOOD}"), Fault::Encoding, 0),
        (format!("{GOOD} {GOOD}"), Fault::JsonTrailing, GOOD.len() + 1),
        (format!("{GOOD}}}"), Fault::JsonTrailing, GOOD.len()),
        (String::new(), Fault::JsonSyntax, 0),
        (GOOD[..GOOD.len() - 1].to_owned(), Fault::JsonSyntax, GOOD.len() - 1),
        (GOOD.replace("\"*\"}}", "\"*\",}}"), Fault::JsonSyntax, GOOD.len() - 1),
        (format!("/**/{GOOD}"), Fault::JsonSyntax, 0),
        (GOOD.replace("Allow", r"\ud800"), Fault::JsonSyntax, 30),
        (r#""Effect":"Allow""#.to_owned(), Fault::JsonTrailing, 8),
    ] {
        let error = error(&text, CompileOptions::default());
        // An unpaired surrogate breaks somewhere in its escape.
        let exact = !text.contains(r"\ud800");
        assert_eq!(error.fault, fault, "{text}");
        assert!(!exact || error.offset as usize == offset, "{text}: {} and not {offset}", error.offset);
    }
    let invalid = [b"{\"Statement\":\"".as_slice(), &[0xC3, 0x28], b"\"}"].concat();
    assert_eq!(
        (error(&invalid, CompileOptions::default()).fault, error(&invalid, quotas).offset),
        (Fault::Encoding, 14)
    );
    let cyrillic = GOOD.replace("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:s3:::Ж\"");
    let at = cyrillic.find('Ж').expect("there");
    assert_eq!(
        (error(&cyrillic, quotas).fault, error(&cyrillic, quotas).offset as usize),
        (Fault::BadCharacter, at)
    );
}

// R-JSON-4, R-COND-2
#[test]
fn no_object_names_a_member_twice() {
    for (text, pointer) in [
        (
            GOOD.replace("\"Effect\":\"Allow\"", "\"Effect\":\"Allow\",\"Effect\":\"Deny\""),
            "/Statement/Effect",
        ),
        (
            GOOD.replace("\"Effect\":\"Allow\"", "\"Effect\":\"Allow\",\"\\u0045ffect\":\"Deny\""),
            "/Statement/Effect",
        ),
        (GOOD.replacen('{', "{\"Id\":\"a\",\"Id\":\"b\",", 1), "/Id"),
    ] {
        let refused = compile("identity", &text, CompileOptions::default());
        assert_eq!(refused, Err(("JSON_DUPLICATE_KEY", pointer.to_owned())), "{text}");
    }
    let twice = r#"{"Statement":{"Effect":"Deny","Principal":{"AWS":"111122223333","AWS":"*"},"Action":"*","Resource":"*"}}"#;
    let refused = compile("resource", twice, CompileOptions::default());
    assert_eq!(refused, Err(("JSON_DUPLICATE_KEY", "/Statement/Principal/AWS".to_owned())));
}

// R-ERR-1
#[test]
fn a_pointer_escapes_the_names_that_it_goes_through() {
    let of = |key: &str| with(statement("identity", "Allow"), "Condition", json!({"Bool": {key: "maybe"}}));
    let pointer = "/Statement/Condition/Bool/aws:PrincipalTag~1a~0b";
    refuses("identity", of("aws:PrincipalTag/a~b"), "BAD_CONDITION_VALUE", pointer);
    let list = with(statement("identity", "Allow"), "Action", json!(["s3:*", "s3"]));
    refuses("identity", json!([statement("identity", "Allow"), list]), "BAD_ACTION", "/Statement/1/Action/1");
}

// R-ERR-2
#[test]
fn the_codes_are_those_of_the_rules() {
    let rules = include_str!("../docs/semantics.md");
    let table =
        rules.split("**R-ERR-2**").nth(1).and_then(|rest| rest.split("**R-ERR-3**").next()).expect("a table");
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix("| ")?.split(' ').next());
    let codes: BTreeSet<_> = rows.filter(|code| *code != "Code").collect();
    assert_eq!(Fault::ALL.iter().map(|fault| fault.code()).collect::<BTreeSet<_>>(), codes);
}
