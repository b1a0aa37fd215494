/*
 * Paths and query strings, decoded once, as a server decodes them that takes them as they are.
 */
#ifndef GATE_URI_H
#define GATE_URI_H

#include "text.h"

/* What a `+` stands for in what is decoded. Servers differ: unless it is said, a `+` is refused. */
typedef enum uri_plus {
    URI_PLUS_REFUSED,
    URI_PLUS_LITERAL,
    URI_PLUS_SPACE,
} uri_plus;

/*
 * Decodes each %xx once. Refused are a % without two hexadecimal digits, NUL, and what may not stand in a path or a
 * query unencoded (RFC 3986), since servers disagree about it. Bytes from 0x80 on are taken as they are.
 *
 * Returns NULL, or why the text is refused.
 */
const char *uri_decode(iamlet_text encoded, uri_plus plus, text_memory *memory, iamlet_text *decoded);

/* Whether a decoded path has a segment that is empty, "." or "..", which some servers resolve and others do not, or a
 * backslash, which some take for a slash. The empty segment at the end, after the last slash, does not count. */
bool uri_has_doubtful_segments(iamlet_text path);

/* Takes the next `name=value` of a query string, both still encoded; false at the end. */
bool uri_next_parameter(iamlet_text *query, iamlet_text *name, iamlet_text *value);

#endif
