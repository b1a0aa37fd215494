//! Policy sets of a group, built with an index however small they are.

use iamlet::image::set_writer;
use iamlet::{CompileOptions, Layer, Levels, PolicyKind, SetError, SetPolicy};
use iamlet_cases::{CasePolicy, compile_document};

/// A policy that compiled.
pub(crate) struct Compiled {
    /// Its text, for the report of a difference.
    pub(crate) text: String,
    image: Vec<u8>,
    /// Where it applies.
    pub(crate) layer: Layer,
    level: u8,
}

/// Compiles a policy; nothing where it is refused.
pub(crate) fn compile(policy: &CasePolicy, options: CompileOptions) -> Option<Compiled> {
    let image = compile_document(&policy.text, policy.kind, options).ok()?;
    let text = format!("{} {}", policy.name, String::from_utf8_lossy(&policy.text));
    Some(Compiled { text, image, layer: policy.layer, level: policy.level })
}

/// An identity policy.
pub(crate) fn identity(text: &str) -> Option<Compiled> {
    let image = compile_document(text.as_bytes(), PolicyKind::Identity, CompileOptions::default()).ok()?;
    Some(Compiled { text: text.to_owned(), image, layer: Layer::Identity, level: 0 })
}

/// Whether a layer holds several policies.
pub(crate) fn is_repeatable(layer: Layer) -> bool {
    !matches!(layer, Layer::Resource | Layer::Boundary | Layer::Endpoint)
}

/// Builds the set; nothing where the policies do not go together.
pub(crate) fn build(policies: &[Compiled], levels: Levels) -> Option<Vec<u8>> {
    let list = policies.iter().zip(0..).map(|(policy, tag)| SetPolicy {
        image: &policy.image,
        layer: policy.layer,
        level: policy.level,
        tag,
    });
    let mut set = Vec::new();
    loop {
        match set_writer::build_indexed(list.clone(), levels, &mut set) {
            Ok(used) => {
                set.truncate(used);
                return Some(set);
            }
            Err(SetError::OutputTooSmall(size)) => set.resize(size, 0),
            Err(_) => return None,
        }
    }
}
