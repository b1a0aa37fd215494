//! What the members of a request say of each other: where two of them disagree, the request is malformed.
//!
//! What a principal's own texts say of each other stands in `principal`, context values in `derived`.

use super::caller::PrincipalType;
use super::input::ResourceKind;
use super::malformed::RequestError;
use super::records::{ASSUMES_ROLE, RequestHeader, Text};
use super::request_context::RequestContext;
use super::resource_form::ResourceForm;

/// Whether the own resource of a request that is being written goes together with principal and action. `read` has the
/// texts of `header`.
#[inline]
pub(crate) fn check_own<'r>(
    header: &RequestHeader,
    kind: PrincipalType,
    arn: &[u8],
    read: impl Fn(Text) -> &'r [u8],
) -> Result<(), RequestError> {
    let [before, after, ..] = header.resource.colons.map(|colon| colon.get() as usize);
    check_texts(&Together {
        kind,
        stated_kind: header.stated_kind,
        resource_kind: ResourceForm::from_number(header.resource.form)
            .kind(header.flags.get() & ASSUMES_ROLE != 0),
        partitions: [read(header.principal.partition), arn.get(before + 1..after).unwrap_or_default()],
        provider_account: read(header.principal.provider_account),
        owner: read(header.resource.owner),
    })
}

/// What has to go together.
struct Together<'a> {
    kind: PrincipalType,
    stated_kind: u8,
    resource_kind: ResourceKind,
    /// The principal's and the resource's.
    partitions: [&'a [u8]; 2],
    provider_account: &'a [u8],
    owner: &'a [u8],
}

/// Whether resource, principal and action go together. Of the resource of an item this is asked again with each
/// decision, for an item may have been prepared for another request.
#[inline(never)]
pub(crate) fn check(context: &RequestContext<'_>) -> Result<(), RequestError> {
    let (request, header) = (context.request, context.request.header);
    if context.resource.given == 0 {
        return Ok(());
    }
    check_texts(&Together {
        kind: request.principal_type,
        stated_kind: header.stated_kind,
        resource_kind: context.resource_kind,
        partitions: [request.text(header.principal.partition), context.resource_partition()],
        provider_account: request.text(header.principal.provider_account),
        owner: context.owner(),
    })
}

#[inline]
fn check_texts(together: &Together<'_>) -> Result<(), RequestError> {
    // R-RES-15: what the caller states is held against what follows.
    if ResourceKind::from_number(u32::from(together.stated_kind))
        .is_some_and(|stated| stated != together.resource_kind)
    {
        return Err(RequestError::ResourceKind);
    }
    // R-RES-16: access never crosses partitions. Not every principal has one, and `*` has none.
    let [own, others] = together.partitions;
    if !own.is_empty() && !others.is_empty() && own != others {
        return Err(RequestError::Partition);
    }
    // R-PRIN-17
    if matches!(together.kind, PrincipalType::Saml | PrincipalType::Oidc) {
        if together.resource_kind != ResourceKind::Role {
            return Err(RequestError::FederatedResource);
        }
        let account = together.provider_account;
        if !account.is_empty() && account != together.owner {
            return Err(RequestError::ProviderAccount);
        }
    }
    Ok(())
}
