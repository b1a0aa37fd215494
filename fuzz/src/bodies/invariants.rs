//! What must hold of any decision, whatever it is.
//!
//! - An added Deny never turns a denial into an Allow, and an added Allow never an Allow into a denial.
//! - Without one of its policies, a level of service control policies never allows more. (A policy that denies is
//!   another matter: without it, more is allowed.)
//! - The order of statements, policies, members and values never matters.
//! - The index decides as looking at every statement does, by the same statement.

use iamlet::evaluate::decision::Effect;
use iamlet::image::set::PolicySet;
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
    if let Some(less) = changes::without_scp(&mut rng, &case) {
        compare(&before, &less, |before, after| after != Rank::Allow || before == Rank::Allow);
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
