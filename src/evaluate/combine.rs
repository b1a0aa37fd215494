//! What the layers say together (R-EVAL-5 to R-EVAL-23).

use super::decision::{Decision, Decisive, Effect, Reason};
use super::order::Order;
use super::principal::Grants;
use crate::image::layer::{Layer, Layers};
use crate::request::request_context::RequestContext;
use crate::request::{PrincipalType, ResourceKind};

/// What the statements of all layers say.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    /// The layers that apply and are there.
    pub(super) layers: Layers,
    /// The classes of the resource policy's grants.
    grants: Grants,
    /// The levels of the organization.
    scp_levels: u8,
    /// The SCP levels with an Allow, a bit each.
    scp_allows: u32,
    /// The first Deny.
    deny: Order,
    /// The first Allow of each layer, by its number.
    allows: [Order; Layer::ALL.len() + 1],
}

/// The bit of a level.
#[inline]
fn level_bit(level: u8) -> u32 {
    1_u32.wrapping_shl(u32::from(level))
}

/// The place of a layer's first Allow. There is one for each number that is left of any.
#[inline]
fn place_of(layer: u8) -> usize {
    const { assert!(Layer::ALL.len() == 7) };
    usize::from(layer & 7)
}

impl Findings {
    #[inline]
    pub(super) fn new(layers: Layers, scp_levels: u8) -> Self {
        Self {
            layers,
            grants: Grants::NONE,
            scp_levels,
            scp_allows: 0,
            deny: Order::NONE,
            allows: [Order::NONE; Layer::ALL.len() + 1],
        }
    }

    /// Whether a statement denies.
    #[inline]
    pub(super) fn denies(&self) -> bool {
        self.deny.is_some()
    }

    /// Whether a statement of this set denies.
    #[inline]
    pub(super) fn denies_in(&self, set: u8) -> bool {
        self.deny.set() == set
    }

    /// Whether a statement there could change the decision, as far as it is known.
    #[inline(always)]
    pub(super) fn awaits(&self, order: Order, denies: bool) -> bool {
        let [layer, level] = order.place();
        if !self.layers.has_number(layer) {
            return false;
        }
        if denies {
            return order < self.deny;
        }
        // Each level needs its own Allow, and each Allow of a resource may grant to another class.
        order < self.first_allow(layer)
            || layer == Layer::Resource as u8
            || layer == Layer::Scp as u8 && self.scp_allows & level_bit(level) == 0
    }

    /// Notes a statement that denies.
    #[inline]
    pub(super) fn deny(&mut self, found: Order) {
        self.deny = self.deny.min(found);
    }

    /// Notes a statement that allows.
    #[inline(never)]
    pub(super) fn allow(&mut self, grants: Grants, found: Order) {
        let [layer, level] = found.place();
        if layer == Layer::Scp as u8 {
            self.scp_allows |= level_bit(level);
        }
        if layer == Layer::Resource as u8 {
            self.grants = self.grants.union(grants);
        }
        if let Some(first) = self.allows.get_mut(place_of(layer)) {
            *first = found.min(*first);
        }
    }

    #[inline]
    fn first_allow(&self, layer: u8) -> Order {
        self.allows.get(place_of(layer)).copied().unwrap_or(Order::NONE)
    }

    #[inline]
    pub(super) fn allows(&self, layer: Layer) -> bool {
        self.first_allow(layer as u8).is_some()
    }

    /// The SCP levels that have no Allow (R-EVAL-7).
    pub(super) fn silent_levels(&self) -> impl Iterator<Item = u8> + use<> {
        let allows = self.scp_allows;
        (0..self.scp_levels).filter(move |level| allows & level_bit(*level) == 0)
    }

    /// Whether the resource's policy grants to the principal itself, which no other policy has to confirm.
    pub(super) fn grants_directly(&self) -> bool {
        self.grants.intersects(Grants::DIRECT)
    }

    /// As if no statement denied.
    pub(super) fn without_denies(&self) -> Self {
        Self { deny: Order::NONE, ..self.clone() }
    }

    /// Supposes that a layer is there and allows, to whomever: what would be then.
    pub(super) fn suppose(&mut self, layer: Layer, level: u8) {
        self.layers = self.layers.union(layer.into());
        self.allow(Grants::ALL, Order::of_layer(layer, level));
    }

