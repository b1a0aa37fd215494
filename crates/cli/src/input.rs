//! What the commands read: documents, case files, and cases line by line. `-` is standard input.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use anyhow::Context as _;
use iamlet::limits::MAX_DOCUMENT;
use serde_json::Value;

use iamlet_cases::{NO_TIME, NotACase, parse_time, read_line};

/// Bytes of one line of a stream. More is no case, and must not fill the memory.
const MAX_LINE: u64 = 64 << 20;

fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    Ok(if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(File::open(path)?) })
}

fn read(path: &Path, at_most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)
        .and_then(|file| file.take(at_most).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(bytes)
}

/// Reads a policy document, and of one that is too large no more than it takes to be refused.
pub(crate) fn read_document(path: &Path) -> anyhow::Result<Vec<u8>> {
    read(path, MAX_DOCUMENT as u64 + 1)
}

/// Reads the time of an option: as a case file has it, or its digits.
pub(crate) fn time(text: &str) -> Result<i64, String> {
    text.parse().ok().or_else(|| parse_time(text)).ok_or_else(|| format!("this {NO_TIME}"))
}

/// Reads a file that may have a policy document somewhere inside, written with escapes.
pub(crate) fn read_wrapped(path: &Path) -> anyhow::Result<Vec<u8>> {
    read(path, 8 * MAX_DOCUMENT as u64)
}

/// A case of a file, with the number of its line.
pub(crate) struct CaseLine {
    /// From 1.
    pub(crate) number: usize,
    /// Its JSON, or why it is none.
    pub(crate) case: Result<Value, NotACase>,
}

/// Reads the cases of a file: one on each line, or a single one that may go over several lines.
///
/// # Errors
/// Where the file cannot be read, or has no case at all.
pub(crate) fn read_cases(path: &Path) -> anyhow::Result<Vec<CaseLine>> {
    let text = read(path, u64::MAX)?;
    let cases = if is_one_value(&text) {
        vec![CaseLine { number: 1, case: read_line(&text) }]
    } else {
        let lines = text.split(|byte| *byte == b'\n').enumerate();
        let lines = lines.filter(|(_, line)| !is_blank(line));
        lines.map(|(at, line)| CaseLine { number: at + 1, case: read_line(line) }).collect()
    };
    anyhow::ensure!(!cases.is_empty(), "`{}` has no case", path.display());
    Ok(cases)
}

/// Whether the text is one JSON value and no more.
fn is_one_value(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

/// The lines of a stream that are not blank.
pub(crate) struct Lines<R> {
    reader: io::BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// The lines of `reader`.
    pub(crate) fn new(reader: R) -> Self {
        Self { reader: io::BufReader::with_capacity(1 << 16, reader), line: Vec::new() }
    }

    /// Whether the next line is at hand, so that nobody has to wait for it.
    pub(crate) fn has_next_at_hand(&self) -> bool {
        self.reader.buffer().contains(&b'\n')
    }

    /// The JSON of the next line that is not blank, or why it is none.
    pub(crate) fn next_case(&mut self) -> io::Result<Option<Result<Value, NotACase>>> {
        loop {
            self.line.clear();
            if (&mut self.reader).take(MAX_LINE).read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            if self.line.len() as u64 == MAX_LINE && !self.line.ends_with(b"\n") {
                self.reader.skip_until(b'\n')?;
                return Ok(Some(Err(NotACase(format!("the line has more than {MAX_LINE} bytes")))));
            }
            if !is_blank(&self.line) {
                return Ok(Some(read_line(&self.line)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, MAX_LINE};

    #[test]
    fn a_line_without_end_is_skipped_and_the_next_is_read() {
        let long = "1".repeat(MAX_LINE as usize + 10);
        let text = format!("{long}\n\n \r\n2\n");
        let mut lines = Lines::new(text.as_bytes());
        let mut next = || lines.next_case().expect("bytes in memory");
        assert!(next().expect("the long line").is_err());
        assert_eq!(next().expect("the line after it"), Ok(serde_json::json!(2)));
        assert!(next().is_none());
    }
}
