//! Tests of `wildcard`: a recursive matcher over scalars is the twin.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]

use super::*;
use crate::ground::truth::Truth;
use std::cell::Cell;

thread_local! {
    static WORK: Cell<usize> = const { Cell::new(0) };
}

/// What the search has compared since the count was last taken.
pub(super) fn take_work() -> usize {
    WORK.take()
}

pub(super) fn count_work(bytes: usize) {
    WORK.set(WORK.get() + bytes);
}

/// The values of some variables, as tests give them.
pub(super) struct Values<'a>(pub(super) &'a [Option<&'a str>]);

impl Variables for Values<'_> {
    fn value(&self, index: u16) -> Option<&[u8]> {
        self.0.get(usize::from(index)).copied().flatten().map(str::as_bytes)
    }
}

#[derive(Clone, Copy)]
enum Token {
    Char(char),
    Star,
    One,
}

/// The pattern with its values put in; `None` when one is missing.
fn tokens(pattern: &[u8], values: &Values) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    for piece in pieces(pattern) {
        let literal = match piece {
            Piece::Star => {
                tokens.push(Token::Star);
                continue;
            }
            Piece::One => {
                tokens.push(Token::One);
                continue;
            }
            Piece::Literal(literal) => literal,
            Piece::Variable(index) => values.value(index)?,
        };
        tokens.extend(str::from_utf8(literal).unwrap().chars().map(Token::Char));
    }
    Some(tokens)
}

/// The stupid twin: exponential, and right.
fn naive(tokens: &[Token], text: &[char]) -> bool {
    match (tokens, text) {
        ([], []) => true,
        ([Token::Star, rest @ ..], _) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        ([Token::One, rest @ ..], [_, text @ ..]) => naive(rest, text),
        ([Token::Char(expected), rest @ ..], [found, text @ ..]) => expected == found && naive(rest, text),
        _ => false,
    }
}

pub(super) fn spend_on(pattern: &[u8], text: &str, values: &Values) -> (bool, usize) {
    const ENOUGH: u64 = u32::MAX as u64;
    let mut budget = Budget::new(ENOUGH);
    let matched = matches(pattern, text.as_bytes(), values, &mut budget).unwrap();
    (matched, (ENOUGH - budget.left()) as usize)
}

fn matched(pattern: &[u8], text: &str) -> bool {
    spend_on(pattern, text, &Values(&[])).0
}

