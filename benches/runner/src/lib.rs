//! Measures iamlet through its C ABI: time, instructions and memory, and writes `docs/benchmarks.md`.
#![allow(unsafe_code)]

pub mod blobs;
pub mod bounds;
pub mod columns;
pub mod compiling;
pub mod deciding;
pub mod document;
pub mod engine;
pub mod filtering;
pub mod goals;
pub mod guard;
pub mod heap;
pub mod hostile;
pub mod hostile_compiling;
pub mod hostile_decisions;
pub mod hostile_index;
pub mod hostile_opening;
pub mod hostile_ratios;
pub mod hostile_report;
pub mod hostile_row;
pub mod plot;
pub mod report;
pub mod two_steps;
pub mod yardsticks;
