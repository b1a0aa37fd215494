/* The functions of memory that the engine asks for: the plainest, for their size. */
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len)
{
    char *out = to;
    const char *in = from;
    while (len-- != 0) {
        *out++ = *in++;
    }
    return to;
}

void *memset(void *to, int value, size_t len)
{
    char *out = to;
    while (len-- != 0) {
        *out++ = (char)value;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t len)
{
    const unsigned char *a = left, *b = right;
    for (; len != 0; len--, a++, b++) {
        if (*a != *b) {
            return *a - *b;
        }
    }
    return 0;
}

int bcmp(const void *left, const void *right, size_t len)
{
    return memcmp(left, right, len);
}
