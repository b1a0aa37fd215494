//! iamlet: an embedded engine for AWS IAM JSON policies and service control policies.
//!
//! A policy document is *compiled* into an image, images are built into a *policy set*, a request is *prepared*, and the
//! set *decides* it. All of it happens in memory that the caller owns:
//!
//! ```
//! use iamlet::evaluate::decide;
//! use iamlet::image::kind::{Layer, PolicyKind};
//! use iamlet::image::set::PolicySet;
//! use iamlet::image::set_writer::{self, Levels, SetPolicy};
//! use iamlet::parse::{CompileOptions, compile, scratch::SmallScratch};
//! use iamlet::request::{AbsentLayers, Principal, Request, RequestInput, Resource, prepare};
//!
//! let json = br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
//!     "Resource": "arn:aws:s3:::team/${aws:username}/*"}}"#;
//! let (mut image, mut set, mut memory) = ([0; 256], [0; 512], [0; 1024]);
//! let mut scratch = SmallScratch::new();
//! let used = compile(json, PolicyKind::Identity, CompileOptions::default(), &mut scratch, &mut image)?;
//! let policy = SetPolicy { image: &image[..used], layer: Layer::Identity, level: 0, tag: 7 };
//! let used = set_writer::build([policy].into_iter(), Levels::default(), &mut set)?;
//! let set = PolicySet::open(&set[..used])?;
//!
//! let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
//! let plan = Resource::owned_by("arn:aws:s3:::team/alice/plan", "111122223333");
//! let absent = AbsentLayers::all_but(set.layers());
//! let used = prepare::request(&RequestInput { absent, ..RequestInput::new(alice, "s3:GetObject", plan) }, &mut memory)?;
//! let request = Request::open(&memory[..used]).ok_or("no request")?;
//! let decision = decide(&[set], request)?;
//! assert!(decision.is_allowed());
//! assert_eq!(decision.decisive.map(|statement| statement.tag), Some(7));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! The modules are floors, each knowing only those below it: [`ground`] (limits and leaf algorithms), [`image`] (policy
//! images and sets), [`parse`] (documents to images), [`request`] (what callers say to prepared requests) and
//! [`evaluate`] (sets and requests to decisions), and with the feature `capi` the C ABI in `ffi`. `ARCHITECTURE.md` has the whole picture, `docs/semantics.md` the rules whose ids
//! comments cite.
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![deny(unsafe_code)]
#![warn(unreachable_pub)]
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

pub mod evaluate;
#[cfg(feature = "capi")]
pub mod ffi;
pub mod ground;
pub mod image;
pub mod parse;
pub mod request;
