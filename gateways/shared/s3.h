/*
 * The S3-shaped mapping: what an HTTP request asks of which resource, told from its method, host, path, query and
 * headers; the body is not read.
 *
 * What is decided must be what the upstream does. So whatever two servers might read in two ways is refused, with an
 * answer of 400 in mind: README.md beside this folder lists it.
 */
#ifndef GATE_S3_H
#define GATE_S3_H

#include "context.h"
#include "http.h"
#include "s3_headers.h"
#include "uri.h"

#define S3_DOMAINS_MAX 8
#define S3_HOSTS_MAX 8
/* PutObject with an ACL, tags, a retention, a legal hold and a bypass, copied from an object with its tags; and room. */
#define S3_ACCESSES_MAX 10
/* S3's own limits. */
#define S3_KEY_MAX 1024
#define S3_TAGS_MAX 10
/* Decoded texts and ARNs of one request: a path, a copy's source, a query's values, tags. */
#define S3_TEXT_MAX 16384

typedef enum s3_path {
    /* A path that servers may read in two ways, one with `//` or `..`, is refused. */
    S3_PATH_STRICT,
    /* The upstream takes the path as it is, `//` and `..` included, as S3 does; and the gateway forwards it so. */
    S3_PATH_RAW,
    /* The gateway forwards the path as it has resolved it. */
    S3_PATH_NORMALIZED,
} s3_path;

typedef struct s3_settings {
    /* The domains below which a host names a bucket, in lower case. */
    iamlet_text domains[S3_DOMAINS_MAX];
    size_t domain_count;
    /* Buckets are named in paths only: the host is an IP address or one of `hosts`, which the upstream knows to be no
     * bucket's. */
    bool path_style;
    iamlet_text hosts[S3_HOSTS_MAX];
    size_t host_count;
    /* Of the names that other interfaces of stores have, those that are buckets here: a bit for each. */
    uint32_t buckets;
    s3_path path;
    uri_plus plus;
    /* Operations are decided though policies could look at what is in their bodies, which nobody sees: tags, locks. */
    bool bodies_unseen;
    /* Prepared by s3_begin. */
    iamlet_key prefix;
    iamlet_key delimiter;
    iamlet_key max_keys;
    iamlet_key tag_keys;
    iamlet_key copy_source;
    iamlet_key headers[S3_HEADERS_MAX];
} s3_settings;

/* One action on one resource. */
typedef struct s3_access {
    iamlet_text action;
    iamlet_text resource;
    /* For the context key s3:VersionId; its `data` is NULL where no version is asked for. */
    iamlet_text version;
} s3_access;

/* What a request asks for: all of it must be allowed. */
typedef struct s3_request {
    s3_access accesses[S3_ACCESSES_MAX];
    size_t access_count;
    iamlet_text tag_names[S3_TAGS_MAX];
    char text[S3_TEXT_MAX];
} s3_request;

/* Adds a domain, a host of path style, or a reserved name that is a bucket here. Returns NULL, or why it is refused. */
const char *s3_add_domain(s3_settings *settings, iamlet_text domain);
const char *s3_add_host(s3_settings *settings, iamlet_text host);
const char *s3_add_bucket(s3_settings *settings, iamlet_text bucket);

/* Prepares the context keys of the mapping. Call it once, before the settings are used. */
void s3_begin(s3_settings *settings);

/* Whether the mapping gives a context key, so that nobody else may. The settings are prepared. */
bool s3_gives(const s3_settings *settings, iamlet_text key);

/*
 * Maps a request. The context gets the keys that S3 has of it; its texts lie in `s3` and in the request.
 *
 * Returns NULL, or why the request is refused.
 */
const char *s3_map(const s3_settings *settings, const http_request *http, s3_request *s3, context *context);

#endif
