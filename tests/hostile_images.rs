//! Images and sets that are not what the engine wrote: refused when opened, or harmless when decided.
//!
//! What opens is decided with a small budget. A decision, or an error that is none of the image's, has to come of it:
//! whatever contradicts the format must have been found by `open`.

use std::mem::offset_of;

use iamlet::ground::hash::{self, short};
use iamlet::image::records::{POLICY_FORMAT, POLICY_MAGIC, PolicyHeader, Span, StatementRecord};
use iamlet::image::set_records::{SetEntry, SetHeader};
use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    CompileOptions, Context, ContextEntry, DecideError, Dictionary, Effect, ImageError, Layer, Layers,
    Levels, Policy, PolicyKind, PolicySet, Principal, Request, RequestInput, Resource, SetError, SetPolicy,
    decide,
};
use iamlet_cases::compile_document;
use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, IntoBytes};

/// A policy with every table in use, and every family of operators.
const IDENTITY: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"Own","Effect":"Allow","Action":["s3:Get*","s3:?utObject"],"Resource":["arn:aws:s3:::b/${aws:username}/*","arn:aws:s3:::b/*/k"]},
    {"Effect":"Deny","NotAction":"s3:*","NotResource":"arn:aws:s3:::b/${a:t, 'x'}","Condition":{
        "StringLike":{"a:s":["x*","${a:t}"]},"ForAnyValue:StringEqualsIgnoreCase":{"a:m":["one","TWO"]},
        "ArnLikeIfExists":{"a:arn":"arn:aws:iam::*:role/?"},"NumericLessThan":{"a:n":[10,2.5]}}},
    {"Effect":"Deny","Action":"*","Resource":"*","Condition":{
        "DateGreaterThan":{"a:d":"2024-01-01T00:00:00Z"},"IpAddress":{"a:ip":["192.0.2.0/24","2001:db8::/32"]},
        "Bool":{"a:b":true},"BinaryEquals":{"a:bin":"QUJD"},"Null":{"a:missing":"false"}}}]}"#;

/// A policy that names principals of every form that a resource policy takes.
const RESOURCE: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/alice","arn:aws:iam::111122223333:role/R","444455556666","*"],
        "Service":"ec2.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
    {"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:Delete*","Resource":"arn:aws:s3:::b/*"}]}"#;

const SCP: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

fn image(text: &str, kind: PolicyKind) -> Vec<u8> {
    compile_document(text.as_bytes(), kind, CompileOptions::default()).expect("a policy")
}

fn policy(image: &[u8], layer: Layer, tag: u64) -> SetPolicy<'_> {
    SetPolicy { image, layer, level: 0, tag }
}

