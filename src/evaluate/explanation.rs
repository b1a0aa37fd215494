//! What an explanation consists of: flat records without texts, which point to statements and conditions of the sets.

use super::decision::{Decision, Effect, Reason};
use crate::ground::name::by_name;
use crate::ground::truth::Truth;
use crate::image::layer::Layer;

/// One record of an explanation.
///
/// They come in this order: the decision, the layers that are silent, the statements that decide, each followed by its
/// conditions, and then the statements that nearly did, in the order of layer, level, set, policy and statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Record {
    /// What was decided.
    Decision(Verdict),
    /// A layer whose Allow is missing.
    SilentLayer(SilentLayer),
    /// A statement that decides, or nearly does.
    Statement(JudgedStatement),
    /// A condition of the statement before it.
    Condition(JudgedCondition),
}

/// What was decided, and what would have been without the statements that deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// What becomes of the request.
    pub effect: Effect,
    /// Why.
    pub reason: Reason,
    /// Why the decision would be what it is if no statement denied. The same as `reason` where none does.
    pub without_denies: Reason,
    /// The layer that decided.
    pub layer: Option<Layer>,
    /// Its level, for SCPs and RCPs.
    pub level: u8,
    /// How many statements deny.
    pub denies: u32,
    /// The keys that the decision needs: see [`Decision::needs`].
    pub needs: u64,
}

/// A layer that applies to the request, and in which no statement allows it as far as is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SilentLayer {
    /// The layer.
    pub layer: Layer,
    /// Its level, for SCPs.
    pub level: u8,
    /// Whether it has a policy at all.
    pub is_there: bool,
    /// Whether its Allow is needed, whatever the other layers say.
    pub need: Need,
}

/// Whether the Allow of a silent layer is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Need {
    /// Nothing else can take its place.
    Needed = 1,
    /// It is one way; the other layers with this need have another.
    OneWay = 2,
}

impl Need {
    /// Every need, in the order of the numbers.
    pub const ALL: [Self; 2] = [Self::Needed, Self::OneWay];

    /// The need in one word. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::OneWay => "one_way",
        }
    }
}

by_name!(Need, name);

/// Why a statement is in an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// It applies: it denies, or is an Allow of an allowed request.
    Decides = 1,
    /// One of its elements keeps it from applying.
    NearMiss = 2,
    /// Several of its elements keep it from applying, and no statement of the layer and level comes nearer.
    Nearest = 3,
}

impl Role {
    /// Every role, in the order of the numbers.
    pub const ALL: [Self; 3] = [Self::Decides, Self::NearMiss, Self::Nearest];

    /// The role in lower case. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decides => "decides",
            Self::NearMiss => "near_miss",
            Self::Nearest => "nearest",
        }
    }
}

by_name!(Role, name);

/// A statement that decides, or nearly does, and what its elements say of the request (R-GEN-8). An element that the
/// statement does not have is TRUE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JudgedStatement {
    /// The caller's tag of the policy.
    pub tag: u64,
    /// The number of the policy in the list that its set was built from.
    pub policy: u32,
    /// The number of the statement in the policy.
    pub statement: u32,
    /// The number of the set in the list; an item's own set has the number after the last.
    pub set: u8,
    /// The layer of the policy.
    pub layer: Layer,
    /// Its level, for SCPs and RCPs.
    pub level: u8,
    /// Why the statement is in the explanation.
    pub role: Role,
    /// Whether `Effect` is `Deny`.
    pub denies: bool,
    /// Whether it is about the action.
    pub action: Truth,
    /// Whether it is about the resource.
    pub resource: Truth,
    /// Whether it is about the principal.
    pub principal: Truth,
    /// Whether its conditions hold, all together.
    pub conditions: Truth,
}

impl JudgedStatement {
    /// How many of the four elements keep the statement from applying: of an Allow those that are not TRUE, of a Deny those
    /// that are FALSE (R-GEN-6).
    #[must_use]
    pub fn lacks(&self) -> usize {
        let elements = [self.action, self.resource, self.principal, self.conditions];
        elements.into_iter().filter(|truth| !is_enough(*truth, self.denies)).count()
    }
}

/// Whether an element does not keep a statement from applying (R-GEN-6).
pub(crate) fn is_enough(truth: Truth, denies: bool) -> bool {
    truth == Truth::True || denies && truth == Truth::Indet
}

/// A condition of a statement: a key of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JudgedCondition {
    /// The number of the policy in the list that its set was built from.
    pub policy: u32,
    /// The number of the statement in the policy.
    pub statement: u32,
    /// The number of the set.
    pub set: u8,
    /// The number of the condition in the statement, in the order of the document.
    pub condition: u16,
    /// Whether it holds.
    pub truth: Truth,
    /// What is so about its key.
    pub fact: Fact,
    /// By which change of the request's key the statement would turn. `None` where the statement decides as it should, or
    /// where this condition is not what keeps it.
    pub change: Option<Change>,
}

