/*
 * What each function refuses, by status; that all outputs deny then; and what
 * decisions say beyond their effect. errors.c has the faults of documents.
 */
#include "test.h"

#define USER "arn:aws:iam::111122223333:user/alice"
#define ROLE "arn:aws:iam::111122223333:role/team/builder"
#define SESSION "arn:aws:sts::111122223333:assumed-role/builder/now"
#define ABSENT_BUT_IDENTITY                                                                                   \
    (IAMLET_ABSENT_ORGANIZATION | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_BOUNDARY | IAMLET_ABSENT_SESSION |     \
     IAMLET_ABSENT_ENDPOINT)

/* What a call returns, with the call itself where it returns something else. */
#define RETURNS(status, call) expect_status((status), (call), #call, __LINE__)

static void expect_status(iamlet_status want, iamlet_status status, const char *call, int line)
{
    iamlet_text why = iamlet_status_text(status);
    expect(status == want, "line %d: %d (%.*s), not %d: %s", line, (int)status, PRINTED(why), (int)want, call);
}

static const char IDENTITY[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"Read\", \"Effect\": \"Allow\", "
    "\"Action\": \"s3:Get*\", \"Resource\": \"arn:aws:s3:::b/*\", "
    "\"Condition\": {\"DateGreaterThan\": {\"aws:CurrentTime\": \"2020-01-01T00:00:00Z\"}}}]}";
static const char BUCKET[] =
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Sid\": \"NoWrite\", \"Effect\": \"Deny\", "
    "\"Principal\": \"*\", \"Action\": \"s3:Put*\", \"Resource\": \"*\"}}";

static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
static uint8_t identity[512], bucket[512], out[2048], memory[2048], item_memory[1024];
static size_t identity_len, bucket_len, size, used;
static iamlet_set set, bucket_set;
static iamlet_resource resource;
static iamlet_request request;
static iamlet_text value;
static iamlet_context_entry entry;

static iamlet_status prepare_it(void)
{
    return iamlet_request_prepare(&request, memory, sizeof memory, &used);
}

/* A request that is allowed; each test changes one thing of it. */
static void reset(void)
{
    value = IAMLET_TEXT("10.0.0.1");
    entry = (iamlet_context_entry){.key = {.name = IAMLET_TEXT("aws:SourceIp")}, .values = &value, .value_count = 1};
    resource = (iamlet_resource){.arn = IAMLET_TEXT("arn:aws:s3:::b/k"), .account = IAMLET_TEXT("111122223333")};
    request = (iamlet_request){
        .struct_size = sizeof request,
        .principal = {.type = IAMLET_PRINCIPAL_USER, .arn = IAMLET_TEXT(USER)},
        .action = IAMLET_TEXT("s3:GetObject"),
        .resource = &resource,
        .absent = ABSENT_BUT_IDENTITY,
        .flags = IAMLET_HAS_CLOCK,
        .clock = 1767225600,
        .context = &entry,
        .context_count = 1,
    };
}

/* Prepares the request with its change, which is to return a status; a refused one is to be refused by decisions. */
static void prepares(iamlet_status want, int line)
{
    memset(memory, 0xA5, sizeof memory);
    expect_status(want, prepare_it(), "iamlet_request_prepare", line);
    if (want != IAMLET_OK) {
        iamlet_decision decision;
        expect(used == 0, "line %d: %zu bytes of a refused request", line, used);
        RETURNS(IAMLET_NOT_A_REQUEST, iamlet_decide(&set, 1, memory, sizeof memory, &decision));
        expect(decision.effect == IAMLET_IMPLICIT_DENY, "line %d: it is not denied", line);
    }
    reset();
}

/* Decides the request with its change: the status, and an effect. */
static iamlet_decision decides(const iamlet_set *sets, size_t count, iamlet_status want, uint32_t effect, int line)
{
    iamlet_decision decision;
    memset(&decision, 0xA5, sizeof decision);
    expect_status(IAMLET_OK, prepare_it(), "iamlet_request_prepare", line);
    expect_status(want, iamlet_decide(sets, count, memory, used, &decision), "iamlet_decide", line);
    expect(decision.effect == effect && decision.status == (uint32_t)want, "line %d: effect %u, status %u", line,
           (unsigned)decision.effect, (unsigned)decision.status);
    reset();
    return decision;
}

#define PREPARES(status) prepares((status), __LINE__)
#define DECIDES(sets, count, status, effect) decides((sets), (count), (status), (effect), __LINE__)

static void test_versions_and_texts(void)
{
    expect(iamlet_version() == IAMLET_VERSION_MAJOR * 1000000 + IAMLET_VERSION_MINOR * 1000 + IAMLET_VERSION_PATCH,
           "version %u", (unsigned)iamlet_version());
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", IAMLET_VERSION_MAJOR, IAMLET_VERSION_MINOR, IAMLET_VERSION_PATCH);
    expect(text_equals(iamlet_version_text(), version), "version text");
    iamlet_text (*const texts[])(uint32_t) = {iamlet_status_text, iamlet_fault_code, iamlet_fault_text,
                                              iamlet_pool_text, iamlet_kind_text, iamlet_layer_text,
                                              iamlet_effect_text, iamlet_reason_text};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect(texts[i](1).len > 0 && texts[i](2).len > 0, "text %zu of a number", i);
        expect(texts[i](UINT32_MAX).len == 0 && texts[i](30).len == 0, "text %zu of no number", i);
    }
    expect(iamlet_principal_type_of_arn(SESSION, strlen(SESSION)) == IAMLET_PRINCIPAL_ROLE_SESSION, "session");
    expect(iamlet_principal_type_of_arn(ROLE, strlen(ROLE)) == 0, "a role makes no requests");
    expect(iamlet_principal_type_of_arn(NULL, 0) == 0 && iamlet_principal_type_of_arn(NULL, 1) == 0, "NULL");
}