fn set(policies: &[SetPolicy<'_>], levels: Levels) -> Result<Vec<u8>, SetError> {
    let size = set_writer::size(policies.iter().copied(), levels)?;
    let mut out = vec![0; size];
    set_writer::build(policies.iter().copied(), levels, &mut out)?;
    Ok(out)
}

/// A set with policies at four layers.
fn real_set() -> Vec<u8> {
    let (identity, resource) = (image(IDENTITY, PolicyKind::Identity), image(RESOURCE, PolicyKind::Resource));
    let (scp, boundary) = (image(SCP, PolicyKind::ScpFull), image(SCP, PolicyKind::Boundary));
    let policies = [
        policy(&identity, Layer::Identity, 1),
        policy(&resource, Layer::Resource, 2),
        policy(&scp, Layer::Scp, 3),
        SetPolicy { level: 1, ..policy(&scp, Layer::Scp, 4) },
        policy(&boundary, Layer::Boundary, 5),
        policy(&identity, Layer::Identity, 6),
    ];
    set(&policies, Levels { scp: 2, rcp: 0 }).expect("a set")
}

/// The same with the slots of a dictionary, which lacks some of its keys.
fn set_with_slots() -> Vec<u8> {
    let (mut set, mut words) = (real_set(), [0; 512]);
    let dictionary = Dictionary::build(["a:n", "a:s", "a:b", "a:ip"], &mut words).expect("a dictionary");
    PolicySet::assign_slots(&mut set, &dictionary).expect("a set");
    set
}

/// Steps that a decision over the images of this file may take: a hundred times what the honest ones need.
const BUDGET: u64 = 1 << 18;

/// Prepares requests of alice's, one about every part of the policies above, with a context that reaches the tests.
fn requests(absent: Layers) -> Vec<Vec<u8>> {
    let values: [(&str, &[&str]); 9] = [
        ("a:s", &["xy"]),
        ("a:t", &["x"]),
        ("a:m", &["two", "three"]),
        ("a:arn", &["arn:aws:iam::111122223333:role/R"]),
        ("a:n", &["2"]),
        ("a:d", &["2030-01-01T00:00:00Z"]),
        ("a:ip", &["192.0.2.7"]),
        ("a:b", &["true"]),
        ("a:bin", &["QUJD"]),
    ];
    let context = values.map(|(key, values)| entry(key, values));
    ["s3:GetObject", "s3:DeleteObject", "ec2:RunInstances"]
        .map(|action| prepared(action, absent, BUDGET, &context[..]))
        .to_vec()
}

fn entry<'a>(key: &'a str, values: &'a [&'a str]) -> ContextEntry<'a> {
    ContextEntry::new(key, values)
}

fn prepared(action: &str, absent: Layers, budget: u64, context: &(impl Context + ?Sized)) -> Vec<u8> {
    let resource = Resource::owned_by("arn:aws:s3:::b/alice/k", "111122223333");
    let input = RequestInput::new(Principal::user("arn:aws:iam::111122223333:user/alice"), action, resource)
        .absent(absent)
        .budget(budget)
        .context(context);
    let mut memory = vec![0; input.size().expect("a size")];
    let used = prepare_request(&input, &mut memory).expect("a request");
    memory.truncate(used);
    memory
}

/// What came of the images that were offered.
#[derive(Debug, Default)]
struct Tally {
    refused: u32,
    decided: u32,
}

/// The absent layers of a set of one identity policy, and of [`real_set`].
const IDENTITY_ONLY: Layers = Layers::IDENTITY.complement();
const REAL_SET: Layers = Layers::RCP.union(Layers::SESSION).union(Layers::ENDPOINT);

/// Opens what may be a set, and decides if it is one.
#[track_caller]
fn offer_set(bytes: &[u8], requests: &[Vec<u8>], tally: &mut Tally) {
    let Ok(set) = PolicySet::open(bytes) else { return tally.refused += 1 };
    tally.decided += 1;
    for request in requests {
        match decide(&[set], Request::open(request).expect("a request")) {
            Ok(decision) => {
                let decisive = decision.decisive.map_or(0, |decisive| decisive.policy as usize);
                assert!(decisive < set.policy_count(), "{decision:?}");
            }
            Err(DecideError::Image(error)) => panic!("{error:?} after `open` had accepted the set"),
            // Another layer, another kind, more work than the budget: errors, and an error denies.
            Err(_) => {}
        }
    }
}

/// Opens what may be a policy image; if it is one, decides with it.
#[track_caller]
fn offer_image(bytes: &[u8], requests: &[Vec<u8>], tally: &mut Tally) {
    match set(&[policy(bytes, Layer::Identity, 0)], Levels::default()) {
        Ok(set) => offer_set(&set, requests, tally),
        Err(SetError::Policy(0, _) | SetError::WrongLayer(0)) => tally.refused += 1,
        Err(error) => panic!("{error:?}"),
    }
}

/// Other values of a byte: each bit changed, its neighbours, and the bytes that mean something in a pattern.
fn others(byte: u8) -> impl Iterator<Item = u8> {
    let bits = (0..8).map(move |bit| byte ^ 1 << bit);
    let known = [byte.wrapping_add(1), byte.wrapping_sub(1), 0, 1, b'*', b':', 0x7F, 0x80, 0xFD, 0xFE, 0xFF];
    bits.chain(known).filter(move |other| *other != byte)
}

