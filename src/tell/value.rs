//! The values of conditions, as a policy would write them: images hold what they were compiled to.

use core::fmt::{self, Write};

use super::key_name::KeyName;
use crate::ground::base64;
use crate::ground::cidr::Prefix;
use crate::ground::date::Instant;
use crate::ground::decimal::Decimal;
use crate::ground::wildcard::{Piece, pieces};
use crate::image::operator::Family;
use crate::image::records::Span;
use crate::image::statement::Statement;

/// A value of a condition. Texts are as they were written; numbers, dates and addresses mean what was written. A wildcard that stands for itself is `${*}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExpectedValue<'a> {
    pub(super) statement: Statement<'a>,
    pub(super) span: &'a Span,
    pub(super) family: Family,
}

impl fmt::Display for ExpectedValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.span.get(self.statement.text).unwrap_or_default();
        match self.family {
            Family::Text | Family::TextIgnoreCase | Family::Pattern | Family::Arn => self.pattern(f, bytes),
            Family::Number => shown(f, Decimal::from_bytes(bytes)),
            Family::Date => shown(f, Instant::from_bytes(bytes)),
            Family::Ip => shown(f, Prefix::from_bytes(bytes)),
            Family::Bool | Family::Null => shown(f, Some(bytes == [1])),
            Family::Binary => base64::encode(bytes, f),
        }
    }
}

/// Writes a value that is there: that of an opened image is.
fn shown(f: &mut fmt::Formatter<'_>, value: Option<impl fmt::Display>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, "{value}"))
}

impl ExpectedValue<'_> {
    fn pattern(&self, f: &mut fmt::Formatter<'_>, pattern: &[u8]) -> fmt::Result {
        for piece in pieces(pattern) {
            match piece {
                Piece::Literal(text) => self.literal(f, text)?,
                Piece::Star => f.write_char('*')?,
                Piece::One => f.write_char('?')?,
                Piece::Variable(number) => self.variable(f, number)?,
            }
        }
        Ok(())
    }

    fn literal(&self, f: &mut fmt::Formatter<'_>, text: &[u8]) -> fmt::Result {
        for character in text.utf8_chunks().flat_map(|chunk| chunk.valid().chars()) {
            if matches!(character, '*' | '?') && self.family.takes_wildcards() {
                write!(f, "${{{character}}}")?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }

    fn variable(&self, f: &mut fmt::Formatter<'_>, number: u16) -> fmt::Result {
        let Some(variable) = self.statement.variable(number) else { return Ok(()) };
        let Some(key) = self.statement.key(variable.key) else { return Ok(()) };
        let text = |start, len| self.statement.piece(start, len).unwrap_or_default();
        write!(f, "${{{}", KeyName(text(key.start, key.len)))?;
        if variable.has_default == 1 {
            write!(f, ", '{}'", Utf8(text(variable.default_start, variable.default_len)))?;
        }
        f.write_char('}')
    }
}

/// A text of a request, as UTF-8, which it was checked to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Utf8<'a>(pub(super) &'a [u8]);

impl fmt::Display for Utf8<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.utf8_chunks().try_for_each(|chunk| f.write_str(chunk.valid()))
    }
}
