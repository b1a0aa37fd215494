#include "settings.h"

#include <jansson.h>
#include <stdlib.h>

/* The configuration while it is read: the first mistake is kept. */
typedef struct reader {
    settings *out;
    char *message;
    bool has_failed;
} reader;

static void fail(reader *reader, const char *what, const char *name)
{
    if (!reader->has_failed) {
        snprintf(reader->message, POLICY_MESSAGE_MAX, "%s%s%s", name, name[0] == 0 ? "" : ": ", what);
        reader->has_failed = true;
    }
}

static iamlet_text text_of(reader *reader, const json_t *value, const char *name)
{
    if (!json_is_string(value)) {
        fail(reader, value == NULL ? "it is missing" : "it is not a string: put it in quotes", name);
        return (iamlet_text){NULL, 0};
    }
    return (iamlet_text){json_string_value(value), json_string_length(value)};
}

/* A text that is there: an empty one is a name that somebody forgot to fill in. */
static iamlet_text name_of(reader *reader, const json_t *value, const char *name)
{
    iamlet_text text = text_of(reader, value, name);
    if (text.len == 0) {
        fail(reader, "it is empty", name);
    }
    return text;
}

static bool is_true(reader *reader, const json_t *object, const char *name, bool otherwise)
{
    const json_t *value = json_object_get(object, name);
    if (value != NULL && !json_is_boolean(value)) {
        fail(reader, "it is neither true nor false", name);
    }
    return value == NULL ? otherwise : json_is_true(value);
}

/* Fails if an object has other members than these: a word that is misspelt must not be a rule that is not there. */
static void check_members(reader *reader, json_t *object, const char *name, const char *const *members)
{
    const char *member;
    json_t *value;
    if (!json_is_object(object)) {
        fail(reader, object == NULL ? "it is missing" : "it is not an object", name);
        return;
    }
    json_object_foreach(object, member, value) {
        size_t i = 0;
        while (members[i] != NULL && strcmp(members[i], member) != 0) {
            i++;
        }
        if (members[i] == NULL) {
            fail(reader, "there is no such setting", member);
        }
    }
}

static void read_policy(reader *reader, json_t *policy)
{
    static const char *const members[] = {"kind", "file", "level", "principal", NULL};
    check_members(reader, policy, "policies", members);
    if (reader->has_failed) {
        return;
    }
    const json_t *level = json_object_get(policy, "level");
    const json_t *principal = json_object_get(policy, "principal");
    policy_file file = {.path = text_of(reader, json_object_get(policy, "file"), "file").data,
                        .kind = text_of(reader, json_object_get(policy, "kind"), "kind")};
    if (principal != NULL) {
        file.principal = name_of(reader, principal, "principal");
    }
    /* Numbers of a Struct are floating-point. */
    double number = json_number_value(level);
    if (level != NULL && (!json_is_number(level) || number < 0 || number > 255 || number != (uint32_t)number)) {
        fail(reader, "it is not a whole number from 0 on", "level");
    }
    file.level = (uint32_t)number;
    if (!reader->has_failed && !policies_add(reader->out->gate.policies, &file, reader->message)) {
        reader->has_failed = true;
    }
}

static void read_policies(reader *reader, const json_t *root)
{
    json_t *list = json_object_get(root, "policies");
    const json_t *absent = json_object_get(root, "absent");
    size_t i;
    json_t *value;
    json_array_foreach(list, i, value) {
        read_policy(reader, value);
    }
    json_array_foreach(absent, i, value) {
        if (!policies_declare_absent(reader->out->gate.policies, text_of(reader, value, "absent"))) {
            fail(reader, "the layers are organization, or scp and rcp, resource, identity, boundary, session and endpoint",
                 "absent");
        }
    }
    if (!reader->has_failed && !policies_finish(reader->out->gate.policies, reader->message)) {
        reader->has_failed = true;
    }
}