#[test]
fn the_real_image_and_the_real_set_decide() {
    let mut tally = Tally::default();
    offer_image(&image(IDENTITY, PolicyKind::Identity), &requests(IDENTITY_ONLY), &mut tally);
    offer_set(&real_set(), &requests(REAL_SET), &mut tally);
    assert_eq!((tally.decided, tally.refused), (2, 0));
    let (set, requests) = (real_set(), requests(REAL_SET));
    let effects = requests.iter().map(|request| {
        let set = PolicySet::open(&set).expect("a set");
        decide(&[set], Request::open(request).expect("a request")).expect("a decision").effect
    });
    assert_eq!(effects.collect::<Vec<_>>(), [Effect::Allow, Effect::ExplicitDeny, Effect::ExplicitDeny]);
}

#[test]
fn a_policy_image_with_any_byte_changed_is_refused_or_decides() {
    let (mut image, requests, mut tally) =
        (image(IDENTITY, PolicyKind::Identity), requests(IDENTITY_ONLY), Tally::default());
    for at in 0..image.len() {
        let honest = image[at];
        for other in others(honest) {
            image[at] = other;
            offer_image(&image, &requests, &mut tally);
        }
        image[at] = honest;
    }
    // Texts may become other texts; most of the records may not become anything.
    assert!(tally.refused > tally.decided && tally.decided > 1_000, "{tally:?}");
}

/// Writes into the entries of what may be a set the hashes that its images have.
fn hash_again(bytes: &mut [u8]) {
    let Ok((header, rest)) = SetHeader::ref_from_prefix(bytes) else { return };
    let Ok((entries, _)) = <[SetEntry]>::ref_from_prefix_with_elems(rest, header.policies.get() as usize)
    else {
        return;
    };
    let hashes: Vec<_> = entries
        .iter()
        .map(|entry| {
            let rest = bytes.get(entry.start.get() as usize..).unwrap_or_default();
            rest.get(..entry.size.get() as usize).map_or(entry.hash.get(), |image| hash::hash(image, 0))
        })
        .collect();
    let (_, rest) = SetHeader::mut_from_prefix(bytes).expect("a header");
    let (entries, _) = <[SetEntry]>::mut_from_prefix_with_elems(rest, hashes.len()).expect("entries");
    for (entry, hash) in entries.iter_mut().zip(hashes) {
        entry.hash.set(hash);
    }
}

