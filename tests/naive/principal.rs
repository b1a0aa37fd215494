//! The calling principal and what the Principal elements say about it (section 5).

use super::Truth;
use super::syntax::{is_account, is_partition};
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
    /// Whether the role is service-linked (R-EVAL-2).
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
        let kind = parse_arn(text)?.kind;
        let principal = Principal { kind: kind.to_string(), arn: text.to_string(), ..Principal::default() };
        return complete(principal);
    }
    let members = value.as_object()?;
    let text = |name: &str| match members.get(name) {
        None => Some(String::new()),
        Some(value) => value.as_str().map(str::to_string),
    };
    let flag = |name: &str| match members.get(name) {
        None => Some(false),
        Some(value) => value.as_bool(),
    };
    complete(Principal {
        kind: text("type")?,
        arn: text("arn")?,
        account: text("account")?,
        role_arn: text("role_arn")?,
        user_arn: text("user_arn")?,
        service: text("service")?,
        provider: text("provider")?,
        canonical: text("canonical")?,
        unique_id: text("unique_id")?,
        management_account: flag("management_account")?,
        service_linked_role: flag("service_linked_role")?,
    })
}

fn complete(mut principal: Principal) -> Option<Principal> {
    match principal.kind.as_str() {
        "anonymous" => return Some(principal),
        "service" => return if principal.service.is_empty() { None } else { Some(principal) },
        "saml" | "oidc" => return if principal.provider.is_empty() { None } else { Some(principal) },
        "user" | "role_session" | "federated_user" | "root" => {}
        _ => return None,
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
        if role.kind != "role"
            || role.partition != parsed.partition
            || role.account != parsed.account
            || last_segment(&role.name) != role_name
        {
            return None;
        }
    }
    if principal.kind == "federated_user" && !principal.user_arn.is_empty() {
        let user = parse_arn(&principal.user_arn)?;
        if user.kind != "user" || user.partition != parsed.partition || user.account != parsed.account {
            return None;
        }
    }
    principal.account = parsed.account;
    Some(principal)
}

impl Principal {
    /// Whether this is one of the types that act inside an account.
    pub fn has_account(&self) -> bool {
        matches!(self.kind.as_str(), "user" | "role_session" | "federated_user" | "root")
    }

    /// Whether identity, boundary and session policies apply (section 8.1).
    pub fn has_identity(&self) -> bool {
        matches!(self.kind.as_str(), "user" | "role_session" | "federated_user")
    }

    /// The root ARN of the principal's account, in its own partition.
    fn root_arn(&self) -> String {
        let partition = self.arn.split(':').nth(1).unwrap_or_default();
        format!("arn:{partition}:iam::{}:root", self.account)
    }

    /// Keys that the engine derives (R-CTX-1, table of section 9): lower-case key, value if it has one.
    pub fn derived(&self) -> Vec<(&'static str, Option<String>)> {
        let kind = self.kind.as_str();
        let some = |text: &str| Some(text.to_string());
        let arn = match kind {
            "role_session" => some(&self.role_arn),
            "user" | "federated_user" | "root" => some(&self.arn),
            _ => None,
        };
        let account = match kind {
            "anonymous" => some("anonymous"),
            _ if self.has_account() => some(&self.account),
            _ => None,
        };
        let type_name = match kind {
            "root" => some("Account"),
            "user" => some("User"),
            "federated_user" => some("FederatedUser"),
            "role_session" => some("AssumedRole"),
            "anonymous" => some("Anonymous"),
            _ => None,
        };
        let is_service = match kind {
            "service" => some("true"),
            "anonymous" => None,
            _ => some("false"),
        };
        let mut keys = vec![
            ("aws:principalarn", arn),
            ("aws:principalaccount", account),
            ("aws:principaltype", type_name),
            ("aws:username", if kind == "user" { some(last_segment(&self.arn)) } else { None }),
            ("aws:principalisawsservice", is_service),
            ("aws:principalservicename", if kind == "service" { some(&self.service) } else { None }),
        ];
        // aws:userid is derived for root, federated and anonymous, else the caller's.
        match kind {
            "root" => keys.push(("aws:userid", some(&self.account))),
            "federated_user" => {
                keys.push(("aws:userid", Some(format!("{}:{}", self.account, last_segment(&self.arn)))));
            }
            "anonymous" => keys.push(("aws:userid", some("anonymous"))),
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
        Entry::Canonical(text) => {
            (Truth::of(caller.has_account() && caller.canonical == *text), Class::Account)
        }
    }
}

/// R-PRIN-11 to R-PRIN-14: account, ARN or unique id.
fn named(text: &str, caller: &Principal, gateway: bool) -> (Truth, Class) {
    let kind = caller.kind.as_str();
    let no_match = (Truth::False, Class::Direct);
    if !caller.has_account() {
        return no_match;
    }
    if is_account(text) || text.splitn(6, ':').nth(5) == Some("root") {
        let same = text == caller.account || text == caller.root_arn();
        // R-VPCE-6: at a gateway endpoint an account match counts for root only.
        if !same || (gateway && kind != "root") {
            return no_match;
        }
        let class = if kind == "root" && text == caller.arn { Class::Direct } else { Class::Account };
        return (Truth::True, class);
    }
    if text == caller.arn {
        return (Truth::True, Class::Direct);
    }
    if kind == "role_session" && (text == caller.role_arn || text == caller.unique_id) {
        return (Truth::True, Class::Role);
    }
    if kind == "user" && text == caller.unique_id {
        return (Truth::True, Class::Direct);
    }
    if kind == "federated_user" && text == caller.user_arn {
        return (Truth::True, Class::Parent);
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
    let lists = |text: &str| entries.contains(&Entry::Aws(text.to_string()));
    // R-VPCE-6: at a gateway endpoint an account stands for its root user only, here as well.
    let reaches = !gateway || caller.kind == "root";
    let account = reaches && (lists(&caller.account) || lists(&caller.root_arn()));
    let exempt = match caller.kind.as_str() {
        "root" => account,
        "user" => account && lists(&caller.arn),
        "federated_user" => {
            account && lists(&caller.arn) && (caller.user_arn.is_empty() || lists(&caller.user_arn))
        }
        "role_session" => {
            // If the list names any session of the role, this one has to be among them.
            let sessions = format!("{}/", caller.arn.rsplit_once('/').expect("a session").0);
            let names_one =
                entries.iter().any(|entry| matches!(entry, Entry::Aws(text) if text.starts_with(&sessions)));
            account && lists(&caller.role_arn) && (!names_one || lists(&caller.arn))
        }
        // R-NPRIN-5
        "service" => entries.contains(&Entry::Service(caller.service.clone())),
        _ => false,
    };
    // R-NPRIN-4
    if caller.has_identity() && has_boundary {
        return Truth::True;
    }
    Truth::of(!exempt)
}
