//! An explanation together with what its records point to.

use core::fmt;

use super::key_name::KeyName;
use super::value::ExpectedValue;
use crate::evaluate::decision::Decision;
use crate::evaluate::explain::ExplainError;
use crate::evaluate::explanation::{JudgedCondition, JudgedStatement, Record, SilentLayer, Verdict};
use crate::evaluate::record_slot::RecordSlot;
use crate::evaluate::{self, Item};
use crate::image::layer::Layer;
use crate::image::operator::{ConditionOperator, Family, QualifiedOperator, Relation, SetQualifier};
use crate::image::records::IF_EXISTS;
use crate::image::set::PolicySet;
use crate::image::set_records::{ConditionRow, SetEntry};
use crate::image::source_map::SourceMap;
use crate::image::statement::Statement;
use crate::request::Request;
use crate::request::request_context::RequestContext;

/// Where a policy comes from, for texts: `scp/guardrails.json:10` in place of numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Source<'a> {
    /// The tag of the policy.
    pub tag: u64,
    /// The name of its file, or what its readers call it.
    pub name: &'a str,
    /// The source map that compiling wrote ([`SourceMap`](crate::SourceMap)); empty for none.
    pub map: &'a [u8],
}

/// Where policies come from, by their tags: an array of sources, or what looks them up.
pub trait Sources: fmt::Debug {
    /// The source of the policy with this tag.
    fn source(&self, tag: u64) -> Option<Source<'_>>;
}

impl<const N: usize> Sources for [Source<'_>; N] {
    fn source(&self, tag: u64) -> Option<Source<'_>> {
        self.iter().find(|source| source.tag == tag).copied()
    }
}

impl Sources for &[Source<'_>] {
    fn source(&self, tag: u64) -> Option<Source<'_>> {
        self.iter().find(|source| source.tag == tag).copied()
    }
}

impl Source<'_> {
    /// The line and the column of a statement, from 1.
    pub(super) fn position(&self, statement: u32) -> Option<[u32; 2]> {
        SourceMap::new(self.map).position(statement).map(|position| [position.line, position.column])
    }
}

/// No source at all.
const NONE: [Source<'_>; 0] = [];

/// Why a decision is what it is: the records, and the texts that they point to.
///
/// ```
/// use iamlet::{ConditionText, ExplainError, Explanation, ForClients, Json, Layer, Layers, PolicyBuf, PolicyKind};
/// use iamlet::{PolicySetBuf, Principal, RecordSlot, RequestInput, Resource, Sentence, SilentLayer, Simulation, Source};
/// use iamlet::{Sources, Verdict, explain};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Small", "Effect": "Allow", "Action": "ec2:RunInstances",
///     "Resource": "*", "Condition": {"StringLike": {"ec2:InstanceType": "t3.*"}}}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// let set = PolicySetBuf::new([policy.at(Layer::Identity).tag(7)])?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let instance = Resource::new("arn:aws:ec2:eu-west-1:111122223333:instance/i-1");
/// let request = RequestInput::new(alice, "ec2:RunInstances", instance).absent(!Layers::IDENTITY).prepare()?;
///
/// let (sets, mut room) = ([set.set()?], [RecordSlot::EMPTY; 16]);
/// let too_small = explain(&sets, request.request()?, None, &mut room[..1]).err();
/// assert_eq!(too_small, Some(ExplainError::TooFewRecords(5)));
/// let why: Explanation<'_> = explain(&sets, request.request()?, None, &mut room)?.1;
/// let verdict: Option<Verdict> = why.verdict();
/// assert_eq!(verdict.map(|verdict| verdict.denies), Some(0));
/// let silent: Vec<SilentLayer> = why.silent_layers().filter(|silent| silent.is_there).collect();
/// assert_eq!(silent[0].layer, Layer::Identity);
/// let condition = why.statements().flat_map(|(_, conditions)| conditions).next().ok_or("no condition")?;
/// let condition: ConditionText<'_> = why.condition(&condition).ok_or("of other sets")?;
/// assert_eq!(condition.key().to_string(), "ec2:InstanceType");
///
/// let (for_clients, sentence): (ForClients, Sentence<'_, '_>) = (why.for_clients(), why.sentence());
/// assert_eq!(for_clients.to_string(), "no identity-based policy allows it");
/// assert!(sentence.to_string().ends_with("because no identity-based policy allows the ec2:RunInstances action"));
/// let (json, simulation): (Json<'_, '_>, Simulation<'_, '_>) = (why.json(), why.simulation());
/// assert!(json.to_string().contains(r#""fact":"absent""#));
/// assert!(simulation.to_string().contains(r#""MissingContextValues":["ec2:InstanceType"]"#));
/// let sources: &dyn Sources = &[Source { tag: 7, name: "dev.json", map: &[4, 0, 0, 0, 5, 0, 0, 0] }];
/// let text = why.with_sources(sources).to_string();
/// assert!(text.ends_with("would allow with ec2:InstanceType like t3.*"), "{text}");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'a> {
    pub(super) sets: &'a [PolicySet<'a>],
    pub(super) request: Request<'a>,
    pub(super) item: Option<Item<'a>>,
    sources: &'a dyn Sources,
    slots: &'a [RecordSlot],
}

