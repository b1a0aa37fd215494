//! Who makes a request.

use crate::ground::name::by_name;
use crate::image::principal_form::PrincipalForm;

/// Who makes a request. Begin with the function of its type, and add what else is known:
///
/// ```
/// use iamlet::Principal;
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice").unique_id("AIDACKCEVSQ6C2EXAMPLE");
/// let session = Principal::role_session(
///     "arn:aws:sts::111122223333:assumed-role/App/i-0123",
///     "arn:aws:iam::111122223333:role/service/App",
/// );
/// let logs = Principal::service("logs.amazonaws.com");
/// # let _ = (alice, session, logs);
/// ```
///
/// Texts are checked when the request is prepared: a principal that contradicts itself makes the request malformed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Principal<'a> {
    /// `None` takes it from the ARN.
    pub(crate) kind: Option<PrincipalType>,
    pub(crate) arn: &'a [u8],
    pub(crate) role_arn: &'a [u8],
    pub(crate) user_arn: &'a [u8],
    pub(crate) service: &'a [u8],
    pub(crate) provider: &'a [u8],
    pub(crate) canonical_user: &'a [u8],
    pub(crate) unique_id: &'a [u8],
    pub(crate) management_account: bool,
}

impl<'a> Principal<'a> {
    /// A principal of this type, with no texts: [`PrincipalType`] says which it needs. `None` takes the type from the
    /// ARN.
    #[must_use]
    pub fn of_type(kind: Option<PrincipalType>) -> Self {
        Self { kind, ..Self::default() }
    }

    /// The principal with this ARN, whose form tells the type.
    #[must_use]
    pub fn from_arn(arn: &'a str) -> Self {
        Self::of_type(None).arn(arn)
    }

    /// The IAM user with this ARN.
    #[must_use]
    pub fn user(arn: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::User)).arn(arn)
    }

    /// The session with this ARN, of the role with that one.
    #[must_use]
    pub fn role_session(arn: &'a str, role_arn: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::RoleSession)).arn(arn).role_arn(role_arn)
    }

    /// The session with this ARN, that `GetFederationToken` made for a user; see [`user_arn`](Self::user_arn).
    #[must_use]
    pub fn federated_user(arn: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::FederatedUser)).arn(arn)
    }

    /// The root user with this ARN.
    #[must_use]
    pub fn root(arn: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::Root)).arn(arn)
    }

    /// The AWS service with this name, `logs.amazonaws.com` for example, that calls for itself.
    #[must_use]
    pub fn service(name: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::Service)).service_name(name)
    }

    /// A SAML identity of the provider with this ARN, while it assumes a role.
    #[must_use]
    pub fn saml(provider: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::Saml)).provider(provider)
    }

    /// An OIDC identity of the provider with this ARN, or with a name that IAM knows, while it assumes a role.
    #[must_use]
    pub fn oidc(provider: &'a str) -> Self {
        Self::of_type(Some(PrincipalType::Oidc)).provider(provider)
    }

    /// Nobody: the request is not signed.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::of_type(Some(PrincipalType::Anonymous))
    }

    /// The ARN of the user, role session, federated user, root user or origin access identity.
    #[must_use]
    pub fn arn(self, arn: &'a str) -> Self {
        Self { arn: arn.as_bytes(), ..self }
    }

    /// The ARN of the role, for a role session: its path is not in the session's ARN (R-PRIN-2). A path that begins with
    /// `/aws-service-role/` makes the role service-linked, to which neither SCPs nor RCPs apply (R-PRIN-17).
    #[must_use]
    pub fn role_arn(self, arn: &'a str) -> Self {
        Self { role_arn: arn.as_bytes(), ..self }
    }

    /// The ARN of the user whose session a federated user has, if it is known.
    #[must_use]
    pub fn user_arn(self, arn: &'a str) -> Self {
        Self { user_arn: arn.as_bytes(), ..self }
    }

    /// The service principal, for a service.
    #[must_use]
    pub fn service_name(self, name: &'a str) -> Self {
        Self { service: name.as_bytes(), ..self }
    }

    /// The provider, for a SAML or OIDC identity: an ARN, or a name that IAM knows.
    #[must_use]
    pub fn provider(self, provider: &'a str) -> Self {
        Self { provider: provider.as_bytes(), ..self }
    }

    /// The canonical user id of the principal's account, if it is known.
    #[must_use]
    pub fn canonical_user(self, id: &'a str) -> Self {
        Self { canonical_user: id.as_bytes(), ..self }
    }

    /// The unique id of the user or role (`AIDA...`, `AROA...`), if it is known: `aws:userid` follows from it (R-CTX-7).
    #[must_use]
    pub fn unique_id(self, id: &'a str) -> Self {
        Self { unique_id: id.as_bytes(), ..self }
    }

    /// Whether the account is the organization's management account, to which no SCP applies (R-EVAL-2).
    #[must_use]
    pub fn in_management_account(self, is: bool) -> Self {
        Self { management_account: is, ..self }
    }
}

