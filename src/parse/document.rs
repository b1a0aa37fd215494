//! The top level of a policy document: `Version`, `Id`, `Statement` (R-DOC-1, R-DOC-3, R-DOC-11, R-DOC-15).

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::json::text;
use super::reader::{Json, Name, Reader};
use super::rules::Allowance;
use super::statement::Statement;
use crate::ground::error::{Fault, Missing};

/// Reads the whole document.
pub(super) struct Document<'r, 'a, 'p>(pub(super) &'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.peek() {
            (Json::Object, _) => deserializer.deserialize_map(self),
            (_, offset) => Err(self.0.fail(Fault::WrongType, offset)),
        }
    }
}

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a policy document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let reader = self.0;
        let (_, opened) = reader.peek();
        reader.pass_bracket();
        let (mut version, mut id, mut statement) = (false, false, false);
        while let Some(raw) = members.next_key_seed(Name)? {
            let key = reader.step_over(raw);
            let seen = if reader.says(raw, b"Version") {
                members.next_value_seed(Version(reader))?;
                &mut version
            } else if reader.says(raw, b"Id") {
                if reader.rules.id == Allowance::Forbidden {
                    return Err(reader.fail(Fault::ForbiddenElement, key));
                }
                members.next_value_seed(Id(reader))?;
                &mut id
            } else if reader.says(raw, b"Statement") {
                if statement {
                    return Err(reader.fail(Fault::JsonDuplicateKey, key));
                }
                members.next_value_seed(Statements(reader))?;
                &mut statement
            } else {
                return Err(reader.fail(Fault::UnknownElement, key));
            };
            if core::mem::replace(seen, true) {
                return Err(reader.fail(Fault::JsonDuplicateKey, key));
            }
        }
        reader.pass_bracket();
        if !statement {
            return Err(reader.miss(Missing::Statement, opened));
        }
        if !version && reader.rules.version_2012 && !reader.version_2012 {
            return Err(reader.miss(Missing::Version, opened));
        }
        Ok(())
    }
}

/// `Version`, whose value was looked up before the document was read ([`is_2012`]); here it is judged.
struct Version<'r, 'a, 'p>(&'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for Version<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let reader = self.0;
        let offset = match reader.peek() {
            (Json::String, offset) => offset,
            (_, offset) => return Err(reader.fail(Fault::WrongType, offset)),
        };
        let raw = Name.deserialize(deserializer)?;
        reader.step_over(raw);
        let old = reader.says(raw, b"2008-10-17") && !reader.rules.version_2012;
        if old || reader.says(raw, b"2012-10-17") {
            Ok(())
        } else {
            Err(reader.fail(Fault::BadVersion, offset))
        }
    }
}

/// `Id`: any string (R-DOC-15). It decides nothing, so it is not kept (R-DOC-18).
struct Id<'r, 'a, 'p>(&'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for Id<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let reader = self.0;
        let offset = match reader.peek() {
            (Json::String, offset) => offset,
            (_, offset) => return Err(reader.fail(Fault::WrongType, offset)),
        };
        let raw = Name.deserialize(deserializer)?;
        reader.step_over(raw);
        reader.with_text(raw.as_bytes(), |_, _| Ok(())).map_err(|cause| reader.refuse(cause, offset))
    }
}

/// `Statement`: one statement, or a list of at least one (R-DOC-3).
struct Statements<'r, 'a, 'p>(&'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for Statements<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.peek() {
            (Json::Object, _) => Statement(self.0).deserialize(deserializer),
            (Json::Array, _) => deserializer.deserialize_seq(self),
            (_, offset) => Err(self.0.fail(Fault::WrongType, offset)),
        }
    }
}

impl<'de> Visitor<'de> for Statements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("statements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let reader = self.0;
        let (_, opened) = reader.peek();
        reader.pass_bracket();
        let mut empty = true;
        while reader.peek().0 != Json::End {
            empty = false;
            array
                .next_element_seed(Statement(reader))?
                .ok_or_else(|| A::Error::custom("the gate and the reader see different arrays"))?;
        }
        if empty {
            return Err(reader.fail(Fault::Empty, opened));
        }
        reader.pass_bracket();
        Ok(())
    }
}

/// Whether the string at `version` says 2012-10-17.
///
/// Members come in any order (R-DOC-4), and what `${` means depends on the version (R-DOC-13), so it is looked up before
/// the document is read.
pub(super) fn is_2012(json: &[u8], version: usize) -> bool {
    let string = json.get(version..).and_then(text::first_string);
    string.is_some_and(|string| text::is_text(string, b"2012-10-17"))
}
