//! Sets that have an index however few their statements are, and requests to decide over them.

use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    CompileOptions, ContextEntry, ContextKey, Layer, Layers, Levels, PolicyKind, Principal, RequestInput,
    Resource, SetPolicy,
};
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
    let key = ContextKey::new("a:k");
    let context = [ContextEntry::new(key, values).multivalued(values.len() > 1)];
    let input = RequestInput::new(
        Principal::user("arn:aws:iam::111122223333:user/alice"),
        action,
        Resource::owned_by(arn, account),
    )
    .absent(!Layers::IDENTITY)
    .context(&context[..]);
    let mut memory = vec![0; input.size().expect("a size")];
    prepare_request(&input, &mut memory).expect("a request");
    memory
}
