//! The tables of a policy while they are filled: texts stored once, keys and variables numbered, pools that say when
//! they are full.

use core::cmp::Ordering;

use heapless::VecView;
use zerocopy::FromBytes;
use zerocopy::little_endian::{U16, U32};

use super::json::duplicates;
use super::order;
use super::pattern::{self, Syntax, Token};
use super::scratch::{KeyNote, Orders, Pools};
use super::stored::{fill_with_empty, find_stored};
use crate::ground::copy::copy_folded;
use crate::ground::error::{Fault, Pool, Refusal};
use crate::ground::limits::{MAX_STRING, NAMED_A_BYTE};
use crate::ground::{hash, lanes, wildcard};
use crate::image::policy_writer::StatementDraft;
use crate::image::records::{ConditionRecord, KeyRecord, Span, VariableRecord, slice};

/// Why an element is refused; the reader adds where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The document breaks a rule.
    Fault(Fault),
    /// The document exceeds a capacity.
    Full(Pool),
}

impl Cause {
    /// The refusal of the element at `offset`.
    pub(super) fn at(self, offset: usize) -> Refusal {
        match self {
            Self::Fault(fault) => Refusal::at(fault, offset),
            Self::Full(pool) => Refusal { pool: Some(pool), ..Refusal::at(Fault::Capacity, offset) },
        }
    }
}

impl From<Fault> for Cause {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The tables, without the string that is being read.
pub(super) struct Builder<'p> {
    pub(super) statements: &'p mut VecView<StatementDraft>,
    pub(super) conditions: &'p mut VecView<ConditionRecord>,
    pub(super) spans: &'p mut VecView<Span>,
    pub(super) keys: &'p mut VecView<KeyRecord>,
    pub(super) variables: &'p mut VecView<VariableRecord>,
    pub(super) text: &'p mut VecView<u8>,
    /// Where texts are, by hash; a power of two of slots, an empty one has length 0.
    slots: &'p mut VecView<Span>,
    /// A note for each key.
    pub(super) key_notes: &'p mut VecView<KeyNote>,
    pub(super) orders: Orders<'p>,
    /// Bytes of all texts that records name, each as often as it is named.
    named: usize,
    /// The table of texts has the text that was stored last, and would give its span again.
    pub(super) in_table: bool,
}

impl<'p> Builder<'p> {
    /// Empties the pools for a document of `document` bytes. Returns the builder and the buffer for one string.
    pub(super) fn new(pools: Pools<'p>, document: usize) -> (Self, &'p mut VecView<u8>) {
        let Pools { statements, conditions, spans, keys, variables, text, string, slots, key_notes, orders } =
            pools;
        statements.clear();
        conditions.clear();
        spans.clear();
        keys.clear();
        variables.clear();
        text.clear();
        key_notes.clear();
        orders.keys.clear();
        orders.variables.clear();
        orders.sids.clear();
        fill_with_empty(slots, document);
        let builder = Self {
            statements,
            conditions,
            spans,
            keys,
            variables,
            text,
            slots,
            key_notes,
            orders,
            named: 0,
            in_table: false,
        };
        (builder, string)
    }

    /// Stores `text`, or finds it stored.
    #[inline(never)]
    pub(super) fn text(&mut self, text: &[u8]) -> Result<Span, Cause> {
        self.hashed_text(text, hash::short(text))
    }

    /// As [`text`](Self::text), with the [`hash::short`] of it.
    #[inline(always)]
    pub(super) fn hashed_text(&mut self, text: &[u8], hash: u32) -> Result<Span, Cause> {
        let begin = self.text.len();
        if !self.has_room(text.len()) {
            return Err(Cause::Full(Pool::Text));
        }
        let (span, may_share) = self.name(begin, text.len())?;
        let found = find_stored(self.slots, self.text, hash, span, may_share, |stored| stored == text);
        self.in_table = found.is_in_table;
        if found.is_new {
            self.append(text)?;
        }
        Ok(found.span)
    }

