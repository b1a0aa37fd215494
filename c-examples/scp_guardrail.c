/*
 * An organization of three levels, its guardrails, and what they leave of an
 * administrator's rights in each of its accounts:
 *
 *   root                      FullAWSAccess
 *   +- Europe                 FullAWSAccess, DenyAllOutsideEU, DenyAccessToAdminRole
 *   |  +- 111122223333 web    FullAWSAccess, OnlyMicroInstances
 *   |  +- 222233334444 batch  AllowListEC2
 *   +- Sandbox                FullAWSAccess, LimitActionsInRegion
 *      +- 333344445555 trial  FullAWSAccess
 *      +- 444455556666 idle   FullAWSAccess, DenyIAMandEC2andRDS
 *
 * The policies on an account's path from the root are one policy set, and the
 * identity-based policies of a user another: a decision takes both. The program
 * prints a table, and ends with 1 if a decision is not the expected one.
 *
 *   scp_guardrail [FOLDER OF THE POLICIES]
 */
#include "support.h"

enum { LEVELS = 3, MAX_SCPS = 3, MAX_IDENTITY = 2, MAX_SET = LEVELS * MAX_SCPS };

#define FULL "FullAWSAccess"
#define EUROPE {FULL, "DenyAllOutsideEU", "DenyAccessToAdminRole"}
#define SANDBOX {FULL, "LimitActionsInRegion"}

static const struct account {
    const char *name, *id, *scps[LEVELS][MAX_SCPS];
} ACCOUNTS[] = {
    {"web", "111122223333", {{FULL}, EUROPE, {FULL, "OnlyMicroInstances"}}},
    {"batch", "222233334444", {{FULL}, EUROPE, {"AllowListEC2"}}},
    {"trial", "333344445555", {{FULL}, SANDBOX, {FULL}}},
    {"idle", "444455556666", {{FULL}, SANDBOX, {FULL, "DenyIAMandEC2andRDS"}}},
};

static const struct user {
    const char *name, *policies[MAX_IDENTITY];
} USERS[] = {
    {"admin", {"AdministratorAccess"}},
    {"careful", {"AdministratorAccess", "DenyAllUsersNotUsingMFA"}},
    {"buckets", {"AllBucketsButDeletion"}},
    {"power", {"EverythingButIAM"}},
};

enum { WEB, BATCH, TRIAL, IDLE, ACCOUNT_COUNT };
enum { ADMIN, CAREFUL, BUCKETS, POWER, USER_COUNT, ROOT = USER_COUNT };

#include "scp_guardrail_rows.h"

/* The policies of a set, and the set once it is built. */
struct named_set {
    size_t count;
    const char *names[MAX_SET];
    iamlet_set_policy policies[MAX_SET];
    iamlet_set set;
};

static void add(struct named_set *set, const char *folder, const char *name, uint32_t kind, uint32_t layer,
                uint32_t level)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.json", folder, name);
    buffer image = compile_file(path, kind);
    set->names[set->count] = name;
    set->policies[set->count++] = (iamlet_set_policy){
        .image = image.data, .image_len = image.len, .layer = layer, .level = level};
}

static void load_account(struct named_set *set, const char *folder, const struct account *account)
{
    for (uint32_t level = 0; level < LEVELS; level++) {
        for (size_t i = 0; i < MAX_SCPS && account->scps[level][i] != NULL; i++) {
            add(set, folder, account->scps[level][i], IAMLET_KIND_SCP_CLASSIC, IAMLET_LAYER_SCP, level);
        }
    }
    set->set = open_set(build_set(set->policies, set->count, LEVELS, 0));
}

static void load_user(struct named_set *set, const char *folder, const struct user *user)
{
    for (size_t i = 0; i < MAX_IDENTITY && user->policies[i] != NULL; i++) {
        add(set, folder, user->policies[i], IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY, 0);
    }
    set->set = open_set(build_set(set->policies, set->count, 0, 0));
}

