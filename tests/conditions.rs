//! `Condition`: operators, keys and values, and how each family compares.

mod support;

use iamlet::ground::truth::Truth::{self, False, Indet, True};
use serde_json::{Value, json};
use support::{Given, accepts, allow, condition, given, refuses, with};

/// A request in which the key `x:k` has these values.
fn k(values: &[&str]) -> Given {
    given().key("x:k", values)
}

/// Whether `operator` holds between the policy's value and the request's.
#[track_caller]
fn holds(operator: &str, expected: impl Into<Value>, value: &str) -> Truth {
    condition(&k(&[value]), json!({operator: {"x:k": expected.into()}}))
}

/// The outcome of compiling a statement with this condition.
#[track_caller]
fn refused(of: Value, code: &str, below: &str) {
    let pointer = format!("/Statement/Condition{below}");
    refuses("identity", with(allow("*", "*"), "Condition", of), code, &pointer);
}

#[track_caller]
fn accepted(of: Value) {
    accepts("identity", with(allow("*", "*"), "Condition", of));
}

// R-COND-1
#[test]
fn operators_and_keys_are_a_conjunction_and_values_a_disjunction() {
    let given = k(&["v"]).key("x:l", &["w"]);
    for (of, expected) in [
        (json!({"StringEquals": {"x:k": "v", "x:l": "w"}}), True),
        (json!({"StringEquals": {"x:k": "v", "x:l": "v"}}), False),
        (json!({"StringEquals": {"x:k": "v"}, "StringLike": {"x:l": "w*"}}), True),
        (json!({"StringEquals": {"x:k": "v"}, "StringLike": {"x:l": "v*"}}), False),
        (json!({"StringEquals": {"x:k": ["u", "v"]}}), True),
        (json!({"StringEquals": {"x:k": ["u", "w"]}}), False),
        (json!({"StringNotEquals": {"x:k": ["u", "w"]}}), True),
        (json!({"StringNotEquals": {"x:k": ["u", "v"]}}), False),
    ] {
        assert_eq!(condition(&given, of.clone()), expected, "{of}");
    }
}

// R-COND-2, R-COND-3
#[test]
fn an_operator_occurs_once_in_whatever_spelling() {
    accepted(json!({"StringLike": {"x:k": "a*"}, "StringNotLike": {"x:k": "ab*"}}));
    accepted(json!({"StringLike": {"x:k": "a*"}, "StringLikeIfExists": {"x:k": "a*"}}));
    accepted(json!({"StringLike": {"x:k": "a*"}, "ForAnyValue:StringLike": {"x:k": "a*"}}));
    for (again, pointer) in [("stringlike", "/stringlike"), ("STRINGLIKE", "/STRINGLIKE")] {
        let of = json!({"StringLike": {"x:k": "a*"}, again: {"x:l": "b*"}});
        refused(of, "JSON_DUPLICATE_KEY", pointer);
    }
    let of = json!({"ForAnyValue:StringLikeIfExists": {"x:k": "a"}, "foranyvalue:stringlikeifexists": {"x:l": "b"}});
    refused(of, "JSON_DUPLICATE_KEY", "/foranyvalue:stringlikeifexists");
}

// R-COND-3, R-COND-4
#[test]
fn what_is_no_operator_is_refused_with_or_without_keys() {
    for bad in [
        "StringMatches",
        "IfExistsStringEquals",
        "ForAllValues:",
        "ForAnyValue:IfExists",
        "ForAllValue:StringEquals",
        "ForAllValues StringEquals",
        "StringEqualsIfExistsIfExists",
        "NotBool",
        "BinaryNotEquals",
        "NullIfExists",
        "ForAllValues:Null",
        "ForAnyValue:Null",
        "",
    ] {
        refused(json!({bad: {"x:k": "true"}}), "BAD_OPERATOR", &format!("/{bad}"));
        refused(json!({bad: {}}), "BAD_OPERATOR", &format!("/{bad}"));
    }
    accepted(json!({"Null": {"x:k": "true"}}));
    refused(json!({"Null": {}}), "EMPTY", "/Null");
}

