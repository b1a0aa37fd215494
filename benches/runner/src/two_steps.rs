//! The engine through its C ABI, in two steps: a principal and an action that are prepared, and requests that are
//! assembled from them.
#![allow(unsafe_code)]

use iamlet::ffi::assembly::{iamlet_assembly, iamlet_request_assemble, iamlet_slot_entry};
use iamlet::ffi::request::iamlet_resource;
use iamlet::ffi::status::iamlet_status;
use iamlet::ffi::text::iamlet_text;
use iamlet::{
    Dictionary, Layer, Layers, Levels, Policy, PolicyKind, PolicySet, PreparedAction, PreparedPrincipal,
    Principal, PrincipalInput,
};
use iamlet_workloads::Request;

use crate::engine::{Scratch, compile};

fn text(text: &str) -> iamlet_text {
    iamlet_text { data: text.as_ptr().cast(), len: text.len() }
}

/// A dictionary of the context keys of a request.
fn words(request: &Request) -> Vec<u8> {
    let names = request.context.iter().map(|(name, _)| name.as_str());
    let mut words = vec![0; Dictionary::size(names.clone()).expect("names of keys")];
    let used = Dictionary::build(names, &mut words).expect("a dictionary").as_bytes().len();
    words.truncate(used);
    words
}

/// A set with one statement, that allows where so many of a request's context keys have the request's values, with the
/// slots of its dictionary or without; and the request, assembled.
///
/// # Panics
/// Where the request has fewer keys, or is malformed.
#[must_use]
pub fn conditions(request: &Request, count: usize, by_slot: bool) -> (Vec<u8>, Vec<u8>) {
    let of_principal = |name: &str| name.starts_with("aws:Principal");
    let keys = request.context.iter().filter(|(name, values)| !of_principal(name) && values.len() == 1);
    let keys: Vec<String> =
        keys.take(count).map(|(name, values)| format!("{name:?}: {:?}", values[0])).collect();
    assert_eq!(keys.len(), count);
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {{"StringEquals": {{{}}}}}}}}}"#,
        keys.join(", ")
    );
    let (mut image, mut set, mut memory) = (vec![0; 4096], vec![0; 8192], vec![0; 4096]);
    let used = compile(&text, PolicyKind::Identity, &mut Scratch::default(), &mut image).expect("a policy");
    let policy = Policy::open(&image[..used]).expect("a policy").at(Layer::Identity);
    let used = PolicySet::build([policy], Levels::default(), &mut set).expect("a set").as_bytes().len();
    set.truncate(used);
    if by_slot {
        let words = words(request);
        let dictionary = Dictionary::open(&words).expect("a dictionary");
        PolicySet::assign_slots(&mut set, &dictionary).expect("a set");
    }
    let used = TwoSteps::new(request, request.context.len()).assemble(&mut memory);
    memory.truncate(used);
    (set, memory)
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
        let words = words(request);
        let dictionary = Dictionary::open(&words).expect("a dictionary");
        let arn = &request.principal;
        let who = Principal::from_arn(arn);
        let is_role = arn.contains(":assumed-role/");
        let who = if is_role { who.role_arn(request.value("aws:PrincipalArn")) } else { who };
        let input = PrincipalInput::new(who).absent(!Layers::IDENTITY).dictionary(dictionary);
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
            not_fetched: 0,
            reserved: 0,
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
