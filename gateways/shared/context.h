/*
 * The context of a request while it is gathered: context keys with one value each, or a list.
 */
#ifndef GATE_CONTEXT_H
#define GATE_CONTEXT_H

#include "text.h"

#define CONTEXT_ENTRIES_MAX 64

typedef struct context {
    iamlet_context_entry entries[CONTEXT_ENTRIES_MAX];
    /* The value of the entry of the same number, where it has one. */
    iamlet_text values[CONTEXT_ENTRIES_MAX];
    size_t count;
    /* More entries were added than there is room for: the request is refused. */
    bool full;
} context;

/* A context key, prepared: its name must not be empty, and stays where it is. */
static inline iamlet_key context_key(iamlet_text name)
{
    iamlet_key key;
    iamlet_status status = iamlet_key_prepare(name, &key);
    (void)status;
    return key;
}

/*
 * A set of context keys, a bit for some of them each: one that was put in is found, and one that was not may be, too. Here
 * it says which keys policies name. The others are left out before a request is prepared, since each takes as much work as
 * a good part of the decision.
 */
typedef uint64_t key_set;

static inline key_set key_set_of(iamlet_key key)
{
    return (key_set)1 << (key.hash % 64);
}

static inline void context_begin(context *context)
{
    context->count = 0;
    context->full = false;
}

static inline void context_add_list(context *context, iamlet_key key, const iamlet_text *values, size_t count)
{
    if (context->count == CONTEXT_ENTRIES_MAX) {
        context->full = true;
        return;
    }
    context->entries[context->count++] =
        (iamlet_context_entry){.key = key, .values = values, .value_count = count, .multivalued = 1};
}

static inline void context_add(context *context, iamlet_key key, iamlet_text value)
{
    if (context->count == CONTEXT_ENTRIES_MAX) {
        context->full = true;
        return;
    }
    size_t at = context->count++;
    context->values[at] = value;
    context->entries[at] = (iamlet_context_entry){.key = key, .values = &context->values[at], .value_count = 1};
}

/* Whether nothing can be wrong with an entry, so that it may be left out unseen: the engine refuses what is not UTF-8, and
 * what contradicts a key that it derives. */
static inline bool context_is_harmless(const iamlet_context_entry *entry)
{
    unsigned char bits = 0;
    for (size_t i = 0; i < entry->value_count; i++) {
        for (size_t j = 0; j < entry->values[i].len; j++) {
            bits |= (unsigned char)entry->values[i].data[j];
        }
    }
    return entry->key.known == 0 && bits < 0x80;
}

/* Leaves out keys that are not in the set. */
static inline void context_keep(context *context, key_set keys)
{
    size_t count = context->count;
    context->count = 0;
    for (size_t i = 0; i < count; i++) {
        iamlet_context_entry entry = context->entries[i];
        /* A name that is made for the request has no hash. */
        if (entry.key.prepared && (keys & key_set_of(entry.key)) == 0 && context_is_harmless(&entry)) {
            continue;
        }
        size_t at = context->count++;
        if (entry.values == &context->values[i]) {
            /* Its value moves with it: the next entry that is added has the place of its number. */
            context->values[at] = context->values[i];
            entry.values = &context->values[at];
        }
        context->entries[at] = entry;
    }
}

#endif