/// Decides a request as [`decide_item`](crate::decide_item) does, and tells why. The records are written into `room`.
///
/// Of several resources, explain the item that the decision names. Cost: each statement of the layers that apply is judged
/// once or twice, whether the sets have indexes or not, within the request's budget.
///
/// # Errors
/// As [`decide_item`](crate::decide_item), and where `room` is too small: the error says how many records there are.
///
/// ```
/// use iamlet::{Change, Explanation, Fact, JudgedCondition, JudgedStatement, Layer, Layers, Need, PolicyBuf, PolicyKind};
/// use iamlet::{PolicySetBuf, Principal, Record, RecordSlot, RequestInput, Resource, Role, Source, Truth, explain};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": [
///     {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
///     {"Sid": "RegionLock", "Effect": "Deny", "Action": "*", "Resource": "*",
///         "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}}]}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// let set = PolicySetBuf::new([policy.at(Layer::Identity).tag(7)])?;
/// let alice = Principal::user("arn:aws:iam::111122223333:user/alice");
/// let plan = Resource::owned_by("arn:aws:s3:::team/plan", "111122223333");
/// let request = RequestInput::new(alice, "s3:GetObject", plan).absent(!Layers::IDENTITY).prepare()?;
///
/// let (sets, mut room) = ([set.set()?], [RecordSlot::EMPTY; 16]);
/// let why: Explanation<'_> = explain(&sets, request.request()?, None, &mut room)?.1;
/// let Some(Record::Condition(condition)) = why.records().nth(2) else { return Err("no condition".into()) };
/// assert_eq!((condition.fact, condition.truth), (Fact::Absent, Truth::True));
/// assert_eq!(condition.change, Some(Change::OneOf));
/// let text = why.with_sources(&[Source { tag: 7, name: "dev.json", map: &[] }]).to_string();
/// assert!(text.contains("RegionLock"), "{text}");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn explain<'a>(
    sets: &'a [PolicySet<'a>],
    request: Request<'a>,
    item: impl Into<Option<Item<'a>>>,
    room: &'a mut [RecordSlot],
) -> Result<(Decision<'a>, Explanation<'a>), ExplainError> {
    let item = item.into();
    let (decision, slots) = evaluate::explain(sets, request, item, room)?;
    Ok((decision, Explanation { sets, request, item, sources: &NONE, slots }))
}

