//! Records as they lie in memory: flat, of one size, the same in Rust and in C.

use super::decision::{Effect, Reason};
use super::explanation::{
    Change, Fact, JudgedCondition, JudgedStatement, Need, Record, Role, SilentLayer, Verdict,
};
use crate::ground::truth::Truth;
use crate::image::layer::Layer;

/// Room for one record of an explanation: 48 bytes, without a text.
///
/// ```
/// use iamlet::RecordSlot;
///
/// let room = [RecordSlot::EMPTY; 32];
/// assert!(room[0].record().is_none());
/// assert!(size_of::<RecordSlot>() <= 48);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct RecordSlot {
    /// Of a decision, the keys that it needs.
    pub(crate) tag: u64,
    pub(crate) kind: u32,
    pub(crate) policy: u32,
    pub(crate) statement: u32,
    pub(crate) denies: u32,
    pub(crate) condition: u16,
    pub(crate) sent: u16,
    pub(crate) expected: u16,
    pub(crate) set: u16,
    pub(crate) layer: u16,
    pub(crate) level: u16,
    pub(crate) effect: u8,
    pub(crate) reason: u8,
    pub(crate) without_denies: u8,
    /// The number of a [`Role`] or a [`Need`].
    pub(crate) role: u8,
    pub(crate) is_there: u8,
    pub(crate) action: u8,
    pub(crate) resource: u8,
    pub(crate) principal: u8,
    pub(crate) conditions: u8,
    pub(crate) truth: u8,
    pub(crate) fact: u8,
    pub(crate) change: u8,
}

/// The kinds of records.
pub(crate) const DECISION: u32 = 1;
pub(crate) const SILENT_LAYER: u32 = 2;
pub(crate) const STATEMENT: u32 = 3;
pub(crate) const CONDITION: u32 = 4;

const _: () = assert!(size_of::<RecordSlot>() <= 48);

impl RecordSlot {
    /// Nothing: what a slot is before it is written.
    pub const EMPTY: Self = Self {
        tag: 0,
        policy: 0,
        statement: 0,
        denies: 0,
        condition: 0,
        sent: 0,
        expected: 0,
        kind: 0,
        set: 0,
        layer: 0,
        level: 0,
        effect: 0,
        reason: 0,
        without_denies: 0,
        role: 0,
        is_there: 0,
        action: 0,
        resource: 0,
        principal: 0,
        conditions: 0,
        truth: 0,
        fact: 0,
        change: 0,
    };

    /// The record; `None` where nothing was written.
    #[must_use]
    pub fn record(&self) -> Option<Record> {
        Some(match self.kind {
            DECISION => Record::Decision(Verdict {
                effect: by_number(Effect::ALL, self.effect)?,
                reason: by_number(Reason::ALL, self.reason)?,
                without_denies: by_number(Reason::ALL, self.without_denies)?,
                layer: Layer::from_number(self.layer.into()),
                level: u8::try_from(self.level).ok()?,
                denies: self.denies,
                needs: self.tag,
            }),
            SILENT_LAYER => Record::SilentLayer(SilentLayer {
                layer: Layer::from_number(self.layer.into())?,
                level: u8::try_from(self.level).ok()?,
                is_there: self.is_there != 0,
                need: by_number(Need::ALL, self.role.checked_sub(1)?)?,
            }),
            STATEMENT => Record::Statement(JudgedStatement {
                tag: self.tag,
                policy: self.policy,
                statement: self.statement,
                set: u8::try_from(self.set).ok()?,
                layer: Layer::from_number(self.layer.into())?,
                level: u8::try_from(self.level).ok()?,
                role: by_number(Role::ALL, self.role.checked_sub(1)?)?,
                denies: self.effect == Effect::ExplicitDeny as u8,
                action: truth(self.action)?,
                resource: truth(self.resource)?,
                principal: truth(self.principal)?,
                conditions: truth(self.conditions)?,
            }),
            CONDITION => Record::Condition(JudgedCondition {
                policy: self.policy,
                statement: self.statement,
                set: u8::try_from(self.set).ok()?,
                condition: self.condition,
                truth: truth(self.truth)?,
                fact: self.fact()?,
                change: self.change.checked_sub(1).and_then(|number| by_number(Change::ALL, number)),
            }),
            _ => return None,
        })
    }

