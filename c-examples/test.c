/*
 * The test of the C ABI: the shared decisions (test_decisions.c), the shared
 * documents (test_documents.c), and what every function refuses (test_calls.c).
 */
#include "test.h"

#include <stdarg.h>

static size_t passed, failed;
static const char *running;
static int failures;

void begin(const char *id)
{
    running = id;
    failures = 0;
}

void expect(int condition, const char *format, ...)
{
    if (condition) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    printf("%s: ", running);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    failures++;
}

void end(void)
{
    if (failures == 0) {
        passed++;
    } else {
        failed++;
    }
}

int main(void)
{
    test_decisions();
    test_documents();
    test_calls();
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed != 0;
}
