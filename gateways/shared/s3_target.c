#include "s3_mapping.h"

#include <arpa/inet.h>

static const char other_interface[] = "stores have another interface under this name";

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

bool s3_is_bucket(iamlet_text name)
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

/* Cuts a host into its name or address, an IPv6 one with its brackets, and its port, if it has one; false if it is not just
 * that. */
static bool cut_host(iamlet_text host, iamlet_text *name, iamlet_text *port)
{
    const char *end = host.len != 0 && host.data[0] == '[' ? memchr(host.data, ']', host.len) : NULL;
    *port = (iamlet_text){NULL, 0};
    if (end == NULL) {
        *name = text_cut(host, ':', port);
    } else {
        *name = (iamlet_text){host.data, (size_t)(end - host.data) + 1};
        iamlet_text rest = text_after(host, name->len);
        if (rest.len != 0 && text_cut(rest, ':', port).len != 0) {
            return false;
        }
    }
    return name->len != 0 && (port->data == NULL || (port->len != 0 && port->len <= 5 && text_is_digits(*port)));
}

bool s3_is_same_host(iamlet_text a, iamlet_text b)
{
    iamlet_text names[2];
    iamlet_text ports[2];
    return cut_host(a, &names[0], &ports[0]) && cut_host(b, &names[1], &ports[1]) &&
           text_equals_in_any_case(names[0], names[1]) &&
           (ports[0].data == NULL || ports[1].data == NULL || text_equals(ports[0], ports[1]));
}

static bool is_address(iamlet_text name)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    bool is_v6 = name.len > 2 && name.data[0] == '[' && name.data[name.len - 1] == ']';
    name = is_v6 ? (iamlet_text){name.data + 1, name.len - 2} : name;
    if (name.len >= sizeof text || memchr(name.data, 0, name.len) != NULL) {
        return false;
    }
    memcpy(text, name.data, name.len);
    text[name.len] = 0;
    return inet_pton(is_v6 ? AF_INET6 : AF_INET, text, address) == 1;
}

/* The bucket that the host names, if any. */
static const char *read_host(s3_mapping *mapping)
{
    const s3_settings *settings = mapping->settings;
    iamlet_text host;
    iamlet_text port;
    if (!cut_host(mapping->http->host, &host, &port)) {
        return "the request does not name one host, with a port or without";
    }
    if (mapping->http->target_host.data != NULL && !s3_is_same_host(mapping->http->target_host, mapping->http->host)) {
        return "the request names two hosts";
    }
    if (settings->path_style) {
        for (size_t i = 0; i < settings->host_count; i++) {
            if (text_equals_in_any_case(host, settings->hosts[i])) {
                return NULL;
            }
        }
        /* A store that has a domain of its own may read a bucket from any other name. */
        return is_address(host) ? NULL : "the host is neither an address nor one of this gateway's hosts";
    }
    for (size_t i = 0; i < settings->domain_count; i++) {
        iamlet_text domain = settings->domains[i];
        if (text_equals_in_any_case(host, domain)) {
            return NULL;
        }
        if (s3_is_below(host, domain)) {
            mapping->bucket = (iamlet_text){host.data, host.len - domain.len - 1};
            if (s3_is_reserved(settings, mapping->bucket)) {
                return other_interface;
            }
            return s3_is_bucket(mapping->bucket) ? NULL : "the host does not name a bucket as S3 does";
        }
    }
    return "the host is none of this gateway's domains";
}

/* The path that the gateway has decoded, as the upstream reads it when the gateway has encoded it again: a plus and some
 * other characters are then as they were, encoded in the request or not. */
static const char *read_normalized_path(s3_mapping *mapping, iamlet_text *path)
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

