package iamlet

// #include "crossing.h"
import "C"

import "fmt"

// Kind is the kind of a policy document: which elements it may have, and how its names compare.
type Kind uint8

// The kinds of policy documents.
const (
	KindIdentity    Kind = C.IAMLET_KIND_IDENTITY     // a managed policy attached to a user, group or role
	KindInlineUser  Kind = C.IAMLET_KIND_INLINE_USER  // an inline policy of a user
	KindInlineGroup Kind = C.IAMLET_KIND_INLINE_GROUP // an inline policy of a group
	KindInlineRole  Kind = C.IAMLET_KIND_INLINE_ROLE  // an inline policy of a role
	KindBoundary    Kind = C.IAMLET_KIND_BOUNDARY     // a permissions boundary
	KindSession     Kind = C.IAMLET_KIND_SESSION      // a session policy
	KindResource    Kind = C.IAMLET_KIND_RESOURCE     // a resource-based policy, a bucket policy for one
	KindKMS         Kind = C.IAMLET_KIND_KMS          // a KMS key policy
	KindTrust       Kind = C.IAMLET_KIND_TRUST        // a role trust policy
	KindSCPClassic  Kind = C.IAMLET_KIND_SCP_CLASSIC  // a service control policy in the grammar before September 2025
	KindSCPFull     Kind = C.IAMLET_KIND_SCP_FULL     // a service control policy in the full IAM language
	KindRCP         Kind = C.IAMLET_KIND_RCP          // a resource control policy
	KindVPCE        Kind = C.IAMLET_KIND_VPCE         // a VPC endpoint policy
)

// String is the kind's name, "scp_full" for one.
func (k Kind) String() string {
	return named(C.iamlet_kind_text(C.uint32_t(k)), "Kind", uint32(k))
}

// Layer is where a policy applies. Of several explicit denies, that of the first layer in the order of their numbers
// is reported.
//
// A decision has one policy at most at the layers of the resource, the boundary and the endpoint, over all of its sets
// together; the others unite any number.
type Layer uint8

// The layers. Principals are users, role sessions, federated users and root users for SCPs; the same but root users for
// identity policies, boundaries and session policies; everyone for the others.
const (
	LayerSCP      Layer = C.IAMLET_LAYER_SCP      // service control policies, by level
	LayerRCP      Layer = C.IAMLET_LAYER_RCP      // resource control policies, by level
	LayerResource Layer = C.IAMLET_LAYER_RESOURCE // the policy of the resource: KindResource, KindKMS or KindTrust
	LayerIdentity Layer = C.IAMLET_LAYER_IDENTITY // the policies of the user and its groups, or of the role
	LayerBoundary Layer = C.IAMLET_LAYER_BOUNDARY // the permissions boundary
	LayerSession  Layer = C.IAMLET_LAYER_SESSION  // the session policies
	LayerEndpoint Layer = C.IAMLET_LAYER_ENDPOINT // the policy of the VPC endpoint
)

// String is the layer's name, "permissions boundary" for one.
func (l Layer) String() string {
	return named(C.iamlet_layer_text(C.uint32_t(l)), "Layer", uint32(l))
}

// Effect is what becomes of a request. Only Allow permits; the zero Effect denies.
type Effect uint8

// The effects.
const (
	ImplicitDeny Effect = C.IAMLET_IMPLICIT_DENY // nothing allows it, or no decision was computed
	ExplicitDeny Effect = C.IAMLET_EXPLICIT_DENY // a statement denies it
	Allow        Effect = C.IAMLET_ALLOW         // it is allowed
)

// String is the effect's name, "implicit_deny" for one.
func (e Effect) String() string {
	return named(C.iamlet_effect_text(C.uint32_t(e)), "Effect", uint32(e))
}

// Reason is why a decision is what it is.
type Reason uint8

// The reasons.
const (
	ReasonError          Reason = C.IAMLET_REASON_ERROR           // no decision was computed
	ReasonExplicitDeny   Reason = C.IAMLET_REASON_EXPLICIT_DENY   // a statement denies
	ReasonIdentityAllows Reason = C.IAMLET_REASON_IDENTITY_ALLOWS // the identity-based policies allow
	ReasonResourceAllows Reason = C.IAMLET_REASON_RESOURCE_ALLOWS // the resource-based policy allows by itself
	ReasonBothAllow      Reason = C.IAMLET_REASON_BOTH_ALLOW      // both of them allow
	ReasonRootUser       Reason = C.IAMLET_REASON_ROOT_USER       // the owning account's root user needs no Allow
	ReasonSCPSilent      Reason = C.IAMLET_REASON_SCP_SILENT      // no service control policy of the level allows
	ReasonEndpointSilent Reason = C.IAMLET_REASON_ENDPOINT_SILENT // the VPC endpoint policy does not allow
	ReasonIdentitySilent Reason = C.IAMLET_REASON_IDENTITY_SILENT // no identity-based policy allows
	ReasonBoundarySilent Reason = C.IAMLET_REASON_BOUNDARY_SILENT // the permissions boundary does not allow
	ReasonSessionSilent  Reason = C.IAMLET_REASON_SESSION_SILENT  // no session policy allows
	ReasonResourceSilent Reason = C.IAMLET_REASON_RESOURCE_SILENT // the resource's policy does not allow and has to
	ReasonImpossible     Reason = C.IAMLET_REASON_IMPOSSIBLE      // such a principal cannot do this to such a resource
	ReasonSessionAllows  Reason = C.IAMLET_REASON_SESSION_ALLOWS  // the session policy of the root user's federated session
	// The action needs no permission: sts:GetCallerIdentity.
	ReasonNoPermissionNeeded Reason = C.IAMLET_REASON_NO_PERMISSION_NEEDED
	// It depends on context keys that are not fetched yet: fetch those in Decision.Needs, and decide again.
	ReasonNeedsContext Reason = C.IAMLET_REASON_NEEDS_CONTEXT
)

// String says what the reason means.
func (r Reason) String() string {
	return named(C.iamlet_reason_text(C.uint32_t(r)), "Reason", uint32(r))
}

// named is a name, or the number where there is none.
func named(name C.iamlet_text, what string, number uint32) string {
	if name.len == 0 {
		return fmt.Sprintf("%s(%d)", what, number)
	}
	return constant(name)
}
