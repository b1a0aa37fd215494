//! Explanations agree with decisions and with the naive evaluator's own trace, and decisions that wait for keys with every
//! filling of them, on generated cases and on the vectors.

mod naive;

use std::thread;

use iamlet::{
    Decision, Explanation, Fact, JudgedCondition, JudgedStatement, Layer, PolicySet, Reason, Record, Role,
    Truth,
};
use iamlet_cases::Case;
use naive::fillings;
use naive::generate::{self, Rng};
use naive::trace::{self, Explained, OfCondition, OfResource, OfStatement};
use naive::{Outcome, Truth as NaiveTruth};
use serde_json::Value;

/// Cases of one run; `IAMLET_CASES` asks for more.
const CASES: u64 = 20_000;

/// Cases that share a seed: a case that differs is found again by its seed and its number.
const CHUNK: u64 = 500;

fn cases() -> u64 {
    std::env::var("IAMLET_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES)
}

/// Runs `check` on all chunks, on all processors, and adds up what it returns.
fn on_all_chunks<const N: usize>(cases: u64, check: fn(&mut Rng) -> [u64; N]) -> [u64; N] {
    let chunks = cases.div_ceil(CHUNK);
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let workers: Vec<_> = (0..threads)
        .map(|worker| {
            thread::spawn(move || {
                let mut sums = [0; N];
                for chunk in (worker..chunks).step_by(threads as usize) {
                    let mut rng = Rng::new(77_000_000 + chunk);
                    for _ in 0..CHUNK {
                        let counts = check(&mut rng);
                        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                    }
                }
                sums
            })
        })
        .collect();
    let mut sums = [0; N];
    for worker in workers {
        let counts = worker.join().expect("no difference");
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    sums
}

/// Explains a case both ways; whether there was an explanation, and how many records.
fn explain(case: &Value) -> [u64; 2] {
    let Ok(read) = Case::read(case) else { return [0; 2] };
    let (Ok(compiled), Ok(prepared)) = (read.compile(), read.request.prepare()) else { return [0; 2] };
    let set = PolicySet::open(&compiled.set).expect("a set that was built opens");
    let decided = prepared.decide(&[set]);
    let explained = prepared.explain(&[set], |number, decision, why| {
        assert_eq!(Ok(decision), decided, "{case}");
        let Explained::Decided(of) = trace::explain(case) else { panic!("not decided: {case}") };
        Compared { of: &of[number], why, case, read: &read }.check()
    });
    match explained {
        Ok(records) => [1, records],
        Err(error) => {
            assert_eq!(Err(error), decided, "{case}");
            [0; 2]
        }
    }
}

/// The two explanations of one resource.
struct Compared<'c> {
    of: &'c OfResource,
    why: Explanation<'c>,
    case: &'c Value,
    read: &'c Case,
}

impl Compared<'_> {
    fn check(&self) -> u64 {
        let case = self.case;
        let verdict = self.why.verdict().expect("a decision");
        assert_eq!(verdict.effect.name(), self.of.outcome.as_str(), "{case}");
        for (judged, conditions) in self.why.statements() {
            let of = self.find(&judged);
            assert_eq!(of.allow, !judged.denies, "{case}");
            let truths = [judged.action, judged.resource, judged.principal, judged.conditions].map(truth);
            assert_eq!(truths, [of.action, of.resource, of.principal, of.conditions], "{judged:?} {case}");
            let conditions: Vec<_> = conditions.collect();
            assert_eq!(conditions.len(), of.each.len(), "{case}");
            for (record, naive) in conditions.iter().zip(&of.each) {
                self.check_condition(record, naive);
            }
        }
        self.check_deciding();
        self.check_silent();
        self.why.records().count() as u64
    }

    /// What the naive evaluator says of a statement.
    fn find(&self, judged: &JudgedStatement) -> &OfStatement {
        let name = &self.read.policies[judged.tag as usize].name;
        let mut parts = name.split('/');
        let layer = parts.next().expect("a layer");
        let numbers: Vec<usize> = parts.map(|part| part.parse().expect("a number")).collect();
        let (level, policy) = match numbers[..] {
            [] => (0, 0),
            [policy] => (0, policy),
            [level, policy] => (level, policy),
            _ => panic!("{name}"),
        };
        let place = (layer, level, policy, judged.statement as usize);
        let found = self
            .of
            .statements
            .iter()
            .find(|of| (of.layer.name(), of.level, of.policy, of.statement) == place);
        found.unwrap_or_else(|| panic!("{judged:?} is not heard: {}", self.case))
    }

    fn check_condition(&self, record: &JudgedCondition, naive: &OfCondition) {
        let case = self.case;
        let text = self.why.condition(record).expect("a condition");
        assert_eq!(text.operator().to_string(), naive.name, "{case}");
        assert!(text.key().to_string().eq_ignore_ascii_case(&naive.key), "{case}");
        assert_eq!(truth(record.truth), naive.truth, "{naive:?} {case}");
        // Of several values the engine tells of the one that makes the answer.
        let expected = match record.fact.sent() {
            Some(sent) => naive.of_values.get(usize::from(sent)).copied().unwrap_or(naive.fact),
            None => naive.fact,
        };
        let same = match (record.fact, expected) {
            (Fact::Absent, trace::Fact::Absent)
            | (Fact::Present, trace::Fact::Present)
            | (Fact::Unknown, trace::Fact::Unknown)
            | (Fact::SeveralValues, trace::Fact::SeveralValues)
            | (Fact::NothingButEmpty, trace::Fact::EmptySet)
            | (Fact::NoMatch { .. }, trace::Fact::NoMatch)
            | (Fact::DoesNotParse { .. }, trace::Fact::DoesNotParse)
            | (Fact::VariableWithoutValue { .. }, trace::Fact::VariableWithoutValue)
            | (Fact::Open { .. }, trace::Fact::Ambiguous(_)) => true,
            (Fact::Matches { expected, .. }, trace::Fact::Matches { policy_value, .. }) => {
                usize::from(expected) == policy_value
            }
            _ => false,
        };
        assert!(same, "{:?}, expected {expected:?} of {naive:?}: {case}", record.fact);
    }

    /// All statements that decide are told of, and no others.
    fn check_deciding(&self) {
        let told = self.why.statements().filter(|(judged, _)| judged.role == Role::Decides);
        // R-EVAL-23: nobody looks at the bucket policy then.
        let is_root = self.why.verdict().is_some_and(|verdict| verdict.reason == Reason::RootUser);
        let told = told.filter(|(judged, _)| !(is_root && judged.layer == Layer::Resource)).count();
        let set_aside = self.of.set_aside || is_root;
        let counts = |of: &&OfStatement| !(set_aside && of.layer == trace::Layer::Resource);
        let heard = self.of.statements.iter().filter(counts);
        let expected = match self.of.outcome {
            Outcome::ExplicitDeny => heard.filter(|of| !of.allow && of.truth != NaiveTruth::False).count(),
            Outcome::Allow => heard.filter(|of| of.allow && of.truth == NaiveTruth::True).count(),
            _ => 0,
        };
        assert_eq!(told, expected, "{}", self.case);
    }

    /// Of a layer whose Allow is missing, every statement is told of that lacks one element, or one that lacks fewest.
    fn check_silent(&self) {
        let case = self.case;
        let silent: Vec<_> = self.why.silent_layers().collect();
        if self.of.outcome == Outcome::ImplicitDeny
            && self.why.verdict().is_some_and(|verdict| verdict.reason != Reason::Impossible)
        {
            assert!(!silent.is_empty(), "{case}");
        }
        for layer in silent {
            let name = if layer.layer.code() == "endpoint" { "vpce" } else { layer.layer.code() };
            let of_layer =
                |of: &&OfStatement| of.layer.name() == name && of.level == usize::from(layer.level);
            let lacks: Vec<usize> =
                self.of.statements.iter().filter(of_layer).filter(|of| of.allow).map(lacking).collect();
            let near = lacks.iter().filter(|lacks| **lacks <= 1).count();
            let told = self.why.statements().map(|(judged, _)| judged).filter(|judged| {
                (judged.layer, judged.level) == (layer.layer, layer.level)
                    && !judged.denies
                    && judged.role != Role::Decides
            });
            let told: Vec<_> = told.collect();
            if near > 0 {
                assert_eq!(told.len(), near, "{case}");
                assert!(told.iter().all(|judged| judged.role == Role::NearMiss), "{case}");
            } else {
                let least = lacks.iter().min();
                assert_eq!(told.iter().map(JudgedStatement::lacks).min().as_ref(), least, "{case}");
                assert_eq!(told.len(), usize::from(least.is_some()), "{case}");
            }
        }
    }
}

