//! Opening a policy image checks it: after that, every number in a record may be followed.
//!
//! The order matters: what a step relies on was checked by a step before it.

use zerocopy::little_endian::{U16, U32};

use super::kind::PolicyKind;
use super::known_key::KnownKey;
use super::operator::{ConditionOperator, Family, SetQualifier};
use super::policy::{ImageError, Policy, StatementSpans};
use super::principal_form::PrincipalForm;
use super::records::{
    ConditionRecord, DENY, IF_EXISTS, KeyRecord, NOT_ACTION, NOT_PRINCIPAL, NOT_RESOURCE, Span,
    StatementRecord, VERSION_2012, VariableRecord, slice,
};
use crate::ground::budget::Budget;
use crate::ground::cidr::Prefix;
use crate::ground::wildcard::{self, ONE, STAR};
use crate::ground::{arn, date, decimal, hash, limits};

type Checked = Result<(), ImageError>;

fn require(holds: bool) -> Checked {
    if holds { Ok(()) } else { Err(ImageError::Corrupt) }
}

impl<'a> Policy<'a> {
    /// Opens an image: checks every record of it, once, in time linear in its size.
    ///
    /// # Errors
    /// Any bytes may be offered. What is not an image that this version of the engine could have written is refused,
    /// except that texts are not compared with the grammar of policies again.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let policy = Self::view(bytes)?;
        check(&policy)?;
        Ok(policy)
    }
}

/// Checks every record of `policy`.
///
/// Cost: linear in the image: each text is read as often as records name it, and those are bounded by
/// [`limits::NAMED_A_BYTE`], which refuses an image whose records all name one long text.
fn check(policy: &Policy<'_>) -> Checked {
    let size = u64::from(policy.header().size.get());
    let budget = Budget::new(limits::NAMED_A_BYTE as u64 * size);
    Checker { policy, kind: policy.kind().ok_or(ImageError::Corrupt)?, budget, spans: 0, conditions: 0 }
        .policy()
}

struct Checker<'p, 'a> {
    policy: &'p Policy<'a>,
    kind: PolicyKind,
    budget: Budget,
    /// The first span that no statement has claimed yet.
    spans: usize,
    /// The first condition that no statement has claimed yet.
    conditions: usize,
}

