//! Why a decision is what it is: every statement that decides, and those that nearly do.

use core::fmt;

use super::combine::{self, Findings, combined};
use super::condition;
use super::decide::{Item, Sets};
use super::decision::{CHANGED, DecideError, Decision, Reason};
use super::explanation::{JudgedCondition, JudgedStatement, Record, Role, SilentLayer, Verdict, is_enough};
use super::judge::Judge;
use super::order::Order;
use super::record_slot::{RecordSlot, Records};
use super::silent::silent_layers;
use super::{action, facts, resource, statement};
use crate::ground::budget::Budget;
use crate::ground::truth::Truth;
use crate::image::layer::{Layer, Layers};
use crate::image::set::PolicySet;
use crate::image::set_records::Row;
use crate::request::Request;
use crate::request::records::{HAS_NOT_FETCHED, NEEDS_NO_PERMISSION};
use crate::request::request_context::{NotFetched, RequestContext};

/// Why there is no explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExplainError {
    /// No decision was computed, which denies. The budget is that of the request, and an explanation takes more of it than
    /// a decision: it looks at each statement of the layers that apply.
    Decide(DecideError),
    /// There is no room for so many records.
    TooFewRecords(usize),
}

impl From<DecideError> for ExplainError {
    fn from(error: DecideError) -> Self {
        Self::Decide(error)
    }
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decide(error) => error.fmt(f),
            Self::TooFewRecords(needed) => write!(f, "the explanation has {needed} records"),
        }
    }
}

impl core::error::Error for ExplainError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Decide(error) => error.source(),
            Self::TooFewRecords(_) => None,
        }
    }
}

/// Decides a request as [`decide_item`](super::decide_item) does, and writes down why: [`Record`] tells in which order.
/// Returns the decision and the records. Of several resources, explain the item that the decision names.
///
/// Cost: each statement of the layers that apply is judged once or twice, whether the sets have indexes or not, within the
/// request's budget.
///
/// # Errors
/// As [`decide_item`](super::decide_item), and where `room` is too small.
pub fn explain<'w, 'p>(
    sets: &[PolicySet<'p>],
    request: Request<'_>,
    item: impl Into<Option<Item<'p>>>,
    room: &'w mut [RecordSlot],
) -> Result<(Decision<'p>, &'w [RecordSlot]), ExplainError> {
    let item = item.into();
    let own = item.as_ref().and_then(|item| item.set.as_ref());
    let sets = Sets { sets, own, scan: true, shared: None };
    let mut context = RequestContext::new(&request, item.as_ref().map(|item| &item.item));
    sets.check(&context)?;
    let budget = &mut sets.budget(&request)?;
    // Of keys that are not fetched yet, what suits the decision least: then all the more it holds.
    let (denying, allowing) = (NotFetched::denying(), NotFetched::allowing());
    let mut decided = None;
    if request.has_flag(HAS_NOT_FETCHED) {
        // By the index, as a decision is made: the scan may wait in vain for what no index leads to.
        let decision = Sets { scan: false, ..sets }.decide_whatever_is_fetched(&context, budget)?;
        let suits_deny = decision.is_allowed() || decision.reason == Reason::NeedsContext;
        context = context.taking(if suits_deny { &denying } else { &allowing });
        decided = Some(decision);
    }
    let context = &context;
    let (layers, scp_levels) = sets.layers(context)?;
    let mut records = Records::new(room);
    // R-EVAL-23
    if request.has_flag(NEEDS_NO_PERMISSION) {
        let decision = combine::needs_no_permission().decision(None);
        records.push(Record::Decision(Verdict::new(&decision, decision.reason, 0)));
        return Ok((decision, records.finish().map_err(ExplainError::TooFewRecords)?));
    }
    let mut work = Work { sets: &sets, context, layers, budget, records };
    let (findings, denies) = work.findings(scp_levels)?;
    let verdict = combined(&findings, context);
    let without_denies = combined(&findings.without_denies(), context).reason();
    let decisive = verdict.by.and_then(|order| sets.decisive(order));
    let decision = decided.unwrap_or_else(|| verdict.decision(decisive));
    work.records.push(Record::Decision(Verdict::new(&decision, without_denies, denies)));

    let silent = silent_layers(&findings, context);
    for layer in &silent {
        work.records.push(Record::SilentLayer(*layer));
    }
    if findings.denies() {
        work.deciding(true)?;
    } else if decision.is_allowed() {
        work.deciding(false)?;
        work.denies_that_nearly_hold()?;
    }
    for layer in &silent {
        work.allows_that_nearly_hold(layer)?;
    }
    let records = work.records.finish().map_err(ExplainError::TooFewRecords)?;
    Ok((decision, records))
}

/// What the elements of a statement say.
#[derive(Clone, Copy)]
struct Elements {
    action: Truth,
    resource: Truth,
    principal: Truth,
    conditions: Truth,
    /// How many of them keep it from applying.
    lacks: usize,
}

/// How many elements a statement has.
const ELEMENTS: usize = 4;

/// A statement, and where it stands.
#[derive(Clone, Copy)]
struct Found<'a> {
    set: u8,
    at: u32,
    row: &'a Row,
}

