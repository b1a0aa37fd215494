//! Outputs of every size up to what is needed, images and sets of other formats, cut ones, and ones that change.

use std::ptr;

use iamlet::ffi::decide::{iamlet_decide, iamlet_decide_batch};
use iamlet::ffi::names::{iamlet_kind, iamlet_layer};
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_SMALL, iamlet_policy_compile, iamlet_policy_info, iamlet_policy_open,
};
use iamlet::ffi::request::{
    iamlet_item_prepare, iamlet_item_size, iamlet_request_item, iamlet_request_prepare, iamlet_request_size,
};
use iamlet::ffi::set::{
    iamlet_set, iamlet_set_build, iamlet_set_describe, iamlet_set_info, iamlet_set_open, iamlet_set_size,
};
use iamlet::ffi::status::iamlet_status::{
    self, IAMLET_BUFFER_TOO_SMALL, IAMLET_NOT_A_REQUEST, IAMLET_NOT_AN_IMAGE, IAMLET_OK, IAMLET_OTHER_FORMAT,
    IAMLET_WRONG_SIZE,
};

use super::{
    BUCKET, IDENTITY, SCP, Sets, assert_denies, batch_entry, call, decided, image, prepare, request,
    resource, scratch, set_policy, stale, text, zeroed,
};

const CANARY: u8 = 0xA5;

/// Offers every length up to the size that is needed, which is returned each time while nothing is written; then that
/// size, where nothing is written behind it.
fn sizes_are_kept(write: impl Fn(*mut u8, usize, &mut usize) -> iamlet_status) -> Vec<u8> {
    let mut size = 77;
    assert_eq!(write(ptr::null_mut(), 0, &mut size), IAMLET_BUFFER_TOO_SMALL, "a question for the size");
    let mut out = vec![CANARY; size + 64];
    for len in 0..size {
        let mut used = 77;
        assert_eq!(write(out.as_mut_ptr(), len, &mut used), IAMLET_BUFFER_TOO_SMALL, "{len} of {size} bytes");
        assert_eq!(used, size);
        assert!(out.iter().all(|byte| *byte == CANARY), "{len} of {size} bytes: nothing is written");
    }
    let mut used = 77;
    assert_eq!(write(out.as_mut_ptr(), size, &mut used), IAMLET_OK);
    assert!(
        used <= size && out[size..].iter().all(|byte| *byte == CANARY),
        "nothing is written behind the end"
    );
    let mut again = vec![!CANARY; size + 64];
    assert_eq!(write(again.as_mut_ptr(), size + 64, &mut used), IAMLET_OK, "more than enough is enough");
    assert_eq!(again[..used], out[..used], "and gives the same");
    assert!(again[size..].iter().all(|byte| *byte == !CANARY), "even then nothing is written behind the end");
    out.truncate(used);
    out
}

#[test]
fn an_image_is_written_whole_or_not_at_all() {
    let memory = std::cell::RefCell::new(scratch());
    let image = sizes_are_kept(|out, len, used| {
        let scratch = memory.borrow_mut().as_mut_ptr().cast();
        let (json, json_len) = (IDENTITY.as_ptr().cast(), IDENTITY.len());
        let options = ptr::null();
        let error = ptr::null_mut();
        call!(iamlet_policy_compile(
            json,
            json_len,
            1,
            options,
            scratch,
            IAMLET_SCRATCH_SMALL,
            out,
            len,
            used,
            error
        ))
    });
    assert_eq!(call!(iamlet_policy_open(image.as_ptr(), image.len(), &mut zeroed())), IAMLET_OK);
}

#[test]
fn a_set_is_written_whole_or_not_at_all() {
    let scp = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
    let policies = [0, 1].map(|level| set_policy(&scp, iamlet_layer::IAMLET_LAYER_SCP, level, 1));
    let set = sizes_are_kept(|out, len, used| {
        call!(iamlet_set_build(policies.as_ptr(), 2, 2, 0, out, len, used, ptr::null_mut()))
    });
    let mut size = 0;
    assert_eq!(call!(iamlet_set_size(policies.as_ptr(), 2, 2, 0, &mut size, ptr::null_mut())), IAMLET_OK);
    assert!(set.len() <= size);
    assert_eq!(call!(iamlet_set_open(set.as_ptr(), set.len(), &mut zeroed())), IAMLET_OK);
}

