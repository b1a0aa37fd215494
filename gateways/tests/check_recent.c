/*
 * What is remembered of allowed requests: one is found only if all of it is the same as one that was added, field by field.
 */
#include "check.h"
#include "recent.h"

#define TEXTS 10
#define ENTRIES 2
#define VALUES 2
#define REQUESTS 6000

/* A request with memory of its own for what it points to. */
typedef struct made {
    uint64_t policies_number;
    iamlet_request request;
    iamlet_resource resource;
    iamlet_context_entry entries[ENTRIES];
    iamlet_text values[ENTRIES][VALUES];
} made;

/* Few short texts, so that many requests are the same, and some but for where a text ends and the next begins. */
static iamlet_text some_text(void)
{
    static const iamlet_text texts[] = {TEXT("a"), TEXT(""), TEXT("aa"), TEXT("b"), TEXT("ab"), TEXT("ba")};
    return texts[below(16) == 0 ? below(COUNT(texts)) : 0];
}

static uint64_t some_number(void)
{
    return below(16) == 0 ? 1 + below(3) : 0;
}

static void texts_of(made *made, iamlet_text *texts[TEXTS])
{
    iamlet_principal *principal = &made->request.principal;
    iamlet_text *all[TEXTS] = {
        &principal->arn, &principal->role_arn, &principal->user_arn, &principal->service, &principal->provider,
        &principal->canonical_user, &principal->unique_id, &made->request.action, &made->resource.arn,
        &made->resource.account,
    };
    memcpy(texts, all, sizeof all);
}

static void make(made *made)
{
    memset(made, 0, sizeof *made);
    iamlet_request *request = &made->request;
    made->policies_number = 1 + some_number();
    request->struct_size = sizeof *request;
    request->resource = &made->resource;
    request->context = made->entries;
    request->context_count = below(ENTRIES + 1);
    request->principal.type = (uint32_t)some_number();
    request->principal.flags = (uint32_t)some_number();
    request->resource_kind = (uint32_t)some_number();
    request->absent = (uint32_t)some_number();
    request->flags = (uint32_t)some_number();
    request->clock = -(int64_t)some_number();
    request->budget = some_number();
    made->resource.in_management_account = (uint32_t)some_number();
    iamlet_text *texts[TEXTS];
    texts_of(made, texts);
    for (size_t i = 0; i < TEXTS; i++) {
        *texts[i] = some_text();
    }
    for (size_t i = 0; i < ENTRIES; i++) {
        made->entries[i] = (iamlet_context_entry){.key = {.name = some_text()}, .values = made->values[i],
                                                  .value_count = below(VALUES + 1), .multivalued = (uint32_t)some_number(),
                                                  .not_fetched = (uint32_t)some_number()};
        for (size_t j = 0; j < VALUES; j++) {
            made->values[i][j] = some_text();
        }
    }
}

/* The stupid twin of comparing bytes. */
static bool are_same(made *a, made *b)
{
    const iamlet_request *left = &a->request;
    const iamlet_request *right = &b->request;
    iamlet_text *texts[TEXTS];
    iamlet_text *others[TEXTS];
    texts_of(a, texts);
    texts_of(b, others);
    bool same = a->policies_number == b->policies_number && left->principal.type == right->principal.type &&
                left->principal.flags == right->principal.flags && left->resource_kind == right->resource_kind &&
                left->absent == right->absent && left->flags == right->flags && left->clock == right->clock &&
                left->budget == right->budget && left->context_count == right->context_count &&
                a->resource.in_management_account == b->resource.in_management_account;
    for (size_t i = 0; i < TEXTS; i++) {
        same = same && text_equals(*texts[i], *others[i]);
    }
    for (size_t i = 0; same && i < left->context_count; i++) {
        const iamlet_context_entry *entry = &a->entries[i];
        const iamlet_context_entry *other = &b->entries[i];
        same = text_equals(entry->key.name, other->key.name) && entry->multivalued == other->multivalued &&
               entry->not_fetched == other->not_fetched && entry->value_count == other->value_count;
        for (size_t j = 0; same && j < entry->value_count; j++) {
            same = text_equals(entry->values[j], other->values[j]);
        }
    }
    return same;
}

