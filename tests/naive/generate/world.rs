//! The facts of one request, from which its policies are made.

use super::super::principal;
use super::super::request::{self, Values};
use super::super::variables::Context;
use super::Rng;
use super::pools::{A1, A9, CANONICAL, KEYS, ORIGIN, values};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One request before it is written down.
pub struct World {
    /// Type of the principal.
    pub kind: String,
    pub arn: String,
    /// Empty for principals of no account.
    pub account: String,
    /// Partition of the principal and of the resources.
    pub partition: String,
    pub role_arn: String,
    pub user_arn: String,
    pub service: String,
    pub provider: String,
    pub canonical: String,
    pub unique_id: String,
    /// The principal as the case states it.
    pub principal: Value,
    pub action: String,
    pub resources: Vec<String>,
    /// Owner of the resources.
    pub owner: String,
    pub resource_kind: String,
    /// The context as stated, one spelling per key.
    pub stated: BTreeMap<String, Vec<String>>,
    pub declared: Vec<String>,
    /// The context as the engine sees it.
    pub context: Context,
}

impl World {
    pub fn new(rng: &mut Rng) -> World {
        let mut world = World {
            kind: String::new(),
            arn: String::new(),
            account: String::new(),
            partition: String::new(),
            role_arn: String::new(),
            user_arn: String::new(),
            service: String::new(),
            provider: String::new(),
            canonical: String::new(),
            unique_id: String::new(),
            principal: Value::Null,
            action: String::new(),
            resources: Vec::new(),
            owner: String::new(),
            resource_kind: String::new(),
            stated: BTreeMap::new(),
            declared: Vec::new(),
            context: Context::default(),
        };
        world.choose_principal(rng);
        world.choose_target(rng);
        world.choose_context(rng);
        world
    }

    /// Whether principal and resource are in different accounts.
    pub fn is_cross(&self) -> bool {
        !self.account.is_empty() && self.account != self.owner
    }

    /// Whether the resources are of several kinds (R-RES-15).
    pub fn is_mixed(&self) -> bool {
        self.resources.iter().any(|resource| request::kind(&self.action, resource) != self.resource_kind)
    }

    /// Whether the principal is an origin's identity.
    pub fn is_origin(&self) -> bool {
        self.arn.ends_with(ORIGIN)
    }

    fn choose_principal(&mut self, rng: &mut Rng) {
        let account = if rng.chance(80) { A1 } else { A9 };
        self.partition = if rng.chance(95) { "aws" } else { "aws-cn" }.to_string();
        let p = self.partition.clone();
        let user = rng.text(&["alice", "alice", "alice", "Alice", "bob", "team/alice", "al*ce"]);
        self.kind = match rng.below(100) {
            0..=37 => "user",
            38..=59 => "role_session",
            60..=69 => "federated_user",
            70..=77 => "root",
            78..=85 => "service",
            86..=88 => "saml",
            89..=91 => "oidc",
            _ => "anonymous",
        }
        .to_string();
        let mut facts = json!({"type": self.kind});
        match self.kind.as_str() {
            "user" => {
                self.arn = format!("arn:{p}:iam::{account}:user/{user}");
                if rng.chance(7) {
                    self.arn = format!("arn:{p}:{ORIGIN}");
                }
                if rng.chance(25) {
                    self.unique_id = rng.text(&["AIDAEXAMPLEEXAMPLE12", "AIDAEXAMPLEEXAMPLE34"]);
                }
            }
            "role_session" => {
                let name = rng.text(&["App", "App", "App", "app", "App2"]);
                let linked = rng.chance(10);
                let path = if linked {
                    "aws-service-role/x.amazonaws.com/".to_string()
                } else {
                    rng.text(&["", "", "team/"])
                };
                let session = rng.text(&["s1", "s1", "s2"]);
                self.arn = format!("arn:{p}:sts::{account}:assumed-role/{name}/{session}");
                self.role_arn = format!("arn:{p}:iam::{account}:role/{path}{name}");
                if rng.chance(25) {
                    self.unique_id = rng.text(&["AROAEXAMPLEEXAMPLE12", "AROAEXAMPLEEXAMPLE34"]);
                }
                if rng.chance(if linked { 50 } else { 8 }) {
                    facts["service_linked_role"] = json!(linked);
                }
            }
            "federated_user" => {
                self.arn = format!("arn:{p}:sts::{account}:federated-user/{}", rng.text(&["fay", "Fay"]));
                match rng.below(100) {
                    0..=64 => self.user_arn = format!("arn:{p}:iam::{account}:user/{user}"),
                    65..=81 => self.user_arn = format!("arn:{p}:iam::{account}:root"),
                    _ => {}
                }
            }
            "root" => self.arn = format!("arn:{p}:iam::{account}:root"),
            "service" => {
                self.service = rng.text(&[
                    "logs.amazonaws.com",
                    "s3.amazonaws.com",
                    "s3.ap-east-1.amazonaws.com",
                    "streams.metrics.cloudwatch.amazonaws.com",
                    "ec2.amazonaws.com.cn",
                    "alexa-connectedhome.amazon.com",
                ]);
                facts["service"] = json!(self.service);
            }
            "saml" => {
                self.provider =
                    format!("arn:{p}:iam::{account}:saml-provider/{}", rng.text(&["Corp", "corp"]));
            }
            "oidc" => {
                let own = format!("arn:{p}:iam::{account}:oidc-provider/token.actions.githubusercontent.com");
                let slash = format!("arn:{p}:iam::{account}:oidc-provider/acme.eu.auth0.com/");
                self.provider = rng.text(&[
                    own.as_str(),
                    slash.as_str(),
                    "accounts.google.com",
                    "www.amazon.com",
                    "cognito-identity-us-gov.amazonaws.com",
                    "cognito-identity.eu-west-1.amazonaws.com",
                ]);
            }
            _ => {}
        }
        if !self.arn.is_empty() {
            facts["arn"] = json!(self.arn);
            if rng.chance(30) {
                self.canonical = CANONICAL.to_string();
            }
        }
        if !self.arn.is_empty() && !self.is_origin() {
            self.account = account.to_string();
            if rng.chance(6) {
                facts["management_account"] = json!(rng.chance(80));
            }
            if rng.chance(20) {
                facts["account"] = json!(account);
            }
        }
        let texts = [
            ("role_arn", &self.role_arn),
            ("user_arn", &self.user_arn),
            ("provider", &self.provider),
            ("canonical", &self.canonical),
            ("unique_id", &self.unique_id),
        ];
        for (name, text) in texts {
            if !text.is_empty() {
                facts[name] = json!(text);
            }
        }
        self.principal = facts;
        // The short form says the same where nothing but type and ARN is known.
        if self.principal.as_object().is_some_and(|facts| facts.len() <= 2) && rng.chance(60) {
            match self.kind.as_str() {
                "user" | "root" | "federated_user" => self.principal = json!(self.arn),
                "anonymous" => self.principal = json!("anonymous"),
                _ => {}
            }
        }
    }

