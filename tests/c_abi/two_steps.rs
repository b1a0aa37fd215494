//! Dictionaries, prepared principals and actions, and the requests that are assembled from them.

use std::ffi::c_void;
use std::ptr;

use iamlet::ffi::assembly::{
    iamlet_action_prepare, iamlet_action_size, iamlet_assembly, iamlet_assembly_member,
    iamlet_principal_input, iamlet_principal_member, iamlet_principal_prepare, iamlet_principal_size,
    iamlet_request_assemble, iamlet_slot_entry,
};
use iamlet::ffi::decide::IAMLET_NONE;
use iamlet::ffi::dictionary::{
    iamlet_dictionary, iamlet_dictionary_build, iamlet_dictionary_describe, iamlet_dictionary_info,
    iamlet_dictionary_key, iamlet_dictionary_open, iamlet_dictionary_size, iamlet_dictionary_slot,
};
use iamlet::ffi::names::{iamlet_effect, iamlet_kind, iamlet_layer};
use iamlet::ffi::principal::iamlet_principal_type;
use iamlet::ffi::request::{IAMLET_HAS_CLOCK, iamlet_resource};
use iamlet::ffi::set::{iamlet_set_assign_slots, iamlet_set_context_key};
use iamlet::ffi::status::iamlet_status::{self, *};
use iamlet::ffi::text::iamlet_text;
use iamlet::limits::{MAX_CONTEXT, MAX_KEY_NAME};

use super::overlaps::{Arena, every_overlap_is_reported, input, output, structure};
use super::{
    ABSENT, ALICE, SCP, Sets, build, call, decided, entry, image, key, open, prepare, request, resource,
    set_policy, string, text, zeroed,
};

/// A dictionary of these names.
pub(super) fn dictionary(names: &[&str]) -> Vec<u8> {
    let names: Vec<iamlet_text> = names.iter().map(|name| text(name)).collect();
    let (list, count, mut size, mut used, mut at) = (names.as_ptr(), names.len(), 0, 0, 0);
    assert_eq!(call!(iamlet_dictionary_size(list, count, &mut size, &mut at)), IAMLET_OK);
    let mut out = vec![0; size];
    let status = call!(iamlet_dictionary_build(list, count, out.as_mut_ptr(), size, &mut used, &mut at));
    assert_eq!((status, at), (IAMLET_OK, usize::MAX));
    out.truncate(used);
    out
}

fn opened(words: &[u8]) -> iamlet_dictionary {
    let mut dictionary = zeroed();
    let status = call!(iamlet_dictionary_open(words.as_ptr(), words.len(), &mut dictionary));
    assert_eq!(status, IAMLET_OK);
    dictionary
}

/// Alice, as the requests of these tests have her.
pub(super) fn principal_input(dictionary: *const iamlet_dictionary) -> iamlet_principal_input {
    let mut input: iamlet_principal_input = zeroed();
    input.struct_size = size_of::<iamlet_principal_input>();
    input.principal.r#type = iamlet_principal_type::IAMLET_PRINCIPAL_USER as u32;
    input.principal.arn = text(ALICE);
    input.absent = ABSENT;
    input.dictionary = dictionary;
    input
}

/// A prepared principal and a prepared action.
pub(super) struct Parts {
    pub(super) principal: Vec<u8>,
    pub(super) action: Vec<u8>,
}

impl Parts {
    pub(super) fn new(words: &[u8]) -> Self {
        Self::of(words, "s3:PutObject")
    }

    fn of(words: &[u8], action: &str) -> Self {
        let dictionary = opened(words);
        let input = principal_input(&dictionary);
        let (mut size, mut used) = (0, 0);
        assert_eq!(call!(iamlet_principal_size(&input, &mut size)), IAMLET_OK);
        let mut principal = vec![0_u8; size];
        let out = principal.as_mut_ptr().cast();
        assert_eq!(call!(iamlet_principal_prepare(&input, out, size, &mut used)), IAMLET_OK);
        principal.truncate(used);
        let (name, len) = (action.as_ptr().cast(), action.len());
        assert_eq!(call!(iamlet_action_size(name, len, &mut size)), IAMLET_OK);
        let mut action = vec![0_u8; size];
        let out = action.as_mut_ptr().cast();
        assert_eq!(call!(iamlet_action_prepare(name, len, out, size, &mut used)), IAMLET_OK);
        assert_eq!(used, size);
        Self { principal, action }
    }

