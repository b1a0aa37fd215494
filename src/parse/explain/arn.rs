//! ARNs field by field: those of resources (R-RES-2, R-RES-8), and what all ARNs have in common.

use super::super::pattern;
use super::super::resource::{is_account_pattern, is_region};
use super::found::{Found, Place, has_wildcard};
use crate::ground::arn;
use crate::ground::detail::Detail;
use crate::image::kind::PolicyKind;

/// What is wrong with an account that is no pattern.
pub(super) fn account(field: &[u8]) -> Option<Found<'_>> {
    if arn::is_account(field) {
        return None;
    }
    if field.iter().all(u8::is_ascii_digit) {
        return Some(Found { detail: Detail::AccountLength, part: field, count: field.len() });
    }
    Some(Found::new(Detail::AccountCharacters, field))
}

/// What is wrong with the ARN of a principal or provider before its last two fields.
pub(super) fn fields<'t>(
    value: &'t [u8],
    in_service: impl Fn(&[u8]) -> bool,
    of_service: Detail,
) -> Result<[&'t [u8]; 2], Found<'t>> {
    let ([scheme, partition, service, region, account, name], count) = pattern::fields::<6>(value, false);
    if scheme != b"arn" {
        return Err(Found::new(Detail::ArnScheme, scheme));
    }
    if count < 6 {
        return Err(Found { detail: Detail::FieldCount, part: value, count });
    }
    if !arn::is_partition(partition) {
        return Err(Found::new(Detail::Partition, partition));
    }
    if !in_service(service) {
        return Err(Found::new(of_service, service));
    }
    if !region.is_empty() {
        return Err(Found::new(Detail::PrincipalRegion, region));
    }
    Ok([account, name])
}

/// A resource.
pub(super) fn resource<'t>(resource: &'t [u8], place: &Place<'_>) -> Option<Found<'t>> {
    let variables = place.variables && pattern::opens_variable(resource);
    let ([scheme, partition, service, region, account, _], count) = pattern::fields::<6>(resource, variables);
    if scheme != b"arn" {
        return Some(Found::new(Detail::ResourceForm, resource));
    }
    let detail = if place.completes_arns { Detail::FewFields } else { Detail::FieldCount };
    if count < if place.completes_arns { 3 } else { 6 } {
        return Some(Found { detail, part: resource, count });
    }
    if partition != b"*" && !arn::is_partition(partition) {
        return Some(Found::new(Detail::ResourcePartition, partition));
    }
    if service.is_empty() {
        return Some(Found::new(Detail::ServiceEmpty, service));
    }
    if has_wildcard(service) {
        return Some(Found::new(Detail::ServiceWildcard, service));
    }
    if !service.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        return Some(Found::new(Detail::ServiceCharacters, service));
    }
    if !is_region(region, variables) {
        return Some(Found::new(Detail::RegionCharacters, region));
    }
    if is_account_pattern(account, place.kind, variables) {
        return None;
    }
    Some(account_pattern(account, place.kind))
}

/// The account field of a resource.
fn account_pattern(field: &[u8], kind: PolicyKind) -> Found<'_> {
    let count = field.len();
    let digits = field.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == count {
        return Found { detail: Detail::AccountLength, part: field, count };
    }
    if !field.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'*' | b'?')) {
        return Found::new(Detail::ResourceAccount, field);
    }
    if digits > 0 && kind == PolicyKind::Vpce {
        return Found::new(Detail::AccountMixed, field);
    }
    Found { detail: Detail::AccountPatternLength, part: field, count }
}
