//! What the header promises to be room enough.

use std::fmt::Write;
use std::ptr;

use iamlet::ffi::names::iamlet_kind;
use iamlet::ffi::policy::{IAMLET_SCRATCH_LARGE, iamlet_policy_compile};
use iamlet::ffi::status::iamlet_status;

use super::call;

/// IAMLET_IMAGE_ROOM, as the header has it. The most that a byte of a document makes: a variable of 6 bytes, `${a:b}`,
/// makes a variable of 10 bytes, a key of 12 and its name of 3, and a token of 3, which is 4.7; a key with a value, of
/// 8 bytes, a condition of 10, a key of 12 with its name of 3, and a value of 8 with its text, 4.3; a number of 2 bytes
/// a value of 8 and its text, 4.5. A statement is longer than what it makes; a header has 32 bytes.
const fn image_room(json_len: usize) -> usize {
    5 * json_len + 64
}

/// The bytes of the image, for a document that is compiled into exactly the room that the macro tells.
fn image_len(json: &str, kind: iamlet_kind, scratch: &mut [u64]) -> usize {
    let mut image = vec![0_u8; image_room(json.len())];
    let mut used = 0;
    let status = call!(iamlet_policy_compile(
        json.as_ptr().cast(),
        json.len(),
        kind as u32,
        ptr::null(),
        scratch.as_mut_ptr().cast(),
        IAMLET_SCRATCH_LARGE,
        image.as_mut_ptr(),
        image.len(),
        &mut used,
        ptr::null_mut(),
    ));
    assert_eq!(status, iamlet_status::IAMLET_OK, "{}", &json[..json.len().min(200)]);
    used
}

/// As many distinct short names as there are: a, b, ..., aa, ab.
fn names(count: usize) -> impl Iterator<Item = String> {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    let one = letters.chars().map(String::from);
    let two = letters.chars().flat_map(move |a| letters.chars().map(move |b| format!("{a}{b}")));
    one.chain(two).take(count)
}

fn list(item: impl Fn(&str) -> String, count: usize) -> String {
    names(count).map(|name| item(&name)).collect::<Vec<_>>().join(",")
}

fn with(count: usize, statement: impl Fn(usize) -> String) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statement(count))
}

/// A statement with this block of conditions.
fn conditioned(block: &str) -> String {
    format!(r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{{block}}}}}"#)
}

#[test]
fn the_image_of_the_densest_document_fits_its_room() {
    assert!(
        include_str!("../../include/iamlet.h").contains("IAMLET_IMAGE_ROOM(json_len) (5 * (json_len) + 64)")
    );
    let dense: [&dyn Fn(usize) -> String; 10] = [
        // Statements, patterns, variables.
        &|n| vec![r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#; n].join(","),
        &|n| {
            format!(
                r#"{{"Effect":"Deny","Action":[{}],"Resource":"*"}}"#,
                list(|name| format!(r#""a:{name}""#), n)
            )
        },
        &|n| format!(r#"{{"Effect":"Deny","Action":[{}],"Resource":"*"}}"#, vec![r#""*""#; n].join(",")),
        &|n| {
            let variables: String = names(n).fold(String::new(), |mut all, name| {
                let _ = write!(all, "${{a:{name}}}");
                all
            });
            format!(r#"{{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::{variables}"}}"#)
        },
        // Conditions, keys and values.
        &|n| conditioned(&format!(r#""Null":{{{}}}"#, list(|name| format!(r#""a:{name}":true"#), n))),
        &|n| conditioned(&format!(r#""NumericEquals":{{{}}}"#, list(|name| format!(r#""a:{name}":1"#), n))),
        &|n| conditioned(&format!(r#""NumericEquals":{{"a:b":[{}]}}"#, vec!["1"; n].join(","))),
        &|n| conditioned(&format!(r#""StringEquals":{{"a:b":[{}]}}"#, vec![r#""""#; n].join(","))),
        &|n| {
            conditioned(&format!(
                r#""StringLike":{{"a:b":[{}]}}"#,
                list(|name| format!(r#""${{a:{name}}}""#), n)
            ))
        },
        &|n| {
            let addresses = list(
                |name| {
                    format!(
                        r#""{:x}::""#,
                        name.bytes().fold(0, |all, byte| all * 36 + u32::from(byte)) % 0xFFFF
                    )
                },
                n,
            );
            conditioned(&format!(r#""IpAddress":{{"a:b":[{addresses}]}}"#))
        },
    ];
    let mut scratch = vec![0; IAMLET_SCRATCH_LARGE / 8];
    let mut most = 0;
    for (number, dense) in dense.iter().enumerate() {
        for count in [1, 2, 40, 1000] {
            let json = with(count, dense);
            let len = image_len(&json, iamlet_kind::IAMLET_KIND_IDENTITY, &mut scratch);
            println!("{number} {count}: {} bytes make {len}", json.len());
            most = most.max(len * 100 / json.len());
        }
    }
    // Else the room is more than it has to be.
    assert!((300..500).contains(&most), "{most}");
}
