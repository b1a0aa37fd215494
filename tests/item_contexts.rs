//! What a context key of a request is worth together with an item's, against a model that keeps a map of each: derived,
//! stated by either, merged, declared multivalued, and found through the index or not.

use std::collections::BTreeMap;

use iamlet::evaluate::decide_resources_by_scan;
use iamlet::image::set_writer;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    CompileOptions, ContextEntry, DecideError, Decision, Effect, Item, ItemInput, Layer, Layers, Levels,
    PolicyKind, PolicySet, PrepareError, Principal, Request, RequestError, RequestInput, RequestItem,
    Resource, SetPolicy, decide_item,
};
use iamlet_cases::compile_document;

const ACCOUNT: &str = "111122223333";
const KEYS: [&str; 8] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:username",
    "aws:ResourceAccount",
    "aws:TagKeys",
    "a:k",
];
const VALUES: [&str; 7] =
    ["arn:aws:iam::111122223333:user/alice", ACCOUNT, "User", "AssumedRole", "alice", "444455556666", ""];

struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// An entry: its key, its values, and whether it is declared multivalued.
type Entry = (String, Vec<&'static str>, bool);

/// What the engine derives; `None` where the principal lacks the key. Keys that are not here are the caller's.
type Derived = BTreeMap<String, Option<String>>;

fn entries(random: &mut Random, derived: &Derived) -> Vec<Entry> {
    let mut entries = Vec::new();
    for _ in 0..random.below(4) {
        let key = random.pick(&KEYS);
        let key = if random.below(3) == 0 { key.to_ascii_uppercase() } else { key.to_owned() };
        let mut values = Vec::new();
        for _ in 0..[0, 1, 1, 1, 1, 2][random.below(6)] {
            let truth = derived.get(&key.to_ascii_lowercase()).and_then(Option::as_ref);
            let truth = VALUES.iter().find(|value| Some(**value) == truth.map(String::as_str));
            values.push(match truth {
                Some(truth) if random.below(8) > 0 => *truth,
                _ => random.pick(&VALUES),
            });
        }
        entries.push((key, values, random.below(6) == 0));
    }
    entries
}

/// The stated values of each key and whether it is declared; `None` where they contradict what is derived.
fn stated(entries: &[Entry], derived: &Derived) -> Option<BTreeMap<String, (Vec<&'static str>, bool)>> {
    let mut map = BTreeMap::<String, (Vec<&'static str>, bool)>::new();
    for (key, values, declared) in entries {
        let (all, any) = map.entry(key.to_ascii_lowercase()).or_default();
        all.extend(values);
        *any |= declared;
    }
    let agrees = |(key, (values, _)): (&String, &(Vec<&'static str>, bool))| match derived.get(key) {
        Some(truth) => values.is_empty() || truth.as_deref().is_some_and(|truth| *values == [truth]),
        None => true,
    };
    map.iter().all(agrees).then_some(map)
}

fn set(effect: &str, key: &str, value: &str) -> Vec<u8> {
    // The other statements fill the index.
    let condition =
        |key: &str, value: &str| format!(r#""Condition":{{"StringEquals":{{"{key}":"{value}"}}}}"#);
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"{effect}","Action":"*","Resource":"*",{}}},
            {{"Effect":"Allow","Action":"s3:*","Resource":"*",{}}}]}}"#,
        condition(key, value),
        condition("a:never", "x")
    );
    let image = compile_document(text.as_bytes(), PolicyKind::Identity, CompileOptions::default());
    let image = image.expect("a policy");
    let policies = [SetPolicy { image: &image, layer: Layer::Identity, level: 0, tag: 0 }];
    let mut set = vec![0; 1 << 14];
    let used = set_writer::build_indexed(policies.into_iter(), Levels::default(), &mut set).expect("a set");
    set.truncate(used);
    set
}

fn borrowed(entries: &[Entry]) -> Vec<ContextEntry<'_>> {
    entries
        .iter()
        .map(|(key, values, multivalued)| ContextEntry::new(key.as_str(), values).multivalued(*multivalued))
        .collect()
}

