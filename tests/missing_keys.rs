//! The table of missing keys, row by row, for every operator.

mod support;

use iamlet::ground::truth::Truth::{self, False, True};
use iamlet::image::operator::ConditionOperator;
use serde_json::{Value, json};
use support::{Given, allow, condition, deny, given, with};

/// An operator, what a policy expects under it, and a value of a request that matches it without regard to negation,
/// and one that does not.
struct Row {
    operator: &'static str,
    negated: bool,
    expected: &'static str,
    matching: &'static str,
    other: &'static str,
}

const fn row(
    operator: &'static str,
    negated: bool,
    expected: &'static str,
    matching: &'static str,
    other: &'static str,
) -> Row {
    Row { operator, negated, expected, matching, other }
}

const ROWS: [Row; 26] = [
    row("StringEquals", false, "v", "v", "w"),
    row("StringNotEquals", true, "v", "v", "w"),
    row("StringEqualsIgnoreCase", false, "v", "V", "w"),
    row("StringNotEqualsIgnoreCase", true, "v", "V", "w"),
    row("StringLike", false, "v*", "vw", "w"),
    row("StringNotLike", true, "v*", "vw", "w"),
    row("NumericEquals", false, "5", "5.0", "6"),
    row("NumericNotEquals", true, "5", "5.0", "6"),
    row("NumericLessThan", false, "5", "4", "5"),
    row("NumericLessThanEquals", false, "5", "5", "6"),
    row("NumericGreaterThan", false, "5", "6", "5"),
    row("NumericGreaterThanEquals", false, "5", "5", "4"),
    row("DateEquals", false, "2026", "2026-01-01", "2027"),
    row("DateNotEquals", true, "2026", "2026-01-01", "2027"),
    row("DateLessThan", false, "2026", "2025", "2026"),
    row("DateLessThanEquals", false, "2026", "2026", "2027"),
    row("DateGreaterThan", false, "2026", "2027", "2026"),
    row("DateGreaterThanEquals", false, "2026", "2026", "2025"),
    row("Bool", false, "true", "TRUE", "false"),
    row("BinaryEquals", false, "QUJD", "QUJD", "QUJE"),
    row("IpAddress", false, "10.0.0.0/8", "10.1.2.3", "11.1.2.3"),
    row("NotIpAddress", true, "10.0.0.0/8", "10.1.2.3", "11.1.2.3"),
    row("ArnEquals", false, "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"),
    row("ArnLike", false, "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"),
    row("ArnNotEquals", true, "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"),
    row("ArnNotLike", true, "arn:aws:s3:::b/*", "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"),
];

/// A request in which the key has these values; with none, the key is not there at all.
fn having(values: &[&str]) -> Given {
    if values.is_empty() { given() } else { given().key("x:k", values) }
}

impl Row {
    /// The truth of the test under a qualifier and a suffix.
    #[track_caller]
    fn truth(&self, qualifier: &str, suffix: &str, given: &Given) -> Truth {
        let operator = format!("{qualifier}{}{suffix}", self.operator);
        condition(given, json!({operator: {"x:k": self.expected}}))
    }

    /// Checks one form of the operator against the values that a request has.
    #[track_caller]
    fn check(&self, qualifier: &str, suffix: &str, values: &[&str], expected: Truth) {
        let truth = self.truth(qualifier, suffix, &having(values));
        assert_eq!(truth, expected, "{qualifier}{}{suffix} {values:?}", self.operator);
    }

    /// What the operator says of a value that matches (or not) without regard to negation.
    fn says(&self, matches: bool) -> Truth {
        Truth::from(matches != self.negated)
    }
}

#[test]
fn the_rows_are_all_operators_but_null() {
    let names: Vec<_> = ConditionOperator::all().map(|operator| operator.name()).collect();
    let rows: Vec<_> = ROWS.iter().map(|row| row.operator).chain(["Null"]).collect();
    assert_eq!(names, rows);
}

// R-MISS-1
#[test]
fn an_absent_key_fails_positive_operators_and_passes_negated_ones() {
    for row in &ROWS {
        row.check("", "", &[], Truth::from(row.negated));
        row.check("", "", &[row.matching], row.says(true));
        row.check("", "", &[row.other], row.says(false));
    }
}

// R-MISS-1, R-MISS-5
#[test]
fn if_exists_passes_an_absent_key_and_changes_nothing_about_a_present_one() {
    for row in &ROWS {
        for qualifier in ["", "ForAllValues:", "ForAnyValue:"] {
            row.check(qualifier, "IfExists", &[], True);
            row.check(qualifier, "IfExists", &[row.matching], row.says(true));
            row.check(qualifier, "IfExists", &[row.other], row.says(false));
        }
        for qualifier in ["ForAllValues:", "ForAnyValue:"] {
            let both = [row.matching, row.other];
            let without = row.truth(qualifier, "", &having(&both));
            row.check(qualifier, "IfExists", &both, without);
        }
    }
}

