//! Which member name an object repeats (R-JSON-4).
//!
//! For the slow path only: a text that the gate accepted and that was then refused for its structure may hold
//! a duplicate name, too, and that fault comes first (R-ERR-3).

use zerocopy::little_endian::U32;

use super::text::{Decoded, Token, Tokens, same_text};

/// How many slots of the table are tried for one name.
const PROBES: usize = 16;

/// The deepest container whose names are compared: more than the 8 of R-JSON-5, and what bounds the time.
const DEEPEST: usize = 9;

/// The offset of a member name, of its opening quote, that its object has already had.
///
/// Names are compared after unescaping and case-sensitively. Of several duplicates, the one in the outermost
/// object that starts first is found first, not the first in the text.
///
/// `table` is working memory, of which the largest power of two is used, and its content on entry does not
/// matter. An object fits if the table has twice as many slots as it has members. In a larger one only the
/// names that find a free slot are remembered, so that a duplicate may go unnoticed: the text is refused with
/// or without it.
///
/// An object is read twice and each object inside it again, so a text takes at most `1 + 2 * DEEPEST`
/// readings and `PROBES` comparisons for a name; without recursion, and bounded in this way for texts that
/// the gate refused as well.
#[must_use]
pub fn find(json: &[u8], table: &mut [U32]) -> Option<usize> {
    let mut depth = 0_usize;
    for token in Tokens::new(json) {
        match token.first() {
            bracket @ (b'{' | b'[') => {
                depth += 1;
                if bracket == b'{' && depth <= DEEPEST {
                    let duplicate = find_in(json.get(token.start..)?, table);
                    if let Some(within) = duplicate {
                        return token.start.checked_add(within);
                    }
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The same for the object at the start of `json` alone, whatever follows it.
fn find_in(json: &[u8], table: &mut [U32]) -> Option<usize> {
    let members = Names::new(json).count();
    if members < 2 {
        return None;
    }
    // The part of the table that is used, and has to be cleared, grows with the object: many small objects
    // do not clear a large table each.
    let largest = table.len().checked_ilog2().map_or(0, |log| 1_usize << log);
    let slots = table.get_mut(..largest.min(members.saturating_mul(2).next_power_of_two()))?;
    slots.fill(U32::ZERO);
    Names::new(json).find(|name| !remember(json, *name, slots)).map(|name| name.start)
}

/// Puts a name into the table, unless it is there; then it answers false.
///
/// A slot holds 0, or the offset of a name, which is never 0: there stands the brace.
fn remember(json: &[u8], name: Token<'_>, slots: &mut [U32]) -> bool {
    let Ok(offset) = u32::try_from(name.start) else {
        return true;
    };
    let mask = slots.len().saturating_sub(1);
    let start = hash(name.inner());
    for probe in 0..PROBES {
        let Some(slot) = slots.get_mut(start.wrapping_add(probe) & mask) else {
            return true;
        };
        if slot.get() == 0 {
            *slot = U32::new(offset);
            return true;
        }
        let earlier = usize::try_from(slot.get()).ok().and_then(|at| json.get(at..)).unwrap_or_default();
        // A byte of text takes six to write at most, `\u0041`, and an equal name ends before that many: so
        // the work does not depend on the length of the earlier name, which many short ones may meet.
        let earlier = earlier.get(..name.text.len().saturating_mul(6)).unwrap_or(earlier);
        if Tokens::new(earlier).next().is_some_and(|earlier| same_text(earlier.inner(), name.inner())) {
            return false;
        }
    }
    true
}

/// FNV-1a over the text of a name, so that spellings of one name meet.
fn hash(raw: &[u8]) -> usize {
    let hash = Decoded::new(raw)
        .fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    usize::try_from(hash ^ hash >> 16).unwrap_or_default()
}

/// The names of the object that a text starts with, without those of the objects inside it.
struct Names<'a> {
    tokens: Tokens<'a>,
    depth: usize,
    name_next: bool,
}

impl<'a> Names<'a> {
    fn new(json: &'a [u8]) -> Self {
        Self { tokens: Tokens::new(json), depth: 0, name_next: false }
    }
}

impl<'a> Iterator for Names<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let token = self.tokens.next()?;
            match token.first() {
                b'{' | b'[' => {
                    self.depth += 1;
                    self.name_next = self.depth == 1;
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        // The object ends, and with it its names.
                        self.tokens = Tokens::new(&[]);
                    }
                }
                b',' => self.name_next = self.depth == 1,
                b'"' if self.name_next => {
                    self.name_next = false;
                    return Some(token);
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
#[path = "duplicates_tests.rs"]
mod tests;
