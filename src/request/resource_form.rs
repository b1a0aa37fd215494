//! What the ARN of a resource says of it (R-RES-15).

use zerocopy::little_endian::U32;

use super::input::{Resource, ResourceKind};
use super::malformed::RequestError;
use super::memory::{Output, bounded};
use super::records::{ResourceRecord, Text};
use crate::ground::arn;
use crate::ground::hash::prefix;

/// What the ARN of a resource says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ResourceForm {
    /// Nothing that matters here.
    Other = 0,
    /// A key of KMS; an alias is none.
    KmsKey = 1,
    /// A role.
    Role = 2,
    /// A role whose path begins with `/aws-service-role/` (R-PRIN-17).
    ServiceLinkedRole = 3,
    /// A bucket, not what lies in it.
    Bucket = 4,
}

impl ResourceForm {
    /// The form of a resource with these fields.
    pub(crate) fn of_fields([_, _, service, region, account, name]: [&[u8]; 6]) -> Self {
        match service {
            b"kms" if name.starts_with(b"key/") => Self::KmsKey,
            b"iam" if name.starts_with(SERVICE_LINKED) => Self::ServiceLinkedRole,
            b"iam" if name.starts_with(b"role/") => Self::Role,
            b"s3" if region.is_empty() && account.is_empty() && is_bucket_name(name) => Self::Bucket,
            _ => Self::Other,
        }
    }

    pub(crate) fn from_number(number: u8) -> Self {
        match number {
            1 => Self::KmsKey,
            2 => Self::Role,
            3 => Self::ServiceLinkedRole,
            4 => Self::Bucket,
            _ => Self::Other,
        }
    }

    /// The kind of the resource, for an action that assumes roles or one that does not (R-RES-15).
    pub(crate) fn kind(self, assumes_role: bool) -> ResourceKind {
        match self {
            Self::KmsKey => ResourceKind::KmsKey,
            Self::Role | Self::ServiceLinkedRole if assumes_role => ResourceKind::Role,
            _ => ResourceKind::Ordinary,
        }
    }
}

/// How the last field of a service-linked role's ARN begins (R-PRIN-17).
pub(crate) const SERVICE_LINKED: &[u8] = b"role/aws-service-role/";

/// A name without slash, colon and wildcard, so that the ARN is a bucket's.
fn is_bucket_name(name: &[u8]) -> bool {
    !name.is_empty() && !name.iter().any(|byte| matches!(byte, b'/' | b':' | b'*' | b'?'))
}

impl ResourceKind {
    /// The kind that follows from the action and the resource (R-RES-15), as preparing a request finds it.
    #[must_use]
    pub fn from_request(action: impl AsRef<[u8]>, resource: impl AsRef<[u8]>) -> Self {
        let form = arn::split(resource.as_ref()).map_or(ResourceForm::Other, ResourceForm::of_fields);
        form.kind(assumes_role(action.as_ref()))
    }
}

/// Whether an action makes a role a resource that is to be assumed (R-RES-15).
pub(crate) fn assumes_role(action: &[u8]) -> bool {
    const ACTIONS: [&[u8]; 5] = [
        b"sts:AssumeRole",
        b"sts:AssumeRoleWithSAML",
        b"sts:AssumeRoleWithWebIdentity",
        b"sts:TagSession",
        b"sts:SetSourceIdentity",
    ];
    ACTIONS.iter().any(|name| action.eq_ignore_ascii_case(name))
}

/// The bytes that the texts of a resource take at most.
pub(super) fn resource_room(resource: &Resource<'_>) -> Result<usize, RequestError> {
    let Resource { arn, account, .. } = *resource;
    Ok(bounded(arn)?.len() + prefix::words(arn) * size_of::<u64>() + bounded(account)?.len())
}

/// Splits a resource (R-RES-3), and finds its owner (R-RES-13).
pub(super) fn write_resource(
    resource: &Resource<'_>,
    derive_account: bool,
    record: &mut ResourceRecord,
    output: &mut Output<'_>,
) -> Result<(), RequestError> {
    let text = output.text(resource.arn)?;
    let colons = arn::colons(resource.arn);
    let fields = colons.and_then(|colons| arn::fields(resource.arn, colons));
    let (in_arn, form) = match fields {
        None if resource.arn == b"*" => (None, ResourceForm::Other),
        Some(fields @ [b"arn", partition, service, _, account, _])
            if arn::is_partition(partition) && arn::is_service(service) =>
        {
            (Some(account).filter(|account| arn::is_account(account)), ResourceForm::of_fields(fields))
        }
        _ => return Err(RequestError::Resource),
    };
    // Whose the resource is decides between the rules for one account and for two; without it, neither is safe.
    let owner = match (in_arn, resource.account) {
        (Some(in_arn), b"") => text.part(resource.arn, in_arn),
        (Some(in_arn), stated) if stated == in_arn => text.part(resource.arn, in_arn),
        (Some(_), _) => return Err(RequestError::ResourceOwner),
        (None, stated) if arn::is_account(stated) => output.text(stated)?,
        (None, _) => return Err(RequestError::ResourceAccount),
    };
    *record = ResourceRecord {
        text,
        prefixes: output.prefixes(resource.arn)?,
        colons: colons.unwrap_or_default().map(U32::new),
        owner,
        account_key: if derive_account { owner } else { Text::CALLERS },
        given: 1,
        in_management_account: u8::from(resource.in_management_account),
        form: form as u8,
        reserved: 0,
        absent: U32::ZERO,
    };
    Ok(())
}
