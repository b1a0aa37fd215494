//! Policy sets that own their memory.

use alloc::vec::Vec;

use super::request::RequestBuf;
use crate::evaluate::decide;
use crate::evaluate::decision::{DecideError, Decision};
use crate::image::dictionary::Dictionary;
use crate::image::layer::Layers;
use crate::image::policy::ImageError;
use crate::image::set::{PolicySet, SetError};
use crate::image::set_writer::{self, Levels, SetPolicy};

/// A policy set that owns its memory: policies that apply together, each at its layer.
///
/// ```
/// use iamlet::{Layer, Layers, Levels, PolicyBuf, PolicyKind, PolicySetBuf};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let everything = PolicyBuf::compile(PolicyKind::ScpFull, json)?;
/// let levels = [0, 1].map(|level| everything.at(Layer::Scp).level(level));
/// let organization = PolicySetBuf::with_levels(levels, Levels { scp: 2, rcp: 0 })?;
/// assert_eq!(organization.layers(), Layers::SCP);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicySetBuf {
    bytes: Vec<u8>,
    layers: Layers,
}

impl PolicySetBuf {
    /// Builds a set that has no part in an organization.
    ///
    /// # Errors
    /// As [`PolicySet::build`], but for the output.
    pub fn new<'p>(
        policies: impl IntoIterator<Item = SetPolicy<'p>, IntoIter: Clone>,
    ) -> Result<Self, SetError> {
        Self::with_levels(policies, Levels::default())
    }

    /// Builds a set with levels of an organization: what a level without policies forbids, no other allows (R-EVAL-3).
    ///
    /// # Errors
    /// As [`PolicySet::build`], but for the output.
    pub fn with_levels<'p>(
        policies: impl IntoIterator<Item = SetPolicy<'p>, IntoIter: Clone>,
        levels: Levels,
    ) -> Result<Self, SetError> {
        let policies = policies.into_iter();
        let mut bytes = alloc::vec![0; set_writer::size(policies.clone(), levels)?];
        let set = PolicySet::build(policies, levels, &mut bytes)?;
        let (used, layers) = (set.as_bytes().len(), set.layers());
        bytes.truncate(used);
        bytes.shrink_to_fit();
        Ok(Self { bytes, layers })
    }

    /// Takes a set that was built before.
    ///
    /// # Errors
    /// As [`PolicySet::open`].
    pub fn open(bytes: Vec<u8>) -> Result<Self, ImageError> {
        let layers = PolicySet::open(&bytes)?.layers();
        Ok(Self { bytes, layers })
    }

    /// Gives the set the slots of a dictionary, as [`PolicySet::assign_slots`] does. Do it before you share the set.
    ///
    /// # Errors
    /// As [`PolicySet::assign_slots`].
    pub fn assign_slots(&mut self, dictionary: &Dictionary<'_>) -> Result<(), ImageError> {
        PolicySet::assign_slots(&mut self.bytes, dictionary)
    }

    /// The set, for decisions over several, and to look into.
    ///
    /// # Errors
    /// None for a set that was built or opened: it cannot change.
    pub fn set(&self) -> Result<PolicySet<'_>, ImageError> {
        PolicySet::view(&self.bytes)
    }

    /// The layers that it has.
    #[must_use]
    pub fn layers(&self) -> Layers {
        self.layers
    }

    /// Whether this set alone allows a request. An error denies, as all else does: [`decide`](Self::decide) tells why.
    #[must_use]
    pub fn allows(&self, request: &RequestBuf) -> bool {
        self.decide(request).is_ok_and(|decision| decision.is_allowed())
    }

    /// Decides a request by this set alone; [`decide`](crate::decide) takes several. `Ok` is a decision, which may deny.
    ///
    /// # Errors
    /// [`DecideError`], which denies.
    pub fn decide(&self, request: &RequestBuf) -> Result<Decision<'_>, DecideError> {
        decide(&[self.set()?], request.request()?)
    }

    /// The bytes of the set.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the set, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
