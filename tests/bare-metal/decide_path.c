/*
 * Not to be run: what a program links that decides. Without more, the set lies
 * in flash and was checked when it was put there, and requests are prepared
 * elsewhere; with PREPARES and OPENS it does that as well.
 */
#include "iamlet.h"

uint8_t request[64], bytes[64];
iamlet_request wanted;
iamlet_set set = {bytes, sizeof bytes};
iamlet_decision decision;
size_t len;

int start(void);
_Noreturn void abort(void);

int start(void)
{
#ifdef OPENS
    if (iamlet_set_open(bytes, sizeof bytes, &set) != IAMLET_OK) {
        return 1;
    }
#endif
#ifdef PREPARES
    if (iamlet_request_prepare(&wanted, request, sizeof request, &len) != IAMLET_OK) {
        return 1;
    }
#endif
    return iamlet_decide(&set, 1, request, len, &decision) != IAMLET_OK || decision.effect != IAMLET_ALLOW;
}

_Noreturn void abort(void)
{
    for (;;) {
    }
}
