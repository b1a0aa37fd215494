#include "policies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* An organization has no more: its root, and organizational units and an account below it. */
#define LEVELS_MAX 16u

/* A policy that was loaded. */
typedef struct loaded {
    char *path;
    char *principal;
    size_t principal_len;
    uint8_t *image;
    size_t image_len;
    uint32_t layer;
    uint32_t level;
} loaded;

/* The set of a principal; that of all principals has the empty one. */
typedef struct principal_set {
    iamlet_text principal;
    uint8_t *bytes;
    iamlet_set set;
    /* The context keys that its policies name. */
    key_set named;
} principal_set;

struct policies {
    loaded *list;
    size_t count;
    principal_set *sets;
    size_t set_count;
    named_key *keys;
    size_t key_count;
    uint32_t absent;
    uint64_t number;
};

/* A kind of policy, and the layer at which a gateway applies it. Trust policies and KMS keys have no place here. */
static const struct {
    uint32_t kind;
    uint32_t layer;
} kinds[] = {
    {IAMLET_KIND_IDENTITY, IAMLET_LAYER_IDENTITY},        {IAMLET_KIND_INLINE_USER, IAMLET_LAYER_IDENTITY},
    {IAMLET_KIND_INLINE_GROUP, IAMLET_LAYER_IDENTITY},    {IAMLET_KIND_INLINE_ROLE, IAMLET_LAYER_IDENTITY},
    {IAMLET_KIND_BOUNDARY, IAMLET_LAYER_BOUNDARY},        {IAMLET_KIND_SESSION, IAMLET_LAYER_SESSION},
    {IAMLET_KIND_RESOURCE, IAMLET_LAYER_RESOURCE},        {IAMLET_KIND_SCP_CLASSIC, IAMLET_LAYER_SCP},
    {IAMLET_KIND_SCP_FULL, IAMLET_LAYER_SCP},             {IAMLET_KIND_RCP, IAMLET_LAYER_RCP},
    {IAMLET_KIND_VPCE, IAMLET_LAYER_ENDPOINT},
};

static const struct {
    iamlet_text name;
    uint32_t absent;
    /* 0 for the organization, which is two layers. */
    uint32_t layer;
} layers[] = {
    {TEXT("organization"), IAMLET_ABSENT_ORGANIZATION, 0},
    {TEXT("scp"), IAMLET_ABSENT_SCP, IAMLET_LAYER_SCP},
    {TEXT("rcp"), IAMLET_ABSENT_RCP, IAMLET_LAYER_RCP},
    {TEXT("resource"), IAMLET_ABSENT_RESOURCE, IAMLET_LAYER_RESOURCE},
    {TEXT("identity"), IAMLET_ABSENT_IDENTITY, IAMLET_LAYER_IDENTITY},
    {TEXT("boundary"), IAMLET_ABSENT_BOUNDARY, IAMLET_LAYER_BOUNDARY},
    {TEXT("session"), IAMLET_ABSENT_SESSION, IAMLET_LAYER_SESSION},
    {TEXT("endpoint"), IAMLET_ABSENT_ENDPOINT, IAMLET_LAYER_ENDPOINT},
};

static bool fail(char message[POLICY_MESSAGE_MAX], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, POLICY_MESSAGE_MAX, format, arguments);
    va_end(arguments);
    return false;
}

policies *policies_new(void)
{
    return calloc(1, sizeof(policies));
}

void policies_free(policies *policies)
{
    if (policies == NULL) {
        return;
    }
    for (size_t i = 0; i < policies->count; i++) {
        free(policies->list[i].path);
        free(policies->list[i].principal);
        free(policies->list[i].image);
    }
    for (size_t i = 0; i < policies->set_count; i++) {
        free(policies->sets[i].bytes);
    }
    free(policies->list);
    free(policies->sets);
    free(policies->keys);
    free(policies);
}

/* Reads a regular file of a size that a policy may have; NULL with a message. */
static uint8_t *read_file(const char *path, size_t *len, char message[POLICY_MESSAGE_MAX])
{
    /* Without blocking, so that a pipe cannot hold up the gateway's start. */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        fail(message, "%s: %s", path, strerror(errno));
        if (file >= 0) {
            close(file);
        }
        return NULL;
    }
    uint8_t *bytes = NULL;
    if (!S_ISREG(status.st_mode)) {
        fail(message, "%s: %s", path, S_ISDIR(status.st_mode) ? "it is a directory" : "it is not a regular file");
    } else if ((uintmax_t)status.st_size > POLICY_FILE_MAX) {
        fail(message, "%s: it has %ju bytes, and a policy has at most %zu", path, (uintmax_t)status.st_size,
             POLICY_FILE_MAX);
    } else if ((bytes = malloc((size_t)status.st_size + 1)) == NULL) {
        fail(message, "%s: out of memory", path);
    } else {
        /* One byte more than there should be, to see that there is none. */
        size_t room = (size_t)status.st_size + 1;
        ssize_t count = 0;
        for (*len = 0; *len < room && (count = read(file, bytes + *len, room - *len)) > 0;) {
            *len += (size_t)count;
        }
        if (count < 0 || *len != (size_t)status.st_size) {
            fail(message, "%s: %s", path, count < 0 ? strerror(errno) : "it changed while it was read");
            free(bytes);
            bytes = NULL;
        }
    }
    close(file);
    return bytes;
}

