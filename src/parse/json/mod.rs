//! JSON by itself: what is well-formed, what strings say, and where in a text something is. Nothing here knows policies.
//!
//! Three passes of their own over a text: the gate, before anything else is read, and, when a document was refused, the
//! search for duplicate names and the way to a place.

pub mod duplicates;
pub mod gate;
mod marks;
pub mod pointer;
pub mod text;
pub(super) mod tokens;
