#include "s3.h"

#include "s3_operations.h"

/* A request while it is mapped. */
typedef struct mapping {
    const s3_settings *settings;
    const http_request *http;
    s3_request *out;
    context *context;
    text_memory memory;
    iamlet_text bucket;
    iamlet_text key;
    s3_parameters parameters;
    iamlet_text version;
    /* s3_asks of the headers. */
    unsigned asks;
    iamlet_text copy_source;
    iamlet_text tagging;
    iamlet_text tagging_directive;
} mapping;

static const char too_long[] = "path, query or headers are too long";

static iamlet_key prepared(iamlet_text name)
{
    iamlet_key key;
    /* Only an empty name is refused. */
    (void)iamlet_key_prepare(name, &key);
    return key;
}

static bool is_below(iamlet_text name, iamlet_text domain)
{
    return name.len > domain.len && name.data[name.len - domain.len - 1] == '.' &&
           text_equals_in_any_case(text_after(name, name.len - domain.len), domain);
}

const char *s3_add_domain(s3_settings *settings, iamlet_text domain)
{
    if (settings->domain_count == S3_DOMAINS_MAX) {
        return "there are more than 8 domains";
    }
    for (size_t i = 0; i < domain.len; i++) {
        char c = ascii_lower(domain.data[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) {
            return "a domain is a name, without a port and without a wildcard";
        }
    }
    if (domain.len == 0 || domain.data[0] == '.' || domain.data[domain.len - 1] == '.') {
        return "a domain is a name, without a dot before or after it";
    }
    for (size_t i = 0; i < settings->domain_count; i++) {
        iamlet_text other = settings->domains[i];
        if (text_equals_in_any_case(domain, other) || is_below(domain, other) || is_below(other, domain)) {
            /* A host below both would name two buckets. */
            return "a domain is below another one, or the same";
        }
    }
    settings->domains[settings->domain_count++] = domain;
    return NULL;
}

void s3_begin(s3_settings *settings)
{
    settings->prefix = prepared(AS_TEXT("s3:prefix"));
    settings->delimiter = prepared(AS_TEXT("s3:delimiter"));
    settings->max_keys = prepared(AS_TEXT("s3:max-keys"));
    settings->tag_keys = prepared(AS_TEXT("s3:RequestObjectTagKeys"));
    settings->copy_source = prepared(AS_TEXT("s3:x-amz-copy-source"));
    for (size_t i = 0; i < s3_header_count; i++) {
        if (s3_headers[i].key.len != 0) {
            settings->headers[i] = prepared(s3_headers[i].key);
        }
    }
}

bool s3_gives(const s3_settings *settings, iamlet_text key)
{
    static const iamlet_text tag = TEXT("s3:RequestObjectTag/");
    const iamlet_key *const own[] = {&settings->prefix, &settings->delimiter, &settings->max_keys, &settings->tag_keys,
                                     &settings->copy_source};
    bool gives = key.len >= tag.len && text_equals_in_any_case((iamlet_text){key.data, tag.len}, tag);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        gives = gives || text_equals_in_any_case(key, own[i]->name);
    }
    for (size_t i = 0; i < s3_header_count; i++) {
        gives = gives || (s3_headers[i].key.len != 0 && text_equals_in_any_case(key, s3_headers[i].key));
    }
    return gives;
}

/* Aliases of access points, which stand for another bucket, and directory and table buckets, whose actions are others. */
static bool is_alias(iamlet_text name)
{
    static const iamlet_text endings[] = {TEXT("-s3alias"), TEXT("--ol-s3"), TEXT(".mrap"), TEXT("--x-s3"),
                                          TEXT("--table-s3")};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (name.len >= endings[i].len && text_equals(text_after(name, name.len - endings[i].len), endings[i])) {
            return true;
        }
    }
    return false;
}

/* S3's rules for names of buckets, as far as two servers could read a name in two ways. */
static bool is_bucket(iamlet_text name)
{
    if (name.len < 3 || name.len > 63 || name.data[0] == '.' || name.data[name.len - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_after_dot = i != 0 && name.data[i - 1] == '.';
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c == '.' && !is_after_dot))) {
            return false;
        }
    }
    return !is_alias(name);
}

