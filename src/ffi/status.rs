//! What functions return.

use super::text::{iamlet_text, text_of};
use crate::evaluate::decision::DecideError;
use crate::image::dictionary::DictionaryError;
use crate::image::known_key::KnownKey;
use crate::image::policy::ImageError;
use crate::image::set::SetError;
use crate::request::RequestError;

/// What a function returns. Whatever is not IAMLET_OK denies.
///
/// 1 to 15: the call is wrong. 16: the document is refused. 32 to 63: an image
/// or a set is refused. 64 to 79: the request is malformed. 80 to 95: there is no
/// decision. 96 on: the request is malformed in one of its members, which the text
/// of the status names. Numbers are never used again for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_status {
    /// Done.
    IAMLET_OK = 0,
    /// A pointer is NULL that must not be.
    IAMLET_NULL_ARGUMENT = 1,
    /// A pointer does not have the alignment of its type.
    IAMLET_MISALIGNED = 2,
    /// A length is more than half the address space, or wraps around its end.
    IAMLET_BAD_LENGTH = 3,
    /// Memory to be written overlaps other arguments.
    IAMLET_OVERLAP = 4,
    /// The output is too small; the size needed was returned, and nothing was written.
    IAMLET_BUFFER_TOO_SMALL = 5,
    /// The scratch memory is smaller than IAMLET_SCRATCH_SMALL.
    IAMLET_SCRATCH_TOO_SMALL = 6,
    /// A number that stands for no value of its enum, or an unknown flag.
    IAMLET_UNKNOWN_VALUE = 7,
    /// The size in a struct is not one that this version of the library knows.
    IAMLET_BAD_STRUCT_SIZE = 8,
    /// The policy document is refused; the error says why and where.
    IAMLET_DOCUMENT_REFUSED = 16,
    /// These bytes do not begin as an image or set does.
    IAMLET_NOT_AN_IMAGE = 32,
    /// The image or set has the format of another version of the library: compile it again.
    IAMLET_OTHER_FORMAT = 33,
    /// The image or set is longer or shorter than it says.
    IAMLET_WRONG_SIZE = 34,
    /// The image or set contradicts its format.
    IAMLET_CORRUPT = 35,
    /// A policy is of a kind that does not apply at its layer.
    IAMLET_WRONG_LAYER = 40,
    /// A policy has a level that its set does not have, or there are more than 16 levels.
    IAMLET_BAD_LEVEL = 41,
    /// A layer that has room for one policy has two.
    IAMLET_LAYER_REPEATED = 42,
    /// More policies or bytes than a set can number.
    IAMLET_TOO_MANY_POLICIES = 43,
    /// The action is not one concrete `prefix:Name`.
    IAMLET_MALFORMED_ACTION = 64,
    /// The principal's `arn` is missing, or none that a principal of its `type` has.
    IAMLET_MALFORMED_PRINCIPAL = 65,
    /// The owner of the resource is neither in its ARN nor stated, or is no account.
    IAMLET_MALFORMED_RESOURCE_ACCOUNT = 66,
    /// A context value contradicts what the engine derives from the request.
    IAMLET_CONTRADICTED_KEY = 67,
    /// A context key has no name.
    IAMLET_MALFORMED_CONTEXT_KEY = 68,
    /// A text is not UTF-8.
    IAMLET_NOT_UTF8 = 69,
    /// A text of the request is longer than 65,535 bytes, or there are too many context keys or values.
    IAMLET_REQUEST_TOO_LARGE = 70,
    /// The clock is outside the years 0 to 9999.
    IAMLET_BAD_CLOCK = 71,
    /// The memory holds no prepared request or item of this version of the library.
    IAMLET_NOT_A_REQUEST = 72,
    /// The resource is neither "*" nor an ARN.
    IAMLET_MALFORMED_RESOURCE = 73,
    /// The principal's ARN is a role's: roles make no requests, their sessions do.
    IAMLET_ROLE_AS_PRINCIPAL = 74,
    /// The slot of a context entry is none of the principal's dictionary.
    IAMLET_UNKNOWN_SLOT = 75,
    /// A dictionary has more than 16,383 keys, or one with a name of more than 1,024 bytes.
    IAMLET_DICTIONARY_TOO_LARGE = 76,
    /// The memory holds no prepared principal of this version of the library.
    IAMLET_NOT_A_PRINCIPAL = 77,
    /// The memory holds no prepared action of this version of the library.
    IAMLET_NOT_AN_ACTION = 78,
    /// More than 64 context keys are declared not fetched yet, or one of an item: an item brings what was fetched.
    IAMLET_BAD_NOT_FETCHED = 79,
    /// More than 16 policy sets in one decision.
    IAMLET_TOO_MANY_SETS = 80,
    /// The request has no resource, or there are no items.
    IAMLET_NO_RESOURCE = 81,
    /// No set has some layers that apply, and the request does not declare them absent; `layers` says which.
    IAMLET_MISSING_LAYER = 82,
    /// A set has layers that the request declares absent; `layers` says which.
    IAMLET_CONTRADICTED_LAYER = 83,
    /// The resource policy is of another kind than the resource.
    IAMLET_WRONG_RESOURCE_KIND = 84,
    /// The decision takes more work than the request's budget allows.
    IAMLET_BUDGET_EXHAUSTED = 85,
    /// The principal's `type` contradicts its `arn`.
    IAMLET_CONTRADICTED_PRINCIPAL_TYPE = 96,
    /// The principal's `role_arn` contradicts its `arn` in partition, account or name.
    IAMLET_CONTRADICTED_ROLE_ARN = 97,
    /// The principal's `user_arn` contradicts its `arn` in partition or account.
    IAMLET_CONTRADICTED_USER_ARN = 98,
    /// The `action` contradicts the principal's `type`: SAML and OIDC identities only assume roles.
    IAMLET_CONTRADICTED_ACTION = 99,
    /// The `resource` contradicts the principal's `type`: SAML and OIDC identities only assume roles.
    IAMLET_CONTRADICTED_RESOURCE = 100,
    /// The principal's `provider` contradicts its `type`, or is of another account than the role.
    IAMLET_CONTRADICTED_PROVIDER = 101,
    /// The `account` of the resource contradicts its `arn`.
    IAMLET_CONTRADICTED_RESOURCE_ACCOUNT = 102,
    /// The `resource_kind` contradicts the resource's `arn` and the `action`.
    IAMLET_CONTRADICTED_RESOURCE_KIND = 103,
    /// The partition of the resource's `arn` contradicts that of the principal.
    IAMLET_CONTRADICTED_PARTITION = 104,
    /// The principal's `type` is 0, and its `arn` does not tell it.
    IAMLET_UNKNOWN_PRINCIPAL_TYPE = 105,
    /// The principal's `role_arn` is missing, which a role session needs, or is no role's.
    IAMLET_MALFORMED_ROLE_ARN = 106,
    /// The principal's `user_arn` is no ARN of a user or root user.
    IAMLET_MALFORMED_USER_ARN = 107,
    /// The principal's `service` is missing.
    IAMLET_MISSING_SERVICE = 108,
    /// The principal's `provider` is missing.
    IAMLET_MISSING_PROVIDER = 109,
}

