//! The condition operators: one table for the compiler and the evaluator (R-COND-3).

use core::fmt;

/// What an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Text, code point by code point (R-STR-1).
    Text,
    /// Text, A-Z folded (R-STR-2).
    TextIgnoreCase,
    /// Text against a pattern (R-STR-3).
    Pattern,
    /// Exact decimals (R-NUM-1).
    Number,
    /// Instants (R-DATE-1).
    Date,
    /// `true` and `false` (R-BOOL-1).
    Bool,
    /// Bytes (R-BIN-1).
    Binary,
    /// Addresses and prefixes (R-IP-1).
    Ip,
    /// Six fields, each a pattern (R-ARN-1).
    Arn,
    /// Presence (R-COND-4).
    Null,
}

impl Family {
    /// Whether `${...}` is expanded in the values (R-VAR-5).
    #[must_use]
    pub const fn takes_variables(self) -> bool {
        matches!(self, Self::Text | Self::TextIgnoreCase | Self::Pattern | Self::Arn)
    }

    /// Whether `*` and `?` are wildcards in the values.
    #[must_use]
    pub const fn takes_wildcards(self) -> bool {
        matches!(self, Self::Pattern | Self::Arn)
    }
}

/// How a positive operator orders the request's value and the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal, matching, or contained.
    Matches,
    /// Less than the policy's value.
    Less,
    /// Less than or equal to it.
    LessOrEqual,
    /// Greater than it.
    Greater,
    /// Greater than or equal to it.
    GreaterOrEqual,
}

#[derive(Debug)]
struct Row {
    number: u8,
    name: &'static str,
    family: Family,
    relation: Relation,
    negated: bool,
}

const fn row(number: u8, name: &'static str, family: Family, relation: Relation, negated: bool) -> Row {
    Row { number, name, family, relation, negated }
}

/// A number stands for its operator in images, for ever; a new operator takes the next one.
static TABLE: [Row; 27] = {
    use Family::{Arn, Binary, Bool, Date, Ip, Null, Number, Pattern, Text, TextIgnoreCase};
    use Relation::{Greater, GreaterOrEqual, Less, LessOrEqual, Matches};
    [
        row(0, "StringEquals", Text, Matches, false),
        row(1, "StringNotEquals", Text, Matches, true),
        row(2, "StringEqualsIgnoreCase", TextIgnoreCase, Matches, false),
        row(3, "StringNotEqualsIgnoreCase", TextIgnoreCase, Matches, true),
        row(4, "StringLike", Pattern, Matches, false),
        row(5, "StringNotLike", Pattern, Matches, true),
        row(6, "NumericEquals", Number, Matches, false),
        row(7, "NumericNotEquals", Number, Matches, true),
        row(8, "NumericLessThan", Number, Less, false),
        row(9, "NumericLessThanEquals", Number, LessOrEqual, false),
        row(10, "NumericGreaterThan", Number, Greater, false),
        row(11, "NumericGreaterThanEquals", Number, GreaterOrEqual, false),
        row(12, "DateEquals", Date, Matches, false),
        row(13, "DateNotEquals", Date, Matches, true),
        row(14, "DateLessThan", Date, Less, false),
        row(15, "DateLessThanEquals", Date, LessOrEqual, false),
        row(16, "DateGreaterThan", Date, Greater, false),
        row(17, "DateGreaterThanEquals", Date, GreaterOrEqual, false),
        row(18, "Bool", Bool, Matches, false),
        row(19, "BinaryEquals", Binary, Matches, false),
        row(20, "IpAddress", Ip, Matches, false),
        row(21, "NotIpAddress", Ip, Matches, true),
        row(22, "ArnEquals", Arn, Matches, false),
        row(23, "ArnLike", Arn, Matches, false),
        row(24, "ArnNotEquals", Arn, Matches, true),
        row(25, "ArnNotLike", Arn, Matches, true),
        row(26, "Null", Null, Matches, false),
    ]
};

/// A condition operator without qualifier and suffix: a row of the table.
#[derive(Clone, Copy, Debug)]
pub struct ConditionOperator(&'static Row);

impl PartialEq for ConditionOperator {
    fn eq(&self, other: &Self) -> bool {
        self.0.number == other.0.number
    }
}

impl Eq for ConditionOperator {}

impl ConditionOperator {
    /// Every operator.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// The operator with this number.
    #[must_use]
    #[inline]
    pub fn from_number(number: u8) -> Option<Self> {
        TABLE.get(usize::from(number)).map(Self)
    }

    /// The operator with this name in any spelling of case (R-COND-3). Cost: one comparison an operator.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::all().find(|operator| operator.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// The number of the operator.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0.number
    }

    /// The name as the IAM guide spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// What the operator compares.
    #[must_use]
    pub const fn family(self) -> Family {
        self.0.family
    }

    /// How it orders the two values.
    #[must_use]
    pub const fn relation(self) -> Relation {
        self.0.relation
    }

    /// Whether it is the negated form of its family.
    #[must_use]
    pub const fn negated(self) -> bool {
        self.0.negated
    }
}

