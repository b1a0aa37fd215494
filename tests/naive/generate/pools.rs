//! Texts that requests and policies are made of.

/// The account of most principals and resources.
pub const A1: &str = "111122223333";
/// The other account.
pub const A9: &str = "999988887777";
/// A canonical id.
pub const CANONICAL: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

/// An origin's identity, behind the partition.
pub const ORIGIN: &str = "iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE23456";

/// Keys that conditions use, by operator family; the last ones of some lists are derived by the engine.
pub const KEYS: [(&str, &[&str]); 7] = [
    (
        "String",
        &[
            "x:k",
            "x:j",
            "s3:prefix",
            "aws:RequestedRegion",
            "aws:PrincipalTag/team",
            "aws:ResourceTag/Team",
            "aws:TagKeys",
            "aws:CalledVia",
            "aws:SourceOrgPaths",
            "acme.eu.auth0.com/:aud",
            "aws:SourceVpc",
            "aws:PrincipalOrgID",
            "kms:EncryptionContext:Dept",
            "oidc.example.com/id/AB12:sub",
            "aws:username",
            "aws:PrincipalAccount",
            "aws:PrincipalType",
            "aws:userid",
            "aws:PrincipalServiceName",
        ],
    ),
    ("Numeric", &["x:n", "x:count", "s3:max-keys", "aws:MultiFactorAuthAge"]),
    ("Date", &["aws:CurrentTime", "aws:TokenIssueTime", "aws:EpochTime"]),
    ("Bool", &["aws:SecureTransport", "aws:MultiFactorAuthPresent", "x:b", "aws:PrincipalIsAWSService"]),
    ("Binary", &["x:bin", "x:bin2"]),
    ("Ip", &["aws:SourceIp", "aws:VpcSourceIp"]),
    ("Arn", &["aws:SourceArn", "x:arn", "aws:PrincipalArn"]),
];

/// Request values by family, those that do not parse included.
pub fn values(family: &str) -> &'static [&'static str] {
    match family {
        "Numeric" => &[
            "5",
            "5.0",
            "-3",
            "7.25",
            "+5",
            "0005",
            "9007199254740992",
            "9007199254740993",
            "99999999999999999999",
            "abc",
            "1e3",
            "5 ",
            ".5",
            "100000000000000000000",
            "",
        ],
        "Date" => &[
            "2026-01-01T00:00:00Z",
            "2026-01-01",
            "2026-01",
            "2026",
            "1767225600",
            "2025-12-31T23:59:59.999999999Z",
            "2026-01-01T02:00:00+02:00",
            "2025-12-31T19:30:00.000-04:30",
            "2024-02-29T00:00Z",
            "-1",
            "2026-02-29",
            "yesterday",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
            "",
        ],
        "Bool" => &["true", "false", "TRUE", "False", "no", "1", ""],
        "Binary" => &["QQ==", "QUI=", "QUJD", "QUJDRA==", "QUI", "Q", "QU=I", "Q*==", ""],
        "Ip" => &[
            "203.0.113.7",
            "203.0.113.200",
            "198.51.100.9",
            "2001:db8::1",
            "2001:DB8:0:0::2",
            "::ffff:203.0.113.9",
            "::ffff:c633:6409",
            "::1",
            "203.0.113.010",
            "203.0.113.0/24",
            "fe80::1%eth0",
            "203.0.113",
            "",
        ],
        "Arn" => &[
            "arn:aws:sns:us-east-1:111122223333:t-1",
            "arn:aws:sns:eu-west-1:999988887777:t-1",
            "arn:aws:sns:us-east-1:111122223333:t:sub",
            "arn:aws:sns:us-east-1:999988887777:store/abc:111122223333:t-1",
            "arn:aws:sns:us-east-1:111122223333:T-1",
            "arn:aws:s3:::b",
            "arn:aws:sns:us-east-1",
            "not-an-arn",
            "",
        ],
        _ => &[
            "v",
            "V",
            "w",
            "vw",
            "red",
            "alice",
            "a*c",
            "a?c",
            "abc",
            "abcdefgh",
            "reports/alice",
            "eu-west-1",
            "é",
            "É",
            "Équipe",
            "équipe",
            "equipe",
            "5",
            "true",
            "${aws:username}",
            "111122223333",
            "",
        ],
    }
}
