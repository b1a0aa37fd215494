//! ARNs as six byte ranges: where the first five colons are, and what two of the fields look like.
//!
//! The split is the same for request texts and for encoded patterns (`wildcard`): no byte of a token is a
//! colon, so a colon inside `${…}` is gone before a pattern gets here (R-RES-1, R-ARN-1).

use super::lanes;
use super::wildcard::{self, Piece};

/// The six fields around the first five colons; the sixth keeps its colons (R-RES-1).
///
/// Time linear in the length of the first five fields.
#[inline]
#[must_use]
pub fn split(text: &[u8]) -> Option<[&[u8]; 6]> {
    split_at(text, positions(text)?)
}

/// The fields around colons that [`colons`] found.
#[inline]
#[must_use]
pub fn fields(text: &[u8], colons: [u32; 5]) -> Option<[&[u8]; 6]> {
    split_at(text, colons.map(|colon| colon as usize))
}

/// The field behind colon number `AFTER`, counted from 1 to 4, of colons that [`colons`] found.
#[inline(always)]
#[must_use]
pub fn field<'t, const AFTER: usize>(text: &'t [u8], colons: &[u32; 5]) -> &'t [u8] {
    let (Some(before), Some(after)) = (colons.get(AFTER.wrapping_sub(1)), colons.get(AFTER)) else {
        return &[];
    };
    text.get(*before as usize + 1..*after as usize).unwrap_or_default()
}

#[inline]
fn split_at(text: &[u8], [a, b, c, d, e]: [usize; 5]) -> Option<[&[u8]; 6]> {
    Some([
        text.get(..a)?,
        text.get(a + 1..b)?,
        text.get(b + 1..c)?,
        text.get(c + 1..d)?,
        text.get(d + 1..e)?,
        text.get(e + 1..)?,
    ])
}

/// The offsets of the first five colons, or `None` when there are fewer (or the fifth is beyond 4 GiB).
///
/// Eight bytes at a time; time linear in the length of the first five fields.
#[inline]
#[must_use]
pub fn colons(text: &[u8]) -> Option<[u32; 5]> {
    let mut offsets = [0; 5];
    for (offset, position) in offsets.iter_mut().zip(positions(text)?) {
        *offset = u32::try_from(position).ok()?;
    }
    Some(offsets)
}

/// The first five colons of `text`.
#[inline]
fn positions(text: &[u8]) -> Option<[usize; 5]> {
    let mut found = [0; 5];
    let mut slots = found.iter_mut();
    let mut slot = slots.next()?;
    let (words, tail) = text.as_chunks::<8>();
    let mut base = 0;
    for word in words {
        let mut colons = lanes::each_equal(u64::from_le_bytes(*word), b':');
        while colons != 0 {
            *slot = base + lanes::first(colons);
            match slots.next() {
                Some(next) => slot = next,
                None => return Some(found),
            }
            colons &= colons - 1;
        }
        base += 8;
    }
    for (offset, _) in tail.iter().enumerate().filter(|(_, byte)| **byte == b':') {
        *slot = base + offset;
        match slots.next() {
            Some(next) => slot = next,
            None => return Some(found),
        }
    }
    None
}

/// Whether `field` is an account: twelve digits.
#[inline]
#[must_use]
pub fn is_account(field: &[u8]) -> bool {
    // Two words that overlap.
    field.len() == 12
        && field.first_chunk().is_some_and(|word| lanes::are_digits(u64::from_le_bytes(*word)))
        && field.last_chunk().is_some_and(|word| lanes::are_digits(u64::from_le_bytes(*word)))
}

/// Whether `field` is a concrete partition: `aws`, or `aws-` and at least one of `[a-z0-9-]` (R-RES-2).
#[inline]
#[must_use]
pub fn is_partition(field: &[u8]) -> bool {
    match field.strip_prefix(b"aws") {
        Some([]) => true,
        Some([b'-', name @ ..]) => !name.is_empty() && name.iter().all(is_partition_byte),
        _ => false,
    }
}

/// Whether a field is the name of a service as an ARN has it: `[a-z0-9-]+` (R-RES-2, R-RES-3).
#[must_use]
pub fn is_service(field: &[u8]) -> bool {
    !field.is_empty() && field.iter().all(is_partition_byte)
}

