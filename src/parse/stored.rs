//! The table of texts: where each is stored, found by its hash.

use heapless::VecView;
use zerocopy::little_endian::{U16, U32};

use crate::image::records::Span;

/// Probes of the table of texts before a text is stored a second time: sharing saves space and is never needed.
const PROBES: usize = 8;

/// Slots of the table of texts are emptied so many at a time: fewer steps than to have `memset` do it, which beyond 2 KB
/// leaves each byte to the processor.
const EMPTY: [Span; 64] = [Span { start: U32::ZERO, len: U16::ZERO, head: U16::ZERO }; 64];

/// Empties the table for a document of so many bytes: a power of two of slots.
pub(super) fn fill_with_empty(slots: &mut VecView<Span>, document: usize) {
    slots.clear();
    // A pattern takes some 26 bytes of a document: two slots a text, and no more to clear than that.
    let wanted = (document / 12).next_power_of_two().min(slots.capacity());
    while slots.len() < wanted {
        let piece = EMPTY.get(..wanted - slots.len()).unwrap_or(&EMPTY);
        if slots.extend_from_slice(piece).is_err() {
            break;
        }
    }
}

/// Where a text is.
pub(super) struct Stored {
    pub(super) span: Span,
    /// Nowhere else than where it was to be stored.
    pub(super) is_new: bool,
    /// The table gives this span whenever the text may be shared.
    pub(super) is_in_table: bool,
}

/// Where `stored` has the text that `is_it` knows, whose hash is `hash`, if it `may_share` it; else `new`, where it is going
/// to be, which is noted in the table.
#[inline(always)]
pub(super) fn find_stored(
    slots: &mut [Span],
    stored: &[u8],
    hash: u32,
    new: Span,
    may_share: bool,
    is_it: impl Fn(&[u8]) -> bool,
) -> Stored {
    let mut found = Stored { span: new, is_new: true, is_in_table: false };
    if new.len.get() == 0 {
        return found;
    }
    // The table has no use for heads: in their place it keeps what of a hash does not say where its slot is.
    let [.., low, high] = hash.to_le_bytes();
    let marked = Span { head: U16::from_bytes([low, high]), ..new };
    let mask = slots.len().wrapping_sub(1);
    for probe in 0..PROBES {
        let Some(slot) = slots.get_mut((hash as usize).wrapping_add(probe) & mask) else { break };
        if slot.len.get() == 0 {
            *slot = marked;
            found.is_in_table = may_share;
            break;
        }
        if (slot.len, slot.head) == (marked.len, marked.head)
            && may_share
            && slot.get(stored).is_some_and(&is_it)
        {
            return Stored { span: Span { head: U16::ZERO, ..*slot }, is_new: false, is_in_table: true };
        }
    }
    found
}
