//! What a request brings beside its prepared principal and action, as the caller gives it.

use super::action::PreparedAction;
use super::input::{Resource, ResourceKind};
use super::malformed::RequestError;
use super::member::{Member, is_wrong, of_resource};
use super::memory::bounded;
use super::prepare::CLOCK_TEXT;
use super::prepared_principal::PreparedPrincipal;
use super::records::Text;
use super::resource_form::resource_room;
use crate::ground::limits::{MAX_CONTEXT, MAX_CONTEXT_VALUES};

/// A request that is to be assembled from a prepared principal and a prepared action: what it brings beside them.
///
/// ```
/// use iamlet::{AssemblyInput, Resource, ResourceKind, SlotEntry};
///
/// let entries = [SlotEntry::new(0, &["203.0.113.7"]), SlotEntry::new(3, &["team", "cost"]).multivalued(true)];
/// let input = AssemblyInput::new(Resource::owned_by("arn:aws:s3:::team/plan", "111122223333"))
///     .entries(&entries)
///     .resource_kind(ResourceKind::Ordinary)
///     .clock(1_770_000_000);
/// # let _ = input;
/// ```
#[derive(Debug)]
pub struct AssemblyInput<'a, S: SlotContext + ?Sized = [SlotEntry<'a>]> {
    pub(crate) resource: Option<Resource<'a>>,
    pub(crate) resource_kind: Option<ResourceKind>,
    pub(crate) clock: Option<i64>,
    pub(crate) entries: &'a S,
}

// Derived, they would ask the entries to be of a known size.
impl<S: SlotContext + ?Sized> Clone for AssemblyInput<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: SlotContext + ?Sized> Copy for AssemblyInput<'_, S> {}

impl<'a> AssemblyInput<'a> {
    /// A request about this resource, without context entries and clock. `None` is for a request whose items have a
    /// resource each.
    #[must_use]
    pub fn new(resource: impl Into<Option<Resource<'a>>>) -> Self {
        Self { resource: resource.into(), resource_kind: None, clock: None, entries: &[] }
    }
}

impl<'a, S: SlotContext + ?Sized> AssemblyInput<'a, S> {
    /// The context, by the slots of the principal's dictionary, in place of an earlier one. Policies name no key that
    /// has no slot, where the dictionary has the keys of all their sets: leave such keys out.
    #[must_use]
    pub fn entries<E: SlotContext + ?Sized>(self, entries: &'a E) -> AssemblyInput<'a, E> {
        let Self { resource, resource_kind, clock, entries: _ } = self;
        AssemblyInput { resource, resource_kind, clock, entries }
    }

    /// As [`RequestInput::resource_kind`](crate::RequestInput::resource_kind).
    #[must_use]
    pub fn resource_kind(self, kind: impl Into<Option<ResourceKind>>) -> Self {
        Self { resource_kind: kind.into(), ..self }
    }

    /// As [`RequestInput::clock`](crate::RequestInput::clock).
    #[must_use]
    pub fn clock(self, seconds: impl Into<Option<i64>>) -> Self {
        Self { clock: seconds.into(), ..self }
    }

    /// The bytes that the request takes at most, once it is assembled from these.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`].
    pub fn size(
        &self,
        principal: &PreparedPrincipal<'_>,
        action: &PreparedAction<'_>,
    ) -> Result<usize, RequestError> {
        self.room(principal, action).map_err(|error| error.naming(|| self.wrong_member()))
    }

    fn room(
        &self,
        principal: &PreparedPrincipal<'_>,
        action: &PreparedAction<'_>,
    ) -> Result<usize, RequestError> {
        let resource = resource_room(&self.resource.unwrap_or_default())?;
        let fixed = principal.bytes.len() + action.room() + CLOCK_TEXT + resource;
        let values = value_count(self.entries).ok_or(RequestError::TooLarge(None))?;
        // All values may name one long text, so that their sum exceeds a word of 32 bits.
        let mut size = (fixed + values * size_of::<Text>()) as u64;
        for entry in 0..self.entries.len() {
            for value in self.entries.values(entry) {
                size += bounded(value)?.len() as u64;
            }
        }
        usize::try_from(size).map_err(|_| RequestError::TooLarge(None))
    }

    /// The first member with a text that is too long or not UTF-8, or with too many. Time linear in the texts.
    #[cold]
    #[inline(never)]
    pub(crate) fn wrong_member(&self) -> Option<Member> {
        let of_entries = || {
            let is_wrong = value_count(self.entries).is_none()
                || (0..self.entries.len()).any(|entry| self.entries.values(entry).any(is_wrong));
            is_wrong.then_some(Member::Context)
        };
        self.resource.as_ref().and_then(of_resource).or_else(of_entries)
    }
}

/// What an entry says of its key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    /// The key's number in the dictionary.
    pub slot: u32,
    /// Whether the caller declares the key multivalued (R-MULTI-6).
    pub multivalued: bool,
    /// How many values the entry has.
    pub values: usize,
    /// Whether the key is one that the caller has not fetched yet: see
    /// [`ContextEntry::not_fetched`](crate::ContextEntry::not_fetched).
    pub not_fetched: bool,
}

