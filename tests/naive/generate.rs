//! Random decision cases and documents.
//!
//! The policies of a case are made from its request, so that matches and near misses are common.

mod condition_faults;
mod conditions;
mod faults;
mod patterns;
mod pools;
mod principals;
mod request_faults;
mod requests;
mod statements;
mod world;

use serde_json::{Map, Value, json};
use statements::{Aim, text_of};
use world::World;

/// A small generator of random numbers: those of a tape, and behind its end those of a seed (splitmix64).
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
    /// The tape, its front at the end.
    tape: Vec<u8>,
}

impl Rng {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Rng { state: seed, tape: Vec::new() }
    }

    /// The numbers of a tape: a fuzzer changes one byte of it, and one choice of the generator changes.
    pub fn of_tape(tape: &[u8]) -> Self {
        Rng { state: 0, tape: tape.iter().rev().copied().collect() }
    }

    /// The next 64 bits of the seed.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        match self.tape.pop() {
            Some(byte) if count <= 256 => usize::from(byte) % count,
            Some(byte) => (usize::from(byte) << 8 | usize::from(self.tape.pop().unwrap_or(0))) % count,
            None => (self.bits() % count as u64) as usize,
        }
    }

    /// True in that many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the texts.
    pub fn text(&mut self, items: &[&str]) -> String {
        (*self.pick(items)).to_string()
    }
}

/// Whether the specification has no such operator form: `Null` takes neither a set qualifier nor `IfExists` (R-COND-4).
///
/// Every other form reaches every outcome: each operator has matching and differing values, INDET through several values
/// (no qualifier), through empty-string sets or values that do not parse (set qualifiers), and every key can be absent.
pub fn impossible(operator: &str, qualifier: &str, if_exists: bool) -> bool {
    operator == "Null" && (if_exists || !qualifier.is_empty())
}

/// What a case is mostly made for.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Allowing,
    Denying,
    Mixed,
}

fn aim(rng: &mut Rng, mood: Mood, allow: bool) -> Aim {
    let (yes, unsure) = match (mood, allow) {
        (Mood::Allowing, true) => (91, 3),
        (Mood::Allowing, false) => (5, 3),
        (Mood::Denying, true) => (75, 10),
        (Mood::Denying, false) => (45, 20),
        (Mood::Mixed, true) => (50, 20),
        (Mood::Mixed, false) => (18, 12),
    };
    let roll = rng.below(100);
    if roll < yes {
        Aim::True
    } else if roll < yes + unsure {
        Aim::Indet
    } else {
        Aim::False
    }
}

/// Statements of a policy: some Allow, some Deny.
fn aims(rng: &mut Rng, mood: Mood, kind: &str) -> Vec<(bool, Aim)> {
    let mut list = Vec::new();
    if kind == "rcp" {
        for _ in 0..1 + rng.below(2) {
            let allow = rng.chance(10);
            list.push((allow, aim(rng, mood, false)));
        }
        return list;
    }
    if !(mood == Mood::Denying && rng.chance(10)) {
        list.push((true, aim(rng, mood, true)));
    }
    if rng.chance(25) {
        list.push((true, aim(rng, mood, true)));
    }
    if rng.chance(if mood == Mood::Denying { 45 } else { 20 }) || list.is_empty() {
        list.push((false, aim(rng, mood, false)));
    }
    if rng.chance(30) {
        list.reverse();
    }
    list
}

fn policy(rng: &mut Rng, world: &World, mood: Mood, kind: &str) -> Value {
    let list = aims(rng, mood, kind);
    statements::policy(rng, world, kind, &list)
}

/// FullAWSAccess and the like.
fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}

/// Where the documents of a case stand, for the one that is to be spoiled.
struct Slots {
    policies: Map<String, Value>,
    places: Vec<(String, String)>,
}