/* `{header}`, `{metadata: {namespace, key}}` or `{value}`, and for the first two, of an identity, `prefix`. */
static settings_source read_source(reader *reader, json_t *object, const char *name, bool is_context, bool must_be_verified)
{
    static const char *const identity_members[] = {"header", "metadata", "value", "prefix", "verified", NULL};
    static const char *const context_members[] = {"key", "header", "metadata", "value", "verified", NULL};
    static const char *const metadata_members[] = {"namespace", "key", NULL};
    settings_source source = {.is_there = true};
    check_members(reader, object, name, is_context ? context_members : identity_members);
    json_t *header = json_object_get(object, "header");
    json_t *metadata = json_object_get(object, "metadata");
    const json_t *value = json_object_get(object, "value");
    const json_t *prefix = json_object_get(object, "prefix");
    if ((header != NULL) + (metadata != NULL) + (value != NULL) != 1 || (value != NULL && prefix != NULL)) {
        fail(reader, "it has one of header, metadata and value, and with the first two it may have a prefix", name);
        return source;
    }
    if (value != NULL || prefix != NULL) {
        source.prefix = text_of(reader, value != NULL ? value : prefix, name);
    }
    if (header != NULL) {
        source.header = name_of(reader, header, name);
        for (size_t i = 0; i < source.header.len; i++) {
            if (source.header.data[i] != ascii_lower(source.header.data[i])) {
                fail(reader, "the names of headers are in lower case", name);
            }
        }
        if (must_be_verified && !is_true(reader, object, "verified", false)) {
            fail(reader, "a header may be what the client says of itself: where another filter sets it and drops the "
                         "client's, add verified: true", name);
        }
    }
    if (metadata != NULL) {
        check_members(reader, metadata, name, metadata_members);
        source.metadata_namespace = name_of(reader, json_object_get(metadata, "namespace"), name);
        source.metadata_key = name_of(reader, json_object_get(metadata, "key"), name);
    }
    return source;
}

static bool is_configured(const settings *settings, iamlet_text key)
{
    for (size_t i = 0; i < settings->context_count; i++) {
        if (text_equals_in_any_case(key, settings->context[i].key.name)) {
            return true;
        }
    }
    return false;
}

static bool filter_gives(const settings *settings, iamlet_text key)
{
    return gate_gives(&settings->gate, key) || s3_gives(&settings->s3, key);
}

bool settings_give(const void *of, iamlet_text key)
{
    return filter_gives(of, key) || is_configured(of, key);
}

static void read_context(reader *reader, const json_t *root)
{
    settings *out = reader->out;
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(root, "context"), i, entry) {
        iamlet_text key = text_of(reader, json_object_get(entry, "key"), "context");
        settings_source source = read_source(reader, entry, "context", true, gate_trusts(key));
        if (filter_gives(out, key)) {
            fail(reader, "the filter gives this context key itself", "context");
        }
        if (is_configured(out, key)) {
            fail(reader, "a key is given twice", "context");
        }
        if (out->context_count == SETTINGS_CONTEXT_MAX || reader->has_failed) {
            fail(reader, "there are more than 16", "context");
            return;
        }
        if (iamlet_key_prepare(key, &out->context[out->context_count].key) != IAMLET_OK) {
            fail(reader, "a context key has a name", "context");
        }
        out->context[out->context_count++].source = source;
    }
}

