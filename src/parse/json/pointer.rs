//! Where a fault is, in words for people: the JSON Pointer, the line and the column of a byte offset.
//!
//! While a policy is read, faults carry offsets only; this walks the text once more, when someone asks.

use super::marks::Marks;
use super::text::unescape;
use super::tokens::{JsonToken, JsonTokens};

/// The containers around a place that a pointer can name: the 8 of R-JSON-5, and one to spare.
///
/// Inside deeper ones the pointer ends at the ninth step; the gate lets no text with such a place pass.
const DEEPEST: usize = 9;

/// The step from a container to one of its parts.
#[derive(Clone, Copy)]
enum Step<'a> {
    /// To the member with this name, as it is written between the quotes.
    Member(&'a [u8]),
    /// To the element with this index.
    Element(usize),
}

/// The containers that are open around a place, and the step taken in each.
struct Path<'a> {
    steps: [Step<'a>; DEEPEST],
    /// How many are open; the steps of those past the end of `steps` are not kept.
    depth: usize,
}

impl<'a> Path<'a> {
    fn innermost(&mut self) -> Option<&mut Step<'a>> {
        self.steps.get_mut(self.depth.checked_sub(1)?)
    }

    fn open(&mut self, first: Step<'a>) {
        self.depth += 1;
        if let Some(step) = self.innermost() {
            *step = first;
        }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The pointer made of the outermost `depth` steps.
    fn write(&self, depth: usize, out: &mut dyn FnMut(&[u8])) {
        for step in self.steps.iter().take(depth) {
            out(b"/");
            match step {
                Step::Member(raw) => write_name(raw, out),
                Step::Element(index) => write_decimal(*index, out),
            }
        }
    }
}

/// Gives `out`, in pieces, the JSON Pointer (RFC 6901) of what is at `offset` in a text that the gate
/// accepted.
///
/// That is the innermost value with this byte in it: a scalar at any of its bytes, a container at its
/// brackets and at the whitespace, commas and colons directly inside. The name of a member, quotes included,
/// stands for the member. Outside the top value it is the whole text, whose pointer is empty. Names come out
/// unescaped, with `~` and `/` as `~0` and `~1`. Of a text refused with JSON_DEPTH all up to the fault was
/// accepted, which is enough here.
///
/// Linear in `offset`, in constant memory.
pub fn write_pointer(json: &[u8], offset: usize, out: &mut dyn FnMut(&[u8])) {
    let (path, depth) = path_to(json, offset);
    path.write(depth, out);
}

/// The names of the two innermost members around the name or value that begins at `offset`, the inner one last, as they
/// are written between the quotes; empty where there are fewer. The name of a member stands for the member, as it does
/// for [`write_pointer`]. Linear in `offset`.
pub(crate) fn innermost_names(json: &[u8], offset: usize) -> [&[u8]; 2] {
    // What was read last of each container that is open: the name, if it is an object.
    let mut names: [Option<&[u8]>; DEEPEST] = [None; DEEPEST];
    let mut depth = 0_usize;
    for mark in Marks::new(json).take_while(|mark| mark.start <= offset) {
        match mark.byte {
            b'{' | b'[' => {
                if mark.start == offset {
                    break;
                }
                if let Some(name) = names.get_mut(depth) {
                    *name = None;
                }
                depth += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {
                if let Some(name) = depth.checked_sub(1).and_then(|at| names.get_mut(at)) {
                    *name = Some(mark.name);
                }
            }
        }
    }
    let mut innermost = names.into_iter().take(depth).rev().flatten();
    let inner = innermost.next().unwrap_or_default();
    [innermost.next().unwrap_or_default(), inner]
}

/// The path to what is at `offset`, and how many of its steps lead there.
fn path_to<'a>(json: &'a [u8], offset: usize) -> (Path<'a>, usize) {
    let mut path = Path { steps: [Step::Element(0); DEEPEST], depth: 0 };
    let at = |path: Path<'a>| {
        let depth = path.depth;
        (path, depth)
    };
    // Whether a string is a name, if it is in an object.
    let mut name_next = false;
    for token in JsonTokens::new(json) {
        if token.start > offset {
            break;
        }
        let here = offset < token.end();
        match token.first() {
            bracket @ (b'{' | b'[') => {
                if here {
                    return at(path);
                }
                name_next = bracket == b'{';
                path.open(if name_next { Step::Member(b"") } else { Step::Element(0) });
            }
            b'}' | b']' => {
                path.close();
                if here {
                    return at(path);
                }
            }
            b',' | b':' => {
                if here {
                    break;
                }
                separate(&mut path, token, &mut name_next);
            }
            first => {
                if first == b'"'
                    && name_next
                    && let Some(Step::Member(name)) = path.innermost()
                {
                    *name = token.inner();
                }
                if here {
                    return at(path);
                }
            }
        }
    }
    let depth = path.depth.saturating_sub(1);
    (path, depth)
}

