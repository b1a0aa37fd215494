//! A filter against a decision for each of its items: conditions that are remembered from one resource to the next must
//! say what they would have said.

use iamlet::{
    ContextEntry, DecideError, Decision, Item, ItemBuf, ItemInput, Layer, Layers, PolicyBuf, PolicyKind,
    PolicySet, PolicySetBuf, Principal, RequestBuf, RequestInput, Resource, decide_item, filter,
};
use iamlet_workloads::rng::Rng;

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// Conditions that hang on the request alone, and others on the resource's owner or on what an item says.
const CONDITIONS: [&str; 8] = [
    "",
    r#","Condition":{"StringEquals":{"a:team":"red"}}"#,
    r#","Condition":{"StringNotEquals":{"a:team":"red"}}"#,
    r#","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#,
    r#","Condition":{"StringEquals":{"a:owner":"${aws:ResourceAccount}"}}"#,
    r#","Condition":{"StringLike":{"a:team":"${a:own}*"}}"#,
    r#","Condition":{"Null":{"a:own":"true"}}"#,
    r#","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["r*","b*"]},"Bool":{"a:mfa":"true"}}"#,
];

fn statement(rng: &mut Rng, principal: &str) -> String {
    let effect = if rng.below(3) == 0 { "Deny" } else { "Allow" };
    let action = ["s3:GetObject", "s3:Get*", "*"][rng.below(3)];
    let resource = ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/1*", "arn:aws:s3:::c/*"][rng.below(4)];
    let condition = CONDITIONS[rng.below(CONDITIONS.len())];
    format!(r#"{{"Effect":"{effect}"{principal},"Action":"{action}","Resource":"{resource}"{condition}}}"#)
}

fn policy(rng: &mut Rng, kind: PolicyKind, principal: &str, statements: usize) -> PolicyBuf {
    let statements: Vec<_> = (0..statements).map(|_| statement(rng, principal)).collect();
    let json = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    PolicyBuf::compile(kind, &json).expect("a policy")
}

fn item(rng: &mut Rng, request: &RequestBuf, absent: Layers) -> ItemBuf {
    let key = format!("arn:aws:s3:::{}/{}", ["b", "c"][rng.below(2)], rng.below(30));
    let resource = Resource::owned_by(&key, ACCOUNTS[rng.below(2)]);
    let values = [["red"], ["blue"], ["111122223333"]];
    let own = [
        ContextEntry::new(["a:team", "a:own", "a:owner"][rng.below(3)], &values[rng.below(3)]),
        ContextEntry::new("aws:TagKeys", &[]).multivalued(true),
        // Declares a known key multivalued, and has no value.
        ContextEntry::new("aws:ResourceAccount", &[]).multivalued(true),
    ];
    let own = match rng.below(5) {
        0 => &own[..1],
        1 => &own[1..2],
        2 => &own[2..],
        _ => &[],
    };
    ItemInput::new(resource).context(own).absent(absent).prepare(request).expect("an item")
}

fn told(decided: Result<Decision<'_>, DecideError>) -> Result<(iamlet::Effect, String), DecideError> {
    decided.map(|decision| (decision.effect, format!("{decision:?}")))
}

#[test]
fn a_filter_answers_as_a_decision_for_each_item() {
    let (mut allowed, mut denied) = (0, 0);
    for seed in 0..400 {
        let mut rng = Rng(seed + 1);
        let count = [3, 20, 90][rng.below(3)];
        let identity = policy(&mut rng, PolicyKind::Identity, "", count);
        let second = policy(&mut rng, PolicyKind::Identity, "", 4);
        let buckets = [(); 2].map(|()| policy(&mut rng, PolicyKind::Resource, r#","Principal":"*""#, 5));
        let sets = [[identity.at(Layer::Identity)], [second.at(Layer::Identity)]]
            .map(|policies| PolicySetBuf::new(policies).expect("a set"));
        let own = buckets.map(|bucket| PolicySetBuf::new([bucket.at(Layer::Resource)]).expect("a set"));
        let sets: Vec<PolicySet<'_>> = sets.iter().map(|set| set.set().expect("a set")).collect();

        let team = [["red"], ["blue"]][rng.below(2)];
        let context = [
            ContextEntry::new("a:team", &team),
            ContextEntry::new("a:owner", &["444455556666"]),
            ContextEntry::new("aws:TagKeys", &["red", "blue"]),
            ContextEntry::new("a:mfa", &["true"]),
        ];
        let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
        let absent = !(Layers::IDENTITY | Layers::RESOURCE);
        let request = RequestInput::new(alice, "s3:GetObject", None)
            .absent(absent)
            .context(&context)
            .derive_resource_account(rng.below(2) == 0)
            .prepare()
            .expect("a request");
        let items: Vec<(ItemBuf, bool)> = (0..40)
            .map(|_| {
                let has_set = rng.below(2) == 0;
                (item(&mut rng, &request, if has_set { Layers::NONE } else { Layers::RESOURCE }), has_set)
            })
            .collect();
        let items: Vec<Item<'_>> = items
            .iter()
            .zip(own.iter().cycle())
            .map(|((item, has_set), own)| Item {
                item: item.item().expect("an item"),
                set: has_set.then(|| own.set().expect("a set")),
            })
            .collect();
        let prepared = request.request().expect("a request");
        let mut answers = Vec::new();
        filter(&sets, prepared, items.iter().copied(), |at, decided| answers.push((at, told(decided))));
        assert_eq!(answers.len(), items.len());
        for (at, (number, answer)) in answers.into_iter().enumerate() {
            let alone = told(decide_item(&sets, prepared, items[at]));
            assert_eq!((number, &answer), (at, &alone), "seed {seed}");
            match answer {
                Ok((iamlet::Effect::Allow, _)) => allowed += 1,
                Ok(_) => denied += 1,
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
    }
    assert!(allowed > 1_000 && denied > 1_000, "{allowed} allowed, {denied} denied");
}
