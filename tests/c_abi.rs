//! The C ABI, called from Rust: what a C program does with it, and what it must not get away with.
//!
//! Here are the means and the good path. `c_abi/every_argument.rs` goes through the header and changes each argument
//! alone; `arguments.rs` and `requests.rs` have the calls that are wrong in more ways, `overlaps.rs` memory that
//! overlaps, `sizes.rs` outputs that are too small and images that are none, `source_maps.rs` maps beside images, `statuses.rs` what the engine refuses,
//! `texts.rs` every text, `lines.rs` decisions in one line, `two_steps.rs` requests that are assembled.

use std::ffi::{c_char, c_void};
use std::ptr;

use iamlet::ffi::decide::{
    IAMLET_NONE, iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decide_resources,
    iamlet_decision,
};
use iamlet::ffi::filter::iamlet_filter;
use iamlet::ffi::names::{iamlet_effect, iamlet_kind, iamlet_layer, iamlet_reason};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_SMALL, iamlet_policy_compile, iamlet_policy_info, iamlet_policy_open,
};
use iamlet::ffi::request::{
    IAMLET_ABSENT_BOUNDARY, IAMLET_ABSENT_ENDPOINT, IAMLET_ABSENT_RCP, IAMLET_ABSENT_RESOURCE,
    IAMLET_ABSENT_SESSION, iamlet_context_entry, iamlet_item_prepare, iamlet_item_size, iamlet_key,
    iamlet_key_prepare, iamlet_principal_type, iamlet_principal_type_of_arn, iamlet_request,
    iamlet_request_item, iamlet_request_prepare, iamlet_request_size, iamlet_resource, iamlet_resource_kind,
    iamlet_resource_kind_of,
};
use iamlet::ffi::set::{iamlet_set, iamlet_set_build, iamlet_set_open, iamlet_set_policy, iamlet_set_size};
use iamlet::ffi::status::iamlet_status;
use iamlet::ffi::text::iamlet_text;

#[path = "c_abi/arguments.rs"]
mod arguments;
#[path = "c_abi/changing.rs"]
mod changing;
#[path = "c_abi/every_argument.rs"]
mod every_argument;
#[path = "c_abi/good_calls.rs"]
mod good_calls;
#[path = "c_abi/header.rs"]
mod header;
#[path = "c_abi/lines.rs"]
mod lines;
#[path = "c_abi/overlaps.rs"]
mod overlaps;
#[path = "c_abi/requests.rs"]
mod requests;
#[path = "c_abi/rooms.rs"]
mod rooms;
#[path = "c_abi/sizes.rs"]
mod sizes;
#[path = "c_abi/source_maps.rs"]
mod source_maps;
#[path = "c_abi/statuses.rs"]
mod statuses;
#[path = "c_abi/texts.rs"]
mod texts;
#[path = "c_abi/two_steps.rs"]
mod two_steps;

/// Calls a function of the ABI.
macro_rules! call {
    ($function:ident($($argument:expr),* $(,)?)) => {
        // SAFETY: a pointer is to memory of this test that is large enough, or it is one that the function reports
        // and does not follow: null, misaligned, of an impossible length. That it does so is what is tested.
        unsafe { $function($($argument),*) }
    };
}
use call;

/// What a C program has after `memset(&value, 0, sizeof value)`.
fn zeroed<T: Copy>() -> T {
    // SAFETY: used for structs of the ABI only: integers, and pointers that may be null.
    unsafe { std::mem::zeroed() }
}

/// What the library has to overwrite: an answer that allows, in an output that was used before.
fn stale() -> iamlet_decision {
    iamlet_decision {
        effect: iamlet_effect::IAMLET_ALLOW as u32,
        reason: 3,
        status: 0,
        layer: 4,
        level: 7,
        item: 7,
        set: 7,
        policy: 7,
        statement: 7,
        layers: 7,
        tag: 7,
        sid: text("stale"),
        needs: 7,
    }
}

