//! A good call of each function that has pointers, for `every_argument.rs` to change.

use std::ffi::{c_char, c_void};

use iamlet::ffi::assembly::{
    iamlet_action_prepare, iamlet_action_size, iamlet_assembly, iamlet_assembly_size,
    iamlet_principal_prepare, iamlet_principal_size, iamlet_request_assemble, iamlet_slot_entry,
};
use iamlet::ffi::decide::{
    iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decide_resources, iamlet_decision,
};
use iamlet::ffi::dictionary::{
    iamlet_dictionary, iamlet_dictionary_build, iamlet_dictionary_describe, iamlet_dictionary_info,
    iamlet_dictionary_key, iamlet_dictionary_open, iamlet_dictionary_size, iamlet_dictionary_slot,
};
use iamlet::ffi::error::{iamlet_error, iamlet_error_explain, iamlet_error_format, iamlet_error_pointer};
use iamlet::ffi::explain::{
    iamlet_explain, iamlet_explain_client_text, iamlet_explain_json, iamlet_explain_record_texts,
    iamlet_explain_sentence, iamlet_explain_simulation, iamlet_explain_text, iamlet_explanation,
    iamlet_record_texts, iamlet_source,
};
use iamlet::ffi::filter::iamlet_filter;
use iamlet::ffi::line::iamlet_decision_format;
use iamlet::ffi::names::{iamlet_kind, iamlet_layer};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_SMALL, iamlet_compile_options, iamlet_policy_compile, iamlet_policy_compile_mapped,
    iamlet_policy_context_key, iamlet_policy_info, iamlet_policy_open, iamlet_policy_position,
    iamlet_position,
};
use iamlet::ffi::principal::iamlet_principal;
use iamlet::ffi::record::iamlet_record;
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_item_prepare, iamlet_item_size, iamlet_key, iamlet_key_prepare,
    iamlet_request_item, iamlet_request_needed_key, iamlet_request_prepare, iamlet_request_size,
    iamlet_resource,
};
use iamlet::ffi::set::{
    iamlet_set, iamlet_set_assign_slots, iamlet_set_build, iamlet_set_context_key, iamlet_set_describe,
    iamlet_set_info, iamlet_set_open, iamlet_set_policy, iamlet_set_size,
};
use iamlet::ffi::status::iamlet_status::{self, IAMLET_OK};
use iamlet::ffi::text::iamlet_text;

use super::{
    IDENTITY, SCP, Sets, call, image, prepare, prepare_item, request, resource, set_policy, stale, text,
    zeroed,
};

/// Memory of the test that all arguments lie in, each in a place of its own.
pub(super) struct Arena {
    memory: Vec<u64>,
    used: usize,
}

impl Arena {
    pub(super) fn new() -> Self {
        Self { memory: vec![0; 128 * 1024 / 8], used: 64 }
    }

