//! The answer to a request.

use core::fmt;

use crate::ground::budget::BudgetExhausted;
use crate::ground::name::by_name;
use crate::image::layer::{Layer, Layers};
use crate::image::policy::ImageError;
use crate::request::RequestError;

/// What becomes of the request, in the terms of the IAM policy simulator. The numbers are part of the C ABI; 0 denies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Effect {
    /// Nothing allows it (R-EVAL-9).
    #[default]
    ImplicitDeny = 0,
    /// A statement denies it (R-EVAL-5).
    ExplicitDeny = 1,
    /// It is allowed: the only permit (R-GEN-2).
    Allow = 2,
}

impl Effect {
    /// Every effect, in the order of the numbers.
    pub const ALL: [Self; 3] = [Self::ImplicitDeny, Self::ExplicitDeny, Self::Allow];

    /// The effect as the rules spell it: `implicit_deny` for example. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImplicitDeny => "implicit_deny",
            Self::ExplicitDeny => "explicit_deny",
            Self::Allow => "allow",
        }
    }
}

by_name!(Effect, name);

/// Why the decision is what it is. The numbers are part of the C ABI and never change.
///
/// ```
/// use iamlet::Reason;
///
/// assert_eq!(Reason::ScpSilent.to_string(), "no service control policy of a level allows");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Reason {
    /// No decision was computed: an error, which denies (R-GEN-3).
    #[default]
    Error = 0,
    /// A statement denies (R-EVAL-5).
    ExplicitDeny = 1,
    /// The identity-based policies allow, and no boundary or session policy stands in the way (R-EVAL-10).
    IdentityAllows = 2,
    /// The resource-based policy allows by itself (R-EVAL-10, R-EVAL-12, R-EVAL-19 to R-EVAL-21).
    ResourceAllows = 3,
    /// Both the identity-based policies and the resource-based policy allow (R-EVAL-12, R-EVAL-16).
    BothAllow = 4,
    /// The root user needs no Allow (R-EVAL-13).
    RootUser = 5,
    /// A level of the organization has no service control policy that allows (R-EVAL-7).
    ScpSilent = 6,
    /// The VPC endpoint policy does not allow (R-EVAL-8).
    EndpointSilent = 7,
    /// No identity-based policy allows.
    IdentitySilent = 8,
    /// The permissions boundary does not allow.
    BoundarySilent = 9,
    /// The session policies do not allow, or a federated user has none (R-EVAL-14).
    SessionSilent = 10,
    /// The resource-based policy does not allow, and its word is needed (R-EVAL-12, R-EVAL-16, R-EVAL-19).
    ResourceSilent = 11,
    /// Such a principal cannot do this to such a resource (R-EVAL-13, R-EVAL-20, R-EVAL-21).
    Impossible = 12,
    /// The action needs no permission (R-EVAL-23).
    NoPermissionNeeded = 13,
    /// The session policy of a session that the root user made allows (R-EVAL-14).
    SessionAllows = 14,
    /// The decision could depend on context keys that are not fetched yet: fetch those that it needs, and decide again.
    NeedsContext = 15,
}

impl Reason {
    /// Every reason, in the order of the numbers.
    pub const ALL: [Self; 16] = [
        Self::Error,
        Self::ExplicitDeny,
        Self::IdentityAllows,
        Self::ResourceAllows,
        Self::BothAllow,
        Self::RootUser,
        Self::ScpSilent,
        Self::EndpointSilent,
        Self::IdentitySilent,
        Self::BoundarySilent,
        Self::SessionSilent,
        Self::ResourceSilent,
        Self::Impossible,
        Self::NoPermissionNeeded,
        Self::SessionAllows,
        Self::NeedsContext,
    ];

    /// The reason in a sentence's half, for a log. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Error => "no decision could be computed",
            Self::ExplicitDeny => "a statement denies",
            Self::IdentityAllows => "an identity-based policy allows",
            Self::ResourceAllows => "the resource-based policy allows",
            Self::BothAllow => "an identity-based policy and the resource-based policy allow",
            Self::RootUser => "the root user of the owning account needs no Allow",
            Self::ScpSilent => "no service control policy of a level allows",
            Self::EndpointSilent => "the VPC endpoint policy does not allow",
            Self::IdentitySilent => "no identity-based policy allows",
            Self::BoundarySilent => "the permissions boundary does not allow",
            Self::SessionSilent => "no session policy allows",
            Self::ResourceSilent => "the resource-based policy does not allow",
            Self::Impossible => "this type of principal cannot do this",
            Self::NoPermissionNeeded => "the action needs no permission",
            Self::SessionAllows => "the session policy of the root user's federated session allows",
            Self::NeedsContext => "it depends on context keys that are not fetched yet",
        }
    }
}

by_name!(Reason, message);

/// The statement that made a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decisive<'a> {
    /// The number of the set in the list that was given to `decide`; an item's own set has the number after the last.
    pub set: usize,
    /// The number of the policy in the list that its set was built from.
    pub policy: u32,
    /// The caller's tag of the policy.
    pub tag: u64,
    /// The number of the statement in the policy.
    pub statement: u32,
    /// The statement's `Sid`; empty where it has none.
    pub sid: &'a str,
}

