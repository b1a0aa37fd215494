#include "s3_mapping.h"

bool s3_is_below(iamlet_text name, iamlet_text domain)
{
    return name.len > domain.len && name.data[name.len - domain.len - 1] == '.' &&
           text_equals_in_any_case(text_after(name, name.len - domain.len), domain);
}

static const char *check_name(iamlet_text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = ascii_lower(name.data[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) {
            return "a domain or a host is a name, without a port and without a wildcard";
        }
    }
    return name.len == 0 || name.data[0] == '.' || name.data[name.len - 1] == '.'
               ? "a domain or a host is a name, without a dot before or after it"
               : NULL;
}

const char *s3_add_host(s3_settings *settings, iamlet_text host)
{
    if (settings->host_count == S3_HOSTS_MAX) {
        return "there are more than 8 hosts";
    }
    settings->hosts[settings->host_count++] = host;
    return check_name(host);
}

const char *s3_add_domain(s3_settings *settings, iamlet_text domain)
{
    const char *refused = check_name(domain);
    if (refused != NULL) {
        return refused;
    }
    if (settings->domain_count == S3_DOMAINS_MAX) {
        return "there are more than 8 domains";
    }
    for (size_t i = 0; i < settings->domain_count; i++) {
        iamlet_text other = settings->domains[i];
        if (text_equals_in_any_case(domain, other) || s3_is_below(domain, other) || s3_is_below(other, domain)) {
            /* A host below both would name two buckets. */
            return "a domain is below another one, or the same";
        }
    }
    settings->domains[settings->domain_count++] = domain;
    return NULL;
}

/* First segments of paths below which stores have interfaces that are not S3's, on the port of S3. Some look at the path
 * before the host, and some put the bucket that a host names before the path. */
static const iamlet_text reserved[] = {
    /* Ceph: Swift, its sign-in, and administration. */
    TEXT("swift"), TEXT("auth"), TEXT("admin"),
    /* MinIO: administration, health, metrics, keys, its peers; tables. */
    TEXT("minio"), TEXT("_iceberg"),
    /* RustFS: administration, and what its peers call. */
    TEXT("rustfs"), TEXT("health"),
    /* SeaweedFS: its filer's folder of buckets, and health. */
    TEXT("buckets"), TEXT("healthz"), TEXT("status"),
    /* Several, or what is named so where it has a path of its own. */
    TEXT("metrics"), TEXT("iam"), TEXT("sts"),
};

bool s3_is_reserved(const s3_settings *settings, iamlet_text name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (text_equals_in_any_case(name, reserved[i])) {
            return (settings->buckets & (uint32_t)1 << i) == 0;
        }
    }
    return false;
}

const char *s3_add_bucket(s3_settings *settings, iamlet_text bucket)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (text_equals(bucket, reserved[i])) {
            settings->buckets |= (uint32_t)1 << i;
            return NULL;
        }
    }
    return "only the name of another interface of some store has to be said to be a bucket";
}

void s3_begin(s3_settings *settings)
{
    settings->prefix = context_key(IAMLET_TEXT("s3:prefix"));
    settings->delimiter = context_key(IAMLET_TEXT("s3:delimiter"));
    settings->max_keys = context_key(IAMLET_TEXT("s3:max-keys"));
    settings->tag_keys = context_key(IAMLET_TEXT("s3:RequestObjectTagKeys"));
    settings->copy_source = context_key(IAMLET_TEXT("s3:x-amz-copy-source"));
    for (size_t i = 0; i < s3_header_count; i++) {
        if (s3_headers[i].key.len != 0) {
            settings->headers[i] = context_key(s3_headers[i].key);
        }
    }
}

bool s3_gives(const s3_settings *settings, iamlet_text key)
{
    static const iamlet_text tag = TEXT("s3:RequestObjectTag/");
    const iamlet_key *const own[] = {&settings->prefix, &settings->delimiter, &settings->max_keys, &settings->tag_keys,
                                     &settings->copy_source};
    bool gives = text_equals_in_any_case(key, IAMLET_TEXT("s3:VersionId")) ||
                 (key.len >= tag.len && text_equals_in_any_case((iamlet_text){key.data, tag.len}, tag));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        gives = gives || text_equals_in_any_case(key, own[i]->name);
    }
    for (size_t i = 0; i < s3_header_count; i++) {
        gives = gives || (s3_headers[i].key.len != 0 && text_equals_in_any_case(key, s3_headers[i].key));
    }
    return gives;
}
