//! Layers: each is there or declared absent, in whatever order and however divided over sets; and which one decides.

mod support;

use iamlet::image::set_writer;
use iamlet::limits::MAX_SETS;
use iamlet::{
    CompileOptions, DecideError, Effect, Layer, Layers, Levels, PolicySet, Reason, Request, ResourceKind,
    SetError, SetPolicy, decide,
};
use iamlet_cases::{Case, CasePolicy, compile_document};
use serde_json::{Value, json};
use support::{
    ACCOUNT, Beyond, Details, Given, ROOT, Told, allow, app_session, compile_set, deny, document, given,
    grant, linked_session, service, with,
};

/// A role session with a policy at each layer, each with one statement of this effect that is about S3.
fn everywhere(effect: &str, sid: &str) -> Given {
    let statement = || with(with(allow("s3:*", "*"), "Effect", effect), "Sid", sid);
    let about_all = || with(statement(), "Principal", "*");
    let rcp = with(with(deny("s3:*", "*"), "Principal", "*"), "Sid", sid);
    let rcp = if effect == "Deny" { rcp } else { with(rcp, "Action", "sqs:*") };
    given()
        .by(app_session())
        .scp([statement()])
        .rcp([rcp])
        .resource_policy(about_all())
        .identity(statement())
        .boundary(statement())
        .session(statement())
        .endpoint(about_all())
}

/// What a request comes to where these layers are declared absent.
#[track_caller]
fn declaring(given: &Given, absent: Layers) -> Told {
    given.told_with(&Beyond { absent: Some(absent), ..Beyond::default() })
}

#[track_caller]
fn is_malformed(told: &Told, reason: &str) {
    assert!(matches!(told, Told::Malformed(error) if error.contains(reason)), "{told:?}");
}

// R-EVAL-4
#[test]
fn a_layer_that_is_neither_there_nor_declared_absent_is_an_error() {
    let bare = given();
    assert!(matches!(declaring(&bare, Layers::ALL), Told::Decided(_)));
    for (layer, flag) in Layer::ALL.map(|layer| (layer, Layers::from(layer))) {
        let told = declaring(&bare, !flag);
        is_malformed(&told, "does not declare them absent");
        is_malformed(&told, layer.name());
    }
}

// R-EVAL-4
#[test]
fn one_answer_names_all_missing_layers() {
    let told = declaring(&given(), Layers::NONE);
    for layer in Layer::ALL {
        is_malformed(&told, layer.name());
    }
}

// R-EVAL-4
#[test]
fn a_layer_that_is_there_and_declared_absent_is_an_error() {
    let all = everywhere("Allow", "S");
    assert!(
        matches!(declaring(&all, Layers::NONE), Told::Decided(details) if details.effect == Effect::Allow)
    );
    for (layer, flag) in Layer::ALL.map(|layer| (layer, Layers::from(layer))) {
        let told = declaring(&all, flag);
        is_malformed(&told, "declares layers absent");
        is_malformed(&told, layer.name());
    }
}

// R-EVAL-4, R-GEN-3
#[test]
fn no_explicit_deny_hides_an_undeclared_layer() {
    let denied = given().identity(deny("*", "*"));
    let others = !Layers::IDENTITY;
    assert!(
        matches!(declaring(&denied, others), Told::Decided(details) if details.effect == Effect::ExplicitDeny)
    );
    is_malformed(&declaring(&denied, others & !Layers::ENDPOINT), "does not declare them absent");
}

// R-EVAL-5: what is passed beyond that is looked at, so that its absence may not be declared.
#[test]
fn a_restriction_that_is_there_and_declared_absent_is_an_error_whoever_calls() {
    for caller in [json!({"type": "root", "arn": ROOT}), service("s3.amazonaws.com"), json!("anonymous")] {
        let asked = given().owner(ACCOUNT).by(caller).resource_policy(grant("*"));
        let others = !Layers::RESOURCE;
        for (given, flag) in [
            (asked.clone().identity(allow("*", "*")), Layers::IDENTITY),
            (asked.clone().boundary(allow("*", "*")), Layers::BOUNDARY),
            (asked.clone().session(allow("*", "*")), Layers::SESSION),
        ] {
            is_malformed(&declaring(&given, others), "declares layers absent");
            let told = declaring(&given, others & !flag);
            assert!(matches!(told, Told::Decided(details) if details.effect == Effect::Allow));
        }
    }
}