    fn assembly(&self, object: *const iamlet_resource, entries: &[iamlet_slot_entry]) -> iamlet_assembly {
        let mut assembly: iamlet_assembly = zeroed();
        assembly.struct_size = size_of::<iamlet_assembly>();
        (assembly.principal, assembly.principal_len) = (self.principal.as_ptr().cast(), self.principal.len());
        (assembly.action, assembly.action_len) = (self.action.as_ptr().cast(), self.action.len());
        assembly.resource = object;
        (assembly.entries, assembly.entry_count) = (entries.as_ptr(), entries.len());
        assembly
    }
}

/// Assembles in memory that held a request.
fn assemble(assembly: &iamlet_assembly) -> (iamlet_status, Vec<u8>) {
    let object = resource("arn:aws:s3:::b/k");
    let mut memory = prepare(&request("s3:GetObject", &object, &[]));
    memory.resize(1 << 17, 0x5A);
    let mut used = 77;
    let out = memory.as_mut_ptr().cast();
    let status = call!(iamlet_request_assemble(assembly, out, memory.len(), &mut used));
    if status == IAMLET_OK {
        memory.truncate(used);
    } else {
        assert_eq!((used, &memory[..4]), (0, &[0; 4][..]), "no request is left");
    }
    (status, memory)
}

fn slot(slot: u32, values: &[iamlet_text]) -> iamlet_slot_entry {
    iamlet_slot_entry { values: values.as_ptr(), value_count: values.len(), slot, ..zeroed() }
}

#[test]
fn an_assembled_request_is_decided_as_the_prepared_one() {
    let sets = Sets::new();
    let opened_sets = sets.opened();
    let mut name = zeroed();
    assert_eq!(call!(iamlet_set_context_key(&opened_sets[0], 1, 0, &mut name)), IAMLET_OK);
    let words = dictionary(&["aws:SourceIp", &string(name)]);
    let object = resource("arn:aws:s3:::b/k");
    for action in ["s3:PutObject", "s3:GetObject", "S3:DeleteObject"] {
        let parts = Parts::of(&words, action);
        for value in ["x", "y"] {
            let values = [text(value)];
            let (status, assembled) = assemble(&parts.assembly(&object, &[slot(1, &values)]));
            assert_eq!(status, IAMLET_OK);
            let by_name = prepare(&request(action, &object, &[entry(key("A:Team"), &values)]));
            let [one, other] = [assembled, by_name].map(|request| {
                let (status, decision) = decided(&opened_sets, &request);
                (status, decision.effect, decision.reason, decision.policy, decision.statement, decision.tag)
            });
            assert_eq!(one, other, "{action} {value}");
            assert_eq!(one.0, IAMLET_OK);
        }
    }
}

#[test]
fn a_dictionary_tells_slots_and_names() {
    let words = dictionary(&["aws:SourceIp", "s3:prefix", "AWS:SourceIP"]);
    let dictionary = opened(&words);
    let mut info: iamlet_dictionary_info = zeroed();
    assert_eq!(call!(iamlet_dictionary_describe(&dictionary, &mut info)), IAMLET_OK);
    assert!((info.keys, info.reserved) == (2, 0) && info.fingerprint != 0);
    for (name, expected) in
        [("S3:PREFIX", 1), ("aws:sourceip", 0), ("aws:SourceVpc", IAMLET_NONE), ("", IAMLET_NONE)]
    {
        let mut slot = 77;
        let status = call!(iamlet_dictionary_slot(&dictionary, name.as_ptr().cast(), name.len(), &mut slot));
        assert_eq!((status, slot), (IAMLET_OK, expected), "{name}");
    }
    let mut name = zeroed();
    assert_eq!(call!(iamlet_dictionary_key(&dictionary, 1, &mut name)), IAMLET_OK);
    assert_eq!(string(name), "s3:prefix");
    // A dictionary that was not opened is refused by each function.
    for (data, len, expected) in
        [(ptr::null(), 0, IAMLET_NOT_AN_IMAGE), (words.as_ptr(), words.len() - 1, IAMLET_WRONG_SIZE)]
    {
        let (wrong, mut slot) = (iamlet_dictionary { data, len }, 77);
        assert_eq!(call!(iamlet_dictionary_describe(&wrong, &mut info)), expected);
        assert_eq!(call!(iamlet_dictionary_slot(&wrong, ptr::null(), 0, &mut slot)), expected);
        assert_eq!(call!(iamlet_dictionary_key(&wrong, 0, &mut name)), expected);
        let mut size = 77;
        assert_eq!(call!(iamlet_principal_size(&principal_input(&wrong), &mut size)), expected);
        assert_eq!((slot, size, info.keys, name.len), (IAMLET_NONE, 0, 0, 0));
    }
}

