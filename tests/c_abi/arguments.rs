//! Calls that are wrong: each pointer null or misaligned, lengths that cannot be, numbers that stand for nothing.
//!
//! Here are policies, sets and texts; `requests.rs` has requests and decisions. For each function there is a good call,
//! and a test changes one argument at a time.

use std::ffi::{c_char, c_void};
use std::ptr;

use iamlet::ffi::decide::iamlet_decide;
use iamlet::ffi::error::{iamlet_error, iamlet_error_explain, iamlet_error_format, iamlet_error_pointer};
use iamlet::ffi::names::{iamlet_kind, iamlet_layer};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_SMALL, iamlet_compile_options, iamlet_policy_compile, iamlet_policy_context_key,
    iamlet_policy_info, iamlet_policy_open,
};
use iamlet::ffi::set::{iamlet_set, iamlet_set_build, iamlet_set_open, iamlet_set_policy, iamlet_set_size};
use iamlet::ffi::status::iamlet_status::{
    self, IAMLET_BAD_LENGTH, IAMLET_BAD_LEVEL, IAMLET_BAD_STRUCT_SIZE, IAMLET_DOCUMENT_REFUSED,
    IAMLET_MISALIGNED, IAMLET_NOT_UTF8, IAMLET_NULL_ARGUMENT, IAMLET_OK, IAMLET_SCRATCH_TOO_SMALL,
    IAMLET_UNKNOWN_VALUE,
};
use iamlet::ffi::text::iamlet_text;

use super::{
    IDENTITY, SCP, assert_denies, call, image, prepare, request, resource, scratch, set_policy, stale, text,
    zeroed,
};

/// Lengths that no memory has, or not from an address on that is at the end of the address space.
const IMPOSSIBLE: [usize; 3] = [isize::MAX as usize + 1, usize::MAX - 7, usize::MAX];

/// A pointer from which a few bytes wrap around.
pub(super) fn last<T>() -> *mut T {
    ptr::without_provenance_mut(usize::MAX - 7)
}

/// The same pointer, off by one byte.
pub(super) fn off<T>(pointer: *const T) -> *mut T {
    pointer.cast_mut().wrapping_byte_add(1)
}

/// A text that cannot be: null, too long, or around the end of the address space.
pub(super) fn bad_texts() -> [(iamlet_text, iamlet_status); 5] {
    let long = |len| iamlet_text { len, ..text("a") };
    [
        (iamlet_text { data: ptr::null(), len: 1 }, IAMLET_NULL_ARGUMENT),
        (long(IMPOSSIBLE[0]), IAMLET_BAD_LENGTH),
        (long(IMPOSSIBLE[1]), IAMLET_BAD_LENGTH),
        (long(IMPOSSIBLE[2]), IAMLET_BAD_LENGTH),
        (iamlet_text { data: last(), len: 16 }, IAMLET_BAD_LENGTH),
    ]
}

struct Compile {
    json: (*const c_char, usize),
    kind: u32,
    options: *const iamlet_compile_options,
    scratch: (*mut c_void, usize),
    image: (*mut u8, usize),
}

