//! Why a policy document is refused (R-ERR-1, R-ERR-2).

use core::fmt;

use super::detail::Part;

/// The fault codes of a refused document. The numbers are part of the C ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Fault {
    /// The engine's own capacity is exceeded; [`Refusal::pool`] names it (R-GEN-4).
    Capacity = 1,
    /// The document exceeds AWS's upload limit for its kind (R-SIZE-3).
    TooLarge = 2,
    /// Invalid UTF-8, or a byte order mark (R-JSON-1).
    Encoding = 3,
    /// Not strict RFC 8259 JSON (R-JSON-3, R-JSON-7).
    JsonSyntax = 4,
    /// Something follows the document (R-JSON-2).
    JsonTrailing = 5,
    /// The same member name twice in one object (R-JSON-4), or one condition operator in two spellings (R-COND-3).
    JsonDuplicateKey = 6,
    /// Containers nested deeper than 8 (R-JSON-5).
    JsonDepth = 7,
    /// A character that IAM's API refuses (R-JSON-8).
    BadCharacter = 8,
    /// A JSON value of the wrong type (R-DOC-6, R-JSON-6).
    WrongType = 9,
    /// A member that the policy grammar does not have (R-DOC-1).
    UnknownElement = 10,
    /// A required element is missing (R-DOC-9, R-DOC-10).
    MissingElement = 11,
    /// An element that this kind of policy must not have.
    ForbiddenElement = 12,
    /// `Action` beside `NotAction`, and the like (R-DOC-8).
    ExclusiveElements = 13,
    /// Elements that must not stand together in this kind of policy (R-SCPC-11, R-NPRIN-1).
    ForbiddenCombination = 14,
    /// An empty array or object (R-DOC-7).
    Empty = 15,
    /// A `Version` that does not exist (R-DOC-11).
    BadVersion = 16,
    /// An `Effect` other than `Allow` and `Deny` (R-DOC-10).
    BadEffect = 17,
    /// A `Sid` with characters that this kind does not take (R-DOC-16).
    BadSid = 18,
    /// Two statements with one `Sid` (R-DOC-17).
    DupSid = 19,
    /// An action that cannot be one (R-ACT-1 to R-ACT-3, R-SCPC-14).
    BadAction = 20,
    /// A resource that cannot be one (R-RES-2, R-RES-8).
    BadResource = 21,
    /// A principal that cannot be one (R-PRIN-4 to R-PRIN-9).
    BadPrincipal = 22,
    /// No such condition operator (R-COND-3).
    BadOperator = 23,
    /// A context key that cannot be one (R-COND-5, R-COND-8).
    BadConditionKey = 24,
    /// One operator has the same key twice, in two spellings (R-COND-7).
    DupConditionKey = 25,
    /// A condition value that its operator cannot read (R-COND-12).
    BadConditionValue = 26,
    /// A policy variable that is malformed or in a place that takes none (R-VAR-4, R-VAR-5).
    BadVariable = 27,
}

impl Fault {
    /// Every fault, in the order of the numbers.
    pub const ALL: [Self; 27] = [
        Self::Capacity,
        Self::TooLarge,
        Self::Encoding,
        Self::JsonSyntax,
        Self::JsonTrailing,
        Self::JsonDuplicateKey,
        Self::JsonDepth,
        Self::BadCharacter,
        Self::WrongType,
        Self::UnknownElement,
        Self::MissingElement,
        Self::ForbiddenElement,
        Self::ExclusiveElements,
        Self::ForbiddenCombination,
        Self::Empty,
        Self::BadVersion,
        Self::BadEffect,
        Self::BadSid,
        Self::DupSid,
        Self::BadAction,
        Self::BadResource,
        Self::BadPrincipal,
        Self::BadOperator,
        Self::BadConditionKey,
        Self::DupConditionKey,
        Self::BadConditionValue,
        Self::BadVariable,
    ];

