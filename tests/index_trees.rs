//! The trees of the index against looking at every statement: beginnings and whole texts of few letters, so that many are
//! the beginning of others, of so many lengths that a tree is searched and of so few that it is asked for each.

#[path = "support/indexed.rs"]
mod indexed;

use iamlet::evaluate::decide_by_scan;
use iamlet::{PolicySet, Request, decide};
use indexed::{indexed_set, prepared};
use serde_json::{Value, json};

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % count
    }

    /// A text of `a` and `b`, mostly `a`, so that long ones are alike.
    fn text(&mut self, longest: u64) -> String {
        let len = self.below(longest + 1);
        (0..len).map(|_| if self.below(6) == 0 { 'b' } else { 'a' }).collect()
    }
}

/// A statement with a beginning or a whole text in one of the places that trees are made of.
fn statement(numbers: &mut Numbers, longest: u64) -> Value {
    let text = numbers.text(longest);
    let end = if numbers.below(3) == 0 { "" } else { "*" };
    let effect = if numbers.below(4) == 0 { "Deny" } else { "Allow" };
    let action = ["s3:GetObject", "s3:*", "*"][numbers.below(3) as usize];
    match numbers.below(3) {
        0 => json!({"Effect": effect, "Action": action, "Resource": format!("arn:aws:s3:::{text}{end}")}),
        1 => json!({"Effect": effect, "Action": action, "Resource": format!("arn:*:s3:::{text}{end}")}),
        _ => json!({"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::*",
            "Condition": {"StringLike": {"a:k": format!("{text}{end}")}}}),
    }
}

#[test]
fn trees_lead_to_every_beginning_and_whole_text() {
    let mut numbers = Numbers(1);
    let mut effects = [0; 3];
    for round in 0..300 {
        // From one length to more than the longest text of a node.
        let longest = [1, 3, 7, 9, 20, 140][round % 6];
        let count = [2, 4, 12, 60, 200][round % 5];
        let statements: Vec<Value> = (0..count).map(|_| statement(&mut numbers, longest)).collect();
        let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let set = indexed_set(&document, 1);
        let set = PolicySet::open(&set).expect("a set");
        for _ in 0..60 {
            let arn = format!("arn:aws:s3:::{}", numbers.text(longest + 2));
            let value = numbers.text(longest + 2);
            let values = [value.as_str()];
            let values = if numbers.below(4) == 0 { &[][..] } else { &values[..] };
            let request = prepared("s3:GetObject", &arn, "111122223333", values);
            let request = Request::open(&request).expect("a request");
            let decision = decide(&[set], request);
            assert_eq!(decision, decide_by_scan(&[set], request), "{arn} {values:?} {document}");
            effects[decision.expect("a decision").effect as usize] += 1;
        }
    }
    assert!(effects.iter().all(|count| *count > 500), "{effects:?}");
}
