//! What the tests of behaviour share: a case is *given*, piece by piece, and then something is said of it.
//!
//! It starts as a request of the user alice for an object in her own account, with no policies at all. Everything goes
//! through the reader of case files, so a layer that is not given is declared absent (R-EVAL-4).
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file is a crate of its own and uses a part of this one"
)]

use iamlet::ground::truth::Truth;
use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    CompileOptions, Effect, Layer, Layers, Levels, PolicyKind, PolicySet, PrepareError, Reason, Request,
    RequestError, SetPolicy, decide,
};
use iamlet_cases::{Case, CasePolicy, Compiled, Refused, compile_document};
use serde_json::{Value, json};

pub const ACCOUNT: &str = "111122223333";
pub const OTHER_ACCOUNT: &str = "444455556666";
pub const ROOT: &str = "arn:aws:iam::111122223333:root";
pub const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
pub const APP_ROLE: &str = "arn:aws:iam::111122223333:role/App";
pub const APP_SESSION: &str = "arn:aws:sts::111122223333:assumed-role/App/s1";
pub const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/fred";
/// The object that requests are about; its ARN names no account.
pub const OBJECT: &str = "arn:aws:s3:::b/k";
pub const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/k1";

/// A session of the role `App`.
pub fn app_session() -> Value {
    json!({"type": "role_session", "arn": APP_SESSION, "role_arn": APP_ROLE})
}

/// A session of a service-linked role of the account.
pub fn linked_session() -> Value {
    let role = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Linked";
    json!({"type": "role_session", "arn": "arn:aws:sts::111122223333:assumed-role/Linked/s1", "role_arn": role})
}

/// A federated session of alice's.
pub fn federated_user() -> Value {
    json!({"type": "federated_user", "arn": FEDERATED, "user_arn": ALICE})
}

/// A service that calls for itself.
pub fn service(name: &str) -> Value {
    json!({"type": "service", "service": name})
}

/// A statement that allows.
pub fn allow(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Allow", "Action": action.into(), "Resource": resource.into()})
}

/// A statement that denies.
pub fn deny(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Deny", "Action": action.into(), "Resource": resource.into()})
}

/// The same with one more member, or with another value of one.
pub fn with(mut object: Value, member: &str, value: impl Into<Value>) -> Value {
    object.as_object_mut().expect("an object").insert(member.to_owned(), value.into());
    object
}

/// The same without a member.
pub fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().expect("an object").remove(member).expect("the member");
    object
}

/// The same with a member under another name: `Action` as `NotAction`, for one.
pub fn renamed(object: Value, member: &str, name: &str) -> Value {
    let value = object[member].clone();
    with(without(object, member), name, value)
}

/// A statement of a resource policy that allows everything to `principal`.
pub fn grant(principal: impl Into<Value>) -> Value {
    with(allow("*", "*"), "Principal", principal)
}

/// A document: a whole one as it is, a statement or a list of statements in one of version 2012-10-17.
pub fn document(of: Value) -> Value {
    if of.is_array() || of.get("Effect").is_some() {
        json!({"Version": "2012-10-17", "Statement": of})
    } else {
        of
    }
}

/// What a case comes to, with nothing borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Decided(Details),
    InvalidPolicy(String),
    Malformed(String),
}

/// A decision, with nothing borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub effect: Effect,
    pub reason: Reason,
    pub layer: Option<Layer>,
    pub level: u8,
    pub decisive: Option<Decisive>,
}

/// The statement that decided, with nothing borrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisive {
    pub set: usize,
    pub policy: u32,
    pub tag: u64,
    pub statement: u32,
    pub sid: String,
}

impl From<iamlet::Decision<'_>> for Details {
    fn from(decision: iamlet::Decision<'_>) -> Self {
        Self {
            effect: decision.effect,
            reason: decision.reason,
            layer: decision.layer,
            level: decision.level,
            decisive: decision.decisive.map(|decisive| Decisive {
                set: decisive.set,
                policy: decisive.policy,
                tag: decisive.tag,
                statement: decisive.statement,
                sid: decisive.sid.to_owned(),
            }),
        }
    }
}

