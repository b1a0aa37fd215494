/*
 * Policies replaced while eight threads decide.
 *
 * A policy set is constant bytes, so that a swap of one pointer replaces it. The
 * memory of the old set is used again, for which the writer has to know that
 * no thread still reads it: each reader tells the generation in which it began
 * to read, and 0 when it does not read. The writer swaps the pointer, begins a
 * new generation, and waits until no reader is in an older one. Readers never
 * wait.
 *
 * The sets alternate: Tick allows reading and nothing else, Tock writing. Both
 * carry the number of their generation as tag. A reader decides a read and a
 * write with one set; one must be allowed, the other not, and the tag must be
 * that of the set.
 *
 *   reload [SECONDS]
 */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "support.h"

enum { READERS = 8 };

/* A set, and where its bytes are. */
struct snapshot {
    uint64_t generation;
    iamlet_set set;
    uint8_t bytes[1024];
};

static struct snapshot snapshots[2];
static _Atomic(struct snapshot *) current;
static atomic_uint_fast64_t generation = 1;
static atomic_bool stop;

static struct reader {
    pthread_t thread;
    atomic_uint_fast64_t reading; /* the generation, 0 between two decisions */
    uint64_t decisions, inconsistent, last_generation;
} readers[READERS];

static buffer read_request, write_request;

/* The order matters: whoever tells the generation first and loads the pointer then cannot be overlooked. */
static const struct snapshot *begin_reading(struct reader *reader)
{
    atomic_store(&reader->reading, atomic_load(&generation));
    return atomic_load(&current);
}

static void end_reading(struct reader *reader)
{
    atomic_store(&reader->reading, 0);
}

static void publish(struct snapshot *snapshot)
{
    atomic_store(&current, snapshot);
    uint64_t now = atomic_fetch_add(&generation, 1) + 1;
    for (size_t i = 0; i < READERS; i++) {
        for (;;) {
            uint64_t reading = atomic_load(&readers[i].reading);
            if (reading == 0 || reading >= now) {
                break;
            }
            sched_yield();
        }
    }
}

/* Whether a decision is that of a snapshot. The Sid is in the set's bytes: it is read while reading. */
static int is_of(const iamlet_decision *decision, const struct snapshot *snapshot, const char *sid)
{
    return decision->effect == IAMLET_ALLOW
               ? text_equals(decision->sid, sid) && decision->tag == snapshot->generation
               : decision->effect == IAMLET_IMPLICIT_DENY && decision->reason == IAMLET_REASON_IDENTITY_SILENT;
}

static void *decide_all_the_time(void *argument)
{
    struct reader *reader = argument;
    while (!atomic_load(&stop)) {
        iamlet_decision reads, writes;
        const struct snapshot *snapshot = begin_reading(reader);
        iamlet_status a = iamlet_decide(&snapshot->set, 1, read_request.data, read_request.len, &reads);
        iamlet_status b = iamlet_decide(&snapshot->set, 1, write_request.data, write_request.len, &writes);
        int consistent = a == IAMLET_OK && b == IAMLET_OK && is_of(&reads, snapshot, "Tick") &&
                         is_of(&writes, snapshot, "Tock") &&
                         (reads.effect == IAMLET_ALLOW) == (snapshot->generation % 2 == 0) &&
                         (writes.effect == IAMLET_ALLOW) == (snapshot->generation % 2 == 1) &&
                         snapshot->generation >= reader->last_generation;
        reader->last_generation = snapshot->generation;
        end_reading(reader);
        reader->decisions += 2;
        reader->inconsistent += !consistent;
    }
    return NULL;
}

/* Compiles the policies of a generation and builds its set in memory that nobody reads. */
static void load(struct snapshot *snapshot, uint64_t number)
{
    static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_SMALL];
    static const char *const DOCUMENTS[2] = {
        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Sid\": \"Tick\", \"Effect\": \"Allow\", "
        "\"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::clock/*\"}}",
        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Sid\": \"Tock\", \"Effect\": \"Allow\", "
        "\"Action\": \"s3:PutObject\", \"Resource\": \"arn:aws:s3:::clock/*\"}}",
    };
    iamlet_text json = text_of(DOCUMENTS[number % 2]);
    uint8_t image[512];
    size_t len;
    check(iamlet_policy_compile(json.data, json.len, IAMLET_KIND_IDENTITY, NULL, scratch, sizeof scratch, image,
                                sizeof image, &len, NULL), "policy");
    const iamlet_set_policy policy = {
        .image = image, .image_len = len, .tag = number, .layer = IAMLET_LAYER_IDENTITY};
    check(iamlet_set_build(&policy, 1, 0, 0, snapshot->bytes, sizeof snapshot->bytes, &len, NULL), "set");
    check(iamlet_set_open(snapshot->bytes, len, &snapshot->set), "set");
    snapshot->generation = number;
}

static buffer request_for(iamlet_text action)
{
    const iamlet_resource resource = {.arn = IAMLET_TEXT("arn:aws:s3:::clock/hand"), .account = IAMLET_TEXT("111122223333")};
    const iamlet_request request = {
        .struct_size = sizeof request,
        .principal = {.type = IAMLET_PRINCIPAL_USER, .arn = IAMLET_TEXT("arn:aws:iam::111122223333:user/alice")},
        .action = action,
        .resource = &resource,
        .absent = IAMLET_ABSENT_ORGANIZATION | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_BOUNDARY |
                  IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT,
    };
    return prepare(&request);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    double end = seconds() + (count > 1 ? atof(arguments[1]) : 1.0);
    read_request = request_for(IAMLET_TEXT("s3:GetObject"));
    write_request = request_for(IAMLET_TEXT("s3:PutObject"));
    load(&snapshots[1], 1);
    publish(&snapshots[1]);
    for (size_t i = 0; i < READERS; i++) {
        if (pthread_create(&readers[i].thread, NULL, decide_all_the_time, &readers[i]) != 0) {
            fail("no thread");
        }
    }
    uint64_t loads = 1;
    while (seconds() < end) {
        struct snapshot *free_one = &snapshots[++loads % 2];
        load(free_one, loads);
        publish(free_one);
    }
    atomic_store(&stop, 1);
    uint64_t decisions = 0, inconsistent = 0;
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        decisions += readers[i].decisions;
        inconsistent += readers[i].inconsistent;
    }
    release(read_request);
    release(write_request);
    printf("%llu policy sets, %llu decisions by %d threads, %llu inconsistent\n", (unsigned long long)loads,
           (unsigned long long)decisions, READERS, (unsigned long long)inconsistent);
    return inconsistent != 0 || decisions == 0;
}
