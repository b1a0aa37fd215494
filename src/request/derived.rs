//! The context keys that the engine derives from the principal and the clock (R-CTX-1).

use zerocopy::little_endian::U32;

use super::caller::{Principal, PrincipalType};
use super::malformed::RequestError;
use super::memory::Output;
use super::principal::PrincipalFacts;
use super::records::{PrincipalTexts, RequestHeader, Text, WORDS};
use super::view::Request;
use crate::ground::date::{self, Instant};
use crate::ground::limits::MAX_NOT_FETCHED;
use crate::image::known_key::KnownKey;

pub(crate) type Derived = [Text; KnownKey::TABLE];

const ASSUMED_ROLE: Text = word(0, 11);
const FEDERATED_USER: Text = word(11, 13);
const USER: Text = word(20, 4);
const ACCOUNT: Text = word(24, 7);
const LOWER_ANONYMOUS: Text = word(31, 9);
const ANONYMOUS: Text = word(40, 9);
const TRUE: Text = word(49, 4);
const FALSE: Text = word(53, 5);

/// The text of a piece of [`WORDS`] in a prepared request.
const fn word(start: u32, len: u32) -> Text {
    Text { start: U32::new(RequestHeader::WORDS_START + start), len: U32::new(len) }
}

/// The word that a text is, if it is one of [`WORDS`].
fn as_word(text: Text) -> Option<&'static [u8]> {
    let start = text.start.get().checked_sub(RequestHeader::WORDS_START)? as usize;
    WORDS.get(start..)?.get(..text.len.get() as usize)
}

/// Writes the derived keys of a principal; those of the time are unknown until [`write_clock`].
pub(crate) fn write(
    principal: &Principal<'_>,
    facts: &PrincipalFacts<'_>,
    texts: &PrincipalTexts,
    output: &mut Output<'_>,
) -> Result<Derived, RequestError> {
    let mut derived = [Text::CALLERS; KnownKey::TABLE];
    let mut set = |key: KnownKey, text: Text| {
        if let Some(slot) = derived.get_mut(key as usize) {
            *slot = text;
        }
    };
    let (absent, unknown) = (Text::ABSENT, Text::CALLERS_OR_UNKNOWN);
    let account = texts.account;
    let (arn, account, kind, user_id) = match facts.kind {
        // R-CTX-7: the unique id, if it is known.
        PrincipalType::User if principal.unique_id.is_empty() => (texts.arn, account, USER, unknown),
        PrincipalType::User => (texts.arn, account, USER, texts.unique_id),
        // The key holds the role's ARN, not the session's.
        PrincipalType::RoleSession => {
            let id = match principal.unique_id {
                [] => unknown,
                role => output.pieces([role, b":", facts.name])?,
            };
            (texts.role_arn, account, ASSUMED_ROLE, id)
        }
        PrincipalType::FederatedUser => {
            let id = output.pieces([facts.account.unwrap_or_default(), b":", facts.name])?;
            (texts.arn, account, FEDERATED_USER, id)
        }
        PrincipalType::Root => (texts.arn, account, ACCOUNT, account),
        // R-CTX-7: these have an account and a type that are not known here.
        PrincipalType::Service | PrincipalType::Saml | PrincipalType::Oidc => {
            (absent, unknown, unknown, Text::CALLERS)
        }
        PrincipalType::OriginAccessIdentity => (texts.arn, unknown, unknown, unknown),
        PrincipalType::Anonymous => (absent, LOWER_ANONYMOUS, ANONYMOUS, LOWER_ANONYMOUS),
    };
    set(KnownKey::PrincipalArn, arn);
    set(KnownKey::PrincipalAccount, account);
    set(KnownKey::PrincipalType, kind);
    set(KnownKey::UserId, user_id);
    let user_name = match facts.kind {
        PrincipalType::User => texts.arn.part(principal.arn, facts.name),
        // It is written as a user, and what AWS sends for it is not documented.
        PrincipalType::OriginAccessIdentity => unknown,
        _ => absent,
    };
    set(KnownKey::UserName, user_name);
    let is_service = match facts.kind {
        // Their requests are not signed with AWS credentials.
        PrincipalType::Saml | PrincipalType::Oidc | PrincipalType::Anonymous => absent,
        PrincipalType::Service => TRUE,
        _ => FALSE,
    };
    set(KnownKey::PrincipalIsAwsService, is_service);
    let is_service = facts.kind == PrincipalType::Service;
    set(KnownKey::PrincipalServiceName, if is_service { texts.service } else { absent });
    // R-CTX-3
    set(KnownKey::CurrentTime, unknown);
    set(KnownKey::EpochTime, unknown);
    Ok(derived)
}

/// R-CTX-3: one clock, as a date and as seconds.
pub(crate) fn write_clock(
    seconds: i64,
    derived: &mut Derived,
    output: &mut Output<'_>,
) -> Result<(), RequestError> {
    let mut date = [0; 20];
    if !date::format_utc(seconds, &mut date) {
        return Err(RequestError::Clock);
    }
    // The year 0 is some 62 billion seconds before 1970: 12 digits and a sign are enough.
    let mut digits = [0; 13];
    let mut rest = seconds.unsigned_abs();
    let mut first = digits.len();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        first = at;
        if rest == 0 {
            break;
        }
    }
    // R-DATE-2: four digits alone would be a year.
    let sign: &[u8] = match seconds {
        ..0 => b"-",
        1_000..10_000 => b"0",
        _ => b"",
    };
    let current = output.text(&date)?;
    let epoch = output.pieces([sign, digits.get(first..).unwrap_or_default()])?;
    for (key, text) in [(KnownKey::CurrentTime, current), (KnownKey::EpochTime, epoch)] {
        if let Some(slot) = derived.get_mut(key as usize) {
            *slot = text;
        }
    }
    Ok(())
}

