//! The principal of a case.

use iamlet::ground::arn;
use iamlet::{Principal, PrincipalType};
use serde_json::Value;

use crate::members::{Members, correction};
use crate::not_a_case::{NotACase, not_a_case};

const MEMBERS: [&str; 11] = [
    "type",
    "arn",
    "account",
    "role_arn",
    "user_arn",
    "service",
    "provider",
    "canonical",
    "unique_id",
    "management_account",
    "service_linked_role",
];

/// The types that a case may state. An origin access identity is stated as the user that its ARN is written as.
const TYPES: [PrincipalType; 8] = [
    PrincipalType::User,
    PrincipalType::RoleSession,
    PrincipalType::FederatedUser,
    PrincipalType::Root,
    PrincipalType::Service,
    PrincipalType::Saml,
    PrincipalType::Oidc,
    PrincipalType::Anonymous,
];

/// A principal that owns its texts.
#[derive(Clone, Debug, Default)]
pub struct OwnedPrincipal {
    /// The type, where the case states one; else it follows from the ARN.
    pub kind: Option<PrincipalType>,
    /// What the case states as the type and is none: such a request is malformed.
    pub unknown_type: Option<String>,
    /// As in [`Principal`].
    pub arn: String,
    /// As in [`Principal`].
    pub role_arn: String,
    /// As in [`Principal`].
    pub user_arn: String,
    /// As in [`Principal`].
    pub service: String,
    /// As in [`Principal`].
    pub provider: String,
    /// As in [`Principal`].
    pub canonical: String,
    /// As in [`Principal`].
    pub unique_id: String,
    /// The account that the case states; it must be the ARN's.
    pub account: String,
    /// As in [`Principal`].
    pub management_account: bool,
    /// Whether the case states that the role is service-linked, or that it is not; it must be what the path says.
    pub service_linked_role: Option<bool>,
}

impl OwnedPrincipal {
    pub(crate) fn read(value: &Value) -> Result<Self, NotACase> {
        match value {
            Value::String(text) if text == "anonymous" => {
                Ok(Self { kind: Some(PrincipalType::Anonymous), ..Self::default() })
            }
            Value::String(arn) => Ok(Self { arn: arn.clone(), ..Self::default() }),
            Value::Object(_) => Self::read_members(&Members::of(value, "principal", &MEMBERS)?),
            _ => not_a_case("`principal` is neither a string nor an object"),
        }
    }

    fn read_members(members: &Members<'_>) -> Result<Self, NotACase> {
        let stated = members.text("type")?;
        let kind = TYPES.into_iter().find(|kind| Some(kind.name()) == stated);
        Ok(Self {
            kind,
            unknown_type: stated.filter(|_| kind.is_none()).map(str::to_owned),
            arn: members.owned_text("arn")?,
            role_arn: members.owned_text("role_arn")?,
            user_arn: members.owned_text("user_arn")?,
            service: members.owned_text("service")?,
            provider: members.owned_text("provider")?,
            canonical: members.owned_text("canonical")?,
            unique_id: members.owned_text("unique_id")?,
            account: members.owned_text("account")?,
            management_account: members.flag("management_account")?.unwrap_or(false),
            service_linked_role: members.flag("service_linked_role")?,
        })
    }

    /// The account in the principal's ARN.
    pub(crate) fn arn_account(&self) -> Option<&str> {
        let mut fields = self.arn.splitn(6, ':');
        let account = fields.nth(4)?;
        fields.next().map(|_| account)
    }

    /// Whether the path of the role says that it is service-linked (R-PRIN-17).
    fn is_service_linked(&self) -> bool {
        arn::split(self.role_arn.as_bytes())
            .is_some_and(|[_, _, _, _, _, role]| role.starts_with(b"role/aws-service-role/"))
    }

    /// The principal as the engine takes it.
    ///
    /// # Errors
    /// Why the case contradicts itself.
    pub fn borrow(&self) -> Result<Principal<'_>, String> {
        if let Some(stated) = &self.unknown_type {
            let what = correction(stated, &TYPES.map(PrincipalType::name), "it can be");
            return Err(format!("principal: `type` cannot be `{stated}`: {what}"));
        }
        let contradicts = self.arn_account().is_some_and(|account| account != self.account);
        if !self.account.is_empty() && contradicts {
            return Err("principal: `account` is not the account of `arn`".to_owned());
        }
        if self.service_linked_role.is_some_and(|stated| stated != self.is_service_linked()) {
            return Err("principal: `service_linked_role` contradicts `role_arn`: a role is service-linked if its path begins with `/aws-service-role/`, and else is not".to_owned());
        }
        Ok(Principal::of_type(self.kind)
            .arn(&self.arn)
            .role_arn(&self.role_arn)
            .user_arn(&self.user_arn)
            .service_name(&self.service)
            .provider(&self.provider)
            .canonical_user(&self.canonical)
            .unique_id(&self.unique_id)
            .in_management_account(self.management_account))
    }
}
