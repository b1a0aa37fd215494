/*
 * What a gateway tells of an HTTP request. All texts are as they came over the wire, unless they say otherwise.
 */
#ifndef GATE_HTTP_H
#define GATE_HTTP_H

#include "text.h"

typedef struct http_header {
    /* In lower case. */
    iamlet_text name;
    iamlet_text value;
} http_header;

typedef struct http_request {
    iamlet_text method;
    /* The host that the request names, with its port if it has one. */
    iamlet_text host;
    /* The host that an absolute target names beside that, with its port if it has one; `data` is NULL where none does. */
    iamlet_text target_host;
    /* The target without its query, still encoded. */
    iamlet_text path;
    /* What follows the first `?`, still encoded. */
    iamlet_text query;
    /* The path as the gateway itself decodes and resolves it; its `data` is NULL where the gateway does neither. */
    iamlet_text normalized_path;
    /* Takes the next header; false at the end. */
    bool (*next_header)(void *headers, http_header *header);
    void *headers;
} http_request;

#endif
