//! Dictionaries, prepared principals and prepared actions: what they refuse, what room they take, and what becomes of
//! bytes that were changed.

use iamlet::limits::{MAX_CONTEXT, MAX_KEY_NAME, MAX_REQUEST_TEXT};
use iamlet::{
    ActionBuf, AssemblyInput, Context, ContextEntry, Dictionary, DictionaryBuf, DictionaryError, ImageError,
    KnownKey, Layer, Layers, Member, PolicyBuf, PolicyKind, PolicySetBuf, PrepareError, PreparedAction,
    PreparedPrincipal, Principal, PrincipalBuf, PrincipalInput, Request, RequestBuf, RequestError,
    RequestInput, Resource, Slot, SlotContext, SlotEntry, decide,
};
use iamlet_workloads::colliding::{self, Letters};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn plan() -> Resource<'static> {
    Resource::owned_by("arn:aws:s3:::team/plan", "111122223333")
}

fn alice(names: &[&str]) -> PrincipalBuf {
    let words = DictionaryBuf::new(names.iter().copied()).expect("names");
    let input = PrincipalInput::new(Principal::user(ALICE)).absent(!Layers::IDENTITY);
    input.dictionary(words.dictionary().expect("a dictionary")).prepare().expect("a principal")
}

fn get() -> ActionBuf {
    ActionBuf::new("s3:GetObject").expect("an action")
}

/// A set that allows what meets all of these conditions.
fn set(conditions: &str) -> PolicySetBuf {
    let json = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
            "Condition": {conditions}}}}}"#
    );
    let policy = PolicyBuf::compile(PolicyKind::Identity, json).expect("a policy");
    PolicySetBuf::new([policy.at(Layer::Identity)]).expect("a set")
}

