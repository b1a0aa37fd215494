//! What the text of a pattern or value means: literal text, wildcards, and policy variables (R-VAR-1).

use crate::ground::error::Fault;
use crate::ground::lanes::{before, each_equal, equal};

/// What is special in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// `${...}` is a policy variable: version 2012-10-17 only (R-DOC-13). May be false where a text has no `${`.
    pub(super) variables: bool,
    /// The literal text is kept in lower case (R-ACT-4).
    pub(super) fold: bool,
}

impl Syntax {
    /// Wildcards and nothing else.
    pub(super) const WILDCARDS: Self = Self { wildcards: true, variables: false, fold: false };

    /// A mark on the lowest lane of `word` that may begin a token; lanes above it may be marked wrongly.
    #[inline]
    fn marks(self, word: u64) -> u64 {
        // A byte that no text has stands for what is not special.
        let [star, one] = if self.wildcards { [b'*', b'?'] } else { [0xFF; 2] };
        let dollars = self.variables && equal(word, b'$') != 0;
        let variables = if dollars { opening(word) } else { 0 };
        equal(word, star) | equal(word, one) | variables
    }
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    /// Characters that stand for themselves.
    Literal(&'s [u8]),
    /// `*`
    Star,
    /// `?`
    One,
    /// `${name}` or `${name, 'default'}`
    Variable {
        /// The context key.
        name: &'s [u8],
        /// What stands for it where it has no value (R-VAR-2).
        default: Option<&'s [u8]>,
    },
}

/// Divides a text before the first byte that may begin a token: a dollar sign is one even where no brace may follow it.
#[inline(always)]
pub(super) fn split_literal(source: &[u8], syntax: Syntax) -> (&[u8], &[u8]) {
    if !syntax.wildcards && !syntax.variables {
        return (source, &[]);
    }
    source.split_at_checked(before(source, |word| syntax.marks(word))).unwrap_or_default()
}

/// The tokens of `source`; the last one may be a fault.
pub(super) fn tokens(source: &[u8], syntax: Syntax) -> Tokens<'_> {
    Tokens { rest: source, syntax }
}

/// The tokens of a text; see [`tokens`].
pub(super) struct Tokens<'s> {
    rest: &'s [u8],
    syntax: Syntax,
}

impl<'s> Iterator for Tokens<'s> {
    type Item = Result<Token<'s>, Fault>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let syntax = self.syntax;
        let (first, behind) = self.rest.split_first()?;
        let (token, behind) = match first {
            b'*' if syntax.wildcards => (Token::Star, behind),
            b'?' if syntax.wildcards => (Token::One, behind),
            b'$' if syntax.variables && behind.first() == Some(&b'{') => {
                let Some(read) = variable(behind.get(1..).unwrap_or_default()) else {
                    self.rest = &[];
                    return Some(Err(Fault::BadVariable));
                };
                read
            }
            _ => {
                let end = 1 + split_literal(behind, syntax).0.len();
                let (literal, behind) = self.rest.split_at_checked(end)?;
                (Token::Literal(literal), behind)
            }
        };
        self.rest = behind;
        Some(Ok(token))
    }
}

/// Refuses a text with a malformed variable.
pub(super) fn check_variables(source: &[u8], syntax: Syntax) -> Result<(), Fault> {
    if !syntax.variables {
        return Ok(());
    }
    tokens(source, syntax).try_for_each(|token| token.map(|_| ()))
}

/// Reads what follows `${`, up to the closing brace, and returns what follows that (R-VAR-1 to R-VAR-4).
fn variable(opened: &[u8]) -> Option<(Token<'_>, &[u8])> {
    let (name, behind, fits) = name(opened)?;
    match behind.split_first()? {
        // R-VAR-3: the three characters that are special elsewhere, as themselves.
        (b'}', behind) if matches!(name, b"*" | b"?" | b"$") => Some((Token::Literal(name), behind)),
        (b'}', behind) => fits.then_some((Token::Variable { name, default: None }, behind)),
        (_, behind) => {
            let quoted = behind.strip_prefix(b" '")?;
            let (default, behind) =
                quoted.split_at_checked(quoted.iter().position(|byte| *byte == b'\'')?)?;
            let behind = behind.strip_prefix(b"'}")?;
            let plain = !default.iter().any(|byte| matches!(byte, b'{' | b'}'));
            (plain && fits).then_some((Token::Variable { name, default: Some(default) }, behind))
        }
    }
}

/// The name in front of the first brace that closes or comma, what begins with that, and whether the name can be one. Names
/// are short, so they are read a byte at a time.
///
/// R-VAR-4: a context key has a colon, and no space; a brace or a dollar sign would begin another variable. R-COND-5: no
/// other white space stands around it.
fn name(opened: &[u8]) -> Option<(&[u8], &[u8], bool)> {
    let (mut colon, mut other) = (false, false);
    for (at, byte) in opened.iter().enumerate() {
        match byte {
            b'}' | b',' => {
                let (name, behind) = opened.split_at_checked(at)?;
                let fits = colon && !other && !begins_with_space(name) && !ends_with_space(name);
                return Some((name, behind, fits));
            }
            b' ' | b'{' | b'\'' | b'$' => other = true,
            b':' => colon = true,
            _ => {}
        }
    }
    None
}

