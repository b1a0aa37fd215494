/*
 * The test of iamlet_easy.h, in what C and C++ have in common: it decides, it says what is wrong, and where
 * memory is missing, at whatever call, it denies and leaks nothing.
 */
#include <stdio.h>

#include "iamlet_easy.h"

static int failures;
#define EXPECT(condition) expect((condition), #condition, __LINE__)

static void expect(bool holds, const char *what, int line)
{
    if (!holds) {
        printf("test_easy.c:%d: %s\n", line, what);
        failures++;
    }
}

/* An allocator that fails at one call, and counts what is not given back. */
typedef struct counter {
    size_t calls, failing, held;
} counter;

static void *count_allocate(void *context, size_t size)
{
    counter *count = (counter *)context;
    if (++count->calls == count->failing) {
        return NULL;
    }
    count->held++;
    return malloc(size);
}

static void count_release(void *context, void *memory)
{
    ((counter *)context)->held--;
    EXPECT(memory != NULL);
    free(memory);
}

#define READ                                                                                                  \
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Sid\": \"Read\", \"Effect\": \"Allow\", "                \
    "\"Action\": \"s3:Get*\", \"Resource\": \"*\"}}"
#define ALL                                                                                                   \
    "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}}"

static iamlet_resource plan;
static iamlet_request request;

static void reset(void)
{
    const iamlet_resource resource = IAMLET_RESOURCE_INIT;
    const iamlet_request empty = IAMLET_REQUEST_INIT;
    plan = resource;
    plan.arn = IAMLET_TEXT("arn:aws:s3:::team/plan");
    plan.account = IAMLET_TEXT("111122223333");
    request = empty;
    request.principal.arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice");
    request.action = IAMLET_TEXT("s3:GetObject");
    request.resource = &plan;
}

/* A document of so many statements: more than 32 take scratch memory of the next class. */
static size_t write_statements(char *out, size_t room, int count)
{
    size_t len = (size_t)snprintf(out, room, "{\"Version\": \"2012-10-17\", \"Statement\": [");
    for (int i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, room - len,
            "%s{\"Effect\": \"Allow\", \"Action\": \"s3:Get%d\", \"Resource\": \"*\"}", i == 0 ? "" : ",", i);
    }
    return len + (size_t)snprintf(out + len, room - len, "]}");
}

static char large[40000];
static size_t large_len;

/* Whether the request is allowed, by three policies and memory of this allocator. */
static bool decides(counter *count)
{
    const iamlet_easy_allocator allocator = {count_allocate, count_release, count};
    iamlet_easy *easy = iamlet_easy_new(&allocator);
    const iamlet_text document = {large, large_len};
    iamlet_easy_add(easy, IAMLET_KIND_IDENTITY, 0, IAMLET_TEXT(READ));
    iamlet_easy_add(easy, IAMLET_KIND_INLINE_USER, 0, document);
    iamlet_easy_add(easy, IAMLET_KIND_SCP_FULL, 0, IAMLET_TEXT(ALL));
    reset();
    /* Without the policies all that they say were declared absent, if a failure were forgotten. */
    request.absent = iamlet_easy_absent(easy);
    bool allowed = iamlet_easy_allows(easy, &request);
    EXPECT(allowed == (iamlet_easy_decision(easy)->effect == IAMLET_ALLOW));
    EXPECT(iamlet_easy_text(easy)[0] != '\0');
    EXPECT(allowed || strstr(iamlet_easy_text(easy), "memory") != NULL ||
           iamlet_easy_decision(easy)->status == IAMLET_BUFFER_TOO_SMALL);
    iamlet_easy_free(easy);
    return allowed;
}

static void fails_closed_at_every_call(void)
{
    counter count = {0, 0, 0};
    large_len = write_statements(large, sizeof large, 300);
    EXPECT(decides(&count));
    EXPECT(count.held == 0 && count.calls > 10);
    size_t calls = count.calls;
    for (size_t failing = 1; failing <= calls; failing++) {
        counter one = {0, failing, 0};
        EXPECT(!decides(&one));
        EXPECT(one.held == 0);
    }
}

