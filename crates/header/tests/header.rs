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
    assert_eq!(enums, 16);
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
    let declared = declarations(&header).len();
    assert_eq!(declared, exported.len());
    let returns_status = header.matches("\niamlet_status iamlet_").count();
    assert_eq!(returns_status, 0, "each status is marked IAMLET_MUST_USE");
}

/// Each function with the lines of its comment and declaration.
fn declarations(header: &str) -> Vec<(usize, &str)> {
    let declares = |part: &&str| {
        let last = part.rsplit("*/\n").next().unwrap_or_default();
        last.contains(" iamlet_") && last.trim_end().ends_with(");") && !last.contains('#')
    };
    header.split("\n\n").filter(declares).map(|part| (part.lines().count(), part)).collect()
}

/// What came after 0.1, by the beginning of what one declares or of its comment.
const LATER: [&str; 41] = [
    "iamlet_status iamlet_policy_compile_mapped(",
    "iamlet_status iamlet_policy_position(",
    "typedef struct iamlet_position {",
    "iamlet_status iamlet_set_describe(",
    "iamlet_status iamlet_set_context_key(",
    "iamlet_status iamlet_set_assign_slots(",
    "iamlet_status iamlet_error_explain(",
    "iamlet_status iamlet_decision_format(",
    "iamlet_status iamlet_request_needed_key(",
    "/* EXPLANATIONS",
    "typedef enum iamlet_record_kind {",
    "typedef enum iamlet_role {",
    "typedef enum iamlet_need {",
    "typedef enum iamlet_truth {",
    "typedef enum iamlet_fact {",
    "typedef enum iamlet_change {",
    "iamlet_role_text(",
    "iamlet_need_text(",
    "iamlet_fact_text(",
    "iamlet_change_text(",
    "typedef struct iamlet_record",
    "iamlet_explain",
    "typedef struct iamlet_source {",
    "typedef struct iamlet_explanation {",
    "not_fetched;",
    "typedef struct iamlet_set_info {",
    "typedef enum iamlet_detail {",
    "iamlet_text iamlet_request_member(",
    "iamlet_text iamlet_item_member(",
    "iamlet_text iamlet_detail_code(",
    "iamlet_text iamlet_layer_code(",
    "iamlet_dictionary",
    "iamlet_principal_input",
    "iamlet_action_",
    "iamlet_slot_entry",
    "iamlet_assembly",
    "/* REQUESTS IN TWO STEPS",
    "uint32_t iamlet_kind_from_text(",
    "uint32_t iamlet_layer_from_text(",
    "uint32_t iamlet_layer_of_kind(",
    "uint32_t iamlet_resource_kind_of(",
];

#[test]
fn the_header_is_short_and_so_is_each_function() {
    let header = header();
    let mut later = 0;
    for part in header.split("\n\n").filter(|part| LATER.iter().any(|name| part.contains(name))) {
        later += part.lines().count() + 1;
    }
    // Statuses from 75 to 78 and from 96 on, of two lines each, and macros.
    later += 8;
    later +=
        2 * header.lines().filter(|line| line.starts_with("    IAMLET_") && line.contains("= 1")).count();
    later += header.lines().filter(|line| line.contains("_INIT {") || line.contains("_ROOM")).count();
    let lines = header.lines().count();
    assert!(lines - later <= 1150, "{lines} lines, {later} of them later than 0.1");
    assert!(lines <= 2050, "{lines} lines");
    for (lines, function) in declarations(&header) {
        assert!(lines <= 25, "{lines} lines: {function}");
    }
    let wide: Vec<_> = header.lines().filter(|line| line.chars().count() > 100).collect();
    assert_eq!(wide, [""; 0]);
    let program_ends = header.lines().position(|line| line.ends_with("return allowed ? 0 : 1;"));
    let declarations_begin = header.lines().position(|line| line.starts_with("/* TEXTS"));
    assert!(program_ends.is_some_and(|line| line < 40) && declarations_begin.is_some_and(|line| line < 165));
}
