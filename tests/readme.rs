//! The README's examples are the texts of programs that run.

use std::fs;

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
