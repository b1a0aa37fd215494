//! What a case may come to where some context keys have not been fetched yet.
//!
//! The values of a pending key are tried: none, texts that the policies name, texts near them, texts that no policy
//! names, and lists of them. The outcomes that are found can all happen; that no other can is not shown, for only some
//! hundred combinations are tried.
//!
//! # Choices
//!
//! - A pending key is pending in the request's own context. An item that has the key itself keeps what it has.
//! - A key that is declared multivalued in the case stays so under every filling; of any other key both are tried,
//!   for arity belongs to the key and comes with it (R-MULTI-6).
//! - `absent` is a filling of a key that AWS always sends too: nobody tells its value (R-CTX-3, R-CTX-7).
//! - Keys that are derived from the principal, with a value or without one, are never pending (R-CTX-1).

mod texts;

use super::generate::Rng;
use super::layers::{self, Policies};
use super::principal;
use super::request;
use super::{Outcome, together};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Keys that may be pending at once.
pub const MOST_PENDING: usize = 3;

/// Combinations that are tried for one case.
pub const MOST_COMBINATIONS: usize = 400;

/// Fillings of each key of which all combinations are tried.
const MAIN: usize = 6;

/// What a pending key turns out to be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filling {
    /// Its values; none where the key is absent.
    pub values: Vec<String>,
    /// Whether it is declared multivalued (R-MULTI-6).
    pub declared: bool,
}

/// What the combinations come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The outcomes where each key has one filling for the whole request, each with a filled case that has it.
    pub witnesses: BTreeMap<Outcome, Value>,
    /// The outcomes where each item of the request may have its own filling, as for keys of the resource; only the
    /// declaration is that of the request. A superset of the other.
    pub by_item: BTreeSet<Outcome>,
}

/// The outcomes over all combinations that are tried; each key has one filling for the whole request.
pub fn outcomes(case: &Value, pending: &[String]) -> BTreeSet<Outcome> {
    explore(case, pending).witnesses.into_keys().collect()
}

/// The outcomes of both sorts.
pub fn explore(case: &Value, pending: &[String]) -> Found {
    let Ok(policies) = layers::load(case) else {
        let invalid = Outcome::InvalidPolicy;
        return Found {
            witnesses: BTreeMap::from([(invalid, case.clone())]),
            by_item: BTreeSet::from([invalid]),
        };
    };
    let mut witnesses = BTreeMap::new();
    // For what is declared: the outcomes that each item may have.
    let mut items: BTreeMap<Vec<bool>, Vec<BTreeSet<Outcome>>> = BTreeMap::new();
    for combination in combinations(case, pending) {
        let filled = fill_all(case, pending, &combination);
        let each = each(&policies, &filled);
        let declared = combination.iter().map(|filling| filling.declared).collect();
        let sets = items.entry(declared).or_insert_with(|| vec![BTreeSet::new(); each.len()]);
        for (set, outcome) in sets.iter_mut().zip(&each) {
            set.insert(*outcome);
        }
        witnesses.entry(together(&each)).or_insert(filled);
        // Legal documents have three outcomes.
        if witnesses.len() == 3 {
            break;
        }
    }
    let by_item = items.values().flat_map(|sets| products(sets)).map(|each| together(&each)).collect();
    Found { witnesses, by_item }
}

/// One of each set, in every way.
fn products(sets: &[BTreeSet<Outcome>]) -> Vec<Vec<Outcome>> {
    let mut products = vec![Vec::new()];
    for set in sets {
        products = products
            .iter()
            .flat_map(|front: &Vec<Outcome>| {
                set.iter().map(|outcome| front.iter().copied().chain([*outcome]).collect())
            })
            .collect();
    }
    products
}

/// The outcome of each item; one outcome where the request is malformed.
fn each(policies: &Policies, case: &Value) -> Vec<Outcome> {
    match request::read(case) {
        Some(requests) => requests.iter().map(|request| layers::decide(policies, request)).collect(),
        // R-GEN-3
        None => vec![Outcome::ImplicitDeny],
    }
}

fn fill_all(case: &Value, pending: &[String], combination: &[Filling]) -> Value {
    let mut filled = case.clone();
    for (key, filling) in pending.iter().zip(combination) {
        fill(&mut filled, key, filling);
    }
    filled
}

/// Writes a filling into the request's context. A request that is malformed in that very place stays as it is.
pub fn fill(case: &mut Value, key: &str, filling: &Filling) {
    let Some(request) = case.get_mut("request").and_then(Value::as_object_mut) else { return };
    let context = request.entry("context").or_insert(json!({}));
    if let Some(context) = context.as_object_mut() {
        context.retain(|other, _| !other.eq_ignore_ascii_case(key));
        if !filling.values.is_empty() {
            context.insert(key.to_string(), json!(filling.values));
        }
    }
    if filling.declared
        && let Some(declared) = request.entry("multivalued").or_insert(json!([])).as_array_mut()
    {
        declared.push(json!(key));
    }
}

