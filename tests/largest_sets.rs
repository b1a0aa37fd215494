//! The largest sets that AWS's quotas allow (R-SIZE-3, R-SIZE-4), full of statements that all have to be looked at, are
//! decided within the default budget, with an index or without. Where patterns are hostile and texts long, a tenth of
//! them is.

use iamlet::evaluate::decide_by_scan;
use iamlet::image::set_writer;
use iamlet::limits::DEFAULT_BUDGET;
use iamlet::request::prepare_request;
use iamlet::{
    CompileOptions, ContextEntry, DecideError, Layer, Layers, Levels, PolicyKind, PolicySet, Principal,
    Request, RequestInput, Resource, SetPolicy, decide,
};
use iamlet_cases::compile_document;

/// What AWS allows beside each other: kind, layer, how many at how many levels, and the bytes of each.
const QUOTAS: [(PolicyKind, Layer, usize, u8, usize); 11] = [
    (PolicyKind::ScpFull, Layer::Scp, 10, 7, 10_240),
    (PolicyKind::Rcp, Layer::Rcp, 10, 7, 5_120),
    // A user's own, and those of ten groups.
    (PolicyKind::Identity, Layer::Identity, 20 + 10 * 10, 1, 6_144),
    (PolicyKind::Identity, Layer::Identity, 1, 1, 2_048),
    (PolicyKind::Identity, Layer::Identity, 10, 1, 5_120),
    (PolicyKind::Boundary, Layer::Boundary, 1, 1, 6_144),
    (PolicyKind::Session, Layer::Session, 10, 1, 6_144),
    (PolicyKind::Session, Layer::Session, 1, 1, 2_048),
    (PolicyKind::Resource, Layer::Resource, 1, 1, 20_480),
    (PolicyKind::Vpce, Layer::Endpoint, 1, 1, 20_480),
    // What a role has besides: its inline policies.
    (PolicyKind::Identity, Layer::Identity, 1, 1, 10_240),
];

/// A way to fill a document: what comes before, each of as many pieces as fit, what comes after. `P` stands for the
/// principal, where the kind wants one.
struct Filling {
    name: &'static str,
    before: &'static str,
    piece: fn(usize) -> String,
    after: &'static str,
}

