/*
 * A program that ships images: it opens a set and decides, and compiles nothing. symbols.sh links it with
 * --gc-sections and looks at what stays in. With PREPARES it prepares requests as well, with BUILDS it builds sets, and
 * with COMPILES it compiles.
 */

#include "iamlet.h"

#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    /* Bytes that only the running program knows, so that no call can be worked out before. */
    uint8_t bytes[64] = {(uint8_t)argc};
    iamlet_set set;
    iamlet_decision decision;
    enum iamlet_status opened = iamlet_set_open(bytes, sizeof bytes, &set);
    enum iamlet_status decided = iamlet_decide(&set, 1, bytes, sizeof bytes, &decision);
#ifdef PREPARES
    size_t used = 0;
    iamlet_request request = {0};
    iamlet_request_item item = {0};
    iamlet_batch_entry entry = {0};
    iamlet_policy_info info;
    iamlet_key key;
    iamlet_text name = {"aws:SourceIp", 12};
    uint8_t memory[256];
    if (iamlet_policy_open(bytes, sizeof bytes, &info) == IAMLET_OK ||
        iamlet_key_prepare(name, &key) != IAMLET_OK ||
        iamlet_request_size(&request, &used) == IAMLET_OK ||
        iamlet_request_prepare(&request, memory, sizeof memory, &used) == IAMLET_OK ||
        iamlet_item_size(&item, &used) == IAMLET_OK ||
        iamlet_item_prepare(memory, sizeof memory, &item, memory, sizeof memory, &used) == IAMLET_OK ||
        iamlet_decide_batch(&set, 1, &entry, 1, &decision) == IAMLET_OK ||
        iamlet_decide_resources(&set, 1, bytes, sizeof bytes, &entry, 1, &decision) == IAMLET_OK) {
        return 1;
    }
#endif
#ifdef BUILDS
    size_t size = 0, at_fault = 0;
    iamlet_set_policy policy = {0};
    uint8_t built[256];
    if (iamlet_set_size(&policy, 1, 0, 0, &size, &at_fault) == IAMLET_OK ||
        iamlet_set_build(&policy, 1, 0, 0, built, sizeof built, &size, &at_fault) == IAMLET_OK) {
        return 1;
    }
#endif
#ifdef COMPILES
    static uint64_t scratch[IAMLET_SCRATCH_SMALL / 8];
    const char *json = (const char *)bytes;
    char line[64];
    size_t needed = 0;
    iamlet_error error;
    iamlet_text file = {"file", 4};
    if (iamlet_policy_compile(json, sizeof bytes, IAMLET_KIND_IDENTITY, NULL, scratch, sizeof scratch, NULL, 0, &needed,
                              &error) != IAMLET_DOCUMENT_REFUSED ||
        iamlet_error_pointer(json, sizeof bytes, &error, line, sizeof line, &needed) != IAMLET_OK ||
        iamlet_error_format(file, &error, line, sizeof line, &needed) != IAMLET_OK) {
        return 1;
    }
#endif
    printf("open: %d, decide: %d, effect: %u\n", (int)opened, (int)decided, (unsigned)decision.effect);
    return opened == IAMLET_NOT_AN_IMAGE && decided != IAMLET_OK && decision.effect != IAMLET_ALLOW ? 0 : 1;
}
