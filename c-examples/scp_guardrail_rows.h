/* The requests of scp_guardrail.c, with the decision and the policy that are expected to be its maker. */

#define ALLOW IAMLET_ALLOW
#define IMPLICIT IAMLET_IMPLICIT_DENY
#define EXPLICIT IAMLET_EXPLICIT_DENY
#define TYPE "ec2:InstanceType"
#define MFA "aws:MultiFactorAuthPresent"
#define OBJECT "arn:aws:s3:::site/index.html"

static const struct row {
    const char *title;
    int account, user;
    const char *action, *resource, *region, *key, *value;
    uint32_t effect;
    const char *by;
} ROWS[] = {
    {"Outside of the EU, what is not bound to a Region is left.", WEB, ADMIN, "s3:GetObject", OBJECT,
     "eu-west-1", NULL, NULL, ALLOW, "AdministratorAccess"},
    {NULL, WEB, ADMIN, "s3:GetObject", OBJECT, "us-east-1", NULL, NULL, EXPLICIT, "DenyAllOutsideEU"},
    {NULL, WEB, ADMIN, "iam:CreateUser", "arn:aws:iam::111122223333:user/bob", "us-east-1", NULL, NULL,
     ALLOW, "AdministratorAccess"},
    {NULL, WEB, ROOT, "s3:ListAllMyBuckets", "*", "eu-west-1", NULL, NULL, ALLOW, NULL},
    {NULL, WEB, ROOT, "s3:ListAllMyBuckets", "*", "us-east-1", NULL, NULL, EXPLICIT, "DenyAllOutsideEU"},

    {"One role cannot be changed; it can be seen.", WEB, ADMIN, "iam:UpdateRole",
     "arn:aws:iam::111122223333:role/role-to-deny", "us-east-1", NULL, NULL, EXPLICIT, "DenyAccessToAdminRole"},
    {NULL, WEB, ADMIN, "iam:UpdateRole", "arn:aws:iam::111122223333:role/other", "us-east-1", NULL, NULL,
     ALLOW, "AdministratorAccess"},
    {NULL, WEB, ADMIN, "iam:GetRole", "arn:aws:iam::111122223333:role/role-to-deny", "us-east-1", NULL, NULL,
     ALLOW, "AdministratorAccess"},

    {"Instances are small. One whose type the request does not tell is not.", WEB, ADMIN, "ec2:RunInstances",
     "arn:aws:ec2:eu-west-1:111122223333:instance/*", "eu-west-1", TYPE, "t2.micro", ALLOW, "AdministratorAccess"},
    {NULL, WEB, ADMIN, "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*", "eu-west-1",
     TYPE, "m5.large", EXPLICIT, "OnlyMicroInstances"},
    {NULL, WEB, ADMIN, "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*", "eu-west-1",
     NULL, NULL, EXPLICIT, "OnlyMicroInstances"},
    {NULL, WEB, ADMIN, "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:subnet/s-1", "eu-west-1",
     NULL, NULL, ALLOW, "AdministratorAccess"},

    {"An allow list at the account: what it leaves out is denied, though all levels above allow it.", BATCH, ADMIN,
     "ec2:StartInstances", "arn:aws:ec2:eu-west-1:222233334444:instance/i-1", "eu-west-1", NULL, NULL,
     ALLOW, "AdministratorAccess"},
    {NULL, BATCH, ADMIN, "ec2:CreateVpc", "*", "eu-west-1", NULL, NULL, IMPLICIT, NULL},
    {NULL, BATCH, POWER, "s3:GetObject", OBJECT, "eu-west-1", NULL, NULL, IMPLICIT, NULL},
    {NULL, BATCH, ROOT, "s3:GetObject", OBJECT, "eu-west-1", NULL, NULL, IMPLICIT, NULL},

    {"One Region, but for IAM.", TRIAL, ADMIN, "sqs:SendMessage", "arn:aws:sqs:us-west-1:333344445555:jobs",
     "us-west-1", NULL, NULL, ALLOW, "AdministratorAccess"},
    {NULL, TRIAL, ADMIN, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:333344445555:jobs", "eu-west-1", NULL, NULL,
     EXPLICIT, "LimitActionsInRegion"},
    {NULL, TRIAL, ADMIN, "iam:CreateUser", "arn:aws:iam::333344445555:user/bob", "us-east-1", NULL, NULL,
     ALLOW, "AdministratorAccess"},

    {"A list of services that are denied.", IDLE, ADMIN, "ec2:StartInstances",
     "arn:aws:ec2:us-west-1:444455556666:instance/i-1", "us-west-1", NULL, NULL, EXPLICIT, "DenyIAMandEC2andRDS"},
    {NULL, IDLE, ADMIN, "iam:CreateUser", "arn:aws:iam::444455556666:user/bob", "us-east-1", NULL, NULL,
     EXPLICIT, "DenyIAMandEC2andRDS"},
    {NULL, IDLE, ADMIN, "s3:GetObject", OBJECT, "us-west-1", NULL, NULL, ALLOW, "AdministratorAccess"},

    {"NotAction with Deny, in a policy of the user: without a second factor, only IAM.", TRIAL, CAREFUL,
     "s3:GetObject", OBJECT, "us-west-1", MFA, "true", ALLOW, "AdministratorAccess"},
    {NULL, TRIAL, CAREFUL, "s3:GetObject", OBJECT, "us-west-1", MFA, "false", EXPLICIT, "DenyAllUsersNotUsingMFA"},
    {NULL, TRIAL, CAREFUL, "s3:GetObject", OBJECT, "us-west-1", NULL, NULL, EXPLICIT, "DenyAllUsersNotUsingMFA"},
    {NULL, TRIAL, CAREFUL, "iam:ListUsers", "*", "us-east-1", NULL, NULL, ALLOW, "AdministratorAccess"},

    {"NotAction with Allow: on buckets all but DeleteBucket; in all of AWS all but IAM.", TRIAL, BUCKETS,
     "s3:CreateBucket", "arn:aws:s3:::site", "us-west-1", NULL, NULL, ALLOW, "AllBucketsButDeletion"},
    {NULL, TRIAL, BUCKETS, "s3:DeleteBucket", "arn:aws:s3:::site", "us-west-1", NULL, NULL, IMPLICIT, NULL},
    {NULL, TRIAL, BUCKETS, "s3:ListAllMyBuckets", "*", "us-west-1", NULL, NULL, IMPLICIT, NULL},
    {NULL, TRIAL, POWER, "s3:ListAllMyBuckets", "*", "us-west-1", NULL, NULL, ALLOW, "EverythingButIAM"},
    {NULL, TRIAL, POWER, "iam:ListUsers", "*", "us-east-1", NULL, NULL, IMPLICIT, NULL},
};
