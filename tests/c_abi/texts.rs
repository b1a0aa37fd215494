//! Texts: of every number that the header has, of no other, and of refused documents.

use std::ptr;

use iamlet::ffi::details::iamlet_detail_code;
use iamlet::ffi::error::{iamlet_error, iamlet_error_explain, iamlet_error_format, iamlet_error_pointer};
use iamlet::ffi::names::{
    iamlet_effect_text, iamlet_fault_code, iamlet_fault_text, iamlet_kind_from_text, iamlet_kind_text,
    iamlet_layer_code, iamlet_layer_from_text, iamlet_layer_of_kind, iamlet_layer_text, iamlet_pool_text,
    iamlet_reason_text,
};
use iamlet::ffi::policy::{IAMLET_SCRATCH_SMALL, iamlet_policy_compile};
use iamlet::ffi::status::{iamlet_status, iamlet_status_text};
use iamlet::ffi::text::iamlet_text;
use iamlet::ffi::version::{iamlet_version, iamlet_version_text};

use super::{call, scratch, string, text, zeroed};

/// The numbers of an enum in the header.
fn numbers_of(name: &str) -> Vec<u32> {
    let header = include_str!("../../include/iamlet.h");
    let body = header.split(&format!("typedef enum {name} {{")).nth(1).expect("the enum");
    let body = body.split("\n}").next().expect("its end");
    let numbers = body.lines().filter_map(|line| {
        let line = line.trim().strip_prefix("IAMLET_")?;
        line.trim_end_matches(',').split(" = ").nth(1)?.parse().ok()
    });
    numbers.collect()
}

/// A constant, which has a NUL behind it and none inside.
fn terminated(text: iamlet_text) -> String {
    // SAFETY: it ends in NUL, which is what is tested; without one, the next text of the table ends it.
    let whole = unsafe { std::ffi::CStr::from_ptr(text.data) };
    assert_eq!(whole.to_bytes(), string(text).as_bytes());
    string(text)
}

#[test]
fn kinds_and_layers_are_found_by_their_names() {
    for kind in numbers_of("iamlet_kind") {
        assert_eq!(call!(iamlet_kind_from_text(iamlet_kind_text(kind))), kind);
        let layer = iamlet_layer_of_kind(kind);
        assert!(numbers_of("iamlet_layer").contains(&layer), "{kind}");
    }
    for layer in numbers_of("iamlet_layer") {
        assert_eq!(call!(iamlet_layer_from_text(iamlet_layer_code(layer))), layer);
    }
    assert_eq!(call!(iamlet_kind_from_text(text("scp_full"))), 11);
    assert_eq!(call!(iamlet_layer_from_text(text("scp"))), 1);
    assert_eq!(iamlet_layer_of_kind(11), 1);
    for other in ["", "SCP", "scp ", "scp_", "scp_full\0", "identity policy"] {
        assert_eq!(call!(iamlet_kind_from_text(text(other))), 0, "{other}");
        assert_eq!(call!(iamlet_layer_from_text(text(other))), u32::from(other == "scp"), "{other}");
    }
    let wrong = [
        iamlet_text { data: ptr::null(), len: 3 },
        iamlet_text { data: c"scp".as_ptr(), len: usize::MAX },
        iamlet_text { data: c"\xff\xfe".as_ptr(), len: 2 },
    ];
    for text in wrong {
        assert_eq!([call!(iamlet_kind_from_text(text)), call!(iamlet_layer_from_text(text))], [0, 0]);
    }
    for number in [0, 8, 14, u32::MAX] {
        assert!(number == 8 || iamlet_layer_of_kind(number) == 0);
    }
}

