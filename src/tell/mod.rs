//! The tell floor: decisions and explanations in words. It knows the floors up to evaluate, and nothing of it is linked
//! where nobody asks for words.
//!
//! [`Explanation`] holds the records of an explanation together with what they point to. Its texts are `Display`s: in full
//! for operators (`text`), as JSON (`json`), as AWS's own sentence and as what clients may see (`sentence`), and in the
//! shape of the policy simulator (`simulation`).
#![forbid(unsafe_code)]

mod condition;
mod element;
mod explanation;
mod json;
mod json_writer;
mod key_name;
pub mod line;
mod plain;
mod sentence;
mod simulation;
mod text;
mod value;
mod wrap;

pub use explanation::{ConditionText, Explanation, Source, Sources, explain};
pub use json::Json;
pub use sentence::{ForClients, Sentence};
pub use simulation::Simulation;
