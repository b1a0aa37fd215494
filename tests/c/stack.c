/*
 * The stack that the library uses, measured: compiling less than 8 KiB, deciding and all else less than 4 KiB, as the
 * header says.
 *
 * Each call runs on a thread whose stack is ours. Right before it, everything below the caller's frame is painted; right
 * after it, the lowest word that changed tells how deep the call went, counted from where an empty function's frame ends.
 */

#define _XOPEN_SOURCE 700
#include "iamlet.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK = 256 * 1024, MARGIN = 96 };
static const uint64_t PAINT = 0xA5C3965A3C69A5F0;

static char *stack_low;

#define CHECK(condition)                                                             \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            exit(2);                                                                 \
        }                                                                            \
    } while (0)

/* Where the frame of an empty function ends that `depth` calls, below the frame of that. */
static size_t empty_frame;
static char *depth_frame;

__attribute__((noinline)) static void empty(void) {
    empty_frame = (size_t)(depth_frame - (char *)__builtin_frame_address(0));
}

/* The bytes that `call` took below what `empty` takes. Calls nothing else while the paint is wet. */
__attribute__((noinline)) static size_t depth(void (*volatile call)(void)) {
    depth_frame = __builtin_frame_address(0);
    volatile uint64_t *low = (volatile uint64_t *)stack_low;
    /* The frame of this function itself stays as it is. */
    volatile uint64_t *end = low + (size_t)(depth_frame - MARGIN - stack_low) / sizeof *low;
    for (volatile uint64_t *at = low; at < end; at++) *at = PAINT;
    call();
    volatile uint64_t *at = low;
    while (at < end && *at == PAINT) at++;
    return (size_t)(depth_frame - (char *)at) - empty_frame;
}

/* What the calls below use: prepared once, outside of them. */
enum { MAX_IMAGE = 256 * 1024 };
static uint64_t scratch[IAMLET_SCRATCH_LARGE / 8];
static size_t scratch_len;
static const char *document;
static size_t document_len;
static uint32_t kind;
static iamlet_compile_options options;
static uint8_t image[MAX_IMAGE];
static size_t image_used;
static iamlet_error error;
static iamlet_status status;

static iamlet_set sets[16];
static size_t set_count;
static void *request;
static size_t request_len;
static iamlet_batch_entry entries[8];
static size_t entry_count;
static iamlet_decision decisions[8];
static iamlet_request wanted;
static iamlet_request_item wanted_item;
static iamlet_set_policy *policies;
static size_t policy_count;
static uint8_t *out;
static size_t out_len, out_used;
static char line[512];

static void do_compile(void) {
    status = iamlet_policy_compile(document, document_len, kind, &options, scratch, scratch_len, image, sizeof image,
                                   &image_used, &error);
}
static void do_compile_mapped(void) {
    static uint8_t map[IAMLET_MAP_ROOM(1 << 20)];
    size_t map_used;
    status = iamlet_policy_compile_mapped(document, document_len, kind, &options, scratch, scratch_len, image,
                                          sizeof image, &image_used, map, sizeof map, &map_used, &error);
}
static void do_pointer(void) {
    size_t used;
    status = iamlet_error_pointer(document, document_len, &error, line, sizeof line, &used);
}
static void do_format(void) {
    size_t used;
    iamlet_text file = {"file", 4};
    status = iamlet_error_format(file, &error, line, sizeof line, &used);
}
static void do_open(void) {
    iamlet_policy_info info;
    status = iamlet_policy_open(image, image_used, &info);
}
static void do_build(void) {
    size_t at_fault;
    status = iamlet_set_build(policies, policy_count, 2, 2, out, out_len, &out_used, &at_fault);
}
static void do_open_set(void) {
    iamlet_set set;
    status = iamlet_set_open(out, out_used, &set);
}
static void do_prepare(void) {
    size_t used;
    status = iamlet_request_prepare(&wanted, out, out_len, &used);
    out_used = used;
}
static void do_prepare_item(void) {
    size_t used;
    status = iamlet_item_prepare(request, request_len, &wanted_item, out, out_len, &used);
    out_used = used;
}
static void do_decide(void) { status = iamlet_decide(sets, set_count, request, request_len, decisions); }
static void do_batch(void) { status = iamlet_decide_batch(sets, set_count, entries, entry_count, decisions); }
static void do_resources(void) {
    status = iamlet_decide_resources(sets, set_count, request, request_len, entries, entry_count, decisions);
}
static uint8_t allowed[2048];
static void do_filter(void) {
    status = iamlet_filter(sets, set_count, request, request_len, entries, entry_count, allowed, decisions);
}

static iamlet_record records[1 << 16];
static size_t record_count;
static iamlet_decision explained;
static void do_explain(void) {
    status = iamlet_explain(sets, set_count, request, request_len, NULL, &explained, records,
                            sizeof records / sizeof *records, &record_count);
}
static char words[1 << 24];
/* Of each of the texts the deepest counts. */
static void do_tell(void) {
    static iamlet_status (*const texts[])(const iamlet_explanation *, char *, size_t, size_t *) = {
        iamlet_explain_text, iamlet_explain_json, iamlet_explain_simulation, iamlet_explain_sentence,
        iamlet_explain_client_text,
    };
    iamlet_explanation why = {.sets = sets, .set_count = set_count, .request = request, .request_len = request_len,
                              .records = records, .count = record_count};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t used;
        status = texts[i](&why, words, sizeof words, &used);
        if (status != IAMLET_OK) {
            return;
        }
    }
}