// R-EVAL-4, R-EVAL-2: what does not apply need not be declared, and may be.
#[test]
fn a_layer_that_does_not_apply_needs_no_declaration() {
    let identity = Layers::IDENTITY.union(Layers::BOUNDARY).union(Layers::SESSION);
    let root = json!({"type": "root", "arn": ROOT});
    for (caller, inapplicable) in [
        (root, identity),
        (service("s3.amazonaws.com"), identity.union(Layers::SCP)),
        (json!("anonymous"), identity.union(Layers::SCP)),
        (linked_session(), Layers::ORGANIZATION),
        (with(app_session(), "management_account", true), Layers::SCP),
        (app_session(), Layers::NONE),
    ] {
        let asked = given().owner(ACCOUNT).by(caller.clone());
        assert!(matches!(declaring(&asked, Layers::ALL), Told::Decided(_)), "{caller}");
        assert!(matches!(declaring(&asked, !inapplicable), Told::Decided(_)), "{caller}");
        for flag in Layer::ALL.map(Layers::from).into_iter().filter(|flag| (*flag & inapplicable).is_empty())
        {
            let told = declaring(&asked, !(inapplicable | flag));
            is_malformed(&told, "does not declare them absent");
        }
    }
}

// R-EVAL-4
#[test]
fn a_flag_without_meaning_is_no_layer() {
    assert_eq!(Layers::from_bits(u32::from(Layers::ALL.bits())), Some(Layers::ALL));
    assert!([128, 255, 256, 1 << 31].map(Layers::from_bits).iter().all(Option::is_none));
    assert_eq!(Layers::ORGANIZATION, Layers::SCP.union(Layers::RCP));
}

// R-EVAL-5, R-EVAL-22
#[test]
fn the_first_deny_is_named_in_the_order_of_the_layers() {
    let order = ["scp", "rcp", "resource", "identity", "boundary", "session", "vpce"];
    let mut given = everywhere("Deny", "D");
    for (member, layer) in order.iter().zip(Layer::ALL) {
        let details = given.details();
        assert_eq!((details.effect, details.reason), (Effect::ExplicitDeny, Reason::ExplicitDeny));
        assert_eq!((details.layer, details.level), (Some(layer), 0));
        assert_eq!(details.decisive.expect("a statement").sid, "D");
        given.0["policies"].as_object_mut().expect("an object").remove(*member);
    }
    given.denies();
}

// R-EVAL-22
#[test]
fn a_decision_names_set_policy_tag_statement_and_sid() {
    let policies = given()
        .scp([allow("*", "*")])
        .identity(allow("ec2:*", "*"))
        .identity(json!([allow("sqs:*", "*"), with(allow("s3:*", "*"), "Sid", "Bucket"), allow("*", "*")]))
        .case();
    let set = compile_set(&policies.policies, policies.levels);
    let prepared = policies.request.prepare().expect("a request");
    let set = PolicySet::open(&set).expect("a set");
    let decision = prepared.decide(&[set]).expect("a decision");
    assert_eq!((decision.effect, decision.reason), (Effect::Allow, Reason::IdentityAllows));
    assert_eq!((decision.layer, decision.level), (Some(Layer::Identity), 0));
    let decisive = decision.decisive.expect("a statement");
    assert_eq!((decisive.set, decisive.policy, decisive.tag), (0, 2, 102));
    assert_eq!((decisive.statement, decisive.sid), (1, "Bucket"));
    assert!(decision.is_allowed());
}

// R-EVAL-22: where nothing decided but silence, the silent layer is named and no statement.
#[test]
fn an_implicit_deny_names_the_layer_that_is_silent() {
    let other = || allow("x:Nothing", "*");
    let all = || allow("*", "*");
    let session = || given().by(app_session()).identity(all());
    for (given, reason, layer) in [
        (given(), Reason::IdentitySilent, Layer::Identity),
        (session().boundary(other()), Reason::BoundarySilent, Layer::Boundary),
        (session().session(other()), Reason::SessionSilent, Layer::Session),
        (session().scp([other()]), Reason::ScpSilent, Layer::Scp),
        (session().endpoint(with(other(), "Principal", "*")), Reason::EndpointSilent, Layer::Endpoint),
        (given().kms().identity(all()), Reason::ResourceSilent, Layer::Resource),
    ] {
        let details = given.details();
        assert_eq!((details.effect, details.reason), (Effect::ImplicitDeny, reason));
        assert_eq!((details.layer, details.decisive), (Some(layer), None));
    }
}

