//! Where the statements of a document stand: what an explanation names them by.

use iamlet::parse::json::pointer::line_column;

use crate::unwrap::{elements, member, past_white_space};

/// The line and the column of each statement of a good document, as a source map has them: 8 bytes a statement.
pub(crate) fn source_map(document: &[u8]) -> Vec<u8> {
    let Some(statements) = member(document, past_white_space(document, 0), "Statement") else {
        return Vec::new();
    };
    let starts = match document.get(statements.start) {
        Some(b'[') => elements(document, statements.start),
        _ => vec![statements.start],
    };
    let positions = starts.into_iter().map(|start| line_column(document, start));
    positions.flat_map(|(line, column)| [line.to_le_bytes(), column.to_le_bytes()]).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::source_map;

    fn positions(document: &str) -> Vec<[u32; 2]> {
        let (numbers, _) = {
            let map = source_map(document.as_bytes());
            (map.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect::<Vec<_>>(), map)
        };
        numbers.as_chunks::<2>().0.to_vec()
    }

    #[test]
    fn each_statement_has_its_line_and_column() {
        assert_eq!(positions("{\"Statement\":{\"Sid\":\"[,{\"}}"), [[1, 14]]);
        assert_eq!(
            positions(
                "\n{\"Version\":\"x\", \"Statement\" : [ {\"Sid\": \"é]\"},\n  {\"a\":[{}, {}]} ,{}\n]}"
            ),
            [[2, 33], [3, 3], [3, 19]]
        );
        assert_eq!(positions("{\"Statement\":[]}"), [[0_u32; 2]; 0]);
        assert_eq!(positions("{}"), [[0_u32; 2]; 0]);
    }
}
