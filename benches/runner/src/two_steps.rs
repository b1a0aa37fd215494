//! The engine through its C ABI, in two steps: a principal and an action that are prepared, and requests that are
//! assembled from them.
#![allow(unsafe_code)]

use iamlet::ffi::assembly::{iamlet_assembly, iamlet_request_assemble, iamlet_slot_entry};
use iamlet::ffi::request::iamlet_resource;
use iamlet::ffi::status::iamlet_status;
use iamlet::ffi::text::iamlet_text;
use iamlet::{Dictionary, PreparedAction, PreparedPrincipal, Principal, PrincipalInput};
use iamlet_workloads::Request;

fn text(text: &str) -> iamlet_text {
    iamlet_text { data: text.as_ptr().cast(), len: text.len() }
}

/// What a request is assembled from, in the form that C has it.
pub struct TwoSteps {
    assembly: iamlet_assembly,
    _principal: Vec<u8>,
    _action: Vec<u8>,
    _resource: Box<iamlet_resource>,
    _values: Vec<Box<[iamlet_text]>>,
    _entries: Box<[iamlet_slot_entry]>,
}

impl TwoSteps {
    /// A request with its first `keys` context keys, whose dictionary has all of them. It borrows the request's texts,
    /// which must live.
    ///
    /// # Panics
    /// Where it is malformed.
    #[must_use]
    pub fn new(request: &Request, keys: usize) -> Self {
        let names = request.context.iter().map(|(name, _)| name.as_str());
        let mut words = vec![0; Dictionary::size(names.clone()).expect("names of keys")];
        let dictionary = Dictionary::build(names, &mut words).expect("a dictionary");
        let arn = &request.principal;
        let who = Principal::from_arn(arn);
        let is_role = arn.contains(":assumed-role/");
        let who = if is_role { who.role_arn(request.value("aws:PrincipalArn")) } else { who };
        let input = PrincipalInput::new(who).dictionary(dictionary);
        let mut principal = vec![0; input.size().expect("a size")];
        let used = PreparedPrincipal::prepare(&input, &mut principal).expect("a principal").as_bytes().len();
        principal.truncate(used);
        let mut action = vec![0; PreparedAction::size(&request.action).expect("a size")];
        PreparedAction::prepare(&request.action, &mut action).expect("an action");
        let given = || request.context.iter().take(keys);
        let values: Vec<Box<[iamlet_text]>> =
            given().map(|(_, list)| list.iter().map(|value| text(value)).collect()).collect();
        let entry = |(name, values): (&str, &[iamlet_text])| iamlet_slot_entry {
            values: values.as_ptr(),
            value_count: values.len(),
            slot: dictionary.slot(name).expect("a slot"),
            multivalued: 0,
        };
        let pairs = given().zip(&values).map(|((name, _), values)| (name.as_str(), &**values));
        let entries: Box<[iamlet_slot_entry]> = pairs.map(entry).collect();
        let resource = Box::new(iamlet_resource {
            arn: text(&request.resource),
            account: text(&request.resource_account),
            in_management_account: 0,
            reserved: 0,
        });
        let assembly = iamlet_assembly {
            struct_size: size_of::<iamlet_assembly>(),
            principal: principal.as_ptr().cast(),
            principal_len: principal.len(),
            action: action.as_ptr().cast(),
            action_len: action.len(),
            resource: &raw const *resource,
            resource_kind: 0,
            flags: 0,
            clock: 0,
            entries: entries.as_ptr(),
            entry_count: entries.len(),
        };
        Self {
            assembly,
            _principal: principal,
            _action: action,
            _resource: resource,
            _values: values,
            _entries: entries,
        }
    }

    /// Assembles the request in `memory` and returns the bytes used.
    ///
    /// # Panics
    /// Where it is malformed.
    #[inline]
    pub fn assemble(&self, memory: &mut [u8]) -> usize {
        let mut used = 0;
        // SAFETY: all that the assembly points to lives as long as it, and the memory overlaps none of it.
        let status = unsafe {
            iamlet_request_assemble(
                &raw const self.assembly,
                memory.as_mut_ptr().cast(),
                memory.len(),
                &raw mut used,
            )
        };
        assert_eq!(status, iamlet_status::IAMLET_OK);
        used
    }
}
