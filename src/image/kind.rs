//! The kinds of policy documents.

use crate::ground::name::by_name;

/// The kind of a policy document: which elements it may have and how its names compare.
///
/// The numbers are part of the C ABI and of the image format.
///
/// ```
/// use iamlet::{PolicyKind, UnknownName};
///
/// assert_eq!("scp_full".parse(), Ok(PolicyKind::ScpFull));
/// assert_eq!("scp".parse::<PolicyKind>(), Err(UnknownName));
/// assert_eq!(PolicyKind::InlineRole.to_string(), "inline_role");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// The name of the kind, in lower case: `scp_full` for example. `Display` writes it, and `FromStr` reads it.
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

by_name!(PolicyKind, name);

#[cfg(test)]
mod tests {
    use super::PolicyKind;

    #[test]
    fn kinds_are_found_by_number_and_by_name() {
        for kind in PolicyKind::ALL {
            assert_eq!(PolicyKind::from_number(kind as u32), Some(kind));
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!(PolicyKind::from_number(0), None);
        assert_eq!(PolicyKind::from_number(14), None);
    }
}