/// The set qualifier before an operator (R-MISS-1). The numbers are part of the image format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SetQualifier {
    /// None: the key must be single-valued (R-MULTI-1).
    None = 0,
    /// `ForAllValues:`
    ForAllValues = 1,
    /// `ForAnyValue:`
    ForAnyValue = 2,
}

impl SetQualifier {
    /// The qualifier with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::None),
            1 => Some(Self::ForAllValues),
            2 => Some(Self::ForAnyValue),
            _ => None,
        }
    }
}

/// A condition operator as a policy writes it: `ForAnyValue:StringLikeIfExists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QualifiedOperator {
    /// The operator itself.
    pub operator: ConditionOperator,
    /// The qualifier before it.
    pub qualifier: SetQualifier,
    /// Whether `IfExists` follows it.
    pub if_exists: bool,
}

/// As the IAM guide spells it.
impl fmt::Display for QualifiedOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let qualifier = match self.qualifier {
            SetQualifier::None => "",
            SetQualifier::ForAllValues => "ForAllValues:",
            SetQualifier::ForAnyValue => "ForAnyValue:",
        };
        write!(f, "{qualifier}{}{}", self.operator.name(), if self.if_exists { "IfExists" } else { "" })
    }
}

impl QualifiedOperator {
    /// Reads `[ForAllValues:|ForAnyValue:]operator[IfExists]`, ignoring ASCII case (R-COND-3). `Null` takes neither
    /// addition (R-COND-4).
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (qualifier, rest) = match text.iter().position(|byte| *byte == b':') {
            None => (SetQualifier::None, text),
            Some(colon) => {
                let (name, rest) = text.split_at_checked(colon)?;
                let qualifier = if name.eq_ignore_ascii_case(b"ForAllValues") {
                    SetQualifier::ForAllValues
                } else if name.eq_ignore_ascii_case(b"ForAnyValue") {
                    SetQualifier::ForAnyValue
                } else {
                    return None;
                };
                (qualifier, rest.get(1..)?)
            }
        };
        const SUFFIX: &[u8] = b"IfExists";
        let (base, if_exists) = match rest.split_at_checked(rest.len().saturating_sub(SUFFIX.len())) {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case(SUFFIX) => (base, true),
            _ => (rest, false),
        };
        let operator = ConditionOperator::from_name(base)?;
        let plain = qualifier == SetQualifier::None && !if_exists;
        (plain || operator.family() != Family::Null).then_some(Self { operator, qualifier, if_exists })
    }

    /// A number below 256 that tells any two operators apart, whatever their spelling.
    #[must_use]
    pub fn identity(self) -> u8 {
        (self.operator.number() << 3) | ((self.qualifier as u8) << 1) | u8::from(self.if_exists)
    }
}

#[cfg(test)]
mod tests {
    use super::{ConditionOperator, QualifiedOperator, SetQualifier};

    #[test]
    fn every_operator_is_found_by_its_name_in_any_case() {
        assert_eq!(ConditionOperator::all().count(), 27);
        for operator in ConditionOperator::all() {
            let name = operator.name();
            assert!(!name.is_empty());
            assert_eq!(ConditionOperator::from_name(name.as_bytes()), Some(operator));
            assert_eq!(ConditionOperator::from_name(name.to_lowercase().as_bytes()), Some(operator));
            assert_eq!(operator.negated(), name.contains("Not"), "{name}");
            assert_eq!(ConditionOperator::from_number(operator.number()), Some(operator));
        }
        assert_eq!(ConditionOperator::from_name(b""), None);
    }

    #[test]
    fn qualifier_and_suffix_are_told_from_the_operator() {
        let parsed = QualifiedOperator::parse(b"forANYvalue:StringlikeIFEXISTS").expect("an operator");
        assert_eq!(parsed.operator.name(), "StringLike");
        assert_eq!(parsed.qualifier, SetQualifier::ForAnyValue);
        assert!(parsed.if_exists);
        for bad in
            ["", "IfExists", "ForAllValues:", "ForAllValues:Null", "NullIfExists", "A:Bool", "Bool:", "Bool "]
        {
            assert_eq!(QualifiedOperator::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn identities_differ_where_operators_do() {
        let mut seen = std::collections::BTreeSet::new();
        for operator in ConditionOperator::all() {
            for qualifier in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", "IfExists"] {
                    let name = format!("{qualifier}{}{suffix}", operator.name());
                    if let Some(parsed) = QualifiedOperator::parse(name.as_bytes()) {
                        assert_eq!(parsed.to_string(), name);
                        assert!(seen.insert(parsed.identity()), "{name}");
                    }
                }
            }
        }
        assert_eq!(seen.len(), 26 * 6 + 1);
    }
}
