//! What a caller says: who asks for what, about which resource, in which context.

use super::caller::Principal;
use super::context_input::{Context, ContextEntry};
use crate::ground::name::by_name;
use crate::image::layer::Layers;

/// One resource, and whose it is.
///
/// ```
/// use iamlet::Resource;
///
/// let object = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let table = Resource::new("arn:aws:dynamodb:us-east-1:111122223333:table/t");
/// # let _ = (object, table);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Resource<'a> {
    pub(crate) arn: &'a [u8],
    /// Required where the ARN has none (R-RES-13).
    pub(crate) account: &'a [u8],
    /// No RCP applies (R-RCP-5).
    pub(crate) in_management_account: bool,
}

impl<'a> Resource<'a> {
    /// The resource with this ARN, which says whose it is. `*` stands for actions without resource-level permissions
    /// (R-RES-3, R-NACT-5), and needs an account; a Deny that names resources is not about it.
    #[must_use]
    pub const fn new(arn: &'a str) -> Self {
        Self::owned_by(arn, "")
    }

    /// The resource with this ARN, of this account: 12 digits. Those of S3 do not say whose they are (R-RES-13). What an
    /// ARN does say, the account must not contradict; an empty account says nothing.
    #[must_use]
    pub const fn owned_by(arn: &'a str, account: &'a str) -> Self {
        Self { arn: arn.as_bytes(), account: account.as_bytes(), in_management_account: false }
    }

    /// Whether it belongs to the organization's management account, to which no RCP applies (R-RCP-5).
    #[must_use]
    pub fn in_management_account(self, is: bool) -> Self {
        Self { in_management_account: is, ..self }
    }
}

/// A request, before it is prepared.
///
/// ```
/// use iamlet::{ContextEntry, Layers, Principal, RequestInput, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let context = [ContextEntry::new("aws:SourceIp", &["203.0.113.7"])];
/// let request = RequestInput::new(alice, "s3:GetObject", plan)
///     .context(&context)
///     .clock(1_770_000_000)
///     .absent(!Layers::IDENTITY);
/// assert!(request.size()? < 1024);
/// # Ok::<(), iamlet::RequestError>(())
/// ```
#[derive(Debug)]
pub struct RequestInput<'a, C: Context + ?Sized = [ContextEntry<'a>]> {
    pub(crate) principal: Principal<'a>,
    pub(crate) action: &'a [u8],
    /// None where each item of the request has its own.
    pub(crate) resource: Option<Resource<'a>>,
    pub(crate) resource_kind: Option<ResourceKind>,
    pub(crate) absent: Layers,
    pub(crate) gateway_endpoint: bool,
    pub(crate) derive_resource_account: bool,
    pub(crate) clock: Option<i64>,
    pub(crate) budget: u64,
    pub(crate) context: &'a C,
}

// Derived, they would ask the context to be of a known size.
impl<C: Context + ?Sized> Clone for RequestInput<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Context + ?Sized> Copy for RequestInput<'_, C> {}

impl<C: Context + ?Sized> Clone for ItemInput<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Context + ?Sized> Copy for ItemInput<'_, C> {}

impl<'a> RequestInput<'a> {
    /// A request without context keys, clock or absent layers, with the default budget. The action is one concrete name,
    /// `s3:GetObject` for example (R-ACT-9). `None` as resource is for a request whose items have one each.
    #[must_use]
    pub fn new(principal: Principal<'a>, action: &'a str, resource: impl Into<Option<Resource<'a>>>) -> Self {
        Self {
            principal,
            action: action.as_bytes(),
            resource: resource.into(),
            resource_kind: None,
            absent: Layers::NONE,
            gateway_endpoint: false,
            derive_resource_account: false,
            clock: None,
            budget: 0,
            context: &[],
        }
    }
}

