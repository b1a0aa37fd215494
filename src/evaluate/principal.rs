//! The request's principal, and whether a statement is about it (section 5 of the rules).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::context_writer::Output;
use super::prepare::Principal;
use super::request::{GATEWAY_ENDPOINT, PrincipalType, Request, RequestError, Text};
use crate::ground::arn;
use crate::ground::truth::Truth;
use crate::image::kind::PolicyKind;
use crate::image::policy::Policy;
use crate::image::principal_form::PrincipalForm;
use crate::image::records::{NOT_PRINCIPAL, Span, StatementRecord};

/// The texts of a principal in a prepared request; those that it lacks are empty.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct PrincipalTexts {
    pub(super) arn: Text,
    pub(super) account: Text,
    pub(super) partition: Text,
    pub(super) role_arn: Text,
    /// The role's name without its path, as session ARNs have it.
    pub(super) role_name: Text,
    pub(super) user_arn: Text,
    pub(super) service: Text,
    pub(super) provider: Text,
    pub(super) canonical_user: Text,
    pub(super) unique_id: Text,
}

/// What a principal's ARNs say, worked out while they are checked.
pub(super) struct PrincipalFacts<'a> {
    /// The account, of types that have one.
    pub(super) account: Option<&'a [u8]>,
    partition: &'a [u8],
    /// The name of the user or federated user.
    pub(super) name: &'a [u8],
    role_name: &'a [u8],
}

/// What follows the last slash.
fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// The fields of an ARN, if it is of this form.
fn split_as(form: PrincipalForm, arn: &[u8]) -> Option<[&[u8]; 6]> {
    let fields = arn::split(arn)?;
    (PrincipalForm::of_fields(fields) == Some(form)).then_some(fields)
}

/// Whether the principal has what its type needs, and nothing that contradicts it (R-PRIN-1 to R-PRIN-3).
pub(super) fn check_principal<'a>(principal: &Principal<'a>) -> Result<PrincipalFacts<'a>, RequestError> {
    let wrong = Err(RequestError::Principal);
    let form = match principal.kind {
        PrincipalType::User => PrincipalForm::User,
        PrincipalType::RoleSession => PrincipalForm::RoleSession,
        PrincipalType::FederatedUser => PrincipalForm::FederatedUser,
        PrincipalType::Root => PrincipalForm::AccountRoot,
        PrincipalType::Service | PrincipalType::Saml | PrincipalType::Oidc | PrincipalType::Anonymous => {
            let needed = match principal.kind {
                PrincipalType::Service => principal.service,
                PrincipalType::Anonymous => b"-",
                _ => principal.provider,
            };
            let facts = PrincipalFacts { account: None, partition: &[], name: &[], role_name: &[] };
            return if needed.is_empty() || !principal.arn.is_empty() { wrong } else { Ok(facts) };
        }
    };
    let Some([_, partition, _, _, account, name]) = split_as(form, principal.arn) else { return wrong };
    let mut facts =
        PrincipalFacts { account: Some(account), partition, name: last_part(name), role_name: &[] };
    match principal.kind {
        PrincipalType::RoleSession => {
            // R-PRIN-3: `assumed-role/Name/Session`, and the role's own ARN ends in the same name.
            facts.role_name = name.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
            let role = split_as(PrincipalForm::Role, principal.role_arn);
            let Some([_, role_partition, _, _, role_account, role]) = role else { return wrong };
            if (role_partition, role_account, last_part(role)) != (partition, account, facts.role_name) {
                return wrong;
            }
        }
        PrincipalType::FederatedUser if !principal.user_arn.is_empty() => {
            let parent = PrincipalForm::of_arn(principal.user_arn);
            let same_account = arn::split(principal.user_arn)
                .is_some_and(|[_, parents, _, _, owner, _]| (parents, owner) == (partition, account));
            if !matches!(parent, Some(PrincipalForm::User | PrincipalForm::AccountRoot)) || !same_account {
                return wrong;
            }
        }
        _ => {}
    }
    Ok(facts)
}

