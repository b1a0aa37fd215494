//! The worst patterns that we know: 2 KB of pattern against 2 KB of text.

use std::time::Duration;

use iamlet_workloads::{Bench, Expected, Layer, Policy, Record, Request, Workload, interleave, median};

use crate::engine::Engine;
use crate::{engine, heap};

/// Bytes of pattern and of text.
const BYTES: usize = 2048;

/// Families of patterns: each with the text that it takes longest on, after the head of the ARN.
fn cases(question_marks: bool) -> Vec<(String, String, String)> {
    let mut cases = Vec::new();
    let fill = |piece: &str, bytes: usize| piece.chars().cycle().take(bytes).collect::<String>();
    let all_a = fill("a", BYTES);
    // One star, then a literal which almost matches everywhere.
    for run in [16, 64, 256, 512, 1024, 1536] {
        let run_of = |len| fill("a", len);
        cases.push((format!("*a^{run}b"), format!("*{}b", run_of(run)), all_a.clone()));
        cases.push((format!("*ba^{run}"), format!("*b{}", run_of(run)), all_a.clone()));
        let middle = format!("*{}b{}*", run_of(run / 2), run_of(run / 2));
        cases.push((format!("*a^{0}ba^{0}*", run / 2), middle, all_a.clone()));
        let mut text = fill(&format!("{}c", run_of(run - 1)), BYTES);
        text.push('d');
        cases.push((format!("*a^{run}* in (a^{}c)", run - 1), format!("*{}*", run_of(run)), text));
    }
    // Many stars.
    for piece in ["*a", "*aa", "*ab", "*aab", "*aaaaaaab", "*aaaaaaaaaaaaaaab"] {
        let mut pattern = fill(piece, BYTES - 1);
        pattern.push('x');
        cases.push((format!("({piece})*"), pattern.clone(), all_a.clone()));
        cases.push((format!("({piece})* in (ab)*"), pattern, fill("ab", BYTES)));
    }
    // Words that repeat themselves at all scales.
    let (mut short, mut long) = ("a".to_owned(), "ab".to_owned());
    while long.len() < BYTES {
        (short, long) = (long.clone(), format!("{long}{short}"));
    }
    for run in [64, 512, 1024] {
        let pattern = format!("*{}bb*", &long[..run]);
        cases.push((format!("*fib^{run}bb*"), pattern, long[..BYTES].to_owned()));
    }
    // A text that ends too soon for what follows the last star.
    for run in [32, 128, 512, 1000] {
        let pattern = fill(&format!("*{}b", fill("a", run)), BYTES);
        let text = fill(&format!("{}b", fill("a", run + 1)), BYTES);
        cases.push((format!("(*a^{run}b)* in (a^{}b)*", run + 1), pattern, text));
    }
    if question_marks {
        for (_, pattern, _) in &mut cases {
            // A question mark in place of every eighth letter keeps searches for literals short.
            let mut letters = 0;
            *pattern = pattern
                .chars()
                .map(|letter| {
                    letters += usize::from(letter == 'a');
                    if letter == 'a' && letters % 8 == 4 { '?' } else { letter }
                })
                .collect();
        }
        for run in [256, 1024, 1536] {
            let pattern = format!("*{}b", fill("a?", run));
            cases.push((format!("*(a?)^{}b", run / 2), pattern, all_a.clone()));
            let pattern = format!("*{}b*", fill("?", run));
            cases.push((format!("*?^{run}b*"), pattern, all_a.clone()));
        }
    }
    cases
}

const HEAD: &str = "arn:aws:s3:::";

