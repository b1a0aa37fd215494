//! `Condition`: operators, context keys, values (R-COND-1).

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zerocopy::little_endian::{U16, U32};

use super::builder::Cause;
use super::pattern;
use super::reader::{Json, Name, Passed, Reader, pass};
use super::recent::{Group, Short};
use super::value::{self, About};
use crate::ground::error::{Fault, Pool};
use crate::image::operator::QualifiedOperator;
use crate::image::records::{ConditionRecord, IF_EXISTS};

/// Reads the whole element: an object of operators.
pub(super) struct Conditions<'r, 'a, 'p>(pub(super) &'r mut Reader<'a, 'p>);

impl<'de> DeserializeSeed<'de> for Conditions<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.peek() {
            (Json::Object, _) => deserializer.deserialize_map(self),
            (_, offset) => Err(self.0.fail(Fault::WrongType, offset)),
        }
    }
}

impl<'de> Visitor<'de> for Conditions<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("condition operators")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let reader = self.0;
        reader.pass_bracket();
        // The operators so far, by their identity: a bit each.
        let mut seen = [0_u64; 4];
        while let Some(raw) = members.next_key_seed(Name)? {
            let key = reader.step_over(raw);
            let parsed = reader.with_text(raw.as_bytes(), |_, name| {
                QualifiedOperator::parse(name).ok_or(Cause::Fault(Fault::BadOperator))
            });
            let operator = parsed.map_err(|cause| reader.refuse(cause, key))?;
            // R-COND-2, R-COND-3: two spellings of one operator are one operator twice.
            let (word, bit) = (operator.identity() >> 6, 1 << (operator.identity() & 63));
            match seen.get_mut(usize::from(word)) {
                Some(word) if *word & bit == 0 => *word |= bit,
                _ => return Err(reader.fail(Fault::JsonDuplicateKey, key)),
            }
            members.next_value_seed(OperatorKeys { reader: &mut *reader, operator })?;
        }
        // R-DOC-7: no operator at all is no condition.
        reader.pass_bracket();
        Ok(())
    }
}

/// The object of one operator: context keys and their values.
struct OperatorKeys<'r, 'a, 'p> {
    reader: &'r mut Reader<'a, 'p>,
    operator: QualifiedOperator,
}

impl<'de> DeserializeSeed<'de> for OperatorKeys<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.reader.peek() {
            (Json::Object, _) => deserializer.deserialize_map(self),
            (_, offset) => Err(self.reader.fail(Fault::WrongType, offset)),
        }
    }
}

impl<'de> Visitor<'de> for OperatorKeys<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("context keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { reader, operator } = self;
        let (_, opened) = reader.peek();
        reader.pass_bracket();
        let before = reader.builder.conditions.len();
        while let Some(raw) = members.next_key_seed(Name)? {
            let at = reader.step_over(raw);
            let read = reader.with_text(raw.as_bytes(), |builder, name| {
                if !is_key(name) {
                    return Err(Fault::BadConditionKey.into());
                }
                let number = builder.key(name)?;
                // R-COND-7; the same spelling twice is found as a duplicate member.
                if builder.has_sibling(number, before, builder.conditions.len()) {
                    return Err(Fault::DupConditionKey.into());
                }
                Ok((number, value::is_system_identifier(name)))
            });
            let (number, system_identifier) = read.map_err(|cause| reader.refuse(cause, at))?;
            let first_value = u32::try_from(reader.builder.spans.len()).unwrap_or(u32::MAX);
            let about = About {
                family: operator.operator.family(),
                kind: reader.kind,
                version_2012: reader.version_2012,
                system_identifier,
            };
            let values = ValueList { reader: &mut *reader, about, first: None };
            let count = members.next_value_seed(values)?;
            let record = ConditionRecord {
                operator: operator.operator.number(),
                modifiers: operator.qualifier as u8 | if operator.if_exists { IF_EXISTS } else { 0 },
                key: U16::new(number),
                values: U16::new(count),
                first_value: U32::new(first_value),
            };
            if reader.builder.conditions.push(record).is_err() {
                return Err(reader.refuse(Cause::Full(Pool::Conditions), at));
            }
        }
        reader.pass_bracket();
        if reader.builder.conditions.len() == before {
            Err(reader.fail(Fault::Empty, opened))
        } else {
            Ok(())
        }
    }
}

/// The values of one key: one, or an array of at least one (R-COND-10, R-COND-11).
struct ValueList<'r, 'a, 'p> {
    reader: &'r mut Reader<'a, 'p>,
    about: About,
    /// The JSON type of the first value, which the others must have too.
    first: Option<Json>,
}

impl<'de> DeserializeSeed<'de> for ValueList<'_, '_, '_> {
    /// How many there were.
    type Value = u16;

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<u16, D::Error> {
        let next = self.reader.peek();
        if next.0 == Json::Array {
            return deserializer.deserialize_seq(self);
        }
        self.check_type(next)?;
        let text = if next.0 == Json::String {
            let raw = Name.deserialize(deserializer)?;
            self.reader.step_over(raw);
            raw.as_bytes()
        } else {
            pass(deserializer)?;
            self.reader.step_over_scalar()
        };
        match self.add(text, next.0, None) {
            Ok(()) => Ok(1),
            Err(cause) => Err(self.reader.refuse(cause, next.1)),
        }
    }
}