/// Every decision vector that is decided at all.
fn vectors() -> Vec<Value> {
    let lines = include_str!("data/vectors.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The decision of a case whose policies are divided over several sets; none where it is malformed.
fn divided(case: &Case, sets: usize) -> Option<Details> {
    let mut groups = vec![Vec::new(); sets];
    for (number, policy) in case.policies.iter().enumerate() {
        groups[number % sets].push(policy.clone());
    }
    let options = case.options;
    let compiled: Vec<_> =
        groups.iter().map(|policies| compile_group(policies, case.levels, options)).collect();
    let opened: Vec<_> = compiled.iter().map(|set| PolicySet::open(set).expect("a set")).collect();
    let prepared = case.request.prepare().ok()?;
    prepared.decide(&opened).ok().map(Details::from)
}

fn compile_group(policies: &[CasePolicy], levels: Levels, options: CompileOptions) -> Vec<u8> {
    let image = |policy: &CasePolicy| compile_document(&policy.text, policy.kind, options).expect("a policy");
    let images: Vec<_> = policies.iter().map(image).collect();
    let entries = policies.iter().zip(&images).map(|(policy, image)| SetPolicy {
        image,
        layer: policy.layer,
        level: policy.level,
        tag: 0,
    });
    let mut set = vec![0; set_writer::size(entries.clone(), levels).expect("a set")];
    set_writer::build(entries, levels, &mut set).expect("a set");
    set
}

// R-GEN-1: several sets are one.
#[test]
fn policies_divided_over_sets_decide_as_in_one() {
    let mut compared = 0;
    for vector in vectors() {
        let case = Case::read(&vector).expect("a case");
        if vector["expect"] == "invalid_policy" {
            continue;
        }
        let one = divided(&case, 1);
        for sets in [2, 3, MAX_SETS] {
            let several = divided(&case, sets);
            // Numbers of sets and policies differ, and so may the first of several Denies or Allows of a layer.
            let told = |details: &Option<Details>| {
                details.as_ref().map(|details| (details.effect, details.reason, details.layer, details.level))
            };
            assert_eq!(told(&several), told(&one), "{} in {sets} sets", case.id);
            compared += 1;
        }
    }
    assert!(compared > 1_000, "{compared}");
}

/// The same JSON with every list and every object in reverse.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().rev().map(reversed).collect(),
        Value::Object(members) => {
            members.iter().rev().map(|(name, value)| (name.clone(), reversed(value))).collect()
        }
        other => other.clone(),
    }
}

// R-GEN-9, R-DOC-4
#[test]
fn no_order_of_policies_statements_elements_or_values_matters() {
    for vector in vectors() {
        let case = Case::read(&vector).expect("a case");
        let mut turned = vector.clone();
        for (layer, value) in turned["policies"].as_object_mut().expect("an object") {
            // Levels have an order; the policies of each have none.
            let levels = value.as_array().filter(|_| layer.ends_with("cp"));
            *value = levels.map_or_else(|| reversed(value), |levels| levels.iter().map(reversed).collect());
        }
        turned["request"]["context"] = reversed(&turned["request"]["context"]);
        if turned["request"]["context"].is_null() {
            turned["request"]["context"] = json!({});
        }
        let turned = Case::read(&turned).expect("a case");
        assert_eq!(turned.outcome().name(), case.outcome().name(), "{}", case.id);
    }
}

// R-GEN-10
#[test]
fn equal_inputs_give_equal_decisions_whatever_was_decided_in_between() {
    let denied = everywhere("Deny", "D").case();
    let allowed = everywhere("Allow", "A").case();
    let sets = [&denied, &allowed].map(|case| compile_set(&case.policies, case.levels));
    let requests = [&denied, &allowed].map(|case| case.request.prepare().expect("a request"));
    let decided = |at: usize| {
        let set = PolicySet::open(&sets[at]).expect("a set");
        Details::from(requests[at].decide(&[set]).expect("a decision"))
    };
    let first = [decided(0), decided(1)];
    for at in [0, 1, 1, 0, 0, 1] {
        assert_eq!(decided(at), first[at]);
    }
}