/* The deepest of each kind of call, and what it has to stay below. */
static struct {
    const char *name;
    size_t limit, deepest;
    char at[64];
} rows[] = {
    {"compile, small", 8192, 0, ""},  {"compile, medium", 8192, 0, ""}, {"compile, large", 8192, 0, ""},
    {"error pointer", 4096, 0, ""},   {"error format", 4096, 0, ""},    {"policy open", 4096, 0, ""},
    {"set build", 4096, 0, ""},       {"set open", 4096, 0, ""},        {"request prepare", 4096, 0, ""},
    {"item prepare", 4096, 0, ""},    {"decide", 4096, 0, ""},          {"decide batch", 4096, 0, ""},
    {"decide resources", 4096, 0, ""}, {"filter", 8192, 0, ""},         {"explain", 8192, 0, ""},
    {"explain texts", 8192, 0, ""},
};
enum { COMPILE, POINTER = 3, FORMAT, OPEN, BUILD, OPEN_SET, PREPARE, PREPARE_ITEM, DECIDE, BATCH, RESOURCES, FILTER, EXPLAIN, TELL };

static void measure(int row, void (*call)(void), const char *what) {
    size_t used = depth(call);
    if (used > rows[row].deepest) {
        rows[row].deepest = used;
        snprintf(rows[row].at, sizeof rows[row].at, "%.63s", what);
    }
}

/* Compiles a document in all classes; then every piece of it, which takes the ways of each error. */
static void compile(const char *what, const char *text, uint32_t of_kind, uint32_t flags, int good) {
    static const size_t classes[] = {IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_LARGE};
    kind = of_kind;
    options = (iamlet_compile_options){sizeof options, flags, 0};
    document = text;
    for (int class = 2; class >= 0; class--) {
        scratch_len = classes[class];
        size_t len = strlen(text);
        for (document_len = len > 3000 ? len - 100 : 0; document_len < len; document_len++) {
            measure(COMPILE + class, do_compile, what);
            CHECK(status == IAMLET_DOCUMENT_REFUSED);
            measure(POINTER, do_pointer, what);
            measure(FORMAT, do_format, what);
        }
        measure(COMPILE + class, do_compile_mapped, what);
        measure(COMPILE + class, do_compile, what);
        if (class == 2 && (status == IAMLET_OK) != good) {
            fprintf(stderr, "%s: %s: status %d, fault %u at %u\n", __FILE__, what, (int)status, (unsigned)error.fault,
                    (unsigned)error.offset);
            exit(2);
        }
        if (status == IAMLET_OK) {
            measure(OPEN, do_open, what);
            CHECK(status == IAMLET_OK);
        } else {
            CHECK(status == IAMLET_DOCUMENT_REFUSED);
            measure(POINTER, do_pointer, what);
            measure(FORMAT, do_format, what);
        }
    }
}

static iamlet_text text_of(const char *text) { return (iamlet_text){text, strlen(text)}; }

/* A compiled policy that stays. */
static iamlet_set_policy policy(const char *text, uint32_t of_kind, uint32_t layer, uint32_t level) {
    static uint64_t tag;
    document = text, document_len = strlen(text), kind = of_kind, scratch_len = IAMLET_SCRATCH_LARGE;
    options = (iamlet_compile_options){sizeof options, 0, 0};
    do_compile();
    CHECK(status == IAMLET_OK);
    uint8_t *copy = malloc(image_used);
    CHECK(copy);
    memcpy(copy, image, image_used);
    return (iamlet_set_policy){copy, image_used, tag++, layer, level};
}

static iamlet_set build(iamlet_set_policy *list, size_t count, uint32_t scp, uint32_t rcp) {
    size_t size, used, at_fault;
    CHECK(iamlet_set_size(list, count, scp, rcp, &size, &at_fault) == IAMLET_OK);
    uint8_t *bytes = malloc(size);
    CHECK(bytes && iamlet_set_build(list, count, scp, rcp, bytes, size, &used, &at_fault) == IAMLET_OK);
    iamlet_set set;
    CHECK(iamlet_set_open(bytes, used, &set) == IAMLET_OK);
    return set;
}

#include "stack_cases.h"

static void *on_own_stack(void *unused) {
    (void)unused;
    depth(empty);
    /* The frames of `depth` and `empty` lie within what is not painted. */
    CHECK(empty_frame > 0 && empty_frame <= MARGIN);
    run_cases();
    return NULL;
}

int main(void) {
    CHECK(posix_memalign((void **)&stack_low, 4096, STACK) == 0);
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, stack_low, STACK) == 0);
    CHECK(pthread_create(&thread, &attributes, on_own_stack, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);

    int failed = 0;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        CHECK(rows[row].deepest > 0);
        int over = rows[row].deepest >= rows[row].limit;
        failed |= over;
        printf("%-17s %5zu bytes%s  (%s)\n", rows[row].name, rows[row].deepest, over ? ", TOO MANY" : "", rows[row].at);
    }
    return failed;
}
