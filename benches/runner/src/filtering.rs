//! One principal and action over many resources of a workload, by a filter and by a decision for each.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::ptr;

use iamlet::ffi::decide::{iamlet_batch_entry, iamlet_decision};
use iamlet::ffi::filter::iamlet_filter;
use iamlet::ffi::set::iamlet_set;
use iamlet::ffi::status::iamlet_status;
use iamlet::{Item, ItemInput, Request, RequestItem, Resource, decide_item};
use iamlet_workloads::Workload;

use crate::engine::{self, Engine, Input};

/// Resources of one filter.
pub const RESOURCES: usize = 64;

/// The first request of a workload, about the resources of the first requests of all.
pub struct Filtering {
    set: Vec<u8>,
    base: Vec<u8>,
    items: Vec<Vec<u8>>,
    whole: Vec<Vec<u8>>,
}

impl Filtering {
    /// Prepares all of them.
    ///
    /// # Panics
    /// Where the workload has too few requests.
    #[must_use]
    pub fn new(workload: &Workload) -> Self {
        let engine = Engine::new(workload);
        let absent = engine::absent(workload);
        let first = &workload.requests[0];
        let mut memory = vec![0; 1 << 16];
        let mut whole = Vec::new();
        for other in &workload.requests[..RESOURCES] {
            let (resource, resource_account) = (other.resource.clone(), other.resource_account.clone());
            let request = iamlet_workloads::Request { resource, resource_account, ..first.clone() };
            let used = Input::new(&request, absent).prepare(&mut memory);
            whole.push(memory[..used].to_vec());
        }
        let base = whole[0].clone();
        let request = Request::open(&base).expect("a request");
        let item = |other: &iamlet_workloads::Request| {
            let input = ItemInput::new(Resource::owned_by(&other.resource, &other.resource_account));
            let mut memory = vec![0; input.size().expect("a size")];
            RequestItem::prepare(&request, &input, &mut memory).expect("an item").as_bytes().to_vec()
        };
        let items = workload.requests[..RESOURCES].iter().map(item).collect();
        Self { set: engine.set, base, items, whole }
    }

    fn entries(&self) -> Vec<iamlet_batch_entry> {
        let entry = |item: &Vec<u8>| iamlet_batch_entry {
            request: ptr::null(),
            request_len: 0,
            item: item.as_ptr().cast(),
            item_len: item.len(),
            set: ptr::null(),
        };
        self.items.iter().map(entry).collect()
    }

    /// Does either in the probe: `count` counts what it is given.
    ///
    /// # Panics
    /// Where the two differ.
    pub fn probe(&self, by_filter: bool, count: &mut dyn FnMut(&mut dyn FnMut())) {
        let set = iamlet_set { data: self.set.as_ptr(), len: self.set.len() };
        let entries = self.entries();
        let mut allowed = [0_u8; RESOURCES / 8];
        let mut filter = || {
            // SAFETY: set, request and items live, and `allowed` has a bit for each of these.
            let status = unsafe {
                iamlet_filter(
                    black_box(&raw const set),
                    1,
                    self.base.as_ptr().cast(),
                    self.base.len(),
                    entries.as_ptr(),
                    entries.len(),
                    allowed.as_mut_ptr(),
                    ptr::null_mut::<iamlet_decision>(),
                )
            };
            assert_eq!(status, iamlet_status::IAMLET_OK);
        };
        filter();
        if by_filter {
            count(&mut filter);
        }
        let mut decision = engine::no_decision();
        let mut alone = || {
            for request in &self.whole {
                engine::decide(&set, request, &mut decision);
            }
        };
        if !by_filter {
            count(&mut alone);
        }
        let opened = [iamlet::PolicySet::open(&self.set).expect("a set")];
        for (at, item) in self.items.iter().enumerate() {
            let item = Item { item: RequestItem::open(item).expect("an item"), set: None };
            let request = Request::open(&self.base).expect("a request");
            let alone = decide_item(&opened, request, item).expect("a decision").is_allowed();
            assert_eq!(allowed[at / 8] >> (at % 8) & 1 == 1, alone, "item {at}");
        }
    }
}