/// An explanation under way.
struct Work<'s, 'r, 'w, 'a> {
    sets: &'s Sets<'s, 'a>,
    context: &'s RequestContext<'r>,
    layers: Layers,
    budget: &'s mut Budget,
    records: Records<'w>,
}

impl<'s, 'a> Work<'s, '_, '_, 'a> {
    /// What all statements say, and how many of them deny.
    fn findings(&mut self, scp_levels: u8) -> Result<(Findings, u32), DecideError> {
        let mut findings = Findings::new(self.layers, scp_levels);
        let mut denies = 0;
        let has_boundary = self.has_boundary();
        for found in self.rows(self.layers, None) {
            let (mut judge, order) = self.judge(found)?;
            match statement::judge(&mut judge, has_boundary)? {
                statement::Verdict::None => {}
                statement::Verdict::Deny => {
                    findings.deny(order);
                    denies += 1;
                }
                statement::Verdict::Allow(grants) => findings.allow(grants, order),
            }
        }
        Ok((findings, denies))
    }

    /// The statements that deny, or else those that allow.
    fn deciding(&mut self, denies: bool) -> Result<(), DecideError> {
        for found in self.rows(self.layers, None).filter(|found| found.row.is_deny() == denies) {
            if let Some(elements) = self.elements(found, 0)? {
                self.push(found, Role::Decides, &elements)?;
            }
        }
        Ok(())
    }

    /// The statements that would deny an allowed request, if one of their elements were otherwise.
    fn denies_that_nearly_hold(&mut self) -> Result<(), DecideError> {
        for found in self.rows(self.layers, None).filter(|found| found.row.is_deny()) {
            if let Some(elements) = self.elements(found, 1)? {
                self.push(found, Role::NearMiss, &elements)?;
            }
        }
        Ok(())
    }

    /// The statements of a silent layer that would allow, if one of their elements were otherwise; where there is none, the
    /// first of those that come nearest. One that allows, but not to whom it would have to, lacks none.
    fn allows_that_nearly_hold(&mut self, silent: &SilentLayer) -> Result<(), DecideError> {
        let mut nearest = None;
        // As many elements as a statement may lack to be of interest.
        let mut most = ELEMENTS;
        let rows = self.rows(silent.layer.into(), Some(silent.level));
        for found in rows.filter(|found| !found.row.is_deny()) {
            let Some(elements) = self.elements(found, most)? else { continue };
            if elements.lacks <= 1 {
                self.push(found, Role::NearMiss, &elements)?;
                (nearest, most) = (None, 1);
            } else {
                nearest = Some((found, elements));
                most = elements.lacks - 1;
            }
        }
        match nearest {
            Some((found, elements)) => self.push(found, Role::Nearest, &elements),
            None => Ok(()),
        }
    }

