#include "s3_headers.h"

const s3_header s3_headers[] = {
    {TEXT("x-amz-acl"), TEXT("s3:x-amz-acl"), S3_ASKS_ACL,
     "private public-read public-read-write authenticated-read aws-exec-read bucket-owner-read "
     "bucket-owner-full-control log-delivery-write"},
    {TEXT("x-amz-grant-full-control"), TEXT("s3:x-amz-grant-full-control"), S3_ASKS_ACL, NULL},
    {TEXT("x-amz-grant-read"), TEXT("s3:x-amz-grant-read"), S3_ASKS_ACL, NULL},
    {TEXT("x-amz-grant-read-acp"), TEXT("s3:x-amz-grant-read-acp"), S3_ASKS_ACL, NULL},
    {TEXT("x-amz-grant-write"), TEXT("s3:x-amz-grant-write"), S3_ASKS_ACL, NULL},
    {TEXT("x-amz-grant-write-acp"), TEXT("s3:x-amz-grant-write-acp"), S3_ASKS_ACL, NULL},
    {TEXT("x-amz-bucket-object-lock-enabled"), {NULL, 0}, S3_ASKS_OBJECT_LOCK, NULL},
    {TEXT("x-amz-bypass-governance-retention"), {NULL, 0}, S3_ASKS_BYPASS, NULL},
    {TEXT("x-amz-content-sha256"), TEXT("s3:x-amz-content-sha256"), 0, NULL},
    {TEXT("x-amz-copy-source"), {NULL, 0}, S3_ASKS_COPY, NULL},
    {TEXT("x-amz-metadata-directive"), TEXT("s3:x-amz-metadata-directive"), 0, "COPY REPLACE"},
    {TEXT("x-amz-object-lock-legal-hold"), TEXT("s3:object-lock-legal-hold"), S3_ASKS_LEGAL_HOLD, "ON OFF"},
    {TEXT("x-amz-object-lock-mode"), TEXT("s3:object-lock-mode"), S3_ASKS_RETENTION, "GOVERNANCE COMPLIANCE"},
    {TEXT("x-amz-object-lock-retain-until-date"), TEXT("s3:object-lock-retain-until-date"), S3_ASKS_RETENTION, NULL},
    {TEXT("x-amz-object-ownership"), TEXT("s3:x-amz-object-ownership"), S3_ASKS_OWNERSHIP,
     "BucketOwnerPreferred ObjectWriter BucketOwnerEnforced"},
    {TEXT("x-amz-server-side-encryption"), TEXT("s3:x-amz-server-side-encryption"), 0,
     "AES256 aws:kms aws:kms:dsse aws:fsx"},
    {TEXT("x-amz-server-side-encryption-aws-kms-key-id"), TEXT("s3:x-amz-server-side-encryption-aws-kms-key-id"), 0,
     NULL},
    {TEXT("x-amz-server-side-encryption-customer-algorithm"),
     TEXT("s3:x-amz-server-side-encryption-customer-algorithm"), 0, "AES256"},
    {TEXT("x-amz-storage-class"), TEXT("s3:x-amz-storage-class"), 0, NULL},
    {TEXT("x-amz-tagging"), {NULL, 0}, S3_ASKS_TAGGING, NULL},
    {TEXT("x-amz-tagging-directive"), {NULL, 0}, S3_ASKS_TAGGING_DIRECTIVE, NULL},
    {TEXT("x-amz-website-redirect-location"), TEXT("s3:x-amz-website-redirect-location"), 0, NULL},
};
const size_t s3_header_count = sizeof s3_headers / sizeof *s3_headers;
_Static_assert(sizeof s3_headers / sizeof *s3_headers <= S3_HEADERS_MAX, "there is a bit for each header");

