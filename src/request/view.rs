//! A prepared request and a prepared item, looked at in place.

use zerocopy::FromBytes;
use zerocopy::little_endian::U32;

use super::caller::PrincipalType;
use super::context::{ContextView, Values};
use super::malformed::RequestError;
use super::records::{ITEM_MAGIC, ItemHeader, REQUEST_FORMAT, REQUEST_MAGIC, RequestHeader, Text};
use crate::ground::hash;
use crate::image::known_key::KnownKey;

/// A prepared request, looked at in place.
///
/// ```
/// use iamlet::{ItemInput, Principal, Request, RequestInput, RequestItem, Resource};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let (mut memory, mut own) = ([0; 1024], [0; 512]);
/// let request = Request::prepare(&RequestInput::new(alice, "s3:GetObject", None), &mut memory)?;
/// let plan = ItemInput::new(Resource::owned_by("arn:aws:s3:::team/plan", "111122223333"));
/// let item = RequestItem::prepare(&request, &plan, &mut own)?;
/// // Both may be moved, kept, and opened elsewhere in the program.
/// let (request, item) = (request.as_bytes().to_vec(), item.as_bytes().to_vec());
/// assert!(Request::open(&request).is_ok() && RequestItem::open(&item).is_ok());
/// # Ok::<(), iamlet::PrepareError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub(crate) header: &'a RequestHeader,
    pub(crate) principal_type: PrincipalType,
    /// What it has of the bytes is all of them.
    pub(crate) context: ContextView<'a>,
}

impl<'a> Request<'a> {
    /// Looks at a request that [`prepare`](Self::prepare) wrote, by this build of the library.
    ///
    /// # Errors
    /// [`RequestError::NotPrepared`] where the bytes are none.
    pub fn open(bytes: &'a [u8]) -> Result<Self, RequestError> {
        Self::view(bytes).ok_or(RequestError::NotPrepared)
    }

    fn view(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = RequestHeader::ref_from_prefix(bytes).ok()?;
        if header.magic != REQUEST_MAGIC || header.format.get() != REQUEST_FORMAT {
            return None;
        }
        let bytes = bytes.get(..header.size.get() as usize)?;
        Some(Self {
            header,
            principal_type: PrincipalType::from_number(u32::from(header.principal_type))?,
            context: ContextView::new(bytes, &header.context)?,
        })
    }

    /// The bytes that it was opened from: they may be kept, moved and opened again, by this build of the library.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.context.bytes
    }

    pub(crate) fn text(&self, text: Text) -> &'a [u8] {
        text.of(self.context.bytes)
    }

    /// The caller's own values of a known key, if there are any.
    pub(crate) fn callers_values(&self, key: KnownKey) -> Option<Values<'a>> {
        let name = key.folded_name().as_bytes();
        self.context.find(U32::new(hash::short(name)), name).filter(|values| !values.is_absent())
    }

    /// Whether the session is one that the root user made for a federated user (R-EVAL-14).
    pub(crate) fn is_of_root(&self) -> bool {
        self.principal_type == PrincipalType::FederatedUser
            && PrincipalType::from_arn(self.text(self.header.principal.user_arn)) == Some(PrincipalType::Root)
    }

    /// The action as the caller wrote it, for the classic grammar (R-SCPC-15).
    pub(crate) fn action(&self) -> &'a [u8] {
        self.text(self.header.action)
    }

    /// Who makes the request: an ARN, a service or a provider.
    pub(crate) fn who(&self) -> &'a [u8] {
        let texts = &self.header.principal;
        let who = [texts.arn, texts.service, texts.provider].map(|text| self.text(text));
        who.into_iter().find(|text| !text.is_empty()).unwrap_or(b"anonymous")
    }

    /// Its own resource, if it has one.
    pub(crate) fn resource(&self) -> Option<&'a [u8]> {
        (self.header.resource.given != 0).then(|| self.text(self.header.resource.text))
    }

    /// The names, in lower case, of the keys that a decision needs: see
    /// [`Decision::needs`](crate::Decision::needs). Cost: linear in the keys of the request.
    pub fn needed_keys(&self, needs: u64) -> impl Iterator<Item = &'a str> + use<'a> {
        let needed = move |number: u8| needs & 1_u64.wrapping_shl(u32::from(number).wrapping_sub(1)) != 0;
        let keys = self.context.not_fetched().filter(move |(number, _)| needed(*number));
        keys.map(|(_, name)| core::str::from_utf8(name).unwrap_or_default())
    }

    pub(crate) fn has_flag(&self, flag: u32) -> bool {
        self.header.flags.get() & flag != 0
    }
}

/// A prepared item of a batch or of a multi-resource request.
#[derive(Clone, Copy, Debug)]
pub struct RequestItem<'a> {
    pub(crate) header: &'a ItemHeader,
    /// What it has of the bytes is all of them.
    pub(crate) context: ContextView<'a>,
}

impl<'a> RequestItem<'a> {
    /// Looks at an item that [`prepare`](Self::prepare) wrote, by this build of the library.
    ///
    /// # Errors
    /// [`RequestError::NotPrepared`] where the bytes are none.
    pub fn open(bytes: &'a [u8]) -> Result<Self, RequestError> {
        Self::view(bytes).ok_or(RequestError::NotPrepared)
    }

    fn view(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = ItemHeader::ref_from_prefix(bytes).ok()?;
        if header.magic != ITEM_MAGIC || header.format.get() != REQUEST_FORMAT {
            return None;
        }
        let bytes = bytes.get(..header.size.get() as usize)?;
        Some(Self { header, context: ContextView::new(bytes, &header.context)? })
    }

    /// The bytes that it was opened from.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.context.bytes
    }

    /// Its resource.
    pub(crate) fn resource(&self) -> &'a [u8] {
        self.header.resource.text.of(self.context.bytes)
    }
}