// R-COND-5, R-COND-8, R-COND-9
#[test]
fn a_key_has_a_prefix_and_a_name() {
    for good in [
        "x:k",
        "aws:PrincipalTag/team",
        "aws:PrincipalTags",
        "s3:ExistingObjectTag/a b",
        "accounts.google.com:aud",
        "oidc.eks.us-east-1.amazonaws.com/id/AB12:sub",
        "nobody_knows-this:Key",
        "acme.eu.auth0.com/:aud",
        "acme.eu.auth0.com/a/b/:aud",
        "aws:ResourceTag/Cost Center",
    ] {
        accepted(json!({"StringEquals": {good: "v"}}));
    }
    for bad in [
        "k",
        ":k",
        "x:",
        "a b:k",
        "x*:k",
        "a//b:k",
        "/a:k",
        "x:${aws:username}",
        "a//:k",
        "/:k",
        " x:k",
        "x:k ",
        "x:k\t",
        "x:k\u{a0}",
        "x: ",
    ] {
        let escaped = bad.replace('/', "~1");
        refused(
            json!({"StringEquals": {bad: "v"}}),
            "BAD_CONDITION_KEY",
            &format!("/StringEquals/{escaped}"),
        );
    }
    for tag in ["aws:RequestTag", "aws:ResourceTag", "aws:PrincipalTag", "AWS:principaltag"] {
        refused(json!({"StringEquals": {tag: "v"}}), "BAD_CONDITION_KEY", &format!("/StringEquals/{tag}"));
        let empty = format!("{tag}/");
        refused(
            json!({"StringEquals": {empty: "v"}}),
            "BAD_CONDITION_KEY",
            &format!("/StringEquals/{tag}~1"),
        );
    }
    // A key that nobody knows is absent.
    assert_eq!(condition(&given(), json!({"StringEquals": {"nobody:Knows": "v"}})), False);
    assert_eq!(condition(&given(), json!({"StringNotEquals": {"nobody:Knows": "v"}})), True);
}

// R-COND-6, R-COND-7
#[test]
fn keys_are_one_in_any_case() {
    let tagged = given().key("aws:PrincipalTag/Team", &["red"]);
    assert_eq!(condition(&tagged, json!({"StringEquals": {"AWS:principaltag/team": "red"}})), True);
    assert_eq!(condition(&tagged, json!({"StringEquals": {"aws:PrincipalTag/Teams": "red"}})), False);
    refused(json!({"StringEquals": {"x:k": "v", "X:K": "v"}}), "DUP_CONDITION_KEY", "/StringEquals/X:K");
    accepted(json!({"StringEquals": {"x:k": "v"}, "StringLike": {"X:K": "v"}}));
}

// R-COND-10, R-COND-11, R-DOC-5, R-DOC-6
#[test]
fn values_are_strings_numbers_or_booleans_of_one_type() {
    for same in [json!("v"), json!(["v"])] {
        assert_eq!(holds("StringEquals", same, "v"), True);
    }
    assert_eq!(holds("StringEquals", 12, "12"), True);
    assert_eq!(holds("StringEquals", true, "true"), True);
    assert_eq!(holds("StringEquals", json!([1, 2]), "2"), True);
    assert_eq!(holds("Bool", false, "false"), True);
    for bad in [json!(null), json!({}), json!([["v"]]), json!([{}]), json!([null])] {
        let below = if bad.is_array() { "/StringEquals/x:k/0" } else { "/StringEquals/x:k" };
        refused(json!({"StringEquals": {"x:k": bad}}), "WRONG_TYPE", below);
    }
    for mixed in [json!(["1", 1]), json!([true, "true"]), json!([1, true])] {
        refused(json!({"StringEquals": {"x:k": mixed}}), "BAD_CONDITION_VALUE", "/StringEquals/x:k/1");
    }
}

