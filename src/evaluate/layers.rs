//! The way from policy sets and a request to a decision: which layers apply, and what their statements say.

use super::candidates::Candidates;
use super::combine::{self, Findings, LayerState, Order, Where};
use super::decision::{DecideError, Decision, Effect};
use super::request::{
    MANAGEMENT_ACCOUNT, PrincipalType, RCP_EXEMPT, Request, RequestItem, ResourceKind, SERVICE_LINKED_ROLE,
    Subject,
};
use super::statement::{Verdict, judge};
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::limits::MAX_SETS;
use crate::image::index::{ALLOWS, Index, Posting};
use crate::image::kind::{Layer, PolicyKind};
use crate::image::policy::Policy;
use crate::image::records::StatementRecord;
use crate::image::set::{PolicySet, SetEntry};

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
/// Safe from any number of threads at once: it reads its arguments and nothing else, and writes nothing. Cost: a set
/// without an index, its statements; one with an index, those that the request's action, resource and context lead to.
/// Never more steps than the request's budget.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide<'a>(sets: &[PolicySet<'a>], request: Request<'a>) -> Result<Decision<'a>, DecideError> {
    Sides { sets, own: None, scan: false }.decide(Subject::new(request, None))
}

/// As [`decide`], looking at every statement of every set: what the index is held against.
///
/// # Errors
/// [`DecideError`], which denies.
pub fn decide_by_scan<'a>(sets: &[PolicySet<'a>], request: Request<'a>) -> Result<Decision<'a>, DecideError> {
    Sides { sets, own: None, scan: true }.decide(Subject::new(request, None))
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
    Sides { sets, own: item.set, scan: false }.decide(Subject::new(request, Some(item.item)))
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
    /// Look at every statement even where there is an index.
    scan: bool,
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
        // Every layer is asked for before any is looked at: an error must not hide behind an explicit deny.
        let mut findings = Findings::default();
        for layer in Layer::ALL {
            findings.set_state(layer, self.state(layer, &subject)?);
        }
        let mut search = Search {
            subject: &subject,
            has_boundary: matches!(findings.state(Layer::Boundary), LayerState::Present { .. }),
            budget: Budget::new(subject.request.header.budget.get()),
            findings,
            postponed: Postponed::default(),
        };
        let mut candidates = Candidates::new(&subject);
        for (number, set) in self.iter().enumerate() {
            match set.index() {
                Some(index) if !self.scan => search.look_up(number, set, &index, &mut candidates)?,
                _ => search.scan(number, set)?,
            }
        }
        if let Some(denied) = search.findings.denied() {
            return Ok(denied);
        }
        search.look_at_postponed()?;
        Ok(combine::combine(&search.findings, &subject))
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
            let entries = set.entries_of(layer);
            policies += entries.len();
            levels = set.levels(layer).max(levels);
            if layer == Layer::Resource {
                for entry in entries {
                    check_kind(set.policy(entry)?.kind(), request.resource_kind)?;
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

/// Lists of statements that allow, to be looked at once no statement denies.
#[derive(Default)]
struct Postponed<'a> {
    lists: [Option<(usize, PolicySet<'a>, &'a [Posting])>; 16],
    count: usize,
}

impl<'a> Postponed<'a> {
    /// Whether there was room for the list.
    fn push(&mut self, number: usize, set: PolicySet<'a>, list: &'a [Posting]) -> bool {
        let Some(slot) = self.lists.get_mut(self.count) else { return false };
        *slot = Some((number, set, list));
        self.count += 1;
        true
    }
}

/// A decision under way.
struct Search<'s, 'a> {
    subject: &'s Subject<'a>,
    has_boundary: bool,
    budget: Budget,
    findings: Findings<'a>,
    postponed: Postponed<'a>,
}

impl<'a> Search<'_, 'a> {
    /// Looks at every statement of a set, in order. The first that denies is the set's first.
    fn scan(&mut self, number: usize, set: PolicySet<'a>) -> Result<(), DecideError> {
        for layer in Layer::ALL {
            if !matches!(self.findings.state(layer), LayerState::Present { .. }) {
                continue;
            }
            for (entry_number, entry) in set.numbered_entries_of(layer) {
                let policy = set.policy(entry)?;
                for (statement, record) in policy.statements().iter().enumerate() {
                    let order =
                        Order { layer, level: entry.level, set: number, entry: entry_number, statement };
                    if self.judge(order, entry, policy, record)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks at the statements of an indexed set that could apply: those that deny now, the others later.
    fn look_up(
        &mut self,
        number: usize,
        set: PolicySet<'a>,
        index: &Index<'a>,
        candidates: &mut Candidates<'_, 'a>,
    ) -> Result<(), DecideError> {
        let mut failure = Ok(());
        let mut budget = self.budget.clone();
        candidates.for_each(index, &mut budget, &mut |list, budget| {
            let denies = list.iter().take_while(|posting| posting.entry.get() & ALLOWS == 0).count();
            let (denies, allows) = list.split_at_checked(denies).unwrap_or_default();
            core::mem::swap(&mut self.budget, budget);
            let mut result = self.look_at(number, set, denies);
            if result.is_ok() && !allows.is_empty() && !self.postponed.push(number, set, allows) {
                result = self.look_at(number, set, allows);
            }
            core::mem::swap(&mut self.budget, budget);
            result.or_else(|error| {
                failure = Err(error);
                Err(BudgetExhausted)
            })
        })?;
        self.budget = budget;
        failure
    }

    fn look_at_postponed(&mut self) -> Result<(), DecideError> {
        let postponed = core::mem::take(&mut self.postponed);
        postponed
            .lists
            .into_iter()
            .flatten()
            .try_for_each(|(number, set, list)| self.look_at(number, set, list))
    }

    /// Judges the statements of a list.
    fn look_at(&mut self, number: usize, set: PolicySet<'a>, list: &'a [Posting]) -> Result<(), DecideError> {
        for posting in list {
            let entry_number = posting.entry.get() & !ALLOWS;
            let Some(entry) = set.entry(entry_number) else { continue };
            let Some(layer) = Layer::from_number(u32::from(entry.layer)) else { continue };
            let statement = posting.statement.get() as usize;
            let order = Order { layer, level: entry.level, set: number, entry: entry_number, statement };
            if !self.findings.awaits(&order, posting.entry.get() & ALLOWS != 0) {
                continue;
            }
            let policy = set.policy(entry)?;
            let Some(record) = policy.statements().get(statement) else { continue };
            self.judge(order, entry, policy, record)?;
        }
        Ok(())
    }

    /// Judges a statement and notes what it says; whether it denies.
    fn judge(
        &mut self,
        order: Order,
        entry: &'a SetEntry,
        policy: Policy<'a>,
        record: &'a StatementRecord,
    ) -> Result<bool, DecideError> {
        match judge(&policy, record, self.subject, self.has_boundary, &mut self.budget)? {
            Verdict::None => Ok(false),
            Verdict::Deny => {
                self.findings.deny(Where { order, entry, policy });
                Ok(true)
            }
            Verdict::Allow(grants) => {
                self.findings.allow(grants, Where { order, entry, policy });
                Ok(false)
            }
        }
    }
}
