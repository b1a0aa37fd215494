/*
 * What the configuration of the filter says: a Struct in Envoy's YAML, which Envoy hands over as JSON.
 */
#ifndef IAMLET_ENVOY_SETTINGS_H
#define IAMLET_ENVOY_SETTINGS_H

#include "gate.h"

#define SETTINGS_CONTEXT_MAX 16

/* Where a text of a request comes from: one of these is set. */
typedef struct settings_source {
    bool is_there;
    /* A text that is always the same, or stands before what follows. */
    iamlet_text prefix;
    /* The name of a request header, in lower case. */
    iamlet_text header;
    /* Dynamic metadata, which another filter has written. */
    iamlet_text metadata_namespace;
    iamlet_text metadata_key;
} settings_source;

typedef struct settings_context {
    iamlet_key key;
    settings_source source;
} settings_context;

typedef struct settings {
    gate gate;
    s3_settings s3;
    settings_source principal;
    settings_source role;
    settings_context context[SETTINGS_CONTEXT_MAX];
    size_t context_count;
    /* Decide, count and log, and let everything proceed. */
    bool is_shadow;
    bool has_reason_header;
    /* The client's address is what Envoy takes from x-forwarded-for, or another way that it is told, and not the
     * connection's: unless Envoy is told whom to trust, it is the client's own word. */
    bool has_forwarded_address;
    size_t allowed;
    size_t denied;
    /* The document, whose texts the settings point into. */
    void *document;
} settings;

/* Reads a configuration. NULL with a message. */
settings *settings_new(const char *json, size_t len, char message[POLICY_MESSAGE_MAX]);
void settings_free(settings *settings);

/* Whether a request may have a context key: the gate, the mapping or the configuration gives it. `of` are settings. */
bool settings_give(const void *of, iamlet_text key);

#endif