/// The answer denies, says why, and names nothing.
#[track_caller]
fn assert_denies(decision: &iamlet_decision, status: iamlet_status) {
    assert_eq!(decision.effect, iamlet_effect::IAMLET_IMPLICIT_DENY as u32, "{decision:?}");
    assert_eq!(decision.reason, iamlet_reason::IAMLET_REASON_ERROR as u32, "{decision:?}");
    assert_eq!(decision.status, status as u32, "{decision:?}");
    assert_eq!([decision.set, decision.policy, decision.statement], [IAMLET_NONE; 3], "{decision:?}");
    assert_eq!((decision.level, decision.item), (0, 0), "{decision:?}");
    assert_eq!((decision.tag, decision.sid.len), (0, 0), "{decision:?}");
    // The first of the layers that it is about.
    let first = if decision.layers == 0 { 0 } else { decision.layers.trailing_zeros() + 1 };
    assert_eq!(decision.layer, first, "{decision:?}");
}

fn text(text: &str) -> iamlet_text {
    iamlet_text { data: text.as_ptr().cast(), len: text.len() }
}

fn string(text: iamlet_text) -> String {
    if text.len == 0 {
        return String::new();
    }
    // SAFETY: texts that the library returns are constants or lie in memory of the test that lives on.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

const IDENTITY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"Read","Effect":"Allow","Action":["s3:Get*","s3:CopyObject"],"Resource":"arn:aws:s3:::b/*"},
    {"Sid":"Team","Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringEquals":{"a:team":"x"}}}]}"#;
const BUCKET: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"NoSecrets","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/secret/*"}]}"#;
const SCP: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

/// The layers that the sets of these tests do not have.
const ABSENT: u32 =
    IAMLET_ABSENT_RCP | IAMLET_ABSENT_BOUNDARY | IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT;

/// Scratch memory of the smallest class, aligned.
fn scratch() -> Vec<u64> {
    vec![u64::MAX; IAMLET_SCRATCH_SMALL / 8]
}

fn image(json: &str, kind: iamlet_kind) -> Vec<u8> {
    let mut scratch = scratch();
    let mut compile = |image: &mut [u8]| {
        let mut used = 77;
        let status = call!(iamlet_policy_compile(
            json.as_ptr().cast(),
            json.len(),
            kind as u32,
            ptr::null(),
            scratch.as_mut_ptr().cast(),
            IAMLET_SCRATCH_SMALL,
            if image.is_empty() { ptr::null_mut() } else { image.as_mut_ptr() },
            image.len(),
            &mut used,
            ptr::null_mut(),
        ));
        (status, used)
    };
    let (status, size) = compile(&mut []);
    assert_eq!(status, iamlet_status::IAMLET_BUFFER_TOO_SMALL);
    let mut image = vec![0; size];
    assert_eq!(compile(&mut image), (iamlet_status::IAMLET_OK, size));
    image
}

fn set_policy(image: &[u8], layer: iamlet_layer, level: u32, tag: u64) -> iamlet_set_policy {
    iamlet_set_policy { image: image.as_ptr(), image_len: image.len(), tag, layer: layer as u32, level }
}

fn build(policies: &[iamlet_set_policy], scp_levels: u32) -> Vec<u8> {
    let (mut size, mut used, mut at_fault) = (0, 0, 0);
    let (list, count) = (policies.as_ptr(), policies.len());
    let status = call!(iamlet_set_size(list, count, scp_levels, 0, &mut size, &mut at_fault));
    assert_eq!((status, at_fault), (iamlet_status::IAMLET_OK, usize::MAX));
    let mut out = vec![0; size];
    let out_at = out.as_mut_ptr();
    let status = call!(iamlet_set_build(list, count, scp_levels, 0, out_at, size, &mut used, &mut at_fault));
    assert_eq!((status, at_fault), (iamlet_status::IAMLET_OK, usize::MAX));
    assert!(used <= size);
    out.truncate(used);
    out
}

fn open(bytes: &[u8]) -> iamlet_set {
    let mut set = zeroed();
    assert_eq!(call!(iamlet_set_open(bytes.as_ptr(), bytes.len(), &mut set)), iamlet_status::IAMLET_OK);
    set
}

/// The sets of the tests: an organization of two levels with a user's policy, and a bucket's.
struct Sets {
    organization: Vec<u8>,
    bucket: Vec<u8>,
}