/// Whether the first character is white space (R-COND-5), whatever script it is of.
pub(super) fn begins_with_space(text: &[u8]) -> bool {
    match text.first() {
        Some(byte) if byte.is_ascii() => char::from(*byte).is_whitespace(),
        _ => first_character(text).is_some_and(char::is_whitespace),
    }
}

/// Whether the last character is white space (R-COND-5).
pub(super) fn ends_with_space(text: &[u8]) -> bool {
    match text.last() {
        Some(byte) if byte.is_ascii() => char::from(*byte).is_whitespace(),
        _ => {
            // A character has four bytes at most, and all but the first one are continuation bytes.
            let begin = text.iter().rposition(|byte| !matches!(byte, 0x80..=0xBF)).unwrap_or_default();
            first_character(text.get(begin..).unwrap_or_default()).is_some_and(char::is_whitespace)
        }
    }
}

/// The first character of a text in UTF-8.
fn first_character(text: &[u8]) -> Option<char> {
    text.utf8_chunks().next()?.valid().chars().next()
}

/// Whether the text has a `${` at all, whole or malformed.
#[inline]
pub(super) fn opens_variable(text: &[u8]) -> bool {
    text.len() > 1 && before(text, |word| equal(word, b'$')) < text.len() && has_opening(text)
}

fn has_opening(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        rest = rest.get(before(rest, opening)..).unwrap_or_default();
        match rest {
            [b'$', b'{', ..] => return true,
            [_, tail @ ..] => rest = tail,
            [] => return false,
        }
    }
}

/// A mark on each lane of `word` that holds a dollar sign, unless the lane behind it holds something else than a brace.
const fn opening(word: u64) -> u64 {
    // What follows the last lane is not known.
    let last = 0x80 << 56;
    each_equal(word, b'$') & (each_equal(word, b'{') >> 8 | last)
}

/// Divides a text at its first `N - 1` colons that are outside variables (R-RES-1, R-VAR-12). Returns the fields, and
/// how many there are; the others are empty.
pub(super) fn fields<const N: usize>(source: &[u8], variables: bool) -> ([&[u8]; N], usize) {
    let mut fields: [&[u8]; N] = [&[]; N];
    let mut rest = source;
    let mut count = 0;
    for field in &mut fields {
        *field = rest;
        count += 1;
        let colon = if variables { colon_outside(rest) } else { rest.iter().position(|byte| *byte == b':') };
        let Some((front, [_, behind @ ..])) = colon.and_then(|colon| rest.split_at_checked(colon)) else {
            break;
        };
        if count < N {
            *field = front;
            rest = behind;
        }
    }
    (fields, count)
}

/// Where the first colon stands that is outside variables.
fn colon_outside(text: &[u8]) -> Option<usize> {
    let mut in_variable = false;
    text.iter().enumerate().position(|(at, byte)| {
        match byte {
            b'$' => in_variable |= text.get(at + 1) == Some(&b'{'),
            b'}' => in_variable = false,
            _ => {}
        }
        *byte == b':' && !in_variable
    })
}

#[cfg(test)]
mod tests {
    use super::{
        Syntax, Token, begins_with_space, ends_with_space, fields, name, opens_variable, split_literal,
        tokens,
    };
    use crate::ground::error::Fault;
    use crate::parse::json::gate::samples::{Random, rounds};

    const ALL: Syntax = Syntax { wildcards: true, variables: true, fold: false };

