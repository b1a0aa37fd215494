//! Memory that is written and overlaps another argument, for each pair of arguments of each function.
//!
//! The arguments lie in one arena, apart at first, where the call is good. Then each pair is moved together in three
//! ways: same beginning, the one at the last bytes of the other, and the other way round.

use std::fmt::Write;

use iamlet::ffi::decide::{
    iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decide_resources, iamlet_decision,
};
use iamlet::ffi::error::{iamlet_error, iamlet_error_explain, iamlet_error_format, iamlet_error_pointer};
use iamlet::ffi::filter::iamlet_filter;
use iamlet::ffi::names::{iamlet_kind, iamlet_layer};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_SMALL, iamlet_compile_options, iamlet_policy_compile, iamlet_policy_compile_mapped,
    iamlet_policy_context_key, iamlet_policy_info, iamlet_policy_open, iamlet_policy_position,
    iamlet_position,
};
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_item_prepare, iamlet_item_size, iamlet_key, iamlet_key_prepare,
    iamlet_request, iamlet_request_item, iamlet_request_prepare, iamlet_request_size, iamlet_resource,
};
use iamlet::ffi::set::{
    iamlet_set, iamlet_set_build, iamlet_set_describe, iamlet_set_info, iamlet_set_open, iamlet_set_policy,
    iamlet_set_size,
};
use iamlet::ffi::status::iamlet_status;
use iamlet::ffi::text::iamlet_text;

use super::{
    IDENTITY, SCP, Sets, assert_denies, batch_entry, call, image, prepare, prepare_item, request, resource,
    text, zeroed,
};

/// An argument: what it is called, its bytes before the call, its alignment, and whether the call writes it.
pub(super) struct Argument {
    name: &'static str,
    bytes: Vec<u8>,
    align: usize,
    written: bool,
}

pub(super) fn input(name: &'static str, bytes: &[u8]) -> Argument {
    Argument { name, bytes: bytes.to_vec(), align: 1, written: false }
}

pub(super) fn output(name: &'static str, len: usize, align: usize) -> Argument {
    Argument { name, bytes: vec![0; len], align, written: true }
}

/// A struct that the call reads, whose contents are put in place by [`Arena::put`].
pub(super) fn structure<T>(name: &'static str) -> Argument {
    Argument { name, bytes: vec![0; size_of::<T>()], align: align_of::<T>(), written: false }
}

/// The memory that all arguments of a call lie in.
pub(super) struct Arena {
    memory: Vec<u64>,
    offsets: Vec<usize>,
}

impl Arena {
    fn new(arguments: &[Argument]) -> Self {
        let mut offsets = Vec::new();
        let mut end = 64;
        for argument in arguments {
            offsets.push(end);
            end = (end + argument.bytes.len()).next_multiple_of(64) + 64;
        }
        Self { memory: vec![0; 2 * end / 8 + 8], offsets }
    }

    /// Where the argument with this number lies.
    pub(super) fn at<T>(&mut self, number: usize) -> *mut T {
        self.memory.as_mut_ptr().cast::<u8>().wrapping_add(self.offsets[number]).cast()
    }

    pub(super) fn put<T: Copy>(&mut self, number: usize, value: T) -> *mut T {
        let place = self.at::<T>(number);
        // SAFETY: the arena has room for every argument at every offset that the tests choose, and offsets are aligned.
        unsafe { place.write(value) };
        place
    }

    /// Writes the arguments that are read; the moved one first, so that the others are whole.
    fn fill(&mut self, arguments: &[Argument], moved: Option<usize>) {
        let mut read: Vec<_> =
            arguments.iter().enumerate().filter(|(_, argument)| !argument.written).collect();
        read.sort_by_key(|(number, _)| Some(*number) != moved);
        for (number, argument) in read {
            for (at, byte) in argument.bytes.iter().enumerate() {
                let place = self.at::<u8>(number).wrapping_add(at);
                // SAFETY: as in `put`.
                unsafe { place.write(*byte) };
            }
        }
    }
}

