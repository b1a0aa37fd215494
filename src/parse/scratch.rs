//! The memory that compiling needs: fixed pools, in three capacity classes, owned by the caller.

use heapless::{Vec, VecView};

use crate::image::policy_writer::StatementDraft;
use crate::image::records::{ConditionRecord, KeyRecord, Span, VariableRecord};

/// What is known of a context key that the image does not keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyNote {
    /// The variable of the key that has no default, or [`NONE`](Self::NONE).
    pub(super) variable: u16,
    /// The last condition about the key, or [`NEVER`](Self::NEVER).
    pub(super) condition: u32,
}

impl KeyNote {
    pub(super) const NONE: u16 = u16::MAX;
    pub(super) const NEVER: u32 = u32::MAX;
}

/// Scratch memory of one capacity class. Its contents need no care between two calls.
///
/// The parameters: statements, conditions, patterns and values, context keys, policy variables, bytes of distinct
/// text, bytes of one string that has escapes, and slots of the table that finds equal texts.
pub struct Scratch<
    const STATEMENTS: usize,
    const CONDITIONS: usize,
    const SPANS: usize,
    const KEYS: usize,
    const VARIABLES: usize,
    const TEXT: usize,
    const STRING: usize,
    const SLOTS: usize,
> {
    pub(crate) statements: Vec<StatementDraft, STATEMENTS>,
    pub(crate) conditions: Vec<ConditionRecord, CONDITIONS>,
    pub(crate) spans: Vec<Span, SPANS>,
    pub(crate) keys: Vec<KeyRecord, KEYS>,
    pub(crate) variables: Vec<VariableRecord, VARIABLES>,
    pub(crate) text: Vec<u8, TEXT>,
    pub(crate) string: Vec<u8, STRING>,
    pub(crate) slots: Vec<Span, SLOTS>,
    pub(crate) key_notes: Vec<KeyNote, KEYS>,
    pub(crate) key_order: Vec<u16, KEYS>,
    pub(crate) variable_order: Vec<u16, VARIABLES>,
    pub(crate) sid_order: Vec<u16, STATEMENTS>,
}

/// Takes what a customer writes: up to about 6 KB of policy. Fits 16 KiB.
pub type SmallScratch = Scratch<32, 48, 384, 48, 24, 6_144, 1_024, 256>;

/// Takes the largest documents that AWS accepts from customers: 32 KB. Fits 96 KiB.
pub type MediumScratch = Scratch<256, 512, 2_048, 256, 128, 40_960, 4_096, 1_024>;

/// Takes every AWS managed policy (152 KB, 4,587 patterns) with room to spare. Fits 1 MiB.
pub type LargeScratch = Scratch<4_096, 8_192, 24_576, 2_048, 2_048, 327_680, 65_535, 8_192>;

const _: () = {
    assert!(size_of::<SmallScratch>() <= 16 * 1024);
    assert!(size_of::<MediumScratch>() <= 96 * 1024);
    assert!(size_of::<LargeScratch>() <= 1024 * 1024);
};

/// Scratch memory of any class.
///
/// ```
/// use iamlet::{LargeScratch, MediumScratch, Scratch, ScratchMemory, SmallScratch};
///
/// fn bytes<S: ScratchMemory>() -> usize {
///     size_of::<S>()
/// }
/// assert!(bytes::<SmallScratch>() <= 16 << 10);
/// assert!(bytes::<MediumScratch>() <= 96 << 10);
/// assert!(bytes::<LargeScratch>() <= 1 << 20);
/// // A class of your own, for small policies.
/// assert!(bytes::<Scratch<8, 8, 64, 16, 8, 2_048, 512, 64>>() < 6_000);
/// ```
pub trait ScratchMemory: HasPools {}

impl<S: HasPools> ScratchMemory for S {}

/// What makes it scratch memory. It has no name outside, for nobody else's memory is laid out so.
pub trait HasPools {
    /// The pools, seen without their capacities, so that the compiler exists once for all classes.
    fn pools(&mut self) -> Pools<'_>;
}

/// The pools of a [`Scratch`].
pub struct Pools<'p> {
    pub(super) statements: &'p mut VecView<StatementDraft>,
    pub(super) conditions: &'p mut VecView<ConditionRecord>,
    pub(super) spans: &'p mut VecView<Span>,
    pub(super) keys: &'p mut VecView<KeyRecord>,
    pub(super) variables: &'p mut VecView<VariableRecord>,
    pub(super) text: &'p mut VecView<u8>,
    pub(super) string: &'p mut VecView<u8>,
    pub(super) slots: &'p mut VecView<Span>,
    pub(super) key_notes: &'p mut VecView<KeyNote>,
    pub(super) orders: Orders<'p>,
}

/// The numbers of what is looked up, in the [`order`](super::order) of what they stand for.
pub(super) struct Orders<'p> {
    pub(super) keys: &'p mut VecView<u16>,
    /// Of the variables that have a default.
    pub(super) variables: &'p mut VecView<u16>,
    /// Of the statements that have a `Sid`, where a `Sid` must be the only one.
    pub(super) sids: &'p mut VecView<u16>,
}

impl<
    const STATEMENTS: usize,
    const CONDITIONS: usize,
    const SPANS: usize,
    const KEYS: usize,
    const VARIABLES: usize,
    const TEXT: usize,
    const STRING: usize,
    const SLOTS: usize,
> Scratch<STATEMENTS, CONDITIONS, SPANS, KEYS, VARIABLES, TEXT, STRING, SLOTS>
{
    /// Scratch memory, empty. In a `static`, in a box, or on a stack that has the room.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            statements: Vec::new(),
            conditions: Vec::new(),
            spans: Vec::new(),
            keys: Vec::new(),
            variables: Vec::new(),
            text: Vec::new(),
            string: Vec::new(),
            slots: Vec::new(),
            key_notes: Vec::new(),
            key_order: Vec::new(),
            variable_order: Vec::new(),
            sid_order: Vec::new(),
        }
    }
}

impl<
    const STATEMENTS: usize,
    const CONDITIONS: usize,
    const SPANS: usize,
    const KEYS: usize,
    const VARIABLES: usize,
    const TEXT: usize,
    const STRING: usize,
    const SLOTS: usize,
> Default for Scratch<STATEMENTS, CONDITIONS, SPANS, KEYS, VARIABLES, TEXT, STRING, SLOTS>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<
    const STATEMENTS: usize,
    const CONDITIONS: usize,
    const SPANS: usize,
    const KEYS: usize,
    const VARIABLES: usize,
    const TEXT: usize,
    const STRING: usize,
    const SLOTS: usize,
> HasPools for Scratch<STATEMENTS, CONDITIONS, SPANS, KEYS, VARIABLES, TEXT, STRING, SLOTS>
{
    fn pools(&mut self) -> Pools<'_> {
        Pools {
            statements: &mut self.statements,
            conditions: &mut self.conditions,
            spans: &mut self.spans,
            keys: &mut self.keys,
            variables: &mut self.variables,
            text: &mut self.text,
            string: &mut self.string,
            slots: &mut self.slots,
            key_notes: &mut self.key_notes,
            orders: Orders {
                keys: &mut self.key_order,
                variables: &mut self.variable_order,
                sids: &mut self.sid_order,
            },
        }
    }
}
