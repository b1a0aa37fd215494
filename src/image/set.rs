//! Policy sets: policies that apply together, each at its layer and with the caller's tag, in one image.

use core::fmt;

use zerocopy::FromBytes;
use zerocopy::little_endian::U32;

use super::index::Index;
use super::kind::PolicyKind;
use super::layer::{Layer, Layers};
use super::policy::{ImageError, Policy};
use super::records::{record, records};
use super::set_records::{ConditionRow, Row, SET_FORMAT, SET_MAGIC, SetEntry, SetHeader};
use super::statement::Statement;
use crate::ground::limits::MAX_LEVELS;

/// Why a set cannot be built or combined.
///
/// ```
/// use iamlet::{Layer, PolicyBuf, PolicyKind, PolicySetBuf, SetError};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Boundary, json)?;
/// assert_eq!(PolicySetBuf::new([policy.at(Layer::Identity)]), Err(SetError::WrongLayer(0)));
/// assert_eq!(PolicySetBuf::new([policy.at(Layer::Boundary); 2]), Err(SetError::Repeated(1)));
/// # Ok::<(), iamlet::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The policy with this number is no policy image.
    Policy(usize, ImageError),
    /// The policy with this number is of a kind that does not apply at its layer.
    WrongLayer(usize),
    /// The policy with this number has a level that its layer does not have.
    Level(usize),
    /// More levels than [`MAX_LEVELS`].
    TooManyLevels,
    /// The layer holds one policy at most, and this policy is its second (R-GEN-1).
    Repeated(usize),
    /// More policies or bytes than a set can number.
    TooManyPolicies,
    /// The output has fewer bytes than this.
    OutputTooSmall(usize),
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(at, _) => write!(f, "policy {at} is no policy image of this library"),
            Self::WrongLayer(at) => write!(f, "policy {at} is of a kind that does not apply at its layer"),
            Self::Level(at) => {
                write!(f, "policy {at} is at a level that the set is not said to have: see `Levels`")
            }
            Self::TooManyLevels => write!(f, "there are more than {MAX_LEVELS} levels"),
            Self::Repeated(at) => write!(f, "policy {at} is the second of a layer that holds one"),
            Self::TooManyPolicies => f.write_str("there are more policies or bytes than a set can number"),
            Self::OutputTooSmall(size) => write!(f, "the output needs {size} bytes"),
        }
    }
}

impl core::error::Error for SetError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Policy(_, error) => Some(error),
            _ => None,
        }
    }
}

/// A policy set, looked at in place: policies that apply together, each at its layer. Copying it copies five words.
///
/// ```
/// use iamlet::{CompileOptions, Layer, Layers, Levels, Policy, PolicyKind, PolicySet, SetPolicy, SmallScratch};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let (mut scratch, mut policy, mut memory) = (SmallScratch::new(), [0; 256], [0; 1024]);
/// let options = CompileOptions::default();
/// let policy = Policy::compile(PolicyKind::ScpFull, json, options, &mut scratch, &mut policy)?;
/// // An organization with a root and one account, and the same policy at both.
/// let policies: [SetPolicy<'_>; 2] = [0, 1].map(|level| policy.at(Layer::Scp).level(level).tag(17));
/// let set = PolicySet::build(policies, Levels { scp: 2, rcp: 0 }, &mut memory)?;
/// assert_eq!((set.layers(), set.levels(Layer::Scp), set.policy_count()), (Layers::SCP, 2, 2));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PolicySet<'a> {
    pub(super) header: &'a SetHeader,
    pub(super) bytes: &'a [u8],
    rows: &'a [Row],
}

impl<'a> PolicySet<'a> {
    /// Finds header and entries without looking further. For sets that were opened before.
    ///
    /// # Errors
    /// Where they do not fit the bytes.
    #[inline]
    pub(crate) fn view(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let (header, rest) = SetHeader::ref_from_prefix(bytes).map_err(|_| ImageError::NotAnImage)?;
        if header.magic != SET_MAGIC {
            return Err(ImageError::NotAnImage);
        }
        if header.format.get() != SET_FORMAT {
            return Err(ImageError::OtherFormat(header.format.get()));
        }
        if header.size.get() as usize != bytes.len() {
            return Err(ImageError::WrongSize);
        }
        // What the header promises must be there; that it is right is what `open` checks.
        let (policies, statements) = (header.policies.get() as usize, header.statements.get() as usize);
        let (_, rest) =
            <[SetEntry]>::ref_from_prefix_with_elems(rest, policies).map_err(|_| ImageError::WrongSize)?;
        let (rows, _) =
            <[Row]>::ref_from_prefix_with_elems(rest, statements).map_err(|_| ImageError::WrongSize)?;
        Ok(Self { header, bytes, rows })
    }

