//! The elements of a statement, and what is noted of them while it is read.

/// The elements of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Sid,
    Effect,
    Principal,
    NotPrincipal,
    Action,
    NotAction,
    Resource,
    NotResource,
    Condition,
}

/// What is known of a statement that the image does not keep: for the rules that span elements.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Notes {
    /// Where the statement begins.
    pub(super) opened: usize,
    /// Where the name of each element stands that it has.
    pub(super) seen: [Option<usize>; 9],
    /// Where the value of `Effect` stands.
    pub(super) effect: usize,
    /// Where an action stands that is `*` alone.
    pub(super) lone_star_action: Option<usize>,
    /// Whether a resource is not `*`.
    pub(super) narrow_resource: bool,
}

impl Notes {
    /// Where the name of the element stands, if the statement has it.
    pub(super) fn at(&self, element: Element) -> Option<usize> {
        self.seen.get(element as usize).copied().flatten()
    }
}
