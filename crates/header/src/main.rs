//! Writes `include/iamlet.h`.

fn main() -> Result<(), String> {
    let header = iamlet_header::root().join("include/iamlet.h");
    std::fs::write(&header, iamlet_header::generate()?)
        .map_err(|error| format!("{}: {error}", header.display()))
}