static bool is_found(recent *recent, made *made)
{
    /* In another place, with the same content. */
    static struct made copy;
    copy = *made;
    copy.request.resource = &copy.resource;
    copy.request.context = copy.entries;
    for (size_t i = 0; i < ENTRIES; i++) {
        copy.entries[i].values = copy.values[i];
    }
    return recent_find(recent, copy.policies_number, &copy.request);
}

static void check_long_ones(void)
{
    static recent recent;
    static char bytes[4 * RECENT_BYTES];
    made made;
    memset(bytes, 'x', sizeof bytes);
    for (size_t len = sizeof bytes; len > 0; len--) {
        make(&made);
        made.resource.arn = (iamlet_text){bytes, len};
        CHECK(!is_found(&recent, &made));
        recent_add(&recent);
        bool is_remembered = is_found(&recent, &made);
        CHECK(is_remembered || len >= RECENT_BYTES / 4);
        CHECK(!is_remembered || len < RECENT_BYTES);
    }
}

/* An entry of a context. */
static iamlet_context_entry entry(iamlet_text name, const iamlet_text *values, size_t count)
{
    return (iamlet_context_entry){.key = {.name = name}, .values = values, .value_count = count};
}

/* Names and values that are themselves as lengths and counts are written down. */
static void check_texts_like_lengths(recent *recent)
{
#define ZERO "\0\0\0\0\0\0\0\0"
#define EIGHT "\10\0\0\0\0\0\0\0"
    static const iamlet_text empty = {"", 0};
    static const iamlet_text zero = TEXT(ZERO);
    static const iamlet_text zeros[] = {TEXT(""), TEXT(ZERO ZERO)};
    static const iamlet_text before[] = {TEXT(""), TEXT(ZERO)};
    static const iamlet_text after[] = {TEXT(ZERO), TEXT("")};
    const iamlet_context_entry pairs[][2][ENTRIES] = {
        {{entry(empty, &zero, 1), entry(empty, NULL, 0)}, {entry(IAMLET_TEXT(EIGHT), &empty, 1), entry(empty, NULL, 0)}},
        {{entry(empty, before, 2), entry(empty, NULL, 0)}, {entry(empty, after, 2), entry(empty, NULL, 0)}},
        {{entry(empty, zeros, 2), entry(empty, NULL, 0)}, {entry(empty, zeros, 1), entry(zeros[1], &empty, 1)}},
    };
    made made;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        make(&made);
        made.request.context_count = ENTRIES;
        made.request.context = pairs[i][0];
        CHECK(!recent_find(recent, 1, &made.request));
        recent_add(recent);
        CHECK(recent_find(recent, 1, &made.request));
        made.request.context = pairs[i][1];
        CHECK(!recent_find(recent, 1, &made.request));
    }
}

/* Looks for a request: what is found was added. */
static bool look_for(recent *recent, made *made, struct made *added, size_t count)
{
    bool was_added = false;
    bool was_found = is_found(recent, made);
    for (size_t i = 0; i < count && was_found && !was_added; i++) {
        was_added = are_same(made, &added[i]);
    }
    CHECK(was_added == was_found);
    return was_found;
}

int main(void)
{
    static recent recent;
    static made added[REQUESTS];
    size_t found = 0;
    for (size_t i = 0; i < REQUESTS; i++) {
        make(&added[i]);
        found += look_for(&recent, &added[i], added, i);
        recent_add(&recent);
        CHECK(look_for(&recent, &added[i], added, i + 1));
        made fewer = added[i];
        fewer.request.context_count -= fewer.request.context_count != 0;
        (void)look_for(&recent, &fewer, added, i + 1);
    }
    printf("%d requests, of which %zu were found again\n", REQUESTS, found);
    CHECK(found > REQUESTS / 20);
    check_long_ones();
    check_texts_like_lengths(&recent);
    return 0;
}
