//! What the commands tell: the exit status, complaints, and tables.

use std::fmt::Display;
use std::io::{self, Write};

use comfy_table::{Cell, Table, presets};

/// The exit status. The greater one wins where several files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Status {
    /// All documents are good, all requests are allowed, all cases pass.
    Good = 0,
    /// A document is refused, a request is denied, a case fails.
    Bad = 1,
    /// Nothing can be said: a file cannot be read, say.
    Error = 2,
}

/// Says on standard error what went wrong.
pub(crate) fn complain(what: &dyn Complaint) {
    // Where standard error is closed nobody is listening; the exit status still tells.
    let _ = writeln!(io::stderr(), "iamlet: {}", plain(&what.text()));
}

/// Something that went wrong, with its causes.
pub(crate) trait Complaint {
    /// It in words.
    fn text(&self) -> String;
}

impl Complaint for anyhow::Error {
    fn text(&self) -> String {
        format!("{self:#}")
    }
}

impl Complaint for String {
    fn text(&self) -> String {
        self.clone()
    }
}

/// A text without characters that would steer the terminal or forge a line: names and pointers come from strangers.
pub(crate) fn plain(text: &str) -> String {
    let steers = |character: char| {
        let turns =
            matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        character.is_control() || turns
    };
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            plain.extend(character.escape_unicode());
        } else {
            plain.push(character);
        }
    }
    plain
}

/// Prints rows of a name and a value, aligned, and an empty line after them.
pub(crate) fn print_rows<'r, V: Display + 'r>(
    out: &mut dyn Write,
    rows: impl IntoIterator<Item = (&'r str, V)>,
) -> io::Result<()> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([Cell::new(name), Cell::new(plain(&value.to_string()))]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    writeln!(out, "{}\n", table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{202e}d"), "a\\u{1b}[2Jb\\u{a}c\\u{202e}d");
        assert_eq!(plain("Zürich"), "Zürich");
    }
}
