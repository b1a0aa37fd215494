//! Keys with several values, and values that cannot be read.

mod support;

use iamlet::ground::truth::Truth::{False, Indet, True};
use serde_json::json;
use support::{Given, allow, condition, given, truth_in, with};

fn k(values: &[&str]) -> Given {
    given().key("x:k", values)
}

// R-MULTI-1
#[test]
fn two_values_without_a_qualifier_are_left_open() {
    for (operator, expected) in [
        ("StringEquals", "v"),
        ("StringNotEquals", "u"),
        ("StringLikeIfExists", "*"),
        ("StringNotLike", "x*"),
        ("NumericEquals", "1"),
        ("DateNotEquals", "2026"),
        ("Bool", "true"),
        ("BinaryEquals", "QUJD"),
        ("NotIpAddress", "10.0.0.0/8"),
        ("ArnLike", "arn:aws:s3:::b"),
    ] {
        let of = json!({operator: {"x:k": expected}});
        assert_eq!(condition(&k(&["v", "w"]), of.clone()), Indet, "{of}");
        assert_eq!(condition(&k(&["v", "v"]), of.clone()), Indet, "{of}");
    }
    assert_eq!(condition(&k(&["v"]), json!({"StringEquals": {"x:k": "v"}})), True);
    assert_eq!(condition(&k(&["v", "w"]), json!({"Null": {"x:k": "false"}})), True);
}

// R-MULTI-2
#[test]
fn a_set_of_one_value_is_a_set() {
    for qualifier in ["ForAllValues:", "ForAnyValue:"] {
        for (operator, expected, is) in [
            ("StringEquals", "v", True),
            ("StringEquals", "w", False),
            ("StringNotEquals", "v", False),
            ("StringNotEquals", "w", True),
        ] {
            let of = json!({format!("{qualifier}{operator}"): {"x:k": expected}});
            assert_eq!(condition(&k(&["v"]), of.clone()), is, "{of}");
        }
    }
}

// R-MULTI-3
#[test]
fn a_set_of_empty_strings_is_left_open_where_it_matters() {
    for empty in [&[""][..], &["", ""]] {
        for (of, is) in [
            // Would be FALSE as a set of strings, TRUE as no set.
            (json!({"ForAllValues:StringEquals": {"x:k": "v"}}), Indet),
            (json!({"ForAllValues:StringEquals": {"x:k": ""}}), True),
            (json!({"ForAllValues:StringNotEquals": {"x:k": ""}}), Indet),
            (json!({"ForAllValues:StringNotEquals": {"x:k": "v"}}), True),
            // Would be TRUE as a set of strings, FALSE as no set.
            (json!({"ForAnyValue:StringEquals": {"x:k": ""}}), Indet),
            (json!({"ForAnyValue:StringEquals": {"x:k": "v"}}), False),
            (json!({"ForAnyValue:StringLike": {"x:k": "*"}}), Indet),
            (json!({"ForAnyValue:StringNotEquals": {"x:k": ""}}), False),
            (json!({"Null": {"x:k": "true"}}), Indet),
            (json!({"Null": {"x:k": "false"}}), Indet),
            (json!({"Null": {"x:k": ["true", "false"]}}), Indet),
        ] {
            assert_eq!(condition(&k(empty), of.clone()), is, "{of} {empty:?}");
        }
    }
    for (of, is) in [
        (json!({"ForAllValues:StringEquals": {"x:k": "v"}}), False),
        (json!({"ForAnyValue:StringEquals": {"x:k": ""}}), True),
        (json!({"Null": {"x:k": "false"}}), True),
    ] {
        assert_eq!(condition(&k(&["", "w"]), of.clone()), is, "{of}");
    }
    // Without a qualifier the empty string is a value (R-STR-4).
    assert_eq!(condition(&k(&[""]), json!({"StringEquals": {"x:k": ""}})), True);
    assert_eq!(condition(&k(&[""]), json!({"StringEquals": {"x:k": "v"}})), False);
}

