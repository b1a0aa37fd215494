//! Lines of at most 80 columns, for a terminal.

use core::fmt::{self, Display, Write};

/// Columns of a line. One word may be longer.
const COLUMNS: usize = 80;

/// Text that is broken into lines between words.
pub(super) struct Lines<'f> {
    out: &'f mut dyn Write,
    /// Columns before the text of a line that was broken.
    indent: usize,
    /// Columns of the line so far.
    column: usize,
    /// Whether a word was written since the line began.
    has_word: bool,
}

impl<'f> Lines<'f> {
    pub(super) fn new(out: &'f mut dyn Write) -> Self {
        Self { out, indent: 0, column: 0, has_word: false }
    }

    /// Begins a line. What is broken goes on two columns further in.
    pub(super) fn line(&mut self, indent: usize) -> fmt::Result {
        if self.has_word {
            self.out.write_char('\n')?;
        }
        self.begin(indent)?;
        self.indent = indent + 2;
        Ok(())
    }

    fn begin(&mut self, indent: usize) -> fmt::Result {
        write!(self.out, "{:indent$}", "")?;
        (self.column, self.has_word) = (indent, false);
        Ok(())
    }

    /// Writes one word, which is not broken.
    pub(super) fn word(&mut self, word: impl Display) -> fmt::Result {
        let mut width = Width(0);
        write!(width, "{word}")?;
        let space = usize::from(self.has_word);
        if self.has_word && self.column + space + width.0 > COLUMNS {
            self.out.write_char('\n')?;
            self.begin(self.indent)?;
        } else if self.has_word {
            self.out.write_char(' ')?;
            self.column += 1;
        }
        write!(self.out, "{word}")?;
        self.column += width.0;
        self.has_word = true;
        Ok(())
    }

    /// Writes the words of a text.
    pub(super) fn say(&mut self, text: &str) -> fmt::Result {
        text.split_ascii_whitespace().try_for_each(|word| self.word(word))
    }
}

/// Counts the characters of a text.
struct Width(usize);

impl Write for Width {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.chars().count());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_are_broken_between_words_and_words_are_not() {
        let mut text = String::new();
        let mut lines = Lines::new(&mut text);
        lines.line(2).unwrap();
        lines.say(&"four ".repeat(20)).unwrap();
        lines.word("x".repeat(90)).unwrap();
        lines.line(0).unwrap();
        lines.say("end").unwrap();
        let widths = text.lines().map(str::len).collect::<Vec<_>>();
        assert_eq!(widths, [76, 28, 94, 3], "{text}");
        assert!(text.lines().nth(1).unwrap().starts_with("    four"));
    }
}