// R-COND-10: a number is its source text, whatever its value.
#[test]
fn a_number_stands_for_its_source_text() {
    let policy = |number: &str| {
        let condition = format!(r#"{{"StringEquals":{{"x:k":{number}}}}}"#);
        Value::from(format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#
        ))
    };
    let asked = |number: &str, value: &str| k(&[value]).identity(policy(number));
    asked("1.50", "1.50").allows();
    asked("1.50", "1.5").denies();
    asked("1e2", "1e2").allows();
    asked("1e2", "100").denies();
}

// R-COND-12
#[test]
fn a_value_that_its_operator_cannot_read_is_refused() {
    for (operator, good, bad) in [
        ("NumericEquals", "5", "five"),
        ("DateEquals", "2026-01-01", "yesterday"),
        ("Bool", "TRUE", "yes"),
        ("BinaryEquals", "QUJD", "QUJ"),
        ("IpAddress", "10.0.0.0/8", "10.0.0.0/33"),
        ("ArnLike", "arn:aws:s3:::*", "arn:aws:s3"),
        ("Null", "false", "0"),
    ] {
        accepted(json!({operator: {"x:k": good}}));
        let below = format!("/{operator}/x:k");
        refused(json!({operator: {"x:k": bad}}), "BAD_CONDITION_VALUE", &below);
        refused(json!({operator: {"x:k": [good, bad]}}), "BAD_CONDITION_VALUE", &format!("{below}/1"));
    }
}

// R-STR-1, R-STR-2, R-STR-3, R-STR-4
#[test]
fn strings_compare_exactly_without_case_or_as_patterns() {
    for (operator, expected, value, is) in [
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "", "", True),
        ("StringNotEquals", "a", "A", True),
        ("StringEqualsIgnoreCase", "AbC", "aBc", True),
        ("StringEqualsIgnoreCase", "É", "É", True),
        ("StringEqualsIgnoreCase", "É", "éa", False),
        ("StringEqualsIgnoreCase", "k", "\u{212a}", False),
        ("StringEqualsIgnoreCase", "a*", "ab", False),
        ("StringNotEqualsIgnoreCase", "A", "a", False),
        ("StringLike", "a*", "a", True),
        ("StringLike", "a*", "A", False),
        ("StringLike", "a?", "aé", True),
        ("StringLike", "a?", "a\u{1f600}", True),
        ("StringLike", "a?", "a", False),
        ("StringLike", "b", "abc", False),
        ("StringLike", "a*c", "abcd", False),
        ("StringLike", "", "", True),
        ("StringLike", "*", "", True),
        ("StringLike", "home/*", "", False),
        ("StringNotLike", "a*", "b", True),
        ("StringNotLike", "a*", "ab", False),
    ] {
        assert_eq!(holds(operator, expected, value), is, "{operator} {expected} {value}");
    }
    assert_eq!(holds("StringLike", json!(["", "home/*"]), ""), True);
    assert_eq!(holds("StringLike", json!(["", "home/*"]), "home/x"), True);
    assert_eq!(holds("StringLike", json!(["", "home/*"]), "other/"), False);
}

// R-STR-2
#[test]
fn letters_beyond_ascii_may_or_may_not_have_a_case() {
    for (expected, value, equal) in [
        ("É", "é", Indet),
        ("Équipe", "équipe", Indet),
        ("Équipe", "ÉQUIPE", True),
        ("équipe-Ü", "ÉQUIPE-ü", Indet),
        // What the two letters are does not matter.
        ("é", "ü", Indet),
        ("é", "\u{1f600}", Indet),
        // The number of characters does, and a place with ASCII on one side or on both.
        ("é", "éé", False),
        ("é", "e", False),
        ("e", "é", False),
        ("éa", "Éb", False),
        ("aé", "É", False),
        // Of characters, not of bytes: these are six bytes each.
        ("ééé", "\u{212a}\u{212a}", False),
        ("", "é", False),
    ] {
        assert_eq!(holds("StringEqualsIgnoreCase", expected, value), equal, "{expected} {value}");
        assert_eq!(holds("StringNotEqualsIgnoreCase", expected, value), !equal, "not {expected} {value}");
    }
    // Of several values one that is equal decides.
    assert_eq!(holds("StringEqualsIgnoreCase", json!(["é", "É"]), "É"), True);
    assert_eq!(holds("StringEqualsIgnoreCase", json!(["a", "é"]), "É"), Indet);
    assert_eq!(holds("StringNotEqualsIgnoreCase", json!(["a", "é"]), "É"), Indet);
    // The inserted value of a variable is compared in the same way.
    let team = k(&["é"]).key("x:team", &["É"]);
    assert_eq!(condition(&team, json!({"StringEqualsIgnoreCase": {"x:k": "${x:team}"}})), Indet);
    // All other operators compare exactly.
    assert_eq!(holds("StringEquals", "É", "é"), False);
    assert_eq!(holds("StringLike", "É*", "é"), False);
}

