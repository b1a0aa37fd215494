//! Calls that are wrong, of requests, items and decisions: as in `arguments.rs`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::ptr;

use iamlet::ffi::decide::{
    iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decide_resources, iamlet_decision,
};
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_item_member, iamlet_item_prepare, iamlet_item_size, iamlet_key,
    iamlet_key_prepare, iamlet_request, iamlet_request_item, iamlet_request_member, iamlet_request_prepare,
    iamlet_request_size, iamlet_resource,
};
use iamlet::ffi::set::iamlet_set;
use iamlet::ffi::status::iamlet_status::{
    self, IAMLET_BAD_LENGTH, IAMLET_BAD_STRUCT_SIZE, IAMLET_MALFORMED_CONTEXT_KEY, IAMLET_MISALIGNED,
    IAMLET_NOT_A_REQUEST, IAMLET_NOT_UTF8, IAMLET_NULL_ARGUMENT, IAMLET_OK, IAMLET_TOO_MANY_SETS,
    IAMLET_UNKNOWN_VALUE,
};
use iamlet::ffi::text::iamlet_text;

use super::arguments::{bad_texts, last, off};
use super::{
    Sets, assert_denies, call, entry, key, prepare, prepare_item, request, resource, stale, text, zeroed,
};

#[test]
fn preparing_reports_every_wrong_argument_and_leaves_no_request() {
    let object = resource("arn:aws:s3:::b/k");
    let values = [text("x")];
    let context = [entry(key("a:team"), &values)];
    let good = || request("s3:GetObject", &object, &context);
    let base = prepare(&good());
    let item = iamlet_request_item {
        struct_size: size_of::<iamlet_request_item>(),
        resource: object,
        context: context.as_ptr(),
        context_count: 1,
        ..zeroed()
    };
    let prepared_item = prepare_item(&base, "arn:aws:s3:::b/k", &[]);
    let sets = Sets::new();

    // Offers a wrong request, and looks for a request in memory that held one.
    let left = RefCell::new(BTreeSet::new());
    let refuse = |wrong: *const iamlet_request, status: iamlet_status| {
        let (mut size, mut used, mut memory) = (77, 77, base.clone());
        memory.resize(4096, 0);
        assert_eq!(call!(iamlet_request_size(wrong, &mut size)), status);
        assert_eq!(size, 0);
        let done = call!(iamlet_request_prepare(wrong, memory.as_mut_ptr().cast(), 4096, &mut used));
        assert_eq!((done, used), (status, 0));
        let (after, decision) = super::decided(&sets.opened(), &memory);
        if after == IAMLET_NOT_A_REQUEST {
            assert_denies(&decision, after);
        } else {
            left.borrow_mut().insert(format!("a request after {status:?}"));
        }
    };
    let refuse_item = |wrong: *const iamlet_request_item, status: iamlet_status| {
        let (mut size, mut used, mut memory) = (77, 77, prepared_item.clone());
        memory.resize(4096, 0);
        assert_eq!(call!(iamlet_item_size(wrong, &mut size)), status);
        assert_eq!(size, 0);
        let (at, out) = (base.as_ptr().cast(), memory.as_mut_ptr().cast());
        let done = call!(iamlet_item_prepare(at, base.len(), wrong, out, 4096, &mut used));
        assert_eq!((done, used), (status, 0));
        if memory.starts_with(b"IAMi") {
            left.borrow_mut().insert(format!("an item after {status:?}"));
        }
    };
    let with = |change: &dyn Fn(&mut iamlet_request)| {
        let mut wrong = good();
        change(&mut wrong);
        wrong
    };

    refuse(ptr::null(), IAMLET_NULL_ARGUMENT);
    refuse(off(&raw const item).cast(), IAMLET_MISALIGNED);
    refuse_item(ptr::null(), IAMLET_NULL_ARGUMENT);
    refuse_item(off(&raw const item), IAMLET_MISALIGNED);
    for struct_size in [0, 1, size_of::<iamlet_request>() - 1, size_of::<iamlet_request>() + 8, usize::MAX] {
        refuse(&with(&|wrong| wrong.struct_size = struct_size), IAMLET_BAD_STRUCT_SIZE);
        refuse_item(&iamlet_request_item { struct_size, ..item }, IAMLET_BAD_STRUCT_SIZE);
    }
    for number in [8, 1 << 31, u32::MAX] {
        refuse(&with(&|wrong| wrong.flags = number), IAMLET_UNKNOWN_VALUE);
        refuse(&with(&|wrong| wrong.principal.flags = number), IAMLET_UNKNOWN_VALUE);
    }
    for absent in [128, 1 << 31, u32::MAX] {
        refuse(&with(&|wrong| wrong.absent = absent), IAMLET_UNKNOWN_VALUE);
        refuse_item(&iamlet_request_item { absent, ..item }, IAMLET_UNKNOWN_VALUE);
    }
    for number in [10, 257, u32::MAX] {
        refuse(&with(&|wrong| wrong.principal.r#type = number), IAMLET_UNKNOWN_VALUE);
        refuse(&with(&|wrong| wrong.resource_kind = number), IAMLET_UNKNOWN_VALUE);
    }
    refuse(&with(&|wrong| wrong.resource_kind = 4), IAMLET_UNKNOWN_VALUE);
    refuse(&with(&|wrong| wrong.resource = off(&raw const object)), IAMLET_MISALIGNED);

    for (bad, status) in bad_texts() {
        type Place = fn(&mut iamlet_request) -> &mut iamlet_text;
        let places: [Place; 8] = [
            |wrong| &mut wrong.action,
            |wrong| &mut wrong.principal.arn,
            |wrong| &mut wrong.principal.role_arn,
            |wrong| &mut wrong.principal.user_arn,
            |wrong| &mut wrong.principal.service,
            |wrong| &mut wrong.principal.provider,
            |wrong| &mut wrong.principal.canonical_user,
            |wrong| &mut wrong.principal.unique_id,
        ];
        for place in places {
            refuse(&with(&|wrong| *place(wrong) = bad), status);
        }
        for resource in [iamlet_resource { arn: bad, ..object }, iamlet_resource { account: bad, ..object }] {
            refuse(&with(&|wrong| wrong.resource = &raw const resource), status);
            refuse_item(&iamlet_request_item { resource, ..item }, status);
        }
        let keys = [entry(iamlet_key { name: bad, ..key("") }, &values)];
        let bad_values = [bad];
        let lists = [entry(key("a:team"), &bad_values)];
        for context in [&keys, &lists] {
            refuse(&with(&|wrong| wrong.context = context.as_ptr()), status);
            refuse_item(&iamlet_request_item { context: context.as_ptr(), ..item }, status);
        }
    }
    let mut lists = vec![
        (ptr::null(), 1, IAMLET_NULL_ARGUMENT),
        (off(context.as_ptr()), 1, IAMLET_MISALIGNED),
        (last(), 1, IAMLET_BAD_LENGTH),
        (context.as_ptr(), usize::MAX, IAMLET_BAD_LENGTH),
        (context.as_ptr(), isize::MAX as usize / size_of::<iamlet_context_entry>() + 1, IAMLET_BAD_LENGTH),
    ];
    let [one] = context;
    let inner = [
        (iamlet_context_entry { values: ptr::null(), ..one }, IAMLET_NULL_ARGUMENT),
        (iamlet_context_entry { values: off(one.values), ..one }, IAMLET_MISALIGNED),
        (iamlet_context_entry { values: last(), ..one }, IAMLET_BAD_LENGTH),
        (iamlet_context_entry { value_count: usize::MAX / 8, ..one }, IAMLET_BAD_LENGTH),
    ];
    lists.extend(inner.iter().map(|(entry, status)| (&raw const *entry, 1, *status)));
    for (list, count, status) in lists {
        refuse(&with(&|wrong| (wrong.context, wrong.context_count) = (list, count)), status);
        refuse_item(&iamlet_request_item { context: list, context_count: count, ..item }, status);
    }
    assert!(left.borrow().is_empty(), "the memory still holds what it held before: {left:?}");
}

#[test]
fn a_request_with_texts_that_are_not_utf8_or_unknown_layers_is_malformed() {
    let bad = iamlet_text { data: b"s3:\xFFGet".as_ptr().cast(), len: 7 };
    let object = resource("arn:aws:s3:::b/k");
    let [bad_arn, bad_account] =
        [iamlet_resource { arn: bad, ..object }, iamlet_resource { account: bad, ..object }];
    let (values, bad_values) = ([text("x")], [text("x"), bad]);
    let bad_value = [entry(key("a:b"), &bad_values)];
    let bad_key = [entry(iamlet_key { name: bad, ..key("") }, &values)];
    let good = || request("s3:GetObject", &object, &[]);
    let mut memory = vec![0_u8; 4096];
    let mut prepare = |wrong: &iamlet_request| {
        let mut used = 77;
        let status = call!(iamlet_request_prepare(wrong, memory.as_mut_ptr().cast(), 4096, &mut used));
        assert!(status == IAMLET_OK || used == 0);
        status
    };
    for (wrong, member) in [
        (iamlet_request { action: bad, ..good() }, "action"),
        (request("s3:GetObject", &bad_arn, &[]), "resource.arn"),
        (request("s3:GetObject", &object, &bad_value), "context"),
        (request("s3:GetObject", &object, &bad_key), "context"),
    ] {
        assert_eq!(prepare(&wrong), IAMLET_NOT_UTF8);
        assert_eq!(super::string(call!(iamlet_request_member(&wrong))), member);
    }
    assert_eq!(call!(iamlet_request_member(&good())).len, 0, "nothing is wrong");
    assert_eq!(call!(iamlet_request_member(ptr::null())).len, 0);
    assert_eq!(call!(iamlet_item_member(ptr::null())).len, 0);
    let nameless = [entry(key(""), &values)];
    assert_eq!(prepare(&request("s3:GetObject", &object, &nameless)), IAMLET_MALFORMED_CONTEXT_KEY);
    // These have a form of their own, which such a text does not have either.
    assert_ne!(prepare(&request("s3:GetObject", &bad_account, &[])), IAMLET_OK);
    let mut wrong = good();
    wrong.principal.arn = bad;
    assert_ne!(prepare(&wrong), IAMLET_OK);
    for place in 0..6 {
        let mut wrong = good();
        let principal = &mut wrong.principal;
        let texts = [
            &mut principal.role_arn,
            &mut principal.user_arn,
            &mut principal.service,
            &mut principal.provider,
            &mut principal.canonical_user,
            &mut principal.unique_id,
        ];
        *texts.into_iter().nth(place).expect("a text") = bad;
        assert_ne!(prepare(&wrong), IAMLET_OK, "text {place}");
    }
    for absent in [128, 1 << 31, u32::MAX] {
        assert_eq!(prepare(&iamlet_request { absent, ..good() }), IAMLET_UNKNOWN_VALUE, "{absent}");
    }
    assert_eq!(prepare(&good()), IAMLET_OK);
}

#[test]
fn keys_outputs_and_memory_of_preparations_are_checked() {
    for (bad, status) in bad_texts() {
        let mut prepared = iamlet_key { prepared: 1, hash: 7, known: 7, ..key("x") };
        assert_eq!(call!(iamlet_key_prepare(bad, &mut prepared)), status);
        assert_eq!((prepared.prepared, prepared.hash, prepared.known, prepared.name.len), (0, 0, 0, 0));
    }
    let mut prepared = key("x");
    assert_eq!(call!(iamlet_key_prepare(text(""), &mut prepared)), IAMLET_MALFORMED_CONTEXT_KEY);
    assert_eq!(prepared.name.len, 0);
    assert_eq!(call!(iamlet_key_prepare(text("a:b"), ptr::null_mut())), IAMLET_NULL_ARGUMENT);
    assert_eq!(call!(iamlet_key_prepare(text("a:b"), off(&raw const prepared))), IAMLET_MISALIGNED);

    let object = resource("arn:aws:s3:::b/k");
    let good = request("s3:GetObject", &object, &[]);
    let base = prepare(&good);
    let item =
        iamlet_request_item { struct_size: size_of::<iamlet_request_item>(), resource: object, ..zeroed() };
    let mut memory = vec![0_u8; 4096];
    let out = memory.as_mut_ptr().cast::<c_void>();
    let (at, len) = (base.as_ptr().cast::<c_void>(), base.len());
    for (bad, status) in [(ptr::null_mut(), IAMLET_NULL_ARGUMENT), (off(&77_usize), IAMLET_MISALIGNED)] {
        assert_eq!(call!(iamlet_request_size(&good, bad)), status);
        assert_eq!(call!(iamlet_item_size(&item, bad)), status);
        assert_eq!(call!(iamlet_request_prepare(&good, out, 4096, bad)), status);
        assert_eq!(call!(iamlet_item_prepare(at, len, &item, out, 4096, bad)), status);
    }
    for (bad, status) in bad_texts() {
        let (bad_at, bad_len, mut used) = (bad.data.cast::<c_void>(), bad.len, 77);
        assert_eq!(call!(iamlet_request_prepare(&good, bad_at.cast_mut(), bad_len, &mut used)), status);
        assert_eq!(used, 0);
        assert_eq!(call!(iamlet_item_prepare(at, len, &item, bad_at.cast_mut(), bad_len, &mut used)), status);
        assert_eq!(call!(iamlet_item_prepare(bad_at, bad_len, &item, out, 4096, &mut used)), status);
    }
    let mut used = 77;
    for len in 0..len {
        let status = call!(iamlet_item_prepare(at, len, &item, out, 4096, &mut used));
        assert_eq!((status, used), (IAMLET_NOT_A_REQUEST, 0), "{len} bytes of a request");
    }
}

#[test]
fn deciding_reports_every_wrong_argument_and_denies() {
    let sets = Sets::new();
    let opened = sets.opened();
    let object = resource("arn:aws:s3:::b/k");
    let request = prepare(&request("s3:GetObject", &object, &[]));
    let item = prepare_item(&request, "arn:aws:s3:::b/k", &[]);
    let (at, len) = (request.as_ptr().cast::<c_void>(), request.len());
    let good = super::batch_entry(&request, &item, ptr::null());
    type SetList = (*const iamlet_set, usize);
    // The three functions agree on what is wrong with the arguments that they share.
    let run = |sets: SetList, request: (*const c_void, usize), status: iamlet_status| {
        let mut decisions = [stale(); 3];
        let [single, batched, together] = &mut decisions;
        assert_eq!(call!(iamlet_decide(sets.0, sets.1, request.0, request.1, single)), status);
        let entry = iamlet_batch_entry { request: request.0, request_len: request.1, ..good };
        assert_eq!(call!(iamlet_decide_batch(sets.0, sets.1, &entry, 1, batched)), status);
        assert_eq!(
            call!(iamlet_decide_resources(sets.0, sets.1, request.0, request.1, &good, 1, together)),
            status
        );
        for decision in &decisions {
            assert_denies(decision, status);
        }
    };
    let list = (opened.as_ptr(), 2);
    run((ptr::null(), 2), (at, len), IAMLET_NULL_ARGUMENT);
    run((off(list.0), 1), (at, len), IAMLET_MISALIGNED);
    run((last(), 1), (at, len), IAMLET_BAD_LENGTH);
    for count in [17, usize::MAX / 16, usize::MAX] {
        run((list.0, count), (at, len), IAMLET_TOO_MANY_SETS);
    }
    for (bad, status) in bad_texts() {
        run(list, (bad.data.cast(), bad.len), status);
        let wrong = [opened[0], iamlet_set { data: bad.data.cast(), len: bad.len }];
        run((wrong.as_ptr(), 2), (at, len), status);
    }
    for len in 0..len {
        run(list, (at, len), IAMLET_NOT_A_REQUEST);
    }
    run(list, (ptr::null(), 0), IAMLET_NOT_A_REQUEST);
    run(list, (item.as_ptr().cast(), item.len()), IAMLET_NOT_A_REQUEST);
    assert_eq!(call!(iamlet_decide(list.0, 2, at, len, ptr::null_mut())), IAMLET_NULL_ARGUMENT);
    assert_eq!(call!(iamlet_decide(list.0, 2, at, len, off(&stale()))), IAMLET_MISALIGNED);
    let (one, no_out) = (&raw const good, ptr::null_mut::<iamlet_decision>());
    assert_eq!(call!(iamlet_decide_resources(list.0, 2, at, len, one, 1, no_out)), IAMLET_NULL_ARGUMENT);
    assert_eq!(call!(iamlet_decide_resources(list.0, 2, at, len, one, 1, off(&stale()))), IAMLET_MISALIGNED);
    assert_eq!(call!(iamlet_decide_batch(list.0, 2, one, 1, no_out)), IAMLET_NULL_ARGUMENT);
    assert_eq!(call!(iamlet_decide_batch(list.0, 2, one, 1, off(&stale()))), IAMLET_MISALIGNED);
    assert_eq!(call!(iamlet_decide_batch(list.0, 2, one, usize::MAX, &mut stale())), IAMLET_BAD_LENGTH);
    assert_eq!(call!(iamlet_decide_batch(list.0, 2, ptr::null(), 0, no_out)), IAMLET_OK, "nothing to do");
}

#[test]
fn wrong_entries_are_reported_and_deny() {
    let sets = Sets::new();
    let opened = sets.opened();
    let object = resource("arn:aws:s3:::b/k");
    let request = prepare(&request("s3:GetObject", &object, &[]));
    let item = prepare_item(&request, "arn:aws:s3:::b/k", &[]);
    let (at, len) = (request.as_ptr().cast::<c_void>(), request.len());
    let good = super::batch_entry(&request, &item, ptr::null());
    let run = |entries: *const iamlet_batch_entry, count: usize, status: iamlet_status| {
        let (mut answers, mut decision) = ([stale(); 2], stale());
        let answered = call!(iamlet_decide_batch(opened.as_ptr(), 2, entries, 2, answers.as_mut_ptr()));
        assert_eq!(answered, status);
        assert_denies(&answers[1], status);
        let answered =
            call!(iamlet_decide_resources(opened.as_ptr(), 2, at, len, entries, count, &mut decision));
        assert_eq!(answered, status);
        assert_denies(&decision, status);
        answers[0]
    };
    for (list, status) in
        [(ptr::null(), IAMLET_NULL_ARGUMENT), (off(&raw const good).cast_const(), IAMLET_MISALIGNED)]
    {
        assert_denies(&run(list, 1, status), status);
    }
    assert_denies(&run(last(), 2, IAMLET_BAD_LENGTH), IAMLET_BAD_LENGTH);
    let bad_set = iamlet_set { data: request.as_ptr(), len };
    let mut wrong: Vec<(iamlet_batch_entry, iamlet_status)> = bad_texts()
        .into_iter()
        .filter(|(_, status)| *status != IAMLET_NULL_ARGUMENT)
        .map(|(bad, status)| {
            (iamlet_batch_entry { item: bad.data.cast(), item_len: bad.len, ..good }, status)
        })
        .collect();
    wrong.push((iamlet_batch_entry { item: ptr::null(), ..good }, IAMLET_NULL_ARGUMENT));
    wrong.push((iamlet_batch_entry { item_len: item.len() - 1, ..good }, IAMLET_NOT_A_REQUEST));
    wrong.push((iamlet_batch_entry { item: at, item_len: len, ..good }, IAMLET_NOT_A_REQUEST));
    wrong.push((iamlet_batch_entry { set: off(&raw const bad_set), ..good }, IAMLET_MISALIGNED));
    wrong.push((iamlet_batch_entry { set: &raw const bad_set, ..good }, iamlet_status::IAMLET_NOT_AN_IMAGE));
    for (wrong, status) in wrong {
        let entries = [good, wrong];
        let first = run(entries.as_ptr(), 2, status);
        assert_eq!((first.status, first.effect), (0, 2), "the first entry of the batch is good: {first:?}");
    }
}

#[test]
fn an_overlap_leaves_no_request_of_an_earlier_call_and_spares_the_argument() {
    let object = resource("arn:aws:s3:::b/k");
    let good = request("s3:GetObject", &object, &[]);
    let item =
        iamlet_request_item { struct_size: size_of::<iamlet_request_item>(), resource: object, ..zeroed() };
    let base = prepare(&good);
    let earlier_item = prepare_item(&base, "arn:aws:s3:::b/k", &[]);
    let mut memory = vec![0_u64; 512];
    let at = memory.as_mut_ptr().cast::<u8>();
    let inside = at.wrapping_add(2048);
    let refused = |earlier: &[u8], call: &dyn Fn() -> iamlet_status| {
        // SAFETY: an earlier request or item is shorter than the memory.
        unsafe { at.copy_from_nonoverlapping(earlier.as_ptr(), earlier.len()) };
        assert_eq!(call(), iamlet_status::IAMLET_OVERLAP);
        // SAFETY: as above.
        assert_eq!(unsafe { at.cast::<[u8; 4]>().read() }, [0; 4], "nothing that an earlier call left");
    };
    // SAFETY: there is room behind the earlier request, and the place is aligned.
    unsafe { inside.cast::<iamlet_request>().write(good) };
    refused(&base, &|| call!(iamlet_request_prepare(inside.cast(), at.cast(), 4096, &mut 0)));
    // SAFETY: as above.
    unsafe { inside.cast::<iamlet_request_item>().write(item) };
    let (from, len) = (base.as_ptr().cast(), base.len());
    refused(&earlier_item, &|| call!(iamlet_item_prepare(from, len, inside.cast(), at.cast(), 4096, &mut 0)));
    refused(&base, &|| call!(iamlet_request_prepare(&good, at.cast(), 4096, inside.cast())));

    // An argument at the very place is nothing that an earlier call left.
    let mut own = good;
    let at = &raw mut own;
    let status = call!(iamlet_request_prepare(at, at.cast(), size_of::<iamlet_request>(), &mut 0));
    assert_eq!((status, own.struct_size), (iamlet_status::IAMLET_OVERLAP, good.struct_size));
    let mut own = [text("x")];
    let context = [entry(key("a:team"), &own)];
    let at = own.as_mut_ptr();
    let wanted = iamlet_request { context: context.as_ptr(), context_count: 1, ..good };
    let status = call!(iamlet_request_prepare(&wanted, at.cast(), size_of::<iamlet_text>(), &mut 0));
    assert_eq!((status, super::string(own[0])), (iamlet_status::IAMLET_OVERLAP, "x".to_owned()));
    let mut own = base.clone();
    let at = own.as_mut_ptr();
    let status = call!(iamlet_item_prepare(at.cast(), len, &item, at.cast(), len, &mut 0));
    assert_eq!((status, own), (iamlet_status::IAMLET_OVERLAP, base));
}
