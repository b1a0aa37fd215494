//! How AWS spells the names of context keys: images have them in lower case, for case does not count (R-COND-6).

use core::fmt;

/// The global keys whose names have more than one word, as the IAM guide spells them.
const GLOBAL: [&str; 49] = [
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourceVpc",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "aws:IsMcpServiceAction",
    "ec2:InstanceType",
    "kms:ViaService",
    "s3:ExistingObjectTag",
    "s3:RequestObjectTag",
    "sts:ExternalId",
];

/// The keys that take a name of the caller's after a slash.
const PREFIXES: [&str; 5] = [
    "aws:PrincipalTag/",
    "aws:RequestTag/",
    "aws:ResourceTag/",
    "s3:ExistingObjectTag/",
    "s3:RequestObjectTag/",
];

/// The name of a context key, as AWS spells it where that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyName<'a>(pub(super) &'a [u8]);

impl fmt::Display for KeyName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0;
        if let Some(known) = GLOBAL.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name)) {
            return f.write_str(known);
        }
        let begins = |prefix: &&&str| {
            name.get(..prefix.len()).is_some_and(|front| front.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        let prefix = PREFIXES.iter().find(begins).copied().unwrap_or_default();
        f.write_str(prefix)?;
        let rest = name.get(prefix.len()..).unwrap_or_default();
        rest.utf8_chunks().try_for_each(|chunk| f.write_str(chunk.valid()))
    }
}

#[cfg(test)]
mod tests {
    use super::KeyName;

    #[test]
    fn names_are_as_aws_spells_them_where_that_is_known() {
        for (folded, spelled) in [
            ("aws:requestedregion", "aws:RequestedRegion"),
            ("aws:principaltag/team", "aws:PrincipalTag/team"),
            ("aws:userid", "aws:userid"),
            ("dynamodb:leadingkeys", "dynamodb:leadingkeys"),
            ("", ""),
        ] {
            assert_eq!(KeyName(folded.as_bytes()).to_string(), spelled);
        }
    }
}
