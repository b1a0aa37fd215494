//! The layers whose Allow is missing: each is found by asking what would be if it allowed.

use heapless::Vec;

use super::combine::{Findings, combined};
use super::explanation::{Need, SilentLayer};
use crate::ground::limits::MAX_LEVELS;
use crate::image::layer::Layer;
use crate::request::PrincipalType;
use crate::request::request_context::RequestContext;

/// A level of SCPs each, and the layers that have none.
const MAX_SILENT: usize = MAX_LEVELS as usize + 5;

pub(super) type SilentLayers = Vec<SilentLayer, MAX_SILENT>;

/// The layers whose Allow the request lacks, if no statement denied. None where it would be allowed then. Where no Allow
/// helps (R-EVAL-13, R-EVAL-20, R-EVAL-21), the layer that the decision names, if it names one.
pub(super) fn silent_layers(findings: &Findings, context: &RequestContext<'_>) -> SilentLayers {
    let found = findings.without_denies();
    let is_allowed = |findings: &Findings| combined(findings, context).is_allowed();
    let mut silent = SilentLayers::new();
    if is_allowed(&found) {
        return silent;
    }
    let mut all = found.clone();
    for (layer, level) in candidates(&found, context) {
        all.suppose(layer, level);
    }
    if !is_allowed(&all) {
        // No Allow helps. The layer that the decision names is silent all the same.
        if let Some((layer, level)) = combined(&found, context).place() {
            let _ = silent.push(SilentLayer {
                layer,
                level,
                is_there: found.layers.has(layer),
                need: Need::Needed,
            });
        }
        return silent;
    }
    // Those without which the rest does not suffice.
    let mut needed = found.clone();
    for (layer, level) in candidates(&found, context) {
        let mut rest = all.clone();
        rest.take_back(layer, level, &found);
        let need = if is_allowed(&rest) { Need::OneWay } else { Need::Needed };
        if need == Need::Needed {
            needed.suppose(layer, level);
        }
        let is_there = found.layers.has(layer);
        // Its capacity is that of the candidates.
        let _ = silent.push(SilentLayer { layer, level, is_there, need });
    }
    if is_allowed(&needed) {
        silent.retain(|silent| silent.need == Need::Needed);
    }
    silent
}

/// The layers that do not allow, or not as far as they could.
fn candidates(found: &Findings, context: &RequestContext<'_>) -> impl Iterator<Item = (Layer, u8)> {
    let levels = found.silent_levels().filter(|_| found.layers.has(Layer::Scp));
    // R-EVAL-14: of these, a session policy is asked for even where there is none.
    let needs_session = context.request.principal_type == PrincipalType::FederatedUser;
    let others = [Layer::Resource, Layer::Identity, Layer::Boundary, Layer::Session, Layer::Endpoint];
    let others = others.into_iter().filter(move |layer| match layer {
        Layer::Resource => !found.grants_directly(),
        Layer::Identity => !found.allows(Layer::Identity),
        Layer::Session if needs_session => !found.allows(Layer::Session),
        layer => found.layers.has(*layer) && !found.allows(*layer),
    });
    levels.map(|level| (Layer::Scp, level)).chain(others.map(|layer| (layer, 0)))
}