/// Steps over a comma or a colon.
fn separate(path: &mut Path<'_>, token: JsonToken<'_>, name_next: &mut bool) {
    *name_next = token.first() == b',';
    if *name_next && let Some(Step::Element(index)) = path.innermost() {
        *index = index.saturating_add(1);
    }
}

/// The line and the column of `offset`, both from 1.
///
/// Lines end with U+000A, so that CR LF ends one line, too. Columns are counted in Unicode scalars, as
/// editors do, and not in bytes or UTF-16 units; an offset inside a scalar counts as the place after it, one
/// past the end as the end. Text that is not UTF-8 counts each byte that is no continuation byte. Linear in
/// `offset`.
#[must_use]
pub fn line_column(json: &[u8], offset: usize) -> (u32, u32) {
    let before = json.get(..offset).unwrap_or(json);
    let count = |bytes: &[u8], counts: fn(u8) -> bool| {
        // A block of 255 has no count that a byte cannot hold, so that many bytes are counted at once.
        let blocks = bytes
            .chunks(255)
            .map(|block| block.iter().fold(0, |sum: u8, byte| sum + u8::from(counts(*byte))));
        blocks.fold(1_u32, |sum, block| sum.saturating_add(u32::from(block)))
    };
    // A search from the front is the fast one, so what has no end of a line is passed block by block.
    let passed = before.rchunks(1_024).take_while(|block| !block.contains(&b'\n')).count() * 1_024;
    let front = before.get(..before.len().saturating_sub(passed)).unwrap_or_default();
    let line = front.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let in_line = before.get(line..).unwrap_or_default();
    // The end of every line stands in what was not passed.
    (count(front, |byte| byte == b'\n'), count(in_line, |byte| !matches!(byte, 0x80..0xC0)))
}

/// As [`line_column`], from those of an earlier offset and the text from there on. Linear in that text, so that the places of
/// many offsets in order cost one pass.
pub(crate) fn line_column_after((line, column): (u32, u32), between: &[u8]) -> (u32, u32) {
    let (lines, columns) = line_column(between, between.len());
    // Both count from 1.
    let line = line.saturating_add(lines.saturating_sub(1));
    (line, if lines == 1 { column.saturating_add(columns.saturating_sub(1)) } else { columns })
}

/// A name as a step of a pointer (RFC 6901, section 4).
fn write_name(raw: &[u8], out: &mut dyn FnMut(&[u8])) {
    unescape(raw, &mut |piece| {
        for part in piece.split_inclusive(|byte| matches!(byte, b'~' | b'/')) {
            let (plain, escape): (&[u8], &[u8]) = match part {
                [plain @ .., b'~'] => (plain, b"~0"),
                [plain @ .., b'/'] => (plain, b"~1"),
                plain => (plain, b""),
            };
            for text in [plain, escape] {
                if !text.is_empty() {
                    out(text);
                }
            }
        }
        true
    });
}

/// A number in decimal digits.
fn write_decimal(number: usize, out: &mut dyn FnMut(&[u8])) {
    // usize::MAX has 20 digits in 64 bits.
    let mut digits = [b'0'; 20];
    let mut length = 0_usize;
    let mut left = number;
    for (digit, place) in digits.iter_mut().rev().zip(1..) {
        *digit = b"0123456789".get(left % 10).copied().unwrap_or(b'0');
        left /= 10;
        length = place;
        if left == 0 {
            break;
        }
    }
    out(digits.get(digits.len().saturating_sub(length)..).unwrap_or_default());
}

#[cfg(test)]
#[path = "pointer_tests.rs"]
mod tests;
