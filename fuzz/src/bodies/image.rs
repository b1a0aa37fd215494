//! Any bytes as an image, and real images with bits flipped, cut and spliced: refused, or decided within the budget.

use std::mem::offset_of;

use arbitrary::{Result, Unstructured};
use iamlet::evaluate::decide_by_scan;
use iamlet::ground::hash;
use iamlet::image::set_records::{SetEntry, SetHeader};
use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    DecideError, Decision, Effect, Layer, Layers, Levels, Policy, PolicySet, Request, SetError, SetPolicy,
    decide,
};
use iamlet_cases::Case;

use crate::real;

/// Steps that a decision may take: a hundred times what honest images of this size need.
const BUDGET: u64 = 1 << 20;

/// The first byte says what the rest is: a policy image, a set, or changes to real ones. The next two choose the
/// request.
pub fn image(input: &[u8]) {
    let [form, high, low, rest @ ..] = input else { return };
    let real = real::built();
    let chosen = &real[(usize::from(*high) << 8 | usize::from(*low)) % real.len()];
    match form % 4 {
        0 => policy(rest, &chosen.case),
        1 => set(rest, &chosen.case),
        form => {
            let mut bytes = if form == 2 { chosen.set.clone() } else { chosen.indexed.clone() };
            // Of a set with an index, the index alone is changed every other time: it begins where the plain set ends.
            let mut input = Unstructured::new(rest);
            let front = if form == 3 && input.arbitrary().unwrap_or(false) { chosen.set.len() } else { 0 };
            // An input that ends early changes less.
            let _ = change(&mut input, &mut bytes, front);
            set(&bytes, &chosen.case);
            hash_again(&mut bytes);
            set(&bytes, &chosen.case);
        }
    }
}

/// Writes into the entries of what may be a set the hashes that its images have.
fn hash_again(bytes: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| {
        let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    };
    let entries = number(bytes, offset_of!(SetHeader, policies)).unwrap_or(0);
    for entry in 0..entries {
        let at = size_of::<SetHeader>() + entry * size_of::<SetEntry>();
        let (start, size) = (at + offset_of!(SetEntry, start), at + offset_of!(SetEntry, size));
        let (Some(start), Some(size)) = (number(bytes, start), number(bytes, size)) else { return };
        let Some(hash) = bytes.get(start..start + size).map(|image| hash::hash(image, 0)) else { continue };
        let at = at + offset_of!(SetEntry, hash);
        bytes[at..at + 8].copy_from_slice(&hash.to_le_bytes());
    }
}

/// Flips, overwrites, cuts and splices, from `front` on.
fn change(input: &mut Unstructured<'_>, bytes: &mut Vec<u8>, front: usize) -> Result<()> {
    while !input.is_empty() && bytes.len() > front {
        let at = front + input.choose_index(bytes.len() - front)?;
        match input.int_in_range(0..=7)? {
            0 => bytes[at] ^= 1 << input.int_in_range(0..=7)?,
            1 => bytes[at] = u8::from(input.arbitrary::<bool>()?).wrapping_neg(),
            2 => bytes[at] = input.arbitrary()?,
            3 => bytes[at] = bytes[at].wrapping_add(input.arbitrary()?),
            // A piece of this image or of another over it.
            4 | 5 => {
                let donor = input.choose(real::built())?;
                let donor = if input.arbitrary()? { &donor.set } else { &donor.indexed };
                let from = input.choose_index(donor.len())?;
                let length = input.int_in_range(1..=64)?.min(donor.len() - from).min(bytes.len() - at);
                bytes[at..at + length].copy_from_slice(&donor[from..from + length]);
            }
            6 => {
                let (from, length) = (input.choose_index(bytes.len())?, input.int_in_range(1..=64)?);
                let length = length.min(bytes.len() - from).min(bytes.len() - at);
                bytes.copy_within(from..from + length, at);
            }
            _ => {
                bytes.truncate(at);
                // A cut image that says its own length.
                if input.arbitrary()? && bytes.len() >= 12 {
                    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
                    bytes[8..12].copy_from_slice(&length);
                }
            }
        }
    }
    Ok(())
}

