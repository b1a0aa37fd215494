//! The work that one decision may do, counted down.

/// The budget is spent: the decision stops with an error, and an error denies (R-GEN-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetExhausted;

/// A countdown of steps. A step is a byte compared, a token read, or a record visited.
#[derive(Clone, Debug)]
pub struct Budget(u64);

impl Budget {
    /// A budget of `steps`.
    #[must_use]
    pub const fn new(steps: u64) -> Self {
        Self(steps)
    }

    /// Takes `steps` away.
    ///
    /// # Errors
    /// [`BudgetExhausted`] when fewer than `steps` are left; from then on nothing is left.
    #[inline]
    pub fn spend(&mut self, steps: usize) -> Result<(), BudgetExhausted> {
        match self.0.checked_sub(steps as u64) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(self.exhausted()),
        }
    }

    /// Takes away what is left. Apart from [`spend`](Self::spend), which is everywhere.
    #[cold]
    #[inline(never)]
    fn exhausted(&mut self) -> BudgetExhausted {
        self.0 = 0;
        BudgetExhausted
    }

    /// The steps that are left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.0
    }
}

/// So that a countdown goes where what has one does.
impl AsMut<Self> for Budget {
    fn as_mut(&mut self) -> &mut Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, BudgetExhausted};

    #[test]
    fn a_budget_is_spent_to_its_last_step_and_no_further() {
        let mut budget = Budget::new(5);
        assert_eq!(budget.spend(3), Ok(()));
        assert_eq!(budget.left(), 2);
        assert_eq!(budget.spend(2), Ok(()));
        assert_eq!(budget.spend(1), Err(BudgetExhausted));
    }

    #[test]
    fn an_overdraft_leaves_nothing() {
        let mut budget = Budget::new(5);
        assert_eq!(budget.spend(6), Err(BudgetExhausted));
        assert_eq!(budget.spend(1), Err(BudgetExhausted));
        assert_eq!(budget.left(), 0);
    }
}