#[test]
fn a_set_tells_what_it_holds() {
    let scp = image(SCP, iamlet_kind::IAMLET_KIND_SCP_FULL);
    let identity = image(IDENTITY, iamlet_kind::IAMLET_KIND_IDENTITY);
    let each = [&scp, &identity].map(|image| {
        let mut info: iamlet_policy_info = zeroed();
        assert_eq!(call!(iamlet_policy_open(image.as_ptr(), image.len(), &mut info)), IAMLET_OK);
        info.statements
    });
    for (count, levels) in [(0, 0), (1, 0), (11, 3), (12, 3), (40, 16)] {
        let mut policies = vec![set_policy(&identity, iamlet_layer::IAMLET_LAYER_IDENTITY, 0, 1); count];
        if levels > 0 {
            policies.push(set_policy(&scp, iamlet_layer::IAMLET_LAYER_SCP, levels - 1, 1));
        }
        let (mut out, mut used) = (vec![0; 1 << 16], 0);
        let (list, len) = (policies.as_ptr(), policies.len());
        let out_at = out.as_mut_ptr();
        let built =
            call!(iamlet_set_build(list, len, levels, 2, out_at, 1 << 16, &mut used, ptr::null_mut()));
        assert_eq!(built, IAMLET_OK);
        let mut set: iamlet_set = zeroed();
        assert_eq!(call!(iamlet_set_open(out.as_ptr(), used, &mut set)), IAMLET_OK);
        let mut info = iamlet_set_info { policies: 7, reserved: 7, ..zeroed() };
        assert_eq!(call!(iamlet_set_describe(&set, &mut info)), IAMLET_OK);
        let scps = u32::from(levels > 0);
        let statements = count as u32 * each[1] + scps * each[0];
        let layers = 2 | (u32::from(count > 0) * 8) | scps;
        assert_eq!((info.policies, info.statements), (count as u32 + scps, statements));
        assert_eq!((info.scp_levels, info.rcp_levels, info.layers), (levels, 2, layers));
        assert_eq!((info.has_index, info.reserved), (u32::from(statements >= 12), 0));
        set.len -= 1;
        assert_ne!(call!(iamlet_set_describe(&set, &mut info)), IAMLET_OK);
        assert_eq!((info.policies, info.statements, info.layers, info.has_index), (0, 0, 0, 0));
    }
}

#[test]
fn more_levels_than_there_may_be_are_no_policys_fault() {
    for (scp_levels, rcp_levels) in [(17, 0), (0, 17)] {
        let (mut size, mut at_fault) = (77, 77);
        let status = call!(iamlet_set_size(ptr::null(), 0, scp_levels, rcp_levels, &mut size, &mut at_fault));
        assert_eq!((status, size, at_fault), (iamlet_status::IAMLET_BAD_LEVEL, 0, usize::MAX));
    }
}

#[test]
fn too_little_memory_for_a_request_or_item_holds_none_and_tells_the_size() {
    // Here the first bytes are written: what was there before must not be taken for a request.
    let sets = Sets::new();
    let object = resource("arn:aws:s3:::b/k");
    let wanted = request("s3:GetObject", &object, &[]);
    let whole = prepare(&wanted);
    let item =
        iamlet_request_item { struct_size: size_of::<iamlet_request_item>(), resource: object, ..zeroed() };
    let (mut size, mut item_size) = (0, 0);
    assert_eq!(call!(iamlet_request_size(&wanted, &mut size)), IAMLET_OK);
    assert_eq!(call!(iamlet_item_size(&item, &mut item_size)), IAMLET_OK);
    let mut memory = vec![CANARY; size + 64];
    // The size is one that is always enough; what is used is enough for this request.
    assert!(whole.len() <= size);
    for len in 0..whole.len() {
        memory[..whole.len()].copy_from_slice(&whole);
        let mut used = 77;
        let at = memory.as_mut_ptr();
        assert_eq!(
            call!(iamlet_request_prepare(&wanted, at.cast(), len, &mut used)),
            IAMLET_BUFFER_TOO_SMALL
        );
        assert_eq!(used, size);
        assert!(memory[size..].iter().all(|byte| *byte == CANARY));
        if len >= 4 {
            let (status, decision) = decided(&sets.opened(), &memory);
            assert_eq!(status, IAMLET_NOT_A_REQUEST, "{len} of {size} bytes");
            assert_denies(&decision, status);
        }
    }
    let base = whole.as_ptr().cast();
    let mut item_used = 0;
    let at = memory.as_mut_ptr();
    let status = call!(iamlet_item_prepare(base, whole.len(), &item, at.cast(), item_size, &mut item_used));
    assert_eq!(status, IAMLET_OK);
    for len in 0..item_used {
        memory[..4].copy_from_slice(b"IAMi");
        let mut used = 77;
        let at = memory.as_mut_ptr();
        let status = call!(iamlet_item_prepare(base, whole.len(), &item, at.cast(), len, &mut used));
        assert_eq!((status, used), (IAMLET_BUFFER_TOO_SMALL, item_size));
        assert!(len < 4 || &memory[..4] != b"IAMi", "{len} of {item_size} bytes");
    }
}

