//! The request's principal, and whether a statement is about it (R-PRIN-1).

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::context_writer::Output;
use super::malformed::RequestError;
use super::prepare::Principal;
use super::request::{GATEWAY_ENDPOINT, PrincipalType, Request, SERVICE_LINKED, Text};
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
    /// The partition of the ARN, or of the provider's.
    pub(super) partition: Text,
    pub(super) role_arn: Text,
    pub(super) user_arn: Text,
    pub(super) service: Text,
    pub(super) provider: Text,
    /// The account in the provider's ARN, if it is one.
    pub(super) provider_account: Text,
    pub(super) canonical_user: Text,
    pub(super) unique_id: Text,
}

/// What a principal's texts say, worked out while they are checked.
pub(super) struct PrincipalFacts<'a> {
    pub(super) kind: PrincipalType,
    /// The account, of types that have one.
    pub(super) account: Option<&'a [u8]>,
    partition: &'a [u8],
    /// The name of the user or federated user, or of the session.
    pub(super) name: &'a [u8],
    provider_account: &'a [u8],
    /// The role is service-linked (R-PRIN-17).
    pub(super) service_linked: bool,
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

/// Whether the principal has what its type needs, and nothing that contradicts it or the action (R-PRIN-1 to R-PRIN-3,
/// R-PRIN-17, R-PRIN-18).
pub(super) fn check_principal<'a>(
    principal: &Principal<'a>,
    action: &[u8],
) -> Result<PrincipalFacts<'a>, RequestError> {
    let fields = arn::split(principal.arn);
    let kind = check_type(principal, fields.and_then(PrincipalForm::of_fields))?;
    let mut facts = PrincipalFacts {
        kind,
        account: None,
        partition: &[],
        name: &[],
        provider_account: &[],
        service_linked: false,
    };
    match kind {
        PrincipalType::Anonymous => return Ok(facts),
        PrincipalType::Service if principal.service.is_empty() => return Err(RequestError::Service),
        PrincipalType::Service => return Ok(facts),
        PrincipalType::Saml | PrincipalType::Oidc => {
            check_federated(principal.provider, kind, action, &mut facts)?;
            return Ok(facts);
        }
        _ => {}
    }
    let Some([_, partition, _, _, account, name]) = fields else { return Err(RequestError::Principal) };
    facts.partition = partition;
    facts.name = last_part(name);
    facts.account = Some(account).filter(|_| kind.has_account());
    match kind {
        PrincipalType::RoleSession => {
            let role = split_as(PrincipalForm::Role, principal.role_arn);
            let Some([_, role_partition, _, _, role_account, role]) = role else {
                return Err(RequestError::RoleArn);
            };
            // R-PRIN-3: `assumed-role/Name/Session`, and the role's own ARN ends in the same name.
            let role_name = name.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
            if (role_partition, role_account, last_part(role)) != (partition, account, role_name) {
                return Err(RequestError::SessionRole);
            }
            facts.service_linked = role.starts_with(SERVICE_LINKED);
        }
        PrincipalType::FederatedUser if !principal.user_arn.is_empty() => {
            let parent = PrincipalForm::of_arn(principal.user_arn);
            if !matches!(parent, Some(PrincipalForm::User | PrincipalForm::AccountRoot)) {
                return Err(RequestError::UserArn);
            }
            // R-PRIN-18
            let same_account = arn::split(principal.user_arn)
                .is_some_and(|[_, parents, _, _, owner, _]| (parents, owner) == (partition, account));
            if !same_account {
                return Err(RequestError::ParentUser);
            }
        }
        _ => {}
    }
    Ok(facts)
}

/// The type of a principal: what is stated, which its ARN must not contradict, or else what the form of its ARN tells.
fn check_type(principal: &Principal<'_>, form: Option<PrincipalForm>) -> Result<PrincipalType, RequestError> {
    match (principal.kind, form.and_then(PrincipalType::of_form)) {
        (None, Some(kind)) => Ok(kind),
        // It is written as a user.
        (Some(PrincipalType::User), Some(kind @ PrincipalType::OriginAccessIdentity)) => Ok(kind),
        (Some(stated), Some(kind)) if stated == kind => Ok(kind),
        (Some(_), Some(_)) => Err(RequestError::PrincipalType),
        (Some(stated), None) if principal.arn.is_empty() && !stated.has_arn() => Ok(stated),
        _ if form == Some(PrincipalForm::Role) => Err(RequestError::RoleAsPrincipal),
        (None, None) => Err(RequestError::UnknownType),
        _ => Err(RequestError::Principal),
    }
}

