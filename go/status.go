package iamlet

// #include "crossing.h"
import "C"

// Status is what the engine returns from a call. It is an error: the errors of this package are a Status or wrap one,
// so that errors.Is finds it.
type Status uint8

// The statuses. Below 16 the call is wrong; from 32 on an image or a set is refused, from 64 on a request is malformed,
// from 80 on there is no decision, and from 96 on a request is malformed in the member that the text names.
const (
	StatusOK                       Status = C.IAMLET_OK                         // done
	StatusNullArgument             Status = C.IAMLET_NULL_ARGUMENT              // something is nil that must not be
	StatusMisaligned               Status = C.IAMLET_MISALIGNED                 // never seen from Go
	StatusBadLength                Status = C.IAMLET_BAD_LENGTH                 // two lists differ in length
	StatusOverlap                  Status = C.IAMLET_OVERLAP                    // never seen from Go
	StatusBufferTooSmall           Status = C.IAMLET_BUFFER_TOO_SMALL           // never seen from Go
	StatusScratchTooSmall          Status = C.IAMLET_SCRATCH_TOO_SMALL          // never seen from Go
	StatusUnknownValue             Status = C.IAMLET_UNKNOWN_VALUE              // a number that stands for nothing
	StatusBadStructSize            Status = C.IAMLET_BAD_STRUCT_SIZE            // the library is of another version
	StatusDocumentRefused          Status = C.IAMLET_DOCUMENT_REFUSED           // see DocumentError
	StatusNotAnImage               Status = C.IAMLET_NOT_AN_IMAGE               // these bytes are no policy or set
	StatusOtherFormat              Status = C.IAMLET_OTHER_FORMAT               // of another version: compile it again
	StatusWrongSize                Status = C.IAMLET_WRONG_SIZE                 // a policy or set that was cut
	StatusCorrupt                  Status = C.IAMLET_CORRUPT                    // a policy or set that was changed
	StatusWrongLayer               Status = C.IAMLET_WRONG_LAYER                // the kind does not apply at the layer
	StatusBadLevel                 Status = C.IAMLET_BAD_LEVEL                  // no such level, or more than 16 levels
	StatusLayerRepeated            Status = C.IAMLET_LAYER_REPEATED             // a layer for one policy has two
	StatusTooManyPolicies          Status = C.IAMLET_TOO_MANY_POLICIES          // more than a set can number
	StatusMalformedAction          Status = C.IAMLET_MALFORMED_ACTION           // not one concrete prefix:Name
	StatusMalformedPrincipal       Status = C.IAMLET_MALFORMED_PRINCIPAL        // it lacks a text that its type needs
	StatusMalformedResourceAccount Status = C.IAMLET_MALFORMED_RESOURCE_ACCOUNT // no owner, or one that is no account
	StatusContradictedKey          Status = C.IAMLET_CONTRADICTED_KEY           // a key that the engine derives otherwise
	StatusMalformedContextKey      Status = C.IAMLET_MALFORMED_CONTEXT_KEY      // a context key without a name
	StatusNotUTF8                  Status = C.IAMLET_NOT_UTF8                   // a text is not UTF-8
	StatusRequestTooLarge          Status = C.IAMLET_REQUEST_TOO_LARGE          // a text or the context is too large
	StatusBadClock                 Status = C.IAMLET_BAD_CLOCK                  // outside of the years 0 to 9999
	StatusNotARequest              Status = C.IAMLET_NOT_A_REQUEST              // an item of another request
	StatusMalformedResource        Status = C.IAMLET_MALFORMED_RESOURCE         // neither "*" nor an ARN
	StatusRoleAsPrincipal          Status = C.IAMLET_ROLE_AS_PRINCIPAL          // roles make no requests, their sessions do
	StatusUnknownSlot              Status = C.IAMLET_UNKNOWN_SLOT               // the dictionary of the principal has no such slot
	StatusDictionaryTooLarge       Status = C.IAMLET_DICTIONARY_TOO_LARGE       // too many keys, or a name that is too long
	StatusNotAPrincipal            Status = C.IAMLET_NOT_A_PRINCIPAL            // not a prepared principal of this version of the library
	StatusNotAnAction              Status = C.IAMLET_NOT_AN_ACTION              // not a prepared action of this version of the library
	StatusBadNotFetched            Status = C.IAMLET_BAD_NOT_FETCHED            // too many keys that are not fetched yet, or one of an item
	StatusTooManySets              Status = C.IAMLET_TOO_MANY_SETS              // more than 16 in one decision
	StatusNoResource               Status = C.IAMLET_NO_RESOURCE                // the request has none, or there are no items
	StatusMissingLayer             Status = C.IAMLET_MISSING_LAYER              // neither in a set nor declared absent
	StatusContradictedLayer        Status = C.IAMLET_CONTRADICTED_LAYER         // both in a set and declared absent
	StatusWrongResourceKind        Status = C.IAMLET_WRONG_RESOURCE_KIND        // the resource's policy is of another kind
	StatusBudgetExhausted          Status = C.IAMLET_BUDGET_EXHAUSTED           // it takes more steps than the budget has

	StatusContradictedPrincipalType   Status = C.IAMLET_CONTRADICTED_PRINCIPAL_TYPE   // Type contradicts ARN
	StatusContradictedRoleARN         Status = C.IAMLET_CONTRADICTED_ROLE_ARN         // RoleARN contradicts ARN
	StatusContradictedUserARN         Status = C.IAMLET_CONTRADICTED_USER_ARN         // UserARN contradicts ARN
	StatusContradictedAction          Status = C.IAMLET_CONTRADICTED_ACTION           // Action contradicts the principal's Type
	StatusContradictedResource        Status = C.IAMLET_CONTRADICTED_RESOURCE         // Resource contradicts the principal's Type
	StatusContradictedProvider        Status = C.IAMLET_CONTRADICTED_PROVIDER         // Provider is of another account than the role
	StatusContradictedResourceAccount Status = C.IAMLET_CONTRADICTED_RESOURCE_ACCOUNT // Account contradicts the resource's ARN
	StatusContradictedResourceKind    Status = C.IAMLET_CONTRADICTED_RESOURCE_KIND    // ResourceKind contradicts ARN and Action
	StatusContradictedPartition       Status = C.IAMLET_CONTRADICTED_PARTITION        // principal and resource are of two
	StatusUnknownPrincipalType        Status = C.IAMLET_UNKNOWN_PRINCIPAL_TYPE        // not stated, and no ARN tells it
	StatusMalformedRoleARN            Status = C.IAMLET_MALFORMED_ROLE_ARN            // a role session needs that of its role
	StatusMalformedUserARN            Status = C.IAMLET_MALFORMED_USER_ARN            // none of a user or root user
	StatusMissingService              Status = C.IAMLET_MISSING_SERVICE               // a service needs its name
	StatusMissingProvider             Status = C.IAMLET_MISSING_PROVIDER              // a SAML or OIDC identity needs it
)

// String says what the status means.
func (s Status) String() string {
	return named(C.iamlet_status_text(C.uint32_t(s)), "Status", uint32(s))
}

// Error is String with the name of the package.
func (s Status) Error() string {
	return "iamlet: " + s.String()
}

// err is nil for StatusOK, and else the status.
func (s Status) err() error {
	if s == StatusOK {
		return nil
	}
	return s
}
