//! Every rule of `docs/semantics.md` is cited by a test, and nothing cites a rule that is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rule ids in a text: `R-`, capital letters, `-` and digits, as words of their own.
fn ids(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let is_id = |word: &&str| {
        let (letters, digits) =
            word.strip_prefix("R-").and_then(|rest| rest.split_once('-')).unwrap_or_default();
        let capitals = !letters.is_empty() && letters.bytes().all(|letter| letter.is_ascii_uppercase());
        capitals && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    words.filter(is_id).map(str::to_owned).collect()
}

/// The ids that the rules define, each in a bullet that begins with it.
fn defined() -> BTreeSet<String> {
    let rules = read(&root().join("docs/semantics.md"));
    let bullets: Vec<_> = rules
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("- **R-")?.split_once("**"))
        .map(|(id, _)| format!("R-{id}"))
        .collect();
    let defined: BTreeSet<_> = bullets.iter().cloned().collect();
    assert_eq!(defined.len(), bullets.len(), "a rule is stated twice");
    assert!(bullets.iter().all(|id| ids(id).contains(id)), "a rule has no id");
    defined
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a folder that have one of these extensions.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if path.extension().is_some_and(|own| extensions.iter().any(|extension| own == *extension)) {
            found.push(path);
        }
    }
    found
}

/// The files of the tests, but for this one: its text is about ids in general.
fn tests() -> Vec<PathBuf> {
    let mut files = files(&root().join("tests"), &["rs", "jsonl"]);
    files.retain(|path| !path.ends_with("rules_cited.rs"));
    files
}

#[test]
fn every_rule_is_cited_by_a_test() {
    // The naive evaluator is a second reading of the rules, and no test of one.
    let naive = root().join("tests/naive");
    let tests = tests().into_iter().filter(|path| !path.starts_with(&naive));
    let cited: BTreeSet<_> = tests.flat_map(|path| ids(&read(&path))).collect();
    let defined = defined();
    assert!(defined.len() > 200, "{} rules", defined.len());
    let uncited: Vec<_> = defined.difference(&cited).collect();
    assert!(uncited.is_empty(), "no test cites {uncited:?}");
}

#[test]
fn every_cited_rule_is_defined() {
    let defined = defined();
    let mut unknown: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let folders =
        ["src", "crates/cases/src", "crates/cli/src", "crates/header/src"].map(|folder| root().join(folder));
    let sources = folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| files(folder, &["rs"]));
    for path in tests().into_iter().chain(sources) {
        for id in ids(&read(&path)).difference(&defined) {
            unknown.entry(id.clone()).or_default().push(path.clone());
        }
    }
    assert!(unknown.is_empty(), "no rule has these ids: {unknown:#?}");
}

/// Sections are numbered anew when one is put between; ids stay.
#[test]
fn no_source_cites_a_section_of_the_rules() {
    for folder in ["src", "crates/cases/src", "crates/cli/src", "crates/header/src", "tests"] {
        for path in files(&root().join(folder), &["rs"]) {
            let text = read(&path);
            let cited = text.lines().find(|line| line.contains("section") && line.contains("of the rules"));
            let is_here = path.ends_with("rules_cited.rs");
            assert!(is_here || cited.is_none(), "{}: {cited:?} cites no rule", path.display());
        }
    }
}

#[test]
fn an_id_is_letters_and_a_number() {
    let text = "R-GEN-1, (R-RES-12) R-X R--1 R-a-1 R-EVAL- XR-GEN-2 R-GEN-3-1 R-GEN-4a `R-STR-4`: R-NUM-1";
    let expected = ["R-GEN-1", "R-NUM-1", "R-RES-12", "R-STR-4"];
    assert_eq!(ids(text), expected.map(str::to_owned).into());
}
