//! The README's commands print what the README says.

use std::path::Path;
use std::process::Command;

/// The commands of the README's blocks of the language `console`, each with what it prints.
fn commands(readme: &str) -> Vec<(String, String)> {
    let mut commands = Vec::new();
    for block in readme.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("its end");
        for command in format!("\n{block}").split("\n$ ").skip(1) {
            let joined = command.replace("\\\n", " ");
            let (command, output) = joined.split_once('\n').expect("an output");
            let end = if output.ends_with('\n') { "" } else { "\n" };
            commands.push((command.to_owned(), format!("{output}{end}")));
        }
    }
    commands
}

#[test]
fn each_command_prints_what_stands_below_it_within_80_columns() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let commands = commands(&readme);
    assert_eq!(commands.len(), 5);
    for (command, expected) in commands {
        let arguments = command.strip_prefix("iamlet ").expect("the tool");
        let output = Command::new(env!("CARGO_BIN_EXE_iamlet"))
            .args(arguments.split_whitespace())
            .current_dir(&root)
            .output()
            .expect("iamlet starts");
        let texts = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
        assert_eq!(texts, [expected.clone(), String::new()], "{command}");
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(expected.lines().all(|line| line.len() <= 80), "{expected}");
    }
}
