//! Writing figures into a document.

use std::path::Path;

/// Puts a text between two lines of a file, in place of what is there.
///
/// # Errors
/// Why it cannot be written.
pub fn put(path: &Path, (begin, end): (&str, &str), text: &str) -> Result<(), String> {
    let file = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (before, rest) = file.split_once(begin).ok_or("the file has no place for the table")?;
    let (_, after) = rest.split_once(end).ok_or("the place for the table has no end")?;
    std::fs::write(path, format!("{before}{begin}{text}{end}{after}")).map_err(|error| error.to_string())
}

/// With a comma after each three digits.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
