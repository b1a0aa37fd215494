//! The first inputs of each target, made from real policies, and where a target has no use for those from numbers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use iamlet::PolicyKind;

use crate::naive::generate::Rng;
use crate::real;

/// The seeds of a target; `corpus` holds further documents, the AWS managed policies where they were fetched.
pub fn of(target: &str, corpus: &[Vec<u8>]) -> BTreeSet<Vec<u8>> {
    match target {
        "json_gate" => texts().into_iter().chain(corpus.iter().cloned()).collect(),
        "compile" => documents(corpus),
        "image" => images(),
        "wildcard" => tapes(200, 48),
        "leaf_formats" => leaves(),
        "decide_vs_naive" => {
            cases().into_iter().map(|case| [&[0], &case[..]].concat()).chain(tapes(64, 600)).collect()
        }
        "invariants" => cases().into_iter().chain(tapes(256, 1200)).collect(),
        "c_abi" => tapes(200, 400),
        _ => BTreeSet::new(),
    }
}

/// Where the kept inputs of a target are: a line of base64 each.
pub fn kept_file(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kept").join(target)
}

/// Inputs of earlier runs that reach something that no other does.
pub fn kept(target: &str) -> Vec<Vec<u8>> {
    let lines = fs::read_to_string(kept_file(target)).unwrap_or_default();
    lines.lines().map(|line| STANDARD.decode(line).expect("a line of base64")).collect()
}

/// Every document, and containers as deep as the gate allows, deeper, and not so deep.
fn texts() -> Vec<Vec<u8>> {
    let mut texts: Vec<Vec<u8>> =
        real::documents().into_iter().chain(forms()).map(|(_, text)| text).collect();
    for depth in [1, 7, 8, 9, 63, 64, 65] {
        for (open, close) in [("[", "]"), ("{\"a\":[", "]}"), ("[ {} , ", "]")] {
            let count = depth / close.len() + depth % close.len();
            texts.push([open.repeat(count), "0".to_owned(), close.repeat(count)].concat().into_bytes());
        }
    }
    texts
}

/// Forms of real documents that the cases have few of: the members of a statement but its effect.
const FORMS: [(PolicyKind, &str); 12] = [
    (
        PolicyKind::Resource,
        r#""Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE23456"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#,
    ),
    (
        PolicyKind::Resource,
        r#""Principal":{"AWS":[111122223333,"444455556666"]},"Action":"s3:*","Resource":"*""#,
    ),
    (PolicyKind::Kms, r#""Principal":{"AWS":111122223333},"Action":"kms:*","Resource":"*","Condition":{}"#),
    (
        PolicyKind::Resource,
        r#""Principal":{"Service":["s3.c2s.ic.gov","logs.sc2s.sgov.gov","a.adc-e.uk","a.csp.hci.ic.gov","a.amazonaws.eu"]},"Action":"s3:*","Resource":"*""#,
    ),
    (
        PolicyKind::Trust,
        r#""Principal":{"Service":["member.org.stacksets.cloudformation.amazonaws.com","ec2.amazonaws.com.cn","a.amazon.com"]},"Action":"sts:AssumeRole","Condition":{}"#,
    ),
    (
        PolicyKind::Trust,
        r#""Principal":{"Federated":["cognito-identity.amazonaws.com","cognito-identity-us-gov.amazonaws.com","cognito-identity.cn-north-1.amazonaws.com.cn"]},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}"#,
    ),
    (
        PolicyKind::Trust,
        r#""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/acme.eu.auth0.com/"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"acme.eu.auth0.com/:aud":"https://api.example"},"StringLike":{"acme.eu.auth0.com/:sub":"${acme.eu.auth0.com/:aud}"}}"#,
    ),
    (
        PolicyKind::Trust,
        r#""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/AB12"},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{"StringEquals":{"oidc.eks.us-east-1.amazonaws.com/id/AB12:sub":"system:serviceaccount:a:b"}}"#,
    ),
    (
        PolicyKind::Identity,
        r#""Action":"*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":["athena.amazonaws.com"]},"StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:PrincipalOrgPaths":"false"}}"#,
    ),
    (
        PolicyKind::Identity,
        r#""Action":"s3:ListAllMyBuckets","Resource":["arn:aws:s3:::*","arn:aws:sqs"],"Condition":{}"#,
    ),
    (
        PolicyKind::Identity,
        r#""Action":"kms:Decrypt","NotResource":"arn:*:kms:*:${aws:PrincipalAccount}:key/*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},"NumericLessThan":{"aws:EpochTime":"1767225600"}}"#,
    ),
    (
        PolicyKind::Vpce,
        r#""Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#,
    ),
];

/// Documents of these forms, one that allows and one that denies of each.
pub fn forms() -> impl Iterator<Item = (PolicyKind, Vec<u8>)> {
    FORMS.into_iter().flat_map(|(kind, members)| {
        ["Allow", "Deny"].map(|effect| {
            let text =
                format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}",{members}}}]}}"#);
            (kind, text.into_bytes())
        })
    })
}

/// Every document as its own kind, and those of the corpus as identity policies.
fn documents(corpus: &[Vec<u8>]) -> BTreeSet<Vec<u8>> {
    let own = real::documents()
        .into_iter()
        .chain(forms())
        .map(|(kind, text)| [&[kind as u8 - 1, 0, 128], &text[..]].concat());
    own.chain(corpus.iter().map(|text| [&[0, 0, 128], &text[..]].concat())).collect()
}

/// The policies and sets of the real cases, each with its own request, and sets with changes to come.
fn images() -> BTreeSet<Vec<u8>> {
    let mut seeds = BTreeSet::new();
    let mut rng = Rng::new(1);
    for (number, built) in real::built().iter().enumerate() {
        let [.., high, low] = number.to_be_bytes();
        let changes = bytes(&mut rng, 24);
        for (form, rest) in [(1, &built.set), (1, &built.indexed), (2, &changes), (3, &changes)] {
            seeds.insert([&[form, high, low], &rest[..]].concat());
        }
        for policy in &built.case.policies {
            let image = iamlet_cases::compile_document(&policy.text, policy.kind, built.case.options);
            seeds.extend(image.ok().map(|image| [&[0, high, low], &image[..]].concat()));
        }
    }
    seeds
}

/// The texts of the documents that could be an address, a date, a number, base64 or an ARN, in pairs.
fn leaves() -> BTreeSet<Vec<u8>> {
    let mut texts = BTreeSet::new();
    for (_, document) in real::documents().into_iter().chain(forms()) {
        for text in document.split(|byte| *byte == b'"') {
            let is_leaf = text.iter().any(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'='));
            if is_leaf && text.len() < 80 && !text.contains(&b'\n') {
                texts.insert(text.to_vec());
            }
        }
    }
    let texts: Vec<_> = texts.into_iter().collect();
    texts.windows(2).map(|pair| pair.join(&b'\n')).collect()
}

/// Tapes that make each of the real cases, without changes: see `changes::case` and `changes::mixed`.
fn cases() -> Vec<Vec<u8>> {
    (0..real::cases().len()).map(|number| [&[99], &number.to_be_bytes()[6..], &[0, 0]].concat()).collect()
}

fn bytes(rng: &mut Rng, count: usize) -> Vec<u8> {
    (0..count).map(|_| rng.bits().to_le_bytes()[0]).collect()
}

/// Numbers that look random, and are the same in every run.
fn tapes(count: usize, length: usize) -> BTreeSet<Vec<u8>> {
    let mut rng = Rng::new(7);
    (0..count).map(|_| bytes(&mut rng, length)).collect()
}
