/*
 * What the examples share: files, memory and texts, which a program has of its
 * own, and the steps that decide.c shows, for the programs that show others.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdio.h>
#include <string.h>

#include "iamlet.h"

typedef struct buffer {
    uint8_t *data;
    size_t len;
} buffer;

static inline iamlet_text text_of(const char *string)
{
    return (iamlet_text){string, string == NULL ? 0 : strlen(string)};
}

static inline int text_equals(iamlet_text text, const char *string)
{
    return text.len == strlen(string) && (text.len == 0 || memcmp(text.data, string, text.len) == 0);
}

/* The arguments of a `%.*s` that prints a text. */
#define PRINTED(text) (int)(text).len, (text).len == 0 ? "" : (text).data

/* Prints a message like printf and ends the program with status 2. */
_Noreturn void fail(const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* Ends the program unless the status is IAMLET_OK. `what` says what was tried. */
void check(iamlet_status status, const char *what);

/* Memory, never NULL. */
void *allocate(size_t size);

/* Gives memory back. */
void release(buffer bytes);

/* The bytes of a file. */
buffer read_file(const char *path);

/* Compiles the document of a file as a policy of a kind. */
buffer compile_file(const char *path, uint32_t kind);

/* Builds a policy set. */
buffer build_set(const iamlet_set_policy *policies, size_t count, uint32_t scp_levels, uint32_t rcp_levels);

/* Opens the bytes of a policy set. */
iamlet_set open_set(buffer bytes);

/* Prepares a request. */
buffer prepare(const iamlet_request *request);

#endif
