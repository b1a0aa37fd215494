//! The request of a case, with its own texts.

use iamlet::ground::arn;
use iamlet::{Context, ContextKey, ItemBuf, ItemInput, Layers, RequestInput, Resource, ResourceKind};
use serde_json::Value;

use crate::members::Members;
use crate::not_a_case::{NotACase, list, not_a_case};
use crate::prepared::Prepared;
use crate::principal::OwnedPrincipal;
use crate::time;

/// An entry of a context: a key with the values that the case gives, or a declaration that a key is multivalued, which
/// has no values.
#[derive(Clone, Debug, Default)]
pub struct OwnedEntry {
    /// The key.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// This entry declares the key multivalued (R-MULTI-6).
    pub multivalued: bool,
    /// This entry declares the key not fetched yet.
    pub not_fetched: bool,
}

/// A context that owns its texts.
#[derive(Clone, Debug, Default)]
pub struct OwnedContext(pub Vec<OwnedEntry>);

impl Context for OwnedContext {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        ContextKey::new(self.0.get(entry).map_or("", |entry| &entry.key))
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.0.get(entry).is_some_and(|entry| entry.multivalued)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.0.get(entry).map_or(0, |entry| entry.values.len())
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        self.0.get(entry).and_then(|entry| entry.values.get(value)).map_or(&[], |value| value.as_bytes())
    }

    fn is_not_fetched(&self, entry: usize) -> bool {
        self.0.get(entry).is_some_and(|entry| entry.not_fetched)
    }
}

impl OwnedContext {
    /// Reads a context, and adds a declaration for each key that `multivalued` and `not_fetched` name.
    fn read(value: Option<&Value>, multivalued: &[Value], not_fetched: &[Value]) -> Result<Self, NotACase> {
        let mut entries = Vec::new();
        if let Some(value) = value {
            let Some(object) = value.as_object() else { return not_a_case("`context` is not an object") };
            for (key, values) in object {
                let mut texts = Vec::new();
                for value in list(values, key)? {
                    match value.as_str() {
                        Some(text) => texts.push(text.to_owned()),
                        None => return not_a_case(format!("a value of `{key}` is not a string")),
                    }
                }
                entries.push(OwnedEntry { key: key.clone(), values: texts, ..OwnedEntry::default() });
            }
        }
        for name in multivalued {
            match name.as_str() {
                Some(name) => {
                    let key = name.to_owned();
                    entries.push(OwnedEntry { key, multivalued: true, ..OwnedEntry::default() });
                }
                None => return not_a_case("`multivalued` is no list of keys"),
            }
        }
        for name in not_fetched {
            let Some(name) = name.as_str() else { return not_a_case("`not_fetched` is no list of keys") };
            let key = name.to_owned();
            entries.push(OwnedEntry { key, not_fetched: true, ..OwnedEntry::default() });
        }
        Ok(Self(entries))
    }

    /// Whether a key that tells the time has a value.
    fn tells_time(&self) -> bool {
        let is_time = |key: &str| {
            ["aws:CurrentTime", "aws:EpochTime"].iter().any(|name| name.eq_ignore_ascii_case(key))
        };
        self.0.iter().any(|entry| !entry.values.is_empty() && is_time(&entry.key))
    }
}

/// A resource of a request with several, and its context.
#[derive(Clone, Debug)]
pub struct OwnedItem {
    /// The ARN.
    pub arn: String,
    /// The context.
    pub context: OwnedContext,
}

impl OwnedItem {
    /// What the request declares multivalued is so for its items as well, without an entry of their own.
    fn read(value: &Value, at: usize) -> Result<Self, NotACase> {
        let item = Members::of(value, format!("resources/{at}"), &["arn", "context"])?;
        let arn = item.text("arn")?.map_or_else(|| item.wrong("arn", " is missing"), Ok)?;
        Ok(Self { arn: arn.to_owned(), context: OwnedContext::read(item.get("context"), &[], &[])? })
    }
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
    /// The kind of the resource, where the case states one.
    pub resource_kind: Option<ResourceKind>,
    /// As in [`RequestInput`].
    pub gateway_endpoint: bool,
    /// As in [`RequestInput`].
    pub absent: Layers,
    /// As in [`RequestInput`].
    pub clock: Option<i64>,
    /// The context.
    pub context: OwnedContext,
}

const MEMBERS: [&str; 10] = [
    "principal",
    "action",
    "resource",
    "resources",
    "resource_account",
    "resource_in_management_account",
    "multivalued",
    "not_fetched",
    "context",
    "time",
];

