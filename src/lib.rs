//! iamlet: an embedded engine for AWS IAM JSON policies and service control policies.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]
#![warn(unreachable_pub)]
// What could panic, or lose a number's upper bits, does not pass; tests may do both.
#![cfg_attr(
    not(test),
    deny(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod evaluate;
#[cfg(feature = "capi")]
pub mod ffi;
pub mod ground;
pub mod image;
pub mod parse;