impl Slots {
    fn put(&mut self, name: &str, kind: &str, value: Value) {
        let docs: Vec<String> = match &value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .flat_map(|(i, item)| match item {
                    Value::Array(inner) => (0..inner.len()).map(|j| format!("/{name}/{i}/{j}")).collect(),
                    _ => vec![format!("/{name}/{i}")],
                })
                .collect(),
            _ => vec![format!("/{name}")],
        };
        self.places.extend(docs.into_iter().map(|place| (place, kind.to_string())));
        self.policies.insert(name.to_string(), value);
    }
}

fn levels(rng: &mut Rng, world: &World, mood: Mood, kind: &str) -> Value {
    let mut levels = Vec::new();
    for _ in 0..1 + rng.below(3) {
        let mut docs = Vec::new();
        if kind != "rcp" && (rng.chance(55) || (mood == Mood::Allowing && rng.chance(50))) {
            docs.push(everything());
        }
        if rng.chance(if docs.is_empty() { 97 } else { 40 }) {
            docs.push(policy(rng, world, mood, kind));
        }
        levels.push(Value::Array(docs));
    }
    if kind != "rcp" && rng.chance(2) {
        levels.clear();
    }
    Value::Array(levels)
}

/// The kind of the resource that the case states, if it states one (R-RES-15). Where a changed request no longer says
/// what its resource policy is, the kind is stated: it gives the grammar.
fn stated_kind(rng: &mut Rng, world: &World, needed: bool) -> Option<String> {
    if rng.chance(2) {
        return Some(rng.text(&["resource", "kms", "trust"]));
    }
    let is_needed = needed && world.resource_kind != "resource";
    if is_needed || rng.chance(30) { Some(world.resource_kind.clone()) } else { None }
}

/// One random decision case in the vector format.
pub fn case(rng: &mut Rng) -> Value {
    let mood = match rng.below(100) {
        0..=50 => Mood::Allowing,
        51..=79 => Mood::Denying,
        _ => Mood::Mixed,
    };
    let world = World::new(rng);
    let mut slots = Slots { policies: Map::new(), places: Vec::new() };
    let mut options = Map::new();
    let acts_in_account = !world.account.is_empty();
    if rng.chance(if acts_in_account { 88 } else { 25 }) {
        let count = if rng.chance(4) { 0 } else { 1 + rng.below(2) };
        let docs = (0..count).map(|_| policy(rng, &world, mood, "identity")).collect();
        slots.put("identity", "identity", Value::Array(docs));
    }
    // A boundary or session policy of a type that has none limits it all the same (R-EVAL-5).
    if rng.chance(if acts_in_account && world.kind != "root" { 22 } else { 8 }) {
        let doc = policy(rng, &world, mood, "boundary");
        slots.put("boundary", "boundary", doc);
    }
    let session = match world.kind.as_str() {
        "federated_user" => 65,
        "role_session" => 35,
        _ => 8,
    };
    if rng.chance(session) {
        let doc = policy(rng, &world, mood, "session");
        if rng.chance(30) {
            let other = policy(rng, &world, mood, "session");
            slots.put("session", "session", json!([doc, other]));
        } else {
            slots.put("session", "session", doc);
        }
    }
    if rng.chance(30) {
        let classic = rng.chance(45);
        if classic {
            options.insert("scp_dialect".into(), json!("classic"));
        } else if rng.chance(30) {
            options.insert("scp_dialect".into(), json!("full"));
        }
        if rng.chance(20) {
            let word = rng.text(&["assume_2012", "reject"]);
            options.insert("scp_missing_version".into(), json!(word));
        }
        let kind = if classic { "scp_classic" } else { "scp_full" };
        let set = levels(rng, &world, mood, kind);
        slots.put("scp", kind, set);
    }
    if rng.chance(18) {
        let set = levels(rng, &world, mood, "rcp");
        slots.put("rcp", "rcp", set);
    }
    let wants_grant = world.resource_kind != "resource" || world.is_cross() || !acts_in_account;
    let has_resource_policy = rng.chance(if wants_grant { 92 } else { 45 });
    if has_resource_policy && world.is_mixed() {
        // The document is legal for a key and for other resources. No fault is put into it: which grammar refuses it
        // would decide the outcome.
        let doc = policy(rng, &world, mood, "kms");
        slots.policies.insert("resource".into(), doc);
    } else if has_resource_policy {
        let doc = policy(rng, &world, mood, &world.resource_kind.clone());
        slots.put("resource", &world.resource_kind.clone(), doc);
    }
    if rng.chance(15) {
        let doc = policy(rng, &world, mood, "vpce");
        slots.put("vpce", "vpce", doc);
        if rng.chance(40) {
            slots.policies.insert("vpce_type".into(), json!("gateway"));
        }
    }
    let mut policies = Value::Object(slots.policies);
    if !slots.places.is_empty() && rng.chance(20) {
        let (place, kind) = rng.pick(&slots.places).clone();
        if let Some(doc) = policies.pointer_mut(&place) {
            *doc = faults::spoil(rng, &kind, doc);
        }
    } else if !slots.places.is_empty() && rng.chance(15) {
        let (place, _) = rng.pick(&slots.places).clone();
        if let Some(doc) = policies.pointer_mut(&place) {
            *doc = Value::String(text_of(rng, doc));
        }
    }
    let (request, is_malformed) = requests::request(rng, &world);
    if let Some(kind) = stated_kind(rng, &world, is_malformed && has_resource_policy) {
        policies["resource_kind"] = json!(kind);
    }
    let mut case = json!({"policies": policies, "request": request});
    if !options.is_empty() {
        case["options"] = Value::Object(options);
    }
    case
}

