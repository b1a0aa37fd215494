//! The gate against the vectors, against a twin that recurses, and against `serde_json`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::string::String;
use std::vec::Vec;

use super::samples::{Random, Sample, damage, rounds, vectors};
use super::{check, size_without_whitespace, twin};
use crate::ground::error::Fault::{self, BadCharacter, Encoding, JsonDepth, JsonSyntax, JsonTrailing};

fn fault(json: &[u8], max_depth: usize) -> Option<(Fault, usize)> {
    check(json, max_depth, false).err().map(|refusal| (refusal.fault, refusal.offset as usize))
}

/// Whether `serde_json` takes a text. It skips values without a look at their UTF-8 and surrogates, so its
/// strings are read once more.
fn serde_accepts(json: &[u8]) -> bool {
    if core::str::from_utf8(json).is_err() || serde_json::from_slice::<serde::de::IgnoredAny>(json).is_err() {
        return false;
    }
    let (mut at, mut good) = (0, true);
    while at < json.len() {
        let start = at;
        at += 1;
        if json[start] == b'"' {
            while json[at] != b'"' {
                at += if json[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
            good &= serde_json::from_slice::<String>(&json[start..at]).is_ok();
        }
    }
    good
}

/// The brackets that would close a text, and the depth it reaches, by a look at its quotes and brackets only.
fn closers(json: &[u8]) -> (Vec<u8>, usize) {
    let (mut open, mut deepest, mut quoted, mut at) = (Vec::new(), 0, false, 0);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => at += 1,
            b'{' | b'[' if !quoted => open.push(byte + 2),
            b'}' | b']' if !quoted => drop(open.pop()),
            _ => {}
        }
        deepest = deepest.max(open.len());
        at += 1;
    }
    open.reverse();
    (open, deepest)
}

/// Whether some text that starts with these bytes is good, found by trying ends.
fn can_continue(prefix: &[u8]) -> bool {
    let tails = "| 0 \" n\" 0\" 00\" 000\" 0000\" rue ue e alse lse se ull ll l \\udc00\" udc00\" dc00\" c00\" \
                 00\\udc00\" 0\\udc00\" \"a\":0";
    let (closers, _) = closers(prefix);
    tails.split(' ').any(|tail| {
        ["", ":0"].iter().any(|colon| {
            let mut text = prefix.to_vec();
            text.extend_from_slice(tail.trim_matches('|').as_bytes());
            text.extend_from_slice(colon.as_bytes());
            text.extend_from_slice(&closers);
            serde_accepts(&text)
        })
    })
}

#[test]
fn the_vectors_of_the_json_layer_are_refused_where_they_say() {
    let vectors = vectors(&["ENCODING", "JSON_SYNTAX", "JSON_TRAILING", "JSON_DEPTH", "BAD_CHARACTER"]);
    assert!(vectors.len() >= 20);
    for vector in vectors {
        let latin1_only = vector.code == "BAD_CHARACTER";
        let error = match check(&vector.policy, 8, latin1_only) {
            Err(error) => error,
            // The character stands in an escape: not for the gate.
            Ok(_) if latin1_only && vector.offset.is_none() => continue,
            Ok(_) => panic!("{}: accepted", vector.id),
        };
        assert_eq!(error.fault.code(), vector.code, "{}", vector.id);
        assert_eq!(error.offset as usize, vector.offset.unwrap_or(error.offset as usize), "{}", vector.id);
    }
}

