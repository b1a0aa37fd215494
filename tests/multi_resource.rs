//! Requests about several resources at once, each with a context and policies of its own.

mod support;

use iamlet::evaluate::decide_resources_by_scan;
use iamlet::{
    DecideError, Item, Layer, Layers, PolicySet, Reason, Request, RequestItem, decide_item, decide_resources,
};
use serde_json::{Value, json};
use support::{
    ACCOUNT, Beyond, Details, Given, OTHER_ACCOUNT, Told, allow, compile_set, deny, given, grant, with,
};

const INSTANCE: &str = "arn:aws:ec2:us-east-1:111122223333:instance/i";
const IMAGE: &str = "arn:aws:ec2:us-east-1:111122223333:image/ami";
const SUBNET: &str = "arn:aws:ec2:us-east-1:111122223333:subnet/s";

/// Alice runs instances on these resources.
fn run(resources: &[(&str, Value)]) -> Given {
    given().action("ec2:RunInstances").on_all(resources)
}

fn plain(resources: &[&str]) -> Given {
    let resources: Vec<_> = resources.iter().map(|resource| (*resource, json!({}))).collect();
    run(&resources)
}

/// The decision about all items, and the number of the one that made it.
#[track_caller]
fn decided(given: &Given) -> (usize, Details) {
    let case = given.case();
    let prepared = case.request.prepare().expect("a request");
    let set = compile_set(&case.policies, case.levels);
    let set = PolicySet::open(&set).expect("a set");
    let items = prepared.items.as_deref().expect("items");
    let items = items.iter().map(|item| Item { item: RequestItem::open(item).expect("an item"), set: None });
    let request = Request::open(&prepared.request).expect("a request");
    let scanned = decide_resources_by_scan(&[set], request, items.clone());
    let (number, decision) = decide_resources(&[set], request, items).expect("a decision");
    assert_eq!(scanned, Ok((number, decision)));
    (number, decision.into())
}

// R-RES-12
#[test]
fn all_resources_must_be_allowed_and_one_explicit_deny_denies() {
    let ours = || plain(&[INSTANCE, IMAGE, SUBNET]).identity(allow("ec2:*", json!([INSTANCE, IMAGE])));
    ours().denies();
    ours().identity(allow("ec2:*", SUBNET)).allows();
    for denied in [INSTANCE, IMAGE, SUBNET] {
        ours().identity(deny("ec2:*", denied)).denies_explicitly();
        ours().identity(allow("*", "*")).identity(deny("ec2:*", denied)).denies_explicitly();
    }
}

// R-RES-12, R-EVAL-22: a denied resource is named before an allowed one, and an explicit deny before an implicit one.
#[test]
fn the_item_that_made_the_decision_is_named() {
    let names = |given: &Given, expected: usize, reason: Reason| {
        let (number, details) = decided(given);
        assert_eq!((number, details.reason), (expected, reason));
    };
    let three = || plain(&[INSTANCE, IMAGE, SUBNET]);
    names(&three().identity(allow("*", "*")), 0, Reason::IdentityAllows);
    names(&three().identity(allow("*", INSTANCE)), 1, Reason::IdentitySilent);
    names(&three().identity(allow("*", json!([INSTANCE, IMAGE]))), 2, Reason::IdentitySilent);
    let last = three().identity(allow("*", INSTANCE)).identity(deny("*", SUBNET));
    names(&last, 2, Reason::ExplicitDeny);
    let two = three().identity(allow("*", "*")).identity(deny("*", json!([IMAGE, SUBNET])));
    names(&two, 1, Reason::ExplicitDeny);
}

// R-RES-12: one resource in a list is decided as it is alone.
#[test]
fn a_list_of_one_resource_is_that_resource() {
    for policy in [allow("*", "*"), allow("*", IMAGE), deny("*", "*"), with(deny("*", "*"), "Sid", "D")] {
        let listed = plain(&[INSTANCE]).identity(policy.clone()).details();
        let alone = given().action("ec2:RunInstances").on(INSTANCE).identity(policy).details();
        assert_eq!(listed, alone);
    }
}

