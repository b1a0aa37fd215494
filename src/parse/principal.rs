//! `Principal` and `NotPrincipal`: whom a policy may name (R-PRIN-4 to R-PRIN-9).

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use zerocopy::little_endian::U16;

use super::builder::Cause;
use super::reader::{Json, Name, Reader, Strings};
use crate::ground::arn;
use crate::ground::error::Fault;
use crate::image::kind::PolicyKind;
use crate::image::principal_form::{PrincipalForm, is_upper_id};
use crate::image::records::Span;

/// Reads `"*"`, or an object of lists.
pub(super) struct Principals<'r, 'a, 'p> {
    pub(super) reader: &'r mut Reader<'a, 'p>,
    /// The element is `NotPrincipal`.
    pub(super) negated: bool,
}

/// The members that the object may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Aws,
    Service,
    Federated,
    CanonicalUser,
}

const MEMBERS: [(Member, &[u8]); 4] = [
    (Member::Aws, b"AWS"),
    (Member::Service, b"Service"),
    (Member::Federated, b"Federated"),
    (Member::CanonicalUser, b"CanonicalUser"),
];

/// The member whose name is the one that `is` asks for.
pub(super) fn member(is: impl Fn(&[u8]) -> bool) -> Option<Member> {
    MEMBERS.into_iter().find(|(_, name)| is(name)).map(|(member, _)| member)
}

impl<'de> DeserializeSeed<'de> for Principals<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.reader.peek() {
            (Json::String, _) => deserializer.deserialize_str(self),
            // R-RCP-1: a resource control policy is about everyone.
            (Json::Object, offset) if self.reader.kind == PolicyKind::Rcp => {
                Err(self.reader.fail(Fault::BadPrincipal, offset))
            }
            (Json::Object, _) => deserializer.deserialize_map(self),
            (_, offset) => Err(self.reader.fail(Fault::WrongType, offset)),
        }
    }
}

impl<'de> Visitor<'de> for Principals<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("principals")
    }

    fn visit_borrowed_str<E: Error>(self, raw: &'de str) -> Result<(), E> {
        let Self { reader, negated } = self;
        let offset = reader.step_over(raw);
        // R-KIND-7: a trust policy says `{"AWS": "*"}`; R-NPRIN-2: nobody is left that is not everyone.
        if !reader.says(raw, b"*") || negated || reader.kind == PolicyKind::Trust {
            return Err(reader.fail(Fault::BadPrincipal, offset));
        }
        push(reader, b"*", PrincipalForm::Everyone).map_err(|cause| reader.refuse(cause, offset))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { reader, negated } = self;
        let (_, opened) = reader.peek();
        reader.pass_bracket();
        let mut seen = [false; MEMBERS.len()];
        while let Some(raw) = members.next_key_seed(Name)? {
            let key = reader.step_over(raw);
            let Some(member) = member(|name| reader.says(raw, name)) else {
                return Err(reader.fail(Fault::BadPrincipal, key));
            };
            let kind = reader.kind;
            if seen.get_mut(member as usize).is_none_or(|seen| core::mem::replace(seen, true)) {
                return Err(reader.fail(Fault::JsonDuplicateKey, key));
            }
            // R-KIND-5
            let elsewhere = (member == Member::Federated && kind != PolicyKind::Trust)
                || (member == Member::CanonicalUser && kind != PolicyKind::Resource);
            if elsewhere {
                return Err(reader.fail(Fault::BadPrincipal, key));
            }
            let item = |reader: &mut Reader<'_, '_>, raw: &[u8]| {
                reader.with_text(raw, |builder, value| {
                    let form =
                        form(member, value).filter(|form| !(negated && *form == PrincipalForm::AnyAws));
                    let form = form.ok_or(Fault::BadPrincipal)?;
                    let span = builder.text(value)?;
                    builder.add(of_form(span, form))
                })
            };
            // R-PRIN-5: an account may be written as a number.
            let numbers = member == Member::Aws;
            members.next_value_seed(Strings { reader: &mut *reader, numbers, item })?;
        }
        reader.pass_bracket();
        if seen.contains(&true) { Ok(()) } else { Err(reader.fail(Fault::Empty, opened)) }
    }
}

fn of_form(span: Span, form: PrincipalForm) -> Span {
    Span { head: U16::new(form as u16), ..span }
}

fn push(reader: &mut Reader<'_, '_>, value: &[u8], form: PrincipalForm) -> Result<(), Cause> {
    let span = reader.builder.text(value)?;
    reader.builder.add(of_form(span, form))
}

