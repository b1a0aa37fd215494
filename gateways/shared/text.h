/*
 * Texts, and the memory that texts of one request are written to.
 */
#ifndef GATE_TEXT_H
#define GATE_TEXT_H

#include <stdbool.h>
#include <string.h>

#include "iamlet.h"

/* A string literal that initializes a text. */
#define TEXT IAMLET_TEXT_INIT

static inline bool text_equals(iamlet_text a, iamlet_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether two texts are the same but for the case of ASCII letters. */
static inline bool text_equals_in_any_case(iamlet_text a, iamlet_text b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i])) {
            return false;
        }
    }
    return true;
}

static inline bool text_begins_with(iamlet_text text, iamlet_text with)
{
    return text.len >= with.len && memcmp(text.data, with.data, with.len) == 0;
}

static inline bool text_is_digits(iamlet_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

/* Whether servers may strip something off its ends: white space, or what some take for it. */
static inline bool text_has_loose_ends(iamlet_text text)
{
    return text.len != 0 && ((unsigned char)text.data[0] <= ' ' || (unsigned char)text.data[text.len - 1] <= ' ');
}

/* What follows the first `count` bytes. */
static inline iamlet_text text_after(iamlet_text text, size_t count)
{
    return (iamlet_text){text.data + count, text.len - count};
}

/* Whether a text has another in it, which is in lower case, in any case. */
static inline bool text_has_in_any_case(iamlet_text text, iamlet_text what)
{
    for (; text.len >= what.len; text = text_after(text, 1)) {
        if (text_equals_in_any_case((iamlet_text){text.data, what.len}, what)) {
            return true;
        }
    }
    return false;
}

/* Cuts a text at the first `at`: what is before it, and in `rest` what follows. Without one, all of it and no rest. */
static inline iamlet_text text_cut(iamlet_text text, char at, iamlet_text *rest)
{
    const char *found = text.len == 0 ? NULL : memchr(text.data, at, text.len);
    if (found == NULL) {
        *rest = (iamlet_text){NULL, 0};
        return text;
    }
    iamlet_text before = {text.data, (size_t)(found - text.data)};
    *rest = text_after(text, before.len + 1);
    return before;
}

/* Memory for the texts of a request. What does not fit leaves it `full`, which refuses the request. */
typedef struct text_memory {
    char *data;
    size_t room;
    size_t used;
    bool full;
} text_memory;

static inline void text_push(text_memory *memory, iamlet_text text)
{
    if (text.len > memory->room - memory->used) {
        memory->full = true;
        return;
    }
    if (text.len != 0) {
        memcpy(memory->data + memory->used, text.data, text.len);
        memory->used += text.len;
    }
}

/* The text that was pushed since the memory had `begin` bytes in it. */
static inline iamlet_text text_since(const text_memory *memory, size_t begin)
{
    return (iamlet_text){memory->data + begin, memory->used - begin};
}

#endif
