//! The workloads that are measured are also right: every expected decision is met.
//!
//! They are files `*.json` in the folder that IAMLET_BENCH names, or in `../shared/bench`, with policies and requests
//! (`{"policies": [{"layer", "level", "document"}], "requests": [{"principal", ..., "expected"}]}`). Without them this
//! test says that it looked at nothing.

use std::fs;
use std::path::{Path, PathBuf};

use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    CompileOptions, ContextEntry, Effect, Layer, Layers, Levels, PolicyKind, PolicySet, Principal,
    PrincipalType, Request, RequestInput, Resource, SetPolicy, decide,
};
use iamlet_cases::compile_document;
use serde_json::Value;

/// The files, or nothing and a word on why.
fn files() -> Vec<PathBuf> {
    let folder = std::env::var_os("IAMLET_BENCH")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench"), PathBuf::from);
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("SKIPPED: there is no folder {}; IAMLET_BENCH may name another", folder.display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if files.is_empty() {
        println!("SKIPPED: there are no workloads in {}", folder.display());
    }
    files
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("`{name}` of {value}"))
}

/// The policies of a workload in one set, and the layers that it lacks.
fn compile(workload: &Value) -> (Vec<u8>, Layers) {
    let mut levels = Levels::default();
    let mut absent = Layers::ALL;
    let mut images = Vec::new();
    for policy in workload["policies"].as_array().expect("policies") {
        let (kind, layer, flag) = match text(policy, "layer") {
            "scp" => (PolicyKind::ScpFull, Layer::Scp, Layers::SCP),
            "identity" => (PolicyKind::Identity, Layer::Identity, Layers::IDENTITY),
            "boundary" => (PolicyKind::Boundary, Layer::Boundary, Layers::BOUNDARY),
            "session" => (PolicyKind::Session, Layer::Session, Layers::SESSION),
            other => panic!("a layer `{other}`"),
        };
        let level = policy["level"].as_u64().map_or(0, |level| u8::try_from(level).expect("a level"));
        if layer == Layer::Scp {
            levels.scp = levels.scp.max(level + 1);
        }
        absent = absent.without(flag);
        let document = match &policy["document"] {
            Value::String(text) => text.clone(),
            document => document.to_string(),
        };
        let image = compile_document(document.as_bytes(), kind, CompileOptions::default())
            .unwrap_or_else(|refused| panic!("{}: {refused}", policy["id"]));
        images.push((image, layer, level));
    }
    let policies = images.iter().zip(0..).map(|((image, layer, level), tag)| SetPolicy {
        image,
        layer: *layer,
        level: *level,
        tag,
    });
    let mut set = vec![0; set_writer::size(policies.clone(), levels).expect("a set")];
    let used = set_writer::build(policies, levels, &mut set).expect("a set");
    set.truncate(used);
    (set, absent)
}

/// Decides one request of a workload.
fn decided(set: &PolicySet<'_>, absent: Layers, request: &Value) -> Result<Effect, String> {
    let context = request["context"].as_object().expect("a context");
    let values: Vec<Vec<&str>> = context
        .values()
        .map(|values| {
            values.as_array().expect("values").iter().map(|value| value.as_str().expect("text")).collect()
        })
        .collect();
    let entries: Vec<_> =
        context.keys().zip(&values).map(|(key, values)| ContextEntry::new(key.as_str(), values)).collect();
    let arn = text(request, "principal");
    let kind = PrincipalType::from_arn(arn).ok_or("this is no principal")?;
    let role_arn = match kind {
        PrincipalType::RoleSession => {
            let of_role = context.iter().find(|(key, _)| key.eq_ignore_ascii_case("aws:PrincipalArn"));
            of_role.and_then(|(_, values)| values[0].as_str()).ok_or("a session without its role")?
        }
        _ => "",
    };
    let input = RequestInput::new(
        Principal::of_type(Some(kind)).arn(arn).role_arn(role_arn),
        text(request, "action"),
        Resource::owned_by(text(request, "resource"), text(request, "resource_account")),
    )
    .absent(absent)
    .context(entries.as_slice());
    let mut memory = vec![0; input.size().map_err(|error| error.to_string())?];
    prepare_request(&input, &mut memory).map_err(|error| error.to_string())?;
    let request = Request::open(&memory).map_err(|error| error.to_string())?;
    decide(&[*set], request).map(|decision| decision.effect).map_err(|error| error.to_string())
}

#[test]
fn every_workload_is_decided_as_it_expects() {
    for file in files() {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let workload: Value = serde_json::from_str(&fs::read_to_string(&file).expect("a file"))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (bytes, absent) = compile(&workload);
        let set = PolicySet::open(&bytes).expect("a set");
        let requests = workload["requests"].as_array().expect("requests");
        let mut differences = Vec::new();
        let mut tally = [0; 3];
        for request in requests {
            let expected = text(request, "expected");
            match decided(&set, absent, request) {
                Ok(effect) if effect.name() == expected => tally[effect as usize] += 1,
                other => differences.push(format!("{}: {other:?}, not {expected}", request["id"])),
            }
        }
        println!(
            "{name}: {} policies, {} bytes of set; {} requests: {tally:?}",
            set.policy_count(),
            bytes.len(),
            requests.len()
        );
        assert!(differences.is_empty(), "{name}: {}", differences.join("\n"));
        assert!(
            requests.len() >= 10 && tally.iter().filter(|count| **count > 0).count() >= 2,
            "{name}: {tally:?}"
        );
    }
}
