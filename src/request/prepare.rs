//! Preparing a request: everything that does not depend on a policy is worked out once, into the caller's memory.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, FromZeros};

use super::applicable;
use super::caller::PrincipalType;
use super::context_input::{Context, value_count};
use super::context_writer::{Tables, slots_for};
use super::contradiction;
use super::derived::{self, Known};
use super::input::{ItemInput, RequestInput, Resource};
use super::malformed::RequestError;
use super::memory::Output;
use super::principal::check_principal;
use super::records::{
    ASSUMES_ROLE, ContextRecord, DERIVE_RESOURCE_ACCOUNT, GATEWAY_ENDPOINT, ITEM_MAGIC, ItemHeader,
    NEEDS_NO_PERMISSION, PrincipalTexts, REQUEST_FORMAT, REQUEST_MAGIC, ROOT_AND_BUCKET_POLICY,
    RequestHeader, ResourceRecord, SERVICE_ASSUMES_ROLE, Text, WORDS,
};
use super::request_context::RequestContext;
use super::resource_form::{ResourceForm, assumes_role};
use super::view::{Request, RequestItem};
use crate::ground::arn;
use crate::ground::hash::prefix;
use crate::ground::limits::{DEFAULT_BUDGET, MAX_REQUEST_TEXT};
use crate::image::index;
use crate::image::known_key::KnownKey;

/// Why nothing was prepared.
///
/// ```
/// use iamlet::{PrepareError, Principal, Request, RequestError, RequestInput, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let input = RequestInput::new(alice, "s3:GetObject", plan);
/// assert!(matches!(Request::prepare(&input, &mut [0; 16]), Err(PrepareError::TooSmall(_))));
/// let every = RequestInput::new(alice, "s3:*", plan);
/// assert_eq!(
///     Request::prepare(&every, &mut [0; 1024]).unwrap_err(),
///     PrepareError::Malformed(RequestError::Action),
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrepareError {
    /// The request is malformed: deny it (R-GEN-3).
    Malformed(RequestError),
    /// The memory has fewer bytes than this.
    TooSmall(usize),
}

impl From<RequestError> for PrepareError {
    fn from(error: RequestError) -> Self {
        Self::Malformed(error)
    }
}

impl core::fmt::Display for PrepareError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::TooSmall(size) => write!(f, "the prepared request needs {size} bytes"),
        }
    }
}

impl core::error::Error for PrepareError {}

/// The bytes that any clock, account or user id that the engine derives may take.
const DERIVED_TEXT: usize = 64;

impl<C: Context + ?Sized> RequestInput<'_, C> {
    /// The bytes that the prepared request takes at most.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`].
    pub fn size(&self) -> Result<usize, RequestError> {
        self.room().map_err(|error| error.naming(|| self.wrong_member()))
    }

    fn room(&self) -> Result<usize, RequestError> {
        let principal = &self.principal;
        let resource = self.resource.unwrap_or_default();
        let mut text = DERIVED_TEXT;
        let texts = [
            principal.arn,
            principal.arn, // `aws:userid` of a federated user has its name
            principal.role_arn,
            principal.user_arn,
            principal.service,
            principal.provider,
            principal.canonical_user,
            principal.unique_id,
            principal.unique_id, // `aws:userid` of a role session begins with it
            self.action,
            self.action, // in lower case
            resource.arn,
            resource.account,
        ];
        for piece in texts {
            text += bounded(piece)?.len();
        }
        text += prefix::words(resource.arn) * size_of::<u64>();
        with_context(size_of::<RequestHeader>() + text, self.context)
    }
}

impl<C: Context + ?Sized> ItemInput<'_, C> {
    /// The bytes that the prepared item takes at most.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`].
    pub fn size(&self) -> Result<usize, RequestError> {
        self.room().map_err(|error| error.naming(|| self.wrong_member()))
    }

    fn room(&self) -> Result<usize, RequestError> {
        let Resource { arn, account, .. } = self.resource;
        let text = bounded(arn)?.len() + prefix::words(arn) * size_of::<u64>() + bounded(account)?.len();
        with_context(size_of::<ItemHeader>() + text, self.context)
    }
}

