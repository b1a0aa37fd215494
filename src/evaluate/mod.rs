//! The evaluate floor: from policy sets and a prepared request to a decision. It knows the image and the request floor.
//!
//! [`decide`] walks the layers of the sets (`decide`), matches statements (`statement`, and below it `action`, `resource`,
//! `principal`, `condition`), and combines what they say (`combine`). Nothing here allocates, recurses or loops without a bound.
#![forbid(unsafe_code)]

mod action;
mod candidates;
mod combine;
mod compare;
mod condition;
mod decide;
pub mod decision;
pub mod explain;
pub mod explanation;
mod facts;
pub(crate) mod filter;
mod judge;
mod order;
mod pattern;
mod principal;
pub mod record_slot;
mod resource;
mod search;
mod shared;
mod silent;
mod statement;
mod variables;

pub use decide::{Item, decide, decide_by_scan, decide_item, decide_resources, decide_resources_by_scan};
pub use explain::explain;
pub use filter::filter;
