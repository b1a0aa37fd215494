//! What the members of a request say of each other: where two of them disagree, the request is malformed.
//!
//! What a principal's own texts say of each other stands in `principal`, context values in `derived`.

use super::malformed::RequestError;
use super::request::{PrincipalType, ResourceKind};
use super::subject::Subject;

/// Whether resource, principal and action go together. Of the resource of an item this is asked again with each
/// decision, for an item may have been prepared for another request.
#[inline(never)]
pub(super) fn check(subject: &Subject<'_>) -> Result<(), RequestError> {
    let (request, header) = (&subject.request, subject.request.header);
    if subject.resource.given == 0 {
        return Ok(());
    }
    // R-RES-15: what the caller states is held against what follows.
    if ResourceKind::from_number(u32::from(header.stated_kind))
        .is_some_and(|stated| stated != subject.resource_kind)
    {
        return Err(RequestError::ResourceKind);
    }
    // R-RES-16: access never crosses partitions. Not every principal has one, and `*` has none.
    let (own, others) = (request.text(header.principal.partition), subject.resource_partition());
    if !own.is_empty() && !others.is_empty() && own != others {
        return Err(RequestError::Partition);
    }
    // R-PRIN-17
    if matches!(request.principal_type, PrincipalType::Saml | PrincipalType::Oidc) {
        if subject.resource_kind != ResourceKind::Role {
            return Err(RequestError::FederatedResource);
        }
        let account = request.text(header.principal.provider_account);
        if !account.is_empty() && account != subject.owner() {
            return Err(RequestError::ProviderAccount);
        }
    }
    Ok(())
}