impl<'a> Explanation<'a> {
    /// The explanation that these records are, of this request and these sets.
    #[must_use]
    pub fn new(
        sets: &'a [PolicySet<'a>],
        request: Request<'a>,
        item: impl Into<Option<Item<'a>>>,
        slots: &'a [RecordSlot],
    ) -> Self {
        Self { sets, request, item: item.into(), sources: &NONE, slots }
    }

    /// The same, with names for the policies whose tags have a source.
    #[must_use]
    pub fn with_sources(self, sources: &'a dyn Sources) -> Self {
        Self { sources, ..self }
    }

    /// The records, in their order: see [`Record`].
    pub fn records(&self) -> impl Iterator<Item = Record> + Clone + use<'a> {
        self.slots.iter().filter_map(RecordSlot::record)
    }

    /// What was decided.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        self.records().find_map(|record| match record {
            Record::Decision(verdict) => Some(verdict),
            _ => None,
        })
    }

    /// The layers that are silent.
    pub fn silent_layers(&self) -> impl Iterator<Item = SilentLayer> + use<'a> {
        self.records().filter_map(|record| match record {
            Record::SilentLayer(silent) => Some(silent),
            _ => None,
        })
    }

    /// The statements that it tells of, each with its conditions.
    pub fn statements(
        &self,
    ) -> impl Iterator<Item = (JudgedStatement, impl Iterator<Item = JudgedCondition> + Clone + use<'a>)> + use<'a>
    {
        let mut records = self.records();
        core::iter::from_fn(move || {
            loop {
                if let Record::Statement(statement) = records.next()? {
                    let conditions = records.clone().map_while(|record| match record {
                        Record::Condition(condition) => Some(condition),
                        _ => None,
                    });
                    return Some((statement, conditions));
                }
            }
        })
    }

    /// The `Sid` of a statement; empty where it has none.
    #[must_use]
    pub fn sid(&self, statement: &JudgedStatement) -> &'a str {
        self.find(statement).map_or("", |found| found.sid())
    }

    /// What a condition says, and what the request has of its key. `None` for a record of other sets.
    #[must_use]
    pub fn condition(&self, record: &JudgedCondition) -> Option<ConditionText<'a>> {
        let statement = self.statement_at(record.set, record.policy, record.statement)?;
        let row = statement.conditions()?.get(usize::from(record.condition))?;
        let operator = ConditionOperator::from_number(row.operator)?;
        let key = statement.piece(row.key.start, row.key.len)?;
        Some(ConditionText { statement, row, operator, key })
    }

    /// The values that the request has of a condition's key.
    pub fn sent<'s>(&'s self, condition: &ConditionText<'s>) -> impl Iterator<Item = &'s [u8]> {
        let item = self.item.as_ref().map(|item| &item.item);
        let context = RequestContext::new(&self.request, item);
        context.values(&condition.row.key, condition.key).iter()
    }

    /// Whether a policy of this layer is in a set, or levels of it are.
    pub(super) fn has(&self, layer: Layer) -> bool {
        let own = self.item.as_ref().and_then(|item| item.set);
        self.sets.iter().chain(own.as_ref()).any(|set| set.layers().has(layer))
    }

    /// Where a statement's policy comes from, if that was told.
    pub(super) fn source(&self, statement: &JudgedStatement) -> Option<Source<'a>> {
        self.sources.source(statement.tag)
    }

    /// The resource that it is about.
    pub(super) fn resource(&self) -> &[u8] {
        match &self.item {
            Some(item) => item.item.resource(),
            None => self.request.resource().unwrap_or_default(),
        }
    }

    /// The statement of a record; `None` for one of other sets.
    pub(crate) fn find(&self, statement: &JudgedStatement) -> Option<Statement<'a>> {
        self.statement_at(statement.set, statement.policy, statement.statement)
    }

    fn statement_at(&self, set: u8, policy: u32, statement: u32) -> Option<Statement<'a>> {
        let own = self.item.as_ref().and_then(|item| item.set);
        let number = usize::from(set);
        let set = self.sets.get(number).copied().or(own.filter(|_| number == self.sets.len()))?;
        let is_it = |entry: &&SetEntry| entry.index.get() == policy;
        let entry = set.entries().iter().find(is_it).filter(|entry| statement < entry.statements.get())?;
        let row = entry.first_row.get().checked_add(statement)?;
        set.statement(set.rows().get(row as usize)?)
    }
}

/// What a condition says: an operator, a key, and values.
#[derive(Clone, Copy, Debug)]
pub struct ConditionText<'a> {
    statement: Statement<'a>,
    row: &'a ConditionRow,
    operator: ConditionOperator,
    key: &'a [u8],
}

impl<'a> ConditionText<'a> {
    /// The operator as the IAM guide spells it, with its qualifier and suffix: `ForAnyValue:StringLikeIfExists`.
    #[must_use]
    pub fn operator(&self) -> impl fmt::Display + use<> {
        QualifiedOperator {
            operator: self.operator,
            qualifier: self.qualifier(),
            if_exists: self.row.modifiers & IF_EXISTS != 0,
        }
    }

    /// The key. AWS's global keys are spelled as the IAM guide does, others in lower case: case does not count.
    #[must_use]
    pub fn key(&self) -> impl fmt::Display + use<'a> {
        KeyName(self.key)
    }

    /// The key in lower case, as requests are asked for it.
    #[must_use]
    pub fn folded_key(&self) -> &'a [u8] {
        self.key
    }

    /// The values that the policy expects.
    pub fn values(&self) -> impl Iterator<Item = impl fmt::Display + use<'a>> + Clone + use<'a> {
        let (statement, family) = (self.statement, self.operator.family());
        let spans = statement.values(self.row).unwrap_or_default();
        spans.iter().map(move |span| ExpectedValue { statement, span, family })
    }

    /// The set qualifier of its operator.
    pub(super) fn qualifier(&self) -> SetQualifier {
        SetQualifier::from_number(self.row.modifiers & !IF_EXISTS).unwrap_or(SetQualifier::None)
    }

    /// Its value, of a `Bool` that has one alone.
    pub(super) fn only_bool(&self) -> Option<bool> {
        let [span] = self.statement.values(self.row)? else { return None };
        let value = span.get(self.statement.text)?;
        (self.operator.family() == Family::Bool).then_some(value == [1])
    }

    /// What the operator compares, and how.
    pub(super) fn comparison(&self) -> (Family, Relation) {
        (self.operator.family(), self.operator.relation())
    }
}