    /// Takes back what was supposed of a layer of these findings.
    pub(super) fn take_back(&mut self, layer: Layer, level: u8, findings: &Self) {
        if !findings.layers.has(layer) {
            self.layers = self.layers.without(layer.into());
        }
        match layer {
            Layer::Scp => self.scp_allows &= !level_bit(level),
            Layer::Resource => self.grants = findings.grants,
            _ => {}
        }
        let place = place_of(layer as u8);
        if let (Some(own), Some(found)) = (self.allows.get_mut(place), findings.allows.get(place)) {
            *own = *found;
        }
    }

    /// Whether a layer that only limits lets the request pass: by an Allow, or by not existing.
    #[inline]
    fn passes(&self, layer: Layer) -> bool {
        !self.layers.has(layer) || self.allows(layer)
    }
}

/// What the layers say together, and the statement that says it.
#[derive(Debug)]
pub(super) struct Combined {
    effect: Effect,
    reason: Reason,
    layer: Option<Layer>,
    level: u8,
    /// [`Order::NONE`] where no single statement says it.
    pub(super) by: Order,
}

impl Combined {
    pub(super) fn is_allowed(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// The layer that it names, and the level.
    pub(super) fn place(&self) -> Option<(Layer, u8)> {
        self.layer.map(|layer| (layer, self.level))
    }

    pub(super) fn reason(&self) -> Reason {
        self.reason
    }

    /// The decision, with the statement that made it.
    pub(super) fn decision(self, decisive: Option<Decisive<'_>>) -> Decision<'_> {
        let Self { effect, reason, layer, level, .. } = self;
        Decision { effect, reason, layer, level, decisive, needs: 0 }
    }
}

/// R-EVAL-23: nothing is asked of any policy.
pub(super) fn needs_no_permission() -> Combined {
    let reason = Reason::NoPermissionNeeded;
    Combined { effect: Effect::Allow, reason, layer: None, level: 0, by: Order::NONE }
}

fn silent(reason: Reason, layer: Layer, level: u8) -> Combined {
    Combined { effect: Effect::ImplicitDeny, reason, layer: Some(layer), level, by: Order::NONE }
}

fn impossible() -> Combined {
    Combined {
        effect: Effect::ImplicitDeny,
        reason: Reason::Impossible,
        layer: None,
        level: 0,
        by: Order::NONE,
    }
}

/// An Allow, and the statement of `layer` that made it.
fn allow(findings: &Findings, reason: Reason, layer: Layer) -> Combined {
    let by = findings.first_allow(layer as u8);
    Combined { effect: Effect::Allow, reason, layer: Some(layer), level: 0, by }
}

/// As [`combine`], for those who ask often: a decision has a copy of its own.
#[inline(never)]
pub(super) fn combined(findings: &Findings, context: &RequestContext<'_>) -> Combined {
    combine(findings, context)
}

/// The decision that follows from what was found.
#[inline(always)]
pub(super) fn combine(findings: &Findings, context: &RequestContext<'_>) -> Combined {
    // R-EVAL-5
    if findings.denies() {
        let [layer, level] = findings.deny.place();
        let (layer, by) = (Layer::from_number(layer.into()), findings.deny);
        return Combined { effect: Effect::ExplicitDeny, reason: Reason::ExplicitDeny, layer, level, by };
    }
    // R-EVAL-7
    if findings.layers.has(Layer::Scp) {
        let first = u8::try_from(findings.scp_allows.trailing_ones()).unwrap_or(u8::MAX);
        if first < findings.scp_levels {
            return silent(Reason::ScpSilent, Layer::Scp, first);
        }
    }
    // R-EVAL-8
    if !findings.passes(Layer::Endpoint) {
        return silent(Reason::EndpointSilent, Layer::Endpoint, 0);
    }
    match context.request.principal_type {
        PrincipalType::User | PrincipalType::RoleSession | PrincipalType::FederatedUser => {
            grant_to_identity(findings, context)
        }
        _ => grant_to_others(findings, context),
    }
}

/// Principals that have no identity policy, boundary or session policy of their own.
#[inline(never)]
fn grant_to_others(findings: &Findings, context: &RequestContext<'_>) -> Combined {
    let combined = match context.request.principal_type {
        PrincipalType::Root => grant_to_root(findings, context),
        // R-EVAL-20: their resource is a role (R-PRIN-17).
        PrincipalType::Saml | PrincipalType::Oidc => grant_by_resource(findings, Grants::DIRECT),
        // R-EVAL-21: keys and roles take signed requests only.
        PrincipalType::Anonymous if context.resource_kind() == ResourceKind::Ordinary => {
            grant_by_resource(findings, Grants::WILD)
        }
        PrincipalType::Anonymous => impossible(),
        // R-EVAL-19, R-PRIN-5
        PrincipalType::Service | PrincipalType::OriginAccessIdentity => {
            grant_by_resource(findings, Grants::DIRECT.union(Grants::WILD))
        }
        // These have their own rules, above.
        PrincipalType::User | PrincipalType::RoleSession | PrincipalType::FederatedUser => impossible(),
    };
    // R-EVAL-5, R-EVAL-13: nobody is immune to a limit that was passed.
    match combined.effect {
        Effect::Allow if !findings.passes(Layer::Boundary) => {
            silent(Reason::BoundarySilent, Layer::Boundary, 0)
        }
        Effect::Allow if !findings.passes(Layer::Session) => silent(Reason::SessionSilent, Layer::Session, 0),
        _ => combined,
    }
}

/// R-EVAL-19 to R-EVAL-21: the resource policy alone decides.
fn grant_by_resource(findings: &Findings, classes: Grants) -> Combined {
    if findings.grants.intersects(classes) {
        allow(findings, Reason::ResourceAllows, Layer::Resource)
    } else {
        silent(Reason::ResourceSilent, Layer::Resource, 0)
    }
}

/// R-EVAL-13, R-EVAL-17
fn grant_to_root(findings: &Findings, context: &RequestContext<'_>) -> Combined {
    let same_account = context.is_same_account();
    match context.resource_kind() {
        ResourceKind::Role => impossible(),
        ResourceKind::Ordinary if same_account => Combined {
            effect: Effect::Allow,
            reason: Reason::RootUser,
            layer: None,
            level: 0,
            by: Order::NONE,
        },
        ResourceKind::Ordinary | ResourceKind::KmsKey if findings.grants.is_empty() => {
            silent(Reason::ResourceSilent, Layer::Resource, 0)
        }
        ResourceKind::Ordinary | ResourceKind::KmsKey => {
            allow(findings, Reason::ResourceAllows, Layer::Resource)
        }
    }
}

/// R-EVAL-10, R-EVAL-12, R-EVAL-16: users, role sessions and federated users.
#[inline(always)]
fn grant_to_identity(findings: &Findings, context: &RequestContext<'_>) -> Combined {
    let grants = findings.grants;
    let same_account = context.is_same_account();
    let kind = context.request.principal_type;
    // R-EVAL-14: a federated user of the root user, which has no identity policy, needs the session policy in its place.
    let federated = kind == PrincipalType::FederatedUser;
    let of_root = federated && context.request.is_of_root();
    let (own, own_allows) = if of_root {
        (Layer::Session, Reason::SessionAllows)
    } else {
        (Layer::Identity, Reason::IdentityAllows)
    };
    let boundary = findings.passes(Layer::Boundary);
    // R-EVAL-14: a federated user without session policy has no rights of its user's.
    let without_session = federated && !findings.layers.has(Layer::Session);
    let session = findings.passes(Layer::Session) && !without_session;
    let limits = boundary && session;

    if same_account && !grants.is_empty() {
        let direct = grants.intersects(Grants::DIRECT.union(Grants::WILD));
        // R-EVAL-5, R-EVAL-14: a grant makes immune to the limits of one's own, and to no other that was passed.
        if direct && kind == PrincipalType::User && !session {
            return silent(Reason::SessionSilent, Layer::Session, 0);
        }
        if direct && of_root && !boundary {
            return silent(Reason::BoundarySilent, Layer::Boundary, 0);
        }
        if direct || (grants.intersects(Grants::ROLE.union(Grants::PARENT)) && limits) {
            return allow(findings, Reason::ResourceAllows, Layer::Resource);
        }
    }
    // Across accounts, and for keys and roles, the resource's side must agree with the identity's.
    let both_needed = !same_account || context.resource_kind() != ResourceKind::Ordinary;
    if both_needed && grants.is_empty() {
        return silent(Reason::ResourceSilent, Layer::Resource, 0);
    }
    let identity = findings.allows(own);
    if identity && limits {
        let reason = if both_needed { Reason::BothAllow } else { own_allows };
        return allow(findings, reason, own);
    }
    let helped = identity || of_root || grants.intersects(Grants::ROLE.union(Grants::PARENT));
    if !helped {
        silent(Reason::IdentitySilent, Layer::Identity, 0)
    } else if !boundary {
        silent(Reason::BoundarySilent, Layer::Boundary, 0)
    } else if !session {
        silent(Reason::SessionSilent, Layer::Session, 0)
    } else {
        silent(Reason::IdentitySilent, Layer::Identity, 0)
    }
}