static buffer prepare_row(const struct row *row)
{
    const char *account = ACCOUNTS[row->account].id;
    char arn[128];
    snprintf(arn, sizeof arn, "arn:aws:iam::%s:%s%s", account, row->user == ROOT ? "root" : "user/",
             row->user == ROOT ? "" : USERS[row->user].name);
    iamlet_text region = text_of(row->region), value = text_of(row->value);
    const iamlet_context_entry context[] = {
        {.key = {.name = IAMLET_TEXT("aws:RequestedRegion")}, .values = &region, .value_count = 1},
        {.key = {.name = text_of(row->key)}, .values = &value, .value_count = 1},
    };
    const iamlet_resource resource = {.arn = text_of(row->resource), .account = text_of(account)};
    const iamlet_request request = {
        .struct_size = sizeof request,
        .principal = {.arn = text_of(arn)},
        .action = text_of(row->action),
        .resource = &resource,
        .absent = IAMLET_ABSENT_RCP | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_BOUNDARY |
                  IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT,
        .context = context,
        .context_count = row->key == NULL ? 1 : 2,
    };
    return prepare(&request);
}

/* Prints a row, and returns whether the decision is the expected one. */
static int print_row(const struct row *row, const iamlet_decision *decision, const struct named_set *const *sets)
{
    const char *policy = decision->set == IAMLET_NONE ? NULL : sets[decision->set]->names[decision->policy];
    iamlet_text effect = iamlet_effect_text(decision->effect), reason = iamlet_reason_text(decision->reason);
    const char *value = row->value == NULL ? "" : row->value;
    printf("%-5s  %-7s  %-19s  %-46s  %-9s  %-8s  %-13.*s  %.*s", ACCOUNTS[row->account].name,
           row->user == ROOT ? "(root)" : USERS[row->user].name, row->action, row->resource, row->region,
           value, PRINTED(effect), PRINTED(reason));
    if (decision->layer == IAMLET_LAYER_SCP) {
        printf(" (level %u)", (unsigned)decision->level);
    }
    if (policy != NULL) {
        printf(": %s, statement %u%s%.*s", policy, (unsigned)decision->statement,
               decision->sid.len == 0 ? "" : " ", PRINTED(decision->sid));
    }
    int as_expected = decision->effect == row->effect && (row->by == NULL) == (policy == NULL) &&
                      (policy == NULL || strcmp(policy, row->by) == 0);
    printf("%s\n", as_expected ? "" : "   <-- NOT AS EXPECTED");
    return as_expected;
}

int main(int count, char **arguments)
{
    const char *folder = count > 1 ? arguments[1] : "policies";
    static struct named_set accounts[ACCOUNT_COUNT], users[USER_COUNT];
    for (size_t i = 0; i < ACCOUNT_COUNT; i++) {
        load_account(&accounts[i], folder, &ACCOUNTS[i]);
    }
    for (size_t i = 0; i < USER_COUNT; i++) {
        load_user(&users[i], folder, &USERS[i]);
    }
    printf("%-5s  %-7s  %-19s  %-46s  %-9s  %-8s  %-13s  %s\n", "WHERE", "WHO", "ACTION", "RESOURCE", "REGION",
           "VALUE", "DECISION", "BECAUSE");
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct row *row = &ROWS[i];
        /* A root user has no identity-based policies. */
        const struct named_set *sets[] = {&accounts[row->account], row->user == ROOT ? NULL : &users[row->user]};
        iamlet_set list[2] = {sets[0]->set};
        if (sets[1] != NULL) {
            list[1] = sets[1]->set;
        }
        buffer request = prepare_row(row);
        iamlet_decision decision;
        check(iamlet_decide(list, sets[1] == NULL ? 1 : 2, request.data, request.len, &decision), "decision");
        if (row->title != NULL) {
            printf("\n%s\n", row->title);
        }
        wrong += !print_row(row, &decision, sets);
        release(request);
    }
    printf("\n%zu requests, %zu not decided as expected\n", sizeof ROWS / sizeof *ROWS, wrong);
    return wrong != 0;
}
