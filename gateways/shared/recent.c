#include "recent.h"

#include <stddef.h>

/* Where these get a new field, it has to be written down, too. */
#define ENDS_WITH(type, field) (offsetof(type, field) + sizeof((type){0}.field) == sizeof(type))
_Static_assert(ENDS_WITH(iamlet_request, context_count) && ENDS_WITH(iamlet_principal, unique_id) &&
                   ENDS_WITH(iamlet_resource, reserved) && ENDS_WITH(iamlet_context_entry, not_fetched) &&
                   ENDS_WITH(iamlet_key, reserved),
               "the engine is given more than what is compared");

static void put(recent_request *written, const void *bytes, size_t len)
{
    if (len > RECENT_BYTES - written->len) {
        /* From here on nothing fits. */
        written->len = RECENT_BYTES;
        return;
    }
    if (len != 0) {
        memcpy(written->bytes + written->len, bytes, len);
    }
    written->len += len;
}

/*
 * Writes down all that a decision follows from; a request that does not fit has no length then. What stands before texts
 * tells how long they are, so that no two requests are the same bytes. Where a length is cut here, its text does not fit.
 */
static void write_down(recent_request *written, uint64_t policies_number, const iamlet_request *request)
{
    const iamlet_principal *principal = &request->principal;
    const iamlet_resource *resource = request->resource;
    const iamlet_text texts[] = {
        principal->arn, principal->role_arn, principal->user_arn, principal->service, principal->provider,
        principal->canonical_user, principal->unique_id, request->action, resource->arn, resource->account,
    };
    const uint64_t numbers[] = {policies_number, (uint64_t)request->clock, request->budget};
    uint32_t small[6 + sizeof texts / sizeof *texts] = {
        principal->type, principal->flags, request->resource_kind, request->absent, request->flags,
        resource->in_management_account,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        small[6 + i] = (uint32_t)texts[i].len;
    }
    written->len = 0;
    put(written, numbers, sizeof numbers);
    put(written, small, sizeof small);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put(written, texts[i].data, texts[i].len);
    }
    for (size_t i = 0; i < request->context_count; i++) {
        const iamlet_context_entry *entry = &request->context[i];
        const uint64_t shape[] = {entry->key.name.len, entry->multivalued, entry->not_fetched, entry->value_count};
        put(written, shape, sizeof shape);
        put(written, entry->key.name.data, entry->key.name.len);
        for (size_t j = 0; j < entry->value_count; j++) {
            put(written, &entry->values[j].len, sizeof entry->values[j].len);
            put(written, entry->values[j].data, entry->values[j].len);
        }
    }
    if (written->len == RECENT_BYTES) {
        written->len = 0;
    }
}

/* Where a request is remembered. Others with the same place are forgotten for it. */
static size_t place_of(const recent_request *written)
{
    uint64_t state = 0;
    for (size_t at = 0; at + sizeof state <= written->len; at += sizeof state) {
        uint64_t word;
        memcpy(&word, written->bytes + at, sizeof word);
        state = (state + word) * 0x9E3779B97F4A7C15u;
    }
    /* The high bits have been moved to from all others. */
    return (state >> 32) % RECENT_SLOTS;
}

bool recent_find(recent *recent, uint64_t policies_number, const iamlet_request *request)
{
    recent_request *asked = &recent->asked;
    write_down(asked, policies_number, request);
    recent->place = place_of(asked);
    const recent_request *allowed = &recent->allowed[recent->place];
    return asked->len != 0 && asked->len == allowed->len && memcmp(asked->bytes, allowed->bytes, asked->len) == 0;
}

void recent_add(recent *recent)
{
    recent_request *allowed = &recent->allowed[recent->place];
    allowed->len = recent->asked.len;
    memcpy(allowed->bytes, recent->asked.bytes, recent->asked.len);
}
