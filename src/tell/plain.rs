//! Texts of policies and requests, made harmless for a line of a log or a terminal.

use core::fmt::{self, Write};

/// Writes a text as far as it fits `most` bytes, and an ellipsis for the rest. Characters that would end a line or turn it
/// around are escaped.
pub(super) fn write_shown(f: &mut impl Write, text: &[u8], most: usize) -> fmt::Result {
    let mut left = most;
    for character in text.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
        let escaped = is_unfit(character);
        // An escape is `\u{10ffff}` at most.
        let len = if escaped { 10 } else { character.len_utf8() };
        if len > left {
            return f.write_char('\u{2026}');
        }
        left -= len;
        if escaped {
            write!(f, "\\u{{{:x}}}", u32::from(character))?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// Whether a character would end the line, or turn it around.
fn is_unfit(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text that is shown whole, made harmless.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain<'a>(pub(super) &'a [u8]);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_shown(f, self.0, usize::MAX)
    }
}

/// What a value displays, made harmless.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Harmless(f), "{}", self.0)
    }
}

/// Passes text on, made harmless.
struct Harmless<'f, 'g>(&'f mut fmt::Formatter<'g>);

impl Write for Harmless<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write_shown(self.0, text.as_bytes(), usize::MAX)
    }
}

/// A text, or a pair of quotes where it is empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrQuotes<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for OrQuotes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counted = Counted { f, has_text: false };
        write!(counted, "{}", self.0)?;
        if counted.has_text { Ok(()) } else { f.write_str("\"\"") }
    }
}

/// Passes text on, and knows whether there was any.
struct Counted<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    has_text: bool,
}

impl Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.has_text |= !text.is_empty();
        self.f.write_str(text)
    }
}
