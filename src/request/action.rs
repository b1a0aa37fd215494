//! What an action's name says by itself, and a prepared action, which holds it.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, IntoBytes};

use super::caller::PrincipalType;
use super::malformed::RequestError;
use super::member::Member;
use super::memory::{Output, PrepareError, clear, number};
use super::records::{
    ACTION_MAGIC, ASSUMES_ROLE, ActionHeader, NEEDS_NO_PERMISSION, REQUEST_FORMAT, ROOT_AND_BUCKET_POLICY,
    RequestHeader, SERVICE_ASSUMES_ROLE, Text,
};
use super::resource_form::assumes_role;
use crate::ground::limits::MAX_REQUEST_TEXT;
use crate::image::index;
use crate::image::layer::Layers;

/// The action assumes a role, or belongs to the calls that do (R-RES-15).
const ASSUMES: u16 = 1;
/// It is sts:AssumeRole (R-RCP-5).
const ASSUME_ROLE: u16 = 2;
/// It is sts:GetCallerIdentity (R-EVAL-23).
const CALLER_IDENTITY: u16 = 4;
/// It reads, writes or deletes a bucket policy (R-EVAL-23).
const BUCKET_POLICY: u16 = 8;
/// It is kms:RetireGrant (R-RCP-5).
const RETIRE_GRANT: u16 = 16;
/// A SAML identity comes with it (R-PRIN-17).
const OF_SAML: u16 = 32;
/// An OIDC identity comes with it (R-PRIN-17).
const OF_OIDC: u16 = 64;

/// What an action's name says by itself.
#[derive(Default)]
pub(super) struct ActionFacts {
    names: u16,
    action_part: u32,
    service_part: u32,
    /// Bytes of the service with its colon.
    service_len: u32,
}

/// What the rules say of a few actions by their names.
fn names_of(action: &[u8]) -> u16 {
    let is = |name: &[u8]| action.eq_ignore_ascii_case(name);
    let flag = |set: bool, flag: u16| if set { flag } else { 0 };
    let Some(service) =
        action.first_chunk::<4>().map(|service| service.map(|byte| byte.to_ascii_lowercase()))
    else {
        return 0;
    };
    match &service {
        b"sts:" => {
            let belongs = is(b"sts:TagSession") || is(b"sts:SetSourceIdentity");
            flag(assumes_role(action), ASSUMES)
                | flag(is(b"sts:AssumeRole"), ASSUME_ROLE)
                | flag(is(b"sts:GetCallerIdentity"), CALLER_IDENTITY)
                | flag(belongs || is(b"sts:AssumeRoleWithSAML"), OF_SAML)
                | flag(belongs || is(b"sts:AssumeRoleWithWebIdentity"), OF_OIDC)
        }
        b"kms:" => flag(is(b"kms:RetireGrant"), RETIRE_GRANT),
        [b's', b'3', b':', _] => flag(BUCKET_POLICY_ACTIONS.iter().any(|name| is(name)), BUCKET_POLICY),
        _ => 0,
    }
}

/// The actions that no bucket policy denies to the owner's root user (R-EVAL-23).
const BUCKET_POLICY_ACTIONS: [&[u8]; 3] =
    [b"s3:GetBucketPolicy", b"s3:PutBucketPolicy", b"s3:DeleteBucketPolicy"];

impl ActionFacts {
    /// R-ACT-9: `prefix:Name`, one colon, no wildcard, of characters that an action of a policy could have (R-ACT-2,
    /// R-ACT-3).
    pub(super) fn check(action: &[u8]) -> Result<Self, RequestError> {
        let in_prefix = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let in_name = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'$' | b'*' | b'?' | b':');
        let colon = action.iter().position(|byte| *byte == b':').unwrap_or(action.len());
        if let Some((prefix, [_, name @ ..])) = action.split_at_checked(colon)
            && !prefix.is_empty()
            && !name.is_empty()
            && prefix.iter().all(in_prefix)
            && name.iter().all(in_name)
        {
            let prefix = action.get(..=colon).unwrap_or_default();
            return Ok(Self {
                names: names_of(action),
                action_part: index::action_part(action),
                service_part: index::service_part(prefix),
                service_len: u32::try_from(prefix.len()).map_err(|_| RequestError::Action)?,
            });
        }
        Err(if core::str::from_utf8(action).is_err() {
            RequestError::Encoding(None)
        } else {
            RequestError::Action
        })
    }

    /// Writes the action into a request whose principal is written.
    pub(super) fn write(
        &self,
        action: &[u8],
        header: &mut RequestHeader,
        output: &mut Output<'_>,
    ) -> Result<(), RequestError> {
        header.action = output.text(action)?;
        header.folded_action = output.folded(action)?;
        header.action_part = U32::new(self.action_part);
        header.service_part = U32::new(self.service_part);
        header.service_len = U32::new(self.service_len);
        Ok(())
    }

    /// Notes what the action makes of the principal's request: which layers apply and which rules it is under.
    #[inline]
    pub(super) fn settle(&self, header: &mut RequestHeader, kind: PrincipalType) -> Result<(), RequestError> {
        if self.names == 0 && !matches!(kind, PrincipalType::Saml | PrincipalType::Oidc) {
            return Ok(());
        }
        let is = |name: u16| self.names & name != 0;
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        // R-PRIN-17: with which actions a SAML or OIDC identity comes.
        match kind {
            PrincipalType::Saml if !is(OF_SAML) => return Err(RequestError::FederatedAction),
            PrincipalType::Oidc if !is(OF_OIDC) => return Err(RequestError::FederatedAction),
            _ => {}
        }
        header.flags |= U32::new(
            flag(is(ASSUMES), ASSUMES_ROLE)
                | flag(is(ASSUME_ROLE) && kind == PrincipalType::Service, SERVICE_ASSUMES_ROLE)
                | flag(is(CALLER_IDENTITY) && kind != PrincipalType::Anonymous, NEEDS_NO_PERMISSION)
                | flag(is(BUCKET_POLICY) && kind == PrincipalType::Root, ROOT_AND_BUCKET_POLICY),
        );
        // R-RCP-5
        if is(RETIRE_GRANT) {
            header.layers = Layers::from_checked_bits(header.layers).without(Layers::RCP).bits();
        }
        Ok(())
    }
}

