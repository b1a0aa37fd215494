//! Base64 of the Binary operator: the standard alphabet, padded, in its one canonical form (R-BIN-1).
//!
//! Canonical means that the bits after the last byte are zero (RFC 4648, 3.5): of two texts that decode to
//! the same bytes, one is refused, so nobody can write a value in a form that another reader compares
//! differently. The empty text is the base64 of no bytes.

use core::fmt::{self, Write};

/// The digits, in the order of what they stand for.
const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes the base64 of `bytes`.
///
/// # Errors
/// Those of `out`.
pub fn encode(bytes: &[u8], out: &mut impl Write) -> fmt::Result {
    for block in bytes.chunks(3) {
        let mut word = [0; 4];
        for (place, byte) in word.iter_mut().skip(1).zip(block) {
            *place = *byte;
        }
        let bits = u32::from_be_bytes(word);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let digit = ALPHABET.get(digit as usize).copied().unwrap_or(b'=');
            out.write_char(if place <= block.len() { char::from(digit) } else { '=' })?;
        }
    }
    Ok(())
}

/// How many bytes `text` decodes to, or `None` when it is not base64. Time linear in the text.
#[must_use]
pub fn decoded_len(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    each_block(text, |block| length += block.len())?;
    Some(length)
}

/// Decodes `text` to the front of `out` and returns how many bytes that were.
///
/// `None` when `text` is not base64 or `out` is too short; `out` may then hold a part. Time linear in the
/// text.
#[must_use]
pub fn decode_into(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut length = 0;
    let mut slots = out.iter_mut();
    let mut fits = true;
    each_block(text, |block| {
        length += block.len();
        for byte in block {
            match slots.next() {
                Some(slot) => *slot = *byte,
                None => fits = false,
            }
        }
    })?;
    fits.then_some(length)
}

/// Whether `text` decodes to exactly `bytes`; `None` when it is not base64, however early the bytes differ.
///
/// Nothing is stored. Time linear in the text.
#[must_use]
pub fn decodes_to(text: &[u8], bytes: &[u8]) -> Option<bool> {
    let mut rest = Some(bytes);
    each_block(text, |block| rest = rest.and_then(|rest| rest.strip_prefix(block)))?;
    Some(rest.is_some_and(<[u8]>::is_empty))
}

/// Hands the decoded bytes to `visit`, one to three at a time; `None` when `text` is not base64.
#[inline]
fn each_block(text: &[u8], mut visit: impl FnMut(&[u8])) -> Option<()> {
    let (quads, []) = text.as_chunks::<4>() else {
        return None;
    };
    let Some((last, quads)) = quads.split_last() else {
        return Some(());
    };
    for quad in quads {
        visit(&three_bytes(*quad)?);
    }
    // Padding is only legal here. `A` stands in for it, as it is worth no bits.
    match *last {
        [a, b, b'=', b'='] => match three_bytes([a, b, b'A', b'A'])? {
            [first, 0, 0] => visit(&[first]),
            _ => return None,
        },
        [a, b, c, b'='] => match three_bytes([a, b, c, b'A'])? {
            [first, second, 0] => visit(&[first, second]),
            _ => return None,
        },
        quad => visit(&three_bytes(quad)?),
    }
    Some(())
}

/// The three bytes of four characters; `None` when one of them is not of the alphabet.
#[inline]
fn three_bytes(quad: [u8; 4]) -> Option<[u8; 3]> {
    let [a, b, c, d] = quad.map(sextet);
    // Only `NOT_BASE64` has the top bit.
    if (a | b | c | d) & 0x80 != 0 {
        return None;
    }
    Some([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d])
}

const NOT_BASE64: u8 = 0xFF;

