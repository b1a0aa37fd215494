//! The image floor: what a policy looks like between `compile` and `decide`. It knows the ground.
//!
//! A policy image is a header and six tables, end to end, without a pointer: it may lie at any address, in any
//! memory, and be moved, mapped or sent. `docs/image-format.md` has the layout byte by byte.
#![forbid(unsafe_code)]

pub(crate) mod context_table;
pub mod dictionary;
pub mod index;
mod index_check;
mod index_keys;
pub mod index_tree;
mod index_writer;
pub mod kind;
pub mod known_key;
pub mod layer;
pub mod operator;
pub mod policy;
mod policy_open;
pub mod policy_writer;
pub mod principal_form;
pub mod records;
mod rows;
pub mod set;
mod set_open;
pub mod set_records;
mod set_slots;
pub mod set_writer;
pub mod source_map;
pub(crate) mod statement;
