//! Prepared requests and items, where one could open what the other denies.

use iamlet::image::set_writer;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    ContextEntry, DecideError, Effect, Item, ItemInput, KnownKey, Layer, Layers, Levels, PolicyKind,
    PolicySet, PrepareError, Principal, Request, RequestError, RequestInput, RequestItem, Resource,
    SetPolicy, decide, decide_item,
};
use iamlet_cases::{compile_document, options_of};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const MALLORY: &str = "arn:aws:iam::999988887777:user/mallory";

/// A set with one identity policy, of one statement that allows everything on the condition given.
fn set(condition: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*"{condition}}}}}"#
    );
    let options = options_of(None).expect("options");
    let image = compile_document(text.as_bytes(), PolicyKind::Identity, options).expect("a policy");
    let policies = [SetPolicy { image: &image, layer: Layer::Identity, level: 0, tag: 0 }];
    let mut set = vec![0; 4096];
    let used = set_writer::build(policies.into_iter(), Levels::default(), &mut set).expect("a set");
    set.truncate(used);
    set
}

fn input<'a>(
    user: &'a str,
    resource: Option<Resource<'a>>,
    context: &'a [ContextEntry<'a>],
) -> RequestInput<'a, [ContextEntry<'a>]> {
    RequestInput::new(Principal::user(user), "s3:GetObject", resource)
        .absent(!Layers::IDENTITY)
        .derive_resource_account(true)
        .context(context)
}

fn prepared(input: &RequestInput<'_, [ContextEntry<'_>]>) -> Vec<u8> {
    let mut memory = vec![0; input.size().expect("a size")];
    let used = prepare_request(input, &mut memory).expect("a request");
    memory.truncate(used);
    memory
}

fn item(request: &[u8], context: &[ContextEntry<'_>]) -> Result<Vec<u8>, PrepareError> {
    let input = ItemInput::new(OBJECT).context(context);
    let mut memory = vec![0; input.size().expect("a size")];
    let used = prepare_item(&Request::open(request).expect("a request"), &input, &mut memory)?;
    memory.truncate(used);
    Ok(memory)
}

const OBJECT: Resource<'_> = Resource::owned_by("arn:aws:s3:::b/k", "111122223333");

fn decided(set: &[u8], request: &[u8], item: &[u8]) -> Effect {
    let set = PolicySet::open(set).expect("a set");
    let item = Item { item: RequestItem::open(item).expect("an item"), set: None };
    decide_item(&[set], Request::open(request).expect("a request"), item).expect("a decision").effect
}

fn entry<'a>(key: &'a str, values: &'a [&'a str], multivalued: bool) -> ContextEntry<'a> {
    ContextEntry::new(key, values).multivalued(multivalued)
}

// R-EVAL-16: whose the resource is depends on who asks, not on whom the item was prepared for.
#[test]
fn an_item_prepared_for_the_owner_does_not_make_a_stranger_the_owner() {
    let set = set("");
    let (owner, stranger) = (prepared(&input(ALICE, None, &[])), prepared(&input(MALLORY, None, &[])));
    let item = item(&owner, &[]).expect("an item");
    assert_eq!(decided(&set, &owner, &item), Effect::Allow);
    assert_eq!(decided(&set, &stranger, &item), Effect::ImplicitDeny);
}

