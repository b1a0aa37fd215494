//! Every way of deciding one case: they agree, whatever the decision is.

use iamlet::evaluate::{decide_by_scan, decide_resources_by_scan};
use iamlet::image::set_writer;
use iamlet::request::{prepare_item, prepare_request};
use iamlet::{
    DecideError, Decision, Effect, Item, ItemInput, Layer, Layers, Levels, PolicySet, Request, RequestItem,
    SetError, SetPolicy, decide, decide_item, decide_resources, filter,
};
use iamlet_cases::{Case, OwnedContext, OwnedRequest, Prepared, compile_document};

use crate::naive::generate::Rng;

/// What a case comes to, whichever way it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// No decision: the request is malformed, or layers or items are not as they are declared. It denies (R-GEN-3).
    Error,
    Effect(Effect),
}

impl Answer {
    pub(super) fn allows(self) -> bool {
        self == Self::Effect(Effect::Allow)
    }
}

/// The compiled policies of a case.
pub(super) struct Organization {
    policies: Vec<(Vec<u8>, Layer, u8)>,
    levels: Levels,
}

/// The layers of the resource's side, which an item's own set may hold.
fn is_of_resource(layer: Layer) -> bool {
    matches!(layer, Layer::Resource | Layer::Rcp)
}

impl Organization {
    /// `None` where a document is refused: then there is no policy set, and nothing to decide.
    pub(super) fn of(case: &Case) -> Option<Self> {
        if case.without_levels {
            return None;
        }
        let compiled = case.policies.iter().map(|policy| {
            let image = compile_document(&policy.text, policy.kind, case.options).ok()?;
            Some((image, policy.layer, policy.level))
        });
        Some(Self { policies: compiled.collect::<Option<_>>()?, levels: case.levels })
    }

    /// The set of the policies that `part` takes.
    fn set(&self, indexed: bool, levels: Levels, part: impl Fn(usize, Layer) -> bool) -> Vec<u8> {
        let chosen = self.policies.iter().enumerate().filter(|(at, (_, layer, _))| part(*at, *layer));
        let list: Vec<_> = chosen
            .map(|(at, (image, layer, level))| SetPolicy {
                image,
                layer: *layer,
                level: *level,
                tag: at as u64,
            })
            .collect();
        let mut bytes = Vec::new();
        loop {
            let policies = list.iter().copied();
            let built = match indexed {
                true => set_writer::build_indexed(policies, levels, &mut bytes),
                false => set_writer::build(policies, levels, &mut bytes),
            };
            match built {
                Err(SetError::OutputTooSmall(size)) => bytes.resize(size, 0),
                Ok(used) => {
                    bytes.truncate(used);
                    return bytes;
                }
                Err(error) => panic!("{error}: no set of good policies"),
            }
        }
    }
}

fn open(bytes: &[u8]) -> PolicySet<'_> {
    PolicySet::open(bytes).expect("a set that was built opens")
}

fn answer(decided: Result<Decision<'_>, DecideError>) -> Answer {
    decided.map_or(Answer::Error, |decision| Answer::Effect(decision.effect))
}

/// A request about one resource, as a request without one and an item: context and declarations are with either.
pub(super) fn as_item(rng: &mut Rng, request: &OwnedRequest) -> Option<Prepared> {
    let none = OwnedContext::default();
    // With both: an item's key replaces the request's.
    let (of_request, of_item) = match rng.below(3) {
        0 => (&none, &request.context),
        1 => (&request.context, &none),
        _ => (&request.context, &request.context),
    };
    let mut input = request.input().ok()?.resource(None).context(of_request);
    let mut item = ItemInput::new(request.resource_at(request.resource.as_ref()?)).context(of_item);
    if rng.chance(50) {
        let of_resource = Layers::RESOURCE | Layers::RCP;
        item = item.absent(request.absent & of_resource);
        input = input.absent(request.absent & !of_resource);
    }
    let mut memory = vec![0; input.size().ok()?];
    let used = prepare_request(&input, &mut memory).ok()?;
    memory.truncate(used);
    let mut own = vec![0; item.size().ok()?];
    let used = prepare_item(&Request::open(&memory).ok()?, &item, &mut own).ok()?;
    own.truncate(used);
    Some(Prepared { request: memory, items: Some(vec![own]) })
}

/// Decides in every way there is, and panics where two of them differ. `None` where a document is refused.
pub(super) fn every_way(rng: &mut Rng, case: &Case) -> Option<Answer> {
    let organization = Organization::of(case)?;
    let (levels, all) = (organization.levels, |_: usize, _: Layer| true);
    let plain = organization.set(false, levels, all);
    let indexed = organization.set(true, levels, all);
    // Several sets: each policy in one of two, with and without an index.
    let halves = rng.below(256);
    let first = organization.set(rng.chance(50), levels, |at, _| halves >> (at % 8) & 1 == 0);
    let second = organization.set(rng.chance(50), levels, |at, _| halves >> (at % 8) & 1 == 1);
    // The resource's side in the sets of the items.
    let callers = Levels { rcp: 0, ..levels };
    let callers = organization.set(rng.chance(50), callers, |_, layer| !is_of_resource(layer));
    let others =
        organization.set(rng.chance(50), Levels { scp: 0, ..levels }, |_, layer| is_of_resource(layer));
    let lists = [vec![open(&plain)], vec![open(&indexed)], vec![open(&first), open(&second)]];
    let mut answers = Vec::new();

    let as_item = case.request.resource.is_some().then(|| as_item(rng, &case.request));
    let as_given = case.request.prepare().ok();
    for prepared in [Some(as_given), as_item].into_iter().flatten() {
        let Some(prepared) = prepared else {
            // R-GEN-3: there is nothing that could be decided.
            answers.push(Answer::Error);
            continue;
        };
        let request = Request::open(&prepared.request).expect("a prepared request opens");
        let Some(items) = &prepared.items else {
            for sets in &lists {
                answers.push(answer(decide(sets, request)));
                answers.push(answer(decide_by_scan(sets, request)));
                answers.push(answer(decide_item(sets, request, None)));
            }
            continue;
        };
        let item = |bytes, set| Item { item: RequestItem::open(bytes).expect("a prepared item opens"), set };
        for sets in &lists {
            let items = items.iter().map(|bytes| item(bytes, None));
            if let [one] = &items.clone().collect::<Vec<_>>()[..] {
                answers.push(answer(decide_item(sets, request, *one)));
                filter(sets, request, [*one], |_, decided| answers.push(answer(decided)));
            }
            answers.push(answer(decide_resources(sets, request, items.clone()).map(|(_, decided)| decided)));
            answers.push(answer(decide_resources_by_scan(sets, request, items).map(|(_, decided)| decided)));
        }
        let items = items.iter().map(|bytes| item(bytes, Some(open(&others))));
        let sets = [open(&callers)];
        answers.push(answer(decide_resources(&sets, request, items.clone()).map(|(_, decided)| decided)));
        answers.push(answer(decide_resources_by_scan(&sets, request, items).map(|(_, decided)| decided)));
    }
    let first = answers[0];
    assert!(answers.iter().all(|other| *other == first), "{answers:?}: {case:#?}");
    Some(first)
}