fn assembled(names: &[&str], entries: &[SlotEntry<'_>]) -> Result<RequestBuf, RequestError> {
    AssemblyInput::new(plan()).entries(entries).assemble(&alice(names), &get())
}

#[test]
fn a_dictionary_says_which_name_cannot_be() {
    let build = |names: &[&str]| DictionaryBuf::new(names.iter().copied()).map(|_| ());
    assert_eq!(build(&["a", ""]), Err(DictionaryError::NoName(1)));
    let long = "x".repeat(MAX_KEY_NAME + 1);
    assert_eq!(build(&[&long[1..]]), Ok(()));
    assert_eq!(build(&["a", "b", &long]), Err(DictionaryError::TooLong(2)));
    assert_eq!(build(&[]), Ok(()));
    let texts = [
        (DictionaryError::NoName(1), "key 1 has no name"),
        (DictionaryError::Encoding(0), "the name of key 0 is not UTF-8"),
        (DictionaryError::TooLong(2), "the name of key 2 has more than 1024 bytes"),
        (DictionaryError::TooManyKeys, "a dictionary has more than 16383 keys"),
        (DictionaryError::OutputTooSmall(7), "building the dictionary takes 7 bytes"),
    ];
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_dictionary_has_as_many_keys_as_a_request_and_names_may_repeat() {
    let names: Vec<String> = (0..=MAX_CONTEXT).map(|number| format!("aws:RequestTag/{number}")).collect();
    let all = names.iter().map(String::as_str);
    assert_eq!(DictionaryBuf::new(all.clone()).map(|_| ()), Err(DictionaryError::TooManyKeys));
    let fit = all.clone().take(MAX_CONTEXT);
    let words = DictionaryBuf::new(fit.clone().chain(fit.clone())).expect("each name twice");
    let words = words.dictionary().expect("a dictionary");
    assert_eq!(words.count(), MAX_CONTEXT);
    assert_eq!(words.fingerprint(), DictionaryBuf::new(fit).unwrap().dictionary().unwrap().fingerprint());
    assert!(Dictionary::open(words.as_bytes()).is_ok());
    for name in &names[..MAX_CONTEXT] {
        let slot = words.slot(name).expect("a slot");
        assert_eq!(words.name(slot), Some(name.to_ascii_lowercase().as_str()));
    }
    assert_eq!(words.slot(&names[MAX_CONTEXT]), None);
    assert_eq!(words.name(u32::try_from(MAX_CONTEXT).unwrap()), None);
}

#[test]
fn fingerprints_tell_names_and_their_order_apart() {
    let of = |names: &[&str]| {
        DictionaryBuf::new(names.iter().copied()).unwrap().dictionary().unwrap().fingerprint()
    };
    assert_eq!(of(&["aws:SourceIp", "s3:prefix"]), of(&["AWS:SOURCEIP", "s3:Prefix", "aws:sourceip"]));
    let different = [of(&[]), of(&["a"]), of(&["b"]), of(&["a", "b"]), of(&["b", "a"]), of(&["ab"])];
    for (at, one) in different.iter().enumerate() {
        assert!(*one != 0 && different[..at].iter().all(|other| other != one));
    }
}

/// Names of one hash, some of them twice and in capitals, among others.
fn colliding() -> Vec<String> {
    let mut names = vec!["aws:SourceIp".to_owned(), "s3:prefix".to_owned()];
    let same = colliding::names("aws:requesttag/x", 0x0102_0304, Letters::OfTags, 60);
    names.extend(same.iter().cloned());
    names.extend(same.iter().step_by(3).map(|name| name.to_ascii_uppercase()));
    names.extend(["aws:SourceVpc".to_owned()]);
    names
}

#[test]
fn names_whose_hashes_collide_have_a_slot_each() {
    let names = colliding();
    let words = DictionaryBuf::new(names.iter().map(String::as_str)).expect("names");
    let words = words.dictionary().expect("a dictionary");
    assert_eq!(words.count(), 63);
    assert!(Dictionary::open(words.as_bytes()).is_ok());
    let mut seen = vec![false; words.count()];
    for name in &names {
        let slot = words.slot(name).expect("a slot");
        assert_eq!(words.name(slot), Some(name.to_ascii_lowercase().as_str()));
        seen[slot as usize] = true;
    }
    assert!(seen.iter().all(|seen| *seen));
    let others = colliding::names("aws:resourcetag/", 0x0102_0304, Letters::OfTags, 3);
    assert!(others.iter().all(|name| words.slot(name).is_none()));

    // The request is decided by each of them.
    let own: Vec<&str> = names.iter().map(String::as_str).collect();
    for name in names.iter().step_by(7) {
        let set = set(&format!(r#"{{"StringEquals": {{"{name}": "yes"}}}}"#));
        for (value, allowed) in [("yes", true), ("no", false)] {
            let values = [value];
            let entries = [SlotEntry::new(words.slot(name).unwrap(), &values)];
            assert_eq!(set.allows(&assembled(&own, &entries).expect("a request")), allowed, "{name}");
        }
    }
}

#[test]
fn every_change_of_a_dictionary_is_refused() {
    let same = colliding::names("aws:requesttag/x", 0x0102_0304, Letters::OfTags, 3);
    let names = ["aws:SourceIp", "aws:TagKeys", "aws:PrincipalArn", &same[0], &same[1], &same[2]];
    let words = DictionaryBuf::new(names).expect("names").into_bytes();
    assert!(Dictionary::open(&words).is_ok());
    for at in 0..words.len() {
        for bit in 0..8 {
            let mut changed = words.clone();
            changed[at] ^= 1 << bit;
            assert!(Dictionary::open(&changed).is_err(), "byte {at}, bit {bit}");
        }
        assert!(Dictionary::open(&words[..at]).is_err());
    }
    let longer = [&words[..], b"x"].concat();
    assert_eq!(Dictionary::open(&longer).unwrap_err(), ImageError::WrongSize);
    assert_eq!(DictionaryBuf::open(words.clone()).map(DictionaryBuf::into_bytes).unwrap(), words);
}

#[test]
fn the_size_of_each_part_is_enough_and_less_leaves_nothing() {
    let names = ["aws:SourceIp", "s3:prefix"];
    let needed = Dictionary::size(names).expect("a size");
    for len in 0..needed {
        let mut memory = vec![0x5A; len];
        assert_eq!(
            Dictionary::build(names, &mut memory).unwrap_err(),
            DictionaryError::OutputTooSmall(needed)
        );
        assert!(Dictionary::open(&memory).is_err());
    }
    let mut memory = vec![0x5A; needed];
    let words = Dictionary::build(names, &mut memory).expect("a dictionary");
    assert_eq!(words.as_bytes().len(), needed);

    let input = PrincipalInput::new(Principal::user(ALICE).unique_id("AIDA")).dictionary(words);
    let needed = input.size().expect("a size");
    let mut memory = vec![0x5A; needed];
    let used = PreparedPrincipal::prepare(&input, &mut memory).expect("a principal").as_bytes().len();
    for len in 0..used {
        let kept = memory.clone();
        let error = PreparedPrincipal::prepare(&input, &mut memory[..len]).unwrap_err();
        assert_eq!(error, PrepareError::TooSmall(needed));
        assert!(len < 4 || PreparedPrincipal::open(&memory).is_err());
        memory = kept;
    }
    let alice = PreparedPrincipal::open(&memory).expect("a principal");
    assert_eq!(alice.dictionary(), words.fingerprint());

    let needed = PreparedAction::size("s3:GetObject").expect("a size");
    let mut own = vec![0x5A; needed];
    for len in 0..needed {
        let error = PreparedAction::prepare("s3:GetObject", &mut own[..len]).unwrap_err();
        assert_eq!(error, PrepareError::TooSmall(needed));
        assert!(PreparedAction::open(&own).is_err());
    }
    let get = PreparedAction::prepare("s3:GetObject", &mut own).expect("an action");

    let values = ["203.0.113.7", "203.0.113.8"];
    let entries = [SlotEntry::new(0, &values), SlotEntry::new(1, &values[..1])];
    let input = AssemblyInput::new(plan()).clock(1_770_000_000).entries(&entries);
    let needed = input.size(&alice, &get).expect("a size");
    let mut memory = vec![0x5A; needed];
    let used = Request::assemble(&alice, &get, &input, &mut memory).expect("a request").as_bytes().len();
    assert!(used <= needed && needed < used + 64);
    for len in 0..used {
        let kept = memory.clone();
        let error = Request::assemble(&alice, &get, &input, &mut memory[..len]).unwrap_err();
        assert_eq!(error, PrepareError::TooSmall(needed));
        assert!(len < 4 || Request::open(&memory).is_err() && PreparedPrincipal::open(&memory).is_err());
        memory = kept;
    }
}

/// Values that are no text.
struct Bytes(Slot, Vec<u8>);

impl SlotContext for Bytes {
    fn len(&self) -> usize {
        1
    }
    fn entry(&self, _: usize) -> Slot {
        self.0
    }
    fn values(&self, _: usize) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.1[..])
    }
}

#[test]
fn an_assembled_request_is_refused_for_what_a_prepared_one_is() {
    let names = ["aws:SourceIp", "aws:username", "aws:CurrentTime"];
    let (alice, get) = (alice(&names), get());
    let refused = |input: AssemblyInput<'_, [SlotEntry<'_>]>| input.assemble(&alice, &get).unwrap_err();
    let with = AssemblyInput::new(plan());
    assert_eq!(refused(with.entries(&[SlotEntry::new(3, &["x"])][..])), RequestError::Slot);
    assert_eq!(refused(with.entries(&[SlotEntry::new(u32::MAX, &[])][..])), RequestError::Slot);
    let name = RequestError::DerivedKey(KnownKey::UserName);
    assert_eq!(refused(with.entries(&[SlotEntry::new(1, &["bob"])][..])), name);
    // R-MULTI-5: what the engine derives is one value.
    assert_eq!(refused(with.entries(&[SlotEntry::new(1, &["alice", "alice"])][..])), name);
    let twice = [SlotEntry::new(1, &["alice"]), SlotEntry::new(1, &["alice"])];
    assert_eq!(refused(with.entries(&twice[..])), name);
    let time = RequestError::DerivedKey(KnownKey::CurrentTime);
    let entries = [SlotEntry::new(2, &["2026-01-01T00:00:00Z"])];
    assert_eq!(refused(with.clock(7).entries(&entries[..])), time);
    assert!(with.clock(1_767_225_600).entries(&entries).assemble(&alice, &get).is_ok());
    assert!(with.entries(&entries).assemble(&alice, &get).is_ok(), "without a clock the key is the caller's");
    assert_eq!(refused(with.clock(i64::MAX)), RequestError::Clock);
    assert_eq!(refused(AssemblyInput::new(Resource::new("team/plan"))), RequestError::Resource);
    assert_eq!(refused(AssemblyInput::new(Resource::new("arn:aws:s3:::b"))), RequestError::ResourceAccount);
    let of_other = Resource::owned_by("arn:aws-cn:s3:::b", "111122223333");
    assert_eq!(refused(AssemblyInput::new(of_other)), RequestError::Partition);
    let kind = iamlet::ResourceKind::KmsKey;
    assert_eq!(refused(with.resource_kind(kind)), RequestError::ResourceKind);

    let context = RequestError::TooLarge(Some(Member::Context));
    let long = "x".repeat(MAX_REQUEST_TEXT + 1);
    assert_eq!(refused(with.entries(&[SlotEntry::new(0, &[&long])][..])), context);
    let many = vec![SlotEntry::new(0, &[]); MAX_CONTEXT + 1];
    assert_eq!(refused(with.entries(&many[..])), context);
    let values = vec!["x"; MAX_REQUEST_TEXT + 1];
    assert_eq!(refused(with.entries(&[SlotEntry::new(0, &values)][..])), context);
    let account = Resource::owned_by("arn:aws:s3:::b", &long);
    let member = RequestError::TooLarge(Some(Member::ResourceAccount));
    assert_eq!(refused(AssemblyInput::new(account)), member);
    let bytes = Bytes(Slot { values: 1, ..Slot::default() }, b"\xFF".to_vec());
    let error = with.entries(&bytes).assemble(&alice, &get).unwrap_err();
    assert_eq!(error, RequestError::Encoding(Some(Member::Context)));

    assert_eq!(ActionBuf::new("s3:Get*").unwrap_err(), RequestError::Action);
    assert_eq!(ActionBuf::new(b"s3:\xFF").unwrap_err(), RequestError::Encoding(Some(Member::Action)));
    assert_eq!(ActionBuf::new(&long).unwrap_err(), RequestError::TooLarge(Some(Member::Action)));
    let saml = Principal::saml("arn:aws:iam::111122223333:saml-provider/p");
    let saml = PrincipalInput::new(saml).prepare().expect("a principal");
    assert_eq!(with.assemble(&saml, &get).unwrap_err(), RequestError::FederatedAction);
    let long_id = PrincipalInput::new(Principal::user(ALICE).unique_id(&long));
    assert_eq!(long_id.prepare().unwrap_err(), RequestError::TooLarge(Some(Member::UniqueId)));
    let root = PrincipalInput::new(Principal::root(ALICE));
    assert_eq!(root.prepare().unwrap_err(), RequestError::PrincipalType);
}

#[test]
fn a_slot_in_several_entries_is_one_key_with_all_values() {
    // R-MULTI-5, R-MULTI-6
    let names = ["aws:SourceIp", "aws:RequestTag/a", "aws:TagKeys"];
    let any =
        r#"{"ForAnyValue:StringEquals": {"aws:RequestTag/a": "3"}, "StringEquals": {"aws:SourceIp": "x"}}"#;
    let one = r#"{"StringEquals": {"aws:RequestTag/a": "1"}}"#;
    let entries = [
        SlotEntry::new(1, &["1"]),
        SlotEntry::new(0, &["x"]),
        SlotEntry::new(2, &["t"]),
        SlotEntry::new(1, &["2", "3"]),
    ];
    let request = assembled(&names, &entries).expect("a request");
    assert!(set(any).allows(&request) && !set(one).allows(&request));
    let request = assembled(&names, &entries[..2]).expect("a request");
    assert!(!set(any).allows(&request) && set(one).allows(&request));
    let declared = [SlotEntry::new(1, &["1"]).multivalued(true)];
    assert!(!set(one).allows(&assembled(&names, &declared).expect("a request")));
    // A key of AWS's list is multivalued where it is given, and absent where it is not.
    let tags = r#"{"StringEquals": {"aws:TagKeys": "t"}}"#;
    assert!(!set(tags).allows(&assembled(&names, &[SlotEntry::new(2, &["t"])]).expect("a request")));
    let null = r#"{"Null": {"aws:TagKeys": "true"}}"#;
    assert!(set(null).allows(&assembled(&names, &[]).expect("a request")));
}

#[test]
fn what_is_prepared_is_not_taken_for_something_else() {
    let (alice, get) = (alice(&["aws:SourceIp"]).into_bytes(), get().into_bytes());
    let request =
        RequestInput::new(Principal::user(ALICE), "s3:GetObject", plan()).prepare().unwrap().into_bytes();
    for other in [&get, &request, &Vec::new()] {
        assert_eq!(PreparedPrincipal::open(other).unwrap_err(), RequestError::NoPreparedPrincipal);
    }
    for other in [&alice, &request, &Vec::new()] {
        assert_eq!(PreparedAction::open(other).unwrap_err(), RequestError::NoPreparedAction);
    }
    for other in [&alice, &get] {
        assert_eq!(Request::open(other).unwrap_err(), RequestError::NotPrepared);
    }
    assert_eq!(RequestError::NoPreparedPrincipal.to_string(), "these bytes are no prepared principal");
    assert_eq!(RequestError::NoPreparedAction.to_string(), "these bytes are no prepared action");
    assert_eq!(RequestError::Slot.to_string(), "context: a slot is none of the principal's dictionary");
}

#[test]
fn changed_bytes_of_any_part_never_panic() {
    let names = ["aws:SourceIp", "aws:username", "s3:prefix"];
    let set = set(
        r#"{"StringLike": {"s3:prefix": "${aws:username}/*"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
    );
    let (alice, get) = (alice(&names).into_bytes(), get().into_bytes());
    let entries = [
        SlotEntry::new(0, &["203.0.113.7"]),
        SlotEntry::new(2, &["alice/1"]),
        SlotEntry::new(1, &["alice"]),
        SlotEntry::new(2, &[]),
    ];
    let input = AssemblyInput::new(plan()).clock(7).entries(&entries);
    let mut memory = vec![0; 4096];
    let mut run = |alice: &[u8], get: &[u8]| -> Option<bool> {
        let (alice, get) = (PreparedPrincipal::open(alice).ok()?, PreparedAction::open(get).ok()?);
        let request = Request::assemble(&alice, &get, &input, &mut memory).ok()?;
        decide(&[set.set().unwrap()], request).ok().map(|decision| decision.is_allowed())
    };
    assert_eq!(run(&alice, &get), Some(true));
    let mut refused = 0;
    for at in 0..alice.len() {
        for bit in 0..8 {
            let mut changed = alice.clone();
            changed[at] ^= 1 << bit;
            refused += usize::from(run(&changed, &get).is_none());
        }
        assert_eq!(run(&alice[..at], &get), None);
    }
    for at in 0..get.len() {
        for bit in 0..8 {
            let mut changed = get.clone();
            changed[at] ^= 1 << bit;
            refused += usize::from(run(&alice, &changed).is_none());
        }
        assert_eq!(run(&alice, &get[..at]), None);
    }
    assert!(refused > 300, "{refused}");
    // A request that was assembled, changed.
    let request = input.assemble(
        &PrincipalInput::new(Principal::user(ALICE))
            .absent(!Layers::IDENTITY)
            .dictionary(DictionaryBuf::new(names).unwrap().dictionary().unwrap())
            .prepare()
            .unwrap(),
        &ActionBuf::new("s3:GetObject").unwrap(),
    );
    let request = request.expect("a request").into_bytes();
    for at in 0..request.len() {
        for bit in 0..8 {
            let mut changed = request.clone();
            changed[at] ^= 1 << bit;
            if let Ok(request) = Request::open(&changed) {
                let _ = decide(&[set.set().unwrap()], request);
            }
        }
    }
}

#[test]
fn a_principal_serves_requests_with_and_without_a_resource_and_clock() {
    let (alice, get) = (alice(&[]), get());
    let allowed = set("{}");
    let request = AssemblyInput::new(plan()).assemble(&alice, &get).expect("a request");
    assert!(allowed.allows(&request));
    let without = AssemblyInput::new(None).assemble(&alice, &get).expect("a request");
    assert!(allowed.decide(&without).is_err());
    let item = iamlet::ItemInput::new(plan()).prepare(&without).expect("an item");
    let item = iamlet::Item { item: item.item().unwrap(), set: None };
    let decided = iamlet::decide_item(&[allowed.set().unwrap()], without.request().unwrap(), item);
    assert!(decided.expect("a decision").is_allowed());
    // Without a dictionary a request has no slots at all.
    let bare = PrincipalInput::new(Principal::user(ALICE)).prepare().expect("a principal");
    assert_eq!(bare.principal().unwrap().dictionary(), 0);
    let entries = vec![SlotEntry::new(0, &["x"])];
    assert!(SlotContext::is_empty(&entries[..0]) && !entries.is_empty());
    assert_eq!(
        AssemblyInput::new(plan()).entries(&entries).assemble(&bare, &get).unwrap_err(),
        RequestError::Slot
    );
    let context = [ContextEntry::new("aws:SourceIp", &["x"])];
    assert!(!Context::is_empty(&context));
}
