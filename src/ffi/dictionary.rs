//! Dictionaries of context keys.

use core::ffi::c_char;

use super::args::{self, Checked, Outputs, attempt, range, range_if_given, status_of};
use super::failure::{Failure, put_size};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::image::dictionary::{self, Dictionary, DictionaryError};

/// A dictionary that was opened: it numbers context keys, and a key's number is its
/// slot. Copy it as you like: it owns nothing. Its bytes must stay where they are,
/// unchanged, as long as it is used; a prepared principal has a copy. For bytes that
/// were opened before, you may fill it by hand.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_dictionary {
    /// The dictionary's bytes.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

/// What a dictionary holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct iamlet_dictionary_info {
    /// A number that tells dictionaries apart: of the names in the order of their slots.
    /// It is no defence, for names that have a given one can be made.
    pub fingerprint: u64,
    /// Its keys: their slots are the numbers below.
    pub keys: u32,
    /// 0.
    pub reserved: u32,
}

impl From<DictionaryError> for Failure {
    fn from(error: DictionaryError) -> Self {
        let failure = Self::from(iamlet_status::from(error));
        match error {
            DictionaryError::NoName(at) | DictionaryError::Encoding(at) | DictionaryError::TooLong(at) => {
                Self { at, ..failure }
            }
            DictionaryError::OutputTooSmall(needed) => Self { needed, ..failure },
            DictionaryError::TooManyKeys => failure,
        }
    }
}

/// The names of a list, each of which was checked.
///
/// # Safety
/// The list and its texts must be readable for `'a`.
unsafe fn read_names<'a, const N: usize>(
    names: *const iamlet_text,
    count: usize,
    outputs: Outputs<N>,
) -> Result<impl Iterator<Item = &'a [u8]> + Clone, Failure> {
    // SAFETY: the caller's promise is ours.
    let list: &'a [iamlet_text] = unsafe { outputs.slice(names, count)? };
    for (at, name) in list.iter().enumerate() {
        outputs.apart(name.data, name.len).map_err(|status| Failure { at, ..status.into() })?;
    }
    // SAFETY: readable by the caller's promise, and no length or pointer that cannot be by the line above.
    Ok(list.iter().map(|name| unsafe { args::checked_slice(name.data.cast::<u8>(), name.len) }))
}

/// Tells how many bytes are enough to build a dictionary, which may take fewer.
/// Arguments and errors are those of iamlet_dictionary_build.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_dictionary_size(
    names: *const iamlet_text,
    count: usize,
    size: *mut usize,
    at_fault: *mut usize,
) -> iamlet_status {
    status_of(|| {
        let bytes = (|| {
            let outputs = Outputs::new([range(size, 1)?, range_if_given(at_fault)?])?;
            // SAFETY: the caller promises that inputs are readable.
            Ok(dictionary::size(unsafe { read_names(names, count, outputs)? })?)
        })();
        // SAFETY: the caller promises that outputs are writable.
        unsafe { put_size(bytes, size, at_fault) }
    })
}

