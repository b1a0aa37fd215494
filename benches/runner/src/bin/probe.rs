//! What callgrind counts: `iamlet_bench_probe`, and nothing else.
//!
//!     iamlet-probe decide FILE     every request of the file once, after one round to find lazy bindings
//!     iamlet-probe explain FILE    the same, each explained
//!     iamlet-probe compile FILE    every document of the file once, after the same
//!     iamlet-probe decide-each FILE       two decisions over each set, each counted for itself
//!     iamlet-probe compile-each FILE      documents, each counted for itself, whether it is refused or not
//!     iamlet-probe open-each FILE         images and sets, each counted for itself
//!     iamlet-probe hostile FILE    decisions, each counted for itself: with an item or without, by the index or not
//!     iamlet-probe hostile-prepare FILE   one request with the keys that the file names
//!     iamlet-probe build FILE      building the set of the workload that the file names
//!     iamlet-probe open FILE       opening it
//!     iamlet-probe filter FILE     one action over 64 resources of the workload that the file names
//!     iamlet-probe alone FILE      the same, a decision for each
//!     iamlet-probe prepare FILE    the first request of w3-1k with ten keys, a hundred times
//!     iamlet-probe conditions FILE a decision by one statement with as many conditions as the file says, of an assembled
//!                                  request; conditions-by-slot: of a set with slots
//!     iamlet-probe assemble FILE   the same request, assembled a hundred times; assemble-bare: without its keys
#![allow(unsafe_code)]

use std::path::Path;

use iamlet::ffi::names::iamlet_effect;
use iamlet::ffi::set::iamlet_set;
use iamlet::{PolicyKind, PolicySet};
use iamlet_bench::deciding::ten_keys;
use iamlet_bench::engine::{self, Input, Scratch, SetInput};
use iamlet_bench::filtering::Filtering;
use iamlet_bench::two_steps::{TwoSteps, conditions};
use iamlet_bench::{blobs, guard, hostile_compiling, hostile_opening, hostile_report};
use iamlet_workloads::{Request, load};

/// The function whose instructions are counted, with all that it calls.
#[unsafe(no_mangle)]
#[inline(never)]
fn iamlet_bench_probe(work: &mut dyn FnMut()) {
    work();
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (what, file) = (args.next().expect("what to do"), args.next().expect("a file"));
    let blobs = blobs::read(Path::new(&file));
    match what.as_str() {
        "decide" => {
            let (set, requests) = blobs.split_first().expect("a set");
            // The runner opened the set; to open it again would take most of the time here.
            let set = iamlet_set { data: set.as_ptr(), len: set.len() };
            let mut decision = engine::no_decision();
            let mut work = || {
                for request in requests {
                    engine::decide(&set, request, &mut decision);
                    assert_eq!(decision.status, 0);
                }
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        "explain" => {
            let (set, requests) = blobs.split_first().expect("a set");
            let set = iamlet_set { data: set.as_ptr(), len: set.len() };
            let mut work = || {
                for request in requests {
                    engine::explain(&set, request);
                }
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        "decide-each" => {
            let mut decision = engine::no_decision();
            for case in blobs.chunks(3) {
                let (set, requests) = case.split_first().expect("a set");
                let set = iamlet_set { data: set.as_ptr(), len: set.len() };
                for request in requests {
                    let mut work = || {
                        engine::decide(&set, request, &mut decision);
                    };
                    work();
                    iamlet_bench_probe(&mut work);
                }
            }
        }
        "compile-each" => {
            let mut image = vec![0; 1 << 20];
            for case in blobs.chunks(2) {
                let [how, text] = case else { panic!("how to compile, and a document") };
                let how = hostile_compiling::How::from_bytes(how);
                let mut scratch = how.scratch();
                let mut work = || {
                    let _ = how.compile(text, &mut scratch, &mut image);
                };
                iamlet_bench_probe(&mut work);
            }
        }
        "open-each" => {
            for case in blobs.chunks(2) {
                let [what, bytes] = case else { panic!("what to do, and an image or a set") };
                hostile_opening::probe(what, bytes, &mut |work| iamlet_bench_probe(work));
            }
        }
        "hostile" => {
            for case in blobs.chunks(4) {
                let [scan, set, request, item] = case else { panic!("a set, a request and an item") };
                let set = PolicySet::open(set).expect("a set");
                let item = Some(item.as_slice()).filter(|item| !item.is_empty());
                // A spent budget is a decision, too.
                iamlet_bench_probe(&mut || {
                    let _ = hostile_report::decide(set, request, item, scan == &[1]);
                });
            }
        }
        "hostile-prepare" => {
            let names = blobs.iter().map(|name| str::from_utf8(name).expect("text").to_owned());
            let context = names.map(|name| (name, vec!["x".to_owned()])).collect();
            let request = Request { context, ..ten_keys() };
            let input = Input::new(&request, 0);
            let mut memory = vec![0; 1 << 21];
            let mut work = || {
                input.prepare(&mut memory);
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        "compile" => {
            let mut scratch = Scratch::default();
            let mut image = vec![0; 1 << 20];
            let texts: Vec<&str> = blobs.iter().map(|text| str::from_utf8(text).expect("text")).collect();
            let mut work = || {
                for text in &texts {
                    engine::compile(text, PolicyKind::Identity, &mut scratch, &mut image).expect("an image");
                }
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        "build" | "open" => {
            let [name] = &blobs[..] else { panic!("the name of a workload") };
            let workload = load(str::from_utf8(name).expect("text"));
            let images = engine::images(&workload);
            let input = SetInput::new(&images);
            let mut set = vec![0; input.size()];
            let used = input.build(&mut set);
            if what == "build" {
                iamlet_bench_probe(&mut || {
                    input.build(&mut set);
                });
            } else {
                iamlet_bench_probe(&mut || {
                    PolicySet::open(&set[..used]).expect("a set");
                });
            }
        }
        "filter" | "alone" => {
            let [name] = &blobs[..] else { panic!("the name of a workload") };
            let filtering = Filtering::new(&load(str::from_utf8(name).expect("text")));
            filtering.probe(what == "filter", &mut |work| iamlet_bench_probe(work));
        }
        "prepare" => {
            let request = ten_keys();
            let input = Input::new(&request, 0);
            let mut memory = [0; 4096];
            let mut work = || {
                for _ in 0..guard::PREPARED {
                    input.prepare(&mut memory);
                }
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        "assemble" | "assemble-bare" => {
            let request = ten_keys();
            let parts = TwoSteps::new(&request, if what == "assemble" { 10 } else { 0 });
            let mut memory = [0; 4096];
            let mut work = || {
                for _ in 0..guard::PREPARED {
                    parts.assemble(&mut memory);
                }
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        "conditions" | "conditions-by-slot" => {
            let [count] = &blobs[..] else { panic!("how many conditions") };
            let count: usize = str::from_utf8(count).expect("text").parse().expect("a number");
            let (set, request) = conditions(&ten_keys(), count, what == "conditions-by-slot");
            let set = iamlet_set { data: set.as_ptr(), len: set.len() };
            let mut decision = engine::no_decision();
            let mut work = || {
                engine::decide(&set, &request, &mut decision);
                assert_eq!((decision.status, decision.effect), (0, iamlet_effect::IAMLET_ALLOW as u32));
            };
            work();
            iamlet_bench_probe(&mut work);
        }
        other => panic!("cannot {other}"),
    }
}
