//! A group: a policy set, and many requests against it.

use std::fmt;

use iamlet::{Effect, Layer, Layers, Levels, PolicySet};
use iamlet_cases::{Case, OwnedEntry, OwnedRequest, absent_layers};
use iamlet_workloads::w3;
use serde_json::{Map, Value, json};

use crate::naive::generate::{self, Rng};
use crate::sets::{self, Compiled};

/// Cases whose policies make one set.
const CASES: usize = 6;

/// Requests of a group.
const REQUESTS: usize = 256;

/// What the decisions came to.
#[derive(Default)]
pub(crate) struct Tally {
    /// Decisions by effect: allow, implicit deny, explicit deny.
    pub(crate) effects: [u64; 3],
    /// Those without a decision, by both ways.
    pub(crate) errors: u64,
    /// Decisions that one statement made.
    pub(crate) by_statement: u64,
    /// What differs.
    pub(crate) differences: Vec<String>,
}

impl Tally {
    /// Everything that was compared.
    pub(crate) fn decisions(&self) -> u64 {
        self.effects.iter().sum::<u64>() + self.errors
    }

    /// Adds what another thread came to.
    pub(crate) fn add(&mut self, other: Self) {
        for (sum, part) in self.effects.iter_mut().zip(other.effects) {
            *sum += part;
        }
        self.errors += other.errors;
        self.by_statement += other.by_statement;
        self.differences.extend(other.differences);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [allow, implicit, explicit] = self.effects;
        write!(
            f,
            "{} decisions ({allow} allow, {implicit} implicit deny, {explicit} explicit deny, {} errors; \
             {} by one statement), {} differ",
            self.decisions(),
            self.errors,
            self.by_statement,
            self.differences.len()
        )
    }
}

/// A policy set with requests to mix new ones from.
pub(crate) struct Group {
    seed: u64,
    rng: Rng,
    policies: Vec<Compiled>,
    levels: Levels,
    requests: Vec<OwnedRequest>,
}