    /// The bytes of the set: they may be stored, sent and opened again, by every library of the same format.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the set has an index. A small set has none: a decision looks at each of its statements.
    #[must_use]
    pub fn has_index(&self) -> bool {
        self.header.has_index != 0
    }

    /// The index, of a set that has one.
    #[inline]
    pub(crate) fn index(&self) -> Option<Index<'a>> {
        if !self.has_index() {
            return None;
        }
        Index::new(self.bytes, self.header.index_start.get() as usize)
    }

    /// The entry with this number.
    #[inline]
    pub(crate) fn entry(&self, number: U32) -> Option<&'a SetEntry> {
        record(self.bytes, size_of::<SetHeader>(), number.get() as usize)
    }

    /// The statements, in the order of their policies.
    #[inline]
    pub(crate) fn rows(&self) -> &'a [Row] {
        self.rows
    }

    /// The conditions, in the order of their statements.
    pub(super) fn conditions(&self) -> &'a [ConditionRow] {
        let count = self.header.conditions.get() as usize;
        records(self.bytes, self.conditions_start(), count).unwrap_or_default()
    }

    /// Where in the set the rows of conditions begin.
    pub(super) fn conditions_start(&self) -> usize {
        size_of::<SetHeader>() + size_of_val(self.entries()) + size_of_val(self.rows)
    }

    /// The statement of a row.
    #[inline]
    pub(crate) fn statement(&self, row: &'a Row) -> Option<Statement<'a>> {
        Statement::new(row, self.bytes)
    }

    /// The kind of the resource's policy, if the set has one.
    #[inline]
    pub(crate) fn resource_kind(&self) -> Option<PolicyKind> {
        PolicyKind::from_number(u32::from(self.header.resource_kind))
    }

    /// The levels that this set declares for a layer: 0 for all but SCPs and RCPs.
    #[must_use]
    pub fn levels(&self, layer: Layer) -> u8 {
        match layer {
            Layer::Scp => self.header.scp_levels,
            Layer::Rcp => self.header.rcp_levels,
            Layer::Resource | Layer::Identity | Layer::Boundary | Layer::Session | Layer::Endpoint => 0,
        }
    }

    /// The layers that the set has: those with a policy, and SCPs and RCPs where there are levels.
    #[must_use]
    #[inline]
    pub fn layers(&self) -> Layers {
        Layers::from_checked_bits(self.header.layers)
    }

    /// All policies, ordered by layer, level and the caller's order.
    #[inline]
    pub(crate) fn entries(&self) -> &'a [SetEntry] {
        records(self.bytes, size_of::<SetHeader>(), self.policy_count()).unwrap_or_default()
    }

    /// How many policies the set holds.
    #[must_use]
    pub fn policy_count(&self) -> usize {
        self.header.policies.get() as usize
    }

    /// How many statements they have.
    #[must_use]
    pub fn statement_count(&self) -> usize {
        self.rows.len()
    }

    /// The bytes of an entry's image.
    pub(super) fn image(&self, entry: &SetEntry) -> Option<&'a [u8]> {
        self.bytes.get(entry.start.get() as usize..)?.get(..entry.size.get() as usize)
    }

    /// The policy of an entry.
    ///
    /// # Errors
    /// Where the image was changed after the set was opened.
    #[inline]
    pub(crate) fn policy(&self, entry: &SetEntry) -> Result<Policy<'a>, ImageError> {
        Policy::view(self.image(entry).ok_or(ImageError::Corrupt)?)
    }

    /// The policy with this number in the list that the set was built from.
    #[must_use]
    pub fn policy_at(&self, index: usize) -> Option<Policy<'a>> {
        let entry = self.entries().iter().find(|entry| entry.index.get() as usize == index)?;
        self.policy(entry).ok()
    }
}
