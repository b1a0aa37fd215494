//! What an explanation says would change a decision does: on the vectors, each change is applied to the request or to the
//! policy, and decided.

use std::collections::BTreeMap;

use iamlet::{
    Change, ConditionText, Effect, Explanation, JudgedCondition, JudgedStatement, Layer, Need, PolicySet,
    Role, Truth,
};
use iamlet_cases::Case;
use serde_json::{Value, json};

/// What is read of an explanation: the effect, and the changes with what they are about.
struct Told {
    effect: Effect,
    changes: Vec<(String, Applied)>,
}

/// A change of the request or of a policy.
enum Applied {
    /// The values of a key.
    Key(String, Vec<String>),
    /// An element of a statement of the policy with this number.
    Element(usize, usize, &'static str, Value),
}

/// Explains a case.
fn explain(case: &Value) -> Option<Told> {
    let read = Case::read(case).ok()?;
    let (compiled, prepared) = (read.compile().ok()?, read.request.prepare().ok()?);
    let set = PolicySet::open(&compiled.set).expect("a set that was built opens");
    prepared
        .explain(&[set], |_, decision, why| Told { effect: decision.effect, changes: changes(case, &why) })
        .ok()
}

/// The changes that alone would change the decision.
fn changes(case: &Value, why: &Explanation<'_>) -> Vec<(String, Applied)> {
    let verdict = why.verdict().expect("a decision");
    let mut changes = Vec::new();
    let silent: Vec<_> = why.silent_layers().collect();
    for (judged, conditions) in why.statements() {
        let conditions: Vec<_> = conditions.collect();
        let alone = match (verdict.effect, judged.denies) {
            (Effect::ExplicitDeny, true) => verdict.denies == 1 && judged.role == Role::Decides,
            (Effect::ImplicitDeny, false) => {
                judged.role == Role::NearMiss
                    && judged.lacks() == 1
                    && silent.iter().filter(|silent| silent.need == Need::Needed).count() <= 1
                    && silent.len() == 1
            }
            _ => false,
        };
        if !alone {
            continue;
        }
        if judged.denies || judged.conditions != Truth::True {
            changes.extend(of_conditions(why, &judged, &conditions));
        }
        changes.extend(of_elements(case, &judged));
    }
    changes
}

/// The changes of keys: any condition of a Deny, and the only one of an Allow that does not hold.
fn of_conditions(
    why: &Explanation<'_>,
    judged: &JudgedStatement,
    conditions: &[JudgedCondition],
) -> Vec<(String, Applied)> {
    let wanted: Vec<_> = conditions.iter().filter(|condition| condition.change.is_some()).collect();
    if !judged.denies && wanted.len() != 1 {
        return Vec::new();
    }
    let change = |condition: &&JudgedCondition| {
        let text = why.condition(condition).expect("a condition");
        let change = condition.change.expect("a change");
        let values = values(&text, change)?;
        let what =
            format!("{} {} {change}", if judged.denies { "Deny" } else { "Allow" }, condition.fact.name());
        Some((what, Applied::Key(text.key().to_string(), values)))
    };
    wanted.iter().filter_map(change).collect()
}

/// Values of a key that a change asks for. `None` where the test cannot think of one.
fn values(text: &ConditionText<'_>, change: Change) -> Option<Vec<String>> {
    let operator = text.operator().to_string();
    let has = |name: &str| operator.contains(name);
    let first = text.values().next()?.to_string();
    if first.contains("${") {
        return None;
    }
    // A number or a date is moved away from the bound, if the operator excludes it.
    let bound = |value: &str, up: bool, far: bool| -> Option<String> {
        if has("Numeric") {
            let number: f64 = value.parse().ok()?;
            return Some(format!(
                "{}",
                if far { if up { number + 1.0 } else { number - 1.0 } } else { number }
            ));
        }
        Some(if far { if up { "2090-01-01" } else { "1971-01-01" } } else { value }.to_owned())
    };
    let value = match change {
        Change::Absent => return Some(Vec::new()),
        Change::Present => "a".to_owned(),
        Change::OneOf if has("LessThan") => bound(&first, false, true)?,
        Change::OneOf if has("GreaterThan") => bound(&first, true, true)?,
        Change::NoneOf if has("LessThan") => bound(&first, true, true)?,
        Change::NoneOf if has("GreaterThan") => bound(&first, false, true)?,
        Change::OneOf => first
            .replace('*', "")
            .replace('?', "a")
            .split('/')
            .next()
            .filter(|_| has("Ip"))
            .map_or_else(|| first.replace('*', "x").replace('?', "a"), str::to_owned),
        Change::NoneOf if has("Bool") => if first == "true" { "false" } else { "true" }.to_owned(),
        Change::NoneOf if has("Numeric") => "-123456.5".to_owned(),
        Change::NoneOf if has("Date") => "1971-02-03".to_owned(),
        Change::NoneOf if has("Ip") => "100.127.3.9".to_owned(),
        Change::NoneOf if has("Binary") => "bm8gc3VjaA==".to_owned(),
        Change::NoneOf if has("Arn") => "arn:aws:nosuch:::none".to_owned(),
        Change::NoneOf => "no-such-value".to_owned(),
    };
    Some(vec![value])
}

/// What an Allow lacks beside its conditions, added to the policy.
fn of_elements(case: &Value, judged: &JudgedStatement) -> Vec<(String, Applied)> {
    if judged.denies {
        return Vec::new();
    }
    let request = &case["request"];
    let (policy, statement) = (judged.tag as usize, judged.statement as usize);
    let element = |name, value: &Value| {
        (format!("Allow {name}"), Applied::Element(policy, statement, name, value.clone()))
    };
    let mut changes = Vec::new();
    if judged.action != Truth::True {
        changes.push(element("Action", &request["action"]));
    }
    if judged.resource != Truth::True && request["resource"].is_string() {
        changes.push(element("Resource", &request["resource"]));
    }
    if judged.principal != Truth::True {
        let arn = request["principal"].as_str().or(request["principal"]["arn"].as_str());
        // R-VPCE-6: there only everyone is sure to be meant.
        let who = |arn| if judged.layer == Layer::Endpoint { json!("*") } else { json!({"AWS": arn}) };
        changes.extend(arn.map(|arn| element("Principal", &who(arn))));
    }
    changes
}

/// The case after a change. `None` where the change cannot be made to the case.
fn applied(case: &Value, change: &Applied) -> Option<Value> {
    let mut case = case.clone();
    match change {
        Applied::Key(key, values) => {
            let request = case["request"].as_object_mut()?;
            let context = request.entry("context").or_insert_with(|| json!({})).as_object_mut()?;
            context.retain(|name, _| !name.eq_ignore_ascii_case(key));
            if !values.is_empty() {
                context.insert(key.clone(), json!(values));
            }
            for item in request.get_mut("resources").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(context) = item.get_mut("context").and_then(Value::as_object_mut) {
                    context.retain(|name, _| !name.eq_ignore_ascii_case(key));
                }
            }
            // A declaration would make any value one of several (R-MULTI-6).
            if let Some(declared) = request.get_mut("multivalued").and_then(Value::as_array_mut) {
                declared.retain(|name| !name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(key)));
            }
        }
        Applied::Element(policy, statement, name, value) => {
            let path = Case::read(&case).ok()?.policies.get(*policy)?.name.clone();
            let document = case.pointer_mut(&format!("/policies/{path}"))?;
            let statements = document.get_mut("Statement")?;
            let of = if statements.is_array() { statements.get_mut(*statement)? } else { statements };
            let of = of.as_object_mut()?;
            if of.remove(&format!("Not{name}")).is_none() {
                of.remove(*name)?;
            }
            of.insert((*name).to_owned(), value.clone());
        }
    }
    Some(case)
}

#[test]
fn each_stated_change_changes_the_decision_of_its_vector() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut vectors = 0;
    for line in include_str!("data/vectors.jsonl").lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).expect("a case");
        let Some(told) = explain(&case) else { continue };
        let mut changed = false;
        for (what, change) in told.changes {
            // Some changes no request can show: the key is the engine's, or the kind of policy does not take the element.
            let Some(after) = applied(&case, &change).and_then(|case| explain(&case)) else { continue };
            assert_ne!(after.effect, told.effect, "{what}: {case}");
            *kinds.entry(what).or_default() += 1;
            changed = true;
        }
        vectors += usize::from(changed);
    }
    println!("{vectors} vectors, {kinds:#?}");
    assert!(vectors >= 60, "{vectors} {kinds:#?}");
}