/// Builds a dictionary. Do it once, of the keys that the policies of all your sets
/// name; iamlet_set_context_key tells them. No policy names a key without a slot.
///
/// The names are copied. Slots follow the order of the names, unless hashes of names
/// were made to collide. Time is linear in the names, and n log n in those that collide.
///
/// @param names    the names, in any case; the same key twice has one slot.
/// @param count    how many names; 0 is allowed.
/// @param out      where the dictionary goes; may be NULL where out_len is 0, to ask
///                 for the size. Must not overlap other arguments.
/// @param out_len  its bytes.
/// @param out_used after IAMLET_OK the bytes that the dictionary takes; after
///                 IAMLET_BUFFER_TOO_SMALL those that are enough; else 0.
/// @param at_fault the number of the name at fault, or SIZE_MAX; may be NULL.
///
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL; IAMLET_MALFORMED_CONTEXT_KEY for an empty
///         name; IAMLET_NOT_UTF8; IAMLET_DICTIONARY_TOO_LARGE, after which `out` holds no
///         dictionary; or what is wrong with the call. Else nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_dictionary_build(
    names: *const iamlet_text,
    count: usize,
    out: *mut u8,
    out_len: usize,
    out_used: *mut usize,
    at_fault: *mut usize,
) -> iamlet_status {
    status_of(|| {
        let bytes = (|| {
            let outputs =
                Outputs::new([range(out_used, 1)?, range_if_given(at_fault)?, range(out, out_len)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let names = unsafe { read_names(names, count, outputs)? };
            // SAFETY: the caller promises that outputs are writable; this one overlaps nothing by `outputs`.
            let bytes = unsafe { args::slice_mut(out, out_len)? };
            Ok(dictionary::build(names, bytes)?)
        })();
        // SAFETY: the caller promises that outputs are writable.
        unsafe { put_size(bytes, out_used, at_fault) }
    })
}

/// Opens a dictionary: checks all of it, in time linear in its size. Any bytes may be
/// offered. Do this once, when the dictionary is loaded.
///
/// @param data       the dictionary's bytes.
/// @param len        how many.
/// @param dictionary the opened dictionary; after a failure one that is refused.
/// @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE,
///         IAMLET_CORRUPT, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_dictionary_open(
    data: *const u8,
    len: usize,
    dictionary: *mut iamlet_dictionary,
) -> iamlet_status {
    status_of(|| {
        let opened = attempt(|| {
            let outputs = Outputs::new([range(dictionary, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            Dictionary::open(unsafe { outputs.slice(data, len)? })?;
            Ok(iamlet_dictionary { data, len })
        });
        let none = iamlet_dictionary { data: core::ptr::null(), len: 0 };
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(dictionary, opened, none) }
    })
}

/// Tells what an opened dictionary holds. Constant time.
///
/// @param dictionary an opened dictionary.
/// @param info       what it holds; all zero after a failure.
/// @return IAMLET_OK, IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE,
///         IAMLET_CORRUPT, or what is wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_dictionary_describe(
    dictionary: *const iamlet_dictionary,
    info: *mut iamlet_dictionary_info,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(info, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let words = unsafe { read_dictionary(dictionary, &outputs)? };
            let keys = u32::try_from(words.count()).unwrap_or(u32::MAX);
            Ok(iamlet_dictionary_info { fingerprint: words.fingerprint(), keys, reserved: 0 })
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(info, found, iamlet_dictionary_info::default()) }
    })
}

/// Tells the slot of a context key. Time is linear in the name.
///
/// @param dictionary an opened dictionary.
/// @param name       the key's name, in any case.
/// @param name_len   its bytes.
/// @param slot       the slot; IAMLET_NONE where the dictionary lacks the key, and
///                   after a failure.
/// @return as iamlet_dictionary_describe.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_dictionary_slot(
    dictionary: *const iamlet_dictionary,
    name: *const c_char,
    name_len: usize,
    slot: *mut u32,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(slot, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let words = unsafe { read_dictionary(dictionary, &outputs)? };
            // SAFETY: as above.
            let name = unsafe { outputs.slice(name.cast::<u8>(), name_len)? };
            Ok(words.slot(name).unwrap_or(u32::MAX))
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(slot, found, u32::MAX) }
    })
}

/// Tells the name of the key with a slot.
///
/// @param dictionary an opened dictionary.
/// @param slot       the slot.
/// @param name       the name in lower case; it points into the dictionary. Empty after
///                   a failure.
/// @return as iamlet_dictionary_describe; IAMLET_UNKNOWN_SLOT beyond the last key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_dictionary_key(
    dictionary: *const iamlet_dictionary,
    slot: u32,
    name: *mut iamlet_text,
) -> iamlet_status {
    status_of(|| {
        let found = attempt(|| {
            let outputs = Outputs::new([range(name, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let words = unsafe { read_dictionary(dictionary, &outputs)? };
            let name = words.name(slot).filter(|name| !name.is_empty());
            name.map(iamlet_text::from_text).ok_or(iamlet_status::IAMLET_UNKNOWN_SLOT)
        });
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(name, found, iamlet_text::EMPTY) }
    })
}

/// The dictionary behind a pointer.
///
/// # Safety
/// It and its bytes must be readable and unchanged for `'a`.
pub(super) unsafe fn read_dictionary<'a, const N: usize>(
    dictionary: *const iamlet_dictionary,
    outputs: &Outputs<N>,
) -> Checked<Dictionary<'a>> {
    // SAFETY: the caller's promise is ours.
    let iamlet_dictionary { data, len } = *unsafe { outputs.value(dictionary)? };
    // SAFETY: as above.
    Ok(Dictionary::view(unsafe { outputs.slice(data, len)? })?)
}
