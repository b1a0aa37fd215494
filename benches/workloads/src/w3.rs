//! The generator of w3: an organization's teams, each with a policy of ten statements, and one policy of guardrails.
//!
//! Its policies at 1,000 statements are those of `data/w3-1k.json`, one for one. Its requests are of the same kinds, and
//! the decision of each follows from how it is made.

use crate::rng::Rng;
use crate::{Expected, Layer, Policy, Request, Workload};

const ACCOUNT: &str = "111122223333";
const USERS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];
const STAGES: [&str; 3] = ["prod", "stage", "dev"];

/// A workload of this many statements (a multiple of ten, at least twenty): half of the requests allowed, three tenths
/// denied implicitly, two tenths explicitly.
#[must_use]
pub fn workload(name: &str, statements: usize, requests: usize, seed: u64) -> Workload {
    let teams = statements / 10 - 1;
    let mut rng = Rng(seed);
    let mut made: Vec<Request> = (0..requests)
        .map(|number| match number % 10 {
            0..5 => allowed(&mut rng, teams),
            5..8 => not_allowed(&mut rng, teams),
            _ => denied(&mut rng, teams),
        })
        .collect();
    rng.shuffle(&mut made);
    Workload { name: name.to_owned(), statements, policies: policies(teams), requests: made }
}

fn policies(teams: usize) -> Vec<Policy> {
    let policy = |id: String, statements: &[String]| Policy {
        id,
        layer: Layer::Identity,
        text: format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(",")),
    };
    let mut all = vec![policy("org-guardrails".to_owned(), &guardrails())];
    all.extend((0..teams).map(|team| policy(team_name(team), &team_statements(team))));
    all
}

fn team_name(team: usize) -> String {
    format!("team-{team:04}")
}

fn bucket(team: usize) -> String {
    format!("corp-data-{}", STAGES[team % STAGES.len()])
}

