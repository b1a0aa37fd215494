//! Every argument of every function, and every field of what it points to, given every value that it cannot have.
//!
//! The arguments and fields are read from the header, so that a new one is tested, or fails here until somebody says
//! which numbers it takes. `arguments.rs` and `requests.rs` have the cases that depend on more than one of them.

use std::collections::BTreeMap;

use iamlet::ffi::assembly::{iamlet_assembly, iamlet_principal_input, iamlet_slot_entry};
use iamlet::ffi::decide::{iamlet_batch_entry, iamlet_decision};
use iamlet::ffi::dictionary::{iamlet_dictionary, iamlet_dictionary_info};
use iamlet::ffi::error::iamlet_error;
use iamlet::ffi::explain::{iamlet_explanation, iamlet_record_texts, iamlet_source};
use iamlet::ffi::policy::{iamlet_compile_options, iamlet_policy_info, iamlet_position};
use iamlet::ffi::principal::iamlet_principal;
use iamlet::ffi::record::iamlet_record;
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_key, iamlet_request, iamlet_request_item, iamlet_resource,
};
use iamlet::ffi::set::{iamlet_set, iamlet_set_info, iamlet_set_policy};
use iamlet::ffi::status::iamlet_status::{self, *};
use iamlet::ffi::text::iamlet_text;

use super::good_calls::{Arena, good_call, run};
use super::header::{Header, Kind, Member};
use super::{Sets, assert_denies};