#[test]
fn a_set_whose_images_do_not_have_their_hashes_is_refused() {
    let (real, mut refused) = (real_set(), 0);
    for at in 0..real.len() {
        let mut bytes = real.clone();
        bytes[at] ^= 0x20;
        let mut again = bytes.clone();
        hash_again(&mut again);
        if PolicySet::open(&again).is_ok() {
            assert_eq!(PolicySet::open(&bytes).is_ok(), bytes == again, "byte {at}");
            refused += u32::from(bytes != again);
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn a_set_with_any_byte_changed_is_refused_or_decides() {
    any_byte_changed(real_set());
    any_byte_changed(set_with_slots());
}

fn any_byte_changed(mut set: Vec<u8>) {
    let (requests, mut tally) = (requests(REAL_SET), Tally::default());
    for at in 0..set.len() {
        let honest = set[at];
        for other in others(honest) {
            set[at] = other;
            let mut again = set.clone();
            hash_again(&mut again);
            offer_set(&again, &requests, &mut tally);
        }
        set[at] = honest;
    }
    assert!(tally.refused > tally.decided && tally.decided > 1_000, "{tally:?}");
}

#[test]
fn slots_without_a_dictionary_are_refused() {
    let dictionary = offset_of!(SetHeader, dictionary);
    let mut set = set_with_slots();
    set[dictionary..dictionary + 8].fill(0);
    assert_eq!(PolicySet::open(&set).map(|_| ()), Err(ImageError::Corrupt));
    // Without slots any dictionary will do, and none.
    let mut set = real_set();
    set[dictionary] = 1;
    assert_eq!(PolicySet::open(&set).map(|set| set.dictionary()), Ok(1));
}

#[test]
fn a_set_whose_policies_do_not_have_the_numbers_of_one_list_is_refused() {
    let real = real_set();
    let numbers: Vec<usize> = (0..6)
        .map(|entry| size_of::<SetHeader>() + entry * size_of::<SetEntry>() + offset_of!(SetEntry, index))
        .collect();
    let number =
        |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    for at in &numbers {
        for other in [0, 1, 2, 3, 4, 5, 6, u32::MAX] {
            let mut bytes = real.clone();
            bytes[*at..at + 4].copy_from_slice(&other.to_le_bytes());
            let same = number(&real, *at) == other;
            assert_eq!(PolicySet::open(&bytes).is_ok(), same, "{other} for {}", number(&real, *at));
        }
    }
    // The two policies of the identity layer, in another order than the list's; two of different layers may be.
    let swapped = |one: usize, other: usize| {
        let mut bytes = real.clone();
        for offset in 0..4 {
            bytes.swap(numbers[one] + offset, numbers[other] + offset);
        }
        PolicySet::open(&bytes).is_ok()
    };
    assert_eq!([swapped(3, 4), swapped(0, 5)], [false, true]);
}

#[test]
fn an_image_or_set_of_any_other_length_is_refused() {
    for whole in [image(IDENTITY, PolicyKind::Identity), image(RESOURCE, PolicyKind::Resource)] {
        for cut in 0..whole.len() {
            let error = Policy::open(&whole[..cut]).expect_err("a piece");
            let expected =
                if cut < size_of::<PolicyHeader>() { ImageError::NotAnImage } else { ImageError::WrongSize };
            assert_eq!(error, expected, "{cut} bytes");
        }
        let longer = [&whole[..], &[0]].concat();
        assert_eq!(Policy::open(&longer).expect_err("longer"), ImageError::WrongSize);
    }
    let whole = real_set();
    for cut in 0..whole.len() {
        let error = PolicySet::open(&whole[..cut]).expect_err("a piece");
        let expected =
            if cut < size_of::<SetHeader>() { ImageError::NotAnImage } else { ImageError::WrongSize };
        assert_eq!(error, expected, "{cut} bytes");
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(PolicySet::open(&longer).expect_err("longer"), ImageError::WrongSize);
}

#[test]
fn a_cut_image_or_set_that_says_its_own_length_is_refused_all_the_same() {
    let (requests_image, requests_set, mut tally) =
        (requests(IDENTITY_ONLY), requests(REAL_SET), Tally::default());
    let (image, set) = (image(IDENTITY, PolicyKind::Identity), real_set());
    for (whole, is_set) in [(image, false), (set, true)] {
        for cut in 12..whole.len() {
            let mut piece = whole[..cut].to_vec();
            let length = u32::try_from(cut).expect("small").to_le_bytes();
            piece[8..12].copy_from_slice(&length);
            if is_set {
                offer_set(&piece, &requests_set, &mut tally);
            } else {
                offer_image(&piece, &requests_image, &mut tally);
            }
        }
    }
    assert_eq!(tally.decided, 0, "{tally:?}");
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn images_and_sets_spliced_from_pieces_of_each_other_are_refused_or_decide() {
    let (identity, resource, set) =
        (image(IDENTITY, PolicyKind::Identity), image(RESOURCE, PolicyKind::Resource), real_set());
    let (requests_image, requests_set) = (requests(IDENTITY_ONLY), requests(REAL_SET));
    let (mut tally, mut numbers) = (Tally::default(), Numbers(0x1234_5678_9ABC_DEF1));
    for _ in 0..20_000 {
        let (victim, donor, is_set) = match numbers.below(4) {
            0 => (&identity, &identity, false),
            1 => (&identity, &resource, false),
            2 => (&set, &identity, true),
            _ => (&set, &set, true),
        };
        let mut bytes = victim.clone();
        for _ in 0..=numbers.below(2) {
            let len = 1 + numbers.below(40);
            let (to, from) = (numbers.below(bytes.len() - len), numbers.below(donor.len() - len));
            bytes[to..to + len].copy_from_slice(&donor[from..from + len]);
        }
        if is_set {
            offer_set(&bytes, &requests_set, &mut tally);
        } else {
            offer_image(&bytes, &requests_image, &mut tally);
        }
    }
    assert!(tally.refused > 1_000 && tally.decided > 100, "{tally:?}");
}

#[test]
fn a_context_key_that_is_not_utf_8_is_refused() {
    let text = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:some": "x"}}}}"#;
    let real = image(text, PolicyKind::Identity);
    let renamed = |name: &[u8]| {
        let mut image = real.clone();
        for (old, new) in
            [(&b"aws:some"[..], name), (&short(b"aws:some").to_le_bytes(), &short(name).to_le_bytes())]
        {
            let at =
                image.windows(old.len()).position(|window| window == old).expect("the name and its hash");
            image[at..at + old.len()].copy_from_slice(new);
        }
        Policy::open(&image).map(|policy| policy.context_key(0).map(str::to_owned))
    };
    assert_eq!(renamed(b"aws:else"), Ok(Some("aws:else".to_owned())));
    assert_eq!(renamed(b"aws:\xFFlse"), Err(ImageError::Corrupt));
}

/// An image of one statement with so many actions and one resource, which all name one text of `len` bytes.
fn one_text(actions: u16, len: u16) -> Vec<u8> {
    let spans = usize::from(actions) + 1;
    let text = vec![b'a'; usize::from(len)];
    let statement =
        StatementRecord { actions: U16::new(actions), resources: U16::new(1), ..StatementRecord::default() };
    let span = Span { start: U32::ZERO, len: U16::new(len), head: U16::new(len) };
    // The resource is `*`.
    let star = Span { start: U32::new(u32::from(len)), len: U16::new(1), head: U16::ZERO };
    let number = |count: usize| U32::new(u32::try_from(count).expect("small"));
    let size =
        size_of::<PolicyHeader>() + size_of::<StatementRecord>() + spans * size_of::<Span>() + text.len() + 1;
    let header = PolicyHeader {
        magic: POLICY_MAGIC,
        format: U16::new(POLICY_FORMAT),
        kind: PolicyKind::Identity as u8,
        flags: 0,
        size: number(size),
        statements: U32::new(1),
        conditions: U32::ZERO,
        spans: number(spans),
        keys: U16::ZERO,
        variables: U16::ZERO,
        text: number(text.len() + 1),
    };
    let actions = vec![span; usize::from(actions)];
    [header.as_bytes(), statement.as_bytes(), actions.as_bytes(), star.as_bytes(), &text, &[0xFF]].concat()
}

#[test]
fn an_image_whose_records_all_name_one_long_text_is_refused() {
    // The form is right: a few such records are an image.
    Policy::open(&one_text(3, 60_000)).expect("an image");
    Policy::open(&one_text(60_000, 3)).expect("an image");
    // Sixty thousand of them would be 3.6 GB to look at, in an image of half a megabyte.
    assert_eq!(Policy::open(&one_text(60_000, 60_000)).expect_err("too much"), ImageError::Corrupt);
    assert_eq!(Policy::open(&one_text(u16::MAX, u16::MAX)).expect_err("too much"), ImageError::Corrupt);
}

#[test]
fn a_document_whose_statements_share_long_texts_makes_an_image_that_opens() {
    // Lengths around that which the record of a span pays for, and texts that are stored again and again.
    for (len, resources, statements) in [
        (40, 60, 400),
        (64, 60, 400),
        (65, 60, 400),
        (100, 20, 100),
        (2_000, 5, 100),
        (60_000, 1, 17),
        (7_000, 1, 149),
    ] {
        let resource = format!("\"arn:aws:s3:::{}\"", "x".repeat(len));
        let list = vec![resource; resources].join(",");
        let statement = format!(r#"{{"Effect":"Allow","Action":"s3:Get*","Resource":[{list}]}}"#);
        let text = format!(r#"{{"Statement":[{}]}}"#, vec![statement; statements].join(","));
        if text.len() > 1 << 20 {
            continue;
        }
        let image = image(&text, PolicyKind::Identity);
        let policy = Policy::open(&image).expect("an image of the compiler's opens");
        assert_eq!(policy.statement_count(), statements);
        // What is stored again is no more than the check asks for.
        assert!(
            image.len() < text.len() / 8 + 40 * statements + 9 * resources * statements + 2 * len,
            "{len}"
        );
    }
    // Values, keys, defaults and `Sid`s are named as well.
    let long = "k".repeat(900);
    let conditions = (0..60).map(|number| {
        let sid = format!("{}{number}", "S".repeat(500));
        format!(
            r#"{{"Sid":"{sid}","Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::${{a:{long}, '{long}{number}'}}",
                "Condition":{{"StringEquals":{{"a:{long}":["{long}","{long}","{long}"]}},"NumericEquals":{{"a:n":[1,1,2,1]}}}}}}"#
        )
    });
    let statements: Vec<String> = conditions.collect();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    Policy::open(&image(&text, PolicyKind::Identity)).expect("an image of the compiler's opens");
}

/// The outcome of a decision over one identity policy, within so many steps.
fn within(budget: u64, text: &str, context: &[ContextEntry<'_>]) -> Result<Effect, DecideError> {
    let image = image(text, PolicyKind::Identity);
    let set = set(&[policy(&image, Layer::Identity, 0)], Levels::default()).expect("a set");
    let request = prepared("s3:GetObject", IDENTITY_ONLY, budget, context);
    let set = PolicySet::open(&set).expect("a set");
    decide(&[set], Request::open(&request).expect("a request")).map(|decision| decision.effect)
}

/// Each of the 20,000 values that a request has for one key is looked at, so that 1,000 steps cannot suffice.
#[track_caller]
fn values_are_counted(condition: &str, value: &str) {
    let values = vec![value; 20_000];
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{{condition}}}}}}}"#
    );
    let decided = within(0, &text, &[entry("a:k", &values)]);
    assert!(decided.is_ok(), "the default budget suffices: {decided:?}");
    let decided = within(1_000, &text, &[entry("a:k", &values)]);
    assert_eq!(decided, Err(DecideError::BudgetExhausted), "{condition}");
}