const FILLINGS: [Filling; 7] = [
    Filling {
        name: "statements that deny by an absent key",
        before: "",
        piece: |_| {
            r#"{"Effect":"Deny",P"Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a:b":"c"}}}"#
                .into()
        },
        after: "",
    },
    Filling {
        name: "conditions that all hold",
        before: r#"{"Effect":"Deny",P"Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"#,
        piece: |at| format!(r#""k:{at:x}":"v""#),
        // The last does not, or the first statement would deny and be the last.
        after: r#"},"Null":{"a:b":"false"}}}"#,
    },
    Filling {
        name: "values of one key",
        before: r#"{"Effect":"Deny",P"Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"x:k":["#,
        piece: |at| format!(r#""{at:03x}""#),
        after: "]}}}",
    },
    Filling {
        name: "dates of one key",
        before: r#"{"Effect":"Deny",P"Action":"s3:*","Resource":"*","Condition":{"DateEquals":{"x:date":["#,
        piece: |at| format!(r#""{}""#, 10_000 + at),
        after: "]}}}",
    },
    Filling {
        name: "resources that differ from the request's in a byte",
        before: r#"{"Effect":"Deny",P"Action":"s3:*","Resource":["#,
        piece: |at| format!(r#""arn:aws:s3:::b/{at:03x}y""#),
        after: "]}",
    },
    Filling {
        name: "resources with a star at their end",
        before: r#"{"Effect":"Deny",P"Action":"s3:*","Resource":["#,
        piece: |at| format!(r#""arn:aws:s3:::b/{at:03x}y*""#),
        after: "]}",
    },
    Filling {
        name: "resources with a variable",
        before: r#"{"Effect":"Deny",P"Action":"s3:*","Resource":["#,
        piece: |at| format!(r#""arn:aws:s3:::b/${{aws:username}}/{at:03x}*""#),
        after: "]}",
    },
];

/// A document of so many bytes, or a little less.
fn document(filling: &Filling, kind: PolicyKind, bytes: usize) -> String {
    let principal = matches!(kind, PolicyKind::Resource | PolicyKind::Rcp | PolicyKind::Vpce);
    let put = |text: &str| text.replace("P\"A", if principal { r#""Principal":"*","A"# } else { "\"A" });
    let (before, after) = (put(filling.before), filling.after);
    let mut text = format!(r#"{{"Version":"2012-10-17","Statement":[{before}"#);
    for at in 0.. {
        let piece = put(&(filling.piece)(at));
        if text.len() + piece.len() + after.len() + 3 > bytes {
            break;
        }
        if at > 0 {
            text.push(',');
        }
        text.push_str(&piece);
    }
    text + after + "]}"
}

/// A set of what AWS allows beside each other, each document full; or, at most `each` policies of a kind at a level.
fn largest(filling: &Filling, each: usize) -> Vec<u8> {
    let mut images = Vec::new();
    for (kind, layer, count, levels, bytes) in QUOTAS {
        // R-VPCE-4
        let refused = kind == PolicyKind::Vpce && filling.before == VALUES;
        let text = document(if refused { &PATTERNS[0] } else { filling }, kind, bytes);
        let image = compile_document(text.as_bytes(), kind, CompileOptions::default());
        let image = image.unwrap_or_else(|refused| panic!("{}, {kind:?}: {refused}", filling.name));
        for level in 0..levels {
            images.extend((0..count.min(each)).map(|_| (image.clone(), layer, level)));
        }
    }
    let policies = images.iter().zip(0..).map(|((image, layer, level), tag)| SetPolicy {
        image,
        layer: *layer,
        level: *level,
        tag,
    });
    let levels = Levels { scp: 7, rcp: 7 };
    let mut set = vec![0; set_writer::size(policies.clone(), levels).expect("a size")];
    let used = set_writer::build(policies, levels, &mut set).expect("a set");
    set.truncate(used);
    set
}

/// What is said of an object of this key with so many steps: with the index, and by a scan.
fn decided(set: &[u8], key: &str, budget: u64) -> [Result<(), DecideError>; 2] {
    let set = PolicySet::open(set).expect("a set");
    let context = [("x:k", "zzz"), ("x:date", "2026-01-01T00:00:00Z"), ("x:long", key)];
    let context = context.map(|(name, value)| (name, [value]));
    let context = context.each_ref().map(|(name, values)| ContextEntry::new(*name, values));
    let arn = format!("arn:aws:s3:::b/{key}");
    let input = RequestInput::new(
        Principal::user("arn:aws:iam::111122223333:user/alice"),
        "s3:GetObject",
        Resource::owned_by(&arn, "111122223333"),
    )
    .budget(budget)
    .context(&context[..]);
    let mut memory = vec![0; 1 << 14];
    prepare_request(&input, &mut memory).expect("a request");
    let request = Request::open(&memory).expect("a request");
    [decide(&[set], request).map(|_| ()), decide_by_scan(&[set], request).map(|_| ())]
}

/// Fillings with patterns that are looked for at many places, as long as a quota lets them be or many short ones.
const PATTERNS: [Filling; 8] = [
    Filling {
        name: "resources of 60 `a?`",
        before: RESOURCES,
        piece: |_| format!(r#""arn:aws:s3:::*{}b*""#, "a?".repeat(60)),
        after: "]}",
    },
    Filling {
        name: "resources of 400 `a?`",
        before: RESOURCES,
        piece: |_| format!(r#""arn:aws:s3:::*{}b*""#, "a?".repeat(400)),
        after: "]}",
    },
    Filling {
        name: "resources of 30 `a` and a `?`",
        before: RESOURCES,
        piece: |_| format!(r#""arn:aws:s3:::*{}?ab*""#, "a".repeat(30)),
        after: "]}",
    },
    Filling {
        name: "resources of a `?` and two letters",
        before: RESOURCES,
        piece: |_| r#""arn:aws:s3:::*a?b*""#.into(),
        after: "]}",
    },
    Filling {
        name: "resources of three letters",
        before: RESOURCES,
        piece: |_| r#""arn:aws:s3:::*aab*""#.into(),
        after: "]}",
    },
    Filling {
        name: "resources with a variable after a star",
        before: RESOURCES,
        piece: |_| r#""arn:aws:s3:::*${aws:username}b*""#.into(),
        after: "]}",
    },
    Filling { name: SHORT_VALUES, before: VALUES, piece: |_| r#""*a?b*""#.into(), after: "]}}}" },
    Filling {
        name: "values of 60 `a?`",
        before: VALUES,
        piece: |_| format!(r#""*{}b*""#, "a?".repeat(60)),
        after: "]}}}",
    },
];

const RESOURCES: &str = r#"{"Effect":"Deny",P"Action":"s3:*","Resource":["#;
const SHORT_VALUES: &str = "values of three letters";
const VALUES: &str =
    r#"{"Effect":"Deny",P"Action":"s3:*","Resource":"*","Condition":{"StringLike":{"x:long":["#;

#[test]
fn one_policy_of_each_kind_and_level_full_of_hostile_patterns_is_decided_within_the_default_budget() {
    // The longest key of S3, for which many short values are too many; half of it; and a shorter one beyond ASCII.
    for (key, with_short_values) in
        [("a".repeat(1_024), false), ("a".repeat(512), true), ("aé".repeat(85), false)]
    {
        for filling in PATTERNS.iter().filter(|filling| with_short_values || filling.name != SHORT_VALUES) {
            let set = largest(filling, 1);
            assert_eq!(decided(&set, &key, DEFAULT_BUDGET), [Ok(()); 2], "{}, {key}", filling.name);
            // Not because there is nothing to do.
            assert_ne!(decided(&set, &key, DEFAULT_BUDGET / 60)[1], Ok(()), "{}, {key}", filling.name);
        }
    }
}

#[test]
fn the_largest_sets_full_of_hostile_patterns_are_decided_within_the_default_budget_for_a_short_text() {
    // Those of 30 letters and more.
    for filling in PATTERNS.iter().filter(|filling| filling.name.contains('0')) {
        let set = largest(filling, usize::MAX);
        assert_eq!(decided(&set, &"a".repeat(64), DEFAULT_BUDGET), [Ok(()); 2], "{}", filling.name);
    }
}

#[test]
fn the_largest_sets_are_decided_within_the_default_budget() {
    for filling in &FILLINGS {
        let set = largest(filling, usize::MAX);
        assert_eq!(decided(&set, "alice/zy", 0), [Ok(()); 2], "{}", filling.name);
        // A scan looks at all of it, two megabytes.
        assert_eq!(
            decided(&set, "alice/zy", 100_000)[1],
            Err(DecideError::BudgetExhausted),
            "{}",
            filling.name
        );
        // With room to spare.
        assert_eq!(decided(&set, "alice/zy", DEFAULT_BUDGET / 2), [Ok(()); 2], "{}", filling.name);
    }
}

#[test]
fn a_hundred_thousand_statements_are_scanned_within_the_default_budget() {
    let statement =
        r#"{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a:b":"c"}}}"#;
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, vec![statement; 1_000].join(","));
    let image = compile_document(text.as_bytes(), PolicyKind::Identity, CompileOptions::default());
    let image = image.expect("a policy");
    let policies = (0..100).map(|tag| SetPolicy { image: &image, layer: Layer::Identity, level: 0, tag });
    let mut set = vec![0; set_writer::size(policies.clone(), Levels::default()).expect("a size")];
    let used = set_writer::build(policies, Levels::default(), &mut set).expect("a set");
    let set = PolicySet::open(&set[..used]).expect("a set");
    let input = RequestInput::new(
        Principal::user("arn:aws:iam::111122223333:user/alice"),
        "s3:GetObject",
        Resource::owned_by("arn:aws:s3:::b/k", "111122223333"),
    )
    .absent(!Layers::IDENTITY)
    .context(&[][..] as &[ContextEntry<'_>]);
    let mut memory = vec![0; 1 << 12];
    prepare_request(&input, &mut memory).expect("a request");
    let request = Request::open(&memory).expect("a request");
    assert!(decide(&[set], request).is_ok() && decide_by_scan(&[set], request).is_ok());
}
