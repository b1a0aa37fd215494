//! `iamlet decide` with policy files: the case is put together from options.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};
use iamlet::image::principal_form::PrincipalForm;
use iamlet_cases::{Case, compile_mapped, read_line};
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::told::{PolicySource, Tells};
use crate::input::read_document;
use crate::output::complain;
use crate::policy::refusal;

/// The policies and the request. Layers without a file do not exist.
#[derive(Args)]
#[group(id = "parts", multiple = true, conflicts_with_all = ["casefile", "jsonl"])]
pub(crate) struct Parts {
    /// An identity-based policy; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    identity: Vec<PathBuf>,
    /// The permissions boundary
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    boundary: Option<PathBuf>,
    /// A session policy; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    session: Vec<PathBuf>,
    /// A service control policy and its level, from 0 at the root of the organization; may be repeated
    #[arg(long, value_name = "LEVEL=FILE", value_parser = leveled, help_heading = "Policies")]
    scp: Vec<Leveled>,
    /// A resource control policy and its level; may be repeated
    #[arg(long, value_name = "LEVEL=FILE", value_parser = leveled, help_heading = "Policies")]
    rcp: Vec<Leveled>,
    /// The resource-based policy
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    resource: Option<PathBuf>,
    /// The VPC endpoint policy
    #[arg(long, value_name = "FILE", help_heading = "Policies")]
    endpoint: Option<PathBuf>,
    /// The VPC endpoint is a gateway endpoint
    #[arg(long, requires = "endpoint", help_heading = "Policies")]
    gateway_endpoint: bool,
    /// The grammar of the service control policies [default: full]
    #[arg(long, value_name = "DIALECT", help_heading = "Policies")]
    scp_dialect: Option<Dialect>,
    /// Take a service control policy without `Version` as one of 2012-10-17
    #[arg(long, help_heading = "Policies")]
    scp_assume_2012: bool,

    /// Who asks: an ARN, `anonymous`, or JSON as in a case file: {"type":"service","service":"s3.amazonaws.com"}
    ///
    /// A role makes no requests: its sessions do. The ARN of a role stands for a session of it with the name `iamlet`.
    #[arg(long, value_name = "PRINCIPAL", required_unless_present_any = ["casefile", "jsonl"], help_heading = "Request")]
    principal: Option<String>,
    /// What is asked for, such as s3:GetObject
    #[arg(long, value_name = "ACTION", required_unless_present_any = ["casefile", "jsonl"], help_heading = "Request")]
    action: Option<String>,
    /// About which resource; if repeated, all must be allowed
    #[arg(long, value_name = "ARN", required_unless_present_any = ["casefile", "jsonl"], help_heading = "Request")]
    resource_arn: Vec<String>,
    /// The account that owns the resource, where its ARN has none [default: the principal's]
    #[arg(long, value_name = "ACCOUNT", help_heading = "Request")]
    resource_account: Option<String>,
    /// The resource belongs to the organization's management account
    #[arg(long, help_heading = "Request")]
    resource_in_management_account: bool,
    /// What kind of thing the resource is, and so of what kind its policy is [default: as action and resource tell]
    #[arg(long, value_name = "KIND", help_heading = "Request")]
    resource_kind: Option<Kind>,
    /// A value of a context key; a key that is repeated has several
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value, help_heading = "Request")]
    context: Vec<(String, String)>,
    /// A context key that is declared multivalued; may be repeated
    #[arg(long, value_name = "KEY", help_heading = "Request")]
    multivalued: Vec<String>,
}