/// Moves each pair of arguments together of which one is written. The call must report every one of them.
#[track_caller]
pub(super) fn every_overlap_is_reported(arguments: &[Argument], call: impl Fn(&mut Arena) -> iamlet_status) {
    let apart = Arena::new(arguments);
    let run = |moved: Option<(usize, usize)>| {
        let mut arena = Arena { memory: apart.memory.clone(), offsets: apart.offsets.clone() };
        if let Some((number, offset)) = moved {
            arena.offsets[number] = offset;
        }
        arena.fill(arguments, moved.map(|(number, _)| number));
        call(&mut arena)
    };
    assert_eq!(run(None), iamlet_status::IAMLET_OK, "apart, the call is good");
    let mut missed = String::new();
    for (first, fixed) in arguments.iter().enumerate() {
        for (second, moving) in arguments.iter().enumerate().skip(first + 1) {
            if !fixed.written && !moving.written {
                continue;
            }
            let last_of = |number: usize, mover: &Argument| {
                let last = apart.offsets[number] + arguments[number].bytes.len() - 1;
                last - last % mover.align
            };
            let ways = [
                ("the same place", second, apart.offsets[first]),
                ("the second at the end of the first", second, last_of(first, moving)),
                ("the first at the end of the second", first, last_of(second, fixed)),
            ];
            for (way, moved, offset) in ways {
                let status = run(Some((moved, offset)));
                if status != iamlet_status::IAMLET_OVERLAP {
                    let _ = writeln!(missed, "`{}` and `{}`, {way}: {status:?}", fixed.name, moving.name);
                }
            }
        }
    }
    assert!(missed.is_empty(), "not reported:\n{missed}");
}

#[test]
fn compile_reports_overlaps() {
    let arguments = [
        input("json", SCP.as_bytes()),
        structure::<iamlet_compile_options>("options"),
        output("scratch", IAMLET_SCRATCH_SMALL, 8),
        output("image", 512, 1),
        output("image_used", 8, 8),
        output("error", size_of::<iamlet_error>(), 4),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let options = iamlet_compile_options { struct_size: size_of::<iamlet_compile_options>(), ..zeroed() };
        let options = arena.put(1, options);
        let (json, scratch, image) = (arena.at(0), arena.at(2), arena.at(3));
        let (used, error) = (arena.at(4), arena.at(5));
        call!(iamlet_policy_compile(
            json,
            SCP.len(),
            1,
            options,
            scratch,
            IAMLET_SCRATCH_SMALL,
            image,
            512,
            used,
            error
        ))
    });
}

#[test]
fn compile_with_a_source_map_reports_overlaps() {
    let arguments = [
        input("json", SCP.as_bytes()),
        structure::<iamlet_compile_options>("options"),
        output("scratch", IAMLET_SCRATCH_SMALL, 8),
        output("image", 512, 1),
        output("image_used", 8, 8),
        output("map", 64, 1),
        output("map_used", 8, 8),
        output("error", size_of::<iamlet_error>(), 4),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let options = iamlet_compile_options { struct_size: size_of::<iamlet_compile_options>(), ..zeroed() };
        let options = arena.put(1, options);
        let (json, scratch, image) = (arena.at(0), arena.at(2), arena.at(3));
        let (image_used, map, map_used, error) = (arena.at(4), arena.at(5), arena.at(6), arena.at(7));
        call!(iamlet_policy_compile_mapped(
            json,
            SCP.len(),
            1,
            options,
            scratch,
            IAMLET_SCRATCH_SMALL,
            image,
            512,
            image_used,
            map,
            64,
            map_used,
            error
        ))
    });
    let map = [1; 16];
    let arguments = [input("map", &map), output("position", size_of::<iamlet_position>(), 4)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_policy_position(arena.at(0), map.len(), 1, arena.at(1)))
    });
}

#[test]
fn the_texts_of_an_error_report_overlaps() {
    let json = r#"{"Version":"2012-10-17","Statement":{"Effect":"Perhaps"}}"#;
    let wrong = iamlet_error { fault: 17, offset: 46, line: 1, column: 47, located: 1, ..zeroed() };
    let arguments = [
        input("json", json.as_bytes()),
        structure::<iamlet_error>("error"),
        output("out", 64, 1),
        output("used", 8, 8),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let error = arena.put(1, wrong);
        call!(iamlet_error_pointer(arena.at(0), json.len(), error, arena.at(2), 64, arena.at(3)))
    });
    let arguments = [
        input("json", json.as_bytes()),
        structure::<iamlet_error>("error"),
        output("out", 256, 1),
        output("used", 8, 8),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let error = arena.put(1, wrong);
        call!(iamlet_error_explain(arena.at(0), json.len(), error, arena.at(2), 256, arena.at(3)))
    });
    let arguments = [
        input("file", b"name of a file"),
        structure::<iamlet_error>("error"),
        output("out", 256, 1),
        output("used", 8, 8),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let error = arena.put(1, wrong);
        let file = iamlet_text { data: arena.at(0), len: 14 };
        call!(iamlet_error_format(file, error, arena.at(2), 256, arena.at(3)))
    });
}

