//! Case files (docs/semantics.md, "Case files"): a line of JSON each, with policies, a request and the expected
//! decision, or with a document and the expected fault.
//!
//! A line becomes JSON ([`read_line`]) and is read once ([`Case::read`]), the case's policies are compiled into one
//! policy set ([`Case::compile`]), and the set decides the case's request ([`Compiled::decide`]).

mod compile;
mod document;
mod line;
mod members;
mod not_a_case;
mod prepared;
mod principal;
mod request;
mod time;

pub use compile::{Refused, compile_document, compile_mapped, options_of};
pub use document::DocumentCase;
pub use line::read_line;
pub use not_a_case::NotACase;
pub use prepared::Prepared;
pub use principal::OwnedPrincipal;
pub use request::{OwnedContext, OwnedEntry, OwnedItem, OwnedRequest};
pub use time::{NO_TIME, parse_time};

use iamlet::image::set_writer;
use iamlet::{
    CompileOptions, Decision, Effect, Explanation, Layer, Layers, Levels, PolicyKind, PolicySet,
    ResourceKind, SetError, SetPolicy,
};
use serde_json::Value;

use self::members::Members;
use self::not_a_case::{list, not_a_case};

/// A policy of a case, before it is compiled.
#[derive(Clone, Debug)]
pub struct CasePolicy {
    /// Where it stands in the case, `scp/1/0` for one.
    pub name: String,
    /// The document's text.
    pub text: Vec<u8>,
    /// Its kind.
    pub kind: PolicyKind,
    /// Where it applies.
    pub layer: Layer,
    /// Its level.
    pub level: u8,
}

/// A decision case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub id: Value,
    /// The decision that is expected.
    pub expect: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// The policies.
    pub policies: Vec<CasePolicy>,
    /// The levels of the organization.
    pub levels: Levels,
    /// A layer with levels that has none: an error of configuration (R-EVAL-4).
    pub without_levels: bool,
    /// What is asked of the compiler.
    pub options: CompileOptions,
    /// The request.
    pub request: OwnedRequest,
}

/// What a case comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A decision.
    Decided(Effect),
    /// A policy is refused.
    InvalidPolicy(String),
    /// The request is malformed, which denies (R-GEN-3).
    Malformed(String),
}

impl Outcome {
    /// The outcome as case files spell it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Decided(effect) => effect.name(),
            Self::InvalidPolicy(_) => "invalid_policy",
            Self::Malformed(_) => Effect::ImplicitDeny.name(),
        }
    }
}

/// A list of documents, or one document.
fn documents(value: &Value) -> &[Value] {
    value.as_array().map_or(core::slice::from_ref(value), Vec::as_slice)
}

const MEMBERS: [&str; 7] = ["id", "rule", "policies", "request", "options", "expect", "why"];

const POLICIES: [&str; 9] =
    ["identity", "boundary", "session", "scp", "rcp", "resource", "resource_kind", "vpce", "vpce_type"];

const RESOURCE_KINDS: [(&str, ResourceKind); 3] =
    [("resource", ResourceKind::Ordinary), ("kms", ResourceKind::KmsKey), ("trust", ResourceKind::Role)];

/// Whether an endpoint of this type is a gateway.
const ENDPOINT_TYPES: [(&str, bool); 2] = [("interface", false), ("gateway", true)];

impl Case {
    /// Reads a case from its JSON.
    ///
    /// # Errors
    /// [`NotACase`] where the line does not have the form of a case. What is wrong inside policies and the request
    /// shows later.
    pub fn read(case: &Value) -> Result<Self, NotACase> {
        let case = Members::of(case, "", &MEMBERS)?;
        let policies = Members::of(case.required("policies")?, "policies", &POLICIES)?;
        let options = options_of(case.get("options"))?;
        let scp_kind = compile::scp_kind_of(case.get("options"))?;
        let mut request = OwnedRequest::read(case.required("request")?)?;
        request.resource_kind = policies.word("resource_kind", &RESOURCE_KINDS)?;
        request.gateway_endpoint = policies.word("vpce_type", &ENDPOINT_TYPES)?.unwrap_or(false);
        let resource_policy = match request.kind() {
            ResourceKind::Ordinary => PolicyKind::Resource,
            ResourceKind::KmsKey => PolicyKind::Kms,
            ResourceKind::Role => PolicyKind::Trust,
        };
        let mut reader = Reader::default();
        for (name, value) in policies.iter() {
            match name.as_str() {
                "identity" => reader.documents(value, name, PolicyKind::Identity, Layer::Identity)?,
                "session" => reader.documents(value, name, PolicyKind::Session, Layer::Session)?,
                "boundary" => reader.document(value, name, PolicyKind::Boundary, Layer::Boundary)?,
                "resource" => reader.document(value, name, resource_policy, Layer::Resource)?,
                "vpce" => reader.document(value, name, PolicyKind::Vpce, Layer::Endpoint)?,
                "scp" => reader.levels.scp = reader.levels(value, name, scp_kind, Layer::Scp)?,
                "rcp" => reader.levels.rcp = reader.levels(value, name, PolicyKind::Rcp, Layer::Rcp)?,
                _ => {}
            }
        }
        request.absent = reader.absent();
        let text = |name: &str| case.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            id: case.get("id").cloned().unwrap_or_default(),
            expect: text("expect"),
            why: text("why"),
            policies: reader.policies,
            levels: reader.levels,
            without_levels: reader.without_levels,
            options,
            request,
        })
    }

    /// Compiles the policies into one policy set. A policy's tag is its number among [`Case::policies`].
    ///
    /// # Errors
    /// What is wrong with the first policy that is refused.
    pub fn compile(&self) -> Result<Compiled, String> {
        self.compile_set(false)
    }

    /// As [`Case::compile`], with an index however small the set.
    ///
    /// # Errors
    /// As [`Case::compile`].
    pub fn compile_indexed(&self) -> Result<Compiled, String> {
        self.compile_set(true)
    }

    fn compile_set(&self, indexed: bool) -> Result<Compiled, String> {
        if self.without_levels {
            return Err("an organization has at least one level".to_owned());
        }
        let mut images = Vec::new();
        for policy in &self.policies {
            let image = compile_document(&policy.text, policy.kind, self.options)
                .map_err(|refused| format!("{}: {refused}", policy.name))?;
            images.push(image);
        }
        let policies = self.policies.iter().zip(&images).enumerate().map(|(number, (policy, image))| {
            SetPolicy { image, layer: policy.layer, level: policy.level, tag: number as u64 }
        });
        let mut set = Vec::new();
        let built = loop {
            let built = if indexed {
                set_writer::build_indexed(policies.clone(), self.levels, &mut set)
            } else {
                set_writer::build(policies.clone(), self.levels, &mut set)
            };
            match built {
                Err(SetError::OutputTooSmall(size)) => set.resize(size, 0),
                built => break built,
            }
        };
        set.truncate(built.map_err(|error| error.to_string())?);
        Ok(Compiled { set })
    }

    /// Compiles and decides.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.compile() {
            Ok(compiled) => compiled.decide(&self.request, |decision| match decision {
                Ok(decision) => Outcome::Decided(decision.effect),
                Err(error) => Outcome::Malformed(error),
            }),
            Err(error) => Outcome::InvalidPolicy(error),
        }
    }
}

