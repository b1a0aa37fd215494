//! iamlet behind its C ABI, as a program in C would use it.
//!
//! The functions are called through pointers that the optimizer does not see through: nothing of the engine is inlined
//! into a benchmark.

use std::ffi::c_void;
use std::hint::black_box;
use std::ptr;

use iamlet::ffi::decide::{iamlet_batch_entry, iamlet_decide, iamlet_decide_batch, iamlet_decision};
use iamlet::ffi::explain::iamlet_explain;
use iamlet::ffi::policy::{IAMLET_SCRATCH_LARGE, iamlet_compile_options, iamlet_policy_compile};
use iamlet::ffi::record::iamlet_record;
use iamlet::ffi::request::{
    iamlet_context_entry, iamlet_key, iamlet_key_prepare, iamlet_principal, iamlet_principal_type_of_arn,
    iamlet_request, iamlet_request_prepare, iamlet_resource,
};
use iamlet::ffi::set::{iamlet_set, iamlet_set_build, iamlet_set_open, iamlet_set_policy, iamlet_set_size};
use iamlet::ffi::status::iamlet_status;
use iamlet::ffi::text::iamlet_text;
use iamlet::{Effect, Layer as Place, PolicyKind, PolicySet};
use iamlet_workloads::{Expected, Layer, Request, Workload};

/// More steps than any case takes.
pub const MOST: u64 = 1 << 31;

type BuildFn = unsafe extern "C" fn(
    *const iamlet_set_policy,
    usize,
    u32,
    u32,
    *mut u8,
    usize,
    *mut usize,
    *mut usize,
) -> iamlet_status;

type DecideFn = unsafe extern "C" fn(
    *const iamlet_set,
    usize,
    *const c_void,
    usize,
    *mut iamlet_decision,
) -> iamlet_status;

type BatchFn = unsafe extern "C" fn(
    *const iamlet_set,
    usize,
    *const iamlet_batch_entry,
    usize,
    *mut iamlet_decision,
) -> iamlet_status;

/// Memory for compiling.
pub struct Scratch(Vec<u64>);

impl Default for Scratch {
    fn default() -> Self {
        Self::of(IAMLET_SCRATCH_LARGE)
    }
}

impl Scratch {
    /// Memory of so many bytes.
    #[must_use]
    pub fn of(bytes: usize) -> Self {
        Self(vec![0; bytes / size_of::<u64>()])
    }
}

/// Compiles a document into `image` and returns the bytes used.
///
/// # Errors
/// The status.
#[inline]
pub fn compile(
    text: &str,
    kind: PolicyKind,
    scratch: &mut Scratch,
    image: &mut [u8],
) -> Result<usize, iamlet_status> {
    compile_with(text.as_bytes(), kind, None, scratch, image)
}

/// The same with options.
///
/// # Errors
/// The status.
#[inline]
pub fn compile_with(
    text: &[u8],
    kind: PolicyKind,
    options: Option<&iamlet_compile_options>,
    scratch: &mut Scratch,
    image: &mut [u8],
) -> Result<usize, iamlet_status> {
    let mut used = 0;
    // SAFETY: all pointers are those of live values with their own lengths.
    let status = unsafe {
        black_box(iamlet_policy_compile as unsafe extern "C" fn(_, _, _, _, _, _, _, _, _, _) -> _)(
            text.as_ptr().cast(),
            text.len(),
            kind as u32,
            options.map_or(ptr::null(), ptr::from_ref),
            scratch.0.as_mut_ptr().cast(),
            size_of_val(scratch.0.as_slice()),
            image.as_mut_ptr(),
            image.len(),
            &raw mut used,
            ptr::null_mut(),
        )
    };
    if status == iamlet_status::IAMLET_OK { Ok(used) } else { Err(status) }
}

/// A policy image, and where it applies.
#[derive(Clone, Debug)]
pub struct Image {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where.
    pub layer: Layer,
}

/// The kind of a document at a layer.
#[must_use]
pub fn kind(layer: Layer) -> PolicyKind {
    match layer {
        Layer::Identity => PolicyKind::Identity,
        Layer::Scp(_) => PolicyKind::ScpFull,
        Layer::Boundary => PolicyKind::Boundary,
        Layer::Session => PolicyKind::Session,
    }
}

