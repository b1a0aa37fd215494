//! What requests are assembled from, owning its memory.

use alloc::vec::Vec;

use super::request::{RequestBuf, in_memory};
use crate::image::dictionary::{Dictionary, DictionaryError};
use crate::image::policy::ImageError;
use crate::request::slots_of_entries;
use crate::request::{
    AssemblyInput, PreparedAction, PreparedPrincipal, PrincipalInput, RequestError, Slot, SlotContext,
    SlotEntry, assemble_request, prepare_action, prepare_principal,
};

/// A dictionary of context keys that owns its memory.
///
/// ```
/// use iamlet::{DictionaryBuf, PolicyBuf, PolicyKind};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// let policy = policy.policy()?;
/// let keys = (0..policy.context_key_count()).filter_map(|number| policy.context_key(number));
/// let dictionary = DictionaryBuf::new(keys)?;
/// assert_eq!(dictionary.dictionary()?.slot("aws:SourceIp"), Some(0));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DictionaryBuf {
    bytes: Vec<u8>,
}

impl DictionaryBuf {
    /// Builds the dictionary of these names, as [`Dictionary::build`] does.
    ///
    /// # Errors
    /// As [`Dictionary::build`], but for the output.
    pub fn new<'n>(
        names: impl IntoIterator<Item = &'n str, IntoIter: Clone>,
    ) -> Result<Self, DictionaryError> {
        let names = names.into_iter();
        let mut bytes = alloc::vec![0; Dictionary::size(names.clone())?];
        let used = Dictionary::build(names, &mut bytes)?.as_bytes().len();
        bytes.truncate(used);
        bytes.shrink_to_fit();
        Ok(Self { bytes })
    }

    /// Takes a dictionary that was built before.
    ///
    /// # Errors
    /// As [`Dictionary::open`].
    pub fn open(bytes: Vec<u8>) -> Result<Self, ImageError> {
        Dictionary::open(&bytes)?;
        Ok(Self { bytes })
    }

    /// The dictionary, to look into and to prepare principals with.
    ///
    /// # Errors
    /// None for a dictionary that was built or opened: it cannot change.
    pub fn dictionary(&self) -> Result<Dictionary<'_>, ImageError> {
        Dictionary::view(&self.bytes)
    }

    /// The bytes of the dictionary, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A prepared principal that owns its memory.
///
/// ```
/// use iamlet::{ActionBuf, AssemblyInput, DictionaryBuf, Layers, Principal, PrincipalBuf, PrincipalInput, Resource};
/// use iamlet::{RequestBuf, SlotEntry};
///
/// let dictionary = DictionaryBuf::new(["aws:SourceIp"])?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let input = PrincipalInput::new(alice).absent(!Layers::IDENTITY).dictionary(dictionary.dictionary()?);
/// let alice: PrincipalBuf = input.prepare()?;
/// let get = ActionBuf::new("s3:GetObject")?;
///
/// let entries = [SlotEntry::new(0, &["203.0.113.7"])];
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let request: RequestBuf = AssemblyInput::new(plan).entries(&entries).assemble(&alice, &get)?;
/// # let _ = request;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PrincipalBuf {
    bytes: Vec<u8>,
}

impl PrincipalInput<'_> {
    /// Prepares the principal, in memory of its own.
    ///
    /// # Errors
    /// [`RequestError`]: the principal is malformed, and its requests are to be denied (R-GEN-3).
    pub fn prepare(&self) -> Result<PrincipalBuf, RequestError> {
        Ok(PrincipalBuf { bytes: in_memory(self.size()?, |memory| prepare_principal(self, memory))? })
    }
}

impl PrincipalBuf {
    /// The principal, for [`Request::assemble`](crate::Request::assemble).
    ///
    /// # Errors
    /// None for a principal that was prepared: it cannot change.
    pub fn principal(&self) -> Result<PreparedPrincipal<'_>, RequestError> {
        PreparedPrincipal::open(&self.bytes)
    }

    /// The bytes of the prepared principal, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A prepared action that owns its memory.
///
/// ```
/// use iamlet::{ActionBuf, RequestError};
///
/// assert!(ActionBuf::new("s3:GetObject")?.action().is_ok());
/// assert_eq!(ActionBuf::new("s3:*").unwrap_err(), RequestError::Action);
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ActionBuf {
    bytes: Vec<u8>,
}

impl ActionBuf {
    /// Prepares one concrete action.
    ///
    /// # Errors
    /// [`RequestError`]: the action is malformed, and requests with it are to be denied (R-GEN-3).
    pub fn new(action: impl AsRef<[u8]>) -> Result<Self, RequestError> {
        let action = action.as_ref();
        Ok(Self { bytes: in_memory(PreparedAction::size(action)?, |memory| prepare_action(action, memory))? })
    }

    /// The action, for [`Request::assemble`](crate::Request::assemble).
    ///
    /// # Errors
    /// None for an action that was prepared: it cannot change.
    pub fn action(&self) -> Result<PreparedAction<'_>, RequestError> {
        PreparedAction::open(&self.bytes)
    }

    /// The bytes of the prepared action, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl<S: SlotContext + ?Sized> AssemblyInput<'_, S> {
    /// Assembles the request, in memory of its own.
    ///
    /// # Errors
    /// [`RequestError`]: the request is malformed, and to be denied (R-GEN-3).
    pub fn assemble(&self, principal: &PrincipalBuf, action: &ActionBuf) -> Result<RequestBuf, RequestError> {
        let (principal, action) = (principal.principal()?, action.action()?);
        let size = self.size(&principal, &action)?;
        let assemble = |memory: &mut [u8]| assemble_request(&principal, &action, self, memory);
        Ok(RequestBuf::of(in_memory(size, assemble)?))
    }
}

slots_of_entries!(impl SlotContext for Vec<SlotEntry<'_>>);
