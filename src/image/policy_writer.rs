//! Writing a policy image from the tables that the compiler filled.

use zerocopy::IntoBytes;
use zerocopy::little_endian::U16;

use super::kind::PolicyKind;
use super::records::{
    ConditionRecord, KeyRecord, POLICY_FORMAT, POLICY_MAGIC, PolicyHeader, Span, StatementRecord,
    VERSION_2012, VariableRecord, number,
};

/// A statement while its document is read: the elements come in any order, so each has its own run of spans.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatementDraft {
    /// The record, complete but for the number of its first span.
    pub record: StatementRecord,
    /// The first span of `Principal` or `NotPrincipal`.
    pub principals_at: u32,
    /// The first span of `Action` or `NotAction`.
    pub actions_at: u32,
    /// The first span of `Resource` or `NotResource`.
    pub resources_at: u32,
    /// Where its `{` stands in the document. No part of the image; source maps are made of it.
    pub opened: u32,
}

/// A compiled policy, before it is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'p> {
    /// Its kind.
    pub kind: PolicyKind,
    /// Whether its `Version` is 2012-10-17.
    pub version_2012: bool,
    /// Its statements.
    pub statements: &'p [StatementDraft],
    /// The conditions of the statements, in the order of the statements.
    pub conditions: &'p [ConditionRecord],
    /// The spans, in the order of the document.
    pub spans: &'p [Span],
    /// The context keys.
    pub keys: &'p [KeyRecord],
    /// The policy variables.
    pub variables: &'p [VariableRecord],
    /// The text.
    pub text: &'p [u8],
}

impl Parts<'_> {
    /// The bytes that the image takes.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<PolicyHeader>()
            + self.statements.len() * size_of::<StatementRecord>()
            + size_of_val(self.conditions)
            + size_of_val(self.spans)
            + size_of_val(self.keys)
            + size_of_val(self.variables)
            + self.text.len()
    }

    /// Writes the image to `out`, which has exactly [`size`](Self::size) bytes. Nothing where it has not, or where a
    /// number does not fit its field.
    pub fn write(&self, out: &mut [u8]) -> Option<()> {
        let size = self.size();
        if out.len() != size {
            return None;
        }
        let header = PolicyHeader {
            magic: POLICY_MAGIC,
            format: U16::new(POLICY_FORMAT),
            kind: self.kind as u8,
            flags: if self.version_2012 { VERSION_2012 } else { 0 },
            size: number(size)?,
            statements: number(self.statements.len())?,
            conditions: number(self.conditions.len())?,
            spans: number(self.spans.len())?,
            keys: U16::new(u16::try_from(self.keys.len()).ok()?),
            variables: U16::new(u16::try_from(self.variables.len()).ok()?),
            text: number(self.text.len())?,
        };
        let mut out = Unwritten { rest: out };
        out.put(header.as_bytes())?;

        // Spans are laid out statement by statement (records.rs says in which order); this counts them.
        let mut next_span = 0;
        for draft in self.statements {
            let record = StatementRecord { first_span: number(next_span)?, ..draft.record };
            out.put(record.as_bytes())?;
            next_span += own_spans(draft);
            for condition in self.conditions_of(draft)? {
                next_span += usize::from(condition.values.get());
            }
        }
        next_span = 0;
        for draft in self.statements {
            next_span += own_spans(draft);
            for condition in self.conditions_of(draft)? {
                let record = ConditionRecord { first_value: number(next_span)?, ..*condition };
                out.put(record.as_bytes())?;
                next_span += usize::from(condition.values.get());
            }
        }
        for draft in self.statements {
            let StatementDraft { record, principals_at, actions_at, resources_at, opened: _ } = draft;
            out.put(self.run(*principals_at, record.principals)?.as_bytes())?;
            out.put(self.run(*actions_at, record.actions)?.as_bytes())?;
            out.put(self.run(*resources_at, record.resources)?.as_bytes())?;
            for condition in self.conditions_of(draft)? {
                out.put(self.run(condition.first_value.get(), condition.values)?.as_bytes())?;
            }
        }
        out.put(self.keys.as_bytes())?;
        out.put(self.variables.as_bytes())?;
        out.put(self.text)
    }

    fn conditions_of(&self, draft: &StatementDraft) -> Option<&[ConditionRecord]> {
        let first = draft.record.first_condition.get() as usize;
        self.conditions.get(first..)?.get(..usize::from(draft.record.conditions.get()))
    }

    fn run(&self, first: u32, count: U16) -> Option<&[Span]> {
        self.spans.get(first as usize..)?.get(..usize::from(count.get()))
    }
}

fn own_spans(draft: &StatementDraft) -> usize {
    let StatementRecord { principals, actions, resources, .. } = draft.record;
    usize::from(principals.get()) + usize::from(actions.get()) + usize::from(resources.get())
}

/// What is left of the output.
struct Unwritten<'o> {
    rest: &'o mut [u8],
}

impl Unwritten<'_> {
    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let (front, rest) = core::mem::take(&mut self.rest).split_at_mut_checked(bytes.len())?;
        front.copy_from_slice(bytes);
        self.rest = rest;
        Some(())
    }
}
