//! Any bytes, as every kind: an error with a position inside the document, or an image that opens, with each statement where its
//! source map says.

use std::cell::RefCell;

use iamlet::image::set_writer;
use iamlet::request::prepare_request;
use iamlet::{
    CompileError, CompileOptions, DecideError, Fault, Layer, Layers, Levels, Policy, PolicyBuf, PolicyKind,
    PolicySet, Position, Principal, Request, RequestInput, Resource, SetPolicy, SmallScratch, SourceMap,
    decide, parse,
};
use iamlet_cases::{OwnedRequest, Refused, compile_document};
use serde_json::{Value, json};

use crate::naive;

/// The input is a byte for the kind, one for the options, one for the quota, and the document.
pub fn compile(input: &[u8]) {
    let [kind, flags, quota, text @ ..] = input else { return };
    let kind = PolicyKind::ALL[usize::from(*kind) % PolicyKind::ALL.len()];
    // A quota is of interest only where the document is about as large.
    let quota = u32::try_from((text.len() + usize::from(*quota)).saturating_sub(128)).unwrap_or(u32::MAX);
    let options = CompileOptions {
        enforce_quotas: flags & 1 != 0,
        quota_bytes: Some(quota).filter(|_| flags & 2 != 0),
        scp_assume_2012: flags & 4 != 0,
    };
    let compiled = compile_document(text, kind, options);
    agrees_with_naive(text, kind, options, &compiled);
    in_used_memory(text, kind, options, &compiled);
    with_source_map(text, kind, options, &compiled);
    match &compiled {
        Ok(image) => check_image(image, kind),
        Err(refused) => check_error(text, refused),
    }
}

fn agrees_with_naive(
    text: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    compiled: &Result<Vec<u8>, Refused>,
) {
    let missing_version = if options.scp_assume_2012 { "assume_2012" } else { "reject" };
    let mut naive_options =
        json!({"enforce_quotas": options.enforce_quotas, "scp_missing_version": missing_version});
    if let Some(bytes) = options.quota_bytes {
        naive_options["quota_bytes"] = json!(bytes);
    }
    let naive = naive::check(kind.name(), text, &naive_options).map(|_| ());
    match (compiled, naive) {
        (Ok(_), Ok(())) | (Err(_), Err(_)) => {}
        // R-GEN-4: the engine's capacities are its own.
        (Err(refused), Ok(())) if refused.error.fault == Fault::Capacity => {}
        (engine, naive) => panic!("{kind:?}: engine {engine:?}, naive {naive:?}"),
    }
}

/// What compiled before in the same memory does not matter, nor how much room there is for the image.
fn in_used_memory(
    text: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    compiled: &Result<Vec<u8>, Refused>,
) {
    thread_local! {
        static SCRATCH: RefCell<Box<SmallScratch>> = RefCell::new(Box::new(SmallScratch::new()));
    }
    SCRATCH.with_borrow_mut(|scratch| {
        let mut attempt = |out: &mut [u8]| parse::compile(text, kind, options, &mut **scratch, out);
        let size = compiled.as_ref().map_or(0, Vec::len);
        let mut out = vec![0xA5; size];
        match (attempt(&mut out), compiled) {
            (Err(CompileError::Refused(error)), _) if error.fault == Fault::Capacity => return,
            (Ok(used), Ok(image)) => assert!(used == size && out == *image, "another image"),
            (Err(CompileError::Refused(error)), Err(refused)) => assert_eq!(error, refused.error),
            (again, _) => panic!("{again:?}, not {compiled:?}"),
        }
        if size > 0 {
            let mut short = vec![0xA5; size - 1];
            assert_eq!(attempt(&mut short), Err(CompileError::OutputTooSmall(size)));
            assert!(short.iter().all(|byte| *byte == 0xA5), "written without success");
        }
    });
}

/// With a source map the image is the same, and each statement stands at a `{`, behind the one before.
fn with_source_map(
    text: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    compiled: &Result<Vec<u8>, Refused>,
) {
    let (image, map) = match (compiled, PolicyBuf::compile_mapped(kind, text, options)) {
        (Ok(image), Ok((mapped, map))) => {
            assert!(mapped.as_bytes() == image, "another image");
            (image, map)
        }
        (Err(refused), Err(error)) => return assert_eq!(error, refused.error),
        (_, mapped) => panic!("{mapped:?}, not {compiled:?}"),
    };
    let statements = Policy::open(image).map_or(0, |policy| policy.statement_count());
    assert_eq!(map.len(), SourceMap::size(statements));
    assert!(map.len() <= SourceMap::room(text.len()), "the room is too small");
    let text = std::str::from_utf8(text).expect("what compiles is UTF-8");
    let lines: Vec<&str> = text.split('\n').collect();
    let map = SourceMap::new(&map);
    let positions: Vec<Position> = (0..).map_while(|statement| map.position(statement)).collect();
    assert_eq!(positions.len(), statements);
    assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    for position in positions {
        let at = [position.line, position.column].map(|number| number as usize - 1);
        let character = lines.get(at[0]).and_then(|line| line.chars().nth(at[1]));
        assert_eq!(character, Some('{'), "{position}");
    }
}

