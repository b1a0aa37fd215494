//! The context keys that the engine derives from the request (R-CTX-1), known by number on both sides.

/// A context key that the engine may derive. The numbers are part of the image format; 0 stands for any other key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum KnownKey {
    /// `aws:PrincipalArn`
    PrincipalArn = 1,
    /// `aws:PrincipalAccount`
    PrincipalAccount = 2,
    /// `aws:PrincipalType`
    PrincipalType = 3,
    /// `aws:userid`
    UserId = 4,
    /// `aws:username`
    UserName = 5,
    /// `aws:PrincipalIsAWSService`
    PrincipalIsAwsService = 6,
    /// `aws:PrincipalServiceName`
    PrincipalServiceName = 7,
    /// `aws:CurrentTime`
    CurrentTime = 8,
    /// `aws:EpochTime`
    EpochTime = 9,
    /// `aws:ResourceAccount`
    ResourceAccount = 10,
}

impl KnownKey {
    /// The size of a table that their numbers index: one more than there are, for the numbers begin with 1.
    pub const TABLE: usize = 11;

    /// Every known key.
    pub const ALL: [Self; 10] = [
        Self::PrincipalArn,
        Self::PrincipalAccount,
        Self::PrincipalType,
        Self::UserId,
        Self::UserName,
        Self::PrincipalIsAwsService,
        Self::PrincipalServiceName,
        Self::CurrentTime,
        Self::EpochTime,
        Self::ResourceAccount,
    ];

    /// The key's name in lower case, as images and prepared requests hold key names.
    #[must_use]
    pub const fn folded_name(self) -> &'static str {
        match self {
            Self::PrincipalArn => "aws:principalarn",
            Self::PrincipalAccount => "aws:principalaccount",
            Self::PrincipalType => "aws:principaltype",
            Self::UserId => "aws:userid",
            Self::UserName => "aws:username",
            Self::PrincipalIsAwsService => "aws:principalisawsservice",
            Self::PrincipalServiceName => "aws:principalservicename",
            Self::CurrentTime => "aws:currenttime",
            Self::EpochTime => "aws:epochtime",
            Self::ResourceAccount => "aws:resourceaccount",
        }
    }

    /// The known key with this number.
    #[must_use]
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// The known key with this name, which may be written in any case (R-COND-6).
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        // The shortest and the longest of the names: most keys are decided by their first letters and their length.
        if !(10..=25).contains(&name.len()) || !name.get(..4)?.eq_ignore_ascii_case(b"aws:") {
            return None;
        }
        Self::ALL.into_iter().find(|key| key.folded_name().as_bytes().eq_ignore_ascii_case(name))
    }
}

/// The keys that have any number of values by AWS's own list (R-MULTI-6), in lower case.
const MULTIVALUED: [&str; 7] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
];

/// In the place of a known key's number: the key is multivalued by AWS's list (R-MULTI-6).
pub(crate) const MULTIVALUED_NUMBER: u8 = 0x80;

/// The number of the known key with this name, in any case; [`MULTIVALUED_NUMBER`] for a key of AWS's list; 0 for any
/// other.
#[must_use]
pub(crate) fn number(name: &[u8]) -> u8 {
    match KnownKey::from_name(name) {
        Some(known) => known as u8,
        None if is_multivalued(name) => MULTIVALUED_NUMBER,
        None => 0,
    }
}

/// Whether the key with this name, in any case, is multivalued whatever the caller says (R-MULTI-6).
#[must_use]
pub fn is_multivalued(name: &[u8]) -> bool {
    // The shortest and the longest of the names.
    (11..=29).contains(&name.len()) && MULTIVALUED.iter().any(|key| key.as_bytes().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::{KnownKey, MULTIVALUED, is_multivalued};

    #[test]
    fn known_keys_are_found_in_any_case_and_no_other_is() {
        for (at, key) in KnownKey::ALL.into_iter().enumerate() {
            assert_eq!(key as usize, at + 1);
            assert_eq!(KnownKey::from_name(key.folded_name().as_bytes()), Some(key));
            assert_eq!(KnownKey::from_name(key.folded_name().to_uppercase().as_bytes()), Some(key));
        }
        for other in
            ["", "aws:", "aws:sourceip", "aws:principalarn2", "s3:prefix", "aws:PrincipalServiceNamesList"]
        {
            assert_eq!(KnownKey::from_name(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn seven_keys_are_multivalued_in_any_case_and_none_of_them_is_derived() {
        for name in MULTIVALUED {
            assert!(is_multivalued(name.as_bytes()) && is_multivalued(name.to_uppercase().as_bytes()));
            assert_eq!(KnownKey::from_name(name.as_bytes()), None);
        }
        for other in ["", "aws:calledviafirst", "aws:calledvialast", "aws:tagkey", "aws:sourceip"] {
            assert!(!is_multivalued(other.as_bytes()), "{other}");
        }
    }
}