/// Compiles all policies of a workload.
///
/// # Panics
/// Where one is refused.
#[must_use]
pub fn images(workload: &Workload) -> Vec<Image> {
    let mut scratch = Scratch::default();
    let mut memory = vec![0; 1 << 20];
    let mut image = |text: &str, layer| {
        let used = compile(text, kind(layer), &mut scratch, &mut memory).expect("a policy that compiles");
        Image { bytes: memory[..used].to_vec(), layer }
    };
    workload.policies.iter().map(|policy| image(&policy.text, policy.layer)).collect()
}

/// What a set is built from.
pub struct SetInput {
    policies: Vec<iamlet_set_policy>,
    scp_levels: u32,
}

impl SetInput {
    /// A list of images, which must stay where they are.
    #[must_use]
    pub fn new(images: &[Image]) -> Self {
        let policies = images
            .iter()
            .zip(0..)
            .map(|(image, tag)| {
                let (layer, level) = match image.layer {
                    Layer::Identity => (Place::Identity, 0),
                    Layer::Scp(level) => (Place::Scp, u32::from(level)),
                    Layer::Boundary => (Place::Boundary, 0),
                    Layer::Session => (Place::Session, 0),
                };
                let (data, len) = (image.bytes.as_ptr(), image.bytes.len());
                iamlet_set_policy { image: data, image_len: len, tag, layer: layer as u32, level }
            })
            .collect();
        let levels = images.iter().map(|image| match image.layer {
            Layer::Scp(level) => u32::from(level) + 1,
            _ => 0,
        });
        Self { policies, scp_levels: levels.max().unwrap_or(0) }
    }

    /// The bytes that building takes.
    ///
    /// # Panics
    /// Where the set cannot be built.
    #[must_use]
    pub fn size(&self) -> usize {
        let mut size = 0;
        // SAFETY: the list and its images live.
        let status = unsafe {
            iamlet_set_size(
                self.policies.as_ptr(),
                self.policies.len(),
                self.scp_levels,
                0,
                &raw mut size,
                ptr::null_mut(),
            )
        };
        assert_eq!(status, iamlet_status::IAMLET_OK);
        size
    }

    /// Builds the set in `out` and returns the bytes used.
    ///
    /// # Panics
    /// Where the set cannot be built.
    pub fn build(&self, out: &mut [u8]) -> usize {
        let mut used = 0;
        // SAFETY: the list and its images live, and `out` lies apart from them.
        let status = unsafe {
            black_box(iamlet_set_build as BuildFn)(
                self.policies.as_ptr(),
                self.policies.len(),
                self.scp_levels,
                0,
                out.as_mut_ptr(),
                out.len(),
                &raw mut used,
                ptr::null_mut(),
            )
        };
        assert_eq!(status, iamlet_status::IAMLET_OK);
        used
    }
}

fn text(text: &str) -> iamlet_text {
    iamlet_text { data: text.as_ptr().cast(), len: text.len() }
}

/// A request in its C form. It points into the workload's request, which must stay where it is.
pub struct Input {
    request: iamlet_request,
    // What the request points to; boxes, so that it may move.
    _resource: Box<iamlet_resource>,
    _values: Vec<Box<[iamlet_text]>>,
    _context: Box<[iamlet_context_entry]>,
}