/// The types of principals (R-PRIN-1). The numbers are part of the C ABI.
///
/// ```
/// use iamlet::PrincipalType;
///
/// assert_eq!(PrincipalType::from_arn("arn:aws:iam::111122223333:root"), Some(PrincipalType::Root));
/// // Roles make no requests: their sessions do.
/// assert_eq!(PrincipalType::from_arn("arn:aws:iam::111122223333:role/App"), None);
/// assert_eq!("role_session".parse(), Ok(PrincipalType::RoleSession));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PrincipalType {
    /// An IAM user.
    User = 1,
    /// A session of a role.
    RoleSession = 2,
    /// A session that `GetFederationToken` made for a user.
    FederatedUser = 3,
    /// The root user of an account.
    Root = 4,
    /// An AWS service that calls directly.
    Service = 5,
    /// A SAML identity, while it assumes a role.
    Saml = 6,
    /// An OIDC identity, while it assumes a role.
    Oidc = 7,
    /// Nobody: an unsigned request.
    Anonymous = 8,
    /// The identity with which CloudFront reads from an origin. It has no account and no policies of its own (R-PRIN-5).
    OriginAccessIdentity = 9,
}

impl PrincipalType {
    /// Every type, in the order of the numbers.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::RoleSession,
        Self::FederatedUser,
        Self::Root,
        Self::Service,
        Self::Saml,
        Self::Oidc,
        Self::Anonymous,
        Self::OriginAccessIdentity,
    ];

    /// The type with this number.
    #[must_use]
    #[inline]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::User),
            2 => Some(Self::RoleSession),
            3 => Some(Self::FederatedUser),
            4 => Some(Self::Root),
            5 => Some(Self::Service),
            6 => Some(Self::Saml),
            7 => Some(Self::Oidc),
            8 => Some(Self::Anonymous),
            9 => Some(Self::OriginAccessIdentity),
            _ => None,
        }
    }

    /// The name of the type: `role_session` for example. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::RoleSession => "role_session",
            Self::FederatedUser => "federated_user",
            Self::Root => "root",
            Self::Service => "service",
            Self::Saml => "saml",
            Self::Oidc => "oidc",
            Self::Anonymous => "anonymous",
            Self::OriginAccessIdentity => "origin_access_identity",
        }
    }

    /// The type that the ARN of a principal tells: `None` for any other text, a role's ARN among them, for roles make no
    /// requests: their sessions do.
    #[must_use]
    pub fn from_arn(arn: impl AsRef<[u8]>) -> Option<Self> {
        Self::from_form(PrincipalForm::from_arn(arn.as_ref())?)
    }

    /// The type of principals whose ARNs have this form.
    pub(crate) fn from_form(form: PrincipalForm) -> Option<Self> {
        match form {
            PrincipalForm::User => Some(Self::User),
            PrincipalForm::RoleSession => Some(Self::RoleSession),
            PrincipalForm::FederatedUser => Some(Self::FederatedUser),
            PrincipalForm::AccountRoot => Some(Self::Root),
            PrincipalForm::OriginAccessIdentity => Some(Self::OriginAccessIdentity),
            _ => None,
        }
    }

    /// Whether identity policies, a permissions boundary and session policies apply (R-EVAL-4).
    #[must_use]
    pub const fn has_identity(self) -> bool {
        matches!(self, Self::User | Self::RoleSession | Self::FederatedUser)
    }

    /// Whether an ARN names the principal.
    #[must_use]
    pub const fn has_arn(self) -> bool {
        self.has_account() || matches!(self, Self::OriginAccessIdentity)
    }

    /// Whether the principal belongs to an account.
    #[must_use]
    pub const fn has_account(self) -> bool {
        matches!(self, Self::User | Self::RoleSession | Self::FederatedUser | Self::Root)
    }
}

by_name!(PrincipalType, name);
