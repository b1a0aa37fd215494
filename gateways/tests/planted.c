/*
 * A mistake, to see that a sanitizer sees it: linked in with `--wrap=gate_decide`, this reads past what it was given, and
 * adds up to more than there is.
 */
#include "gate.h"

#include <limits.h>

void __wrap_gate_decide(const gate *gate, const gate_caller *caller, gate_memory *memory, gate_answer *answer)
{
    static volatile char few[3];
    volatile char *volatile from = few;
    volatile int most = INT_MAX;
    (void)gate;
    (void)memory;
    answer->status = from[caller->principal.len] + most + (most > 0);
}
