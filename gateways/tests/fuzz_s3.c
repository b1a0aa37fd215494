/*
 * Fuzzes the S3-shaped mapping: whatever a request is, what is accepted has one meaning, and its texts are its own.
 *
 *   clang -fsanitize=fuzzer,address,undefined -DFUZZER ...     libFuzzer's
 *   gcc -fsanitize=address,undefined ...       replays the files that it is given, or else maps CASES (200,000) requests
 *                                              made of pieces, from the seed SEED (0)
 * With -I../shared -I../../include, this file, ../shared/s3*.c, ../shared/uri.c and libiamlet.a.
 *
 * A request is lines: settings (a byte), method, host, path, query, the path as the gateway decodes it, then names and
 * values of headers in turn.
 */
#include "check.h"
#include "s3.h"

typedef struct lines {
    iamlet_text rest;
} lines;

static iamlet_text next_line(lines *lines)
{
    iamlet_text rest;
    iamlet_text line = text_cut(lines->rest, '\n', &rest);
    lines->rest = rest;
    return line;
}

static bool next_header(void *state, http_header *header)
{
    lines *lines = state;
    if (lines->rest.len == 0) {
        return false;
    }
    header->name = next_line(lines);
    header->value = next_line(lines);
    return true;
}

static bool lies_in(iamlet_text text, const void *data, size_t len)
{
    uintptr_t begin = (uintptr_t)data;
    uintptr_t at = (uintptr_t)text.data;
    return text.len == 0 || (at >= begin && text.len <= len && at - begin <= len - text.len);
}

