//! Writes the seeds of each target into a folder of its name, or keeps the inputs of such folders.
//!
//!     seeds write FOLDER [MANAGED_POLICIES]     the second is the file that scripts/corpus.sh fetches
//!     seeds keep FOLDER                         replaces the files in fuzz/kept

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use iamlet_fuzz::bodies::BODIES;
use iamlet_fuzz::seeds;
use serde_json::Value;

type Done = Result<(), Box<dyn std::error::Error>>;

/// Bytes of a document that is still of use to a fuzzer.
const LONGEST: usize = 4096;

/// Bytes of an input that is kept, and of all that are kept for a target.
const KEPT: (usize, usize) = (1024, 40_000);

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", folder] => write(Path::new(folder), &[]),
        ["write", folder, file] => write(Path::new(folder), &managed_policies(file)?),
        ["keep", folder] => keep(Path::new(folder)),
        _ => Err("seeds write FOLDER [MANAGED_POLICIES] | seeds keep FOLDER".into()),
    }
}

fn managed_policies(file: &str) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
    let mut documents = Vec::new();
    for line in fs::read_to_string(file)?.lines() {
        let policy: Value = serde_json::from_str(line)?;
        let text = policy["document"].as_str().ok_or("a line without a document")?;
        documents.push(text.as_bytes().to_vec());
    }
    documents.retain(|text| text.len() <= LONGEST);
    Ok(documents)
}

fn write(folder: &Path, documents: &[Vec<u8>]) -> Done {
    for (target, _) in BODIES {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        let mut seeds = seeds::of(target, documents);
        seeds.extend(seeds::kept(target));
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:04}")), seed)?;
        }
        println!("{target}: {} seeds", seeds.len());
    }
    Ok(())
}

/// Keeps the shortest inputs of each target, as many as there is room for.
fn keep(folder: &Path) -> Done {
    for (target, _) in BODIES {
        let Ok(entries) = fs::read_dir(folder.join(target)) else { continue };
        let mut inputs = Vec::new();
        for entry in entries {
            inputs.push(fs::read(entry?.path())?);
        }
        inputs.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        let (mut text, mut room) = (String::new(), KEPT.1);
        for input in inputs.iter().filter(|input| input.len() <= KEPT.0) {
            let Some(left) = room.checked_sub(input.len()) else { break };
            room = left;
            text.push_str(&STANDARD.encode(input));
            text.push('\n');
        }
        fs::write(seeds::kept_file(target), text)?;
    }
    Ok(())
}
