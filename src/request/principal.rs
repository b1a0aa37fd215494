//! What a principal's texts say, and whether they go together (R-PRIN-1).

use super::caller::{Principal, PrincipalType};
use super::malformed::RequestError;
use super::memory::Output;
use super::records::PrincipalTexts;
use super::resource_form::SERVICE_LINKED;
use crate::ground::arn;
use crate::image::principal_form::PrincipalForm;

/// What a principal's texts say, worked out while they are checked.
pub(crate) struct PrincipalFacts<'a> {
    pub(crate) kind: PrincipalType,
    /// The account, of types that have one.
    pub(crate) account: Option<&'a [u8]>,
    /// The partition of the ARN, or of the provider's.
    pub(crate) partition: &'a [u8],
    /// The name of the user or federated user, or of the session.
    pub(crate) name: &'a [u8],
    pub(crate) provider_account: &'a [u8],
    /// The role is service-linked (R-PRIN-17).
    pub(crate) service_linked: bool,
}

/// What follows the last slash.
fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// The fields of an ARN, if it is of this form.
fn split_as(form: PrincipalForm, arn: &[u8]) -> Option<[&[u8]; 6]> {
    let fields = arn::split(arn)?;
    (PrincipalForm::from_fields(fields) == Some(form)).then_some(fields)
}

/// Whether the principal has what its type needs, and nothing that contradicts it (R-PRIN-1 to R-PRIN-3, R-PRIN-17,
/// R-PRIN-18). Whether the action is one of a SAML or OIDC identity is asked in `action`.
pub(crate) fn check_principal<'a>(principal: &Principal<'a>) -> Result<PrincipalFacts<'a>, RequestError> {
    let fields = arn::split(principal.arn);
    let kind = check_type(principal, fields.and_then(PrincipalForm::from_fields))?;
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
            check_provider(principal.provider, kind, &mut facts)?;
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
            let parent = PrincipalForm::from_arn(principal.user_arn);
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
    match (principal.kind, form.and_then(PrincipalType::from_form)) {
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

/// R-PRIN-17: whose the provider of a SAML or OIDC identity is.
fn check_provider<'a>(
    provider: &'a [u8],
    kind: PrincipalType,
    facts: &mut PrincipalFacts<'a>,
) -> Result<(), RequestError> {
    let form: &[u8] = match kind {
        PrincipalType::Saml => b"saml-provider/",
        _ => b"oidc-provider/",
    };
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
    pub(crate) fn write(
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
