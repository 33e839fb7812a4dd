/*
 * Our own mistakes. must() states what cannot happen; it stays on in production and ends the
 * process with the place, the condition and the request at hand. What the world does wrong is a
 * value (reason.h), never a must().
 */
#ifndef BFF_BASE_CHECK_H
#define BFF_BASE_CHECK_H

#include "bff/base/text.h"

#define must(condition)                                                                            \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, __func__, #condition))

void check_failed(const char *file, int line, const char *function, const char *condition)
    __attribute__((noreturn, cold));

/*
 * Names the request that this thread works on, for the message of a failed must(). ${id} is
 * borrowed until the next call; absent: none.
 */
void check_working_on(struct text id);

#endif