    /// The code as the rules spell it, `JSON_SYNTAX` for one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Capacity => "CAPACITY",
            Self::TooLarge => "TOO_LARGE",
            Self::Encoding => "ENCODING",
            Self::JsonSyntax => "JSON_SYNTAX",
            Self::JsonTrailing => "JSON_TRAILING",
            Self::JsonDuplicateKey => "JSON_DUPLICATE_KEY",
            Self::JsonDepth => "JSON_DEPTH",
            Self::BadCharacter => "BAD_CHARACTER",
            Self::WrongType => "WRONG_TYPE",
            Self::UnknownElement => "UNKNOWN_ELEMENT",
            Self::MissingElement => "MISSING_ELEMENT",
            Self::ForbiddenElement => "FORBIDDEN_ELEMENT",
            Self::ExclusiveElements => "EXCLUSIVE_ELEMENTS",
            Self::ForbiddenCombination => "FORBIDDEN_COMBINATION",
            Self::Empty => "EMPTY",
            Self::BadVersion => "BAD_VERSION",
            Self::BadEffect => "BAD_EFFECT",
            Self::BadSid => "BAD_SID",
            Self::DupSid => "DUP_SID",
            Self::BadAction => "BAD_ACTION",
            Self::BadResource => "BAD_RESOURCE",
            Self::BadPrincipal => "BAD_PRINCIPAL",
            Self::BadOperator => "BAD_OPERATOR",
            Self::BadConditionKey => "BAD_CONDITION_KEY",
            Self::DupConditionKey => "DUP_CONDITION_KEY",
            Self::BadConditionValue => "BAD_CONDITION_VALUE",
            Self::BadVariable => "BAD_VARIABLE",
        }
    }

    /// What is wrong, in the words of the IAM guide.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Capacity => "the document is legal so far and larger than this capacity",
            Self::TooLarge => "the document exceeds the upload limit of its kind",
            Self::Encoding => "the document is not UTF-8 without a byte order mark",
            Self::JsonSyntax => "the document is not well-formed JSON",
            Self::JsonTrailing => "something follows the end of the document",
            Self::JsonDuplicateKey => "the object has this member twice",
            Self::JsonDepth => "arrays and objects are nested too deeply",
            Self::BadCharacter => "IAM accepts no such character",
            Self::WrongType => "a value of another JSON type is required here",
            Self::UnknownElement => "the policy grammar has no such element",
            Self::MissingElement => "a required element is missing",
            Self::ForbiddenElement => "this kind of policy must not have this element",
            Self::ExclusiveElements => "an element and its `Not` form exclude each other",
            Self::ForbiddenCombination => "this element must not stand in a statement of this effect",
            Self::Empty => "an empty list or object has no meaning here",
            Self::BadVersion => "`Version` must be a version that this kind of policy takes",
            Self::BadEffect => {
                "`Effect` must be `Allow` or `Deny`, written so, and one that this kind of policy takes"
            }
            Self::BadSid => "`Sid` takes letters and digits only",
            Self::DupSid => "another statement has this `Sid`",
            Self::BadAction => "an action is `*` or `service:Name`, and one that this kind of policy takes",
            Self::BadResource => "a resource is `*` or an ARN, and one that this kind of policy takes",
            Self::BadPrincipal => "this is no principal that this kind of policy takes",
            Self::BadOperator => "there is no such condition operator",
            Self::BadConditionKey => "this is no context key",
            Self::DupConditionKey => "this operator has the key already, in another spelling",
            Self::BadConditionValue => "the operator cannot take this value",
            Self::BadVariable => "the policy variable is malformed or stands where none is expanded",
        }
    }
}

/// The capacity that a document exceeds (R-GEN-4). The numbers are part of the C ABI and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Pool {
    /// Bytes of the document: [`MAX_DOCUMENT`](super::limits::MAX_DOCUMENT).
    Document = 1,
    /// Bytes of one string: [`MAX_STRING`](super::limits::MAX_STRING).
    String = 2,
    /// Members of one list: [`MAX_LIST`](super::limits::MAX_LIST).
    List = 3,
    /// Statements, of the scratch memory's class.
    Statements = 4,
    /// Conditions, of the scratch memory's class.
    Conditions = 5,
    /// Patterns and values, of the scratch memory's class.
    Patterns = 6,
    /// Distinct context keys, of the scratch memory's class.
    Keys = 7,
    /// Distinct policy variables, of the scratch memory's class.
    Variables = 8,
    /// Bytes of distinct text, of the scratch memory's class.
    Text = 9,
}