/* Compiles a document into an image of its own memory; NULL with a message. */
static uint8_t *compile(const char *path, const uint8_t *json, size_t len, uint32_t kind, size_t *image_len,
                        char message[POLICY_MESSAGE_MAX])
{
    /* Images are hardly ever larger than this; where one is, the first call tells its size. */
    size_t room = len + 256;
    void *scratch = malloc(IAMLET_SCRATCH_LARGE);
    uint8_t *image = malloc(room);
    iamlet_status status = IAMLET_BUFFER_TOO_SMALL;
    iamlet_error error = {0};
    for (int tries = 0; tries < 2 && status == IAMLET_BUFFER_TOO_SMALL && scratch != NULL && image != NULL; tries++) {
        status = iamlet_policy_compile((const char *)json, len, kind, NULL, scratch, IAMLET_SCRATCH_LARGE, image, room,
                                       image_len, &error);
        if (status == IAMLET_BUFFER_TOO_SMALL) {
            free(image);
            room = *image_len;
            image = malloc(room);
        }
    }
    free(scratch);
    if (status == IAMLET_OK) {
        return image;
    }
    free(image);
    size_t used;
    iamlet_text why = iamlet_status_text(status);
    if (status == IAMLET_DOCUMENT_REFUSED &&
        iamlet_error_format((iamlet_text){path, strlen(path)}, &error, message, POLICY_MESSAGE_MAX - 1, &used) ==
            IAMLET_OK) {
        message[used] = 0;
    } else {
        fail(message, "%s: %.*s", path, (int)why.len, why.data);
    }
    return NULL;
}

/* The image in a file's bytes, which are freed or are the image itself; NULL with a message. */
static uint8_t *image_of(const char *path, uint8_t *bytes, size_t len, uint32_t kind, size_t *image_len,
                         char message[POLICY_MESSAGE_MAX])
{
    iamlet_policy_info info;
    iamlet_status status = iamlet_policy_open(bytes, len, &info);
    if (status == IAMLET_NOT_AN_IMAGE) {
        uint8_t *image = compile(path, bytes, len, kind, image_len, message);
        free(bytes);
        return image;
    }
    if (status == IAMLET_OK && info.kind == kind) {
        *image_len = len;
        return bytes;
    }
    iamlet_text why = status == IAMLET_OK ? IAMLET_TEXT("the image is of another kind") : iamlet_status_text(status);
    fail(message, "%s: %.*s", path, (int)why.len, why.data);
    free(bytes);
    return NULL;
}

/* Whether policies can belong to it: the ARN of a user, a federated user, a root user or a role, and no pattern. */
static bool is_holder(iamlet_text arn)
{
    if (memchr(arn.data, '*', arn.len) != NULL || memchr(arn.data, '?', arn.len) != NULL) {
        return false;
    }
    uint32_t type = iamlet_principal_type_of_arn(arn.data, arn.len);
    iamlet_text account;
    iamlet_text name;
    for (int parts = 0; parts < 4; parts++) {
        (void)text_cut(parts == 0 ? arn : account, ':', &account);
    }
    (void)text_cut(account, ':', &name);
    bool is_role = text_begins_with(arn, IAMLET_TEXT("arn:")) && name.len > 5 && text_begins_with(name, IAMLET_TEXT("role/"));
    return is_role || (type != 0 && type != IAMLET_PRINCIPAL_ROLE_SESSION);
}

