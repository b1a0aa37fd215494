//! Policies that own their image.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::ground::error::{Fault, Refusal};
use crate::image::kind::PolicyKind;
use crate::image::layer::Layer;
use crate::image::policy::{ImageError, Policy};
use crate::image::set_writer::SetPolicy;
use crate::image::source_map::SourceMap;
use crate::parse::scratch::{LargeScratch, MediumScratch, ScratchMemory, SmallScratch};
use crate::parse::{CompileError, CompileOptions, MappedSize, compile, compile_mapped};

/// A policy that owns its image.
///
/// ```
/// use iamlet::{Fault, Layer, PolicyBuf, PolicyKind};
///
/// let json = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
/// let policy = PolicyBuf::compile(PolicyKind::Identity, json)?;
/// assert_eq!(policy.policy()?.statement_count(), 1);
/// assert_eq!(policy.at(Layer::Identity).tag(7).tag, 7);
///
/// let json = json.replace("Allow", "allow");
/// let refusal = PolicyBuf::compile(PolicyKind::Identity, &json).unwrap_err();
/// assert_eq!((refusal.fault, refusal.line, refusal.column), (Fault::BadEffect, 1, 51));
/// assert_eq!(refusal.pointer(&json).to_string(), "/Statement/Effect");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyBuf {
    image: Vec<u8>,
}

impl PolicyBuf {
    /// Compiles a document, with as much memory as it takes.
    ///
    /// Cost: linear in the document. One of more than 6 KB is tried with more memory, of more than 32 KB with a mebibyte,
    /// for so long as it is compiled.
    ///
    /// # Errors
    /// Why the document is refused.
    pub fn compile(kind: PolicyKind, json: impl AsRef<[u8]>) -> Result<Self, Refusal> {
        Self::compile_with(kind, json, CompileOptions::default())
    }

    /// As [`compile`](Self::compile), with options.
    ///
    /// # Errors
    /// Why the document is refused.
    pub fn compile_with(
        kind: PolicyKind,
        json: impl AsRef<[u8]>,
        options: CompileOptions,
    ) -> Result<Self, Refusal> {
        compile_with(kind, json.as_ref(), options, &mut None)
    }

    /// As [`compile_with`](Self::compile_with), and tells where the statements stand in the document: the bytes of a
    /// [`SourceMap`], 8 for each. Keep them for as long as decisions are explained, by
    /// [`Source::map`](crate::Source::map).
    ///
    /// ```
    /// use iamlet::{CompileOptions, PolicyBuf, PolicyKind, SourceMap};
    ///
    /// let json = "{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\"}}";
    /// let (policy, map) = PolicyBuf::compile_mapped(PolicyKind::Identity, json, CompileOptions::default())?;
    /// assert_eq!(policy.policy()?.statement_count(), 1);
    /// assert_eq!(SourceMap::new(&map).position(0).unwrap().to_string(), "2:15");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Why the document is refused.
    pub fn compile_mapped(
        kind: PolicyKind,
        json: impl AsRef<[u8]>,
        options: CompileOptions,
    ) -> Result<(Self, Vec<u8>), Refusal> {
        let json = json.as_ref();
        let mut map = Some(alloc::vec![0; SourceMap::room(json.len())]);
        let policy = compile_with(kind, json, options, &mut map)?;
        Ok((policy, map.unwrap_or_default()))
    }

    /// Takes an image that was compiled before.
    ///
    /// # Errors
    /// As [`Policy::open`].
    pub fn open(image: Vec<u8>) -> Result<Self, ImageError> {
        Policy::open(&image)?;
        Ok(Self { image })
    }

    /// The policy, to look into.
    ///
    /// # Errors
    /// None for an image that was compiled or opened: it cannot change.
    pub fn policy(&self) -> Result<Policy<'_>, ImageError> {
        Policy::view(&self.image)
    }

    /// The policy at a layer, for a set.
    #[must_use]
    pub fn at(&self, layer: Layer) -> SetPolicy<'_> {
        SetPolicy::at(&self.image, layer)
    }

    /// The image.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.image
    }

    /// The image, handed over.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.image
    }
}

/// Compiles with as much memory as it takes, with a source map where there is a place for one.
fn compile_with(
    kind: PolicyKind,
    json: &[u8],
    options: CompileOptions,
    map: &mut Option<Vec<u8>>,
) -> Result<PolicyBuf, Refusal> {
    let is_full = |compiled: &Result<PolicyBuf, Refusal>| matches!(compiled, Err(error) if error.fault == Fault::Capacity);
    let mut compiled = compile_in(kind, json, options, &mut *Box::new(SmallScratch::new()), map);
    if is_full(&compiled) {
        compiled = compile_in(kind, json, options, &mut *Box::new(MediumScratch::new()), map);
    }
    if is_full(&compiled) {
        compiled = compile_in(kind, json, options, &mut *Box::new(LargeScratch::new()), map);
    }
    compiled
}

fn compile_in(
    kind: PolicyKind,
    json: &[u8],
    options: CompileOptions,
    scratch: &mut impl ScratchMemory,
    map: &mut Option<Vec<u8>>,
) -> Result<PolicyBuf, Refusal> {
    // Most images are shorter than their document.
    let mut image = alloc::vec![0; json.len().max(512)];
    loop {
        let compiled = match map {
            Some(map) => compile_mapped(json, kind, options, scratch, &mut image, map),
            None => compile(json, kind, options, scratch, &mut image)
                .map(|image| MappedSize { image, ..MappedSize::default() }),
        };
        let resize = |bytes: &mut Vec<u8>, size: usize| {
            bytes.resize(size, 0);
            bytes.shrink_to_fit();
        };
        match compiled {
            Ok(size) => {
                resize(&mut image, size.image);
                map.iter_mut().for_each(|map| resize(map, size.map));
                return Ok(PolicyBuf { image });
            }
            Err(CompileError::OutputTooSmall(size)) => image.resize(size, 0),
            Err(CompileError::OutputsTooSmall { image: size, map: map_size }) => {
                image.resize(size, 0);
                map.iter_mut().for_each(|map| map.resize(map_size, 0));
            }
            Err(CompileError::Refused(refusal)) => return Err(refusal),
        }
    }
}
