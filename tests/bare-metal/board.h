/* What the program has instead of an operating system. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/* Writes to the debugger's console. */
void print(const char *text, size_t len);
void print_string(const char *string);
void print_number(uint32_t number);
#define PRINT_LITERAL(literal) print((literal), sizeof(literal) - 1)

/* How deep the stack was, in bytes, since the start. */
uint32_t peak_of_stack(void);

#endif