impl Sets {
    fn new() -> Self {
        let (identity, scp) = (
            image(IDENTITY, iamlet_kind::IAMLET_KIND_IDENTITY),
            image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL),
        );
        let bucket = image(BUCKET, iamlet_kind::IAMLET_KIND_RESOURCE);
        let organization = [
            set_policy(&scp, iamlet_layer::IAMLET_LAYER_SCP, 1, 11),
            set_policy(&identity, iamlet_layer::IAMLET_LAYER_IDENTITY, 0, 12),
            set_policy(&scp, iamlet_layer::IAMLET_LAYER_SCP, 0, 13),
        ];
        let bucket = [set_policy(&bucket, iamlet_layer::IAMLET_LAYER_RESOURCE, 0, 14)];
        Self { organization: build(&organization, 2), bucket: build(&bucket, 0) }
    }

    fn opened(&self) -> [iamlet_set; 2] {
        [open(&self.organization), open(&self.bucket)]
    }
}

fn resource(arn: &str) -> iamlet_resource {
    iamlet_resource { arn: text(arn), account: text("111122223333"), ..zeroed() }
}

/// A request of alice's.
fn request(
    action: &str,
    resource: *const iamlet_resource,
    context: &[iamlet_context_entry],
) -> iamlet_request {
    let mut request: iamlet_request = zeroed();
    request.struct_size = size_of::<iamlet_request>();
    request.principal.r#type = iamlet_principal_type::IAMLET_PRINCIPAL_USER as u32;
    request.principal.arn = text(ALICE);
    request.action = text(action);
    request.resource = resource;
    request.absent = ABSENT;
    request.context = context.as_ptr();
    request.context_count = context.len();
    request
}

fn entry(key: iamlet_key, values: &[iamlet_text]) -> iamlet_context_entry {
    iamlet_context_entry { key, values: values.as_ptr(), value_count: values.len(), ..zeroed() }
}

fn key(name: &str) -> iamlet_key {
    iamlet_key { name: text(name), ..zeroed() }
}

fn prepare(request: &iamlet_request) -> Vec<u8> {
    let (mut size, mut used) = (0, 0);
    assert_eq!(call!(iamlet_request_size(request, &mut size)), iamlet_status::IAMLET_OK);
    let mut memory = vec![0_u8; size];
    let status = call!(iamlet_request_prepare(request, memory.as_mut_ptr().cast(), size, &mut used));
    assert_eq!(status, iamlet_status::IAMLET_OK);
    assert!(used <= size);
    memory.truncate(used);
    memory
}

fn prepare_item(request: &[u8], arn: &str, context: &[iamlet_context_entry]) -> Vec<u8> {
    let mut item: iamlet_request_item = zeroed();
    item.struct_size = size_of::<iamlet_request_item>();
    item.resource = resource(arn);
    item.context = context.as_ptr();
    item.context_count = context.len();
    let (mut size, mut used) = (0, 0);
    assert_eq!(call!(iamlet_item_size(&item, &mut size)), iamlet_status::IAMLET_OK);
    let mut memory = vec![0_u8; size];
    let (base, out) = (request.as_ptr().cast(), memory.as_mut_ptr().cast());
    let status = call!(iamlet_item_prepare(base, request.len(), &item, out, size, &mut used));
    assert_eq!(status, iamlet_status::IAMLET_OK);
    memory.truncate(used);
    memory
}

fn decided(sets: &[iamlet_set], request: &[u8]) -> (iamlet_status, iamlet_decision) {
    let mut decision = stale();
    let status = call!(iamlet_decide(
        sets.as_ptr(),
        sets.len(),
        request.as_ptr().cast(),
        request.len(),
        &mut decision
    ));
    (status, decision)
}

fn batch_entry(request: &[u8], item: &[u8], set: *const iamlet_set) -> iamlet_batch_entry {
    iamlet_batch_entry {
        request: request.as_ptr().cast(),
        request_len: request.len(),
        item: if item.is_empty() { ptr::null() } else { item.as_ptr().cast() },
        item_len: item.len(),
        set,
    }
}

