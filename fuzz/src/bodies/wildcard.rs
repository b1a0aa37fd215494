//! The matcher equals a naive one, variables included, and stays within its bound of work.

use std::fmt::Debug;

use arbitrary::{Arbitrary, Result, Unstructured};
use iamlet::ground::budget::{Budget, BudgetExhausted};
use iamlet::ground::truth::Truth;
use iamlet::ground::wildcard::{
    LOOK_UP, ONE, STAR, VARIABLE, Variables, equals_ignore_ascii_case, matches, pieces, unresolved,
    variable_token, well_formed,
};

/// The input is a pattern, a text and the values of two variables: of few letters, so that there are matches, or any
/// bytes.
pub fn wildcard(input: &[u8]) {
    // An input that is too short is read as if zeros followed; that it can be read at all is up to `arbitrary`.
    let _ = read(&mut Unstructured::new(input));
}

fn read(input: &mut Unstructured<'_>) -> Result<()> {
    let values = Values([value(input)?, value(input)?, None]);
    if input.ratio(1, 8)? {
        let length = input.int_in_range(0..=64)?.min(input.len());
        let pattern = input.bytes(length)?.to_vec();
        any_bytes(&pattern, input.take_rest_of(), &values);
        return Ok(());
    }
    let mut pattern: Vec<Token> = Vec::new();
    for _ in 0..input.int_in_range(0..=48)? {
        let token = Token::arbitrary(input)?;
        // Compiling makes one star of two.
        if !matches!((pattern.last(), &token), (Some(Token::Star), Token::Star)) {
            pattern.push(token);
        }
    }
    let mut text = String::new();
    while !input.is_empty() && text.len() < 400 {
        text.push(letter(input)?);
    }
    compare(&pattern, &text, &values);
    Ok(())
}

/// What is left of an input.
trait Rest<'a> {
    fn take_rest_of(&mut self) -> &'a [u8];
}

impl<'a> Rest<'a> for Unstructured<'a> {
    fn take_rest_of(&mut self) -> &'a [u8] {
        self.bytes(self.len()).unwrap_or_default()
    }
}

/// The values of the variables.
struct Values([Option<String>; 3]);

impl Variables for Values {
    fn value(&self, index: u16) -> Option<&[u8]> {
        self.0.get(usize::from(index))?.as_ref().map(String::as_bytes)
    }
}

/// A few letters, of all widths and of both cases.
fn letter(input: &mut Unstructured<'_>) -> Result<char> {
    Ok(*input.choose(&['a', 'a', 'b', 'A', 'B', ':', '/', '*', 'é', '€', '𝄞'])?)
}

fn value(input: &mut Unstructured<'_>) -> Result<Option<String>> {
    let length = input.int_in_range(0..=7)?;
    if length == 7 {
        return Ok(None);
    }
    (0..length).map(|_| letter(input)).collect::<Result<_>>().map(Some)
}

/// A part of a pattern.
#[derive(Clone, Copy)]
enum Token {
    Letter(char),
    Star,
    One,
    Variable(u16),
}

impl Arbitrary<'_> for Token {
    fn arbitrary(input: &mut Unstructured<'_>) -> Result<Self> {
        Ok(match input.int_in_range(0..=7)? {
            0 | 1 => Self::Star,
            2 => Self::One,
            3 => Self::Variable(input.int_in_range(0..=2)?),
            _ => Self::Letter(letter(input)?),
        })
    }
}

fn compare(pattern: &[Token], text: &str, values: &Values) {
    let mut encoded = Vec::new();
    for token in pattern {
        match token {
            Token::Letter(letter) => encoded.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
            Token::Star => encoded.push(STAR),
            Token::One => encoded.push(ONE),
            Token::Variable(index) => encoded.extend(variable_token(*index).expect("a small index")),
        }
    }
    assert!(well_formed(&encoded, 3), "{encoded:?}");
    let resolved = resolve(pattern, values);
    let open = unresolved(&encoded, values, &mut Budget::new(1 + at_most(&encoded)));
    assert_eq!(open, Ok(resolved.is_none()), "{encoded:?} {:?}", values.0);

    let has_wildcard = pattern.iter().any(|token| matches!(token, Token::Star | Token::One));
    let matched = resolved.as_ref().is_some_and(|tokens| naive(tokens, text));
    let literal: Option<String> = resolved
        .as_ref()
        .filter(|_| !has_wildcard)
        .map(|tokens| tokens.iter().map(|token| token.0).collect());
    let ignoring_case = literal.as_ref().map_or(Truth::False, |literal| ignoring_case(literal, text));

    let length = 2 * (encoded.len() + put_in(pattern, values)) + LOOK_UP * variables(pattern);
    let at_worst = 4 * (length + 1) * (text.len() + 1);
    // Without `?` and variables behind a star, the work is linear.
    let is_simple = !pattern.iter().any(|token| matches!(token, Token::One | Token::Variable(_)));
    let most = if is_simple { at_worst.min(8 * (length + text.len() + 1)) } else { at_worst };
    let about = || format!("{encoded:?} {text:?} {:?}", values.0);
    check(|budget| matches(&encoded, text.as_bytes(), values, budget), matched, most, &about);
    let ignoring = |budget: &mut Budget| equals_ignore_ascii_case(&encoded, text.as_bytes(), values, budget);
    check(ignoring, ignoring_case, most, &about);
}

