//! Why a policy document is refused (R-ERR-1, R-ERR-2).

use core::fmt;

use super::detail::Part;
use super::numbered::numbered;

numbered! {
    /// The fault codes of a refused document. The numbers are part of the C ABI and never change.
    #[non_exhaustive]
    pub enum Fault: 2 {
        /// The engine's own capacity is exceeded; [`Refusal::pool`] names it (R-GEN-4).
        Capacity = 1 => ["CAPACITY", "the document is legal so far and larger than this capacity"],
        /// The document exceeds AWS's upload limit for its kind (R-SIZE-3).
        TooLarge = 2 => ["TOO_LARGE", "the document exceeds the upload limit of its kind"],
        /// Invalid UTF-8, or a byte order mark (R-JSON-1).
        Encoding = 3 => ["ENCODING", "the document is not UTF-8 without a byte order mark"],
        /// Not strict RFC 8259 JSON (R-JSON-3, R-JSON-7).
        JsonSyntax = 4 => ["JSON_SYNTAX", "the document is not well-formed JSON"],
        /// Something follows the document (R-JSON-2).
        JsonTrailing = 5 => ["JSON_TRAILING", "something follows the end of the document"],
        /// The same member name twice in one object (R-JSON-4), or one condition operator in two spellings (R-COND-3).
        JsonDuplicateKey = 6 => ["JSON_DUPLICATE_KEY", "the object has this member twice"],
        /// Containers nested deeper than 8 (R-JSON-5).
        JsonDepth = 7 => ["JSON_DEPTH", "arrays and objects are nested too deeply"],
        /// A character that IAM's API refuses (R-JSON-8).
        BadCharacter = 8 => ["BAD_CHARACTER", "IAM accepts no such character"],
        /// A JSON value of the wrong type (R-DOC-6, R-JSON-6).
        WrongType = 9 => ["WRONG_TYPE", "a value of another JSON type is required here"],
        /// A member that the policy grammar does not have (R-DOC-1).
        UnknownElement = 10 => ["UNKNOWN_ELEMENT", "the policy grammar has no such element"],
        /// A required element is missing (R-DOC-9, R-DOC-10).
        MissingElement = 11 => ["MISSING_ELEMENT", "a required element is missing"],
        /// An element that this kind of policy must not have.
        ForbiddenElement = 12 => ["FORBIDDEN_ELEMENT", "this kind of policy must not have this element"],
        /// `Action` beside `NotAction`, and the like (R-DOC-8).
        ExclusiveElements = 13 => ["EXCLUSIVE_ELEMENTS", "an element and its `Not` form exclude each other"],
        /// Elements that must not stand together in this kind of policy (R-SCPC-11, R-NPRIN-1).
        ForbiddenCombination = 14 => [
            "FORBIDDEN_COMBINATION",
            "this element must not stand in a statement of this effect",
        ],
        /// An empty array or object (R-DOC-7).
        Empty = 15 => ["EMPTY", "an empty list or object has no meaning here"],
        /// A `Version` that does not exist (R-DOC-11).
        BadVersion = 16 => ["BAD_VERSION", "`Version` must be a version that this kind of policy takes"],
        /// An `Effect` other than `Allow` and `Deny` (R-DOC-10).
        BadEffect = 17 => [
            "BAD_EFFECT",
            "`Effect` must be `Allow` or `Deny`, written so, and one that this kind of policy takes",
        ],
        /// A `Sid` with characters that this kind does not take (R-DOC-16).
        BadSid = 18 => ["BAD_SID", "`Sid` takes letters and digits only"],
        /// Two statements with one `Sid` (R-DOC-17).
        DupSid = 19 => ["DUP_SID", "another statement has this `Sid`"],
        /// An action that cannot be one (R-ACT-1 to R-ACT-3, R-SCPC-14).
        BadAction = 20 => [
            "BAD_ACTION",
            "an action is `*` or `service:Name`, and one that this kind of policy takes",
        ],
        /// A resource that cannot be one (R-RES-2, R-RES-8).
        BadResource = 21 => [
            "BAD_RESOURCE",
            "a resource is `*` or an ARN, and one that this kind of policy takes",
        ],
        /// A principal that cannot be one (R-PRIN-4 to R-PRIN-9).
        BadPrincipal = 22 => ["BAD_PRINCIPAL", "this is no principal that this kind of policy takes"],
        /// No such condition operator (R-COND-3).
        BadOperator = 23 => ["BAD_OPERATOR", "there is no such condition operator"],
        /// A context key that cannot be one (R-COND-5, R-COND-8).
        BadConditionKey = 24 => ["BAD_CONDITION_KEY", "this is no context key"],
        /// One operator has the same key twice, in two spellings (R-COND-7).
        DupConditionKey = 25 => [
            "DUP_CONDITION_KEY",
            "this operator has the key already, in another spelling",
        ],
        /// A condition value that its operator cannot read (R-COND-12).
        BadConditionValue = 26 => ["BAD_CONDITION_VALUE", "the operator cannot take this value"],
        /// A policy variable that is malformed or in a place that takes none (R-VAR-4, R-VAR-5).
        BadVariable = 27 => [
            "BAD_VARIABLE",
            "the policy variable is malformed or stands where none is expanded",
        ],
    }
}

