//! iamlet: an embedded engine for AWS IAM JSON policies and service control policies.
//!
//! A policy document is *compiled* into an image, images are built into a *policy set*, a request is *prepared*, and the
//! set *decides* it:
//!
//! ```
//! use iamlet::{Layer, Layers, PolicyBuf, PolicyKind, PolicySetBuf, Principal, RequestInput, Resource};
//!
//! let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
//!     "Resource": "arn:aws:s3:::team/${aws:username}/*"}}"#;
//! let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
//! let set = PolicySetBuf::new([policy.at(Layer::Identity)])?;
//! let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
//! let plan = Resource::owned_by("arn:aws:s3:::team/alice/plan", "111122223333");
//! let request = RequestInput::new(alice, "s3:GetObject", plan).absent(!Layers::IDENTITY).prepare()?;
//! assert!(set.allows(&request));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Without a heap
//!
//! The owned types above need the feature `alloc`. Without it, everything happens in memory that the caller owns, and each
//! function returns a view of it:
//!
//! ```
//! use iamlet::{CompileOptions, Layer, Layers, Levels, Policy, PolicyKind, PolicySet, SmallScratch};
//! use iamlet::{Principal, Request, RequestInput, Resource, decide};
//!
//! let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
//! let (mut image, mut set, mut memory) = ([0; 256], [0; 512], [0; 1024]);
//! let (mut scratch, options) = (SmallScratch::new(), CompileOptions::default());
//! let policy = Policy::compile(PolicyKind::Identity, json, options, &mut scratch, &mut image)?;
//! let set = PolicySet::build([policy.at(Layer::Identity).tag(7)], Levels::default(), &mut set)?;
//!
//! let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
//! let plan = Resource::owned_by("arn:aws:s3:::team/alice/plan", "111122223333");
//! let input = RequestInput::new(alice, "s3:GetObject", plan).absent(!Layers::IDENTITY);
//! let request = Request::prepare(&input, &mut memory)?;
//! let decision = decide(&[set], request)?;
//! assert!(decision.is_allowed());
//! assert_eq!(decision.decisive.map(|statement| statement.tag), Some(7));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Denying by default
//!
//! Every error denies: a caller that handles an `Err` as a denial is right. A layer that applies to a request has to be in
//! a set, or [declared absent](RequestInput::absent): a policy that was forgotten is an error and never an opening. So say
//! which layers there are from what you know of the account. `!set.layers()` says it from the set that was built: what was
//! forgotten in the set is then declared absent too.
//!
//! # Features
//!
//! * `alloc`: [`PolicyBuf`], [`PolicySetBuf`], [`RequestBuf`] and [`ItemBuf`], which own what they hold; and so do
//!   [`DictionaryBuf`], [`PrincipalBuf`] and [`ActionBuf`].
//! * `capi`: the C ABI of `include/iamlet.h`; with `std`, for hosts, the panic handler is that of `std`.
//! * `internals`: the modules, for the project's own fuzzing and benchmarks. They change without notice.
//!
//! The modules are floors, each knowing only those below it: `ground` (limits and leaf algorithms), `image` (policy
//! images and sets), `parse` (documents to images), `request` (what callers say to prepared requests) and `evaluate`
//! (sets and requests to decisions); above them `owned` and `ffi`. `ARCHITECTURE.md` has the whole picture,
//! `docs/semantics.md` the rules whose ids comments cite.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]
#![cfg_attr(feature = "internals", warn(unreachable_pub))]
// What the C ABI, the fuzz targets and the benchmarks alone use: the builds with these features tell what is dead.
#![cfg_attr(not(all(feature = "internals", feature = "capi")), allow(dead_code, unused_imports))]
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

#[cfg(feature = "alloc")]
extern crate alloc;

#[cfg(not(feature = "internals"))]
mod evaluate;
#[cfg(feature = "internals")]
pub mod evaluate;
#[cfg(all(feature = "capi", not(feature = "internals")))]
mod ffi;
#[cfg(all(feature = "capi", feature = "internals"))]
pub mod ffi;
#[cfg(not(feature = "internals"))]
mod ground;
#[cfg(feature = "internals")]
pub mod ground;
#[cfg(not(feature = "internals"))]
mod image;
#[cfg(feature = "internals")]
pub mod image;
#[cfg(feature = "alloc")]
mod owned;
#[cfg(not(feature = "internals"))]
mod parse;
#[cfg(feature = "internals")]
pub mod parse;
#[cfg(not(feature = "internals"))]
mod request;
#[cfg(feature = "internals")]
pub mod request;
#[cfg(not(feature = "internals"))]
mod tell;
#[cfg(feature = "internals")]
pub mod tell;

pub use evaluate::decision::{DecideError, Decision, Decisive, Effect, Reason};
pub use evaluate::explain::ExplainError;
pub use evaluate::explanation::{
    Change, Fact, JudgedCondition, JudgedStatement, Need, Record, Role, SilentLayer, Verdict,
};
pub use evaluate::record_slot::RecordSlot;
pub use evaluate::{Item, decide, decide_item, decide_resources, filter};
pub use ground::detail::{Detail, Part};
pub use ground::error::{Fault, Missing, Pool, Refusal};
pub use ground::limits;
pub use ground::name::UnknownName;
pub use ground::truth::Truth;
pub use image::dictionary::{Dictionary, DictionaryError};
pub use image::kind::PolicyKind;
pub use image::known_key::KnownKey;
pub use image::layer::{Layer, Layers};
pub use image::policy::{ImageError, Policy};
pub use image::set::{PolicySet, SetError};
pub use image::set_writer::{Levels, SetPolicy};
pub use image::source_map::{Position, SourceMap};
#[cfg(feature = "alloc")]
pub use owned::{ActionBuf, DictionaryBuf, ItemBuf, PolicyBuf, PolicySetBuf, PrincipalBuf, RequestBuf};
pub use parse::scratch::{LargeScratch, MediumScratch, Scratch, ScratchMemory, SmallScratch};
pub use parse::{CompileError, CompileOptions};
pub use request::{
    AssemblyInput, Context, ContextEntry, ContextKey, ItemInput, Member, PrepareError, PreparedAction,
    PreparedPrincipal, Principal, PrincipalInput, PrincipalType, Request, RequestError, RequestInput,
    RequestItem, Resource, ResourceKind, Slot, SlotContext, SlotEntry,
};
pub use tell::line::DecisionLine;
pub use tell::{
    ConditionText, Explanation, ForClients, Json, Sentence, Simulation, Source, Sources, explain,
};
