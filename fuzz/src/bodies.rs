//! The properties. Each body takes any bytes, and panics where the property does not hold.

mod c_abi;
mod compile;
mod decide_vs_naive;
mod image;
mod invariants;
mod json_gate;
mod leaf_formats;
mod wildcard;

pub use c_abi::c_abi;
pub use compile::compile;
pub use decide_vs_naive::decide_vs_naive;
pub use image::image;
pub use invariants::{invariants, take_reached};
pub use json_gate::json_gate;
pub use leaf_formats::leaf_formats;
pub use wildcard::wildcard;

/// A property: its name, which is that of its target, and its body.
pub type Body = (&'static str, fn(&[u8]));

/// Every property.
pub const BODIES: [Body; 8] = [
    ("json_gate", json_gate),
    ("compile", compile),
    ("image", image),
    ("wildcard", wildcard),
    ("leaf_formats", leaf_formats),
    ("decide_vs_naive", decide_vs_naive),
    ("invariants", invariants),
    ("c_abi", c_abi),
];
