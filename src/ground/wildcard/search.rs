//! Where one text is in another, in linear time and constant space: what `*` needs.
//!
//! Bytes are looked at eight at a time, in plain integers: the texts are short, and so nothing is dispatched
//! at run time.

use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::lanes::{each_equal, first};

/// How many bytes `a` and `b` have in common at the front. Eight at a time.
#[inline]
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let length = a.len().min(b.len());
    let (Some(a), Some(b)) = (a.get(..length), b.get(..length)) else {
        return 0;
    };
    let mut common = 0;
    for (x, y) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        let difference = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if difference != 0 {
            return common + first(difference);
        }
        common += 8;
    }
    // What is left over is looked at as the last eight bytes, some of which are known to be equal.
    if let (Some(x), Some(y)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        let difference = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        // 64 zeros when nothing differs: all eight are common.
        return length - 8 + first(difference);
    }
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// Where `byte` is first found in `text`.
#[inline]
pub(super) fn find_byte(byte: u8, text: &[u8]) -> Option<usize> {
    let (words, tail) = text.as_chunks::<8>();
    let mut base = 0;
    for word in words {
        let hits = each_equal(u64::from_le_bytes(*word), byte);
        if hits != 0 {
            return Some(base + first(hits));
        }
        base += 8;
    }
    tail.iter().position(|other| *other == byte).map(|at| base + at)
}

/// Where `byte` is last found in `text`.
#[inline]
pub(super) fn find_last_byte(byte: u8, text: &[u8]) -> Option<usize> {
    let (head, words) = text.as_rchunks::<8>();
    let mut base = text.len();
    for word in words.iter().rev() {
        base -= 8;
        let hits = each_equal(u64::from_le_bytes(*word), byte);
        if hits != 0 {
            return Some(base + 7 - (hits.leading_zeros() / 8) as usize);
        }
    }
    head.iter().rposition(|other| *other == byte)
}

/// What [`find`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    At(usize),
    Nowhere,
    /// It is not before this place, and has not been looked for from there on.
    NotBefore(usize),
}

/// Where `needle` is first found in `text`. Time linear in both, however hostile, in constant space.
///
/// Most searches are easy: look for the first byte of the needle, and compare. That is given up once more was compared
/// in vain than an easy search would. From there on a needle of no more than [`LONG`] bytes is left to the caller, who
/// looks at many places together; for a longer one [`find_two_way`] takes less.
///
/// # Errors
/// [`BudgetExhausted`] when the budget does not suffice.
pub(super) fn find(needle: &[u8], text: &[u8], budget: &mut Budget) -> Result<Found, BudgetExhausted> {
    /// What one place costs apart from the bytes that are compared: about the time of so many.
    const PLACE: usize = 8;
    /// In vain compared before it counts as hostile, besides one byte for each of needle and text passed
    /// over.
    const PATIENCE: usize = 64;
    let Some((first, _)) = needle.split_first() else {
        return Ok(Found::At(0));
    };
    let mut patience = needle.len().min(LONG) + PATIENCE;
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let places = (rest.len() + 1).saturating_sub(needle.len());
        let skipped = rest.get(..places).and_then(|places| find_byte(*first, places));
        budget.spend(2 + skipped.unwrap_or(places) / 32)?;
        let Some(window) = skipped.and_then(|skipped| rest.get(skipped..)) else { return Ok(Found::Nowhere) };
        let skipped = rest.len() - window.len();
        at += skipped;
        let common = common_prefix(needle, window);
        budget.spend(common / 16)?;
        count_work(skipped + common + 1);
        if common == needle.len() {
            return Ok(Found::At(at));
        }
        match (patience + skipped).checked_sub(common + PLACE) {
            Some(left) => patience = left,
            None if needle.len() <= LONG => return Ok(Found::NotBefore(at)),
            None => {
                budget.spend(needle.len() + window.len())?;
                let found = find_two_way(needle, window);
                return Ok(found.map_or(Found::Nowhere, |found| Found::At(at + found)));
            }
        }
        at += 1;
    }
}

/// Bytes of a needle from which on linear time is less than the product of needle and text, many places at a time.
const LONG: usize = 256;

/// [`find`] by the Two-Way algorithm (Crochemore and Perrin, Journal of the ACM 38, 1991).
///
/// The needle is cut at a critical position. Its right part is compared first, from left to right: where it
/// differs after `k` bytes, the needle cannot begin at the next `k` places either. When only the left part
/// differs, the next place that is possible is one period on. Each byte of the text is compared at most
/// twice.
fn find_two_way(needle: &[u8], text: &[u8]) -> Option<usize> {
    let (cut, suffix_period) = critical_position(needle);
    // That period is one of the right part. It is one of the needle if the left part repeats it.
    let periodic = needle.get(..cut) == needle.get(suffix_period..suffix_period + cut);
    let period = if periodic {
        suffix_period
    } else {
        // Its true period is longer than either part, and it pays no more to know it.
        cut.max(needle.len() - cut) + 1
    };
    let mut at = 0;
    // How much of the front of a periodic needle is known to be equal here, from the place one period before.
    let mut known = 0;
    loop {
        let window = text.get(at..)?.get(..needle.len())?;
        let from = cut.max(known);
        let common = common_prefix(needle.get(from..)?, window.get(from..)?);
        count_work(common + 1);
        if from + common < needle.len() {
            at += from + common - cut + 1;
            known = 0;
            continue;
        }
        count_work(cut.saturating_sub(known));
        if known >= cut || needle.get(known..cut) == window.get(known..cut) {
            return Some(at);
        }
        at += period;
        known = if periodic { needle.len() - period } else { 0 };
    }
}

/// A critical position of `needle`, and the period of what comes after it. Time linear in the needle.
///
/// It is where the shorter begins of the two suffixes that are greatest, by one order of bytes and by its
/// reverse.
fn critical_position(needle: &[u8]) -> (usize, usize) {
    let greatest = greatest_suffix(needle, |a, b| a < b);
    let least = greatest_suffix(needle, |a, b| a > b);
    if greatest.0 > least.0 { greatest } else { least }
}

/// Where the suffix begins that is greatest by the order `below`, and its period.
fn greatest_suffix(needle: &[u8], below: impl Fn(u8, u8) -> bool) -> (usize, usize) {
    let mut best = 0;
    let mut period = 1;
    // The suffix that is being compared with the best one, and how many bytes they agree in.
    let mut rival = 1;
    let mut agreed = 0;
    while let (Some(ours), Some(theirs)) = (needle.get(best + agreed), needle.get(rival + agreed)) {
        count_work(1);
        if ours == theirs {
            agreed += 1;
            if agreed == period {
                // Another repetition of the period.
                rival += period;
                agreed = 0;
            }
        } else if below(*theirs, *ours) {
            // The rival loses, and so does every suffix that begins in what they agree in.
            rival += agreed + 1;
            agreed = 0;
            period = rival - best;
        } else {
            best = rival;
            rival += 1;
            agreed = 0;
            period = 1;
        }
    }
    (best, period)
}

/// Tests count what [`find`] compares, to see that it is linear.
#[cfg(not(test))]
#[inline]
const fn count_work(_bytes: usize) {}

#[cfg(test)]
use super::tests::count_work;

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