/// The six bits of a character, or `NOT_BASE64`.
#[inline]
fn sextet(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => NOT_BASE64,
    }
}

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

    /// The stupid twin: write the bits out one by one, and cut them in sixes.
    fn encode(bytes: &[u8]) -> Vec<u8> {
        let mut bits: Vec<u8> =
            bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)).collect();
        while !bits.len().is_multiple_of(6) {
            bits.push(0);
        }
        let mut text: Vec<u8> = bits
            .chunks(6)
            .map(|six| ALPHABET[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))])
            .collect();
        while !text.len().is_multiple_of(4) {
            text.push(b'=');
        }
        text
    }

    fn decode(text: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; text.len()];
        let length = decode_into(text, &mut out)?;
        out.truncate(length);
        Some(out)
    }

    #[test]
    fn the_vectors_of_rfc_4648_decode() {
        for (bytes, text) in [
            (&b""[..], &b""[..]),
            (b"f", b"Zg=="),
            (b"fo", b"Zm8="),
            (b"foo", b"Zm9v"),
            (b"foob", b"Zm9vYg=="),
            (b"fooba", b"Zm9vYmE="),
            (b"foobar", b"Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes), text);
            let mut written = String::new();
            super::encode(bytes, &mut written).unwrap();
            assert_eq!(written.as_bytes(), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_is_encoded_decodes_and_compares() {
        let mut bytes = Vec::new();
        for length in 0..200_u8 {
            let text = encode(&bytes);
            assert_eq!(decoded_len(&text), Some(bytes.len()));
            assert_eq!(decode(&text).as_deref(), Some(&bytes[..]));
            assert_eq!(decodes_to(&text, &bytes), Some(true));
            let mut other = bytes.clone();
            other.push(0);
            assert_eq!(decodes_to(&text, &other), Some(false));
            other.pop();
            if let Some(last) = other.last_mut() {
                *last ^= 1;
                assert_eq!(decodes_to(&text, &other), Some(false));
                other.pop();
                assert_eq!(decodes_to(&text, &other), Some(false));
                assert_eq!(decode_into(&text, &mut vec![0; bytes.len() - 1]), None);
            }
            bytes.push(length.wrapping_mul(37));
        }
    }

    #[test]
    fn of_all_short_texts_exactly_those_are_base64_that_an_encoder_writes() {
        let alphabet = b"AQgBw/+=-_";
        let mut accepted = 0;
        for code in 0..10_usize.pow(4) {
            let text: Vec<u8> = (0..4).map(|i| alphabet[code / 10_usize.pow(i) % 10]).collect();
            let written = decode(&text);
            if let Some(bytes) = &written {
                assert_eq!(encode(bytes), text);
                accepted += 1;
            }
            assert_eq!(decoded_len(&text), written.as_ref().map(Vec::len));
            assert_eq!(decodes_to(&text, b"").is_some(), written.is_some());
        }
        // Four of 7 characters; three with two zero bits at the end (A, Q, g, w); two with four (A, Q, g, w).
        assert_eq!(accepted, 7_usize.pow(4) + 7 * 7 * 4 + 7 * 4);
    }

    #[test]
    fn what_is_not_canonical_base64_is_refused() {
        for bad in [
            &b"A"[..],
            b"AA",
            b"AAA",
            b"AAAAA",
            b"====",
            b"A===",
            b"AA=A",
            b"=AAA",
            b"AA==AAAA",
            b"AAA=AAAA",
            b"AB==",
            b"AAB=",
            b"AA-_",
            b"AAA ",
            b"AAA\n",
            b"AAAA\n",
            b"AA\xC3\xA9",
            b"AAAA====",
        ] {
            assert_eq!(decoded_len(bad), None, "{bad:?}");
            assert_eq!(decode_into(bad, &mut [0; 16]), None);
            assert_eq!(decodes_to(bad, b"\0"), None);
        }
    }

    #[test]
    fn every_byte_outside_the_alphabet_is_refused_everywhere() {
        for byte in (0..=u8::MAX).filter(|byte| !ALPHABET.contains(byte) && *byte != b'=') {
            for position in 0..8 {
                let mut text = *b"AAAAAAAA";
                text[position] = byte;
                assert_eq!(decoded_len(&text), None, "{byte} at {position}");
            }
        }
    }
}
