//! What must hold of any decision, whatever it is.
//!
//! - An added Deny never turns a denial into an Allow, and an added Allow never an Allow into a denial.
//! - Without one of its policies, a level of service control policies never allows more. (A policy that denies is
//!   another matter: without it, more is allowed.)
//! - The order of statements, policies, members and values never matters.
//! - The index decides as looking at every statement does, by the same statement.
//! - Every way of deciding comes to the same: one set or several, with an index and without, in one piece and with
//!   items, whose sets hold the resource's side or not (`ways`).
//! - A malformed request is never allowed, nor is an item beside a request that it contradicts (`malformed`).
//! - A Deny more never allows, in any layer, present or not, and an Allow fewer never allows (`policies`).

mod malformed;
mod policies;
mod reached;
mod ways;

pub use reached::take as take_reached;

use iamlet::{Effect, PolicySet};
use iamlet_cases::{Case, Outcome};
use serde_json::Value;

use crate::changes;
use crate::naive::generate::Rng;

/// The input is the tape of random numbers from which a case and its changes are made.
pub fn invariants(tape: &[u8]) {
    let mut rng = Rng::of_tape(tape);
    let case = changes::case(&mut rng);
    let Ok(read) = Case::read(&case) else { return };
    index_is_scan(&read);
    let before = read.outcome();
    let other = changes::shuffled(&mut rng, &case);
    assert_eq!(outcome(&other).name(), before.name(), "{case}\nin another order: {other}");
    if matches!(before, Outcome::InvalidPolicy(_)) {
        return;
    }
    for _ in 0..2 {
        if let Some(denying) = changes::with_statement(&mut rng, &case, "Deny") {
            compare(&before, &denying, |before, after| {
                (after != Rank::Allow || before == Rank::Allow)
                    && (before != Rank::Explicit || after == before)
            });
        }
        if let Some(allowing) = changes::with_statement(&mut rng, &case, "Allow") {
            compare(&before, &allowing, |before, after| {
                (before != Rank::Allow || after == before)
                    && (before == Rank::Explicit) == (after == Rank::Explicit)
            });
        }
    }
    in_every_way(&mut rng, &read, &before);
    if let Some(less) = changes::without_scp(&mut rng, &case) {
        compare(&before, &less, |before, after| after != Rank::Allow || before == Rank::Allow);
    }
}

/// Malformed requests, and what policies may do, in every way of deciding.
fn in_every_way(rng: &mut Rng, case: &Case, before: &Outcome) {
    let answer = ways::every_way(rng, case).expect("no document is refused");
    let allows = *before == Outcome::Decided(Effect::Allow);
    assert_eq!(answer.allows(), allows, "{before:?} {answer:?}: {case:#?}");
    reached::count(if allows { "allowed" } else { "denied" });
    if case.request.prepare().is_ok() {
        for _ in 0..3 {
            malformed::malformed(rng, &case.request);
        }
        malformed::item_of_another(rng, case);
    }
    for _ in 0..2 {
        policies::a_deny_more(rng, case, answer);
        policies::an_allow_fewer(rng, case, answer);
    }
}

/// What a case comes to; a request that is malformed is implicitly denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    Explicit,
    Implicit,
    Allow,
}

fn rank(outcome: &Outcome) -> Option<Rank> {
    match outcome {
        Outcome::Decided(Effect::Allow) => Some(Rank::Allow),
        Outcome::Decided(Effect::ExplicitDeny) => Some(Rank::Explicit),
        Outcome::Decided(Effect::ImplicitDeny) | Outcome::Malformed(_) => Some(Rank::Implicit),
        Outcome::InvalidPolicy(_) => None,
    }
}

fn outcome(case: &Value) -> Outcome {
    Case::read(case).expect("a case as before").outcome()
}

/// What the changed case comes to is as it may be. A change that makes a document illegal proves nothing.
fn compare(before: &Outcome, changed: &Value, may_be: impl Fn(Rank, Rank) -> bool) {
    let after = outcome(changed);
    if let (Some(old), Some(new)) = (rank(before), rank(&after)) {
        assert!(may_be(old, new), "{before:?} became {after:?}: {changed}");
    }
}

fn index_is_scan(case: &Case) {
    let (Ok(compiled), Ok(prepared)) = (case.compile_indexed(), case.request.prepare()) else { return };
    let set = PolicySet::open(&compiled.set).expect("a set that was built opens");
    // There is no scan of a request about several resources: a set without an index stands for it.
    let plain = case.compile().expect("a set");
    let plain = PolicySet::open(&plain.set).expect("a set that was built opens");
    let scanned = match prepared.items {
        None => prepared.decide_by_scan(&[set]),
        Some(_) => prepared.decide(&[plain]),
    };
    assert_eq!(prepared.decide(&[set]), scanned);
    assert_eq!(prepared.decide(&[plain]), scanned);
}
