//! What a decision is charged for: what a caller sends much of takes as many steps, so that a budget bounds it (R-GEN-3).

mod support;

use iamlet::evaluate::decision::DecideError;
use iamlet::evaluate::prepare::{self, RequestInput};
use iamlet::evaluate::request::Request;
use iamlet::evaluate::{decide, decide_by_scan};
use iamlet::image::set::PolicySet;
use serde_json::json;
use support::{Beyond, Given, Told, allow, given, with};

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
    assert!(!suffices(&many, 2_000) && suffices(&many, 2_200));
}

#[test]
fn an_index_spares_the_statements_that_the_request_does_not_lead_to() {
    let services: Vec<_> = (0..200).map(|number| allow(format!("service{number}:*"), "*")).collect();
    let asked = given().identity(json!(services)).identity(allow("s3:*", "*"));
    let case = asked.case();
    let set = case.compile_indexed().expect("policies").set;
    let set = PolicySet::open(&set).expect("a set");
    let input = RequestInput { budget: 300, ..case.request.input().expect("a principal") };
    let mut memory = vec![0; prepare::request_size(&input).expect("a size")];
    prepare::request(&input, &mut memory).expect("a request");
    let request = Request::open(&memory).expect("a request");
    assert!(decide(&[set], request).expect("a decision").is_allowed());
    assert_eq!(decide_by_scan(&[set], request), Err(DecideError::BudgetExhausted));
}
