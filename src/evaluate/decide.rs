//! The way from policy sets and a request to a decision: which layers apply, and what their statements say.

use super::combine::{self, Findings};
use super::decision::{DecideError, Decision, Decisive, Effect, Reason};
use super::order::Order;
use super::search::Search;
use super::shared::Shared;
use crate::ground::budget::Budget;
use crate::ground::limits::MAX_SETS;
use crate::image::kind::PolicyKind;
use crate::image::layer::{Layer, Layers};
use crate::image::set::PolicySet;
use crate::request::records::{HAS_NOT_FETCHED, NEEDS_NO_PERMISSION};
use crate::request::request_context::{NotFetched, RequestContext};
use crate::request::{Request, RequestItem, ResourceKind, applicable, contradiction};

/// An item of a batch or of a multi-resource request, with the policies that belong to its resource.
///
/// ```
/// use iamlet::{Item, ItemInput, Layer, Layers, PolicyBuf, PolicyKind, PolicySetBuf, Principal, RequestInput, Resource};
/// use iamlet::decide_item;
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let request = RequestInput::new(alice, "s3:GetObject", None).absent(!Layers::RESOURCE).prepare()?;
/// let plan = ItemInput::new(Resource::owned_by("arn:aws:s3:::team/plan", "111122223333")).prepare(&request)?;
///
/// // The bucket has a policy of its own.
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
///     "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team/*"}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Resource, json)?;
/// let bucket = PolicySetBuf::new([policy.at(Layer::Resource)])?;
/// let item = Item { item: plan.item()?, set: Some(bucket.set()?) };
/// let decision = decide_item(&[], request.request()?, item)?;
/// assert!(!decision.is_allowed(), "an account stands for its root user and for what its own policies allow");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The prepared item.
    pub item: RequestItem<'a>,
    /// The set of the resource's side: its policy, its account's RCPs.
    pub set: Option<PolicySet<'a>>,
}

/// Decides a request against the policy sets together.
///
/// Safe from any number of threads at once: it reads its arguments and nothing else, and writes nothing. Cost: a set
/// without an index, its statements; one with an index, those that the request's action, resource and context lead to.
/// Never more steps than the request's budget.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide<'p>(sets: &[PolicySet<'p>], request: Request<'_>) -> Result<Decision<'p>, DecideError> {
    Sets { sets, own: None, scan: false, shared: None }.decide(&request, None)
}

/// As [`decide`], looking at every statement of every set: what the index is held against.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide_by_scan<'p>(sets: &[PolicySet<'p>], request: Request<'_>) -> Result<Decision<'p>, DecideError> {
    Sets { sets, own: None, scan: true, shared: None }.decide(&request, None)
}

/// Decides a request about the resource of an item, with the item's context and set; without one, as [`decide`].
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide_item<'p>(
    sets: &[PolicySet<'p>],
    request: Request<'_>,
    item: impl Into<Option<Item<'p>>>,
) -> Result<Decision<'p>, DecideError> {
    let item = item.into();
    let own = item.as_ref().and_then(|item| item.set.as_ref());
    Sets { sets, own, scan: false, shared: None }.decide(&request, item.as_ref().map(|item| &item.item))
}

/// Decides a request about several resources at once (R-RES-12): one explicit deny denies, all must allow. The resources
/// are the items': one that the request itself has is not among them. Returns the decision, and the number of the item
/// that made it: the first that is explicitly denied, else the first that is denied, else the first.
///
/// # Errors
/// [`DecideError`], which denies; for no items at all as well.
pub fn decide_resources<'p>(
    sets: &[PolicySet<'p>],
    request: Request<'_>,
    items: impl IntoIterator<Item = Item<'p>>,
) -> Result<(usize, Decision<'p>), DecideError> {
    combine_items(items.into_iter().map(|item| decide_one(sets, &request, &item, false)))
}

/// As [`decide_resources`], looking at every statement of every set.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide_resources_by_scan<'p>(
    sets: &[PolicySet<'p>],
    request: Request<'_>,
    items: impl IntoIterator<Item = Item<'p>>,
) -> Result<(usize, Decision<'p>), DecideError> {
    combine_items(items.into_iter().map(|item| decide_one(sets, &request, &item, true)))
}

/// One of several resources. Not inlined, so that what it needs is not added to what combining needs.
#[inline(never)]
fn decide_one<'p>(
    sets: &[PolicySet<'p>],
    request: &Request<'_>,
    item: &Item<'p>,
    scan: bool,
) -> Result<Decision<'p>, DecideError> {
    Sets { sets, own: item.set.as_ref(), scan, shared: None }.decide(request, Some(&item.item))
}