// R-MULTI-6
#[test]
fn a_derived_key_that_an_item_declares_multivalued_is_so() {
    let set = set(r#","Condition":{"StringEquals":{"aws:username":"alice"}}"#);
    let request = prepared(&input(ALICE, None, &[]));
    let plain = item(&request, &[]).expect("an item");
    let declared = item(&request, &[entry("aws:username", &[], true)]).expect("an item");
    assert_eq!(decided(&set, &request, &plain), Effect::Allow);
    assert_eq!(decided(&set, &request, &declared), Effect::ImplicitDeny);
}

// R-MULTI-6, R-CTX-6
#[test]
fn the_owners_account_that_a_request_declares_multivalued_is_so_for_its_items() {
    let set = set(r#","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#);
    let declared = [entry("aws:ResourceAccount", &[], true)];
    let (plain, declared) = (prepared(&input(ALICE, None, &[])), prepared(&input(ALICE, None, &declared)));
    let item_of = |request: &[u8]| item(request, &[]).expect("an item");
    assert_eq!(decided(&set, &plain, &item_of(&plain)), Effect::Allow);
    assert_eq!(decided(&set, &declared, &item_of(&declared)), Effect::ImplicitDeny);
}

// R-CTX-1, R-CTX-6
#[test]
fn what_a_request_says_of_the_owner_must_be_true_of_its_items() {
    let agrees = prepared(&input(ALICE, None, &[entry("aws:ResourceAccount", &["111122223333"], false)]));
    let differs = prepared(&input(ALICE, None, &[entry("aws:ResourceAccount", &["999988887777"], false)]));
    assert!(item(&agrees, &[]).is_ok());
    let contradicted = RequestError::DerivedKey(KnownKey::ResourceAccount);
    assert_eq!(item(&differs, &[]), Err(PrepareError::Malformed(contradicted)));
}

// R-CTX-6: what a request derives it derives for an item that was prepared for another request as well.
#[test]
fn the_owners_account_is_derived_for_every_item_of_a_request_that_derives_it() {
    let own = set(r#","Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}"#);
    let other = set(r#","Condition":{"StringEquals":{"aws:ResourceAccount":"999988887777"}}"#);
    let derives = prepared(&input(ALICE, None, &[]));
    let leaves = prepared(&input(ALICE, None, &[]).derive_resource_account(false));
    let untrue = [entry("aws:ResourceAccount", &["999988887777"], false)];
    for said in [&[][..], &untrue] {
        let item = item(&leaves, said).expect("an item");
        assert_eq!(decided(&own, &derives, &item), Effect::Allow);
        assert_eq!(decided(&other, &derives, &item), Effect::ImplicitDeny);
        let is_said = !said.is_empty();
        assert_eq!(decided(&own, &leaves, &item), Effect::ImplicitDeny);
        let expected = if is_said { Effect::Allow } else { Effect::ImplicitDeny };
        assert_eq!(decided(&other, &leaves, &item), expected);
    }
}

// R-CTX-3, R-DATE-2: four digits would be a year.
#[test]
fn the_clock_is_seconds_however_many_digits_it_has() {
    let after_2023 = set(r#","Condition":{"DateGreaterThan":{"aws:EpochTime":1700000000}}"#);
    let numeric = set(r#","Condition":{"NumericGreaterThan":{"aws:EpochTime":1700000000}}"#);
    for (clock, expected) in [
        (-3_000, Effect::ImplicitDeny),
        (999, Effect::ImplicitDeny),
        (1_000, Effect::ImplicitDeny),
        (3_000, Effect::ImplicitDeny),
        (9_999, Effect::ImplicitDeny),
        (10_000, Effect::ImplicitDeny),
        (1_700_000_001, Effect::Allow),
    ] {
        let request = prepared(&input(ALICE, Some(OBJECT), &[]).clock(clock));
        for set in [&after_2023, &numeric] {
            let set = PolicySet::open(set).expect("a set");
            let decision = decide(&[set], Request::open(&request).expect("a request")).expect("a decision");
            assert_eq!(decision.effect, expected, "{clock}");
        }
    }
}

// R-GEN-10: finding a variable's value is work.
#[test]
fn looking_up_variables_is_counted() {
    let set = set(r#","Condition":{"StringLike":{"a:k":"*?${a:v}z*"}}"#);
    let text = "a".repeat(20_000);
    let texts = [text.as_str()];
    let context = [entry("a:k", &texts, false), entry("a:v", &["b"], false)];
    let request = |budget| prepared(&input(ALICE, Some(OBJECT), &context).budget(budget));
    let outcome = |request: &[u8]| {
        let set = PolicySet::open(&set).expect("a set");
        decide(&[set], Request::open(request).expect("a request")).map(|decision| decision.effect)
    };
    assert_eq!(outcome(&request(0)), Ok(Effect::ImplicitDeny));
    assert_eq!(outcome(&request(1_000)), Err(DecideError::BudgetExhausted));
}

// R-CTX-1, R-CTX-6: wherever the text of the item's resource comes to lie.
#[test]
fn an_item_may_say_of_the_owner_what_is_true_and_nothing_else() {
    let request = prepared(&input(ALICE, None, &[]));
    let (owner, wrong) =
        (["111122223333"], PrepareError::Malformed(RequestError::DerivedKey(KnownKey::ResourceAccount)));
    for name_len in 0..120 {
        let resource = format!("arn:aws:sqs:eu-west-1:111122223333:{}", "q".repeat(name_len));
        let name = "n".repeat(name_len + 1);
        let bucket = format!("arn:aws:s3:::{name}");
        let name = format!("a:{name}");
        let item_with = |said: &[&str]| {
            let context = [entry(&name, &[], false), entry("aws:ResourceAccount", said, false)];
            for resource in [Resource::new(&resource), Resource::owned_by(&bucket, "111122223333")] {
                let input = ItemInput::new(resource).context(&context[..]);
                let mut memory = vec![0; input.size().expect("a size")];
                prepare_item(&Request::open(&request).expect("a request"), &input, &mut memory)?;
            }
            Ok(())
        };
        assert_eq!(item_with(&owner), Ok(()), "{name_len}");
        let words = "AssumedRoleFederatedUserAccountanonymousAnonymoustruefalse";
        for at in 0..=words.len() - 12 {
            assert_eq!(item_with(&[&words[at..at + 12]]), Err(wrong), "{name_len}");
        }
    }
}
