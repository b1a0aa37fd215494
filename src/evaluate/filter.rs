//! One question about many resources: a list that shows only what its reader may see.

use super::decide::{Item, Sets};
use super::decision::{DecideError, Decision};
use super::shared::Shared;
use crate::image::set::PolicySet;
use crate::request::Request;

/// Decides a request about the resource of each item in turn, as [`decide_item`](super::decide_item) would, and hands
/// the answers to `each` with the number of the item. A resource that the request itself has is not among them.
///
/// What the sets have of the request's action is looked up once, and what statements say of all but the resource is
/// remembered for items without a context of their own. Each decision has the request's whole budget, and one that fails
/// ends no other. Cost: a part of that of as many decisions.
///
/// ```
/// use iamlet::{Item, ItemInput, Layer, Layers, PolicyBuf, PolicyKind, PolicySetBuf, Principal, RequestInput, Resource};
/// use iamlet::filter;
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject",
///     "Resource": "arn:aws:s3:::team/public/*"}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// let set = PolicySetBuf::new([policy.at(Layer::Identity)])?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let request = RequestInput::new(alice, "s3:GetObject", None).absent(!Layers::IDENTITY).prepare()?;
/// let keys = ["arn:aws:s3:::team/public/plan", "arn:aws:s3:::team/secret/plan"];
/// let items = keys
///     .map(|key| ItemInput::new(Resource::owned_by(key, "111122223333")).prepare(&request))
///     .into_iter()
///     .collect::<Result<Vec<_>, _>>()?;
/// let items = items.iter().map(|item| Ok(Item { item: item.item()?, set: None }));
///
/// let mut seen = Vec::new();
/// filter(&[set.set()?], request.request()?, items.collect::<Result<Vec<_>, iamlet::RequestError>>()?, |at, answer| {
///     if answer.is_ok_and(|decision| decision.is_allowed()) {
///         seen.push(keys[at]);
///     }
/// });
/// assert_eq!(seen, ["arn:aws:s3:::team/public/plan"]);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn filter<'p>(
    sets: &[PolicySet<'p>],
    request: Request<'_>,
    items: impl IntoIterator<Item = Item<'p>>,
    mut each: impl FnMut(usize, Result<Decision<'p>, DecideError>),
) {
    let sharing = Sharing::new(sets, request);
    for (number, item) in items.into_iter().enumerate() {
        each(number, sharing.decide(&item));
    }
}

/// A filter under way.
pub(crate) struct Sharing<'s, 'r, 'p> {
    sets: &'s [PolicySet<'p>],
    request: Request<'r>,
    shared: Shared<'p>,
}

impl<'s, 'r, 'p> Sharing<'s, 'r, 'p> {
    /// Looks up the request's action.
    pub(crate) fn new(sets: &'s [PolicySet<'p>], request: Request<'r>) -> Self {
        Self { sets, request, shared: Shared::new(sets, &request) }
    }

    /// Decides about the resource of an item.
    #[inline(never)]
    pub(crate) fn decide(&self, item: &Item<'p>) -> Result<Decision<'p>, DecideError> {
        let own = item.set.as_ref();
        Sets { sets: self.sets, own, scan: false, shared: Some(&self.shared) }
            .decide(&self.request, Some(&item.item))
    }
}
