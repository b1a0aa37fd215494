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
//! - A service principal is one or two labels of `[a-z0-9-]` before `.amazonaws.com`.
//! - A condition key's name is one or more characters without `${`; a variable in a key is illegal in any version.
//! - `Null` takes `true`/`false` in any ASCII case, like `Bool`.
//! - Epoch seconds fit 64 bits; a leading `+` is not an epoch; UTC offsets go up to 23:59.
//! - Base64 is canonical: unused bits of the last character are zero.
//! - An IP prefix length has no leading zero.
//! - A variable's name holds a colon and no space, quote or brace; colons protect nothing in version 2008-10-17.
//!
//! Requests
//! - A request text with fewer than six fields is no malformed resource; it is what R-RES-3 says: matched by `*` only.
//! - An owner that neither the ARN nor the caller states defaults to the principal's account; a principal without
//!   an account (service, saml, oidc, anonymous) then makes the request malformed.
//! - A stated owner must be 12 digits. A request without resources is malformed.
//! - The derived keys are compared with the context after the per-resource overlay; several supplied values for a
//!   derived key contradict it.
//! - A role session and its role ARN agree in partition as well; so do a federated user and a known parent user,
//!   whose account must be the same too.
//! - Context values, `multivalued` and the principal's members have the types of the vector format, else the request
//!   is malformed. Members that a principal type does not use are not looked at.
//! - Every supplied document is checked, also those of sets that do not apply to the caller.
//! - An overlay key with an empty list is not supplied, so the request's own value stays.
//! - Session policies of a `user` apply and limit, as for a role session.
//! - A key declared multivalued cannot be used as a variable either, whatever its default.
//! - An RCP set with zero levels is a configuration error like an SCP set with zero levels.
//! - An empty list of session documents is the same as none.
//!
//! Matching
//! - Classic SCP: exact case is asked of prefix and name, so `S3:GetObject` in a request is INDET for `s3:GetObject`.
//! - Splitting a request ARN knows no `${…}`: request text is data.
//! - An unresolved variable in NotResource is INDET for each request resource, `*` included.
//! - A request value that does not parse is INDET even against a policy value with an unresolved variable.
//! - `Null` with `["true","false"]` over an empty-string set is INDET.
//! - `vpce_type=gateway`: an account match counts for the root user only, in Deny as in Allow, and in the list of
//!   `NotPrincipal`, where the stricter reading exempts fewer.
//! - In `NotPrincipal` an account is listed by its id or root ARN, a user or role by its ARN; canonical and unique
//!   ids list nobody.
//! - A unique id stands for a user or for the role of a session, never for a federated user.
//! - Service-linked roles are role sessions that the caller marks so; the mark means nothing for other types.
#![allow(dead_code)]

pub mod condition;
pub mod document;
pub mod generate;
pub mod json;
pub mod layers;
pub mod matching;
pub mod principal;
pub mod request;
pub mod syntax;
pub mod values;
pub mod variables;

use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;

pub use document::check;

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

    /// Reverses the order; INDET stays INDET (R-GEN-5).
    pub fn reversed(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Indet => Truth::Indet,
            Truth::True => Truth::False,
        }
    }
}

/// One way in which a condition operator was computed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    /// Base operator in the specification's spelling.
    pub operator: &'static str,
    /// `""`, `"ForAllValues"` or `"ForAnyValue"`.
    pub qualifier: &'static str,
    /// Whether the operator ended in `IfExists`.
    pub if_exists: bool,
    /// `"TRUE"`, `"FALSE"`, `"INDET"`, or `"absent"` where the key was absent.
    pub outcome: &'static str,
}

/// What the decisions since the last [`take_reached`] computed.
pub type Reached = BTreeSet<Reach>;

thread_local! {
    static REACHED: RefCell<Reached> = const { RefCell::new(Reached::new()) };
}

/// Hands over what was recorded on this thread and starts anew.
pub fn take_reached() -> Reached {
    REACHED.with(|cell| std::mem::take(&mut *cell.borrow_mut()))
}

fn record(reach: Reach) {
    REACHED.with(|cell| {
        cell.borrow_mut().insert(reach);
    });
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
    REACHED.with(|cell| {
        let mut all = cell.borrow_mut();
        all.extend(before);
        all.extend(here);
    });
    lines
}

/// Decides one case of the vector format (section 10); `expect` is not looked at.
pub fn decide(case: &Value) -> Outcome {
    // R-GEN-2: some supplied document is not legal -> invalid_policy, whatever the request looks like.
    let Ok(policies) = layers::load(case) else { return Outcome::InvalidPolicy };
    // R-GEN-3: a malformed request is implicit_deny before any policy is looked at.
    let Some(requests) = request::read(case) else { return Outcome::ImplicitDeny };
    // R-RES-12: once per resource; any explicit_deny, else all allow, else implicit_deny.
    let outcomes: Vec<Outcome> = requests.iter().map(|one| layers::decide(&policies, one)).collect();
    if outcomes.contains(&Outcome::ExplicitDeny) {
        return Outcome::ExplicitDeny;
    }
    if outcomes.iter().all(|outcome| *outcome == Outcome::Allow) {
        return Outcome::Allow;
    }
    Outcome::ImplicitDeny
}