#[test]
fn a_request_is_decided_with_all_that_a_decision_tells() {
    let sets = Sets::new();
    let (object, secret) = (resource("arn:aws:s3:::b/k"), resource("arn:aws:s3:::b/secret/k"));
    let (status, decision) = decided(&sets.opened(), &prepare(&request("s3:GetObject", &object, &[])));
    assert_eq!((status, decision.status), (iamlet_status::IAMLET_OK, 0));
    assert_eq!(decision.effect, iamlet_effect::IAMLET_ALLOW as u32);
    assert_eq!(decision.reason, iamlet_reason::IAMLET_REASON_IDENTITY_ALLOWS as u32);
    assert_eq!(decision.layer, iamlet_layer::IAMLET_LAYER_IDENTITY as u32);
    assert_eq!((decision.set, decision.policy, decision.statement, decision.tag), (0, 1, 0, 12));
    assert_eq!(string(decision.sid), "Read");

    let (status, decision) = decided(&sets.opened(), &prepare(&request("s3:GetObject", &secret, &[])));
    assert_eq!((status, decision.status), (iamlet_status::IAMLET_OK, 0));
    assert_eq!(decision.effect, iamlet_effect::IAMLET_EXPLICIT_DENY as u32);
    assert_eq!(decision.layer, iamlet_layer::IAMLET_LAYER_RESOURCE as u32);
    assert_eq!((decision.set, decision.policy, decision.statement, decision.tag), (1, 0, 0, 14));
    assert_eq!(string(decision.sid), "NoSecrets");

    let (status, decision) = decided(&sets.opened(), &prepare(&request("s3:ListBucket", &object, &[])));
    assert_eq!((status, decision.effect), (iamlet_status::IAMLET_OK, 0));
    assert_eq!(decision.reason, iamlet_reason::IAMLET_REASON_IDENTITY_SILENT as u32);
    assert_eq!((decision.set, decision.policy, decision.statement), (IAMLET_NONE, IAMLET_NONE, IAMLET_NONE));
}

#[test]
fn an_opened_policy_tells_what_it_holds() {
    let image = image(IDENTITY, iamlet_kind::IAMLET_KIND_IDENTITY);
    let mut info: iamlet_policy_info = zeroed();
    assert_eq!(call!(iamlet_policy_open(image.as_ptr(), image.len(), &mut info)), iamlet_status::IAMLET_OK);
    assert_eq!((info.kind, info.statements, info.version_2012, info.context_keys), (1, 2, 1, 1));
}

#[test]
fn a_prepared_key_decides_as_its_name_does_in_any_case() {
    let (sets, object, values) = (Sets::new(), resource("arn:aws:s3:::b/k"), [text("x")]);
    for name in ["a:team", "A:TEAM"] {
        let mut prepared = key("");
        assert_eq!(call!(iamlet_key_prepare(text(name), &mut prepared)), iamlet_status::IAMLET_OK);
        assert_eq!((prepared.prepared, prepared.reserved, string(prepared.name)), (1, 0, name.to_owned()));
        let by_name = prepare(&request("s3:PutObject", &object, &[entry(key(name), &values)]));
        let by_key = prepare(&request("s3:PutObject", &object, &[entry(prepared, &values)]));
        assert_eq!(by_name, by_key);
        assert_eq!(decided(&sets.opened(), &by_key).1.effect, iamlet_effect::IAMLET_ALLOW as u32);
    }
    let without = prepare(&request("s3:PutObject", &object, &[]));
    assert_eq!(decided(&sets.opened(), &without).1.effect, iamlet_effect::IAMLET_IMPLICIT_DENY as u32);
}

#[test]
fn a_batch_answers_each_entry_and_reports_the_first_failure() {
    let sets = Sets::new();
    let object = resource("arn:aws:s3:::b/k");
    let (whole, bare) = (
        prepare(&request("s3:GetObject", &object, &[])),
        prepare(&request("s3:GetObject", ptr::null(), &[])),
    );
    let item = prepare_item(&bare, "arn:aws:s3:::b/secret/k", &[]);
    let [organization, bucket] = sets.opened();
    let shared = [organization];
    let entries = [
        batch_entry(&whole, &[], ptr::null()),
        batch_entry(&bare, &item, &bucket),
        batch_entry(&bare, &[], ptr::null()),
    ];
    let mut decisions = [stale(); 3];
    let mut run = |sets: &[iamlet_set], count| {
        let (list, out) = (entries.as_ptr(), decisions.as_mut_ptr());
        let status = call!(iamlet_decide_batch(sets.as_ptr(), sets.len(), list, count, out));
        (status, decisions)
    };
    // Without its policy, the first entry lacks a layer; the second brings its own.
    let (status, answers) = run(&shared, 2);
    assert_eq!(status, iamlet_status::IAMLET_MISSING_LAYER);
    assert_eq!(answers[0].layer, iamlet_layer::IAMLET_LAYER_RESOURCE as u32);
    assert_eq!(answers[0].layers, IAMLET_ABSENT_RESOURCE);
    assert_eq!(answers[0].effect, 0);
    assert_eq!((answers[1].status, answers[1].effect, answers[1].set), (0, 1, 1), "{:?}", answers[1]);
    assert_eq!(answers[2].effect, iamlet_effect::IAMLET_ALLOW as u32, "beyond the count nothing is written");
    // The third has no resource at all.
    let (status, answers) = run(&[organization, bucket], 3);
    assert_eq!(status, iamlet_status::IAMLET_LAYER_REPEATED);
    assert_eq!(answers.map(|answer| answer.status), [0, 42, 81]);
    assert_eq!(answers.map(|answer| answer.effect), [2, 0, 0]);
}