static void read_s3(reader *reader, const json_t *root)
{
    static const char *const members[] = {"domains", "path_style", "hosts", "buckets", "path", "plus", "bodies", NULL};
    static const struct {
        const char *name;
        const char *(*add)(s3_settings *settings, iamlet_text name_to_add);
    } lists[] = {{"domains", s3_add_domain}, {"hosts", s3_add_host}, {"buckets", s3_add_bucket}};
    s3_settings *s3 = &reader->out->s3;
    json_t *object = json_object_get(root, "s3");
    const json_t *path = json_object_get(object, "path");
    const json_t *plus = json_object_get(object, "plus");
    const json_t *bodies = json_object_get(object, "bodies");
    check_members(reader, object, "s3", members);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const json_t *list = json_object_get(object, lists[i].name);
        size_t at;
        json_t *name;
        if (list != NULL && !json_is_array(list)) {
            fail(reader, "it is not a list", lists[i].name);
        }
        json_array_foreach(list, at, name) {
            const char *refused = lists[i].add(s3, text_of(reader, name, lists[i].name));
            if (refused != NULL) {
                fail(reader, refused, lists[i].name);
            }
        }
    }
    s3->path_style = is_true(reader, object, "path_style", false);
    if (s3->path_style == (s3->domain_count != 0)) {
        fail(reader, "it has either path_style: true, where the upstream does not look at the host, or the domains below "
                     "which it does", "s3");
    }
    if (!s3->path_style && s3->host_count != 0) {
        fail(reader, "they are for path_style: beside addresses, these hosts name no bucket", "hosts");
    }
    if (path != NULL && text_equals(text_of(reader, path, "path"), IAMLET_TEXT("raw"))) {
        s3->path = S3_PATH_RAW;
    } else if (path != NULL && !text_equals(text_of(reader, path, "path"), IAMLET_TEXT("strict"))) {
        fail(reader, "it is strict or raw; what Envoy normalizes, the filter sees as it is forwarded", "path");
    }
    if (plus != NULL) {
        iamlet_text how = text_of(reader, plus, "plus");
        if (text_equals(how, IAMLET_TEXT("literal"))) {
            s3->plus = URI_PLUS_LITERAL;
        } else if (text_equals(how, IAMLET_TEXT("space"))) {
            s3->plus = URI_PLUS_SPACE;
        } else if (!text_equals(how, IAMLET_TEXT("refused"))) {
            fail(reader, "it is refused, literal or space", "plus");
        }
    }
    if (bodies != NULL && !text_equals(text_of(reader, bodies, "bodies"), IAMLET_TEXT("unseen"))) {
        fail(reader, "it is unseen, or is not there", "bodies");
    }
    s3->bodies_unseen = bodies != NULL;
    s3_begin(s3);
}

static void read_all(reader *reader, json_t *root)
{
    static const char *const members[] = {"policies", "absent", "account", "principal", "role", "s3", "context", "shadow",
                                          "reason_header", "forwarded_address", NULL};
    static const char *const lists[] = {"policies", "absent", "context"};
    settings *out = reader->out;
    check_members(reader, root, "", members);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const json_t *list = json_object_get(root, lists[i]);
        if (list != NULL && !json_is_array(list)) {
            fail(reader, "it is not a list", lists[i]);
        }
    }
    if (reader->has_failed) {
        return;
    }
    out->gate.account = text_of(reader, json_object_get(root, "account"), "account");
    if (out->gate.account.len != 12 || !text_is_digits(out->gate.account)) {
        fail(reader, "it has the 12 digits of the account that owns the resources, in quotes", "account");
    }
    out->principal = read_source(reader, json_object_get(root, "principal"), "principal", false, true);
    const json_t *principal = json_object_get(json_object_get(root, "principal"), "value");
    if (json_string_length(principal) != 0 &&
        iamlet_principal_type_of_arn(json_string_value(principal), json_string_length(principal)) == 0) {
        fail(reader, "it is the ARN of a user, a session or a root user, or empty for nobody", "principal");
    }
    if (json_object_get(root, "role") != NULL) {
        out->role = read_source(reader, json_object_get(root, "role"), "role", false, true);
    }
    out->is_shadow = is_true(reader, root, "shadow", false);
    out->has_reason_header = is_true(reader, root, "reason_header", true);
    out->has_forwarded_address = is_true(reader, root, "forwarded_address", false);
    read_s3(reader, root);
    gate_begin(&out->gate);
    read_context(reader, root);
    read_policies(reader, root);
}

settings *settings_new(const char *json, size_t len, char message[POLICY_MESSAGE_MAX])
{
    settings *out = calloc(1, sizeof *out);
    reader reader = {.out = out, .message = message};
    json_error_t error;
    if (out != NULL) {
        out->gate.policies = policies_new();
    }
    if (out == NULL || out->gate.policies == NULL) {
        fail(&reader, "out of memory", "");
    } else if ((out->document = json_loadb(json, len, JSON_REJECT_DUPLICATES, &error)) == NULL) {
        fail(&reader, error.text, "the configuration");
    } else {
        read_all(&reader, out->document);
    }
    if (reader.has_failed) {
        settings_free(out);
        return NULL;
    }
    return out;
}

void settings_free(settings *settings)
{
    if (settings != NULL) {
        policies_free(settings->gate.policies);
        json_decref(settings->document);
        free(settings);
    }
}