    fn place(&mut self, bytes: &[u8], room: usize) -> usize {
        let at = self.used;
        self.used = (at + room).next_multiple_of(64) + 64;
        let place = self.memory.as_mut_ptr().cast::<u8>().wrapping_add(at);
        assert!(self.used <= self.memory.len() * 8 / 2, "the other half is for what is moved");
        // SAFETY: there is room by the line above.
        unsafe { place.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        place.expose_provenance()
    }

    fn put<T: Copy>(&mut self, value: T) -> usize {
        // SAFETY: the bytes of an integer, of a pointer, or of a struct of the ABI, which has no padding that is read.
        let bytes = unsafe { std::slice::from_raw_parts((&raw const value).cast(), size_of::<T>()) };
        self.place(bytes, size_of::<T>())
    }

    fn text(&mut self, text: &str) -> iamlet_text {
        iamlet_text { data: (self.place(text.as_bytes(), text.len()) as *const u8).cast(), len: text.len() }
    }

    /// An output that was used before.
    fn output(&mut self, len: usize) -> usize {
        self.place(&vec![0xA5; len], len)
    }
}

/// A function that writes a text of an explanation.
type TextOf =
    unsafe extern "C" fn(*const iamlet_explanation, *mut c_char, usize, *mut usize) -> iamlet_status;

/// Alice, with her texts in the arena.
fn place_principal(principal: &mut iamlet_principal, arena: &mut Arena) {
    principal.arn = arena.text(super::ALICE);
    // These are empty, of a user; the test lends them a length.
    let texts =
        [&mut principal.role_arn, &mut principal.user_arn, &mut principal.service, &mut principal.provider];
    for text in texts.into_iter().chain([&mut principal.canonical_user, &mut principal.unique_id]) {
        *text = iamlet_text { len: 0, ..arena.text("text") };
    }
}

/// A good call of a function: its arguments, a text by value being two of them.
pub(super) fn good_call(function: &str, arena: &mut Arena, sets: &Sets) -> Option<Vec<usize>> {
    let refused = iamlet_error { fault: 11, line: 1, column: 1, located: 1, missing: 2, ..zeroed() };
    let policies = |arena: &mut Arena| {
        let scp = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
        let image = arena.place(&scp, scp.len());
        let good = set_policy(&scp, iamlet_layer::IAMLET_LAYER_SCP, 0, 1);
        arena.put(iamlet_set_policy { image: image as *const u8, ..good })
    };
    let context = |arena: &mut Arena| {
        let value = arena.text("a value");
        let values = arena.put(value) as *const iamlet_text;
        let key = iamlet_key { name: arena.text("a:team"), ..zeroed() };
        arena.put(iamlet_context_entry { key, values, value_count: 1, ..zeroed() })
            as *const iamlet_context_entry
    };
    let object = |arena: &mut Arena| iamlet_resource {
        arn: arena.text("arn:aws:s3:::b/k"),
        account: arena.text("111122223333"),
        ..zeroed()
    };
    let whole = |arena: &mut Arena| {
        let object = object(arena);
        let mut wanted = request("", arena.put(object) as *const iamlet_resource, &[]);
        place_principal(&mut wanted.principal, arena);
        wanted.action = arena.text("s3:GetObject");
        (wanted.context, wanted.context_count) = (context(arena), 1);
        wanted.flags = iamlet::ffi::request::IAMLET_HAS_CLOCK;
        arena.put(wanted)
    };
    let item = |arena: &mut Arena| {
        let resource = object(arena);
        let (context, struct_size) = (context(arena), size_of::<iamlet_request_item>());
        arena.put(iamlet_request_item { struct_size, resource, context, context_count: 1, ..zeroed() })
    };
    let prepared = prepare(&request("s3:GetObject", &resource("arn:aws:s3:::b/k"), &[]));
    let prepared_item = prepare_item(&prepared, "arn:aws:s3:::b/k", &[]);
    let list = |arena: &mut Arena, bytes: &[u8]| {
        let data = arena.place(bytes, bytes.len()) as *const u8;
        arena.put(iamlet_set { data, len: bytes.len() })
    };
    let entry = |arena: &mut Arena| {
        let set = list(arena, &sets.bucket) as *const iamlet_set;
        let request = arena.place(&prepared, prepared.len()) as *const c_void;
        let item = arena.place(&prepared_item, prepared_item.len()) as *const c_void;
        let (request_len, item_len) = (prepared.len(), prepared_item.len());
        arena.put(iamlet_batch_entry { request, request_len, item, item_len, set })
    };
    let words = super::two_steps::dictionary(&["a:team"]);
    let dictionary = |arena: &mut Arena| {
        let data = arena.place(&words, words.len()) as *const u8;
        arena.put(iamlet_dictionary { data, len: words.len() })
    };
    let principal = |arena: &mut Arena| {
        let mut wanted = super::two_steps::principal_input(dictionary(arena) as *const iamlet_dictionary);
        place_principal(&mut wanted.principal, arena);
        arena.put(wanted)
    };
    let parts = super::two_steps::Parts::new(&words);
    let assembly = |arena: &mut Arena| {
        let value = arena.text("a value");
        let values = arena.put(value) as *const iamlet_text;
        let entries = arena.put(iamlet_slot_entry { values, value_count: 1, ..zeroed() });
        let object = object(arena);
        let wanted = iamlet_assembly {
            struct_size: size_of::<iamlet_assembly>(),
            principal: arena.place(&parts.principal, parts.principal.len()) as *const c_void,
            principal_len: parts.principal.len(),
            action: arena.place(&parts.action, parts.action.len()) as *const c_void,
            action_len: parts.action.len(),
            resource: arena.put(object) as *const iamlet_resource,
            flags: iamlet::ffi::request::IAMLET_HAS_CLOCK,
            entries: entries as *const iamlet_slot_entry,
            entry_count: 1,
            ..zeroed()
        };
        arena.put(wanted)
    };
    let names = |arena: &mut Arena| {
        let name = arena.text("a:team");
        arena.put(name)
    };
    let out = |arena: &mut Arena, len| [arena.output(len), len, arena.output(8)];
    // Of the item of an entry, whose set is its own.
    let explanation = |arena: &mut Arena| {
        let mut records = [zeroed::<iamlet_record>(); 16];
        let (mut decision, mut used) = (stale(), 0);
        let set_list = list(arena, &sets.organization) as *const iamlet_set;
        let item = entry(arena) as *const iamlet_batch_entry;
        let (request, request_len) =
            (arena.place(&prepared, prepared.len()) as *const c_void, prepared.len());
        let (answer, count) = (&raw mut decision, &raw mut used);
        let (room, len) = (records.as_mut_ptr(), records.len());
        let asked = call!(iamlet_explain(set_list, 1, request, request_len, item, answer, room, len, count));
        assert_eq!(asked, IAMLET_OK);
        let list_of = arena.place(
            // SAFETY: records have no padding.
            unsafe { std::slice::from_raw_parts(records.as_ptr().cast(), size_of_val(&records)) },
            size_of_val(&records),
        );
        let name = arena.text("bucket.json");
        let map = arena.place(&[0; 8], 8) as *const c_void;
        let source = arena.put(iamlet_source { tag: 1, name, map, map_len: 8 }) as *const iamlet_source;
        arena.put(iamlet_explanation {
            sets: set_list,
            set_count: 1,
            request,
            request_len,
            item,
            records: list_of as *const iamlet_record,
            count: used,
            sources: source,
            source_count: 1,
        })
    };
    let told = |arena: &mut Arena, text: TextOf| {
        let (given, mut used) = (explanation(arena), 0);
        let none = std::ptr::null_mut();
        let asked = call!(text(given as *const iamlet_explanation, none, 0, &mut used));
        assert_eq!(asked, iamlet_status::IAMLET_BUFFER_TOO_SMALL);
        [&[given][..], &out(arena, used)].concat()
    };
    Some(match function {
        "iamlet_policy_compile" | "iamlet_policy_compile_mapped" => {
            let json = arena.place(IDENTITY.as_bytes(), IDENTITY.len());
            let struct_size = size_of::<iamlet_compile_options>();
            let options = arena.put(iamlet_compile_options { struct_size, ..zeroed() });
            let size = image(IDENTITY, iamlet_kind::IAMLET_KIND_IDENTITY).len();
            let scratch = arena.output(IAMLET_SCRATCH_SMALL);
            let mut good = vec![json, IDENTITY.len(), 1, options, scratch, IAMLET_SCRATCH_SMALL];
            good.extend(out(arena, size));
            if function == "iamlet_policy_compile_mapped" {
                // Two statements, of 8 bytes each.
                good.extend(out(arena, 16));
            }
            good.push(arena.output(size_of::<iamlet_error>()));
            good
        }
        "iamlet_policy_position" => {
            let map = arena.place(&[1, 0, 0, 0, 2, 0, 0, 0], 8);
            vec![map, 8, 0, arena.output(size_of::<iamlet_position>())]
        }
        "iamlet_policy_open" => {
            let bytes = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
            vec![arena.place(&bytes, bytes.len()), bytes.len(), arena.output(size_of::<iamlet_policy_info>())]
        }
        "iamlet_policy_context_key" => {
            let bytes = image(IDENTITY, iamlet_kind::IAMLET_KIND_IDENTITY);
            let name = arena.output(size_of::<iamlet_text>());
            vec![arena.place(&bytes, bytes.len()), bytes.len(), 0, name]
        }
        "iamlet_error_pointer" => {
            let [json, error] = [arena.place(b"{}", 8), arena.put(refused)];
            [&[json, 2, error][..], &out(arena, "/Statement".len())].concat()
        }
        "iamlet_error_explain" => {
            let [json, error, mut used] = [arena.place(b"{}", 8), arena.put(refused), 0];
            call!(iamlet_error_explain(c"{}".as_ptr(), 2, &refused, std::ptr::null_mut(), 0, &mut used));
            [&[json, 2, error][..], &out(arena, used)].concat()
        }
        "iamlet_error_format" => {
            let name = arena.text("a file");
            let [error, mut used] = [arena.put(refused), 0];
            call!(iamlet_error_format(text("a file"), &refused, std::ptr::null_mut(), 0, &mut used));
            [&[name.data.addr(), name.len, error][..], &out(arena, used)].concat()
        }
        "iamlet_set_size" => vec![policies(arena), 1, 1, 0, arena.output(8), arena.output(8)],
        "iamlet_set_build" => {
            let (list, mut size) = (policies(arena), 0);
            let asked = call!(iamlet_set_size(list as *const _, 1, 1, 0, &mut size, std::ptr::null_mut()));
            assert_eq!(asked, IAMLET_OK);
            [&[list, 1, 1, 0][..], &out(arena, size), &[arena.output(8)]].concat()
        }
        "iamlet_set_open" => {
            let bytes = &sets.bucket;
            vec![arena.place(bytes, bytes.len()), bytes.len(), arena.output(size_of::<iamlet_set>())]
        }
        "iamlet_set_describe" => {
            vec![list(arena, &sets.bucket), arena.output(size_of::<iamlet_set_info>())]
        }
        "iamlet_set_context_key" => {
            let set = list(arena, &sets.organization);
            vec![set, 1, 0, arena.output(size_of::<iamlet_text>())]
        }
        "iamlet_set_assign_slots" => {
            let bytes = &sets.bucket;
            vec![arena.place(bytes, bytes.len()), bytes.len(), dictionary(arena)]
        }
        "iamlet_decision_format" => {
            let sid = arena.text("Read");
            let decision =
                arena.put(iamlet_decision { effect: 2, reason: 2, status: 0, layer: 4, sid, ..stale() });
            let request = arena.place(&prepared, prepared.len());
            let item = arena.place(&prepared_item, prepared_item.len());
            let (mut used, none) = (0, std::ptr::null_mut());
            let [first, second] = [request as *const c_void, item as *const c_void];
            let (of_request, of_item) = (prepared.len(), prepared_item.len());
            let asked = decision as *const iamlet_decision;
            let status =
                call!(iamlet_decision_format(asked, first, of_request, second, of_item, none, 0, &mut used));
            assert_eq!(status, iamlet_status::IAMLET_BUFFER_TOO_SMALL);
            [&[decision, request, of_request, item, of_item][..], &out(arena, used)].concat()
        }
        "iamlet_key_prepare" => {
            let name = arena.text("aws:SourceIp");
            vec![name.data.addr(), name.len, arena.output(size_of::<iamlet_key>())]
        }
        "iamlet_request_size" => vec![whole(arena), arena.output(8)],
        "iamlet_item_size" => vec![item(arena), arena.output(8)],
        "iamlet_request_prepare" => {
            let (wanted, mut size) = (whole(arena), 0);
            assert_eq!(call!(iamlet_request_size(wanted as *const _, &mut size)), IAMLET_OK);
            [&[wanted][..], &out(arena, size)].concat()
        }
        "iamlet_item_prepare" => {
            let (wanted, mut size) = (item(arena), 0);
            assert_eq!(call!(iamlet_item_size(wanted as *const _, &mut size)), IAMLET_OK);
            let base = arena.place(&prepared, prepared.len());
            [&[base, prepared.len(), wanted][..], &out(arena, size)].concat()
        }
        "iamlet_decide" => {
            let object = resource("arn:aws:s3:::b/k");
            let mut wanted = request("s3:GetObject", &object, &[]);
            wanted.absent |= iamlet::ffi::request::IAMLET_ABSENT_RESOURCE;
            let prepared = prepare(&wanted);
            let (sets, request) = (list(arena, &sets.organization), arena.place(&prepared, prepared.len()));
            vec![sets, 1, request, prepared.len(), arena.output(size_of::<iamlet_decision>())]
        }
        "iamlet_decide_batch" => {
            let (sets, entries) = (list(arena, &sets.organization), entry(arena));
            vec![sets, 1, entries, 1, arena.output(size_of::<iamlet_decision>())]
        }
        "iamlet_decide_resources" => {
            let (sets, items) = (list(arena, &sets.organization), entry(arena));
            let request = arena.place(&prepared, prepared.len());
            vec![sets, 1, request, prepared.len(), items, 1, arena.output(size_of::<iamlet_decision>())]
        }
        "iamlet_filter" => {
            let (sets, items) = (list(arena, &sets.organization), entry(arena));
            let request = arena.place(&prepared, prepared.len());
            let (allowed, answers) = (arena.output(1), arena.output(size_of::<iamlet_decision>()));
            vec![sets, 1, request, prepared.len(), items, 1, allowed, answers]
        }
        "iamlet_explain" => {
            let (sets, item) = (list(arena, &sets.organization), entry(arena));
            let request = arena.place(&prepared, prepared.len());
            let answer = arena.output(size_of::<iamlet_decision>());
            let [decision, mut used] = [answer as *mut iamlet_decision as usize, 0];
            let none = std::ptr::null_mut();
            let [list, wanted] = [sets as *const iamlet_set as usize, request];
            let asked = call!(iamlet_explain(
                list as *const _,
                1,
                wanted as *const _,
                prepared.len(),
                item as *const _,
                decision as *mut _,
                none,
                0,
                &mut used
            ));
            assert_eq!(asked, iamlet_status::IAMLET_BUFFER_TOO_SMALL);
            let answer = arena.output(size_of::<iamlet_decision>());
            let records = arena.output(used * size_of::<iamlet_record>());
            vec![sets, 1, request, prepared.len(), item, answer, records, used, arena.output(8)]
        }
        "iamlet_explain_text" => told(arena, iamlet_explain_text),
        "iamlet_explain_json" => told(arena, iamlet_explain_json),
        "iamlet_explain_simulation" => told(arena, iamlet_explain_simulation),
        "iamlet_explain_sentence" => told(arena, iamlet_explain_sentence),
        "iamlet_explain_client_text" => told(arena, iamlet_explain_client_text),
        "iamlet_explain_record_texts" => {
            vec![explanation(arena), 0, arena.output(size_of::<iamlet_record_texts>())]
        }
        "iamlet_request_needed_key" => {
            let mut waiting = zeroed::<iamlet_context_entry>();
            waiting.key.name = text("a:team");
            waiting.not_fetched = 1;
            let object = resource("arn:aws:s3:::b/k");
            let prepared = prepare(&request("s3:GetObject", &object, &[waiting]));
            let bytes = arena.place(&prepared, prepared.len());
            vec![bytes, prepared.len(), 1, 0, arena.output(size_of::<iamlet_text>())]
        }
        "iamlet_dictionary_size" => vec![names(arena), 1, arena.output(8), arena.output(8)],
        "iamlet_dictionary_build" => {
            let list = names(arena);
            [&[list, 1][..], &out(arena, words.len()), &[arena.output(8)]].concat()
        }
        "iamlet_dictionary_open" => {
            let data = arena.place(&words, words.len());
            vec![data, words.len(), arena.output(size_of::<iamlet_dictionary>())]
        }
        "iamlet_dictionary_describe" => {
            vec![dictionary(arena), arena.output(size_of::<iamlet_dictionary_info>())]
        }
        "iamlet_dictionary_slot" => {
            let (words, name) = (dictionary(arena), arena.text("A:Team"));
            vec![words, name.data.addr(), name.len, arena.output(4)]
        }
        "iamlet_dictionary_key" => vec![dictionary(arena), 0, arena.output(size_of::<iamlet_text>())],
        "iamlet_principal_size" => vec![principal(arena), arena.output(8)],
        "iamlet_principal_prepare" => {
            let (wanted, mut size) = (principal(arena), 0);
            assert_eq!(call!(iamlet_principal_size(wanted as *const _, &mut size)), IAMLET_OK);
            [&[wanted][..], &out(arena, size)].concat()
        }
        "iamlet_action_size" => {
            let text = arena.text("s3:GetObject");
            vec![text.data.addr(), text.len, arena.output(8)]
        }
        "iamlet_action_prepare" => {
            let text = arena.text("s3:GetObject");
            [&[text.data.addr(), text.len][..], &out(arena, parts.action.len())].concat()
        }
        "iamlet_assembly_size" => vec![assembly(arena), arena.output(8)],
        "iamlet_request_assemble" => {
            let (wanted, mut size) = (assembly(arena), 0);
            assert_eq!(call!(iamlet_assembly_size(wanted as *const _, &mut size)), IAMLET_OK);
            [&[wanted][..], &out(arena, size)].concat()
        }
        _ => return None,
    })
}

#[rustfmt::skip]
pub(super) fn run(function: &str, a: &[usize]) -> iamlet_status {
    // What an argument is in C: a pointer, a number, or the two halves of a text.
    macro_rules! p { ($at:expr) => { a[$at] as *mut _ } }
    macro_rules! n { ($at:expr) => { a[$at] as u32 } }
    let text = |at: usize| iamlet_text { data: a[at] as *const _, len: a[at + 1] };
    match function {
        "iamlet_policy_compile" => call!(iamlet_policy_compile(p!(0), a[1], n!(2), p!(3), p!(4), a[5], p!(6), a[7], p!(8), p!(9))),
        "iamlet_policy_compile_mapped" => call!(iamlet_policy_compile_mapped(p!(0), a[1], n!(2), p!(3), p!(4), a[5], p!(6), a[7], p!(8), p!(9), a[10], p!(11), p!(12))),
        "iamlet_policy_position" => call!(iamlet_policy_position(p!(0), a[1], n!(2), p!(3))),
        "iamlet_policy_open" => call!(iamlet_policy_open(p!(0), a[1], p!(2))),
        "iamlet_policy_context_key" => call!(iamlet_policy_context_key(p!(0), a[1], n!(2), p!(3))),
        "iamlet_error_pointer" => call!(iamlet_error_pointer(p!(0), a[1], p!(2), p!(3), a[4], p!(5))),
        "iamlet_error_explain" => call!(iamlet_error_explain(p!(0), a[1], p!(2), p!(3), a[4], p!(5))),
        "iamlet_error_format" => call!(iamlet_error_format(text(0), p!(2), p!(3), a[4], p!(5))),
        "iamlet_set_size" => call!(iamlet_set_size(p!(0), a[1], n!(2), n!(3), p!(4), p!(5))),
        "iamlet_set_build" => call!(iamlet_set_build(p!(0), a[1], n!(2), n!(3), p!(4), a[5], p!(6), p!(7))),
        "iamlet_set_open" => call!(iamlet_set_open(p!(0), a[1], p!(2))),
        "iamlet_set_describe" => call!(iamlet_set_describe(p!(0), p!(1))),
        "iamlet_set_context_key" => call!(iamlet_set_context_key(p!(0), n!(1), n!(2), p!(3))),
        "iamlet_set_assign_slots" => call!(iamlet_set_assign_slots(p!(0), a[1], p!(2))),
        "iamlet_decision_format" => call!(iamlet_decision_format(p!(0), p!(1), a[2], p!(3), a[4], p!(5), a[6], p!(7))),
        "iamlet_key_prepare" => call!(iamlet_key_prepare(text(0), p!(2))),
        "iamlet_request_size" => call!(iamlet_request_size(p!(0), p!(1))),
        "iamlet_request_prepare" => call!(iamlet_request_prepare(p!(0), p!(1), a[2], p!(3))),
        "iamlet_item_size" => call!(iamlet_item_size(p!(0), p!(1))),
        "iamlet_item_prepare" => call!(iamlet_item_prepare(p!(0), a[1], p!(2), p!(3), a[4], p!(5))),
        "iamlet_decide" => call!(iamlet_decide(p!(0), a[1], p!(2), a[3], p!(4))),
        "iamlet_decide_batch" => call!(iamlet_decide_batch(p!(0), a[1], p!(2), a[3], p!(4))),
        "iamlet_filter" => call!(iamlet_filter(p!(0), a[1], p!(2), a[3], p!(4), a[5], p!(6), p!(7))),
        "iamlet_decide_resources" => call!(iamlet_decide_resources(p!(0), a[1], p!(2), a[3], p!(4), a[5], p!(6))),
        "iamlet_explain" => call!(iamlet_explain(p!(0), a[1], p!(2), a[3], p!(4), p!(5), p!(6), a[7], p!(8))),
        "iamlet_explain_text" => call!(iamlet_explain_text(p!(0), p!(1), a[2], p!(3))),
        "iamlet_explain_json" => call!(iamlet_explain_json(p!(0), p!(1), a[2], p!(3))),
        "iamlet_explain_simulation" => call!(iamlet_explain_simulation(p!(0), p!(1), a[2], p!(3))),
        "iamlet_explain_sentence" => call!(iamlet_explain_sentence(p!(0), p!(1), a[2], p!(3))),
        "iamlet_explain_client_text" => call!(iamlet_explain_client_text(p!(0), p!(1), a[2], p!(3))),
        "iamlet_explain_record_texts" => call!(iamlet_explain_record_texts(p!(0), a[1], p!(2))),
        "iamlet_request_needed_key" => call!(iamlet_request_needed_key(p!(0), a[1], a[2] as u64, n!(3), p!(4))),
        "iamlet_dictionary_size" => call!(iamlet_dictionary_size(p!(0), a[1], p!(2), p!(3))),
        "iamlet_dictionary_build" => call!(iamlet_dictionary_build(p!(0), a[1], p!(2), a[3], p!(4), p!(5))),
        "iamlet_dictionary_open" => call!(iamlet_dictionary_open(p!(0), a[1], p!(2))),
        "iamlet_dictionary_describe" => call!(iamlet_dictionary_describe(p!(0), p!(1))),
        "iamlet_dictionary_slot" => call!(iamlet_dictionary_slot(p!(0), p!(1), a[2], p!(3))),
        "iamlet_dictionary_key" => call!(iamlet_dictionary_key(p!(0), n!(1), p!(2))),
        "iamlet_principal_size" => call!(iamlet_principal_size(p!(0), p!(1))),
        "iamlet_principal_prepare" => call!(iamlet_principal_prepare(p!(0), p!(1), a[2], p!(3))),
        "iamlet_action_size" => call!(iamlet_action_size(p!(0), a[1], p!(2))),
        "iamlet_action_prepare" => call!(iamlet_action_prepare(p!(0), a[1], p!(2), a[3], p!(4))),
        "iamlet_assembly_size" => call!(iamlet_assembly_size(p!(0), p!(1))),
        "iamlet_request_assemble" => call!(iamlet_request_assemble(p!(0), p!(1), a[2], p!(3))),
        _ => panic!("{function}"),
    }
}
