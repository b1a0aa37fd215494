/* Reads one byte too many, in the library: what a sanitizer has to see for its silence to mean something. */
#include "iamlet.h"

#include <stdlib.h>
#include <string.h>

int main(void)
{
    static const char arn[] = "arn:aws:iam::111122223333:user/alice";
    const size_t len = sizeof arn - 1;
    char *copy = malloc(len);
    if (copy == NULL) {
        return 2;
    }
    memcpy(copy, arn, len);
    uint32_t type = iamlet_principal_type_of_arn(copy, len + 1);
    free(copy);
    return type > IAMLET_PRINCIPAL_ANONYMOUS;
}