// R-MULTI-4
#[test]
fn a_value_that_cannot_be_read_is_left_open() {
    for (positive, negated, expected) in [
        ("NumericEquals", "NumericNotEquals", "5"),
        ("DateEquals", "DateNotEquals", "2026"),
        ("IpAddress", "NotIpAddress", "10.0.0.0/8"),
        ("ArnLike", "ArnNotLike", "arn:aws:s3:::b"),
    ] {
        for operator in [positive, negated] {
            let of = json!({operator: {"x:k": expected}});
            assert_eq!(condition(&k(&["neither"]), of.clone()), Indet, "{of}");
        }
    }
    for (operator, expected) in [("Bool", "true"), ("BinaryEquals", "QUJD"), ("NumericLessThan", "5")] {
        assert_eq!(condition(&k(&["no!"]), json!({operator: {"x:k": expected}})), Indet, "{operator}");
    }
}

// R-MULTI-4, R-GEN-5
#[test]
fn an_unreadable_member_of_a_set_counts_only_where_the_others_leave_room() {
    for (values, all, any) in [
        (&["5", "x"][..], Indet, True),
        (&["6", "x"], False, Indet),
        (&["x"], Indet, Indet),
        (&["5", "6", "x"], False, True),
    ] {
        let of = |qualifier: &str| json!({format!("{qualifier}NumericEquals"): {"x:k": 5}});
        assert_eq!(condition(&k(values), of("ForAllValues:")), all, "{values:?}");
        assert_eq!(condition(&k(values), of("ForAnyValue:")), any, "{values:?}");
    }
}

// R-MULTI-5, R-COND-6
#[test]
fn keys_that_differ_by_case_are_one_key_with_all_the_values() {
    let tag = "aws:RequestTag/ec2";
    let one = given().key(tag, &["v"]);
    let two = one.clone().key("aws:requesttag/EC2", &["v"]);
    let equals = json!({"StringEquals": {"aws:RequestTag/ec2": "v"}});
    assert_eq!(condition(&one, equals.clone()), True);
    assert_eq!(condition(&two, equals.clone()), Indet);
    assert_eq!(condition(&one.clone().key("aws:requesttag/EC2", &[]), equals), True);
    let other = one.key("aws:requesttag/EC2", &["w"]);
    assert_eq!(condition(&other, json!({"ForAnyValue:StringEquals": {tag: "w"}})), True);
    assert_eq!(condition(&other, json!({"ForAllValues:StringEquals": {tag: "v"}})), False);
}

// R-MULTI-6
#[test]
fn a_declared_key_is_multivalued_with_one_value_too() {
    let declared = |key: &str| k(&["v"]).multivalued(&[key]);
    for (of, undeclared, is) in [
        (json!({"StringEquals": {"x:k": "v"}}), True, Indet),
        (json!({"StringEquals": {"x:k": "w"}}), False, Indet),
        (json!({"StringNotEquals": {"x:k": "w"}}), True, Indet),
        (json!({"StringEqualsIfExists": {"x:k": "v"}}), True, Indet),
        (json!({"ForAnyValue:StringEquals": {"x:k": "v"}}), True, True),
        (json!({"ForAllValues:StringEquals": {"x:k": "v"}}), True, True),
        (json!({"ForAllValues:StringEquals": {"x:k": "w"}}), False, False),
        (json!({"Null": {"x:k": "false"}}), True, True),
        (json!({"Null": {"x:k": "true"}}), False, False),
    ] {
        assert_eq!(condition(&k(&["v"]), of.clone()), undeclared, "{of}");
        assert_eq!(condition(&declared("x:k"), of.clone()), is, "{of}");
        assert_eq!(condition(&declared("X:K"), of.clone()), is, "{of}");
        assert_eq!(condition(&declared("x:l"), of.clone()), undeclared, "{of}");
    }
}

// R-MULTI-6, R-MISS-1: the table of missing keys decides before arity does.
#[test]
fn a_declared_key_without_values_is_absent() {
    let absent = given().multivalued(&["x:k"]);
    for (of, is) in [
        (json!({"StringEquals": {"x:k": "v"}}), False),
        (json!({"StringNotEquals": {"x:k": "v"}}), True),
        (json!({"StringEqualsIfExists": {"x:k": "v"}}), True),
        (json!({"ForAllValues:StringEquals": {"x:k": "v"}}), True),
        (json!({"ForAnyValue:StringEquals": {"x:k": "v"}}), False),
        (json!({"Null": {"x:k": "true"}}), True),
    ] {
        assert_eq!(condition(&absent, of.clone()), is, "{of}");
    }
}

/// The keys that are multivalued by AWS's own list.
const SEVEN: [&str; 7] = [
    "aws:CalledVia",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
];