static void test_images(void)
{
    iamlet_policy_info info;
    uint8_t copy[sizeof identity];
    RETURNS(IAMLET_OK, iamlet_policy_open(identity, identity_len, &info));
    expect(info.kind == IAMLET_KIND_IDENTITY && info.statements == 1 && info.version_2012 == 1, "policy info");
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_policy_open(identity, identity_len, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_policy_open(NULL, identity_len, &info));
    RETURNS(IAMLET_NOT_AN_IMAGE, iamlet_policy_open(NULL, 0, &info));
    RETURNS(IAMLET_NOT_AN_IMAGE, iamlet_policy_open(out, 40, &info));
    RETURNS(IAMLET_BAD_LENGTH, iamlet_policy_open(identity, SIZE_MAX, &info));
    RETURNS(IAMLET_WRONG_SIZE, iamlet_policy_open(identity, identity_len - 1, &info));
    expect(info.kind == 0 && info.statements == 0, "info after a failure");
    memcpy(copy, identity, identity_len);
    copy[4]++; /* the version of the format */
    RETURNS(IAMLET_OTHER_FORMAT, iamlet_policy_open(copy, identity_len, &info));
    /* Whatever byte is changed, an image is refused or is another image: nothing is read beyond its end. */
    for (size_t i = 0; i < identity_len; i++) {
        memcpy(copy, identity, identity_len);
        copy[i] ^= 0xFF;
        iamlet_status status = iamlet_policy_open(copy, identity_len, &info);
        expect(status == IAMLET_OK || (status >= IAMLET_NOT_AN_IMAGE && status <= IAMLET_CORRUPT), "byte %zu: %d", i,
               (int)status);
    }
    memcpy(copy, identity, identity_len);
    memset(copy + 48, 0xFF, identity_len - 48);
    RETURNS(IAMLET_CORRUPT, iamlet_policy_open(copy, identity_len, &info));
}

static void test_source_maps(void)
{
    static const char json[] = "{\"Version\": \"2012-10-17\",\n\"Statement\":\n [{\"Effect\": \"Deny\", "
                               "\"Action\": \"*\", \"Resource\": \"*\"}]}";
    uint8_t image[IAMLET_IMAGE_ROOM(sizeof json)], map[IAMLET_MAP_ROOM(sizeof json)];
    size_t image_used = 7, map_used = 7;
    iamlet_position at = IAMLET_POSITION_INIT;
    RETURNS(IAMLET_BUFFER_TOO_SMALL,
            iamlet_policy_compile_mapped(json, sizeof json - 1, IAMLET_KIND_IDENTITY, NULL, scratch, sizeof scratch,
                                         NULL, 0, &image_used, NULL, 0, &map_used, NULL));
    expect(image_used > 0 && map_used == 8, "%zu and %zu bytes", image_used, map_used);
    RETURNS(IAMLET_OK,
            iamlet_policy_compile_mapped(json, sizeof json - 1, IAMLET_KIND_IDENTITY, NULL, scratch, sizeof scratch,
                                         image, sizeof image, &image_used, map, sizeof map, &map_used, NULL));
    RETURNS(IAMLET_OK, iamlet_policy_position(map, map_used, 0, &at));
    expect(at.line == 3 && at.column == 3, "%u:%u", (unsigned)at.line, (unsigned)at.column);
    RETURNS(IAMLET_UNKNOWN_VALUE, iamlet_policy_position(map, map_used, 1, &at));
    expect(at.line == 0 && at.column == 0, "%u:%u of no statement", (unsigned)at.line, (unsigned)at.column);
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_policy_position(NULL, 8, 0, &at));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_policy_position(map, map_used, 0, NULL));
    RETURNS(IAMLET_OVERLAP,
            iamlet_policy_compile_mapped(json, sizeof json - 1, IAMLET_KIND_IDENTITY, NULL, scratch, sizeof scratch,
                                         image, sizeof image, &image_used, image, 8, &map_used, NULL));
    expect(image_used == 0 && map_used == 0, "%zu and %zu bytes after a failure", image_used, map_used);
}

