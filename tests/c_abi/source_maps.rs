//! Source maps beside images: both or neither are written, and positions are read out of any bytes.

use std::ptr;

use iamlet::ffi::error::iamlet_error;
use iamlet::ffi::names::iamlet_kind;
use iamlet::ffi::policy::{
    IAMLET_SCRATCH_LARGE, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_SMALL, iamlet_policy_compile_mapped,
    iamlet_policy_position, iamlet_position,
};
use iamlet::ffi::status::iamlet_status::{
    self, IAMLET_BUFFER_TOO_SMALL, IAMLET_DOCUMENT_REFUSED, IAMLET_OK, IAMLET_UNKNOWN_VALUE,
};

use super::{call, image};

const CANARY: u8 = 0xA5;

/// Two statements, at 2:3 and at 2:59.
const TWO: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \
                   \"Resource\": \"*\"}, {\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}]}";

/// What a call says: its status, the bytes used of both, and the fault.
type Said = (iamlet_status, usize, usize, u32);

fn compile(json: &str, scratch_len: usize, image: &mut [u8], map: &mut [u8]) -> Said {
    let mut scratch = vec![0_u64; scratch_len / 8];
    let (mut image_used, mut map_used) = (77, 77);
    let mut error = iamlet_error { fault: 77, ..iamlet_error::default() };
    let status = call!(iamlet_policy_compile_mapped(
        json.as_ptr().cast(),
        json.len(),
        iamlet_kind::IAMLET_KIND_IDENTITY as u32,
        ptr::null(),
        scratch.as_mut_ptr().cast(),
        scratch_len,
        image.as_mut_ptr(),
        image.len(),
        &mut image_used,
        map.as_mut_ptr(),
        map.len(),
        &mut map_used,
        &mut error,
    ));
    (status, image_used, map_used, error.fault)
}

fn position(map: &[u8], statement: u32) -> (iamlet_status, u32, u32) {
    let mut position = iamlet_position { line: 77, column: 77 };
    let status = call!(iamlet_policy_position(map.as_ptr(), map.len(), statement, &mut position));
    (status, position.line, position.column)
}

#[test]
fn image_and_map_are_written_whole_or_not_at_all() {
    let expected = image(TWO, iamlet_kind::IAMLET_KIND_IDENTITY);
    let size = expected.len();
    let needed = (IAMLET_BUFFER_TOO_SMALL, size, 16, 0);
    for image_len in (0..size + 2).filter(|len| len % 7 == 0 || len.abs_diff(size) < 2) {
        for map_len in 0..18 {
            let (mut image, mut map) = (vec![CANARY; size + 8], vec![CANARY; 24]);
            let said = compile(TWO, IAMLET_SCRATCH_SMALL, &mut image[..image_len], &mut map[..map_len]);
            if image_len >= size && map_len >= 16 {
                assert_eq!(said, (IAMLET_OK, size, 16, 0));
                assert_eq!(image[..size], expected);
                assert!(image[size..].iter().chain(&map[16..]).all(|byte| *byte == CANARY), "behind the end");
                assert_eq!(position(&map[..16], 0), (IAMLET_OK, 2, 3));
                assert_eq!(position(&map[..16], 1), (IAMLET_OK, 2, 59));
            } else {
                assert_eq!(said, needed, "{image_len} and {map_len} bytes");
                assert!(image.iter().chain(&map).all(|byte| *byte == CANARY), "nothing is written");
            }
        }
    }
    // As a question for the sizes.
    assert_eq!(compile(TWO, IAMLET_SCRATCH_SMALL, &mut [], &mut []), needed);
}

#[test]
fn a_refused_document_has_neither() {
    let json = TWO.replace("Deny", "Perhaps");
    let (mut image, mut map) = ([CANARY; 512], [CANARY; 64]);
    let said = compile(&json, IAMLET_SCRATCH_SMALL, &mut image, &mut map);
    assert_eq!(said, (IAMLET_DOCUMENT_REFUSED, 0, 0, 17));
    assert!(image.iter().chain(&map).all(|byte| *byte == CANARY), "nothing is written");
}

#[test]
fn the_class_of_the_scratch_memory_changes_nothing() {
    for scratch_len in [IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_LARGE] {
        let (mut image, mut map) = ([CANARY; 512], [CANARY; 16]);
        assert_eq!(compile(TWO, scratch_len, &mut image, &mut map).0, IAMLET_OK);
        assert_eq!(map, [2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 59, 0, 0, 0]);
    }
}

#[test]
fn positions_are_read_out_of_any_bytes() {
    let none = (IAMLET_UNKNOWN_VALUE, 0, 0);
    let map = [1, 0, 0, 0, 2, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1];
    assert_eq!(position(&map, 0), (IAMLET_OK, 1, 2));
    assert_eq!(position(&map, 1), (IAMLET_OK, u32::MAX, 256));
    for statement in [2, 3, u32::MAX / 8, u32::MAX] {
        assert_eq!(position(&map, statement), none, "{statement}");
    }
    for len in 0..8 {
        assert_eq!(position(&map[..len], 0), none, "{len} bytes");
    }
    assert_eq!(position(&[0; 8], 0), none, "no line is 0");
    // At any address: here the bytes 0 2 0 0, and 0 255 255 255.
    assert_eq!(position(&map[3..], 0), (IAMLET_OK, 0x200, 0xFFFF_FF00));
}

/// `tests/source_maps.rs` shows that it is enough.
#[test]
fn the_room_for_a_map_is_that_of_rust() {
    assert!(include_str!("../../include/iamlet.h").contains("IAMLET_MAP_ROOM(json_len) ((json_len) / 4)"));
    for len in [0, 1, 46, 47, 10_000, 1 << 20] {
        assert_eq!(iamlet::SourceMap::room(len), len / 4);
    }
}