// R-NUM-1
#[test]
fn numbers_are_exact_decimals() {
    for (operator, expected, value, is) in [
        ("NumericEquals", "1.0", "1", True),
        ("NumericEquals", "+1", "1.000000000", True),
        ("NumericEquals", "-0", "0", True),
        ("NumericEquals", "9007199254740993", "9007199254740992", False),
        ("NumericEquals", "99999999999999999999.999999999", "99999999999999999999.999999998", False),
        ("NumericNotEquals", "1.0", "1", False),
        ("NumericNotEquals", "1.1", "1", True),
        ("NumericLessThan", "5", "4.999999999", True),
        ("NumericLessThan", "5", "5.0", False),
        ("NumericLessThan", "-5", "-6", True),
        ("NumericLessThanEquals", "5", "5.0", True),
        ("NumericLessThanEquals", "5", "5.000000001", False),
        ("NumericGreaterThan", "5", "5", False),
        ("NumericGreaterThan", "5", "10", True),
        ("NumericGreaterThanEquals", "5", "5", True),
        ("NumericGreaterThanEquals", "-5", "-6", False),
        ("NumericEquals", "5", "5e0", Indet),
        ("NumericEquals", "5", " 5", Indet),
        ("NumericEquals", "5", "0x5", Indet),
        ("NumericEquals", "5", "5.", Indet),
        ("NumericEquals", "5", "", Indet),
        ("NumericNotEquals", "5", "five", Indet),
    ] {
        assert_eq!(holds(operator, expected, value), is, "{operator} {expected} {value}");
    }
    for bad in ["1e2", " 1", "1.", ".5", "0x10", "1.0000000000", "100000000000000000000", "--1", "NaN", ""] {
        refused(json!({"NumericEquals": {"x:k": bad}}), "BAD_CONDITION_VALUE", "/NumericEquals/x:k");
    }
}

