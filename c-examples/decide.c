/*
 * Decides one request, from policy files and the command line:
 *
 *   decide --layer scp:0=policies/FullAWSAccess.json \
 *          --layer identity=policies/AdministratorAccess.json \
 *          --principal arn:aws:iam::111122223333:user/alice \
 *          --action s3:GetObject --resource arn:aws:s3:::reports/2026 \
 *          --account 111122223333 --context aws:RequestedRegion=eu-west-1
 *
 * A denial is explained: which statements decide, which nearly do, and what a client may know of it.
 *
 * Ends with 0 for an Allow, 1 for a deny, 2 if there is no decision.
 */
#include <stdlib.h>

#include "support.h"

enum { MAX_POLICIES = 64, MAX_CONTEXT = 64 };

/* What `--layer NAME=FILE` means. */
static const struct layer {
    const char *name;
    uint32_t kind, layer, absent;
} LAYERS[] = {
    {"scp", IAMLET_KIND_SCP_FULL, IAMLET_LAYER_SCP, IAMLET_ABSENT_SCP},
    {"scp-classic", IAMLET_KIND_SCP_CLASSIC, IAMLET_LAYER_SCP, IAMLET_ABSENT_SCP},
    {"rcp", IAMLET_KIND_RCP, IAMLET_LAYER_RCP, IAMLET_ABSENT_RCP},
    {"resource", IAMLET_KIND_RESOURCE, IAMLET_LAYER_RESOURCE, IAMLET_ABSENT_RESOURCE},
    {"kms", IAMLET_KIND_KMS, IAMLET_LAYER_RESOURCE, IAMLET_ABSENT_RESOURCE},
    {"trust", IAMLET_KIND_TRUST, IAMLET_LAYER_RESOURCE, IAMLET_ABSENT_RESOURCE},
    {"identity", IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY, IAMLET_ABSENT_IDENTITY},
    {"boundary", IAMLET_KIND_BOUNDARY, IAMLET_LAYER_BOUNDARY, IAMLET_ABSENT_BOUNDARY},
    {"session", IAMLET_KIND_SESSION, IAMLET_LAYER_SESSION, IAMLET_ABSENT_SESSION},
    {"endpoint", IAMLET_KIND_VPCE, IAMLET_LAYER_ENDPOINT, IAMLET_ABSENT_ENDPOINT},
};

static iamlet_source sources[MAX_POLICIES];
static iamlet_set_policy policies[MAX_POLICIES];
static size_t policy_count;
static uint32_t scp_levels, rcp_levels;

static iamlet_resource resource;
static iamlet_text values[MAX_CONTEXT];
static iamlet_context_entry context[MAX_CONTEXT];
static iamlet_request request = {
    .struct_size = sizeof request,
    .resource = &resource,
    .context = context,
    /* Here a layer that the command line leaves out does not exist. A server has to know. */
    .absent = IAMLET_ABSENT_ORGANIZATION | IAMLET_ABSENT_RESOURCE | IAMLET_ABSENT_IDENTITY |
              IAMLET_ABSENT_BOUNDARY | IAMLET_ABSENT_SESSION | IAMLET_ABSENT_ENDPOINT,
};

/* The policy image of a document. */
static buffer compile(const char *file, uint32_t kind)
{
    static _Alignas(IAMLET_SCRATCH_ALIGN) uint8_t scratch[IAMLET_SCRATCH_LARGE];
    buffer document = read_file(file);
    const char *json = (const char *)document.data;
    buffer image = {NULL, 0};
    iamlet_error error;
    /* The first call asks for the size of the image, the second writes it. */
    iamlet_status status = iamlet_policy_compile(json, document.len, kind, NULL, scratch, sizeof scratch,
                                                 NULL, 0, &image.len, &error);
    if (status == IAMLET_BUFFER_TOO_SMALL) {
        image.data = allocate(image.len);
        status = iamlet_policy_compile(json, document.len, kind, NULL, scratch, sizeof scratch,
                                       image.data, image.len, &image.len, &error);
    }
    if (status == IAMLET_DOCUMENT_REFUSED) {
        char line[1024];
        size_t len;
        check(iamlet_error_format(text_of(file), &error, line, sizeof line, &len), file);
        fail("%.*s", (int)len, line);
    }
    check(status, file);
    release(document);
    return image;
}

/* NAME=FILE or NAME:LEVEL=FILE. */
static void add_policy(const char *argument)
{
    size_t name = strcspn(argument, ":=");
    const char *file = strchr(argument, '=');
    const struct layer *layer = NULL;
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++) {
        if (strlen(LAYERS[i].name) == name && memcmp(LAYERS[i].name, argument, name) == 0) {
            layer = &LAYERS[i];
        }
    }
    if (layer == NULL || file == NULL || policy_count == MAX_POLICIES) {
        fail("--layer %s: no layer, no file, or too many", argument);
    }
    uint32_t level = argument[name] == ':' ? (uint32_t)strtoul(argument + name + 1, NULL, 10) : 0;
    buffer image = compile(file + 1, layer->kind);
    /* The tag of a policy is its number, by which an explanation finds its file. */
    sources[policy_count] = (iamlet_source){.tag = policy_count, .name = text_of(file + 1)};
    policies[policy_count] = (iamlet_set_policy){
        .image = image.data, .image_len = image.len, .layer = layer->layer, .level = level, .tag = policy_count};
    policy_count++;
    if (layer->layer == IAMLET_LAYER_SCP && level >= scp_levels) {
        scp_levels = level + 1;
    }
    if (layer->layer == IAMLET_LAYER_RCP && level >= rcp_levels) {
        rcp_levels = level + 1;
    }
    request.absent &= ~layer->absent;
}

