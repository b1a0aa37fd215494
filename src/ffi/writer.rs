//! Texts that are written into the caller's memory.

use core::fmt::Write;

use super::args::{self, Checked};
use super::status::iamlet_status;

/// Text that is written into the caller's memory as far as it fits, and counted beyond that.
pub(super) struct Writer<'a> {
    room: &'a mut [u8],
    written: usize,
}

impl Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.written.saturating_add(text.len());
        let room = self.room.get_mut(self.written..end).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(text.bytes()) {
            *place = byte;
        }
        self.written = end;
        Ok(())
    }
}

/// Writes to `room` what `text` writes, if it fits. Returns the bytes that it takes.
pub(super) fn write_text(room: &mut [u8], text: impl Fn(&mut Writer<'_>)) -> usize {
    let mut counter = Writer { room: &mut [], written: 0 };
    text(&mut counter);
    let needed = counter.written;
    if needed <= room.len() {
        text(&mut Writer { room, written: 0 });
    }
    needed
}

/// Writes the bytes that a text takes, and returns whether it was written.
///
/// # Safety
/// `used` must be writable.
pub(super) unsafe fn put_needed(used: *mut usize, needed: Checked<usize>, out_len: usize) -> Checked<()> {
    // SAFETY: the caller's promise is ours.
    unsafe { args::put_result(used, needed, 0)? };
    match needed {
        Ok(needed) if needed > out_len => Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL),
        _ => Ok(()),
    }
}
