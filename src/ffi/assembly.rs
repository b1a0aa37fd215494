//! Requests in two steps: principals and actions are prepared once, requests are assembled from them.

use core::ffi::{c_char, c_void};

use super::args::{self, Checked, Hull, Outputs, range};
use super::dictionary::{iamlet_dictionary, read_dictionary};
use super::prepared::{prepare, put_size_of};
use super::principal::{derived_or, iamlet_principal, iamlet_resource, read_principal};
use super::request::{
    IAMLET_DERIVE_RESOURCE_ACCOUNT, IAMLET_GATEWAY_ENDPOINT, IAMLET_HAS_CLOCK, member_text, read_absent,
    read_given_resource,
};
use super::status::iamlet_status;
use super::text::iamlet_text;
use crate::request::{
    AssemblyInput, PreparedAction, PreparedPrincipal, PrincipalInput, ResourceKind, Slot, SlotContext,
    assemble_request, prepare_action, prepare_principal,
};

/// What the requests of a principal have in common. Set it to zero first, then
/// `struct_size`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_principal_input {
    /// sizeof(iamlet_principal_input).
    pub struct_size: usize,
    /// Who makes the requests.
    pub principal: iamlet_principal,
    /// The dictionary whose slots stand for context keys; NULL for none, and then no
    /// request has a context.
    pub dictionary: *const iamlet_dictionary,
    /// As `budget` of iamlet_request.
    pub budget: u64,
    /// As `absent` of iamlet_request.
    pub absent: u32,
    /// IAMLET_GATEWAY_ENDPOINT, IAMLET_DERIVE_RESOURCE_ACCOUNT.
    pub flags: u32,
}

/// A context key of an assembled request with its values. The same slot in several
/// entries is one key with all the values. A key without values is absent.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_slot_entry {
    /// The values, UTF-8.
    pub values: *const iamlet_text,
    /// How many.
    pub value_count: usize,
    /// The key's slot in the principal's dictionary. Leave out keys that have none: no
    /// policy names them. What they say is then not held against the principal either.
    pub slot: u32,
    /// As in iamlet_context_entry.
    pub multivalued: u32,
    /// As in iamlet_context_entry.
    pub not_fetched: u32,
    /// 0.
    pub reserved: u32,
}

/// What a request is assembled from. Set it to zero first, then `struct_size`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_assembly {
    /// sizeof(iamlet_assembly).
    pub struct_size: usize,
    /// The prepared principal.
    pub principal: *const c_void,
    /// Its bytes.
    pub principal_len: usize,
    /// The prepared action.
    pub action: *const c_void,
    /// Its bytes.
    pub action_len: usize,
    /// The resource; NULL where each item has its own.
    pub resource: *const iamlet_resource,
    /// As in iamlet_request.
    pub resource_kind: u32,
    /// IAMLET_HAS_CLOCK.
    pub flags: u32,
    /// With IAMLET_HAS_CLOCK: the time in seconds since 1970.
    pub clock: i64,
    /// The context, as in iamlet_request but by slots.
    pub entries: *const iamlet_slot_entry,
    /// How many entries.
    pub entry_count: usize,
}

/// The entries of a call, whose pointers were all checked.
struct SlotEntries<'a> {
    list: &'a [iamlet_slot_entry],
    /// The values of all of them.
    values: usize,
}

impl<'a> SlotEntries<'a> {
    /// # Safety
    /// Entries and values must be readable for `'a`, and nobody else may write to them.
    #[inline]
    unsafe fn read<const N: usize>(
        entries: *const iamlet_slot_entry,
        count: usize,
        outputs: &Outputs<N>,
    ) -> Checked<Self> {
        // SAFETY: the caller's promise is ours.
        let list: &'a [iamlet_slot_entry] = unsafe { outputs.slice(entries, count)? };
        if list.is_empty() {
            return Ok(Self { list, values: 0 });
        }
        // Of numbers that are 0 or 1 each, and of one that is 0.
        let (mut lists, mut values, mut numbers) = (Hull::NONE, 0_usize, 0);
        for entry in list {
            numbers |=
                entry.multivalued | entry.not_fetched | entry.reserved.wrapping_mul(2) | entry.reserved;
            lists.add(entry.values, entry.value_count);
            values = values.saturating_add(entry.value_count);
        }
        if numbers > 1 || !outputs.are_apart(&lists) {
            for entry in list {
                if entry.multivalued > 1 || entry.not_fetched > 1 || entry.reserved != 0 {
                    return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
                }
                range(entry.values, entry.value_count)?;
            }
            for entry in list {
                outputs.apart(entry.values, entry.value_count)?;
            }
        }
        let mut texts = Hull::NONE;
        for entry in list {
            // SAFETY: as above; the pointer was checked, and lies apart from the outputs.
            for value in unsafe { args::checked_slice(entry.values, entry.value_count) } {
                texts.add(value.data, value.len);
            }
        }
        if !outputs.are_apart(&texts) {
            for entry in list {
                // SAFETY: as above.
                for value in unsafe { args::checked_slice(entry.values, entry.value_count) } {
                    range(value.data, value.len)?;
                }
            }
            for entry in list {
                // SAFETY: as above.
                for value in unsafe { args::checked_slice(entry.values, entry.value_count) } {
                    outputs.apart(value.data, value.len)?;
                }
            }
        }
        Ok(Self { list, values })
    }
}

