//! Memory that changes while a set is built in it, or after it was opened. That breaks the caller's promise: there is no
//! right answer, but an answer, and soon.

use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use iamlet::ffi::names::{iamlet_kind, iamlet_layer};
use iamlet::ffi::request::{IAMLET_ABSENT_ALL, IAMLET_ABSENT_IDENTITY};
use iamlet::ffi::set::{iamlet_set, iamlet_set_build, iamlet_set_open, iamlet_set_size};
use iamlet::ffi::status::iamlet_status::IAMLET_OK;

use super::{
    build, call, decided, entry, image, key, open, prepare, request, resource, set_policy, text, zeroed,
};

#[test]
fn building_in_memory_that_changes_ends() {
    let images: Vec<Vec<u8>> = (0..300)
        .map(|number| {
            let document = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":["s3:GetObject","s3:P{number}"],
                "Resource":["arn:aws:s3:::b{number}/*","arn:*:s3:::c{number}/*"]}}}}"#
            );
            image(&document, iamlet_kind::IAMLET_KIND_IDENTITY)
        })
        .collect();
    let policies: Vec<_> =
        images.iter().map(|image| set_policy(image, iamlet_layer::IAMLET_LAYER_IDENTITY, 0, 1)).collect();
    let (list, count) = (policies.as_ptr(), policies.len());
    let mut size = 0;
    assert_eq!(call!(iamlet_set_size(list, count, 0, 0, &mut size, ptr::null_mut())), IAMLET_OK);
    let mut out = vec![0_u8; size];
    let (at, stop) = (out.as_mut_ptr().expose_provenance(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut state = 1_u64;
            while !stop.load(Ordering::Relaxed) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let place = at + (state >> 33) as usize % size;
                // SAFETY: a byte of `out`, which outlives the thread.
                unsafe { ptr::with_exposed_provenance_mut::<u8>(place).write_volatile(state as u8) };
            }
        });
        let mut opened = 0;
        for _ in 0..100 {
            let mut used = 0;
            let out = ptr::with_exposed_provenance_mut(at);
            let status = call!(iamlet_set_build(list, count, 0, 0, out, size, &mut used, ptr::null_mut()));
            assert_eq!(status == IAMLET_OK, used > 0);
            let mut set: iamlet_set = zeroed();
            opened += u32::from(call!(iamlet_set_open(out, used, &mut set)) == IAMLET_OK);
        }
        stop.store(true, Ordering::Relaxed);
        assert!(opened < 100, "the thread wrote nothing");
    });
}

#[test]
fn deciding_by_a_set_that_changed_ends_within_the_budget() {
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"a:k":["v","w"]}}},
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"StringLike":{"a:k":"x*"}}},
        {"Effect":"Deny","Action":"s3:Put*","Resource":["arn:aws:s3:::b/x","arn:aws:s3:::c/*","arn:aws:s3:::d/*"]}]}"#;
    let policy = image(document, iamlet_kind::IAMLET_KIND_IDENTITY);
    let policies: Vec<_> =
        (0..8).map(|tag| set_policy(&policy, iamlet_layer::IAMLET_LAYER_IDENTITY, 0, tag)).collect();
    let built = build(&policies, 0);
    let mut bytes = built.clone();
    let set = open(&bytes);
    let (object, values) = (resource("arn:aws:s3:::b/k"), [text("w")]);
    let context = [entry(key("a:k"), &values)];
    let mut asked = request("s3:GetObject", &object, &context);
    asked.absent = IAMLET_ABSENT_ALL & !IAMLET_ABSENT_IDENTITY;
    let asked = prepare(&asked);
    assert_eq!(decided(&[set], &asked).0, IAMLET_OK);

    // Each word in turn, in place. What a number of 32 bits promises must not be walked through uncharged.
    let (mut differ, start) = (0, bytes.as_mut_ptr());
    for at in (0..built.len() - 3).step_by(2) {
        for value in [[0xFF; 4], [0; 4], [0x10, 0, 0, 0]] {
            // SAFETY: inside `bytes`, which nothing else refers to but the set.
            unsafe { ptr::copy_nonoverlapping(value.as_ptr(), start.add(at), 4) };
            differ += u32::from(decided(&[set], &asked).0 != IAMLET_OK);
            // SAFETY: as above.
            unsafe { ptr::copy_nonoverlapping(built.as_ptr().add(at), start.add(at), 4) };
        }
    }
    assert!(differ > 0, "no change was seen");
    assert_eq!(decided(&[set], &asked).0, IAMLET_OK);
}