// R-MISS-1, R-MISS-3
#[test]
fn for_all_values_passes_an_absent_key_and_asks_every_value() {
    for row in &ROWS {
        row.check("ForAllValues:", "", &[], True);
        row.check("ForAllValues:", "", &[row.matching, row.matching], row.says(true));
        row.check("ForAllValues:", "", &[row.other, row.other], row.says(false));
        row.check("ForAllValues:", "", &[row.matching, row.other], False);
        row.check("ForAllValues:", "", &[row.other, row.matching], False);
    }
}

// R-MISS-1, R-MISS-3: FALSE on an absent key when negated, too, and so in a Deny.
#[test]
fn for_any_value_fails_an_absent_key_and_asks_for_one_value() {
    for row in &ROWS {
        row.check("ForAnyValue:", "", &[], False);
        row.check("ForAnyValue:", "", &[row.matching, row.matching], row.says(true));
        row.check("ForAnyValue:", "", &[row.other, row.other], row.says(false));
        row.check("ForAnyValue:", "", &[row.matching, row.other], True);
        row.check("ForAnyValue:", "", &[row.other, row.matching], True);
    }
}

// R-MISS-3: several values of the policy are a disjunction for each value of the request.
#[test]
fn set_qualifiers_compare_each_value_of_the_request_with_every_value_of_the_policy() {
    let fields = |operator: &str, values: &[&str]| {
        let expected = json!(["PostDateTime", "Message", "Tags"]);
        condition(&having(values), json!({operator: {"x:k": expected}}))
    };
    for (operator, values, is) in [
        ("ForAllValues:StringEquals", &["PostDateTime", "UserName"][..], False),
        ("ForAllValues:StringEquals", &["PostDateTime", "Tags"], True),
        ("ForAnyValue:StringEquals", &["PostDateTime", "UserName"], True),
        ("ForAnyValue:StringEquals", &["Id", "UserName"], False),
        ("ForAllValues:StringNotEquals", &["Id", "UserName"], True),
        ("ForAllValues:StringNotEquals", &["Tags", "UserName"], False),
        ("ForAnyValue:StringNotEquals", &["Tags", "UserName"], True),
        ("ForAnyValue:StringNotEquals", &["Tags", "Message"], False),
        ("ForAllValues:StringEquals", &[], True),
        ("ForAnyValue:StringEquals", &[], False),
    ] {
        assert_eq!(fields(operator, values), is, "{operator} {values:?}");
    }
}

// R-MISS-2
#[test]
fn an_empty_list_of_values_is_an_absent_key() {
    let empty = given().key("x:k", &[]);
    for row in &ROWS {
        for qualifier in ["", "ForAllValues:", "ForAnyValue:"] {
            for suffix in ["", "IfExists"] {
                let absent = row.truth(qualifier, suffix, &given());
                assert_eq!(
                    row.truth(qualifier, suffix, &empty),
                    absent,
                    "{qualifier}{}{suffix}",
                    row.operator
                );
            }
        }
    }
    assert_eq!(condition(&empty, json!({"Null": {"x:k": "true"}})), True);
}

// R-MISS-1, R-MISS-4
#[test]
fn null_asks_for_presence_and_its_values_are_alternatives() {
    for (expected, absent, present) in [
        (json!("true"), True, False),
        (json!("false"), False, True),
        (json!(true), True, False),
        (json!(false), False, True),
        (json!(["true", "false"]), True, True),
        (json!([true, true]), True, False),
    ] {
        let null = json!({"Null": {"x:k": expected}});
        assert_eq!(condition(&having(&[]), null.clone()), absent, "{null}");
        assert_eq!(condition(&having(&["v"]), null.clone()), present, "{null}");
        assert_eq!(condition(&having(&["v", "w"]), null.clone()), present, "{null}");
    }
}

/// A request that everything allows and this statement may deny.
fn denying(given: Given, of: Value) -> Given {
    given.identity(allow("*", "*")).identity(with(deny("*", "*"), "Condition", of))
}

// R-MISS-5
#[test]
fn a_deny_with_a_negated_if_exists_denies_where_the_key_is_missing() {
    let of = json!({"StringNotEqualsIfExists": {"x:k": "v"}});
    denying(having(&[]), of.clone()).denies_explicitly();
    denying(having(&["w"]), of.clone()).denies_explicitly();
    denying(having(&["v"]), of).allows();
}

// R-MISS-1, R-CTX-2
#[test]
fn a_second_test_for_presence_guards_against_absence() {
    let guarded = json!({"ForAllValues:StringEquals": {"x:k": "v"}, "Null": {"x:k": "false"}});
    assert_eq!(condition(&having(&[]), guarded.clone()), False);
    assert_eq!(condition(&having(&["v"]), guarded.clone()), True);
    assert_eq!(condition(&having(&["w"]), guarded), False);
    let unguarded = json!({"ForAllValues:StringEquals": {"x:k": "v"}});
    assert_eq!(condition(&having(&[]), unguarded), True);
}
