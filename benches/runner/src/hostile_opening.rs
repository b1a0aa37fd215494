//! Rows of `make hostile` about images and sets that were made to be dear to open, against honest ones of their size.

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

use iamlet::{Policy, PolicySet};
use iamlet_workloads::Layer;
use iamlet_workloads::hostile_images::{self, HostileImage};

use crate::document::grouped;
use crate::engine::{Image, SetInput};
use crate::hostile_row::{Part, Row};
use crate::{blobs, guard};

/// As many times as an honest image or set of the size takes.
const WANTED: f64 = 10.0;

/// What is held until that is met: an honest image has become cheaper to open than a hostile one has.
const HELD: f64 = 10.6;

/// The images of a set, all the same one. With a statement each they have an index.
const COPIES: usize = 16;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// Opening an image.
    Image,
    /// Opening a set of it.
    Set,
    /// Telling the size of that set, and building it.
    Build,
}

const ALL: [(Work, &str); 3] = [
    (Work::Image, "opening an image"),
    (Work::Set, "opening a set"),
    (Work::Build, "telling the size of a set, and building it"),
];

/// What was counted.
struct Counted {
    name: String,
    work: Work,
    bytes: usize,
    instructions: u64,
    /// As many times as the honest one of the size takes, byte by byte.
    times: f64,
}

/// All of them; `quick` of one size only.
///
/// # Errors
/// Why they cannot be counted.
pub fn part(folder: &Path, quick: bool) -> Result<Part, String> {
    let mut counted = Vec::new();
    for size in if quick { &[1 << 15][..] } else { &[1 << 12, 1 << 15, 1 << 18] } {
        counted.extend(measure(*size, folder)?);
    }
    counted.sort_by(|one, other| other.times.total_cmp(&one.times));
    let mut rows = Vec::new();
    for (work, what) in ALL {
        let Some(worst) = counted.iter().find(|case| case.work == work) else { continue };
        let what = format!("{what}, against an honest one of the size: the worst is \"{}\"", worst.name);
        rows.push(Row::new(what, worst.times, WANTED, "times").held_at(HELD));
    }
    Ok(Part { rows, table: table(&counted) })
}

/// Each image of about this size in each way.
fn measure(size: usize, folder: &Path) -> Result<Vec<Counted>, String> {
    let mut cases = Vec::new();
    let mut blobs: Vec<Vec<u8>> = Vec::new();
    for HostileImage { name, image, opens } in hostile_images::all(size) {
        assert_eq!(Policy::open(&image).is_ok(), opens, "{name}, {size} bytes");
        for (work, _) in ALL {
            if work != Work::Image && !opens {
                continue;
            }
            let bytes = if work == Work::Set { set_of(&image) } else { image.clone() };
            let counted =
                Counted { name: name.clone(), work, bytes: bytes.len(), instructions: 0, times: 0.0 };
            cases.push(counted);
            blobs.extend([vec![work as u8], bytes]);
        }
    }
    let file = folder.join("images.blobs");
    blobs::write(&file, blobs.iter().map(Vec::as_slice));
    let counts = guard::callgrind_each("open-each", &file)?;
    for (case, instructions) in cases.iter_mut().zip(counts) {
        case.instructions = instructions;
    }
    let a_byte = |case: &Counted| case.instructions as f64 / case.bytes as f64;
    // The control comes first.
    let honest: Vec<(Work, f64)> =
        cases.iter().take(ALL.len()).map(|case| (case.work, a_byte(case))).collect();
    for case in &mut cases {
        let honest = honest.iter().find(|(work, _)| *work == case.work).map_or(1.0, |(_, honest)| *honest);
        case.times = a_byte(case) / honest;
    }
    Ok(cases)
}

/// The policies of a set of copies of an image.
fn input(image: &[u8]) -> (Vec<Image>, SetInput) {
    let images = vec![Image { bytes: image.to_vec(), layer: Layer::Identity }; COPIES];
    let input = SetInput::new(&images);
    (images, input)
}

fn set_of(image: &[u8]) -> Vec<u8> {
    let (_images, input) = input(image);
    let mut set = vec![0; input.size()];
    let used = input.build(&mut set);
    set.truncate(used);
    set
}

/// Does in the probe what is counted: `count` counts what it is given.
///
/// # Panics
/// Where `what` is nothing that is counted.
pub fn probe(what: &[u8], bytes: &[u8], count: &mut dyn FnMut(&mut dyn FnMut())) {
    match ALL.into_iter().find(|(work, _)| [*work as u8] == what).map(|(work, _)| work) {
        Some(Work::Image) => count(&mut || {
            let _ = black_box(Policy::open(bytes));
        }),
        Some(Work::Set) => count(&mut || {
            let _ = black_box(PolicySet::open(bytes));
        }),
        Some(Work::Build) => {
            let (_images, input) = input(bytes);
            let mut set = vec![0; input.size()];
            count(&mut || {
                black_box(input.size());
                input.build(&mut set);
            });
        }
        None => panic!("there is no {what:?}"),
    }
}

/// The ten that take the most times what an honest one takes.
fn table(counted: &[Counted]) -> String {
    let mut table = "The ten images that take the most times what an honest one of their size takes:\n\n\
        | image | what | bytes | instructions a byte | times |\n|---|---|---:|---:|---:|\n"
        .to_owned();
    for case in counted.iter().take(10) {
        let what = ALL.into_iter().find(|(work, _)| *work == case.work).map_or("", |(_, what)| what);
        let _ = writeln!(
            table,
            "| {} | {what} | {} | {:.1} | {:.1} |",
            case.name,
            grouped(case.bytes as u64),
            case.instructions as f64 / case.bytes as f64,
            case.times
        );
    }
    table
}
