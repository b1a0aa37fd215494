//! Pointers against those that random texts were written with, and against the vectors.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::string::String;
use std::vec::Vec;

use super::{JsonTokens, Step, innermost_names, line_column, line_column_after, path_to, write_pointer};
use crate::parse::json::gate::samples::{Random, Sample, damage, rounds, vectors};

fn pointer(json: &[u8], offset: usize) -> String {
    let mut pointer = Vec::new();
    write_pointer(json, offset, &mut |piece| pointer.extend_from_slice(piece));
    String::from_utf8(pointer).unwrap()
}

#[test]
fn every_byte_of_a_text_has_the_pointer_it_was_written_with() {
    let mut random = Random(8);
    for _ in 0..rounds(1_000) {
        let Sample { text, pointers, depth, .. } = Sample::new(&mut random);
        assert!(depth < super::DEEPEST + 1);
        for (offset, expected) in pointers.iter().enumerate() {
            assert_eq!(pointer(&text, offset), expected.as_ref(), "{} at {offset}", text.escape_ascii());
        }
        assert_eq!(pointer(&text, text.len()), "");
        assert_eq!(pointer(&text, usize::MAX), "");
    }
}

#[test]
fn what_follows_a_container_s_bracket_does_not_change_its_pointer() {
    let mut random = Random(9);
    for _ in 0..rounds(4_000) {
        let Sample { text, pointers, .. } = Sample::new(&mut random);
        for bracket in JsonTokens::new(&text).filter(|token| b"{[".contains(&token.first())) {
            assert_eq!(pointer(&text[..bracket.end()], bracket.start), pointers[bracket.start].as_ref());
        }
    }
}

#[test]
fn the_vectors_have_their_pointers() {
    let vectors = vectors(&["JSON_DEPTH", "JSON_DUPLICATE_KEY"]);
    assert!(vectors.len() >= 5);
    for vector in vectors {
        if let Some(offset) = vector.offset {
            assert_eq!(pointer(&vector.policy, offset), vector.at, "{}", vector.id);
        }
    }
}

#[test]
fn a_place_stands_for_the_innermost_value_around_it() {
    let json = br#" {"a~/" : [10, {"\u0062":"c"}, [ ]], "":{}} "#;
    for (place, text, expected) in [
        (0, " ", ""),
        (1, "{", ""),
        (2, "\"", "/a~0~1"),
        (5, "/", "/a~0~1"),
        (8, ":", ""),
        (10, "[", "/a~0~1"),
        (12, "0", "/a~0~1/0"),
        (13, ",", "/a~0~1"),
        (15, "{", "/a~0~1/1"),
        (16, "\"", "/a~0~1/1/b"),
        (24, ":", "/a~0~1/1"),
        (26, "c", "/a~0~1/1/b"),
        (28, "}", "/a~0~1/1"),
        (32, " ", "/a~0~1/2"),
        (34, "]", "/a~0~1"),
        (37, "\"", "/"),
        (42, "}", ""),
        (43, " ", ""),
    ] {
        assert_eq!(json[place..][..1], *text.as_bytes(), "at {place}");
        assert_eq!(pointer(json, place), expected, "at {place}");
    }
}

#[test]
fn an_index_has_all_its_digits() {
    let json = ["[", &"0,".repeat(1_234), "7]"].concat();
    assert_eq!(pointer(json.as_bytes(), json.len() - 2), "/1234");
    let mut digits = Vec::new();
    super::write_decimal(usize::MAX, &mut |piece| digits.extend_from_slice(piece));
    assert_eq!(digits, std::format!("{}", usize::MAX).into_bytes());
}

#[test]
fn any_bytes_have_some_pointer() {
    let mut random = Random(10);
    for _ in 0..rounds(20_000) {
        let mut text = Sample::new(&mut random).text;
        damage(&mut text, &mut random);
        let offset = random.below(text.len() + 2);
        write_pointer(&text, offset, &mut |piece| assert!(!piece.is_empty()));
        let (line, column) = line_column(&text, offset);
        assert!(line >= 1 && column >= 1);
    }
    assert_eq!(pointer(&[b'['; 1_000], 999), "/0/0/0/0/0/0/0/0/0");
    assert_eq!(pointer(b"]]}{", 3), "");
    assert_eq!(pointer(b"{:1}", 2), "/");
}

/// The twin is the path that a pointer is made of.
#[test]
fn the_innermost_names_are_the_last_ones_of_the_pointer() {
    let mut random = Random(12);
    for _ in 0..rounds(10_000) {
        let text = Sample::new(&mut random).text;
        for token in JsonTokens::new(&text).filter(|token| !b",:]}".contains(&token.first())) {
            let (path, depth) = path_to(&text, token.start);
            let mut twin = [&[][..]; 2];
            for step in path.steps.iter().take(depth) {
                if let Step::Member(name) = step {
                    twin = [twin[1], *name];
                }
            }
            assert_eq!(
                innermost_names(&text, token.start),
                twin,
                "{} at {}",
                text.escape_ascii(),
                token.start
            );
        }
    }
}

#[test]
fn a_line_may_begin_anywhere_before_a_place() {
    for end in [0, 1, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 5_000] {
        for len in [end + 1, end + 1_023, end + 1_024, end + 1_025, end + 3_000] {
            let mut text = vec![b'a'; len];
            text[end] = b'\n';
            assert_eq!(line_column(&text, len), (2, u32::try_from(len - end).unwrap()), "{end} of {len}");
        }
    }
}

#[test]
fn lines_and_columns_count_from_one() {
    let json = "{\r\n \"é😀\": 1\n}".as_bytes();
    for (offset, expected) in [
        (0, (1, 1)),
        (1, (1, 2)),
        (2, (1, 3)),
        (3, (2, 1)),
        (4, (2, 2)),
        (5, (2, 3)),
        (7, (2, 4)),
        (11, (2, 5)),
        (15, (2, 9)),
        (16, (3, 1)),
        (99, (3, 2)),
    ] {
        assert_eq!(line_column(json, offset), expected, "at {offset}");
    }
}

#[test]
fn places_in_order_are_those_found_one_by_one() {
    let mut random = Random(14);
    for _ in 0..rounds(1_000) {
        let Sample { text, .. } = Sample::new(&mut random);
        let (mut place, mut passed) = ((1, 1), 0);
        for token in JsonTokens::new(&text).filter(|_| random.below(3) == 0) {
            place = line_column_after(place, &text[passed..token.start]);
            passed = token.start;
            assert_eq!(place, line_column(&text, token.start), "{} at {passed}", text.escape_ascii());
        }
    }
    assert_eq!(line_column_after((u32::MAX, u32::MAX), b"  \n\n "), (u32::MAX, 2));
    assert_eq!(line_column_after((u32::MAX, u32::MAX), b"  "), (u32::MAX, u32::MAX));
}
