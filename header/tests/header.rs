//! The committed header is the one that the source gives, and says the version that the package has.

use std::fs;

fn header() -> String {
    fs::read_to_string(iamlet_header::root().join("include/iamlet.h")).expect("include/iamlet.h")
}

#[test]
fn the_committed_header_is_what_the_source_gives() {
    let generated = iamlet_header::generate().expect("a header");
    assert!(generated == header(), "include/iamlet.h is stale: run `make header`");
}

#[test]
fn version_macros_are_the_version_of_the_package() {
    let header = header();
    for (name, value) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        let line = format!("#define IAMLET_VERSION_{name} {value}\n");
        assert!(header.contains(&line), "{line}");
    }
}

#[test]
fn every_enum_of_the_abi_is_in_the_header() {
    let header = header();
    let mut enums = 0;
    for file in fs::read_dir(iamlet_header::root().join("src/ffi")).expect("src/ffi") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        for line in text.lines().filter_map(|line| line.strip_prefix("pub enum ")) {
            let name = line.trim_end_matches(" {");
            assert!(header.contains(&format!("typedef enum {name} {{")), "{name} is not in the header");
            enums += 1;
        }
    }
    assert_eq!(enums, 10);
}

#[test]
fn every_exported_function_is_in_the_header_and_no_other() {
    let mut exported = Vec::new();
    for file in fs::read_dir(iamlet_header::root().join("src/ffi")).expect("src/ffi") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.contains("#[unsafe(no_mangle)]") {
                let signature = lines.next().expect("a function");
                let name =
                    signature.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).expect("a name");
                exported.push(name.to_owned());
            }
        }
    }
    let header = header();
    assert!(exported.len() > 20, "{exported:?}");
    for name in &exported {
        assert!(header.contains(&format!(" {name}(")), "{name} is not in the header");
    }
    let declared = header.matches("\nenum iamlet_status iamlet_").count()
        + header.matches("\niamlet_status iamlet_").count();
    assert!(declared > 10, "{declared}");
}