// R-DATE-1, R-DATE-2, R-DATE-3, R-DATE-4
#[test]
fn dates_are_instants() {
    for (operator, expected, value, is) in [
        ("DateEquals", json!("2026"), "2026-01-01T00:00:00Z", True),
        ("DateEquals", json!("2026-01"), "2026-01-01", True),
        ("DateEquals", json!("2026-01-01T00:00Z"), "2026", True),
        ("DateEquals", json!("2026-01-01T02:00:00+02:00"), "2026-01-01T00:00:00Z", True),
        ("DateEquals", json!("2025-12-31T19:00:00-05:00"), "2026", True),
        ("DateEquals", json!(1_767_225_600), "2026", True),
        ("DateEquals", json!("1767225600"), "2026", True),
        ("DateEquals", json!(2026), "2026", False),
        ("DateEquals", json!(2026), "1970-01-01T00:33:46Z", True),
        ("DateEquals", json!(-1), "1969-12-31T23:59:59Z", True),
        ("DateEquals", json!("2026-01-01T00:00:00.000000001Z"), "2026", False),
        ("DateEquals", json!("2026-01-01T00:00:00.5Z"), "2026-01-01T00:00:00.500000000Z", True),
        ("DateNotEquals", json!("2026"), "2026-01-01", False),
        ("DateNotEquals", json!("2026"), "2026-01-02", True),
        ("DateLessThan", json!("2026"), "2025-12-31T23:59:59.999999999Z", True),
        ("DateLessThan", json!("2026"), "2026", False),
        ("DateLessThanEquals", json!("2026"), "2026", True),
        ("DateLessThanEquals", json!("2026"), "2026-01-01T00:00:01Z", False),
        ("DateGreaterThan", json!("2026"), "2026-01-01T00:00:00.000000001Z", True),
        ("DateGreaterThan", json!("2026"), "2026", False),
        ("DateGreaterThanEquals", json!("2026"), "2026", True),
        ("DateGreaterThanEquals", json!("2026"), "2025", False),
        ("DateEquals", json!("2026"), "2026-01-01T00:00:00", Indet),
        ("DateEquals", json!("2026"), "2026-02-30", Indet),
        ("DateNotEquals", json!("2026"), "2026-01-01T24:00:00Z", Indet),
        ("DateLessThan", json!("2026"), "2026-01-01t00:00:00z", Indet),
        ("DateLessThan", json!("2026"), "2025-12-31T23:59:60Z", Indet),
    ] {
        assert_eq!(holds(operator, expected.clone(), value), is, "{operator} {expected} {value}");
    }
    for bad in [
        "2026-13",
        "2026-02-29",
        "2026-01-01T00:00:00",
        "2026-01-01T00Z",
        "2026-1-1",
        "2026-01-01T00:00:00.Z",
        "",
    ] {
        refused(json!({"DateEquals": {"x:k": bad}}), "BAD_CONDITION_VALUE", "/DateEquals/x:k");
    }
}

// R-BOOL-1
#[test]
fn booleans_ignore_case_on_both_sides() {
    for (expected, value, is) in [
        (json!("true"), "TRUE", True),
        (json!("False"), "false", True),
        (json!(true), "True", True),
        (json!(true), "false", False),
        (json!(["true", "false"]), "false", True),
        (json!(true), "1", Indet),
        (json!(true), "", Indet),
    ] {
        assert_eq!(holds("Bool", expected.clone(), value), is, "{expected} {value}");
    }
}

// R-BIN-1
#[test]
fn binary_values_are_padded_base64_and_compare_by_their_bytes() {
    assert_eq!(holds("BinaryEquals", "QUJD", "QUJD"), True);
    assert_eq!(holds("BinaryEquals", "QUJD", "QUJE"), False);
    assert_eq!(holds("BinaryEquals", "QQ==", "QQ=="), True);
    assert_eq!(holds("BinaryEquals", "QQ==", "QQ"), Indet);
    assert_eq!(holds("BinaryEquals", "QUJD", "qujd"), False);
    assert_eq!(holds("BinaryEquals", "QUJD", "QU-_"), Indet);
}

// R-IP-1, R-IP-2, R-IP-3
#[test]
fn addresses_lie_in_prefixes_of_their_own_family() {
    for (expected, value, inside) in [
        ("203.0.113.0/24", "203.0.113.255", True),
        ("203.0.113.7/24", "203.0.113.200", True),
        ("203.0.113.0/24", "203.0.114.0", False),
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("0.0.0.0/0", "255.255.255.255", True),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::1", "2001:db8::1", True),
        ("2001:db8::1", "2001:db8::2", False),
        ("2001:db8::/32", "2001:db9::1", False),
        ("0.0.0.0/0", "::1", False),
        ("::/0", "203.0.113.7", False),
        ("203.0.113.0/24", "::ffff:203.0.113.7", Indet),
        ("203.0.113.0/24", "::ffff:198.51.100.1", Indet),
        ("::ffff:0:0/96", "::ffff:203.0.113.7", True),
        // These bytes are tokens where they stand in a pattern.
        ("253.254.255.0/24", "253.254.255.7", True),
        ("203.0.113.0/24", "203.0.113", Indet),
        ("203.0.113.0/24", "203.0.113.07", Indet),
        ("203.0.113.0/24", "203.0.113.0/25", Indet),
        ("203.0.113.0/24", "localhost", Indet),
    ] {
        assert_eq!(holds("IpAddress", expected, value), inside, "{expected} {value}");
        assert_eq!(holds("NotIpAddress", expected, value), !inside, "not {expected} {value}");
    }
    for bad in
        ["203.0.113.0/33", "::/129", "203.0.113.00", "fe80::1%eth0", "203.0.113.0/255.255.255.0", "203.*", ""]
    {
        refused(json!({"IpAddress": {"x:k": bad}}), "BAD_CONDITION_VALUE", "/IpAddress/x:k");
    }
}

