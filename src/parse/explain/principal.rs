//! Principals: what is wrong with one of each type (R-PRIN-4 to R-PRIN-9).

use super::super::json::text::is_text;
use super::super::principal::{Member, is_label, is_suffix, member, service_name};
use super::arn;
use super::found::{Found, Place, first_unfit, has_wildcard, is_in_principal};
use crate::ground::detail::Detail;
use crate::image::kind::PolicyKind;

/// What is wrong with a name or value of `Principal`.
pub(super) fn look<'t>(text: &'t [u8], place: &Place<'_>) -> Option<Found<'t>> {
    let whole = |detail| Some(Found::new(detail, text));
    if !is_in_principal(place.names) {
        // The element is a string.
        return whole(match text {
            b"*" if is_text(place.names[1], b"NotPrincipal") => Detail::NotEveryone,
            b"*" => Detail::TrustEveryone,
            _ if place.kind == PolicyKind::Rcp => Detail::RcpPrincipal,
            _ => Detail::PrincipalText,
        });
    }
    let Some(member) = member(|name| is_text(place.names[1], name)) else {
        return whole(Detail::PrincipalMember);
    };
    if place.is_name {
        return whole(Detail::PrincipalKind);
    }
    if member == Member::Aws && text == b"*" {
        return whole(Detail::NotEveryone);
    }
    if has_wildcard(text) {
        return whole(Detail::PrincipalWildcard);
    }
    if text.contains(&b'$') {
        return whole(Detail::PrincipalVariable);
    }
    let identity = matches!(arn_account(text), Some(b"cloudfront")) && member == Member::Aws;
    if !identity && let Some(character) = first_unfit(text, |character| character.is_ascii_graphic()) {
        return Some(Found::new(Detail::PrincipalCharacter, character));
    }
    match member {
        Member::Aws => aws(text),
        Member::Service => service(text),
        Member::Federated => provider(text),
        Member::CanonicalUser => whole(Detail::CanonicalCharacters)
            .filter(|_| text.len() == 64)
            .or(Some(Found { detail: Detail::CanonicalLength, part: text, count: text.len() })),
    }
}

/// The account field, where the text has one.
fn arn_account(text: &[u8]) -> Option<&[u8]> {
    crate::ground::arn::split(text).map(|[_, _, _, _, account, _]| account)
}

/// An account, the ARN of a principal, or a unique id (R-PRIN-5).
fn aws(value: &[u8]) -> Option<Found<'_>> {
    if !value.contains(&b':') {
        return Some(without_colon(value));
    }
    let of_principals = |service: &[u8]| matches!(service, b"iam" | b"sts");
    let [account, name] = match arn::fields(value, of_principals, Detail::PrincipalService) {
        Ok(fields) => fields,
        Err(found) => return Some(found),
    };
    let whole = |detail| Some(Found::new(detail, name));
    if account == b"cloudfront" {
        return whole(Detail::OriginAccessIdentity);
    }
    if let Some(found) = arn::account(account) {
        return Some(found);
    }
    if name.starts_with(b"group/") {
        return whole(Detail::Group);
    }
    let session = [&b"assumed-role/"[..], b"federated-user/"].iter().any(|prefix| name.starts_with(prefix));
    let entity = [&b"user/"[..], b"role/"].iter().any(|prefix| name.starts_with(prefix));
    let nothing = name.ends_with(b"/") || name.windows(2).any(|pair| pair == b"//");
    let of_sts = value.split(|byte| *byte == b':').nth(2) == Some(b"sts");
    whole(match (of_sts, entity, session) {
        (false, true, _) if nothing => Detail::EmptyPath,
        (true, _, true) if nothing => Detail::EmptyPath,
        (false, ..) => Detail::IamName,
        (true, ..) => Detail::StsName,
    })
}

/// A principal that is no ARN.
fn without_colon(value: &[u8]) -> Found<'_> {
    if !value.is_empty() && value.iter().all(u8::is_ascii_digit) {
        return Found { detail: Detail::AccountIdLength, part: value, count: value.len() };
    }
    if value.starts_with(b"AIDA") || value.starts_with(b"AROA") {
        return Found::new(Detail::UniqueId, value);
    }
    // As long as those of access keys and groups are.
    let id = value.len() >= 16 && value.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    Found::new(if id { Detail::UniqueIdPrefix } else { Detail::PrincipalForm }, value)
}

/// A service (R-PRIN-7).
fn service(value: &[u8]) -> Option<Found<'_>> {
    let whole = |detail| Some(Found::new(detail, value));
    let Some(name) = service_name(value) else {
        return whole(if is_suffix(value) { Detail::ServiceName } else { Detail::ServiceSuffix });
    };
    if name.is_empty() {
        return whole(Detail::ServiceName);
    }
    match name.split(|byte| *byte == b'.').find(|label| !is_label(label)) {
        Some([]) => whole(Detail::ServiceEmptyLabel),
        label => label.map(|label| Found::new(Detail::ServiceLabel, label)),
    }
}

/// An identity provider (R-PRIN-8).
fn provider(value: &[u8]) -> Option<Found<'_>> {
    if !value.starts_with(b"arn:") {
        return Some(Found::new(Detail::Provider, value));
    }
    match arn::fields(value, |service| service == b"iam", Detail::ProviderService) {
        Err(found) => Some(found),
        Ok([account, name]) => arn::account(account).or(Some(Found::new(Detail::ProviderName, name))),
    }
}
