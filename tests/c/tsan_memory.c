/* Names that a newer LLVM gives the functions of memory under ThreadSanitizer, for runtimes that lack them. */
#include <string.h>

void *__tsan_memcpy(void *to, const void *from, size_t len);
void *__tsan_memmove(void *to, const void *from, size_t len);
void *__tsan_memset(void *to, int value, size_t len);

__attribute__((weak)) void *__tsan_memcpy(void *to, const void *from, size_t len) { return memcpy(to, from, len); }
__attribute__((weak)) void *__tsan_memmove(void *to, const void *from, size_t len) { return memmove(to, from, len); }
__attribute__((weak)) void *__tsan_memset(void *to, int value, size_t len) { return memset(to, value, len); }