#[test]
fn the_offset_is_the_first_byte_that_cannot_continue() {
    let cases: &[(&[u8], Fault, usize)] = &[
        (b"", JsonSyntax, 0),
        (b" \n", JsonSyntax, 2),
        (b"\xef\xbb\xbf{}", Encoding, 0),
        (b"\xef\xbb\xbf\xff", Encoding, 0),
        (b"[\"\xc3\"]", Encoding, 2),
        (b"[} \xe4\xb8", Encoding, 3),
        (b"[\"\xed\xa0\x80\"]", Encoding, 2),
        (b"[01]", JsonSyntax, 2),
        (b"[-]", JsonSyntax, 2),
        (b"[-01]", JsonSyntax, 3),
        (b"[1.]", JsonSyntax, 3),
        (b"[.5]", JsonSyntax, 1),
        (b"[+1]", JsonSyntax, 1),
        (b"[1e]", JsonSyntax, 3),
        (b"[1e+]", JsonSyntax, 4),
        (b"[1.5.2]", JsonSyntax, 4),
        (b"[NaN]", JsonSyntax, 1),
        (b"[tru]", JsonSyntax, 4),
        (b"[nulL]", JsonSyntax, 4),
        (b"[True]", JsonSyntax, 1),
        (b"tru", JsonSyntax, 3),
        (b"truex", JsonTrailing, 4),
        (b"01", JsonTrailing, 1),
        (b"{} \x0b", JsonTrailing, 3),
        (b"[,1]", JsonSyntax, 1),
        (b"[1,]", JsonSyntax, 3),
        (b"[1 2]", JsonSyntax, 3),
        (b"[1}", JsonSyntax, 2),
        (b"{]", JsonSyntax, 1),
        (b"{\"a\"]", JsonSyntax, 4),
        (b"{\"a\":}", JsonSyntax, 5),
        (b"{\"a\":1]", JsonSyntax, 6),
        (b"{\"a\":1,}", JsonSyntax, 7),
        (b"{\"a\" 1}", JsonSyntax, 5),
        (b"{1:1}", JsonSyntax, 1),
        (b"{\"a\":1 \"b\":1}", JsonSyntax, 7),
        (b"[\"a\x00\"]", JsonSyntax, 3),
        (b"[\"eleven more\x1f\"]", JsonSyntax, 13),
        (b"[\"\\x\"]", JsonSyntax, 3),
        (b"[\"\\u12g4\"]", JsonSyntax, 6),
        (b"[\"\\u+12a\"]", JsonSyntax, 4),
        (br#"["\ud800"]"#, JsonSyntax, 8),
        (br#"["\udc00"]"#, JsonSyntax, 5),
        (br#"["\ud800\u0041"]"#, JsonSyntax, 10),
        (br#"["\ud800\ud900"]"#, JsonSyntax, 11),
        (br#"["\uDBFF\n"]"#, JsonSyntax, 9),
        (b"[\"abc", JsonSyntax, 5),
        (b"[\"abc\\", JsonSyntax, 6),
        (b"[[[]]]", JsonDepth, 2),
        (b"[{\"a\":{", JsonDepth, 6),
        (b"[/**/]", JsonSyntax, 1),
    ];
    for (json, kind, offset) in cases {
        assert_eq!(fault(json, 2), Some((*kind, *offset)), "{}", json.escape_ascii());
        assert_eq!(twin::fault(json, 2), Some((*kind, *offset)), "twin: {}", json.escape_ascii());
    }
}

#[test]
fn any_strict_value_may_stand_at_the_top() {
    for json in
        [" 0 ", "-0.0E+00", "\"\\ud83d\\ude00\"", "\r\n\tnull", "[]", "{\"\":{}}", "[[],{}]", "\"\u{7f}\""]
    {
        assert_eq!(fault(json.as_bytes(), 2), None, "{json}");
    }
}

#[test]
fn eight_containers_are_taken_and_the_ninth_is_not() {
    assert_eq!(fault(b"[[[[[[[[]]]]]]]]", 8), None);
    assert_eq!(fault(b"[[[[[[[[[]]]]]]]]]", 8), Some((JsonDepth, 8)));
    assert_eq!(fault(b"[[],[],[[]]]", 3), None);
    assert_eq!(fault(b"[]", 0), Some((JsonDepth, 0)));
    assert_eq!(fault(&[b'['; 100], 1_000), Some((JsonDepth, super::DEEPEST)));
}

#[test]
fn only_latin_1_means_up_to_u_00ff() {
    let bad =
        |json: &str| check(json.as_bytes(), 8, true).err().map(|error| (error.fault, error.offset as usize));
    assert_eq!(bad("[\"\u{7f}\u{80}\u{ff}\"]"), None);
    assert_eq!(bad("[\"\u{ff}\u{100}\"]"), Some((BadCharacter, 4)));
    assert_eq!(bad("[\"\u{10000}\"]"), Some((BadCharacter, 2)));
    assert_eq!(bad("[\"\\u4e2d\"]"), None);
    assert_eq!(fault("[\"中\"]".as_bytes(), 8), None);
}

#[test]
fn every_truncation_of_an_object_is_a_syntax_fault_at_its_end() {
    let json = r#" {"Sid":"a\u0041\ud83d\uDE00\n","Effect":[true,false,null,-1.50e+3 ] , "é":{"中":{}}} "#
        .as_bytes();
    assert_eq!(fault(json, 8), None);
    for cut in 0..json.len() - 1 {
        let prefix = &json[..cut];
        let expected = match core::str::from_utf8(prefix) {
            Ok(_) => (JsonSyntax, cut),
            Err(error) => (Encoding, error.valid_up_to()),
        };
        assert_eq!(fault(prefix, 8), Some(expected), "cut at {cut}");
    }
}

#[test]
fn a_good_text_is_accepted_with_its_true_shape() {
    let mut random = Random(1);
    for _ in 0..rounds(20_000) {
        let sample = Sample::new(&mut random);
        let text = &sample.text;
        assert_eq!(fault(text, sample.depth), None, "{}", text.escape_ascii());
        let shape = check(text, 64, false).unwrap();
        assert_eq!(shape.escapes, sample.escapes, "{}", text.escape_ascii());
        assert_eq!(shape.ascii, text.is_ascii());
        assert_eq!(shape.whitespace, sample.whitespace, "{}", text.escape_ascii());
        assert_eq!(size_without_whitespace(text), text.len() - sample.whitespace);
        if sample.depth > 0 {
            assert_eq!(fault(text, sample.depth - 1).unwrap().0, JsonDepth);
        }
    }
}

#[test]
fn the_version_is_the_first_string_of_that_name_at_the_top() {
    for (json, version) in [
        (r#"{"Version":"a","Version":"b"}"#, Some(11)),
        (r#"{"Id":"Version","\u0056ersion" : "a"}"#, Some(33)),
        (r#"{"Version":5,"Version":"b"}"#, Some(23)),
        (r#"{"Version":{"Version":"a"},"a":[{"Version":"a"}]}"#, None),
        (r#"[{"Version":"a"}]"#, None),
        (r#""Version""#, None),
    ] {
        assert_eq!(check(json.as_bytes(), 8, false).unwrap().version, version, "{json}");
    }
}

#[test]
fn a_damaged_text_is_judged_as_by_the_twin_and_by_serde_json() {
    let mut random = Random(2);
    let mut accepted = 0;
    for _ in 0..rounds(200_000) {
        let mut text = Sample::new(&mut random).text;
        damage(&mut text, &mut random);
        let limit = random.pick(&[3, 8, 64]);
        let verdict = fault(&text, limit);
        assert_eq!(verdict, twin::fault(&text, limit), "{}", text.escape_ascii());
        let good = serde_accepts(&text) && closers(&text).1 <= limit;
        assert_eq!(verdict.is_none(), good, "{}", text.escape_ascii());
        accepted += usize::from(good);
    }
    // The test is worth its time only if both answers are common.
    assert!((rounds(20_000)..rounds(180_000)).contains(&accepted), "{accepted}");
}

#[test]
fn up_to_the_fault_a_text_can_be_completed_and_with_it_not() {
    let mut random = Random(3);
    let mut tried = 0;
    while tried < rounds(5_000) {
        let mut text = Sample::new(&mut random).text;
        damage(&mut text, &mut random);
        if text.len() > 80 {
            continue;
        }
        if let Some((JsonSyntax, offset)) = fault(&text, 64) {
            tried += 1;
            assert!(can_continue(&text[..offset]), "{} at {offset}", text.escape_ascii());
            assert!(
                offset == text.len() || !can_continue(&text[..=offset]),
                "{} at {offset}",
                text.escape_ascii()
            );
        }
    }
}

#[test]
fn the_size_counts_whitespace_inside_strings_only() {
    for (json, size) in [
        ("", 0),
        (" \t\r\n", 0),
        ("{ \"a b\" : [ 1 , 2 ] }", 13),
        ("\" \\\" \" \" \"", 9),
        ("\" never closed   ", 17),
        ("\" ends in a backslash \\", 23),
        ("not json \u{b} at\u{a0}all", 15),
    ] {
        assert_eq!(size_without_whitespace(json.as_bytes()), size, "{json}");
    }
}
