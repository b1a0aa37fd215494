//! A decision in one line.

use std::ffi::c_void;
use std::ptr;

use iamlet::ffi::decide::{IAMLET_NONE, iamlet_decision};
use iamlet::ffi::line::{IAMLET_DECISION_ROOM, iamlet_decision_format};
use iamlet::ffi::status::iamlet_status;

use super::{Sets, call, decided, prepare, prepare_item, request, resource, stale, text, zeroed};

/// The line of a decision, which no buffer that is smaller gets a byte of.
fn line(decision: &iamlet_decision, request: &[u8], item: &[u8]) -> String {
    let pointer = |bytes: &[u8]| if bytes.is_empty() { ptr::null() } else { bytes.as_ptr().cast::<c_void>() };
    let write = |out: &mut [u8], used: &mut usize| {
        let (first, second) = (pointer(request), pointer(item));
        let (room, len) = (out.as_mut_ptr().cast(), out.len());
        call!(iamlet_decision_format(decision, first, request.len(), second, item.len(), room, len, used))
    };
    let mut out = vec![0xA5; IAMLET_DECISION_ROOM];
    let (mut size, mut used) = (7, 7);
    assert_eq!(write(&mut out, &mut size), iamlet_status::IAMLET_OK);
    assert_eq!(write(&mut out[..size - 1].to_vec(), &mut used), iamlet_status::IAMLET_BUFFER_TOO_SMALL);
    assert_eq!(size, used);
    assert!(out[size..].iter().all(|byte| *byte == 0xA5));
    out.truncate(size);
    let line = String::from_utf8(out).expect("UTF-8");
    assert!(!line.contains(['\n', '\r']), "{line}");
    line
}

#[test]
fn a_line_tells_who_may_do_what_and_by_which_statement() {
    let sets = Sets::new();
    let opened = sets.opened();
    let (object, secret) = (resource("arn:aws:s3:::b/k"), resource("arn:aws:s3:::b/secret/k"));
    let asked = prepare(&request("s3:GetObject", &object, &[]));
    let (_, allowed) = decided(&opened, &asked);
    assert_eq!(
        line(&allowed, &asked, &[]),
        "allow: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::b/k: an identity-based policy \
         allows (identity-based policy, set 0, policy 1, statement 0, Sid Read, tag 12)"
    );
    assert_eq!(
        line(&allowed, &[], &[]),
        "allow: an identity-based policy allows (identity-based policy, set 0, policy 1, statement 0, Sid Read, tag 12)"
    );
    let denied = prepare(&request("s3:GetObject", &secret, &[]));
    assert_eq!(
        line(&decided(&opened, &denied).1, &denied, &[]),
        "explicit_deny: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::b/secret/k: a statement \
         denies (resource-based policy, set 1, policy 0, statement 0, Sid NoSecrets, tag 14)"
    );
    // The resource is that of the item.
    let item = prepare_item(&asked, "arn:aws:s3:::b/other", &[]);
    assert!(line(&allowed, &asked, &item).contains(", arn:aws:s3:::b/other: "));
    // Where none of it can be read, it is left out.
    assert_eq!(line(&allowed, b"no request", b"no item"), line(&allowed, &[], &[]));
    let bare = prepare(&request("s3:GetObject", ptr::null(), &[]));
    assert!(line(&allowed, &bare, &[]).contains(", s3:GetObject, no resource: "));
}

#[test]
fn a_line_about_an_error_tells_all_layers() {
    let object = resource("arn:aws:s3:::b/k");
    let mut wanted = request("s3:GetObject", &object, &[]);
    wanted.absent = 0;
    let asked = prepare(&wanted);
    let (status, missing) = decided(&[], &asked);
    assert_eq!(status, iamlet_status::IAMLET_MISSING_LAYER);
    assert_eq!(
        line(&missing, &asked, &[]),
        "implicit_deny: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::b/k: no set has some layers \
         that apply, and the request does not declare them absent (service control policy, resource control policy, \
         resource-based policy, identity-based policy, permissions boundary, session policy, VPC endpoint policy)"
    );
    let level = iamlet_decision { effect: 0, reason: 6, layer: 1, level: 3, policy: IAMLET_NONE, ..stale() };
    assert_eq!(
        line(&level, &[], &[]),
        "implicit_deny: no service control policy of a level allows (service control policy, level 3)"
    );
    assert_eq!(
        line(&zeroed(), &[], &[]),
        "implicit_deny: no decision could be computed (set 0, policy 0, statement 0)"
    );
}

#[test]
fn a_line_stays_one_line_of_bounded_length() {
    let long = format!("arn:aws:s3:::b/{}", "\u{7}é\n\u{2028}\u{202e}x".repeat(500));
    let object = resource(&long);
    let name = format!("arn:aws:iam::111122223333:user/{}", "u".repeat(2000));
    let mut wanted = request("s3:GetObject", &object, &[]);
    let action = format!("s3:{}", "A".repeat(1000));
    (wanted.principal.arn, wanted.action) = (text(&name), text(&action));
    let asked = prepare(&wanted);
    let sid = "é\n".repeat(1000);
    let decision = iamlet_decision {
        reason: 14,
        layer: 2,
        level: u32::MAX,
        set: u32::MAX,
        policy: u32::MAX - 1,
        statement: u32::MAX,
        tag: u64::MAX,
        sid: text(&sid),
        ..stale()
    };
    let said = line(&decision, &asked, &[]);
    assert!(said.len() > 1800 && said.len() <= IAMLET_DECISION_ROOM, "{}", said.len());
    assert!(said.contains("b/\\u{7}é\\u{a}\\u{2028}\\u{202e}x\\u{7}é"), "{said}");
    assert_eq!(said.matches('…').count(), 4, "{said}");
}
