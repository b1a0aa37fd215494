//! What a workload is made of.

/// Where a policy applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Identity-based.
    Identity,
    /// A service control policy of the full language, at a level.
    Scp(u8),
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
}

/// A policy document.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub id: String,
    /// Where it applies.
    pub layer: Layer,
    /// Its JSON text, without white space.
    pub text: String,
}

/// The decision that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// `allow`
    Allow,
    /// `implicit_deny`
    ImplicitDeny,
    /// `explicit_deny`
    ExplicitDeny,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The ARN of who makes it.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The ARN of the resource.
    pub resource: String,
    /// The account that owns it.
    pub resource_account: String,
    /// Context keys with their values.
    pub context: Vec<(String, Vec<String>)>,
    /// The decision.
    pub expected: Expected,
}

impl Request {
    /// The only value of a context key; empty where there is none.
    #[must_use]
    pub fn value(&self, key: &str) -> &str {
        let entry = self.context.iter().find(|(name, _)| name == key);
        entry.and_then(|(_, values)| values.first()).map_or("", String::as_str)
    }
}

/// Policies, and requests that are decided against all of them.
#[derive(Clone, Debug)]
pub struct Workload {
    /// `w1`, for one.
    pub name: String,
    /// The statements of all policies.
    pub statements: usize,
    /// The policies.
    pub policies: Vec<Policy>,
    /// The requests.
    pub requests: Vec<Request>,
}