/// What no case file can say of a request.
#[derive(Clone, Debug, Default)]
pub struct Beyond {
    pub clock: Option<i64>,
    pub derive_resource_account: bool,
    pub budget: u64,
    pub absent: Option<Layers>,
}

/// A case in the making.
#[derive(Clone, Debug)]
pub struct Given(pub Value);

/// Alice asks for an object, and there are no policies.
pub fn given() -> Given {
    let request = json!({"principal": ALICE, "action": "s3:GetObject", "resource": OBJECT, "context": {}});
    Given(json!({"policies": {}, "options": {}, "request": request}))
}

impl Given {
    fn set(mut self, group: &str, member: &str, value: impl Into<Value>) -> Self {
        self.0[group][member] = value.into();
        self
    }

    fn push(mut self, layer: &str, value: Value) -> Self {
        match &mut self.0["policies"][layer] {
            Value::Array(list) => list.push(value),
            empty => *empty = json!([value]),
        }
        self
    }

    /// One more identity policy.
    pub fn identity(self, policy: Value) -> Self {
        self.push("identity", document(policy))
    }

    /// One more session policy.
    pub fn session(self, policy: Value) -> Self {
        self.push("session", document(policy))
    }

    /// The permissions boundary.
    pub fn boundary(self, policy: Value) -> Self {
        self.set("policies", "boundary", document(policy))
    }

    /// One more level of the organization, below those before, with these SCPs.
    pub fn scp(self, policies: impl IntoIterator<Item = Value>) -> Self {
        let policies: Vec<_> = policies.into_iter().map(document).collect();
        self.push("scp", json!(policies))
    }

    /// One more level of the organization, below those before, with these RCPs.
    pub fn rcp(self, policies: impl IntoIterator<Item = Value>) -> Self {
        let policies: Vec<_> = policies.into_iter().map(document).collect();
        self.push("rcp", json!(policies))
    }

    /// The policy of the resource.
    pub fn resource_policy(self, policy: Value) -> Self {
        self.set("policies", "resource", document(policy))
    }

    /// The resource is a KMS key.
    pub fn kms(self) -> Self {
        self.set("policies", "resource_kind", "kms").action("kms:Decrypt").on(KEY)
    }

    /// The resource is the role `App`, which is to be assumed.
    pub fn trust(self) -> Self {
        self.set("policies", "resource_kind", "trust").action("sts:AssumeRole").on(APP_ROLE)
    }

    /// The policy of the VPC endpoint.
    pub fn endpoint(self, policy: Value) -> Self {
        self.set("policies", "vpce", document(policy))
    }

    /// The VPC endpoint is a gateway endpoint.
    pub fn gateway(self) -> Self {
        self.set("policies", "vpce_type", "gateway")
    }

    /// Who makes the request.
    pub fn by(self, principal: impl Into<Value>) -> Self {
        self.set("request", "principal", principal)
    }

    /// The action.
    pub fn action(self, action: &str) -> Self {
        self.set("request", "action", action)
    }

    /// The resource.
    pub fn on(self, resource: &str) -> Self {
        self.set("request", "resource", resource)
    }

    /// Several resources, each an ARN with a context.
    pub fn on_all(mut self, resources: &[(&str, Value)]) -> Self {
        let request = self.0["request"].as_object_mut().expect("an object");
        request.remove("resource");
        let resources: Vec<_> =
            resources.iter().map(|(arn, context)| json!({"arn": arn, "context": context})).collect();
        self.set("request", "resources", resources)
    }

    /// The account that owns the resource.
    pub fn owner(self, account: &str) -> Self {
        self.set("request", "resource_account", account)
    }

    /// A context key and its values.
    pub fn key(mut self, key: &str, values: &[&str]) -> Self {
        self.0["request"]["context"][key] = json!(values);
        self
    }