#[test]
fn several_resources_are_decided_together_by_the_one_that_denies() {
    let sets = Sets::new();
    let bare = prepare(&request("s3:CopyObject", ptr::null(), &[]));
    let items = ["arn:aws:s3:::b/k", "arn:aws:s3:::b/secret/k"].map(|arn| prepare_item(&bare, arn, &[]));
    let opened = sets.opened();
    let run = |items: &[iamlet_batch_entry]| {
        let mut decision = stale();
        let (list, base) = (items.as_ptr(), bare.as_ptr().cast::<c_void>());
        let count = items.len();
        let status =
            call!(iamlet_decide_resources(opened.as_ptr(), 2, base, bare.len(), list, count, &mut decision));
        (status, decision)
    };
    let entries = items.each_ref().map(|item| batch_entry(&[], item, ptr::null()));
    let (status, decision) = run(&entries);
    assert_eq!((status, decision.effect, decision.item), (iamlet_status::IAMLET_OK, 1, 1));
    let (status, decision) = run(&entries[..1]);
    assert_eq!((status, decision.effect, decision.item), (iamlet_status::IAMLET_OK, 2, 0));
    let (status, decision) = run(&[]);
    assert_eq!(status, iamlet_status::IAMLET_NO_RESOURCE);
    assert_denies(&decision, status);
}

