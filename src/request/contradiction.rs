//! What the members of a request say of each other: where two of them disagree, the request is malformed.
//!
//! What a principal's own texts say of each other stands in `principal`, context values in `derived`.

use super::caller::PrincipalType;
use super::input::ResourceKind;
use super::malformed::RequestError;
use super::request_context::RequestContext;

/// Whether resource, principal and action go together. Of the resource of an item this is asked again with each
/// decision, for an item may have been prepared for another request.
#[inline(never)]
pub(crate) fn check(context: &RequestContext<'_>) -> Result<(), RequestError> {
    let (request, header) = (context.request, context.request.header);
    if context.resource.given == 0 {
        return Ok(());
    }
    // R-RES-15: what the caller states is held against what follows.
    if ResourceKind::from_number(u32::from(header.stated_kind))
        .is_some_and(|stated| stated != context.resource_kind)
    {
        return Err(RequestError::ResourceKind);
    }
    // R-RES-16: access never crosses partitions. Not every principal has one, and `*` has none.
    let (own, others) = (request.text(header.principal.partition), context.resource_partition());
    if !own.is_empty() && !others.is_empty() && own != others {
        return Err(RequestError::Partition);
    }
    // R-PRIN-17
    if matches!(request.principal_type, PrincipalType::Saml | PrincipalType::Oidc) {
        if context.resource_kind != ResourceKind::Role {
            return Err(RequestError::FederatedResource);
        }
        let account = request.text(header.principal.provider_account);
        if !account.is_empty() && account != context.owner() {
            return Err(RequestError::ProviderAccount);
        }
    }
    Ok(())
}
