#include "support.h"

#include <stdarg.h>
#include <stdlib.h>

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

void *allocate(size_t size)
{
    void *memory = malloc(size == 0 ? 1 : size);
    if (memory == NULL) {
        fail("out of memory");
    }
    return memory;
}

void release(buffer bytes)
{
    free(bytes.data);
}

buffer read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail("%s: cannot be opened", path);
    }
    /* One byte beyond the largest document, so that a longer file is refused and not cut. */
    size_t room = (1 << 20) + 1;
    buffer bytes = {allocate(room), 0};
    bytes.len = fread(bytes.data, 1, room, file);
    if (ferror(file)) {
        fail("%s: cannot be read", path);
    }
    fclose(file);
    return bytes;
}

void check(iamlet_status status, const char *what)
{
    if (status != IAMLET_OK) {
        iamlet_text why = iamlet_status_text(status);
        fail("%s: %.*s", what, PRINTED(why));
    }
}

buffer compile_file(const char *path, uint32_t kind)
{
    buffer json = read_file(path);
    void *scratch = allocate(IAMLET_SCRATCH_LARGE);
    iamlet_error error;
    /* The first call asks for the size, the second writes. */
    buffer image = {NULL, 0};
    iamlet_status status = iamlet_policy_compile((const char *)json.data, json.len, kind, NULL, scratch,
                                                 IAMLET_SCRATCH_LARGE, NULL, 0, &image.len, &error);
    if (status == IAMLET_BUFFER_TOO_SMALL) {
        image.data = allocate(image.len);
        status = iamlet_policy_compile((const char *)json.data, json.len, kind, NULL, scratch,
                                       IAMLET_SCRATCH_LARGE, image.data, image.len, &image.len, &error);
    }
    if (status == IAMLET_DOCUMENT_REFUSED) {
        char line[512];
        size_t len;
        check(iamlet_error_format(text_of(path), &error, line, sizeof line, &len), path);
        fail("%.*s", (int)len, line);
    }
    check(status, path);
    free(scratch);
    release(json);
    return image;
}

buffer build_set(const iamlet_set_policy *policies, size_t count, uint32_t scp_levels, uint32_t rcp_levels)
{
    buffer set = {NULL, 0};
    check(iamlet_set_size(policies, count, scp_levels, rcp_levels, &set.len, NULL), "policy set");
    set.data = allocate(set.len);
    check(iamlet_set_build(policies, count, scp_levels, rcp_levels, set.data, set.len, &set.len, NULL),
          "policy set");
    return set;
}

iamlet_set open_set(buffer bytes)
{
    iamlet_set set;
    check(iamlet_set_open(bytes.data, bytes.len, &set), "policy set");
    return set;
}

buffer prepare(const iamlet_request *request)
{
    buffer prepared = {NULL, 0};
    check(iamlet_request_size(request, &prepared.len), "request");
    prepared.data = allocate(prepared.len);
    check(iamlet_request_prepare(request, prepared.data, prepared.len, &prepared.len), "request");
    return prepared;
}
