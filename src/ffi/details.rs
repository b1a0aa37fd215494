//! The numbers of what exactly is wrong with a document, and their texts.

use super::text::{iamlet_text, text_of};
use crate::ground::detail::Detail;

/// What exactly is wrong with an element, where a fault could be several things.
/// iamlet_error_explain says it in words. Later versions add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_detail {
    /// A principal other than `*` stands alone.
    IAMLET_DETAIL_PRINCIPAL_TEXT = 1,
    /// No such type of principals.
    IAMLET_DETAIL_PRINCIPAL_MEMBER = 2,
    /// A type of principals that this kind of policy does not take.
    IAMLET_DETAIL_PRINCIPAL_KIND = 3,
    /// `"*"` in a trust policy.
    IAMLET_DETAIL_TRUST_EVERYONE = 4,
    /// `*` in `NotPrincipal`.
    IAMLET_DETAIL_NOT_EVERYONE = 5,
    /// A principal of a resource control policy that is not `"*"`.
    IAMLET_DETAIL_RCP_PRINCIPAL = 6,
    /// A wildcard in a principal.
    IAMLET_DETAIL_PRINCIPAL_WILDCARD = 7,
    /// A `$` in a principal.
    IAMLET_DETAIL_PRINCIPAL_VARIABLE = 8,
    /// A character that no principal has.
    IAMLET_DETAIL_PRINCIPAL_CHARACTER = 9,
    /// Neither account nor ARN nor unique id.
    IAMLET_DETAIL_PRINCIPAL_FORM = 10,
    /// An ARN that has not six fields.
    IAMLET_DETAIL_FIELD_COUNT = 11,
    /// An ARN that does not begin with `arn`.
    IAMLET_DETAIL_ARN_SCHEME = 12,
    /// A partition that cannot be one.
    IAMLET_DETAIL_PARTITION = 13,
    /// A service that has no principals of this type.
    IAMLET_DETAIL_PRINCIPAL_SERVICE = 14,
    /// A region in the ARN of a principal.
    IAMLET_DETAIL_PRINCIPAL_REGION = 15,
    /// Digits in the account field, and not twelve.
    IAMLET_DETAIL_ACCOUNT_LENGTH = 16,
    /// Something else in the account field.
    IAMLET_DETAIL_ACCOUNT_CHARACTERS = 17,
    /// An account that has not twelve digits.
    IAMLET_DETAIL_ACCOUNT_ID_LENGTH = 18,
    /// No principal of IAM.
    IAMLET_DETAIL_IAM_NAME = 19,
    /// A group.
    IAMLET_DETAIL_GROUP = 20,
    /// No principal of STS.
    IAMLET_DETAIL_STS_NAME = 21,
    /// An empty part of a path.
    IAMLET_DETAIL_EMPTY_PATH = 22,
    /// Characters that no unique id has.
    IAMLET_DETAIL_UNIQUE_ID = 23,
    /// A unique id, and not that of a user or role.
    IAMLET_DETAIL_UNIQUE_ID_PREFIX = 24,
    /// Another principal of the account `cloudfront`.
    IAMLET_DETAIL_ORIGIN_ACCESS_IDENTITY = 25,
    /// A service of no domain of AWS's.
    IAMLET_DETAIL_SERVICE_SUFFIX = 26,
    /// Nothing but the suffix of a service.
    IAMLET_DETAIL_SERVICE_NAME = 27,
    /// Characters that no name of a service has.
    IAMLET_DETAIL_SERVICE_LABEL = 28,
    /// Two dots in a row.
    IAMLET_DETAIL_SERVICE_EMPTY_LABEL = 29,
    /// No identity provider.
    IAMLET_DETAIL_PROVIDER = 30,
    /// The ARN of something else than a provider.
    IAMLET_DETAIL_PROVIDER_SERVICE = 31,
    /// The ARN of something else in IAM.
    IAMLET_DETAIL_PROVIDER_NAME = 32,
    /// A canonical user id that has not 64 characters.
    IAMLET_DETAIL_CANONICAL_LENGTH = 33,
    /// Characters that no canonical user id has.
    IAMLET_DETAIL_CANONICAL_CHARACTERS = 34,
    /// A number that is no account.
    IAMLET_DETAIL_ACCOUNT_NUMBER = 35,
    /// Neither `*` nor an ARN.
    IAMLET_DETAIL_RESOURCE_FORM = 36,
    /// An ARN of less than three fields.
    IAMLET_DETAIL_FEW_FIELDS = 37,
    /// A partition that cannot be one.
    IAMLET_DETAIL_RESOURCE_PARTITION = 38,
    /// No service.
    IAMLET_DETAIL_SERVICE_EMPTY = 39,
    /// A wildcard in the service field.
    IAMLET_DETAIL_SERVICE_WILDCARD = 40,
    /// Characters that no service has.
    IAMLET_DETAIL_SERVICE_CHARACTERS = 41,
    /// Characters that no region has.
    IAMLET_DETAIL_REGION_CHARACTERS = 42,
    /// Characters that no account has.
    IAMLET_DETAIL_RESOURCE_ACCOUNT = 43,
    /// Digits and wildcards in an endpoint policy.
    IAMLET_DETAIL_ACCOUNT_MIXED = 44,
    /// More than twelve digits and wildcards.
    IAMLET_DETAIL_ACCOUNT_PATTERN_LENGTH = 45,
    /// A key without a colon.
    IAMLET_DETAIL_KEY_COLON = 46,
    /// Nothing in front of the colon.
    IAMLET_DETAIL_KEY_PREFIX = 47,
    /// A character that no prefix has.
    IAMLET_DETAIL_KEY_PREFIX_CHARACTER = 48,
    /// A path with an empty part.
    IAMLET_DETAIL_KEY_PATH = 49,
    /// Nothing behind the colon.
    IAMLET_DETAIL_KEY_NAME = 50,
    /// A key of tags that names no tag.
    IAMLET_DETAIL_KEY_TAG = 51,
    /// A variable in a key.
    IAMLET_DETAIL_KEY_VARIABLE = 52,
    /// White space around a key.
    IAMLET_DETAIL_KEY_SPACE = 53,
    /// No closing brace.
    IAMLET_DETAIL_VARIABLE_OPEN = 54,
    /// No name.
    IAMLET_DETAIL_VARIABLE_EMPTY = 55,
    /// A name that is no key.
    IAMLET_DETAIL_VARIABLE_COLON = 56,
    /// Characters that no name has.
    IAMLET_DETAIL_VARIABLE_CHARACTER = 57,
    /// A default that is not quoted, or holds a brace.
    IAMLET_DETAIL_VARIABLE_DEFAULT = 58,
    /// A variable in the partition or service.
    IAMLET_DETAIL_VARIABLE_FIELD = 59,
    /// A variable where the operator takes none.
    IAMLET_DETAIL_VARIABLE_OPERATOR = 60,
    /// An action without a colon.
    IAMLET_DETAIL_ACTION_COLON = 61,
    /// An action with several colons.
    IAMLET_DETAIL_ACTION_COLONS = 62,
    /// Characters that no service has.
    IAMLET_DETAIL_ACTION_SERVICE = 63,
    /// A service that is wild in part.
    IAMLET_DETAIL_ACTION_SERVICE_WILDCARD = 64,
    /// Every service, where one must be named.
    IAMLET_DETAIL_ACTION_ANY_SERVICE = 65,
    /// Upper case where the kind takes none.
    IAMLET_DETAIL_ACTION_SERVICE_CASE = 66,
    /// No name.
    IAMLET_DETAIL_ACTION_NAME = 67,
    /// A character that no name has.
    IAMLET_DETAIL_ACTION_CHARACTER = 68,
    /// `*` where actions must be named.
    IAMLET_DETAIL_ACTION_EVERY = 69,
    /// An action of another service in a trust policy.
    IAMLET_DETAIL_ACTION_STS = 70,
    /// A wildcard inside a name, in the classic grammar.
    IAMLET_DETAIL_ACTION_WILDCARD = 71,
    /// A byte order mark.
    IAMLET_DETAIL_BYTE_ORDER_MARK = 72,
}

/// The code of a detail, "ACCOUNT_LENGTH" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_detail_code(detail: u32) -> iamlet_text {
    text_of!(detail, Detail::ALL, |detail| (detail as u32, detail.code()))
}

pub(super) fn detail_of(number: u32) -> Option<Detail> {
    Detail::ALL.into_iter().find(|detail| *detail as u32 == number)
}
