/*
 * Decides the seeds' cases on a microcontroller without an operating system:
 * the policy sets are constants in flash, compiled on another machine, the
 * requests are prepared in static memory, and there is no heap. With COMPILES,
 * the policies are compiled here as well, in static memory; that has to give
 * the very bytes of the sets in flash.
 */
#include "board.h"

#ifndef COMPILES
/* The documents stay where they were compiled. */
#define POLICY(...) {0}
struct policy {
    char unused;
};
#endif
#include "cases.h"
#include "sizes.h"

#include "cases.inc"
#include "sets.inc"

static uint8_t memory[1024];

static void print_text(iamlet_text text)
{
    print(text.data, text.len);
}

static int equals(iamlet_text text, const char *string)
{
    size_t at = 0;
    while (at < text.len && text.data[at] == string[at]) {
        at++;
    }
    return at == text.len && string[at] == '\0';
}

/* Decides a case; whatever goes wrong on the way, the answer is none. */
static iamlet_text decide(const iamlet_set *set, const struct decision_case *wanted)
{
    iamlet_request request = wanted->request;
    size_t len;
    iamlet_decision decision;
    iamlet_status status = iamlet_request_prepare(&request, memory, sizeof memory, &len);
    if (status == IAMLET_OK) {
        status = iamlet_decide(set, 1, memory, len, &decision);
    }
    return status == IAMLET_OK ? iamlet_effect_text(decision.effect) : iamlet_status_text(status);
}

#ifdef COMPILES
enum { MAX_POLICIES = 16 };
static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
static uint8_t images[8192], built[8192];

static int same_bytes(const uint8_t *a, const uint8_t *b, size_t len)
{
    while (len != 0 && *a == *b) {
        a++, b++, len--;
    }
    return len == 0;
}

/* Whether compiling a group's policies gives its set, or none where one is refused. */
static int compiles(const struct group *group, const struct bytes *wanted)
{
    const iamlet_compile_options options = {sizeof options, group->compile_flags, 0};
    iamlet_set_policy list[MAX_POLICIES];
    size_t end = 0, used;
    for (size_t i = 0; i < group->policy_count; i++) {
        const struct policy *policy = &group->policies[i];
        iamlet_status status = iamlet_policy_compile(policy->json.data, policy->json.len, policy->kind, &options,
                                                     scratch, sizeof scratch, images + end, sizeof images - end, &used,
                                                     NULL);
        if (status != IAMLET_OK) {
            return status == IAMLET_DOCUMENT_REFUSED && wanted->data == NULL;
        }
        list[i] = (iamlet_set_policy){images + end, used, i, policy->layer, policy->level};
        end += used;
    }
    return iamlet_set_build(list, group->policy_count, group->scp_levels, group->rcp_levels, built, sizeof built,
                            &used, NULL) == IAMLET_OK &&
           used == wanted->len && same_bytes(built, wanted->data, used);
}
#else
static int compiles(const struct group *group, const struct bytes *wanted)
{
    (void)group, (void)wanted;
    return 1;
}
#endif

int main(void)
{
    uint32_t decided = 0, wrong = 0, refused = 0;
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++) {
        const struct group *group = &GROUPS[i];
        iamlet_set set;
        if (!compiles(group, &SETS[i])) {
            print_string(group->cases[0].id);
            PRINT_LITERAL("   <-- COMPILES TO ANOTHER SET THAN IN FLASH\n");
            wrong++;
        }
        if (SETS[i].data == NULL) {
            refused += group->case_count;
            continue;
        }
        iamlet_status opened = iamlet_set_open(SETS[i].data, SETS[i].len, &set);
        for (size_t j = 0; j < group->case_count; j++) {
            const struct decision_case *wanted = &group->cases[j];
            iamlet_text answer = opened == IAMLET_OK ? decide(&set, wanted) : iamlet_status_text(opened);
            int right = wanted->item_count == 0 && equals(answer, wanted->expect);
            PRINT_LITERAL("  ");
            print_string(wanted->id);
            PRINT_LITERAL("  ");
            print_text(answer);
            if (!right) {
                PRINT_LITERAL("   <-- NOT AS EXPECTED: ");
                print_string(wanted->expect);
            }
            PRINT_LITERAL("\n");
            decided++;
            wrong += !right;
        }
    }
    print_number(decided);
    PRINT_LITERAL(" requests decided, ");
    print_number(wrong);
    PRINT_LITERAL(" of them not as expected; the policies of ");
    print_number(refused);
    PRINT_LITERAL(" more were refused when they were compiled\npeak of the stack: ");
    print_number(peak_of_stack());
    PRINT_LITERAL(" bytes\n");
    return wrong != 0 || decided == 0;
}
