/*
 * The credential of a request: in one Authorization field or in the query, all of it there and each part once. What verifies
 * it is the upstream; this sees that no two servers take two keys from it.
 */
#include "s3_mapping.h"

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');
}

/* Whether a text is there, and has only letters, digits and what is in `others`. */
static bool is_word(iamlet_text text, const char *others)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!is_letter_or_digit(c) && (c == 0 || strchr(others, c) == NULL)) {
            return false;
        }
    }
    return text.len != 0;
}

static bool is_access_key(iamlet_text text)
{
    return text.len <= 128 && is_word(text, "_-.@$");
}

/* `key/date/region/s3/aws4_request`: another service is another interface of the store. */
static bool is_scope(iamlet_text text)
{
    iamlet_text parts[5];
    for (size_t i = 0; i < 5; i++) {
        parts[i] = text_cut(text, '/', &text);
    }
    return text.data == NULL && is_access_key(parts[0]) && is_word(parts[1], "") && is_word(parts[2], "_-.:") &&
           text_equals(parts[3], IAMLET_TEXT("s3")) && text_equals(parts[4], IAMLET_TEXT("aws4_request"));
}

const char *s3_read_signature(s3_parameter part, iamlet_text value)
{
    bool is_good = part == S3_V4_ALGORITHM    ? text_equals(value, IAMLET_TEXT("AWS4-HMAC-SHA256"))
                   : part == S3_V4_CREDENTIAL ? is_scope(value)
                   : part == S3_V2_KEY        ? is_access_key(value)
                                              : value.len != 0 && !text_has_loose_ends(value);
    return is_good ? NULL : "a part of the signature in the query is empty, or names no one key";
}

static iamlet_text without_spaces(iamlet_text text)
{
    while (text.len != 0 && text.data[0] == ' ') {
        text = text_after(text, 1);
    }
    while (text.len != 0 && text.data[text.len - 1] == ' ') {
        text.len--;
    }
    return text;
}

/* `Credential=..., SignedHeaders=..., Signature=...`, in any order. */
static bool is_v4(iamlet_text parts)
{
    static const iamlet_text names[] = {TEXT("Credential"), TEXT("SignedHeaders"), TEXT("Signature")};
    unsigned seen = 0;
    while (parts.data != NULL) {
        iamlet_text value;
        iamlet_text name = text_cut(without_spaces(text_cut(parts, ',', &parts)), '=', &value);
        size_t i = 0;
        while (i < 3 && !text_equals(name, names[i])) {
            i++;
        }
        if (i == 3 || (seen & 1u << i) != 0 || !(i == 0 ? is_scope(value) : is_word(value, ";-_.!#$&'*+^`|~"))) {
            return false;
        }
        seen |= 1u << i;
    }
    return seen == 7;
}

static const char *read_authorization(s3_mapping *mapping, iamlet_text value)
{
    iamlet_text rest;
    iamlet_text scheme = text_cut(value, ' ', &rest);
    bool is_good;
    rest = without_spaces(rest);
    if (text_equals(scheme, IAMLET_TEXT("AWS4-HMAC-SHA256"))) {
        mapping->is_signed_by_header = true;
        is_good = is_v4(rest);
    } else if (text_equals(scheme, IAMLET_TEXT("AWS"))) {
        iamlet_text signature;
        mapping->is_signed_by_header = true;
        is_good = is_access_key(text_cut(rest, ':', &signature)) && is_word(signature, "+/=");
    } else {
        /* Not S3's: what the gateway itself may ask for. Two fields that were joined have a comma. */
        is_good = is_word(scheme, "-") && is_word(rest, "-._~+/=") &&
                  !text_equals_in_any_case((iamlet_text){scheme.data, scheme.len < 3 ? scheme.len : 3}, IAMLET_TEXT("aws"));
    }
    return is_good ? NULL : "the Authorization header is not one credential, with each part of it once";
}

enum {
    AUTHORIZATION = 1,
    DATE = 2,
    TOKEN = 4,
};

const char *s3_read_credential(s3_mapping *mapping, const http_header *header)
{
    unsigned which = text_equals(header->name, IAMLET_TEXT("authorization"))          ? AUTHORIZATION
                     : text_equals(header->name, IAMLET_TEXT("x-amz-date"))           ? DATE
                     : text_equals(header->name, IAMLET_TEXT("x-amz-security-token")) ? TOKEN
                                                                                  : 0;
    if (which == 0) {
        return NULL;
    }
    if ((mapping->credential_headers & which) != 0) {
        return "a header of the credential is repeated";
    }
    mapping->credential_headers |= which;
    if (header->value.len == 0 || text_has_loose_ends(header->value)) {
        return "a header of the credential is empty, or has white space around it";
    }
    return which == AUTHORIZATION ? read_authorization(mapping, header->value) : NULL;
}

const char *s3_check_credential(const s3_mapping *mapping)
{
    s3_parameters parts = mapping->parameters & S3_SIGNATURES;
    bool is_by_query = parts != 0;
    if (is_by_query && mapping->credential_headers != 0) {
        return "there is a credential in the query, and one in the headers";
    }
    if (is_by_query && (parts & ~S3_BIT(S3_V4_TOKEN)) != S3_V4 && parts != S3_V2) {
        return "the signature in the query has not all of its parts, or those of two signatures";
    }
    if ((mapping->credential_headers & TOKEN) != 0 && !mapping->is_signed_by_header) {
        return "there is the token of a session, and not its key";
    }
    return NULL;
}
