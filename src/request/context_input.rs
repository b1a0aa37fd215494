//! The context of a request, as the caller gives it.

use crate::ground::hash;
use crate::ground::limits::{MAX_CONTEXT, MAX_CONTEXT_VALUES};
use crate::image::known_key::{self, KnownKey, MULTIVALUED_NUMBER};

/// A context key, hashed once: for names that a program uses again and again.
///
/// ```
/// use iamlet::{ContextEntry, ContextKey};
///
/// let source_ip = ContextKey::new("aws:SourceIp");
/// for addresses in [["203.0.113.7"], ["203.0.113.8"]] {
///     let entry = ContextEntry::new(source_ip, &addresses);
/// #   let _ = entry;
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ContextKey<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) hash: u32,
    pub(crate) known: u8,
}

impl<'a> ContextKey<'a> {
    /// Hashes the name of a key, which may be written in any case (R-COND-6). Time linear in the name.
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        Self::from_bytes(name.as_bytes())
    }

    /// As [`new`](Self::new); that the name is UTF-8 is seen when the request is prepared.
    #[must_use]
    pub(crate) fn from_bytes(name: &'a [u8]) -> Self {
        Self { name, hash: hash::short_folded(name), known: known_key::number(name) }
    }

    /// A key from the numbers of an earlier [`numbers`](Self::numbers), without hashing it again.
    /// `None` where `known` is no number that `numbers` gives.
    #[must_use]
    pub(crate) fn from_numbers(name: &'a [u8], hash: u32, known: u8) -> Option<Self> {
        (usize::from(known) < KnownKey::TABLE || known == MULTIVALUED_NUMBER).then_some(Self {
            name,
            hash,
            known,
        })
    }

    /// The hash, and the number among known keys: what [`from_numbers`](Self::from_numbers) takes.
    #[must_use]
    pub(crate) fn numbers(&self) -> (u32, u8) {
        (self.hash, self.known)
    }

    /// Whether the key is multivalued whatever the caller says (R-MULTI-6).
    pub(crate) fn is_multivalued(&self) -> bool {
        self.known == MULTIVALUED_NUMBER
    }
}

/// Where a request's context comes from: a list of entries, each a key with values.
///
/// The same key in several entries, in any case, is one key with all the values (R-MULTI-5). A key without values is
/// absent, and in the context of an item it takes the request's values of that key away (R-MISS-2); it may still be
/// declared multivalued (R-MULTI-6).
///
/// ```
/// use iamlet::{Context, ContextKey, Principal, RequestInput, Resource};
///
/// /// The headers of a request, each a key of its own.
/// struct Headers<'a>(&'a [(&'a str, &'a str)]);
///
/// impl Context for Headers<'_> {
///     fn len(&self) -> usize {
///         self.0.len()
///     }
///     fn key(&self, entry: usize) -> ContextKey<'_> {
///         ContextKey::new(self.0[entry].0)
///     }
///     fn is_multivalued(&self, _: usize) -> bool {
///         false
///     }
///     fn value_count(&self, _: usize) -> usize {
///         1
///     }
///     fn value(&self, entry: usize, _: usize) -> &[u8] {
///         self.0[entry].1.as_bytes()
///     }
/// }
///
/// let headers = Headers(&[("s3:x-amz-acl", "private")]);
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// assert!(RequestInput::new(alice, "s3:PutObject", plan).context(&headers).prepare().is_ok());
/// ```
pub trait Context {
    /// How many entries there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of an entry.
    fn key(&self, entry: usize) -> ContextKey<'_>;

    /// Whether the caller declares the key multivalued (R-MULTI-6).
    fn is_multivalued(&self, entry: usize) -> bool;

    /// How many values the entry has.
    fn value_count(&self, entry: usize) -> usize;

    /// A value of an entry, UTF-8.
    fn value(&self, entry: usize, value: usize) -> &[u8];

    /// Whether the key is one that the caller has not fetched yet: see [`ContextEntry::not_fetched`].
    fn is_not_fetched(&self, _entry: usize) -> bool {
        false
    }
}

/// The values of all entries of a context together; `None` where there are too many of either.
pub(crate) fn value_count<C: Context + ?Sized>(context: &C) -> Option<usize> {
    let mut values = 0_usize;
    for entry in 0..context.len() {
        values = values.saturating_add(context.value_count(entry));
    }
    (context.len() <= MAX_CONTEXT && values <= MAX_CONTEXT_VALUES).then_some(values)
}