/* KEY=VALUE; a key that is given again has several values. */
static void add_context(const char *argument)
{
    const char *value = strchr(argument, '=');
    if (value == NULL || request.context_count == MAX_CONTEXT) {
        fail("--context %s: no value, or too many", argument);
    }
    size_t at = request.context_count++;
    values[at] = text_of(value + 1);
    context[at] = (iamlet_context_entry){
        .key = {.name = {argument, (size_t)(value - argument)}}, .values = &values[at], .value_count = 1};
}

static void read_arguments(int count, char **arguments)
{
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        iamlet_text value = text_of(i + 1 < count ? arguments[i + 1] : NULL);
        if (value.data == NULL) {
            fail("%s takes a value", name);
        } else if (strcmp(name, "--layer") == 0) {
            add_policy(value.data);
        } else if (strcmp(name, "--context") == 0) {
            add_context(value.data);
        } else if (strcmp(name, "--principal") == 0) {
            request.principal.arn = value;
        } else if (strcmp(name, "--role") == 0) {
            request.principal.role_arn = value;
        } else if (strcmp(name, "--action") == 0) {
            request.action = value;
        } else if (strcmp(name, "--resource") == 0) {
            resource.arn = value;
        } else if (strcmp(name, "--account") == 0) {
            resource.account = value;
        } else {
            fail("%s: there is no such option; see the head of decide.c", name);
        }
    }
}

/* Why a request is denied. The first calls ask for the number of records, and for the size of the text. */
static void explain(iamlet_set set, buffer prepared)
{
    iamlet_decision decision;
    size_t count, len;
    iamlet_status status =
        iamlet_explain(&set, 1, prepared.data, prepared.len, NULL, &decision, NULL, 0, &count);
    if (status != IAMLET_BUFFER_TOO_SMALL) {
        check(status, "explanation");
    }
    iamlet_record *records = (iamlet_record *)allocate(count * sizeof *records);
    check(iamlet_explain(&set, 1, prepared.data, prepared.len, NULL, &decision, records, count, &count), "explanation");

    iamlet_explanation why = {.sets = &set, .set_count = 1, .request = prepared.data, .request_len = prepared.len,
                              .records = records, .count = count, .sources = sources, .source_count = policy_count};
    status = iamlet_explain_text(&why, NULL, 0, &len);
    if (status != IAMLET_BUFFER_TOO_SMALL) {
        check(status, "text");
    }
    char *text = (char *)allocate(len);
    check(iamlet_explain_text(&why, text, len, &len), "text");
    printf("\n%.*s\n", (int)len, text);

    char client[256];
    check(iamlet_explain_client_text(&why, client, sizeof client, &len), "text");
    printf("\nfor clients: %.*s\n", (int)len, client);
    free(text);
    free(records);
}

int main(int count, char **arguments)
{
    read_arguments(count, arguments);

    buffer bytes;
    check(iamlet_set_size(policies, policy_count, scp_levels, rcp_levels, &bytes.len, NULL), "set");
    bytes.data = allocate(bytes.len);
    check(iamlet_set_build(policies, policy_count, scp_levels, rcp_levels, bytes.data, bytes.len,
                           &bytes.len, NULL), "set");
    iamlet_set set;
    check(iamlet_set_open(bytes.data, bytes.len, &set), "set");

    buffer prepared;
    check(iamlet_request_size(&request, &prepared.len), "request");
    prepared.data = allocate(prepared.len);
    check(iamlet_request_prepare(&request, prepared.data, prepared.len, &prepared.len), "request");

    iamlet_decision decision;
    check(iamlet_decide(&set, 1, prepared.data, prepared.len, &decision), "decision");
    iamlet_text effect = iamlet_effect_text(decision.effect), reason = iamlet_reason_text(decision.reason);
    printf("%.*s: %.*s\n", PRINTED(effect), PRINTED(reason));
    if (decision.layer != 0) {
        iamlet_text layer = iamlet_layer_text(decision.layer);
        printf("  layer      %.*s, level %u\n", PRINTED(layer), (unsigned)decision.level);
    }
    if (decision.policy != IAMLET_NONE) {
        printf("  policy     %.*s\n", PRINTED(sources[decision.policy].name));
        printf("  statement  %u%s%.*s\n", (unsigned)decision.statement, decision.sid.len == 0 ? "" : " ",
               PRINTED(decision.sid));
    }
    if (decision.effect != IAMLET_ALLOW) {
        explain(set, prepared);
    }
    /* The Sid was in the set's bytes: they go last. */
    for (size_t i = 0; i < policy_count; i++) {
        release((buffer){(uint8_t *)policies[i].image, policies[i].image_len});
    }
    release(prepared);
    release(bytes);
    return decision.effect == IAMLET_ALLOW ? 0 : 1;
}
