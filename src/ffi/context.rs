//! Context keys and their values.

use super::args::{self, Checked, Hull, Outputs, attempt, range, status_of};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::request::{Context, ContextKey};

/// A context key: a name, which may be written in any case, and its hash.
///
/// With `prepared` 0 the library hashes the name each time. For a name that you
/// use again and again, call iamlet_key_prepare once and keep the result, as long
/// as the name stays where it is, for this build of the library. A prepared key is
/// trusted: with a hash of another name, policies do not find it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_key {
    /// The name, "aws:SourceIp" for one.
    pub name: iamlet_text,
    /// 1 after iamlet_key_prepare.
    pub prepared: u32,
    /// The hash.
    pub hash: u32,
    /// The number among keys that the library knows.
    pub known: u32,
    /// 0.
    pub reserved: u32,
}

/// Hashes the name of a context key.
///
/// @param name the name; it must stay where it is as long as `key` is used.
/// @param key  the prepared key.
/// @return IAMLET_OK, IAMLET_MALFORMED_CONTEXT_KEY for an empty name, or what is
///         wrong with the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_key_prepare(name: iamlet_text, key: *mut iamlet_key) -> iamlet_status {
    status_of(|| {
        let prepared = attempt(|| {
            let outputs = Outputs::new([range(key, 1)?])?;
            // SAFETY: the caller promises that inputs are readable.
            let text = unsafe { outputs.text(name)? };
            if text.is_empty() {
                return Err(iamlet_status::IAMLET_MALFORMED_CONTEXT_KEY);
            }
            let (hash, known) = ContextKey::from_bytes(text).numbers();
            Ok(iamlet_key { name, prepared: 1, hash, known: u32::from(known), reserved: 0 })
        });
        let empty = iamlet_key { name: iamlet_text::EMPTY, prepared: 0, hash: 0, known: 0, reserved: 0 };
        // SAFETY: the caller promises that outputs are writable.
        unsafe { args::put_result(key, prepared, empty) }
    })
}

/// A context key of a request with its values.
///
/// The same key in several entries, in any case, is one key with all the values.
/// A key without values is absent; in an item it takes the request's values of
/// that key away. Declared multivalued once, in a request or an item, a key is so
/// for both, and so are without a word aws:CalledVia, aws:PrincipalOrgPaths,
/// aws:PrincipalServiceNamesList, aws:ResourceOrgPaths, aws:SourceOrgPaths,
/// aws:TagKeys and aws:VpceOrgPaths.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_context_entry {
    /// The key.
    pub key: iamlet_key,
    /// Its values, UTF-8.
    pub values: *const iamlet_text,
    /// How many.
    pub value_count: usize,
    /// 1 to declare the key multivalued: then even one value needs a set
    /// qualifier (ForAllValues, ForAnyValue) to be tested.
    pub multivalued: u32,
    /// 1 for a key that is not fetched yet: a tag that another service has, for one. A decision
    /// that could depend on it is denied with IAMLET_REASON_NEEDS_CONTEXT, and names it in `needs`;
    /// one that could not is made without it. Values in any entry of such a key do not count.
    /// At most 64 keys of a request, and none of an item, which brings what was fetched.
    pub not_fetched: u32,
}

/// The context entries of a call, whose pointers were all checked.
pub(super) struct Entries<'a> {
    list: &'a [iamlet_context_entry],
}

impl<'a> Entries<'a> {
    /// # Safety
    /// Entries, names and values must be readable for `'a`, and nobody else may write to them.
    pub(super) unsafe fn read<const N: usize>(
        entries: *const iamlet_context_entry,
        count: usize,
        outputs: &Outputs<N>,
    ) -> Checked<Self> {
        // SAFETY: the caller's promise is ours.
        let list = unsafe { outputs.slice(entries, count)? };
        // Lists of values are held against the outputs one by one, for they are followed here; texts are not.
        let mut texts = Hull::NONE;
        for entry in list {
            let key = &entry.key;
            let known =
                u8::try_from(key.known).ok().and_then(|known| ContextKey::from_numbers(&[], 0, known));
            if key.prepared > 1
                || known.is_none()
                || key.reserved != 0
                || entry.multivalued > 1
                || entry.not_fetched > 1
            {
                return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
            }
            texts.add(key.name.data, key.name.len);
            // SAFETY: as above.
            for value in unsafe { outputs.slice(entry.values, entry.value_count)? } {
                texts.add(value.data, value.len);
            }
        }
        if !outputs.are_apart(&texts) {
            for entry in list {
                outputs.apart(entry.key.name.data, entry.key.name.len)?;
                // SAFETY: as above; the pointer was checked.
                for value in unsafe { args::checked_slice(entry.values, entry.value_count) } {
                    outputs.apart(value.data, value.len)?;
                }
            }
        }
        Ok(Self { list })
    }
}

impl Context for Entries<'_> {
    fn len(&self) -> usize {
        self.list.len()
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        let Some(entry) = self.list.get(entry) else { return ContextKey::new("") };
        // SAFETY: readable by the promise of `Entries::read`, which also checked it.
        let name = unsafe { bytes(entry.key.name) };
        let known = u8::try_from(entry.key.known).ok().filter(|_| entry.key.prepared == 1);
        known
            .and_then(|known| ContextKey::from_numbers(name, entry.key.hash, known))
            .unwrap_or_else(|| ContextKey::from_bytes(name))
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.list.get(entry).is_some_and(|entry| entry.multivalued != 0)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.list.get(entry).map_or(0, |entry| entry.value_count)
    }

    fn is_not_fetched(&self, entry: usize) -> bool {
        self.list.get(entry).is_some_and(|entry| entry.not_fetched != 0)
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        let Some(entry) = self.list.get(entry) else { return &[] };
        // SAFETY: readable by the promise of `Entries::read`, which also checked it.
        let values = unsafe { args::checked_slice(entry.values, entry.value_count) };
        // SAFETY: as above.
        values.get(value).map_or(&[], |text| unsafe { bytes(*text) })
    }
}

/// The bytes of a text that `Entries::read` did not refuse.
///
/// # Safety
/// They must be readable for `'a`.
#[inline]
unsafe fn bytes<'a>(text: iamlet_text) -> &'a [u8] {
    // SAFETY: the caller's promise is ours.
    unsafe { args::checked_slice(text.data.cast::<u8>(), text.len) }
}
