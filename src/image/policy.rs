//! A policy image that has been checked, and views of what it holds.

use core::fmt;

use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::kind::PolicyKind;
use super::records::{
    ConditionRecord, KeyRecord, POLICY_FORMAT, POLICY_MAGIC, PolicyHeader, Span, StatementRecord,
    VERSION_2012, VariableRecord, records, slice,
};

/// Why bytes are no policy image or policy set.
///
/// ```
/// use iamlet::{ImageError, Policy};
///
/// assert_eq!(Policy::open(b"no image").unwrap_err(), ImageError::NotAnImage);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// The bytes do not begin as an image does.
    NotAnImage,
    /// The image has another format version; compile the policy again.
    OtherFormat(u16),
    /// The image is longer or shorter than it says.
    WrongSize,
    /// Something inside contradicts the format.
    Corrupt,
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnImage => f.write_str("these bytes are no image"),
            Self::OtherFormat(version) => {
                write!(f, "the image has format version {version}, which this library does not read")
            }
            Self::WrongSize => f.write_str("the image is longer or shorter than it says"),
            Self::Corrupt => f.write_str("the image contradicts its format"),
        }
    }
}

impl core::error::Error for ImageError {}

/// A policy image, looked at in place. Copying it copies six words.
///
/// Nothing about it owns memory; it may be shared between threads. Every access is checked, so that an image which
/// changes after [`Policy::open`] gives a wrong answer at worst.
///
/// ```
/// use iamlet::{CompileOptions, Policy, PolicyKind, SmallScratch};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*",
///     "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#;
/// let (mut scratch, mut memory) = (SmallScratch::new(), [0; 512]);
/// let policy = Policy::compile(PolicyKind::Identity, json, CompileOptions::default(), &mut scratch, &mut memory)?;
/// assert_eq!((policy.statement_count(), policy.sid(0)), (1, Some("Read")));
/// assert_eq!(policy.context_key(0), Some("aws:securetransport"));
/// // An image may be stored, and opened where it is needed.
/// let stored = policy.as_bytes().to_vec();
/// assert_eq!(Policy::open(&stored)?.kind(), Some(PolicyKind::Identity));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    header: &'a PolicyHeader,
    bytes: &'a [u8],
    /// Where the spans begin in the bytes. The other tables are found when they are asked for: a decision looks at a
    /// statement or two of a policy.
    spans_start: usize,
    text: &'a [u8],
}

/// The spans of a statement, by what they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StatementSpans<'a> {
    /// `Principal` or `NotPrincipal`.
    pub(crate) principals: &'a [Span],
    /// `Action` or `NotAction`.
    pub(crate) actions: &'a [Span],
    /// `Resource` or `NotResource`.
    pub(crate) resources: &'a [Span],
}

/// Where in an image its tables begin.
pub(super) struct Places {
    pub(super) spans: usize,
    pub(super) keys: usize,
    pub(super) variables: usize,
    pub(super) text: usize,
}

impl<'a> Policy<'a> {
    /// Divides an image into its tables without looking into them. For images that were opened before.
    ///
    /// # Errors
    /// Where the tables do not fill the bytes exactly.
    pub(crate) fn view(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let (header, _) = PolicyHeader::ref_from_prefix(bytes).map_err(|_| ImageError::NotAnImage)?;
        if header.magic != POLICY_MAGIC {
            return Err(ImageError::NotAnImage);
        }
        if header.format.get() != POLICY_FORMAT {
            return Err(ImageError::OtherFormat(header.format.get()));
        }
        if header.size.get() as usize != bytes.len() {
            return Err(ImageError::WrongSize);
        }
        // In 64 bits, which no counts of 32 bits exceed.
        let table = |count: u32, record: usize| u64::from(count) * record as u64;
        let spans_start = size_of::<PolicyHeader>() as u64
            + table(header.statements.get(), size_of::<StatementRecord>())
            + table(header.conditions.get(), size_of::<ConditionRecord>());
        let text_start = spans_start
            + table(header.spans.get(), size_of::<Span>())
            + table(header.keys.get().into(), size_of::<KeyRecord>())
            + table(header.variables.get().into(), size_of::<VariableRecord>());
        let (Ok(spans_start), Ok(text_start)) = (usize::try_from(spans_start), usize::try_from(text_start))
        else {
            return Err(ImageError::WrongSize);
        };
        let text = bytes.get(text_start..).ok_or(ImageError::WrongSize)?;
        if text.len() != header.text.get() as usize {
            return Err(ImageError::WrongSize);
        }
        Ok(Self { header, bytes, spans_start, text })
    }

