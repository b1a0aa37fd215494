//! What the inputs of a run reach, so that a test can tell whether an invariant is held against anything.

use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    static REACHED: RefCell<BTreeMap<&'static str, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// Counts one more of these.
pub(super) fn count(what: &'static str) {
    REACHED.with_borrow_mut(|reached| *reached.entry(what).or_default() += 1);
}

/// What this thread has reached since it was asked last.
pub fn take() -> BTreeMap<&'static str, u64> {
    REACHED.take()
}
