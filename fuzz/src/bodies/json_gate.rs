//! The gate accepts exactly what a strict reader accepts, byte for byte.

use std::fmt;

use iamlet::ground::error::{Fault, Refusal};
use iamlet::parse::json::gate::{DEEPEST, check, size_without_whitespace};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The input is a text.
pub fn json_gate(text: &[u8]) {
    for depth in [8, DEEPEST] {
        let verdict = check(text, depth, false);
        assert_eq!(verdict.is_ok(), serde_accepts(text, depth), "at most {depth} deep: {verdict:?}");
        if let Err(refusal) = verdict {
            check_offset(text, depth, refusal);
        }
    }
    if let Ok(shape) = check(text, DEEPEST, false) {
        assert_eq!(shape.ascii, text.is_ascii());
        // Outside of strings there are no backslashes.
        assert_eq!(shape.escapes, text.contains(&b'\\'));
        assert_eq!(shape.whitespace, text.len() - size_without_whitespace(text));
        let latin1 = String::from_utf8_lossy(text).chars().all(|character| character <= '\u{ff}');
        assert_eq!(check(text, DEEPEST, true).is_ok(), latin1);
    }
}

/// The offset of an error is the first byte that cannot stand there: without it, the text only ends too early.
fn check_offset(text: &[u8], depth: usize, refusal: Refusal) {
    let (fault, offset) = (refusal.fault, refusal.offset as usize);
    assert!(offset <= text.len(), "{refusal:?}");
    let front = &text[..offset];
    match (fault, std::str::from_utf8(text)) {
        (Fault::Encoding, _) if text.starts_with(b"\xef\xbb\xbf") => assert_eq!(offset, 0),
        (Fault::Encoding, Err(invalid)) => assert_eq!(offset, invalid.valid_up_to()),
        (Fault::Encoding, Ok(_)) => panic!("{refusal:?} of UTF-8"),
        (_, Err(_)) => panic!("{refusal:?} of a text that is not UTF-8"),
        (Fault::JsonTrailing, Ok(_)) => assert!(check(front, depth, false).is_ok(), "{refusal:?}"),
        (Fault::JsonSyntax | Fault::JsonDepth, Ok(_)) => {
            let front =
                check(front, depth, false).map_err(|refusal| (refusal.fault, refusal.offset as usize));
            assert_eq!(front.err(), Some((Fault::JsonSyntax, offset)), "{refusal:?}");
        }
        (Fault::BadCharacter, Ok(_)) => panic!("nobody asked for Latin-1"),
        (_, Ok(_)) => panic!("{refusal:?} is none of the gate's"),
    }
}

/// Whether `serde_json` accepts a text of at most so many containers in one another. It reads every string, and so
/// sees every escape and surrogate.
fn serde_accepts(text: &[u8], depth: usize) -> bool {
    let mut reader = serde_json::Deserializer::from_slice(text);
    Strict(depth).deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// A value, with so many containers to go.
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that is not nested too deep")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.0.checked_sub(1).ok_or_else(|| A::Error::custom("too deep"))?;
        while items.next_element_seed(Strict(inner))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut inner = self.0.checked_sub(1);
        while let Some(name) = members.next_key::<String>()? {
            // With arbitrary precision, `serde_json` shows a number beyond 64 bits as an object of one such member.
            if name == "$serde_json::private::Number" {
                inner = Some(0);
            }
            let inner = inner.ok_or_else(|| A::Error::custom("too deep"))?;
            members.next_value_seed(Strict(inner))?;
        }
        // An object without members is a container as well.
        inner.map(|_| ()).ok_or_else(|| A::Error::custom("too deep"))
    }
}
