//! The kinds of policy documents, and the layers at which policies apply.

use core::fmt;

/// The kind of a policy document: which elements it may have and how its names compare.
///
/// The numbers are part of the C ABI and of the image format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PolicyKind {
    /// A managed policy attached to a user, group or role (R-KIND-1).
    Identity = 1,
    /// An inline policy of a user.
    InlineUser = 2,
    /// An inline policy of a group.
    InlineGroup = 3,
    /// An inline policy of a role.
    InlineRole = 4,
    /// A permissions boundary (R-KIND-2).
    Boundary = 5,
    /// A session policy (R-KIND-3).
    Session = 6,
    /// A resource-based policy, a bucket policy for one (R-KIND-4).
    Resource = 7,
    /// A KMS key policy (R-KIND-8).
    Kms = 8,
    /// A role trust policy (R-KIND-6).
    Trust = 9,
    /// A service control policy in the classic grammar (R-SCPC-1).
    ScpClassic = 10,
    /// A service control policy in the full IAM language (R-SCPF-1).
    ScpFull = 11,
    /// A resource control policy (R-RCP-1).
    Rcp = 12,
    /// A VPC endpoint policy (R-VPCE-1).
    Vpce = 13,
}

impl PolicyKind {
    /// Every kind, in the order of the numbers.
    pub const ALL: [Self; 13] = [
        Self::Identity,
        Self::InlineUser,
        Self::InlineGroup,
        Self::InlineRole,
        Self::Boundary,
        Self::Session,
        Self::Resource,
        Self::Kms,
        Self::Trust,
        Self::ScpClassic,
        Self::ScpFull,
        Self::Rcp,
        Self::Vpce,
    ];

    /// The kind with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u32 == number)
    }

    /// The kind with this name, `scp_full` for one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name of the kind, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::InlineUser => "inline_user",
            Self::InlineGroup => "inline_group",
            Self::InlineRole => "inline_role",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Resource => "resource",
            Self::Kms => "kms",
            Self::Trust => "trust",
            Self::ScpClassic => "scp_classic",
            Self::ScpFull => "scp_full",
            Self::Rcp => "rcp",
            Self::Vpce => "vpce",
        }
    }

    /// Whether policies of this kind say whom they are about.
    #[must_use]
    pub const fn has_principal(self) -> bool {
        matches!(self, Self::Resource | Self::Kms | Self::Trust | Self::Rcp | Self::Vpce)
    }
}

/// The layer at which a policy of a set applies. The numbers are part of the C ABI and of the set format, and their
/// order is the order in which an explicit deny is reported (R-EVAL-22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    /// The name of the layer in a configuration.
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

    /// The layer with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.code() == code)
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

/// Layers, a bit each: the lowest for [`Layer::Scp`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layers(pub u8);

impl Layers {
    /// No layer.
    pub const NONE: Self = Self(0);

    /// The layers that hold one policy for one decision.
    pub const SINGLE: Self = Self::NONE.with(Layer::Resource).with(Layer::Boundary).with(Layer::Endpoint);

    /// The layers of the principal's side, which restrict even a principal that has none of its own (R-EVAL-5).
    pub const RESTRICTING: Self = Self::NONE.with(Layer::Identity).with(Layer::Boundary).with(Layer::Session);

    /// These, and one more.
    #[must_use]
    pub const fn with(self, layer: Layer) -> Self {
        Self(self.0 | 1 << (layer as u8 - 1))
    }

    /// Whether the layer is among them.
    #[must_use]
    #[inline]
    pub const fn has(self, layer: Layer) -> bool {
        self.0 & 1 << (layer as u8 - 1) != 0
    }

    /// Those of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that the others are not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
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

/// Their names, with commas between.
impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        for layer in Layer::ALL.into_iter().filter(|layer| self.has(*layer)) {
            write!(f, "{comma}{}", layer.name())?;
            comma = ", ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Layer, PolicyKind};

    #[test]
    fn each_kind_has_one_layer() {
        for kind in PolicyKind::ALL {
            assert_eq!(Layer::ALL.iter().filter(|layer| layer.takes(kind)).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn kinds_are_found_by_number_and_by_name() {
        for kind in PolicyKind::ALL {
            assert_eq!(PolicyKind::from_number(kind as u32), Some(kind));
            assert_eq!(PolicyKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(PolicyKind::from_number(0), None);
        assert_eq!(PolicyKind::from_number(14), None);
    }
}