/// R-PRIN-17: with which actions a SAML or OIDC identity comes, and whose its provider is.
fn check_federated<'a>(
    provider: &'a [u8],
    kind: PrincipalType,
    action: &[u8],
    facts: &mut PrincipalFacts<'a>,
) -> Result<(), RequestError> {
    let (own, form): (&[u8], &[u8]) = match kind {
        PrincipalType::Saml => (b"sts:AssumeRoleWithSAML", b"saml-provider/"),
        _ => (b"sts:AssumeRoleWithWebIdentity", b"oidc-provider/"),
    };
    let all: [&[u8]; 3] = [own, b"sts:TagSession", b"sts:SetSourceIdentity"];
    if !all.iter().any(|name| action.eq_ignore_ascii_case(name)) {
        return Err(RequestError::FederatedAction);
    }
    match arn::split(provider) {
        Some([b"arn", partition, b"iam", b"", account, name])
            if arn::is_partition(partition) && arn::is_account(account) && name.starts_with(form) =>
        {
            (facts.partition, facts.provider_account) = (partition, account);
            Ok(())
        }
        // Some OIDC providers have a name that IAM knows in place of an ARN.
        _ if kind == PrincipalType::Oidc && !provider.is_empty() && !provider.starts_with(b"arn:") => Ok(()),
        _ if provider.is_empty() => Err(RequestError::NoProvider),
        _ => Err(RequestError::Provider),
    }
}

impl PrincipalTexts {
    pub(super) fn write(
        principal: &Principal<'_>,
        facts: &PrincipalFacts<'_>,
        output: &mut Output<'_>,
    ) -> Result<Self, RequestError> {
        let arn = output.text(principal.arn)?;
        let provider = output.text(principal.provider)?;
        // A principal has an ARN or a provider, and its partition is that one's.
        let partition = match facts.provider_account {
            [] => arn.part(principal.arn, facts.partition),
            _ => provider.part(principal.provider, facts.partition),
        };
        Ok(Self {
            arn,
            account: arn.part(principal.arn, facts.account.unwrap_or_default()),
            partition,
            role_arn: output.text(principal.role_arn)?,
            user_arn: output.text(principal.user_arn)?,
            service: output.text(principal.service)?,
            provider,
            provider_account: provider.part(principal.provider, facts.provider_account),
            canonical_user: output.text(principal.canonical_user)?,
            unique_id: output.text(principal.unique_id)?,
        })
    }
}

/// The classes of grants that a resource policy makes (R-EVAL-10): a set of flags.
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

    /// The classes of both.
    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether they have a class in common.
    pub(super) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all of the other's classes are among these.
    const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
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
        let listed = is_listed(policy, spans, request);
        // R-VPCE-6: what exempts elsewhere is open there.
        return (if gateway { !listed.and(Truth::Indet) } else { !listed }, Grants::NONE);
    }
    let mut truth = Truth::False;
    let mut grants = Grants::NONE;
    for span in spans {
        let (Some(form), Some(text)) = (PrincipalForm::from_number(span.head.get()), span.of(policy.text()))
        else {
            continue;
        };
        let (mut one, mut class) = matches_one(form, text, request);
        // R-VPCE-6: there only an account's root user is sure to be meant, and who is meant by more than an ARN.
        if gateway && !is_sure_at_gateway(form, request.principal_type) {
            (one, class) = (one.and(Truth::Indet), Grants::NONE);
        }
        truth = truth.or(one);
        grants = grants.union(class);
    }
    (truth, grants)
}

/// Whether a gateway endpoint takes a value of `Principal` as it is written (R-VPCE-6).
fn is_sure_at_gateway(form: PrincipalForm, kind: PrincipalType) -> bool {
    match form {
        PrincipalForm::Everyone
        | PrincipalForm::AnyAws
        | PrincipalForm::Service
        | PrincipalForm::Federated
        | PrincipalForm::CanonicalUser => true,
        PrincipalForm::Account | PrincipalForm::AccountRoot => kind == PrincipalType::Root,
        PrincipalForm::User
        | PrincipalForm::Role
        | PrincipalForm::RoleSession
        | PrincipalForm::FederatedUser
        | PrincipalForm::UniqueId
        | PrincipalForm::OriginAccessIdentity => false,
    }
}

