/*
 * The policies of a gateway: loaded from files once, when it is configured, and only read from then on.
 *
 * Policies of all principals are one set; those of one principal are another beside it.
 */
#ifndef GATE_POLICIES_H
#define GATE_POLICIES_H

#include <stdio.h>

#include "context.h"

/* A larger file is no policy: documents have at most 1 MiB, and images are not larger than their documents by much. */
#define POLICY_FILE_MAX ((size_t)4 << 20)
#define POLICY_MESSAGE_MAX 1024

typedef struct policies policies;

/* What a policy file is. */
typedef struct policy_file {
    /* The path, with a NUL at its end. A document, or the image of one. */
    const char *path;
    /* The name of an iamlet_kind, "scp_full" for one. */
    iamlet_text kind;
    /* For service and resource control policies: the level, from 0 at the root of the organization. */
    uint32_t level;
    /* The principal that the policy belongs to: the ARN of a user, or of the role of a session. Empty for a policy that
     * belongs to no one principal. */
    iamlet_text principal;
} policy_file;

/* A context key that policies name. */
typedef struct named_key {
    /* In lower case. */
    iamlet_text name;
    /* The file of one of these policies. */
    const char *path;
    bool is_warned_of;
} named_key;

/* NULL when memory is exhausted, as in the other functions here that return pointers. */
policies *policies_new(void);
void policies_free(policies *policies);

/* Loads a file. False with a message, which begins with the file's path, and the line and column where it has them. */
bool policies_add(policies *policies, const policy_file *file, char message[POLICY_MESSAGE_MAX]);

/* Declares that there are no policies of a layer, by its name: "organization", "scp", "rcp", "resource", "identity",
 * "boundary", "session", "endpoint". False for other names. */
bool policies_declare_absent(policies *policies, iamlet_text layer);

/*
 * Builds the sets, after which nothing can be added. False with a message, also where a layer has neither a policy nor
 * is declared absent, or both: a policy that was forgotten opens nothing.
 */
bool policies_finish(policies *policies, char message[POLICY_MESSAGE_MAX]);

/* The file of the policy that made a decision, by the decision's tag. */
const char *policies_path(const policies *policies, uint64_t tag);

/* The number of finished policies: no others of this process have it, now or later. */
uint64_t policies_number(const policies *policies);

/* Bits of IAMLET_ABSENT_... for a request. */
uint32_t policies_absent(const policies *policies);

/* The sets that apply to a principal, by the ARN of the user or role: their number, at most 2, and the context keys that
 * their policies name. */
size_t policies_of(const policies *policies, iamlet_text principal, iamlet_set sets[2], key_set *named);

/* The context keys that finished policies name, each once. */
named_key *policies_named_keys(policies *policies, size_t *count);

#endif