/// The service of a pattern that stands for all of it: region, account and resource are each empty or only stars, once
/// the variables are gone that `is_empty` says are (R-RES-14).
#[must_use]
pub fn whole_service(pattern: &[u8], is_empty: impl Fn(u16) -> bool) -> Option<&[u8]> {
    let [_, _, service, open @ ..] = split(pattern)?;
    let mut pieces = open.into_iter().flat_map(wildcard::pieces);
    let is_open = |piece| match piece {
        Piece::Star => true,
        Piece::Variable(index) => is_empty(index),
        Piece::Literal(_) | Piece::One => false,
    };
    pieces.all(is_open).then_some(service)
}

#[inline]
fn is_partition_byte(byte: &u8) -> bool {
    PARTITION_BYTES.get(usize::from(*byte)).is_some_and(|is| *is)
}

/// Which bytes partitions and services have. A table takes half of the instructions that the ranges take.
const PARTITION_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let (mut rest, mut byte): (&mut [bool], u8) = (&mut table, 0);
    while let [is, others @ ..] = rest {
        *is = matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (rest, byte) = (others, byte.wrapping_add(1));
    }
    table
};

#[cfg(test)]
#[allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test may panic"
)]
mod tests {
    use super::*;

    /// The stupid twin: let the standard library split.
    fn naive(text: &[u8]) -> Option<Vec<&[u8]>> {
        let fields: Vec<_> = text.splitn(6, |byte| *byte == b':').collect();
        (fields.len() == 6).then_some(fields)
    }

    #[test]
    fn the_sixth_field_keeps_its_colons() {
        let fields = split(b"arn:aws:logs:eu-west-1:123456789012:log-group:a:*");
        let expected: [&[u8]; 6] = [b"arn", b"aws", b"logs", b"eu-west-1", b"123456789012", b"log-group:a:*"];
        assert_eq!(fields, Some(expected));
    }

    #[test]
    fn empty_fields_are_fields() {
        assert_eq!(split(b":::::"), Some([&[][..]; 6]));
        assert_eq!(colons(b":::::"), Some([0, 1, 2, 3, 4]));
        assert_eq!(split(b"::::"), None);
        assert_eq!(split(b""), None);
        assert_eq!(split(b"*"), None);
    }

    #[test]
    fn splitting_agrees_with_the_standard_library_at_every_alignment() {
        // Every text of 16 bytes over a colon, its neighbours in value and a byte with the top bit: sampled
        // by a counter whose bits choose, at every length.
        let alphabet = [b':', b';', b'9', 0xBA];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let text: Vec<u8> =
                (0..(state >> 59)).map(|i| alphabet[((state >> (i % 29 * 2)) & 3) as usize]).collect();
            let expected = naive(&text);
            assert_eq!(split(&text).map(|fields| fields.to_vec()), expected, "{text:?}");
            if let (Some(fields), Some(colons)) = (expected, colons(&text)) {
                assert_eq!(field::<1>(&text, &colons), fields[1]);
                assert_eq!(field::<4>(&text, &colons), fields[4]);
            }
            let offsets: Vec<u32> =
                (0..).zip(&text).filter(|(_, b)| **b == b':').map(|(i, _)| i).take(5).collect();
            assert_eq!(colons(&text).map(|five| five.to_vec()), (offsets.len() == 5).then_some(offsets));
        }
    }

    #[test]
    fn an_encoded_pattern_splits_like_a_text() {
        let pattern = b"arn:aws:s3:::\xFD\x80\x80/\xFF";
        assert_eq!(split(pattern).map(|fields| fields[5]), Some(&b"\xFD\x80\x80/\xFF"[..]));
    }

    #[test]
    fn each_byte_is_one_of_a_service_or_not() {
        for byte in 0..=u8::MAX {
            let is = byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert_eq!(is_service(&[b's', byte]), is, "{byte}");
        }
    }

    #[test]
    fn an_account_is_twelve_digits() {
        assert!(is_account(b"123456789012"));
        assert!(is_account(b"000000000000"));
        for bad in [&b"12345678901"[..], b"1234567890123", b"12345678901a", b"", b"aws"] {
            assert!(!is_account(bad));
        }
    }

    #[test]
    fn a_partition_is_aws_or_begins_with_aws_and_a_hyphen() {
        for good in [&b"aws"[..], b"aws-cn", b"aws-us-gov", b"aws-iso-b", b"aws-9"] {
            assert!(is_partition(good));
        }
        for bad in [&b""[..], b"aw", b"AWS", b"awscn", b"aws-", b"aws-CN", b"aws-*", b"aws-\xFF", b"gcp"] {
            assert!(!is_partition(bad), "{bad:?}");
        }
    }
}
