//! Building a policy set.

use zerocopy::IntoBytes;
use zerocopy::little_endian::{U16, U32, U64};

use super::index::FEWEST_STATEMENTS;
use super::index_keys::{self, Member};
use super::index_writer::{self, Keys};
use super::layer::{Layer, Layers};
use super::policy::Policy;
use super::rows::Rows;
use super::set::{PolicySet, SetError};
use super::set_records::{ConditionRow, Row, SET_FORMAT, SET_MAGIC, SetEntry, SetHeader};
use crate::ground::hash;
use crate::ground::limits::{MAX_LEVELS, MAX_POLICIES};

/// A policy for a set: its image, where it applies, and the caller's tag. [`Policy::at`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct SetPolicy<'a> {
    /// The policy image.
    pub image: &'a [u8],
    /// The layer at which the policy applies.
    pub layer: Layer,
    /// For SCPs and RCPs the level, from 0 at the root; for the others 0.
    pub level: u8,
    /// Returned in decisions that this policy makes.
    pub tag: u64,
}

impl<'a> Policy<'a> {
    /// The policy at a layer, at level 0 and with tag 0.
    #[must_use]
    pub fn at(&self, layer: Layer) -> SetPolicy<'a> {
        SetPolicy::at(self.as_bytes(), layer)
    }
}

impl<'a> SetPolicy<'a> {
    /// The policy of an image at a layer, at level 0 and with tag 0.
    pub(crate) fn at(image: &'a [u8], layer: Layer) -> Self {
        Self { image, layer, level: 0, tag: 0 }
    }

    /// At this level of the organization, from 0 at the root: for SCPs and RCPs. Two policies at one level unite, and
    /// allow what either allows; an organizational unit is a level of its own.
    #[must_use]
    pub fn level(self, level: u8) -> Self {
        Self { level, ..self }
    }

    /// With a tag of the caller's, which is returned in decisions that this policy makes.
    #[must_use]
    pub fn tag(self, tag: u64) -> Self {
        Self { tag, ..self }
    }
}

impl<'a> PolicySet<'a> {
    /// The bytes that building a set takes: the set itself may take fewer, since its index is sorted in the same memory.
    ///
    /// # Errors
    /// As [`build`](Self::build), but for the output.
    pub fn size<'p>(
        policies: impl IntoIterator<Item = SetPolicy<'p>, IntoIter: Clone>,
        levels: Levels,
    ) -> Result<usize, SetError> {
        size(policies.into_iter(), levels)
    }

    /// Builds the set of `policies` in `out`. The images are copied: the set stands alone.
    ///
    /// Put what changes together into one set (the organization, a user with its groups, a session, a bucket): a
    /// decision takes a list of sets. Cost: linear in the bytes, plus one pass over the list for each layer and level,
    /// plus the sorting of the index.
    ///
    /// # Errors
    /// [`SetError`]; nothing is written unless everything is. [`SetError::OutputTooSmall`] tells the size.
    pub fn build<'p>(
        policies: impl IntoIterator<Item = SetPolicy<'p>, IntoIter: Clone>,
        levels: Levels,
        out: &'a mut [u8],
    ) -> Result<Self, SetError> {
        let used = build(policies.into_iter(), levels, out)?;
        let set = out.get(..used).ok_or(SetError::TooManyPolicies)?;
        Self::view(set).map_err(|_| SetError::TooManyPolicies)
    }
}

/// The levels of the organization that a set stands for (R-EVAL-3); 0 for none.
///
/// Levels restrict each other: every one of them has to allow. The policies of one level unite. All sets of a decision
/// count from the same root, and the largest number of levels counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// SCP levels, from the root to the account. A level without policies allows nothing.
    pub scp: u8,
    /// RCP levels.
    pub rcp: u8,
}

impl Levels {
    /// Those of a layer; a layer without levels is one.
    fn of(self, layer: Layer) -> u8 {
        match layer {
            Layer::Scp => self.scp,
            Layer::Rcp => self.rcp,
            Layer::Resource | Layer::Identity | Layer::Boundary | Layer::Session | Layer::Endpoint => 1,
        }
    }
}

