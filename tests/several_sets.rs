//! Policies divided among several sets, each with an index or without: the answer is that of all of them together, and
//! the statement that it names is the first in the order of R-EVAL-22.

use iamlet::evaluate::decide_by_scan;
use iamlet::image::set_writer;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    ContextEntry, ContextKey, DecideError, Decision, Effect, Item, ItemInput, Layer, Layers, Levels,
    PolicyKind, PolicySet, Principal, Request, RequestInput, RequestItem, Resource, SetPolicy, decide,
    decide_item,
};
use iamlet_cases::{compile_document, options_of};

const SCP_LEVELS: u8 = 2;

const OBJECT: Resource<'_> = Resource::owned_by("arn:aws:s3:::bucket/key", "111122223333");

/// What is true of the request, and what is not.
const ACTIONS: [(&[&str], bool); 2] = [
    (
        &[r#""Action":"*""#, r#""Action":"s3:*""#, r#""Action":"s3:GetObject""#, r#""NotAction":"s3:Put*""#],
        true,
    ),
    (
        &[
            r#""Action":"sqs:*""#,
            r#""Action":"s3:Put*""#,
            r#""Action":"s3:PutObject""#,
            r#""NotAction":"s3:*""#,
        ],
        false,
    ),
];
const RESOURCES: [(&[&str], bool); 2] = [
    (
        &[
            r#""Resource":"*""#,
            r#""Resource":"arn:aws:s3:::bucket/*""#,
            r#""Resource":"arn:*:s3:::bucket/k*""#,
            r#""Resource":"arn:aws:s3:::bucket/key""#,
            r#""NotResource":"arn:aws:s3:::other""#,
        ],
        true,
    ),
    (&[r#""Resource":"arn:aws:s3:::other/*""#, r#""Resource":"arn:*:s3:::other/k*""#], false),
];
const CONDITIONS: [(&[&str], bool); 2] = [
    (
        &[
            "",
            r#","Condition":{"StringEquals":{"a:k":["v","w"]}}"#,
            r#","Condition":{"StringLike":{"aws:username":"ali*"}}"#,
            r#","Condition":{"StringNotEquals":{"a:k":"w"}}"#,
        ],
        true,
    ),
    (
        &[
            r#","Condition":{"StringEquals":{"a:k":"w"}}"#,
            r#","Condition":{"StringLike":{"aws:username":"b*"}}"#,
        ],
        false,
    ),
];

struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }

    /// One of the texts that are as wanted.
    fn text<'t>(&mut self, texts: &[(&[&'t str], bool); 2], wanted: bool) -> &'t str {
        let (list, _) = texts.iter().find(|(_, holds)| *holds == wanted).expect("a list");
        list[self.below(list.len())]
    }
}

struct Policy {
    layer: Layer,
    level: u8,
    image: Vec<u8>,
    /// Of each statement: whether it allows, and whether it applies.
    statements: Vec<(bool, bool)>,
}

fn policy(random: &mut Random) -> Policy {
    let (layer, level, kind) = match random.below(6) {
        0 | 1 => (Layer::Scp, random.below(2) as u8, PolicyKind::ScpFull),
        2 => (Layer::Session, 0, PolicyKind::Session),
        _ => (Layer::Identity, 0, PolicyKind::Identity),
    };
    let mut statements = Vec::new();
    let mut texts = Vec::new();
    for _ in 0..1 + random.below(4) {
        let allows = random.below(3) > 0;
        // A Deny that applies is rarer, so that some requests pass.
        let applies = if allows { random.below(4) > 0 } else { random.below(12) == 0 };
        let mut wanted = [true; 3];
        if !applies {
            wanted[random.below(3)] = false;
        }
        let [action, resource, condition] = wanted;
        texts.push(format!(
            r#"{{"Effect":"{}",{},{}{}}}"#,
            if allows { "Allow" } else { "Deny" },
            random.text(&ACTIONS, action),
            random.text(&RESOURCES, resource),
            random.text(&CONDITIONS, condition),
        ));
        statements.push((allows, applies));
    }
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, texts.join(","));
    let image =
        compile_document(text.as_bytes(), kind, options_of(None).expect("options")).expect("a policy");
    Policy { layer, level, image, statements }
}

fn set(policies: &[Policy], indexed: bool) -> Vec<u8> {
    let list = policies.iter().map(|policy| SetPolicy {
        image: &policy.image,
        layer: policy.layer,
        level: policy.level,
        tag: 0,
    });
    let levels = Levels { scp: SCP_LEVELS, rcp: 0 };
    let mut set = vec![0; 1 << 20];
    let used = if indexed {
        set_writer::build_indexed(list, levels, &mut set)
    } else {
        set_writer::build(list, levels, &mut set)
    };
    set.truncate(used.expect("a set"));
    set
}