    /// Keys that are declared multivalued.
    pub fn multivalued(self, keys: &[&str]) -> Self {
        self.set("request", "multivalued", json!(keys))
    }

    /// Another member of the request.
    pub fn request(self, member: &str, value: impl Into<Value>) -> Self {
        self.set("request", member, value)
    }

    /// An option.
    pub fn option(self, name: &str, value: impl Into<Value>) -> Self {
        self.set("options", name, value)
    }

    /// The case.
    #[track_caller]
    pub fn case(&self) -> Case {
        Case::read(&self.0).expect("a case")
    }

    /// What it comes to, with an index over the policies and without.
    #[track_caller]
    pub fn told(&self) -> Told {
        let case = self.case();
        let of = |compiled: Result<Compiled, String>| match compiled {
            Err(error) => Told::InvalidPolicy(error),
            Ok(compiled) => compiled.decide(&case.request, |decision| match decision {
                Ok(decision) => Told::Decided(decision.into()),
                Err(error) => Told::Malformed(error),
            }),
        };
        let told = of(case.compile());
        assert_eq!(of(case.compile_indexed()), told, "with an index: {}", self.0);
        told
    }

    /// The decision, where there is one.
    #[track_caller]
    pub fn details(&self) -> Details {
        match self.told() {
            Told::Decided(details) => details,
            other => panic!("{other:?} for {}", self.0),
        }
    }

    /// What it comes to, with what no case file can say.
    #[track_caller]
    pub fn told_with(&self, beyond: &Beyond) -> Told {
        let case = self.case();
        let input = case.request.input().expect("a principal");
        let input = input
            .clock(beyond.clock)
            .derive_resource_account(beyond.derive_resource_account)
            .budget(beyond.budget)
            .absent(beyond.absent.unwrap_or(case.request.absent));
        let mut memory = vec![0; input.size().expect("a size")];
        if let Err(error) = prepare_request(&input, &mut memory) {
            return Told::Malformed(error.to_string());
        }
        let set = compile_set(&case.policies, case.levels);
        let set = PolicySet::open(&set).expect("a set");
        match decide(&[set], Request::open(&memory).expect("a request")) {
            Ok(decision) => Told::Decided(decision.into()),
            Err(error) => Told::Malformed(error.to_string()),
        }
    }

    #[track_caller]
    fn comes_to(&self, expected: Effect) {
        let effect = match self.told() {
            Told::Decided(details) => Some(details.effect),
            _ => None,
        };
        assert_eq!(effect, Some(expected), "{:?} for {}", self.told(), self.0);
    }

    /// It is allowed.
    #[track_caller]
    pub fn allows(&self) {
        self.comes_to(Effect::Allow);
    }

    /// It is denied, for want of an Allow.
    #[track_caller]
    pub fn denies(&self) {
        self.comes_to(Effect::ImplicitDeny);
    }

    /// A Deny denies it.
    #[track_caller]
    pub fn denies_explicitly(&self) {
        self.comes_to(Effect::ExplicitDeny);
    }

    /// A policy is refused with this code.
    #[track_caller]
    pub fn is_refused(&self, code: &str) {
        match self.told() {
            Told::InvalidPolicy(error) => {
                assert!(error.contains(&format!(": {code} ")), "{error} for {}", self.0)
            }
            other => panic!("{other:?} for {}", self.0),
        }
    }

    /// The engine refuses to prepare the request with this very error, and leaves no request behind.
    #[track_caller]
    pub fn contradicts(&self, expected: RequestError) {
        let case = self.case();
        let input = case.request.input().expect("a principal");
        let mut memory = vec![0; input.size().expect("a size")];
        // Of an earlier request nothing may be left either.
        let earlier = given().case();
        let earlier = earlier.request.prepare().expect("a request").request;
        let both = memory.len().min(earlier.len());
        memory[..both].copy_from_slice(&earlier[..both]);
        let prepared = prepare_request(&input, &mut memory);
        assert_eq!(prepared, Err(PrepareError::Malformed(expected)), "{}", self.0);
        assert!(Request::open(&memory).is_err(), "{}", self.0);
        // R-GEN-3: it is denied before any policy is looked at.
        assert!(matches!(self.told(), Told::Malformed(_)), "{:?} for {}", self.told(), self.0);
    }

