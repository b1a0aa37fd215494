//! Assembling a request from a prepared principal, a prepared action, and what the request itself brings.

use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U32};

use super::action::PreparedAction;
use super::assembly_input::{AssemblyInput, Slot, SlotContext, value_count};
use super::contradiction;
use super::derived::{self, Entry, Known, Said};
use super::malformed::RequestError;
use super::memory::{Output, PrepareError, clear, explain, number};
use super::prepared_principal::PreparedPrincipal;
use super::records::{
    ContextRecord, DERIVE_RESOURCE_ACCOUNT, HAS_NOT_FETCHED, REQUEST_MAGIC, RequestHeader, Text,
};
use super::resource_form::{Whose, write_resource};
use super::view::Request;
use crate::image::context_table::place_values;
use crate::image::known_key::MULTIVALUED_NUMBER;

impl<'m> Request<'m> {
    /// Assembles a request in `memory`, which holds no request after an error. It is the request that
    /// [`prepare`](Self::prepare) would prepare of the same principal, action, resource and context, and decides alike.
    ///
    /// All is copied: nothing that it is made of needs to live on. Cost: linear in its own texts; the principal is copied
    /// with its dictionary, but not looked at.
    ///
    /// ```
    /// use iamlet::{AssemblyInput, PreparedAction, PreparedPrincipal, Principal, PrincipalInput, Request};
    /// use iamlet::{RequestError, PrepareError, Resource, SlotEntry};
    ///
    /// let (mut session, mut action, mut memory) = ([0; 1024], [0; 64], [0; 1024]);
    /// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
    /// let alice = PreparedPrincipal::prepare(&PrincipalInput::new(alice), &mut session)?;
    /// let get = PreparedAction::prepare("s3:GetObject", &mut action)?;
    /// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
    /// assert!(Request::assemble(&alice, &get, &AssemblyInput::new(plan), &mut memory).is_ok());
    ///
    /// // The principal was prepared without a dictionary, so that no slot stands for a key.
    /// let entries = [SlotEntry::new(0, &["203.0.113.7"])];
    /// let input = AssemblyInput::new(plan).entries(&entries);
    /// let error = Request::assemble(&alice, &get, &input, &mut memory).unwrap_err();
    /// assert_eq!(error, PrepareError::Malformed(RequestError::Slot));
    /// # Ok::<(), PrepareError>(())
    /// ```
    ///
    /// # Errors
    /// [`PrepareError`].
    pub fn assemble<S: SlotContext + ?Sized>(
        principal: &PreparedPrincipal<'_>,
        action: &PreparedAction<'_>,
        input: &AssemblyInput<'_, S>,
        memory: &'m mut [u8],
    ) -> Result<Self, PrepareError> {
        assemble_request(principal, action, input, memory)?;
        Ok(Self::open(memory)?)
    }
}

/// As [`Request::assemble`]; returns the bytes used.
///
/// # Errors
/// [`PrepareError`].
#[inline]
pub fn assemble_request<S: SlotContext + ?Sized>(
    principal: &PreparedPrincipal<'_>,
    action: &PreparedAction<'_>,
    input: &AssemblyInput<'_, S>,
    memory: &mut [u8],
) -> Result<usize, PrepareError> {
    clear(memory);
    write(principal, action, input, memory).map_err(|error| {
        clear(memory);
        explain(error.naming(|| input.wrong_member()), input.size(principal, action), memory.len())
    })
}

fn write<S: SlotContext + ?Sized>(
    principal: &PreparedPrincipal<'_>,
    action: &PreparedAction<'_>,
    input: &AssemblyInput<'_, S>,
    memory: &mut [u8],
) -> Result<usize, RequestError> {
    let too_large = || RequestError::TooLarge(None);
    let front = principal.bytes.len();
    let (head, rest) = memory.split_at_mut_checked(front).ok_or_else(too_large)?;
    head.copy_from_slice(principal.bytes);
    let (header, tables) = RequestHeader::mut_from_prefix(head).map_err(|_| too_large())?;
    // What lies here is no longer a principal, and not yet a request.
    header.magic = [0; 4];
    let mut output = Output::behind(principal.bytes, rest);
    let count = value_count(input.entries).ok_or_else(too_large)?;
    let values = output.table::<Text>(count)?;
    header.context.values_start = number(front)?;
    header.context.values = number(count)?;
    action.write(header, principal.kind, &mut output)?;
    if let Some(seconds) = input.clock {
        derived::write_clock(seconds, &mut header.derived, &mut output)?;
    }
    let derive_account = header.flags.get() & DERIVE_RESOURCE_ACCOUNT != 0;
    let mut whose = Whose::default();
    if let Some(resource) = &input.resource {
        write_resource(resource, derive_account, &mut header.resource, &mut whose, &mut output)?;
    }
    if count != 0 || input.entries.len() != 0 {
        let known = Known {
            derived: &header.derived,
            derived_in: None,
            resource_account: header.resource.account_key,
        };
        let slots = header.context.slots.get() as usize * size_of::<U16>();
        let records = tables.get_mut(slots..).ok_or_else(too_large)?;
        let number = header.context.records.get() as usize;
        let (records, _) =
            <[ContextRecord]>::mut_from_prefix_with_elems(records, number).map_err(|_| too_large())?;
        let mut slots = Slots { records, values };
        let said = slots.fill(input.entries, &mut output, &known)?;
        header.derived_multivalued = U16::new(said.multivalued);
        if said.not_fetched != 0 {
            header.flags |= U32::new(HAS_NOT_FETCHED);
        }
    }
    header.stated_kind = input.resource_kind.map_or(0, |kind| kind as u8);
    let used = output.used();
    header.size = number(used)?;
    if input.resource.is_some() {
        contradiction::settle_own(header, &principal.own(), &whose, || principal.provider_account())?;
    }
    // Now that all of it is there.
    header.magic = REQUEST_MAGIC;
    Ok(used)
}

