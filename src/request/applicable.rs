//! Which layers apply to a request (R-EVAL-2, R-RCP-5).

use super::caller::Principal;
use super::principal::PrincipalFacts;
use super::records::{ROOT_AND_BUCKET_POLICY, ResourceRecord, SERVICE_ASSUMES_ROLE};
use super::request_context::RequestContext;
use super::resource_form::ResourceForm;
use crate::image::layer::Layers;

/// The layers that apply to a principal, whatever the action is.
pub(crate) fn to_principal(principal: &Principal<'_>, facts: &PrincipalFacts<'_>) -> Layers {
    let mut layers = Layers::RESOURCE.union(Layers::ENDPOINT);
    // R-EVAL-2
    if facts.kind.has_account() && !facts.service_linked && !principal.management_account {
        layers = layers.union(Layers::SCP);
    }
    // R-RCP-5
    if !facts.service_linked {
        layers = layers.union(Layers::RCP);
    }
    if facts.kind.has_identity() {
        layers = layers.union(Layers::IDENTITY).union(Layers::BOUNDARY).union(Layers::SESSION);
    }
    layers
}

/// The layers that apply to a request with these flags, of those that apply to its principal and action, where it is about
/// this resource.
#[inline]
pub(super) fn to_resource_of(layers: Layers, flags: u32, resource: &ResourceRecord) -> Layers {
    // R-RCP-5
    let service_takes_its_role =
        flags & SERVICE_ASSUMES_ROLE != 0 && resource.form == ResourceForm::ServiceLinkedRole as u8;
    if resource.in_management_account == 0 && !service_takes_its_role {
        layers
    } else {
        layers.without(Layers::RCP)
    }
}

/// The layers that apply to a request about a resource.
#[inline]
pub(crate) fn to_resource(context: &RequestContext<'_>) -> Layers {
    let header = context.request.header;
    if context.has_item() {
        to_resource_of(Layers::from_checked_bits(header.layers), header.flags.get(), context.resource)
    } else {
        Layers::from_checked_bits(header.own_layers)
    }
}

/// R-EVAL-23: whether the request is the owner's root user's about the bucket policy, which then denies nothing.
#[inline]
pub(crate) fn is_beyond_bucket_policy(context: &RequestContext<'_>) -> bool {
    context.request.has_flag(ROOT_AND_BUCKET_POLICY)
        && context.resource.form == ResourceForm::Bucket as u8
        && context.is_same_account()
}