#[test]
fn opening_reports_overlaps() {
    let policy = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
    let arguments = [input("image", &policy), output("info", size_of::<iamlet_policy_info>(), 4)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_policy_open(arena.at(0), policy.len(), arena.at(1)))
    });
    let policy = image(IDENTITY, iamlet_kind::IAMLET_KIND_IDENTITY);
    let arguments = [input("image", &policy), output("name", size_of::<iamlet_text>(), 8)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_policy_context_key(arena.at(0), policy.len(), 0, arena.at(1)))
    });
    let bytes = Sets::new().bucket;
    let arguments = [input("data", &bytes), output("set", size_of::<iamlet_set>(), 8)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_set_open(arena.at(0), bytes.len(), arena.at(1)))
    });
    let arguments = [
        structure::<iamlet_set>("set"),
        input("data", &bytes),
        output("info", size_of::<iamlet_set_info>(), 4),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let data = arena.at(1);
        let set = arena.put(0, iamlet_set { data, len: bytes.len() });
        call!(iamlet_set_describe(set, arena.at(2)))
    });
}

#[test]
fn building_a_set_reports_overlaps() {
    let policy = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
    let arguments = [
        structure::<iamlet_set_policy>("policies"),
        input("image", &policy),
        output("out_used", 8, 8),
        output("at_fault", 8, 8),
        output("out", 1024, 1),
    ];
    let place = |arena: &mut Arena| {
        let layer = iamlet_layer::IAMLET_LAYER_SCP as u32;
        let image = arena.at(1);
        arena.put(0, iamlet_set_policy { image, image_len: policy.len(), tag: 1, layer, level: 0 })
    };
    every_overlap_is_reported(&arguments, |arena| {
        let list = place(arena);
        call!(iamlet_set_build(list, 1, 1, 0, arena.at(4), 1024, arena.at(2), arena.at(3)))
    });
    every_overlap_is_reported(&arguments[..4], |arena| {
        let list = place(arena);
        call!(iamlet_set_size(list, 1, 1, 0, arena.at(2), arena.at(3)))
    });
}

#[test]
fn preparing_a_key_reports_overlaps() {
    let arguments =
        [input("name", b"aws:PrincipalTag/department"), output("key", size_of::<iamlet_key>(), 8)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_key_prepare(iamlet_text { data: arena.at(0), len: 27 }, arena.at(1)))
    });
}

/// Arguments of a request and of an item: the struct, what it points to, and where the result goes.
fn preparation<T>(name: &'static str) -> [Argument; 8] {
    [
        structure::<T>(name),
        structure::<iamlet_resource>("resource"),
        structure::<iamlet_context_entry>("context"),
        structure::<[iamlet_text; 2]>("values"),
        input("value", b"a value of the context key"),
        input("key", b"aws:PrincipalTag/department"),
        output("used", 8, 8),
        output("memory", 4096, 1),
    ]
}

/// Puts a context and its texts into the arena of [`preparation`].
fn place_context(arena: &mut Arena) -> iamlet_context_entry {
    let value = iamlet_text { data: arena.at(4), len: 26 };
    let values = arena.put(3, [value, value]).cast::<iamlet_text>();
    let name = iamlet_text { data: arena.at(5), len: 27 };
    let key = iamlet_key { name, ..zeroed() };
    let entry = iamlet_context_entry { key, values, value_count: 2, ..zeroed() };
    arena.put(2, entry);
    entry
}

#[test]
fn preparing_a_request_reports_overlaps() {
    let place = |arena: &mut Arena| {
        place_context(arena);
        let object = arena.put(1, resource("arn:aws:s3:::b/k"));
        let mut wanted = request("s3:GetObject", object, &[]);
        wanted.action = text("s3:GetObject");
        (wanted.context, wanted.context_count) = (arena.at(2), 1);
        arena.put(0, wanted)
    };
    let arguments = preparation::<iamlet_request>("request");
    every_overlap_is_reported(&arguments, |arena| {
        let wanted = place(arena);
        call!(iamlet_request_prepare(wanted, arena.at(7), 4096, arena.at(6)))
    });
    every_overlap_is_reported(&arguments[..7], |arena| {
        let wanted = place(arena);
        call!(iamlet_request_size(wanted, arena.at(6)))
    });
}