#[test]
fn a_filter_answers_each_resource_as_a_batch_does() {
    let sets = Sets::new();
    let bare = prepare(&request("s3:GetObject", ptr::null(), &[]));
    let arns: Vec<String> =
        (0..19).map(|n| format!("arn:aws:s3:::b/{}k{n}", if n % 3 == 0 { "secret/" } else { "" })).collect();
    let items: Vec<_> = arns.iter().map(|arn| prepare_item(&bare, arn, &[])).collect();
    let mut entries: Vec<_> = items.iter().map(|item| batch_entry(&bare, item, ptr::null())).collect();
    // One that is no item has an answer of its own.
    entries[7].item = bare.as_ptr().cast();
    let opened = sets.opened();
    let (list, count, base) = (opened.as_ptr(), entries.len(), bare.as_ptr().cast::<c_void>());
    let mut batch = vec![stale(); count];
    let first = call!(iamlet_decide_batch(list, 2, entries.as_ptr(), count, batch.as_mut_ptr()));
    assert_eq!(first, iamlet_status::IAMLET_NOT_A_REQUEST);

    let (mut answers, mut bits) = (vec![stale(); count + 1], [0xA5_u8; 4]);
    let filter = |bits: *mut u8, answers: *mut iamlet_decision| {
        call!(iamlet_filter(list, 2, base, bare.len(), entries.as_ptr(), count, bits, answers))
    };
    assert_eq!(filter(bits.as_mut_ptr(), answers.as_mut_ptr()), first);
    for (at, (answer, alone)) in answers.iter().zip(&batch).enumerate() {
        assert_eq!((answer.effect, answer.status), (alone.effect, alone.status), "{at}");
        assert_eq!((answer.reason, answer.statement, answer.tag), (alone.reason, alone.statement, alone.tag));
        let allows = alone.effect == iamlet_effect::IAMLET_ALLOW as u32;
        assert_eq!(bits[at / 8] >> (at % 8) & 1 == 1, allows, "{at}");
        assert_eq!(allows, at % 3 != 0 && at != 7, "{at}");
        assert!(at == 7 || answer.item as usize == at);
    }
    assert_eq!((bits[2] >> 3, bits[3]), (0, 0xA5), "no bit is set beyond the last, and no byte written");
    assert_eq!(answers[count].effect, stale().effect);

    // Each output may be left out.
    let mut alone = [0xA5_u8; 4];
    assert_eq!(filter(alone.as_mut_ptr(), ptr::null_mut()), first);
    assert_eq!(alone, bits);
    answers.fill(stale());
    assert_eq!(filter(ptr::null_mut(), answers.as_mut_ptr()), first);
    assert_eq!(answers[1].effect, iamlet_effect::IAMLET_ALLOW as u32);
    // An error of the call denies all.
    let wrong = call!(iamlet_filter(
        list,
        17,
        base,
        bare.len(),
        entries.as_ptr(),
        count,
        bits.as_mut_ptr(),
        answers.as_mut_ptr()
    ));
    assert_eq!((wrong, &bits[..3]), (iamlet_status::IAMLET_TOO_MANY_SETS, &[0, 0, 0][..]));
    // Without outputs nothing is written, however many items there are said to be.
    let (none, nothing) = (ptr::null_mut(), ptr::null_mut());
    let many = |count, bits| call!(iamlet_filter(list, 2, base, 3, entries.as_ptr(), count, bits, nothing));
    assert_eq!(many(isize::MAX as usize / 64, none), iamlet_status::IAMLET_NOT_A_REQUEST);
    for count in [isize::MAX as usize / 39, usize::MAX / 40, usize::MAX] {
        assert_eq!(many(count, none), iamlet_status::IAMLET_BAD_LENGTH);
        assert_eq!(many(count, bits.as_mut_ptr()), iamlet_status::IAMLET_BAD_LENGTH);
    }
    answers.iter().take(count).for_each(|answer| assert_denies(answer, wrong));
}

#[test]
fn the_type_of_a_principal_is_told_from_its_arn() {
    let type_of = |arn: &str| call!(iamlet_principal_type_of_arn(arn.as_ptr().cast::<c_char>(), arn.len()));
    assert_eq!(type_of(ALICE), iamlet_principal_type::IAMLET_PRINCIPAL_USER as u32);
    assert_eq!(type_of("arn:aws:sts::111122223333:assumed-role/R/s"), 2);
    assert_eq!(type_of("arn:aws:sts::111122223333:federated-user/f"), 3);
    assert_eq!(type_of("arn:aws:iam::111122223333:root"), 4);
    assert_eq!(type_of("arn:aws:iam::111122223333:role/R"), 0);
    assert_eq!(type_of(""), 0);
    for (bad, _) in arguments::bad_texts() {
        assert_eq!(call!(iamlet_principal_type_of_arn(bad.data, bad.len)), 0);
    }
}

// R-RES-15
#[test]
fn the_kind_of_a_resource_follows_from_action_and_arn() {
    let kind_of = |action: &str, arn: &str| {
        let [action, arn] = [action, arn].map(text);
        call!(iamlet_resource_kind_of(action.data, action.len, arn.data, arn.len))
    };
    let (key, role) = ("arn:aws:kms:eu-west-1:111122223333:key/k", "arn:aws:iam::111122223333:role/p/R");
    assert_eq!(kind_of("s3:GetObject", key), iamlet_resource_kind::IAMLET_RESOURCE_KMS_KEY as u32);
    assert_eq!(kind_of("STS:assumerole", role), iamlet_resource_kind::IAMLET_RESOURCE_ROLE as u32);
    for (action, arn) in [("iam:GetRole", role), ("sts:AssumeRole", "*"), ("kms:Decrypt", ""), ("", role)] {
        assert_eq!(kind_of(action, arn), iamlet_resource_kind::IAMLET_RESOURCE_ORDINARY as u32);
    }
    for (bad, _) in arguments::bad_texts() {
        let good = text("x");
        assert_eq!(call!(iamlet_resource_kind_of(bad.data, bad.len, good.data, good.len)), 0);
        assert_eq!(call!(iamlet_resource_kind_of(good.data, good.len, bad.data, bad.len)), 0);
    }
}