    /// As [`text`](Self::text), for what takes as many bytes whatever it is: those are compared and copied in few steps.
    #[inline]
    pub(super) fn constant<const N: usize>(&mut self, bytes: [u8; N]) -> Result<Span, Cause> {
        let begin = self.text.len();
        if !self.has_room(N) {
            return Err(Cause::Full(Pool::Text));
        }
        let (span, may_share) = self.name(begin, N)?;
        let is_it = |stored: &[u8]| stored.first_chunk() == Some(&bytes);
        let found = find_stored(self.slots, self.text, hash::short(&bytes), span, may_share, is_it);
        self.in_table = found.is_in_table;
        if found.is_new {
            self.append(&bytes)?;
        }
        Ok(found.span)
    }

    /// Whether there is room for a text of `len` bytes. Even a text that is stored asks for it, as does one that is
    /// written before it is looked for.
    fn has_room(&self, len: usize) -> bool {
        len <= self.text.capacity().saturating_sub(self.text.len())
    }

    /// Whether a text whose span is in the table would be given that span again.
    pub(super) fn would_share(&self, span: Span) -> bool {
        let len = usize::from(span.len.get());
        self.has_room(len) && self.named + len <= self.nameable(self.text.len())
    }

    /// The bytes of texts that the records may name, with so many bytes of text.
    fn nameable(&self, text: usize) -> usize {
        NAMED_A_BYTE * (text + size_of_val(self.spans.as_slice()))
    }

    /// Stores `len` bytes that `write` puts there; what it refuses is no value of its operator.
    pub(super) fn written(
        &mut self,
        len: usize,
        write: impl FnOnce(&mut [u8]) -> bool,
    ) -> Result<Span, Cause> {
        let begin = self.text.len();
        self.text.resize(begin.saturating_add(len), 0).map_err(|_| Cause::Full(Pool::Text))?;
        if !write(self.text.get_mut(begin..).unwrap_or_default()) {
            return Err(Fault::BadConditionValue.into());
        }
        self.share(begin, hash::short(self.text.get(begin..).unwrap_or_default()))
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.text.extend_from_slice(bytes).map_err(|_| Cause::Full(Pool::Text))
    }

    fn push(&mut self, byte: u8) -> Result<(), Cause> {
        self.text.push(byte).map_err(|_| Cause::Full(Pool::Text))
    }

    fn append_literal(&mut self, bytes: &[u8], syntax: Syntax) -> Result<(), Cause> {
        if syntax.fold { self.append_folded(bytes) } else { self.append(bytes) }
    }

    /// Stores `text` in ASCII lower case, or finds it stored. `hash` is its [`hash::short_folded`].
    pub(super) fn folded_text(&mut self, text: &[u8], hash: u32) -> Result<Span, Cause> {
        if let Some(folded) = few_folded(text) {
            return self.hashed_text(folded.get(..text.len()).unwrap_or_default(), hash);
        }
        let begin = self.text.len();
        self.append_folded(text)?;
        self.share(begin, hash)
    }

    /// Appends a text in ASCII lower case, eight bytes at a time.
    fn append_folded(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        if let Some(folded) = few_folded(bytes) {
            return self.append(folded.get(..bytes.len()).unwrap_or_default());
        }
        let begin = self.text.len();
        self.append(bytes)?;
        let _is_ascii = copy_folded(bytes, self.text.get_mut(begin..).unwrap_or_default());
        Ok(())
    }

