//! The calling principal and what the Principal elements say about it (section 5).

use super::syntax::{is_account, is_origin_identity, is_partition, is_service_linked};
use super::{Truth, reach};
use serde_json::Value;

/// One value of a Principal or NotPrincipal element.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// The string `"*"`.
    Everyone,
    /// A value of `AWS`.
    Aws(String),
    /// A value of `Service`.
    Service(String),
    /// A value of `Federated`.
    Federated(String),
    /// A value of `CanonicalUser`.
    Canonical(String),
}

/// How a principal was named (section 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Through a wildcard.
    Wild,
    /// Through its account.
    Account,
    /// By itself.
    Direct,
    /// A session through its role.
    Role,
    /// A federated session through its user.
    Parent,
}

/// The caller (R-PRIN-1, R-PRIN-2). Texts that a type does not have are empty.
#[derive(Clone, Debug, Default)]
pub struct Principal {
    /// `user`, `role_session`, `federated_user`, `root`, `service`, `saml`, `oidc` or `anonymous`.
    pub kind: String,
    /// The principal's own ARN.
    pub arn: String,
    /// The principal's account.
    pub account: String,
    /// The role of a role session.
    pub role_arn: String,
    /// The user of a federated user.
    pub user_arn: String,
    /// A service's name.
    pub service: String,
    /// A federated principal's provider.
    pub provider: String,
    /// The account's canonical id.
    pub canonical: String,
    /// The unique id of the user or role.
    pub unique_id: String,
    /// Whether the account is the management account (R-EVAL-2).
    pub management_account: bool,
    /// Whether the caller is a session of a service-linked role, by the role's path (R-PRIN-17).
    pub service_linked_role: bool,
}

/// The parts of a principal ARN.
struct Parsed {
    kind: &'static str,
    partition: String,
    account: String,
    /// What follows the type in the sixth field.
    name: String,
}

/// Six fields, a partition, a 12-digit account, and a sixth field that tells the type.
fn parse_arn(arn: &str) -> Option<Parsed> {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    if fields.len() < 6 || fields[0] != "arn" || !is_partition(fields[1]) {
        return None;
    }
    if !fields[3].is_empty() || !is_account(fields[4]) {
        return None;
    }
    let (kind, name) = if fields[2] == "iam" && fields[5] == "root" {
        ("root", "")
    } else {
        let (front, name) = fields[5].split_once('/')?;
        if name.split('/').any(str::is_empty) {
            return None;
        }
        let slashes = name.matches('/').count();
        match (fields[2], front, slashes) {
            ("iam", "user", _) => ("user", name),
            ("iam", "role", _) => ("role", name),
            ("sts", "assumed-role", 1) => ("role_session", name),
            ("sts", "federated-user", 0) => ("federated_user", name),
            _ => return None,
        }
    };
    Some(Parsed {
        kind,
        partition: fields[1].to_string(),
        account: fields[4].to_string(),
        name: name.to_string(),
    })
}

