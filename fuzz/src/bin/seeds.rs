//! Writes the seeds of each target into a folder of its name.
//!
//!     seeds FOLDER [MANAGED_POLICIES]     the second is the file that scripts/corpus.sh fetches

use std::fs;
use std::path::Path;

use iamlet_fuzz::bodies::BODIES;
use iamlet_fuzz::seeds;
use serde_json::Value;

/// Bytes of a document that is still of use to a fuzzer.
const LONGEST: usize = 4096;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("seeds FOLDER [MANAGED_POLICIES]")?;
    let mut corpus = Vec::new();
    if let Some(file) = arguments.next() {
        for line in fs::read_to_string(file)?.lines() {
            let policy: Value = serde_json::from_str(line)?;
            let text = policy["document"].as_str().ok_or("a line without a document")?;
            corpus.push(text.as_bytes().to_vec());
        }
        corpus.retain(|text| text.len() <= LONGEST);
    }
    for (target, _) in BODIES {
        let folder = Path::new(&folder).join(target);
        fs::create_dir_all(&folder)?;
        let seeds = seeds::of(target, &corpus);
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:04}")), seed)?;
        }
        println!("{target}: {} seeds", seeds.len());
    }
    Ok(())
}
