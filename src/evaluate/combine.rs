//! What the layers say together (sections 8.2 to 8.6 of the rules).

use super::decision::{Decision, Decisive, Effect, Reason};
use super::principal::Grants;
use super::request::{PrincipalType, ResourceKind, Subject};
use crate::image::kind::Layer;
use crate::image::policy::Policy;
use crate::image::set::SetEntry;

/// Whether a layer has a say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LayerState {
    /// It does not apply to such a request.
    #[default]
    Inapplicable,
    /// It applies, and is declared not to exist.
    Absent,
    /// It applies, and the sets have it.
    Present {
        /// Levels of an organization; 0 for a layer without.
        levels: u8,
    },
}

/// Where a statement stands among all that a decision looks at. Of several that deny, the first in this order is
/// reported (R-EVAL-22), and of several that allow as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order {
    pub(super) layer: Layer,
    pub(super) level: u8,
    /// The number of the set.
    pub(super) set: usize,
    /// The number of the policy in the set's own order.
    pub(super) entry: u32,
    pub(super) statement: usize,
}

/// A statement that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Where<'a> {
    pub(super) order: Order,
    pub(super) entry: &'a SetEntry,
    pub(super) policy: Policy<'a>,
}

impl<'a> Where<'a> {
    fn decisive(&self) -> Decisive<'a> {
        Decisive {
            set: self.order.set,
            policy: self.entry.index.get(),
            tag: self.entry.tag.get(),
            statement: u32::try_from(self.order.statement).unwrap_or(u32::MAX),
            sid: self.policy.sid(self.order.statement).unwrap_or_default(),
        }
    }
}

/// What the statements of all layers say.
#[derive(Debug, Default)]
pub(super) struct Findings<'a> {
    states: [LayerState; Layer::ALL.len()],
    /// The first Deny.
    deny: Option<Where<'a>>,
    /// The first Allow of each layer.
    allows: [Option<Where<'a>>; Layer::ALL.len()],
    /// The SCP levels with an Allow, a bit each.
    scp_levels: u32,
    /// The classes of the resource policy's grants.
    grants: Grants,
}

/// Puts `found` into `slot` unless an earlier statement is there.
fn keep_first<'a>(slot: &mut Option<Where<'a>>, found: Where<'a>) {
    if slot.as_ref().is_none_or(|first| found.order < first.order) {
        *slot = Some(found);
    }
}

impl<'a> Findings<'a> {
    pub(super) fn set_state(&mut self, layer: Layer, state: LayerState) {
        if let Some(slot) = self.states.get_mut(layer as usize - 1) {
            *slot = state;
        }
    }

    pub(super) fn state(&self, layer: Layer) -> LayerState {
        self.states.get(layer as usize - 1).copied().unwrap_or_default()
    }

    /// Whether a statement there could change the decision, as far as it is known.
    pub(super) fn awaits(&self, order: &Order, allows: bool) -> bool {
        if !matches!(self.state(order.layer), LayerState::Present { .. }) {
            return false;
        }
        if !allows {
            return self.deny.as_ref().is_none_or(|first| *order < first.order);
        }
        match order.layer {
            // Each level needs its own Allow.
            Layer::Scp if self.scp_levels & level_bit(order.level) == 0 => true,
            // Each Allow may grant to another class.
            Layer::Resource => true,
            layer => self.allowed(layer).is_none_or(|first| *order < first.order),
        }
    }

    /// Notes a statement that denies.
    pub(super) fn deny(&mut self, found: Where<'a>) {
        keep_first(&mut self.deny, found);
    }

    /// Notes a statement that allows.
    pub(super) fn allow(&mut self, grants: Grants, found: Where<'a>) {
        let layer = found.order.layer;
        if layer == Layer::Scp {
            self.scp_levels |= level_bit(found.order.level);
        }
        if layer == Layer::Resource {
            self.grants = self.grants.and(grants);
        }
        if let Some(slot) = self.allows.get_mut(layer as usize - 1) {
            keep_first(slot, found);
        }
    }

    /// The decision of the first Deny (R-EVAL-5).
    pub(super) fn denied(&self) -> Option<Decision<'a>> {
        self.deny.as_ref().map(|found| Decision {
            effect: Effect::ExplicitDeny,
            reason: Reason::ExplicitDeny,
            layer: Some(found.order.layer),
            level: found.order.level,
            decisive: Some(found.decisive()),
        })
    }

    fn allowed(&self, layer: Layer) -> Option<&Where<'a>> {
        self.allows.get(layer as usize - 1).and_then(Option::as_ref)
    }

    /// Whether a layer that only limits lets the request pass: by an Allow, or by not existing.
    fn passes(&self, layer: Layer) -> bool {
        match self.state(layer) {
            LayerState::Inapplicable | LayerState::Absent => true,
            LayerState::Present { .. } => self.allowed(layer).is_some(),
        }
    }
}

/// The bit of a level.
fn level_bit(level: u8) -> u32 {
    1_u32.wrapping_shl(u32::from(level))
}

fn silent<'a>(reason: Reason, layer: Layer, level: u8) -> Decision<'a> {
    Decision { effect: Effect::ImplicitDeny, reason, layer: Some(layer), level, decisive: None }
}