impl Input {
    /// The C form of a request, its keys prepared; `absent` are the layers that do not exist.
    ///
    /// # Panics
    /// Where a key is empty.
    #[must_use]
    pub fn new(request: &Request, absent: u32) -> Self {
        let nothing = text("");
        let values: Vec<Box<[iamlet_text]>> =
            request.context.iter().map(|(_, list)| list.iter().map(|value| text(value)).collect()).collect();
        let entry = |(name, values): (&str, &[iamlet_text])| {
            let mut key = iamlet_key { name: nothing, prepared: 0, hash: 0, known: 0, reserved: 0 };
            // SAFETY: name and key live.
            let status = unsafe { iamlet_key_prepare(text(name), &raw mut key) };
            assert_eq!(status, iamlet_status::IAMLET_OK);
            let (values, value_count) = (values.as_ptr(), values.len());
            iamlet_context_entry { key, values, value_count, multivalued: 0, not_fetched: 0 }
        };
        let pairs = request.context.iter().zip(&values).map(|((name, _), values)| (name.as_str(), &**values));
        let context: Box<[iamlet_context_entry]> = pairs.map(entry).collect();
        let resource = Box::new(iamlet_resource {
            arn: text(&request.resource),
            account: text(&request.resource_account),
            in_management_account: 0,
            reserved: 0,
        });
        let arn = &request.principal;
        let is_role = arn.contains(":assumed-role/");
        let principal = iamlet_principal {
            // SAFETY: the text lives.
            r#type: unsafe { iamlet_principal_type_of_arn(arn.as_ptr().cast(), arn.len()) },
            flags: 0,
            arn: text(arn),
            role_arn: if is_role { text(request.value("aws:PrincipalArn")) } else { nothing },
            user_arn: nothing,
            service: nothing,
            provider: nothing,
            canonical_user: nothing,
            unique_id: nothing,
        };
        let request = iamlet_request {
            struct_size: size_of::<iamlet_request>(),
            principal,
            action: text(&request.action),
            resource: &raw const *resource,
            resource_kind: 0,
            absent,
            flags: 0,
            reserved: 0,
            clock: 0,
            budget: 0,
            context: context.as_ptr(),
            context_count: context.len(),
        };
        Self { request, _resource: resource, _values: values, _context: context }
    }

    /// The same request with another budget of steps.
    #[must_use]
    pub fn with_budget(mut self, budget: u64) -> Self {
        self.request.budget = budget;
        self
    }

    /// Prepares the request in `memory` and returns the bytes used.
    ///
    /// # Panics
    /// Where it is malformed.
    #[inline]
    pub fn prepare(&self, memory: &mut [u8]) -> usize {
        let mut used = 0;
        // SAFETY: the request's texts live, and `memory` lies apart from them.
        let status = unsafe {
            black_box(iamlet_request_prepare as unsafe extern "C" fn(_, _, _, _) -> _)(
                &raw const self.request,
                memory.as_mut_ptr().cast(),
                memory.len(),
                &raw mut used,
            )
        };
        assert_eq!(status, iamlet_status::IAMLET_OK);
        used
    }
}

/// A policy set that was opened, with prepared requests.
pub struct Engine {
    /// The set's bytes.
    pub set: Vec<u8>,
    /// The requests.
    pub prepared: Vec<Vec<u8>>,
    /// What is expected, in the same order.
    pub expected: Vec<Expected>,
}

/// Explains a prepared request, into room for more records than any workload needs.
///
/// # Panics
/// Where there is no explanation.
pub fn explain(set: &iamlet_set, request: &[u8]) {
    const ROOM: usize = 1024;
    let mut decision = no_decision();
    let mut records = [const { std::mem::MaybeUninit::<iamlet_record>::uninit() }; ROOM];
    let mut used = 0;
    // SAFETY: set and request live; the outputs are this function's own.
    let status = unsafe {
        iamlet_explain(
            set,
            1,
            request.as_ptr().cast(),
            request.len(),
            ptr::null(),
            &raw mut decision,
            records.as_mut_ptr().cast(),
            ROOM,
            &raw mut used,
        )
    };
    assert_eq!(status, iamlet_status::IAMLET_OK);
}

/// A decision that is made nowhere.
#[must_use]
pub fn no_decision() -> iamlet_decision {
    let sid = text("");
    iamlet_decision {
        effect: 0,
        reason: 0,
        status: 0,
        layer: 0,
        level: 0,
        item: 0,
        set: 0,
        policy: 0,
        statement: 0,
        layers: 0,
        tag: 0,
        sid,
        needs: 0,
    }
}

impl Engine {
    /// Compiles, builds and opens the set of a workload, and prepares its requests.
    ///
    /// # Panics
    /// Where anything fails, or a decision is not what the workload expects.
    #[must_use]
    pub fn new(workload: &Workload) -> Self {
        Self::with_budget(workload, 0)
    }

    /// The same, with another budget of steps.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[must_use]
    pub fn with_budget(workload: &Workload, budget: u64) -> Self {
        let images = images(workload);
        let input = SetInput::new(&images);
        let mut set = vec![0; input.size()];
        let used = input.build(&mut set);
        set.truncate(used);
        set.shrink_to_fit();
        let absent = absent(workload);
        let mut memory = vec![0; 1 << 20];
        let mut prepare = |request: &Request| {
            let used = Input::new(request, absent).with_budget(budget).prepare(&mut memory);
            memory[..used].to_vec()
        };
        let prepared = workload.requests.iter().map(&mut prepare).collect();
        let expected = workload.requests.iter().map(|request| request.expected).collect();
        let engine = Self { set, prepared, expected };
        engine.check(&workload.name);
        engine
    }