#[test]
fn preparing_an_item_reports_overlaps() {
    let base = prepare(&request("s3:GetObject", std::ptr::null(), &[]));
    let place = |arena: &mut Arena| {
        place_context(arena);
        let mut item = iamlet_request_item {
            struct_size: size_of::<iamlet_request_item>(),
            resource: resource("arn:aws:s3:::b/k"),
            ..zeroed()
        };
        (item.context, item.context_count) = (arena.at(2), 1);
        arena.put(0, item)
    };
    let mut arguments = preparation::<iamlet_request_item>("item");
    arguments[1] = input("request", &base);
    every_overlap_is_reported(&arguments, |arena| {
        let item = place(arena);
        call!(iamlet_item_prepare(arena.at(1), base.len(), item, arena.at(7), 4096, arena.at(6)))
    });
    // The size of an item does not ask for the request.
    arguments.swap(1, 6);
    every_overlap_is_reported(&arguments[..6], |arena| {
        let item = place(arena);
        call!(iamlet_item_size(item, arena.at(1)))
    });
}

/// Arguments of a decision: the list of sets, their bytes, a request, an item with a set, and so many answers.
fn decision(sets: &Sets, request: &[u8], item: &[u8], answers: usize) -> [Argument; 8] {
    [
        structure::<iamlet_set>("sets"),
        input("set", &sets.organization),
        input("request", request),
        output("decision", answers * size_of::<iamlet_decision>(), 8),
        structure::<iamlet_batch_entry>("entries"),
        input("item", item),
        structure::<iamlet_set>("item's set"),
        input("item's set data", &sets.bucket),
    ]
}

#[track_caller]
fn denies_after_an_error(answer: *const iamlet_decision, status: iamlet_status) -> iamlet_status {
    if status != iamlet_status::IAMLET_OK {
        // SAFETY: the arena has room for it, and it was written.
        assert_denies(&unsafe { answer.read() }, status);
    }
    status
}

#[test]
fn deciding_reports_overlaps() {
    let sets = Sets::new();
    let object = resource("arn:aws:s3:::b/k");
    let mut alone = request("s3:GetObject", &object, &[]);
    alone.absent |= iamlet::ffi::request::IAMLET_ABSENT_RESOURCE;
    let alone = prepare(&alone);
    let whole = prepare(&request("s3:GetObject", &object, &[]));
    let item = prepare_item(&whole, "arn:aws:s3:::b/k", &[]);

    let arguments = decision(&sets, &alone, &item, 1);
    every_overlap_is_reported(&arguments[..4], |arena| {
        let data = arena.at(1);
        let list = arena.put(0, iamlet_set { data, len: sets.organization.len() });
        let answer = arena.at::<iamlet_decision>(3);
        let status = call!(iamlet_decide(list, 1, arena.at(2), alone.len(), answer));
        denies_after_an_error(answer, status)
    });

    let place = |arena: &mut Arena| {
        let own = iamlet_set { data: arena.at(7), len: sets.bucket.len() };
        let own = arena.put(6, own);
        let mut entry: iamlet_batch_entry = batch_entry(&whole, &item, own);
        (entry.request, entry.item) = (arena.at(2), arena.at(5));
        arena.put(4, entry);
        let data = arena.at(1);
        arena.put(0, iamlet_set { data, len: sets.organization.len() })
    };
    let arguments = decision(&sets, &whole, &item, 1);
    every_overlap_is_reported(&arguments, |arena| {
        let list = place(arena);
        let (request, answer) = (arena.at(2), arena.at(3));
        let status = call!(iamlet_decide_resources(list, 1, request, whole.len(), arena.at(4), 1, answer));
        denies_after_an_error(answer, status)
    });
    every_overlap_is_reported(&arguments, |arena| {
        let list = place(arena);
        let answer = arena.at(3);
        let status = call!(iamlet_decide_batch(list, 1, arena.at(4), 1, answer));
        denies_after_an_error(answer, status)
    });
    let [a, b, c, d, e, f, g, h] = arguments;
    let arguments = [a, b, c, d, e, f, g, h, output("allowed", 1, 1)];
    every_overlap_is_reported(&arguments, |arena| {
        let list = place(arena);
        let (request, answer, allowed) = (arena.at(2), arena.at(3), arena.at(8));
        call!(iamlet_filter(list, 1, request, whole.len(), arena.at(4), 1, allowed, answer))
    });
}