impl SlotContext for SlotEntries<'_> {
    #[inline]
    fn len(&self) -> usize {
        self.list.len()
    }

    #[inline]
    fn entry(&self, entry: usize) -> Slot {
        self.list.get(entry).map_or(Slot::default(), |entry| Slot {
            slot: entry.slot,
            multivalued: entry.multivalued != 0,
            values: entry.value_count,
            not_fetched: entry.not_fetched != 0,
        })
    }

    #[inline]
    fn value_count(&self) -> usize {
        self.values
    }

    #[inline]
    fn values(&self, entry: usize) -> impl Iterator<Item = &[u8]> {
        let values = match self.list.get(entry) {
            // SAFETY: readable by the promise of `SlotEntries::read`, which also checked it.
            Some(entry) => unsafe { args::checked_slice(entry.values, entry.value_count) },
            None => &[],
        };
        // SAFETY: as above.
        values.iter().map(|text| unsafe { args::checked_slice(text.data.cast::<u8>(), text.len) })
    }
}

/// Reads what the requests of a principal have in common, and hands it to `use_input`.
///
/// # Safety
/// The input and all that it points to must be readable.
unsafe fn with_principal<T, const N: usize>(
    input: *const iamlet_principal_input,
    outputs: &Outputs<N>,
    use_input: impl FnOnce(&PrincipalInput<'_>) -> T,
) -> Checked<T> {
    // SAFETY: the caller's promise is ours, here and in what follows.
    let given = unsafe { outputs.value(input)? };
    if given.struct_size != size_of::<iamlet_principal_input>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    if given.flags & !(IAMLET_GATEWAY_ENDPOINT | IAMLET_DERIVE_RESOURCE_ACCOUNT) != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    // SAFETY: as above.
    let principal = unsafe { read_principal(&given.principal, outputs)? };
    let mut input = PrincipalInput::new(principal)
        .absent(read_absent(given.absent)?)
        .gateway_endpoint(given.flags & IAMLET_GATEWAY_ENDPOINT != 0)
        .derive_resource_account(given.flags & IAMLET_DERIVE_RESOURCE_ACCOUNT != 0)
        .budget(given.budget);
    if !given.dictionary.is_null() {
        // SAFETY: as above.
        input = input.dictionary(unsafe { read_dictionary(given.dictionary, outputs)? });
    }
    Ok(use_input(&input))
}

/// Reads what a request is assembled from, and hands it to `use_parts`.
///
/// # Safety
/// The assembly and all that it points to must be readable.
#[inline]
unsafe fn with_assembly<T, const N: usize>(
    assembly: *const iamlet_assembly,
    outputs: &Outputs<N>,
    use_parts: impl FnOnce(&PreparedPrincipal<'_>, &PreparedAction<'_>, &AssemblyInput<'_, SlotEntries<'_>>) -> T,
) -> Checked<T> {
    // SAFETY: the caller's promise is ours, here and in what follows.
    let given = unsafe { outputs.value(assembly)? };
    if given.struct_size != size_of::<iamlet_assembly>() {
        return Err(iamlet_status::IAMLET_BAD_STRUCT_SIZE);
    }
    if given.flags & !IAMLET_HAS_CLOCK != 0 {
        return Err(iamlet_status::IAMLET_UNKNOWN_VALUE);
    }
    // SAFETY: as above.
    let principal = unsafe { outputs.slice(given.principal.cast::<u8>(), given.principal_len)? };
    // SAFETY: as above.
    let action = unsafe { outputs.slice(given.action.cast::<u8>(), given.action_len)? };
    let input = AssemblyInput {
        // SAFETY: as above.
        resource: unsafe { read_given_resource(given.resource, outputs)? },
        resource_kind: derived_or(given.resource_kind, ResourceKind::from_number)?,
        clock: Some(given.clock).filter(|_| given.flags & IAMLET_HAS_CLOCK != 0),
        // SAFETY: as above.
        entries: &unsafe { SlotEntries::read(given.entries, given.entry_count, outputs)? },
    };
    Ok(use_parts(&PreparedPrincipal::open(principal)?, &PreparedAction::open(action)?, &input))
}

/// Tells how many bytes a prepared principal takes at most. It checks pointers,
/// lengths, flags and numbers, and the head of the dictionary.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_principal_size(
    input: *const iamlet_principal_input,
    size: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe { put_size_of(size, |outputs| with_principal(input, outputs, |input| Ok(input.size()?))?) }
}

