//! The parse floor: from the text of a policy document to its image. It knows the image floor.
//!
//! Three steps, each with its promise. The *gate* ([`gate::check`]) accepts exactly strict JSON within the depth and
//! size of a policy. The *reader* (serde-json-core with our visitors) then fills the builder's tables: the elements are
//! known, unique and of the right type, and each value means something to its operator. The *rules* of the kind
//! decide which elements may stand together. What is refused leaves a fault and the offset of the element.
#![forbid(unsafe_code)]

mod action;
mod builder;
mod condition;
mod document;
mod elements;
mod explain;
pub mod json;
mod names;
mod order;
mod pattern;
mod plain_action;
mod principal;
mod reader;
mod recent;
mod resource;
mod rules;
pub mod scratch;
mod statement;
mod statement_rules;
mod stored;
mod value;

use serde::de::DeserializeSeed;

use self::builder::Builder;
use self::document::{Document, is_2012};
use self::json::gate::{self, Shape};
use self::json::{pointer, text};
use self::reader::Reader;
use self::recent::Recent;
use self::rules::Rules;
use self::scratch::{Pools, ScratchMemory};
use crate::ground::error::{Fault, Pool, Refusal};
use crate::ground::limits::{MAX_DEPTH, MAX_DOCUMENT};
use crate::image::kind::PolicyKind;
use crate::image::policy::Policy;
use crate::image::policy_writer::{Parts, StatementDraft};
use crate::image::source_map::{self, Position, SourceMap};

/// What may be asked of the compiler beyond the rules that always hold.
///
/// ```
/// use iamlet::{CompileOptions, Fault, Missing, PolicyBuf, PolicyKind};
///
/// let json = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
/// let refusal = PolicyBuf::compile(PolicyKind::ScpFull, json).unwrap_err();
/// assert_eq!((refusal.fault, refusal.missing), (Fault::MissingElement, Some(Missing::Version)));
/// let options = CompileOptions { scp_assume_2012: true, ..CompileOptions::default() };
/// assert!(PolicyBuf::compile_with(PolicyKind::ScpFull, json, options).is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompileOptions {
    /// Hold the document to AWS's upload limits: the size of its kind (R-SIZE-3) and the characters that IAM's API
    /// takes (R-JSON-8).
    pub enforce_quotas: bool,
    /// A limit in bytes that replaces the one of the kind, where `enforce_quotas` asks for one.
    pub quota_bytes: Option<u32>,
    /// Take a service control policy without `Version` as one of 2012-10-17 (R-SCPC-3).
    pub scp_assume_2012: bool,
}

/// Why there is no image.
///
/// ```
/// use iamlet::{CompileError, CompileOptions, Policy, PolicyKind, Pool, SmallScratch};
///
/// let mut compile = |json: &str| {
///     Policy::compile(PolicyKind::Identity, json, CompileOptions::default(), &mut SmallScratch::new(), &mut [])
///         .map(|policy| policy.statement_count())
/// };
/// let statement = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#;
/// let document = |statements: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
/// assert!(matches!(compile(&document(statement)), Err(CompileError::OutputTooSmall(_))));
/// // More statements than the smallest scratch memory has room for.
/// let many = document(&vec![statement; 40].join(","));
/// assert!(matches!(compile(&many), Err(CompileError::Refused(refusal)) if refusal.pool == Some(Pool::Statements)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileError {
    /// The document is refused.
    Refused(Refusal),
    /// The document is good, and its image needs this many bytes of output.
    OutputTooSmall(usize),
    /// The document is good, and one of the two outputs of [`Policy::compile_mapped`] is too small.
    OutputsTooSmall {
        /// The bytes that the image needs.
        image: usize,
        /// The bytes that the source map needs.
        map: usize,
    },
}

impl core::fmt::Display for CompileError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::OutputTooSmall(size) => write!(f, "the image needs {size} bytes"),
            Self::OutputsTooSmall { image, map } => {
                write!(f, "the image needs {image} bytes, and the source map {map}")
            }
        }
    }
}

impl core::error::Error for CompileError {}

/// Compiles one policy document into `out` and returns the bytes used, which are exactly those that the image needs.
///
/// `scratch` is any of [`scratch::SmallScratch`], [`scratch::MediumScratch`] and [`scratch::LargeScratch`].
/// Cost: linear in the document, whatever it says and whether it is refused; `docs/limits.md` has the factor. Keys,
/// variables and `Sid`s are looked up in as many comparisons as their count has bits. Never panics, for any input.
///
/// # Errors
/// [`CompileError`]. `out` is written only on success.
pub fn compile(
    json: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    scratch: &mut impl ScratchMemory,
    out: &mut [u8],
) -> Result<usize, CompileError> {
    let mut recent = Recent::new();
    let parts = read(json, kind, options, scratch.pools(), &mut recent).map_err(CompileError::Refused)?;
    let size = parts.size();
    let out = out.get_mut(..size).ok_or(CompileError::OutputTooSmall(size))?;
    write(&parts, json, out)?;
    Ok(size)
}

