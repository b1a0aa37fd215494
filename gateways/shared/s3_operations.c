#include "s3_operations.h"

static const struct {
    iamlet_text name;
    s3_parameter parameter;
} names[] = {
    {TEXT("accelerate"), S3_ACCELERATE},
    {TEXT("acl"), S3_ACL},
    {TEXT("analytics"), S3_ANALYTICS},
    {TEXT("attributes"), S3_ATTRIBUTES},
    {TEXT("cors"), S3_CORS},
    {TEXT("delete"), S3_DELETE},
    {TEXT("encryption"), S3_ENCRYPTION},
    {TEXT("intelligent-tiering"), S3_INTELLIGENT_TIERING},
    {TEXT("inventory"), S3_INVENTORY},
    {TEXT("legal-hold"), S3_LEGAL_HOLD},
    {TEXT("lifecycle"), S3_LIFECYCLE},
    {TEXT("location"), S3_LOCATION},
    {TEXT("logging"), S3_LOGGING},
    {TEXT("metrics"), S3_METRICS},
    {TEXT("notification"), S3_NOTIFICATION},
    {TEXT("object-lock"), S3_OBJECT_LOCK},
    {TEXT("ownershipControls"), S3_OWNERSHIP_CONTROLS},
    {TEXT("policy"), S3_POLICY},
    {TEXT("policyStatus"), S3_POLICY_STATUS},
    {TEXT("publicAccessBlock"), S3_PUBLIC_ACCESS_BLOCK},
    {TEXT("replication"), S3_REPLICATION},
    {TEXT("requestPayment"), S3_REQUEST_PAYMENT},
    {TEXT("restore"), S3_RESTORE},
    {TEXT("retention"), S3_RETENTION},
    {TEXT("select"), S3_SELECT},
    {TEXT("tagging"), S3_TAGGING},
    {TEXT("torrent"), S3_TORRENT},
    {TEXT("uploads"), S3_UPLOADS},
    {TEXT("uploadId"), S3_UPLOAD_ID},
    {TEXT("versioning"), S3_VERSIONING},
    {TEXT("versions"), S3_VERSIONS},
    {TEXT("website"), S3_WEBSITE},
    {TEXT("prefix"), S3_PREFIX},
    {TEXT("delimiter"), S3_DELIMITER},
    {TEXT("max-keys"), S3_MAX_KEYS},
    {TEXT("versionId"), S3_VERSION_ID},
    {TEXT("partNumber"), S3_PART_NUMBER},
    {TEXT("select-type"), S3_SELECT_TYPE},
    {TEXT("id"), S3_CONFIGURATION_ID},
    {TEXT("bucket-region"), S3_LISTING},
    {TEXT("continuation-token"), S3_LISTING},
    {TEXT("encoding-type"), S3_LISTING},
    {TEXT("fetch-owner"), S3_LISTING},
    {TEXT("key-marker"), S3_LISTING},
    {TEXT("list-type"), S3_LISTING},
    {TEXT("marker"), S3_LISTING},
    {TEXT("max-buckets"), S3_LISTING},
    {TEXT("max-uploads"), S3_LISTING},
    {TEXT("start-after"), S3_LISTING},
    {TEXT("upload-id-marker"), S3_LISTING},
    {TEXT("version-id-marker"), S3_LISTING},
    {TEXT("max-parts"), S3_PARTS},
    {TEXT("part-number-marker"), S3_PARTS},
    {TEXT("response-cache-control"), S3_RESPONSE},
    {TEXT("response-content-disposition"), S3_RESPONSE},
    {TEXT("response-content-encoding"), S3_RESPONSE},
    {TEXT("response-content-language"), S3_RESPONSE},
    {TEXT("response-content-type"), S3_RESPONSE},
    {TEXT("response-expires"), S3_RESPONSE},
    /* Who signed, which the upstream verifies, and what SDKs add. */
    {TEXT("AWSAccessKeyId"), S3_V2_KEY},
    {TEXT("Expires"), S3_V2_EXPIRES},
    {TEXT("Signature"), S3_V2_SIGNATURE},
    {TEXT("X-Amz-Algorithm"), S3_V4_ALGORITHM},
    {TEXT("X-Amz-Credential"), S3_V4_CREDENTIAL},
    {TEXT("X-Amz-Date"), S3_V4_DATE},
    {TEXT("X-Amz-Expires"), S3_V4_EXPIRES},
    {TEXT("X-Amz-Security-Token"), S3_V4_TOKEN},
    {TEXT("X-Amz-Signature"), S3_V4_SIGNATURE},
    {TEXT("X-Amz-SignedHeaders"), S3_V4_SIGNED_HEADERS},
    {TEXT("x-id"), S3_ANYWHERE},
};
_Static_assert(sizeof names / sizeof *names <= S3_NAMES_MAX, "there is a bit for each name");

