/*
 * The x-amz headers of a request: which context key each is, and which action it asks for beside the operation's own.
 */
#ifndef GATE_S3_HEADERS_H
#define GATE_S3_HEADERS_H

#include "text.h"

/* What a header asks for: bits of a set. */
typedef enum s3_asks {
    S3_ASKS_ACL = 1,
    S3_ASKS_TAGGING = 2,
    S3_ASKS_RETENTION = 4,
    S3_ASKS_LEGAL_HOLD = 8,
    S3_ASKS_COPY = 16,
    S3_ASKS_BYPASS = 32,
    S3_ASKS_OBJECT_LOCK = 64,
    S3_ASKS_OWNERSHIP = 128,
    /* With a copy: whether the source's tags are copied, too. */
    S3_ASKS_TAGGING_DIRECTIVE = 256,
} s3_asks;

typedef struct s3_header {
    iamlet_text name;
    /* The context key; empty where no policy looks at it. */
    iamlet_text key;
    /* s3_asks together. */
    unsigned asks;
    /* The values that S3 has, with a space between them; NULL where there are too many to list. */
    const char *values;
} s3_header;

#define S3_HEADERS_MAX 64

/* The headers that have a context key or ask for something, by number. */
extern const s3_header s3_headers[];
extern const size_t s3_header_count;

/* The number of a header, its name in lower case, in that list; `s3_header_count` for one that no policy looks at. False
 * for an x-amz header that S3 does not have. */
bool s3_find_header(iamlet_text name, size_t *number);

/* Whether S3 has this value of the header: some stores take it in any case, or with white space around it, and policies do
 * not. */
bool s3_has_value(const s3_header *header, iamlet_text value);

/* Whether a header, its name in lower case, makes some store do another thing than method, path and x-amz headers say. */
bool s3_is_overruling_header(iamlet_text name);

#endif