static void test_context_keys(void)
{
    iamlet_policy_info info;
    iamlet_text name = IAMLET_TEXT("stale");
    RETURNS(IAMLET_OK, iamlet_policy_open(identity, identity_len, &info));
    expect(info.context_keys == 1, "%u context keys", (unsigned)info.context_keys);
    RETURNS(IAMLET_OK, iamlet_policy_context_key(identity, identity_len, 0, &name));
    expect(text_equals(name, "aws:currenttime"), "the name of a context key");
    RETURNS(IAMLET_UNKNOWN_VALUE, iamlet_policy_context_key(identity, identity_len, 1, &name));
    expect(name.data == NULL && name.len == 0, "no context key");
    RETURNS(IAMLET_OK, iamlet_policy_open(bucket, bucket_len, &info));
    expect(info.context_keys == 0, "%u context keys", (unsigned)info.context_keys);
    RETURNS(IAMLET_WRONG_SIZE, iamlet_policy_context_key(identity, identity_len - 1, 0, &name));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_policy_context_key(identity, identity_len, 0, NULL));
}

static void test_sets(void)
{
    size_t at = 7;
    iamlet_set opened;
    iamlet_set_policy list[2] = {{identity, identity_len, 1, IAMLET_LAYER_IDENTITY, 0},
                                 {bucket, bucket_len, 2, IAMLET_LAYER_RESOURCE, 0}};
    RETURNS(IAMLET_OK, iamlet_set_size(list, 2, 0, 0, &size, &at));
    expect(at == SIZE_MAX, "policy %zu is at fault", at);
    RETURNS(IAMLET_BUFFER_TOO_SMALL, iamlet_set_build(list, 2, 0, 0, NULL, 0, &used, NULL));
    expect(used == size, "%zu bytes, not %zu", used, size);
    RETURNS(IAMLET_OK, iamlet_set_build(NULL, 0, 0, 0, out, sizeof out, &used, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_build(list, 2, 0, 0, NULL, 8, &used, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_build(list, 2, 0, 0, out, sizeof out, NULL, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_build(NULL, 2, 0, 0, out, sizeof out, &used, NULL));
    RETURNS(IAMLET_OVERLAP, iamlet_set_build(list, 2, 0, 0, identity, sizeof identity, &used, NULL));
    RETURNS(IAMLET_BAD_LEVEL, iamlet_set_build(list, 2, 17, 0, out, sizeof out, &used, &at));
    RETURNS(IAMLET_BAD_LEVEL, iamlet_set_build(list, 2, 0, 300, out, sizeof out, &used, &at));
    list[1].level = 1;
    RETURNS(IAMLET_BAD_LEVEL, iamlet_set_build(list, 2, 0, 0, out, sizeof out, &used, &at));
    expect(at == 1 && used == 0, "policy %zu is at fault", at);
    list[1].level = 0;
    list[1].layer = 99;
    RETURNS(IAMLET_UNKNOWN_VALUE, iamlet_set_build(list, 2, 0, 0, out, sizeof out, &used, &at));
    list[1].layer = IAMLET_LAYER_SESSION;
    RETURNS(IAMLET_WRONG_LAYER, iamlet_set_build(list, 2, 0, 0, out, sizeof out, &used, &at));
    list[0] = list[1];
    list[0].layer = list[1].layer = IAMLET_LAYER_RESOURCE;
    RETURNS(IAMLET_LAYER_REPEATED, iamlet_set_build(list, 2, 0, 0, out, sizeof out, &used, &at));
    list[1].image_len--;
    RETURNS(IAMLET_WRONG_SIZE, iamlet_set_build(list, 2, 0, 0, out, sizeof out, &used, &at));
    expect(at == 1, "policy %zu is at fault", at);

    iamlet_set_info info;
    RETURNS(IAMLET_OK, iamlet_set_describe(&set, &info));
    expect(info.policies == 1 && info.statements == 1 && info.scp_levels == 0 && info.rcp_levels == 0 &&
               info.layers == IAMLET_ABSENT_IDENTITY && info.has_index == 0,
           "set info");
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_describe(NULL, &info));
    expect(info.policies == 0 && info.layers == 0, "set info after a failure");
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_describe(&set, NULL));

    memset(&opened, 0xA5, sizeof opened);
    RETURNS(IAMLET_NOT_AN_IMAGE, iamlet_set_open(identity, identity_len, &opened));
    expect(opened.data == NULL && opened.len == 0, "a set that did not open");
    RETURNS(IAMLET_WRONG_SIZE, iamlet_set_open(set.data, set.len - 1, &opened));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_open(NULL, 8, &opened));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_set_open(set.data, set.len, NULL));
}

