/*
 * The requests that were allowed lately, word for word, so that what is asked again and again is decided once.
 *
 * A decision follows from the policies and the request alone. So a request is written down as all that the engine would be
 * given of it, with the number of the policies and, where it counts, the time; it is found only if each byte is the same.
 * Nothing is taken from a hash alone. What was denied is decided each time.
 */
#ifndef GATE_RECENT_H
#define GATE_RECENT_H

#include "text.h"

/* 128 KiB a worker. A request that takes more bytes is decided each time. */
#define RECENT_SLOTS 256
#define RECENT_BYTES 504

typedef struct recent_request {
    /* 0 for none. */
    size_t len;
    uint8_t bytes[RECENT_BYTES];
} recent_request;

/* All zero, it remembers nothing. A worker has its own. */
typedef struct recent {
    recent_request allowed[RECENT_SLOTS];
    /* The request that was looked for last, and its place. */
    recent_request asked;
    size_t place;
} recent;

/* Whether the request was allowed by the policies of this number. */
bool recent_find(recent *recent, uint64_t policies_number, const iamlet_request *request);

/* Remembers that the request that was looked for last is allowed, in place of another. */
void recent_add(recent *recent);

#endif
