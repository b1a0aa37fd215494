//! What a principal can be: the one table for policies and for requests.

use crate::ground::arn;

/// What a value of `Principal` names (R-PRIN-5). The numbers are part of the image format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PrincipalForm {
    /// The string `"*"`: everyone.
    Everyone = 1,
    /// `{"AWS": "*"}`
    AnyAws = 2,
    /// A 12-digit account id.
    Account = 3,
    /// `arn:P:iam::A:root`
    AccountRoot = 4,
    /// `arn:P:iam::A:user/...`
    User = 5,
    /// `arn:P:iam::A:role/...`
    Role = 6,
    /// `arn:P:sts::A:assumed-role/R/S`
    RoleSession = 7,
    /// `arn:P:sts::A:federated-user/N`
    FederatedUser = 8,
    /// `AIDA...` or `AROA...`
    UniqueId = 9,
    /// A service principal.
    Service = 10,
    /// An identity provider.
    Federated = 11,
    /// A canonical user id.
    CanonicalUser = 12,
}

impl PrincipalForm {
    /// The form with this number.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Self> {
        Some(match number {
            1 => Self::Everyone,
            2 => Self::AnyAws,
            3 => Self::Account,
            4 => Self::AccountRoot,
            5 => Self::User,
            6 => Self::Role,
            7 => Self::RoleSession,
            8 => Self::FederatedUser,
            9 => Self::UniqueId,
            10 => Self::Service,
            11 => Self::Federated,
            12 => Self::CanonicalUser,
            _ => return None,
        })
    }

    /// The form of the ARN of an account, user, role or session (R-PRIN-5).
    #[must_use]
    pub fn of_arn(value: &[u8]) -> Option<Self> {
        Self::of_fields(arn::split(value)?)
    }

    /// As [`of_arn`](Self::of_arn), for an ARN that was split.
    #[must_use]
    pub fn of_fields(fields: [&[u8]; 6]) -> Option<Self> {
        let [arn, partition, service, region, account, name] = fields;
        let iam =
            arn == b"arn" && arn::is_partition(partition) && region.is_empty() && arn::is_account(account);
        if !iam {
            return None;
        }
        // A path and a name; the name is what follows the last slash.
        let named = |rest: &[u8]| !rest.is_empty() && !rest.ends_with(b"/");
        match service {
            b"iam" if name == b"root" => Some(Self::AccountRoot),
            b"iam" if name.strip_prefix(b"user/").is_some_and(named) => Some(Self::User),
            b"iam" if name.strip_prefix(b"role/").is_some_and(named) => Some(Self::Role),
            b"sts" => {
                if let Some(name) = name.strip_prefix(b"federated-user/") {
                    return (!name.is_empty() && !name.contains(&b'/')).then_some(Self::FederatedUser);
                }
                let mut parts = name.strip_prefix(b"assumed-role/")?.split(|byte| *byte == b'/');
                let (role, session) = (parts.next()?, parts.next()?);
                let whole = parts.next().is_none() && !role.is_empty() && !session.is_empty();
                whole.then_some(Self::RoleSession)
            }
            _ => None,
        }
    }
}