impl iamlet_status {
    const ALL: [(Self, &'static str); 54] = [
        (Self::IAMLET_OK, "done"),
        (Self::IAMLET_NULL_ARGUMENT, "a pointer is NULL that must not be"),
        (Self::IAMLET_MISALIGNED, "a pointer does not have the alignment of its type"),
        (Self::IAMLET_BAD_LENGTH, "a length is more than half the address space, or wraps around its end"),
        (Self::IAMLET_OVERLAP, "memory to be written overlaps other arguments"),
        (
            Self::IAMLET_BUFFER_TOO_SMALL,
            "the output is too small; the size needed was returned, and nothing was written",
        ),
        (Self::IAMLET_SCRATCH_TOO_SMALL, "the scratch memory is smaller than IAMLET_SCRATCH_SMALL"),
        (Self::IAMLET_UNKNOWN_VALUE, "a number that stands for no value of its enum, or an unknown flag"),
        (
            Self::IAMLET_BAD_STRUCT_SIZE,
            "the size in a struct is not one that this version of the library knows",
        ),
        (Self::IAMLET_DOCUMENT_REFUSED, "the policy document is refused; the error says why and where"),
        (Self::IAMLET_NOT_AN_IMAGE, "these bytes do not begin as an image or set does"),
        (
            Self::IAMLET_OTHER_FORMAT,
            "the image or set has the format of another version of the library: compile it again",
        ),
        (Self::IAMLET_WRONG_SIZE, "the image or set is longer or shorter than it says"),
        (Self::IAMLET_CORRUPT, "the image or set contradicts its format"),
        (Self::IAMLET_WRONG_LAYER, "a policy is of a kind that does not apply at its layer"),
        (
            Self::IAMLET_BAD_LEVEL,
            "a policy has a level that its set does not have, or there are more than 16 levels",
        ),
        (Self::IAMLET_LAYER_REPEATED, "a layer that has room for one policy has two"),
        (Self::IAMLET_TOO_MANY_POLICIES, "more policies or bytes than a set can number"),
        (Self::IAMLET_MALFORMED_ACTION, RequestError::Action.message()),
        (Self::IAMLET_MALFORMED_PRINCIPAL, RequestError::Principal.message()),
        (Self::IAMLET_MALFORMED_RESOURCE_ACCOUNT, RequestError::ResourceAccount.message()),
        (Self::IAMLET_CONTRADICTED_KEY, RequestError::DerivedKey(KnownKey::PrincipalArn).message()),
        (Self::IAMLET_MALFORMED_CONTEXT_KEY, RequestError::ContextKey.message()),
        (Self::IAMLET_NOT_UTF8, RequestError::Encoding(None).message()),
        (
            Self::IAMLET_REQUEST_TOO_LARGE,
            "a text of the request is longer than 65,535 bytes, or there are too many context keys or values",
        ),
        (Self::IAMLET_BAD_CLOCK, RequestError::Clock.message()),
        (
            Self::IAMLET_NOT_A_REQUEST,
            "the memory holds no prepared request or item of this version of the library",
        ),
        (Self::IAMLET_MALFORMED_RESOURCE, RequestError::Resource.message()),
        (Self::IAMLET_ROLE_AS_PRINCIPAL, RequestError::RoleAsPrincipal.message()),
        (Self::IAMLET_UNKNOWN_SLOT, RequestError::Slot.message()),
        (
            Self::IAMLET_DICTIONARY_TOO_LARGE,
            "a dictionary has more than 16,383 keys, or one with a name of more than 1,024 bytes",
        ),
        (
            Self::IAMLET_NOT_A_PRINCIPAL,
            "the memory holds no prepared principal of this version of the library",
        ),
        (Self::IAMLET_NOT_AN_ACTION, "the memory holds no prepared action of this version of the library"),
        (
            Self::IAMLET_BAD_NOT_FETCHED,
            "more than 64 context keys are declared not fetched yet, or one of an item",
        ),
        (Self::IAMLET_TOO_MANY_SETS, "more than 16 policy sets in one decision"),
        (Self::IAMLET_NO_RESOURCE, "the request has no resource, or there are no items"),
        (
            Self::IAMLET_MISSING_LAYER,
            "no set has some layers that apply, and the request does not declare them absent",
        ),
        (Self::IAMLET_CONTRADICTED_LAYER, "a set has layers that the request declares absent"),
        (Self::IAMLET_WRONG_RESOURCE_KIND, "the resource policy is of another kind than the resource"),
        (Self::IAMLET_BUDGET_EXHAUSTED, "the decision takes more work than the request's budget allows"),
        (Self::IAMLET_CONTRADICTED_PRINCIPAL_TYPE, RequestError::PrincipalType.message()),
        (Self::IAMLET_CONTRADICTED_ROLE_ARN, RequestError::SessionRole.message()),
        (Self::IAMLET_CONTRADICTED_USER_ARN, RequestError::ParentUser.message()),
        (Self::IAMLET_CONTRADICTED_ACTION, RequestError::FederatedAction.message()),
        (Self::IAMLET_CONTRADICTED_RESOURCE, RequestError::FederatedResource.message()),
        (
            Self::IAMLET_CONTRADICTED_PROVIDER,
            "principal.provider: it contradicts the principal's type, or is of another account than the role",
        ),
        (Self::IAMLET_CONTRADICTED_RESOURCE_ACCOUNT, RequestError::ResourceOwner.message()),
        (Self::IAMLET_CONTRADICTED_RESOURCE_KIND, RequestError::ResourceKind.message()),
        (Self::IAMLET_CONTRADICTED_PARTITION, RequestError::Partition.message()),
        (Self::IAMLET_UNKNOWN_PRINCIPAL_TYPE, RequestError::UnknownType.message()),
        (Self::IAMLET_MALFORMED_ROLE_ARN, RequestError::RoleArn.message()),
        (Self::IAMLET_MALFORMED_USER_ARN, RequestError::UserArn.message()),
        (Self::IAMLET_MISSING_SERVICE, RequestError::Service.message()),
        (Self::IAMLET_MISSING_PROVIDER, RequestError::NoProvider.message()),
    ];

    /// What a number means that a function returned; `None` for a number that is none.
    pub(super) fn message(number: u32) -> Option<&'static str> {
        Self::ALL.iter().find(|(status, _)| *status as u32 == number).map(|(_, text)| *text)
    }
}

