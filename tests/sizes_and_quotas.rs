//! Sizes: AWS's upload limits, which are asked for, and the capacities of the engine, which always hold.

mod support;

use iamlet::limits::{MAX_DOCUMENT, MAX_LEVELS, MAX_STRING};
use iamlet::parse::compile;
use iamlet::{
    CompileError, CompileOptions, Fault, LargeScratch, MediumScratch, PolicyKind, Pool, Refusal,
    ScratchMemory, SmallScratch,
};
use iamlet_cases::compile_document;
use serde_json::{Value, json};
use support::{allow, app_session, deny, given, grant, with};

const QUOTAS: CompileOptions =
    CompileOptions { enforce_quotas: true, quota_bytes: None, scp_assume_2012: false };

/// A document of its kind with exactly so many bytes, none of them whitespace.
fn document_of(kind: PolicyKind, bytes: usize) -> String {
    let action = if kind == PolicyKind::Trust { "sts:" } else { "s3:" };
    let mut statement = json!({"Effect": "Deny", "Action": action});
    if kind.has_principal() {
        let principal = if kind == PolicyKind::Rcp { json!("*") } else { json!({"AWS": "111122223333"}) };
        statement = with(statement, "Principal", principal);
    }
    if kind != PolicyKind::Trust {
        statement = with(statement, "Resource", "*");
    }
    let text = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let name = "x".repeat(bytes - text.len());
    text.replace(&format!("\"{action}\""), &format!("\"{action}{name}\""))
}

#[track_caller]
fn fault(text: &str, kind: PolicyKind, options: CompileOptions) -> Option<Fault> {
    compile_document(text.as_bytes(), kind, options).err().map(|refused| refused.error.fault)
}

/// The limit of each kind.
const LIMITS: [(PolicyKind, usize); 13] = [
    (PolicyKind::Identity, 6_144),
    (PolicyKind::InlineUser, 2_048),
    (PolicyKind::InlineGroup, 5_120),
    (PolicyKind::InlineRole, 10_240),
    (PolicyKind::Boundary, 6_144),
    (PolicyKind::Session, 2_048),
    (PolicyKind::Resource, 20_480),
    (PolicyKind::Kms, 32_768),
    (PolicyKind::Trust, 2_048),
    (PolicyKind::ScpClassic, 5_120),
    (PolicyKind::ScpFull, 10_240),
    (PolicyKind::Rcp, 5_120),
    (PolicyKind::Vpce, 20_480),
];

// R-SIZE-3
#[test]
fn each_kind_has_its_limit_where_quotas_are_asked_for() {
    for (kind, limit) in LIMITS {
        assert_eq!(fault(&document_of(kind, limit), kind, QUOTAS), None, "{kind:?}");
        let over = document_of(kind, limit + 1);
        assert_eq!(fault(&over, kind, QUOTAS), Some(Fault::TooLarge), "{kind:?}");
        assert_eq!(fault(&over, kind, CompileOptions::default()), None, "{kind:?}");
    }
}

/// Quotas, with this one for the kind's own.
fn quota(bytes: usize) -> CompileOptions {
    CompileOptions { quota_bytes: Some(u32::try_from(bytes).expect("a small number")), ..QUOTAS }
}

// R-SIZE-3
#[test]
fn a_quota_that_is_given_replaces_the_one_of_the_kind() {
    for (kind, limit) in LIMITS {
        let larger = document_of(kind, limit + 1);
        assert_eq!(fault(&larger, kind, quota(limit + 1)), None, "{kind:?}");
        assert_eq!(fault(&larger, kind, quota(limit)), Some(Fault::TooLarge), "{kind:?}");
        assert_eq!(fault(&document_of(kind, 200), kind, quota(199)), Some(Fault::TooLarge), "{kind:?}");
        // It says how much, and not whether anything is checked.
        let unasked = CompileOptions { enforce_quotas: false, ..quota(199) };
        assert_eq!(fault(&larger, kind, unasked), None, "{kind:?}");
    }
}

// R-SIZE-1, R-SIZE-2, R-SCPC-2, R-VPCE-1
#[test]
fn whitespace_counts_but_for_iam_kinds() {
    for (kind, limit) in LIMITS {
        let spaced = document_of(kind, limit).replacen(':', " :\r\n\t", 1);
        let iam = matches!(
            kind,
            PolicyKind::Identity
                | PolicyKind::InlineUser
                | PolicyKind::InlineGroup
                | PolicyKind::InlineRole
                | PolicyKind::Boundary
                | PolicyKind::Trust
        );
        let expected = if iam { None } else { Some(Fault::TooLarge) };
        assert_eq!(fault(&spaced, kind, QUOTAS), expected, "{kind:?}");
    }
}

