//! Rows of `make hostile` about compiling: instructions a byte of documents that were written to be dear.

use std::fmt::Write;
use std::path::Path;

use iamlet::PolicyKind;
use iamlet::ffi::policy::{
    IAMLET_ENFORCE_QUOTAS, IAMLET_SCRATCH_LARGE, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_SMALL,
    iamlet_compile_options,
};
use iamlet::ffi::status::iamlet_status;
use iamlet_workloads::hostile_documents::{self, HostileDocument};

use crate::document::grouped;
use crate::engine::{self, Scratch};
use crate::hostile_row::{Part, Row};
use crate::{blobs, guard};

/// Instructions a byte.
const A_BYTE: f64 = 150.0;

/// What is let pass while the promise is not met: new keys, and short values and variables that differ, take more.
const HELD: f64 = 190.0;

/// The instructions a byte of a document over those of a quarter of it. What is looked up takes a comparison for each
/// binary digit of the number of others, and a quarter of 4,096 has ten digits of twelve.
const GROWTH: f64 = 1.25;

/// Below so many bytes what a call takes at all would count.
const SMALLEST: usize = 4_000;

/// How a document is compiled: in which class of scratch memory, and whether it is held to AWS's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct How {
    scratch: Class,
    quotas: bool,
    /// The document has principals.
    principals: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Small,
    Medium,
    Large,
}

impl How {
    fn bytes(self) -> [u8; 3] {
        [self.scratch as u8, u8::from(self.quotas), u8::from(self.principals)]
    }

    /// From the bytes that the probe is given.
    ///
    /// # Panics
    /// Where they are others.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let [scratch, quotas, principals] = bytes else { panic!("three bytes") };
        let scratch = match scratch {
            0 => Class::Small,
            1 => Class::Medium,
            _ => Class::Large,
        };
        Self { scratch, quotas: *quotas != 0, principals: *principals != 0 }
    }

    /// Scratch memory of the class.
    #[must_use]
    pub fn scratch(self) -> Scratch {
        Scratch::of(match self.scratch {
            Class::Small => IAMLET_SCRATCH_SMALL,
            Class::Medium => IAMLET_SCRATCH_MEDIUM,
            Class::Large => IAMLET_SCRATCH_LARGE,
        })
    }

    /// Compiles a document, or not. The quota is none that a document exceeds, so that all of it is read.
    ///
    /// # Errors
    /// The status.
    pub fn compile(
        self,
        text: &[u8],
        scratch: &mut Scratch,
        image: &mut [u8],
    ) -> Result<usize, iamlet_status> {
        let options = iamlet_compile_options {
            struct_size: size_of::<iamlet_compile_options>(),
            flags: IAMLET_ENFORCE_QUOTAS,
            quota_bytes: u32::MAX,
        };
        let kind = if self.principals { PolicyKind::Resource } else { PolicyKind::Identity };
        engine::compile_with(text, kind, self.quotas.then_some(&options), scratch, image)
    }

    fn name(self) -> String {
        let quotas = if self.quotas { ", quotas" } else { "" };
        format!("{:?}{quotas}", self.scratch)
    }
}

/// A document that was compiled.
struct Counted {
    name: String,
    bytes: usize,
    how: How,
    /// Of so many parts of all that it repeats it has one.
    parts: usize,
    accepted: bool,
    instructions: u64,
}

impl Counted {
    fn a_byte(&self) -> f64 {
        self.instructions as f64 / self.bytes as f64
    }
}

