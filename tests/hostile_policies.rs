//! One tenant's policy in a set of many, written to make the others' decisions dear: it adds a few searches to them, and
//! nothing that grows with its size.

#[allow(dead_code, reason = "the benchmarks use all of it")]
#[path = "../benches/workloads/src/hostile.rs"]
mod hostile;

use hostile::{ATTACKS, Attack, LARGEST, OPENING};
use iamlet::evaluate::decide_by_scan;
use iamlet::ground::hash::prefix;
use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    CompileOptions, ContextEntry, Effect, Layer, Layers, Levels, PolicyKind, PolicySet, Principal, Request,
    RequestInput, Resource, SetPolicy, decide,
};
use iamlet_cases::compile_document;

const TENANTS: usize = 2_000;
const VICTIM: usize = 1_234;

/// A set of the tenants' policies and one more.
fn set_with(policy: &str) -> Vec<u8> {
    let compile = |text: &str| {
        compile_document(text.as_bytes(), PolicyKind::Identity, CompileOptions::default())
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
    };
    let mut images: Vec<Vec<u8>> = (0..TENANTS).map(|tenant| compile(&hostile::honest(tenant))).collect();
    images.push(compile(policy));
    let list = images.iter().map(|image| SetPolicy { image, layer: Layer::Identity, level: 0, tag: 0 });
    let size = set_writer::size(list.clone(), Levels::default()).expect("a size");
    let mut set = vec![0; size];
    let used = set_writer::build(list, Levels::default(), &mut set).expect("a set");
    set.truncate(used);
    set
}

fn prepared(arn: &str, budget: u64) -> Vec<u8> {
    let input = RequestInput::new(
        Principal::user("arn:aws:iam::111122223333:user/alice"),
        "s3:GetObject",
        Resource::owned_by(arn, "111122223333"),
    )
    .absent(!Layers::IDENTITY)
    .budget(budget)
    .context(&[] as &[ContextEntry<'_>]);
    let mut memory = vec![0; input.size().expect("a size")];
    prepare_request(&input, &mut memory).expect("a request");
    memory
}

/// The steps of a decision: the least budget that it is made with. It is that of looking at every statement.
fn steps(set: PolicySet<'_>, arn: &str, effect: Effect) -> u64 {
    let is_enough = |budget| {
        let request = prepared(arn, budget);
        decide(&[set], Request::open(&request).expect("a request")).is_ok()
    };
    let whole = prepared(arn, 0);
    let whole = Request::open(&whole).expect("a request");
    let decision = decide(&[set], whole);
    assert_eq!(decision, decide_by_scan(&[set], whole));
    assert_eq!(decision.expect("a decision").effect, effect);
    let (mut too_few, mut enough) = (0, 1 << 24);
    while enough - too_few > 1 {
        let middle = u64::midpoint(too_few, enough);
        *if is_enough(middle) { &mut enough } else { &mut too_few } = middle;
    }
    enough
}

/// What the victim's decisions take: one allowed, one denied.
fn victims_steps(set: &[u8]) -> [u64; 2] {
    let set = PolicySet::open(set).expect("a set");
    assert!(set.has_index());
    let own = format!("{}report", hostile::beginning(VICTIM));
    let other = own.replace("/home/", "/away/");
    [steps(set, &own, Effect::Allow), steps(set, &other, Effect::ImplicitDeny)]
}

/// The steps that another's policy may add to a decision, whatever its size: those of trees that it opens, of lengths that
/// it adds to them, and of hashes that it makes collide.
fn most(attack: Attack) -> u64 {
    match attack {
        Attack::Keys | Attack::OneKey | Attack::Actions => 6,
        // Six trees of eight lengths each, and at each the halvings of those that collide.
        Attack::CollidingEverything => 120,
        _ => 36,
    }
}

#[test]
fn anothers_policy_costs_a_decision_a_few_searches_whatever_its_size() {
    let ordinary = victims_steps(&set_with(&hostile::honest(TENANTS)));
    assert!(ordinary.iter().all(|steps| *steps < 100), "{ordinary:?}");
    for attack in ATTACKS.into_iter().chain(OPENING) {
        for bytes in [LARGEST, 60_000] {
            let policy = hostile::hostile(attack, &hostile::beginning(VICTIM), bytes);
            assert!(policy.len() <= bytes && policy.len() > 3_000, "{attack:?}: {} bytes", policy.len());
            let steps = victims_steps(&set_with(&policy));
            println!("{attack:?}, {} bytes: {steps:?}, was {ordinary:?}", policy.len());
            for (steps, ordinary) in steps.into_iter().zip(ordinary) {
                assert!(steps <= ordinary + most(attack), "{attack:?}: {steps} steps, not {ordinary}");
            }
        }
    }
}

/// Else the collisions would be none.
#[test]
fn the_colliding_texts_have_the_hash_of_the_victims() {
    let victim = hostile::beginning(VICTIM);
    let texts = hostile::colliding(&victim, 300);
    for text in &texts {
        assert_eq!(prefix::hash(text.as_bytes()), prefix::hash(victim.as_bytes()), "{text}");
        assert_eq!(text.len(), victim.len());
    }
    let mut distinct = texts;
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 300);
    assert!(hostile::hostile(Attack::Collisions, &victim, LARGEST).matches("bad").count() > 150);
}
