//! What the ARN of a resource says of it (R-RES-15).

use zerocopy::little_endian::U32;

use super::input::{Resource, ResourceKind};
use super::malformed::RequestError;
use super::memory::{Output, bounded};
use super::records::ResourceRecord;
use crate::ground::arn;
use crate::ground::hash::prefix;
use crate::ground::lanes::same;

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
    /// The form of a resource whose first five colons are there.
    #[inline]
    pub(crate) fn of(arn: &[u8], colons: &[u32; 5]) -> Self {
        let [.., last] = *colons;
        let name = || arn.get(last as usize + 1..).unwrap_or_default();
        let is_global = || arn::field::<3>(arn, colons).is_empty() && arn::field::<4>(arn, colons).is_empty();
        match arn::field::<2>(arn, colons) {
            b"kms" if name().starts_with(b"key/") => Self::KmsKey,
            b"iam" if name().starts_with(SERVICE_LINKED) => Self::ServiceLinkedRole,
            b"iam" if name().starts_with(b"role/") => Self::Role,
            b"s3" if is_global() && is_bucket_name(name()) => Self::Bucket,
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
        let resource = resource.as_ref();
        let form =
            arn::colons(resource).map_or(ResourceForm::Other, |colons| ResourceForm::of(resource, &colons));
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

/// What a resource has to go together with its principal by, in the caller's own text.
#[derive(Clone, Copy, Default)]
pub(super) struct Whose<'a> {
    /// The partition of its ARN; empty for `*`, which has none.
    pub(super) partition: &'a [u8],
    /// The account that owns it (R-RES-13).
    pub(super) owner: &'a [u8],
}

/// Splits a resource (R-RES-3), and finds its owner (R-RES-13). `record` is that of no resource.
pub(super) fn write_resource<'a>(
    resource: &Resource<'a>,
    derive_account: bool,
    record: &mut ResourceRecord,
    whose: &mut Whose<'a>,
    output: &mut Output<'_>,
) -> Result<(), RequestError> {
    let arn = resource.arn;
    let mut in_arn: &[u8] = &[];
    if let Some(colons) = output.arn(arn, record)? {
        // Most resources are of the first partition.
        let has_partition = arn.starts_with(b"arn:aws:")
            || arn.starts_with(b"arn:") && arn::is_partition(arn::field::<1>(arn, &colons));
        if !has_partition || !arn::is_service(arn::field::<2>(arn, &colons)) {
            return Err(RequestError::Resource);
        }
        record.colons = colons.map(U32::new);
        record.form = ResourceForm::of(arn, &colons) as u8;
        whose.partition = arn::field::<1>(arn, &colons);
        in_arn = arn::field::<4>(arn, &colons);
    } else if arn != b"*" {
        return Err(RequestError::Resource);
    }
    // Whose the resource is decides between the rules for one account and for two; without it, neither is safe.
    let stated = resource.account;
    if arn::is_account(in_arn) {
        if !stated.is_empty() && !same(stated, in_arn) {
            return Err(RequestError::ResourceOwner);
        }
        (whose.owner, record.owner) = (in_arn, record.text.part(arn, in_arn));
    } else if arn::is_account(stated) {
        (whose.owner, record.owner) = (stated, output.text(stated)?);
    } else {
        return Err(RequestError::ResourceAccount);
    }
    if derive_account {
        record.account_key = record.owner;
    }
    record.given = 1;
    record.in_management_account = u8::from(resource.in_management_account);
    Ok(())
}