// R-SIZE-1
#[test]
fn whitespace_in_strings_counts_and_a_character_counts_its_bytes() {
    let with_resource = |resource: &str| {
        let text = json!({"Statement": allow("*", format!("arn:aws:s3:::{resource}"))}).to_string();
        (text.len(), text)
    };
    for resource in ["a b", "a\\\" b", "äöü"] {
        let (bytes, text) = with_resource(resource);
        assert_eq!(fault(&text, PolicyKind::Identity, quota(bytes)), None, "{text}");
        assert_eq!(fault(&text, PolicyKind::Identity, quota(bytes - 1)), Some(Fault::TooLarge), "{text}");
    }
}

// R-SIZE-5
#[test]
fn the_size_is_checked_before_anything_is_parsed() {
    assert_eq!(fault("{{{{", PolicyKind::Identity, quota(3)), Some(Fault::TooLarge));
    assert_eq!(fault("{{{", PolicyKind::Identity, quota(3)), Some(Fault::JsonSyntax));
}

// R-JSON-9, R-SCPC-2
#[test]
fn whitespace_between_tokens_means_nothing() {
    let good = json!({"Statement": allow("*", "*")}).to_string();
    let spaced = good.replace('{', " {\n\t").replace(':', "\r\n: ").replace(',', " , ").replace('}', "} ");
    given().identity(Value::from(good.clone())).allows();
    given().identity(Value::from(spaced)).allows();
    // Inside a string it is text.
    given().identity(Value::from(good.replace("\"*\"}}", "\"arn:aws:s3:::b/k\"}}"))).allows();
    given().identity(Value::from(good.replace("\"*\"}}", "\"arn:aws:s3:::b/k \"}}"))).denies();
}

// R-ERR-3, R-SIZE-5
#[test]
fn of_several_faults_size_comes_first_then_encoding_json_and_structure() {
    let good = json!({"Statement": allow("*", "*")}).to_string();
    let structure = good.replace("Allow", "Perhaps");
    let duplicate = structure.replace("\"Action\":\"*\"", "\"Action\":\"*\",\"Action\":\"*\"");
    let syntax = format!("{duplicate}]");
    let encoding = [syntax.as_bytes(), &[0xFF]].concat();
    let fault = |text: &[u8], options| {
        compile_document(text, PolicyKind::Identity, options).expect_err("a fault").error.fault
    };
    assert_eq!(fault(structure.as_bytes(), QUOTAS), Fault::BadEffect);
    assert_eq!(fault(duplicate.as_bytes(), QUOTAS), Fault::JsonDuplicateKey);
    assert_eq!(fault(syntax.as_bytes(), QUOTAS), Fault::JsonTrailing);
    assert_eq!(fault(&encoding, QUOTAS), Fault::Encoding);
    assert_eq!(fault(&encoding, quota(8)), Fault::TooLarge);
}

// R-JSON-5
#[test]
fn containers_nest_eight_deep_at_most() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(fault(&nested(8), PolicyKind::Identity, QUOTAS), Some(Fault::WrongType));
    assert_eq!(fault(&nested(9), PolicyKind::Identity, QUOTAS), Some(Fault::JsonDepth));
}

// R-JSON-8
#[test]
fn only_quotas_of_iam_kinds_forbid_characters() {
    for (kind, _) in LIMITS {
        let restricted = matches!(
            kind,
            PolicyKind::Identity
                | PolicyKind::InlineUser
                | PolicyKind::InlineGroup
                | PolicyKind::InlineRole
                | PolicyKind::Boundary
                | PolicyKind::Session
                | PolicyKind::Trust
        );
        let document = document_of(kind, 200);
        for (value, within) in
            [("ÿ", true), ("\\u00ff", true), ("Ā", false), ("\\u0100", false), ("\\ud83d\\ude00", false)]
        {
            let condition = format!("\"Condition\":{{\"StringEquals\":{{\"x:k\":\"{value}\"}}}}");
            let text = document.replacen("\"Effect\"", &format!("{condition},\"Effect\""), 1);
            let expected = if within || !restricted { None } else { Some(Fault::BadCharacter) };
            assert_eq!(fault(&text, kind, QUOTAS), expected, "{kind:?} {value}");
            assert_eq!(fault(&text, kind, CompileOptions::default()), None, "{kind:?} {value}");
        }
    }
}

