//! Fuzzing of iamlet: a body for each property, seeds, and what targets are made of.
//!
//! A body takes any bytes and panics where its property does not hold. A target hands it to libFuzzer;
//! `tests/replay.rs` hands it seeds and old findings, on any compiler.

pub mod bodies;
pub mod changes;
#[path = "../../tests/naive/mod.rs"]
pub mod naive;
pub mod real;
pub mod seeds;

#[cfg(fuzzing)]
pub use libfuzzer_sys;

/// Makes the program of a target from its body.
///
/// With `--cfg fuzzing` it is libFuzzer; else it replays the files that are its arguments.
#[macro_export]
macro_rules! target {
    ($body:path) => {
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| $body(data));
        #[cfg(not(fuzzing))]
        fn main() -> ::std::io::Result<()> {
            for path in ::std::env::args().skip(1) {
                $body(&::std::fs::read(path)?);
            }
            Ok(())
        }
    };
}