/// A statement's text: its elements in the order in which AWS writes them.
fn statement(sid: &str, effect: &str, action: &str, resource: &str, condition: &str) -> String {
    let sid = if sid.is_empty() { String::new() } else { format!(r#""Sid":"{sid}","#) };
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    format!(r#"{{{sid}"Effect":"{effect}",{action},"Resource":{resource}{condition}}}"#)
}

/// The text of an element: one string alone, several as a list.
fn element(name: &str, texts: &[&str]) -> String {
    match texts {
        [one] => format!(r#""{name}":"{one}""#),
        _ => format!(r#""{name}":["{}"]"#, texts.join(r#"",""#)),
    }
}

/// The text of a condition of one operator and one key.
fn condition(operator: &str, key: &str, values: &[&str]) -> String {
    format!(r#"{{"{operator}":{{"{key}":["{}"]}}}}"#, values.join(r#"",""#))
}

fn is_false(key: &str) -> String {
    format!(r#"{{"Bool":{{"{key}":"false"}}}}"#)
}

fn quoted(text: &str) -> String {
    format!(r#""{text}""#)
}

fn guardrails() -> Vec<String> {
    let actions = |texts: &[&str]| element("Action", texts);
    let exempt = ["iam:*", "sts:*", "route53:*", "cloudfront:*", "support:*", "organizations:*"];
    let regions = condition("StringNotEquals", "aws:RequestedRegion", &["us-east-1", "eu-west-1"]);
    let apps = condition("StringLike", "aws:ResourceTag/app", &["web-*-prod", "api-*-prod"]);
    let own_user = quoted(&format!("arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"));
    let secrets = quoted(&format!("arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:*"));
    let any = quoted("*");
    let trail = actions(&["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"]);
    let metrics = actions(&["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]);
    let users = actions(&["iam:CreateUser", "iam:DeleteUser", "iam:AttachUserPolicy"]);
    let list = actions(&["s3:ListAllMyBuckets", "s3:GetBucketLocation"]);
    vec![
        statement("RegionLock", "Deny", &element("NotAction", &exempt), &any, &regions),
        statement("Ec2Read", "Allow", &actions(&["ec2:Describe*"]), &any, ""),
        statement("S3List", "Allow", &list, &any, ""),
        statement("OwnPassword", "Allow", &actions(&["iam:ChangePassword"]), &own_user, ""),
        statement("KeepTrail", "Deny", &trail, &any, ""),
        statement("KeepBuckets", "Deny", &actions(&["s3:DeleteBucket"]), &quoted("arn:aws:s3:::corp-*"), ""),
        statement("Metrics", "Allow", &metrics, &any, ""),
        statement("AppSecrets", "Allow", &actions(&["secretsmanager:GetSecretValue"]), &secrets, &apps),
        statement("IamNeedsMfa", "Deny", &users, &any, &is_false("aws:MultiFactorAuthPresent")),
        statement("WhoAmI", "Allow", &actions(&["sts:GetCallerIdentity"]), &any, ""),
    ]
}

fn team_statements(team: usize) -> Vec<String> {
    let name = team_name(team);
    let bucket = bucket(team);
    let data = format!("arn:aws:s3:::{bucket}/{name}");
    let table = format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}-*");
    let tables = format!(r#"["{table}","{table}/index/*"]"#);
    let prefix = condition("StringLike", "s3:prefix", &[&format!("{name}/*")]);
    let network =
        condition("IpAddress", "aws:SourceIp", &[&format!("10.{}.0.0/16", team % 200), "192.0.2.0/24"]);
    let tag = format!(r#"{{"StringEquals":{{"aws:ResourceTag/team":"{name}"}}}}"#);
    let home = format!("arn:aws:s3:::corp-home/{name}/${{aws:username}}/*");
    let functions = format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}-*");
    let allow = |actions: &[&str], resource: &str, condition: &str| {
        statement("", "Allow", &element("Action", actions), &quoted(resource), condition)
    };
    let deny = |actions: &[&str], resource: &str, condition: &str| {
        statement("", "Deny", &element("Action", actions), &quoted(resource), condition)
    };
    let items = ["GetItem", "PutItem", "Query", "UpdateItem", "BatchGetItem", "DeleteItem"]
        .map(|action| format!("dynamodb:{action}"));
    let objects = ["s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:AbortMultipartUpload"];
    let queues = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    let instances = ["ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances"];
    let lambdas = ["lambda:InvokeFunction", "lambda:GetFunction", "lambda:UpdateFunctionCode"];
    let logs = ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:DescribeLogStreams"];
    vec![
        allow(&objects, &format!("{data}/*"), ""),
        allow(&["s3:ListBucket"], &format!("arn:aws:s3:::{bucket}"), &prefix),
        statement("", "Allow", &element("Action", &items.each_ref().map(String::as_str)), &tables, &network),
        allow(&queues, &format!("arn:aws:sqs:*:{ACCOUNT}:{name}-*"), ""),
        allow(&instances, &format!("arn:aws:ec2:*:{ACCOUNT}:instance/*"), &tag),
        allow(&lambdas, &functions, ""),
        allow(&["s3:GetObject", "s3:PutObject"], &home, ""),
        allow(&logs, &format!("arn:aws:logs:*:{ACCOUNT}:log-group:/{name}/*"), ""),
        deny(&["s3:DeleteObject", "s3:PutObject"], &format!("{data}/protected/*"), ""),
        deny(&["s3:*"], &format!("{data}/*"), &is_false("aws:SecureTransport")),
    ]
}

/// A request that nothing allows or denies by itself: in the home region, over TLS, with a second factor.
struct Draft {
    user: &'static str,
    region: &'static str,
    source: String,
    secure: &'static str,
    mfa: &'static str,
    more: Option<(&'static str, String)>,
}

impl Draft {
    fn new(rng: &mut Rng) -> Self {
        let source = format!("10.{}.{}.{}", rng.below(200), rng.below(256), 1 + rng.below(254));
        Self { user: *rng.pick(&USERS), region: "us-east-1", source, secure: "true", mfa: "true", more: None }
    }

    fn request(self, action: &str, resource: impl Into<String>, expected: Expected) -> Request {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/{}", self.user);
        let id = format!("AIDA{:X<17}", self.user.to_uppercase());
        let mut context: Vec<(String, Vec<String>)> = [
            ("aws:username", self.user),
            ("aws:userid", &id),
            ("aws:PrincipalArn", &arn),
            ("aws:PrincipalAccount", ACCOUNT),
            ("aws:PrincipalType", "User"),
            ("aws:PrincipalOrgID", "o-exampleorg1"),
            ("aws:SourceIp", &self.source),
            ("aws:SecureTransport", self.secure),
            ("aws:MultiFactorAuthPresent", self.mfa),
            ("aws:RequestedRegion", self.region),
            ("aws:CurrentTime", "2026-01-15T10:00:00Z"),
            ("aws:EpochTime", "1768471200"),
        ]
        .map(|(key, value)| (key.to_owned(), vec![value.to_owned()]))
        .into();
        context.extend(self.more.map(|(key, value)| (key.to_owned(), vec![value])));
        Request {
            principal: arn,
            action: action.to_owned(),
            resource: resource.into(),
            resource_account: ACCOUNT.to_owned(),
            context,
            expected,
        }
    }
}

fn allowed(rng: &mut Rng, teams: usize) -> Request {
    let (team, number, kind) = (rng.below(teams), rng.below(20), rng.below(9));
    let (name, bucket) = (team_name(team), bucket(team));
    let mut draft = Draft::new(rng);
    let (action, resource) = match kind {
        0 => {
            draft.source = format!("10.{}.4.{number}", team % 200);
            ("dynamodb:Query", format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}-orders"))
        }
        1 => ("ec2:DescribeInstances", "*".to_owned()),
        2 => {
            draft.more = Some(("aws:ResourceTag/team", name));
            ("ec2:StopInstances", format!("arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-{number:017x}"))
        }
        3 => ("lambda:InvokeFunction", format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}-handler")),
        4 => ("s3:GetObject", format!("arn:aws:s3:::{bucket}/{name}/2026/01/{number:05}.parquet")),
        5 => {
            draft.more = Some(("s3:prefix", format!("{name}/2026/")));
            ("s3:ListBucket", format!("arn:aws:s3:::{bucket}"))
        }
        6 => ("s3:PutObject", format!("arn:aws:s3:::corp-home/{name}/{}/notes-{number}.md", draft.user)),
        7 => {
            draft.more = Some(("aws:ResourceTag/app", "web-shop-prod".to_owned()));
            let secret = format!("arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:db-{number}-AbCdEf");
            ("secretsmanager:GetSecretValue", secret)
        }
        _ => {
            draft.region = "eu-west-1";
            ("sqs:SendMessage", format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}-jobs"))
        }
    };
    draft.request(action, resource, Expected::Allow)
}

fn not_allowed(rng: &mut Rng, teams: usize) -> Request {
    let (team, number, kind) = (rng.below(teams), rng.below(20), rng.below(6));
    let name = team_name(team);
    let mut draft = Draft::new(rng);
    let (action, resource) = match kind {
        0 => {
            draft.source = format!("203.0.113.{number}");
            ("dynamodb:Query", format!("arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{name}-orders"))
        }
        1 => {
            draft.more = Some(("aws:ResourceTag/team", "team-none".to_owned()));
            ("ec2:StartInstances", format!("arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-{number:017x}"))
        }
        2 => {
            ("lambda:InvokeFunction", format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:nobody-{number}"))
        }
        // The team's folder in the bucket of another stage.
        3 => ("s3:GetObject", format!("arn:aws:s3:::{}/{name}/2026/{number}.parquet", bucket(team + 1))),
        4 => {
            let other = USERS.iter().position(|user| *user == draft.user).unwrap_or(0) + 1;
            let other = USERS[other % USERS.len()];
            ("s3:PutObject", format!("arn:aws:s3:::corp-home/{name}/{other}/notes-{number}.md"))
        }
        _ => ("sqs:PurgeQueue", format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{name}-jobs")),
    };
    draft.request(action, resource, Expected::ImplicitDeny)
}

fn denied(rng: &mut Rng, teams: usize) -> Request {
    let (team, number, kind) = (rng.below(teams), rng.below(20), rng.below(5));
    let (name, bucket) = (team_name(team), bucket(team));
    let mut draft = Draft::new(rng);
    let (action, resource) = match kind {
        0 => {
            draft.mfa = "false";
            ("iam:CreateUser", format!("arn:aws:iam::{ACCOUNT}:user/new-{number}"))
        }
        1 => ("s3:DeleteBucket", format!("arn:aws:s3:::{bucket}")),
        2 => {
            draft.secure = "false";
            ("s3:GetObject", format!("arn:aws:s3:::{bucket}/{name}/2026/{number}.parquet"))
        }
        3 => ("s3:PutObject", format!("arn:aws:s3:::{bucket}/{name}/protected/{number}.key")),
        _ => {
            draft.region = "ap-south-1";
            ("sqs:SendMessage", format!("arn:aws:sqs:ap-south-1:{ACCOUNT}:{name}-jobs"))
        }
    };
    draft.request(action, resource, Expected::ExplicitDeny)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::workload;
    use crate::{Expected, Request, load};

    #[test]
    fn the_policies_are_those_of_the_file() {
        let (file, made) = (load("w3-1k"), workload("w3-1k", 1_000, 200, 3));
        assert_eq!(file.policies.len(), made.policies.len());
        for (ours, theirs) in made.policies.iter().zip(&file.policies) {
            assert_eq!((&ours.id, &ours.text), (&theirs.id, &theirs.text));
        }
    }

    #[test]
    fn the_requests_are_of_the_kinds_of_the_file() {
        let kinds = |requests: &[Request]| -> BTreeSet<(String, String)> {
            requests
                .iter()
                .map(|request| (format!("{:?}", request.expected), request.action.clone()))
                .collect()
        };
        let (file, made) = (load("w3-1k"), workload("w3-1k", 1_000, 1_000, 3));
        assert_eq!(kinds(&made.requests), kinds(&file.requests));
        let count = |expected| made.requests.iter().filter(|request| request.expected == expected).count();
        assert_eq!(count(Expected::Allow), 500);
        assert_eq!(count(Expected::ImplicitDeny), 300);
        assert_eq!(count(Expected::ExplicitDeny), 200);
    }
}