impl PrincipalTexts {
    pub(super) fn write(
        principal: &Principal<'_>,
        facts: &PrincipalFacts<'_>,
        output: &mut Output<'_>,
    ) -> Result<Self, RequestError> {
        let arn = output.text(principal.arn)?;
        Ok(Self {
            arn,
            account: arn.part(principal.arn, facts.account.unwrap_or_default()),
            partition: arn.part(principal.arn, facts.partition),
            role_arn: output.text(principal.role_arn)?,
            role_name: arn.part(principal.arn, facts.role_name),
            user_arn: output.text(principal.user_arn)?,
            service: output.text(principal.service)?,
            provider: output.text(principal.provider)?,
            canonical_user: output.text(principal.canonical_user)?,
            unique_id: output.text(principal.unique_id)?,
        })
    }
}

/// The classes of grants that a resource policy makes (section 5.3 of the rules): a set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Grants(u8);

impl Grants {
    pub(super) const NONE: Self = Self(0);
    /// To everyone.
    pub(super) const WILD: Self = Self(1);
    /// To the principal's account.
    pub(super) const ACCOUNT: Self = Self(2);
    /// To this very principal.
    pub(super) const DIRECT: Self = Self(4);
    /// To the role of the session.
    pub(super) const ROLE: Self = Self(8);
    /// To the user whose session it is.
    pub(super) const PARENT: Self = Self(16);

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn any_of(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::NONE
    }
}

/// Steps that are charged for looking at a list of principals: most are ARNs, which are divided.
pub(super) fn steps(spans: &[Span]) -> usize {
    spans.iter().map(|span| 4 + usize::from(span.len.get()) / 8).sum()
}

/// Whether a statement is about the request's principal, and as what.
pub(super) fn matches(
    policy: &Policy<'_>,
    statement: &StatementRecord,
    spans: &[Span],
    request: &Request<'_>,
    has_boundary: bool,
) -> (Truth, Grants) {
    let gateway = policy.kind() == Some(PolicyKind::Vpce) && request.has_flag(GATEWAY_ENDPOINT);
    if statement.flags & NOT_PRINCIPAL != 0 {
        // R-NPRIN-4: a permissions boundary undoes the exemption.
        if has_boundary && request.principal_type.has_identity() {
            return (Truth::True, Grants::NONE);
        }
        return (!is_listed(policy, spans, request, gateway), Grants::NONE);
    }
    let mut truth = Truth::False;
    let mut grants = Grants::NONE;
    for span in spans {
        let (Some(form), Some(text)) = (PrincipalForm::from_number(span.head.get()), span.of(policy.text()))
        else {
            continue;
        };
        let (one, class) = matches_one(form, text, request, gateway);
        truth = truth.or(one);
        grants = grants.and(class);
    }
    (truth, grants)
}

/// Whether one value of `Principal` names the request's principal, and the class of the grant that it then makes.
fn matches_one(form: PrincipalForm, text: &[u8], request: &Request<'_>, gateway: bool) -> (Truth, Grants) {
    let texts = &request.header.principal;
    let kind = request.principal_type;
    let is = |own: Text| !text.is_empty() && request.text(own) == text;
    let yes = |holds: bool, class: Grants| {
        if holds { (Truth::True, class) } else { (Truth::False, Grants::NONE) }
    };
    match form {
        PrincipalForm::Everyone => yes(true, Grants::WILD),
        PrincipalForm::AnyAws => match kind {
            // Documented as equal to "*" for anonymous callers only.
            PrincipalType::Service | PrincipalType::Saml | PrincipalType::Oidc => {
                (Truth::Indet, Grants::NONE)
            }
            _ => yes(true, Grants::WILD),
        },
        PrincipalForm::Account | PrincipalForm::AccountRoot => {
            let root_user = kind == PrincipalType::Root;
            // R-VPCE-6: at a gateway endpoint an account reaches its root user only.
            let holds = is_account(form, text, request) && (root_user || !gateway);
            let direct = root_user && form == PrincipalForm::AccountRoot;
            yes(holds, if direct { Grants::DIRECT } else { Grants::ACCOUNT })
        }
        PrincipalForm::User => match kind {
            PrincipalType::FederatedUser => yes(is(texts.user_arn), Grants::PARENT),
            // R-PRIN-13: of others, only the user itself has this ARN.
            _ => yes(kind == PrincipalType::User && is(texts.arn), Grants::DIRECT),
        },
        PrincipalForm::Role => yes(kind == PrincipalType::RoleSession && is(texts.role_arn), Grants::ROLE),
        PrincipalForm::RoleSession => {
            yes(kind == PrincipalType::RoleSession && is(texts.arn), Grants::DIRECT)
        }
        PrincipalForm::FederatedUser => {
            yes(kind == PrincipalType::FederatedUser && is(texts.arn), Grants::DIRECT)
        }
        PrincipalForm::UniqueId => match kind {
            PrincipalType::User => yes(is(texts.unique_id), Grants::DIRECT),
            PrincipalType::RoleSession => yes(is(texts.unique_id), Grants::ROLE),
            _ => yes(false, Grants::NONE),
        },
        PrincipalForm::Service => yes(kind == PrincipalType::Service && is(texts.service), Grants::DIRECT),
        PrincipalForm::Federated => {
            let federated = matches!(kind, PrincipalType::Saml | PrincipalType::Oidc);
            yes(federated && is(texts.provider), Grants::DIRECT)
        }
        PrincipalForm::CanonicalUser => yes(kind.has_account() && is(texts.canonical_user), Grants::ACCOUNT),
    }
}