    fn choose_target(&mut self, rng: &mut Rng) {
        let federated = matches!(self.kind.as_str(), "saml" | "oidc");
        self.resource_kind = match rng.below(100) {
            _ if federated => "trust",
            0..=13 => "trust",
            14..=29 => "kms",
            _ => "resource",
        }
        .to_string();
        self.owner = match (self.account.as_str(), rng.chance(70)) {
            (A9, true) | (A1, false) => A9,
            _ => A1,
        }
        .to_string();
        // R-PRIN-17: a provider is of the role's account.
        if self.provider.starts_with("arn:") {
            self.owner = self.provider.split(':').nth(4).expect("an account").to_string();
        }
        let service = match self.resource_kind.as_str() {
            "trust" => "sts",
            "kms" => "kms",
            _ => *rng.pick(&["s3", "s3", "s3", "s3", "sqs", "ec2", "iam", "kms"]),
        };
        self.action = self.choose_action(rng, service);
        let count = if rng.chance(86) { 1 } else { 2 + rng.below(2) };
        for _ in 0..count {
            let resource = self.resource(rng, service);
            self.resources.push(resource);
        }
        match rng.below(100) {
            // R-EVAL-23: the root user and the policy of its bucket.
            0..=29 if self.kind == "root" && service == "s3" => {
                self.action =
                    rng.text(&["s3:GetBucketPolicy", "s3:putbucketpolicy", "S3:DeleteBucketPolicy"]);
                self.owner.clone_from(&self.account);
                self.resources = vec![format!("arn:{}:s3:::b", self.partition)];
            }
            30..=32 if !federated => {
                self.action = "sts:GetCallerIdentity".to_string();
                self.resources = vec!["*".to_string()];
                self.resource_kind = "resource".to_string();
            }
            // R-RES-15: a key beside ordinary resources.
            33..=40 if count > 1 && self.resource_kind == "resource" => {
                self.resources.push(self.resource(rng, "key"));
            }
            _ => {}
        }
    }

    fn choose_action(&self, rng: &mut Rng, service: &str) -> String {
        match service {
            "s3" => rng.text(&[
                "s3:GetObject",
                "s3:GetObject",
                "s3:PutObject",
                "s3:ListBucket",
                "s3-object-lambda:GetObject",
            ]),
            "sqs" => rng.text(&["sqs:SendMessage", "sqs:sendmessage"]),
            "ec2" => rng.text(&["ec2:RunInstances", "ec2:StopInstances"]),
            "iam" => rng.text(&["iam:GetUser", "iam:ListAccessKeys", "iam:GetRole"]),
            "kms" => rng.text(&["kms:Decrypt", "kms:Decrypt", "kms:RetireGrant", "kms:retiregrant"]),
            _ => match self.kind.as_str() {
                "saml" | "oidc" if rng.chance(20) => rng.text(&["sts:TagSession", "sts:SetSourceIdentity"]),
                "saml" => "sts:AssumeRoleWithSAML".to_string(),
                "oidc" => rng.text(&["sts:AssumeRoleWithWebIdentity", "sts:assumerolewithwebidentity"]),
                _ if rng.chance(10) => rng.text(&["sts:AssumeRoleWithSAML", "sts:tagsession"]),
                _ => "sts:AssumeRole".to_string(),
            },
        }
    }