// R-RES-12: an overlay belongs to its own resource.
#[test]
fn each_resource_has_its_own_context() {
    let size = |value: &str| json!({"ec2:InstanceType": [value]});
    let small = with(allow("*", "*"), "Condition", json!({"StringEquals": {"ec2:InstanceType": "t2.micro"}}));
    let if_exists =
        with(allow("*", "*"), "Condition", json!({"StringEqualsIfExists": {"ec2:InstanceType": "t2.micro"}}));
    let asked = |instance: &str| run(&[(INSTANCE, size(instance)), (IMAGE, json!({}))]);
    asked("t2.micro").identity(small.clone()).denies();
    asked("t2.micro").identity(if_exists.clone()).allows();
    asked("m5.large").identity(if_exists).denies();
    run(&[(INSTANCE, size("t2.micro")), (IMAGE, size("t2.micro"))]).identity(small).allows();
}

// R-RES-12: project decision 1.
#[test]
fn an_overlay_replaces_the_values_of_its_keys_and_leaves_the_others() {
    let of = |condition: Value| with(allow("*", "*"), "Condition", condition);
    let base = || {
        run(&[(INSTANCE, json!({"X:K": ["own"]})), (IMAGE, json!({}))])
            .key("x:k", &["base"])
            .key("x:l", &["l"])
    };
    // Replaced for the first, the base value for the second; not merged into two values, whatever the spelling.
    base().identity(of(json!({"StringEquals": {"x:k": ["own", "base"]}}))).allows();
    base().identity(of(json!({"StringEquals": {"x:k": "own"}}))).denies();
    base().identity(of(json!({"StringEquals": {"x:k": "base"}}))).denies();
    base().identity(of(json!({"StringEquals": {"x:l": "l"}}))).allows();
    let first = with(allow("*", INSTANCE), "Condition", json!({"StringEquals": {"x:k": "own"}}));
    let second = with(allow("*", IMAGE), "Condition", json!({"StringEquals": {"x:k": "base"}}));
    base().identity(json!([first, second])).allows();
}

// R-RES-12, R-VAR-1: variables see the overlay as well.
#[test]
fn a_variable_takes_its_value_from_the_overlay() {
    let own = |team: &str| json!({"aws:ResourceTag/team": [team]});
    let policy = allow("*", "arn:aws:ec2:us-east-1:111122223333:*/${aws:ResourceTag/team}");
    let tagged = |image: &str| run(&[(INSTANCE, own("i")), (IMAGE, own(image))]).identity(policy.clone());
    tagged("ami").allows();
    tagged("i").denies();
}

// R-MULTI-6, R-RES-12
#[test]
fn a_key_declared_multivalued_is_so_for_every_resource() {
    let of = |condition: Value| with(allow("*", "*"), "Condition", condition);
    let equals = of(json!({"StringEquals": {"x:k": ["own", "base"]}}));
    let any = of(json!({"ForAnyValue:StringEquals": {"x:k": ["own", "base"]}}));
    let asked = || run(&[(INSTANCE, json!({"x:k": ["own"]})), (IMAGE, json!({}))]).key("x:k", &["base"]);
    asked().identity(equals.clone()).allows();
    asked().multivalued(&["x:k"]).identity(equals).denies();
    asked().multivalued(&["x:k"]).identity(any).allows();
}

// R-GEN-3, R-RES-13
#[test]
fn one_malformed_resource_makes_the_request_malformed() {
    let everything = |resources: &[&str]| plain(resources).identity(allow("*", "*"));
    everything(&[INSTANCE, IMAGE]).owner(ACCOUNT).allows();
    everything(&[INSTANCE, IMAGE]).owner(OTHER_ACCOUNT).is_malformed("contradicts the resource's ARN");
    let foreign = "arn:aws:ec2:us-east-1:444455556666:image/ami";
    everything(&[INSTANCE, foreign]).owner(ACCOUNT).is_malformed("contradicts the resource's ARN");
    // Even where another resource is denied explicitly.
    let denied = plain(&[INSTANCE, foreign]).identity(deny("*", "*"));
    denied.clone().denies_explicitly();
    denied.owner(ACCOUNT).is_malformed("contradicts the resource's ARN");
    // A context that contradicts what is derived is malformed in an overlay as well (R-CTX-1).
    run(&[(INSTANCE, json!({})), (IMAGE, json!({"aws:username": ["alice"]}))])
        .identity(allow("*", "*"))
        .allows();
    run(&[(INSTANCE, json!({})), (IMAGE, json!({"aws:username": ["bob"]}))])
        .identity(allow("*", "*"))
        .is_malformed("contradicts");
}

// R-EVAL-10, R-EVAL-16, R-RES-13: the owner is a matter of each resource.
#[test]
fn each_resource_has_its_own_owner() {
    let foreign = "arn:aws:ec2:us-east-1:444455556666:image/ami";
    let asked = plain(&[INSTANCE, foreign]).identity(allow("*", "*"));
    assert_eq!(decided(&asked).0, 1);
    asked.clone().denies();
    asked.resource_policy(grant("*")).allows();
}

