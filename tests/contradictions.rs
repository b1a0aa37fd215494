//! Requests that contradict themselves: in the kind of their resource, in partitions, in providers and users. Each is
//! malformed, and so is a decision about an item that was prepared for another request.

mod support;

use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    DecideError, Effect, Item, ItemInput, PolicySet, PrepareError, Request, RequestError, RequestItem,
    Resource, ResourceKind, decide_item,
};
use serde_json::{Value, json};
use support::{
    ACCOUNT, ALICE, APP_ROLE, APP_SESSION, FEDERATED, Given, KEY, OBJECT, OTHER_ACCOUNT, ROOT, allow,
    app_session, compile_set, deny, federated_user, given, grant, linked_session, service, with, without,
};

/// The actions that make a role one that is to be assumed.
const ASSUMING: [&str; 5] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
];
const SAML: &str = "arn:aws:iam::111122223333:saml-provider/idp";
const OIDC: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
const LINKED_ROLE: &str = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Linked";

fn saml(provider: &str) -> Value {
    json!({"type": "saml", "provider": provider})
}

fn oidc(provider: &str) -> Value {
    json!({"type": "oidc", "provider": provider})
}

/// Each text in its own, in lower and in upper case.
fn spellings(texts: &[&str]) -> Vec<String> {
    texts.iter().flat_map(|text| [text.to_string(), text.to_lowercase(), text.to_uppercase()]).collect()
}

/// Whether a request is for the kind: it may be stated, and no other may.
#[track_caller]
fn is_of_kind(given: &Given, kind: &str) {
    assert_ne!(given.0["policies"]["resource_kind"], json!("kms"), "a kind is stated already");
    for stated in ["resource", "kms", "trust"] {
        let mut asked = given.clone();
        asked.0["policies"]["resource_kind"] = json!(stated);
        if stated == kind {
            assert!(asked.case().request.prepare().is_ok(), "{}", asked.0);
        } else {
            asked.contradicts(RequestError::ResourceKind);
        }
    }
}

// R-RES-15
#[test]
fn the_kind_of_the_resource_follows_from_the_request() {
    let of = |action: &str, resource: &str, kind: &str| {
        let asked = given().action(action).on(resource).owner(ACCOUNT);
        is_of_kind(&asked, kind);
        // Nobody has to state it: identity policies alone open ordinary resources only (R-EVAL-10, R-EVAL-12).
        let by_identity = asked.identity(allow("*", "*"));
        if kind == "resource" { by_identity.allows() } else { by_identity.denies() }
    };
    for action in spellings(&["kms:Decrypt", "s3:GetObject", "sts:AssumeRole", "x:Do"]) {
        of(&action, KEY, "kms");
        of(&action, "arn:aws:kms:us-east-1:111122223333:key/mrk-1", "kms");
        of(&action, "arn:aws:kms:us-east-1:111122223333:key/", "kms");
        // What stands beside keys is no key.
        for other in [
            "arn:aws:kms:us-east-1:111122223333:alias/a",
            "arn:aws:kms:us-east-1:111122223333:alias/key/a",
            "arn:aws:kms:us-east-1:111122223333:key",
            "arn:aws:kms:us-east-1:111122223333:keys/k1",
            "arn:aws:kms:us-east-1:111122223333:KEY/k1",
            "arn:aws:s3:us-east-1:111122223333:key/k1",
            "*",
        ] {
            of(&action, other, "resource");
        }
    }
    for action in spellings(&ASSUMING) {
        of(&action, APP_ROLE, "trust");
        of(&action, "arn:aws:iam::111122223333:role/a/path/App", "trust");
        of(&action, LINKED_ROLE, "trust");
        for other in [ALICE, ROOT, OBJECT, APP_SESSION, "arn:aws:iam::111122223333:policy/role/x", "*"] {
            of(&action, other, "resource");
        }
    }
    for action in [
        "iam:PassRole",
        "iam:UpdateAssumeRolePolicy",
        "sts:AssumeRoot",
        "sts:AssumeRoles",
        "sts:GetFederationToken",
        "iam:AssumeRole",
        "sts2:AssumeRole",
    ] {
        of(action, APP_ROLE, "resource");
    }
}

