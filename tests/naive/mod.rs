//! A deliberately naive second evaluator, used as a test oracle.
//!
//! It follows the specification rule by rule, rebuilds everything for each call and trades speed and memory for
//! being obvious. The rule ids in the comments are those of the specification.
//!
//! # Judgement calls
//!
//! Where the specification is silent or can be read in two ways, this evaluator does the following.
//!
//! Documents
//! - `quota_bytes` replaces the limit of the kind and is looked at only together with `enforce_quotas`.
//! - `scp_missing_version=assume_2012` serves both SCP dialects; it never serves RCPs.
//! - The one legal RCP Allow is judged per statement: Allow, Principal `"*"`, Action `*`, Resource `*`, no Condition.
//! - An RCP action needs a named service: `*:Get*` and `*:*` are BAD_ACTION like the lone `*`.
//! - Trust actions: the prefix is `sts` in any letter case; `*:Name` is BAD_ACTION.
//! - `scp_full` takes the prefix `*` (`*:Get*`), which has no letter case.
//! - Classic SCP Allow: `Resource` is `"*"` or `["*"]`; anything else that is well typed is FORBIDDEN_COMBINATION.
//! - Partition `aws-…` is `aws-` and one or more of `[a-z0-9-]`; no other wildcard than the lone `*`.
//! - Region: any mix of `[a-z0-9-]`, wildcards and variables. Account: a variable fills the whole field.
//! - `${*}`, `${?}` and `${$}` count as variables for the rules on where variables may stand; where they may, a region
//!   or an account with one is BAD_RESOURCE, for the character is none of a region or account.
//! - VPC endpoint account field: digits and wildcards together are the forbidden mix; wildcards alone are not.
//! - VPC endpoint wildcards: `StringLike`/`StringNotLike` (and the Arn `Like` forms for system identifiers) only;
//!   a variable counts by its source text.
//! - Names inside principal ARNs are printable ASCII without space, `*`, `?` and `$`, with no empty path segment.
//! - A unique id is `AIDA` or `AROA` and one or more of `[A-Z0-9]`.
//! - The region in a name of Cognito's is one label of `[a-z0-9-]`.
//! - An account as a number is written with twelve digits and nothing else: no sign, point or exponent.
//! - A condition key's name is one or more characters without `${`; a variable in a key is illegal in any version.
//! - Only one `/` may end the prefix of a condition key. White space is what Unicode calls so.
//! - `Null` takes `true`/`false` in any ASCII case, like `Bool`.
//! - Epoch seconds fit 64 bits; a leading `+` is not an epoch; UTC offsets go up to 23:59.
//! - Base64 is canonical: unused bits of the last character are zero.
//! - An IP prefix length has no leading zero.
//! - A variable's name holds a colon and no space, quote or brace; colons protect nothing in version 2008-10-17.
//!
//! Requests
//! - An owner that neither the ARN nor the caller states defaults to the principal's account; a principal without
//!   an account (service, saml, oidc, anonymous) then makes the request malformed.
//! - A stated owner must be 12 digits. A request without resources is malformed.
//! - The derived keys are compared with the request's own context, and with that of each item after its overlay;
//!   several supplied values for a derived key contradict it.
//! - A role or a KMS key is told by service and beginning of the sixth field alone; region and account are not asked.
//! - Without a stated kind the first resource gives the grammar of the resource policy, also where the request is
//!   malformed. A stated kind that is none of the three makes the case `invalid_policy`.
//! - A SAML provider is the ARN of a `saml-provider/`; the provider of an `oidc` principal is the ARN of an
//!   `oidc-provider/` or a text that does not begin with `arn:`. Anything else is malformed.
//! - A service-linked flag that says yes contradicts for principals that are no role session.
//! - A user ARN of a federated user is that of a user or of the root user.
//! - An origin's identity has aws:PrincipalArn and aws:PrincipalIsAWSService; its account, type, user name and user id
//!   are unknown where the caller does not tell them. It states no account, or `cloudfront`; the owner has no default.
//! - `unknown` holds against set qualifiers as well, and the default of a variable does not apply.
//! - aws:userid of services, saml and oidc principals is absent where the caller states none.
//! - Context values, `multivalued` and the principal's members have the types of the vector format, else the request
//!   is malformed. Members that a principal type does not use are not looked at.
//! - Every supplied document is checked, also those of sets that do not apply to the caller.
//! - The session policies of a `user` were passed for a type that has none: they must allow, whatever grants.
//! - A boundary that was passed for a federated user of the root user must allow, whatever grants. An identity policy's
//!   Allow does not help that user.
//! - A multivalued key, by AWS's list or declared, has no value as a variable, not even its default, also where it is
//!   absent.
//! - An RCP set with zero levels is a configuration error like an SCP set with zero levels.
//! - An empty list of session documents is the same as none.
//!
//! Matching
//! - Classic SCP: exact case is asked of prefix and name, so `S3:GetObject` in a request is INDET for `s3:GetObject`.
//! - Splitting a request ARN knows no `${…}`: request text is data.
//! - An unresolved variable in NotResource is INDET for each request resource, `*` included.
//! - A request value that does not parse is INDET even against a policy value with an unresolved variable.
//! - `Null` with `["true","false"]` over an empty-string set is INDET.
//! - `vpce_type=gateway`: every exemption by `NotPrincipal` is INDET, that of the root user and of services as well.
//! - In `NotPrincipal` an account is listed by its id or root ARN, a user or role by its ARN; canonical and unique
//!   ids list nobody. The user of a federated user of the root user is listed by the root ARN only.
//! - A caller whose user is not known may be that of a user ARN of the same account and the same partition.
//! - `CanonicalUser` is INDET for an origin's identity without a known canonical id, and FALSE for callers that are of
//!   no account otherwise.
//! - R-RES-14 looks at the fields after variables are replaced: an empty text counts as empty, an inserted `*` is no
//!   star. A variable without a value comes first (R-VAR-9).
//! - R-EVAL-23: a bucket's name holds no colon either.
//! - A unique id stands for a user or for the role of a session, never for a federated user.
#![allow(dead_code, unused_imports)]

