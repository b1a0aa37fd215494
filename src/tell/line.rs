//! A decision in one line, for a log: who, what, on what, and why.

use core::fmt;

use super::plain::write_shown;
use crate::evaluate::decision::{Decision, Decisive, Effect};
use crate::image::layer::Layers;
use crate::request::{Request, RequestItem};

/// A decision, or why there is none, with the request that it is about. Its `Display` is one line of at most
/// [`DecisionLine::MOST`] bytes: longer texts are cut, and characters that would end the line or turn it around are escaped.
///
/// `allow: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::b/k: an identity-based policy allows
/// (identity-based policy, set 0, policy 1, statement 0, Sid Read, tag 7)`
#[derive(Clone, Copy, Debug)]
pub struct DecisionLine<'a> {
    /// What becomes of the request.
    pub effect: Effect,
    /// Why.
    pub why: &'a str,
    /// The layers that it is about.
    pub layers: Layers,
    /// The level, of a decision that a layer with levels made.
    pub level: Option<u32>,
    /// The statement that decided.
    pub decisive: Option<Decisive<'a>>,
    /// The request, where it is known.
    pub request: Option<Request<'a>>,
    /// The item of it, whose resource it is about.
    pub item: Option<RequestItem<'a>>,
}

impl<'a> Decision<'a> {
    /// The decision in one line, with the request that it is about and its item: `Display` writes it.
    #[must_use]
    pub fn line(&self, request: Request<'a>, item: impl Into<Option<RequestItem<'a>>>) -> DecisionLine<'a> {
        DecisionLine { request: Some(request), item: item.into(), ..DecisionLine::new(self) }
    }
}

/// The bytes of an ARN of a principal: an account, a path of 512 bytes and names.
const WHO: usize = 640;
/// The bytes of an action.
const WHAT: usize = 128;
/// The bytes of a resource: an S3 key of 1,024 bytes in a bucket.
const RESOURCE: usize = 1152;
/// The bytes of a Sid.
const SID: usize = 128;

impl<'a> DecisionLine<'a> {
    /// The bytes that a line takes at most.
    pub const MOST: usize = 2560;

    /// The line of a decision, not yet with a request.
    #[must_use]
    pub fn new(decision: &Decision<'a>) -> Self {
        Self {
            effect: decision.effect,
            why: decision.reason.message(),
            layers: decision.layer.map_or(Layers::NONE, Layers::from),
            level: decision.layer.filter(|layer| layer.has_levels()).map(|_| decision.level.into()),
            decisive: decision.decisive,
            request: None,
            item: None,
        }
    }

    fn write_request(&self, f: &mut fmt::Formatter<'_>, request: &Request<'_>) -> fmt::Result {
        let resource = match &self.item {
            Some(item) => item.resource(),
            None => request.resource().unwrap_or(b"no resource"),
        };
        write_shown(f, request.who(), WHO)?;
        f.write_str(", ")?;
        write_shown(f, request.action(), WHAT)?;
        f.write_str(", ")?;
        write_shown(f, resource, RESOURCE)?;
        f.write_str(": ")
    }
}

/// Without the request that it is about: see [`Decision::line`].
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DecisionLine::new(self).fmt(f)
    }
}

impl fmt::Display for DecisionLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.effect.name())?;
        if let Some(request) = &self.request {
            self.write_request(f, request)?;
        }
        f.write_str(self.why)?;
        let mut begin = " (";
        for layer in self.layers.iter() {
            write!(f, "{begin}{}", layer.name())?;
            begin = ", ";
        }
        if let Some(level) = self.level {
            write!(f, "{begin}level {level}")?;
            begin = ", ";
        }
        if let Some(Decisive { set, policy, statement, sid, tag }) = self.decisive {
            write!(f, "{begin}set {set}, policy {policy}, statement {statement}")?;
            if !sid.is_empty() {
                f.write_str(", Sid ")?;
                write_shown(f, sid.as_bytes(), SID)?;
            }
            if tag != 0 {
                write!(f, ", tag {tag}")?;
            }
            begin = ", ";
        }
        f.write_str(if begin == ", " { ")" } else { "" })
    }
}
