//! Every capacity of the engine: what it counts, where the number comes from, which error reports it.
//!
//! ```
//! use iamlet::limits;
//!
//! // A text of a request may be longer than any that AWS sends, and is not endless.
//! assert_eq!(limits::MAX_REQUEST_TEXT, 65_535);
//! ```

/// Containers open at once in a policy document. A legal policy needs 6 (R-JSON-5). Reported as `JSON_DEPTH`.
pub const MAX_DEPTH: usize = 8;

/// Bytes of one policy document. The largest AWS managed policy has 152 KB. Reported as `CAPACITY`, pool `document`.
pub const MAX_DOCUMENT: usize = 1 << 20;

/// Bytes of one string of a policy, unescaped: a span holds its length in 16 bits. AWS's own texts end at 2,048.
/// Reported as `CAPACITY`, pool `string`.
pub const MAX_STRING: usize = 0xFFFF;

/// Patterns, conditions or values in one list: a record holds the count in 16 bits. The largest statement of an AWS
/// managed policy has 1,549 patterns. Reported as `CAPACITY`, pool `list`.
pub const MAX_LIST: usize = 0xFFFF;

/// Distinct policy variables of one document: a token in a pattern holds the number in two bytes of 125 values each.
/// Reported as `CAPACITY`, pool `variables`.
pub const MAX_VARIABLES: usize = 125 * 125;

/// Distinct condition keys of one document: a record holds the number in 16 bits. The largest AWS managed policy has
/// 253. Reported as `CAPACITY`, pool `keys`.
pub const MAX_KEYS: usize = 0xFFFF;

/// Bytes of the name of a context key in a policy or a dictionary. A tag key ends at 128 (R-SIZE-4), a prefix well before
/// that. Reported as `CAPACITY`, pool `string`, or as a dictionary that is too large.
pub const MAX_KEY_NAME: usize = 1_024;

/// Bytes of text that the records of a policy image name, for each byte of the image: equal texts are stored once, and
/// opening reads a text as often as it is named. The compiler stores a text again before it exceeds this; a span of 8
/// bytes pays for a text of 64. Reported as a corrupt image.
pub const NAMED_A_BYTE: usize = 8;

/// SCP or RCP levels. Organizations allows seven: the root, five nested units and the account (R-SIZE-4).
/// Reported by the set.
pub const MAX_LEVELS: u8 = 16;

/// Policies of one set: the caller's number of a policy and the space for its records fit 32 bits with room to spare.
/// Reported by the set.
pub const MAX_POLICIES: usize = 1 << 24;

/// Policy sets that one decision combines: organization, account, groups, user, session, resource, and as many again.
pub const MAX_SETS: usize = 16;

/// Bytes of one text of a request: an ARN ends at 2,048, an S3 key at 1,024, a context value well below.
/// Reported as a malformed request.
pub const MAX_REQUEST_TEXT: usize = 0xFFFF;

/// Context entries of one request or of one item, and keys of a dictionary. Reported as a malformed request, or as a
/// dictionary that is too large.
pub const MAX_CONTEXT: usize = 0x3FFF;

/// Values of all context keys of one request or of one item. Reported as a malformed request.
pub const MAX_CONTEXT_VALUES: usize = 0xFFFF;

/// Context keys of one request that are declared not fetched yet: a decision names those that it needs in a word of 64
/// bits. Reported as a malformed request.
pub const MAX_NOT_FETCHED: usize = 64;

/// Steps that one decision may take unless the caller says otherwise.
///
/// At 64 instructions a step at most, no decision takes over 200 million. The largest sets that AWS's quotas allow need
/// less than half of it (`tests/largest_sets.rs`), looking at each of 100,000 statements a fifth. Reported as an error of
/// the decision, which denies.
pub const DEFAULT_BUDGET: u64 = 3_000_000;

const _: () = assert!(MAX_DOCUMENT <= u32::MAX as usize, "offsets into a document are 32 bits wide");