    /// The statements of these layers, or of one of their levels, in the order of layer, level and set.
    fn rows(&self, layers: Layers, level: Option<u8>) -> impl Iterator<Item = Found<'a>> + use<'s, 'a> {
        let sets = self.sets;
        let levels = move |layer| level.map_or(0..sets.levels(layer), |level| level..level.saturating_add(1));
        let places =
            layers.iter().flat_map(move |layer| levels(layer).map(move |level| (layer as u8, level)));
        places.flat_map(move |place| {
            (0..).zip(sets.iter()).flat_map(move |(set, policies)| {
                let first = policies.rows().partition_point(|row| (row.layer, row.level) < place);
                let rows = (0..).zip(policies.rows()).skip(first);
                let rows = rows.take_while(move |(_, row)| (row.layer, row.level) == place);
                rows.map(move |(at, row)| Found { set, at, row })
            })
        })
    }

    fn has_boundary(&self) -> bool {
        self.layers.has(Layer::Boundary)
    }

    /// What a statement is judged with.
    fn judge(&mut self, found: Found<'a>) -> Result<(Judge<'_, '_>, Order), DecideError> {
        let order = Order::new(found.row, found.set, found.at);
        let set = self.sets.set(found.set).ok_or(CHANGED)?;
        let statement = set.statement(found.row).ok_or(CHANGED)?;
        let judge = Judge { statement, context: self.context, budget: self.budget, order, shared: None };
        Ok((judge, order))
    }

    /// What the elements of a statement say, if no more than so many keep it from applying.
    fn elements(&mut self, found: Found<'a>, most: usize) -> Result<Option<Elements>, DecideError> {
        let (denies, has_boundary) = (found.row.is_deny(), self.has_boundary());
        let (mut judge, _) = self.judge(found)?;
        let judge = &mut judge;
        statement::charge(judge)?;
        let mut truths = [Truth::True; ELEMENTS];
        let mut lacks = 0;
        for (element, truth) in truths.iter_mut().enumerate() {
            *truth = match element {
                0 => action::matches(judge)?,
                1 => resource::matches(judge)?,
                2 => statement::principal(judge, has_boundary)?.0,
                _ => condition::matches(judge)?,
            };
            lacks += usize::from(!is_enough(*truth, denies));
            if lacks > most {
                return Ok(None);
            }
        }
        let [action, resource, principal, conditions] = truths;
        Ok(Some(Elements { action, resource, principal, conditions, lacks }))
    }

    /// Writes down a statement and its conditions.
    fn push(&mut self, found: Found<'a>, role: Role, elements: &Elements) -> Result<(), DecideError> {
        let Found { set, at, row } = found;
        let layer = Layer::from_number(row.layer.into()).ok_or(CHANGED)?;
        let policies = self.sets.set(set).ok_or(CHANGED)?;
        let entry = policies.entry(row.entry.get() as usize).ok_or(CHANGED)?;
        let (policy, statement) = (entry.index.get(), at.wrapping_sub(entry.first_row.get()));
        let (denies, level, tag) = (row.is_deny(), row.level, entry.tag.get());
        let Elements { action, resource, principal, conditions, .. } = *elements;
        self.records.push(Record::Statement(JudgedStatement {
            tag,
            policy,
            statement,
            set,
            layer,
            level,
            role,
            denies,
            action,
            resource,
            principal,
            conditions,
        }));
        // A Deny that applies, and an Allow that does not, are what a change is asked for.
        let wanted = (role == Role::Decides) == denies;
        let count = row.conditions.get();
        for number in 0..count {
            let (mut judge, _) = self.judge(found)?;
            let condition = judge.statement.conditions().and_then(|all| all.get(usize::from(number)));
            let condition = condition.ok_or(CHANGED)?;
            let truth = condition::matches_one(&mut judge, condition, false)?;
            let fact = facts::fact(&mut judge, condition, truth)?;
            let turns = wanted && is_enough(truth, denies) == denies;
            let change = if turns { facts::change(&mut judge, condition, !denies)? } else { None };
            let condition = number;
            self.records.push(Record::Condition(JudgedCondition {
                policy,
                statement,
                set,
                condition,
                truth,
                fact,
                change,
            }));
        }
        Ok(())
    }
}
