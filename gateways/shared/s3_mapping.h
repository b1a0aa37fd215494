/*
 * A request while it is mapped: what s3_target.c reads of host, path and query, s3_credential.c of who signed, and s3.c of
 * the other headers. For these only.
 */
#ifndef GATE_S3_MAPPING_H
#define GATE_S3_MAPPING_H

#include "s3.h"
#include "s3_operations.h"

typedef struct s3_mapping {
    const s3_settings *settings;
    const http_request *http;
    s3_request *out;
    context *context;
    text_memory memory;
    iamlet_text bucket;
    iamlet_text key;
    s3_parameters parameters;
    /* The names of parameters that were there, a bit for each number. */
    uint64_t names[S3_NAMES_MAX / 64];
    iamlet_text version;
    /* s3_asks of the headers. */
    unsigned asks;
    iamlet_text copy_source;
    iamlet_text tagging;
    iamlet_text tagging_directive;
    /* Which headers of a credential there are, and whether one of them is a signature of S3. */
    unsigned credential_headers;
    bool is_signed_by_header;
} s3_mapping;

/* Whether a name is below a domain: `bucket.domain`. */
bool s3_is_below(iamlet_text name, iamlet_text domain);

/* Whether a name, in any case, belongs to another interface that some store has on the same port. */
bool s3_is_reserved(const s3_settings *settings, iamlet_text name);

/* Whether two hosts are the same, each with a port or without one; `a` is one name or address. */
bool s3_is_same_host(iamlet_text a, iamlet_text b);

/* Whether this names a bucket, by S3's rules as far as two servers could read a name in two ways. */
bool s3_is_bucket(iamlet_text name);

/* Whether this could be the id of a version or of an upload: none has white space, which some stores strip. */
bool s3_is_id(iamlet_text text);

/* What a plus is in a query and in tags: where it is a plus in a path, most servers still take it for a space here. */
uri_plus s3_plus_of_query(const s3_settings *settings);

/* Reads bucket and key, of host and path, and the parameters of the query. Returns NULL, or why they are refused. */
const char *s3_read_target(s3_mapping *mapping);

/* Takes a part of a signature in the query, decoded. Returns NULL, or why it is refused. */
const char *s3_read_signature(s3_parameter part, iamlet_text value);

/* Takes a header, if it is part of a credential. Returns NULL, or why it is refused. */
const char *s3_read_credential(s3_mapping *mapping, const http_header *header);

/* Whether all that was read of credentials is one of them, or none. Returns NULL, or why it is refused. */
const char *s3_check_credential(const s3_mapping *mapping);

#endif
