//! The building: which floor knows which, where `unsafe` may stand, how long a file may be, and nothing left undone.
//!
//! A file uses only floors below its own: ground, then image, then parse and evaluate, which do not know each other,
//! then ffi.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, each with those that it may use beside itself.
const FLOORS: [(&str, &[&str]); 5] = [
    ("ground", &[]),
    ("image", &["ground"]),
    ("parse", &["ground", "image"]),
    ("evaluate", &["ground", "image"]),
    ("ffi", &["ground", "image", "parse", "evaluate"]),
];

/// Lines of a file; tests at its foot do not count, tests in a file of their own do.
const MAX_LINES: usize = 600;
/// Lines from which on a file is named in the output of the test.
const LONG: usize = 400;

struct Source {
    /// From the root of the package, with `/`.
    name: String,
    text: String,
    /// The text without comments, strings and characters.
    code: String,
}

impl Source {
    /// The folder below `src`, or the empty name for a file of the root.
    fn floor(&self) -> &str {
        let inside = self.name.strip_prefix("src/").expect("a file below src");
        inside.split_once('/').map_or("", |(floor, _)| floor)
    }

    fn is_tests(&self) -> bool {
        self.name.ends_with("_tests.rs") || self.name.ends_with("/tests.rs")
    }

    /// How many steps `super::` takes to the root of the crate.
    fn depth(&self) -> usize {
        let inside = self.name.strip_prefix("src/").expect("a file below src");
        let parts = inside.matches('/').count() + 1;
        // `mod.rs` is the module of its folder; tests are a module inside another file.
        if inside.ends_with("/mod.rs") || inside == "lib.rs" {
            parts - 1
        } else {
            parts + usize::from(self.is_tests())
        }
    }

    /// The code without the tests at the file's foot.
    fn subject(&self) -> &str {
        self.code.split("#[cfg(test)]").next().unwrap_or_default()
    }

    /// The lines that are not those of tests at its foot.
    fn subject_lines(&self) -> usize {
        let lines = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
        if self.is_tests() { self.text.lines().count() } else { lines }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Where code is that is ours.
const FOLDERS: [&str; 10] = [
    "src",
    "cases/src",
    "cli/src",
    "header/src",
    "tests",
    "benches/index-check/src",
    "benches/runner/src",
    "benches/workloads/src",
    "benches/peers/src",
    "fuzz/src",
];

/// The Rust files of a folder of the package.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("UTF-8");
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            let code = code_of(&text);
            Source { name, text, code }
        })
        .collect()
}

/// The text without comments, and with nothing in its strings and characters. Lines stay where they are.
fn code_of(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    let starts = |at: usize, what: &str| bytes[at..].starts_with(what.as_bytes());
    while at < bytes.len() {
        let skipped = if starts(at, "//") {
            text[at..].find('\n').unwrap_or(text.len() - at)
        } else if starts(at, "/*") {
            text[at..].find("*/").map_or(text.len() - at, |end| end + 2)
        } else if starts(at, "r\"") || starts(at, "r#\"") {
            let closing = if starts(at, "r\"") { "\"" } else { "\"#" };
            let opened = at + 1 + closing.len();
            text[opened..].find(closing).expect("the end of a raw string") + opened + closing.len() - at
        } else if starts(at, "\"") {
            string_len(&bytes[at..], b'"')
        } else if starts(at, "'") && (starts(at + 1, "\\") || text[at + 1..].chars().nth(1) == Some('\'')) {
            string_len(&bytes[at..], b'\'')
        } else {
            0
        };
        if skipped > 0 {
            code.extend(text[at..at + skipped].chars().filter(|character| *character == '\n'));
            at += skipped;
        } else {
            let character = text[at..].chars().next().expect("a character");
            code.push(character);
            at += character.len_utf8();
        }
    }
    code
}