/// A policy file at a level of the organization.
#[derive(Clone)]
struct Leveled {
    level: u8,
    path: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Dialect {
    Classic,
    Full,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Resource,
    Kms,
    Trust,
}

fn leveled(text: &str) -> Result<Leveled, String> {
    let (level, path) = text.split_once('=').ok_or("this is not LEVEL=FILE")?;
    let level = level.parse().map_err(|_| format!("`{level}` is no level"))?;
    Ok(Leveled { level, path: path.into() })
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("this is not KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// The policy files by the names that their policies have in the case.
type Files<'p> = Vec<(String, &'p Path)>;

/// The name of the session that stands for a role.
const SESSION: &str = "iamlet";

/// The answer to the request; none where a policy file is refused or cannot be read. Without a time the request is made now.
pub(crate) fn answer(parts: &Parts, time: Option<i64>, tells: Tells) -> anyhow::Result<Option<Answer>> {
    let (case, files) = parts.case(time)?;
    let mut case = Case::read(&case)?;
    let Some(sources) = read_policies(&mut case, &files)? else { return Ok(None) };
    let role = parts.principal.as_deref().filter(|text| session_of(text).is_some());
    let understood = role.map(|role| format!("session `{SESSION}` of {role}"));
    let sources = (tells != Tells::Decision).then_some(sources.as_slice());
    Ok(Some(Answer::of(case, now(), sources).with_principal(understood)))
}

/// Seconds since 1970; none where the system has no clock that knows.
fn now() -> Option<i64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(now.as_secs()).ok()
}

/// Puts the files' texts into the case, and returns what explanations call them; none where one is refused, which is
/// reported where it lies.
fn read_policies(case: &mut Case, files: &Files<'_>) -> anyhow::Result<Option<Vec<PolicySource>>> {
    let mut all_good = true;
    let mut sources = Vec::new();
    for policy in &mut case.policies {
        let Some((_, path)) = files.iter().find(|(name, _)| *name == policy.name) else {
            bail!("the policy `{}` has no file", policy.name)
        };
        policy.name = format!("{} ({})", policy.name, path.display());
        match read_document(path) {
            Ok(text) => policy.text = text,
            Err(error) => {
                complain(&error);
                all_good = false;
                continue;
            }
        }
        match compile_mapped(&policy.text, policy.kind, case.options) {
            Ok((_, map)) => sources.push(PolicySource { name: path.display().to_string(), map }),
            Err(refused) => {
                writeln!(io::stderr(), "{}", refusal(path, &refused))?;
                all_good = false;
            }
        }
    }
    Ok(all_good.then_some(sources))
}

impl Parts {
    /// The case as a case file would have it, but for the texts of the policies, and their files.
    fn case(&self, time: Option<i64>) -> anyhow::Result<(Value, Files<'_>)> {
        let mut policies = Map::new();
        let mut files = Files::new();
        for (name, paths) in [("identity", &self.identity), ("session", &self.session)] {
            let named = paths.iter().enumerate().map(|(at, path)| (format!("{name}/{at}"), path.as_path()));
            files.extend(named);
            if !paths.is_empty() {
                policies.insert(name.to_owned(), vec![""; paths.len()].into());
            }
        }
        for (name, path) in
            [("boundary", &self.boundary), ("resource", &self.resource), ("vpce", &self.endpoint)]
        {
            if let Some(path) = path {
                files.push((name.to_owned(), path));
                policies.insert(name.to_owned(), "".into());
            }
        }
        for (name, leveled) in [("scp", &self.scp), ("rcp", &self.rcp)] {
            if let Some(levels) = levels(name, leveled, &mut files)? {
                policies.insert(name.to_owned(), levels);
            }
        }
        if let Some(kind) = self.resource_kind {
            policies.insert("resource_kind".to_owned(), kind.name().into());
        }
        if self.gateway_endpoint {
            policies.insert("vpce_type".to_owned(), "gateway".into());
        }
        let mut options = Map::new();
        if let Some(dialect) = self.scp_dialect {
            options.insert("scp_dialect".to_owned(), dialect.name().into());
        }
        if self.scp_assume_2012 {
            options.insert("scp_missing_version".to_owned(), "assume_2012".into());
        }
        let case = json!({"policies": policies, "request": self.request(time)?, "options": options});
        Ok((case, files))
    }

    fn request(&self, time: Option<i64>) -> anyhow::Result<Value> {
        let mut context: Map<String, Value> = Map::new();
        for (key, value) in &self.context {
            if let Some(values) = context.entry(key.clone()).or_insert_with(|| json!([])).as_array_mut() {
                values.push(value.as_str().into());
            }
        }
        let mut request = json!({
            "principal": principal(self.principal.as_deref().unwrap_or_default())?,
            "action": self.action,
            "resource_in_management_account": self.resource_in_management_account,
            "multivalued": self.multivalued,
            "context": context,
        });
        match self.resource_arn.as_slice() {
            [one] => request["resource"] = one.as_str().into(),
            several => {
                request["resources"] = several.iter().map(|arn| json!({"arn": arn})).collect();
            }
        }
        if let Some(time) = time {
            request["time"] = time.into();
        }
        if let Some(account) = &self.resource_account {
            request["resource_account"] = account.as_str().into();
        }
        Ok(request)
    }
}

/// The levels of a layer, with an empty text for each policy; none where it has no files.
fn levels<'p>(name: &str, leveled: &'p [Leveled], files: &mut Files<'p>) -> anyhow::Result<Option<Value>> {
    let Some(highest) = leveled.iter().map(|policy| policy.level).max() else { return Ok(None) };
    let mut levels = Vec::new();
    for level in 0..=highest {
        let here = leveled.iter().filter(|policy| policy.level == level);
        let before = files.len();
        files.extend(here.enumerate().map(|(at, policy)| (format!("{name}/{level}/{at}"), &*policy.path)));
        let count = files.len() - before;
        // Such a level would deny everything, which is more likely a slip than meant.
        ensure!(
            count > 0,
            "`--{name}`: level {level} has no file; levels run from 0, the root, without a gap"
        );
        levels.push(vec![""; count]);
    }
    Ok(Some(json!(levels)))
}

/// The principal as a case file has it.
fn principal(text: &str) -> anyhow::Result<Value> {
    if text.trim_start().starts_with('{') {
        return read_line(text.as_bytes()).context("`--principal`");
    }
    Ok(session_of(text).unwrap_or_else(|| text.into()))
}

/// The session that stands for a role; none for anything but the ARN of a role.
fn session_of(role: &str) -> Option<Value> {
    if PrincipalForm::from_arn(role.as_bytes()) != Some(PrincipalForm::Role) {
        return None;
    }
    let fields: Vec<_> = role.splitn(6, ':').collect();
    let [_, partition, _, _, account, path] = <[&str; 6]>::try_from(fields).ok()?;
    let name = path.rsplit('/').next()?;
    let arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{SESSION}");
    Some(json!({"type": "role_session", "arn": arn, "role_arn": role}))
}

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Full => "full",
        }
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Kms => "kms",
            Self::Trust => "trust",
        }
    }
}
