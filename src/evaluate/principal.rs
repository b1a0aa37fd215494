//! Whether a statement is about the request's principal, and as what (R-PRIN-10).

use super::judge::Judge;
use crate::ground::arn;
use crate::ground::truth::Truth;
use crate::image::kind::PolicyKind;
use crate::image::principal_form::PrincipalForm;
use crate::image::records::Span;
use crate::image::statement::Statement;
use crate::request::records::{GATEWAY_ENDPOINT, Text};
use crate::request::{PrincipalType, Request};

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

    /// All of them.
    pub(super) const ALL: Self = Self(31);

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
#[inline(never)]
pub(super) fn matches(judge: &Judge<'_, '_>, spans: &[Span], has_boundary: bool) -> (Truth, Grants) {
    let (statement, request) = (&judge.statement, judge.context.request);
    let gateway = statement.is_of(PolicyKind::Vpce) && request.has_flag(GATEWAY_ENDPOINT);
    if statement.negates_principal() {
        // R-NPRIN-4: a permissions boundary undoes the exemption.
        if has_boundary && request.principal_type.has_identity() {
            return (Truth::True, Grants::NONE);
        }
        let listed = is_listed(statement, spans, request);
        // R-VPCE-6: what exempts elsewhere is open there.
        return (if gateway { !listed.and(Truth::Indet) } else { !listed }, Grants::NONE);
    }
    let mut truth = Truth::False;
    let mut grants = Grants::NONE;
    for span in spans {
        let (Some(form), Some(text)) =
            (PrincipalForm::from_number(span.head.get()), span.get(statement.text))
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
fn is_listed(statement: &Statement<'_>, spans: &[Span], request: &Request<'_>) -> Truth {
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
        let (Some(form), Some(text)) =
            (PrincipalForm::from_number(span.head.get()), span.get(statement.text))
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
