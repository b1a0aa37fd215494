//! The building: which floor knows which, where `unsafe` may stand, how long a file may be, and nothing left undone.
//!
//! A file uses only floors below its own: ground, then image, then parse and request, which do not know each other, then
//! evaluate, which does not know parse, then tell, then owned and ffi, which do not know each other. No files use each
//! other in a circle.

#[path = "floors/source.rs"]
mod source;

use std::fmt::Write;

use quote::ToTokens;
use source::{Source, arrows, circle, sources};

/// The floors, each with those that it may use beside itself.
const FLOORS: [(&str, &[&str]); 8] = [
    ("ground", &[]),
    ("image", &["ground"]),
    ("parse", &["ground", "image"]),
    ("request", &["ground", "image"]),
    ("evaluate", &["ground", "image", "request"]),
    ("tell", &["ground", "image", "request", "evaluate"]),
    ("owned", &["ground", "image", "parse", "request", "evaluate", "tell"]),
    ("ffi", &["ground", "image", "parse", "request", "evaluate", "tell"]),
];

/// Lines of a file; tests at its foot do not count, tests in a file of their own do.
const MAX_LINES: usize = 600;
/// Lines from which on a file is named in the output of the test.
const LONG: usize = 400;

/// The crates that are ours.
const CRATES: [&str; 9] = [
    "src",
    "crates/cases/src",
    "crates/cli/src",
    "crates/header/src",
    "benches/index-check/src",
    "benches/runner/src",
    "benches/workloads/src",
    "benches/peers/src",
    "fuzz/src",
];

/// The floor of a file of the core; empty for its root.
fn floor(name: &str) -> &str {
    let inside = name.strip_prefix("src/").expect("a file below src");
    inside.split_once('/').map_or("", |(floor, _)| floor)
}

#[test]
fn a_file_uses_only_the_floors_below_its_own() {
    let sources = sources("src");
    let mut wrong = String::new();
    let mut uses = 0;
    for (name, used) in arrows(&sources) {
        let Some((own, below)) = FLOORS.iter().find(|(own, _)| *own == floor(name)) else { continue };
        for other in used {
            uses += 1;
            let named = floor(other);
            if named != *own && !below.contains(&named) {
                let _ = writeln!(wrong, "{name} must not know {other}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(uses > 200, "the scan finds what is used: {uses}");
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    for folder in CRATES {
        let sources = sources(folder);
        let found = circle(&arrows(&sources));
        assert!(found.is_none(), "a circle: {}", found.unwrap_or_default().join(" -> "));
    }
}

#[test]
fn every_file_stands_on_a_floor() {
    let sources = sources("src");
    for source in &sources {
        let known = FLOORS.iter().any(|(own, _)| *own == floor(&source.name));
        assert!(known || source.name == "src/lib.rs", "{} is on no floor", source.name);
    }
    for (own, _) in FLOORS {
        let root = format!("src/{own}/mod.rs");
        assert!(sources.iter().any(|source| source.name == root), "{root}");
    }
}

#[test]
fn unsafe_stands_in_ffi_only() {
    let mut in_ffi = 0;
    for source in sources("src") {
        let count = source.words().iter().filter(|word| word.word == "unsafe").count();
        if floor(&source.name) == "ffi" {
            in_ffi += count;
        } else {
            assert_eq!(count, 0, "{} has `unsafe`", source.name);
            assert!(!has_attribute(&source, "allow (unsafe_code)"), "{} allows it", source.name);
        }
    }
    assert!(in_ffi > 20, "the scan finds what is there: {in_ffi}");
}

/// Whether a file has this inner attribute.
fn has_attribute(source: &Source, attribute: &str) -> bool {
    source.attributes.iter().any(|own| own.meta.to_token_stream().to_string() == attribute)
}

#[test]
fn every_floor_but_ffi_forbids_unsafe_and_the_root_denies_it() {
    let sources = sources("src");
    let file = |name: &str| sources.iter().find(|source| source.name == name).expect("a file");
    for (own, _) in FLOORS.iter().filter(|(own, _)| *own != "ffi") {
        assert!(has_attribute(file(&format!("src/{own}/mod.rs")), "forbid (unsafe_code)"), "{own}");
    }
    assert!(has_attribute(file("src/lib.rs"), "deny (unsafe_code)"));
}

#[test]
fn nothing_below_owned_has_std_or_alloc() {
    let is_core = |source: &&Source| !source.is_tests && floor(&source.name) != "owned";
    for source in sources("src").iter().filter(is_core) {
        for word in source.words() {
            let is_path = word.is_path && (word.word == "std" || word.word == "alloc");
            assert!(!is_path, "{}:{}: `{}`", source.name, word.line, word.word);
        }
        let externs = source.items.iter().filter(|item| matches!(item, syn::Item::ExternCrate(_))).count();
        // The root names `alloc`, for the feature of that name.
        assert_eq!(externs, usize::from(source.name == "src/lib.rs"), "{} names a crate", source.name);
    }
}

#[test]
fn no_file_is_too_long() {
    let mut long = String::new();
    for source in CRATES.into_iter().flat_map(sources) {
        let lines = source.lines();
        if lines > LONG {
            println!("{}: {lines} lines", source.name);
        }
        if lines > MAX_LINES {
            let _ = writeln!(long, "{}: {lines} lines, more than {MAX_LINES}", source.name);
        }
    }
    assert!(long.is_empty(), "{long}");
}

#[test]
fn nothing_is_left_to_do() {
    let mut left = String::new();
    // In two pieces each, so that this list is not found by itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!"),
        concat!("un", "implemented!"),
        concat!("db", "g!"),
    ];
    for source in CRATES.into_iter().chain(["tests"]).flat_map(sources) {
        for (at, line) in source.text.lines().enumerate() {
            // In comments as in code.
            if marks.iter().any(|mark| line.contains(mark)) {
                let _ = writeln!(left, "{}:{}: {}", source.name, at + 1, line.trim());
            }
        }
    }
    assert!(left.is_empty(), "{left}");
}

#[test]
fn the_scan_sees_code_and_no_comments_strings_or_tests() {
    let source = |module: &str, text: &str| {
        let module = module.split("::").map(str::to_owned).collect();
        Source::parse(format!("src/{text}"), text.to_owned(), module)
    };
    let text = "fn a() { /* unsafe */ \"unsafe\"; b! { unsafe { crate::x::y() } } } #[cfg(test)] mod t { use super::z; }";
    let words = source("m", text).words();
    assert_eq!(words.iter().filter(|word| word.word == "unsafe").count(), 1);
    assert!(words.iter().all(|word| word.word != "z"));

    // What a module hands on is its own only where it is written there.
    let files = [
        source("a", "pub use b::B; mod b; mod c;"),
        source("a::b", "pub struct B; use super::c::C;"),
        source("a::c", "pub struct C(super::B, crate::d::D);"),
        source("d", "use crate::a::{self, B}; pub struct D;"),
    ];
    let arrows = arrows(&files);
    let of = |at: usize| arrows[files[at].name.as_str()].iter().copied().collect::<Vec<_>>();
    let name = |at: usize| files[at].name.as_str();
    assert_eq!(of(1), [name(2)]);
    assert_eq!(of(2), [name(1), name(3)]);
    assert_eq!(of(3), [name(1), name(0)]);
    assert!(circle(&arrows).is_some());
}