fn combine_items<'a>(
    decisions: impl Iterator<Item = Result<Decision<'a>, DecideError>>,
) -> Result<(usize, Decision<'a>), DecideError> {
    let mut combined = Err(DecideError::NoResource);
    let mut heaviest = 0;
    for (number, decision) in decisions.enumerate() {
        let decision = decision?;
        // One that needs keys may turn out to be an explicit deny, and then denies before the others.
        let weight = match (decision.effect, decision.reason) {
            (Effect::Allow, _) => 1_u8,
            (Effect::ImplicitDeny, Reason::NeedsContext) => 3,
            (Effect::ImplicitDeny, _) => 2,
            (Effect::ExplicitDeny, _) => 4,
        };
        if weight > heaviest {
            (heaviest, combined) = (weight, Ok((number, decision)));
        }
    }
    combined
}

/// Steps that are charged for a set.
const SET: usize = 8;

/// The sets of one decision: the caller's list, and the item's own.
pub(super) struct Sets<'s, 'p> {
    pub(super) sets: &'s [PolicySet<'p>],
    pub(super) own: Option<&'s PolicySet<'p>>,
    /// Look at every statement even where there is an index.
    pub(super) scan: bool,
    /// What the decision has in common with others.
    pub(super) shared: Option<&'s Shared<'p>>,
}

impl<'p> Sets<'_, 'p> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &PolicySet<'p>> + Clone {
        self.sets.iter().chain(self.own)
    }

    pub(super) fn set(&self, number: u8) -> Option<&PolicySet<'p>> {
        self.sets.get(usize::from(number)).or(self.own)
    }

    pub(super) fn decide(
        &self,
        request: &Request<'_>,
        item: Option<&RequestItem<'_>>,
    ) -> Result<Decision<'p>, DecideError> {
        let context = RequestContext::new(request, item);
        self.check(&context)?;
        let mut budget = self.budget(request)?;
        if request.has_flag(HAS_NOT_FETCHED) {
            return self.decide_whatever_is_fetched(&context, &mut budget);
        }
        self.decide_once(&context, &mut budget)
    }

    /// The decision that holds whatever is fetched: as the keys suit a Deny best, and as they suit an Allow best.
    #[cold]
    #[inline(never)]
    pub(super) fn decide_whatever_is_fetched(
        &self,
        context: &RequestContext<'_>,
        budget: &mut Budget,
    ) -> Result<Decision<'p>, DecideError> {
        let mut needs = 0;
        let mut least = None;
        for not_fetched in [NotFetched::denying(), NotFetched::allowing()] {
            let decision = self.decide_once(&context.taking(&not_fetched), budget)?;
            // What is allowed as keys suit a Deny is allowed always.
            if decision.is_allowed() && least.is_none() || least == Some(decision.effect) {
                return Ok(decision);
            }
            least = Some(decision.effect);
            needs |= not_fetched.asked();
        }
        Ok(Decision { reason: Reason::NeedsContext, needs, ..Decision::default() })
    }

    /// Decides, taking keys that are not fetched yet as the context does. Not inlined: two copies are too large for a small
    /// processor.
    #[inline(never)]
    fn decide_once(
        &self,
        context: &RequestContext<'_>,
        budget: &mut Budget,
    ) -> Result<Decision<'p>, DecideError> {
        // Every layer is asked for before any is looked at: an error must not hide behind an explicit deny.
        let (layers, scp_levels) = self.layers(context)?;
        // R-EVAL-23
        if context.request.has_flag(NEEDS_NO_PERMISSION) {
            return Ok(combine::needs_no_permission().decision(None));
        }
        let mut findings = Findings::new(layers, scp_levels);
        // What others noted depends on how keys are taken that are not fetched yet.
        let shared = self.shared.filter(|_| context.not_fetched.is_none());
        for set in (0..).zip(self.sets.iter().chain(self.own)) {
            Search::run(set, self.scan, &mut findings, context, budget, shared)?;
        }
        let verdict = combine::combine(&findings, context);
        let decisive = if verdict.by.is_some() { self.decisive(verdict.by) } else { None };
        Ok(verdict.decision(decisive))
    }

    /// Whether there is something to decide, by no more sets than can be.
    #[inline(always)]
    pub(super) fn check(&self, context: &RequestContext<'_>) -> Result<(), DecideError> {
        if self.count() > MAX_SETS {
            return Err(DecideError::TooManySets);
        }
        if context.resource.given == 0 {
            return Err(DecideError::NoResource);
        }
        if context.has_item() {
            contradiction::check(context)?;
        }
        Ok(())
    }

    /// The request's budget, from which the sets are paid.
    #[inline(always)]
    pub(super) fn budget(&self, request: &Request<'_>) -> Result<Budget, DecideError> {
        let mut budget = Budget::new(request.header.budget.get());
        budget.spend(SET * self.count())?;
        Ok(budget)
    }

    #[inline]
    fn count(&self) -> usize {
        self.sets.len() + usize::from(self.own.is_some())
    }

    /// The levels of a layer, as many as any of the sets says; one where it has none.
    pub(super) fn levels(&self, layer: Layer) -> u8 {
        self.iter().fold(1, |most, set| most.max(set.levels(layer)))
    }

    /// The layers that the decision looks at, and the levels of the organization.
    #[inline(always)]
    pub(super) fn layers(&self, context: &RequestContext<'_>) -> Result<(Layers, u8), DecideError> {
        let mut present = Present::default();
        for set in self.sets {
            present.add(set, context)?;
        }
        if let Some(own) = self.own {
            present.add(own, context)?;
        }
        Ok((present.considered(context)?, present.scp_levels))
    }

    #[inline(always)]
    pub(super) fn decisive(&self, order: Order) -> Option<Decisive<'p>> {
        let set = self.set(order.set())?;
        let row = set.rows().get(order.row())?;
        let entry = set.entry(row.entry)?;
        Some(Decisive {
            set: usize::from(order.set()),
            policy: entry.index.get(),
            tag: entry.tag.get(),
            statement: u32::try_from(order.row()).ok()?.wrapping_sub(entry.first_row.get()),
            sid: set.statement(row)?.sid(),
        })
    }
}

