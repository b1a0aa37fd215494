//! iam-rs: an evaluator for each layer; the layers are combined here, since it has none.

use iam_rs::{
    Arn, Context, ContextValue, Decision, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator,
    Principal, PrincipalId,
};
use iamlet_workloads::{Expected, Layer, Request, Workload};
use serde_json::Value;

use crate::peer::Peer;

pub struct IamRs {
    /// One evaluator for each layer and level; the identity policies are the last.
    layers: Vec<PolicyEvaluator>,
    requests: Vec<IAMRequest>,
}

impl IamRs {
    pub fn new(workload: &Workload) -> Self {
        let mut layers: Vec<Layer> = workload.policies.iter().map(|policy| policy.layer).collect();
        layers.sort_by_key(|layer| (*layer == Layer::Identity, *layer));
        layers.dedup();
        let evaluator = |layer: &Layer| {
            let own = workload.policies.iter().filter(|policy| policy.layer == *layer);
            let policies = own
                .map(|policy| IAMPolicy::from_json(&with_booleans(&policy.text)).expect("a policy"))
                .collect();
            let options = EvaluationOptions { max_statements: usize::MAX, ..EvaluationOptions::default() };
            PolicyEvaluator::with_policies(policies).with_options(options)
        };
        Self {
            layers: layers.iter().map(evaluator).collect(),
            requests: workload.requests.iter().map(request).collect(),
        }
    }
}

/// iam-rs takes JSON's own true and false for `Bool`; with "false" a decision is an error.
fn with_booleans(text: &str) -> String {
    let mut document: Value = serde_json::from_str(text).expect("JSON");
    let statements = document["Statement"].as_array_mut().into_iter().flatten();
    for condition in statements.filter_map(|statement| statement.get_mut("Condition")?.as_object_mut()) {
        for (_, keys) in condition.iter_mut().filter(|(operator, _)| operator.starts_with("Bool")) {
            for value in keys.as_object_mut().into_iter().flat_map(|keys| keys.values_mut()) {
                match value {
                    Value::Array(list) => list.iter_mut().for_each(boolean),
                    value => boolean(value),
                }
            }
        }
    }
    document.to_string()
}

fn boolean(value: &mut Value) {
    if let Some(flag) = value.as_str().and_then(|text| text.parse().ok()) {
        *value = Value::Bool(flag);
    }
}

fn request(request: &Request) -> IAMRequest {
    let mut context = Context::new();
    for (key, values) in &request.context {
        let value = match values.as_slice() {
            [one] if one == "true" || one == "false" => ContextValue::Boolean(one == "true"),
            [one] => ContextValue::String(one.clone()),
            several => ContextValue::StringList(several.to_vec()),
        };
        context.insert(key.clone(), value);
    }
    // It has no request about "*": any resource of the service stands for it.
    let service = request.action.split(':').next().unwrap_or_default();
    let arn = match request.resource.as_str() {
        "*" => format!("arn:aws:{service}:us-east-1:111122223333:any"),
        arn => arn.to_owned(),
    };
    let principal = Principal::Aws(PrincipalId::String(request.principal.clone()));
    IAMRequest::new_with_context(
        principal,
        request.action.clone(),
        Arn::parse(&arn).expect("an ARN"),
        context,
    )
}

impl Peer for IamRs {
    fn decide(&self, request: usize) -> Expected {
        let mut allowed = true;
        for layer in &self.layers {
            match layer.evaluate(&self.requests[request]).map(|result| result.decision) {
                Ok(Decision::Deny) => return Expected::ExplicitDeny,
                Ok(Decision::Allow) => {}
                Ok(Decision::NotApplicable) | Err(_) => allowed = false,
            }
        }
        if allowed { Expected::Allow } else { Expected::ImplicitDeny }
    }
}
