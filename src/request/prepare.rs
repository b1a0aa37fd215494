//! Preparing a request: everything that does not depend on a policy is worked out once, into the caller's memory.

use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U32, U64};

use super::action::ActionFacts;
use super::context_input::{Context, value_count};
use super::context_writer::Tables;
use super::contradiction::{self, Own};
use super::derived::{self, Known};
use super::input::{ItemInput, RequestInput};
use super::malformed::RequestError;
use super::memory::{Output, PrepareError, bounded, clear, explain, number};
use super::prepared_principal::{Common, texts_room, write_head};
use super::records::{
    ContextRecord, DERIVE_RESOURCE_ACCOUNT, HAS_NOT_FETCHED, ITEM_MAGIC, ItemHeader, REQUEST_FORMAT,
    REQUEST_MAGIC, RequestHeader, ResourceRecord, Text,
};
use super::request_context::RequestContext;
use super::resource_form::{Whose, resource_room, write_resource};
use super::view::{Request, RequestItem};
use crate::image::context_table::slots_for;
use crate::image::known_key::KnownKey;

/// The bytes that the clock takes, as a date and in seconds.
pub(super) const CLOCK_TEXT: usize = 20 + 14;

impl<C: Context + ?Sized> RequestInput<'_, C> {
    /// The bytes that the prepared request takes at most.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`].
    pub fn size(&self) -> Result<usize, RequestError> {
        self.room().map_err(|error| error.naming(|| self.wrong_member()))
    }

    fn room(&self) -> Result<usize, RequestError> {
        let resource = self.resource.unwrap_or_default();
        let text = texts_room(&self.principal)?
            + CLOCK_TEXT
            + 2 * bounded(self.action)?.len() // as written, and in lower case
            + resource_room(&resource)?;
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
        with_context(size_of::<ItemHeader>() + resource_room(&self.resource)?, self.context)
    }
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
    write_request(input, memory).map_err(|error| {
        clear(memory);
        explain(error.naming(|| input.wrong_member()), input.size(), memory.len())
    })
}

fn write_request<C: Context + ?Sized>(
    input: &RequestInput<'_, C>,
    memory: &mut [u8],
) -> Result<usize, RequestError> {
    let (header, rest) = RequestHeader::mut_from_prefix(memory).map_err(|_| RequestError::TooLarge(None))?;
    let mut output = Output::new(rest, size_of::<RequestHeader>());
    let action = ActionFacts::check(input.action)?;
    // The tables come first, so that texts can be appended behind them.
    let tables = Tables::reserve(&mut output, input.context)?;
    let common = Common {
        absent: input.absent,
        gateway_endpoint: input.gateway_endpoint,
        derive_resource_account: input.derive_resource_account,
        budget: input.budget,
    };
    let facts = write_head(&input.principal, &common, header, &mut output)?;
    action.settle(header, facts.kind)?;
    action.write(input.action, header, &mut output)?;
    if let Some(seconds) = input.clock {
        derived::write_clock(seconds, &mut header.derived, &mut output)?;
    }
    header.resource = ResourceRecord::none();
    let mut whose = Whose::default();
    if let Some(resource) = &input.resource {
        let derive_account = input.derive_resource_account;
        write_resource(resource, derive_account, &mut header.resource, &mut whose, &mut output)?;
    }
    let known =
        Known { derived: &header.derived, derived_in: None, resource_account: header.resource.account_key };
    let filled = tables.fill(input.context, &mut output, &known)?;
    header.derived_multivalued = U16::new(filled.derived_multivalued);
    header.context = filled.header;
    if filled.has_not_fetched {
        header.flags |= U32::new(HAS_NOT_FETCHED);
    }
    header.dictionary = U64::ZERO;
    header.stated_kind = input.resource_kind.map_or(0, |kind| kind as u8);
    let used = output.used();
    header.size = number(used)?;
    (header.own_layers, header.own_kind) = (0, 0);
    if input.resource.is_some() {
        let account = facts.account.unwrap_or_default();
        let own = Own { kind: facts.kind, account, partition: facts.partition };
        contradiction::settle_own(header, &own, &whose, || facts.provider_account)?;
    }
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
    let mut resource = ResourceRecord::none();
    write_resource(&input.resource, derive_account, &mut resource, &mut Whose::default(), &mut output)?;
    resource.absent = U32::new(input.absent.bits().into());
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
    if filled.has_not_fetched {
        return Err(RequestError::NotFetched);
    }
    *header = ItemHeader {
        magic: ITEM_MAGIC,
        format: U16::new(REQUEST_FORMAT),
        derived_multivalued: U16::new(filled.derived_multivalued),
        size: number(output.used())?,
        resource,
        context: filled.header,
    };
    Ok(output.used())
}
