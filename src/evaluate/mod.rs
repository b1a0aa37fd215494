//! The evaluate floor: from policy sets and a request to a decision. It knows the image floor, and nothing of JSON.
//!
//! [`prepare`] turns the caller's request into a block of bytes once; [`decide`] walks the layers of the sets
//! (`layers`), matches statements (`statement`, and below it `action`, `resource`, `principal`, `condition`), and
//! combines what they say (`combine`). Nothing here allocates, recurses or loops without a bound.
#![forbid(unsafe_code)]

mod action;
mod candidates;
mod combine;
mod compare;
mod condition;
pub mod context;
mod context_writer;
mod contradiction;
pub mod decision;
mod derived;
mod layers;
pub mod line;
pub mod malformed;
mod pattern;
pub mod prepare;
mod principal;
pub mod request;
mod resource;
mod statement;
mod subject;

pub use layers::{Item, decide, decide_by_scan, decide_item, decide_resources, decide_resources_by_scan};
