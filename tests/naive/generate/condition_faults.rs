//! One fault in a Condition block.

use super::Rng;
use super::patterns::near;
use serde_json::{Map, Value, json};

/// Replaces the Condition block by a bad one.
pub fn condition(rng: &mut Rng, kind: &str, statement: &mut Map<String, Value>) {
    let list = match rng.below(5) {
        0 => vec![
            json!([]),
            json!("a"),
            json!({}),
            json!({}),
            json!({}),
            json!(null),
            json!({"StringEquals": {}}),
            json!({"StringEquals": "x"}),
            json!({"StringEquals": ["x"]}),
            json!({"StringEquals": {"x:k": []}}),
            json!({"StringEquals": {"x:k": null}}),
            json!({"StringEquals": {"x:k": {"a": 1}}}),
            json!({"StringEquals": {"x:k": [["a"]]}}),
            json!({"StringEquals": {"x:k": ["a", null]}}),
            json!({"StringEquals": {"x:k": ["a", 1]}}),
            json!({"Bool": {"x:k": [true, "true"]}}),
        ],
        1 => vec![
            json!({"StringMatches": {"x:k": "a"}}),
            json!({"ForAnyValue::StringEquals": {"x:k": "a"}}),
            json!({"ForAnyValue:": {"x:k": "a"}}),
            json!({"ForSomeValues:StringEquals": {"x:k": "a"}}),
            json!({"IfExistsStringEquals": {"x:k": "a"}}),
            json!({"StringEqualsIfExistsIfExists": {"x:k": "a"}}),
            json!({"NullIfExists": {"x:k": "true"}}),
            json!({"ForAllValues:Null": {"x:k": "true"}}),
            json!({"NotBool": {"x:k": "true"}}),
            json!({"BinaryNotEquals": {"x:k": "QQ=="}}),
            json!({"": {"x:k": "a"}}),
            json!({"StringEquals ": {"x:k": "a"}}),
            json!({"StringLike": {"x:k": "abcdefg"}, "Stringlike": {"x:j": "abcdefg"}}),
            json!({"StringMatches": {}}),
        ],
        2 => vec![
            json!({"StringEquals": {"k": "a"}}),
            json!({"StringEquals": {"": "a"}}),
            json!({"StringEquals": {":k": "a"}}),
            json!({"StringEquals": {"/:k": "a"}}),
            json!({"StringEquals": {"a//:k": "a"}}),
            json!({"StringEquals": {"acme.eu.auth0.com/:aud": "a"}}),
            json!({"StringEquals": {"x:k ": "a"}}),
            json!({"StringEquals": {" x:k": "a"}}),
            json!({"StringEquals": {"x:k\t": "a"}}),
            json!({"StringEquals": {"aws:ResourceTag/Cost Center": "a"}}),
            json!({"StringEquals": {"x y:k": "a"}}),
            json!({"StringEquals": {"aws:ResourceTag": "a"}}),
            json!({"StringEquals": {"AWS:requesttag/": "a"}}),
            json!({"StringEquals": {"aws:PrincipalTag/${x:y}": "a"}}),
            json!({"StringEquals": {"aws:SourceVpc": "a", "AWS:sourcevpc": "b"}}),
            json!({"StringEquals": {"x:k": "a"}, "StringNotEquals": {"X:K": "b"}}),
        ],
        3 => {
            let (base, bad) = *rng.pick(&[
                ("NumericEquals", "ten"),
                ("NumericLessThan", "1e3"),
                ("NumericEquals", "0x10"),
                ("NumericEquals", "1."),
                ("NumericEquals", ".5"),
                ("NumericEquals", " 5"),
                ("NumericEquals", "1.0000000001"),
                ("NumericEquals", "100000000000000000000"),
                ("NumericEquals", ""),
                ("DateEquals", "tomorrow"),
                ("DateLessThan", "2026-02-30"),
                ("DateEquals", "2026-01-01T00:00:00"),
                ("DateEquals", "2026-01-01t00:00:00z"),
                ("DateEquals", "2026-01-01T24:00:00Z"),
                ("DateEquals", "2026-01-01T00:00:60Z"),
                ("DateEquals", "2026-13"),
                ("DateEquals", "2026-1-1"),
                ("DateEquals", "9223372036854775808"),
                ("DateEquals", "2026-01-01T00:00:00.Z"),
                ("DateEquals", "2026-01-01T00:00:00.1234567890Z"),
                ("DateEquals", "2026-01-01T00:00:00+0200"),
                ("Bool", "yes"),
                ("Bool", ""),
                ("Null", "1"),
                ("IpAddress", "203.0.113.0/33"),
                ("IpAddress", "203.0.113.*"),
                ("IpAddress", "203.0.113.010"),
                ("IpAddress", "203.0.113"),
                ("NotIpAddress", "fe80::1%eth0"),
                ("IpAddress", "2001:db8::/129"),
                ("IpAddress", "203.0.113.0/255.255.255.0"),
                ("IpAddress", "203.0.113.0/"),
                ("BinaryEquals", "not base64!"),
                ("BinaryEquals", "QUI"),
                ("BinaryEquals", "QU=I"),
                ("BinaryEquals", "===="),
                ("ArnLike", "arn:aws:s3"),
                ("ArnEquals", "*"),
                ("ArnLike", "aws:s3:::b:c"),
                ("StringEquals", "${aws:username"),
                ("StringLike", "abcdefg${}"),
                ("StringEquals", "${username}"),
                ("ArnLike", "arn:aws:s3:::${a:b,'c'}"),
                ("NumericEquals", "${x:n}"),
                ("DateEquals", "${aws:CurrentTime}"),
                ("Bool", "${x:b}"),
                ("IpAddress", "${aws:SourceIp}"),
                ("BinaryEquals", "${x:b}"),
                ("Null", "${x:b}"),
            ]);
            vec![json!({base: {"x:k": bad}})]
        }
        _ if kind == "vpce" => vec![
            json!({"StringLike": {"aws:PrincipalAccount": "1111222233*"}}),
            json!({"StringNotLike": {"aws:sourcevpc": "vpc-1234?"}}),
            json!({"NumericEquals": {"aws:PrincipalAccount": "111122223333"}}),
            json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
            json!({"StringLike": {"s3:prefix": "abc*"}}),
            json!({"StringLike": {"s3:prefix": "*"}}),
            json!({"StringLike": {"s3:prefix": "abcde?fghij"}}),
            json!({"StringLike": {"s3:prefix": "abcdef*ghijkl*"}}),
            json!({"StringLike": {"s3:prefix": "abcdef**"}}),
        ],
        _ => {
            // A near miss of an operator or key that is there.
            if let Some(Value::Object(operators)) = statement.get("Condition").cloned()
                && let Some((name, map)) = operators.iter().next()
            {
                let misspelled = near(rng, name);
                vec![json!({misspelled: map})]
            } else {
                vec![json!({"StringLikes": {"x:k": "a"}})]
            }
        }
    };
    let value = rng.pick(&list).clone();
    statement.insert("Condition".into(), value);
}
