/*
 * The tables that vectors.py writes of decision cases. What a policy of a
 * group is, a program may say otherwise: define POLICY and struct policy first.
 */
#ifndef CASES_H
#define CASES_H

#include "iamlet.h"

#ifndef POLICY
#define POLICY(...) {__VA_ARGS__}
struct policy {
    iamlet_text json;
    uint32_t kind, layer, level;
};
#endif

struct decision_case {
    const char *id, *expect;
    iamlet_request request;
    const iamlet_request_item *items;
    size_t item_count;
};

/* Cases with the same policies. */
struct group {
    const struct policy *policies;
    size_t policy_count;
    uint32_t scp_levels, rcp_levels;
    int without_levels; /* an organization without a single level: not a policy set */
    uint32_t compile_flags;
    const struct decision_case *cases;
    size_t case_count;
};

#endif
