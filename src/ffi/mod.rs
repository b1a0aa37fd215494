//! The C ABI. The only floor with `unsafe`: arguments in, one call into the floors below, results out.
//!
//! Each function goes the same way: null and alignment checks, outputs set to what denies, lengths and overlaps, one
//! safe call, translation. `include/iamlet.h` is generated from these files, in the order of the list below, so their
//! comments are written for C.
#![allow(unsafe_code)]
#![expect(non_camel_case_types, reason = "these are names of C types")]
#![expect(
    clippy::missing_safety_doc,
    reason = "the comments are written for C; the header's preamble has the contract"
)]

mod args;

pub mod version;

pub mod status;

pub mod names;

pub mod text;

pub mod policy;

pub mod set;

pub mod request;

pub mod decide;

#[cfg(not(feature = "std"))]
mod panic;
