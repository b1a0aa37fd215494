//! What exactly is wrong with an element, and the words for it.

use core::fmt;

use super::numbered::numbered;

numbered! {
    /// What exactly is wrong with an element whose fault could be several things, or with a part of it. The numbers are part
    /// of the C ABI and never change.
    ///
    /// With each its code, and what is wrong in the words of the IAM guide: ` @` stands for the part of the document that is at
    /// fault, `#` for how many there are of something.
    #[non_exhaustive]
    pub enum Detail: 2 {
        /// A principal other than `*` stands alone (R-PRIN-4).
        PrincipalText = 1 => [
            "PRINCIPAL_TEXT",
            "the principal @ stands alone, which only `*` may; others stand under `AWS`, `Service`, `Federated` or `CanonicalUser`",
        ],
        /// No such type of principals (R-PRIN-4).
        PrincipalMember = 2 => [
            "PRINCIPAL_MEMBER",
            "the member @ is none of `AWS`, `Service`, `Federated` and `CanonicalUser`",
        ],
        /// A type of principals that this kind of policy does not take (R-KIND-5).
        PrincipalKind = 3 => ["PRINCIPAL_KIND", "this kind of policy takes no principals under @"],
        /// `"*"` in a trust policy (R-KIND-7).
        TrustEveryone = 4 => [
            "TRUST_EVERYONE",
            "a trust policy names everyone as `{\"AWS\": \"*\"}`, not as @",
        ],
        /// `*` in `NotPrincipal` (R-NPRIN-2).
        NotEveryone = 5 => ["NOT_EVERYONE", "the wildcard @ in `NotPrincipal` leaves nobody"],
        /// A principal of a resource control policy that is not `"*"` (R-RCP-1).
        RcpPrincipal = 6 => ["RCP_PRINCIPAL", "the principal of a resource control policy is the string `*`"],
        /// A wildcard in a principal (R-PRIN-6).
        PrincipalWildcard = 7 => [
            "PRINCIPAL_WILDCARD",
            "the principal @ has a wildcard, and only `\"*\"` and `{\"AWS\": \"*\"}` are wild",
        ],
        /// A `$` in a principal (R-PRIN-10).
        PrincipalVariable = 8 => [
            "PRINCIPAL_VARIABLE",
            "the principal @ has a `$`, and principals take no policy variables",
        ],
        /// A character that no principal has.
        PrincipalCharacter = 9 => ["PRINCIPAL_CHARACTER", "the character @ cannot stand in a principal"],
        /// Neither account nor ARN nor unique id (R-PRIN-5).
        PrincipalForm = 10 => ["PRINCIPAL_FORM", "the principal @ is no account, ARN or unique id"],
        /// An ARN that has not six fields.
        FieldCount = 11 => ["FIELD_COUNT", "the ARN @ has # fields, not 6"],
        /// An ARN that does not begin with `arn`.
        ArnScheme = 12 => ["ARN_SCHEME", "the first field @ is not `arn`"],
        /// A partition that cannot be one.
        Partition = 13 => ["PARTITION", "the partition field @ is not `aws`, or `aws-` and a name"],
        /// A service that has no principals of this type.
        PrincipalService = 14 => ["PRINCIPAL_SERVICE", "the service field @ is neither `iam` nor `sts`"],
        /// A region in the ARN of a principal.
        PrincipalRegion = 15 => [
            "PRINCIPAL_REGION",
            "the region field @ is not empty, as that of a principal is",
        ],
        /// Digits in the account field, and not twelve.
        AccountLength = 16 => ["ACCOUNT_LENGTH", "the account field @ has # digits, not 12"],
        /// Something else in the account field.
        AccountCharacters = 17 => [
            "ACCOUNT_CHARACTERS",
            "the account field @ has other characters than digits",
        ],
        /// An account that has not twelve digits.
        AccountIdLength = 18 => ["ACCOUNT_ID_LENGTH", "the account @ has # digits, not 12"],
        /// No principal of IAM (R-PRIN-5).
        IamName = 19 => [
            "IAM_NAME",
            "the name @ is not `root`, nor `user/` or `role/` with a name behind it",
        ],
        /// A group (R-PRIN-5).
        Group = 20 => ["GROUP", "the name @ is that of a group, and groups are no principals"],
        /// No principal of STS (R-PRIN-5).
        StsName = 21 => [
            "STS_NAME",
            "the name @ is not `assumed-role/ROLE/SESSION` or `federated-user/NAME`",
        ],
        /// An empty part of a path.
        EmptyPath = 22 => ["EMPTY_PATH", "the name @ has nothing between two slashes or behind the last one"],
        /// Characters that no unique id has.
        UniqueId = 23 => [
            "UNIQUE_ID",
            "the unique id @ has more behind `AIDA` or `AROA` than `A` to `Z` and `0` to `9`, or nothing",
        ],
        /// A unique id, and not that of a user or role.
        UniqueIdPrefix = 24 => ["UNIQUE_ID_PREFIX", "the unique id @ begins with neither `AIDA` nor `AROA`"],
        /// Another principal of the account `cloudfront` (R-PRIN-5).
        OriginAccessIdentity = 25 => [
            "ORIGIN_ACCESS_IDENTITY",
            "the name @ is not `user/CloudFront Origin Access Identity ID`, and the account `cloudfront` has no others",
        ],
        /// A service of no domain of AWS's (R-PRIN-7).
        ServiceSuffix = 26 => [
            "SERVICE_SUFFIX",
            "the service @ ends in no suffix of services, such as `.amazonaws.com`",
        ],
        /// Nothing but the suffix of a service (R-PRIN-7).
        ServiceName = 27 => ["SERVICE_NAME", "the service @ has no name in front of its suffix"],
        /// Characters that no name of a service has (R-PRIN-7).
        ServiceLabel = 28 => [
            "SERVICE_LABEL",
            "the label @ has other characters than `a` to `z`, `0` to `9` and `-`",
        ],
        /// Two dots in a row (R-PRIN-7).
        ServiceEmptyLabel = 29 => ["SERVICE_EMPTY_LABEL", "the service @ has an empty label"],
        /// No identity provider (R-PRIN-8).
        Provider = 30 => ["PROVIDER", "the provider @ is no ARN, and none that IAM knows by name"],
        /// The ARN of something else than a provider (R-PRIN-8).
        ProviderService = 31 => ["PROVIDER_SERVICE", "the service field @ is not `iam`"],
        /// The ARN of something else in IAM (R-PRIN-8).
        ProviderName = 32 => [
            "PROVIDER_NAME",
            "the name @ is not `saml-provider/` or `oidc-provider/` with a name behind it",
        ],
        /// A canonical user id that has not 64 characters (R-PRIN-9).
        CanonicalLength = 33 => ["CANONICAL_LENGTH", "the canonical user id @ has # characters, not 64"],
        /// Characters that no canonical user id has (R-PRIN-9).
        CanonicalCharacters = 34 => [
            "CANONICAL_CHARACTERS",
            "the canonical user id @ has other characters than `0` to `9` and `a` to `f`",
        ],
        /// A number that is no account (R-PRIN-5).
        AccountNumber = 35 => ["ACCOUNT_NUMBER", "the number @ is no account: an account has 12 digits"],
        /// Neither `*` nor an ARN (R-RES-1).
        ResourceForm = 36 => ["RESOURCE_FORM", "the resource @ is neither `*` nor an ARN"],
        /// An ARN of less than three fields (R-RES-8).
        FewFields = 37 => ["FEW_FIELDS", "the ARN @ has # fields, and at least 3 are needed"],
        /// A partition that cannot be one (R-RES-2).
        ResourcePartition = 38 => [
            "RESOURCE_PARTITION",
            "the partition field @ is not `*`, `aws`, or `aws-` and a name",
        ],
        /// No service (R-RES-2).
        ServiceEmpty = 39 => ["SERVICE_EMPTY", "the service field is empty"],
        /// A wildcard in the service field (R-RES-2).
        ServiceWildcard = 40 => ["SERVICE_WILDCARD", "the service field @ has a wildcard, and takes none"],
        /// Characters that no service has (R-RES-2).
        ServiceCharacters = 41 => [
            "SERVICE_CHARACTERS",
            "the service field @ has other characters than `a` to `z`, `0` to `9` and `-`",
        ],
        /// Characters that no region has (R-RES-2).
        RegionCharacters = 42 => [
            "REGION_CHARACTERS",
            "the region field @ has other characters than `a` to `z`, `0` to `9`, `-`, wildcards and variables",
        ],
        /// Characters that no account has (R-RES-2).
        ResourceAccount = 43 => [
            "RESOURCE_ACCOUNT",
            "the account field @ has other characters than digits and wildcards, and is no variable",
        ],
        /// Digits and wildcards in an endpoint policy (R-VPCE-5).
        AccountMixed = 44 => [
            "ACCOUNT_MIXED",
            "the account field @ mixes digits and wildcards, which an endpoint policy does not take",
        ],
        /// More than twelve digits and wildcards (R-RES-2).
        AccountPatternLength = 45 => [
            "ACCOUNT_PATTERN_LENGTH",
            "the account field @ has # digits and wildcards, and an account has 12 digits",
        ],
        /// A key without a colon (R-COND-5).
        KeyColon = 46 => ["KEY_COLON", "the key @ has no colon: a key is `prefix:name`"],
        /// Nothing in front of the colon (R-COND-5).
        KeyPrefix = 47 => ["KEY_PREFIX", "the key @ has nothing in front of its colon"],
        /// A character that no prefix has (R-COND-5).
        KeyPrefixCharacter = 48 => [
            "KEY_PREFIX_CHARACTER",
            "the character @ cannot stand in front of the colon of a key",
        ],
        /// A path with an empty part (R-COND-5).
        KeyPath = 49 => ["KEY_PATH", "the prefix @ begins with a slash, or has two in a row"],
        /// Nothing behind the colon (R-COND-5).
        KeyName = 50 => ["KEY_NAME", "the key @ has nothing behind its colon"],
        /// A key of tags that names no tag (R-COND-8).
        KeyTag = 51 => ["KEY_TAG", "the key @ lacks a slash and the key of a tag"],
        /// A variable in a key (R-COND-9).
        KeyVariable = 52 => ["KEY_VARIABLE", "the key @ has a policy variable, which only values take"],
        /// White space around a key (R-COND-5).
        KeySpace = 53 => ["KEY_SPACE", "the key @ begins or ends with white space"],
        /// No closing brace (R-VAR-4).
        VariableOpen = 54 => ["VARIABLE_OPEN", "the variable @ has no closing brace"],
        /// No name (R-VAR-4).
        VariableEmpty = 55 => ["VARIABLE_EMPTY", "the variable @ names nothing"],
        /// A name that is no key (R-VAR-4).
        VariableColon = 56 => ["VARIABLE_COLON", "the variable @ names no context key: those have a colon"],
        /// Characters that no name has (R-VAR-4).
        VariableCharacter = 57 => [
            "VARIABLE_CHARACTER",
            "the variable @ has white space, a quote, a brace or a `$` in its name",
        ],
        /// A default that is not quoted, or holds a brace (R-VAR-2).
        VariableDefault = 58 => [
            "VARIABLE_DEFAULT",
            "the variable @ has a default that is not written as `, 'text'`",
        ],
        /// A variable in the partition or service (R-VAR-5).
        VariableField = 59 => [
            "VARIABLE_FIELD",
            "the field @ has a policy variable, which partition and service do not take",
        ],
        /// A variable where the operator takes none (R-VAR-5).
        VariableOperator = 60 => [
            "VARIABLE_OPERATOR",
            "the value @ has a policy variable, which only string and ARN operators take",
        ],
        /// An action without a colon (R-ACT-1).
        ActionColon = 61 => ["ACTION_COLON", "the action @ has no colon: an action is `*` or `service:Name`"],
        /// An action with several colons (R-ACT-1).
        ActionColons = 62 => ["ACTION_COLONS", "the action @ has # colons, not 1"],
        /// Characters that no service has (R-ACT-2).
        ActionService = 63 => [
            "ACTION_SERVICE",
            "the service @ of the action is empty, or has other characters than letters, digits, `.` and `-`",
        ],
        /// A service that is wild in part (R-ACT-2).
        ActionServiceWildcard = 64 => [
            "ACTION_SERVICE_WILDCARD",
            "the service @ of the action is wild in part: it is `*`, or has no wildcard",
        ],
        /// Every service, where one must be named (R-RCP-2, R-SCPC-16).
        ActionAnyService = 65 => [
            "ACTION_ANY_SERVICE",
            "the service @ of the action is every service, which this kind of policy does not take",
        ],
        /// Upper case where the kind takes none (R-SCPC-14, R-SCPF-2).
        ActionServiceCase = 66 => ["ACTION_SERVICE_CASE", "the service @ of the action is not in lower case"],
        /// No name (R-ACT-3).
        ActionName = 67 => ["ACTION_NAME", "the action @ has no name behind its colon"],
        /// A character that no name has (R-ACT-3).
        ActionCharacter = 68 => ["ACTION_CHARACTER", "the character @ cannot stand in the name of an action"],
        /// `*` where actions must be named (R-KIND-6, R-RCP-2).
        ActionEvery = 69 => [
            "ACTION_EVERY",
            "the action @ is every action, which this kind of policy does not take",
        ],
        /// An action of another service in a trust policy (R-KIND-6).
        ActionSts = 70 => [
            "ACTION_STS",
            "the service @ of the action is not `sts`, which alone a trust policy takes",
        ],
        /// A wildcard inside a name, in the classic grammar (R-SCPC-16, R-SCPC-17).
        ActionWildcard = 71 => [
            "ACTION_WILDCARD",
            "the action @ has a wildcard that is not a `*` at its end, which this kind of policy does not take",
        ],
        /// A byte order mark (R-JSON-1).
        ByteOrderMark = 72 => [
            "BYTE_ORDER_MARK",
            "the document begins with a byte order mark: save it without one",
        ],
    }
}

