/*
 * An HTTP filter of Envoy that lets a request proceed if policies allow it.
 *
 * Policies are compiled when Envoy takes the configuration, on its main thread; its workers only read them. The filter
 * allocates nothing for a request, but for what Envoy itself does to answer one that is denied.
 */
#include "dynamic_module.h"
#include "settings.h"

#include <time.h>

#define EXPORTED __attribute__((visibility("default")))
/* More than Envoy lets through, which is 100 unless it is told otherwise. */
#define HEADERS_MAX 256
#define IDENTITY_MAX 2048

/* The memory of the request that is decided on: a worker is a thread, and no decision waits. */
static _Thread_local gate_memory memory;
static _Thread_local envoy_header headers[HEADERS_MAX];

/* What a request's headers say. */
typedef struct seen {
    http_request http;
    size_t count;
    size_t next;
    gate_caller caller;
    char principal[IDENTITY_MAX];
    char role[IDENTITY_MAX];
} seen;

static envoy_bytes bytes_of(iamlet_text text)
{
    return (envoy_bytes){text.data, text.len};
}

static iamlet_text name_of(const envoy_header *header)
{
    return (iamlet_text){header->name, header->name_len};
}

static iamlet_text value_of(const envoy_header *header)
{
    return (iamlet_text){header->value, header->value_len};
}

static bool next_header(void *state, http_header *header)
{
    seen *seen = state;
    if (seen->next == seen->count) {
        return false;
    }
    header->name = name_of(&headers[seen->next]);
    header->value = value_of(&headers[seen->next]);
    seen->next++;
    return true;
}

static const char *read_headers(envoy_stream stream, seen *seen)
{
    static const struct {
        iamlet_text name;
        size_t place;
    } wanted[] = {
        {TEXT(":method"), offsetof(struct seen, http.method)},
        {TEXT(":authority"), offsetof(struct seen, http.host)},
        {TEXT(":path"), offsetof(struct seen, http.path)},
        {TEXT("user-agent"), offsetof(struct seen, caller.user_agent)},
        {TEXT("referer"), offsetof(struct seen, caller.referer)},
    };
    seen->count = envoy_dynamic_module_callback_http_get_headers_size(stream, ENVOY_REQUEST_HEADERS);
    if (seen->count > HEADERS_MAX ||
        !envoy_dynamic_module_callback_http_get_headers(stream, ENVOY_REQUEST_HEADERS, headers)) {
        return "there are more headers than can be decided on";
    }
    for (size_t i = 0; i < seen->count; i++) {
        for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++) {
            if (text_equals(name_of(&headers[i]), wanted[j].name)) {
                *(iamlet_text *)((char *)seen + wanted[j].place) = value_of(&headers[i]);
            }
        }
    }
    seen->http.path = text_cut(seen->http.path, '?', &seen->http.query);
    seen->http.next_header = next_header;
    seen->http.headers = seen;
    return NULL;
}

/* The value of a source, without its prefix; empty if there is none. A header that is repeated is refused. */
static const char *value_from(envoy_stream stream, const seen *seen, const settings_source *source, iamlet_text *value)
{
    *value = (iamlet_text){NULL, 0};
    if (source->metadata_key.len != 0) {
        envoy_bytes found;
        if (envoy_dynamic_module_callback_http_get_metadata_string(stream, ENVOY_DYNAMIC_METADATA,
                                                                   bytes_of(source->metadata_namespace),
                                                                   bytes_of(source->metadata_key), &found)) {
            *value = (iamlet_text){found.data, found.len};
        }
        return NULL;
    }
    for (size_t i = 0; source->header.len != 0 && i < seen->count; i++) {
        if (text_equals(name_of(&headers[i]), source->header)) {
            if (value->data != NULL) {
                return "a header that tells who asks is repeated";
            }
            *value = value_of(&headers[i]);
        }
    }
    return text_has_loose_ends(*value) ? "a header that the configuration names has white space around its value" : NULL;
}

/* Prefix and value, put together in `room`; nobody, where there is no value. */
static const char *identity_from(envoy_stream stream, const seen *seen, const settings_source *source,
                                 char room[IDENTITY_MAX], iamlet_text *identity)
{
    iamlet_text value;
    const char *refused = value_from(stream, seen, source, &value);
    bool is_constant = source->header.len == 0 && source->metadata_key.len == 0;
    *identity = (iamlet_text){NULL, 0};
    if (refused != NULL || (!is_constant && value.len == 0)) {
        return refused;
    }
    text_memory memory = {.data = room, .room = IDENTITY_MAX};
    text_push(&memory, source->prefix);
    text_push(&memory, value);
    *identity = text_since(&memory, 0);
    return memory.full ? "the name of who asks is too long" : NULL;
}

