//! What one decision is about: the IAM guide's *request context*.

use core::cell::Cell;

use zerocopy::little_endian::{U16, U32};

use super::context::{ContextView, Values};
use super::input::ResourceKind;
use super::records::{ASSUMES_ROLE, DERIVE_RESOURCE_ACCOUNT, OWNS_RESOURCE, ResourceRecord, Text};
use super::resource_form::ResourceForm;
use super::view::{Request, RequestItem};
use crate::ground::budget::{Budget, BudgetExhausted};
use crate::ground::hash;
use crate::ground::hash::prefix::Prefixes;
use crate::ground::truth::Truth;
use crate::image::known_key::KnownKey;
use crate::image::layer::Layers;
use crate::image::records::KeyRecord;

/// Steps that are charged for the places of one table where a context key could be.
const TABLE: usize = 2;

/// What one decision is about: a request, with the resource and context of an item where there is one. What each statement
/// asks for stands here; the rest is found where it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestContext<'a> {
    pub(crate) request: &'a Request<'a>,
    item: Option<&'a RequestItem<'a>>,
    pub(crate) resource: &'a ResourceRecord,
    /// The action in lower case (R-ACT-4).
    pub(crate) action: &'a [u8],
    pub(crate) resource_text: &'a [u8],
    /// Where the fifth colon of the resource is; 0 where it has fewer (R-RES-3).
    pub(crate) last_colon: usize,
    /// How keys that are not fetched yet are taken, where the request has any.
    pub(crate) not_fetched: Option<&'a NotFetched>,
}

impl<'a> RequestContext<'a> {
    #[inline(always)]
    pub(crate) fn new(request: &'a Request<'a>, item: Option<&'a RequestItem<'a>>) -> Self {
        let (resource, bytes) = match item {
            Some(item) => (&item.header.resource, item.context.bytes),
            None => (&request.header.resource, request.context.bytes),
        };
        let [.., last_colon] = resource.colons;
        Self {
            request,
            item,
            resource,
            action: request.text(request.header.folded_action),
            resource_text: resource.text.of(bytes),
            last_colon: last_colon.get() as usize,
            not_fetched: None,
        }
    }

    /// The same, with keys that are not fetched yet taken so.
    pub(crate) fn taking(&self, not_fetched: &'a NotFetched) -> Self {
        Self { not_fetched: Some(not_fetched), ..*self }
    }

    /// Whether a key that is not fetched yet has this hash, for statements that are filed by the values of keys.
    pub(crate) fn may_be_fetched(&self, hash: u32) -> bool {
        let has_it = || self.request.context.not_fetched().any(|(_, name)| hash::short(name) == hash);
        self.not_fetched.is_some() && has_it()
    }

    /// What kind of thing the resource is (R-RES-15).
    #[inline]
    pub(crate) fn resource_kind(&self) -> ResourceKind {
        match self.item {
            Some(_) => {
                ResourceForm::from_number(self.resource.form).kind(self.request.has_flag(ASSUMES_ROLE))
            }
            None => kind_of_number(self.request.header.own_kind),
        }
    }

