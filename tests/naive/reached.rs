//! What decisions computed: the ways of the condition operators, and the ways of the rules that say more than
//! TRUE and FALSE.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// One way in which a condition operator was computed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    /// Base operator in the specification's spelling.
    pub operator: &'static str,
    /// `""`, `"ForAllValues"` or `"ForAnyValue"`.
    pub qualifier: &'static str,
    /// Whether the operator ended in `IfExists`.
    pub if_exists: bool,
    /// `"TRUE"`, `"FALSE"`, `"INDET"`, or `"absent"` where the key was absent.
    pub outcome: &'static str,
}

/// The conditions that the decisions since the last [`take_reached`] computed.
pub type Reached = BTreeSet<Reach>;

/// Rules and the ways in which they were applied.
pub type Rules = BTreeSet<(&'static str, &'static str)>;

thread_local! {
    static REACHED: RefCell<Reached> = const { RefCell::new(Reached::new()) };
    static RULES: RefCell<Rules> = const { RefCell::new(Rules::new()) };
    static RECORDING: Cell<bool> = const { Cell::new(false) };
}

/// Hands over the conditions that were recorded on this thread and starts anew.
pub fn take_reached() -> Reached {
    REACHED.with(|cell| std::mem::take(&mut *cell.borrow_mut()))
}

/// Hands over the rules that were recorded on this thread and starts anew.
pub fn take_rules() -> Rules {
    RULES.with(|cell| std::mem::take(&mut *cell.borrow_mut()))
}

/// Records what the work does. The generator's own tries are not recorded.
pub fn recording<T>(work: impl FnOnce() -> T) -> T {
    let before = RECORDING.replace(true);
    let done = work();
    RECORDING.set(before);
    done
}

/// Takes note of a condition.
pub fn record(reach: Reach) {
    if RECORDING.get() {
        REACHED.with(|cell| cell.borrow_mut().insert(reach));
    }
}

/// Takes note of a rule; the way is one of [`WAYS`].
pub fn reach(rule: &'static str, way: &'static str) {
    if RECORDING.get() {
        debug_assert!(WAYS.contains(&(rule, way)), "{rule} has no way {way}");
        RULES.with(|cell| cell.borrow_mut().insert((rule, way)));
    }
}

