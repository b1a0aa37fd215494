//! Duplicate names against those that random texts were written with, and against the vectors.
#![allow(clippy::unwrap_used)]

use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use super::{Slot, find};
use crate::parse::json::gate::check;
use crate::parse::json::gate::samples::{Random, Sample, damage, rounds, vectors};
use crate::parse::json::text::Decoded;
use crate::parse::json::tokens::JsonTokens;
use zerocopy::little_endian::U32;

const EMPTY: Slot = Slot { name: U32::ZERO, hash: U32::ZERO, before: U32::ZERO };

/// An object with these names, each with the value 0.
fn object(names: impl Iterator<Item = String>) -> String {
    let members: Vec<_> = names.map(|name| format!("\"{name}\":0")).collect();
    ["{", &members.join(","), "}"].concat()
}

#[test]
fn a_duplicate_is_found_if_and_only_if_there_is_one() {
    let mut random = Random(11);
    let mut found = 0;
    // What the table holds on entry does not matter.
    let mut table = [Slot { name: U32::new(7), hash: U32::new(7), before: U32::new(7) }; 64];
    for _ in 0..rounds(40_000) {
        let Sample { text, duplicates, .. } = Sample::new(&mut random);
        match find(&text, &mut table) {
            None => assert!(duplicates.is_empty(), "{}", text.escape_ascii()),
            Some(offset) => {
                assert!(duplicates.contains(&offset), "{} at {offset}", text.escape_ascii());
                found += 1;
            }
        }
    }
    assert!(found > rounds(4_000), "{found}");
}

#[test]
fn the_vectors_repeat_a_name_where_they_say() {
    let vectors = vectors(&["JSON_DUPLICATE_KEY"]);
    assert!(vectors.len() >= 5);
    for vector in vectors {
        check(&vector.policy, 8, true).unwrap();
        // A vector without an offset repeats an operator in another case, which is no matter of JSON.
        assert_eq!(find(&vector.policy, &mut [EMPTY; 64]), vector.offset, "{}", vector.id);
    }
}

#[test]
fn names_repeat_within_one_object_and_after_unescaping() {
    for (json, expected) in [
        (r#"{"a":{"a":{"a":"a"}},"b":["a","a",{"a":1},{"a":1}]}"#, None),
        (r#"{"a":1,"A":1}"#, None),
        (r#"["a","a"]"#, None),
        (r#"{"a":"a","b":"a"}"#, None),
        (r#"[[{"a":[{},","],"b":{},"\u0061":1}]]"#, Some(23)),
        (r#"{"":1,"":1}"#, Some(6)),
        (r#"{"a\"":1,"\u0061\u0022":1}"#, Some(9)),
        ("7", None),
        ("", None),
    ] {
        assert_eq!(find(json.as_bytes(), &mut [EMPTY; 8]), expected, "{json}");
    }
}

#[test]
fn a_large_object_fits_in_twice_as_many_slots() {
    let numbers = (0..1_000).map(|number| number.to_string());
    let once = object(numbers.clone());
    let twice = object(numbers.chain(["\\u0039\\u00399".to_string()]));
    let mut table = vec![EMPTY; 2_048];
    assert_eq!(find(once.as_bytes(), &mut table), None);
    assert_eq!(find(twice.as_bytes(), &mut table), twice.find("\"\\u0039"));
}

#[test]
fn a_table_too_small_loses_duplicates_and_nothing_else() {
    let once = object((0..1_000).map(|number| number.to_string()));
    for slots in 0..70 {
        assert_eq!(find(once.as_bytes(), &mut vec![EMPTY; slots]), None, "{slots} slots");
    }
    assert_eq!(find(br#"{"a":1,"a":1}"#, &mut []), None);
    assert_eq!(find(br#"{"a":1,"a":1}"#, &mut [EMPTY]), Some(7));
    assert_eq!(find(br#"{"a":1,"b":1,"b":1}"#, &mut [EMPTY]), None);
}

#[test]
fn names_that_meet_in_one_slot_stay_apart() {
    // Every slot is taken, so that the last names probe past many others.
    let names = object((0..64).map(|number| format!("Statement{number}")));
    assert_eq!(find(names.as_bytes(), &mut [EMPTY; 64]), None);
    let long = object(["x".repeat(1_000), "\\u0078".repeat(1_000)].into_iter());
    assert_eq!(find(long.as_bytes(), &mut [EMPTY; 4]), Some(1_006));
    let longer = object(["x".repeat(1_000), "\\u0078".repeat(1_001)].into_iter());
    assert_eq!(find(longer.as_bytes(), &mut [EMPTY; 4]), None);
}

#[test]
fn any_bytes_have_an_answer_in_bounded_time() {
    let mut random = Random(12);
    let mut table = [EMPTY; 16];
    for _ in 0..rounds(40_000) {
        let mut text = Sample::new(&mut random).text;
        damage(&mut text, &mut random);
        if let Some(offset) = find(&text, &mut table) {
            assert_eq!(text.get(offset), Some(&b'"'));
        }
    }
    // A reading of the rest for each brace would be 10^10 steps.
    assert_eq!(find("{\"\":".repeat(100_000).as_bytes(), &mut table), None);
}

/// The stupid twin: each object, in the order in which they start, and each name against all before it.
fn twin(json: &[u8]) -> Option<usize> {
    let tokens: Vec<_> = JsonTokens::new(json).collect();
    (0..tokens.len()).filter(|at| tokens[*at].first() == b'{').find_map(|opened| {
        let (mut depth, mut names) = (0, Vec::new());
        for (at, token) in tokens.iter().enumerate().skip(opened) {
            match token.first() {
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 1 => break,
                b'}' | b']' => depth -= 1,
                b'"' if depth == 1 && tokens[at + 1].first() == b':' => {
                    let name: Vec<u8> = Decoded::new(token.inner()).collect();
                    if names.contains(&name) {
                        return Some(token.start);
                    }
                    names.push(name);
                }
                _ => {}
            }
        }
        None
    })
}

/// An object of objects with names of few letters.
fn nested(random: &mut Random, depth: usize, out: &mut String) {
    out.push('{');
    for member in 0..random.below(4) {
        if member > 0 {
            out.push(',');
        }
        let name = ["a", "b", "c", "d", "\\u0061", "e", "f"][random.below(7)];
        out.push_str(&format!("\"{name}\":"));
        match random.below(3) {
            0 => out.push('7'),
            1 if depth < 7 => {
                out.push('[');
                nested(random, depth + 2, out);
                out.push(']');
            }
            _ if depth < 8 => nested(random, depth + 1, out),
            _ => out.push_str("null"),
        }
    }
    out.push('}');
}

#[test]
fn of_several_duplicates_the_one_whose_object_starts_first_is_found_first() {
    assert_eq!(find(br#"{"a":{"x":1,"x":2},"b":0,"b":1}"#, &mut [EMPTY; 16]), Some(25));
    let mut random = Random(13);
    let (mut found, mut table) = (0, [EMPTY; 128]);
    for _ in 0..rounds(20_000) {
        let mut text = String::new();
        nested(&mut random, 1, &mut text);
        let expected = twin(text.as_bytes());
        assert_eq!(find(text.as_bytes(), &mut table), expected, "{text}");
        found += usize::from(expected.is_some());
    }
    assert!(found > rounds(1_000), "{found}");
}