pub mod condition;
pub mod document;
pub mod fillings;
pub mod generate;
pub mod json;
pub mod layers;
pub mod matching;
pub mod principal;
pub mod reached;
pub mod request;
pub mod syntax;
pub mod trace;
pub mod values;
pub mod variables;

use serde_json::Value;

pub use document::check;
pub use reached::{Reach, Reached, Rules, WAYS, reach, record, take_reached, take_rules};

/// Result of one decision (R-GEN-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The only permit.
    Allow,
    /// Nothing allowed the request, or the request is malformed.
    ImplicitDeny,
    /// A Deny statement applied.
    ExplicitDeny,
    /// A supplied document is not legal.
    InvalidPolicy,
}

impl Outcome {
    /// The name that the vectors use.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Allow => "allow",
            Outcome::ImplicitDeny => "implicit_deny",
            Outcome::ExplicitDeny => "explicit_deny",
            Outcome::InvalidPolicy => "invalid_policy",
        }
    }
}

/// Three truth values, FALSE < INDET < TRUE (R-GEN-5): `and` is `min`, `or` is `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// A plain mismatch.
    False,
    /// Ambiguous or malformed request data.
    Indet,
    /// A match.
    True,
}

impl Truth {
    /// TRUE or FALSE.
    pub fn of(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }

    /// The name that the specification uses.
    pub fn name(self) -> &'static str {
        match self {
            Truth::False => "FALSE",
            Truth::Indet => "INDET",
            Truth::True => "TRUE",
        }
    }

    /// Reverses the order; INDET stays INDET (R-GEN-5).
    pub fn reversed(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Indet => Truth::Indet,
            Truth::True => Truth::False,
        }
    }
}

/// The conditions that one decision computes, as `qualifier:operator[IfExists]=outcome` lines.
pub fn trace(case: &Value) -> Vec<String> {
    let before = take_reached();
    decide(case);
    let here = take_reached();
    let mut lines = Vec::new();
    for reach in &here {
        let colon = if reach.qualifier.is_empty() { "" } else { ":" };
        let suffix = if reach.if_exists { "IfExists" } else { "" };
        lines.push(format!("{}{colon}{}{suffix}={}", reach.qualifier, reach.operator, reach.outcome));
    }
    for reach in before.into_iter().chain(here) {
        reached::recording(|| record(reach));
    }
    lines
}

/// Decides one case of the vector format (section 10); `expect` is not looked at.
pub fn decide(case: &Value) -> Outcome {
    reached::recording(|| decided(case))
}

fn decided(case: &Value) -> Outcome {
    // R-GEN-2: some supplied document is not legal -> invalid_policy, whatever the request looks like.
    let Ok(policies) = layers::load(case) else { return Outcome::InvalidPolicy };
    // R-GEN-3: a malformed request is implicit_deny before any policy is looked at.
    let Some(requests) = request::read(case) else { return Outcome::ImplicitDeny };
    let outcomes: Vec<Outcome> = requests.iter().map(|one| layers::decide(&policies, one)).collect();
    together(&outcomes)
}

/// R-RES-12: once per resource; any explicit_deny, else all allow, else implicit_deny.
pub fn together(outcomes: &[Outcome]) -> Outcome {
    if outcomes.contains(&Outcome::ExplicitDeny) {
        return Outcome::ExplicitDeny;
    }
    if outcomes.iter().all(|outcome| *outcome == Outcome::Allow) {
        return Outcome::Allow;
    }
    Outcome::ImplicitDeny
}
