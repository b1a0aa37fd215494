/* Part of iamlet.hpp. The numbers of the C API, each enum a type of its own, and their texts. The names are those of
 * iamlet.h, which explains them. */
#ifndef IAMLET_NUMBERS_HPP
#define IAMLET_NUMBERS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "../iamlet.h"

namespace iamlet {

/// What became of a call; whatever is not `ok` denies.
enum class Status : std::uint32_t {
    ok = IAMLET_OK,
    null_argument = IAMLET_NULL_ARGUMENT,
    misaligned = IAMLET_MISALIGNED,
    bad_length = IAMLET_BAD_LENGTH,
    overlap = IAMLET_OVERLAP,
    buffer_too_small = IAMLET_BUFFER_TOO_SMALL,
    scratch_too_small = IAMLET_SCRATCH_TOO_SMALL,
    unknown_value = IAMLET_UNKNOWN_VALUE,
    bad_struct_size = IAMLET_BAD_STRUCT_SIZE,
    document_refused = IAMLET_DOCUMENT_REFUSED,
    not_an_image = IAMLET_NOT_AN_IMAGE,
    other_format = IAMLET_OTHER_FORMAT,
    wrong_size = IAMLET_WRONG_SIZE,
    corrupt = IAMLET_CORRUPT,
    wrong_layer = IAMLET_WRONG_LAYER,
    bad_level = IAMLET_BAD_LEVEL,
    layer_repeated = IAMLET_LAYER_REPEATED,
    too_many_policies = IAMLET_TOO_MANY_POLICIES,
    malformed_action = IAMLET_MALFORMED_ACTION,
    malformed_principal = IAMLET_MALFORMED_PRINCIPAL,
    malformed_resource_account = IAMLET_MALFORMED_RESOURCE_ACCOUNT,
    contradicted_key = IAMLET_CONTRADICTED_KEY,
    malformed_context_key = IAMLET_MALFORMED_CONTEXT_KEY,
    not_utf8 = IAMLET_NOT_UTF8,
    request_too_large = IAMLET_REQUEST_TOO_LARGE,
    bad_clock = IAMLET_BAD_CLOCK,
    not_a_request = IAMLET_NOT_A_REQUEST,
    malformed_resource = IAMLET_MALFORMED_RESOURCE,
    role_as_principal = IAMLET_ROLE_AS_PRINCIPAL,
    unknown_slot = IAMLET_UNKNOWN_SLOT,
    dictionary_too_large = IAMLET_DICTIONARY_TOO_LARGE,
    not_a_principal = IAMLET_NOT_A_PRINCIPAL,
    not_an_action = IAMLET_NOT_AN_ACTION,
    bad_not_fetched = IAMLET_BAD_NOT_FETCHED,
    too_many_sets = IAMLET_TOO_MANY_SETS,
    no_resource = IAMLET_NO_RESOURCE,
    missing_layer = IAMLET_MISSING_LAYER,
    contradicted_layer = IAMLET_CONTRADICTED_LAYER,
    wrong_resource_kind = IAMLET_WRONG_RESOURCE_KIND,
    budget_exhausted = IAMLET_BUDGET_EXHAUSTED,
    contradicted_principal_type = IAMLET_CONTRADICTED_PRINCIPAL_TYPE,
    contradicted_role_arn = IAMLET_CONTRADICTED_ROLE_ARN,
    contradicted_user_arn = IAMLET_CONTRADICTED_USER_ARN,
    contradicted_action = IAMLET_CONTRADICTED_ACTION,
    contradicted_resource = IAMLET_CONTRADICTED_RESOURCE,
    contradicted_provider = IAMLET_CONTRADICTED_PROVIDER,
    contradicted_resource_account = IAMLET_CONTRADICTED_RESOURCE_ACCOUNT,
    contradicted_resource_kind = IAMLET_CONTRADICTED_RESOURCE_KIND,
    contradicted_partition = IAMLET_CONTRADICTED_PARTITION,
    unknown_principal_type = IAMLET_UNKNOWN_PRINCIPAL_TYPE,
    malformed_role_arn = IAMLET_MALFORMED_ROLE_ARN,
    malformed_user_arn = IAMLET_MALFORMED_USER_ARN,
    missing_service = IAMLET_MISSING_SERVICE,
    missing_provider = IAMLET_MISSING_PROVIDER,
    out_of_memory = 1u << 16, ///< Of the C++ layer alone: the heap has no memory.
};

/// Why a policy document is refused.
enum class Fault : std::uint32_t {
    capacity = IAMLET_FAULT_CAPACITY,
    too_large = IAMLET_FAULT_TOO_LARGE,
    encoding = IAMLET_FAULT_ENCODING,
    json_syntax = IAMLET_FAULT_JSON_SYNTAX,
    json_trailing = IAMLET_FAULT_JSON_TRAILING,
    json_duplicate_key = IAMLET_FAULT_JSON_DUPLICATE_KEY,
    json_depth = IAMLET_FAULT_JSON_DEPTH,
    bad_character = IAMLET_FAULT_BAD_CHARACTER,
    wrong_type = IAMLET_FAULT_WRONG_TYPE,
    unknown_element = IAMLET_FAULT_UNKNOWN_ELEMENT,
    missing_element = IAMLET_FAULT_MISSING_ELEMENT,
    forbidden_element = IAMLET_FAULT_FORBIDDEN_ELEMENT,
    exclusive_elements = IAMLET_FAULT_EXCLUSIVE_ELEMENTS,
    forbidden_combination = IAMLET_FAULT_FORBIDDEN_COMBINATION,
    empty = IAMLET_FAULT_EMPTY,
    bad_version = IAMLET_FAULT_BAD_VERSION,
    bad_effect = IAMLET_FAULT_BAD_EFFECT,
    bad_sid = IAMLET_FAULT_BAD_SID,
    dup_sid = IAMLET_FAULT_DUP_SID,
    bad_action = IAMLET_FAULT_BAD_ACTION,
    bad_resource = IAMLET_FAULT_BAD_RESOURCE,
    bad_principal = IAMLET_FAULT_BAD_PRINCIPAL,
    bad_operator = IAMLET_FAULT_BAD_OPERATOR,
    bad_condition_key = IAMLET_FAULT_BAD_CONDITION_KEY,
    dup_condition_key = IAMLET_FAULT_DUP_CONDITION_KEY,
    bad_condition_value = IAMLET_FAULT_BAD_CONDITION_VALUE,
    bad_variable = IAMLET_FAULT_BAD_VARIABLE,
};

/// What exactly is wrong with an element, where a fault could be several things.
enum class Detail : std::uint32_t {
    none = 0,
    principal_text = IAMLET_DETAIL_PRINCIPAL_TEXT,
    principal_member = IAMLET_DETAIL_PRINCIPAL_MEMBER,
    principal_kind = IAMLET_DETAIL_PRINCIPAL_KIND,
    trust_everyone = IAMLET_DETAIL_TRUST_EVERYONE,
    not_everyone = IAMLET_DETAIL_NOT_EVERYONE,
    rcp_principal = IAMLET_DETAIL_RCP_PRINCIPAL,
    principal_wildcard = IAMLET_DETAIL_PRINCIPAL_WILDCARD,
    principal_variable = IAMLET_DETAIL_PRINCIPAL_VARIABLE,
    principal_character = IAMLET_DETAIL_PRINCIPAL_CHARACTER,
    principal_form = IAMLET_DETAIL_PRINCIPAL_FORM,
    field_count = IAMLET_DETAIL_FIELD_COUNT,
    arn_scheme = IAMLET_DETAIL_ARN_SCHEME,
    partition = IAMLET_DETAIL_PARTITION,
    principal_service = IAMLET_DETAIL_PRINCIPAL_SERVICE,
    principal_region = IAMLET_DETAIL_PRINCIPAL_REGION,
    account_length = IAMLET_DETAIL_ACCOUNT_LENGTH,
    account_characters = IAMLET_DETAIL_ACCOUNT_CHARACTERS,
    account_id_length = IAMLET_DETAIL_ACCOUNT_ID_LENGTH,
    iam_name = IAMLET_DETAIL_IAM_NAME,
    group = IAMLET_DETAIL_GROUP,
    sts_name = IAMLET_DETAIL_STS_NAME,
    empty_path = IAMLET_DETAIL_EMPTY_PATH,
    unique_id = IAMLET_DETAIL_UNIQUE_ID,
    unique_id_prefix = IAMLET_DETAIL_UNIQUE_ID_PREFIX,
    origin_access_identity = IAMLET_DETAIL_ORIGIN_ACCESS_IDENTITY,
    service_suffix = IAMLET_DETAIL_SERVICE_SUFFIX,
    service_name = IAMLET_DETAIL_SERVICE_NAME,
    service_label = IAMLET_DETAIL_SERVICE_LABEL,
    service_empty_label = IAMLET_DETAIL_SERVICE_EMPTY_LABEL,
    provider = IAMLET_DETAIL_PROVIDER,
    provider_service = IAMLET_DETAIL_PROVIDER_SERVICE,
    provider_name = IAMLET_DETAIL_PROVIDER_NAME,
    canonical_length = IAMLET_DETAIL_CANONICAL_LENGTH,
    canonical_characters = IAMLET_DETAIL_CANONICAL_CHARACTERS,
    account_number = IAMLET_DETAIL_ACCOUNT_NUMBER,
    resource_form = IAMLET_DETAIL_RESOURCE_FORM,
    few_fields = IAMLET_DETAIL_FEW_FIELDS,
    resource_partition = IAMLET_DETAIL_RESOURCE_PARTITION,
    service_empty = IAMLET_DETAIL_SERVICE_EMPTY,
    service_wildcard = IAMLET_DETAIL_SERVICE_WILDCARD,
    service_characters = IAMLET_DETAIL_SERVICE_CHARACTERS,
    region_characters = IAMLET_DETAIL_REGION_CHARACTERS,
    resource_account = IAMLET_DETAIL_RESOURCE_ACCOUNT,
    account_mixed = IAMLET_DETAIL_ACCOUNT_MIXED,
    account_pattern_length = IAMLET_DETAIL_ACCOUNT_PATTERN_LENGTH,
    key_colon = IAMLET_DETAIL_KEY_COLON,
    key_prefix = IAMLET_DETAIL_KEY_PREFIX,
    key_prefix_character = IAMLET_DETAIL_KEY_PREFIX_CHARACTER,
    key_path = IAMLET_DETAIL_KEY_PATH,
    key_name = IAMLET_DETAIL_KEY_NAME,
    key_tag = IAMLET_DETAIL_KEY_TAG,
    key_variable = IAMLET_DETAIL_KEY_VARIABLE,
    key_space = IAMLET_DETAIL_KEY_SPACE,
    variable_open = IAMLET_DETAIL_VARIABLE_OPEN,
    variable_empty = IAMLET_DETAIL_VARIABLE_EMPTY,
    variable_colon = IAMLET_DETAIL_VARIABLE_COLON,
    variable_character = IAMLET_DETAIL_VARIABLE_CHARACTER,
    variable_default = IAMLET_DETAIL_VARIABLE_DEFAULT,
    variable_field = IAMLET_DETAIL_VARIABLE_FIELD,
    variable_operator = IAMLET_DETAIL_VARIABLE_OPERATOR,
    action_colon = IAMLET_DETAIL_ACTION_COLON,
    action_colons = IAMLET_DETAIL_ACTION_COLONS,
    action_service = IAMLET_DETAIL_ACTION_SERVICE,
    action_service_wildcard = IAMLET_DETAIL_ACTION_SERVICE_WILDCARD,
    action_any_service = IAMLET_DETAIL_ACTION_ANY_SERVICE,
    action_service_case = IAMLET_DETAIL_ACTION_SERVICE_CASE,
    action_name = IAMLET_DETAIL_ACTION_NAME,
    action_character = IAMLET_DETAIL_ACTION_CHARACTER,
    action_every = IAMLET_DETAIL_ACTION_EVERY,
    action_sts = IAMLET_DETAIL_ACTION_STS,
    action_wildcard = IAMLET_DETAIL_ACTION_WILDCARD,
    byte_order_mark = IAMLET_DETAIL_BYTE_ORDER_MARK,
};

/// The capacity that a document exceeds.
enum class Pool : std::uint32_t {
    document = IAMLET_POOL_DOCUMENT,
    string = IAMLET_POOL_STRING,
    list = IAMLET_POOL_LIST,
    statements = IAMLET_POOL_STATEMENTS,
    conditions = IAMLET_POOL_CONDITIONS,
    patterns = IAMLET_POOL_PATTERNS,
    keys = IAMLET_POOL_KEYS,
    variables = IAMLET_POOL_VARIABLES,
    text = IAMLET_POOL_TEXT,
};

/// The kind of a policy document.
enum class Kind : std::uint32_t {
    identity = IAMLET_KIND_IDENTITY,
    inline_user = IAMLET_KIND_INLINE_USER,
    inline_group = IAMLET_KIND_INLINE_GROUP,
    inline_role = IAMLET_KIND_INLINE_ROLE,
    boundary = IAMLET_KIND_BOUNDARY,
    session = IAMLET_KIND_SESSION,
    resource = IAMLET_KIND_RESOURCE,
    kms = IAMLET_KIND_KMS,
    trust = IAMLET_KIND_TRUST,
    scp_classic = IAMLET_KIND_SCP_CLASSIC,
    scp_full = IAMLET_KIND_SCP_FULL,
    rcp = IAMLET_KIND_RCP,
    vpce = IAMLET_KIND_VPCE,
};

/// The layer at which a policy applies.
enum class Layer : std::uint32_t {
    scp = IAMLET_LAYER_SCP,
    rcp = IAMLET_LAYER_RCP,
    resource = IAMLET_LAYER_RESOURCE,
    identity = IAMLET_LAYER_IDENTITY,
    boundary = IAMLET_LAYER_BOUNDARY,
    session = IAMLET_LAYER_SESSION,
    endpoint = IAMLET_LAYER_ENDPOINT,
};

/// What becomes of a request. Only `allow` permits.
enum class Effect : std::uint32_t {
    implicit_deny = IAMLET_IMPLICIT_DENY,
    explicit_deny = IAMLET_EXPLICIT_DENY,
    allow = IAMLET_ALLOW,
};

/// Why a decision is what it is.
enum class Reason : std::uint32_t {
    error = IAMLET_REASON_ERROR,
    explicit_deny = IAMLET_REASON_EXPLICIT_DENY,
    identity_allows = IAMLET_REASON_IDENTITY_ALLOWS,
    resource_allows = IAMLET_REASON_RESOURCE_ALLOWS,
    both_allow = IAMLET_REASON_BOTH_ALLOW,
    root_user = IAMLET_REASON_ROOT_USER,
    scp_silent = IAMLET_REASON_SCP_SILENT,
    endpoint_silent = IAMLET_REASON_ENDPOINT_SILENT,
    identity_silent = IAMLET_REASON_IDENTITY_SILENT,
    boundary_silent = IAMLET_REASON_BOUNDARY_SILENT,
    session_silent = IAMLET_REASON_SESSION_SILENT,
    resource_silent = IAMLET_REASON_RESOURCE_SILENT,
    impossible = IAMLET_REASON_IMPOSSIBLE,
    no_permission_needed = IAMLET_REASON_NO_PERMISSION_NEEDED,
    session_allows = IAMLET_REASON_SESSION_ALLOWS,
    needs_context = IAMLET_REASON_NEEDS_CONTEXT, ///< Fetch `needs` of the decision, and decide again.
};

/// What a record of an explanation is about.
enum class RecordKind : std::uint32_t {
    decision = IAMLET_RECORD_DECISION,
    silent_layer = IAMLET_RECORD_SILENT_LAYER,
    statement = IAMLET_RECORD_STATEMENT,
    condition = IAMLET_RECORD_CONDITION,
};

/// Why a statement is in an explanation.
enum class Role : std::uint32_t {
    decides = IAMLET_ROLE_DECIDES,
    near_miss = IAMLET_ROLE_NEAR_MISS,
    nearest = IAMLET_ROLE_NEAREST,
};

/// Whether the Allow of a silent layer is needed.
enum class Need : std::uint32_t {
    needed = IAMLET_NEED_NEEDED,
    one_way = IAMLET_NEED_ONE_WAY,
};

/// Whether an element of a statement, or a condition, holds.
enum class Truth : std::uint32_t {
    false_ = IAMLET_TRUTH_FALSE,
    indet = IAMLET_TRUTH_INDET, ///< That is open: enough for a Deny, too little for an Allow.
    true_ = IAMLET_TRUTH_TRUE,
};

/// What is so about the key of a condition.
enum class Fact : std::uint32_t {
    absent = IAMLET_FACT_ABSENT,
    present = IAMLET_FACT_PRESENT,
    unknown = IAMLET_FACT_UNKNOWN,
    several_values = IAMLET_FACT_SEVERAL_VALUES,
    nothing_but_empty = IAMLET_FACT_NOTHING_BUT_EMPTY,
    matches = IAMLET_FACT_MATCHES,
    no_match = IAMLET_FACT_NO_MATCH,
    does_not_parse = IAMLET_FACT_DOES_NOT_PARSE,
    variable_without_value = IAMLET_FACT_VARIABLE_WITHOUT_VALUE,
    open = IAMLET_FACT_OPEN,
    not_fetched = IAMLET_FACT_NOT_FETCHED,
};

/// What the request's key would have to be for a condition to turn.
enum class Change : std::uint32_t {
    one_of = IAMLET_CHANGE_ONE_OF,
    none_of = IAMLET_CHANGE_NONE_OF,
    present = IAMLET_CHANGE_PRESENT,
    absent = IAMLET_CHANGE_ABSENT,
};

/// The type of a principal.
enum class PrincipalType : std::uint32_t {
    derived = IAMLET_PRINCIPAL_DERIVED,
    user = IAMLET_PRINCIPAL_USER,
    role_session = IAMLET_PRINCIPAL_ROLE_SESSION,
    federated_user = IAMLET_PRINCIPAL_FEDERATED_USER,
    root = IAMLET_PRINCIPAL_ROOT,
    service = IAMLET_PRINCIPAL_SERVICE,
    saml = IAMLET_PRINCIPAL_SAML,
    oidc = IAMLET_PRINCIPAL_OIDC,
    anonymous = IAMLET_PRINCIPAL_ANONYMOUS,
    origin_access_identity = IAMLET_PRINCIPAL_ORIGIN_ACCESS_IDENTITY,
};

/// What kind of thing the resource is.
enum class ResourceKind : std::uint32_t {
    derived = IAMLET_RESOURCE_DERIVED,
    ordinary = IAMLET_RESOURCE_ORDINARY,
    kms_key = IAMLET_RESOURCE_KMS_KEY,
    role = IAMLET_RESOURCE_ROLE,
};

/// Layers that do not exist, joined with `|`.
enum class Absent : std::uint32_t {
    none = 0,
    scp = IAMLET_ABSENT_SCP,
    rcp = IAMLET_ABSENT_RCP,
    organization = IAMLET_ABSENT_ORGANIZATION,
    resource = IAMLET_ABSENT_RESOURCE,
    identity = IAMLET_ABSENT_IDENTITY,
    boundary = IAMLET_ABSENT_BOUNDARY,
    session = IAMLET_ABSENT_SESSION,
    endpoint = IAMLET_ABSENT_ENDPOINT,
    all = IAMLET_ABSENT_ALL, ///< Every layer, from which those that exist are taken: `all & ~Absent::identity`.
};

constexpr Absent operator|(Absent a, Absent b) noexcept
{
    return static_cast<Absent>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

constexpr Absent operator&(Absent a, Absent b) noexcept
{
    return static_cast<Absent>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}

/// All layers but these.
constexpr Absent operator~(Absent a) noexcept
{
    return static_cast<Absent>(~static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(Absent::all));
}

constexpr Absent& operator|=(Absent& a, Absent b) noexcept
{
    return a = a | b;
}

constexpr Absent& operator&=(Absent& a, Absent b) noexcept
{
    return a = a & b;
}

namespace detail {

template <class E> constexpr std::uint32_t number(E value) noexcept
{
    return static_cast<std::uint32_t>(value);
}

inline std::string_view view(iamlet_text text) noexcept
{
    return {text.data, text.len};
}

constexpr iamlet_text c(std::string_view text) noexcept
{
    return {text.data(), text.size()};
}

} // namespace detail

/// What a number means: a name or half a sentence, in lower case; empty for a number that means nothing.
inline std::string_view text(Status status) noexcept
{
    return status == Status::out_of_memory ? "the heap has no memory"
                                           : detail::view(iamlet_status_text(detail::number(status)));
}
inline std::string_view text(Fault fault) noexcept { return detail::view(iamlet_fault_text(detail::number(fault))); }
inline std::string_view text(Pool pool) noexcept { return detail::view(iamlet_pool_text(detail::number(pool))); }
inline std::string_view text(Kind kind) noexcept { return detail::view(iamlet_kind_text(detail::number(kind))); }
inline std::string_view text(Layer layer) noexcept { return detail::view(iamlet_layer_text(detail::number(layer))); }
inline std::string_view text(Effect effect) noexcept
{
    return detail::view(iamlet_effect_text(detail::number(effect)));
}
inline std::string_view text(Reason reason) noexcept
{
    return detail::view(iamlet_reason_text(detail::number(reason)));
}
inline std::string_view text(Role role) noexcept { return detail::view(iamlet_role_text(detail::number(role))); }
inline std::string_view text(Need need) noexcept { return detail::view(iamlet_need_text(detail::number(need))); }
inline std::string_view text(Fact fact) noexcept { return detail::view(iamlet_fact_text(detail::number(fact))); }
inline std::string_view text(Change change) noexcept
{
    return detail::view(iamlet_change_text(detail::number(change)));
}

/// The code of a fault, "JSON_SYNTAX" for one.
inline std::string_view code(Detail value) noexcept
{
    return detail::view(iamlet_detail_code(detail::number(value)));
}
inline std::string_view code(Fault fault) noexcept { return detail::view(iamlet_fault_code(detail::number(fault))); }

/// The name of a layer in a configuration, "scp" for one.
inline std::string_view code(Layer layer) noexcept { return detail::view(iamlet_layer_code(detail::number(layer))); }

/// The kind with this name, Kind::scp_full for "scp_full"; none for a text that is none.
inline std::optional<Kind> kind_from_text(std::string_view name) noexcept
{
    const std::uint32_t kind = iamlet_kind_from_text(detail::c(name));
    return kind == 0 ? std::nullopt : std::optional(static_cast<Kind>(kind));
}

/// The layer with this code, Layer::scp for "scp"; none for a text that is none.
inline std::optional<Layer> layer_from_text(std::string_view name) noexcept
{
    const std::uint32_t layer = iamlet_layer_from_text(detail::c(name));
    return layer == 0 ? std::nullopt : std::optional(static_cast<Layer>(layer));
}

/// The layer at which policies of a kind apply.
inline Layer layer_of(Kind kind) noexcept { return static_cast<Layer>(iamlet_layer_of_kind(detail::number(kind))); }

/// The version of the library: major * 1000000 + minor * 1000 + patch.
inline std::uint32_t version() noexcept { return iamlet_version(); }
inline std::string_view version_text() noexcept { return detail::view(iamlet_version_text()); }

/// Whether the library that was loaded is one for this header.
inline bool library_matches() noexcept
{
    return version() / 1000 == IAMLET_VERSION_MAJOR * 1000 + IAMLET_VERSION_MINOR;
}

} // namespace iamlet

#endif // IAMLET_NUMBERS_HPP
