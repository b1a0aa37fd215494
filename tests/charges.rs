//! What a decision is charged for: what a caller sends much of takes as many steps, so that a budget bounds it (R-GEN-3).

mod support;

use iamlet::evaluate::decide_by_scan;
use iamlet::request::prepare_request;
use iamlet::{DecideError, PolicySet, Request, decide};
use iamlet_workloads::colliding::{Letters, names};
use serde_json::json;
use support::{ALICE, Beyond, Given, ROOT, Told, allow, deny, given, grant, renamed, with};

/// Whether so many steps suffice.
fn suffices(asked: &Given, budget: u64) -> bool {
    match asked.told_with(&Beyond { budget, ..Beyond::default() }) {
        Told::Decided(_) => true,
        Told::Malformed(reason) => {
            assert!(reason.contains("more work"), "{reason}");
            false
        }
        Told::InvalidPolicy(code) => panic!("{code}"),
    }
}

/// Alice asks with these values, of which a policy wants one to be a number.
fn asked(values: &[&str]) -> Given {
    let condition = json!({"ForAnyValue:NumericEquals": {"x:k": "1"}});
    given().identity(with(allow("*", "*"), "Condition", condition)).key("x:k", values)
}

#[test]
fn a_value_is_charged_by_its_length_before_it_is_read() {
    let long = asked(&[&"x".repeat(48_000)]);
    assert!(!suffices(&long, 3_000) && suffices(&long, 3_200));
}

#[test]
fn each_value_is_charged_when_it_is_found_and_when_it_is_read() {
    let many = asked(&["x"; 1_000]);
    // One when it is found, eight when it is read as a number.
    assert!(!suffices(&many, 9_000) && suffices(&many, 9_100));
}

/// The steps that suffice and no fewer.
fn steps(asked: &Given) -> u64 {
    (1..20_000).find(|budget| suffices(asked, *budget)).expect("some steps")
}

/// Alice asks with keys `x:front-…` that collide, of which a policy names one more, so many times.
fn colliding(keys: usize, conditions: usize) -> Given {
    let named = names("x:front-", 0x1234_5678, Letters::OfTags, 1).pop().expect("a name");
    let condition = json!({"StringEquals": {named: "v"}});
    let statement = with(allow("*", "*"), "Condition", condition);
    let asked = given().identity(json!(vec![statement; conditions]));
    let others = names("x:front-", 0x1234_5678, Letters::Any, keys);
    others.iter().fold(asked, |asked, name| asked.key(name, &["v"]))
}

#[test]
fn looking_up_a_key_is_charged_by_the_names_that_may_have_to_be_compared() {
    let a_condition = |keys: usize| steps(&colliding(keys, 2)) - steps(&colliding(keys, 1));
    let alone = a_condition(0);
    // One key of a hash is in the table; the others are searched by halving, each comparison with 16 bytes of a name.
    for (keys, comparisons) in [(1, 0), (2, 1), (3, 2), (8, 3), (9, 4), (33, 6)] {
        assert_eq!(a_condition(keys), alone + comparisons * (1 + 16 / 16), "{keys} keys");
    }
}

#[test]
fn each_part_of_a_statement_is_charged() {
    let base = |statement: serde_json::Value| steps(&given().identity(statement));
    let one = base(allow("s3:A*", "*"));
    assert_eq!(base(allow(json!(["s3:A*", "s3:B*"]), "*")), one + 1);
    assert_eq!(base(allow("s3:A*", json!(["arn:aws:s3:::c", "arn:aws:s3:::d"]))), one + 2);
    let open = steps(&given().resource_policy(grant("*")));
    let listed = |list: serde_json::Value| steps(&given().resource_policy(grant(json!({"AWS": list}))));
    // A star, and users of 32 bytes.
    assert!(listed(json!([ROOT, ALICE])) >= open + 8 && listed(json!(vec![ALICE; 1])) >= open + 4);
    assert!(listed(json!([ROOT, ALICE])) >= listed(json!([ALICE])) + 4 + 29 / 8);
    let null = |count: usize| {
        let condition = json!({"Null": {"x:k": vec!["true"; count]}});
        base(with(allow("*", "*"), "Condition", condition))
    };
    assert_eq!(null(101), null(1) + 50);
}

#[test]
fn each_variable_is_charged_for_looking_for_it_and_for_its_value() {
    let exempt = |variables: usize| {
        let resource = format!("arn:aws:s3:::{}z", "${x:k}".repeat(variables));
        let statement = renamed(deny("*", resource), "Resource", "NotResource");
        let asked = given()
            .on(&format!("arn:aws:s3:::{}z", "z".repeat(variables)))
            .key("x:k", &["z"])
            .identity(statement);
        steps(&asked)
    };
    // Five for its value when it is looked for, and five and one when it is compared.
    assert!(exempt(101) - exempt(1) >= 100 * (5 + 6), "{}", exempt(101) - exempt(1));
}

#[test]
fn an_index_spares_the_statements_that_the_request_does_not_lead_to() {
    let services: Vec<_> = (0..200).map(|number| allow(format!("service{number}:*"), "*")).collect();
    let asked = given().identity(json!(services)).identity(allow("s3:*", "*"));
    let case = asked.case();
    let set = case.compile_indexed().expect("policies").set;
    let set = PolicySet::open(&set).expect("a set");
    let input = case.request.input().expect("a principal").budget(300);
    let mut memory = vec![0; input.size().expect("a size")];
    prepare_request(&input, &mut memory).expect("a request");
    let request = Request::open(&memory).expect("a request");
    assert!(decide(&[set], request).expect("a decision").is_allowed());
    assert_eq!(decide_by_scan(&[set], request), Err(DecideError::BudgetExhausted));
}