/* The bucket that the host names, if any. */
static const char *read_host(mapping *mapping)
{
    const s3_settings *settings = mapping->settings;
    if (settings->path_style) {
        return NULL;
    }
    iamlet_text host = mapping->http->host;
    iamlet_text port;
    host = text_cut(host, ':', &port);
    for (size_t i = 0; i < port.len; i++) {
        if (port.data[i] < '0' || port.data[i] > '9') {
            return "what follows the host's name is not a port";
        }
    }
    for (size_t i = 0; i < settings->domain_count; i++) {
        iamlet_text domain = settings->domains[i];
        if (text_equals_in_any_case(host, domain)) {
            return NULL;
        }
        if (is_below(host, domain)) {
            mapping->bucket = (iamlet_text){host.data, host.len - domain.len - 1};
            return is_bucket(mapping->bucket) ? NULL : "the host does not name a bucket as S3 does";
        }
    }
    return "the host is none of this gateway's domains";
}

/* The path that the gateway has decoded, as the upstream reads it when the gateway has encoded it again: a plus and some
 * other characters are then as they were, encoded in the request or not. */
static const char *read_normalized_path(mapping *mapping, iamlet_text *path)
{
    uri_plus plus = mapping->settings->plus;
    iamlet_text decoded = mapping->http->normalized_path;
    size_t begin = mapping->memory.used;
    text_push(&mapping->memory, decoded);
    *path = text_since(&mapping->memory, begin);
    for (size_t i = 0; i < path->len; i++) {
        char c = path->data[i];
        if (c == '+' && plus == URI_PLUS_REFUSED) {
            return "a + may be a space or a plus";
        }
        if (c == '+' && plus == URI_PLUS_SPACE) {
            mapping->memory.data[begin + i] = ' ';
        } else if (c == 0 || c == ';' || c == '[' || c == ']' || c == '\\') {
            return "there is a character that servers may read in two ways";
        }
    }
    return NULL;
}

static const char *read_path(mapping *mapping)
{
    const http_request *http = mapping->http;
    s3_path how = mapping->settings->path;
    iamlet_text path;
    const char *refused = how == S3_PATH_NORMALIZED
                              ? read_normalized_path(mapping, &path)
                              : uri_decode(http->path, mapping->settings->plus, &mapping->memory, &path);
    if (refused != NULL) {
        return refused;
    }
    if (path.len == 0 || path.data[0] != '/' || http->path.len == 0 || http->path.data[0] != '/') {
        return "the path does not begin with a slash";
    }
    if (how == S3_PATH_STRICT && (uri_has_doubtful_segments(text_after(path, 1)) ||
                                  (http->normalized_path.data != NULL && !text_equals(path, http->normalized_path)))) {
        return "servers may resolve the path in two ways";
    }
    path = text_after(path, 1);
    if (mapping->bucket.len == 0 && path.len != 0) {
        mapping->bucket = text_cut(path, '/', &path);
        iamlet_text rest;
        /* An encoded slash or letter in the name would be another bucket to a server that splits before it decodes. */
        if (!is_bucket(mapping->bucket) ||
            (how != S3_PATH_NORMALIZED &&
             !text_equals(mapping->bucket, text_cut(text_after(http->path, 1), '/', &rest)))) {
            return "the path does not name a bucket as S3 does";
        }
    }
    mapping->key = path;
    return path.len > S3_KEY_MAX ? "the key is longer than 1,024 bytes" : NULL;
}

/* What a plus is in a query and in tags: where it is a plus in a path, most servers still take it for a space here. */
static uri_plus plus_of_query(const mapping *mapping)
{
    return mapping->settings->plus == URI_PLUS_SPACE ? URI_PLUS_SPACE : URI_PLUS_REFUSED;
}