const char *s3_find_parameter(iamlet_text name, s3_parameter *parameter, size_t *number)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_equals_in_any_case(name, names[i].name)) {
            *parameter = names[i].parameter;
            *number = i;
            return text_equals(name, names[i].name) ? NULL : "a query parameter of S3 is written in another case";
        }
    }
    return "the query has a parameter that S3 does not have";
}

bool s3_takes_value(s3_parameter parameter)
{
    return parameter >= S3_PREFIX || parameter == S3_UPLOAD_ID;
}

#define GET TEXT("GET")
#define HEAD TEXT("HEAD")
#define PUT TEXT("PUT")
#define POST TEXT("POST")
#define DELETE TEXT("DELETE")
#define NO_VERSION {NULL, 0}
#define ACTION(name) TEXT("s3:" name)
#define LISTS (S3_BIT(S3_PREFIX) | S3_BIT(S3_DELIMITER) | S3_BIT(S3_MAX_KEYS) | S3_BIT(S3_LISTING))
#define READS (S3_BIT(S3_VERSION_ID) | S3_BIT(S3_PART_NUMBER) | S3_BIT(S3_RESPONSE))
#define VERSION S3_BIT(S3_VERSION_ID)
#define BODY S3_BIT(S3_BODY)

/* The configuration of a bucket: an action to read it and one to write it, which deletes it, too, if no other does. */
#define CONFIGURATION(parameter, reads, writes, deletes)                                                               \
    {S3_BUCKET, GET, S3_BIT(parameter), 0, reads, NO_VERSION},                                                         \
        {S3_BUCKET, PUT, S3_BIT(parameter), 0, writes, NO_VERSION},                                                    \
        {S3_BUCKET, DELETE, S3_BIT(parameter), 0, deletes, NO_VERSION}
#define ID S3_BIT(S3_CONFIGURATION_ID)
/* One of several, which are told apart by an id: to write or delete one takes it, and listing them does not. */
#define CONFIGURATION_BY_ID(parameter, reads, writes, body)                                                            \
    {S3_BUCKET, GET, S3_BIT(parameter), ID | S3_BIT(S3_LISTING), reads, NO_VERSION},                                   \
        {S3_BUCKET, PUT, S3_BIT(parameter) | ID, body, writes, NO_VERSION},                                            \
        {S3_BUCKET, DELETE, S3_BIT(parameter) | ID, 0, writes, NO_VERSION}
/* One that cannot be deleted. */
#define LASTING_CONFIGURATION(parameter, reads, writes)                                                                \
    {S3_BUCKET, GET, S3_BIT(parameter), 0, reads, NO_VERSION},                                                         \
        {S3_BUCKET, PUT, S3_BIT(parameter), 0, writes, NO_VERSION}

/*
 * Not here are POST of a form and POST with `delete`: their keys are in the body, which is not read, so they are
 * refused. So is what is new: a parameter that S3 gets one day.
 */