    /// The image: it may be stored, sent and opened again, by every library of the same format.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The kind of the policy.
    #[must_use]
    pub fn kind(&self) -> Option<PolicyKind> {
        PolicyKind::from_number(u32::from(self.header.kind))
    }

    /// Whether its `Version` is 2012-10-17 (R-DOC-13).
    #[must_use]
    pub fn is_version_2012(&self) -> bool {
        self.header.flags & VERSION_2012 != 0
    }

    /// How many statements it has.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.header.statements.get() as usize
    }

    /// The `Sid` of a statement; empty where it has none.
    #[must_use]
    pub fn sid(&self, statement: usize) -> Option<&'a str> {
        let record = self.statement(statement)?;
        core::str::from_utf8(slice(self.text, record.sid_start, record.sid_len)?).ok()
    }

    /// How many context keys its conditions and policy variables name.
    #[must_use]
    pub fn context_key_count(&self) -> usize {
        self.keys().len()
    }

    /// The name, in lower case (R-COND-6), of one of these context keys: each is there once, in no order of meaning. The
    /// values that a request has for other keys change nothing in what this policy says. `None` beyond the last.
    #[must_use]
    pub fn context_key(&self, number: usize) -> Option<&'a str> {
        let record = self.keys().get(number)?;
        core::str::from_utf8(slice(self.text, record.start, record.len)?).ok()
    }

    /// The header, for the check.
    pub(crate) fn header(&self) -> &'a PolicyHeader {
        self.header
    }

    /// `count` records from `start`, or none where they leave the bytes.
    #[inline]
    fn records<T>(&self, start: usize, count: usize) -> &'a [T]
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        records(self.bytes, start, count).unwrap_or_default()
    }

    /// Where in the image its tables begin.
    pub(super) fn places(&self) -> Places {
        let table = |count: usize, record: usize| count.saturating_mul(record);
        let keys = self.spans_start + table(self.header.spans.get() as usize, size_of::<Span>());
        Places {
            spans: self.spans_start,
            keys,
            variables: keys + table(self.header.keys.get().into(), size_of::<KeyRecord>()),
            text: self.bytes.len() - self.text.len(),
        }
    }

    /// The statements.
    pub(crate) fn statements(&self) -> &'a [StatementRecord] {
        self.records(size_of::<PolicyHeader>(), self.statement_count())
    }

    /// The statement with this number.
    #[inline]
    pub(crate) fn statement(&self, number: usize) -> Option<&'a StatementRecord> {
        self.statements().get(number)
    }

    /// All conditions of all statements.
    #[inline]
    pub(crate) fn conditions(&self) -> &'a [ConditionRecord] {
        let count = self.header.conditions.get() as usize;
        self.records(self.spans_start.wrapping_sub(count * size_of::<ConditionRecord>()), count)
    }

    /// All spans of all statements.
    #[inline]
    pub(crate) fn spans(&self) -> &'a [Span] {
        self.records(self.spans_start, self.header.spans.get() as usize)
    }

    /// The context keys that conditions and variables name.
    #[inline]
    pub(crate) fn keys(&self) -> &'a [KeyRecord] {
        self.records(self.places().keys, usize::from(self.header.keys.get()))
    }

    /// The policy variables.
    pub(crate) fn variables(&self) -> &'a [VariableRecord] {
        self.records(self.places().variables, usize::from(self.header.variables.get()))
    }

    /// The text that all records point into.
    #[inline]
    pub(crate) fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The spans of a statement, but for the values of its conditions; `None` where they leave the table.
    #[inline]
    pub(crate) fn statement_spans(&self, statement: &StatementRecord) -> Option<StatementSpans<'a>> {
        let (principals, actions) =
            (usize::from(statement.principals.get()), usize::from(statement.actions.get()));
        let count = principals + actions + usize::from(statement.resources.get());
        let spans = self.spans().get(statement.first_span.get() as usize..)?.get(..count)?;
        let (principals, rest) = spans.split_at_checked(principals)?;
        let (actions, resources) = rest.split_at_checked(actions)?;
        Some(StatementSpans { principals, actions, resources })
    }

    /// Its conditions, a key of an operator each.
    #[inline]
    pub(crate) fn statement_conditions(&self, statement: &StatementRecord) -> &'a [ConditionRecord] {
        let first = statement.first_condition.get() as usize;
        let count = usize::from(statement.conditions.get());
        self.conditions().get(first..).and_then(|rest| rest.get(..count)).unwrap_or_default()
    }

    /// The values of a condition.
    #[inline]
    pub(crate) fn values(&self, condition: &ConditionRecord) -> &'a [Span] {
        let first = condition.first_value.get() as usize;
        let count = usize::from(condition.values.get());
        self.spans().get(first..).and_then(|rest| rest.get(..count)).unwrap_or_default()
    }
}