/// What a status means, in lower case and without a full stop; empty for a
/// number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_status_text(status: u32) -> iamlet_text {
    text_of!(status, iamlet_status::ALL, |row| (row.0 as u32, row.1))
}

impl From<ImageError> for iamlet_status {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NotAnImage => Self::IAMLET_NOT_AN_IMAGE,
            ImageError::OtherFormat(_) => Self::IAMLET_OTHER_FORMAT,
            ImageError::WrongSize => Self::IAMLET_WRONG_SIZE,
            ImageError::Corrupt => Self::IAMLET_CORRUPT,
        }
    }
}

impl From<SetError> for iamlet_status {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Policy(_, error) => error.into(),
            SetError::WrongLayer(_) => Self::IAMLET_WRONG_LAYER,
            SetError::Level(_) | SetError::TooManyLevels => Self::IAMLET_BAD_LEVEL,
            SetError::Repeated(_) => Self::IAMLET_LAYER_REPEATED,
            SetError::TooManyPolicies => Self::IAMLET_TOO_MANY_POLICIES,
            SetError::OutputTooSmall(_) => Self::IAMLET_BUFFER_TOO_SMALL,
        }
    }
}

impl From<DictionaryError> for iamlet_status {
    fn from(error: DictionaryError) -> Self {
        match error {
            DictionaryError::NoName(_) => Self::IAMLET_MALFORMED_CONTEXT_KEY,
            DictionaryError::Encoding(_) => Self::IAMLET_NOT_UTF8,
            DictionaryError::TooLong(_) | DictionaryError::TooManyKeys => Self::IAMLET_DICTIONARY_TOO_LARGE,
            DictionaryError::OutputTooSmall(_) => Self::IAMLET_BUFFER_TOO_SMALL,
        }
    }
}