/// The three ways to offer a policy image say the same of it.
#[track_caller]
fn image_is(bytes: &[u8], expected: iamlet_status) {
    let mut info = iamlet_policy_info { kind: 7, statements: 7, version_2012: 7, context_keys: 7 };
    assert_eq!(call!(iamlet_policy_open(bytes.as_ptr(), bytes.len(), &mut info)), expected);
    assert_eq!((info.kind, info.statements, info.version_2012, info.context_keys), (0, 0, 0, 0));
    let policy = set_policy(bytes, iamlet_layer::IAMLET_LAYER_RESOURCE, 0, 0);
    let (mut used, mut at_fault, mut out) = (77, 77, [CANARY; 4096]);
    let status = call!(iamlet_set_size(&policy, 1, 0, 0, &mut used, &mut at_fault));
    assert_eq!((status, used, at_fault), (expected, 0, 0));
    let status = call!(iamlet_set_build(&policy, 1, 0, 0, out.as_mut_ptr(), 4096, &mut used, &mut at_fault));
    assert_eq!((status, used, at_fault), (expected, 0, 0));
    assert!(out.iter().all(|byte| *byte == CANARY));
}

/// A set that is refused when it is opened, and when it is decided without having been opened.
#[track_caller]
fn set_is(bytes: &[u8], request: &[u8], expected: iamlet_status) {
    let mut set = iamlet_set { data: bytes.as_ptr(), len: bytes.len() };
    let (status, decision) = decided(&[set], request);
    assert_eq!(status, expected);
    assert_denies(&decision, expected);
    assert_eq!(call!(iamlet_set_open(bytes.as_ptr(), bytes.len(), &mut set)), expected);
    assert_eq!((set.data.is_null(), set.len), (true, 0));
}

fn a_request() -> Vec<u8> {
    prepare(&request("s3:GetObject", &resource("arn:aws:s3:::b/k"), &[]))
}

#[test]
fn an_image_or_set_of_another_format_is_refused_as_such() {
    let (policy, set, request) =
        (image(BUCKET, iamlet_kind::IAMLET_KIND_RESOURCE), Sets::new().bucket, a_request());
    let format = u16::from_le_bytes([policy[4], policy[5]]);
    for other in [0, format + 1, 256 + format, u16::MAX] {
        let mut bytes = policy.clone();
        bytes[4..6].copy_from_slice(&other.to_le_bytes());
        image_is(&bytes, IAMLET_OTHER_FORMAT);
        // Whatever the other format is, and however long.
        image_is(&bytes[..bytes.len() - 1], IAMLET_OTHER_FORMAT);
    }
    let format = u16::from_le_bytes([set[4], set[5]]);
    for other in [0, format + 1, 256 + format, u16::MAX] {
        let mut bytes = set.clone();
        bytes[4..6].copy_from_slice(&other.to_le_bytes());
        set_is(&bytes, &request, IAMLET_OTHER_FORMAT);
    }
}

#[test]
fn what_begins_otherwise_is_no_image() {
    let (policy, set, request) =
        (image(BUCKET, iamlet_kind::IAMLET_KIND_RESOURCE), Sets::new().bucket, a_request());
    for at in 0..4 {
        let mut bytes = policy.clone();
        bytes[at] ^= 0x20;
        image_is(&bytes, IAMLET_NOT_AN_IMAGE);
        let mut bytes = set.clone();
        bytes[at] ^= 0x20;
        set_is(&bytes, &request, IAMLET_NOT_AN_IMAGE);
    }
    // One is not the other, and neither is a request.
    image_is(&set, IAMLET_NOT_AN_IMAGE);
    set_is(&policy, &request, IAMLET_NOT_AN_IMAGE);
    image_is(&request, IAMLET_NOT_AN_IMAGE);
    set_is(&request, &request, IAMLET_NOT_AN_IMAGE);
    image_is(b"", IAMLET_NOT_AN_IMAGE);
}