/// The answer to a request. Its default denies.
///
/// ```
/// use iamlet::{Decision, DecisionLine, Decisive, Effect, Layer, Layers, PolicyBuf, PolicyKind, PolicySetBuf};
/// use iamlet::{Principal, Reason, RequestInput, Resource};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": [
///     {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
///     {"Sid": "NoSecrets", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::team/secret/*"}]}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// let set = PolicySetBuf::new([policy.at(Layer::Identity).tag(7)])?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let key = Resource::owned_by("arn:aws:s3:::team/secret/key", "111122223333");
/// let request = RequestInput::new(alice, "s3:GetObject", key).absent(!Layers::IDENTITY).prepare()?;
///
/// let decision: Decision<'_> = set.decide(&request)?;
/// assert_eq!((decision.effect, decision.reason), (Effect::ExplicitDeny, Reason::ExplicitDeny));
/// let Some(Decisive { tag, statement, sid, .. }) = decision.decisive else { return Err("no statement".into()) };
/// assert_eq!((tag, statement, sid), (7, 1, "NoSecrets"));
/// let line: DecisionLine<'_> = decision.line(request.request()?, None);
/// assert_eq!(
///     line.to_string(),
///     "explicit_deny: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::team/secret/key: \
///         a statement denies (identity-based policy, set 0, policy 0, statement 1, Sid NoSecrets, tag 7)",
/// );
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[must_use = "an unread decision protects nothing"]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Decision<'a> {
    /// What becomes of the request.
    pub effect: Effect,
    /// Why.
    pub reason: Reason,
    /// The layer that decided: where the statement stands, or where an Allow is missing.
    pub layer: Option<Layer>,
    /// The level of that layer, for SCPs and RCPs.
    pub level: u8,
    /// The statement that decided: a Deny, or an Allow that was enough.
    pub decisive: Option<Decisive<'a>>,
    /// With [`Reason::NeedsContext`], the keys on which the decision could depend, a bit each;
    /// [`needed_keys`](crate::Request::needed_keys) names them. Else 0.
    pub needs: u64,
}

impl Decision<'_> {
    /// Whether the request may proceed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self.effect, Effect::Allow)
    }
}

/// Why no decision was computed. Each of these denies (R-GEN-3).
///
/// ```
/// use iamlet::{DecideError, Layers, Principal, RequestInput, Resource, decide};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// // No set, and nobody said that there is no boundary.
/// let request = RequestInput::new(alice, "s3:GetObject", plan).absent(!Layers::BOUNDARY).prepare()?;
/// let error = decide(&[], request.request()?).unwrap_err();
/// assert_eq!(error, DecideError::MissingLayers(Layers::BOUNDARY));
/// assert_eq!(error.layers().to_string(), "permissions boundary");
/// # Ok::<(), iamlet::RequestError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecideError {
    /// More sets than [`MAX_SETS`](crate::limits::MAX_SETS).
    TooManySets,
    /// The request has no resource and no item brings one, or there are no items at all.
    NoResource,
    /// No set has these layers, and the request does not declare them absent (R-EVAL-4).
    MissingLayers(Layers),
    /// A set has these layers, and the request declares them absent.
    ContradictedLayers(Layers),
    /// Two sets hold a policy of these layers, which have room for one each (R-GEN-1).
    RepeatedLayers(Layers),
    /// The resource policy is of another kind than the resource.
    WrongResourceKind,
    /// The request cannot be decided: its bytes are none, or an item contradicts it, for it was prepared for another one
    /// (R-GEN-3).
    Request(RequestError),
    /// The work exceeds the request's budget.
    BudgetExhausted,
    /// A set was changed after it was opened.
    Image(ImageError),
}

impl DecideError {
    /// The layers that it is about; none where it is about no layer.
    #[must_use]
    pub const fn layers(&self) -> Layers {
        match self {
            Self::MissingLayers(layers) | Self::ContradictedLayers(layers) | Self::RepeatedLayers(layers) => {
                *layers
            }
            _ => Layers::NONE,
        }
    }
}

/// What a set no longer has that was changed after it was opened.
pub(super) const CHANGED: DecideError = DecideError::Image(ImageError::Corrupt);

impl From<BudgetExhausted> for DecideError {
    fn from(BudgetExhausted: BudgetExhausted) -> Self {
        Self::BudgetExhausted
    }
}

impl From<RequestError> for DecideError {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<ImageError> for DecideError {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl fmt::Display for DecideError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManySets => f.write_str("there are too many policy sets"),
            Self::NoResource => f.write_str("the request has no resource"),
            Self::MissingLayers(layers) => {
                write!(f, "no set has these layers, and the request does not declare them absent: {layers}")
            }
            Self::ContradictedLayers(layers) => {
                write!(f, "the request declares layers absent that a set has: {layers}")
            }
            Self::RepeatedLayers(layers) => {
                write!(f, "layers that have room for one policy have more: {layers}")
            }
            Self::WrongResourceKind => {
                f.write_str("the resource policy is of another kind than the resource")
            }
            Self::BudgetExhausted => f.write_str("the decision takes more work than the request allows"),
            Self::Request(error) => error.fmt(f),
            Self::Image(_) => f.write_str("a policy set was changed after it was opened"),
        }
    }
}

impl core::error::Error for DecideError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Image(error) => Some(error),
            _ => None,
        }
    }
}
