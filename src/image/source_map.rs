//! Source maps: where the statements of a policy stand in its document.
//!
//! A source map lies beside its image, not in it: decisions do not read it, and many programs never need it. It has 8 bytes
//! for each statement, in the order of the document: line and column, 4 bytes each, little-endian, both from 1.

use core::fmt;

/// The bytes that a source map has for each statement.
const EACH: usize = 8;

/// A place in a policy document. Of two places in one document the later one is the larger.
///
/// ```
/// use iamlet::{Position, SourceMap};
///
/// let map = [10, 0, 0, 0, 5, 0, 0, 0];
/// let position = SourceMap::new(&map).position(0);
/// assert_eq!(position, Some(Position { line: 10, column: 5 }));
/// assert_eq!(position.unwrap().to_string(), "10:5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1. Lines end with U+000A.
    pub line: u32,
    /// The column, from 1, in characters (Unicode scalars), as [`Refusal::column`](crate::Refusal::column).
    pub column: u32,
}

/// `line:column`
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where the statements of a policy stand in its document: what [`Policy::compile_mapped`](crate::Policy::compile_mapped)
/// writes beside the image.
///
/// It is a look at bytes, which may be stored and read again. Any bytes may be offered: those that no compiler wrote have
/// no positions, or wrong ones.
///
/// ```
/// use iamlet::{CompileOptions, Policy, PolicyKind, SmallScratch, SourceMap};
///
/// let json = r#"{
///     "Version": "2012-10-17",
///     "Statement": [
///         {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
///         {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::team/secret/*"}
///     ]
/// }"#;
/// let (mut image, mut map) = ([0; 512], [0; 64]);
/// let (mut scratch, options) = (SmallScratch::new(), CompileOptions::default());
/// let (_, map) = Policy::compile_mapped(PolicyKind::Identity, json, options, &mut scratch, &mut image, &mut map)?;
/// assert_eq!(map.as_bytes().len(), SourceMap::size(2));
/// assert_eq!(map.position(1).unwrap().to_string(), "5:9");
/// assert_eq!(map.position(2), None);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceMap<'a> {
    bytes: &'a [u8],
}

impl<'a> SourceMap<'a> {
    /// A look at the bytes of a source map. Nothing is checked, for nothing has to be.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The bytes of the source map of a policy with so many statements: 8 for each.
    #[must_use]
    pub const fn size(statements: usize) -> usize {
        statements.saturating_mul(EACH)
    }

    /// Bytes that are enough for the source map of any document of so many bytes: a quarter of them.
    #[must_use]
    pub const fn room(document: usize) -> usize {
        // The shortest statement, `{"Effect":"Allow","Action":"*"}` of a service control policy, and a comma take 32 bytes.
        document / 4
    }

    /// Where the `{` of a statement stands. The number is that of the policy's statements, from 0. `None` beyond the last,
    /// and where the bytes hold no position: line or column 0. Time is constant.
    #[must_use]
    pub fn position(&self, statement: u32) -> Option<Position> {
        let (entries, _) = self.bytes.as_chunks::<EACH>();
        let [a, b, c, d, e, f, g, h] = *entries.get(usize::try_from(statement).ok()?)?;
        let position =
            Position { line: u32::from_le_bytes([a, b, c, d]), column: u32::from_le_bytes([e, f, g, h]) };
        (position.line != 0 && position.column != 0).then_some(position)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// Writes the positions into `out`, as many as there are or fit.
pub(crate) fn write(positions: impl Iterator<Item = Position>, out: &mut [u8]) {
    let (entries, _) = out.as_chunks_mut::<EACH>();
    for (entry, Position { line, column }) in entries.iter_mut().zip(positions) {
        let ([a, b, c, d], [e, f, g, h]) = (line.to_le_bytes(), column.to_le_bytes());
        *entry = [a, b, c, d, e, f, g, h];
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, SourceMap, write};

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let positions = [(1, 1), (1, 2), (3, 1), (u32::MAX, u32::MAX)];
        let positions = positions.map(|(line, column)| Position { line, column });
        assert!(positions.is_sorted());
        let mut bytes = [0; 4 * 8 + 7];
        write(positions.into_iter(), &mut bytes);
        let map = SourceMap::new(&bytes);
        for (number, position) in (0..).zip(positions) {
            assert_eq!(map.position(number), Some(position));
        }
        for number in [4, 5, u32::MAX / 8, u32::MAX] {
            assert_eq!(map.position(number), None, "{number}");
        }
        assert_eq!(map.as_bytes(), bytes);
    }

    #[test]
    fn foreign_bytes_have_no_position_or_a_wrong_one() {
        assert_eq!(SourceMap::default().position(0), None);
        for len in 0..8 {
            assert_eq!(SourceMap::new(&[1; 8][..len]).position(0), None, "{len} bytes");
        }
        assert_eq!(SourceMap::new(&[0; 8]).position(0), None, "line 0");
        assert_eq!(SourceMap::new(&[1, 0, 0, 0, 0, 0, 0, 0]).position(0), None, "column 0");
        assert_eq!(SourceMap::new(&[0, 0, 0, 0, 1, 0, 0, 0]).position(0), None, "line 0");
        assert!(SourceMap::new(&[0xFF; 9]).position(0).is_some());
    }

    #[test]
    fn the_room_for_a_document_is_enough_for_its_shortest_statements() {
        for statements in [1, 2, 15, 16, 4_096, 1 << 20] {
            let document = r#"{"Statement":[]}"#.len() + statements * 32 - 1;
            assert!(SourceMap::room(document) >= SourceMap::size(statements), "{statements}");
        }
        assert_eq!(SourceMap::size(usize::MAX), usize::MAX);
    }
}
