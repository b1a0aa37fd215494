/*
 * Runs on the machine that builds: compiles the policies of each group of
 * cases, builds their set, and writes all sets as constants of a C program.
 * Where a document is to be refused, it is refused here and leaves no set.
 *
 *   images > sets.inc
 */
#include "cases.h"
#include "support.h"

enum { MAX_POLICIES = 16 };

#include "cases.inc"

/* Compiles a group's policies; false if one is refused. */
static int compile_group(const struct group *group, iamlet_set_policy *list)
{
    static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
    const iamlet_compile_options options = {sizeof options, group->compile_flags, 0};
    for (size_t i = 0; i < group->policy_count; i++) {
        const struct policy *policy = &group->policies[i];
        size_t room = 2 * policy->json.len + 256, used;
        uint8_t *image = allocate(room);
        iamlet_status status = iamlet_policy_compile(policy->json.data, policy->json.len, policy->kind, &options,
                                                     scratch, sizeof scratch, image, room, &used, NULL);
        if (status == IAMLET_DOCUMENT_REFUSED) {
            return 0;
        }
        check(status, group->cases[0].id);
        list[i] = (iamlet_set_policy){image, used, i, policy->layer, policy->level};
    }
    return 1;
}

int main(void)
{
    const size_t count = sizeof GROUPS / sizeof *GROUPS;
    int has_set[sizeof GROUPS / sizeof *GROUPS];
    for (size_t i = 0; i < count; i++) {
        const struct group *group = &GROUPS[i];
        iamlet_set_policy list[MAX_POLICIES];
        if (group->policy_count > MAX_POLICIES || group->without_levels) {
            fail("%s: not a case for this program", group->cases[0].id);
        }
        has_set[i] = compile_group(group, list);
        for (size_t j = 0; j < group->case_count; j++) {
            if (has_set[i] == (strcmp(group->cases[j].expect, "invalid_policy") == 0)) {
                fail("%s: the policies are %s", group->cases[j].id, has_set[i] ? "accepted" : "refused");
            }
        }
        if (!has_set[i]) {
            continue;
        }
        buffer set = build_set(list, group->policy_count, group->scp_levels, group->rcp_levels);
        printf("static const uint8_t set_%zu[] = {", i);
        for (size_t at = 0; at < set.len; at++) {
            printf("%s%u,", at % 24 == 0 ? "\n" : "", set.data[at]);
        }
        printf("\n};\n");
    }
    printf("static const struct bytes { const uint8_t *data; size_t len; } SETS[] = {\n");
    for (size_t i = 0; i < count; i++) {
        has_set[i] ? printf("{set_%zu, sizeof set_%zu},\n", i, i) : printf("{0, 0},\n");
    }
    printf("};\n");
    return 0;
}
