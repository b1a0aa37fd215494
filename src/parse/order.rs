//! Numbers kept in the order of what they stand for: how the builder finds keys, variables and `Sid`s.
//!
//! A hash would have to be secret, or a document could be written whose names all meet in one place. An order cannot be
//! filled badly: finding takes as many comparisons as the count has bits, and adding moves two bytes for each number
//! behind, which the machine does in a block.

use core::cmp::Ordering;

use heapless::VecView;

/// The number that `compare` finds equal, or else the place where one belongs that is not there yet. `compare` tells how
/// what a number stands for compares with what is looked for.
#[inline]
pub(super) fn find(order: &[u16], mut compare: impl FnMut(u16) -> Ordering) -> Result<u16, usize> {
    let (mut from, mut rest) = (0, order);
    while let Some((front, [number, behind @ ..])) = rest.split_at_checked(rest.len() / 2) {
        match compare(*number) {
            Ordering::Less => {
                from += front.len() + 1;
                rest = behind;
            }
            Ordering::Equal => return Ok(*number),
            Ordering::Greater => rest = front,
        }
    }
    Err(from)
}

/// Adds a number at the place that [`find`] gave. `None` where the order is full.
pub(super) fn insert(order: &mut VecView<u16>, place: usize, number: u16) -> Option<()> {
    order.push(number).ok()?;
    if let Some(behind) = order.get_mut(place..)
        && !behind.is_empty()
    {
        behind.rotate_right(1);
    }
    Some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use heapless::Vec;

    use super::{find, insert};
    use crate::parse::json::gate::samples::{Random, rounds};

    #[test]
    fn an_order_finds_what_a_search_from_the_front_finds() {
        let mut random = Random(21);
        for _ in 0..rounds(400) {
            let mut texts: std::vec::Vec<std::vec::Vec<u8>> = std::vec::Vec::new();
            let mut order: Vec<u16, 64> = Vec::new();
            for _ in 0..64 {
                let text: std::vec::Vec<u8> = (0..random.below(4)).map(|_| random.pick(b"ab\0")).collect();
                let mut steps = 0;
                let found = find(&order, |number| {
                    steps += 1;
                    texts[usize::from(number)].cmp(&text)
                });
                assert!(steps <= texts.len().checked_ilog2().map_or(0, |log| log + 1), "{steps} steps");
                let twin = texts.iter().position(|other| *other == text);
                assert_eq!(found.ok().map(usize::from), twin);
                if let Err(place) = found {
                    insert(order.as_mut_view(), place, texts.len().try_into().unwrap()).unwrap();
                    texts.push(text);
                }
                assert!(order.is_sorted_by_key(|number| &texts[usize::from(*number)]));
            }
        }
    }

    #[test]
    fn a_full_order_says_so() {
        let mut order: Vec<u16, 2> = Vec::new();
        assert_eq!(
            [0, 1, 2].map(|number| insert(order.as_mut_view(), 0, number)),
            [Some(()), Some(()), None]
        );
        assert_eq!(order, [1, 0]);
    }
}
