/*
 * iamlet_easy.h: decisions from policy documents in five calls, with memory that grows as it is needed.
 * A layer of functions over iamlet.h, for C11 and C++17; README.md has a program.
 *
 *     iamlet_easy *easy = iamlet_easy_new(NULL);
 *     iamlet_easy_add(easy, IAMLET_KIND_IDENTITY, 0, json);
 *     if (iamlet_easy_allows(easy, &request)) ...
 *     puts(iamlet_easy_text(easy));
 *     iamlet_easy_free(easy);
 *
 * CLOSED BY DEFAULT
 *   Nothing needs to be checked but iamlet_easy_allows. A policy that cannot be added, or memory that is
 *   missing while policies are added, fails the object for good: no request is allowed any more, and
 *   iamlet_easy_text tells the first error. What is wrong with one request denies that request only. NULL
 *   in place of an object is one that has failed.
 *
 * THREADS
 *   One thread at a time may use an object. For more, take the set (iamlet_easy_set) and use iamlet.h.
 */
#ifndef IAMLET_EASY_H
#define IAMLET_EASY_H

#include <stdbool.h>
#include <string.h>

#include "iamlet.h"

/** Where memory comes from. */
typedef struct iamlet_easy_allocator {
    /** Memory of so many bytes, aligned as malloc's is; NULL where there is none. */
    void *(*allocate)(void *context, size_t size);
    /** Takes back what `allocate` gave. It is never given NULL. */
    void (*release)(void *context, void *memory);
    /** Your own pointer, which both are given. */
    void *context;
} iamlet_easy_allocator;

/** Memory that grows; of this header alone. */
typedef struct iamlet_easy_memory {
    void *data;
    size_t room;
} iamlet_easy_memory;

/** Policies, and the last decision over them. Its members are of this header alone. */
typedef struct iamlet_easy {
    iamlet_easy_allocator allocator;
    /** The first failure, after which the object is of no use. */
    iamlet_status failure;
    /** What the policies are in, an iamlet_set_policy each. */
    iamlet_easy_memory policies;
    size_t policy_count;
    uint32_t scp_levels, rcp_levels, layers;
    /** The set of the policies, once it is asked for: `set` has no bytes before. */
    iamlet_easy_memory set_bytes;
    iamlet_set set;
    /** The last request, prepared. */
    iamlet_easy_memory request;
    size_t request_len;
    iamlet_decision decision;
    char text[IAMLET_DECISION_ROOM + 1];
} iamlet_easy;

#ifndef IAMLET_EASY_NO_MALLOC
#include <stdlib.h>

