//! The layers at which policies apply.

use core::fmt;
use core::ops::{BitAnd, BitOr, Not};

use super::kind::PolicyKind;
use crate::ground::name::by_name;

/// The layer at which a policy of a set applies. The numbers are part of the C ABI and of the set format, and their
/// order is the order in which an explicit deny is reported (R-EVAL-22).
///
/// ```
/// use iamlet::{Layer, PolicyKind};
///
/// assert_eq!("boundary".parse(), Ok(Layer::Boundary));
/// assert_eq!(Layer::Boundary.name(), "permissions boundary");
/// assert!(Layer::Resource.takes(PolicyKind::Kms));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Layer {
    /// A service control policy, at one level of the organization.
    Scp = 1,
    /// A resource control policy, at one level of the organization.
    Rcp = 2,
    /// The policy of the resource: a bucket policy, a key policy, a role's trust policy.
    Resource = 3,
    /// The policies of the user, its groups, or the role.
    Identity = 4,
    /// The permissions boundary.
    Boundary = 5,
    /// The session policies.
    Session = 6,
    /// The policy of the VPC endpoint.
    Endpoint = 7,
}

impl Layer {
    /// Every layer, in the order in which they are looked at.
    pub const ALL: [Self; 7] =
        [Self::Scp, Self::Rcp, Self::Resource, Self::Identity, Self::Boundary, Self::Session, Self::Endpoint];

    /// The layer with this number.
    #[must_use]
    #[inline]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Scp),
            2 => Some(Self::Rcp),
            3 => Some(Self::Resource),
            4 => Some(Self::Identity),
            5 => Some(Self::Boundary),
            6 => Some(Self::Session),
            7 => Some(Self::Endpoint),
            _ => None,
        }
    }

    /// The name of the layer in a configuration: `scp` for example. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Resource => "resource",
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Endpoint => "endpoint",
        }
    }

    /// The name of the layer, in the words of the IAM guide.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::Resource => "resource-based policy",
            Self::Identity => "identity-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Endpoint => "VPC endpoint policy",
        }
    }

    /// Whether a policy of this kind may apply at this layer.
    #[must_use]
    pub const fn takes(self, kind: PolicyKind) -> bool {
        match self {
            Self::Scp => matches!(kind, PolicyKind::ScpClassic | PolicyKind::ScpFull),
            Self::Rcp => matches!(kind, PolicyKind::Rcp),
            Self::Resource => matches!(kind, PolicyKind::Resource | PolicyKind::Kms | PolicyKind::Trust),
            Self::Identity => matches!(
                kind,
                PolicyKind::Identity
                    | PolicyKind::InlineUser
                    | PolicyKind::InlineGroup
                    | PolicyKind::InlineRole
            ),
            Self::Boundary => matches!(kind, PolicyKind::Boundary),
            Self::Session => matches!(kind, PolicyKind::Session),
            Self::Endpoint => matches!(kind, PolicyKind::Vpce),
        }
    }

    /// Whether the layer may hold several policies for one decision (R-GEN-1).
    #[must_use]
    pub const fn is_repeatable(self) -> bool {
        match self {
            Self::Scp | Self::Rcp | Self::Identity | Self::Session => true,
            Self::Resource | Self::Boundary | Self::Endpoint => false,
        }
    }

    /// Whether the layer has levels (R-EVAL-3).
    #[must_use]
    pub const fn has_levels(self) -> bool {
        matches!(self, Self::Scp | Self::Rcp)
    }
}

by_name!(Layer, code);

/// Layers, each there or not.
///
/// ```
/// use iamlet::{Layer, Layers};
///
/// let organization = Layers::SCP | Layers::RCP;
/// assert_eq!(organization, Layers::ORGANIZATION);
/// assert!((!organization).has(Layer::Identity));
/// assert_eq!(organization.to_string(), "service control policy, resource control policy");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Layers(u8);

