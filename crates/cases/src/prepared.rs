//! Prepared requests, and their decisions.

use iamlet::evaluate::{decide_by_scan, decide_resources_by_scan};
use iamlet::{
    DecideError, Decision, ExplainError, Explanation, Item, PolicySet, RecordSlot, Request, RequestItem,
    decide, decide_resources, explain,
};

/// A request and its items, prepared.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The prepared request.
    pub request: Vec<u8>,
    /// Its prepared items, where it is about several resources.
    pub items: Option<Vec<Vec<u8>>>,
}

impl Prepared {
    /// Decides.
    ///
    /// # Errors
    /// As [`decide`].
    pub fn decide<'a>(&'a self, sets: &[PolicySet<'a>]) -> Result<Decision<'a>, DecideError> {
        let request = self.request()?;
        match &self.items {
            None => decide(sets, request),
            Some(items) => decide_resources(sets, request, open(items)?).map(|(_, decision)| decision),
        }
    }

    /// Decides without the index.
    ///
    /// # Errors
    /// As [`decide`].
    pub fn decide_by_scan<'a>(&'a self, sets: &[PolicySet<'a>]) -> Result<Decision<'a>, DecideError> {
        let request = self.request()?;
        match &self.items {
            None => decide_by_scan(sets, request),
            Some(items) => {
                decide_resources_by_scan(sets, request, open(items)?).map(|(_, decision)| decision)
            }
        }
    }

    /// Decides, and tells why: of several resources, about the one that makes the decision, whose number is told.
    ///
    /// # Errors
    /// As [`decide`].
    pub fn explain<T>(
        &self,
        sets: &[PolicySet<'_>],
        use_explanation: impl FnOnce(usize, Decision<'_>, Explanation<'_>) -> T,
    ) -> Result<T, DecideError> {
        let request = self.request()?;
        let (number, item) = match &self.items {
            None => (0, None),
            Some(items) => {
                let items = open(items)?;
                let (number, _) = decide_resources(sets, request, items.iter().copied())?;
                (number, items.get(number).copied())
            }
        };
        let mut room = vec![RecordSlot::EMPTY; 32];
        loop {
            match explain(sets, request, item, &mut room) {
                Ok((decision, explanation)) => return Ok(use_explanation(number, decision, explanation)),
                Err(ExplainError::TooFewRecords(needed)) => room.resize(needed, RecordSlot::EMPTY),
                Err(ExplainError::Decide(error)) => return Err(error),
                Err(_) => return Err(DecideError::BudgetExhausted),
            }
        }
    }

    fn request(&self) -> Result<Request<'_>, DecideError> {
        Ok(Request::open(&self.request)?)
    }
}

fn open(items: &[Vec<u8>]) -> Result<Vec<Item<'_>>, DecideError> {
    let item = |bytes| Ok(Item { item: RequestItem::open(bytes)?, set: None });
    items.iter().map(|bytes| item(bytes)).collect()
}