fn impossible<'a>() -> Decision<'a> {
    Decision { reason: Reason::Impossible, ..Decision::default() }
}

/// The decision where no statement denies.
pub(super) fn combine<'a>(findings: &Findings<'a>, subject: &Subject<'a>) -> Decision<'a> {
    // R-EVAL-7
    if let LayerState::Present { levels } = findings.state(Layer::Scp) {
        let missing = (0..levels).find(|level| findings.scp_levels & level_bit(*level) == 0);
        if let Some(level) = missing {
            return silent(Reason::ScpSilent, Layer::Scp, level);
        }
    }
    // R-EVAL-8
    if !findings.passes(Layer::Endpoint) {
        return silent(Reason::EndpointSilent, Layer::Endpoint, 0);
    }
    match subject.request.principal_type {
        PrincipalType::User | PrincipalType::RoleSession | PrincipalType::FederatedUser => {
            grant_to_identity(findings, subject)
        }
        PrincipalType::Root => grant_to_root(findings, subject),
        PrincipalType::Service => grant_by_resource(findings, Grants::DIRECT.and(Grants::WILD)),
        // R-EVAL-20
        PrincipalType::Saml | PrincipalType::Oidc if subject.request.resource_kind == ResourceKind::Role => {
            grant_by_resource(findings, Grants::DIRECT)
        }
        // R-EVAL-21: keys and roles take signed requests only.
        PrincipalType::Anonymous if subject.request.resource_kind == ResourceKind::Ordinary => {
            grant_by_resource(findings, Grants::WILD)
        }
        PrincipalType::Saml | PrincipalType::Oidc | PrincipalType::Anonymous => impossible(),
    }
}

/// An Allow, and the statement of `layer` that made it.
fn allow<'a>(findings: &Findings<'a>, reason: Reason, layer: Layer) -> Decision<'a> {
    let decisive = findings.allowed(layer).map(Where::decisive);
    Decision { effect: Effect::Allow, reason, layer: Some(layer), level: 0, decisive }
}

/// R-EVAL-19 to R-EVAL-21: the resource policy alone decides.
fn grant_by_resource<'a>(findings: &Findings<'a>, classes: Grants) -> Decision<'a> {
    if findings.grants.any_of(classes) {
        allow(findings, Reason::ResourceAllows, Layer::Resource)
    } else {
        silent(Reason::ResourceSilent, Layer::Resource, 0)
    }
}

/// R-EVAL-13, R-EVAL-17
fn grant_to_root<'a>(findings: &Findings<'a>, subject: &Subject<'a>) -> Decision<'a> {
    let same_account = subject.resource.same_account != 0;
    match subject.request.resource_kind {
        ResourceKind::Role => impossible(),
        ResourceKind::Ordinary if same_account => {
            Decision { effect: Effect::Allow, reason: Reason::RootUser, ..Decision::default() }
        }
        ResourceKind::Ordinary | ResourceKind::KmsKey if findings.grants.is_empty() => {
            silent(Reason::ResourceSilent, Layer::Resource, 0)
        }
        ResourceKind::Ordinary | ResourceKind::KmsKey => {
            allow(findings, Reason::ResourceAllows, Layer::Resource)
        }
    }
}

/// R-EVAL-10, R-EVAL-12, R-EVAL-16: users, role sessions and federated users.
fn grant_to_identity<'a>(findings: &Findings<'a>, subject: &Subject<'a>) -> Decision<'a> {
    let grants = findings.grants;
    let identity = findings.allowed(Layer::Identity).is_some();
    let boundary = findings.passes(Layer::Boundary);
    // R-EVAL-14: a federated user without session policy has no rights of its user's.
    let without_session = subject.request.principal_type == PrincipalType::FederatedUser
        && findings.state(Layer::Session) == LayerState::Absent;
    let session = findings.passes(Layer::Session) && !without_session;
    let limits = boundary && session;
    let ordinary = subject.request.resource_kind == ResourceKind::Ordinary;

    if subject.resource.same_account != 0 {
        if grants.any_of(Grants::DIRECT.and(Grants::WILD))
            || (grants.any_of(Grants::ROLE.and(Grants::PARENT)) && limits)
        {
            return allow(findings, Reason::ResourceAllows, Layer::Resource);
        }
        if ordinary && identity && limits {
            return allow(findings, Reason::IdentityAllows, Layer::Identity);
        }
    }
    // Across accounts, and for keys and roles, the resource's side must agree with the identity's.
    let both_needed = subject.resource.same_account == 0 || !ordinary;
    if both_needed && !grants.is_empty() && identity && limits {
        return allow(findings, Reason::BothAllow, Layer::Identity);
    }
    let helped = identity || grants.any_of(Grants::ROLE.and(Grants::PARENT));
    if both_needed && grants.is_empty() {
        silent(Reason::ResourceSilent, Layer::Resource, 0)
    } else if !helped {
        silent(Reason::IdentitySilent, Layer::Identity, 0)
    } else if !boundary {
        silent(Reason::BoundarySilent, Layer::Boundary, 0)
    } else if !session {
        silent(Reason::SessionSilent, Layer::Session, 0)
    } else {
        silent(Reason::IdentitySilent, Layer::Identity, 0)
    }
}
