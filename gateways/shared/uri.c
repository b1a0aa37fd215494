#include "uri.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool may_stand_unencoded(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && strchr("-._~!$&'()*,=:@/?+", c) != NULL);
}

const char *uri_decode(iamlet_text encoded, uri_plus plus, text_memory *memory, iamlet_text *decoded)
{
    size_t begin = memory->used;
    if (encoded.len > memory->room - begin) {
        return "path or query is too long";
    }
    char *out = memory->data + begin;
    for (size_t i = 0; i < encoded.len; i++) {
        char c = encoded.data[i];
        if (c == '%') {
            int high = encoded.len - i > 2 ? hex_value(encoded.data[i + 1]) : -1;
            int low = encoded.len - i > 2 ? hex_value(encoded.data[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return "a % is not followed by two hexadecimal digits";
            }
            c = (char)(high * 16 + low);
            if (c == 0) {
                return "there is an encoded NUL";
            }
            i += 2;
        } else if (c == '+' && plus != URI_PLUS_LITERAL) {
            if (plus == URI_PLUS_REFUSED) {
                return "a + may be a space or a plus: encode it";
            }
            c = ' ';
        } else if (!may_stand_unencoded((unsigned char)c)) {
            return "there is a character that has to be encoded";
        }
        *out++ = c;
    }
    memory->used = (size_t)(out - memory->data);
    *decoded = text_since(memory, begin);
    return NULL;
}

bool uri_has_doubtful_segments(iamlet_text path)
{
    while (path.len != 0) {
        iamlet_text rest;
        iamlet_text segment = text_cut(path, '/', &rest);
        bool is_last = rest.data == NULL;
        bool is_dots = segment.len != 0 && segment.len <= 2 && segment.data[0] == '.' &&
                       segment.data[segment.len - 1] == '.';
        bool has_backslash = segment.len != 0 && memchr(segment.data, '\\', segment.len) != NULL;
        if (is_dots || has_backslash || (segment.len == 0 && !is_last)) {
            return true;
        }
        path = rest;
    }
    return false;
}

bool uri_next_parameter(iamlet_text *query, iamlet_text *name, iamlet_text *value)
{
    while (query->len != 0) {
        iamlet_text rest;
        iamlet_text parameter = text_cut(*query, '&', &rest);
        *query = rest;
        if (parameter.len != 0) {
            *name = text_cut(parameter, '=', value);
            return true;
        }
    }
    return false;
}