    /// The resource's text, hashed.
    #[inline]
    pub(crate) fn resource_prefixes(&self) -> Prefixes<'a> {
        self.resource.prefixes(self.resource_bytes())
    }

    /// The context of the item.
    #[inline]
    fn overlay(&self) -> Option<&'a ContextView<'a>> {
        self.item.map(|item| &item.context)
    }

    /// Known keys that the request or the item declares multivalued, a bit each (R-MULTI-6).
    #[inline]
    fn derived_multivalued(&self) -> u16 {
        let own = self.item.map_or(0, |item| item.header.derived_multivalued.get());
        self.request.header.derived_multivalued.get() | own
    }

    /// Whether the action is one of this service.
    pub(crate) fn is_action_of(&self, service: &[u8]) -> bool {
        self.action.strip_prefix(service).is_some_and(|rest| rest.starts_with(b":"))
    }

    /// The partition of the resource; empty for `*`, which has none.
    pub(crate) fn resource_partition(&self) -> &'a [u8] {
        let [before, after, ..] = self.resource.colons.map(|colon| colon.get() as usize);
        self.resource_text.get(before + 1..after).unwrap_or_default()
    }

    /// What the texts of the resource lie in.
    #[inline]
    fn resource_bytes(&self) -> &'a [u8] {
        self.overlay().map_or(self.request.context.bytes, |item| item.bytes)
    }

    /// The account that owns the resource (R-RES-13).
    pub(crate) fn owner(&self) -> &'a [u8] {
        self.resource.owner.of(self.resource_bytes())
    }

    /// Whether the principal's account owns the resource. Of an item it is found here, for it may have been prepared for
    /// another request.
    pub(crate) fn is_same_account(&self) -> bool {
        if !self.has_item() {
            return self.request.has_flag(OWNS_RESOURCE);
        }
        let account = self.request.text(self.request.header.principal.account);
        !account.is_empty() && account == self.owner()
    }

    /// Whether `aws:ResourceAccount` is the owner (R-CTX-6). An item may have been prepared for a request that left it to
    /// the caller.
    fn derives_owner(&self) -> bool {
        self.request.has_flag(DERIVE_RESOURCE_ACCOUNT) || !self.resource.account_key.is_callers()
    }

    /// Whether an item says anything of its own about context keys.
    pub(crate) fn has_own_context(&self) -> bool {
        let declared = self.request.header.derived_multivalued.get();
        self.overlay().is_some_and(|overlay| !overlay.is_empty()) || self.derived_multivalued() != declared
    }

    /// Whether the resource is an item's.
    #[inline]
    pub(crate) fn has_item(&self) -> bool {
        self.item.is_some()
    }

    /// The layers that are declared absent (R-EVAL-4): by the request, or by the item for its resource.
    pub(crate) fn absent(&self) -> Layers {
        let [bits, ..] = (self.request.header.absent.get() | self.resource.absent.get()).to_le_bytes();
        Layers::from_checked_bits(bits)
    }

    /// Steps that are charged for finding the values of a context key whose name has so many bytes.
    #[inline]
    pub(crate) fn look_up_steps(&self, len: usize) -> usize {
        match self.item {
            None if !self.request.context.is_crowded() => TABLE + len / 16,
            _ => self.more_look_up_steps(len / 16),
        }
    }

    /// As above, with an item or with crowded keys; a name is compared in so many steps and one.
    #[inline(never)]
    fn more_look_up_steps(&self, name: usize) -> usize {
        let of = |context: &ContextView<'_>| TABLE + name + context.comparisons() * (1 + name);
        of(&self.request.context) + self.overlay().map_or(0, of)
    }

    /// What the engine derives for a known key (R-CTX-1), which comes before what anybody says.
    #[inline(always)]
    fn derived(&self, known: usize) -> Derived<'a> {
        if known == 0 {
            return Derived::Callers { always_sent: false };
        }
        if known == KnownKey::ResourceAccount as usize && self.derives_owner() {
            return Derived::One(&self.resource.owner, self.resource_bytes());
        }
        match self.request.header.derived.get(known) {
            Some(&Text::ABSENT) => Derived::Absent,
            Some(text) if !text.is_callers() => Derived::One(text, self.request.context.bytes),
            text => Derived::Callers { always_sent: text == Some(&Text::CALLERS_OR_UNKNOWN) },
        }
    }

    /// The values of a context key: what the engine derives, else the item's, else the request's. The request's dictionary
    /// may have the key at this slot.
    #[inline(always)]
    pub(crate) fn values(&self, key: &KeyRecord, name: &[u8], slot: U16) -> Values<'a> {
        if key.known == 0 && self.item.is_none() {
            let found = self.request.context.find_from(slot, key.hash, name);
            return found.unwrap_or(Values::none(false));
        }
        self.more_values(key, name, slot)
    }

    /// As above, of a known key or with an item.
    #[inline(never)]
    fn more_values(&self, key: &KeyRecord, name: &[u8], slot: U16) -> Values<'a> {
        let hash = key.hash;
        let is_declared = || {
            self.derived_multivalued() & 1_u16.wrapping_shl(u32::from(key.known)) != 0
                // The request may have declared the key before an item's resource made it a derived one.
                || key.known == KnownKey::ResourceAccount as u8
                    && self.request.context.find(hash, name).is_some_and(|base| base.is_declared())
        };
        let always_sent = match self.derived(key.known.into()) {
            Derived::Absent => return Values::none(is_declared()),
            Derived::One(text, bytes) => return Values::one(text, bytes, is_declared()),
            Derived::Callers { always_sent } => always_sent,
        };
        let base = self.request.context.find_from(slot, hash, name);
        // R-MISS-2: an item's key replaces the request's, and one without values takes them away.
        let values = match self.overlay().and_then(|overlay| overlay.find(hash, name)) {
            Some(own) => own.declared_as(base),
            None => base.unwrap_or(Values::none(false)),
        };
        if always_sent { values.always_sent() } else { values }
    }

    /// Hands every value to `each` that could be the one value of a context key with this hash. They may include others:
    /// the caller compares again.
    pub(crate) fn single_values<S: AsMut<Budget>, E: From<BudgetExhausted>>(
        &self,
        hash: U32,
        known: u16,
        with: &mut S,
        each: &mut impl FnMut(&'a [u8], &mut S) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.derived(known.into()) {
            Derived::Absent => return Ok(()),
            Derived::One(text, bytes) => return each(text.of(bytes), with),
            Derived::Callers { .. } => {}
        }
        if let Some(overlay) = self.overlay() {
            overlay.single_values(hash, with, each)?;
        }
        self.request.context.single_values(hash, with, each)
    }
}

