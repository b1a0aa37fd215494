//! Sorting that ends whatever the order says: for records in memory that somebody else might write to meanwhile.

/// Sorts `items`, with `spare` for memory, of which it needs as many. Equal items keep their order.
///
/// The sorting of the standard library panics where an order contradicts itself. This one then leaves the items in some
/// order: it never looks at an item twice to find out where another belongs, and counts its own steps. With too little
/// `spare` nothing is sorted. Cost: `n log n` comparisons at most, and as many copies.
pub fn sort<T: Copy>(items: &mut [T], spare: &mut [T], is_after: impl Fn(&T, &T) -> bool) {
    let Some(spare) = spare.get_mut(..items.len()) else { return };
    let mut width = 1;
    let mut sorted = false;
    // Two passes each time, so that what is sorted ends where it was.
    while !sorted {
        merge_runs(items, spare, width, &is_after);
        merge_runs(spare, items, width.saturating_mul(2), &is_after);
        width = width.saturating_mul(4);
        sorted = width >= items.len();
    }
}

/// Merges each two runs of `width` items into one of twice that.
fn merge_runs<T: Copy>(mut from: &[T], mut to: &mut [T], width: usize, is_after: &impl Fn(&T, &T) -> bool) {
    while !from.is_empty() {
        let (one, rest) = from.split_at_checked(width).unwrap_or((from, &[]));
        let (other, rest) = rest.split_at_checked(width).unwrap_or((rest, &[]));
        let Some((front, behind)) = to.split_at_mut_checked(one.len() + other.len()) else { return };
        merge(one, other, front, is_after);
        (from, to) = (rest, behind);
    }
}

/// Writes two sorted runs into `to` as one.
fn merge<T: Copy>(mut one: &[T], mut other: &[T], to: &mut [T], is_after: &impl Fn(&T, &T) -> bool) {
    for place in to {
        let next = match (one.split_first(), other.split_first()) {
            (Some((first, _)), Some((second, rest))) if is_after(first, second) => {
                other = rest;
                second
            }
            (Some((first, rest)), _) => {
                one = rest;
                first
            }
            (None, Some((second, rest))) => {
                other = rest;
                second
            }
            (None, None) => return,
        };
        *place = *next;
    }
}

#[cfg(test)]
mod tests {
    use super::sort;
    use core::cell::Cell;

    fn numbers(count: usize, below: u64) -> Vec<u64> {
        let mut state = count as u64 + below;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for count in (0..70).chain([127, 128, 129, 1_000, 4_097]) {
            for below in [1, 2, 10, 1 << 30] {
                let mut items: Vec<(u64, usize)> = numbers(count, below).into_iter().zip(0..).collect();
                let mut expected = items.clone();
                expected.sort_by_key(|(number, _)| *number);
                let mut spare = vec![(0, 0); count];
                sort(&mut items, &mut spare, |one, other| one.0 > other.0);
                assert_eq!(items, expected);
            }
        }
    }

    /// The standard library's sorting panics over such orders, or may.
    #[test]
    fn an_order_that_contradicts_itself_ends_in_some_order() {
        for count in [0, 1, 2, 3, 20, 21, 50, 1_000, 5_000] {
            for kind in 0..4_u64 {
                let mut items = numbers(count, 1 << 30);
                let mut expected = items.clone();
                let mut spare = vec![0; count];
                let asked = Cell::new(0_u64);
                sort(&mut items, &mut spare, |one, other| {
                    asked.set(asked.get() + 1);
                    match kind {
                        0 => true,
                        1 => false,
                        2 => (one ^ other).count_ones() % 2 == 0,
                        // Another answer each time.
                        _ => (one ^ asked.get().wrapping_mul(0x9E37_79B9)).is_multiple_of(3),
                    }
                });
                let bound = count as u64 * u64::from(count.next_power_of_two().ilog2());
                assert!(asked.get() <= bound, "{count}: {}", asked.get());
                items.sort_unstable();
                expected.sort_unstable();
                assert_eq!(items, expected, "no item is lost");
            }
        }
    }

    #[test]
    fn too_little_memory_sorts_nothing() {
        let mut items = [3, 1, 2];
        sort(&mut items, &mut [0; 2], |one, other| one > other);
        assert_eq!(items, [3, 1, 2]);
    }
}