/* Takes one parameter of the query. Its name is not decoded: nobody has to encode one, and not all servers decode it. */
static const char *read_parameter(mapping *mapping, iamlet_text name, iamlet_text encoded_value)
{
    iamlet_text value;
    s3_parameter parameter;
    const char *refused = s3_find_parameter(name, &parameter);
    if (refused != NULL) {
        return refused;
    }
    s3_parameters bit = S3_BIT(parameter);
    if ((mapping->parameters & bit & ~S3_UNDECIDED) != 0) {
        return "a query parameter is repeated";
    }
    mapping->parameters |= bit;
    if ((bit & S3_UNDECIDED) != 0) {
        /* Nobody looks at the value, but it must not hold what another server takes for the end of it. */
        size_t used = mapping->memory.used;
        refused = uri_decode(encoded_value, URI_PLUS_LITERAL, &mapping->memory, &value);
        mapping->memory.used = used;
        return refused;
    }
    refused = uri_decode(encoded_value, plus_of_query(mapping), &mapping->memory, &value);
    if (refused != NULL) {
        return refused;
    }
    bool may_be_empty = parameter == S3_PREFIX || parameter == S3_DELIMITER;
    if (s3_takes_value(parameter) ? value.len == 0 && !may_be_empty : value.len != 0) {
        return "a query parameter lacks its value, or has one that it does not take";
    }
    switch (parameter) {
    case S3_PREFIX:
        context_add(mapping->context, mapping->settings->prefix, value);
        break;
    case S3_DELIMITER:
        context_add(mapping->context, mapping->settings->delimiter, value);
        break;
    case S3_MAX_KEYS:
        context_add(mapping->context, mapping->settings->max_keys, value);
        break;
    case S3_VERSION_ID:
        mapping->version = value;
        break;
    default:
        break;
    }
    return NULL;
}

static const char *read_query(mapping *mapping)
{
    iamlet_text query = mapping->http->query;
    iamlet_text name;
    iamlet_text value;
    while (uri_next_parameter(&query, &name, &value)) {
        const char *refused = read_parameter(mapping, name, value);
        if (refused != NULL) {
            return refused;
        }
    }
    return NULL;
}

static const char *read_headers(mapping *mapping)
{
    uint64_t seen = 0;
    http_header header;
    while (mapping->http->next_header(mapping->http->headers, &header)) {
        size_t number;
        if (s3_is_overruling_header(header.name)) {
            return "there is a header by which some stores do something else";
        }
        if (!text_begins_with(header.name, AS_TEXT("x-amz-"))) {
            continue;
        }
        if (!s3_find_header(header.name, &number)) {
            return "there is an x-amz header that S3 does not have";
        }
        if (number == s3_header_count) {
            continue;
        }
        if ((seen & (uint64_t)1 << number) != 0) {
            return "an x-amz header is repeated";
        }
        seen |= (uint64_t)1 << number;
        mapping->asks |= s3_headers[number].asks;
        if (s3_headers[number].key.len != 0) {
            context_add(mapping->context, mapping->settings->headers[number], header.value);
        }
        if (s3_headers[number].asks == S3_ASKS_COPY) {
            mapping->copy_source = header.value;
        } else if (s3_headers[number].asks == S3_ASKS_TAGGING) {
            mapping->tagging = header.value;
        } else if (s3_headers[number].asks == S3_ASKS_TAGGING_DIRECTIVE) {
            mapping->tagging_directive = header.value;
        }
    }
    return NULL;
}

/* Adds an action on an object, on a bucket if there is no key, or on all that there is if there is no bucket. */
static void add_access(mapping *mapping, iamlet_text action, iamlet_text bucket, iamlet_text key, iamlet_text version)
{
    size_t begin = mapping->memory.used;
    text_push(&mapping->memory, AS_TEXT("arn:aws:s3:::"));
    text_push(&mapping->memory, bucket.len == 0 ? AS_TEXT("*") : bucket);
    if (key.len != 0) {
        text_push(&mapping->memory, AS_TEXT("/"));
        text_push(&mapping->memory, key);
    }
    /* The number is bounded by what headers can ask for: fewer than S3_ACCESSES_MAX. */
    mapping->out->accesses[mapping->out->access_count++] =
        (s3_access){.action = action, .resource = text_since(&mapping->memory, begin), .version = version};
}

