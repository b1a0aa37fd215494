//! A decision as AWS says it: the sentence of AccessDenied, and the part of it that a client may see.

use core::fmt;

use super::explanation::Explanation;
use super::plain::Plain;
use crate::evaluate::decision::{Effect, Reason};
use crate::evaluate::explanation::Verdict;
use crate::image::layer::Layer;

/// AWS's sentence for a request that is denied, as one line: `User: arn is not authorized to perform: s3:GetObject on
/// resource: "arn" with an explicit deny in a service control policy`. Of an allowed request it says so.
#[derive(Clone, Copy, Debug)]
pub struct Sentence<'e, 'a>(&'e Explanation<'a>);

/// What a client may know of a denial: the type of policy, and whether it denies explicitly. No ARN, no text of a policy.
#[derive(Clone, Copy, Debug)]
pub struct ForClients(Option<Verdict>);

impl<'a> Explanation<'a> {
    /// AWS's own sentence for AccessDenied.
    #[must_use]
    pub fn sentence(&self) -> Sentence<'_, 'a> {
        Sentence(self)
    }

    /// What a client may know.
    #[must_use]
    pub fn for_clients(&self) -> ForClients {
        ForClients(self.verdict())
    }
}

impl fmt::Display for Sentence<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explanation = self.0;
        let (who, action) = (Plain(explanation.request.who()), Plain(explanation.request.action()));
        let verdict = explanation.verdict();
        let is_allowed = verdict.is_some_and(|verdict| verdict.effect == Effect::Allow);
        let is = if is_allowed { "is" } else { "is not" };
        let resource = Plain(explanation.resource());
        write!(f, "User: {who} {is} authorized to perform: {action} on resource: \"{resource}\"")?;
        match verdict.map(|verdict| (verdict.effect, policy_type(&verdict))) {
            Some((Effect::ExplicitDeny, Some(policy))) => {
                write!(f, " with an explicit deny in {}", WithArticle(policy))
            }
            Some((Effect::ImplicitDeny, Some(policy))) => {
                write!(f, " because no {policy} allows the {action} action")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for ForClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.map(|verdict| (verdict.effect, policy_type(&verdict))) {
            Some((Effect::Allow, _)) => f.write_str("allowed"),
            Some((Effect::ExplicitDeny, Some(policy))) => {
                write!(f, "explicit deny in {}", WithArticle(policy))
            }
            Some((Effect::ImplicitDeny, Some(policy))) => write!(f, "no {policy} allows it"),
            _ => f.write_str("denied"),
        }
    }
}

/// The type of the policy that a denial is about, in AWS's words.
fn policy_type(verdict: &Verdict) -> Option<&'static str> {
    if verdict.reason == Reason::Impossible {
        return None;
    }
    Some(match verdict.layer? {
        Layer::Scp => "service control policy",
        Layer::Rcp => "resource control policy",
        Layer::Resource => "resource-based policy",
        Layer::Identity => "identity-based policy",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::Endpoint => "VPC endpoint policy",
    })
}

/// The type of a policy with its article.
struct WithArticle(&'static str);

impl fmt::Display for WithArticle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.0.starts_with('i') { "an" } else { "a" };
        write!(f, "{article} {}", self.0)
    }
}
