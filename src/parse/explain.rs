//! What exactly is wrong with a refused element. The files that read the elements only say no: this looks once more, when
//! a document is refused, and says which part of the text it was.

mod arn;
mod found;
mod principal;

use found::{Found, Place, first_unfit, has_wildcard, is_in_principal};

use super::json::pointer;
use super::json::text::{is_text, written_at};
use super::json::tokens::JsonTokens;
use super::pattern;
use super::reader::Reader;
use crate::ground::detail::{Detail, Part};
use crate::ground::error::{Fault, Refusal};
use crate::image::kind::PolicyKind;

/// The part that is at fault where `refusal` is, if more can be said of it than the fault. Time linear in the document.
pub(super) fn part(json: &[u8], reader: &mut Reader<'_, '_>, refusal: &Refusal) -> Option<Part> {
    if !is_explained(refusal.fault) {
        return None;
    }
    let offset = refusal.offset as usize;
    let token = JsonTokens::new(json.get(offset..)?).next()?;
    let names = pointer::innermost_names(json, offset);
    let part = |detail, at: usize, len: usize, count: usize| {
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Some(Part { detail, offset: number(at), len: number(len), count: number(count) })
    };
    if refusal.fault == Fault::WrongType {
        // R-PRIN-5: only under `AWS` can a number be meant well.
        let number = token.first().is_ascii_digit() && is_in_principal(names) && is_text(names[1], b"AWS");
        return if number { part(Detail::AccountNumber, offset, token.text.len(), 0) } else { None };
    }
    if token.first() != b'"' {
        let everyone = refusal.fault == Fault::BadPrincipal && reader.kind == PolicyKind::Rcp;
        return if everyone { part(Detail::RcpPrincipal, offset, 0, 0) } else { None };
    }
    let place = Place {
        names,
        is_name: core::ptr::eq(names[1].as_ptr(), token.inner().as_ptr()),
        kind: reader.kind,
        completes_arns: reader.rules.completes_arns,
        variables: reader.version_2012,
    };
    let raw = token.inner();
    let mut found = None;
    let looked = reader.with_text(raw, |_, text| {
        found = look(refusal.fault, text, &place).map(|wrong| {
            // The part is a piece of the text.
            let begin = wrong.part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
            (wrong.detail, begin, wrong.part.len(), wrong.count)
        });
        Ok(())
    });
    let (detail, begin, len, count) = found.filter(|_| looked.is_ok())?;
    let (first, end) = (written_at(raw, begin), written_at(raw, begin.wrapping_add(len)));
    // Behind the opening quote.
    part(detail, offset.saturating_add(1).saturating_add(first), end.saturating_sub(first), count)
}

/// Whether there may be more to say than the fault.
const fn is_explained(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::WrongType
            | Fault::BadPrincipal
            | Fault::BadResource
            | Fault::BadAction
            | Fault::BadConditionKey
            | Fault::BadVariable
    )
}

/// What is wrong with `text`, which was refused with `fault`.
fn look<'t>(fault: Fault, text: &'t [u8], place: &Place<'_>) -> Option<Found<'t>> {
    match fault {
        Fault::BadPrincipal => principal::look(text, place),
        Fault::BadResource => arn::resource(text, place),
        Fault::BadAction => action(text, place.kind),
        Fault::BadConditionKey => key(text),
        Fault::BadVariable => variable(text, place),
        _ => None,
    }
}

/// A key of a condition (R-COND-5, R-COND-8, R-COND-9).
fn key(key: &[u8]) -> Option<Found<'_>> {
    let whole = |detail| Some(Found::new(detail, key));
    if pattern::begins_with_space(key) || pattern::ends_with_space(key) {
        return whole(Detail::KeySpace);
    }
    if pattern::opens_variable(key) {
        return whole(Detail::KeyVariable);
    }
    let Some(colon) = key.iter().position(|byte| *byte == b':') else {
        // R-COND-8 speaks of three keys that have one.
        return whole(Detail::KeyColon);
    };
    let (prefix, name) = key.split_at_checked(colon)?;
    if prefix.is_empty() {
        return whole(Detail::KeyPrefix);
    }
    let fits =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_' | '/');
    if let Some(character) = first_unfit(prefix, fits) {
        return Some(Found::new(Detail::KeyPrefixCharacter, character));
    }
    if prefix.starts_with(b"/") || prefix.windows(2).any(|pair| pair == b"//") {
        return Some(Found::new(Detail::KeyPath, prefix));
    }
    whole(if name == b":" { Detail::KeyName } else { Detail::KeyTag })
}