/// The ways of each rule, all of which generated cases and documents have to take.
pub const WAYS: &[(&str, &str)] = &[
    // Documents.
    ("R-DOC-7", "empty Condition"),
    ("R-DOC-7", "empty Condition where there must be none"),
    ("R-PRIN-5", "account as a number"),
    ("R-PRIN-5", "another number"),
    ("R-PRIN-5", "origin identity"),
    ("R-PRIN-5", "another principal of cloudfront"),
    ("R-PRIN-7", "legal"),
    ("R-PRIN-7", "refused"),
    ("R-PRIN-7", "three labels"),
    ("R-PRIN-7", "another suffix"),
    ("R-PRIN-8", "Cognito of another partition"),
    ("R-PRIN-8", "refused"),
    ("R-COND-5", "prefix that ends in /"),
    ("R-COND-5", "white space at the end"),
    // Requests that are malformed, or are not.
    ("R-RES-3", "ARN"),
    ("R-RES-3", "*"),
    ("R-RES-3", "malformed"),
    ("R-RES-15", "stated"),
    ("R-RES-15", "ordinary"),
    ("R-RES-15", "kms"),
    ("R-RES-15", "trust"),
    ("R-RES-15", "contradicts"),
    ("R-RES-15", "several kinds"),
    ("R-RES-15", "several kinds, no resource policy"),
    ("R-RES-16", "equal"),
    ("R-RES-16", "different"),
    ("R-RES-16", "none"),
    ("R-RES-16", "session and role differ"),
    ("R-PRIN-17", "saml"),
    ("R-PRIN-17", "oidc"),
    ("R-PRIN-17", "TagSession"),
    ("R-PRIN-17", "wrong action"),
    ("R-PRIN-17", "no role"),
    ("R-PRIN-17", "another account"),
    ("R-PRIN-17", "signed caller"),
    ("R-PRIN-17", "service-linked, flag"),
    ("R-PRIN-17", "service-linked, no flag"),
    ("R-PRIN-17", "flag contradicts the path"),
    ("R-PRIN-18", "agrees"),
    ("R-PRIN-18", "malformed"),
    ("R-CTX-1", "agrees"),
    ("R-CTX-1", "contradicts"),
    ("R-CTX-1", "impossible for the type"),
    ("R-MISS-2", "an item takes a value away"),
    // Matching.
    ("R-RES-14", "INDET"),
    ("R-RES-14", "INDET in NotResource"),
    ("R-RES-14", "FALSE"),
    ("R-NPRIN-3", "TRUE"),
    ("R-NPRIN-3", "FALSE"),
    ("R-NPRIN-3", "INDET"),
    ("R-VPCE-6", "TRUE"),
    ("R-VPCE-6", "account INDET"),
    ("R-VPCE-6", "ARN INDET"),
    ("R-VPCE-6", "unique id INDET"),
    ("R-VPCE-6", "parent INDET"),
    ("R-VPCE-6", "NotPrincipal INDET"),
    ("R-PRIN-10", "parent TRUE"),
    ("R-PRIN-10", "parent FALSE"),
    ("R-PRIN-10", "parent INDET"),
    ("R-PRIN-10", "canonical TRUE"),
    ("R-PRIN-10", "canonical FALSE"),
    ("R-PRIN-10", "canonical INDET"),
    ("R-PRIN-5", "origin TRUE"),
    ("R-PRIN-5", "origin FALSE"),
    ("R-PRIN-5", "origin under NotPrincipal"),
    ("R-STR-2", "TRUE"),
    ("R-STR-2", "FALSE"),
    ("R-STR-2", "INDET"),
    ("R-IP-3", "mapped address INDET"),
    ("R-IP-3", "mapped prefix INDET"),
    ("R-IP-3", "mapped prefix FALSE"),
    ("R-IP-3", "short prefix INDET"),
    ("R-IP-3", "short prefix FALSE"),
    ("R-IP-3", "mapped prefix and address TRUE"),
    ("R-IP-3", "mapped prefix and address FALSE"),
    ("R-CTX-3", "INDET"),
    ("R-CTX-3", "INDET under Null"),
    ("R-CTX-3", "INDET under IfExists"),
    ("R-CTX-3", "a value of the caller's"),
    ("R-CTX-3", "unresolved variable"),
    ("R-CTX-7", "INDET aws:userid"),
    ("R-CTX-7", "INDET aws:principalaccount"),
    ("R-CTX-7", "INDET aws:principaltype"),
    ("R-CTX-7", "unresolved variable"),
    ("R-CTX-7", "absent aws:principalisawsservice"),
    ("R-CTX-7", "derived aws:userid"),
    ("R-MULTI-6", "INDET"),
    ("R-MULTI-6", "with a qualifier"),
    ("R-MULTI-6", "unresolved variable"),
    // Decisions.
    ("R-EVAL-5", "Deny of a set that the type has not"),
    ("R-EVAL-5", "no Allow of a set that the type has not"),
    ("R-EVAL-5", "Allow of a set that the type has not"),
    ("R-EVAL-13", "session policy allows"),
    ("R-EVAL-13", "session policy is silent"),
    ("R-EVAL-14", "user of the root user, allowed"),
    ("R-EVAL-14", "user of the root user, not allowed"),
    ("R-EVAL-23", "bucket policy"),
    ("R-EVAL-23", "bucket policy, another policy denies"),
    ("R-EVAL-23", "GetCallerIdentity"),
    ("R-EVAL-23", "GetCallerIdentity, anonymous"),
    ("R-RCP-5", "service-linked role assumed"),
    ("R-RCP-5", "role assumed by a service"),
];
