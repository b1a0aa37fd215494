//! Taking the time: CPU time of the thread, in samples that are taken in turn, so that what disturbs the machine
//! disturbs all alike.

use std::time::Duration;

/// The CPU time that this thread has used. Other jobs of the machine do not add to it.
#[must_use]
#[expect(unsafe_code, reason = "the standard library has no clock for the time of a thread")]
pub fn thread_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "a clock for the time of a thread");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Something to take the time of.
pub struct Bench<'a> {
    /// The name of its row.
    pub name: String,
    /// Operations of one run: a row has nanoseconds of one operation.
    pub operations: usize,
    run: Box<dyn FnMut() + 'a>,
    /// Nanoseconds of one operation, one for each sample.
    pub samples: Vec<f64>,
}

impl<'a> Bench<'a> {
    /// A row: `run` does `operations` operations.
    pub fn new(name: impl Into<String>, operations: usize, run: impl FnMut() + 'a) -> Self {
        Self { name: name.into(), operations, run: Box::new(run), samples: Vec::new() }
    }

    fn time(&mut self, runs: u32) -> Duration {
        let begin = thread_time();
        for _ in 0..runs {
            (self.run)();
        }
        thread_time() - begin
    }
}

/// Takes `samples` samples of each row, in turn, each at least `at_least` long.
pub fn interleave(benches: &mut [Bench<'_>], samples: usize, at_least: Duration) {
    // Once to fill caches; then as often as the shortest sample wants.
    let runs: Vec<u32> = benches
        .iter_mut()
        .map(|bench| {
            let mut runs = 1;
            loop {
                let time = bench.time(runs);
                if time >= at_least / 2 || runs > 1 << 24 {
                    let one = time.as_nanos().max(1) as f64 / f64::from(runs);
                    return (at_least.as_nanos() as f64 / one).ceil().max(1.0) as u32;
                }
                runs *= 4;
            }
        })
        .collect();
    for _ in 0..samples {
        for (bench, runs) in benches.iter_mut().zip(&runs) {
            let time = bench.time(*runs).as_nanos() as f64;
            bench.samples.push(time / f64::from(*runs) / bench.operations as f64);
        }
    }
}

/// The median of some numbers; not a number for none.
#[must_use]
pub fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 0 => f64::midpoint(sorted[half - 1], sorted[half]),
        _ => sorted[half],
    }
}