/// What a number may not be, by struct or function and name. Empty: any number will do.
const NUMBERS: [(&str, iamlet_status, &[u64]); 95] = [
    ("iamlet_policy_compile.kind", IAMLET_UNKNOWN_VALUE, &[0, 14, 257, MAX]),
    ("iamlet_compile_options.struct_size", IAMLET_BAD_STRUCT_SIZE, &[0, 8, 15, 17, u64::MAX]),
    ("iamlet_compile_options.flags", IAMLET_UNKNOWN_VALUE, &[4, 1 << 31, MAX]),
    ("iamlet_compile_options.quota_bytes", IAMLET_OK, &[]),
    ("iamlet_policy_compile_mapped.kind", IAMLET_UNKNOWN_VALUE, &[0, 14, 257, MAX]),
    ("iamlet_policy_position.statement", IAMLET_UNKNOWN_VALUE, &[1, 256, MAX]),
    ("iamlet_policy_context_key.number", IAMLET_UNKNOWN_VALUE, &[1, 256, MAX]),
    ("iamlet_set_context_key.policy", IAMLET_UNKNOWN_VALUE, &[0, 3, 256, MAX]),
    ("iamlet_set_context_key.number", IAMLET_UNKNOWN_VALUE, &[1, 256, MAX]),
    ("iamlet_decision.effect", IAMLET_UNKNOWN_VALUE, &[3, 257, MAX]),
    ("iamlet_decision.reason", IAMLET_UNKNOWN_VALUE, &[16, 257, MAX]),
    ("iamlet_decision.status", IAMLET_UNKNOWN_VALUE, &[9, 257, MAX]),
    ("iamlet_decision.layer", IAMLET_UNKNOWN_VALUE, &[8, 257, MAX]),
    ("iamlet_decision.level", IAMLET_OK, &[]),
    ("iamlet_decision.item", IAMLET_OK, &[]),
    ("iamlet_decision.set", IAMLET_OK, &[]),
    ("iamlet_decision.policy", IAMLET_OK, &[]),
    ("iamlet_decision.statement", IAMLET_OK, &[]),
    ("iamlet_decision.layers", IAMLET_UNKNOWN_VALUE, &[128, 257, MAX]),
    ("iamlet_decision.tag", IAMLET_OK, &[]),
    ("iamlet_decision.needs", IAMLET_OK, &[]),
    // Records point to what is looked up; what they say besides is words.
    ("iamlet_record.policy", IAMLET_OK, &[]),
    ("iamlet_record.statement", IAMLET_OK, &[]),
    ("iamlet_record.denies", IAMLET_OK, &[]),
    ("iamlet_record.condition", IAMLET_OK, &[]),
    ("iamlet_record.sent", IAMLET_OK, &[]),
    ("iamlet_record.expected", IAMLET_OK, &[]),
    ("iamlet_record.kind", IAMLET_OK, &[]),
    ("iamlet_record.set", IAMLET_OK, &[]),
    ("iamlet_record.layer", IAMLET_OK, &[]),
    ("iamlet_record.level", IAMLET_OK, &[]),
    ("iamlet_record.effect", IAMLET_OK, &[]),
    ("iamlet_record.reason", IAMLET_OK, &[]),
    ("iamlet_record.without_denies", IAMLET_OK, &[]),
    ("iamlet_record.role", IAMLET_OK, &[]),
    ("iamlet_record.is_there", IAMLET_OK, &[]),
    ("iamlet_record.action", IAMLET_OK, &[]),
    ("iamlet_record.resource", IAMLET_OK, &[]),
    ("iamlet_record.principal", IAMLET_OK, &[]),
    ("iamlet_record.conditions", IAMLET_OK, &[]),
    ("iamlet_record.truth", IAMLET_OK, &[]),
    ("iamlet_record.fact", IAMLET_OK, &[]),
    ("iamlet_record.change", IAMLET_OK, &[]),
    ("iamlet_record.tag", IAMLET_OK, &[]),
    ("iamlet_source.tag", IAMLET_OK, &[]),
    ("iamlet_explain_record_texts.number", IAMLET_UNKNOWN_VALUE, &[64, 1 << 40, u64::MAX]),
    ("iamlet_request_needed_key.needs", IAMLET_UNKNOWN_VALUE, &[0, 2, 1 << 63]),
    ("iamlet_request_needed_key.number", IAMLET_UNKNOWN_VALUE, &[1, 256, MAX]),
    ("iamlet_error.fault", IAMLET_UNKNOWN_VALUE, &[0, 28, 257, MAX]),
    ("iamlet_error.offset", IAMLET_OK, &[]),
    ("iamlet_error.line", IAMLET_OK, &[]),
    ("iamlet_error.column", IAMLET_OK, &[]),
    ("iamlet_error.pool", IAMLET_OK, &[]),
    ("iamlet_error.missing", IAMLET_OK, &[]),
    ("iamlet_error.located", IAMLET_OK, &[]),
    ("iamlet_error.detail", IAMLET_OK, &[]),
    ("iamlet_error.part_offset", IAMLET_OK, &[]),
    ("iamlet_error.part_len", IAMLET_OK, &[]),
    ("iamlet_error.count", IAMLET_OK, &[]),
    ("iamlet_error.reserved", IAMLET_OK, &[]),
    ("iamlet_set_size.scp_levels", IAMLET_BAD_LEVEL, &[0, 17, 256, MAX]),
    ("iamlet_set_size.rcp_levels", IAMLET_BAD_LEVEL, &[17, 256, MAX]),
    ("iamlet_set_build.scp_levels", IAMLET_BAD_LEVEL, &[0, 17, 256, MAX]),
    ("iamlet_set_build.rcp_levels", IAMLET_BAD_LEVEL, &[17, 256, MAX]),
    ("iamlet_set_policy.tag", IAMLET_OK, &[]),
    ("iamlet_set_policy.layer", IAMLET_UNKNOWN_VALUE, &[0, 8, 257, MAX]),
    ("iamlet_set_policy.level", IAMLET_BAD_LEVEL, &[1, 16, 256, MAX]),
    ("iamlet_key.prepared", IAMLET_UNKNOWN_VALUE, &[2, 257, MAX]),
    ("iamlet_key.hash", IAMLET_OK, &[]),
    ("iamlet_key.known", IAMLET_UNKNOWN_VALUE, &[256, 1 << 31, MAX]),
    ("iamlet_principal.type", IAMLET_UNKNOWN_VALUE, &[10, 257, MAX]),
    ("iamlet_principal.flags", IAMLET_UNKNOWN_VALUE, &[2, 1 << 31, MAX]),
    ("iamlet_resource.in_management_account", IAMLET_UNKNOWN_VALUE, &[2, 257, MAX]),
    ("iamlet_context_entry.multivalued", IAMLET_UNKNOWN_VALUE, &[2, 257, MAX]),
    ("iamlet_context_entry.not_fetched", IAMLET_UNKNOWN_VALUE, &[2, 257, MAX]),
    ("iamlet_slot_entry.not_fetched", IAMLET_UNKNOWN_VALUE, &[2, 257, MAX]),
    ("iamlet_request.struct_size", IAMLET_BAD_STRUCT_SIZE, &[0, 8, u64::MAX]),
    ("iamlet_request.resource_kind", IAMLET_UNKNOWN_VALUE, &[4, 257, MAX]),
    ("iamlet_request.absent", IAMLET_UNKNOWN_VALUE, &[128, 1 << 31, MAX]),
    ("iamlet_request.flags", IAMLET_UNKNOWN_VALUE, &[8, 1 << 31, MAX]),
    ("iamlet_request.clock", IAMLET_BAD_CLOCK, &[1 << 40, 1 << 63, u64::MAX >> 1]),
    ("iamlet_request.budget", IAMLET_OK, &[]),
    ("iamlet_request_item.struct_size", IAMLET_BAD_STRUCT_SIZE, &[0, 8, u64::MAX]),
    ("iamlet_request_item.absent", IAMLET_UNKNOWN_VALUE, &[128, 1 << 31, MAX]),
    ("iamlet_dictionary_key.slot", IAMLET_UNKNOWN_SLOT, &[1, 256, MAX]),
    ("iamlet_principal_input.struct_size", IAMLET_BAD_STRUCT_SIZE, &[0, 8, u64::MAX]),
    ("iamlet_principal_input.absent", IAMLET_UNKNOWN_VALUE, &[128, 1 << 31, MAX]),
    ("iamlet_principal_input.flags", IAMLET_UNKNOWN_VALUE, &[4, 1 << 31, MAX]),
    ("iamlet_principal_input.budget", IAMLET_OK, &[]),
    ("iamlet_slot_entry.slot", IAMLET_UNKNOWN_SLOT, &[1, 256, MAX]),
    ("iamlet_slot_entry.multivalued", IAMLET_UNKNOWN_VALUE, &[2, 257, MAX]),
    ("iamlet_assembly.struct_size", IAMLET_BAD_STRUCT_SIZE, &[0, 8, u64::MAX]),
    ("iamlet_assembly.resource_kind", IAMLET_UNKNOWN_VALUE, &[4, 257, MAX]),
    ("iamlet_assembly.flags", IAMLET_UNKNOWN_VALUE, &[1, 5, 8, MAX]),
    ("iamlet_assembly.clock", IAMLET_BAD_CLOCK, &[1 << 40, 1 << 63, u64::MAX >> 1]),
];
const MAX: u64 = u32::MAX as u64;