/* Headers that no policy looks at: what encodes, checks and signs the body, and what S3 answers for. */
static const iamlet_text others[] = {
    TEXT("x-amz-copy-source-if-match"),
    TEXT("x-amz-copy-source-if-modified-since"),
    TEXT("x-amz-copy-source-if-none-match"),
    TEXT("x-amz-copy-source-if-unmodified-since"),
    TEXT("x-amz-copy-source-range"),
    TEXT("x-amz-copy-source-server-side-encryption-customer-algorithm"),
    TEXT("x-amz-copy-source-server-side-encryption-customer-key"),
    TEXT("x-amz-copy-source-server-side-encryption-customer-key-md5"),
    TEXT("x-amz-date"),
    TEXT("x-amz-decoded-content-length"),
    TEXT("x-amz-expected-bucket-owner"),
    TEXT("x-amz-max-parts"),
    TEXT("x-amz-mfa"),
    TEXT("x-amz-mp-object-size"),
    TEXT("x-amz-object-attributes"),
    TEXT("x-amz-optional-object-attributes"),
    TEXT("x-amz-part-number-marker"),
    TEXT("x-amz-request-payer"),
    TEXT("x-amz-sdk-checksum-algorithm"),
    TEXT("x-amz-security-token"),
    TEXT("x-amz-server-side-encryption-bucket-key-enabled"),
    TEXT("x-amz-server-side-encryption-context"),
    TEXT("x-amz-server-side-encryption-customer-key"),
    TEXT("x-amz-server-side-encryption-customer-key-md5"),
    TEXT("x-amz-source-expected-bucket-owner"),
    TEXT("x-amz-te"),
    TEXT("x-amz-trailer"),
    TEXT("x-amz-transition-default-minimum-object-size"),
    TEXT("x-amz-user-agent"),
};

static const iamlet_text families[] = {
    TEXT("x-amz-checksum-"),
    TEXT("x-amz-meta-"),
};

/* What some stores keep their own words in, or take for headers of S3. */
static const iamlet_text overruling_families[] = {
    /* MinIO: x-minio-force-delete deletes all keys below one, x-minio-extract reads what is in an archive. */
    TEXT("x-minio-"),
    /* Ceph takes these for x-amz-. */
    TEXT("x-account-"),
    TEXT("x-container-"),
    TEXT("x-dho-"),
    TEXT("x-goog-"),
    TEXT("x-object-"),
    TEXT("x-rgw-"),
    /* SeaweedFS: an object's owner and access list among them. */
    TEXT("s3-"),
    TEXT("seaweed-"),
    TEXT("x-seaweedfs-"),
};

static const iamlet_text overruling[] = {
    /* MinIO unpacks the archive that is put into keys of its own. */
    TEXT("x-amz-meta-snowball-auto-extract"),
    /* Frameworks take another method or path from these. */
    TEXT("x-http-method"),
    TEXT("x-http-method-override"),
    TEXT("x-method-override"),
    TEXT("x-original-url"),
    TEXT("x-rewrite-url"),
    /* Who asks, by Swift. */
    TEXT("x-auth-key"),
    TEXT("x-auth-token"),
    TEXT("x-auth-user"),
    TEXT("x-service-token"),
    TEXT("x-storage-pass"),
    TEXT("x-storage-token"),
    TEXT("x-storage-user"),
    TEXT("x-subject-token"),
};

/* Whether a name begins with another, where a server that keeps headers as CGI does takes `_` for `-`. */
static bool may_begin_with(iamlet_text name, iamlet_text with)
{
    for (size_t i = 0; i < with.len; i++) {
        if (i == name.len || (name.data[i] == '_' ? '-' : name.data[i]) != with.data[i]) {
            return false;
        }
    }
    return true;
}

bool s3_is_overruling_header(iamlet_text name)
{
    if (name.len == 0 || (name.data[0] != 'x' && name.data[0] != 's')) {
        return false;
    }
    for (size_t i = 0; i < sizeof overruling / sizeof *overruling; i++) {
        if (name.len == overruling[i].len && may_begin_with(name, overruling[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof overruling_families / sizeof *overruling_families; i++) {
        if (may_begin_with(name, overruling_families[i])) {
            return true;
        }
    }
    return may_begin_with(name, IAMLET_TEXT("x-amz-")) && !text_begins_with(name, IAMLET_TEXT("x-amz-"));
}

bool s3_find_header(iamlet_text name, size_t *number)
{
    for (*number = 0; *number < s3_header_count; ++*number) {
        if (text_equals(name, s3_headers[*number].name)) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (text_equals(name, others[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (text_begins_with(name, families[i])) {
            return true;
        }
    }
    return false;
}

bool s3_has_value(const s3_header *header, iamlet_text value)
{
    if (header->values == NULL) {
        return !text_has_loose_ends(value);
    }
    iamlet_text rest = {header->values, strlen(header->values)};
    while (rest.data != NULL) {
        if (text_equals(text_cut(rest, ' ', &rest), value)) {
            return true;
        }
    }
    return false;
}
