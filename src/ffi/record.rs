//! The records of an explanation.

use super::text::{iamlet_text, text_of};
use crate::evaluate::explanation::{Change, Fact, Need, Role};
use crate::evaluate::record_slot::RecordSlot;

/// What a record of an explanation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_record_kind {
    /// What was decided. The first record.
    IAMLET_RECORD_DECISION = 1,
    /// A layer whose Allow is missing.
    IAMLET_RECORD_SILENT_LAYER = 2,
    /// A statement that decides, or nearly does.
    IAMLET_RECORD_STATEMENT = 3,
    /// A condition of the statement before it.
    IAMLET_RECORD_CONDITION = 4,
}

/// Why a statement is in an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_role {
    /// It applies: it denies, or is an Allow of an allowed request.
    IAMLET_ROLE_DECIDES = 1,
    /// One of its elements keeps it from applying.
    IAMLET_ROLE_NEAR_MISS = 2,
    /// Several elements keep it from applying, and no statement of its layer and level comes nearer.
    IAMLET_ROLE_NEAREST = 3,
}

/// Whether the Allow of a silent layer is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_need {
    /// Nothing else can take its place.
    IAMLET_NEED_NEEDED = 1,
    /// It is one way; the other layers with this need have another.
    IAMLET_NEED_ONE_WAY = 2,
}

/// Whether an element of a statement, or a condition, holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_truth {
    /// It does not.
    IAMLET_TRUTH_FALSE = 0,
    /// That is open: enough for a Deny, too little for an Allow.
    IAMLET_TRUTH_INDET = 1,
    /// It does, or the statement does not have the element.
    IAMLET_TRUTH_TRUE = 2,
}

/// What is so about the key of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_fact {
    /// The request does not have the key.
    IAMLET_FACT_ABSENT = 1,
    /// The request has it, which is all that `Null` asks.
    IAMLET_FACT_PRESENT = 2,
    /// AWS always sends the key, and nobody told its value.
    IAMLET_FACT_UNKNOWN = 3,
    /// The key has several values, or is one that may have, and the operator has no set qualifier.
    IAMLET_FACT_SEVERAL_VALUES = 4,
    /// All values are empty texts, and a qualifier asks for them.
    IAMLET_FACT_NOTHING_BUT_EMPTY = 5,
    /// Value `sent` of the request is value `expected` of the policy, or matches it.
    IAMLET_FACT_MATCHES = 6,
    /// Value `sent` of the request matches none of the policy's.
    IAMLET_FACT_NO_MATCH = 7,
    /// Value `sent` of the request is none of the operator's family: no number, date, address.
    IAMLET_FACT_DOES_NOT_PARSE = 8,
    /// Value `sent` of the request matches none, and value `expected` of the policy has a variable without a value.
    IAMLET_FACT_VARIABLE_WITHOUT_VALUE = 9,
    /// Whether value `sent` of the request matches value `expected` of the policy is left open.
    IAMLET_FACT_OPEN = 10,
    /// The key is not fetched yet.
    IAMLET_FACT_NOT_FETCHED = 11,
}

/// What the request's key would have to be for a condition to turn, so that its Deny would not apply or its
/// Allow would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum iamlet_change {
    /// One value, which matches one of the policy's.
    IAMLET_CHANGE_ONE_OF = 1,
    /// One value, which matches none of the policy's.
    IAMLET_CHANGE_NONE_OF = 2,
    /// There, with any value that is not empty.
    IAMLET_CHANGE_PRESENT = 3,
    /// Not there.
    IAMLET_CHANGE_ABSENT = 4,
}

/// The name of a role, "near_miss" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_role_text(role: u32) -> iamlet_text {
    text_of!(role, Role::ALL, |role| (role as u32, role.name()))
}

/// The name of a need, "one_way" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_need_text(need: u32) -> iamlet_text {
    text_of!(need, Need::ALL, |need| (need as u32, need.name()))
}

/// The name of a fact, "absent" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_fact_text(fact: u32) -> iamlet_text {
    text_of!(fact, Fact::ALL, |fact| (fact.number() as u32, fact.name()))
}

/// The name of a change, "one_of" for one; empty for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn iamlet_change_text(change: u32) -> iamlet_text {
    text_of!(change, Change::ALL, |change| (change as u32, change.name()))
}

/// One record of an explanation: 48 bytes, without a text. What a kind of records does not have is 0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct iamlet_record {
    /// STATEMENT: your tag of the policy. DECISION: `needs` of the iamlet_decision.
    pub tag: u64,
    /// The iamlet_record_kind; 0 where nothing was written.
    pub kind: u32,
    /// STATEMENT, CONDITION: the number of the policy in the list that its set was built from.
    pub policy: u32,
    /// STATEMENT, CONDITION: the number of the statement in the policy.
    pub statement: u32,
    /// DECISION: how many statements deny.
    pub denies: u32,
    /// CONDITION: its number in the statement, in the order of the document.
    pub condition: u16,
    /// CONDITION: the number of the request's value that the fact is about.
    pub sent: u16,
    /// CONDITION: the number of the policy's value that the fact is about.
    pub expected: u16,
    /// STATEMENT, CONDITION: the number of the set in the list; an item's own set has the number after the last.
    pub set: u16,
    /// DECISION, SILENT_LAYER, STATEMENT: the iamlet_layer, or 0.
    pub layer: u16,
    /// The level of that layer, for SCPs and RCPs.
    pub level: u16,
    /// DECISION: the iamlet_effect. STATEMENT: IAMLET_EXPLICIT_DENY for a Deny, IAMLET_ALLOW for an Allow.
    pub effect: u8,
    /// DECISION: the iamlet_reason.
    pub reason: u8,
    /// DECISION: the iamlet_reason that there would be if no statement denied.
    pub without_denies: u8,
    /// STATEMENT: the iamlet_role. SILENT_LAYER: the iamlet_need.
    pub role: u8,
    /// SILENT_LAYER: 1 if it has a policy, else 0.
    pub is_there: u8,
    /// STATEMENT: the iamlet_truth of its action.
    pub action: u8,
    /// STATEMENT: that of its resource.
    pub resource: u8,
    /// STATEMENT: that of its principal.
    pub principal: u8,
    /// STATEMENT: that of its conditions, all together.
    pub conditions: u8,
    /// CONDITION: the iamlet_truth of it.
    pub truth: u8,
    /// CONDITION: the iamlet_fact.
    pub fact: u8,
    /// CONDITION: the iamlet_change by which its statement would turn; 0 for none.
    pub change: u8,
}

// The two are one record, once for C's comments and once for the floors below.
const _: () = {
    assert!(size_of::<iamlet_record>() == 48 && size_of::<RecordSlot>() == 48);
    assert!(align_of::<iamlet_record>() == align_of::<RecordSlot>());
    macro_rules! same {
        ($($field:ident),+) => {
            $(assert!(core::mem::offset_of!(iamlet_record, $field) == core::mem::offset_of!(RecordSlot, $field));)+
        };
    }
    same!(tag, policy, statement, denies, condition, sent, expected, kind, set, layer, level, effect, reason);
    same!(without_denies, role, is_there, action, resource, principal, conditions, truth, fact, change);
};

/// The slots behind a list of records.
pub(super) const fn slots(records: *mut iamlet_record) -> *mut RecordSlot {
    records.cast()
}