impl<'a, C: Context + ?Sized> RequestInput<'a, C> {
    /// The context: all keys that the engine does not derive (R-CTX-2). It replaces an earlier one. Leaving a key out has
    /// a meaning (R-MISS-1): a Deny that tests it may not deny. [`Policy::context_key`](crate::Policy::context_key) tells
    /// which keys a policy asks for.
    #[must_use]
    pub fn context<D: Context + ?Sized>(self, context: &'a D) -> RequestInput<'a, D> {
        let Self {
            principal,
            action,
            resource,
            resource_kind,
            absent,
            gateway_endpoint,
            derive_resource_account,
            clock,
            budget,
            context: _,
        } = self;
        RequestInput {
            principal,
            action,
            resource,
            resource_kind,
            absent,
            gateway_endpoint,
            derive_resource_account,
            clock,
            budget,
            context,
        }
    }

    /// Another resource, or none.
    #[must_use]
    pub fn resource(self, resource: impl Into<Option<Resource<'a>>>) -> Self {
        Self { resource: resource.into(), ..self }
    }

    /// The layers that do not exist (R-EVAL-4): a layer that applies and is neither in a set nor declared absent is an
    /// error, for a policy that was forgotten must not open anything.
    ///
    /// Say it from what you know: `!Layers::IDENTITY` where there are identity policies alone. `!set.layers()` says it of
    /// all that a set lacks, and so of each policy that was forgotten in it too.
    #[must_use]
    pub fn absent(self, layers: Layers) -> Self {
        Self { absent: layers, ..self }
    }

    /// What kind of thing the resource is. It follows from the resource's ARN and the action; a kind that contradicts
    /// them makes the request malformed (R-RES-15).
    #[must_use]
    pub fn resource_kind(self, kind: impl Into<Option<ResourceKind>>) -> Self {
        Self { resource_kind: kind.into(), ..self }
    }

    /// Whether the VPC endpoint on the way is a gateway endpoint, as S3 and DynamoDB have. In its policy an account stands
    /// for its root user only (R-VPCE-6); without this it stands for all of its principals.
    #[must_use]
    pub fn gateway_endpoint(self, is: bool) -> Self {
        Self { gateway_endpoint: is, ..self }
    }

    /// Whether `aws:ResourceAccount` is derived from the resource's owner (R-CTX-6). Without this the key is absent
    /// unless the context has it, and a Deny that tests it does not deny.
    #[must_use]
    pub fn derive_resource_account(self, derive: bool) -> Self {
        Self { derive_resource_account: derive, ..self }
    }

    /// The time as seconds since 1970, for `aws:CurrentTime` and `aws:EpochTime` (R-CTX-3). The prepared request keeps it.
    ///
    /// ```
    /// use std::time::{SystemTime, UNIX_EPOCH};
    /// # use iamlet::{Principal, RequestInput, Resource};
    /// # let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
    /// # let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
    /// let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() as i64;
    /// let request = RequestInput::new(alice, "s3:GetObject", plan).clock(now).prepare()?;
    /// # let _ = request;
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[must_use]
    pub fn clock(self, seconds: impl Into<Option<i64>>) -> Self {
        Self { clock: seconds.into(), ..self }
    }

    /// The steps that one decision may take, of at most 64 instructions each; 0 for
    /// [`DEFAULT_BUDGET`](crate::limits::DEFAULT_BUDGET). `docs/limits.md` has the table.
    #[must_use]
    pub fn budget(self, steps: u64) -> Self {
        Self { budget: steps, ..self }
    }
}

/// One item of a batch or of a multi-resource request, before it is prepared.
///
/// ```
/// use iamlet::{ContextEntry, ItemInput, Layers, Resource};
///
/// let version = [ContextEntry::new("s3:VersionId", &["3/L4kqtJlcpXroDTDmJ"])];
/// let item = ItemInput::new(Resource::owned_by("arn:aws:s3:::team/plan", "111122223333"))
///     .context(&version)
///     .absent(Layers::RESOURCE);
/// # let _ = item;
/// ```
#[derive(Debug)]
pub struct ItemInput<'a, C: Context + ?Sized = [ContextEntry<'a>]> {
    pub(crate) resource: Resource<'a>,
    pub(crate) context: &'a C,
    pub(crate) absent: Layers,
}

impl<'a> ItemInput<'a> {
    /// An item about this resource, with the request's context.
    #[must_use]
    pub fn new(resource: Resource<'a>) -> Self {
        Self { resource, context: &[], absent: Layers::NONE }
    }
}

impl<'a, C: Context + ?Sized> ItemInput<'a, C> {
    /// The item's own context, in place of an earlier one. Its keys replace those of the request (R-RES-12); a key without values takes the
    /// request's away (R-MISS-2).
    #[must_use]
    pub fn context<D: Context + ?Sized>(self, context: &'a D) -> ItemInput<'a, D> {
        ItemInput { resource: self.resource, context, absent: self.absent }
    }

    /// The layers that do not exist for this resource, beside those that the request declares: another resource of the
    /// same request may have them.
    #[must_use]
    pub fn absent(self, layers: Layers) -> Self {
        Self { absent: layers, ..self }
    }
}

/// What kind of thing the resource is: of keys and roles the policy must grant, for identity policies do not suffice
/// (R-EVAL-12). It follows from the request (R-RES-15). The numbers are part of the C ABI.
///
/// ```
/// use iamlet::ResourceKind;
///
/// let kind = ResourceKind::from_request("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k1");
/// assert_eq!(kind, ResourceKind::KmsKey);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ResourceKind {
    /// Any resource but the two below.
    Ordinary = 1,
    /// A KMS key.
    KmsKey = 2,
    /// A role that is to be assumed.
    Role = 3,
}

impl ResourceKind {
    /// Every kind, in the order of the numbers.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::KmsKey, Self::Role];

    /// The name of the kind: `kms_key` for example. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::KmsKey => "kms_key",
            Self::Role => "role",
        }
    }

    /// The kind with this number.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Ordinary),
            2 => Some(Self::KmsKey),
            3 => Some(Self::Role),
            _ => None,
        }
    }
}

by_name!(ResourceKind, name);