#[test]
fn compile_reports_every_wrong_argument_and_writes_no_image() {
    let (mut memory, mut out) = (scratch(), vec![0xA5_u8; 4096]);
    let good_options: iamlet_compile_options =
        iamlet_compile_options { struct_size: size_of::<iamlet_compile_options>(), flags: 3, quota_bytes: 0 };
    let options = |options: iamlet_compile_options| Box::leak(Box::new(options)) as *const _;
    let (scratch_at, out_at) = (memory.as_mut_ptr().cast::<c_void>(), out.as_mut_ptr());
    let good = || Compile {
        json: (IDENTITY.as_ptr().cast(), IDENTITY.len()),
        kind: 1,
        options: &raw const good_options,
        scratch: (scratch_at, IAMLET_SCRATCH_SMALL),
        image: (out_at, 4096),
    };
    let run = |wrong: Compile, used: *mut usize, error: *mut iamlet_error| {
        let Compile { json, kind, options, scratch, image } = wrong;
        call!(iamlet_policy_compile(
            json.0, json.1, kind, options, scratch.0, scratch.1, image.0, image.1, used, error
        ))
    };
    let stale_error = iamlet_error {
        fault: 9,
        offset: 9,
        line: 9,
        column: 9,
        pool: 9,
        missing: 9,
        located: 9,
        detail: 9,
        part_offset: 9,
        part_len: 9,
        count: 9,
        reserved: 9,
    };
    let sized = |struct_size| options(iamlet_compile_options { struct_size, ..good_options });
    let size = size_of::<iamlet_compile_options>();
    let mut cases = vec![
        (Compile { json: (ptr::null(), 1), ..good() }, IAMLET_NULL_ARGUMENT),
        (Compile { scratch: (ptr::null_mut(), IAMLET_SCRATCH_SMALL), ..good() }, IAMLET_NULL_ARGUMENT),
        (Compile { image: (ptr::null_mut(), 1), ..good() }, IAMLET_NULL_ARGUMENT),
        (Compile { options: off(&raw const good_options), ..good() }, IAMLET_MISALIGNED),
        (Compile { json: (last(), 16), ..good() }, IAMLET_BAD_LENGTH),
        (Compile { image: (last(), 16), ..good() }, IAMLET_BAD_LENGTH),
        (Compile { scratch: (last(), IAMLET_SCRATCH_SMALL), ..good() }, IAMLET_BAD_LENGTH),
        (Compile { scratch: (ptr::null_mut(), 0), ..good() }, IAMLET_SCRATCH_TOO_SMALL),
        (Compile { scratch: (scratch_at, IAMLET_SCRATCH_SMALL - 1), ..good() }, IAMLET_SCRATCH_TOO_SMALL),
        (Compile { options: sized(0), ..good() }, IAMLET_BAD_STRUCT_SIZE),
        (Compile { options: sized(size - 1), ..good() }, IAMLET_BAD_STRUCT_SIZE),
        (Compile { options: sized(size + 1), ..good() }, IAMLET_BAD_STRUCT_SIZE),
        (Compile { json: (ptr::null(), 0), ..good() }, IAMLET_DOCUMENT_REFUSED),
    ];
    for len in IMPOSSIBLE {
        cases.push((Compile { json: (good().json.0, len), ..good() }, IAMLET_BAD_LENGTH));
        cases.push((Compile { scratch: (scratch_at, len), ..good() }, IAMLET_BAD_LENGTH));
        cases.push((Compile { image: (out_at, len), ..good() }, IAMLET_BAD_LENGTH));
    }
    for by in 1..8 {
        let misaligned = scratch_at.wrapping_byte_add(by);
        // The class is smaller than the memory, so that it would fit behind the pointer.
        cases.push((Compile { scratch: (misaligned, IAMLET_SCRATCH_SMALL), ..good() }, IAMLET_MISALIGNED));
    }
    for flags in [4, 8, 1 << 31, u32::MAX] {
        let options = options(iamlet_compile_options { flags, ..good_options });
        cases.push((Compile { options, ..good() }, IAMLET_UNKNOWN_VALUE));
    }
    for kind in [0, 14, 257, u32::MAX] {
        cases.push((Compile { kind, ..good() }, IAMLET_UNKNOWN_VALUE));
    }
    for (number, (wrong, expected)) in cases.into_iter().enumerate() {
        let (mut used, mut error) = (77, stale_error);
        assert_eq!(run(wrong, &mut used, &mut error), expected, "case {number}");
        assert_eq!(used, 0, "case {number}");
        if expected != IAMLET_DOCUMENT_REFUSED {
            assert_eq!((error.fault, error.offset, error.line, error.column), (0, 0, 0, 0), "case {number}");
        }
    }
    let (mut used, mut error) = (77, stale_error);
    assert_eq!(run(good(), ptr::null_mut(), &mut error), IAMLET_NULL_ARGUMENT);
    assert_eq!(run(good(), off(&raw const used), &mut error), IAMLET_MISALIGNED);
    assert_eq!(error.fault, 9, "without a place for the size nothing is written at all");
    assert_eq!(run(good(), &mut used, off(&raw const error)), IAMLET_MISALIGNED);
    assert_eq!(used, 0);
    assert!(out.iter().all(|byte| *byte == 0xA5));
    assert_eq!(run(good(), &mut used, ptr::null_mut()), IAMLET_OK, "`error` may be null");
    assert_eq!(run(good(), &mut used, &mut error), IAMLET_OK);
    assert_eq!(error.fault, 0, "all zero after a success");
}