/// What the engine says of known keys, for comparison with what the caller says.
pub(crate) struct Known<'k> {
    pub(crate) derived: &'k Derived,
    /// The request whose texts `derived` names, for an item; without it they are the output's own.
    pub(crate) derived_in: Option<Request<'k>>,
    /// `aws:ResourceAccount`, whose text is always the output's.
    pub(crate) resource_account: Text,
}

impl Known<'_> {
    fn text(&self, key: KnownKey) -> Text {
        match key {
            KnownKey::ResourceAccount => self.resource_account,
            _ => self.derived.get(key as usize).copied().unwrap_or(Text::CALLERS),
        }
    }

    /// Whether the engine speaks for the key with this number, so that the caller's entry is not kept.
    pub(crate) fn has(&self, number: u8) -> bool {
        KnownKey::from_number(number).is_some_and(|known| !self.text(known).is_callers())
    }

    /// As [`has`](Self::has), once the caller's entry was compared: one that contradicts the engine makes the request
    /// malformed (R-CTX-1). `first` is the first of its values.
    pub(crate) fn settles<'v>(
        &self,
        number: u8,
        entry: Entry,
        first: impl FnOnce() -> &'v [u8],
        output: &Output<'_>,
        said: &mut Said,
    ) -> Result<bool, RequestError> {
        let Some(known) = KnownKey::from_number(number) else { return Ok(false) };
        let text = self.text(known);
        if text.is_callers() {
            return Ok(false);
        }
        let bit = 1_u16.wrapping_shl(u32::from(number));
        if entry.multivalued {
            said.multivalued |= bit;
        }
        if entry.values == 0 {
            return Ok(true);
        }
        // R-MULTI-5: a second value, of this entry or of an earlier one, is one too many: the engine's is one.
        if entry.values > 1 || said.stated & bit != 0 {
            return Err(RequestError::DerivedKey(known));
        }
        said.stated |= bit;
        let expected = match (known, self.derived_in) {
            // Never a word: where a request has its words, an item has its texts.
            (KnownKey::ResourceAccount, _) => output.read(text),
            (_, Some(request)) => request.text(text),
            (_, None) => as_word(text).unwrap_or_else(|| output.read(text)),
        };
        if text != Text::ABSENT && says(known, first(), expected) {
            Ok(true)
        } else {
            Err(RequestError::DerivedKey(known))
        }
    }
}

/// What an entry of a context says beside its values.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// The caller declares the key multivalued (R-MULTI-6).
    pub(crate) multivalued: bool,
    /// How many values there are.
    pub(crate) values: usize,
    /// The key is not fetched yet.
    pub(crate) not_fetched: bool,
}

/// What entries said so far of keys that the engine derives, a bit each.
#[derive(Clone, Copy, Default)]
pub(crate) struct Said {
    /// Those that were declared multivalued (R-MULTI-6).
    pub(crate) multivalued: u16,
    /// Those that had a value.
    stated: u16,
    /// How many keys are not fetched yet.
    pub(crate) not_fetched: u8,
}

impl Said {
    /// The number of a key that is not fetched yet, which may have one.
    pub(crate) fn number(&mut self, earlier: u8) -> Result<u8, RequestError> {
        if earlier != 0 {
            return Ok(earlier);
        }
        if usize::from(self.not_fetched) >= MAX_NOT_FETCHED {
            return Err(RequestError::NotFetched);
        }
        self.not_fetched += 1;
        Ok(self.not_fetched)
    }
}

/// Whether the caller's value says the same as the engine's.
fn says(key: KnownKey, value: &[u8], expected: &[u8]) -> bool {
    match key {
        KnownKey::PrincipalIsAwsService => value.eq_ignore_ascii_case(expected),
        // Either key may be written as a date or in seconds.
        KnownKey::CurrentTime | KnownKey::EpochTime => {
            Instant::parse(value).is_some_and(|instant| Some(instant) == Instant::parse(expected))
        }
        KnownKey::PrincipalArn
        | KnownKey::PrincipalAccount
        | KnownKey::PrincipalType
        | KnownKey::UserId
        | KnownKey::UserName
        | KnownKey::PrincipalServiceName
        | KnownKey::ResourceAccount => value == expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_where_its_text_says() {
        for (text, expected) in [
            (ASSUMED_ROLE, "AssumedRole"),
            (FEDERATED_USER, "FederatedUser"),
            (USER, "User"),
            (ACCOUNT, "Account"),
            (LOWER_ANONYMOUS, "anonymous"),
            (ANONYMOUS, "Anonymous"),
            (TRUE, "true"),
            (FALSE, "false"),
        ] {
            assert_eq!(as_word(text), Some(expected.as_bytes()));
        }
        assert_eq!(as_word(Text::EMPTY), None);
        assert_eq!(as_word(Text::ABSENT), None);
    }
}
