/*
 * Eight threads that decide with one policy set and one prepared request at once, and compile, prepare, build and open
 * each on their own, as the header allows. For ThreadSanitizer, with a library that is instrumented as well.
 *
 *   threads [ROUNDS] [race]      with `race`, one byte of the set is written meanwhile, which must be reported
 */
#include "../../c-examples/support.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 8, STATEMENTS = 20 };

static long rounds = 200;
static int race;
static buffer set_bytes, request_bytes;
static iamlet_set set;

/* Enough statements for an index, the last of which allows. */
static iamlet_status compile(void *scratch, uint8_t *image, size_t room, size_t *used)
{
    char json[4096];
    size_t len = (size_t)snprintf(json, sizeof json, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (int i = 0; i < STATEMENTS; i++) {
        len += (size_t)snprintf(json + len, sizeof json - len,
                                "{\"Sid\":\"S%d\",\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":"
                                "\"arn:aws:s3:::b%d/${aws:username}/*\"},", i, i);
    }
    snprintf(json + len - 1, sizeof json - len + 1, "]}");
    return iamlet_policy_compile(json, strlen(json), IAMLET_KIND_IDENTITY, NULL, scratch, IAMLET_SCRATCH_SMALL, image,
                                 room, used, NULL);
}

static iamlet_status prepare_in(uint8_t *memory, size_t room, size_t *used)
{
    const iamlet_resource resource = {.arn = TEXT("arn:aws:s3:::b19/alice/k"), .account = TEXT("111122223333")};
    const iamlet_request request = {
        .struct_size = sizeof request,
        .principal = {.type = IAMLET_PRINCIPAL_USER, .arn = TEXT("arn:aws:iam::111122223333:user/alice")},
        .action = TEXT("s3:GetObject"),
        .resource = &resource,
        .absent = IAMLET_ABSENT_ORGANIZATION | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_BOUNDARY |
                  IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT,
    };
    return iamlet_request_prepare(&request, memory, room, used);
}

/* Whether a decision is the expected one. */
static int allows(const iamlet_set *with, const void *request, size_t len)
{
    iamlet_decision decision, batch[2];
    const iamlet_batch_entry entry = {.request = request, .request_len = len};
    const iamlet_batch_entry entries[] = {entry, entry};
    return iamlet_decide(with, 1, request, len, &decision) == IAMLET_OK && decision.effect == IAMLET_ALLOW &&
           text_equals(decision.sid, "S19") &&
           iamlet_decide_batch(with, 1, entries, 2, batch) == IAMLET_OK && batch[1].effect == IAMLET_ALLOW;
}

static void *work(void *unused)
{
    (void)unused;
    uint8_t *scratch = allocate(IAMLET_SCRATCH_SMALL);
    uint8_t image[8192], built[8192], memory[1024];
    size_t wrong = 0;
    for (long round = 0; round < rounds; round++) {
        iamlet_set opened;
        size_t len;
        wrong += !allows(&set, request_bytes.data, request_bytes.len);
        wrong += iamlet_set_open(set_bytes.data, set_bytes.len, &opened) != IAMLET_OK;
        wrong += prepare_in(memory, sizeof memory, &len) != IAMLET_OK || !allows(&opened, memory, len);
        if (round % 16 == 0) {
            wrong += compile(scratch, image, sizeof image, &len) != IAMLET_OK;
            const iamlet_set_policy policy = {.image = image, .image_len = len, .layer = IAMLET_LAYER_IDENTITY};
            wrong += iamlet_set_build(&policy, 1, 0, 0, built, sizeof built, &len, NULL) != IAMLET_OK ||
                     len != set_bytes.len || memcmp(built, set_bytes.data, len) != 0;
        }
    }
    free(scratch);
    return (void *)wrong;
}

int main(int count, char **arguments)
{
    rounds = count > 1 ? atol(arguments[1]) : rounds;
    race = count > 2;
    uint8_t *scratch = allocate(IAMLET_SCRATCH_SMALL);
    uint8_t image[8192], memory[1024];
    size_t len;
    check(compile(scratch, image, sizeof image, &len), "policy");
    free(scratch);
    const iamlet_set_policy policy = {.image = image, .image_len = len, .layer = IAMLET_LAYER_IDENTITY};
    set_bytes = build_set(&policy, 1, 0, 0);
    set = open_set(set_bytes);
    check(prepare_in(memory, sizeof memory, &len), "request");
    request_bytes = (buffer){memory, len};

    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) {
            fail("no thread");
        }
    }
    if (race) {
        /* A byte of the header, which every decision reads; the same value, so that only the race is wrong. */
        volatile uint8_t *byte = set_bytes.data;
        for (long i = 0; i < rounds * 100; i++) {
            *byte = *byte;
        }
    }
    size_t wrong = 0;
    for (int i = 0; i < THREADS; i++) {
        void *own;
        pthread_join(threads[i], &own);
        wrong += (size_t)own;
    }
    printf("%d threads, %ld rounds each, %zu wrong\n", THREADS, rounds, wrong);
    release(set_bytes);
    return wrong != 0;
}
