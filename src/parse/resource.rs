//! `Resource` and `NotResource`: what a resource may be (R-RES-1, R-RES-2, R-RES-8).

use super::builder::Cause;
use super::pattern::{self, Syntax, Token};
use super::reader::Reader;
use crate::ground::arn::{is_account, is_partition};
use crate::ground::error::Fault;
use crate::ground::wildcard::STAR;
use crate::image::kind::PolicyKind;

/// What completes an ARN of three, four or five fields (R-RES-8).
const COMPLETION: &[u8] = &[b':', STAR, b':', STAR, b':', STAR];

/// Adds a resource to the spans; notes whether it is anything but `*`.
pub(super) fn add(reader: &mut Reader<'_, '_>, raw: &[u8], narrow: &mut bool) -> Result<(), Cause> {
    let (kind, version_2012, completes) = (reader.kind, reader.version_2012, reader.rules.completes_arns);
    reader.with_text(raw, |builder, resource| {
        if resource == b"*" {
            let span = builder.text(&[STAR])?;
            return builder.add(span);
        }
        *narrow = true;
        let variables = version_2012 && pattern::opens_variable(resource);
        let syntax = Syntax { wildcards: true, variables, fold: false };
        let missing = check_fields(resource, kind, variables, completes).map_err(|fault| {
            // A malformed variable may hide where the fields end, so it is reported first.
            pattern::check_variables(resource, syntax).err().unwrap_or(fault)
        })?;
        let completion = COMPLETION.get(..missing * 2).unwrap_or_default();
        let span = builder.completed_pattern(resource, completion, syntax)?;
        builder.add(span)
    })
}

/// Checks the fields of an ARN pattern and returns how many are missing at its end.
fn check_fields(resource: &[u8], kind: PolicyKind, variables: bool, completes: bool) -> Result<usize, Fault> {
    let ([arn, partition, service, region, account, _], count) = pattern::fields::<6>(resource, variables);
    if count < 6 && !(completes && count >= 3) {
        return Err(Fault::BadResource);
    }
    // R-VAR-5
    if variables && (pattern::opens_variable(partition) || pattern::opens_variable(service)) {
        return Err(Fault::BadVariable);
    }
    let in_service = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let fits = arn == b"arn"
        && (partition == b"*" || is_partition(partition))
        && !service.is_empty()
        && service.iter().all(in_service)
        && (count < 4 || is_region(region, variables))
        && (count < 5 || is_account_pattern(account, kind, variables));
    if fits { Ok(6_usize.saturating_sub(count)) } else { Err(Fault::BadResource) }
}

/// `[a-z0-9-]`, wildcards, and variables.
pub(super) fn is_region(region: &[u8], variables: bool) -> bool {
    pattern::tokens(region, Syntax { wildcards: true, variables, fold: false }).all(|token| match token {
        Ok(Token::Literal(text)) => text.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')),
        Ok(Token::Star | Token::One | Token::Variable { .. }) => true,
        Err(_) => false,
    })
}

/// Empty, an account, one of AWS's own, a variable, or up to 12 digits and wildcards.
pub(super) fn is_account_pattern(account: &[u8], kind: PolicyKind, variables: bool) -> bool {
    if account.is_empty() || is_account(account) || matches!(account, b"aws" | b"amazon" | b"cloudfront") {
        return true;
    }
    let mut tokens = pattern::tokens(account, Syntax { wildcards: false, variables, fold: false });
    if matches!((tokens.next(), tokens.next()), (Some(Ok(Token::Variable { .. })), None)) {
        return true;
    }
    let wildcards = account.iter().filter(|byte| matches!(byte, b'*' | b'?')).count();
    let digits = account.iter().filter(|byte| byte.is_ascii_digit()).count();
    // R-VPCE-5: an id or a wildcard, not a mix.
    let mixed = digits > 0 && kind == PolicyKind::Vpce;
    wildcards > 0 && wildcards + digits == account.len() && account.len() <= 12 && !mixed
}
