//! iamlet: an embedded engine for AWS IAM JSON policies and service control policies.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]

pub mod ground;
pub mod image;
pub mod parse;
