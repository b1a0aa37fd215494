//! The statements of a policy, for translating them into other languages.

use iamlet_workloads::Policy;
use serde_json::Value;

/// A statement.
pub struct Statement {
    pub allows: bool,
    /// The actions, and whether they are those that are left out.
    pub actions: Vec<String>,
    pub not_actions: bool,
    pub resources: Vec<String>,
    /// Operator, key, values.
    pub conditions: Vec<(String, String, Vec<String>)>,
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// All statements of a list of policies.
pub fn read(policies: &[Policy]) -> Vec<Statement> {
    policies
        .iter()
        .flat_map(|policy| {
            let document: Value = serde_json::from_str(&policy.text).expect("JSON");
            match &document["Statement"] {
                Value::Array(list) => list.clone(),
                one => vec![one.clone()],
            }
        })
        .map(|statement| Statement {
            allows: statement["Effect"] == "Allow",
            not_actions: statement.get("NotAction").is_some(),
            actions: texts(statement.get("NotAction").unwrap_or(&statement["Action"])),
            resources: texts(&statement["Resource"]),
            conditions: statement["Condition"]
                .as_object()
                .into_iter()
                .flatten()
                .flat_map(|(operator, keys)| {
                    let keys = keys.as_object().expect("an object").clone();
                    keys.into_iter().map(move |(key, values)| (operator.clone(), key, texts(&values)))
                })
                .collect(),
        })
        .collect()
}