static void test_requests(void)
{
    reset();
    PREPARES(IAMLET_OK);
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_request_prepare(NULL, memory, sizeof memory, &used));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_request_prepare(&request, memory, sizeof memory, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_request_prepare(&request, NULL, 8, &used));
    RETURNS(IAMLET_OVERLAP, iamlet_request_prepare(&request, &request, sizeof request, &used));
    RETURNS(IAMLET_OVERLAP, iamlet_request_prepare(&request, &value, sizeof value, &used));
    RETURNS(IAMLET_OK, iamlet_request_size(&request, &size));
    RETURNS(IAMLET_BUFFER_TOO_SMALL, iamlet_request_prepare(&request, NULL, 0, &used));
    expect(used <= size, "%zu bytes are enough, not %zu", size, used);
    request.struct_size--;
    PREPARES(IAMLET_BAD_STRUCT_SIZE);
    request.flags = 1u << 31;
    PREPARES(IAMLET_UNKNOWN_VALUE);
    request.absent |= 1u << 31;
    PREPARES(IAMLET_UNKNOWN_VALUE);
    request.principal.flags = 1u << 31;
    PREPARES(IAMLET_UNKNOWN_VALUE);
    request.principal.type = 10;
    PREPARES(IAMLET_UNKNOWN_VALUE);
    request.resource_kind = 4;
    PREPARES(IAMLET_UNKNOWN_VALUE);
    request.resource_kind = IAMLET_RESOURCE_ROLE;
    PREPARES(IAMLET_CONTRADICTED_RESOURCE_KIND);
    request.principal.type = IAMLET_PRINCIPAL_ROOT;
    PREPARES(IAMLET_CONTRADICTED_PRINCIPAL_TYPE);
    request.action = IAMLET_TEXT("s3:Get*");
    PREPARES(IAMLET_MALFORMED_ACTION);
    request.principal.arn = IAMLET_TEXT(SESSION);
    PREPARES(IAMLET_CONTRADICTED_PRINCIPAL_TYPE);
    resource.account = IAMLET_TEXT("");
    PREPARES(IAMLET_MALFORMED_RESOURCE_ACCOUNT);
    resource.arn = IAMLET_TEXT("arn:aws:sqs:eu-west-1:222233334444:jobs");
    PREPARES(IAMLET_CONTRADICTED_RESOURCE_ACCOUNT);
    entry.key.name = IAMLET_TEXT("aws:principalarn");
    PREPARES(IAMLET_CONTRADICTED_KEY);
    entry.key.name = IAMLET_TEXT("");
    PREPARES(IAMLET_MALFORMED_CONTEXT_KEY);
    value = IAMLET_TEXT("\xff");
    PREPARES(IAMLET_NOT_UTF8);
    static char long_text[70000];
    memset(long_text, 'a', sizeof long_text);
    value = (iamlet_text){long_text, 65536};
    PREPARES(IAMLET_REQUEST_TOO_LARGE);
    request.clock = INT64_MAX;
    PREPARES(IAMLET_BAD_CLOCK);
    value = (iamlet_text){NULL, 4};
    PREPARES(IAMLET_NULL_ARGUMENT);
    value = (iamlet_text){NULL, 0};
    PREPARES(IAMLET_OK);
    request.action.len = SIZE_MAX;
    PREPARES(IAMLET_BAD_LENGTH);
    RETURNS(IAMLET_OK, iamlet_key_prepare(entry.key.name, &entry.key));
    PREPARES(IAMLET_OK);
    RETURNS(IAMLET_MALFORMED_CONTEXT_KEY, iamlet_key_prepare(IAMLET_TEXT(""), &entry.key));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_key_prepare(IAMLET_TEXT("a:b"), NULL));
    reset();
}

