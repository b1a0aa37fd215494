//! Explanations without records, as after an error: each of their texts denies.

use iamlet::{Explanation, Principal, RequestInput, Resource};
use serde_json::Value;

#[test]
fn an_explanation_without_a_decision_denies() {
    let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
    let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
    let request = RequestInput::new(alice, "s3:GetObject", plan).prepare().expect("a request");
    let why = Explanation::new(&[], request.request().expect("a request"), None, &[]);
    let json: Value = serde_json::from_str(&why.json().to_string()).expect("JSON");
    assert_eq!(json["effect"], "implicit_deny");
    assert_eq!(json["reason"], "no decision could be computed");
    assert_eq!((&json["reason_code"], &json["denies"]), (&0.into(), &0.into()));
    assert_eq!(json["action"], "s3:GetObject");
    let simulation: Value = serde_json::from_str(&why.simulation().to_string()).expect("JSON");
    assert_eq!(simulation["EvalDecision"], "implicitDeny");
    assert_eq!(why.to_string(), "no decision");
    assert_eq!(why.for_clients().to_string(), "denied");
    assert!(why.sentence().to_string().contains("is not authorized"));
}