fn lacking(of: &OfStatement) -> usize {
    let elements = [of.action, of.resource, of.principal, of.conditions];
    elements.into_iter().filter(|truth| *truth != NaiveTruth::True).count()
}

fn truth(truth: Truth) -> NaiveTruth {
    match truth {
        Truth::False => NaiveTruth::False,
        Truth::Indet => NaiveTruth::Indet,
        Truth::True => NaiveTruth::True,
    }
}

#[test]
fn explanations_agree_with_the_naive_trace() {
    let [explained, records] = on_all_chunks(cases(), |rng| explain(&generate::case(rng)));
    println!("{explained} explained, {records} records");
    assert!(explained > cases() / 3 && records > 3 * explained, "{explained} {records}");
}

#[test]
fn explanations_of_the_vectors_agree_with_the_naive_trace() {
    let vectors = include_str!("data/vectors.jsonl").lines().filter(|line| !line.trim().is_empty());
    let explained: u64 = vectors.map(|line| explain(&serde_json::from_str(line).expect("a case"))[0]).sum();
    assert!(explained > 400, "{explained}");
}

/// Decides a case with keys that are not fetched: whether it waits, whether it waits in vain, whether it had keys.
fn wait(rng: &mut Rng) -> [u64; 3] {
    let case = generate::case(rng);
    let (mut case, keys) = fillings::with_pending(rng, &case);
    if keys.is_empty() {
        return [0; 3];
    }
    let found = fillings::explore(&case, &keys).by_item;
    case["request"]["not_fetched"] = keys.into();
    let Ok(read) = Case::read(&case) else { return [0; 3] };
    let (Ok(compiled), Ok(prepared)) = (read.compile_indexed(), read.request.prepare()) else {
        return [0; 3];
    };
    let set = PolicySet::open(&compiled.set).expect("a set that was built opens");
    let decided = prepared.decide(&[set]);
    let Ok(decision) = decided else { return [0; 3] };
    // What the index does not lead to, the scan may wait for in vain.
    let scanned = prepared.decide_by_scan(&[set]).expect("a decision");
    let waits = |decision: Decision<'_>| decision.reason == Reason::NeedsContext;
    assert!(waits(scanned) || scanned.effect == decision.effect && !waits(decision), "{case}");
    if decision.reason == Reason::NeedsContext {
        assert!(!decision.is_allowed() && decision.needs != 0, "{case}");
        return [1, u64::from(found.len() == 1), 1];
    }
    let outcome = found.iter().map(|outcome| outcome.as_str()).collect::<Vec<_>>();
    assert_eq!([decision.effect.name()][..], outcome, "{decision:?} {case}");
    prepared
        .explain(&[set], |_, explained, why| {
            assert_eq!(explained, decision, "{case}");
            assert!(matches!(why.records().next(), Some(Record::Decision(_))), "{case}");
        })
        .expect("a decision");
    [0, 0, 1]
}

#[test]
fn what_is_decided_without_a_key_holds_with_every_filling_of_it() {
    // Each case has hundreds of fillings.
    let cases = cases() / 4;
    let [waits, in_vain, had_keys] = on_all_chunks(cases, wait);
    println!("{had_keys} cases with keys, {waits} wait for them, {in_vain} perhaps in vain");
    assert!(in_vain * 100 <= cases, "{in_vain}");
    assert!(had_keys > cases / 3 && waits > had_keys / 10, "{had_keys} {waits}");
}