/// The answer is the expected one, for at most so many steps; with one step less than it took there is none.
fn check<T: Copy + Debug + PartialEq>(
    run: impl Fn(&mut Budget) -> std::result::Result<T, BudgetExhausted>,
    expected: T,
    most: usize,
    about: &dyn Fn() -> String,
) {
    let enough = u64::from(u32::MAX);
    let mut budget = Budget::new(enough);
    assert_eq!(run(&mut budget), Ok(expected), "{}", about());
    let spent = enough - budget.left();
    assert!(spent <= most as u64, "{spent} steps, not {most}: {}", about());
    assert_eq!(run(&mut Budget::new(spent)), Ok(expected), "{}", about());
    if spent > 0 {
        assert_eq!(run(&mut Budget::new(spent - 1)), Err(BudgetExhausted), "{}", about());
    }
}

/// R-STR-2 by characters.
fn ignoring_case(expected: &str, text: &str) -> Truth {
    let (expected, text): (Vec<char>, Vec<char>) = (expected.chars().collect(), text.chars().collect());
    let mut answer = Truth::from(expected.len() == text.len());
    for (one, other) in expected.iter().zip(&text) {
        answer = answer.and(match (one.eq_ignore_ascii_case(other), one.is_ascii() || other.is_ascii()) {
            (true, _) => Truth::True,
            (false, true) => Truth::False,
            (false, false) => Truth::Indet,
        });
    }
    answer
}

fn variables(pattern: &[Token]) -> usize {
    pattern.iter().filter(|token| matches!(token, Token::Variable(_))).count()
}

/// Bytes of the values that a pattern's variables stand for.
fn put_in(pattern: &[Token], values: &Values) -> usize {
    let length = |token: &Token| match token {
        Token::Variable(index) => values.value(*index).map_or(0, <[u8]>::len),
        _ => 0,
    };
    pattern.iter().map(length).sum()
}

/// A character of a resolved pattern, and whether it is a wildcard.
type Plain = (char, bool);

/// The pattern with the values put in, as plain text; nothing where one is missing.
fn resolve(pattern: &[Token], values: &Values) -> Option<Vec<Plain>> {
    let mut plain = Vec::new();
    for token in pattern {
        match token {
            Token::Letter(letter) => plain.push((*letter, false)),
            Token::Star => plain.push(('*', true)),
            Token::One => plain.push(('?', true)),
            Token::Variable(index) => {
                let value = values.0[usize::from(*index)].as_ref()?;
                plain.extend(value.chars().map(|letter| (letter, false)));
            }
        }
    }
    Some(plain)
}

/// The table of which front of the pattern matches which front of the text.
fn naive(pattern: &[Plain], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for token in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match token {
                ('*', true) => row[at] || at > 0 && next[at - 1],
                ('?', true) => at > 0 && row[at - 1],
                (letter, _) => at > 0 && row[at - 1] && text[at - 1] == *letter,
            };
        }
        row = next;
    }
    row[text.len()]
}

/// Whatever the bytes are, there is an answer within the bound.
fn any_bytes(pattern: &[u8], text: &[u8], values: &Values) {
    let tokens = pattern.iter().filter(|byte| **byte == VARIABLE).count();
    let length = 2 * (pattern.len() + 24 * tokens) + LOOK_UP * tokens;
    let most = 4 * (length as u64 + 1) * (text.len() as u64 + 1);
    assert!(matches(pattern, text, values, &mut Budget::new(most)).is_ok(), "{pattern:?} {text:?}");
    let ignoring = equals_ignore_ascii_case(pattern, text, values, &mut Budget::new(most));
    assert!(ignoring.is_ok(), "{pattern:?} {text:?}");
    assert!(pieces(pattern).count() <= pattern.len());
    let open = unresolved(pattern, values, &mut Budget::new(1 + at_most(pattern)));
    assert!(open.is_ok(), "{pattern:?}");
    if well_formed(pattern, 2) {
        assert_eq!(open, Ok(pieces(pattern).any(|piece| is_missing(&piece, values))));
    }
}

/// The steps that looking for unresolved variables takes at most, beside one.
fn at_most(pattern: &[u8]) -> u64 {
    let variables = pattern.iter().filter(|byte| **byte == VARIABLE).count();
    (pattern.len() / 16 + LOOK_UP * variables) as u64
}

fn is_missing(piece: &iamlet::ground::wildcard::Piece<'_>, values: &Values) -> bool {
    matches!(piece, iamlet::ground::wildcard::Piece::Variable(index) if values.value(*index).is_none())
}