/* The object that is copied, which has to be readable: `bucket/key` or `/bucket/key`, encoded, with a version or not. */
static const char *add_copy_source(mapping *mapping, bool copies_tags)
{
    iamlet_text query;
    iamlet_text source;
    iamlet_text key;
    iamlet_text version = {NULL, 0};
    iamlet_text encoded = text_cut(mapping->copy_source, '?', &query);
    const char *refused = uri_decode(encoded, mapping->settings->plus, &mapping->memory, &source);
    if (refused != NULL) {
        return refused;
    }
    if (source.len != 0 && source.data[0] == '/') {
        source = text_after(source, 1);
    }
    iamlet_text bucket = text_cut(source, '/', &key);
    bool is_doubtful = mapping->settings->path != S3_PATH_RAW && uri_has_doubtful_segments(key);
    if (!is_bucket(bucket) || key.len == 0 || key.len > S3_KEY_MAX || is_doubtful) {
        return "the source of the copy is not bucket/key, or servers may resolve it in two ways";
    }
    if (query.data != NULL) {
        iamlet_text value;
        iamlet_text name = text_cut(query, '=', &value);
        if (!text_equals(name, AS_TEXT("versionId")) || value.len == 0 || memchr(value.data, '&', value.len) != NULL) {
            return "the source of the copy has more than a version";
        }
        refused = uri_decode(value, plus_of_query(mapping), &mapping->memory, &version);
        if (refused != NULL) {
            return refused;
        }
    }
    context_add(mapping->context, mapping->settings->copy_source, source);
    add_access(mapping, version.data == NULL ? AS_TEXT("s3:GetObject") : AS_TEXT("s3:GetObjectVersion"), bucket, key,
               version);
    if (copies_tags) {
        add_access(mapping, version.data == NULL ? AS_TEXT("s3:GetObjectTagging") : AS_TEXT("s3:GetObjectVersionTagging"),
                   bucket, key, version);
    }
    return NULL;
}

/* The tags that an object gets by a header: `name=value&...`. */
static const char *add_tags(mapping *mapping)
{
    iamlet_text tags = mapping->tagging;
    iamlet_text encoded_name;
    iamlet_text encoded_value;
    iamlet_text *names = mapping->out->tag_names;
    size_t count = 0;
    while (uri_next_parameter(&tags, &encoded_name, &encoded_value)) {
        iamlet_text value;
        iamlet_text name;
        size_t begin = mapping->memory.used;
        text_push(&mapping->memory, AS_TEXT("s3:RequestObjectTag/"));
        size_t prefix = mapping->memory.used - begin;
        const char *refused = uri_decode(encoded_name, plus_of_query(mapping), &mapping->memory, &name);
        iamlet_key key = {.name = text_since(&mapping->memory, begin)};
        if (refused == NULL) {
            refused = uri_decode(encoded_value, plus_of_query(mapping), &mapping->memory, &value);
        }
        if (refused != NULL) {
            return refused;
        }
        if (name.len == 0 || key.name.len != prefix + name.len || count == S3_TAGS_MAX) {
            return "there are more than 10 tags, or one has no name";
        }
        for (size_t i = 0; i < count; i++) {
            /* In any case, since the names of context keys are so. */
            if (text_equals_in_any_case(names[i], name)) {
                return "a tag is repeated";
            }
        }
        names[count++] = name;
        context_add(mapping->context, key, value);
    }
    context_add_list(mapping->context, mapping->settings->tag_keys, names, count);
    return NULL;
}

