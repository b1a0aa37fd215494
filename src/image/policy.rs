//! A policy image that has been checked, and views of what it holds.

use core::fmt;

use zerocopy::FromBytes;

use super::kind::PolicyKind;
use super::records::{
    ConditionRecord, KeyRecord, POLICY_FORMAT, POLICY_MAGIC, PolicyHeader, Span, StatementRecord,
    VERSION_2012, VariableRecord, slice,
};

/// Why bytes are no policy image or policy set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A policy image, looked at in place. Copying it copies six slices.
///
/// Nothing about it owns memory; it may be shared between threads. Every access is checked, so that an image which
/// changes after [`Policy::open`] gives a wrong answer at worst.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    header: &'a PolicyHeader,
    statements: &'a [StatementRecord],
    conditions: &'a [ConditionRecord],
    spans: &'a [Span],
    keys: &'a [KeyRecord],
    variables: &'a [VariableRecord],
    text: &'a [u8],
}

/// Takes `count` records off the front of `bytes`.
fn table<T>(bytes: &[u8], count: usize) -> Result<(&[T], &[u8]), ImageError>
where
    T: FromBytes + zerocopy::Immutable + zerocopy::KnownLayout + zerocopy::Unaligned,
{
    <[T]>::ref_from_prefix_with_elems(bytes, count).map_err(|_| ImageError::WrongSize)
}

impl<'a> Policy<'a> {
    /// Opens an image: checks every record of it, once, in time linear in its size.
    ///
    /// # Errors
    /// Any bytes may be offered. What is not an image that this version of the engine could have written is refused,
    /// except that texts are not compared with the grammar of policies again.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let policy = Self::view(bytes)?;
        super::check::check(&policy)?;
        Ok(policy)
    }

    /// Divides an image into its tables without looking into them. For images that were opened before.
    ///
    /// # Errors
    /// Where the tables do not fill the bytes exactly.
    pub(crate) fn view(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let (header, rest) = PolicyHeader::ref_from_prefix(bytes).map_err(|_| ImageError::NotAnImage)?;
        if header.magic != POLICY_MAGIC {
            return Err(ImageError::NotAnImage);
        }
        if header.format.get() != POLICY_FORMAT {
            return Err(ImageError::OtherFormat(header.format.get()));
        }
        if header.size.get() as usize != bytes.len() {
            return Err(ImageError::WrongSize);
        }
        let (statements, rest) = table(rest, header.statements.get() as usize)?;
        let (conditions, rest) = table(rest, header.conditions.get() as usize)?;
        let (spans, rest) = table(rest, header.spans.get() as usize)?;
        let (keys, rest) = table(rest, usize::from(header.keys.get()))?;
        let (variables, text) = table(rest, usize::from(header.variables.get()))?;
        if text.len() != header.text.get() as usize {
            return Err(ImageError::WrongSize);
        }
        Ok(Self { header, statements, conditions, spans, keys, variables, text })
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
        self.statements.len()
    }

    /// The `Sid` of a statement; empty where it has none.
    #[must_use]
    pub fn sid(&self, statement: usize) -> Option<&'a str> {
        let record = self.statements.get(statement)?;
        core::str::from_utf8(slice(self.text, record.sid_start, record.sid_len)?).ok()
    }

    /// The header, for the check.
    pub(crate) fn header(&self) -> &'a PolicyHeader {
        self.header
    }

    /// The statements.
    pub(crate) fn statements(&self) -> &'a [StatementRecord] {
        self.statements
    }

    /// All conditions of all statements.
    pub(crate) fn conditions(&self) -> &'a [ConditionRecord] {
        self.conditions
    }

    /// All spans of all statements.
    pub(crate) fn spans(&self) -> &'a [Span] {
        self.spans
    }

    /// The context keys that conditions and variables name.
    pub(crate) fn keys(&self) -> &'a [KeyRecord] {
        self.keys
    }

    /// The policy variables.
    pub(crate) fn variables(&self) -> &'a [VariableRecord] {
        self.variables
    }

    /// The text that all records point into.
    pub(crate) fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Spans `first..first + count`, or none where they leave the table.
    fn run(&self, first: usize, count: usize) -> &'a [Span] {
        self.spans.get(first..).and_then(|rest| rest.get(..count)).unwrap_or_default()
    }

    /// The spans of a statement's `Principal` or `NotPrincipal`.
    pub(crate) fn principals(&self, statement: &StatementRecord) -> &'a [Span] {
        self.run(statement.first_span.get() as usize, usize::from(statement.principals.get()))
    }

    /// The spans of its `Action` or `NotAction`.
    #[inline]
    pub(crate) fn actions(&self, statement: &StatementRecord) -> &'a [Span] {
        let first = statement.first_span.get() as usize + usize::from(statement.principals.get());
        self.run(first, usize::from(statement.actions.get()))
    }

    /// The spans of its `Resource` or `NotResource`.
    #[inline]
    pub(crate) fn resources(&self, statement: &StatementRecord) -> &'a [Span] {
        let first = statement.first_span.get() as usize
            + usize::from(statement.principals.get())
            + usize::from(statement.actions.get());
        self.run(first, usize::from(statement.resources.get()))
    }

    /// Its conditions, a key of an operator each.
    #[inline]
    pub(crate) fn statement_conditions(&self, statement: &StatementRecord) -> &'a [ConditionRecord] {
        let first = statement.first_condition.get() as usize;
        let count = usize::from(statement.conditions.get());
        self.conditions.get(first..).and_then(|rest| rest.get(..count)).unwrap_or_default()
    }

    /// The values of a condition.
    #[inline]
    pub(crate) fn values(&self, condition: &ConditionRecord) -> &'a [Span] {
        self.run(condition.first_value.get() as usize, usize::from(condition.values.get()))
    }
}