fn bounded(text: &[u8]) -> Result<&[u8], RequestError> {
    if text.len() > MAX_REQUEST_TEXT { Err(RequestError::TooLarge(None)) } else { Ok(text) }
}

/// The size with that of the context. All values may name one long text, so that their sum exceeds a word of 32 bits.
fn with_context<C: Context + ?Sized>(size: usize, context: &C) -> Result<usize, RequestError> {
    let entries = context.len();
    let values = value_count(context).ok_or(RequestError::TooLarge(None))?;
    let tables = slots_for(entries) * size_of::<U16>()
        + entries * size_of::<ContextRecord>()
        + values * size_of::<Text>();
    let mut size = (size + tables) as u64;
    for entry in 0..entries {
        size += bounded(context.key(entry).name)?.len() as u64;
        for value in 0..context.value_count(entry) {
            size += bounded(context.value(entry, value))?.len() as u64;
        }
    }
    usize::try_from(size).map_err(|_| RequestError::TooLarge(None))
}

impl<'m> Request<'m> {
    /// Prepares a request in `memory`, which holds no request after an error.
    ///
    /// The request is copied: nothing of `input` needs to live on. It serves any number of decisions and sets, from any
    /// number of threads. Cost: linear in its texts.
    ///
    /// # Errors
    /// [`PrepareError`].
    pub fn prepare<C: Context + ?Sized>(
        input: &RequestInput<'_, C>,
        memory: &'m mut [u8],
    ) -> Result<Self, PrepareError> {
        prepare_request(input, memory)?;
        Ok(Self::open(memory)?)
    }
}

impl<'m> RequestItem<'m> {
    /// Prepares an item of `request` in `memory`, which holds no item after an error.
    ///
    /// # Errors
    /// [`PrepareError`]; a malformed item makes the whole request malformed (R-GEN-3).
    pub fn prepare<C: Context + ?Sized>(
        request: &Request<'_>,
        input: &ItemInput<'_, C>,
        memory: &'m mut [u8],
    ) -> Result<Self, PrepareError> {
        prepare_item(request, input, memory)?;
        Ok(Self::open(memory)?)
    }
}

/// As [`Request::prepare`]; returns the bytes used.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare_request<C: Context + ?Sized>(
    input: &RequestInput<'_, C>,
    memory: &mut [u8],
) -> Result<usize, PrepareError> {
    clear(memory);
    let written = write_request(input, memory).and_then(|used| {
        let request = Request::open(memory)?;
        contradiction::check(&RequestContext::new(&request, None))?;
        Ok(used)
    });
    written.map_err(|error| {
        clear(memory);
        explain(error.naming(|| input.wrong_member()), input.size(), memory.len())
    })
}

/// What to say of an error: more memory than there is may have been all that was missing.
fn explain(error: RequestError, needed: Result<usize, RequestError>, len: usize) -> PrepareError {
    match needed {
        Ok(needed) if len < needed => PrepareError::TooSmall(needed),
        Ok(_) => error.into(),
        Err(too_large) => too_large.into(),
    }
}

