/* What the parts of the test share. */
#ifndef TEST_H
#define TEST_H

#include "support.h"

/* Begins a case. */
void begin(const char *id);

/* Notes a failure of the case, with a message like printf's, unless the condition holds. */
void expect(int condition, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Ends the case: it passed if all that it expects is so. */
void end(void);

/* The parts. */
void test_decisions(void);
void test_documents(void);
void test_calls(void);

#endif