impl From<RequestError> for iamlet_status {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Action => Self::IAMLET_MALFORMED_ACTION,
            RequestError::Principal => Self::IAMLET_MALFORMED_PRINCIPAL,
            RequestError::UnknownType => Self::IAMLET_UNKNOWN_PRINCIPAL_TYPE,
            RequestError::RoleArn => Self::IAMLET_MALFORMED_ROLE_ARN,
            RequestError::UserArn => Self::IAMLET_MALFORMED_USER_ARN,
            RequestError::Service => Self::IAMLET_MISSING_SERVICE,
            RequestError::NoProvider => Self::IAMLET_MISSING_PROVIDER,
            RequestError::ResourceAccount => Self::IAMLET_MALFORMED_RESOURCE_ACCOUNT,
            RequestError::RoleAsPrincipal => Self::IAMLET_ROLE_AS_PRINCIPAL,
            RequestError::PrincipalType => Self::IAMLET_CONTRADICTED_PRINCIPAL_TYPE,
            RequestError::Provider => Self::IAMLET_CONTRADICTED_PROVIDER,
            RequestError::SessionRole => Self::IAMLET_CONTRADICTED_ROLE_ARN,
            RequestError::ParentUser => Self::IAMLET_CONTRADICTED_USER_ARN,
            RequestError::FederatedAction => Self::IAMLET_CONTRADICTED_ACTION,
            RequestError::FederatedResource => Self::IAMLET_CONTRADICTED_RESOURCE,
            RequestError::ProviderAccount => Self::IAMLET_CONTRADICTED_PROVIDER,
            RequestError::Resource => Self::IAMLET_MALFORMED_RESOURCE,
            RequestError::ResourceOwner => Self::IAMLET_CONTRADICTED_RESOURCE_ACCOUNT,
            RequestError::ResourceKind => Self::IAMLET_CONTRADICTED_RESOURCE_KIND,
            RequestError::Partition => Self::IAMLET_CONTRADICTED_PARTITION,
            RequestError::DerivedKey(_) => Self::IAMLET_CONTRADICTED_KEY,
            RequestError::ContextKey => Self::IAMLET_MALFORMED_CONTEXT_KEY,
            RequestError::Encoding(_) => Self::IAMLET_NOT_UTF8,
            RequestError::TooLarge(_) => Self::IAMLET_REQUEST_TOO_LARGE,
            RequestError::Clock => Self::IAMLET_BAD_CLOCK,
            RequestError::NotPrepared => Self::IAMLET_NOT_A_REQUEST,
            RequestError::Slot => Self::IAMLET_UNKNOWN_SLOT,
            RequestError::NotFetched => Self::IAMLET_BAD_NOT_FETCHED,
            RequestError::NoPreparedPrincipal => Self::IAMLET_NOT_A_PRINCIPAL,
            RequestError::NoPreparedAction => Self::IAMLET_NOT_AN_ACTION,
        }
    }
}

impl From<DecideError> for iamlet_status {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::TooManySets => Self::IAMLET_TOO_MANY_SETS,
            DecideError::NoResource => Self::IAMLET_NO_RESOURCE,
            DecideError::MissingLayers(_) => Self::IAMLET_MISSING_LAYER,
            DecideError::ContradictedLayers(_) => Self::IAMLET_CONTRADICTED_LAYER,
            DecideError::RepeatedLayers(_) => Self::IAMLET_LAYER_REPEATED,
            DecideError::WrongResourceKind => Self::IAMLET_WRONG_RESOURCE_KIND,
            DecideError::BudgetExhausted => Self::IAMLET_BUDGET_EXHAUSTED,
            DecideError::Request(error) => error.into(),
            DecideError::Image(error) => error.into(),
        }
    }
}
