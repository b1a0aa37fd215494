/*
 * What a gateway costs without the engine: linked in with `--wrap`, these take the place of the calls that each decision
 * makes, and of remembering what was allowed. All else is the same: the module reads the same fields and maps them in the
 * same way.
 */
#include "recent.h"

iamlet_status __wrap_iamlet_request_prepare(const iamlet_request *request, void *memory, size_t memory_len, size_t *used)
{
    (void)request;
    (void)memory;
    *used = memory_len;
    return IAMLET_OK;
}

iamlet_status __wrap_iamlet_decide(const iamlet_set *sets, size_t set_count, const void *request, size_t request_len,
                                   iamlet_decision *decision)
{
    (void)sets;
    (void)set_count;
    (void)request;
    (void)request_len;
    decision->effect = IAMLET_ALLOW;
    return IAMLET_OK;
}

bool __wrap_recent_find(recent *recent, uint64_t policies_number, const iamlet_request *request)
{
    (void)recent;
    (void)policies_number;
    (void)request;
    return false;
}

void __wrap_recent_add(recent *recent)
{
    (void)recent;
}
