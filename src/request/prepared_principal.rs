//! A prepared principal: what a request begins with, as far as it is the principal's, and the dictionary that the slots
//! of its requests are of. It is laid out as a request is, so that assembling one copies it.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, FromZeros};

use super::applicable;
use super::caller::{Principal, PrincipalType};
use super::contradiction::Own;
use super::derived;
use super::malformed::RequestError;
use super::member::Member;
use super::memory::{Output, PrepareError, bounded, clear, explain, number};
use super::principal::{PrincipalFacts, check_principal};
use super::records::{
    ContextHeader, ContextRecord, DERIVE_RESOURCE_ACCOUNT, GATEWAY_ENDPOINT, PRINCIPAL_MAGIC, PrincipalTexts,
    REQUEST_FORMAT, RequestHeader, ResourceRecord, Text, WORDS,
};
use crate::ground::limits::DEFAULT_BUDGET;
use crate::image::dictionary::Dictionary;
use crate::image::layer::Layers;

/// Who makes requests, and what else they have in common, before it is prepared.
///
/// ```
/// use iamlet::{Layers, Principal, PrincipalInput};
///
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let input = PrincipalInput::new(alice).absent(!Layers::IDENTITY).budget(100_000);
/// assert!(input.size()? < 1024);
/// # Ok::<(), iamlet::RequestError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PrincipalInput<'a> {
    pub(crate) principal: Principal<'a>,
    pub(crate) common: Common,
    pub(crate) dictionary: Option<Dictionary<'a>>,
}

/// What a request says beside its principal that does not depend on action, resource or time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Common {
    pub(crate) absent: Layers,
    pub(crate) gateway_endpoint: bool,
    pub(crate) derive_resource_account: bool,
    pub(crate) budget: u64,
}

impl<'a> PrincipalInput<'a> {
    /// This principal, without absent layers and without a dictionary, with the default budget.
    #[must_use]
    pub fn new(principal: Principal<'a>) -> Self {
        let common = Common {
            absent: Layers::NONE,
            gateway_endpoint: false,
            derive_resource_account: false,
            budget: 0,
        };
        Self { principal, common, dictionary: None }
    }

    /// The dictionary whose slots stand for context keys. Without one, no entry has a slot.
    #[must_use]
    pub fn dictionary(self, dictionary: Dictionary<'a>) -> Self {
        Self { dictionary: Some(dictionary), ..self }
    }

    /// As [`RequestInput::absent`](crate::RequestInput::absent).
    #[must_use]
    pub fn absent(self, layers: Layers) -> Self {
        Self { common: Common { absent: layers, ..self.common }, ..self }
    }

    /// As [`RequestInput::gateway_endpoint`](crate::RequestInput::gateway_endpoint).
    #[must_use]
    pub fn gateway_endpoint(self, is: bool) -> Self {
        Self { common: Common { gateway_endpoint: is, ..self.common }, ..self }
    }

    /// As [`RequestInput::derive_resource_account`](crate::RequestInput::derive_resource_account).
    #[must_use]
    pub fn derive_resource_account(self, derive: bool) -> Self {
        Self { common: Common { derive_resource_account: derive, ..self.common }, ..self }
    }

    /// As [`RequestInput::budget`](crate::RequestInput::budget).
    #[must_use]
    pub fn budget(self, steps: u64) -> Self {
        Self { common: Common { budget: steps, ..self.common }, ..self }
    }

    /// The bytes that the prepared principal takes at most.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`].
    pub fn size(&self) -> Result<usize, RequestError> {
        self.room().map_err(|error| error.naming(|| self.wrong_member()))
    }

    fn room(&self) -> Result<usize, RequestError> {
        let dictionary = self.dictionary.map_or(0, |dictionary| dictionary.as_bytes().len());
        Ok(size_of::<RequestHeader>() + dictionary + texts_room(&self.principal)?)
    }

    /// The first text of the principal that is too long or not UTF-8.
    pub(crate) fn wrong_member(&self) -> Option<Member> {
        self.principal.wrong_member()
    }
}

