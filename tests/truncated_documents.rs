//! Policies cut at every byte: each piece is refused, and the place that the error names is in the piece.
//!
//! The policies are written as customers write them, with indentation, escapes, characters of up to four bytes, CR LF
//! line ends and every element of the language, so that the cuts fall into every state of the reader.

use iamlet::parse::{compile, write_pointer};
use iamlet::{CompileError, CompileOptions, Fault, PolicyKind, SmallScratch};

const POLICIES: [(PolicyKind, &str); 10] = [
    (
        PolicyKind::Identity,
        r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ListTheBucket",
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": "arn:aws:s3:::amzn-s3-demo-bucket",
            "Condition": {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/*"]}}
        },
        {
            "Sid": "OwnFolder",
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::amzn-s3-demo-bucket/home/${aws:username}/*"
        }
    ]
}"#,
    ),
    (
        PolicyKind::Identity,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:GetSessionToken"],"NotResource":"arn:aws:iam::*:user/${aws:username, 'nobody'}","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":false},"NumericGreaterThan":{"aws:MultiFactorAuthAge":[3600,-7.25]}}}]}"#,
    ),
    (
        PolicyKind::InlineRole,
        "{\r\n\t\"Statement\": {\r\n\t\t\"Effect\": \"Allow\",\r\n\t\t\"Action\": \"dynamodb:Get\\u002a\",\r\n\t\t\"Resource\": \"arn:aws:dynamodb:eu-west-1:111122223333:table/caf\\u00e9-\\ud83d\\ude00\"\r\n\t}\r\n}",
    ),
    (
        PolicyKind::Boundary,
        r#"{
  "Version": "2012-10-17",
  "Id": "boundary of \"developers\"",
  "Statement": [
    {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:?unInstances"], "Resource": "*",
     "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
                   "IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::/32"]}}}
  ]
}"#,
    ),
    (
        PolicyKind::Session,
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-2:111122223333:orders","Condition":{"Null":{"aws:TokenIssueTime":"false"}}}]}"#,
    ),
    (
        PolicyKind::Resource,
        r#"{
    "Version": "2008-10-17",
    "Statement": [{
        "Sid": "réseau – nur intern 内部 🦀",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::übung", "arn:aws:s3:::übung/*"],
        "Condition": {"ForAllValues:StringNotEquals": {"aws:PrincipalOrgPaths": ["o-a1b2c3/r-ab12/ou-ab12-11111111/"]}}
    }, {
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::444455556666:root", "777788889999"],
                      "Service": "cloudtrail.amazonaws.com",
                      "CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::übung/logs/*"
    }]
}"#,
    ),
    (
        PolicyKind::Kms,
        r#"{"Id":"key-policy","Version":"2012-10-17","Statement":[{"Sid":"Enable IAM policies","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/service/App"},"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"},"BinaryEquals":{"a:b":"QmluYXJ5"}}}]}"#,
    ),
    (
        PolicyKind::Trust,
        r#"{
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                          "StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo\/*:ref:refs\/heads\/main"}}
        }
    }"#,
    ),
    (
        PolicyKind::ScpFull,
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"DenyOutside","Effect":"Deny","NotAction":["iam:*","organizations:*","route53:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-central-1","eu-west-1"]},"ArnNotLike":{"aws:PrincipalARN":["arn:aws:iam::*:role/Admin","arn:aws:iam::*:role/Break*"]}}},{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        PolicyKind::Vpce,
        r#"{ "Statement": [ { "Action": "*", "Effect": "Allow", "Resource": "*", "Principal": "*",
 "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "${aws:PrincipalOrgID}" } } } ],
 "Version": "2012-10-17" }"#,
    ),
];

/// Compiles into memory that suffices.
fn attempt(kind: PolicyKind, text: &[u8]) -> Result<usize, CompileError> {
    let mut out = [0; 4096];
    compile(text, kind, CompileOptions::default(), &mut SmallScratch::new(), &mut out)
}

/// Line and column of `offset`, counted another way: by lines and characters of the text in front of it.
fn place(text: &[u8], offset: usize) -> (u32, u32) {
    let before = std::str::from_utf8(&text[..offset]).expect("errors stand between characters");
    let last = before.rsplit('\n').next().expect("a line");
    let number = |count: usize| u32::try_from(count).expect("small");
    (number(before.matches('\n').count() + 1), number(last.chars().count() + 1))
}

/// What must hold for a refused text, whatever is wrong with it.
#[track_caller]
fn check(kind: PolicyKind, text: &[u8]) -> Fault {
    let about = || String::from_utf8_lossy(text).into_owned();
    let error = match attempt(kind, text) {
        Err(CompileError::Refused(error)) => error,
        other => panic!("{other:?} for a piece: {}", about()),
    };
    let offset = error.offset as usize;
    assert!(offset <= text.len(), "{error:?} for {}", about());
    assert_eq!((error.line, error.column), place(text, offset), "{error:?} for {}", about());
    let mut pointer = String::new();
    write_pointer(text, &error, &mut |piece| pointer.push_str(piece));
    assert_eq!(error.pool, None, "a piece of a small document is small");
    assert_eq!(error.missing.is_some(), error.fault == Fault::MissingElement);
    if !error.located {
        assert_eq!(pointer, "", "{error:?} for {}", about());
    }
    error.fault
}

#[test]
fn the_whole_policies_compile() {
    for (kind, text) in POLICIES {
        attempt(kind, text.as_bytes()).unwrap_or_else(|error| panic!("{error} in {text}"));
        assert!(text.len() > 150 && text.trim().len() == text.len(), "{text}");
    }
}

#[test]
fn a_policy_without_its_end_is_refused_at_its_end() {
    for (kind, text) in POLICIES {
        for cut in 0..text.len() {
            let piece = &text.as_bytes()[..cut];
            let fault = check(kind, piece);
            if text.is_char_boundary(cut) {
                assert_eq!(fault, Fault::JsonSyntax, "{}", &text[..cut]);
            } else {
                assert_eq!(fault, Fault::Encoding, "{}", String::from_utf8_lossy(piece));
            }
        }
    }
}

#[test]
fn a_policy_without_its_beginning_is_refused() {
    for (kind, text) in POLICIES {
        // An inner object may be a good JSON text with something behind it; none is a policy.
        for cut in 1..text.len() {
            let fault = check(kind, &text.as_bytes()[cut..]);
            if !text.is_char_boundary(cut) {
                assert_eq!(fault, Fault::Encoding, "cut at {cut}: {text}");
            }
        }
    }
}

#[test]
fn a_policy_that_lacks_one_byte_of_its_json_structure_is_refused() {
    for (kind, text) in POLICIES {
        for (at, byte) in
            text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'{' | b'}' | b'[' | b']'))
        {
            // Brackets inside strings are text.
            let quotes = text[..at].matches('"').count() - text[..at].matches("\\\"").count();
            if quotes % 2 == 1 {
                continue;
            }
            let mut piece = text.as_bytes().to_vec();
            piece.remove(at);
            let fault = check(kind, &piece);
            assert!(
                matches!(fault, Fault::JsonSyntax | Fault::JsonTrailing),
                "{fault:?} without the `{}` at {at}: {text}",
                char::from(byte)
            );
        }
    }
}

#[test]
fn a_policy_with_a_nul_at_any_place_is_refused() {
    for (kind, text) in POLICIES {
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let mut longer = text.as_bytes().to_vec();
            longer.insert(at, 0);
            let fault = check(kind, &longer);
            let expected = if at == text.len() { Fault::JsonTrailing } else { Fault::JsonSyntax };
            assert_eq!(fault, expected, "a NUL at {at}: {text}");
        }
    }
}

#[test]
fn the_offset_of_a_cut_inside_a_character_is_where_the_character_begins() {
    let (kind, text) = POLICIES[5];
    let crab = text.find('🦀').expect("a crab");
    for cut in 1..4 {
        let piece = &text.as_bytes()[..crab + cut];
        match attempt(kind, piece) {
            Err(CompileError::Refused(error)) => assert_eq!(error.offset as usize, crab, "{error:?}"),
            other => panic!("{other:?}"),
        }
    }
}
