//! Prepared requests that own their memory.

use alloc::vec::Vec;

use crate::request::context_of_entries;
use crate::request::{
    Context, ContextEntry, ContextKey, ItemInput, PrepareError, Request, RequestError, RequestInput,
    RequestItem, prepare_item, prepare_request,
};

/// A prepared request that owns its memory. It holds nothing of what it was prepared from, and serves any number of
/// decisions, at the time that its [clock](RequestInput::clock) told.
///
/// ```
/// use iamlet::{Layers, Principal, RequestBuf, RequestError, RequestInput, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let input = RequestInput::new(alice, "s3:GetObject", plan).absent(!Layers::IDENTITY);
/// let request: RequestBuf = input.prepare()?;
/// assert!(request.request().is_ok());
///
/// // Who contradicts himself gets no request.
/// let bob = Principal::root("arn:aws:iam::111122223333:user/bob");
/// let error = RequestInput::new(bob, "s3:GetObject", plan).prepare().unwrap_err();
/// assert_eq!(error, RequestError::PrincipalType);
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestBuf {
    bytes: Vec<u8>,
}

/// A prepared item that owns its memory.
///
/// ```
/// use iamlet::{Item, ItemBuf, ItemInput, Layer, Layers, PolicyBuf, PolicyKind, PolicySetBuf, Principal};
/// use iamlet::{RequestInput, Resource, decide_resources};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
///     "Resource": "arn:aws:s3:::team/*"}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// let set = PolicySetBuf::new([policy.at(Layer::Identity)])?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let request = RequestInput::new(alice, "s3:GetObject", None).absent(!Layers::IDENTITY).prepare()?;
///
/// // Several resources at once: all must be allowed, and the second is not.
/// let [plan, other] = ["arn:aws:s3:::team/plan", "arn:aws:s3:::other/plan"]
///     .map(|arn| ItemInput::new(Resource::owned_by(arn, "111122223333")).prepare(&request));
/// let (plan, other): (ItemBuf, ItemBuf) = (plan?, other?);
/// let items = [plan.item()?, other.item()?].map(|item| Item { item, set: None });
/// let (at, decision) = decide_resources(&[set.set()?], request.request()?, items)?;
/// assert_eq!((at, decision.is_allowed()), (1, false));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ItemBuf {
    bytes: Vec<u8>,
}

impl<C: Context + ?Sized> RequestInput<'_, C> {
    /// Prepares the request, in memory of its own.
    ///
    /// # Errors
    /// [`RequestError`]: the request is malformed, and to be denied (R-GEN-3).
    pub fn prepare(&self) -> Result<RequestBuf, RequestError> {
        Ok(RequestBuf::of(in_memory(self.size()?, |memory| prepare_request(self, memory))?))
    }
}

impl<C: Context + ?Sized> ItemInput<'_, C> {
    /// Prepares the item of a request, in memory of its own.
    ///
    /// # Errors
    /// [`RequestError`]: the whole request is malformed, and to be denied (R-GEN-3).
    pub fn prepare(&self, request: &RequestBuf) -> Result<ItemBuf, RequestError> {
        let request = request.request()?;
        let bytes = in_memory(self.size()?, |memory| prepare_item(&request, self, memory))?;
        Ok(ItemBuf { bytes })
    }
}

context_of_entries!(impl Context for Vec<ContextEntry<'_>>);

/// What `prepare` writes into memory of this size.
pub(super) fn in_memory(
    size: usize,
    prepare: impl FnOnce(&mut [u8]) -> Result<usize, PrepareError>,
) -> Result<Vec<u8>, RequestError> {
    let mut memory = alloc::vec![0; size];
    match prepare(&mut memory) {
        Ok(used) => {
            memory.truncate(used);
            memory.shrink_to_fit();
            Ok(memory)
        }
        Err(PrepareError::Malformed(error)) => Err(error),
        Err(PrepareError::TooSmall(_)) => Err(RequestError::TooLarge(None)),
    }
}

impl RequestBuf {
    /// A request that was prepared or assembled in these bytes.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The request, for [`decide`](crate::decide) and its like.
    ///
    /// # Errors
    /// None for a request that was prepared: it cannot change.
    pub fn request(&self) -> Result<Request<'_>, RequestError> {
        Request::open(&self.bytes)
    }

    /// The bytes of the prepared request, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl ItemBuf {
    /// The item, for [`Item`](crate::Item).
    ///
    /// # Errors
    /// None for an item that was prepared: it cannot change.
    pub fn item(&self) -> Result<RequestItem<'_>, RequestError> {
        RequestItem::open(&self.bytes)
    }

    /// The bytes of the prepared item, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