// R-RES-15: it is held to what it states even where no policy of the resource is there.
#[test]
fn a_stated_kind_that_does_not_follow_is_refused_before_any_policy() {
    let everything = given().identity(allow("*", "*"));
    let stated = |given: Given, kind: &str| {
        let mut given = given;
        given.0["policies"]["resource_kind"] = json!(kind);
        given
    };
    for kind in ["kms", "trust"] {
        stated(everything.clone(), kind).contradicts(RequestError::ResourceKind);
        stated(everything.clone().on("*"), kind).contradicts(RequestError::ResourceKind);
    }
    // The one that would open a key to an identity policy.
    stated(everything.clone().action("kms:Decrypt").on(KEY), "resource")
        .contradicts(RequestError::ResourceKind);
    stated(everything.action("sts:AssumeRole").on(APP_ROLE), "resource")
        .contradicts(RequestError::ResourceKind);
}

// R-RES-15, R-RES-12
#[test]
fn items_of_several_kinds_do_not_share_a_resource_policy() {
    let both = |first: &str, second: &str| {
        given()
            .action("kms:Encrypt")
            .on_all(&[(first, json!({})), (second, json!({}))])
            .identity(allow("*", "*"))
    };
    let other_key = "arn:aws:kms:us-east-1:111122223333:key/k2";
    both(KEY, other_key).resource_policy(grant("*")).allows();
    both(OBJECT, "arn:aws:s3:::b/l").resource_policy(grant("*")).allows();
    for (first, second) in [(KEY, OBJECT), (OBJECT, KEY)] {
        both(first, second).resource_policy(grant("*")).is_malformed("of another kind than the resource");
        // Without a policy each is decided by its own kind: the key needs one.
        both(first, second).denies();
    }
    // A kind that is stated holds for each item.
    let mut stated = both(KEY, OBJECT);
    stated.0["policies"]["resource_kind"] = json!("kms");
    stated.is_malformed(RequestError::ResourceKind.message());
}