fn last_segment(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The principal of a request; `None` if it is malformed (R-GEN-3, R-PRIN-3).
pub fn read(value: &Value) -> Option<Principal> {
    if let Some(text) = value.as_str() {
        if text == "anonymous" {
            return Some(Principal { kind: text.to_string(), ..Principal::default() });
        }
        let kind = if is_origin_identity(text) { "user" } else { parse_arn(text)?.kind };
        let principal = Principal { kind: kind.to_string(), arn: text.to_string(), ..Principal::default() };
        return complete(principal, None);
    }
    let members = value.as_object()?;
    let text = |name: &str| match members.get(name) {
        None => Some(String::new()),
        Some(value) => value.as_str().map(str::to_string),
    };
    let flag = |name: &str| match members.get(name) {
        None => Some(None),
        Some(value) => value.as_bool().map(Some),
    };
    let principal = Principal {
        kind: text("type")?,
        arn: text("arn")?,
        account: text("account")?,
        role_arn: text("role_arn")?,
        user_arn: text("user_arn")?,
        service: text("service")?,
        provider: text("provider")?,
        canonical: text("canonical")?,
        unique_id: text("unique_id")?,
        management_account: flag("management_account")?.unwrap_or(false),
        service_linked_role: false,
    };
    complete(principal, flag("service_linked_role")?)
}

/// Checks the facts against one another; `flag` is whether the caller says that the role is service-linked.
fn complete(mut principal: Principal, flag: Option<bool>) -> Option<Principal> {
    // R-PRIN-17: the path of the role decides, and no other principal is service-linked.
    let linked = principal.kind == "role_session" && is_service_linked(&principal.role_arn);
    if flag.is_some_and(|flag| flag != linked) {
        reach("R-PRIN-17", "flag contradicts the path");
        return None;
    }
    if linked {
        let way = if flag.is_some() { "service-linked, flag" } else { "service-linked, no flag" };
        reach("R-PRIN-17", way);
    }
    principal.service_linked_role = linked;
    match principal.kind.as_str() {
        "anonymous" => return Some(principal),
        "service" => return if principal.service.is_empty() { None } else { Some(principal) },
        "saml" | "oidc" => return if principal.provider.is_empty() { None } else { Some(principal) },
        "user" | "role_session" | "federated_user" | "root" => {}
        _ => return None,
    }
    // R-PRIN-5: an origin's identity is written as a user, and has no account.
    if principal.kind == "user" && is_origin_identity(&principal.arn) {
        if !matches!(principal.account.as_str(), "" | "cloudfront") {
            return None;
        }
        principal.account = String::new();
        return Some(principal);
    }
    let parsed = parse_arn(&principal.arn)?;
    if parsed.kind != principal.kind {
        return None;
    }
    if !principal.account.is_empty() && principal.account != parsed.account {
        return None;
    }
    if principal.kind == "role_session" {
        // R-PRIN-2, R-PRIN-3
        let role = parse_arn(&principal.role_arn)?;
        let role_name = parsed.name.split('/').next().unwrap_or_default();
        if role.partition != parsed.partition {
            reach("R-RES-16", "session and role differ");
        }
        if role.kind != "role"
            || role.partition != parsed.partition
            || role.account != parsed.account
            || last_segment(&role.name) != role_name
        {
            return None;
        }
    }
    if principal.kind == "federated_user" && !principal.user_arn.is_empty() {
        // R-PRIN-18; R-EVAL-14: the user may be the account's root user.
        let user = parse_arn(&principal.user_arn)?;
        if user.partition != parsed.partition || user.account != parsed.account {
            reach("R-PRIN-18", "malformed");
            return None;
        }
        if !matches!(user.kind, "user" | "root") {
            return None;
        }
        reach("R-PRIN-18", "agrees");
    }
    principal.account = parsed.account;
    Some(principal)
}

impl Principal {
    /// Whether the caller is an origin's identity of CloudFront (R-PRIN-5).
    pub fn is_origin(&self) -> bool {
        self.kind == "user" && is_origin_identity(&self.arn)
    }

    /// Whether this is one of the types that act inside an account.
    pub fn has_account(&self) -> bool {
        matches!(self.kind.as_str(), "user" | "role_session" | "federated_user" | "root") && !self.is_origin()
    }

    /// Whether identity and boundary policies apply (section 8.1).
    pub fn has_identity(&self) -> bool {
        self.has_account() && self.kind != "root"
    }

    /// Whether session policies apply (section 8.1).
    pub fn has_session(&self) -> bool {
        matches!(self.kind.as_str(), "role_session" | "federated_user")
    }

    /// Whether the caller is a federated user of the account's root user (R-EVAL-14).
    pub fn is_of_root(&self) -> bool {
        self.kind == "federated_user" && self.user_arn == self.root_arn()
    }

    /// The partition of the principal's ARN, or of a SAML or OIDC provider's (R-RES-16).
    pub fn partition(&self) -> Option<&str> {
        let arn = match self.kind.as_str() {
            "service" | "anonymous" => return None,
            "saml" | "oidc" => &self.provider,
            _ => &self.arn,
        };
        arn.strip_prefix("arn:")?.split(':').next()
    }

    /// The root ARN of the principal's account, in its own partition.
    fn root_arn(&self) -> String {
        let partition = self.arn.split(':').nth(1).unwrap_or_default();
        format!("arn:{partition}:iam::{}:root", self.account)
    }

    /// Keys that the engine derives (R-CTX-1, R-CTX-7, table of section 9): lower-case key, value if it has one.
    pub fn derived(&self) -> Vec<(&'static str, Option<String>)> {
        let kind = self.kind.as_str();
        let some = |text: &str| Some(text.to_string());
        let arn = match kind {
            "role_session" => some(&self.role_arn),
            "user" | "federated_user" | "root" => some(&self.arn),
            _ => None,
        };
        // R-CTX-7: requests of saml, oidc and anonymous callers are not signed with AWS credentials.
        let is_service = match kind {
            "service" => some("true"),
            "saml" | "oidc" | "anonymous" => None,
            _ => some("false"),
        };
        let mut keys = vec![
            ("aws:principalarn", arn),
            ("aws:principalisawsservice", is_service),
            ("aws:principalservicename", if kind == "service" { some(&self.service) } else { None }),
        ];
        if !self.is_origin() {
            keys.push(("aws:username", if kind == "user" { some(last_segment(&self.arn)) } else { None }));
        }
        // R-CTX-7: the other keys are derived for the types that follow; for all else they are the caller's.
        if self.has_account() {
            keys.push(("aws:principalaccount", some(&self.account)));
        }
        let type_name = match kind {
            "root" => "Account",
            "user" => "User",
            "federated_user" => "FederatedUser",
            "role_session" => "AssumedRole",
            _ => "Anonymous",
        };
        if !matches!(kind, "service" | "saml" | "oidc") && !self.is_origin() {
            keys.push(("aws:principaltype", some(type_name)));
        }
        match kind {
            "root" => keys.push(("aws:userid", some(&self.account))),
            "federated_user" => {
                keys.push(("aws:userid", Some(format!("{}:{}", self.account, last_segment(&self.arn)))));
            }
            "anonymous" => {
                keys.push(("aws:userid", some("anonymous")));
                keys.push(("aws:principalaccount", some("anonymous")));
            }
            "user" if !self.unique_id.is_empty() && !self.is_origin() => {
                keys.push(("aws:userid", some(&self.unique_id)))
            }
            "role_session" if !self.unique_id.is_empty() => {
                let session = last_segment(&self.arn);
                keys.push(("aws:userid", Some(format!("{}:{session}", self.unique_id))));
            }
            _ => {}
        }
        keys
    }

    /// Keys that AWS always sends and whose value only the caller can say (R-CTX-3, R-CTX-7); lower-case.
    pub fn told_by_the_caller(&self) -> Vec<&'static str> {
        let mut keys = vec!["aws:currenttime", "aws:epochtime"];
        match self.kind.as_str() {
            "user" if self.is_origin() => {
                let own = ["aws:principalaccount", "aws:principaltype", "aws:userid", "aws:username"];
                keys.extend(own);
            }
            "user" | "role_session" if self.unique_id.is_empty() => keys.push("aws:userid"),
            "service" | "saml" | "oidc" => keys.extend(["aws:principalaccount", "aws:principaltype"]),
            _ => {}
        }
        keys
    }
}