/// Checks the policies, and measures their set.
fn measure<'a>(
    given: impl Iterator<Item = SetPolicy<'a>>,
    levels: Levels,
    index_from: usize,
) -> Result<Measure, SetError> {
    if levels.scp > MAX_LEVELS || levels.rcp > MAX_LEVELS {
        return Err(SetError::TooManyLevels);
    }
    let mut size = size_of::<SetHeader>();
    let (mut policies, mut statements, mut conditions, mut keys) = (0, 0, 0, Keys::default());
    let mut single = [false; Layer::ALL.len() + 1];
    for (at, policy) in given.enumerate() {
        if at >= MAX_POLICIES {
            return Err(SetError::TooManyPolicies);
        }
        let image = Policy::open(policy.image).map_err(|error| SetError::Policy(at, error))?;
        if !image.kind().is_some_and(|kind| policy.layer.takes(kind)) {
            return Err(SetError::WrongLayer(at));
        }
        if policy.level >= levels.of(policy.layer) {
            return Err(SetError::Level(at));
        }
        if !policy.layer.is_repeatable()
            && let Some(seen) = single.get_mut(policy.layer as usize)
            && core::mem::replace(seen, true)
        {
            return Err(SetError::Repeated(at));
        }
        let rows =
            image.statement_count() * size_of::<Row>() + image.conditions().len() * size_of::<ConditionRow>();
        size = size.saturating_add(size_of::<SetEntry>() + rows).saturating_add(policy.image.len());
        policies += 1;
        statements += image.statement_count();
        conditions += image.conditions().len();
        let (all, with_condition) = index_keys::count(&image);
        keys.all += all;
        keys.with_condition += with_condition;
    }
    // Each statement has a key.
    let keys = (statements >= index_from && statements > 0).then_some(keys);
    let measure = Measure { without_index: size, policies, statements, conditions, keys };
    if u32::try_from(measure.size()).is_ok() { Ok(measure) } else { Err(SetError::TooManyPolicies) }
}

/// What a set takes.
#[derive(Clone, Copy)]
struct Measure {
    without_index: usize,
    policies: usize,
    statements: usize,
    conditions: usize,
    /// Keys of the index, if the set has one.
    keys: Option<Keys>,
}

impl Measure {
    fn size(&self) -> usize {
        self.without_index.saturating_add(self.keys.map_or(0, |keys| keys.size()))
    }
}

/// The bytes that building the set of `policies` takes: an upper bound, since the index is sorted in the set's own
/// memory. [`build`] returns the bytes that the set keeps.
///
/// # Errors
/// As [`build`], but for the output.
pub fn size<'a>(
    policies: impl Iterator<Item = SetPolicy<'a>> + Clone,
    levels: Levels,
) -> Result<usize, SetError> {
    measure(policies, levels, FEWEST_STATEMENTS).map(|measure| measure.size())
}

/// Writes the set of `policies` into `out` and returns the bytes used. The images are copied.
///
/// Cost: linear in the bytes, plus one pass over the list for each layer and level, plus the sorting of the index.
///
/// # Errors
/// [`SetError`]; nothing is written unless everything is.
pub fn build<'a>(
    policies: impl Iterator<Item = SetPolicy<'a>> + Clone,
    levels: Levels,
    out: &mut [u8],
) -> Result<usize, SetError> {
    build_from(policies, levels, FEWEST_STATEMENTS, out)
}

/// As [`build`], with an index however few statements there are: for comparing the index with the scan. Takes more
/// memory than [`size`] says; an output that is too small is told how much.
///
/// # Errors
/// As [`build`].
pub fn build_indexed<'a>(
    policies: impl Iterator<Item = SetPolicy<'a>> + Clone,
    levels: Levels,
    out: &mut [u8],
) -> Result<usize, SetError> {
    build_from(policies, levels, 0, out)
}