    /// Stores the `Sid` of the statement that is being read, unless one before has it and it must be the only one
    /// (R-DOC-16).
    pub(super) fn sid(&mut self, sid: &[u8], only: bool) -> Result<Span, Cause> {
        if only && !sid.is_empty() {
            let found = order::find(self.orders.sids, |number| {
                // Most have a length of their own.
                let Some(StatementDraft { record, .. }) = self.statements.get(usize::from(number)) else {
                    return Ordering::Less;
                };
                let stored = || slice(self.text, record.sid_start, record.sid_len).unwrap_or_default();
                usize::from(record.sid_len.get()).cmp(&sid.len()).then_with(|| stored().cmp(sid))
            });
            let Err(place) = found else { return Err(Fault::DupSid.into()) };
            let number = u16::try_from(self.statements.len()).map_err(|_| Cause::Full(Pool::Statements))?;
            // Where there is no room for the `Sid`, there is none for its statement, which is refused when it ends.
            let _ = order::insert(self.orders.sids, place, number);
        }
        self.text(sid)
    }

    /// Adds the span of a text that was just stored.
    #[inline]
    pub(super) fn add(&mut self, span: Span) -> Result<(), Cause> {
        self.spans.push(span).map_err(|_| Cause::Full(Pool::Patterns))
    }

    /// Adds a span once more.
    pub(super) fn again(&mut self, span: Span) -> Result<(), Cause> {
        self.named += usize::from(span.len.get());
        self.add(span)
    }

    /// Makes a span of the text from `begin`, whose hash is `hash`, and takes that text back where an equal one is stored.
    fn share(&mut self, begin: usize, hash: u32) -> Result<Span, Cause> {
        let (span, may_share) = self.name(begin, self.text.len().saturating_sub(begin))?;
        let (before, text) = self.text.split_at_checked(begin).unwrap_or_default();
        let found = find_stored(self.slots, before, hash, span, may_share, |stored| stored == text);
        self.in_table = found.is_in_table;
        if !found.is_new {
            self.text.truncate(begin);
        }
        Ok(found.span)
    }

    /// The span of a text of `len` bytes that is stored at `begin`, and whether an equal one may stand for it. A text is
    /// stored again where the image would else say more in its records than [`NAMED_A_BYTE`] allows, and could not be
    /// opened.
    fn name(&mut self, begin: usize, len: usize) -> Result<(Span, bool), Cause> {
        if len > MAX_STRING {
            return Err(Cause::Full(Pool::String));
        }
        self.named += len;
        let may_share = self.named <= self.nameable(begin);
        Ok((Span { start: offset(begin)?, len: length(len, Pool::String)?, head: U16::ZERO }, may_share))
    }

    /// Stores a pattern, with tokens in place of its wildcards and variables, and what completes it: text and stars, as
    /// patterns are stored.
    pub(super) fn completed_pattern(
        &mut self,
        source: &[u8],
        completion: &[u8],
        syntax: Syntax,
    ) -> Result<Span, Cause> {
        let begin = self.text.len();
        if syntax == Syntax::WILDCARDS && self.has_room(source.len()) {
            self.append(source)?;
            if let Some(head) = wildcard::encode(source, self.text.get_mut(begin..).unwrap_or_default()) {
                return self.complete(begin, Some(head).filter(|head| *head < source.len()), completion);
            }
            self.text.truncate(begin);
        }
        let (literal, rest) = pattern::split_literal(source, syntax);
        self.divided_pattern(literal, rest, completion, syntax)
    }

    /// Makes a span of a pattern that stands from `begin` on, and what completes it. `head` is how many bytes of it stand in
    /// front of its first token, if it has one.
    #[inline(always)]
    fn complete(&mut self, begin: usize, head: Option<usize>, completion: &[u8]) -> Result<Span, Cause> {
        let source = self.text.len().saturating_sub(begin);
        self.append(completion)?;
        let head = head.unwrap_or_else(|| {
            let star = completion.iter().position(|byte| *byte == wildcard::STAR);
            source.saturating_add(star.unwrap_or(completion.len()))
        });
        let span = self.share(begin, hash::short(self.text.get(begin..).unwrap_or_default()))?;
        Ok(Span { head: length(head, Pool::String)?, ..span })
    }

