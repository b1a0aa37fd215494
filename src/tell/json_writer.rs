//! JSON that is written as it goes, in as much memory as a piece of a string takes.

use core::fmt::{self, Display, Write};

/// A JSON object under way.
pub(super) struct Object<'w> {
    out: &'w mut dyn Write,
    is_empty: bool,
}

impl<'w> Object<'w> {
    pub(super) fn begin(out: &'w mut dyn Write) -> Result<Self, fmt::Error> {
        out.write_char('{')?;
        Ok(Self { out, is_empty: true })
    }

    pub(super) fn end(self) -> fmt::Result {
        self.out.write_char('}')
    }

    fn name(&mut self, name: &str) -> fmt::Result {
        if !self.is_empty {
            self.out.write_char(',')?;
        }
        self.is_empty = false;
        string(self.out, name)?;
        self.out.write_char(':')
    }

    pub(super) fn text(&mut self, name: &str, text: impl Display) -> fmt::Result {
        self.name(name)?;
        string(self.out, text)
    }

    pub(super) fn number(&mut self, name: &str, number: u64) -> fmt::Result {
        self.name(name)?;
        write!(self.out, "{number}")
    }

    pub(super) fn truth(&mut self, name: &str, truth: bool) -> fmt::Result {
        self.name(name)?;
        write!(self.out, "{truth}")
    }

    /// A member that is an object.
    pub(super) fn object(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Object<'_>) -> fmt::Result,
    ) -> fmt::Result {
        self.name(name)?;
        let mut object = Object::begin(self.out)?;
        write(&mut object)?;
        object.end()
    }

    /// A member that is a list, each item of which `write` writes.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut dyn Write, T) -> fmt::Result,
    ) -> fmt::Result {
        self.name(name)?;
        self.out.write_char('[')?;
        for (number, item) in items.enumerate() {
            if number != 0 {
                self.out.write_char(',')?;
            }
            write(self.out, item)?;
        }
        self.out.write_char(']')
    }
}

/// Writes a JSON string.
pub(super) fn string(out: &mut dyn Write, text: impl Display) -> fmt::Result {
    out.write_char('"')?;
    write!(Escaped(out), "{text}")?;
    out.write_char('"')
}

/// Passes text on as the inside of a JSON string.
struct Escaped<'w>(&'w mut dyn Write);

/// Bytes of text that are escaped at a time; a character has four at most.
const PIECE: usize = 32;

impl Write for Escaped<'_> {
    fn write_str(&mut self, mut text: &str) -> fmt::Result {
        // A byte becomes six at most: `\u001f`.
        let mut room = [0; 6 * PIECE + 2];
        while !text.is_empty() {
            let most = PIECE.min(text.len());
            let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(most);
            let (piece, rest) = text.split_at_checked(end).ok_or(fmt::Error)?;
            let len = serde_json_core::to_slice(piece, &mut room).map_err(|_| fmt::Error)?;
            let inside = room.get(1..len.wrapping_sub(1)).ok_or(fmt::Error)?;
            self.0.write_str(core::str::from_utf8(inside).map_err(|_| fmt::Error)?)?;
            text = rest;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Object, string};

    /// The stupid twin is serde_json.
    #[test]
    fn strings_are_as_serde_json_reads_them() {
        let long = "\u{e4}\u{1f600}\"\\\n\u{1}/".repeat(30);
        for text in ["", "plain", long.as_str(), "\u{2028}\u{7f}\0"] {
            let mut out = String::new();
            string(&mut out, text).unwrap();
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text, "{out}");
        }
    }

    #[test]
    fn members_are_told_apart() {
        let mut out = String::new();
        let mut object = Object::begin(&mut out).unwrap();
        object.text("a", "b").unwrap();
        object.list("l", [1, 2].iter(), |out, number| string(out, number)).unwrap();
        object.number("n", u64::MAX).unwrap();
        object.end().unwrap();
        assert_eq!(out, r#"{"a":"b","l":["1","2"],"n":18446744073709551615}"#);
    }
}
