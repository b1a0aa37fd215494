//! Sets that have an index however few their statements are, and requests to decide over them.

use iamlet::image::kind::{Layer, PolicyKind};
use iamlet::image::set_writer::{self, Levels, SetPolicy};
use iamlet::parse::CompileOptions;
use iamlet::request::{AbsentLayers, ContextEntry, ContextKey, Principal, RequestInput, Resource, prepare};
use iamlet_cases::compile_document;

/// A set of an identity policy, `copies` times.
pub fn indexed_set(document: &str, copies: usize) -> Vec<u8> {
    let image = compile_document(document.as_bytes(), PolicyKind::Identity, CompileOptions::default());
    let image = image.unwrap_or_else(|error| panic!("{document}: {error:?}"));
    let policy = SetPolicy { image: &image, layer: Layer::Identity, level: 0, tag: 0 };
    let mut set = vec![0; 1 << 18];
    let policies = vec![policy; copies];
    let used = set_writer::build_indexed(policies.into_iter(), Levels::default(), &mut set).expect("a set");
    set.truncate(used);
    set
}

/// Alice asks, with these values of `a:k`; there are identity policies only. An ARN without an account needs its owner.
pub fn prepared(action: &str, arn: &str, account: &str, values: &[&str]) -> Vec<u8> {
    let key = ContextKey::new(b"a:k");
    let context = [ContextEntry { key, values, multivalued: values.len() > 1 }];
    let input = RequestInput {
        principal: Principal::user("arn:aws:iam::111122223333:user/alice"),
        action: action.as_bytes(),
        resource: Some(Resource { arn: arn.as_bytes(), account: account.as_bytes(), ..Resource::default() }),
        resource_kind: None,
        absent: AbsentLayers(AbsentLayers::ALL.0 & !AbsentLayers::IDENTITY.0),
        gateway_endpoint: false,
        derive_resource_account: false,
        clock: None,
        budget: 0,
        context: &context[..],
    };
    let mut memory = vec![0; prepare::request_size(&input).expect("a size")];
    prepare::request(&input, &mut memory).expect("a request");
    memory
}
