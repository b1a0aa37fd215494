//! The C ABI. The only floor with `unsafe`: arguments in, one call into the floors below, results out.
//!
//! Each function goes the same way: its outputs, which must lie apart from each other; its inputs, each apart from the
//! outputs before it is read; one safe call; then every output is written, after an error to what denies. So nothing is
//! read that the call has written. `include/iamlet.h` is generated from these files, in the order of the list in
//! `crates/header/src/lib.rs`, so their comments are written for C.
#![allow(unsafe_code)]
#![expect(non_camel_case_types, reason = "these are names of C types")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the comments are written for C; the header's preamble has the contract"
)]

mod args;

mod failure;

mod prepared;

mod writer;

pub mod version;

pub mod status;

pub mod names;

pub mod details;

pub mod text;

pub mod policy;

pub mod error;

pub mod set;

pub mod context;

pub mod principal;

pub mod request;

pub mod dictionary;

pub mod assembly;

pub mod decide;

pub mod filter;

pub mod line;

pub mod record;

pub mod explain;

#[cfg(not(feature = "std"))]
mod panic;