fn said_of(slot: &Slot) -> Entry {
    Entry { multivalued: slot.multivalued, values: slot.values, not_fetched: slot.not_fetched }
}

/// Copies the values of an entry, of which there must be `count`, and notes where they are. Returns `count`.
#[inline(always)]
fn copy_values<S: SlotContext + ?Sized>(
    entries: &S,
    entry: usize,
    count: usize,
    slots: &mut [Text],
    output: &mut Output<'_>,
) -> Result<usize, RequestError> {
    let mut values = entries.values(entry);
    for slot in slots.get_mut(..count).ok_or(RequestError::TooLarge(None))? {
        *slot = output.text(values.next().ok_or(RequestError::TooLarge(None))?)?;
    }
    if values.next().is_some() { Err(RequestError::TooLarge(None)) } else { Ok(count) }
}

/// The records of a dictionary, while their keys are given values.
struct Slots<'o> {
    records: &'o mut [ContextRecord],
    values: &'o mut [Text],
}

impl Slots<'_> {
    /// As `Tables::fill`, by slots; returns what was said of keys.
    fn fill<S: SlotContext + ?Sized>(
        &mut self,
        entries: &S,
        output: &mut Output<'_>,
        known: &Known<'_>,
    ) -> Result<Said, RequestError> {
        let mark = output.mark();
        let mut said = Said::default();
        if !self.fill_in_order(entries, output, known, &mut said)? {
            output.rewind(mark);
            said = Said::default();
            self.fill_joined(entries, output, known, &mut said)?;
        }
        if said.not_fetched != 0 {
            // What is told of a key that is not fetched yet is not all of it.
            let not_fetched = self.records.iter_mut().filter(|record| record.not_fetched != 0);
            not_fetched.for_each(|record| record.values = U32::ZERO);
        }
        Ok(said)
    }

    /// Gives each key its values in one pass; tells whether it could, for a slot may come in several entries.
    // A function of its own has the registers for itself.
    #[inline(never)]
    fn fill_in_order<S: SlotContext + ?Sized>(
        &mut self,
        entries: &S,
        output: &mut Output<'_>,
        known: &Known<'_>,
        said: &mut Said,
    ) -> Result<bool, RequestError> {
        let mut next = 0;
        for at in 0..entries.len() {
            let entry = entries.entry(at);
            let record = self.records.get_mut(entry.slot as usize).ok_or(RequestError::Slot)?;
            if record.known != 0 {
                let value = || entries.values(at).next().unwrap_or_default();
                if known.settles(record.known, said_of(&entry), value, output, said)? {
                    continue;
                }
            }
            record.multivalued |= u8::from(entry.multivalued || record.known == MULTIVALUED_NUMBER);
            if entry.not_fetched {
                record.not_fetched = said.number(record.not_fetched)?;
            }
            if entry.values == 0 {
                continue;
            }
            if record.values != U32::ZERO {
                return Ok(false);
            }
            record.first_value = number(next)?;
            record.values = number(entry.values)?;
            let slots = self.values.get_mut(next..).unwrap_or_default();
            next += copy_values(entries, at, entry.values, slots, output)?;
        }
        Ok(true)
    }

    /// As [`fill_in_order`](Self::fill_in_order), in two passes: the values of one key stand together (R-MULTI-5).
    #[cold]
    #[inline(never)]
    fn fill_joined<S: SlotContext + ?Sized>(
        &mut self,
        entries: &S,
        output: &mut Output<'_>,
        known: &Known<'_>,
        said: &mut Said,
    ) -> Result<(), RequestError> {
        for record in self.records.iter_mut() {
            (record.values, record.multivalued, record.not_fetched) = (U32::ZERO, 0, 0);
        }
        for at in 0..entries.len() {
            let entry = entries.entry(at);
            let record = self.records.get_mut(entry.slot as usize).ok_or(RequestError::Slot)?;
            let value = || entries.values(at).next().unwrap_or_default();
            if known.settles(record.known, said_of(&entry), value, output, said)? {
                continue;
            }
            record.multivalued |= u8::from(entry.multivalued || record.known == MULTIVALUED_NUMBER);
            if entry.not_fetched {
                record.not_fetched = said.number(record.not_fetched)?;
            }
            record.values = U32::new(record.values.get().saturating_add(number(entry.values)?.get()));
        }
        place_values(self.records.iter_mut());
        for at in 0..entries.len() {
            let entry = entries.entry(at);
            let record = self.records.get_mut(entry.slot as usize).ok_or(RequestError::Slot)?;
            if known.has(record.known) {
                continue;
            }
            let first = record.first_value.get().saturating_add(record.values.get()) as usize;
            copy_values(entries, at, entry.values, self.values.get_mut(first..).unwrap_or_default(), output)?;
            record.values = U32::new(record.values.get().saturating_add(number(entry.values)?.get()));
        }
        Ok(())
    }
}
