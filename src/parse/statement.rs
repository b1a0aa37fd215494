//! One statement: its elements, once each, and which of them exclude each other (R-DOC-1, R-DOC-8).

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use zerocopy::little_endian::{U16, U32};

use super::builder::Cause;
use super::condition::Conditions;
use super::elements::{Element, Notes};
use super::plain_action::past_prefix;
use super::principal::Principals;
use super::reader::{Json, Name, Reader, Strings};
use super::rules::{Allowance, ResourceRule};
use super::{action, resource, statement_rules};
use crate::ground::error::{Fault, Pool};
use crate::ground::lanes::{before, equal};
use crate::image::policy_writer::StatementDraft;
use crate::image::records::{DENY, NOT_ACTION, NOT_PRINCIPAL, NOT_RESOURCE};

/// Reads one statement and adds it to the builder.
pub(super) struct Statement<'r, 'a, 'p>(pub(super) &'r mut Reader<'a, 'p>);

/// The element with this name.
fn element(name: &[u8]) -> Option<Element> {
    Some(match name {
        b"Effect" => Element::Effect,
        b"Action" => Element::Action,
        b"Resource" => Element::Resource,
        b"Sid" => Element::Sid,
        b"Condition" => Element::Condition,
        b"NotAction" => Element::NotAction,
        b"NotResource" => Element::NotResource,
        b"Principal" => Element::Principal,
        b"NotPrincipal" => Element::NotPrincipal,
        _ => return None,
    })
}

impl<'de> DeserializeSeed<'de> for Statement<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.peek() {
            (Json::Object, _) => deserializer.deserialize_map(self),
            (_, offset) => Err(self.0.fail(Fault::WrongType, offset)),
        }
    }
}

impl<'de> Visitor<'de> for Statement<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a statement")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let reader = self.0;
        let mut notes = Notes { opened: reader.peek().1, ..Notes::default() };
        reader.pass_bracket();
        let opened = u32::try_from(notes.opened).unwrap_or(u32::MAX);
        let mut draft = StatementDraft { opened, ..StatementDraft::default() };
        draft.record.first_condition =
            U32::new(u32::try_from(reader.builder.conditions.len()).unwrap_or(u32::MAX));
        while let Some(raw) = members.next_key_seed(Name)? {
            let key = reader.step_over(raw);
            let Some(element) = reader.named(raw, element) else {
                return Err(reader.fail(Fault::UnknownElement, key));
            };
            admit(reader, &mut notes, element, key)?;
            members.next_value_seed(ElementValue {
                reader,
                draft: &mut draft,
                notes: &mut notes,
                element,
            })?;
        }
        reader.pass_bracket();
        statement_rules::check(reader, &draft.record, &notes)?;
        if reader.builder.statements.push(draft).is_err() {
            return Err(reader.refuse(Cause::Full(Pool::Statements), notes.opened));
        }
        Ok(())
    }
}

/// Whether the element whose name stands at `key` may come now.
fn admit<E: Error>(
    reader: &mut Reader<'_, '_>,
    notes: &mut Notes,
    element: Element,
    key: usize,
) -> Result<(), E> {
    let rules = &reader.rules;
    let rule = match element {
        Element::Sid | Element::Effect | Element::Action => Allowance::Allowed,
        Element::Resource if rules.resource == ResourceRule::Implied => Allowance::Forbidden,
        Element::Resource => Allowance::Allowed,
        Element::Principal => rules.principal,
        Element::NotPrincipal => rules.not_principal,
        Element::NotAction => rules.not_action,
        Element::NotResource => rules.not_resource,
        Element::Condition => rules.condition,
    };
    if rule == Allowance::Forbidden {
        return Err(reader.fail(Fault::ForbiddenElement, key));
    }
    let other = match element {
        Element::Action => Some(Element::NotAction),
        Element::NotAction => Some(Element::Action),
        Element::Resource => Some(Element::NotResource),
        Element::NotResource => Some(Element::Resource),
        Element::Principal => Some(Element::NotPrincipal),
        Element::NotPrincipal => Some(Element::Principal),
        Element::Sid | Element::Effect | Element::Condition => None,
    };
    if other.is_some_and(|other| notes.at(other).is_some()) {
        return Err(reader.fail(Fault::ExclusiveElements, key));
    }
    match notes.seen.get_mut(element as usize) {
        Some(seen @ None) => {
            *seen = Some(key);
            Ok(())
        }
        _ => Err(reader.fail(Fault::JsonDuplicateKey, key)),
    }
}