/// What is so about the key of a condition. Whether the condition then holds is its [`truth`](JudgedCondition::truth).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fact {
    /// The request does not have the key (R-MISS-1).
    Absent,
    /// The request has it, which is all that `Null` asks.
    Present,
    /// AWS always sends the key, and nobody told its value (R-CTX-3, R-CTX-7).
    Unknown,
    /// The key has several values, or is one that may have, and the operator has no set qualifier (R-MULTI-1, R-MULTI-6).
    SeveralValues,
    /// All values are empty texts, and a qualifier asks for them (R-MULTI-3).
    NothingButEmpty,
    /// The request's value with this number is the policy's with that number, or matches it. Both count from 0.
    Matches {
        /// The number of the request's value.
        sent: u16,
        /// The number of the policy's value.
        expected: u16,
    },
    /// The request's value with this number matches none of the policy's.
    NoMatch {
        /// The number of the request's value.
        sent: u16,
    },
    /// The request's value with this number is none of the operator's family: no number, date, address (R-MULTI-4).
    DoesNotParse {
        /// The number of the request's value.
        sent: u16,
    },
    /// The request's value matches none of the policy's, and the policy's with this number has a variable without a value
    /// (R-VAR-10).
    VariableWithoutValue {
        /// The number of the request's value.
        sent: u16,
        /// The number of the policy's value.
        expected: u16,
    },
    /// Whether the two values match is left open: where AWS does not say, or is known to differ (R-STR-2, R-IP-3).
    Open {
        /// The number of the request's value.
        sent: u16,
        /// The number of the policy's value.
        expected: u16,
    },
    /// The key is not fetched yet.
    NotFetched,
}

impl Fact {
    /// Every fact, in the order of the numbers, of the first values.
    pub(crate) const ALL: [Self; 11] = [
        Self::Absent,
        Self::Present,
        Self::Unknown,
        Self::SeveralValues,
        Self::NothingButEmpty,
        Self::Matches { sent: 0, expected: 0 },
        Self::NoMatch { sent: 0 },
        Self::DoesNotParse { sent: 0 },
        Self::VariableWithoutValue { sent: 0, expected: 0 },
        Self::Open { sent: 0, expected: 0 },
        Self::NotFetched,
    ];

    /// The fact in lower case, without the values that it is about.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Present => "present",
            Self::Unknown => "unknown",
            Self::SeveralValues => "several_values",
            Self::NothingButEmpty => "nothing_but_empty",
            Self::Matches { .. } => "matches",
            Self::NoMatch { .. } => "no_match",
            Self::DoesNotParse { .. } => "does_not_parse",
            Self::VariableWithoutValue { .. } => "variable_without_value",
            Self::Open { .. } => "open",
            Self::NotFetched => "not_fetched",
        }
    }

    /// The number of the fact in a record. The numbers are part of the C ABI.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Absent => 1,
            Self::Present => 2,
            Self::Unknown => 3,
            Self::SeveralValues => 4,
            Self::NothingButEmpty => 5,
            Self::Matches { .. } => 6,
            Self::NoMatch { .. } => 7,
            Self::DoesNotParse { .. } => 8,
            Self::VariableWithoutValue { .. } => 9,
            Self::Open { .. } => 10,
            Self::NotFetched => 11,
        }
    }

    /// The number of the request's value that it is about.
    #[must_use]
    pub const fn sent(self) -> Option<u16> {
        match self {
            Self::Matches { sent, .. }
            | Self::NoMatch { sent }
            | Self::DoesNotParse { sent }
            | Self::VariableWithoutValue { sent, .. }
            | Self::Open { sent, .. } => Some(sent),
            _ => None,
        }
    }

    /// The number of the policy's value that it is about.
    #[must_use]
    pub const fn expected(self) -> Option<u16> {
        match self {
            Self::Matches { expected, .. }
            | Self::VariableWithoutValue { expected, .. }
            | Self::Open { expected, .. } => Some(expected),
            _ => None,
        }
    }
}

/// What the request's key would have to be for a condition to turn: a Deny would not apply, or an Allow would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Change {
    /// One value, which matches one of the policy's.
    OneOf = 1,
    /// One value, which matches none of the policy's.
    NoneOf = 2,
    /// There, with any value that is not empty.
    Present = 3,
    /// Not there.
    Absent = 4,
}

impl Change {
    /// Every change, in the order of the numbers.
    pub const ALL: [Self; 4] = [Self::OneOf, Self::NoneOf, Self::Present, Self::Absent];

    /// The change in lower case. `Display` writes it, and `FromStr` reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneOf => "one_of",
            Self::NoneOf => "none_of",
            Self::Present => "present",
            Self::Absent => "absent",
        }
    }
}

by_name!(Change, name);

impl Verdict {
    pub(super) fn new(decision: &Decision<'_>, without_denies: Reason, denies: u32) -> Self {
        let Decision { effect, reason, layer, level, needs, .. } = *decision;
        Self { effect, reason, without_denies, layer, level, denies, needs }
    }
}