#[test]
fn a_key_is_worth_what_request_and_item_say_together() {
    let mut random = Random(1);
    let is_malformed = |prepared: Result<usize, PrepareError>| {
        matches!(prepared, Err(PrepareError::Malformed(RequestError::DerivedKey(_))))
    };
    let (mut allowed, mut denied, mut silent, mut refused) = (0, 0, 0, 0);
    let role = "arn:aws:iam::111122223333:role/R";
    for case in 0..20_000 {
        let user = random.below(2) == 0;
        let principal = if user {
            Principal::user(VALUES[0])
        } else {
            Principal::role_session("arn:aws:sts::111122223333:assumed-role/R/s", role)
        };
        let some = |text: &str| Some(text.to_owned());
        let mut derived = Derived::from([
            ("aws:principalarn".to_owned(), some(if user { VALUES[0] } else { role })),
            ("aws:principalaccount".to_owned(), some(ACCOUNT)),
            ("aws:principaltype".to_owned(), some(if user { "User" } else { "AssumedRole" })),
            ("aws:username".to_owned(), if user { some("alice") } else { None }),
        ]);
        let derive = random.below(2) == 0;
        let base = entries(&mut random, &derived);
        let context = borrowed(&base);
        let input = RequestInput::new(principal, "s3:GetObject", None)
            .absent(!Layers::IDENTITY)
            .derive_resource_account(derive)
            .context(&context[..]);
        let mut memory = vec![0x5A; input.size().expect("a size")];
        let prepared = prepare_request(&input, &mut memory);
        let Some(base) = stated(&base, &derived) else {
            assert!(is_malformed(prepared), "case {case}: {prepared:?}");
            assert!(Request::open(&memory).is_err());
            refused += 1;
            continue;
        };
        prepared.expect("a request");
        let request = Request::open(&memory).expect("a request");

        let owner = "aws:resourceaccount";
        if derive {
            derived.insert(owner.to_owned(), some(ACCOUNT));
        }
        let own = entries(&mut random, &derived);
        let context = borrowed(&own);
        let resource = if random.below(2) == 0 {
            Resource::owned_by("arn:aws:s3:::b/k", ACCOUNT)
        } else {
            Resource::new("arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/k")
        };
        let input = ItemInput::new(resource).context(&context[..]);
        let mut memory = vec![0x5A; input.size().expect("a size")];
        let prepared = prepare_item(&request, &input, &mut memory);
        let untrue =
            derive && base.get(owner).is_some_and(|(said, _)| !said.is_empty() && *said != [ACCOUNT]);
        let own = stated(&own, &derived).filter(|_| !untrue);
        let Some(own) = own else {
            assert!(is_malformed(prepared), "case {case}: {prepared:?}");
            assert!(RequestItem::open(&memory).is_err());
            refused += 1;
            continue;
        };
        prepared.expect("an item");

        let key = random.pick(&KEYS);
        let folded = key.to_ascii_lowercase();
        let of =
            |map: &BTreeMap<String, (Vec<&'static str>, bool)>| map.get(&folded).cloned().unwrap_or_default();
        let ((own_values, own_declared), (base_values, base_declared)) = (of(&own), of(&base));
        let values: Vec<&str> = match derived.get(&folded) {
            Some(truth) => truth.as_deref().into_iter().collect(),
            // R-MISS-2: without values as well.
            None if own.contains_key(&folded) => own_values,
            None => base_values,
        };
        let declared = own_declared || base_declared || folded == "aws:tagkeys";
        // R-CTX-7: nobody told the unique id.
        let unknown = folded == "aws:userid" && values.is_empty();
        // Half of the policies expect what is there: few would allow else.
        let there = VALUES[..6].iter().find(|value| values.first() == Some(value));
        let value = there.filter(|_| random.below(2) == 0).copied();
        let value = value.unwrap_or_else(|| random.pick(&VALUES[..6]));
        let open = unknown || values.len() > 1 || (!values.is_empty() && declared);
        let holds = !open && values == [value];
        let deny = random.below(2) == 0;
        let expected = match (deny, open, holds) {
            (true, true, _) | (true, _, true) => Effect::ExplicitDeny,
            (false, false, true) => Effect::Allow,
            _ => Effect::ImplicitDeny,
        };
        match expected {
            Effect::Allow => allowed += 1,
            Effect::ExplicitDeny => denied += 1,
            Effect::ImplicitDeny => silent += 1,
        }
        let set = set(if deny { "Deny" } else { "Allow" }, key, value);
        let set = PolicySet::open(&set).expect("a set");
        let item = Item { item: RequestItem::open(&memory).expect("an item"), set: None };
        let effect = |decided: Result<Decision<'_>, DecideError>| decided.expect("a decision").effect;
        assert_eq!(effect(decide_item(&[set], request, item)), expected, "case {case}: {key} {value}");
        let scanned = decide_resources_by_scan(&[set], request, [item]);
        assert_eq!(effect(scanned.map(|(_, decision)| decision)), expected, "case {case}: {key} {value}");
    }
    let seen = [allowed, denied, silent, refused];
    assert!(seen.iter().all(|count| *count > 400), "{seen:?}");
}
