//! The values of conditions: read once, at compile time, into what a request's value is compared with (R-COND-12).

use super::builder::{Builder, Cause};
use super::pattern::{self, Syntax};
use super::reader::Json;
use super::recent::Group;
use crate::ground::base64;
use crate::ground::cidr::Prefix;
use crate::ground::date::Instant;
use crate::ground::decimal::Decimal;
use crate::ground::error::{Fault, Pool};
use crate::ground::limits::MAX_STRING;
use crate::image::kind::PolicyKind;
use crate::image::operator::Family;
use crate::image::records::Span;

/// What is known of the values of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub(super) family: Family,
    pub(super) kind: PolicyKind,
    pub(super) version_2012: bool,
    /// Its key is one of those that R-VPCE-3 lists.
    pub(super) system_identifier: bool,
}

impl About {
    /// Of the values that are read as those of this type are.
    pub(super) fn group(&self, json: Json) -> Group {
        Group::of_values((self.family as u8) << 4 | u8::from(self.system_identifier) << 3 | json as u8)
    }
}

/// The keys that identify a system, for VPC endpoint policies (R-VPCE-3).
const SYSTEM_IDENTIFIERS: [&[u8]; 10] = [
    b"aws:PrincipalAccount",
    b"aws:PrincipalOrgID",
    b"aws:ResourceAccount",
    b"aws:ResourceOrgID",
    b"aws:SourceAccount",
    b"aws:SourceOrgID",
    b"aws:SourceVpc",
    b"aws:SourceVpce",
    b"aws:VpceAccount",
    b"aws:VpceOrgID",
];

/// Whether R-VPCE-3 speaks of this key.
pub(super) fn is_system_identifier(key: &[u8]) -> bool {
    SYSTEM_IDENTIFIERS.iter().any(|name| name.eq_ignore_ascii_case(key))
}

/// Adds a value, of this type in the document, to the spans, and returns its span.
#[inline]
pub(super) fn add(builder: &mut Builder<'_>, text: &[u8], json: Json, about: &About) -> Result<Span, Cause> {
    let span = if about.family.takes_variables() {
        written(builder, text, about)?
    } else {
        // R-VAR-5: no constant is written with a variable, so that one is looked for in what is none.
        let misplaced = || about.version_2012 && pattern::opens_variable(text);
        constant(builder, text, json, about)
            .map_err(|cause| if misplaced() { Fault::BadVariable.into() } else { cause })?
    };
    builder.add(span)?;
    Ok(span)
}

/// Stores a value that is compared as it is written.
fn written(builder: &mut Builder<'_>, text: &[u8], about: &About) -> Result<Span, Cause> {
    let family = about.family;
    let syntax = Syntax { wildcards: family.takes_wildcards(), variables: about.version_2012, fold: false };
    let (literal, rest) = pattern::split_literal(text, syntax);
    // R-ARN-1
    let six_fields = || pattern::fields::<6>(text, syntax.variables).1 == 6;
    let arn = || (text.starts_with(b"arn:") || text.starts_with(b"*:")) && six_fields();
    let fits = (family != Family::Arn || arn())
        && (about.kind != PolicyKind::Vpce || fits_endpoint(text, syntax, family, about.system_identifier));
    if !fits {
        // What a malformed variable hides is not looked for.
        pattern::check_variables(rest, syntax)?;
        return Err(Fault::BadConditionValue.into());
    }
    builder.divided_pattern(literal, rest, &[], syntax)
}

/// Stores what a value stands for that is no text.
fn constant(builder: &mut Builder<'_>, text: &[u8], json: Json, about: &About) -> Result<Span, Cause> {
    let bad = Fault::BadConditionValue;
    match about.family {
        Family::Number => {
            if about.kind == PolicyKind::Vpce && about.system_identifier {
                return Err(bad.into());
            }
            builder.constant(Decimal::parse(text).ok_or(bad)?.to_bytes())
        }
        Family::Date => {
            // R-DATE-2: a JSON number is epoch seconds even where it has four digits.
            let instant =
                if json == Json::Number { Instant::parse_number(text) } else { Instant::parse(text) };
            builder.constant(instant.ok_or(bad)?.to_bytes())
        }
        Family::Ip => builder.constant(Prefix::parse(text).ok_or(bad)?.to_bytes()),
        Family::Binary => binary(builder, text),
        // The texts have gone another way.
        Family::Bool
        | Family::Null
        | Family::Text
        | Family::TextIgnoreCase
        | Family::Pattern
        | Family::Arn => {
            let truth = text.eq_ignore_ascii_case(b"true");
            if !truth && !text.eq_ignore_ascii_case(b"false") {
                return Err(bad.into());
            }
            builder.constant([u8::from(truth)])
        }
    }
}

/// Stores the bytes that base64 text stands for (R-BIN-1).
fn binary(builder: &mut Builder<'_>, text: &[u8]) -> Result<Span, Cause> {
    let len = base64::decoded_len(text).ok_or(Fault::BadConditionValue)?;
    if len > MAX_STRING {
        return Err(Cause::Full(Pool::String));
    }
    builder.written(len, |out| base64::decode_into(text, out) == Some(len))
}

/// R-VPCE-3: no wildcard where a system is identified. R-VPCE-4: elsewhere each wildcard of a string operator has six
/// characters right before or after it, as the text is written.
fn fits_endpoint(text: &[u8], syntax: Syntax, family: Family, system_identifier: bool) -> bool {
    const NEIGHBOURS: usize = 6;
    let neighbours = if family == Family::Pattern { NEIGHBOURS } else { 0 };
    // The characters since the last wildcard, and whether that wildcard still lacks its neighbours.
    let mut characters = 0;
    let mut lacking = false;
    let mut in_variable = false;
    for (at, byte) in text.iter().enumerate() {
        let opens = *byte == b'$' && text.get(at + 1) == Some(&b'{');
        in_variable = (in_variable || (opens && syntax.variables)) && *byte != b'}';
        let wildcard = syntax.wildcards && matches!(byte, b'*' | b'?') && !in_variable;
        if !wildcard {
            // A UTF-8 continuation byte begins no character.
            characters += usize::from(!matches!(byte, 0x80..=0xBF));
            continue;
        }
        if system_identifier || (lacking && characters < neighbours) {
            return false;
        }
        lacking = characters < neighbours;
        characters = 0;
    }
    !lacking || characters >= neighbours
}
