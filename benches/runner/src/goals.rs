//! The goals, each as a row: what was measured, what is asked, whether it is met.

use iamlet_workloads::{Record, median};

/// A goal.
pub struct Goal {
    /// What it is about.
    pub what: String,
    /// What was measured.
    pub measured: String,
    /// What is asked; empty where a number is only stated.
    pub goal: String,
    /// Whether it is met; nothing where it was not measured, or nothing is asked.
    pub met: Option<bool>,
}

/// What was measured, by name; not a number where it was not.
pub struct Measured<'r>(pub &'r Record);

impl Measured<'_> {
    /// The median of a row.
    #[must_use]
    pub fn time(&self, row: &str) -> f64 {
        self.0.rows.get(row).map_or(f64::NAN, |samples| median(samples))
    }

    /// A fact.
    #[must_use]
    pub fn fact(&self, name: &str) -> f64 {
        self.0.facts.get(name).copied().unwrap_or(f64::NAN)
    }

    fn note(&self, name: &str) -> &str {
        self.0.notes.get(name).map_or("", String::as_str)
    }

    /// How many times faster than iam-rs.
    #[must_use]
    pub fn times(&self, workload: &str) -> f64 {
        self.time(&format!("iam-rs {workload}")) / self.time(workload)
    }

    fn growth(&self, from: &str, to: &str) -> f64 {
        self.fact(&format!("instructions {to}")) / self.fact(&format!("instructions {from}"))
    }

    /// A decision that follows a preparation, among 20,000 different ones.
    #[must_use]
    pub fn cold(&self, workload: &str) -> f64 {
        self.time(&format!("{workload} prepare and decide")) - self.time(&format!("{workload} prepare"))
    }
}

/// Nanoseconds, in a unit that fits.
#[must_use]
pub fn nanoseconds(time: f64) -> String {
    match time {
        time if time.is_nan() => "-".to_owned(),
        time if time < 100.0 => format!("{time:.1} ns"),
        time if time < 10_000.0 => format!("{time:.0} ns"),
        time if time < 1_000_000.0 => format!("{:.1} us", time / 1e3),
        time => format!("{:.2} ms", time / 1e6),
    }
}