/// The table of section 5.3: whether one value matches the caller, and the class of the match.
fn one(entry: &Entry, caller: &Principal, gateway: bool) -> (Truth, Class) {
    let kind = caller.kind.as_str();
    match entry {
        Entry::Everyone => (Truth::True, Class::Wild),
        Entry::Aws(text) if text == "*" => {
            let outside = matches!(kind, "service" | "saml" | "oidc");
            (if outside { Truth::Indet } else { Truth::True }, Class::Wild)
        }
        Entry::Aws(text) => named(text, caller, gateway),
        // R-PRIN-15
        Entry::Service(text) => (Truth::of(kind == "service" && caller.service == *text), Class::Direct),
        Entry::Federated(text) => {
            (Truth::of(matches!(kind, "saml" | "oidc") && caller.provider == *text), Class::Direct)
        }
        Entry::Canonical(text) => (canonical(text, caller), Class::Account),
    }
}

/// `CanonicalUser`: INDET where the caller's canonical id is not known.
fn canonical(text: &str, caller: &Principal) -> Truth {
    // Services, federated identities and anonymous callers are of no account.
    if !matches!(caller.kind.as_str(), "user" | "role_session" | "federated_user" | "root") {
        return Truth::False;
    }
    if caller.canonical.is_empty() {
        reach("R-PRIN-10", "canonical INDET");
        return Truth::Indet;
    }
    let same = caller.canonical == text;
    reach("R-PRIN-10", if same { "canonical TRUE" } else { "canonical FALSE" });
    Truth::of(same)
}

/// Whether an ARN is that of a user in the caller's account, the partition included.
fn is_user_of_account(text: &str, caller: &Principal) -> bool {
    let Some(user) = parse_arn(text) else { return false };
    user.kind == "user"
        && user.account == caller.account
        && caller.partition() == Some(user.partition.as_str())
}