    /// A resource of the service, owned by the owner.
    fn resource(&self, rng: &mut Rng, service: &str) -> String {
        let owner = &self.owner;
        let p = &self.partition;
        if self.resource_kind == "resource" && service != "key" && rng.chance(9) {
            return "*".to_string();
        }
        match service {
            "s3" => format!(
                "arn:{p}:s3:::{}",
                rng.pick(&[
                    "b/k",
                    "b/k",
                    "b/alice/x",
                    "b/al*ce/x",
                    "b/*/x",
                    "b/${aws:username}/x",
                    "b/a:c",
                    "b-red",
                    "b/é",
                    "",
                ])
            ),
            "sqs" => format!("arn:{p}:sqs:{}:{owner}:q", rng.pick(&["us-east-1", "eu-west-1"])),
            "ec2" => match rng.below(3) {
                0 => format!("arn:{p}:ec2:us-east-1:{owner}:store/abc:{A1}:instance/i-1"),
                1 => format!("arn:{p}:ec2:us-east-1::image/ami-1"),
                _ => format!("arn:{p}:ec2:us-east-1:{owner}:instance/i-1"),
            },
            "kms" if self.resource_kind == "resource" => format!("arn:{p}:kms:us-east-1:{owner}:alias/a"),
            "kms" | "key" => format!("arn:{p}:kms:us-east-1:{owner}:key/{}", rng.pick(&["k1", "K1"])),
            "iam" => {
                format!("arn:{p}:iam::{owner}:{}", rng.pick(&["user/alice", "user/Alice", "role/App"]))
            }
            _ if self.kind == "service" && rng.chance(35) => {
                format!("arn:{p}:iam::{owner}:role/aws-service-role/logs.amazonaws.com/AWSServiceRoleForLogs")
            }
            _ => format!("arn:{p}:iam::{owner}:role/{}", rng.pick(&["App", "team/App"])),
        }
    }

    fn choose_context(&mut self, rng: &mut Rng) {
        for (family, keys) in KEYS {
            for _ in 0..2 {
                if rng.chance(55) {
                    let key = rng.text(keys);
                    let list = Self::value_list(rng, family);
                    self.stated.insert(key, list);
                }
            }
        }
        // Keys that resource patterns name as variables.
        if self.action.starts_with("s3:") {
            let lists: [&[&str]; 7] =
                [&["alice"], &["al*ce"], &[""], &["*"], &["red"], &["alice", "red"], &["red", ""]];
            for key in ["x:k", "aws:PrincipalTag/team"] {
                if rng.chance(45) {
                    let list = rng.pick(&lists).iter().map(|text| (*text).to_string()).collect();
                    self.stated.insert(key.to_string(), list);
                }
            }
        }
        let caller = principal::read(&self.principal).expect("a well-formed principal");
        let all_derived = caller.derived();
        for (key, derived) in &all_derived {
            // Derived keys are stated only if they agree.
            self.stated.retain(|stated, _| !stated.eq_ignore_ascii_case(key));
            if let Some(derived) = derived
                && rng.chance(6)
            {
                let list = if rng.chance(15) { Vec::new() } else { vec![derived.clone()] };
                self.stated.insert((*key).to_string(), list);
            }
        }
        for key in self.stated.keys() {
            let derived = all_derived.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
            if !derived && rng.chance(if key == "aws:TagKeys" { 30 } else { 4 }) {
                self.declared.push(key.clone());
            }
        }
        let mut values = Values::new();
        for (key, list) in &self.stated {
            values.entry(key.to_ascii_lowercase()).or_default().extend(list.clone());
        }
        let declared = self.declared.iter().map(|key| key.to_ascii_lowercase()).collect();
        self.context = request::seen(values, declared, &caller).expect("no contradiction");
    }

    /// Values for a key of that family.
    pub fn value_list(rng: &mut Rng, family: &str) -> Vec<String> {
        let pool = values(family);
        match rng.below(100) {
            0..=3 => Vec::new(),
            4..=11 => vec![String::new()],
            12..=14 => vec![String::new(), String::new()],
            15..=34 => (0..2 + rng.below(2)).map(|_| rng.text(pool)).collect(),
            _ => vec![rng.text(pool)],
        }
    }
}
