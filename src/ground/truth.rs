//! The three truth values of matching (R-GEN-5).

/// FALSE < INDET < TRUE: `and` is the least, `or` the greatest, `not` reverses the order.
///
/// The order of the variants is the order of the values, so that `min` and `max` are the connectives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// The test does not hold.
    False,
    /// Malformed or ambiguous request data: enough for a Deny, too little for an Allow (R-GEN-6).
    Indet,
    /// The test holds.
    True,
}

impl Truth {
    /// The connective `and`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// The connective `or`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl core::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Indet => Self::Indet,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, Indet, True};

    #[test]
    fn and_is_the_least_and_or_the_greatest() {
        for (a, b, least, greatest) in [
            (False, False, False, False),
            (False, Indet, False, Indet),
            (False, True, False, True),
            (Indet, Indet, Indet, Indet),
            (Indet, True, Indet, True),
            (True, True, True, True),
        ] {
            assert_eq!((a.and(b), b.and(a)), (least, least));
            assert_eq!((a.or(b), b.or(a)), (greatest, greatest));
        }
    }

    #[test]
    fn not_leaves_indet_where_it_is() {
        assert_eq!([!False, !Indet, !True], [True, Indet, False]);
    }
}
