/*
 * Writes the policy image of a document as the lines of a C array:
 *
 *   embed identity policies/DenyAllUsersNotUsingMFA.json > static_policy.inc
 */
#include "support.h"

static uint32_t kind_of(const char *name)
{
    for (uint32_t kind = IAMLET_KIND_IDENTITY; kind <= IAMLET_KIND_VPCE; kind++) {
        if (text_equals(iamlet_kind_text(kind), name)) {
            return kind;
        }
    }
    fail("%s: there is no such kind of policy", name);
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fail("usage: embed KIND FILE");
    }
    buffer image = compile_file(arguments[2], kind_of(arguments[1]));
    printf("/* The policy image of %s: `make static_policy` writes it again. */\n", arguments[2]);
    for (size_t i = 0; i < image.len; i++) {
        int last = i % 12 == 11 || i + 1 == image.len;
        printf("%s0x%02x,%s", i % 12 == 0 ? "    " : " ", (unsigned)image.data[i], last ? "\n" : "");
    }
    release(image);
    return 0;
}