/// The bytes of a string or character from its opening quote to its closing one.
fn string_len(opened: &[u8], quote: u8) -> usize {
    let mut at = 1;
    loop {
        match opened.get(at) {
            Some(b'\\') => at += 2,
            Some(byte) if *byte == quote => return at + 1,
            Some(_) => at += 1,
            None => panic!("a string without an end"),
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Where `word` stands in `code` as a whole word, each with what follows it.
fn words<'c>(code: &'c str, word: &'c str) -> impl Iterator<Item = (usize, &'c str)> {
    code.match_indices(word).filter_map(move |(at, _)| {
        let behind = &code[at + word.len()..];
        let alone = !code[..at].ends_with(is_word) && !behind.starts_with(is_word);
        alone.then_some((at, behind))
    })
}

/// The modules at the root of the crate that a file names, with the line.
fn named_floors(source: &Source) -> Vec<(usize, String)> {
    let code = &source.code;
    let mut found = Vec::new();
    let mut add = |at: usize, behind: &str| {
        // `crate::{a::b, c}` names a and c; a list inside a list belongs to its own module.
        let behind = behind.trim_start();
        let mut names = Vec::new();
        if let Some(list) = behind.strip_prefix('{') {
            let mut depth = 1;
            let mut start = true;
            for (at, character) in list.char_indices() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 1 => break,
                    '}' => depth -= 1,
                    ',' if depth == 1 => start = true,
                    _ if start && is_word(character) => {
                        names.push(
                            list[at..].split(|character| !is_word(character)).next().unwrap_or_default(),
                        );
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            names.push(behind.split(|character| !is_word(character)).next().unwrap_or_default());
        }
        let line = code[..at].matches('\n').count() + 1;
        found.extend(names.into_iter().map(|name| (line, name.to_owned())));
    };
    for root in ["crate", "iamlet"] {
        for (at, behind) in words(code, root) {
            if let Some(path) = behind.trim_start().strip_prefix("::") {
                add(at, path);
            }
        }
    }
    // `super::super::` as far as the root.
    let climb = "super::".repeat(source.depth().max(1));
    for (at, _) in code.match_indices(&climb) {
        let behind = &code[at + climb.len()..];
        if source.depth() > 0 && !code[..at].ends_with("super::") && !behind.starts_with("super::") {
            add(at, behind);
        }
    }
    found
}

#[test]
fn a_file_uses_only_the_floors_below_its_own() {
    let mut wrong = String::new();
    let mut uses = 0;
    for source in sources("src") {
        let floor = source.floor();
        let Some((_, below)) = FLOORS.iter().find(|(name, _)| *name == floor) else { continue };
        for (line, named) in named_floors(&source) {
            // Macros and the like may stand at the root; a floor may not.
            if FLOORS.iter().any(|(name, _)| *name == named) {
                uses += 1;
                if named != floor && !below.contains(&named.as_str()) {
                    let _ = writeln!(wrong, "{}:{line}: `{floor}` must not know `{named}`", source.name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(uses > 50, "the scan finds what is used: {uses}");
}

#[test]
fn every_file_stands_on_a_floor() {
    for source in sources("src") {
        let floor = source.floor();
        let known = FLOORS.iter().any(|(name, _)| *name == floor);
        assert!(known || source.name == "src/lib.rs", "{} is on no floor", source.name);
    }
    for (floor, _) in FLOORS {
        let root = format!("src/{floor}/mod.rs");
        assert!(sources("src").iter().any(|source| source.name == root), "{root}");
    }
}

#[test]
fn unsafe_stands_in_ffi_only() {
    let mut in_ffi = 0;
    for source in sources("src") {
        let count = words(&source.code, "unsafe").count();
        if source.floor() == "ffi" {
            in_ffi += count;
        } else {
            assert_eq!(count, 0, "{} has `unsafe`", source.name);
        }
        if source.floor() != "ffi" {
            assert!(!source.code.contains("allow(unsafe_code)"), "{} allows it", source.name);
        }
    }
    assert!(in_ffi > 20, "the scan finds what is there: {in_ffi}");
}

#[test]
fn every_floor_but_ffi_forbids_unsafe_and_the_root_denies_it() {
    let sources = sources("src");
    let code = |name: &str| &sources.iter().find(|source| source.name == name).expect(name).code;
    for (floor, _) in FLOORS.iter().filter(|(floor, _)| *floor != "ffi") {
        assert!(code(&format!("src/{floor}/mod.rs")).contains("#![forbid(unsafe_code)]"), "{floor}");
    }
    assert!(code("src/lib.rs").contains("#![deny(unsafe_code)]"));
}

#[test]
fn the_core_has_neither_std_nor_alloc() {
    for source in sources("src") {
        for name in ["std", "alloc"] {
            for (at, behind) in words(source.subject(), name) {
                let line = source.subject()[..at].matches('\n').count() + 1;
                let is_path = behind.trim_start().starts_with("::");
                let is_extern = source.subject()[..at].trim_end().ends_with("extern crate");
                assert!(source.is_tests() || !(is_path || is_extern), "{}:{line}: `{name}`", source.name);
            }
        }
    }
}

#[test]
fn no_file_is_too_long() {
    let mut long = String::new();
    for source in sources("src") {
        let lines = source.subject_lines();
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
    for source in FOLDERS.into_iter().flat_map(sources) {
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
fn the_scan_sees_code_and_no_comments_or_strings() {
    let code = code_of("a // unsafe\n\"unsafe \\\" b\" /* unsafe\n */ r#\"unsafe\"# '\"' c::<'x>('\\'') d");
    assert_eq!(code, "a \n \n   c::<'x>() d");
    assert_eq!(words("unsafe_code unsafe {", "unsafe").count(), 1);
    let source =
        |name: &str, text: &str| Source { name: name.into(), text: text.into(), code: code_of(text) };
    let named = |name: &str, text: &str| named_floors(&source(name, text));
    assert_eq!(named("src/a/b.rs", "use crate::x::Y;\nuse crate::{p, q::{r, s}};").len(), 3);
    assert_eq!(named("src/a/b.rs", "super::c(); super::super::ffi::d()"), [(1, "ffi".to_owned())]);
    assert_eq!(named("src/a/mod.rs", "use super::ffi;"), [(1, "ffi".to_owned())]);
}