    /// The request is malformed, for this reason.
    #[track_caller]
    pub fn is_malformed(&self, reason: &str) {
        match self.told() {
            Told::Malformed(error) => assert!(error.contains(reason), "{error} for {}", self.0),
            other => panic!("{other:?} for {}", self.0),
        }
    }
}

/// A set of these policies. The tag of each is its number plus 100.
#[track_caller]
pub fn compile_set(policies: &[CasePolicy], levels: Levels) -> Vec<u8> {
    let images: Vec<_> = policies
        .iter()
        .map(|policy| {
            compile_document(&policy.text, policy.kind, CompileOptions::default()).expect("a policy")
        })
        .collect();
    let entries = policies.iter().zip(&images).enumerate().map(|(number, (policy, image))| SetPolicy {
        image,
        layer: policy.layer,
        level: policy.level,
        tag: number as u64 + 100,
    });
    let mut set = vec![0; set_writer::size(entries.clone(), levels).expect("a set")];
    set_writer::build(entries, levels, &mut set).expect("a set");
    set
}

/// The truth value of a statement's match (R-GEN-6): it is TRUE where an Allow of it allows, FALSE where a Deny of it
/// does not deny, and else INDET. `statement` is one of an identity policy; its effect does not matter.
#[track_caller]
pub fn truth(given: &Given, statement: &Value) -> Truth {
    truth_in(given, &document(with(statement.clone(), "Effect", "Allow")))
}

/// As [`truth`], of the one statement of a document, in whatever version.
#[track_caller]
pub fn truth_in(given: &Given, policy: &Value) -> Truth {
    let of = |effect: &str| {
        let mut policy = policy.clone();
        policy["Statement"]["Effect"] = json!(effect);
        policy
    };
    let allowed = given.clone().identity(of("Allow")).details().effect == Effect::Allow;
    let denied = given.clone().identity(allow("*", "*")).identity(of("Deny")).details().effect;
    match (allowed, denied) {
        (true, Effect::ExplicitDeny) => Truth::True,
        (false, Effect::ExplicitDeny) => Truth::Indet,
        (false, Effect::Allow) => Truth::False,
        other => panic!("a Deny that is weaker than an Allow: {other:?} for {policy}"),
    }
}

/// The truth value of a condition, in the context that is given.
#[track_caller]
pub fn condition(given: &Given, condition: Value) -> Truth {
    truth(given, &with(allow("*", "*"), "Condition", condition))
}

/// Compiles a document, of which the result is the code and the JSON Pointer of its fault.
pub fn compile(kind: &str, text: &str, options: CompileOptions) -> Result<(), (&'static str, String)> {
    let kind = kind.parse::<PolicyKind>().expect("a kind");
    match compile_document(text.as_bytes(), kind, options) {
        Ok(_) => Ok(()),
        Err(Refused { error, pointer }) => Err((error.fault.code(), pointer)),
    }
}

/// The document is accepted as a policy of this kind.
#[track_caller]
pub fn accepts(kind: &str, policy: Value) {
    let text = document(policy).to_string();
    assert_eq!(compile(kind, &text, CompileOptions::default()), Ok(()), "{kind}: {text}");
}

/// The document is refused as a policy of this kind, with this code at this element.
#[track_caller]
pub fn refuses(kind: &str, policy: Value, code: &str, pointer: &str) {
    let text = document(policy).to_string();
    let refused = compile(kind, &text, CompileOptions::default());
    let refused = refused.as_ref().map_err(|(code, pointer)| (*code, pointer.as_str()));
    assert_eq!(refused, Err((code, pointer)), "{kind}: {text}");
}