fn write_request<C: Context + ?Sized>(
    input: &RequestInput<'_, C>,
    memory: &mut [u8],
) -> Result<usize, RequestError> {
    let (header, rest) = RequestHeader::mut_from_prefix(memory).map_err(|_| RequestError::TooLarge(None))?;
    let mut output = Output::new(rest, size_of::<RequestHeader>());
    let prefix = check_action(input.action)?;
    let facts = check_principal(&input.principal, input.action)?;
    // The tables come first, so that texts can be appended behind them.
    let tables = Tables::reserve(&mut output, input.context)?;
    header.principal = PrincipalTexts::write(&input.principal, &facts, &mut output)?;
    header.words = WORDS;
    header.action = output.text(input.action)?;
    header.folded_action = output.folded(input.action)?;
    header.action_part = U32::new(index::action_part(input.action));
    header.service_part = U32::new(index::service_part(prefix));
    header.derived = derived::write(&input.principal, &facts, &header.principal, input.clock, &mut output)?;
    let derive_account = input.derive_resource_account;
    header.resource = match &input.resource {
        Some(resource) => resource_record(resource, derive_account, &mut output)?,
        None => ResourceRecord { account_key: Text::CALLERS, ..ResourceRecord::new_zeroed() },
    };
    let known =
        Known { derived: &header.derived, derived_in: None, resource_account: header.resource.account_key };
    let filled = tables.fill(input.context, &mut output, &known)?;
    header.derived_multivalued = U16::new(filled.derived_multivalued);
    header.context = filled.header;

    let flag = |set: bool, flag: u32| if set { flag } else { 0 };
    header.format = U16::new(REQUEST_FORMAT);
    header.principal_type = facts.kind as u8;
    header.stated_kind = input.resource_kind.map_or(0, |kind| kind as u8);
    header.flags = U32::new(
        flag(input.gateway_endpoint, GATEWAY_ENDPOINT)
            | flag(derive_account, DERIVE_RESOURCE_ACCOUNT)
            | action_flags(input.action, facts.kind),
    );
    header.absent = U32::new(input.absent.bits().into());
    header.layers = applicable::to_principal(&input.principal, &facts, input.action).bits();
    header.budget = U64::new(if input.budget == 0 { DEFAULT_BUDGET } else { input.budget });
    let used = output.used();
    header.size = U32::new(u32::try_from(used).map_err(|_| RequestError::TooLarge(None))?);
    // Now that all of it is there.
    header.magic = REQUEST_MAGIC;
    Ok(used)
}

/// As [`RequestItem::prepare`]; returns the bytes used.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare_item<C: Context + ?Sized>(
    request: &Request<'_>,
    input: &ItemInput<'_, C>,
    memory: &mut [u8],
) -> Result<usize, PrepareError> {
    clear(memory);
    let written = write_item(request, input, memory).and_then(|used| {
        let item = RequestItem::open(memory)?;
        contradiction::check(&RequestContext::new(request, Some(&item)))?;
        Ok(used)
    });
    written.map_err(|error| {
        clear(memory);
        explain(error.naming(|| input.wrong_member()), input.size(), memory.len())
    })
}

fn write_item<C: Context + ?Sized>(
    request: &Request<'_>,
    input: &ItemInput<'_, C>,
    memory: &mut [u8],
) -> Result<usize, RequestError> {
    let (header, rest) = ItemHeader::mut_from_prefix(memory).map_err(|_| RequestError::TooLarge(None))?;
    let mut output = Output::new(rest, size_of::<ItemHeader>());
    let tables = Tables::reserve(&mut output, input.context)?;
    let derive_account = request.has_flag(DERIVE_RESOURCE_ACCOUNT);
    let resource = ResourceRecord {
        absent: U32::new(input.absent.bits().into()),
        ..resource_record(&input.resource, derive_account, &mut output)?
    };
    // R-CTX-1: what the request's own context says of the owner must be true of the item's resource as well.
    if derive_account
        && let Some(said) = request.callers_values(KnownKey::ResourceAccount)
        && (said.count() > 1 || said.iter().any(|account| account != output.read(resource.owner)))
    {
        return Err(RequestError::DerivedKey(KnownKey::ResourceAccount));
    }
    let known = Known {
        derived: &request.header.derived,
        derived_in: Some(*request),
        resource_account: resource.account_key,
    };
    let filled = tables.fill(input.context, &mut output, &known)?;
    *header = ItemHeader {
        magic: ITEM_MAGIC,
        format: U16::new(REQUEST_FORMAT),
        derived_multivalued: U16::new(filled.derived_multivalued),
        size: U32::new(u32::try_from(output.used()).map_err(|_| RequestError::TooLarge(None))?),
        resource,
        context: filled.header,
    };
    Ok(output.used())
}