/// What may be a policy image: it opens or not, and a set takes it exactly then.
fn policy(bytes: &[u8], case: &Case) {
    let opened = Policy::open(bytes);
    let Some(kind) = opened.as_ref().ok().and_then(Policy::kind) else {
        let list = [SetPolicy { image: bytes, layer: Layer::Identity, level: 0, tag: 0 }];
        let size = set_writer::size(list.into_iter(), Levels::default());
        assert!(matches!(size, Err(SetError::Policy(0, _))), "{size:?}");
        return;
    };
    if let Ok(policy) = opened {
        for statement in 0..policy.statement_count() {
            let _ = policy.sid(statement);
        }
        assert_eq!(policy.sid(policy.statement_count()), None);
    }
    let layer = Layer::ALL.into_iter().find(|layer| layer.takes(kind)).expect("a layer for each kind");
    let list = [SetPolicy { image: bytes, layer, level: 0, tag: 0 }];
    let levels = Levels { scp: u8::from(layer == Layer::Scp), rcp: u8::from(layer == Layer::Rcp) };
    let mut out = Vec::new();
    for indexed in [false, true] {
        let used = loop {
            let built = if indexed {
                set_writer::build_indexed(list.into_iter(), levels, &mut out)
            } else {
                set_writer::build(list.into_iter(), levels, &mut out)
            };
            match built {
                Ok(used) => break used,
                Err(SetError::OutputTooSmall(size)) => {
                    assert!(size > out.len(), "{size} bytes are not enough");
                    out.resize(size, 0);
                }
                Err(error) => panic!("{error:?} of an image that opens"),
            }
        };
        assert!(PolicySet::open(&out[..used]).is_ok(), "a set that was built does not open");
        set(&out[..used], case);
    }
}

/// What may be a set: if it opens, the case's request is decided, whether the layers fit or not.
fn set(bytes: &[u8], case: &Case) {
    let Ok(set) = PolicySet::open(bytes) else { return };
    for number in 0..=set.policy_count() {
        assert_eq!(set.policy_at(number).is_some(), number < set.policy_count(), "policy {number}");
    }
    for absent in absences(case.request.absent) {
        let Some(request) = prepared(case, absent) else { return };
        let request = Request::open(&request).expect("a request");
        let (indexed, scanned) = (decide(&[set], request), decide_by_scan(&[set], request));
        for decided in [&indexed, &scanned] {
            check(decided, &set);
        }
        // What an index must not hide: a Deny, or the lack of an Allow.
        if let (Ok(indexed), Ok(scanned)) = (&indexed, &scanned) {
            assert_eq!(indexed.effect, scanned.effect, "index and scan");
        }
    }
}

fn check(decided: &std::result::Result<Decision<'_>, DecideError>, set: &PolicySet<'_>) {
    match decided {
        Ok(decision) => {
            let policy = decision.decisive.map_or(0, |decisive| decisive.policy as usize);
            assert!(decision.decisive.is_none() || policy < set.policy_count(), "{decision:?}");
            assert!(decision.effect != Effect::ExplicitDeny || decision.decisive.is_some(), "{decision:?}");
        }
        Err(DecideError::Image(error)) => panic!("{error:?} after `open` had accepted the set"),
        // Another layer, another kind, more work than the budget: errors, and an error denies.
        Err(_) => {}
    }
}

/// The layers that the case lacks, and each of them the other way round: a changed set may have other layers.
fn absences(own: Layers) -> Vec<Layers> {
    let other = |layer: Layer| if own.has(layer) { own & !Layers::from(layer) } else { own.with(layer) };
    std::iter::once(own).chain(Layer::ALL.map(other)).collect()
}

/// The case's request, or that about its first item.
fn prepared(case: &Case, absent: Layers) -> Option<Vec<u8>> {
    let mut owned = case.request.clone();
    if let Some(items) = owned.items.take() {
        owned.resource = Some(items.into_iter().next()?.arn);
    }
    let input = owned.input().ok()?.budget(BUDGET).absent(absent);
    let mut memory = vec![0; input.size().ok()?];
    let used = prepare_request(&input, &mut memory).ok()?;
    memory.truncate(used);
    Some(memory)
}
