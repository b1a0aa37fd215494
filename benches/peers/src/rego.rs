//! regorus: each resource of a statement a rule of Rego, compiled for its virtual machine.

use std::cell::RefCell;
use std::fmt::Write;
use std::sync::Arc;

use iamlet_workloads::{Expected, Request, Workload};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::{Engine, Value};
use serde_json::json;

use crate::peer::Peer;
use crate::statements::{self, Statement};

pub struct Regorus {
    machine: RefCell<RegoVM>,
    inputs: Vec<Value>,
    allow: Value,
    deny: Value,
}

impl Regorus {
    pub fn new(workload: &Workload) -> Self {
        let mut engine = Engine::new();
        engine.add_policy("policy.rego".to_owned(), program(workload)).expect("a program");
        let policy = engine.compile_with_entrypoint(&Arc::from("data.iam.decision")).expect("a rule");
        let program = Compiler::compile_from_policy(&policy, &["data.iam.decision"]).expect("a program");
        let mut machine = RegoVM::new_with_policy(policy);
        machine.load_program(program);
        machine.set_max_instructions(usize::MAX);
        Self {
            machine: RefCell::new(machine),
            inputs: workload.requests.iter().map(input).collect(),
            allow: Value::from("allow"),
            deny: Value::from("explicit_deny"),
        }
    }
}

fn input(request: &Request) -> Value {
    let context: serde_json::Map<String, serde_json::Value> =
        request.context.iter().map(|(key, values)| (key.clone(), json!(values.first()))).collect();
    let input = json!({"action": request.action, "resource": request.resource, "context": context});
    Value::from_json_str(&input.to_string()).expect("a value")
}

fn program(workload: &Workload) -> String {
    let mut out = String::from(
        "package iam\nimport rego.v1\n\ndefault allow := false\ndefault deny := false\ndefault decision := \"implicit_deny\"\n\
         decision := \"explicit_deny\" if deny\nelse := \"allow\" if allow\n",
    );
    for statement in statements::read(&workload.policies) {
        for resource in &statement.resources {
            rule(&mut out, &statement, resource);
        }
    }
    out
}

/// One rule for each resource of a statement.
fn rule(out: &mut String, statement: &Statement, resource: &str) {
    let name = if statement.allows { "allow" } else { "deny" };
    let _ = writeln!(out, "{name} if {{");
    let all_literal = statement.actions.iter().all(|action| !action.contains(['*', '?']));
    let actions: Vec<String> =
        statement.actions.iter().map(|action| matches("input.action", action)).collect();
    if statement.not_actions {
        for action in &actions {
            let _ = writeln!(out, "  not {action}");
        }
    } else if all_literal && statement.actions.len() > 1 {
        let _ = writeln!(out, "  input.action in {}", set(&statement.actions));
    } else {
        // No statement of the workloads has several patterns.
        let _ = writeln!(out, "  {}", actions[0]);
    }
    if resource != "*" {
        let _ = writeln!(out, "  {}", matches("input.resource", resource));
    }
    for (operator, key, values) in &statement.conditions {
        let value = format!("input.context[{key:?}]");
        let _ = match operator.as_str() {
            "StringEquals" | "Bool" => writeln!(out, "  {value} in {}", set(values)),
            "StringNotEquals" => writeln!(out, "  not {value} in {}", set(values)),
            "StringLike" if values.len() == 1 => writeln!(out, "  {}", matches(&value, &values[0])),
            "StringLike" => {
                writeln!(out, "  some p in {}\n  glob.match(p, [], {value})", list(values))
            }
            "IpAddress" => {
                writeln!(out, "  some n in {}\n  net.cidr_contains(n, {value})", list(values))
            }
            other => panic!("{other} is not translated"),
        };
    }
    out.push_str("}\n");
}

fn set(texts: &[String]) -> String {
    format!("{{{}}}", quoted(texts))
}

fn list(texts: &[String]) -> String {
    format!("[{}]", quoted(texts))
}

fn quoted(texts: &[String]) -> String {
    texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
}

/// The cheapest test that a pattern allows.
fn matches(value: &str, pattern: &str) -> String {
    if let Some((before, after)) = pattern.split_once("${aws:username}") {
        let user = "input.context[\"aws:username\"]";
        return match after.strip_suffix('*') {
            Some(after) => format!("startswith({value}, concat(\"\", [{before:?}, {user}, {after:?}]))"),
            None => format!("{value} == concat(\"\", [{before:?}, {user}, {after:?}])"),
        };
    }
    match pattern.strip_suffix('*') {
        _ if !pattern.contains(['*', '?']) => format!("{value} == {pattern:?}"),
        Some(head) if !head.contains(['*', '?']) => format!("startswith({value}, {head:?})"),
        _ => format!("glob.match({pattern:?}, [], {value})"),
    }
}

impl Peer for Regorus {
    fn decide(&self, request: usize) -> Expected {
        let mut machine = self.machine.borrow_mut();
        machine.set_input(self.inputs[request].clone());
        match machine.execute().expect("a decision") {
            answer if answer == self.allow => Expected::Allow,
            answer if answer == self.deny => Expected::ExplicitDeny,
            _ => Expected::ImplicitDeny,
        }
    }
}