impl<'de> Visitor<'de> for ValueList<'_, '_, '_> {
    type Value = u16;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("condition values")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut array: A) -> Result<u16, A::Error> {
        let (_, opened) = self.reader.peek();
        self.reader.pass_bracket();
        let mut count = 0_u16;
        let list = Some(self.reader.recent.begin());
        let differ = || A::Error::custom("the gate and the reader see different arrays");
        let first = self.reader.peek();
        if first.0 == Json::End {
            return Err(self.reader.fail(Fault::Empty, opened));
        }
        self.check_type(first)?;
        loop {
            let (text, offset) = if first.0 == Json::String {
                match array.next_element_seed(Name) {
                    Ok(Some(raw)) => (raw.as_bytes(), self.reader.step_over(raw)),
                    Ok(None) => break,
                    // The gate has accepted the value, so that it is one of another type.
                    Err(_) => {
                        let next = self.reader.peek();
                        self.check_type(next)?;
                        return Err(differ());
                    }
                }
            } else {
                let next = self.reader.peek();
                if next.0 == Json::End {
                    break;
                }
                self.check_type(next)?;
                array.next_element_seed(Passed)?.ok_or_else(differ)?;
                (self.reader.step_over_scalar(), next.1)
            };
            if let Err(cause) = self.add(text, first.0, list) {
                return Err(self.reader.refuse(cause, offset));
            }
            match count.checked_add(1) {
                Some(next) => count = next,
                None => return Err(self.reader.refuse(Cause::Full(Pool::List), opened)),
            }
        }
        self.reader.pass_bracket();
        Ok(count)
    }
}

impl ValueList<'_, '_, '_> {
    /// Refuses a value that is no scalar, or of another type than the first one.
    #[inline]
    fn check_type<E: Error>(&mut self, (json, offset): (Json, usize)) -> Result<(), E> {
        if !matches!(json, Json::String | Json::Number | Json::Boolean) {
            return Err(self.reader.fail(Fault::WrongType, offset));
        }
        if *self.first.get_or_insert(json) != json {
            return Err(self.reader.fail(Fault::BadConditionValue, offset));
        }
        Ok(())
    }

    /// Adds a value of this type, which another key may have had before, or its own list.
    #[inline(always)]
    fn add(&mut self, text: &[u8], json: Json, list: Option<Group>) -> Result<(), Cause> {
        let short = Short::new(text);
        let Reader { recent, builder, .. } = &mut *self.reader;
        if let (Some(short), Some(list)) = (short, list)
            && let Some(span) = recent.find_last(short, list)
        {
            return builder.again(span);
        }
        // There are more numbers of three digits than have a place, so that those would only be forgotten.
        let known = json != Json::Number || text.len() < 3;
        let group = self.about.group(json);
        if let (true, Some(short)) = (known, short)
            && let Some(span) = recent.find(short, group, |span| builder.would_share(span))
        {
            if let Some(list) = list {
                recent.put_last(short, list, span);
            }
            return builder.again(span);
        }
        let about = &self.about;
        let span = self.reader.with_text(text, |builder, text| value::add(builder, text, json, about))?;
        let Reader { recent, builder, .. } = &mut *self.reader;
        if let Some(short) = short {
            if known {
                recent.put(short, group, span, builder.in_table);
            }
            if let Some(list) = list {
                recent.put_last(short, list, span);
            }
        }
        Ok(())
    }
}

/// Whether `name` can be a context key (R-COND-5, R-COND-8, R-COND-9). Prefixes are short, so they are read a byte at a
/// time.
fn is_key(name: &[u8]) -> bool {
    let past_prefix = |byte: &u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let end = name.iter().position(past_prefix).unwrap_or(name.len());
    let local = match name.split_at_checked(end) {
        Some(([_, ..], [b':', local @ ..])) => local,
        _ => behind_issuer(name, past_prefix).unwrap_or_default(),
    };
    // R-COND-8: these three name a tag, after a slash.
    const TAGGED: [&[u8]; 3] = [b"aws:RequestTag", b"aws:ResourceTag", b"aws:PrincipalTag"];
    let untagged = name.strip_suffix(b"/").unwrap_or(name);
    !local.is_empty()
        && !pattern::ends_with_space(local)
        && !pattern::opens_variable(local)
        && !TAGGED.iter().any(|tagged| untagged.eq_ignore_ascii_case(tagged))
}

/// What follows the colon behind an OIDC issuer, which may be followed by a path, which may end in a slash.
fn behind_issuer(name: &[u8], past_prefix: impl Fn(&u8) -> bool) -> Option<&[u8]> {
    let (prefix, local) = name.split_at_checked(name.iter().position(|byte| *byte == b':')?)?;
    let mut parts = prefix.strip_suffix(b"/").unwrap_or(prefix).split(|byte| *byte == b'/');
    let fits = parts.all(|part| !part.is_empty() && !part.iter().any(&past_prefix));
    if fits { local.get(1..) } else { None }
}
