#include "s3_mapping.h"

/* Stores take a POST that they do not know for a form, whose key is in the body. */
static bool may_be_form(iamlet_text method, const http_header *header)
{
    return text_equals(method, IAMLET_TEXT("POST")) &&
           (text_equals(header->name, IAMLET_TEXT("content-type")) || text_equals(header->name, IAMLET_TEXT("content_type"))) &&
           (text_has_in_any_case(header->value, IAMLET_TEXT("multipart")) ||
            text_has_in_any_case(header->value, IAMLET_TEXT("form-data")));
}

static const char *read_headers(s3_mapping *mapping)
{
    uint64_t seen = 0;
    bool has_host = false;
    http_header header;
    while (mapping->http->next_header(mapping->http->headers, &header)) {
        size_t number;
        const char *refused = s3_read_credential(mapping, &header);
        if (refused != NULL) {
            return refused;
        }
        if (may_be_form(mapping->http->method, &header)) {
            return "a form has its key in the body, which is not read";
        }
        if (text_equals(header.name, IAMLET_TEXT("host"))) {
            if (has_host || !s3_is_same_host(mapping->http->host, header.value)) {
                return "the request names two hosts";
            }
            has_host = true;
        }
        if (s3_is_overruling_header(header.name)) {
            return "there is a header by which some stores do something else";
        }
        if (!text_begins_with(header.name, IAMLET_TEXT("x-amz-"))) {
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
        if (!s3_has_value(&s3_headers[number], header.value)) {
            return "an x-amz header has a value that S3 does not have, or white space around it";
        }
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
static void add_access(s3_mapping *mapping, iamlet_text action, iamlet_text bucket, iamlet_text key, iamlet_text version)
{
    size_t begin = mapping->memory.used;
    text_push(&mapping->memory, IAMLET_TEXT("arn:aws:s3:::"));
    text_push(&mapping->memory, bucket.len == 0 ? IAMLET_TEXT("*") : bucket);
    if (key.len != 0) {
        text_push(&mapping->memory, IAMLET_TEXT("/"));
        text_push(&mapping->memory, key);
    }
    /* The number is bounded by what headers can ask for: fewer than S3_ACCESSES_MAX. */
    mapping->out->accesses[mapping->out->access_count++] =
        (s3_access){.action = action, .resource = text_since(&mapping->memory, begin), .version = version};
}

/* The object that is copied, which has to be readable: `bucket/key` or `/bucket/key`, encoded, with a version or not. */
static const char *add_copy_source(s3_mapping *mapping, bool copies_tags)
{
    iamlet_text query;
    iamlet_text source;
    iamlet_text key;
    iamlet_text version = {NULL, 0};
    iamlet_text encoded = text_cut(mapping->copy_source, '?', &query);
    if (encoded.len != 0 && encoded.data[0] == '/') {
        encoded = text_after(encoded, 1);
    }
    const char *refused = uri_decode(encoded, s3_plus_of_query(mapping->settings), &mapping->memory, &source);
    if (refused != NULL) {
        return refused;
    }
    iamlet_text rest;
    iamlet_text bucket = text_cut(source, '/', &key);
    /* Some look for the slash, or for the version, in what is encoded, and some in what is not. */
    bool is_doubtful = mapping->settings->path != S3_PATH_RAW &&
                       (uri_has_doubtful_segments(key) || memchr(source.data, '?', source.len) != NULL);
    if (!s3_is_bucket(bucket) || s3_is_reserved(mapping->settings, bucket) || key.len == 0 || key.len > S3_KEY_MAX ||
        is_doubtful || !text_equals(bucket, text_cut(encoded, '/', &rest))) {
        return "the source of the copy is not bucket/key, or servers may resolve it in two ways";
    }
    if (query.data != NULL) {
        iamlet_text value;
        iamlet_text name = text_cut(query, '=', &value);
        if (!text_equals(name, IAMLET_TEXT("versionId")) || value.len == 0 || memchr(value.data, '&', value.len) != NULL) {
            return "the source of the copy has more than a version";
        }
        refused = uri_decode(value, s3_plus_of_query(mapping->settings), &mapping->memory, &version);
        if (refused != NULL) {
            return refused;
        }
        if (!s3_is_id(version)) {
            return "the version of the copy's source is none";
        }
    }
    context_add(mapping->context, mapping->settings->copy_source, source);
    add_access(mapping, version.data == NULL ? IAMLET_TEXT("s3:GetObject") : IAMLET_TEXT("s3:GetObjectVersion"), bucket, key,
               version);
    if (copies_tags) {
        add_access(mapping, version.data == NULL ? IAMLET_TEXT("s3:GetObjectTagging") : IAMLET_TEXT("s3:GetObjectVersionTagging"),
                   bucket, key, version);
    }
    return NULL;
}

/* The tags that an object gets by a header: `name=value&...`. */
static const char *add_tags(s3_mapping *mapping)
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
        text_push(&mapping->memory, IAMLET_TEXT("s3:RequestObjectTag/"));
        size_t prefix = mapping->memory.used - begin;
        const char *refused = uri_decode(encoded_name, s3_plus_of_query(mapping->settings), &mapping->memory, &name);
        iamlet_key key = {.name = text_since(&mapping->memory, begin)};
        if (refused == NULL) {
            refused = uri_decode(encoded_value, s3_plus_of_query(mapping->settings), &mapping->memory, &value);
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
static const char *add_what_headers_ask(s3_mapping *mapping, const s3_operation *operation)
{
    iamlet_text bucket = mapping->bucket;
    iamlet_text key = mapping->key;
    iamlet_text none = {NULL, 0};
    unsigned asks = mapping->asks;
    bool is_put = text_equals(operation->action, IAMLET_TEXT("s3:PutObject"));
    bool begins_object = is_put && (operation->required == 0 || operation->required == S3_BIT(S3_UPLOADS));
    bool creates_bucket = text_equals(operation->action, IAMLET_TEXT("s3:CreateBucket"));
    bool is_copy = begins_object && (asks & S3_ASKS_COPY) != 0;
    bool copies_tags = is_copy && !text_equals(mapping->tagging_directive, IAMLET_TEXT("REPLACE"));
    bool writes_acl = (operation->required & S3_BIT(S3_ACL)) != 0;

    unsigned known = S3_ASKS_BYPASS;
    known |= begins_object ? S3_ASKS_ACL | S3_ASKS_TAGGING | S3_ASKS_RETENTION | S3_ASKS_LEGAL_HOLD : 0;
    known |= creates_bucket ? S3_ASKS_ACL | S3_ASKS_OBJECT_LOCK | S3_ASKS_OWNERSHIP : 0;
    known |= writes_acl ? S3_ASKS_ACL : 0;
    known |= is_copy ? S3_ASKS_TAGGING_DIRECTIVE : 0;
    known |= is_put && text_equals(operation->method, IAMLET_TEXT("PUT")) ? S3_ASKS_COPY : 0;
    if ((asks & ~known) != 0) {
        return "an x-amz header does not belong to this operation";
    }
    bool has_directive = (asks & S3_ASKS_TAGGING_DIRECTIVE) != 0;
    if (copies_tags && ((asks & S3_ASKS_TAGGING) != 0 ||
                        (has_directive && !text_equals(mapping->tagging_directive, IAMLET_TEXT("COPY"))))) {
        return "it is not clear which tags the copy gets";
    }
    if ((asks & S3_ASKS_ACL) != 0 && !writes_acl) {
        add_access(mapping, creates_bucket ? IAMLET_TEXT("s3:PutBucketAcl") : IAMLET_TEXT("s3:PutObjectAcl"),
                   bucket, key, none);
    }
    if ((asks & S3_ASKS_OWNERSHIP) != 0) {
        add_access(mapping, IAMLET_TEXT("s3:PutBucketOwnershipControls"), bucket, key, none);
    }
    if ((asks & S3_ASKS_OBJECT_LOCK) != 0) {
        add_access(mapping, IAMLET_TEXT("s3:PutBucketObjectLockConfiguration"), bucket, key, none);
        add_access(mapping, IAMLET_TEXT("s3:PutBucketVersioning"), bucket, key, none);
    }
    if ((asks & S3_ASKS_RETENTION) != 0) {
        add_access(mapping, IAMLET_TEXT("s3:PutObjectRetention"), bucket, key, none);
    }
    if ((asks & S3_ASKS_LEGAL_HOLD) != 0) {
        add_access(mapping, IAMLET_TEXT("s3:PutObjectLegalHold"), bucket, key, none);
    }
    if ((asks & S3_ASKS_BYPASS) != 0) {
        add_access(mapping, IAMLET_TEXT("s3:BypassGovernanceRetention"), bucket, key, none);
    }
    /* Whether the source of a copy has tags is not known. S3 asks for this only where it has. */
    if ((asks & S3_ASKS_TAGGING) != 0 || copies_tags) {
        add_access(mapping, IAMLET_TEXT("s3:PutObjectTagging"), bucket, key, none);
    }
    if ((asks & S3_ASKS_TAGGING) != 0) {
        const char *refused = add_tags(mapping);
        if (refused != NULL) {
            return refused;
        }
    }
    return (asks & S3_ASKS_COPY) != 0 ? add_copy_source(mapping, copies_tags) : NULL;
}

static void add_operations_access(s3_mapping *mapping, const s3_operation *operation)
{
    add_access(mapping, mapping->version.data != NULL ? operation->versioned_action : operation->action, mapping->bucket,
               mapping->key, mapping->version);
}

static const char *add_operation(s3_mapping *mapping)
{
    s3_level level = mapping->bucket.len == 0 ? S3_SERVICE : mapping->key.len == 0 ? S3_BUCKET : S3_OBJECT;
    const s3_operation *operation = s3_find_operation(level, mapping->http->method, mapping->parameters);
    if (operation == NULL) {
        return "this is no S3 operation whose action and resource are told by method, path and query";
    }
    if ((operation->optional & S3_BIT(S3_BODY)) != 0 && !mapping->settings->bodies_unseen) {
        return "policies may look at what is in the body of this request, which is not read";
    }
    add_operations_access(mapping, operation);
    if ((operation->required & S3_PLAIN_TOO) != 0) {
        add_operations_access(mapping, s3_find_operation(level, mapping->http->method, 0));
    }
    return add_what_headers_ask(mapping, operation);
}

const char *s3_map(const s3_settings *settings, const http_request *http, s3_request *s3, context *context)
{
    s3_mapping mapping = {
        .settings = settings, .http = http, .out = s3, .context = context, .memory = {.data = s3->text, .room = S3_TEXT_MAX}};
    s3->access_count = 0;
    const char *refused = s3_read_target(&mapping);
    refused = refused != NULL ? refused : read_headers(&mapping);
    refused = refused != NULL ? refused : s3_check_credential(&mapping);
    refused = refused != NULL ? refused : add_operation(&mapping);
    if (refused == NULL && (mapping.memory.full || context->full)) {
        refused = "path, query or headers are too long";
    }
    if (refused != NULL) {
        s3->access_count = 0;
    }
    return refused;
}