/// Splits a resource (R-RES-3), and finds its owner (R-RES-13).
fn resource_record(
    resource: &Resource<'_>,
    derive_account: bool,
    output: &mut Output<'_>,
) -> Result<ResourceRecord, RequestError> {
    let text = output.text(resource.arn)?;
    let colons = arn::colons(resource.arn);
    let fields = colons.and_then(|colons| arn::fields(resource.arn, colons));
    let (in_arn, form) = match fields {
        None if resource.arn == b"*" => (None, ResourceForm::Other),
        Some(fields @ [b"arn", partition, service, _, account, _])
            if arn::is_partition(partition) && arn::is_service(service) =>
        {
            (Some(account).filter(|account| arn::is_account(account)), ResourceForm::of_fields(fields))
        }
        _ => return Err(RequestError::Resource),
    };
    // Whose the resource is decides between the rules for one account and for two; without it, neither is safe.
    let owner = match (in_arn, resource.account) {
        (Some(in_arn), b"") => text.part(resource.arn, in_arn),
        (Some(in_arn), stated) if stated == in_arn => text.part(resource.arn, in_arn),
        (Some(_), _) => return Err(RequestError::ResourceOwner),
        (None, stated) if arn::is_account(stated) => output.text(stated)?,
        (None, _) => return Err(RequestError::ResourceAccount),
    };
    Ok(ResourceRecord {
        text,
        prefixes: output.prefixes(resource.arn)?,
        colons: colons.unwrap_or_default().map(U32::new),
        owner,
        account_key: if derive_account { owner } else { Text::CALLERS },
        given: 1,
        in_management_account: u8::from(resource.in_management_account),
        form: form as u8,
        reserved: 0,
        absent: U32::ZERO,
    })
}

/// Leaves nothing in `memory` that could be taken for a request of an earlier call.
fn clear(memory: &mut [u8]) {
    if let Some(magic) = memory.get_mut(..REQUEST_MAGIC.len()) {
        magic.fill(0);
    }
}

/// What the rules say of a few actions by their names (R-RES-15, R-RCP-5, R-EVAL-23), as flags of the request.
fn action_flags(action: &[u8], principal: PrincipalType) -> u32 {
    let is = |name: &[u8]| action.eq_ignore_ascii_case(name);
    let mut flags = 0;
    match action.split_at_checked(4) {
        Some((service, _)) if service.eq_ignore_ascii_case(b"sts:") => {
            if assumes_role(action) {
                flags |= ASSUMES_ROLE;
            }
            if principal == PrincipalType::Service && is(b"sts:AssumeRole") {
                flags |= SERVICE_ASSUMES_ROLE;
            }
            if principal != PrincipalType::Anonymous && is(b"sts:GetCallerIdentity") {
                flags |= NEEDS_NO_PERMISSION;
            }
        }
        _ if principal == PrincipalType::Root && BUCKET_POLICY_ACTIONS.iter().any(|name| is(name)) => {
            flags |= ROOT_AND_BUCKET_POLICY;
        }
        _ => {}
    }
    flags
}

/// The actions that no bucket policy denies to the owner's root user (R-EVAL-23).
const BUCKET_POLICY_ACTIONS: [&[u8]; 3] =
    [b"s3:GetBucketPolicy", b"s3:PutBucketPolicy", b"s3:DeleteBucketPolicy"];

/// R-ACT-9: `prefix:Name`, one colon, no wildcard, of characters that an action of a policy could have (R-ACT-2,
/// R-ACT-3). Returns the prefix, with its colon.
fn check_action(action: &[u8]) -> Result<&[u8], RequestError> {
    let in_prefix = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let in_name = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'$' | b'*' | b'?' | b':');
    let colon = action.iter().position(|byte| *byte == b':').unwrap_or(action.len());
    if let Some((prefix, [_, name @ ..])) = action.split_at_checked(colon)
        && !prefix.is_empty()
        && !name.is_empty()
        && prefix.iter().all(in_prefix)
        && name.iter().all(in_name)
    {
        return Ok(action.get(..=colon).unwrap_or_default());
    }
    Err(if core::str::from_utf8(action).is_err() {
        RequestError::Encoding(None)
    } else {
        RequestError::Action
    })
}