impl Detail {
    /// The code of the detail, `ACCOUNT_LENGTH` for one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        let [code, _] = self.texts();
        code
    }
}

/// The part of an element that is at fault, and what is wrong with it. It holds no text: the part is in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is wrong.
    pub detail: Detail,
    /// The byte of the document where the part begins.
    pub offset: u32,
    /// The bytes of the part as the document has it; 0 where the detail is about no part, or about an empty one.
    pub len: u32,
    /// How many characters, fields or colons there are, where the message tells it; else 0.
    pub count: u32,
}

/// Bytes of a part that a message shows; what is longer ends in an ellipsis.
pub const SHOWN: usize = 96;

impl Part {
    /// Writes what is wrong, and the part as it is written in `json` where that is known.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, json: Option<&[u8]>) -> fmt::Result {
        let [_, template] = self.detail.texts();
        let (before, after) = split(template, " @").unwrap_or((template, ""));
        self.write_counted(f, before)?;
        if let Some(json) = json
            && before.len() < template.len()
        {
            let end = self.offset.saturating_add(self.len) as usize;
            let written = json.get(self.offset as usize..end).unwrap_or_default();
            let (shown, ellipsis) = shorten(written);
            write!(f, " `{shown}{ellipsis}`")?;
        }
        self.write_counted(f, after)
    }

    fn write_counted(&self, f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
        match split(text, "#") {
            Some((before, after)) => write!(f, "{before}{}{after}", self.count),
            None => f.write_str(text),
        }
    }
}