/// A policy variable (R-VAR-2, R-VAR-4), or one where none is expanded (R-VAR-5).
fn variable<'t>(text: &'t [u8], place: &Place<'_>) -> Option<Found<'t>> {
    let resource = is_text(place.names[1], b"Resource") || is_text(place.names[1], b"NotResource");
    let syntax = pattern::Syntax { wildcards: false, variables: true, fold: false };
    if pattern::check_variables(text, syntax).is_ok() {
        if !resource {
            return Some(Found::new(Detail::VariableOperator, text));
        }
        let (fields, _) = pattern::fields::<6>(text, true);
        let field = fields.into_iter().skip(1).take(2).find(|field| pattern::opens_variable(field))?;
        return Some(Found::new(Detail::VariableField, field));
    }
    // The first variable that cannot be read.
    let mut rest = text;
    loop {
        let at = rest.windows(2).position(|pair| pair == b"${")?;
        rest = rest.get(at..)?;
        let first = pattern::tokens(rest, syntax).next()?;
        if first.is_err() {
            break;
        }
        rest = rest.get(2..)?;
    }
    let Some(end) = rest.iter().position(|byte| *byte == b'}') else {
        return Some(Found::new(Detail::VariableOpen, rest));
    };
    let variable = rest.get(..=end)?;
    let inner = variable.get(2..end)?;
    let name = inner.split(|byte| *byte == b',').next()?;
    let unfit = |byte: &u8| matches!(byte, b'\'' | b'{' | b'$') || byte.is_ascii_whitespace();
    let detail = if name.is_empty() {
        Detail::VariableEmpty
    } else if name.iter().any(unfit) || pattern::begins_with_space(name) || pattern::ends_with_space(name) {
        Detail::VariableCharacter
    } else if !name.contains(&b':') {
        Detail::VariableColon
    } else {
        Detail::VariableDefault
    };
    Some(Found::new(detail, variable))
}

/// An action (R-ACT-1 to R-ACT-3, and the narrower rules of some kinds).
fn action(action: &[u8], kind: PolicyKind) -> Option<Found<'_>> {
    let whole = |detail| Some(Found::new(detail, action));
    if action == b"*" {
        return whole(Detail::ActionEvery);
    }
    let colons = action.iter().filter(|byte| **byte == b':').count();
    if colons > 1 {
        return Some(Found { detail: Detail::ActionColons, part: action, count: colons });
    }
    let Some(colon) = action.iter().position(|byte| *byte == b':') else { return whole(Detail::ActionColon) };
    let (service, name) = (action.get(..colon)?, action.get(colon.saturating_add(1)..)?);
    let of_service = |detail| Some(Found::new(detail, service));
    if service != b"*" && has_wildcard(service) {
        return of_service(Detail::ActionServiceWildcard);
    }
    let in_service = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if service.is_empty() || (service != b"*" && !service.iter().all(in_service)) {
        return of_service(Detail::ActionService);
    }
    if name.is_empty() {
        return whole(Detail::ActionName);
    }
    if let Some(character) = first_unfit(name, |character| character.is_ascii_graphic() && character != '$') {
        return Some(Found::new(Detail::ActionCharacter, character));
    }
    match kind {
        PolicyKind::Trust => of_service(Detail::ActionSts),
        PolicyKind::ScpClassic | PolicyKind::Rcp if service == b"*" => of_service(Detail::ActionAnyService),
        PolicyKind::ScpClassic | PolicyKind::ScpFull if service.iter().any(u8::is_ascii_uppercase) => {
            of_service(Detail::ActionServiceCase)
        }
        PolicyKind::ScpClassic => whole(Detail::ActionWildcard),
        _ => None,
    }
}