/// As [`compile`], and writes the source map into `map`. Returns the bytes used of both. Cost: one pass more over the
/// document, which is cheap.
///
/// # Errors
/// [`CompileError`]. `out` and `map` are written only on success.
pub fn compile_mapped(
    json: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    scratch: &mut impl ScratchMemory,
    out: &mut [u8],
    map: &mut [u8],
) -> Result<MappedSize, CompileError> {
    let mut recent = Recent::new();
    let parts = read(json, kind, options, scratch.pools(), &mut recent).map_err(CompileError::Refused)?;
    let size = MappedSize { image: parts.size(), map: SourceMap::size(parts.statements.len()) };
    let (Some(out), Some(map)) = (out.get_mut(..size.image), map.get_mut(..size.map)) else {
        return Err(CompileError::OutputsTooSmall { image: size.image, map: size.map });
    };
    write(&parts, json, out)?;
    source_map::write(positions(json, parts.statements), map);
    Ok(size)
}

/// The bytes of an image and of its source map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MappedSize {
    /// Those of the image.
    pub image: usize,
    /// Those of the source map.
    pub map: usize,
}

/// Where the statements stand, in the order of the document.
fn positions(json: &[u8], statements: &[StatementDraft]) -> impl Iterator<Item = Position> {
    let (mut place, mut passed) = ((1, 1), 0_usize);
    statements.iter().map(move |statement| {
        let opened = statement.opened as usize;
        place = pointer::line_column_after(place, json.get(passed..opened).unwrap_or_default());
        passed = opened;
        let (line, column) = place;
        Position { line, column }
    })
}

/// Writes the image into as many bytes as it needs.
fn write(parts: &Parts<'_>, json: &[u8], out: &mut [u8]) -> Result<(), CompileError> {
    parts.write(out).ok_or_else(|| CompileError::Refused(placed(json, full(Pool::List))))
}

/// Where a refusal stands in its document.
fn placed(json: &[u8], refusal: Refusal) -> Refusal {
    let (line, column) = pointer::line_column(json, refusal.offset as usize);
    Refusal { line, column, ..refusal }
}

/// The document is larger than this pool.
fn full(pool: Pool) -> Refusal {
    Refusal { pool: Some(pool), ..Refusal::whole(Fault::Capacity, 0) }
}

/// Reads a document into the tables that its image is written from.
fn read<'p>(
    json: &[u8],
    kind: PolicyKind,
    options: CompileOptions,
    pools: Pools<'p>,
    recent: &'p mut Recent,
) -> Result<Parts<'p>, Refusal> {
    let rules = Rules::from_kind(kind);
    if json.len() > MAX_DOCUMENT {
        return Err(placed(json, full(Pool::Document)));
    }
    let latin1 = options.enforce_quotas && rules.latin1;
    let checked = gate::check(json, MAX_DEPTH, latin1);
    if options.enforce_quotas && counted_size(json, &rules, &checked) > quota(&rules, options) {
        return Err(placed(json, Refusal::whole(Fault::TooLarge, 0)));
    }
    let shape = checked.map_err(|refusal| placed(json, refusal))?;

    let (builder, string) = Builder::new(pools, json.len());
    let mut reader = Reader::new(json, kind, shape.escapes, latin1, builder, string, recent);
    reader.version_2012 = match shape.version {
        Some(version) => is_2012(json, version),
        None => options.scp_assume_2012 && matches!(kind, PolicyKind::ScpClassic | PolicyKind::ScpFull),
    };
    let mut json_reader = serde_json_core::de::Deserializer::new(json, None);
    let read = Document(&mut reader).deserialize(&mut json_reader);
    if read.is_err() || json_reader.end().is_err() {
        return Err(placed(json, refused(json, &mut reader)));
    }
    let Reader { version_2012, builder, .. } = reader;
    Ok(Parts {
        kind,
        version_2012,
        statements: builder.statements,
        conditions: builder.conditions,
        spans: builder.spans,
        keys: builder.keys,
        variables: builder.variables,
        text: builder.text,
    })
}

