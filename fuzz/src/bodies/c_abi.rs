//! Sequences of calls of the C ABI, with all that a caller may get wrong and the library has to see: NULL, misaligned
//! pointers, impossible lengths, overlapping memory, bytes that are no image or request, unknown numbers.
//!
//! What the library cannot see, a pointer to memory that is not there or not of that length, is the caller's promise
//! and is not broken here.

mod calls;
mod decisions;
mod explain;
mod memory;
mod requests;
mod two_steps;

use arbitrary::{Result, Unstructured};
use iamlet::ffi::set::{iamlet_set, iamlet_set_open};
use iamlet::ffi::status::iamlet_status;
use iamlet::{ActionBuf, DictionaryBuf, PrincipalInput};
use iamlet_cases::{OwnedRequest, compile_document};

use crate::real;
use calls::Calls;
use memory::{Memory, What};

/// The first two bytes choose a real case; then comes a sequence of calls with its material.
pub fn c_abi(input: &[u8]) {
    // An input that ends makes no more calls.
    let _ = run(&mut Unstructured::new(input));
}

fn run(input: &mut Unstructured<'_>) -> Result<()> {
    let mut memory = Memory::new();
    let mut sets = Vec::new();
    fill(&mut memory, &mut sets, input)?;
    let mut calls = Calls { memory, sets };
    while !input.is_empty() {
        calls.next(input)?;
    }
    Ok(())
}

/// The dictionary of the request's keys, its principal and its action, as far as they can be prepared.
fn fill_parts(memory: &mut Memory, request: &OwnedRequest) {
    let keys = request.context.0.iter().map(|entry| entry.key.as_str());
    let Ok(dictionary) = DictionaryBuf::new(keys) else { return };
    let words = dictionary.dictionary().expect("a dictionary that was built");
    if let Ok(who) = request.principal.borrow()
        && let Ok(principal) = PrincipalInput::new(who).absent(request.absent).dictionary(words).prepare()
    {
        memory.put(What::Prepared, &principal.into_bytes());
    }
    if let Ok(action) = ActionBuf::new(&request.action) {
        memory.put(What::PreparedAction, &action.into_bytes());
    }
    memory.put(What::Dictionary, &dictionary.into_bytes());
}

/// The policies of a real case, its set, its request and its texts.
fn fill(memory: &mut Memory, sets: &mut Vec<iamlet_set>, input: &mut Unstructured<'_>) -> Result<()> {
    let built = input.choose(real::built())?;
    let case = &built.case;
    let set = if input.arbitrary()? { &built.indexed } else { &built.set };
    let length = set.len();
    memory.put(What::Set, set);
    for policy in &case.policies {
        memory.put(What::Document, &policy.text);
        if let Ok(image) = compile_document(&policy.text, policy.kind, case.options) {
            memory.put(What::Image, &image);
        }
    }
    if let Ok(prepared) = case.request.prepare() {
        memory.put(What::Request, &prepared.request);
        for item in prepared.items.iter().flatten() {
            memory.put(What::Item, item);
        }
    }
    fill_parts(memory, &case.request);
    let request = &case.request;
    memory.put(What::Principal, request.principal.arn.as_bytes());
    memory.put(What::Action, request.action.as_bytes());
    if let Some(resource) = &request.resource {
        memory.put(What::Resource, resource.as_bytes());
    }
    let own = [&request.principal.role_arn, &request.principal.service, &request.resource_account];
    let context = request.context.0.iter().flat_map(|entry| std::iter::once(&entry.key).chain(&entry.values));
    for text in own.into_iter().chain(context) {
        memory.put(What::Text, text.as_bytes());
    }
    let mut set = iamlet_set { data: std::ptr::null(), len: 0 };
    // SAFETY: the set lies at the front of the arena; the other pointer is to a variable.
    let status = unsafe { iamlet_set_open(memory.at(0), length, &raw mut set) };
    assert_eq!(status, iamlet_status::IAMLET_OK);
    sets.push(set);
    Ok(())
}
