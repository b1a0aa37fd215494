/*
 * From reset to main on an STM32F405, a Cortex-M4, and the five functions of C
 * that the engine asks for. The console is that of the debugger: semihosting.
 */
#include "board.h"

int main(void);
_Noreturn void start(void);

/* Set by board.ld. */
extern uint32_t stack_low[], paint_high[], stack_high[], data_low[], data_high[], data_in_flash[], bss_low[],
    bss_high[];

enum { PAINT = 0xA5C3965A };

enum { SYS_WRITEC = 3, SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };

static uint32_t semihosting(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static _Noreturn void end(uint32_t status)
{
    const uint32_t block[] = {APPLICATION_EXIT, status};
    for (;;) {
        semihosting(SYS_EXIT_EXTENDED, block);
    }
}

void print(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        semihosting(SYS_WRITEC, &text[i]);
    }
}

void print_string(const char *string)
{
    while (*string != '\0') {
        print(string++, 1);
    }
}

void print_number(uint32_t number)
{
    if (number >= 10) {
        print_number(number / 10);
    }
    const char digit = '0' + number % 10;
    print(&digit, 1);
}

uint32_t peak_of_stack(void)
{
    const volatile uint32_t *at = stack_low;
    while (at < stack_high && *at == PAINT) {
        at++;
    }
    return (uint32_t)((const char *)stack_high - (const volatile char *)at);
}

_Noreturn void abort(void)
{
    PRINT_LITERAL("abort\n");
    end(134);
}

static _Noreturn void fault(void)
{
    PRINT_LITERAL("fault\n");
    end(139);
}

/* Reset. The stack is painted below what this function itself uses of it. */
_Noreturn void start(void)
{
    for (volatile uint32_t *at = stack_low; at < paint_high; at++) {
        *at = PAINT;
    }
    for (uint32_t *from = data_in_flash, *to = data_low; to < data_high;) {
        *to++ = *from++;
    }
    for (uint32_t *at = bss_low; at < bss_high;) {
        *at++ = 0;
    }
    end((uint32_t)main());
}

/* The initial stack pointer, reset, and all exceptions of the core. */
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_high, start, fault, fault, fault, fault, fault, fault,
    fault,      fault, fault, fault, fault, fault, fault, fault,
};