impl Group {
    /// The group of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let mut group = Self {
            seed,
            rng: Rng::new(rng.bits()),
            policies: Vec::new(),
            levels: Levels::default(),
            requests: Vec::new(),
        };
        if seed.is_multiple_of(4) {
            group.add_organization(&mut rng);
        } else {
            group.add_cases(&mut rng);
        }
        group
    }

    /// Teams of the shape of w3, and requests of theirs.
    fn add_organization(&mut self, rng: &mut Rng) {
        let workload = w3::workload("w3", 20 + 10 * rng.below(30), 40, rng.bits());
        self.policies = workload.policies.iter().filter_map(|policy| sets::identity(&policy.text)).collect();
        for request in &workload.requests {
            let context: Map<String, Value> =
                request.context.iter().map(|(key, values)| (key.clone(), json!(values))).collect();
            let request = json!({"principal": request.principal, "action": request.action,
                "resource": request.resource, "resource_account": request.resource_account, "context": context});
            let mut request = OwnedRequest::read(&request).expect("a request");
            request.absent = !Layers::IDENTITY;
            self.requests.push(request);
        }
    }

    /// The policies of some cases, as far as they go together with those of the first, and their requests.
    fn add_cases(&mut self, rng: &mut Rng) {
        let mut single = Vec::new();
        for number in 0..1 + rng.below(CASES) {
            let Ok(case) = Case::read(&generate::case(rng)) else { continue };
            if number == 0 {
                self.levels = case.levels;
            }
            let kind = self.requests.first().unwrap_or(&case.request).kind();
            for policy in &case.policies {
                let levels = match policy.layer {
                    Layer::Scp => self.levels.scp,
                    Layer::Rcp => self.levels.rcp,
                    _ => 1,
                };
                let fits = case.request.kind() == kind && policy.level < levels;
                if !fits || single.contains(&policy.layer) {
                    continue;
                }
                if let Some(compiled) = sets::compile(policy, case.options) {
                    if !sets::is_repeatable(policy.layer) {
                        single.push(policy.layer);
                    }
                    self.policies.push(compiled);
                }
            }
            let mut request = case.request;
            request.resource_kind = Some(kind);
            self.requests.push(request);
        }
        // What is absent is what no policy of the set is for, so that most requests have a decision.
        let absent = absent(&self.policies, self.levels);
        for request in &mut self.requests {
            request.absent = absent;
        }
    }

    /// A request with parts of several, some of them changed.
    fn mix(&mut self) -> OwnedRequest {
        let count = self.requests.len();
        let mut request = self.requests[self.rng.below(count)].clone();
        for part in 0..4 {
            if self.rng.chance(70) {
                continue;
            }
            let other = self.requests[self.rng.below(count)].clone();
            match part {
                0 => request.principal = other.principal,
                1 => request.action = other.action,
                2 => {
                    request.resource_account = other.resource_account;
                    (request.resource, request.items) = (other.resource, other.items);
                }
                _ => request.context = other.context,
            }
        }
        if self.rng.chance(10) {
            request.action = changed(&mut self.rng, &request.action);
        }
        if self.rng.chance(15) {
            request.resource = request.resource.as_deref().map(|arn| changed(&mut self.rng, arn));
        } else if self.rng.chance(10) {
            // R-RES-14: some statements about ARNs are about this as well.
            request.resource = request.resource.map(|_| "*".to_owned());
        }
        if self.rng.chance(15) && !request.context.0.is_empty() {
            let at = self.rng.below(request.context.0.len());
            let OwnedEntry { key, values, multivalued, .. } = &mut request.context.0[at];
            match self.rng.below(5) {
                0 => values.clear(),
                1 => *key = changed(&mut self.rng, key),
                2 => *multivalued = !*multivalued,
                3 => values.extend(values.first().cloned()),
                _ => values.iter_mut().for_each(|value| *value = changed(&mut self.rng, value)),
            }
        }
        request
    }

    /// Decides the requests both ways.
    pub(crate) fn decide(mut self, tally: &mut Tally) {
        let Some(bytes) = sets::build(&self.policies, self.levels) else { return };
        let Ok(set) = PolicySet::open(&bytes) else {
            tally.differences.push(format!("group {}: the set that was built does not open", self.seed));
            return;
        };
        if self.requests.is_empty() {
            return;
        }
        for number in 0..REQUESTS {
            let request = match self.requests.get(number) {
                Some(request) => request.clone(),
                None => self.mix(),
            };
            let Ok(prepared) = request.prepare() else { continue };
            let indexed = prepared.decide(&[set]);
            let scanned = prepared.decide_by_scan(&[set]);
            if indexed != scanned {
                let policies: Vec<&str> = self.policies.iter().map(|policy| policy.text.as_str()).collect();
                tally.differences.push(format!(
                    "group {}, request {number}\n  index {indexed:?}\n  scan  {scanned:?}\n  {request:?}\n  {}",
                    self.seed,
                    policies.join("\n  ")
                ));
            }
            match scanned {
                Ok(decision) => {
                    tally.by_statement += u64::from(decision.decisive.is_some());
                    let at = match decision.effect {
                        Effect::Allow => 0,
                        Effect::ImplicitDeny => 1,
                        Effect::ExplicitDeny => 2,
                    };
                    tally.effects[at] += 1;
                }
                Err(_) => tally.errors += 1,
            }
        }
    }
}

/// The layers that a set does not have.
fn absent(policies: &[Compiled], levels: Levels) -> Layers {
    absent_layers(levels, |layer| policies.iter().any(|policy| policy.layer == layer))
}

/// A text with one letter more, less, other, or in the other case.
fn changed(rng: &mut Rng, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.is_empty() {
        return "x".to_owned();
    }
    let at = rng.below(letters.len());
    match rng.below(5) {
        0 => letters.insert(at, 'x'),
        1 => {
            letters.remove(at);
        }
        2 => letters[at] = if letters[at] == 'a' { 'b' } else { 'a' },
        3 => letters.truncate(at),
        _ => {
            let letter = letters[at];
            letters[at] = if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            };
        }
    }
    letters.into_iter().collect()
}