/// Whether an account id or root ARN names the principal's account (R-PRIN-11, R-PRIN-12): an id does in any partition.
fn is_account(form: PrincipalForm, text: &[u8], request: &Request<'_>) -> bool {
    let texts = &request.header.principal;
    let own = request.text(texts.account);
    if own.is_empty() {
        return false;
    }
    match form {
        PrincipalForm::AccountRoot => arn::split(text).is_some_and(|[_, partition, _, _, account, _]| {
            account == own && partition == request.text(texts.partition)
        }),
        _ => text == own,
    }
}

/// Whether `NotPrincipal` lists the principal's whole chain (R-NPRIN-3, R-NPRIN-5), which exempts it from the Deny.
fn is_listed(policy: &Policy<'_>, spans: &[Span], request: &Request<'_>, gateway: bool) -> Truth {
    let kind = request.principal_type;
    let texts = &request.header.principal;
    // The links of the chain that must be listed, and those that are.
    let mut needed = match kind {
        PrincipalType::Root => Grants::NONE,
        PrincipalType::User | PrincipalType::Service => Grants::DIRECT,
        PrincipalType::RoleSession => Grants::ROLE,
        PrincipalType::FederatedUser if request.text(texts.user_arn).is_empty() => Grants::DIRECT,
        PrincipalType::FederatedUser => Grants::DIRECT.and(Grants::PARENT),
        PrincipalType::Saml | PrincipalType::Oidc | PrincipalType::Anonymous => return Truth::False,
    };
    if kind.has_account() {
        needed = needed.and(Grants::ACCOUNT);
    }
    let mut listed = Grants::NONE;
    for span in spans {
        let (Some(form), Some(text)) = (PrincipalForm::from_number(span.head.get()), span.of(policy.text()))
        else {
            continue;
        };
        // The rule speaks of accounts and ARNs: an id of another form lists nobody.
        if matches!(form, PrincipalForm::UniqueId | PrincipalForm::CanonicalUser) {
            continue;
        }
        let (_, class) = matches_one(form, text, request, gateway);
        listed = listed.and(class);
        // The root user is listed as its account, whichever way.
        if kind == PrincipalType::Root && !class.is_empty() {
            listed = listed.and(Grants::ACCOUNT);
        }
        // Where the list names sessions of this role, it must name this one.
        if kind == PrincipalType::RoleSession
            && form == PrincipalForm::RoleSession
            && is_session_of_role(text, request)
        {
            needed = needed.and(Grants::DIRECT);
        }
    }
    Truth::from(listed.and(needed) == listed)
}

/// Whether a session ARN is of the role whose session makes the request.
fn is_session_of_role(session: &[u8], request: &Request<'_>) -> bool {
    let texts = &request.header.principal;
    let Some([_, partition, _, _, account, name]) = arn::split(session) else { return false };
    let role = name.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
    partition == request.text(texts.partition)
        && account == request.text(texts.account)
        && role == request.text(texts.role_name)
}