#[test]
fn values_that_are_compared_are_counted() {
    values_are_counted(r#""ForAnyValue:StringEquals":{"a:k":"w"}"#, "v");
    values_are_counted(r#""ForAllValues:NumericLessThan":{"a:k":"7"}"#, "1");
}

#[test]
fn values_that_the_operator_cannot_read_are_counted() {
    values_are_counted(r#""ForAnyValue:NumericEquals":{"a:k":"7"}"#, "no number");
    values_are_counted(r#""ForAllValues:DateLessThan":{"a:k":"2030-01-01"}"#, "no date");
}

#[test]
fn values_that_are_empty_are_counted() {
    values_are_counted(r#""Null":{"a:k":"true"}"#, "");
}

#[test]
fn a_policys_text_that_is_searched_for_variables_is_counted() {
    // R-VAR-10: a value with a variable refutes nothing, whatever its literal says. 600 times 60 KB.
    let values = vec!["v"; 600];
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"ForAnyValue:StringNotEquals":{{"a:k":"{}"}}}}}}}}"#,
        "x".repeat(60_000) + "${no:key}"
    );
    let decided = within(10_000, &text, &[entry("a:k", &values)]);
    assert_eq!(decided, Err(DecideError::BudgetExhausted), "36 MB in 10,000 steps");
}