/// Pointers without a length that may be null.
const OPTIONAL: [&str; 16] = [
    "iamlet_policy_compile.options",
    "iamlet_policy_compile.error",
    "iamlet_policy_compile_mapped.options",
    "iamlet_policy_compile_mapped.error",
    "iamlet_set_size.at_fault",
    "iamlet_set_build.at_fault",
    "iamlet_request.resource",
    "iamlet_dictionary_size.at_fault",
    "iamlet_dictionary_build.at_fault",
    "iamlet_principal_input.dictionary",
    "iamlet_assembly.resource",
    "iamlet_batch_entry.set",
    "iamlet_explain.item",
    "iamlet_explanation.item",
    "iamlet_filter.allowed",
    "iamlet_filter.decisions",
];

/// A value that a call gets: an argument, or a field of a struct that an argument leads to.
struct Place {
    /// `request.principal.arn.data`
    path: String,
    /// The struct or function that it belongs to, and its name there.
    owner: String,
    kind: Kind,
    at: *mut u8,
    /// Where the length of what it points to is, for a pointer that has one.
    length: Option<*mut u8>,
    /// Bytes of a value of what it points to, or that this is the length of; and their alignment.
    element: (usize, usize),
    /// Whether it is the length of a buffer that the call writes.
    of_output: bool,
}

