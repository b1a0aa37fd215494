//! The request of a case, with its own texts.

use iamlet::evaluate::context::{Context, ContextKey};
use iamlet::evaluate::prepare::{self, ItemInput, Principal, RequestInput, Resource};
use iamlet::evaluate::request::{AbsentLayers, PrincipalType, Request, ResourceKind};
use iamlet::ground::arn;
use serde_json::{Map, Value};

use crate::{NotACase, Prepared, flag_member, in_memory, list, not_a_case, object};

/// A context that owns its texts: key, values, whether it is declared multivalued.
#[derive(Clone, Debug, Default)]
pub struct OwnedContext(pub Vec<(String, Vec<String>, bool)>);

impl Context for OwnedContext {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        ContextKey::new(self.0.get(entry).map_or(&[], |(key, _, _)| key.as_bytes()))
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.0.get(entry).is_some_and(|(_, _, multivalued)| *multivalued)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.0.get(entry).map_or(0, |(_, values, _)| values.len())
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        self.0.get(entry).and_then(|(_, values, _)| values.get(value)).map_or(&[], |value| value.as_bytes())
    }
}

/// A principal that owns its texts.
#[derive(Clone, Debug, Default)]
pub struct OwnedPrincipal {
    /// The type, where it is one.
    pub kind: Option<PrincipalType>,
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
    /// As in [`Principal`].
    pub service_linked_role: bool,
}

impl OwnedPrincipal {
    fn read(value: &Value) -> Result<Self, NotACase> {
        match value {
            Value::String(text) if text == "anonymous" => {
                Ok(Self { kind: Some(PrincipalType::Anonymous), ..Self::default() })
            }
            Value::String(arn) => {
                Ok(Self { kind: PrincipalType::of_arn(arn.as_bytes()), arn: arn.clone(), ..Self::default() })
            }
            Value::Object(object) => {
                let text = |name: &str| match object.get(name) {
                    None | Some(Value::Null) => Ok(String::new()),
                    Some(Value::String(text)) => Ok(text.clone()),
                    Some(_) => not_a_case(format!("the principal's `{name}` is not a string")),
                };
                let flag = |name: &str| flag_member(object, name);
                let arn = text("arn")?;
                Ok(Self {
                    kind: match object.get("type") {
                        None => PrincipalType::of_arn(arn.as_bytes()),
                        Some(Value::String(name)) => type_of_name(name),
                        Some(_) => return not_a_case("the principal's `type` is not a string"),
                    },
                    arn,
                    role_arn: text("role_arn")?,
                    user_arn: text("user_arn")?,
                    service: text("service")?,
                    provider: text("provider")?,
                    canonical: text("canonical")?,
                    unique_id: text("unique_id")?,
                    account: text("account")?,
                    management_account: flag("management_account")?,
                    service_linked_role: flag("service_linked_role")?,
                })
            }
            _ => not_a_case("`principal` is neither a string nor an object"),
        }
    }

    /// The account in the principal's ARN.
    fn arn_account(&self) -> Option<&[u8]> {
        arn::split(self.arn.as_bytes()).map(|[_, _, _, _, account, _]| account)
    }

    fn borrow(&self) -> Option<Principal<'_>> {
        let contradicts = self.arn_account().is_some_and(|account| account != self.account.as_bytes());
        if !self.account.is_empty() && contradicts {
            return None;
        }
        Some(Principal {
            kind: self.kind,
            arn: self.arn.as_bytes(),
            role_arn: self.role_arn.as_bytes(),
            user_arn: self.user_arn.as_bytes(),
            service: self.service.as_bytes(),
            provider: self.provider.as_bytes(),
            canonical_user: self.canonical.as_bytes(),
            unique_id: self.unique_id.as_bytes(),
            management_account: self.management_account,
        })
    }
}

fn type_of_name(name: &str) -> Option<PrincipalType> {
    Some(match name {
        "user" => PrincipalType::User,
        "role_session" => PrincipalType::RoleSession,
        "federated_user" => PrincipalType::FederatedUser,
        "root" => PrincipalType::Root,
        "service" => PrincipalType::Service,
        "saml" => PrincipalType::Saml,
        "oidc" => PrincipalType::Oidc,
        "anonymous" => PrincipalType::Anonymous,
        _ => return None,
    })
}

/// A resource of a request with several, and its context.
#[derive(Clone, Debug)]
pub struct OwnedItem {
    /// The ARN.
    pub arn: String,
    /// The context.
    pub context: OwnedContext,
}

/// A request that owns its texts.
#[derive(Clone, Debug, Default)]
pub struct OwnedRequest {
    /// Who makes it.
    pub principal: OwnedPrincipal,
    /// The action.
    pub action: String,
    /// The resource, where there is one.
    pub resource: Option<String>,
    /// The resources, where there are several.
    pub items: Option<Vec<OwnedItem>>,
    /// The account that owns the resource; empty for the default of case files, the principal's own.
    pub resource_account: String,
    /// As in [`Resource`].
    pub in_management_account: bool,
    /// As in [`RequestInput`].
    pub resource_kind: ResourceKind,
    /// As in [`RequestInput`].
    pub gateway_endpoint: bool,
    /// As in [`RequestInput`].
    pub absent: AbsentLayers,
    /// The context.
    pub context: OwnedContext,
}

