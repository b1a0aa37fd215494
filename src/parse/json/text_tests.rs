//! The strings against `serde_json` and against byte-by-byte twins.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::string::String;
use std::vec::Vec;

use super::{
    Decoded, SHORT, find_beyond_latin1, has_escape, is_latin1, is_text, past_plain, past_string,
    past_whitespace,
};
use super::{same_text, short_text, unescape};
use crate::parse::json::gate::samples::{Random, Sample, damage, rounds};
use crate::parse::json::tokens::JsonTokens;

fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    assert!(unescape(raw, &mut |piece| {
        assert!(!piece.is_empty());
        text.extend_from_slice(piece);
        true
    }));
    text
}

/// The inside of every string of a random text.
fn raw_strings(random: &mut Random) -> Vec<Vec<u8>> {
    let text = Sample::new(random).text;
    let strings = JsonTokens::new(&text).filter(|token| token.first() == b'"');
    strings.map(|token| token.inner().to_vec()).collect()
}

#[test]
fn an_escape_becomes_its_character() {
    for (raw, text) in [
        ("", ""),
        ("s3:Get*", "s3:Get*"),
        ("s3:Get\\u002A", "s3:Get*"),
        ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\u{8}\u{c}\n\r\t"),
        ("a\\u0000b", "a\0b"),
        ("\\u00e9\\u4E2D", "é中"),
        ("x\\ud83d\\uDE00y", "x😀y"),
        ("\\ud800\\udc00\\udbff\\udfff", "\u{10000}\u{10ffff}"),
    ] {
        assert_eq!(unescaped(raw.as_bytes()), text.as_bytes(), "{raw}");
        assert!(Decoded::new(raw.as_bytes()).eq(text.bytes()), "{raw}");
        assert!(is_text(raw.as_bytes(), text.as_bytes()), "{raw}");
        assert!(!is_text(raw.as_bytes(), b"something else"), "{raw}");
        assert_eq!(has_escape(raw.as_bytes()), raw != text, "{raw}");
    }
}

#[test]
fn a_malformed_escape_becomes_the_replacement_character() {
    for (raw, text) in [
        ("\\", "\u{fffd}"),
        ("\\x", "\u{fffd}x"),
        ("\\é", "\u{fffd}é"),
        ("\\u12", "\u{fffd}12"),
        ("\\u+12a", "\u{fffd}+12a"),
        ("\\ud800", "\u{fffd}"),
        ("\\ud800\\u0041", "\u{fffd}A"),
        ("\\ud800\\ud800\\udc00", "\u{fffd}\u{10000}"),
        ("\\udc00!", "\u{fffd}!"),
    ] {
        assert_eq!(String::from_utf8(unescaped(raw.as_bytes())).unwrap(), text, "{raw}");
        assert!(Decoded::new(raw.as_bytes()).eq(text.bytes()), "{raw}");
    }
}

#[test]
fn every_string_unescapes_as_in_serde_json() {
    let mut random = Random(4);
    for _ in 0..rounds(20_000) {
        for raw in raw_strings(&mut random) {
            let quoted = [b"\"", raw.as_slice(), b"\""].concat();
            let expected: String = serde_json::from_slice(&quoted).unwrap();
            assert_eq!(unescaped(&raw), expected.as_bytes());
            assert!(is_text(&raw, expected.as_bytes()));
            let short = Some(expected.as_bytes()).filter(|text| text.len() <= SHORT);
            assert_eq!(short_text(&raw).as_deref(), short);
            let latin1 = expected.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}'));
            assert_eq!(is_latin1(&raw), latin1, "{expected:?}");
        }
    }
}

#[test]
fn strings_are_the_same_when_they_say_the_same() {
    assert!(same_text(b"Effect", b"\\u0045ffect"));
    assert!(same_text(b"\\u0045ffect", b"\\u0045ffec\\u0074"));
    assert!(!same_text(b"Effect", b"effect"));
    assert!(!same_text(b"Effect", b"Effect\\u0020"));
    let mut random = Random(5);
    for _ in 0..rounds(2_000) {
        let strings = raw_strings(&mut random);
        for (a, b) in strings.iter().zip(strings.iter().rev()) {
            assert_eq!(same_text(a, b), unescaped(a) == unescaped(b));
        }
    }
}

