//! Files of byte strings, from the runner to the probe, which does nothing under valgrind that it need not.

use std::path::Path;

/// Writes byte strings: each its length in eight bytes, then itself.
///
/// # Panics
/// Where the file cannot be written.
pub fn write<'a>(path: &Path, blobs: impl IntoIterator<Item = &'a [u8]>) {
    let mut bytes = Vec::new();
    for blob in blobs {
        bytes.extend((blob.len() as u64).to_le_bytes());
        bytes.extend(blob);
    }
    std::fs::write(path, bytes).expect("a file that can be written");
}

/// Reads them.
///
/// # Panics
/// Where the file is none of [`write`].
#[must_use]
pub fn read(path: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(path).expect("a file that can be read");
    let mut rest = bytes.as_slice();
    let mut blobs = Vec::new();
    while let Some((len, after)) = rest.split_first_chunk() {
        let (blob, after) = after.split_at(u64::from_le_bytes(*len) as usize);
        blobs.push(blob.to_vec());
        rest = after;
    }
    blobs
}
