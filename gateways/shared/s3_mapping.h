/*
 * A request while it is mapped: what s3_target.c reads of host, path and query, and s3.c of headers. For these two only.
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
    iamlet_text version;
    /* s3_asks of the headers. */
    unsigned asks;
    iamlet_text copy_source;
    iamlet_text tagging;
    iamlet_text tagging_directive;
} s3_mapping;

/* Whether a name is below a domain: `bucket.domain`. */
bool s3_is_below(iamlet_text name, iamlet_text domain);

/* Whether this names a bucket, by S3's rules as far as two servers could read a name in two ways. */
bool s3_is_bucket(iamlet_text name);

/* Whether this could be the id of a version or of an upload: none has white space, which some stores strip. */
bool s3_is_id(iamlet_text text);

/* What a plus is in a query and in tags: where it is a plus in a path, most servers still take it for a space here. */
uri_plus s3_plus_of_query(const s3_settings *settings);

/* Reads bucket and key, of host and path, and the parameters of the query. Returns NULL, or why they are refused. */
const char *s3_read_target(s3_mapping *mapping);

#endif