static void says_who_decided(void)
{
    iamlet_easy *easy = iamlet_easy_new(NULL);
    EXPECT(iamlet_easy_add(easy, iamlet_kind_from_text(IAMLET_TEXT("identity")), 0, IAMLET_TEXT(READ)));
    EXPECT(iamlet_easy_absent(easy) == (IAMLET_ABSENT_ALL & ~IAMLET_ABSENT_IDENTITY));
    EXPECT(strcmp(iamlet_easy_text(easy), "implicit_deny: the request has no resource, or there are no items") == 0);
    reset();
    EXPECT(!iamlet_easy_allows(easy, &request));
    EXPECT(iamlet_easy_decision(easy)->status == IAMLET_MISSING_LAYER);
    request.absent = iamlet_easy_absent(easy);
    EXPECT(iamlet_easy_allows(easy, &request));
    EXPECT(strcmp(iamlet_easy_text(easy),
                  "allow: arn:aws:iam::111122223333:user/alice, s3:GetObject, arn:aws:s3:::team/plan: an "
                  "identity-based policy allows (identity-based policy, set 0, policy 0, statement 0, Sid Read)") == 0);
    /* A malformed request is denied, and the next one is not. */
    request.principal.arn = IAMLET_TEXT("arn:aws:iam::111122223333:role/alice");
    EXPECT(!iamlet_easy_allows(easy, &request) && !iamlet_easy_allows(easy, NULL));
    request.principal.arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice");
    EXPECT(iamlet_easy_allows(easy, &request));
    request.action = IAMLET_TEXT("s3:PutObject");
    EXPECT(!iamlet_easy_allows(easy, &request) && iamlet_easy_decision(easy)->status == IAMLET_OK);
    /* A policy that comes later counts: this level of the organization allows nothing but s3:Get0. */
    request.action = IAMLET_TEXT("s3:GetObject");
    const iamlet_text few = {large, write_statements(large, sizeof large, 1)};
    EXPECT(iamlet_easy_add(easy, IAMLET_KIND_SCP_FULL, 1, few));
    EXPECT(iamlet_easy_decision(easy)->effect == IAMLET_IMPLICIT_DENY);
    EXPECT(!iamlet_easy_allows(easy, &request)); /* the organization is declared absent */
    request.absent = iamlet_easy_absent(easy);
    EXPECT(!iamlet_easy_allows(easy, &request) && iamlet_easy_decision(easy)->level == 0);
    EXPECT(iamlet_easy_add(easy, IAMLET_KIND_SCP_FULL, 0, IAMLET_TEXT(ALL)));
    EXPECT(!iamlet_easy_allows(easy, &request) && iamlet_easy_decision(easy)->level == 1);
    request.action = IAMLET_TEXT("s3:Get0");
    EXPECT(iamlet_easy_allows(easy, &request));
    iamlet_easy_levels(easy, 3, 0);
    EXPECT(!iamlet_easy_allows(easy, &request) && iamlet_easy_decision(easy)->level == 2);
    iamlet_easy_free(easy);
}

/* The first error of an object stays, and nothing is allowed any more. */
static void keeps_the_first_error(uint32_t kind, uint32_t level, iamlet_text json, const char *text)
{
    iamlet_easy *easy = iamlet_easy_new(NULL);
    iamlet_easy_add(easy, IAMLET_KIND_IDENTITY, 0, IAMLET_TEXT(READ));
    iamlet_easy_add(easy, kind, level, json);
    reset();
    request.absent = IAMLET_ABSENT_ALL & ~IAMLET_ABSENT_IDENTITY;
    EXPECT(!iamlet_easy_allows(easy, &request));
    EXPECT(!iamlet_easy_add(easy, IAMLET_KIND_IDENTITY, 0, IAMLET_TEXT("{}")));
    EXPECT(iamlet_easy_absent(easy) == 0 && iamlet_easy_set(easy) == NULL);
    EXPECT(iamlet_easy_decision(easy)->status != IAMLET_OK && iamlet_easy_decision(easy)->policy == IAMLET_NONE);
    EXPECT(strcmp(iamlet_easy_text(easy), text) == 0);
    if (failures != 0) {
        puts(iamlet_easy_text(easy));
    }
    iamlet_easy_free(easy);
}

int main(void)
{
    says_who_decided();
    fails_closed_at_every_call();
    keeps_the_first_error(IAMLET_KIND_SCP_FULL, 0, IAMLET_TEXT("{}"),
                          "scp_full:1:1: MISSING_ELEMENT a required element is missing: `Statement`");
    keeps_the_first_error(0, 0, IAMLET_TEXT(ALL), iamlet_status_text(IAMLET_UNKNOWN_VALUE).data);
    keeps_the_first_error(IAMLET_KIND_SCP_FULL, 16, IAMLET_TEXT(ALL), iamlet_status_text(IAMLET_BAD_LEVEL).data);
    keeps_the_first_error(IAMLET_KIND_SESSION, 1, IAMLET_TEXT(ALL), iamlet_status_text(IAMLET_BAD_LEVEL).data);
    iamlet_text nowhere = {NULL, SIZE_MAX};
    keeps_the_first_error(IAMLET_KIND_SESSION, 0, nowhere, iamlet_status_text(IAMLET_NULL_ARGUMENT).data);
    /* No object at all. */
    EXPECT(!iamlet_easy_allows(NULL, &request) && iamlet_easy_set(NULL) == NULL && iamlet_easy_absent(NULL) == 0);
    EXPECT(!iamlet_easy_add(NULL, IAMLET_KIND_IDENTITY, 0, IAMLET_TEXT(READ)));
    EXPECT(iamlet_easy_decision(NULL)->effect == IAMLET_IMPLICIT_DENY);
    EXPECT(strcmp(iamlet_easy_text(NULL), "there is no memory") == 0);
    iamlet_easy_levels(NULL, 1, 1);
    iamlet_easy_free(NULL);
    return failures == 0 ? 0 : 1;
}