/// The bytes that the account, or user id, that the engine derives may take beside the texts.
const DERIVED_TEXT: usize = 64;

/// The bytes that a principal's texts and those derived from them take at most.
pub(super) fn texts_room(principal: &Principal<'_>) -> Result<usize, RequestError> {
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
    ];
    let mut room = DERIVED_TEXT;
    for text in texts {
        room += bounded(text)?.len();
    }
    Ok(room)
}

/// Writes what a principal makes of its requests into the head of one, texts behind. Returns what they say.
pub(super) fn write_head<'a>(
    principal: &Principal<'a>,
    common: &Common,
    header: &mut RequestHeader,
    output: &mut Output<'_>,
) -> Result<PrincipalFacts<'a>, RequestError> {
    let flag = |set: bool, flag: u32| if set { flag } else { 0 };
    let facts = check_principal(principal)?;
    let texts = PrincipalTexts::write(principal, &facts, output)?;
    header.derived = derived::write(principal, &facts, &texts, output)?;
    header.principal = texts;
    header.words = WORDS;
    header.format = U16::new(REQUEST_FORMAT);
    header.principal_type = facts.kind as u8;
    header.flags = U32::new(
        flag(common.gateway_endpoint, GATEWAY_ENDPOINT)
            | flag(common.derive_resource_account, DERIVE_RESOURCE_ACCOUNT),
    );
    header.absent = U32::new(common.absent.bits().into());
    header.layers = applicable::to_principal(principal, &facts).bits();
    header.budget = U64::new(if common.budget == 0 { DEFAULT_BUDGET } else { common.budget });
    Ok(facts)
}

/// A prepared principal, looked at in place: all that its requests have in common was worked out once, a session for
/// example. Each request is then [assembled](crate::Request::assemble) from it.
///
/// ```
/// use iamlet::{AssemblyInput, Dictionary, Layers, PreparedAction, PreparedPrincipal, Principal, PrincipalInput};
/// use iamlet::{Request, Resource, SlotEntry};
///
/// // Once a program, a session and an action.
/// let (mut words, mut session, mut action) = ([0; 256], [0; 1024], [0; 64]);
/// let dictionary = Dictionary::build(["aws:SourceIp"], &mut words)?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let input = PrincipalInput::new(alice).absent(!Layers::IDENTITY).dictionary(dictionary);
/// let alice = PreparedPrincipal::prepare(&input, &mut session)?;
/// let get = PreparedAction::prepare("s3:GetObject", &mut action)?;
///
/// // Once a request. A key without a slot is named by no policy: leave it out.
/// let slot = dictionary.slot("aws:SourceIp").unwrap_or_default();
/// let entries = [SlotEntry::new(slot, &["203.0.113.7"])];
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let mut memory = [0; 1024];
/// let request = Request::assemble(&alice, &get, &AssemblyInput::new(plan).entries(&entries), &mut memory)?;
/// # let _ = request;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PreparedPrincipal<'a> {
    pub(super) header: &'a RequestHeader,
    pub(super) kind: PrincipalType,
    pub(super) bytes: &'a [u8],
}

impl<'a> PreparedPrincipal<'a> {
    /// Prepares a principal in `memory`, which holds none after an error.
    ///
    /// All is copied, the dictionary too: nothing of `input` needs to live on. It serves any number of requests, from
    /// any number of threads. Cost: linear in its texts and the dictionary.
    ///
    /// # Errors
    /// [`PrepareError`].
    pub fn prepare(input: &PrincipalInput<'_>, memory: &'a mut [u8]) -> Result<Self, PrepareError> {
        prepare_principal(input, memory)?;
        Ok(Self::open(memory)?)
    }

    /// Looks at a principal that [`prepare`](Self::prepare) wrote, by this build of the library. Constant time.
    ///
    /// # Errors
    /// [`RequestError::NoPreparedPrincipal`] where the bytes are none.
    #[inline]
    pub fn open(bytes: &'a [u8]) -> Result<Self, RequestError> {
        Self::view(bytes).ok_or(RequestError::NoPreparedPrincipal)
    }

