//! Sorting in place, without storage and without a panic: heapsort.

/// Sorts `items` so that none is `less` than the one before it. Items that are equal may change places.
///
/// Time: at most about `2 n log2 n` comparisons, whatever the items are. Where `less` is no order the items end in some
/// order.
pub fn heapsort<T: Copy>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    for root in (0..items.len() / 2).rev() {
        sift_down(items, root, &less);
    }
    // The greatest is at the top of the heap: it goes to the end, and the heap ends before it.
    for last in (1..items.len()).rev() {
        let Some(heap) = items.get_mut(..=last) else { return };
        if let [first, .., last] = heap {
            core::mem::swap(first, last);
        }
        if let Some(heap) = heap.get_mut(..last) {
            sift_down(heap, 0, &less);
        }
    }
}

/// Moves the item at `root` down until it is not less than both below it, which are heaps.
fn sift_down<T: Copy>(heap: &mut [T], root: usize, less: &impl Fn(&T, &T) -> bool) {
    let Some(item) = heap.get(root).copied() else { return };
    let mut at = root;
    while let Some(left) = heap.get(2 * at + 1).copied() {
        let (mut child, mut greatest) = (2 * at + 1, left);
        if let Some(right) = heap.get(2 * at + 2).copied()
            && less(&left, &right)
        {
            (child, greatest) = (2 * at + 2, right);
        }
        if !less(&item, &greatest) {
            break;
        }
        if let Some(place) = heap.get_mut(at) {
            *place = greatest;
        }
        at = child;
    }
    if let Some(place) = heap.get_mut(at) {
        *place = item;
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::heapsort;

    #[test]
    fn it_sorts_as_the_standard_library_does_and_compares_no_more_than_it_says() {
        let mut state = 7_u64;
        for len in (0..70_u64).chain([1_000, 4_096]) {
            for range in [1, 3, 1 << 20] {
                let mut items: Vec<u64> = (0..len)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        (state >> 33) % range
                    })
                    .collect();
                let mut expected = items.clone();
                expected.sort_unstable();
                let compared = Cell::new(0_u64);
                heapsort(&mut items, |one, other| {
                    compared.set(compared.get() + 1);
                    one < other
                });
                assert_eq!(items, expected);
                assert!(compared.get() <= 2 * len * u64::from(u64::BITS - len.leading_zeros()), "{len}");
                let _: () = heapsort(&mut items, |_, _| true);
            }
        }
    }
}
