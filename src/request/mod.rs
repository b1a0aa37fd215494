//! The request floor: from what a caller says to a prepared request. It knows the image floor, and nothing of JSON or of
//! decisions.
//!
//! [`prepare`] turns a [`RequestInput`] into a block of bytes once, in the caller's memory. A `RequestContext` is what one
//! decision is about: a prepared request, with the resource and context of an item where there is one.
#![forbid(unsafe_code)]

pub(crate) mod applicable;
pub(crate) mod context;
mod context_writer;
pub(crate) mod contradiction;
mod derived;
mod input;
mod malformed;
mod memory;
pub mod prepare;
mod principal;
pub(crate) mod records;
pub(crate) mod request_context;
mod resource_form;
mod view;

pub use input::{
    AbsentLayers, Context, ContextEntry, ContextKey, ItemInput, Principal, PrincipalType, RequestInput,
    Resource, ResourceKind,
};
pub use malformed::RequestError;
pub use prepare::PrepareError;
pub use view::{Request, RequestItem};