    #[inline]
    fn view(bytes: &'a [u8]) -> Option<Self> {
        let (header, _) = RequestHeader::ref_from_prefix(bytes).ok()?;
        if header.magic != PRINCIPAL_MAGIC || header.format.get() != REQUEST_FORMAT {
            return None;
        }
        let bytes = bytes.get(..header.size.get() as usize)?;
        let kind = PrincipalType::from_number(u32::from(header.principal_type))?;
        Some(Self { header, kind, bytes })
    }

    /// What its resources have to go together with.
    #[inline]
    pub(super) fn own(&self) -> Own<'a> {
        let texts = &self.header.principal;
        Own {
            kind: self.kind,
            account: texts.account.of(self.bytes),
            partition: texts.partition.of(self.bytes),
        }
    }

    /// The account in its provider's ARN, if it is one.
    pub(super) fn provider_account(&self) -> &'a [u8] {
        self.header.principal.provider_account.of(self.bytes)
    }

    /// The bytes that it was opened from: they may be kept, moved and opened again, by this build of the library.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The fingerprint of its dictionary, whose slots its requests take; 0 where it has none.
    #[must_use]
    pub fn dictionary(&self) -> u64 {
        self.header.dictionary.get()
    }
}

/// As [`PreparedPrincipal::prepare`]; returns the bytes used.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare_principal(input: &PrincipalInput<'_>, memory: &mut [u8]) -> Result<usize, PrepareError> {
    clear(memory);
    write(input, memory).map_err(|error| {
        clear(memory);
        explain(error.naming(|| input.wrong_member()), input.size(), memory.len())
    })
}

fn write(input: &PrincipalInput<'_>, memory: &mut [u8]) -> Result<usize, RequestError> {
    let (header, rest) = RequestHeader::mut_from_prefix(memory).map_err(|_| RequestError::TooLarge(None))?;
    header.zero();
    let mut output = Output::new(rest, size_of::<RequestHeader>());
    header.context = write_dictionary(input.dictionary.as_ref(), &mut output)?;
    write_head(&input.principal, &input.common, header, &mut output)?;
    header.resource = ResourceRecord::none();
    header.dictionary = U64::new(input.dictionary.map_or(0, |dictionary| dictionary.fingerprint()));
    header.size = number(output.used())?;
    // Now that all of it is there.
    header.magic = PRINCIPAL_MAGIC;
    Ok(output.used())
}

/// Copies the tables and names of a dictionary, as a context without values.
fn write_dictionary(
    dictionary: Option<&Dictionary<'_>>,
    output: &mut Output<'_>,
) -> Result<ContextHeader, RequestError> {
    let start = output.used();
    let Some(dictionary) = dictionary else {
        return Ok(ContextHeader { start: number(start)?, ..ContextHeader::default() });
    };
    let (slots, from, crowded_first) = dictionary.tables();
    for (slot, from) in output.table::<U16>(slots.len())?.iter_mut().zip(slots) {
        *slot = *from;
    }
    let records: &mut [ContextRecord] = output.table(from.len())?;
    let (names, names_start) = dictionary.names();
    let moved = output.copied(names)?.get().wrapping_sub(number(names_start)?.get());
    for (record, from) in records.iter_mut().zip(from) {
        let start = U32::new(from.name.start.get().wrapping_add(moved));
        // Even of a dictionary that was changed, no key has values before it is given some.
        *record = ContextRecord {
            hash: from.hash,
            name: Text { start, len: from.name.len },
            known: from.known,
            ..ContextRecord::default()
        };
    }
    Ok(ContextHeader {
        start: number(start)?,
        slots: number(slots.len())?,
        records: number(from.len())?,
        values_start: U32::ZERO,
        values: U32::ZERO,
        crowded_first: U32::new(crowded_first),
        crowded: number(from.len().saturating_sub(crowded_first as usize))?,
    })
}
