//! Organizations, policies and requests: the engine decides as the naive evaluator does.

use iamlet::PolicyKind;
use iamlet_cases::{Case, compile_document, options_of};

use crate::changes;
use crate::naive::generate::{self, Rng};
use crate::naive::{self, Outcome};

/// The input is the tape of the generator's random numbers; its first byte chooses between cases and documents.
pub fn decide_vs_naive(input: &[u8]) {
    let Some((form, tape)) = input.split_first() else { return };
    let mut rng = Rng::of_tape(tape);
    if form % 8 == 7 {
        return document(&mut rng);
    }
    let case = changes::case(&mut rng);
    let expected = naive::decide(&case);
    match Case::read(&case) {
        Ok(read) => assert_eq!(read.outcome().name(), expected.as_str(), "{case}"),
        // Reading is stricter about what a case file is than the naive evaluator; it must not hide an Allow.
        Err(error) => assert_ne!(expected, Outcome::Allow, "{error}: {case}"),
    }
}

fn document(rng: &mut Rng) {
    let (kind, text, options) = generate::document(rng);
    let expected = naive::check(&kind, &text, &options);
    let kind = kind.parse::<PolicyKind>().expect("a kind");
    let options = options_of(Some(&options)).expect("options");
    let compiled = compile_document(&text, kind, options);
    assert_eq!(
        compiled.is_ok(),
        expected.is_ok(),
        "{kind:?} {}: {compiled:?} {expected:?}",
        text.escape_ascii()
    );
}