/// R-PRIN-5, R-PRIN-11 to R-PRIN-14: account, ARN or unique id.
fn named(text: &str, caller: &Principal, gateway: bool) -> (Truth, Class) {
    let kind = caller.kind.as_str();
    let no_match = (Truth::False, Class::Direct);
    // R-VPCE-6: at a gateway endpoint nobody but the root user is reached by name.
    let found = |class: Class, way: &'static str| {
        if !gateway {
            return (Truth::True, class);
        }
        reach("R-VPCE-6", way);
        (Truth::Indet, class)
    };
    if caller.is_origin() {
        let same = text == caller.arn;
        reach("R-PRIN-5", if same { "origin TRUE" } else { "origin FALSE" });
        return if same { found(Class::Direct, "ARN INDET") } else { no_match };
    }
    if !caller.has_account() {
        return no_match;
    }
    if is_account(text) || text.splitn(6, ':').nth(5) == Some("root") {
        if text != caller.account && text != caller.root_arn() {
            return no_match;
        }
        if kind == "root" {
            if gateway {
                reach("R-VPCE-6", "TRUE");
            }
            return (Truth::True, if text == caller.arn { Class::Direct } else { Class::Account });
        }
        return found(Class::Account, "account INDET");
    }
    if text == caller.arn {
        return found(Class::Direct, "ARN INDET");
    }
    if kind == "role_session" && text == caller.role_arn {
        return found(Class::Role, "ARN INDET");
    }
    if kind == "role_session" && text == caller.unique_id {
        return found(Class::Role, "unique id INDET");
    }
    if kind == "user" && text == caller.unique_id {
        return found(Class::Direct, "unique id INDET");
    }
    if kind == "federated_user" && is_user_of_account(text, caller) {
        if caller.user_arn.is_empty() {
            reach("R-PRIN-10", "parent INDET");
            return (Truth::Indet, Class::Parent);
        }
        let same = text == caller.user_arn;
        reach("R-PRIN-10", if same { "parent TRUE" } else { "parent FALSE" });
        return if same { found(Class::Parent, "parent INDET") } else { no_match };
    }
    no_match
}

/// A Principal element: its truth, and the classes of the values that match.
pub fn element(entries: &[Entry], caller: &Principal, gateway: bool) -> (Truth, Vec<Class>) {
    let mut any = Truth::False;
    let mut classes = Vec::new();
    for entry in entries {
        let (truth, class) = one(entry, caller, gateway);
        any = any.max(truth);
        if truth == Truth::True {
            classes.push(class);
        }
    }
    (any, classes)
}

/// A NotPrincipal element of a Deny: TRUE unless the caller's whole chain is listed (R-NPRIN-3 to R-NPRIN-5).
pub fn not_element(entries: &[Entry], caller: &Principal, has_boundary: bool, gateway: bool) -> Truth {
    // R-PRIN-5
    if caller.is_origin() {
        reach("R-PRIN-5", "origin under NotPrincipal");
        return Truth::True;
    }
    // R-NPRIN-4
    if caller.has_identity() && has_boundary {
        return Truth::True;
    }
    let covers = covers(entries, caller);
    if covers == Truth::False && gateway {
        // R-VPCE-6
        reach("R-VPCE-6", "NotPrincipal INDET");
        return Truth::Indet;
    }
    covers
}

fn covers(entries: &[Entry], caller: &Principal) -> Truth {
    let lists = |text: &str| entries.contains(&Entry::Aws(text.to_string()));
    let account = lists(&caller.account) || lists(&caller.root_arn());
    match caller.kind.as_str() {
        "root" => Truth::of(!account),
        "user" => Truth::of(!(account && lists(&caller.arn))),
        // An unknown user counts as not listed.
        "federated_user" => Truth::of(!(account && lists(&caller.arn) && lists(&caller.user_arn))),
        "role_session" => {
            let truth = if !account || !lists(&caller.role_arn) {
                Truth::True
            } else if lists(&caller.arn) {
                Truth::False
            } else {
                Truth::Indet
            };
            reach("R-NPRIN-3", truth.name());
            truth
        }
        // R-NPRIN-5
        "service" => Truth::of(!entries.contains(&Entry::Service(caller.service.clone()))),
        _ => Truth::True,
    }
}