static const s3_operation operations[] = {
    {S3_SERVICE, GET, 0, LISTS, ACTION("ListAllMyBuckets"), NO_VERSION},

    {S3_OBJECT, GET, 0, READS, ACTION("GetObject"), ACTION("GetObjectVersion")},
    {S3_OBJECT, HEAD, 0, READS, ACTION("GetObject"), ACTION("GetObjectVersion")},
    {S3_OBJECT, PUT, 0, 0, ACTION("PutObject"), NO_VERSION},
    {S3_OBJECT, DELETE, 0, VERSION, ACTION("DeleteObject"), ACTION("DeleteObjectVersion")},
    {S3_OBJECT, POST, S3_BIT(S3_UPLOADS), 0, ACTION("PutObject"), NO_VERSION},
    {S3_OBJECT, PUT, S3_BIT(S3_UPLOAD_ID) | S3_BIT(S3_PART_NUMBER), 0, ACTION("PutObject"), NO_VERSION},
    {S3_OBJECT, POST, S3_BIT(S3_UPLOAD_ID), 0, ACTION("PutObject"), NO_VERSION},
    {S3_OBJECT, DELETE, S3_BIT(S3_UPLOAD_ID), 0, ACTION("AbortMultipartUpload"), NO_VERSION},
    {S3_OBJECT, GET, S3_BIT(S3_UPLOAD_ID), S3_BIT(S3_PARTS), ACTION("ListMultipartUploadParts"), NO_VERSION},
    {S3_OBJECT, GET, S3_BIT(S3_TAGGING), VERSION, ACTION("GetObjectTagging"), ACTION("GetObjectVersionTagging")},
    {S3_OBJECT, PUT, S3_BIT(S3_TAGGING), VERSION | BODY, ACTION("PutObjectTagging"), ACTION("PutObjectVersionTagging")},
    {S3_OBJECT, DELETE, S3_BIT(S3_TAGGING), VERSION, ACTION("DeleteObjectTagging"),
     ACTION("DeleteObjectVersionTagging")},
    {S3_OBJECT, GET, S3_BIT(S3_ACL), VERSION, ACTION("GetObjectAcl"), ACTION("GetObjectVersionAcl")},
    {S3_OBJECT, PUT, S3_BIT(S3_ACL), VERSION, ACTION("PutObjectAcl"), ACTION("PutObjectVersionAcl")},
    {S3_OBJECT, GET, S3_BIT(S3_ATTRIBUTES), VERSION, ACTION("GetObjectAttributes"),
     ACTION("GetObjectVersionAttributes")},
    {S3_OBJECT, GET, S3_BIT(S3_RETENTION), VERSION, ACTION("GetObjectRetention"), ACTION("GetObjectRetention")},
    {S3_OBJECT, PUT, S3_BIT(S3_RETENTION), VERSION | BODY, ACTION("PutObjectRetention"), ACTION("PutObjectRetention")},
    {S3_OBJECT, GET, S3_BIT(S3_LEGAL_HOLD), VERSION, ACTION("GetObjectLegalHold"), ACTION("GetObjectLegalHold")},
    {S3_OBJECT, PUT, S3_BIT(S3_LEGAL_HOLD), VERSION | BODY, ACTION("PutObjectLegalHold"), ACTION("PutObjectLegalHold")},
    {S3_OBJECT, GET, S3_BIT(S3_TORRENT), 0, ACTION("GetObjectTorrent"), NO_VERSION},
    {S3_OBJECT, POST, S3_BIT(S3_RESTORE), VERSION | BODY, ACTION("RestoreObject"), ACTION("RestoreObject")},
    {S3_OBJECT, POST, S3_BIT(S3_SELECT) | S3_BIT(S3_SELECT_TYPE), 0, ACTION("GetObject"), NO_VERSION},

    {S3_BUCKET, GET, 0, LISTS, ACTION("ListBucket"), NO_VERSION},
    {S3_BUCKET, HEAD, 0, 0, ACTION("ListBucket"), NO_VERSION},
    {S3_BUCKET, GET, S3_BIT(S3_VERSIONS), LISTS, ACTION("ListBucketVersions"), NO_VERSION},
    {S3_BUCKET, GET, S3_BIT(S3_UPLOADS), LISTS, ACTION("ListBucketMultipartUploads"), NO_VERSION},
    {S3_BUCKET, PUT, 0, BODY, ACTION("CreateBucket"), NO_VERSION},
    {S3_BUCKET, DELETE, 0, 0, ACTION("DeleteBucket"), NO_VERSION},
    {S3_BUCKET, GET, S3_BIT(S3_LOCATION), 0, ACTION("GetBucketLocation"), NO_VERSION},
    {S3_BUCKET, GET, S3_BIT(S3_POLICY_STATUS), 0, ACTION("GetBucketPolicyStatus"), NO_VERSION},
    LASTING_CONFIGURATION(S3_ACCELERATE, ACTION("GetAccelerateConfiguration"), ACTION("PutAccelerateConfiguration")),
    LASTING_CONFIGURATION(S3_ACL, ACTION("GetBucketAcl"), ACTION("PutBucketAcl")),
    LASTING_CONFIGURATION(S3_LOGGING, ACTION("GetBucketLogging"), ACTION("PutBucketLogging")),
    LASTING_CONFIGURATION(S3_NOTIFICATION, ACTION("GetBucketNotification"), ACTION("PutBucketNotification")),
    LASTING_CONFIGURATION(S3_OBJECT_LOCK, ACTION("GetBucketObjectLockConfiguration"),
                          ACTION("PutBucketObjectLockConfiguration")),
    LASTING_CONFIGURATION(S3_REQUEST_PAYMENT, ACTION("GetBucketRequestPayment"), ACTION("PutBucketRequestPayment")),
    LASTING_CONFIGURATION(S3_VERSIONING, ACTION("GetBucketVersioning"), ACTION("PutBucketVersioning")),
    CONFIGURATION_BY_ID(S3_ANALYTICS, ACTION("GetAnalyticsConfiguration"), ACTION("PutAnalyticsConfiguration"), 0),
    CONFIGURATION(S3_CORS, ACTION("GetBucketCORS"), ACTION("PutBucketCORS"), ACTION("PutBucketCORS")),
    CONFIGURATION(S3_ENCRYPTION, ACTION("GetEncryptionConfiguration"), ACTION("PutEncryptionConfiguration"),
                  ACTION("PutEncryptionConfiguration")),
    CONFIGURATION_BY_ID(S3_INTELLIGENT_TIERING, ACTION("GetIntelligentTieringConfiguration"),
                        ACTION("PutIntelligentTieringConfiguration"), 0),
    CONFIGURATION_BY_ID(S3_INVENTORY, ACTION("GetInventoryConfiguration"), ACTION("PutInventoryConfiguration"), BODY),
    CONFIGURATION(S3_LIFECYCLE, ACTION("GetLifecycleConfiguration"), ACTION("PutLifecycleConfiguration"),
                  ACTION("PutLifecycleConfiguration")),
    CONFIGURATION_BY_ID(S3_METRICS, ACTION("GetMetricsConfiguration"), ACTION("PutMetricsConfiguration"), 0),
    CONFIGURATION(S3_OWNERSHIP_CONTROLS, ACTION("GetBucketOwnershipControls"),
                  ACTION("PutBucketOwnershipControls"), ACTION("PutBucketOwnershipControls")),
    CONFIGURATION(S3_POLICY, ACTION("GetBucketPolicy"), ACTION("PutBucketPolicy"), ACTION("DeleteBucketPolicy")),
    CONFIGURATION(S3_PUBLIC_ACCESS_BLOCK, ACTION("GetBucketPublicAccessBlock"),
                  ACTION("PutBucketPublicAccessBlock"), ACTION("PutBucketPublicAccessBlock")),
    CONFIGURATION(S3_REPLICATION, ACTION("GetReplicationConfiguration"), ACTION("PutReplicationConfiguration"),
                  ACTION("PutReplicationConfiguration")),
    CONFIGURATION(S3_TAGGING, ACTION("GetBucketTagging"), ACTION("PutBucketTagging"), ACTION("PutBucketTagging")),
    CONFIGURATION(S3_WEBSITE, ACTION("GetBucketWebsite"), ACTION("PutBucketWebsite"),
                  ACTION("DeleteBucketWebsite")),
};

const s3_operation *s3_find_operation(s3_level level, iamlet_text method, s3_parameters parameters)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        const s3_operation *operation = &operations[i];
        s3_parameters required = operation->required;
        s3_parameters allowed = required | operation->optional | S3_BIT(S3_ANYWHERE) | S3_SIGNATURES;
        if (operation->level == level && (parameters & S3_SELECTS) == (required & S3_SELECTS) &&
            (parameters & required) == required && (parameters & ~allowed) == 0 &&
            text_equals(operation->method, method)) {
            return operation;
        }
    }
    return NULL;
}
