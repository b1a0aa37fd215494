//! What this machine does in the time: the sizes that the goals are given in.

use std::hint::black_box;
use std::time::Duration;

use iamlet_workloads::rng::Rng;
use iamlet_workloads::{Bench, Record, interleave};

/// Keys of the table.
const KEYS: usize = 1024;

/// Places of the table.
const PLACES: usize = 4 * KEYS;

type Key = [u8; 64];

/// A multiply and a fold for each eight bytes.
#[inline]
fn hash(key: &Key) -> u64 {
    let (words, _) = key.as_chunks::<8>();
    words.iter().fold(0x9E37_79B9_7F4A_7C15, |state, word| {
        let product = u128::from(state ^ u64::from_le_bytes(*word)) * 0xA076_1D64_78BD_642F;
        (product >> 64) as u64 ^ product as u64
    })
}

/// A table of hashes with a number each.
struct Table(Vec<(u64, u32)>);

impl Table {
    fn new(keys: &[Key]) -> Self {
        let mut places = vec![(0, 0); PLACES];
        for (key, number) in keys.iter().zip(1..) {
            let hash = hash(key);
            let mut at = hash as usize % PLACES;
            while places[at].1 != 0 {
                at = (at + 1) % PLACES;
            }
            places[at] = (hash, number);
        }
        Self(places)
    }

    #[inline]
    fn find(&self, key: &Key) -> u32 {
        let hash = hash(key);
        let mut at = hash as usize % PLACES;
        loop {
            let (found, number) = self.0[at];
            if found == hash || number == 0 {
                return number;
            }
            at = (at + 1) % PLACES;
        }
    }
}

extern "C" fn empty() {}

/// The rows.
pub fn measure(record: &mut Record, samples: usize) {
    let mut rng = Rng(7);
    let keys: Vec<Key> = (0..KEYS).map(|_| core::array::from_fn(|_| rng.below(256) as u8)).collect();
    let others: Vec<Key> = keys.clone();
    let table = Table::new(&keys);
    let (keys, others, table) = (&keys, &others, &table);
    let mut benches = [
        Bench::new("empty call", 1000, || {
            for _ in 0..1000 {
                black_box(empty as extern "C" fn())();
            }
        }),
        Bench::new("hash and probe", KEYS, move || {
            let mut sum = 0_u64;
            for key in keys {
                sum += u64::from(table.find(key));
            }
            black_box(sum);
        }),
        Bench::new("hash and probe, each after the other", KEYS, move || {
            let mut at = 0;
            for _ in 0..KEYS {
                at = table.find(&keys[at % KEYS]) as usize;
            }
            black_box(at);
        }),
        Bench::new("compare 64 bytes", KEYS, move || {
            let mut equal = 0;
            for (one, other) in keys.iter().zip(others) {
                equal += usize::from(black_box(one) == black_box(other));
            }
            black_box(equal);
        }),
        Bench::new("malloc and free", 1000, || {
            for _ in 0..1000 {
                black_box(Box::new([0_u8; 64]));
            }
        }),
    ];
    interleave(&mut benches, samples, Duration::from_millis(2));
    record.take(benches.into());
}
