//! Rows of `make hostile` about sets of many tenants: what a tenant's decision takes when another's policy is hostile.

use std::fmt::Write;
use std::path::Path;

use iamlet_workloads::hostile::{self, ATTACKS, Attack, LARGEST, OPENING};
use iamlet_workloads::{Expected, Layer, Policy, Request, Workload};

use crate::document::grouped;
use crate::engine::Engine;
use crate::hostile_row::{Part, Row};
use crate::{blobs, guard};

/// The tenants of the smallest set.
const TENANTS: usize = 2_000;

/// Who is attacked.
const VICTIM: usize = 1_234;

/// A decision takes no more than so many times what it takes with an ordinary policy in the place of the hostile one.
const WANTED: f64 = 1.1;

/// All of them; `quick` with the smallest set only.
///
/// # Errors
/// Why they cannot be counted.
pub fn part(folder: &Path, quick: bool) -> Result<Part, String> {
    let sizes: &[usize] = if quick { &[TENANTS] } else { &[TENANTS, 10_000, 40_000] };
    let mut cases = Vec::new();
    for tenants in sizes {
        cases.extend(measure(*tenants, folder)?);
    }
    cases.sort_by(|one, other| other.times().total_cmp(&one.times()));
    let mut rows = Vec::new();
    for attack in ATTACKS.into_iter().chain(OPENING) {
        let of_attack = cases.iter().filter(|case| case.attack == attack);
        let Some(worst) = of_attack.max_by(|one, other| one.times().total_cmp(&other.times())) else {
            continue;
        };
        let what =
            format!("a tenant's decision beside a hostile policy ({attack:?}), against an ordinary one");
        rows.push(Row::new(what, worst.times(), WANTED, "times").held_at(held(attack)));
    }
    Ok(Part { rows, table: table(&cases) })
}

/// What is let pass where the promise is not met: a policy that opens trees, or gives them other lengths, adds searches to
/// the smallest decision that there is.
fn held(attack: Attack) -> f64 {
    match attack {
        Attack::Keys | Attack::OneKey | Attack::Actions => WANTED,
        Attack::CollidingEverything => 9.5,
        Attack::Everything => 2.9,
        Attack::Fields => 2.2,
        _ => 2.0,
    }
}

/// The two decisions beside a hostile policy.
struct Case {
    attack: Attack,
    tenants: usize,
    /// Of the hostile policy.
    bytes: usize,
    /// Instructions: of what is allowed, and of what is denied.
    instructions: [u64; 2],
    /// The same beside an ordinary policy.
    ordinary: [u64; 2],
}

impl Case {
    fn each_times(&self) -> [f64; 2] {
        let [allowed, denied] = self.instructions;
        let [was_allowed, was_denied] = self.ordinary;
        [allowed as f64 / was_allowed as f64, denied as f64 / was_denied as f64]
    }

    fn times(&self) -> f64 {
        let [allowed, denied] = self.each_times();
        allowed.max(denied)
    }
}

/// All attacks on a set of so many tenants.
fn measure(tenants: usize, folder: &Path) -> Result<Vec<Case>, String> {
    let victim = hostile::beginning(VICTIM);
    let mut attacks = Vec::new();
    let mut engines = vec![engine(tenants, &hostile::honest(tenants))];
    for attack in ATTACKS.into_iter().chain(OPENING) {
        for bytes in [LARGEST, 60_000] {
            let policy = hostile::hostile(attack, &victim, bytes);
            engines.push(engine(tenants, &policy));
            attacks.push((attack, policy.len()));
        }
    }
    let file = folder.join("tenants.blobs");
    blobs::write(&file, engines.iter().flat_map(Engine::blobs));
    let counts = guard::callgrind_each("decide-each", &file)?;
    let mut counts = counts.as_chunks().0.iter().copied();
    let ordinary = counts.next().ok_or("callgrind counted nothing")?;
    let cases = attacks.into_iter().zip(counts);
    Ok(cases
        .map(|((attack, bytes), instructions)| Case { attack, tenants, bytes, instructions, ordinary })
        .collect())
}

/// The set of the tenants' policies and one more, with the two requests of the victim.
fn engine(tenants: usize, policy: &str) -> Engine {
    let own = format!("{}report", hostile::beginning(VICTIM));
    let request = |resource: String, expected: Expected| Request {
        principal: "arn:aws:iam::111122223333:user/alice".to_owned(),
        action: "s3:GetObject".to_owned(),
        resource,
        resource_account: "111122223333".to_owned(),
        context: Vec::new(),
        expected,
    };
    let texts = (0..tenants).map(hostile::honest).chain([policy.to_owned()]);
    Engine::new(&Workload {
        name: "tenants".to_owned(),
        statements: tenants,
        policies: texts.map(|text| Policy { id: String::new(), layer: Layer::Identity, text }).collect(),
        requests: vec![
            request(own.clone(), Expected::Allow),
            request(own.replace("/home/", "/away/"), Expected::ImplicitDeny),
        ],
    })
}

fn table(cases: &[Case]) -> String {
    let mut table = "What a tenant's two decisions take beside another's hostile policy, one allowed and one denied, and how \
        many times what they take beside an ordinary policy; the ten worst:\n\n\
        | policy | bytes | tenants | allowed | denied | times |\n|---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for case in cases.iter().take(10) {
        let [allowed, denied] = case.instructions;
        let [times_allowed, times_denied] = case.each_times();
        let _ = writeln!(
            table,
            "| {:?} | {} | {} | {} | {} | {times_allowed:.2}, {times_denied:.2} |",
            case.attack,
            grouped(case.bytes as u64),
            grouped(case.tenants as u64),
            grouped(allowed),
            grouped(denied)
        );
    }
    table
}
