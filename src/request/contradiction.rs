//! What the members of a request say of each other: where two of them disagree, the request is malformed.
//!
//! What a principal's own texts say of each other stands in `principal`, context values in `derived`.

use zerocopy::little_endian::U32;

use super::applicable::to_resource_of;
use super::caller::PrincipalType;
use super::input::ResourceKind;
use super::malformed::RequestError;
use super::records::{ASSUMES_ROLE, OWNS_RESOURCE, RequestHeader};
use super::request_context::RequestContext;
use super::resource_form::{ResourceForm, Whose};
use crate::ground::lanes::same;
use crate::image::layer::Layers;

/// What the principal of a request says that its own resource has to go together with.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    pub(super) kind: PrincipalType,
    /// Empty where it has none.
    pub(super) account: &'a [u8],
    pub(super) partition: &'a [u8],
}

/// Notes in the head of a request that is being written what follows from its own resource, so that no decision works it
/// out, and checks that the resource goes together with principal and action.
#[inline]
pub(super) fn settle_own<'a>(
    header: &mut RequestHeader,
    own: &Own<'_>,
    resource: &Whose<'_>,
    provider_account: impl FnOnce() -> &'a [u8],
) -> Result<(), RequestError> {
    let flags = header.flags.get();
    let resource_kind = ResourceForm::from_number(header.resource.form).kind(flags & ASSUMES_ROLE != 0);
    header.own_kind = resource_kind as u8;
    header.own_layers =
        to_resource_of(Layers::from_checked_bits(header.layers), flags, &header.resource).bits();
    if !own.account.is_empty() && same(own.account, resource.owner) {
        header.flags = U32::new(flags | OWNS_RESOURCE);
    }
    let together = Together {
        kind: own.kind,
        stated_kind: header.stated_kind,
        resource_kind,
        partitions: [own.partition, resource.partition],
        owner: resource.owner,
    };
    check_texts(&together, provider_account)
}

/// What has to go together.
struct Together<'a> {
    kind: PrincipalType,
    stated_kind: u8,
    resource_kind: ResourceKind,
    /// The principal's and the resource's.
    partitions: [&'a [u8]; 2],
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
    let together = Together {
        kind: request.principal_type,
        stated_kind: header.stated_kind,
        resource_kind: context.resource_kind(),
        partitions: [request.text(header.principal.partition), context.resource_partition()],
        owner: context.owner(),
    };
    check_texts(&together, || request.text(header.principal.provider_account))
}

#[inline]
fn check_texts<'a>(
    together: &Together<'_>,
    provider_account: impl FnOnce() -> &'a [u8],
) -> Result<(), RequestError> {
    // R-RES-15: what the caller states is held against what follows.
    if ResourceKind::from_number(u32::from(together.stated_kind))
        .is_some_and(|stated| stated != together.resource_kind)
    {
        return Err(RequestError::ResourceKind);
    }
    // R-RES-16: access never crosses partitions. Not every principal has one, and `*` has none.
    let [own, others] = together.partitions;
    if !own.is_empty() && !others.is_empty() && !same(own, others) {
        return Err(RequestError::Partition);
    }
    // R-PRIN-17
    if matches!(together.kind, PrincipalType::Saml | PrincipalType::Oidc) {
        if together.resource_kind != ResourceKind::Role {
            return Err(RequestError::FederatedResource);
        }
        let account = provider_account();
        if !account.is_empty() && account != together.owner {
            return Err(RequestError::ProviderAccount);
        }
    }
    Ok(())
}
