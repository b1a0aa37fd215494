//! What matching charges to the budget, step by step: a step that were free could be taken without end.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test may panic")]

use super::tests::{Values, pattern, spend_on};
use super::*;

const VALUES: Values<'_> = Values(&[Some("abc"), Some("é")]);

#[test]
fn a_match_is_charged_for_each_byte_and_each_token() {
    for (written, text, steps) in [
        // Until the first byte that differs, and that one.
        ("a", "b", 1),
        ("abc", "abd", 3),
        ("abc", "abc", 4),
        ("ab*", "abcdef", 3),
        // And again from the first token on.
        ("???", "abc", 1 + 3 + 1),
        ("$0", "abc", 1 + 1 + (LOOK_UP + 3) + 1),
        ("$0", "ab", 1 + 1 + (LOOK_UP + 2)),
        ("x$0?", "xabcd", 2 + 1 + (LOOK_UP + 3) + 1 + 1),
        // What follows a star is looked through for tokens.
        ("*b", "ab", 1 + 1 + 2),
        // A literal is charged where it is looked for, and for each place that is tried.
        ("*b*", "abc", 1 + 1 + 2 + 3 + 2),
        ("*bb*", "abcbb", 1 + 1 + 2 + 3 + 2 + 2),
        // With other tokens behind it, the end of the pattern is measured, then matched against that of the text.
        ("*?", "ab", 1 + 1 + 2 + 1 + 1 + 2),
        ("*a$0", "xaabc", 1 + 1 + 2 + (2 + LOOK_UP + 3) + 4 + (2 + LOOK_UP + 3 + 1)),
        // Pieces before that are looked for; those that are no literal are matched, from each place that they can begin at.
        ("*bc*?", "abcxd", 1 + 1 + 2 + 1 + 1 + 2 + (3 + 2)),
        ("*b?c*", "abbxc", 1 + 1 + 2 + 3 + (2 + 1) + (2 + 2)),
    ] {
        assert_eq!(spend_on(&pattern(written), text, &VALUES).1, steps, "{written} {text}");
    }
}

#[test]
fn equality_is_charged_for_each_byte_and_each_variable() {
    let spent = |written: &str, text: &str| {
        let mut budget = Budget::new(1_000);
        equals_ignore_ascii_case(&pattern(written), text.as_bytes(), &VALUES, &mut budget).unwrap();
        1_000 - budget.left() as usize
    };
    for (written, text, steps) in [
        ("", "", 1),
        ("a", "b", 2),
        ("ab", "AB", 3),
        ("x$0", "xABC", 2 + (LOOK_UP + 3) + 1),
        ("$0", "AB", 1 + (LOOK_UP + 2)),
    ] {
        assert_eq!(spent(written, text), steps, "{written} {text}");
    }
}

#[test]
fn each_look_up_for_unresolved_variables_is_charged() {
    for count in 0..9 {
        let pattern = variable_token(0).unwrap().repeat(count);
        let mut budget = Budget::new(1_000);
        assert_eq!(unresolved(&pattern, &VALUES, &mut budget), Ok(false));
        assert_eq!(1_000 - budget.left() as usize, 1 + 3 * count / 16 + count * LOOK_UP, "{count} variables");
    }
}
