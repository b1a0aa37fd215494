//! Rows of `make hostile` that compare what a stranger made with what an honest one has.

use std::path::Path;

use iamlet_workloads::colliding::{Letters, names};

use crate::hostile_decisions::Keys;
use crate::hostile_row::{Part, Row};
use crate::{blobs, guard};

/// All of them.
///
/// # Errors
/// Why they cannot be counted.
pub fn part(folder: &Path) -> Result<Part, String> {
    Ok(Part { rows: keys(folder)?, table: String::new() })
}

/// Preparing context keys whose hashes collide, against as many that do not, of the same lengths.
fn keys(folder: &Path) -> Result<Vec<Row>, String> {
    let key = |name: String| (name, vec!["x".to_owned()]);
    let mut rows = Vec::new();
    for count in [64, 1_000, 16_383] {
        let hostile: Keys =
            names("x:front-", 0x1234_5678, Letters::Any, count).into_iter().map(key).collect();
        let honest: Keys = (0..count).map(|at| key(format!("x:front-{at:08}"))).collect();
        let ratio = preparing(&hostile, folder)? / preparing(&honest, folder)?;
        let what = format!("preparing {count} context keys that collide, against as many that do not");
        // Ordered by halving: no more than the logarithm of the number.
        rows.push(Row::new(what, ratio, 20.0, "times"));
    }
    Ok(rows)
}

/// Instructions of preparing a request with these keys, each of one value.
///
/// # Errors
/// Why they cannot be counted.
fn preparing(keys: &Keys, folder: &Path) -> Result<f64, String> {
    let file = folder.join("keys.blobs");
    blobs::write(&file, keys.iter().map(|(name, _)| name.as_bytes()));
    Ok(guard::callgrind("hostile-prepare", &file)? as f64)
}