/* The address without its port: of an IPv6 address, what is between the brackets. */
static iamlet_text address_of(envoy_stream stream, bool is_forwarded)
{
    envoy_bytes found;
    iamlet_text rest;
    if (is_forwarded
            ? !envoy_dynamic_module_callback_http_filter_get_attribute_string(stream, ENVOY_SOURCE_ADDRESS, &found)
            : !envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(stream, &found)) {
        return (iamlet_text){NULL, 0};
    }
    iamlet_text address = {found.data, found.len};
    if (address.len != 0 && address.data[0] == '[') {
        return text_cut(text_after(address, 1), ']', &rest);
    }
    return text_cut(address, ':', &rest);
}

static const char *gather(envoy_stream stream, const settings *settings, seen *seen)
{
    const char *refused = read_headers(stream, seen);
    envoy_bytes tls;
    context_begin(&memory.context);
    /* Who asks comes first: a log names them whatever else is refused. */
    if (refused == NULL) {
        refused = identity_from(stream, seen, &settings->principal, seen->principal, &seen->caller.principal);
    }
    if (refused == NULL && settings->role.is_there) {
        refused = identity_from(stream, seen, &settings->role, seen->role, &seen->caller.role);
    }
    if (refused == NULL) {
        refused = s3_map(&settings->s3, &seen->http, &memory.s3, &memory.context);
    }
    for (size_t i = 0; refused == NULL && i < settings->context_count; i++) {
        const settings_source *source = &settings->context[i].source;
        iamlet_text value = source->prefix;
        if (source->header.len != 0 || source->metadata_key.len != 0) {
            refused = value_from(stream, seen, source, &value);
        }
        if (value.len != 0) {
            context_add(&memory.context, settings->context[i].key, value);
        }
    }
    seen->caller.address = address_of(stream, settings->has_forwarded_address);
    seen->caller.is_tls =
        envoy_dynamic_module_callback_http_filter_get_attribute_string(stream, ENVOY_TLS_VERSION, &tls);
    seen->caller.now = time(NULL);
    return refused;
}

static void log_answer(const settings *settings, const seen *seen, const gate_answer *answer)
{
    char line[GATE_LINE_MAX + 2 * GATE_LOGGED_MAX];
    char method_room[32];
    char path_room[GATE_LOGGED_MAX];
    if (!envoy_dynamic_module_callback_log_enabled(ENVOY_LOG_INFO)) {
        return;
    }
    size_t used = (size_t)snprintf(line, sizeof line, "iamlet: %s", settings->is_shadow ? "shadow: " : "");
    used += gate_describe(answer, seen->caller.principal, line + used);
    /* nginx puts the request into its lines itself. */
    iamlet_text method = gate_text_for_log(seen->http.method, method_room, sizeof method_room);
    iamlet_text path = gate_text_for_log(seen->http.path, path_room, sizeof path_room);
    used += (size_t)snprintf(line + used, sizeof line - used, ", request: \"%.*s %.*s\"", (int)method.len, method.data,
                             (int)path.len, path.data);
    envoy_dynamic_module_callback_log(ENVOY_LOG_INFO, (envoy_bytes){line, used});
}

static void answer_with(envoy_stream stream, const settings *settings, const gate_answer *answer)
{
    envoy_header reason = {.name = "x-iamlet-reason", .name_len = sizeof "x-iamlet-reason" - 1,
                           .value = answer->reason, .value_len = strlen(answer->reason)};
    envoy_bytes details = {"iamlet_denied", sizeof "iamlet_denied" - 1};
    envoy_dynamic_module_callback_http_send_response(stream, (uint32_t)answer->status, &reason,
                                                     settings->has_reason_header ? 1 : 0, (envoy_bytes){NULL, 0},
                                                     details);
}