/// A number with marks between thousands.
#[must_use]
pub fn thousands(number: f64) -> String {
    if number.is_nan() {
        return "-".to_owned();
    }
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn goal(what: &str, measured: String, goal: &str, holds: impl Into<Option<(f64, bool)>>) -> Goal {
    let met = holds.into().and_then(|(number, met)| (!number.is_nan()).then_some(met));
    Goal { what: what.to_owned(), measured, goal: goal.to_owned(), met }
}

fn at_most(what: &str, number: f64, limit: f64, show: impl Fn(f64) -> String) -> Goal {
    goal(what, show(number), &format!("at most {}", show(limit)), (number, number <= limit))
}

fn at_least(what: &str, number: f64, limit: f64) -> Goal {
    let show = |number| format!("{} times", thousands(number));
    goal(what, show(number), &format!("at least {}", show(limit)), (number, number >= limit))
}

fn times(number: f64) -> String {
    format!("{number:.2} times")
}

fn percent(number: f64) -> String {
    format!("{:.1} %", number * 100.0)
}

fn bytes(number: f64) -> String {
    format!("{number:.1} bytes")
}

/// What is counted, by the name of the count, and how many instructions it may take.
const COUNTED: [(&str, &str, f64); 11] = [
    ("w1, through the C ABI, request prepared", "w1", 530.0),
    ("w2", "w2", 2_500.0),
    ("w4", "w4", 5_000.0),
    ("w3-1k", "w3-1k", 2_500.0),
    ("w3-10k", "w3-10k", 2_500.0),
    ("w3-100k", "w3-100k", 2_500.0),
    ("preparing a request in one call, ten context keys", "prepare", 5_000.0),
    ("assembling a request, no key", "assemble-bare", 800.0),
    ("assembling a request, ten keys", "assemble", 2_450.0),
    ("set building, w3-10k, a statement", "build w3-10k", 6_000.0),
    ("set opening, w3-10k, a statement", "open w3-10k", 4_500.0),
];

/// Times the instructions and the time of iam-rs.
const PEERS: [(&str, f64); 4] = [("w1", 40.0), ("w2", 480.0), ("w4", 80.0), ("w3-10k", 30_000.0)];

/// All goals: instructions, and ratios within one run, which hold on any machine. Nanoseconds are stated beside them.
#[must_use]
pub fn goals(record: &Record) -> Vec<Goal> {
    let m = Measured(record);
    let count = |name: &str| m.fact(&format!("instructions {name}"));
    let instructions = |number| format!("{} instructions", thousands(number));
    let mut all = Vec::new();
    for (what, name, limit) in COUNTED {
        all.push(at_most(what, count(name), limit, instructions));
    }
    for name in ["w3-10k", "w3-100k"] {
        all.push(at_most(&format!("instructions, w3-1k to {name}"), m.growth("w3-1k", name), 1.1, times));
    }
    let ratio = count("filter w3-10k") / count("alone w3-10k");
    all.push(at_most("filter over 64 resources of w3-10k, each over a decision alone", ratio, 0.45, times));
    let explained = count("explain w2");
    let of_decision = explained / count("w2");
    all.push(at_most("explaining w2, over its decision", of_decision, 16.0, times));
    for (name, limit) in PEERS {
        all.push(at_least(&format!("{name}, faster than iam-rs"), m.times(name), limit));
    }
    let stated = |what: &str, text: String| goal(what, text, "", None);
    let times_of = ["w1", "w2", "w4", "prepare"].map(|name| nanoseconds(m.time(name))).join(", ");
    all.push(stated("time beside it: w1, w2, w4, preparing in one call", times_of));
    let hot = ["w3-1k", "w3-10k", "w3-100k"].map(|name| nanoseconds(m.time(name))).join(", ");
    all.push(stated("time beside it: w3-1k, w3-10k, w3-100k, 200 requests again and again", hot));
    let cold = ["w3-1k", "w3-10k", "w3-100k"].map(|name| nanoseconds(m.cold(name))).join(", ");
    all.push(stated(
        "the same with 20,000 different requests, each prepared just before: cache misses",
        cold,
    ));
    for name in ["w1", "w2", "w3-10k"] {
        let ratio = m.time(&format!("{name} batch")) / m.time(&format!("{name} single"));
        all.push(at_most(&format!("batch of 64, {name}: each over a single call"), ratio, 1.0, times));
    }
    for name in ["compile", "set", "decide"] {
        let count = m.fact(&format!("allocations {name}"));
        all.push(at_most(&format!("heap allocations, {name}"), count, 0.0, thousands));
    }
    let ratio = m.time("compile managed") / m.time("Value managed");
    let rate = |row: &str| m.fact("bytes managed") / m.fact("policies managed") / m.time(row) * 1e3;
    let shown = format!(
        "{} of the time; {} and {:.0} MB/s against {} and {:.0} MB/s a policy",
        times(ratio),
        nanoseconds(m.time("compile managed")),
        rate("compile managed"),
        nanoseconds(m.time("Value managed")),
        rate("Value managed"),
    );
    let what = format!(
        "compile {} managed policies, against serde_json making a `Value`",
        thousands(m.fact("policies managed"))
    );
    all.push(goal(&what, shown, "at most 1.25 times", (ratio, ratio <= 1.25)));
    let worst = m.fact("worst ratio to Value");
    all.push(at_most("the slowest single one of them, over its `Value`", worst, 1.8, times));
    for name in ["w3-1k", "w3-10k", "w3-100k"] {
        let time = m.time(&format!("build {name}"));
        all.push(stated(&format!("set building, {name}, a statement"), nanoseconds(time)));
    }
    all.push(at_most("images over minified JSON, managed policies", m.fact("image ratio"), 1.2, times));
    for name in ["managed", "w3-10k"] {
        let number = m.fact(&format!("set bytes a pattern {name}"));
        all.push(at_most(
            &format!("set with index, {name}: more than images, a pattern"),
            number,
            24.0,
            bytes,
        ));
    }
    let what = format!("2 KB pattern of `*` and literals, 2 KB text (worst: `{}`)", m.note("hostile"));
    all.push(at_most(&what, m.time("hostile"), 40_000.0, nanoseconds));
    let what = format!("with `?` (worst: `{}`)", m.note("hostile with ?"));
    all.push(stated(&what, nanoseconds(m.time("hostile with ?"))));
    let policies =
        ["20 KB policy, hostile", "20 KB policy, hostile with ?"].map(|name| nanoseconds(m.fact(name)));
    let what =
        "a request against a 20 KB policy of the ten worst; of the ten worst with `?` (no budget error)";
    all.push(stated(what, policies.join("; ")));
    let text = |number| format!("{} bytes of text", thousands(number));
    let what = "code for thumbv7em, opt-level s: `iamlet_decide` and all that it calls";
    all.push(at_most(what, m.fact("thumb decide"), 32_768.0, text));
    let more =
        ["thumb decide_and_prepare", "thumb decide_prepare_and_open"].map(|name| thousands(m.fact(name)));
    let what = "the same with preparing the request; with the check of the set, too";
    all.push(stated(what, more.join("; ")));
    let [crossing, decision] = ["go empty call", "go single w1"].map(|name| m.fact(name));
    let more = (decision - m.time("w1")) / crossing;
    let what = "from Go, w1: more than the decision in C, in empty cgo calls";
    all.push(at_most(what, more, 2.2, |calls| format!("{calls:.2}")));
    let what = "from Go, batch of 64, w1: each over its cost in C";
    all.push(at_most(what, m.fact("go batch w1") / m.fact("go batch in C w1"), 1.3, times));
    let share = format!("{} of {}", nanoseconds(crossing), nanoseconds(decision));
    all.push(stated("from Go, w1: the empty cgo call in a decision", share));
    for (gateway, requests, limit) in [
        ("nginx", "that repeat", 0.02),
        ("nginx", "that are new", 0.09),
        ("envoy", "that repeat", 0.01),
        ("envoy", "that are new", 0.015),
    ] {
        for what in ["instructions", "time", "requests a second"] {
            let share = m.fact(&format!("{gateway} share of {what}, {requests}"));
            let shown = format!("{} ({})", percent(share), m.note(&format!("{gateway} {what}, {requests}")));
            let what = format!(
                "{gateway}, requests {requests}: the engine's share of {what}, against a module that always allows"
            );
            // Shares of time vary by more than the goal.
            all.push(match what.contains("instructions") {
                true => goal(&what, shown, &format!("at most {}", percent(limit)), (share, share <= limit)),
                false => stated(&what, shown),
            });
        }
    }
    all
}
