//! Every policy document in a file of the project compiles, in each kind that it is shipped for, and opens.

use std::fs;
use std::path::Path;

use iamlet::{CompileOptions, Policy, PolicyKind};
use iamlet_cases::compile_document;
use serde_json::Value;

/// Compiles and opens a document, and returns how many statements it has.
fn statements(name: &str, kind: PolicyKind, text: &[u8]) -> usize {
    let image = compile_document(text, kind, CompileOptions::default())
        .unwrap_or_else(|refused| panic!("{name}, {}: {refused}", kind.name()));
    Policy::open(&image).unwrap_or_else(|error| panic!("{name}: {error}")).statement_count()
}

/// The JSON files of a folder of the project.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(&path).expect("the folder").map(|entry| entry.expect("an entry").path());
    let read = |path: &Path| (path.display().to_string(), fs::read(path).expect("a file"));
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .map(|path| read(&path))
        .collect();
    files.sort();
    files
}

#[test]
fn the_policies_of_the_examples_and_of_the_gateways_compile() {
    let examples = files("c-examples/policies");
    assert_eq!(examples.len(), 11);
    let mut count = 0;
    for (name, text) in &examples {
        for kind in [PolicyKind::Identity, PolicyKind::Boundary, PolicyKind::ScpFull] {
            count += statements(name, kind, text);
        }
    }
    assert_eq!(count, 3 * 11);

    let gateways = files("gateways/tests/policies");
    assert_eq!(gateways.len(), 5);
    for (name, text) in &gateways {
        let kind = match Path::new(name).file_stem().and_then(|stem| stem.to_str()) {
            Some("bucket") => PolicyKind::Resource,
            Some("organization") => PolicyKind::ScpFull,
            _ => PolicyKind::Identity,
        };
        assert!(statements(name, kind, text) > 0);
    }
}

#[test]
fn the_policies_of_the_benchmarks_compile() {
    let (mut policies, mut count) = (0, 0);
    for (name, text) in files("benches/data") {
        let workload: Value = serde_json::from_slice(&text).expect("JSON");
        for policy in workload["policies"].as_array().expect("policies") {
            let kind = match policy["layer"].as_str().expect("a layer") {
                "scp" => PolicyKind::ScpFull,
                layer => layer.parse::<PolicyKind>().ok().unwrap_or_else(|| panic!("{name}: {layer}")),
            };
            count += statements(&name, kind, policy["document"].to_string().as_bytes());
            policies += 1;
        }
    }
    assert_eq!((policies, count), (138, 1_105));
}

#[test]
fn the_document_of_the_image_format_compiles() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/image-format.md")).expect("it");
    let blocks: Vec<_> =
        text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 1);
    assert_eq!(statements("docs/image-format.md", PolicyKind::Identity, blocks[0].as_bytes()), 1);
}
