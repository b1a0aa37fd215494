/*
 * The gate against the engine called by hand, which remembers nothing: it gives no context key that no policy names, and
 * allows exactly what is allowed with all of them. And files that are no policies, under AddressSanitizer.
 *
 *   check_gate POLICIES WORK       the folder of the tests' policies, and one for files
 */
#include "check.h"
#include "gate.h"

#include <limits.h>
#include <unistd.h>

#define ACCOUNT "111122223333"
#define ALICE "arn:aws:iam::" ACCOUNT ":user/alice"
#define BOB "arn:aws:iam::" ACCOUNT ":user/bob"
#define CAROL "arn:aws:iam::" ACCOUNT ":user/carol"
#define ROLE "arn:aws:iam::" ACCOUNT ":role/team/app"

/* Policies of all principals, of which a gate has one, and those of two principals with conditions on keys that the gate
 * itself gives. */
static const char everyone[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": "
    "{\"StringEquals\": {\"s3:requestobjecttag/secret\": \"yes\"}}},"
    "{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}";
static const char everyone_else[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Deny\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::team/public/*\"},"
    "{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}";
static const char of_carol[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Deny\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/time\", \"Condition\": "
    "{\"DateGreaterThan\": {\"aws:CurrentTime\": \"2030-01-01T00:00:00Z\"}}},"
    "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"StringLike\": {\"AWS:UserAgent\": \"*bad*\"}}},"
    "{\"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"StringEquals\": {\"s3:VersionId\": \"old\"}}},"
    "{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}";
static const char of_role[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\", "
    "\"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"true\"}, \"Null\": {\"aws:Referer\": \"true\"}}}}";

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(text, 1, strlen(text), file) == strlen(text) && fclose(file) == 0);
}

static bool add(policies *policies, const char *path, const char *kind, const char *principal)
{
    char message[POLICY_MESSAGE_MAX];
    policy_file file = {.path = path, .kind = {kind, strlen(kind)}, .principal = {principal, strlen(principal)}};
    bool is_added = policies_add(policies, &file, message);
    CHECK(is_added || strstr(message, path) != NULL);
    return is_added;
}

static policies *load(const char *folder, const char *of_all)
{
    static const struct {
        const char *name;
        const char *kind;
        const char *principal;
    } files[] = {{"bucket.json", "resource", ""}, {"alice.json", "identity", ALICE}, {"bob.json", "identity", BOB}};
    char path[PATH_MAX + 16];
    char message[POLICY_MESSAGE_MAX];
    policies *policies = policies_new();
    CHECK(policies != NULL);
    write_file("everyone.json", of_all);
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        CHECK(add(policies, path, files[i].kind, files[i].principal));
    }
    CHECK(add(policies, "everyone.json", "scp_full", ""));
    CHECK(add(policies, "carol.json", "identity", CAROL));
    CHECK(add(policies, "role.json", "identity", ROLE));
    const char *const absent[] = {"rcp", "boundary", "session", "endpoint"};
    for (size_t i = 0; i < COUNT(absent); i++) {
        CHECK(policies_declare_absent(policies, (iamlet_text){absent[i], strlen(absent[i])}));
    }
    CHECK(policies_finish(policies, message));
    return policies;
}

static void check_bad_files(const char *folder)
{
    char message[POLICY_MESSAGE_MAX];
    policies *policies = policies_new();
    CHECK(policies != NULL);
    write_file("bad.json", "{\"Version\": \"2012-10-17\"}");
    write_file("image.json", "IAMp and no more");
    CHECK(!add(policies, "bad.json", "identity", "") && !add(policies, "image.json", "identity", ""));
    CHECK(!add(policies, "missing.json", "identity", "") && !add(policies, folder, "identity", ""));
    CHECK(!add(policies, "everyone.json", "trust", "") && !add(policies, "everyone.json", "identity", "nobody"));
    CHECK(!policies_finish(policies, message));
    policies_free(policies);
}

static iamlet_text pick(const char *const *list, size_t count)
{
    const char *text = list[below(count)];
    return (iamlet_text){text, strlen(text)};
}
#define PICK(list) pick(list, COUNT(list))

static const char *const principals[] = {ALICE, BOB, CAROL, "arn:aws:iam::" ACCOUNT ":user/dave", "",
                                         "arn:aws:sts::" ACCOUNT ":assumed-role/app/s", "arn:aws:iam::" ACCOUNT ":root"};
static const char *const actions[] = {"s3:GetObject", "s3:PutObject", "s3:PutObjectTagging", "s3:ListBucket", "s3:GetObjectVersion"};
static const char *const resources[] = {"arn:aws:s3:::team/alice/x", "arn:aws:s3:::team/public/x", "arn:aws:s3:::team/secret/x",
                                        "arn:aws:s3:::team", "arn:aws:s3:::b/time"};
static const char *const addresses[] = {"127.0.0.1", "10.0.0.1", "2001:db8::1", ""};
static const char *const agents[] = {"good", "a bad one", "", "not \xff UTF-8"};
static const char *const referers[] = {"", "", "http://x/"};
static const char *const versions[] = {"old", "new", "new", "\xff"};
static const char *const keys[] = {"s3:prefix", "s3:x-amz-acl", "aws:RequestedRegion", "s3:storage-class", "s3:delimiter"};
static const char *const values[] = {"alice/x", "public/", "public-read", "private", "eu-west-1", ""};
static const char *const tags[] = {"s3:RequestObjectTag/secret", "s3:RequestObjectTag/plan"};
static const char *const tag_values[] = {"yes", "no"};

/* What the engine says with every context key and the time, asked without the gate. */
static bool is_allowed_with_all(const gate *gate, const gate_caller *caller, const gate_memory *memory)
{
    static uint8_t prepared[GATE_REQUEST_MAX];
    iamlet_context_entry entries[CONTEXT_ENTRIES_MAX];
    const iamlet_text given[][2] = {{IAMLET_TEXT("aws:SourceIp"), caller->address},
                                    {IAMLET_TEXT("aws:UserAgent"), caller->user_agent},
                                    {IAMLET_TEXT("aws:Referer"), caller->referer},
                                    {IAMLET_TEXT("aws:SecureTransport"), caller->is_tls ? IAMLET_TEXT("true") : IAMLET_TEXT("false")}};
    iamlet_set sets[2];
    key_set named;
    size_t count = memory->context.count;
    memcpy(entries, memory->context.entries, count * sizeof *entries);
    for (size_t i = 0; i < COUNT(given); i++) {
        if (given[i][1].len != 0) {
            entries[count++] = (iamlet_context_entry){.key = {.name = given[i][0]}, .values = &given[i][1], .value_count = 1};
        }
    }
    bool is_role = caller->role.len != 0;
    size_t set_count = policies_of(gate->policies, is_role ? caller->role : caller->principal, sets, &named);
    for (size_t i = 0; i < memory->s3.access_count; i++) {
        const s3_access *access = &memory->s3.accesses[i];
        iamlet_resource resource = {.arn = access->resource, .account = gate->account};
        size_t entry_count = count;
        if (access->version.data != NULL) {
            entries[entry_count++] =
                (iamlet_context_entry){.key = {.name = IAMLET_TEXT("s3:VersionId")}, .values = &access->version, .value_count = 1};
        }
        iamlet_request request = {
            .struct_size = sizeof request,
            .principal = {.type = caller->principal.len == 0 ? IAMLET_PRINCIPAL_ANONYMOUS : IAMLET_PRINCIPAL_DERIVED,
                          .arn = caller->principal, .role_arn = caller->role},
            .action = access->action,
            .resource = &resource,
            .absent = policies_absent(gate->policies),
            .flags = IAMLET_DERIVE_RESOURCE_ACCOUNT | IAMLET_HAS_CLOCK,
            .clock = caller->now,
            .context = entries,
            .context_count = entry_count,
        };
        iamlet_decision decision;
        size_t len;
        if (iamlet_request_prepare(&request, prepared, sizeof prepared, &len) != IAMLET_OK ||
            iamlet_decide(sets, set_count, prepared, len, &decision) != IAMLET_OK || decision.effect != IAMLET_ALLOW) {
            return false;
        }
    }
    return true;
}

/* Of the keys with a hash, those stay that the principal's policies name, and what may be malformed. */
static void check_context(const gate *gate, const gate_caller *caller, const context *context)
{
    iamlet_set sets[2];
    key_set named;
    (void)policies_of(gate->policies, caller->role.len != 0 ? caller->role : caller->principal, sets, &named);
    for (size_t i = 0; i < context->count; i++) {
        const iamlet_context_entry *entry = &context->entries[i];
        iamlet_text value = entry->value_count == 0 ? IAMLET_TEXT("") : entry->values[0];
        bool is_malformed = value.len != 0 && memchr(value.data, 0xFF, value.len) != NULL;
        CHECK(!entry->key.prepared || is_malformed || (named & key_set_of(entry->key)) != 0);
    }
}

static void make(gate_caller *caller, gate_memory *memory)
{
    /* Half of them are some that come again and again. */
    size_t number = below(1000);
    uint64_t state = random_state;
    if (number < 500) {
        random_state = 1 + number * 0x9E3779B97F4A7C15u;
    }
    *caller = (gate_caller){.principal = PICK(principals), .address = PICK(addresses), .user_agent = PICK(agents),
                            .referer = PICK(referers), .is_tls = below(2) == 0, .now = below(2) == 0 ? 1767225600 : 1925000000};
    if (text_begins_with(caller->principal, IAMLET_TEXT("arn:aws:sts:"))) {
        caller->role = IAMLET_TEXT(ROLE);
    }
    context_begin(&memory->context);
    memory->s3.access_count = 1 + below(2);
    for (size_t i = 0; i < memory->s3.access_count; i++) {
        iamlet_text none = {NULL, 0};
        memory->s3.accesses[i] = (s3_access){.action = PICK(actions), .resource = PICK(resources),
                                             .version = below(3) == 0 ? PICK(versions) : none};
    }
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (below(2) == 0) {
            context_add(&memory->context, context_key((iamlet_text){keys[i], strlen(keys[i])}), PICK(values));
        }
    }
    static const iamlet_text names[] = {TEXT("plan"), TEXT("year"), TEXT("other")};
    if (below(3) == 0) {
        context_add_list(&memory->context, context_key(IAMLET_TEXT("s3:RequestObjectTagKeys")), names, 1 + below(3));
    }
    for (size_t i = 0; i < COUNT(tags); i++) {
        if (below(3) == 0) {
            context_add(&memory->context, (iamlet_key){.name = {tags[i], strlen(tags[i])}}, PICK(tag_values));
        }
    }
    if (number < 500) {
        random_state = state;
    }
}

/* A request with one context key more than there is room for is not the one without that key. */
static void check_full_context(const gate *gate, gate_memory *memory)
{
    static char names[CONTEXT_ENTRIES_MAX - 1][32];
    for (int with_version = 0; with_version < 2; with_version++) {
        gate_caller caller = {.principal = IAMLET_TEXT("arn:aws:sts::" ACCOUNT ":assumed-role/app/s"), .role = IAMLET_TEXT(ROLE),
                              .is_tls = true};
        gate_answer answer;
        context_begin(&memory->context);
        for (size_t i = 0; i < COUNT(names); i++) {
            int len = snprintf(names[i], sizeof names[i], "s3:RequestObjectTag/%zu", i);
            context_add(&memory->context, (iamlet_key){.name = {names[i], (size_t)len}}, IAMLET_TEXT("x"));
        }
        memory->s3.access_count = 1;
        memory->s3.accesses[0] = (s3_access){.action = IAMLET_TEXT("s3:GetObject"), .resource = IAMLET_TEXT("arn:aws:s3:::team/a")};
        if (with_version == 1) {
            memory->s3.accesses[0].version = IAMLET_TEXT("1");
        }
        gate_decide(gate, &caller, memory, &answer);
        CHECK(answer.is_allowed == (with_version == 0));
    }
}

int main(int argc, char **argv)
{
    /* Of one worker with two gates, whose policies are loaded anew from time to time, in the place of others. */
    static gate_memory memory;
    static gate gates[2];
    static const char *const of_all[] = {everyone, everyone_else, everyone};
    char folder[PATH_MAX];
    CHECK(argc == 3 && realpath(argv[1], folder) != NULL && chdir(argv[2]) == 0);
    write_file("everyone.json", everyone);
    write_file("carol.json", of_carol);
    write_file("role.json", of_role);
    check_bad_files(folder);
    size_t count = 200000;
    size_t allowed = 0;
    size_t remembered = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < 2 && i % 20000 == 0; j++) {
            if (i != 0) {
                policies_free(gates[j].policies);
            }
            gates[j] = (gate){.policies = load(folder, of_all[i / 20000 % 2 + j]), .account = IAMLET_TEXT(ACCOUNT)};
            gate_begin(&gates[j]);
        }
        const gate *gate = &gates[below(2)];
        gate_caller caller;
        gate_answer answer;
        make(&caller, &memory);
        bool expected = is_allowed_with_all(gate, &caller, &memory);
        /* A request that is prepared is not all ones here. */
        memory.request[0] = 0xFF;
        gate_decide(gate, &caller, &memory, &answer);
        CHECK(answer.is_allowed == expected);
        CHECK(answer.is_allowed == (answer.status == 200));
        check_context(gate, &caller, &memory.context);
        allowed += expected;
        remembered += expected && memory.request[0] == 0xFF;
    }
    check_full_context(&gates[0], &memory);
    for (size_t j = 0; j < 2; j++) {
        policies_free(gates[j].policies);
    }
    printf("%zu requests, of which %zu are allowed, as with all context keys, %zu of them since the same was allowed before\n",
           count, allowed, remembered);
    CHECK(allowed > count / 50 && allowed < count / 2);
    CHECK(remembered > allowed / 20 && remembered < allowed - allowed / 20);
    return 0;
}