impl Pool {
    /// Every pool, in the order of the numbers.
    pub const ALL: [Self; 9] = [
        Self::Document,
        Self::String,
        Self::List,
        Self::Statements,
        Self::Conditions,
        Self::Patterns,
        Self::Keys,
        Self::Variables,
        Self::Text,
    ];

    /// The name of the pool, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::String => "string",
            Self::List => "list",
            Self::Statements => "statements",
            Self::Conditions => "conditions",
            Self::Patterns => "patterns",
            Self::Keys => "keys",
            Self::Variables => "variables",
            Self::Text => "text",
        }
    }
}

/// An element that is missing: what the JSON Pointer of the object that lacks it ends in (R-ERR-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Missing {
    /// `/Version`
    Version = 1,
    /// `/Statement`
    Statement = 2,
    /// `/Effect`
    Effect = 3,
    /// `/Principal`
    Principal = 4,
    /// `/Action`
    Action = 5,
    /// `/Resource`
    Resource = 6,
}

impl Missing {
    /// Every element that can be missing, in the order of the numbers.
    pub const ALL: [Self; 6] =
        [Self::Version, Self::Statement, Self::Effect, Self::Principal, Self::Action, Self::Resource];

    /// The element's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Version => "Version",
            Self::Statement => "Statement",
            Self::Effect => "Effect",
            Self::Principal => "Principal",
            Self::Action => "Action",
            Self::Resource => "Resource",
        }
    }
}

/// Why a document is refused, and where. It holds no text; the JSON Pointer is worked out from the document on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why the document is refused.
    pub fault: Fault,
    /// The byte where the element at fault begins; for [`Self::missing`], the object that lacks it.
    pub offset: u32,
    /// The line of that byte, from 1.
    pub line: u32,
    /// The column of that byte, from 1, in characters.
    pub column: u32,
    /// Whether the fault belongs to an element, or (syntax, encoding, size) to the document as a whole.
    pub located: bool,
    /// The element that is missing, with [`Fault::MissingElement`].
    pub missing: Option<Missing>,
    /// The pool that is full, with [`Fault::Capacity`].
    pub pool: Option<Pool>,
    /// What exactly is wrong with the element, and with which part of it, where that is known.
    pub part: Option<Part>,
}

impl Refusal {
    /// A refusal for the element at `offset`. Its line and column are filled in where the document is at hand.
    pub(crate) fn at(fault: Fault, offset: usize) -> Self {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        Self { fault, offset, line: 0, column: 0, located: true, missing: None, pool: None, part: None }
    }

    /// A refusal for the document as a whole, which goes wrong at `offset`.
    pub(crate) fn whole(fault: Fault, offset: usize) -> Self {
        Self { located: false, ..Self::at(fault, offset) }
    }

    /// What is wrong, with the part at fault as `json` has it, which is the document that was refused:
    /// ``the account field `11112222333` has 11 digits, not 12``.
    #[must_use]
    pub const fn explained<'a>(&'a self, json: &'a [u8]) -> Explained<'a> {
        Explained { refusal: self, json: Some(json) }
    }
}

/// `line:column: CODE message`, without the part at fault, which is in the document.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = Explained { refusal: self, json: None };
        write!(f, "{}:{}: {} {message}", self.line, self.column, self.fault.code())
    }
}

impl core::error::Error for Refusal {}

/// The message of a refusal; see [`Refusal::explained`]. A part of more than [`SHOWN`](super::detail::SHOWN) bytes
/// is cut.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    refusal: &'a Refusal,
    json: Option<&'a [u8]>,
}

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(part) = self.refusal.part {
            return part.write(f, self.json);
        }
        f.write_str(self.refusal.fault.message())?;
        if let Some(missing) = self.refusal.missing {
            write!(f, ": `{}`", missing.name())?;
        }
        if let Some(pool) = self.refusal.pool {
            write!(f, ": `{}`", pool.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Pool};

    #[test]
    fn the_numbers_of_faults_and_pools_run_from_one_without_a_gap() {
        for (at, fault) in Fault::ALL.iter().enumerate() {
            assert_eq!(*fault as usize, at + 1, "{fault:?}");
        }
        for (at, pool) in Pool::ALL.iter().enumerate() {
            assert_eq!(*pool as usize, at + 1, "{pool:?}");
        }
    }
}