/// A pattern as people write it: `*`, `?`, and `$0` to `$9` for variables.
pub(super) fn pattern(written: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' => bytes.push(STAR),
            '?' => bytes.push(ONE),
            '$' => {
                let index = chars.next().unwrap().to_digit(10).unwrap() as u16;
                bytes.extend(variable_token(index).unwrap());
            }
            _ => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// All strings of at most `length` of the `parts`.
pub(super) fn strings(parts: &[&[u8]], length: usize) -> Vec<Vec<u8>> {
    let mut all = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..length {
        longest =
            longest.iter().flat_map(|string| parts.iter().map(|part| [&string[..], part].concat())).collect();
        all.extend_from_slice(&longest);
    }
    all
}

/// A generator of tests: the same numbers each time.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    pub(super) fn text(&mut self, alphabet: &[&str], length: usize) -> String {
        (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

fn is_unresolved<V: Variables>(pattern: &[u8], variables: &V) -> bool {
    unresolved(pattern, variables, &mut Budget::new(1_000)).unwrap()
}

/// What the variables of a pattern cost besides their values.
fn look_ups(pattern: &[u8]) -> usize {
    LOOK_UP * pattern.iter().filter(|byte| **byte == VARIABLE).count()
}

fn agrees_with_naive(parts: &[&[u8]], pattern_len: usize, text_len: usize, value_sets: &[&[Option<&str>]]) {
    let texts: Vec<(String, Vec<char>)> = strings(&[b"a", b"b", "é".as_bytes()], text_len)
        .into_iter()
        .map(|text| String::from_utf8(text).unwrap())
        .map(|text| (text.clone(), text.chars().collect()))
        .collect();
    for values in value_sets {
        let values = Values(values);
        for pattern in strings(parts, pattern_len) {
            let tokens = tokens(&pattern, &values);
            assert_eq!(is_unresolved(&pattern, &values), tokens.is_none());
            let p =
                tokens.as_ref().map_or(pattern.len(), Vec::len).max(pattern.len()) * 2 + look_ups(&pattern);
            for (text, chars) in &texts {
                let expected = tokens.as_ref().is_some_and(|tokens| naive(tokens, chars));
                let (got, spent) = spend_on(&pattern, text, &values);
                assert_eq!(got, expected, "{pattern:?} {text:?} {:?}", values.0);
                assert!(spent <= 4 * (p + 1) * (text.len() + 1), "{pattern:?} {text:?}: {spent}");
            }
        }
    }
}

#[test]
fn every_short_pattern_agrees_with_the_naive_matcher_on_every_short_text() {
    let variable = variable_token(0).unwrap();
    let parts: [&[u8]; 5] = [b"a", b"b", &[STAR], &[ONE], &variable];
    agrees_with_naive(&parts, 5, 5, &[&[Some("ab")]]);
    agrees_with_naive(&parts, 4, 5, &[&[None], &[Some("")], &[Some("a")], &[Some("é")], &[Some("éba")]]);
}

#[test]
fn every_short_pattern_with_two_byte_literals_agrees_with_the_naive_matcher() {
    let variable = variable_token(0).unwrap();
    let parts: [&[u8]; 5] = [b"a", "é".as_bytes(), &[STAR], &[ONE], &variable];
    agrees_with_naive(&parts, 4, 5, &[&[Some("bé")]]);
}

#[test]
fn every_pattern_of_stars_and_literals_agrees_with_the_naive_matcher() {
    agrees_with_naive(&[b"a", b"b", &[STAR]], 7, 6, &[&[]]);
}

#[test]
fn long_random_patterns_agree_with_the_naive_matcher() {
    let mut random = Random(1);
    let mut hits = 0;
    for round in 0..60_000 {
        let alphabet: &[&str] =
            [&["a", "b"][..], &["a", "b", "é", "𝄞", "/"], &["a", "a", "a", "b"]][round % 3];
        let length = random.below(60);
        let text = random.text(alphabet, length);
        let chars: Vec<char> = text.chars().collect();
        let value_len = random.below(4);
        let value = random.text(alphabet, value_len);
        let values = [Some(value.as_str())];
        let values = Values(&values);
        // Patterns made from the text match often: stars and tokens replace parts of it.
        let mut pattern = Vec::new();
        let mut at = 0;
        let mut stars = 0;
        while at < chars.len() {
            match random.below(16) {
                0 if stars < 4 && pattern.last() != Some(&STAR) => {
                    pattern.push(STAR);
                    stars += 1;
                    at += random.below(8);
                }
                1 if round % 2 == 0 => {
                    pattern.push(ONE);
                    at += 1;
                }
                2 if round % 5 == 0 => pattern.extend(variable_token(0).unwrap()),
                3 if random.below(8) == 0 => pattern.push(b'b'),
                _ => {
                    pattern.extend(chars[at].encode_utf8(&mut [0; 4]).as_bytes());
                    at += 1;
                }
            }
        }
        let expected = naive(&tokens(&pattern, &values).unwrap(), &chars);
        hits += u32::from(expected);
        assert_eq!(spend_on(&pattern, &text, &values).0, expected, "{pattern:?} {text}");
    }
    assert!(hits > 10_000, "only {hits} matched");
}

#[test]
fn plain_stars_question_marks_and_dollars_are_text() {
    assert!(matched(b"a*", "a*"));
    assert!(!matched(b"a*", "ab"));
    assert!(!matched(b"?", "a"));
    let values = Values(&[Some("*?")]);
    assert!(spend_on(&pattern("x/$0/*"), "x/*?/y", &values).0);
    assert!(!spend_on(&pattern("x/$0"), "x/ab", &values).0);
}

#[test]
fn one_is_one_scalar_of_whatever_width() {
    for scalar in ["a", "é", "€", "𝄞"] {
        assert!(matched(&pattern("?"), scalar));
        assert!(matched(&pattern("*?"), scalar));
        assert!(matched(&pattern("?*"), scalar));
        assert!(matched(&pattern("*?*"), scalar));
        assert!(!matched(&pattern("??"), scalar));
        assert!(!matched(&pattern("*?*?"), scalar));
        assert!(!matched(&pattern("?"), ""));
    }
}

#[test]
fn the_match_is_anchored_at_both_ends() {
    assert!(matched(&pattern("home/*"), "home/"));
    assert!(!matched(&pattern("home/*"), "/home/"));
    assert!(matched(&pattern("*.txt"), ".txt"));
    assert!(!matched(&pattern("*.txt"), ".txt "));
    assert!(!matched(b"home", "homer"));
    assert!(!matched(b"homer", "home"));
    assert!(matched(b"", ""));
    assert!(!matched(b"", "a"));
    assert!(matched(&[STAR], ""));
    // The same bytes cannot serve as both ends.
    assert!(!matched(&pattern("ab*ba"), "aba"));
}

#[test]
fn with_an_unresolved_variable_nothing_matches() {
    for written in ["$1", "*$1*", "*", "$0$1", "*a$1", "?$1*", "a*$1*b"] {
        let pattern = pattern(written);
        let values = Values(&[Some(""), None]);
        assert_eq!(is_unresolved(&pattern, &values), written != "*");
        for text in ["", "a", "ab", "aab", "\u{7d}"] {
            assert_eq!(spend_on(&pattern, text, &values).0, written == "*", "{written} {text}");
        }
        assert_eq!(is_unresolved(&pattern, &NoVariables), written != "*");
    }
}

#[test]
fn folded_equality_folds_the_letters_of_literals_values_and_text() {
    let fold = |written: &str, text: &str, values: &Values| {
        equals_ignore_ascii_case(&pattern(written), text.as_bytes(), values, &mut Budget::new(1000)).unwrap()
    };
    let values = Values(&[Some("BoB"), Some(""), None]);
    for (written, text) in [("Team-$0/x", "tEAM-bOb/X"), ("$0$1$0", "bobbob"), ("", ""), ("é", "é")] {
        assert_eq!(fold(written, text, &values), Truth::True, "{written} {text}");
    }
    // Characters of several lengths beyond ASCII, before and after a value.
    for (written, text) in [("é", "É"), ("Équipe", "équipe"), ("é$0ß", "Ébob€"), ("😀", "é"), ("éé", "eé")]
    {
        let expected = if text == "eé" { Truth::False } else { Truth::Indet };
        assert_eq!(fold(written, text, &values), expected, "{written} {text}");
    }
    for (written, text) in [
        ("é", "e"),
        ("e", "é"),
        ("é", "éé"),
        ("éa", "Éb"),
        ("$2", ""),
        ("$0", "bo"),
        ("$0", "bobb"),
        ("a[", "A{"),
        ("a*", "a*"),
        ("?", "a"),
        ("a", ""),
    ] {
        assert_eq!(fold(written, text, &values), Truth::False, "{written} {text}");
    }
}

/// R-STR-2 by characters.
fn naive_ignore_case(expected: &str, text: &str) -> Truth {
    let (expected, text): (Vec<char>, Vec<char>) = (expected.chars().collect(), text.chars().collect());
    let open = |(one, other): (&char, &char)| !one.is_ascii() && !other.is_ascii();
    let equal = |(one, other): (&char, &char)| one.eq_ignore_ascii_case(other);
    let mut places = expected.iter().zip(&text);
    if expected.len() != text.len() || !places.clone().all(|place| equal(place) || open(place)) {
        return Truth::False;
    }
    if places.all(equal) { Truth::True } else { Truth::Indet }
}

#[test]
fn folded_equality_agrees_with_comparing_characters() {
    let token = variable_token(0).unwrap();
    let parts: [&[u8]; 5] = [b"a", b"B", "É".as_bytes(), "€".as_bytes(), &token];
    let values = Values(&[Some("Aé")]);
    for pattern in strings(&parts, 4) {
        let (mut plain, mut rest) = (Vec::new(), &pattern[..]);
        while let [first, others @ ..] = rest {
            let value = rest.strip_prefix(&token[..]);
            plain.extend_from_slice(if value.is_some() {
                "Aé".as_bytes()
            } else {
                std::slice::from_ref(first)
            });
            rest = value.unwrap_or(others);
        }
        for text in strings(&[b"a", b"A", b"b", "é".as_bytes(), "€".as_bytes()], 5) {
            let folded = equals_ignore_ascii_case(&pattern, &text, &values, &mut Budget::new(1000)).unwrap();
            let [plain, text] = [&plain, &text].map(|text| std::str::from_utf8(text).unwrap());
            assert_eq!(folded, naive_ignore_case(plain, text), "{plain} {text}");
        }
    }
}

#[test]
fn every_variable_token_reads_back_and_hides_no_other_token() {
    let mut last = None;
    for index in 0..=u16::MAX {
        let Some(token) = variable_token(index) else {
            assert!(index >= 15_625);
            continue;
        };
        last = Some(index);
        assert_eq!(pieces(&token).collect::<Vec<_>>(), [Piece::Variable(index)]);
        assert!(!is_token(token[1]) && !is_token(token[2]));
        assert!(token[1] >= 0x80 && token[2] >= 0x80);
        assert!(well_formed(&token, usize::from(index) + 1));
        assert!(!well_formed(&token, usize::from(index)));
    }
    assert_eq!(last, Some(15_624));
}

#[test]
fn pieces_are_what_was_written() {
    assert_eq!(
        pieces(&pattern("aé*?$3b")).collect::<Vec<_>>(),
        [Piece::Literal("aé".as_bytes()), Piece::Star, Piece::One, Piece::Variable(3), Piece::Literal(b"b")]
    );
    assert_eq!(pieces(b"").next(), None);
}

#[test]
fn malformed_patterns_are_told_and_match_nothing() {
    for bad in [
        &[VARIABLE][..],
        &[VARIABLE, 0x80],
        &[VARIABLE, 0x80, b'a'],
        &[VARIABLE, b'a', 0x80],
        &[VARIABLE, 0x80, STAR],
        &[VARIABLE, 0xFD, 0x80],
        &[b'a', VARIABLE, 0x80],
        &[STAR, VARIABLE, 0x80],
        &[STAR, VARIABLE],
        &[STAR, VARIABLE, STAR],
    ] {
        assert!(!well_formed(bad, 100), "{bad:?}");
        assert!(is_unresolved(bad, &Values(&[Some("a")])));
        for text in ["", "a", "aa"] {
            assert!(!spend_on(bad, text, &Values(&[Some("a")])).0, "{bad:?}");
            let folded = equals_ignore_ascii_case(bad, text.as_bytes(), &NoVariables, &mut Budget::new(100));
            assert_eq!(folded, Ok(Truth::False));
        }
    }
    for good in ["", "a", "*", "?*?", "*a*", "**", "a**"] {
        assert_eq!(well_formed(&pattern(good), 0), !good.contains("**"));
    }
}

#[test]
fn heads_and_whole_tokens_are_told_as_piece_by_piece() {
    let mut random = Random(6);
    let bytes = [b'a', b':', 0x7C, 0x7D, 0x80, 0x81, 0xFC, VARIABLE, ONE, STAR];
    for _ in 0..200_000 {
        let length = random.below(24);
        let few = 1 + random.below(10);
        let pattern: Vec<u8> = (0..length).map(|_| bytes[10 - 1 - random.below(few)]).collect();
        let twin = pattern.iter().position(|byte| is_token(*byte)).unwrap_or(pattern.len());
        assert_eq!(head(&pattern), twin, "{pattern:?}");
        let pieces: Vec<Piece<'_>> = pieces(&pattern).collect();
        let length = pieces.iter().map(|piece| match piece {
            Piece::Literal(literal) => literal.len(),
            Piece::Star | Piece::One => 1,
            Piece::Variable(_) => 3,
        });
        let whole = length.sum::<usize>() == pattern.len();
        let stars = pieces.windows(2).any(|pair| pair == [Piece::Star, Piece::Star]);
        let beyond = pieces.iter().any(|piece| matches!(piece, Piece::Variable(index) if *index >= 100));
        assert_eq!(well_formed(&pattern, 100), whole && !stars && !beyond, "{pattern:?}");
    }
}

#[test]
fn arbitrary_bytes_never_panic_or_outspend_the_product() {
    let mut random = Random(5);
    let bytes = [b'a', b'b', 0x80, 0xC3, 0xE2, 0xF0, VARIABLE, ONE, STAR];
    let values = Values(&[Some("ab"), None]);
    for _ in 0..200_000 {
        let length = random.below(12);
        let pattern: Vec<u8> = (0..length).map(|_| bytes[random.below(9)]).collect();
        let length = random.below(20);
        let text: Vec<u8> = (0..length).map(|_| bytes[random.below(9)]).collect();
        let length = 2 * pattern.len() + look_ups(&pattern);
        let mut budget = Budget::new(4 * (length as u64 + 1) * (text.len() as u64 + 1));
        assert!(matches(&pattern, &text, &values, &mut budget).is_ok(), "{pattern:?} {text:?}");
        let _ = equals_ignore_ascii_case(&pattern, &text, &values, &mut budget);
        let _ = (well_formed(&pattern, 1), is_unresolved(&pattern, &values), pieces(&pattern).count());
    }
}

#[test]
fn a_budget_that_is_too_small_is_an_error() {
    let cases = ["aaaaaaaaaaaaaaaa*", "*aaaaaaaaaaaaaaaaaaab", "*a?a*b*", "$0", "*$0*"];
    let text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    let values = Values(&[Some("aaaaaaaaaaaab")]);
    for written in cases {
        let pattern = pattern(written);
        let (_, spent) = spend_on(&pattern, text, &values);
        for steps in 0..spent as u64 {
            let result = matches(&pattern, text.as_bytes(), &values, &mut Budget::new(steps));
            assert_eq!(result, Err(BudgetExhausted), "{written} {steps}");
        }
        assert!(matches(&pattern, text.as_bytes(), &values, &mut Budget::new(spent as u64)).is_ok());
    }
}

/// Patterns that punish matchers, of about 2 KB each, and texts likewise.
pub(super) fn hostile() -> (Vec<Vec<u8>>, Vec<String>) {
    let a = |n: usize| "a".repeat(n);
    let mut fibonacci = (String::from("a"), String::from("ab"));
    while fibonacci.1.len() < 2048 {
        fibonacci = (fibonacci.1.clone(), fibonacci.1 + &fibonacci.0);
    }
    let fibonacci = fibonacci.1;
    let patterns = [
        format!("*{}b*{}b*", a(1000), a(1000)),
        format!("*{}b*{}b*", a(500), a(500)),
        format!("*b{}*b{}*", a(500), a(500)),
        format!("*{}b{}*", a(300), a(300)),
        format!("*{}b{}*{}b{}*", a(40), a(40), a(40), a(40)),
        "*a".repeat(1000) + "*b",
        "*ab".repeat(700) + "*",
        "*aab".repeat(500) + "*c*",
        format!("*{}b*", a(30)).repeat(60),
        format!("*{}*", &fibonacci[..900]),
        format!("*{}c*", &fibonacci[..900]),
        format!("*c{}*", &fibonacci[..900]),
        format!("*{}*{}c", &fibonacci[5..400], &fibonacci[..400]),
        format!("*{}*", "ab".repeat(500) + "c"),
        format!("*{}*", "aab".repeat(300) + "b"),
    ];
    let patterns = patterns.into_iter().map(|written| pattern(&written.replace("**", "*"))).collect();
    let texts = vec![
        a(2048),
        a(1500) + "b" + &a(547),
        (a(30) + "b").repeat(66),
        (a(499) + "b").repeat(4),
        "ab".repeat(1024),
        "aab".repeat(683),
        fibonacci[..2048].to_owned(),
        fibonacci[1..1500].to_owned() + &a(500),
        "b".repeat(2048),
    ];
    (patterns, texts)
}

#[test]
fn stars_and_literals_cost_no_more_than_pattern_and_text_however_hostile() {
    let (patterns, texts) = hostile();
    for pattern in &patterns {
        for text in &texts {
            take_work();
            let (_, spent) = spend_on(pattern, text, &Values(&[]));
            let linear = pattern.len() + text.len();
            assert!(spent <= 3 * linear, "{spent} charged for {linear}");
            let work = take_work();
            assert!(work <= 8 * linear, "{work} done for {linear}");
        }
    }
}

#[test]
fn a_question_mark_costs_no_more_than_pattern_times_text_however_hostile() {
    let (patterns, texts) = hostile();
    let value = "a".repeat(40);
    let values = [Some(value.as_str())];
    for pattern in &patterns {
        for token in [&[ONE][..], &variable_token(0).unwrap()] {
            let mut pattern = pattern[..pattern.len().min(400)].to_vec();
            let half = pattern.len() / 2;
            pattern.splice(half..half, token.iter().copied());
            for text in &texts {
                let (_, spent) = spend_on(&pattern, &text[..400], &Values(&values));
                assert!(spent <= 2 * (pattern.len() + value.len()) * 400, "{spent}");
            }
        }
    }
}
