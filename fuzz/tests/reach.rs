//! The seeds reach what they are for: those of `invariants` hold each invariant against something, often.

use iamlet::CompileOptions;
use iamlet_cases::compile_document;
use iamlet_fuzz::bodies;
use iamlet_fuzz::seeds;

/// How often at least: a half or less of what it was when this was written.
const OFTEN: [(&str, u64); 38] = [
    ("allowed", 300),
    ("denied", 400),
    ("deny more: denied before", 800),
    ("deny more: denied by it", 400),
    ("deny more: allowed before and after", 100),
    ("deny more, denied before: in a policy", 100),
    ("deny more, denied before: in a new policy", 40),
    ("deny more, denied before: in a new level", 3),
    ("deny more, denied before: in a new layer", 500),
    ("deny more, denied before: in a layer that is declared absent", 40),
    ("allow fewer: denied before", 800),
    ("allow fewer: denied without it", 400),
    ("allow fewer: allowed before and after", 100),
    ("allow fewer, denied before: a statement", 150),
    ("allow fewer, denied before: a policy", 100),
    ("allow fewer, denied before: the last policy of a layer", 400),
    ("allow fewer, denied before: the last policy of a level", 40),
    ("malformed: account", 100),
    ("malformed: action", 80),
    ("malformed: action of a federated identity", 2),
    ("malformed: clock", 80),
    ("malformed: derived key", 150),
    ("malformed: too long", 80),
    ("malformed: key without a name", 80),
    ("malformed: kind", 100),
    ("malformed: no ARN", 100),
    ("malformed: owner", 80),
    ("malformed: owner of the ARN", 30),
    ("malformed: partition", 150),
    ("malformed: principal type", 100),
    ("malformed: provider", 5),
    ("malformed: role ARN", 50),
    ("malformed: role as principal", 100),
    ("malformed: service-linked", 50),
    ("malformed: time", 5),
    ("item of another: federated identity", 100),
    ("item of another: kind", 200),
    ("item of another: partition", 200),
];

#[test]
fn seeds_reach_what_the_invariants_are_about() {
    bodies::take_reached();
    for input in seeds::of("invariants", &[]).iter().chain(&seeds::kept("invariants")) {
        bodies::invariants(input);
    }
    let reached = bodies::take_reached();
    for (what, count) in &reached {
        println!("{count:6} {what}");
    }
    for (what, least) in OFTEN {
        let count = reached.get(what).copied().unwrap_or(0);
        assert!(count >= least, "{what}: {count} times, of {least}");
    }
}

/// The documents are legal, whether they allow or deny.
#[test]
fn forms_are_legal() {
    for pair in seeds::forms().collect::<Vec<_>>().chunks(2) {
        let (kind, text) = &pair[0];
        let errors: Vec<_> = pair
            .iter()
            .filter_map(|(kind, text)| compile_document(text, *kind, CompileOptions::default()).err())
            .collect();
        assert!(errors.is_empty(), "{kind:?} {}: {errors:?}", text.escape_ascii());
    }
}
