//! `include/iamlet.h`, generated from the C ABI's own source. The core does not depend on this.

mod comment;
mod items;
mod sections;

use std::path::{Path, PathBuf};

use cbindgen::{Builder, Config};

/// The sources of the header.
const SOURCES: [&str; 18] = [
    "version",
    "text",
    "status",
    "names",
    "details",
    "policy",
    "error",
    "set",
    "context",
    "principal",
    "request",
    "dictionary",
    "assembly",
    "decide",
    "filter",
    "line",
    "record",
    "explain",
];

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The header's text.
///
/// # Errors
/// What is wrong with the sources, with `cbindgen.toml` or with the list of sections.
pub fn generate() -> Result<String, String> {
    let root = root();
    let config = Config::from_file(root.join("cbindgen.toml"))?;
    let builder = SOURCES.iter().fold(Builder::new().with_config(config), |builder, source| {
        builder.with_src(root.join(format!("src/ffi/{source}.rs")))
    });
    let bindings = builder.generate().map_err(|error| error.to_string())?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    sections::arrange(items::read(&text)?)
}