/// Reads a context. Keys that `multivalued` names are declared so; one without values is added for those that it
/// lacks, as an item's context may have them.
fn context(value: Option<&Value>, multivalued: &[Value]) -> Result<OwnedContext, NotACase> {
    let none = Map::new();
    let object = match value {
        None => &none,
        Some(value) => object(value, "context")?,
    };
    let is_declared = |key: &str| {
        multivalued.iter().any(|name| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(key)))
    };
    let mut entries = Vec::new();
    for (key, values) in object {
        let mut texts = Vec::new();
        for value in list(values, key)? {
            match value.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => return not_a_case(format!("a value of `{key}` is not a string")),
            }
        }
        entries.push((key.clone(), texts, is_declared(key)));
    }
    for name in multivalued {
        match name.as_str() {
            Some(name) => entries.push((name.to_owned(), Vec::new(), true)),
            None => return not_a_case("`multivalued` is no list of keys"),
        }
    }
    Ok(OwnedContext(entries))
}

impl OwnedRequest {
    /// Reads a request from a case.
    ///
    /// # Errors
    /// [`NotACase`].
    pub fn read(value: &Value) -> Result<Self, NotACase> {
        let request = object(value, "request")?;
        let text = |name: &str| match request.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => not_a_case(format!("`{name}` is not a string")),
        };
        let none = Vec::new();
        let multivalued = match request.get("multivalued") {
            None => none.as_slice(),
            Some(value) => list(value, "multivalued")?,
        };
        let items = match request.get("resources") {
            None => None,
            Some(value) => {
                let mut items = Vec::new();
                for item in list(value, "resources")? {
                    let item = object(item, "resources")?;
                    let Some(arn) = item.get("arn").and_then(Value::as_str) else {
                        return not_a_case("a resource has no `arn`");
                    };
                    let context = context(item.get("context"), multivalued)?;
                    items.push(OwnedItem { arn: arn.to_owned(), context });
                }
                Some(items)
            }
        };
        let resource = text("resource")?;
        if resource.is_some() == items.is_some() {
            return not_a_case("a request has `resource` or `resources`");
        }
        let Some(action) = text("action")? else { return not_a_case("`action` is missing") };
        Ok(Self {
            principal: OwnedPrincipal::read(request.get("principal").unwrap_or(&Value::Null))?,
            action,
            resource,
            items,
            resource_account: text("resource_account")?.unwrap_or_default(),
            in_management_account: flag_member(request, "resource_in_management_account")?,
            context: context(request.get("context"), multivalued)?,
            ..Self::default()
        })
    }

    fn resource<'r>(&'r self, arn: &'r str) -> Resource<'r> {
        let named =
            arn::split(arn.as_bytes()).is_some_and(|[_, _, _, _, account, _]| arn::is_account(account));
        let account = match self.principal.arn_account() {
            _ if !self.resource_account.is_empty() => self.resource_account.as_bytes(),
            Some(own) if !named => own,
            _ => &[],
        };
        Resource { arn: arn.as_bytes(), account, in_management_account: self.in_management_account }
    }

    /// The request as the engine takes it; none where it has no type of principal.
    #[must_use]
    pub fn input(&self) -> Option<RequestInput<'_, OwnedContext>> {
        Some(RequestInput {
            principal: self.principal.borrow()?,
            action: self.action.as_bytes(),
            resource: self.resource.as_deref().map(|arn| self.resource(arn)),
            resource_kind: self.resource_kind,
            absent: self.absent,
            gateway_endpoint: self.gateway_endpoint,
            derive_resource_account: false,
            clock: None,
            budget: 0,
            context: &self.context,
        })
    }

    /// Prepares the request and its items.
    ///
    /// # Errors
    /// Why it is malformed.
    pub fn prepare(&self) -> Result<Prepared, String> {
        let input = self.input().ok_or("this is no principal")?;
        let size = prepare::request_size(&input).map_err(|error| error.to_string())?;
        let request = in_memory(size, |memory| prepare::request(&input, memory))?;
        let Some(items) = &self.items else { return Ok(Prepared { request, items: None }) };
        let mut prepared = Vec::new();
        for item in items {
            let input = ItemInput {
                resource: self.resource(&item.arn),
                context: &item.context,
                absent: AbsentLayers::default(),
            };
            let base = Request::open(&request).ok_or("the prepared request does not open")?;
            let size = prepare::item_size(&input).map_err(|error| error.to_string())?;
            prepared.push(in_memory(size, |memory| prepare::item(&base, &input, memory))?);
        }
        Ok(Prepared { request, items: Some(prepared) })
    }
}