    fn fact(&self) -> Option<Fact> {
        let Self { sent, expected, .. } = *self;
        Some(match by_number(Fact::ALL, self.fact.checked_sub(1)?)? {
            Fact::Matches { .. } => Fact::Matches { sent, expected },
            Fact::NoMatch { .. } => Fact::NoMatch { sent },
            Fact::DoesNotParse { .. } => Fact::DoesNotParse { sent },
            Fact::VariableWithoutValue { .. } => Fact::VariableWithoutValue { sent, expected },
            Fact::Open { .. } => Fact::Open { sent, expected },
            fact => fact,
        })
    }
}

/// The value with this place in a list of all.
fn by_number<T: Copy, const N: usize>(all: [T; N], number: u8) -> Option<T> {
    all.get(usize::from(number)).copied()
}

const fn truth(number: u8) -> Option<Truth> {
    match number {
        0 => Some(Truth::False),
        1 => Some(Truth::Indet),
        2 => Some(Truth::True),
        _ => None,
    }
}

impl From<Record> for RecordSlot {
    fn from(record: Record) -> Self {
        match record {
            Record::Decision(verdict) => Self {
                kind: DECISION,
                effect: verdict.effect as u8,
                reason: verdict.reason as u8,
                without_denies: verdict.without_denies as u8,
                layer: verdict.layer.map_or(0, |layer| layer as u16),
                level: verdict.level.into(),
                denies: verdict.denies,
                tag: verdict.needs,
                ..Self::EMPTY
            },
            Record::SilentLayer(silent) => Self {
                kind: SILENT_LAYER,
                layer: silent.layer as u16,
                level: silent.level.into(),
                is_there: silent.is_there.into(),
                role: silent.need as u8,
                ..Self::EMPTY
            },
            Record::Statement(judged) => Self {
                kind: STATEMENT,
                tag: judged.tag,
                policy: judged.policy,
                statement: judged.statement,
                set: judged.set.into(),
                layer: judged.layer as u16,
                level: judged.level.into(),
                role: judged.role as u8,
                effect: if judged.denies { Effect::ExplicitDeny } else { Effect::Allow } as u8,
                action: judged.action as u8,
                resource: judged.resource as u8,
                principal: judged.principal as u8,
                conditions: judged.conditions as u8,
                ..Self::EMPTY
            },
            Record::Condition(judged) => Self {
                kind: CONDITION,
                policy: judged.policy,
                statement: judged.statement,
                set: judged.set.into(),
                condition: judged.condition,
                truth: judged.truth as u8,
                fact: judged.fact.number(),
                sent: judged.fact.sent().unwrap_or(0),
                expected: judged.fact.expected().unwrap_or(0),
                change: judged.change.map_or(0, |change| change as u8),
                ..Self::EMPTY
            },
        }
    }
}

/// The records of an explanation while they are written: what does not fit is counted.
#[derive(Debug)]
pub(super) struct Records<'w> {
    room: &'w mut [RecordSlot],
    count: usize,
}

impl<'w> Records<'w> {
    pub(super) fn new(room: &'w mut [RecordSlot]) -> Self {
        Self { room, count: 0 }
    }

    pub(super) fn push(&mut self, record: Record) {
        if let Some(place) = self.room.get_mut(self.count) {
            *place = record.into();
        }
        self.count = self.count.saturating_add(1);
    }

    /// The records, or how many there would be.
    pub(super) fn finish(self) -> Result<&'w [RecordSlot], usize> {
        let Self { room, count } = self;
        room.get(..count).ok_or(count)
    }
}
