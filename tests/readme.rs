//! The README's examples are the texts of programs that run.

use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).expect(name)
}

/// The first block of the README in this language.
fn example(language: &str) -> String {
    let readme = read("README.md");
    let (_, rest) = readme.split_once(&format!("```{language}\n")).expect("a block");
    rest.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_rust_example_is_that_of_the_crates_documentation() {
    let source = read("src/lib.rs");
    let (_, rest) = source.split_once("//! ```\n").expect("a block");
    let (block, _) = rest.split_once("//! # Ok::").expect("its end");
    let lines =
        block.lines().map(|line| line.strip_prefix("//!").expect("a comment").trim_start_matches(' '));
    let trimmed = |text: &str| text.lines().map(|line| line.trim_start().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&example("rust")), lines.map(str::to_owned).collect::<Vec<_>>());
}

#[test]
fn the_examples_are_short() {
    for (language, most) in [("rust", 12), ("c", 20), ("cpp", 9), ("go", 10)] {
        let lines = example(language).lines().count();
        assert!(lines <= most, "{language}: {lines} lines");
    }
}

/// The examples in the documentation of a folder's files.
fn examples(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            examples(&path, into);
            continue;
        }
        let text = fs::read_to_string(&path).expect("UTF-8");
        let mut is_example = false;
        for line in text.lines().map(str::trim_start) {
            let Some(line) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else { continue };
            if line.trim() == "```" {
                is_example = !is_example;
            } else if is_example {
                into.push_str(line);
                into.push('\n');
            }
        }
    }
}

#[test]
fn every_name_of_the_crate_stands_in_an_example() {
    let root = read("src/lib.rs");
    let exported: Vec<_> = root.split("pub use ").skip(1).filter_map(|rest| rest.split(';').next()).collect();
    let exported = exported.join(" ");
    let is_name = |word: &&str| word.starts_with(char::is_uppercase) || word.starts_with("decide");
    let words = exported.split(|c: char| !c.is_alphanumeric() && c != '_');
    let names: Vec<_> = words.filter(is_name).collect();
    assert!(names.len() > 60 && names.len() < 90, "some eighty names: {}", names.len());
    let mut text = String::new();
    examples(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let used: Vec<_> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let without: Vec<_> = names.into_iter().filter(|name| !used.contains(name)).collect();
    assert!(without.is_empty(), "in no example: {without:?}");
}