static inline void *iamlet_easy_malloc_(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static inline void iamlet_easy_free_(void *context, void *memory)
{
    (void)context;
    free(memory);
}
#endif

/** What denies, and why there is no other decision. */
static inline iamlet_decision iamlet_easy_no_decision_(iamlet_status status)
{
    iamlet_decision decision = IAMLET_DECISION_INIT;
    decision.status = (uint32_t)status;
    decision.set = decision.policy = decision.statement = IAMLET_NONE;
    return decision;
}

/** The object has failed: the first status and text stay. Returns false. */
static inline bool iamlet_easy_fail_(iamlet_easy *easy, iamlet_status status, const char *text)
{
    if (easy->failure == IAMLET_OK) {
        size_t len = strlen(text);
        len = len < IAMLET_DECISION_ROOM ? len : IAMLET_DECISION_ROOM;
        memcpy(easy->text, text, len);
        easy->text[len] = '\0';
        easy->failure = status;
        easy->decision = iamlet_easy_no_decision_(status);
    }
    return false;
}

/** Gives back memory. */
static inline void iamlet_easy_release_(iamlet_easy *easy, iamlet_easy_memory *memory)
{
    if (memory->data != NULL) {
        easy->allocator.release(easy->allocator.context, memory->data);
    }
    memory->data = NULL;
    memory->room = 0;
}

/** Makes room for `size` bytes, the first `kept` of which are those that were there. */
static inline bool iamlet_easy_grow_(iamlet_easy *easy, iamlet_easy_memory *memory, size_t size, size_t kept)
{
    if (size <= memory->room && memory->data != NULL) {
        return true;
    }
    void *grown = easy->allocator.allocate(easy->allocator.context, size);
    if (grown == NULL) {
        return false;
    }
    if (kept > 0) {
        memcpy(grown, memory->data, kept);
    }
    iamlet_easy_release_(easy, memory);
    memory->data = grown;
    memory->room = size;
    return true;
}

/** Makes an object without policies. NULL where there is no memory: all that follows takes it, and denies.
 *  @param allocator where all of its memory comes from; NULL for malloc and free. */
IAMLET_MUST_USE static inline iamlet_easy *iamlet_easy_new(const iamlet_easy_allocator *allocator)
{
#ifndef IAMLET_EASY_NO_MALLOC
    const iamlet_easy_allocator standard = {iamlet_easy_malloc_, iamlet_easy_free_, NULL};
    allocator = allocator == NULL ? &standard : allocator;
#else
    if (allocator == NULL) {
        return NULL;
    }
#endif
    iamlet_easy *easy = (iamlet_easy *)allocator->allocate(allocator->context, sizeof *easy);
    if (easy != NULL) {
        memset(easy, 0, sizeof *easy);
        easy->allocator = *allocator;
        easy->decision = iamlet_easy_no_decision_(IAMLET_NO_RESOURCE);
    }
    return easy;
}

/** Gives back all memory, that of the last decision's Sid and of texts among it. NULL does nothing. */
static inline void iamlet_easy_free(iamlet_easy *easy)
{
    if (easy == NULL) {
        return;
    }
    iamlet_set_policy *policies = (iamlet_set_policy *)easy->policies.data;
    for (size_t i = 0; i < easy->policy_count; i++) {
        easy->allocator.release(easy->allocator.context, (void *)(uintptr_t)policies[i].image);
    }
    iamlet_easy_release_(easy, &easy->policies);
    iamlet_easy_release_(easy, &easy->set_bytes);
    iamlet_easy_release_(easy, &easy->request);
    iamlet_easy_allocator allocator = easy->allocator;
    allocator.release(allocator.context, easy);
}

/** Compiles in scratch memory of so many bytes. */
static inline iamlet_status iamlet_easy_compile_(iamlet_easy *easy, uint32_t kind, iamlet_text json,
    size_t scratch_len, iamlet_easy_memory *image, size_t *image_len, iamlet_error *error)
{
    iamlet_easy_memory scratch = {NULL, 0};
    if (!iamlet_easy_grow_(easy, &scratch, scratch_len, 0)) {
        return IAMLET_SCRATCH_TOO_SMALL;
    }
    iamlet_status status = iamlet_policy_compile(json.data, json.len, kind, NULL, scratch.data, scratch_len,
        (uint8_t *)image->data, image->room, image_len, error);
    if (status == IAMLET_BUFFER_TOO_SMALL && iamlet_easy_grow_(easy, image, *image_len, 0)) {
        status = iamlet_policy_compile(json.data, json.len, kind, NULL, scratch.data, scratch_len,
            (uint8_t *)image->data, image->room, image_len, error);
    }
    iamlet_easy_release_(easy, &scratch);
    return status;
}

/** Adds a policy document, at the layer of its kind. Returns whether it was added; if not, the object has
 *  failed. The document is not needed any more.
 *  @param kind  an iamlet_kind; iamlet_kind_from_text finds one by its name.
 *  @param level of a service or resource control policy, from 0 at the root of the organization to the
 *      account's; 0 for all other kinds.
 *  @param json  the document. */
static inline bool iamlet_easy_add(iamlet_easy *easy, uint32_t kind, uint32_t level, iamlet_text json)
{
    static const size_t classes[3] = {IAMLET_SCRATCH_SMALL, IAMLET_SCRATCH_MEDIUM, IAMLET_SCRATCH_LARGE};
    if (easy == NULL || easy->failure != IAMLET_OK) {
        return false;
    }
    iamlet_error error = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    iamlet_easy_memory image = {NULL, 0};
    size_t image_len = 0, count = easy->policy_count;
    iamlet_status status = IAMLET_OK;
    for (size_t i = 0; i < 3; i++) {
        status = iamlet_easy_compile_(easy, kind, json, classes[i], &image, &image_len, &error);
        /* Larger scratch memory helps but for the first three pools. */
        bool full = status == IAMLET_DOCUMENT_REFUSED && error.fault == IAMLET_FAULT_CAPACITY;
        if (!full || error.pool <= IAMLET_POOL_LIST) {
            break;
        }
    }
    size_t needed = (count + 1) * sizeof(iamlet_set_policy);
    bool room = status != IAMLET_OK || needed <= easy->policies.room ||
        iamlet_easy_grow_(easy, &easy->policies, 2 * needed, count * sizeof(iamlet_set_policy));
    if (status != IAMLET_OK || !room) {
        iamlet_easy_release_(easy, &image);
    }
    if (status == IAMLET_DOCUMENT_REFUSED) {
        char text[IAMLET_ERROR_ROOM + 32];
        size_t len = 0;
        status = iamlet_error_format(iamlet_kind_text(kind), &error, text, sizeof text - 1, &len);
        text[status == IAMLET_OK ? len : 0] = '\0';
        return iamlet_easy_fail_(easy, IAMLET_DOCUMENT_REFUSED, text);
    }
    if (status == IAMLET_SCRATCH_TOO_SMALL || status == IAMLET_BUFFER_TOO_SMALL || !room) {
        return iamlet_easy_fail_(easy, IAMLET_BUFFER_TOO_SMALL, "there is no memory for a policy");
    }
    if (status != IAMLET_OK) {
        return iamlet_easy_fail_(easy, status, iamlet_status_text((uint32_t)status).data);
    }
    iamlet_set_policy *policy = (iamlet_set_policy *)easy->policies.data + count;
    policy->image = (const uint8_t *)image.data;
    policy->image_len = image_len;
    policy->tag = 0;
    policy->layer = iamlet_layer_of_kind(kind);
    policy->level = level;
    easy->policy_count = count + 1;
    easy->layers |= UINT32_C(1) << (policy->layer - 1);
    if (policy->layer == IAMLET_LAYER_SCP && level < 16 && level >= easy->scp_levels) {
        easy->scp_levels = level + 1;
    }
    if (policy->layer == IAMLET_LAYER_RCP && level < 16 && level >= easy->rcp_levels) {
        easy->rcp_levels = level + 1;
    }
    /* The set is another now. */
    easy->set.data = NULL;
    easy->decision = iamlet_easy_no_decision_(IAMLET_NO_RESOURCE);
    return true;
}

/** Says how many levels of service and resource control policies the organization has. One without a policy
 *  allows nothing. Without this call they are those up to the last that a policy was added for. */
static inline void iamlet_easy_levels(iamlet_easy *easy, uint32_t scp_levels, uint32_t rcp_levels)
{
    if (easy != NULL) {
        easy->scp_levels = scp_levels > easy->scp_levels ? scp_levels : easy->scp_levels;
        easy->rcp_levels = rcp_levels > easy->rcp_levels ? rcp_levels : easy->rcp_levels;
        easy->layers |= (scp_levels > 0 ? IAMLET_ABSENT_SCP : 0u) | (rcp_levels > 0 ? IAMLET_ABSENT_RCP : 0u);
        easy->set.data = NULL;
    }
}

/** The layers that no policy was added for, to be declared as `absent` in a request by one who has added
 *  all policies that there are. */
static inline uint32_t iamlet_easy_absent(const iamlet_easy *easy)
{
    return easy == NULL || easy->failure != IAMLET_OK ? 0 : IAMLET_ABSENT_ALL & ~easy->layers;
}

/** The set of all policies that were added, for decisions of your own; NULL where the object has failed. It
 *  lasts until the next policy is added, or the object is freed. */
static inline const iamlet_set *iamlet_easy_set(iamlet_easy *easy)
{
    if (easy == NULL || easy->failure != IAMLET_OK) {
        return NULL;
    }
    if (easy->set.data != NULL) {
        return &easy->set;
    }
    const iamlet_set_policy *policies = (const iamlet_set_policy *)easy->policies.data;
    size_t count = easy->policy_count, len = 0;
    iamlet_status status = iamlet_set_size(policies, count, easy->scp_levels, easy->rcp_levels, &len, NULL);
    if (status == IAMLET_OK && !iamlet_easy_grow_(easy, &easy->set_bytes, len, 0)) {
        iamlet_easy_fail_(easy, IAMLET_BUFFER_TOO_SMALL, "there is no memory for the set of policies");
        return NULL;
    }
    uint8_t *bytes = (uint8_t *)easy->set_bytes.data;
    if (status == IAMLET_OK) {
        status = iamlet_set_build(policies, count, easy->scp_levels, easy->rcp_levels, bytes,
            easy->set_bytes.room, &len, NULL);
    }
    if (status == IAMLET_OK) {
        status = iamlet_set_open(bytes, len, &easy->set);
    }
    if (status != IAMLET_OK) {
        iamlet_easy_fail_(easy, status, iamlet_status_text((uint32_t)status).data);
        return NULL;
    }
    return &easy->set;
}

/** Whether a request is allowed by the policies that were added. Let it proceed for true only.
 *  @param request is not needed any more, nor what it points to. */
IAMLET_MUST_USE static inline bool iamlet_easy_allows(iamlet_easy *easy, const iamlet_request *request)
{
    const iamlet_set *set = iamlet_easy_set(easy);
    if (set == NULL) {
        return false;
    }
    size_t len = 0;
    easy->request_len = 0;
    iamlet_status status = iamlet_request_size(request, &len);
    if (status == IAMLET_OK && !iamlet_easy_grow_(easy, &easy->request, len, 0)) {
        status = IAMLET_BUFFER_TOO_SMALL;
    }
    if (status == IAMLET_OK) {
        status = iamlet_request_prepare(request, easy->request.data, easy->request.room, &easy->request_len);
    }
    if (status != IAMLET_OK) {
        easy->decision = iamlet_easy_no_decision_(status);
        return false;
    }
    status = iamlet_decide(set, 1, easy->request.data, easy->request_len, &easy->decision);
    return status == IAMLET_OK && easy->decision.effect == IAMLET_ALLOW;
}

/** The last decision: why, and by which policy, whose number counts the calls of iamlet_easy_add from 0. It
 *  denies before the first, and after an error. It lasts as iamlet_easy_set does; its `status` is
 *  IAMLET_BUFFER_TOO_SMALL where there was no memory. */
static inline const iamlet_decision *iamlet_easy_decision(const iamlet_easy *easy)
{
    static const iamlet_decision none = IAMLET_DECISION_INIT;
    return easy == NULL ? &none : &easy->decision;
}

/** The last decision in a line (iamlet_decision_format), or why the object has failed. Ends in NUL, and lasts
 *  until the next call. */
static inline const char *iamlet_easy_text(iamlet_easy *easy)
{
    if (easy == NULL) {
        return "there is no memory";
    }
    size_t len = 0;
    if (easy->failure == IAMLET_OK) {
        iamlet_status status = iamlet_decision_format(&easy->decision, easy->request.data, easy->request_len, NULL,
            0, easy->text, IAMLET_DECISION_ROOM, &len);
        easy->text[status == IAMLET_OK ? len : 0] = '\0';
    }
    return easy->text;
}

#endif /* IAMLET_EASY_H */