#[test]
fn every_number_of_the_header_has_a_text_and_no_other_has() {
    type Text = extern "C" fn(u32) -> iamlet_text;
    let tables: [(&str, usize, Text); 10] = [
        ("iamlet_status", 33, iamlet_status_text),
        ("iamlet_fault", 27, iamlet_fault_text),
        ("iamlet_fault", 27, iamlet_fault_code),
        ("iamlet_detail", 72, iamlet_detail_code),
        ("iamlet_pool", 9, iamlet_pool_text),
        ("iamlet_kind", 13, iamlet_kind_text),
        ("iamlet_layer", 7, iamlet_layer_text),
        ("iamlet_layer", 7, iamlet_layer_code),
        ("iamlet_effect", 3, iamlet_effect_text),
        ("iamlet_reason", 13, iamlet_reason_text),
    ];
    for (name, count, text_of) in tables {
        let numbers = numbers_of(name);
        assert!(numbers.len() >= count, "{name}: {numbers:?}");
        let mut texts: Vec<_> = numbers.iter().map(|number| terminated(text_of(*number))).collect();
        assert!(texts.iter().all(|text| !text.is_empty() && !text.ends_with('.')), "{name}: {texts:?}");
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), numbers.len(), "{name}: no two texts are alike");
        for number in (0..512).chain([u32::MAX, 1 << 31, 257 * 257]) {
            if !numbers.contains(&number) {
                assert_eq!(terminated(text_of(number)), "", "{name} {number}");
            }
        }
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    assert_eq!(terminated(iamlet_version_text()), env!("CARGO_PKG_VERSION"));
    let parts = [iamlet_version() / 1_000_000, iamlet_version() / 1_000 % 1_000, iamlet_version() % 1_000];
    assert_eq!(parts.map(|part| part.to_string()).join("."), env!("CARGO_PKG_VERSION"));
}

/// The error of a document that is refused.
fn refused(json: &str) -> iamlet_error {
    let (mut scratch, mut used, mut error) = (scratch(), 7, zeroed());
    let status = call!(iamlet_policy_compile(
        json.as_ptr().cast(),
        json.len(),
        1,
        ptr::null(),
        scratch.as_mut_ptr().cast(),
        IAMLET_SCRATCH_SMALL,
        ptr::null_mut(),
        0,
        &mut used,
        &mut error,
    ));
    assert_eq!((status, used), (iamlet_status::IAMLET_DOCUMENT_REFUSED, 0));
    error
}

/// What `write` writes, after it was asked for the size and offered one byte less.
fn written(mut write: impl FnMut(*mut u8, usize, &mut usize) -> iamlet_status) -> String {
    let mut used = 7;
    let asked = write(ptr::null_mut(), 0, &mut used);
    if used == 0 {
        assert_eq!(asked, iamlet_status::IAMLET_OK);
        return String::new();
    }
    assert_eq!(asked, iamlet_status::IAMLET_BUFFER_TOO_SMALL);
    let size = used;
    let mut out = vec![0xA5_u8; size + 8];
    for len in 0..size {
        used = 7;
        assert_eq!(write(out.as_mut_ptr(), len, &mut used), iamlet_status::IAMLET_BUFFER_TOO_SMALL);
        assert_eq!(used, size, "the size that is needed");
        assert!(out.iter().all(|byte| *byte == 0xA5), "and nothing is written");
    }
    assert_eq!(write(out.as_mut_ptr(), size, &mut used), iamlet_status::IAMLET_OK);
    assert_eq!(used, size);
    assert!(out[size..].iter().all(|byte| *byte == 0xA5), "no NUL, and nothing else behind the text");
    out.truncate(size);
    String::from_utf8(out).expect("UTF-8")
}

fn pointer_of(json: &str, error: &iamlet_error) -> String {
    let (text, len) = (json.as_ptr().cast(), json.len());
    written(|out, out_len, used| call!(iamlet_error_pointer(text, len, error, out.cast(), out_len, used)))
}

fn format_of(file: &str, error: &iamlet_error) -> String {
    written(|out, len, used| call!(iamlet_error_format(text(file), error, out.cast(), len, used)))
}

fn explained(json: &str, error: &iamlet_error) -> String {
    let (text, len) = (json.as_ptr().cast(), json.len());
    written(|out, out_len, used| call!(iamlet_error_explain(text, len, error, out.cast(), out_len, used)))
}

#[test]
fn the_part_at_fault_is_told_and_shown() {
    let json = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3::1111:b"}}"#;
    let error = refused(json);
    assert_eq!(string(iamlet_detail_code(error.detail)), "ACCOUNT_LENGTH");
    let begin = json.find("1111:b").expect("the account");
    assert_eq!((error.part_offset as usize, error.part_len, error.count), (begin, 4, 4));
    assert_eq!(explained(json, &error), "the account field `1111` has 4 digits, not 12");
    assert!(format_of("p", &error).ends_with("BAD_RESOURCE the account field has 4 digits, not 12"));

    let plain = refused("{}");
    assert_eq!((plain.detail, plain.part_offset, plain.part_len, plain.count), (0, 0, 0, 0));
    assert_eq!(explained("{}", &plain), "a required element is missing: `Statement`");
}