/// Where a statement stands: layer, level, set, policy, statement.
type Place = (Layer, u8, usize, u32, u32);

/// The effect, and the place of the statement that decides, from what is known of each statement.
fn expected(sets: &[Vec<Policy>]) -> (Effect, Option<Place>) {
    let mut denies = Vec::new();
    let mut allows = Vec::new();
    for (set, policies) in sets.iter().enumerate() {
        for (number, policy) in (0..).zip(policies) {
            for (statement, (allow, applies)) in (0..).zip(&policy.statements) {
                let place = (policy.layer, policy.level, set, number, statement);
                if *applies {
                    if *allow { &mut allows } else { &mut denies }.push(place);
                }
            }
        }
    }
    if let Some(first) = denies.iter().min() {
        return (Effect::ExplicitDeny, Some(*first));
    }
    let allowed_by = |layer: Layer| allows.iter().filter(move |place| place.0 == layer);
    let every_level = (0..SCP_LEVELS).all(|level| allowed_by(Layer::Scp).any(|place| place.1 == level));
    let session = sets.iter().flatten().all(|policy| policy.layer != Layer::Session)
        || allowed_by(Layer::Session).next().is_some();
    match allowed_by(Layer::Identity).min() {
        Some(first) if every_level && session => (Effect::Allow, Some(*first)),
        _ => (Effect::ImplicitDeny, None),
    }
}

fn answer(decision: &Decision<'_>) -> (Effect, Option<Place>) {
    let place = decision
        .decisive
        .map(|by| (decision.layer.expect("a layer"), decision.level, by.set, by.policy, by.statement));
    (decision.effect, place)
}

// R-GEN-9, R-EVAL-5, R-EVAL-22
#[test]
fn policies_in_several_sets_decide_together_and_the_first_statement_is_named() {
    let mut random = Random(1);
    let mut seen = [0; 3];
    for case in 0..3_000 {
        let sets: Vec<Vec<Policy>> = (0..1 + random.below(4))
            .map(|_| (0..random.below(4)).map(|_| policy(&mut random)).collect())
            .collect();
        let expected = expected(&sets);
        seen[match expected.0 {
            Effect::Allow => 0,
            Effect::ImplicitDeny => 1,
            Effect::ExplicitDeny => 2,
        }] += 1;

        let declared = |layer: Layer| sets.iter().flatten().any(|policy| policy.layer == layer);
        let mut absent = !Layers::SCP;
        for (layer, flag) in [(Layer::Identity, Layers::IDENTITY), (Layer::Session, Layers::SESSION)] {
            if declared(layer) {
                absent = absent.without(flag);
            }
        }
        let key = ContextKey::new("a:k");
        let context = [ContextEntry::new(key, &["v"])];
        let input = RequestInput::new(
            Principal::user("arn:aws:iam::111122223333:user/alice"),
            "s3:GetObject",
            OBJECT,
        )
        .absent(absent)
        .context(&context[..]);
        let prepared = |budget| {
            let input = input.budget(budget);
            let mut memory = vec![0xA5; input.size().expect("a size")];
            prepare_request(&input, &mut memory).expect("a request");
            memory
        };
        let memory = prepared(0);
        let request = Request::open(&memory).expect("a request");
        let images: Vec<Vec<u8>> = sets.iter().map(|set_of| set(set_of, random.below(2) == 0)).collect();
        let opened: Vec<PolicySet<'_>> =
            images.iter().map(|image| PolicySet::open(image).expect("a set")).collect();
        let decided = decide(&opened, request).expect("a decision");
        assert_eq!(answer(&decided), expected, "case {case}");
        assert_eq!(decide_by_scan(&opened, request), Ok(decided), "case {case}");

        // R-GEN-3: with less work the answer is the same or none.
        let hurried = prepared(1 + random.below(300) as u64);
        match decide(&opened, Request::open(&hurried).expect("a request")) {
            Ok(hurried) => assert_eq!(hurried, decided, "case {case}"),
            Err(error) => assert_eq!(error, DecideError::BudgetExhausted),
        }

        // The same where the last set comes with an item, whose number it then has.
        let none: [ContextEntry<'_>; 0] = [];
        let input = ItemInput::new(OBJECT).context(&none[..]);
        let mut memory = vec![0xA5; input.size().expect("a size")];
        prepare_item(&request, &input, &mut memory).expect("an item");
        let (own, others) = opened.split_last().expect("a set");
        let item = Item { item: RequestItem::open(&memory).expect("an item"), set: Some(*own) };
        assert_eq!(decide_item(others, request, item), Ok(decided), "case {case}");
    }
    assert!(seen.iter().all(|count| *count > 200), "{seen:?}");
}