/// The value of an element.
struct ElementValue<'r, 's, 'a, 'p> {
    reader: &'r mut Reader<'a, 'p>,
    draft: &'s mut StatementDraft,
    notes: &'s mut Notes,
    element: Element,
}

impl<'de> DeserializeSeed<'de> for ElementValue<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { reader, draft, notes, element } = self;
        let (json, offset) = reader.peek();
        let record = &mut draft.record;
        // The bounds of the spans and conditions that the element is about to add.
        let spans = reader.builder.spans.len();
        let conditions = reader.builder.conditions.len();
        let at = u32::try_from(spans).unwrap_or(u32::MAX);
        match element {
            Element::Sid | Element::Effect => {
                if json != Json::String {
                    return Err(reader.fail(Fault::WrongType, offset));
                }
                let raw = Name.deserialize(deserializer)?;
                reader.step_over(raw);
                if element == Element::Sid {
                    let sid = sid(reader, raw).map_err(|cause| reader.refuse(cause, offset))?;
                    (record.sid_start, record.sid_len) = sid;
                } else if reader.says(raw, b"Deny") {
                    record.flags |= DENY;
                } else if !reader.says(raw, b"Allow") {
                    return Err(reader.fail(Fault::BadEffect, offset));
                }
                if element == Element::Effect {
                    notes.effect = offset;
                }
            }
            Element::Principal | Element::NotPrincipal => {
                Principals { reader, negated: element == Element::NotPrincipal }.deserialize(deserializer)?;
                if element == Element::NotPrincipal {
                    record.flags |= NOT_PRINCIPAL;
                }
                draft.principals_at = at;
                record.principals = count(reader, spans, offset)?;
            }
            Element::Action | Element::NotAction => {
                let item = |reader: &mut Reader<'_, '_>, raw: &[u8]| {
                    action::add(reader, raw, &mut notes.lone_star_action)
                };
                Strings { reader: &mut *reader, numbers: false, item }.deserialize(deserializer)?;
                if element == Element::NotAction {
                    record.flags |= NOT_ACTION;
                }
                draft.actions_at = at;
                record.actions = count(reader, spans, offset)?;
            }
            Element::Resource | Element::NotResource => {
                let item = |reader: &mut Reader<'_, '_>, raw: &[u8]| {
                    resource::add(reader, raw, &mut notes.narrow_resource)
                };
                Strings { reader: &mut *reader, numbers: false, item }.deserialize(deserializer)?;
                if element == Element::NotResource {
                    record.flags |= NOT_RESOURCE;
                }
                draft.resources_at = at;
                record.resources = count(reader, spans, offset)?;
            }
            Element::Condition => {
                Conditions(reader).deserialize(deserializer)?;
                let added = reader.builder.conditions.len().saturating_sub(conditions);
                record.conditions = match u16::try_from(added) {
                    Ok(added) => U16::new(added),
                    Err(_) => return Err(reader.refuse(Cause::Full(Pool::List), offset)),
                };
            }
        }
        Ok(())
    }
}

/// How many spans there are since there were `before`.
fn count<E: Error>(reader: &mut Reader<'_, '_>, before: usize, offset: usize) -> Result<U16, E> {
    match u16::try_from(reader.builder.spans.len().saturating_sub(before)) {
        Ok(count) => Ok(U16::new(count)),
        Err(_) => Err(reader.refuse(Cause::Full(Pool::List), offset)),
    }
}

/// Stores a `Sid` (R-DOC-16, R-DOC-17).
fn sid(reader: &mut Reader<'_, '_>, raw: &str) -> Result<(U32, U16), Cause> {
    let plain = reader.rules.plain_sid;
    reader.with_text(raw.as_bytes(), |builder, text| {
        let other = |word| past_prefix(word) | equal(word, b'.') | equal(word, b'-');
        if plain && before(text, other) < text.len() {
            return Err(Fault::BadSid.into());
        }
        let span = builder.sid(text, plain)?;
        Ok((span.start, span.len))
    })
}