#[test]
fn a_part_of_another_document_is_shown_as_far_as_there_is_one() {
    let at = |part_offset, part_len| iamlet_error {
        fault: 21,
        detail: 16,
        part_offset,
        part_len,
        count: u32::MAX,
        ..zeroed()
    };
    assert_eq!(explained("aéz", &at(0, 3)), "the account field `aé` has 4294967295 digits, not 12");
    for (offset, len) in [(0, 5), (3, 9), (2, 1), (u32::MAX, 1), (1, u32::MAX), (u32::MAX, u32::MAX)] {
        let text = explained("aéz", &at(offset, len));
        assert!(text.starts_with("the account field `") && text.ends_with("not 12"), "{text}");
    }
}

#[test]
fn a_refused_document_tells_why_and_where() {
    let json = "{\"Version\":\"2012-10-17\",\n \"Statement\":[{\"Effect\":\"Maybe\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    let error = refused(json);
    assert_eq!(string(iamlet_fault_code(error.fault)), "BAD_EFFECT");
    assert_eq!((error.offset as usize, error.line), (json.find("\"Maybe").expect("it"), 2));
    assert_eq!((error.pool, error.missing, error.located, error.reserved), (0, 0, 1, 0));
    assert_eq!(pointer_of(json, &error), "/Statement/0/Effect");
    let line = format_of("dir/p.json", &error);
    assert!(line.starts_with(&format!("dir/p.json:2:{}: BAD_EFFECT", error.column)), "{line}");
}

#[test]
fn a_missing_element_and_a_full_pool_are_named() {
    let json = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}"#;
    let error = refused(json);
    assert_eq!(pointer_of(json, &error), "/Statement/0/Action");
    assert!(format_of("", &error).ends_with("`Action`"), "{}", format_of("", &error));

    let statement = r#"{"Effect":"Allow","Action":"a:b","Resource":"*"}"#;
    let json = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, [statement; 40].join(","));
    let error = refused(&json);
    assert_eq!(string(iamlet_pool_text(error.pool)), "statements");
    assert_eq!(pointer_of(&json, &error), "/Statement/32");
    assert!(format_of("", &error).ends_with("`statements`"), "{}", format_of("", &error));
}

#[test]
fn a_fault_of_the_whole_document_has_no_pointer() {
    for json in ["", "{", "[1,]", "{}x"] {
        let error = refused(json);
        assert_eq!((error.located, pointer_of(json, &error)), (0, String::new()), "{json}");
        assert!(format_of("p", &error).starts_with("p:1:"), "{json}");
    }
}

#[test]
fn a_line_about_an_error_fits_256_bytes_and_the_name() {
    for fault in numbers_of("iamlet_fault") {
        let error = iamlet_error {
            fault,
            offset: u32::MAX,
            line: u32::MAX,
            column: u32::MAX,
            located: 1,
            ..zeroed()
        };
        for error in [error, iamlet_error { pool: 4, ..error }, iamlet_error { missing: 4, pool: 4, ..error }]
        {
            let line = format_of("name", &error);
            assert!(line.len() <= 256 + "name".len(), "{line}");
        }
    }
    let long = "é".repeat(1000);
    for detail in numbers_of("iamlet_detail") {
        let most = u32::MAX;
        let error = iamlet_error {
            fault: 22,
            line: most,
            column: most,
            detail,
            part_len: 2000,
            count: most,
            ..zeroed()
        };
        let line = format_of("name", &error);
        assert!(line.len() <= 256 + "name".len(), "{line}");
        let text = explained(&long, &error);
        assert!(text.len() <= 256, "{text}");
    }
}

#[test]
fn an_error_that_no_document_had_is_answered_with_some_pointer_or_none() {
    // The document may be another than the one that was refused: the answer is worthless, and it ends.
    let json = "{\"a\\u0062\":[1,{\"c\":[\"d\\\"\", {}]}]}";
    for offset in (0..40).chain([u32::MAX, 1 << 31]) {
        for missing in 0..8 {
            let error =
                iamlet_error { fault: 11, offset, line: 1, column: 1, located: 1, missing, ..zeroed() };
            let pointer = pointer_of(json, &error);
            assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer}");
        }
    }
}