impl Fault {
    /// The code as the rules spell it, `JSON_SYNTAX` for one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        let [code, _] = self.texts();
        code
    }

    /// What is wrong, in the words of the IAM guide.
    #[must_use]
    pub const fn message(self) -> &'static str {
        let [_, message] = self.texts();
        message
    }
}

numbered! {
    /// The capacity that a document exceeds (R-GEN-4). The numbers are part of the C ABI and never change.
    #[non_exhaustive]
    pub enum Pool: 1 {
        /// Bytes of the document: [`MAX_DOCUMENT`](super::limits::MAX_DOCUMENT).
        Document = 1 => ["document"],
        /// Bytes of one string: [`MAX_STRING`](super::limits::MAX_STRING).
        String = 2 => ["string"],
        /// Members of one list: [`MAX_LIST`](super::limits::MAX_LIST).
        List = 3 => ["list"],
        /// Statements, of the scratch memory's class.
        Statements = 4 => ["statements"],
        /// Conditions, of the scratch memory's class.
        Conditions = 5 => ["conditions"],
        /// Patterns and values, of the scratch memory's class.
        Patterns = 6 => ["patterns"],
        /// Distinct context keys, of the scratch memory's class.
        Keys = 7 => ["keys"],
        /// Distinct policy variables, of the scratch memory's class.
        Variables = 8 => ["variables"],
        /// Bytes of distinct text, of the scratch memory's class.
        Text = 9 => ["text"],
    }
}

impl Pool {
    /// The name of the pool, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        let [name] = self.texts();
        name
    }
}

numbered! {
    /// An element that is missing: what the JSON Pointer of the object that lacks it ends in (R-ERR-1).
    pub enum Missing: 1 {
        /// `/Version`
        Version = 1 => ["Version"],
        /// `/Statement`
        Statement = 2 => ["Statement"],
        /// `/Effect`
        Effect = 3 => ["Effect"],
        /// `/Principal`
        Principal = 4 => ["Principal"],
        /// `/Action`
        Action = 5 => ["Action"],
        /// `/Resource`
        Resource = 6 => ["Resource"],
    }
}

impl Missing {
    /// The element's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        let [name] = self.texts();
        name
    }
}

/// Why a document is refused, and where. It holds no text; the JSON Pointer is worked out from the document on demand.
///
/// ```
/// use iamlet::{Detail, Fault, Part, PolicyBuf, PolicyKind};
///
/// let json = br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
///     "Principal": {"AWS": "arn:aws:iam::11112222333:user/alice"}}}"#;
/// let refusal = PolicyBuf::compile(PolicyKind::Resource, json).unwrap_err();
/// assert_eq!(refusal.fault, Fault::BadPrincipal);
/// assert!(matches!(refusal.part, Some(Part { detail: Detail::AccountLength, count: 11, .. })));
/// assert_eq!(refusal.explained(json).to_string(), "the account field `11112222333` has 11 digits, not 12");
/// assert_eq!(refusal.pointer(json).to_string(), "/Statement/Principal/AWS");
/// ```
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

    /// What is wrong, with the part at fault as `json` has it, which is the document that was refused. A part of more than
    /// 96 bytes is cut.
    /// ``the account field `11112222333` has 11 digits, not 12``.
    #[must_use]
    pub fn explained<'a>(&'a self, json: &'a (impl AsRef<[u8]> + ?Sized)) -> impl fmt::Display + 'a {
        Explained { refusal: self, json: Some(json.as_ref()) }
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

/// The message of a refusal.
struct Explained<'a> {
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