EXPORTED int envoy_dynamic_module_on_http_filter_request_headers(envoy_stream stream, const void *filter, bool is_end)
{
    (void)is_end;
    const settings *settings = filter;
    gate_answer answer;
    /* Without the two rooms for identities, which are written before they are read. */
    seen seen;
    memset(&seen, 0, offsetof(struct seen, principal));
    const char *refused = gather(stream, settings, &seen);
    if (refused != NULL) {
        gate_refuse(refused, &answer);
    } else {
        gate_decide(&settings->gate, &seen.caller, &memory, &answer);
    }
    envoy_dynamic_module_callback_http_filter_increment_counter(
        stream, answer.is_allowed ? settings->allowed : settings->denied, NULL, 0, 1);
    if (answer.is_allowed) {
        return ENVOY_CONTINUE;
    }
    log_answer(settings, &seen, &answer);
    if (settings->is_shadow) {
        return ENVOY_CONTINUE;
    }
    answer_with(stream, settings, &answer);
    return ENVOY_STOP;
}

EXPORTED const char *envoy_dynamic_module_on_program_init(void)
{
    return ENVOY_ABI_VERSION;
}

static bool has_counter(envoy_config config, const char *name, size_t *id)
{
    return envoy_dynamic_module_callback_http_filter_config_define_counter(config, (envoy_bytes){name, strlen(name)}, NULL,
                                                                           0, id) == ENVOY_METRIC_OK;
}

/* A configuration that is refused is NULL: Envoy does not start with it, or keeps the one that it has. */
EXPORTED const void *envoy_dynamic_module_on_http_filter_config_new(envoy_config config, envoy_bytes name,
                                                                    envoy_bytes json)
{
    (void)name;
    char message[POLICY_MESSAGE_MAX + 16] = "iamlet: ";
    size_t begin = strlen(message);
    settings *settings = settings_new(json.data, json.len, message + begin);
    if (settings != NULL &&
        (!has_counter(config, "iamlet.allowed", &settings->allowed) ||
         !has_counter(config, "iamlet.denied", &settings->denied))) {
        snprintf(message + begin, POLICY_MESSAGE_MAX, "the counters cannot be defined");
        settings_free(settings);
        settings = NULL;
    }
    if (settings == NULL) {
        envoy_dynamic_module_callback_log(ENVOY_LOG_ERROR, (envoy_bytes){message, strlen(message)});
        return NULL;
    }
    if (settings->is_shadow) {
        envoy_bytes shadow = {"iamlet: shadow: nothing is denied", sizeof "iamlet: shadow: nothing is denied" - 1};
        envoy_dynamic_module_callback_log(ENVOY_LOG_WARN, shadow);
    }
    char line[GATE_WARNING_MAX];
    for (size_t at = 0; gate_next_warning(&settings->gate, &at, settings_give, settings, line);) {
        envoy_dynamic_module_callback_log(ENVOY_LOG_WARN, (envoy_bytes){line, strlen(line)});
    }
    return settings;
}

EXPORTED void envoy_dynamic_module_on_http_filter_config_destroy(const void *config)
{
    settings_free((settings *)config);
}

/* A stream needs nothing of its own: its filter is the settings themselves. */
EXPORTED const void *envoy_dynamic_module_on_http_filter_new(const void *config, envoy_stream stream)
{
    (void)stream;
    return config;
}

EXPORTED void envoy_dynamic_module_on_http_filter_destroy(const void *filter)
{
    (void)filter;
}

/*
 * The events that a module has to have, and that this one lets pass. Their arguments, of which there are at least these
 * two, are not looked at; 0 is "continue" where an answer is asked for.
 */
#define LETS_PASS(event)                                                                                               \
    EXPORTED int envoy_dynamic_module_on_http_filter_##event(envoy_stream stream, const void *filter)                  \
    {                                                                                                                  \
        (void)stream;                                                                                                  \
        (void)filter;                                                                                                  \
        return 0;                                                                                                      \
    }

LETS_PASS(request_body)
LETS_PASS(request_trailers)
LETS_PASS(response_headers)
LETS_PASS(response_body)
LETS_PASS(response_trailers)
LETS_PASS(stream_complete)
LETS_PASS(http_callout_done)
LETS_PASS(http_stream_headers)
LETS_PASS(http_stream_data)
LETS_PASS(http_stream_trailers)
LETS_PASS(http_stream_complete)
LETS_PASS(http_stream_reset)
LETS_PASS(scheduled)
LETS_PASS(downstream_above_write_buffer_high_watermark)
LETS_PASS(downstream_below_write_buffer_low_watermark)
LETS_PASS(local_reply)
