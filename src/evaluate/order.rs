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
        Self(u64::from(row.place()) << 48 | u64::from(set) << 40 | u64::from(number))
    }

    /// Before every statement of a layer's level.
    pub(super) fn of_layer(layer: Layer, level: u8) -> Self {
        Self(u64::from(layer as u8) << 56 | u64::from(level) << 48)
    }

    /// The number of its layer, and its level.
    #[inline]
    pub(super) fn place(self) -> [u8; 2] {
        let [layer, level, ..] = self.0.to_be_bytes();
        [layer, level]
    }

    #[inline]
    pub(super) fn set(self) -> u8 {
        let [_, _, set, ..] = self.0.to_be_bytes();
        set
    }

    /// The number of the row.
    #[inline]
    pub(super) fn row(self) -> usize {
        let [.., a, b, c, d] = self.0.to_be_bytes();
        u32::from_be_bytes([a, b, c, d]) as usize
    }

    pub(super) fn is_some(self) -> bool {
        self != Self::NONE
    }
}
