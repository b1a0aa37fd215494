/*
 * What the checks of the shared C have in common: ending at the first thing that is not so, and made numbers.
 */
#ifndef GATE_CHECK_H
#define GATE_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);                                         \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)
#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Of xorshift: with the same state, the same numbers everywhere. */
static uint64_t random_state = 1;

static inline size_t below(size_t count)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)((random_state >> 11) % count);
}

#endif