impl<'o> Policy<'o> {
    /// Compiles one policy document in `out`.
    ///
    /// `scratch` is any of [`SmallScratch`](crate::SmallScratch), [`MediumScratch`](crate::MediumScratch) and
    /// [`LargeScratch`](crate::LargeScratch). Cost: linear in the document, whatever it says and whether it is refused;
    /// `docs/limits.md` has the factor. Never panics, for any input.
    ///
    /// # Errors
    /// [`CompileError`]. `out` is written only on success.
    pub fn compile(
        kind: PolicyKind,
        json: impl AsRef<[u8]>,
        options: CompileOptions,
        scratch: &mut impl ScratchMemory,
        out: &'o mut [u8],
    ) -> Result<Self, CompileError> {
        let json = json.as_ref();
        let used = compile(json, kind, options, scratch, out)?;
        let image = out.get(..used).and_then(|image| Self::view(image).ok());
        image.ok_or(CompileError::OutputTooSmall(used))
    }

    /// As [`compile`](Self::compile), and writes beside the image where its statements stand in the document, 8 bytes each:
    /// the [`SourceMap`] has an example. Give it to explanations as [`Source::map`](crate::Source::map).
    ///
    /// `map` has room enough with [`SourceMap::room`] of the document's bytes; [`CompileError::OutputsTooSmall`] tells the
    /// exact size. Cost: one pass more over the document, beside the passes of compiling.
    ///
    /// # Errors
    /// [`CompileError`]. `out` and `map` are written only on success.
    pub fn compile_mapped<'m>(
        kind: PolicyKind,
        json: impl AsRef<[u8]>,
        options: CompileOptions,
        scratch: &mut impl ScratchMemory,
        out: &'o mut [u8],
        map: &'m mut [u8],
    ) -> Result<(Self, SourceMap<'m>), CompileError> {
        let json = json.as_ref();
        let size = compile_mapped(json, kind, options, scratch, out, map)?;
        let image = out.get(..size.image).and_then(|image| Self::view(image).ok());
        let map = map.get(..size.map).map(SourceMap::new);
        image.zip(map).ok_or(CompileError::OutputsTooSmall { image: size.image, map: size.map })
    }
}

/// The limit that `enforce_quotas` asks for.
fn quota(rules: &Rules, options: CompileOptions) -> usize {
    options.quota_bytes.map_or(rules.quota, |bytes| bytes as usize)
}

/// The bytes of a document that count against its quota. The size is judged before the JSON (R-SIZE-5), but of good JSON
/// the gate has counted the white space, so that it is not looked for once more.
fn counted_size(json: &[u8], rules: &Rules, checked: &Result<Shape, Refusal>) -> usize {
    match checked {
        _ if !rules.ignores_white_space => json.len(),
        Ok(shape) => json.len().saturating_sub(shape.whitespace),
        Err(_) => gate::size_without_whitespace(json),
    }
}

/// What the visitors found, unless a duplicate member or a character that the API refuses comes before it: those are
/// faults of the JSON layer (R-ERR-3).
fn refused(json: &[u8], reader: &mut Reader<'_, '_>) -> Refusal {
    // Without a refusal of ours the JSON reader would have refused what the gate accepted; that must not pass.
    let refusal = reader.refusal.unwrap_or(Refusal::at(Fault::JsonSyntax, 0));
    if refusal.fault != Fault::Capacity
        && let Some(offset) = reader.builder.find_duplicate(json)
    {
        return Refusal::at(Fault::JsonDuplicateKey, offset);
    }
    if reader.latin1
        && reader.escapes
        && let Some(offset) = text::find_beyond_latin1(json)
    {
        return Refusal::at(Fault::BadCharacter, offset);
    }
    Refusal { part: explain::part(json, reader, &refusal), ..refusal }
}

/// Hands the JSON Pointer of the element that `refusal` is about to `out`, piece by piece (R-ERR-1): nothing where it is
/// about the document as a whole. Time linear in the document up to that element.
pub fn write_pointer(json: &[u8], refusal: &Refusal, out: &mut dyn FnMut(&str)) {
    if !refusal.located {
        return;
    }
    pointer::write_pointer(json, refusal.offset as usize, &mut |piece| {
        out(core::str::from_utf8(piece).unwrap_or("\u{fffd}"));
    });
    if let Some(missing) = refusal.missing {
        out("/");
        out(missing.name());
    }
}

impl Refusal {
    /// The JSON Pointer of the element that it is about (RFC 6901): `/Statement/0/Action` for example. Empty for a refusal
    /// of the document as a whole. `json` is the document that was refused. Time linear in the document up to that
    /// element.
    #[must_use]
    pub fn pointer<'a>(&'a self, json: &'a (impl AsRef<[u8]> + ?Sized)) -> impl core::fmt::Display + 'a {
        Pointer { refusal: self, json: json.as_ref() }
    }
}

/// The place of a refusal in its document.
struct Pointer<'a> {
    refusal: &'a Refusal,
    json: &'a [u8],
}

impl core::fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut written = Ok(());
        write_pointer(self.json, self.refusal, &mut |piece| {
            written = written.and_then(|()| f.write_str(piece));
        });
        written
    }
}
