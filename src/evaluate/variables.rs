//! The policy variables of a policy, with the values that a request gives them (R-VAR-1).

use crate::ground::wildcard::Variables;
use crate::image::known_key;
use crate::image::set_records::NO_SLOT;
use crate::image::statement::Statement;
use crate::request::request_context::RequestContext;

/// Steps that are charged for a policy variable, beside the look-up of its key.
const VARIABLE: usize = 4;

/// The policy variables of a statement's policy, with the values that a request gives them (R-VAR-1).
#[derive(Clone, Copy)]
pub(super) struct Resolved<'j, 'a> {
    pub(super) statement: Statement<'a>,
    pub(super) context: &'j RequestContext<'a>,
}

impl Resolved<'_, '_> {
    /// The number of a key that is not fetched yet, for whose sake a variable has no value.
    pub(super) fn not_fetched(&self, index: u16) -> Option<u8> {
        let variable = self.statement.variable(index)?;
        let key = self.statement.key(variable.key)?;
        let name = self.statement.piece(key.start, key.len)?;
        self.context.values(key, name, NO_SLOT).not_fetched()
    }
}

impl Variables for Resolved<'_, '_> {
    fn steps(&self, index: u16) -> usize {
        let variable = self.statement.variable(index);
        let key = variable.and_then(|variable| self.statement.key(variable.key));
        VARIABLE + self.context.look_up_steps(key.map_or(0, |key| usize::from(key.len.get())))
    }

    fn value(&self, index: u16) -> Option<&[u8]> {
        let variable = self.statement.variable(index)?;
        let key = self.statement.key(variable.key)?;
        let name = self.statement.piece(key.start, key.len)?;
        let values = self.context.values(key, name, NO_SLOT);
        // R-VAR-2, R-VAR-8
        values.single().or_else(|| {
            let default = self.statement.piece(variable.default_start, variable.default_len)?;
            let applies = variable.has_default == 1 && values.is_void();
            // R-MULTI-6: that they are not there makes no difference to these.
            (applies && !known_key::is_multivalued(name)).then_some(default)
        })
    }
}