impl OwnedRequest {
    /// Reads a request from a case.
    ///
    /// # Errors
    /// [`NotACase`].
    pub fn read(value: &Value) -> Result<Self, NotACase> {
        let request = Members::of(value, "request", &MEMBERS)?;
        let keys = |name| request.get(name).map_or(Ok(&[][..]), |value| list(value, name));
        let (multivalued, not_fetched) = (keys("multivalued")?, keys("not_fetched")?);
        let items = match request.get("resources") {
            None => None,
            Some(value) => {
                let items = list(value, "resources")?.iter().enumerate();
                Some(items.map(|(at, item)| OwnedItem::read(item, at)).collect::<Result<_, _>>()?)
            }
        };
        let resource = request.text("resource")?.map(str::to_owned);
        if resource.is_some() == items.is_some() {
            return not_a_case("a request has `resource` or `resources`");
        }
        Ok(Self {
            principal: OwnedPrincipal::read(request.required("principal")?)?,
            action: request
                .text("action")?
                .map_or_else(|| request.wrong("action", " is missing"), Ok)?
                .to_owned(),
            resource,
            items,
            resource_account: request.owned_text("resource_account")?,
            in_management_account: request.flag("resource_in_management_account")?.unwrap_or(false),
            clock: match request.get("time").map(time::read) {
                None => None,
                Some(Some(time)) => Some(time),
                Some(None) => return request.wrong("time", format_args!(" {}", time::NO_TIME)),
            },
            context: OwnedContext::read(request.get("context"), multivalued, not_fetched)?,
            ..Self::default()
        })
    }

    /// Gives the request a clock, unless the case gives a time: with `time`, or with a value of `aws:CurrentTime` or
    /// `aws:EpochTime`, which another clock would contradict.
    pub fn set_clock_if_none(&mut self, seconds: i64) {
        let items = self.items.iter().flatten().map(|item| &item.context);
        if self.clock.is_none() && !items.chain([&self.context]).any(OwnedContext::tells_time) {
            self.clock = Some(seconds);
        }
    }

    /// The kind of the resource: the one that is stated, or the one that follows from the action and from the resource
    /// or the first of several (R-RES-15).
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        let first = self.items.iter().flatten().map(|item| item.arn.as_str()).next();
        let resource = self.resource.as_deref().or(first).unwrap_or_default();
        self.resource_kind.unwrap_or_else(|| ResourceKind::from_request(&self.action, resource))
    }

    /// The account that is stated to own a resource of the request: by the case, or as case files mean it, the
    /// principal's own where the ARN names none. Empty for none.
    #[must_use]
    pub fn owner_of(&self, arn: &str) -> &str {
        let named =
            arn::split(arn.as_bytes()).is_some_and(|[_, _, _, _, account, _]| arn::is_account(account));
        match self.principal.arn_account() {
            _ if !self.resource_account.is_empty() => &self.resource_account,
            Some(own) if !named => own,
            _ => "",
        }
    }

    /// A resource of the request, as the engine takes it.
    #[must_use]
    pub fn resource_at<'r>(&'r self, arn: &'r str) -> Resource<'r> {
        Resource::owned_by(arn, self.owner_of(arn)).in_management_account(self.in_management_account)
    }

    /// The request as the engine takes it.
    ///
    /// # Errors
    /// Why it is malformed, as far as the engine cannot see it: the case says something of the principal that is not so.
    pub fn input(&self) -> Result<RequestInput<'_, OwnedContext>, String> {
        let resource = self.resource.as_deref().map(|arn| self.resource_at(arn));
        Ok(RequestInput::new(self.principal.borrow()?, &self.action, resource)
            .resource_kind(self.resource_kind)
            .absent(self.absent)
            .gateway_endpoint(self.gateway_endpoint)
            .clock(self.clock)
            .context(&self.context))
    }

    /// Prepares the request and its items.
    ///
    /// # Errors
    /// Why it is malformed.
    pub fn prepare(&self) -> Result<Prepared, String> {
        let request = self.input()?.prepare().map_err(|error| error.to_string())?;
        let of_item = |item: &OwnedItem| {
            let input = ItemInput::new(self.resource_at(&item.arn)).context(&item.context);
            input.prepare(&request).map(ItemBuf::into_bytes).map_err(|error| error.to_string())
        };
        let items = self.items.as_ref().map(|items| items.iter().map(of_item).collect()).transpose()?;
        Ok(Prepared { request: request.into_bytes(), items })
    }
}