/// How keys that are not fetched yet are taken: as suits an Allow best, or a Deny. Whatever is fetched, a decision lies
/// between the two.
#[derive(Debug)]
pub(crate) struct NotFetched {
    allowing: bool,
    /// The keys that were asked for, a bit each.
    asked: Cell<u64>,
}

impl NotFetched {
    /// An Allow applies for their sake, and a Deny does not.
    pub(crate) const fn allowing() -> Self {
        Self { allowing: true, asked: Cell::new(0) }
    }

    /// A Deny applies for their sake, and an Allow does not.
    pub(crate) const fn denying() -> Self {
        Self { allowing: false, asked: Cell::new(0) }
    }

    /// The truth of what depends on the key with this number, in a statement that denies or allows.
    pub(crate) fn truth(&self, number: u8, denies: bool) -> Truth {
        let bit = 1_u64.wrapping_shl(u32::from(number).wrapping_sub(1));
        self.asked.set(self.asked.get() | bit);
        Truth::from(self.allowing != denies)
    }

    /// The keys that were asked for, a bit each, the lowest for the first that the request has.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.get()
    }
}

/// The kind that is noted in the head of a request.
#[inline]
fn kind_of_number(number: u8) -> ResourceKind {
    const { assert!(ResourceKind::KmsKey as u8 == 2 && ResourceKind::Role as u8 == 3) };
    match number {
        2 => ResourceKind::KmsKey,
        3 => ResourceKind::Role,
        _ => ResourceKind::Ordinary,
    }
}

/// What the engine derives for a context key.
enum Derived<'a> {
    /// Nothing: the key is the caller's to give. AWS may always send it (R-CTX-7).
    Callers { always_sent: bool },
    /// That such a request does not have it.
    Absent,
    /// A value, and the bytes in which it lies.
    One(&'a Text, &'a [u8]),
}
