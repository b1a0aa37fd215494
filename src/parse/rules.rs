//! What each kind of policy may have: R-KIND-1 to R-KIND-8, a row each.

use crate::image::kind::PolicyKind;

/// Whether an element may stand in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowance {
    /// It must not.
    Forbidden,
    /// It may.
    Allowed,
    /// It may in a statement whose effect is Deny.
    DenyOnly,
}

/// How `Resource` and `NotResource` are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResourceRule {
    /// One of the two must be there.
    Required,
    /// R-SCPC-18 to R-SCPC-21: with Allow only `*`, which may be left out; with Deny required.
    Classic,
    /// R-KIND-6: the role itself is the resource.
    Implied,
}

/// The rules of one kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// `Version` is required, and must be 2012-10-17 (R-SCPC-3, R-SCPF-1, R-RCP-1).
    pub(super) version_2012: bool,
    pub(super) id: Allowance,
    pub(super) principal: Allowance,
    pub(super) not_principal: Allowance,
    pub(super) not_action: Allowance,
    pub(super) resource: ResourceRule,
    pub(super) not_resource: Allowance,
    pub(super) condition: Allowance,
    /// R-DOC-16, R-DOC-17: `Sid` takes `[A-Za-z0-9]*` and is unique.
    pub(super) plain_sid: bool,
    /// R-RES-8: an ARN of three to five fields is completed.
    pub(super) completes_arns: bool,
    /// R-SIZE-1: white space between tokens does not count.
    pub(super) ignores_white_space: bool,
    /// R-JSON-8: the API takes nothing beyond Latin-1.
    pub(super) latin1: bool,
    /// R-SIZE-3: AWS's upload limit in bytes.
    pub(super) quota: usize,
}

/// The grammar that identity policies and their relatives share (R-KIND-1).
const IDENTITY: Rules = Rules {
    version_2012: false,
    id: Allowance::Allowed,
    principal: Allowance::Forbidden,
    not_principal: Allowance::Forbidden,
    not_action: Allowance::Allowed,
    resource: ResourceRule::Required,
    not_resource: Allowance::Allowed,
    condition: Allowance::Allowed,
    plain_sid: true,
    completes_arns: true,
    ignores_white_space: true,
    latin1: true,
    quota: 6_144,
};

/// The grammar of resource-based policies (R-KIND-4).
const RESOURCE: Rules = Rules {
    principal: Allowance::Allowed,
    not_principal: Allowance::DenyOnly,
    plain_sid: false,
    completes_arns: false,
    ignores_white_space: false,
    latin1: false,
    quota: 20_480,
    ..IDENTITY
};

/// The full language of service control policies (R-SCPF-1).
const SCP: Rules = Rules {
    version_2012: true,
    id: Allowance::Forbidden,
    completes_arns: false,
    ignores_white_space: false,
    latin1: false,
    quota: 10_240,
    ..IDENTITY
};

impl Rules {
    /// The rules of `kind`.
    pub(super) const fn from_kind(kind: PolicyKind) -> Self {
        match kind {
            PolicyKind::Identity | PolicyKind::Boundary => IDENTITY,
            PolicyKind::InlineUser => Self { quota: 2_048, ..IDENTITY },
            PolicyKind::InlineGroup => Self { quota: 5_120, ..IDENTITY },
            PolicyKind::InlineRole => Self { quota: 10_240, ..IDENTITY },
            PolicyKind::Session => {
                Self { completes_arns: false, ignores_white_space: false, quota: 2_048, ..IDENTITY }
            }
            PolicyKind::Resource | PolicyKind::Vpce => RESOURCE,
            PolicyKind::Kms => Self { quota: 32_768, ..RESOURCE },
            PolicyKind::Trust => Self {
                principal: Allowance::Allowed,
                not_action: Allowance::Forbidden,
                resource: ResourceRule::Implied,
                not_resource: Allowance::Forbidden,
                quota: 2_048,
                ..IDENTITY
            },
            PolicyKind::ScpClassic => Self {
                not_action: Allowance::DenyOnly,
                resource: ResourceRule::Classic,
                not_resource: Allowance::Forbidden,
                condition: Allowance::DenyOnly,
                quota: 5_120,
                ..SCP
            },
            PolicyKind::ScpFull => SCP,
            PolicyKind::Rcp => {
                Self { principal: Allowance::Allowed, not_action: Allowance::Forbidden, quota: 5_120, ..SCP }
            }
        }
    }
}
