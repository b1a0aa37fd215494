//! The ground floor: what every other floor stands on. It knows only `core`.
#![forbid(unsafe_code)]

pub mod arn;
pub mod base64;
pub mod budget;
pub mod cidr;
pub mod copy;
pub mod date;
pub mod decimal;
pub mod detail;
pub mod error;
pub mod hash;
pub(crate) mod lanes;
pub mod limits;
pub mod merge;
pub mod name;
mod numbered;
pub mod sort;
pub mod truth;
pub mod wildcard;