/// What stands before and after a mark in a text. The search of `str` links code that can panic.
fn split<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let at = text.as_bytes().windows(mark.len()).position(|piece| piece == mark.as_bytes())?;
    let (before, after) = text.split_at_checked(at)?;
    Some((before, after.strip_prefix(mark)?))
}

/// The beginning of a text as far as it is shown, in whole characters, and what stands for the rest.
fn shorten(text: &[u8]) -> (&str, &'static str) {
    let (shown, ellipsis) = match text.get(..SHOWN) {
        Some(shown) if shown.len() < text.len() => (shown, "\u{2026}"),
        _ => (text, ""),
    };
    (shown.utf8_chunks().next().map_or("", |chunk| chunk.valid()), ellipsis)
}

#[cfg(test)]
mod tests {
    use super::{Detail, SHOWN, shorten};

    #[test]
    fn a_message_is_short_enough_for_the_memory_that_the_c_api_asks_for() {
        for detail in Detail::ALL {
            // A number of ten digits, four bytes around the part, the ellipsis.
            let [_, message] = detail.texts();
            let most = message.len() + 10 + SHOWN + 4 + 3;
            assert!(most <= 256, "{detail:?}");
        }
    }

    #[test]
    fn a_long_part_is_cut_between_characters() {
        let long = "é".repeat(SHOWN);
        assert_eq!(shorten(long.as_bytes()), ("é".repeat(SHOWN / 2).as_str(), "\u{2026}"));
        let odd = std::format!("x{long}");
        assert_eq!(shorten(odd.as_bytes()).0.len(), SHOWN - 1);
        assert_eq!(shorten(&long.as_bytes()[..SHOWN]).1, "");
    }
}
