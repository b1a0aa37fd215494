//! Tests of `search`: the standard library is the twin.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

use super::super::STAR;
use super::super::tests::{Random, hostile, strings, take_work};
use super::*;

/// The whole of a search: what [`find`] leaves open is found by the standard library.
fn found(needle: &[u8], text: &str) -> Option<usize> {
    match find(needle, text.as_bytes(), &mut Budget::new(1 << 30)).unwrap() {
        Found::At(at) => Some(at),
        Found::Nowhere => None,
        Found::NotBefore(at) => {
            assert!(needle.len() <= LONG);
            let needle = str::from_utf8(needle).unwrap();
            text.match_indices(needle).map(|(found, _)| found).find(|found| *found >= at)
        }
    }
}

#[test]
fn both_searches_find_what_the_standard_library_finds() {
    let check = |needle: &str, text: &str| {
        let expected = text.find(needle);
        assert_eq!(found(needle.as_bytes(), text), expected, "{needle:?} {text:?}");
        if !needle.is_empty() {
            assert_eq!(find_two_way(needle.as_bytes(), text.as_bytes()), expected, "{needle:?} {text:?}");
        }
    };
    let short = strings(&[b"a", b"b", b"c"], 5);
    let long = strings(&[b"a", b"b"], 10);
    for needle in &short {
        for text in &long {
            check(str::from_utf8(needle).unwrap(), str::from_utf8(text).unwrap());
        }
    }
    let mut random = Random(9);
    for round in 0..100_000 {
        let alphabet: &[&str] = [&["a", "b"][..], &["a", "a", "a", "b"], &["a", "b", "c", "é"]][round % 3];
        let length = random.below(300);
        let mut text = random.text(alphabet, length);
        if round % 4 == 0 {
            text = text.repeat(3);
        }
        let mut needle = if round % 2 == 0 {
            let count = text.chars().count() + 1;
            let (skip, take) = (random.below(count), random.below(60));
            text.chars().skip(skip).take(take).collect()
        } else {
            let length = random.below(20);
            random.text(alphabet, length)
        };
        check(&needle, &text);
        needle = needle.repeat(2);
        check(&needle, &text);
        needle.push('b');
        check(&needle, &text);
    }
}

#[test]
fn both_searches_are_linear_in_needle_and_text() {
    let (patterns, texts) = hostile();
    for needle in patterns.iter().flat_map(|pattern| pattern.split(|byte| *byte == STAR)) {
        if needle.is_empty() {
            continue;
        }
        for text in &texts {
            let expected = text.find(str::from_utf8(needle).unwrap());
            let linear = needle.len() + text.len();
            take_work();
            assert_eq!(found(needle, text), expected);
            let work = take_work();
            assert!(work <= 6 * linear + 64, "{work} for {linear}");
            take_work();
            assert_eq!(find_two_way(needle, text.as_bytes()), expected);
            let work = take_work();
            assert!(work <= 4 * needle.len() + 3 * text.len(), "{work} for {linear}");
        }
    }
}

#[test]
fn a_cut_is_critical_when_its_local_period_is_the_period() {
    for needle in strings(&[b"a", b"b", b"c"], 8) {
        if needle.is_empty() {
            continue;
        }
        let n = needle.len();
        let (cut, suffix_period) = critical_position(&needle);
        let has_period = |text: &[u8], period: usize| text.iter().zip(&text[period..]).all(|(a, b)| a == b);
        let period = (1..=n).find(|period| has_period(&needle, *period)).unwrap();
        // The local period: the shortest square centred on the cut, as far as the needle reaches.
        let local = (1..=n)
            .find(|length| {
                (cut.saturating_sub(*length)..cut)
                    .all(|i| needle.get(i + length).is_none_or(|b| *b == needle[i]))
            })
            .unwrap();
        assert_eq!(local, period, "{needle:?} cut at {cut}");
        assert!(cut < period);
        let suffix = &needle[cut..];
        assert_eq!((1..=suffix.len()).find(|p| has_period(suffix, *p)).unwrap(), suffix_period);
    }
}

#[test]
fn a_byte_is_found_first_and_last_at_every_distance_and_its_neighbours_are_not() {
    for byte in [0, 1, b'a', 0x7F, 0x80, 0x81, 0xFE, 0xFF] {
        for length in 0..40 {
            for other in [byte ^ 1, byte ^ 0x80, byte.wrapping_add(1), byte.wrapping_sub(1)] {
                let mut text = vec![other; length];
                assert_eq!((find_byte(byte, &text), find_last_byte(byte, &text)), (None, None));
                for at in (0..length).rev() {
                    text[at] = byte;
                    assert_eq!(find_byte(byte, &text), Some(at));
                    assert_eq!(find_last_byte(byte, &text), Some(length - 1));
                }
                for at in (0..length).rev() {
                    assert_eq!(find_last_byte(byte, &text), Some(at));
                    text[at] = other;
                }
            }
        }
    }
}

#[test]
fn what_is_common_ends_at_the_first_difference() {
    for length in 0..40 {
        let a = vec![b'a'; length];
        for longer in [0, 1, 9] {
            let mut b = vec![b'a'; length + longer];
            assert_eq!((common_prefix(&a, &b), common_prefix(&b, &a)), (length, length));
            for at in (0..length).rev() {
                b[at] = 0xE1;
                assert_eq!((common_prefix(&a, &b), common_prefix(&b, &a)), (at, at));
            }
        }
    }
}