#[test]
fn a_dictionary_says_which_name_is_at_fault() {
    let long = "x".repeat(MAX_KEY_NAME + 1);
    let bytes = iamlet_text { data: b"\xFF".as_ptr().cast(), len: 1 };
    let cases = [
        (text(""), IAMLET_MALFORMED_CONTEXT_KEY),
        (text(&long), IAMLET_DICTIONARY_TOO_LARGE),
        (bytes, IAMLET_NOT_UTF8),
        (iamlet_text { data: ptr::null(), len: 1 }, IAMLET_NULL_ARGUMENT),
    ];
    for (wrong, expected) in cases {
        let names = [text("aws:SourceIp"), wrong];
        let (mut out, mut used, mut at) = ([0x5A; 2048], 77, 77);
        let status =
            call!(iamlet_dictionary_build(names.as_ptr(), 2, out.as_mut_ptr(), 2048, &mut used, &mut at));
        assert_eq!((status, used, at), (expected, 0, 1));
        assert_eq!(out, [0x5A; 2048]);
        assert_eq!(call!(iamlet_dictionary_size(names.as_ptr(), 2, &mut used, ptr::null_mut())), expected);
    }
    let names: Vec<String> = (0..=MAX_CONTEXT).map(|number| number.to_string()).collect();
    let names: Vec<iamlet_text> = names.iter().map(|name| text(name)).collect();
    let (mut size, mut used, mut at) = (0, 77, 77);
    let (list, count) = (names.as_ptr(), names.len());
    assert_eq!(call!(iamlet_dictionary_size(list, count, &mut size, &mut at)), IAMLET_OK);
    let mut out = vec![0x5A; size];
    let status = call!(iamlet_dictionary_build(list, count, out.as_mut_ptr(), size, &mut used, &mut at));
    assert_eq!((status, used, at), (IAMLET_DICTIONARY_TOO_LARGE, 0, usize::MAX));
    let mut opened = zeroed();
    assert_eq!(call!(iamlet_dictionary_open(out.as_ptr(), size, &mut opened)), IAMLET_NOT_AN_IMAGE);
}

#[test]
fn what_is_malformed_has_a_status_and_leaves_no_request() {
    let words = dictionary(&["aws:SourceIp", "aws:username"]);
    let parts = Parts::new(&words);
    let object = resource("arn:aws:s3:::b/k");
    let refused = |change: &dyn Fn(&mut iamlet_assembly), expected: iamlet_status| {
        let mut assembly = parts.assembly(&object, &[]);
        change(&mut assembly);
        assert_eq!(assemble(&assembly).0, expected);
        assembly
    };
    let (bob, bytes, long) = ([text("bob")], [0xFF_u8], "x".repeat(1 << 16));
    let (bytes, long) = ([iamlet_text { data: bytes.as_ptr().cast(), len: 1 }], [text(&long)]);
    for (entry, expected, member) in [
        (slot(2, &bob), IAMLET_UNKNOWN_SLOT, ""),
        (slot(1, &bob), IAMLET_CONTRADICTED_KEY, ""),
        (slot(0, &bytes), IAMLET_NOT_UTF8, "context"),
        (slot(0, &long), IAMLET_REQUEST_TOO_LARGE, "context"),
    ] {
        let entries = [entry];
        let assembly =
            refused(&|assembly| (assembly.entries, assembly.entry_count) = (entries.as_ptr(), 1), expected);
        assert_eq!(string(call!(iamlet_assembly_member(&assembly))), member);
    }
    let other = resource("arn:aws-cn:s3:::b/k");
    refused(&|assembly| assembly.resource = &other, IAMLET_CONTRADICTED_PARTITION);
    refused(&|assembly| assembly.resource_kind = 2, IAMLET_CONTRADICTED_RESOURCE_KIND);
    refused(&|assembly| (assembly.flags, assembly.clock) = (IAMLET_HAS_CLOCK, i64::MIN), IAMLET_BAD_CLOCK);
    refused(&|assembly| assembly.principal_len -= 1, IAMLET_NOT_A_PRINCIPAL);
    refused(&|assembly| assembly.action_len -= 1, IAMLET_NOT_AN_ACTION);
    refused(&|assembly| (assembly.action, assembly.action_len) = (ptr::null(), 0), IAMLET_NOT_AN_ACTION);

    let (mut memory, mut used) = (vec![0x5A_u8; 4096], 77);
    let out: *mut c_void = memory.as_mut_ptr().cast();
    let mut nobody = principal_input(ptr::null());
    nobody.principal.arn = text("arn:aws:iam::111122223333:role/App");
    assert_eq!(call!(iamlet_principal_prepare(&nobody, out, 4096, &mut used)), IAMLET_ROLE_AS_PRINCIPAL);
    assert_eq!((used, &memory[..4]), (0, &[0; 4][..]));
    nobody.principal.arn = long[0];
    assert_eq!(string(call!(iamlet_principal_member(&nobody))), "principal.arn");
    let every = "s3:*";
    let (name, len) = (every.as_ptr().cast(), every.len());
    assert_eq!(call!(iamlet_action_prepare(name, len, out, 4096, &mut used)), IAMLET_MALFORMED_ACTION);
}

