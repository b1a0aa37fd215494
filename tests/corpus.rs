//! Every AWS managed policy compiles, opens, and makes an image that is not much larger than its document.
//!
//! `make corpus` fetches them (scripts/corpus.sh); without them this test says that it looked at nothing.

use std::fs;
use std::path::Path;

use iamlet::parse::compile;
use iamlet::{
    CompileError, CompileOptions, Fault, LargeScratch, MediumScratch, Policy, PolicyKind, Pool,
    ScratchMemory, SmallScratch,
};
use serde_json::Value;

/// The policies in version 0.0.656 of the package, which scripts/corpus.sh fetches.
const COUNT: usize = 1_594;

/// Images may have this many bytes for a hundred of minified JSON, all policies together.
const MAX_PERCENT: usize = 150;

struct ManagedPolicy {
    name: String,
    document: String,
}

/// The policies, or nothing and a word on why.
fn corpus() -> Option<Vec<ManagedPolicy>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/aws-managed-policies.jsonl");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("SKIPPED: {} is not there; `make corpus` fetches it", path.display());
        return None;
    };
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let member = |name: &str| value[name].as_str().expect("a string").to_owned();
        ManagedPolicy { name: member("name"), document: member("document") }
    };
    Some(text.lines().map(read).collect())
}

/// Compiles in one class: the image, or the pool that is full.
fn attempt(
    policy: &ManagedPolicy,
    kind: PolicyKind,
    scratch: &mut impl ScratchMemory,
) -> Result<Vec<u8>, Pool> {
    let mut image = vec![0; 3 * policy.document.len() + 256];
    match compile(policy.document.as_bytes(), kind, CompileOptions::default(), scratch, &mut image) {
        Ok(size) => {
            image.truncate(size);
            Ok(image)
        }
        Err(CompileError::Refused(error)) if error.fault == Fault::Capacity => {
            Err(error.pool.expect("a full pool has a name"))
        }
        Err(error) => panic!("{}: {error}", policy.name),
    }
}

#[test]
fn every_managed_policy_compiles_and_opens_and_stays_small() {
    let Some(policies) = corpus() else { return };
    println!("{} policies", policies.len());
    assert_eq!(policies.len(), COUNT, "another version of the package has another number");

    let (mut small, mut medium) = (Box::new(SmallScratch::new()), Box::new(MediumScratch::new()));
    let mut large = Box::new(LargeScratch::new());
    let mut classes = [0; 3];
    let mut full: Vec<(&str, Pool, u32)> = Vec::new();
    let mut sizes = Vec::new();
    for policy in &policies {
        let mut note = |class, pool| match full.iter_mut().find(|(name, of, _)| (*name, *of) == (class, pool))
        {
            Some((_, _, count)) => *count += 1,
            None => full.push((class, pool, 1)),
        };
        let identity = PolicyKind::Identity;
        let image = attempt(policy, identity, &mut *small).inspect(|_| classes[0] += 1).or_else(|pool| {
            note("small", pool);
            attempt(policy, identity, &mut *medium).inspect(|_| classes[1] += 1)
        });
        let image = image.or_else(|pool| {
            note("medium", pool);
            attempt(policy, identity, &mut *large).inspect(|_| classes[2] += 1)
        });
        let image = image.unwrap_or_else(|pool| panic!("{}: {pool:?}", policy.name));
        let opened = Policy::open(&image).unwrap_or_else(|error| panic!("{}: {error}", policy.name));
        let document: Value = serde_json::from_str(&policy.document).expect("JSON");
        let statements = document["Statement"].as_array().map_or(1, Vec::len);
        assert_eq!(opened.statement_count(), statements, "{}", policy.name);
        assert_eq!(opened.is_version_2012(), document["Version"] == "2012-10-17", "{}", policy.name);
        sizes.push((policy.document.len(), image.len(), &policy.name));
    }

    println!(
        "small class {}, medium {}, large {}; pools that were full:",
        classes[0], classes[1], classes[2]
    );
    for (class, pool, count) in full {
        println!("    {class}, {}: {count}", pool.name());
    }
    let json: usize = sizes.iter().map(|(json, _, _)| json).sum();
    let images: usize = sizes.iter().map(|(_, image, _)| image).sum();
    println!("{images} bytes of images for {json} of minified JSON: {}%", images * 100 / json);
    sizes.sort_by_key(|(_, image, _)| std::cmp::Reverse(*image));
    for (json, image, name) in sizes.iter().take(5) {
        println!("    largest: {name}: {image} for {json}, {}%", image * 100 / json);
    }
    sizes.sort_by_key(|(json, image, _)| std::cmp::Reverse(image * 1_000 / json));
    for (json, image, name) in sizes.iter().take(5) {
        println!("    worst: {name}: {image} for {json}, {}%", image * 100 / json);
    }
    assert!(images * 100 <= json * MAX_PERCENT, "{images} bytes of images for {json} of JSON");
}

#[test]
fn every_managed_policy_makes_a_permissions_boundary_and_the_same_image_each_time() {
    let Some(policies) = corpus() else { return };
    let mut large = Box::new(LargeScratch::new());
    for policy in &policies {
        let kind = PolicyKind::Boundary;
        let first =
            attempt(policy, kind, &mut *large).unwrap_or_else(|pool| panic!("{}: {pool:?}", policy.name));
        assert!(attempt(policy, kind, &mut *large) == Ok(first), "{}", policy.name);
    }
}