/// A prepared action, looked at in place: an action's name was checked, hashed and copied in lower case once, for any
/// number of requests.
///
/// ```
/// use iamlet::{PrepareError, PreparedAction, RequestError};
///
/// let mut memory = [0; 64];
/// let get = PreparedAction::prepare("s3:GetObject", &mut memory)?;
/// assert!(PreparedAction::open(get.as_bytes()).is_ok());
/// let error = PreparedAction::prepare("s3:Get*", &mut [0; 64]).unwrap_err();
/// assert_eq!(error, PrepareError::Malformed(RequestError::Action));
/// # Ok::<(), PrepareError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PreparedAction<'a> {
    header: &'a ActionHeader,
    /// The text as written and in lower case, end to end.
    texts: &'a [u8],
    /// All of it.
    bytes: &'a [u8],
}

impl<'a> PreparedAction<'a> {
    /// The bytes that a prepared action takes.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`].
    pub fn size(action: impl AsRef<[u8]>) -> Result<usize, RequestError> {
        match action.as_ref().len() {
            len @ ..=MAX_REQUEST_TEXT => Ok(size_of::<ActionHeader>() + 2 * len),
            _ => Err(RequestError::TooLarge(Some(Member::Action))),
        }
    }

    /// Prepares one concrete action, `s3:GetObject` for example (R-ACT-9), in `memory`, which holds no action after an
    /// error. Cost: linear in the text.
    ///
    /// # Errors
    /// [`PrepareError`].
    pub fn prepare(action: impl AsRef<[u8]>, memory: &'a mut [u8]) -> Result<Self, PrepareError> {
        prepare_action(action.as_ref(), memory)?;
        Ok(Self::open(memory)?)
    }

    /// Looks at an action that [`prepare`](Self::prepare) wrote, by this build of the library. Constant time.
    ///
    /// # Errors
    /// [`RequestError::NoPreparedAction`] where the bytes are none.
    #[inline]
    pub fn open(bytes: &'a [u8]) -> Result<Self, RequestError> {
        Self::view(bytes).ok_or(RequestError::NoPreparedAction)
    }

    #[inline(always)]
    fn view(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = ActionHeader::ref_from_prefix(bytes).ok()?;
        if header.magic != ACTION_MAGIC || header.format.get() != REQUEST_FORMAT {
            return None;
        }
        let bytes = bytes.get(..header.size.get() as usize)?;
        let texts = bytes.get(size_of::<ActionHeader>()..)?;
        (texts.len() % 2 == 0 && texts.len() <= 2 * MAX_REQUEST_TEXT).then_some(Self { header, texts, bytes })
    }

    /// The bytes that it was opened from: they may be kept, moved and opened again, by this build of the library.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The bytes that it takes in a request.
    pub(super) fn room(&self) -> usize {
        self.texts.len()
    }

    /// As [`ActionFacts::write`] and [`ActionFacts::settle`].
    #[inline]
    pub(super) fn write(
        &self,
        header: &mut RequestHeader,
        kind: PrincipalType,
        output: &mut Output<'_>,
    ) -> Result<(), RequestError> {
        let facts = ActionFacts { names: self.header.names.get(), ..ActionFacts::default() };
        facts.settle(header, kind)?;
        let start = output.copied(self.texts)?;
        let len = number(self.texts.len() / 2)?;
        header.action = Text { start, len };
        header.folded_action = Text { start: start + len, len };
        header.action_part = self.header.action_part;
        header.service_part = self.header.service_part;
        header.service_len = self.header.service_len;
        Ok(())
    }
}

/// As [`PreparedAction::prepare`]; returns the bytes used.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare_action(action: &[u8], memory: &mut [u8]) -> Result<usize, PrepareError> {
    clear(memory);
    let size = PreparedAction::size(action)?;
    let naming = |error: RequestError| error.naming(|| Some(Member::Action));
    let facts = ActionFacts::check(action).map_err(naming)?;
    let Some(memory) = memory.get_mut(..size) else { return Err(PrepareError::TooSmall(size)) };
    let header = ActionHeader {
        magic: ACTION_MAGIC,
        format: U16::new(REQUEST_FORMAT),
        names: U16::new(facts.names),
        size: number(size)?,
        action_part: U32::new(facts.action_part),
        service_part: U32::new(facts.service_part),
        service_len: U32::new(facts.service_len),
    };
    let mut output = Output::new(memory, 0);
    output.copied(header.as_bytes())?;
    output.text(action).map_err(naming)?;
    output.folded(action).map_err(naming)?;
    Ok(size)
}