fn build_from<'a>(
    policies: impl Iterator<Item = SetPolicy<'a>> + Clone,
    levels: Levels,
    index_from: usize,
    out: &mut [u8],
) -> Result<usize, SetError> {
    let measure = measure(policies.clone(), levels, index_from)?;
    let out = out.get_mut(..measure.size()).ok_or(SetError::OutputTooSmall(measure.size()))?;
    let (out, index) = out.split_at_mut_checked(measure.without_index).ok_or(SetError::TooManyPolicies)?;
    let full = SetError::TooManyPolicies;
    let number = |count: usize| u32::try_from(count).map(U32::new).map_err(|_| full);

    let (head, rest) = out.split_at_mut_checked(size_of::<SetHeader>()).ok_or(full)?;
    let (mut entries, rest) =
        rest.split_at_mut_checked(measure.policies * size_of::<SetEntry>()).ok_or(full)?;
    let (mut rows, rest) = rest.split_at_mut_checked(measure.statements * size_of::<Row>()).ok_or(full)?;
    let (mut conditions, mut images) =
        rest.split_at_mut_checked(measure.conditions * size_of::<ConditionRow>()).ok_or(full)?;
    let mut first_condition = head.len() + entries.len() + rows.len();
    let mut start = first_condition + conditions.len();
    let (mut written, mut first_row) = (0, 0);
    let mut layers = Layers::NONE;
    let mut resource_kind = 0;
    for layer in Layer::ALL {
        let levels = levels.of(layer);
        if layer.has_levels() && levels > 0 {
            layers = layers.with(layer);
        }
        for level in 0..levels {
            let here = |(_, policy): &(usize, SetPolicy<'a>)| policy.layer == layer && policy.level == level;
            for (at, given) in policies.clone().enumerate().filter(here) {
                let policy = Policy::view(given.image).map_err(|_| full)?;
                let kind = policy.kind().map_or(0, |kind| kind as u8);
                if layer == Layer::Resource {
                    resource_kind = kind;
                }
                let entry = SetEntry {
                    tag: U64::new(given.tag),
                    hash: U64::new(hash::hash(given.image, 0)),
                    start: number(start)?,
                    size: number(given.image.len())?,
                    index: number(at)?,
                    first_row: number(first_row)?,
                    statements: number(policy.statement_count())?,
                    layer: layer as u8,
                    level,
                    kind,
                    reserved: 0,
                };
                put_next(&mut entries, entry.as_bytes()).ok_or(full)?;
                let expected = Rows::new(&policy, &entry, written);
                let mut add = |row: Row| put_next(&mut rows, row.as_bytes());
                expected.for_each_statement(first_condition, &mut add).ok_or(full)?;
                let mut add = |row: ConditionRow| put_next(&mut conditions, row.as_bytes());
                expected.for_each_condition(&mut add).ok_or(full)?;
                first_condition += policy.conditions().len() * size_of::<ConditionRow>();
                put_next(&mut images, given.image).ok_or(full)?;
                start += given.image.len();
                written += 1;
                first_row += policy.statement_count();
                layers = layers.with(layer);
            }
        }
    }
    let header = |size: usize| {
        Ok(SetHeader {
            magic: SET_MAGIC,
            format: U16::new(SET_FORMAT),
            scp_levels: levels.scp,
            rcp_levels: levels.rcp,
            size: number(size)?,
            layers: layers.bits(),
            resource_kind,
            has_index: u8::from(measure.keys.is_some()),
            reserved: 0,
            policies: number(written)?,
            statements: number(first_row)?,
            conditions: number(measure.conditions)?,
            index_start: number(measure.without_index)?,
            dictionary: U64::ZERO,
        })
    };
    let mut size = measure.without_index;
    if let Some(keys) = measure.keys {
        // What was written so far is a set but for its index.
        put_next(&mut &mut *out, header(size)?.as_bytes()).ok_or(full)?;
        let set = PolicySet::view(out).map_err(|_| full)?;
        let members = set.entries().iter().filter_map(|entry| Member::new(set.policy(entry).ok()?, entry));
        size += index_writer::write(out, members, keys, index).ok_or(full)?;
    }
    put_next(&mut &mut *out, header(size)?.as_bytes()).ok_or(full)?;
    Ok(size)
}

/// Writes `bytes` at the front of `out`, which is then what is behind them.
fn put_next(out: &mut &mut [u8], bytes: &[u8]) -> Option<()> {
    let (front, rest) = core::mem::take(out).split_at_mut_checked(bytes.len())?;
    front.copy_from_slice(bytes);
    *out = rest;
    Some(())
}