    fn read(source: &str, syntax: Syntax) -> Result<Vec<Token<'_>>, Fault> {
        tokens(source.as_bytes(), syntax).collect()
    }

    #[test]
    fn wildcards_and_variables_are_told_from_text() {
        let name = b"aws:username";
        assert_eq!(
            read("b/${aws:username}/*?x", ALL),
            Ok(vec![
                Token::Literal(b"b/"),
                Token::Variable { name, default: None },
                Token::Literal(b"/"),
                Token::Star,
                Token::One,
                Token::Literal(b"x"),
            ])
        );
        let none = Syntax { wildcards: false, variables: false, fold: false };
        assert_eq!(read("*${a:b}?", none), Ok(vec![Token::Literal(b"*${a:b}?")]));
    }

    #[test]
    fn three_variables_are_the_character_itself() {
        let expected = [b"*", b"?", b"$"].map(|text| Token::Literal(text));
        assert_eq!(read("${*}${?}${$}", ALL), Ok(expected.to_vec()));
    }

    #[test]
    fn a_dollar_without_a_brace_is_text() {
        assert_eq!(read("$x$", ALL), Ok(vec![Token::Literal(b"$x$")]));
    }

    #[test]
    fn a_default_is_quoted_after_a_comma_and_one_space() {
        let variable = |default| Token::Variable { name: b"a:b", default: Some(default) };
        assert_eq!(read("${a:b, 'x y'}", ALL), Ok(vec![variable(b"x y")]));
        assert_eq!(read("${a:b, ''}", ALL), Ok(vec![variable(b"")]));
        for bad in ["${a:b,'x'}", "${a:b, x}", "${a:b, 'x}", "${a:b, 'x' }", "${a:b, 'x{'}", "${a:b,  'x'}"] {
            assert_eq!(read(bad, ALL), Err(Fault::BadVariable), "{bad}");
        }
    }

    #[test]
    fn malformed_variables_are_refused() {
        for bad in ["${", "${}", "${a:b", "${ab}", "${a: b}", "${a:${b:c}}", "${a:b$}", "x${a:b}${"] {
            assert_eq!(read(bad, ALL), Err(Fault::BadVariable), "{bad}");
        }
    }

    #[test]
    fn white_space_of_any_script_is_seen_at_both_ends() {
        for space in [" ", "\t", "\u{b}", "\u{85}", "\u{a0}", "\u{2003}", "\u{3000}"] {
            for (text, begins, ends) in [
                (format!("{space}é"), true, false),
                (format!("é{space}"), false, true),
                (space.into(), true, true),
            ] {
                assert_eq!(begins_with_space(text.as_bytes()), begins, "{text:?}");
                assert_eq!(ends_with_space(text.as_bytes()), ends, "{text:?}");
            }
            for text in [format!("a:b{space}}}"), format!("{space}a:b}}")] {
                assert_eq!(name(text.as_bytes()).map(|name| name.2), Some(false), "{text:?}");
            }
        }
        assert!(!begins_with_space("é x".as_bytes()) && !ends_with_space(b"") && !begins_with_space(b""));
        assert!(!ends_with_space("x é\u{a1}".as_bytes()));
    }

    #[test]
    fn eight_bytes_at_a_time_say_the_same_as_one() {
        let mut random = Random(5);
        for _ in 0..rounds(200_000) {
            let text: Vec<u8> = (0..random.below(30)).map(|_| random.pick(b"abcdefgh:*?${} '/")).collect();
            assert_eq!(opens_variable(&text), text.windows(2).any(|pair| pair == b"${"));
            let end = text.iter().position(|byte| b"},".contains(byte));
            let twin = end.and_then(|end| text.split_at_checked(end)).map(|(name, behind)| {
                (name, behind, name.contains(&b':') && !name.iter().any(|byte| b" {'$".contains(byte)))
            });
            assert_eq!(name(&text), twin);
            for (wildcards, variables) in [(true, true), (true, false), (false, true), (false, false)] {
                let special = |at: usize| {
                    (wildcards && b"*?".contains(&text[at])) || (variables && text[at..].starts_with(b"${"))
                };
                let may_be = |at: &usize| special(*at) || (variables && text[*at] == b'$');
                let syntax = Syntax { wildcards, variables, fold: false };
                let (literal, rest) = split_literal(&text, syntax);
                assert_eq!([literal, rest].concat(), text);
                assert!(!(0..literal.len()).any(special), "{}", text.escape_ascii());
                assert!(rest.is_empty() || may_be(&literal.len()), "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn fields_are_those_of_a_twin_that_skips_variables() {
        let mut random = Random(6);
        for _ in 0..rounds(100_000) {
            let text: Vec<u8> = (0..random.below(16)).map(|_| random.pick(b"ab::${}$")).collect();
            for variables in [true, false] {
                let (mut twin, mut rest) = (vec![vec![]], text.as_slice());
                while let [byte, behind @ ..] = rest {
                    let mut taken = 1;
                    if variables && rest.starts_with(b"${") {
                        let end = rest.iter().position(|byte| *byte == b'}');
                        taken = end.map_or(rest.len(), |end| end + 1);
                    } else if *byte == b':' && twin.len() < 3 {
                        twin.push(vec![]);
                        rest = behind;
                        continue;
                    }
                    let (front, behind) = rest.split_at(taken);
                    twin.last_mut().expect("a field").extend_from_slice(front);
                    rest = behind;
                }
                let (found, count) = fields::<3>(&text, variables);
                assert_eq!(found.get(..count), Some(&twin.iter().map(Vec::as_slice).collect::<Vec<_>>()[..]));
                assert!(found.iter().skip(count).all(|field| field.is_empty()));
            }
        }
    }

    #[test]
    fn colons_inside_a_variable_divide_nothing() {
        let (parts, count) = fields::<3>(b"a:${x:y, 'p:q'}b:c:d", true);
        assert_eq!((parts, count), ([&b"a"[..], b"${x:y, 'p:q'}b", b"c:d"], 3));
        let (parts, count) = fields::<3>(b"a:${x:y}", false);
        assert_eq!((parts, count), ([&b"a"[..], b"${x", b"y}"], 3));
        assert_eq!(fields::<3>(b"a", true), ([&b"a"[..], b"", b""], 1));
    }
}