// R-RES-16
#[test]
fn access_never_crosses_partitions() {
    let in_partition = |value: &Value, partition: &str| {
        let text = value.to_string().replace("arn:aws:", &format!("arn:{partition}:"));
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let callers = [
        json!(ALICE),
        app_session(),
        federated_user(),
        json!({"type": "root", "arn": ROOT}),
        json!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
    ];
    let partitions = ["aws", "aws-cn", "aws-us-gov"];
    for caller in &callers {
        for own in partitions {
            for other in partitions {
                let caller = in_partition(caller, own);
                let bucket = OBJECT.replace("arn:aws:", &format!("arn:{other}:"));
                let asked = given().owner(ACCOUNT).by(caller.clone()).on(&bucket).resource_policy(grant("*"));
                if own == other {
                    asked.allows();
                } else {
                    asked.contradicts(RequestError::Partition);
                    // A Deny is no more looked at than an Allow.
                    let denied = given().owner(ACCOUNT).by(caller).on(&bucket).identity(deny("*", "*"));
                    denied.contradicts(RequestError::Partition);
                }
            }
        }
    }
}

// R-RES-16: the star has no partition, and neither has every caller.
#[test]
fn what_has_no_partition_contradicts_none() {
    let china = "arn:aws-cn:iam::111122223333:user/alice";
    given().on("*").owner(ACCOUNT).identity(allow("*", "*")).allows();
    given().by(china).on("*").owner(ACCOUNT).identity(allow("*", "*")).allows();
    for caller in [service("s3.amazonaws.com"), json!("anonymous")] {
        for object in [OBJECT, "arn:aws-cn:s3:::b/k"] {
            given().by(caller.clone()).on(object).owner(ACCOUNT).resource_policy(grant("*")).allows();
        }
    }
    // One item of another partition is enough.
    let several = [(OBJECT, json!({})), ("arn:aws-cn:s3:::b/k", json!({}))];
    given().on_all(&several).identity(allow("*", "*")).is_malformed(RequestError::Partition.message());
}

/// A role whose trust policy lets a provider in by every action.
fn trusting(caller: Value, action: &str, provider: &str) -> Given {
    let statement = json!({"Effect": "Allow", "Action": "sts:*", "Principal": {"Federated": provider}});
    given().trust().owner(ACCOUNT).by(caller).action(action).resource_policy(statement)
}

// R-PRIN-17
#[test]
fn a_federated_identity_comes_with_the_actions_of_its_type() {
    for (caller, provider, own) in
        [(saml(SAML), SAML, "sts:AssumeRoleWithSAML"), (oidc(OIDC), OIDC, "sts:AssumeRoleWithWebIdentity")]
    {
        for action in spellings(&[own, "sts:TagSession", "sts:SetSourceIdentity"]) {
            trusting(caller.clone(), &action, provider).allows();
        }
        let others =
            ASSUMING.into_iter().filter(|action| *action != own && action.starts_with("sts:AssumeRole"));
        for action in
            others.chain(["sts:GetCallerIdentity", "sts:AssumeRoot", "s3:GetObject", "iam:TagSession"])
        {
            trusting(caller.clone(), action, provider).contradicts(RequestError::FederatedAction);
        }
        for resource in ["*", OBJECT, ALICE, "arn:aws:iam::111122223333:saml-provider/idp"] {
            let mut asked = given().owner(ACCOUNT).by(caller.clone()).action(own).on(resource);
            asked.contradicts(RequestError::FederatedResource);
            asked = asked.resource_policy(grant("*"));
            asked.contradicts(RequestError::FederatedResource);
        }
    }
}

// R-PRIN-17: the trust policy decides about a signed caller with such an action.
#[test]
fn a_signed_caller_with_such_an_action_is_left_to_the_trust_policy() {
    for action in ASSUMING {
        let statement = json!({"Effect": "Allow", "Action": "sts:*", "Principal": {"AWS": ALICE}});
        let asked = given().trust().action(action);
        asked.clone().resource_policy(statement).allows();
        asked.identity(allow("*", "*")).denies();
    }
}

// R-PRIN-17
#[test]
fn a_provider_is_one_of_its_type() {
    let web = "sts:AssumeRoleWithWebIdentity";
    for wrong in [
        OIDC,
        ALICE,
        APP_ROLE,
        "idp",
        "accounts.google.com",
        "arn:aws:iam::111122223333:saml-provider",
        "arn:aws:iam:us-east-1:111122223333:saml-provider/idp",
        "arn:aws:iam::aws:saml-provider/idp",
        "arn:gcp:iam::111122223333:saml-provider/idp",
        "ARN:aws:iam::111122223333:saml-provider/idp",
    ] {
        trusting(saml(wrong), "sts:AssumeRoleWithSAML", SAML).contradicts(RequestError::Provider);
    }
    for wrong in [SAML, ALICE, "arn:aws:iam::111122223333:oidc-provider", "arn:aws:iam::1:oidc-provider/x"] {
        trusting(oidc(wrong), web, OIDC).contradicts(RequestError::Provider);
    }
    trusting(oidc("accounts.google.com"), web, "accounts.google.com").allows();
    for kind in ["saml", "oidc"] {
        let action = if kind == "saml" { "sts:AssumeRoleWithSAML" } else { web };
        trusting(json!({"type": kind}), action, SAML).contradicts(RequestError::NoProvider);
    }
}

// R-PRIN-17, R-RES-16
#[test]
fn a_provider_is_of_the_account_and_partition_of_the_role() {
    let foreign = "arn:aws:iam::444455556666:saml-provider/idp";
    trusting(saml(foreign), "sts:AssumeRoleWithSAML", foreign).contradicts(RequestError::ProviderAccount);
    let foreign = "arn:aws:iam::444455556666:oidc-provider/x.example.com";
    let web = "sts:AssumeRoleWithWebIdentity";
    trusting(oidc(foreign), web, foreign).contradicts(RequestError::ProviderAccount);
    let china = "arn:aws-cn:iam::111122223333:saml-provider/idp";
    trusting(saml(china), "sts:AssumeRoleWithSAML", china).contradicts(RequestError::Partition);
    // A name is of no account: Google's identities assume roles of every one.
    let role = "arn:aws:iam::444455556666:role/App";
    trusting(oidc("accounts.google.com"), web, "accounts.google.com").owner("").on(role).allows();
}

// R-PRIN-17: what makes a role service-linked is its path alone.
#[test]
fn a_role_is_service_linked_by_its_path() {
    let scps =
        |caller: Value| given().owner(ACCOUNT).by(caller).identity(allow("*", "*")).scp([deny("*", "*")]);
    scps(linked_session()).allows();
    scps(with(linked_session(), "service_linked_role", true)).allows();
    scps(with(linked_session(), "service_linked_role", false))
        .is_malformed("`service_linked_role` contradicts");
    scps(app_session()).denies_explicitly();
    scps(with(app_session(), "service_linked_role", false)).denies_explicitly();
    scps(with(app_session(), "service_linked_role", true)).is_malformed("`service_linked_role` contradicts");
    scps(with(json!({"type": "user", "arn": ALICE}), "service_linked_role", true))
        .is_malformed("`service_linked_role` contradicts");
    for other in [
        "arn:aws:iam::111122223333:role/aws-service-roles/x/App",
        "arn:aws:iam::111122223333:role/a/aws-service-role/x/App",
        "arn:aws:iam::111122223333:role/AWS-service-role/x/App",
        "arn:aws:iam::111122223333:role/service-role/App",
    ] {
        scps(with(app_session(), "role_arn", other)).denies_explicitly();
    }
}

// R-PRIN-18
#[test]
fn a_federated_user_is_of_the_account_and_partition_of_its_user() {
    let by = |user: &str| {
        let caller = with(federated_user(), "user_arn", user);
        given().owner(ACCOUNT).by(caller).resource_policy(grant(json!({"AWS": FEDERATED})))
    };
    for good in [ALICE, ROOT, "arn:aws:iam::111122223333:user/a/path/bob"] {
        by(good).allows();
    }
    for other in [
        "arn:aws:iam::444455556666:user/alice",
        "arn:aws-cn:iam::111122223333:user/alice",
        "arn:aws:iam::444455556666:root",
        "arn:aws-us-gov:iam::111122223333:root",
    ] {
        by(other).contradicts(RequestError::ParentUser);
    }
    for no_user in [APP_ROLE, APP_SESSION, FEDERATED, "alice", "arn:aws:iam::111122223333:group/g"] {
        by(no_user).contradicts(RequestError::UserArn);
    }
    let unknown = given().owner(ACCOUNT).by(without(federated_user(), "user_arn"));
    unknown.resource_policy(grant(json!({"AWS": FEDERATED}))).allows();
}

/// The decision about an item that was prepared for `made_for`, with the request `asked`.
fn decided(made_for: &Given, asked: &Given, resource: &str) -> Result<Effect, DecideError> {
    let prepared = |given: &Given| {
        let case = given.case();
        let input = case.request.input().expect("a principal");
        let input = input.resource(None);
        let mut memory = vec![0; input.size().expect("a size")];
        prepare_request(&input, &mut memory).expect("a request");
        memory
    };
    let (made_for, asked_bytes) = (prepared(made_for), prepared(asked));
    let none: [iamlet::ContextEntry<'_>; 0] = [];
    let account = if resource.contains(ACCOUNT) { "" } else { ACCOUNT };
    let resource = Resource::owned_by(resource, account);
    let input = ItemInput::new(resource).context(&none[..]);
    let mut memory = vec![0; input.size().expect("a size")];
    let request = Request::open(&made_for).expect("a request");
    prepare_item(&request, &input, &mut memory).expect("an item");
    let case = asked.case();
    let set = compile_set(&case.policies, case.levels);
    let set = PolicySet::open(&set).expect("a set");
    let item = Item { item: RequestItem::open(&memory).expect("an item"), set: None };
    let request = Request::open(&asked_bytes).expect("a request");
    // Refused for the request itself, it is refused in the same words.
    let mut again = vec![0; memory.len()];
    let refused = prepare_item(&request, &input, &mut again);
    let decision = decide_item(&[set], request, item);
    match (refused, &decision) {
        (Err(PrepareError::Malformed(error)), Err(DecideError::Request(same))) => {
            assert_eq!(error, *same);
            assert!(RequestItem::open(&again).is_err());
        }
        (refused, _) => assert!(refused.is_ok() && decision.is_ok(), "{refused:?} {decision:?}"),
    }
    decision.map(|decision| decision.effect)
}

// R-GEN-3, R-RES-15, R-RES-16, R-PRIN-17
#[test]
fn an_item_that_was_prepared_for_another_request_is_held_against_this_one() {
    let contradiction = |error: RequestError| Err(DecideError::Request(error));
    let alice = || given().identity(allow("*", "*"));
    assert_eq!(decided(&alice(), &alice(), OBJECT), Ok(Effect::Allow));
    // Of another partition.
    let china = || alice().by("arn:aws-cn:iam::111122223333:user/alice");
    assert_eq!(decided(&alice(), &china(), OBJECT), contradiction(RequestError::Partition));
    assert_eq!(decided(&china(), &alice(), "arn:aws-cn:s3:::b/k"), contradiction(RequestError::Partition));
    // Of another kind than the one that is stated.
    let mut ordinary = alice();
    ordinary.0["policies"]["resource_kind"] = json!("resource");
    assert_eq!(decided(&alice(), &ordinary, OBJECT), Ok(Effect::Allow));
    assert_eq!(decided(&alice(), &ordinary, KEY), contradiction(RequestError::ResourceKind));
    let assumes = ordinary.clone().action("sts:AssumeRole");
    assert_eq!(decided(&alice(), &ordinary, APP_ROLE), Ok(Effect::Allow));
    assert_eq!(decided(&alice(), &assumes, APP_ROLE), contradiction(RequestError::ResourceKind));
    // Of a resource or an account that such a caller cannot reach.
    let idp = |provider: &str| given().by(saml(provider)).action("sts:AssumeRoleWithSAML");
    assert_eq!(decided(&alice(), &idp(SAML), OBJECT), contradiction(RequestError::FederatedResource));
    let role = "arn:aws:iam::111122223333:role/App";
    let foreign = SAML.replace(ACCOUNT, OTHER_ACCOUNT);
    assert_eq!(decided(&alice(), &idp(SAML), role), Ok(Effect::ImplicitDeny));
    assert_eq!(decided(&alice(), &idp(&foreign), role), contradiction(RequestError::ProviderAccount));
    // The kind is found anew: an item that was ordinary is a role for a request that assumes it.
    let assuming = given().action("sts:AssumeRole").identity(allow("*", "*"));
    assert_eq!(decided(&alice(), &assuming, APP_ROLE), Ok(Effect::ImplicitDeny));
    assert_eq!(ResourceKind::from_request("sts:AssumeRole", APP_ROLE), ResourceKind::Role);
}

// R-GEN-3: what is malformed is so before a Deny, before an Allow, and whoever else would be spared.
#[test]
fn a_contradiction_comes_before_every_policy() {
    let asked = given().on("arn:aws-cn:s3:::b/k").owner(ACCOUNT);
    asked.clone().identity(deny("*", "*")).contradicts(RequestError::Partition);
    asked.clone().identity(allow("*", "*")).resource_policy(grant("*")).contradicts(RequestError::Partition);
    asked.action("sts:GetCallerIdentity").contradicts(RequestError::Partition);
}