// R-GEN-1, R-GEN-3
#[test]
fn no_resource_is_no_request() {
    plain(&[]).identity(allow("*", "*")).is_malformed("no resource");
    let none = plain(&[INSTANCE]).identity(allow("*", "*"));
    assert!(
        matches!(none.told_with(&Beyond::default()), Told::Malformed(error) if error.contains("no resource"))
    );
}

/// Two resources with policy sets of their own: the decision about both, and about each.
fn with_own_sets(policies: [Value; 2]) -> ((usize, Details), [Details; 2]) {
    let mut case = plain(&[INSTANCE, IMAGE]).case();
    // The request has a resource layer: each item brings it.
    case.request.absent = case.request.absent.without(Layers::RESOURCE);
    case.request.absent = case.request.absent.without(Layers::IDENTITY);
    let identity = given().identity(allow("x:Nothing", "*")).case();
    let identity = compile_set(&identity.policies, identity.levels);
    let own = policies.map(|policy| {
        let case = given().resource_policy(policy).case();
        compile_set(&case.policies, case.levels)
    });
    let prepared = case.request.prepare().expect("a request");
    let request = Request::open(&prepared.request).expect("a request");
    let identity = PolicySet::open(&identity).expect("a set");
    let items: Vec<_> = prepared
        .items
        .as_deref()
        .expect("items")
        .iter()
        .zip(&own)
        .map(|(item, set)| Item {
            item: RequestItem::open(item).expect("an item"),
            set: Some(PolicySet::open(set).expect("a set")),
        })
        .collect();
    let (number, decision) =
        decide_resources(&[identity], request, items.iter().copied()).expect("a decision");
    let each =
        [0, 1].map(|at| Details::from(decide_item(&[identity], request, items[at]).expect("a decision")));
    ((number, decision.into()), each)
}

// R-RES-12, R-EVAL-1: the policy of a resource is about that resource.
#[test]
fn each_resource_has_its_own_policy() {
    let silent = || with(grant("*"), "Action", "x:Nothing");
    let denying =
        || json!([with(grant("*"), "Sid", "Yes"), with(with(deny("*", "*"), "Principal", "*"), "Sid", "No")]);
    let ((number, both), each) = with_own_sets([grant("*"), grant("*")]);
    assert_eq!((number, both.reason), (0, Reason::ResourceAllows));
    assert_eq!(each.map(|one| one.reason), [Reason::ResourceAllows; 2]);
    let ((number, both), each) = with_own_sets([grant("*"), silent()]);
    assert_eq!((number, both.reason, both.layer), (1, Reason::IdentitySilent, Some(Layer::Identity)));
    assert_eq!(each.map(|one| one.effect.name()), ["allow", "implicit_deny"]);
    let ((number, both), each) = with_own_sets([silent(), denying()]);
    assert_eq!((number, both.reason), (1, Reason::ExplicitDeny));
    assert_eq!(each.map(|one| one.effect.name()), ["implicit_deny", "explicit_deny"]);
    // The item's own set has the number after the last of the list.
    let decisive = both.decisive.expect("a statement");
    assert_eq!((decisive.set, decisive.policy, decisive.statement), (1, 0, 1));
    assert_eq!(decisive.sid, "No");
}

// R-GEN-1, R-EVAL-4
#[test]
fn a_resource_has_one_policy_whether_in_the_list_or_its_own() {
    let case = plain(&[INSTANCE]).resource_policy(grant("*")).case();
    let set = compile_set(&case.policies, case.levels);
    let set = PolicySet::open(&set).expect("a set");
    let prepared = case.request.prepare().expect("a request");
    let request = Request::open(&prepared.request).expect("a request");
    let item = RequestItem::open(&prepared.items.as_deref().expect("items")[0]).expect("an item");
    assert!(decide_item(&[set], request, Item { item, set: None }).expect("a decision").is_allowed());
    assert!(decide_item(&[], request, Item { item, set: Some(set) }).expect("a decision").is_allowed());
    let twice = decide_item(&[set], request, Item { item, set: Some(set) });
    assert_eq!(twice, Err(DecideError::RepeatedLayers(Layers::NONE.with(Layer::Resource))));
    assert_eq!(
        decide_item(&[], request, Item { item, set: None }),
        Err(DecideError::MissingLayers(Layers::NONE.with(Layer::Resource)))
    );
}