bool policies_add(policies *policies, const policy_file *file, char message[POLICY_MESSAGE_MAX])
{
    size_t place = 0;
    size_t kind_count = sizeof kinds / sizeof *kinds;
    while (place < kind_count && !text_equals(iamlet_kind_text(kinds[place].kind), file->kind)) {
        place++;
    }
    if (place == kind_count) {
        char list[256];
        size_t used = 0;
        for (size_t i = 0; i < kind_count; i++) {
            iamlet_text kind = iamlet_kind_text(kinds[i].kind);
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%.*s", i == 0 ? "" : ", ", (int)kind.len, kind.data);
        }
        return fail(message, "%s: \"%.*s\" is no kind of policy that a gateway applies: they are %s", file->path,
                    (int)file->kind.len, file->kind.data, list);
    }
    bool has_levels = kinds[place].layer == IAMLET_LAYER_SCP || kinds[place].layer == IAMLET_LAYER_RCP;
    if (file->level >= (has_levels ? LEVELS_MAX : 1)) {
        return fail(message, "%s: it has the level %u, and there are %u for this kind of policy, from 0 on", file->path,
                    file->level, has_levels ? LEVELS_MAX : 1);
    }
    if (file->principal.len != 0 && !is_holder(file->principal)) {
        return fail(message, "%s: \"%.*s\" is not the ARN of a user or a role, so that the policy would never apply",
                    file->path, (int)file->principal.len, file->principal.data);
    }
    loaded *list = realloc(policies->list, (policies->count + 1) * sizeof *list);
    if (list == NULL) {
        return fail(message, "%s: out of memory", file->path);
    }
    policies->list = list;
    loaded new = {.layer = kinds[place].layer, .level = file->level, .principal_len = file->principal.len};
    size_t len = 0;
    uint8_t *bytes = read_file(file->path, &len, message);
    new.image = bytes == NULL ? NULL : image_of(file->path, bytes, len, kinds[place].kind, &new.image_len, message);
    if (new.image == NULL) {
        return false;
    }
    new.path = strdup(file->path);
    new.principal = malloc(file->principal.len + 1);
    if (new.path == NULL || new.principal == NULL) {
        free(new.path);
        free(new.principal);
        free(new.image);
        return fail(message, "%s: out of memory", file->path);
    }
    if (file->principal.len != 0) {
        memcpy(new.principal, file->principal.data, file->principal.len);
    }
    policies->list[policies->count++] = new;
    return true;
}

bool policies_declare_absent(policies *policies, iamlet_text layer)
{
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        if (text_equals(layers[i].name, layer)) {
            policies->absent |= layers[i].absent;
            return true;
        }
    }
    return false;
}

static int compare(iamlet_text a, iamlet_text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.data, b.data, len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_loaded(const void *a, const void *b)
{
    const loaded *left = a;
    const loaded *right = b;
    return compare((iamlet_text){left->principal, left->principal_len},
                   (iamlet_text){right->principal, right->principal_len});
}

/* Takes note of the context keys that a policy names, without a look at those of others. False when memory is exhausted. */
static bool note_keys(policies *policies, const loaded *policy, key_set *named)
{
    iamlet_policy_info info;
    iamlet_text name;
    if (iamlet_policy_open(policy->image, policy->image_len, &info) != IAMLET_OK) {
        return false;
    }
    named_key *keys = realloc(policies->keys, (policies->key_count + info.context_keys + 1) * sizeof *keys);
    if (keys == NULL) {
        return false;
    }
    policies->keys = keys;
    for (uint32_t i = 0; i < info.context_keys; i++) {
        if (iamlet_policy_context_key(policy->image, policy->image_len, i, &name) != IAMLET_OK) {
            return false;
        }
        *named |= key_set_of(context_key(name));
        policies->keys[policies->key_count++] = (named_key){.name = name, .path = policy->path};
    }
    return true;
}

/* Builds the set of the policies from `first` to before `end`. */
static bool build(policies *policies, size_t first, size_t end, char message[POLICY_MESSAGE_MAX])
{
    size_t count = end - first;
    /* A policy takes more room than its entry here, so that this does not wrap. */
    iamlet_set_policy *list = calloc(count + 1, sizeof *list);
    uint32_t levels[IAMLET_LAYER_RCP + 1] = {0};
    for (size_t i = 0; list != NULL && i < count; i++) {
        const loaded *policy = &policies->list[first + i];
        list[i] = (iamlet_set_policy){.image = policy->image, .image_len = policy->image_len, .tag = first + i,
                                      .layer = policy->layer, .level = policy->level};
        if (policy->layer <= IAMLET_LAYER_RCP && policy->level >= levels[policy->layer]) {
            levels[policy->layer] = policy->level + 1;
        }
    }
    principal_set *new = &policies->sets[policies->set_count];
    size_t len = 0;
    iamlet_status status = IAMLET_OK;
    bool has_memory = list != NULL;
    for (size_t i = first; has_memory && i < end; i++) {
        has_memory = note_keys(policies, &policies->list[i], &new->named);
    }
    if (has_memory) {
        status = iamlet_set_size(list, count, levels[IAMLET_LAYER_SCP], levels[IAMLET_LAYER_RCP], &len, NULL);
    }
    new->bytes = has_memory && status == IAMLET_OK ? malloc(len) : NULL;
    if (new->bytes != NULL) {
        status = iamlet_set_build(list, count, levels[IAMLET_LAYER_SCP], levels[IAMLET_LAYER_RCP], new->bytes, len, &len,
                                  NULL);
    }
    if (status == IAMLET_OK && new->bytes != NULL) {
        status = iamlet_set_open(new->bytes, len, &new->set);
    }
    free(list);
    if (status != IAMLET_OK || new->bytes == NULL) {
        iamlet_text why = status == IAMLET_OK ? IAMLET_TEXT("out of memory") : iamlet_status_text(status);
        free(new->bytes);
        return fail(message, "the policies do not make a set: %.*s", (int)why.len, why.data);
    }
    if (count != 0) {
        new->principal = (iamlet_text){policies->list[first].principal, policies->list[first].principal_len};
    }
    policies->set_count++;
    return true;
}

/* Each layer must have policies or be declared absent, and not both; and each level of SCPs below one with some has some. */
static bool check_layers(const policies *policies, char message[POLICY_MESSAGE_MAX])
{
    char missing[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        uint32_t levels = 0;
        uint32_t highest = 0;
        for (size_t j = 0; j < policies->count; j++) {
            const loaded *policy = &policies->list[j];
            if (policy->layer == layers[i].layer) {
                levels |= (uint32_t)1 << policy->level;
                highest = policy->level > highest ? policy->level : highest;
            }
        }
        bool is_absent = (policies->absent & layers[i].absent) == layers[i].absent;
        if (levels != 0 && is_absent) {
            return fail(message, "the layer \"%s\" is declared absent and has a policy", layers[i].name.data);
        }
        /* RCPs only deny. */
        for (uint32_t level = 0; level < highest && layers[i].layer == IAMLET_LAYER_SCP; level++) {
            if ((levels >> level & 1) == 0) {
                return fail(message, "there is a service control policy of level %u and none of level %u, so that nothing "
                            "would be allowed", highest, level);
            }
        }
        if (layers[i].layer != 0 && levels == 0 && !is_absent) {
            used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%s", used == 0 ? "" : ", ",
                                     layers[i].name.data);
        }
    }
    return used == 0 || fail(message, "these layers have no policy: declare absent those that shall have none: %s", missing);
}