/* What the headers ask for beside the operation: each has an action of its own. */
static const char *add_what_headers_ask(mapping *mapping, const s3_operation *operation)
{
    iamlet_text bucket = mapping->bucket;
    iamlet_text key = mapping->key;
    iamlet_text none = {NULL, 0};
    unsigned asks = mapping->asks;
    bool is_put = text_equals(operation->action, AS_TEXT("s3:PutObject"));
    bool begins_object = is_put && (operation->required == 0 || operation->required == S3_BIT(S3_UPLOADS));
    bool creates_bucket = text_equals(operation->action, AS_TEXT("s3:CreateBucket"));
    bool is_copy = begins_object && (asks & S3_ASKS_COPY) != 0;
    bool copies_tags = is_copy && !text_equals(mapping->tagging_directive, AS_TEXT("REPLACE"));
    bool writes_acl = (operation->required & S3_BIT(S3_ACL)) != 0;

    unsigned known = S3_ASKS_BYPASS;
    known |= begins_object ? S3_ASKS_ACL | S3_ASKS_TAGGING | S3_ASKS_RETENTION | S3_ASKS_LEGAL_HOLD : 0;
    known |= creates_bucket ? S3_ASKS_ACL | S3_ASKS_OBJECT_LOCK | S3_ASKS_OWNERSHIP : 0;
    known |= writes_acl ? S3_ASKS_ACL : 0;
    known |= is_copy ? S3_ASKS_TAGGING_DIRECTIVE : 0;
    known |= is_put && text_equals(operation->method, AS_TEXT("PUT")) ? S3_ASKS_COPY : 0;
    if ((asks & ~known) != 0) {
        return "an x-amz header does not belong to this operation";
    }
    bool has_directive = (asks & S3_ASKS_TAGGING_DIRECTIVE) != 0;
    if (copies_tags && ((asks & S3_ASKS_TAGGING) != 0 ||
                        (has_directive && !text_equals(mapping->tagging_directive, AS_TEXT("COPY"))))) {
        return "it is not clear which tags the copy gets";
    }
    if ((asks & S3_ASKS_ACL) != 0 && !writes_acl) {
        add_access(mapping, creates_bucket ? AS_TEXT("s3:PutBucketAcl") : AS_TEXT("s3:PutObjectAcl"),
                   bucket, key, none);
    }
    if ((asks & S3_ASKS_OWNERSHIP) != 0) {
        add_access(mapping, AS_TEXT("s3:PutBucketOwnershipControls"), bucket, key, none);
    }
    if ((asks & S3_ASKS_OBJECT_LOCK) != 0) {
        add_access(mapping, AS_TEXT("s3:PutBucketObjectLockConfiguration"), bucket, key, none);
        add_access(mapping, AS_TEXT("s3:PutBucketVersioning"), bucket, key, none);
    }
    if ((asks & S3_ASKS_RETENTION) != 0) {
        add_access(mapping, AS_TEXT("s3:PutObjectRetention"), bucket, key, none);
    }
    if ((asks & S3_ASKS_LEGAL_HOLD) != 0) {
        add_access(mapping, AS_TEXT("s3:PutObjectLegalHold"), bucket, key, none);
    }
    if ((asks & S3_ASKS_BYPASS) != 0) {
        add_access(mapping, AS_TEXT("s3:BypassGovernanceRetention"), bucket, key, none);
    }
    /* Whether the source of a copy has tags is not known. S3 asks for this only where it has. */
    if ((asks & S3_ASKS_TAGGING) != 0 || copies_tags) {
        add_access(mapping, AS_TEXT("s3:PutObjectTagging"), bucket, key, none);
    }
    if ((asks & S3_ASKS_TAGGING) != 0) {
        const char *refused = add_tags(mapping);
        if (refused != NULL) {
            return refused;
        }
    }
    return (asks & S3_ASKS_COPY) != 0 ? add_copy_source(mapping, copies_tags) : NULL;
}

static const char *add_operation(mapping *mapping)
{
    s3_level level = mapping->bucket.len == 0 ? S3_SERVICE : mapping->key.len == 0 ? S3_BUCKET : S3_OBJECT;
    const s3_operation *operation = s3_find_operation(level, mapping->http->method, mapping->parameters);
    if (operation == NULL) {
        return "this is no S3 operation whose action and resource are told by method, path and query";
    }
    bool is_versioned = mapping->version.data != NULL;
    add_access(mapping, is_versioned ? operation->versioned_action : operation->action, mapping->bucket, mapping->key,
               mapping->version);
    if ((operation->required & S3_BIT(S3_ATTRIBUTES)) != 0) {
        /* S3 wants the right to read the object as well. */
        add_access(mapping, is_versioned ? AS_TEXT("s3:GetObjectVersion") : AS_TEXT("s3:GetObject"),
                   mapping->bucket, mapping->key, mapping->version);
    }
    return add_what_headers_ask(mapping, operation);
}

const char *s3_map(const s3_settings *settings, const http_request *http, s3_request *s3, context *context)
{
    mapping mapping = {
        .settings = settings, .http = http, .out = s3, .context = context, .memory = {.data = s3->text, .room = S3_TEXT_MAX}};
    s3->access_count = 0;
    const char *refused = read_host(&mapping);
    refused = refused != NULL ? refused : read_path(&mapping);
    refused = refused != NULL ? refused : read_query(&mapping);
    refused = refused != NULL ? refused : read_headers(&mapping);
    refused = refused != NULL ? refused : add_operation(&mapping);
    if (refused == NULL && (mapping.memory.full || context->full)) {
        refused = too_long;
    }
    if (refused != NULL) {
        s3->access_count = 0;
    }
    return refused;
}
