//! The way from policy sets and a request to a decision: which layers apply, and what their statements say.

use super::combine::{self, Findings, LayerState, Where};
use super::decision::{DecideError, Decision, Effect};
use super::request::{
    MANAGEMENT_ACCOUNT, PrincipalType, RCP_EXEMPT, Request, RequestItem, ResourceKind, SERVICE_LINKED_ROLE,
    Subject,
};
use super::statement::{Verdict, judge};
use crate::ground::budget::Budget;
use crate::ground::limits::MAX_SETS;
use crate::image::kind::{Layer, PolicyKind};
use crate::image::set::PolicySet;

/// An item of a batch or of a multi-resource request, with the policies that belong to its resource.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The prepared item.
    pub item: RequestItem<'a>,
    /// The set of the resource's side: its policy, its account's RCPs.
    pub set: Option<PolicySet<'a>>,
}

/// Decides a request against the policy sets together.
///
/// Safe from any number of threads at once: it reads its arguments and nothing else, and writes nothing. Cost: the
/// statements whose action and resource match, and what `docs/limits.md` says at worst; never more steps than the
/// request's budget.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide<'a>(sets: &[PolicySet<'a>], request: Request<'a>) -> Result<Decision<'a>, DecideError> {
    Sides { sets, own: None }.decide(Subject::new(request, None))
}

/// Decides a request about the resource of an item, with the item's context and set.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide_item<'a>(
    sets: &[PolicySet<'a>],
    request: Request<'a>,
    item: Item<'a>,
) -> Result<Decision<'a>, DecideError> {
    Sides { sets, own: item.set }.decide(Subject::new(request, Some(item.item)))
}

/// Decides a request about several resources at once (R-RES-12): one explicit deny denies, all must allow. Returns the
/// decision, and the number of the item that made it: the first that is explicitly denied, else the first that is
/// denied, else the first.
///
/// # Errors
/// [`DecideError`], which denies; for no items at all as well.
pub fn decide_resources<'a>(
    sets: &[PolicySet<'a>],
    request: Request<'a>,
    items: impl Iterator<Item = Item<'a>>,
) -> Result<(usize, Decision<'a>), DecideError> {
    let mut combined: Option<(usize, Decision<'a>)> = None;
    for (number, item) in items.enumerate() {
        let decision = decide_item(sets, request, item)?;
        combined = match (combined, decision.effect) {
            (Some(earlier @ (_, Decision { effect: Effect::ExplicitDeny, .. })), _) => Some(earlier),
            (_, Effect::ExplicitDeny) => Some((number, decision)),
            (Some(earlier @ (_, Decision { effect: Effect::ImplicitDeny, .. })), _) => Some(earlier),
            (_, Effect::ImplicitDeny) | (None, Effect::Allow) => Some((number, decision)),
            (earlier, Effect::Allow) => earlier,
        };
    }
    combined.ok_or(DecideError::NoResource)
}

/// The sets of one decision: the caller's list, and the item's own.
struct Sides<'s, 'a> {
    sets: &'s [PolicySet<'a>],
    own: Option<PolicySet<'a>>,
}

impl<'s, 'a> Sides<'s, 'a> {
    fn iter(&self) -> impl Iterator<Item = PolicySet<'a>> + use<'s, 'a> {
        self.sets.iter().copied().chain(self.own)
    }

    fn decide(&self, subject: Subject<'a>) -> Result<Decision<'a>, DecideError> {
        if self.sets.len() + usize::from(self.own.is_some()) > MAX_SETS {
            return Err(DecideError::TooManySets);
        }
        if subject.resource.given == 0 {
            return Err(DecideError::NoResource);
        }
        let mut budget = Budget::new(subject.request.header.budget.get());
        let mut findings = Findings::default();
        // Every layer is asked for before any is looked at: an error must not hide behind an explicit deny.
        for layer in Layer::ALL {
            findings.set_state(layer, self.state(layer, &subject)?);
        }
        for layer in Layer::ALL {
            if let Some(denied) = self.look_at(layer, &subject, &mut findings, &mut budget)? {
                return Ok(denied);
            }
        }
        Ok(combine::combine(&findings, &subject))
    }

    /// Whether the layer applies to the request (section 8.1 of the rules) and is there (R-EVAL-4).
    fn state(&self, layer: Layer, subject: &Subject<'a>) -> Result<LayerState, DecideError> {
        let request = &subject.request;
        if !applies(layer, subject) {
            return Ok(LayerState::Inapplicable);
        }
        let mut policies = 0;
        let mut levels = 0;
        for set in self.iter() {
            policies += set.entries_of(layer).len();
            levels = set.levels(layer).max(levels);
            for entry in set.entries_of(layer).iter().filter(|_| layer == Layer::Resource) {
                let kind = set.policy(entry)?.kind();
                let fits = match request.resource_kind {
                    ResourceKind::Ordinary => kind == Some(PolicyKind::Resource),
                    ResourceKind::KmsKey => kind == Some(PolicyKind::Kms),
                    ResourceKind::Role => kind == Some(PolicyKind::Trust),
                };
                if !fits {
                    return Err(DecideError::WrongResourceKind);
                }
            }
        }
        if policies > 1 && !layer.is_repeatable() {
            return Err(DecideError::RepeatedLayer(layer));
        }
        let there = if layer.has_levels() { levels > 0 } else { policies > 0 };
        match (there, request.absent().has(layer)) {
            (true, false) => Ok(LayerState::Present { levels }),
            (false, true) => Ok(LayerState::Absent),
            (true, true) => Err(DecideError::ContradictedLayer(layer)),
            (false, false) => Err(DecideError::MissingLayer(layer)),
        }
    }

    /// Judges the statements of a layer: returns the decision of the first Deny, and notes what is allowed.
    fn look_at(
        &self,
        layer: Layer,
        subject: &Subject<'a>,
        findings: &mut Findings<'a>,
        budget: &mut Budget,
    ) -> Result<Option<Decision<'a>>, DecideError> {
        let LayerState::Present { levels } = findings.state(layer) else { return Ok(None) };
        let has_boundary = matches!(findings.state(Layer::Boundary), LayerState::Present { .. });
        // Levels come first and sets second, so that the first Deny is the one nearest to the root (R-EVAL-22).
        for level in 0..levels.max(1) {
            for (number, set) in self.iter().enumerate() {
                for entry in set.entries_of(layer).iter().filter(|entry| entry.level == level) {
                    let policy = set.policy(entry)?;
                    for (statement, record) in policy.statements().iter().enumerate() {
                        let found = Where { set: number, entry, policy, statement };
                        match judge(&policy, record, subject, has_boundary, budget)? {
                            Verdict::None => {}
                            Verdict::Deny => return Ok(Some(combine::denied(layer, level, found))),
                            Verdict::Allow(grants) => findings.allow(layer, level, grants, found),
                        }
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Whether policies of this layer apply to the request at all (section 8.1 of the rules).
fn applies(layer: Layer, subject: &Subject<'_>) -> bool {
    let request = &subject.request;
    let kind = request.principal_type;
    let linked = kind == PrincipalType::RoleSession && request.has_flag(SERVICE_LINKED_ROLE);
    match layer {
        // R-EVAL-2
        Layer::Scp => kind.has_account() && !linked && !request.has_flag(MANAGEMENT_ACCOUNT),
        // R-RCP-5
        Layer::Rcp => !linked && !request.has_flag(RCP_EXEMPT) && subject.resource.in_management_account == 0,
        Layer::Identity | Layer::Boundary | Layer::Session => kind.has_identity(),
        Layer::Resource | Layer::Endpoint => true,
    }
}