/// Where an assembled request's context comes from: a list of entries, each a slot with values.
///
/// The same slot in several entries is one key with all the values (R-MULTI-5). A key without values is absent; it may
/// still be declared multivalued (R-MULTI-6).
///
/// ```
/// use iamlet::{AssemblyInput, Resource, Slot, SlotContext};
///
/// /// The headers of a request, each with the slot of its key.
/// struct Headers<'a>(&'a [(u32, &'a str)]);
///
/// impl SlotContext for Headers<'_> {
///     fn len(&self) -> usize {
///         self.0.len()
///     }
///     fn entry(&self, entry: usize) -> Slot {
///         Slot { slot: self.0[entry].0, values: 1, ..Slot::default() }
///     }
///     fn values(&self, entry: usize) -> impl Iterator<Item = &[u8]> {
///         std::iter::once(self.0[entry].1.as_bytes())
///     }
/// }
///
/// let headers = Headers(&[(0, "private")]);
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let input = AssemblyInput::new(plan).entries(&headers);
/// # let _ = input;
/// ```
pub trait SlotContext {
    /// How many entries there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An entry, but for its values.
    fn entry(&self, entry: usize) -> Slot;

    /// The values of an entry, UTF-8: as many as [`entry`](Self::entry) says.
    fn values(&self, entry: usize) -> impl Iterator<Item = &[u8]>;

    /// The values of all entries together.
    fn value_count(&self) -> usize {
        (0..self.len()).fold(0, |count, at| count.saturating_add(self.entry(at).values))
    }
}

/// The values of all entries together; `None` where there are too many of either.
#[inline]
pub(super) fn value_count<S: SlotContext + ?Sized>(entries: &S) -> Option<usize> {
    let values = entries.value_count();
    (entries.len() <= MAX_CONTEXT && values <= MAX_CONTEXT_VALUES).then_some(values)
}

/// An entry of a context that is a slice, an array or a vector: the slot of a key in the principal's
/// [dictionary](crate::Dictionary), and its values.
///
/// ```
/// use iamlet::SlotEntry;
///
/// let tags = SlotEntry::new(7, &["team", "cost"]).multivalued(true);
/// # let _ = tags;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SlotEntry<'a> {
    slot: u32,
    values: &'a [&'a str],
    multivalued: bool,
    not_fetched: bool,
}

impl<'a> SlotEntry<'a> {
    /// The key with this slot, and its values.
    #[must_use]
    pub const fn new(slot: u32, values: &'a [&'a str]) -> Self {
        Self { slot, values, multivalued: false, not_fetched: false }
    }

    /// The key with this slot, which is not fetched yet: as
    /// [`ContextEntry::not_fetched`](crate::ContextEntry::not_fetched).
    #[must_use]
    pub const fn not_fetched(slot: u32) -> Self {
        Self { slot, values: &[], multivalued: false, not_fetched: true }
    }

    /// Whether the key is declared multivalued: then even one value needs a set qualifier to be tested (R-MULTI-6).
    #[must_use]
    pub const fn multivalued(self, is: bool) -> Self {
        Self { multivalued: is, ..self }
    }
}

/// Makes what holds entries in a row a context, as their slice is one.
macro_rules! slots_of_entries {
    ($($holder:tt)*) => {
        $($holder)* {
            fn len(&self) -> usize {
                self.as_slice().len()
            }

            fn entry(&self, entry: usize) -> Slot {
                self.as_slice().entry(entry)
            }

            fn values(&self, entry: usize) -> impl Iterator<Item = &[u8]> {
                self.as_slice().values(entry)
            }
        }
    };
}

slots_of_entries!(impl<const N: usize> SlotContext for [SlotEntry<'_>; N]);

#[cfg(feature = "alloc")]
pub(crate) use slots_of_entries;

impl SlotContext for [SlotEntry<'_>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    #[inline]
    fn entry(&self, entry: usize) -> Slot {
        let of = |entry: &SlotEntry<'_>| Slot {
            slot: entry.slot,
            multivalued: entry.multivalued,
            values: entry.values.len(),
            not_fetched: entry.not_fetched,
        };
        self.get(entry).map_or(Slot::default(), of)
    }

    #[inline]
    fn values(&self, entry: usize) -> impl Iterator<Item = &[u8]> {
        self.get(entry).map_or(&[][..], |entry| entry.values).iter().map(|value| value.as_bytes())
    }
}
