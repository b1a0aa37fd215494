//! `iamlet compile`.

mod common;

use std::fs;

use common::{ALLOW, Folder, REFUSED};
use iamlet::{CompileOptions, PolicyKind};
use iamlet_cases::compile_document;

fn image() -> Vec<u8> {
    compile_document(ALLOW.as_bytes(), PolicyKind::Identity, CompileOptions::default())
        .expect("a good policy")
}

#[test]
fn the_output_is_the_image_and_nothing_else_is_left() {
    let folder = Folder::with(&[("p.json", ALLOW.as_bytes()), ("old.iam", b"old")]);
    for out in ["new.iam", "old.iam"] {
        let run = folder.run(&format!("compile --kind identity p.json -o {out}"));
        assert_eq!((run.status, run.out.as_str(), run.err.as_str()), (0, "", ""));
        assert_eq!(fs::read(folder.path(out)).expect("the image"), image());
    }
    assert_eq!(folder.names(), ["new.iam", "old.iam", "p.json"]);
}

#[test]
fn a_refused_document_leaves_the_output_as_it_was() {
    let folder = Folder::with(&[("p.json", REFUSED.as_bytes()), ("old.iam", b"old")]);
    let run = folder.run("compile --kind identity p.json -o old.iam");
    assert_eq!(run.status, 1);
    assert!(run.err.starts_with("p.json:1:48: BAD_EFFECT"), "{}", run.err);
    assert_eq!(fs::read(folder.path("old.iam")).expect("the old file"), b"old");
    assert_eq!(folder.run("compile --kind identity p.json -o new.iam").status, 1);
    assert_eq!(folder.names(), ["old.iam", "p.json"]);
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = Folder::with(&[("p.json", ALLOW.as_bytes())]);
    for out in [".", "no/such/folder.iam", "/dev/null"] {
        let run = folder.run(&format!("compile --kind identity p.json -o {out}"));
        assert_eq!(run.status, 2);
        assert!(run.err.contains(&format!("cannot write `{out}`")), "{}", run.err);
    }
    assert_eq!(folder.names(), ["p.json"]);
}

#[test]
fn an_input_that_cannot_be_read_is_named() {
    let folder = Folder::with(&[]);
    for input in [".", "missing.json"] {
        let run = folder.run(&format!("compile --kind identity {input} -o out.iam"));
        assert_eq!(run.status, 2);
        assert!(run.err.contains(&format!("cannot read `{input}`")), "{}", run.err);
    }
    assert!(folder.names().is_empty());
}

#[test]
fn dashes_are_standard_input_and_output() {
    let folder = Folder::with(&[]);
    let arguments = ["compile", "--kind", "identity", "-", "-o", "copy.iam"];
    assert_eq!(folder.run_with(arguments, ALLOW.as_bytes()).status, 0);
    assert_eq!(fs::read(folder.path("copy.iam")).expect("the image"), image());

    fs::write(folder.path("p.json"), ALLOW).expect("a file");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_iamlet"))
        .args(["compile", "--kind", "identity", "-o", "-"])
        .arg(folder.path("p.json"))
        .output()
        .expect("iamlet runs");
    assert_eq!(output.stdout, image());
}

#[cfg(unix)]
#[test]
fn a_replaced_output_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::with(&[("p.json", ALLOW.as_bytes()), ("old.iam", b"old")]);
    let old = folder.path("old.iam");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).expect("our own file");
    assert_eq!(folder.run("compile --kind identity p.json -o old.iam").status, 0);
    assert_eq!(fs::metadata(&old).expect("the image").permissions().mode() & 0o777, 0o640);
}