impl<'a> Checker<'_, 'a> {
    fn policy(mut self) -> Checked {
        require(self.policy.header().flags & !VERSION_2012 == 0)?;
        require(!self.policy.statements().is_empty())?;
        for key in self.policy.keys() {
            self.key(key)?;
        }
        for variable in self.policy.variables() {
            self.variable(variable)?;
        }
        for statement in self.policy.statements() {
            self.statement(statement)?;
        }
        // Each record belongs to one statement, so that an image has one reading.
        require(self.spans == self.policy.spans().len() && self.conditions == self.policy.conditions().len())
    }

    fn text(&mut self, start: U32, len: U16) -> Result<&'a [u8], ImageError> {
        self.budget.spend(usize::from(len.get())).map_err(|_| ImageError::Corrupt)?;
        slice(self.policy.text(), start, len).ok_or(ImageError::Corrupt)
    }

    fn key(&mut self, key: &KeyRecord) -> Checked {
        let name = self.text(key.start, key.len)?;
        let known = KnownKey::from_name(name).map_or(0, |known| known as u8);
        require(
            !name.is_empty()
                && core::str::from_utf8(name).is_ok()
                && name.len() <= limits::MAX_KEY_NAME
                && !name.iter().any(u8::is_ascii_uppercase)
                && key.hash.get() == hash::short(name)
                && key.known == known
                && key.reserved == 0,
        )
    }

    fn variable(&mut self, variable: &VariableRecord) -> Checked {
        self.text(variable.default_start, variable.default_len)?;
        require(usize::from(variable.key.get()) < self.policy.keys().len())?;
        let default_fits = variable.has_default == 1 || variable.default_len.get() == 0;
        require(variable.has_default <= 1 && default_fits && variable.reserved == 0)
    }

    fn statement(&mut self, statement: &StatementRecord) -> Checked {
        let flags = statement.flags;
        require(flags & !(DENY | NOT_ACTION | NOT_RESOURCE | NOT_PRINCIPAL) == 0 && statement.reserved == 0)?;
        // R-NPRIN-1: with Allow, NotPrincipal would open to everyone else.
        require(!statement.negates_principal() || statement.is_deny())?;
        let sid = self.text(statement.sid_start, statement.sid_len)?;
        require(core::str::from_utf8(sid).is_ok())?;

        let StatementSpans { principals, actions, resources } =
            self.policy.statement_spans(statement).ok_or(ImageError::Corrupt)?;
        require(statement.first_span.get() as usize == self.spans)?;
        self.spans += principals.len() + actions.len() + resources.len();
        require(principals.is_empty() != self.kind.has_principal())?;
        require(!actions.is_empty())?;
        // R-SCPC-19, R-KIND-6: only there may a statement leave its resources unsaid.
        let resource_optional = matches!(self.kind, PolicyKind::ScpClassic | PolicyKind::Trust);
        require(!resources.is_empty() || (resource_optional && !statement.negates_resource()))?;
        for span in principals {
            self.principal(span)?;
        }
        for span in actions {
            self.pattern(span, 0, true)?;
        }
        for span in resources {
            let pattern = self.pattern(span, self.policy.variables().len(), true)?;
            require(pattern == [STAR] || arn::split(pattern).is_some())?;
        }

        let conditions = self.policy.statement_conditions(statement);
        require(statement.first_condition.get() as usize == self.conditions)?;
        require(conditions.len() == usize::from(statement.conditions.get()))?;
        self.conditions += conditions.len();
        for condition in conditions {
            self.condition(condition)?;
        }
        Ok(())
    }

    fn principal(&mut self, span: &Span) -> Checked {
        let text = self.text(span.start, span.len)?;
        match PrincipalForm::from_number(span.head.get()).ok_or(ImageError::Corrupt)? {
            PrincipalForm::Everyone | PrincipalForm::AnyAws => require(text == b"*"),
            PrincipalForm::Account => require(arn::is_account(text)),
            PrincipalForm::AccountRoot
            | PrincipalForm::User
            | PrincipalForm::Role
            | PrincipalForm::RoleSession
            | PrincipalForm::FederatedUser => {
                require(arn::split(text).is_some_and(|[_, _, _, _, account, _]| arn::is_account(account)))
            }
            PrincipalForm::OriginAccessIdentity => {
                require(PrincipalForm::from_arn(text) == Some(PrincipalForm::OriginAccessIdentity))
            }
            PrincipalForm::UniqueId
            | PrincipalForm::Service
            | PrincipalForm::Federated
            | PrincipalForm::CanonicalUser => require(!text.is_empty()),
        }
    }

    /// Checks a pattern whose tokens may be wildcards (or not) and variables below `variables`.
    fn pattern(&mut self, span: &Span, variables: usize, wildcards: bool) -> Result<&'a [u8], ImageError> {
        let pattern = self.text(span.start, span.len)?;
        let head = wildcard::head(pattern);
        require(usize::from(span.head.get()) == head)?;
        require(wildcard::well_formed(pattern.get(head..).unwrap_or_default(), variables))?;
        require(wildcards || !pattern.iter().any(|byte| matches!(*byte, STAR | ONE)))?;
        Ok(pattern)
    }

    fn condition(&mut self, condition: &ConditionRecord) -> Checked {
        let operator = ConditionOperator::from_number(condition.operator).ok_or(ImageError::Corrupt)?;
        let qualifier =
            SetQualifier::from_number(condition.modifiers & !IF_EXISTS).ok_or(ImageError::Corrupt)?;
        let family = operator.family();
        let plain = qualifier == SetQualifier::None && condition.modifiers & IF_EXISTS == 0;
        require(plain || family != Family::Null)?;
        require(usize::from(condition.key.get()) < self.policy.keys().len())?;
        let values = self.policy.values(condition);
        require(condition.first_value.get() as usize == self.spans)?;
        require(!values.is_empty() && values.len() == usize::from(condition.values.get()))?;
        self.spans += values.len();
        values.iter().try_for_each(|span| self.value(span, family))
    }

    fn value(&mut self, span: &Span, family: Family) -> Checked {
        if family.takes_variables() {
            let pattern = self.pattern(span, self.policy.variables().len(), family.takes_wildcards())?;
            return require(family != Family::Arn || arn::split(pattern).is_some());
        }
        require(span.head.get() == 0)?;
        let value = self.text(span.start, span.len)?;
        require(match family {
            Family::Number => decimal::Decimal::from_bytes(value).is_some(),
            Family::Date => date::Instant::from_bytes(value).is_some(),
            Family::Bool | Family::Null => matches!(value, [0 | 1]),
            Family::Ip => Prefix::from_bytes(value).is_some(),
            Family::Binary => true,
            Family::Text | Family::TextIgnoreCase | Family::Pattern | Family::Arn => false,
        })
    }
}
