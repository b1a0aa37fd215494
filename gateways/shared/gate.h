/*
 * The gate: who asks, what is asked for, and whether it is allowed. Both gateways go through here.
 *
 * Nothing here allocates memory, and a gate is only read by requests: any number of threads may share one.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "policies.h"
#include "recent.h"
#include "s3.h"

/* The longest prepared request: a key of 1,024 bytes, its context, and the headers that a server takes. */
#define GATE_REQUEST_MAX 65536
#define GATE_REASON_MAX 256
/* What a log tells of a resource: the ARN of the longest key of S3 fits. */
#define GATE_LOGGED_MAX 1152
#define GATE_WARNING_MAX (GATE_LOGGED_MAX + POLICY_MESSAGE_MAX)
/* Action, resource, principal and reason; the path of the policy may be cut. */
#define GATE_LINE_MAX (4 * GATE_LOGGED_MAX)

typedef struct gate {
    /* Finished. */
    policies *policies;
    /* Whose the resources are, unless a request says it: 12 digits. */
    iamlet_text account;
    /* Prepared by gate_begin; the last two are the engine's, of the clock. */
    iamlet_key source_ip;
    iamlet_key secure_transport;
    iamlet_key user_agent;
    iamlet_key referer;
    iamlet_key version_id;
    iamlet_key current_time;
    iamlet_key epoch_time;
} gate;

/* Who asks, and from where. Only what was verified: nothing here may come from the client's own word. */
typedef struct gate_caller {
    /* The ARN of a user, an assumed-role session, a federated user or a root user; empty for nobody. */
    iamlet_text principal;
    /* For a session, and for no other principal: the ARN of its role. */
    iamlet_text role;
    /* The account that owns the resource; empty for the gate's. */
    iamlet_text account;
    /* The client's address, without a port; empty if there is none. */
    iamlet_text address;
    /* These two are the client's word: they are context keys that policies should not trust. */
    iamlet_text user_agent;
    iamlet_text referer;
    bool is_tls;
    /* Seconds since 1970. */
    int64_t now;
} gate_caller;

typedef struct gate_answer {
    /* The one field to act on. */
    bool is_allowed;
    /* Where it is not: 403, or 400 for a request that has no one meaning. */
    int status;
    /* What was decided about, where it is not allowed: the first action that is denied, and its resource. Empty for 400. */
    iamlet_text action;
    iamlet_text resource;
    /* Why, in a header's characters. */
    char reason[GATE_REASON_MAX];
    /* The file of the policy that denied; empty where it was none. */
    const char *policy;
} gate_answer;

/* The memory of a worker, which decides one request at a time. All zero at first. */
typedef struct gate_memory {
    context context;
    s3_request s3;
    uint8_t request[GATE_REQUEST_MAX];
    recent recent;
} gate_memory;

/* Prepares the context keys. Call it once, before the gate is used. */
void gate_begin(gate *gate);

/*
 * Whether a context key is one that the gate gives, or that the engine derives, so that a configuration must not. Not
 * aws:userid, which the engine derives of few principals. After gate_begin.
 */
bool gate_gives(const gate *gate, iamlet_text key);

/* Whether policies trust a context key to tell who asks: its value has to be verified, as the principal has to be. */
bool gate_trusts(iamlet_text key);

/*
 * Goes through the context keys that policies name and that `is_given` does not know, from `at` 0 on: a Deny that looks for
 * a value in one may never apply. False at the end. Each key is warned of once, by whichever gate has these policies.
 */
bool gate_next_warning(const gate *gate, size_t *at, bool (*is_given)(const void *of, iamlet_text key), const void *of,
                       char line[GATE_WARNING_MAX]);

/*
 * Decides all that `memory->s3` asks for, with the context in `memory->context` and what is known of the caller: all of
 * it must be allowed. Any error denies.
 */
void gate_decide(const gate *gate, const gate_caller *caller, gate_memory *memory, gate_answer *answer);

/* Writes what a log tells of a request that is not allowed; the bytes written, without the NUL. */
size_t gate_describe(const gate_answer *answer, iamlet_text principal, char line[GATE_LINE_MAX]);

/* Copies a text for a line of a log: with `?` for what could end the line or steer a terminal, and cut at `size`. */
iamlet_text gate_text_for_log(iamlet_text text, char *room, size_t size);

/* The answer to a request that was refused before it could be decided, for a reason that is constant. */
void gate_refuse(const char *why, gate_answer *answer);

#endif