fn workload(patterns: &[&str], text: &str) -> Workload {
    let list: Vec<String> = patterns.iter().map(|pattern| format!(r#""{HEAD}{pattern}""#)).collect();
    let text_of_policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":[{}]}}]}}"#,
        list.join(",")
    );
    let request = Request {
        principal: "arn:aws:iam::111122223333:user/alice".to_owned(),
        action: "s3:GetObject".to_owned(),
        resource: format!("{HEAD}{text}"),
        resource_account: "111122223333".to_owned(),
        context: Vec::new(),
        expected: Expected::ImplicitDeny,
    };
    let policy = Policy { id: "hostile".to_owned(), layer: Layer::Identity, text: text_of_policy };
    Workload { name: "hostile".to_owned(), statements: 1, policies: vec![policy], requests: vec![request] }
}

/// Those that do not match, by the time that they take: the longest first.
fn by_time(cases: &[(String, String, String)]) -> Vec<(f64, usize)> {
    let mut worst: Vec<(f64, usize)> = cases
        .iter()
        .enumerate()
        .filter(|(_, (_, pattern, text))| !naive(pattern.as_bytes(), text.as_bytes()))
        .map(|(number, (_, pattern, text))| (time(&[pattern], text, 3), number))
        .collect();
    worst.sort_by(|one, other| other.0.total_cmp(&one.0));
    worst
}

/// The pattern that takes longest.
#[must_use]
pub fn worst(question_marks: bool) -> Workload {
    let cases = cases(question_marks);
    let (_, first) = by_time(&cases)[0];
    let (_, pattern, text) = &cases[first];
    workload(&[pattern], text)
}

/// The rows: of the worst pattern with stars and literals, with question marks, and of 20 KB of the worst patterns.
pub fn measure(record: &mut Record, samples: usize) {
    for (row, question_marks) in [("hostile", false), ("hostile with ?", true)] {
        let cases = cases(question_marks);
        let worst = by_time(&cases);
        let (_, first) = worst[0];
        let (name, pattern, text) = &cases[first];
        record.note(row, name);
        let samples = (0..samples).map(|_| time(&[pattern], text, 1)).collect::<Vec<_>>();
        record.rows.entry(row.to_owned()).or_default().extend(samples);
        let policy: Vec<&str> = worst.iter().take(10).map(|(_, number)| cases[*number].1.as_str()).collect();
        let slowest = worst.iter().take(10).map(|(_, number)| time(&policy, &cases[*number].2, 3));
        record.fact(format!("20 KB policy, {row}"), slowest.fold(0.0, f64::max));
    }
    record.fact("allocations hostile", {
        let engine = Engine::new(&workload(&["*ab*"], "xyz"));
        let set = engine.open();
        let mut decision = engine::no_decision();
        heap::allocations(|| {
            engine::decide(&set, &engine.prepared[0], &mut decision);
        }) as f64
    });
}

/// Nanoseconds of a decision.
fn time(patterns: &[&str], text: &str, samples: usize) -> f64 {
    // A text that some pattern of several matches is allowed; only those of one are made not to match.
    let mut workload = workload(patterns, text);
    if patterns.iter().any(|pattern| naive(pattern.as_bytes(), text.as_bytes())) {
        workload.requests[0].expected = Expected::Allow;
    }
    let engine = Engine::with_budget(&workload, engine::MOST);
    let set = engine.open();
    let mut decision = engine::no_decision();
    let mut benches = [Bench::new("hostile", 1, || {
        engine::decide(&set, &engine.prepared[0], &mut decision);
    })];
    interleave(&mut benches, samples, Duration::from_micros(200));
    median(&benches[0].samples)
}

/// Whether a pattern matches, by the plain table of all prefixes.
fn naive(pattern: &[u8], text: &[u8]) -> bool {
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for letter in pattern {
        let mut next = vec![false; row.len()];
        match letter {
            b'*' => {
                let mut reached = false;
                for (place, before) in next.iter_mut().zip(&row) {
                    reached |= before;
                    *place = reached;
                }
            }
            _ => {
                for at in 0..text.len() {
                    next[at + 1] = row[at] && (*letter == b'?' || *letter == text[at]);
                }
            }
        }
        row = next;
    }
    row[text.len()]
}