impl Layers {
    /// No layer.
    pub const NONE: Self = Self(0);
    /// Service control policies.
    pub const SCP: Self = Self::of(Layer::Scp);
    /// Resource control policies.
    pub const RCP: Self = Self::of(Layer::Rcp);
    /// What an organization has: SCPs and RCPs.
    pub const ORGANIZATION: Self = Self::SCP.union(Self::RCP);
    /// The policy of the resource.
    pub const RESOURCE: Self = Self::of(Layer::Resource);
    /// The identity-based policies.
    pub const IDENTITY: Self = Self::of(Layer::Identity);
    /// The permissions boundary.
    pub const BOUNDARY: Self = Self::of(Layer::Boundary);
    /// The session policies.
    pub const SESSION: Self = Self::of(Layer::Session);
    /// The policy of the VPC endpoint.
    pub const ENDPOINT: Self = Self::of(Layer::Endpoint);
    /// Every layer.
    pub const ALL: Self = Self(0x7f);

    /// The layers that hold one policy for one decision.
    pub(crate) const SINGLE: Self = Self::RESOURCE.union(Self::BOUNDARY).union(Self::ENDPOINT);

    /// The layers of the principal's side, which restrict even a principal that has none of its own (R-EVAL-5).
    pub(crate) const RESTRICTING: Self = Self::IDENTITY.union(Self::BOUNDARY).union(Self::SESSION);

    const fn of(layer: Layer) -> Self {
        Self(1 << (layer as u8 - 1))
    }

    /// The layers with these bits: the lowest for [`Layer::Scp`], and so on in their order. `None` for a bit that no
    /// layer has.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| bits & !Self::ALL.0 == 0).map(Self)
    }

    /// As [`from_bits`](Self::from_bits), of bits that were checked before.
    #[inline]
    pub(crate) const fn from_checked_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// Their bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// These, and one more.
    #[must_use]
    pub const fn with(self, layer: Layer) -> Self {
        self.union(Self::of(layer))
    }

    /// Whether the layer is among them.
    #[must_use]
    #[inline]
    pub const fn has(self, layer: Layer) -> bool {
        self.0 & Self::of(layer).0 != 0
    }

    /// Whether the layer with this number is among them.
    #[inline]
    pub(crate) const fn has_number(self, layer: u8) -> bool {
        self.0 & 1_u8.wrapping_shl(layer.wrapping_sub(1) as u32) != 0
    }

    /// Those of either; `|` is the same.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both; `&` is the same.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that the others are not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// All others; `!` is the same.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self::ALL.without(self)
    }

    /// Each of them, in their order.
    pub fn iter(self) -> impl Iterator<Item = Layer> {
        Layer::ALL.into_iter().filter(move |layer| self.has(*layer))
    }

    /// The first of them.
    #[must_use]
    pub const fn first(self) -> Option<Layer> {
        Layer::from_number(self.0.trailing_zeros() + 1)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl From<Layer> for Layers {
    fn from(layer: Layer) -> Self {
        Self::of(layer)
    }
}

impl FromIterator<Layer> for Layers {
    fn from_iter<T: IntoIterator<Item = Layer>>(layers: T) -> Self {
        layers.into_iter().fold(Self::NONE, Self::with)
    }
}

impl BitOr for Layers {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitAnd for Layers {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.intersection(other)
    }
}

impl Not for Layers {
    type Output = Self;

    fn not(self) -> Self {
        self.complement()
    }
}

/// Their names, with commas between.
impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for layer in self.iter() {
            write!(f, "{comma}{}", layer.name())?;
            comma = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Layer, Layers};
    use crate::image::kind::PolicyKind;

    #[test]
    fn each_kind_has_one_layer() {
        for kind in PolicyKind::ALL {
            assert_eq!(Layer::ALL.iter().filter(|layer| layer.takes(kind)).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn layers_are_found_by_number_by_code_and_by_bit() {
        for layer in Layer::ALL {
            assert_eq!(Layer::from_number(layer as u32), Some(layer));
            assert_eq!(layer.to_string().parse(), Ok(layer));
            assert_eq!(Layers::from_bits(Layers::from(layer).bits().into()), Some(Layers::from(layer)));
        }
        assert_eq!(Layers::from_bits(128), None);
        assert_eq!(Layers::from_bits(256), None);
        assert_eq!(Layer::ALL.into_iter().collect::<Layers>(), Layers::ALL);
        assert_eq!(Layers::ALL.iter().collect::<Vec<_>>(), Layer::ALL);
    }
}