#[test]
fn unescape_stops_when_it_is_told() {
    for stop in 1..=3 {
        let mut pieces = 0;
        let end = unescape(b"a\\nb", &mut |_| {
            pieces += 1;
            pieces < stop
        });
        assert!(!end);
        assert_eq!(pieces, stop);
    }
}

#[test]
fn the_wide_steps_stop_where_narrow_ones_do() {
    let mut random = Random(6);
    for _ in 0..rounds(200_000) {
        let common = random.pick(&[b' ', b'a', 0xC3, 0x80, b'!']);
        let mut text = std::vec![common; random.below(30)];
        for _ in 0..random.below(4) {
            let byte = random
                .pick(&[b'"', b'\\', 0, 0x1F, 0x20, 0x21, 0x23, 0x5B, 0x5D, 0xA2, 0xDC, 0xFF, 9, 10, 13]);
            let at = random.below(text.len() + 1);
            text.insert(at, byte);
        }
        let plain = text.iter().position(|byte| *byte < 0x20 || b"\"\\".contains(byte));
        assert_eq!(past_plain(&text), &text[plain.unwrap_or(text.len())..], "{}", text.escape_ascii());
        let space = text.iter().position(|byte| !b" \t\r\n".contains(byte));
        assert_eq!(past_whitespace(&text), &text[space.unwrap_or(text.len())..], "{}", text.escape_ascii());
    }
}

#[test]
fn the_first_string_beyond_latin1_is_found_as_string_by_string() {
    let mut random = Random(13);
    let mut found = 0;
    for _ in 0..rounds(20_000) {
        let pieces: [&[u8]; 9] = [
            b"a",
            b"\\n",
            b"\\b",
            b"\\u00ff",
            b"\\u0100",
            b"\\\"",
            b"\\\\",
            "\u{ff}".as_bytes(),
            b" bcdefgh ",
        ];
        let mut json = std::vec![b'['];
        for _ in 0..random.below(6) {
            json.extend_from_slice(b"\"");
            (0..random.below(5)).for_each(|_| json.extend_from_slice(random.pick(&pieces)));
            json.extend_from_slice(b"\" ,\n");
        }
        let twin = JsonTokens::new(&json).find(|token| {
            token.first() == b'"'
                && !Decoded::new(token.inner())
                    .collect::<Vec<u8>>()
                    .utf8_chunks()
                    .flat_map(|chunk| chunk.valid().chars())
                    .all(|character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{ff}'))
        });
        assert_eq!(find_beyond_latin1(&json), twin.map(|token| token.start), "{}", json.escape_ascii());
        found += usize::from(twin.is_some());
    }
    assert!(found > rounds(4_000), "{found}");
}

#[test]
fn a_string_ends_at_the_first_quote_without_a_backslash() {
    for (text, rest) in [
        ("\"", ""),
        ("abc\", 1", ", 1"),
        ("a\\\"b\"c", "c"),
        ("a\\\\\"c", "c"),
        ("\n\0\"c", "c"),
        ("", ""),
        ("never", ""),
        ("never\\", ""),
        ("never\\\"", ""),
    ] {
        assert_eq!(past_string(text.as_bytes()), rest.as_bytes(), "{text}");
    }
}

#[test]
fn tokens_and_whitespace_make_up_the_whole_text() {
    let mut random = Random(7);
    for _ in 0..rounds(10_000) {
        let mut text = Sample::new(&mut random).text;
        damage(&mut text, &mut random);
        let mut end = 0;
        for token in JsonTokens::new(&text) {
            assert_eq!(past_whitespace(&text[end..]).len(), text.len() - token.start);
            assert!(!token.text.is_empty());
            assert_eq!(&text[token.start..token.end()], token.text);
            end = token.end();
            assert!(
                core::str::from_utf8(&text).is_err()
                    || core::str::from_utf8(&unescaped(token.inner())).is_ok()
            );
        }
        assert!(past_whitespace(&text[end..]).is_empty());
    }
}