fn get(at: *const u8, bytes: usize) -> u64 {
    let mut value = [0; 8];
    // SAFETY: a place of an argument or of a field, so many bytes wide.
    unsafe { at.copy_to_nonoverlapping(value.as_mut_ptr(), bytes) };
    u64::from_le_bytes(value)
}

fn set(at: *mut u8, bytes: usize, value: u64) {
    // SAFETY: as in `get`.
    unsafe { at.copy_from_nonoverlapping(value.to_le_bytes().as_ptr(), bytes) };
}

fn is_length(name: &str) -> bool {
    name == "len" || name == "count" || name.ends_with("_len") || name.ends_with("_count")
}

/// All values that a call gets, from its arguments down.
fn places(
    header: &Header,
    owner: &str,
    path: &str,
    members: &[Member],
    at: *mut u8,
    slots: bool,
) -> Vec<Place> {
    let mut found: Vec<Place> = Vec::new();
    let mut offset = 0_usize;
    for (number, member) in members.iter().enumerate() {
        let (size, align) = header.layout(&member.kind);
        offset = offset.next_multiple_of(if slots { 8 } else { align });
        let place = at.wrapping_add(offset);
        offset += size;
        let path = if path.is_empty() { member.name.clone() } else { format!("{path}.{}", member.name) };
        let next =
            members.get(number + 1).filter(|next| matches!(next.kind, Kind::Size) && is_length(&next.name));
        let (mut element, mut of_output) = ((1, 1), false);
        match &member.kind {
            Kind::Struct(name) => {
                found.extend(places(header, name, &path, &header.structs[name], place, false));
                continue;
            }
            Kind::Pointer { to, .. } => element = header.target(to),
            Kind::Size => {
                if let Some(Place { kind: Kind::Pointer { to, constant }, .. }) = found.last() {
                    (element, of_output) = (header.target(to), !constant);
                }
            }
            Kind::Number(_) => {}
        }
        let length = next.map(|_| at.wrapping_add(offset.next_multiple_of(8)));
        let (owner_name, kind) = (format!("{owner}.{}", member.name), member.kind.clone());
        found.push(Place {
            path: path.clone(),
            owner: owner_name,
            kind,
            at: place,
            length,
            element,
            of_output,
        });
        if let Kind::Pointer { to, constant: true } = &member.kind
            && let Some(fields) = header.structs.get(to)
        {
            let target = std::ptr::with_exposed_provenance_mut::<u8>(get(place, 8) as usize);
            found.extend(places(header, to, &format!("{path}[0]"), fields, target, false));
        }
    }
    found
}