/// Prepares a principal, once a session for example: all that its requests have in
/// common is worked out, for iamlet_request_assemble.
///
/// Everything is copied, the dictionary too, and into each request again: a dictionary
/// of the keys of your sets costs little, one of all keys that there are costs more.
/// The prepared principal serves any number of requests, from any number of threads,
/// for this build of the library. It has no alignment and no pointers.
///
/// @param input      the principal.
/// @param memory     where the prepared principal goes. Must not overlap other
///                   arguments.
/// @param memory_len its bytes; iamlet_principal_size tells how many are enough.
/// @param used       as in iamlet_request_prepare.
/// @return as iamlet_request_prepare, as far as it is about the principal; for the
///         dictionary IAMLET_NOT_AN_IMAGE, IAMLET_OTHER_FORMAT, IAMLET_WRONG_SIZE,
///         IAMLET_CORRUPT. After any error the memory holds no principal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_principal_prepare(
    input: *const iamlet_principal_input,
    memory: *mut c_void,
    memory_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        let write = |outputs: &Outputs<2>, out: &mut [u8]| {
            with_principal(input, outputs, |input| prepare_principal(input, out))
        };
        prepare(memory, memory_len, used, write, |first| with_principal(input, first, |_| ()))
    }
}

/// As iamlet_request_member, for a principal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_principal_member(input: *const iamlet_principal_input) -> iamlet_text {
    // SAFETY: the caller promises that inputs are readable.
    member_text(unsafe { with_principal(input, &Outputs::NONE, |input| input.wrong_member()) })
}

/// Tells how many bytes a prepared action takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_action_size(
    action: *const c_char,
    action_len: usize,
    size: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        put_size_of(size, |outputs| {
            Ok(PreparedAction::size(outputs.slice(action.cast::<u8>(), action_len)?)?)
        })
    }
}

/// Prepares an action, for iamlet_request_assemble. As a prepared principal it serves
/// any number of requests and threads.
///
/// @param action     the action, "s3:GetObject" for one, without wildcards.
/// @param action_len its bytes.
/// @param memory     where the prepared action goes. Must not overlap other arguments.
/// @param memory_len its bytes; iamlet_action_size tells how many it takes.
/// @param used       as in iamlet_request_prepare.
/// @return IAMLET_OK; IAMLET_BUFFER_TOO_SMALL; IAMLET_MALFORMED_ACTION;
///         IAMLET_NOT_UTF8; IAMLET_REQUEST_TOO_LARGE; or what is wrong with the call.
///         After any error the memory holds no action.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_action_prepare(
    action: *const c_char,
    action_len: usize,
    memory: *mut c_void,
    memory_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        let write = |outputs: &Outputs<2>, out: &mut [u8]| {
            Ok(prepare_action(outputs.slice(action.cast::<u8>(), action_len)?, out))
        };
        prepare(memory, memory_len, used, write, |first| first.apart(action, action_len))
    }
}

/// Tells how many bytes an assembled request takes at most. It checks pointers,
/// lengths, flags and numbers; whether the request is malformed shows when it is
/// assembled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_assembly_size(
    assembly: *const iamlet_assembly,
    size: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        put_size_of(size, |outputs| {
            let size =
                with_assembly(assembly, outputs, |principal, action, input| input.size(principal, action))?;
            Ok(size?)
        })
    }
}

/// Assembles a request from a prepared principal, a prepared action and what it brings
/// itself: the request that iamlet_request_prepare would prepare of the same, in about
/// half of the instructions. Every function takes it as such a one.
///
/// Everything is copied, and the rules are those of iamlet_request_prepare. Where names
/// of the dictionary collide, a decision takes some steps more to look a key up.
///
/// @param assembly   what it is assembled from.
/// @param memory     where the request goes. Must not overlap the assembly or anything
///                   that it points to.
/// @param memory_len its bytes; iamlet_assembly_size tells how many are enough.
/// @param used       as in iamlet_request_prepare.
/// @return as iamlet_request_prepare, and IAMLET_NOT_A_PRINCIPAL,
///         IAMLET_NOT_AN_ACTION, IAMLET_UNKNOWN_SLOT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_request_assemble(
    assembly: *const iamlet_assembly,
    memory: *mut c_void,
    memory_len: usize,
    used: *mut usize,
) -> iamlet_status {
    // SAFETY: the caller promises that inputs are readable, and outputs writable.
    unsafe {
        let write = |outputs: &Outputs<2>, out: &mut [u8]| {
            with_assembly(assembly, outputs, |principal, action, input| {
                assemble_request(principal, action, input, out)
            })
        };
        prepare(memory, memory_len, used, write, |first| with_assembly(assembly, first, |_, _, _| ()))
    }
}

/// As iamlet_request_member, for a request that was to be assembled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iamlet_assembly_member(assembly: *const iamlet_assembly) -> iamlet_text {
    // SAFETY: the caller promises that inputs are readable.
    member_text(unsafe { with_assembly(assembly, &Outputs::NONE, |_, _, input| input.wrong_member()) })
}
