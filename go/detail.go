package iamlet

// #include "crossing.h"
import "C"

// Detail is what exactly is wrong with an element, where a fault could be several things; 0 where nothing more is known
// than the fault.
type Detail uint8

// The details.
const (
	DetailPrincipalText         Detail = C.IAMLET_DETAIL_PRINCIPAL_TEXT          // a principal other than `*` stands alone
	DetailPrincipalMember       Detail = C.IAMLET_DETAIL_PRINCIPAL_MEMBER        // no such type of principals
	DetailPrincipalKind         Detail = C.IAMLET_DETAIL_PRINCIPAL_KIND          // a type of principals that this kind of policy does not take
	DetailTrustEveryone         Detail = C.IAMLET_DETAIL_TRUST_EVERYONE          // `"*"` in a trust policy
	DetailNotEveryone           Detail = C.IAMLET_DETAIL_NOT_EVERYONE            // `*` in `NotPrincipal`
	DetailRCPPrincipal          Detail = C.IAMLET_DETAIL_RCP_PRINCIPAL           // a principal of a resource control policy that is not `"*"`
	DetailPrincipalWildcard     Detail = C.IAMLET_DETAIL_PRINCIPAL_WILDCARD      // a wildcard in a principal
	DetailPrincipalVariable     Detail = C.IAMLET_DETAIL_PRINCIPAL_VARIABLE      // a `$` in a principal
	DetailPrincipalCharacter    Detail = C.IAMLET_DETAIL_PRINCIPAL_CHARACTER     // a character that no principal has
	DetailPrincipalForm         Detail = C.IAMLET_DETAIL_PRINCIPAL_FORM          // neither account nor ARN nor unique id
	DetailFieldCount            Detail = C.IAMLET_DETAIL_FIELD_COUNT             // an ARN that has not six fields
	DetailARNScheme             Detail = C.IAMLET_DETAIL_ARN_SCHEME              // an ARN that does not begin with `arn`
	DetailPartition             Detail = C.IAMLET_DETAIL_PARTITION               // a partition that cannot be one
	DetailPrincipalService      Detail = C.IAMLET_DETAIL_PRINCIPAL_SERVICE       // a service that has no principals of this type
	DetailPrincipalRegion       Detail = C.IAMLET_DETAIL_PRINCIPAL_REGION        // a region in the ARN of a principal
	DetailAccountLength         Detail = C.IAMLET_DETAIL_ACCOUNT_LENGTH          // digits in the account field, and not twelve
	DetailAccountCharacters     Detail = C.IAMLET_DETAIL_ACCOUNT_CHARACTERS      // something else in the account field
	DetailAccountIDLength       Detail = C.IAMLET_DETAIL_ACCOUNT_ID_LENGTH       // an account that has not twelve digits
	DetailIAMName               Detail = C.IAMLET_DETAIL_IAM_NAME                // no principal of IAM
	DetailGroup                 Detail = C.IAMLET_DETAIL_GROUP                   // a group
	DetailSTSName               Detail = C.IAMLET_DETAIL_STS_NAME                // no principal of STS
	DetailEmptyPath             Detail = C.IAMLET_DETAIL_EMPTY_PATH              // an empty part of a path
	DetailUniqueID              Detail = C.IAMLET_DETAIL_UNIQUE_ID               // characters that no unique id has
	DetailUniqueIDPrefix        Detail = C.IAMLET_DETAIL_UNIQUE_ID_PREFIX        // a unique id, and not that of a user or role
	DetailOriginAccessIdentity  Detail = C.IAMLET_DETAIL_ORIGIN_ACCESS_IDENTITY  // another principal of the account `cloudfront`
	DetailServiceSuffix         Detail = C.IAMLET_DETAIL_SERVICE_SUFFIX          // a service of no domain of AWS's
	DetailServiceName           Detail = C.IAMLET_DETAIL_SERVICE_NAME            // nothing but the suffix of a service
	DetailServiceLabel          Detail = C.IAMLET_DETAIL_SERVICE_LABEL           // characters that no name of a service has
	DetailServiceEmptyLabel     Detail = C.IAMLET_DETAIL_SERVICE_EMPTY_LABEL     // two dots in a row
	DetailProvider              Detail = C.IAMLET_DETAIL_PROVIDER                // no identity provider
	DetailProviderService       Detail = C.IAMLET_DETAIL_PROVIDER_SERVICE        // the ARN of something else than a provider
	DetailProviderName          Detail = C.IAMLET_DETAIL_PROVIDER_NAME           // the ARN of something else in IAM
	DetailCanonicalLength       Detail = C.IAMLET_DETAIL_CANONICAL_LENGTH        // a canonical user id that has not 64 characters
	DetailCanonicalCharacters   Detail = C.IAMLET_DETAIL_CANONICAL_CHARACTERS    // characters that no canonical user id has
	DetailAccountNumber         Detail = C.IAMLET_DETAIL_ACCOUNT_NUMBER          // a number that is no account
	DetailResourceForm          Detail = C.IAMLET_DETAIL_RESOURCE_FORM           // neither `*` nor an ARN
	DetailFewFields             Detail = C.IAMLET_DETAIL_FEW_FIELDS              // an ARN of less than three fields
	DetailResourcePartition     Detail = C.IAMLET_DETAIL_RESOURCE_PARTITION      // a partition that cannot be one
	DetailServiceEmpty          Detail = C.IAMLET_DETAIL_SERVICE_EMPTY           // no service
	DetailServiceWildcard       Detail = C.IAMLET_DETAIL_SERVICE_WILDCARD        // a wildcard in the service field
	DetailServiceCharacters     Detail = C.IAMLET_DETAIL_SERVICE_CHARACTERS      // characters that no service has
	DetailRegionCharacters      Detail = C.IAMLET_DETAIL_REGION_CHARACTERS       // characters that no region has
	DetailResourceAccount       Detail = C.IAMLET_DETAIL_RESOURCE_ACCOUNT        // characters that no account has
	DetailAccountMixed          Detail = C.IAMLET_DETAIL_ACCOUNT_MIXED           // digits and wildcards in an endpoint policy
	DetailAccountPatternLength  Detail = C.IAMLET_DETAIL_ACCOUNT_PATTERN_LENGTH  // more than twelve digits and wildcards
	DetailKeyColon              Detail = C.IAMLET_DETAIL_KEY_COLON               // a key without a colon
	DetailKeyPrefix             Detail = C.IAMLET_DETAIL_KEY_PREFIX              // nothing in front of the colon
	DetailKeyPrefixCharacter    Detail = C.IAMLET_DETAIL_KEY_PREFIX_CHARACTER    // a character that no prefix has
	DetailKeyPath               Detail = C.IAMLET_DETAIL_KEY_PATH                // a path with an empty part
	DetailKeyName               Detail = C.IAMLET_DETAIL_KEY_NAME                // nothing behind the colon
	DetailKeyTag                Detail = C.IAMLET_DETAIL_KEY_TAG                 // a key of tags that names no tag
	DetailKeyVariable           Detail = C.IAMLET_DETAIL_KEY_VARIABLE            // a variable in a key
	DetailKeySpace              Detail = C.IAMLET_DETAIL_KEY_SPACE               // white space around a key
	DetailVariableOpen          Detail = C.IAMLET_DETAIL_VARIABLE_OPEN           // no closing brace
	DetailVariableEmpty         Detail = C.IAMLET_DETAIL_VARIABLE_EMPTY          // no name
	DetailVariableColon         Detail = C.IAMLET_DETAIL_VARIABLE_COLON          // a name that is no key
	DetailVariableCharacter     Detail = C.IAMLET_DETAIL_VARIABLE_CHARACTER      // characters that no name has
	DetailVariableDefault       Detail = C.IAMLET_DETAIL_VARIABLE_DEFAULT        // a default that is not quoted, or holds a brace
	DetailVariableField         Detail = C.IAMLET_DETAIL_VARIABLE_FIELD          // a variable in the partition or service
	DetailVariableOperator      Detail = C.IAMLET_DETAIL_VARIABLE_OPERATOR       // a variable where the operator takes none
	DetailActionColon           Detail = C.IAMLET_DETAIL_ACTION_COLON            // an action without a colon
	DetailActionColons          Detail = C.IAMLET_DETAIL_ACTION_COLONS           // an action with several colons
	DetailActionService         Detail = C.IAMLET_DETAIL_ACTION_SERVICE          // characters that no service has
	DetailActionServiceWildcard Detail = C.IAMLET_DETAIL_ACTION_SERVICE_WILDCARD // a service that is wild in part
	DetailActionAnyService      Detail = C.IAMLET_DETAIL_ACTION_ANY_SERVICE      // every service, where one must be named
	DetailActionServiceCase     Detail = C.IAMLET_DETAIL_ACTION_SERVICE_CASE     // upper case where the kind takes none
	DetailActionName            Detail = C.IAMLET_DETAIL_ACTION_NAME             // no name
	DetailActionCharacter       Detail = C.IAMLET_DETAIL_ACTION_CHARACTER        // a character that no name has
	DetailActionEvery           Detail = C.IAMLET_DETAIL_ACTION_EVERY            // `*` where actions must be named
	DetailActionSTS             Detail = C.IAMLET_DETAIL_ACTION_STS              // an action of another service in a trust policy
	DetailActionWildcard        Detail = C.IAMLET_DETAIL_ACTION_WILDCARD         // a wildcard inside a name, in the classic grammar
	DetailByteOrderMark         Detail = C.IAMLET_DETAIL_BYTE_ORDER_MARK         // a byte order mark
)

// String is the detail's code, "ACCOUNT_LENGTH" for one.
func (d Detail) String() string {
	return named(C.iamlet_detail_code(C.uint32_t(d)), "Detail", uint32(d))
}