/// The combinations that are tried, one filling for each pending key: all, or where there are too many all of the
/// main ones, each filling once, and others at random. The same for the same case.
fn combinations(case: &Value, pending: &[String]) -> Vec<Vec<Filling>> {
    assert!(pending.len() <= MOST_PENDING, "too many pending keys: {pending:?}");
    let derived = derived(case);
    let lists: Vec<Vec<Filling>> = pending
        .iter()
        .map(|key| {
            assert!(!derived.contains(&key.to_ascii_lowercase()), "{key} is derived");
            fillings(case, pending, key)
        })
        .collect();
    let all: usize = lists.iter().map(Vec::len).product();
    if all <= MOST_COMBINATIONS {
        return choose(&lists, usize::MAX);
    }
    let mut chosen = choose(&lists, MAIN);
    let longest = lists.iter().map(Vec::len).max().unwrap_or_default();
    for at in 0..longest {
        chosen.push(lists.iter().map(|list| list[at % list.len()].clone()).collect());
    }
    let mut rng = Rng::new(1);
    while chosen.len() < MOST_COMBINATIONS {
        chosen.push(lists.iter().map(|list| rng.pick(list).clone()).collect());
    }
    chosen.truncate(MOST_COMBINATIONS);
    chosen
}

/// All combinations of the first fillings of each list.
fn choose(lists: &[Vec<Filling>], first: usize) -> Vec<Vec<Filling>> {
    let mut chosen = vec![Vec::new()];
    for list in lists {
        chosen = chosen
            .iter()
            .flat_map(|front: &Vec<Filling>| {
                list.iter().take(first).map(|filling| front.iter().chain([filling]).cloned().collect())
            })
            .collect();
    }
    chosen
}

/// The fillings of one pending key; the main ones come first.
pub fn fillings(case: &Value, pending: &[String], key: &str) -> Vec<Filling> {
    let (Ok(policies), Some(requests)) = (layers::load(case), request::read(case)) else {
        // Nothing that is filled in changes a refused document or a malformed request.
        return vec![Filling { values: Vec::new(), declared: false }];
    };
    let texts = texts::of_key(&policies, &requests, pending, key);
    let other = texts::UNNAMED;
    let hit = texts.first().map_or(other, String::as_str);
    let second = texts.get(1).map_or(hit, String::as_str);
    let mut lists: Vec<Vec<&str>> =
        vec![vec![], vec![hit], vec![other], vec![hit, other], vec![second], vec![""]];
    lists.extend(texts.iter().map(|text| vec![text.as_str()]));
    lists.extend([vec![other, hit], vec![hit, second], vec![hit, hit], vec![other, texts::UNNAMED_TOO]]);
    lists.extend([vec!["", ""], vec!["", hit], vec![hit, second, other]]);
    // Lists whose values all match something, and their mixtures.
    lists.extend(texts.windows(2).map(|pair| vec![pair[0].as_str(), pair[1].as_str()]));
    lists.extend(texts.iter().skip(1).map(|text| vec![text.as_str(), other]));
    let declared = [vec![], vec![hit], vec![other], vec![""], vec![hit, other]];
    let undeclared = lists.into_iter().map(|list| (list, false));
    let mut fillings: Vec<Filling> = Vec::new();
    for (list, declared) in undeclared.chain(declared.into_iter().map(|list| (list, true))) {
        let filling = Filling { values: list.into_iter().map(str::to_string).collect(), declared };
        if !fillings.contains(&filling) {
            fillings.push(filling);
        }
    }
    fillings
}

/// R-CTX-1: the lower-case keys that are derived from the principal, or that its type cannot have. All that ever are
/// where the principal cannot be read.
pub fn derived(case: &Value) -> Vec<String> {
    if let Some(principal) = case.pointer("/request/principal").and_then(principal::read) {
        return principal.derived().into_iter().map(|(key, _)| key.to_string()).collect();
    }
    let all =
        "arn isawsservice servicename account type".split(' ').map(|name| format!("aws:principal{name}"));
    all.chain(["aws:username".to_string(), "aws:userid".to_string()]).collect()
}

/// The keys that the policies name in conditions or variables and that are not derived, as the policies write them.
pub fn named_keys(case: &Value) -> Vec<String> {
    let Ok(policies) = layers::load(case) else { return Vec::new() };
    let derived = derived(case);
    let mut keys: Vec<String> = Vec::new();
    for key in texts::keys(&policies) {
        let known = |list: &[String]| list.iter().any(|other| other.eq_ignore_ascii_case(&key));
        if !known(&derived) && !known(&keys) {
            keys.push(key);
        }
    }
    keys
}

/// Makes some keys of the case pending: those that its policies name, and now and then one that they do not. The
/// values are taken out of the request's context and of its items'. There may be none to pick.
pub fn with_pending(rng: &mut Rng, case: &Value) -> (Value, Vec<String>) {
    let mut keys = named_keys(case);
    let mut pending: Vec<String> = Vec::new();
    let count = match rng.below(100) {
        0..=49 => 1,
        50..=84 => 2,
        _ => 3,
    };
    while pending.len() < count && !keys.is_empty() {
        pending.push(keys.remove(rng.below(keys.len())));
    }
    if pending.len() < MOST_PENDING && rng.chance(10) {
        pending.push("x:unnamed".to_string());
    }
    for key in &mut pending {
        // R-COND-6
        if rng.chance(12) {
            *key = key.to_ascii_uppercase();
        }
    }
    let mut case = case.clone();
    take_out(case.pointer_mut("/request/context"), &pending);
    if let Some(Value::Array(items)) = case.pointer_mut("/request/resources") {
        for item in items {
            take_out(item.get_mut("context"), &pending);
        }
    }
    (case, pending)
}

fn take_out(context: Option<&mut Value>, pending: &[String]) {
    if let Some(Value::Object(context)) = context {
        context.retain(|key, _| !pending.iter().any(|other| other.eq_ignore_ascii_case(key)));
    }
}