static void test_single_decisions(void)
{
    reset();
    iamlet_decision allowed = DECIDES(&set, 1, IAMLET_OK, IAMLET_ALLOW);
    expect(allowed.reason == IAMLET_REASON_IDENTITY_ALLOWS && allowed.layer == IAMLET_LAYER_IDENTITY &&
               allowed.set == 0 && allowed.policy == 0 && allowed.statement == 0 && allowed.tag == 4711 &&
               text_equals(allowed.sid, "Read") && allowed.sid.data > (const char *)set.data &&
               allowed.sid.data < (const char *)set.data + set.len,
           "what the decision says");
    request.flags = 0; /* no clock, no time: the statement needs one */
    iamlet_decision silent = DECIDES(&set, 1, IAMLET_OK, IAMLET_IMPLICIT_DENY);
    expect(silent.reason == IAMLET_REASON_IDENTITY_SILENT && silent.set == IAMLET_NONE &&
               silent.policy == IAMLET_NONE && silent.statement == IAMLET_NONE && silent.sid.len == 0,
           "what the implicit deny says");
    request.absent &= ~(uint32_t)(IAMLET_ABSENT_BOUNDARY | IAMLET_ABSENT_SESSION);
    iamlet_decision missing = DECIDES(&set, 1, IAMLET_MISSING_LAYER, IAMLET_IMPLICIT_DENY);
    expect(missing.layer == IAMLET_LAYER_BOUNDARY && missing.reason == IAMLET_REASON_ERROR, "the first missing layer");
    expect(missing.layers == (IAMLET_ABSENT_BOUNDARY | IAMLET_ABSENT_SESSION), "all missing layers");
    request.absent |= IAMLET_ABSENT_SESSION;
    request.absent |= IAMLET_ABSENT_IDENTITY;
    iamlet_decision both = DECIDES(&set, 1, IAMLET_CONTRADICTED_LAYER, IAMLET_IMPLICIT_DENY);
    expect(both.layer == IAMLET_LAYER_IDENTITY, "the contradicted layer");
    DECIDES(NULL, 0, IAMLET_MISSING_LAYER, IAMLET_IMPLICIT_DENY);
    request.resource = NULL;
    DECIDES(&set, 1, IAMLET_NO_RESOURCE, IAMLET_IMPLICIT_DENY);
    request.budget = 1;
    DECIDES(&set, 1, IAMLET_BUDGET_EXHAUSTED, IAMLET_IMPLICIT_DENY);

    const iamlet_set both_sets[] = {set, bucket_set}, repeated[] = {set, bucket_set, bucket_set};
    const iamlet_set broken[] = {set, {0}};
    iamlet_set many[17];
    for (size_t i = 0; i < 17; i++) {
        many[i] = set;
    }
    DECIDES(many, 16, IAMLET_OK, IAMLET_ALLOW);
    DECIDES(many, 17, IAMLET_TOO_MANY_SETS, IAMLET_IMPLICIT_DENY);
    DECIDES(broken, 2, IAMLET_NOT_AN_IMAGE, IAMLET_IMPLICIT_DENY);
    DECIDES(NULL, 1, IAMLET_NULL_ARGUMENT, IAMLET_IMPLICIT_DENY);
    request.absent &= ~(uint32_t)IAMLET_ABSENT_RESOURCE;
    DECIDES(repeated, 3, IAMLET_LAYER_REPEATED, IAMLET_IMPLICIT_DENY);
    request.absent &= ~(uint32_t)IAMLET_ABSENT_RESOURCE;
    iamlet_resource key_resource = {.arn = IAMLET_TEXT("arn:aws:kms:eu-west-1:111122223333:key/k")};
    request.resource = &key_resource;
    DECIDES(both_sets, 2, IAMLET_WRONG_RESOURCE_KIND, IAMLET_IMPLICIT_DENY);
    request.absent &= ~(uint32_t)IAMLET_ABSENT_RESOURCE;
    request.action = IAMLET_TEXT("S3:PUTOBJECT");
    iamlet_decision denied = DECIDES(both_sets, 2, IAMLET_OK, IAMLET_EXPLICIT_DENY);
    expect(denied.set == 1 && text_equals(denied.sid, "NoWrite") && denied.layer == IAMLET_LAYER_RESOURCE, "the deny");
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_decide(&set, 1, memory, used, NULL));
    expect(prepare_it() == IAMLET_OK, "prepare");
    iamlet_decision decision;
    RETURNS(IAMLET_NOT_A_REQUEST, iamlet_decide(&set, 1, memory, used - 1, &decision));
    RETURNS(IAMLET_NOT_A_REQUEST, iamlet_decide(&set, 1, NULL, 0, &decision));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_decide(&set, 1, NULL, 8, &decision));
}