/// The values that a place cannot have, and what the function says to each.
fn wrong_values(function: &str, place: &Place, all: &[Place]) -> Vec<(u64, iamlet_status)> {
    let one_request = matches!(function, "iamlet_decide_resources" | "iamlet_filter")
        || function.starts_with("iamlet_explain");
    if one_request && (place.path.starts_with("items[0].request") || place.path.contains("item[0].request")) {
        return Vec::new(); // not read: it is the same for all items
    }
    let good = get(place.at, 8);
    let (size, align) = (place.element.0 as u64, place.element.1 as u64);
    let mut wrong = Vec::new();
    match &place.kind {
        Kind::Pointer { .. } => {
            let optional = OPTIONAL.contains(&place.owner.as_str());
            if !optional {
                wrong.push((0, IAMLET_NULL_ARGUMENT));
            }
            wrong.extend((1..align).map(|by| (good + by, IAMLET_MISALIGNED)));
            if place.owner.starts_with("iamlet_policy_compile") && place.path == "scratch" {
                wrong.extend((1..8).map(|by| (good + by, IAMLET_MISALIGNED)));
            }
            // From the last address on, even one value wraps around.
            wrong.push((u64::MAX / align * align, IAMLET_BAD_LENGTH));
        }
        Kind::Size if is_length(place.owner.rsplit('.').next().unwrap_or_default()) => {
            let decides = function.starts_with("iamlet_decide")
                || function.starts_with("iamlet_explain")
                || function == "iamlet_filter";
            let of_sets = matches!(place.owner.rsplit('.').next(), Some("set_count"));
            let too_long = if decides && of_sets { IAMLET_TOO_MANY_SETS } else { IAMLET_BAD_LENGTH };
            let most = isize::MAX.unsigned_abs() as u64 / size;
            wrong.extend([most + 1, u64::MAX / size, u64::MAX].map(|len| (len, too_long)));
            match place.owner.as_str() {
                "iamlet_policy_compile.scratch_len" | "iamlet_policy_compile_mapped.scratch_len" => {
                    wrong.extend([0, good - 1].map(|len| (len, IAMLET_SCRATCH_TOO_SMALL)));
                }
                // Here the size that is asked for is one that is always enough; `sizes.rs` has the exact one.
                "iamlet_request_prepare.memory_len"
                | "iamlet_item_prepare.memory_len"
                | "iamlet_principal_prepare.memory_len"
                | "iamlet_request_assemble.memory_len" => {
                    wrong.extend([0, good / 2].map(|len| (len, IAMLET_BUFFER_TOO_SMALL)));
                }
                "iamlet_set_assign_slots.len" => {
                    wrong.extend([(0, IAMLET_NOT_AN_IMAGE), (good - 1, IAMLET_WRONG_SIZE)]);
                }
                _ if place.of_output && function != "iamlet_decide_batch" => {
                    wrong.extend([0, good - 1].map(|len| (len, IAMLET_BUFFER_TOO_SMALL)));
                }
                _ => {}
            }
        }
        Kind::Size | Kind::Number(_)
            if place.path.ends_with("reserved") && !place.owner.starts_with("iamlet_error.") =>
        {
            wrong.extend([1, 1 << 31].map(|number| (number, IAMLET_UNKNOWN_VALUE)));
        }
        Kind::Size | Kind::Number(_) => {
            let row = NUMBERS.iter().find(|(name, ..)| *name == place.owner);
            let (_, status, numbers) = row.unwrap_or_else(|| panic!("what may {} not be?", place.owner));
            // A malformed request may have a size.
            let is_size = matches!(function, "iamlet_request_size" | "iamlet_assembly_size");
            let later = matches!(status, IAMLET_BAD_CLOCK | IAMLET_UNKNOWN_SLOT);
            let numbers = if is_size && later { &[] } else { *numbers };
            wrong.extend(numbers.iter().map(|number| (*number, *status)));
        }
        Kind::Struct(_) => unreachable!("its fields are places"),
    }
    // Memory that is written, laid over each thing that is read or written besides.
    if let Kind::Pointer { constant: false, .. } = place.kind {
        for other in all {
            let value = get(other.at, 8);
            let unread = one_request && other.path.ends_with("[0].request") && other.path.contains("item");
            let empty = unread || value == 0 || other.length.is_some_and(|length| get(length, 8) == 0);
            if matches!(other.kind, Kind::Pointer { .. }) && other.path != place.path && !empty {
                wrong.push((value, IAMLET_OVERLAP));
            }
        }
    }
    wrong
}