/// Whether one value of `Principal` names the request's principal, and the class of the grant that it then makes.
fn matches_one(form: PrincipalForm, text: &[u8], request: &Request<'_>) -> (Truth, Grants) {
    let texts = &request.header.principal;
    let kind = request.principal_type;
    let is = |own: Text| !text.is_empty() && request.text(own) == text;
    let yes = |holds: bool, class: Grants| {
        if holds { (Truth::True, class) } else { (Truth::False, Grants::NONE) }
    };
    let open = (Truth::Indet, Grants::NONE);
    match form {
        PrincipalForm::Everyone => yes(true, Grants::WILD),
        PrincipalForm::AnyAws => match kind {
            // Documented as equal to "*" for anonymous callers only.
            PrincipalType::Service | PrincipalType::Saml | PrincipalType::Oidc => open,
            _ => yes(true, Grants::WILD),
        },
        PrincipalForm::Account | PrincipalForm::AccountRoot => {
            let direct = kind == PrincipalType::Root && form == PrincipalForm::AccountRoot;
            yes(is_account(form, text, request), if direct { Grants::DIRECT } else { Grants::ACCOUNT })
        }
        PrincipalForm::User => match kind {
            // Whose session it is may not be known: then it could be that of any user of the account.
            PrincipalType::FederatedUser if request.text(texts.user_arn).is_empty() => {
                if is_of_own_account(text, request) { open } else { yes(false, Grants::NONE) }
            }
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
        PrincipalForm::OriginAccessIdentity => {
            yes(kind == PrincipalType::OriginAccessIdentity && is(texts.arn), Grants::DIRECT)
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
        // An origin access identity has a canonical id of its own.
        PrincipalForm::CanonicalUser => {
            let has_one = kind.has_account() || kind == PrincipalType::OriginAccessIdentity;
            let unknown = request.text(texts.canonical_user).is_empty();
            if has_one && unknown { open } else { yes(has_one && is(texts.canonical_user), Grants::ACCOUNT) }
        }
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
        PrincipalForm::AccountRoot => is_of_own_account(text, request),
        _ => text == own,
    }
}

/// Whether an ARN is of the principal's account and partition.
fn is_of_own_account(arn: &[u8], request: &Request<'_>) -> bool {
    let texts = &request.header.principal;
    arn::split(arn).is_some_and(|[_, partition, _, _, account, _]| {
        account == request.text(texts.account) && partition == request.text(texts.partition)
    })
}

/// Whether `NotPrincipal` lists the principal's whole chain (R-NPRIN-3, R-NPRIN-5), which exempts it from the Deny.
fn is_listed(policy: &Policy<'_>, spans: &[Span], request: &Request<'_>) -> Truth {
    let kind = request.principal_type;
    // The links of the chain that must be listed, and those that are.
    let needed = match kind {
        PrincipalType::Root => Grants::ACCOUNT,
        PrincipalType::User => Grants::ACCOUNT.union(Grants::DIRECT),
        PrincipalType::RoleSession => Grants::ACCOUNT.union(Grants::ROLE).union(Grants::DIRECT),
        PrincipalType::FederatedUser => Grants::ACCOUNT.union(Grants::PARENT).union(Grants::DIRECT),
        PrincipalType::Service => Grants::DIRECT,
        PrincipalType::Saml
        | PrincipalType::Oidc
        | PrincipalType::Anonymous
        | PrincipalType::OriginAccessIdentity => return Truth::False,
    };
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
        let (_, class) = matches_one(form, text, request);
        listed = listed.union(class);
        // The root user is listed as its account, whichever way; the session of a federated user that it made, by its ARN.
        if kind == PrincipalType::Root && !class.is_empty() {
            listed = listed.union(Grants::ACCOUNT);
        }
        if form == PrincipalForm::AccountRoot && request.is_of_root() && !class.is_empty() {
            listed = listed.union(Grants::PARENT);
        }
    }
    if listed.contains(needed) {
        Truth::True
    } else if kind == PrincipalType::RoleSession && listed == Grants::ACCOUNT.union(Grants::ROLE) {
        // Sources disagree on whether each session must be listed.
        Truth::Indet
    } else {
        Truth::False
    }
}