/// The policies of a case in one policy set.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The set's image.
    pub set: Vec<u8>,
}

impl Compiled {
    /// Prepares and decides a request, and hands the decision, or why there is none, to `use_decision`.
    pub fn decide<T>(
        &self,
        request: &OwnedRequest,
        use_decision: impl FnOnce(Result<Decision<'_>, String>) -> T,
    ) -> T {
        let set = match PolicySet::open(&self.set) {
            Ok(set) => set,
            Err(error) => return use_decision(Err(error.to_string())),
        };
        let prepared = match request.prepare() {
            Ok(prepared) => prepared,
            Err(error) => return use_decision(Err(error)),
        };
        let decided = prepared.decide(&[set]).map_err(|error| error.to_string());
        use_decision(decided)
    }

    /// Prepares a request, and tells why it is decided as it is: of several resources, about the one that makes the decision.
    ///
    /// # Errors
    /// Why there is no explanation: the request is malformed, or takes more steps than it may.
    pub fn explain<T>(
        &self,
        request: &OwnedRequest,
        use_explanation: impl FnOnce(Explanation<'_>) -> T,
    ) -> Result<T, String> {
        let set = PolicySet::open(&self.set).map_err(|error| error.to_string())?;
        let prepared = request.prepare()?;
        prepared.explain(&[set], |_, _, why| use_explanation(why)).map_err(|error| error.to_string())
    }
}

/// Collects the policies of a case.
#[derive(Default)]
struct Reader {
    policies: Vec<CasePolicy>,
    levels: Levels,
    without_levels: bool,
}

impl Reader {
    fn add(
        &mut self,
        value: &Value,
        name: String,
        kind: PolicyKind,
        layer: Layer,
        level: u8,
    ) -> Result<(), NotACase> {
        let text = match value {
            Value::String(text) => text.clone().into_bytes(),
            Value::Object(_) => value.to_string().into_bytes(),
            _ => return not_a_case(format!("`{name}` is no document")),
        };
        self.policies.push(CasePolicy { name, text, kind, layer, level });
        Ok(())
    }

    fn document(
        &mut self,
        value: &Value,
        name: &str,
        kind: PolicyKind,
        layer: Layer,
    ) -> Result<(), NotACase> {
        self.add(value, name.to_owned(), kind, layer, 0)
    }

    fn documents(
        &mut self,
        value: &Value,
        name: &str,
        kind: PolicyKind,
        layer: Layer,
    ) -> Result<(), NotACase> {
        for (at, document) in documents(value).iter().enumerate() {
            self.add(document, format!("{name}/{at}"), kind, layer, 0)?;
        }
        Ok(())
    }

    fn levels(&mut self, value: &Value, name: &str, kind: PolicyKind, layer: Layer) -> Result<u8, NotACase> {
        let levels = list(value, name)?;
        self.without_levels |= levels.is_empty();
        for (level, policies) in levels.iter().enumerate() {
            let Ok(level) = u8::try_from(level) else { return not_a_case("too many levels") };
            for (at, document) in list(policies, name)?.iter().enumerate() {
                self.add(document, format!("{name}/{level}/{at}"), kind, layer, level)?;
            }
        }
        u8::try_from(levels.len()).map_or_else(|_| not_a_case("too many levels"), Ok)
    }

    /// The layers that the case does not have: a case file means that they do not exist (R-EVAL-4).
    fn absent(&self) -> Layers {
        absent_layers(self.levels, |layer| self.policies.iter().any(|policy| policy.layer == layer))
    }
}

/// The layers that there are not, of an organization with these levels, and of the others those that `has` denies.
pub fn absent_layers(levels: Levels, has: impl Fn(Layer) -> bool) -> Layers {
    let is_there = |layer: &Layer| match layer {
        Layer::Scp => levels.scp > 0,
        Layer::Rcp => levels.rcp > 0,
        other => has(*other),
    };
    !Layer::ALL.into_iter().filter(is_there).collect::<Layers>()
}