    /// Stores a pattern that begins with text which stands for itself.
    #[inline(always)]
    pub(super) fn divided_pattern(
        &mut self,
        literal: &[u8],
        rest: &[u8],
        completion: &[u8],
        syntax: Syntax,
    ) -> Result<Span, Cause> {
        if rest.is_empty() && completion.is_empty() {
            let span = if syntax.fold {
                self.folded_text(literal, hash::short_folded(literal))?
            } else {
                self.text(literal)?
            };
            return Ok(Span { head: span.len, ..span });
        }
        self.tokens(literal, rest, completion, syntax)
    }

    /// Stores a pattern that has tokens. Not inlined: those that have none need less of the stack and of time.
    #[inline(never)]
    fn tokens(
        &mut self,
        literal: &[u8],
        rest: &[u8],
        completion: &[u8],
        syntax: Syntax,
    ) -> Result<Span, Cause> {
        // A malformed variable is reported first, wherever it stands.
        self.checked_tokens(literal, rest, completion, syntax)
            .map_err(|cause| pattern::check_variables(rest, syntax).map_or_else(Cause::Fault, |()| cause))
    }

    #[inline(always)]
    fn checked_tokens(
        &mut self,
        literal: &[u8],
        rest: &[u8],
        completion: &[u8],
        syntax: Syntax,
    ) -> Result<Span, Cause> {
        let begin = self.text.len();
        self.append_literal(literal, syntax)?;
        let mut head = None;
        let pending = self.pending(rest);
        for token in pattern::tokens(rest, syntax) {
            let token = token?;
            if !matches!(token, Token::Literal(_)) {
                head.get_or_insert(self.text.len().saturating_sub(begin));
            }
            match token {
                Token::Literal(text) => self.append_literal(text, syntax)?,
                // Two stars in a row say no more than one.
                Token::Star if self.text.len() > begin && self.text.last() == Some(&wildcard::STAR) => {}
                Token::Star => self.push(wildcard::STAR)?,
                Token::One => self.push(wildcard::ONE)?,
                Token::Variable { name, default } => {
                    let number = self.variable(name, default, &pending)?;
                    let token = wildcard::variable_token(number).ok_or(Cause::Full(Pool::Variables))?;
                    self.append(&token)?;
                }
            }
        }
        let span = self.complete(begin, head, completion)?;
        let in_table = self.in_table;
        self.store(&pending)?;
        // It is the pattern that the table has or not, whatever became of the texts behind it.
        self.in_table = in_table;
        Ok(span)
    }

    /// The offset of a member that its object has twice. The tables hold nothing of worth any more, so that of the text
    /// lends its memory.
    pub(super) fn find_duplicate(&mut self, json: &[u8]) -> Option<usize> {
        let slots = duplicates::slots_for(json.len()).saturating_mul(size_of::<duplicates::Slot>());
        self.text.clear();
        while self.text.len() < slots && self.text.extend_from_slice(&[0; 768]).is_ok() {}
        let count = self.text.len() / size_of::<duplicates::Slot>();
        let (table, _) = <[duplicates::Slot]>::mut_from_prefix_with_elems(self.text, count).ok()?;
        // Nothing but zeros is an empty slot.
        duplicates::find_with_empty(json, table)
    }
}

/// A text of less than eight bytes in ASCII lower case, in front of zeros.
#[inline]
fn few_folded(text: &[u8]) -> Option<[u8; 8]> {
    (text.len() < size_of::<u64>()).then(|| lanes::fold(lanes::few(text)).to_le_bytes())
}

/// An offset into the text, which is bounded by its pool.
fn offset(at: usize) -> Result<U32, Cause> {
    u32::try_from(at).map(U32::new).map_err(|_| Cause::Full(Pool::Text))
}

/// A length that a record keeps in 16 bits.
pub(super) fn length(len: usize, pool: Pool) -> Result<U16, Cause> {
    u16::try_from(len).map(U16::new).map_err(|_| Cause::Full(pool))
}