// R-MULTI-6
#[test]
fn seven_keys_are_multivalued_by_their_names() {
    for key in SEVEN {
        for spelled in [key.to_owned(), key.to_uppercase(), key.to_lowercase()] {
            let one = given().key(&spelled, &["v"]);
            for (of, is) in [
                (json!({"StringEquals": {key: "v"}}), Indet),
                (json!({"StringEquals": {key: "w"}}), Indet),
                (json!({"StringNotEquals": {key: "w"}}), Indet),
                (json!({"StringLikeIfExists": {key: "*"}}), Indet),
                (json!({"ForAnyValue:StringEquals": {key: "v"}}), True),
                (json!({"ForAllValues:StringEquals": {key: "v"}}), True),
                (json!({"ForAnyValue:StringEquals": {key: "w"}}), False),
                (json!({"Null": {key: "false"}}), True),
                (json!({"Null": {key: "true"}}), False),
            ] {
                assert_eq!(condition(&one, of.clone()), is, "{of} {spelled}");
                // What the caller says of it makes no difference.
                assert_eq!(condition(&one.clone().multivalued(&[key]), of.clone()), is, "{of} {spelled}");
            }
        }
    }
}

// R-MULTI-6, R-MISS-1
#[test]
fn one_of_the_seven_keys_without_values_is_absent() {
    for key in SEVEN {
        for asked in [given(), given().key(key, &[])] {
            for (of, is) in [
                (json!({"StringEquals": {key: "v"}}), False),
                (json!({"StringNotEquals": {key: "v"}}), True),
                (json!({"StringEqualsIfExists": {key: "v"}}), True),
                (json!({"ForAllValues:StringEquals": {key: "v"}}), True),
                (json!({"ForAnyValue:StringEquals": {key: "v"}}), False),
                (json!({"Null": {key: "true"}}), True),
            ] {
                assert_eq!(condition(&asked, of.clone()), is, "{of}");
            }
        }
    }
}

// R-MULTI-6, R-VAR-8
#[test]
fn none_of_the_seven_keys_is_a_variable() {
    for key in SEVEN {
        for variable in [format!("${{{key}}}"), format!("${{{key}, 'k'}}")] {
            let on = |element: &str| {
                let arn = format!("arn:aws:s3:::b/{variable}");
                json!({
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Allow", "Action": "*", element: arn},
                })
            };
            for asked in [given(), given().key(key, &["k"]), given().key(key, &["k", "l"])] {
                assert_eq!(truth_in(&asked, &on("Resource")), False, "{variable}");
                assert_eq!(truth_in(&asked, &on("NotResource")), Indet, "{variable}");
            }
        }
    }
}

// R-MULTI-6: other keys are judged by the values that came, whatever their names are like.
#[test]
fn no_other_key_is_multivalued_by_its_name() {
    for key in ["aws:CalledViaFirst", "aws:CalledViaLast", "aws:TagKey", "x:TagKeys", "aws:PrincipalOrgID"] {
        assert_eq!(condition(&given().key(key, &["v"]), json!({"StringEquals": {key: "v"}})), True, "{key}");
    }
}

// R-MULTI-6, R-CTX-1: a key that the engine derives may be declared as well.
#[test]
fn a_derived_key_may_be_declared_multivalued() {
    let of = json!({"StringEquals": {"aws:username": "alice"}});
    assert_eq!(condition(&given(), of.clone()), True);
    assert_eq!(condition(&given().multivalued(&["AWS:UserName"]), of), Indet);
}

// R-MULTI-6, R-VAR-8
#[test]
fn a_declared_key_is_no_variable_and_has_no_default() {
    let resource = |variable: &str| {
        let statement = allow("*", format!("arn:aws:s3:::b/{variable}"));
        json!({"Version": "2012-10-17", "Statement": with(statement, "Sid", "S")})
    };
    let tagged = given().key("aws:PrincipalTag/t", &["k"]);
    for variable in ["${aws:PrincipalTag/t}", "${aws:PrincipalTag/t, 'k'}"] {
        assert_eq!(truth_in(&tagged, &resource(variable)), True, "{variable}");
        let declared = tagged.clone().multivalued(&["aws:PrincipalTag/t"]);
        assert_eq!(truth_in(&declared, &resource(variable)), False, "{variable}");
    }
}