static void test_many_decisions(void)
{
    reset();
    iamlet_request_item item = {.struct_size = sizeof item, .resource = resource};
    iamlet_decision decisions[3];
    request.absent &= ~(uint32_t)IAMLET_ABSENT_RESOURCE;
    RETURNS(IAMLET_OK, prepare_it());
    size_t item_len;
    RETURNS(IAMLET_OK, iamlet_item_size(&item, &size));
    RETURNS(IAMLET_OK, iamlet_item_prepare(memory, used, &item, item_memory, sizeof item_memory, &item_len));
    expect(item_len <= size, "an item of %zu bytes, not %zu", item_len, size);
    iamlet_batch_entry entries[3] = {{memory, used, item_memory, item_len, &bucket_set}};
    entries[1] = entries[2] = entries[0];
    entries[1].item = memory; /* a request is no item */
    entries[1].item_len = used;
    entries[2].set = NULL; /* the layer is missing */
    RETURNS(IAMLET_NOT_A_REQUEST, iamlet_decide_batch(&set, 1, entries, 3, decisions));
    expect(decisions[0].status == IAMLET_OK && decisions[0].effect == IAMLET_ALLOW, "entry 0");
    expect(decisions[1].status == IAMLET_NOT_A_REQUEST && decisions[1].effect == IAMLET_IMPLICIT_DENY, "entry 1");
    expect(decisions[2].status == IAMLET_MISSING_LAYER && decisions[2].effect == IAMLET_IMPLICIT_DENY, "entry 2");
    RETURNS(IAMLET_OK, iamlet_decide_batch(&set, 1, NULL, 0, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_decide_batch(&set, 1, entries, 3, NULL));
    RETURNS(IAMLET_NULL_ARGUMENT, iamlet_decide_batch(&set, 1, NULL, 3, decisions));
    expect(decisions[2].status == IAMLET_NULL_ARGUMENT && decisions[2].effect == IAMLET_IMPLICIT_DENY, "all deny");

    RETURNS(IAMLET_MISSING_LAYER, iamlet_decide_resources(&set, 1, memory, used, entries + 2, 1, decisions));
    RETURNS(IAMLET_NO_RESOURCE, iamlet_decide_resources(&set, 1, memory, used, entries, 0, decisions));
    RETURNS(IAMLET_NOT_A_REQUEST, iamlet_decide_resources(&set, 1, memory, used, entries, 2, decisions));
    expect(decisions[0].effect == IAMLET_IMPLICIT_DENY, "an item that is none");
    entries[1] = entries[0];
    RETURNS(IAMLET_OK, iamlet_decide_resources(&set, 1, memory, used, entries, 2, decisions));
    expect(decisions[0].effect == IAMLET_ALLOW && decisions[0].item == 0, "both items are allowed");

    item.resource.arn = IAMLET_TEXT("arn:aws:s3:::other/k");
    static uint8_t other_memory[1024];
    RETURNS(IAMLET_OK, iamlet_item_prepare(memory, used, &item, other_memory, sizeof other_memory, &item_len));
    entries[1].item = other_memory;
    entries[1].item_len = item_len;
    RETURNS(IAMLET_OK, iamlet_decide_resources(&set, 1, memory, used, entries, 2, decisions));
    expect(decisions[0].effect == IAMLET_IMPLICIT_DENY && decisions[0].item == 1, "the second item is denied");

    item.absent = IAMLET_ABSENT_RESOURCE; /* a bucket without a policy, beside one that has one */
    RETURNS(IAMLET_OK, iamlet_item_prepare(memory, used, &item, other_memory, sizeof other_memory, &item_len));
    entries[1] = (iamlet_batch_entry){memory, used, other_memory, item_len, NULL};
    RETURNS(IAMLET_OK, iamlet_decide_batch(&set, 1, entries, 2, decisions));
    expect(decisions[1].effect == IAMLET_IMPLICIT_DENY && decisions[1].reason == IAMLET_REASON_IDENTITY_SILENT,
           "an item without a resource policy");
    entries[1].set = &bucket_set;
    RETURNS(IAMLET_CONTRADICTED_LAYER, iamlet_decide_batch(&set, 1, entries, 2, decisions));
    item.absent = 1u << 31;
    RETURNS(IAMLET_UNKNOWN_VALUE, iamlet_item_prepare(memory, used, &item, out, sizeof out, &size));

    item.absent = 0;
    item.struct_size = 0;
    RETURNS(IAMLET_BAD_STRUCT_SIZE, iamlet_item_size(&item, &size));
    RETURNS(IAMLET_BAD_STRUCT_SIZE, iamlet_item_prepare(memory, used, &item, item_memory, sizeof item_memory, &size));
    item.struct_size = sizeof item;
    RETURNS(IAMLET_OVERLAP, iamlet_item_prepare(memory, used, &item, memory, sizeof memory, &size));
    RETURNS(IAMLET_NOT_A_REQUEST, iamlet_item_prepare(out, 64, &item, item_memory, sizeof item_memory, &size));
    item.resource.account = IAMLET_TEXT("");
    RETURNS(IAMLET_MALFORMED_RESOURCE_ACCOUNT,
            iamlet_item_prepare(memory, used, &item, item_memory, sizeof item_memory, &size));
}

static void test_misaligned(void)
{
    reset();
    static _Alignas(16) uint8_t aligned[256];
    void *odd = aligned + 1;
    RETURNS(IAMLET_MISALIGNED, iamlet_policy_open(identity, identity_len, odd));
    RETURNS(IAMLET_MISALIGNED, iamlet_set_open(set.data, set.len, odd));
    RETURNS(IAMLET_MISALIGNED, iamlet_set_size(odd, 1, 0, 0, &size, NULL));
    RETURNS(IAMLET_MISALIGNED, iamlet_set_build(NULL, 0, 0, 0, out, sizeof out, odd, NULL));
    RETURNS(IAMLET_MISALIGNED, iamlet_request_size(odd, &size));
    RETURNS(IAMLET_MISALIGNED, iamlet_request_prepare(&request, memory, sizeof memory, odd));
    RETURNS(IAMLET_MISALIGNED, iamlet_key_prepare(IAMLET_TEXT("a:b"), odd));
    RETURNS(IAMLET_MISALIGNED, iamlet_decide(&set, 1, memory, used, odd));
    RETURNS(IAMLET_MISALIGNED, iamlet_decide_batch(&set, 1, odd, 1, (iamlet_decision *)(void *)aligned));
    RETURNS(IAMLET_MISALIGNED, iamlet_error_format(IAMLET_TEXT("x"), odd, NULL, 0, &size));
    /* A prepared request has no alignment. */
    static uint8_t shifted[sizeof memory + 1];
    RETURNS(IAMLET_OK, iamlet_request_prepare(&request, shifted + 1, sizeof memory, &used));
    iamlet_decision decision;
    RETURNS(IAMLET_OK, iamlet_decide(&set, 1, shifted + 1, used, &decision));
    expect(decision.effect == IAMLET_ALLOW, "a request at an odd address");
}

/* A request in two steps is decided as that of one call, and refused for the same. */
static void test_two_steps(void)
{
    static uint8_t words[256], principal[1024], action[64];
    const iamlet_text names[] = {IAMLET_TEXT("aws:SourceIp"), IAMLET_TEXT("s3:prefix")};
    size_t at;
    RETURNS(IAMLET_OK, iamlet_dictionary_size(names, 2, &size, NULL));
    expect(size <= sizeof words, "a dictionary of %zu bytes", size);
    RETURNS(IAMLET_BUFFER_TOO_SMALL, iamlet_dictionary_build(names, 2, NULL, 0, &used, &at));
    expect(used == size && at == SIZE_MAX, "the size is told");
    RETURNS(IAMLET_OK, iamlet_dictionary_build(names, 2, words, sizeof words, &used, &at));
    iamlet_dictionary dictionary = IAMLET_DICTIONARY_INIT;
    RETURNS(IAMLET_OK, iamlet_dictionary_open(words, used, &dictionary));
    uint32_t slot;
    RETURNS(IAMLET_OK, iamlet_dictionary_slot(&dictionary, "AWS:SourceIp", 12, &slot));
    expect(slot == 0, "slot %u", (unsigned)slot);

    reset();
    iamlet_principal_input input = IAMLET_PRINCIPAL_INPUT_INIT;
    input.principal = request.principal;
    input.absent = request.absent;
    input.dictionary = &dictionary;
    size_t principal_len, action_len;
    RETURNS(IAMLET_OK, iamlet_principal_prepare(&input, principal, sizeof principal, &principal_len));
    RETURNS(IAMLET_OK, iamlet_action_prepare(request.action.data, request.action.len, action, sizeof action,
                                             &action_len));
    iamlet_slot_entry by_slot = {.values = &value, .value_count = 1, .slot = slot};
    iamlet_assembly assembly = IAMLET_ASSEMBLY_INIT;
    assembly.principal = principal;
    assembly.principal_len = principal_len;
    assembly.action = action;
    assembly.action_len = action_len;
    assembly.resource = &resource;
    assembly.flags = request.flags;
    assembly.clock = request.clock;
    assembly.entries = &by_slot;
    assembly.entry_count = 1;
    RETURNS(IAMLET_OK, iamlet_assembly_size(&assembly, &size));
    RETURNS(IAMLET_OK, iamlet_request_assemble(&assembly, memory, sizeof memory, &used));
    expect(used <= size, "%zu bytes of %zu", used, size);
    iamlet_decision decision;
    RETURNS(IAMLET_OK, iamlet_decide(&set, 1, memory, used, &decision));
    expect(decision.effect == IAMLET_ALLOW && decision.tag == 4711, "an assembled request is allowed");

    /* With slots the set decides alike. */
    static uint8_t copy[4096];
    expect(set.len <= sizeof copy, "a set of %zu bytes", set.len);
    memcpy(copy, set.data, set.len);
    RETURNS(IAMLET_OK, iamlet_set_assign_slots(copy, set.len, &dictionary));
    iamlet_set with_slots = IAMLET_SET_INIT;
    RETURNS(IAMLET_OK, iamlet_set_open(copy, set.len, &with_slots));
    RETURNS(IAMLET_OK, iamlet_decide(&with_slots, 1, memory, used, &decision));
    expect(decision.effect == IAMLET_ALLOW && decision.tag == 4711, "by a set with slots as well");

    /* After an error the memory holds no request. */
    by_slot.slot = 2;
    RETURNS(IAMLET_UNKNOWN_SLOT, iamlet_request_assemble(&assembly, memory, sizeof memory, &used));
    RETURNS(IAMLET_NOT_A_REQUEST, iamlet_decide(&set, 1, memory, sizeof memory, &decision));
    expect(decision.effect == IAMLET_IMPLICIT_DENY, "no request is denied");
    by_slot.slot = 0;
    value = IAMLET_TEXT("\xff");
    RETURNS(IAMLET_NOT_UTF8, iamlet_request_assemble(&assembly, memory, sizeof memory, &used));
    expect(text_equals(iamlet_assembly_member(&assembly), "context"), "the member is named");
    assembly.principal_len--;
    RETURNS(IAMLET_NOT_A_PRINCIPAL, iamlet_request_assemble(&assembly, memory, sizeof memory, &used));
    RETURNS(IAMLET_MALFORMED_ACTION, iamlet_action_prepare("s3:*", 4, action, sizeof action, &action_len));
}

void test_calls(void)
{
    begin("calls: policies of this test");
    RETURNS(IAMLET_OK, iamlet_policy_compile(IDENTITY, sizeof IDENTITY - 1, IAMLET_KIND_IDENTITY, NULL, scratch,
                                             sizeof scratch, identity, sizeof identity, &identity_len, NULL));
    RETURNS(IAMLET_OK, iamlet_policy_compile(BUCKET, sizeof BUCKET - 1, IAMLET_KIND_RESOURCE, NULL, scratch,
                                             sizeof scratch, bucket, sizeof bucket, &bucket_len, NULL));
    const iamlet_set_policy user = {identity, identity_len, 4711, IAMLET_LAYER_IDENTITY, 0};
    const iamlet_set_policy owner = {bucket, bucket_len, 815, IAMLET_LAYER_RESOURCE, 0};
    buffer user_set = build_set(&user, 1, 0, 0), owner_set = build_set(&owner, 1, 0, 0);
    set = open_set(user_set);
    bucket_set = open_set(owner_set);
    end();

    static const struct {
        const char *id;
        void (*test)(void);
    } TESTS[] = {
        {"calls: versions and texts", test_versions_and_texts},
        {"calls: images", test_images},
        {"calls: source maps", test_source_maps},
        {"calls: context keys", test_context_keys},
        {"calls: sets", test_sets},
        {"calls: requests", test_requests},
        {"calls: requests in two steps", test_two_steps},
        {"calls: single decisions", test_single_decisions},
        {"calls: many decisions", test_many_decisions},
        {"calls: misaligned pointers", test_misaligned},
    };
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++) {
        begin(TESTS[i].id);
        TESTS[i].test();
        end();
    }
    release(user_set);
    release(owner_set);
}