/// An entry of a context that is a slice, an array or a vector.
///
/// ```
/// use iamlet::{ContextEntry, Principal, RequestInput, Resource};
///
/// # let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// # let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// // Texts that were made while the program runs live as long as the entries.
/// let (address, tags) = ("203.0.113.7".to_string(), vec!["team".to_string(), "cost".to_string()]);
/// let addresses = [address.as_str()];
/// let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
/// let context = [
///     ContextEntry::new("aws:SourceIp", &addresses),
///     ContextEntry::new("aws:TagKeys", &tags).multivalued(true),
/// ];
/// assert!(RequestInput::new(alice, "s3:GetObject", plan).context(&context).prepare().is_ok());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ContextEntry<'a> {
    key: ContextKey<'a>,
    values: &'a [&'a str],
    multivalued: bool,
    not_fetched: bool,
}

impl<'a> ContextEntry<'a> {
    /// A key and its values.
    #[must_use]
    pub fn new(key: impl Into<ContextKey<'a>>, values: &'a [&'a str]) -> Self {
        Self { key: key.into(), values, multivalued: false, not_fetched: false }
    }

    /// A key that is not fetched yet: a tag that another service has, for one. A decision that could depend on it is
    /// denied with [`Reason::NeedsContext`](crate::Reason::NeedsContext), and names it; one that could not is made without
    /// it. Of a key that has values in another entry, these do not count. Nothing is asked where the engine derives the
    /// key, and an item may bring its values.
    ///
    /// ```
    /// use iamlet::{ContextEntry, Layer, Layers, PolicyBuf, PolicyKind, PolicySetBuf, Principal, Reason, RequestInput, Resource};
    ///
    /// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
    ///     "Condition": {"StringEquals": {"s3:ExistingObjectTag/class": "public"}}}}"#;
    /// let set = PolicySetBuf::new([PolicyBuf::compile(PolicyKind::Identity, json)?.at(Layer::Identity)])?;
    /// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
    /// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
    /// let context = [ContextEntry::not_fetched("s3:ExistingObjectTag/class")];
    /// let get = |action| RequestInput::new(alice, action, plan).context(&context).absent(!Layers::IDENTITY).prepare();
    ///
    /// let request = get("s3:GetObject")?;
    /// let decision = set.decide(&request)?;
    /// assert_eq!((decision.is_allowed(), decision.reason), (false, Reason::NeedsContext));
    /// let needed: Vec<&str> = request.request()?.needed_keys(decision.needs).collect();
    /// assert_eq!(needed, ["s3:existingobjecttag/class"]);
    /// // Whatever the tag is, nobody may delete.
    /// assert_eq!(set.decide(&get("s3:DeleteObject")?)?.reason, Reason::IdentitySilent);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[must_use]
    pub fn not_fetched(key: impl Into<ContextKey<'a>>) -> Self {
        Self { key: key.into(), values: &[], multivalued: false, not_fetched: true }
    }

    /// Whether the key is declared multivalued: then even one value needs a set qualifier to be tested (R-MULTI-6).
    #[must_use]
    pub fn multivalued(self, is: bool) -> Self {
        Self { multivalued: is, ..self }
    }
}

impl<'a, S: AsRef<str> + ?Sized> From<&'a S> for ContextKey<'a> {
    fn from(name: &'a S) -> Self {
        Self::new(name.as_ref())
    }
}

/// Makes what holds entries in a row a context, as their slice is one.
macro_rules! context_of_entries {
    ($($holder:tt)*) => {
        $($holder)* {
            fn len(&self) -> usize {
                self.as_slice().len()
            }

            fn key(&self, entry: usize) -> ContextKey<'_> {
                self.as_slice().key(entry)
            }

            fn is_multivalued(&self, entry: usize) -> bool {
                self.as_slice().is_multivalued(entry)
            }

            fn value_count(&self, entry: usize) -> usize {
                self.as_slice().value_count(entry)
            }

            fn value(&self, entry: usize, value: usize) -> &[u8] {
                self.as_slice().value(entry, value)
            }

            fn is_not_fetched(&self, entry: usize) -> bool {
                self.as_slice().is_not_fetched(entry)
            }
        }
    };
}

context_of_entries!(impl<const N: usize> Context for [ContextEntry<'_>; N]);

#[cfg(feature = "alloc")]
pub(crate) use context_of_entries;

impl Context for [ContextEntry<'_>] {
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    fn key(&self, entry: usize) -> ContextKey<'_> {
        self.get(entry).map_or(ContextKey { name: &[], hash: 0, known: 0 }, |entry| entry.key)
    }

    fn is_multivalued(&self, entry: usize) -> bool {
        self.get(entry).is_some_and(|entry| entry.multivalued)
    }

    fn value_count(&self, entry: usize) -> usize {
        self.get(entry).map_or(0, |entry| entry.values.len())
    }

    fn value(&self, entry: usize, value: usize) -> &[u8] {
        self.get(entry).and_then(|entry| entry.values.get(value)).map_or(&[], |value| value.as_bytes())
    }

    fn is_not_fetched(&self, entry: usize) -> bool {
        self.get(entry).is_some_and(|entry| entry.not_fetched)
    }
}
