//! The request floor: from what a caller says to a prepared request. It knows the image floor, and nothing of JSON or of
//! decisions.
//!
//! [`prepare`] turns a [`RequestInput`] into a block of bytes once, in the caller's memory. A `RequestContext` is what one
//! decision is about: a prepared request, with the resource and context of an item where there is one.
#![forbid(unsafe_code)]

mod action;
pub(crate) mod applicable;
mod assemble;
mod assembly_input;
mod caller;
pub(crate) mod context;
mod context_input;
mod context_writer;
pub(crate) mod contradiction;
mod derived;
mod input;
mod malformed;
mod member;
mod memory;
mod prepare;
mod prepared_principal;
mod principal;
pub(crate) mod records;
pub(crate) mod request_context;
mod resource_form;
mod view;

pub use action::{PreparedAction, prepare_action};
pub use assemble::assemble_request;
#[cfg(feature = "alloc")]
pub(crate) use assembly_input::slots_of_entries;
pub use assembly_input::{AssemblyInput, Slot, SlotContext, SlotEntry};
pub use caller::{Principal, PrincipalType};
#[cfg(feature = "alloc")]
pub(crate) use context_input::context_of_entries;
pub use context_input::{Context, ContextEntry, ContextKey};
pub use input::{ItemInput, RequestInput, Resource, ResourceKind};
pub use malformed::RequestError;
pub use member::Member;
pub use memory::PrepareError;
pub use prepare::{prepare_item, prepare_request};
pub use prepared_principal::{PreparedPrincipal, PrincipalInput, prepare_principal};
pub use view::{Request, RequestItem};
