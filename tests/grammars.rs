//! Both readers accept the same texts wherever a policy has a text with a grammar of its own.
//!
//! Texts are put together from pieces that mean something there, and then changed by a character or two: a rule that one
//! of the readers has and the other has not shows in one of the places. The fuzz target `compile` looks for the same, and
//! needs luck for it.

mod naive;

use iamlet::{CompileOptions, PolicyKind};
use iamlet_cases::compile_document;
use naive::generate::Rng;
use serde_json::{Map, Value, json};

/// Texts that are tried in each place of each kind; `IAMLET_TEXTS` asks for more.
const TEXTS: usize = 2_000;

fn texts() -> usize {
    std::env::var("IAMLET_TEXTS").ok().and_then(|text| text.parse().ok()).unwrap_or(TEXTS)
}

/// Places of a document: what they change in a plain statement, the text for `@`, and the pieces that stand there. An
/// `@` without quotation marks stands for JSON; texts that are none are left out.
const PLACES: [(&str, &str); 32] = [
    (r#"{"Action": "@"}"#, ACTIONS),
    (r#"{"Action": null, "NotAction": "@"}"#, ACTIONS),
    (r#"{"Resource": "@"}"#, ARN),
    (r#"{"Resource": null, "NotResource": "@"}"#, ARN),
    (r#"{"Resource": "arn:aws:s3:::@"}"#, VARIABLES),
    (r#"{"Resource": "arn:aws:s3::@:b"}"#, ACCOUNTS),
    (r#"{"Principal": {"AWS": "@"}}"#, PRINCIPALS),
    (r#"{"Principal": {"Service": "@"}}"#, SERVICES),
    (r#"{"Principal": {"Federated": "@"}}"#, SERVICES),
    (r#"{"Principal": {"Federated": "@"}}"#, PRINCIPALS),
    (r#"{"Principal": {"CanonicalUser": "@"}}"#, CANONICAL),
    (r#"{"NotPrincipal": {"AWS": "@"}}"#, PRINCIPALS),
    (r#"{"Principal": {"AWS": "@"}}"#, ORIGINS),
    (r#"{"Principal": {"AWS": @}}"#, ACCOUNT_NUMBERS),
    (r#"{"NotPrincipal": {"AWS": @}}"#, ACCOUNT_NUMBERS),
    (r#"{"Principal": {"Service": "@"}}"#, SUFFIXES),
    (r#"{"Condition": @}"#, BLOCKS),
    (r#"{"Condition": {"StringEquals": {"@": "x"}}}"#, KEYS),
    (r#"{"Condition": {"@": {"aws:username": "1"}}}"#, OPERATORS),
    (r#"{"Condition": {"StringEquals": {"aws:username": "@"}}}"#, VARIABLES),
    (r#"{"Condition": {"StringLike": {"aws:username": "@"}}}"#, VARIABLES),
    (r#"{"Condition": {"ArnLike": {"aws:username": "@"}}}"#, ARN),
    (r#"{"Condition": {"ArnEquals": {"aws:username": "@"}}}"#, ARN),
    (r#"{"Condition": {"NumericEquals": {"aws:username": "@"}}}"#, NUMBERS),
    (r#"{"Condition": {"DateLessThan": {"aws:username": "@"}}}"#, DATES),
    (r#"{"Condition": {"IpAddress": {"aws:username": "@"}}}"#, ADDRESSES),
    (r#"{"Condition": {"BinaryEquals": {"aws:username": "@"}}}"#, BASE64),
    (r#"{"Condition": {"Bool": {"aws:username": "@"}}}"#, BOOLEANS),
    (r#"{"Condition": {"Null": {"aws:username": "@"}}}"#, BOOLEANS),
    (r#"{"Sid": "@"}"#, WORDS),
    (r#"{"Effect": "@"}"#, WORDS),
    (r#"{"Version": "@"}"#, WORDS),
];

/// Pieces of texts, with `|` between them.
const ARN: &str = "arn:aws:s3:::bucket/${aws:username}/*|arn:*:kms:eu-west-1:${aws:PrincipalAccount}:key/*|arn|:|:|\
    :|aws|aws-cn|s3|iam|sts|eu-west-1|111122223333|11112222333|*|?|${|}|${aws:username}|\
    ${aws:username, 'x'}|${*}|${$}|bucket|/|arn:aws:s3:::b|arn:aws:iam::111122223333:|\
    arn:aws:sts::111122223333:|user/|role/|assumed-role/|federated-user/|root|amazon|cloudfront";
const ACCOUNTS: &str = "1|111122223333|1111222|*|?|aws|amazon|${aws:username}|${*}|x";
const VARIABLES: &str = "${|}|$|{|,|, '|'|'}|aws:username|:| |*|?|x|${*}|${?}|${$}|${aws:PrincipalTag/a}|é";
const ACTIONS: &str = "s3|:|*|?|Get|object|-|_|.|1|iam|s3:GetObject|sts:AssumeRole";
const KEYS: &str = "aws:username|aws:RequestTag/team|acme.eu.auth0.com/:aud|\t|oidc.eks.eu-west-1.amazonaws.com/id/AB12:sub|aws|:|/|username|\
    PrincipalTag|aws:RequestTag/|AWS:ResourceTag|oidc.eks.eu-west-1.amazonaws.com|id|.|-|_| |$|{|${|\
    }|é|sub";
const OPERATORS: &str = "StringEquals|ForAllValues:StringNotLikeIfExists|NumericLessThanEquals|DateGreaterThanEquals|\
    String|Equals|stringequals|Like|IgnoreCase|Not|Numeric|LessThan|Date|GreaterThan|Bool|Binary|\
    IpAddress|NotIpAddress|Arn|Null|IfExists|ForAllValues|ForAnyValue|:|ForAnyValue:";
const NUMBERS: &str = "-12.50e3|0|1|9|12345678901234567890|-|+|.|e|E| |00|${";
const DATES: &str = "2020-02-29T12:00:00Z|2019-12-31T23:59:59.5+01:00|2020|-|02|29|T|:|12|Z|+|00:00|.|5|60|23:59|\
    2019-12-31|T10:11:12|W01|t|z";
const ADDRESSES: &str = "2001:db8::1.2.3.4/64|10.1.2.0/24|10|.|0|255|256|/|8|32|33|:|::|2001:db8|ffff|1.2.3.4|10.0.0.0|\
    128|%|f";
const BASE64: &str = "A|Q|=|==|aGVsbG8|+|/|-|_| |QUJD";
const BOOLEANS: &str = "true|false|True|TRUE|1| |t|rue";
const PRINCIPALS: &str = "*|111122223333|1|AIDA|AROA|EXAMPLE|arn:aws:iam::111122223333:|arn:aws-cn:iam::111122223333:|\
    arn:aws:sts::111122223333:|user/|role/|assumed-role/|federated-user/|root|/|a|$|?|:|\
    saml-provider/|oidc-provider/|arn:aws:iam::111122223333:saml-provider/x|\
    arn:aws:iam::111122223333:user/team/alice|arn:aws:sts::111122223333:assumed-role/a/b|\
    AIDAEXAMPLE|é| ";
const SERVICES: &str = "s3.eu-west-1.amazonaws.com|s3|.amazonaws.com|.|eu-west-1|-|amazonaws.com|\
    cognito-identity.amazonaws.com|cognito-identity-us-gov.amazonaws.com|cognito-identity.|\
    cognito-identity.cn-north-1.amazonaws.com.cn|accounts.google.com|A|_|.cn|\
    arn:aws:iam::111122223333:saml-provider/|x";
const SUFFIXES: &str = "ec2.amazonaws.com.cn|lambda.sc2s.sgov.gov|streams.metrics.cloudwatch.amazonaws.com|ec2|.|-|amazon.com|\
    amazonaws.com|amazonaws.eu|c2s.ic.gov|sc2s.sgov.gov|adc-e.uk|csp.hci.ic.gov|.cn|.de|amazonaws.com.cn|a|A|1|_|*";
const ORIGINS: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE23456|\
    arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity |E1|e|A|*| |\
    arn:aws:iam::cloudfront:|user/|CloudFront Origin Access Identity|root|role/|:|é";
const ACCOUNT_NUMBERS: &str = "111122223333|999988887777|[111122223333]|[111122223333,\"444455556666\"]|1|0|9|-|.5|e2|[|]|,|\
    \"444455556666\"|null";
const BLOCKS: &str = "{}|[]|{|}| |null|\"\"|{\"Bool\":{}}|{\"Bool\":{\"x:b\":\"true\"}}|,";
const CANONICAL: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef|\
    0123456789abcdef0123456789abcdef|a|A|g| ";
const WORDS: &str = "2012-10-17|2008-10-17|Allow|Deny|allow|Sid|a|1|-|_| |";

/// Some pieces, and up to two changes of a character.
fn text(rng: &mut Rng, pieces: &[&str]) -> String {
    let mut text: Vec<char> = Vec::new();
    // Half of the texts begin as one piece, because some pieces are whole.
    let count = if rng.chance(50) { 1 } else { rng.below(9) };
    for _ in 0..count {
        text.extend(rng.pick(pieces).chars());
    }
    for _ in 0..rng.below(3) {
        let at = rng.below(text.len() + 1);
        let other = rng.pick(pieces).chars().next().unwrap_or(':');
        match rng.below(3) {
            0 => text.insert(at, other),
            1 if at < text.len() => text[at] = other,
            _ if at < text.len() => drop(text.remove(at)),
            _ => {}
        }
    }
    text.into_iter().collect()
}

/// The document with a text in a place. It has what its kind asks for, and not what the kind forbids, so that the text
/// decides whether it is accepted; none for a text that is no JSON where JSON has to stand.
fn document(kind: PolicyKind, changes: &str, text: &str) -> Option<Value> {
    let action = if kind == PolicyKind::Trust { "sts:AssumeRole" } else { "s3:GetObject" };
    let mut statement = Map::from_iter([
        ("Version".to_owned(), json!("2012-10-17")),
        ("Effect".to_owned(), json!("Deny")),
        ("Action".to_owned(), json!(action)),
    ]);
    if kind != PolicyKind::Trust {
        statement.insert("Resource".to_owned(), json!("*"));
    }
    if kind.has_principal() && !changes.contains("Principal") {
        let everyone = if kind == PolicyKind::Trust { json!({"AWS": "*"}) } else { json!("*") };
        statement.insert("Principal".to_owned(), everyone);
    }
    let escaped = json!(text).to_string();
    let inserted = if changes.contains("\"@\"") { &escaped[1..escaped.len() - 1] } else { text };
    let changes: Map<String, Value> = serde_json::from_str(&changes.replace('@', inserted)).ok()?;
    statement.extend(changes);
    statement.retain(|_, value| !value.is_null());
    let version = statement.remove("Version");
    Some(json!({"Version": version, "Statement": [statement]}))
}

#[test]
fn both_readers_accept_the_same_texts_in_every_place() {
    let mut rng = Rng::new(11);
    let mut differences = Vec::new();
    let mut rare = Vec::new();
    for (changes, pieces) in PLACES {
        let pieces: Vec<&str> = pieces.split('|').collect();
        let mut accepted = 0;
        for kind in PolicyKind::ALL {
            for _ in 0..texts() {
                let text = text(&mut rng, &pieces);
                let Some(document) = document(kind, changes, &text) else { continue };
                let bytes = document.to_string();
                let engine = compile_document(bytes.as_bytes(), kind, CompileOptions::default());
                let naive = naive::check(kind.name(), bytes.as_bytes(), &json!({}));
                accepted += usize::from(engine.is_ok());
                // Of several faults in one text any may be reported (R-ERR-3).
                if engine.is_ok() != naive.is_ok() {
                    let (engine, naive) = (engine.map(|_| ()), naive.map(|_| ()));
                    differences.push(format!("{kind:?}: engine {engine:?}, naive {naive:?}: {bytes}"));
                }
            }
        }
        println!("{changes}: {accepted} accepted");
        if accepted < 10 {
            rare.push(changes);
        }
    }
    let first = differences[..differences.len().min(20)].join("\n");
    assert!(differences.is_empty(), "{} differences:\n{first}", differences.len());
    assert!(rare.is_empty(), "hardly any text is accepted in {rare:?}");
}
