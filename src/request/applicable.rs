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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::assembly_input::AssemblyInput;
    use super::super::input::{ItemInput, RequestInput, Resource};
    use super::super::view::{Request, RequestItem};
    use super::{Principal, RequestContext, is_beyond_bucket_policy, to_resource};
    use crate::{PreparedAction, PreparedPrincipal, PrincipalInput};

    /// The stupid twin works all of it out again, as of an item's resource.
    #[test]
    fn what_the_head_says_of_the_own_resource_is_what_follows_of_an_item() {
        let principals = [
            Principal::user("arn:aws:iam::111122223333:user/alice"),
            Principal::user("arn:aws:iam::444455556666:user/bob"),
            Principal::from_arn("arn:aws:iam::111122223333:root"),
            Principal::service("elasticloadbalancing.amazonaws.com"),
            Principal::anonymous(),
        ];
        let actions =
            ["s3:GetObject", "s3:PutBucketPolicy", "sts:AssumeRole", "kms:RetireGrant", "kms:Decrypt"];
        let resources = [
            ("arn:aws:s3:::team", "111122223333"),
            ("arn:aws:s3:::team/plan", "444455556666"),
            ("arn:aws:kms:eu-west-1:111122223333:key/k", ""),
            ("arn:aws:iam::111122223333:role/r", "111122223333"),
            ("arn:aws:iam::444455556666:role/aws-service-role/elasticloadbalancing.amazonaws.com/r", ""),
            ("*", "111122223333"),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for (principal, action) in principals.iter().flat_map(|who| actions.map(|action| (*who, action))) {
            let (mut without, mut session, mut name) = ([0; 1024], [0; 1024], [0; 128]);
            let without =
                Request::prepare(&RequestInput::new(principal, action, None), &mut without).unwrap();
            let session = PreparedPrincipal::prepare(&PrincipalInput::new(principal), &mut session).unwrap();
            let name = PreparedAction::prepare(action, &mut name).unwrap();
            for ((arn, owner), in_management) in resources.iter().flat_map(|of| [(*of, false), (*of, true)]) {
                let resource =
                    Resource { in_management_account: in_management, ..Resource::owned_by(arn, owner) };
                let (mut item, mut own, mut assembled) = ([0; 1024], [0; 1024], [0; 1024]);
                let item = RequestItem::prepare(&without, &ItemInput::new(resource), &mut item).unwrap();
                let own =
                    Request::prepare(&RequestInput::new(principal, action, resource), &mut own).unwrap();
                let input = AssemblyInput::new(resource);
                let assembled = Request::assemble(&session, &name, &input, &mut assembled).unwrap();
                let facts = |request: &Request<'_>, item: Option<&RequestItem<'_>>| {
                    let context = RequestContext::new(request, item);
                    let kind = context.resource_kind() as u8;
                    let layers = to_resource(&context).bits();
                    (kind, layers, context.is_same_account(), is_beyond_bucket_policy(&context))
                };
                let expected = facts(&without, Some(&item));
                assert_eq!(facts(&own, None), expected, "{principal:?} {action} {arn} {owner}");
                assert_eq!(facts(&assembled, None), expected, "{principal:?} {action} {arn} {owner}");
                seen.insert(expected);
            }
        }
        assert!(seen.len() > 8, "{seen:?}");
    }
}