/// The layers that the sets of a decision have.
#[derive(Default)]
struct Present {
    layers: Layers,
    /// Those that have room for one policy and have several.
    repeated: Layers,
    /// The levels of the organization: as many as any of the sets says.
    scp_levels: u8,
}

impl Present {
    #[inline(always)]
    fn add(&mut self, set: &PolicySet<'_>, context: &RequestContext<'_>) -> Result<(), DecideError> {
        let layers = set.layers();
        self.scp_levels = self.scp_levels.max(set.levels(Layer::Scp));
        self.repeated = self.repeated.union(self.layers.intersection(layers).intersection(Layers::SINGLE));
        self.layers = self.layers.union(layers);
        if layers.has(Layer::Resource) {
            check_kind(set.resource_kind(), context.resource_kind())?;
        }
        Ok(())
    }

    /// The layers that the decision looks at: those that apply to the request and are there (R-EVAL-4).
    #[inline(always)]
    fn considered(&self, context: &RequestContext<'_>) -> Result<Layers, DecideError> {
        let (present, absent) = (self.layers, context.absent());
        let applicable = applicable::to_resource(context);
        // R-EVAL-5: a restriction that was passed is not ignored, whoever calls.
        let considered = applicable.union(present.intersection(Layers::RESTRICTING));
        let repeated = considered.intersection(self.repeated);
        if !repeated.is_empty() {
            return Err(DecideError::RepeatedLayers(repeated));
        }
        let contradicted = considered.intersection(present).intersection(absent);
        if !contradicted.is_empty() {
            return Err(DecideError::ContradictedLayers(contradicted));
        }
        let missing = applicable.without(present).without(absent);
        if !missing.is_empty() {
            return Err(DecideError::MissingLayers(missing));
        }
        let layers = considered.intersection(present);
        // R-EVAL-23
        Ok(if applicable::is_beyond_bucket_policy(context) {
            layers.without(Layers::RESOURCE)
        } else {
            layers
        })
    }
}

/// Whether a resource policy is of the kind that the request says of its resource.
fn check_kind(policy: Option<PolicyKind>, resource: ResourceKind) -> Result<(), DecideError> {
    let expected = match resource {
        ResourceKind::Ordinary => PolicyKind::Resource,
        ResourceKind::KmsKey => PolicyKind::Kms,
        ResourceKind::Role => PolicyKind::Trust,
    };
    if policy == Some(expected) { Ok(()) } else { Err(DecideError::WrongResourceKind) }
}