#[test]
fn the_texts_of_an_error_report_every_wrong_argument() {
    let json = "{}";
    let error = iamlet_error { fault: 11, line: 1, column: 1, located: 1, missing: 2, ..zeroed() };
    let mut out = [0xA5_u8; 256];
    let out_at = out.as_mut_ptr().cast::<c_char>();
    let pointer = |json: (*const c_char, usize), error: *const iamlet_error, out: (*mut c_char, usize)| {
        let mut used = 77;
        (call!(iamlet_error_pointer(json.0, json.1, error, out.0, out.1, &mut used)), used)
    };
    let explain = |json: (*const c_char, usize), error: *const iamlet_error, out: (*mut c_char, usize)| {
        let mut used = 77;
        (call!(iamlet_error_explain(json.0, json.1, error, out.0, out.1, &mut used)), used)
    };
    let format = |file: iamlet_text, error: *const iamlet_error, out: (*mut c_char, usize)| {
        let mut used = 77;
        (call!(iamlet_error_format(file, error, out.0, out.1, &mut used)), used)
    };
    let (good, room) = ((json.as_ptr().cast::<c_char>(), 2), (out_at, 256));
    for (bad, status) in bad_texts() {
        assert_eq!(pointer((bad.data, bad.len), &error, room), (status, 0));
        assert_eq!(explain((bad.data, bad.len), &error, room), (status, 0));
        assert_eq!(format(bad, &error, room), (status, 0));
        assert_eq!(pointer(good, &error, (bad.data.cast_mut(), bad.len)), (status, 0));
        assert_eq!(explain(good, &error, (bad.data.cast_mut(), bad.len)), (status, 0));
        assert_eq!(format(text("f"), &error, (bad.data.cast_mut(), bad.len)), (status, 0));
    }
    for (bad, status) in
        [(ptr::null(), IAMLET_NULL_ARGUMENT), (off(&raw const error).cast_const(), IAMLET_MISALIGNED)]
    {
        assert_eq!(pointer(good, bad, room), (status, 0));
        assert_eq!(explain(good, bad, room), (status, 0));
        assert_eq!(format(text("f"), bad, room), (status, 0));
    }
    for fault in [0, 28, u32::MAX] {
        let unknown = iamlet_error { fault, ..error };
        assert_eq!(pointer(good, &unknown, room), (IAMLET_UNKNOWN_VALUE, 0));
        assert_eq!(explain(good, &unknown, room), (IAMLET_UNKNOWN_VALUE, 0));
        assert_eq!(format(text("f"), &unknown, room), (IAMLET_UNKNOWN_VALUE, 0));
    }
    let not_utf8 = iamlet_text { data: b"\xFF".as_ptr().cast(), len: 1 };
    assert_eq!(format(not_utf8, &error, room), (IAMLET_NOT_UTF8, 0));
    for (used, status) in [(ptr::null_mut(), IAMLET_NULL_ARGUMENT), (off(&77_usize), IAMLET_MISALIGNED)] {
        assert_eq!(call!(iamlet_error_pointer(good.0, 2, &error, out_at, 256, used)), status);
        assert_eq!(call!(iamlet_error_explain(good.0, 2, &error, out_at, 256, used)), status);
        assert_eq!(call!(iamlet_error_format(text("f"), &error, out_at, 256, used)), status);
    }
    assert!(out.iter().all(|byte| *byte == 0xA5));
}

#[test]
fn opening_reports_every_wrong_argument_and_leaves_what_is_refused() {
    let bytes = [0_u8; 64];
    for (bad, status) in bad_texts() {
        let mut info = iamlet_policy_info { kind: 7, statements: 7, version_2012: 7, context_keys: 7 };
        let mut set = iamlet_set { data: bytes.as_ptr(), len: 64 };
        assert_eq!(call!(iamlet_policy_open(bad.data.cast(), bad.len, &mut info)), status);
        assert_eq!((info.kind, info.statements, info.version_2012, info.context_keys), (0, 0, 0, 0));
        let mut name = text("stale");
        assert_eq!(call!(iamlet_policy_context_key(bad.data.cast(), bad.len, 0, &mut name)), status);
        assert_eq!((name.data.is_null(), name.len), (true, 0));
        assert_eq!(call!(iamlet_set_open(bad.data.cast(), bad.len, &mut set)), status);
        assert_eq!((set.data.is_null(), set.len), (true, 0));
        let request = prepare(&request("s3:GetObject", &resource("*"), &[]));
        let mut decision = stale();
        let at = request.as_ptr().cast();
        let refused = call!(iamlet_decide(&set, 1, at, request.len(), &mut decision));
        assert_eq!(refused, iamlet_status::IAMLET_NOT_AN_IMAGE, "a set that did not open is refused");
        assert_denies(&decision, refused);
    }
    let info: iamlet_policy_info = zeroed();
    let set: iamlet_set = zeroed();
    assert_eq!(call!(iamlet_policy_open(bytes.as_ptr(), 64, ptr::null_mut())), IAMLET_NULL_ARGUMENT);
    assert_eq!(call!(iamlet_policy_open(bytes.as_ptr(), 64, off(&raw const info))), IAMLET_MISALIGNED);
    assert_eq!(call!(iamlet_set_open(bytes.as_ptr(), 64, ptr::null_mut())), IAMLET_NULL_ARGUMENT);
    assert_eq!(call!(iamlet_set_open(bytes.as_ptr(), 64, off(&raw const set))), IAMLET_MISALIGNED);
}