static int compare_keys(const void *a, const void *b)
{
    return compare(((const named_key *)a)->name, ((const named_key *)b)->name);
}

/* Leaves each context key once. */
static void merge_keys(policies *policies)
{
    size_t count = policies->key_count;
    if (count != 0) {
        qsort(policies->keys, count, sizeof *policies->keys, compare_keys);
    }
    policies->key_count = 0;
    for (size_t i = 0; i < count; i++) {
        named_key key = policies->keys[i];
        if (policies->key_count == 0 || !text_equals(policies->keys[policies->key_count - 1].name, key.name)) {
            policies->keys[policies->key_count++] = key;
        }
    }
}

bool policies_finish(policies *policies, char message[POLICY_MESSAGE_MAX])
{
    if (!check_layers(policies, message)) {
        return false;
    }
    policies->sets = calloc(policies->count + 1, sizeof *policies->sets);
    if (policies->sets == NULL) {
        return fail(message, "out of memory");
    }
    if (policies->count != 0) {
        /* Within a principal the order of policies has no meaning. */
        qsort(policies->list, policies->count, sizeof *policies->list, compare_loaded);
    }
    /* The set of all principals comes first, even where it is empty: its principal is the empty one. */
    size_t first = 0;
    while (first < policies->count && policies->list[first].principal_len == 0) {
        first++;
    }
    if (!build(policies, 0, first, message)) {
        return false;
    }
    while (first < policies->count) {
        size_t end = first + 1;
        while (end < policies->count && compare_loaded(&policies->list[first], &policies->list[end]) == 0) {
            end++;
        }
        if (!build(policies, first, end, message)) {
            return false;
        }
        first = end;
    }
    merge_keys(policies);
    static atomic_uint_fast64_t last_number;
    policies->number = atomic_fetch_add(&last_number, 1) + 1;
    return true;
}

const char *policies_path(const policies *policies, uint64_t tag)
{
    return tag < policies->count ? policies->list[tag].path : "";
}

uint64_t policies_number(const policies *policies)
{
    return policies->number;
}

uint32_t policies_absent(const policies *policies)
{
    return policies->absent;
}

named_key *policies_named_keys(policies *policies, size_t *count)
{
    *count = policies->key_count;
    return policies->keys;
}

size_t policies_of(const policies *policies, iamlet_text principal, iamlet_set sets[2], key_set *named)
{
    sets[0] = policies->sets[0].set;
    *named = policies->sets[0].named;
    size_t low = 1;
    size_t high = policies->set_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(principal, policies->sets[middle].principal);
        if (order == 0) {
            sets[1] = policies->sets[middle].set;
            *named |= policies->sets[middle].named;
            return 2;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return 1;
}
