//! Versions.

use super::text::{iamlet_text, text_of};

/// The first part of the version of this header.
pub const IAMLET_VERSION_MAJOR: u32 = 0;
/// The second part.
pub const IAMLET_VERSION_MINOR: u32 = 2;
/// The third part.
pub const IAMLET_VERSION_PATCH: u32 = 0;

/// The version of the library, as major * 1000000 + minor * 1000 + patch.
///
/// Compare it with the header's when you load the library at run time: before
/// version 1, header and library must have the same major and minor part.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_version() -> u32 {
    IAMLET_VERSION_MAJOR * 1_000_000 + IAMLET_VERSION_MINOR * 1_000 + IAMLET_VERSION_PATCH
}

/// The version of the library as text, "0.2.0" for one.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_version_text() -> iamlet_text {
    text_of!(0, [0], |number| (number, env!("CARGO_PKG_VERSION")))
}