/// Compiles in one capacity class.
fn compile_in(text: &str, scratch: &mut impl ScratchMemory) -> Result<usize, Refusal> {
    let mut out = vec![0; 1 << 20];
    match compile(text.as_bytes(), PolicyKind::Identity, CompileOptions::default(), scratch, &mut out) {
        Ok(size) => Ok(size),
        Err(CompileError::Refused(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

// R-GEN-4
#[test]
fn a_document_that_overflows_its_scratch_memory_is_refused_and_not_cut_short() {
    let numbered = |count: usize, make: &dyn Fn(usize) -> Value| (0..count).map(make).collect::<Vec<_>>();
    let statements = |count: usize| json!({"Statement": numbered(count, &|_| deny("s3:*", "*"))}).to_string();
    let patterns = |count: usize| {
        let actions = numbered(count, &|at| json!(format!("s3:A{at}")));
        json!({"Statement": deny(json!(actions), "*")}).to_string()
    };
    let keys = |count: usize| {
        let keys: serde_json::Map<_, _> = (0..count).map(|at| (format!("x:k{at}"), json!("v"))).collect();
        json!({"Statement": with(deny("*", "*"), "Condition", json!({"StringEquals": keys}))}).to_string()
    };
    let variables = |count: usize| {
        let resources = numbered(count, &|at| json!(format!("arn:aws:s3:::${{x:v{at}}}")));
        json!({"Version": "2012-10-17", "Statement": deny("*", json!(resources))}).to_string()
    };
    for (fits, too_many, pool) in [
        (statements(32), statements(33), Pool::Statements),
        (patterns(300), patterns(400), Pool::Patterns),
        (variables(24), variables(25), Pool::Variables),
    ] {
        assert!(compile_in(&fits, &mut SmallScratch::new()).is_ok(), "{pool:?}");
        let error = compile_in(&too_many, &mut SmallScratch::new()).expect_err("too many");
        assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(pool)));
        assert!(compile_in(&too_many, &mut *Box::new(MediumScratch::new())).is_ok(), "{pool:?}");
    }
    let error = compile_in(&keys(100), &mut SmallScratch::new()).expect_err("too many");
    assert_eq!(error.fault, Fault::Capacity);
    assert!(matches!(error.pool, Some(Pool::Keys | Pool::Conditions)), "{error:?}");
}

// R-GEN-4, R-ERR-2
#[test]
fn a_document_or_string_beyond_every_class_is_refused() {
    let space = |count: usize| format!("{}{}", json!({"Statement": deny("s3:*", "*")}), " ".repeat(count));
    let least = space(0).len();
    let mut scratch = Box::new(LargeScratch::new());
    assert!(compile_in(&space(MAX_DOCUMENT - least), &mut *scratch).is_ok());
    let error = compile_in(&space(MAX_DOCUMENT - least + 1), &mut *scratch).expect_err("too long");
    assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(Pool::Document)));
    let string = |count: usize| {
        json!({"Statement": allow("*", format!("arn:aws:s3:::{}", "x".repeat(count - 13)))}).to_string()
    };
    let error = compile_in(&string(MAX_STRING + 1), &mut *scratch).expect_err("too long");
    assert_eq!((error.fault, error.pool), (Fault::Capacity, Some(Pool::String)));
    assert!(compile_in(&string(MAX_STRING / 2), &mut *scratch).is_ok());
}

// R-GEN-4
#[test]
fn an_image_that_does_not_fit_its_output_is_not_written() {
    let text = json!({"Statement": deny("s3:*", "*")}).to_string();
    let mut scratch = SmallScratch::new();
    let mut compile = |out: &mut [u8]| {
        compile(text.as_bytes(), PolicyKind::Identity, CompileOptions::default(), &mut scratch, out)
    };
    let Err(CompileError::OutputTooSmall(size)) = compile(&mut []) else { panic!("no room") };
    let mut short = vec![0xAA; size - 1];
    assert_eq!(compile(&mut short), Err(CompileError::OutputTooSmall(size)));
    assert!(short.iter().all(|byte| *byte == 0xAA));
    assert_eq!(compile(&mut vec![0; size]), Ok(size));
}

// R-SIZE-4: what AWS allows at most fits.
#[test]
fn the_counts_that_aws_allows_fit() {
    const { assert!(MAX_LEVELS >= 7) };
    let organization = (0..7).fold(given().by(app_session()), |given, _| {
        given.scp(vec![allow("*", "*"); 10]).rcp(vec![with(deny("sqs:*", "*"), "Principal", "*"); 10])
    });
    let identities = (0..20).fold(organization, |given, _| given.identity(allow("ec2:*", "*")));
    let sessions = (0..10).fold(identities, |given, _| given.session(allow("sqs:*", "*")));
    sessions.clone().denies();
    sessions.clone().session(allow("s3:*", "*")).denies();
    let all = sessions.session(allow("s3:*", "*")).identity(allow("s3:*", "*"));
    all.clone().boundary(allow("*", "*")).allows();
    all.boundary(allow("*", "*")).resource_policy(grant("*")).endpoint(grant("*")).allows();
}

// R-SIZE-4: more levels than the engine has are refused, not cut short.
#[test]
fn too_many_levels_are_refused() {
    let levels = |count: u8| {
        (0..count).fold(given().identity(allow("*", "*")), |given, _| given.scp([allow("*", "*")]))
    };
    levels(MAX_LEVELS).allows();
    assert_eq!(levels(MAX_LEVELS + 1).case().outcome().name(), "invalid_policy");
}