static bool has(iamlet_text text, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = 0; len <= text.len && i <= text.len - len; i++) {
        if (memcmp(text.data + i, what, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_in_any_case(iamlet_text text, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = 0; len <= text.len && i <= text.len - len; i++) {
        if (text_equals_in_any_case((iamlet_text){text.data + i, len}, (iamlet_text){what, len})) {
            return true;
        }
    }
    return false;
}

static bool is(iamlet_text text, const char *what)
{
    return text_equals_in_any_case(text, (iamlet_text){what, strlen(what)});
}

/* A host that no store takes a bucket from that was not decided on. */
static void check_host(const s3_settings *settings, iamlet_text host)
{
    iamlet_text port;
    iamlet_text name = text_cut(host, ':', &port);
    if (settings->path_style && !is(name, "s3.example.com")) {
        CHECK(host.len != 0);
        for (size_t i = 0; i < host.len; i++) {
            CHECK(strchr(host.data[0] == '[' ? "0123456789abcdefABCDEF:.[]" : "0123456789.:", host.data[i]) != NULL);
        }
    }
}

/* No other interface, by the path's first segment or the bucket. */
static void check_interface(const s3_request *s3, iamlet_text path)
{
    static const char *const others[] = {"swift", "minio", "admin"};
    for (size_t i = 0; i < COUNT(others); i++) {
        iamlet_text rest;
        CHECK(path.len == 0 || !is(text_cut(text_after(path, 1), '/', &rest), others[i]));
        for (size_t j = 0; j < s3->access_count; j++) {
            iamlet_text arn = text_after(s3->accesses[j].resource, sizeof "arn:aws:s3:::" - 1);
            CHECK(!is(text_cut(arn, '/', &rest), others[i]));
        }
    }
}

/* Each parameter once, and of the signatures all of one or nothing. Returns whether there is one. */
static bool check_query(iamlet_text query)
{
    static const char *const v4[] = {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                                     "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Security-Token"};
    static const char *const v2[] = {"AWSAccessKeyId", "Expires", "Signature"};
    size_t v4_count = 0;
    size_t v2_count = 0;
    bool selects = false;
    bool has_type = false;
    bool has_token = false;
    iamlet_text rest = query;
    while (rest.len != 0) {
        iamlet_text value;
        iamlet_text name = text_cut(text_cut(rest, '&', &rest), '=', &value);
        iamlet_text others = rest;
        while (name.len != 0 && others.len != 0) {
            iamlet_text other_value;
            CHECK(!text_equals_in_any_case(name, text_cut(text_cut(others, '&', &others), '=', &other_value)));
        }
        selects = selects || is(name, "select");
        has_type = has_type || (is(name, "select-type") && is(value, "2"));
        has_token = has_token || is(name, v4[6]);
        for (size_t i = 0; i < COUNT(v4); i++) {
            v4_count += is(name, v4[i]);
            CHECK(!is(name, v4[i]) || value.len != 0);
        }
        for (size_t i = 0; i < COUNT(v2); i++) {
            v2_count += is(name, v2[i]);
            CHECK(!is(name, v2[i]) || value.len != 0);
        }
    }
    CHECK(selects == has_type);
    CHECK(v4_count == 0 || v4_count == (has_token ? 7 : 6));
    CHECK(v2_count == 0 || (v2_count == 3 && v4_count == 0));
    return v4_count + v2_count != 0;
}

static void check_headers(const http_request *http, lines headers, bool is_signed_by_query)
{
    http_header header;
    size_t hosts = 0;
    size_t credentials = 0;
    while (next_header(&headers, &header)) {
        bool is_credential = text_equals(header.name, IAMLET_TEXT("authorization"));
        credentials += is_credential;
        if (is_credential) {
            /* One key, and no second credential after a comma. */
            CHECK(header.value.len != 0);
            CHECK(!has(header.value, "AKADMIN") || !has(header.value, "AKALICE"));
            CHECK(!has(header.value, ",") || text_begins_with(header.value, IAMLET_TEXT("AWS4-HMAC-SHA256 ")));
        }
        if (text_equals(header.name, IAMLET_TEXT("host"))) {
            iamlet_text ports[2];
            hosts++;
            CHECK(http->host.data[0] == '[' ||
                  text_equals_in_any_case(text_cut(http->host, ':', &ports[0]), text_cut(header.value, ':', &ports[1])));
        }
        if (text_equals(http->method, IAMLET_TEXT("POST")) && text_equals(header.name, IAMLET_TEXT("content-type"))) {
            CHECK(!has_in_any_case(header.value, "form-data"));
        }
    }
    CHECK(hosts <= 1 && credentials + is_signed_by_query <= 1);
}

/* An ARN of a bucket or an object, with a bucket's name that is written in one way only. */
static void check_resource(const s3_settings *settings, iamlet_text resource, const s3_request *s3)
{
    iamlet_text key;
    CHECK(lies_in(resource, s3->text, sizeof s3->text));
    CHECK(text_begins_with(resource, IAMLET_TEXT("arn:aws:s3:::")));
    CHECK(memchr(resource.data, 0, resource.len) == NULL);
    iamlet_text path = text_after(resource, sizeof "arn:aws:s3:::" - 1);
    iamlet_text bucket = text_cut(path, '/', &key);
    CHECK(text_equals(bucket, IAMLET_TEXT("*")) || (bucket.len >= 3 && bucket.len <= 63));
    for (size_t i = 0; i < bucket.len && bucket.len > 1; i++) {
        CHECK(strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", bucket.data[i]) != NULL);
    }
    CHECK(key.len <= S3_KEY_MAX);
    if (settings->path == S3_PATH_STRICT) {
        CHECK(key.len == 0 || key.data[0] != '/');
        CHECK(!has(path, "//") && !has(path, "/../") && !has(path, "/./") && memchr(path.data, '\\', path.len) == NULL);
    }
}

static void check_context(const context *context, const s3_request *s3, const char *data, size_t size)
{
    CHECK(context->count <= CONTEXT_ENTRIES_MAX);
    for (size_t i = 0; i < context->count; i++) {
        const iamlet_context_entry *entry = &context->entries[i];
        CHECK(entry->key.name.len != 0);
        for (size_t j = 0; j < i; j++) {
            CHECK(!text_equals_in_any_case(entry->key.name, context->entries[j].key.name));
        }
        for (size_t j = 0; j < entry->value_count; j++) {
            bool is_of_header = lies_in(entry->values[j], data, size);
            CHECK(is_of_header || lies_in(entry->values[j], s3->text, sizeof s3->text));
            /* What is forwarded is what the store reads. */
            CHECK(!is_of_header || !text_has_loose_ends(entry->values[j]));
        }
    }
}

/* Whether the request is accepted. */
static bool map(const char *data, size_t size)
{
    static context context;
    static s3_request s3;
    /* A copy of just this size, so that a byte read after it is found. */
    char *copy = malloc(size + 1);
    CHECK(copy != NULL);
    memcpy(copy, data, size);
    lines lines = {{copy, size}};
    iamlet_text how = next_line(&lines);
    unsigned bits = how.len == 0 ? 0 : (unsigned char)how.data[0];
    s3_settings settings = {.path_style = (bits & 1) != 0, .path = (s3_path)((bits >> 1) % 3),
                            .plus = (uri_plus)((bits >> 3) % 3)};
    if (!settings.path_style) {
        CHECK(s3_add_domain(&settings, IAMLET_TEXT("s3.example.com")) == NULL);
        CHECK(s3_add_domain(&settings, IAMLET_TEXT("store.internal")) == NULL);
    }
    if (settings.path_style) {
        CHECK(s3_add_host(&settings, IAMLET_TEXT("s3.example.com")) == NULL);
    }
    s3_begin(&settings);
    http_request http = {.next_header = next_header, .headers = &lines};
    http.method = next_line(&lines);
    http.host = next_line(&lines);
    http.path = next_line(&lines);
    http.query = next_line(&lines);
    http.normalized_path = next_line(&lines);
    if (http.normalized_path.len == 0 && settings.path != S3_PATH_NORMALIZED) {
        http.normalized_path.data = NULL;
    }
    struct lines header_lines = lines;
    context_begin(&context);
    /* What the request before has left must not matter. */
    memset(&s3, (int)bits, sizeof s3);
    const char *refused = s3_map(&settings, &http, &s3, &context);
    CHECK((refused == NULL) == (s3.access_count != 0));
    CHECK(s3.access_count <= S3_ACCESSES_MAX);
    for (size_t i = 0; i < s3.access_count; i++) {
        const s3_access *access = &s3.accesses[i];
        CHECK(text_begins_with(access->action, IAMLET_TEXT("s3:")) && access->action.len > 3);
        CHECK(lies_in(access->version, s3.text, sizeof s3.text));
        check_resource(&settings, access->resource, &s3);
    }
    if (refused == NULL) {
        check_context(&context, &s3, copy, size);
        check_host(&settings, http.host);
        check_interface(&s3, settings.path == S3_PATH_NORMALIZED ? http.normalized_path : http.path);
        check_headers(&http, header_lines, check_query(http.query));
    }
    free(copy);
    return refused == NULL;
}

#ifdef FUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)map((const char *)data, size);
    return 0;
}

#else

static const char *const methods[] = {"GET", "GET", "HEAD", "PUT", "PUT", "POST", "DELETE", "OPTIONS", "get"};
static const char *const hosts[] = {"s3.example.com", "team.s3.example.com", "s3.example.com:80", ".s3.example.com",
                                    "a.b.store.internal:1:2", "vault.s3.example.com.", "[::1]:80", "TEAM.s3.example.com",
                                    "127.0.0.1:80", "127.0.0.1",
                                    "s3.example.com:", "minio.s3.example.com", "[::1]", "127.0.0.1.store.internal", "team.localhost"};
static const char *const path_parts[] = {"/", "/", "/", "team", "team", "vault", "alice", "x", ".", "..", "%2e", "%2F", "%5C",
                                         "%00", "%0", "+", "%2B", ";", "#", "\\", "%C3%A9", "\xC3\xA9", "-s3alias", " ",
                                         "minio", "/admin/", "swift"};
#define V4_KEY "AKALICE%2Fd%2Fr%2Fs3%2Faws4_request"
#define V4_PARTS "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" V4_KEY "&X-Amz-Date=d&X-Amz-Expires=1" \
                 "&X-Amz-SignedHeaders=host&X-Amz-Signature=0a"
#define V2_PARTS "AWSAccessKeyId=AKALICE&Expires=1&Signature=0a"
#define V4_HEADER "AWS4-HMAC-SHA256 Credential=AKALICE/d/r/s3/aws4_request, SignedHeaders=host, Signature=0a"
static const char *const query_parts[] = {
    "&", "&", "&", "=", "=", "prefix=b&", "max-keys=5&", "list-type=2&", "acl", "tagging", "versionId=v", "uploads",
    "uploadId=u", "partNumber=1", "prefix=a", "prefix=",
    "delimiter=%2F", "max-keys=5", "list-type=2", "attributes", "retention", "policy", "delete", "versions", "%61cl", "ACL",
    "x-id=a", "+", "%2B", "%00", ";", "response-expires=a", "select", "restore", "id=a", "inventory",
    "max-parts=1", "metrics", "website", "versionId=%20", "prefix=/a", "uploadId=..",
    "&select&select-type=2&", "select-type=2", "select&select-type=1&", V4_PARTS "&", V4_PARTS "&", "&" V2_PARTS, V2_PARTS "&",
    V4_PARTS "&X-Amz-Security-Token=&", "&X-Amz-Credential=" V4_KEY "&", "X-Amz-Security-Token=a&",
    "X-Amz-Signature=", "&Signature=0a", "AWSAccessKeyId=AKADMIN&", "&x-amz-credential=" V4_KEY};
static const char *const names[] = {
    "host", "x-amz-acl", "x-amz-copy-source", "x-amz-copy-source", "x-amz-tagging", "x-amz-tagging-directive",
    "x-amz-grant-read", "x-amz-object-lock-mode", "x-amz-object-lock-legal-hold", "x-amz-bypass-governance-retention",
    "x-amz-object-ownership", "x-amz-bucket-object-lock-enabled", "x-amz-storage-class", "x-amz-meta-a", "x-amz-date",
    "x-amz-unheard-of", "authorization", "authorization", "authorization", "content-type", "content-type",
    "x-amz-security-token", "host", "x-auth-token", "x_amz_acl", "x-minio-extract", "x-http-method-override", "x-amz-", "x",
    ""};
static const char *const values[] = {"private", "REPLACE", "COPY", "/team/alice/x", "team/x?versionId=v", "/team//x", "a=b",
                                     "a=b&c=d", "a=b&A=c", "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=0&k=1", "/vault/%2e%2e/x",
                                     "team%2Fx", "arn:aws:s3:::team/x", "GOVERNANCE", "ON", "", "+", "%00", "?", "team/x?", "\tprivate",
                                     "on ", " x", V4_HEADER, V4_HEADER, V4_HEADER ", Credential=AKADMIN/d/r/s3/aws4_request",
                                     "AWS AKALICE:0a", "AWS AKALICE:0a,AWS AKADMIN:0a", "Basic YTpi", "Basic YTpi," V4_HEADER,
                                     "multipart/form-data; boundary=x", "text/plain, Multipart/Form-Data", "text/plain",
                                     "s3.example.com", "s3.example.com", "127.0.0.1"};

/* Names and values that fit, so that what they ask for is accepted more often. */
static const char *const fitting[][2] = {
    {"authorization", V4_HEADER}, {"authorization", "AWS AKALICE:0a"}, {"authorization", "Basic YTpi"},
    {"authorization", "Basic YTpi," V4_HEADER}, {"authorization", "AWS AKALICE:0a,AWS AKADMIN:0a"},
    {"content-type", "text/plain"}, {"content-type", "multipart/form-data; boundary=x"},
    {"content-type", "text/plain, Multipart/Form-Data"}, {"host", "s3.example.com"}, {"host", "127.0.0.1"},
    {"x-amz-security-token", "a"}, {"x-amz-date", "d"}};

typedef struct made {
    char data[65536];
    size_t len;
} made;

static void add(made *made, const char *text)
{
    size_t len = strlen(text);
    if (len <= sizeof made->data - made->len) {
        memcpy(made->data + made->len, text, len);
        made->len += len;
    }
}

static void add_parts(made *made, const char *const *parts, size_t count, size_t most)
{
    /* Now and then more than there is room for. */
    size_t number = below(300) == 0 ? 2000 + below(4000) : below(most + 1);
    while (number-- > 0) {
        add(made, parts[below(count)]);
    }
}

static void make(made *made)
{
    made->len = 0;
    char settings[] = {(char)('A' + below(32)), 0};
    add(made, settings);
    add(made, "\n");
    bool is_upload = below(16) == 0;
    add(made, is_upload ? "POST" : methods[below(COUNT(methods))]);
    add(made, "\n");
    add(made, hosts[below(3) == 0 ? below(COUNT(hosts)) : 0]);
    add(made, "\n");
    size_t path = made->len;
    add(made, below(8) == 0 ? "" : below(4) == 0 ? "/" : below(3) == 0 ? "/team" : "/team/alice/x");
    add_parts(made, path_parts, COUNT(path_parts), below(2) * 6);
    /* Now and then a key about as long as one may be. */
    for (size_t count = below(100) == 0 ? 1000 + below(50) : 0; count > 0; count--) {
        add(made, "k");
    }
    size_t path_len = made->len - path;
    add(made, "\n");
    add(made, is_upload ? "uploads&" : "");
    add_parts(made, query_parts, COUNT(query_parts), below(2) * 4);
    add(made, "\n");
    if (below(2) == 0 && path_len <= sizeof made->data - made->len) {
        memcpy(made->data + made->len, made->data + path, path_len);
        made->len += path_len;
    }
    for (size_t count = below(2) * below(8); count > 0; count--) {
        const char *const *fits = below(2) == 0 ? fitting[below(COUNT(fitting))] : NULL;
        add(made, "\n");
        add(made, fits != NULL ? fits[0] : names[below(COUNT(names))]);
        add(made, "\n");
        add(made, fits != NULL ? fits[1] : values[below(COUNT(values))]);
    }
    for (size_t count = below(2) * below(3); count > 0; count--) {
        made->data[below(made->len)] = (char)below(256);
    }
}

int main(int argc, char **argv)
{
    static made made;
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        CHECK(file != NULL);
        made.len = fread(made.data, 1, sizeof made.data, file);
        CHECK(!ferror(file));
        fclose(file);
        (void)map(made.data, made.len);
    }
    if (argc > 1) {
        return 0;
    }
    const char *cases = getenv("CASES");
    const char *seed = getenv("SEED");
    unsigned long count = cases == NULL ? 200000 : strtoul(cases, NULL, 10);
    unsigned long accepted = 0;
    random_state = seed == NULL ? 1 : strtoull(seed, NULL, 10) * 2 + 1;
    for (unsigned long i = 0; i < count; i++) {
        make(&made);
        accepted += map(made.data, made.len);
    }
    printf("%lu requests, of which %lu have one meaning\n", count, accepted);
    /* Else the pieces fit no longer, and the checks see nothing. */
    CHECK(count < 1000 || accepted > count / 100);
    return 0;
}
#endif
