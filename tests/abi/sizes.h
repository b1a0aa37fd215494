/* Fails to compile where a struct of the header has another size than was promised. */
#include "iamlet.h"

#define SIZE(type, of_64, of_32) \
    _Static_assert(sizeof(type) == (sizeof(void *) == 8 ? (of_64) : (of_32)), #type " has another size");
#include "sizes.inc"
#undef SIZE