fn check_error(text: &[u8], refused: &Refused) {
    let Refused { error, pointer } = refused;
    let offset = error.offset as usize;
    assert!(offset <= text.len(), "{refused:?}");
    // Line and column, counted another way: by lines and characters of the text in front of it.
    if let Ok(front) = std::str::from_utf8(&text[..offset]) {
        let last = front.rsplit('\n').next().unwrap_or("");
        let place = (front.matches('\n').count() + 1, last.chars().count() + 1);
        assert_eq!((error.line as usize, error.column as usize), place, "{refused:?}");
    } else {
        assert!(matches!(error.fault, Fault::Capacity | Fault::TooLarge), "{refused:?} inside a character");
    }
    assert_eq!(error.missing.is_some(), error.fault == Fault::MissingElement, "{refused:?}");
    assert_eq!(error.pool.is_some(), error.fault == Fault::Capacity, "{refused:?}");
    if !error.located {
        assert_eq!(pointer, "", "{refused:?}");
        return;
    }
    // The pointer leads somewhere. Of a member that stands twice, `serde_json` knows only the last.
    if error.fault == Fault::Capacity {
        return;
    }
    let Ok(document) = serde_json::from_slice::<Value>(text) else { return };
    match (error.missing, pointer.rsplit_once('/')) {
        (Some(_), Some((parent, name))) => {
            let parent = document.pointer(parent).unwrap_or_else(|| panic!("{refused:?}"));
            assert!(parent.get(name).is_none(), "{refused:?} is there");
        }
        _ => assert!(document.pointer(pointer).is_some(), "{refused:?} points to nothing"),
    }
}

/// The image opens, goes into a set, and the set decides.
fn check_image(image: &[u8], kind: PolicyKind) {
    let policy =
        Policy::open(image).unwrap_or_else(|error| panic!("{error:?}: a compiled image does not open"));
    assert_eq!(policy.kind(), Some(kind));
    assert!(policy.statement_count() > 0);
    let layer = Layer::ALL.into_iter().find(|layer| layer.takes(kind)).expect("a layer for each kind");
    let list = [SetPolicy { image, layer, level: 0, tag: 0 }];
    let levels = Levels { scp: u8::from(layer == Layer::Scp), rcp: u8::from(layer == Layer::Rcp) };
    let size = set_writer::size(list.into_iter(), levels).expect("a size");
    let mut bytes = vec![0; size];
    for indexed in [false, true] {
        let built = if indexed {
            bytes.resize(8 * size + 4096, 0);
            set_writer::build_indexed(list.into_iter(), levels, &mut bytes)
        } else {
            set_writer::build(list.into_iter(), levels, &mut bytes)
        };
        let Ok(used) = built else {
            assert!(indexed, "{built:?}");
            continue;
        };
        let set = PolicySet::open(&bytes[..used]).expect("a set that was built opens");
        for request in &requests(layer, kind) {
            let decided = decide(&[set], Request::open(request).expect("a request"));
            assert!(!matches!(decided, Err(DecideError::Image(_))), "{decided:?}");
        }
    }
}

/// Requests of a user about what the policy could be attached to, with a step budget in which every document of a
/// fuzzer is decided or not. The kind of the resource follows from action and ARN (R-RES-15).
fn requests(layer: Layer, kind: PolicyKind) -> Vec<Vec<u8>> {
    let (actions, arn) = match kind {
        PolicyKind::Kms => {
            (["kms:Decrypt", "sts:AssumeRole"], "arn:aws:kms:us-east-1:111122223333:key/alice/k")
        }
        PolicyKind::Trust => (["sts:TagSession", "sts:AssumeRole"], "arn:aws:iam::111122223333:role/App"),
        _ => (["s3:GetObject", "sts:AssumeRole"], "arn:aws:s3:::b/alice/k"),
    };
    let owned = OwnedRequest::default();
    let request = |action: &str| {
        let input = RequestInput::new(
            Principal::user("arn:aws:iam::111122223333:user/alice"),
            action,
            Resource::owned_by(arn, "111122223333"),
        )
        .absent(!Layers::from(layer))
        .derive_resource_account(true)
        .clock(1_767_225_600)
        .budget(1 << 22)
        .context(&owned.context);
        let mut memory = vec![0; input.size().expect("a size")];
        let used = prepare_request(&input, &mut memory).expect("a request");
        memory.truncate(used);
        memory
    };
    actions.map(request).into()
}