static const char *read_path(s3_mapping *mapping)
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
    iamlet_text first = path;
    while (first.len != 0 && first.data[0] == '/') {
        first = text_after(first, 1);
    }
    iamlet_text after;
    if (s3_is_reserved(mapping->settings, text_cut(first, '/', &after))) {
        return other_interface;
    }
    if (mapping->bucket.len == 0 && path.len != 0) {
        mapping->bucket = text_cut(path, '/', &path);
        iamlet_text rest;
        /* An encoded slash or letter in the name would be another bucket to a server that splits before it decodes. */
        if (!s3_is_bucket(mapping->bucket) ||
            (how != S3_PATH_NORMALIZED &&
             !text_equals(mapping->bucket, text_cut(text_after(http->path, 1), '/', &rest)))) {
            return "the path does not name a bucket as S3 does";
        }
    }
    mapping->key = path;
    return path.len > S3_KEY_MAX ? "the key is longer than 1,024 bytes" : NULL;
}

uri_plus s3_plus_of_query(const s3_settings *settings)
{
    return settings->plus == URI_PLUS_SPACE ? URI_PLUS_SPACE : URI_PLUS_REFUSED;
}

bool s3_is_id(iamlet_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && (c < '0' || c > '9') && (c == 0 || strchr("-._~+=", c) == NULL)) {
            return false;
        }
    }
    /* Some stores keep parts in a folder of this name. */
    return text.len != 0 && !text_equals(text, IAMLET_TEXT(".")) && !text_equals(text, IAMLET_TEXT(".."));
}

/* Whether stores read a value in one way: some strip white space off ids, take what is no number for none, and resolve a
 * prefix as a path. */
static bool has_one_meaning(const s3_mapping *mapping, s3_parameter parameter, iamlet_text value)
{
    switch (parameter) {
    case S3_VERSION_ID:
    case S3_UPLOAD_ID:
        return s3_is_id(value);
    case S3_PART_NUMBER:
    case S3_MAX_KEYS:
        return text_is_digits(value) && value.len <= 9;
    case S3_SELECT_TYPE:
        /* A store that does not see the pair takes the request for a form. */
        return text_equals(value, IAMLET_TEXT("2"));
    case S3_PREFIX:
        return mapping->settings->path == S3_PATH_RAW || !uri_has_doubtful_segments(value);
    default:
        return true;
    }
}

/* Takes one parameter of the query. Its name is not decoded: nobody has to encode one, and not all servers decode it. */
static const char *read_parameter(s3_mapping *mapping, iamlet_text name, iamlet_text encoded_value)
{
    iamlet_text value;
    s3_parameter parameter;
    size_t number;
    const char *refused = s3_find_parameter(name, &parameter, &number);
    if (refused != NULL) {
        return refused;
    }
    s3_parameters bit = S3_BIT(parameter);
    uint64_t name_bit = (uint64_t)1 << number % 64;
    if ((mapping->names[number / 64] & name_bit) != 0) {
        return "a query parameter is repeated";
    }
    mapping->names[number / 64] |= name_bit;
    mapping->parameters |= bit;
    if ((bit & (S3_UNDECIDED | S3_SIGNATURES)) != 0) {
        /* No policy looks at the value, but it must not hold what another server takes for the end of it. */
        size_t used = mapping->memory.used;
        refused = uri_decode(encoded_value, URI_PLUS_LITERAL, &mapping->memory, &value);
        mapping->memory.used = used;
        return refused == NULL && (bit & S3_SIGNATURES) != 0 ? s3_read_signature(parameter, value) : refused;
    }
    refused = uri_decode(encoded_value, s3_plus_of_query(mapping->settings), &mapping->memory, &value);
    if (refused != NULL) {
        return refused;
    }
    bool may_be_empty = parameter == S3_PREFIX || parameter == S3_DELIMITER;
    if (s3_takes_value(parameter) ? value.len == 0 && !may_be_empty : value.len != 0) {
        return "a query parameter lacks its value, or has one that it does not take";
    }
    if (!has_one_meaning(mapping, parameter, value)) {
        return "servers may read the value of a query parameter in two ways";
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

static const char *read_query(s3_mapping *mapping)
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

const char *s3_read_target(s3_mapping *mapping)
{
    const char *refused = read_host(mapping);
    refused = refused != NULL ? refused : read_path(mapping);
    return refused != NULL ? refused : read_query(mapping);
}