    /// The statements of the set.
    ///
    /// # Panics
    /// Where the bytes are no set.
    #[must_use]
    pub fn statements(&self) -> usize {
        PolicySet::open(&self.set).expect("a set").statement_count()
    }

    /// What the probe decides with: the set, then the requests.
    pub fn blobs(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.set).chain(&self.prepared).map(Vec::as_slice)
    }

    /// The opened set.
    ///
    /// # Panics
    /// Where the bytes are no set.
    #[must_use]
    pub fn open(&self) -> iamlet_set {
        let mut set = iamlet_set { data: ptr::null(), len: 0 };
        // SAFETY: the bytes live as long as the engine.
        let status = unsafe { iamlet_set_open(self.set.as_ptr(), self.set.len(), &raw mut set) };
        assert_eq!(status, iamlet_status::IAMLET_OK);
        set
    }

    /// A decision must be what is expected: a fast wrong answer is no answer.
    fn check(&self, name: &str) {
        let set = self.open();
        let mut decision = no_decision();
        for (number, (request, expected)) in self.prepared.iter().zip(&self.expected).enumerate() {
            decide(&set, request, &mut decision);
            assert_eq!(decision.status, 0, "{name}: request {number}");
            let effect = match expected {
                Expected::Allow => Effect::Allow,
                Expected::ImplicitDeny => Effect::ImplicitDeny,
                Expected::ExplicitDeny => Effect::ExplicitDeny,
            };
            assert_eq!(decision.effect, effect as u32, "{name}: request {number} is {expected:?}");
        }
    }

    /// The entries of a batch, going round the requests.
    #[must_use]
    pub fn batch(&self, count: usize) -> Vec<iamlet_batch_entry> {
        let entry = |request: &Vec<u8>| iamlet_batch_entry {
            request: request.as_ptr().cast(),
            request_len: request.len(),
            item: ptr::null(),
            item_len: 0,
            set: ptr::null(),
        };
        self.prepared.iter().cycle().take(count).map(entry).collect()
    }
}

/// The layers that a workload does not have.
#[must_use]
pub fn absent(workload: &Workload) -> u32 {
    use iamlet::ffi::request as c;
    let has = |wanted: fn(Layer) -> bool| workload.policies.iter().any(|policy| wanted(policy.layer));
    let mut absent = c::IAMLET_ABSENT_RCP | c::IAMLET_ABSENT_RESOURCE | c::IAMLET_ABSENT_ENDPOINT;
    for (there, flag) in [
        (has(|layer| matches!(layer, Layer::Scp(_))), c::IAMLET_ABSENT_SCP),
        (has(|layer| layer == Layer::Identity), c::IAMLET_ABSENT_IDENTITY),
        (has(|layer| layer == Layer::Boundary), c::IAMLET_ABSENT_BOUNDARY),
        (has(|layer| layer == Layer::Session), c::IAMLET_ABSENT_SESSION),
    ] {
        absent |= if there { 0 } else { flag };
    }
    absent
}

/// One decision.
#[inline]
pub fn decide(set: &iamlet_set, request: &[u8], decision: &mut iamlet_decision) -> iamlet_status {
    // SAFETY: set and request live.
    unsafe {
        black_box(iamlet_decide as DecideFn)(
            set,
            1,
            request.as_ptr().cast::<c_void>(),
            request.len(),
            decision,
        )
    }
}

/// Many decisions.
#[inline]
pub fn decide_batch(
    set: &iamlet_set,
    entries: &[iamlet_batch_entry],
    decisions: &mut [iamlet_decision],
) -> iamlet_status {
    assert_eq!(entries.len(), decisions.len());
    // SAFETY: set, entries and what they point to live.
    unsafe {
        black_box(iamlet_decide_batch as BatchFn)(
            set,
            1,
            entries.as_ptr(),
            entries.len(),
            decisions.as_mut_ptr(),
        )
    }
}