/// The kinds that documents come in.
pub const KINDS: [&str; 13] = [
    "identity",
    "inline_user",
    "inline_group",
    "inline_role",
    "boundary",
    "session",
    "resource",
    "kms",
    "trust",
    "scp_classic",
    "scp_full",
    "rcp",
    "vpce",
];

/// One random legal document: kind and content.
pub fn legal_document(rng: &mut Rng) -> (String, Value) {
    let kind = rng.text(&KINDS);
    let mut world = World::new(rng);
    // Trust policies speak of sts actions only.
    while kind == "trust" && world.resource_kind != "trust" {
        world = World::new(rng);
    }
    let doc = policy(rng, &world, Mood::Mixed, &kind);
    (kind, doc)
}

/// One random document, legal or nearly so: kind, raw text, options.
pub fn document(rng: &mut Rng) -> (String, Vec<u8>, Value) {
    let (kind, mut doc) = legal_document(rng);
    let mut options = Map::new();
    if rng.chance(15) {
        options.insert("scp_missing_version".into(), json!(rng.text(&["assume_2012", "reject"])));
    }
    if kind.starts_with("scp") && rng.chance(8) {
        doc.as_object_mut().expect("an object").remove("Version");
    }
    if rng.chance(55) {
        doc = faults::spoil(rng, &kind, &doc);
    }
    let mut text = match &doc {
        Value::String(text) => text.clone(),
        doc => text_of(rng, doc),
    };
    if rng.chance(12) {
        options.insert("enforce_quotas".into(), json!(true));
        if rng.chance(60) {
            let bytes = (text.len() + rng.below(5)).saturating_sub(rng.below(5));
            options.insert("quota_bytes".into(), json!(bytes));
        }
        if rng.chance(25) {
            let odd = rng.text(&["\\u4e2d", "中", "é", "\\u0001", "\\n", "\u{7f}", "\\u00ff", "\\u0100"]);
            text = text.replacen("alice", &odd, 1);
        }
    }
    let mut bytes = text.into_bytes();
    if !bytes.is_empty() && rng.chance(3) {
        let at = rng.below(bytes.len());
        bytes[at] = *rng.pick(&[0xFF, 0xC0, 0x80, b'"', b'{', b'}', b',', b':', b'\\', b'x', b'0', b' ', 0]);
    }
    (kind, bytes, Value::Object(options))
}