/// All of them; `quick` in the largest class and of two sizes only, a quarter of the largest and a quarter of that.
///
/// # Errors
/// Why they cannot be counted.
pub fn part(folder: &Path, quick: bool) -> Result<Part, String> {
    let mut counted = Vec::new();
    for parts in if quick { &[4, 16][..] } else { &[1, 4, 16, 64] } {
        for document in hostile_documents::all(*parts) {
            counted.extend(cases(&document, *parts, quick));
        }
    }
    count(&mut counted, folder)?;
    let mut counted: Vec<Counted> = counted.into_iter().map(|(case, _)| case).collect();
    counted.sort_by(|one, other| other.a_byte().total_cmp(&one.a_byte()));
    let mut rows = Vec::new();
    for (what, accepted) in [("an accepted", true), ("a refused", false)] {
        let Some(worst) = counted.iter().find(|case| case.accepted == accepted) else { continue };
        let what = format!("compiling {what} document, for each byte: the worst is \"{}\"", worst.name);
        rows.push(Row::new(what, worst.a_byte(), A_BYTE, "instructions").held_at(HELD));
    }
    rows.extend(growth(&counted));
    Ok(Part { rows, table: table(&counted) })
}

/// A document in each way that it is to be compiled, with its text.
fn cases(document: &HostileDocument, parts: usize, quick: bool) -> Vec<(Counted, Vec<u8>)> {
    if document.json.len() < SMALLEST {
        return Vec::new();
    }
    let classes = if quick { &[Class::Large][..] } else { &[Class::Small, Class::Medium, Class::Large] };
    let principals = document.principals;
    let ways = classes
        .iter()
        .flat_map(|scratch| [false, true].map(|quotas| How { scratch: *scratch, quotas, principals }));
    let ways = ways.filter(|how| how.quotas || !quick);
    let mut image = vec![0; 1 << 20];
    ways.map(|how| {
        let accepted = how.compile(&document.json, &mut how.scratch(), &mut image).is_ok();
        let name = document.name.clone();
        assert!(how.scratch != Class::Large || accepted == document.accepted, "{name}: {accepted}");
        let bytes = document.json.len();
        (Counted { name, bytes, how, parts, accepted, instructions: 0 }, document.json.clone())
    })
    .collect()
}

fn count(cases: &mut [(Counted, Vec<u8>)], folder: &Path) -> Result<(), String> {
    let file = folder.join("documents.blobs");
    let ways: Vec<[u8; 3]> = cases.iter().map(|(case, _)| case.how.bytes()).collect();
    let blobs = ways.iter().zip(&*cases).flat_map(|(how, (_, text))| [&how[..], text]);
    blobs::write(&file, blobs);
    let counts = guard::callgrind_each("compile-each", &file)?;
    for ((case, _), instructions) in cases.iter_mut().zip(counts) {
        case.instructions = instructions;
    }
    Ok(())
}

/// Whether the time is linear: each document against a quarter of it.
fn growth(counted: &[Counted]) -> Option<Row> {
    let largest = counted.iter().map(|case| case.parts).min()?;
    let pairs = counted.iter().filter(|case| case.parts == largest).filter_map(|whole| {
        let is_quarter = |case: &&Counted| {
            (case.parts, case.how, &case.name) == (4 * largest, whole.how, &whole.name)
                && case.accepted == whole.accepted
        };
        let quarter = counted.iter().find(is_quarter)?;
        Some((whole.a_byte() / quarter.a_byte(), whole))
    });
    let (times, worst) = pairs.max_by(|one, other| one.0.total_cmp(&other.0))?;
    let what = format!(
        "instructions a byte, of a document over those of a quarter of it: the worst is \"{}\"",
        worst.name
    );
    Some(Row::new(what, times, GROWTH, "times"))
}

/// The ten documents with the most instructions a byte, each in its worst way.
fn table(counted: &[Counted]) -> String {
    let mut table = "The ten documents with the most instructions a byte to compile:\n\n\
        | document | bytes | scratch memory | instructions | a byte |\n|---|---:|---|---:|---:|\n"
        .to_owned();
    let mut seen: Vec<&str> = Vec::new();
    for case in counted {
        if seen.contains(&case.name.as_str()) || seen.len() == 10 {
            continue;
        }
        seen.push(&case.name);
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {:.1} |",
            case.name,
            grouped(case.bytes as u64),
            case.how.name(),
            grouped(case.instructions),
            case.a_byte()
        );
    }
    table
}
