//! Where statements stand, as one number.

use crate::image::layer::Layer;
use crate::image::set_records::Row;

/// Where a statement stands among all that a decision looks at: by layer, level, set and row, from the highest bits to
/// the lowest. Of several that deny, the first in this order is reported (R-EVAL-22), and of several that allow as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order(u64);

impl Order {
    /// Behind every statement.
    pub(super) const NONE: Self = Self(u64::MAX);

    /// That of a row, which has this number in the set with that number.
    #[inline]
    pub(super) fn new(row: &Row, set: u8, number: u32) -> Self {
        let [layer, level, set] = [row.layer, row.level, set].map(u64::from);
        Self(layer << 56 | level << 48 | set << 40 | u64::from(number))
    }

    /// Before every statement of a layer's level.
    pub(super) fn of_layer(layer: Layer, level: u8) -> Self {
        Self(u64::from(layer as u8) << 56 | u64::from(level) << 48)
    }

    /// The number of its layer, its level, and that of its set.
    #[inline]
    pub(super) fn places(self) -> [u8; 3] {
        let [layer, level, set, ..] = self.0.to_be_bytes();
        [layer, level, set]
    }

    pub(super) fn set(self) -> u8 {
        let [_, _, set] = self.places();
        set
    }

    /// The number of the row.
    pub(super) fn row(self) -> usize {
        let [.., a, b, c, d] = self.0.to_be_bytes();
        u32::from_be_bytes([a, b, c, d]) as usize
    }

    pub(super) fn is_some(self) -> bool {
        self != Self::NONE
    }
}