#[test]
fn a_cut_image_or_set_is_refused_at_every_length() {
    let (policy, set, request) =
        (image(BUCKET, iamlet_kind::IAMLET_KIND_RESOURCE), Sets::new().bucket, a_request());
    let header = |bytes: &[u8]| bytes.len() < 24;
    for len in 0..policy.len() {
        let expected = if policy[..len].len() < 32 { IAMLET_NOT_AN_IMAGE } else { IAMLET_WRONG_SIZE };
        image_is(&policy[..len], expected);
    }
    for len in 0..set.len() {
        let mut opened = zeroed();
        let status = call!(iamlet_set_open(set.as_ptr(), len, &mut opened));
        assert!(matches!(status, IAMLET_NOT_AN_IMAGE | IAMLET_WRONG_SIZE), "{len}: {status:?}");
        assert!(!header(&set[..len]) || status == IAMLET_NOT_AN_IMAGE, "{len}: {status:?}");
        set_is(&set[..len], &request, status);
    }
}

#[test]
fn a_set_that_changes_after_it_was_opened_gives_an_answer_or_an_error() {
    // It costs a wrong answer at worst: nothing outside of the set is read, and the call returns.
    let sets = Sets::new();
    let requests = ["s3:GetObject", "s3:PutObject", "iam:PassRole"].map(|action| {
        let mut wanted = request(action, ptr::null(), &[]);
        let object = resource("arn:aws:s3:::b/k");
        wanted.resource = &raw const object;
        wanted.budget = 1 << 20;
        prepare(&wanted)
    });
    let (mut answers, mut errors) = (0, 0);
    let mut bytes = sets.organization.clone();
    for at in 0..bytes.len() {
        let honest = bytes[at];
        for other in [0, 1, 0x7F, 0x80, 0xFD, 0xFF, honest ^ 1, honest ^ 0x10, honest.wrapping_add(1)] {
            bytes[at] = other;
            for request in &requests {
                let opened = [iamlet_set { data: bytes.as_ptr(), len: bytes.len() }, sets.opened()[1]];
                let (status, decision) = decided(&opened, request);
                if status == IAMLET_OK {
                    assert!(decision.effect <= 2 && decision.status == 0, "{decision:?}");
                    answers += 1;
                } else {
                    assert_eq!((decision.effect, decision.status), (0, status as u32), "{decision:?}");
                    errors += 1;
                }
                let [begin, end] = [bytes.as_ptr().addr(), bytes.as_ptr().addr() + bytes.len()];
                let sid = decision.sid.data.addr();
                let inside = (begin..end).contains(&sid) && sid + decision.sid.len <= end;
                let own = decision.set != 0 || decision.sid.len == 0 || inside;
                assert!(own, "a Sid of the set lies in the set: {decision:?}");
            }
        }
        bytes[at] = honest;
    }
    assert!(answers > 1_000 && errors > 100, "{answers} answers, {errors} errors");
}

#[test]
fn a_request_that_is_not_the_librarys_gives_an_answer_or_an_error() {
    let sets = Sets::new();
    let values = [text("x"), text("y")];
    let context = [super::entry(super::key("a:team"), &values)];
    let object = resource("arn:aws:s3:::b/k");
    let mut bytes = prepare(&request("s3:PutObject", &object, &context));
    let (mut answers, mut refused) = (0, 0);
    for at in 0..bytes.len() {
        let honest = bytes[at];
        for other in [0, 1, 0x7F, 0x80, 0xFF, honest ^ 1, honest ^ 0x10, honest.wrapping_add(1)] {
            bytes[at] = other;
            let mut decision = stale();
            let opened = sets.opened();
            let status =
                call!(iamlet_decide(opened.as_ptr(), 2, bytes.as_ptr().cast(), bytes.len(), &mut decision));
            assert_eq!(decision.status, status as u32);
            if status == IAMLET_OK {
                answers += 1;
            } else {
                assert_eq!(decision.effect, 0);
                refused += 1;
            }
            // The same as an item, which it is not.
            let entry = batch_entry(&bytes, &bytes, ptr::null());
            let mut answer = stale();
            call!(iamlet_decide_batch(opened.as_ptr(), 2, &entry, 1, &mut answer));
            assert_eq!((answer.effect, answer.status), (0, IAMLET_NOT_A_REQUEST as u32));
        }
        bytes[at] = honest;
    }
    assert!(answers > 1_000 && refused > 100, "{answers} answers, {refused} refused");
}
