//! Items that were prepared for another request than the one that they are decided with.
//!
//! What the kind, the partition and R-PRIN-17 say is held against the new request (docs/semantics.md). Of keys that the
//! engine derives, what it derives for the new request wins.

use iamlet::image::set_writer;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    CompileOptions, Item, ItemInput, Layer, Layers, Levels, PolicyKind, PolicySet, Principal, PrincipalType,
    Request, RequestInput, RequestItem, Resource, SetPolicy, decide_item,
};
use iamlet_cases::{OwnedContext, OwnedEntry, compile_document};

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Denies what is in the item's account.
const GUARDED: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"*","Resource":"*"},
    {"Effect":"Deny","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:ResourceAccount":"111122223333"}}}]}"#;

fn request<'a>(principal: Principal<'a>, context: &'a OwnedContext) -> RequestInput<'a, OwnedContext> {
    RequestInput::new(principal, "s3:GetObject", None).absent(!Layers::IDENTITY).context(context)
}

fn alice(context: &OwnedContext) -> RequestInput<'_, OwnedContext> {
    request(Principal::user("arn:aws:iam::111122223333:user/alice"), context)
}

fn prepared(input: &RequestInput<'_, OwnedContext>) -> Vec<u8> {
    let mut memory = vec![0; input.size().expect("a size")];
    let used = prepare_request(input, &mut memory).expect("a request");
    memory.truncate(used);
    memory
}

fn context(key: &str, value: &str) -> OwnedContext {
    let (key, values) = (key.to_owned(), vec![value.to_owned()]);
    OwnedContext(vec![OwnedEntry { key, values, ..OwnedEntry::default() }])
}

/// Whether `second` is allowed with an item that was prepared for `first`.
fn is_allowed(
    first: &RequestInput<'_, OwnedContext>,
    second: &RequestInput<'_, OwnedContext>,
    own: &OwnedContext,
    document: &str,
) -> bool {
    let options = CompileOptions::default();
    let image =
        compile_document(document.as_bytes(), PolicyKind::Identity, options).expect("a legal document");
    let list = [SetPolicy { image: &image, layer: Layer::Identity, level: 0, tag: 0 }];
    let mut set = vec![0; set_writer::size(list.into_iter(), Levels::default()).expect("a size")];
    let used = set_writer::build(list.into_iter(), Levels::default(), &mut set).expect("a set");
    let sets = [PolicySet::open(&set[..used]).expect("a set that was built opens")];
    let (first, second) = (prepared(first), prepared(second));
    let resource = Resource::owned_by("arn:aws:s3:::b/k", "111122223333");
    let item = ItemInput::new(resource).context(own);
    let mut bytes = vec![0; item.size().expect("a size")];
    prepare_item(&Request::open(&first).expect("a request"), &item, &mut bytes).expect("an item");
    let item = Item { item: RequestItem::open(&bytes).expect("an item"), set: None };
    let decided = decide_item(&sets, Request::open(&second).expect("a request"), item);
    decided.is_ok_and(|decision| decision.is_allowed())
}

#[test]
fn an_item_of_its_own_request_is_decided() {
    let none = OwnedContext::default();
    let deriving = alice(&none).derive_resource_account(true);
    assert!(is_allowed(&alice(&none), &alice(&none), &none, ALLOW));
    assert!(!is_allowed(&deriving, &deriving, &none, GUARDED));
}

/// A policy that allows where a key has a value.
fn allows_where(operator: &str, key: &str, value: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"{key}":"{value}"}}}}}}}}"#
    )
}

/// R-CTX-1
#[test]
fn what_is_derived_of_the_caller_wins_over_an_item() {
    let (none, own) = (OwnedContext::default(), context("aws:PrincipalAccount", "999988887777"));
    let service = Principal::of_type(Some(PrincipalType::Service)).service_name("logs.amazonaws.com");
    let policy = |account| allows_where("StringEquals", "aws:PrincipalAccount", account);
    let first = request(service, &none);
    assert!(!is_allowed(&first, &alice(&none), &own, &policy("999988887777")));
    assert!(is_allowed(&first, &alice(&none), &own, &policy("111122223333")));
}

/// R-CTX-3
#[test]
fn the_clock_wins_over_an_item() {
    let (none, own) = (OwnedContext::default(), context("aws:EpochTime", "1000000000"));
    let at = |clock| alice(&none).clock(clock);
    let policy = |time| allows_where("DateEquals", "aws:EpochTime", time);
    assert!(!is_allowed(&at(1_000_000_000), &at(1_800_000_000), &own, &policy("1000000000")));
    assert!(is_allowed(&at(1_000_000_000), &at(1_800_000_000), &own, &policy("1800000000")));
}

/// R-CTX-6
#[test]
fn an_item_has_the_account_that_another_request_derives() {
    let none = OwnedContext::default();
    let deriving = alice(&none).derive_resource_account(true);
    assert!(!is_allowed(&alice(&none), &deriving, &none, GUARDED));
}
