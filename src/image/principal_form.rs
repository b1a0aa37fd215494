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
    /// `arn:P:iam::cloudfront:user/CloudFront Origin Access Identity ID`
    OriginAccessIdentity = 13,
}

/// The name of an origin access identity, up to its id (R-PRIN-5).
pub const ORIGIN_ACCESS_IDENTITY: &[u8] = b"user/CloudFront Origin Access Identity ";

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
            13 => Self::OriginAccessIdentity,
            _ => return None,
        })
    }

    /// The form of the ARN of an account, user, role, session or origin access identity (R-PRIN-5).
    #[must_use]
    pub fn from_arn(value: &[u8]) -> Option<Self> {
        Self::from_fields(arn::split(value)?)
    }

    /// As [`of_arn`](Self::from_arn), for an ARN that was split.
    #[must_use]
    pub fn from_fields(fields: [&[u8]; 6]) -> Option<Self> {
        let [arn, partition, service, region, account, name] = fields;
        if arn != b"arn" || !arn::is_partition(partition) || !region.is_empty() {
            return None;
        }
        if service == b"iam" && account == b"cloudfront" {
            let id = name.strip_prefix(ORIGIN_ACCESS_IDENTITY)?;
            return is_upper_id(id).then_some(Self::OriginAccessIdentity);
        }
        if !arn::is_account(account) {
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

/// `[A-Z0-9]+`, as the ids of origin access identities are, and those of users and roles.
#[must_use]
pub fn is_upper_id(id: &[u8]) -> bool {
    !id.is_empty() && id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::PrincipalForm;

    #[test]
    fn an_origin_access_identity_is_a_form_of_its_own_and_no_user() {
        let form = |name: &str| {
            PrincipalForm::from_arn(std::format!("arn:aws-cn:iam::cloudfront:{name}").as_bytes())
        };
        let identity = "user/CloudFront Origin Access Identity ";
        assert_eq!(
            form(&std::format!("{identity}E1EXAMPLE23456")),
            Some(PrincipalForm::OriginAccessIdentity)
        );
        for id in ["", "*", "e1", "E1 ", "E1/"] {
            assert_eq!(form(&std::format!("{identity}{id}")), None, "{id}");
        }
        assert_eq!(form("root"), None);
        assert_eq!(form("user/alice"), None);
    }

    #[test]
    fn the_forms_have_the_numbers_of_the_image_format() {
        for number in 1..=13 {
            assert_eq!(PrincipalForm::from_number(number).map(|form| form as u16), Some(number));
        }
        assert_eq!(PrincipalForm::from_number(0).or(PrincipalForm::from_number(14)), None);
    }
}