// R-IP-3: an IPv4 address in the clothes of an IPv6 one, on either side.
#[test]
fn mapped_addresses_and_mapped_prefixes_are_left_open() {
    for (expected, value, inside) in [
        ("::ffff:10.0.0.0/104", "10.1.2.3", Indet),
        ("::ffff:10.0.0.0/104", "11.1.2.3", False),
        ("::ffff:0:0/96", "10.1.2.3", Indet),
        ("::ffff:10.1.2.3", "10.1.2.3", Indet),
        ("::ffff:10.1.2.3", "10.1.2.4", False),
        ("::ffff:10.0.0.0/104", "::ffff:10.1.2.3", True),
        ("::ffff:10.0.0.0/104", "::ffff:11.1.2.3", False),
        // A shorter prefix that holds the mapped range: of a mapped address it is open, of an IPv4 address it is not.
        ("::/0", "::ffff:10.1.2.3", Indet),
        ("::/64", "::ffff:10.1.2.3", Indet),
        ("::ffff:0:0/95", "::ffff:10.1.2.3", Indet),
        ("::/0", "10.1.2.3", False),
        ("::ffff:0:0/95", "10.1.2.3", False),
        ("2001:db8::/32", "::ffff:10.1.2.3", False),
        ("::/96", "::ffff:10.1.2.3", False),
    ] {
        assert_eq!(holds("IpAddress", expected, value), inside, "{expected} {value}");
        assert_eq!(holds("NotIpAddress", expected, value), !inside, "not {expected} {value}");
    }
}

// R-ARN-1, R-ARN-2, R-ARN-3
#[test]
fn arns_match_field_by_field_under_equals_and_like() {
    let finance = "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    for (expected, value, is) in [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/k", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::B/k", False),
        ("arn:aws:sns:*:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t", True),
        ("*:*:*:*:*:*", "arn:aws:sns:us-east-1:111122223333:a:b", True),
        ("arn:aws:x:*:111122223333:finance/*", finance, False),
        ("arn:aws:x:*:*:*:finance/*", finance, True),
        ("arn:aws:s3:::b", "b", Indet),
        ("arn:aws:s3:::b", "", Indet),
        // R-MULTI-4: six fields alone are no ARN, and an IPv6 address has them.
        ("arn:aws:s3:::b", "2001:db8:0:0::2", Indet),
        ("*:*:*:*:*:*", "2001:db8:0:0::2", Indet),
        ("arn:aws:s3:::b", "ARN:aws:s3:::b", Indet),
    ] {
        for operator in ["ArnEquals", "ArnLike"] {
            assert_eq!(holds(operator, expected, value), is, "{operator} {expected} {value}");
        }
        for operator in ["ArnNotEquals", "ArnNotLike"] {
            assert_eq!(holds(operator, expected, value), !is, "{operator} {expected} {value}");
        }
    }
    assert_eq!(holds("StringLike", "arn:aws:x:*:111122223333:finance/*", finance), True);
    for bad in ["*", "arn:*", "arn:aws:sns:*:t", "aws:aws:s3:::b", "arn:aws:s3", ""] {
        refused(json!({"ArnLike": {"x:k": bad}}), "BAD_CONDITION_VALUE", "/ArnLike/x:k");
    }
}