#[test]
fn building_and_opening_a_dictionary_report_overlaps() {
    let words = dictionary(&["aws:PrincipalTag/department"]);
    let arguments = [
        structure::<iamlet_text>("names"),
        input("name", b"aws:PrincipalTag/department"),
        output("out_used", 8, 8),
        output("at_fault", 8, 8),
        output("out", 1024, 1),
    ];
    let place = |arena: &mut Arena| {
        let data = arena.at(1);
        arena.put(0, iamlet_text { data, len: 27 })
    };
    every_overlap_is_reported(&arguments, |arena| {
        let list = place(arena);
        call!(iamlet_dictionary_build(list, 1, arena.at(4), 1024, arena.at(2), arena.at(3)))
    });
    every_overlap_is_reported(&arguments[..4], |arena| {
        let list = place(arena);
        call!(iamlet_dictionary_size(list, 1, arena.at(2), arena.at(3)))
    });
    let arguments = [input("data", &words), output("dictionary", size_of::<iamlet_dictionary>(), 8)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_dictionary_open(arena.at(0), words.len(), arena.at(1)))
    });
    let arguments = [
        structure::<iamlet_dictionary>("dictionary"),
        input("data", &words),
        input("name", b"aws:PrincipalTag/department"),
        output("slot", 4, 4),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let data = arena.at(1);
        let dictionary = arena.put(0, iamlet_dictionary { data, len: words.len() });
        call!(iamlet_dictionary_slot(dictionary, arena.at(2), 27, arena.at(3)))
    });
}

#[test]
fn assigning_slots_reports_overlaps() {
    let (words, set) = (dictionary(&["aws:PrincipalTag/department"]), Sets::new().organization);
    let arguments =
        [structure::<iamlet_dictionary>("dictionary"), input("data", &words), output("set", set.len(), 1)];
    every_overlap_is_reported(&arguments, |arena| {
        for (at, byte) in set.iter().enumerate() {
            // SAFETY: inside the arena, which has room for the set wherever it lies.
            unsafe { arena.at::<u8>(2).wrapping_add(at).write(*byte) };
        }
        let data = arena.at(1);
        let dictionary = arena.put(0, iamlet_dictionary { data, len: words.len() });
        call!(iamlet_set_assign_slots(arena.at(2), set.len(), dictionary))
    });
}

/// A set whose only policy allows where `aws:SourceIp` is this one.
fn set_with_a_condition() -> Vec<u8> {
    let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7"}}}}"#;
    let identity = image(json, iamlet_kind::IAMLET_KIND_IDENTITY);
    let scp = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
    let policies = [
        set_policy(&identity, iamlet_layer::IAMLET_LAYER_IDENTITY, 0, 1),
        set_policy(&scp, iamlet_layer::IAMLET_LAYER_SCP, 0, 2),
    ];
    build(&policies, 1)
}