/// After a call that failed, every output is what denies, or is not written.
fn outputs_deny(what: &str, function: &str, places: &[Place], changed: &Place, status: iamlet_status) {
    let outputs = places.iter().filter(|place| matches!(place.kind, Kind::Pointer { constant: false, .. }));
    for output in outputs {
        let at = std::ptr::with_exposed_provenance::<u8>(get(output.at, 8) as usize);
        let moved = output.path == changed.path;
        let bytes =
            |len: usize| -> Vec<u8> { (0..len).map(|by| get(at.wrapping_add(by), 1) as u8).collect() };
        let Kind::Pointer { to, .. } = &output.kind else { unreachable!() };
        match (to.as_str(), output.length.is_some()) {
            _ if moved || output.path == "scratch" => {}
            // The answers are as many as the entries, and no memory has so many.
            ("iamlet_decision" | "uint8_t", _)
                if matches!(function, "iamlet_decide_batch" | "iamlet_filter") && changed.path == "count" => {
            }
            ("iamlet_decision", _) => {
                // SAFETY: an output of the good call.
                let decision = unsafe { at.cast::<iamlet_decision>().read() };
                // Where the one output of `iamlet_filter` is wrong, there may be no place for the other's answers.
                let untouched = matches!(function, "iamlet_filter" | "iamlet_explain")
                    && bytes(size_of_val(&decision)).iter().all(|byte| *byte == 0xA5);
                let is_output =
                    ["allowed", "records", "record_count", "used"].contains(&changed.path.as_str());
                if !(untouched && is_output) {
                    assert_denies(&decision, status);
                }
            }
            ("iamlet_record", _) => {
                let len = output.length.filter(|length| *length != changed.at);
                let len = len.map_or(0, |length| get(length, 8) as usize * 48);
                let all = bytes(len);
                assert!(all.iter().all(|byte| *byte == 0) || all.iter().all(|byte| *byte == 0xA5), "{what}");
            }
            ("size_t", _) if status == IAMLET_BUFFER_TOO_SMALL => {}
            ("size_t", _) if output.path == "at_fault" => {}
            (
                "size_t"
                | "uint8_t"
                | "iamlet_error"
                | "iamlet_set"
                | "iamlet_key"
                | "iamlet_policy_info"
                | "iamlet_position"
                | "iamlet_set_info"
                | "iamlet_text"
                | "iamlet_record_texts"
                | "iamlet_dictionary"
                | "iamlet_dictionary_info"
                | "uint32_t",
                false,
            ) => {
                let (len, _) =
                    places.iter().find(|place| place.path == output.path).map_or((0, 1), |p| p.element);
                // Where a single output is wrong, there may be no place for the others' answers either.
                let wrong_output = matches!(changed.kind, Kind::Pointer { constant: false, .. });
                // A slot that is none is the largest number.
                let none = if to == "uint32_t" { 0xFF } else { 0 };
                let zero = bytes(len).iter().all(|byte| *byte == none);
                let untouched = wrong_output && bytes(len).iter().all(|byte| *byte == 0xA5);
                assert!(zero || untouched, "{what}: {} is {:?}", output.path, bytes(len));
            }
            ("void", true) if function == "iamlet_set_assign_slots" => {
                assert_eq!(bytes(4), b"IAMs", "{what}: the set stays one");
            }
            ("void", true) => {
                let held = matches!(&bytes(4)[..], b"IAMr" | b"IAMi" | b"IAMp" | b"IAMa");
                assert!(!held, "{what}: the memory holds a {function}");
            }
            _ => {
                let known = output.length.filter(|length| *length != changed.at);
                let len = known.map_or(4, |length| get(length, 8) as usize);
                assert!(bytes(len).iter().all(|byte| *byte == 0xA5), "{what}: {} is written", output.path);
            }
        }
    }
}