/// A set with one policy, and a request that declares all layers but its own absent.
fn one_policy(given: &Given) -> (Vec<u8>, Vec<u8>) {
    let case = given.case();
    (compile_set(&case.policies, case.levels), case.request.prepare().expect("a request").request)
}

// R-GEN-1: there is one boundary, one resource policy, one endpoint policy.
#[test]
fn a_second_policy_of_a_layer_with_room_for_one_is_an_error() {
    for (given, layer, repeatable) in [
        (given().identity(allow("*", "*")), Layer::Identity, true),
        (given().session(allow("*", "*")), Layer::Session, true),
        (given().scp([allow("*", "*")]), Layer::Scp, true),
        (given().boundary(allow("*", "*")), Layer::Boundary, false),
        (given().resource_policy(grant("*")), Layer::Resource, false),
        (given().endpoint(grant("*")), Layer::Endpoint, false),
    ] {
        let (set, request) = one_policy(&given);
        let (set, request) =
            (PolicySet::open(&set).expect("a set"), Request::open(&request).expect("a request"));
        assert!(decide(&[set], request).is_ok(), "{layer:?}");
        match decide(&[set, set], request) {
            Ok(_) => assert!(repeatable, "{layer:?}"),
            Err(error) => assert_eq!(
                (repeatable, error),
                (false, DecideError::RepeatedLayers(Layers::NONE.with(layer)))
            ),
        }
        let case = given.case();
        let image =
            compile_document(&case.policies[0].text, case.policies[0].kind, CompileOptions::default());
        let image = image.expect("a policy");
        let policy = SetPolicy { image: &image, layer, level: 0, tag: 0 };
        let built = set_writer::size([policy, policy].into_iter(), case.levels);
        assert_eq!(built.is_ok(), repeatable, "{layer:?}");
        assert!(repeatable || built == Err(SetError::Repeated(1)), "{layer:?}");
    }
}

// R-GEN-3
#[test]
fn too_many_sets_are_an_error() {
    let (set, request) = one_policy(&given().identity(allow("*", "*")));
    let (set, request) = (PolicySet::open(&set).expect("a set"), Request::open(&request).expect("a request"));
    assert!(decide(&vec![set; MAX_SETS], request).expect("a decision").is_allowed());
    assert_eq!(decide(&vec![set; MAX_SETS + 1], request), Err(DecideError::TooManySets));
}

// R-KIND-8, R-KIND-6, R-GEN-1, R-RES-15: the resource policy has the kind of the resource.
#[test]
fn the_resource_policy_is_of_the_kind_of_the_resource() {
    let kinds = [
        (given().resource_policy(grant("*")), ResourceKind::Ordinary),
        (given().kms().resource_policy(grant("*")), ResourceKind::KmsKey),
        (
            given().trust().resource_policy(document(
                json!({"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": "*"}}),
            )),
            ResourceKind::Role,
        ),
    ];
    for (policy, own) in &kinds {
        let case = policy.case();
        let set = compile_set(&case.policies, case.levels);
        let set = PolicySet::open(&set).expect("a set");
        for (other, kind) in &kinds {
            // The kind follows from the request, so another kind's request meets this one's policy (R-RES-15).
            let request = other.case().request;
            let prepared = request.prepare().expect("a request");
            match prepared.decide(&[set]) {
                Ok(_) => assert_eq!(kind, own),
                Err(error) => {
                    assert!(kind != own && error == DecideError::WrongResourceKind, "{kind:?} {own:?}")
                }
            }
            let mut stated = case.request.clone();
            stated.resource_kind = Some(*kind);
            assert_eq!(stated.prepare().is_ok(), kind == own, "{kind:?} {own:?}");
        }
    }
}

// R-GEN-3
#[test]
fn a_decision_that_takes_too_much_work_is_an_error_and_never_an_allow() {
    let asked = given().identity(allow("s3:*", "arn:aws:s3:::*/*"));
    let told = |budget| asked.told_with(&Beyond { budget, ..Beyond::default() });
    let enough = (1..10_000).find(|budget| matches!(told(*budget), Told::Decided(_))).expect("a budget");
    assert!(enough > 1);
    for budget in 1..enough {
        is_malformed(&told(budget), "more work");
    }
    for budget in [0, enough, enough + 1, u64::MAX] {
        assert!(
            matches!(told(budget), Told::Decided(details) if details.effect == Effect::Allow),
            "{budget}"
        );
    }
}