/// What `value` names under `member`, if it may stand there.
fn form(member: Member, value: &[u8]) -> Option<PrincipalForm> {
    if member == Member::Aws && value == b"*" {
        return Some(PrincipalForm::AnyAws);
    }
    // R-PRIN-5: the one name with spaces.
    if member == Member::Aws && PrincipalForm::from_arn(value) == Some(PrincipalForm::OriginAccessIdentity) {
        return Some(PrincipalForm::OriginAccessIdentity);
    }
    // R-PRIN-6, R-PRIN-10: no part of a name is wild, or a variable; and IAM's names and paths are printable ASCII.
    let plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'*' | b'?' | b'$');
    if !value.iter().all(plain) {
        return None;
    }
    match member {
        Member::Aws if arn::is_account(value) => Some(PrincipalForm::Account),
        Member::Aws if is_unique_id(value) => Some(PrincipalForm::UniqueId),
        Member::Aws => PrincipalForm::from_arn(value).filter(|_| !value.windows(2).any(|pair| pair == b"//")),
        Member::Service => is_service(value).then_some(PrincipalForm::Service),
        Member::Federated => is_provider(value).then_some(PrincipalForm::Federated),
        Member::CanonicalUser => {
            // R-PRIN-9
            let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            (value.len() == 64 && value.iter().all(hex)).then_some(PrincipalForm::CanonicalUser)
        }
    }
}

/// `AIDA...` or `AROA...` (R-PRIN-5).
fn is_unique_id(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b"AIDA").or_else(|| value.strip_prefix(b"AROA"));
    rest.is_some_and(is_upper_id)
}

/// What the names of services end in: those of AWS's partitions, and Alexa's (R-PRIN-7).
const SERVICE_SUFFIXES: [&[u8]; 8] = [
    b".amazonaws.com",
    b".amazonaws.com.cn",
    b".amazon.com",
    b".c2s.ic.gov",
    b".sc2s.sgov.gov",
    b".adc-e.uk",
    b".csp.hci.ic.gov",
    b".amazonaws.eu",
];

/// The labels of a service in front of its suffix, dots between them (R-PRIN-7).
pub(super) fn service_name(value: &[u8]) -> Option<&[u8]> {
    SERVICE_SUFFIXES.iter().find_map(|suffix| value.strip_suffix(*suffix))
}

/// Whether a text is the suffix of services and no more.
pub(super) fn is_suffix(value: &[u8]) -> bool {
    SERVICE_SUFFIXES.iter().any(|suffix| suffix.strip_prefix(b".") == Some(value))
}

/// A part of a domain name, as AWS writes them: lower-case letters, digits and hyphens.
pub(super) fn is_label(label: &[u8]) -> bool {
    !label.is_empty() && label.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// One label or more, and a suffix of AWS's (R-PRIN-7).
fn is_service(value: &[u8]) -> bool {
    service_name(value).is_some_and(|name| name.split(|byte| *byte == b'.').all(is_label))
}

/// One of the providers that IAM knows by name (R-PRIN-8).
fn is_built_in(value: &[u8]) -> bool {
    const BUILT_IN: [&[u8]; 5] = [
        b"cognito-identity.amazonaws.com",
        b"www.amazon.com",
        b"graph.facebook.com",
        b"accounts.google.com",
        b"cognito-identity-us-gov.amazonaws.com",
    ];
    // Cognito in other partitions and regions: `cognito-identity.REGION.amazonaws.com`, and the same with `.cn`.
    let regional = || {
        let rest = value.strip_prefix(b"cognito-identity.")?;
        rest.strip_suffix(b".amazonaws.com").or_else(|| rest.strip_suffix(b".amazonaws.com.cn"))
    };
    BUILT_IN.contains(&value) || regional().is_some_and(is_label)
}

/// The ARN of a SAML or OIDC provider, or one of the providers that IAM knows by name (R-PRIN-8).
fn is_provider(value: &[u8]) -> bool {
    if is_built_in(value) {
        return true;
    }
    let Some([arn, partition, service, region, account, name]) = arn::split(value) else { return false };
    let provider = name.strip_prefix(b"saml-provider/").or_else(|| name.strip_prefix(b"oidc-provider/"));
    arn == b"arn"
        && arn::is_partition(partition)
        && service == b"iam"
        && region.is_empty()
        && arn::is_account(account)
        && provider.is_some_and(|provider| !provider.is_empty())
}