#[test]
fn every_argument_and_field_is_refused_in_every_wrong_way() {
    let (header, sets) = (Header::read(), Sets::new());
    let (mut calls, mut uncovered) = (BTreeMap::new(), Vec::new());
    for (function, arguments) in &header.functions {
        let fresh = || {
            let mut arena = Arena::new();
            let good = good_call(function, &mut arena, &sets);
            (arena, good)
        };
        let (_arena, Some(mut good)) = fresh() else {
            uncovered.push(function.as_str());
            continue;
        };
        let first = good.as_mut_ptr().cast::<u8>();
        let whole = places(&header, function, "", arguments, first, true);
        assert_eq!(run(function, &good), IAMLET_OK, "{function}: the call of which each thing is changed");
        for number in 0..whole.len() {
            let count = wrong_values(function, &whole[number], &whole).len();
            for way in 0..count {
                // Each in memory of its own, so that a call that writes where it must not harms no other.
                let (_arena, Some(mut slots)) = fresh() else { unreachable!() };
                let all = places(&header, function, "", arguments, slots.as_mut_ptr().cast(), true);
                let place = &all[number];
                let (value, expected) = wrong_values(function, place, &all)[way];
                let width = if let Kind::Number(bytes) = place.kind { bytes } else { 8 };
                set(place.at, width, value);
                if let Some(length) = place.length.filter(|length| get(*length, 8) == 0) {
                    set(length, 8, 1);
                }
                let what = format!("{function}: {} = {value:#x}", place.path);
                let status = run(function, &slots);
                assert_eq!(status, expected, "{what}");
                // Outputs that lie over each other cannot both be what denies; `overlaps.rs` looks at the answers.
                if status != IAMLET_OVERLAP {
                    outputs_deny(&what, function, &all, place, status);
                }
                *calls.entry(function.as_str()).or_insert(0) += 1;
            }
        }
    }
    // Functions of numbers only, and one that answers 0 for whatever is wrong (`texts.rs`, `c_abi.rs`).
    let without = |name: &&str| {
        name.ends_with("_text") && !name.starts_with("iamlet_explain")
            || [
                "iamlet_fault_code",
                "iamlet_detail_code",
                "iamlet_layer_code",
                "iamlet_kind_from_text",
                "iamlet_layer_from_text",
                "iamlet_layer_of_kind",
                "iamlet_version",
                "iamlet_principal_type_of_arn",
                "iamlet_resource_kind_of",
                "iamlet_request_member",
                "iamlet_item_member",
                "iamlet_principal_member",
                "iamlet_assembly_member",
            ]
            .contains(name)
    };
    assert_eq!(uncovered.iter().find(|name| !without(name)), None, "functions without a good call here");
    assert_eq!(calls.len(), 44, "{calls:?}");
    assert!(calls.values().sum::<i32>() > 1_000, "{calls:?}");
}

#[test]
fn structs_have_the_sizes_that_c_gives_them_and_that_were_promised() {
    macro_rules! sizes {
        ($($name:ident),* $(,)?) => { [$((stringify!($name), size_of::<$name>(), align_of::<$name>())),*] };
    }
    let rust = sizes![
        iamlet_text,
        iamlet_compile_options,
        iamlet_error,
        iamlet_policy_info,
        iamlet_position,
        iamlet_set_policy,
        iamlet_set,
        iamlet_set_info,
        iamlet_key,
        iamlet_principal,
        iamlet_resource,
        iamlet_context_entry,
        iamlet_request,
        iamlet_request_item,
        iamlet_dictionary,
        iamlet_dictionary_info,
        iamlet_principal_input,
        iamlet_slot_entry,
        iamlet_assembly,
        iamlet_decision,
        iamlet_batch_entry,
        iamlet_record,
        iamlet_source,
        iamlet_explanation,
        iamlet_record_texts,
    ];
    let header = Header::read();
    assert_eq!(header.structs.len(), rust.len(), "each struct of the header is here");
    // What was promised, which a C compiler is held to as well: `SIZE(name, with 64-bit pointers, with 32-bit ones)`.
    let promised = include_str!("../abi/sizes.inc");
    let column = if size_of::<usize>() == 8 { 1 } else { 2 };
    let rows = promised.lines().filter_map(|line| line.strip_prefix("SIZE(")?.strip_suffix(')'));
    let promised: BTreeMap<&str, usize> = rows
        .map(|row| row.split(", ").collect::<Vec<_>>())
        .map(|row| (row[0], row[column].parse().expect("a number")))
        .collect();
    assert_eq!(promised.len(), rust.len(), "each struct is promised a size");
    for (name, size, align) in rust {
        assert_eq!(promised.get(name), Some(&size), "{name}");
        assert_eq!(header.layout(&Kind::Struct(name.to_owned())), (size, align), "{name}");
    }
}