#[test]
fn building_a_set_reports_every_wrong_argument_and_names_the_policy() {
    let image = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
    let good = set_policy(&image, iamlet_layer::IAMLET_LAYER_SCP, 0, 1);
    let mut out = vec![0xA5_u8; 4096];
    let out_at = out.as_mut_ptr();
    type List = (*const iamlet_set_policy, usize);
    let run = |list: List, levels: (u32, u32), out: (*mut u8, usize)| {
        let (mut size, mut used, mut fault, mut fault_again) = (77, 77, 77, 77);
        let built =
            call!(iamlet_set_build(list.0, list.1, levels.0, levels.1, out.0, out.1, &mut used, &mut fault));
        if out.1 == 4096 && out.0 == out_at {
            let asked =
                call!(iamlet_set_size(list.0, list.1, levels.0, levels.1, &mut size, &mut fault_again));
            assert_eq!((asked, size, fault_again), (built, 0, fault), "asking for the size says the same");
        }
        assert_eq!(used, 0);
        (built, fault)
    };
    let room = (out_at, 4096);
    let bad_list: [(List, iamlet_status); 5] = [
        ((ptr::null(), 1), IAMLET_NULL_ARGUMENT),
        ((off(&raw const good).cast_const(), 1), IAMLET_MISALIGNED),
        ((&raw const good, usize::MAX / size_of::<iamlet_set_policy>() + 1), IAMLET_BAD_LENGTH),
        ((&raw const good, isize::MAX as usize / size_of::<iamlet_set_policy>() + 1), IAMLET_BAD_LENGTH),
        ((last(), 1), IAMLET_BAD_LENGTH),
    ];
    for (list, status) in bad_list {
        assert_eq!(run(list, (1, 0), room), (status, usize::MAX));
    }
    let mut wrong: Vec<(iamlet_set_policy, iamlet_status)> = bad_texts()
        .map(|(bad, status)| {
            (iamlet_set_policy { image: bad.data.cast(), image_len: bad.len, ..good }, status)
        })
        .to_vec();
    for layer in [0, 8, u32::MAX] {
        wrong.push((iamlet_set_policy { layer, ..good }, IAMLET_UNKNOWN_VALUE));
    }
    for level in [1, 16, 256, u32::MAX] {
        wrong.push((iamlet_set_policy { level, ..good }, IAMLET_BAD_LEVEL));
    }
    wrong.push((iamlet_set_policy { layer: 4, ..good }, iamlet_status::IAMLET_WRONG_LAYER));
    wrong.push((iamlet_set_policy { image_len: 0, ..good }, iamlet_status::IAMLET_NOT_AN_IMAGE));
    wrong.push((iamlet_set_policy { image_len: image.len() - 1, ..good }, iamlet_status::IAMLET_WRONG_SIZE));
    for (wrong, status) in wrong {
        assert_eq!(run((&raw const wrong, 1), (1, 0), room), (status, 0), "{wrong:?}");
        let list = [good, good, wrong];
        assert_eq!(run((list.as_ptr(), 3), (1, 0), room), (status, 2), "{wrong:?}");
    }
    for levels in [(17, 0), (1, 17), (256, 0), (0, u32::MAX), (u32::MAX, 0)] {
        assert_eq!(run((&raw const good, 1), levels, room).0, IAMLET_BAD_LEVEL, "{levels:?}");
    }
    for (bad, status) in bad_texts() {
        assert_eq!(run((&raw const good, 1), (1, 0), (bad.data.cast_mut().cast(), bad.len)).0, status);
    }
    let list = &raw const good;
    for (bad, status) in [(ptr::null_mut(), IAMLET_NULL_ARGUMENT), (off(&77_usize), IAMLET_MISALIGNED)] {
        let mut size = 0;
        assert_eq!(call!(iamlet_set_size(list, 1, 1, 0, bad, ptr::null_mut())), status);
        assert_eq!(call!(iamlet_set_build(list, 1, 1, 0, out_at, 4096, bad, ptr::null_mut())), status);
        if status == IAMLET_MISALIGNED {
            assert_eq!(call!(iamlet_set_size(list, 1, 1, 0, &mut size, bad)), status);
            assert_eq!(call!(iamlet_set_build(list, 1, 1, 0, out_at, 4096, &mut size, bad)), status);
        }
    }
    assert!(out.iter().all(|byte| *byte == 0xA5));
    let mut used = 0;
    let built = call!(iamlet_set_build(list, 1, 1, 0, out_at, 4096, &mut used, ptr::null_mut()));
    assert_eq!(built, IAMLET_OK, "`at_fault` may be null");
}
