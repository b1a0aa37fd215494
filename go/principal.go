package iamlet

// #include "crossing.h"
import "C"

import (
	"fmt"
	"strings"
)

// PrincipalType is the type of a principal, which says what texts it needs.
type PrincipalType uint8

// The types of principals.
const (
	PrincipalDerived       PrincipalType = C.IAMLET_PRINCIPAL_DERIVED        // what ARN tells
	PrincipalUser          PrincipalType = C.IAMLET_PRINCIPAL_USER           // an IAM user: ARN
	PrincipalRoleSession   PrincipalType = C.IAMLET_PRINCIPAL_ROLE_SESSION   // a session of a role: ARN and RoleARN
	PrincipalFederatedUser PrincipalType = C.IAMLET_PRINCIPAL_FEDERATED_USER // a GetFederationToken session: ARN
	PrincipalRoot          PrincipalType = C.IAMLET_PRINCIPAL_ROOT           // the root user of an account: ARN
	PrincipalService       PrincipalType = C.IAMLET_PRINCIPAL_SERVICE        // an AWS service that calls directly: Service
	PrincipalSAML          PrincipalType = C.IAMLET_PRINCIPAL_SAML           // while it assumes a role: Provider
	PrincipalOIDC          PrincipalType = C.IAMLET_PRINCIPAL_OIDC           // while it assumes a role: Provider
	PrincipalAnonymous     PrincipalType = C.IAMLET_PRINCIPAL_ANONYMOUS      // nobody: an unsigned request
	// CloudFront, as it reads from an origin: ARN.
	PrincipalOriginAccessIdentity PrincipalType = C.IAMLET_PRINCIPAL_ORIGIN_ACCESS_IDENTITY
)

var principalTypes = [...]string{"derived", "user", "role session", "federated user", "root user", "service",
	"SAML identity", "OIDC identity", "anonymous", "origin access identity"}

// String is the type's name, "role session" for one.
func (t PrincipalType) String() string {
	if int(t) >= len(principalTypes) {
		return fmt.Sprintf("PrincipalType(%d)", uint8(t))
	}
	return principalTypes[t]
}

// PrincipalTypeOfARN is the type that an ARN tells: of a user, an assumed-role session, a federated user, a root user or
// an origin access identity. It is 0 for any other text, a role's ARN among them, for roles make no requests: their
// sessions do.
func PrincipalTypeOfARN(arn string) PrincipalType {
	return PrincipalType(C.go_principal_type_of_arn(chars(arn), C.size_t(len(arn))))
}

// Principal is who makes a request. Leave the texts that do not belong to its type empty.
type Principal struct {
	Type PrincipalType
	ARN  string // of the user, session or root user
	// RoleARN is that of the role, whose path the session's ARN does not have. A path that begins with
	// /aws-service-role/ makes the role service-linked: neither SCPs nor RCPs apply.
	RoleARN           string
	UserARN           string // of the user whose federated session it is, if it is known
	Service           string // the service principal, "logs.amazonaws.com" for one
	Provider          string // the identity provider: its ARN, or a name that IAM knows
	CanonicalUser     string // the canonical user id of the account, if it is known
	UniqueID          string // the unique id of the user or role (AIDA..., AROA...), if it is known
	ManagementAccount bool   // the account is the organization's management account, to which no SCP applies
}

// ResourceKind is what kind of thing a resource is. A kind that contradicts the resource's ARN and the action makes the
// request malformed.
type ResourceKind uint8

// The kinds of resources.
const (
	ResourceDerived  ResourceKind = C.IAMLET_RESOURCE_DERIVED  // what follows from the resource's ARN and the action
	ResourceOrdinary ResourceKind = C.IAMLET_RESOURCE_ORDINARY // any but the two below
	ResourceKMSKey   ResourceKind = C.IAMLET_RESOURCE_KMS_KEY  // an identity-based policy alone never suffices
	ResourceRole     ResourceKind = C.IAMLET_RESOURCE_ROLE     // a role that is to be assumed: the same
)

var resourceKinds = [...]string{"derived", "ordinary resource", "KMS key", "role"}

// String is the kind's name, "KMS key" for one.
func (k ResourceKind) String() string {
	if int(k) >= len(resourceKinds) {
		return fmt.Sprintf("ResourceKind(%d)", uint8(k))
	}
	return resourceKinds[k]
}

// ResourceKindOf is the kind of resource that follows from an action and an ARN.
func ResourceKindOf(action, arn string) ResourceKind {
	return ResourceKind(C.go_resource_kind_of(chars(action), C.size_t(len(action)), chars(arn), C.size_t(len(arn))))
}

// Resource is one resource, and whose it is.
type Resource struct {
	ARN string // "*" for actions without resource-level permissions
	// Account is the 12-digit account that owns it. It is required where the ARN names none, as in S3, and with "*":
	// there it is the account in which the action takes effect. Where the ARN names one, it is the same or empty.
	Account             string
	InManagementAccount bool // it belongs to the organization's management account: no RCP applies
}

// Absent is the layers that do not exist. A layer that applies to the principal and is neither in a set nor declared
// absent is an error, and so is one that is both: a policy that was forgotten must not open anything.
type Absent uint8

// What may be declared absent; join several with |.
const (
	AbsentSCP          Absent = C.IAMLET_ABSENT_SCP          // no service control policies
	AbsentRCP          Absent = C.IAMLET_ABSENT_RCP          // no resource control policies
	AbsentOrganization Absent = C.IAMLET_ABSENT_ORGANIZATION // no organization, so neither SCPs nor RCPs
	AbsentResource     Absent = C.IAMLET_ABSENT_RESOURCE     // the resource has no policy
	AbsentIdentity     Absent = C.IAMLET_ABSENT_IDENTITY     // no identity-based policy
	AbsentBoundary     Absent = C.IAMLET_ABSENT_BOUNDARY     // no permissions boundary
	AbsentSession      Absent = C.IAMLET_ABSENT_SESSION      // no session policy
	AbsentEndpoint     Absent = C.IAMLET_ABSENT_ENDPOINT     // no VPC endpoint on the way
)

// AbsentAll is every layer, from which those that exist are taken with &^.
const AbsentAll = AbsentOrganization | AbsentResource | AbsentIdentity | AbsentBoundary | AbsentSession | AbsentEndpoint

// String is the names of the layers, "SCP|boundary" for one.
func (a Absent) String() string {
	var names []string
	for i, name := range [...]string{"SCP", "RCP", "resource", "identity", "boundary", "session", "endpoint", "?"} {
		if a>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}
