//! Tests of `places`: trying one place after the other is the twin.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use super::super::tests::{Random, Values, pattern};
use super::*;
use crate::ground::wildcard::segments::{Easily, find_easily, find_together};

/// What is left of `text` after the first place where `segment` is, `$0` being `value`: the stupid twin.
fn naive(segment: &str, value: &str, text: &str) -> Option<String> {
    let segment: Vec<char> = segment.replace("$0", value).chars().collect();
    let text: Vec<char> = text.chars().collect();
    let starts = 0..(text.len() + 1).checked_sub(segment.len())?;
    let is_at = |start: &usize| {
        segment.iter().zip(text.iter().skip(*start)).all(|(own, other)| *own == '?' || own == other)
    };
    starts.into_iter().find(is_at).map(|start| text.iter().skip(start + segment.len()).collect())
}

fn agrees_with_naive(segment: &str, value: &str, text: &str) -> bool {
    let expected = naive(segment, value, text);
    let written = pattern(segment);
    let values = [Some(value)];
    let values = Values(&values);
    let mut budget = Budget::new(1 << 40);
    let found = find_together(&written, text.as_bytes(), &values, &mut budget).unwrap();
    assert_eq!(found, expected.as_ref().map(String::as_bytes), "{segment:?} {value:?} {text:?}");
    let found = match find_easily(&written, text.as_bytes(), &values, &mut budget).unwrap() {
        Easily::Found(found) => found,
        Easily::NotBefore(text) => find_together(&written, text, &values, &mut budget).unwrap(),
    };
    assert_eq!(found, expected.as_ref().map(String::as_bytes), "{segment:?} {value:?} {text:?}");
    expected.is_some()
}

#[test]
fn a_segment_is_found_at_every_place_and_nowhere_else() {
    for (own, other) in [("a", "b"), ("é", "b"), ("a", "é"), ("é", "è"), ("é", "ã"), ("€", "é"), ("𝄞", "𝄢")]
    {
        for places in [0, 1, 31, 32, 33, 63, 64, 65, 254, 255, 256, 257, 319, 320, 321, 511, 512, 513] {
            let before = other.repeat(places);
            for after in ["", "b", "é", "bbbbbbbbbbbbbbbbbbbb"] {
                let text = format!("{before}{own}{after}");
                for segment in [own.to_owned(), format!("{own}?"), format!("?{own}"), format!("{own}?b")] {
                    agrees_with_naive(&segment, "", &text);
                }
                agrees_with_naive("$0", own, &text);
                agrees_with_naive("?$0?", own, &text);
            }
        }
    }
}

#[test]
fn the_length_of_a_segment_makes_no_difference() {
    for (own, rest) in [("a", "a"), ("a", "?"), ("é", "?"), ("€", "€"), ("a?", "a"), ("é?", "a"), ("€?", "?")]
    {
        for count in [1, 2, 15, 16, 17, 31, 32, 33, 62, 63, 64, 65, 66, 127, 128, 129, 200] {
            let segment = own.repeat(count) + rest;
            let text = own.replace('?', "€").repeat(count);
            for before in [0, 1, 200, 256, 300] {
                for end in ["", "a", "é", "€", "aa"] {
                    agrees_with_naive(&segment, "", &format!("{}{text}{end}", "x".repeat(before)));
                    agrees_with_naive(&segment, "", &format!("{}{text}{end}", "è".repeat(before)));
                    agrees_with_naive("$0?", &segment.replace('?', "é"), &format!("{text}{end}"));
                }
            }
        }
    }
}

#[test]
fn random_segments_are_found_where_the_naive_search_finds_them() {
    let mut random = Random(7);
    let mut hits = 0;
    for round in 0..30_000 {
        let alphabet: &[&str] = [
            &["a", "b"][..],
            &["a", "a", "a", "a", "a", "a", "b"],
            &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"],
            &["a", "é", "è", "€", "𝄞"],
            &["a", "a", "a", "a", "a", "a", "é"],
            &["é", "é", "é", "é", "ê"],
        ][round % 6];
        let length = random.below(if round % 5 == 0 { 900 } else { 90 });
        let mut text = random.text(alphabet, length);
        if round % 3 == 0 {
            // Patterns of a text that repeats itself fit almost everywhere.
            let count = 1 + random.below(8);
            text = text.chars().take(40).collect::<String>().repeat(count);
        }
        let chars: Vec<char> = text.chars().collect();
        let (skip, take) =
            (random.below(chars.len() + 1), random.below(if round % 4 == 0 { 200 } else { 20 }));
        let mut segment: Vec<char> = chars.iter().skip(skip).take(take).copied().collect();
        for letter in &mut segment {
            match random.below(12) {
                0..3 => *letter = '?',
                3 if round % 7 == 0 => *letter = 'a',
                _ => {}
            }
        }
        if round % 2 == 0 {
            segment.push('b');
        }
        let mut segment: String = segment.into_iter().collect();
        let value_len = random.below(4);
        let value = random.text(alphabet, value_len);
        if round % 11 == 0 {
            segment = segment.replace('a', "$0");
        }
        hits += u32::from(agrees_with_naive(&segment, &value, &text));
    }
    assert!((5_000..25_000).contains(&hits), "{hits} were found");
}

#[test]
fn any_bytes_end() {
    let mut random = Random(8);
    let bytes = [b'a', 0, 0x80, 0xBF, 0xC3, 0xE2, 0xF0, 0xFC, 0xFD, ONE, 0xFF];
    for _ in 0..20_000 {
        let mut any = |most: usize| -> Vec<u8> {
            let length = random.below(most);
            (0..length).map(|_| bytes[random.below(bytes.len())]).collect()
        };
        let (segment, text) = (any(150), any(700));
        let mut budget = Budget::new(1 << 20);
        assert!(find_together(&segment, &text, &Values(&[]), &mut budget).is_ok());
    }
}