#[test]
fn slots_are_assigned_to_a_set_that_stays_open_and_decides_alike() {
    let words = dictionary(&["aws:username", "aws:SourceIp"]);
    let parts = Parts::of(&words, "s3:ListBucket");
    let object = resource("arn:aws:s3:::b");
    let (mut bytes, bucket) = (set_with_a_condition(), Sets::new().bucket);
    let sets = [open(&bytes), open(&bucket)];
    let (allow, deny) = (iamlet_effect::IAMLET_ALLOW as u32, iamlet_effect::IAMLET_IMPLICIT_DENY as u32);
    for (ip, effect) in [("203.0.113.7", allow), ("203.0.113.8", deny)] {
        let values = [text(ip)];
        let entries = [slot(1, &values)];
        let (status, memory) = assemble(&parts.assembly(&object, &entries));
        assert_eq!(status, IAMLET_OK);
        assert_eq!(decided(&sets, &memory).1.effect, effect, "{ip}");
        let opened = iamlet_dictionary { data: words.as_ptr(), len: words.len() };
        assert_eq!(
            call!(iamlet_set_assign_slots(bytes.as_mut_ptr().cast(), bytes.len(), &opened)),
            IAMLET_OK
        );
        assert_eq!(decided(&sets, &memory).1.effect, effect, "{ip}");
        open(&bytes);
    }
    // Nothing is half done.
    let whole = bytes.clone();
    let wrong = iamlet_dictionary { data: words.as_ptr(), len: words.len() - 1 };
    let status = call!(iamlet_set_assign_slots(bytes.as_mut_ptr().cast(), bytes.len(), &wrong));
    assert_eq!((status, &bytes), (IAMLET_WRONG_SIZE, &whole));
    let status = call!(iamlet_set_assign_slots(ptr::null_mut(), 0, &wrong));
    assert_eq!(status, IAMLET_WRONG_SIZE);
}

#[test]
fn preparing_and_assembling_report_overlaps() {
    let words = dictionary(&["aws:PrincipalTag/department"]);
    let parts = Parts::new(&words);
    let arguments = [
        structure::<iamlet_principal_input>("input"),
        structure::<iamlet_dictionary>("dictionary"),
        input("words", &words),
        input("arn", ALICE.as_bytes()),
        output("used", 8, 8),
        output("memory", 4096, 1),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let data = arena.at(2);
        let dictionary = arena.put(1, iamlet_dictionary { data, len: words.len() });
        let mut wanted = principal_input(dictionary);
        wanted.principal.arn = iamlet_text { data: arena.at(3), len: ALICE.len() };
        let wanted = arena.put(0, wanted);
        call!(iamlet_principal_prepare(wanted, arena.at(5), 4096, arena.at(4)))
    });
    let arguments = [input("action", b"s3:GetObject"), output("used", 8, 8), output("memory", 4096, 1)];
    every_overlap_is_reported(&arguments, |arena| {
        call!(iamlet_action_prepare(arena.at(0), 12, arena.at(2), 4096, arena.at(1)))
    });
    // What is read lies before, between and behind the outputs, so that no hull is apart from them.
    let arguments = [
        structure::<iamlet_assembly>("assembly"),
        structure::<[iamlet_slot_entry; 2]>("entries"),
        structure::<[iamlet_text; 2]>("values"),
        input("value", b"a value of the context key"),
        output("used", 8, 8),
        input("principal", &parts.principal),
        output("memory", 4096, 1),
        input("action", &parts.action),
        structure::<iamlet_resource>("resource"),
        structure::<iamlet_text>("other values"),
        input("other value", b"another value of the same key"),
    ];
    every_overlap_is_reported(&arguments, |arena| {
        let value = iamlet_text { data: arena.at(3), len: 26 };
        let values = arena.put(2, [value, value]).cast::<iamlet_text>();
        let other = iamlet_text { data: arena.at(10), len: 29 };
        let others = arena.put(9, other);
        let entry = iamlet_slot_entry { values, value_count: 2, ..zeroed() };
        let entries = [entry, iamlet_slot_entry { values: others, value_count: 1, ..entry }];
        let object = arena.put(8, resource("arn:aws:s3:::b/k"));
        let mut wanted = parts.assembly(object, &[]);
        (wanted.principal, wanted.action) = (arena.at(5), arena.at(7));
        (wanted.entries, wanted.entry_count) = (arena.put(1, entries).cast(), 2);
        let wanted = arena.put(0, wanted);
        call!(iamlet_request_assemble(wanted, arena.at(6), 4096, arena.at(4)))
    });
}
