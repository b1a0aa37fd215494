//! Texts that are written into the caller's memory.

use core::ffi::c_char;
use core::fmt::Write;

use super::args::{self, Checked, Outputs, attempt, range, status_of};
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
fn write_text(room: &mut [u8], text: impl Fn(&mut Writer<'_>)) -> usize {
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
unsafe fn put_needed(used: *mut usize, needed: Checked<usize>, out_len: usize) -> Checked<()> {
    // SAFETY: the caller's promise is ours.
    unsafe { args::put_result(used, needed, 0)? };
    match needed {
        Ok(needed) if needed > out_len => Err(iamlet_status::IAMLET_BUFFER_TOO_SMALL),
        _ => Ok(()),
    }
}

/// Writes a text for the caller: `read` reads the inputs, and returns what writes it. Without room for all of it, nothing
/// but its size is written.
///
/// # Safety
/// `out` and `used` must be writable.
pub(super) unsafe fn put_text<W: Fn(&mut Writer<'_>)>(
    out: *mut c_char,
    out_len: usize,
    used: *mut usize,
    read: impl FnOnce(&Outputs<2>) -> Checked<W>,
) -> iamlet_status {
    status_of(|| {
        let needed = attempt(|| {
            let outputs = Outputs::new([range(out, out_len)?, range(used, 1)?])?;
            let text = read(&outputs)?;
            // SAFETY: the caller's promise is ours; the room overlaps nothing by `outputs`.
            let room = unsafe { args::slice_mut(out.cast::<u8>(), out_len)? };
            Ok(write_text(room, text))
        });
        // SAFETY: the caller's promise is ours.
        unsafe { put_needed(used, needed, out_len) }
    })
}
